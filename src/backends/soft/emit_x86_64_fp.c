/* SPDX-License-Identifier: MIT
 * emit_x86_64_fp.c - floating point on the host's, exact.
 *
 * Blocks with such operations run under an MXCSR of the guest's rounding mode with all exceptions
 * masked. A result that is not a NaN, and not the smallest normal number, is the PowerPC's to the bit
 * [PEM 3.3]: both round the exact result of IEEE 754 once. NaNs differ in sign and choice, and
 * only they come with a VX bit; and the host sees underflow after rounding, the PowerPC before
 * [PEM 3.3.6.2.2], which makes a difference where the result is the smallest normal number. Such
 * results go out of line, where the interpreter's handler does the instruction over. OX, UX,
 * ZX and XX are the host's sticky bits; FPRF, FR and FI wait [struct ppc_fp_pending].
 * Single-precision operations run on pins in single format, so that they too round once.
 * What enables exceptions or non-IEEE mode is interpreted.
 * Called by emit_x86_64.c; what is out of line by emit_x86_64_flow.c.
 */
#include "../../ppc/softfp.h"
#include "emit_x86_64.h"
#include "x86_vec.h"

/* ---- what the FPSCR waits for ---- */

static void store_double(struct emitter *e, struct x86_mem to, unsigned xmm, bool single)
{
	if (single) {
		op3(e->a, SSE_CVTSS2SD, XMM_LAST_SCRATCH, xmm, xmm, SSE_NO_IMM);
		xmm = XMM_LAST_SCRATCH;
	}
	sse_store64(e->a, to, xmm);
}

/* Whatever waits for an operand that is at this place: it goes to memory, if anybody can look from
 * this instruction of the block on. */
static void keep(struct emitter *e, unsigned at, unsigned insn)
{
	for (unsigned n = 0; n < FP_PLACES; n++) {
		struct x86_mem to = AT_OFFSET(mol_jit_fp_member[n]);
		unsigned fpr = at - FP_AT_FPR;

		if (e->xmm.fp.at[n] != at)
			continue;
		e->xmm.fp.at[n] = FP_AT_MEMORY;
		if (!mol_jit_fp_observable(&e->jit->ir, insn))
			continue;
		if (at == FP_AT_SAVED) {
			store_double(e, to, XMM_SAVED, e->xmm.fp.saved_single);
		} else if (e->pin[fpr] != JIT_NONE && e->xmm.fpr_valid >> fpr & 1) {
			store_double(e, to, e->pin[fpr], e->xmm.fpr_single >> fpr & 1);
		} else {
			sse_load64(e->a, XMM_LAST_SCRATCH, mol_jit_fpr_at(fpr));
			sse_store64(e->a, to, XMM_LAST_SCRATCH);
		}
	}
}

void mol_jit_fp_before_vector(struct emitter *e)
{
	keep(e, FP_AT_SAVED, e->index); /* an access may fault */
	for (unsigned f = 0; f < 8; f++)
		if (e->waiting[f] && e->jit->ir.op[JIT_WAITING(e->waiting[f])].op == JIT_FP_CMP)
			mol_jit_cr_settle(e, f);
}

/* ---- registers ---- */

static bool is_single(const struct emitter *e, unsigned n)
{
	return e->xmm.fpr_single >> n & 1;
}

/* The pin of FPR n with its value in it, or JIT_NONE. */
static unsigned pin_of(struct emitter *e, unsigned n)
{
	unsigned pin = e->pin[n];

	if (pin != JIT_NONE && !(e->xmm.fpr_valid >> n & 1)) {
		sse_load64(e->a, pin, mol_jit_fpr_at(n));
		e->xmm.fpr_valid |= 1u << n;
	}
	return pin;
}

/* An XMM register that holds FPR n in double format; not to be written. */
static unsigned double_source(struct emitter *e, unsigned n, unsigned scratch)
{
	unsigned pin = pin_of(e, n);

	if (pin == JIT_NONE) {
		sse_load64(e->a, scratch, mol_jit_fpr_at(n));
		return scratch;
	}
	if (!is_single(e, n))
		return pin;
	op3(e->a, SSE_CVTSS2SD, scratch, pin, pin, SSE_NO_IMM);
	return scratch;
}

