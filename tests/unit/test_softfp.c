/* SPDX-License-Identifier: MIT
 * test_softfp.c - scalar floating point [softfp*.c]: against the host's own arithmetic where the
 * two architectures agree, against the rules of PEM 3.3 and chapter 8 where only the PowerPC's
 * count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fenv.h>
#include <math.h>
#include <string.h>

#include "regs.h"
#include "softfp.h"

#define S ((unsigned)PPC_FP_SINGLE)
#define SIGN 0x8000000000000000u
#define INF 0x7ff0000000000000u
#define QNAN 0x7ff8000000000000u
#define A_SNAN 0x7ff4000000000000u
#define ONE 0x3ff0000000000000u
#define TWO 0x4000000000000000u
#define MIN_NORMAL 0x0010000000000000u
#define MAX 0x7fefffffffffffffu
#define SINGLE_MIN_NORMAL 0x3810000000000000u
#define SINGLE_MIN 0x36a0000000000000u
#define SINGLE_MAX 0x47efffffe0000000u

#define FR PPC_FPSCR_FR
#define FI PPC_FPSCR_FI
#define XX PPC_FPSCR_XX
#define OX PPC_FPSCR_OX
#define UX PPC_FPSCR_UX
#define ZX PPC_FPSCR_ZX
#define FPRF(code) ((uint32_t)(code) << 12)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static double as_double(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

static uint64_t bits_of(double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	return bits;
}

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1du;
}

/* Operands near each other in exponent, near the ends of the range, and special ones. */
static uint64_t random_operand(void)
{
	static const uint64_t corners[] = {
		0,
		1,
		2,
		0x000fffffffffffffu,
		MIN_NORMAL,
		MIN_NORMAL + 1,
		ONE,
		ONE + 1,
		ONE - 1,
		MAX,
		INF,
		0x3fe0000000000000u,
		0x3ff8000000000000u,
		0x4340000000000000u,
		0x0008000000000000u,
		0x7fe0000000000000u,
		0x1ff0000000000000u,
		0x5ff0000000000000u,
	};
	uint64_t v = random64(), choice = random64() >> 16, exp;

	switch (choice % 8) {
	case 0:
		return corners[(choice >> 8) % COUNT(corners)] | (v & SIGN);
	case 1:
		exp = (choice >> 8) % 60;
		break;
	case 2:
		exp = 2046 - (choice >> 8) % 60;
		break;
	case 3:
		exp = 480 + (choice >> 8) % 64;
		break;
	case 4:
		v &= ~(uint64_t)0 << (choice >> 16) % 52; /* few significant bits */
							  /* fall through */
	default:
		exp = 1020 + (choice >> 8) % 8;
		break;
	}
	return (v & ~INF) | exp << 52;
}

static uint64_t random_single(void)
{
	uint64_t v = random_operand() & ~(uint64_t)0x1fffffff, exp = v >> 52 & 0x7ff;

	if (exp == 2047)
		return v;
	if (exp == 0)
		return v & SIGN;
	return (v & ~INF) | (exp < 600 ? 897 + exp % 64 : exp > 1500 ? 1150 - exp % 64 : exp) << 52;
}

static const int host_modes[4] = { FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD };

static uint32_t host_status(void)
{
	int e = fetestexcept(FE_ALL_EXCEPT);

	return (e & FE_INEXACT ? XX : 0) | (e & FE_OVERFLOW ? OX : 0) |
	       (e & FE_UNDERFLOW ? UX : 0) | (e & FE_DIVBYZERO ? ZX : 0);
}

static double host_double(unsigned op, double x, double y, double z)
{
	volatile double a = x, b = y, m = z, r;

	switch (op) {
	case PPC_FP_ADD:
		r = a + b;
		break;
	case PPC_FP_SUB:
		r = a - b;
		break;
	case PPC_FP_MUL:
		r = a * m;
		break;
	case PPC_FP_DIV:
		r = a / b;
		break;
	case PPC_FP_MADD:
	case PPC_FP_NMADD:
		r = fma(a, m, b);
		break;
	default:
		r = fma(a, m, -b);
		break;
	}
	/* rounded, then negated */
	return op == PPC_FP_NMADD || op == PPC_FP_NMSUB ? -r : r;
}

static float host_single(unsigned op, double x, double y, double z)
{
	volatile float a = (float)x, b = (float)y, m = (float)z, r;

	switch (op) {
	case PPC_FP_ADD:
		r = a + b;
		break;
	case PPC_FP_SUB:
		r = a - b;
		break;
	case PPC_FP_MUL:
		r = a * m;
		break;
	case PPC_FP_DIV:
		r = a / b;
		break;
	case PPC_FP_MADD:
	case PPC_FP_NMADD:
		r = fmaf(a, m, b);
		break;
	default:
		r = fmaf(a, m, -b);
		break;
	}
	return op == PPC_FP_NMADD || op == PPC_FP_NMSUB ? -r : r;
}

