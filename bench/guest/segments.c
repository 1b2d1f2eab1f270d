/* SPDX-License-Identifier: MIT
 * segments.c - system event: eight segment registers changed, then 24 pages of them touched.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 300;

void setup(void)
{
	for (uint32_t space = 0; space < 2; space++)
		for (uint32_t segment = 1; segment < 8; segment++)
			for (uint32_t page = 0; page < 4; page++) {
				uint32_t ea = segment << 28 | page << 12;

				map_vsid_page(0x200 + space * 0x100 + segment, ea,
					      PAGED_PA + ((space * 8 + segment) * 4 + page) * 4096, PTE_RW);
			}
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 2 * 7 * 4 * 4096; n += 4096)
		*(volatile uint32_t *)(PAGED_PA + 4 * 4096 + n) = n;
	for (uint32_t n = operations; n; n--) {
		for (uint32_t segment = 1; segment < 9; segment++)
			__asm__ volatile("mtsrin %0,%1" : : "r"(0x200 + (n & 1) * 0x100 + segment),
					 "r"(segment << 28));
		isync();
		for (uint32_t k = 0; k < 24; k++) {
			volatile uint32_t *at = (volatile uint32_t *)((k % 6 + 1) << 28 | (k / 6) << 12);

			sum += *at;
			*at = sum;
		}
	}
	return sum;
}
