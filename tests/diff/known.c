/* SPDX-License-Identifier: MIT
 * known.c - where qemu-ppc (7.2) differs from the manual, and the rows that it cannot judge.
 *
 * Nothing is forgiven: each rule computes, from the case and qemu-ppc's own answers,
 * what the manual says instead, and our outcome must then be equal to the last bit.
 * Only where the manual gives a choice (an estimate, an undefined quotient) is our value
 * taken, after a check of the manual's bound. Called by diff.c for every case, equal or not, so
 * that an error that both sides share in these bits is seen too.
 * A row that is excluded here must be tested elsewhere: the reason says where.
 */
#include <math.h>
#include <string.h>

#include "diff.h"

const char *diff_row_excluded(enum ppc_op op)
{
	if (ppc_insn_table[op].flags & I_PRIV)
		return "privileged";
	switch (op) {
	case PPC_OP_SC:
		return "a system call of the host";
	case PPC_OP_MFTB:
		return "reads the host's time";
	case PPC_OP_ECIWX:
	case PPC_OP_ECOWX:
		return "needs an external device behind EAR";
	default:
		return NULL;
	}
}

/* ---- what is asked ---- */

static bool rounds(enum ppc_op op)
{
	const struct ppc_insn_info *row = &ppc_insn_table[op];

	return (row->flags & (I_FPU | I_STOP)) == (I_FPU | I_STOP) &&
	       !strncmp(row->operands, "frD", 3);
}

static bool is_single(enum ppc_op op)
{
	return ppc_insn_table[op].match >> 26 == 59 || op == PPC_OP_FRSP;
}

static bool negates(enum ppc_op op)
{
	return op == PPC_OP_FNMADD || op == PPC_OP_FNMADDS || op == PPC_OP_FNMSUB ||
	       op == PPC_OP_FNMSUBS;
}

/* qemu-ppc negates before it rounds, which is seen when the mode has a direction. */
static bool asks_positive(enum ppc_op op, const struct diff_state *in)
{
	return negates(op) && in->fpscr & 2;
}

unsigned diff_questions(enum ppc_op op)
{
	return rounds(op) ? DIFF_QUESTIONS : 1;
}

void diff_question(enum ppc_op op, const struct diff_state *in, unsigned number,
		   struct diff_state *asked)
{
	*asked = *in;
	if (asks_positive(op, in))
		asked->insn &= ~4u; /* fnmadd to fmadd, fnmsub to fmsub */
	if (number == 1)
		asked->fpscr = (in->fpscr & ~(uint64_t)PPC_FPSCR_RN) | 1;
}

/* ---- a case with its answers ---- */

struct answer {
	enum ppc_op op;
	const struct diff_state *in, *ours, *toward_zero;
	struct diff_state *e; /* what is expected */
};

static uint64_t *target(struct answer *a)
{
	return &a->e->fpr[a->in->insn >> 21 & 31];
}

static uint64_t operand_b(const struct answer *a)
{
	return a->in->fpr[a->in->insn >> 11 & 31];
}

static bool is_nan(uint64_t v)
{
	return v << 1 > 0x7ff0000000000000u << 1;
}

static bool is_snan(uint64_t v)
{
	return is_nan(v) && !(v & 0x0008000000000000u);
}

/* No enabled exception was recorded before the case [gen.c], so one that is now is the case's. */
static bool has_result(const struct answer *a)
{
	uint64_t f = a->e->fpscr;

	return !(f & PPC_FPSCR_VE && f & PPC_FPSCR_VX_ALL) && !(f & PPC_FPSCR_ZE && f & PPC_FPSCR_ZX);
}

/* ---- fixed point ---- */

static bool is_division(enum ppc_op op)
{
	return op == PPC_OP_DIVW || op == PPC_OP_DIVWU;
}

static void undefined_quotient(struct answer *a)
{
	uint32_t w = a->in->insn, d = w >> 21 & 31;
	uint32_t x = a->in->gpr[w >> 16 & 31], y = a->in->gpr[w >> 11 & 31];

	if (y && !(a->op == PPC_OP_DIVW && x == 0x80000000 && y == 0xffffffff))
		return;
	a->e->gpr[d] = a->ours->gpr[d];
	if (w & 1)
		a->e->cr = (a->e->cr & 0x1fffffff) | (a->ours->cr & 0xe0000000);
}

