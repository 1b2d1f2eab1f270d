/* SPDX-License-Identifier: MIT
 * fpscr.c - what an operation's status does to the FPSCR [PEM 2.1.4, 3.3.6].
 *
 * softfp.c says what happened in one operation; this file says what the register
 * remembers of it and whether the result is written. Called by the floating-point
 * words of interp_fp.h and by translated code's slow path; what translated code has put
 * off is settled here when somebody looks.
 */
#include "cpu.h"
#include "softfp.h"

#define CAUSES (PPC_FPSCR_OX | PPC_FPSCR_UX | PPC_FPSCR_ZX | PPC_FPSCR_XX | PPC_FPSCR_VX_ALL)
#define ROUNDING (PPC_FPSCR_FR | PPC_FPSCR_FI)

/* Bit 20 is reserved; FEX and VX cannot be written [PEM 2.1.4]. */
#define WRITABLE (~(PPC_FPSCR_FEX | PPC_FPSCR_VX | PPC_BIT(20)))

uint32_t mol_fpscr_summarize(uint32_t fpscr)
{
	uint32_t exceptions;

	fpscr &= ~(PPC_FPSCR_VX | PPC_FPSCR_FEX);
	if (fpscr & PPC_FPSCR_VX_ALL)
		fpscr |= PPC_FPSCR_VX;
	/* VX OX UX ZX XX are bits 2..6 and VE OE UE ZE XE are bits 24..28, in one order. */
	exceptions = fpscr >> 22 & (PPC_FPSCR_VE | PPC_FPSCR_OE | PPC_FPSCR_UE | PPC_FPSCR_ZE |
				    PPC_FPSCR_XE);
	if (exceptions & fpscr)
		fpscr |= PPC_FPSCR_FEX;
	return fpscr;
}

uint32_t mol_fpscr_raise(uint32_t fpscr, uint32_t causes)
{
	if (causes & ~fpscr)
		fpscr |= PPC_FPSCR_FX; /* a cause went from 0 to 1 */
	return mol_fpscr_summarize(fpscr | causes);
}

uint32_t mol_fpscr_merge(uint32_t fpscr, uint32_t status, bool *write_result)
{
	uint32_t causes = status & CAUSES, replaced = ROUNDING;
	/* Conversion to integer leaves FPRF alone: its status has none. */
	uint32_t class = status & PPC_FPSCR_FPRF;

	/* Enabled invalid operation and zero divide suppress the result [PEM 3.3.6.1]. */
	*write_result = !((causes & PPC_FPSCR_VX_ALL && fpscr & PPC_FPSCR_VE) ||
			  (causes & PPC_FPSCR_ZX && fpscr & PPC_FPSCR_ZE));
	if (!*write_result)
		status = 0;
	else if (class)
		replaced |= PPC_FPSCR_FPRF;
	fpscr = (fpscr & ~replaced) | (status & replaced);
	/* Nothing that was not there before: the summaries stay true. */
	return causes & ~fpscr ? mol_fpscr_raise(fpscr, causes) : fpscr;
}

uint32_t mol_fpscr_replace(uint32_t fpscr, uint32_t value, uint32_t mask)
{
	mask &= WRITABLE;
	return mol_fpscr_summarize((fpscr & ~mask) | (value & mask));
}

/* ---- what was put off ---- */

/* The operation once more: FPRF, FR and FI are a function of operands and control. */
static uint32_t catch_up(uint32_t fpscr, unsigned op, uint64_t a, uint64_t b, uint64_t m)
{
	uint32_t status = mol_softfp_arith(op, fpscr, a, b, m).status;
	uint32_t replaced = ROUNDING | (status & PPC_FPSCR_FPRF ? PPC_FPSCR_FPRF : 0);

	return (fpscr & ~replaced) | (status & replaced);
}

void mol_fpscr_settle(struct ppc_cpu *cpu)
{
	const struct ppc_fp_pending *p = &cpu->fp;
	uint32_t fpscr = cpu->r.fpscr, none;

	if (p->op)
		fpscr = catch_up(fpscr, p->op - 1u, p->a, p->b, p->m);
	if (p->convert)
		fpscr = catch_up(fpscr, p->convert - 1u, p->converted, p->converted, p->converted);
	if (p->compare)
		fpscr = (fpscr & ~PPC_FPSCR_FPCC) |
			mol_softfp_compare(p->left, p->right, false, fpscr, &none) << 12;
	if (p->raised & ~fpscr)
		fpscr = mol_fpscr_raise(fpscr, p->raised);
	cpu->r.fpscr = fpscr;
	cpu->fp.any = 0;
}
