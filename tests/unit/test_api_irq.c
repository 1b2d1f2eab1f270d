/* SPDX-License-Identifier: MIT
 * test_api_irq.c - interrupt lines, the interrupt window, sleep, and waiting in the host.
 */
#include "vm_fixture.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define HID0 1008
#define HID0_DOZE 0x00800000u
#define HID0_SLEEP 0x00200000u
#define MSR_POW 0x40000u

static void external_interrupt_follows_the_level(void **state)
{
	struct machine *m = *state;

	put(m, B(0));
	put_at(m, 0x500, RFI);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_EE);
	molvm_irq_set(m->cpu, MOLVM_IRQ_EXT, 1);
	assert_int_equal(run_for(m, 10), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, CODE); /* each rfi is followed by the next interrupt */
	assert_int_equal(reg(m, MOLVM_REG_PENDING), MOLVM_PEND_EXTERNAL);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	molvm_irq_set(m->cpu, MOLVM_IRQ_EXT, 0);
	assert_int_equal(run_for(m, 10), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_PENDING), 0);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE);
}

static void masked_interrupt_waits_for_msr_ee_and_is_taken_right_behind_mtmsr(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 3, MSR_ME | MSR_EE);
	put(m, NOP);
	put(m, MTMSR(3));
	put(m, NOP);
	put(m, NOP);
	put_at(m, 0x500, B(0));
	molvm_irq_set(m->cpu, MOLVM_IRQ_EXT, 1);
	assert_int_equal(run_for(m, 3), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x500);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 8);
}

static void machine_check_pin_and_soft_reset_act_on_their_edge(void **state)
{
	struct machine *m = *state;

	put(m, B(0));
	put_at(m, 0x200, RFI);
	put_at(m, 0x100, B(0));
	molvm_irq_set(m->cpu, MOLVM_IRQ_MCP, 1);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET); /* the rfi */
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR1)) & 0x80000, 0x80000);
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, CODE);
	molvm_irq_set(m->cpu, MOLVM_IRQ_SRESET, 1);
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x100);
}

static void hard_reset_line_resets_and_tells(void **state)
{
	struct machine *m = *state;

	put(m, B(0));
	set_gpr(m, 3, 5);
	molvm_irq_set(m->cpu, MOLVM_IRQ_HRESET, 1);
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_SYSTEM);
	assert_int_equal(m->page->u.system.type, MOLVM_SYS_RESET);
	assert_int_equal(m->page->pc, 0xfff00100);
	assert_int_equal(gpr(m, 3), 0);
}

static void smi_exists_where_the_model_has_it(void **state)
{
	struct machine *m = *state; /* 7400 */
	int expected = MOLVM_OK;

	assert_int_equal(molvm_irq_set(m->cpu, MOLVM_IRQ_SMI, 1), expected);
	assert_int_equal(molvm_irq_set(m->cpu, 5, 1), MOLVM_E_INVAL);
	assert_int_equal(molvm_irq_set(NULL, 0, 1), MOLVM_E_INVAL);
}

static void irq_window_opens_with_msr_ee(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 3, MSR_ME | MSR_EE);
	put(m, NOP);
	put(m, MTMSR(3));
	put(m, B(0));
	m->page->request_irq_window = 1;
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_IRQ_WINDOW);
	assert_int_equal(m->page->pc, CODE + 8);
	assert_int_equal(m->page->insns, 2);
	m->page->request_irq_window = 0;
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_BUDGET);
}

static int irq_on_write(void *opaque, molvm_access *a)
{
	(void)opaque;
	return molvm_irq_set(a->vcpu, MOLVM_IRQ_EXT, 1);
}

static void device_may_raise_the_line_from_its_callback(void **state)
{
	struct machine *m = *state;
	molvm_device_ops ops = { sizeof(ops), 0, 0, 0, NULL, irq_on_write };

	assert_int_equal(molvm_map_device(m->vm, DEVICE, 4096, &ops, NULL), 0);
	set_gpr(m, 5, DEVICE);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_EE);
	put(m, STW(5, 0, 5));
	put(m, B(0));
	put_at(m, 0x500, B(0));
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x500);
}

/* ---- sleep ---- */

static void doze(struct machine *m, uint32_t hid0)
{
	set_reg(m, MOLVM_REG_SPR(HID0), hid0);
	set_gpr(m, 3, MSR_ME | MSR_EE | MSR_POW);
	put(m, MTMSR(3));
	put(m, LI(4, 1));
	put(m, B(0));
	put_at(m, 0x500, B(0));
	put_at(m, 0x900, B(0));
}

