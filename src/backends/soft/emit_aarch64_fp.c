/* SPDX-License-Identifier: MIT
 * emit_aarch64_fp.c - floating point on the host's, exact.
 *
 * Blocks with such operations run under an FPCR of the guest's rounding mode without traps. A result
 * that is not a NaN is the PowerPC's to the bit: both round the exact result of IEEE 754 once,
 * and both look for underflow before rounding [PEM 3.3.6.2.2; Arm ARM A1.5.3]. NaNs differ
 * in choice, and only they come with a VX bit: they go out of line, where the interpreter's handler
 * does the instruction over. OX, UX, ZX and XX are the host's cumulative bits; FPRF, FR and FI wait
 * [struct ppc_fp_pending]. Single-precision operations run on pins in single format, so that they too
 * round once. What enables exceptions or non-IEEE mode is interpreted.
 * Called by emit_aarch64.c; what is out of line by emit_aarch64_flow.c.
 */
#include "../../ppc/softfp.h"
#include "emit_aarch64.h"

/* ---- what the FPSCR waits for ---- */

/* Whatever waits for an operand that is at this place: it goes to memory, if anybody can look from
 * this instruction of the block on. */
static void keep(struct emitter *e, unsigned at, unsigned insn)
{
	for (unsigned n = 0; n < FP_PLACES; n++) {
		uint32_t to = mol_jit_fp_member[n];
		unsigned fpr = at - FP_AT_FPR;

		if (e->pins.fp.at[n] != at)
			continue;
		e->pins.fp.at[n] = FP_AT_MEMORY;
		if (!mol_jit_fp_observable(&e->jit->ir, insn))
			continue;
		if (at == FP_AT_SAVED) {
			mol_jit_store_double(e, to, V_SAVED, e->pins.fp.saved_single);
		} else if (e->pins.fpr_valid >> fpr & 1) {
			mol_jit_store_double(e, to, e->pin[fpr], e->pins.fpr_single >> fpr & 1);
		} else {
			mol_jit_v_mem(e->a, A64_LOAD, 3, V_LAST_SCRATCH, mol_jit_fpr_at(fpr));
			mol_jit_v_mem(e->a, A64_STORE, 3, V_LAST_SCRATCH, to);
		}
	}
}

/* ---- registers ---- */

static bool is_single(const struct emitter *e, unsigned n)
{
	return e->pins.fpr_single >> n & 1;
}

/* The pin of FPR n with its value in it, or JIT_NONE. */
static unsigned pin_of(struct emitter *e, unsigned n)
{
	unsigned pin = e->pin[n];

	if (pin != JIT_NONE && !(e->pins.fpr_valid >> n & 1)) {
		mol_jit_v_mem(e->a, A64_LOAD, 3, pin, mol_jit_fpr_at(n));
		e->pins.fpr_valid |= 1u << n;
	}
	return pin;
}

/* A V register that holds FPR n in double format; not to be written. */
static unsigned double_source(struct emitter *e, unsigned n, unsigned scratch)
{
	unsigned pin = pin_of(e, n);

	if (pin == JIT_NONE) {
		mol_jit_v_mem(e->a, A64_LOAD, 3, scratch, mol_jit_fpr_at(n));
		return scratch;
	}
	if (!is_single(e, n))
		return pin;
	a64_fp2(e->a, A64_FCVT_D_OF_S, false, scratch, pin);
	return scratch;
}

/* Where to compute the new value of FPR n, when nothing of the old one is needed any more. */
static unsigned target(const struct emitter *e, unsigned n)
{
	return e->pin[n] == JIT_NONE ? 0 : e->pin[n];
}

