/* SPDX-License-Identifier: MIT
 * scsuper.c - system event: sc and rfi from and to supervisor mode.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 5000;
HANDLER(on_sc, "	addi	3, 3, 7\n	rfi");

void setup(void)
{
	INSTALL(0xc00, on_sc);
}

uint32_t bench(void)
{
	register uint32_t sum __asm__("r3") = 1;

	for (uint32_t n = operations; n; n--)
		__asm__ volatile("sc" : "+r"(sum) : : "memory");
	return sum;
}
