/* SPDX-License-Identifier: MIT
 * a64_simd.h - an assembler for the A64 floating-point and vector instructions that the translator uses.
 *
 * As a64_asm.h: each function appends one instruction. Vectors are those of 128 bits; size is the
 * logarithm of a lane's width in octets. Scalars are doubles, or singles if `single` says so.
 * Encodings: Arm Architecture Reference Manual for A-profile, C4.1 and C7.2. tests/diff compares
 * them with GNU as.
 */
#ifndef MOL_A64_SIMD_H
#define MOL_A64_SIMD_H

#include "a64_asm.h"

/* ---- scalars: codes of doubles ---- */

enum a64_fp3 {
	A64_FMUL = 0x1e600800, A64_FDIV = 0x1e601800, A64_FADD = 0x1e602800, A64_FSUB = 0x1e603800,
};

MOL_INLINE uint32_t a64_type(uint32_t code, bool single)
{
	return single ? code & ~0x400000u : code;
}

static inline void a64_fp3(struct jit_code *a, enum a64_fp3 op, bool single, unsigned d, unsigned n, unsigned m)
{
	a64_word(a, a64_type((uint32_t)op, single) | m << 16 | n << 5 | d);
}

/* d = n * m + z, or n * m - z; rounded once */
enum a64_fp4 { A64_FMADD = 0x1f400000, A64_FNMSUB = 0x1f608000 };

static inline void a64_fp4(struct jit_code *a, enum a64_fp4 op, bool single, unsigned d, unsigned n, unsigned m,
			   unsigned z)
{
	a64_word(a, a64_type((uint32_t)op, single) | m << 16 | z << 10 | n << 5 | d);
}

enum a64_fp2 {
	A64_FMOV = 0x1e604000, A64_FABS = 0x1e60c000, A64_FNEG = 0x1e614000,
	A64_FCVT_S_OF_D = 0x1e624000, A64_FCVT_D_OF_S = 0x1e22c000,
	A64_FRINTX = 0x1e674000, A64_FRINTI = 0x1e67c000, A64_FRINTZ = 0x1e65c000,
};

static inline void a64_fp2(struct jit_code *a, enum a64_fp2 op, bool single, unsigned d, unsigned n)
{
	a64_word(a, a64_type((uint32_t)op, single) | n << 5 | d);
}

static inline void a64_fcmp(struct jit_code *a, bool single, unsigned n, unsigned m)
{
	a64_word(a, a64_type(0x1e602000, single) | m << 16 | n << 5);
}

static inline void a64_fcmp_zero(struct jit_code *a, bool single, unsigned n)
{
	a64_word(a, a64_type(0x1e602008, single) | n << 5);
}

static inline void a64_fcsel(struct jit_code *a, bool single, unsigned d, unsigned n, unsigned m,
			     enum a64_cc cc)
{
	a64_word(a, a64_type(0x1e600c00, single) | m << 16 | (uint32_t)cc << 12 | n << 5 | d);
}

/* Xd = the double in n, towards zero */
static inline void a64_fcvtzs(struct jit_code *a, unsigned d, unsigned n)
{
	a64_word(a, 0x9e780000 | n << 5 | d);
}

/* The bits: w 1 of a double and an X register, 0 of a single and a W register. */
static inline void a64_from_fp(struct jit_code *a, unsigned w, unsigned d, unsigned n)
{
	a64_word(a, (w ? 0x9e660000 : 0x1e260000) | n << 5 | d);
}

static inline void a64_to_fp(struct jit_code *a, unsigned w, unsigned d, unsigned n)
{
	a64_word(a, (w ? 0x9e670000 : 0x1e270000) | n << 5 | d);
}

/* ---- control ---- */

enum a64_special { A64_FPCR = 0x1b4400, A64_FPSR = 0x1b4420 };

static inline void a64_mrs(struct jit_code *a, unsigned t, enum a64_special which)
{
	a64_word(a, 0xd5200000 | (uint32_t)which | t);
}

static inline void a64_msr(struct jit_code *a, enum a64_special which, unsigned t)
{
	a64_word(a, 0xd5000000 | (uint32_t)which | t);
}

/* ---- memory: size 0 to 4, A64_LOAD and A64_STORE alone ---- */

MOL_INLINE uint32_t a64_v_access(enum a64_access what, unsigned size)
{
	return 1u << 26 | (size & 3) << 30 | ((uint32_t)what | (size == 4 ? 2u : 0)) << 22;
}

