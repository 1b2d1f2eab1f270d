/* SPDX-License-Identifier: MIT
 * disasm.c - the assembler text of an instruction word, read off insn.def.
 *
 * The operand column of a row is walked token by token; each token names a
 * field in the table below. Basic mnemonics only, except that branches are
 * printed with their target address. For debuggers, test messages and logs.
 */
#include "insn.h"

enum style {
	REG, REG0, FREG, VREG, CRF, NUMBER, SIGNED5, SIMM16, UIMM16, DISP, DISP0, SPRN, REL14, REL24,
	TBRN,
};

static const struct operand {
	const char *token;
	uint8_t style, first, width;
} operands[] = {
	{ "rD", REG, 6, 5 },      { "rS", REG, 6, 5 },       { "rA", REG, 11, 5 },
	{ "rA0", REG0, 11, 5 },   { "rB", REG, 16, 5 },      { "frD", FREG, 6, 5 },
	{ "frS", FREG, 6, 5 },    { "frA", FREG, 11, 5 },    { "frB", FREG, 16, 5 },
	{ "frC", FREG, 21, 5 },   { "vD", VREG, 6, 5 },      { "vS", VREG, 6, 5 },
	{ "vA", VREG, 11, 5 },    { "vB", VREG, 16, 5 },     { "vC", VREG, 21, 5 },
	{ "crfD", CRF, 6, 3 },    { "crfS", CRF, 11, 3 },    { "crbD", NUMBER, 6, 5 },
	{ "crbA", NUMBER, 11, 5 }, { "crbB", NUMBER, 16, 5 }, { "BO", NUMBER, 6, 5 },
	{ "BI", NUMBER, 11, 5 },  { "TO", NUMBER, 6, 5 },    { "SH", NUMBER, 16, 5 },
	{ "MB", NUMBER, 21, 5 },  { "ME", NUMBER, 26, 5 },   { "NB", NUMBER, 16, 5 },
	{ "SR", NUMBER, 12, 4 },  { "CRM", NUMBER, 12, 8 },  { "FM", NUMBER, 7, 8 },
	{ "IMM", NUMBER, 16, 4 }, { "VSH", NUMBER, 22, 4 },  { "VUIMM", NUMBER, 11, 5 },
	{ "VSIMM", SIGNED5, 11, 5 }, { "STRM", NUMBER, 9, 2 }, { "SIMM", SIMM16, 16, 16 },
	{ "UIMM", UIMM16, 16, 16 }, { "d(rA)", DISP, 11, 5 }, { "d(rA0)", DISP0, 11, 5 },
	{ "SPR", SPRN, 11, 10 },  { "TBR", TBRN, 11, 10 },   { "BD", REL14, 16, 14 },
	{ "LI", REL24, 6, 24 },
};

/* The text under construction; keeps counting when the buffer is full. */
struct text {
	char *buf;
	size_t size, length;
};

static void put_char(struct text *t, char ch)
{
	if (t->length + 1 < t->size)
		t->buf[t->length] = ch;
	t->length++;
}

static void put_string(struct text *t, const char *s)
{
	while (*s)
		put_char(t, *s++);
}

static void put_decimal(struct text *t, uint32_t v)
{
	char digits[10];
	int n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	while (n)
		put_char(t, digits[--n]);
}

static void put_signed(struct text *t, uint32_t v)
{
	if (v >> 31) {
		put_char(t, '-');
		v = -v;
	}
	put_decimal(t, v);
}

static void put_hex(struct text *t, uint32_t v)
{
	bool started = false;

	put_string(t, "0x");
	for (int shift = 28; shift >= 0; shift -= 4) {
		uint32_t digit = v >> shift & 15;

		started |= digit || !shift;
		if (started)
			put_char(t, "0123456789abcdef"[digit]);
	}
}

static void put_register(struct text *t, char kind, uint32_t n)
{
	put_char(t, kind);
	put_decimal(t, n);
}

/* rA|0: the number 0 is not r0. */
static void put_base(struct text *t, uint32_t n)
{
	if (n)
		put_register(t, 'r', n);
	else
		put_char(t, '0');
}

