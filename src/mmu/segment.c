/* SPDX-License-Identifier: MIT
 * segment.c - the segment register: what no BAT has translated goes by it.
 *
 * It says which key applies, whether instructions may be fetched, and the
 * VSID that makes the virtual address; or that the segment is a direct-store
 * one, which none of our machines answers [PEM 7.5.1, 7.7]. Step of
 * mol_mmu_translate().
 */
#include "mmu_steps.h"

/* SR[T] = 1. A fetch is an ISI. Data accesses: the 603e, 750 and 74xx have no direct-store
 * interface and set DSISR[5] for each of them [603e UM 4.5.3; 750GX UM table 5-3; 7400 UM
 * table 5-4; the 7448's exception priorities]. The 604e has it, but nothing answers there,
 * which is a direct-store error: DSISR[0]; its DSISR[5] is for the instructions that may not
 * go there [604 UM table 1-2; PEM 6.4.3]. */
static bool direct_store(const struct mol_mmu_query *q, struct mol_xlat *out)
{
	bool error = (q->cpu->model->features & PPC_F_604) && !q->reserve && !q->external;

	return mol_mmu_fault(q, PPC_SRR1_ISI_NOEXEC,
			     error ? PPC_DSISR_DIRECT_STORE : PPC_DSISR_BAD_RESERVE, out);
}

/* Kp in user state, Ks in supervisor state [PEM 7.5.4] */
unsigned mol_mmu_key(const struct ppc_cpu *cpu, uint32_t sr)
{
	return (sr & (cpu->r.msr & PPC_MSR_PR ? PPC_SR_KP : PPC_SR_KS)) != 0;
}

bool mol_mmu_segment(const struct mol_mmu_query *q, struct mol_xlat *out)
{
	uint32_t sr = q->cpu->r.sr[q->ea >> 28];
	const struct mol_mmu_page page = { sr & PPC_SR_VSID, mol_mmu_key(q->cpu, sr) };

	if (sr & PPC_SR_T)
		return direct_store(q, out);
	if (q->access == PPC_EXEC && (sr & PPC_SR_N))
		return mol_mmu_fault(q, PPC_SRR1_ISI_NOEXEC, 0, out);
	if (mol_mmu_software_search(q->cpu))
		return mol_mmu_soft_page(q, &page, out);
	return mol_mmu_hashed_page(q, &page, out);
}
