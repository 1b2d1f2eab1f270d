/* SPDX-License-Identifier: MIT
 * gen.c - draws the cases of one row of insn.def for the differential test.
 *
 * The operand column of the row says which fields the word has. Values are a mix
 * of corners and random bits; memory operands are steered into the record's
 * window.
 */
#include <string.h>

#include "diff.h"
#include "softfp.h"

#define WINDOW_EA (DIFF_SCRATCH_EA + DIFF_MEM_AT)

uint32_t diff_random32(struct diff_random *r)
{
	r->s = r->s * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->s >> 33 ^ r->s >> 20);
}

static uint32_t below(struct diff_random *r, uint32_t n)
{
	return diff_random32(r) % n;
}

/* ---- values ---- */

static uint32_t draw_word(struct diff_random *r)
{
	static const uint32_t corners[] = { 0, 1, 2, 31, 32, 33, 63, 0x7f, 0x80, 0xff, 0x7fff, 0x8000,
					    0xffff, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
					    0xffffffff, 0xffff8000, 0xffffff80, 0x00010000 };

	if (below(r, 3) == 0)
		return corners[below(r, sizeof(corners) / sizeof(corners[0]))];
	/* One draw a statement: C leaves the order within an expression open, the cases must not. */
	unsigned shift = below(r, 4) ? 0 : below(r, 32);

	return diff_random32(r) >> shift;
}

static uint64_t draw_double(struct diff_random *r, bool special)
{
	static const uint64_t corners[] = {
		0, 0x8000000000000000, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000,
		0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000001, 0x7ff0000000000001,
		0xfff4000000000000, 0x0000000000000001, 0x800fffffffffffff, 0x0010000000000000,
		0x7fefffffffffffff, 0xffefffffffffffff, 0x47efffffe0000000, 0x47efffffefffffff,
		0x47effffff0000000, 0x3810000000000000, 0x380fffffffffffff, 0x36a0000000000000,
		0x3690000000000000, 0x41dfffffffc00000, 0x41e0000000000000, 0xc1e0000000000000,
		0xc1e0000000200000, 0x3fe0000000000000, 0x3ff8000000000000, 0x7ff7ffffffffffff,
	};
	uint64_t bits = (uint64_t)diff_random32(r) << 32;
	uint32_t n;

	bits |= diff_random32(r);
	switch (special ? 0 : below(r, 7)) {
	case 0:
		return corners[below(r, sizeof(corners) / sizeof(corners[0]))];
	case 1: /* near 1: sums cancel, products stay in range */
		return (bits & 0x800fffffffffffff) | (uint64_t)(1023 - 3 + below(r, 7)) << 52;
	case 2: /* around the range of single precision */
		return (bits & 0x800fffffffffffff) |
		       (uint64_t)(below(r, 2) ? 1023 + 124 + below(r, 6)
					      : 1023 - 152 + below(r, 30)) << 52;
	case 3: /* short significand: exact results, ties */
		bits = (bits & 0x8000000000000000) | (uint64_t)(1023 - 20 + below(r, 40)) << 52;
		n = below(r, 256);
		return bits | (uint64_t)n << (44 - below(r, 3) * 15);
	case 4: /* the ends of the double range */
		return (bits & 0x800fffffffffffff) |
		       (uint64_t)(below(r, 2) ? below(r, 60) : 2046 - below(r, 60)) << 52;
	case 5: /* a few bits at the end of the significand, or a few that are missing */
		bits = (bits & 0x8000000000000000) | (uint64_t)(1023 - 8 + below(r, 16)) << 52;
		n = below(r, 5);
		bits |= (uint64_t)n << (below(r, 2) ? 29 : 0);
		return below(r, 2) ? bits : bits ^ 0x000fffffffffffff;
	default:
		return bits;
	}
}

static void draw_vector(struct diff_random *r, uint8_t v[16])
{
	static const uint8_t bytes[] = { 0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x0f, 0x10 };
	static const uint32_t floats[] = {
		0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000,
		0x7f800001, 1, 0x807fffff, 0x00800000, 0x7f7fffff, 0x4f000000, 0xcf000000,
		0x4f800000, 0x3f000000, 0x3fc00000,
	};
	uint32_t kind = below(r, 4);

	for (unsigned n = 0; n < 16; n++)
		v[n] = kind == 0 ? bytes[below(r, 8)] : (uint8_t)diff_random32(r);
	for (unsigned n = 0; kind == 1 && n < 16; n += 4)
		mol_store_be32(v + n, floats[below(r, sizeof(floats) / sizeof(floats[0]))]);
	for (unsigned n = 0; kind == 2 && n < 16; n += 4) { /* moderate floats */
		uint32_t bits = diff_random32(r) & 0x807fffff;

		mol_store_be32(v + n, bits | (127 - 20 + below(r, 40)) << 23);
	}
}

