/* SPDX-License-Identifier: MIT
 * emit_x86_64_vec_made.c - vector instructions that the host lacks, made of those it has.
 *
 * The emitters of vector operations are written for AVX2. On a host without it the missing
 * instruction is put together here, under its own name, in XMM4-XMM7, which are no pins then: the
 * result goes to its register last, so that this may be one of the operands. What would take too
 * many (pshufb by a guest's selector, roundps) stays the handler's matter.
 * Callers: emit_x86_64_vec*.c by mol_jit_vec_emit(). [Intel SDM volume 2, of each instruction]
 */
#include "emit_x86_64_vec.h"

#define OP(insn, d, v, s) mol_jit_vec_emit(e, insn, d, v, s)
#define OPR(insn, d, v, r) mol_jit_vec_emit(e, insn, d, v, vec_in(r))
#define OPI(insn, d, v, s, imm) mol_jit_vec_emit_imm(e, insn, d, v, s, imm)
#define SHIFT(insn, how, d, s, n) mol_jit_vec_shift(e, insn, how, d, s, n)
#define REPEAT(word) mol_jit_vec_repeat(e, word)

#define T VEC_T
#define U VEC_U
#define W VEC_W
#define X VEC_X

/* The features that an instruction is part of. */
static unsigned needs(uint32_t insn, int imm)
{
	switch (insn) {
	case SSE_PBROADCASTB:
	case SSE_PBROADCASTW:
	case SSE_PBROADCASTD:
	case SSE_PSLLVD:
	case SSE_PSRLVD:
	case SSE_PSRAVD:
		return X86_AVX2;
	case SSE_PBLENDVB: /* the older ones have their mask in XMM0 */
	case SSE_BLENDVPS:
		return X86_AVX;
	case SSE_CMPPS:
		return imm > 7 ? X86_AVX : 0;
	case SSE_PSHUFB:
	case SSE_PALIGNR:
	case SSE_PMADDUBSW:
		return X86_SSSE3;
	default:
		return (insn >> 8 & 0xff) == SSE_MAP_0F ? 0 : X86_SSE41;
	}
}

bool mol_jit_vec_lacks(const struct emitter *e, uint32_t insn, int imm)
{
	return needs(insn, imm) & ~e->a->features;
}

static void broadcast(struct emitter *e, uint32_t insn, struct vec_place s)
{
	OP(SSE_MOVDQU, T, 0, s);
	if (insn == SSE_PBROADCASTB)
		OPR(SSE_PUNPCKLBW, T, T, T);
	if (insn != SSE_PBROADCASTD)
		OPI(SSE_PSHUFLW, T, 0, vec_in(T), 0);
	OPI(SSE_PSHUFD, T, 0, vec_in(T), 0);
}

/* One lane after the other: shifts have one count for all. The counts are below 32. */
static void shift_lanes(struct emitter *e, uint32_t insn, unsigned v, struct vec_place s)
{
	uint32_t all = insn == SSE_PSLLVD ? SSE_PSLLD : insn == SSE_PSRLVD ? SSE_PSRLD : SSE_PSRAD;
	const union ppc_vr count = { .w = { 31 } };

	for (unsigned lane = 0; lane < 4; lane++) {
		unsigned part = lane ? U : W;
		union ppc_vr mask = { { 0 } };

		mask.w[lane] = 0xffffffff;
		OPI(SSE_PSHUFD, T, 0, s, (int)lane);
		OP(SSE_PAND, T, T, mol_jit_vec_constant(e, &count));
		OP(SSE_PAND, part, v, mol_jit_vec_constant(e, &mask));
		OPR(all, part, part, T);
		if (lane)
			OPR(SSE_POR, W, W, U);
	}
	OPR(SSE_MOVDQU, T, 0, W);
}

/* T = the bits of s where U has ones, else those of v. */
static void choose(struct emitter *e, unsigned v, struct vec_place s)
{
	OP(SSE_PXOR, T, v, s);
	OPR(SSE_PAND, T, T, U);
	OPR(SSE_PXOR, T, T, v);
}

