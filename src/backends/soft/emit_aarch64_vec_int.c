/* SPDX-License-Identifier: MIT
 * emit_aarch64_vec_int.c - the lanewise integer operations of jit_ir.h in V registers.
 *
 * Most are one instruction, by table; the others are written out below.
 * Called by emit_aarch64_vec.c.
 */
#include "emit_aarch64_vec.h"

/* ---- one instruction ---- */

struct one {
	uint32_t insn[2]; /* by k & 1: signed, high */
	bool swapped, no_size;
};

static const struct one ones[JIT_V_COUNT] = {
	[JIT_V_AND] = { .insn = { A64_V_AND }, .no_size = true },
	[JIT_V_ANDC] = { .insn = { A64_V_BIC }, .no_size = true },
	[JIT_V_OR] = { .insn = { A64_V_ORR }, .no_size = true },
	[JIT_V_XOR] = { .insn = { A64_V_EOR }, .no_size = true },
	[JIT_V_ADD] = { .insn = { A64_V_ADD } },
	[JIT_V_SUB] = { .insn = { A64_V_SUB } },
	[JIT_V_MIN] = { .insn = { A64_V_UMIN, A64_V_SMIN } },
	[JIT_V_MAX] = { .insn = { A64_V_UMAX, A64_V_SMAX } },
	[JIT_V_AVG] = { .insn = { A64_V_URHADD, A64_V_SRHADD } },
	[JIT_V_MUL_LOW] = { .insn = { A64_V_MUL } },
	[JIT_V_CMPEQ] = { .insn = { A64_V_CMEQ } },
	[JIT_V_CMPGT] = { .insn = { A64_V_CMHI, A64_V_CMGT } },
	[JIT_V_MERGE] = { .insn = { A64_V_ZIP1, A64_V_ZIP2 }, .swapped = true },
};

bool mol_jit_vec_emit_one(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct one *one = &ones[o->n];
	uint32_t insn = one->insn[o->k & 1];
	unsigned a, b;

	if (!insn)
		return false;
	a = mol_jit_vec_register(e, one->swapped ? o->b : o->a);
	b = mol_jit_vec_register(e, one->swapped ? o->a : o->b);
	a64_v3(e->a, (enum a64_v3)insn, one->no_size ? 0 : log2_of(o->size), mol_jit_vec_result(e, n), a, b);
	return true;
}

/* ---- the others: a and b are operands, t and u scratch registers, d the result ---- */

static void saturating(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t clipped[2][2] = { { A64_V_UQADD, A64_V_SQADD }, { A64_V_UQSUB, A64_V_SQSUB } };
	bool sub = o->n == JIT_V_SUBS;
	unsigned size = log2_of(o->size), a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned t = mol_jit_vec_scratch(e), d;

	a64_v3(e->a, sub ? A64_V_SUB : A64_V_ADD, size, t, a, b);
	d = mol_jit_vec_result(e, n);
	a64_v3(e->a, (enum a64_v3)clipped[sub][o->k & 1], size, d, a, b);
	a64_v3(e->a, A64_V_EOR, 0, t, t, d);
	mol_jit_vec_saturated(e, t);
}

/* mask ? b : c, by that of three instructions which overwrites what the result's register holds. */
static void select_bits(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned mask = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned c = mol_jit_vec_register(e, o->c), d = mol_jit_vec_result(e, n);

	if (d == mask) {
		a64_v3(e->a, A64_V_BSL, 0, d, b, c);
	} else if (d == b) {
		a64_v3(e->a, A64_V_BIF, 0, d, c, mask);
	} else {
		a64_v_mov(e->a, d, c);
		a64_v3(e->a, A64_V_BIT, 0, d, b, mask);
	}
}

/* ---- products ---- */

/* The manual's even lanes are the host's odd ones: these, in a row, in the low half of t. */
static unsigned every_other(struct emitter *e, const struct jit_operation *o, struct jit_value v)
{
	unsigned r = mol_jit_vec_register(e, v), t = mol_jit_vec_scratch(e);

	a64_v3(e->a, o->k & JIT_V_ODD ? A64_V_UZP1 : A64_V_UZP2, log2_of(o->size), t, r, r);
	return t;
}

static void multiply(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned t = every_other(e, o, o->a), u = every_other(e, o, o->b);

	a64_v3(e->a, o->k & JIT_V_SIGNED ? A64_V_SMULL : A64_V_UMULL, log2_of(o->size),
	       mol_jit_vec_result(e, n), t, u);
}

