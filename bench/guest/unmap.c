/* SPDX-License-Identifier: MIT
 * unmap.c - system event: 32 pages unmapped by tlbie, mapped again, touched: a process ends, one starts.
 */
#include "guest.h"
#include "mmu.h"

#define PAGES 32
const uint32_t operations = 50;
static volatile uint32_t *pte[PAGES];

void setup(void)
{
	for (uint32_t n = 0; n < PAGES; n++)
		pte[n] = map_page(PAGED_EA + n * 4096, PAGED_PA + n * 4096, PTE_RW);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < operations; n++) {
		for (uint32_t k = 0; k < PAGES; k++)
			pte[k][0] &= ~PTE_V;
		sync();
		for (uint32_t k = 0; k < PAGES; k++)
			tlbie(PAGED_EA + k * 4096);
		sync();
		for (uint32_t k = 0; k < PAGES; k++) {
			pte[k][1] = (PAGED_PA + (k ^ (n & 15)) * 4096) | PTE_R | PTE_C | PTE_M | PTE_RW;
			__asm__ volatile("eieio" ::: "memory");
			pte[k][0] |= PTE_V;
		}
		sync();
		for (uint32_t k = 0; k < PAGES; k++) {
			volatile uint32_t *at = (volatile uint32_t *)(PAGED_EA + k * 4096);

			*at = n * k;
			sum = mix(sum, *at);
		}
	}
	return sum;
}
