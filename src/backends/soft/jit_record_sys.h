/* SPDX-License-Identifier: MIT
 * jit_record_sys.h - the translator's words for system registers, exceptions and the MMU.
 *
 * Included once, by jit_record.c. What happens all the time is operations on fields; changes of the
 * mode are so too if the emitter has them (jit_ir.modes). What is rare, or what somebody outside
 * may want to see, is left to the interpreter's handler, which then does the whole instruction.
 */

/* If this holds, the instruction is the handler's. */
static void handler_if(DOM *c, V truth)
{
	struct jit_operation *o;

	if (is_k(truth, 0))
		return;
	if (truth.kind != JIT_COND)
		truth = operand(c, truth);
	o = append(c, JIT_HANDLER_IF);
	o->a = truth;
}

static void handler_unless_zero(DOM *c, V v)
{
	handler_if(c, condition(c, JIT_NE, v, k(c, 0)));
}

/* ---- the mode changes: exceptions, rfi, mtmsr ---- */

/* With one of these in the old MSR or the new there is more to do than to choose tables. */
#define NO_PLAIN_MSR                                                                               \
	(PPC_MSR_POW | PPC_MSR_TGPR | PPC_MSR_ILE | PPC_MSR_SE | PPC_MSR_BE | PPC_MSR_LE)

#define MODE_BITS (PPC_MSR_IR | PPC_MSR_DR | PPC_MSR_PR | PPC_MSR_FP | PPC_MSR_VEC)

static V get_core(DOM *c, size_t where)
{
	return get_field(c, JIT_GET32, where);
}

#define CORE(member) offsetof(struct molvm_vcpu, member)

/* Leave it to the handler unless v is 0 and nothing waits for a change of the mode: an interrupt, the
 * embedder, breakpoints, a table to be chosen anew. */
static void handler_unless_plain(DOM *c, V v)
{
	v = or_(c, v, get_field(c, JIT_GET32, FIELD(pending)));
	v = or_(c, v, get_core(c, CORE(look)));
	v = or_(c, v, get_core(c, CORE(careful)));
	handler_unless_zero(c, or_(c, v, get_core(c, CORE(code_stale))));
}

/* For mtmsr and rfi, before anything is done; msr is the new one. The FPSCR's exception may be enabled
 * by it, if it has one. */
static void handler_unless_plain_msr(DOM *c, V msr)
{
	V old = get_field(c, JIT_GET32, FIELD(msr));

	old = and_(c, or_(c, old, msr), k(c, NO_PLAIN_MSR));
	handler_unless_plain(c, or_(c, old, and_(c, get_field(c, JIT_GET32, FIELD(fpscr)), k(c, PPC_FPSCR_FEX))));
}

/* Take an exception of this instruction [except.c: mol_ppc_enter()], the vectors being low. */
static void enter(DOM *c, uint32_t vector, uint32_t srr0, uint32_t srr1)
{
	V old, msr;

	if (!c->modes) {
		unsupported(c);
		return;
	}
	old = get_field(c, JIT_GET32, FIELD(msr));
	msr = and_(c, old, k(c, NO_PLAIN_MSR | PPC_MSR_IP));
	handler_unless_plain(c, or_(c, msr, get_core(c, CORE(must_return))));
	append(c, JIT_ONCE);
	set_field(c, JIT_SET32, FIELD(spr[PPC_SPR_SRR0]), k(c, srr0));
	msr = and_(c, old, k(c, PPC_SRR1_MSR));
	set_field(c, JIT_SET32, FIELD(spr[PPC_SPR_SRR1]), srr1 ? or_(c, msr, k(c, srr1)) : msr);
	msr = and_(c, old, k(c, PPC_MSR_ME));
	set_field(c, JIT_SET32, FIELD(msr), msr);
	set_field(c, JIT_SET_MODE, 0, msr);
	append(c, JIT_ENTER)->k = vector;
}

