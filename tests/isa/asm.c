/* SPDX-License-Identifier: MIT
 * asm.c - a small assembler for test vectors: see asm.h.
 *
 * A row is found by its mnemonic and the suffixes that its flags allow; its operand
 * column is walked token by token, each token naming a field of the word. Test code:
 * no relocations, no symbols.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "asm.h"

/* ---- operands ---- */

enum kind { REG, BASE, FREG, VREG, CRF, NUMBER, DISP, DISP0, SPRN, TARGET };

static const struct field {
	const char *token;
	uint8_t kind, first, width;
	bool is_signed;
} fields[] = {
	{ "rD", REG, 6, 5, false },      { "rS", REG, 6, 5, false },
	{ "rA", REG, 11, 5, false },     { "rA0", BASE, 11, 5, false },
	{ "rB", REG, 16, 5, false },     { "frD", FREG, 6, 5, false },
	{ "frS", FREG, 6, 5, false },    { "frA", FREG, 11, 5, false },
	{ "frB", FREG, 16, 5, false },   { "frC", FREG, 21, 5, false },
	{ "vD", VREG, 6, 5, false },     { "vS", VREG, 6, 5, false },
	{ "vA", VREG, 11, 5, false },    { "vB", VREG, 16, 5, false },
	{ "vC", VREG, 21, 5, false },    { "crfD", CRF, 6, 3, false },
	{ "crfS", CRF, 11, 3, false },   { "crbD", NUMBER, 6, 5, false },
	{ "crbA", NUMBER, 11, 5, false }, { "crbB", NUMBER, 16, 5, false },
	{ "BO", NUMBER, 6, 5, false },   { "BI", NUMBER, 11, 5, false },
	{ "TO", NUMBER, 6, 5, false },   { "SH", NUMBER, 16, 5, false },
	{ "MB", NUMBER, 21, 5, false },  { "ME", NUMBER, 26, 5, false },
	{ "NB", NUMBER, 16, 5, false },  { "SR", NUMBER, 12, 4, false },
	{ "CRM", NUMBER, 12, 8, false }, { "FM", NUMBER, 7, 8, false },
	{ "IMM", NUMBER, 16, 4, false }, { "VSH", NUMBER, 22, 4, false },
	{ "VUIMM", NUMBER, 11, 5, false }, { "VSIMM", NUMBER, 11, 5, true },
	{ "STRM", NUMBER, 9, 2, false }, { "SIMM", NUMBER, 16, 16, true },
	{ "UIMM", NUMBER, 16, 16, false }, { "d(rA)", DISP, 16, 16, true },
	{ "d(rA0)", DISP0, 16, 16, true }, { "SPR", SPRN, 11, 10, false },
	{ "TBR", SPRN, 11, 10, false },  { "BD", TARGET, 16, 16, true },
	{ "LI", TARGET, 6, 26, true },
};

static const struct spr_name {
	const char *name;
	uint16_t number, slot;
} sprs[] = {
#define SPR(spr_number, spr_name, ...) { #spr_name, spr_number, PPC_SPR_##spr_name },
#include "spr.def"
#undef SPR
};

int isa_spr_number(const char *name, size_t length, int *slot)
{
	for (size_t n = 0; n < sizeof(sprs) / sizeof(sprs[0]); n++) {
		if (strlen(sprs[n].name) != length || strncasecmp(sprs[n].name, name, length))
			continue;
		if (slot)
			*slot = sprs[n].slot;
		return sprs[n].number;
	}
	return -1;
}

static uint32_t put(uint32_t value, unsigned first, unsigned width)
{
	return (value & (uint32_t)(((uint64_t)1 << width) - 1)) << (32 - first - width);
}

/* A number that the field can hold, after a prefix such as "r". */
static bool read_number(const char **p, const char *prefix, int64_t low, int64_t high, int64_t *out)
{
	char *end;

	if (strncmp(*p, prefix, strlen(prefix)))
		return false;
	*p += strlen(prefix);
	if (!isdigit((unsigned char)**p) && **p != '-')
		return false;
	*out = strtoll(*p, &end, 0);
	*p = end;
	return *out >= low && *out <= high;
}

static bool read_base(const char **p, bool may_be_zero, int64_t *out)
{
	if (may_be_zero && **p == '0') {
		*out = 0;
		++*p;
		return true;
	}
	return read_number(p, "r", 0, 31, out);
}

static bool read_spr(const char **p, uint32_t *word)
{
	size_t length = strcspn(*p, ",");
	int64_t number = isa_spr_number(*p, length, NULL);

	if (number >= 0)
		*p += length;
	else if (!read_number(p, "", 0, 1023, &number))
		return false;
	*word |= put((uint32_t)number & 31, 11, 5) | put((uint32_t)number >> 5, 16, 5);
	return true;
}

