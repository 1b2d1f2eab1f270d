/* SPDX-License-Identifier: MIT
 * sem.h - the vocabulary in which every instruction's meaning is written.
 *
 * A meaning (sem_*.inc) is a C function SEM(id) over a "domain": DOM is the
 * reader's context, V a 32-bit guest value, F the 64 bits of a floating-point
 * register, VV a vector register. A reader defines these types and every word
 * below, includes this file (which pins the words' types) and then the meanings:
 *   interp.c   V is a number: running the words executes the instruction;
 *   effects.c  V is empty: running the words lists what is read and written;
 *   a JIT      V names a value in generated code: running the words emits it.
 * So in a meaning:
 *   - C `if`, loops and constants may depend on the instruction word only;
 *     a choice on a guest value is sel(), branch_if() or trap_if();
 *   - a word that returns bool returns false when the instruction is over
 *     (fault, exit): the meaning returns at once and writes nothing more;
 *   - everything that can fault comes before the first register write, except
 *     where the manual allows a partial result.
 * A truth value is a V of 0 or 1. Shift counts are below 32.
 */
#ifndef PPC_SEM_H
#define PPC_SEM_H

#include "cpu.h"
#include "softfp.h"

#define SEM(id) static void sem_##id(MOL_UNUSED DOM *c, MOL_UNUSED struct ppc_insn i)
#define WORD MOL_UNUSED static inline

/* ---- constants and registers ---- */
WORD V k(DOM *c, uint32_t value);
WORD V gpr(DOM *c, unsigned n);
WORD void set_gpr(DOM *c, unsigned n, V v);
WORD V cia(DOM *c); /* address of this instruction */
WORD V lr(DOM *c);
WORD void set_lr(DOM *c, V v);
WORD V ctr(DOM *c);
WORD void set_ctr(DOM *c, V v);

/* ---- arithmetic modulo 2^32 ---- */
WORD V add(DOM *c, V a, V b);
WORD V sub(DOM *c, V a, V b);
WORD V and_(DOM *c, V a, V b);
WORD V or_(DOM *c, V a, V b);
WORD V xor_(DOM *c, V a, V b);
WORD V not_(DOM *c, V a);
WORD V shl(DOM *c, V a, V n);
WORD V shr(DOM *c, V a, V n);
WORD V sar(DOM *c, V a, V n);
WORD V rotl(DOM *c, V a, V n);
WORD V shl6(DOM *c, V a, V n);  /* by n modulo 64: from 32 on nothing of a is left, but its sign */
WORD V shr6(DOM *c, V a, V n);
WORD V sar6(DOM *c, V a, V n);
WORD V mul(DOM *c, V a, V b);   /* low half */
WORD V mulhu(DOM *c, V a, V b); /* high half */
WORD V mulhs(DOM *c, V a, V b);
WORD V divu(DOM *c, V a, V b);  /* b == 0: 0 */
WORD V divs(DOM *c, V a, V b);  /* b == 0, or 0x80000000 / -1: 0 or -1 by the sign of a */
WORD V clz(DOM *c, V a);        /* 32 for 0 */
WORD V bswap(DOM *c, V a);
WORD V ext8(DOM *c, V a);       /* sign-extend the low byte, halfword */
WORD V ext16(DOM *c, V a);
WORD V ltu(DOM *c, V a, V b);
WORD V lts(DOM *c, V a, V b);
WORD V eq(DOM *c, V a, V b);
WORD V sel(DOM *c, V truth, V a, V b);
WORD V adc(DOM *c, V a, V b, V carry, V *carry_out); /* a + b + carry */

/* ---- condition register and XER ---- */
WORD void cmps(DOM *c, unsigned crf, V a, V b); /* CR field = LT GT EQ of a : b, and SO */
WORD void cmpu(DOM *c, unsigned crf, V a, V b);
WORD V crf(DOM *c, unsigned n);                 /* 0..15 */
WORD void set_crf(DOM *c, unsigned n, V v);
WORD V cr(DOM *c);                              /* all fields, as mfcr shows them */
WORD void set_cr(DOM *c, unsigned mask, V v);   /* those of the mask, bit 7 - n for field n */
WORD V crb(DOM *c, unsigned bit);               /* a truth value; bit 0..31 */
WORD void set_crb(DOM *c, unsigned bit, V truth);
WORD V ca(DOM *c);
WORD void set_ca(DOM *c, V truth);
WORD V so(DOM *c);
WORD void set_ov(DOM *c, V truth);              /* and SO |= OV */
WORD V xer(DOM *c);
WORD void set_xer(DOM *c, V v);

