/* SPDX-License-Identifier: MIT
 * emit_aarch64_mem.c - memory accesses.
 *
 * PAGES is the page table of the present data context [cpu.h]: shift, load, test, and the access. An
 * access that is not aligned to its size is tried once more out of line, since most of these
 * stay within their page; what has no entry calls the core, with its site's number.
 * Called by emit_aarch64.c; what is out of line by emit_aarch64_flow.c.
 */
#include "../../ppc/spr.h"
#include "emit_aarch64.h"

/* bias = the entry of the EA in register ea. Returns the branch taken if it is good, or if it is
 * not: 0, or, for a store, not positive [cpu.h]. */
static uint32_t emit_entry(struct jit_code *a, unsigned bias, unsigned ea, bool write, bool good)
{
	a64_lsr(a, 0, bias, ea, 12);
	if (!write) {
		a64_mem_uxtw(a, A64_LOAD, 3, bias, PAGES, bias, true);
		return good ? a64_cbnz(a, 1, bias) : a64_cbz(a, 1, bias);
	}
	a64_add_imm(a, 1, A64_ADD, TMP, PAGES, (uint32_t)(PPC_PAGE_STORE * sizeof(uintptr_t)));
	a64_mem_uxtw(a, A64_LOAD, 3, bias, TMP, bias, true);
	a64_add_imm(a, 1, A64_SUBS, XZR, bias, 0);
	return a64_bcc(a, good ? A64_GT : A64_LE);
}

/* Leaves in the register returned what is to be added to the EA; goes out of line if that is not
 * known. */
static unsigned emit_address(struct emitter *e, unsigned ea, unsigned size, bool write, struct out *out)
{
	unsigned bias = mol_jit_allocate(e, 2);

	if (size > 1 && size < 16) { /* a vector's address is always aligned */
		a64_logical_imm(e->a, 0, A64_ANDS, XZR, ea, size - 1);
		out->misaligned = a64_bcc(e->a, A64_NE);
	}
	out->ea = (uint8_t)ea;
	out->bias = (uint8_t)bias;
	out->from = emit_entry(e->a, bias, ea, write, false);
	out->again = e->a->at;
	return bias;
}

static void swap(struct jit_code *a, unsigned size, unsigned d, unsigned r)
{
	if (size == 2)
		a64_op2(a, 0, A64_REV16, d, r);
	else if (size == 4)
		a64_op2(a, 0, A64_REV, d, r);
	else if (size == 8)
		a64_op2(a, 1, A64_REV64, d, r);
}

/* The same of V registers, 4, 8 or 16 bytes. */
static void v_swap(struct jit_code *a, unsigned size, unsigned d, unsigned r)
{
	a64_v2(a, size == 4 ? A64_V_REV32 : A64_V_REV64, 0, d, r);
	if (size == 16)
		a64_v_ext(a, d, d, d, 8);
}

/* The register that holds an address; the zero register is none. */
static unsigned address(struct emitter *e, struct jit_value v)
{
	unsigned r = mol_jit_source(e, v);

	if (r == XZR) {
		r = mol_jit_allocate(e, 2);
		a64_mov_imm(e->a, r, 0);
	}
	return r;
}

/* Behind JIT_PROBE: at this distance from the probed bytes, less than 128. */
static void emit_probed(struct emitter *e, enum a64_access what, unsigned t, const struct jit_operation *o)
{
	unsigned size = (unsigned)__builtin_ctz(o->size);

	if (a64_fits_offset(o->c.k, size))
		a64_mem(e->a, what, size, t, e->host, o->c.k);
	else
		a64_mem_near(e->a, what, size, t, e->host, (int32_t)o->c.k);
}

