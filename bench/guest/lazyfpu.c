/* SPDX-License-Identifier: MIT
 * lazyfpu.c - system event: an FP instruction with MSR[FP] off; the handler sets it, and back.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 4000;

HANDLER(on_fpu,
	"	mtsprg	0, 10\n"
	"	mfsrr1	10\n"
	"	ori	10, 10, 0x2000\n"
	"	mtsrr1	10\n"
	"	mfsprg	10, 2\n"
	"	addi	10, 10, 1\n"
	"	mtsprg	2, 10\n"
	"	mfsprg	10, 0\n"
	"	rfi");

void setup(void)
{
	INSTALL(0x800, on_fpu);
}

uint32_t bench(void)
{
	uint32_t msr = read_msr(), count;
	double v = 1.0;

	__asm__ volatile("mtsprg 2,%0" : : "r"(0));
	for (uint32_t n = operations; n; n--) {
		__asm__ volatile("mtmsr %0; isync" : : "r"(msr & ~MSR_FP) : "memory");
		__asm__ volatile("fmr %0,%0" : "+d"(v));
	}
	__asm__ volatile("mfsprg %0,2" : "=r"(count));
	return mix_double(count, v);
}
