/* SPDX-License-Identifier: MIT
 * words.c - random choices, operands and instruction words for generated programs.
 *
 * Words are drawn from the table of instructions, whose operand column says what each field
 * is: a new row is met without a line here. Which register, address or bit a field gets is
 * steered so that programs go on for long: see struct program for the roles of registers.
 */
#include "program.h"

#include <string.h>

#include "insn.h"
#include "regs.h"

uint32_t any(struct choice *c)
{
	c->state = c->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(c->state >> 33 ^ c->state >> 20);
}

uint32_t below(struct choice *c, uint32_t n)
{
	return (uint32_t)((uint64_t)any(c) * n >> 32);
}

bool chance(struct choice *c, uint32_t one_in)
{
	return below(c, one_in) == 0;
}

uint32_t any_word(struct choice *c)
{
	static const uint32_t corners[] = { 0, 1, 2, 31, 32, 33, 63, 0x7f, 0x80, 0xff, 0x7fff, 0x8000,
					    0xffff, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
					    0xffffffff, 0xffff8000, 0xffffff80, 0x00010000 };
	uint32_t shift;

	if (chance(c, 3))
		return corners[below(c, sizeof(corners) / sizeof(corners[0]))];
	shift = below(c, 4) ? 0 : below(c, 32);
	return any(c) >> shift;
}

uint64_t any_double(struct choice *c)
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
	uint64_t bits = (uint64_t)any(c) << 32, sign = bits & 0x8000000000000000;
	uint32_t n = below(c, 256);

	bits |= any(c);
	switch (below(c, 10)) {
	case 0:
		return corners[below(c, sizeof(corners) / sizeof(corners[0]))];
	case 1: /* around the range of single precision */
		return (bits & 0x800fffffffffffff) |
		       (uint64_t)(n & 1 ? 1023 + 124 + n % 6 : 1023 - 152 + n % 30) << 52;
	case 2: /* the ends of the double range */
		return (bits & 0x800fffffffffffff) | (uint64_t)(n & 1 ? n % 60 : 2046 - n % 60) << 52;
	case 3: /* a few bits at the end of the significand, or a few that are missing */
		bits = sign | (uint64_t)(1023 - 8 + n % 16) << 52 | (uint64_t)(n >> 4 & 5) << (n & 1 ? 29 : 0);
		return chance(c, 2) ? bits : bits ^ 0x000fffffffffffff;
	case 4: /* short significand: exact results, ties */
	case 5:
		return sign | (uint64_t)(1023 - 20 + n % 40) << 52 | (uint64_t)(n >> 2) << (44 - (n & 3) * 15 % 44);
	case 6: /* singles */
		return (bits & 0x800fffffe0000000) | (uint64_t)(1023 - 30 + n % 60) << 52;
	default: /* near 1: sums cancel, products stay in range */
		return (bits & 0x800fffffffffffff) | (uint64_t)(1023 - 3 + n % 7) << 52;
	}
}

uint32_t any_float(struct choice *c)
{
	static const uint32_t corners[] = {
		0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001,
		1, 0x807fffff, 0x00800000, 0x7f7fffff, 0x4f000000, 0xcf000000, 0x4f800000, 0x3f000000,
		0x3fc00000, 0xffbfffff,
	};

	if (chance(c, 5))
		return corners[below(c, sizeof(corners) / sizeof(corners[0]))];
	if (chance(c, 6))
		return any(c);
	return (any(c) & 0x807fffff) | (127 - 20 + below(c, 40)) << 23;
}

/* ---- rows by kind ---- */

enum kind { K_INTEGER, K_MEMORY, K_FLOATING, K_FP_MEMORY, K_VECTOR, K_VEC_MEMORY, K_SYSTEM, KINDS };

static struct {
	uint16_t op[PPC_OP_COUNT];
	uint32_t count;
} rows[KINDS];

/* Those that build.c and system.c compose with care, or not at all. */
static bool is_left_out(enum ppc_op op)
{
	switch (op) {
	case PPC_OP_SC:
	case PPC_OP_RFI:
	case PPC_OP_MTMSR:
	case PPC_OP_MTSR:
	case PPC_OP_MTSRIN:
	case PPC_OP_TLBLD:
	case PPC_OP_TLBLI:
		return true;
	default:
		return ppc_insn_table[op].flags & I_BRANCH;
	}
}

void program_words_init(void)
{
	memset(rows, 0, sizeof(rows));
	for (uint32_t op = 0; op < PPC_OP_COUNT; op++) {
		uint32_t flags = ppc_insn_table[op].flags;
		bool memory = flags & (I_LOAD | I_STORE);
		enum kind kind = memory ? K_MEMORY : K_INTEGER;

		if (is_left_out((enum ppc_op)op))
			continue;
		if (flags & I_FPU)
			kind = memory ? K_FP_MEMORY : K_FLOATING;
		else if (flags & I_VEC)
			kind = memory ? K_VEC_MEMORY : K_VECTOR;
		else if (flags & (I_PRIV | I_STOP))
			kind = K_SYSTEM;
		rows[kind].op[rows[kind].count++] = (uint16_t)op;
	}
}

