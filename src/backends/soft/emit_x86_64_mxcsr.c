/* SPDX-License-Identifier: MIT
 * emit_x86_64_mxcsr.c - under which MXCSR translated code computes, and who puts it there.
 *
 * It is loaded where the first block that needs it begins, the FPSCR's or the VSCR's (enum fp_live),
 * and stays until C code is called: then the embedder's is put back, and the exceptions that
 * were raised meanwhile go to fp.raised [struct ppc_fp_pending, fpscr.c].
 * Callers: emit_x86_64.c at the beginning of blocks and in its fixed parts, all that calls C code.
 */
#include "emit_x86_64.h"
#include "x86_sse.h"

#define LIVE AT(fp_host.live)

/* Of the constants, behind those of enum fp_constant: what the exceptions of MXCSR are in the FPSCR. */
#define RAISED (2 * FP_CONSTANTS)

struct x86_mem mol_jit_fp_constant(const struct jit *jit, enum fp_constant which, bool single)
{
	return mem_code(jit->fp_constants + 16 * ((unsigned)which + (single ? FP_CONSTANTS : 0)));
}

/* ---- fixed parts ---- */

static void emit_constants(struct jit *jit)
{
	static const uint64_t values[RAISED] = {
		0x7fffffffffffffffu, 1ull << 63, 1ull << 52, 0x0001020304050607u,
		0x7fffffff,	     1ull << 31, 1ull << 23, 0x00010203,
	};
	struct jit_code *a = &jit->a;

	while (a->at % 16)
		x86_byte(a, 0xcc);
	jit->fp_constants = a->at;
	for (unsigned n = 0; n < RAISED; n++) {
		x86_word64(a, values[n]);
		x86_word64(a, 0);
	}
	for (unsigned n = 0; n < 16; n++) /* MXCSR[2:5]: ZE OE UE PE */
		x86_word32(a, (n & 1 ? PPC_FPSCR_ZX : 0) | (n & 2 ? PPC_FPSCR_OX : 0) |
				      (n & 4 ? PPC_FPSCR_UX : 0) | (n & 8 ? PPC_FPSCR_XX : 0));
}

static void emit_leave_routine(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	uint32_t none, vectors;

	jit->fp_leave = a->at;
	x86_push(a, RAX);
	x86_stmxcsr(a, AT(fp_host.ours));
	x86_ldmxcsr(a, AT(fp_host.theirs));
	x86_load(a, RAX, LIVE);
	x86_store_imm(a, LIVE, FP_LIVE_NONE);
	x86_alu_imm(a, ALU_CMP, RAX, FP_LIVE_VECTORS); /* leaves no trace in the FPSCR */
	vectors = x86_jcc(a, CC_E);
	x86_load(a, RAX, AT(fp_host.ours));
	x86_alu_imm(a, ALU_AND, RAX, 0x3c);
	none = x86_jcc(a, CC_E);
	x86_push(a, RCX);
	x86_byte(a, 0x48); /* lea rcx, [rip + table] */
	x86_byte(a, 0x8d);
	x86_byte(a, 0x0d);
	x86_word32(a, jit->fp_constants + 16 * RAISED - (a->at + 4));
	x86_load(a, RAX, mem_index(RCX, RAX, 0));
	x86_rm(a, 0, 0x09, RAX, AT(fp.raised)); /* or [], eax */
	x86_pop(a, RCX);
	x86_patch(a, none, a->at);
	x86_patch(a, vectors, a->at);
	x86_pop(a, RAX);
	x86_ret(a);
}

static void emit_keep_theirs(struct jit_code *a)
{
	uint32_t over;

	x86_cmp_mem_imm(a, LIVE, FP_LIVE_NONE);
	over = x86_jcc(a, CC_NE);
	x86_stmxcsr(a, AT(fp_host.theirs));
	x86_patch(a, over, a->at);
}