/* FPR n becomes what is in the V register v, in single format or not. */
static void written(struct emitter *e, unsigned n, unsigned v, bool single)
{
	unsigned pin = e->pin[n];

	if (pin == JIT_NONE) {
		mol_jit_store_double(e, mol_jit_fpr_at(n), v, single);
		return;
	}
	if (v != pin)
		a64_fp2(e->a, A64_FMOV, single, pin, v);
	e->pins.fpr_valid |= 1u << n;
	e->pins.fpr_dirty |= 1u << n;
	e->pins.fpr_single = (e->pins.fpr_single & ~(1u << n)) | (uint32_t)single << n;
}

/* Branch here when the instruction has to be done by its handler: from is the branch. */
static struct out *redo(struct emitter *e, uint32_t from, unsigned d, bool replaces)
{
	struct out *out = mol_jit_new_out(e, OUT_FP_REDO);

	out->from = from;
	out->insn = (uint8_t)e->index;
	out->d = (uint8_t)d;
	out->replaces = replaces;
	out->site = mol_jit_new_site(e, e->jit->ir.insn[e->index].raw, 0, 0);
	return out;
}

/* The double in v becomes single format, in place; if it is not a single's value (singles that are
 * denormalized, infinite or NaNs count so), the handler does the instruction, and the block is left. */
static void narrow(struct emitter *e, unsigned v)
{
	unsigned r = mol_jit_allocate(e, 2);
	struct jit_code *a = e->a;
	uint32_t zero;

	a64_from_fp(a, 1, r, v);
	a64_logical_imm(a, 0, A64_ANDS, XZR, r, 0x1fffffff);
	redo(e, a64_bcc(a, A64_NE), JIT_NONE, true);
	a64_lsl(a, 1, r, r, 1);
	zero = a64_cbz(a, 1, r);
	a64_lsr(a, 1, r, r, 53);
	a64_add_imm(a, 0, A64_SUB, r, r, 0x381);
	a64_add_imm(a, 0, A64_SUBS, XZR, r, 0xfe);
	redo(e, a64_bcc(a, A64_HS), JIT_NONE, true);
	a64_patch(a, zero, a->at);
	a64_fp2(a, A64_FCVT_S_OF_D, false, v, v);
	e->busy[r] = 0;
}

static unsigned single_source(struct emitter *e, unsigned n, unsigned scratch)
{
	unsigned pin = pin_of(e, n);

	if (pin == JIT_NONE) {
		mol_jit_v_mem(e->a, A64_LOAD, 3, scratch, mol_jit_fpr_at(n));
		narrow(e, scratch);
		return scratch;
	}
	if (!is_single(e, n)) {
		narrow(e, pin);
		e->pins.fpr_single |= 1u << n;
	}
	return pin;
}

static unsigned source(struct emitter *e, struct jit_value v, bool single, unsigned scratch)
{
	return single ? single_source(e, v.n, scratch) : double_source(e, v.n, scratch);
}

/* ---- arithmetic ---- */

/* The old value of d, which the operation overwrites and has as an operand. */
static void save_old(struct emitter *e, unsigned d)
{
	unsigned pin = pin_of(e, d);

	e->pins.fp.saved_single = false;
	if (pin == JIT_NONE) {
		mol_jit_v_mem(e->a, A64_LOAD, 3, V_SAVED, mol_jit_fpr_at(d));
		return;
	}
	e->pins.fp.saved_single = is_single(e, d);
	a64_fp2(e->a, A64_FMOV, is_single(e, d), V_SAVED, pin);
}

/* fctiw, fctiwz [PEM D.4.2]; frD[0:31] as softfp.c has it. What is not representable must not raise
 * XX: it is found by the exact, integral, value, and what is inexact is raised behind it. */
