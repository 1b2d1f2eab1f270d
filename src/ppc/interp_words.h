/* SPDX-License-Identifier: MIT
 * interp_words.h - the words of sem.h for the interpreter: arithmetic, registers, memory.
 *
 * Included once, by interp.c, between sem.h and the meanings. Here V is a
 * uint32_t, so that running a word computes it. Words of floating point, vectors
 * and system registers are in interp_fp.h, interp_vec.h and interp_sys.h.
 */

/* ---- constants and registers ---- */

WORD V k(DOM *c, uint32_t value)
{
	return value;
}

WORD V gpr(DOM *c, unsigned n)
{
	return c->r.gpr[n];
}

WORD void set_gpr(DOM *c, unsigned n, V v)
{
	c->r.gpr[n] = v;
}

WORD V cia(DOM *c)
{
	return c->r.pc;
}

WORD V lr(DOM *c)
{
	return c->r.lr;
}

WORD void set_lr(DOM *c, V v)
{
	c->r.lr = v;
}

WORD V ctr(DOM *c)
{
	return c->r.ctr;
}

WORD void set_ctr(DOM *c, V v)
{
	c->r.ctr = v;
}

/* ---- arithmetic: one line each ---- */

#define UNARY(name, expression)                                                                    \
	WORD V name(DOM *c, V a)                                                                   \
	{                                                                                          \
		return expression;                                                                 \
	}
#define BINARY(name, expression)                                                                   \
	WORD V name(DOM *c, V a, V b)                                                              \
	{                                                                                          \
		return expression;                                                                 \
	}
BINARY(add, a + b)
BINARY(sub, a - b)
BINARY(and_, a & b)
BINARY(or_, a | b)
BINARY(xor_, a ^ b)
UNARY(not_, ~a)
BINARY(shl, a << (b & 31))
BINARY(shr, a >> (b & 31))
BINARY(sar, (uint32_t)((int32_t)a >> (b & 31)))
BINARY(rotl, a << (b & 31) | a >> (-b & 31))
BINARY(shl6, (uint32_t)((uint64_t)a << (b & 63)))
BINARY(shr6, (uint32_t)((uint64_t)a >> (b & 63)))
BINARY(sar6, (uint32_t)((int64_t)(int32_t)a >> (b & 63)))
BINARY(mul, a * b)
BINARY(mulhu, (uint32_t)((uint64_t)a * b >> 32))
BINARY(mulhs, (uint32_t)((uint64_t)((int64_t)(int32_t)a * (int32_t)b) >> 32))
BINARY(divu, b ? a / b : 0)
UNARY(clz, a ? (uint32_t)__builtin_clz(a) : 32)
UNARY(bswap, __builtin_bswap32(a))
UNARY(ext8, (uint32_t)(int32_t)(int8_t)(a & 0xff))
UNARY(ext16, (uint32_t)(int32_t)(int16_t)(a & 0xffff))
BINARY(ltu, a < b)
BINARY(lts, (int32_t)a < (int32_t)b)
BINARY(eq, a == b)
#undef UNARY
#undef BINARY

/* The quotients the manual leaves undefined: 0 for a dividend >= 0, else -1, which is what the
 * 7xx family was seen to give by the authors of the oracle (qemu-ppc answers the same). */
WORD V divs(DOM *c, V a, V b)
{
	if (MOL_UNLIKELY(!b || (a == 0x80000000 && b == 0xffffffff)))
		return (uint32_t)((int32_t)a >> 31);
	return (uint32_t)((int32_t)a / (int32_t)b);
}

WORD V sel(DOM *c, V truth, V a, V b)
{
	return truth ? a : b;
}

WORD V adc(DOM *c, V a, V b, V carry, V *carry_out)
{
	uint64_t sum = (uint64_t)a + b + carry;

	*carry_out = (uint32_t)(sum >> 32);
	return (uint32_t)sum;
}

/* ---- condition register and XER ---- */