static void emit_enter_routine(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	uint32_t refused;

	jit->fp_enter = a->at;
	x86_push(a, RAX);
	x86_load(a, RAX, AT(r.fpscr));
	x86_byte(a, 0xa8); /* test al: VE OE UE ZE XE NI */
	x86_byte(a, 0xfc);
	refused = x86_jcc(a, CC_NE);
	emit_keep_theirs(a);
	/* RN: nearest, zero, up, down; MXCSR: nearest, down, up, zero */
	x86_rr(a, 0, 0xf7, 3, RAX);
	x86_alu_imm(a, ALU_AND, RAX, 3);
	x86_shift_imm(a, SH_SHL, RAX, 13);
	x86_alu_imm(a, ALU_OR, RAX, 0x1f80);
	x86_store(a, AT(fp_host.ours), RAX);
	x86_ldmxcsr(a, AT(fp_host.ours));
	x86_store_imm(a, LIVE, FP_LIVE_SCALAR);
	x86_alu(a, ALU_XOR, RAX, RAX);
	x86_patch(a, refused, a->at);
	x86_pop(a, RAX);
	x86_ret(a);
}

/* Vector arithmetic: to nearest; VSCR[NJ] is DAZ and FTZ. */
static void emit_enter_vectors_routine(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	uint32_t over;

	jit->fp_enter_vectors = a->at;
	x86_cmp_mem_imm(a, LIVE, FP_LIVE_SCALAR);
	over = x86_jcc(a, CC_NE);
	x86_call_to(a, jit->fp_leave);
	x86_patch(a, over, a->at);
	emit_keep_theirs(a);
	x86_push(a, RAX);
	x86_load(a, RAX, AT(r.vscr));
	x86_alu_imm(a, ALU_AND, RAX, PPC_VSCR_NJ);
	x86_shift_imm(a, SH_SHR, RAX, 16 - 6); /* DAZ */
	x86_rr(a, 0, 0x69, RAX, RAX);          /* and FTZ: times 0x201 */
	x86_word32(a, 0x8040 >> 6);
	x86_alu_imm(a, ALU_OR, RAX, 0x1f80);
	x86_store(a, AT(fp_host.ours), RAX);
	x86_ldmxcsr(a, AT(fp_host.ours));
	x86_store_imm(a, LIVE, FP_LIVE_VECTORS);
	x86_alu(a, ALU_XOR, RAX, RAX);
	x86_pop(a, RAX);
	x86_ret(a);
}

void mol_jit_emit_fp_fixed(struct jit *jit)
{
	emit_constants(jit);
	emit_leave_routine(jit);
	emit_enter_routine(jit);
	emit_enter_vectors_routine(jit);
}

void mol_jit_emit_fp_leave(const struct jit *jit, struct jit_code *a)
{
	uint32_t over;

	x86_cmp_mem_imm(a, LIVE, 0);
	over = x86_jcc(a, CC_E);
	x86_call_to(a, jit->fp_leave);
	x86_patch(a, over, a->at);
}

void mol_jit_emit_fp_enter(struct emitter *e)
{
	x86_call_to(e->a, e->fp_live == FP_LIVE_VECTORS ? e->jit->fp_enter_vectors : e->jit->fp_enter);
}

void mol_jit_emit_fp_again(struct emitter *e)
{
	uint32_t over;

	if (!e->fp_live)
		return;
	x86_cmp_mem_imm(e->a, LIVE, e->fp_live);
	over = x86_jcc(e->a, CC_E);
	mol_jit_emit_fp_enter(e);
	x86_patch(e->a, over, e->a->at);
}

void mol_jit_emit_fp_begin(struct emitter *e)
{
	uint8_t entered = e->fp_live;
	struct out *out;

	e->fp_live = (uint8_t)mol_jit_pins_live(&e->jit->ir, &e->xmm, entered);
	if (!e->fp_live || e->fp_live == entered)
		return;
	x86_cmp_mem_imm(e->a, LIVE, e->fp_live);
	out = mol_jit_new_out(e, OUT_FP_ENTER);
	out->from = x86_jcc(e->a, CC_NE);
	out->back = e->a->at;
}
