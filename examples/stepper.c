/* SPDX-License-Identifier: MIT
 * stepper.c - a simulator in lock-step: the guest's time is ours, to the tick.
 *
 * MANUAL clock: time moves only between slices. Every microsecond of simulated time (25 ticks)
 * the processor gets 100 instructions, then the outside world (here: a counter) is simulated.
 * The guest counts decrementer interrupts, one a millisecond, in r31.
 */
#include <molvm.h>
#include <stdio.h>

enum { TICKS_PER_STEP = 25, INSNS_PER_STEP = 100, STEPS = 10500 };

static void put(molvm_vm *vm, uint64_t gpa, uint32_t word)
{
	unsigned char b[] = { (unsigned char)(word >> 24), (unsigned char)(word >> 16),
			      (unsigned char)(word >> 8), (unsigned char)word };

	molvm_mem_write(vm, gpa, b, sizeof(b));
}

int main(void)
{
	static const uint32_t handler[] = { 0x3bff0001, 0x7fd603a6, 0x4c000064 };
					   /* addi r31,r31,1; mtdec r30; rfi */
	molvm_clock clock = { .size = sizeof(clock), .mode = MOLVM_CLOCK_MANUAL };
	uint64_t ticks, insns;
	molvm_run_page *page;
	molvm_vcpu *cpu;
	molvm_vm *vm;

	if (molvm_vm_create(NULL, &vm) < 0 || molvm_map_ram(vm, 0, 1 << 20, NULL, 0) < 0 ||
	    molvm_vcpu_create(vm, 0, &cpu) < 0 || molvm_clock_set(vm, &clock) < 0) {
		fprintf(stderr, "stepper: %s\n", molvm_errmsg());
		return 1;
	}
	for (unsigned n = 0; n < 3; n++)
		put(vm, 0x900 + 4 * n, handler[n]);
	put(vm, 0x1000, 0x48000000);                    /* b . */
	molvm_reg_set(cpu, MOLVM_REG_PC, 0x1000);
	molvm_reg_set(cpu, MOLVM_REG_MSR, 0x8000);      /* external and decrementer interrupts */
	molvm_reg_set(cpu, MOLVM_REG_SPR(22), 24999);   /* DEC: 1 ms at 25 MHz */
	molvm_reg_set(cpu, MOLVM_REG_GPR(30), 24999);
	page = molvm_vcpu_page(cpu);
	page->insn_budget = INSNS_PER_STEP;
	for (unsigned step = 0; step < STEPS; step++) {
		if (molvm_run(cpu) != MOLVM_EXIT_BUDGET)
			return 1;
		molvm_clock_advance(vm, TICKS_PER_STEP); /* and here the rest of the world */
	}
	insns = page->insns_total;
	molvm_reg_get(cpu, MOLVM_REG_GPR(31), &ticks);
	printf("%u us: %llu instructions, %llu ticks of 1 ms\n", STEPS, (unsigned long long)insns,
	       (unsigned long long)ticks);
	molvm_vm_destroy(vm);
	return insns == (uint64_t)INSNS_PER_STEP * STEPS && ticks == 10 ? 0 : 1;
}