static void put_operand(struct text *t, const struct operand *o, struct ppc_insn i, uint32_t ea)
{
	uint32_t v = ppc_field(i.raw, o->first, o->width);
	uint32_t base = F_AA(i) ? 0 : ea;

	switch ((enum style)o->style) {
	case REG:
		put_register(t, 'r', v);
		break;
	case REG0:
		put_base(t, v);
		break;
	case FREG:
		put_register(t, 'f', v);
		break;
	case VREG:
		put_register(t, 'v', v);
		break;
	case CRF:
		put_string(t, "cr");
		put_decimal(t, v);
		break;
	case NUMBER:
	case UIMM16:
		put_decimal(t, v);
		break;
	case SIGNED5:
		put_signed(t, v & 16 ? v | ~31u : v);
		break;
	case SIMM16:
		put_signed(t, F_SIMM(i));
		break;
	case DISP:
		put_signed(t, F_SIMM(i));
		put_char(t, '(');
		put_register(t, 'r', v);
		put_char(t, ')');
		break;
	case DISP0:
		put_signed(t, F_SIMM(i));
		put_char(t, '(');
		put_base(t, v);
		put_char(t, ')');
		break;
	case SPRN:
	case TBRN:
		put_decimal(t, F_SPR(i));
		break;
	case REL14:
		put_hex(t, base + F_BD(i));
		break;
	case REL24:
		put_hex(t, base + F_LI(i));
		break;
	}
}

static const struct operand *find_operand(const char *token, size_t length)
{
	for (size_t n = 0; n < sizeof(operands) / sizeof(operands[0]); n++) {
		const char *name = operands[n].token;
		size_t k = 0;

		while (k < length && name[k] == token[k])
			k++;
		if (k == length && !name[k])
			return &operands[n];
	}
	return NULL;
}

static void put_operands(struct text *t, const char *list, struct ppc_insn i, uint32_t ea)
{
	char separator = ' ';

	while (*list) {
		size_t length = 0;
		const struct operand *o;

		while (list[length] && list[length] != ',')
			length++;
		o = find_operand(list, length);
		put_char(t, separator);
		if (o)
			put_operand(t, o, i, ea);
		else
			put_char(t, '?'); /* a token without a row: a test finds these */
		separator = ',';
		list += length;
		list += *list == ',';
	}
}

/* Bit 6 of the stream instructions: transient, or all streams [AltiVec PEM 6.2, dst, dss]. */
static const char *stream_suffix(enum ppc_op op, struct ppc_insn i)
{
	if (!(i.raw & 1u << 25))
		return "";
	return op == PPC_OP_DST || op == PPC_OP_DSTST ? "t" : op == PPC_OP_DSS ? "all" : "";
}

static void put_mnemonic(struct text *t, enum ppc_op op, struct ppc_insn i)
{
	const struct ppc_insn_info *row = &ppc_insn_table[op];

	put_string(t, row->name);
	put_string(t, stream_suffix(op, i));
	if (row->flags & I_BRANCH && F_LK(i))
		put_char(t, 'l');
	if (row->flags & I_BRANCH && row->encoding == PPC_ENC_D && F_AA(i))
		put_char(t, 'a');
	if (row->flags & I_OE && F_OE(i))
		put_char(t, 'o');
	if (row->flags & I_RC && (row->encoding == PPC_ENC_VC ? F_VRC(i) : F_RC(i)))
		put_char(t, '.');
}

size_t mol_ppc_disasm(uint32_t raw, uint32_t ea, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };
	enum ppc_op op = mol_ppc_decode(raw);
	struct ppc_insn i = { raw };

	if (op == PPC_OP_INVALID) {
		put_string(&t, ".long ");
		put_hex(&t, raw);
	} else {
		put_mnemonic(&t, op, i);
		if (op != PPC_OP_DSS || !*stream_suffix(op, i)) /* dssall names no stream */
			put_operands(&t, ppc_insn_table[op].operands, i, ea);
	}
	if (size)
		buf[t.length < size ? t.length : size - 1] = '\0';
	return t.length;
}
