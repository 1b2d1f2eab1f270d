/* SPDX-License-Identifier: MIT
 * test_clock.c - the three clocks: exact deadlines, the decrementer, time without drift.
 */
#include "host_clock.h"
#include "vm_fixture.h"

#include <time.h>

static void loop(struct machine *m)
{
	put(m, NOP);
	put(m, NOP);
	put(m, B(-8));
}

static uint64_t now(struct machine *m)
{
	molvm_clock ck = { .size = sizeof(ck) };

	assert_int_equal(molvm_clock_get(m->vm, &ck), 0);
	return ck.timebase;
}

/* ---- INSN ---- */

static void insn_clock_is_instructions_times_num_over_den(void **state)
{
	static const uint64_t ratio[][2] = { { 1, 1 }, { 1, 4 }, { 7, 3 }, { 4294967295u, 4294967291u } };
	struct machine *m = *state;

	loop(m);
	for (unsigned n = 0; n < 4; n++) {
		set_clock(m, MOLVM_CLOCK_INSN, ratio[n][0], ratio[n][1]);
		assert_int_equal(run_for(m, 1000003), MOLVM_EXIT_BUDGET);
		assert_int_equal(m->page->timebase, 1000003 * ratio[n][0] / ratio[n][1]);
		assert_int_equal(now(m), m->page->timebase);
	}
}

static void insn_deadline_is_exact_to_the_instruction(void **state)
{
	struct machine *m = *state;

	loop(m);
	for (uint64_t den = 1; den < 9; den++) {
		for (uint64_t ticks = 1; ticks < 20; ticks++) {
			set_clock(m, MOLVM_CLOCK_INSN, 3, den);
			m->page->tb_deadline = ticks;
			assert_int_equal(run_for(m, 0), MOLVM_EXIT_DEADLINE);
			/* the first instruction after which floor(n * 3 / den) >= ticks */
			assert_int_equal(m->page->insns, (ticks * den + 2) / 3);
			assert_true(m->page->timebase >= ticks);
		}
	}
	assert_int_equal(run_for(m, 0), MOLVM_EXIT_DEADLINE);
	assert_int_equal(m->page->insns, 0);
}

static void mftb_reads_the_count_at_its_own_instruction(void **state)
{
	struct machine *m = *state;

	set_clock(m, MOLVM_CLOCK_INSN, 1, 1);
	put(m, NOP);
	put(m, MFTB(3));
	put(m, NOP);
	put(m, MFTB(4));
	put(m, MFSPR(5, SPR_DEC));
	put(m, B(0));
	set_reg(m, MOLVM_REG_SPR(SPR_DEC), 1000);
	assert_int_equal(run_for(m, 6), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 1);
	assert_int_equal(gpr(m, 4), 3);
	assert_int_equal(gpr(m, 5), 996);
}

static void insn_decrementer_interrupts_at_the_exact_instruction(void **state)
{
	struct machine *m = *state;

	put(m, MTSPR(SPR_DEC, 3));
	for (int n = 0; n < 40; n++)
		put(m, ADDI(4, 4, 1));
	put_at(m, 0x900, B(0));
	for (uint32_t dec = 0; dec < 30; dec++) {
		set_clock(m, MOLVM_CLOCK_INSN, 1, 1);
		set_reg(m, MOLVM_REG_PC, CODE);
		set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_EE);
		set_gpr(m, 3, dec);
		set_gpr(m, 4, 0);
		assert_int_equal(run_for(m, 40), MOLVM_EXIT_BUDGET);
		assert_int_equal(m->page->pc, 0x900);
		/* DEC holds dec at the time of the mtdec itself; it is -1 dec + 1 ticks later. */
		assert_int_equal(gpr(m, 4), dec);
		assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 4 + 4 * dec);
	}
}

static void decrementer_is_latched_while_interrupts_are_off(void **state)
{
	struct machine *m = *state;

	set_clock(m, MOLVM_CLOCK_INSN, 1, 1);
	set_reg(m, MOLVM_REG_SPR(SPR_DEC), 3);
	set_gpr(m, 3, MSR_ME | MSR_EE);
	for (int n = 0; n < 10; n++)
		put(m, NOP);
	put(m, MTMSR(3));
	put(m, B(0));
	put_at(m, 0x900, B(0));
	assert_int_equal(run_for(m, 12), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x900);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 44);
}

/* ---- MANUAL ---- */

static void manual_clock_moves_only_when_told(void **state)
{
	struct machine *m = *state;

	loop(m);
	set_clock(m, MOLVM_CLOCK_MANUAL, 0, 0);
	assert_int_equal(run_for(m, 1000), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->timebase, 0);
	assert_int_equal(molvm_clock_advance(m->vm, 17), 0);
	assert_int_equal(now(m), 17);
	assert_int_equal(reg(m, MOLVM_REG_TB), 17);
	m->page->tb_deadline = 18;
	assert_int_equal(run_for(m, 1000), MOLVM_EXIT_BUDGET);
	assert_int_equal(molvm_clock_advance(m->vm, 1), 0);
	assert_int_equal(run_for(m, 1000), MOLVM_EXIT_DEADLINE);
	assert_int_equal(m->page->insns, 0);
}

static void manual_decrementer_interrupts_on_the_tick(void **state)
{
	struct machine *m = *state;

	loop(m);
	put_at(m, 0x900, B(0));
	set_clock(m, MOLVM_CLOCK_MANUAL, 0, 0);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_EE);
	set_reg(m, MOLVM_REG_SPR(SPR_DEC), 99);
	molvm_clock_advance(m->vm, 99);
	assert_int_equal(run_for(m, 3), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, CODE);
	molvm_clock_advance(m->vm, 1);
	assert_int_equal(run_for(m, 3), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x900);
}

