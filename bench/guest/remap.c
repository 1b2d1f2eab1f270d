/* SPDX-License-Identifier: MIT
 * remap.c - system event: one page mapped elsewhere, tlbie, 16 pages touched.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 304; /* a multiple of 16 that leaves each page on its own frame */
static volatile uint32_t *pte[16];

void setup(void)
{
	for (uint32_t n = 0; n < 16; n++)
		pte[n] = map_page(PAGED_EA + n * 4096, PAGED_PA + n * 4096, PTE_RW);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 48; n++)
		*(volatile uint32_t *)(PAGED_PA + n * 4096) = n * n;
	for (uint32_t n = 0; n < operations; n++) {
		uint32_t page = n % 16, frame = page + n / 16 % 3 * 16, valid = pte[page][0];

		pte[page][0] = valid & ~PTE_V;
		sync();
		tlbie(PAGED_EA + page * 4096);
		sync();
		pte[page][1] = (PAGED_PA + frame * 4096) | PTE_R | PTE_C | PTE_M | PTE_RW;
		__asm__ volatile("eieio" ::: "memory");
		pte[page][0] = valid;
		sync();
		for (uint32_t k = 0; k < 16; k++) {
			volatile uint32_t *at = (volatile uint32_t *)(PAGED_EA + k * 4096);

			sum = mix(sum, *at);
			*at = sum;
		}
	}
	return sum;
}
