/* SPDX-License-Identifier: MIT
 * vfp.c - one single-precision lane of an AltiVec register [AltiVec PEM 3.2, 6.2].
 *
 * Lanes are computed by the scalar code: a single is widened, the operation rounds
 * once to single, and the result is narrowed, which loses nothing. Rounding is to
 * nearest, nothing is recorded, and NaNs come from vA, else vB, else vC as in the
 * scalar operations. VSCR[NJ] makes denormalized operands and tiny results zeros of
 * their sign [AltiVec PEM 3.2, modes]. Called by the vector words of interp_vec.h.
 */
#include "softfp_core.h"

#define SIGN32 0x80000000u
#define INF32 0x7f800000u
#define QUIET32 0x00400000u
#define QNAN32 0x7fc00000u
#define ONE32 0x3f800000u

static bool is_nan(uint32_t v)
{
	return v << 1 > INF32 << 1;
}

static uint32_t squash(uint32_t v, bool nj)
{
	return nj && !(v & INF32) ? v & SIGN32 : v;
}

static uint32_t round_number(struct fp_num n, bool nj)
{
	return mol_softfp_narrow(fp_round(n.sign, n.exp, n.sig, nj ? FP_FLUSH_TINY : 0, true).bits);
}

/* vmaxfp, vminfp: a NaN wins; +0 is greater than -0. */
static uint32_t extreme(uint32_t a, uint32_t b, bool max)
{
	if (is_nan(a))
		return a | QUIET32;
	if (is_nan(b))
		return b | QUIET32;
	/* keys in the order of the values */
	return ((a & SIGN32 ? ~a : a | SIGN32) > (b & SIGN32 ? ~b : b | SIGN32)) == max ? a : b;
}

static bool is_normal(uint32_t v)
{
	return (v >> 23 & 0xff) - 1 < 0xfe;
}

/* a * m + b for normal numbers (b may be zero), in 64 bits: the product of two singles leaves room
 * for the sticky bit as in softfp_mul.c. False: the result is not a normal number, nothing is done.
 */
MOL_INLINE bool muladd_normal(uint32_t a, uint32_t b, uint32_t m, uint32_t *out)
{
	/* The product's leading one is bit 62 or 61, the addend's bit 62. */
	uint64_t p = (uint64_t)(a << 8 | SIGN32) * (m << 8 | SIGN32) >> 1;
	uint64_t addend = b << 1 ? (uint64_t)(b << 8 | SIGN32) << 31 : 0;
	int32_t exp = (int32_t)(a >> 23 & 0xff) + (int32_t)(m >> 23 & 0xff) - 127 + 1;
	int32_t distance = exp - (int32_t)(b >> 23 & 0xff);
	uint32_t sign = (a ^ m) & SIGN32, bits;
	int shift;

	if (distance >= 0) {
		addend = fp_shift_sticky(addend, (uint32_t)distance);
	} else {
		p = fp_shift_sticky(p, (uint32_t)-distance);
		exp -= distance;
	}
	p = sign == (b & SIGN32) ? p + addend : p - addend;
	if (p >> 63 && sign != (b & SIGN32)) {
		p = 0 - p;
		sign ^= SIGN32;
	}
	if (!p)
		return false;
	shift = __builtin_clzll(p);
	p <<= shift;
	exp -= shift - 1;
	if ((uint32_t)(exp - 1) >= 0xfe)
		return false;
	/* The leading one adds 1 to the exponent, as a carry of the rounding does, at the last
	 * exponent to infinity. */
	bits = (uint32_t)((p + 0x7fffffffffu + (p >> 40 & 1)) >> 40 & 0xffffff);
	if (bits >> 23 == 0) /* carried out */
		bits |= 0x1000000;
	*out = sign | (((uint32_t)(exp - 1) << 23) + bits);
	return true;
}

uint32_t mol_vfp_arith(unsigned op, bool nj, uint32_t a, uint32_t b, uint32_t m)
{
	uint32_t control = nj ? FP_FLUSH_TINY : 0, fast;
	struct ppc_fp_result r;

	if (MOL_LIKELY(is_normal(a) && (is_normal(b) || !(b << 1)))) {
		if (op == PPC_VFP_ADD && muladd_normal(a, b, ONE32, &fast))
			return fast;
		if (op == PPC_VFP_SUB && muladd_normal(a, b ^ SIGN32, ONE32, &fast))
			return fast;
		if (op == PPC_VFP_MADD && is_normal(m) && muladd_normal(a, b, m, &fast))
			return fast;
		if (op == PPC_VFP_NMSUB && is_normal(m) && muladd_normal(a, b ^ SIGN32, m, &fast))
			return fast ^ SIGN32;
	}
	a = squash(a, nj);
	b = squash(b, nj);
	switch (op) {
	case PPC_VFP_MAX:
	case PPC_VFP_MIN:
		return extreme(a, b, op == PPC_VFP_MAX);
	case PPC_VFP_SUB:
		if (!is_nan(b))
			b ^= SIGN32;
		/* fall through */
	case PPC_VFP_ADD:
		r = mol_softfp_add(control, mol_softfp_widen(a), mol_softfp_widen(b), true);
		break;
	default:
		m = squash(m, nj);
		r = mol_softfp_muladd(op == PPC_VFP_MADD ? PPC_FP_MADD : PPC_FP_NMSUB, control,
				      mol_softfp_widen(a), mol_softfp_widen(b), mol_softfp_widen(m),
				      true);
		break;
	}
	return mol_softfp_narrow(r.bits);
}

/* ---- estimates ---- */

static uint32_t reciprocal(uint32_t b, bool nj)
{
	if (!(b << 1))
		return b | INF32;
	if (b << 1 == INF32 << 1)
		return b & SIGN32;
	return round_number(mol_softfp_recip(mol_softfp_widen(b)), nj);
}

