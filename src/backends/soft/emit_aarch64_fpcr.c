/* SPDX-License-Identifier: MIT
 * emit_aarch64_fpcr.c - under which FPCR and FPSR translated code computes, and who puts them there.
 *
 * They are loaded where the first block that needs it begins, for the FPSCR or the VSCR (enum
 * fp_live), and stay until C code is called: then the embedder's are put back, and the exceptions
 * that were raised meanwhile go to fp.raised [struct ppc_fp_pending, fpscr.c].
 * Callers: emit_aarch64.c at the beginning of blocks, the fixed parts, all that calls C code.
 */
#include "emit_aarch64.h"

/* FPCR [Arm ARM C5.2.7]; FPSR [C5.2.8] */
#define FPCR_RMODE_SHIFT 22 /* nearest, up, down, zero */
#define FPCR_FZ_BIT 24
#define FPSR_RAISED 0x1e /* DZC OFC UFC IXC, from bit 1 on */

static void emit_leave_routine(struct jit *jit)
{
	static const uint8_t bits[] = { 26, 28, 27, 25 }; /* ZX OX UX XX */
	struct jit_code *a = &jit->a;
	uint32_t none, vectors;

	jit->fp_leave = a->at;
	a64_pair(a, 1, A64_STP, X0, X1, SP, FRAME_LEAVE);
	a64_mem(a, A64_STORE, 3, X2, SP, FRAME_LEAVE + 16);
	a64_mrs(a, X0, A64_FPSR);
	mol_jit_mem(a, A64_LOAD, 2, X1, AT(fp_host.theirs));
	a64_msr(a, A64_FPCR, X1);
	mol_jit_mem(a, A64_LOAD, 2, X1, AT(fp_host.their_status));
	a64_msr(a, A64_FPSR, X1);
	mol_jit_mem(a, A64_LOAD, 2, X1, AT(fp_host.live));
	mol_jit_mem(a, A64_STORE, 2, XZR, AT(fp_host.live));
	a64_add_imm(a, 0, A64_SUBS, XZR, X1, FP_LIVE_VECTORS); /* leaves no trace in the FPSCR */
	vectors = a64_bcc(a, A64_EQ);
	a64_logical_imm(a, 0, A64_ANDS, XZR, X0, FPSR_RAISED);
	none = a64_bcc(a, A64_EQ);
	mol_jit_mem(a, A64_LOAD, 2, X1, AT(fp.raised));
	for (unsigned n = 0; n < sizeof(bits); n++) {
		a64_ubfx(a, 0, X2, X0, n + 1, 1);
		a64_op3_shifted(a, 0, A64_ORR, X1, X1, X2, A64_LSL, bits[n]);
	}
	mol_jit_mem(a, A64_STORE, 2, X1, AT(fp.raised));
	a64_patch(a, none, a->at);
	a64_patch(a, vectors, a->at);
	a64_pair(a, 1, A64_LDP, X0, X1, SP, FRAME_LEAVE);
	a64_mem(a, A64_LOAD, 3, X2, SP, FRAME_LEAVE + 16);
	a64_ret(a);
}

/* Overwrites X0. */
static void emit_keep_theirs(struct jit_code *a)
{
	uint32_t over;

	mol_jit_mem(a, A64_LOAD, 2, X0, AT(fp_host.live));
	over = a64_cbnz(a, 0, X0);
	a64_mrs(a, X0, A64_FPCR);
	mol_jit_mem(a, A64_STORE, 2, X0, AT(fp_host.theirs));
	a64_mrs(a, X0, A64_FPSR);
	mol_jit_mem(a, A64_STORE, 2, X0, AT(fp_host.their_status));
	a64_patch(a, over, a->at);
}

/* X0 = the new FPCR */
static void emit_ours(struct jit_code *a, enum fp_live live)
{
	a64_msr(a, A64_FPCR, X0);
	a64_msr(a, A64_FPSR, XZR);
	a64_mov_imm(a, X0, (uint32_t)live);
	mol_jit_mem(a, A64_STORE, 2, X0, AT(fp_host.live));
	a64_op3(a, 0, A64_SUBS, XZR, XZR, XZR); /* EQ */
}

