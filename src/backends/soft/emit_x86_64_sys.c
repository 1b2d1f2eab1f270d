/* SPDX-License-Identifier: MIT
 * emit_x86_64_sys.c - changes of the mode, without leaving translated code.
 *
 * What an exception, rfi or mtmsr does to the registers are operations on fields. Here is what
 * follows from a new MSR: other page tables for data and for code, and by these the way on
 * [jit_table.h]. A table that is not known is empty, which leads to the run loop.
 * Called by emit_x86_64.c.
 */
#include "emit_x86_64.h"

/* As the indices of cpu->page_of[] and vcpu->code_table_of[] are made. */
#define DATA_MODE (PPC_MSR_DR | PPC_MSR_PR)
#define CODE_MODE (PPC_MSR_IR | PPC_MSR_FP | PPC_MSR_PR | PPC_MSR_VEC)
_Static_assert(PPC_DATA_ON == 1 && PPC_DATA_USER == 2 && PPC_MSR_DR < PPC_MSR_PR &&
	       PPC_MSR_IR < PPC_MSR_FP && PPC_MSR_FP < PPC_MSR_PR && PPC_MSR_PR < PPC_MSR_VEC,
	       "the order of the bits");

#define CORE_AT(member) AT_OFFSET(offsetof(struct molvm_vcpu, member))

static struct x86_mem element(size_t array, unsigned index)
{
	return mem_scaled(RBP, index, 3, (int32_t)array - JIT_BIAS);
}

static void choose_tables(struct emitter *e, unsigned msr, unsigned r)
{
	struct jit_code *a = e->a;

	x86_mov_imm(a, r, DATA_MODE);
	x86_pext_pdep(a, false, 0, r, msr, r);
	x86_load64(a, RDI, element(offsetof(struct ppc_cpu, page_of), r));
	x86_store64(a, AT(page), RDI);
	x86_mov_imm(a, r, CODE_MODE);
	x86_pext_pdep(a, false, 0, r, msr, r);
	x86_load64(a, r, element(offsetof(struct molvm_vcpu, code_table_of), r));
	x86_store64(a, CORE_AT(code_table), r);
}

static void emit_set_mode(struct emitter *e, const struct jit_operation *o)
{
	unsigned msr = mol_jit_source(e, o->a);

	choose_tables(e, msr, mol_jit_allocate(e, 2));
	mol_jit_used(e, o->a);
}

static void emit_new_mode(struct emitter *e, const struct jit_operation *o)
{
	uint32_t next = e->ea + 4 * (e->index + 1), over;
	unsigned msr = mol_jit_source(e, o->a), change = mol_jit_source(e, o->b);
	unsigned r = mol_jit_allocate(e, 2);
	struct out *out;

	x86_test(e->a, change, change);
	over = x86_jcc(e->a, CC_E);
	choose_tables(e, msr, r);
	if ((next ^ e->ea) < SOFT_PAGE) { /* else the block ends here, and goes on by the table */
		x86_cmp_mem_imm(e->a, mem_at(r, (int32_t)(next / SOFT_PAGE * sizeof(uintptr_t))),
				e->jit->unit * SOFT_PAGE);
		out = mol_jit_new_out(e, OUT_FAR);
		out->from = x86_jcc(e->a, CC_NE);
		out->target = next;
		out->site = e->count - e->index - 1;
	}
	x86_patch(e->a, over, e->a->at);
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

static void emit_once(struct emitter *e)
{
	struct x86_mem last = CORE_AT(exception_left);
	unsigned r = mol_jit_allocate(e, 2);
	struct out *out;

	x86_lea(e->a, 1, r, mem_at(R15, (int32_t)(e->count - e->index)));
	x86_rm(e->a, 1, ALU_CMP << 3 | 3, r, last);
	out = mol_jit_new_out(e, OUT_HANDLER);
	out->site = mol_jit_new_site(e, e->block->op[e->index].raw, 0, 0);
	out->from = x86_jcc(e->a, CC_E);
	x86_store64(e->a, last, r);
}

static void emit_enter(struct emitter *e, uint32_t vector)
{
	const size_t stat = MOL_STAT_EXCEPTIONS + (vector >> 8 & 31);

	mol_jit_pins_flush(e);
	x86_rm(e->a, 1, 0x83, ALU_ADD, AT_OFFSET(offsetof(struct molvm_vcpu, stat) + 8 * stat));
	x86_byte(e->a, 1);
	mol_jit_leave_far(e, vector, e->count - e->index);
}

void mol_jit_emit_mode(struct emitter *e, const struct jit_operation *o)
{
	switch (o->op) {
	case JIT_SET_MODE:
		emit_set_mode(e, o);
		break;
	case JIT_NEW_MODE:
		emit_new_mode(e, o);
		break;
	case JIT_ONCE:
		emit_once(e);
		break;
	default:
		emit_enter(e, o->k);
		break;
	}
}

/* A function that looks at no guest register, and calls nobody who might. Pins are stored. */
static void emit_light_call(struct emitter *e, uintptr_t function)
{
	x86_mov_imm64(e->a, RAX, function);
	x86_call_to(e->a, e->jit->call_light);
}

/* While nothing has been translated since the last change of a segment register there is nothing
 * to forget. */
void mol_jit_emit_set_sr(struct emitter *e, const struct jit_operation *o)
{
	const size_t sr = offsetof(struct ppc_cpu, r.sr);
	struct x86_mem at = AT_OFFSET(sr + 4 * o->a.k);
	unsigned r = mol_jit_source(e, o->b);
	uint32_t same, unknown;

	mol_jit_pins_flush(e);
	if (o->a.kind != JIT_K)
		at = mem_scaled(RBP, mol_jit_source(e, o->a), 2, (int32_t)sr - JIT_BIAS);
	x86_alu_mem(e->a, ALU_CMP, r, at);
	same = x86_jcc(e->a, CC_E);
	x86_store(e->a, at, r);
	x86_cmp8_mem_imm(e->a, CORE_AT(segments_known), 0);
	unknown = x86_jcc(e->a, CC_E);
	emit_light_call(e, (uintptr_t)mol_jit_segments_changed);
	x86_patch(e->a, same, e->a->at);
	x86_patch(e->a, unknown, e->a->at);
	mol_jit_pins_forget(e);
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

void mol_jit_emit_tlbie(struct emitter *e, const struct jit_operation *o)
{
	mol_jit_pins_flush(e);
	mol_jit_move_to(e, RCX, o->a);
	emit_light_call(e, (uintptr_t)mol_jit_tlbie);
	mol_jit_pins_forget(e);
	mol_jit_used(e, o->a);
}

void mol_jit_emit_tb(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r;

	if (o->op == JIT_GET_TBL) {
		mol_jit_pins_flush(e);
		emit_light_call(e, (uintptr_t)mol_jit_tbl);
		mol_jit_pins_forget(e);
		x86_mov(e->a, mol_jit_result(e, n, true), RAX);
		return;
	}
	r = mol_jit_result(e, n, true);
	x86_load64(e->a, r, CORE_AT(tick_seen));
	x86_rm(e->a, 1, ALU_ADD << 3 | 3, r, AT(r.tb_offset));
	x86_shift64_imm(e->a, SH_SHR, r, 32);
}
