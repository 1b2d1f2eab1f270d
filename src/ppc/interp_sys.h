/* SPDX-License-Identifier: MIT
 * interp_sys.h - the words of sem.h for the interpreter: control and system registers.
 *
 * Included once, by interp.c, between sem.h and the meanings. A context that
 * changes ends with PPC_STOP_SYNC: the run loop then looks at interrupts, at
 * cpu->r.asleep and cpu->unsupported, and fetches anew.
 */

/* ---- control ---- */

/* SRR0 is the next instruction; SRR1 has no cause bits [PEM 6.4.10]. */
WORD void system_call(DOM *c, struct ppc_insn i)
{
	if (c->ops->hypercall && c->ops->hypercall(c, i.raw))
		return;
	mol_ppc_raise(c, PPC_VEC_SC, 0);
	c->exc.srr0 = c->r.pc + 4;
}

/* The MSR was written, and next is the instruction after. If it enables the floating-point
 * exception that the FPSCR holds, "(MSR[FE0] | MSR[FE1]) & FPSCR[FEX]" [603e UM 4.1], that is
 * taken before next begins, as rfi says of each pending exception [PEM 8.2, rfi]. Not while MSR[FP]
 * is clear: Linux goes back to tasks that way, with another's FPSCR in place. */
static void msr_written(DOM *c, uint32_t next)
{
	c->stop |= PPC_STOP_SYNC;
	if (MOL_LIKELY(!(c->r.fpscr & PPC_FPSCR_FEX && c->r.msr & PPC_MSR_FP &&
			 c->r.msr & (PPC_MSR_FE0 | PPC_MSR_FE1))))
		return;
	c->r.pc = next;
	mol_ppc_raise(c, PPC_VEC_PROGRAM, PPC_SRR1_PROG_FP | PPC_SRR1_PROG_NEXT);
}

/* MSR[0, 5-9, 16-31] come from SRR1 [PEM 8.2, rfi]. The 603e's TGPR ends with the handler that
 * it was for, whatever SRR1[14], a cause bit, says [603e UM 2.1, 4.5]. MSR[ILE] and POW stay. */
WORD void return_from_interrupt(DOM *c)
{
	uint32_t srr1 = c->r.spr[PPC_SPR_SRR1];

	mol_ppc_set_msr(c, (c->r.msr & ~(PPC_SRR1_MSR | PPC_MSR_TGPR)) | (srr1 & PPC_SRR1_MSR));
	c->npc = c->r.spr[PPC_SPR_SRR0] & ~3u;
	c->stop |= PPC_STOP_BRANCH;
	msr_written(c, c->npc);
}

WORD void synchronize(DOM *c)
{
	c->stop |= PPC_STOP_SYNC;
}

/* ---- MSR and segment registers ---- */

WORD V msr(DOM *c)
{
	return c->r.msr;
}

WORD void set_msr(DOM *c, V v)
{
	mol_ppc_set_msr(c, v);
	msr_written(c, c->r.pc + 4);
}

WORD V sr(DOM *c, V n)
{
	return c->r.sr[n & 15];
}

/* Without PPC_STOP_SYNC: the guest owes an isync before it may fetch through the new segment
 * [PEM 2.3.17]. A register that stays as it is costs nothing: a context switch
 * writes all sixteen. */
WORD void set_sr(DOM *c, V n, V v)
{
	n &= 15;
	if (c->r.sr[n] == v)
		return;
	c->r.sr[n] = v;
	c->ops->mmu_event(c, PPC_MMU_SR, n);
}

/* ---- special-purpose registers ---- */

WORD bool read_spr(DOM *c, unsigned number, V *out)
{
	return mol_ppc_read_spr(c, number, out);
}

WORD bool write_spr(DOM *c, unsigned number, V v)
{
	return mol_ppc_write_spr(c, number, v);
}

/* Any other TBR is illegal [PEM 8.2, mftb; 750GX UM 2.3.1], or privileged as an SPR would be. */
WORD bool read_tb(DOM *c, unsigned number, V *out)
{
	if (number == PPC_SPRN_TBL || number == PPC_SPRN_TBU)
		return mol_ppc_read_spr(c, number, out);
	return mol_ppc_refuse_spr(c, number);
}

/* ---- TLB: data that are forgotten are found again; but the next instruction shall not depend on
 * which words had been fetched before: every engine looks anew ---- */

WORD void tlb_invalidate(DOM *c, V ea)
{
	c->ops->mmu_event(c, PPC_MMU_TLBIE, ea);
	c->stop |= PPC_STOP_SYNC;
}

WORD void tlb_invalidate_all(DOM *c)
{
	c->ops->mmu_event(c, PPC_MMU_TLBIA, 0);
	c->stop |= PPC_STOP_SYNC;
}

WORD void tlb_load(DOM *c, bool instruction, V ea)
{
	c->ops->mmu_event(c, instruction ? PPC_MMU_TLBLI : PPC_MMU_TLBLD, ea);
	if (instruction)
		c->stop |= PPC_STOP_SYNC;
}
