/* SPDX-License-Identifier: MIT
 * emit_x86_64_vec.c - where vectors are while an instruction is translated, and who emits what.
 *
 * Guest vector registers are pinned to XMM registers for a block [emit_x86_64_xmm.c] or lie in
 * struct ppc_regs; temps live in the scratch registers, and when those run out the instruction is
 * given up, and the handler called. Constants lie in the fixed part of the code buffer: the words
 * and their emitters know a few dozen, vspltis* adds less than a hundred, so they are kept for ever.
 * Called by emit_x86_64.c.
 */
#include "emit_x86_64_vec.h"

#define IN_XMM 32 /* where[] of a temp: this + the register */
#define LANE_MASKS 48 /* octets for each width */

/* ---- registers ---- */

static unsigned allocate(struct emitter *e, uint8_t kind)
{
	for (unsigned n = 0; n < VEC_SCRATCHES; n++)
		if (!e->vec_busy[n]) {
			e->vec_busy[n] = kind;
			return n;
		}
	e->failed = true;
	return 0;
}

unsigned mol_jit_vec_scratch(struct emitter *e)
{
	return allocate(e, 2);
}

/* A temp is read for the last time when its operation is over. */
static void used(struct emitter *e, struct jit_value v)
{
	if (v.kind != JIT_TEMP || e->where[v.t] < IN_XMM || e->where[v.t] == JIT_NONE)
		mol_jit_used(e, v);
	else if (--e->uses[v.t] == 0 && e->where[v.t] - IN_XMM < VEC_SCRATCHES)
		e->vec_busy[e->where[v.t] - IN_XMM] = 0;
}

struct vec_place mol_jit_vec_constant(struct emitter *e, const union ppc_vr *v)
{
	struct jit *jit = e->jit;
	union ppc_vr *pool = (union ppc_vr *)(void *)(jit->writable + jit->constants_at);
	unsigned n = 0;

	while (n < jit->constants && memcmp(&pool[n], v, sizeof(*v)))
		n++;
	if (n == VEC_CONSTANTS) {
		e->failed = true;
		n = 0;
	} else if (n == jit->constants) {
		pool[jit->constants++] = *v;
	}
	return (struct vec_place){ .m = mem_code(jit->constants_at + 16 * n) };
}

struct vec_place mol_jit_vec_repeat(struct emitter *e, uint32_t word)
{
	union ppc_vr v = { .w = { word, word, word, word } };

	return mol_jit_vec_constant(e, &v);
}

void mol_jit_emit_vec_fixed(struct jit *jit)
{
	struct jit_code *a = &jit->a;

	while (a->at % 16)
		x86_byte(a, 0xcc);
	jit->constants = 0;
	jit->constants_at = a->at;
	a->at += VEC_CONSTANTS * 16;
	jit->lane_masks = a->at;
	for (unsigned w = 1; w <= 4; w *= 2)
		for (unsigned n = 0; n < LANE_MASKS; n++)
			x86_byte(a, n >= 16 && n < 16 + w ? 0xff : 0);
}

void mol_jit_vec_lane_masks(struct emitter *e, unsigned r, unsigned w)
{
	x86_lea_code(e->a, r, (int32_t)(e->jit->lane_masks + w / 2 * LANE_MASKS));
}

bool mol_jit_vec_is_zero(const struct emitter *e, struct jit_value v)
{
	const union ppc_vr *p = &e->jit->ir.vk[v.n];

	return v.kind == JIT_VK && !(p->d[0] | p->d[1]);
}

struct vec_place mol_jit_vec_place(struct emitter *e, struct jit_value v)
{
	if (v.kind == JIT_VK)
		return mol_jit_vec_constant(e, &e->jit->ir.vk[v.n]);
	if (v.kind == JIT_TEMP)
		return vec_in(e->where[v.t] - IN_XMM);
	if (e->pin[32 + v.n] != JIT_NONE)
		return vec_in(mol_jit_vr_source(e, v.n, 0));
	return (struct vec_place){ .m = mol_jit_vr_at(v.n) };
}

unsigned mol_jit_vec_register(struct emitter *e, struct jit_value v)
{
	struct vec_place p = mol_jit_vec_place(e, v);
	unsigned r;

	if (p.in_register)
		return p.r;
	r = mol_jit_vec_scratch(e);
	if (mol_jit_vec_is_zero(e, v))
		mol_jit_vec_emit(e, SSE_PXOR, r, r, vec_in(r));
	else
		mol_jit_vec_emit(e, SSE_MOVDQU, r, 0, p);
	return r;
}

/* A temp that is read for the last time by operation n gives its register away. */
static bool give_away(struct emitter *e, unsigned n, unsigned r)
{
	const struct jit_operation *o = &e->jit->ir.op[n];
	const struct jit_value v[] = { o->a, o->b, o->c };

	for (unsigned k = 0; k < 3; k++)
		if (v[k].kind == JIT_TEMP && e->where[v[k].t] == IN_XMM + r) {
			if (e->uses[v[k].t] > 1)
				return false;
			e->where[v[k].t] = JIT_NONE;
			return true;
		}
	return false;
}

unsigned mol_jit_vec_over(struct emitter *e, unsigned n, unsigned r)
{
	if (r >= VEC_SCRATCHES || (e->vec_busy[r] == 1 && !give_away(e, n, r)))
		return allocate(e, 2);
	e->vec_busy[r] = 2;
	return r;
}

/* The pin of the register that the next operation sets from this one's result. */
static unsigned home(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;

	if (n + 1 == e->end || next->op != JIT_SET_VR || next->a.kind != JIT_TEMP || next->a.t != o->d)
		return JIT_NONE;
	return e->pin[32 + next->n];
}