WORD void cmps(DOM *c, unsigned n, V a, V b)
{
	int32_t x = (int32_t)a, y = (int32_t)b;

	c->r.cr[n] = (uint8_t)((x < y ? PPC_CR_LT : x > y ? PPC_CR_GT : PPC_CR_EQ) | c->r.so);
}

WORD void cmpu(DOM *c, unsigned n, V a, V b)
{
	c->r.cr[n] = (uint8_t)((a < b ? PPC_CR_LT : a > b ? PPC_CR_GT : PPC_CR_EQ) | c->r.so);
}

WORD V crf(DOM *c, unsigned n)
{
	return c->r.cr[n];
}

WORD void set_crf(DOM *c, unsigned n, V v)
{
	c->r.cr[n] = (uint8_t)v;
}

WORD V cr(DOM *c)
{
	return ppc_cr(&c->r);
}

WORD void set_cr(DOM *c, unsigned mask, V v)
{
	for (unsigned n = 0; n < 8; n++)
		if (mask & 0x80 >> n)
			c->r.cr[n] = (uint8_t)(v >> (28 - 4 * n) & 15);
}

WORD V crb(DOM *c, unsigned bit)
{
	return (uint32_t)c->r.cr[bit >> 2] >> (3 - (bit & 3)) & 1;
}

WORD void set_crb(DOM *c, unsigned bit, V truth)
{
	uint32_t mask = 8u >> (bit & 3);
	uint32_t field = c->r.cr[bit >> 2];

	c->r.cr[bit >> 2] = (uint8_t)(truth ? field | mask : field & ~mask);
}

WORD V ca(DOM *c)
{
	return c->r.ca;
}

WORD void set_ca(DOM *c, V truth)
{
	c->r.ca = (uint8_t)truth;
}

WORD V so(DOM *c)
{
	return c->r.so;
}

WORD void set_ov(DOM *c, V truth)
{
	c->r.ov = (uint8_t)truth;
	c->r.so |= (uint8_t)truth;
}

WORD V xer(DOM *c)
{
	return ppc_xer(&c->r);
}

WORD void set_xer(DOM *c, V v)
{
	ppc_set_xer(&c->r, v);
}

/* ---- memory: the page tables first, then the engine above [cpu.h] ---- */

/* The host address of an access of this size, or NULL when it must go the slow way: a miss,
 * or not aligned to its size (which also keeps it from crossing a page). */
MOL_INLINE const uint8_t *fast_read(DOM *c, V ea, unsigned size)
{
	uintptr_t bias = MOL_LIKELY(c->page != NULL) ? c->page[ea >> 12] : 0;

	return MOL_LIKELY(bias && !(ea & (size - 1))) ? (const uint8_t *)(bias + ea) : NULL;
}

MOL_INLINE uint8_t *fast_write(DOM *c, V ea, unsigned size)
{
	uintptr_t bias = MOL_LIKELY(c->page != NULL) ? c->page[PPC_PAGE_STORE + (ea >> 12)] : 0;

	return MOL_LIKELY(ppc_page_may_store(bias) && !(ea & (size - 1))) ? (uint8_t *)(bias + ea) : NULL;
}

/* eciwx and ecowx need EAR[E]. Without it they are a DSI, before any other fault but, on a 603e,
 * that of the alignment [750GX UM, 7400 UM tables 4-3; 603e UM table 4-2]. */
static bool external_control_is_on(DOM *c, V ea, bool write)
{
	if (c->r.spr[PPC_SPR_EAR] & PPC_EAR_E || (ea & 3 && c->model->features & PPC_F_603))
		return true;
	return mol_ppc_raise_data(c, PPC_VEC_DSI, ea,
				  PPC_DSISR_EAR | (write ? PPC_DSISR_STORE : 0u));
}

