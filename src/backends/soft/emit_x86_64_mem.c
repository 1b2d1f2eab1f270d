/* SPDX-License-Identifier: MIT
 * emit_x86_64_mem.c - memory accesses.
 *
 * RDI is the page table of the present data context [cpu.h]: shift, load, test, and the access. An
 * access that is not aligned to its size is tried once more out of line, since most of these
 * stay within their page; what has no entry calls the core, with its site's number. Where there may
 * be a window behind the table [core/window.c] the access is all there is, and may fault.
 * Called by emit_x86_64.c; what is out of line by emit_x86_64_flow.c.
 */
#include "../../ppc/spr.h"
#include "emit_x86_64.h"
#include "x86_sse.h"

/* bias = the entry of the EA in register ea. Returns the displacement of the jump taken if it is
 * good, or if it is not. */
static uint32_t emit_entry(struct emitter *e, unsigned bias, unsigned ea, bool write, bool good)
{
	if (e->shift_by_base) {
		x86_shift_by(e->a, SH_SHR, 0, bias, ea, RBP);
	} else {
		x86_mov(e->a, bias, ea);
		x86_shift_imm(e->a, SH_SHR, bias, 12);
	}
	x86_load64(e->a, bias, mem_scaled(RDI, bias, 3,
					  write ? (int32_t)(PPC_PAGE_STORE * sizeof(uintptr_t)) : 0));
	x86_test64(e->a, bias, bias);
	if (write) /* [cpu.h]: positive */
		return x86_jcc(e->a, good ? CC_G : CC_LE);
	return x86_jcc(e->a, good ? CC_NE : CC_E);
}

/* Has the instruction cleared the low bits of this address itself? */
static bool is_aligned(const struct emitter *e, struct jit_value ea, unsigned size)
{
	const struct jit_ir *ir = &e->jit->ir;

	for (unsigned n = ir->insn[e->index].first; ea.kind == JIT_TEMP && n < e->end; n++)
		if (ir->op[n].d == ea.t && ir->op[n].op == JIT_AND && ir->op[n].b.kind == JIT_K)
			return !(ir->op[n].b.k & (size - 1));
	return size == 16; /* a vector's address is always so */
}

/* An address as a guest register and a displacement. */
struct based {
	unsigned gpr;
	uint32_t offset;
};

static bool is_based(const struct jit_ir *ir, const struct jit_operation *first,
		     const struct jit_operation *access, struct based *out)
{
	if (access->a.kind == JIT_GPR) {
		*out = (struct based){ access->a.n, 0 };
		return true;
	}
	for (const struct jit_operation *o = first; access->a.kind == JIT_TEMP && o < access; o++)
		if (o->d == access->a.t && o->op == JIT_ADD && o->a.kind == JIT_GPR && o->b.kind == JIT_K) {
			*out = (struct based){ o->a.n, o->b.k };
			return true;
		}
	return false;
}

/* ---- windows [core/window.c] ---- */

#define WINDOW_REACH 32767u /* the guard on either side takes more */

static bool by_window(const struct emitter *e)
{
	const struct jit *jit = e->jit;

	return jit->windows && e->a->features & X86_MOVBE &&
	       !jit_unit_by_table(&jit->table, jit->unit, e->ea + 4 * e->index);
}

bool mol_jit_is_in_operand(const struct emitter *e, unsigned n)
{
	const struct jit_ir *ir = &e->jit->ir;
	const struct jit_operation *sum = &ir->op[n], *o = sum + 1, *end = &ir->op[e->end];

	if (sum->a.kind != JIT_GPR || sum->b.kind != JIT_K || e->uses[sum->d] != 1 ||
	    sum->b.k + WINDOW_REACH > 2 * WINDOW_REACH || !by_window(e))
		return false;
	while (o < end && o->op != JIT_LOAD && o->op != JIT_STORE && o->op != JIT_SET_GPR)
		o++;
	return o < end && o->op != JIT_SET_GPR && !o->is_probed && o->a.kind == JIT_TEMP &&
	       o->a.t == sum->d && !(o->n & PPC_MEM_WORD_ALIGNED && sum->b.k & 3);
}