static void emit_convert(struct emitter *e, const struct jit_operation *o)
{
	unsigned r = mol_jit_allocate(e, 2), word = mol_jit_allocate(e, 2), x;
	bool overwritten = o->b.n == o->n;
	struct jit_code *a = e->a;
	uint32_t nonzero, nan;
	struct out *out;

	keep(e, FP_AT_SAVED, e->index);
	keep(e, FP_AT_FPR + (unsigned)o->n, e->index);
	x = double_source(e, o->b.n, 1);
	if (overwritten)
		save_old(e, o->n);
	a64_fcmp(a, false, x, x);
	nan = a64_bcc(a, A64_VS);
	a64_fp2(a, o->size == PPC_FP_CTIWZ ? A64_FRINTZ : A64_FRINTI, false, 0, x);
	a64_fcvtzs(a, r, 0);
	a64_sbfx(a, 1, word, r, 0, 32);
	a64_op3(a, 1, A64_SUBS, XZR, r, word);
	out = redo(e, a64_bcc(a, A64_NE), o->n, false);
	out->misaligned = nan;
	out->overwritten = overwritten;
	a64_fp2(a, A64_FRINTX, false, 0, x);
	a64_op3(a, 0, A64_ORR, r, XZR, r); /* the low word alone */
	nonzero = a64_cbnz(a, 0, r);
	a64_from_fp(a, 1, r, x); /* a zero with a sign */
	a64_lsr(a, 1, r, r, 63);
	a64_lsl(a, 1, r, r, 32);
	a64_patch(a, nonzero, a->at);
	a64_logical_imm(a, 1, A64_ORR, r, r, 0xfff8000000000000u);
	a64_to_fp(a, 1, 0, r);
	written(e, o->n, 0, false);
	mol_jit_fp_wait_for(&e->pins.fp, o);
	out->after = e->pins;
	out->back = a->at;
}

static void compute(struct emitter *e, unsigned op, bool single, unsigned t, unsigned x, unsigned y, unsigned z)
{
	static const uint32_t codes[] = { [PPC_FP_ADD] = A64_FADD, [PPC_FP_SUB] = A64_FSUB,
					  [PPC_FP_MUL] = A64_FMUL, [PPC_FP_DIV] = A64_FDIV };

	if (op == PPC_FP_RSP)
		a64_fp2(e->a, A64_FCVT_S_OF_D, false, t, x);
	else if (op == PPC_FP_MADD || op == PPC_FP_NMADD)
		a64_fp4(e->a, A64_FMADD, single, t, x, y, z);
	else if (op == PPC_FP_MSUB || op == PPC_FP_NMSUB)
		a64_fp4(e->a, A64_FNMSUB, single, t, x, y, z);
	else
		a64_fp3(e->a, (enum a64_fp3)codes[op], single, t, x, y);
}

void mol_jit_emit_fp_arith(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned op = o->size & ~(unsigned)PPC_FP_SINGLE, d = o->n, t, x, y = 0, z = 0;
	bool single = o->size & PPC_FP_SINGLE, fused = op >= PPC_FP_MADD && op <= PPC_FP_NMSUB;
	bool overwritten = o->a.n == d || o->b.n == d || o->c.n == d;
	struct out *out;

	if (mol_jit_fp_converts(o)) {
		emit_convert(e, o);
		return;
	}
	x = source(e, op == PPC_FP_RSP ? o->b : o->a, single, 1);
	if (op != PPC_FP_RSP)
		y = source(e, op == PPC_FP_MUL || fused ? o->c : o->b, single, 2);
	if (fused)
		z = source(e, o->b, single, 0);
	if (overwritten)
		save_old(e, d);
	t = target(e, d);
	compute(e, op, single, t, x, y, z);
	single = single || op == PPC_FP_RSP;
	a64_fcmp(e->a, single, t, t);
	out = redo(e, a64_bcc(e->a, A64_VS), d, true);
	out->overwritten = overwritten;
	/* After rounding [PEM 4.2.2.2]; the host's own negated forms round what is negated. */
	if (op == PPC_FP_NMADD || op == PPC_FP_NMSUB)
		a64_fp2(e->a, A64_FNEG, single, t, t);
	written(e, d, t, single);
	mol_jit_fp_wait_for(&e->pins.fp, o);
	out->after = e->pins;
	out->back = e->a->at;
}

