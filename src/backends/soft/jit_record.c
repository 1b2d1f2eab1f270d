/* SPDX-License-Identifier: MIT
 * jit_record.c - the translator's reader of the meanings: each word becomes an operation.
 *
 * The third domain of sem.h: here the integer words, in jit_record_{mem,sys,fp,vec}.h the others.
 * What is not translated marks the instruction as a fallback; the emitter then calls the
 * interpreter's handler, so that the translator is never wrong where it is not yet fast.
 * Called by jit_block.c for each instruction of a block.
 */
#include <stddef.h>

#include "jit_ir.h"
#include "../../core/core.h"
#include "../../ppc/softfp.h"
#include "../../ppc/spr.h"

typedef struct jit_value V;
typedef struct jit_value F;
typedef struct jit_value VV;
typedef struct jit_ir DOM;

#include "../../ppc/sem.h"
#include "../../ppc/sem_vec.h"

/* ---- the list ---- */

static struct jit_operation *append(DOM *c, enum jit_op op)
{
	struct jit_operation *o = &c->op[c->count];

	if (c->count + 1 < JIT_BLOCK_OPERATIONS && c->count - c->insn[c->insns].first < JIT_OPERATIONS)
		c->count++;
	else
		c->fallback = true;
	*o = (struct jit_operation){ .op = (uint8_t)op, .d = JIT_NO_RESULT };
	return o;
}

static V new_temp(DOM *c)
{
	V v = { .kind = JIT_TEMP, .t = (uint16_t)c->temps };

	if (c->temps + 2 < JIT_TEMPS)
		c->temps++;
	else
		c->fallback = true;
	return v;
}

WORD V k(DOM *c, uint32_t value)
{
	return (V){ .kind = JIT_K, .k = value };
}

static bool is_k(V v, uint32_t value)
{
	return v.kind == JIT_K && v.k == value;
}

/* CR bit n, or its opposite, as 0 or 1. */
static V get_crb(DOM *c, unsigned n, bool straight)
{
	struct jit_operation *o = append(c, JIT_GET_CRB);
	V v = new_temp(c), d;

	o->n = (uint8_t)n;
	o->d = v.t;
	if (straight)
		return v;
	o = append(c, JIT_XOR);
	o->a = v;
	o->b = k(c, 1);
	d = new_temp(c);
	o->d = d.t;
	return d;
}

/* The operand as operations may have it: conditions become 0 or 1, and a temp that a guest
 * register holds is that register. */
static V operand(DOM *c, V v)
{
	if (v.kind == JIT_COND) {
		struct jit_cond cond = c->cond[v.t];
		struct jit_operation *o;

		if (cond.a.kind == JIT_CRB)
			return get_crb(c, cond.a.n, cond.cc == JIT_NE);
		o = append(c, JIT_TRUTH);

		o->n = cond.cc;
		o->a = cond.a;
		o->b = cond.b;
		v = new_temp(c);
		o->d = v.t;
		return v;
	}
	if (v.kind == JIT_TEMP && c->alias[v.t])
		return (V){ .kind = JIT_GPR, .n = (uint8_t)(c->alias[v.t] - 1) };
	if (v.kind == JIT_TEMP && c->offset[v.t])
		c->fallback = true; /* an address that no operation computes */
	return v;
}

static V operation(DOM *c, enum jit_op op, V a, V b)
{
	struct jit_operation *o;
	V d;

	a = operand(c, a);
	b = operand(c, b);
	d = new_temp(c);
	o = append(c, op);
	o->a = a;
	o->b = b;
	o->d = d.t;
	return d;
}

static V unsupported(DOM *c)
{
	c->fallback = true;
	return k(c, 0);
}

/* A handler was called, or a callback of a device may have written registers: nothing is known. */
static void forget(DOM *c)
{
	for (unsigned n = 0; n < 8; n++)
		c->compared[n].known = false;
	memset(c->held, 0, sizeof(c->held));
	c->cr_held = 0;
}

