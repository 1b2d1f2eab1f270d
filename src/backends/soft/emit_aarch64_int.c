/* SPDX-License-Identifier: MIT
 * emit_aarch64_int.c - the operations of jit_ir.h that compute, as A64 code.
 *
 * Operands are read before the result is written, which may lie in the register of one of them:
 * what takes more than one instruction keeps intermediate values in TMP.
 * Called by emit_aarch64.c, operation by operation.
 */
#include "emit_aarch64.h"

/* ---- addition and logic ---- */

void mol_jit_add_constant(struct jit_code *a, unsigned d, unsigned r, uint32_t k)
{
	if (a64_fits_add(k)) {
		a64_add_imm(a, 0, A64_ADD, d, r, k);
	} else if (a64_fits_add(0 - k)) {
		a64_add_imm(a, 0, A64_SUB, d, r, 0 - k);
	} else {
		a64_mov_imm(a, TMP, k);
		a64_op3(a, 0, A64_ADD, d, r, TMP);
	}
}

/* Constants come second. */
static struct jit_operation ordered(const struct jit_operation *o)
{
	struct jit_operation p = *o;

	if (o->a.kind == JIT_K && o->b.kind != JIT_K) {
		p.a = o->b;
		p.b = o->a;
	}
	return p;
}

static void emit_add(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct jit_operation p = ordered(o);
	unsigned r = mol_jit_source(e, p.a), q;

	if (p.b.kind == JIT_K && r != XZR) {
		mol_jit_add_constant(e->a, mol_jit_used_by(e, n, o), r, p.b.k);
		return;
	}
	q = mol_jit_source(e, p.b);
	a64_op3(e->a, 0, A64_ADD, mol_jit_used_by(e, n, o), r, q);
}

static void emit_sub(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a), q;

	if (o->b.kind == JIT_K && r != XZR) {
		mol_jit_add_constant(e->a, mol_jit_used_by(e, n, o), r, 0 - o->b.k);
		return;
	}
	q = mol_jit_source(e, o->b);
	a64_op3(e->a, 0, A64_SUB, mol_jit_used_by(e, n, o), r, q);
}

static void emit_logic(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct jit_operation p = ordered(o);
	enum a64_op3 op = o->op == JIT_AND ? A64_AND : o->op == JIT_OR ? A64_ORR : A64_EOR;
	unsigned r = mol_jit_source(e, p.a), q;

	if (p.b.kind == JIT_K && a64_fits_logical(p.b.k, 0)) {
		a64_logical_imm(e->a, 0, op, mol_jit_used_by(e, n, o), r, p.b.k);
		return;
	}
	q = mol_jit_source(e, p.b);
	if (o->op == JIT_OR && (q == r || q == XZR))
		a64_mov(e->a, 0, mol_jit_used_by(e, n, o), r);
	else
		a64_op3(e->a, 0, op, mol_jit_used_by(e, n, o), r, q);
}

/* d = a + b + c, and the carry out of it. */
static void emit_adc(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a), q = mol_jit_source(e, o->b), c, d;
	bool carry_in = o->c.kind != JIT_K || o->c.k;

	if (o->c.kind != JIT_K) {
		c = mol_jit_source(e, o->c);
		a64_add_imm(e->a, 0, A64_SUBS, XZR, c, 1); /* C = c >= 1 */
	} else if (carry_in) {
		a64_op3(e->a, 0, A64_SUBS, XZR, XZR, XZR);
	}
	d = mol_jit_used_by(e, n, o);
	a64_op3(e->a, 0, carry_in ? A64_ADCS : A64_ADDS, d, r, q);
	if (e->uses[o->d + 1]) {
		c = mol_jit_allocate(e, 1);
		e->where[o->d + 1] = (uint8_t)c;
		a64_cset(e->a, c, A64_HS);
	}
}

/* ---- shifts ---- */

/* Is the operation behind n an AND of its result, which nobody else reads, with a constant? */
static const struct jit_operation *mask_behind(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;

	if (n + 1 < e->end && next->op == JIT_AND && next->a.kind == JIT_TEMP && next->a.t == o->d &&
	    next->b.kind == JIT_K && next->b.k && e->uses[o->d] == 1)
		return next;
	return NULL;
}

