/* SPDX-License-Identifier: MIT
 * effects.c - the second reader of the meanings: running one lists what it touches.
 *
 * A V, F or VV is empty here: no guest value exists, only the instruction word.
 * So each word that computes returns nothing, and each word that touches state
 * notes it in struct ppc_effects. See effects.h for what the answer promises.
 */
#include "effects.h"

typedef struct { } V;
typedef struct { } F;
typedef struct { } VV;
typedef struct ppc_effects DOM;

#include "sem.h"
#include "sem_vec.h"

/* A word that only computes; one that reads state; one that writes it; one that does both. */
#define PURE(type, name, ...)                                                                      \
	WORD type name(DOM *c, __VA_ARGS__)                                                        \
	{                                                                                          \
		return (type){ };                                                                  \
	}
#define READS(type, what, name, ...)                                                               \
	WORD type name(__VA_ARGS__)                                                                \
	{                                                                                          \
		c->read.what;                                                                      \
		return (type){ };                                                                  \
	}
#define WRITES(what, name, ...)                                                                    \
	WORD void name(DOM *c, __VA_ARGS__)                                                        \
	{                                                                                          \
		c->written.what;                                                                   \
	}

static void touch(DOM *c, uint32_t read, uint32_t written)
{
	c->read.other |= read;
	c->written.other |= written;
}

/* ---- constants and registers ---- */

PURE(V, k, uint32_t value)
WORD V cia(DOM *c)
{
	return (V){ };
}
READS(V, gpr |= 1u << n, gpr, DOM *c, unsigned n)
READS(V, other |= PPC_EFF_LR, lr, DOM *c)
READS(V, other |= PPC_EFF_CTR, ctr, DOM *c)
WRITES(gpr |= 1u << n, set_gpr, unsigned n, V v)
WRITES(other |= PPC_EFF_LR, set_lr, V v)
WRITES(other |= PPC_EFF_CTR, set_ctr, V v)

/* ---- arithmetic ---- */

PURE(V, add, V a, V b)
PURE(V, sub, V a, V b)
PURE(V, and_, V a, V b)
PURE(V, or_, V a, V b)
PURE(V, xor_, V a, V b)
PURE(V, not_, V a)
PURE(V, shl, V a, V n)
PURE(V, shr, V a, V n)
PURE(V, sar, V a, V n)
PURE(V, rotl, V a, V n)
PURE(V, shl6, V a, V n)
PURE(V, shr6, V a, V n)
PURE(V, sar6, V a, V n)
PURE(V, mul, V a, V b)
PURE(V, mulhu, V a, V b)
PURE(V, mulhs, V a, V b)
PURE(V, divu, V a, V b)
PURE(V, divs, V a, V b)
PURE(V, clz, V a)
PURE(V, bswap, V a)
PURE(V, ext8, V a)
PURE(V, ext16, V a)
PURE(V, ltu, V a, V b)
PURE(V, lts, V a, V b)
PURE(V, eq, V a, V b)
PURE(V, sel, V truth, V a, V b)
PURE(V, adc, V a, V b, V carry, V *carry_out)

/* ---- condition register and XER ---- */

WORD void cmps(DOM *c, unsigned n, V a, V b)
{
	touch(c, PPC_EFF_SO, 0);
	c->written.crf |= 1u << n;
}

WORD void cmpu(DOM *c, unsigned n, V a, V b)
{
	cmps(c, n, a, b);
}

READS(V, crf |= 1u << n, crf, DOM *c, unsigned n)
READS(V, crf |= 1u << bit / 4, crb, DOM *c, unsigned bit)
WRITES(crf |= 1u << n, set_crf, unsigned n, V v)
READS(V, crf |= 0xff, cr, DOM *c)

WORD void set_cr(DOM *c, unsigned mask, V v)
{
	for (unsigned n = 0; n < 8; n++)
		c->written.crf |= mask & 0x80 >> n ? 1u << n : 0;
}

