/* SPDX-License-Identifier: MIT
 * bytecopy.c - memory: a copy byte by byte, as strcpy() and device drivers do.
 */
#include "guest.h"

#define SIZE 65536
static uint8_t *from, *to;

void setup(void)
{
	uint32_t seed = 57;

	from = paged(SIZE);
	to = paged(SIZE);
	for (int n = 0; n < SIZE; n++)
		from[n] = (uint8_t)random32(&seed);
}

static STAYS_A_LOOP void copy(uint8_t *t, const uint8_t *f, size_t n)
{
	while (n--)
		*t++ = *f++;
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 10; n; n--) {
		from[n] = (uint8_t)n;
		copy(to, from, SIZE - n);
		sum = mix(sum, to[n] ^ to[n * 1000]);
	}
	return sum;
}
