/* SPDX-License-Identifier: MIT
 * jit_emitter.h - what the files of the x86-64 emitter share while a block is translated.
 *
 *   jit_regs.c   where values are: homes, free registers, temps
 *   jit_ops.c    operations that compute
 *   jit_flow.c   operations that access memory or branch, and the ways out of line
 *   jit_emit.c   instructions, blocks, and the fixed parts of the code buffer
 */
#ifndef MOL_JIT_EMITTER_H
#define MOL_JIT_EMITTER_H

#include <stddef.h>

#include "jit.h"

#define AT(member) mem_at(RBP, (int32_t)offsetof(struct ppc_cpu, member) - JIT_BIAS)
#define AT_OFFSET(where) mem_at(RBP, (int32_t)(where) - JIT_BIAS)
/* The frame of translated code: what a slow access passes. */
#define FRAME_EA mem_at(RSP, 0)
#define FRAME_VALUE mem_at(RSP, 8)
#define FRAME_SITE mem_at(RSP, 16)
#define FRAME_DONE mem_at(RSP, 24) /* of a store: what mol_jit_slow_store() said in ok */
#define FRAME_SIZE 40

#define SCRATCHES 5

#define MAX_OUT 256

enum out_kind { OUT_LOAD, OUT_STORE, OUT_BRANCH, OUT_STOP };

/* Something out of line, emitted after the block. */
struct out {
	enum out_kind kind;
	uint32_t from, back; /* the jump's displacement; where to return */
	uint32_t site;
	uint32_t target;     /* BRANCH: ea */
	uint8_t ea, value;   /* host registers */
	uint8_t update;      /* STORE: the guest register that becomes ea, + 1 */
};

struct emitter {
	struct jit *jit;
	struct x86 *a;
	const struct soft_block *block;
	uint32_t ea, index;              /* of the block; of the instruction in it */
	uint8_t where[2 * JIT_OPERATIONS]; /* temp -> host register */
	uint8_t uses[2 * JIT_OPERATIONS];
	uint8_t busy[16];                /* host register: 0 free, 1 a temp's, 2 for this operation */
	bool failed;                     /* out of registers: call the handler */
	struct out out[MAX_OUT];
	unsigned outs;
};

extern const uint8_t mol_jit_scratch[SCRATCHES];

/* ---- jit_regs.c ---- */
struct x86_mem mol_jit_gpr_at(unsigned n);
unsigned mol_jit_allocate(struct emitter *e, unsigned kind);
void mol_jit_release_operation(struct emitter *e);
void mol_jit_used(struct emitter *e, struct jit_value v);
unsigned mol_jit_source(struct emitter *e, struct jit_value v);
void mol_jit_move_to(struct emitter *e, unsigned r, struct jit_value v);
bool mol_jit_is_register(struct jit_value v, unsigned r, const struct emitter *e);
void mol_jit_alu(struct emitter *e, enum x86_alu op, unsigned r, struct jit_value v);
void mol_jit_compare(struct emitter *e, struct jit_value a, struct jit_value b);
unsigned mol_jit_result(struct emitter *e, unsigned n, bool may_be_home);
uint32_t mol_jit_new_site(struct emitter *e, uint32_t raw, unsigned size, unsigned how);
struct out *mol_jit_new_out(struct emitter *e, enum out_kind kind);

/* ---- jit_ops.c: n is the place of o in the list ---- */
void mol_jit_emit_add(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_alu(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_shift(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_mul(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_div(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_unary(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_truth(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_select(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_adc(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_set_gpr(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_cmp(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_field(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_cr_bit(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_set_ov(struct emitter *e, const struct jit_operation *o);

/* ---- jit_flow.c ---- */
void mol_jit_emit_load(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_store(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_leave_to(struct emitter *e, uint32_t target, uint32_t left);
void mol_jit_emit_branch(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_branch_if(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_outs(struct emitter *e);

#endif
