/* SPDX-License-Identifier: MIT
 * sprs.c - system event: moves between registers: SPRGs, SRR0, CR, XER, CTR, LR, MSR, segments.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 10000;

uint32_t bench(void)
{
	uint32_t sum = 1;

	for (uint32_t n = operations; n; n--) {
		uint32_t a, b, c, d;

		__asm__ volatile("mtsprg 0,%4\n"
				 "	mtsprg 1,%5\n"
				 "	mtxer %6\n"
				 "	mtcrf 0x70,%4\n"
				 "	mtsrr0 %5\n"
				 "	mfsprg %0,0\n"
				 "	mfsprg %1,1\n"
				 "	mfcr %2\n"
				 "	mfxer %3\n"
				 "	add %0,%0,%2\n"
				 "	mfsrr0 %2\n"
				 "	add %1,%1,%3\n"
				 "	mfmsr %3\n"
				 : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d)
				 : "r"(sum), "r"(n << 2), "r"(sum & 0x60000000)
				 : "xer", "cr1", "cr2", "cr3");
		sum += (a ^ b) + c + (d & 0x30);
	}
	return sum;
}
