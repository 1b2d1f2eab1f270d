/* SPDX-License-Identifier: MIT
 * trap.c - system event: a trap instruction that is taken, as debuggers and assertions use it.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 4000;

HANDLER(on_program,
	"	mtsprg	0, 10\n"
	"	mfsrr0	10\n"
	"	addi	10, 10, 4\n"
	"	mtsrr0	10\n"
	"	mfsrr1	10\n"
	"	andis.	10, 10, 0x0002\n"
	"	add	3, 3, 10\n"
	"	mfsprg	10, 0\n"
	"	rfi");

void setup(void)
{
	INSTALL(0x700, on_program);
}

uint32_t bench(void)
{
	register uint32_t sum __asm__("r3") = 1;

	for (uint32_t n = operations; n; n--)
		__asm__ volatile("twi 24,%1,-7" : "+r"(sum) : "r"(n) : "memory", "cr0");
	return sum;
}
