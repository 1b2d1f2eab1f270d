/* SPDX-License-Identifier: MIT
 * locks.c - memory: spin locks taken and released around an update, by lwarx and stwcx. in the guest.
 */
#include "guest.h"

static uint32_t lock[16], guarded[16];

uint32_t bench(void)
{
	uint32_t sum = 0;

	memset(guarded, 0, sizeof(guarded));
	for (uint32_t n = 20000; n; n--) {
		uint32_t expected = 0, k = n & 15;

		while (!__atomic_compare_exchange_n(&lock[k], &expected, n, 0, __ATOMIC_ACQUIRE,
						    __ATOMIC_RELAXED))
			expected = 0;
		guarded[k] += n ^ k;
		__atomic_store_n(&lock[k], 0, __ATOMIC_RELEASE);
	}
	for (uint32_t k = 0; k < 16; k++)
		sum = mix(sum, guarded[k]);
	return sum;
}