/* A rotation and a mask of one run of ones are a field moved, if the field does not come apart. */
static bool emit_field_moved(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct jit_operation *and = mask_behind(e, n);
	unsigned low, width, from, r, d;

	if (!and)
		return false;
	low = (unsigned)__builtin_ctz(and->b.k);
	width = (unsigned)__builtin_popcount(and->b.k);
	from = (low - o->b.k) & 31;
	if (and->b.k >> low != ~0u >> (32 - width) || from + width > 32 || (low && from))
		return false;
	r = mol_jit_source(e, o->a);
	mol_jit_used(e, o->a);
	e->skip = 1;
	d = mol_jit_result(e, n + 1);
	if (low)
		a64_bitfield(e->a, 0, A64_UBFM, d, r, 32 - low, width - 1);
	else
		a64_ubfx(e->a, 0, d, r, from, width);
	return true;
}

static void emit_shift_by(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned by = o->b.k & 31, r, d;

	if (o->op == JIT_ROTL && emit_field_moved(e, n, o))
		return;
	r = mol_jit_source(e, o->a);
	d = mol_jit_used_by(e, n, o);
	switch (o->op) {
	case JIT_SHL:
		a64_lsl(e->a, 0, d, r, by);
		break;
	case JIT_SHR:
		a64_lsr(e->a, 0, d, r, by);
		break;
	case JIT_SAR:
		a64_asr(e->a, 0, d, r, by);
		break;
	default:
		a64_ror(e->a, 0, d, r, (32 - by) & 31);
		break;
	}
}

static void emit_shift(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t codes[] = { [JIT_SHL] = A64_LSLV, [JIT_SHR] = A64_LSRV, [JIT_SAR] = A64_ASRV,
					  [JIT_ROTL] = A64_RORV };
	unsigned r, q;

	if (o->b.kind == JIT_K) {
		emit_shift_by(e, n, o);
		return;
	}
	r = mol_jit_source(e, o->a);
	q = mol_jit_source(e, o->b);
	if (o->op == JIT_ROTL) {
		a64_op3(e->a, 0, A64_SUB, TMP, XZR, q);
		q = TMP;
	}
	a64_op3(e->a, 0, (enum a64_op3)codes[o->op], mol_jit_used_by(e, n, o), r, q);
}

/* In 64 bits a count up to 63 shifts everything out of the low half. */
static void emit_shift6(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a), q = mol_jit_source(e, o->b), d;

	d = mol_jit_used_by(e, n, o);
	if (o->op == JIT_SHR6) {
		a64_op3(e->a, 1, A64_LSRV, d, r, q);
		return;
	}
	if (o->op == JIT_SAR6) {
		a64_sbfx(e->a, 1, TMP, r, 0, 32);
		r = TMP;
	}
	a64_op3(e->a, 1, o->op == JIT_SAR6 ? A64_ASRV : A64_LSLV, TMP, r, q);
	a64_op3(e->a, 0, A64_ORR, d, XZR, TMP);
}

/* ---- products and quotients ---- */

static void emit_mul(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a), q = mol_jit_source(e, o->b), d = mol_jit_used_by(e, n, o);

	if (o->op == JIT_MUL) {
		a64_op3(e->a, 0, A64_MUL, d, r, q);
		return;
	}
	a64_op3(e->a, 1, o->op == JIT_MULHS ? A64_SMULL : A64_UMULL, d, r, q);
	a64_lsr(e->a, 1, d, d, 32);
}

/* Quotients as the words divu and divs define them [sem.h]: without one, 0, or the dividend's sign. */
static void emit_div(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a), q = mol_jit_source(e, o->b), sign;

	if (o->op == JIT_DIVU) { /* by 0: 0 */
		a64_op3(e->a, 0, A64_UDIV, mol_jit_used_by(e, n, o), r, q);
		return;
	}
	sign = mol_jit_allocate(e, 2);
	a64_op3(e->a, 0, A64_SDIV, TMP, r, q);
	a64_asr(e->a, 0, sign, r, 31);
	/* V: the divisor is -1 and the dividend less 1 overflows. */
	a64_op3(e->a, 0, A64_ADDS, XZR, XZR, q);
	a64_select(e->a, 0, A64_CSEL, TMP, sign, TMP, A64_EQ);
	if (q != XZR)
		a64_add_imm(e->a, 0, A64_ADDS, XZR, q, 1);
	a64_ccmp_imm(e->a, 0, r, 1, 0, A64_EQ);
	a64_select(e->a, 0, A64_CSEL, mol_jit_used_by(e, n, o), sign, TMP, A64_VS);
}

/* ---- one operand ---- */

