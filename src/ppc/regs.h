/* SPDX-License-Identifier: MIT
 * regs.h - the architected state of one 32-bit PowerPC, and its bits' names.
 *
 * struct ppc_regs is all that a guest can observe of its processor: it has no
 * pointer and no host detail, so that a saved state is a walk over it. Bits are
 * numbered from the left as in the manuals: PPC_BIT(0) is the most significant.
 */
#ifndef PPC_REGS_H
#define PPC_REGS_H

#include "env.h"

#define PPC_BIT(n) (0x80000000u >> (n))

/* MSR [PEM 2.3.1; VEC: AltiVec PEM 2.3; TGPR: 603e UM 2.1] */
#define PPC_MSR_VEC PPC_BIT(6)
#define PPC_MSR_POW PPC_BIT(13)
#define PPC_MSR_TGPR PPC_BIT(14)
#define PPC_MSR_ILE PPC_BIT(15)
#define PPC_MSR_EE PPC_BIT(16)
#define PPC_MSR_PR PPC_BIT(17)
#define PPC_MSR_FP PPC_BIT(18)
#define PPC_MSR_ME PPC_BIT(19)
#define PPC_MSR_FE0 PPC_BIT(20)
#define PPC_MSR_SE PPC_BIT(21)
#define PPC_MSR_BE PPC_BIT(22)
#define PPC_MSR_FE1 PPC_BIT(23)
#define PPC_MSR_IP PPC_BIT(25)
#define PPC_MSR_IR PPC_BIT(26)
#define PPC_MSR_DR PPC_BIT(27)
#define PPC_MSR_PM PPC_BIT(29)
#define PPC_MSR_RI PPC_BIT(30)
#define PPC_MSR_LE PPC_BIT(31)

/* XER [PEM 2.1.5] */
#define PPC_XER_SO PPC_BIT(0)
#define PPC_XER_OV PPC_BIT(1)
#define PPC_XER_CA PPC_BIT(2)
#define PPC_XER_BYTE 0xff00u /* kept, for emulators of POWER's lscbx [7400 UM 2.1] */
#define PPC_XER_COUNT 0x7fu

#define PPC_XER_BITS (PPC_XER_SO | PPC_XER_OV | PPC_XER_CA | PPC_XER_BYTE | PPC_XER_COUNT)

/* A condition register field [PEM 2.1.3] */
#define PPC_CR_LT 8u
#define PPC_CR_GT 4u
#define PPC_CR_EQ 2u
#define PPC_CR_SO 1u

/* FPSCR [PEM 2.1.4] */
#define PPC_FPSCR_FX PPC_BIT(0)
#define PPC_FPSCR_FEX PPC_BIT(1)
#define PPC_FPSCR_VX PPC_BIT(2)
#define PPC_FPSCR_OX PPC_BIT(3)
#define PPC_FPSCR_UX PPC_BIT(4)
#define PPC_FPSCR_ZX PPC_BIT(5)
#define PPC_FPSCR_XX PPC_BIT(6)
#define PPC_FPSCR_VXSNAN PPC_BIT(7)
#define PPC_FPSCR_VXISI PPC_BIT(8)
#define PPC_FPSCR_VXIDI PPC_BIT(9)
#define PPC_FPSCR_VXZDZ PPC_BIT(10)
#define PPC_FPSCR_VXIMZ PPC_BIT(11)
#define PPC_FPSCR_VXVC PPC_BIT(12)
#define PPC_FPSCR_FR PPC_BIT(13)
#define PPC_FPSCR_FI PPC_BIT(14)
#define PPC_FPSCR_C PPC_BIT(15) /* class, the first bit of FPRF */
#define PPC_FPSCR_FL PPC_BIT(16)
#define PPC_FPSCR_FG PPC_BIT(17)
#define PPC_FPSCR_FE PPC_BIT(18)
#define PPC_FPSCR_FU PPC_BIT(19)
#define PPC_FPSCR_FPCC 0x0000f000u
#define PPC_FPSCR_FPRF 0x0001f000u
#define PPC_FPSCR_VXSOFT PPC_BIT(21)
#define PPC_FPSCR_VXSQRT PPC_BIT(22)
#define PPC_FPSCR_VXCVI PPC_BIT(23)
#define PPC_FPSCR_VE PPC_BIT(24)
#define PPC_FPSCR_OE PPC_BIT(25)
#define PPC_FPSCR_UE PPC_BIT(26)
#define PPC_FPSCR_ZE PPC_BIT(27)
#define PPC_FPSCR_XE PPC_BIT(28)
#define PPC_FPSCR_NI PPC_BIT(29)
#define PPC_FPSCR_RN 3u
#define PPC_FPSCR_VX_ALL                                                                           \
	(PPC_FPSCR_VXSNAN | PPC_FPSCR_VXISI | PPC_FPSCR_VXIDI | PPC_FPSCR_VXZDZ | PPC_FPSCR_VXIMZ |    \
	 PPC_FPSCR_VXVC | PPC_FPSCR_VXSOFT | PPC_FPSCR_VXSQRT | PPC_FPSCR_VXCVI)

