/* SPDX-License-Identifier: MIT
 * jit_record_vec.h - the vector words of the translator: almost every word is one JIT_VEC operation.
 *
 * A VV is a guest register, a temp, or a constant of the block's table (jit_ir.vk). What needs no
 * code is folded here: moves, constants, and a few pairs of words that the hosts do at once. The
 * word's lane width is the operation's size, its sub-code is in n, its other constants are in k.
 * Included once, by jit_record.c.
 */

/* ---- constants ---- */

static VV v_constant(DOM *c, const union ppc_vr *value)
{
	unsigned n = 0;

	while (n < c->vks && memcmp(&c->vk[n], value, sizeof(*value)))
		n++;
	if (n == JIT_VKS)
		c->fallback = true;
	else if (n == c->vks)
		c->vk[c->vks++] = *value;
	return (VV){ .kind = JIT_VK, .n = (uint8_t)n };
}

static VV v_repeat(DOM *c, uint32_t word)
{
	union ppc_vr v;

	for (unsigned n = 0; n < 4; n++)
		v.w[n] = word;
	return v_constant(c, &v);
}

/* Is it n in every lane of w octets? */
static bool is_v_repeat(const DOM *c, VV v, unsigned w, uint32_t *n)
{
	const union ppc_vr *p = &c->vk[v.n];

	if (v.kind != JIT_VK || v.n >= JIT_VKS)
		return false;
	*n = w == 1 ? p->b[0] : w == 2 ? p->h[0] : p->w[0];
	for (unsigned at = 0; at < 16 / w; at++)
		if ((w == 1 ? p->b[at] : w == 2 ? p->h[at] : p->w[at]) != *n)
			return false;
	return true;
}


static bool same(VV a, VV b)
{
	return a.kind == b.kind && (a.kind == JIT_TEMP ? a.t == b.t : a.n == b.n);
}

/* ---- operations ---- */

static VV vector3(DOM *c, enum jit_vec_op op, unsigned w, uint32_t constant, VV a, VV b, VV m)
{
	VV d = new_temp(c);
	struct jit_operation *o = append(c, JIT_VEC);

	o->n = (uint8_t)op;
	o->size = (uint8_t)w;
	o->k = constant;
	o->a = a;
	o->b = b;
	o->c = m;
	o->d = d.t;
	return d;
}

static VV vector(DOM *c, enum jit_vec_op op, unsigned w, uint32_t constant, VV a, VV b)
{
	return vector3(c, op, w, constant, a, b, k(c, 0));
}

/* The operation of this instruction that makes v, if it is this one. */
static const struct jit_operation *made_by(const DOM *c, VV v, enum jit_vec_op op)
{
	for (unsigned n = c->count; v.kind == JIT_TEMP && n-- > c->insn[c->insns].first;)
		if (c->op[n].op == JIT_VEC && c->op[n].d == v.t)
			return c->op[n].n == op ? &c->op[n] : NULL;
	return NULL;
}

/* ---- registers ---- */

WORD VV vr(DOM *c, unsigned n)
{
	return (VV){ .kind = JIT_VR, .n = (uint8_t)n };
}

WORD void set_vr(DOM *c, unsigned n, VV v)
{
	struct jit_operation *o = append(c, JIT_SET_VR);

	o->n = (uint8_t)n;
	o->a = v;
}

WORD V vscr(DOM *c)
{
	return get_field(c, JIT_GET32, FIELD(vscr));
}

WORD void set_vscr(DOM *c, V v)
{
	unsupported(c); /* NJ decides how later floating-point words are translated */
}

/* ---- between a guest value and lanes ---- */

WORD VV v_fill(DOM *c, unsigned w, V v)
{
	if (v.kind == JIT_K)
		return v_repeat(c, w == 1 ? (v.k & 0xff) * 0x01010101u :
				   w == 2 ? (v.k & 0xffff) * 0x00010001u : v.k);
	return vector(c, JIT_V_FILL, w, 0, operand(c, v), k(c, 0));
}

WORD VV v_iota(DOM *c)
{
	union ppc_vr v;

	for (unsigned n = 0; n < 16; n++)
		v.b[PPC_VB(n)] = (uint8_t)n;
	return v_constant(c, &v);
}

WORD V v_extract(DOM *c, unsigned w, VV a, V lane)
{
	return vector(c, JIT_V_EXTRACT, w, 0, a, operand(c, lane));
}