static bool is_mtspr(enum ppc_op op)
{
	return op == PPC_OP_MTSPR;
}

static void reserved_xer(struct answer *a)
{
	a->e->xer &= PPC_XER_SO | PPC_XER_OV | PPC_XER_CA | PPC_XER_BYTE | PPC_XER_COUNT;
}

/* ---- floating point ---- */

/* FPRF of the negated number: FL and FG change places; a zero's sign is C. */
static void negated_result(struct answer *a)
{
	uint64_t f = a->e->fpscr, swapped = f & ~(uint64_t)(PPC_FPSCR_FL | PPC_FPSCR_FG);

	if (!asks_positive(a->op, a->in) || !has_result(a) || is_nan(*target(a)))
		return;
	*target(a) ^= (uint64_t)1 << 63;
	if (f & (PPC_FPSCR_FL | PPC_FPSCR_FG))
		a->e->fpscr = swapped | (f & PPC_FPSCR_FL) >> 1 | (f & PPC_FPSCR_FG) << 1;
	else
		a->e->fpscr ^= PPC_FPSCR_C;
}

static bool is_muladd(enum ppc_op op)
{
	return op == PPC_OP_FMADD || op == PPC_OP_FMADDS || op == PPC_OP_FMSUB ||
	       op == PPC_OP_FMSUBS || negates(op);
}

/* The sign apart: is one of them 0 and the other an infinity? */
static bool is_infinity_times_zero(uint64_t x, uint64_t y)
{
	const uint64_t infinity = 0xffe0000000000000u;

	return (!(x << 1) && y << 1 == infinity) || (!(y << 1) && x << 1 == infinity);
}

static void signaling_addend(struct answer *a)
{
	uint64_t x = a->in->fpr[a->in->insn >> 16 & 31];
	uint64_t y = a->in->fpr[a->in->insn >> 6 & 31];

	if (is_infinity_times_zero(x, y) && is_snan(operand_b(a)))
		a->e->fpscr |= PPC_FPSCR_VXSNAN;
}

static bool is_frsp(enum ppc_op op)
{
	return op == PPC_OP_FRSP;
}

/* An enabled overflow or underflow has moved the exponent. */
static bool is_scaled(const struct answer *a)
{
	uint64_t f = a->e->fpscr;

	return (f & PPC_FPSCR_OE && f & PPC_FPSCR_OX) || (f & PPC_FPSCR_UE && f & PPC_FPSCR_UX);
}

/* The magnitude grows when these 29 bits are rounded away? */
static bool rounds_up(uint64_t significand, bool negative, uint64_t fpscr)
{
	const uint64_t half = 0x10000000u, odd = 0x20000000u, rest = significand & (odd - 1);

	switch (fpscr & PPC_FPSCR_RN) {
	case 0:
		return rest > half || (rest == half && significand & odd);
	case 2:
		return rest && !negative;
	case 3:
		return rest && negative;
	default:
		return false;
	}
}

/* The operand rounded to 24 bits as if there were no range, then 192 nearer to it. */
static void scaled_frsp(struct answer *a)
{
	const uint64_t top = 0x0010000000000000u, sign = 0x8000000000000000u;
	uint64_t f = a->e->fpscr, b = operand_b(a), significand = b & (top - 1);
	int exp = (int)(b >> 52 & 0x7ff);
	bool over = f & PPC_FPSCR_OE && f & PPC_FPSCR_OX, up;

	if (!is_scaled(a))
		return;
	if (!exp) {
		for (exp = 1; !(significand & top); exp--)
			significand <<= 1;
		significand &= top - 1;
	}
	exp += over ? -192 : 192;
	up = rounds_up(significand, b >> 63, f);
	significand = (((uint64_t)exp << 52 | significand) >> 29) + up; /* a carry moves the exponent */
	*target(a) = (b & sign) | significand << 29;
	a->e->fpscr = (f & ~(uint64_t)PPC_FPSCR_FPRF) |
		      (b >> 63 ? PPC_FPSCR_FL : PPC_FPSCR_FG);
}

static void denormalized_single(struct answer *a)
{
	uint64_t magnitude = *target(a) & 0x7fffffffffffffffu;

	if (has_result(a) && !is_scaled(a) && magnitude && magnitude < 0x3810000000000000u)
		a->e->fpscr |= PPC_FPSCR_C;
}

