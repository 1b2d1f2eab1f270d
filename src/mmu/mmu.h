/* SPDX-License-Identifier: MIT
 * mmu.h - address translation of a 32-bit PowerPC: EA to PA, or a precise fault.
 *
 * [PEM chapter 7; 603e UM chapter 5; 7450 UM chapter 5.] Functions of the
 * registers and of guest memory, which is reached through struct mol_phys: no
 * VM, no allocation, callable from a kernel. The software backend fills its
 * fast entries from the answers; a PowerPC-host backend its shadow page table.
 *
 * The TLB of a model whose hardware searches the page table is not modelled:
 * each call searches anew, so whoever keeps an answer keeps it until tlbie and
 * the other events of enum ppc_mmu_event. A software-loaded TLB (603e; 745x
 * with HID0[STEN]) is architected state and lives in struct ppc_regs.
 */
#ifndef MOL_MMU_H
#define MOL_MMU_H

#include "../ppc/cpu.h"

/* Guest-physical memory as the table search sees it: aligned words. */
struct mol_phys {
	/* False: nothing there. A PTE that cannot be read is no PTE; an R or C bit that
	 * cannot be written (a table in ROM) is lost, as on a bus, and the access goes on. */
	bool (*read32)(void *opaque, uint64_t pa, uint32_t *value);
	bool (*write32)(void *opaque, uint64_t pa, uint32_t value);
	void *opaque;
	/* Where the 64 bytes at pa, a multiple of 64, can be read all at once, in guest byte order.
	 * NULL, or the answer NULL: by read32. */
	const uint8_t *(*group)(void *opaque, uint64_t pa);
};

enum mol_xlat_kind { MOL_XLAT_REAL, MOL_XLAT_BAT, MOL_XLAT_PAGE, MOL_XLAT_SOFT_TLB };

#define MOL_WIMG_W 8u
#define MOL_WIMG_I 4u
#define MOL_WIMG_M 2u
#define MOL_WIMG_G 1u

/* All fields but fault are meaningless when mol_mmu_translate() returned false. */
struct mol_xlat {
	uint64_t pa;
	uint64_t pte_pa;      /* PAGE: where the PTE lies */
	uint32_t block;       /* bytes that this answer covers around ea: a power of two from 4 KiB;
	                       * pa & (block - 1) == ea & (block - 1) */
	uint32_t vsid;        /* PAGE, SOFT_TLB */
	uint8_t kind;         /* enum mol_xlat_kind */
	uint8_t wimg;
	uint8_t can_read, can_write; /* by protection, for the asked privilege */
	uint8_t changed;      /* C is set (or there is no C): a later store needs no search */
	struct ppc_exception fault; /* when mol_mmu_translate() returns false */
	uint32_t miss;        /* fault.vector is a TLB miss: the EA for mol_mmu_record_miss() */
};

enum {
	MOL_MMU_PEEK = 1,     /* look only: change no R or C bit, no TLB, no register */
	MOL_MMU_RESERVE = 2,  /* the access is of lwarx or stwcx. */
	MOL_MMU_EXTERNAL = 4, /* the access is of eciwx or ecowx */
};

/* Translate ea for an access under the present MSR. True: *out holds the answer and R (and C
 * for PPC_WRITE) are recorded. False: out->fault is the exception to raise (DSI, ISI, TLB miss)
 * with its SRR0, SRR1, DAR and DSISR causes. When it is a TLB miss (vectors 1000, 1100, 1200),
 * whoever takes the exception also calls mol_mmu_record_miss(out->miss); MSR[TGPR] and CR0 in
 * SRR1 are except.c's. */
bool mol_mmu_translate(struct ppc_cpu *cpu, const struct mol_phys *phys, uint32_t ea,
		       enum ppc_access access, unsigned flags, struct mol_xlat *out);
/* For data accesses under the present MSR with DR on: does a BAT match ea? What is so from ea up to
 * *end, with one and the same BAT if there is one. BATs with a hole in their mask, or an address
 * that does not fit it, are programming errors: false up to the end of all addresses. */
bool mol_mmu_dbat_covers(const struct ppc_cpu *cpu, uint32_t ea, uint64_t *end);
/* Would a data access to ea go to a direct-store segment? Cache instructions there do nothing. */
bool mol_mmu_is_direct_store(struct ppc_cpu *cpu, uint32_t ea);
/* Fill DMISS/IMISS, HASH1/2, DCMP/ICMP (603) or TLBMISS, PTEHI (745x) for the miss at ea. */
void mol_mmu_record_miss(struct ppc_cpu *cpu, uint32_t ea, enum ppc_access access);
/* tlbie, tlbia, tlbld and tlbli upon the software-loaded TLB (nothing on other models).
 * ea: the whole of rB, whose last bit chooses the way on a 745x. */
void mol_mmu_tlbie(struct ppc_cpu *cpu, uint32_t ea);
void mol_mmu_tlbia(struct ppc_cpu *cpu);
void mol_mmu_tlb_load(struct ppc_cpu *cpu, uint32_t ea, bool instruction);

#endif