void mol_jit_emit_load(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	unsigned size = (unsigned)__builtin_ctz(o->size), ea, bias, d;
	struct out *out;

	if (o->is_probed) {
		d = o->size == 8 ? mol_jit_wide_result(e, n) : mol_jit_result(e, n);
		emit_probed(e, A64_LOAD, d, o);
		swap(e->a, o->size, d, d);
		return;
	}
	ea = address(e, o->a);
	out = mol_jit_new_out(e, OUT_LOAD);
	out->site = mol_jit_new_site(e, raw, o->size, o->n);
	bias = emit_address(e, ea, o->size, false, out);
	d = o->size == 16 ? mol_jit_vec_result(e, n) : mol_jit_fp_loaded(e, n);
	out->in_v = d != JIT_NONE;
	if (out->in_v) {
		a64_v_mem_index(e->a, A64_LOAD, size, d, bias, ea, true);
		v_swap(e->a, o->size, d, d);
	} else {
		d = o->size == 8 ? mol_jit_wide_result(e, n) : mol_jit_result(e, n);
		a64_mem_uxtw(e->a, A64_LOAD, size, d, bias, ea, false);
		swap(e->a, o->size, d, d);
	}
	out->value = (uint8_t)d;
	out->back = e->a->at;
	mol_jit_used(e, o->a);
}

void mol_jit_emit_store(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	const struct jit_operation *next = o + 1;
	bool in_v = o->size == 16 || (o->b.kind == JIT_TEMP && e->where[o->b.t] >= IN_V);
	unsigned size = (unsigned)__builtin_ctz(o->size), ea, value, bias, swapped;
	struct out *out;

	value = in_v ? mol_jit_vec_register(e, o->b) : mol_jit_source(e, o->b);
	swapped = o->size > 1 ? TMP : value;
	if (o->is_probed) {
		swap(e->a, o->size, TMP, value);
		emit_probed(e, A64_STORE, swapped, o);
		mol_jit_used(e, o->b);
		return;
	}
	ea = address(e, o->a);
	out = mol_jit_new_out(e, OUT_STORE);
	out->site = mol_jit_new_site(e, raw, o->size, o->n);
	out->value = (uint8_t)value;
	/* A store to code may have to leave the block; what is left of the instruction, the update,
	 * is then done out of line. */
	if (n + 2 == e->end && next->op == JIT_SET_GPR && next->a.kind == JIT_TEMP &&
	    o->a.kind == JIT_TEMP && next->a.t == o->a.t)
		out->update = (uint8_t)(next->n + 1);
	else if (n + 1 != e->end)
		e->failed = true;
	bias = emit_address(e, ea, o->size, true, out);
	out->in_v = in_v;
	if (in_v) {
		swapped = mol_jit_vec_scratch(e);
		v_swap(e->a, o->size, swapped, value);
		a64_v_mem_index(e->a, A64_STORE, size, swapped, bias, ea, true);
	} else {
		swap(e->a, o->size, TMP, value);
		a64_mem_uxtw(e->a, A64_STORE, size, swapped, bias, ea, false);
	}
	out->back = e->a->at;
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

/* Leaves the host's address of the bytes in e->host, for the rest of the instruction. */
void mol_jit_emit_probe(struct emitter *e, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = address(e, o->a), host = mol_jit_allocate(e, 1);
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);
	struct jit_code *a = e->a;

	out->site = mol_jit_new_site(e, raw, 0, 0);
	if (o->n & PPC_MEM_WORD_ALIGNED) {
		a64_logical_imm(a, 0, A64_ANDS, XZR, ea, 3);
		out->misaligned = a64_bcc(a, A64_NE);
	}
	if (o->k > 1) {
		mol_jit_add_constant(a, host, ea, o->k - 1);
		a64_op3(a, 0, A64_EOR, host, host, ea);
		a64_lsr(a, 0, host, host, 12);
		out->also[0] = a64_cbnz(a, 0, host);
	}
	out->from = emit_entry(a, host, ea, o->size, false);
	a64_add_uxtw(a, host, host, ea, 0);
	e->host = (uint8_t)host;
	mol_jit_used(e, o->a);
}