/* ---- the instruction word ---- */

static uint32_t draw_register(struct diff_random *r, bool nonzero)
{
	uint32_t n;

	do
		n = below(r, 32);
	while (nonzero && n == 0);
	return n;
}

static bool has(const char *operands, const char *token)
{
	size_t length = strlen(token);

	for (const char *p = operands; (p = strstr(p, token)); p++)
		if ((p == operands || p[-1] == ',') && (p[length] == ',' || !p[length]))
			return true;
	return false;
}

static uint32_t put(uint32_t value, unsigned first, unsigned width)
{
	return (value & ((1u << width) - 1)) << (32 - first - width);
}

static uint32_t draw_general_fields(const char *o, struct diff_random *r)
{
	uint32_t w = 0;

	if (has(o, "rD") || has(o, "rS"))
		w |= put(draw_register(r, false), 6, 5);
	if (has(o, "rA") || has(o, "d(rA)")) /* dst: rA = 0 is an invalid form */
		w |= put(draw_register(r, has(o, "STRM")), 11, 5);
	if (has(o, "rA0") || has(o, "d(rA0)"))
		w |= put(below(r, 8) ? draw_register(r, false) : 0, 11, 5);
	if (has(o, "rB"))
		w |= put(draw_register(r, false), 16, 5);
	if (has(o, "SIMM") || has(o, "UIMM"))
		w |= put(draw_word(r), 16, 16);
	if (has(o, "SH") || has(o, "NB"))
		w |= put(diff_random32(r), 16, 5);
	if (has(o, "MB"))
		w |= put(diff_random32(r), 21, 5);
	if (has(o, "ME"))
		w |= put(diff_random32(r), 26, 5);
	if (has(o, "TO") || has(o, "BO"))
		w |= put(diff_random32(r), 6, 5);
	if (has(o, "BI"))
		w |= put(diff_random32(r), 11, 5);
	if (has(o, "CRM"))
		w |= put(diff_random32(r), 12, 8);
	if (has(o, "FM"))
		w |= put(diff_random32(r), 7, 8);
	if (has(o, "IMM"))
		w |= put(diff_random32(r), 16, 4);
	return w;
}

static uint32_t draw_other_fields(const char *o, struct diff_random *r)
{
	uint32_t w = 0;

	if (has(o, "crfD"))
		w |= put(diff_random32(r), 6, 3);
	if (has(o, "crfS"))
		w |= put(diff_random32(r), 11, 3);
	if (has(o, "crbD") || has(o, "frD") || has(o, "frS") || has(o, "vD") || has(o, "vS"))
		w |= put(diff_random32(r), 6, 5);
	if (has(o, "crbA") || has(o, "frA") || has(o, "vA") || has(o, "VUIMM") || has(o, "VSIMM"))
		w |= put(diff_random32(r), 11, 5);
	if (has(o, "crbB") || has(o, "frB") || has(o, "vB"))
		w |= put(diff_random32(r), 16, 5);
	if (has(o, "frC") || has(o, "vC"))
		w |= put(diff_random32(r), 21, 5);
	if (has(o, "VSH"))
		w |= put(diff_random32(r), 22, 4);
	if (has(o, "STRM"))
		w |= put(diff_random32(r), 9, 2);
	return w;
}

/* Few registers, so that operands and targets are often the same one. */
static uint32_t share_registers(const char *o, uint32_t w)
{
	static const struct {
		const char *token;
		unsigned first;
	} fields[] = {
		{ "rD", 6 },  { "rS", 6 },   { "rA", 11 },  { "rA0", 11 }, { "rB", 16 },
		{ "frD", 6 }, { "frS", 6 },  { "frA", 11 }, { "frB", 16 }, { "frC", 21 },
		{ "vD", 6 },  { "vS", 6 },   { "vA", 11 },  { "vB", 16 },  { "vC", 21 },
	};

	for (size_t n = 0; n < sizeof(fields) / sizeof(fields[0]); n++)
		if (has(o, fields[n].token))
			w = (w & ~put(28, fields[n].first, 5)) | put(4, fields[n].first, 5);
	return w;
}

/* ---- memory rows: an effective address in the window ---- */

static unsigned access_size(enum ppc_op op, uint32_t word, const struct diff_state *s)
{
	switch (op) {
	case PPC_OP_LMW:
	case PPC_OP_STMW:
		return 4 * (32 - ppc_field(word, 6, 5));
	case PPC_OP_LSWI:
	case PPC_OP_STSWI:
		return ppc_field(word, 16, 5) ? ppc_field(word, 16, 5) : 32;
	case PPC_OP_LSWX:
	case PPC_OP_STSWX:
		return s->xer & PPC_XER_COUNT;
	default:
		return 16;
	}
}

