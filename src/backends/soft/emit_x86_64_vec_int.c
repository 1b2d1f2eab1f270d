/* SPDX-License-Identifier: MIT
 * emit_x86_64_vec_int.c - the lanewise integer operations of jit_ir.h in XMM registers.
 *
 * Most are one instruction, by table. The others are written out below; lanes of two widths
 * that x86 lacks (shifts of octets and halfwords, products of octets) are made of wider ones.
 * Called by emit_x86_64_vec.c.
 */
#include "emit_x86_64_vec.h"

#define ONES 0xffffffffu

static unsigned log2_of(unsigned w)
{
	return (unsigned)__builtin_ctz(w);
}

/* ---- one instruction ---- */

struct one {
	uint32_t insn[2][4]; /* by k & 1 (signed, high), log2 of the lane's width */
	enum { FIXED, COMMUTES, SWAPPED } order; /* of the operands */
};

#define BHW(name) { SSE_##name##B, SSE_##name##W, SSE_##name##D }
static const struct one ones[JIT_V_COUNT] = {
	[JIT_V_AND] = { { { 0, 0, SSE_PAND } }, COMMUTES },
	[JIT_V_ANDC] = { { { 0, 0, SSE_PANDN } }, SWAPPED },
	[JIT_V_OR] = { { { 0, 0, SSE_POR } }, COMMUTES },
	[JIT_V_XOR] = { { { 0, 0, SSE_PXOR } }, COMMUTES },
	[JIT_V_ADD] = { { { SSE_PADDB, SSE_PADDW, SSE_PADDD, SSE_PADDQ } }, COMMUTES },
	[JIT_V_SUB] = { { { SSE_PSUBB, SSE_PSUBW, SSE_PSUBD } }, FIXED },
	[JIT_V_MIN] = { { BHW(PMINU), BHW(PMINS) }, COMMUTES },
	[JIT_V_MAX] = { { BHW(PMAXU), BHW(PMAXS) }, COMMUTES },
	[JIT_V_AVG] = { { { SSE_PAVGB, SSE_PAVGW } }, COMMUTES },
	[JIT_V_MUL_LOW] = { { { 0, SSE_PMULLW } }, COMMUTES },
	[JIT_V_CMPEQ] = { { BHW(PCMPEQ) }, COMMUTES },
	[JIT_V_CMPGT] = { { { 0 }, BHW(PCMPGT) }, FIXED },
	[JIT_V_DOT] = { { { 0 }, { 0, SSE_PMADDWD } }, COMMUTES },
	[JIT_V_MERGE] = { { { SSE_PUNPCKLBW, SSE_PUNPCKLWD, SSE_PUNPCKLDQ },
			    { SSE_PUNPCKHBW, SSE_PUNPCKHWD, SSE_PUNPCKHDQ } }, SWAPPED },
};

bool mol_jit_vec_emit_one(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct one *one = &ones[o->n];
	uint32_t insn = one->insn[o->k & 1][log2_of(o->size)];
	struct jit_value a = o->a, b = o->b;
	struct vec_place p;
	unsigned r;

	if (!insn)
		return false;
	if (one->order == SWAPPED || (one->order == COMMUTES &&
				      !mol_jit_vec_place(e, a).in_register &&
				      mol_jit_vec_place(e, b).in_register)) {
		a = o->b;
		b = o->a;
	}
	r = mol_jit_vec_register(e, a);
	p = mol_jit_vec_place(e, b);
	mol_jit_vec_emit(e, insn, mol_jit_vec_result(e, n, r), r, p);
	return true;
}

/* ---- the others: a and b are operands, t and u scratch registers, d the result ---- */

#define OP(insn, d, v, s) mol_jit_vec_emit(e, insn, d, v, s)
#define OPR(insn, d, v, r) mol_jit_vec_emit(e, insn, d, v, vec_in(r))
#define OPI(insn, d, v, s, imm) mol_jit_vec_emit_imm(e, insn, d, v, s, (int)(imm))
#define SHIFT(insn, how, d, s, n) mol_jit_vec_shift(e, insn, how, d, s, n)
#define REPEAT(word) mol_jit_vec_repeat(e, word)

