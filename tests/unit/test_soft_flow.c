/* SPDX-License-Identifier: MIT
 * test_soft_flow.c - control flow inside the software backend: exceptions that are taken without
 * leaving run(), returns to code that moved or died, code at several addresses.
 */
#include "vm_fixture.h"

#define HANDLER_SC 0xc00u
#define HANDLER_PROGRAM 0x700u
#define HANDLER_DEC 0x900u

static uint64_t stat(struct machine *m, const char *name)
{
	molvm_stat_desc desc = { .size = sizeof(desc) };
	uint64_t value[256];

	assert_true(molvm_stats_read(m->vm, m->cpu, value, 256) > 0);
	for (uint32_t n = 0; n < 256 && !molvm_stats_info(m->vm, n, &desc); n++)
		if (!strcmp(desc.name, name))
			return value[n];
	fail_msg("no counter %s", name);
	return 0;
}

/* r3 and r4 count system calls before and in the handler; 4 instructions a round, sc is none. */
static void put_calls(struct machine *m)
{
	m->at = HANDLER_SC;
	put(m, ADDI(4, 4, 1));
	put(m, RFI);
	m->at = CODE;
	put(m, ADDI(3, 3, 1));
	put(m, SC);
	put(m, B(-8));
}

static void exceptions_and_returns_stop_at_the_exact_instruction(void **state)
{
	struct machine *m = *state;
	uint64_t total = 0;

	put_calls(m);
	assert_int_equal(run_for(m, 400), MOLVM_EXIT_BUDGET);
	for (uint64_t slice = 1; slice < 120; slice++) {
		assert_int_equal(run_for(m, slice), MOLVM_EXIT_BUDGET);
		assert_int_equal(m->page->insns, slice);
		total += slice;
		assert_int_equal(gpr(m, 3), 100 + (total + 3) / 4);
		assert_int_equal(gpr(m, 4), 100 + (total + 2) / 4);
	}
}

static void system_calls_do_not_leave_the_backend(void **state)
{
	struct machine *m = *state;
	uint64_t before;

	put_calls(m);
	set_clock(m, MOLVM_CLOCK_INSN, 1, 1);
	before = stat(m, "backend runs");
	assert_int_equal(run_for(m, 4000), MOLVM_EXIT_BUDGET);
	assert_true(stat(m, "backend runs") - before < 4);
}

static void a_storm_without_a_handler_uses_up_the_budget(void **state)
{
	struct machine *m = *state;

	m->at = HANDLER_PROGRAM;
	put(m, ILLEGAL);
	put_at(m, CODE, ILLEGAL);
	for (uint64_t budget = 1; budget < 100; budget += 7) {
		set_reg(m, MOLVM_REG_PC, CODE);
		assert_int_equal(run_for(m, budget), MOLVM_EXIT_BUDGET);
		assert_int_equal(m->page->insns, 0);
		assert_int_equal(reg(m, MOLVM_REG_PC), HANDLER_PROGRAM);
	}
}

/* The decrementer is set in the handler itself: each round takes the interrupt again, after the
 * same number of instructions. */
static void a_decrementer_set_inside_the_run_interrupts_at_its_instruction(void **state)
{
	struct machine *m = *state;

	set_clock(m, MOLVM_CLOCK_INSN, 1, 1);
	m->at = HANDLER_DEC;
	put(m, ADDI(4, 4, 1));
	put(m, MTSPR(SPR_DEC, 5));
	put(m, RFI);
	m->at = CODE;
	put(m, MTSPR(SPR_DEC, 5));
	put(m, ADDI(3, 3, 1));
	put(m, B(-4));
	set_gpr(m, 5, 10);
	set_reg(m, MOLVM_REG_MSR, MSR_EE | MSR_ME);
	/* After mtdec the count is 10 at its own instruction: 11 more complete and then the handler
	 * has three, the second of which sets it again. */
	assert_int_equal(run_for(m, 1 + 10), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 4), 0);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 4), 1);
	assert_int_equal(run_for(m, 1200), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 4), 101);
}

static void an_exception_that_is_trapped_still_comes_out(void **state)
{
	struct machine *m = *state;

	put_calls(m);
	assert_int_equal(run_for(m, 4000), MOLVM_EXIT_BUDGET);
	m->page->trap_exceptions = 1u << (0xc00 >> 8);
	assert_int_equal(run_for(m, 4000), MOLVM_EXIT_EXCEPTION);
	assert_int_equal(m->page->u.exception.vector, 0xc00);
	m->page->trap_exceptions = 0;
	assert_int_equal(run_for(m, 4000), MOLVM_EXIT_BUDGET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(exceptions_and_returns_stop_at_the_exact_instruction),
		MACHINE_TEST(system_calls_do_not_leave_the_backend),
		MACHINE_TEST(a_storm_without_a_handler_uses_up_the_budget),
		MACHINE_TEST(a_decrementer_set_inside_the_run_interrupts_at_its_instruction),
		MACHINE_TEST(an_exception_that_is_trapped_still_comes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