/* ---- comparison ---- */

void mol_jit_fp_compare(struct emitter *e, struct jit_value a, struct jit_value b)
{
	bool single = pin_of(e, a.n) != JIT_NONE && pin_of(e, b.n) != JIT_NONE && is_single(e, a.n) &&
		      is_single(e, b.n);
	unsigned x = source(e, a, single, 1), y = source(e, b, single, 2);

	a64_fcmp(e->a, single, x, y);
}

void mol_jit_emit_fp_cmp(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	struct fp_waiting *w = &e->pins.fp;

	mol_jit_fp_compare(e, o->a, o->b);
	redo(e, a64_bcc(e->a, A64_VS), JIT_NONE, false);
	e->flags_at = e->a->at; /* for the branch behind it */
	e->flags_compare = o;
	e->waiting[o->n] = (uint16_t)(n + 1);
	w->compare = 1;
	w->at[FP_LEFT] = (uint8_t)(FP_AT_FPR + o->a.n);
	w->at[FP_RIGHT] = (uint8_t)(FP_AT_FPR + o->b.n);
}

/* ---- moves ---- */

static void set_from_fpr(struct emitter *e, const struct jit_operation *o)
{
	unsigned pin = pin_of(e, o->a.n), t = target(e, o->n);
	bool single = pin != JIT_NONE && is_single(e, o->a.n);

	if (pin == JIT_NONE) {
		mol_jit_v_mem(e->a, A64_LOAD, 3, 1, mol_jit_fpr_at(o->a.n));
		pin = 1;
	}
	if (o->a.t == JIT_SIGN_SAME) {
		t = pin;
	} else {
		a64_fp2(e->a, o->a.t == JIT_SIGN_FLIP ? A64_FNEG : A64_FABS, single, t, pin);
		if (o->a.t == JIT_SIGN_SET)
			a64_fp2(e->a, A64_FNEG, single, t, t);
	}
	written(e, o->n, t, single);
}

/* Only what reads memory and sets an FPR. Singles are looked at first; and the pin may still be needed
 * as what the FPSCR waits for. */
unsigned mol_jit_fp_loaded(struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;
	unsigned v;

	if (n + 1 == e->end || next->op != JIT_SET_FPR || next->a.t != o->d || e->uses[o->d] != 1 ||
	    (next->a.kind != JIT_FP_SINGLE && next->a.kind != JIT_TEMP))
		return JIT_NONE;
	v = next->a.kind == JIT_TEMP ? target(e, next->n) : 0;
	for (unsigned k = 0; k < FP_PLACES; k++)
		if (e->pins.fp.at[k] == FP_AT_FPR + next->n)
			v = 0;
	e->where[o->d] = (uint8_t)(IN_V + v);
	return v;
}

/* Is the value of operation n for the store behind it alone? */
static bool is_stored(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;

	return n + 1 < e->end && next->op == JIT_STORE && !next->is_probed && next->b.kind == JIT_TEMP &&
	       next->b.t == o->d && e->uses[o->d] == 1;
}

/* A single from memory. A signaling NaN has no place in single format: the register gets it in
 * memory, and the block is left behind the instruction. */
static void set_from_single(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct jit_operation *next = o + 1;
	unsigned r = e->where[o->a.t];
	struct out *out;

	if (r >= IN_V)
		r = mol_jit_allocate(e, 2);
	else
		a64_to_fp(e->a, 0, 0, r);
	a64_fcmp(e->a, true, 0, 0);
	out = mol_jit_new_out(e, OUT_FP_SNAN);
	out->from = a64_bcc(e->a, A64_VS);
	out->back = e->a->at;
	out->insn = (uint8_t)e->index;
	out->value = (uint8_t)r;
	out->ea = (uint8_t)mol_jit_allocate(e, 2);
	out->d = o->n;
	keep(e, FP_AT_FPR + (unsigned)o->n, e->index + 1); /* behind the way out, which has the old value */
	if (n + 1 < e->end) { /* the update */
		if (next->op != JIT_SET_GPR || next->a.kind != JIT_TEMP || n + 2 != e->end) {
			e->failed = true;
			return;
		}
		out->update = (uint8_t)(next->n + 1);
		out->target = e->where[next->a.t];
	}
	written(e, o->n, 0, true);
	mol_jit_used(e, (struct jit_value){ .kind = JIT_TEMP, .t = o->a.t });
}

