/* SPDX-License-Identifier: MIT
 * protect.c - system event: a page made read-only, stored to, made writable by the DSI handler.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 400;
static volatile uint32_t *pte[8];

/* SPRG3 is the address of the entry; PP from read-only to read and write */
HANDLER(on_dsi,
	"	mtsprg	0, 10\n"
	"	mtsprg	1, 11\n"
	"	mfsprg	11, 3\n"
	"	lwz	10, 4(11)\n"
	"	rlwinm	10, 10, 0, 0, 30\n"
	"	stw	10, 4(11)\n"
	"	sync\n"
	"	mfdar	10\n"
	"	tlbie	10\n"
	"	sync\n"
	"	mfdsisr	10\n"
	"	mfsprg	11, 2\n"
	"	add	11, 11, 10\n"
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

		*at = n;
		__asm__ volatile("mtsprg 3,%0" : : "r"(pte[page]));
		pte[page][1] |= PTE_RO;
		sync();
		tlbie((uint32_t)at);
		sync();
		sum = mix(sum, *at);
		*at = ~n;
		sum = mix(sum, *at);
	}
	__asm__ volatile("mfsprg %0,2" : "=r"(faults));
	return mix(sum, faults);
}
