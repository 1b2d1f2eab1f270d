/* SPDX-License-Identifier: MIT
 * a64_asm.h - an assembler for the A64 instructions that the translator uses.
 *
 * Each function appends one instruction at a->at (a64_mov_imm and its like: as few as do); nothing
 * is checked but the end of the buffer, where emission stops and a->full is set. Operands that an
 * instruction cannot hold are the caller's affair: a64_fits_*() say what can be held. w is 0 for
 * operations of 32 bits, whose results have zeros above, and 1 for those of 64. Encodings: Arm
 * Architecture Reference Manual for A-profile, C4.1 and C6.2. tests/diff compares them with GNU as.
 */
#ifndef MOL_A64_ASM_H
#define MOL_A64_ASM_H

#include "jit_code.h"

enum a64_reg {
	X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13, X14, X15,
	X16, X17, X18, X19, X20, X21, X22, X23, X24, X25, X26, X27, X28, X29, X30,
	XZR, SP = XZR, /* which of them 31 is depends on the instruction */
};

enum a64_cc {
	A64_EQ, A64_NE, A64_HS, A64_LO, A64_MI, A64_PL, A64_VS, A64_VC,
	A64_HI, A64_LS, A64_GE, A64_LT, A64_GT, A64_LE, A64_AL,
};

static inline void a64_word(struct jit_code *a, uint32_t v)
{
	if (a->at < a->end && a->end - a->at >= 4) {
		memcpy(a->base + a->at, &v, 4);
		a->at += 4;
	} else {
		a->full = true;
	}
}

/* ---- three registers ---- */

enum a64_op3 {
	A64_AND = 0x0a000000, A64_BIC = 0x0a200000, A64_ORR = 0x2a000000, A64_ORN = 0x2a200000,
	A64_EOR = 0x4a000000, A64_EON = 0x4a200000, A64_ANDS = 0x6a000000,
	A64_ADD = 0x0b000000, A64_ADDS = 0x2b000000, A64_SUB = 0x4b000000, A64_SUBS = 0x6b000000,
	A64_ADC = 0x1a000000, A64_ADCS = 0x3a000000, A64_SBC = 0x5a000000, A64_SBCS = 0x7a000000,
	A64_UDIV = 0x1ac00800, A64_SDIV = 0x1ac00c00,
	A64_LSLV = 0x1ac02000, A64_LSRV = 0x1ac02400, A64_ASRV = 0x1ac02800, A64_RORV = 0x1ac02c00,
	A64_MUL = 0x1b007c00, A64_MNEG = 0x1b00fc00,
	A64_SMULL = 0x1b207c00, A64_UMULL = 0x1ba07c00, /* 64 of 32 bits: w 1 */
	A64_SMULH = 0x1b407c00, A64_UMULH = 0x1bc07c00,
};

static inline void a64_op3(struct jit_code *a, unsigned w, enum a64_op3 op, unsigned d, unsigned n, unsigned m)
{
	a64_word(a, (uint32_t)op | w << 31 | m << 16 | n << 5 | d);
}

enum a64_shift { A64_LSL, A64_LSR, A64_ASR, A64_ROR }; /* ROR with the logical operations alone */

/* m is shifted; AND to SUBS of the list above */
static inline void a64_op3_shifted(struct jit_code *a, unsigned w, enum a64_op3 op, unsigned d, unsigned n,
				   unsigned m, enum a64_shift how, unsigned by)
{
	a64_word(a, (uint32_t)op | w << 31 | (uint32_t)how << 22 | m << 16 | by << 10 | n << 5 | d);
}

/* d = n + (m extended from 32 bits) << by, 64 bits wide; by 0 to 4 */
static inline void a64_add_uxtw(struct jit_code *a, unsigned d, unsigned n, unsigned m, unsigned by)
{
	a64_word(a, 0x8b204000 | m << 16 | by << 10 | n << 5 | d);
}

static inline void a64_madd(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned m, unsigned plus)
{
	a64_word(a, 0x1b000000 | w << 31 | m << 16 | plus << 10 | n << 5 | d);
}

static inline void a64_msub(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned m, unsigned from)
{
	a64_word(a, 0x1b008000 | w << 31 | m << 16 | from << 10 | n << 5 | d);
}

/* ---- two registers ---- */

static inline void a64_mov(struct jit_code *a, unsigned w, unsigned d, unsigned m)
{
	if (d != m)
		a64_op3(a, w, A64_ORR, d, XZR, m);
}

enum a64_op2 {
	A64_RBIT = 0x5ac00000, A64_REV16 = 0x5ac00400, A64_REV = 0x5ac00800,
	A64_REV64 = 0x5ac00c00, A64_CLZ = 0x5ac01000, A64_CLS = 0x5ac01400,
};