unsigned mol_jit_vec_early(struct emitter *e, unsigned n, unsigned r)
{
	const struct jit_operation *o = &e->jit->ir.op[n];
	const struct jit_value v[] = { o->a, o->b, o->c };
	unsigned pin = home(e, n);

	for (unsigned k = 0; k < 3; k++)
		if (v[k].kind == JIT_VR && e->pin[32 + v[k].n] == pin)
			pin = JIT_NONE;
	return pin == JIT_NONE ? mol_jit_vec_over(e, n, r) : pin;
}

unsigned mol_jit_vec_result(struct emitter *e, unsigned n, unsigned over)
{
	unsigned r = home(e, n);

	if (r == JIT_NONE) {
		r = mol_jit_vec_over(e, n, over);
		e->vec_busy[r] = 1;
	}
	e->where[e->jit->ir.op[n].d] = (uint8_t)(IN_XMM + r);
	return r;
}

/* ---- instructions ---- */

/* One that the host has. Without AVX, d is the first operand too, so that an operand there is lost. */
static void emit_insn(struct emitter *e, uint32_t insn, unsigned d, unsigned v, struct vec_place s,
		      int imm)
{
	bool avx = e->a->features & X86_AVX;

	if (insn & SSE_TWO) {
		v = avx ? 0 : d;
	} else if (!avx && d != v && s.in_register && s.r == d) {
		sse_mov(e->a, VEC_T, d);
		s.r = VEC_T;
	}
	if (s.in_register)
		op3(e->a, insn, d, v, s.r, imm);
	else
		op3_mem(e->a, insn, d, v, s.m, imm);
}

void mol_jit_vec_emit_imm(struct emitter *e, uint32_t insn, unsigned d, unsigned v,
			  struct vec_place s, int imm)
{
	if (mol_jit_vec_lacks(e, insn, imm))
		mol_jit_vec_make(e, insn, d, v, s, imm);
	else
		emit_insn(e, insn, d, v, s, imm);
}

void mol_jit_vec_shift(struct emitter *e, uint32_t insn, enum sse_shift how, unsigned d, unsigned s,
		       unsigned n)
{
	sse_shift(e->a, insn, how, d, s, n);
}

void mol_jit_vec_emit(struct emitter *e, uint32_t insn, unsigned d, unsigned v, struct vec_place s)
{
	mol_jit_vec_emit_imm(e, insn, d, v, s, SSE_NO_IMM);
}

/* Programs rarely clear it: after the first saturation nothing is to be found out any more. */
uint32_t mol_jit_vec_unless_known(struct emitter *e)
{
	x86_test8_mem_imm(e->a, AT(r.vscr), PPC_VSCR_SAT);
	return x86_jcc(e->a, CC_NE);
}

void mol_jit_vec_known(struct emitter *e, uint32_t jump)
{
	x86_patch(e->a, jump, e->a->at);
}

/* VSCR is exact at every instruction: saturation is rare, or predicted. */
void mol_jit_vec_saturated(struct emitter *e, unsigned r, struct vec_place mask)
{
	struct out *out;

	mol_jit_vec_test(e, r, mask);
	out = mol_jit_new_out(e, OUT_SATURATED);
	out->from = x86_jcc(e->a, CC_NE);
	out->back = e->a->at;
}

void mol_jit_emit_saturated_out(struct emitter *e, const struct out *o)
{
	x86_rm(e->a, 0, 0x83, ALU_OR, AT(r.vscr));
	x86_byte(e->a, PPC_VSCR_SAT);
	x86_jmp_to(e->a, o->back);
}

void mol_jit_emit_set_vr(struct emitter *e, const struct jit_operation *o)
{
	mol_jit_vr_written(e, o->n, mol_jit_vec_register(e, o->a));
	used(e, o->a);
	mol_jit_vec_release(e);
}

void mol_jit_vec_release(struct emitter *e)
{
	for (unsigned n = 0; n < VEC_SCRATCHES; n++)
		if (e->vec_busy[n] == 2)
			e->vec_busy[n] = 0;
}

/* ---- memory: the guest's order is the reverse of ours ---- */

unsigned mol_jit_emit_vec_load(struct emitter *e, unsigned n, struct x86_mem m)
{
	unsigned r = mol_jit_vec_result(e, n, VEC_ANY);

	sse_load128(e->a, r, m);
	mol_jit_vec_reverse(e, r, r);
	return r;
}

unsigned mol_jit_emit_vec_source(struct emitter *e, struct jit_value v)
{
	return mol_jit_vec_register(e, v);
}

void mol_jit_emit_vec_store(struct emitter *e, unsigned r, struct x86_mem m)
{
	unsigned t = mol_jit_vec_scratch(e);

	mol_jit_vec_reverse(e, t, r);
	sse_store128(e->a, m, t);
}

void mol_jit_emit_vec_wide(struct emitter *e, unsigned r, bool store)
{
	if (store)
		sse_store128(e->a, FRAME_WIDE, r);
	else
		sse_load128(e->a, r, FRAME_WIDE);
}

/* ---- operations ---- */

void mol_jit_emit_vec(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool saturates = o->n == JIT_V_ADDS || o->n == JIT_V_SUBS || o->n == JIT_V_PACK;

	if (!e->uses[o->d] && !saturates) /* folded into another */
		return;
	if (!mol_jit_vec_emit_one(e, n, o)) {
		if (o->n >= JIT_V_FP)
			mol_jit_vec_emit_fp(e, n, o);
		else if (o->n >= JIT_V_FILL)
			mol_jit_vec_emit_move(e, n, o);
		else
			mol_jit_vec_emit_int(e, n, o);
	}
	used(e, o->a);
	used(e, o->b);
	used(e, o->c);
	mol_jit_vec_release(e);
}