static void saturating(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t modulo[2][2] = { { SSE_PADDB, SSE_PADDW }, { SSE_PSUBB, SSE_PSUBW } };
	static const uint32_t clipped[2][2][2] = {
		{ { SSE_PADDUSB, SSE_PADDUSW }, { SSE_PADDSB, SSE_PADDSW } },
		{ { SSE_PSUBUSB, SSE_PSUBUSW }, { SSE_PSUBSB, SSE_PSUBSW } },
	};
	bool sub = o->n == JIT_V_SUBS;
	uint32_t insn = clipped[sub][o->k & 1][o->size / 2], known;
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u;
	struct vec_place b = mol_jit_vec_place(e, o->b);

	u = mol_jit_vec_scratch(e);
	known = mol_jit_vec_unless_known(e);
	OP(modulo[sub][o->size / 2], t, a, b);
	OP(insn, u, a, b);
	OPR(SSE_PXOR, t, t, u);
	mol_jit_vec_saturated(e, t, vec_in(t));
	mol_jit_vec_known(e, known);
	OP(insn, mol_jit_vec_result(e, n, a), a, b);
}

/* min(a, ~b) + b; max(a, b) - b: where the first step changes a, the result is clipped. */
static void saturating_words(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u;
	struct vec_place b = mol_jit_vec_place(e, o->b);
	uint32_t known;

	u = mol_jit_vec_scratch(e);
	if (o->n == JIT_V_SUBS) {
		OP(SSE_PMAXUD, t, a, b);
	} else {
		OPR(SSE_PCMPEQD, t, t, t);
		OP(SSE_PXOR, t, t, b);
		OPR(SSE_PMINUD, t, a, t);
	}
	known = mol_jit_vec_unless_known(e);
	OPR(SSE_PXOR, u, t, a);
	mol_jit_vec_saturated(e, u, vec_in(u));
	mol_jit_vec_known(e, known);
	OP(o->n == JIT_V_SUBS ? SSE_PSUBD : SSE_PADDD, mol_jit_vec_result(e, n, t), t, b);
}

/* Overflow is a sign that both operands (of a sum) contradict; then the limit of a's sign. */
static void saturating_signed_words(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u, x;
	struct vec_place b = mol_jit_vec_place(e, o->b);

	u = mol_jit_vec_scratch(e);
	x = mol_jit_vec_scratch(e);
	OP(o->n == JIT_V_SUBS ? SSE_PSUBD : SSE_PADDD, t, a, b);
	OPR(SSE_PXOR, u, t, a);
	OP(SSE_PXOR, x, o->n == JIT_V_SUBS ? a : t, b);
	OPR(SSE_PAND, u, u, x);
	SHIFT(SSE_SHIFT_D, XS_SRA, x, a, 31);
	OP(SSE_PXOR, x, x, REPEAT(0x7fffffff));
	OPI(SSE_BLENDVPS, mol_jit_vec_result(e, n, t), t, vec_in(x), u << 4);
	mol_jit_vec_saturated(e, u, REPEAT(0x80000000));
}

/* Words: (a | b) - ((a ^ b) >> 1). Signed octets and halfwords: as unsigned, with the sign bit
 * flipped before and after. */
static void average(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u;
	struct vec_place b = mol_jit_vec_place(e, o->b);
	struct vec_place signs = REPEAT(o->size == 1 ? 0x80808080 : 0x80008000);

	u = mol_jit_vec_scratch(e);
	if (o->size == 4) {
		OP(SSE_PXOR, t, a, b);
		SHIFT(SSE_SHIFT_D, o->k & JIT_V_SIGNED ? XS_SRA : XS_SRL, t, t, 1);
		OP(SSE_POR, u, a, b);
		OPR(SSE_PSUBD, mol_jit_vec_result(e, n, t), u, t);
		return;
	}
	OP(SSE_PXOR, t, a, signs);
	OP(SSE_MOVDQU, u, 0, b);
	OP(SSE_PXOR, u, u, signs);
	OPR(o->size == 1 ? SSE_PAVGB : SSE_PAVGW, t, t, u);
	OP(SSE_PXOR, mol_jit_vec_result(e, n, t), t, signs);
}

