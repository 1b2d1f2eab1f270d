/* SPDX-License-Identifier: MIT
 * emit_x86_64.c - instructions and blocks, as x86-64 code.
 *
 * One pass over the operations that jit_record.c recorded, instruction by instruction. What is not
 * expressed in them calls the interpreter's handler. So does what needs more registers than there
 * are: the block is then begun once more, since what was emitted before may have counted on it that
 * nobody looks at the registers there.
 * Called by jit.c when a block is to be translated.
 */
#include "emit_x86_64.h"
#include "x86_sse.h"

/* ---- an instruction ---- */

/* The interpreter's handler: homes in memory around it. If it stops, this does not come back. */
static void emit_call(struct emitter *e, const struct soft_op *op)
{
	struct jit_code *a = e->a;

	mol_jit_cr_settle_all(e);
	mol_jit_pins_flush(e);
	x86_mov_imm(a, RCX, op->raw);
	x86_mov_imm(a, RDX, mol_jit_new_site(e, op->raw, 0, 0));
	x86_mov_imm64(a, RAX, (uintptr_t)op->fn);
	x86_call_to(a, e->jit->call);
	mol_jit_pins_forget(e);
	if (e->fp_live) { /* it may have changed the rounding, or enabled exceptions */
		struct out *out;

		mol_jit_emit_fp_enter(e);
		out = mol_jit_new_out(e, OUT_BRANCH);
		out->from = x86_jcc(a, CC_NE);
		out->target = e->ea + 4 * (e->index + 1);
		out->site = e->count - e->index - 1;
	}
}

/* Accesses to memory, floating point, vectors. */
static void emit_beyond_integers(struct emitter *e, unsigned n, const struct jit_operation *o,
				 uint32_t raw)
{
	switch (o->op) {
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
	case JIT_VEC:
		mol_jit_emit_vec(e, n, o);
		break;
	case JIT_SET_VR:
		mol_jit_emit_set_vr(e, o);
		break;
	case JIT_HANDLER_IF:
		mol_jit_emit_handler_if(e, o);
		break;
	case JIT_SET_MODE:
	case JIT_NEW_MODE:
	case JIT_ONCE:
	case JIT_ENTER:
		mol_jit_emit_mode(e, o);
		break;
	case JIT_GET_TBU:
	case JIT_GET_TBL:
		mol_jit_emit_tb(e, n, o);
		break;
	case JIT_SET_SR:
		mol_jit_emit_set_sr(e, o);
		break;
	case JIT_TLBIE:
		mol_jit_emit_tlbie(e, o);
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
	default: /* an operation that is not emitted is not translated */
		e->failed = true;
		break;
	}
}

static void emit_operation(struct emitter *e, unsigned n, uint32_t raw)
{
	const struct jit_operation *o = &e->jit->ir.op[n];

	switch (o->op) {
	case JIT_ADD:
		mol_jit_emit_add(e, n, o);
		break;
	case JIT_OR:
	case JIT_AND:
	case JIT_SUB:
	case JIT_XOR:
		mol_jit_emit_alu(e, n, o);
		break;
	case JIT_SHL:
	case JIT_SHR:
	case JIT_SAR:
	case JIT_ROTL:
		mol_jit_emit_shift(e, n, o);
		break;
	case JIT_SHL6:
	case JIT_SHR6:
	case JIT_SAR6:
		mol_jit_emit_shift6(e, n, o);
		break;
	case JIT_MUL:
	case JIT_MULHU:
	case JIT_MULHS:
		mol_jit_emit_mul(e, n, o);
		break;
	case JIT_DIVU:
	case JIT_DIVS:
		mol_jit_emit_div(e, n, o);
		break;
	case JIT_NOT:
	case JIT_CLZ:
	case JIT_BSWAP:
	case JIT_EXT8:
	case JIT_EXT16:
		mol_jit_emit_unary(e, n, o);
		break;
	case JIT_TRUTH:
		mol_jit_emit_truth(e, n, o);
		break;
	case JIT_SELECT:
		mol_jit_emit_select(e, n, o);
		break;
	case JIT_ADC:
		mol_jit_emit_adc(e, n, o);
		break;
	case JIT_SET_GPR:
		mol_jit_emit_set_gpr(e, o);
		break;
	case JIT_CMP:
		mol_jit_emit_cmp(e, n, o);
		break;
	case JIT_GET32:
	case JIT_SET32:
	case JIT_GET8:
	case JIT_SET8:
	case JIT_GET64:
	case JIT_SET64:
		mol_jit_emit_field(e, n, o);
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
	case JIT_SET_OV:
		mol_jit_emit_set_ov(e, o);
		break;
	case JIT_BRANCH:
		mol_jit_emit_branch(e, o);
		break;
	case JIT_BRANCH_IF:
		mol_jit_emit_branch_if(e, o);
		break;
	default:
		emit_beyond_integers(e, n, o, raw);
		break;
	}
	/* A result that nobody reads. */
	if (e->uses[o->d] == 0 && e->where[o->d] < 16 && o->op != JIT_SET_GPR && o->op != JIT_STORE)
		e->busy[e->where[o->d]] &= 2;
	mol_jit_release_operation(e);
}

/* Before anything of the instruction is emitted: compares that wait for what it overwrites, and, if it
 * leaves the block for sure, all of them. */
static void settle_compares(struct emitter *e, const struct jit_insn *insn)
{
	const struct jit_ir *ir = &e->jit->ir;

	for (unsigned n = insn->first; n < insn->end; n++) {
		const struct jit_operation *o = &ir->op[n];

		if (o->op == JIT_VEC || o->op == JIT_SET_VR ||
		    ((o->op == JIT_LOAD || o->op == JIT_STORE) && o->size == 16))
			mol_jit_fp_before_vector(e);
		mol_jit_cr_before(e, o);
		if (o->op == JIT_ELSEWHERE_IF)
			break;
	}
}

