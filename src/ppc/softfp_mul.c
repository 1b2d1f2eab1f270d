/* SPDX-License-Identifier: MIT
 * softfp_mul.c - multiplication and the fused multiply-add family, rounded once.
 *
 * Called by softfp.c and vfp.c. The product of two significands is exact in 128 bits;
 * the addend is aligned to it there [PEM appendix D, multiply-add model].
 */
#include "softfp_core.h"

/* Finite nonzero numbers. */
MOL_INLINE struct ppc_fp_result mul_numbers(struct fp_num a, struct fp_num m, uint32_t control,
					    bool single)
{
	struct fp_wide p = fp_mul64(a.sig, m.sig);
	uint32_t low = !(p.hi >> 63); /* product in [1, 2), not [2, 4) */

	p.hi = p.hi << low | (p.lo >> 63 & low);
	p.lo <<= low;
	return fp_round(a.sign ^ m.sign, a.exp + m.exp - FP_BIAS + 1 - (int32_t)low,
			p.hi | (p.lo != 0), control, single);
}

static struct ppc_fp_result mul_special(uint32_t control, uint64_t a, uint64_t m, bool single)
{
	uint32_t sign = fp_sign(a ^ m);

	if (fp_is_nan(a) || fp_is_nan(m))
		return mol_softfp_propagate_nan(a, 0, m, single);
	if (fp_is_inf(a) || fp_is_inf(m))
		return fp_is_zero(a) || fp_is_zero(m) ? fp_invalid(PPC_FPSCR_VXIMZ)
						      : fp_infinity(sign);
	if (fp_is_zero(a) || fp_is_zero(m))
		return fp_zero(sign);
	return mul_numbers(fp_unpack(a), fp_unpack(m), control, single);
}

MOL_INLINE struct ppc_fp_result mul(uint32_t control, uint64_t a, uint64_t m, bool single)
{
	if (MOL_LIKELY(fp_is_normal(a) && fp_is_normal(m)))
		return mul_numbers(fp_unpack_normal(a), fp_unpack_normal(m), control, single);
	return mul_special(control, a, m, single);
}

struct ppc_fp_result mol_softfp_mul(uint32_t control, uint64_t a, uint64_t m, bool single)
{
	return single ? mul(control, a, m, true) : mul(control, a, m, false);
}

MOL_INLINE struct fp_wide wide_shift_sticky(struct fp_wide v, uint32_t n)
{
	struct fp_wide r;

	if (MOL_UNLIKELY(n >= 64)) {
		r.hi = 0;
		r.lo = fp_shift_sticky(v.hi, n - 64) | (v.lo != 0);
		return r;
	}
	r.hi = v.hi >> n;
	r.lo = v.hi << 1 << (63 - n) | fp_shift_sticky(v.lo, n);
	return r;
}

MOL_INLINE struct fp_wide wide_add(struct fp_wide a, struct fp_wide b)
{
	struct fp_wide r = { .lo = a.lo + b.lo };

	r.hi = a.hi + b.hi + (r.lo < a.lo);
	return r;
}

MOL_INLINE struct fp_wide wide_sub(struct fp_wide a, struct fp_wide b)
{
	struct fp_wide r = { .lo = a.lo - b.lo };

	r.hi = a.hi - b.hi - (a.lo < b.lo);
	return r;
}

/* a * m + b, finite nonzero numbers. The larger term keeps its leading one at bit 126. A term is
 * shifted only if it is the smaller; where bits fall off it, cancellation is one bit at most, so
 * the sticky bit cannot reach the rounding position. */
MOL_INLINE struct ppc_fp_result muladd_numbers(struct fp_num a, struct fp_num m, struct fp_num b,
					       uint32_t control, bool single)
{
	struct fp_wide p = fp_mul64(a.sig >> 1, m.sig), addend = { .hi = b.sig >> 1, .lo = 0 }, sum;
	uint32_t low = !(p.hi >> 62), sign = a.sign ^ m.sign;
	int32_t exp = a.exp + m.exp - FP_BIAS + 1 - (int32_t)low, distance = exp - b.exp;
	uint64_t sig;
	int shift;

	p.hi = p.hi << low | (p.lo >> 63 & low);
	p.lo <<= low;
	if (distance >= 0) {
		addend = wide_shift_sticky(addend, (uint32_t)distance);
	} else {
		p = wide_shift_sticky(p, (uint32_t)-distance);
		exp = b.exp;
	}
	if (sign == b.sign) {
		sum = wide_add(p, addend);
	} else {
		sum = wide_sub(p, addend);
		if (sum.hi >> 63) {
			sum = wide_sub(addend, p);
			sign = b.sign;
		}
	}
	if (MOL_UNLIKELY(!sum.hi)) {
		if (!sum.lo)
			return fp_zero(fp_zero_difference_sign(control));
		sum.hi = sum.lo;
		sum.lo = 0;
		exp -= 64;
	}
	shift = __builtin_clzll(sum.hi);
	sig = sum.hi << shift | sum.lo >> 1 >> (63 - shift) | (sum.lo << shift != 0);
	return fp_round(sign, exp + 1 - shift, sig, control, single);
}

