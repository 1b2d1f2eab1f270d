/* SPDX-License-Identifier: MIT
 * illegal.c - system event: an illegal instruction that the program exception's handler skips.
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
	"	andis.	10, 10, 0x0008\n"
	"	add	3, 3, 10\n"
	"	addi	3, 3, 1\n"
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
		__asm__ volatile(".long 0" : "+r"(sum) : : "memory", "cr0");
	return sum;
}
