/* SPDX-License-Identifier: MIT
 * emit_x86_64_loop.c - a loop of one block, and the homes that it has for itself.
 *
 * A block with a branch to its own beginning is emitted once more, out of line and up to that
 * branch, as it is when it is come to from there: pins are filled, compares wait on. If it is of
 * integers alone, its guest registers have other homes there, those that it names most. They are
 * changed on the way into the loop and changed back on each way out, and around every call to C,
 * so that outside of the loop's own code nobody knows of them.
 * Called by emit_x86_64_flow.c; the ways out of line ask here for what is to be put back.
 */
#include "emit_x86_64.h"

/* ---- which homes ---- */

static void count_value(const struct jit_ir *ir, struct jit_value v, uint8_t count[JIT_REGISTERS])
{
	if (v.kind == JIT_COND) {
		count_value(ir, ir->cond[v.t].a, count);
		count_value(ir, ir->cond[v.t].b, count);
	} else if (v.kind == JIT_GPR && count[v.n] < UINT8_MAX) {
		count[v.n]++;
	}
}

/* Operations whose out-of-line code changes the homes back, or that have none. */
static bool is_of_integers(const struct jit_operation *o)
{
	if (o->op == JIT_LOAD || o->op == JIT_STORE)
		return o->size <= 4;
	return o->op <= JIT_SET_XER || o->op == JIT_PROBE || o->op == JIT_BRANCH_IF || o->op == JIT_BRANCH;
}

/* How often each register of the loop is named; false: it is not of integers alone. */
static bool count_registers(const struct jit_ir *ir, uint8_t count[JIT_REGISTERS], uint64_t *written)
{
	for (unsigned i = 0; i <= ir->loop_last; i++) {
		if (ir->insn[i].fallback)
			return false;
		for (unsigned n = ir->insn[i].first; n < ir->insn[i].end; n++) {
			const struct jit_operation *o = &ir->op[n];

			if (!is_of_integers(o))
				return false;
			count_value(ir, o->a, count);
			count_value(ir, o->b, count);
			count_value(ir, o->c, count);
			if (o->op == JIT_SET_GPR) {
				count_value(ir, (struct jit_value){ .kind = JIT_GPR, .n = o->n }, count);
				*written |= 1ull << o->n;
			}
		}
	}
	return true;
}

/* The register with a home, or without one, that is named least, or most. */
static unsigned extreme(const struct emitter *e, const uint8_t count[JIT_REGISTERS], bool at_home)
{
	unsigned best = JIT_NONE;

	for (unsigned n = 0; n < JIT_REGISTERS; n++)
		if ((e->loop_home[n] != JIT_NONE) == at_home &&
		    (best == JIT_NONE || (at_home ? count[n] < count[best] : count[n] > count[best])))
			best = n;
	return best;
}

void mol_jit_loop_begin(struct emitter *e)
{
	uint8_t count[JIT_REGISTERS] = { 0 };
	uint64_t written = 0;

	memcpy(e->loop_home, mol_jit_home, sizeof(e->loop_home));
	if (e->jit->ir.loop_last == JIT_INSNS || !count_registers(&e->jit->ir, count, &written))
		return;
	e->of_integers = true;
	while (e->swaps < JIT_SWAPS) {
		unsigned in = extreme(e, count, false), out = extreme(e, count, true);

		if (count[in] <= count[out])
			break;
		e->swap[e->swaps++] = (struct jit_swap){
			.host = e->loop_home[out],
			.in = (uint8_t)in,
			.out = (uint8_t)out,
			.written = written >> in & 1,
		};
		e->loop_home[in] = e->loop_home[out];
		e->loop_home[out] = JIT_NONE;
		count[out] = 0; /* not considered again */
	}
}

/* ---- changing them ---- */

void mol_jit_homes_back(struct emitter *e)
{
	if (e->home == mol_jit_home)
		return;
	for (unsigned n = 0; n < e->swaps; n++) {
		const struct jit_swap *s = &e->swap[n];

		if (s->written)
			x86_store(e->a, mol_jit_gpr_at(s->in), s->host);
		x86_load(e->a, s->host, mol_jit_gpr_at(s->out));
	}
}

void mol_jit_homes_again(struct emitter *e)
{
	if (e->home == mol_jit_home)
		return;
	for (unsigned n = 0; n < e->swaps; n++)
		x86_load(e->a, e->swap[n].host, mol_jit_gpr_at(e->swap[n].in));
}