static uint32_t fprf_of(uint64_t bits, bool single)
{
	uint64_t magnitude = bits & ~SIGN;
	bool negative = bits >> 63;

	if (magnitude > INF)
		return FPRF(0x11);
	if (magnitude == INF)
		return negative ? FPRF(0x09) : FPRF(0x05);
	if (!magnitude)
		return negative ? FPRF(0x12) : FPRF(0x02);
	if (magnitude < (single ? SINGLE_MIN_NORMAL : MIN_NORMAL))
		return negative ? FPRF(0x18) : FPRF(0x14);
	return negative ? FPRF(0x08) : FPRF(0x04);
}

/* The host detects tininess after rounding, we before [PEM 3.3.6.2.2]: the one result where that
 * shows is left out. */
static void check_against_host(unsigned op, unsigned mode, uint64_t a, uint64_t b, uint64_t m)
{
	bool single = op & S;
	uint64_t smallest_normal = single ? SINGLE_MIN_NORMAL : MIN_NORMAL, expected;
	struct ppc_fp_result r = mol_softfp_arith(op, mode, a, b, m);
	uint32_t ignored = 0, status;

	feclearexcept(FE_ALL_EXCEPT);
	fesetround(host_modes[mode]);
	if (single) {
		float f = host_single(op & ~S, as_double(a), as_double(b), as_double(m));

		status = host_status();
		expected = bits_of((double)f);
	} else {
		expected = bits_of(host_double(op, as_double(a), as_double(b), as_double(m)));
		status = host_status();
	}
	fesetround(FE_TONEAREST);
	if ((expected & ~SIGN) > INF) {
		assert_true(r.bits == QNAN && r.status & PPC_FPSCR_VX_ALL);
		return;
	}
	if ((expected & ~SIGN) == smallest_normal)
		ignored = UX;
	if (r.bits != expected || ((r.status ^ status) & (OX | UX | ZX | XX) & ~ignored))
		fail_msg("op %u mode %u a %016llx b %016llx m %016llx: %016llx %08x, host %016llx "
			 "%08x",
			 op, mode, (unsigned long long)a, (unsigned long long)b,
			 (unsigned long long)m, (unsigned long long)r.bits, r.status,
			 (unsigned long long)expected, status);
	assert_int_equal(r.status & PPC_FPSCR_FPRF, fprf_of(expected, single));
	assert_true(!(r.status & FI) == !(r.status & XX));
}

static void double_arithmetic_is_that_of_ieee_754_in_every_rounding_mode(void **state)
{
	for (unsigned n = 0; n < 200000; n++)
		for (unsigned op = PPC_FP_ADD; op <= PPC_FP_NMSUB; op++)
			check_against_host(op, n & 3, random_operand(), random_operand(),
					   random_operand());
}

static void single_arithmetic_is_that_of_ieee_754_in_every_rounding_mode(void **state)
{
	for (unsigned n = 0; n < 200000; n++)
		for (unsigned op = PPC_FP_ADD; op <= PPC_FP_NMSUB; op++)
			check_against_host(op | S, n & 3, random_single(), random_single(),
					   random_single());
}

static void a_multiply_add_that_cancels_keeps_every_bit_of_the_product(void **state)
{
	for (unsigned n = 0; n < 200000; n++) {
		uint64_t a = (random64() & ~INF) | ONE, m = (random64() & ~INF) | ONE;
		uint64_t b = bits_of(as_double(a) * as_double(m)) + (random64() >> 62);

		check_against_host(PPC_FP_MSUB, n & 3, a, b, m);
		check_against_host(PPC_FP_NMADD, n & 3, a, b ^ SIGN, m);
	}
}

static void fr_says_that_the_magnitude_was_increased(void **state)
{
	for (unsigned n = 0; n < 200000; n++) {
		unsigned op = (unsigned)(random64() % 8) | (n & 4 ? S : 0);
		uint64_t a = random_operand(), b = random_operand(), m = random_operand();
		struct ppc_fp_result r = mol_softfp_arith(op, n & 3, a, b, m);
		struct ppc_fp_result chopped = mol_softfp_arith(op, 1, a, b, m);

		if ((r.bits & ~SIGN) > INF)
			continue;
		assert_int_equal(!!(r.status & FR), (r.bits & ~SIGN) != (chopped.bits & ~SIGN));
		assert_true(!(r.status & FR) || r.status & FI);
	}
}