/* CR field n is about to be set. */
static void forget_crf(DOM *c, unsigned n)
{
	c->compared[n].known = false;
	c->cr_held &= (uint8_t)~(0x80 >> n);
}

/* The field at k is no longer what the GPR holds that it was set from. */
static void forget_field(DOM *c, size_t k)
{
	for (unsigned n = 0; n < JIT_HELD; n++)
		if (c->held[n].k == k)
			c->held[n].k = 0;
}

static void hold_field(DOM *c, size_t k, V v)
{
	forget_field(c, k);
	if (v.kind != JIT_GPR)
		return;
	c->held[c->next_held] = (struct jit_held){ (uint32_t)k, v.n };
	c->next_held = (c->next_held + 1) % JIT_HELD;
}

/* The GPR that holds it. */
static bool held_field(const DOM *c, size_t k, V *out)
{
	for (unsigned n = 0; n < JIT_HELD; n++)
		if (c->held[n].k == k) {
			*out = (V){ .kind = JIT_GPR, .n = c->held[n].gpr };
			return true;
		}
	return false;
}

/* ---- registers ---- */

WORD V gpr(DOM *c, unsigned n)
{
	return (V){ .kind = JIT_GPR, .n = (uint8_t)n };
}

static void forget_copies(DOM *c, unsigned n)
{
	for (unsigned f = 0; f < 8; f++) {
		struct jit_compared *p = &c->compared[f];

		if ((p->a.kind == JIT_GPR && p->a.n == n) || (p->b.kind == JIT_GPR && p->b.n == n))
			p->known = false;
	}
	for (unsigned m = 0; m < JIT_HELD; m++)
		if (c->held[m].gpr == n)
			c->held[m].k = 0;
	if (c->cr_holder == n)
		c->cr_held = 0;
}

WORD void set_gpr(DOM *c, unsigned n, V v)
{
	struct jit_operation *o;

	v = operand(c, v);
	forget_copies(c, n);
	o = append(c, JIT_SET_GPR);
	o->n = (uint8_t)n;
	o->a = v;
	/* A temp that was in this register before is there no more. */
	for (unsigned t = 0; t < c->temps; t++)
		if (c->alias[t] == n + 1)
			c->fallback = true;
	if (v.kind == JIT_TEMP)
		c->alias[v.t] = (uint8_t)(n + 1);
}

WORD V cia(DOM *c)
{
	return k(c, c->pc);
}

static V get_field(DOM *c, enum jit_op op, size_t where)
{
	struct jit_operation *o = append(c, op);
	V d = new_temp(c);

	o->k = (uint32_t)where;
	o->d = d.t;
	return d;
}

static void set_field(DOM *c, enum jit_op op, size_t where, V v)
{
	struct jit_operation *o;

	v = operand(c, v);
	o = append(c, op);
	o->k = (uint32_t)where;
	o->a = v;
}

#define FIELD(member) offsetof(struct ppc_cpu, r.member)

WORD V lr(DOM *c)
{
	return gpr(c, JIT_LR);
}

WORD void set_lr(DOM *c, V v)
{
	set_gpr(c, JIT_LR, v);
}

WORD V ctr(DOM *c)
{
	return gpr(c, JIT_CTR);
}

WORD void set_ctr(DOM *c, V v)
{
	set_gpr(c, JIT_CTR, v);
}

/* ---- arithmetic ---- */

#define FOLDED(name, code, expression)                                                             \
	WORD V name(DOM *c, V a, V b)                                                              \
	{                                                                                          \
		if (a.kind == JIT_K && b.kind == JIT_K)                                            \
			return k(c, expression);                                                   \
		return operation(c, code, a, b);                                                   \
	}
FOLDED(sub, JIT_SUB, a.k - b.k)
FOLDED(shl, JIT_SHL, a.k << (b.k & 31))
FOLDED(shr, JIT_SHR, a.k >> (b.k & 31))
FOLDED(sar, JIT_SAR, (uint32_t)((int32_t)a.k >> (b.k & 31)))
FOLDED(mul, JIT_MUL, a.k * b.k)
#undef FOLDED

