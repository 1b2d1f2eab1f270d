/* SPDX-License-Identifier: MIT
 * jit_block.c - what the emitters of all hosts do alike: a block is recorded, and looked ahead in.
 *
 * Nothing here knows the host. A compare of guest registers and constants waits [emit_*_cr.c] until
 * its CR field is looked at; who looks, and when, is a matter of the operations alone.
 * Callers: the emitters, while they translate a block.
 */
#include <stddef.h>

#include "jit.h"

/* Is the handler the row's own, not one that refuses the word in this mode or on this model? */
static bool allowed(const struct soft *s, const struct soft_op *op)
{
	return mol_ppc_has_insn(s->cache.model, mol_ppc_decode(op->raw)) &&
	       op->fn == mol_ppc_handler(s->cache.model, op->raw, PPC_MSR_FP | PPC_MSR_VEC);
}

/* How far the branch goes; 1: the word is none, or not to a relative address. */
static int32_t branch_distance(uint32_t raw)
{
	const struct ppc_insn i = { raw };

	if (raw & 2) /* AA */
		return 1;
	return raw >> 26 == 16 ? (int32_t)F_BD(i) : raw >> 26 == 18 ? (int32_t)F_LI(i) : 1;
}

void mol_jit_record_block(struct soft *s, const struct soft_block *b, uint32_t ea)
{
	struct jit_ir *ir = &s->jit->ir;

	mol_jit_record_begin(ir);
	for (unsigned n = 0; n < b->count; n++)
		if (branch_distance(b->op[n].raw) == -4 * (int32_t)n)
			ir->loop_last = n;
	for (unsigned n = 0; n < b->count; n++) {
		int32_t distance = branch_distance(b->op[n].raw);

		if (!mol_jit_record(ir, b->op[n].raw, ea + 4 * n, allowed(s, &b->op[n])))
			break;
		if (distance > 0 && n + (uint32_t)distance / 4 <= ir->loop_last && ir->loop_last < JIT_INSNS)
			ir->targets |= 1ull << (n + (uint32_t)distance / 4);
	}
	if (ir->loop_last >= ir->insns)
		ir->loop_last = JIT_INSNS;
}

uint32_t mol_jit_add_site(struct jit *jit, struct jit_site site)
{
	if (jit->sites == jit->end_sites) {
		jit->a.full = true;
		return 0;
	}
	site.unit = (uint16_t)jit->unit;
	site.at = jit->a.at;
	jit->site[jit->sites] = site;
	return jit->sites++;
}

void mol_jit_site_stub(struct jit *jit, uint32_t site, uint32_t where)
{
	if (jit->a.full)
		return;
	jit->site[site].state = 0;
	jit->site[site].retry = where;
	jit->site[site].stub = jit->a.at;
}

static void count_use(const struct jit_ir *ir, struct jit_value v, uint8_t uses[JIT_TEMPS])
{
	if (v.kind == JIT_TEMP || v.kind == JIT_FP_SINGLE) {
		uses[v.t]++;
	} else if (v.kind == JIT_COND) {
		count_use(ir, ir->cond[v.t].a, uses);
		count_use(ir, ir->cond[v.t].b, uses);
	}
}

void mol_jit_count_uses(const struct jit_ir *ir, const struct jit_insn *insn, uint8_t uses[JIT_TEMPS])
{
	memset(uses, 0, JIT_TEMPS * sizeof(*uses));
	for (unsigned n = insn->first; n < insn->end; n++) {
		count_use(ir, ir->op[n].a, uses);
		count_use(ir, ir->op[n].b, uses);
		count_use(ir, ir->op[n].c, uses);
	}
}

/* ---- what follows from the operations ---- */

bool mol_jit_stays(const struct jit_operation *o)
{
	switch (o->op) {
	case JIT_GET32:
	case JIT_SET32:
	case JIT_GET8:
	case JIT_SET8:
	case JIT_GET64:
	case JIT_SET64:
	case JIT_SET_VR:
	case JIT_GET_FPR:
	case JIT_SET_FPR:
	case JIT_FP_SELECT:
	case JIT_SET_MODE:
	case JIT_GET_TBU:
	case JIT_GET_TBL:
	case JIT_SET_SR:
	case JIT_TLBIE:
		return true;
	case JIT_VEC:
		return o->n < JIT_V_FP; /* with floating point perhaps a handler does it */
	default:
		return o->op <= JIT_SET_XER;
	}
}

/* ---- CR fields ---- */

#define ALL_FIELDS 0xffu