static void blend(struct emitter *e, uint32_t insn, unsigned v, struct vec_place s, int imm)
{
	unsigned mask = (unsigned)imm >> 4;

	if (insn == SSE_PBLENDW) { /* 0xaa */
		OP(SSE_MOVDQU, U, 0, REPEAT(0xffff0000));
	} else if (insn == SSE_PBLENDVB) {
		OPR(SSE_PXOR, U, U, U);
		OPR(SSE_PCMPGTB, U, U, mask);
	} else {
		SHIFT(SSE_SHIFT_D, XS_SRA, U, mask, 31);
	}
	choose(e, v, s);
}

/* The predicates that AVX added. */
static void compare(struct emitter *e, unsigned v, struct vec_place s, int imm)
{
	switch (imm) {
	case SSE_CMP_EQ_OR_UNORDERED:
		OPI(SSE_CMPPS, T, v, s, SSE_CMP_EQ);
		OPI(SSE_CMPPS, U, v, s, SSE_CMP_UNORDERED);
		OPR(SSE_POR, T, T, U);
		break;
	case SSE_CMP_LE:
		OPI(SSE_CMPPS, T, v, s, 2);
		break;
	default: /* > and >=: the other way round, < and <= */
		OP(SSE_MOVDQU, T, 0, s);
		OPI(SSE_CMPPS, T, T, vec_in(v), imm == SSE_CMP_GT ? 1 : 2);
		break;
	}
}

static void extreme_halves(struct emitter *e, bool max, unsigned v, struct vec_place s)
{
	OP(SSE_PSUBUSW, T, v, s);
	if (max) {
		OP(SSE_PADDW, T, T, s);
	} else {
		OPR(SSE_MOVDQU, U, 0, v);
		OPR(SSE_PSUBW, U, U, T);
		OPR(SSE_MOVDQU, T, 0, U);
	}
}

static void extreme(struct emitter *e, uint32_t insn, unsigned v, struct vec_place s)
{
	bool max = insn == SSE_PMAXUD || insn == SSE_PMAXSD || insn == SSE_PMAXSB;
	bool octets = insn == SSE_PMAXSB || insn == SSE_PMINSB;

	if (insn == SSE_PMINUD || insn == SSE_PMAXUD) {
		OP(SSE_PXOR, U, v, REPEAT(0x80000000));
		OP(SSE_MOVDQU, T, 0, s);
		OP(SSE_PXOR, T, T, REPEAT(0x80000000));
		OPR(SSE_PCMPGTD, U, U, T);
	} else {
		OP(octets ? SSE_PCMPGTB : SSE_PCMPGTD, U, v, s);
	}
	OP(SSE_PXOR, T, v, s);
	OPR(SSE_PAND, T, T, U);
	if (max)
		OP(SSE_PXOR, T, T, s);
	else
		OPR(SSE_PXOR, T, T, v);
}

static void extend(struct emitter *e, uint32_t insn, struct vec_place s)
{
	OP(SSE_MOVQ, T, 0, s);
	if (insn == SSE_PMOVSXBW) {
		OPR(SSE_PUNPCKLBW, T, T, T);
		SHIFT(SSE_SHIFT_W, XS_SRA, T, T, 8);
	} else if (insn == SSE_PMOVSXWD) {
		OPR(SSE_PUNPCKLWD, T, T, T);
		SHIFT(SSE_SHIFT_D, XS_SRA, T, T, 16);
	} else {
		SHIFT(SSE_SHIFT_D, XS_SRA, U, T, 31);
		OPR(SSE_PUNPCKLDQ, T, T, U);
	}
}

/* The signed pack, of numbers that are 0x8000 less; those below 0 are made 0 before. */
static void pack_unsigned(struct emitter *e, unsigned v, struct vec_place s)
{
	SHIFT(SSE_SHIFT_D, XS_SRA, T, v, 31);
	OPR(SSE_PANDN, T, T, v);
	OP(SSE_PSUBD, T, T, REPEAT(0x8000));
	OP(SSE_MOVDQU, U, 0, s);
	SHIFT(SSE_SHIFT_D, XS_SRA, U, U, 31);
	OP(SSE_PANDN, U, U, s);
	OP(SSE_PSUBD, U, U, REPEAT(0x8000));
	OPR(SSE_PACKSSDW, T, T, U);
	OP(SSE_PXOR, T, T, REPEAT(0x80008000));
}

