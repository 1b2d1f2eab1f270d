/* SPDX-License-Identifier: MIT
 * manypages.c - system event: loads and stores at random in 24 MiB of pages of 4 KiB.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 30000;
static uint8_t *area;

void setup(void)
{
	area = paged(24 << 20);
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 109;

	for (uint32_t n = operations; n; n--) {
		uint32_t r = random32(&seed) % (24 << 20) & ~3u;

		sum += *(volatile uint32_t *)(area + r) & 0;
		*(volatile uint32_t *)(area + (r ^ 0x4000)) = sum += r;
	}
	return sum;
}
