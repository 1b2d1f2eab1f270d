/* SPDX-License-Identifier: MIT
 * decode.c - from an instruction word to its row of insn.def.
 *
 * The row table and the lookup table are constant and expand from insn.def.
 * The lookup table is a row of segments, one for each primary opcode that has
 * extended opcodes and each width of them; every row of insn.def has exactly
 * one entry in it, at ENTRY(encoding, primary, extended). An entry holds the
 * id + 1, so that 0 means "no row".
 */
#include "insn.h"
#include "model.h"

const struct ppc_insn_info ppc_insn_table[PPC_OP_COUNT] = {
#define XO1(p, x) ((uint32_t)(p) << 26 | (uint32_t)(x) << 1)
#define XO0(p, x) ((uint32_t)(p) << 26 | (uint32_t)(x))
#define D(p) XO1(p, 0), 0xfc000000, PPC_ENC_D
#define X(p, x) XO1(p, x), 0xfc0007fe, PPC_ENC_X
#define XO(p, x) XO1(p, x), 0xfc0003fe, PPC_ENC_XO
#define A(p, x) XO1(p, x), 0xfc00003e, PPC_ENC_A
#define VX(p, x) XO0(p, x), 0xfc0007ff, PPC_ENC_VX
#define VA(p, x) XO0(p, x), 0xfc00003f, PPC_ENC_VA
#define VC(p, x) XO0(p, x), 0xfc0003ff, PPC_ENC_VC
#define ROW(id, name, operands, match, mask, encoding, flags, models, section)                     \
	[PPC_OP_##id] = { name, operands, match, mask, flags, encoding, models, section },
#define INSN(id, name, operands, enc, flags, models, section)                                      \
	ROW(id, name, operands, enc, flags, models, section)
#include "insn.def"
#undef INSN
#undef ROW
#undef D
#undef X
#undef XO
#undef A
#undef VX
#undef VA
#undef VC
};

/* Where each segment begins. */
enum {
	SEG_D = 0,                  /* by primary opcode */
	SEG_X19 = SEG_D + 64,       /* by bits 21-30 */
	SEG_X31 = SEG_X19 + 1024,   /* by bits 21-30 */
	SEG_XO31 = SEG_X31 + 1024,  /* by bits 22-30: OE is not opcode */
	SEG_X63 = SEG_XO31 + 512,   /* by bits 21-30, when bit 26 is 0 */
	SEG_A63 = SEG_X63 + 1024,   /* by bits 26-30, when bit 26 is 1 */
	SEG_A59 = SEG_A63 + 32,     /* by bits 26-30 */
	SEG_VX4 = SEG_A59 + 32,     /* by bits 21-31, when bit 26 is 0 */
	SEG_VC4 = SEG_VX4 + 2048,   /* by bits 22-31: Rc is not opcode */
	SEG_VA4 = SEG_VC4 + 1024,   /* by bits 26-31, when bit 26 is 1 */
	SEG_END = SEG_VA4 + 64,
};

static const uint16_t lookup[SEG_END] = {
#define D(p) SEG_D + (p)
#define X(p, x) ((p) == 19 ? SEG_X19 : (p) == 31 ? SEG_X31 : SEG_X63) + (x)
#define XO(p, x) SEG_XO31 + (x)
#define A(p, x) ((p) == 59 ? SEG_A59 : SEG_A63) + (x)
#define VX(p, x) SEG_VX4 + (x)
#define VC(p, x) SEG_VC4 + (x)
#define VA(p, x) SEG_VA4 + (x)
#define INSN(id, name, operands, enc, ...) [enc] = PPC_OP_##id + 1,
#include "insn.def"
#undef INSN
#undef D
#undef X
#undef XO
#undef A
#undef VX
#undef VA
#undef VC
};

enum ppc_op mol_ppc_decode(uint32_t raw)
{
	uint32_t primary = raw >> 26;
	uint32_t x = raw >> 1 & 0x3ff;
	unsigned entry;

	switch (primary) {
	case 19:
		entry = lookup[SEG_X19 + x];
		break;
	case 31:
		entry = lookup[SEG_X31 + x];
		if (!entry)
			entry = lookup[SEG_XO31 + (x & 0x1ff)];
		break;
	case 59:
		entry = lookup[SEG_A59 + (x & 0x1f)];
		break;
	case 63:
		entry = x & 0x10 ? lookup[SEG_A63 + (x & 0x1f)] : lookup[SEG_X63 + x];
		break;
	case 4:
		if (raw & 0x20) {
			entry = lookup[SEG_VA4 + (raw & 0x3f)];
			break;
		}
		entry = lookup[SEG_VX4 + (raw & 0x7ff)];
		if (!entry)
			entry = lookup[SEG_VC4 + (raw & 0x3ff)];
		break;
	default:
		entry = lookup[SEG_D + primary];
		break;
	}
	return entry ? (enum ppc_op)(entry - 1) : PPC_OP_INVALID;
}
