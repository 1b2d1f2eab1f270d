/* SPDX-License-Identifier: MIT
 * x86_asm.h - an assembler for the x86-64 instructions that the translator uses.
 *
 * Each function appends one instruction at a->at; nothing is checked but the
 * end of the buffer, where emission stops and a->full is set. Registers are
 * numbered as the processor does; operations are 32 bits wide unless the name
 * says 64. Code addresses are offsets in the buffer. [Intel SDM volume 2, 2.1, and of each instruction]
 */
#ifndef MOL_X86_ASM_H
#define MOL_X86_ASM_H

#include "jit_code.h"

enum x86_reg {
	RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15,
};

enum x86_cc { /* as in jcc, setcc, cmovcc */
	CC_O, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A,
	CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G,
};

enum x86_alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };
enum x86_shift { SH_ROL, SH_ROR, SH_RCL, SH_RCR, SH_SHL, SH_SHR, SH_SAR = 7 };

/* [base + index << scale + disp]; index RSP = none */
struct x86_mem {
	uint8_t base, index, scale;
	int32_t disp;
};

MOL_INLINE struct x86_mem mem_at(unsigned base, int32_t disp)
{
	return (struct x86_mem){ (uint8_t)base, RSP, 0, disp };
}

MOL_INLINE struct x86_mem mem_index(unsigned base, unsigned index, int32_t disp)
{
	return (struct x86_mem){ (uint8_t)base, (uint8_t)index, 0, disp };
}

MOL_INLINE struct x86_mem mem_scaled(unsigned base, unsigned index, unsigned scale, int32_t disp)
{
	return (struct x86_mem){ (uint8_t)base, (uint8_t)index, (uint8_t)scale, disp };
}

static inline void x86_byte(struct jit_code *a, unsigned v)
{
	if (a->at < a->end)
		a->base[a->at++] = (uint8_t)v;
	else
		a->full = true;
}

static inline void x86_word32(struct jit_code *a, uint32_t v)
{
	for (int n = 0; n < 32; n += 8)
		x86_byte(a, v >> n & 0xff);
}

static inline void x86_word64(struct jit_code *a, uint64_t v)
{
	x86_word32(a, (uint32_t)v);
	x86_word32(a, (uint32_t)(v >> 32));
}

static inline void x86_rex(struct jit_code *a, unsigned w, unsigned reg, unsigned index, unsigned rm,
			   bool byte_reg)
{
	unsigned rex = 0x40 | w << 3 | (reg >> 3) << 2 | (index >> 3 & 1) << 1 | rm >> 3;

	if (rex != 0x40 || byte_reg)
		x86_byte(a, rex);
}