/* A page with an entry for stores is cacheable RAM. */
void mol_jit_emit_zero_line(struct emitter *e, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = address(e, o->a), line = mol_jit_allocate(e, 2), bias = mol_jit_allocate(e, 2);
	uint32_t hid0 = ppc_dcbz_hid0(e->jit->model->features);
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);
	struct jit_code *a = e->a;

	out->site = mol_jit_new_site(e, raw, 0, 0);
	if (hid0) {
		mol_jit_mem(a, A64_LOAD, 2, line, AT(r.spr[PPC_SPR_HID0]));
		a64_mov_imm(a, TMP, hid0);
		a64_op3(a, 0, A64_AND, line, line, TMP);
		a64_mov_imm(a, TMP, PPC_HID0_DCE);
		a64_op3(a, 0, A64_SUBS, XZR, line, TMP);
		out->misaligned = a64_bcc(a, A64_NE);
	}
	out->from = emit_entry(a, bias, ea, true, false);
	a64_logical_imm(a, 0, A64_AND, line, ea, ~(PPC_CACHE_LINE - 1));
	a64_add_uxtw(a, line, bias, line, 0);
	for (int32_t n = 0; n < (int32_t)PPC_CACHE_LINE; n += 16)
		a64_pair(a, 1, A64_STP, XZR, XZR, line, n);
	mol_jit_used(e, o->a);
}

/* A reservation is refused on write-through pages, which have no entry for stores, and on a 74xx
 * while the data cache is locked [mmu/protect.c]. */
static uint32_t emit_locked(struct emitter *e, unsigned r)
{
	if (!(e->jit->model->features & (PPC_F_7400 | PPC_F_745X)))
		return 0;
	mol_jit_mem(e->a, A64_LOAD, 2, r, AT(r.spr[PPC_SPR_HID0]));
	a64_logical_imm(e->a, 0, A64_ANDS, XZR, r, PPC_HID0_DLOCK);
	return a64_bcc(e->a, A64_NE);
}

/* On the page of the last lwarx, whose physical address is known [cpu.h]. */
void mol_jit_emit_lwarx(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = address(e, o->a), bias = mol_jit_allocate(e, 2), d;
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);
	struct jit_code *a = e->a;

	out->site = mol_jit_new_site(e, raw, 0, 0);
	mol_jit_mem(a, A64_LOAD, 2, bias, AT(reserve_page));
	a64_op3(a, 0, A64_EOR, bias, bias, ea);
	a64_logical_imm(a, 0, A64_ANDS, XZR, bias, ~(SOFT_PAGE - 1) | 3);
	out->misaligned = a64_bcc(a, A64_NE);
	mol_jit_mem(a, A64_LOAD, 3, bias, AT(reserve_table));
	a64_op3(a, 1, A64_SUBS, XZR, bias, PAGES);
	out->also[0] = a64_bcc(a, A64_NE);
	out->also[1] = emit_locked(e, bias);
	out->from = emit_entry(a, bias, ea, true, false);
	/* The address is read before the result is written, which may be its register. */
	a64_logical_imm(a, 0, A64_AND, TMP, ea, (SOFT_PAGE - 1) & ~(PPC_CACHE_LINE - 1));
	a64_add_uxtw(a, bias, bias, ea, 0);
	d = mol_jit_result(e, n);
	a64_mem(a, A64_LOAD, 2, d, bias, 0);
	swap(a, 4, d, d);
	mol_jit_mem(a, A64_LOAD, 2, bias, AT(reserve_page_pa));
	a64_op3(a, 0, A64_ORR, bias, bias, TMP);
	mol_jit_mem(a, A64_STORE, 2, bias, AT(r.reserve_pa));
	a64_mov_imm(a, bias, 1);
	mol_jit_mem(a, A64_STORE, 0, bias, AT(r.reserve));
	mol_jit_used(e, o->a);
}

void mol_jit_emit_stwcx(struct emitter *e, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = address(e, o->a), value = mol_jit_source(e, o->b);
	unsigned bias = mol_jit_allocate(e, 2), field = mol_jit_allocate(e, 2);
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);
	struct jit_code *a = e->a;
	uint32_t lost;

	out->site = mol_jit_new_site(e, raw, 0, 0);
	a64_logical_imm(a, 0, A64_ANDS, XZR, ea, 3);
	out->misaligned = a64_bcc(a, A64_NE);
	out->also[0] = emit_locked(e, bias);
	mol_jit_mem(a, A64_LOAD, 0, field, AT(r.so));
	mol_jit_mem(a, A64_LOAD, 0, bias, AT(r.reserve));
	lost = a64_cbz(a, 0, bias);
	out->from = emit_entry(a, bias, ea, true, false);
	swap(a, 4, TMP, value);
	a64_mem_uxtw(a, A64_STORE, 2, TMP, bias, ea, false);
	a64_logical_imm(a, 0, A64_ORR, field, field, PPC_CR_EQ);
	a64_patch(a, lost, a->at);
	mol_jit_mem(a, A64_STORE, 0, field, AT(r.cr[0]));
	mol_jit_mem(a, A64_STORE, 0, XZR, AT(r.reserve));
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