/* a > b unless max(a, b) == b */
static void greater_unsigned(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t max[] = BHW(PMAXU), equal[] = BHW(PCMPEQ);
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e);
	struct vec_place b = mol_jit_vec_place(e, o->b);

	OP(max[log2_of(o->size)], t, a, b);
	OP(equal[log2_of(o->size)], t, t, b);
	OP(SSE_PXOR, mol_jit_vec_result(e, n, t), t, REPEAT(ONES));
}

/* One instruction of any three bits: the result's register is the first of them. */
static void select_at_once(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned mask = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned c = mol_jit_vec_register(e, o->c), d = mol_jit_vec_result(e, n, mask);

	if (d == b) {
		evex_rrr(e->a, EVEX_PTERNLOGD, 0, d, mask, c, 0xe2); /* second ? reg : rm */
	} else if (d == c) {
		evex_rrr(e->a, EVEX_PTERNLOGD, 0, d, mask, b, 0xb8); /* second ? rm : reg */
	} else {
		sse_mov(e->a, d, mask);
		evex_rrr(e->a, EVEX_PTERNLOGD, 0, d, b, c, 0xca); /* reg ? second : rm */
	}
}

static void select_bits(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned mask, t, u;

	if (e->a->features & X86_AVX512) {
		select_at_once(e, n, o);
		return;
	}
	mask = mol_jit_vec_register(e, o->a);
	t = mol_jit_vec_scratch(e);
	u = mol_jit_vec_scratch(e);
	OP(SSE_PAND, t, mask, mol_jit_vec_place(e, o->b));
	OP(SSE_PANDN, u, mask, mol_jit_vec_place(e, o->c));
	OPR(SSE_POR, mol_jit_vec_result(e, n, t), t, u);
}

/* ---- products ---- */

static void multiply_halves(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u;
	struct vec_place b = mol_jit_vec_place(e, o->b);
	bool odd = o->k & JIT_V_ODD;

	if (o->k & JIT_V_SIGNED) { /* the sum of two products, one of them by 0 */
		OP(SSE_PAND, t, a, REPEAT(odd ? 0x0000ffff : 0xffff0000));
		OP(SSE_PMADDWD, mol_jit_vec_result(e, n, t), t, b);
		return;
	}
	u = mol_jit_vec_scratch(e);
	OP(SSE_PMULLW, t, a, b);
	OP(SSE_PMULHUW, u, a, b);
	if (odd)
		SHIFT(SSE_SHIFT_D, XS_SLL, u, u, 16);
	else
		SHIFT(SSE_SHIFT_D, XS_SRL, t, t, 16);
	OPI(SSE_PBLENDW, mol_jit_vec_result(e, n, t), t, vec_in(u), 0xaa);
}

/* d = the even or odd octets of register s as halfwords */
static void widen(struct emitter *e, unsigned d, unsigned s, uint32_t k)
{
	if (k & JIT_V_SIGNED) {
		if (k & JIT_V_ODD)
			SHIFT(SSE_SHIFT_W, XS_SLL, d, s, 8);
		SHIFT(SSE_SHIFT_W, XS_SRA, d, k & JIT_V_ODD ? d : s, 8);
	} else if (k & JIT_V_ODD) {
		OP(SSE_PAND, d, s, REPEAT(0x00ff00ff));
	} else {
		SHIFT(SSE_SHIFT_W, XS_SRL, d, s, 8);
	}
}

static void multiply_octets(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_over(e, n, a), b, u;

	widen(e, t, a, o->k);
	b = mol_jit_vec_register(e, o->b);
	u = mol_jit_vec_over(e, n, b);
	widen(e, u, b, o->k);
	OPR(o->n == JIT_V_DOT ? SSE_PMADDWD : SSE_PMULLW, mol_jit_vec_result(e, n, t), t, u);
}

static void sum_words(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const union ppc_vr low = { .w = { ONES, 0, ONES, 0 } }, high = { .w = { 0, ONES, 0, ONES } };
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_over(e, n, a);
	unsigned u = mol_jit_vec_scratch(e);

	if (!(o->k & JIT_V_SIGNED))
		e->failed = true; /* no row asks for it */
	/* Each + 2^31 is a positive doubleword; the sum is 2^32 too much. */
	OP(SSE_PXOR, t, a, REPEAT(0x80000000));
	SHIFT(SSE_SHIFT_Q, XS_SRL, u, t, 32);
	OP(SSE_PAND, t, t, mol_jit_vec_constant(e, &low));
	OPR(SSE_PADDQ, t, t, u);
	OP(SSE_PADDQ, mol_jit_vec_result(e, n, t), t, mol_jit_vec_constant(e, &high));
}