/* The register with the address that operation o accesses, or with what out->disp makes it of. */
static unsigned emit_ea(struct emitter *e, const struct jit_operation *o, uint32_t *disp)
{
	const struct jit_ir *ir = &e->jit->ir;
	struct based based;

	*disp = 0;
	if (o->a.kind != JIT_TEMP || e->where[o->a.t] != JIT_IN_OPERAND ||
	    !is_based(ir, &ir->op[ir->insn[e->index].first], o, &based))
		return mol_jit_source(e, o->a);
	*disp = based.offset;
	return mol_jit_source(e, (struct jit_value){ .kind = JIT_GPR, .n = (uint8_t)based.gpr });
}

/* Misaligned or not: the host's memory is where the guest's is. */
static struct x86_mem emit_window(struct emitter *e, unsigned ea, struct out *out)
{
	out->ea = (uint8_t)ea;
	out->window = true;
	if (e->jit->site[out->site].how & PPC_MEM_WORD_ALIGNED) {
		x86_test8_imm(e->a, ea, 3);
		out->misaligned = x86_jcc(e->a, CC_NE);
	}
	return mem_index(RDI, ea, (int32_t)(MOL_PAGETAB_WINDOW + out->disp));
}

/* Where the bytes at the EA in register ea are; goes out of line if that is not known. */
static struct x86_mem emit_address(struct emitter *e, unsigned ea, bool aligned, unsigned size,
				   bool write, struct out *out)
{
	unsigned bias;

	if (by_window(e))
		return emit_window(e, ea, out);
	bias = mol_jit_allocate(e, 2);
	if (size > 1 && !aligned) {
		x86_test8_imm(e->a, ea, size - 1);
		out->misaligned = x86_jcc(e->a, CC_NE);
	}
	out->ea = (uint8_t)ea;
	out->bias = (uint8_t)bias;
	out->from = emit_entry(e, bias, ea, write, false);
	out->again = e->a->at;
	return mem_index(bias, ea, 0);
}

static void emit_swapped_load(struct jit_code *a, unsigned size, unsigned d, struct x86_mem m)
{
	if (size == 1) {
		x86_load8(a, d, m);
	} else if (size == 2) {
		x86_load16(a, d, m);
		x86_rol16(a, d, 8);
	} else if (a->features & X86_MOVBE) {
		x86_movbe_load(a, size, d, m);
	} else if (size == 4) {
		x86_load(a, d, m);
		x86_bswap(a, d);
	} else {
		x86_load64(a, d, m);
		x86_bswap64(a, d);
	}
}

static void swap(struct jit_code *a, unsigned size, unsigned r)
{
	if (size == 2)
		x86_rol16(a, r, 8);
	else if (size == 4)
		x86_bswap(a, r);
	else if (size == 8)
		x86_bswap64(a, r);
}

/* Leaves the register as it is: it may be a guest register's home. */
static void emit_swapped_store(struct jit_code *a, unsigned size, struct x86_mem m, unsigned value)
{
	if (size > 1 && a->features & X86_MOVBE) {
		x86_movbe_store(a, size, m, value);
		return;
	}
	if (size == 1) {
		x86_store8(a, m, value);
		return;
	}
	if (m.index == value) { /* the address is made before the value changes */
		x86_lea(a, 1, m.base, m);
		m = mem_at(m.base, 0);
	}
	swap(a, size, value);
	if (size == 2)
		x86_store16(a, m, value);
	else if (size == 4)
		x86_store(a, m, value);
	else
		x86_store64(a, m, value);
	swap(a, size, value);
}

/* Do the 8 bytes of this load hold a word that has just been stored? Then the host's store buffer
 * could not answer the load as a whole: integers on their way to a floating-point register. */
