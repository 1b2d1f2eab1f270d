/* SPDX-License-Identifier: MIT
 * softfp_core.h - what the files of softfp share: taking a double apart, rounding it.
 *
 * A number in hand is sign, biased double exponent and a 64-bit significand whose
 * leading one is bit 63, with every lost bit or'ed into bit 0 ("sticky"): that is the
 * infinitely precise intermediate result of PEM 3.3 as far as rounding can see it.
 * The common case (normal operands, normal result) is inline; everything else goes
 * through one out-of-line function per operation. Private to softfp*.c and vfp*.c.
 */
#ifndef PPC_SOFTFP_CORE_H
#define PPC_SOFTFP_CORE_H

#include "env.h"
#include "regs.h"
#include "softfp.h"

#define FP_SIGN 0x8000000000000000u
#define FP_TOP 0x8000000000000000u /* the leading one of a significand */
#define FP_INF 0x7ff0000000000000u
#define FP_QUIET 0x0008000000000000u
#define FP_QNAN 0x7ff8000000000000u /* the default QNaN [PEM 3.3.1, NaNs] */
#define FP_FRACTION 0x000fffffffffffffu
#define FP_BIAS 1023

/* In the control word, above the FPSCR's bits: tiny results are signed zeros (vector NJ). */
#define FP_FLUSH_TINY 0x100u

/* FPRF values [PEM 2.1.4] */
#define FPRF(code) ((uint32_t)(code) << 12)
#define FPRF_QNAN FPRF(0x11)
#define FPRF_NORMAL(negative) ((negative) ? FPRF(0x08) : FPRF(0x04))
#define FPRF_DENORMAL(negative) ((negative) ? FPRF(0x18) : FPRF(0x14))
#define FPRF_ZERO(negative) ((negative) ? FPRF(0x12) : FPRF(0x02))
#define FPRF_INF(negative) ((negative) ? FPRF(0x09) : FPRF(0x05))

enum { RN_NEAREST, RN_ZERO, RN_PLUS, RN_MINUS }; /* FPSCR[RN] */

/* A finite nonzero number: sig / 2^63 * 2^(exp - 1023). */
struct fp_num {
	uint64_t sig;
	int32_t exp;
	uint32_t sign;
};

MOL_INLINE uint32_t fp_sign(uint64_t v)
{
	return (uint32_t)(v >> 63);
}

MOL_INLINE int32_t fp_exp(uint64_t v)
{
	return (int32_t)(v >> 52 & 0x7ff);
}

MOL_INLINE bool fp_is_normal(uint64_t v)
{
	return (uint32_t)(fp_exp(v) - 1) < 0x7fe;
}

MOL_INLINE bool fp_is_zero(uint64_t v)
{
	return !(v << 1);
}

MOL_INLINE bool fp_is_inf(uint64_t v)
{
	return v << 1 == FP_INF << 1;
}

MOL_INLINE bool fp_is_nan(uint64_t v)
{
	return v << 1 > FP_INF << 1;
}

MOL_INLINE bool fp_is_snan(uint64_t v)
{
	return fp_is_nan(v) && !(v & FP_QUIET);
}

MOL_INLINE struct fp_num fp_unpack_normal(uint64_t v)
{
	struct fp_num n = { .sig = v << 11 | FP_TOP, .exp = fp_exp(v), .sign = fp_sign(v) };

	return n;
}

/* A finite nonzero number, denormalized or not. */
MOL_INLINE struct fp_num fp_unpack(uint64_t v)
{
	struct fp_num n = fp_unpack_normal(v);

	if (n.exp == 0) {
		int shift = __builtin_clzll(v << 1) - 10;

		n.sig = (v & FP_FRACTION) << 11 << shift;
		n.exp = 1 - shift;
	}
	return n;
}

/* Shift right; what falls off stays visible in bit 0. */
MOL_INLINE uint64_t fp_shift_sticky(uint64_t sig, uint32_t n)
{
	uint64_t kept;

	n = n > 63 ? 63 : n;
	kept = sig >> n;
	return kept | (kept << n != sig);
}

struct fp_wide {
	uint64_t hi, lo;
};

/* The one place where the host's width shows: a 64 by 64 bit product. */
MOL_INLINE struct fp_wide fp_mul64(uint64_t a, uint64_t b)
{
	struct fp_wide r;
#ifdef __SIZEOF_INT128__
	unsigned __int128 p = (unsigned __int128)a * b;

	r.hi = (uint64_t)(p >> 64);
	r.lo = (uint64_t)p;
#else
	uint32_t ah = (uint32_t)(a >> 32), al = (uint32_t)a, bh = (uint32_t)(b >> 32),
		 bl = (uint32_t)b;
	uint64_t low = (uint64_t)al * bl;
	uint64_t mid = (uint64_t)ah * bl + (low >> 32); /* cannot overflow */
	uint64_t mid2 = (uint64_t)al * bh + (uint32_t)mid;

	r.hi = (uint64_t)ah * bh + (mid >> 32) + (mid2 >> 32);
	r.lo = mid2 << 32 | (uint32_t)low;
#endif
	return r;
}

MOL_INLINE struct ppc_fp_result fp_result(uint64_t bits, uint32_t status)
{
	struct ppc_fp_result r = { .bits = bits, .status = status };

	return r;
}

MOL_INLINE struct ppc_fp_result fp_invalid(uint32_t cause)
{
	return fp_result(FP_QNAN, cause | FPRF_QNAN);
}