/* ---- memory: big-endian, translated; how is enum ppc_mem_how ---- */
WORD bool load(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V *out); /* 1, 2, 4 */
WORD bool store(DOM *c, struct ppc_insn i, V ea, unsigned size, unsigned how, V v);
WORD bool load_f(DOM *c, struct ppc_insn i, V ea, F *out); /* 8 bytes, word-aligned */
WORD bool store_f(DOM *c, struct ppc_insn i, V ea, F v);
WORD bool load_v(DOM *c, struct ppc_insn i, V ea, VV *out); /* 16 bytes, ea is aligned */
WORD bool store_v(DOM *c, struct ppc_insn i, V ea, VV v);
/* All of len bytes can be read or written, word-aligned if asked; nothing is moved yet. */
WORD bool probe(DOM *c, struct ppc_insn i, V ea, unsigned len, bool write, unsigned how);
WORD bool lwarx(DOM *c, struct ppc_insn i, V ea, V *out);
WORD bool stwcx(DOM *c, struct ppc_insn i, V ea, V v); /* sets CR0 */
/* lswx, stswx: XER[25:31] bytes from or to rD, rD+1...; the count is a guest value. */
WORD bool load_string(DOM *c, struct ppc_insn i, V ea);
WORD bool store_string(DOM *c, struct ppc_insn i, V ea);
WORD bool cache_op(DOM *c, struct ppc_insn i, unsigned op, V ea); /* enum ppc_cache_op */

/* ---- control ---- */
WORD void branch(DOM *c, V target);
WORD void branch_if(DOM *c, V truth, V target);
WORD void trap_if(DOM *c, V truth); /* program exception, trap */
WORD void system_call(DOM *c, struct ppc_insn i);
WORD void return_from_interrupt(DOM *c);
WORD void synchronize(DOM *c); /* the context is looked at again before the next word */

/* ---- system registers ---- */
WORD V msr(DOM *c);
WORD void set_msr(DOM *c, V v);
WORD V sr(DOM *c, V n); /* n: 0..15 */
WORD void set_sr(DOM *c, V n, V v);
WORD bool read_spr(DOM *c, unsigned number, V *out); /* false also for a move that does nothing */
WORD bool write_spr(DOM *c, unsigned number, V v);
WORD bool read_tb(DOM *c, unsigned number, V *out); /* mftb's TBR: 268, 269 */
WORD void tlb_invalidate(DOM *c, V ea);
WORD void tlb_invalidate_all(DOM *c);
WORD void tlb_load(DOM *c, bool instruction, V ea); /* tlbld, tlbli */

/* ---- floating point; fp_* update the FPSCR as PEM 3.3.6 says ---- */
WORD F fpr(DOM *c, unsigned n);
WORD void set_fpr(DOM *c, unsigned n, F v);
WORD F f_and(DOM *c, F a, uint64_t mask); /* bits, not arithmetic */
WORD F f_or(DOM *c, F a, uint64_t mask);
WORD F f_xor(DOM *c, F a, uint64_t mask);
WORD V f_low(DOM *c, F a);
WORD F f_from_low(DOM *c, V low, uint32_t high);
WORD F f_sel_ge0(DOM *c, F test, F a, F b); /* a if test >= -0.0, else (NaN too) b */
WORD F single_to_double(DOM *c, V v);       /* lfs [PEM D.6]: no FPSCR */
WORD V double_to_single(DOM *c, F v);       /* stfs [PEM D.7]: no FPSCR */
/* One arithmetic instruction, enum ppc_fp_op of softfp.h: writes frD, unless an enabled invalid
 * operation or zero divide leaves it as it is [PEM 3.3.6.1]. m: the frC operand. */
WORD void fp_arith(DOM *c, unsigned op, unsigned d, F a, F b, F m);
WORD void fp_compare(DOM *c, unsigned crf, F a, F b, bool ordered);
WORD V fpscr(DOM *c);
/* Replace the FPSCR bits under mask; FEX and VX follow [PEM 2.1.4]; an exception enabled by
 * the new value is raised once the instruction is over. */
WORD void set_fpscr(DOM *c, V v, V mask);
/* The last word of a meaning that called fp_arith, fp_compare or set_fpscr: raises the program
 * exception if FEX and MSR[FE0, FE1] ask for it. SRR0 is this instruction, although what it wrote
 * (FPSCR, CR, and frD unless suppressed) stays written [PEM 3.3.6]. */
WORD void fp_finish(DOM *c);

#endif
