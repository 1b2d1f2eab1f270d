/* SPDX-License-Identifier: MIT
 * jit_record_mem.h - the translator's words for memory.
 *
 * Included once, by jit_record.c. Behind a probe() nothing can fault, so the accesses that follow it
 * are at offsets from the probed address, without a test each. Strings are the handlers'.
 */
WORD bool load(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V *out)
{
	int offset = probed_offset(c, ea);

	if (how & ~(unsigned)PPC_MEM_WORD_ALIGNED || (c->is_probed && offset < 0))
		unsupported(c);
	*out = operation(c, JIT_LOAD, c->is_probed ? k(c, 0) : ea, k(c, 0));
	c->op[c->count - 1].size = (uint8_t)size;
	c->op[c->count - 1].n = (uint8_t)how;
	c->op[c->count - 1].is_probed = c->is_probed;
	c->op[c->count - 1].c = k(c, (uint32_t)offset);
	return true;
}

WORD bool store(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V v)
{
	int offset = probed_offset(c, ea);
	struct jit_operation *o;

	if (how & ~(unsigned)PPC_MEM_WORD_ALIGNED || (c->is_probed && offset < 0))
		unsupported(c);
	ea = c->is_probed ? k(c, 0) : operand(c, ea);
	v = operand(c, v);
	o = append(c, JIT_STORE);
	o->is_probed = c->is_probed;
	o->a = ea;
	o->b = v;
	o->c = k(c, (uint32_t)offset);
	o->size = (uint8_t)size;
	o->n = (uint8_t)how;
	return true;
}

WORD bool load_v(DOM *c, struct ppc_insn i, V ea, VV *out)
{
	*out = operation(c, JIT_LOAD, ea, k(c, 0));
	c->op[c->count - 1].size = 16;
	return true;
}

WORD bool store_v(DOM *c, struct ppc_insn i, V ea, VV v)
{
	return store(c, i, ea, 16, PPC_MEM_PLAIN, v);
}

WORD bool probe(DOM *c, struct ppc_insn i, V ea, unsigned len, bool write, unsigned how)
{
	struct jit_operation *o;

	ea = operand(c, ea);
	o = append(c, JIT_PROBE);
	o->a = ea;
	o->k = len;
	o->n = (uint8_t)how;
	o->size = write;
	c->probed = ea;
	c->is_probed = true;
	return true;
}

WORD bool lwarx(DOM *c, struct ppc_insn i, V ea, V *out)
{
	*out = operation(c, JIT_LWARX, ea, k(c, 0));
	return true;
}

WORD bool stwcx(DOM *c, struct ppc_insn i, V ea, V v)
{
	struct jit_operation *o;

	ea = operand(c, ea);
	v = operand(c, v);
	forget_crf(c, 0);
	o = append(c, JIT_STWCX);
	o->a = ea;
	o->b = v;
	return true;
}

/* dcba may do nothing, dcbst and dcbf have no more to do than a load [PEM 8.2]. */
WORD bool cache_op(DOM *c, struct ppc_insn i, unsigned op, V ea)
{
	if (op == PPC_DCBST || op == PPC_DCBF)
		return probe(c, i, ea, 1, false, PPC_MEM_PLAIN);
	if (op == PPC_DCBZ) {
		ea = operand(c, ea);
		append(c, JIT_ZERO_LINE)->a = ea;
	} else if (op != PPC_DCBA) {
		c->fallback = true;
	}
	return true;
}

NOT_TRANSLATED(bool, false, load_string, struct ppc_insn i, V ea)
NOT_TRANSLATED(bool, false, store_string, struct ppc_insn i, V ea)
