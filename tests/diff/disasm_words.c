/* SPDX-License-Identifier: MIT
 * disasm_words.c - random words of every row, and what our disassembler makes of them.
 *
 *   disasm_words WORDS-FILE [N]
 *
 * Writes N words of each row of insn.def, big-endian, to the file and a line
 * "row<TAB>word<TAB>text" for each to standard output: disasm.py compares them with
 * objdump's. Only bits that our text shows are drawn, so that reserved ones are 0. The words lie
 * at address 0 on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

static uint32_t random_state = 12345;

static uint32_t draw(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 16 | (random_state * 1664525u + 1013904223u) << 16;
}

/* The bits that change the text, or the row. */
static uint32_t visible_bits(uint32_t word)
{
	char before[80], after[80];
	uint32_t mask = 0;

	mol_ppc_disasm(word, 0, before, sizeof(before));
	for (uint32_t bit = 1; bit; bit <<= 1) {
		mol_ppc_disasm(word ^ bit, 0, after, sizeof(after));
		if (strcmp(before, after))
			mask |= bit;
	}
	return mask;
}

/* Bits that the architecture wants set and our decoder does not look at. */
static uint32_t fixed_bits(enum ppc_op op)
{
	return op == PPC_OP_STWCX_ ? 1 : op == PPC_OP_SC ? 2 : 0;
}

/* Few of the random time base registers and elements exist. */
static uint32_t choose(enum ppc_op op, uint32_t word)
{
	switch (op) {
	case PPC_OP_MFTB:
		return (word & ~0x001ff800u) | (12 + (word >> 16 & 1)) << 16 | 8 << 11;
	case PPC_OP_VSPLTB:
		return word & ~0x00100000u;
	case PPC_OP_VSPLTH:
		return word & ~0x00180000u;
	case PPC_OP_VSPLTW:
		return word & ~0x001c0000u;
	default:
		return word;
	}
}

int main(int argc, char **argv)
{
	FILE *f = argc > 1 ? fopen(argv[1], "wb") : NULL;
	int count = argc > 2 ? atoi(argv[2]) : 100;
	uint32_t ea = 0;

	if (!f) {
		fprintf(stderr, "usage: disasm_words WORDS-FILE [N]\n");
		return 2;
	}
	for (int op = 0; op < PPC_OP_COUNT; op++) {
		const struct ppc_insn_info *row = &ppc_insn_table[op];
		uint32_t free_bits = visible_bits(row->match) & ~row->mask;

		for (int n = 0; n < count; n++, ea += 4) {
			uint32_t word = row->match | fixed_bits((enum ppc_op)op) |
					choose((enum ppc_op)op, draw() & free_bits);
			uint8_t bytes[4];
			char text[80];

			mol_store_be32(bytes, word);
			fwrite(bytes, sizeof(bytes), 1, f);
			mol_ppc_disasm(word, ea, text, sizeof(text));
			printf("%s\t%08x\t%s\n", row->name, word, text);
		}
	}
	return fclose(f) ? 2 : 0;
}