static inline void a64_op2(struct jit_code *a, unsigned w, enum a64_op2 op, unsigned d, unsigned n)
{
	a64_word(a, (uint32_t)op | w << 31 | n << 5 | d);
}

/* ---- with an immediate ---- */

MOL_INLINE bool a64_fits_add(uint32_t v)
{
	return v < 0x1000 || ((v & 0xfff) == 0 && v < 0x1000000);
}

/* op: ADD, ADDS, SUB, SUBS; a64_fits_add(v). Register 31 is SP, but in the results of ADDS, SUBS. */
static inline void a64_add_imm(struct jit_code *a, unsigned w, enum a64_op3 op, unsigned d, unsigned n,
			       uint32_t v)
{
	uint32_t field = v < 0x1000 ? v << 10 : 1u << 22 | (v >> 12) << 10;

	a64_word(a, ((uint32_t)op & 0x60000000) | 0x11000000 | w << 31 | field | n << 5 | d);
}

/* The fields N:immr:imms of a logical immediate, or 0, which is none: a run of ones, rotated, in
 * an element of 2 to 64 bits that is repeated. */
static inline uint32_t a64_logical_field(uint64_t v, unsigned w)
{
	unsigned size = 64, ones, low, rotate;
	uint64_t mask, element;

	if (!w)
		v = (uint64_t)(uint32_t)v << 32 | (uint32_t)v;
	if (!v || !~v)
		return 0;
	while (size > 2 && (v >> size / 2 & (~0ull >> (64 - size / 2))) == (v & (~0ull >> (64 - size / 2))))
		size /= 2;
	mask = ~0ull >> (64 - size);
	element = v & mask;
	ones = (unsigned)__builtin_popcountll(element);
	/* The run's lowest one: above a zero, around the element. */
	low = (unsigned)__builtin_ctzll(element & ~((element << 1 | element >> (size - 1)) & mask));
	rotate = (size - low) % size;
	if (((element >> low | (low ? element << (size - low) : 0)) & mask) != mask >> (size - ones))
		return 0;
	return (size == 64 ? 1u << 22 : 0) | rotate << 16 | ((~(2 * size - 1) & 0x3f) | (ones - 1)) << 10;
}

MOL_INLINE bool a64_fits_logical(uint64_t v, unsigned w)
{
	return a64_logical_field(v, w) != 0;
}

/* op: AND, ORR, EOR, ANDS; a64_fits_logical(v, w). Register 31 as the result is SP, but for ANDS. */
static inline void a64_logical_imm(struct jit_code *a, unsigned w, enum a64_op3 op, unsigned d, unsigned n,
				   uint64_t v)
{
	a64_word(a, ((uint32_t)op & 0x60000000) | 0x12000000 | w << 31 | a64_logical_field(v, w) | n << 5 | d);
}

enum a64_move { A64_MOVN = 0x12800000, A64_MOVZ = 0x52800000, A64_MOVK = 0x72800000 };

/* v at bits 16 * part and up */
static inline void a64_move(struct jit_code *a, unsigned w, enum a64_move op, unsigned d, uint32_t v,
			    unsigned part)
{
	a64_word(a, (uint32_t)op | w << 31 | part << 21 | (v & 0xffff) << 5 | d);
}

static inline void a64_mov_imm64(struct jit_code *a, unsigned d, uint64_t v)
{
	bool first = true;

	for (unsigned part = 0; part < 4; part++) {
		uint32_t half = v >> 16 * part & 0xffff;

		if (half || (part == 3 && first)) {
			a64_move(a, 1, first ? A64_MOVZ : A64_MOVK, d, half, part);
			first = false;
		}
	}
}

static inline void a64_mov_imm(struct jit_code *a, unsigned d, uint32_t v)
{
	if (v >> 16 == 0xffff || (v & 0xffff) == 0xffff) {
		if (v >> 16 == 0xffff)
			a64_move(a, 0, A64_MOVN, d, ~v, 0);
		else
			a64_move(a, 0, A64_MOVN, d, ~v >> 16, 1);
	} else if (v >> 16 && v & 0xffff && a64_fits_logical(v, 0)) {
		a64_logical_imm(a, 0, A64_ORR, d, XZR, v);
	} else {
		a64_mov_imm64(a, d, v);
	}
}

/* ---- fields ---- */

enum a64_bitfield { A64_SBFM = 0x13000000, A64_BFM = 0x33000000, A64_UBFM = 0x53000000 };

