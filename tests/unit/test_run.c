/* SPDX-License-Identifier: MIT
 * test_run.c - the run loop seen from outside: budgets, kicks, exceptions, sleep, hypercalls.
 */
#include "vm_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* ---- budgets ---- */

static void budget_is_exact_for_every_size_of_slice(void **state)
{
	struct machine *m = *state;
	uint64_t total = 0;

	for (int n = 0; n < 7; n++)
		put(m, ADDI(3, 3, 1));
	put(m, B(-28));
	for (uint64_t slice = 1; slice < 100; slice++) {
		assert_int_equal(run_for(m, slice), MOLVM_EXIT_BUDGET);
		total += slice;
		assert_int_equal(m->page->insns, slice);
		assert_int_equal(m->page->insns_total, total);
		assert_int_equal(m->page->pc, CODE + total % 8 * 4);
		assert_int_equal(gpr(m, 3), total / 8 * 7 + total % 8);
	}
}

static void faulting_instruction_is_not_counted(void **state)
{
	struct machine *m = *state;

	put(m, NOP);
	put(m, ILLEGAL);
	put_at(m, 0x700, B(0));
	assert_int_equal(run_for(m, 3), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->insns, 3); /* nop, and twice the branch at 0700 */
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 4);
	assert_int_equal(m->page->pc, 0x700);
}

static void budget_ends_a_handler_that_faults_for_ever(void **state)
{
	struct machine *m = *state;

	put(m, ILLEGAL);
	put_at(m, 0x700, ILLEGAL);
	assert_int_equal(run_for(m, 1000), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->insns, 0);
}

static void immediate_exit_executes_nothing(void **state)
{
	struct machine *m = *state;

	put(m, B(0));
	m->page->immediate_exit = 1;
	assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_KICKED);
	assert_int_equal(m->page->insns, 0);
}

/* ---- kicks ---- */

static void kick_before_the_run_is_not_lost_and_is_consumed_once(void **state)
{
	struct machine *m = *state;

	put(m, B(0));
	molvm_vcpu_kick(m->cpu);
	molvm_vcpu_kick(m->cpu);
	assert_int_equal(run_for(m, 10), MOLVM_EXIT_KICKED);
	assert_int_equal(m->page->insns, 0);
	assert_int_equal(run_for(m, 10), MOLVM_EXIT_BUDGET);
}

static void *kick_later(void *cpu)
{
	usleep(20000);
	molvm_vcpu_kick(cpu);
	return NULL;
}

static void kick_from_another_thread_ends_an_endless_loop(void **state)
{
	struct machine *m = *state;
	pthread_t t;

	put(m, B(0));
	assert_int_equal(pthread_create(&t, NULL, kick_later, m->cpu), 0);
	assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_KICKED);
	pthread_join(t, NULL);
	assert_true(m->page->insns > 0);
}

static molvm_vcpu *alarmed;

static void on_alarm(int sig)
{
	(void)sig;
	molvm_vcpu_kick(alarmed);
}

static void kick_from_a_signal_handler_ends_an_endless_loop(void **state)
{
	struct machine *m = *state;

	put(m, B(0));
	alarmed = m->cpu;
	signal(SIGALRM, on_alarm);
	ualarm(20000, 0);
	assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_KICKED);
	signal(SIGALRM, SIG_DFL);
}

static void *try_everything_o(void *arg)
{
	struct machine *m = arg;
	uint64_t v;

	usleep(20000);
	assert_int_equal(molvm_reg_get(m->cpu, MOLVM_REG_PC, &v), MOLVM_E_BUSY);
	assert_int_equal(molvm_reg_set(m->cpu, MOLVM_REG_PC, 0), MOLVM_E_BUSY);
	assert_int_equal(molvm_run(m->cpu), MOLVM_E_BUSY);
	assert_int_equal(molvm_vcpu_reset(m->cpu), MOLVM_E_BUSY);
	assert_int_equal(molvm_map_ram(m->vm, MIB, MIB, NULL, 0), MOLVM_E_BUSY);
	assert_int_equal(molvm_unmap(m->vm, 0, MIB), MOLVM_E_BUSY);
	assert_int_equal(molvm_break_add(m->vm, MOLVM_BREAK_EXEC, 0, 4), MOLVM_E_BUSY);
	assert_string_equal(molvm_errmsg(), "break_add: vCPU 0 is running in another thread");
	molvm_vcpu_destroy(m->cpu);
	molvm_vm_destroy(m->vm);
	molvm_vcpu_kick(m->cpu);
	return NULL;
}

