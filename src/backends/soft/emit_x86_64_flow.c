/* SPDX-License-Identifier: MIT
 * emit_x86_64_flow.c - branches, and all that is emitted out of line behind a block.
 *
 * A branch within the page is a jump that jit.c links; all others find their way by the tables of
 * jit_table.h, and back to the run loop if there is no code at the end of it.
 * Called by emit_x86_64.c: for branches, and at the end of the block for what is out of line.
 */
#include "emit_x86_64.h"

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

/* What the jump at where does until it is linked. */
uint32_t mol_jit_emit_link_stub(struct emitter *e, uint32_t where, uint32_t target)
{
	uint32_t site = mol_jit_new_site(e, 0, 0, 0);

	mol_jit_site_stub(e->jit, site, where);
	x86_store_imm(e->a, AT(r.pc), target);
	x86_mov_imm(e->a, RDX, site);
	x86_jmp_to(e->a, e->jit->exit_link);
	return site;
}

#define CODE_TABLE AT_OFFSET(offsetof(struct molvm_vcpu, code_table))
#define JIT_JUMPS_AT ((int32_t)(MOL_PAGETAB_PAGES * sizeof(uintptr_t)))
#define JUMP_KEY mem_scaled(RCX, RDX, 2, JIT_JUMPS_AT + (int32_t)offsetof(struct jit_jumps, key))
#define JUMP_CODE mem_scaled(RCX, RDX, 3, JIT_JUMPS_AT + (int32_t)offsetof(struct jit_jumps, code))

/* Jump to the code of ea through the present table. The way out to jit.c needs r.pc. */
void mol_jit_emit_far(struct jit_code *a, uint32_t ea)
{
	x86_store_imm(a, AT(r.pc), ea);
	x86_load64(a, RCX, CODE_TABLE);
	x86_load64(a, RCX, mem_at(RCX, (int32_t)(ea / SOFT_PAGE * sizeof(uintptr_t))));
	x86_lea_code(a, RDX, -(int32_t)JIT_ENTRIES_SIZE);
	x86_load(a, RAX, mem_index(RDX, RCX, (int32_t)(ea % SOFT_PAGE)));
	x86_add64(a, RAX, RDX);
	x86_jmp_reg(a, RAX);
}

/* EDX = the place of the key in EAX. */
static void emit_hash(struct jit_code *a)
{
	x86_imul_imm(a, RDX, RAX, JIT_JUMP_FACTOR);
	x86_shift_imm(a, SH_SHR, RDX, JIT_JUMP_SHIFT);
}

/* The same for the address in EAX, by what has been found there before. */
static void emit_far_eax(struct emitter *e)
{
	struct jit_code *a = e->a;

	x86_alu_imm(a, ALU_OR, RAX, 3);
	emit_hash(a);
	x86_load64(a, RCX, CODE_TABLE);
	x86_alu_mem(a, ALU_CMP, RAX, JUMP_KEY);
	x86_jcc_to(a, CC_NE, e->jit->far);
	x86_rm(a, 0, 0xff, 4, JUMP_CODE); /* jmp */
}

/* EAX = the address | 3: through the table, and let it be found by the next one. */
void mol_jit_emit_far_fixed(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	uint32_t none;

	jit->far = a->at;
	x86_mov(a, RDX, RAX);
	x86_load64(a, RCX, CODE_TABLE);
	x86_shift_imm(a, SH_SHR, RDX, 12);
	x86_load64(a, RCX, mem_scaled(RCX, RDX, 3, 0));
	x86_mov(a, RDX, RAX);
	x86_alu_imm(a, ALU_AND, RDX, SOFT_PAGE - 4);
	x86_add64(a, RCX, RDX);
	x86_lea_code(a, RDX, -(int32_t)JIT_ENTRIES_SIZE);
	x86_load(a, RCX, mem_index(RDX, RCX, 0));
	x86_alu_imm(a, ALU_CMP, RCX, JIT_ENTRIES_SIZE + jit->exit_lookup);
	none = x86_jcc(a, CC_E);
	x86_add64(a, RDX, RCX);
	x86_load64(a, RCX, CODE_TABLE);
	x86_store64(a, FRAME_VALUE, RDX);
	emit_hash(a);
	x86_store(a, JUMP_KEY, RAX);
	x86_load64(a, RAX, FRAME_VALUE);
	x86_store64(a, JUMP_CODE, RAX);
	x86_store_imm(a, mem_at(RCX, JIT_JUMPS_AT), 1);
	x86_jmp_reg(a, RAX);
	x86_patch(a, none, a->at);
	x86_alu_imm(a, ALU_AND, RAX, ~3u);
	x86_store(a, AT(r.pc), RAX);
	x86_jmp_to(a, jit->exit_lookup);
}