void mol_jit_emit_set_fpr(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r;

	if (o->a.kind == JIT_FP_SINGLE) {
		set_from_single(e, n, o);
		return;
	}
	keep(e, FP_AT_FPR + (unsigned)o->n, e->index + 1); /* not before a load, which may fault, was made */
	if (o->a.kind == JIT_FPR) {
		set_from_fpr(e, o);
		return;
	}
	r = mol_jit_source(e, o->a);
	if (r >= IN_V) {
		written(e, o->n, r - IN_V, false);
	} else if (e->pin[o->n] == JIT_NONE) {
		mol_jit_mem(e->a, A64_STORE, 3, r, mol_jit_fpr_at(o->n));
	} else {
		a64_to_fp(e->a, 1, e->pin[o->n], r);
		written(e, o->n, e->pin[o->n], false);
	}
	mol_jit_used(e, o->a);
}

void mol_jit_emit_get_fpr(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned d;

	if (is_stored(e, n)) {
		e->where[o->d] = (uint8_t)(IN_V + double_source(e, o->a.n, 0));
		return;
	}
	d = mol_jit_wide_result(e, n);
	if (e->pin[o->a.n] == JIT_NONE)
		mol_jit_mem(e->a, A64_LOAD, o->size == 4 ? 2 : 3, d, mol_jit_fpr_at(o->a.n));
	else
		a64_from_fp(e->a, o->size != 4, d, double_source(e, o->a.n, 0));
}

/* [PEM D.7] */
void mol_jit_emit_narrow(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned pin = pin_of(e, o->a.n), d, u;
	struct jit_code *a = e->a;
	uint32_t zero;

	if (pin != JIT_NONE && is_single(e, o->a.n) && is_stored(e, n)) {
		e->where[o->d] = (uint8_t)(IN_V + pin);
		return;
	}
	d = mol_jit_wide_result(e, n);
	if (pin != JIT_NONE && is_single(e, o->a.n)) {
		a64_from_fp(a, 0, d, pin);
		return;
	}
	u = mol_jit_allocate(e, 2);
	if (pin != JIT_NONE)
		a64_from_fp(a, 1, d, pin);
	else
		mol_jit_mem(a, A64_LOAD, 3, d, mol_jit_fpr_at(o->a.n));
	a64_lsl(a, 1, u, d, 1);
	zero = a64_cbz(a, 1, u);
	a64_lsr(a, 1, u, u, 53);
	a64_add_imm(a, 0, A64_SUBS, XZR, u, 896);
	redo(e, a64_bcc(a, A64_LS), JIT_NONE, false);
	a64_patch(a, zero, a->at);
	a64_lsr(a, 1, u, d, 62);
	a64_ubfx(a, 1, d, d, 29, 30);
	a64_op3_shifted(a, 0, A64_ORR, d, d, u, A64_LSL, 30);
}

/* n = a >= 0 ? b : c, where -0 counts as 0 and a NaN as less. */
void mol_jit_emit_fp_select(struct emitter *e, const struct jit_operation *o)
{
	bool single = pin_of(e, o->b.n) != JIT_NONE && pin_of(e, o->c.n) != JIT_NONE &&
		      is_single(e, o->b.n) && is_single(e, o->c.n);
	unsigned x = double_source(e, o->a.n, 0), y, z, t;

	a64_fcmp_zero(e->a, false, x);
	keep(e, FP_AT_FPR + (unsigned)o->n, e->index + 1);
	y = source(e, o->b, single, 0);
	z = source(e, o->c, single, 1);
	t = target(e, o->n);
	a64_fcsel(e->a, single, t, y, z, A64_GE);
	written(e, o->n, t, single);
}

