/* SPDX-License-Identifier: MIT
 * bats.c - system event: a data BAT pointed at another block, and words of both blocks read.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 1000;

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 32; n++)
		*(volatile uint32_t *)(PAGED_PA + 0x200000 + n / 16 * 0x20000 + n % 16 * 4096) = n * n + 1;
	for (uint32_t n = operations; n; n--) {
		/* DBAT2: 128 KiB at 0x90000000, for both privileges, memory coherent, read and write */
		__asm__ volatile("mtspr 540,%0; mtspr 541,%1; mtspr 540,%2; isync"
				 : : "r"(0), "r"((PAGED_PA + 0x200000 + (n & 1) * 0x20000) | 0x12),
				     "r"(0x90000003) : "memory");
		for (uint32_t k = 0; k < 4; k++) {
			volatile uint32_t *at = (volatile uint32_t *)(0x90000000 + k * 4096);

			sum = mix(sum, *at);
			*at += n;
		}
	}
	__asm__ volatile("mtspr 540,%0; isync" : : "r"(0) : "memory");
	return sum;
}