static void emit_unary(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a), d = mol_jit_used_by(e, n, o);

	switch (o->op) {
	case JIT_NOT:
		a64_op3(e->a, 0, A64_ORN, d, XZR, r);
		break;
	case JIT_CLZ:
		a64_op2(e->a, 0, A64_CLZ, d, r);
		break;
	case JIT_BSWAP:
		a64_op2(e->a, 0, A64_REV, d, r);
		break;
	default:
		a64_sbfx(e->a, 0, d, r, 0, o->op == JIT_EXT8 ? 8 : 16);
		break;
	}
}

/* ---- conditions ---- */

static void emit_truth(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	mol_jit_compare(e, o->a, o->b);
	a64_cset(e->a, mol_jit_used_by(e, n, o), (enum a64_cc)mol_jit_a64_cc[o->n]);
}

static void emit_select(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned b = mol_jit_source(e, o->b), c = mol_jit_source(e, o->c);

	mol_jit_compare(e, o->a, (struct jit_value){ .kind = JIT_K });
	a64_select(e->a, 0, A64_CSEL, mol_jit_used_by(e, n, o), b, c, A64_NE);
}

/* ---- registers and fields ---- */

static void emit_set_gpr(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned home = mol_jit_home[o->n];

	if (home != JIT_NONE)
		mol_jit_move_to(e, home, o->a);
	else
		mol_jit_mem(e->a, A64_STORE, 2, mol_jit_source(e, o->a), mol_jit_gpr_at(o->n));
	mol_jit_used(e, o->a);
}

static void emit_field(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool wide = o->op == JIT_GET64 || o->op == JIT_SET64;
	unsigned size = wide ? 3 : o->op == JIT_GET32 || o->op == JIT_SET32 ? 2 : 0;

	if (o->op == JIT_GET32 || o->op == JIT_GET8 || o->op == JIT_GET64) {
		mol_jit_mem(e->a, A64_LOAD, size, wide ? mol_jit_wide_result(e, n) : mol_jit_result(e, n), o->k);
		return;
	}
	mol_jit_mem(e->a, A64_STORE, size, mol_jit_source(e, o->a), o->k);
	mol_jit_used(e, o->a);
}

static void emit_set_ov(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = mol_jit_source(e, o->a);

	mol_jit_mem(e->a, A64_STORE, 0, r, AT(r.ov));
	mol_jit_mem(e->a, A64_LOAD, 0, TMP, AT(r.so));
	a64_op3(e->a, 0, A64_ORR, TMP, TMP, r);
	mol_jit_mem(e->a, A64_STORE, 0, TMP, AT(r.so));
	mol_jit_used(e, o->a);
}

/* ---- all of them ---- */

typedef void emit_fn(struct emitter *e, unsigned n, const struct jit_operation *o);

static emit_fn *const table[JIT_OP_COUNT] = {
	[JIT_ADD] = emit_add, [JIT_SUB] = emit_sub, [JIT_OR] = emit_logic, [JIT_AND] = emit_logic,
	[JIT_XOR] = emit_logic, [JIT_SHL] = emit_shift, [JIT_SHR] = emit_shift,
	[JIT_SAR] = emit_shift, [JIT_ROTL] = emit_shift, [JIT_SHL6] = emit_shift6,
	[JIT_SHR6] = emit_shift6, [JIT_SAR6] = emit_shift6, [JIT_MUL] = emit_mul,
	[JIT_MULHU] = emit_mul, [JIT_MULHS] = emit_mul, [JIT_DIVU] = emit_div,
	[JIT_DIVS] = emit_div, [JIT_NOT] = emit_unary, [JIT_CLZ] = emit_unary,
	[JIT_BSWAP] = emit_unary, [JIT_EXT8] = emit_unary, [JIT_EXT16] = emit_unary,
	[JIT_TRUTH] = emit_truth, [JIT_SELECT] = emit_select, [JIT_ADC] = emit_adc,
	[JIT_SET_GPR] = emit_set_gpr, [JIT_GET32] = emit_field, [JIT_SET32] = emit_field,
	[JIT_GET8] = emit_field, [JIT_SET8] = emit_field, [JIT_GET64] = emit_field,
	[JIT_SET64] = emit_field, [JIT_SET_OV] = emit_set_ov,
};

bool mol_jit_is_computation(const struct jit_operation *o)
{
	return o->op < JIT_OP_COUNT && table[o->op];
}

void mol_jit_emit_computation(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	table[o->op](e, n, o);
}