static inline void a64_bitfield(struct jit_code *a, unsigned w, enum a64_bitfield op, unsigned d, unsigned n,
				unsigned immr, unsigned imms)
{
	a64_word(a, (uint32_t)op | w << 31 | w << 22 | immr << 16 | imms << 10 | n << 5 | d);
}

static inline void a64_lsl(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned by)
{
	unsigned top = w ? 63 : 31;

	a64_bitfield(a, w, A64_UBFM, d, n, (0u - by) & top, top - by);
}

static inline void a64_lsr(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned by)
{
	a64_bitfield(a, w, A64_UBFM, d, n, by, w ? 63 : 31);
}

static inline void a64_asr(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned by)
{
	a64_bitfield(a, w, A64_SBFM, d, n, by, w ? 63 : 31);
}

static inline void a64_ror(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned by)
{
	a64_word(a, 0x13800000 | w << 31 | w << 22 | n << 16 | by << 10 | n << 5 | d);
}

/* width bits of n from bit low on, to bit 0 and up */
static inline void a64_ubfx(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned low, unsigned width)
{
	a64_bitfield(a, w, A64_UBFM, d, n, low, low + width - 1);
}

static inline void a64_sbfx(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned low, unsigned width)
{
	a64_bitfield(a, w, A64_SBFM, d, n, low, low + width - 1);
}

/* width bits of n from bit 0 on, into bit low of d and up */
static inline void a64_bfi(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned low, unsigned width)
{
	a64_bitfield(a, w, A64_BFM, d, n, (0u - low) & (w ? 63 : 31), width - 1);
}

static inline void a64_bfxil(struct jit_code *a, unsigned w, unsigned d, unsigned n, unsigned low, unsigned width)
{
	a64_bitfield(a, w, A64_BFM, d, n, low, low + width - 1);
}

/* ---- conditions ---- */

enum a64_select {
	A64_CSEL = 0x1a800000, A64_CSINC = 0x1a800400, A64_CSINV = 0x5a800000, A64_CSNEG = 0x5a800400,
};

/* d = cc ? n : m (CSINC: m + 1, CSINV: ~m, CSNEG: -m) */
static inline void a64_select(struct jit_code *a, unsigned w, enum a64_select op, unsigned d, unsigned n,
			      unsigned m, enum a64_cc cc)
{
	a64_word(a, (uint32_t)op | w << 31 | m << 16 | (uint32_t)cc << 12 | n << 5 | d);
}

static inline void a64_cset(struct jit_code *a, unsigned d, enum a64_cc cc)
{
	a64_select(a, 0, A64_CSINC, d, XZR, XZR, cc ^ 1);
}

/* if cc, compare n with m, else the flags are nzcv */
static inline void a64_ccmp(struct jit_code *a, unsigned w, unsigned n, unsigned m, unsigned nzcv,
			    enum a64_cc cc)
{
	a64_word(a, 0x7a400000 | w << 31 | m << 16 | (uint32_t)cc << 12 | n << 5 | nzcv);
}

static inline void a64_ccmp_imm(struct jit_code *a, unsigned w, unsigned n, unsigned v, unsigned nzcv,
				enum a64_cc cc)
{
	a64_word(a, 0x7a400800 | w << 31 | v << 16 | (uint32_t)cc << 12 | n << 5 | nzcv);
}

/* ---- memory: size 0 to 3 is the logarithm of the length; loads have zeros above ---- */

/* SX: with the sign, to 32 bits; SXX: to 64 bits */
enum a64_access { A64_STORE, A64_LOAD, A64_LOAD_SXX, A64_LOAD_SX };

MOL_INLINE bool a64_fits_offset(uint32_t offset, unsigned size)
{
	return offset >> size < 4096 && !(offset & ((1u << size) - 1));
}

/* [n + offset]; a64_fits_offset(offset, size) */
static inline void a64_mem(struct jit_code *a, enum a64_access what, unsigned size, unsigned t, unsigned n,
			   uint32_t offset)
{
	a64_word(a, 0x39000000 | size << 30 | (uint32_t)what << 22 | (offset >> size) << 10 | n << 5 | t);
}

/* [n + offset], -256 to 255, any alignment */
static inline void a64_mem_near(struct jit_code *a, enum a64_access what, unsigned size, unsigned t, unsigned n,
				int32_t offset)
{
	a64_word(a, 0x38000000 | size << 30 | (uint32_t)what << 22 | ((uint32_t)offset & 0x1ff) << 12 |
			    n << 5 | t);
}

/* [n + m], or [n + m << size] */
static inline void a64_mem_index(struct jit_code *a, enum a64_access what, unsigned size, unsigned t,
				 unsigned n, unsigned m, bool scaled)
{
	a64_word(a, 0x38206800 | size << 30 | (uint32_t)what << 22 | m << 16 | (uint32_t)scaled << 12 |
			    n << 5 | t);
}