static inline void x86_modrm_reg(struct jit_code *a, unsigned reg, unsigned rm)
{
	x86_byte(a, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static inline void x86_modrm_mem(struct jit_code *a, unsigned reg, struct x86_mem m)
{
	bool sib = m.index != RSP || (m.base & 7) == RSP;
	unsigned mod = m.disp == 0 && (m.base & 7) != RBP ? 0 : m.disp >= -128 && m.disp < 128 ? 1 : 2;

	x86_byte(a, mod << 6 | (reg & 7) << 3 | (sib ? 4 : m.base & 7u));
	if (sib)
		x86_byte(a, (unsigned)m.scale << 6 | (m.index & 7u) << 3 | (m.base & 7u));
	if (mod == 1)
		x86_byte(a, (uint32_t)m.disp & 0xff);
	else if (mod == 2)
		x86_word32(a, (uint32_t)m.disp);
}

/* An opcode of one, two (0x0fXX) or three (0x0f38XX) bytes, with optional 0x66 in bit 24. */
static inline void x86_opcode(struct jit_code *a, unsigned w, uint32_t opcode, unsigned reg,
			      unsigned index, unsigned rm, bool byte_reg)
{
	if (opcode & 0x1000000)
		x86_byte(a, 0x66);
	x86_rex(a, w, reg, index, rm, byte_reg);
	if (opcode & 0xff0000)
		x86_byte(a, opcode >> 16 & 0xff);
	if (opcode & 0xffff00)
		x86_byte(a, opcode >> 8 & 0xff);
	x86_byte(a, opcode & 0xff);
}

static inline void x86_rr(struct jit_code *a, unsigned w, uint32_t opcode, unsigned reg, unsigned rm)
{
	x86_opcode(a, w, opcode, reg, 0, rm, false);
	x86_modrm_reg(a, reg, rm);
}

static inline void x86_rm(struct jit_code *a, unsigned w, uint32_t opcode, unsigned reg,
			  struct x86_mem m)
{
	x86_opcode(a, w, opcode, reg, m.index == RSP ? 0 : m.index, m.base, false);
	x86_modrm_mem(a, reg, m);
}

/* ---- moves ---- */

static inline void x86_mov(struct jit_code *a, unsigned dst, unsigned src)
{
	if (dst != src)
		x86_rr(a, 0, 0x8b, dst, src);
}

static inline void x86_mov64(struct jit_code *a, unsigned dst, unsigned src)
{
	if (dst != src)
		x86_rr(a, 1, 0x8b, dst, src);
}

static inline void x86_mov_imm(struct jit_code *a, unsigned dst, uint32_t v)
{
	x86_rex(a, 0, 0, 0, dst, false);
	x86_byte(a, 0xb8 | (dst & 7));
	x86_word32(a, v);
}

static inline void x86_mov_imm64(struct jit_code *a, unsigned dst, uint64_t v)
{
	x86_rex(a, 1, 0, 0, dst, false);
	x86_byte(a, 0xb8 | (dst & 7));
	x86_word64(a, v);
}

static inline void x86_load(struct jit_code *a, unsigned dst, struct x86_mem m)
{
	x86_rm(a, 0, 0x8b, dst, m);
}

static inline void x86_load64(struct jit_code *a, unsigned dst, struct x86_mem m)
{
	x86_rm(a, 1, 0x8b, dst, m);
}

static inline void x86_store(struct jit_code *a, struct x86_mem m, unsigned src)
{
	x86_rm(a, 0, 0x89, src, m);
}

static inline void x86_store64(struct jit_code *a, struct x86_mem m, unsigned src)
{
	x86_rm(a, 1, 0x89, src, m);
}

static inline void x86_store8(struct jit_code *a, struct x86_mem m, unsigned src)
{
	x86_opcode(a, 0, 0x88, src, m.index == RSP ? 0 : m.index, m.base, true);
	x86_modrm_mem(a, src, m);
}

static inline void x86_store16(struct jit_code *a, struct x86_mem m, unsigned src)
{
	x86_rm(a, 0, 0x1000089, src, m);
}

static inline void x86_or8_mem(struct jit_code *a, unsigned dst, struct x86_mem m)
{
	x86_opcode(a, 0, 0x0a, dst, m.index == RSP ? 0 : m.index, m.base, true);
	x86_modrm_mem(a, dst, m);
}

static inline void x86_store_imm(struct jit_code *a, struct x86_mem m, uint32_t v)
{
	x86_rm(a, 0, 0xc7, 0, m);
	x86_word32(a, v);
}

static inline void x86_store8_imm(struct jit_code *a, struct x86_mem m, uint32_t v)
{
	x86_rm(a, 0, 0xc6, 0, m);
	x86_byte(a, v);
}

static inline void x86_load8(struct jit_code *a, unsigned dst, struct x86_mem m) /* zero-extends */
{
	x86_rm(a, 0, 0x0fb6, dst, m);
}

static inline void x86_load16(struct jit_code *a, unsigned dst, struct x86_mem m)
{
	x86_rm(a, 0, 0x0fb7, dst, m);
}

static inline void x86_movzx8(struct jit_code *a, unsigned dst, unsigned src)
{
	x86_opcode(a, 0, 0x0fb6, dst, 0, src, true);
	x86_modrm_reg(a, dst, src);
}

static inline void x86_movsx8(struct jit_code *a, unsigned dst, unsigned src)
{
	x86_opcode(a, 0, 0x0fbe, dst, 0, src, true);
	x86_modrm_reg(a, dst, src);
}

static inline void x86_movsx16(struct jit_code *a, unsigned dst, unsigned src)
{
	x86_rr(a, 0, 0x0fbf, dst, src);
}

static inline void x86_movsxd(struct jit_code *a, unsigned dst, unsigned src)
{
	x86_rr(a, 1, 0x63, dst, src);
}

/* dst = the address at this offset in the buffer, or, negative, before it */
static inline void x86_lea_code(struct jit_code *a, unsigned dst, int32_t offset)
{
	x86_rex(a, 1, dst, 0, 0, false);
	x86_byte(a, 0x8d);
	x86_byte(a, (dst & 7) << 3 | 5);
	x86_word32(a, (uint32_t)offset - (a->at + 4));
}

static inline void x86_lea(struct jit_code *a, unsigned w, unsigned dst, struct x86_mem m)
{
	x86_rm(a, w, 0x8d, dst, m);
}

/* ---- arithmetic ---- */

static inline void x86_alu(struct jit_code *a, enum x86_alu op, unsigned dst, unsigned src)
{
	x86_rr(a, 0, (uint32_t)op << 3 | 3, dst, src);
}

static inline void x86_alu_mem(struct jit_code *a, enum x86_alu op, unsigned dst, struct x86_mem m)
{
	x86_rm(a, 0, (uint32_t)op << 3 | 3, dst, m);
}

static inline void x86_alu_imm_w(struct jit_code *a, unsigned w, enum x86_alu op, unsigned dst, uint32_t v)
{
	bool small = (int32_t)v >= -128 && (int32_t)v < 128;

	x86_rr(a, w, small ? 0x83 : 0x81, (unsigned)op, dst);
	if (small)
		x86_byte(a, v & 0xff);
	else
		x86_word32(a, v);
}

static inline void x86_alu_imm(struct jit_code *a, enum x86_alu op, unsigned dst, uint32_t v)
{
	x86_alu_imm_w(a, 0, op, dst, v);
}

static inline void x86_cmp_mem_imm(struct jit_code *a, struct x86_mem m, uint32_t v)
{
	bool small = (int32_t)v >= -128 && (int32_t)v < 128;

	x86_rm(a, 0, small ? 0x83 : 0x81, ALU_CMP, m);
	if (small)
		x86_byte(a, v & 0xff);
	else
		x86_word32(a, v);
}

static inline void x86_test8_mem_imm(struct jit_code *a, struct x86_mem m, unsigned v)
{
	x86_rm(a, 0, 0xf6, 0, m);
	x86_byte(a, v);
}

/* [m] op= src, a register */
static inline void x86_alu_to_mem(struct jit_code *a, enum x86_alu op, struct x86_mem m, unsigned src)
{
	x86_rm(a, 0, (uint32_t)op << 3 | 1, src, m);
}

static inline void x86_alu_to_mem_imm(struct jit_code *a, enum x86_alu op, struct x86_mem m, uint32_t v)
{
	bool small = (int32_t)v >= -128 && (int32_t)v < 128;

	x86_rm(a, 0, small ? 0x83 : 0x81, (unsigned)op, m);
	if (small)
		x86_byte(a, v & 0xff);
	else
		x86_word32(a, v);
}

/* rorx (BMI2): leaves the flags */
static inline void x86_rorx(struct jit_code *a, unsigned dst, unsigned src, unsigned n)
{
	x86_byte(a, 0xc4);
	x86_byte(a, (dst < 8 ? 0x80u : 0) | 0x40 | (src < 8 ? 0x20u : 0) | 3);
	x86_byte(a, 0x7b);
	x86_byte(a, 0xf0);
	x86_modrm_reg(a, dst, src);
	x86_byte(a, n);
}

/* pext, pdep (BMI2): dst = the bits of src that mask has, packed; or the other way round */
static inline void x86_pext_pdep(struct jit_code *a, bool deposit, unsigned w, unsigned dst, unsigned src,
				 unsigned mask)
{
	x86_byte(a, 0xc4);
	x86_byte(a, (dst < 8 ? 0x80u : 0) | 0x40 | (mask < 8 ? 0x20u : 0) | 2);
	x86_byte(a, w << 7 | (~src & 15) << 3 | (deposit ? 3 : 2));
	x86_byte(a, 0xf5);
	x86_modrm_reg(a, dst, mask);
}

static inline void x86_cmp8_mem_imm(struct jit_code *a, struct x86_mem m, uint32_t v)
{
	x86_rm(a, 0, 0x80, ALU_CMP, m);
	x86_byte(a, v);
}

static inline void x86_test_mem_imm(struct jit_code *a, struct x86_mem m, uint32_t v)
{
	x86_rm(a, 0, 0xf7, 0, m);
	x86_word32(a, v);
}

static inline void x86_test_imm(struct jit_code *a, unsigned r, uint32_t v)
{
	x86_rr(a, 0, 0xf7, 0, r);
	x86_word32(a, v);
}

static inline void x86_test(struct jit_code *a, unsigned r, unsigned s)
{
	x86_rr(a, 0, 0x85, s, r);
}

static inline void x86_shift_imm(struct jit_code *a, enum x86_shift op, unsigned dst, unsigned n)
{
	x86_rr(a, 0, 0xc1, (unsigned)op, dst);
	x86_byte(a, n);
}

static inline void x86_test64(struct jit_code *a, unsigned r, unsigned s)
{
	x86_rr(a, 1, 0x85, s, r);
}

static inline void x86_test8_imm(struct jit_code *a, unsigned r, unsigned v)
{
	x86_opcode(a, 0, 0xf6, 0, 0, r, r >= RSP);
	x86_modrm_reg(a, 0, r);
	x86_byte(a, v);
}

static inline void x86_rol16(struct jit_code *a, unsigned r, unsigned n)
{
	x86_opcode(a, 0, 0x10000c1, 0, 0, r, false);
	x86_modrm_reg(a, 0, r);
	x86_byte(a, n);
}

/* Swapping its bytes: load and store of 2, 4 or 8 bytes. Needs X86_MOVBE. */
static inline void x86_movbe_load(struct jit_code *a, unsigned size, unsigned dst, struct x86_mem m)
{
	x86_rm(a, size == 8, size == 2 ? 0x10f38f0 : 0xf38f0, dst, m);
}

static inline void x86_movbe_store(struct jit_code *a, unsigned size, struct x86_mem m, unsigned src)
{
	x86_rm(a, size == 8, size == 2 ? 0x10f38f1 : 0xf38f1, src, m);
}

static inline void x86_shift64_imm(struct jit_code *a, enum x86_shift op, unsigned dst, unsigned n)
{
	x86_rr(a, 1, 0xc1, (unsigned)op, dst);
	x86_byte(a, n);
}

static inline void x86_shift_cl(struct jit_code *a, enum x86_shift op, unsigned dst)
{
	x86_rr(a, 0, 0xd3, (unsigned)op, dst);
}

static inline void x86_not(struct jit_code *a, unsigned dst)
{
	x86_rr(a, 0, 0xf7, 2, dst);
}

static inline void x86_add64(struct jit_code *a, unsigned dst, unsigned src)
{
	x86_rr(a, 1, 0x03, dst, src);
}

static inline void x86_imul(struct jit_code *a, unsigned w, unsigned dst, unsigned src)
{
	x86_rr(a, w, 0x0faf, dst, src);
}

static inline void x86_imul_imm(struct jit_code *a, unsigned dst, unsigned src, uint32_t v)
{
	x86_rr(a, 0, 0x69, dst, src);
	x86_word32(a, v);
}

static inline void x86_div(struct jit_code *a, unsigned src)
{
	x86_rr(a, 0, 0xf7, 6, src);
}

static inline void x86_idiv(struct jit_code *a, unsigned src)
{
	x86_rr(a, 0, 0xf7, 7, src);
}

static inline void x86_bswap(struct jit_code *a, unsigned dst)
{
	x86_rex(a, 0, 0, 0, dst, false);
	x86_byte(a, 0x0f);
	x86_byte(a, 0xc8 | (dst & 7));
}

static inline void x86_bswap64(struct jit_code *a, unsigned dst)
{
	x86_rex(a, 1, 0, 0, dst, false);
	x86_byte(a, 0x0f);
	x86_byte(a, 0xc8 | (dst & 7));
}

static inline void x86_bsr(struct jit_code *a, unsigned dst, unsigned src)
{
	x86_rr(a, 0, 0x0fbd, dst, src);
}

static inline void x86_set(struct jit_code *a, enum x86_cc cc, unsigned dst)
{
	x86_opcode(a, 0, 0x0f90 | (uint32_t)cc, 0, 0, dst, true);
	x86_modrm_reg(a, 0, dst);
}

static inline void x86_set_mem(struct jit_code *a, enum x86_cc cc, struct x86_mem m)
{
	x86_rm(a, 0, 0x0f90 | (uint32_t)cc, 0, m);
}

static inline void x86_mov_low(struct jit_code *a, unsigned dst) /* clears the high half */
{
	x86_rr(a, 0, 0x8b, dst, dst);
}

/* shlx, shrx, sarx (BMI2): dst = src shifted by count; leaves the flags */
static inline void x86_shift_by(struct jit_code *a, enum x86_shift op, unsigned w, unsigned dst,
				unsigned src, unsigned count)
{
	unsigned pp = op == SH_SHL ? 1 : op == SH_SAR ? 2 : 3;

	x86_byte(a, 0xc4);
	x86_byte(a, (dst < 8 ? 0x80u : 0) | 0x40 | (src < 8 ? 0x20u : 0) | 2);
	x86_byte(a, w << 7 | (~count & 15) << 3 | pp);
	x86_byte(a, 0xf7);
	x86_modrm_reg(a, dst, src);
}

static inline void x86_cmov(struct jit_code *a, enum x86_cc cc, unsigned dst, unsigned src)
{
	x86_rr(a, 0, 0x0f40 | (uint32_t)cc, dst, src);
}

static inline void x86_cmov_mem(struct jit_code *a, enum x86_cc cc, unsigned dst, struct x86_mem m)
{
	x86_rm(a, 0, 0x0f40 | (uint32_t)cc, dst, m);
}

/* ---- stack and control; jumps return where their 32-bit displacement lies ---- */

static inline void x86_push(struct jit_code *a, unsigned r)
{
	x86_rex(a, 0, 0, 0, r, false);
	x86_byte(a, 0x50 | (r & 7));
}

static inline void x86_pop(struct jit_code *a, unsigned r)
{
	x86_rex(a, 0, 0, 0, r, false);
	x86_byte(a, 0x58 | (r & 7));
}

static inline void x86_ret(struct jit_code *a)
{
	x86_byte(a, 0xc3);
}

static inline void x86_patch(struct jit_code *a, uint32_t where, uint32_t target)
{
	uint32_t displacement = target - (where + 4);

	if (!a->full)
		memcpy(a->base + where, &displacement, 4);
}

static inline uint32_t x86_jcc(struct jit_code *a, enum x86_cc cc)
{
	x86_byte(a, 0x0f);
	x86_byte(a, 0x80 | (uint32_t)cc);
	x86_word32(a, 0);
	return a->at - 4;
}

static inline uint32_t x86_jmp(struct jit_code *a)
{
	x86_byte(a, 0xe9);
	x86_word32(a, 0);
	return a->at - 4;
}

static inline void x86_jmp_to(struct jit_code *a, uint32_t target)
{
	uint32_t where = x86_jmp(a);

	x86_patch(a, where, target);
}

static inline void x86_jcc_to(struct jit_code *a, enum x86_cc cc, uint32_t target)
{
	uint32_t where = x86_jcc(a, cc);

	x86_patch(a, where, target);
}

static inline void x86_call_to(struct jit_code *a, uint32_t target)
{
	x86_byte(a, 0xe8);
	x86_word32(a, target - (a->at + 4));
}

static inline void x86_jmp_reg(struct jit_code *a, unsigned r)
{
	x86_rr(a, 0, 0xff, 4, r);
}

static inline void x86_call_reg(struct jit_code *a, unsigned r)
{
	x86_rr(a, 0, 0xff, 2, r);
}

#endif
