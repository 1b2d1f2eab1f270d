/* SPDX-License-Identifier: MIT
 * insn.h - instruction words: the table of rows, the decoder, the fields.
 *
 * insn.def is the table; this file gives its columns a type. The decoder
 * (decode.c), the disassembler (disasm.c), the interpreter (interp.c), the
 * effects reader (effects.c) and the tests all read that one table.
 */
#ifndef PPC_INSN_H
#define PPC_INSN_H

#include "env.h"

enum ppc_op {
#define INSN(id, ...) PPC_OP_##id,
#include "insn.def"
#undef INSN
	PPC_OP_COUNT,
	PPC_OP_INVALID = PPC_OP_COUNT /* no row: illegal-instruction program exception */
};

/* What must be known of a row before its meaning runs. */
enum ppc_insn_flags {
	I_RC = 1 << 0,     /* bit 31 (VC rows: bit 21) is Rc */
	I_OE = 1 << 1,     /* bit 21 is OE */
	I_PRIV = 1 << 2,   /* supervisor only: program exception (privileged) when MSR[PR] */
	I_FPU = 1 << 3,    /* floating-point unavailable when !MSR[FP] */
	I_VEC = 1 << 4,    /* AltiVec unavailable when !MSR[VEC] */
	I_LOAD = 1 << 5,   /* reads memory (or is translated as a load): may fault */
	I_STORE = 1 << 6,  /* writes memory (or is translated as a store): may fault */
	I_STOP = 1 << 7,   /* may raise an exception or change how the next word is fetched */
	I_BRANCH = 1 << 8, /* may set the next instruction address */
	I_END = 1 << 9,    /* never falls through into the next word of the same block */
};
#define PPC_INSN_MAY_STOP (I_LOAD | I_STORE | I_STOP | I_BRANCH | I_END)

enum ppc_encoding {
	PPC_ENC_D, PPC_ENC_X, PPC_ENC_XO, PPC_ENC_A, PPC_ENC_VX, PPC_ENC_VA, PPC_ENC_VC,
};

struct ppc_insn_info {
	const char *name;
	const char *operands;
	uint32_t match, mask; /* the row's words are those with (word & mask) == match */
	uint16_t flags;       /* enum ppc_insn_flags */
	uint8_t encoding;     /* enum ppc_encoding */
	uint32_t models;      /* PPC_F_*, 0 = every model */
	const char *section;
};
extern const struct ppc_insn_info ppc_insn_table[PPC_OP_COUNT];

/* Which row is this word? PPC_OP_INVALID if none. The CPU model is not asked:
 * see mol_ppc_has_insn() in model.h. */
enum ppc_op mol_ppc_decode(uint32_t raw);

/* Write the word at address ea as the assembler would spell it into buf, always
 * terminated; a word without a row becomes ".long 0x...". Returns the length. */
size_t mol_ppc_disasm(uint32_t raw, uint32_t ea, char *buf, size_t size);

/* An instruction word in the hands of its meaning. A struct, so that a guest
 * value is not taken for one by mistake. */
struct ppc_insn {
	uint32_t raw;
};

/* Field access: first bit and width, numbered from the left as in the manuals. */
MOL_INLINE uint32_t ppc_field(uint32_t raw, unsigned first, unsigned width)
{
	return raw >> (32 - first - width) & ((1u << width) - 1);
}

#define F_D(i) ppc_field((i).raw, 6, 5) /* rD, rS, frD, frS, vD, vS, TO, BO, crbD */
#define F_S(i) F_D(i)
#define F_A(i) ppc_field((i).raw, 11, 5)
#define F_B(i) ppc_field((i).raw, 16, 5)
#define F_C(i) ppc_field((i).raw, 21, 5)
#define F_TO(i) F_D(i)
#define F_BO(i) F_D(i)
#define F_BI(i) F_A(i)
#define F_SH(i) F_B(i)
#define F_NB(i) F_B(i)
#define F_MB(i) F_C(i)
#define F_ME(i) ppc_field((i).raw, 26, 5)
#define F_CRFD(i) ppc_field((i).raw, 6, 3)
#define F_CRFS(i) ppc_field((i).raw, 11, 3)
/* Sign extension in unsigned arithmetic: flip the sign bit, take it away again. */
#define F_SIMM(i) ((((i).raw & 0xffff) ^ 0x8000) - 0x8000)
#define F_UIMM(i) ((i).raw & 0xffff)
#define F_LI(i) ((((i).raw & 0x03fffffc) ^ 0x02000000) - 0x02000000)
#define F_BD(i) ((((i).raw & 0xfffc) ^ 0x8000) - 0x8000)
#define F_AA(i) ((i).raw & 2)
#define F_LK(i) ((i).raw & 1)
#define F_RC(i) ((i).raw & 1)
#define F_OE(i) ((i).raw & 0x400)
#define F_VRC(i) ((i).raw & 0x400) /* Rc of the vector compares */
#define F_SR(i) ppc_field((i).raw, 12, 4)
#define F_CRM(i) ppc_field((i).raw, 12, 8)
#define F_FM(i) ppc_field((i).raw, 7, 8)
#define F_IMM(i) ppc_field((i).raw, 16, 4)
#define F_LEV(i) ppc_field((i).raw, 20, 7) /* sc */
#define F_VSH(i) ppc_field((i).raw, 22, 4) /* vsldoi */
/* The SPR number's halves are swapped in the word [PEM 8.2, mfspr]. */
#define F_SPR(i) (ppc_field((i).raw, 16, 5) << 5 | ppc_field((i).raw, 11, 5))

#endif