static bool read_target(const struct field *f, const char **p, uint32_t ea, uint32_t *word)
{
	int64_t v, offset;

	if (!read_number(p, "", 0, 0xffffffff, &v))
		return false;
	offset = (int32_t)((uint32_t)v - (*word & 2 ? 0 : ea));
	if (offset & 3 || offset != (int64_t)((uint64_t)offset << (64 - f->width)) >> (64 - f->width))
		return false;
	*word |= put((uint32_t)offset, f->first, f->width);
	return true;
}

static bool read_operand(const struct field *f, const char **p, uint32_t ea, uint32_t *word)
{
	static const char *const prefixes[] = { "r", "", "f", "v", "cr", "" };
	int64_t top = (int64_t)1 << f->width, v, base;

	switch ((enum kind)f->kind) {
	case TARGET:
		return read_target(f, p, ea, word);
	case SPRN:
		return read_spr(p, word);
	case BASE:
		if (!read_base(p, true, &v))
			return false;
		break;
	case DISP:
	case DISP0:
		if (!read_number(p, "", -0x8000, 0x7fff, &v) || *(*p)++ != '(' ||
		    !read_base(p, f->kind == DISP0, &base) || *(*p)++ != ')')
			return false;
		*word |= put((uint32_t)base, 11, 5);
		break;
	default:
		if (!read_number(p, prefixes[f->kind], f->is_signed ? -top / 2 : 0,
				 f->is_signed ? top / 2 - 1 : top - 1, &v))
			return false;
		break;
	}
	*word |= put((uint32_t)v, f->first, f->width);
	return true;
}

static const struct field *find_field(const char *token, size_t length)
{
	for (size_t n = 0; n < sizeof(fields) / sizeof(fields[0]); n++)
		if (strlen(fields[n].token) == length && !strncmp(fields[n].token, token, length))
			return &fields[n];
	return NULL;
}

static bool read_operands(const char *list, const char *p, uint32_t ea, uint32_t *word)
{
	while (*list) {
		size_t length = strcspn(list, ",");
		const struct field *f = find_field(list, length);

		if (!f || !read_operand(f, &p, ea, word))
			return false;
		list += length;
		if (*list && (*list++ != ',' || *p++ != ','))
			return false;
	}
	return *p == '\0';
}

/* ---- mnemonics ---- */

/* What follows the row's name: suffixes in the order in which the disassembler writes them. */
static bool read_suffix(enum ppc_op op, const char *p, size_t length, uint32_t *word)
{
	const struct ppc_insn_info *row = &ppc_insn_table[op];
	const char *end = p + length;

	if ((op == PPC_OP_DST || op == PPC_OP_DSTST) && p < end && *p == 't') {
		*word |= 1u << 25;
		p++;
	}
	if (row->flags & I_BRANCH && p < end && *p == 'l') {
		*word |= 1;
		p++;
	}
	if (row->flags & I_BRANCH && row->encoding == PPC_ENC_D && p < end && *p == 'a') {
		*word |= 2;
		p++;
	}
	if (row->flags & I_OE && p < end && *p == 'o') {
		*word |= 0x400;
		p++;
	}
	if (row->flags & I_RC && p < end && *p == '.') {
		*word |= row->encoding == PPC_ENC_VC ? 0x400 : 1;
		p++;
	}
	return p == end;
}

/* Bits that the architecture wants set, though the decoder does not look at them. */
static uint32_t fixed_bits(enum ppc_op op)
{
	return op == PPC_OP_STWCX_ ? 1 : op == PPC_OP_SC ? 2 : 0;
}

bool isa_assemble(const char *text, uint32_t ea, uint32_t *word, const char **error)
{
	size_t length = strcspn(text, " ");
	const char *rest = text + length + strspn(text + length, " ");

	*error = "bad operands";
	if (!strncmp(text, ".long", length) && length == 5) {
		*word = (uint32_t)strtoul(rest, NULL, 0);
		return true;
	}
	if (!strcmp(text, "dssall")) {
		*word = ppc_insn_table[PPC_OP_DSS].match | 1u << 25;
		return true;
	}
	for (int op = 0; op < PPC_OP_COUNT; op++) {
		const struct ppc_insn_info *row = &ppc_insn_table[op];
		size_t name = strlen(row->name);

		*word = row->match | fixed_bits((enum ppc_op)op);
		if (name <= length && !strncmp(text, row->name, name) &&
		    read_suffix((enum ppc_op)op, text + name, length - name, word))
			return read_operands(row->operands, rest, ea, word);
	}
	*error = "no such mnemonic";
	return false;
}
