/* SPDX-License-Identifier: MIT
 * softfp.c - rounding, NaNs, addition, comparison and conversion in integers.
 *
 * The entry mol_softfp_arith() serves every arithmetic instruction of sem_fp.inc; the
 * multiply, divide and estimate operations are in softfp_mul.c, softfp_div.c and
 * softfp_est.c. Rules: PEM chapter 3.3; conversions: PEM appendix D.
 */
#include "softfp_core.h"

/* ---- rounding at the ends of the range ---- */

/* The result of a disabled overflow [PEM 3.3.6.2.1]: infinity or the largest number. FR, which
 * the manual leaves undefined, says whether the magnitude was increased. */
static struct ppc_fp_result overflow(uint32_t sign, uint32_t control, bool single)
{
	uint32_t mode = control & PPC_FPSCR_RN;
	uint32_t status = PPC_FPSCR_OX | PPC_FPSCR_XX | PPC_FPSCR_FI;
	uint64_t largest = single ? 0x47efffffe0000000u : 0x7fefffffffffffffu;

	if (mode == RN_ZERO || (mode != RN_NEAREST && (mode == RN_MINUS) != sign))
		return fp_result((uint64_t)sign << 63 | largest, status | FPRF_NORMAL(sign));
	return fp_result((uint64_t)sign << 63 | FP_INF, status | FPRF_INF(sign) | PPC_FPSCR_FR);
}

/* A nonzero result in the format's denormalized range, as rounded: sig is what is left above
 * the dropped bits, with the weight of exponent FP_EMIN. */
static struct ppc_fp_result pack_tiny(uint32_t sign, uint64_t sig, bool single)
{
	uint64_t bits = (uint64_t)sign << 63;
	uint32_t fprf = sig & FP_TOP ? FPRF_NORMAL(sign) : FPRF_DENORMAL(sign);
	int shift = __builtin_clzll(sig);

	if (!single) /* a carry into the leading one is exponent 1 */
		return fp_result(bits | sig >> 11, fprf);
	/* In double format, in which it is normalized, but of class denormalized. */
	bits |= (uint64_t)(uint32_t)(FP_EMIN(true) - shift) << 52;
	return fp_result(bits | (sig << shift & ~FP_TOP) >> 11, fprf);
}

/* Tiny and UE = 0 [PEM 3.3.6.2.2]: denormalize, then round; UX only if that lost something. */
static struct ppc_fp_result round_tiny(uint32_t sign, int32_t exp, uint64_t sig, uint32_t control,
				       bool single)
{
	const uint32_t lossy = PPC_FPSCR_UX | PPC_FPSCR_XX | PPC_FPSCR_FI;
	uint32_t drop = FP_DROP(single), status = 0;
	struct ppc_fp_result r;
	uint64_t kept;

	if (control & FP_FLUSH_TINY)
		return fp_zero(sign);
	sig = fp_shift_sticky(sig, (uint32_t)(FP_EMIN(single) - exp));
	kept = (sig + fp_round_increment(sig, drop, sign, control)) >> drop << drop;
	if (sig << (64 - drop))
		status = lossy | (kept > sig ? PPC_FPSCR_FR : 0);
	if (!kept) {
		r = fp_zero(sign);
	} else {
		r = pack_tiny(sign, kept, single);
		/* Non-IEEE mode: what would be denormalized is zero [PEM 2.1.4, NI; 750GX UM
		 * table 2-6]. UX, XX and FI tell of it, since the value is lost. */
		if ((control & PPC_FPSCR_NI) && !(kept & FP_TOP)) {
			r = fp_zero(sign);
			status = lossy;
		}
	}
	r.status |= status;
	return r;
}

