/* SPDX-License-Identifier: MIT
 * emit_x86_64_regs.c - where values are while an instruction is translated.
 *
 * Guest registers have homes or lie in memory; temps live in the three free host registers. When
 * those run out the instruction is given up, and the handler called: e->failed.
 * Called by all files of the emitter.
 */
#include "emit_x86_64.h"

#define NONE4 JIT_NONE, JIT_NONE, JIT_NONE, JIT_NONE
const uint8_t mol_jit_home[JIT_REGISTERS] = {
	JIT_NONE, R12, JIT_NONE, RBX, R8, R11, JIT_NONE, JIT_NONE, R14, R9, R10, JIT_NONE, NONE4,
	NONE4, NONE4, NONE4, JIT_NONE, JIT_NONE, JIT_NONE, R13, [JIT_CTR] = RSI, [JIT_LR] = JIT_NONE,
};

const uint8_t mol_jit_scratch[SCRATCHES] = { RAX, RCX, RDX };

const uint8_t mol_jit_x86_cc[] = {
	[JIT_EQ] = CC_E, [JIT_NE] = CC_NE, [JIT_LTU] = CC_B, [JIT_GEU] = CC_AE, [JIT_GTU] = CC_A,
	[JIT_LEU] = CC_BE, [JIT_LTS] = CC_L, [JIT_GES] = CC_GE, [JIT_GTS] = CC_G, [JIT_LES] = CC_LE,
};

/* ---- registers ---- */

struct x86_mem mol_jit_gpr_at(unsigned n)
{
	if (n == JIT_CTR)
		return AT(r.ctr);
	return n == JIT_LR ? AT(r.lr) : AT_OFFSET(offsetof(struct ppc_cpu, r.gpr) + 4 * n);
}

unsigned mol_jit_allocate(struct emitter *e, unsigned kind)
{
	for (unsigned n = 0; n < SCRATCHES; n++)
		if (!e->busy[mol_jit_scratch[n]]) {
			e->busy[mol_jit_scratch[n]] = (uint8_t)kind;
			return mol_jit_scratch[n];
		}
	e->failed = true;
	return RAX;
}

void mol_jit_release_operation(struct emitter *e)
{
	for (unsigned n = 0; n < SCRATCHES; n++)
		if (e->busy[mol_jit_scratch[n]] == 2)
			e->busy[mol_jit_scratch[n]] = 0;
}

void mol_jit_used(struct emitter *e, struct jit_value v)
{
	if (v.kind == JIT_TEMP && --e->uses[v.t] == 0 && e->where[v.t] < 16)
		e->busy[e->where[v.t]] = 0;
}

/* The host register that holds v; loaded into a free one if none does. */
unsigned mol_jit_source(struct emitter *e, struct jit_value v)
{
	unsigned r;

	if (v.kind == JIT_TEMP)
		return e->where[v.t];
	if (v.kind == JIT_GPR && e->home[v.n] != JIT_NONE)
		return e->home[v.n];
	r = mol_jit_allocate(e, 2);
	if (v.kind == JIT_GPR)
		x86_load(e->a, r, mol_jit_gpr_at(v.n));
	else
		x86_mov_imm(e->a, r, v.k);
	return r;
}

void mol_jit_move_to(struct emitter *e, unsigned r, struct jit_value v)
{
	if (v.kind == JIT_K)
		x86_mov_imm(e->a, r, v.k);
	else if (v.kind == JIT_GPR && e->home[v.n] == JIT_NONE)
		x86_load(e->a, r, mol_jit_gpr_at(v.n));
	else
		x86_mov(e->a, r, v.kind == JIT_TEMP ? e->where[v.t] : e->home[v.n]);
}

bool mol_jit_is_register(struct jit_value v, unsigned r, const struct emitter *e)
{
	return (v.kind == JIT_TEMP && e->where[v.t] == r) ||
	       (v.kind == JIT_GPR && e->home[v.n] == r);
}

/* r op= v */
void mol_jit_alu(struct emitter *e, enum x86_alu op, unsigned r, struct jit_value v)
{
	if (v.kind == JIT_K)
		x86_alu_imm(e->a, op, r, v.k);
	else if (v.kind == JIT_GPR && e->home[v.n] == JIT_NONE)
		x86_alu_mem(e->a, op, r, mol_jit_gpr_at(v.n));
	else
		x86_alu(e->a, op, r, v.kind == JIT_TEMP ? e->where[v.t] : e->home[v.n]);
}

