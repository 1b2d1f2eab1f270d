/* SPDX-License-Identifier: MIT
 * packets.c - memory: words and halfwords at any alignment, as in network packets.
 */
#include "guest.h"

#define SIZE 65536
static uint8_t *data;
struct header { uint16_t kind, length; uint32_t from, to; } __attribute__((packed));

void setup(void)
{
	data = paged(SIZE + 64);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 40; n++) {
		for (uint32_t at = n & 3; at < SIZE; at += 29) {
			struct header *h = (struct header *)(data + at);

			h->kind = (uint16_t)(at + n);
			h->length = (uint16_t)(at ^ n);
			h->from = at * n;
			h->to = ~at;
		}
		for (uint32_t at = n & 3; at < SIZE; at += 29) {
			const struct header *h = (const struct header *)(data + at);

			sum += (h->from ^ h->to) + h->kind - h->length;
		}
	}
	return sum;
}
