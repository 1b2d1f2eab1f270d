/* SPDX-License-Identifier: MIT
 * patch.c - system event: one instruction rewritten, dcbst, sync, icbi, isync, and called.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 300;
static uint32_t code[1024] __attribute__((aligned(4096)));

void setup(void)
{
	for (int n = 0; n < 30; n++)
		code[n] = 0x38630000u + (uint32_t)n;  /* addi 3,3,n */
	code[30] = 0x4e800020;                    /* blr */
	code_written(code, sizeof(code));
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = operations; n; n--) {
		code[n & 15] = 0x38630000u + n;
		__asm__ volatile("dcbst 0,%0; sync; icbi 0,%0; sync; isync"
				 : : "r"(&code[n & 15]) : "memory");
		sum = mix(sum, ((uint32_t (*)(uint32_t))(uintptr_t)code)(sum));
	}
	for (uint32_t n = 0; n < 16; n++)
		code[n] = 0x38630000u + n;
	code_written(code, 64);
	return sum;
}