MOL_INLINE struct ppc_fp_result fp_zero(uint32_t sign)
{
	return fp_result((uint64_t)sign << 63, FPRF_ZERO(sign));
}

MOL_INLINE struct ppc_fp_result fp_infinity(uint32_t sign)
{
	return fp_result((uint64_t)sign << 63 | FP_INF, FPRF_INF(sign));
}

/* x - x: plus zero unless rounding toward minus infinity [PEM 3.3, sign of result]. */
MOL_INLINE uint32_t fp_zero_difference_sign(uint32_t control)
{
	return (control & PPC_FPSCR_RN) == RN_MINUS;
}

/* What to add to sig so that dropping its low bits then rounds as FPSCR[RN] says. */
MOL_INLINE uint64_t fp_round_increment(uint64_t sig, uint32_t drop, uint32_t sign, uint32_t control)
{
	uint64_t mask = ((uint64_t)1 << drop) - 1;
	uint32_t mode = control & PPC_FPSCR_RN;

	if (MOL_LIKELY(mode == RN_NEAREST))
		return (mask >> 1) + (sig >> drop & 1);
	return mode != RN_ZERO && (mode == RN_MINUS) == sign ? mask : 0;
}

/* fp_round() when the result may be tiny or overflow. */
struct ppc_fp_result mol_softfp_round_edge(uint32_t sign, int32_t exp, uint64_t sig,
					   uint32_t control, bool single);

#define FP_DROP(single) ((single) ? 40u : 11u)	  /* significand bits below the format */
#define FP_EMIN(single) ((single) ? 897 : 1)	  /* biased double exponents of normal */
#define FP_EMAX(single) ((single) ? 1150 : 2046)  /* numbers of the format */
#define FP_ADJUST(single) ((single) ? 192 : 1536) /* [PEM 3.3.6.2] */

/* Round the intermediate result and say what happened [PEM 3.3.5, 3.3.6.2]. */
MOL_INLINE struct ppc_fp_result fp_round(uint32_t sign, int32_t exp, uint64_t sig, uint32_t control,
					 bool single)
{
	const uint32_t drop = FP_DROP(single);
	uint64_t sum, bits;
	uint32_t inexact, up;

	/* The largest exponent is left out since rounding may carry into the next. */
	if (MOL_UNLIKELY((uint32_t)(exp - FP_EMIN(single)) >=
			 (uint32_t)(FP_EMAX(single) - FP_EMIN(single))))
		return mol_softfp_round_edge(sign, exp, sig, control, single);
	/* The leading one is added to the exponent, as a carry out of the fraction is. */
	sum = (sig & ~FP_TOP) + fp_round_increment(sig, drop, sign, control);
	inexact = sig << (64 - drop) != 0;
	up = sum >> drop != (sig & ~FP_TOP) >> drop;
	bits = (uint64_t)sign << 63 |
	       (((uint64_t)(uint32_t)exp << 52) + (sum >> drop << (drop - 11)));
	return fp_result(bits, FPRF_NORMAL(sign) | inexact * (PPC_FPSCR_FI | PPC_FPSCR_XX) |
				       up * PPC_FPSCR_FR);
}

/* A NaN among the operands [PEM 3.3.1, NaNs]: frA's, else frB's, else frC's, made quiet. Pass 0 for
 * an operand that the instruction has not. A single result has no more than a single's bits: so
 * the manual says of frsp; NaNs of other single operations are undefined if they had more. */
struct ppc_fp_result mol_softfp_propagate_nan(uint64_t a, uint64_t b, uint64_t m, bool single);

struct ppc_fp_result mol_softfp_add(uint32_t control, uint64_t a, uint64_t b, bool single);
struct ppc_fp_result mol_softfp_mul(uint32_t control, uint64_t a, uint64_t m, bool single);
struct ppc_fp_result mol_softfp_div(uint32_t control, uint64_t a, uint64_t b, bool single);
/* op: PPC_FP_MADD .. PPC_FP_NMSUB */
struct ppc_fp_result mol_softfp_muladd(unsigned op, uint32_t control, uint64_t a, uint64_t b,
				       uint64_t m, bool single);
struct ppc_fp_result mol_softfp_round_to_single(uint32_t control, uint64_t b);
struct ppc_fp_result mol_softfp_to_int(uint32_t control, uint64_t b);
struct ppc_fp_result mol_softfp_res(uint32_t control, uint64_t b);
struct ppc_fp_result mol_softfp_rsqrte(uint32_t control, uint64_t b);

/* Estimates [softfp_est.c], within 2^-13; m / 2^31 is in [1, 2). */
uint32_t mol_softfp_recip_estimate(uint32_t m);		  /* 2^31 / (m / 2^31) */
uint32_t mol_softfp_rsqrt_estimate(uint32_t m, bool odd); /* 2^31 / sqrt(m / 2^31), odd: m / 2^30 */
uint32_t mol_softfp_exp2_estimate(uint32_t fraction);	  /* 2^30 * 2^(fraction / 2^32) */
uint32_t mol_softfp_log2_estimate(uint32_t m);		  /* 2^31 * log2(m / 2^31) */
/* Of a finite nonzero (rsqrt: positive) number. */
struct fp_num mol_softfp_recip(uint64_t b);
struct fp_num mol_softfp_rsqrt(uint64_t b);

#endif