struct ppc_fp_result mol_softfp_round_edge(uint32_t sign, int32_t exp, uint64_t sig,
					   uint32_t control, bool single)
{
	uint32_t drop = FP_DROP(single), status = 0;
	uint64_t kept;

	if (exp < FP_EMIN(single)) {
		if (!(control & PPC_FPSCR_UE))
			return round_tiny(sign, exp, sig, control, single);
		/* Enabled: any tiny result, exact or not, is scaled into the range. */
		status = PPC_FPSCR_UX;
		exp += FP_ADJUST(single);
	}
	kept = (sig + fp_round_increment(sig, drop, sign, control)) >> drop << drop;
	if (sig << (64 - drop))
		status |= PPC_FPSCR_XX | PPC_FPSCR_FI | (kept < sig && kept ? 0 : PPC_FPSCR_FR);
	if (!kept) { /* carried out of bit 63 */
		kept = FP_TOP;
		exp++;
	}
	if (exp > FP_EMAX(single) && !(status & PPC_FPSCR_UX)) {
		if (!(control & PPC_FPSCR_OE))
			return overflow(sign, control, single);
		status |= PPC_FPSCR_OX;
		exp -= FP_ADJUST(single);
	}
	/* A single operation on operands that are not singles may still be out of a double's
	 * range here; its result is undefined [PEM 3.3] and the exponent wraps. */
	return fp_result((uint64_t)sign << 63 | (uint64_t)((uint32_t)exp & 0x7ff) << 52 |
				 (kept & ~FP_TOP) >> 11,
			 status | FPRF_NORMAL(sign));
}

struct ppc_fp_result mol_softfp_propagate_nan(uint64_t a, uint64_t b, uint64_t m, bool single)
{
	uint64_t chosen = fp_is_nan(a) ? a : fp_is_nan(b) ? b : m;
	bool signaling = fp_is_snan(a) || fp_is_snan(b) || fp_is_snan(m);

	if (single)
		chosen &= ~(uint64_t)0x1fffffff;
	return fp_result(chosen | FP_QUIET, FPRF_QNAN | (signaling ? PPC_FPSCR_VXSNAN : 0));
}

/* ---- addition ---- */

/* Finite nonzero numbers. */
MOL_INLINE struct ppc_fp_result add_numbers(struct fp_num a, struct fp_num b, uint32_t control,
					    bool single)
{
	bool swap = a.exp < b.exp || (a.exp == b.exp && a.sig < b.sig);
	struct fp_num big = swap ? b : a, small = swap ? a : b;
	uint64_t sig;
	int shift;

	/* One bit of room for the carry; operands have 11 zero bits below. */
	sig = fp_shift_sticky(small.sig >> 1, (uint32_t)(big.exp - small.exp));
	sig = big.sign == small.sign ? (big.sig >> 1) + sig : (big.sig >> 1) - sig;
	if (MOL_UNLIKELY(!sig))
		return fp_zero(fp_zero_difference_sign(control));
	shift = __builtin_clzll(sig);
	return fp_round(big.sign, big.exp + 1 - shift, sig << shift, control, single);
}

/* One of the operands is zero, denormalized, infinite or a NaN. */
static struct ppc_fp_result add_special(uint32_t control, uint64_t a, uint64_t b, bool single)
{
	struct fp_num n;

	if (fp_is_inf(a) || fp_is_inf(b)) {
		if (fp_is_inf(a) && fp_is_inf(b) && a != b)
			return fp_invalid(PPC_FPSCR_VXISI);
		return fp_infinity(fp_sign(fp_is_inf(a) ? a : b));
	}
	if (fp_is_zero(a) && fp_is_zero(b))
		return fp_zero(fp_sign(a) == fp_sign(b) ? fp_sign(a)
							: fp_zero_difference_sign(control));
	if (!fp_is_zero(a) && !fp_is_zero(b))
		return add_numbers(fp_unpack(a), fp_unpack(b), control, single);
	n = fp_unpack(fp_is_zero(a) ? b : a);
	return fp_round(n.sign, n.exp, n.sig, control, single);
}

