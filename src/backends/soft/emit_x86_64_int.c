/* SPDX-License-Identifier: MIT
 * emit_x86_64_int.c - the operations of jit_ir.h that compute, as x86-64 code.
 *
 * A result that the next operation puts into a guest register with a home is computed there.
 * Called by emit_x86_64.c, operation by operation.
 */
#include "emit_x86_64.h"
#include "x86_sse.h"

/* ---- operations ---- */

static void flags_tell(struct emitter *e, unsigned d, bool sign)
{
	e->flags_at = e->a->at;
	e->flags_compare = NULL;
	e->flags_of = (uint8_t)d;
	e->flags_sign = sign;
}

/* The host register that holds v, if one does. */
static unsigned holder(const struct emitter *e, struct jit_value v)
{
	if (v.kind == JIT_TEMP)
		return e->where[v.t];
	return v.kind == JIT_GPR ? e->home[v.n] : JIT_NONE;
}

/* gpr n op= b for a register in memory: done there. */
static bool in_memory(struct emitter *e, unsigned n, const struct jit_operation *o, enum x86_alu op)
{
	const struct jit_operation *next = &e->jit->ir.op[n + 1];
	unsigned b = holder(e, o->b);

	if (o->a.kind != JIT_GPR || e->home[o->a.n] != JIT_NONE || n + 1 >= e->end ||
	    next->op != JIT_SET_GPR || next->n != o->a.n || next->a.kind != JIT_TEMP ||
	    next->a.t != o->d || e->uses[o->d] != 1 || (o->b.kind != JIT_K && b == JIT_NONE))
		return false;
	if (o->b.kind == JIT_K)
		x86_alu_to_mem_imm(e->a, op, mol_jit_gpr_at(o->a.n), o->b.k);
	else
		x86_alu_to_mem(e->a, op, mol_jit_gpr_at(o->a.n), b);
	mol_jit_used(e, o->b);
	e->where[o->d] = JIT_STORED;
	return true;
}

void mol_jit_emit_add(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r = holder(e, o->a), q = holder(e, o->b), d;

	if (mol_jit_is_in_operand(e, n)) {
		e->where[o->d] = JIT_IN_OPERAND;
		return;
	}
	if (r != JIT_NONE && (o->b.kind == JIT_K || q != JIT_NONE)) {
		mol_jit_used(e, o->a);
		mol_jit_used(e, o->b);
		d = mol_jit_result(e, n, true);
		if (o->b.kind == JIT_K && d == r)
			x86_alu_imm(e->a, ALU_ADD, d, o->b.k);
		else if (o->b.kind == JIT_K)
			x86_lea(e->a, 0, d, mem_at(r, (int32_t)o->b.k));
		else if (d == r || d == q)
			x86_alu(e->a, ALU_ADD, d, d == r ? q : r);
		else
			x86_lea(e->a, 0, d, mem_index(r, q, 0));
		return;
	}
	mol_jit_emit_alu(e, n, o);
}

static bool is_k(struct jit_value v, uint32_t k)
{
	return v.kind == JIT_K && v.k == k;
}

/* Is result n nothing but where the branch behind it goes to? */
static bool is_target(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n];
	const struct jit_value *to = o[1].op == JIT_BRANCH ? &o[1].a : &o[1].b;

	return n + 1 < e->end && (o[1].op == JIT_BRANCH || o[1].op == JIT_BRANCH_IF) &&
	       to->kind == JIT_TEMP && to->t == o->d && e->uses[o->d] == 1;
}

