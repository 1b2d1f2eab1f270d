/* SPDX-License-Identifier: MIT
 * emit_aarch64_flow.c - branches, and all that is emitted out of line behind a block.
 *
 * A branch within the page is a jump that jit.c links; all others find their way by the tables of
 * jit_table.h, and back to the run loop if there is no code at the end of it.
 * Called by emit_aarch64.c: for branches, and at the end of the block for what is out of line.
 */
#include "emit_aarch64.h"

/* ---- control ---- */

/* Instructions of the block that a branch at this one leaves undone. */
static uint32_t undone(const struct emitter *e)
{
	return e->count - e->index - 1;
}

bool mol_jit_in_page(const struct emitter *e, uint32_t target)
{
	return (target ^ e->ea) < SOFT_PAGE;
}

static void set_pc(struct emitter *e, uint32_t ea)
{
	a64_mov_imm(e->a, X0, ea);
	mol_jit_mem(e->a, A64_STORE, 2, X0, AT(r.pc));
}

/* What the jump at where does until it is linked. */
uint32_t mol_jit_emit_link_stub(struct emitter *e, uint32_t where, uint32_t target)
{
	uint32_t site = mol_jit_new_site(e, 0, 0, 0);

	mol_jit_site_stub(e->jit, site, where);
	set_pc(e, target);
	a64_mov_imm(e->a, X1, site);
	a64_b_to(e->a, e->jit->exit_link);
	return site;
}

#define CODE_TABLE ((uint32_t)offsetof(struct molvm_vcpu, code_table))

/* Jump to the code that the entry at this offset from X1, less the reservation's address, says. */
static void emit_entry_jump(struct jit_code *a, uint32_t offset)
{
	/* The reservation begins that far before the code, at a page of its own. */
	a64_adrp(a, X2, -(int32_t)(JIT_ENTRIES_SIZE + a->at / 4096 * 4096));
	a64_op3(a, 1, A64_ADD, X1, X1, X2);
	a64_mem(a, A64_LOAD, 2, X0, X1, offset);
	a64_op3(a, 1, A64_ADD, X0, X0, X2);
	a64_br(a, X0);
}

/* Jump to the code of ea through the present table. The way out to jit.c needs r.pc. */
void mol_jit_emit_far(struct emitter *e, uint32_t ea)
{
	struct jit_code *a = e->a;

	set_pc(e, ea);
	mol_jit_mem(a, A64_LOAD, 3, X1, CODE_TABLE);
	a64_mov_imm(a, X2, ea / SOFT_PAGE);
	a64_mem_index(a, A64_LOAD, 3, X1, X1, X2, true);
	emit_entry_jump(a, ea % SOFT_PAGE);
}

/* The same for the address in register r, a multiple of 4. */
static void emit_far_register(struct emitter *e, unsigned r)
{
	struct jit_code *a = e->a;

	mol_jit_mem(a, A64_STORE, 2, r, AT(r.pc));
	a64_mov(a, 0, X0, r);
	mol_jit_mem(a, A64_LOAD, 3, X1, CODE_TABLE);
	a64_lsr(a, 0, X2, X0, 12);
	a64_mem_index(a, A64_LOAD, 3, X1, X1, X2, true);
	a64_logical_imm(a, 0, A64_AND, X0, X0, SOFT_PAGE - 4);
	a64_op3(a, 1, A64_ADD, X1, X1, X0);
	emit_entry_jump(a, 0);
}

void mol_jit_leave_to(struct emitter *e, uint32_t target, uint32_t left)
{
	uint32_t where;

	if (left)
		a64_add_imm(e->a, 1, A64_ADD, LEFT, LEFT, left);
	if (!mol_jit_in_page(e, target)) {
		mol_jit_emit_far(e, target);
		return;
	}
	where = a64_b(e->a);
	a64_patch(e->a, where, e->a->at);
	mol_jit_emit_link_stub(e, where, target);
}

static void leave_to_register(struct emitter *e, unsigned r)
{
	if (undone(e))
		a64_add_imm(e->a, 1, A64_ADD, LEFT, LEFT, undone(e));
	emit_far_register(e, r);
}

void mol_jit_emit_branch(struct emitter *e, const struct jit_operation *o)
{
	if (o->a.kind == JIT_K) {
		mol_jit_leave_with_pins(e, o->a.k, undone(e));
		mol_jit_pins_forget(e); /* what is emitted behind is not come to */
		return;
	}
	mol_jit_pins_flush(e);
	leave_to_register(e, mol_jit_source(e, o->a));
	mol_jit_used(e, o->a);
}

/* Has fcmpu just set the host's flags from these FPRs? */
static bool flags_known(const struct emitter *e, const struct jit_cond *c)
{
	const struct jit_operation *o = e->flags_compare;

	return o && e->flags_at == e->a->at && !memcmp(&c->a, &o->a, sizeof(c->a)) &&
	       !memcmp(&c->b, &o->b, sizeof(c->b));
}

