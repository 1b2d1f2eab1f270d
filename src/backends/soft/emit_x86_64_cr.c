/* SPDX-License-Identifier: MIT
 * emit_x86_64_cr.c - the condition register, and compares that wait until somebody looks.
 *
 * Most compares feed the branch behind them and nothing else. So a compare of guest registers and
 * constants emits nothing: it waits, until its field is read as a whole or the block is left
 * [jit_block.c]; ways out of line set the field there. If one of its registers is written before, the
 * frame keeps what it was. A field that is compared anew before anybody can look is never set.
 * Callers: emit_x86_64.c, and all that leaves the block.
 */
#include "emit_x86_64.h"

static const struct jit_operation *waiting_for(const struct emitter *e, uint16_t waiting)
{
	return &e->jit->ir.op[JIT_WAITING(waiting)];
}

static struct x86_mem in_frame(const struct emitter *e, struct x86_mem m)
{
	m.disp += e->pushed;
	return m;
}

/* The flags are those of a compare: CR field = LT GT EQ, as 8, 4 or 2, and SO. r and s are
 * overwritten. */
static void set_field(struct emitter *e, const struct jit_operation *o, unsigned r, unsigned s)
{
	struct x86_mem field = AT_OFFSET(offsetof(struct ppc_cpu, r.cr) + o->n);
	bool is_signed = o->op == JIT_CMP && o->size;

	x86_mov_imm(e->a, r, 2);
	x86_cmov_mem(e->a, is_signed ? CC_G : CC_A, r, in_frame(e, FRAME_GT));
	x86_cmov_mem(e->a, is_signed ? CC_L : CC_B, r, in_frame(e, FRAME_LT));
	if (o->op == JIT_CMP) { /* the flags stay */
		x86_load8(e->a, s, AT(r.so));
		x86_lea(e->a, 0, r, mem_index(r, s, 0));
	}
	x86_store8(e->a, field, r);
	e->whole_cr = false;
}

/* Is the operation just emitted one that has set the flags as a compare of this register with 0? */
static bool flags_are_of(const struct emitter *e, unsigned r)
{
	return e->flags_at == e->a->at && !e->flags_compare && e->flags_of == r && e->flags_sign;
}

/* Compare as the compare says that waited: its operands are guest registers, constants, or kept. r is
 * overwritten. */
static void compare_waiting(struct emitter *e, uint16_t waiting, unsigned r)
{
	const struct jit_operation *o = waiting_for(e, waiting);
	bool kept = waiting & JIT_KEPT_A, is_k = o->b.kind == JIT_K;
	struct x86_mem m = in_frame(e, FRAME_KEPT(o->n, false));

	if (o->op == JIT_FP_CMP) {
		if (e->flags_at != e->a->at || e->flags_compare != o)
			mol_jit_fp_compare(e, o->a, o->b);
		return;
	}
	if (!kept && o->a.kind == JIT_GPR && e->home[o->a.n] != JIT_NONE) {
		r = e->home[o->a.n];
	} else {
		if (o->a.kind == JIT_GPR && !kept)
			m = mol_jit_gpr_at(o->a.n);
		if (o->a.kind == JIT_GPR && is_k) {
			x86_cmp_mem_imm(e->a, m, o->b.k);
			return;
		}
		if (o->a.kind == JIT_GPR)
			x86_load(e->a, r, m);
		else
			mol_jit_move_to(e, r, o->a);
	}
	if (waiting & JIT_KEPT_B)
		x86_alu_mem(e->a, ALU_CMP, r, in_frame(e, FRAME_KEPT(o->n, true)));
	else if (!is_k || o->b.k)
		mol_jit_alu(e, ALU_CMP, r, o->b);
	else if (!flags_are_of(e, r))
		x86_test(e->a, r, r);
}

static void set_waiting(struct emitter *e, uint16_t waiting, unsigned r, unsigned s)
{
	compare_waiting(e, waiting, r);
	set_field(e, waiting_for(e, waiting), r, s);
}

static void keep_operand(struct emitter *e, unsigned gpr, struct x86_mem m)
{
	uint32_t here = e->a->at;
	unsigned r = mol_jit_source(e, (struct jit_value){ .kind = JIT_GPR, .n = (uint8_t)gpr });

	x86_store(e->a, m, r);
	mol_jit_carry_stays(e, here);
	mol_jit_release_operation(e);
}

/* Register n is about to be overwritten: the compare that waits for field f keeps it. */
static void keep(struct emitter *e, unsigned f, unsigned n)
{
	const struct jit_operation *o = waiting_for(e, e->waiting[f]);

	if (o->a.kind == JIT_GPR && o->a.n == n && !(e->waiting[f] & JIT_KEPT_A)) {
		keep_operand(e, n, FRAME_KEPT(f, false));
		e->waiting[f] |= JIT_KEPT_A;
	}
	if (o->b.kind == JIT_GPR && o->b.n == n && !(e->waiting[f] & JIT_KEPT_B)) {
		keep_operand(e, n, FRAME_KEPT(f, true));
		e->waiting[f] |= JIT_KEPT_B;
	}
}

