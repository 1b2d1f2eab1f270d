/* SPDX-License-Identifier: MIT
 * emit_x86_64_leave.c - branches that leave with what the pins hold, and the blocks entered so.
 *
 * A direct branch of a block with pins can lead to a version of its target [jit_version.h] that
 * begins with the same pins. Until it is linked to one, and where there is none, all is stored first. To
 * another page it looks whether that still leads to the unit that the version is of. The state at a
 * branch is kept as a number, equal states as equal numbers.
 * Callers: emit_x86_64.c, emit_x86_64_flow.c and emit_x86_64_loop.c at the ends of blocks; jit.c,
 * by mol_jit_emit_link_with().
 */
#include "emit_x86_64.h"

/* ---- states ---- */

bool mol_jit_begin_in(struct emitter *e, uint32_t state)
{
	const struct pinned *p = &e->jit->versions.state[state];

	memset(e->pin, JIT_NONE, sizeof(e->pin));
	if (!state)
		return true;
	memcpy(e->pin, p->pin, sizeof(e->pin));
	e->xmm = p->state;
	e->fp_live = p->live;
	return !mol_jit_pins_single(&p->state) || mol_jit_fp_needed(&e->jit->ir) != FP_LIVE_VECTORS;
}

void mol_jit_emit_undo(struct emitter *e)
{
	mol_jit_pins_store(e, &e->xmm);
	x86_store_imm(e->a, AT(r.pc), e->ea);
	x86_jmp_to(e->a, e->jit->exit_lookup);
}

/* ---- leaving ---- */

#define NO_UNIT 0x7ffff000u /* in 32 bits, as the numbers of units are written here */

/* Is the page of target entered as the unit whose number is to be written at *guard? Returns the
 * displacement of the jump taken then; the code behind it is for all else. */
static uint32_t emit_guard(struct jit_code *a, uint32_t target, uint32_t *guard)
{
	uint32_t no, yes;

	x86_load64(a, RCX, AT_OFFSET(offsetof(struct molvm_vcpu, code_table)));
	x86_cmp_mem_imm(a, mem_at(RCX, (int32_t)(target / SOFT_PAGE * sizeof(uintptr_t))), NO_UNIT);
	*guard = a->at - 4;
	no = x86_jcc(a, CC_NE);
	yes = x86_jmp(a);
	x86_patch(a, no, a->at);
	return yes;
}

void mol_jit_emit_link_with(struct jit *jit, const struct jit_site *with, uint32_t unit, uint32_t code)
{
	uint32_t number = unit * SOFT_PAGE;

	if (with->guard)
		memcpy(jit->a.base + with->guard, &number, sizeof(number));
	x86_patch(&jit->a, with->retry, code);
}

void mol_jit_leave_with_pins(struct emitter *e, uint32_t target, uint32_t left, uint32_t from)
{
	struct jit_code *a = e->a;
	uint32_t state = mol_jit_pins_number(e->jit->versions.state, e->pin, &e->xmm, e->fp_live);
	uint32_t here = a->at, with, without, where, far = 0, guard = 0;
	bool near = mol_jit_in_page(e, target);

	if (!state) {
		mol_jit_pins_store(e, &e->xmm);
		if (from && near && !left && a->at == here)
			mol_jit_emit_link_stub(e, from, target);
		else
			mol_jit_leave_to(e, target, left);
		return;
	}
	if (left)
		x86_alu_imm_w(a, 1, ALU_ADD, R15, left);
	if (!near)
		from = emit_guard(a, target, &guard);
	else if (left || !from)
		from = x86_jmp(a);
	with = mol_jit_new_site(e, 0, 0, 0);
	x86_patch(a, from, a->at);
	mol_jit_site_stub(e->jit, with, from);
	mol_jit_pins_store(e, &e->xmm);
	where = x86_jmp(a);
	if (!near) {
		far = a->at;
		mol_jit_emit_far(a, target);
	}
	x86_patch(a, where, a->at);
	without = mol_jit_emit_link_stub(e, where, target);
	if (a->full)
		return;
	e->jit->site[with].guard = guard;
	e->jit->site[without].with = with;
	e->jit->site[without].far = far;
	e->jit->site[without].state = (uint16_t)state;
}