static int advance_by_access(void *opaque, molvm_access *a)
{
	return molvm_clock_advance(opaque, a->value);
}

static void device_may_move_the_time(void **state)
{
	struct machine *m = *state;
	molvm_device_ops ops = { sizeof(ops), 0, 0, 0, NULL, advance_by_access };

	assert_int_equal(molvm_map_device(m->vm, DEVICE, 4096, &ops, m->vm), 0);
	set_clock(m, MOLVM_CLOCK_MANUAL, 0, 0);
	set_gpr(m, 5, DEVICE);
	set_gpr(m, 6, 1000);
	put(m, STW(6, 0, 5));
	put(m, MFTB(3));
	put(m, B(0));
	m->page->tb_deadline = 1000;
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_DEADLINE);
	assert_int_equal(m->page->timebase, 1000);
}

/* ---- HOST ---- */

static uint64_t host_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void host_deadline_comes_in_host_time(void **state)
{
	struct machine *m = *state;
	uint64_t begin, spent;

	loop(m);
	begin = host_ns();
	m->page->tb_deadline = now(m) + 25000 * 20; /* 20 ms at 25 MHz */
	assert_int_equal(run_for(m, 0), MOLVM_EXIT_DEADLINE);
	spent = host_ns() - begin;
	assert_true(spent >= 19900000);
	assert_true(m->page->timebase >= m->page->tb_deadline);
}

static void host_time_is_scaled_without_overflow(void **state)
{
	struct machine *m = *state;
	molvm_clock ck = { .size = sizeof(ck), .mode = MOLVM_CLOCK_HOST, .hz = 10000000000u };
	uint64_t a, b, t[4];

	assert_int_equal(molvm_clock_set(m->vm, &ck), 0);
	t[0] = host_ns();
	a = now(m);
	t[1] = host_ns();
	while (host_ns() - t[1] < 5000000)
		;
	t[2] = host_ns();
	b = now(m);
	t[3] = host_ns();
	assert_true(b - a >= (t[2] - t[1]) * 10 - 10);
	assert_true(b - a <= (t[3] - t[0]) * 10 + 10);
}

/* For a tenth of a second, in which the counter's rate is measured some times and used. */
static void a_cheap_reading_of_the_clock_never_goes_back_or_ahead(void **state)
{
	struct mol_host_clock c = { 0 };
	uint64_t begin = host_ns(), before = begin, last = 0;

	while (before - begin < 100000000) {
		uint64_t cheap = mol_host_ns_by(&c), after = host_ns();

		assert_true(cheap >= last && cheap <= after && cheap + 10000 >= before);
		last = cheap;
		before = after;
	}
	mol_host_clock_told(&c);
	assert_true(mol_host_ns_by(&c) >= before);
}

static void time_can_be_set_and_the_decrementer_keeps_its_value(void **state)
{
	struct machine *m = *state;
	molvm_clock ck = { .size = sizeof(ck), .mode = MOLVM_CLOCK_MANUAL, .timebase = 1ull << 40 };

	set_clock(m, MOLVM_CLOCK_MANUAL, 0, 0);
	set_reg(m, MOLVM_REG_SPR(SPR_DEC), 500);
	molvm_clock_advance(m->vm, 100);
	assert_int_equal(molvm_clock_set(m->vm, &ck), 0);
	assert_int_equal(reg(m, MOLVM_REG_TB), 1ull << 40);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_DEC)), 400);
	set_reg(m, MOLVM_REG_TB, 5);
	assert_int_equal(now(m), 1ull << 40);
	molvm_clock_advance(m->vm, 1);
	assert_int_equal(reg(m, MOLVM_REG_TB), 6);
}

static void clock_arguments_are_checked(void **state)
{
	struct machine *m = *state;
	molvm_clock ck = { .size = sizeof(ck), .mode = 4 };

	assert_int_equal(molvm_clock_set(m->vm, &ck), MOLVM_E_INVAL);
	ck.mode = MOLVM_CLOCK_INSN;
	ck.num = 1ull << 32;
	assert_int_equal(molvm_clock_set(m->vm, &ck), MOLVM_E_INVAL);
	ck.num = 1;
	ck.size = 0;
	assert_int_equal(molvm_clock_set(m->vm, &ck), MOLVM_E_INVAL);
	ck.size = sizeof(ck);
	ck.hz = 10000000001u;
	assert_int_equal(molvm_clock_set(m->vm, &ck), MOLVM_E_INVAL);
	assert_int_equal(molvm_clock_advance(m->vm, 1), MOLVM_E_INVAL); /* HOST */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(insn_clock_is_instructions_times_num_over_den),
		MACHINE_TEST(insn_deadline_is_exact_to_the_instruction),
		MACHINE_TEST(mftb_reads_the_count_at_its_own_instruction),
		MACHINE_TEST(insn_decrementer_interrupts_at_the_exact_instruction),
		MACHINE_TEST(decrementer_is_latched_while_interrupts_are_off),
		MACHINE_TEST(manual_clock_moves_only_when_told),
		MACHINE_TEST(manual_decrementer_interrupts_on_the_tick),
		MACHINE_TEST(device_may_move_the_time),
		MACHINE_TEST(host_deadline_comes_in_host_time),
		MACHINE_TEST(host_time_is_scaled_without_overflow),
		cmocka_unit_test(a_cheap_reading_of_the_clock_never_goes_back_or_ahead),
		MACHINE_TEST(time_can_be_set_and_the_decrementer_keeps_its_value),
		MACHINE_TEST(clock_arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
