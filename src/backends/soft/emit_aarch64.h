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
 *   emit_aarch64_leave.c branches that leave with what the pins hold, and where they lead to
 *   emit_aarch64_pins.c  guest FPRs and VRs in V registers
 *   emit_aarch64_fp.c    floating point
 *   emit_aarch64_fpcr.c  the host's rounding and exceptions: the guest's, or the embedder's
 *   emit_aarch64_vec*.c  vectors; emit_aarch64_vec.h is theirs
 *
 * While translated code runs: X19 = cpu, X20 = instructions left of the budget, the guest registers
 * of mol_jit_home in host registers, the rest in struct ppc_cpu. X0 to X4 are free, and X30 within
 * one operation; X17 = cpu->page. X18 belongs to the platform. Registers that hold 32 bits have zeros
 * above them. At each call out of translated code the homes are written back.
 */
#ifndef MOL_EMIT_AARCH64_H
#define MOL_EMIT_AARCH64_H

#include <stddef.h>

#include "a64_simd.h"
#include "jit.h"
#include "jit_pins.h"

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
#define FRAME_ENTER 96u
#define FRAME_LEAVE 112u
#define FRAME_WIDE 144u /* of an access of 16 bytes FRAME_VALUE is the address of this */
#define FRAME_SIZE 160u

#define SCRATCHES 5 /* X0 and up */

#define MAX_OUT 1024

/* V0-V2 are floating point's within an instruction; V2 may be overwritten by what stores pins. V3
 * is from one instruction to the next: what is FP_AT_SAVED. */
#define V_LAST_SCRATCH 2
#define V_SAVED 3

#define IN_V 32 /* where[] of a temp: this + the V register */

/* A kind of operand that the emitter knows in any place. */
MOL_INLINE bool is_plain(struct jit_value v)
{
	return v.kind == JIT_K || v.kind == JIT_GPR || v.kind == JIT_TEMP;
}

enum out_kind {
	OUT_LOAD, OUT_STORE, OUT_HANDLER, OUT_BRANCH, OUT_SLOW, OUT_SATURATED, OUT_FP_ENTER, OUT_FP_REDO, OUT_FP_SNAN,
};