#define PPC_EAR_E PPC_BIT(0) /* eciwx and ecowx are enabled; the rest names the device [PEM 2.3] */

/* VSCR [AltiVec PEM 2.1.2] */
#define PPC_VSCR_NJ PPC_BIT(15)
#define PPC_VSCR_SAT PPC_BIT(31)

/* A vector register. Kept as a 128-bit number in host order: on a
 * little-endian host the manual's element 0 is the last in memory, so that every
 * element is an ordinary host integer. Element n of a width is PPC_VB(n)..PPC_VW(n). */
union ppc_vr {
	uint8_t b[16];
	uint16_t h[8];
	uint32_t w[4];
	uint64_t d[2];
};
#define PPC_VB(n) (MOL_HOST_BIG_ENDIAN ? (n) : 15 - (n))
#define PPC_VH(n) (MOL_HOST_BIG_ENDIAN ? (n) : 7 - (n))
#define PPC_VW(n) (MOL_HOST_BIG_ENDIAN ? (n) : 3 - (n))
#define PPC_VD(n) (MOL_HOST_BIG_ENDIAN ? (n) : 1 - (n))

/* By name, a register's slot in struct ppc_regs, PPC_SPR_SRR0..., and its number as the assembler
 * writes it, PPC_SPRN_SRR0... */
enum ppc_spr_slot {
#define SPR(number, name, ...) PPC_SPR_##name,
#include "spr.def"
#undef SPR
	PPC_SPR_COUNT
};
enum ppc_spr_number {
#define SPR(number, name, ...) PPC_SPRN_##name = (number),
#include "spr.def"
#undef SPR
};

/* The software-loaded TLB of a 603e or 745x: two ways, one for each of fetch and data. */
#define PPC_SOFT_TLB_SETS 64
struct ppc_soft_tlb_entry {
	uint32_t vsid;  /* 24 bits; valid in bit 31 */
	uint32_t epage; /* EA[4:19] in place, low bits 0 */
	uint32_t rpa;   /* as the RPA or PTELO register holds it: RPN, R C, WIMG, PP */
	uint32_t rpa_x; /* the four high bits of a 36-bit physical page number */
};
struct ppc_soft_tlb {
	struct ppc_soft_tlb_entry e[2][PPC_SOFT_TLB_SETS]; /* way, set */
	uint8_t lru[PPC_SOFT_TLB_SETS];
};

struct ppc_regs {
	uint32_t gpr[32];
	uint32_t pc; /* of the instruction in execution, or the next one when stopped */
	uint32_t lr, ctr, msr;
	uint8_t cr[8];     /* one field each, 0..15 */
	uint8_t so, ov, ca; /* XER[0:2], each 0 or 1 */
	uint8_t xer_byte;  /* XER[16:23] */
	uint8_t xer_count; /* XER[25:31] */
	uint32_t fpscr, vscr;
	uint32_t reserve_pa; /* block address of the lwarx reservation (low 32 bits) */
	uint8_t reserve;     /* a reservation is held */
	uint8_t tgpr_live;   /* 603: gpr[0..3] hold TGPR0-3, the others are in tgpr[] */
	uint8_t asleep;      /* MSR[POW] with doze, nap or sleep: PPC_SLEEP_* */
	uint8_t checkstop;   /* the processor has stopped; only a reset revives it */
	uint32_t pending;    /* asynchronous conditions, PPC_PEND_* */
	uint32_t tgpr[4];
	uint32_t sr[16];
	uint32_t spr[PPC_SPR_COUNT];
	uint64_t tb_offset;  /* TB = tick + offset [timebase.c] */
	uint64_t dec_tick;   /* the tick at which DEC held the value dec_value */
	uint32_t dec_value;
	uint64_t fpr[32];
	union ppc_vr vr[32] __attribute__((aligned(16)));
	struct ppc_soft_tlb itlb, dtlb;
};

enum { PPC_SLEEP_NONE, PPC_SLEEP_DOZE, PPC_SLEEP_NAP, PPC_SLEEP_SLEEP };

#endif
