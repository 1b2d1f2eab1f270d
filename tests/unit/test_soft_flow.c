/* SPDX-License-Identifier: MIT
 * test_soft_flow.c - control flow inside the software backend: exceptions that are taken without
 * leaving run(), returns to code that moved or died, code at several addresses.
 */
#include "vm_fixture.h"

#include <pthread.h>
#include <unistd.h>

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

/* An mtmsr that enables interrupts, in code that is warm, is followed by whoever waited for it. */
static void an_interrupt_window_opens_at_its_mtmsr(void **state)
{
	struct machine *m = *state;

	put(m, MTMSR(6));
	put(m, NOP);
	put(m, MTMSR(7));
	put(m, ADDI(3, 3, 1));
	put(m, B(-16));
	set_gpr(m, 6, MSR_ME);
	set_gpr(m, 7, MSR_ME | MSR_EE);
	set_reg(m, MOLVM_REG_MSR, MSR_ME);
	assert_int_equal(run_for(m, 500), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 100);
	set_reg(m, MOLVM_REG_MSR, MSR_ME);
	m->page->request_irq_window = 1;
	assert_int_equal(run_for(m, 500), MOLVM_EXIT_IRQ_WINDOW);
	assert_int_equal(m->page->insns, 3);
	assert_int_equal(reg(m, MOLVM_REG_PC), CODE + 12);
	assert_int_equal(gpr(m, 3), 100);
}

/* ---- code at several addresses ---- */

#define MFLR(d) MFSPR(d, 8)
#define MTLR(s) MTSPR(8, s)
#define MTCTR(s) MTSPR(9, s)
#define BCTRL 0x4e800421u
#define BCTR 0x4e800420u
#define BLR 0x4e800020u
#define BL(off) (B(off) | 1)
#define ADDIC_(d, a, imm) D_FORM(13, d, a, imm)
#define BNE(off) (0x40820000u | ((uint32_t)(off)&0xfffcu))
#define BEQ(off) (0x41820000u | ((uint32_t)(off)&0xfffcu))
#define ADD(d, a, b) X_FORM(d, a, b, 266)
#define MSR_IR 0x20u
#define IBAT(n) MOLVM_REG_SPR(528 + (n))
#define TWIN 0x40000000u
#define FUNCTION 0x5000u

/* IBAT0 maps EA 0, IBAT1 EA TWIN, both to 128 KiB at 0. */
static void map_twice(struct machine *m)
{
	set_reg(m, IBAT(0), 2);
	set_reg(m, IBAT(1), 2);
	set_reg(m, IBAT(2), TWIN | 2);
	set_reg(m, IBAT(3), 2);
	set_reg(m, MOLVM_REG_MSR, MSR_IR | MSR_ME);
}

/* Call r10 and r11 in turn, r12 times; the function adds the address that it finds itself at to r5. */
static void put_two_calls(struct machine *m)
{
	put(m, MTCTR(10));
	put(m, BCTRL);
	put(m, MTCTR(11));
	put(m, BCTRL);
	put(m, ADDIC_(12, 12, -1));
	put(m, BNE(-20));
	put(m, B(0));
	m->at = FUNCTION;
	put(m, MFLR(30));
	put(m, BL(4));
	put(m, MFLR(31));
	put(m, MTLR(30));
	put(m, ADD(5, 5, 31));
	put(m, BLR);
}

#define TURNS 200u
#define TURN_INSNS 18u /* and one less in the last */

static void call_both(struct machine *m)
{
	set_reg(m, MOLVM_REG_PC, CODE);
	set_gpr(m, 5, 0);
	set_gpr(m, 10, FUNCTION);
	set_gpr(m, 11, TWIN + FUNCTION);
	set_gpr(m, 12, TURNS);
	assert_int_equal(run_for(m, TURNS * TURN_INSNS), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_PC), CODE + 24);
}

static void a_page_mapped_at_two_addresses_runs_as_at_each(void **state)
{
	struct machine *m = *state;

	put_two_calls(m);
	map_twice(m);
	call_both(m);
	assert_int_equal(gpr(m, 5), (uint32_t)(TURNS * (2 * (FUNCTION + 8) + TWIN)));
	call_both(m);
	assert_int_equal(gpr(m, 5), (uint32_t)(TURNS * (2 * (FUNCTION + 8) + TWIN)));
}

static void a_write_to_a_page_mapped_twice_is_seen_at_both(void **state)
{
	struct machine *m = *state;

	put_two_calls(m);
	map_twice(m);
	call_both(m);
	put_at(m, FUNCTION + 16, ADDI(5, 5, 3));
	call_both(m);
	assert_int_equal(gpr(m, 5), 2 * 3 * TURNS);
}