static bool just_stored(const struct emitter *e, const struct jit_operation *load)
{
	const struct jit_ir *ir = &e->jit->ir;
	unsigned i = e->index, oldest = e->index < 16 ? 0 : e->index - 16;
	struct based to, from;

	if (load->size != 8 || !is_based(ir, &ir->op[ir->insn[i].first], load, &from))
		return false;
	while (i-- > oldest)
		for (unsigned n = ir->insn[i].end; n-- > ir->insn[i].first;) {
			const struct jit_operation *o = &ir->op[n];

			if (o->op == JIT_SET_GPR && o->n == from.gpr)
				return false;
			if (o->op == JIT_STORE && o->size == 4 && !o->is_probed &&
			    is_based(ir, &ir->op[ir->insn[i].first], o, &to) && to.gpr == from.gpr &&
			    to.offset - from.offset < 8)
				return true;
		}
	return false;
}

/* 8 bytes as two words. */
static unsigned emit_halves(struct emitter *e, unsigned n, struct x86_mem m)
{
	unsigned low = mol_jit_allocate(e, 2), d;
	struct x86_mem second = m;

	second.disp += 4;
	emit_swapped_load(e->a, 4, low, second);
	e->busy[m.base] = 0;
	d = mol_jit_result(e, n, false);
	emit_swapped_load(e->a, 4, d, m);
	x86_shift64_imm(e->a, SH_SHL, d, 32);
	x86_rr(e->a, 1, 0x0b, d, low); /* or */
	return d;
}

void mol_jit_emit_load(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea, d;
	uint32_t disp;
	struct out *out;
	struct x86_mem m;

	if (o->is_probed) {
		d = mol_jit_result(e, n, o->size != 8);
		emit_swapped_load(e->a, o->size, d, mem_at(e->host, (int32_t)o->c.k));
		return;
	}
	ea = emit_ea(e, o, &disp);
	out = mol_jit_new_out(e, OUT_LOAD);
	out->disp = disp;
	out->site = mol_jit_new_site(e, raw, o->size, o->n);
	m = emit_address(e, ea, is_aligned(e, o->a, o->size), o->size, false, out);
	if (o->size == 16) {
		d = mol_jit_emit_vec_load(e, n, m);
	} else if (mol_jit_fp_loads(e, n) && !just_stored(e, o)) {
		d = JIT_IN_XMM;
		e->where[o->d] = JIT_IN_XMM;
		out->to_fpr = true;
		mol_jit_emit_fp_load(e, o->size, m);
	} else if (just_stored(e, o)) {
		d = emit_halves(e, n, m);
	} else {
		e->busy[m.base] = 0; /* it may be the result's */
		d = mol_jit_result(e, n, o->size != 8);
		emit_swapped_load(e->a, o->size, d, m);
	}
	out->value = (uint8_t)d;
	out->wide = o->size == 16;
	out->back = e->a->at;
	mol_jit_used(e, o->a);
}

void mol_jit_emit_store(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	const struct jit_operation *next = o + 1;
	bool wide = o->size == 16, from_fpr = mol_jit_fp_stores(e, n);
	unsigned ea, value;
	uint32_t disp;
	struct out *out;
	struct x86_mem m;

	if (from_fpr)
		value = mol_jit_emit_fp_source(e, n);
	else
		value = wide ? mol_jit_emit_vec_source(e, o->b) : mol_jit_source(e, o->b);

	if (o->is_probed) {
		emit_swapped_store(e->a, o->size, mem_at(e->host, (int32_t)o->c.k), value);
		mol_jit_used(e, o->b);
		return;
	}
	ea = emit_ea(e, o, &disp);
	out = mol_jit_new_out(e, OUT_STORE);
	out->disp = disp;
	out->site = mol_jit_new_site(e, raw, o->size, o->n);
	out->value = (uint8_t)value;
	/* A store to code may have to leave the block; what is left of the instruction, the update,
	 * is then done out of line. */
	if (n + 2 == e->end && next->op == JIT_SET_GPR && next->a.kind == JIT_TEMP &&
	    o->a.kind == JIT_TEMP && next->a.t == o->a.t)
		out->update = (uint8_t)(next->n + 1);
	else if (n + 1 != e->end)
		e->failed = true;
	m = emit_address(e, ea, is_aligned(e, o->a, o->size), o->size, true, out);
	if (wide)
		mol_jit_emit_vec_store(e, value, m);
	else if (from_fpr)
		mol_jit_emit_fp_store(e, o->size, m, value);
	else
		emit_swapped_store(e->a, o->size, m, value);
	out->wide = wide;
	out->to_fpr = from_fpr;
	out->back = e->a->at;
	mol_jit_used(e, o->a);
	if (wide)
		mol_jit_vec_release(e);
	else
		mol_jit_used(e, o->b);
}

