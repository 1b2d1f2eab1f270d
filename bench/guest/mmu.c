/* SPDX-License-Identifier: MIT
 * mmu.c - the hashed page table of a bench guest [PEM 7.6], and its vectors.
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

void code_written(const void *from, size_t size)
{
	uintptr_t first = (uintptr_t)from & ~31u, last = (uintptr_t)from + size;

	for (uintptr_t line = first; line < last; line += 32)
		__asm__ volatile("dcbst 0,%0" : : "r"(line) : "memory");
	sync();
	for (uintptr_t line = first; line < last; line += 32)
		__asm__ volatile("icbi 0,%0" : : "r"(line) : "memory");
	sync();
	isync();
}

void install(uint32_t vector, const uint32_t *from, const uint32_t *to)
{
	uint32_t *at = (uint32_t *)vector;

	/* vector 0 is an address like others here */
	__asm__("" : "+r"(at));
	for (const uint32_t *word = from; word < to; word++)
		*at++ = *word;
	code_written((void *)vector, (size_t)((const uint8_t *)to - (const uint8_t *)from));
}