/* The BATs change between the calls: the same addresses are other code. */
static void moving_a_bat_is_seen_by_warm_indirect_branches(void **state)
{
	struct machine *m = *state;

	put_two_calls(m);
	m->at = 0x20000 + FUNCTION;
	put(m, NOP);
	put(m, NOP);
	put(m, NOP);
	put(m, NOP);
	put(m, ADDI(5, 5, 7));
	put(m, BLR);
	map_twice(m);
	call_both(m);
	for (unsigned n = 0; n < 3; n++) {
		set_reg(m, IBAT(3), 0x20000 | 2);
		call_both(m);
		assert_int_equal(gpr(m, 5), TURNS * (FUNCTION + 8 + 7));
		set_reg(m, IBAT(3), 2);
		call_both(m);
		assert_int_equal(gpr(m, 5), (uint32_t)(TURNS * (2 * (FUNCTION + 8) + TWIN)));
	}
}

/* The function maps other memory at the address that it was called from, and returns there. */
static void a_return_goes_to_what_is_mapped_there_now(void **state)
{
	struct machine *m = *state;

	map_twice(m);
	put(m, MTCTR(10));
	put(m, BCTRL);
	put(m, ADDI(3, 3, 1));
	put(m, B(0));
	m->at = 0x20000 + CODE + 8;
	put(m, ADDI(4, 4, 1));
	put(m, MTCTR(11));
	put(m, BCTR);
	m->at = FUNCTION;
	put(m, MTSPR(531, 20));
	put(m, ISYNC);
	put(m, BLR);
	m->at = FUNCTION + 0x1000;
	put(m, MTSPR(531, 21));
	put(m, ISYNC);
	put(m, MTCTR(13));
	put(m, ADDIC_(12, 12, -1));
	put(m, BEQ(8));
	put(m, BCTR);
	put(m, B(0));
	set_gpr(m, 10, FUNCTION);
	set_gpr(m, 11, FUNCTION + 0x1000);
	set_gpr(m, 12, TURNS);
	set_gpr(m, 13, TWIN + CODE);
	set_gpr(m, 20, 0x20000 | 2);
	set_gpr(m, 21, 2);
	set_reg(m, MOLVM_REG_PC, TWIN + CODE);
	assert_int_equal(run_for(m, TURNS * 14), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 0);
	assert_int_equal(gpr(m, 4), TURNS);
}

/* The function rewrites the instruction that it returns to. */
static void a_return_goes_to_the_code_that_is_there_now(void **state)
{
	struct machine *m = *state;

	put(m, BL(0x100));
	put(m, NOP);
	put(m, ADDIC_(12, 12, -1));
	put(m, BNE(-12));
	put(m, B(0));
	m->at = CODE + 0x100;
	put(m, STW(8, CODE + 4, 0));
	put(m, ICBI(0, 14));
	put(m, ISYNC);
	put(m, ORI(7, 8, 0));
	put(m, ORI(8, 9, 0));
	put(m, ORI(9, 7, 0));
	put(m, BLR);
	set_gpr(m, 8, ADDI(3, 3, 1));
	set_gpr(m, 9, ADDI(6, 6, 1));
	set_gpr(m, 12, 2 * TURNS);
	set_gpr(m, 14, CODE + 4);
	assert_int_equal(run_for(m, 2 * TURNS * 11), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_PC), CODE + 16);
	assert_int_equal(gpr(m, 3), TURNS);
	assert_int_equal(gpr(m, 6), TURNS);
}

static void *kick_soon(void *opaque)
{
	usleep(20000);
	molvm_vcpu_kick(opaque);
	return NULL;
}

static void a_kick_ends_an_endless_chain_of_exceptions(void **state)
{
	struct machine *m = *state;
	pthread_t thread;

	put_calls(m);
	assert_int_equal(pthread_create(&thread, NULL, kick_soon, m->cpu), 0);
	assert_int_equal(run_for(m, 0), MOLVM_EXIT_KICKED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(gpr(m, 3) - gpr(m, 4) <= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(exceptions_and_returns_stop_at_the_exact_instruction),
		MACHINE_TEST(system_calls_do_not_leave_the_backend),
		MACHINE_TEST(a_storm_without_a_handler_uses_up_the_budget),
		MACHINE_TEST(a_decrementer_set_inside_the_run_interrupts_at_its_instruction),
		MACHINE_TEST(an_exception_that_is_trapped_still_comes_out),
		MACHINE_TEST(an_interrupt_window_opens_at_its_mtmsr),
		MACHINE_TEST(a_page_mapped_at_two_addresses_runs_as_at_each),
		MACHINE_TEST(a_write_to_a_page_mapped_twice_is_seen_at_both),
		MACHINE_TEST(moving_a_bat_is_seen_by_warm_indirect_branches),
		MACHINE_TEST(a_return_goes_to_what_is_mapped_there_now),
		MACHINE_TEST(a_return_goes_to_the_code_that_is_there_now),
		MACHINE_TEST(a_kick_ends_an_endless_chain_of_exceptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
