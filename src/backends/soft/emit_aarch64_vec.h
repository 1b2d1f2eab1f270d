/* SPDX-License-Identifier: MIT
 * emit_aarch64_vec.h - what the files of the vector part of the aarch64 emitter share.
 *
 *   emit_aarch64_vec.c       where vectors are, the dispatcher
 *   emit_aarch64_vec_int.c   lanewise integer operations
 *   emit_aarch64_vec_move.c  what moves octets and lanes
 *   emit_aarch64_vec_fp.c    single precision
 *
 * A guest vector is the same 128-bit number in a V register as in struct ppc_regs, so the
 * manual's lane n is the host's lane 16 / w - 1 - n. An emitter function reads its operands by
 * mol_jit_vec_register() first, then asks for the result's register, which may be that of an
 * operand: it is written by the last instruction that reads operands.
 */
#ifndef MOL_EMIT_AARCH64_VEC_H
#define MOL_EMIT_AARCH64_VEC_H

#include "emit_aarch64.h"

MOL_INLINE unsigned log2_of(unsigned w)
{
	return (unsigned)__builtin_ctz(w);
}

/* ---- emit_aarch64_vec.c ---- */
unsigned mol_jit_vec_pair(struct emitter *e); /* a scratch register, and the register behind it */
void mol_jit_vec_move_to(struct emitter *e, unsigned r, struct jit_value v);
/* A scratch register that holds this. */
unsigned mol_jit_vec_constant(struct emitter *e, const union ppc_vr *v);
unsigned mol_jit_vec_repeat(struct emitter *e, uint32_t word);
/* Where to put a result before it is known whether the handler is to be called: not over an operand.
 * mol_jit_vec_settle() makes it the result of operation n. */
unsigned mol_jit_vec_early(struct emitter *e, unsigned n);
void mol_jit_vec_settle(struct emitter *e, unsigned n, unsigned r);
/* Set VSCR[SAT] if a bit of register r, which is overwritten, is 1. */
void mol_jit_vec_saturated(struct emitter *e, unsigned r);

/* ---- emit_aarch64_vec_int.c ---- */
/* The operations that are one instruction; false: o is none of them. */
bool mol_jit_vec_emit_one(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_vec_emit_int(struct emitter *e, unsigned n, const struct jit_operation *o);
/* ---- emit_aarch64_vec_move.c ---- */
void mol_jit_vec_emit_move(struct emitter *e, unsigned n, const struct jit_operation *o);
/* ---- emit_aarch64_vec_fp.c ---- */
void mol_jit_vec_emit_fp(struct emitter *e, unsigned n, const struct jit_operation *o);

#endif