static void owner_functions_are_busy_while_it_runs_elsewhere(void **state)
{
	struct machine *m = *state;
	pthread_t t;

	put(m, B(0));
	assert_int_equal(pthread_create(&t, NULL, try_everything_o, m), 0);
	assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_KICKED);
	pthread_join(t, NULL);
}

static void *write_code_later(void *arg)
{
	usleep(20000);
	put_at(arg, CODE, SC1);
	return NULL;
}

static void code_written_by_another_thread_is_executed(void **state)
{
	struct machine *m = *state;
	pthread_t t;

	put(m, B(0));
	assert_int_equal(pthread_create(&t, NULL, write_code_later, m), 0);
	assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_HYPERCALL);
	pthread_join(t, NULL);
}

/* ---- stepping and breakpoints ---- */

static void single_step_stops_after_each_instruction(void **state)
{
	struct machine *m = *state;

	put(m, ADDI(3, 3, 1));
	put(m, B(-4));
	m->page->single_step = 1;
	for (uint64_t n = 1; n < 10; n++) {
		assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_DEBUG);
		assert_int_equal(m->page->u.debug.kind, MOLVM_DEBUG_STEP);
		assert_int_equal(m->page->insns, 1);
		assert_int_equal(m->page->pc, CODE + n % 2 * 4);
	}
}

static void breakpoint_stops_before_its_instruction_and_is_passed_by_running_again(void **state)
{
	struct machine *m = *state;
	int id;

	put(m, ADDI(3, 3, 1));
	put(m, ADDI(4, 4, 1));
	put(m, B(-8));
	assert_int_equal(run_for(m, 30), MOLVM_EXIT_BUDGET); /* the block is known by now */
	id = molvm_break_add(m->vm, MOLVM_BREAK_EXEC, CODE + 4, 0);
	assert_true(id >= 0);
	for (uint64_t n = 11; n < 20; n++) {
		assert_int_equal(run_for(m, 0), MOLVM_EXIT_DEBUG);
		assert_int_equal(m->page->u.debug.kind, MOLVM_BREAK_EXEC);
		assert_int_equal(m->page->u.debug.id, id);
		assert_int_equal(m->page->pc, CODE + 4);
		assert_int_equal(gpr(m, 3), n);
		assert_int_equal(gpr(m, 4), n - 1);
	}
	assert_int_equal(molvm_break_remove(m->vm, id), 0);
	assert_int_equal(run_for(m, 30), MOLVM_EXIT_BUDGET);
}

static void watchpoint_stops_before_the_access_with_memory_unchanged(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, 0x2000);
	set_gpr(m, 6, 0x1234);
	put(m, STW(6, 0, 5));
	put(m, LWZ(7, 2, 5));
	put(m, STB(6, 3, 5));
	put(m, B(0));
	assert_true(molvm_break_add(m->vm, MOLVM_BREAK_WRITE, 0x2003, 1) >= 0);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_DEBUG);
	assert_int_equal(m->page->pc, CODE);
	assert_int_equal(m->page->u.debug.kind, MOLVM_BREAK_WRITE);
	assert_int_equal(m->page->u.debug.ea, 0x2000);
	assert_int_equal(word_at(m, 0x2000), 0);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_DEBUG);
	assert_int_equal(m->page->pc, CODE + 8);
	assert_int_equal(word_at(m, 0x2000), 0x1234);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
}

