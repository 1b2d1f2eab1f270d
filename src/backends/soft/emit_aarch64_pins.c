/* SPDX-License-Identifier: MIT
 * emit_aarch64_pins.c - guest FPRs and VRs in V registers, for as long as a block.
 *
 * The registers that a block names most have pins: V registers that are theirs in all of the
 * block [jit_pins.h]. A pin is loaded where its register is first read, and stored at each
 * way out at which it is dirty; the others are loaded and stored where they are named. What
 * holds at a place in the block is struct pin_state; every way out keeps a copy of it.
 * The host's C code keeps the low halves of V8 to V15 at most, so none of these is used.
 * Callers: emit_aarch64.c and emit_aarch64_flow.c at the ways out, and the emitters of FP
 * and vector operations.
 */
#include "emit_aarch64.h"

void mol_jit_v_mem(struct jit_code *a, enum a64_access what, unsigned size, unsigned t, uint32_t offset)
{
	if (a64_fits_offset(offset, size)) {
		a64_v_mem(a, what, size, t, CPU, offset);
	} else {
		a64_mov_imm(a, TMP, offset);
		a64_v_mem_index(a, what, size, t, CPU, TMP, false);
	}
}

uint32_t mol_jit_fpr_at(unsigned n)
{
	return AT(r.fpr) + 8 * n;
}

static uint32_t vr_at(unsigned n)
{
	return AT(r.vr) + 16 * n;
}

void mol_jit_store_double(struct emitter *e, uint32_t offset, unsigned v, bool single)
{
	if (single) {
		a64_fp2(e->a, A64_FCVT_D_OF_S, false, V_LAST_SCRATCH, v);
		v = V_LAST_SCRATCH;
	}
	mol_jit_v_mem(e->a, A64_STORE, 3, v, offset);
}

/* ---- vector registers ---- */

unsigned mol_jit_vr_source(struct emitter *e, unsigned n, unsigned scratch)
{
	unsigned pin = e->pin[32 + n];

	if (pin == JIT_NONE)
		pin = scratch;
	else if (e->pins.vr_valid >> n & 1)
		return pin;
	else
		e->pins.vr_valid |= 1u << n;
	mol_jit_v_mem(e->a, A64_LOAD, 4, pin, vr_at(n));
	return pin;
}

void mol_jit_vr_written(struct emitter *e, unsigned n, unsigned v)
{
	unsigned pin = e->pin[32 + n];

	if (pin == JIT_NONE) {
		mol_jit_v_mem(e->a, A64_STORE, 4, v, vr_at(n));
		return;
	}
	a64_v_mov(e->a, pin, v);
	e->pins.vr_valid |= 1u << n;
	e->pins.vr_dirty |= 1u << n;
}

/* ---- storing and loading them all ---- */

void mol_jit_pins_store_but(struct emitter *e, const struct pin_state *s, unsigned skip)
{
	for (unsigned n = 0; n < 32; n++) {
		if (s->fpr_dirty >> n & 1 && n != skip)
			mol_jit_store_double(e, mol_jit_fpr_at(n), e->pin[n], s->fpr_single >> n & 1);
		if (s->vr_dirty >> n & 1)
			mol_jit_v_mem(e->a, A64_STORE, 4, e->pin[32 + n], vr_at(n));
	}
}

/* No general register is free here but TMP, which may have to hold the offset. */
static void store_byte(struct jit_code *a, uint32_t offset, uint32_t v)
{
	a64_v_movi(a, 0, false, V_LAST_SCRATCH, v, 0);
	mol_jit_v_mem(a, A64_STORE, 0, V_LAST_SCRATCH, offset);
}

