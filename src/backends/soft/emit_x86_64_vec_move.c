/* SPDX-License-Identifier: MIT
 * emit_x86_64_vec_move.c - what moves octets and lanes, between lanes and to general registers.
 *
 * The manual counts from the left, which is the host's high end: octet n is octet 15 - n, a pair
 * "a followed by b" is a number whose high half is a.
 * Called by emit_x86_64_vec.c.
 */
#include "emit_x86_64_vec.h"

#define OP(insn, d, v, s) mol_jit_vec_emit(e, insn, d, v, s)
#define OPI(insn, d, v, s, imm) mol_jit_vec_emit_imm(e, insn, d, v, s, (int)(imm))
#define OPR(insn, d, v, r) mol_jit_vec_emit(e, insn, d, v, vec_in(r))
#define SHIFT(insn, how, d, s, n) mol_jit_vec_shift(e, insn, how, d, s, n)
#define REPEAT(word) mol_jit_vec_repeat(e, word)

/* ---- lanes and general registers ---- */

/* d = the low octets of register r in every lane of `size` */
static void repeat(struct emitter *e, unsigned d, unsigned size, unsigned r)
{
	static const uint32_t at_once[] = { EVEX_PBROADCASTB, EVEX_PBROADCASTW, EVEX_PBROADCASTD };
	static const uint32_t insns[] = { SSE_PBROADCASTB, SSE_PBROADCASTW, SSE_PBROADCASTD };

	if (e->a->features & X86_AVX512) {
		evex_rrr(e->a, at_once[size / 2], 0, d, 0, r, SSE_NO_IMM);
	} else {
		sse_from_gpr(e->a, 0, d, r);
		OPR(insns[size / 2], d, 0, d);
	}
}

static void fill(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a);

	repeat(e, mol_jit_vec_result(e, n, VEC_ANY), o->size, r);
}

/* Of an instruction with a general register as an operand: the lane o->b, a constant. */
static void general_lane(struct emitter *e, uint32_t insn, unsigned reg, unsigned v, unsigned rm,
			 const struct jit_operation *o)
{
	if (insn & SSE_TWO)
		v = e->a->features & X86_AVX ? 0 : reg;
	op3(e->a, insn, reg, v, rm, (int)(o->b.k ^ (16u / o->size - 1)));
}

/* A lane whose number is a guest value goes through memory, below the stack pointer, where nothing
 * else lies. */
static void extract(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_vec_register(e, o->a), d = mol_jit_result(e, n, false);
	struct x86_mem m = mem_index(RSP, d, -16);

	if (o->b.kind == JIT_K && o->size == 2) {
		general_lane(e, SSE_PEXTRW, d, 0, r, o);
		return;
	}
	if (o->b.kind == JIT_K && e->a->features & X86_SSE41) {
		general_lane(e, o->size == 1 ? SSE_PEXTRB : SSE_PEXTRD, r, 0, d, o);
		return;
	}
	sse_store128(e->a, mem_at(RSP, -16), r);
	mol_jit_move_to(e, d, o->b);
	x86_alu_imm(e->a, ALU_XOR, d, 16u / o->size - 1);
	if (o->size > 1)
		x86_shift_imm(e->a, SH_SHL, d, o->size / 2);
	if (o->size == 1)
		x86_load8(e->a, d, m);
	else if (o->size == 2)
		x86_load16(e->a, d, m);
	else
		x86_load(e->a, d, m);
}

static void insert(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned v = mol_jit_source(e, o->c), r, t, masks;

	if (o->b.kind == JIT_K && (o->size == 2 || e->a->features & X86_SSE41)) {
		r = mol_jit_vec_register(e, o->a);
		general_lane(e, o->size == 1 ? SSE_PINSRB : o->size == 2 ? SSE_PINSRW : SSE_PINSRD,
			     mol_jit_vec_result(e, n, r), r, v, o);
		return;
	}
	t = mol_jit_vec_scratch(e);
	repeat(e, t, o->size, v);
	masks = mol_jit_allocate(e, 2);
	mol_jit_vec_lane_masks(e, masks, o->size);
	r = mol_jit_vec_scratch(e);
	sse_load128(e->a, r,
		    mem_scaled(masks, mol_jit_source(e, o->b), o->size / 2, (int32_t)o->size));
	OPI(SSE_PBLENDVB, mol_jit_vec_result(e, n, t), mol_jit_vec_register(e, o->a), vec_in(t), r << 4);
}