/* Double operands, a single result: one rounding of the infinitely precise value. */
static void a_single_result_is_rounded_once(void **state)
{
	static const struct {
		unsigned op;
		uint64_t a, b, m, expected;
		uint32_t status;
	} v[] = {
		/* 1 + 2^-24 + 2^-53: to double first would lose the last, and tie to even */
		{ PPC_FP_ADD, 0x3ff0000010000000u, 0x3c90000000000000u, 0, 0x3ff0000020000000u,
		  FR | FI | XX },
		{ PPC_FP_ADD, 0x3ff0000010000000u, 0xbc90000000000000u, 0, ONE, FI | XX },
		{ PPC_FP_ADD, 0x3ff0000010000000u, 0, 0, ONE, FI | XX },
		{ PPC_FP_MUL, 0x3ff0000010000001u, 0, ONE, 0x3ff0000020000000u, FR | FI | XX },
		{ PPC_FP_MADD, 0x3ff0000010000000u, 1, ONE, 0x3ff0000020000000u, FR | FI | XX },
		{ PPC_FP_MADD, 0x3ff0000010000000u, 1 | SIGN, ONE, ONE, FI | XX },
		{ PPC_FP_DIV, 0x3ff0000010000001u, ONE, 0, 0x3ff0000020000000u, FR | FI | XX },
		{ PPC_FP_DIV, 0x3ff0000010000000u, ONE, 0, ONE, FI | XX },
	};

	for (unsigned n = 0; n < COUNT(v); n++) {
		struct ppc_fp_result r = mol_softfp_arith(v[n].op | S, 0, v[n].a, v[n].b, v[n].m);

		assert_int_equal(r.bits, v[n].expected);
		assert_int_equal(r.status, v[n].status | FPRF(0x04));
	}
}

/* ---- special operands ---- */

static const unsigned three_operand_ops[] = { PPC_FP_MADD, PPC_FP_MSUB, PPC_FP_NMADD,
					      PPC_FP_NMSUB };

static void the_first_nan_of_fra_frb_frc_is_the_result_made_quiet_with_its_sign(void **state)
{
	const uint64_t a = 0xfff4000000000abcu, b = 0xfff9000000000123u, m = 0x7ff0000000000001u;

	for (unsigned n = 0; n < 4; n++) {
		unsigned op = three_operand_ops[n];
		struct ppc_fp_result r = mol_softfp_arith(op, 0, a, b, m);

		assert_int_equal(r.bits, 0xfffc000000000abcu);
		assert_int_equal(r.status, PPC_FPSCR_VXSNAN | FPRF(0x11));
		assert_int_equal(mol_softfp_arith(op, 0, ONE, b, m).bits, b);
		assert_int_equal(mol_softfp_arith(op, 0, ONE, ONE, m).bits, 0x7ff8000000000001u);
		assert_int_equal(mol_softfp_arith(op, 0, ONE, b, ONE).status, FPRF(0x11));
	}
	assert_int_equal(mol_softfp_arith(PPC_FP_SUB, 0, ONE, b, 0).bits, b);
	assert_int_equal(mol_softfp_arith(PPC_FP_MUL, 0, ONE, m, b).bits, b);
	assert_int_equal(mol_softfp_arith(PPC_FP_DIV, 0, a, b, 0).bits, 0xfffc000000000abcu);
}

static void a_nan_that_becomes_single_loses_its_low_29_bits(void **state)
{
	assert_int_equal(mol_softfp_arith(PPC_FP_RSP, 0, 0, 0xfff123456789abcdu, 0).bits,
			 0xfff9234560000000u);
	assert_int_equal(mol_softfp_arith(PPC_FP_ADD | S, 0, 0xfff123456789abcdu, ONE, 0).bits,
			 0xfff9234560000000u);
}