static uint32_t reciprocal_root(uint32_t b, bool nj)
{
	if (!(b << 1))
		return b | INF32;
	if (b & SIGN32)
		return QNAN32;
	if (b == INF32)
		return 0;
	return round_number(mol_softfp_rsqrt(mol_softfp_widen(b)), nj);
}

static uint32_t exponential(uint32_t b, bool nj)
{
	struct fp_num n;
	int64_t fixed; /* 31.32 */

	if (!(b << 1))
		return ONE32;
	n = fp_unpack(mol_softfp_widen(b));
	if (n.exp >= FP_BIAS + 8) /* 2^256 and 2^-256 are out of range, infinity too */
		return n.sign ? 0 : INF32;
	fixed = n.exp < FP_BIAS - 32 ? 0 : (int64_t)(n.sig >> (FP_BIAS + 31 - n.exp));
	if (n.sign)
		fixed = -fixed;
	n.sig = (uint64_t)mol_softfp_exp2_estimate((uint32_t)(fixed & 0xffffffff)) << 33;
	n.exp = FP_BIAS + (int32_t)(fixed >> 32);
	n.sign = 0;
	return round_number(n, nj);
}

static uint32_t logarithm(uint32_t b, bool nj)
{
	struct fp_num n;
	int64_t fixed; /* 32.31 */
	int shift;

	if (!(b << 1))
		return INF32 | SIGN32;
	if (b & SIGN32)
		return QNAN32;
	if (b == INF32)
		return b;
	n = fp_unpack(mol_softfp_widen(b));
	fixed = (int64_t)(n.exp - FP_BIAS) * ((int64_t)1 << 31) +
		mol_softfp_log2_estimate((uint32_t)(n.sig >> 32));
	if (!fixed)
		return 0;
	n.sign = fixed < 0;
	n.sig = (uint64_t)(n.sign ? -fixed : fixed);
	shift = __builtin_clzll(n.sig);
	n.sig <<= shift;
	n.exp = FP_BIAS + 32 - shift;
	return round_number(n, nj);
}

/* ---- rounding to an integral value ---- */

static uint32_t integral(uint32_t b, unsigned mode)
{
	uint32_t exp = b >> 23 & 0xff, sign = b >> 31, mask, increment;

	if (exp >= 127 + 23 || !(b << 1))
		return b; /* has no fraction bits */
	if (exp < 126) {  /* below one half */
		increment = mode != RN_NEAREST && mode != RN_ZERO && (mode == RN_MINUS) == sign;
		return (b & SIGN32) | (increment ? ONE32 : 0);
	}
	if (exp == 126) {
		increment = mode == RN_NEAREST ? (b & 0x7fffff) != 0 /* ties to even: 0 */
					       : mode != RN_ZERO && (mode == RN_MINUS) == sign;
		return (b & SIGN32) | (increment ? ONE32 : 0);
	}
	mask = 0x7fffffu >> (exp - 127);
	if (mode == RN_NEAREST)
		b += (mask >> 1) + (b >> (23 - (exp - 127)) & 1);
	else if (mode != RN_ZERO && (mode == RN_MINUS) == sign)
		b += mask;
	return b & ~mask;
}

uint32_t mol_vfp_unary(unsigned op, bool nj, uint32_t b)
{
	if (is_nan(b))
		return b | QUIET32;
	b = squash(b, nj);
	switch (op) {
	case PPC_VFP_RE:
		return reciprocal(b, nj);
	case PPC_VFP_RSQRTE:
		return reciprocal_root(b, nj);
	case PPC_VFP_EXPTE:
		return exponential(b, nj);
	case PPC_VFP_LOGE:
		return logarithm(b, nj);
	case PPC_VFP_RIZ:
		return integral(b, RN_ZERO);
	case PPC_VFP_RIP:
		return integral(b, RN_PLUS);
	case PPC_VFP_RIM:
		return integral(b, RN_MINUS);
	default:
		return integral(b, RN_NEAREST);
	}
}

/* ---- conversion ---- */

uint32_t mol_vfp_from_int(uint32_t v, bool is_signed, unsigned scale)
{
	struct fp_num n = { .sign = is_signed ? v >> 31 : 0 };
	int shift;

	if (!v)
		return 0;
	if (n.sign)
		v = 0 - v;
	shift = __builtin_clz(v);
	n.sig = (uint64_t)v << 32 << shift;
	n.exp = FP_BIAS + 31 - shift - (int32_t)scale;
	return round_number(n, false);
}

/* Toward zero; a NaN is 0 and does not set SAT. */
uint32_t mol_vfp_to_int(uint32_t v, bool is_signed, unsigned scale, bool nj, bool *sat)
{
	uint32_t limit = is_signed ? 0x7fffffff + (v >> 31) : v >> 31 ? 0 : 0xffffffff;
	struct fp_num n;
	uint64_t magnitude;

	v = squash(v, nj);
	if (is_nan(v) || !(v << 1))
		return 0;
	n = fp_unpack(mol_softfp_widen(v));
	n.exp += (int32_t)scale - FP_BIAS;
	if (n.exp < 0)
		return 0;
	magnitude = n.exp > 32 ? (uint64_t)1 << 32 : n.sig >> (63 - n.exp);
	if (magnitude > limit) {
		*sat = true;
		magnitude = limit;
	}
	return (uint32_t)(n.sign ? 0 - magnitude : magnitude);
}

uint32_t mol_vfp_compare(uint32_t a, uint32_t b, bool nj)
{
	uint32_t status;

	return mol_softfp_compare(mol_softfp_widen(squash(a, nj)), mol_softfp_widen(squash(b, nj)),
				  false, 0, &status);
}
