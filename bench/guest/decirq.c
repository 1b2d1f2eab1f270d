/* SPDX-License-Identifier: MIT
 * decirq.c - system event: the decrementer set to zero; its interrupt, and back.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 200;

/* SPRG2 counts; the decrementer goes to sleep */
HANDLER(on_decrementer,
	"	mtsprg	0, 10\n"
	"	lis	10, 0x7fff\n"
	"	mtdec	10\n"
	"	mfsprg	10, 2\n"
	"	addi	10, 10, 1\n"
	"	mtsprg	2, 10\n"
	"	mfsprg	10, 0\n"
	"	rfi");

void setup(void)
{
	__asm__ volatile("mtdec %0" : : "r"(0x7fffffff));
	INSTALL(0x900, on_decrementer);
}

uint32_t bench(void)
{
	uint32_t count = 0;

	/* one from power-on may be waiting: it is not counted */
	write_msr(read_msr() | MSR_EE);
	__asm__ volatile("mtsprg 2,%0" : : "r"(0));
	for (uint32_t n = 1; n <= operations; n++) {
		__asm__ volatile("mtdec %0" : : "r"(0) : "memory");
		do
			__asm__ volatile("mfsprg %0,2" : "=r"(count));
		while (count < n);
	}
	write_msr(read_msr() & ~MSR_EE);
	return count;
}