READS(V, other |= PPC_EFF_CA, ca, DOM *c)
WRITES(other |= PPC_EFF_CA, set_ca, V truth)
READS(V, other |= PPC_EFF_SO, so, DOM *c)
READS(V, other |= PPC_EFF_XER, xer, DOM *c)
WRITES(other |= PPC_EFF_XER, set_xer, V v)

WORD void set_crb(DOM *c, unsigned bit, V truth) /* the field's other bits stay */
{
	c->read.crf |= 1u << bit / 4;
	c->written.crf |= 1u << bit / 4;
}

WORD void set_ov(DOM *c, V truth) /* SO is sticky */
{
	touch(c, PPC_EFF_SO, PPC_EFF_OV | PPC_EFF_SO);
}

/* ---- memory ---- */

static bool reads_memory(DOM *c)
{
	touch(c, PPC_EFF_MEMORY, PPC_EFF_STOP);
	return true;
}

static bool writes_memory(DOM *c)
{
	touch(c, 0, PPC_EFF_MEMORY | PPC_EFF_STOP);
	return true;
}

WORD bool load(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V *out)
{
	touch(c, how & PPC_MEM_EXTERNAL ? PPC_EFF_OTHER : 0, 0); /* EAR */
	return reads_memory(c);
}

WORD bool store(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V v)
{
	touch(c, how & PPC_MEM_EXTERNAL ? PPC_EFF_OTHER : 0, 0); /* EAR */
	return writes_memory(c);
}

WORD bool load_f(DOM *c, struct ppc_insn i, V ea, F *out)
{
	return reads_memory(c);
}

WORD bool store_f(DOM *c, struct ppc_insn i, V ea, F v)
{
	return writes_memory(c);
}

WORD bool load_v(DOM *c, struct ppc_insn i, V ea, VV *out)
{
	return reads_memory(c);
}

WORD bool store_v(DOM *c, struct ppc_insn i, V ea, VV v)
{
	return writes_memory(c);
}

WORD bool probe(DOM *c, struct ppc_insn i, V ea, unsigned len, bool write, unsigned how)
{
	touch(c, 0, PPC_EFF_STOP);
	return true;
}

WORD bool lwarx(DOM *c, struct ppc_insn i, V ea, V *out)
{
	return reads_memory(c) && writes_memory(c); /* the reservation */
}

WORD bool stwcx(DOM *c, struct ppc_insn i, V ea, V v)
{
	touch(c, PPC_EFF_SO | PPC_EFF_MEMORY, PPC_EFF_MEMORY | PPC_EFF_STOP | PPC_EFF_MAYBE);
	c->written.crf |= 1;
	return true;
}

/* The count is a guest value: any register may be among them. */
WORD bool load_string(DOM *c, struct ppc_insn i, V ea)
{
	touch(c, PPC_EFF_XER_COUNT | PPC_EFF_MEMORY, PPC_EFF_STOP | PPC_EFF_MAYBE);
	c->written.gpr = 0xffffffff;
	return true;
}

WORD bool store_string(DOM *c, struct ppc_insn i, V ea)
{
	touch(c, PPC_EFF_XER_COUNT, PPC_EFF_MEMORY | PPC_EFF_STOP | PPC_EFF_MAYBE);
	c->read.gpr = 0xffffffff;
	return true;
}

WORD bool cache_op(DOM *c, struct ppc_insn i, unsigned op, V ea)
{
	touch(c, PPC_EFF_MEMORY | PPC_EFF_OTHER, /* dcbz: HID0 */
	      PPC_EFF_MEMORY | PPC_EFF_OTHER | PPC_EFF_STOP | PPC_EFF_MAYBE);
	return true;
}

/* ---- control ---- */

WRITES(other |= PPC_EFF_PC, branch, V target)
WRITES(other |= PPC_EFF_PC, branch_if, V truth, V target)
WRITES(other |= PPC_EFF_STOP, trap_if, V truth)
WRITES(other |= PPC_EFF_STOP, system_call, struct ppc_insn i)

