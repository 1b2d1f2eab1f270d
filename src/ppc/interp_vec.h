/* SPDX-License-Identifier: MIT
 * interp_vec.h - the vector words as the interpreter runs them [sem_vec.h].
 *
 * DOM is struct ppc_cpu, V a uint32_t, VV a union ppc_vr. A word is always
 * inlined, so that a constant width leaves one loop of one lane type, which
 * compilers turn into the host's vector code. A lanewise loop may walk the lanes
 * in host order; a word that moves lanes must name them (PPC_VB..PPC_VD).
 * Included by interp.c alone, after interp_words.h.
 */
#ifndef PPC_INTERP_VEC_H
#define PPC_INTERP_VEC_H

#include "sem_vec.h"

#define VWORD MOL_UNUSED MOL_INLINE
#define LANES(r, field) (sizeof((r).field) / sizeof((r).field[0]))

/* r.field[n] = expr, in which x and y are lane n of a and b as `type`, widened to `wide`. */
#define EACH(field, type, wide, expr)                                                              \
	do {                                                                                       \
		for (unsigned n = 0; n < LANES(r, field); n++) {                                   \
			MOL_UNUSED const wide x = (wide)(type)a.field[n];                          \
			MOL_UNUSED const wide y = (wide)(type)b.field[n];                          \
			r.field[n] = (__typeof__(r.field[0]))(expr);                               \
		}                                                                                  \
	} while (0)

/* The same for the lanes of `width` octets. */
#define LANEWISE(width, expr)                                                                      \
	do {                                                                                       \
		if ((width) == 1)                                                                  \
			EACH(b, uint8_t, uint8_t, expr);                                           \
		else if ((width) == 2)                                                             \
			EACH(h, uint16_t, uint16_t, expr);                                         \
		else if ((width) == 4)                                                             \
			EACH(w, uint32_t, uint32_t, expr);                                         \
		else                                                                               \
			EACH(d, uint64_t, uint64_t, expr);                                         \
	} while (0)

/* The same with x and y of the lane's own signedness. */
#define LANEWISE_SIGNED(width, is_signed, expr)                                                    \
	do {                                                                                       \
		if (!(is_signed))                                                                  \
			LANEWISE(width, expr);                                                     \
		else if ((width) == 1)                                                             \
			EACH(b, int8_t, int8_t, expr);                                             \
		else if ((width) == 2)                                                             \
			EACH(h, int16_t, int16_t, expr);                                           \
		else                                                                               \
			EACH(w, int32_t, int32_t, expr);                                           \
	} while (0)

/* The same with x and y wide enough for the exact sum or difference of two lanes. */
#define LANEWISE_EXACT(width, is_signed, expr)                                                     \
	do {                                                                                       \
		if ((width) == 1 && (is_signed))                                                   \
			EACH(b, int8_t, int32_t, expr);                                            \
		else if ((width) == 1)                                                             \
			EACH(b, uint8_t, int32_t, expr);                                           \
		else if ((width) == 2 && (is_signed))                                              \
			EACH(h, int16_t, int32_t, expr);                                           \
		else if ((width) == 2)                                                             \
			EACH(h, uint16_t, int32_t, expr);                                          \
		else if (is_signed)                                                                \
			EACH(w, int32_t, int64_t, expr);                                           \
		else                                                                               \
			EACH(w, uint32_t, int64_t, expr);                                          \
	} while (0)

/* ---- registers ---- */

VWORD VV vr(DOM *c, unsigned n)
{
	return c->r.vr[n];
}

VWORD void set_vr(DOM *c, unsigned n, VV v)
{
	c->r.vr[n] = v;
}

VWORD V vscr(DOM *c)
{
	return c->r.vscr;
}

VWORD void set_vscr(DOM *c, V v)
{
	c->r.vscr = v & (PPC_VSCR_NJ | PPC_VSCR_SAT);
}

/* ---- between a guest value and lanes ---- */

