/* SPDX-License-Identifier: MIT
 * emit_x86_64.c - instructions, blocks, and the fixed parts of the code buffer.
 *
 * One pass over the operations that jit_record.c recorded, instruction by instruction. What is not
 * expressed in them calls the interpreter's handler. So does what needs more registers than there
 * are: the block is then begun once more, since what was emitted before may have counted on it that
 * nobody looks at the registers there.
 * Called by jit.c when a block is to be translated or dies, and when a processor is made.
 */
#include "emit_x86_64.h"
#include "x86_sse.h"

/* ---- homes ---- */

static void save_homes(struct jit_code *a)
{
	for (unsigned n = 0; n < JIT_REGISTERS; n++)
		if (mol_jit_home[n] != JIT_NONE)
			x86_store(a, mol_jit_gpr_at(n), mol_jit_home[n]);
}

static void load_homes(struct jit_code *a)
{
	for (unsigned n = 0; n < JIT_REGISTERS; n++)
		if (mol_jit_home[n] != JIT_NONE)
			x86_load(a, mol_jit_home[n], mol_jit_gpr_at(n));
	x86_load64(a, RDI, AT(page));
}


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
	}
}

static void emit_operations(struct emitter *e, const struct jit_insn *insn)
{
	const struct jit_ir *ir = &e->jit->ir;

	memset(e->where, JIT_NONE, sizeof(e->where));
	mol_jit_count_uses(ir, insn, e->uses);
	for (unsigned n = insn->first; n < insn->end && !e->failed; n++) {
		const struct jit_operation *o = &ir->op[n];

		/* Its value was computed in its home. */
		if (o->op == JIT_SET_GPR && o->a.kind == JIT_TEMP &&
		    e->where[o->a.t] == (mol_jit_home[o->n] == JIT_NONE ? JIT_STORED : mol_jit_home[o->n]))
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
	e->failed = false;
	if (insn->fallback) {
		emit_call(e, op);
		return;
	}
	settle_compares(e, insn);
	emit_operations(e, insn);
	for (unsigned n = outs; n < e->outs; n++)
		if (e->out[n].kind == OUT_HANDLER) {
			e->out[n].back = e->a->at;
			e->out[n].after = e->xmm;
		}
	insn->fallback = e->failed;
	e->given_up |= e->failed;
}

/* Take the block's instructions from the budget, and look whether it may begin: out of line if not. */
static void emit_head(struct emitter *e)
{
	struct jit_code *a = e->a;
	struct out *out = mol_jit_new_out(e, OUT_SLOW);

	x86_rr(a, 1, 0x81, ALU_SUB, R15); /* 7 bytes */
	x86_word32(a, e->count);
	out->from = x86_jcc(a, CC_B);
	x86_cmp_mem_imm(a, AT_OFFSET(offsetof(struct molvm_vcpu, attention)), 0);
	out->back = x86_jcc(a, CC_NE);
}

static void emit_instructions(struct emitter *e)
{
	for (e->index = 0; e->index < e->count && !e->a->full && !e->given_up; e->index++)
		emit_instruction(e, &e->block->op[e->index]);
	e->index = e->count - 1u;
	memset(e->busy, 0, sizeof(e->busy));
}

/* As if it were a block that ends with the branch o->insn. */
void mol_jit_emit_loop_out(struct emitter *e, const struct out *o)
{
	e->xmm = o->xmm;
	mol_jit_cr_settle_out(e, o, false);
	memset(e->waiting, 0, sizeof(e->waiting));
	e->flags_at = UINT32_MAX;
	if (o->site)
		x86_alu_imm_w(e->a, 1, ALU_ADD, R15, o->site);
	e->count = o->insn + 1u;
	e->loop = LOOP_SECOND;
	e->loop_head = e->a->at;
	e->loop_xmm = e->xmm;
	emit_head(e);
	emit_instructions(e);
	mol_jit_cr_settle_all(e);
	mol_jit_pins_flush(e);
	mol_jit_leave_to(e, e->ea + 4u * e->count, 0);
}

static void emit_block(struct emitter *e)
{
	mol_jit_pins_begin(e);
	emit_head(e); /* which is overwritten by a jump when the block dies */
	mol_jit_emit_fp_begin(e);
	emit_instructions(e);
	mol_jit_cr_settle_all(e);
	mol_jit_pins_flush(e);
	mol_jit_leave_to(e, e->ea + 4u * e->count, 0);
	mol_jit_emit_outs(e);
}

uint32_t mol_jit_emit_block(struct soft *s, const struct soft_block *b, uint32_t ea)
{
	struct jit *jit = s->jit;
	struct jit_code *a = &jit->a;
	struct emitter *e = jit->emitter;
	uint32_t start = a->at, sites = jit->sites;

	mol_jit_record_block(s, b, ea);
	do {
		memset(e, 0, offsetof(struct emitter, out));
		e->jit = jit;
		e->a = a;
		e->block = b;
		e->ea = ea;
		e->count = jit->ir.insns;
		e->flags_at = UINT32_MAX;
		a->at = start;
		a->full = false;
		jit->sites = sites;
		emit_block(e);
	} while (e->given_up);
	if (a->full) {
		a->at = start;
		return 0;
	}
	return start;
}

void mol_jit_emit_dead(const struct jit *jit, uint32_t code, uint32_t ea)
{
	struct jit_code a = jit->a;

	a.full = false;
	a.at = code;
	x86_store_imm(&a, AT(r.pc), ea);
	x86_jmp_to(&a, jit->exit_lookup);
}

void mol_jit_emit_link(struct jit *jit, uint32_t where, uint32_t code)
{
	x86_patch(&jit->a, where, code);
}

struct emitter *mol_jit_emitter_new(struct molvm_vm *vm)
{
	return mol_alloc(vm, sizeof(struct emitter));
}

void mol_jit_emitter_free(struct molvm_vm *vm, struct emitter *emitter)
{
	mol_free(vm, emitter, sizeof(*emitter));
}

/* ---- the fixed parts ---- */

/* RDX: the site, where that is wanted; R15: what is left. */
static void emit_exit_saved(struct jit_code *a, enum jit_exit what)
{
	if (what == JIT_EXIT_LINK) {
		x86_mov(a, RAX, RDX);
		x86_shift64_imm(a, SH_SHL, RAX, 8);
		x86_alu_imm_w(a, 1, ALU_OR, RAX, (uint32_t)what);
	} else {
		x86_mov_imm(a, RAX, (uint32_t)what);
	}
	x86_mov64(a, RDX, R15);
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, FRAME_SIZE);
	x86_pop(a, R15);
	x86_pop(a, R14);
	x86_pop(a, R13);
	x86_pop(a, R12);
	x86_pop(a, RBX);
	x86_pop(a, RBP);
	x86_ret(a);
}

