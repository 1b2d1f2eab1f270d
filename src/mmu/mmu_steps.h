/* SPDX-License-Identifier: MIT
 * mmu_steps.h - what the steps of mol_mmu_translate() hand to each other.
 *
 * Private to src/mmu: one function for each box of the manual's flow charts
 * [PEM 7.2, 7.5.5]. Nothing here is kept between two translations.
 */
#ifndef MOL_MMU_STEPS_H
#define MOL_MMU_STEPS_H

#include "../ppc/spr.h"
#include "mmu.h"

/* Segment register [PEM 7.5.2.1] */
#define PPC_SR_T PPC_BIT(0)
#define PPC_SR_KS PPC_BIT(1)
#define PPC_SR_KP PPC_BIT(2)
#define PPC_SR_N PPC_BIT(3)
#define PPC_SR_VSID 0x00ffffffu

/* Page table entry [PEM 7.5.2.2]; the lower word of a BAT has WIMG and PP at the same bits */
#define PPC_PTE0_V PPC_BIT(0)
#define PPC_PTE0_H PPC_BIT(25)
#define PPC_PTE0_API 0x3fu
#define PPC_PTE1_RPN 0xfffff000u
#define PPC_PTE1_R PPC_BIT(23)
#define PPC_PTE1_C PPC_BIT(24)
#define PPC_PTE1_WIMG(w) ((w) >> 3 & 15u)
#define PPC_PTE1_PP(w) ((w) & 3u)

/* The question, as asked and as the MSR and HID0 qualify it. */
struct mol_mmu_query {
	struct ppc_cpu *cpu;
	const struct mol_phys *phys;
	uint32_t ea;
	enum ppc_access access;
	bool user;     /* MSR[PR] */
	bool peek;     /* MOL_MMU_PEEK */
	bool reserve;  /* MOL_MMU_RESERVE */
	bool external; /* MOL_MMU_EXTERNAL */
	bool extended; /* 36-bit physical addresses are on */
};

/* A page of the query's segment. */
struct mol_mmu_page {
	uint32_t vsid;
	unsigned key; /* the storage key: SR[Ks] or SR[Kp] */
};

enum mol_mmu_answer { MOL_MMU_NOT_MINE, MOL_MMU_TRANSLATED, MOL_MMU_FAULT };

MOL_INLINE bool mol_mmu_hid0(const struct ppc_cpu *cpu, uint32_t feature, uint32_t bit)
{
	return (cpu->model->features & feature) && (cpu->r.spr[PPC_SPR_HID0] & bit);
}

/* Are TLB misses this model's own business, or an exception? */
MOL_INLINE bool mol_mmu_software_search(const struct ppc_cpu *cpu)
{
	return (cpu->model->features & PPC_F_603_TLB) ||
	       mol_mmu_hid0(cpu, PPC_F_745X_TLB, PPC_HID0_STEN);
}

/* PA[0:3] of 36 bits: XPN (bits 20-22) and X (bit 29) of a PTE's or BAT's lower word. */
MOL_INLINE uint64_t mol_mmu_high_pa(const struct mol_mmu_query *q, uint32_t word)
{
	return q->extended ? (uint64_t)(word & 0xe00u) << 24 | (uint64_t)(word & 4u) << 30 : 0;
}

/* bat.c: does a BAT translate it? */
enum mol_mmu_answer mol_mmu_bat(const struct mol_mmu_query *q, struct mol_xlat *out);

/* segment.c: what no BAT has translated. */
bool mol_mmu_segment(const struct mol_mmu_query *q, struct mol_xlat *out);
unsigned mol_mmu_key(const struct ppc_cpu *cpu, uint32_t sr);

/* hash.c */
bool mol_mmu_hashed_page(const struct mol_mmu_query *q, const struct mol_mmu_page *page,
			 struct mol_xlat *out);
/* The address of the primary or secondary group that ea's PTE may be in. */
uint32_t mol_mmu_pteg(uint32_t sdr1, uint32_t vsid, uint32_t ea, bool secondary);
/* A PTE's first word: valid, of the primary hash. */
MOL_INLINE uint32_t mol_mmu_pte0(uint32_t vsid, uint32_t ea)
{
	return PPC_PTE0_V | vsid << 7 | (ea >> 22 & PPC_PTE0_API);
}

/* soft_tlb.c */
bool mol_mmu_soft_page(const struct mol_mmu_query *q, const struct mol_mmu_page *page,
		       struct mol_xlat *out);

/* protect.c: fill can_read and can_write, and say whether the access may go on. */
bool mol_mmu_permit_page(const struct mol_mmu_query *q, unsigned key, uint32_t pte1,
			 struct mol_xlat *out);
bool mol_mmu_permit_block(const struct mol_mmu_query *q, uint32_t lower, struct mol_xlat *out);
/* Fill out->fault: an ISI with these SRR1 bits for a fetch, else a DSI with these DSISR
 * bits (and the store bit). Returns false for the convenience of its callers. */
bool mol_mmu_fault(const struct mol_mmu_query *q, uint32_t srr1, uint32_t dsisr,
		   struct mol_xlat *out);

#endif