/* From operation n on. */
static void emit_operations(struct emitter *e, const struct jit_insn *insn, unsigned n)
{
	const struct jit_ir *ir = &e->jit->ir;

	memset(e->busy, 0, sizeof(e->busy));
	memset(e->vec_busy, 0, sizeof(e->vec_busy));
	e->end = insn->end;
	e->failed = false;
	memset(e->where, JIT_NONE, sizeof(e->where));
	mol_jit_count_uses(ir, insn, e->uses);
	for (; n < insn->end && !e->failed; n++) {
		const struct jit_operation *o = &ir->op[n];

		if (o->op == JIT_ELSEWHERE_IF) {
			mol_jit_emit_elsewhere_if(e, n, o);
			break;
		}
		/* Its value was computed in its home. */
		if (o->op == JIT_SET_GPR && o->a.kind == JIT_TEMP &&
		    e->where[o->a.t] == (e->home[o->n] == JIT_NONE ? JIT_STORED : e->home[o->n]))
			continue;
		emit_operation(e, n, insn->raw);
	}
}

static void emit_instruction(struct emitter *e, const struct soft_op *op)
{
	struct jit_insn *insn = &e->jit->ir.insn[e->index];
	unsigned outs = e->outs;

	if (insn->fallback) {
		memset(e->busy, 0, sizeof(e->busy));
		emit_call(e, op);
		return;
	}
	settle_compares(e, insn);
	emit_operations(e, insn, insn->first);
	for (unsigned n = outs; n < e->outs; n++)
		if (e->out[n].kind == OUT_HANDLER || e->out[n].kind == OUT_ELSEWHERE) {
			e->out[n].back = e->a->at;
			e->out[n].after = e->xmm;
		}
	insn->fallback = e->failed;
	e->given_up |= e->failed;
}

/* Take the block's instructions from the budget, and look whether it may begin: out of line if not.
 * With attention what the budget is compared with is more than any budget [core.h]. */
void mol_jit_emit_head(struct emitter *e)
{
	struct jit_code *a = e->a;
	struct out *out = mol_jit_new_out(e, OUT_SLOW);

	x86_rr(a, 1, 0x81, ALU_SUB, R15); /* 7 bytes */
	x86_word32(a, e->count);
	x86_rm(a, 1, 0x3b, R15, AT_OFFSET(offsetof(struct molvm_vcpu, attention_low))); /* cmp */
	out->from = out->back = x86_jcc(a, CC_L);
}

void mol_jit_emit_instructions(struct emitter *e)
{
	for (e->index = 0; e->index < e->count && !e->a->full && !e->given_up; e->index++) {
		mol_jit_loop_label(e);
		emit_instruction(e, &e->block->op[e->index]);
	}
	e->index = e->count - 1u;
	memset(e->busy, 0, sizeof(e->busy));
}

/* The rest of an instruction, which leaves the block; or its handler goes on behind the instruction. */
void mol_jit_emit_elsewhere_out(struct emitter *e, const struct out *o)
{
	struct jit_insn *insn = &e->jit->ir.insn[o->insn];
	unsigned outs = e->outs, index = e->index;

	e->xmm = o->xmm;
	mol_jit_cr_settle_out(e, o, false);
	memset(e->waiting, 0, sizeof(e->waiting));
	e->flags_at = UINT32_MAX;
	e->index = o->insn;
	emit_operations(e, insn, o->site);
	for (; outs < e->outs; outs++) {
		e->out[outs].back = o->back;
		e->out[outs].after = o->after;
	}
	e->index = index;
	insn->fallback = e->failed;
	e->given_up |= e->failed;
}

/* Returns where it begins, 0 if it cannot begin in this state. */
static uint32_t emit_block(struct emitter *e, uint32_t state)
{
	uint32_t start;

	if (!mol_jit_begin_in(e, state))
		return 0;
	if (state)
		mol_jit_emit_undo(e);
	start = e->a->at; /* which is overwritten by a jump when the block dies */
	mol_jit_pins_begin(e);
	mol_jit_loop_begin(e);
	mol_jit_emit_head(e);
	mol_jit_emit_fp_begin(e);
	mol_jit_emit_instructions(e);
	mol_jit_cr_settle_all(e);
	mol_jit_leave_with_pins(e, e->ea + 4u * e->count, 0, 0);
	mol_jit_emit_outs(e);
	return start;
}

uint32_t mol_jit_emit_block(struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t state)
{
	struct jit *jit = s->jit;
	struct jit_code *a = &jit->a;
	struct emitter *e = jit->emitter;
	uint32_t start = a->at, sites = jit->sites, code;
	bool no_debts = false;

	mol_jit_record_block(s, b, ea);
	do {
		memset(e, 0, offsetof(struct emitter, out));
		e->jit = jit;
		e->a = a;
		e->home = mol_jit_home;
		e->block = b;
		e->ea = ea;
		e->count = jit->ir.insns;
		e->shift_by_base = a->features & X86_BMI2 && (uintptr_t)&s->vcpu->cpu % 32 == 0;
		e->flags_at = e->carry_at = UINT32_MAX;
		e->no_debts = no_debts;
		a->at = start;
		a->full = false;
		jit->sites = sites;
		code = emit_block(e, state);
		no_debts = e->no_debts;
	} while (e->given_up);
	if (a->full || !code) {
		a->at = start;
		return 0;
	}
	return code;
}
