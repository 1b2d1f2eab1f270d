/* SPDX-License-Identifier: MIT
 * emit_aarch64_regs.c - where values are while an instruction is translated.
 *
 * Guest registers have homes or lie in memory; temps live in the five free host registers. When
 * those run out the instruction is given up, and the handler called: e->failed.
 * Called by all files of the emitter.
 */
#include "emit_aarch64.h"

/* In memory are those that the ABI gives to the thread and to small data (r2, r13), and those that
 * compilers use last. */
const uint8_t mol_jit_home[JIT_REGISTERS] = {
	X5, X6, JIT_NONE, X7, X8, X9, X10, X11, X12, X13, X14, X15, X16, JIT_NONE, JIT_NONE, JIT_NONE,
	JIT_NONE, JIT_NONE, JIT_NONE, JIT_NONE, JIT_NONE, JIT_NONE, JIT_NONE, JIT_NONE, X21, X22, X23,
	X24, X25, X26, X27, X28, [JIT_CTR] = X29, [JIT_LR] = JIT_NONE,
};

const uint8_t mol_jit_a64_cc[] = {
	[JIT_EQ] = A64_EQ, [JIT_NE] = A64_NE, [JIT_LTU] = A64_LO, [JIT_GEU] = A64_HS, [JIT_GTU] = A64_HI,
	[JIT_LEU] = A64_LS, [JIT_LTS] = A64_LT, [JIT_GES] = A64_GE, [JIT_GTS] = A64_GT, [JIT_LES] = A64_LE,
};

/* ---- memory ---- */

uint32_t mol_jit_gpr_at(unsigned n)
{
	if (n == JIT_CTR)
		return AT(r.ctr);
	return n == JIT_LR ? AT(r.lr) : AT(r.gpr) + 4 * n;
}

void mol_jit_mem(struct jit_code *a, enum a64_access what, unsigned size, unsigned t, uint32_t offset)
{
	if (a64_fits_offset(offset, size)) {
		a64_mem(a, what, size, t, CPU, offset);
	} else {
		a64_mov_imm(a, TMP, offset);
		a64_mem_index(a, what, size, t, CPU, TMP, false);
	}
}

/* ---- registers ---- */

unsigned mol_jit_allocate(struct emitter *e, unsigned kind)
{
	for (unsigned n = 0; n < SCRATCHES; n++)
		if (!e->busy[n]) {
			e->busy[n] = (uint8_t)kind;
			return n;
		}
	e->failed = true;
	return X0;
}

void mol_jit_release_operation(struct emitter *e)
{
	for (unsigned n = 0; n < SCRATCHES; n++)
		if (e->busy[n] == 2)
			e->busy[n] = 0;
	for (unsigned n = 0; n < sizeof(e->vec_busy); n++)
		if (e->vec_busy[n] == 2)
			e->vec_busy[n] = 0;
}

void mol_jit_used(struct emitter *e, struct jit_value v)
{
	if (v.kind != JIT_TEMP || --e->uses[v.t])
		return;
	if (e->where[v.t] < SCRATCHES)
		e->busy[e->where[v.t]] = 0;
	else if (e->where[v.t] >= IN_V && e->where[v.t] != JIT_NONE)
		e->vec_busy[e->where[v.t] - IN_V] = 0;
}

void mol_jit_move_to(struct emitter *e, unsigned r, struct jit_value v)
{
	if (v.kind == JIT_K)
		a64_mov_imm(e->a, r, v.k);
	else if (v.kind == JIT_GPR && mol_jit_home[v.n] == JIT_NONE)
		mol_jit_mem(e->a, A64_LOAD, 2, r, mol_jit_gpr_at(v.n));
	else
		a64_mov(e->a, 0, r, v.kind == JIT_TEMP ? e->where[v.t] : mol_jit_home[v.n]);
}

/* The host register that holds v, for 0 the zero register; loaded into a free one if none does. */
unsigned mol_jit_source(struct emitter *e, struct jit_value v)
{
	unsigned r;

	if (v.kind == JIT_TEMP)
		return e->where[v.t];
	if (v.kind == JIT_GPR && mol_jit_home[v.n] != JIT_NONE)
		return mol_jit_home[v.n];
	if (v.kind == JIT_K && !v.k)
		return XZR;
	r = mol_jit_allocate(e, 2);
	mol_jit_move_to(e, r, v);
	return r;
}

/* Compare a with b, leaving the flags. */
void mol_jit_compare(struct emitter *e, struct jit_value a, struct jit_value b)
{
	unsigned r = mol_jit_source(e, a);

	if (b.kind == JIT_K && r != XZR && a64_fits_add(b.k))
		a64_add_imm(e->a, 0, A64_SUBS, XZR, r, b.k);
	else if (b.kind == JIT_K && r != XZR && a64_fits_add(0 - b.k))
		a64_add_imm(e->a, 0, A64_ADDS, XZR, r, 0 - b.k);
	else
		a64_op3(e->a, 0, A64_SUBS, XZR, r, mol_jit_source(e, b));
}

/* Where to put the result of operation n: into the home of the guest register that the next
 * operation sets from it, if that is mapped; else a free register. */
unsigned mol_jit_result(struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;
	unsigned r;

	if (n + 1 < e->end && next->op == JIT_SET_GPR && next->a.kind == JIT_TEMP && next->a.t == o->d &&
	    e->uses[o->d] == 1 && mol_jit_home[next->n] != JIT_NONE)
		r = mol_jit_home[next->n];
	else
		r = mol_jit_allocate(e, 1);
	e->where[o->d] = (uint8_t)r;
	return r;
}

unsigned mol_jit_wide_result(struct emitter *e, unsigned n)
{
	unsigned r = mol_jit_allocate(e, 1);

	e->where[e->jit->ir.op[n].d] = (uint8_t)r;
	return r;
}

unsigned mol_jit_used_by(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
	mol_jit_used(e, o->c);
	return mol_jit_result(e, n);
}

/* ---- sites and ways out ---- */

uint32_t mol_jit_new_site(struct emitter *e, uint32_t raw, unsigned size, unsigned how)
{
	return mol_jit_add_site(e->jit, (struct jit_site){
		.raw = raw,
		.pc = e->ea + 4 * e->index,
		.left = (uint16_t)(e->count - e->index),
		.size = (uint8_t)size,
		.how = (uint8_t)how,
	});
}

struct out *mol_jit_new_out(struct emitter *e, enum out_kind kind)
{
	struct out *o = &e->out[e->outs];

	if (e->outs + 1 < MAX_OUT)
		e->outs++;
	else
		e->a->full = true;
	*o = (struct out){ .kind = kind, .pins = e->pins };
	memcpy(o->waiting, e->waiting, sizeof(o->waiting));
	return o;
}