/* Leaves the host's address of the bytes in e->host, for the rest of the instruction. */
void mol_jit_emit_probe(struct emitter *e, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = mol_jit_source(e, o->a), host = mol_jit_allocate(e, 1);
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);

	out->site = mol_jit_new_site(e, raw, 0, 0);
	if (o->n & PPC_MEM_WORD_ALIGNED) {
		x86_test8_imm(e->a, ea, 3);
		out->misaligned = x86_jcc(e->a, CC_NE);
	}
	if (o->k > 1) {
		x86_lea(e->a, 0, host, mem_at(ea, (int32_t)o->k - 1));
		x86_alu(e->a, ALU_XOR, host, ea);
		x86_shift_imm(e->a, SH_SHR, host, 12);
		out->also[0] = x86_jcc(e->a, CC_NE);
	}
	out->from = emit_entry(e, host, ea, o->size, false);
	x86_rr(e->a, 1, 0x03, host, ea); /* add */
	e->host = (uint8_t)host;
	mol_jit_used(e, o->a);
}

/* A page with an entry for stores is cacheable RAM. */
void mol_jit_emit_zero_line(struct emitter *e, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = mol_jit_source(e, o->a), line = mol_jit_allocate(e, 2);
	unsigned bias = mol_jit_allocate(e, 2);
	uint32_t hid0 = ppc_dcbz_hid0(e->jit->model->features);
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);

	out->site = mol_jit_new_site(e, raw, 0, 0);
	if (hid0) {
		x86_load(e->a, line, AT(r.spr[PPC_SPR_HID0]));
		x86_alu_imm(e->a, ALU_AND, line, hid0);
		x86_alu_imm(e->a, ALU_CMP, line, PPC_HID0_DCE);
		out->misaligned = x86_jcc(e->a, CC_NE);
	}
	out->from = emit_entry(e, bias, ea, true, false);
	x86_mov(e->a, line, ea);
	x86_alu_imm(e->a, ALU_AND, line, ~(PPC_CACHE_LINE - 1));
	op3(e->a, SSE_OP(NP, 0F, 0x57), 0, 0, 0, SSE_NO_IMM); /* xorps */
	for (int32_t n = 0; n < (int32_t)PPC_CACHE_LINE; n += 16)
		sse_store128(e->a, mem_index(bias, line, n), 0);
	mol_jit_used(e, o->a);
}

/* A reservation is refused on write-through pages, which have no entry for stores, and on a 74xx
 * while the data cache is locked [mmu/protect.c]. */
static uint32_t emit_locked(struct emitter *e)
{
	if (!(e->jit->model->features & (PPC_F_7400 | PPC_F_745X)))
		return 0;
	x86_test_mem_imm(e->a, AT(r.spr[PPC_SPR_HID0]), PPC_HID0_DLOCK);
	return x86_jcc(e->a, CC_NE);
}