WORD VV v_insert(DOM *c, unsigned w, VV a, V lane, V v)
{
	return vector3(c, JIT_V_INSERT, w, 0, a, operand(c, lane), operand(c, v));
}

WORD VV v_splat(DOM *c, unsigned w, VV a, unsigned lane)
{
	return vector(c, JIT_V_SPLAT, w, lane, a, k(c, 0));
}

/* ---- bits ---- */

WORD VV v_and(DOM *c, VV a, VV b)
{
	return same(a, b) ? a : vector(c, JIT_V_AND, 4, 0, a, b);
}

WORD VV v_andc(DOM *c, VV a, VV b)
{
	return same(a, b) ? v_repeat(c, 0) : vector(c, JIT_V_ANDC, 4, 0, a, b);
}

WORD VV v_or(DOM *c, VV a, VV b)
{
	return same(a, b) ? a : vector(c, JIT_V_OR, 4, 0, a, b);
}

WORD VV v_xor(DOM *c, VV a, VV b)
{
	return same(a, b) ? v_repeat(c, 0) : vector(c, JIT_V_XOR, 4, 0, a, b);
}

WORD VV v_not(DOM *c, VV a)
{
	return vector(c, JIT_V_NOT, 4, 0, a, k(c, 0));
}

WORD VV v_sel(DOM *c, VV mask, VV a, VV b)
{
	return same(a, b) ? a : vector3(c, JIT_V_SEL, 4, 0, mask, a, b);
}

/* ---- lanewise ---- */

/* Both the even and the odd products of the same halfwords. */
static const struct jit_operation *both_products(const DOM *c, VV a, VV b)
{
	const struct jit_operation *p = made_by(c, a, JIT_V_MUL), *q = made_by(c, b, JIT_V_MUL);

	return p && q && p->size == 2 && q->size == 2 && p->k == JIT_V_SIGNED &&
	       q->k == (JIT_V_SIGNED | JIT_V_ODD) && same(p->a, q->a) && same(p->b, q->b) ? p : NULL;
}

WORD VV v_add(DOM *c, unsigned w, VV a, VV b)
{
	const struct jit_operation *p = w == 4 ? both_products(c, a, b) : NULL;

	if (p)
		return vector(c, JIT_V_DOT, 2, JIT_V_SIGNED, p->a, p->b);
	return vector(c, JIT_V_ADD, w, 0, a, b);
}

WORD VV v_sub(DOM *c, unsigned w, VV a, VV b)
{
	return vector(c, JIT_V_SUB, w, 0, a, b);
}

#define LANEWISE(name, code)                                                                       \
	WORD VV name(DOM *c, unsigned w, bool is_signed, VV a, VV b)                               \
	{                                                                                          \
		return vector(c, code, w, is_signed ? JIT_V_SIGNED : 0, a, b);                     \
	}
LANEWISE(v_adds, JIT_V_ADDS)
LANEWISE(v_subs, JIT_V_SUBS)
LANEWISE(v_min, JIT_V_MIN)
LANEWISE(v_max, JIT_V_MAX)
LANEWISE(v_avg, JIT_V_AVG)
LANEWISE(v_cmpgt, JIT_V_CMPGT)
#undef LANEWISE

WORD VV v_mul_low(DOM *c, VV a, VV b)
{
	return vector(c, JIT_V_MUL_LOW, 2, 0, a, b);
}

WORD VV v_mul(DOM *c, unsigned w, bool is_signed, bool odd, VV a, VV b)
{
	return vector(c, JIT_V_MUL, w, (is_signed ? JIT_V_SIGNED : 0) | (odd ? JIT_V_ODD : 0), a, b);
}

WORD VV v_sum_pairs(DOM *c, unsigned w, bool is_signed, VV a)
{
	const struct jit_operation *p = w == 2 ? made_by(c, a, JIT_V_MUL) : NULL;

	/* Sums of two products of octets. */
	if (p && is_signed == !!(p->k & JIT_V_SIGNED))
		return vector(c, JIT_V_DOT, 1, p->k, p->a, p->b);
	/* Sums of two octets are positive as signed halfwords too. */
	p = w == 2 ? made_by(c, a, JIT_V_SUM_PAIRS) : NULL;
	return vector(c, JIT_V_SUM_PAIRS, w, is_signed || p ? JIT_V_SIGNED : 0, a, k(c, 0));
}

static VV shifted(DOM *c, enum jit_vec_op op, unsigned w, VV a, VV b)
{
	uint32_t n;

	if (!is_v_repeat(c, b, w, &n))
		return vector(c, op, w, 0, a, b);
	n &= 8 * w - 1;
	return n ? vector(c, op, w, n, a, k(c, n)) : a;
}

