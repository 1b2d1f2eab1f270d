/* SPDX-License-Identifier: MIT
 * emit_aarch64_vec_fp.c - single precision in V registers, exact [AltiVec PEM 3.2].
 *
 * Blocks with such operations run under an FPCR that rounds to nearest and, in non-Java mode, takes
 * and gives zeros for denormalized numbers, which both architectures recognize before rounding
 * [emit_aarch64_fpcr.c]. What can differ from AltiVec then is a NaN, in choice: with one in
 * any lane the interpreter's handler does the instruction, out of line. Estimates are its matter anyway.
 * Called by emit_aarch64_vec.c.
 */
#include "../../ppc/softfp.h"
#include "emit_aarch64_vec.h"

/* The handler does the instruction unless all lanes of register r, which is overwritten, are ones. */
static void handler_unless(struct emitter *e, unsigned r)
{
	struct out *out;

	a64_v2(e->a, A64_V_UMINV, 2, r, r);
	a64_from_fp(e->a, 0, TMP, r);
	out = mol_jit_new_out(e, OUT_HANDLER);
	out->site = mol_jit_new_site(e, e->jit->ir.insn[e->index].raw, 0, 0);
	out->from = a64_cbz(e->a, 0, TMP);
}

static void handler_if_nan(struct emitter *e, unsigned r)
{
	unsigned u = mol_jit_vec_scratch(e);

	a64_v3(e->a, A64_V_FCMEQ, 0, u, r, r);
	handler_unless(e, u);
}

static void binary(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t insns[] = { [PPC_VFP_ADD] = A64_V_FADD, [PPC_VFP_SUB] = A64_V_FSUB,
					  [PPC_VFP_MAX] = A64_V_FMAX, [PPC_VFP_MIN] = A64_V_FMIN };
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned t = mol_jit_vec_early(e, n);

	a64_v3(e->a, (enum a64_v3)insns[o->k], 0, t, a, b);
	handler_if_nan(e, t);
	mol_jit_vec_settle(e, n, t);
}

/* a * m + b; vnmsubfp: the sign of a * m - b changed, a zero's too */
static void multiply_add(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned m = mol_jit_vec_register(e, o->c), t = mol_jit_vec_early(e, n);

	if (o->k == PPC_VFP_MADD)
		a64_v_mov(e->a, t, b);
	else
		a64_v2(e->a, A64_V_FNEG, 0, t, b);
	a64_v3(e->a, A64_V_FMLA, 0, t, a, m);
	handler_if_nan(e, t);
	if (o->k != PPC_VFP_MADD)
		a64_v2(e->a, A64_V_FNEG, 0, t, t);
	mol_jit_vec_settle(e, n, t);
}

static void round_to_integral(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	static const uint32_t insns[] = { [PPC_VFP_RIN] = A64_V_FRINTN, [PPC_VFP_RIM] = A64_V_FRINTM,
					  [PPC_VFP_RIP] = A64_V_FRINTP, [PPC_VFP_RIZ] = A64_V_FRINTZ };
	unsigned a = mol_jit_vec_register(e, o->a);

	a64_v2(e->a, (enum a64_v2)insns[o->k], 0, mol_jit_vec_result(e, n), a);
}

static void compare(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), b = mol_jit_vec_register(e, o->b);
	unsigned d = mol_jit_vec_result(e, n);

	if (o->k == PPC_VFP_EQ)
		a64_v3(e->a, A64_V_FCMEQ, 0, d, a, b);
	else if (o->k == PPC_VFP_GT)
		a64_v3(e->a, A64_V_FCMGT, 0, d, a, b);
	else if (o->k == (PPC_VFP_GT | PPC_VFP_EQ))
		a64_v3(e->a, A64_V_FCMGE, 0, d, a, b);
	else if (o->k == (PPC_VFP_LT | PPC_VFP_EQ))
		a64_v3(e->a, A64_V_FCMGE, 0, d, b, a);
	else
		e->failed = true; /* no row asks for it */
}

static void from_int(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), factor = mol_jit_vec_register(e, o->b);
	unsigned t = mol_jit_vec_scratch(e);

	a64_v2(e->a, o->k & JIT_V_SIGNED ? A64_V_SCVTF : A64_V_UCVTF, 0, t, a);
	a64_v3(e->a, A64_V_FMUL, 0, mol_jit_vec_result(e, n), t, factor);
}

/* What is not less than 2^31, by its sign or otherwise, is the handler's: it may saturate. So are NaNs,
 * and unsigned all with a sign. */
static void to_int(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned a = mol_jit_vec_register(e, o->a), factor = mol_jit_vec_register(e, o->b);
	unsigned limit = mol_jit_vec_repeat(e, 0x4f000000), t = mol_jit_vec_scratch(e), u = t;

	a64_v3(e->a, A64_V_FMUL, 0, t, a, factor);
	if (o->k & JIT_V_SIGNED) {
		u = mol_jit_vec_scratch(e);
		a64_v2(e->a, A64_V_FABS, 0, u, t);
	}
	a64_v3(e->a, A64_V_CMHI, 2, limit, limit, u);
	handler_unless(e, limit);
	a64_v2(e->a, A64_V_FCVTZS, 0, mol_jit_vec_result(e, n), t);
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
		if (o->k == PPC_VFP_MADD || o->k == PPC_VFP_NMSUB)
			multiply_add(e, n, o);
		else
			binary(e, n, o);
		break;
	}
}
