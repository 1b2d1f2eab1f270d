/* SPDX-License-Identifier: MIT
 * hash.c - the hashed page table: finding a PTE and keeping its R and C bits.
 *
 * [PEM 7.6.1: table and hash functions; 7.6.2: the search; 7.5.3: history
 * bits.] The table is guest memory: it may lie nowhere, lie upon itself or hold
 * anything. At most 16 PTEs are read and one word is written, always inside of
 * the group that was searched.
 *
 * With HID0[XAEN] the PTE has four more physical address bits. A 745x can then
 * also have its table above 4 GiB or larger than 32 MiB, by more bits in SDR1
 * (HTABEXT, HTMEXT); their exact use could not be established, so they are not
 * looked at and the table is always sought below.
 */
#include "mmu_steps.h"

#define PTES_IN_GROUP 8u

struct pte {
	uint64_t pa; /* of its first word */
	uint32_t word1;
};

/* Hash: the low 19 bits of the VSID, XOR the page index. The nine high bits of it, masked by
 * HTABMASK, are ORed into HTABORG; the ten low ones choose among the 1024 groups. */
uint32_t mol_mmu_pteg(uint32_t sdr1, uint32_t vsid, uint32_t ea, bool secondary)
{
	uint32_t hash = (vsid & 0x7ffffu) ^ (ea >> 12 & 0xffffu);
	uint32_t mask = (sdr1 & 0x1ffu) << 10 | 0x3ffu;

	if (secondary)
		hash = ~hash;
	return (sdr1 & 0xffff0000u) | (hash & mask) << 6;
}

static bool search_group(const struct mol_phys *phys, uint32_t group, uint32_t want,
			 struct pte *pte)
{
	const uint8_t *host = phys->group ? phys->group(phys->opaque, group) : NULL;
	uint32_t word0;

	for (uint32_t n = 0; n < PTES_IN_GROUP; n++) {
		pte->pa = group + n * 8;
		if (host) {
			if (mol_load_be32(host + n * 8) != want)
				continue;
			pte->word1 = mol_load_be32(host + n * 8 + 4);
			return true;
		}
		if (phys->read32(phys->opaque, pte->pa, &word0) && word0 == want)
			return phys->read32(phys->opaque, pte->pa + 4, &pte->word1);
	}
	return false;
}

static bool search(const struct mol_mmu_query *q, uint32_t vsid, struct pte *pte)
{
	uint32_t sdr1 = q->cpu->r.spr[PPC_SPR_SDR1];
	uint32_t want = mol_mmu_pte0(vsid, q->ea);

	return search_group(q->phys, mol_mmu_pteg(sdr1, vsid, q->ea, false), want, pte) ||
	       search_group(q->phys, mol_mmu_pteg(sdr1, vsid, q->ea, true), want | PPC_PTE0_H, pte);
}

/* R on any permitted access, C on a permitted store; neither on a violation, where the
 * architecture leaves R open and forbids C [PEM 7.5.3.3]. A write that is lost
 * leaves the access as it is, and the translation as if C were set. */
static void record_history(const struct mol_mmu_query *q, struct pte *pte)
{
	uint32_t word1 = pte->word1 | PPC_PTE1_R | (q->access == PPC_WRITE ? PPC_PTE1_C : 0);

	if (q->peek || word1 == pte->word1)
		return;
	q->phys->write32(q->phys->opaque, pte->pa + 4, word1);
	pte->word1 = word1;
}

bool mol_mmu_hashed_page(const struct mol_mmu_query *q, const struct mol_mmu_page *page,
			 struct mol_xlat *out)
{
	struct pte pte;

	if (!search(q, page->vsid, &pte))
		return mol_mmu_fault(q, PPC_SRR1_ISI_NO_PTE, PPC_DSISR_NO_PTE, out);
	if (!mol_mmu_permit_page(q, page->key, pte.word1, out))
		return false;
	record_history(q, &pte);
	out->pa = mol_mmu_high_pa(q, pte.word1) | (pte.word1 & PPC_PTE1_RPN) | (q->ea & 0xfffu);
	out->pte_pa = pte.pa;
	out->block = 4096;
	out->vsid = page->vsid;
	out->kind = MOL_XLAT_PAGE;
	out->wimg = PPC_PTE1_WIMG(pte.word1);
	out->changed = (pte.word1 & PPC_PTE1_C) != 0;
	return true;
}