/* How far is ea from the probed address? -1: who knows. */
static int probed_offset(const DOM *c, V ea)
{
	if (!c->is_probed)
		return -1;
	if (ea.kind == JIT_TEMP && c->offset[ea.t])
		return c->offset[ea.t] - 1;
	if (ea.kind != c->probed.kind)
		return -1;
	if (ea.kind == JIT_K)
		return ea.k - c->probed.k < 128 ? (int)(ea.k - c->probed.k) : -1;
	return (ea.kind == JIT_TEMP ? ea.t == c->probed.t : ea.n == c->probed.n) ? 0 : -1;
}

WORD V add(DOM *c, V a, V b)
{
	if (a.kind == JIT_K && b.kind == JIT_K)
		return k(c, a.k + b.k);
	if (c->is_probed && b.kind == JIT_K && probed_offset(c, a) >= 0) {
		V d = new_temp(c);

		c->offset[d.t] = (uint8_t)((uint32_t)probed_offset(c, a) + b.k + 1);
		return d;
	}
	if (is_k(a, 0) || is_k(b, 0))
		return is_k(a, 0) ? b : a;
	return a.kind == JIT_K ? operation(c, JIT_ADD, b, a) : operation(c, JIT_ADD, a, b);
}

WORD V or_(DOM *c, V a, V b)
{
	if (a.kind == JIT_K && b.kind == JIT_K)
		return k(c, a.k | b.k);
	if (is_k(a, 0))
		return b;
	if (is_k(b, 0))
		return a;
	return operation(c, JIT_OR, a, b);
}

WORD V xor_(DOM *c, V a, V b)
{
	if (a.kind == JIT_K && b.kind == JIT_K)
		return k(c, a.k ^ b.k);
	if (a.kind == JIT_COND && is_k(b, 1) && c->conds < JIT_CONDS) {
		V v = { .kind = JIT_COND, .t = (uint16_t)c->conds++ };

		c->cond[v.t] = c->cond[a.t];
		c->cond[v.t].cc ^= 1;
		return v;
	}
	return operation(c, JIT_XOR, a, b);
}

/* A rotate of which only the bits that did not come round are kept is a shift. */
static bool is_shift(DOM *c, V a, uint32_t mask)
{
	struct jit_operation *o;

	if (a.kind != JIT_TEMP || c->count == c->insn[c->insns].first)
		return false;
	o = &c->op[c->count - 1];
	if (o->op != JIT_ROTL || o->d != a.t || o->b.kind != JIT_K)
		return false;
	if (mask == 0xffffffffu << (o->b.k & 31)) {
		o->op = JIT_SHL;
		return true;
	}
	if (mask == 0xffffffffu >> (-o->b.k & 31)) {
		o->op = JIT_SHR;
		o->b.k = -o->b.k & 31;
		return true;
	}
	return false;
}

WORD V and_(DOM *c, V a, V b)
{
	if (a.kind == JIT_K && b.kind == JIT_K)
		return k(c, a.k & b.k);
	if (b.kind == JIT_K && (b.k == 0xffffffff || is_shift(c, a, b.k)))
		return a;
	return operation(c, JIT_AND, a, b);
}

WORD V rotl(DOM *c, V a, V n)
{
	return is_k(n, 0) ? a : operation(c, JIT_ROTL, a, n);
}

/* A constant count makes an ordinary shift of these. */
#define SHIFT6(name, code, plain)                                                                  \
	WORD V name(DOM *c, V a, V n)                                                              \
	{                                                                                          \
		if (n.kind == JIT_K && n.k < 32)                                                   \
			return n.k ? plain(c, a, n) : a;                                           \
		return operation(c, code, a, n);                                                   \
	}