static void splat(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned lane = 16u / o->size - 1 - o->k, r;

	if (o->size == 4) {
		OPI(SSE_PSHUFD, mol_jit_vec_result(e, n, VEC_ANY), 0, mol_jit_vec_place(e, o->a), lane * 0x55);
		return;
	}
	r = mol_jit_vec_register(e, o->a);
	mol_jit_vec_repeat_lane(e, mol_jit_vec_result(e, n, r), r, o->size, lane);
}

/* ---- the 128 bits of a truth value ---- */

static void all(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_vec_register(e, o->a), d = mol_jit_result(e, n, false);

	if (o->n == JIT_V_ALL_ZEROS) {
		mol_jit_vec_test(e, r, vec_in(r));
	} else {
		unsigned t = mol_jit_vec_over(e, n, r);

		OP(SSE_PXOR, t, r, REPEAT(0xffffffff));
		mol_jit_vec_test(e, t, vec_in(t));
	}
	x86_set(e->a, CC_E, d);
	x86_movzx8(e->a, d, d);
}

/* ---- the register as one number ---- */

static void shift_bits(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool left = o->n == JIT_V_SHL_BITS;
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u, count;

	u = mol_jit_vec_scratch(e);
	count = mol_jit_allocate(e, 2);
	mol_jit_move_to(e, count, o->b);
	sse_from_gpr(e->a, 0, t, count);
	OPR(left ? SSE_PSLLQ : SSE_PSRLQ, u, a, t);
	/* What crosses the middle: shifted by 64 - n the other way, all out if n is 0. */
	x86_rr(e->a, 0, 0xf7, 3, count); /* neg */
	x86_alu_imm(e->a, ALU_ADD, count, 64);
	sse_from_gpr(e->a, 0, t, count);
	OPR(left ? SSE_PSRLQ : SSE_PSLLQ, t, a, t);
	SHIFT(SSE_SHIFT_Q, left ? XS_SLL_OCTETS : XS_SRL_OCTETS, t, t, 8);
	OPR(SSE_POR, mol_jit_vec_result(e, n, t), t, u);
}

/* By a guest value: octet k of the result is octet k - n of a, or, that being negative, 16 + k - n
 * of b. pshufb gives 0 where bit 7 of the selector is 1. */
static void align_by_selector(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool no_a = mol_jit_vec_is_zero(e, o->a), no_b = mol_jit_vec_is_zero(e, o->b);
	unsigned t = mol_jit_vec_scratch(e), u = mol_jit_vec_scratch(e), r;
	union ppc_vr identity;

	for (unsigned k = 0; k < 16; k++)
		identity.b[k] = (uint8_t)k;
	repeat(e, t, 1, mol_jit_source(e, o->c));
	OP(SSE_MOVDQU, u, 0, mol_jit_vec_constant(e, &identity));
	OPR(SSE_PSUBB, t, u, t);
	if (no_b) {
		r = mol_jit_vec_register(e, o->a);
		OPR(SSE_PSHUFB, mol_jit_vec_result(e, n, t), r, t);
		return;
	}
	OP(SSE_PXOR, u, t, REPEAT(0x80808080));
	r = mol_jit_vec_register(e, o->b);
	if (no_a) {
		OPR(SSE_PSHUFB, mol_jit_vec_result(e, n, t), r, u);
		return;
	}
	OPR(SSE_PSHUFB, u, r, u);
	r = mol_jit_vec_register(e, o->a);
	OPR(SSE_PSHUFB, t, r, t);
	OPR(SSE_POR, mol_jit_vec_result(e, n, t), t, u);
}

/* The same below the stack pointer: b, then a, and what lies n octets before a. */
static void align_in_memory(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned count = mol_jit_allocate(e, 2), t;

	mol_jit_move_to(e, count, o->c);
	x86_rr(e->a, 0, 0xf7, 3, count); /* neg */
	x86_alu_imm(e->a, ALU_ADD, count, 16);
	sse_store128(e->a, mem_at(RSP, -32), mol_jit_vec_register(e, o->b));
	sse_store128(e->a, mem_at(RSP, -16), mol_jit_vec_register(e, o->a));
	t = mol_jit_vec_result(e, n, VEC_ANY);
	sse_load128(e->a, t, mem_index(RSP, count, -32));
}