static void invalid_operations_give_the_default_qnan_and_name_their_cause(void **state)
{
	static const struct {
		unsigned op;
		uint64_t a, b, m;
		uint32_t cause;
	} v[] = {
		{ PPC_FP_ADD, INF, INF | SIGN, 0, PPC_FPSCR_VXISI },
		{ PPC_FP_SUB, INF, INF, 0, PPC_FPSCR_VXISI },
		{ PPC_FP_MADD, INF, INF | SIGN, ONE, PPC_FPSCR_VXISI },
		{ PPC_FP_NMADD, INF, INF | SIGN, ONE, PPC_FPSCR_VXISI },
		{ PPC_FP_MSUB, INF, INF, ONE, PPC_FPSCR_VXISI },
		{ PPC_FP_NMSUB, ONE, INF, INF, PPC_FPSCR_VXISI },
		{ PPC_FP_MUL, INF, 0, 0, PPC_FPSCR_VXIMZ },
		{ PPC_FP_MUL, SIGN, 0, INF, PPC_FPSCR_VXIMZ },
		{ PPC_FP_MADD, INF, ONE, 0, PPC_FPSCR_VXIMZ },
		{ PPC_FP_MADD, INF, INF | SIGN, 0, PPC_FPSCR_VXIMZ },
		{ PPC_FP_DIV, INF, INF | SIGN, 0, PPC_FPSCR_VXIDI },
		{ PPC_FP_DIV, SIGN, 0, 0, PPC_FPSCR_VXZDZ },
		{ PPC_FP_RSQRTE, 0, ONE | SIGN, 0, PPC_FPSCR_VXSQRT },
		{ PPC_FP_RSQRTE, 0, INF | SIGN, 0, PPC_FPSCR_VXSQRT },
	};

	for (unsigned n = 0; n < COUNT(v); n++) {
		struct ppc_fp_result r = mol_softfp_arith(v[n].op, 0, v[n].a, v[n].b, v[n].m);

		assert_int_equal(r.bits, QNAN);
		assert_int_equal(r.status, v[n].cause | FPRF(0x11));
	}
}

static void infinity_times_zero_plus_a_nan_is_invalid_and_gives_the_nan(void **state)
{
	struct ppc_fp_result r = mol_softfp_arith(PPC_FP_MADD, 0, INF, QNAN | SIGN | 5, 0);

	assert_int_equal(r.bits, QNAN | SIGN | 5);
	assert_int_equal(r.status, PPC_FPSCR_VXIMZ | FPRF(0x11));
	r = mol_softfp_arith(PPC_FP_NMSUB, 0, 0, A_SNAN, INF);
	assert_int_equal(r.bits, A_SNAN | QNAN);
	assert_int_equal(r.status, PPC_FPSCR_VXIMZ | PPC_FPSCR_VXSNAN | FPRF(0x11));
	r = mol_softfp_arith(PPC_FP_MADD, 0, A_SNAN, ONE, 0);
	assert_int_equal(r.status, PPC_FPSCR_VXSNAN | FPRF(0x11));
}

static void dividing_a_finite_number_by_zero_is_infinity_and_zx(void **state)
{
	struct ppc_fp_result r = mol_softfp_arith(PPC_FP_DIV, 0, ONE, SIGN, 0);

	assert_int_equal(r.bits, INF | SIGN);
	assert_int_equal(r.status, ZX | FPRF(0x09));
	assert_int_equal(mol_softfp_arith(PPC_FP_DIV, 0, INF, 0, 0).status, FPRF(0x05));
}

static void an_exact_difference_of_zero_is_minus_zero_only_toward_minus_infinity(void **state)
{
	for (uint32_t mode = 0; mode < 4; mode++) {
		uint64_t zero = mode == 3 ? SIGN : 0;

		assert_int_equal(mol_softfp_arith(PPC_FP_SUB, mode, ONE, ONE, 0).bits, zero);
		assert_int_equal(mol_softfp_arith(PPC_FP_ADD, mode, 0, SIGN, 0).bits, zero);
		assert_int_equal(mol_softfp_arith(PPC_FP_MSUB, mode, ONE, ONE, ONE).bits, zero);
		assert_int_equal(mol_softfp_arith(PPC_FP_MADD, mode, SIGN, 0, ONE).bits, zero);
		assert_int_equal(mol_softfp_arith(PPC_FP_NMSUB, mode, ONE, ONE, ONE).bits,
				 zero ^ SIGN);
		assert_int_equal(mol_softfp_arith(PPC_FP_ADD, mode, SIGN, SIGN, 0).bits, SIGN);
		assert_int_equal(mol_softfp_arith(PPC_FP_MADD, mode, SIGN, SIGN, ONE).bits, SIGN);
	}
}

/* ---- the ends of the range ---- */

struct vector {
	unsigned op;
	uint32_t control;
	uint64_t a, b, m, expected;
	uint32_t status;
};

static void check_vectors(const struct vector *v, size_t count)
{
	for (size_t n = 0; n < count; n++) {
		struct ppc_fp_result r =
			mol_softfp_arith(v[n].op, v[n].control, v[n].a, v[n].b, v[n].m);

		if (r.bits != v[n].expected || r.status != v[n].status)
			fail_msg("vector %u: %016llx %08x", (unsigned)n, (unsigned long long)r.bits,
				 r.status);
	}
}