/* Not aligned to a word these raise an alignment exception, which qemu-ppc does not [tests/isa]. */
static bool needs_alignment(enum ppc_op op)
{
	return ppc_insn_table[op].flags & I_FPU || op == PPC_OP_LMW || op == PPC_OP_STMW ||
	       op == PPC_OP_LWARX || op == PPC_OP_STWCX_;
}

/* Invalid forms are not drawn [PEM 8.2]: an update form with rA = 0 or, of a load, rA = rD; a
 * multiple or string load with rA (also r0 when it stands for zero) or rB among its targets. */
static bool memory_word_is_valid(enum ppc_op op, uint32_t w, const struct diff_state *s)
{
	const char *o = ppc_insn_table[op].operands;
	uint32_t d = ppc_field(w, 6, 5), a = ppc_field(w, 11, 5), b = ppc_field(w, 16, 5);
	bool integer_load = ppc_insn_table[op].flags & I_LOAD && has(o, "rD");
	unsigned registers = 0;

	if (op == PPC_OP_LMW)
		registers = 32 - d;
	if (op == PPC_OP_LSWI || op == PPC_OP_LSWX)
		registers = (access_size(op, w, s) + 3) / 4;
	if ((has(o, "rA") || has(o, "d(rA)")) && (a == 0 || (integer_load && a == d)))
		return false;
	for (unsigned n = 0; n < registers; n++) {
		unsigned r = (d + n) & 31;

		if (r == a || (op == PPC_OP_LSWX && r == b))
			return false;
	}
	/* lswx: rD = rA and rD = rB are invalid for any length */
	return op != PPC_OP_LSWX || (d != a && d != b);
}

static bool steer_address(enum ppc_op op, struct diff_random *r, struct diff_state *s)
{
	const char *o = ppc_insn_table[op].operands;
	uint32_t a = ppc_field(s->insn, 11, 5), b = ppc_field(s->insn, 16, 5);
	bool zero_base = !a && (has(o, "rA0") || has(o, "d(rA0)"));
	bool displaced = strstr(o, "d(") != NULL;
	unsigned size = access_size(op, s->insn, s);
	uint32_t ea;

	if (size > DIFF_MEM_SIZE)
		return false;
	ea = WINDOW_EA + below(r, DIFF_MEM_SIZE - size + 1);
	if (needs_alignment(op))
		ea &= ~3u;
	if (has(o, "rB")) {
		if (a == b && !zero_base) {
			if (ea & 1)
				return false;
			s->gpr[a] = ea / 2;
			return true;
		}
		if (!zero_base)
			s->gpr[a] = draw_word(r);
		s->gpr[b] = ea - (zero_base ? 0 : s->gpr[a]);
		return true;
	}
	if (zero_base && displaced)
		s->insn = (s->insn & 0xffff0000) | ea;
	else if (zero_base)
		return false; /* lswi, stswi: address 0 */
	else
		s->gpr[a] = displaced ? ea - (((s->insn & 0xffff) ^ 0x8000) - 0x8000) : ea;
	return true;
}

static void draw_branch(enum ppc_op op, struct diff_random *r, struct diff_state *s)
{
	static const int32_t pads[] = { DIFF_PAD1, DIFF_PAD2, DIFF_PAD3, 4 };
	uint32_t offset = (uint32_t)pads[below(r, 4)];

	if (op == PPC_OP_B)
		s->insn |= offset & 0x03fffffc;
	if (op == PPC_OP_BC)
		s->insn |= offset & 0xfffc;
	if (op == PPC_OP_BCLR)
		s->lr = (DIFF_SLOT_EA + offset) | below(r, 4);
	if (op == PPC_OP_BCCTR) {
		s->ctr = (DIFF_SLOT_EA + offset) | below(r, 4);
		s->insn |= put(4, 6, 5); /* BO must not decrement */
	} else if (below(r, 2)) {
		s->ctr = below(r, 3);
	}
	s->insn |= below(r, 2); /* LK */
}

static void draw_registers(struct diff_random *r, struct diff_state *s)
{
	bool special = below(r, 6) == 0; /* infinities, zeros and NaNs meet */

	for (int n = 0; n < 32; n++) {
		s->gpr[n] = draw_word(r);
		s->fpr[n] = draw_double(r, special);
		draw_vector(r, s->vr[n]);
	}
	for (int n = 1; n < 32; n++) { /* equal and opposite operands do not come by chance */
		if (below(r, 12) == 0)
			s->gpr[n] = s->gpr[n - 1];
		if (below(r, 12) == 0) {
			s->fpr[n] = s->fpr[n - 1] ^ (uint64_t)below(r, 2) << 63;
			s->fpr[n] ^= below(r, 3);
		}
	}
	s->cr = diff_random32(r);
	s->xer = diff_random32(r) & (0xe0000000 | PPC_XER_BYTE);
	s->xer |= below(r, 100);
	s->lr = draw_word(r);
	s->ctr = draw_word(r);
	for (int n = 0; n < DIFF_MEM_SIZE; n++)
		s->mem[n] = (uint8_t)diff_random32(r);
}