/* [n + offset]; a64_fits_offset(offset, size) */
static inline void a64_v_mem(struct jit_code *a, enum a64_access what, unsigned size, unsigned t, unsigned n,
			     uint32_t offset)
{
	a64_word(a, 0x39000000 | a64_v_access(what, size) | (offset >> size) << 10 | n << 5 | t);
}

/* [n + m], m's low 32 bits if narrow */
static inline void a64_v_mem_index(struct jit_code *a, enum a64_access what, unsigned size, unsigned t,
				   unsigned n, unsigned m, bool narrow)
{
	a64_word(a, (narrow ? 0x38204800 : 0x38206800) | a64_v_access(what, size) | m << 16 | n << 5 | t);
}

/* ---- vectors ---- */

enum a64_v3 {
	A64_V_AND = 0x4e201c00, A64_V_BIC = 0x4e601c00, A64_V_ORR = 0x4ea01c00, A64_V_ORN = 0x4ee01c00,
	A64_V_EOR = 0x6e201c00, A64_V_BSL = 0x6e601c00, A64_V_BIT = 0x6ea01c00, A64_V_BIF = 0x6ee01c00,
	/* with a size: */
	A64_V_SQADD = 0x4e200c00, A64_V_UQADD = 0x6e200c00, A64_V_SQSUB = 0x4e202c00,
	A64_V_UQSUB = 0x6e202c00, A64_V_SRHADD = 0x4e201400, A64_V_URHADD = 0x6e201400,
	A64_V_CMGT = 0x4e203400, A64_V_CMHI = 0x6e203400, A64_V_CMEQ = 0x6e208c00,
	A64_V_SSHL = 0x4e204400, A64_V_USHL = 0x6e204400,
	A64_V_SMAX = 0x4e206400, A64_V_UMAX = 0x6e206400, A64_V_SMIN = 0x4e206c00, A64_V_UMIN = 0x6e206c00,
	A64_V_ADD = 0x4e208400, A64_V_SUB = 0x6e208400, A64_V_MUL = 0x4e209c00, A64_V_ADDP = 0x4e20bc00,
	A64_V_UMAXP = 0x6e20a400,
	A64_V_UZP1 = 0x4e001800, A64_V_UZP2 = 0x4e005800, A64_V_TRN1 = 0x4e002800, A64_V_TRN2 = 0x4e006800,
	A64_V_ZIP1 = 0x4e003800, A64_V_ZIP2 = 0x4e007800,
	/* of the low, or with 2 the high, halves to twice the width */
	A64_V_SMULL = 0x0e20c000, A64_V_SMULL2 = 0x4e20c000,
	A64_V_UMULL = 0x2e20c000, A64_V_UMULL2 = 0x6e20c000,
	/* four singles, with size 0 */
	A64_V_FADD = 0x4e20d400, A64_V_FSUB = 0x4ea0d400, A64_V_FMUL = 0x6e20dc00, A64_V_FMLA = 0x4e20cc00,
	A64_V_FCMEQ = 0x4e20e400, A64_V_FCMGE = 0x6e20e400, A64_V_FCMGT = 0x6ea0e400,
	A64_V_FMAX = 0x4e20f400, A64_V_FMIN = 0x4ea0f400,
};

static inline void a64_v3(struct jit_code *a, enum a64_v3 op, unsigned size, unsigned d, unsigned n, unsigned m)
{
	a64_word(a, (uint32_t)op | size << 22 | m << 16 | n << 5 | d);
}

static inline void a64_v_mov(struct jit_code *a, unsigned d, unsigned n)
{
	if (d != n)
		a64_v3(a, A64_V_ORR, 0, d, n, n);
}