/* FPR n becomes what is in the XMM register x, in single format or not. */
static void written(struct emitter *e, unsigned n, unsigned x, bool single)
{
	unsigned pin = e->pin[n];

	if (pin == JIT_NONE) {
		store_double(e, mol_jit_fpr_at(n), x, single);
		return;
	}
	sse_mov(e->a, pin, x);
	e->xmm.fpr_valid |= 1u << n;
	e->xmm.fpr_dirty |= 1u << n;
	e->xmm.fpr_single = (e->xmm.fpr_single & ~(1u << n)) | (uint32_t)single << n;
}

/* Jump here when the instruction has to be done by its handler: from is the jump. */
static struct out *redo(struct emitter *e, uint32_t from, unsigned d, bool replaces)
{
	struct out *out = mol_jit_new_out(e, OUT_FP_REDO);

	out->from = from;
	out->insn = (uint8_t)e->index;
	out->d = (uint8_t)d;
	out->replaces = replaces;
	out->site = mol_jit_new_site(e, e->jit->ir.insn[e->index].raw, 0, 0);
	return out;
}

/* The double in x becomes single format, in place; if it is not a single's value (singles that are
 * denormalized, infinite or NaNs count so), the handler does the instruction, and the block is left. */
static void narrow(struct emitter *e, unsigned x)
{
	struct jit_code *a = e->a;
	uint32_t zero;

	sse_to_gpr(a, 1, RAX, x);
	x86_byte(a, 0xa9); /* test eax */
	x86_word32(a, 0x1fffffff);
	redo(e, x86_jcc(a, CC_NE), JIT_NONE, true);
	x86_rr(a, 1, 0x03, RAX, RAX);
	zero = x86_jcc(a, CC_E);
	x86_shift64_imm(a, SH_SHR, RAX, 53);
	x86_alu_imm(a, ALU_SUB, RAX, 0x381);
	x86_alu_imm(a, ALU_CMP, RAX, 0xfe);
	redo(e, x86_jcc(a, CC_AE), JIT_NONE, true);
	x86_patch(a, zero, a->at);
	op3(a, SSE_CVTSD2SS, x, x, x, SSE_NO_IMM);
}

static unsigned single_source(struct emitter *e, unsigned n, unsigned scratch)
{
	unsigned pin = pin_of(e, n);

	if (pin == JIT_NONE) {
		sse_load64(e->a, scratch, mol_jit_fpr_at(n));
		narrow(e, scratch);
		return scratch;
	}
	if (!is_single(e, n)) {
		narrow(e, pin);
		e->xmm.fpr_single |= 1u << n;
	}
	return pin;
}

static unsigned source(struct emitter *e, struct jit_value v, bool single, unsigned scratch)
{
	return single ? single_source(e, v.n, scratch) : double_source(e, v.n, scratch);
}

/* ---- arithmetic ---- */

/* t = x op y, for + - * /. */
static void emit_binary(struct emitter *e, unsigned op, bool single, unsigned t, unsigned x, unsigned y)
{
	static const uint32_t codes[] = { SSE_ADDSD, SSE_SUBSD, SSE_MULSD, SSE_DIVSD };
	uint32_t code = single ? SSE_SINGLE(codes[op]) : codes[op];

	if (e->a->features & X86_AVX || t != y || t == x) {
		op3(e->a, code, t, x, y, SSE_NO_IMM);
	} else if (op == PPC_FP_ADD || op == PPC_FP_MUL) {
		op3(e->a, code, t, y, x, SSE_NO_IMM);
	} else { /* t is y: by way of XMM0, which is neither */
		op3(e->a, code, 0, x, y, SSE_NO_IMM);
		sse_mov(e->a, t, 0);
	}
}

/* t = x * y + z or x * y - z. */
static void emit_fused(struct emitter *e, bool minus, bool single, unsigned t, unsigned x, unsigned y,
		       unsigned z)
{
	unsigned w = !single;

	if (t == x) {
		vex_rrr(e->a, minus ? FMA_MSUB213 : FMA_MADD213, w, t, y, z, SSE_NO_IMM);
	} else if (t == y) {
		vex_rrr(e->a, minus ? FMA_MSUB213 : FMA_MADD213, w, t, x, z, SSE_NO_IMM);
	} else {
		sse_mov(e->a, t, z);
		vex_rrr(e->a, minus ? FMA_MSUB231 : FMA_MADD231, w, t, x, y, SSE_NO_IMM);
	}
}

