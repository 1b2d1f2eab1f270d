/* SPDX-License-Identifier: MIT
 * test_timebase.c - TB and DEC as arithmetic on a tick [PEM 2.2, 2.3].
 */
#include "bare_cpu.h"

static struct ppc_regs r;

static void dec_at(uint64_t tick, uint32_t value)
{
	memset(&r, 0, sizeof(r));
	r.dec_tick = tick;
	r.dec_value = value;
}

static bool is_pending(uint64_t tick)
{
	mol_ppc_dec_poll(&r, tick);
	return r.pending & PPC_PEND_DEC;
}

static void tb_goes_on_from_what_was_set(void **state)
{
	mol_ppc_set_tb(&r, 500, 0x1234567800000000ull);
	assert_true(mol_ppc_tb(&r, 500) == 0x1234567800000000ull);
	assert_true(mol_ppc_tb(&r, 507) == 0x1234567800000007ull);
}

static void tb_carries_into_its_upper_half_and_wraps(void **state)
{
	mol_ppc_set_tb(&r, 0, 0x1ffffffffull);
	assert_true(mol_ppc_tb(&r, 1) == 0x200000000ull);
	mol_ppc_set_tb(&r, UINT64_MAX, UINT64_MAX);
	assert_true(mol_ppc_tb(&r, 0) == 0);
}

static void dec_counts_down_one_a_tick_and_wraps(void **state)
{
	dec_at(100, 3);
	assert_int_equal(mol_ppc_dec(&r, 100), 3);
	assert_int_equal(mol_ppc_dec(&r, 103), 0);
	assert_int_equal(mol_ppc_dec(&r, 104), 0xffffffff);
	assert_int_equal(mol_ppc_dec(&r, 104 + 0x100000000ull), 0xffffffff);
}

static void dec_interrupts_when_it_passes_zero_and_not_at_zero(void **state)
{
	dec_at(100, 3);
	assert_false(is_pending(103));
	assert_true(is_pending(104));
}

static void the_deadline_is_the_first_tick_at_which_dec_is_negative(void **state)
{
	static const uint32_t values[] = { 0, 1, 3, 0x7fffffff, 0x80000000, 0xffffffff };

	for (unsigned n = 0; n < 6; n++) {
		uint64_t deadline;

		dec_at(UINT64_MAX - 1, values[n]);
		deadline = mol_ppc_dec_deadline(&r);
		assert_int_equal(mol_ppc_dec(&r, deadline), 0xffffffff);
		assert_false(is_pending(deadline - 1));
		assert_true(mol_ppc_dec_deadline(&r) == deadline);
		assert_true(is_pending(deadline));
		assert_true(mol_ppc_dec_deadline(&r) == deadline + 0x100000000ull);
	}
}

static void dec_turning_positive_by_counting_is_no_interrupt(void **state)
{
	dec_at(0, 0x80000000);
	assert_false(is_pending(1));
	assert_int_equal(mol_ppc_dec(&r, 1), 0x7fffffff);
}

static void one_passing_is_latched_once(void **state)
{
	dec_at(0, 5);
	assert_true(is_pending(10));
	r.pending = 0;
	assert_false(is_pending(11));
	assert_false(is_pending(5 + 0x100000000ull));
	assert_true(is_pending(6 + 0x100000000ull));
}

static void polling_does_not_disturb_the_count(void **state)
{
	dec_at(7, 1000);
	for (uint64_t tick = 7; tick < 2000; tick += 13)
		mol_ppc_dec_poll(&r, tick);
	assert_int_equal(mol_ppc_dec(&r, 2007), (uint32_t)(1000 - 2000));
}

static void a_tick_before_the_last_is_no_time(void **state)
{
	dec_at(100, 3);
	assert_int_equal(mol_ppc_dec(&r, 99), 3);
	assert_false(is_pending(99));
	assert_true(mol_ppc_dec_deadline(&r) == 104);
}

static void mtdec_that_turns_bit_0_on_interrupts(void **state)
{
	dec_at(100, 50);
	mol_ppc_set_dec(&r, 110, 0x80000000);
	assert_true(r.pending & PPC_PEND_DEC);
	assert_int_equal(mol_ppc_dec(&r, 111), 0x7fffffff);
}

static void mtdec_of_a_negative_over_a_negative_does_not(void **state)
{
	dec_at(100, 0xffffffff);
	mol_ppc_set_dec(&r, 110, 0x80000000);
	assert_false(r.pending & PPC_PEND_DEC);
}

static void mtdec_positive_does_not_and_starts_a_new_count(void **state)
{
	dec_at(100, 0xffffffff);
	mol_ppc_set_dec(&r, 110, 2);
	assert_false(is_pending(112));
	assert_true(is_pending(113));
}

static void mtdec_keeps_a_passing_that_was_not_polled_yet(void **state)
{
	dec_at(100, 3);
	mol_ppc_set_dec(&r, 200, 1000);
	assert_true(r.pending & PPC_PEND_DEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tb_goes_on_from_what_was_set),
		cmocka_unit_test(tb_carries_into_its_upper_half_and_wraps),
		cmocka_unit_test(dec_counts_down_one_a_tick_and_wraps),
		cmocka_unit_test(dec_interrupts_when_it_passes_zero_and_not_at_zero),
		cmocka_unit_test(the_deadline_is_the_first_tick_at_which_dec_is_negative),
		cmocka_unit_test(dec_turning_positive_by_counting_is_no_interrupt),
		cmocka_unit_test(one_passing_is_latched_once),
		cmocka_unit_test(polling_does_not_disturb_the_count),
		cmocka_unit_test(a_tick_before_the_last_is_no_time),
		cmocka_unit_test(mtdec_that_turns_bit_0_on_interrupts),
		cmocka_unit_test(mtdec_of_a_negative_over_a_negative_does_not),
		cmocka_unit_test(mtdec_positive_does_not_and_starts_a_new_count),
		cmocka_unit_test(mtdec_keeps_a_passing_that_was_not_polled_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
