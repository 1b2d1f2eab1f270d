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
	return o->op <= JIT_SET_CRB || o->op == JIT_SET_OV || o->op == JIT_PROBE || o->op == JIT_BRANCH_IF;
}

/* How often each register is named up to this instruction; false: it is not of integers alone. */
static bool count_registers(struct emitter *e, unsigned last, uint8_t count[JIT_REGISTERS],
			    uint64_t *written)
{
	const struct jit_ir *ir = &e->jit->ir;

	for (unsigned i = 0; i <= last; i++) {
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

static void choose_homes(struct emitter *e, unsigned last)
{
	uint8_t count[JIT_REGISTERS] = { 0 };
	uint64_t written = 0;

	memcpy(e->loop_home, mol_jit_home, sizeof(e->loop_home));
	e->swaps = 0;
	if (!count_registers(e, last, count, &written))
		return;
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

/* ---- the loop ---- */

/* As if it were a block that ends with the branch o->insn. */
void mol_jit_emit_loop_out(struct emitter *e, const struct out *o)
{
	e->xmm = o->xmm;
	memcpy(e->waiting, o->waiting, sizeof(e->waiting));
	memcpy(e->loop_waiting, o->waiting, sizeof(e->waiting));
	if (o->site)
		x86_alu_imm_w(e->a, 1, ALU_ADD, R15, o->site);
	choose_homes(e, o->insn);
	if (e->swaps) {
		for (unsigned n = 0; n < e->swaps; n++)
			x86_store(e->a, mol_jit_gpr_at(e->swap[n].out), e->swap[n].host);
		e->home = e->loop_home;
		mol_jit_homes_again(e);
	}
	e->flags_at = UINT32_MAX;
	e->count = o->insn + 1u;
	e->loop = LOOP_SECOND;
	e->loop_head = e->a->at;
	e->loop_xmm = e->xmm;
	mol_jit_emit_head(e);
	mol_jit_emit_instructions(e);
	mol_jit_cr_settle_all(e);
	mol_jit_pins_flush(e);
	mol_jit_homes_back(e);
	mol_jit_leave_to(e, e->ea + 4u * e->count, 0);
}