WORD bool load(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V *out)
{
	const uint8_t *p = how & ~(unsigned)PPC_MEM_WORD_ALIGNED ? NULL : fast_read(c, ea, size);
	uint64_t v[2];

	if (how & PPC_MEM_EXTERNAL && !external_control_is_on(c, ea, false))
		return false;
	if (MOL_LIKELY(p != NULL)) {
		*out = size == 1 ? *p : size == 2 ? mol_load_be16(p) : mol_load_be32(p);
		return true;
	}
	if (!c->ops->load(c, i.raw, ea, size, (enum ppc_mem_how)how, v))
		return false;
	*out = (uint32_t)v[0];
	return true;
}

WORD bool store(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V v)
{
	uint8_t *p = how & ~(unsigned)PPC_MEM_WORD_ALIGNED ? NULL : fast_write(c, ea, size);
	uint64_t wide[2];

	if (how & PPC_MEM_EXTERNAL && !external_control_is_on(c, ea, true))
		return false;
	if (MOL_LIKELY(p != NULL)) {
		if (size == 1)
			*p = (uint8_t)v;
		else if (size == 2)
			mol_store_be16(p, (uint16_t)v);
		else
			mol_store_be32(p, v);
		return true;
	}
	wide[0] = size == 1 ? v & 0xff : size == 2 ? v & 0xffff : v;
	wide[1] = 0;
	return c->ops->store(c, i.raw, ea, size, (enum ppc_mem_how)how, wide);
}

WORD bool load_f(DOM *c, struct ppc_insn i, V ea, F *out)
{
	const uint8_t *p = fast_read(c, ea, 8);
	uint64_t v[2];

	if (MOL_LIKELY(p != NULL)) {
		*out = mol_load_be64(p);
		return true;
	}
	if (!c->ops->load(c, i.raw, ea, 8, PPC_MEM_WORD_ALIGNED, v))
		return false;
	*out = v[0];
	return true;
}

WORD bool store_f(DOM *c, struct ppc_insn i, V ea, F v)
{
	uint8_t *p = fast_write(c, ea, 8);
	uint64_t wide[2] = { v, 0 };

	if (MOL_LIKELY(p != NULL)) {
		mol_store_be64(p, v);
		return true;
	}
	return c->ops->store(c, i.raw, ea, 8, PPC_MEM_WORD_ALIGNED, wide);
}

WORD bool load_v(DOM *c, struct ppc_insn i, V ea, VV *out)
{
	const uint8_t *p = fast_read(c, ea, 16);
	uint64_t v[2];

	if (MOL_LIKELY(p != NULL)) {
		v[0] = mol_load_be64(p);
		v[1] = mol_load_be64(p + 8);
	} else if (!c->ops->load(c, i.raw, ea, 16, PPC_MEM_PLAIN, v)) {
		return false;
	}
	out->d[PPC_VD(0)] = v[0];
	out->d[PPC_VD(1)] = v[1];
	return true;
}

WORD bool store_v(DOM *c, struct ppc_insn i, V ea, VV v)
{
	uint8_t *p = fast_write(c, ea, 16);
	uint64_t wide[2] = { v.d[PPC_VD(0)], v.d[PPC_VD(1)] };

	if (MOL_LIKELY(p != NULL)) {
		mol_store_be64(p, wide[0]);
		mol_store_be64(p + 8, wide[1]);
		return true;
	}
	return c->ops->store(c, i.raw, ea, 16, PPC_MEM_PLAIN, wide);
}

WORD bool probe(DOM *c, struct ppc_insn i, V ea, unsigned len, bool write, unsigned how)
{
	if (how & PPC_MEM_WORD_ALIGNED && ea & 3)
		return mol_ppc_raise_alignment(c, i.raw, ea);
	/* Within one page that has an entry there is nothing to ask. */
	if (((ea + len - 1) ^ ea) < 4096 &&
	    (write ? (void *)fast_write(c, ea, 1) : (const void *)fast_read(c, ea, 1)))
		return true;
	return c->ops->probe(c, i.raw, ea, len, write ? PPC_WRITE : PPC_READ, (enum ppc_mem_how)how);
}

