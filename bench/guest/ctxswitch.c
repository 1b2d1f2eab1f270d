/* SPDX-License-Identifier: MIT
 * ctxswitch.c - system event: two user programs yield to each other; 12 segments, 12 pages each.
 */
#include "guest.h"
#include "mmu.h"
#include "user.h"

const uint32_t operations = 300;

/* r31 is what the switched-to program has its segments at; SPRG2 and SPRG3 change places. */
HANDLER(on_sc, LEAVE_USER
	"	mfsprg	9, 2\n"
	"	mfsprg	10, 3\n"
	"	mtsprg	3, 9\n"
	"	mtsprg	2, 10\n"
	"	mtsr	1, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	2, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	3, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	4, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	5, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	6, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	7, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	9, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	10, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	11, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	12, 10\n"
	"	addi	10, 10, 1\n"
	"	mtsr	13, 10\n"
	"	rfi");

/* segments 1 to 13 but 8, where the devices are */
static uint32_t segment(uint32_t n)
{
	return n < 7 ? n + 1 : n + 2;
}

void setup(void)
{
	INSTALL(0xc00, on_sc);
	for (uint32_t space = 0; space < 2; space++)
		for (uint32_t n = 0; n < 12; n++)
			map_vsid_page(0x400 + space * 0x100 + n, segment(n) << 28 | n << 12,
				      PAGED_PA + (space * 12 + n) * 4096, PTE_RW);
}

static uint32_t user(uint32_t sum)
{
	for (uint32_t n = operations; n; n--) {
		register uint32_t r0 __asm__("r0") = 1;

		for (uint32_t k = 0; k < 12; k++) {
			volatile uint32_t *at = (volatile uint32_t *)(segment(k) << 28 | k << 12);

			*at += n;
			sum = mix(sum, *at);
		}
		__asm__ volatile("sc" : "+r"(r0) : : "r9", "r10", "memory", "cr0");
	}
	return sum;
}

uint32_t bench(void)
{
	for (uint32_t n = 0; n < 24 * 4096; n += 4096)
		*(volatile uint32_t *)(PAGED_PA + n) = n;
	__asm__ volatile("mtsprg 2,%0; mtsprg 3,%1" : : "r"(0x400), "r"(0x500));
	for (uint32_t n = 0; n < 12; n++)
		__asm__ volatile("mtsrin %0,%1" : : "r"(0x400 + n), "r"(segment(n) << 28));
	isync();
	return call_user(user, 1);
}
