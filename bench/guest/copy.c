/* SPDX-License-Identifier: MIT
 * copy.c - memory: a streaming copy of words, 1 MiB at a time, through the page table.
 */
#include "guest.h"

#define WORDS 262144
static uint32_t *from, *to;

void setup(void)
{
	uint32_t seed = 53;

	from = paged(WORDS * 4);
	to = paged(WORDS * 4);
	for (int n = 0; n < WORDS; n++)
		from[n] = random32(&seed);
}

static STAYS_A_LOOP void copy(uint32_t *t, const uint32_t *f, uint32_t words)
{
	while (words--)
		*t++ = *f++;
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 4; n; n--) {
		from[n] = n;
		copy(to, from, WORDS);
		sum = mix(sum, to[n] ^ to[n * 1000]);
	}
	return sum;
}
