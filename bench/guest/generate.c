/* SPDX-License-Identifier: MIT
 * generate.c - system event: 200 instructions generated, flushed and run 20 times, as a JIT does.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 20;
static uint32_t code[8][256] __attribute__((aligned(4096)));

static void generate(uint32_t *at, uint32_t *seed)
{
	for (int n = 0; n < 199; n++) {
		uint32_t r = random32(seed), d = 3 + (r & 3), a = 3 + (r >> 2 & 3), b = 3 + (r >> 4 & 3);

		switch (r >> 6 & 3) {
		case 0:
			*at++ = 0x38000000 | d << 21 | a << 16 | (r >> 16 & 0x7fff);         /* addi */
			break;
		case 1:
			*at++ = 0x7c000214 | d << 21 | a << 16 | b << 11;                    /* add */
			break;
		case 2:
			*at++ = 0x7c000278 | a << 21 | d << 16 | b << 11;                    /* xor */
			break;
		default:
			*at++ = 0x5400003e | a << 21 | d << 16 | (r >> 16 & 31) << 11;       /* rotlwi */
			break;
		}
	}
	*at = 0x4e800020;
}

uint32_t bench(void)
{
	uint32_t sum = 1, seed = 127;

	for (uint32_t n = operations; n; n--) {
		uint32_t *at = code[n & 7];

		generate(at, &seed);
		code_written(at, 800);
		for (uint32_t k = 0; k < 20; k++)
			sum = ((uint32_t (*)(uint32_t, uint32_t, uint32_t, uint32_t))(uintptr_t)at)(sum, k, n, 5);
	}
	return sum;
}