SHIFT6(shl6, JIT_SHL6, shl)
SHIFT6(shr6, JIT_SHR6, shr)
SHIFT6(sar6, JIT_SAR6, sar)
#undef SHIFT6

#define BINARY(name, code)                                                                         \
	WORD V name(DOM *c, V a, V b)                                                              \
	{                                                                                          \
		return operation(c, code, a, b);                                                   \
	}
#define UNARY(name, code)                                                                          \
	WORD V name(DOM *c, V a)                                                                   \
	{                                                                                          \
		return operation(c, code, a, k(c, 0));                                             \
	}
BINARY(mulhu, JIT_MULHU)
BINARY(mulhs, JIT_MULHS)
BINARY(divu, JIT_DIVU)
BINARY(divs, JIT_DIVS)
UNARY(not_, JIT_NOT)
UNARY(clz, JIT_CLZ)
UNARY(bswap, JIT_BSWAP)
UNARY(ext8, JIT_EXT8)
UNARY(ext16, JIT_EXT16)
#undef BINARY
#undef UNARY

static V condition(DOM *c, enum jit_cc cc, V a, V b)
{
	V v = { .kind = JIT_COND, .t = (uint16_t)c->conds };

	a = operand(c, a);
	b = operand(c, b);
	if (c->conds == JIT_CONDS)
		return unsupported(c); /* JIT_CONDS is more than a block of branches has */
	c->cond[c->conds++] = (struct jit_cond){ (uint8_t)cc, a, b };
	return v;
}

WORD V ltu(DOM *c, V a, V b)
{
	return condition(c, JIT_LTU, a, b);
}

WORD V lts(DOM *c, V a, V b)
{
	return condition(c, JIT_LTS, a, b);
}

WORD V eq(DOM *c, V a, V b)
{
	return condition(c, JIT_EQ, a, b);
}

WORD V sel(DOM *c, V truth, V a, V b)
{
	V d = operation(c, JIT_SELECT, truth, a);

	c->op[c->count - 1].c = operand(c, b);
	return d;
}

WORD V adc(DOM *c, V a, V b, V carry, V *carry_out)
{
	V d;

	carry = operand(c, carry);
	d = operation(c, JIT_ADC, a, b);
	c->op[c->count - 1].c = carry;
	*carry_out = new_temp(c);
	return d;
}

/* ---- condition register and XER ---- */

static void compare_field(DOM *c, unsigned n, V a, V b, bool is_signed)
{
	struct jit_operation *o;

	a = operand(c, a);
	b = operand(c, b);
	forget_crf(c, n);
	o = append(c, JIT_CMP);
	o->n = (uint8_t)n;
	o->size = is_signed;
	o->a = a;
	o->b = b;
	c->compared[n] = (struct jit_compared){ a.kind != JIT_TEMP && b.kind != JIT_TEMP, is_signed, a,
						b };
}

WORD void cmps(DOM *c, unsigned n, V a, V b)
{
	compare_field(c, n, a, b, true);
}

WORD void cmpu(DOM *c, unsigned n, V a, V b)
{
	compare_field(c, n, a, b, false);
}

WORD V crf(DOM *c, unsigned n)
{
	return get_field(c, JIT_GET8, FIELD(cr) + n);
}

WORD void set_crf(DOM *c, unsigned n, V v)
{
	forget_crf(c, n);
	set_field(c, JIT_SET8, FIELD(cr) + n, v);
}

#define XER_HELD FIELD(so)

WORD V cr(DOM *c)
{
	V v = k(c, 0);
	uint32_t mask = 0;

	if (c->whole && !c->cr_held)
		return get_field(c, JIT_GET_CR, 0);
	for (unsigned n = 0; n < 8; n++) {
		if (c->cr_held & 0x80 >> n)
			mask |= 0xf0000000u >> 4 * n;
		else
			v = or_(c, v, n == 7 ? crf(c, n) : shl(c, crf(c, n), k(c, 28 - 4 * n)));
	}
	return mask ? or_(c, v, and_(c, gpr(c, c->cr_holder), k(c, mask))) : v;
}

