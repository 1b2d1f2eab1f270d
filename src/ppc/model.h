/* SPDX-License-Identifier: MIT
 * model.h - the CPU models: what each has, by name and PVR.
 *
 * model.def is the table. Everything that differs between models is a feature
 * bit or a column here; no other file asks "is this a 750?".
 */
#ifndef PPC_MODEL_H
#define PPC_MODEL_H

#include "env.h"
#include "insn.h"

#define PPC_CACHE_LINE 32u /* bytes, on every model here: what dcbz clears and lwarx reserves */

enum ppc_feature {
	PPC_F_ALTIVEC = 1u << 0,
	PPC_F_603_TLB = 1u << 1,   /* software table search, 603 style: DMISS.., vectors 1000-1200 */
	PPC_F_745X_TLB = 1u << 2,  /* software table search under HID0[STEN]: TLBMISS, PTEHI, PTELO */
	PPC_F_TLBLD = PPC_F_603_TLB | PPC_F_745X_TLB,
	PPC_F_HIGH_BATS = 1u << 3, /* BATs 4-7 under HID0[HIGH_BAT_EN] */
	PPC_F_XAEN = 1u << 4,      /* 36-bit physical addresses under HID0[XAEN] */
	PPC_F_DCBA = 1u << 5,
	PPC_F_TLBIA = 1u << 6,
	PPC_F_ECIWX = 1u << 7,     /* eciwx, ecowx, EAR */
	PPC_F_PERFMON = 1u << 8,   /* PMCn, MMCRn, SIA */
	PPC_F_THERMAL = 1u << 9,   /* THRMn, ICTC, vector 1700 */
	PPC_F_L2CR = 1u << 10,
	PPC_F_L3CR = 1u << 11,
	PPC_F_SPRG4_7 = 1u << 12,
	PPC_F_IABR = 1u << 13,     /* instruction address breakpoint, vector 1300 */
	PPC_F_DABR = 1u << 14,     /* data address breakpoint */
	PPC_F_SMI = 1u << 15,      /* system management interrupt, vector 1400 */
	PPC_F_PIR = 1u << 16,
	PPC_F_603 = 1u << 17,      /* SPRs of the 603e alone */
	PPC_F_604 = 1u << 18,      /* SPRs of the 604e alone */
	PPC_F_750 = 1u << 19,      /* SPRs of the 750 alone */
	PPC_F_7400 = 1u << 20,     /* SPRs of the 7400 and 7410 */
	PPC_F_745X = 1u << 21,     /* SPRs of the 7450 and 7455 */
	PPC_F_POW_DOZE = 1u << 22, /* HID0[DOZE] exists: MSR[POW] has doze, nap and sleep */
	PPC_F_POW_NAP = 1u << 23,  /* HID0[NAP] exists */
	PPC_F_POW_SLEEP = 1u << 24,
	PPC_F_MSR_TGPR = 1u << 25, /* 603: MSR[14] swaps GPR0-3 */
	PPC_F_7410 = 1u << 26,     /* SPRs of the 7410 alone */
};

struct ppc_model {
	const char *name;
	uint32_t pvr;
	uint32_t features; /* PPC_F_* */
	uint8_t bats;      /* pairs of each kind: 4 or 8 */
	uint32_t msr_mask; /* implemented bits of the MSR */
	uint16_t tlb_sets; /* sets of one (2-way) TLB, for the software-loaded ones */
};

/* By index 0.., NULL past the end; by name ("750"), NULL if unknown. */
const struct ppc_model *mol_ppc_model_at(unsigned index);
const struct ppc_model *mol_ppc_model_find(const char *name);

MOL_INLINE bool mol_ppc_has_insn(const struct ppc_model *model, enum ppc_op op)
{
	uint32_t need = op < PPC_OP_COUNT ? ppc_insn_table[op].models : 0;

	return op < PPC_OP_COUNT && (!need || (model->features & need));
}

#endif
