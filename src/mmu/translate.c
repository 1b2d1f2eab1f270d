/* SPDX-License-Identifier: MIT
 * translate.c - mol_mmu_translate(): the order in which translations are tried.
 *
 * Real addressing mode if the MSR says so, else a BAT, else the segment and
 * what it leads to [PEM 7.2]. Called by every backend when its own
 * fast path has no answer. Shared with kernels: no VM, no allocation.
 */
#include "mmu_steps.h"

/* Real addressing mode: PA = EA, cacheable, and guarded; data are coherent [PEM 7.3]. */
static bool real(const struct mol_mmu_query *q, struct mol_xlat *out)
{
	out->pa = q->ea;
	out->block = 0x80000000u;
	out->kind = MOL_XLAT_REAL;
	out->wimg = q->access == PPC_EXEC ? MOL_WIMG_G : MOL_WIMG_M | MOL_WIMG_G;
	out->can_read = out->can_write = out->changed = 1;
	return true;
}

bool mol_mmu_translate(struct ppc_cpu *cpu, const struct mol_phys *phys, uint32_t ea,
		       enum ppc_access access, unsigned flags, struct mol_xlat *out)
{
	const struct mol_mmu_query q = {
		.cpu = cpu,
		.phys = phys,
		.ea = ea,
		.access = access,
		.user = cpu->r.msr & PPC_MSR_PR,
		.peek = flags & MOL_MMU_PEEK,
		.reserve = flags & MOL_MMU_RESERVE,
		.external = flags & MOL_MMU_EXTERNAL,
		.extended = mol_mmu_hid0(cpu, PPC_F_XAEN, PPC_HID0_XAEN),
	};
	enum mol_mmu_answer answer;

	memset(out, 0, sizeof(*out));
	if (!(cpu->r.msr & (access == PPC_EXEC ? PPC_MSR_IR : PPC_MSR_DR)))
		return real(&q, out);
	answer = mol_mmu_bat(&q, out);
	if (answer != MOL_MMU_NOT_MINE)
		return answer == MOL_MMU_TRANSLATED;
	return mol_mmu_segment(&q, out);
}

bool mol_mmu_is_direct_store(struct ppc_cpu *cpu, uint32_t ea)
{
	struct mol_xlat unused;
	const struct mol_mmu_query q = {
		.cpu = cpu,
		.ea = ea,
		.access = PPC_READ,
		.user = cpu->r.msr & PPC_MSR_PR,
		.peek = true,
	};

	return (cpu->r.msr & PPC_MSR_DR) && (cpu->r.sr[ea >> 28] & PPC_SR_T) &&
	       mol_mmu_bat(&q, &unused) == MOL_MMU_NOT_MINE;
}
