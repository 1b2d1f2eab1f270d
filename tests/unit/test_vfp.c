/* SPDX-License-Identifier: MIT
 * test_vfp.c - single-precision lanes of AltiVec [vfp.c; AltiVec PEM 3.2, 6.2]: arithmetic against
 * the host, estimates against their bounds over every mantissa, and the rules for special values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "softfp.h"

#define SIGN 0x80000000u
#define INF 0x7f800000u
#define QNAN 0x7fc00000u
#define A_SNAN 0x7fa00000u
#define ONE 0x3f800000u
#define MIN_NORMAL 0x00800000u
#define MAX 0x7f7fffffu
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static float as_float(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static uint32_t bits_of(float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint32_t random32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state * 0x2545f4914f6cdd1du >> 24);
}

static uint32_t random_operand(void)
{
	static const uint32_t corners[] = {
		0,	 1,   0x7fffff, MIN_NORMAL, MIN_NORMAL + 1, ONE,       ONE - 1,
		ONE + 1, MAX, INF,	0x3f000000, 0x4b000000,	    0x4b7fffff
	};
	uint32_t v = random32(), choice = random32();

	if (choice % 8 == 0)
		return corners[(choice >> 8) % COUNT(corners)] | (v & SIGN);
	if (choice % 8 == 1)
		return v;
	if (choice % 8 == 2)
		return (v & ~INF) | (choice >> 8) % 32 << 23;
	return (v & ~INF) | (120 + (choice >> 8) % 14) << 23;
}

static bool is_nan(uint32_t v)
{
	return (v & ~SIGN) > INF;
}

static void lanes_round_to_nearest_as_ieee_754_says(void **state)
{
	for (unsigned n = 0; n < 1000000; n++) {
		uint32_t a = random_operand(), m = random_operand();
		/* now and then all but the last bits of the product cancel */
		uint32_t b = n % 8 ? random_operand() : bits_of(as_float(a) * as_float(m)) ^ SIGN;
		volatile float x = as_float(a), y = as_float(b), z = as_float(m);
		/* kept apart from its negation: gcc makes of both one instruction, +0 where -0 is due */
		volatile float msub = fmaf(x, z, -y);
		volatile float expected[4] = { x + y, x - y, fmaf(x, z, y), -msub };

		if (is_nan(a) || is_nan(b) || is_nan(m))
			continue;
		for (unsigned op = PPC_VFP_ADD; op <= PPC_VFP_NMSUB; op++) {
			uint32_t e = bits_of(expected[op]), r = mol_vfp_arith(op, false, a, b, m);

			if (is_nan(e))
				e = QNAN;
			if (r != e)
				fail_msg("op %u %08x %08x %08x: %08x, host %08x", op, a, b, m, r,
					 e);
		}
	}
}

static void the_first_nan_of_va_vb_vc_is_the_result_made_quiet(void **state)
{
	for (unsigned op = PPC_VFP_ADD; op <= PPC_VFP_MIN; op++) {
		assert_int_equal(mol_vfp_arith(op, false, A_SNAN | SIGN | 5, QNAN, QNAN),
				 0xffe00005u);
		assert_int_equal(mol_vfp_arith(op, true, ONE, A_SNAN | SIGN, ONE), 0xffe00000u);
	}
	assert_int_equal(mol_vfp_arith(PPC_VFP_MADD, false, ONE, ONE, A_SNAN), 0x7fe00000u);
	assert_int_equal(mol_vfp_arith(PPC_VFP_NMSUB, false, ONE, QNAN, A_SNAN), QNAN);
	for (unsigned op = PPC_VFP_RE; op <= PPC_VFP_RIM; op++)
		assert_int_equal(mol_vfp_unary(op, false, A_SNAN | SIGN | 7), 0xffe00007u);
}