static void enabled_overflow_subtracts_1536_or_192_from_the_exponent(void **state)
{
	static const struct vector v[] = {
		/* 2^1023 * 2 = 2^1024, scaled 2^-512 */
		{ PPC_FP_MUL, PPC_FPSCR_OE, 0x7fe0000000000000u, 0, TWO, 0x1ff0000000000000u,
		  OX | FPRF(0x04) },
		{ PPC_FP_NMADD, PPC_FPSCR_OE, 0x7fe0000000000000u, 1, TWO, 0x9ff0000000000000u,
		  OX | XX | FI | FPRF(0x08) },
		{ PPC_FP_DIV, PPC_FPSCR_OE, 0x7fe0000000000000u, 1, 0, 0x6300000000000000u,
		  OX | FPRF(0x04) },
		/* rounding alone overflows */
		{ PPC_FP_ADD, PPC_FPSCR_OE, MAX, 0x7c90000000000000u, 0, 0x1ff0000000000000u,
		  OX | XX | FI | FR | FPRF(0x04) },
		/* 2^127 * 2 in single: 2^(128 - 192) */
		{ PPC_FP_MUL | S, PPC_FPSCR_OE, 0x47e0000000000000u, 0, TWO, 0x3bf0000000000000u,
		  OX | FPRF(0x04) },
		{ PPC_FP_RSP, PPC_FPSCR_OE, 0, 0x5fe0000000000000u, 0, 0x53e0000000000000u,
		  OX | FPRF(0x04) },
		{ PPC_FP_RSP, 0, 0, 0x5fe0000000000000u, 0, INF, OX | XX | FI | FR | FPRF(0x05) },
		{ PPC_FP_RSP, 1, 0, 0x5fe0000000000000u, 0, SINGLE_MAX, OX | XX | FI | FPRF(0x04) },
	};

	check_vectors(v, COUNT(v));
}

static void enabled_underflow_adds_1536_or_192_to_the_exponent_of_any_tiny_result(void **state)
{
	static const struct vector v[] = {
		{ PPC_FP_MUL, PPC_FPSCR_UE, MIN_NORMAL, 0, 0x3fe0000000000000u, 0x6000000000000000u,
		  UX | FPRF(0x04) },
		{ PPC_FP_ADD, PPC_FPSCR_UE, 1, 0, 0, 0x5cd0000000000000u, UX | FPRF(0x04) },
		{ PPC_FP_MUL, PPC_FPSCR_UE, 1, 0, 1, 0x19b0000000000000u, UX | FPRF(0x04) },
		{ PPC_FP_MUL | S, PPC_FPSCR_UE, SINGLE_MIN_NORMAL, 0, 0x3fe0000000000000u,
		  0x4400000000000000u, UX | FPRF(0x04) },
		{ PPC_FP_RSP, PPC_FPSCR_UE, 0, 1 | SIGN, 0, 0x88d0000000000000u, UX | FPRF(0x08) },
		/* disabled: exact, so no exception, and a denormalized class */
		{ PPC_FP_MUL, 0, MIN_NORMAL, 0, 0x3fe0000000000000u, 0x0008000000000000u,
		  FPRF(0x14) },
		{ PPC_FP_MUL | S, 0, SINGLE_MIN_NORMAL, 0, 0x3fe0000000000000u, 0x3800000000000000u,
		  FPRF(0x14) },
	};

	check_vectors(v, COUNT(v));
}

static void tininess_is_seen_before_rounding(void **state)
{
	static const struct vector v[] = {
		/* (1 - 2^-53) * 2^-1022 rounds up to the smallest normal number */
		{ PPC_FP_MUL, 0, MIN_NORMAL, 0, ONE - 1, MIN_NORMAL,
		  UX | XX | FI | FR | FPRF(0x04) },
		{ PPC_FP_MUL, 1, MIN_NORMAL, 0, ONE - 1, MIN_NORMAL - 1,
		  UX | XX | FI | FPRF(0x14) },
		{ PPC_FP_RSP, 0, 0, SINGLE_MIN_NORMAL - 1, 0, SINGLE_MIN_NORMAL,
		  UX | XX | FI | FR | FPRF(0x04) },
		{ PPC_FP_RSP, 0, 0, SINGLE_MIN / 2, 0, 0, UX | XX | FI | FPRF(0x02) },
		{ PPC_FP_RSP, 2, 0, 1, 0, SINGLE_MIN, UX | XX | FI | FR | FPRF(0x14) },
		{ PPC_FP_RSP, 0, 0, 0x3690000000000000u, 0, 0, UX | XX | FI | FPRF(0x02) },
		{ PPC_FP_RSP, 0, 0, 0x3690000000000001u, 0, SINGLE_MIN,
		  UX | XX | FI | FR | FPRF(0x14) },
	};

	check_vectors(v, COUNT(v));
}

