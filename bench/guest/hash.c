/* SPDX-License-Identifier: MIT
 * hash.c - integer: an open-addressed table of keys: insert, look up, delete.
 */
#include "guest.h"

#define SLOTS 16384
#define GONE 0xffffffffu
static struct { uint32_t key, value; } slot[SLOTS];

static uint32_t scramble(uint32_t v)
{
	v ^= v >> 16;
	v *= 0x7feb352du;
	v ^= v >> 15;
	v *= 0x846ca68bu;
	return v ^ v >> 16;
}

static uint32_t place(uint32_t key)
{
	uint32_t n = scramble(key) % SLOTS;

	while (slot[n].key && slot[n].key != key)
		n = (n + 1) % SLOTS;
	return n;
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 17;

	for (uint32_t n = 1; n; n--) {
		uint32_t hits = 0;

		memset(slot, 0, sizeof(slot));
		for (uint32_t k = 0; k < SLOTS * 5 / 8; k++) {
			uint32_t key = (random32(&seed) & 0x3fff) + 1;
			uint32_t at = place(key);

			slot[at].key = key;
			slot[at].value += k;
		}
		for (uint32_t k = 1; k < 0x4000; k++) {
			uint32_t at = place(k);

			if (slot[at].key) {
				hits += slot[at].value;
				if (!(k & 7))
					slot[at].key = GONE;
			}
		}
		sum = mix(sum, hits);
	}
	return sum;
}