static void nj_makes_denormalized_operands_and_tiny_results_signed_zeros(void **state)
{
	assert_int_equal(mol_vfp_arith(PPC_VFP_ADD, true, 1, ONE, 0), ONE);
	assert_int_equal(mol_vfp_arith(PPC_VFP_ADD, true, 0x807fffff, 1 | SIGN, 0), SIGN);
	assert_int_equal(mol_vfp_arith(PPC_VFP_ADD, false, 0x807fffff, 1 | SIGN, 0), 0x80800000u);
	assert_int_equal(mol_vfp_arith(PPC_VFP_MADD, true, MIN_NORMAL | SIGN, SIGN, 0x3f000000),
			 SIGN);
	assert_int_equal(mol_vfp_arith(PPC_VFP_MADD, false, MIN_NORMAL, 0, 0x3f000000), 0x00400000);
	/* tiny before rounding, though it would round to the smallest normal number */
	assert_int_equal(mol_vfp_arith(PPC_VFP_MADD, true, MIN_NORMAL, 0, ONE - 1), 0);
	assert_int_equal(mol_vfp_arith(PPC_VFP_MADD, false, MIN_NORMAL, 0, ONE - 1), MIN_NORMAL);
	assert_int_equal(mol_vfp_arith(PPC_VFP_MAX, true, 1, 0, 0), 0);
	assert_int_equal(mol_vfp_unary(PPC_VFP_RE, true, 1 | SIGN), INF | SIGN);
	assert_int_equal(mol_vfp_unary(PPC_VFP_RE, true, 0x7f000000), 0);
	assert_int_equal(mol_vfp_unary(PPC_VFP_RE, false, 0x7f000000), 0x00400000);
	assert_int_equal(mol_vfp_unary(PPC_VFP_RSQRTE, true, 1), INF);
	assert_int_equal(mol_vfp_unary(PPC_VFP_LOGE, true, 1), INF | SIGN);
	assert_int_equal(mol_vfp_unary(PPC_VFP_RIP, true, 1), 0);
	assert_int_equal(mol_vfp_unary(PPC_VFP_RIP, false, 1), ONE);
	assert_int_equal(mol_vfp_compare(1, SIGN | 1, true), PPC_VFP_EQ);
	assert_int_equal(mol_vfp_compare(1, SIGN | 1, false), PPC_VFP_GT);
}

static void maximum_and_minimum_order_minus_zero_below_plus_zero(void **state)
{
	static const uint32_t ascending[] = { INF | SIGN, MAX | SIGN, ONE | SIGN, 1 | SIGN, SIGN,
					      0,	  1,	      ONE,	  MAX,	    INF };

	for (unsigned a = 0; a < COUNT(ascending); a++)
		for (unsigned b = 0; b < COUNT(ascending); b++) {
			assert_int_equal(
				mol_vfp_arith(PPC_VFP_MAX, false, ascending[a], ascending[b], 0),
				ascending[a > b ? a : b]);
			assert_int_equal(
				mol_vfp_arith(PPC_VFP_MIN, false, ascending[a], ascending[b], 0),
				ascending[a < b ? a : b]);
		}
}

/* ---- estimates ---- */

static double relative_error(uint32_t r, double exact)
{
	return fabs((double)as_float(r) / exact - 1.0);
}

/* One exponent with every mantissa, and every exponent with some. Two exponents for the root. */
static void reciprocal_estimates_are_within_one_part_in_4096(void **state)
{
	for (uint32_t v = ONE; v < ONE + 0x01000000; v++) {
		double x = (double)as_float(v);

		if (relative_error(mol_vfp_unary(PPC_VFP_RE, false, v), 1.0 / x) > 1.0 / 4096 ||
		    relative_error(mol_vfp_unary(PPC_VFP_RSQRTE, false, v), 1.0 / sqrt(x)) >
			    1.0 / 4096)
			fail_msg("%08x", v);
	}
	for (uint32_t v = 1; v < INF; v += 4093) {
		double x = (double)as_float(v);

		if (x > 2.4e-38 && x < 0x1p126)
			assert_true(relative_error(mol_vfp_unary(PPC_VFP_RE, false, v | SIGN),
						   -1.0 / x) <= 1.0 / 4096);
		assert_true(relative_error(mol_vfp_unary(PPC_VFP_RSQRTE, false, v),
					   1.0 / sqrt(x)) <= 1.0 / 4096);
	}
}

