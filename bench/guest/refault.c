/* SPDX-License-Identifier: MIT
 * refault.c - system event: a page made invalid, touched, made valid again by the DSI handler.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 400;
static volatile uint32_t *pte[8];

/* SPRG3 is the address of the entry; the handler sets its valid bit */
HANDLER(on_dsi,
	"	mtsprg	0, 10\n"
	"	mtsprg	1, 11\n"
	"	mfsprg	11, 3\n"
	"	lwz	10, 0(11)\n"
	"	oris	10, 10, 0x8000\n"
	"	stw	10, 0(11)\n"
	"	sync\n"
	"	mfsprg	11, 2\n"
	"	addi	11, 11, 1\n"
	"	mtsprg	2, 11\n"
	"	mfsprg	10, 0\n"
	"	mfsprg	11, 1\n"
	"	rfi");

void setup(void)
{
	INSTALL(0x300, on_dsi);
	for (uint32_t n = 0; n < 8; n++)
		pte[n] = map_page(PAGED_EA + n * 4096, PAGED_PA + n * 4096, PTE_RW);
}

uint32_t bench(void)
{
	uint32_t sum = 0, faults;

	__asm__ volatile("mtsprg 2,%0" : : "r"(0));
	for (uint32_t n = 0; n < operations; n++) {
		uint32_t page = n % 8;
		volatile uint32_t *at = (volatile uint32_t *)(PAGED_EA + page * 4096);

		__asm__ volatile("mtsprg 3,%0" : : "r"(pte[page]));
		pte[page][0] &= ~PTE_V;
		sync();
		tlbie((uint32_t)at);
		sync();
		*at = n;
		sum = mix(sum, *at);
	}
	__asm__ volatile("mfsprg %0,2" : "=r"(faults));
	return mix(sum, faults);
}