static void read_watchpoint_sees_multiple_and_misaligned_loads(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, 0x2000);
	put(m, LWZ(7, 1, 5));
	put(m, LMW(28, 0, 5));
	put(m, B(0));
	assert_true(molvm_break_add(m->vm, MOLVM_BREAK_READ, 0x2004, 1) >= 0);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_DEBUG);
	assert_int_equal(m->page->pc, CODE);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_DEBUG);
	assert_int_equal(m->page->pc, CODE + 4);
}

static void trace_exception_follows_each_instruction_under_msr_se(void **state)
{
	struct machine *m = *state;

	put(m, ADDI(3, 3, 1));
	put(m, ADDI(3, 3, 1));
	put_at(m, 0xd00, B(0));
	set_reg(m, MOLVM_REG_MSR, MSR_ME | 0x400);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0xd00);
	assert_int_equal(gpr(m, 3), 1);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 4);
}

/* ---- exceptions ---- */

static void trapped_exception_is_reported_before_and_delivered_after(void **state)
{
	struct machine *m = *state;

	put(m, ILLEGAL);
	put_at(m, 0x700, LI(3, 7));
	m->page->trap_exceptions = 1u << 7;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_EXCEPTION);
	assert_int_equal(m->page->u.exception.vector, 0x700);
	assert_int_equal(m->page->u.exception.srr0, CODE);
	assert_int_equal(m->page->u.exception.srr1, MSR_ME | MSR_FP | 0x80000);
	assert_int_equal(m->page->pc, CODE);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 7);
}

static uint32_t run_to_exception(struct machine *m, uint64_t traps)
{
	m->page->trap_exceptions = traps;
	set_reg(m, MOLVM_REG_MSR, MSR_ME | 0x10 /* DR */);
	set_reg(m, MOLVM_REG_PC, CODE);
	return (uint32_t)run_for(m, 100);
}

static void exceptions_of_hot_code_come_out_as_soon_as_the_embedder_traps_them(void **state)
{
	const struct {
		uint32_t word, vector;
	} last[] = { { LWZ(4, 0, 5), 0x300 }, { 0x7fe00008 /* trap */, 0x700 }, { 0, 0x700 } };
	struct machine *m = *state;

	assert_int_equal(molvm_option_set(m->vm, "jit.heat", "0"), 0);
	set_gpr(m, 5, 0x30001000);
	for (unsigned n = 0; n < 3; n++) {
		put_at(m, last[n].vector, B(0));
		put_at(m, CODE, ADDI(3, 3, 1));
		put_at(m, CODE + 4, last[n].word);
		assert_int_equal(molvm_mem_changed(m->vm, CODE, 8), 0);
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(run_to_exception(m, 0), MOLVM_EXIT_BUDGET);
		assert_int_equal(run_to_exception(m, 1u << (last[n].vector >> 8)), MOLVM_EXIT_EXCEPTION);
		assert_int_equal(m->page->u.exception.vector, last[n].vector);
		assert_int_equal(m->page->u.exception.srr0, CODE + 4);
		assert_int_equal(m->page->insns, 1);
		m->page->u.exception.action = MOLVM_EXC_IGNORE;
	}
}

static void ignored_exception_goes_on_where_the_embedder_says(void **state)
{
	struct machine *m = *state;

	put(m, SC);
	put(m, LI(3, 5));
	m->page->trap_exceptions = 1u << 0xc;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_EXCEPTION);
	assert_int_equal(m->page->u.exception.srr0, CODE + 4);
	m->page->u.exception.action = MOLVM_EXC_IGNORE;
	set_reg(m, MOLVM_REG_PC, CODE + 4);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 5);
}

static void injected_exception_saves_the_pc_and_sets_what_was_asked(void **state)
{
	struct machine *m = *state;
	molvm_exception e = { .size = sizeof(e), .vector = 0x300, .dar = 0x1234, .dsisr = 0x40000000,
			      .flags = MOLVM_EXC_F_DAR | MOLVM_EXC_F_DSISR };

	assert_int_equal(molvm_exception_inject(m->cpu, &e), 0);
	assert_int_equal(reg(m, MOLVM_REG_PC), 0x300);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE);
	assert_int_equal(reg(m, MOLVM_REG_SPR(19)), 0x1234);
	assert_int_equal(reg(m, MOLVM_REG_SPR(18)), 0x40000000);
}