MOL_INLINE struct ppc_fp_result add(uint32_t control, uint64_t a, uint64_t b, uint64_t b_flip,
				    bool single)
{
	if (MOL_LIKELY(fp_is_normal(a) && fp_is_normal(b)))
		return add_numbers(fp_unpack_normal(a), fp_unpack_normal(b ^ b_flip), control,
				   single);
	if (fp_is_nan(a) || fp_is_nan(b)) /* fsub leaves the sign of a NaN */
		return mol_softfp_propagate_nan(a, b, 0, single);
	return add_special(control, a, b ^ b_flip, single);
}

struct ppc_fp_result mol_softfp_add(uint32_t control, uint64_t a, uint64_t b, bool single)
{
	return single ? add(control, a, b, 0, true) : add(control, a, b, 0, false);
}

/* ---- conversion ---- */

/* frsp [PEM D.4.1] */
struct ppc_fp_result mol_softfp_round_to_single(uint32_t control, uint64_t b)
{
	struct fp_num n;

	if (fp_is_nan(b))
		return mol_softfp_propagate_nan(0, b, 0, true);
	if (fp_is_inf(b))
		return fp_infinity(fp_sign(b));
	if (fp_is_zero(b))
		return fp_zero(fp_sign(b));
	n = fp_unpack(b);
	return fp_round(n.sign, n.exp, n.sig, control, true);
}

/* fctiw [PEM D.4.2]. Undefined by the manual and chosen as the 750 family does, as published
 * tests of such a processor found it: frD[0:31] is 0xfff80000, or 0xfff80001 for a negative
 * operand that becomes 0; FPRF is left as it was. */
struct ppc_fp_result mol_softfp_to_int(uint32_t control, uint64_t b)
{
	const uint64_t high = 0xfff8000000000000u;
	uint32_t sign = fp_sign(b), status = 0;
	uint64_t fixed = 0, rounded; /* 32.32 */

	if (fp_is_nan(b))
		return fp_result(high | 0x80000000u,
				 PPC_FPSCR_VXCVI | (fp_is_snan(b) ? PPC_FPSCR_VXSNAN : 0));
	if (fp_exp(b) > FP_BIAS + 31)
		goto too_large;
	if (!fp_is_zero(b)) {
		struct fp_num n = fp_unpack(b);

		fixed = fp_shift_sticky(n.sig, (uint32_t)(FP_BIAS + 31 - n.exp));
	}
	rounded = (fixed >> 32) +
		  (((fixed & 0xffffffffu) + fp_round_increment(fixed, 32, sign, control)) >> 32);
	if (rounded > 0x7fffffffu + (uint64_t)sign)
		goto too_large;
	if (fixed & 0xffffffffu)
		status = PPC_FPSCR_XX | PPC_FPSCR_FI | (rounded > fixed >> 32 ? PPC_FPSCR_FR : 0);
	if (sign)
		rounded = rounded ? -rounded & 0xffffffffu : (uint64_t)1 << 32;
	return fp_result(high | rounded, status);
too_large:
	return fp_result(high | (sign ? 0x80000000u : 0x7fffffffu), PPC_FPSCR_VXCVI);
}

/* [PEM D.6] */
uint64_t mol_softfp_widen(uint32_t single)
{
	uint64_t sign = (uint64_t)(single >> 31) << 63;
	uint32_t exp = single >> 23 & 0xff, fraction = single & 0x7fffff;
	int shift;

	if (MOL_LIKELY(exp - 1 < 0xfe))
		return sign | (((uint64_t)(single & 0x7fffffff) << 29) + ((uint64_t)896 << 52));
	if (exp == 0xff)
		return sign | FP_INF | (uint64_t)fraction << 29;
	if (!fraction)
		return sign;
	shift = __builtin_clz(fraction) - 8;
	return sign | (uint64_t)(uint32_t)(897 - shift) << 52 |
	       ((uint64_t)fraction << shift & 0x7fffff) << 29;
}