/* On the page of the last lwarx, whose physical address is known [cpu.h]. */
void mol_jit_emit_lwarx(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = mol_jit_source(e, o->a), bias = mol_jit_allocate(e, 2), d;
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);
	struct jit_code *a = e->a;

	out->site = mol_jit_new_site(e, raw, 0, 0);
	x86_mov(a, bias, ea);
	x86_alu_mem(a, ALU_XOR, bias, AT(reserve_page));
	x86_test_imm(a, bias, ~(SOFT_PAGE - 1) | 3);
	out->misaligned = x86_jcc(a, CC_NE);
	x86_rm(a, 1, 0x3b, RDI, AT(reserve_table)); /* cmp */
	out->also[0] = x86_jcc(a, CC_NE);
	out->also[1] = emit_locked(e);
	out->from = emit_entry(e, bias, ea, true, false);
	d = mol_jit_result(e, n, false);
	emit_swapped_load(a, 4, d, mem_index(bias, ea, 0));
	x86_mov(a, bias, ea);
	x86_alu_imm(a, ALU_AND, bias, (SOFT_PAGE - 1) & ~(PPC_CACHE_LINE - 1));
	x86_alu_mem(a, ALU_OR, bias, AT(reserve_page_pa));
	x86_store(a, AT(r.reserve_pa), bias);
	x86_store8_imm(a, AT(r.reserve), 1);
	mol_jit_used(e, o->a);
}