/* Compare a with b, leaving the flags. */
void mol_jit_compare(struct emitter *e, struct jit_value a, struct jit_value b)
{
	if (a.kind == JIT_FPR) {
		mol_jit_fp_compare(e, a, b);
		return;
	}
	if (b.kind == JIT_K && b.k == 0 && !(a.kind == JIT_GPR && e->home[a.n] == JIT_NONE)) {
		unsigned r = mol_jit_source(e, a);

		x86_test(e->a, r, r);
	} else if (a.kind == JIT_GPR && e->home[a.n] == JIT_NONE && b.kind == JIT_K) {
		x86_cmp_mem_imm(e->a, mol_jit_gpr_at(a.n), b.k);
	} else {
		mol_jit_alu(e, ALU_CMP, mol_jit_source(e, a), b);
	}
}

static bool reads(const struct jit_ir *ir, struct jit_value v, unsigned gpr)
{
	if (v.kind == JIT_COND)
		return reads(ir, ir->cond[v.t].a, gpr) || reads(ir, ir->cond[v.t].b, gpr);
	return v.kind == JIT_GPR && v.n == gpr;
}

/* The home of the guest register that operation n's result is for, if it may be computed there: until
 * the register is set nothing reads what it was, or stops. */
static unsigned home_of_result(const struct emitter *e, unsigned n)
{
	const struct jit_ir *ir = &e->jit->ir;
	const struct jit_operation *set = NULL, *o;

	for (unsigned i = n + 1; i < e->end && !set; i++) {
		o = &ir->op[i];
		if (o->op == JIT_SET_GPR && o->a.kind == JIT_TEMP && o->a.t == ir->op[n].d)
			set = o;
		else if (o->op == JIT_LOAD || o->op == JIT_STORE)
			return JIT_NONE;
	}
	if (!set)
		return JIT_NONE;
	for (o = &ir->op[n + 1]; o < set; o++)
		if (reads(ir, o->a, set->n) || reads(ir, o->b, set->n) || reads(ir, o->c, set->n) ||
		    (o->op == JIT_SET_GPR && o->n == set->n))
			return JIT_NONE;
	return e->home[set->n];
}

unsigned mol_jit_result(struct emitter *e, unsigned n, bool may_be_home)
{
	const struct jit_operation *o = &e->jit->ir.op[n];
	unsigned r = may_be_home ? home_of_result(e, n) : JIT_NONE;

	if (r == JIT_NONE)
		r = mol_jit_allocate(e, 1);
	e->where[o->d] = (uint8_t)r;
	return r;
}

/* The same, or that of the next operation, if that does no more than go on with this result. */
static unsigned home_ahead(const struct emitter *e, unsigned n)
{
	const struct jit_ir *ir = &e->jit->ir;
	const struct jit_operation *o = &ir->op[n], *next = o + 1;
	unsigned home = home_of_result(e, n);

	if (home != JIT_NONE || n + 1 >= e->end || next->op > JIT_ROTL || next->a.kind != JIT_TEMP ||
	    next->a.t != o->d || e->uses[o->d] != 1)
		return home;
	home = home_of_result(e, n + 1);
	return home == JIT_NONE || mol_jit_is_register(next->b, home, e) ? JIT_NONE : home;
}

unsigned mol_jit_pick(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned d = home_ahead(e, n);

	if (d != JIT_NONE && (mol_jit_is_register(o->b, d, e) || mol_jit_is_register(o->c, d, e)))
		d = JIT_NONE;
	if (d == JIT_NONE && o->a.kind == JIT_TEMP && e->uses[o->a.t] == 1 &&
	    e->busy[e->where[o->a.t]]) /* its last use; a home is never busy */
		d = e->where[o->a.t];
	if (d == JIT_NONE)
		d = mol_jit_allocate(e, 1);
	e->where[o->d] = (uint8_t)d;
	return d;
}

unsigned mol_jit_place(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned d = mol_jit_pick(e, n, o);

	mol_jit_move_to(e, d, o->a);
	return d;
}

void mol_jit_placed(struct emitter *e, const struct jit_operation *o)
{
	unsigned d = e->where[o->d];

	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
	mol_jit_used(e, o->c);
	for (unsigned n = 0; n < SCRATCHES; n++)
		if (mol_jit_scratch[n] == d)
			e->busy[d] = 1;
}

/* ---- sites and ways out ---- */

uint32_t mol_jit_new_site(struct emitter *e, uint32_t raw, unsigned size, unsigned how)
{
	return mol_jit_add_site(e->jit, (struct jit_site){
		.raw = raw,
		.pc = e->ea + 4 * e->index,
		.block = e->ea,
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
	*o = (struct out){ .kind = kind };
	o->insn = (uint8_t)e->index;
	o->count = (uint8_t)e->count;
	o->xmm = e->xmm;
	o->second = e->second;
	o->looped = e->home != mol_jit_home;
	memcpy(o->waiting, e->waiting, sizeof(o->waiting));
	return o;
}
