/* SPDX-License-Identifier: MIT
 * a64_words.c - instructions as a64_asm.h and a64_simd.h encode them, each with the text that it stands for.
 *
 *   a64_words N    prints "WORD TEXT" lines, N of each kind with random operands
 *
 * a64.py gives the texts to GNU as and compares. What the assembler of others cannot judge is
 * checked here: that every logical immediate there is, and nothing else, is taken for one, and that
 * constants come out of the instructions that make them. Status 1 if not.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/backends/soft/a64_simd.h"

static uint8_t memory[64];
static struct jit_code a = { .base = memory, .end = sizeof(memory) };
static uint64_t seed = 1;
static unsigned bad;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % n);
}

/* The name of register r, 31 being the zero register; eight buffers in turn. */
static const char *name(unsigned w, unsigned r)
{
	static char buffer[8][8];
	static unsigned next;
	char *s = buffer[next++ % 8];

	if (r == XZR)
		snprintf(s, 8, "%czr", w ? 'x' : 'w');
	else
		snprintf(s, 8, "%c%u", w ? 'x' : 'w', r);
	return s;
}

/* The instruction emitted last is this text. */
static void is(const char *format, ...)
{
	uint32_t word;
	va_list args;

	memcpy(&word, memory, 4);
	if (a.at != 4)
		bad++;
	a.at = 0;
	printf("%08" PRIx32 " ", word);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

struct named {
	uint32_t code;
	const char *name;
};

static void three_registers(void)
{
	static const struct named op[] = {
		{ A64_AND, "and" }, { A64_BIC, "bic" }, { A64_ORR, "orr" }, { A64_ORN, "orn" },
		{ A64_EOR, "eor" }, { A64_EON, "eon" }, { A64_ANDS, "ands" }, { A64_ADD, "add" },
		{ A64_ADDS, "adds" }, { A64_SUB, "sub" }, { A64_SUBS, "subs" }, { A64_ADC, "adc" },
		{ A64_ADCS, "adcs" }, { A64_SBC, "sbc" }, { A64_SBCS, "sbcs" }, { A64_UDIV, "udiv" },
		{ A64_SDIV, "sdiv" }, { A64_LSLV, "lsl" }, { A64_LSRV, "lsr" }, { A64_ASRV, "asr" },
		{ A64_RORV, "ror" }, { A64_MUL, "mul" }, { A64_MNEG, "mneg" },
	};
	static const struct named wide[] = { { A64_SMULL, "smull" }, { A64_UMULL, "umull" },
					     { A64_SMULH, "smulh" }, { A64_UMULH, "umulh" } };
	static const char *const how[] = { "lsl", "lsr", "asr", "ror" };
	unsigned w = below(2), d = below(32), n = below(32), m = below(32), by;

	for (unsigned k = 0; k < sizeof(op) / sizeof(op[0]); k++) {
		a64_op3(&a, w, (enum a64_op3)op[k].code, d, n, m);
		is("%s %s, %s, %s", op[k].name, name(w, d), name(w, n), name(w, m));
	}
	for (unsigned k = 0; k < 11; k++) {
		unsigned shift = below(k < 7 ? 4 : 3);

		by = below(w ? 64 : 32);
		a64_op3_shifted(&a, w, (enum a64_op3)op[k].code, d, n, m, (enum a64_shift)shift, by);
		is("%s %s, %s, %s, %s #%u", op[k].name, name(w, d), name(w, n), name(w, m), how[shift], by);
	}
	for (unsigned k = 0; k < 4; k++) {
		a64_op3(&a, 1, (enum a64_op3)wide[k].code, d, n, m);
		is("%s %s, %s, %s", wide[k].name, name(1, d), name(k > 1, n), name(k > 1, m));
	}
	d %= 31, n %= 31, by = below(5);
	a64_add_uxtw(&a, d, n, m, by);
	is("add %s, %s, %s, uxtw #%u", name(1, d), name(1, n), name(0, m), by);
	a64_madd(&a, w, d, n, m, d);
	is("madd %s, %s, %s, %s", name(w, d), name(w, n), name(w, m), name(w, d));
	a64_msub(&a, w, d, n, m, n);
	is("msub %s, %s, %s, %s", name(w, d), name(w, n), name(w, m), name(w, n));
}

static void two_registers(void)
{
	static const struct named op[] = { { A64_RBIT, "rbit" }, { A64_REV16, "rev16" }, { A64_CLZ, "clz" },
					   { A64_CLS, "cls" } };
	unsigned w = below(2), d = below(31), n = (d + 1 + below(30)) % 31;

	for (unsigned k = 0; k < 4; k++) {
		a64_op2(&a, w, (enum a64_op2)op[k].code, d, n);
		is("%s %s, %s", op[k].name, name(w, d), name(w, n));
	}
	a64_op2(&a, 0, A64_REV, d, n);
	is("rev %s, %s", name(0, d), name(0, n));
	a64_op2(&a, 1, A64_REV, d, n);
	is("rev32 %s, %s", name(1, d), name(1, n));
	a64_op2(&a, 1, A64_REV64, d, n);
	is("rev %s, %s", name(1, d), name(1, n));
	a64_mov(&a, w, d, n);
	is("mov %s, %s", name(w, d), name(w, n));
}

static void immediates(void)
{
	static const struct named add[] = { { A64_ADD, "add" }, { A64_ADDS, "adds" }, { A64_SUB, "sub" },
					    { A64_SUBS, "subs" } };
	static const struct named move[] = { { A64_MOVN, "movn" }, { A64_MOVZ, "movz" }, { A64_MOVK, "movk" } };
	unsigned w = below(2), d = below(31), n = below(31), part = below(w ? 4 : 2);
	uint32_t v = below(4096) << (below(2) ? 12 : 0);

	for (unsigned k = 0; k < 4; k++) {
		a64_add_imm(&a, w, (enum a64_op3)add[k].code, d, n, v);
		is("%s %s, %s, #%" PRIu32, add[k].name, name(w, d), name(w, n), v);
	}
	a64_add_imm(&a, 1, A64_SUB, SP, SP, v);
	is("sub sp, sp, #%" PRIu32, v);
	for (unsigned k = 0; k < 3; k++) {
		v = below(65536);
		a64_move(&a, w, (enum a64_move)move[k].code, d, v, part);
		is("%s %s, #%" PRIu32 ", lsl #%u", move[k].name, name(w, d), v, 16 * part);
	}
}

static void fields(void)
{
	unsigned w = below(2), bits = w ? 64 : 32, d = below(32), n = below(32), low = below(bits),
		 width = 1 + below(bits - low);
	const char *x = name(w, d), *y = name(w, n);

	a64_lsl(&a, w, d, n, low), is("lsl %s, %s, #%u", x, y, low);
	a64_lsr(&a, w, d, n, low), is("lsr %s, %s, #%u", x, y, low);
	a64_asr(&a, w, d, n, low), is("asr %s, %s, #%u", x, y, low);
	a64_ror(&a, w, d, n, low), is("ror %s, %s, #%u", x, y, low);
	a64_ubfx(&a, w, d, n, low, width), is("ubfx %s, %s, #%u, #%u", x, y, low, width);
	a64_sbfx(&a, w, d, n, low, width), is("sbfx %s, %s, #%u, #%u", x, y, low, width);
	a64_bfi(&a, w, d, n, low, width), is("bfi %s, %s, #%u, #%u", x, y, low, width);
	a64_bfxil(&a, w, d, n, low, width), is("bfxil %s, %s, #%u, #%u", x, y, low, width);
	low = below(bits), width = below(bits);
	a64_bitfield(&a, w, A64_BFM, d, n, low, width), is("bfm %s, %s, #%u, #%u", x, y, low, width);
}

static const char *const conditions[] = { "eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc",
					  "hi", "ls", "ge", "lt", "gt", "le" };

static void selects(void)
{
	static const struct named op[] = { { A64_CSEL, "csel" }, { A64_CSINC, "csinc" }, { A64_CSINV, "csinv" },
					   { A64_CSNEG, "csneg" } };
	unsigned w = below(2), d = below(32), n = below(32), m = below(32), cc = below(14), flags = below(16);

	for (unsigned k = 0; k < 4; k++) {
		a64_select(&a, w, (enum a64_select)op[k].code, d, n, m, (enum a64_cc)cc);
		is("%s %s, %s, %s, %s", op[k].name, name(w, d), name(w, n), name(w, m), conditions[cc]);
	}
	a64_cset(&a, d, (enum a64_cc)cc);
	is("cset %s, %s", name(0, d), conditions[cc]);
	a64_ccmp(&a, w, n, m, flags, (enum a64_cc)cc);
	is("ccmp %s, %s, #%u, %s", name(w, n), name(w, m), flags, conditions[cc]);
	a64_ccmp_imm(&a, w, n, m, flags, (enum a64_cc)cc);
	is("ccmp %s, #%u, #%u, %s", name(w, n), m, flags, conditions[cc]);
}

static void accesses(void)
{
	static const struct {
		enum a64_access what;
		unsigned size, wide;
		const char *name, *near;
	} form[] = {
		{ A64_STORE, 0, 0, "strb", "sturb" }, { A64_STORE, 1, 0, "strh", "sturh" },
		{ A64_STORE, 2, 0, "str", "stur" }, { A64_STORE, 3, 1, "str", "stur" },
		{ A64_LOAD, 0, 0, "ldrb", "ldurb" }, { A64_LOAD, 1, 0, "ldrh", "ldurh" },
		{ A64_LOAD, 2, 0, "ldr", "ldur" }, { A64_LOAD, 3, 1, "ldr", "ldur" },
		{ A64_LOAD_SX, 0, 0, "ldrsb", "ldursb" }, { A64_LOAD_SX, 1, 0, "ldrsh", "ldursh" },
		{ A64_LOAD_SXX, 0, 1, "ldrsb", "ldursb" }, { A64_LOAD_SXX, 1, 1, "ldrsh", "ldursh" },
		{ A64_LOAD_SXX, 2, 1, "ldrsw", "ldursw" },
	};
	static const struct named pair[] = {
		{ A64_STP, "stp %s, %s, [%s, #%d]" }, { A64_LDP, "ldp %s, %s, [%s, #%d]" },
		{ A64_STP_PRE, "stp %s, %s, [%s, #%d]!" }, { A64_LDP_PRE, "ldp %s, %s, [%s, #%d]!" },
		{ A64_STP_POST, "stp %s, %s, [%s], #%d" }, { A64_LDP_POST, "ldp %s, %s, [%s], #%d" },
	};
	unsigned w = below(2), t = below(10), n = 10 + below(10), m = 20 + below(11);
	int32_t offset = ((int32_t)below(128) - 64) * (w ? 8 : 4);

	for (unsigned k = 0; k < sizeof(form) / sizeof(form[0]); k++) {
		const char *r = name(form[k].wide, t);
		uint32_t up = below(4096) << form[k].size;
		int32_t near = (int32_t)below(512) - 256;

		a64_mem(&a, form[k].what, form[k].size, t, n, up);
		is("%s %s, [x%u, #%" PRIu32 "]", form[k].name, r, n, up);
		a64_mem_near(&a, form[k].what, form[k].size, t, n, near);
		is("%s %s, [x%u, #%" PRId32 "]", form[k].near, r, n, near);
		a64_mem_index(&a, form[k].what, form[k].size, t, n, m, false);
		is("%s %s, [x%u, x%u]", form[k].name, r, n, m);
		a64_mem_index(&a, form[k].what, form[k].size, t, n, m, true);
		is("%s %s, [x%u, x%u, lsl #%u]", form[k].name, r, n, m, form[k].size);
		a64_mem_uxtw(&a, form[k].what, form[k].size, t, n, m, false);
		is("%s %s, [x%u, w%u, uxtw]", form[k].name, r, n, m);
		a64_mem_uxtw(&a, form[k].what, form[k].size, t, n, m, true);
		is("%s %s, [x%u, w%u, uxtw #%u]", form[k].name, r, n, m, form[k].size);
	}
	for (unsigned k = 0; k < 6; k++) {
		a64_pair(&a, w, (enum a64_pair)pair[k].code, t, m, n, offset);
		is(pair[k].name, name(w, t), name(w, m), name(1, n), offset);
	}
}

/* Displacements: the word lies at 0, the label's place is written as `. + n'. */
static void branches(void)
{
	unsigned w = below(2), t = below(32), bit = below(w ? 64 : 32), cc = below(14);
	int32_t far = ((int32_t)below(1u << 26) - (1 << 25)) * 4, middle = far / 128 / 4 * 4,
		short_way = middle / 32 / 4 * 4;

	a64_patch(&a, a64_b(&a), (uint32_t)far), is("b . + %d", far);
	a64_patch(&a, a64_bl(&a), (uint32_t)far), is("bl . + %d", far);
	a64_patch(&a, a64_bcc(&a, (enum a64_cc)cc), (uint32_t)middle);
	is("b.%s . + %d", conditions[cc], middle);
	a64_patch(&a, a64_cbz(&a, w, t), (uint32_t)middle), is("cbz %s, . + %d", name(w, t), middle);
	a64_patch(&a, a64_cbnz(&a, w, t), (uint32_t)middle), is("cbnz %s, . + %d", name(w, t), middle);
	a64_patch(&a, a64_tbz(&a, t, bit), (uint32_t)short_way);
	is("tbz %s, #%u, . + %d", name(bit > 31, t), bit, short_way);
	a64_patch(&a, a64_tbnz(&a, t, bit), (uint32_t)short_way);
	is("tbnz %s, #%u, . + %d", name(bit > 31, t), bit, short_way);
	a64_adrp(&a, t, far * 4 / 4096 * 4096), is("adrp %s, . + %d", name(1, t), far * 4 / 4096 * 4096);
	a64_br(&a, t), is("br %s", name(1, t));
	a64_blr(&a, t), is("blr %s", name(1, t));
	a64_ret(&a), is("ret");
}

static void scalars(void)
{
	static const struct named three[] = { { A64_FMUL, "fmul" }, { A64_FDIV, "fdiv" }, { A64_FADD, "fadd" },
					      { A64_FSUB, "fsub" } };
	static const struct named two[] = { { A64_FMOV, "fmov" }, { A64_FABS, "fabs" }, { A64_FNEG, "fneg" },
					    { A64_FRINTX, "frintx" }, { A64_FRINTI, "frinti" },
					    { A64_FRINTZ, "frintz" } };
	unsigned single = below(2), d = below(32), n = below(32), m = below(32), z = below(32), cc = below(14);
	char t = single ? 's' : 'd';

	for (unsigned k = 0; k < 4; k++) {
		a64_fp3(&a, (enum a64_fp3)three[k].code, single, d, n, m);
		is("%s %c%u, %c%u, %c%u", three[k].name, t, d, t, n, t, m);
	}
	for (unsigned k = 0; k < 6; k++) {
		a64_fp2(&a, (enum a64_fp2)two[k].code, single, d, n);
		is("%s %c%u, %c%u", two[k].name, t, d, t, n);
	}
	a64_fp2(&a, A64_FCVT_S_OF_D, false, d, n), is("fcvt s%u, d%u", d, n);
	a64_fp2(&a, A64_FCVT_D_OF_S, false, d, n), is("fcvt d%u, s%u", d, n);
	a64_fp4(&a, A64_FMADD, single, d, n, m, z);
	is("fmadd %c%u, %c%u, %c%u, %c%u", t, d, t, n, t, m, t, z);
	a64_fp4(&a, A64_FNMSUB, single, d, n, m, z);
	is("fnmsub %c%u, %c%u, %c%u, %c%u", t, d, t, n, t, m, t, z);
	a64_fcmp(&a, single, n, m), is("fcmp %c%u, %c%u", t, n, t, m);
	a64_fcmp_zero(&a, single, n), is("fcmp %c%u, #0.0", t, n);
	a64_fcsel(&a, single, d, n, m, (enum a64_cc)cc);
	is("fcsel %c%u, %c%u, %c%u, %s", t, d, t, n, t, m, conditions[cc]);
	a64_fcvtzs(&a, d, n), is("fcvtzs %s, d%u", name(1, d), n);
	a64_from_fp(&a, !single, d, n), is("fmov %s, %c%u", name(!single, d), t, n);
	a64_to_fp(&a, !single, d, n), is("fmov %c%u, %s", t, d, name(!single, n));
	a64_mrs(&a, d, A64_FPCR), is("mrs %s, fpcr", name(1, d));
	a64_mrs(&a, d, A64_FPSR), is("mrs %s, fpsr", name(1, d));
	a64_msr(&a, A64_FPCR, d), is("msr fpcr, %s", name(1, d));
	a64_msr(&a, A64_FPSR, d), is("msr fpsr, %s", name(1, d));
	for (unsigned size = 0; size <= 4; size++) {
		uint32_t up = below(4096) << size;
		char r = "bhsdq"[size];

		a64_v_mem(&a, A64_LOAD, size, d, n % 31, up), is("ldr %c%u, [x%u, #%" PRIu32 "]", r, d, n % 31, up);
		a64_v_mem(&a, A64_STORE, size, d, n % 31, up), is("str %c%u, [x%u, #%" PRIu32 "]", r, d, n % 31, up);
		a64_v_mem_index(&a, A64_LOAD, size, d, n % 31, m % 31, true);
		is("ldr %c%u, [x%u, w%u, uxtw]", r, d, n % 31, m % 31);
		a64_v_mem_index(&a, A64_STORE, size, d, n % 31, m % 31, false);
		is("str %c%u, [x%u, x%u]", r, d, n % 31, m % 31);
	}
}

static const char *const lanes[] = { "16b", "8h", "4s", "2d" }, *const low_lanes[] = { "8b", "4h", "2s", "1d" };

static void vectors(void)
{
	static const struct named bits[] = {
		{ A64_V_AND, "and" }, { A64_V_BIC, "bic" }, { A64_V_ORR, "orr" }, { A64_V_ORN, "orn" },
		{ A64_V_EOR, "eor" }, { A64_V_BSL, "bsl" }, { A64_V_BIT, "bit" }, { A64_V_BIF, "bif" },
	};
	static const struct named three[] = {
		{ A64_V_SQADD, "sqadd" }, { A64_V_UQADD, "uqadd" }, { A64_V_SQSUB, "sqsub" },
		{ A64_V_UQSUB, "uqsub" }, { A64_V_SRHADD, "srhadd" }, { A64_V_URHADD, "urhadd" },
		{ A64_V_CMGT, "cmgt" }, { A64_V_CMHI, "cmhi" }, { A64_V_CMEQ, "cmeq" },
		{ A64_V_SSHL, "sshl" }, { A64_V_USHL, "ushl" }, { A64_V_SMAX, "smax" },
		{ A64_V_UMAX, "umax" }, { A64_V_SMIN, "smin" }, { A64_V_UMIN, "umin" }, { A64_V_ADD, "add" },
		{ A64_V_SUB, "sub" }, { A64_V_MUL, "mul" }, { A64_V_ADDP, "addp" }, { A64_V_UMAXP, "umaxp" },
		{ A64_V_UZP1, "uzp1" }, { A64_V_UZP2, "uzp2" }, { A64_V_TRN1, "trn1" },
		{ A64_V_TRN2, "trn2" }, { A64_V_ZIP1, "zip1" }, { A64_V_ZIP2, "zip2" },
	};
	static const struct named singles[] = {
		{ A64_V_FADD, "fadd" }, { A64_V_FSUB, "fsub" }, { A64_V_FMUL, "fmul" }, { A64_V_FMLA, "fmla" },
		{ A64_V_FCMEQ, "fcmeq" }, { A64_V_FCMGE, "fcmge" }, { A64_V_FCMGT, "fcmgt" },
		{ A64_V_FMAX, "fmax" }, { A64_V_FMIN, "fmin" },
	};
	unsigned d = below(32), n = below(32), m = below(32), size = below(3);

	for (unsigned k = 0; k < sizeof(bits) / sizeof(bits[0]); k++) {
		a64_v3(&a, (enum a64_v3)bits[k].code, 0, d, n, m);
		is("%s v%u.16b, v%u.16b, v%u.16b", bits[k].name, d, n, m);
	}
	for (unsigned k = 0; k < sizeof(three) / sizeof(three[0]); k++) {
		a64_v3(&a, (enum a64_v3)three[k].code, size, d, n, m);
		is("%s v%u.%s, v%u.%s, v%u.%s", three[k].name, d, lanes[size], n, lanes[size], m, lanes[size]);
	}
	for (unsigned k = 0; k < sizeof(singles) / sizeof(singles[0]); k++) {
		a64_v3(&a, (enum a64_v3)singles[k].code, 0, d, n, m);
		is("%s v%u.4s, v%u.4s, v%u.4s", singles[k].name, d, n, m);
	}
	for (unsigned k = 0; k < 2; k++) {
		a64_v3(&a, k ? A64_V_UMULL : A64_V_SMULL, size, d, n, m);
		is("%cmull v%u.%s, v%u.%s, v%u.%s", k ? 'u' : 's', d, lanes[size + 1], n, low_lanes[size], m,
		   low_lanes[size]);
		a64_v3(&a, k ? A64_V_UMULL2 : A64_V_SMULL2, size, d, n, m);
		is("%cmull2 v%u.%s, v%u.%s, v%u.%s", k ? 'u' : 's', d, lanes[size + 1], n, lanes[size], m,
		   lanes[size]);
	}
}

static void vectors_of_one(void)
{
	static const struct named two[] = {
		{ A64_V_REV64, "rev64" }, { A64_V_NEG, "neg" }, { A64_V_CMEQ_ZERO, "cmeq" },
		{ A64_V_CMLT_ZERO, "cmlt" },
	};
	static const struct named narrow[] = {
		{ A64_V_XTN, "xtn" }, { A64_V_SQXTN, "sqxtn" }, { A64_V_UQXTN, "uqxtn" },
		{ A64_V_SQXTUN, "sqxtun" },
	};
	static const struct named singles[] = {
		{ A64_V_FRINTN, "frintn" }, { A64_V_FRINTM, "frintm" }, { A64_V_FRINTP, "frintp" },
		{ A64_V_FRINTZ, "frintz" }, { A64_V_SCVTF, "scvtf" }, { A64_V_UCVTF, "ucvtf" },
		{ A64_V_FCVTZS, "fcvtzs" }, { A64_V_FCVTZU, "fcvtzu" }, { A64_V_FNEG, "fneg" },
		{ A64_V_FABS, "fabs" },
	};
	unsigned d = below(32), n = below(32), size = below(3);
	const char *l = lanes[size];

	for (unsigned k = 0; k < 4; k++) {
		a64_v2(&a, (enum a64_v2)two[k].code, size, d, n);
		is("%s v%u.%s, v%u.%s%s", two[k].name, d, l, n, l, k > 1 ? ", #0" : "");
		a64_v2(&a, (enum a64_v2)narrow[k].code, size, d, n);
		is("%s v%u.%s, v%u.%s", narrow[k].name, d, low_lanes[size], n, lanes[size + 1]);
		a64_v2(&a, (enum a64_v2)(narrow[k].code | 1u << 30), size, d, n);
		is("%s2 v%u.%s, v%u.%s", narrow[k].name, d, l, n, lanes[size + 1]);
	}
	a64_v2(&a, A64_V_NOT, 0, d, n), is("not v%u.16b, v%u.16b", d, n);
	a64_v2(&a, A64_V_REV32, size % 2, d, n), is("rev32 v%u.%s, v%u.%s", d, lanes[size % 2], n, lanes[size % 2]);
	a64_v2(&a, A64_V_SADDLP, size, d, n), is("saddlp v%u.%s, v%u.%s", d, lanes[size + 1], n, l);
	a64_v2(&a, A64_V_UADDLP, size, d, n), is("uaddlp v%u.%s, v%u.%s", d, lanes[size + 1], n, l);
	a64_v2(&a, A64_V_UMAXV, size, d, n), is("umaxv %c%u, v%u.%s", "bhs"[size], d, n, l);
	a64_v2(&a, A64_V_UMINV, size, d, n), is("uminv %c%u, v%u.%s", "bhs"[size], d, n, l);
	for (unsigned k = 0; k < sizeof(singles) / sizeof(singles[0]); k++) {
		a64_v2(&a, (enum a64_v2)singles[k].code, 0, d, n);
		is("%s v%u.4s, v%u.4s", singles[k].name, d, n);
	}
	a64_v3(&a, A64_V_ORR, 0, d, n, n), is("mov v%u.16b, v%u.16b", d, n);
}

static void vector_moves(void)
{
	unsigned d = below(32), n = below(31), m = below(32), size = below(3), width = 8u << size,
		 by = below(width), lane = below(16u >> size), octet = below(16), v = below(256);
	const char *l = lanes[size];

	a64_v_shift(&a, A64_V_SHL, size, d, n, by), is("shl v%u.%s, v%u.%s, #%u", d, l, n, l, by);
	a64_v_shift(&a, A64_V_SLI, size, d, n, by), is("sli v%u.%s, v%u.%s, #%u", d, l, n, l, by);
	a64_v_shift(&a, A64_V_USHR, size, d, n, by + 1), is("ushr v%u.%s, v%u.%s, #%u", d, l, n, l, by + 1);
	a64_v_shift(&a, A64_V_SSHR, size, d, n, by + 1), is("sshr v%u.%s, v%u.%s, #%u", d, l, n, l, by + 1);
	a64_v_shift(&a, A64_V_SRI, size, d, n, by + 1), is("sri v%u.%s, v%u.%s, #%u", d, l, n, l, by + 1);
	a64_v_shift(&a, A64_V_SSHLL, size, d, n, by);
	is("sshll v%u.%s, v%u.%s, #%u", d, lanes[size + 1], n, low_lanes[size], by);
	a64_v_shift(&a, A64_V_SSHLL2, size, d, n, by);
	is("sshll2 v%u.%s, v%u.%s, #%u", d, lanes[size + 1], n, l, by);
	a64_v_ext(&a, d, n, m, octet), is("ext v%u.16b, v%u.16b, v%u.16b, #%u", d, n, m, octet);
	a64_v_tbl(&a, false, d, n, m), is("tbl v%u.16b, {v%u.16b}, v%u.16b", d, n, m);
	a64_v_tbl(&a, true, d, n, m), is("tbl v%u.16b, {v%u.16b, v%u.16b}, v%u.16b", d, n, n + 1, m);
	a64_v_dup(&a, size, d, n, lane), is("dup v%u.%s, v%u.%c[%u]", d, l, n, "bhs"[size], lane);
	a64_v_fill(&a, size, d, n), is("dup v%u.%s, w%u", d, l, n);
	a64_v_fill(&a, 3, d, n), is("dup v%u.2d, x%u", d, n);
	a64_v3(&a, A64_V_USHL, 3, d, n, m), is("ushl v%u.2d, v%u.2d, v%u.2d", d, n, m);
	a64_v_ins(&a, size, d, lane, n), is("ins v%u.%c[%u], w%u", d, "bhs"[size], lane, n);
	a64_v_umov(&a, size, d, n, lane), is("umov %s, v%u.%c[%u]", name(0, d), n, "bhs"[size], lane);
	a64_v_umov(&a, 3, d, n, lane % 2), is("umov %s, v%u.d[%u]", name(1, d), n, lane % 2);
	if (size == 0) {
		a64_v_movi(&a, 0, false, d, v, 0), is("movi v%u.16b, #%u", d, v);
		return;
	}
	by &= ~7u;
	a64_v_movi(&a, size, false, d, v, by), is("movi v%u.%s, #%u, lsl #%u", d, l, v, by);
	a64_v_movi(&a, size, true, d, v, by), is("mvni v%u.%s, #%u, lsl #%u", d, l, v, by);
}

/* ---- what is checked here ---- */

/* The value of a field: DecodeBitMasks() of the manual. */
static uint64_t logical_value(uint32_t field)
{
	unsigned n = field >> 22, r = field >> 16 & 63, s = field >> 10 & 63;
	unsigned size = n ? 64 : 32;
	uint64_t v;

	while (!n && size > 2 && s & size)
		size /= 2;
	v = ~0ull >> (63 - (s & (size - 1)));
	for (r &= size - 1; r; r--)
		v = v >> 1 | (v & 1) << (size - 1);
	for (; size < 64; size *= 2)
		v |= v << size;
	return v;
}

static void logical_immediates(void)
{
	unsigned count = 0;

	for (unsigned size = 2; size <= 64; size *= 2)
		for (unsigned ones = 1; ones < size; ones++)
			for (unsigned rotate = 0; rotate < size; rotate++) {
				uint32_t s = ((~(2 * size - 1) & 0x3f) | (ones - 1)),
					 field = (size == 64 ? 1u << 22 : 0) | rotate << 16 | s << 10;
				uint64_t v = logical_value(field);

				bad += a64_logical_field(v, 1) != field;
				bad += size < 64 && a64_logical_field(v & 0xffffffff, 0) != field;
				count++;
				a64_logical_imm(&a, 1, count % 2 ? A64_AND : A64_EOR, 1, 2, v);
				is("%s x1, x2, #0x%" PRIx64, count % 2 ? "and" : "eor", v);
				if (size == 64)
					continue;
				a64_logical_imm(&a, 0, count % 2 ? A64_ORR : A64_ANDS, 1, 2, v & 0xffffffff);
				is("%s w1, w2, #0x%" PRIx64, count % 2 ? "orr" : "ands", v & 0xffffffff);
			}
	bad += count != 5334;
	for (unsigned n = 0; n < 100000; n++) {
		uint64_t v = (uint64_t)below(1u << 31) << below(33) ^ (uint64_t)below(1u << 31) << below(33);
		uint32_t field = a64_logical_field(v, 1);

		bad += field && logical_value(field) != v;
		field = a64_logical_field(v & 0xffffffff, 0);
		bad += field && (field >> 22 || (logical_value(field) ^ v) << 32 != 0);
	}
}

/* What the instructions in memory leave in their register. */
static uint64_t constant(void)
{
	uint64_t r = 0;

	for (uint32_t at = 0; at < a.at; at += 4) {
		uint32_t word;
		uint64_t half;

		memcpy(&word, memory + at, 4);
		half = (uint64_t)(word >> 5 & 0xffff) << 16 * (word >> 21 & 3);
		switch (word & 0x7f800000) {
		case A64_MOVN:
			r = (uint32_t)~half; /* w is 0 in all of ours */
			break;
		case A64_MOVZ:
			r = half;
			break;
		case A64_MOVK:
			r = (r & ~(0xffffull << 16 * (word >> 21 & 3))) | half;
			break;
		default: /* ORR from the zero register */
			bad += (word & 0xff8003e0) != 0x320003e0;
			r = (uint32_t)logical_value(word & 0x7ffc00);
		}
	}
	a.at = 0;
	return r;
}

static void constants(void)
{
	static const uint32_t some[] = { 0, 1, 0xffff, 0x10000, 0xffff0000, 0xffffffff, 0x7fffffff,
					 0x80000000, 0x00ff00ff, 0x12345678, 0xffff1234, 0x1234ffff };

	for (unsigned n = 0; n < 10000; n++) {
		uint32_t v = n < 12 ? some[n] : below(1u << 31) << below(32) ^ below(1u << 16);
		uint64_t wide = (uint64_t)v << below(33) ^ below(1u << 31);

		a64_mov_imm(&a, 3, v);
		bad += a.at > 8 || constant() != v;
		a64_mov_imm64(&a, 3, wide);
		bad += constant() != wide;
	}
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;

	while (n-- > 0) {
		three_registers();
		two_registers();
		immediates();
		fields();
		selects();
		accesses();
		branches();
		scalars();
		vectors();
		vectors_of_one();
		vector_moves();
	}
	logical_immediates();
	constants();
	if (bad || a.full)
		fprintf(stderr, "a64_words: %u wrong immediates or lengths\n", bad);
	return bad || a.full;
}
