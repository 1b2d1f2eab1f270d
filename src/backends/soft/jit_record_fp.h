/* SPDX-License-Identifier: MIT
 * jit_record_fp.h - the translator's words for floating point: moves alone are translated yet.
 *
 * Included once, by jit_record.c.
 */
WORD F fpr(DOM *c, unsigned n)
{
	return get_field(c, JIT_GET64, FIELD(fpr) + 8 * n);
}

WORD void set_fpr(DOM *c, unsigned n, F v)
{
	set_field(c, JIT_SET64, FIELD(fpr) + 8 * n, v);
}

NOT_TRANSLATED(F, NO_VALUE, f_and, F a, uint64_t mask)
NOT_TRANSLATED(F, NO_VALUE, f_or, F a, uint64_t mask)
NOT_TRANSLATED(F, NO_VALUE, f_xor, F a, uint64_t mask)
NOT_TRANSLATED(F, NO_VALUE, f_from_low, V low, uint32_t high)
NOT_TRANSLATED(F, NO_VALUE, f_sel_ge0, F test, F a, F b)
NOT_TRANSLATED(F, NO_VALUE, single_to_double, V v)
NOT_TRANSLATED(V, NO_VALUE, double_to_single, F v)
NOT_TRANSLATED(void, (void)0, fp_arith, unsigned op, unsigned d, F a, F b, F m)
NOT_TRANSLATED(void, (void)0, fp_compare, unsigned n, F a, F b, bool ordered)
NOT_TRANSLATED(void, (void)0, set_fpscr, V v, V mask)

WORD V f_low(DOM *c, F a)
{
	return a; /* operations of 32 bits see the low half */
}

WORD V fpscr(DOM *c)
{
	return get_field(c, JIT_GET32, FIELD(fpscr));
}

WORD void fp_finish(DOM *c)
{
	unsupported(c);
}
