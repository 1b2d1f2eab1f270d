/* SPDX-License-Identifier: MIT
 * stream.c - memory: copies, fills and sums of a megabyte of words, and dcbz.
 */
#include "guest.h"

#define WORDS 262144
static uint32_t from[WORDS] __attribute__((aligned(32))), to[WORDS] __attribute__((aligned(32)));

uint32_t bench(uint32_t percent)
{
	uint32_t sum = 0, seed = 53;

	for (int n = 0; n < WORDS; n++)
		from[n] = random32(&seed);
	for (uint32_t n = times(40, percent); n; n--) {
		for (int k = 0; k < WORDS; k++)
			to[k] = from[k] + n;
		for (int k = 0; k < WORDS; k++)
			sum += to[k];
		for (int k = 0; k < WORDS / 8; k += 8)
			__asm__ volatile("dcbz 0,%0" : : "r"(&to[k]) : "memory");
		memcpy(from + (n & 1023), to, sizeof(to) / 2);
	}
	return sum;
}
