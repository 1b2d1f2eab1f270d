/* SPDX-License-Identifier: MIT
 * effects.h - what one instruction word reads and writes.
 *
 * The answer is read off the instruction's meaning (sem_*.inc), so it cannot
 * disagree with it. Upper bounds: whatever the instruction may read or write on
 * some path is listed; with PPC_EFF_MAYBE some of what is listed as written may
 * keep its value. What every instruction does is not listed: reading MSR[PR, FP,
 * VEC] to be allowed to run, and stepping the program counter.
 * Callers: the translator (liveness), tests.
 */
#ifndef PPC_EFFECTS_H
#define PPC_EFFECTS_H

#include "insn.h"

enum ppc_effect {
	PPC_EFF_CA = 1 << 0,
	PPC_EFF_OV = 1 << 1,
	PPC_EFF_SO = 1 << 2,
	PPC_EFF_XER_COUNT = 1 << 3, /* XER[16:31] */
	PPC_EFF_LR = 1 << 4,
	PPC_EFF_CTR = 1 << 5,
	PPC_EFF_FPSCR = 1 << 6,
	PPC_EFF_VSCR = 1 << 7,
	PPC_EFF_MSR = 1 << 8,
	PPC_EFF_MEMORY = 1 << 9,   /* with translation and, of lwarx and stwcx., the reservation */
	PPC_EFF_OTHER = 1 << 10,   /* segment and special registers, TLBs, caches, time */
	PPC_EFF_PC = 1 << 11,      /* written: it may branch */
	PPC_EFF_STOP = 1 << 12,    /* written: may fault, raise an exception, call the engine */
	PPC_EFF_MAYBE = 1 << 13,   /* written: see above */
};
#define PPC_EFF_XER (PPC_EFF_CA | PPC_EFF_OV | PPC_EFF_SO | PPC_EFF_XER_COUNT)

/* Register n is bit 1 << n. */
struct ppc_access_set {
	uint32_t gpr, fpr, vr;
	uint32_t crf;   /* CR fields; a CR bit counts as its field */
	uint32_t other; /* enum ppc_effect */
};

struct ppc_effects {
	struct ppc_access_set read, written;
};

/* A word without a row reads nothing and writes PPC_EFF_STOP. */
struct ppc_effects mol_ppc_effects(uint32_t raw);

#endif
