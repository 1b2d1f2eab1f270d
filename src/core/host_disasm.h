/* SPDX-License-Identifier: MIT
 * host_disasm.h - one instruction of the host in words: by capstone, or not at all.
 *
 * For jit_dump.c alone. Which of the two host_disasm_*.c is built is meson's choice.
 */
#ifndef MOL_HOST_DISASM_H
#define MOL_HOST_DISASM_H

#include <stddef.h>
#include <stdint.h>

struct mol_host_disasm {
	size_t handle; /* 0: it has none */
	void *insn;
};

/* Says how host code will be shown: static storage. Nothing is allocated after this. */
const char *mol_host_disasm_open(struct mol_host_disasm *h);
void mol_host_disasm_close(struct mol_host_disasm *h);
/* The instruction at code, which lies at hva: its length in bytes, its words to text; 0 and "" if it
 * is none that is known. */
size_t mol_host_disasm(struct mol_host_disasm *h, const uint8_t *code, size_t size, uint64_t hva,
		       char *text, size_t room);

#endif