static void dozing_guest_is_idle_until_an_interrupt(void **state)
{
	struct machine *m = *state;

	set_clock(m, MOLVM_CLOCK_MANUAL, 0, 0);
	set_reg(m, MOLVM_REG_SPR(SPR_DEC), 1000);
	doze(m, HID0_DOZE);
	for (int n = 0; n < 3; n++) {
		assert_int_equal(run_for(m, 100), MOLVM_EXIT_IDLE);
		assert_int_equal(m->page->u.idle.mode, MOLVM_IDLE_DOZE);
		assert_int_equal(m->page->u.idle.wake_timebase, 1001);
		assert_int_equal(m->page->pc, CODE + 4);
	}
	molvm_irq_set(m->cpu, MOLVM_IRQ_EXT, 1);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x500);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 4);
}

static void decrementer_wakes_from_doze_at_the_announced_time(void **state)
{
	struct machine *m = *state;

	set_clock(m, MOLVM_CLOCK_INSN, 1, 1);
	set_reg(m, MOLVM_REG_SPR(SPR_DEC), 1000);
	doze(m, HID0_DOZE);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_IDLE);
	molvm_clock_advance(m->vm, m->page->u.idle.wake_timebase - m->page->timebase - 1);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_IDLE);
	molvm_clock_advance(m->vm, 1);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x900);
}

static void sleep_mode_does_not_wait_for_the_decrementer(void **state)
{
	struct machine *m = *state;

	doze(m, HID0_SLEEP);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_IDLE);
	assert_int_equal(m->page->u.idle.mode, MOLVM_IDLE_SLEEP);
	assert_true(m->page->u.idle.wake_timebase == UINT64_MAX);
}

/* ---- waiting in the host ---- */

static uint64_t host_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void *raise_later(void *cpu)
{
	usleep(30000);
	molvm_irq_set(cpu, MOLVM_IRQ_EXT, 1);
	return NULL;
}

static void wait_ends_with_a_line_of_another_thread(void **state)
{
	struct machine *m = *state;
	pthread_t t;

	doze(m, HID0_SLEEP);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_IDLE);
	assert_int_equal(pthread_create(&t, NULL, raise_later, m->cpu), 0);
	assert_int_equal(molvm_vcpu_wait(m->cpu, UINT64_MAX), 1);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x500);
	pthread_join(t, NULL);
}

static void wait_ends_with_the_decrementer_or_the_timeout(void **state)
{
	struct machine *m = *state;
	uint64_t begin;

	set_reg(m, MOLVM_REG_SPR(SPR_DEC), 25000 * 30); /* 30 ms */
	doze(m, HID0_DOZE);
	begin = host_ms();
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_IDLE);
	assert_int_equal(molvm_vcpu_wait(m->cpu, 5000000), 0);
	assert_true(host_ms() - begin >= 4);
	assert_int_equal(molvm_vcpu_wait(m->cpu, UINT64_MAX), 1);
	assert_true(host_ms() - begin >= 29);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x900);
}

static void kick_before_the_wait_is_not_lost(void **state)
{
	struct machine *m = *state;

	doze(m, HID0_SLEEP);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_IDLE);
	molvm_vcpu_kick(m->cpu);
	assert_int_equal(molvm_vcpu_wait(m->cpu, UINT64_MAX), 1);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_KICKED);
	assert_int_equal(molvm_vcpu_wait(m->cpu, 1000000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(external_interrupt_follows_the_level),
		MACHINE_TEST(masked_interrupt_waits_for_msr_ee_and_is_taken_right_behind_mtmsr),
		MACHINE_TEST(machine_check_pin_and_soft_reset_act_on_their_edge),
		MACHINE_TEST(hard_reset_line_resets_and_tells),
		MACHINE_TEST(smi_exists_where_the_model_has_it),
		MACHINE_TEST(irq_window_opens_with_msr_ee),
		MACHINE_TEST(device_may_raise_the_line_from_its_callback),
		MACHINE_TEST(dozing_guest_is_idle_until_an_interrupt),
		MACHINE_TEST(decrementer_wakes_from_doze_at_the_announced_time),
		MACHINE_TEST(sleep_mode_does_not_wait_for_the_decrementer),
		MACHINE_TEST(wait_ends_with_a_line_of_another_thread),
		MACHINE_TEST(wait_ends_with_the_decrementer_or_the_timeout),
		MACHINE_TEST(kick_before_the_wait_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