/* ---- branches within the loop ---- */

bool mol_jit_is_loop(const struct emitter *e, const struct jit_operation *o)
{
	const struct jit_value *to = o->op == JIT_BRANCH ? &o->a : &o->b;

	return (o->op == JIT_BRANCH || o->op == JIT_BRANCH_IF) && to->kind == JIT_K && to->k == e->ea &&
	       e->jit->ir.loop_last != JIT_INSNS && e->index <= e->jit->ir.loop_last;
}

static unsigned place_of(const struct emitter *e, uint32_t ea)
{
	return (ea - e->ea) / 4;
}

bool mol_jit_is_skip(const struct emitter *e, const struct jit_operation *o)
{
	unsigned place = place_of(e, o->b.k);

	return e->of_integers && place > e->index && place < JIT_INSNS && e->jit->ir.targets >> place & 1;
}

void mol_jit_loop_label(struct emitter *e)
{
	unsigned place = e->index;

	if (!e->of_integers || !(e->jit->ir.targets >> place & 1))
		return;
	e->carry_at = UINT32_MAX;
	memset(e->busy, 0, sizeof(e->busy));
	for (unsigned n = 0; n < e->outs; n++) {
		const struct out *o = &e->out[n];

		if (o->kind != OUT_SKIP || o->second != e->second || place_of(e, o->target) != place)
			continue;
		for (unsigned f = 0; f < 8; f++) {
			uint16_t waiting[8] = { 0 };

			waiting[f] = e->waiting[f];
			if (!mol_jit_cr_convertible(o->waiting, waiting))
				mol_jit_cr_settle(e, f);
		}
	}
	e->label[e->second][place].at = e->a->at;
	memcpy(e->label[e->second][place].waiting, e->waiting, sizeof(e->waiting));
	e->flags_at = UINT32_MAX;
}

void mol_jit_emit_skip_out(struct emitter *e, const struct out *o)
{
	unsigned place = place_of(e, o->target);

	if (e->a->full) /* the label may be what another block left there */
		return;
	if (place - o->insn > 1)
		x86_alu_imm_w(e->a, 1, ALU_ADD, R15, place - o->insn - 1);
	mol_jit_cr_convert(e, o->waiting, e->label[o->second][place].waiting);
	x86_jmp_to(e->a, e->label[o->second][place].at);
}

/* ---- the loop ---- */

/* The second copy: as if it were a block that ends with its last branch to the beginning. */
static void emit_second(struct emitter *e, const struct out *o)
{
	const bool single = o->insn == e->jit->ir.loop_last;

	e->xmm = e->loop_xmm = o->xmm;
	memset(e->waiting, 0, sizeof(e->waiting));
	if (single)
		memcpy(e->waiting, o->waiting, sizeof(e->waiting));
	else
		mol_jit_cr_convert(e, o->waiting, e->waiting);
	memcpy(e->loop_waiting, e->waiting, sizeof(e->waiting));
	e->loop_entry = e->a->at;
	if (e->swaps) {
		for (unsigned n = 0; n < e->swaps; n++)
			x86_store(e->a, mol_jit_gpr_at(e->swap[n].out), e->swap[n].host);
		e->home = e->loop_home;
		mol_jit_homes_again(e);
	}
	e->flags_at = e->carry_at = UINT32_MAX;
	e->count = e->jit->ir.loop_last + 1u;
	e->second = true;
	e->loop_head = e->a->at;
	mol_jit_emit_head(e);
	mol_jit_emit_instructions(e);
	mol_jit_cr_settle_all(e);
	mol_jit_homes_back(e);
	mol_jit_leave_with_pins(e, e->ea + 4u * e->count, 0, 0);
}

bool mol_jit_emit_loop_out(struct emitter *e, const struct out *o)
{
	if (e->loop_head && (!mol_jit_pins_same(&o->xmm, &e->loop_xmm) ||
			     !mol_jit_cr_convertible(o->waiting, e->loop_waiting)))
		return false;
	if (o->site)
		x86_alu_imm_w(e->a, 1, ALU_ADD, R15, o->site);
	if (!e->loop_head) {
		emit_second(e, o);
		return true;
	}
	e->xmm = o->xmm;
	mol_jit_cr_convert(e, o->waiting, e->loop_waiting);
	x86_jmp_to(e->a, o->second ? e->loop_head : e->loop_entry);
	return true;
}