static void jump_into_the_void_is_a_machine_check(void **state)
{
	struct machine *m = *state;

	put_at(m, 0x200, B(0));
	set_reg(m, MOLVM_REG_PC, 0x80000000);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x200);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), 0x80000000);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR1)) & 0x40000, 0x40000); /* TEA */
}

static void exception_without_ram_at_the_vector_ends_in_checkstop(void **state)
{
	struct machine *m = *state;

	put(m, ILLEGAL);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | 0x40); /* IP: vectors at fff00000 */
	for (int n = 0; n < 3; n++) {
		assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_SYSTEM);
		assert_int_equal(m->page->u.system.type, MOLVM_SYS_CHECKSTOP);
	}
	assert_int_equal(molvm_vcpu_reset(m->cpu), 0);
	assert_int_equal(reg(m, MOLVM_REG_PC), 0xfff00100);
	set_reg(m, MOLVM_REG_PC, 0x2000);
	put_at(m, 0x2000, B(0));
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_BUDGET);
}

static void little_endian_mode_is_refused_clearly(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_reg_set(m->cpu, MOLVM_REG_MSR, 1), MOLVM_E_NOTSUP);
	put(m, LI(3, 1));
	put(m, MTMSR(3));
	put(m, NOP);
	assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_FAIL_ENTRY);
	assert_int_equal(m->page->u.fail_entry.hw_reason, MOLVM_FAIL_LITTLE_ENDIAN);
	assert_int_equal(m->page->pc, CODE + 8);
}

/* ---- hypercalls and SPRs ---- */

static void osi_call_carries_selector_arguments_and_results(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 3, 0x113724fa);
	set_gpr(m, 4, 0x77810f9b);
	set_gpr(m, 5, 42);
	set_gpr(m, 6, 0xdeadbeef);
	put(m, SC);
	put(m, LI(8, 1));
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_HYPERCALL);
	assert_int_equal(m->page->u.hypercall.kind, MOLVM_HCALL_OSI);
	assert_int_equal(m->page->u.hypercall.nr, 42);
	assert_int_equal(m->page->u.hypercall.args[3], 0xdeadbeef);
	assert_int_equal(m->page->pc, CODE);
	m->page->u.hypercall.ret[0] = 11;
	m->page->u.hypercall.ret[1] = 12;
	m->page->u.hypercall.nret = 2;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 11);
	assert_int_equal(gpr(m, 4), 12);
	assert_int_equal(m->page->pc, CODE + 4);
	assert_int_equal(m->page->insns, 1);
	assert_int_equal(gpr(m, 8), 0);
}

static void sc_1_is_a_hypercall_and_may_be_handed_back(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 3, 99);
	put(m, SC1);
	put_at(m, 0xc00, B(0));
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_HYPERCALL);
	assert_int_equal(m->page->u.hypercall.kind, MOLVM_HCALL_SC1);
	assert_int_equal(m->page->u.hypercall.nr, 99);
	m->page->u.hypercall.flags = MOLVM_HCALL_F_PLAIN;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0xc00);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 4);
}

static void sc_without_magic_is_the_guests_own(void **state)
{
	struct machine *m = *state;

	put(m, SC);
	put_at(m, 0xc00, B(0));
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0xc00);
}

static int epapr_setup(void **state)
{
	molvm_config cfg = { .size = sizeof(cfg), .flags = MOLVM_CFG_EPAPR | MOLVM_CFG_EXIT_SPR };

	return machine_create(state, &cfg);
}

static void epapr_call_has_its_number_in_r11(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 11, 0x10001);
	put(m, SC1);
	assert_int_equal(molvm_run(m->cpu), MOLVM_EXIT_HYPERCALL);
	assert_int_equal(m->page->u.hypercall.kind, MOLVM_HCALL_EPAPR);
	assert_int_equal(m->page->u.hypercall.nr, 0x10001);
}