static void dot(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool is_signed = o->k & JIT_V_SIGNED;
	unsigned t, u, a, b;

	if (o->size == 1) {
		t = every_other(e, o, o->a);
		u = every_other(e, o, o->b);
		a64_v3(e->a, is_signed ? A64_V_SMULL : A64_V_UMULL, 0, t, t, u);
		a64_v2(e->a, is_signed ? A64_V_SADDLP : A64_V_UADDLP, 1, mol_jit_vec_result(e, n), t);
		return;
	}
	a = mol_jit_vec_register(e, o->a);
	b = mol_jit_vec_register(e, o->b);
	t = mol_jit_vec_scratch(e);
	u = mol_jit_vec_scratch(e);
	a64_v3(e->a, A64_V_SMULL, 1, t, a, b);
	a64_v3(e->a, A64_V_SMULL2, 1, u, a, b);
	a64_v3(e->a, A64_V_ADDP, 2, mol_jit_vec_result(e, n), t, u);
}

/* ---- shifts ---- */

/* By the constant o->k, which is not 0. */
static void shift_by(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t insns[] = { [JIT_V_SHL] = A64_V_SHL, [JIT_V_SHR] = A64_V_USHR,
					  [JIT_V_SAR] = A64_V_SSHR };
	unsigned size = log2_of(o->size), a = mol_jit_vec_register(e, o->a), t;

	if (o->n != JIT_V_ROTL) {
		a64_v_shift(e->a, (enum a64_v_shift)insns[o->n], size, mol_jit_vec_result(e, n), a, o->k);
		return;
	}
	t = mol_jit_vec_scratch(e);
	a64_v_shift(e->a, A64_V_USHR, size, t, a, 8u * o->size - o->k);
	a64_v_shift(e->a, A64_V_SLI, size, t, a, o->k);
	a64_v_mov(e->a, mol_jit_vec_result(e, n), t);
}

/* By the lanes of b modulo their width: the host shifts left by a positive octet, right by a
 * negative one, and all out if it is the width. */
static void shift(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned size = log2_of(o->size), bits = 8u * o->size, a, b, t, u;
	uint32_t lane = o->size == 1 ? 0x01010101 : o->size == 2 ? 0x00010001 : 1;

	a = mol_jit_vec_register(e, o->a);
	b = mol_jit_vec_register(e, o->b);
	t = mol_jit_vec_repeat(e, (bits - 1) * lane);
	a64_v3(e->a, A64_V_AND, 0, t, t, b);
	if (o->n == JIT_V_ROTL) {
		u = mol_jit_vec_repeat(e, bits * lane);
		a64_v3(e->a, A64_V_SUB, size, u, t, u);
		a64_v3(e->a, A64_V_USHL, size, t, a, t);
		a64_v3(e->a, A64_V_USHL, size, u, a, u);
		a64_v3(e->a, A64_V_ORR, 0, mol_jit_vec_result(e, n), t, u);
		return;
	}
	if (o->n != JIT_V_SHL)
		a64_v2(e->a, A64_V_NEG, size, t, t);
	a64_v3(e->a, o->n == JIT_V_SAR ? A64_V_SSHL : A64_V_USHL, size, mol_jit_vec_result(e, n), a, t);
}

void mol_jit_vec_emit_int(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a;

	switch ((enum jit_vec_op)o->n) {
	case JIT_V_ADDS:
	case JIT_V_SUBS:
		saturating(e, n, o);
		break;
	case JIT_V_NOT:
		a = mol_jit_vec_register(e, o->a);
		a64_v2(e->a, A64_V_NOT, 0, mol_jit_vec_result(e, n), a);
		break;
	case JIT_V_SEL:
		select_bits(e, n, o);
		break;
	case JIT_V_MUL:
		multiply(e, n, o);
		break;
	case JIT_V_DOT:
		dot(e, n, o);
		break;
	case JIT_V_SUM_PAIRS:
		a = mol_jit_vec_register(e, o->a);
		a64_v2(e->a, o->k & JIT_V_SIGNED ? A64_V_SADDLP : A64_V_UADDLP, log2_of(o->size),
		       mol_jit_vec_result(e, n), a);
		break;
	default:
		if (o->b.kind == JIT_K)
			shift_by(e, n, o);
		else
			shift(e, n, o);
		break;
	}
}