VWORD VV v_fill(DOM *c, unsigned w, V v)
{
	const union ppc_vr a = { { 0 } }, b = a;
	union ppc_vr r;

	LANEWISE(w, v);
	return r;
}

VWORD VV v_iota(DOM *c)
{
	union ppc_vr r;

	for (unsigned n = 0; n < 16; n++)
		r.b[PPC_VB(n)] = (uint8_t)n;
	return r;
}

VWORD V v_extract(DOM *c, unsigned w, VV a, V lane)
{
	lane &= 16 / w - 1;
	return w == 1 ? a.b[PPC_VB(lane)] : w == 2 ? a.h[PPC_VH(lane)] : a.w[PPC_VW(lane)];
}

VWORD VV v_insert(DOM *c, unsigned w, VV a, V lane, V v)
{
	lane &= 16 / w - 1;
	if (w == 1)
		a.b[PPC_VB(lane)] = (uint8_t)v;
	else if (w == 2)
		a.h[PPC_VH(lane)] = (uint16_t)v;
	else
		a.w[PPC_VW(lane)] = v;
	return a;
}

VWORD VV v_splat(DOM *c, unsigned w, VV a, unsigned lane)
{
	return v_fill(c, w, v_extract(c, w, a, lane));
}

/* ---- bits ---- */

VWORD VV v_and(DOM *c, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(8, x & y);
	return r;
}

VWORD VV v_andc(DOM *c, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(8, x & ~y);
	return r;
}

VWORD VV v_or(DOM *c, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(8, x | y);
	return r;
}

VWORD VV v_xor(DOM *c, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(8, x ^ y);
	return r;
}

VWORD VV v_not(DOM *c, VV a)
{
	const union ppc_vr b = a;
	union ppc_vr r;

	LANEWISE(8, ~x);
	return r;
}

VWORD VV v_sel(DOM *c, VV mask, VV a, VV b)
{
	return v_or(c, v_and(c, a, mask), v_andc(c, b, mask));
}

/* ---- lanewise integers ---- */

VWORD VV v_add(DOM *c, unsigned w, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(w, x + y);
	return r;
}

VWORD VV v_sub(DOM *c, unsigned w, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(w, x - y);
	return r;
}

/* v in [low, high]; *changed collects whether that changed it. */
MOL_INLINE int32_t clip32(int32_t v, int32_t low, int32_t high, uint32_t *changed)
{
	int32_t r = v < low ? low : v > high ? high : v;

	*changed |= (uint32_t)(r ^ v);
	return r;
}

MOL_INLINE int64_t clip64(int64_t v, int64_t low, int64_t high, uint32_t *changed)
{
	int64_t r = v < low ? low : v > high ? high : v;

	*changed |= (uint32_t)(r != v);
	return r;
}

/* The least and the greatest value of w octets, w < 8. */
MOL_INLINE int64_t lane_min(unsigned w, bool is_signed)
{
	return is_signed ? -((int64_t)1 << (8 * w - 1)) : 0;
}

MOL_INLINE int64_t lane_max(unsigned w, bool is_signed)
{
	return ((int64_t)1 << (8 * w - is_signed)) - 1;
}

#define CLIP(v)                                                                                    \
	(sizeof(v) == 4 ? clip32((int32_t)(v), (int32_t)low, (int32_t)high, &changed)              \
			: clip64((int64_t)(v), low, high, &changed))

MOL_INLINE void note_saturation(DOM *c, uint32_t changed)
{
	if (changed)
		c->r.vscr |= PPC_VSCR_SAT;
}

VWORD VV v_adds(DOM *c, unsigned w, bool is_signed, VV a, VV b)
{
	const int64_t low = lane_min(w, is_signed), high = lane_max(w, is_signed);
	uint32_t changed = 0;
	union ppc_vr r;

	LANEWISE_EXACT(w, is_signed, CLIP(x + y));
	note_saturation(c, changed);
	return r;
}

