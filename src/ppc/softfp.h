/* SPDX-License-Identifier: MIT
 * softfp.h - IEEE 754 arithmetic as the PowerPC defines it, integer-only and stateless.
 *
 * Each operation takes bits and a control word and returns bits and status: it
 * reads and writes nothing else, so it runs where there are no FP registers (a
 * kernel), and the JIT's slow paths call the same code. NaN selection, the
 * default NaN, single rounding and the scaled results of enabled overflow and
 * underflow are the PowerPC's [PEM 3.3.6, 3.2.5].
 * Callers: interp.c (scalar), the AltiVec meanings (ppc_vfp_*).
 */
#ifndef PPC_SOFTFP_H
#define PPC_SOFTFP_H

#include "env.h"

/* The operation of one arithmetic row. The PPC_FP_SINGLE bit rounds to single. */
enum ppc_fp_op {
	PPC_FP_ADD,
	PPC_FP_SUB,
	PPC_FP_MUL,   /* a * m */
	PPC_FP_DIV,
	PPC_FP_MADD,  /* a * m + b, rounded once */
	PPC_FP_MSUB,
	PPC_FP_NMADD,
	PPC_FP_NMSUB,
	PPC_FP_RSP,   /* b rounded to single */
	PPC_FP_CTIW,
	PPC_FP_CTIWZ,
	PPC_FP_RES,
	PPC_FP_RSQRTE,
	PPC_FP_SINGLE = 32,
};

struct ppc_fp_result {
	uint64_t bits;
	/* FPSCR bits raised by this operation: OX UX ZX XX VX*, FR FI, FPRF; never FX, FEX, VX.
	 * The caller leaves frD and FPRF alone when an enabled VX* or ZX is among them. */
	uint32_t status;
};

/* control: the FPSCR's low bits (VE OE UE ZE XE NI RN). Unused operands are ignored. */
struct ppc_fp_result mol_softfp_arith(unsigned op, uint32_t control, uint64_t a, uint64_t b,
				      uint64_t m);
/* a : b. Returns the FPCC (LT GT EQ UN as 8 4 2 1) and VXSNAN, VXVC in *status. */
uint32_t mol_softfp_compare(uint64_t a, uint64_t b, bool ordered, uint32_t control,
			    uint32_t *status);
uint64_t mol_softfp_widen(uint32_t single);    /* lfs */
uint32_t mol_softfp_narrow(uint64_t value);    /* stfs */

/* Merge the status of one operation into the FPSCR: sticky bits, FX, FR, FI, FPRF, VX, FEX
 * [PEM 2.1.4, 3.3.6]. Returns the new FPSCR; *write_result is whether frD is written. */
uint32_t mol_fpscr_merge(uint32_t fpscr, uint32_t status, bool *write_result);
/* Exception bits raised by an instruction that rounds nothing: a comparison. */
uint32_t mol_fpscr_raise(uint32_t fpscr, uint32_t causes);
/* The FPSCR with the bits under mask replaced, as the move instructions do. */
uint32_t mol_fpscr_replace(uint32_t fpscr, uint32_t value, uint32_t mask);
/* Recompute VX and FEX, the two bits that are only summaries. */
uint32_t mol_fpscr_summarize(uint32_t fpscr);

/* Single-precision lanes of AltiVec: round to nearest, no status; nj = VSCR[NJ] [AV PEM 3.2]. */
enum ppc_vfp_op { PPC_VFP_ADD, PPC_VFP_SUB, PPC_VFP_MADD, PPC_VFP_NMSUB, PPC_VFP_MAX, PPC_VFP_MIN };
uint32_t mol_vfp_arith(unsigned op, bool nj, uint32_t a, uint32_t b, uint32_t m);
enum ppc_vfp_unary {
	PPC_VFP_RE, PPC_VFP_RSQRTE, PPC_VFP_EXPTE, PPC_VFP_LOGE,
	PPC_VFP_RIN, PPC_VFP_RIZ, PPC_VFP_RIP, PPC_VFP_RIM,
};
uint32_t mol_vfp_unary(unsigned op, bool nj, uint32_t b);
/* vcfsx, vcfux: v / 2^scale. */
uint32_t mol_vfp_from_int(uint32_t v, bool is_signed, unsigned scale);
/* vctsxs, vctuxs: v * 2^scale; *sat is set, never cleared. */
uint32_t mol_vfp_to_int(uint32_t v, bool is_signed, unsigned scale, bool nj, bool *sat);
enum { PPC_VFP_LT = 8, PPC_VFP_GT = 4, PPC_VFP_EQ = 2, PPC_VFP_UN = 1 };
uint32_t mol_vfp_compare(uint32_t a, uint32_t b, bool nj);

#endif
