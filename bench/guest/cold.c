/* SPDX-License-Identifier: MIT
 * cold.c - cold code: 50,000 instructions, each at its own address and run eight times.
 *
 * 500 functions of 100: blocks of ten with loads, stores, arithmetic, a compare and a
 * conditional branch, which is not taken, or is taken to the next block. The very first unit
 * of work counts, with everything that an engine does for it.
 */
#include "guest.h"

#define STRING(x) #x
#define TEXT(x) STRING(x)
#define FUNCTIONS 500

__asm__(".section .text.cold, \"ax\"\n"
	"	.set	.Ln, 0\n"
	"	.macro	cold_block taken\n"
	"	lwz	5, (.Ln * 52) & 0x3fc (4)\n"
	"	addi	6, 3, (.Ln * 7) & 0x7fff\n"
	"	xor	3, 3, 5\n"
	"	rlwinm	7, 3, .Ln & 31, 0, 31 - (.Ln & 7)\n"
	"	add	3, 6, 7\n"
	"	stw	3, ((.Ln * 36) & 0x3fc) + 0x400 (4)\n"
	"	mulli	8, 5, (.Ln & 0xff) + 3\n"
	"	.if	\\taken\n"
	"	ori	5, 8, 1\n"
	"	cmpwi	5, 0\n"
	"	bne	.+4\n"
	"	.else\n"
	"	subf	3, 8, 3\n"
	"	cmplwi	4, .Ln & 0xff\n"
	"	beq	.+4\n"
	"	.endif\n"
	"	.set	.Ln, .Ln + 1\n"
	"	.endm\n"
	"	.macro	cold_function\n"
	"	.rept	4\n"
	"	cold_block 0\n"
	"	cold_block 1\n"
	"	.endr\n"
	"	cold_block 0\n"
	"	lbz	5, .Ln & 0x3ff (4)\n"
	"	lhz	6, (.Ln * 6) & 0x3fe (4)\n"
	"	slwi	5, 5, .Ln & 15\n"
	"	or	6, 6, 5\n"
	"	cntlzw	7, 6\n"
	"	add	3, 3, 6\n"
	"	subfic	7, 7, .Ln & 0xff\n"
	"	xor	3, 3, 7\n"
	"	sth	3, ((.Ln * 10) & 0x3fe) + 0x400 (4)\n"
	"	blr\n"
	"	.set	.Ln, .Ln + 1\n"
	"	.endm\n"
	"	.balign	64\n"
	"cold_functions:\n"
	"	.rept	" TEXT(FUNCTIONS) "\n"
	"	cold_function\n"
	"	.endr\n"
	"	.text\n");

extern const uint32_t cold_functions[FUNCTIONS][100];

uint32_t bench(void)
{
	static uint32_t data[512];
	uint32_t sum = 1, seed = 131;

	for (int n = 0; n < 512; n++)
		data[n] = random32(&seed);
	for (int pass = 0; pass < 8; pass++)
		for (int n = 0; n < FUNCTIONS; n++)
			sum = ((uint32_t (*)(uint32_t, uint32_t *))(uintptr_t)cold_functions[n])(sum, data);
	return sum;
}