/* ---- out of line ---- */

/* The access was not aligned to its size: if it may be so and stays within the page, then with the
 * page's entry all is well. What is not goes on behind. */
static void emit_misaligned(struct emitter *e, const struct out *o, const struct jit_site *site)
{
	struct jit_code *a = e->a;
	bool words = site->how & PPC_MEM_WORD_ALIGNED;
	uint32_t unaligned = 0, crosses;

	a64_patch(a, o->misaligned, a->at);
	if (words && site->size == 4)
		return;
	if (words) {
		a64_logical_imm(a, 0, A64_ANDS, XZR, o->ea, 3);
		unaligned = a64_bcc(a, A64_NE);
	}
	mol_jit_add_constant(a, o->bias, o->ea, site->size - 1u);
	a64_op3(a, 0, A64_EOR, o->bias, o->bias, o->ea);
	a64_lsr(a, 0, o->bias, o->bias, 12);
	crosses = a64_cbnz(a, 0, o->bias);
	a64_patch(a, emit_entry(a, o->bias, o->ea, o->kind == OUT_STORE, true), o->again);
	a64_patch(a, crosses, a->at);
	if (unaligned)
		a64_patch(a, unaligned, a->at);
}

void mol_jit_emit_access_out(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;
	const struct jit *jit = e->jit;
	bool wide = jit->site[o->site].size == 16;
	uint32_t leave = 0, value = wide ? FRAME_WIDE : FRAME_VALUE;

	if (o->misaligned)
		emit_misaligned(e, o, &jit->site[o->site]);
	a64_patch(a, o->from, a->at);
	mol_jit_cr_settle_out(e, o);
	a64_mem(a, A64_STORE, 2, o->ea, SP, FRAME_EA);
	if (wide) {
		a64_add_imm(a, 1, A64_ADD, TMP, SP, FRAME_WIDE);
		a64_mem(a, A64_STORE, 3, TMP, SP, FRAME_VALUE);
	}
	if (o->kind == OUT_STORE && o->in_v)
		a64_v_mem(a, A64_STORE, wide ? 4 : 3, o->value, SP, value);
	else if (o->kind == OUT_STORE)
		a64_mem(a, A64_STORE, 3, o->value, SP, value);
	mol_jit_pins_store(e, &o->pins);
	a64_mov_imm(a, TMP, o->site);
	a64_mem(a, A64_STORE, 2, TMP, SP, FRAME_SITE);
	a64_bl_to(a, o->kind == OUT_LOAD ? jit->load : jit->store);
	if (o->kind == OUT_STORE) {
		a64_mem(a, A64_LOAD, 2, TMP, SP, FRAME_DONE);
		a64_add_imm(a, 0, A64_SUB, TMP, TMP, 1);
		leave = a64_cbnz(a, 0, TMP);
	}
	if (e->fp_live)
		mol_jit_emit_fp_enter(e);
	mol_jit_pins_load(e, &o->pins);
	if (o->kind == OUT_LOAD && o->in_v)
		a64_v_mem(a, A64_LOAD, wide ? 4 : 3, o->value, SP, value);
	else if (o->kind == OUT_LOAD)
		a64_mem(a, A64_LOAD, 3, o->value, SP, value);
	a64_b_to(a, o->back);
	if (o->kind == OUT_LOAD)
		return;
	/* Not by way of the pins: a device may have given the registers other values. */
	a64_patch(a, leave, a->at);
	if (o->update && mol_jit_home[o->update - 1] != JIT_NONE)
		a64_mov(a, 0, mol_jit_home[o->update - 1], o->ea);
	else if (o->update)
		mol_jit_mem(a, A64_STORE, 2, o->ea, mol_jit_gpr_at(o->update - 1u));
	a64_mov_imm(a, X1, o->site);
	a64_b_to(a, jit->exit_stop);
}