/* MSR[TGPR] of a 603 exchanges GPR0-3; FE0 and FE1 look at FPSCR[FEX]. */
static void writes_msr(DOM *c)
{
	touch(c, PPC_EFF_MSR | PPC_EFF_FPSCR, PPC_EFF_MSR | PPC_EFF_OTHER | PPC_EFF_STOP | PPC_EFF_MAYBE);
	c->read.gpr |= 15;
	c->written.gpr |= 15;
}

WORD void return_from_interrupt(DOM *c)
{
	writes_msr(c);
	touch(c, PPC_EFF_OTHER, PPC_EFF_PC);
}

WORD void synchronize(DOM *c)
{
	touch(c, 0, PPC_EFF_STOP);
}

/* ---- system registers ---- */

READS(V, other |= PPC_EFF_MSR, msr, DOM *c)
READS(V, other |= PPC_EFF_OTHER, sr, DOM *c, V n)
WRITES(other |= PPC_EFF_OTHER, set_sr, V n, V v)
WRITES(other |= PPC_EFF_OTHER | PPC_EFF_STOP, tlb_invalidate, V ea)
WRITES(other |= PPC_EFF_OTHER | PPC_EFF_STOP, tlb_load, bool instruction, V ea)

WORD void set_msr(DOM *c, V v)
{
	writes_msr(c);
}

WORD void tlb_invalidate_all(DOM *c)
{
	touch(c, 0, PPC_EFF_OTHER | PPC_EFF_STOP);
}

WORD bool read_spr(DOM *c, unsigned number, V *out)
{
	touch(c, PPC_EFF_OTHER, PPC_EFF_STOP | PPC_EFF_MAYBE); /* a no-op if a 603e lacks it */
	return true;
}

WORD bool write_spr(DOM *c, unsigned number, V v)
{
	touch(c, 0, PPC_EFF_OTHER | PPC_EFF_STOP);
	return true;
}

WORD bool read_tb(DOM *c, unsigned number, V *out)
{
	touch(c, PPC_EFF_OTHER, PPC_EFF_STOP);
	return true;
}

/* ---- floating point ---- */

READS(F, fpr |= 1u << n, fpr, DOM *c, unsigned n)
WRITES(fpr |= 1u << n, set_fpr, unsigned n, F v)
PURE(F, f_and, F a, uint64_t mask)
PURE(F, f_or, F a, uint64_t mask)
PURE(F, f_xor, F a, uint64_t mask)
PURE(V, f_low, F a)
PURE(F, f_from_low, V low, uint32_t high)
PURE(F, f_sel_ge0, F test, F a, F b)
PURE(F, single_to_double, V v)
PURE(V, double_to_single, F v)
READS(V, other |= PPC_EFF_FPSCR, fpscr, DOM *c)

WORD void fp_arith(DOM *c, unsigned op, unsigned d, F a, F b, F m)
{
	touch(c, PPC_EFF_FPSCR, PPC_EFF_FPSCR | PPC_EFF_MAYBE);
	c->written.fpr |= 1u << d;
}

WORD void fp_compare(DOM *c, unsigned n, F a, F b, bool ordered)
{
	touch(c, PPC_EFF_FPSCR, PPC_EFF_FPSCR);
	c->written.crf |= 1u << n;
}

WORD void set_fpscr(DOM *c, V v, V mask)
{
	touch(c, PPC_EFF_FPSCR, PPC_EFF_FPSCR);
}

WORD void fp_finish(DOM *c)
{
	touch(c, PPC_EFF_FPSCR | PPC_EFF_MSR, PPC_EFF_STOP);
}

/* ---- vectors: what saturates adds to the sticky VSCR[SAT] ---- */

#define SATURATES(name, ...)                                                                       \
	WORD VV name(DOM *c, __VA_ARGS__)                                                          \
	{                                                                                          \
		touch(c, PPC_EFF_VSCR, PPC_EFF_VSCR);                                              \
		return (VV){ };                                                                    \
	}