/* By the table even if it is on this page: that may be another page by now. */
void mol_jit_leave_far(struct emitter *e, uint32_t target, uint32_t left)
{
	if (left)
		x86_alu_imm_w(e->a, 1, ALU_ADD, R15, left);
	mol_jit_emit_far(e->a, target);
}

void mol_jit_leave_to(struct emitter *e, uint32_t target, uint32_t left)
{
	uint32_t where;

	if (left)
		x86_alu_imm_w(e->a, 1, ALU_ADD, R15, left);
	if (!mol_jit_in_page(e, target)) {
		mol_jit_emit_far(e->a, target);
		return;
	}
	where = x86_jmp(e->a);
	x86_patch(e->a, where, e->a->at);
	mol_jit_emit_link_stub(e, where, target);
}

/* Have the flags just been set from a compared with 0, as far as the condition asks? */
static bool flags_known(const struct emitter *e, const struct jit_cond *c)
{
	if (e->flags_at == e->a->at && e->flags_compare)
		return !memcmp(&c->a, &e->flags_compare->a, sizeof(c->a)) &&
		       !memcmp(&c->b, &e->flags_compare->b, sizeof(c->b));
	if (e->flags_at != e->a->at || c->b.kind != JIT_K || c->b.k || !mol_jit_is_register(c->a, e->flags_of, e))
		return false;
	return c->cc == JIT_EQ || c->cc == JIT_NE || (e->flags_sign && c->cc >= JIT_LTS);
}

/* Jump when the truth value is cc; returns the displacement. */
static uint32_t jump_if(struct emitter *e, struct jit_value truth, bool taken)
{
	unsigned cc = CC_NE, r;

	if (truth.kind == JIT_COND) {
		const struct jit_cond *c = &e->jit->ir.cond[truth.t];

		cc = mol_jit_x86_cc[c->cc];
		if (c->a.kind == JIT_CRB)
			cc = mol_jit_cr_test(e, c->a.n) ^ (cc == CC_E);
		else if (!flags_known(e, c))
			mol_jit_compare(e, c->a, c->b);
		mol_jit_used(e, c->a);
		mol_jit_used(e, c->b);
	} else {
		r = mol_jit_source(e, truth);
		x86_test(e->a, r, r);
		mol_jit_used(e, truth);
	}
	return x86_jcc(e->a, (enum x86_cc)(taken ? cc : cc ^ 1));
}

/* A branch to the block's beginning: to its second copy, which the first one comes upon makes. */
static void emit_loop(struct emitter *e, const struct jit_operation *o)
{
	struct out *out;

	if (e->second && !undone(e) && mol_jit_pins_same(&e->xmm, &e->loop_xmm) &&
	    !memcmp(e->waiting, e->loop_waiting, sizeof(e->waiting))) {
		x86_patch(e->a, o->op == JIT_BRANCH ? x86_jmp(e->a) : jump_if(e, o->a, true), e->loop_head);
		return;
	}
	out = mol_jit_new_out(e, OUT_LOOP);
	out->target = e->ea;
	out->site = undone(e);
	out->from = o->op == JIT_BRANCH ? x86_jmp(e->a) : jump_if(e, o->a, true);
}

void mol_jit_emit_branch(struct emitter *e, const struct jit_operation *o)
{
	unsigned r;

	if (mol_jit_is_loop(e, o)) {
		emit_loop(e, o);
		return;
	}
	if (o->a.kind == JIT_K) {
		mol_jit_leave_with_pins(e, o->a.k, undone(e), 0);
		mol_jit_pins_forget(e); /* what is emitted behind is not come to */
		return;
	}
	mol_jit_pins_flush(e);
	r = mol_jit_source(e, o->a);
	x86_mov(e->a, RAX, r);
	if (undone(e))
		x86_alu_imm_w(e->a, 1, ALU_ADD, R15, undone(e));
	emit_far_eax(e);
	mol_jit_used(e, o->a);
}

