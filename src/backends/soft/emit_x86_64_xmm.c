/* SPDX-License-Identifier: MIT
 * emit_x86_64_xmm.c - guest FPRs and VRs in XMM registers, for as long as a block.
 *
 * The registers that a block names most have pins: XMM registers that are theirs in all of the
 * block. A pin is loaded where its register is first read, and stored at each way out at which
 * it is dirty; the others are operands in memory. What holds at a place in the block (which
 * pins are valid, dirty, in single format, and what the FPSCR waits for) is struct pin_state;
 * every way out keeps a copy of it as it was there.
 * Callers: emit_x86_64.c and emit_x86_64_flow.c at the ways out, and the emitters of FP
 * and vector operations.
 */
#include "emit_x86_64.h"
#include "x86_vec.h"

struct x86_mem mol_jit_fpr_at(unsigned n)
{
	return AT_OFFSET(offsetof(struct ppc_cpu, r.fpr) + 8 * n);
}

struct x86_mem mol_jit_vr_at(unsigned n)
{
	return AT_OFFSET(offsetof(struct ppc_cpu, r.vr) + 16 * n);
}

/* ---- vector registers ---- */

unsigned mol_jit_vr_source(struct emitter *e, unsigned n, unsigned scratch)
{
	unsigned pin = e->pin[32 + n];

	if (pin == JIT_NONE)
		pin = scratch;
	else if (e->xmm.vr_valid >> n & 1)
		return pin;
	else
		e->xmm.vr_valid |= 1u << n;
	sse_load128(e->a, pin, mol_jit_vr_at(n));
	return pin;
}

void mol_jit_vr_written(struct emitter *e, unsigned n, unsigned xmm)
{
	unsigned pin = e->pin[32 + n];

	if (pin == JIT_NONE) {
		sse_store128(e->a, mol_jit_vr_at(n), xmm);
		return;
	}
	sse_mov(e->a, pin, xmm);
	e->xmm.vr_valid |= 1u << n;
	e->xmm.vr_dirty |= 1u << n;
}

/* ---- storing and loading them all ---- */

static void store_fpr(struct emitter *e, struct x86_mem to, unsigned xmm, bool single)
{
	if (single) {
		op3(e->a, SSE_CVTSS2SD, XMM_LAST_SCRATCH, xmm, xmm, SSE_NO_IMM);
		xmm = XMM_LAST_SCRATCH;
	}
	sse_store64(e->a, to, xmm);
}

/* The dirty pins, but for FPR skip. */
static void store_pins(struct emitter *e, const struct pin_state *s, unsigned skip)
{
	for (unsigned n = 0; n < 32; n++) {
		if (s->fpr_dirty >> n & 1 && n != skip)
			store_fpr(e, mol_jit_fpr_at(n), e->pin[n], s->fpr_single >> n & 1);
		if (s->vr_dirty >> n & 1)
			sse_store128(e->a, mol_jit_vr_at(n), e->pin[32 + n]);
	}
}

/* What the block was entered with has to make room. */
static void give_up(struct emitter *e, unsigned n)
{
	if (n < 32 && e->xmm.fpr_dirty >> n & 1)
		store_fpr(e, mol_jit_fpr_at(n), e->pin[n], e->xmm.fpr_single >> n & 1);
	else if (n >= 32 && e->xmm.vr_dirty >> (n - 32) & 1)
		sse_store128(e->a, mol_jit_vr_at(n - 32), e->pin[n]);
	mol_jit_pins_drop(&e->xmm, n);
	e->pin[n] = JIT_NONE;
}