VWORD VV v_subs(DOM *c, unsigned w, bool is_signed, VV a, VV b)
{
	const int64_t low = lane_min(w, is_signed), high = lane_max(w, is_signed);
	uint32_t changed = 0;
	union ppc_vr r;

	LANEWISE_EXACT(w, is_signed, CLIP(x - y));
	note_saturation(c, changed);
	return r;
}

VWORD VV v_min(DOM *c, unsigned w, bool is_signed, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE_SIGNED(w, is_signed, x < y ? x : y);
	return r;
}

VWORD VV v_max(DOM *c, unsigned w, bool is_signed, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE_SIGNED(w, is_signed, x > y ? x : y);
	return r;
}

VWORD VV v_avg(DOM *c, unsigned w, bool is_signed, VV a, VV b)
{
	union ppc_vr r;

	/* (x + y + 1) >> 1, in a form that gcc 12 does not take for an unsigned average of signed
	 * octets on aarch64. */
	LANEWISE_EXACT(w, is_signed, (x | y) - ((x ^ y) >> 1));
	return r;
}

VWORD VV v_mul_low(DOM *c, VV a, VV b)
{
	union ppc_vr r;

	EACH(h, uint16_t, uint32_t, x * y);
	return r;
}

/* The host index of the even or odd one of the two lanes that make up the wider lane n. */
#define PART(n, odd) (2 * (n) + (MOL_HOST_BIG_ENDIAN ? (odd) : !(odd)))

VWORD VV v_mul(DOM *c, unsigned w, bool is_signed, bool odd, VV a, VV b)
{
	union ppc_vr r;

	for (unsigned n = 0; w == 1 && n < 8; n++) {
		uint8_t x = a.b[PART(n, odd)], y = b.b[PART(n, odd)];

		r.h[n] = (uint16_t)(is_signed ? (int8_t)x * (int8_t)y : x * y);
	}
	for (unsigned n = 0; w == 2 && n < 4; n++) {
		uint16_t x = a.h[PART(n, odd)], y = b.h[PART(n, odd)];

		r.w[n] = is_signed ? (uint32_t)((int16_t)x * (int16_t)y) : (uint32_t)x * y;
	}
	return r;
}

VWORD VV v_sum_pairs(DOM *c, unsigned w, bool is_signed, VV a)
{
	union ppc_vr r;

	for (unsigned n = 0; w == 1 && n < 8; n++) {
		uint8_t x = a.b[2 * n], y = a.b[2 * n + 1];

		r.h[n] = (uint16_t)(is_signed ? (int8_t)x + (int8_t)y : x + y);
	}
	for (unsigned n = 0; w == 2 && n < 4; n++) {
		uint16_t x = a.h[2 * n], y = a.h[2 * n + 1];

		r.w[n] = (uint32_t)(is_signed ? (int16_t)x + (int16_t)y : x + y);
	}
	for (unsigned n = 0; w == 4 && n < 2; n++) {
		uint32_t x = a.w[2 * n], y = a.w[2 * n + 1];

		r.d[n] = is_signed ? (uint64_t)((int64_t)(int32_t)x + (int32_t)y) : (uint64_t)x + y;
	}
	return r;
}

/* ---- shifts ---- */

#define BITS (8 * (unsigned)sizeof(x))
#define COUNT(y) ((unsigned)(y) & (BITS - 1))

VWORD VV v_rotl(DOM *c, unsigned w, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(w, x << COUNT(y) | x >> COUNT(0u - (unsigned)y));
	return r;
}

VWORD VV v_shl(DOM *c, unsigned w, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(w, x << COUNT(y));
	return r;
}

VWORD VV v_shr(DOM *c, unsigned w, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(w, x >> COUNT(y));
	return r;
}

VWORD VV v_sar(DOM *c, unsigned w, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE_SIGNED(w, true, x >> COUNT(y));
	return r;
}

/* ---- comparisons ---- */

VWORD VV v_cmpeq(DOM *c, unsigned w, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE(w, x == y ? -1 : 0);
	return r;
}