/* ---- out of line ---- */

static void emit_enter_out(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;

	mol_jit_emit_fp_enter(e);
	a64_patch(a, a64_bcc(a, A64_EQ), o->back);
	mol_jit_pins_store(e, &o->pins);
	a64_add_imm(a, 1, A64_ADD, LEFT, LEFT, e->count);
	a64_mov_imm(a, X0, e->ea);
	mol_jit_mem(a, A64_STORE, 2, X0, AT(r.pc));
	a64_b_to(a, e->jit->exit_interpret);
}

static void leave_behind(struct emitter *e, const struct out *o)
{
	mol_jit_leave_to(e, e->ea + 4 * (o->insn + 1u), e->count - o->insn - 1u);
}

static void emit_redo(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;
	uint32_t over;

	if (o->misaligned)
		a64_patch(a, o->misaligned, a->at);
	if (!o->replaces)
		mol_jit_pins_store_waiting(e, &o->pins);
	mol_jit_pins_store_but(e, &o->pins, o->d);
	if (o->overwritten)
		mol_jit_store_double(e, mol_jit_fpr_at(o->d), V_SAVED, o->pins.fp.saved_single);
	mol_jit_cr_settle_out(e, o);
	if (o->replaces) /* and what waits is in pieces */
		mol_jit_mem(a, A64_STORE, 2, XZR, AT(fp.op));
	for (unsigned n = 0; o->back && n < FP_PLACES; n++)
		if (o->after.fp.at[n] == FP_AT_SAVED)
			mol_jit_store_double(e, mol_jit_fp_member[n], V_SAVED, o->after.fp.saved_single);
	mol_jit_emit_handler(e, o->site, e->block->op[o->insn].fn);
	if (o->back) {
		mol_jit_emit_fp_enter(e);
		over = a64_bcc(a, A64_NE);
		mol_jit_pins_load(e, &o->after);
		a64_b_to(a, o->back);
		a64_patch(a, over, a->at);
	}
	leave_behind(e, o);
}

static void emit_snan(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;
	unsigned r = o->value, u = o->ea;

	a64_from_fp(a, 0, r, 0);
	a64_logical_imm(a, 0, A64_ANDS, XZR, r, 1u << 22);
	a64_patch(a, a64_bcc(a, A64_NE), o->back);
	mol_jit_pins_store_waiting(e, &o->pins);
	if (o->update && mol_jit_home[o->update - 1] != JIT_NONE)
		a64_mov(a, 0, mol_jit_home[o->update - 1], o->target);
	else if (o->update)
		mol_jit_mem(a, A64_STORE, 2, o->target, mol_jit_gpr_at(o->update - 1u));
	a64_lsr(a, 0, u, r, 31);
	a64_ubfx(a, 0, r, r, 0, 23);
	a64_lsl(a, 1, r, r, 29);
	a64_logical_imm(a, 1, A64_ORR, r, r, 0x7ff0000000000000u);
	a64_bfi(a, 1, r, u, 63, 1);
	mol_jit_mem(a, A64_STORE, 3, r, mol_jit_fpr_at(o->d));
	mol_jit_pins_store_but(e, &o->pins, o->d);
	mol_jit_cr_settle_out(e, o);
	leave_behind(e, o);
}

void mol_jit_emit_fp_out(struct emitter *e, const struct out *o)
{
	e->pins = o->pins;
	e->index = o->insn;
	if (o->kind == OUT_FP_ENTER)
		emit_enter_out(e, o);
	else if (o->kind == OUT_FP_REDO)
		emit_redo(e, o);
	else
		emit_snan(e, o);
}
