/* SPDX-License-Identifier: MIT
 * emit_aarch64_vec_move.c - what moves octets and lanes, between lanes and to general registers.
 *
 * The manual counts from the left, which is the host's high end: octet n is octet 15 - n, a pair
 * "a followed by b" is a number whose high half is a.
 * Called by emit_aarch64_vec.c.
 */
#include "emit_aarch64_vec.h"

/* ---- lanes and general registers ---- */

static unsigned host_lane(const struct jit_operation *o, uint32_t lane)
{
	return lane ^ (16u / o->size - 1);
}

/* TMP = the address of a vector in the frame, r = the host's number of lane v */
static void lane_in_frame(struct emitter *e, const struct jit_operation *o, unsigned r, struct jit_value v)
{
	mol_jit_move_to(e, r, v);
	a64_logical_imm(e->a, 0, A64_EOR, r, r, 16u / o->size - 1);
	a64_add_imm(e->a, 1, A64_ADD, TMP, SP, FRAME_WIDE);
}

static void extract(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned v = mol_jit_vec_register(e, o->a), size = log2_of(o->size), d = mol_jit_result(e, n), r;

	if (o->b.kind == JIT_K) {
		a64_v_umov(e->a, size, d, v, host_lane(o, o->b.k));
		return;
	}
	r = mol_jit_allocate(e, 2);
	a64_v_mem(e->a, A64_STORE, 4, v, SP, FRAME_WIDE);
	lane_in_frame(e, o, r, o->b);
	a64_mem_index(e->a, A64_LOAD, size, d, TMP, r, true);
}

static void insert(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned v = mol_jit_vec_register(e, o->a), x = mol_jit_source(e, o->c), size = log2_of(o->size), d, r;

	if (o->b.kind == JIT_K) {
		d = mol_jit_vec_result(e, n);
		a64_v_mov(e->a, d, v);
		a64_v_ins(e->a, size, d, host_lane(o, o->b.k), x);
		return;
	}
	r = mol_jit_allocate(e, 2);
	a64_v_mem(e->a, A64_STORE, 4, v, SP, FRAME_WIDE);
	lane_in_frame(e, o, r, o->b);
	a64_mem_index(e->a, A64_STORE, size, x, TMP, r, true);
	a64_v_mem(e->a, A64_LOAD, 4, mol_jit_vec_result(e, n), SP, FRAME_WIDE);
}

/* ---- the 128 bits of a truth value ---- */

static void all(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned v = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), d = mol_jit_result(e, n);

	a64_v2(e->a, o->n == JIT_V_ALL_ONES ? A64_V_UMINV : A64_V_UMAXV, 2, t, v);
	a64_from_fp(e->a, 0, d, t);
	a64_add_imm(e->a, 0, o->n == JIT_V_ALL_ONES ? A64_ADDS : A64_SUBS, XZR, d, o->n == JIT_V_ALL_ONES);
	a64_cset(e->a, d, A64_EQ);
}

/* ---- the register as one number ---- */

/* By less than 64: both halves, and what crosses the middle. */
static void shift_bits(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool left = o->n == JIT_V_SHL_BITS;
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_scratch(e), u = mol_jit_vec_scratch(e);
	unsigned zero = mol_jit_vec_repeat(e, 0), count = mol_jit_allocate(e, 2);
	struct jit_code *c = e->a;

	mol_jit_move_to(e, count, o->b);
	if (!left)
		a64_op3(c, 1, A64_SUB, count, XZR, count);
	a64_v_fill(c, 3, t, count);
	a64_add_imm(c, 1, left ? A64_SUB : A64_ADD, count, count, 64);
	a64_v_fill(c, 3, u, count);
	a64_v3(c, A64_V_USHL, 3, t, a, t);
	a64_v3(c, A64_V_USHL, 3, u, a, u);
	a64_v_ext(c, u, left ? zero : u, left ? u : zero, 8);
	a64_v3(c, A64_V_ORR, 0, mol_jit_vec_result(e, n), t, u);
}

/* d = the octets t of b and, above it, a */
static void look_up(struct emitter *e, unsigned n, const struct jit_operation *o, unsigned t)
{
	unsigned pair = mol_jit_vec_pair(e);

	mol_jit_vec_move_to(e, pair, o->b);
	mol_jit_vec_move_to(e, pair + 1, o->a);
	a64_v_tbl(e->a, true, mol_jit_vec_result(e, n), pair, t);
}