WORD bool lwarx(DOM *c, struct ppc_insn i, V ea, V *out)
{
	return load(c, i, ea, 4, PPC_MEM_WORD_ALIGNED | PPC_MEM_RESERVE, out);
}

/* The store happens if a reservation is held; for which block is not looked at [7400 UM 3.4.4.4,
 * 603e UM 2.3.4.7]. It is gone in either case [PEM 8.2, stwcx.]. */
WORD bool stwcx(DOM *c, struct ppc_insn i, V ea, V v)
{
	if (ea & 3)
		return mol_ppc_raise_alignment(c, i.raw, ea);
	if (c->r.reserve && !store(c, i, ea, 4, PPC_MEM_WORD_ALIGNED | PPC_MEM_RESERVE, v))
		return false;
	c->r.cr[0] = (uint8_t)((c->r.reserve ? PPC_CR_EQ : 0) | c->r.so);
	c->r.reserve = 0;
	return true;
}

/* lswx and stswx with a length of 0 do nothing (lswx: rD is undefined, so left). */
WORD bool load_string(DOM *c, struct ppc_insn i, V ea)
{
	unsigned length = c->r.xer_count;
	uint32_t word[32] = { 0 };

	if (!length)
		return true;
	if (!probe(c, i, ea, length, false, PPC_MEM_PLAIN))
		return false;
	for (unsigned n = 0; n < length; n++) {
		uint32_t v;

		if (!load(c, i, ea + n, 1, PPC_MEM_PLAIN, &v))
			return false;
		word[n / 4] |= v << (24 - 8 * (n % 4));
	}
	for (unsigned n = 0; n < length; n += 4)
		c->r.gpr[(F_D(i) + n / 4) & 31] = word[n / 4];
	return true;
}

WORD bool store_string(DOM *c, struct ppc_insn i, V ea)
{
	unsigned length = c->r.xer_count;

	if (!length)
		return true;
	if (!probe(c, i, ea, length, true, PPC_MEM_PLAIN))
		return false;
	for (unsigned n = 0; n < length; n++) {
		uint32_t word = c->r.gpr[(F_S(i) + n / 4) & 31];

		if (!store(c, i, ea + n, 1, PPC_MEM_PLAIN, word >> (24 - 8 * (n % 4)) & 0xff))
			return false;
	}
	return true;
}

/* May dcbz find no line to make? Then it is an alignment exception. */
static bool dcbz_has_no_cache(DOM *c)
{
	uint32_t mask = ppc_dcbz_hid0(c->model->features);

	return (c->r.spr[PPC_SPR_HID0] & mask) != (mask & PPC_HID0_DCE);
}

WORD bool cache_op(DOM *c, struct ppc_insn i, unsigned op, V ea)
{
	uint8_t *p;

	if ((op == PPC_DCBST || op == PPC_DCBF) && fast_read(c, ea, 1))
		return true; /* no more than a load of a byte [PEM 8.2] */
	if (op == PPC_DCBZ) {
		if (MOL_UNLIKELY(dcbz_has_no_cache(c)))
			return mol_ppc_raise_alignment(c, i.raw, ea);
		p = fast_write(c, ea & ~(PPC_CACHE_LINE - 1), 1);
		if (p) { /* a page with an entry for stores is cacheable RAM */
			memset(p, 0, PPC_CACHE_LINE);
			return true;
		}
	}
	return c->ops->cache(c, i.raw, (enum ppc_cache_op)op, ea);
}

/* ---- control ---- */

WORD void branch(DOM *c, V target)
{
	c->npc = target;
	c->stop = PPC_STOP_BRANCH;
}

WORD void branch_if(DOM *c, V truth, V target)
{
	if (truth)
		branch(c, target);
}

WORD void trap_if(DOM *c, V truth)
{
	if (MOL_UNLIKELY(truth))
		mol_ppc_raise(c, PPC_VEC_PROGRAM, PPC_SRR1_PROG_TRAP);
}
