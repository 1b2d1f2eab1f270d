/* SPDX-License-Identifier: MIT
 * bits.c - integer: numbers of variable length written to a stream of bits and read again.
 */
#include "guest.h"

#define COUNT 8000
static uint8_t stream[COUNT * 8];
static uint32_t word, filled;
static uint8_t *at;

static void put(uint32_t value, uint32_t width)
{
	while (width) {
		uint32_t n = 8 - filled < width ? 8 - filled : width;

		word = word << n | (value >> (width - n) & ((1u << n) - 1));
		filled += n;
		width -= n;
		if (filled == 8) {
			*at++ = (uint8_t)word;
			word = filled = 0;
		}
	}
}

static uint32_t get(uint32_t width)
{
	uint32_t value = 0;

	while (width--) {
		if (!filled) {
			word = *at++;
			filled = 8;
		}
		value = value << 1 | (word >> --filled & 1);
	}
	return value;
}

/* Elias's gamma code: as many zeros as there are bits after the first */
uint32_t bench(void)
{
	uint32_t sum = 0, seed = 83;

	at = stream;
	word = filled = 0;
	for (int n = 0; n < COUNT; n++) {
		uint32_t r = random32(&seed), v = (r >> 12 | 1u << 15) >> (r & 15 ? r & 15 : 1) | 1;
		uint32_t length = 31 - (uint32_t)__builtin_clz(v);

		put(0, length);
		put(v, length + 1);
	}
	put(0, 8);
	at = stream;
	filled = 0;
	for (int n = 0; n < COUNT; n++) {
		uint32_t zeros = 0;

		while (!get(1))
			zeros++;
		sum = mix(sum, 1u << zeros | get(zeros));
	}
	return sum;
}