static void emit_enter_routine(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	uint32_t refused;

	jit->fp_enter = a->at;
	a64_pair(a, 1, A64_STP, X0, X1, SP, FRAME_ENTER);
	mol_jit_mem(a, A64_LOAD, 2, X1, AT(r.fpscr));
	a64_logical_imm(a, 0, A64_ANDS, XZR, X1, 0xfc); /* VE OE UE ZE XE NI */
	refused = a64_bcc(a, A64_NE);
	emit_keep_theirs(a);
	/* RN: nearest, zero, up, down */
	a64_logical_imm(a, 0, A64_AND, X1, X1, 3);
	a64_lsl(a, 0, X1, X1, 1);
	a64_mov_imm(a, X0, 0u | 3u << 2 | 1u << 4 | 2u << 6);
	a64_op3(a, 0, A64_LSRV, X0, X0, X1);
	a64_logical_imm(a, 0, A64_AND, X0, X0, 3);
	a64_lsl(a, 0, X0, X0, FPCR_RMODE_SHIFT);
	emit_ours(a, FP_LIVE_SCALAR);
	a64_patch(a, refused, a->at);
	a64_pair(a, 1, A64_LDP, X0, X1, SP, FRAME_ENTER);
	a64_ret(a);
}

/* Vector arithmetic: to nearest; VSCR[NJ] is FZ. */
static void emit_enter_vectors_routine(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	uint32_t over;

	jit->fp_enter_vectors = a->at;
	a64_pair(a, 1, A64_STP, X0, TMP, SP, FRAME_ENTER);
	mol_jit_mem(a, A64_LOAD, 2, X0, AT(fp_host.live));
	a64_add_imm(a, 0, A64_SUBS, XZR, X0, FP_LIVE_SCALAR);
	over = a64_bcc(a, A64_NE);
	a64_bl_to(a, jit->fp_leave);
	a64_patch(a, over, a->at);
	emit_keep_theirs(a);
	mol_jit_mem(a, A64_LOAD, 2, X0, AT(r.vscr));
	a64_ubfx(a, 0, X0, X0, (unsigned)__builtin_ctz(PPC_VSCR_NJ), 1);
	a64_lsl(a, 0, X0, X0, FPCR_FZ_BIT);
	emit_ours(a, FP_LIVE_VECTORS);
	a64_pair(a, 1, A64_LDP, X0, TMP, SP, FRAME_ENTER);
	a64_ret(a);
}

void mol_jit_emit_fp_fixed(struct jit *jit)
{
	emit_leave_routine(jit);
	emit_enter_routine(jit);
	emit_enter_vectors_routine(jit);
}

void mol_jit_emit_fp_leave(const struct jit *jit, struct jit_code *a)
{
	uint32_t over;

	mol_jit_mem(a, A64_LOAD, 2, X16, AT(fp_host.live));
	over = a64_cbz(a, 0, X16);
	a64_bl_to(a, jit->fp_leave);
	a64_patch(a, over, a->at);
}

void mol_jit_emit_fp_enter(struct emitter *e)
{
	a64_bl_to(e->a, e->fp_live == FP_LIVE_VECTORS ? e->jit->fp_enter_vectors : e->jit->fp_enter);
}

void mol_jit_emit_fp_begin(struct emitter *e)
{
	uint8_t entered = e->fp_live;
	struct out *out;

	e->fp_live = (uint8_t)mol_jit_pins_live(&e->jit->ir, &e->pins, entered);
	if (!e->fp_live || e->fp_live == entered)
		return;
	mol_jit_mem(e->a, A64_LOAD, 2, X0, AT(fp_host.live));
	a64_add_imm(e->a, 0, A64_SUBS, XZR, X0, e->fp_live);
	out = mol_jit_new_out(e, OUT_FP_ENTER);
	out->from = a64_bcc(e->a, A64_NE);
	out->back = e->a->at;
}