static void sum_octets(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t, u;

	if (mol_jit_vec_lacks(e, SSE_PMADDUBSW, SSE_NO_IMM)) {
		t = mol_jit_vec_scratch(e);
		widen(e, t, a, o->k);
		u = mol_jit_vec_over(e, n, a);
		widen(e, u, a, o->k | JIT_V_ODD);
		OPR(SSE_PADDW, mol_jit_vec_result(e, n, t), t, u);
	} else if (o->k & JIT_V_SIGNED) { /* times 1 unsigned, which comes first */
		t = mol_jit_vec_scratch(e);
		OP(SSE_MOVDQU, t, 0, REPEAT(0x01010101));
		OPR(SSE_PMADDUBSW, mol_jit_vec_result(e, n, t), t, a);
	} else {
		OP(SSE_PMADDUBSW, mol_jit_vec_result(e, n, a), a, REPEAT(0x01010101));
	}
}

static void sum_pairs(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned t, u, a;

	if (o->size == 4) {
		sum_words(e, n, o);
		return;
	}
	if (o->size == 1) {
		sum_octets(e, n, o);
		return;
	}
	a = mol_jit_vec_register(e, o->a);
	if (o->k & JIT_V_SIGNED) {
		OP(SSE_PMADDWD, mol_jit_vec_result(e, n, a), a, REPEAT(0x00010001));
		return;
	}
	t = mol_jit_vec_scratch(e);
	u = mol_jit_vec_over(e, n, a);
	OP(SSE_PAND, t, a, REPEAT(0x0000ffff));
	SHIFT(SSE_SHIFT_D, XS_SRL, u, a, 16);
	OPR(SSE_PADDD, mol_jit_vec_result(e, n, t), t, u);
}

/* ---- shifts ---- */

/* By the constant o->k, which is not 0. */
static void shift_by(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint8_t hows[] = { [JIT_V_SHL] = XS_SLL, [JIT_V_SHR] = XS_SRL,
					[JIT_V_SAR] = XS_SRA, [JIT_V_ROTL] = XS_SLL };
	uint32_t insn = o->size == 4 ? SSE_SHIFT_D : SSE_SHIFT_W, count = o->k, bits = 8u * o->size;
	enum sse_shift how = (enum sse_shift)hows[o->n];
	unsigned a = mol_jit_vec_register(e, o->a), t, u, d;

	if (o->size > 1 && o->n != JIT_V_ROTL) {
		SHIFT(insn, how, mol_jit_vec_result(e, n, a), a, count);
		return;
	}
	if (o->size == 4 && e->a->features & X86_AVX512) {
		evex_rrr(e->a, EVEX_PROLD, 0, 1, mol_jit_vec_result(e, n, a), a, (int)count);
		return;
	}
	t = mol_jit_vec_scratch(e);
	SHIFT(insn, how == XS_SRA ? XS_SRL : how, t, a, count);
	if (o->size == 1)
		OP(SSE_PAND, t, t, REPEAT((how == XS_SLL ? 0xffu << count & 0xff : 0xffu >> count) *
					0x01010101u));
	if (o->n == JIT_V_ROTL) {
		u = mol_jit_vec_scratch(e);
		SHIFT(insn, XS_SRL, u, a, bits - count);
		if (o->size == 1)
			OP(SSE_PAND, u, u, REPEAT((0xffu >> (bits - count)) * 0x01010101u));
		OPR(SSE_POR, mol_jit_vec_result(e, n, t), t, u);
		return;
	}
	d = mol_jit_vec_result(e, n, t);
	if (how == XS_SRA) { /* extend the sign bit, which is now here */
		struct vec_place sign = REPEAT((0x80u >> count) * 0x01010101u);

		OP(SSE_PXOR, t, t, sign);
		OP(SSE_PSUBB, d, t, sign);
	} else {
		OPR(SSE_MOVDQU, d, 0, t);
	}
}