VWORD VV v_cmpgt(DOM *c, unsigned w, bool is_signed, VV a, VV b)
{
	union ppc_vr r;

	LANEWISE_SIGNED(w, is_signed, x > y ? -1 : 0);
	return r;
}

VWORD V v_all_ones(DOM *c, VV a)
{
	return !~(a.d[0] & a.d[1]);
}

VWORD V v_all_zeros(DOM *c, VV a)
{
	return !(a.d[0] | a.d[1]);
}

/* ---- octets and lanes moved ---- */

VWORD VV v_shl_bits(DOM *c, VV a, V n)
{
	uint64_t high = a.d[PPC_VD(0)], low = a.d[PPC_VD(1)];
	union ppc_vr r;

	r.d[PPC_VD(0)] = high << n | low >> 1 >> (63 - n);
	r.d[PPC_VD(1)] = low << n;
	return r;
}

VWORD VV v_shr_bits(DOM *c, VV a, V n)
{
	uint64_t high = a.d[PPC_VD(0)], low = a.d[PPC_VD(1)];
	union ppc_vr r;

	r.d[PPC_VD(0)] = high >> n;
	r.d[PPC_VD(1)] = low >> n | high << 1 << (63 - n);
	return r;
}

/* a followed by b, as one number of 256 bits in host order: octet n is at PAIR_AT(n). */
#define PAIR_AT(n) (MOL_HOST_BIG_ENDIAN ? (n) : 31 - (n))

MOL_INLINE void pair(uint8_t both[32], VV a, VV b)
{
	memcpy(both + (MOL_HOST_BIG_ENDIAN ? 0 : 16), &a, 16);
	memcpy(both + (MOL_HOST_BIG_ENDIAN ? 16 : 0), &b, 16);
}

VWORD VV v_align(DOM *c, VV a, VV b, V n)
{
	uint8_t both[32];
	union ppc_vr r;

	pair(both, a, b);
	memcpy(&r, both + (MOL_HOST_BIG_ENDIAN ? n : 16 - n), 16);
	return r;
}

VWORD VV v_perm(DOM *c, VV a, VV b, VV selector)
{
	uint8_t both[32];
	union ppc_vr r;

	pair(both, a, b);
	for (unsigned n = 0; n < 16; n++)
		r.b[n] = both[PAIR_AT(selector.b[n] & 31)];
	return r;
}

#define MERGE(field, AT)                                                                           \
	for (unsigned n = 0; n < LANES(r, field) / 2; n++) {                                       \
		unsigned from = high ? n : n + (unsigned)LANES(r, field) / 2;                      \
                                                                                                   \
		r.field[AT(2 * n)] = a.field[AT(from)];                                            \
		r.field[AT(2 * n + 1)] = b.field[AT(from)];                                        \
	}

VWORD VV v_merge(DOM *c, unsigned w, bool high, VV a, VV b)
{
	union ppc_vr r;

	if (w == 1)
		MERGE(b, PPC_VB)
	else if (w == 2)
		MERGE(h, PPC_VH)
	else
		MERGE(w, PPC_VW)
	return r;
}

/* Lane n of the narrower `to` field is made from lane n of a, and from lane n - half of b. */
#define PACK(from, type, from_at, to, to_at, expr)                                                 \
	for (unsigned n = 0; n < LANES(r, to); n++) {                                              \
		const unsigned half = (unsigned)LANES(r, from);                                    \
		const type x = (type)(n < half ? a.from[from_at(n)] : b.from[from_at(n - half)]);  \
                                                                                                   \
		r.to[to_at(n)] = (__typeof__(r.to[0]))(expr);                                      \
	}