static void the_exponential_estimate_is_within_one_part_in_16_and_exact_for_integers(void **state)
{
	uint32_t last = 0;

	for (uint32_t v = 0; v < 0x43000000; v += 31) { /* 0 .. 128 */
		uint32_t up = mol_vfp_unary(PPC_VFP_EXPTE, false, v);

		if (relative_error(up, exp2((double)as_float(v))) > 1.0 / 4096 || up < last)
			fail_msg("%08x", v);
		last = up;
		if (as_float(v) < 126.0f &&
		    relative_error(mol_vfp_unary(PPC_VFP_EXPTE, false, v | SIGN),
				   exp2(-(double)as_float(v))) > 1.0 / 4096)
			fail_msg("-%08x", v);
	}
	for (int n = -126; n < 128; n++)
		assert_int_equal(mol_vfp_unary(PPC_VFP_EXPTE, false, bits_of((float)n)),
				 (uint32_t)(n + 127) << 23);
	assert_int_equal(mol_vfp_unary(PPC_VFP_EXPTE, false, bits_of(-149.0f)), 1);
	assert_int_equal(mol_vfp_unary(PPC_VFP_EXPTE, false, bits_of(-150.0f)), 0);
	assert_int_equal(mol_vfp_unary(PPC_VFP_EXPTE, true, bits_of(-127.0f)), 0);
	assert_int_equal(mol_vfp_unary(PPC_VFP_EXPTE, false, bits_of(128.0f)), INF);
}

static void the_logarithm_estimate_is_within_one_32nd_and_exact_for_powers_of_two(void **state)
{
	for (uint32_t v = 0x3f000000; v < 0x40000000; v++) { /* 0.5 .. 2 */
		double exact = log2((double)as_float(v));
		double r = (double)as_float(mol_vfp_unary(PPC_VFP_LOGE, false, v));

		if (fabs(r - exact) > 1.0 / 4096 || fabs(r - exact) > fabs(exact) / 8)
			fail_msg("%08x", v);
	}
	for (uint32_t v = 1; v < INF; v += 4093)
		assert_true(fabs((double)as_float(mol_vfp_unary(PPC_VFP_LOGE, false, v)) -
				 log2((double)as_float(v))) <= 1.0 / 4096);
	for (int n = -126; n < 128; n++)
		assert_int_equal(mol_vfp_unary(PPC_VFP_LOGE, false, (uint32_t)(n + 127) << 23),
				 bits_of((float)n));
}

static void estimates_of_special_values_are_as_the_manual_lists_them(void **state)
{
	static const struct {
		unsigned op;
		uint32_t b, expected;
	} v[] = {
		{ PPC_VFP_RE, INF, 0 },
		{ PPC_VFP_RE, INF | SIGN, SIGN },
		{ PPC_VFP_RE, 0, INF },
		{ PPC_VFP_RE, SIGN, INF | SIGN },
		{ PPC_VFP_RE, 1, INF },
		{ PPC_VFP_RSQRTE, INF, 0 },
		{ PPC_VFP_RSQRTE, INF | SIGN, QNAN },
		{ PPC_VFP_RSQRTE, 0, INF },
		{ PPC_VFP_RSQRTE, SIGN, INF | SIGN },
		{ PPC_VFP_RSQRTE, ONE | SIGN, QNAN },
		{ PPC_VFP_EXPTE, INF, INF },
		{ PPC_VFP_EXPTE, INF | SIGN, 0 },
		{ PPC_VFP_EXPTE, 0, ONE },
		{ PPC_VFP_EXPTE, SIGN, ONE },
		{ PPC_VFP_LOGE, INF, INF },
		{ PPC_VFP_LOGE, INF | SIGN, QNAN },
		{ PPC_VFP_LOGE, 0, INF | SIGN },
		{ PPC_VFP_LOGE, SIGN, INF | SIGN },
		{ PPC_VFP_LOGE, ONE | SIGN, QNAN },
		{ PPC_VFP_LOGE, ONE, 0 },
	};

	for (unsigned n = 0; n < COUNT(v); n++)
		assert_int_equal(mol_vfp_unary(v[n].op, false, v[n].b), v[n].expected);
}

/* ---- rounding and conversion ---- */

