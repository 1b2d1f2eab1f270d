/* SPDX-License-Identifier: MIT
 * mmu.c - the hashed page table of a bench guest [PEM 7.6].
 */
#include "guest.h"
#include "mmu.h"

void mmu_start(void)
{
	uint32_t sdr1 = HTAB_PA | (HTAB_SIZE / 65536 - 1);

	memset((void *)HTAB_PA, 0, HTAB_SIZE);
	__asm__ volatile("sync; mtsdr1 %0; isync" : : "r"(sdr1) : "memory");
	for (uint32_t n = 0; n < 16; n++)
		__asm__ volatile("mtsrin %0,%1" : : "r"(0x100 + n), "r"(n << 28));
	for (uint32_t ea = 0; ea < 0x40000; ea += 0x1000)
		tlbie(ea);
	__asm__ volatile("sync; isync" ::: "memory");
}

volatile uint32_t *map_vsid_page(uint32_t vsid, uint32_t ea, uint32_t pa, uint32_t pp)
{
	uint32_t hash = (vsid ^ (ea >> 12 & 0xffff)), mask = HTAB_SIZE / 64 - 1;

	for (uint32_t secondary = 0; secondary < 2; secondary++, hash = ~hash) {
		volatile uint32_t *pte = (volatile uint32_t *)(HTAB_PA + (hash & mask) * 64);

		for (int n = 0; n < 8; n++, pte += 2) {
			if (pte[0] & PTE_V)
				continue;
			pte[1] = pa | PTE_R | PTE_C | PTE_M | pp;
			__asm__ volatile("eieio" ::: "memory");
			pte[0] = PTE_V | vsid << 7 | secondary << 6 | (ea >> 22 & 0x3f);
			sync();
			return pte;
		}
	}
	return NULL;
}

volatile uint32_t *map_page(uint32_t ea, uint32_t pa, uint32_t pp)
{
	return map_vsid_page(read_sr(ea) & 0xffffff, ea, pa, pp);
}