/* Per flavour, out of 100. */
static const uint8_t weight[FLAVOURS][KINDS] = {
	/*              int mem  fp fpm vec vm sys */
	[MIXED] =     { 38, 22, 16,  8, 10, 4, 2 },
	[INTEGER] =   { 80, 16,  1,  1,  0, 0, 2 },
	[MEMORY] =    { 30, 56,  2,  6,  1, 4, 1 },
	[FLOATING] =  { 10,  6, 63, 19,  1, 0, 1 },
	[VECTOR] =    { 10,  6,  2,  1, 65, 15, 1 },
	[SYSTEM] =    { 40, 20,  8,  6,  6, 5, 15 },
};

static enum kind draw_kind(struct program *p, enum flavour flavour)
{
	uint32_t n = below(&p->random, 100), kind = 0;

	while (n >= weight[flavour][kind])
		n -= weight[flavour][kind++];
	if (!p->has_vectors && (kind == K_VECTOR || kind == K_VEC_MEMORY) && !chance(&p->random, 16))
		kind = K_INTEGER;
	return (enum kind)kind;
}

/* ---- operands ---- */

uint32_t program_register(struct program *p)
{
	return p->pool[below(&p->random, p->few ? 6 : p->pool_size)];
}

static uint32_t source(struct program *p)
{
	return chance(&p->random, 12) ? below(&p->random, 32) : program_register(p);
}

static uint32_t target(struct program *p)
{
	return chance(&p->random, 300) ? below(&p->random, 32) : program_register(p);
}

static uint32_t put(uint32_t value, unsigned first, unsigned width)
{
	return (value & ((1u << width) - 1)) << (32 - first - width);
}

static uint32_t displacement(struct program *p)
{
	uint32_t n = any(&p->random);

	switch (n >> 16 & 15) {
	case 0:
		return n & 0xffff;
	case 1:
		return (n & 255) - 128;
	case 2:
	case 3:
		return ((n & 255) - 128) & ~1u;
	case 4:
	case 5:
	case 6:
		return ((n & 255) - 128) & ~3u;
	default:
		return ((n & 255) - 128) & ~7u;
	}
}

static uint32_t draw_spr(struct program *p, bool write)
{
	static const uint16_t read[] = { 1,  8,   9,   1,   8,   9,    18,  19,  22, 26,
					 27, 256, 272, 273, 287, 1008, 268, 269, 953 };
	static const uint16_t written[] = { 1, 1, 1, 256, 272, 273, 18, 19, 26, 27, 953, 1, 9, 8, 22 };
	uint32_t n;

	if (chance(&p->random, 60))
		n = below(&p->random, write ? 16 : 1024); /* most of them are none */
	else if (write)
		n = written[below(&p->random, sizeof(written) / sizeof(written[0]))];
	else
		n = read[below(&p->random, sizeof(read) / sizeof(read[0]))];
	if (write && ((n == SPR_CTR && p->ctr_is_taken) || (n == SPR_LR && p->lr_is_taken) ||
		      (n == SPR_DEC && !chance(&p->random, 8))))
		n = 1;
	return put(n & 31, 11, 5) | put(n >> 5, 16, 5);
}

/* Fields that are neither registers nor numbers like any others: 0 = not one of these. */
static uint32_t draw_special(struct program *p, enum ppc_op op, const char *token)
{
	struct choice *c = &p->random;

	if (!strcmp(token, "SPR"))
		return draw_spr(p, op == PPC_OP_MTSPR);
	if (!strcmp(token, "TBR"))
		return put(12 + below(c, 2), 11, 5) | put(8, 16, 5);
	if (!strcmp(token, "SIMM") || !strcmp(token, "UIMM"))
		return any_word(c) & 0xffff;
	if (!strcmp(token, "NB"))
		return put(chance(c, 8) ? any(c) : 1 + below(c, 12), 16, 5);
	return 0;
}

/* FPSCR bits are mostly those that leave exceptions disabled and NI off: see wild_fp. */
static uint32_t calm_fpscr(struct program *p, enum ppc_op op, uint32_t word)
{
	struct choice *c = &p->random;

	if (p->wild_fp || chance(c, 60))
		return word;
	if (op == PPC_OP_MTFSB1 && (word >> 21 & 31) >= 24)
		return (word & ~put(31, 6, 5)) | put(30 + below(c, 2), 6, 5);
	if (op == PPC_OP_MTFSFI && (word >> 23 & 7) == 6)
		return word & ~put(15, 16, 4);
	if (op == PPC_OP_MTFSFI && (word >> 23 & 7) == 7)
		return word & ~put(12, 16, 4);
	if (op == PPC_OP_MTFSF)
		return word & ~put(3, 13, 2);
	return word;
}