static void align_by_value(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	if (mol_jit_vec_lacks(e, SSE_PSHUFB, SSE_NO_IMM))
		align_in_memory(e, n, o);
	else
		align_by_selector(e, n, o);
}
static void align(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r;

	if (o->c.kind != JIT_K) {
		align_by_value(e, n, o);
	} else if (mol_jit_vec_is_zero(e, o->b)) {
		r = mol_jit_vec_register(e, o->a);
		SHIFT(SSE_SHIFT_Q, XS_SLL_OCTETS, mol_jit_vec_result(e, n, r), r, o->c.k);
	} else if (mol_jit_vec_is_zero(e, o->a)) {
		r = mol_jit_vec_register(e, o->b);
		SHIFT(SSE_SHIFT_Q, XS_SRL_OCTETS, mol_jit_vec_result(e, n, r), r, 16 - o->c.k);
	} else {
		r = mol_jit_vec_register(e, o->a);
		OPI(SSE_PALIGNR, mol_jit_vec_result(e, n, r), r, mol_jit_vec_place(e, o->b), 16 - o->c.k);
	}
}

/* One instruction looks up two registers: whichever is the result's is its first table. */
static void permute_both(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned selector = mol_jit_vec_register(e, o->c), a = mol_jit_vec_register(e, o->a);
	unsigned b = mol_jit_vec_register(e, o->b), d = mol_jit_vec_result(e, n, selector), t = d;

	if (d == a || d == b)
		t = mol_jit_vec_scratch(e);
	OP(SSE_PXOR, t, selector, REPEAT(d == a ? 0x0f0f0f0f : 0x1f1f1f1f));
	if (d == a || d == b)
		evex_rrr(e->a, EVEX_PERMT2B, 0, d, t, d == a ? b : a, SSE_NO_IMM);
	else
		evex_rrr(e->a, EVEX_PERMI2B, 0, d, b, a, SSE_NO_IMM);
}

/* The complement of a selector is the host's octet number, with bit 4 set for a. */
static void permute(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned selector, t, u, a, b;

	if (o->a.kind == JIT_VR && o->b.kind == JIT_VR && o->a.n == o->b.n) {
		selector = mol_jit_vec_register(e, o->c);
		t = mol_jit_vec_over(e, n, selector);
		OP(SSE_PANDN, t, selector, REPEAT(0x0f0f0f0f));
		a = mol_jit_vec_register(e, o->a);
		OPR(SSE_PSHUFB, mol_jit_vec_result(e, n, t), a, t);
		return;
	}
	if (e->a->features & X86_AVX512) {
		permute_both(e, n, o);
		return;
	}
	selector = mol_jit_vec_register(e, o->c);
	t = mol_jit_vec_over(e, n, selector);
	OP(SSE_PANDN, t, selector, REPEAT(0x1f1f1f1f));
	a = mol_jit_vec_register(e, o->a);
	u = mol_jit_vec_over(e, n, a);
	OPR(SSE_PSHUFB, u, a, t);
	b = mol_jit_vec_register(e, o->b);
	a = mol_jit_vec_over(e, n, b);
	OPR(SSE_PSHUFB, a, b, t);
	SHIFT(SSE_SHIFT_W, XS_SLL, t, t, 3);
	OPI(SSE_PBLENDVB, mol_jit_vec_result(e, n, u), a, vec_in(u), t << 4);
}

/* ---- other widths ---- */

/* What saturation changes is what has other bits than these, or, signed to signed, gets other bits
 * when the least value is made 0. */
static void pack_saturated(struct emitter *e, const struct jit_operation *o)
{
	uint32_t high = o->size == 2 ? 0xff00ff00 : 0xffff0000, known;
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u;
	struct vec_place b = mol_jit_vec_place(e, o->b);

	u = mol_jit_vec_scratch(e);
	known = mol_jit_vec_unless_known(e);
	if (o->k == PPC_V_SS) {
		OP(SSE_MOVDQU, t, 0, REPEAT(o->size == 2 ? 0x00800080 : 0x00008000));
		OPR(o->size == 2 ? SSE_PADDW : SSE_PADDD, u, t, a);
		OP(o->size == 2 ? SSE_PADDW : SSE_PADDD, t, t, b);
		OPR(SSE_POR, t, t, u);
	} else {
		OP(SSE_POR, t, a, b);
	}
	mol_jit_vec_saturated(e, t, REPEAT(high));
	mol_jit_vec_known(e, known);
}

