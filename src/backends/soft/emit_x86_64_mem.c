/* SPDX-License-Identifier: MIT
 * emit_x86_64_mem.c - memory accesses.
 *
 * An access tries the fast entry [cpu.h]; a miss goes out of line with its site's number.
 */
#include "emit_x86_64.h"

/* The fast entry of the EA in register ea: leaves its bias in the register returned, or goes out of
 * line. */
static unsigned probe_fast(struct emitter *e, unsigned ea, unsigned size, bool write, struct out *out)
{
	unsigned entry = mol_jit_allocate(e, 2), tag = mol_jit_allocate(e, 2);
	int32_t table = (int32_t)offsetof(struct ppc_cpu, fast) - JIT_BIAS;
	size_t member = write ? offsetof(struct ppc_fast, wtag) : offsetof(struct ppc_fast, rtag);

	x86_mov(e->a, entry, ea);
	x86_shift_imm(e->a, SH_SHR, entry, 12 - 4);
	x86_alu_imm(e->a, ALU_AND, entry, (PPC_FAST_ENTRIES - 1) << 4);
	x86_mov(e->a, tag, ea);
	x86_alu_imm(e->a, ALU_AND, tag, 0xfffff000u | (size - 1));
	x86_alu_mem(e->a, ALU_OR, tag, AT(fast_mode));
	x86_alu_mem(e->a, ALU_CMP, tag, mem_index(RBP, entry, table + (int32_t)member));
	out->from = x86_jcc(e->a, CC_NE);
	x86_load64(e->a, entry,
		   mem_index(RBP, entry, table + (int32_t)offsetof(struct ppc_fast, bias)));
	e->busy[tag] = 0;
	return entry;
}

void mol_jit_emit_load(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = mol_jit_source(e, o->a), bias, d;
	struct out *out = mol_jit_new_out(e, OUT_LOAD);

	out->site = mol_jit_new_site(e, raw, o->size, o->n);
	out->ea = (uint8_t)ea;
	bias = probe_fast(e, ea, o->size, false, out);
	d = mol_jit_result(e, n, o->size != 8);
	switch (o->size) {
	case 1:
		x86_load8(e->a, d, mem_index(bias, ea, 0));
		break;
	case 2:
		x86_load16(e->a, d, mem_index(bias, ea, 0));
		x86_bswap(e->a, d);
		x86_shift_imm(e->a, SH_SHR, d, 16);
		break;
	case 4:
		x86_load(e->a, d, mem_index(bias, ea, 0));
		x86_bswap(e->a, d);
		break;
	default:
		x86_load64(e->a, d, mem_index(bias, ea, 0));
		x86_bswap64(e->a, d);
		break;
	}
	out->value = (uint8_t)d;
	out->back = e->a->at;
	mol_jit_used(e, o->a);
}

void mol_jit_emit_store(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	const struct jit_operation *next = o + 1;
	unsigned ea = mol_jit_source(e, o->a), value = mol_jit_source(e, o->b), bias, t;
	struct out *out = mol_jit_new_out(e, OUT_STORE);

	out->site = mol_jit_new_site(e, raw, o->size, o->n);
	out->ea = (uint8_t)ea;
	out->value = (uint8_t)value;
	/* A store to code may have to leave the block; what is left of the instruction, the update,
	 * is then done out of line. */
	if (n + 2 == e->end && next->op == JIT_SET_GPR && next->a.kind == JIT_TEMP &&
	    o->a.kind == JIT_TEMP && next->a.t == o->a.t)
		out->update = (uint8_t)(next->n + 1);
	else if (n + 1 != e->end)
		e->failed = true;
	bias = probe_fast(e, ea, o->size, true, out);
	if (o->size == 1) {
		x86_store8(e->a, mem_index(bias, ea, 0), value);
	} else {
		t = mol_jit_allocate(e, 2);
		if (o->size == 8) {
			x86_mov64(e->a, t, value);
			x86_bswap64(e->a, t);
			x86_store64(e->a, mem_index(bias, ea, 0), t);
		} else {
			x86_mov(e->a, t, value);
			x86_bswap(e->a, t);
			if (o->size == 2) {
				x86_shift_imm(e->a, SH_SHR, t, 16);
				x86_store16(e->a, mem_index(bias, ea, 0), t);
			} else {
				x86_store(e->a, mem_index(bias, ea, 0), t);
			}
		}
	}
	out->back = e->a->at;
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

/* ---- out of line ---- */

void mol_jit_emit_access_out(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;
	const struct jit *jit = e->jit;

	mol_jit_cr_settle_out(e, o, true);
	x86_store(a, FRAME_EA, o->ea);
	if (o->kind == OUT_STORE)
		x86_store64(a, FRAME_VALUE, o->value);
	x86_store_imm(a, FRAME_SITE, o->site);
	x86_call_to(a, o->kind == OUT_LOAD ? jit->load : jit->store);
	if (o->kind == OUT_LOAD) {
		x86_load64(a, o->value, FRAME_VALUE);
		x86_jmp_to(a, o->back);
		return;
	}
	x86_cmp_mem_imm(a, FRAME_DONE, 1);
	x86_jcc_to(a, CC_E, o->back);
	if (o->update && mol_jit_home[o->update - 1] != JIT_NONE)
		x86_mov(a, mol_jit_home[o->update - 1], o->ea);
	else if (o->update)
		x86_store(a, mol_jit_gpr_at(o->update - 1u), o->ea);
	x86_mov_imm(a, RDX, o->site);
	x86_jmp_to(a, jit->exit_stop);
}