void mol_jit_emit_alu(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint8_t codes[] = { [JIT_ADD] = ALU_ADD, [JIT_OR] = ALU_OR, [JIT_AND] = ALU_AND,
					 [JIT_SUB] = ALU_SUB, [JIT_XOR] = ALU_XOR };
	struct jit_operation p = *o;
	unsigned d, q = holder(e, o->b);

	if (in_memory(e, n, o, (enum x86_alu)codes[o->op]))
		return;
	/* Rather the operand that is where the result shall be. */
	if (o->op != JIT_SUB && q != JIT_NONE && (o->a.kind == JIT_K || o + 1 < &e->jit->ir.op[e->end]) &&
	    (o->a.kind == JIT_K || (o[1].op == JIT_SET_GPR && o[1].a.kind == JIT_TEMP &&
				    o[1].a.t == o->d && e->home[o[1].n] == q))) {
		p.a = o->b;
		p.b = o->a;
	}
	if (o->op == JIT_OR && p.a.kind == JIT_GPR && p.b.kind == JIT_GPR && p.a.n == p.b.n)
		p.b = (struct jit_value){ .kind = JIT_K }; /* mr */
	d = mol_jit_place(e, n, &p);
	if (o->op == JIT_AND && is_k(p.b, ~3u) && is_target(e, n))
		; /* the branch does not look at these bits */
	else if (o->op == JIT_AND && p.b.kind == JIT_K && (p.b.k == 0xff || p.b.k == 0xffff)) {
		if (p.b.k == 0xff)
			x86_movzx8(e->a, d, d);
		else
			x86_rr(e->a, 0, 0x0fb7, d, d);
	} else if (!(p.b.kind == JIT_K && p.b.k == 0 && o->op != JIT_AND)) {
		mol_jit_alu(e, (enum x86_alu)codes[o->op], d, p.b);
		flags_tell(e, d, o->op != JIT_ADD && o->op != JIT_SUB);
	}
	mol_jit_placed(e, &p);
}

/* Shift counts go through CL: if a temp lives there that is not the count, the instruction is given up. */
static bool count_in_cl(struct emitter *e, struct jit_value count)
{
	if (mol_jit_is_register(count, RCX, e))
		return true;
	if (e->busy[RCX]) {
		e->failed = true;
		return false;
	}
	e->busy[RCX] = 2;
	mol_jit_move_to(e, RCX, count);
	return true;
}

