/* SPDX-License-Identifier: MIT
 * timebase.c - system event: the time base read as 64 bits, upper half twice.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 5000;

uint32_t bench(void)
{
	uint32_t upper, lower, again, last = 0, backwards = 0;

	for (uint32_t n = operations; n; n--) {
		do
			__asm__ volatile("mftbu %0; mftb %1; mftbu %2" : "=r"(upper), "=r"(lower), "=r"(again));
		while (upper != again);
		backwards += (int32_t)(lower - last) < 0 && last;
		last = lower;
	}
	return backwards;
}