WORD void set_cr(DOM *c, unsigned mask, V v)
{
	for (unsigned n = 0; n < 8; n++) {
		if (!(mask & 0x80 >> n))
			continue;
		forget_crf(c, n);
		if (!c->whole || mask != 0xff)
			set_crf(c, n, and_(c, shr(c, v, k(c, 28 - 4 * n)), k(c, 15)));
	}
	if (c->whole && mask == 0xff)
		set_field(c, JIT_SET_CR, 0, v);
	if (v.kind == JIT_GPR) {
		c->cr_held = (uint8_t)mask;
		c->cr_holder = v.n;
	}
}

WORD V crb(DOM *c, unsigned bit)
{
	static const uint8_t signed_cc[] = { JIT_LTS, JIT_GTS, JIT_EQ };
	static const uint8_t unsigned_cc[] = { JIT_LTU, JIT_GTU, JIT_EQ };
	const struct jit_compared *p = &c->compared[bit / 4];

	if (p->known && bit % 4 != 3)
		return condition(c, (p->is_signed ? signed_cc : unsigned_cc)[bit % 4], p->a, p->b);
	return condition(c, JIT_NE, (V){ .kind = JIT_CRB, .n = (uint8_t)bit }, k(c, 0));
}

WORD void set_crb(DOM *c, unsigned bit, V truth)
{
	struct jit_operation *o;

	truth = operand(c, truth);
	forget_crf(c, bit / 4);
	o = append(c, JIT_SET_CRB);
	o->n = (uint8_t)bit;
	o->a = truth;
}

WORD V ca(DOM *c)
{
	return get_field(c, JIT_GET8, FIELD(ca));
}

WORD void set_ca(DOM *c, V truth)
{
	forget_field(c, XER_HELD);
	set_field(c, JIT_SET8, FIELD(ca), truth);
}

WORD V so(DOM *c)
{
	return get_field(c, JIT_GET8, FIELD(so));
}

WORD void set_ov(DOM *c, V truth)
{
	forget_field(c, XER_HELD);
	set_field(c, JIT_SET_OV, 0, truth);
}

/* The fields of the XER, each a byte [regs.h], from the left. */
static const struct {
	size_t where;
	unsigned shift;
	uint32_t mask;
} xer_fields[] = {
	{ FIELD(so), 31, 1 },
	{ FIELD(ov), 30, 1 },
	{ FIELD(ca), 29, 1 },
	{ FIELD(xer_byte), 8, 0xff },
	{ FIELD(xer_count), 0, PPC_XER_COUNT },
};

WORD V xer(DOM *c)
{
	V v = k(c, 0);

	if (held_field(c, XER_HELD, &v))
		return and_(c, v, k(c, PPC_XER_BITS));
	if (c->whole)
		return get_field(c, JIT_GET_XER, 0);
	for (unsigned n = 0; n < sizeof(xer_fields) / sizeof(xer_fields[0]); n++) {
		V field = get_field(c, JIT_GET8, xer_fields[n].where);

		v = or_(c, v, xer_fields[n].shift ? shl(c, field, k(c, xer_fields[n].shift)) : field);
	}
	return v;
}

WORD void set_xer(DOM *c, V v)
{
	hold_field(c, XER_HELD, v);
	if (c->whole) {
		set_field(c, JIT_SET_XER, 0, v);
		return;
	}
	for (unsigned n = 0; n < sizeof(xer_fields) / sizeof(xer_fields[0]); n++)
		set_field(c, JIT_SET8, xer_fields[n].where,
			  and_(c, shr(c, v, k(c, xer_fields[n].shift)), k(c, xer_fields[n].mask)));
}

/* A word that marks its instruction. */
#define NOT_TRANSLATED(type, result, name, ...)                                                    \
	WORD type name(DOM *c, __VA_ARGS__)                                                        \
	{                                                                                          \
		c->fallback = true;                                                                \
		return result;                                                                     \
	}