static void non_ieee_mode_makes_denormalized_operands_and_results_zero(void **state)
{
	const uint32_t ni = PPC_FPSCR_NI;
	const struct vector v[] = {
		{ PPC_FP_MUL, ni, MIN_NORMAL | SIGN, 0, 0x3fe0000000000000u, SIGN,
		  UX | XX | FI | FPRF(0x12) },
		{ PPC_FP_MUL | S, ni, SINGLE_MIN_NORMAL, 0, 0x3fe0000000000000u, 0,
		  UX | XX | FI | FPRF(0x02) },
		{ PPC_FP_MUL, ni, SINGLE_MIN_NORMAL, 0, 0x3fe0000000000000u, 0x3800000000000000u,
		  FPRF(0x04) },
		{ PPC_FP_MUL, ni, MIN_NORMAL, 0, ONE - 1, MIN_NORMAL,
		  UX | XX | FI | FR | FPRF(0x04) },
		{ PPC_FP_MUL, ni, 1 | SIGN, 0, ONE, SIGN, FPRF(0x12) },
		{ PPC_FP_DIV, ni, ONE, 1, 0, INF, ZX | FPRF(0x05) },
		{ PPC_FP_ADD | S, ni, SINGLE_MIN, ONE, 0, ONE, FPRF(0x04) },
	};

	check_vectors(v, COUNT(v));
}

/* ---- conversion ---- */

static void frsp_rounds_as_a_conversion_to_float_does(void **state)
{
	for (unsigned n = 0; n < 400000; n++) {
		uint64_t b = random_operand(), expected;
		volatile double d;
		struct ppc_fp_result r;

		if (n & 4) /* most near the single range */
			b = (b & ~INF) | (860 + random64() % 300) << 52;
		d = as_double(b);
		r = mol_softfp_arith(PPC_FP_RSP, n & 3, 0, b, 0);
		fesetround(host_modes[n & 3]);
		expected = bits_of((double)(float)d);
		fesetround(FE_TONEAREST);
		assert_int_equal(r.bits, expected);
		assert_int_equal(r.status & PPC_FPSCR_FPRF, fprf_of(expected, true));
	}
}

static void fctiw_rounds_as_fpscr_rn_says_and_saturates(void **state)
{
	static const struct {
		uint32_t mode;
		uint64_t b, expected;
		uint32_t status;
	} v[] = {
		{ 0, 0x41dfffffffc00000u, 0xfff800007fffffffu, 0 }, /* 2^31 - 1 */
		{ 0, 0x41dfffffffdfffffu, 0xfff800007fffffffu, XX | FI },
		{ 0, 0x41dfffffffe00000u, 0xfff800007fffffffu, PPC_FPSCR_VXCVI }, /* + 1/2 */
		{ 1, 0x41dfffffffe00000u, 0xfff800007fffffffu, XX | FI },
		{ 0, 0xc1e0000000000000u, 0xfff8000080000000u, 0 },
		{ 0, 0xc1e0000000100000u, 0xfff8000080000000u, XX | FI }, /* -2^31 - 1/2, to even */
		{ 3, 0xc1e0000000000001u, 0xfff8000080000000u, PPC_FPSCR_VXCVI },
		{ 0, INF | SIGN, 0xfff8000080000000u, PPC_FPSCR_VXCVI },
		{ 0, INF, 0xfff800007fffffffu, PPC_FPSCR_VXCVI },
		{ 0, QNAN, 0xfff8000080000000u, PPC_FPSCR_VXCVI },
		{ 0, A_SNAN, 0xfff8000080000000u, PPC_FPSCR_VXCVI | PPC_FPSCR_VXSNAN },
		{ 0, 0, 0xfff8000000000000u, 0 },
		{ 0, SIGN, 0xfff8000100000000u, 0 },
		{ 0, 1 | SIGN, 0xfff8000100000000u, XX | FI },
		{ 3, 1 | SIGN, 0xfff80000ffffffffu, XX | FI | FR },
		{ 2, 1, 0xfff8000000000001u, XX | FI | FR },
		{ 0, 0x3fe0000000000000u, 0xfff8000000000000u, XX | FI },
		{ 0, 0x3ff8000000000000u, 0xfff8000000000002u, XX | FI | FR },
		{ 0, 0x4004000000000000u, 0xfff8000000000002u, XX | FI },
	};

	for (unsigned n = 0; n < COUNT(v); n++) {
		struct ppc_fp_result r = mol_softfp_arith(PPC_FP_CTIW, v[n].mode, 0, v[n].b, 0);

		assert_int_equal(r.bits, v[n].expected);
		assert_int_equal(r.status, v[n].status);
	}
	for (unsigned n = 0; n < 200000; n++) {
		uint64_t b = (random64() & ~INF) | (1020 + random64() % 34) << 52;
		long expected;

		fesetround(host_modes[n & 3]);
		expected = lrint(as_double(b));
		fesetround(FE_TONEAREST);
		assert_int_equal((uint32_t)mol_softfp_arith(PPC_FP_CTIW, n & 3, 0, b, 0).bits,
				 (uint32_t)expected);
		assert_int_equal((uint32_t)mol_softfp_arith(PPC_FP_CTIWZ, n & 3, 0, b, 0).bits,
				 (uint32_t)(int32_t)as_double(b));
	}
}