void mol_jit_emit_stwcx(struct emitter *e, const struct jit_operation *o, uint32_t raw)
{
	unsigned ea = mol_jit_source(e, o->a), value = mol_jit_source(e, o->b);
	unsigned bias = mol_jit_allocate(e, 2);
	struct out *out = mol_jit_new_out(e, OUT_HANDLER);
	struct jit_code *a = e->a;
	uint32_t lost, done;

	out->site = mol_jit_new_site(e, raw, 0, 0);
	x86_test8_imm(a, ea, 3);
	out->misaligned = x86_jcc(a, CC_NE);
	out->also[0] = emit_locked(e);
	x86_cmp8_mem_imm(a, AT(r.reserve), 0);
	lost = x86_jcc(a, CC_E);
	out->from = emit_entry(e, bias, ea, true, false);
	emit_swapped_store(a, 4, mem_index(bias, ea, 0), value);
	x86_load8(a, bias, AT(r.so));
	x86_alu_imm(a, ALU_OR, bias, PPC_CR_EQ);
	done = x86_jmp(a);
	x86_patch(a, lost, a->at);
	x86_load8(a, bias, AT(r.so));
	x86_patch(a, done, a->at);
	x86_store8(a, AT(r.cr[0]), bias);
	x86_store8_imm(a, AT(r.reserve), 0);
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

/* ---- out of line ---- */

/* Nothing of the instruction is done: its handler does it. */
void mol_jit_emit_handler_out(struct emitter *e, const struct out *o)
{
	const struct jit_site *site = &e->jit->site[o->site];
	struct jit_code *a = e->a;

	if (o->misaligned)
		x86_patch(a, o->misaligned, a->at);
	for (unsigned n = 0; n < 2; n++)
		if (o->also[n])
			x86_patch(a, o->also[n], a->at);
	e->xmm = o->xmm;
	mol_jit_cr_settle_out(e, o, false);
	mol_jit_pins_store(e, &o->xmm);
	x86_mov_imm(a, RCX, site->raw);
	x86_mov_imm(a, RDX, o->site);
	mol_jit_homes_back(e);
	x86_mov_imm64(a, RAX, (uintptr_t)e->block->op[(site->pc - e->ea) / 4].fn);
	x86_call_to(a, e->jit->call);
	mol_jit_homes_again(e);
	if (e->fp_live)
		mol_jit_emit_fp_enter(e);
	mol_jit_pins_load(e, &o->after);
	x86_jmp_to(a, o->back);
}

/* The access was not aligned to its size: if it may be so and stays within the page, then with the
 * page's entry all is well. What is not goes on behind. */
static void emit_misaligned(struct emitter *e, const struct out *o, const struct jit_site *site)
{
	struct jit_code *a = e->a;
	bool words = site->how & PPC_MEM_WORD_ALIGNED;
	uint32_t unaligned = 0, crosses;

	x86_patch(a, o->misaligned, a->at);
	if (words && site->size == 4)
		return;
	if (words) {
		x86_test8_imm(a, o->ea, 3);
		unaligned = x86_jcc(a, CC_NE);
	}
	x86_lea(a, 0, o->bias, mem_at(o->ea, site->size - 1));
	x86_alu(a, ALU_XOR, o->bias, o->ea);
	x86_shift_imm(a, SH_SHR, o->bias, 12);
	crosses = x86_jcc(a, CC_NE);
	x86_patch(a, emit_entry(e, o->bias, o->ea, o->kind == OUT_STORE, true), o->again);
	x86_patch(a, crosses, a->at);
	if (unaligned)
		x86_patch(a, unaligned, a->at);
}

/* What C code has loaded, as if it came from memory. */
static void load_to_fpr(struct emitter *e, unsigned size)
{
	mol_jit_emit_fp_load(e, size, FRAME_VALUE);
	mol_jit_emit_fp_swap(e, size, XMM_LOADED, XMM_LOADED);
}

void mol_jit_emit_access_out(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;
	const struct jit *jit = e->jit;
	uint32_t leave = 0;

	if (o->misaligned && o->window)
		x86_patch(a, o->misaligned, a->at);
	else if (o->misaligned)
		emit_misaligned(e, o, &jit->site[o->site]);
	if (o->window && !a->full)
		e->jit->site[o->site].landing = a->at;
	else if (!o->window)
		x86_patch(a, o->from, a->at);
	x86_store(a, FRAME_EA, o->ea);
	if (o->disp)
		x86_alu_to_mem_imm(a, ALU_ADD, FRAME_EA, o->disp);
	if (o->wide) {
		x86_push(a, RAX);
		x86_lea(a, 1, RAX, mem_at(RSP, FRAME_WIDE.disp + 8));
		x86_store64(a, mem_at(RSP, FRAME_VALUE.disp + 8), RAX);
		x86_pop(a, RAX);
		if (o->kind == OUT_STORE)
			mol_jit_emit_vec_wide(e, o->value, true);
	} else if (o->kind == OUT_STORE && o->to_fpr) {
		sse_store64(a, FRAME_VALUE, o->value);
	} else if (o->kind == OUT_STORE) {
		x86_store64(a, FRAME_VALUE, o->value);
	}
	x86_store_imm(a, FRAME_SITE, o->site);
	e->xmm = o->xmm;
	mol_jit_cr_settle_out(e, o, true);
	mol_jit_pins_store(e, &o->xmm);
	mol_jit_homes_back(e);
	x86_call_to(a, o->kind == OUT_LOAD ? jit->load : jit->store);
	if (o->kind == OUT_STORE) {
		x86_cmp_mem_imm(a, FRAME_DONE, 1);
		leave = x86_jcc(a, CC_NE);
	}
	mol_jit_emit_fp_again(e);
	mol_jit_pins_load(e, &o->xmm);
	mol_jit_homes_again(e);
	if (o->kind == OUT_LOAD) {
		if (o->wide)
			mol_jit_emit_vec_wide(e, o->value, false);
		else if (o->to_fpr)
			load_to_fpr(e, jit->site[o->site].size);
		else
			x86_load64(a, o->value, FRAME_VALUE);
	}
	x86_jmp_to(a, o->back);
	if (o->kind == OUT_LOAD)
		return;
	/* Not by way of the pins: a device may have given the registers other values. */
	x86_patch(a, leave, a->at);
	if (o->update && mol_jit_home[o->update - 1] != JIT_NONE)
		x86_mov(a, mol_jit_home[o->update - 1], o->ea);
	else if (o->update)
		x86_store(a, mol_jit_gpr_at(o->update - 1u), o->ea);
	x86_mov_imm(a, RDX, o->site);
	x86_jmp_to(a, jit->exit_stop);
}