/* What an operation does with CR field f. LOOKS: also where the block may be left, in the operation
 * or behind it. */
enum touch { NOTHING, LOOKS, SETS };

static enum touch touches(const struct jit_operation *o, unsigned f)
{
	const size_t field = offsetof(struct ppc_cpu, r.cr) + f;

	switch (o->op) {
	case JIT_CMP:
		return o->n == f ? SETS : NOTHING;
	case JIT_FP_CMP: /* NaNs leave the block */
		return o->n == f ? SETS : LOOKS;
	case JIT_SET8:
		return o->k == field ? SETS : NOTHING;
	case JIT_GET8:
		return o->k == field ? LOOKS : NOTHING;
	case JIT_GET_CRB:
	case JIT_SET_CRB:
		return o->n / 4 == f ? LOOKS : NOTHING;
	case JIT_SET_CR:
		return SETS;
	case JIT_GET_CR:
		return LOOKS;
	default:
		return mol_jit_stays(o) ? NOTHING : LOOKS;
	}
}

/* From this instruction on: is field f set anew before anybody can look at it? */
static bool is_dead(const struct jit_ir *ir, unsigned insn, unsigned f)
{
	for (; insn < ir->insns && !ir->insn[insn].fallback; insn++)
		for (unsigned n = ir->insn[insn].first; n < ir->insn[insn].end; n++) {
			enum touch t = touches(&ir->op[n], f);

			if (t != NOTHING)
				return t == SETS;
		}
	return false;
}

static bool is_register(struct jit_value v, enum jit_kind kind, unsigned n)
{
	return v.kind == kind && v.n == n;
}

/* The fields that wait with register n as an operand of their compares. */
static unsigned waiting_with(const struct jit_ir *ir, const uint16_t waiting[8], enum jit_kind kind,
			     unsigned n)
{
	unsigned fields = 0;

	for (unsigned f = 0; f < 8; f++) {
		const struct jit_operation *o = waiting[f] ? &ir->op[JIT_WAITING(waiting[f])] : NULL;

		if (o && ((is_register(o->a, kind, n) && !(waiting[f] & JIT_KEPT_A)) ||
			  (is_register(o->b, kind, n) && !(waiting[f] & JIT_KEPT_B))))
			fields |= 1u << f;
	}
	return fields;
}

/* Those of these fields that somebody may look at; the others wait no more. */
static unsigned but_dead(const struct jit_ir *ir, unsigned insn, uint16_t waiting[8], unsigned fields)
{
	for (unsigned f = 0; f < 8; f++)
		if (fields >> f & 1 && waiting[f] && is_dead(ir, insn, f)) {
			waiting[f] = 0;
			fields &= ~(1u << f);
		}
	return fields;
}

static unsigned due_for_field(const struct jit_ir *ir, unsigned insn, const struct jit_operation *o,
			      uint16_t waiting[8])
{
	const unsigned f = (unsigned)(o->k - offsetof(struct ppc_cpu, r.cr));

	if (o->op == JIT_SET8 && o->k == offsetof(struct ppc_cpu, r.so))
		return but_dead(ir, insn, waiting, ALL_FIELDS);
	if (f >= 8)
		return 0;
	if (o->op == JIT_GET8)
		return 1u << f;
	waiting[f] = 0;
	return 0;
}

unsigned mol_jit_cr_due(const struct jit_ir *ir, unsigned insn, const struct jit_operation *o, bool last,
			uint16_t waiting[8])
{
	switch (o->op) {
	case JIT_SET_GPR:
		return but_dead(ir, insn, waiting, waiting_with(ir, waiting, JIT_GPR, o->n));
	case JIT_SET_FPR:
	case JIT_FP_SELECT:
	case JIT_FP_ARITH:
		return but_dead(ir, insn, waiting, waiting_with(ir, waiting, JIT_FPR, o->n));
	case JIT_GET8:
	case JIT_SET8:
		return due_for_field(ir, insn, o, waiting);
	case JIT_SET_OV: /* a compare copies SO as it was then */
	case JIT_SET_XER:
		return but_dead(ir, insn, waiting, ALL_FIELDS);
	case JIT_SET_CR:
		memset(waiting, 0, 8 * sizeof(*waiting));
		return 0;
	case JIT_GET_CR:
	case JIT_BRANCH:
	case JIT_ENTER:
		return ALL_FIELDS;
	case JIT_BRANCH_IF:
		return last || o->b.kind != JIT_K ? ALL_FIELDS : 0;
	case JIT_STWCX:
		return 1u << 0;
	default:
		return 0;
	}
}