static bool is_fctiw(enum ppc_op op)
{
	return op == PPC_OP_FCTIW || op == PPC_OP_FCTIWZ;
}

static void converted(struct answer *a)
{
	uint64_t b = operand_b(a), low;

	a->e->fpscr = (a->e->fpscr & ~(uint64_t)PPC_FPSCR_FPRF) | (a->in->fpscr & PPC_FPSCR_FPRF);
	if (!has_result(a))
		return;
	low = *target(a) & 0xffffffffu;
	*target(a) = 0xfff8000000000000u | low | (uint64_t)(!low && b >> 63) << 32;
}

static bool is_mffs(enum ppc_op op)
{
	return op == PPC_OP_MFFS;
}

static void mffs_high_word(struct answer *a)
{
	*target(a) = 0xfff8000000000000u | (*target(a) & 0xffffffffu);
}

static bool is_estimate(enum ppc_op op)
{
	return op == PPC_OP_FRES || op == PPC_OP_FRSQRTE;
}

static double as_double(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static bool near(double value, double exact, double bound)
{
	return fabs(value - exact) <= fabs(exact) * bound;
}

static bool is_fres(enum ppc_op op)
{
	return op == PPC_OP_FRES;
}

static void reciprocal_of_zero(struct answer *a)
{
	uint64_t b = operand_b(a);

	if (b << 1 || !has_result(a))
		return;
	*target(a) = b | 0x7ff0000000000000u;
	a->e->fpscr = (a->e->fpscr & ~(uint64_t)PPC_FPSCR_FPRF) | PPC_FPSCR_FU |
		      (b ? PPC_FPSCR_FL : PPC_FPSCR_FG);
}

static void estimated(struct answer *a)
{
	const uint64_t rounding = PPC_FPSCR_FR | PPC_FPSCR_FI | PPC_FPSCR_XX;
	double b = as_double(operand_b(a));
	uint64_t ours = a->ours->fpr[a->in->insn >> 21 & 31];
	bool res = a->op == PPC_OP_FRES;
	double exact = res ? 1 / b : 1 / sqrt(b);

	a->e->fpscr = (a->e->fpscr & ~rounding) | (a->in->fpscr & PPC_FPSCR_XX);
	if (!has_result(a) || !isfinite(b) || b == 0 || !isfinite(exact) ||
	    !isfinite(as_double(ours)))
		return;
	/* A denormalized estimate is tiny in any case, but may be exact where a quotient is not. */
	if (res && fabs(exact) < 0x1p-126 && !(a->in->fpscr & (PPC_FPSCR_UE | PPC_FPSCR_UX)))
		a->e->fpscr = (a->e->fpscr & ~(uint64_t)PPC_FPSCR_UX) |
			      (a->ours->fpscr & PPC_FPSCR_UX);
	if (res && fabs(exact) < 0x1p-126 && a->in->fpscr & PPC_FPSCR_UE)
		exact = ldexp(exact, 192);
	if (res && fabs(exact) >= 0x1p128 && a->in->fpscr & PPC_FPSCR_OE)
		exact = ldexp(exact, -192);
	if (near(as_double(ours), exact, res ? 1.0 / 256 : 1.0 / 32) && !(res && ours & 0x1fffffff))
		*target(a) = ours;
}

static bool rounds_exactly(enum ppc_op op)
{
	return rounds(op) && !is_estimate(op);
}

/* FI is right; rounded up is what differs from the result rounded toward zero. */
static void fraction_rounded(struct answer *a)
{
	uint64_t zero = a->toward_zero->fpr[a->in->insn >> 21 & 31], f = a->e->fpscr;
	uint64_t mask = is_fctiw(a->op) ? 0xffffffffu : 0x7fffffffffffffffu;

	if (is_frsp(a->op) && is_scaled(a)) /* the exponent of the other answer is wrong too */
		mask = 0x000fffffffffffffu;
	a->e->fpscr = f & ~(uint64_t)PPC_FPSCR_FR;
	if (a->op != PPC_OP_FCTIWZ && f & PPC_FPSCR_FI && (*target(a) & mask) != (zero & mask))
		a->e->fpscr |= PPC_FPSCR_FR;
}

static bool is_fcmpo(enum ppc_op op)
{
	return op == PPC_OP_FCMPO;
}

static void ordered_nan(struct answer *a)
{
	uint64_t x = a->in->fpr[a->in->insn >> 16 & 31], y = operand_b(a);

	a->e->fpscr = (a->e->fpscr & ~(uint64_t)PPC_FPSCR_C) | (a->in->fpscr & PPC_FPSCR_C);
	if ((is_snan(x) || is_snan(y)) && a->in->fpscr & PPC_FPSCR_VE)
		a->e->fpscr &= ~(uint64_t)PPC_FPSCR_VXVC | a->in->fpscr;
}

static bool is_mtfsb1(enum ppc_op op)
{
	return op == PPC_OP_MTFSB1;
}

static void non_ieee_mode(struct answer *a)
{
	if ((a->in->insn >> 21 & 31) == 29)
		a->e->fpscr |= PPC_FPSCR_NI;
}

static bool sets_fx(enum ppc_op op)
{
	return rounds(op) || op == PPC_OP_FCMPU || op == PPC_OP_FCMPO || op == PPC_OP_MTFSB1;
}

static void summary(struct answer *a)
{
	const uint64_t causes = PPC_FPSCR_OX | PPC_FPSCR_UX | PPC_FPSCR_ZX | PPC_FPSCR_XX |
				PPC_FPSCR_VX_ALL;
	uint64_t f = a->e->fpscr & ~(uint64_t)PPC_FPSCR_FX;

	if (a->in->fpscr & PPC_FPSCR_FX || f & ~a->in->fpscr & causes ||
	    (a->op == PPC_OP_MTFSB1 && !(a->in->insn >> 21 & 31)))
		f |= PPC_FPSCR_FX;
	a->e->fpscr = f;
}

static bool records_cr1(enum ppc_op op)
{
	return ppc_insn_table[op].flags & I_FPU && ppc_insn_table[op].flags & I_RC;
}

static void condition_1(struct answer *a)
{
	if (a->in->insn & 1)
		a->e->cr = (a->e->cr & 0xf0ffffff) | (uint32_t)(a->e->fpscr >> 4 & 0x0f000000);
}

/* ---- vectors ---- */

static bool is_vector_estimate(enum ppc_op op)
{
	return op == PPC_OP_VREFP || op == PPC_OP_VRSQRTEFP || op == PPC_OP_VEXPTEFP ||
	       op == PPC_OP_VLOGEFP;
}

/* Is the value v a permitted estimate for the lane b? */
static bool lane_in_bound(enum ppc_op op, float b, float v)
{
	double exact, error;

	switch (op) {
	case PPC_OP_VREFP:
		return b != 0 && isfinite(b) && near(v, 1.0 / b, 1.0 / 4096);
	case PPC_OP_VRSQRTEFP:
		return b > 0 && isfinite(b) && near(v, 1 / sqrt(b), 1.0 / 4096);
	case PPC_OP_VEXPTEFP:
		exact = exp2(b);
		return isnan(b) ? false : exact > (double)0x1.fffffep127f ? isinf(v) && v > 0
									 : near(v, exact, 1.0 / 16);
	default:
		exact = log2(b);
		error = fabs(v - exact);
		return b > 0 && isfinite(b) &&
		       error <= (fabs(b - 1) <= 0.125 ? fabs(exact) / 8 : 1.0 / 32);
	}
}

/* What is below the normal range is rounded to a denormalized number, or is zero with NJ. */
static bool tiny_in_bound(enum ppc_op op, bool nj, float b, float v)
{
	double exact = op == PPC_OP_VREFP ? 1.0 / b : op == PPC_OP_VEXPTEFP ? exp2(b) : 1;

	if (isnan(b) || isinf(b) || fabs(exact) >= 0x1p-126)
		return false;
	if (nj)
		return v == 0 && !signbit(v) == !signbit((float)exact);
	return fabs(v - exact) <= fabs(exact) / 16 + 0x1p-149;
}

static float as_float(uint32_t bits)
{
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static void estimated_lanes(struct answer *a)
{
	const uint8_t *b = a->in->vr[a->in->insn >> 11 & 31];
	const uint8_t *ours = a->ours->vr[a->in->insn >> 21 & 31];
	uint8_t *d = a->e->vr[a->in->insn >> 21 & 31];
	bool nj = a->in->vscr[13] & 1;

	for (unsigned n = 0; n < 16; n += 4) {
		uint32_t operand = mol_load_be32(b + n);
		float v = as_float(mol_load_be32(ours + n));

		if (nj && !(operand & 0x7f800000))
			operand &= 0x80000000;
		if (lane_in_bound(a->op, as_float(operand), v) ||
		    tiny_in_bound(a->op, nj, as_float(operand), v))
			memcpy(d + n, ours + n, 4);
	}
}

static bool is_mtvscr(enum ppc_op op)
{
	return op == PPC_OP_MTVSCR;
}

static void reserved_vscr(struct answer *a)
{
	mol_store_be32(a->e->vscr + 12,
		       mol_load_be32(a->e->vscr + 12) & (PPC_VSCR_NJ | PPC_VSCR_SAT));
}

/* ---- all of them, in the order in which they build on each other ---- */

static const struct rule {
	bool (*concerns)(enum ppc_op op);
	void (*correct)(struct answer *a);
	const char *why;
} rules[] = {
	{ is_division, undefined_quotient,
	  "by zero, or 0x80000000 / -1, rD and CR0[LT GT EQ] are undefined [PEM 8.2, divw, divwu]" },
	{ is_mtspr, reserved_xer,
	  "reserved bits of XER stay 0 [PEM 2.1.5], but 16-23 [7400 UM 2.1]" },
	{ negates, negated_result,
	  "the result is rounded, then negated, unless it is a NaN [PEM 4.2.2.2, 8.2]" },
	{ is_muladd, signaling_addend,
	  "infinity times zero plus a signaling NaN is VXIMZ and VXSNAN [PEM 3.3.6.1.1]" },
	{ is_frsp, scaled_frsp,
	  "an enabled overflow or underflow of frsp scales by 192 [PEM 3.3.6.2]" },
	{ is_single, denormalized_single,
	  "a single below 2^-126 is of class denormalized [PEM 2.1.4, FPRF; 3.3.1]" },
	{ is_fctiw, converted,
	  "frD[0:31] and FPRF are undefined; ours are the 750's, FPRF stays [PEM 8.2, fctiw]" },
	{ is_mffs, mffs_high_word, "frD[0:31] is undefined; ours is the 750's [PEM 8.2, mffs]" },
	{ is_fres, reciprocal_of_zero, "the reciprocal of a zero is an infinity [PEM 8.2, fres]" },
	{ is_estimate, estimated,
	  "estimates: within 1/256 (fres), 1/32 (frsqrte); XX stays, FR FI undefined [PEM 8.2]" },
	{ rounds_exactly, fraction_rounded,
	  "FR is 1 when rounding increased the magnitude [PEM 2.1.4; undefined on overflow]" },
	{ is_fcmpo, ordered_nan,
	  "fcmpo leaves C alone; a signaling NaN with VE = 1 is not VXVC [PEM 8.2, fcmpo]" },
	{ is_mtfsb1, non_ieee_mode, "mtfsb1 29 sets NI [PEM 8.2, mtfsb1]" },
	{ sets_fx, summary,
	  "FX is set when an exception bit goes from 0 to 1, not when it was 1 [PEM 2.1.4]" },
	{ records_cr1, condition_1,
	  "CR1 is FPSCR[0:3] as it is after the instruction [PEM 2.1.3.2]" },
	{ is_vector_estimate, estimated_lanes,
	  "vector estimates: within 1/4096 (reciprocals), 1/16 (2^x), 1/32 (log2) [AV PEM 6.2]" },
	{ is_mtvscr, reserved_vscr, "reserved bits of VSCR stay 0 [AV PEM 2.1.2]" },
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

const char *diff_rule(unsigned n)
{
	return n < RULES ? rules[n].why : NULL;
}

uint32_t diff_correct(enum ppc_op op, const struct diff_state *in,
		      const struct diff_state theirs[DIFF_QUESTIONS], const struct diff_state *ours,
		      struct diff_state *expected)
{
	struct answer a = { op, in, ours, &theirs[1], expected };
	uint32_t changed = 0;

	*expected = theirs[0];
	for (unsigned n = 0; n < RULES; n++) {
		static struct diff_state before;

		if (!rules[n].concerns(op))
			continue;
		before = *expected;
		rules[n].correct(&a);
		if (memcmp(&before, expected, sizeof(before)))
			changed |= 1u << n;
	}
	return changed;
}