/* Something out of line, emitted after the block. */
struct out {
	enum out_kind kind;
	uint32_t from, back; /* the branch there; where to return */
	uint32_t misaligned; /* LOAD, STORE, HANDLER, FP_REDO: another branch there, or 0; */
	uint32_t also[2];    /* HANDLER: more of them */
	uint32_t again;      /* where to go on with the page's entry in register bias */
	uint32_t site;
	uint32_t target;     /* BRANCH: ea; FP_SNAN: the register that update takes its value from */
	uint8_t ea, value, bias; /* host registers */
	bool in_v;           /* LOAD, STORE: value is a V register */
	uint8_t update;      /* STORE: the guest register that becomes ea, + 1 */
	uint16_t waiting[8]; /* the compares that waited there, as in struct emitter */
	struct pin_state pins, after; /* there; HANDLER, FP_REDO: where it goes back to */
	uint8_t insn;        /* FP_REDO, FP_SNAN: its place in the block */
	uint8_t d;           /* the FPR that it writes, or JIT_NONE */
	bool overwritten;    /* d is an operand too: its old value is in V_SAVED */
	bool replaces;       /* FP_REDO: all of FPRF, FR and FI */
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
	uint8_t vec_busy[32];            /* the same of V registers */
	uint8_t host;                    /* behind JIT_PROBE: the register with the host's address */
	bool failed;                     /* out of registers: call the handler */
	/* For each CR field: 1 + the place of the compare that it is to be set from when somebody looks
	 * [emit_aarch64_cr.c]; 0: it is set. */
	uint16_t waiting[8];
	uint32_t flags_at;     /* here the host's flags are those of this compare of FPRs, if not NULL */
	const struct jit_operation *flags_compare;
	uint8_t pin[64];       /* of FPR n, of VR n - 32: a V register or JIT_NONE */
	struct pin_state pins; /* at the place that is being emitted */
	uint8_t fp_live;       /* whose FPCR the block computes under: enum fp_live */
	unsigned outs;
	/* What is behind is not cleared for each block. */
	bool views_differ; /* see emit_aarch64_fixed.c */
	struct out out[MAX_OUT];
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
/* GET_CR, SET_CR, GET_XER, SET_XER */
void mol_jit_emit_whole(struct emitter *e, unsigned n, const struct jit_operation *o);
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

/* ---- emit_aarch64_leave.c ---- */
/* Leave for target, `left` instructions before the block's end, with what the pins hold if there can
 * be a version for it. */
void mol_jit_leave_with_pins(struct emitter *e, uint32_t target, uint32_t left);
/* The block is entered in this state: e->pin and e->pins. False: it cannot be. */
bool mol_jit_begin_in(struct emitter *e, uint32_t state);
/* The code of a version that is undone, which lies before it. */
void mol_jit_emit_undo(struct emitter *e);

/* ---- emit_aarch64_flow.c ---- */
bool mol_jit_in_page(const struct emitter *e, uint32_t target);
void mol_jit_emit_far(struct emitter *e, uint32_t ea);
uint32_t mol_jit_emit_link_stub(struct emitter *e, uint32_t where, uint32_t target);
void mol_jit_leave_to(struct emitter *e, uint32_t target, uint32_t left);
void mol_jit_emit_branch(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_branch_if(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_handler_if(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_outs(struct emitter *e);

/* ---- emit_aarch64_pins.c ---- */
/* As mol_jit_mem(), of V register t; size 0 or 2 to 4. */
void mol_jit_v_mem(struct jit_code *a, enum a64_access what, unsigned size, unsigned t, uint32_t offset);
uint32_t mol_jit_fpr_at(unsigned n);
/* The block is recorded: choose the pins. What it is entered with is in e->pin and e->pins. */
void mol_jit_pins_begin(struct emitter *e);
/* V register v, which may be in single format, as a double; may overwrite V_LAST_SCRATCH. */
void mol_jit_store_double(struct emitter *e, uint32_t offset, unsigned v, bool single);
/* The V register that holds VR n: its pin, else scratch, loaded now. Not to be written. */
unsigned mol_jit_vr_source(struct emitter *e, unsigned n, unsigned scratch);
/* The new value of VR n is in this register; if it has a pin, it is moved there. */
void mol_jit_vr_written(struct emitter *e, unsigned n, unsigned v);
/* Everything into struct ppc_cpu, where s holds; V_LAST_SCRATCH is overwritten, and TMP, no flags. */
void mol_jit_pins_store(struct emitter *e, const struct pin_state *s);
/* The same in parts: what the FPSCR waits for; pins, but for one FPR's. */
void mol_jit_pins_store_waiting(struct emitter *e, const struct pin_state *s);
void mol_jit_pins_store_but(struct emitter *e, const struct pin_state *s, unsigned fpr);
/* And back: the valid pins, after C code may have overwritten all V registers. */
void mol_jit_pins_load(struct emitter *e, const struct pin_state *s);
/* In line: store all, before a way out or a call; after the call, pins hold nothing. */
void mol_jit_pins_flush(struct emitter *e);
void mol_jit_pins_forget(struct emitter *e);

/* ---- emit_aarch64_fpcr.c ---- */
/* Fixed parts: the change between the host's FPCR and the guest's. */
void mol_jit_emit_fp_fixed(struct jit *jit);
/* In fixed parts, when the homes are saved, before C code: the host's. Overwrites X16, X30, flags. */
void mol_jit_emit_fp_leave(const struct jit *jit, struct jit_code *a);
/* In line: the guest's; flags NE: the FPSCR asks for what only handlers do. */
void mol_jit_emit_fp_enter(struct emitter *e);
/* The beginning of a block: whose it needs, and that it has it. */
void mol_jit_emit_fp_begin(struct emitter *e);

/* ---- emit_aarch64_fp.c ---- */
/* Where a load, operation n, is to leave its value if it is for an FPR alone; or JIT_NONE. */
unsigned mol_jit_fp_loaded(struct emitter *e, unsigned n);
void mol_jit_emit_set_fpr(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_get_fpr(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_narrow(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_fp_arith(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_fp_select(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_fp_cmp(struct emitter *e, unsigned n, const struct jit_operation *o);
/* Compare FPRs, leaving the flags; they are not NaNs, so that any conditions will do. */
void mol_jit_fp_compare(struct emitter *e, struct jit_value a, struct jit_value b);
void mol_jit_emit_fp_out(struct emitter *e, const struct out *o);

/* ---- emit_aarch64_vec.c ---- */
void mol_jit_emit_vec_fixed(struct jit *jit);
void mol_jit_emit_vec(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_set_vr(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_saturated_out(struct emitter *e, const struct out *o);
unsigned mol_jit_vec_scratch(struct emitter *e); /* for the operation that is being emitted */
unsigned mol_jit_vec_register(struct emitter *e, struct jit_value v);
/* The register for the result of operation n: the pin of the guest register that is set from it, or
 * a free one. */
unsigned mol_jit_vec_result(struct emitter *e, unsigned n);

#endif