static void unknown_spr_exits_and_takes_the_answer(void **state)
{
	struct machine *m = *state;

	put(m, MFSPR(3, 914));
	put(m, MTSPR(915, 3));
	put(m, MFSPR(4, 914));
	put_at(m, 0x700, B(0));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_SPR);
	assert_int_equal(m->page->u.spr.spr, 914);
	assert_int_equal(m->page->u.spr.is_write, 0);
	m->page->u.spr.value = 0xabcd;
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_SPR);
	assert_int_equal(m->page->u.spr.spr, 915);
	assert_int_equal(m->page->u.spr.is_write, 1);
	assert_int_equal(m->page->u.spr.value, 0xabcd);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_SPR);
	m->page->u.spr.status = 1;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x700);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 8);
}

/* ---- registers in the run page ---- */

static void sync_regs_go_out_and_come_in(void **state)
{
	struct machine *m = *state;

	put(m, ADDI(3, 3, 1));
	put(m, B(-4));
	m->page->regs_valid = MOLVM_SYNC_GPRS | MOLVM_SYNC_SPECIAL;
	m->page->s.regs.gpr[3] = 100;
	m->page->regs_dirty = MOLVM_SYNC_GPRS;
	assert_int_equal(run_for(m, 3), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->s.regs.gpr[3], 102);
	assert_int_equal(m->page->s.regs.pc, CODE + 4);
	assert_int_equal(m->page->regs_dirty, 0);
	m->page->s.regs.pc = CODE;
	m->page->s.regs.cr = 0x12345678;
	m->page->s.regs.xer = 0xe000007f;
	m->page->regs_dirty = MOLVM_SYNC_SPECIAL;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_CR), 0x12345678);
	assert_int_equal(reg(m, MOLVM_REG_SPR(1)), 0xe000007f);
	assert_int_equal(gpr(m, 3), 103);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(budget_is_exact_for_every_size_of_slice),
		MACHINE_TEST(faulting_instruction_is_not_counted),
		MACHINE_TEST(budget_ends_a_handler_that_faults_for_ever),
		MACHINE_TEST(immediate_exit_executes_nothing),
		MACHINE_TEST(kick_before_the_run_is_not_lost_and_is_consumed_once),
		MACHINE_TEST(kick_from_another_thread_ends_an_endless_loop),
		MACHINE_TEST(kick_from_a_signal_handler_ends_an_endless_loop),
		MACHINE_TEST(owner_functions_are_busy_while_it_runs_elsewhere),
		MACHINE_TEST(code_written_by_another_thread_is_executed),
		MACHINE_TEST(single_step_stops_after_each_instruction),
		MACHINE_TEST(breakpoint_stops_before_its_instruction_and_is_passed_by_running_again),
		MACHINE_TEST(watchpoint_stops_before_the_access_with_memory_unchanged),
		MACHINE_TEST(read_watchpoint_sees_multiple_and_misaligned_loads),
		MACHINE_TEST(trace_exception_follows_each_instruction_under_msr_se),
		MACHINE_TEST(trapped_exception_is_reported_before_and_delivered_after),
		MACHINE_TEST(exceptions_of_hot_code_come_out_as_soon_as_the_embedder_traps_them),
		MACHINE_TEST(ignored_exception_goes_on_where_the_embedder_says),
		MACHINE_TEST(injected_exception_saves_the_pc_and_sets_what_was_asked),
		MACHINE_TEST(jump_into_the_void_is_a_machine_check),
		MACHINE_TEST(exception_without_ram_at_the_vector_ends_in_checkstop),
		MACHINE_TEST(little_endian_mode_is_refused_clearly),
		MACHINE_TEST(osi_call_carries_selector_arguments_and_results),
		MACHINE_TEST(sc_1_is_a_hypercall_and_may_be_handed_back),
		MACHINE_TEST(sc_without_magic_is_the_guests_own),
		cmocka_unit_test_setup_teardown(epapr_call_has_its_number_in_r11, epapr_setup,
						machine_teardown),
		cmocka_unit_test_setup_teardown(unknown_spr_exits_and_takes_the_answer, epapr_setup,
						machine_teardown),
		MACHINE_TEST(sync_regs_go_out_and_come_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
