/* SPDX-License-Identifier: MIT
 * soft_tlb.c - the TLB that software loads: 603e, and 745x with HID0[STEN].
 *
 * Two ways, 32 sets (603e: EA[15:19]) or 64 (745x: EA[14:19]), one TLB for
 * fetches and one for data. A miss, and a store to a page whose C bit is not
 * set, is an exception; its handler finds the PTE and loads it with tlbld or
 * tlbli [603e UM 2.1.2, 5.5.2; 7450 UM 5.5.5]. Step of mol_mmu_translate(),
 * and the executor of the TLB instructions. Entries are tagged with the VSID:
 * moving to a segment register leaves them, and moving back finds them again.
 *
 * The 7450 UM's register tables were not at hand. What its example handlers
 * rely on [5.5.5.2.2, by way of OpenBIOS's handlers, which follow them] is what
 * is done here: TLBMISS has the EA and, in its last bit, the least recently
 * used way; PTEHI is the word to look for; SRR1 has KEY and S/L as on the 603e;
 * tlbld and tlbli take PTEHI, PTELO, and the way from the last bit of rB.
 */
#include "mmu_steps.h"

/* SRR1 of a TLB miss [603e UM table 4-17]; its first four bits, CR0, are added by except.c */
#define MISS_KEY PPC_BIT(12)
#define MISS_FETCH PPC_BIT(13)
#define MISS_WAY PPC_BIT(14) /* the way that tlbld or tlbli is to load */
#define MISS_STORE PPC_BIT(15)

#define ENTRY_VALID PPC_BIT(0)
#define PAGE_INDEX 0x0ffff000u /* EA[4:19] */

static uint32_t set_of(const struct ppc_cpu *cpu, uint32_t ea)
{
	return ea >> 12 & (cpu->model->tlb_sets - 1u) & (PPC_SOFT_TLB_SETS - 1u);
}

static bool matches(const struct ppc_soft_tlb_entry *entry, uint32_t vsid, uint32_t ea)
{
	return entry->vsid == (vsid | ENTRY_VALID) && entry->epage == (ea & PAGE_INDEX);
}

static bool miss(const struct mol_mmu_query *q, unsigned key, unsigned way, struct mol_xlat *out)
{
	struct ppc_exception *fault = &out->fault;

	fault->srr0 = q->access == PPC_EXEC ? q->ea : q->cpu->r.pc;
	fault->vector = q->access == PPC_EXEC ? PPC_VEC_ITLB_MISS :
			q->access == PPC_READ ? PPC_VEC_DTLB_LOAD_MISS :
						PPC_VEC_DTLB_STORE_MISS;
	fault->srr1 = (key ? MISS_KEY : 0) | (q->access == PPC_WRITE ? MISS_STORE : 0);
	if (q->cpu->model->features & PPC_F_603_TLB)
		fault->srr1 |= (q->access == PPC_EXEC ? MISS_FETCH : 0) | (way ? MISS_WAY : 0);
	out->miss = q->ea;
	return false;
}

bool mol_mmu_soft_page(const struct mol_mmu_query *q, const struct mol_mmu_page *page,
		       struct mol_xlat *out)
{
	struct ppc_soft_tlb *tlb = q->access == PPC_EXEC ? &q->cpu->r.itlb : &q->cpu->r.dtlb;
	uint32_t set = set_of(q->cpu, q->ea);
	unsigned way = matches(&tlb->e[0][set], page->vsid, q->ea) ? 0 : 1;
	const struct ppc_soft_tlb_entry *entry = &tlb->e[way][set];

	if (way && !matches(entry, page->vsid, q->ea))
		return miss(q, page->key, tlb->lru[set] & 1, out);
	if (!q->peek)
		tlb->lru[set] = (uint8_t)(way ^ 1);
	if (!mol_mmu_permit_page(q, page->key, entry->rpa, out))
		return false;
	/* A store that must set C: the handler is to load the same way again. The 603e is told
	 * so in SRR1; 745x software inverts TLBMISS[31], as this use made the other way LRU. */
	if (q->access == PPC_WRITE && !(entry->rpa & PPC_PTE1_C))
		return miss(q, page->key, way, out);
	out->pa = (uint64_t)entry->rpa_x << 32 | (entry->rpa & PPC_PTE1_RPN) | (q->ea & 0xfffu);
	out->block = 4096;
	out->vsid = page->vsid;
	out->kind = MOL_XLAT_SOFT_TLB;
	out->wimg = PPC_PTE1_WIMG(entry->rpa);
	out->changed = (entry->rpa & PPC_PTE1_C) != 0;
	return true;
}

