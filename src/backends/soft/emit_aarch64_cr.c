/* SPDX-License-Identifier: MIT
 * emit_aarch64_cr.c - the condition register, and compares that wait until somebody looks.
 *
 * Most compares feed the branch behind them and nothing else. So a compare of guest registers and
 * constants emits nothing: it waits, until its field is read, one of its registers is
 * written, or the block is left [jit_block.c]; ways out of line set the field there. A field that is
 * compared anew before anybody can look is never set.
 */
#include "emit_aarch64.h"

static const struct jit_operation *waiting_for(const struct emitter *e, uint16_t waiting)
{
	return &e->jit->ir.op[waiting - 1];
}

/* CR field = LT GT EQ of what the flags say, as 8, 4 or 2, and, of integers, SO; r is overwritten. */
static void set_field(struct emitter *e, const struct jit_operation *o, unsigned r)
{
	struct jit_code *a = e->a;

	a64_mov_imm(a, r, 2);
	a64_mov_imm(a, TMP, 4);
	a64_select(a, 0, A64_CSEL, r, TMP, r, o->size ? A64_GT : A64_HI);
	a64_mov_imm(a, TMP, 8);
	a64_select(a, 0, A64_CSEL, r, TMP, r, o->size ? A64_LT : A64_LO);
	if (o->op == JIT_CMP) {
		mol_jit_mem(a, A64_LOAD, 0, TMP, AT(r.so));
		a64_op3(a, 0, A64_ORR, r, r, TMP);
	}
	mol_jit_mem(a, A64_STORE, 0, r, AT(r.cr) + o->n);
}

static unsigned in_register(struct emitter *e, struct jit_value v, unsigned r)
{
	if (v.kind == JIT_GPR && mol_jit_home[v.n] != JIT_NONE)
		return mol_jit_home[v.n];
	if (v.kind == JIT_K && !v.k)
		return XZR;
	mol_jit_move_to(e, r, v);
	return r;
}

/* The same for a compare that waited: its operands are guest registers, of both kinds, and constants. */
static void set_waiting(struct emitter *e, const struct jit_operation *o, unsigned r)
{
	unsigned a;

	if (o->op == JIT_FP_CMP) {
		mol_jit_fp_compare(e, o->a, o->b);
		set_field(e, o, r);
		return;
	}
	a = in_register(e, o->a, r);
	if (o->b.kind == JIT_K && a != XZR && a64_fits_add(o->b.k))
		a64_add_imm(e->a, 0, A64_SUBS, XZR, a, o->b.k);
	else
		a64_op3(e->a, 0, A64_SUBS, XZR, a, in_register(e, o->b, TMP));
	set_field(e, o, r);
}

void mol_jit_emit_cmp(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	if (o->a.kind != JIT_TEMP && o->b.kind != JIT_TEMP) {
		e->waiting[o->n] = (uint16_t)(n + 1);
		return;
	}
	mol_jit_compare(e, o->a, o->b);
	set_field(e, o, mol_jit_allocate(e, 2));
	e->waiting[o->n] = 0;
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

void mol_jit_cr_settle(struct emitter *e, unsigned f)
{
	unsigned r;

	if (!e->waiting[f])
		return;
	r = mol_jit_allocate(e, 2);
	set_waiting(e, waiting_for(e, e->waiting[f]), r);
	e->waiting[f] = 0;
	e->busy[r] = 0;
}

void mol_jit_cr_settle_all(struct emitter *e)
{
	for (unsigned f = 0; f < 8; f++)
		mol_jit_cr_settle(e, f);
}

void mol_jit_cr_settle_out(struct emitter *e, const struct out *out)
{
	bool any = false;

	for (unsigned f = 0; f < 8; f++) {
		if (!out->waiting[f])
			continue;
		if (!any)
			a64_mem(e->a, A64_STORE, 3, X0, SP, FRAME_KEPT);
		any = true;
		set_waiting(e, waiting_for(e, out->waiting[f]), X0);
	}
	if (any)
		a64_mem(e->a, A64_LOAD, 3, X0, SP, FRAME_KEPT);
}

void mol_jit_cr_before(struct emitter *e, const struct jit_operation *o)
{
	unsigned due = mol_jit_cr_due(&e->jit->ir, e->index, o, e->index + 1 == e->count, e->waiting);

	for (unsigned f = 0; f < 8; f++)
		if (due >> f & 1)
			mol_jit_cr_settle(e, f);
}

/* ---- operations ---- */

void mol_jit_emit_cr_bit(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	uint32_t field = AT(r.cr) + o->n / 4;
	unsigned shift = 3 - o->n % 4, r;

	mol_jit_cr_settle(e, o->n / 4);
	if (o->op == JIT_GET_CRB) {
		r = mol_jit_result(e, n);
		mol_jit_mem(e->a, A64_LOAD, 0, r, field);
		a64_ubfx(e->a, 0, r, r, shift, 1);
		return;
	}
	r = mol_jit_source(e, o->a);
	mol_jit_mem(e->a, A64_LOAD, 0, TMP, field);
	a64_bfi(e->a, 0, TMP, r, shift, 1);
	mol_jit_mem(e->a, A64_STORE, 0, TMP, field);
	mol_jit_used(e, o->a);
}