static void shift_words(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t insns[] = { [JIT_V_SHL] = SSE_PSLLVD, [JIT_V_SHR] = SSE_PSRLVD,
					  [JIT_V_SAR] = SSE_PSRAVD };
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b), t, u, x;

	if (o->n != JIT_V_ROTL) {
		t = mol_jit_vec_over(e, n, b);
		OP(SSE_PAND, t, b, REPEAT(31));
		OPR(insns[o->n], mol_jit_vec_result(e, n, t), a, t);
		return;
	}
	if (e->a->features & X86_AVX512) {
		evex_rrr(e->a, EVEX_PROLVD, 0, mol_jit_vec_result(e, n, a), a, b, SSE_NO_IMM);
		return;
	}
	/* 32 - n = 1 + (~n & 31) */
	t = mol_jit_vec_scratch(e);
	x = mol_jit_vec_scratch(e);
	OP(SSE_PAND, t, b, REPEAT(31));
	OP(SSE_PANDN, x, b, REPEAT(31));
	u = mol_jit_vec_over(e, n, b);
	OPR(SSE_PSLLVD, t, a, t);
	SHIFT(SSE_SHIFT_D, XS_SRL, u, a, 1);
	OPR(SSE_PSRLVD, u, u, x);
	OPR(SSE_POR, mol_jit_vec_result(e, n, t), t, u);
}

static void shift_halves_at_once(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t insns[] = { [JIT_V_SHL] = EVEX_PSLLVW, [JIT_V_SHR] = EVEX_PSRLVW,
					  [JIT_V_SAR] = EVEX_PSRAVW };
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned t = mol_jit_vec_over(e, n, b), u, x;

	OP(SSE_PAND, t, b, REPEAT(0x000f000f));
	if (o->n != JIT_V_ROTL) {
		evex_rrr(e->a, insns[o->n], 1, mol_jit_vec_result(e, n, t), a, t, SSE_NO_IMM);
		return;
	}
	u = mol_jit_vec_scratch(e);
	evex_rrr(e->a, EVEX_PSLLVW, 1, u, a, t, SSE_NO_IMM);
	x = mol_jit_vec_scratch(e);
	OP(SSE_MOVDQU, x, 0, REPEAT(0x00100010));
	OPR(SSE_PSUBW, t, x, t);
	evex_rrr(e->a, EVEX_PSRLVW, 1, t, a, t, SSE_NO_IMM);
	OPR(SSE_POR, mol_jit_vec_result(e, n, t), t, u);
}

/* The low and the high halfwords of each word apart, each as a word in a useful place. */
static void shift_halves(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b), t, u, x;

	t = mol_jit_vec_over(e, n, b);
	u = mol_jit_vec_scratch(e);
	x = mol_jit_vec_scratch(e);
	OP(SSE_PAND, u, b, REPEAT(15));
	SHIFT(SSE_SHIFT_D, XS_SRL, t, b, 16);
	OP(SSE_PAND, t, t, REPEAT(15));
	switch (o->n) {
	case JIT_V_SHL:
		OPR(SSE_PSLLVD, u, a, u);
		OP(SSE_PAND, x, a, REPEAT(0xffff0000));
		OPR(SSE_PSLLVD, t, x, t);
		break;
	case JIT_V_SHR:
		OP(SSE_PAND, x, a, REPEAT(0x0000ffff));
		OPR(SSE_PSRLVD, u, x, u);
		OPR(SSE_PSRLVD, t, a, t);
		break;
	case JIT_V_SAR:
		SHIFT(SSE_SHIFT_D, XS_SLL, x, a, 16);
		OPR(SSE_PSRAVD, u, x, u);
		SHIFT(SSE_SHIFT_D, XS_SRL, u, u, 16);
		OPR(SSE_PSRAVD, t, a, t);
		break;
	default: /* the halfword twice, one after the other */
		SHIFT(SSE_SHIFT_D, XS_SLL, x, a, 16);
		OPI(SSE_PBLENDW, x, a, vec_in(x), 0xaa);
		OPR(SSE_PSLLVD, u, x, u);
		SHIFT(SSE_SHIFT_D, XS_SRL, u, u, 16);
		SHIFT(SSE_SHIFT_D, XS_SRL, x, a, 16);
		OPI(SSE_PBLENDW, x, x, vec_in(a), 0xaa);
		OPR(SSE_PSLLVD, t, x, t);
		break;
	}
	OPI(SSE_PBLENDW, mol_jit_vec_result(e, n, t), u, vec_in(t), 0xaa);
}