WORD VV v_rotl(DOM *c, unsigned w, VV a, VV b)
{
	return shifted(c, JIT_V_ROTL, w, a, b);
}

WORD VV v_shl(DOM *c, unsigned w, VV a, VV b)
{
	return shifted(c, JIT_V_SHL, w, a, b);
}

WORD VV v_shr(DOM *c, unsigned w, VV a, VV b)
{
	return shifted(c, JIT_V_SHR, w, a, b);
}

WORD VV v_sar(DOM *c, unsigned w, VV a, VV b)
{
	return shifted(c, JIT_V_SAR, w, a, b);
}

WORD VV v_cmpeq(DOM *c, unsigned w, VV a, VV b)
{
	return same(a, b) ? v_repeat(c, 0xffffffff) : vector(c, JIT_V_CMPEQ, w, 0, a, b);
}

WORD V v_all_ones(DOM *c, VV a)
{
	return vector(c, JIT_V_ALL_ONES, 4, 0, a, k(c, 0));
}

WORD V v_all_zeros(DOM *c, VV a)
{
	return vector(c, JIT_V_ALL_ZEROS, 4, 0, a, k(c, 0));
}

/* ---- octets and lanes moved ---- */

WORD VV v_shl_bits(DOM *c, VV a, V n)
{
	return vector(c, JIT_V_SHL_BITS, 4, 0, a, operand(c, n));
}

WORD VV v_shr_bits(DOM *c, VV a, V n)
{
	return vector(c, JIT_V_SHR_BITS, 4, 0, a, operand(c, n));
}

WORD VV v_align(DOM *c, VV a, VV b, V n)
{
	if (n.kind == JIT_K && n.k % 16 == 0)
		return n.k ? b : a;
	return vector3(c, JIT_V_ALIGN, 4, 0, a, b, operand(c, n));
}

WORD VV v_perm(DOM *c, VV a, VV b, VV selector)
{
	return vector3(c, JIT_V_PERM, 4, 0, a, b, selector);
}

WORD VV v_merge(DOM *c, unsigned w, bool high, VV a, VV b)
{
	uint32_t x, y;

	if (w == 4 && is_v_repeat(c, a, 4, &x) && is_v_repeat(c, b, 4, &y)) {
		union ppc_vr v;

		for (unsigned n = 0; n < 4; n++)
			v.w[PPC_VW(n)] = n & 1 ? y : x;
		return v_constant(c, &v);
	}
	return vector(c, JIT_V_MERGE, w, high ? JIT_V_HIGH : 0, a, b);
}

WORD VV v_pack(DOM *c, unsigned w, enum ppc_v_pack mode, VV a, VV b)
{
	return vector(c, JIT_V_PACK, w, mode, a, b);
}

WORD VV v_unpack(DOM *c, unsigned w, bool high, VV a)
{
	return vector(c, JIT_V_UNPACK, w, high ? JIT_V_HIGH : 0, a, k(c, 0));
}

/* ---- single precision ---- */

WORD VV v_fp(DOM *c, unsigned op, VV a, VV b, VV m)
{
	return vector3(c, JIT_V_FP, 4, op, a, b, m);
}

WORD VV v_fp_unary(DOM *c, unsigned op, VV b)
{
	if (op != PPC_VFP_RIN && op != PPC_VFP_RIZ && op != PPC_VFP_RIP && op != PPC_VFP_RIM)
		unsupported(c); /* estimates are tables, the same on every host */
	return vector(c, JIT_V_FP_ROUND, 4, op, b, k(c, 0));
}

WORD VV v_fp_cmp(DOM *c, unsigned relations, VV a, VV b)
{
	return vector(c, JIT_V_FP_CMP, 4, relations, a, b);
}

WORD VV v_fp_from_int(DOM *c, bool is_signed, unsigned scale, VV b)
{
	VV factor = v_repeat(c, (127u - scale) << 23); /* 2^-scale */

	return vector(c, JIT_V_FP_FROM_INT, 4, is_signed ? JIT_V_SIGNED : 0, b, factor);
}

WORD VV v_fp_to_int(DOM *c, bool is_signed, unsigned scale, VV b)
{
	VV factor = v_repeat(c, (127u + scale) << 23);

	return vector(c, JIT_V_FP_TO_INT, 4, is_signed ? JIT_V_SIGNED : 0, b, factor);
}