static void emit_exit(const struct jit *jit, struct jit_code *a, enum jit_exit what)
{
	mol_jit_emit_fp_leave(jit, a);
	save_homes(a);
	emit_exit_saved(a, what);
}

/* Homes are saved, and mol_jit_stopped() has answered: go on with other code, or leave. */
static void emit_next(struct jit_code *a)
{
	uint32_t leave;

	x86_mov64(a, R15, RDX);
	x86_rr(a, 1, 0x85, RAX, RAX);
	leave = x86_jcc(a, CC_E);
	load_homes(a);
	x86_jmp_reg(a, RAX);
	x86_patch(a, leave, a->at);
	emit_exit_saved(a, JIT_EXIT_RAN);
}

/* EDX = the site: deal with what stopped there. */
static void emit_stopped(struct jit_code *a)
{
	save_homes(a);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_mov(a, RSI, RDX);
	x86_mov64(a, RDX, R15);
	x86_mov_imm64(a, RAX, (uintptr_t)mol_jit_stopped);
	x86_call_reg(a, RAX);
	emit_next(a);
}

/* A handler: RAX = it, ECX = the word, EDX = the site. */
static void emit_call_handler(const struct jit *jit, struct jit_code *a)
{
	uint32_t leave;

	save_homes(a);
	mol_jit_emit_fp_leave(jit, a);
	x86_mov(a, RSI, RCX);
	x86_mov64(a, R8, RAX);
	x86_mov64(a, RCX, R15);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_alu_imm_w(a, 1, ALU_SUB, RSP, 8);
	x86_mov_imm64(a, RAX, (uintptr_t)mol_jit_handle);
	x86_call_reg(a, RAX);
	x86_alu_imm_w(a, 1, ALU_CMP, RAX, (uint32_t)(uintptr_t)JIT_SAME_BLOCK);
	leave = x86_jcc(a, CC_NE);
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, 8);
	load_homes(a);
	x86_ret(a);
	x86_patch(a, leave, a->at);
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, 16);
	emit_next(a);
}