enum a64_v2 {
	A64_V_NOT = 0x6e205800,
	/* with a size: */
	A64_V_REV64 = 0x4e200800, A64_V_REV32 = 0x6e200800, A64_V_NEG = 0x6e20b800,
	A64_V_CMEQ_ZERO = 0x4e209800, A64_V_CMLT_ZERO = 0x4e20a800,
	A64_V_SADDLP = 0x4e202800, A64_V_UADDLP = 0x6e202800,
	/* to lanes of this size, twice as wide before; with 2 into the high half */
	A64_V_XTN = 0x0e212800, A64_V_XTN2 = 0x4e212800, A64_V_SQXTN = 0x0e214800, A64_V_SQXTN2 = 0x4e214800,
	A64_V_UQXTN = 0x2e214800, A64_V_UQXTN2 = 0x6e214800, A64_V_SQXTUN = 0x2e212800,
	A64_V_SQXTUN2 = 0x6e212800,
	/* of all lanes, into lane 0 */
	A64_V_UMAXV = 0x6e30a800, A64_V_UMINV = 0x6e31a800,
	/* four singles, with size 0 */
	A64_V_FRINTN = 0x4e218800, A64_V_FRINTM = 0x4e219800, A64_V_FRINTP = 0x4ea18800,
	A64_V_FRINTZ = 0x4ea19800, A64_V_SCVTF = 0x4e21d800, A64_V_UCVTF = 0x6e21d800,
	A64_V_FCVTZS = 0x4ea1b800, A64_V_FCVTZU = 0x6ea1b800, A64_V_FNEG = 0x6ea0f800, A64_V_FABS = 0x4ea0f800,
};

static inline void a64_v2(struct jit_code *a, enum a64_v2 op, unsigned size, unsigned d, unsigned n)
{
	a64_word(a, (uint32_t)op | size << 22 | n << 5 | d);
}

enum a64_v_shift {
	A64_V_SHL = 0x4f005400, A64_V_SLI = 0x6f005400, A64_V_USHR = 0x6f000400, A64_V_SSHR = 0x4f000400,
	A64_V_SRI = 0x6f004400,
	/* widened to twice the size first: of the low, or the high, half; by less than the width */
	A64_V_SSHLL = 0x0f00a400, A64_V_SSHLL2 = 0x4f00a400,
};

/* Left by 0 to the width - 1, right by 1 to the width; SLI and SRI leave the other bits of d. */
static inline void a64_v_shift(struct jit_code *a, enum a64_v_shift op, unsigned size, unsigned d, unsigned n,
			       unsigned by)
{
	bool right = op == A64_V_USHR || op == A64_V_SSHR || op == A64_V_SRI;
	unsigned width = 8u << size;

	a64_word(a, (uint32_t)op | (right ? 2 * width - by : width + by) << 16 | n << 5 | d);
}

/* d = 16 octets from octet `by` of n on, m being above n */
static inline void a64_v_ext(struct jit_code *a, unsigned d, unsigned n, unsigned m, unsigned by)
{
	a64_word(a, 0x6e000000 | m << 16 | by << 11 | n << 5 | d);
}

/* d[k] = octet m[k] of n, and, if two, of n + 1 above it; 0 beyond */
static inline void a64_v_tbl(struct jit_code *a, bool two, unsigned d, unsigned n, unsigned m)
{
	a64_word(a, 0x4e000000 | m << 16 | (uint32_t)two << 13 | n << 5 | d);
}

MOL_INLINE uint32_t a64_v_lane(unsigned size, unsigned lane)
{
	return (2 * lane + 1) << size << 16;
}

static inline void a64_v_dup(struct jit_code *a, unsigned size, unsigned d, unsigned n, unsigned lane)
{
	a64_word(a, 0x4e000400 | a64_v_lane(size, lane) | n << 5 | d);
}

/* from a general register */
static inline void a64_v_fill(struct jit_code *a, unsigned size, unsigned d, unsigned n)
{
	a64_word(a, 0x4e000c00 | a64_v_lane(size, 0) | n << 5 | d);
}

static inline void a64_v_ins(struct jit_code *a, unsigned size, unsigned d, unsigned lane, unsigned n)
{
	a64_word(a, 0x4e001c00 | a64_v_lane(size, lane) | n << 5 | d);
}

static inline void a64_v_umov(struct jit_code *a, unsigned size, unsigned d, unsigned n, unsigned lane)
{
	a64_word(a, (size == 3 ? 0x4e003c00 : 0x0e003c00) | a64_v_lane(size, lane) | n << 5 | d);
}

/* All lanes of this size = v << shift (a multiple of 8, less than the width), or its complement. */
static inline void a64_v_movi(struct jit_code *a, unsigned size, bool complement, unsigned d, uint32_t v,
			      unsigned shift)
{
	uint32_t cmode = size == 0 ? 0xe : (size == 1 ? 0x8 : 0) | shift / 8 << 1;

	a64_word(a, 0x4f000400 | (uint32_t)complement << 29 | (v >> 5 & 7) << 16 | cmode << 12 |
			    (v & 31) << 5 | d);
}

#endif