VWORD VV v_pack(DOM *c, unsigned w, enum ppc_v_pack mode, VV a, VV b)
{
	const bool to_signed = mode == PPC_V_SS;
	const int64_t low = lane_min(w / 2, to_signed), high = lane_max(w / 2, to_signed);
	uint32_t changed = 0;
	union ppc_vr r;

	if (w == 2 && mode == PPC_V_MODULO)
		PACK(h, uint16_t, PPC_VH, b, PPC_VB, x)
	else if (w == 2 && mode == PPC_V_UU)
		PACK(h, uint16_t, PPC_VH, b, PPC_VB, CLIP((int32_t)x))
	else if (w == 2)
		PACK(h, int16_t, PPC_VH, b, PPC_VB, CLIP((int32_t)x))
	else if (w == 4 && mode == PPC_V_MODULO)
		PACK(w, uint32_t, PPC_VW, h, PPC_VH, x)
	else if (w == 4 && mode == PPC_V_UU)
		PACK(w, uint32_t, PPC_VW, h, PPC_VH, CLIP((int64_t)x))
	else if (w == 4)
		PACK(w, int32_t, PPC_VW, h, PPC_VH, CLIP(x))
	else
		PACK(d, int64_t, PPC_VD, w, PPC_VW, CLIP(x))
	note_saturation(c, changed);
	return r;
}

#define UNPACK(from, type, from_at, to, to_at)                                                     \
	for (unsigned n = 0; n < LANES(r, to); n++) {                                              \
		unsigned at = from_at(high ? n : n + (unsigned)LANES(r, to));                      \
                                                                                                   \
		r.to[to_at(n)] = (__typeof__(r.to[0]))(type)a.from[at];                            \
	}

VWORD VV v_unpack(DOM *c, unsigned w, bool high, VV a)
{
	union ppc_vr r;

	if (w == 1)
		UNPACK(b, int8_t, PPC_VB, h, PPC_VH)
	else if (w == 2)
		UNPACK(h, int16_t, PPC_VH, w, PPC_VW)
	else
		UNPACK(w, int32_t, PPC_VW, d, PPC_VD)
	return r;
}

/* ---- single precision: calls, so not worth inlining ---- */

#define NON_JAVA(c) (((c)->r.vscr & PPC_VSCR_NJ) != 0)

WORD VV v_fp(DOM *c, unsigned op, VV a, VV b, VV m)
{
	union ppc_vr r;

	for (unsigned n = 0; n < 4; n++)
		r.w[n] = mol_vfp_arith(op, NON_JAVA(c), a.w[n], b.w[n], m.w[n]);
	return r;
}

WORD VV v_fp_unary(DOM *c, unsigned op, VV b)
{
	union ppc_vr r;

	for (unsigned n = 0; n < 4; n++)
		r.w[n] = mol_vfp_unary(op, NON_JAVA(c), b.w[n]);
	return r;
}

WORD VV v_fp_cmp(DOM *c, unsigned relations, VV a, VV b)
{
	union ppc_vr r;

	for (unsigned n = 0; n < 4; n++)
		r.w[n] = mol_vfp_compare(a.w[n], b.w[n], NON_JAVA(c)) & relations ? 0xffffffff : 0;
	return r;
}

WORD VV v_fp_from_int(DOM *c, bool is_signed, unsigned scale, VV b)
{
	union ppc_vr r;

	for (unsigned n = 0; n < 4; n++)
		r.w[n] = mol_vfp_from_int(b.w[n], is_signed, scale);
	return r;
}

WORD VV v_fp_to_int(DOM *c, bool is_signed, unsigned scale, VV b)
{
	uint32_t changed = 0;
	union ppc_vr r;

	for (unsigned n = 0; n < 4; n++) {
		bool sat = false;

		r.w[n] = mol_vfp_to_int(b.w[n], is_signed, scale, NON_JAVA(c), &sat);
		changed |= sat;
	}
	note_saturation(c, changed);
	return r;
}

#undef LANES
#undef EACH
#undef LANEWISE
#undef LANEWISE_SIGNED
#undef LANEWISE_EXACT
#undef CLIP
#undef PART
#undef BITS
#undef COUNT
#undef PAIR_AT
#undef MERGE
#undef PACK
#undef UNPACK
#undef NON_JAVA

#endif
