/* SPDX-License-Identifier: MIT
 * codedata.c - system event: data written on the page of the code that runs.
 */
#include "guest.h"
#include "mmu.h"

const uint32_t operations = 10000;
static uint32_t page[1024] __attribute__((aligned(4096)));

/* r3 sum, r4 data, r5 count: three words of the page read and written in each turn */
static const uint32_t loop[] = {
	0x7ca903a6,  /* mtctr 5 */
	0x80c40000,  /* lwz 6,0(4) */
	0x7c633214,  /* add 3,3,6 */
	0x90640000,  /* stw 3,0(4) */
	0x80c40104,  /* lwz 6,0x104(4) */
	0x7c633278,  /* xor 3,3,6 */
	0x90640104,  /* stw 3,0x104(4) */
	0x90a40208,  /* stw 5,0x208(4) */
	0x38630003,  /* addi 3,3,3 */
	0x4200ffe0,  /* bdnz -32 */
	0x4e800020,  /* blr */
};

void setup(void)
{
	for (size_t n = 0; n < sizeof(loop) / 4; n++)
		page[n] = loop[n];
	code_written(page, sizeof(page));
}

uint32_t bench(void)
{
	uint32_t (*function)(uint32_t, uint32_t *, uint32_t);

	memset(page + 256, 0, 2048);
	function = (uint32_t (*)(uint32_t, uint32_t *, uint32_t))(uintptr_t)page;
	return function(1, page + 256, operations);
}