#define NO_VALUE ((V){ 0 })

/* ---- control ---- */

WORD void branch(DOM *c, V target)
{
	struct jit_operation *o;

	target = operand(c, target);
	o = append(c, JIT_BRANCH);
	o->a = target;
}

WORD void branch_if(DOM *c, V truth, V target)
{
	struct jit_operation *o;

	target = operand(c, target);
	if (truth.kind != JIT_COND)
		truth = operand(c, truth);
	o = append(c, JIT_BRANCH_IF);
	o->a = truth;
	o->b = target;
}

#include "jit_record_mem.h"
#include "jit_record_sys.h"
#include "jit_record_fp.h"
#include "jit_record_vec.h"

#include "../../ppc/sem_int.inc"
#include "../../ppc/sem_branch.inc"
#include "../../ppc/sem_mem.inc"
#include "../../ppc/sem_sys.inc"
#include "../../ppc/sem_fp.inc"
#include "../../ppc/sem_vec.inc"

static void (*const meanings[PPC_OP_COUNT])(DOM *, struct ppc_insn) = {
#define INSN(id, ...) [PPC_OP_##id] = sem_##id,
#include "../../ppc/insn.def"
#undef INSN
};

/* lmw loads all words before it writes a register, but after the probe nothing can fail: let each
 * register be written right behind its load, so that no more than one temp lives. */
static void pair_loads(struct jit_ir *ir, unsigned first)
{
	struct jit_operation old[JIT_OPERATIONS];
	unsigned n = ir->count - first, at = first;

	memcpy(old, &ir->op[first], n * sizeof(*old));
	for (unsigned m = 0; m < n; m++)
		if (old[m].op == JIT_SET_GPR && old[m].a.kind != JIT_TEMP)
			return;
	for (unsigned m = 0; m < n; m++) {
		if (old[m].op != JIT_SET_GPR)
			ir->op[at++] = old[m];
		for (unsigned q = m + 1; q < n && old[m].op == JIT_LOAD; q++)
			if (old[q].op == JIT_SET_GPR && old[q].a.t == old[m].d)
				ir->op[at++] = old[q];
	}
	if (at != ir->count) /* one that is set from something else */
		memcpy(&ir->op[first], old, n * sizeof(*old));
}

void mol_jit_record_begin(struct jit_ir *ir)
{
	ir->count = ir->insns = ir->conds = ir->vks = 0;
	ir->loop_last = JIT_INSNS;
	ir->targets = 0;
	forget(ir);
}

bool mol_jit_record(struct jit_ir *ir, uint32_t raw, uint32_t pc, bool translated)
{
	enum ppc_op op = mol_ppc_decode(raw);
	unsigned first = ir->count, conds = ir->conds;
	struct jit_insn *insn = &ir->insn[ir->insns];

	if (ir->insns == JIT_INSNS || first + JIT_OPERATIONS >= JIT_BLOCK_OPERATIONS)
		return false;
	*insn = (struct jit_insn){ .raw = raw, .first = (uint16_t)first };
	if (ir->targets >> ir->insns & 1)
		forget(ir);
	ir->temps = 0;
	memset(ir->alias, 0, sizeof(ir->alias));
	memset(ir->offset, 0, sizeof(ir->offset));
	ir->is_probed = false;
	ir->pc = pc;
	ir->fallback = false;
	if (!translated || op == PPC_OP_INVALID)
		refuse(ir, op);
	else
		meanings[op](ir, (struct ppc_insn){ raw });
	if (!ir->fallback && ir->is_probed)
		pair_loads(ir, first);
	if (ir->fallback) {
		ir->count = first;
		ir->conds = conds;
		forget(ir);
	}
	insn->fallback = ir->fallback;
	insn->end = (uint16_t)ir->count;
	ir->insns++;
	return true;
}