static void align(struct emitter *e, unsigned v, struct vec_place s, int imm)
{
	OP(SSE_MOVDQU, T, 0, s);
	SHIFT(SSE_SHIFT_Q, XS_SRL_OCTETS, T, T, (unsigned)imm);
	SHIFT(SSE_SHIFT_Q, XS_SLL_OCTETS, U, v, 16 - (unsigned)imm);
	OPR(SSE_POR, T, T, U);
}

void mol_jit_vec_make(struct emitter *e, uint32_t insn, unsigned d, unsigned v, struct vec_place s,
		      int imm)
{
	switch (insn) {
	case SSE_PBROADCASTB:
	case SSE_PBROADCASTW:
	case SSE_PBROADCASTD:
		broadcast(e, insn, s);
		break;
	case SSE_PSLLVD:
	case SSE_PSRLVD:
	case SSE_PSRAVD:
		shift_lanes(e, insn, v, s);
		break;
	case SSE_PBLENDW:
	case SSE_PBLENDVB:
	case SSE_BLENDVPS:
		blend(e, insn, v, s, imm);
		break;
	case SSE_CMPPS:
		compare(e, v, s, imm);
		break;
	case SSE_PMINUW:
	case SSE_PMAXUW:
		extreme_halves(e, insn == SSE_PMAXUW, v, s);
		break;
	case SSE_PMINUD:
	case SSE_PMAXUD:
	case SSE_PMINSB:
	case SSE_PMAXSB:
	case SSE_PMINSD:
	case SSE_PMAXSD:
		extreme(e, insn, v, s);
		break;
	case SSE_PMOVSXBW:
	case SSE_PMOVSXWD:
	case SSE_PMOVSXDQ:
		extend(e, insn, s);
		break;
	case SSE_PACKUSDW:
		pack_unsigned(e, v, s);
		break;
	case SSE_PALIGNR:
		align(e, v, s, imm);
		break;
	default:
		e->failed = true;
		break;
	}
	OPR(SSE_MOVDQU, d, 0, T);
}

/* ---- what is not one instruction anywhere, or is more than it is made of ---- */

void mol_jit_vec_reverse(struct emitter *e, unsigned d, unsigned s)
{
	union ppc_vr v;

	if (!mol_jit_vec_lacks(e, SSE_PSHUFB, SSE_NO_IMM)) {
		for (unsigned n = 0; n < 16; n++)
			v.b[n] = (uint8_t)(15 - n);
		OP(SSE_PSHUFB, d, s, mol_jit_vec_constant(e, &v));
		return;
	}
	SHIFT(SSE_SHIFT_W, XS_SLL, T, s, 8);
	SHIFT(SSE_SHIFT_W, XS_SRL, d, s, 8);
	OPR(SSE_POR, d, d, T);
	OPI(SSE_PSHUFLW, d, 0, vec_in(d), 0x1b);
	OPI(SSE_PSHUFHW, d, 0, vec_in(d), 0x1b);
	OPI(SSE_PSHUFD, d, 0, vec_in(d), 0x4e);
}

void mol_jit_vec_repeat_lane(struct emitter *e, unsigned d, unsigned s, unsigned w, unsigned lane)
{
	unsigned half = w == 1 ? lane / 2 : lane;
	union ppc_vr selector;

	if (!mol_jit_vec_lacks(e, SSE_PSHUFB, SSE_NO_IMM)) {
		for (unsigned k = 0; k < 16; k++)
			selector.b[k] = (uint8_t)(w * lane + k % w);
		OP(SSE_PSHUFB, d, s, mol_jit_vec_constant(e, &selector));
		return;
	}
	OPI(half < 4 ? SSE_PSHUFLW : SSE_PSHUFHW, T, 0, vec_in(s), (int)(half % 4 * 0x55));
	OPI(SSE_PSHUFD, d, 0, vec_in(T), half < 4 ? 0 : 0xaa);
	if (w == 1) {
		SHIFT(SSE_SHIFT_W, lane % 2 ? XS_SRL : XS_SLL, T, d, 8);
		SHIFT(SSE_SHIFT_W, lane % 2 ? XS_SLL : XS_SRL, d, T, 8);
		OPR(SSE_POR, d, d, T);
	}
}