void mol_jit_pins_store_waiting(struct emitter *e, const struct pin_state *s)
{
	const struct fp_waiting *w = &s->fp;

	for (unsigned n = 0; n < FP_PLACES; n++) {
		unsigned fpr = w->at[n] - (unsigned)FP_AT_FPR;
		uint32_t to = mol_jit_fp_member[n];

		if (w->at[n] == FP_AT_SAVED) {
			mol_jit_store_double(e, to, V_SAVED, w->saved_single);
		} else if (w->at[n] >= FP_AT_FPR && s->fpr_valid >> fpr & 1) {
			mol_jit_store_double(e, to, e->pin[fpr], s->fpr_single >> fpr & 1);
		} else if (w->at[n] >= FP_AT_FPR) {
			mol_jit_v_mem(e->a, A64_LOAD, 3, V_LAST_SCRATCH, mol_jit_fpr_at(fpr));
			mol_jit_v_mem(e->a, A64_STORE, 3, V_LAST_SCRATCH, to);
		}
	}
	if (w->op) { /* with convert, compare and zero */
		a64_mov_imm(e->a, TMP, w->op | (uint32_t)w->convert << 8 | (uint32_t)w->compare << 16);
		a64_mem(e->a, A64_STORE, 2, TMP, CPU, AT(fp.op));
		return;
	}
	if (w->convert)
		store_byte(e->a, AT(fp.convert), w->convert);
	if (w->compare)
		store_byte(e->a, AT(fp.compare), 1);
}

void mol_jit_pins_store(struct emitter *e, const struct pin_state *s)
{
	mol_jit_pins_store_waiting(e, s);
	mol_jit_pins_store_but(e, s, JIT_NONE);
}

static void load_double(struct emitter *e, unsigned v, uint32_t offset, bool single)
{
	mol_jit_v_mem(e->a, A64_LOAD, 3, v, offset);
	if (single)
		a64_fp2(e->a, A64_FCVT_S_OF_D, false, v, v);
}

void mol_jit_pins_load(struct emitter *e, const struct pin_state *s)
{
	for (unsigned n = 0; n < 32; n++) {
		if (s->fpr_valid >> n & 1)
			load_double(e, e->pin[n], mol_jit_fpr_at(n), s->fpr_single >> n & 1);
		if (s->vr_valid >> n & 1)
			mol_jit_v_mem(e->a, A64_LOAD, 4, e->pin[32 + n], vr_at(n));
	}
	for (unsigned n = 0; n < FP_PLACES; n++)
		if (s->fp.at[n] == FP_AT_SAVED) {
			load_double(e, V_SAVED, mol_jit_fp_member[n], s->fp.saved_single);
			return;
		}
}

void mol_jit_pins_flush(struct emitter *e)
{
	mol_jit_pins_store(e, &e->pins);
	e->pins.fpr_dirty = e->pins.vr_dirty = 0;
	memset(&e->pins.fp, 0, sizeof(e->pins.fp));
}

void mol_jit_pins_forget(struct emitter *e)
{
	memset(&e->pins, 0, sizeof(e->pins));
}

/* ---- choosing ---- */

/* What the block was entered with has to make room. */
static void give_up(struct emitter *e, unsigned n)
{
	if (n < 32 && e->pins.fpr_dirty >> n & 1)
		mol_jit_store_double(e, mol_jit_fpr_at(n), e->pin[n], e->pins.fpr_single >> n & 1);
	else if (n >= 32 && e->pins.vr_dirty >> (n - 32) & 1)
		mol_jit_v_mem(e->a, A64_STORE, 4, e->pin[n], vr_at(n - 32));
	mol_jit_pins_drop(&e->pins, n);
	e->pin[n] = JIT_NONE;
}

void mol_jit_pins_begin(struct emitter *e)
{
	static const uint8_t registers[] = { 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
	bool entered = e->pins.fpr_valid || e->pins.vr_valid;
	struct pin_choice c;
	uint16_t uses[64];

	mol_jit_count_named(&e->jit->ir, uses);
	while (mol_jit_pins_next(uses, e->pin, &e->pins, entered, registers, sizeof(registers), &c)) {
		if (c.victim != JIT_NONE)
			give_up(e, c.victim);
		e->pin[c.n] = c.host;
	}
}
