/* SPDX-License-Identifier: MIT
 * jit_record_vec.h - the vector words of the translator: none is translated yet.
 *
 * Included once, by jit_record.c.
 */
NOT_TRANSLATED(VV, NO_VECTOR, vr, unsigned n)
NOT_TRANSLATED(void, (void)0, set_vr, unsigned n, VV v)
WORD V vscr(DOM *c)
{
	c->fallback = true;
	return NO_VALUE;
}
NOT_TRANSLATED(void, (void)0, set_vscr, V v)
NOT_TRANSLATED(VV, NO_VECTOR, v_fill, unsigned w, V v)
WORD VV v_iota(DOM *c)
{
	c->fallback = true;
	return NO_VECTOR;
}
NOT_TRANSLATED(V, NO_VALUE, v_extract, unsigned w, VV a, V lane)
NOT_TRANSLATED(VV, NO_VECTOR, v_insert, unsigned w, VV a, V lane, V v)
NOT_TRANSLATED(VV, NO_VECTOR, v_splat, unsigned w, VV a, unsigned lane)
NOT_TRANSLATED(VV, NO_VECTOR, v_and, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_andc, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_or, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_xor, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_not, VV a)
NOT_TRANSLATED(VV, NO_VECTOR, v_sel, VV mask, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_add, unsigned w, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_sub, unsigned w, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_adds, unsigned w, bool is_signed, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_subs, unsigned w, bool is_signed, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_min, unsigned w, bool is_signed, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_max, unsigned w, bool is_signed, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_avg, unsigned w, bool is_signed, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_mul_low, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_mul, unsigned w, bool is_signed, bool odd, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_sum_pairs, unsigned w, bool is_signed, VV a)
NOT_TRANSLATED(VV, NO_VECTOR, v_rotl, unsigned w, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_shl, unsigned w, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_shr, unsigned w, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_sar, unsigned w, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_cmpeq, unsigned w, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_cmpgt, unsigned w, bool is_signed, VV a, VV b)
NOT_TRANSLATED(V, NO_VALUE, v_all_ones, VV a)
NOT_TRANSLATED(V, NO_VALUE, v_all_zeros, VV a)
NOT_TRANSLATED(VV, NO_VECTOR, v_shl_bits, VV a, V n)
NOT_TRANSLATED(VV, NO_VECTOR, v_shr_bits, VV a, V n)
NOT_TRANSLATED(VV, NO_VECTOR, v_align, VV a, VV b, V n)
NOT_TRANSLATED(VV, NO_VECTOR, v_perm, VV a, VV b, VV selector)
NOT_TRANSLATED(VV, NO_VECTOR, v_merge, unsigned w, bool high, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_pack, unsigned w, enum ppc_v_pack mode, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_unpack, unsigned w, bool high, VV a)
NOT_TRANSLATED(VV, NO_VECTOR, v_fp, unsigned op, VV a, VV b, VV m)
NOT_TRANSLATED(VV, NO_VECTOR, v_fp_unary, unsigned op, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_fp_cmp, unsigned relations, VV a, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_fp_from_int, bool is_signed, unsigned scale, VV b)
NOT_TRANSLATED(VV, NO_VECTOR, v_fp_to_int, bool is_signed, unsigned scale, VV b)