static void record_603(struct ppc_cpu *cpu, uint32_t ea, uint32_t vsid, bool fetch)
{
	uint32_t *spr = cpu->r.spr;

	spr[fetch ? PPC_SPR_IMISS : PPC_SPR_DMISS] = ea;
	spr[fetch ? PPC_SPR_ICMP : PPC_SPR_DCMP] = mol_mmu_pte0(vsid, ea);
	spr[PPC_SPR_HASH1] = mol_mmu_pteg(spr[PPC_SPR_SDR1], vsid, ea, false);
	spr[PPC_SPR_HASH2] = mol_mmu_pteg(spr[PPC_SPR_SDR1], vsid, ea, true);
}

void mol_mmu_record_miss(struct ppc_cpu *cpu, uint32_t ea, enum ppc_access access)
{
	uint32_t vsid = cpu->r.sr[ea >> 28] & PPC_SR_VSID;
	const struct ppc_soft_tlb *tlb = access == PPC_EXEC ? &cpu->r.itlb : &cpu->r.dtlb;

	if (cpu->model->features & PPC_F_603_TLB) {
		record_603(cpu, ea, vsid, access == PPC_EXEC);
	} else if (cpu->model->features & PPC_F_745X_TLB) {
		cpu->r.spr[PPC_SPR_TLBMISS] = (ea & ~1u) | (tlb->lru[set_of(cpu, ea)] & 1u);
		cpu->r.spr[PPC_SPR_PTEHI] = mol_mmu_pte0(vsid, ea);
	}
}

void mol_mmu_tlb_load(struct ppc_cpu *cpu, uint32_t ea, bool instruction)
{
	const uint32_t *spr = cpu->r.spr;
	bool is_603 = cpu->model->features & PPC_F_603_TLB;
	struct ppc_soft_tlb *tlb = instruction ? &cpu->r.itlb : &cpu->r.dtlb;
	uint32_t set = set_of(cpu, ea);
	uint32_t way = is_603 ? (spr[PPC_SPR_SRR1] & MISS_WAY) != 0 : ea & 1;
	struct ppc_soft_tlb_entry *entry = &tlb->e[way][set];
	const struct mol_mmu_query q = {
		.extended = mol_mmu_hid0(cpu, PPC_F_XAEN, PPC_HID0_XAEN),
	};
	uint32_t word0;

	if (!(cpu->model->features & PPC_F_TLBLD))
		return;
	word0 = spr[!is_603 ? PPC_SPR_PTEHI : instruction ? PPC_SPR_ICMP : PPC_SPR_DCMP];
	entry->rpa = spr[is_603 ? PPC_SPR_RPA : PPC_SPR_PTELO];
	entry->rpa_x = (uint32_t)(mol_mmu_high_pa(&q, entry->rpa) >> 32);
	entry->vsid = (word0 & PPC_PTE0_V) | (word0 >> 7 & PPC_SR_VSID);
	/* EA[4:9] come from the compare word, the rest of the page index from rB. */
	entry->epage = (word0 & PPC_PTE0_API) << 22 | (ea & 0x003ff000u);
	tlb->lru[set] = (uint8_t)(way ^ 1);
}

/* Both ways of the set, in both TLBs, whatever page they hold [603e UM 5.4.3.2]. */
void mol_mmu_tlbie(struct ppc_cpu *cpu, uint32_t ea)
{
	uint32_t set = set_of(cpu, ea);

	if (!(cpu->model->features & PPC_F_TLBLD))
		return;
	for (unsigned way = 0; way < 2; way++) {
		cpu->r.itlb.e[way][set].vsid &= ~ENTRY_VALID;
		cpu->r.dtlb.e[way][set].vsid &= ~ENTRY_VALID;
	}
}

void mol_mmu_tlbia(struct ppc_cpu *cpu)
{
	for (uint32_t page = 0; page < PPC_SOFT_TLB_SETS; page++)
		mol_mmu_tlbie(cpu, page << 12);
}