/* Products with powers of two, from a table: a << n is a * 2^n, a >> n is a * 2^(7-n) >> 7. */
static void shift_octets(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool left = o->n == JIT_V_SHL || o->n == JIT_V_ROTL;
	uint32_t extend = o->n == JIT_V_SAR ? JIT_V_SIGNED : 0;
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u, x;
	union ppc_vr powers = { { 0 } };

	for (unsigned k = 0; k < 8; k++)
		powers.b[k] = (uint8_t)(left ? 1u << k : 128u >> k);
	OP(SSE_MOVDQU, t, 0, mol_jit_vec_place(e, o->b));
	OP(SSE_PAND, t, t, REPEAT(0x07070707));
	u = mol_jit_vec_scratch(e);
	OP(SSE_MOVDQU, u, 0, mol_jit_vec_constant(e, &powers));
	OPR(SSE_PSHUFB, t, u, t);
	x = mol_jit_vec_scratch(e);
	/* odd, the low octets: u */
	widen(e, u, a, JIT_V_ODD | extend);
	widen(e, x, t, JIT_V_ODD);
	OPR(SSE_PMULLW, u, u, x);
	/* even: t */
	widen(e, x, a, extend);
	SHIFT(SSE_SHIFT_W, XS_SRL, t, t, 8);
	OPR(SSE_PMULLW, t, x, t);
	if (!left) {
		SHIFT(SSE_SHIFT_W, XS_SRL, u, u, 7);
		SHIFT(SSE_SHIFT_W, XS_SLL, t, t, 1);
	} else if (o->n == JIT_V_ROTL) {
		SHIFT(SSE_SHIFT_W, XS_SRL, x, u, 8);
		OPR(SSE_POR, u, u, x);
		SHIFT(SSE_SHIFT_W, XS_SLL, x, t, 8);
		OPR(SSE_POR, t, t, x);
	} else {
		SHIFT(SSE_SHIFT_W, XS_SLL, t, t, 8);
	}
	OP(SSE_PAND, u, u, REPEAT(0x00ff00ff));
	OP(SSE_PAND, t, t, REPEAT(0xff00ff00));
	OPR(SSE_POR, mol_jit_vec_result(e, n, t), t, u);
}

static void shift(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	if (o->b.kind == JIT_K)
		shift_by(e, n, o);
	else if (o->size == 4)
		shift_words(e, n, o);
	else if (o->size == 2 && e->a->features & X86_AVX512)
		shift_halves_at_once(e, n, o);
	else if (o->size == 2)
		shift_halves(e, n, o);
	else
		shift_octets(e, n, o);
}

void mol_jit_vec_emit_int(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r;

	switch ((enum jit_vec_op)o->n) {
	case JIT_V_ADDS:
	case JIT_V_SUBS:
		if (o->size < 4)
			saturating(e, n, o);
		else if (o->k & JIT_V_SIGNED)
			saturating_signed_words(e, n, o);
		else
			saturating_words(e, n, o);
		break;
	case JIT_V_AVG:
		average(e, n, o);
		break;
	case JIT_V_CMPGT:
		greater_unsigned(e, n, o);
		break;
	case JIT_V_NOT:
		r = mol_jit_vec_register(e, o->a);
		OP(SSE_PXOR, mol_jit_vec_result(e, n, r), r, REPEAT(ONES));
		break;
	case JIT_V_SEL:
		select_bits(e, n, o);
		break;
	case JIT_V_MUL:
	case JIT_V_DOT:
		if (o->size == 1)
			multiply_octets(e, n, o);
		else
			multiply_halves(e, n, o);
		break;
	case JIT_V_SUM_PAIRS:
		sum_pairs(e, n, o);
		break;
	default:
		shift(e, n, o);
		break;
	}
}
