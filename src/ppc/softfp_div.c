/* SPDX-License-Identifier: MIT
 * softfp_div.c - division without a divide instruction wider than 32 bits.
 *
 * The quotient comes in digits of 28 bits: remainder times an approximate reciprocal
 * gives a digit that is never too large and too small by a few units at most, and the
 * remainder stays exact. The same steps run on every host, so there is one result.
 */
#include "softfp_core.h"

/* 2^92 / d for 2^60 <= d < 2^61, at most 2^-28 (relative) too small and never too large. */
MOL_INLINE uint64_t reciprocal(uint64_t d)
{
	uint64_t high = (d >> 29) + 1; /* d / 2^29 < high <= 2^32 */
	uint64_t x = (uint64_t)mol_softfp_recip_estimate((uint32_t)(d >> 29)) << 1;

	/* Newton: x' = x (2 - d x) is below 1/d for every x, and truncation lowers it further. */
	for (int i = 0; i < 2; i++)
		x = x * ((0 - high * x) >> 32) >> 31;
	return x;
}

/* Finite nonzero numbers. */
MOL_INLINE struct ppc_fp_result div_numbers(struct fp_num a, struct fp_num b, uint32_t control,
					    bool single)
{
	/* Scaled so that a remainder of a few divisors fits. */
	uint64_t rest = a.sig >> 3, divisor = b.sig >> 3, inverse = reciprocal(divisor), digit;
	uint64_t quotient = (rest >> 31) * inverse >> 33;
	uint32_t bits = 28; /* after the binary point */
	int shift;

	/* The true difference is below 2^63; what the products lose modulo 2^64 cancels. */
	rest = (rest << 28) - quotient * divisor;
	if (!single) {
		digit = (rest >> 31) * inverse >> 33;
		rest = (rest << 28) - digit * divisor;
		quotient = (quotient << 28) + digit;
		bits = 56;
	}
	while (rest >= divisor) {
		rest -= divisor;
		quotient++;
	}
	/* 28 bits of quotient and a sticky one are enough for a single. */
	shift = __builtin_clzll(quotient);
	return fp_round(a.sign ^ b.sign, a.exp - b.exp + FP_BIAS + 63 - shift - (int32_t)bits,
			quotient << shift | (rest != 0), control, single);
}

static struct ppc_fp_result div_special(uint32_t control, uint64_t a, uint64_t b, bool single)
{
	uint32_t sign = fp_sign(a ^ b);
	struct ppc_fp_result r;

	if (fp_is_nan(a) || fp_is_nan(b))
		return mol_softfp_propagate_nan(a, b, 0, single);
	if (fp_is_inf(a))
		return fp_is_inf(b) ? fp_invalid(PPC_FPSCR_VXIDI) : fp_infinity(sign);
	if (fp_is_inf(b))
		return fp_zero(sign);
	if (fp_is_zero(b)) {
		if (fp_is_zero(a))
			return fp_invalid(PPC_FPSCR_VXZDZ);
		r = fp_infinity(sign);
		r.status |= PPC_FPSCR_ZX;
		return r;
	}
	if (fp_is_zero(a))
		return fp_zero(sign);
	return div_numbers(fp_unpack(a), fp_unpack(b), control, single);
}

MOL_INLINE struct ppc_fp_result div(uint32_t control, uint64_t a, uint64_t b, bool single)
{
	if (MOL_LIKELY(fp_is_normal(a) && fp_is_normal(b)))
		return div_numbers(fp_unpack_normal(a), fp_unpack_normal(b), control, single);
	return div_special(control, a, b, single);
}

struct ppc_fp_result mol_softfp_div(uint32_t control, uint64_t a, uint64_t b, bool single)
{
	return single ? div(control, a, b, true) : div(control, a, b, false);
}