void mol_jit_emit_branch_if(struct emitter *e, const struct jit_operation *o)
{
	if (mol_jit_is_loop(e, o)) {
		emit_loop(e, o);
	} else if (o->b.kind == JIT_K) {
		struct out *out = mol_jit_new_out(e, mol_jit_is_skip(e, o) ? OUT_SKIP : OUT_BRANCH);

		out->target = o->b.k;
		out->site = undone(e);
		out->from = jump_if(e, o->a, true);
	} else {
		unsigned r = mol_jit_source(e, o->b);
		uint32_t over = jump_if(e, o->a, false);

		mol_jit_pins_store(e, &e->xmm);
		x86_mov(e->a, RAX, r);
		mol_jit_homes_back(e);
		if (undone(e))
			x86_alu_imm_w(e->a, 1, ALU_ADD, R15, undone(e));
		emit_far_eax(e);
		x86_patch(e->a, over, e->a->at);
		mol_jit_used(e, o->b);
	}
}

void mol_jit_emit_handler_if(struct emitter *e, const struct jit_operation *o)
{
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);

	out->site = mol_jit_new_site(e, e->block->op[e->index].raw, 0, 0);
	out->from = jump_if(e, o->a, true);
}

void mol_jit_emit_elsewhere_if(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	struct out *out = mol_jit_new_out(e, OUT_ELSEWHERE);

	out->site = n + 1;
	out->from = jump_if(e, o->a, true);
}

/* ---- what is out of line ---- */

static void emit_branch_out(struct emitter *e, const struct out *o)
{
	uint32_t here = e->a->at;

	e->xmm = o->xmm;
	mol_jit_cr_settle_out(e, o, false);
	mol_jit_homes_back(e);
	mol_jit_leave_with_pins(e, o->target, o->site, e->a->at == here ? o->from : 0);
}

void mol_jit_emit_outs(struct emitter *e)
{
	struct jit_code *a = e->a;
	struct jit *jit = e->jit;

	/* (What was not emitted for want of room has no place to go back to.) */
	for (unsigned n = 0; n < e->outs && !a->full && !e->given_up; n++) {
		struct out *o = &e->out[n];

		e->count = o->count;
		e->second = o->second;
		e->home = o->looped ? e->loop_home : mol_jit_home;
		x86_patch(a, o->from, a->at);
		switch (o->kind) {
		case OUT_LOAD:
		case OUT_STORE:
			mol_jit_emit_access_out(e, o);
			break;
		case OUT_HANDLER:
			mol_jit_emit_handler_out(e, o);
			break;
		case OUT_ELSEWHERE:
			mol_jit_emit_elsewhere_out(e, o);
			break;
		case OUT_SATURATED:
			mol_jit_emit_saturated_out(e, o);
			break;
		case OUT_LOOP:
			if (!mol_jit_emit_loop_out(e, o))
				emit_branch_out(e, o);
			break;
		case OUT_SKIP:
			mol_jit_emit_skip_out(e, o);
			break;
		case OUT_BRANCH:
			emit_branch_out(e, o);
			break;
		case OUT_FAR:
			e->xmm = o->xmm;
			mol_jit_cr_settle_out(e, o, false);
			mol_jit_pins_store(e, &o->xmm);
			mol_jit_homes_back(e);
			mol_jit_leave_far(e, o->target, o->site);
			break;
		case OUT_SLOW:
			x86_patch(a, o->back, a->at);
			e->xmm = o->xmm;
			mol_jit_cr_settle_out(e, o, false);
			mol_jit_pins_store(e, &o->xmm);
			mol_jit_homes_back(e);
			x86_alu_imm_w(a, 1, ALU_ADD, R15, e->count);
			x86_store_imm(a, AT(r.pc), e->ea);
			x86_jmp_to(a, jit->exit_slow);
			break;
		case OUT_FP_ENTER:
		case OUT_FP_REDO:
		case OUT_FP_SNAN:
			mol_jit_emit_fp_out(e, o);
			break;
		}
	}
}
