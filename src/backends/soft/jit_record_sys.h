/* SPDX-License-Identifier: MIT
 * jit_record_sys.h - the translator's words for system registers, exceptions and the MMU.
 *
 * Included once, by jit_record.c. What happens all the time is operations on fields; what is rare,
 * a trap that is taken or an mtmsr that changes the context, is left to the interpreter's handler,
 * which then does the whole instruction.
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

/* ---- control ---- */

WORD void trap_if(DOM *c, V truth)
{
	handler_if(c, truth);
}

NOT_TRANSLATED(void, (void)0, system_call, struct ppc_insn i)
WORD void return_from_interrupt(DOM *c)
{
	unsupported(c);
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

/* In line only if EE and RI alone may change, nobody waits for EE (mol_must_look()), and nothing that an mtmsr does
 * again when it writes the same bits is on: power saving, floating-point exceptions. */
WORD void set_msr(DOM *c, V v)
{
	const uint32_t simple = PPC_MSR_EE | PPC_MSR_RI;
	V old = get_field(c, JIT_GET32, FIELD(msr)), change = xor_(c, v, old);

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

NOT_TRANSLATED(void, (void)0, set_sr, V n, V v)

/* ---- special-purpose registers ---- */

/* The slot of a register that is plain storage and may be moved here, or -1. */
static int plain_slot(const DOM *c, unsigned number)
{
	int slot = mol_ppc_spr_slot(c->model, number);

	if (slot < 0 || (c->user && number & PPC_SPR_SUPERVISOR) ||
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

NOT_TRANSLATED(bool, false, read_tb, unsigned number, V *out)

/* ---- TLB ---- */

NOT_TRANSLATED(void, (void)0, tlb_invalidate, V ea)
WORD void tlb_invalidate_all(DOM *c)
{
	unsupported(c);
}
NOT_TRANSLATED(void, (void)0, tlb_load, bool instruction, V ea)