/* Leave by the jump returned if the result in t may not be the PowerPC's. */
static uint32_t check(struct emitter *e, unsigned op, bool single, unsigned t)
{
	uint32_t compare = single ? SSE_UCOMISS : SSE_UCOMISD;
	unsigned size = t ? 0 : 1;

	/* A sum is never tiny and inexact. */
	if (op == PPC_FP_ADD || op == PPC_FP_SUB) {
		op2(e->a, compare, 0, t, t);
		return x86_jcc(e->a, CC_P);
	}
	if (e->a->features & X86_AVX) {
		op3_mem(e->a, SSE_ANDPS, size, t, mol_jit_fp_constant(e->jit, FP_ABS, single), SSE_NO_IMM);
	} else {
		sse_mov(e->a, size, t);
		sse_rm(e->a, SSE_ANDPS, 0, size, mol_jit_fp_constant(e->jit, FP_ABS, single), SSE_NO_IMM);
	}
	op2_mem(e->a, compare, 0, size, mol_jit_fp_constant(e->jit, FP_SMALLEST, single));
	return x86_jcc(e->a, CC_E); /* also if one is a NaN */
}

/* The old value of d, which the operation overwrites and has as an operand. */
static void save_old(struct emitter *e, unsigned d)
{
	unsigned pin = pin_of(e, d);

	e->xmm.fp.saved_single = false;
	if (pin == JIT_NONE) {
		sse_load64(e->a, XMM_SAVED, mol_jit_fpr_at(d));
		return;
	}
	sse_mov(e->a, XMM_SAVED, pin);
	e->xmm.fp.saved_single = is_single(e, d);
}

/* fctiw, fctiwz [PEM D.4.2]; frD[0:31] as softfp.c has it. */
static void emit_convert(struct emitter *e, const struct jit_operation *o)
{
	struct jit_code *a = e->a;
	bool overwritten = o->b.n == o->n;
	uint32_t nonzero;
	struct out *out;
	unsigned x;

	keep(e, FP_AT_SAVED, e->index);
	keep(e, FP_AT_FPR + (unsigned)o->n, e->index);
	x = double_source(e, o->b.n, 1);
	if (overwritten)
		save_old(e, o->n);
	op2(a, o->size == PPC_FP_CTIWZ ? SSE_CVTTSD2SI : SSE_CVTSD2SI, 0, RAX, x);
	x86_alu_imm(a, ALU_CMP, RAX, 0x80000000u); /* that, or not representable */
	out = redo(e, x86_jcc(a, CC_E), o->n, false);
	out->overwritten = overwritten;
	x86_test(a, RAX, RAX);
	nonzero = x86_jcc(a, CC_NE);
	sse_to_gpr(a, 1, RAX, x); /* a zero with a sign */
	x86_shift64_imm(a, SH_SHR, RAX, 63);
	x86_shift64_imm(a, SH_SHL, RAX, 32);
	x86_patch(a, nonzero, a->at);
	x86_mov_imm64(a, RCX, 0xfff8000000000000u);
	x86_rr(a, 1, 0x0b, RAX, RCX);
	sse_from_gpr(a, 1, 0, RAX);
	written(e, o->n, 0, false);
	mol_jit_fp_wait_for(&e->xmm.fp, o);
	out->after = e->xmm;
	out->back = a->at;
}

