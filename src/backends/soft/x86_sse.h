/* SPDX-License-Identifier: MIT
 * x86_sse.h - the SSE, AVX and FMA part of the assembler of x86_asm.h.
 *
 * An instruction is named by its prefix, opcode map and opcode, as the processor
 * manual's opcode column gives them; what is said of it here is its encoding alone.
 * sse_*() write the legacy encoding of two operands, vex_*() that of three in 128
 * bits, and op3_*() whichever the host has: legacy as a move and an operation.
 * [Intel SDM volume 2, chapter 2: 2.1 instruction format, 2.3 VEX prefix]
 */
#ifndef MOL_X86_SSE_H
#define MOL_X86_SSE_H

#include <cpuid.h>

#include "x86_asm.h"

enum x86_feature { /* beyond SSE2, which every x86-64 has */
	X86_SSSE3 = 1 << 0,
	X86_SSE41 = 1 << 1,
	X86_AVX = 1 << 2,
	X86_AVX2 = 1 << 3,
	X86_FMA = 1 << 4,
	X86_BMI2 = 1 << 5,
	X86_MOVBE = 1 << 6,
	X86_PEXT = 1 << 7, /* BMI2, with pext and pdep not in microcode */
	X86_AVX512 = 1 << 8, /* F, BW, VL and VBMI */
};

/* What the host and its operating system offer. */
static inline unsigned x86_features(void)
{
	unsigned f = 0, a, b, c = 0, d;

	__builtin_cpu_init();
	if (__get_cpuid(1, &a, &b, &c, &d))
		f |= c & bit_MOVBE ? X86_MOVBE : 0;
	f |= __builtin_cpu_supports("ssse3") ? X86_SSSE3 : 0;
	f |= __builtin_cpu_supports("sse4.1") ? X86_SSE41 : 0;
	f |= __builtin_cpu_supports("avx") ? X86_AVX : 0;
	f |= __builtin_cpu_supports("avx2") ? X86_AVX2 : 0;
	f |= __builtin_cpu_supports("fma") ? X86_FMA : 0;
	f |= __builtin_cpu_supports("bmi2") ? X86_BMI2 : 0;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi"))
		f |= X86_AVX512;
	/* [AMD 17h and 18h: a cycle and more for each bit of the mask] */
	if (f & X86_BMI2 && !(__get_cpuid(0, &a, &b, &c, &d) && b == signature_AMD_ebx &&
			      __get_cpuid(1, &a, &b, &c, &d) && (a >> 8 & 15) + (a >> 20 & 255) < 0x19))
		f |= X86_PEXT;
	return f;
}