void mol_jit_emit_cmp(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r, s;

	if (o->a.kind != JIT_TEMP && o->b.kind != JIT_TEMP) {
		e->waiting[o->n] = (uint16_t)(n + 1);
		return;
	}
	r = mol_jit_allocate(e, 2);
	s = mol_jit_allocate(e, 2);
	mol_jit_compare(e, o->a, o->b);
	set_field(e, o, r, s);
	e->waiting[o->n] = 0;
	mol_jit_used(e, o->a);
	mol_jit_used(e, o->b);
}

void mol_jit_cr_settle(struct emitter *e, unsigned f)
{
	unsigned r, s;

	if (!e->waiting[f])
		return;
	r = mol_jit_allocate(e, 2);
	s = mol_jit_allocate(e, 2);
	set_waiting(e, e->waiting[f], r, s);
	e->flags_at = e->waiting[f] & (JIT_KEPT_A | JIT_KEPT_B) ? UINT32_MAX : e->a->at;
	e->flags_compare = waiting_for(e, e->waiting[f]);
	e->waiting[f] = 0;
	e->busy[r] = e->busy[s] = 0;
}

void mol_jit_cr_settle_all(struct emitter *e)
{
	for (unsigned f = 0; f < 8; f++)
		mol_jit_cr_settle(e, f);
}

void mol_jit_cr_settle_out(struct emitter *e, const struct out *out, bool keep)
{
	bool any = false;

	for (unsigned f = 0; f < 8; f++) {
		if (!out->waiting[f])
			continue;
		if (keep && !any) {
			x86_push(e->a, RAX);
			x86_push(e->a, RCX);
			e->pushed = 16;
		}
		any = true;
		set_waiting(e, out->waiting[f], RAX, RCX);
	}
	e->pushed = 0;
	if (keep && any) {
		x86_pop(e->a, RCX);
		x86_pop(e->a, RAX);
	}
}

bool mol_jit_cr_convertible(const uint16_t from[8], const uint16_t to[8])
{
	for (unsigned f = 0; f < 8; f++)
		if (to[f] && (JIT_WAITING(from[f]) != JIT_WAITING(to[f]) || from[f] & ~to[f]))
			return false;
	return true;
}

static void convert_operand(struct emitter *e, struct jit_value v, struct x86_mem m)
{
	mol_jit_move_to(e, RAX, v);
	x86_store(e->a, m, RAX);
}

void mol_jit_cr_convert(struct emitter *e, const uint16_t from[8], const uint16_t to[8])
{
	for (unsigned f = 0; f < 8; f++) {
		const struct jit_operation *o = from[f] ? waiting_for(e, from[f]) : NULL;
		uint16_t more = from[f] ^ to[f];

		if (from[f] && !to[f]) {
			set_waiting(e, from[f], RAX, RCX);
			continue;
		}
		if (more & JIT_KEPT_A)
			convert_operand(e, o->a, FRAME_KEPT(f, false));
		if (more & JIT_KEPT_B)
			convert_operand(e, o->b, FRAME_KEPT(f, true));
	}
}

void mol_jit_cr_before(struct emitter *e, const struct jit_operation *o)
{
	unsigned due;

	if (mol_jit_is_loop(e, o))
		return;
	due = mol_jit_cr_due(&e->jit->ir, e->index, o, e->index + 1 == e->count, e->waiting);
	for (unsigned f = 0; f < 8; f++)
		if (due >> f & 1 && e->waiting[f] && o->op == JIT_SET_GPR)
			keep(e, f, o->n);
		else if (due >> f & 1)
			mol_jit_cr_settle(e, f);
}

/* ---- operations ---- */

enum x86_cc mol_jit_cr_test(struct emitter *e, unsigned bit)
{
	static const uint8_t cc[2][3] = { { CC_B, CC_A, CC_E }, { CC_L, CC_G, CC_E } };
	uint16_t waiting = e->waiting[bit / 4];
	const struct jit_operation *o = waiting ? waiting_for(e, waiting) : NULL;
	unsigned r;

	if (o && o->op == JIT_CMP && bit % 4 != 3) {
		r = mol_jit_allocate(e, 2);
		compare_waiting(e, waiting, r);
		e->busy[r] = 0;
		return (enum x86_cc)cc[o->size][bit % 4];
	}
	mol_jit_cr_settle(e, bit / 4);
	x86_test8_mem_imm(e->a, AT_OFFSET(offsetof(struct ppc_cpu, r.cr) + bit / 4), 8u >> bit % 4);
	return CC_NE;
}