void mol_jit_emit_fp_arith(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned op = o->size & ~(unsigned)PPC_FP_SINGLE, d = o->n, t, x, y = 0, z = 0;
	bool single = o->size & PPC_FP_SINGLE;
	bool overwritten = o->a.n == d || o->b.n == d || o->c.n == d, fused = false;
	struct out *out;

	if (mol_jit_fp_converts(o)) {
		emit_convert(e, o);
		return;
	}
	fused = op >= PPC_FP_MADD && op <= PPC_FP_NMSUB;
	if (fused && !(e->a->features & X86_FMA)) {
		e->failed = true;
		return;
	}
	x = source(e, op == PPC_FP_RSP ? o->b : o->a, single, 1);
	if (op != PPC_FP_RSP)
		y = source(e, op == PPC_FP_MUL || fused ? o->c : o->b, single, 2);
	if (fused)
		z = source(e, o->b, single, 0);
	if (overwritten)
		save_old(e, d);
	t = e->pin[d] == JIT_NONE ? 0 : e->pin[d];
	/* The result's place may be that of an operand in the other format, which is in a scratch. */
	if (op == PPC_FP_RSP)
		op3(e->a, SSE_CVTSD2SS, t, x, x, SSE_NO_IMM);
	else if (fused)
		emit_fused(e, op == PPC_FP_MSUB || op == PPC_FP_NMSUB, single, t, x, y, z);
	else
		emit_binary(e, op, single, t, x, y);
	single = single || op == PPC_FP_RSP;
	out = redo(e, check(e, op, single, t), d, true);
	out->overwritten = overwritten;
	/* After rounding [PEM 4.2.2.2]; the host's own negated forms round what is negated. */
	if (op == PPC_FP_NMADD || op == PPC_FP_NMSUB)
		op3_mem(e->a, SSE_XORPS, t, t, mol_jit_fp_constant(e->jit, FP_SIGN, single), SSE_NO_IMM);
	written(e, d, t, single);
	mol_jit_fp_wait_for(&e->xmm.fp, o);
	out->after = e->xmm;
	out->back = e->a->at;
}

/* ---- comparison ---- */

void mol_jit_fp_compare(struct emitter *e, struct jit_value a, struct jit_value b)
{
	bool single = pin_of(e, a.n) != JIT_NONE && pin_of(e, b.n) != JIT_NONE && is_single(e, a.n) &&
		      is_single(e, b.n);
	unsigned x = source(e, a, single, 1), y = source(e, b, single, 2);

	op2(e->a, single ? SSE_UCOMISS : SSE_UCOMISD, 0, x, y);
}

void mol_jit_emit_fp_cmp(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	struct fp_waiting *w = &e->xmm.fp;

	mol_jit_fp_compare(e, o->a, o->b);
	redo(e, x86_jcc(e->a, CC_P), JIT_NONE, false);
	e->flags_at = e->a->at; /* for the branch behind it */
	e->flags_compare = o;
	e->waiting[o->n] = (uint16_t)(n + 1);
	w->compare = 1;
	w->at[FP_LEFT] = (uint8_t)(FP_AT_FPR + o->a.n);
	w->at[FP_RIGHT] = (uint8_t)(FP_AT_FPR + o->b.n);
}

/* ---- moves ---- */

static void set_from_fpr(struct emitter *e, const struct jit_operation *o)
{
	static const uint32_t codes[] = { 0, SSE_XORPS, SSE_ANDPS, SSE_ORPS };
	unsigned pin = pin_of(e, o->a.n), t = e->pin[o->n] == JIT_NONE ? 0 : e->pin[o->n];
	bool single = pin != JIT_NONE && is_single(e, o->a.n);

	if (pin == JIT_NONE) {
		sse_load64(e->a, 1, mol_jit_fpr_at(o->a.n));
		pin = 1;
	}
	if (o->a.t == JIT_SIGN_SAME)
		t = pin;
	else
		op3_mem(e->a, codes[o->a.t], t, pin,
			mol_jit_fp_constant(e->jit, o->a.t == JIT_SIGN_CLEAR ? FP_ABS : FP_SIGN, single),
			SSE_NO_IMM);
	written(e, o->n, t, single);
}

/* A single from memory. A signaling NaN has no place in single format: the register gets it in
 * memory, and the block is left behind the instruction. */