/* What the FPSCR waits for, into struct ppc_fp_pending. */
static void store_waiting(struct emitter *e, const struct pin_state *s)
{
	const struct fp_waiting *w = &s->fp;

	for (unsigned n = 0; n < FP_PLACES; n++) {
		unsigned at = w->at[n];

		if (at == FP_AT_SAVED)
			store_fpr(e, AT_OFFSET(mol_jit_fp_member[n]), XMM_SAVED, w->saved_single);
		else if (at >= FP_AT_FPR && s->fpr_valid >> (at - FP_AT_FPR) & 1 &&
			 e->pin[at - FP_AT_FPR] != JIT_NONE)
			store_fpr(e, AT_OFFSET(mol_jit_fp_member[n]), e->pin[at - FP_AT_FPR],
				  s->fpr_single >> (at - FP_AT_FPR) & 1);
		else if (at >= FP_AT_FPR) {
			sse_load64(e->a, XMM_LAST_SCRATCH, mol_jit_fpr_at(at - FP_AT_FPR));
			sse_store64(e->a, AT_OFFSET(mol_jit_fp_member[n]), XMM_LAST_SCRATCH);
		}
	}
	if (w->op)
		x86_store_imm(e->a, AT_OFFSET(offsetof(struct ppc_cpu, fp.op)),
			      w->op | (uint32_t)w->convert << 8 | (uint32_t)w->compare << 16);
	else {
		if (w->convert)
			x86_store8_imm(e->a, AT_OFFSET(offsetof(struct ppc_cpu, fp.convert)), w->convert);
		if (w->compare)
			x86_store8_imm(e->a, AT_OFFSET(offsetof(struct ppc_cpu, fp.compare)), 1);
	}
}

void mol_jit_pins_store(struct emitter *e, const struct pin_state *s)
{
	store_waiting(e, s);
	store_pins(e, s, JIT_NONE);
}

void mol_jit_pins_store_waiting(struct emitter *e, const struct pin_state *s)
{
	store_waiting(e, s);
}

void mol_jit_pins_store_but(struct emitter *e, const struct pin_state *s, unsigned skip)
{
	store_pins(e, s, skip);
}

void mol_jit_pins_load(struct emitter *e, const struct pin_state *s)
{
	for (unsigned n = 0; n < 32; n++) {
		if (s->fpr_valid >> n & 1) {
			sse_load64(e->a, e->pin[n], mol_jit_fpr_at(n));
			if (s->fpr_single >> n & 1)
				op3(e->a, SSE_CVTSD2SS, e->pin[n], e->pin[n], e->pin[n], SSE_NO_IMM);
		}
		if (s->vr_valid >> n & 1)
			sse_load128(e->a, e->pin[32 + n], mol_jit_vr_at(n));
	}
	for (unsigned n = 0; n < 4; n++) {
		if (s->fp.at[n] != FP_AT_SAVED)
			continue;
		sse_load64(e->a, XMM_SAVED, AT_OFFSET(mol_jit_fp_member[n]));
		if (s->fp.saved_single)
			op3(e->a, SSE_CVTSD2SS, XMM_SAVED, XMM_SAVED, XMM_SAVED, SSE_NO_IMM);
		return;
	}
}

void mol_jit_pins_flush(struct emitter *e)
{
	mol_jit_pins_store(e, &e->xmm);
	e->xmm.fpr_dirty = e->xmm.vr_dirty = 0;
	memset(&e->xmm.fp, 0, sizeof(e->xmm.fp));
}

void mol_jit_pins_forget(struct emitter *e)
{
	memset(&e->xmm, 0, sizeof(e->xmm));
}

/* ---- choosing ---- */

void mol_jit_pins_begin(struct emitter *e)
{
	static const uint8_t registers[] = { 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	unsigned first = (e->a->features & VEC_FEATURES) == VEC_FEATURES ? 0 : 4; /* VEC_T ... */
	bool entered = e->xmm.fpr_valid || e->xmm.vr_valid;
	struct pin_choice c;
	uint16_t uses[64];

	mol_jit_count_named(&e->jit->ir, uses);
	while (mol_jit_pins_next(uses, e->pin, &e->xmm, entered, registers + first,
				 (unsigned)sizeof(registers) - first, &c)) {
		if (c.victim != JIT_NONE)
			give_up(e, c.victim);
		e->pin[c.n] = c.host;
	}
}