static void rounding_to_integral_values_is_that_of_its_mode(void **state)
{
	for (uint64_t n = 0; n <= 0xffffffffu; n += 1021) {
		uint32_t v = (uint32_t)n;
		float x = as_float(v);

		if (is_nan(v))
			continue;
		assert_int_equal(mol_vfp_unary(PPC_VFP_RIN, false, v), bits_of(nearbyintf(x)));
		assert_int_equal(mol_vfp_unary(PPC_VFP_RIZ, false, v), bits_of(truncf(x)));
		assert_int_equal(mol_vfp_unary(PPC_VFP_RIP, false, v), bits_of(ceilf(x)));
		assert_int_equal(mol_vfp_unary(PPC_VFP_RIM, false, v), bits_of(floorf(x)));
	}
	assert_int_equal(mol_vfp_unary(PPC_VFP_RIN, false, 0x3f000000), 0); /* ties to even */
	assert_int_equal(mol_vfp_unary(PPC_VFP_RIN, false, 0x3fc00000), 0x40000000);
	assert_int_equal(mol_vfp_unary(PPC_VFP_RIN, false, 0x40200000), 0x40000000);
}

static void integers_become_the_nearest_single_divided_by_the_scale(void **state)
{
	for (unsigned n = 0; n < 200000; n++) {
		uint32_t v = random32() >> n % 32;
		unsigned scale = n / 32 % 32;

		assert_int_equal(mol_vfp_from_int(v, false, scale),
				 bits_of((float)ldexp((double)v, -(int)scale)));
		assert_int_equal(mol_vfp_from_int(v, true, scale),
				 bits_of((float)ldexp((double)(int32_t)v, -(int)scale)));
	}
}

static void conversion_to_integers_truncates_and_saturates(void **state)
{
	for (unsigned n = 0; n < 400000; n++) {
		uint32_t v = random_operand(), r;
		unsigned scale = n % 32;
		double x = trunc(ldexp((double)as_float(v), (int)scale));
		bool sat = false;

		if (is_nan(v))
			continue;
		r = mol_vfp_to_int(v, true, scale, false, &sat);
		assert_int_equal(sat, x > 2147483647.0 || x < -2147483648.0);
		if (!sat)
			assert_int_equal(r, (uint32_t)(int32_t)x);
		else
			assert_int_equal(r, x > 0 ? 0x7fffffffu : 0x80000000u);
		sat = false;
		r = mol_vfp_to_int(v, false, scale, false, &sat);
		assert_int_equal(sat, x > 4294967295.0 || x < 0);
		if (!sat)
			assert_int_equal(r, (uint32_t)x);
		else
			assert_int_equal(r, x > 0 ? 0xffffffffu : 0);
	}
}

static void a_nan_becomes_the_integer_zero_without_saturation(void **state)
{
	bool sat = false;

	assert_int_equal(mol_vfp_to_int(QNAN, true, 0, false, &sat), 0);
	assert_int_equal(mol_vfp_to_int(A_SNAN | SIGN, false, 31, false, &sat), 0);
	assert_false(sat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_round_to_nearest_as_ieee_754_says),
		cmocka_unit_test(the_first_nan_of_va_vb_vc_is_the_result_made_quiet),
		cmocka_unit_test(nj_makes_denormalized_operands_and_tiny_results_signed_zeros),
		cmocka_unit_test(maximum_and_minimum_order_minus_zero_below_plus_zero),
		cmocka_unit_test(reciprocal_estimates_are_within_one_part_in_4096),
		cmocka_unit_test(
			the_exponential_estimate_is_within_one_part_in_16_and_exact_for_integers),
		cmocka_unit_test(
			the_logarithm_estimate_is_within_one_32nd_and_exact_for_powers_of_two),
		cmocka_unit_test(estimates_of_special_values_are_as_the_manual_lists_them),
		cmocka_unit_test(rounding_to_integral_values_is_that_of_its_mode),
		cmocka_unit_test(integers_become_the_nearest_single_divided_by_the_scale),
		cmocka_unit_test(conversion_to_integers_truncates_and_saturates),
		cmocka_unit_test(a_nan_becomes_the_integer_zero_without_saturation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
