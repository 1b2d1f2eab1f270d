/* SPDX-License-Identifier: MIT
 * emit_x86_64_vec.h - what the files of the vector part of the x86-64 emitter share.
 *
 *   emit_x86_64_vec.c       where vectors are, the dispatcher
 *   emit_x86_64_vec_int.c   lanewise integer operations
 *   emit_x86_64_vec_move.c  what moves octets and lanes
 *   emit_x86_64_vec_fp.c    single precision
 *   emit_x86_64_vec_made.c  what the host lacks
 *
 * A guest vector is the same 128-bit number in an XMM register as in struct ppc_regs, so the
 * manual's lane n is the host's lane 16 / w - 1 - n. An emitter function reads its operands by
 * mol_jit_vec_register() and mol_jit_vec_place() first, then asks for the result's register, which
 * may be that of an operand: it is written by the last instruction that reads operands.
 */
#ifndef MOL_EMIT_X86_64_VEC_H
#define MOL_EMIT_X86_64_VEC_H

#include "emit_x86_64.h"
#include "x86_vec.h"

/* On hosts without all VEC_FEATURES XMM4-XMM7 are no pins: what they lack is made there. */
enum { VEC_T = 4, VEC_U, VEC_W, VEC_X };

/* What an instruction takes as its last operand. */
struct vec_place {
	bool in_register;
	uint8_t r;
	struct x86_mem m;
};

/* ---- emit_x86_64_vec.c ---- */
unsigned mol_jit_vec_scratch(struct emitter *e); /* for the operation that is being emitted */
unsigned mol_jit_vec_register(struct emitter *e, struct jit_value v);
struct vec_place mol_jit_vec_place(struct emitter *e, struct jit_value v);
struct vec_place mol_jit_vec_constant(struct emitter *e, const union ppc_vr *v);
struct vec_place mol_jit_vec_repeat(struct emitter *e, uint32_t word);
/* Register r = the address of w octets of ones between zeros: a mask of lane n begins at w * (n + 1). */
void mol_jit_vec_lane_masks(struct emitter *e, unsigned r, unsigned w);
bool mol_jit_vec_is_zero(const struct emitter *e, struct jit_value v);
/* A scratch register for operation n of the list, which does not need what is in r any more: r itself
 * if nobody else does. */
#define VEC_ANY 16
unsigned mol_jit_vec_over(struct emitter *e, unsigned n, unsigned r);
/* The same for a result that is written before it is known whether the handler is to be called: its
 * place, if no operand is there. */
unsigned mol_jit_vec_early(struct emitter *e, unsigned n, unsigned r);
/* The register for the result of operation n: its place if it has one, else the same. */
unsigned mol_jit_vec_result(struct emitter *e, unsigned n, unsigned over);
void mol_jit_vec_emit(struct emitter *e, uint32_t insn, unsigned d, unsigned v, struct vec_place s);
void mol_jit_vec_emit_imm(struct emitter *e, uint32_t insn, unsigned d, unsigned v,
			  struct vec_place s, int imm);
void mol_jit_vec_shift(struct emitter *e, uint32_t insn, enum sse_shift how, unsigned d, unsigned s,
		       unsigned n);
/* What finds out about saturation may be left out where VSCR[SAT] is set already: a jump from here to
 * mol_jit_vec_known(). It loads no pin: the operands' registers have been asked for before. */
uint32_t mol_jit_vec_unless_known(struct emitter *e);
void mol_jit_vec_known(struct emitter *e, uint32_t jump);
/* Set VSCR[SAT] if a bit of register r, of those that mask has, is 1. */
void mol_jit_vec_saturated(struct emitter *e, unsigned r, struct vec_place mask);

static inline struct vec_place vec_in(unsigned r)
{
	return (struct vec_place){ .in_register = true, .r = (uint8_t)r };
}

/* ---- emit_x86_64_vec_made.c ---- */
bool mol_jit_vec_lacks(const struct emitter *e, uint32_t insn, int imm); /* the host does */
void mol_jit_vec_make(struct emitter *e, uint32_t insn, unsigned d, unsigned v, struct vec_place s,
		      int imm);
void mol_jit_vec_reverse(struct emitter *e, unsigned d, unsigned s); /* octets */
/* d = lane `lane`, of w octets, the host's number, of s, in every lane. */
void mol_jit_vec_repeat_lane(struct emitter *e, unsigned d, unsigned s, unsigned w, unsigned lane);
/* The host's zero flag: has r no bit that is in mask too? */
void mol_jit_vec_test(struct emitter *e, unsigned r, struct vec_place mask);
/* t = a * m + b, minus: - b, for hosts without FMA; t is none of the operands a, m and b. The register
 * returned has ones in the lanes that are to be looked at: not exact, a NaN, smaller than normal. */
unsigned mol_jit_vec_fused(struct emitter *e, bool minus, unsigned t, const unsigned operands[3]);
/* ---- emit_x86_64_vec_int.c ---- */
/* The operations that are one instruction; false: o is none of them. */
bool mol_jit_vec_emit_one(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_vec_emit_int(struct emitter *e, unsigned n, const struct jit_operation *o);
/* ---- emit_x86_64_vec_move.c ---- */
void mol_jit_vec_emit_move(struct emitter *e, unsigned n, const struct jit_operation *o);
/* ---- emit_x86_64_vec_fp.c ---- */
void mol_jit_vec_emit_fp(struct emitter *e, unsigned n, const struct jit_operation *o);

#endif
