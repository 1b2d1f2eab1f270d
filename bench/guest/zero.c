/* SPDX-License-Identifier: MIT
 * zero.c - memory: fresh pages by dcbz, as operating systems clear them, and a word written to each line.
 */
#include "guest.h"

#define SIZE (512 * 1024)
static uint8_t *area;

void setup(void)
{
	area = paged(SIZE);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 10; n; n--) {
		for (uint32_t at = 0; at < SIZE; at += 32)
			zero_line(area + at);
		for (uint32_t at = n * 4; at < SIZE; at += 128)
			*(uint32_t *)(area + at) = at;
		sum = mix(sum, *(uint32_t *)(area + n * 4096 + n * 4) + area[n * 777]);
	}
	return sum;
}