void mol_jit_vec_test(struct emitter *e, unsigned r, struct vec_place mask)
{
	unsigned octets;

	if (!mol_jit_vec_lacks(e, SSE_PTEST, SSE_NO_IMM)) {
		OP(SSE_PTEST, r, 0, mask);
		return;
	}
	octets = mol_jit_allocate(e, 2);
	OP(SSE_PAND, T, r, mask);
	OPR(SSE_PXOR, U, U, U);
	OPR(SSE_PCMPEQD, T, T, U);
	op2(e->a, SSE_PMOVMSKB, 0, octets, T);
	x86_alu_imm(e->a, ALU_CMP, octets, 0xffff);
}

/* d = half of a register's singles, as doubles */
static void widen(struct emitter *e, unsigned d, unsigned s, bool high)
{
	if (high) {
		OPI(SSE_PSHUFD, d, 0, vec_in(s), 0xee);
		s = d;
	}
	OPR(SSE_CVTPS2PD, d, 0, s);
}

/* Two lanes: results in d's low doubleword, in the other ones where they are not exact. The product
 * is so, as a double; the sum is rounded to a double first, which makes a difference if it was
 * inexact and lies in the middle between two singles: of the 29 bits that these lack, the first is 1. */
static void fused_half(struct emitter *e, unsigned d, bool minus, const unsigned operands[3], bool high)
{
	const union ppc_vr sign = { .w = { 0, 0x80000000, 0, 0x80000000 } };

	widen(e, T, operands[0], high);
	widen(e, U, operands[1], high);
	OPR(SSE_MULPD, T, T, U);
	widen(e, U, operands[2], high);
	if (minus)
		OP(SSE_PXOR, U, U, mol_jit_vec_constant(e, &sign));
	OPR(SSE_ADDPD, W, T, U);
	/* X = what was rounded away: (T - (W - (W - T))) + (U - (W - T)) */
	OPR(SSE_SUBPD, X, W, T);
	OPR(SSE_SUBPD, U, U, X);
	OPR(SSE_SUBPD, X, X, W);
	OPR(SSE_ADDPD, X, X, T);
	OPR(SSE_ADDPD, X, X, U);
	OPR(SSE_PXOR, U, U, U);
	OPI(SSE_CMPPD, X, X, vec_in(U), SSE_CMP_NOT_EQ);
	SHIFT(SSE_SHIFT_D, XS_SLL, U, W, 3);
	OP(SSE_PCMPEQD, U, U, REPEAT(0x80000000));
	OPR(SSE_PAND, X, X, U);
	OPR(SSE_CVTPD2PS, d, 0, W);
	OPI(SSE_PSHUFD, X, 0, vec_in(X), 0x88);
	OPR(SSE_PUNPCKLQDQ, d, d, X);
}

unsigned mol_jit_vec_fused(struct emitter *e, bool minus, unsigned t, const unsigned operands[3])
{
	fused_half(e, t, minus, operands, false);
	fused_half(e, T, minus, operands, true);
	OPR(SSE_MOVDQU, W, 0, t);
	OPR(SSE_PUNPCKHQDQ, W, W, T);
	OPR(SSE_PUNPCKLQDQ, t, t, T);
	OPI(SSE_CMPPS, U, t, vec_in(t), SSE_CMP_UNORDERED);
	OPR(SSE_POR, W, W, U);
	/* 0 < |t| <= the smallest normal number: |t| - 1 is below it */
	OP(SSE_PAND, U, t, REPEAT(0x7fffffff));
	OP(SSE_PADDD, U, U, REPEAT(0xffffffff));
	SHIFT(SSE_SHIFT_D, XS_SRL, U, U, 23);
	OP(SSE_PCMPEQD, U, U, REPEAT(0));
	OPR(SSE_POR, W, W, U);
	return W;
}
