/* SPDX-License-Identifier: MIT
 * jit_fp.h - FPRs, VRs and the FPSCR in translated code, as far as all hosts do alike.
 *
 * Which guest registers are worth a register of the host for a block, and what the FPSCR waits for
 * [struct ppc_fp_pending]: its last operation, whose operands are still in guest registers if they
 * have not been overwritten. Used by the emitters of FP and vectors.
 */
#ifndef MOL_JIT_FP_H
#define MOL_JIT_FP_H

#include "jit_ir.h"

/* What the FPSCR waits for, and where the operands are that it will be worked out from: none or in
 * memory already, in a host register of the emitter's, or in the guest register they came from. */
enum { FP_A, FP_B, FP_M, FP_CONVERTED, FP_LEFT, FP_RIGHT, FP_PLACES };
enum { FP_AT_MEMORY, FP_AT_SAVED, FP_AT_FPR }; /* + the register */
struct fp_waiting {
	uint8_t op, convert, compare; /* as there; 0: what memory says */
	uint8_t saved_single;         /* what is FP_AT_SAVED is in single format */
	uint8_t at[FP_PLACES];
};
/* Where struct ppc_cpu has these operands. */
extern const uint16_t mol_jit_fp_member[FP_PLACES];

/* Whose control word of floating point is in the host, in fp_host.live: the embedder's, the FPSCR's,
 * or the VSCR's. */
enum fp_live { FP_LIVE_NONE, FP_LIVE_SCALAR, FP_LIVE_VECTORS };
enum fp_live mol_jit_fp_needed(const struct jit_ir *ir); /* by the block */

bool mol_jit_fp_converts(const struct jit_operation *o); /* fctiw, fctiwz */
/* From this instruction of the block on: can anybody look before all that waits is replaced? */
bool mol_jit_fp_observable(const struct jit_ir *ir, unsigned insn);
/* From now on the FPSCR waits for this operation; the old value of the FPR that it sets is saved. */
void mol_jit_fp_wait_for(struct fp_waiting *w, const struct jit_operation *o);

/* How often the block names the FPRs n, and the VRs n - 32. */
void mol_jit_count_named(const struct jit_ir *ir, uint16_t uses[64]);
#endif