/* d = the limit, or the low words where the high ones are only their sign */
static void pack_doublewords(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned b = mol_jit_vec_register(e, o->b), t = mol_jit_vec_scratch(e), u, x;
	struct vec_place a = mol_jit_vec_place(e, o->a);

	OPI(SSE_SHUFPS, t, b, a, 0x88); /* low words */
	u = mol_jit_vec_over(e, n, b);
	OPI(SSE_SHUFPS, u, b, a, 0xdd); /* high words */
	x = a.in_register ? mol_jit_vec_over(e, n, a.r) : mol_jit_vec_scratch(e);
	SHIFT(SSE_SHIFT_D, XS_SRA, x, t, 31);
	OPR(SSE_PCMPEQD, x, x, u);
	SHIFT(SSE_SHIFT_D, XS_SRA, u, u, 31);
	OP(SSE_PXOR, u, u, REPEAT(0x7fffffff));
	OPI(SSE_BLENDVPS, mol_jit_vec_result(e, n, t), u, vec_in(t), x << 4);
	OP(SSE_PXOR, x, x, REPEAT(0xffffffff));
	mol_jit_vec_saturated(e, x, vec_in(x));
}

static void pack(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t insns[][2] = {
		[PPC_V_MODULO] = { SSE_PACKUSWB, SSE_PACKUSDW },
		[PPC_V_SS] = { SSE_PACKSSWB, SSE_PACKSSDW },
		[PPC_V_SU] = { SSE_PACKUSWB, SSE_PACKUSDW },
		[PPC_V_UU] = { SSE_PACKUSWB, SSE_PACKUSDW },
	};
	uint32_t insn, limit = o->size == 2 ? 0x00ff00ff : 0x0000ffff;
	unsigned t, u, b;

	if (o->size == 8) {
		pack_doublewords(e, n, o);
		return;
	}
	insn = insns[o->k][o->size / 4];
	if (o->k != PPC_V_MODULO)
		pack_saturated(e, o);
	mol_jit_vec_release(e);
	if (o->k == PPC_V_MODULO || o->k == PPC_V_UU) {
		uint32_t cut = o->k == PPC_V_MODULO ? SSE_PAND : o->size == 2 ? SSE_PMINUW : SSE_PMINUD;

		t = mol_jit_vec_scratch(e);
		u = mol_jit_vec_scratch(e);
		OP(SSE_MOVDQU, t, 0, REPEAT(limit));
		OP(cut, u, t, mol_jit_vec_place(e, o->b));
		OP(cut, t, t, mol_jit_vec_place(e, o->a));
		OPR(insn, mol_jit_vec_result(e, n, t), u, t);
		return;
	}
	b = mol_jit_vec_register(e, o->b);
	OP(insn, mol_jit_vec_result(e, n, b), b, mol_jit_vec_place(e, o->a));
}

static void unpack(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	uint32_t extend = o->size == 1 ? SSE_PMOVSXBW : o->size == 2 ? SSE_PMOVSXWD : SSE_PMOVSXDQ;
	struct vec_place a = mol_jit_vec_place(e, o->a);
	unsigned t = VEC_ANY;

	if (o->k & JIT_V_HIGH && !a.in_register) {
		a.m.disp += 8;
	} else if (o->k & JIT_V_HIGH) {
		t = mol_jit_vec_over(e, n, a.r);
		OPI(SSE_PSHUFD, t, 0, a, 0xee);
		a = vec_in(t);
	} else if (a.in_register) {
		t = a.r;
	}
	OP(extend, mol_jit_vec_result(e, n, t), 0, a);
}

void mol_jit_vec_emit_move(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	switch ((enum jit_vec_op)o->n) {
	case JIT_V_FILL:
		fill(e, n, o);
		break;
	case JIT_V_EXTRACT:
		extract(e, n, o);
		break;
	case JIT_V_INSERT:
		insert(e, n, o);
		break;
	case JIT_V_SPLAT:
		splat(e, n, o);
		break;
	case JIT_V_ALL_ONES:
	case JIT_V_ALL_ZEROS:
		all(e, n, o);
		break;
	case JIT_V_SHL_BITS:
	case JIT_V_SHR_BITS:
		shift_bits(e, n, o);
		break;
	case JIT_V_ALIGN:
		align(e, n, o);
		break;
	case JIT_V_PERM:
		permute(e, n, o);
		break;
	case JIT_V_PACK:
		pack(e, n, o);
		break;
	default:
		unpack(e, n, o);
		break;
	}
}
