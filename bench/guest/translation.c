/* SPDX-License-Identifier: MIT
 * translation.c - system event: data translation switched off, a load, and on again.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 4000;

uint32_t bench(void)
{
	static volatile uint32_t cell[64];
	uint32_t sum = 0, on = read_msr(), off = on & ~MSR_DR;

	for (uint32_t n = 0; n < 64; n++)
		cell[n] = n * 0x1234567;
	for (uint32_t n = operations; n; n--) {
		uint32_t v;

		__asm__ volatile("mtmsr %1\n"
				 "	isync\n"
				 "	lwz %0,0(%2)\n"
				 "	mtmsr %3\n"
				 "	isync"
				 : "=&r"(v) : "r"(off), "b"(&cell[n & 63]), "r"(on) : "memory");
		sum = mix(sum, v);
		cell[n & 63] = sum;
	}
	return sum;
}
