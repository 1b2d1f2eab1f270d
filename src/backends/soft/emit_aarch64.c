/* SPDX-License-Identifier: MIT
 * emit_aarch64.c - instructions and blocks, as A64 code.
 *
 * One pass over the operations that jit_record.c recorded, instruction by instruction. What is not
 * expressed in them, or in some that are not known here, calls the interpreter's handler. So does
 * what needs more registers than there are: the block is then begun once more.
 * Called by jit.c when a block is to be translated.
 */
#include "emit_aarch64.h"

/* Fields that a64_mem() is to reach while TMP is in use. */
_Static_assert(AT(r.cr) < 4088 && AT(r.so) < 4096 && AT(r.ov) < 4096 && AT(reserve_page_pa) < 16384 &&
		       AT(fp.op) < 16384,
	       "cannot be addressed");

/* ---- an instruction ---- */

void mol_jit_emit_handler(struct emitter *e, uint32_t site, ppc_handler *fn)
{
	a64_mov_imm(e->a, X1, e->jit->site[site].raw);
	a64_mov_imm(e->a, X2, site);
	a64_mov_imm64(e->a, X4, (uintptr_t)fn);
	a64_bl_to(e->a, e->jit->call);
}

static void emit_call(struct emitter *e, const struct soft_op *op)
{
	mol_jit_cr_settle_all(e);
	mol_jit_pins_flush(e);
	mol_jit_emit_handler(e, mol_jit_new_site(e, op->raw, 0, 0), op->fn);
	mol_jit_pins_forget(e);
	if (e->fp_live) { /* it may have changed the rounding, or enabled exceptions */
		struct out *out;

		mol_jit_emit_fp_enter(e);
		out = mol_jit_new_out(e, OUT_BRANCH);
		out->from = a64_bcc(e->a, A64_NE);
		out->target = e->ea + 4 * (e->index + 1);
		out->site = e->count - e->index - 1;
	}
}

static void emit_operation(struct emitter *e, unsigned n, uint32_t raw)
{
	const struct jit_operation *o = &e->jit->ir.op[n];

	switch (o->op) {
	case JIT_CMP:
		mol_jit_emit_cmp(e, n, o);
		break;
	case JIT_GET_CRB:
	case JIT_SET_CRB:
		mol_jit_emit_cr_bit(e, n, o);
		break;
	case JIT_GET_CR:
	case JIT_SET_CR:
	case JIT_GET_XER:
	case JIT_SET_XER:
		mol_jit_emit_whole(e, n, o);
		break;
	case JIT_LOAD:
		mol_jit_emit_load(e, n, o, raw);
		break;
	case JIT_STORE:
		mol_jit_emit_store(e, n, o, raw);
		break;
	case JIT_PROBE:
		mol_jit_emit_probe(e, o, raw);
		break;
	case JIT_LWARX:
		mol_jit_emit_lwarx(e, n, o, raw);
		break;
	case JIT_STWCX:
		mol_jit_emit_stwcx(e, o, raw);
		break;
	case JIT_ZERO_LINE:
		mol_jit_emit_zero_line(e, o, raw);
		break;
	case JIT_HANDLER_IF:
		mol_jit_emit_handler_if(e, o);
		break;
	case JIT_BRANCH:
		mol_jit_emit_branch(e, o);
		break;
	case JIT_BRANCH_IF:
		mol_jit_emit_branch_if(e, o);
		break;
	case JIT_SET_FPR:
		mol_jit_emit_set_fpr(e, n, o);
		break;
	case JIT_GET_FPR:
		mol_jit_emit_get_fpr(e, n, o);
		break;
	case JIT_NARROW:
		mol_jit_emit_narrow(e, n, o);
		break;
	case JIT_FP_ARITH:
		mol_jit_emit_fp_arith(e, n, o);
		break;
	case JIT_FP_SELECT:
		mol_jit_emit_fp_select(e, o);
		break;
	case JIT_FP_CMP:
		mol_jit_emit_fp_cmp(e, n, o);
		break;
	case JIT_VEC:
		mol_jit_emit_vec(e, n, o);
		break;
	case JIT_SET_VR:
		mol_jit_emit_set_vr(e, o);
		break;
	default:
		mol_jit_emit_computation(e, n, o);
		break;
	}
	/* A result that nobody reads. */
	if (e->uses[o->d] == 0 && e->where[o->d] < SCRATCHES)
		e->busy[e->where[o->d]] &= 2;
	else if (e->uses[o->d] == 0 && e->where[o->d] >= IN_V && e->where[o->d] != JIT_NONE)
		e->vec_busy[e->where[o->d] - IN_V] &= 2;
	mol_jit_release_operation(e);
}

/* Before anything of the instruction is emitted: compares that wait for what it overwrites, and, if it
 * leaves the block for sure, all of them. */
static void settle_compares(struct emitter *e, const struct jit_insn *insn)
{
	const struct jit_ir *ir = &e->jit->ir;

	for (unsigned n = insn->first; n < insn->end; n++) {
		const struct jit_operation *o = &ir->op[n];

		if (o->a.kind == JIT_COND && ir->cond[o->a.t].a.kind == JIT_CRB)
			mol_jit_cr_settle(e, ir->cond[o->a.t].a.n / 4);
		mol_jit_cr_before(e, o);
	}
}