/* One of the operands is not a normal number; b's sign is already that of the operation. */
static struct ppc_fp_result muladd_special(uint32_t control, uint64_t a, uint64_t b, uint64_t m,
					   bool single)
{
	bool inf_product = fp_is_inf(a) || fp_is_inf(m);
	uint32_t sign = fp_sign(a ^ m);
	struct fp_num n;

	if (inf_product && fp_is_inf(b) && sign != fp_sign(b))
		return fp_invalid(PPC_FPSCR_VXISI);
	if (inf_product)
		return fp_infinity(sign);
	if (fp_is_inf(b))
		return fp_infinity(fp_sign(b));
	if (fp_is_zero(a) || fp_is_zero(m)) {
		if (fp_is_zero(b))
			return fp_zero(sign == fp_sign(b) ? sign
							  : fp_zero_difference_sign(control));
		n = fp_unpack(b);
		return fp_round(n.sign, n.exp, n.sig, control, single);
	}
	if (fp_is_zero(b))
		return mul_numbers(fp_unpack(a), fp_unpack(m), control, single);
	return muladd_numbers(fp_unpack(a), fp_unpack(m), fp_unpack(b), control, single);
}

/* A NaN operand, or infinity times zero, which is invalid even if the addend is a NaN (which then
 * is the result); a signaling addend raises both causes [PEM 3.3.6]. False: neither. */
static bool muladd_nan(uint64_t a, uint64_t b, uint64_t m, bool single, struct ppc_fp_result *r)
{
	bool nan = fp_is_nan(a) || fp_is_nan(b) || fp_is_nan(m);
	bool invalid = (fp_is_inf(a) && fp_is_zero(m)) || (fp_is_zero(a) && fp_is_inf(m));

	*r = nan ? mol_softfp_propagate_nan(a, b, m, single) : fp_invalid(0);
	r->status |= invalid ? PPC_FPSCR_VXIMZ : 0;
	return nan || invalid;
}

/* fnmadd, fnmsub: the rounded result changes sign, a NaN does not [PEM 4.2.2.2]. */
MOL_INLINE struct ppc_fp_result negate(struct ppc_fp_result r)
{
	/* zeros differ in the C bit, all other classes in < and > */
	r.status ^= r.status & PPC_FPSCR_FE ? PPC_FPSCR_C : PPC_FPSCR_FL | PPC_FPSCR_FG;
	r.bits ^= FP_SIGN;
	return r;
}

MOL_INLINE struct ppc_fp_result muladd(unsigned op, uint32_t control, uint64_t a, uint64_t b,
				       uint64_t m, bool single)
{
	uint64_t flip = op & 1 ? FP_SIGN : 0; /* PPC_FP_MSUB, PPC_FP_NMSUB */
	struct ppc_fp_result r;

	if (MOL_LIKELY(fp_is_normal(a) && fp_is_normal(b) && fp_is_normal(m))) {
		r = muladd_numbers(fp_unpack_normal(a), fp_unpack_normal(m),
				   fp_unpack_normal(b ^ flip), control, single);
	} else {
		if (muladd_nan(a, b, m, single, &r))
			return r;
		r = muladd_special(control, a, b ^ flip, m, single);
		if (r.status & PPC_FPSCR_VXISI)
			return r;
	}
	return op & 2 ? negate(r) : r;
}

struct ppc_fp_result mol_softfp_muladd(unsigned op, uint32_t control, uint64_t a, uint64_t b,
				       uint64_t m, bool single)
{
	return single ? muladd(op, control, a, b, m, true) : muladd(op, control, a, b, m, false);
}
