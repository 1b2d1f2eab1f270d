/* SPDX-License-Identifier: MIT
 * sum.c - memory: the sums of words, halfwords and bytes of 256 KiB behind the page table.
 */
#include "guest.h"

#define WORDS 65536
static uint32_t *data;

void setup(void)
{
	uint32_t seed = 61;

	data = paged(WORDS * 4);
	for (int n = 0; n < WORDS; n++)
		data[n] = random32(&seed);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 4; n; n--) {
		const uint16_t *half = (const uint16_t *)data;
		const uint8_t *byte = (const uint8_t *)data;
		uint32_t words = opaque32(WORDS);

		for (uint32_t k = 0; k < words; k++)
			sum += data[k];
		for (uint32_t k = 0; k < words * 2; k++)
			sum += half[k];
		for (uint32_t k = 0; k < words; k++)
			sum += byte[k * 4] ^ byte[k * 4 + 3];
	}
	return sum;
}