/* The word may not run on this model or in this mode. */
static void refuse(DOM *c, enum ppc_op op)
{
	bool known = mol_ppc_has_insn(c->model, op);
	uint32_t flags = known ? ppc_insn_table[op].flags : 0;

	if (!known)
		enter(c, PPC_VEC_PROGRAM, c->pc, PPC_SRR1_PROG_ILLEGAL);
	else if (flags & I_PRIV && c->msr & PPC_MSR_PR)
		enter(c, PPC_VEC_PROGRAM, c->pc, PPC_SRR1_PROG_PRIV);
	else if (flags & I_FPU && !(c->msr & PPC_MSR_FP))
		enter(c, PPC_VEC_FP_UNAVAILABLE, c->pc, 0);
	else if (flags & I_VEC && !(c->msr & PPC_MSR_VEC))
		enter(c, PPC_VEC_ALTIVEC_UNAVAILABLE, c->pc, 0);
	else
		unsupported(c);
}

WORD void trap_if(DOM *c, V truth)
{
	struct jit_operation *o;

	if (!c->modes) {
		handler_if(c, truth);
		return;
	}
	if (is_k(truth, 0))
		return;
	if (truth.kind != JIT_COND)
		truth = operand(c, truth);
	o = append(c, JIT_ELSEWHERE_IF);
	o->a = truth;
	enter(c, PPC_VEC_PROGRAM, c->pc, PPC_SRR1_PROG_TRAP);
}

/* If it may be a call to the embedder, the handler finds out. */
WORD void system_call(DOM *c, struct ppc_insn i)
{
	if (i.raw & 1u << 5) {
		unsupported(c);
		return;
	}
	handler_if(c, condition(c, JIT_EQ, gpr(c, 3), k(c, MOL_OSI_R3)));
	enter(c, PPC_VEC_SC, c->pc + 4, 0);
}

WORD void return_from_interrupt(DOM *c)
{
	V msr;

	if (!c->modes) {
		unsupported(c);
		return;
	}
	msr = and_(c, get_field(c, JIT_GET32, FIELD(msr)), k(c, ~(PPC_SRR1_MSR | PPC_MSR_TGPR)));
	msr = or_(c, msr, and_(c, get_field(c, JIT_GET32, FIELD(spr[PPC_SPR_SRR1])), k(c, PPC_SRR1_MSR)));
	msr = and_(c, msr, k(c, c->model->msr_mask));
	handler_unless_plain_msr(c, msr);
	set_field(c, JIT_SET32, FIELD(msr), msr);
	set_field(c, JIT_SET_MODE, 0, msr);
	branch(c, and_(c, get_field(c, JIT_GET32, FIELD(spr[PPC_SPR_SRR0])), k(c, ~3u)));
}

/* Code that was written over has been left by now, so all there is to see to is translation. */
WORD void synchronize(DOM *c)
{
	handler_unless_zero(c, get_field(c, JIT_GET32, offsetof(struct molvm_vcpu, code_stale)));
}

/* ---- MSR and segment registers ---- */

WORD V msr(DOM *c)
{
	return get_field(c, JIT_GET32, FIELD(msr));
}

/* Without modes, in line only if EE and RI alone may change, nobody waits for EE (mol_must_look()), and
 * nothing that an mtmsr does again when it writes the same bits is on: power saving, floating-point
 * exceptions. */
WORD void set_msr(DOM *c, V v)
{
	const uint32_t simple = PPC_MSR_EE | PPC_MSR_RI;
	V old, change;

	if (c->modes) {
		v = and_(c, v, k(c, c->model->msr_mask));
		handler_unless_plain_msr(c, v);
		change = xor_(c, v, get_field(c, JIT_GET32, FIELD(msr)));
		change = and_(c, change, k(c, MODE_BITS));
		set_field(c, JIT_SET32, FIELD(msr), v);
		set_field(c, JIT_NEW_MODE, 0, v);
		c->op[c->count - 1].b = change;
		return;
	}
	old = get_field(c, JIT_GET32, FIELD(msr));
	change = xor_(c, v, old);
	handler_unless_zero(c, and_(c, change, k(c, c->model->msr_mask & ~simple)));
	handler_unless_zero(c, and_(c, old, k(c, PPC_MSR_POW | PPC_MSR_FE0 | PPC_MSR_FE1)));
	handler_unless_zero(c, get_field(c, JIT_GET32, FIELD(pending)));
	handler_unless_zero(c, get_field(c, JIT_GET32, offsetof(struct molvm_vcpu, look)));
	set_field(c, JIT_SET32, FIELD(msr), xor_(c, old, and_(c, change, k(c, simple))));
}

