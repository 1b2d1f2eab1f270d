/* SPDX-License-Identifier: MIT
 * protect.c - memory protection: the manual's truth tables, and the faults.
 *
 * Pages: key and PP [PEM 7.5.4]. Blocks: PP alone [PEM 7.4.4].
 * Fetching from guarded memory with MSR[IR] = 1 is an ISI, for a page as for a
 * block [604 UM and 750GX UM table 5-3]. Called by the steps of
 * mol_mmu_translate().
 */
#include "mmu_steps.h"

enum { CAN_READ = 1, CAN_WRITE = 2 };
enum rights { NO = 0, RO = CAN_READ, RW = CAN_READ | CAN_WRITE };

static const uint8_t page_rights[2][4] = { /* rows: key, columns: PP */
	{ RW, RW, RW, RO },
	{ NO, RO, RW, RO },
};

static const uint8_t block_rights[4] = { NO, RO, RW, RO }; /* by PP */

bool mol_mmu_fault(const struct mol_mmu_query *q, uint32_t srr1, uint32_t dsisr,
		   struct mol_xlat *out)
{
	struct ppc_exception *fault = &out->fault;

	if (q->access == PPC_EXEC) {
		fault->vector = PPC_VEC_ISI;
		fault->srr0 = q->ea;
		fault->srr1 = srr1;
		return false;
	}
	fault->vector = PPC_VEC_DSI;
	fault->srr0 = q->cpu->r.pc;
	fault->dar = q->ea;
	fault->dsisr = dsisr | (q->access == PPC_WRITE ? PPC_DSISR_STORE : 0);
	fault->sets_dar = fault->sets_dsisr = 1;
	return false;
}

/* Write-through memory is not for eciwx and ecowx [604 UM table 1-2; MPC8240 UM table of
 * exceptions, for the 603e]. On a 74xx it is not for lwarx and stwcx. either, nor is cacheable
 * memory while the data cache is locked [7400 UM table 4-3; the 7448's exception priorities];
 * the older models leave a reservation on such a page alone [603e UM 2.3.4.7]. */
static bool is_not_for_this(const struct mol_mmu_query *q, unsigned wimg)
{
	bool locked = mol_mmu_hid0(q->cpu, PPC_F_7400 | PPC_F_745X, PPC_HID0_DLOCK);

	if (q->external)
		return wimg & MOL_WIMG_W;
	if (!q->reserve || !(q->cpu->model->features & (PPC_F_7400 | PPC_F_745X)))
		return false;
	return (wimg & MOL_WIMG_W) || (locked && !(wimg & MOL_WIMG_I));
}

/* Of a fetch, guarded goes before protection, as the flow chart has it; of a data access, DSISR
 * has both causes if there are two [7400 UM table 4-3]. */
static bool permit(const struct mol_mmu_query *q, unsigned rights, unsigned wimg,
		   struct mol_xlat *out)
{
	uint32_t dsisr = is_not_for_this(q, wimg) ? PPC_DSISR_BAD_RESERVE : 0;

	if (q->access == PPC_EXEC && (wimg & MOL_WIMG_G))
		return mol_mmu_fault(q, PPC_SRR1_ISI_NOEXEC, 0, out);
	if (!(rights & (q->access == PPC_WRITE ? CAN_WRITE : CAN_READ)))
		dsisr |= PPC_DSISR_PROTECT;
	if (dsisr)
		return mol_mmu_fault(q, PPC_SRR1_ISI_PROTECT, dsisr, out);
	out->can_read = (rights & CAN_READ) != 0;
	out->can_write = (rights & CAN_WRITE) != 0;
	return true;
}

bool mol_mmu_permit_page(const struct mol_mmu_query *q, unsigned key, uint32_t pte1,
			 struct mol_xlat *out)
{
	return permit(q, page_rights[key][PPC_PTE1_PP(pte1)], PPC_PTE1_WIMG(pte1), out);
}

bool mol_mmu_permit_block(const struct mol_mmu_query *q, uint32_t lower, struct mol_xlat *out)
{
	return permit(q, block_rights[PPC_PTE1_PP(lower)], PPC_PTE1_WIMG(lower), out);
}
