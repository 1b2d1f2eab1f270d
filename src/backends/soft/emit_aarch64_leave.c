/* SPDX-License-Identifier: MIT
 * emit_aarch64_leave.c - branches that leave with what the pins hold, and the blocks entered so.
 *
 * A direct branch of a block with pins can lead to a version of its target [jit_version.h] that
 * begins with the same pins. Until it is linked to one, and where there is none, all is stored first. To
 * another page it looks whether that still leads to the unit that the version is of.
 * Callers: emit_aarch64.c and emit_aarch64_flow.c at the ends of blocks; jit.c, by
 * mol_jit_emit_link_with().
 */
#include "emit_aarch64.h"

/* ---- beginning ---- */

bool mol_jit_begin_in(struct emitter *e, uint32_t state)
{
	const struct pinned *p = &e->jit->versions.state[state];

	memset(e->pin, JIT_NONE, sizeof(e->pin));
	if (!state)
		return true;
	memcpy(e->pin, p->pin, sizeof(e->pin));
	e->pins = p->state;
	e->fp_live = p->live;
	return !mol_jit_pins_single(&p->state) || mol_jit_fp_needed(&e->jit->ir) != FP_LIVE_VECTORS;
}

void mol_jit_emit_undo(struct emitter *e)
{
	mol_jit_pins_store(e, &e->pins);
	a64_mov_imm(e->a, X0, e->ea);
	mol_jit_mem(e->a, A64_STORE, 2, X0, AT(r.pc));
	a64_b_to(e->a, e->jit->exit_lookup);
}

/* ---- leaving ---- */

#define NO_UNIT 0x7ffff000u /* in 32 bits, as the numbers of units are written here */

static void emit_number(struct jit_code *a, uint32_t number)
{
	a64_move(a, 0, A64_MOVZ, X2, number, 0);
	a64_move(a, 0, A64_MOVK, X2, number >> 16, 1);
}

/* Is the page of target entered as the unit whose number is to be written at *guard? Returns the
 * branch taken then; the code behind it is for all else. */
static uint32_t emit_guard(struct jit_code *a, uint32_t target, uint32_t *guard)
{
	uint32_t no, yes;

	mol_jit_mem(a, A64_LOAD, 3, X1, (uint32_t)offsetof(struct molvm_vcpu, code_table));
	a64_mov_imm(a, X2, target / SOFT_PAGE);
	a64_mem_index(a, A64_LOAD, 3, X1, X1, X2, true);
	*guard = a->at;
	emit_number(a, NO_UNIT);
	a64_op3(a, 0, A64_SUBS, XZR, X1, X2);
	no = a64_bcc(a, A64_NE);
	yes = a64_b(a);
	a64_patch(a, no, a->at);
	return yes;
}

void mol_jit_emit_link_with(struct jit *jit, const struct jit_site *with, uint32_t unit, uint32_t code)
{
	struct jit_code a = jit->a;

	if (with->guard) {
		a.at = with->guard;
		a.end = jit->size;
		emit_number(&a, unit * SOFT_PAGE);
		mol_jit_written(jit, with->guard, a.at);
	}
	mol_jit_emit_link(jit, with->retry, code);
}

void mol_jit_leave_with_pins(struct emitter *e, uint32_t target, uint32_t left)
{
	struct jit_code *a = e->a;
	uint32_t state = mol_jit_pins_number(e->jit->versions.state, e->pin, &e->pins, e->fp_live);
	uint32_t from, with, without, where, far = 0, guard = 0;
	bool near = mol_jit_in_page(e, target);

	if (!state) {
		mol_jit_pins_store(e, &e->pins);
		mol_jit_leave_to(e, target, left);
		return;
	}
	if (left)
		a64_add_imm(a, 1, A64_ADD, LEFT, LEFT, left);
	from = near ? a64_b(a) : emit_guard(a, target, &guard);
	with = mol_jit_new_site(e, 0, 0, 0);
	a64_patch(a, from, a->at);
	mol_jit_site_stub(e->jit, with, from);
	mol_jit_pins_store(e, &e->pins);
	where = a64_b(a);
	if (!near) {
		far = a->at;
		mol_jit_emit_far(e, target);
	}
	a64_patch(a, where, a->at);
	without = mol_jit_emit_link_stub(e, where, target);
	if (a->full)
		return;
	e->jit->site[with].guard = guard;
	e->jit->site[without].with = with;
	e->jit->site[without].far = far;
	e->jit->site[without].state = (uint16_t)state;
}