/* Rotations as compilers have them: fields moved to one end of the word, or away from it. */
static uint32_t usual_field(struct program *p, enum ppc_op op, uint32_t word)
{
	struct choice *c = &p->random;

	if ((op != PPC_OP_RLWINM && op != PPC_OP_RLWIMI) || below(c, 2))
		return word;
	if (below(c, 2)) /* from somewhere to the right end */
		return (word & ~put(31, 26, 5)) | put(31, 26, 5);
	return (word & ~put(31, 26, 5)) | put(31 - (word >> 11 & 31), 26, 5); /* ME = 31 - SH */
}

static const struct {
	const char *token;
	uint8_t first, width;
} fields[] = {
	{ "SH", 16, 5 },   { "MB", 21, 5 },    { "ME", 26, 5 },    { "TO", 6, 5 },    { "CRM", 12, 8 },
	{ "FM", 7, 8 },    { "IMM", 16, 4 },   { "STRM", 9, 2 },   { "SR", 12, 4 },   { "crfD", 6, 3 },
	{ "crfS", 11, 3 }, { "crbD", 6, 5 },   { "crbA", 11, 5 },  { "crbB", 16, 5 }, { "VUIMM", 11, 5 },
	{ "VSIMM", 11, 5 }, { "VSH", 22, 4 },
};

/* Floating-point and vector registers: where each stands. */
static unsigned register_place(const char *token)
{
	static const char places[] = "DSABC";
	static const uint8_t first[] = { 6, 6, 11, 16, 21 };
	const char *letter = strchr(places, token[strlen(token) - 1]);

	return letter ? first[letter - places] : 0;
}

static uint32_t draw_operand(struct program *p, enum ppc_op op, const char *token, bool leads)
{
	bool memory = ppc_insn_table[op].flags & (I_LOAD | I_STORE) || op == PPC_OP_LVSL ||
		      op == PPC_OP_LVSR;
	struct choice *c = &p->random;
	uint32_t pointer = p->pointer[below(c, POINTERS)];

	if (!strncmp(token, "d(", 2))
		return put(chance(c, 200) && token[4] == '0' ? 0 : pointer, 11, 5) |
		       (displacement(p) & 0xffff);
	if (!strcmp(token, "rA0") || (!strcmp(token, "rA") && memory))
		return put(chance(c, 64) && token[2] ? 0 : pointer, 11, 5);
	if (!strcmp(token, "rB") && memory)
		return put(chance(c, 64) ? source(p) : p->index[below(c, INDICES)], 16, 5);
	if (!strcmp(token, "rD") || !strcmp(token, "rS"))
		return put(leads && token[1] == 'D' ? target(p) : source(p), 6, 5);
	if (!strcmp(token, "rA"))
		return put(leads ? target(p) : source(p), 11, 5);
	if (!strcmp(token, "rB"))
		return put(source(p), 16, 5);
	for (size_t n = 0; n < sizeof(fields) / sizeof(fields[0]); n++)
		if (!strcmp(token, fields[n].token))
			return put(any(c), fields[n].first, fields[n].width);
	if ((token[0] == 'f' || token[0] == 'v') && strlen(token) <= 3)
		return put(below(c, p->few ? 5 : 32), register_place(token), 5);
	return draw_special(p, op, token);
}

static uint32_t draw_operands(struct program *p, enum ppc_op op)
{
	const char *s = ppc_insn_table[op].operands;
	uint32_t word = 0;
	char token[12];
	bool leads = true;

	while (*s) {
		size_t length = strcspn(s, ",");

		memcpy(token, s, length);
		token[length] = 0;
		word |= draw_operand(p, op, token, leads);
		leads = false;
		s += length + (s[length] == ',');
	}
	return word;
}

uint32_t program_word(struct program *p, enum flavour flavour)
{
	enum kind kind = draw_kind(p, flavour);
	struct choice *c = &p->random;
	const struct ppc_insn_info *row;
	enum ppc_op op;
	uint32_t word;

	do
		op = (enum ppc_op)rows[kind].op[below(c, rows[kind].count)];
	while ((op == PPC_OP_TW || op == PPC_OP_TWI || op == PPC_OP_MULLW) && below(c, 3));
	row = &ppc_insn_table[op];
	word = usual_field(p, op, draw_operands(p, op));
	if (chance(c, 30)) /* reserved, where it is not Rc: ignored */
		word |= 1;
	if (row->flags & I_RC)
		word |= row->encoding == PPC_ENC_VC ? below(c, 2) << 10 : chance(c, row->flags & I_FPU ? 10 : 3);
	if (row->flags & I_OE)
		word |= (uint32_t)chance(c, 4) << 10;
	if (op == PPC_OP_STWCX_)
		word |= 1;
	if ((op == PPC_OP_LMW || op == PPC_OP_STMW) && !chance(c, 8))
		word |= put(28, 6, 5);
	return calm_fpscr(p, op, (word & ~row->mask) | row->match);
}