/* Octet k of the result is octet k + 16 - n of b and, above it, a. */
static void align(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	union ppc_vr octets;
	unsigned a, b, t, u;

	if (o->c.kind == JIT_K) {
		a = mol_jit_vec_register(e, o->a);
		b = mol_jit_vec_register(e, o->b);
		a64_v_ext(e->a, mol_jit_vec_result(e, n), b, a, 16 - o->c.k);
		return;
	}
	for (unsigned k = 0; k < 16; k++)
		octets.b[k] = (uint8_t)(k + 16);
	t = mol_jit_vec_constant(e, &octets);
	u = mol_jit_vec_scratch(e);
	a64_v_fill(e->a, 0, u, mol_jit_source(e, o->c));
	a64_v3(e->a, A64_V_SUB, 0, t, t, u);
	e->vec_busy[u] = 0;
	look_up(e, n, o, t);
}

/* The complement of a selector is the host's octet number, in b and, above it, a. */
static void permute(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool one = o->a.kind == JIT_VR && o->b.kind == JIT_VR && o->a.n == o->b.n;
	unsigned t = mol_jit_vec_repeat(e, one ? 0x0f0f0f0f : 0x1f1f1f1f), a;

	a64_v3(e->a, A64_V_BIC, 0, t, t, mol_jit_vec_register(e, o->c));
	if (one) {
		a = mol_jit_vec_register(e, o->a);
		a64_v_tbl(e->a, false, mol_jit_vec_result(e, n), a, t);
	} else {
		look_up(e, n, o, t);
	}
}

/* ---- other widths ---- */

/* What saturates has a high half that is not 0, or, signed to signed, not the low half's sign. */
static void pack_saturated(struct emitter *e, const struct jit_operation *o, unsigned a, unsigned b)
{
	unsigned size = log2_of(o->size) - 1, t = mol_jit_vec_scratch(e), u;

	a64_v3(e->a, A64_V_UZP2, size, t, b, a);
	if (o->k == PPC_V_SS) {
		u = mol_jit_vec_scratch(e);
		a64_v3(e->a, A64_V_UZP1, size, u, b, a);
		a64_v_shift(e->a, A64_V_SSHR, size, u, u, (8u << size) - 1);
		a64_v3(e->a, A64_V_EOR, 0, t, t, u);
		e->vec_busy[u] = 0;
	}
	mol_jit_vec_saturated(e, t);
	e->vec_busy[t] = 0;
}

static void pack(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t insns[][2] = {
		[PPC_V_SS] = { A64_V_SQXTN, A64_V_SQXTN2 },
		[PPC_V_SU] = { A64_V_SQXTUN, A64_V_SQXTUN2 },
		[PPC_V_UU] = { A64_V_UQXTN, A64_V_UQXTN2 },
	};
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned size = log2_of(o->size) - 1, t;

	if (o->k == PPC_V_MODULO) {
		a64_v3(e->a, A64_V_UZP1, size, mol_jit_vec_result(e, n), b, a);
		return;
	}
	pack_saturated(e, o, a, b);
	t = mol_jit_vec_scratch(e);
	a64_v2(e->a, (enum a64_v2)insns[o->k][0], size, t, b);
	a64_v2(e->a, (enum a64_v2)insns[o->k][1], size, t, a);
	a64_v_mov(e->a, mol_jit_vec_result(e, n), t);
}

void mol_jit_vec_emit_move(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r;

	switch ((enum jit_vec_op)o->n) {
	case JIT_V_FILL:
		r = mol_jit_source(e, o->a);
		a64_v_fill(e->a, log2_of(o->size), mol_jit_vec_result(e, n), r);
		break;
	case JIT_V_EXTRACT:
		extract(e, n, o);
		break;
	case JIT_V_INSERT:
		insert(e, n, o);
		break;
	case JIT_V_SPLAT:
		r = mol_jit_vec_register(e, o->a);
		a64_v_dup(e->a, log2_of(o->size), mol_jit_vec_result(e, n), r, host_lane(o, o->k));
		break;
	case JIT_V_ALL_ONES:
	case JIT_V_ALL_ZEROS:
		all(e, n, o);
		break;
	case JIT_V_SHL_BITS:
	case JIT_V_SHR_BITS:
		shift_bits(e, n, o);
		break;
	case JIT_V_ALIGN:
		align(e, n, o);
		break;
	case JIT_V_PERM:
		permute(e, n, o);
		break;
	case JIT_V_PACK:
		pack(e, n, o);
		break;
	default: /* UNPACK */
		r = mol_jit_vec_register(e, o->a);
		a64_v_shift(e->a, o->k & JIT_V_HIGH ? A64_V_SSHLL2 : A64_V_SSHLL, log2_of(o->size),
			    mol_jit_vec_result(e, n), r, 0);
		break;
	}
}