/* Branch when the truth value is as said; returns where the branch lies. */
static uint32_t jump_if(struct emitter *e, struct jit_value truth, bool taken)
{
	const struct jit_cond *c = &e->jit->ir.cond[truth.t];
	uint32_t where;
	unsigned cc, r;

	if (truth.kind != JIT_COND) {
		r = mol_jit_source(e, truth);
		mol_jit_used(e, truth);
		return taken ? a64_cbnz(e->a, 0, r) : a64_cbz(e->a, 0, r);
	}
	cc = mol_jit_a64_cc[c->cc] ^ (taken ? 0u : 1u);
	if (c->a.kind == JIT_CRB) { /* settled [emit_aarch64.c]; against 0 */
		mol_jit_mem(e->a, A64_LOAD, 0, TMP, AT(r.cr) + c->a.n / 4);
		a64_logical_imm(e->a, 0, A64_ANDS, XZR, TMP, PPC_CR_LT >> c->a.n % 4);
		return a64_bcc(e->a, (enum a64_cc)cc);
	}
	if (c->b.kind == JIT_K && !c->b.k && (cc == A64_EQ || cc == A64_NE)) {
		r = mol_jit_source(e, c->a);
		where = cc == A64_EQ ? a64_cbz(e->a, 0, r) : a64_cbnz(e->a, 0, r);
	} else {
		if (c->a.kind == JIT_FPR && !flags_known(e, c))
			mol_jit_fp_compare(e, c->a, c->b);
		else if (c->a.kind != JIT_FPR)
			mol_jit_compare(e, c->a, c->b);
		where = a64_bcc(e->a, (enum a64_cc)cc);
	}
	mol_jit_used(e, c->a);
	mol_jit_used(e, c->b);
	return where;
}

void mol_jit_emit_branch_if(struct emitter *e, const struct jit_operation *o)
{
	if (o->b.kind == JIT_K) {
		struct out *out = mol_jit_new_out(e, OUT_BRANCH);

		out->target = o->b.k;
		out->site = undone(e);
		out->from = jump_if(e, o->a, true);
	} else {
		unsigned r = mol_jit_source(e, o->b);
		uint32_t over = jump_if(e, o->a, false);

		mol_jit_pins_store(e, &e->pins);
		leave_to_register(e, r);
		a64_patch(e->a, over, e->a->at);
		mol_jit_used(e, o->b);
	}
}

void mol_jit_emit_handler_if(struct emitter *e, const struct jit_operation *o)
{
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);

	out->site = mol_jit_new_site(e, e->block->op[e->index].raw, 0, 0);
	out->from = jump_if(e, o->a, true);
}

/* ---- what is out of line ---- */

/* Nothing of the instruction is done: its handler does it. */
static void emit_handler_out(struct emitter *e, const struct out *o)
{
	const struct jit_site *site = &e->jit->site[o->site];

	if (o->misaligned)
		a64_patch(e->a, o->misaligned, e->a->at);
	for (unsigned n = 0; n < 2; n++)
		if (o->also[n])
			a64_patch(e->a, o->also[n], e->a->at);
	a64_patch(e->a, o->from, e->a->at);
	mol_jit_cr_settle_out(e, o);
	mol_jit_pins_store(e, &o->pins);
	mol_jit_emit_handler(e, o->site, e->block->op[(site->pc - e->ea) / 4].fn);
	if (e->fp_live)
		mol_jit_emit_fp_enter(e);
	mol_jit_pins_load(e, &o->after);
	a64_b_to(e->a, o->back);
}

void mol_jit_emit_outs(struct emitter *e)
{
	for (unsigned n = 0; n < e->outs; n++) {
		const struct out *o = &e->out[n];

		e->pins = o->pins;
		switch (o->kind) {
		case OUT_LOAD:
		case OUT_STORE:
			mol_jit_emit_access_out(e, o);
			break;
		case OUT_HANDLER:
			emit_handler_out(e, o);
			break;
		case OUT_BRANCH:
			a64_patch(e->a, o->from, e->a->at);
			mol_jit_cr_settle_out(e, o);
			/* A conditional branch does not reach all of the buffer: there is one behind it. */
			mol_jit_leave_with_pins(e, o->target, o->site);
			break;
		case OUT_SLOW:
			a64_patch(e->a, o->from, e->a->at);
			mol_jit_pins_store(e, &o->pins);
			a64_add_imm(e->a, 1, A64_ADD, LEFT, LEFT, e->count);
			set_pc(e, e->ea);
			a64_b_to(e->a, e->jit->exit_slow);
			break;
		case OUT_FP_ENTER:
		case OUT_FP_REDO:
		case OUT_FP_SNAN:
			a64_patch(e->a, o->from, e->a->at);
			mol_jit_emit_fp_out(e, o);
			break;
		case OUT_SATURATED:
			a64_patch(e->a, o->from, e->a->at);
			mol_jit_emit_saturated_out(e, o);
			break;
		}
	}
}
