/* SPDX-License-Identifier: MIT
 * demand.c - system event: a page of code made invalid, called, made valid by the ISI handler.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 400;
static volatile uint32_t *pte[4];

HANDLER(on_isi,
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
	INSTALL(0x400, on_isi);
	for (uint32_t n = 0; n < 4; n++) {
		volatile uint32_t *code = (volatile uint32_t *)(PAGED_PA + n * 4096);

		pte[n] = map_page(PAGED_EA + n * 4096, PAGED_PA + n * 4096, PTE_RW);
		code[0] = 0x1c630003 + n;  /* mulli 3,3,3+n */
		code[1] = 0x38630001;      /* addi 3,3,1 */
		code[2] = 0x4e800020;      /* blr */
		code_written((const void *)code, 12);
	}
}

uint32_t bench(void)
{
	uint32_t sum = 1, faults;

	__asm__ volatile("mtsprg 2,%0" : : "r"(0));
	for (uint32_t n = 0; n < operations; n++) {
		uint32_t page = n % 4, ea = PAGED_EA + page * 4096;

		__asm__ volatile("mtsprg 3,%0" : : "r"(pte[page]));
		pte[page][0] &= ~PTE_V;
		sync();
		tlbie(ea);
		sync();
		isync();
		sum = ((uint32_t (*)(uint32_t))ea)(sum);
	}
	__asm__ volatile("mfsprg %0,2" : "=r"(faults));
	return mix(sum, faults);
}