/* Called with the frame filled; keeps every register, leaves a load's value in the frame. */
static void emit_access(struct jit *jit, bool write)
{
	struct jit_code *a = &jit->a;
	uint32_t stopped;
	/* After the pushes and the return address the frame lies higher. */
	const int32_t up = 8 * SCRATCHES + 8;

	for (unsigned n = 0; n < SCRATCHES; n++)
		x86_push(a, mol_jit_scratch[n]);
	save_homes(a);
	mol_jit_emit_fp_leave(jit, a);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_load(a, RSI, mem_at(RSP, up));
	x86_load(a, RDX, mem_at(RSP, up + 16));
	x86_load64(a, RCX, mem_at(RSP, up + 8));
	x86_mov64(a, R8, R15);
	x86_mov_imm64(a, RAX, write ? (uintptr_t)mol_jit_slow_store : (uintptr_t)mol_jit_slow_load);
	x86_call_reg(a, RAX);
	if (write)
		x86_test(a, RDX, RDX);
	else
		x86_alu_imm(a, ALU_CMP, RDX, 1);
	stopped = x86_jcc(a, write ? CC_E : CC_NE);
	if (write)
		x86_store(a, mem_at(RSP, up + 24), RDX);
	else
		x86_store64(a, mem_at(RSP, up + 8), RAX);
	load_homes(a);
	for (unsigned n = SCRATCHES; n-- > 0;)
		x86_pop(a, mol_jit_scratch[n]);
	x86_ret(a);
	x86_patch(a, stopped, a->at);
	x86_load(a, RDX, mem_at(RSP, up + 16));
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, up);
	load_homes(a);
	x86_jmp_to(a, jit->exit_stop);
}

void mol_jit_emit_fixed(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	static const uint8_t saved[] = { RBP, RBX, R12, R13, R14, R15 };

	a->features = x86_features();
	jit->ir.whole = jit->ir.modes = a->features & X86_PEXT;
	mol_jit_emit_vec_fixed(jit);
	mol_jit_emit_fp_fixed(jit);
	/* struct jit_result enter(cpu, code, left) */
	jit->enter = a->at;
	for (unsigned n = 0; n < sizeof(saved); n++)
		x86_push(a, saved[n]);
	x86_alu_imm_w(a, 1, ALU_SUB, RSP, FRAME_SIZE);
	x86_lea(a, 1, RBP, mem_at(RDI, JIT_BIAS));
	x86_mov64(a, R15, RDX);
	x86_mov64(a, RAX, RSI);
	load_homes(a);
	x86_jmp_reg(a, RAX);

	jit->exit_lookup = a->at;
	emit_exit(jit, a, JIT_EXIT_LOOKUP);
	jit->exit_link = a->at;
	emit_exit(jit, a, JIT_EXIT_LINK);
	jit->exit_stop = a->at;
	mol_jit_emit_fp_leave(jit, a);
	emit_stopped(a);
	jit->exit_slow = a->at;
	emit_exit(jit, a, JIT_EXIT_SLOW);
	jit->exit_interpret = a->at;
	emit_exit(jit, a, JIT_EXIT_INTERPRET);

	jit->call = a->at;
	emit_call_handler(jit, a);
	jit->load = a->at;
	emit_access(jit, false);
	jit->store = a->at;
	emit_access(jit, true);
}