/* the same, m's low 32 bits */
static inline void a64_mem_uxtw(struct jit_code *a, enum a64_access what, unsigned size, unsigned t,
				unsigned n, unsigned m, bool scaled)
{
	a64_word(a, 0x38204800 | size << 30 | (uint32_t)what << 22 | m << 16 | (uint32_t)scaled << 12 |
			    n << 5 | t);
}

enum a64_pair {
	A64_STP_POST = 0x28800000, A64_LDP_POST = 0x28c00000, A64_STP = 0x29000000, A64_LDP = 0x29400000,
	A64_STP_PRE = 0x29800000, A64_LDP_PRE = 0x29c00000,
};

/* t and u at [n + offset], a multiple of the size of one, from -64 to 63 of them */
static inline void a64_pair(struct jit_code *a, unsigned w, enum a64_pair op, unsigned t, unsigned u, unsigned n,
			    int32_t offset)
{
	uint32_t field = (uint32_t)(offset / (w ? 8 : 4)) & 0x7f;

	a64_word(a, (uint32_t)op | w << 31 | field << 15 | u << 10 | n << 5 | t);
}

/* ---- control: branches forward return where they lie, for a64_patch() ---- */

/* The branch at `where` goes to target. B and BL reach 128 MiB, conditional ones 1 MiB, TBZ 32 KiB:
 * a->full, as if there were no more room, when that is too far. */
static inline void a64_patch(struct jit_code *a, uint32_t where, uint32_t target)
{
	int32_t words = (int32_t)(target - where) >> 2;
	unsigned bits, shift;
	uint32_t v, mask;

	if (a->full)
		return;
	memcpy(&v, a->base + where, 4);
	if ((v & 0x7c000000) == 0x14000000)
		bits = 26, shift = 0;
	else if ((v & 0x7e000000) == 0x36000000)
		bits = 14, shift = 5;
	else
		bits = 19, shift = 5;
	if (words < -(1 << (bits - 1)) || words >= 1 << (bits - 1)) {
		a->full = true;
		return;
	}
	mask = ((1u << bits) - 1) << shift;
	v = (v & ~mask) | ((uint32_t)words << shift & mask);
	memcpy(a->base + where, &v, 4);
}

static inline uint32_t a64_branch(struct jit_code *a, uint32_t word)
{
	a64_word(a, word);
	return a->at - 4;
}

static inline uint32_t a64_b(struct jit_code *a)
{
	return a64_branch(a, 0x14000000);
}

static inline uint32_t a64_bl(struct jit_code *a)
{
	return a64_branch(a, 0x94000000);
}

static inline uint32_t a64_bcc(struct jit_code *a, enum a64_cc cc)
{
	return a64_branch(a, 0x54000000 | (uint32_t)cc);
}

static inline uint32_t a64_cbz(struct jit_code *a, unsigned w, unsigned t)
{
	return a64_branch(a, 0x34000000 | w << 31 | t);
}

static inline uint32_t a64_cbnz(struct jit_code *a, unsigned w, unsigned t)
{
	return a64_branch(a, 0x35000000 | w << 31 | t);
}

static inline uint32_t a64_tbz(struct jit_code *a, unsigned t, unsigned bit)
{
	return a64_branch(a, 0x36000000 | (bit >> 5) << 31 | (bit & 31) << 19 | t);
}

static inline uint32_t a64_tbnz(struct jit_code *a, unsigned t, unsigned bit)
{
	return a64_branch(a, 0x37000000 | (bit >> 5) << 31 | (bit & 31) << 19 | t);
}

static inline void a64_b_to(struct jit_code *a, uint32_t target)
{
	a64_patch(a, a64_b(a), target);
}

static inline void a64_bl_to(struct jit_code *a, uint32_t target)
{
	a64_patch(a, a64_bl(a), target);
}

/* The page of 4 KiB at this distance, a multiple of its size, from the one of the instruction. */
static inline void a64_adrp(struct jit_code *a, unsigned d, int32_t distance)
{
	uint32_t pages = (uint32_t)(distance / 4096);

	a64_word(a, 0x90000000 | (pages & 3) << 29 | (pages >> 2 & 0x7ffff) << 5 | d);
}

static inline void a64_br(struct jit_code *a, unsigned n)
{
	a64_word(a, 0xd61f0000 | n << 5);
}

static inline void a64_blr(struct jit_code *a, unsigned n)
{
	a64_word(a, 0xd63f0000 | n << 5);
}

static inline void a64_ret(struct jit_code *a)
{
	a64_word(a, 0xd65f03c0);
}

#endif
