/* SPDX-License-Identifier: MIT
 * jit_fp.c - FPRs, VRs and the FPSCR in translated code: what follows from the operations alone.
 *
 * Nothing here knows the host. FPRF, FR and FI are those of the last operation, so most operations
 * leave no trace but their result: what waits for the FPSCR is replaced before anybody looks.
 * Callers: the emitters, while they translate a block.
 */
#include <stddef.h>

#include "../../ppc/softfp.h"
#include "jit.h"
#include "jit_fp.h"

const uint16_t mol_jit_fp_member[FP_PLACES] = {
	offsetof(struct ppc_cpu, fp.a),	   offsetof(struct ppc_cpu, fp.b),
	offsetof(struct ppc_cpu, fp.m),	   offsetof(struct ppc_cpu, fp.converted),
	offsetof(struct ppc_cpu, fp.left), offsetof(struct ppc_cpu, fp.right),
};

enum fp_live mol_jit_fp_needed(const struct jit_ir *ir)
{
	enum fp_live needed = FP_LIVE_NONE;

	for (unsigned n = 0; n < ir->count; n++) {
		const struct jit_operation *o = &ir->op[n];

		if (o->op == JIT_FP_ARITH || o->op == JIT_FP_CMP || o->op == JIT_FP_SELECT ||
		    o->op == JIT_NARROW || (o->op == JIT_SET_FPR && o->a.kind == JIT_FP_SINGLE))
			return FP_LIVE_SCALAR;
		if (o->op == JIT_VEC && o->n >= JIT_V_FP)
			needed = FP_LIVE_VECTORS;
	}
	return needed;
}

/* ---- what the FPSCR waits for ---- */

bool mol_jit_fp_converts(const struct jit_operation *o)
{
	return o->op == JIT_FP_ARITH && (o->size == PPC_FP_CTIW || o->size == PPC_FP_CTIWZ);
}

/* Can nobody look at the FPSCR, whatever becomes of this operation? */
static bool is_blind(const struct jit_operation *o)
{
	switch (o->op) {
	case JIT_GET32: /* a field of struct ppc_cpu could be the FPSCR, or what it waits for; */
	case JIT_SET32:
	case JIT_GET64:
	case JIT_SET64:
	case JIT_VEC: /* and vectors have no place for what waits in a register */
	case JIT_SET_VR:
		return false;
	default:
		return mol_jit_stays(o);
	}
}

bool mol_jit_fp_observable(const struct jit_ir *ir, unsigned insn)
{
	for (unsigned i = insn; i < ir->insns; i++) {
		if (ir->insn[i].fallback)
			return true;
		for (unsigned n = ir->insn[i].first; n < ir->insn[i].end; n++) {
			const struct jit_operation *o = &ir->op[n];

			if (o->op == JIT_FP_ARITH && !mol_jit_fp_converts(o))
				return false;
			if (!is_blind(o))
				return true;
		}
	}
	return true;
}

static uint8_t place(unsigned n, unsigned d)
{
	return (uint8_t)(n == d ? FP_AT_SAVED : FP_AT_FPR + n);
}

void mol_jit_fp_wait_for(struct fp_waiting *w, const struct jit_operation *o)
{
	unsigned op = o->size & ~(unsigned)PPC_FP_SINGLE;

	if (mol_jit_fp_converts(o)) {
		w->convert = (uint8_t)(o->size + 1);
		w->at[FP_CONVERTED] = place(o->b.n, o->n);
		return;
	}
	*w = (struct fp_waiting){ .op = (uint8_t)(o->size + 1), .saved_single = w->saved_single };
	if (op != PPC_FP_RSP)
		w->at[FP_A] = place(o->a.n, o->n);
	if (op != PPC_FP_MUL)
		w->at[FP_B] = place(o->b.n, o->n);
	if (op == PPC_FP_MUL || op >= PPC_FP_MADD)
		w->at[FP_M] = place(o->c.n, o->n);
	if (op == PPC_FP_RSP)
		w->at[FP_M] = FP_AT_MEMORY;
}

/* ---- pins ---- */

static void count_value(uint16_t uses[64], struct jit_value v)
{
	if (v.kind == JIT_FPR)
		uses[v.n]++;
	else if (v.kind == JIT_VR)
		uses[32 + v.n]++;
}

void mol_jit_count_named(const struct jit_ir *ir, uint16_t uses[64])
{
	memset(uses, 0, 64 * sizeof(*uses));
	for (unsigned n = 0; n < ir->count; n++) {
		const struct jit_operation *o = &ir->op[n];

		count_value(uses, o->a);
		count_value(uses, o->b);
		count_value(uses, o->c);
		if (o->op == JIT_SET_FPR || o->op == JIT_FP_ARITH || o->op == JIT_FP_SELECT)
			uses[o->n]++;
		else if (o->op == JIT_SET_VR)
			uses[32 + o->n]++;
	}
}