WORD V sr(DOM *c, V n)
{
	return n.kind == JIT_K ? get_field(c, JIT_GET32, FIELD(sr) + 4 * (n.k & 15)) : unsupported(c);
}

/* What it changes in the translation of instructions counts from the next isync on. */
WORD void set_sr(DOM *c, V n, V v)
{
	struct jit_operation *o;

	if (!c->modes) {
		unsupported(c);
		return;
	}
	n = operand(c, n);
	v = operand(c, v);
	o = append(c, JIT_SET_SR);
	o->a = n;
	o->b = v;
}

/* ---- special-purpose registers ---- */

/* The slot of a register that is plain storage and may be moved here, or -1. */
static int plain_slot(const DOM *c, unsigned number)
{
	int slot = mol_ppc_spr_slot(c->model, number);

	if (slot < 0 || (c->msr & PPC_MSR_PR && number & PPC_SPR_SUPERVISOR) ||
	    ppc_spr_table[slot].kind != PPC_SPR_KIND_PLAIN)
		return -1;
	return slot;
}

WORD bool read_spr(DOM *c, unsigned number, V *out)
{
	int slot = plain_slot(c, number);

	*out = k(c, 0);
	if (slot < 0 || ppc_spr_table[slot].access == PPC_SPR_WO)
		unsupported(c);
	else if (!held_field(c, FIELD(spr) + 4 * (size_t)slot, out))
		*out = get_field(c, JIT_GET32, FIELD(spr) + 4 * (size_t)slot);
	return true;
}

WORD bool write_spr(DOM *c, unsigned number, V v)
{
	int slot = plain_slot(c, number);

	if (slot < 0 || ppc_spr_table[slot].access == PPC_SPR_RO || ~ppc_spr_table[slot].kept) {
		unsupported(c);
		return true;
	}
	set_field(c, JIT_SET32, FIELD(spr) + 4 * (size_t)slot, v);
	hold_field(c, FIELD(spr) + 4 * (size_t)slot, v);
	return true;
}

/* In line under the host's clock, which does not ask how many instructions are done. TBU may be a
 * little old [spr.c: upper_tb()]. */
WORD bool read_tb(DOM *c, unsigned number, V *out)
{
	*out = k(c, 0);
	if (!c->modes || (number != PPC_SPRN_TBU && number != PPC_SPRN_TBL)) {
		unsupported(c);
		return true;
	}
	handler_if(c, condition(c, JIT_EQ, get_core(c, CORE(tick_lasts)), k(c, 0)));
	*out = get_field(c, number == PPC_SPRN_TBU ? JIT_GET_TBU : JIT_GET_TBL, 0);
	return true;
}

/* ---- TLB ---- */

/* In line unless it may take the translation of this very page, or there is a TLB to be seen. */
WORD void tlb_invalidate(DOM *c, V ea)
{
	const uint32_t class = (MOL_PAGETAB_CLASSES - 1) << 12;
	struct jit_operation *o;

	if (!c->modes || c->model->features & (PPC_F_603_TLB | PPC_F_745X_TLB)) {
		unsupported(c);
		return;
	}
	ea = operand(c, ea);
	handler_unless_plain(c, k(c, 0));
	handler_if(c, condition(c, JIT_EQ, and_(c, ea, k(c, class)), k(c, c->pc & class)));
	o = append(c, JIT_TLBIE);
	o->a = ea;
}

WORD void tlb_invalidate_all(DOM *c)
{
	unsupported(c);
}
NOT_TRANSLATED(void, (void)0, tlb_load, bool instruction, V ea)
