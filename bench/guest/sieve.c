/* SPDX-License-Identifier: MIT
 * sieve.c - integer: Eratosthenes over bytes; short loops of stores.
 */
#include "guest.h"

#define LIMIT 200000
static uint8_t composite[LIMIT];

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 1; n; n--) {
		uint32_t count = 0;

		memset(composite, 0, sizeof(composite));
		for (uint32_t p = 2; p < LIMIT; p++) {
			if (composite[p])
				continue;
			count++;
			for (uint32_t m = 2 * p; m < LIMIT; m += p)
				composite[m] = 1;
		}
		sum = mix(sum, count);
	}
	return sum;
}