static void set_from_single(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	const struct jit_operation *next = o + 1;
	unsigned r = e->where[o->a.t], u = mol_jit_allocate(e, 2), t;
	struct out *out = mol_jit_new_out(e, OUT_FP_SNAN);

	if (r == JIT_IN_XMM) {
		mol_jit_emit_fp_swap(e, 4, XMM_LOADED, XMM_LOADED);
		op2(e->a, SSE_UCOMISS, 0, XMM_LOADED, XMM_LOADED);
		out->from = x86_jcc(e->a, CC_P);
	} else {
		x86_lea(e->a, 0, u, mem_index(r, r, 0));
		x86_alu_imm(e->a, ALU_CMP, u, 0xff000000u);
		out->from = x86_jcc(e->a, CC_A);
	}
	out->back = e->a->at;
	out->insn = (uint8_t)e->index;
	out->value = (uint8_t)r;
	out->ea = (uint8_t)u;
	out->d = o->n;
	keep(e, FP_AT_FPR + (unsigned)o->n, e->index + 1); /* behind the way out, which has the old value */
	if (n + 1 < e->end) { /* the update */
		if (next->op != JIT_SET_GPR || next->a.kind != JIT_TEMP || n + 2 != e->end) {
			e->failed = true;
			return;
		}
		out->update = (uint8_t)(next->n + 1);
		out->target = e->where[next->a.t];
	}
	t = e->pin[o->n] == JIT_NONE ? 0 : e->pin[o->n];
	if (r == JIT_IN_XMM)
		t = XMM_LOADED;
	else
		sse_from_gpr(e->a, 0, t, r);
	written(e, o->n, t, true);
	mol_jit_used(e, (struct jit_value){ .kind = JIT_TEMP, .t = o->a.t });
}

void mol_jit_emit_set_fpr(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	if (o->a.kind == JIT_FP_SINGLE) {
		set_from_single(e, n, o);
		return;
	}
	keep(e, FP_AT_FPR + (unsigned)o->n, e->index + 1); /* not before a load, which may fault, was made */
	if (o->a.kind == JIT_FPR) {
		set_from_fpr(e, o);
	} else if (e->where[o->a.t] == JIT_IN_XMM) {
		unsigned t = e->pin[o->n] == JIT_NONE ? XMM_LOADED : e->pin[o->n];

		mol_jit_emit_fp_swap(e, 8, t, XMM_LOADED);
		written(e, o->n, t, false);
	} else if (e->pin[o->n] == JIT_NONE) {
		x86_store64(e->a, mol_jit_fpr_at(o->n), mol_jit_source(e, o->a));
		mol_jit_used(e, o->a);
	} else {
		sse_from_gpr(e->a, 1, e->pin[o->n], mol_jit_source(e, o->a));
		written(e, o->n, e->pin[o->n], false);
		mol_jit_used(e, o->a);
	}
}

/* ---- memory: the guest's order is the reverse of ours ---- */

bool mol_jit_fp_loads(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;

	return e->a->features & X86_SSSE3 && n + 1 < e->end && next->op == JIT_SET_FPR &&
	       next->a.t == o->d && e->uses[o->d] == 1 &&
	       ((next->a.kind == JIT_TEMP && o->size == 8) || (next->a.kind == JIT_FP_SINGLE && o->size == 4));
}

/* Does operation n pass an FPR to the store behind it, in the format that it has in its pin? */
static bool passes(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n], *next = o + 1;
	unsigned fpr = o->a.n;

	if (!(e->a->features & X86_SSSE3) || n + 1 >= e->end || next->op != JIT_STORE || next->is_probed ||
	    next->b.kind != JIT_TEMP || next->b.t != o->d || e->uses[o->d] != 1)
		return false;
	return o->op == JIT_NARROW ? e->pin[fpr] != JIT_NONE && e->xmm.fpr_valid >> fpr & 1 && is_single(e, fpr)
				   : o->op == JIT_GET_FPR && o->size == 8;
}

bool mol_jit_fp_stores(const struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n];

	return o->b.kind == JIT_TEMP && e->where[o->b.t] == JIT_IN_XMM;
}

void mol_jit_emit_fp_load(struct emitter *e, unsigned size, struct x86_mem m)
{
	op2_mem(e->a, size == 8 ? SSE_MOVSD : SSE_MOVSS, 0, XMM_LOADED, m);
}