static void lfs_and_stfs_convert_every_class_without_loss(void **state)
{
	for (uint64_t v = 0; v <= 0xffffffffu; v += 977) {
		uint32_t single = (uint32_t)v;
		uint64_t wide = mol_softfp_widen(single);
		float f;

		memcpy(&f, &single, sizeof(f));
		if (f == f) /* the host would quiet a signaling NaN */
			assert_int_equal(wide, bits_of((double)f));
		else
			assert_int_equal(wide, (uint64_t)(single & 0x80000000u) << 32 | INF |
						       (uint64_t)(single & 0x7fffff) << 29);
		assert_int_equal(mol_softfp_narrow(wide), single);
	}
}

static void stfs_truncates_what_a_single_cannot_hold(void **state)
{
	assert_int_equal(mol_softfp_narrow(0x3ff00000ffffffffu), 0x3f800007);
	assert_int_equal(mol_softfp_narrow(0x380fffffffffffffu), 0x007fffff);
	assert_int_equal(mol_softfp_narrow(SINGLE_MIN | SIGN), 0x80000001u);
	assert_int_equal(mol_softfp_narrow(SINGLE_MIN - 1), 0);
	assert_int_equal(mol_softfp_narrow(0x7ff0000000000001u), 0x7f800000);
}

/* ---- comparison ---- */

static void comparisons_order_numbers_and_name_unordered_operands(void **state)
{
	static const struct {
		uint64_t a, b;
		uint32_t relation;
	} v[] = {
		{ 0, SIGN, 2 },
		{ ONE, TWO, 8 },
		{ TWO, ONE, 4 },
		{ ONE | SIGN, ONE, 8 },
		{ ONE | SIGN, TWO | SIGN, 4 },
		{ INF, MAX, 4 },
		{ INF | SIGN, SIGN, 8 },
		{ 1, 0, 4 },
		{ 1 | SIGN, 0, 8 },
		{ INF, INF, 2 },
		{ QNAN, ONE, 1 },
		{ ONE, A_SNAN, 1 },
	};
	uint32_t status;

	for (unsigned n = 0; n < COUNT(v); n++)
		assert_int_equal(mol_softfp_compare(v[n].a, v[n].b, false, 0, &status),
				 v[n].relation);
}

static void an_ordered_comparison_with_a_nan_is_invalid(void **state)
{
	uint32_t status;

	mol_softfp_compare(QNAN, ONE, false, 0, &status);
	assert_int_equal(status, 0);
	mol_softfp_compare(A_SNAN, ONE, false, 0, &status);
	assert_int_equal(status, PPC_FPSCR_VXSNAN);
	mol_softfp_compare(ONE, QNAN, true, PPC_FPSCR_VE, &status);
	assert_int_equal(status, PPC_FPSCR_VXVC);
	mol_softfp_compare(QNAN, A_SNAN, true, 0, &status);
	assert_int_equal(status, PPC_FPSCR_VXSNAN | PPC_FPSCR_VXVC);
	/* VXVC follows a signaling NaN only while the exception is disabled [PEM 8.2, fcmpo] */
	mol_softfp_compare(QNAN, A_SNAN, true, PPC_FPSCR_VE, &status);
	assert_int_equal(status, PPC_FPSCR_VXSNAN);
}

/* ---- estimates ---- */

static void fres_is_within_one_part_in_256_and_exact_for_powers_of_two(void **state)
{
	for (uint64_t exp = 898; exp < 1149; exp++)
		for (unsigned n = 0; n < 1024; n++) {
			uint64_t b = exp << 52 | (uint64_t)n << 42 | (random64() >> 22);
			double r = as_double(mol_softfp_arith(PPC_FP_RES, 0, 0, b, 0).bits);

			assert_true(fabs(r * as_double(b) - 1.0) <= 1.0 / 4096);
		}
	for (uint64_t exp = 898; exp < 1149; exp++)
		assert_int_equal(mol_softfp_arith(PPC_FP_RES, 0, 0, exp << 52, 0).bits,
				 (2046 - exp) << 52);
}

