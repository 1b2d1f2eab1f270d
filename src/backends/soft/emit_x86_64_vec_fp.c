/* SPDX-License-Identifier: MIT
 * emit_x86_64_vec_fp.c - single precision in XMM registers, exact [AltiVec PEM 3.2].
 *
 * Blocks with such operations run under an MXCSR that rounds to nearest and, in non-Java mode, takes
 * and gives zeros for denormalized numbers [emit_x86_64_fp.c]. What can differ from AltiVec then is
 * a NaN, in sign and choice, and a product that rounds up to the smallest normal number: the host
 * looks for tiny results after rounding, AltiVec before. With one of these in any lane the
 * interpreter's handler does the instruction, out of line. Estimates are its matter anyway.
 * Called by emit_x86_64_vec.c.
 */
#include "../../ppc/softfp.h"
#include "emit_x86_64_vec.h"

#define OP(insn, d, v, s) mol_jit_vec_emit(e, insn, d, v, s)
#define OPI(insn, d, v, s, imm) mol_jit_vec_emit_imm(e, insn, d, v, s, (int)(imm))
#define OPR(insn, d, v, r) mol_jit_vec_emit(e, insn, d, v, vec_in(r))
#define REPEAT(word) mol_jit_vec_repeat(e, word)

/* The handler does the instruction if a lane of register r has its sign bit set. */
static void handler_if(struct emitter *e, unsigned r)
{
	unsigned mask = mol_jit_allocate(e, 2);
	struct out *out;

	op2(e->a, SSE_MOVMSKPS, 0, mask, r);
	x86_test(e->a, mask, mask);
	out = mol_jit_new_out(e, OUT_HANDLER);
	out->site = mol_jit_new_site(e, e->jit->ir.insn[e->index].raw, 0, 0);
	out->also[0] = x86_jcc(e->a, CC_NE);
}

/* The result of operation n is in register t, which mol_jit_vec_early() gave. */
static void result_is(struct emitter *e, unsigned n, unsigned t)
{
	unsigned d = mol_jit_vec_result(e, n, t);

	if (d != t)
		OPR(SSE_MOVAPS, d, 0, t);
}

static void sum(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_early(e, n, VEC_ANY), u;

	OP(o->k == PPC_VFP_ADD ? SSE_ADDPS : SSE_SUBPS, t, a, mol_jit_vec_place(e, o->b));
	u = mol_jit_vec_scratch(e);
	OPI(SSE_CMPPS, u, t, vec_in(t), SSE_CMP_UNORDERED);
	handler_if(e, u);
	result_is(e, n, t);
}

/* The host's own: t = a * m +- b. Returns a register with ones in the lanes to be looked at. */
static unsigned fused(struct emitter *e, const struct jit_operation *o, unsigned t, unsigned a)
{
	unsigned m, u;

	if (t != a)
		OPR(SSE_MOVAPS, t, 0, a);
	m = mol_jit_vec_register(e, o->c);
	OP(o->k == PPC_VFP_MADD ? SSE_FMADD213PS : SSE_FMSUB213PS, t, m, mol_jit_vec_place(e, o->b));
	u = mol_jit_vec_scratch(e);
	OP(SSE_PAND, u, t, REPEAT(0x7fffffff));
	OPI(SSE_CMPPS, u, u, REPEAT(0x00800000), SSE_CMP_EQ_OR_UNORDERED);
	return u;
}

/* a * m + b; vnmsubfp: the sign of a * m - b changed, a zero's too */
static void multiply_add(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned operands[3] = { mol_jit_vec_register(e, o->a) }, t;

	if (e->a->features & X86_FMA) {
		t = mol_jit_vec_early(e, n, operands[0]);
		handler_if(e, fused(e, o, t, operands[0]));
	} else {
		operands[1] = mol_jit_vec_register(e, o->c);
		operands[2] = mol_jit_vec_register(e, o->b);
		t = mol_jit_vec_early(e, n, VEC_ANY);
		handler_if(e, mol_jit_vec_fused(e, o->k == PPC_VFP_NMSUB, t, operands));
	}
	if (o->k == PPC_VFP_NMSUB)
		OP(SSE_PXOR, t, t, REPEAT(0x80000000));
	result_is(e, n, t);
}

