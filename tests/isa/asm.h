/* SPDX-License-Identifier: MIT
 * asm.h - a small assembler for test vectors, driven by the operand column of insn.def.
 *
 * The inverse of mol_ppc_disasm(): basic mnemonics, numbers in C notation, branch
 * targets as addresses; SPRs also by name, words without a row as ".long 0x...".
 */
#ifndef ISA_ASM_H
#define ISA_ASM_H

#include "cpu.h"

/* The word of one instruction at address ea. False: *error says what is wrong. */
bool isa_assemble(const char *text, uint32_t ea, uint32_t *word, const char **error);

/* The number of an SPR by its name in spr.def, any case; -1 if there is none. Its slot in
 * struct ppc_regs is *slot. */
int isa_spr_number(const char *name, size_t length, int *slot);

#endif
