/* SPDX-License-Identifier: MIT
 * emit_aarch64_vec.c - where vectors are while an instruction is translated, and who emits what.
 *
 * Guest vector registers are pinned to V registers for a block [emit_aarch64_pins.c] or lie in
 * struct ppc_regs; temps live in the scratch registers, and when those run out the instruction is
 * given up, and the handler called. Constants that no instruction makes lie in the fixed part of the
 * code buffer: the words and their emitters know a few dozen, so they are kept for ever.
 * Called by emit_aarch64.c.
 */
#include "emit_aarch64_vec.h"

#define VEC_CONSTANTS 256

static const uint8_t scratches[] = { 4, 5, 6, 7, 16, 17 };

/* ---- registers ---- */

static unsigned allocate(struct emitter *e, uint8_t kind)
{
	for (unsigned n = 0; n < sizeof(scratches); n++)
		if (!e->vec_busy[scratches[n]]) {
			e->vec_busy[scratches[n]] = kind;
			return scratches[n];
		}
	e->failed = true;
	return scratches[0];
}

unsigned mol_jit_vec_scratch(struct emitter *e)
{
	return allocate(e, 2);
}

unsigned mol_jit_vec_pair(struct emitter *e)
{
	for (unsigned n = 0; n + 1 < sizeof(scratches); n++)
		if (scratches[n + 1] == scratches[n] + 1 && !e->vec_busy[scratches[n]] &&
		    !e->vec_busy[scratches[n + 1]]) {
			e->vec_busy[scratches[n]] = e->vec_busy[scratches[n + 1]] = 2;
			return scratches[n];
		}
	e->failed = true;
	return scratches[0];
}

unsigned mol_jit_vec_register(struct emitter *e, struct jit_value v)
{
	if (v.kind == JIT_VK)
		return mol_jit_vec_constant(e, &e->jit->ir.vk[v.n]);
	if (v.kind == JIT_TEMP)
		return e->where[v.t] - IN_V;
	if (e->pin[32 + v.n] != JIT_NONE)
		return mol_jit_vr_source(e, v.n, 0);
	return mol_jit_vr_source(e, v.n, mol_jit_vec_scratch(e));
}

/* The pin of the register that the next operation sets from this one's result. */
static unsigned home(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;

	if (n + 1 == e->end || next->op != JIT_SET_VR || next->a.kind != JIT_TEMP || next->a.t != o->d)
		return JIT_NONE;
	return e->pin[32 + next->n];
}

unsigned mol_jit_vec_result(struct emitter *e, unsigned n)
{
	unsigned r = home(e, n);

	if (r == JIT_NONE)
		r = allocate(e, 1);
	e->where[e->jit->ir.op[n].d] = (uint8_t)(IN_V + r);
	return r;
}

unsigned mol_jit_vec_early(struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n];
	const struct jit_value v[] = { o->a, o->b, o->c };
	unsigned pin = home(e, n);

	for (unsigned k = 0; k < 3; k++)
		if (v[k].kind == JIT_VR && e->pin[32 + v[k].n] == pin)
			pin = JIT_NONE;
	return pin == JIT_NONE ? allocate(e, 2) : pin;
}

void mol_jit_vec_settle(struct emitter *e, unsigned n, unsigned r)
{
	a64_v_mov(e->a, mol_jit_vec_result(e, n), r);
}

/* ---- constants ---- */

/* In one instruction: octets, halfwords or words of one octet each, or the complement of that. */
static bool constant_by_movi(struct jit_code *a, unsigned d, uint32_t word)
{
	for (unsigned complement = 0; complement < 2; complement++) {
		uint32_t w = complement ? ~word : word;

		if (!complement && w == (w & 0xff) * 0x01010101u) {
			a64_v_movi(a, 0, false, d, w & 0xff, 0);
			return true;
		}
		for (unsigned shift = 0; shift < 32; shift += 8) {
			uint32_t octet = w >> shift & 0xff;

			if (w == octet << shift) {
				a64_v_movi(a, 2, complement, d, octet, shift);
				return true;
			}
			if (shift < 16 && w == (octet << shift) * 0x00010001u) {
				a64_v_movi(a, 1, complement, d, octet, shift);
				return true;
			}
		}
	}
	return false;
}

static uint32_t place_in_pool(struct emitter *e, const union ppc_vr *v)
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
	return jit->constants_at + 16 * n;
}

static void load_constant(struct emitter *e, unsigned r, const union ppc_vr *v)
{
	struct jit_code *a = e->a;
	uint32_t at;

	if (v->w[0] == v->w[1] && v->d[0] == v->d[1] && constant_by_movi(a, r, v->w[0]))
		return;
	at = place_in_pool(e, v);
	a64_adrp(a, TMP, (int32_t)(at / 4096 * 4096) - (int32_t)(a->at / 4096 * 4096));
	a64_v_mem(a, A64_LOAD, 4, r, TMP, at % 4096);
}

unsigned mol_jit_vec_constant(struct emitter *e, const union ppc_vr *v)
{
	unsigned r = mol_jit_vec_scratch(e);

	load_constant(e, r, v);
	return r;
}

void mol_jit_vec_move_to(struct emitter *e, unsigned r, struct jit_value v)
{
	if (v.kind == JIT_VK)
		load_constant(e, r, &e->jit->ir.vk[v.n]);
	else if (v.kind == JIT_TEMP)
		a64_v_mov(e->a, r, e->where[v.t] - IN_V);
	else
		a64_v_mov(e->a, r, mol_jit_vr_source(e, v.n, r));
}

unsigned mol_jit_vec_repeat(struct emitter *e, uint32_t word)
{
	union ppc_vr v = { .w = { word, word, word, word } };

	return mol_jit_vec_constant(e, &v);
}

void mol_jit_emit_vec_fixed(struct jit *jit)
{
	struct jit_code *a = &jit->a;

	a->at = (a->at + 15) & ~15u;
	jit->constants = 0;
	jit->constants_at = a->at;
	a->at += VEC_CONSTANTS * 16;
}

/* ---- VSCR: exact at every instruction; saturation is rare, or predicted ---- */

void mol_jit_vec_saturated(struct emitter *e, unsigned r)
{
	struct out *out = mol_jit_new_out(e, OUT_SATURATED);

	a64_v3(e->a, A64_V_UMAXP, 2, r, r, r);
	a64_from_fp(e->a, 1, TMP, r);
	out->from = a64_cbnz(e->a, 1, TMP);
	out->back = e->a->at;
}

void mol_jit_emit_saturated_out(struct emitter *e, const struct out *o)
{
	mol_jit_mem(e->a, A64_LOAD, 2, TMP, AT(r.vscr));
	a64_logical_imm(e->a, 0, A64_ORR, TMP, TMP, PPC_VSCR_SAT);
	a64_mem(e->a, A64_STORE, 2, TMP, CPU, AT(r.vscr));
	a64_b_to(e->a, o->back);
}

/* ---- operations ---- */

void mol_jit_emit_set_vr(struct emitter *e, const struct jit_operation *o)
{
	mol_jit_vr_written(e, o->n, mol_jit_vec_register(e, o->a));
	mol_jit_used(e, o->a);
}

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
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
	mol_jit_used(e, o->c);
}