void mol_jit_emit_shift(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint8_t codes[] = { [JIT_SHL] = SH_SHL, [JIT_SHR] = SH_SHR, [JIT_SAR] = SH_SAR,
					 [JIT_ROTL] = SH_ROL };
	enum x86_shift op = (enum x86_shift)codes[o->op];
	unsigned d;

	if (o->b.kind == JIT_K && o->op == JIT_ROTL && e->a->features & X86_BMI2 &&
	    holder(e, o->a) != JIT_NONE) {
		unsigned a = holder(e, o->a);

		d = mol_jit_pick(e, n, o);
		x86_rorx(e->a, d, a, -o->b.k & 31);
		mol_jit_placed(e, o);
		return;
	}
	if (o->b.kind == JIT_K) {
		d = mol_jit_place(e, n, o);
		if (o->b.k & 31)
			x86_shift_imm(e->a, op, d, o->b.k & 31);
		mol_jit_placed(e, o);
		return;
	}
	if (!count_in_cl(e, o->b))
		return;
	d = mol_jit_result(e, n, false);
	mol_jit_move_to(e, d, o->a);
	x86_shift_cl(e->a, op, d);
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

/* In 64 bits a count up to 63 shifts everything out of the low half. */
void mol_jit_emit_shift6(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool is_signed = o->op == JIT_SAR6;
	enum x86_shift op = o->op == JIT_SHL6 ? SH_SHL : is_signed ? SH_SAR : SH_SHR;
	unsigned d, count, a = holder(e, o->a);

	if (e->a->features & X86_BMI2) { /* shlx, shrx, sarx */
		count = mol_jit_source(e, o->b);
		if (is_signed || a == JIT_NONE) {
			a = mol_jit_allocate(e, 2);
			mol_jit_move_to(e, a, o->a);
			if (is_signed)
				x86_movsxd(e->a, a, a);
		}
		mol_jit_used(e, o->a);
		mol_jit_used(e, o->b);
		d = mol_jit_result(e, n, true);
		x86_shift_by(e->a, op, 1, d, a, count);
		x86_mov_low(e->a, d);
		return;
	}
	if (!count_in_cl(e, o->b))
		return;
	d = mol_jit_result(e, n, false);
	mol_jit_move_to(e, d, o->a);
	if (is_signed)
		x86_movsxd(e->a, d, d);
	x86_rr(e->a, 1, 0xd3, (unsigned)op, d);
	x86_mov_low(e->a, d);
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

void mol_jit_emit_mul(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned d, q;

	if (o->op == JIT_MUL) {
		d = mol_jit_place(e, n, o);
		if (o->b.kind == JIT_K) {
			x86_imul_imm(e->a, d, d, o->b.k);
		} else {
			q = mol_jit_source(e, o->b);
			x86_imul(e->a, 0, d, q);
		}
		mol_jit_placed(e, o);
		return;
	}
	d = mol_jit_place(e, n, o);
	if (o->op == JIT_MULHS) {
		q = mol_jit_allocate(e, 2);
		mol_jit_move_to(e, q, o->b);
		x86_movsxd(e->a, q, q);
		x86_movsxd(e->a, d, d);
	} else { /* registers have zeros in the high half */
		q = mol_jit_source(e, o->b);
	}
	x86_imul(e->a, 1, d, q);
	x86_shift64_imm(e->a, SH_SHR, d, 32);
	mol_jit_placed(e, o);
}

/* Quotients as the words divu and divs define them [sem.h]. */
void mol_jit_emit_div(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool is_signed = o->op == JIT_DIVS;
	unsigned b = RCX;
	uint32_t zero, one = 0, done;

	if (e->busy[RAX] || e->busy[RCX] || e->busy[RDX]) {
		e->failed = true;
		return;
	}
	e->busy[RAX] = e->busy[RCX] = e->busy[RDX] = 2;
	mol_jit_move_to(e, RAX, o->a);
	mol_jit_move_to(e, b, o->b);
	x86_test(e->a, b, b);
	zero = x86_jcc(e->a, CC_E);
	if (is_signed) {
		x86_alu_imm(e->a, ALU_CMP, b, 0xffffffff);
		one = x86_jcc(e->a, CC_E);
		x86_byte(e->a, 0x99); /* cdq */
		x86_idiv(e->a, b);
	} else {
		x86_alu(e->a, ALU_XOR, RDX, RDX);
		x86_div(e->a, b);
	}
	done = x86_jmp(e->a);
	if (is_signed) { /* a / -1 = -a, but for the smallest: -1 by its sign */
		uint32_t fits;

		x86_patch(e->a, one, e->a->at);
		x86_mov(e->a, RDX, RAX);
		x86_rr(e->a, 0, 0xf7, 3, RDX); /* neg */
		fits = x86_jcc(e->a, CC_O);
		x86_mov(e->a, RAX, RDX);
		one = x86_jmp(e->a);
		x86_patch(e->a, fits, e->a->at);
	}
	x86_patch(e->a, zero, e->a->at);
	if (is_signed)
		x86_shift_imm(e->a, SH_SAR, RAX, 31);
	else
		x86_alu(e->a, ALU_XOR, RAX, RAX);
	x86_patch(e->a, done, e->a->at);
	if (is_signed)
		x86_patch(e->a, one, e->a->at);
	e->busy[RAX] = 1;
	e->where[o->d] = RAX;
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

void mol_jit_emit_unary(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r, d;

	switch (o->op) {
	case JIT_NOT:
	case JIT_BSWAP:
		d = mol_jit_place(e, n, o);
		if (o->op == JIT_NOT)
			x86_not(e->a, d);
		else
			x86_bswap(e->a, d);
		mol_jit_placed(e, o);
		return;
	case JIT_EXT8:
	case JIT_EXT16:
		r = mol_jit_source(e, o->a);
		d = mol_jit_result(e, n, true);
		if (o->op == JIT_EXT8)
			x86_movsx8(e->a, d, r);
		else
			x86_movsx16(e->a, d, r);
		break;
	default: { /* CLZ: 31 - bsr, 32 for 0 */
		unsigned t = mol_jit_allocate(e, 2);

		r = mol_jit_source(e, o->a);
		d = mol_jit_result(e, n, false);
		x86_mov_imm(e->a, t, 63);
		x86_bsr(e->a, d, r);
		x86_cmov(e->a, CC_E, d, t);
		x86_alu_imm(e->a, ALU_XOR, d, 31);
		break;
	}
	}
	mol_jit_used(e, o->a);
}

void mol_jit_emit_truth(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned d;

	mol_jit_compare(e, o->a, o->b);
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
	d = mol_jit_result(e, n, true);
	x86_set(e->a, (enum x86_cc)mol_jit_x86_cc[o->n], d);
	x86_movzx8(e->a, d, d);
}

void mol_jit_emit_select(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned t = mol_jit_source(e, o->a), b = mol_jit_source(e, o->b), d = mol_jit_result(e, n, false);

	mol_jit_move_to(e, d, o->c);
	x86_test(e->a, t, t);
	x86_cmov(e->a, CC_NE, d, b);
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
	mol_jit_used(e, o->c);
}

/* Is operation n's carry out read by nothing but the move to XER[CA] behind it? */
static const struct jit_operation *carry_store(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n];

	for (const struct jit_operation *p = o + 1; p < &e->jit->ir.op[e->end]; p++)
		if (p->op == JIT_SET8 && p->a.kind == JIT_TEMP && p->a.t == o->d + 1)
			return e->uses[o->d + 1] == 1 ? p : NULL;
	return NULL;
}

void mol_jit_carry_stays(struct emitter *e, uint32_t since)
{
	if (e->carry_at == since)
		e->carry_at = e->a->at;
}

static bool is_carry(const struct jit_operation *o, enum jit_op op)
{
	return o->op == op && o->k == offsetof(struct ppc_cpu, r.ca);
}

/* The operation that adds the carry that operation n reads, if nothing in between changes flags. */
static const struct jit_operation *carry_reader(const struct jit_operation *o, const struct jit_operation *end)
{
	const struct jit_operation *p = o + 1;

	while (p < end && p->op == JIT_NOT)
		p++;
	return p < end && p->op == JIT_ADC && p->c.kind == JIT_TEMP && p->c.t == o->d ? p : NULL;
}

/* Does the next instruction set XER[CA] before anybody can look at it in memory? */
static bool owes_carry(const struct emitter *e)
{
	const struct jit_ir *ir = &e->jit->ir;
	const struct jit_insn *next = &ir->insn[e->index + 1];
	const struct jit_operation *end = &ir->op[next->end];

	if (e->no_debts || e->index + 1 >= e->count || next->fallback)
		return false;
	/* (From JIT_LOAD on operations may leave the block.) */
	for (const struct jit_operation *o = &ir->op[next->first]; o < end && o->op < JIT_LOAD; o++) {
		if (is_carry(o, JIT_SET8))
			return true;
		if (is_carry(o, JIT_GET8) && !carry_reader(o, end))
			return false;
	}
	return false;
}

/* XER[CA] is about to be read. */
static bool carry_in_flag(struct emitter *e, const struct jit_operation *o)
{
	bool known = e->carry_at == e->a->at && e->uses[o->d] == 1 &&
		     carry_reader(o, &e->jit->ir.op[e->end]);

	if (known)
		e->where[o->d] = JIT_CARRY;
	else if (e->carry_owed)
		e->no_debts = e->given_up = true;
	return known;
}

void mol_jit_emit_adc(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct jit_operation *store = carry_store(e, n);
	unsigned d = mol_jit_place(e, n, o), carry = JIT_NONE;
	struct jit_value c = o->c;

	if (c.kind == JIT_TEMP && e->where[c.t] == JIT_CARRY) {
		mol_jit_alu(e, ALU_ADC, d, o->b);
	} else if (c.kind != JIT_K) {
		if (c.kind == JIT_TEMP && e->uses[c.t] == 1 && e->busy[e->where[c.t]])
			carry = e->where[c.t];
		else
			carry = mol_jit_allocate(e, 1);
		mol_jit_move_to(e, carry, c);
		x86_alu_imm(e->a, ALU_ADD, carry, 0xffffffff); /* CF = carry != 0 */
		mol_jit_alu(e, ALU_ADC, d, o->b);
	} else if (c.k) {
		x86_byte(e->a, 0xf9); /* stc */
		mol_jit_alu(e, ALU_ADC, d, o->b);
	} else {
		mol_jit_alu(e, ALU_ADD, d, o->b);
	}
	e->carry_owed = store && owes_carry(e);
	if (store) {
		if (!e->carry_owed)
			x86_set_mem(e->a, CC_B, AT_OFFSET(store->k));
		e->carry_at = e->a->at;
		e->where[o->d + 1] = JIT_STORED;
	} else if (e->uses[o->d + 1]) {
		if (carry == JIT_NONE)
			carry = mol_jit_allocate(e, 1);
		e->where[o->d + 1] = (uint8_t)carry;
		x86_set(e->a, CC_B, carry);
		x86_movzx8(e->a, carry, carry);
	}
	mol_jit_placed(e, o);
	if (carry != JIT_NONE)
		e->busy[carry] = !store && e->uses[o->d + 1];
}

void mol_jit_emit_set_gpr(struct emitter *e, const struct jit_operation *o)
{
	unsigned home = e->home[o->n];
	uint32_t here = e->a->at;

	if (home != JIT_NONE)
		mol_jit_move_to(e, home, o->a);
	else if (o->a.kind == JIT_K)
		x86_store_imm(e->a, mol_jit_gpr_at(o->n), o->a.k);
	else
		x86_store(e->a, mol_jit_gpr_at(o->n), mol_jit_source(e, o->a));
	mol_jit_carry_stays(e, here);
	mol_jit_used(e, o->a);
}

void mol_jit_emit_field(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r;

	switch (o->op) {
	case JIT_GET32:
		x86_load(e->a, mol_jit_result(e, n, true), AT_OFFSET(o->k));
		break;
	case JIT_GET8:
		if (is_carry(o, JIT_GET8) && carry_in_flag(e, o))
			break;
		x86_load8(e->a, mol_jit_result(e, n, true), AT_OFFSET(o->k));
		break;
	case JIT_GET64:
		x86_load64(e->a, mol_jit_result(e, n, false), AT_OFFSET(o->k));
		break;
	case JIT_SET64:
		x86_store64(e->a, AT_OFFSET(o->k), mol_jit_source(e, o->a));
		mol_jit_used(e, o->a);
		break;
	case JIT_SET32:
		if (o->a.kind == JIT_K)
			x86_store_imm(e->a, AT_OFFSET(o->k), o->a.k);
		else
			x86_store(e->a, AT_OFFSET(o->k), mol_jit_source(e, o->a));
		mol_jit_used(e, o->a);
		break;
	default: /* SET8 */
		if (o->k - offsetof(struct ppc_cpu, r.cr) < 8)
			e->whole_cr = false;
		if (o->a.kind == JIT_TEMP && e->where[o->a.t] == JIT_STORED)
			break; /* by the operation that made it */
		r = mol_jit_source(e, o->a);
		x86_store8(e->a, AT_OFFSET(o->k), r);
		mol_jit_used(e, o->a);
		break;
	}
}

void mol_jit_emit_set_ov(struct emitter *e, const struct jit_operation *o)
{
	unsigned r = mol_jit_allocate(e, 2);

	mol_jit_move_to(e, r, o->a);
	x86_store8(e->a, AT(r.ov), r);
	x86_or8_mem(e->a, r, AT(r.so));
	x86_store8(e->a, AT(r.so), r);
	mol_jit_used(e, o->a);
}