READS(VV, vr |= 1u << n, vr, DOM *c, unsigned n)
WRITES(vr |= 1u << n, set_vr, unsigned n, VV v)
READS(V, other |= PPC_EFF_VSCR, vscr, DOM *c)
WRITES(other |= PPC_EFF_VSCR, set_vscr, V v)
PURE(VV, v_fill, unsigned w, V v)
WORD VV v_iota(DOM *c)
{
	return (VV){ };
}
PURE(V, v_extract, unsigned w, VV a, V lane)
PURE(VV, v_insert, unsigned w, VV a, V lane, V v)
PURE(VV, v_splat, unsigned w, VV a, unsigned lane)
PURE(VV, v_and, VV a, VV b)
PURE(VV, v_andc, VV a, VV b)
PURE(VV, v_or, VV a, VV b)
PURE(VV, v_xor, VV a, VV b)
PURE(VV, v_not, VV a)
PURE(VV, v_sel, VV mask, VV a, VV b)
PURE(VV, v_add, unsigned w, VV a, VV b)
PURE(VV, v_sub, unsigned w, VV a, VV b)
SATURATES(v_adds, unsigned w, bool is_signed, VV a, VV b)
SATURATES(v_subs, unsigned w, bool is_signed, VV a, VV b)
PURE(VV, v_min, unsigned w, bool is_signed, VV a, VV b)
PURE(VV, v_max, unsigned w, bool is_signed, VV a, VV b)
PURE(VV, v_avg, unsigned w, bool is_signed, VV a, VV b)
PURE(VV, v_mul_low, VV a, VV b)
PURE(VV, v_mul, unsigned w, bool is_signed, bool odd, VV a, VV b)
PURE(VV, v_sum_pairs, unsigned w, bool is_signed, VV a)
PURE(VV, v_rotl, unsigned w, VV a, VV b)
PURE(VV, v_shl, unsigned w, VV a, VV b)
PURE(VV, v_shr, unsigned w, VV a, VV b)
PURE(VV, v_sar, unsigned w, VV a, VV b)
PURE(VV, v_cmpeq, unsigned w, VV a, VV b)
PURE(VV, v_cmpgt, unsigned w, bool is_signed, VV a, VV b)
PURE(V, v_all_ones, VV a)
PURE(V, v_all_zeros, VV a)
PURE(VV, v_shl_bits, VV a, V n)
PURE(VV, v_shr_bits, VV a, V n)
PURE(VV, v_align, VV a, VV b, V n)
PURE(VV, v_perm, VV a, VV b, VV selector)
PURE(VV, v_merge, unsigned w, bool high, VV a, VV b)
PURE(VV, v_unpack, unsigned w, bool high, VV a)
READS(VV, other |= PPC_EFF_VSCR, v_fp, DOM *c, unsigned op, VV a, VV b, VV m)
READS(VV, other |= PPC_EFF_VSCR, v_fp_unary, DOM *c, unsigned op, VV b)
READS(VV, other |= PPC_EFF_VSCR, v_fp_cmp, DOM *c, unsigned relations, VV a, VV b)
PURE(VV, v_fp_from_int, bool is_signed, unsigned scale, VV b)
SATURATES(v_fp_to_int, bool is_signed, unsigned scale, VV b)

WORD VV v_pack(DOM *c, unsigned w, enum ppc_v_pack mode, VV a, VV b)
{
	if (mode != PPC_V_MODULO)
		touch(c, PPC_EFF_VSCR, PPC_EFF_VSCR);
	return (VV){ };
}

/* ---- the meanings ---- */

#include "sem_int.inc"
#include "sem_branch.inc"
#include "sem_mem.inc"
#include "sem_sys.inc"
#include "sem_fp.inc"
#include "sem_vec.inc"

typedef void meaning(DOM *c, struct ppc_insn i);

static meaning *const meanings[PPC_OP_COUNT] = {
#define INSN(id, ...) [PPC_OP_##id] = sem_##id,
#include "insn.def"
#undef INSN
};

struct ppc_effects mol_ppc_effects(uint32_t raw)
{
	enum ppc_op op = mol_ppc_decode(raw);
	struct ppc_effects e = { { 0 }, { 0 } };

	if (op == PPC_OP_INVALID)
		touch(&e, 0, PPC_EFF_STOP);
	else
		meanings[op](&e, (struct ppc_insn){ raw });
	return e;
}
