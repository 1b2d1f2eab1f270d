/* SPDX-License-Identifier: MIT
 * interp_fp.h - the floating-point words of sem.h for the interpreter.
 *
 * Included once, by interp.c. F is the 64 bits of a register; the arithmetic is
 * softfp.h's and the FPSCR's rules are fpscr.c's.
 */

WORD F fpr(DOM *c, unsigned n)
{
	return c->r.fpr[n];
}

WORD void set_fpr(DOM *c, unsigned n, F v)
{
	c->r.fpr[n] = v;
}

WORD F f_and(DOM *c, F a, uint64_t mask)
{
	return a & mask;
}

WORD F f_or(DOM *c, F a, uint64_t mask)
{
	return a | mask;
}

WORD F f_xor(DOM *c, F a, uint64_t mask)
{
	return a ^ mask;
}

WORD V f_low(DOM *c, F a)
{
	return (uint32_t)a;
}

WORD F f_from_low(DOM *c, V low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

WORD F f_sel_ge0(DOM *c, F test, F a, F b)
{
	/* From +0 to +infinity as an integer, or -0; above lie the NaNs and the negative. */
	return test <= 0x7ff0000000000000u || test == 0x8000000000000000u ? a : b;
}

WORD F single_to_double(DOM *c, V v)
{
	return mol_softfp_widen(v);
}

WORD V double_to_single(DOM *c, F v)
{
	return mol_softfp_narrow(v);
}

WORD void fp_arith(DOM *c, unsigned op, unsigned d, F a, F b, F m)
{
	const uint32_t replaced = PPC_FPSCR_FPRF | PPC_FPSCR_FR | PPC_FPSCR_FI;
	uint32_t old = ppc_fpscr(c), known = replaced | (old & PPC_FPSCR_XX);
	struct ppc_fp_result r = mol_softfp_arith(op, old, a, b, m);
	bool write_result = true;

	/* A result with a class, exact or inexact as others before: nothing is summarized anew. */
	if (MOL_LIKELY(r.status & PPC_FPSCR_FPRF && !(r.status & ~known)))
		c->r.fpscr = (old & ~replaced) | (r.status & replaced);
	else
		c->r.fpscr = mol_fpscr_merge(old, r.status, &write_result);
	if (MOL_LIKELY(write_result))
		c->r.fpr[d] = r.bits;
}

WORD void fp_compare(DOM *c, unsigned n, F a, F b, bool ordered)
{
	uint32_t old = ppc_fpscr(c);
	uint32_t causes, relation = mol_softfp_compare(a, b, ordered, old, &causes);

	c->r.cr[n] = (uint8_t)relation;
	c->r.fpscr = (old & ~PPC_FPSCR_FPCC) | relation << 12;
	if (MOL_UNLIKELY(causes))
		c->r.fpscr = mol_fpscr_raise(c->r.fpscr, causes);
}

WORD V fpscr(DOM *c)
{
	return ppc_fpscr(c);
}

WORD void set_fpscr(DOM *c, V v, V mask)
{
	c->r.fpscr = mol_fpscr_replace(ppc_fpscr(c), v, mask);
}

/* All of FE0, FE1 = 01, 10, 11 are taken as precise: SRR0 is the instruction, which has updated
 * the FPSCR, CR1 and, unless suppressed, frD [PEM 3.3.6, 6.4.7]. */
WORD void fp_finish(DOM *c)
{
	/* What may be pending enables nothing. */
	if (MOL_UNLIKELY(c->r.fpscr & PPC_FPSCR_FEX && c->r.msr & (PPC_MSR_FE0 | PPC_MSR_FE1)))
		mol_ppc_raise(c, PPC_VEC_PROGRAM, PPC_SRR1_PROG_FP);
}
