/* SPDX-License-Identifier: MIT
 * counts.c - memory: a histogram: read, add one, write, at random in 1 MiB behind the page table.
 */
#include "guest.h"

#define SLOTS 262144
static uint32_t *slot;

void setup(void)
{
	slot = paged(SLOTS * 4);
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 73;

	for (uint32_t n = 0; n < 200; n++)
		slot[n * 1000] = 0;
	for (uint32_t n = 300000; n; n--) {
		uint32_t r = random32(&seed);

		slot[r % SLOTS] += r >> 20;
	}
	for (uint32_t n = 0; n < 200; n++)
		sum = mix(sum, slot[n * 1000]);
	return sum;
}