/* Single-precision arithmetic on what is not a single has no defined result [PEM 3.3]. */
static void narrow_registers(struct diff_state *s)
{
	for (int n = 0; n < 32; n++)
		s->fpr[n] = mol_softfp_widen(mol_softfp_narrow(s->fpr[n]));
}

/* Multiply-adds whose addend nearly cancels the product: what is left shows that the product was
 * not rounded. */
static void cancel_product(enum ppc_op op, struct diff_random *r, struct diff_state *s)
{
	const char *o = ppc_insn_table[op].operands;
	uint32_t w = s->insn;
	uint64_t a = s->fpr[w >> 16 & 31], c = s->fpr[w >> 6 & 31];
	unsigned multiply = PPC_FP_MUL | (w >> 26 == 59 ? PPC_FP_SINGLE : 0);

	if (has(o, "frA") && has(o, "frB") && has(o, "frC")) {
		s->fpr[w >> 11 & 31] = mol_softfp_arith(multiply, below(r, 4), a, 0, c).bits;
		s->fpr[w >> 11 & 31] ^= (uint64_t)below(r, 2) << 63;
	}
	for (unsigned n = 0; (op == PPC_OP_VMADDFP || op == PPC_OP_VNMSUBFP) && n < 16; n += 4) {
		uint32_t product = mol_vfp_arith(PPC_VFP_MADD, false,
						 mol_load_be32(s->vr[w >> 16 & 31] + n), 0x80000000,
						 mol_load_be32(s->vr[w >> 6 & 31] + n));

		product ^= below(r, 2) << 31;
		mol_store_be32(s->vr[w >> 11 & 31] + n, product ^ below(r, 2));
	}
}

static uint32_t draw_fpscr(struct diff_random *r)
{
	uint32_t v = below(r, 4); /* RN; NI is not modelled by the oracle */

	if (below(r, 4) == 0)
		v |= diff_random32(r) & 0xf8; /* enabled exceptions */
	if (below(r, 4) == 0)
		v |= diff_random32(r) & 0xfff80000u & ~(PPC_FPSCR_FEX | PPC_FPSCR_VX);
	v = mol_fpscr_summarize(v | (diff_random32(r) & PPC_FPSCR_FPRF));
	/* One that is enabled and already recorded would strike while the state is loaded. */
	return v & PPC_FPSCR_FEX ? mol_fpscr_summarize(v & ~0xf8u) : v;
}

static uint32_t draw_spr(struct diff_random *r)
{
	static const uint8_t sprs[] = { 1, 8, 9 }; /* XER, LR, CTR */

	return put(sprs[below(r, 3)], 11, 5);
}

void diff_generate(enum ppc_op op, struct diff_random *r, struct diff_state *s)
{
	const struct ppc_insn_info *row = &ppc_insn_table[op];

	for (;;) {
		memset(s, 0, sizeof(*s));
		draw_registers(r, s);
		s->use_vec = 1;
		s->vscr[13] = below(r, 4) == 0; /* NJ */
		s->vscr[15] = (uint8_t)below(r, 2);
		s->fpscr = row->flags & I_FPU ? draw_fpscr(r) : 0;
		if (op == PPC_OP_FRES || op == PPC_OP_FRSQRTE)
			s->fpscr &= ~(uint64_t)PPC_FPSCR_XE; /* qemu-ppc's estimates raise XX */
		if (row->match >> 26 == 59)
			narrow_registers(s);
		s->insn = row->match | draw_general_fields(row->operands, r) |
			  draw_other_fields(row->operands, r);
		if (below(r, 4) == 0)
			s->insn = share_registers(row->operands, s->insn);
		if (below(r, 4) == 0)
			cancel_product(op, r, s);
		if (row->flags & I_RC)
			s->insn |= row->encoding == PPC_ENC_VC ? below(r, 2) << 10 : below(r, 2);
		if (row->flags & I_OE)
			s->insn |= below(r, 2) << 10;
		if (op == PPC_OP_STWCX_)
			s->insn |= 1; /* always records */
		if (has(row->operands, "SPR"))
			s->insn |= draw_spr(r);
		if (row->flags & I_BRANCH)
			draw_branch(op, r, s);
		if (!(row->flags & (I_LOAD | I_STORE)))
			return;
		if (memory_word_is_valid(op, s->insn, s) && steer_address(op, r, s))
			return;
	}
}