/* An opcode as the manual writes it: SSE_OP(F2, 0F, 0x58) is "F2 0F 58", addsd. */
enum { SSE_PREFIX_NP, SSE_PREFIX_66, SSE_PREFIX_F3, SSE_PREFIX_F2 };
enum { SSE_MAP_0F = 1, SSE_MAP_0F38, SSE_MAP_0F3A };
#define SSE_OP(prefix, map, opcode)                                                                \
	((uint32_t)SSE_PREFIX_##prefix << 16 | (uint32_t)SSE_MAP_##map << 8 | (opcode))
#define SSE_NO_IMM (-1)

/* A memory operand in the code buffer itself: a constant in the fixed part. */
#define X86_CODE 0xff
static inline struct x86_mem mem_code(uint32_t offset)
{
	return (struct x86_mem){ X86_CODE, RSP, 0, (int32_t)offset };
}

/* ---- the parts of an instruction ---- */

static inline void sse_modrm(struct jit_code *a, unsigned reg, struct x86_mem m, int imm)
{
	if (m.base != X86_CODE) {
		x86_modrm_mem(a, reg, m);
		return;
	}
	x86_byte(a, (reg & 7) << 3 | 5); /* relative to the end of the instruction */
	x86_word32(a, (uint32_t)m.disp - (a->at + 4 + (imm != SSE_NO_IMM)));
}

static inline void sse_imm(struct jit_code *a, int imm)
{
	if (imm != SSE_NO_IMM)
		x86_byte(a, (unsigned)imm & 0xff);
}

static inline void sse_head(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, unsigned index,
			    unsigned rm)
{
	static const uint8_t prefix[] = { 0, 0x66, 0xf3, 0xf2 };

	if (op >> 16 & 3)
		x86_byte(a, prefix[op >> 16 & 3]);
	x86_rex(a, w, reg, index, rm, false);
	x86_byte(a, 0x0f);
	if ((op >> 8 & 0xff) != SSE_MAP_0F)
		x86_byte(a, (op >> 8 & 0xff) == SSE_MAP_0F38 ? 0x38 : 0x3a);
	x86_byte(a, op & 0xff);
}

static inline void vex_head(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, unsigned second,
			    unsigned index, unsigned rm)
{
	unsigned map = op >> 8 & 0xff, last = (~second & 15) << 3 | (op >> 16 & 3);

	if (map == SSE_MAP_0F && !w && index < 8 && rm < 8) {
		x86_byte(a, 0xc5);
		x86_byte(a, (reg < 8 ? 0x80u : 0) | last);
	} else {
		x86_byte(a, 0xc4);
		x86_byte(a, (reg < 8 ? 0x80u : 0) | (index < 8 ? 0x40u : 0) | (rm < 8 ? 0x20u : 0) |
				    map);
		x86_byte(a, w << 7 | last);
	}
	x86_byte(a, op & 0xff);
}

/* Register numbers of a memory operand as the prefixes need them. */
static inline unsigned sse_index(struct x86_mem m)
{
	return m.index == RSP ? 0 : m.index;
}

static inline unsigned sse_base(struct x86_mem m)
{
	return m.base == X86_CODE ? 0 : m.base;
}

/* ---- two operands, legacy ---- */

static inline void sse_rr(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, unsigned rm, int imm)
{
	sse_head(a, op, w, reg, 0, rm);
	x86_modrm_reg(a, reg, rm);
	sse_imm(a, imm);
}

static inline void sse_rm(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, struct x86_mem m,
			  int imm)
{
	sse_head(a, op, w, reg, sse_index(m), sse_base(m));
	sse_modrm(a, reg, m, imm);
	sse_imm(a, imm);
}

/* ---- three operands, VEX.128; second = 0 where the instruction has two ---- */

static inline void vex_rrr(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, unsigned second,
			   unsigned rm, int imm)
{
	vex_head(a, op, w, reg, second, 0, rm);
	x86_modrm_reg(a, reg, rm);
	sse_imm(a, imm);
}

static inline void vex_rrm(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, unsigned second,
			   struct x86_mem m, int imm)
{
	vex_head(a, op, w, reg, second, sse_index(m), sse_base(m));
	sse_modrm(a, reg, m, imm);
	sse_imm(a, imm);
}

/* ---- three operands, EVEX.128, registers alone, without masks [SDM volume 2, 2.7] ---- */

static inline void evex_rrr(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, unsigned second,
			    unsigned rm, int imm)
{
	x86_byte(a, 0x62);
	x86_byte(a, (reg < 8 ? 0x80u : 0) | 0x40 | (rm < 8 ? 0x20u : 0) | 0x10 | (op >> 8 & 0xff));
	x86_byte(a, w << 7 | (~second & 15) << 3 | 4 | (op >> 16 & 3));
	x86_byte(a, 0x08);
	x86_byte(a, op & 0xff);
	x86_modrm_reg(a, reg, rm);
	sse_imm(a, imm);
}

/* ---- moves ---- */

#define SSE_MOVAPS SSE_OP(NP, 0F, 0x28)
#define SSE_MOVUPS SSE_OP(NP, 0F, 0x10)
#define SSE_MOVUPS_STORE SSE_OP(NP, 0F, 0x11)
#define SSE_MOVSD SSE_OP(F2, 0F, 0x10)
#define SSE_MOVSD_STORE SSE_OP(F2, 0F, 0x11)
#define SSE_MOVSS SSE_OP(F3, 0F, 0x10)
#define SSE_MOVSS_STORE SSE_OP(F3, 0F, 0x11)
#define SSE_MOVD SSE_OP(66, 0F, 0x6e)       /* xmm = r32; W: r64 */
#define SSE_MOVD_STORE SSE_OP(66, 0F, 0x7e) /* r32 = xmm */

/* The two-operand form that the host likes better: VEX zeroes what is above 128 bits. */
static inline void op2(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, unsigned rm)
{
	if (a->features & X86_AVX)
		vex_rrr(a, op, w, reg, 0, rm, SSE_NO_IMM);
	else
		sse_rr(a, op, w, reg, rm, SSE_NO_IMM);
}

static inline void op2_mem(struct jit_code *a, uint32_t op, unsigned w, unsigned reg, struct x86_mem m)
{
	if (a->features & X86_AVX)
		vex_rrm(a, op, w, reg, 0, m, SSE_NO_IMM);
	else
		sse_rm(a, op, w, reg, m, SSE_NO_IMM);
}

static inline void sse_mov(struct jit_code *a, unsigned dst, unsigned src) /* all 128 bits */
{
	if (dst != src)
		op2(a, SSE_MOVAPS, 0, dst, src);
}

static inline void sse_load64(struct jit_code *a, unsigned dst, struct x86_mem m) /* rest becomes 0 */
{
	op2_mem(a, SSE_MOVSD, 0, dst, m);
}

static inline void sse_store64(struct jit_code *a, struct x86_mem m, unsigned src)
{
	op2_mem(a, SSE_MOVSD_STORE, 0, src, m);
}

static inline void sse_load128(struct jit_code *a, unsigned dst, struct x86_mem m)
{
	op2_mem(a, SSE_MOVUPS, 0, dst, m);
}

static inline void sse_store128(struct jit_code *a, struct x86_mem m, unsigned src)
{
	op2_mem(a, SSE_MOVUPS_STORE, 0, src, m);
}

static inline void sse_from_gpr(struct jit_code *a, unsigned w, unsigned xmm, unsigned gpr)
{
	op2(a, SSE_MOVD, w, xmm, gpr);
}

static inline void sse_to_gpr(struct jit_code *a, unsigned w, unsigned gpr, unsigned xmm)
{
	op2(a, SSE_MOVD_STORE, w, xmm, gpr);
}

/* ---- d = s op t, in whichever form; for legacy d may not be t unless d is s ---- */

static inline void op3(struct jit_code *a, uint32_t op, unsigned d, unsigned s, unsigned t, int imm)
{
	if (a->features & X86_AVX) {
		vex_rrr(a, op, 0, d, s, t, imm);
	} else {
		sse_mov(a, d, s);
		sse_rr(a, op, 0, d, t, imm);
	}
}

static inline void op3_mem(struct jit_code *a, uint32_t op, unsigned d, unsigned s, struct x86_mem m,
			   int imm)
{
	if (a->features & X86_AVX) {
		vex_rrm(a, op, 0, d, s, m, imm);
	} else {
		sse_mov(a, d, s);
		sse_rm(a, op, 0, d, m, imm);
	}
}

/* ---- scalar arithmetic: the double's opcodes; SSE_SINGLE() makes the single's ---- */

#define SSE_ADDSD SSE_OP(F2, 0F, 0x58)
#define SSE_MULSD SSE_OP(F2, 0F, 0x59)
#define SSE_SUBSD SSE_OP(F2, 0F, 0x5c)
#define SSE_DIVSD SSE_OP(F2, 0F, 0x5e)
#define SSE_CVTSD2SS SSE_OP(F2, 0F, 0x5a)
#define SSE_CVTSS2SD SSE_OP(F3, 0F, 0x5a)
#define SSE_CVTSD2SI SSE_OP(F2, 0F, 0x2d)  /* r32 = xmm as MXCSR rounds; W: r64 */
#define SSE_CVTTSD2SI SSE_OP(F2, 0F, 0x2c) /* toward zero */
#define SSE_UCOMISD SSE_OP(66, 0F, 0x2e)   /* flags */
#define SSE_UCOMISS SSE_OP(NP, 0F, 0x2e)
#define SSE_SINGLE(op) (((op) & 0xffffu) | (uint32_t)SSE_PREFIX_F3 << 16) /* of addsd ... divsd */
#define SSE_ANDPS SSE_OP(NP, 0F, 0x54)
#define SSE_ANDNPS SSE_OP(NP, 0F, 0x55)
#define SSE_ORPS SSE_OP(NP, 0F, 0x56)
#define SSE_XORPS SSE_OP(NP, 0F, 0x57)
/* Fused, VEX only; W: double. 213: reg = second * reg + rm; 231: second * rm + reg; msub: - the
 * addend. */
#define FMA_MADD213 SSE_OP(66, 0F38, 0xa9)
#define FMA_MADD231 SSE_OP(66, 0F38, 0xb9)
#define FMA_MSUB213 SSE_OP(66, 0F38, 0xab)
#define FMA_MSUB231 SSE_OP(66, 0F38, 0xbb)

static inline void x86_ldmxcsr(struct jit_code *a, struct x86_mem m)
{
	sse_rm(a, SSE_OP(NP, 0F, 0xae), 0, 2, m, SSE_NO_IMM);
}

static inline void x86_stmxcsr(struct jit_code *a, struct x86_mem m)
{
	sse_rm(a, SSE_OP(NP, 0F, 0xae), 0, 3, m, SSE_NO_IMM);
}

#endif