void mol_jit_emit_fp_swap(struct emitter *e, unsigned size, unsigned to, unsigned from)
{
	op3_mem(e->a, SSE_PSHUFB, to, from, mol_jit_fp_constant(e->jit, FP_SWAP, size == 4), SSE_NO_IMM);
}

unsigned mol_jit_emit_fp_source(struct emitter *e, unsigned n)
{
	const struct jit_operation *o = &e->jit->ir.op[n - 1];

	return o->op == JIT_NARROW ? pin_of(e, o->a.n) : double_source(e, o->a.n, 0);
}

void mol_jit_emit_fp_store(struct emitter *e, unsigned size, struct x86_mem m, unsigned xmm)
{
	mol_jit_emit_fp_swap(e, size, 1, xmm);
	op2_mem(e->a, size == 8 ? SSE_MOVSD_STORE : SSE_MOVSS_STORE, 0, 1, m);
}

/* ---- bits ---- */

void mol_jit_emit_get_fpr(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned w = o->size != 4, r;

	if (passes(e, n)) {
		e->where[o->d] = JIT_IN_XMM;
		return;
	}
	r = mol_jit_result(e, n, !w);
	if (e->pin[o->a.n] != JIT_NONE)
		sse_to_gpr(e->a, w, r, double_source(e, o->a.n, 0));
	else if (w)
		x86_load64(e->a, r, mol_jit_fpr_at(o->a.n));
	else
		x86_load(e->a, r, mol_jit_fpr_at(o->a.n));
}

/* [PEM D.7] */
void mol_jit_emit_narrow(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	unsigned r, u, pin = pin_of(e, o->a.n);
	struct jit_code *a = e->a;
	uint32_t zero;

	if (passes(e, n)) {
		e->where[o->d] = JIT_IN_XMM;
		return;
	}
	r = mol_jit_result(e, n, false);
	if (pin != JIT_NONE && is_single(e, o->a.n)) {
		sse_to_gpr(a, 0, r, pin);
		return;
	}
	u = mol_jit_allocate(e, 2);
	if (pin != JIT_NONE)
		sse_to_gpr(a, 1, r, pin);
	else
		x86_load64(a, r, mol_jit_fpr_at(o->a.n));
	x86_lea(a, 1, u, mem_index(r, r, 0));
	x86_rr(a, 1, 0x85, u, u);
	zero = x86_jcc(a, CC_E);
	x86_shift64_imm(a, SH_SHR, u, 53);
	x86_alu_imm(a, ALU_CMP, u, 896);
	redo(e, x86_jcc(a, CC_BE), JIT_NONE, false);
	x86_patch(a, zero, a->at);
	x86_mov64(a, u, r);
	x86_shift64_imm(a, SH_SHR, u, 32);
	x86_alu_imm(a, ALU_AND, u, 0xc0000000u);
	x86_shift64_imm(a, SH_SHR, r, 29);
	x86_alu_imm(a, ALU_AND, r, 0x3fffffffu);
	x86_alu(a, ALU_OR, r, u);
}

/* n = a >= 0 ? b : c, where -0 counts as 0 and a NaN as less. */
void mol_jit_emit_fp_select(struct emitter *e, const struct jit_operation *o)
{
	struct jit_code *a = e->a;
	bool single = pin_of(e, o->b.n) != JIT_NONE && pin_of(e, o->c.n) != JIT_NONE &&
		      is_single(e, o->b.n) && is_single(e, o->c.n);
	unsigned x = double_source(e, o->a.n, 1), y;

	keep(e, FP_AT_FPR + (unsigned)o->n, e->index + 1);
	sse_rr(a, SSE_XORPS, 0, 0, 0, SSE_NO_IMM);
	op3(a, SSE_OP(F2, 0F, 0xc2), 0, 0, x, 2); /* 0 <= x */
	y = source(e, o->b, single, 1);
	op3(a, SSE_ANDPS, 2, 0, y, SSE_NO_IMM);
	y = source(e, o->c, single, 1);
	op3(a, SSE_ANDNPS, 0, 0, y, SSE_NO_IMM); /* not the mask, and c */
	op3(a, SSE_ORPS, 0, 0, 2, SSE_NO_IMM);
	written(e, o->n, 0, single);
}

/* ---- out of line ---- */