void mol_jit_emit_cr_bit(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	struct x86_mem field = AT_OFFSET(offsetof(struct ppc_cpu, r.cr) + o->n / 4);
	unsigned shift = 3 - o->n % 4, r, t;

	mol_jit_cr_settle(e, o->n / 4);
	if (o->op == JIT_GET_CRB) {
		r = mol_jit_result(e, n, false);
		x86_load8(e->a, r, field);
		if (shift)
			x86_shift_imm(e->a, SH_SHR, r, shift);
		x86_alu_imm(e->a, ALU_AND, r, 1);
		return;
	}
	r = mol_jit_allocate(e, 2);
	t = mol_jit_allocate(e, 2);
	mol_jit_move_to(e, r, o->a);
	if (shift)
		x86_shift_imm(e->a, SH_SHL, r, shift);
	x86_load8(e->a, t, field);
	x86_alu_imm(e->a, ALU_AND, t, ~(1u << shift));
	x86_alu(e->a, ALU_OR, r, t);
	x86_store8(e->a, field, r);
	e->whole_cr = false;
	mol_jit_used(e, o->a);
}

/* ---- CR and XER as wholes: their bytes in memory, big-endian, are spread bits of the register ---- */

#define CR_BYTES 0x0f0f0f0f0f0f0f0fu
#define XER_BYTES 0x010101ff7f000000u /* SO, OV, CA, the two fields, and three bytes of padding */
_Static_assert(offsetof(struct ppc_regs, ov) == offsetof(struct ppc_regs, so) + 1 &&
	       offsetof(struct ppc_regs, ca) == offsetof(struct ppc_regs, so) + 2 &&
	       offsetof(struct ppc_regs, xer_byte) == offsetof(struct ppc_regs, so) + 3 &&
	       offsetof(struct ppc_regs, xer_count) == offsetof(struct ppc_regs, so) + 4 &&
	       offsetof(struct ppc_regs, fpscr) == offsetof(struct ppc_regs, so) + 8,
	       "the XER's bytes");

/* r = its bits that mask has, moved together; or, deposit, to there. s is overwritten. */
static void gather(struct emitter *e, bool deposit, unsigned r, unsigned s, uint64_t mask)
{
	if (mask >> 32)
		x86_mov_imm64(e->a, s, mask);
	else
		x86_mov_imm(e->a, s, (uint32_t)mask);
	x86_pext_pdep(e->a, deposit, 1, r, r, s);
}

static void load_swapped(struct emitter *e, unsigned r, struct x86_mem m)
{
	x86_load64(e->a, r, m);
	x86_bswap64(e->a, r);
}

static void store_swapped(struct emitter *e, struct x86_mem m, unsigned r)
{
	x86_bswap64(e->a, r);
	x86_store64(e->a, m, r);
}

static struct x86_mem field_at(unsigned f)
{
	return AT_OFFSET(offsetof(struct ppc_cpu, r.cr) + f);
}

/* A field that has just been stored, perhaps in another block, holds up a load of all eight. */
static void get_cr(struct emitter *e, unsigned r, unsigned s)
{
	if (e->whole_cr) {
		load_swapped(e, r, AT(r.cr));
		gather(e, false, r, s, CR_BYTES);
		return;
	}
	x86_load8(e->a, r, field_at(0));
	x86_load8(e->a, s, field_at(4));
	for (unsigned f = 1; f < 4; f++) {
		x86_shift_imm(e->a, SH_SHL, r, 4);
		x86_shift_imm(e->a, SH_SHL, s, 4);
		x86_or8_mem(e->a, r, field_at(f));
		x86_or8_mem(e->a, s, field_at(4 + f));
	}
	x86_shift_imm(e->a, SH_SHL, r, 16);
	x86_alu(e->a, ALU_OR, r, s);
}

void mol_jit_emit_whole(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const bool get = o->op == JIT_GET_CR || o->op == JIT_GET_XER;
	unsigned r = get ? mol_jit_result(e, n, true) : mol_jit_allocate(e, 2);
	unsigned s = mol_jit_allocate(e, 2);

	if (!get)
		mol_jit_move_to(e, r, o->a);
	if (o->op == JIT_GET_CR) {
		get_cr(e, r, s);
	} else if (o->op == JIT_SET_CR) {
		gather(e, true, r, s, CR_BYTES);
		store_swapped(e, AT(r.cr), r);
		e->whole_cr = true;
	} else if (get) {
		load_swapped(e, r, AT(r.so));
		gather(e, false, r, s, XER_BYTES);
		gather(e, true, r, s, PPC_XER_BITS);
	} else {
		gather(e, false, r, s, PPC_XER_BITS);
		gather(e, true, r, s, XER_BYTES);
		store_swapped(e, AT(r.so), r);
	}
	mol_jit_used(e, o->a);
}
