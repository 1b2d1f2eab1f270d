/* SPDX-License-Identifier: MIT
 * scuser.c - system event: sc from a translated user program, answered in real mode.
 */
#include "guest.h"
#include "mmu.h"
#include "user.h"

const uint32_t operations = 5000;
HANDLER(on_sc, LEAVE_USER "	addi	3, 3, 7\n	rfi");

void setup(void)
{
	INSTALL(0xc00, on_sc);
}

static uint32_t user(uint32_t sum)
{
	register uint32_t r3 __asm__("r3") = sum;
	register uint32_t r0 __asm__("r0") = 4;

	for (uint32_t n = operations; n; n--)
		__asm__ volatile("sc" : "+r"(r3) : "r"(r0) : "memory", "cr0");
	return r3;
}

uint32_t bench(void)
{
	return call_user(user, 1);
}