static void emit_enter_out(struct emitter *e, const struct out *o)
{
	mol_jit_emit_fp_enter(e);
	x86_jcc_to(e->a, CC_E, o->back);
	mol_jit_pins_store(e, &o->xmm);
	x86_alu_imm_w(e->a, 1, ALU_ADD, R15, e->count);
	x86_store_imm(e->a, AT(r.pc), e->ea);
	x86_jmp_to(e->a, e->jit->exit_interpret);
}

static void leave_behind(struct emitter *e, const struct out *o)
{
	mol_jit_leave_to(e, e->ea + 4 * (o->insn + 1u), e->count - o->insn - 1u);
}

static void emit_redo(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;
	const struct soft_op *op = &e->block->op[o->insn];
	uint32_t over;

	if (!o->replaces)
		mol_jit_pins_store_waiting(e, &o->xmm);
	mol_jit_pins_store_but(e, &o->xmm, o->d);
	if (o->overwritten)
		store_double(e, mol_jit_fpr_at(o->d), XMM_SAVED, o->xmm.fp.saved_single);
	mol_jit_cr_settle_out(e, o, false);
	if (o->replaces) /* and what waits is in pieces */
		x86_store_imm(a, AT_OFFSET(offsetof(struct ppc_cpu, fp.op)), 0);
	for (unsigned n = 0; o->back && n < FP_PLACES; n++)
		if (o->after.fp.at[n] == FP_AT_SAVED)
			store_double(e, AT_OFFSET(mol_jit_fp_member[n]), XMM_SAVED,
				     o->after.fp.saved_single);
	x86_mov_imm(a, RCX, op->raw);
	x86_mov_imm(a, RDX, o->site);
	x86_mov_imm64(a, RAX, (uintptr_t)op->fn);
	x86_call_to(a, e->jit->call);
	if (o->back) {
		mol_jit_emit_fp_enter(e);
		over = x86_jcc(a, CC_NE);
		mol_jit_pins_load(e, &o->after);
		x86_jmp_to(a, o->back);
		x86_patch(a, over, a->at);
	}
	leave_behind(e, o);
}

static void emit_snan(struct emitter *e, const struct out *o)
{
	struct jit_code *a = e->a;
	unsigned r = o->value, u = o->ea;
	size_t at = offsetof(struct ppc_cpu, r.fpr) + 8u * o->d;

	if (r == JIT_IN_XMM) {
		sse_to_gpr(a, 0, u, XMM_LOADED);
		r = u;
	}
	x86_rr(a, 0, 0xf7, 0, r); /* test r */
	x86_word32(a, 0x400000);
	x86_jcc_to(a, CC_NE, o->back);
	mol_jit_pins_store_waiting(e, &o->xmm);
	if (o->update && mol_jit_home[o->update - 1] != JIT_NONE)
		x86_mov(a, mol_jit_home[o->update - 1], o->target);
	else if (o->update)
		x86_store(a, mol_jit_gpr_at(o->update - 1u), o->target);
	if (r == u) /* now another is free */
		u = r == RAX ? RCX : RAX;
	x86_mov(a, u, r);
	x86_shift_imm(a, SH_SHL, u, 29);
	x86_store(a, AT_OFFSET(at), u);
	x86_mov(a, u, r);
	x86_shift_imm(a, SH_SHR, u, 3);
	x86_alu_imm(a, ALU_AND, u, 0x0fffffff);
	x86_alu_imm(a, ALU_AND, r, 0x80000000u);
	x86_alu(a, ALU_OR, r, u);
	x86_alu_imm(a, ALU_OR, r, 0x70000000);
	x86_store(a, AT_OFFSET(at + 4), r);
	mol_jit_pins_store_but(e, &o->xmm, o->d);
	mol_jit_cr_settle_out(e, o, false);
	leave_behind(e, o);
}

void mol_jit_emit_fp_out(struct emitter *e, struct out *o)
{
	e->xmm = o->xmm;
	e->index = o->insn;
	if (o->kind == OUT_FP_ENTER)
		emit_enter_out(e, o);
	else if (o->kind == OUT_FP_REDO)
		emit_redo(e, o);
	else
		emit_snan(e, o);
}
