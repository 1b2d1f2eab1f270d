/* SPDX-License-Identifier: MIT
 * interrupts.c - system event: MSR[EE] off and on again around a few instructions.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 10000;

uint32_t bench(void)
{
	static volatile uint32_t shared;

	shared = 0;
	__asm__ volatile("mtdec %0" : : "r"(0x7fffffff));
	write_msr(read_msr() | MSR_EE);
	for (uint32_t n = operations; n; n--) {
		uint32_t msr = read_msr();

		__asm__ volatile("mtmsr %0" : : "r"(msr & ~MSR_EE) : "memory");
		shared += n;
		__asm__ volatile("mtmsr %0" : : "r"(msr) : "memory");
	}
	write_msr(read_msr() & ~MSR_EE);
	return shared;
}
