/* SPDX-License-Identifier: MIT
 * dectick.c - system event: a computation while the decrementer interrupts every 25 microseconds.
 *
 * The time base runs at 100 MHz on all engines. The operation is a thousand rounds of work,
 * about twenty times as many instructions.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 200;

HANDLER(on_decrementer,
	"	mtsprg	0, 10\n"
	"	li	10, 2500\n"
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
	static uint32_t cell[256];
	uint32_t sum = 0, seed = 113;

	memset(cell, 0, sizeof(cell));
	__asm__ volatile("mtdec %0" : : "r"(2500));
	write_msr(read_msr() | MSR_EE);
	for (uint32_t n = operations * 1000; n; n--) {
		uint32_t r = random32(&seed);

		cell[r & 255] += r;
		sum = mix(sum, cell[r >> 24]);
	}
	write_msr(read_msr() & ~MSR_EE);
	__asm__ volatile("mtdec %0" : : "r"(0x7fffffff));
	return sum;
}