/* The host gives its second operand for two zeros: both ways, only zeros differ, in their sign. */
static void extreme(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	bool max = o->k == PPC_VFP_MAX;
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned t = mol_jit_vec_early(e, n, VEC_ANY), u = mol_jit_vec_scratch(e);

	OPR(max ? SSE_MAXPS : SSE_MINPS, t, a, b);
	OPR(max ? SSE_MAXPS : SSE_MINPS, u, b, a);
	OPR(max ? SSE_PAND : SSE_POR, t, t, u);
	OPI(SSE_CMPPS, u, a, vec_in(b), SSE_CMP_UNORDERED);
	handler_if(e, u);
	result_is(e, n, t);
}

static void round_to_integral(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint8_t modes[] = { [PPC_VFP_RIN] = 0, [PPC_VFP_RIM] = 1, [PPC_VFP_RIP] = 2,
					 [PPC_VFP_RIZ] = 3 };

	OPI(SSE_ROUNDPS, mol_jit_vec_result(e, n, VEC_ANY), 0, mol_jit_vec_place(e, o->a), modes[o->k]);
}

static void compare(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), how = SSE_CMP_EQ;
	struct vec_place b = mol_jit_vec_place(e, o->b);

	if (o->k == PPC_VFP_GT)
		how = SSE_CMP_GT;
	else if (o->k == (PPC_VFP_GT | PPC_VFP_EQ))
		how = SSE_CMP_GE;
	else if (o->k == (PPC_VFP_LT | PPC_VFP_EQ))
		how = SSE_CMP_LE;
	else if (o->k != PPC_VFP_EQ)
		e->failed = true; /* no row asks for it */
	OPI(SSE_CMPPS, mol_jit_vec_result(e, n, a), a, b, how);
}

static void from_int(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned t, u, a;

	if (o->k & JIT_V_SIGNED) {
		t = mol_jit_vec_scratch(e);
		OP(SSE_CVTDQ2PS, t, 0, mol_jit_vec_place(e, o->a));
	} else { /* halves, exact until they are added */
		a = mol_jit_vec_register(e, o->a);
		t = mol_jit_vec_scratch(e);
		OP(SSE_PAND, t, a, REPEAT(0xffff));
		u = mol_jit_vec_over(e, n, a);
		mol_jit_vec_shift(e, SSE_SHIFT_D, XS_SRL, u, a, 16);
		OPR(SSE_CVTDQ2PS, t, 0, t);
		OPR(SSE_CVTDQ2PS, u, 0, u);
		OP(SSE_MULPS, u, u, REPEAT(0x47800000)); /* 65536 */
		OPR(SSE_ADDPS, t, t, u);
	}
	OP(SSE_MULPS, mol_jit_vec_result(e, n, t), t, mol_jit_vec_place(e, o->b));
}

/* The host gives 0x80000000 for what does not fit its signed words, and for a NaN. */
static void to_int(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), t = mol_jit_vec_early(e, n, a), u = t;

	OP(SSE_MULPS, t, a, mol_jit_vec_place(e, o->b));
	OPR(SSE_CVTTPS2DQ, t, 0, t);
	if (o->k & JIT_V_SIGNED) {
		u = mol_jit_vec_scratch(e);
		OP(SSE_PCMPEQD, u, t, REPEAT(0x80000000));
	}
	handler_if(e, u);
	result_is(e, n, t);
}

void mol_jit_vec_emit_fp(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	if (e->fp_live != FP_LIVE_VECTORS) { /* the block has scalar arithmetic too */
		e->failed = true;
		return;
	}
	switch ((enum jit_vec_op)o->n) {
	case JIT_V_FP_ROUND:
		round_to_integral(e, n, o);
		break;
	case JIT_V_FP_CMP:
		compare(e, n, o);
		break;
	case JIT_V_FP_FROM_INT:
		from_int(e, n, o);
		break;
	case JIT_V_FP_TO_INT:
		to_int(e, n, o);
		break;
	default:
		if (o->k == PPC_VFP_ADD || o->k == PPC_VFP_SUB)
			sum(e, n, o);
		else if (o->k == PPC_VFP_MAX || o->k == PPC_VFP_MIN)
			extreme(e, n, o);
		else
			multiply_add(e, n, o);
		break;
	}
}
