/* SPDX-License-Identifier: MIT
 * jit_record_fp.h - the translator's words for floating point.
 *
 * Included once, by jit_record.c. An F is a guest FPR, with its sign changed perhaps, or what
 * a load or an operation gives. What reads or writes the FPSCR as a number is
 * left to the handlers, and so are the estimates and instructions with Rc.
 */
WORD F fpr(DOM *c, unsigned n)
{
	return (F){ .kind = JIT_FPR, .n = (uint8_t)n };
}

static void forget_compared_with_fpr(DOM *c, unsigned n)
{
	for (unsigned f = 0; f < 8; f++) {
		struct jit_compared *p = &c->compared[f];

		if (p->a.kind == JIT_FPR && (p->a.n == n || p->b.n == n))
			p->known = false;
	}
}

WORD void set_fpr(DOM *c, unsigned n, F v)
{
	struct jit_operation *o;

	forget_compared_with_fpr(c, n);
	if (v.kind == JIT_FP_RESULT) {
		c->op[v.t].n = (uint8_t)n;
		return;
	}
	o = append(c, JIT_SET_FPR);
	o->n = (uint8_t)n;
	o->a = v;
}

static F change_sign(DOM *c, F a, enum jit_sign how)
{
	if (a.kind != JIT_FPR || a.t != JIT_SIGN_SAME)
		c->fallback = true;
	a.t = (uint16_t)how;
	return a;
}

/* The masks are those of fneg, fabs and fnabs. */
WORD F f_and(DOM *c, F a, uint64_t mask)
{
	return change_sign(c, a, JIT_SIGN_CLEAR);
}

WORD F f_or(DOM *c, F a, uint64_t mask)
{
	return change_sign(c, a, JIT_SIGN_SET);
}

WORD F f_xor(DOM *c, F a, uint64_t mask)
{
	return change_sign(c, a, JIT_SIGN_FLIP);
}

WORD F f_sel_ge0(DOM *c, F test, F a, F b)
{
	struct jit_operation *o = append(c, JIT_FP_SELECT);

	o->a = test;
	o->b = a;
	o->c = b;
	return (F){ .kind = JIT_FP_RESULT, .t = (uint16_t)(o - c->op) };
}

WORD F single_to_double(DOM *c, V v)
{
	if (v.kind != JIT_TEMP)
		c->fallback = true;
	v.kind = JIT_FP_SINGLE;
	return v;
}

static V bits_of(DOM *c, enum jit_op op, F v, unsigned size)
{
	struct jit_operation *o = append(c, op);
	V d = new_temp(c);

	o->a = v;
	o->size = (uint8_t)size;
	o->d = d.t;
	return d;
}

WORD V double_to_single(DOM *c, F v)
{
	return bits_of(c, JIT_NARROW, v, 4);
}

WORD V f_low(DOM *c, F a)
{
	return bits_of(c, JIT_GET_FPR, a, 4);
}

WORD bool load_f(DOM *c, struct ppc_insn i, V ea, F *out)
{
	return load(c, i, ea, 8, PPC_MEM_WORD_ALIGNED, out);
}

WORD bool store_f(DOM *c, struct ppc_insn i, V ea, F v)
{
	return store(c, i, ea, 8, PPC_MEM_WORD_ALIGNED, bits_of(c, JIT_GET_FPR, v, 8));
}

WORD void fp_arith(DOM *c, unsigned op, unsigned d, F a, F b, F m)
{
	struct jit_operation *o = append(c, JIT_FP_ARITH);

	if (op == PPC_FP_RES || op == PPC_FP_RSQRTE || (op & ~(unsigned)PPC_FP_SINGLE) > PPC_FP_RSQRTE)
		c->fallback = true;
	forget_compared_with_fpr(c, d);
	o->n = (uint8_t)d;
	o->size = (uint8_t)op;
	o->a = a;
	o->b = b;
	o->c = m;
}

/* Not of NaNs: those are compared by the handler, and the block is left. So the relations hold. */
WORD void fp_compare(DOM *c, unsigned n, F a, F b, bool ordered)
{
	struct jit_operation *o = append(c, JIT_FP_CMP);

	o->n = (uint8_t)n;
	o->size = ordered;
	o->a = a;
	o->b = b;
	forget_crf(c, n);
	c->compared[n] = (struct jit_compared){ true, false, a, b };
}

/* Nothing is enabled where these words are translated. */
WORD void fp_finish(DOM *c)
{
}

WORD V fpscr(DOM *c)
{
	return unsupported(c);
}

NOT_TRANSLATED(F, NO_VALUE, f_from_low, V low, uint32_t high)
NOT_TRANSLATED(void, (void)0, set_fpscr, V v, V mask)