/* [PEM D.7]; what is below the smallest denormalized single, undefined there, becomes zero. */
uint32_t mol_softfp_narrow(uint64_t value)
{
	int32_t exp = fp_exp(value);
	uint32_t sign = fp_sign(value) << 31, sig;

	if (exp > 896 || fp_is_zero(value))
		return (uint32_t)(value >> 32 & 0xc0000000u) | (uint32_t)(value >> 29 & 0x3fffffff);
	if (exp < 874)
		return sign;
	sig = 0x800000 | (uint32_t)(value >> 29 & 0x7fffff);
	return sign | sig >> (897 - exp);
}

/* [PEM 4.2.2.4 and chapter 8: fcmpo] */
uint32_t mol_softfp_compare(uint64_t a, uint64_t b, bool ordered, uint32_t control,
			    uint32_t *status)
{
	*status = 0;
	if (MOL_UNLIKELY(fp_is_nan(a) || fp_is_nan(b))) {
		if (fp_is_snan(a) || fp_is_snan(b))
			*status = PPC_FPSCR_VXSNAN |
				  (ordered && !(control & PPC_FPSCR_VE) ? PPC_FPSCR_VXVC : 0);
		else if (ordered)
			*status = PPC_FPSCR_VXVC;
		return PPC_CR_SO;
	}
	if (a == b || !((a | b) << 1))
		return PPC_CR_EQ;
	if ((a ^ b) >> 63)
		return a >> 63 ? PPC_CR_LT : PPC_CR_GT;
	return (a < b) != (bool)(a >> 63) ? PPC_CR_LT : PPC_CR_GT;
}

/* ---- the entry ---- */

/* Non-IEEE mode: denormalized operands count as zeros of their sign, for single operations what
 * is denormalized as a single. The PEM speaks of results only; operands are after the 750 family
 * [750GX UM 2.2.3, tables 2-5 and 2-6; of 2-5 only the second page could be consulted]. */
static uint64_t squash(uint64_t v, bool single)
{
	return fp_exp(v) < FP_EMIN(single) ? v & FP_SIGN : v;
}

struct ppc_fp_result mol_softfp_arith(unsigned op, uint32_t control, uint64_t a, uint64_t b,
				      uint64_t m)
{
	control &= 0xff;
	if (MOL_UNLIKELY(control & PPC_FPSCR_NI)) {
		bool single = op & PPC_FP_SINGLE;

		a = squash(a, single);
		b = squash(b, single);
		m = squash(m, single);
	}
	switch (op) {
	case PPC_FP_ADD:
		return add(control, a, b, 0, false);
	case PPC_FP_SUB:
		return add(control, a, b, FP_SIGN, false);
	case PPC_FP_ADD | PPC_FP_SINGLE:
		return add(control, a, b, 0, true);
	case PPC_FP_SUB | PPC_FP_SINGLE:
		return add(control, a, b, FP_SIGN, true);
	case PPC_FP_MUL:
		return mol_softfp_mul(control, a, m, false);
	case PPC_FP_MUL | PPC_FP_SINGLE:
		return mol_softfp_mul(control, a, m, true);
	case PPC_FP_DIV:
	case PPC_FP_DIV | PPC_FP_SINGLE:
		return mol_softfp_div(control, a, b, op & PPC_FP_SINGLE);
	case PPC_FP_RSP:
		return mol_softfp_round_to_single(control, b);
	case PPC_FP_CTIW:
		return mol_softfp_to_int(control, b);
	case PPC_FP_CTIWZ:
		return mol_softfp_to_int((control & ~PPC_FPSCR_RN) | RN_ZERO, b);
	case PPC_FP_RES:
		return mol_softfp_res(control, b);
	case PPC_FP_RSQRTE:
		return mol_softfp_rsqrte(control, b);
	default:
		return mol_softfp_muladd(op & ~(unsigned)PPC_FP_SINGLE, control, a, b, m,
					 op & PPC_FP_SINGLE);
	}
}