static void frsqrte_is_within_one_part_in_32_for_every_exponent(void **state)
{
	for (uint64_t exp = 0; exp < 2047; exp++)
		for (unsigned n = 0; n < 256; n++) {
			uint64_t b = exp << 52 | (uint64_t)n << 44 | (random64() >> 20);
			struct ppc_fp_result r = mol_softfp_arith(PPC_FP_RSQRTE, 0, 0, b, 0);

			assert_true(fabs(as_double(r.bits) * sqrt(as_double(b)) - 1.0) <=
				    1.0 / 4096);
			assert_int_equal(r.status, FPRF(0x04));
		}
}

static void estimates_of_special_operands_are_exact(void **state)
{
	static const struct vector v[] = {
		{ PPC_FP_RES, 0, 0, INF | SIGN, 0, SIGN, FPRF(0x12) },
		{ PPC_FP_RES, 0, 0, INF, 0, 0, FPRF(0x02) },
		{ PPC_FP_RES, 0, 0, SIGN, 0, INF | SIGN, ZX | FPRF(0x09) },
		{ PPC_FP_RES, 0, 0, 0, 0, INF, ZX | FPRF(0x05) },
		{ PPC_FP_RES, 0, 0, A_SNAN, 0, A_SNAN | QNAN, PPC_FPSCR_VXSNAN | FPRF(0x11) },
		{ PPC_FP_RES, 0, 0, SINGLE_MIN, 0, INF, OX | FPRF(0x05) },
		{ PPC_FP_RES, 1, 0, SINGLE_MIN, 0, SINGLE_MAX, OX | FPRF(0x04) },
		{ PPC_FP_RES, 0, 0, 0x47e0000000000000u, 0, 0x3800000000000000u, FPRF(0x14) },
		{ PPC_FP_RSQRTE, 0, 0, INF, 0, 0, FPRF(0x02) },
		{ PPC_FP_RSQRTE, 0, 0, SIGN, 0, INF | SIGN, ZX | FPRF(0x09) },
		{ PPC_FP_RSQRTE, 0, 0, 0, 0, INF, ZX | FPRF(0x05) },
		{ PPC_FP_RSQRTE, 0, 0, QNAN | 3, 0, QNAN | 3, FPRF(0x11) },
		{ PPC_FP_RSQRTE, 0, 0, 0x4010000000000000u, 0, 0x3fe0000000000000u, FPRF(0x04) },
	};

	check_vectors(v, COUNT(v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(double_arithmetic_is_that_of_ieee_754_in_every_rounding_mode),
		cmocka_unit_test(single_arithmetic_is_that_of_ieee_754_in_every_rounding_mode),
		cmocka_unit_test(a_multiply_add_that_cancels_keeps_every_bit_of_the_product),
		cmocka_unit_test(fr_says_that_the_magnitude_was_increased),
		cmocka_unit_test(a_single_result_is_rounded_once),
		cmocka_unit_test(
			the_first_nan_of_fra_frb_frc_is_the_result_made_quiet_with_its_sign),
		cmocka_unit_test(a_nan_that_becomes_single_loses_its_low_29_bits),
		cmocka_unit_test(invalid_operations_give_the_default_qnan_and_name_their_cause),
		cmocka_unit_test(infinity_times_zero_plus_a_nan_is_invalid_and_gives_the_nan),
		cmocka_unit_test(dividing_a_finite_number_by_zero_is_infinity_and_zx),
		cmocka_unit_test(
			an_exact_difference_of_zero_is_minus_zero_only_toward_minus_infinity),
		cmocka_unit_test(enabled_overflow_subtracts_1536_or_192_from_the_exponent),
		cmocka_unit_test(
			enabled_underflow_adds_1536_or_192_to_the_exponent_of_any_tiny_result),
		cmocka_unit_test(tininess_is_seen_before_rounding),
		cmocka_unit_test(non_ieee_mode_makes_denormalized_operands_and_results_zero),
		cmocka_unit_test(frsp_rounds_as_a_conversion_to_float_does),
		cmocka_unit_test(fctiw_rounds_as_fpscr_rn_says_and_saturates),
		cmocka_unit_test(lfs_and_stfs_convert_every_class_without_loss),
		cmocka_unit_test(stfs_truncates_what_a_single_cannot_hold),
		cmocka_unit_test(comparisons_order_numbers_and_name_unordered_operands),
		cmocka_unit_test(an_ordered_comparison_with_a_nan_is_invalid),
		cmocka_unit_test(fres_is_within_one_part_in_256_and_exact_for_powers_of_two),
		cmocka_unit_test(frsqrte_is_within_one_part_in_32_for_every_exponent),
		cmocka_unit_test(estimates_of_special_operands_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
