/* SPDX-License-Identifier: MIT
 * emit_aarch64.h - what the files of the aarch64 emitter share while a block is translated.
 *
 *   emit_aarch64.c       instructions, blocks
 *   emit_aarch64_fixed.c the fixed parts of the code buffer, and its upkeep
 *   emit_aarch64_regs.c  where values are: homes, free registers, temps
 *   emit_aarch64_int.c   operations that compute
 *   emit_aarch64_cr.c    the condition register; compares that wait
 *   emit_aarch64_mem.c   operations that access memory
 *   emit_aarch64_flow.c  branches, and all that is out of line
 *
 * While translated code runs: X19 = cpu, X20 = instructions left of the budget, the guest registers
 * of mol_jit_home in host registers, the rest in struct ppc_cpu. X0 to X4 are free, and X30 within
 * one operation; X17 = cpu->page. X18 belongs to the platform. Registers that hold 32 bits have zeros
 * above them. At each call out of translated code the homes are written back.
 */
#ifndef MOL_EMIT_AARCH64_H
#define MOL_EMIT_AARCH64_H

#include <stddef.h>

#include "a64_asm.h"
#include "jit.h"

#define JIT_NONE 0xff

#define CPU X19
#define LEFT X20
#define PAGES X17
#define TMP X30

#define AT(member) ((uint32_t)offsetof(struct ppc_cpu, member))
/* The frame of translated code: what a slow access passes, and a register out of line. */
#define FRAME_EA 0u
#define FRAME_VALUE 8u
#define FRAME_SITE 16u
#define FRAME_DONE 24u /* of a store: what mol_jit_slow_store() said in ok */
#define FRAME_KEPT 32u
#define FRAME_RETURN 40u /* of the fixed parts */
#define FRAME_SCRATCH 48u
#define FRAME_SIZE 96u

#define SCRATCHES 5 /* X0 and up */

#define MAX_OUT 256

/* A kind of operand that the emitter knows in any place. */
MOL_INLINE bool is_plain(struct jit_value v)
{
	return v.kind == JIT_K || v.kind == JIT_GPR || v.kind == JIT_TEMP;
}

enum out_kind { OUT_LOAD, OUT_STORE, OUT_HANDLER, OUT_BRANCH };

/* Something out of line, emitted after the block. */
struct out {
	enum out_kind kind;
	uint32_t from, back; /* the branch there; where to return */
	uint32_t misaligned; /* LOAD, STORE, HANDLER: another branch there, or 0; */
	uint32_t also[2];    /* HANDLER: more of them */
	uint32_t again;      /* where to go on with the page's entry in register bias */
	uint32_t site;
	uint32_t target;     /* BRANCH: ea */
	uint8_t ea, value, bias; /* host registers */
	uint8_t update;      /* STORE: the guest register that becomes ea, + 1 */
	uint16_t waiting[8]; /* the compares that waited there, as in struct emitter */
};

struct emitter {
	struct jit *jit;
	struct jit_code *a;
	const struct soft_block *block;
	uint32_t ea, index, count;       /* of the block; of the instruction in it; of those in it */
	unsigned end;                    /* of the instruction's operations */
	unsigned skip;                   /* operations that the one before them has done too */
	uint8_t where[JIT_TEMPS];        /* temp -> host register */
	uint8_t uses[JIT_TEMPS];
	uint8_t busy[32];                /* host register: 0 free, 1 a temp's, 2 for this operation */
	uint8_t host;                    /* behind JIT_PROBE: the register with the host's address */
	bool failed;                     /* out of registers: call the handler */
	/* For each CR field: 1 + the place of the compare that it is to be set from when somebody looks
	 * [emit_aarch64_cr.c]; 0: it is set. */
	uint16_t waiting[8];
	struct out out[MAX_OUT];
	unsigned outs;
	bool views_differ; /* see emit_aarch64_fixed.c */
};

/* The host register of guest register n, or JIT_NONE. */
extern const uint8_t mol_jit_home[JIT_REGISTERS];
extern const uint8_t mol_jit_a64_cc[]; /* enum jit_cc -> enum a64_cc */

/* ---- emit_aarch64.c ---- */
/* The handler fn does the instruction of this site. If it stops, this does not come back. */
void mol_jit_emit_handler(struct emitter *e, uint32_t site, ppc_handler *fn);

/* ---- emit_aarch64_fixed.c ---- */
/* Code was written: let it be run. */
void mol_jit_written(const struct jit *jit, uint32_t from, uint32_t to);

/* ---- emit_aarch64_regs.c ---- */
uint32_t mol_jit_gpr_at(unsigned n);
/* What a64_mem() does, at any offset from the cpu; may use TMP beyond what that can hold. */
void mol_jit_mem(struct jit_code *a, enum a64_access what, unsigned size, unsigned t, uint32_t offset);
unsigned mol_jit_allocate(struct emitter *e, unsigned kind);
void mol_jit_release_operation(struct emitter *e);
void mol_jit_used(struct emitter *e, struct jit_value v);
unsigned mol_jit_source(struct emitter *e, struct jit_value v);
void mol_jit_move_to(struct emitter *e, unsigned r, struct jit_value v);
void mol_jit_compare(struct emitter *e, struct jit_value a, struct jit_value b);
unsigned mol_jit_result(struct emitter *e, unsigned n);
unsigned mol_jit_wide_result(struct emitter *e, unsigned n); /* of 64 bits: never a home */
/* All operands of o are read, the result of operation n goes here. */
unsigned mol_jit_used_by(struct emitter *e, unsigned n, const struct jit_operation *o);
uint32_t mol_jit_new_site(struct emitter *e, uint32_t raw, unsigned size, unsigned how);
struct out *mol_jit_new_out(struct emitter *e, enum out_kind kind);

/* ---- emit_aarch64_int.c: n is the place of o in the list ---- */
bool mol_jit_is_computation(const struct jit_operation *o);
void mol_jit_emit_computation(struct emitter *e, unsigned n, const struct jit_operation *o);
/* d = r + k */
void mol_jit_add_constant(struct jit_code *a, unsigned d, unsigned r, uint32_t k);

/* ---- emit_aarch64_cr.c ---- */
void mol_jit_emit_cmp(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_cr_bit(struct emitter *e, unsigned n, const struct jit_operation *o);
/* Operation o is about to be emitted: compares that must not wait any longer are done. */
void mol_jit_cr_before(struct emitter *e, const struct jit_operation *o);
/* CR field f is about to be read, or partly written. */
void mol_jit_cr_settle(struct emitter *e, unsigned f);
void mol_jit_cr_settle_all(struct emitter *e);
/* In out-of-line code: set what waited where it was left; keeps all registers. */
void mol_jit_cr_settle_out(struct emitter *e, const struct out *out);

/* ---- emit_aarch64_mem.c ---- */
void mol_jit_emit_load(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_store(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_probe(struct emitter *e, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_lwarx(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_stwcx(struct emitter *e, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_zero_line(struct emitter *e, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_access_out(struct emitter *e, const struct out *o);

/* ---- emit_aarch64_flow.c ---- */
void mol_jit_leave_to(struct emitter *e, uint32_t target, uint32_t left);
void mol_jit_emit_branch(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_branch_if(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_handler_if(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_outs(struct emitter *e);

#endif
