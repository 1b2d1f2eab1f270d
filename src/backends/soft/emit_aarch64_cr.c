/* SPDX-License-Identifier: MIT
 * emit_aarch64_cr.c - the condition register, and compares that wait until somebody looks.
 *
 * Most compares feed the branch behind them and nothing else. So a compare of guest registers and
 * constants emits nothing: it waits, until its field is read, one of its registers is
 * written, or the block is left [jit_block.c]; ways out of line set the field there. A field that is
 * compared anew before anybody can look is never set.
 * Callers: emit_aarch64.c, and all that leaves the block.
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

/* ---- CR and XER as wholes ---- */

_Static_assert(offsetof(struct ppc_regs, ov) == offsetof(struct ppc_regs, so) + 1 &&
	       offsetof(struct ppc_regs, ca) == offsetof(struct ppc_regs, so) + 2 &&
	       offsetof(struct ppc_regs, xer_byte) == offsetof(struct ppc_regs, so) + 3 &&
	       offsetof(struct ppc_regs, xer_count) == offsetof(struct ppc_regs, so) + 4,
	       "the XER's bytes");

#define HALVES 0x0000ffff0000ffffu
#define OCTETS 0x00ff00ff00ff00ffu
#define NIBBLES 0x0f0f0f0f0f0f0f0fu

/* Eight bytes, field 0 first: what is in every other one goes together with its neighbour. */
static void get_cr(struct jit_code *a, unsigned d)
{
	mol_jit_mem(a, A64_LOAD, 3, TMP, AT(r.cr));
	a64_op2(a, 1, A64_REV64, TMP, TMP);
	a64_op3_shifted(a, 1, A64_ORR, TMP, TMP, TMP, A64_LSR, 4);
	a64_logical_imm(a, 1, A64_AND, TMP, TMP, OCTETS);
	a64_op3_shifted(a, 1, A64_ORR, TMP, TMP, TMP, A64_LSR, 8);
	a64_logical_imm(a, 1, A64_AND, TMP, TMP, HALVES);
	a64_op3_shifted(a, 1, A64_ORR, TMP, TMP, TMP, A64_LSR, 16);
	a64_op3(a, 0, A64_ORR, d, XZR, TMP);
}

static void set_cr(struct jit_code *a, unsigned r)
{
	a64_op3_shifted(a, 1, A64_ORR, TMP, r, r, A64_LSL, 16);
	a64_logical_imm(a, 1, A64_AND, TMP, TMP, HALVES);
	a64_op3_shifted(a, 1, A64_ORR, TMP, TMP, TMP, A64_LSL, 8);
	a64_logical_imm(a, 1, A64_AND, TMP, TMP, OCTETS);
	a64_op3_shifted(a, 1, A64_ORR, TMP, TMP, TMP, A64_LSL, 4);
	a64_logical_imm(a, 1, A64_AND, TMP, TMP, NIBBLES);
	a64_op2(a, 1, A64_REV64, TMP, TMP);
	mol_jit_mem(a, A64_STORE, 3, TMP, AT(r.cr));
}

/* Its bits 31, 30 and 29 are bytes of their own, and so are the fields at 8 and 0 [regs.h]. */
static void get_xer(struct jit_code *a, unsigned d)
{
	mol_jit_mem(a, A64_LOAD, 2, TMP, AT(r.so));
	mol_jit_mem(a, A64_LOAD, 0, d, AT(r.xer_count));
	a64_bfi(a, 0, d, TMP, 31, 1);
	a64_lsr(a, 0, TMP, TMP, 8);
	a64_bfi(a, 0, d, TMP, 30, 1);
	a64_lsr(a, 0, TMP, TMP, 8);
	a64_bfi(a, 0, d, TMP, 29, 1);
	a64_lsr(a, 0, TMP, TMP, 8);
	a64_bfi(a, 0, d, TMP, 8, 8);
}

static void set_xer(struct jit_code *a, unsigned r, unsigned s)
{
	a64_lsr(a, 0, TMP, r, 31);
	a64_ubfx(a, 0, s, r, 30, 1);
	a64_bfi(a, 0, TMP, s, 8, 1);
	a64_ubfx(a, 0, s, r, 29, 1);
	a64_bfi(a, 0, TMP, s, 16, 1);
	a64_lsr(a, 0, s, r, 8);
	a64_bfi(a, 0, TMP, s, 24, 8);
	mol_jit_mem(a, A64_STORE, 2, TMP, AT(r.so));
	a64_ubfx(a, 0, s, r, 0, 7);
	mol_jit_mem(a, A64_STORE, 0, s, AT(r.xer_count));
}

void mol_jit_emit_whole(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r;

	switch (o->op) {
	case JIT_GET_CR:
		get_cr(e->a, mol_jit_result(e, n));
		break;
	case JIT_GET_XER:
		get_xer(e->a, mol_jit_result(e, n));
		break;
	case JIT_SET_CR:
		set_cr(e->a, mol_jit_source(e, o->a));
		break;
	default:
		r = mol_jit_source(e, o->a);
		set_xer(e->a, r, mol_jit_allocate(e, 2));
		break;
	}
	mol_jit_used(e, o->a);
}