static void emit_operations(struct emitter *e, const struct jit_insn *insn)
{
	const struct jit_ir *ir = &e->jit->ir;

	e->skip = 0;
	memset(e->where, JIT_NONE, sizeof(e->where));
	mol_jit_count_uses(ir, insn, e->uses);
	for (unsigned n = insn->first; n < insn->end && !e->failed; n++) {
		const struct jit_operation *o = &ir->op[n];

		if (e->skip) {
			e->skip--;
			continue;
		}
		/* Its value was computed in its home. */
		if (o->op == JIT_SET_GPR && o->a.kind == JIT_TEMP && mol_jit_home[o->n] != JIT_NONE &&
		    e->where[o->a.t] == mol_jit_home[o->n])
			continue;
		emit_operation(e, n, insn->raw);
	}
}

static void emit_instruction(struct emitter *e, const struct soft_op *op)
{
	struct jit_insn *insn = &e->jit->ir.insn[e->index];
	unsigned outs = e->outs;

	memset(e->busy, 0, sizeof(e->busy));
	memset(e->vec_busy, 0, sizeof(e->vec_busy));
	e->end = insn->end;
	if (insn->fallback) {
		emit_call(e, op);
		return;
	}
	settle_compares(e, insn);
	emit_operations(e, insn);
	for (unsigned n = outs; n < e->outs; n++)
		if (e->out[n].kind == OUT_HANDLER) {
			e->out[n].back = e->a->at;
			e->out[n].after = e->pins;
		}
	insn->fallback = e->failed;
}

/* ---- a block ---- */

static bool known_operand(const struct jit_ir *ir, struct jit_value v)
{
	const struct jit_cond *c = &ir->cond[v.t];

	if (v.kind != JIT_COND)
		return is_plain(v);
	if (c->a.kind == JIT_FPR)
		return c->b.kind == JIT_FPR;
	return (is_plain(c->a) || c->a.kind == JIT_CRB) && is_plain(c->b);
}

static bool known(const struct jit_ir *ir, const struct jit_operation *o)
{
	switch (o->op) {
	case JIT_GET_FPR:
	case JIT_NARROW:
	case JIT_SET_FPR:
	case JIT_FP_ARITH:
	case JIT_FP_SELECT:
	case JIT_FP_CMP:
	case JIT_VEC:
	case JIT_SET_VR:
		return true;
	case JIT_STORE:
		if (o->size == 16)
			return true;
		break;
	case JIT_LOAD:
	case JIT_CMP:
	case JIT_GET_CRB:
	case JIT_SET_CRB:
	case JIT_GET_CR:
	case JIT_SET_CR:
	case JIT_GET_XER:
	case JIT_SET_XER:
	case JIT_PROBE:
	case JIT_LWARX:
	case JIT_STWCX:
	case JIT_ZERO_LINE:
	case JIT_HANDLER_IF:
	case JIT_BRANCH:
	case JIT_BRANCH_IF:
		break;
	default:
		if (!mol_jit_is_computation(o))
			return false;
		break;
	}
	return known_operand(ir, o->a) && known_operand(ir, o->b) && known_operand(ir, o->c);
}

static void leave_unknown(struct jit_ir *ir)
{
	for (unsigned n = 0; n < ir->insns; n++)
		for (unsigned k = ir->insn[n].first; k < ir->insn[n].end; k++)
			if (!known(ir, &ir->op[k]))
				ir->insn[n].fallback = true;
}

/* False: an instruction was given up, and is left to its handler the next time. */
static bool emit_instructions(struct emitter *e)
{
	for (e->index = 0; e->index < e->count && !e->a->full; e->index++) {
		emit_instruction(e, &e->block->op[e->index]);
		if (e->failed)
			return false;
	}
	e->index = e->count - 1u;
	memset(e->busy, 0, sizeof(e->busy));
	mol_jit_cr_settle_all(e);
	return true;
}

/* Take the block's instructions from the budget, and look whether it may begin: out of line if not.
 * With attention what the budget is compared with is more than any budget [core.h]. */
static void emit_head(struct emitter *e)
{
	struct out *out = mol_jit_new_out(e, OUT_SLOW);

	mol_jit_mem(e->a, A64_LOAD, 3, X0, (uint32_t)offsetof(struct molvm_vcpu, attention_low));
	a64_add_imm(e->a, 1, A64_SUB, LEFT, LEFT, e->count);
	a64_op3(e->a, 1, A64_SUBS, XZR, LEFT, X0);
	out->from = a64_bcc(e->a, A64_LT);
}

/* Returns where it begins, 0 if it cannot begin in this state, or has to be begun once more. */
static uint32_t emit_block(struct emitter *e, uint32_t state)
{
	uint32_t start;

	if (!mol_jit_begin_in(e, state))
		return 0;
	if (state)
		mol_jit_emit_undo(e);
	start = e->a->at; /* four instructions, which are overwritten when the block dies */
	mol_jit_pins_begin(e);
	emit_head(e);
	mol_jit_emit_fp_begin(e);
	if (!emit_instructions(e))
		return 0;
	mol_jit_leave_with_pins(e, e->ea + 4u * e->count, 0);
	mol_jit_emit_outs(e);
	return start;
}

uint32_t mol_jit_emit_block(struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t state)
{
	struct jit *jit = s->jit;
	struct jit_code *a = &jit->a;
	struct emitter *e = jit->emitter;
	uint32_t start = a->at, sites = jit->sites, code;

	mol_jit_record_block(s, b, ea);
	leave_unknown(&jit->ir);
	do {
		memset(e, 0, offsetof(struct emitter, views_differ));
		e->jit = jit;
		e->a = a;
		e->block = b;
		e->ea = ea;
		e->count = jit->ir.insns;
		a->at = start;
		a->full = false;
		jit->sites = sites;
		code = emit_block(e, state);
	} while (e->failed);
	if (a->full || !code) {
		a->at = start;
		return 0;
	}
	mol_jit_written(jit, start, a->at);
	return code;
}
