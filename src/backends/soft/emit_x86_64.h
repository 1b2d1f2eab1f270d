/* SPDX-License-Identifier: MIT
 * emit_x86_64.h - what the files of the x86-64 emitter share while a block is translated.
 *
 *   emit_x86_64.c       instructions, blocks
 *   emit_x86_64_fixed.c the fixed parts of the code buffer, and its upkeep
 *   emit_x86_64_regs.c  where values are: homes, free registers, temps
 *   emit_x86_64_int.c   operations that compute
 *   emit_x86_64_cr.c    the condition register; compares that wait
 *   emit_x86_64_mem.c   operations that access memory
 *   emit_x86_64_flow.c  branches, and all that is out of line
 *   emit_x86_64_loop.c  a block that branches to its own beginning
 *   emit_x86_64_leave.c branches that leave with what the pins hold, and where they lead to
 *   emit_x86_64_sys.c   changes of the mode: exceptions, rfi, mtmsr
 *   emit_x86_64_xmm.c   guest FPRs and VRs in XMM registers
 *   emit_x86_64_fp.c    floating point
 *   emit_x86_64_mxcsr.c the host's rounding and exceptions: the guest's, or the embedder's
 *   emit_x86_64_vec*.c  vectors; emit_x86_64_vec.h is theirs
 *
 * While translated code runs: RBP = &cpu + JIT_BIAS, R15 = instructions left of the budget, the guest
 * registers of mol_jit_home in host registers, the rest in struct ppc_cpu. RAX, RCX and RDX are
 * free, RDI = cpu->page. At each call out of it the homes are written back, at light calls
 * [jit_light.c] only those that a C function may overwrite.
 */
#ifndef MOL_JIT_EMITTER_H
#define MOL_JIT_EMITTER_H

#include <stddef.h>

#include "jit.h"
#include "jit_pins.h"
#include "x86_asm.h"

/* With struct ppc_cpu at a multiple of 32, RBP is 12 more than one: as a shift by a register counts, 12. */
#define JIT_BIAS 108
_Static_assert(JIT_BIAS % 32 == 12, "RBP is not the shift to a page's number");

#define AT(member) mem_at(RBP, (int32_t)offsetof(struct ppc_cpu, member) - JIT_BIAS)
#define AT_OFFSET(where) mem_at(RBP, (int32_t)(where) - JIT_BIAS)
/* The frame of translated code: what a slow access passes. */
#define FRAME_EA mem_at(RSP, 0)
#define FRAME_VALUE mem_at(RSP, 8)
#define FRAME_SITE mem_at(RSP, 16)
#define FRAME_DONE mem_at(RSP, 24) /* of a store: what mol_jit_slow_store() said in ok */
#define FRAME_WIDE mem_at(RSP, 40) /* an access of 16 bytes: FRAME_VALUE is the address of this */
/* Of the compare that waits for CR field f: an operand that has been overwritten since. */
#define FRAME_KEPT(f, is_b) mem_at(RSP, 56 + 8 * (int32_t)(f) + ((is_b) ? 4 : 0))
#define FRAME_GT mem_at(RSP, 120) /* constants: bits of a CR field */
#define FRAME_LT mem_at(RSP, 124)
#define FRAME_SIZE 136

#define SCRATCHES 3
#define JIT_STORED 0xfe /* where[]: the value lies where it was to be stored */
#define JIT_CARRY 0xfd  /* where[]: the host's carry flag is it */
#define JIT_IN_XMM 0xfd /* on its way between memory and an FPR; the operation beside this one's knows */
#define JIT_IN_OPERAND 0xfc /* a sum that the access, which alone reads it, makes by itself */
#define VEC_SCRATCHES 4   /* XMM0... */
#define VEC_CONSTANTS 256 /* all that the words, their emitters and vspltis* can come up with */

#define MAX_OUT 1024

/* XMM0-XMM3 are free within an instruction; XMM3 is floating point's from one instruction to the
 * next: what is FP_AT_SAVED. XMM2 may be overwritten by what stores and loads pins. */
#define XMM_LAST_SCRATCH 2
#define XMM_LOADED 1 /* between a load and SET_FPR: the bytes in the guest's order */
#define XMM_SAVED 3

/* Constants for the operations of floating point, each for doubles and for singles. SWAP: which byte
 * pshufb puts where. */
enum fp_constant { FP_ABS, FP_SIGN, FP_SMALLEST, FP_SWAP, FP_CONSTANTS };

enum out_kind {
	OUT_LOAD, OUT_STORE, OUT_HANDLER, OUT_ELSEWHERE, OUT_BRANCH, OUT_SKIP, OUT_SATURATED,
	OUT_FAR, OUT_SLOW, OUT_LOOP, OUT_FP_ENTER, OUT_FP_REDO, OUT_FP_SNAN,
};

/* Something out of line, emitted after the block. */
struct out {
	enum out_kind kind;
	uint32_t from, back; /* the jump's displacement; where to return; SLOW: another jump's */
	uint32_t misaligned; /* LOAD, STORE, HANDLER: that of another jump, or 0; */
	uint32_t also[2];    /* HANDLER: two more */
	uint32_t again;      /* where to go on with the page's entry in register bias */
	uint32_t site;       /* ELSEWHERE: the place of the first operation */
	uint32_t target;     /* BRANCH, FAR, SKIP: ea */
	uint8_t ea, value, bias; /* host registers */
	bool window;         /* LOAD, STORE: one that lands here if it faults */
	uint32_t disp;       /* of such a one: the EA is register ea and this */
	bool wide;           /* LOAD, STORE: 16 bytes, value is an XMM register */
	bool to_fpr;         /* LOAD: to XMM_LOADED. STORE: value is an XMM register, 4 or 8 bytes of it */
	uint8_t update;      /* STORE: the guest register that becomes ea, + 1 */
	uint16_t waiting[8]; /* the compares that waited there, as in struct emitter */
	struct pin_state xmm, after; /* there; FP_REDO: where it goes back to */
	uint8_t count;       /* e->count, there */
	uint8_t insn;        /* FP_REDO, FP_SNAN: its place in the block */
	uint8_t d;           /* the FPR that it writes, or JIT_NONE */
	bool overwritten;    /* d is an operand too: its old value is in XMM_SAVED */
	bool replaces;       /* FP_REDO: all of FPRF, FR and FI */
	bool second;         /* in the loop's second copy */
	bool looped;         /* where homes are its own */
};

/* In the loop this host register is another guest register's home. */
struct jit_swap {
	uint8_t host, in, out;
	bool written; /* in */
};
#define JIT_SWAPS 9 /* at most: as many as there are homes */

struct emitter {
	struct jit *jit;
	struct jit_code *a;
	const struct soft_block *block;
	uint32_t ea, index, count;       /* of the block; of the instruction in it; of those in it */
	unsigned end;                    /* of the instruction's operations */
	const uint8_t *home;             /* guest register -> host register: mol_jit_home or loop_home */
	uint8_t where[JIT_TEMPS];        /* temp -> host register */
	uint8_t uses[JIT_TEMPS];
	uint8_t busy[16];                /* host register: 0 free, 1 a temp's, 2 for this operation */
	uint8_t vec_busy[VEC_SCRATCHES]; /* the same of the XMM registers */
	bool failed;                     /* out of registers: call the handler */
	bool given_up;                   /* that was so: begin the block once more, with this known */
	bool shift_by_base;              /* RBP is a shift by 12 */
	uint8_t host;                    /* behind JIT_PROBE: the register with the host's address */
	/* At flags_at the host's zero flag tells of flags_of; with flags_sign, the sign flag too and
	 * the overflow flag is clear. */
	uint32_t flags_at;
	uint8_t flags_of;
	bool flags_sign;
	uint32_t carry_at;               /* here the host's carry flag is XER[CA], */
	bool carry_owed;                 /* which is not in memory: the next instruction does without it */
	bool no_debts;                   /* that did not work out: begin once more */
	const struct jit_operation *flags_compare; /* not NULL: the flags are those of this compare */
	/* For each CR field: 1 + the place of the compare that it is to be set from when somebody looks
	 * [emit_x86_64_cr.c]; 0: it is set. */
	uint16_t waiting[8];
	uint8_t pushed;                  /* bytes between RSP and the frame */
	bool whole_cr;                   /* the CR has been stored as a whole here, and no field since */
	uint8_t pin[64];                 /* of FPR n, of VR n - 32: an XMM register or JIT_NONE */
	struct pin_state xmm;            /* at the place that is being emitted */
	uint8_t fp_live;                 /* the MXCSR under which the block computes: enum fp_live */
	/* A block with a branch to its beginning is emitted once more [emit_x86_64_loop.c]. */
	bool second;                     /* this is that copy */
	bool of_integers;                /* and nothing else is in it */
	uint32_t loop_entry, loop_head;  /* the way into the second copy, and its beginning, once it is there */
	struct pin_state loop_xmm;       /* there */
	uint16_t loop_waiting[8];        /* there */
	uint8_t loop_home[JIT_REGISTERS];
	unsigned swaps;
	struct jit_swap swap[JIT_SWAPS]; /* how loop_home differs from mol_jit_home */
	unsigned outs;
	/* From here on nothing is cleared. */
	struct out out[MAX_OUT];
	/* Of both copies: places that branches skip to, and the compares that wait there. */
	struct {
		uint32_t at;
		uint16_t waiting[8];
	} label[2][JIT_INSNS];
};

extern const uint8_t mol_jit_scratch[SCRATCHES];
/* The host register of guest register n, or JIT_NONE. */
extern const uint8_t mol_jit_home[JIT_REGISTERS];
extern const uint8_t mol_jit_x86_cc[]; /* enum jit_cc -> enum x86_cc */

/* ---- emit_x86_64_regs.c ---- */
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
/* The same for operation o, which may be n with its operands swapped: b and c may be read after the
 * result is written. Every operand is used then by mol_jit_placed(). */
unsigned mol_jit_pick(struct emitter *e, unsigned n, const struct jit_operation *o);
/* And operand a moved there. */
unsigned mol_jit_place(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_placed(struct emitter *e, const struct jit_operation *o);
uint32_t mol_jit_new_site(struct emitter *e, uint32_t raw, unsigned size, unsigned how);
struct out *mol_jit_new_out(struct emitter *e, enum out_kind kind);

/* ---- emit_x86_64_int.c: n is the place of o in the list ---- */
void mol_jit_emit_add(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_alu(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_shift(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_shift6(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_mul(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_div(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_unary(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_truth(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_select(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_adc(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_set_gpr(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_field(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_set_ov(struct emitter *e, const struct jit_operation *o);

/* What has been emitted since this place has left the flags alone. */
void mol_jit_carry_stays(struct emitter *e, uint32_t since);

/* ---- emit_x86_64_cr.c ---- */
void mol_jit_emit_cmp(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_cr_bit(struct emitter *e, unsigned n, const struct jit_operation *o);
/* Operation o is about to be emitted: compares that must not wait any longer are done. */
void mol_jit_cr_before(struct emitter *e, const struct jit_operation *o);
/* Leaves flags by which the CR bit is set if the condition returned is true. */
enum x86_cc mol_jit_cr_test(struct emitter *e, unsigned bit);
/* CR field f is about to be read, or partly written. */
void mol_jit_cr_settle(struct emitter *e, unsigned f);
/* GET_CR, SET_CR, GET_XER, SET_XER */
void mol_jit_emit_whole(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_cr_settle_all(struct emitter *e);
/* Can code where these compares wait go on where those do? Once that is emitted, which overwrites RAX and
 * RCX, it does. */
bool mol_jit_cr_convertible(const uint16_t from[8], const uint16_t to[8]);
void mol_jit_cr_convert(struct emitter *e, const uint16_t from[8], const uint16_t to[8]);
/* In out-of-line code: set what waited where it was left; keeps all registers if asked. */
void mol_jit_cr_settle_out(struct emitter *e, const struct out *out, bool keep);

/* ---- emit_x86_64_vec.c ---- */
void mol_jit_emit_vec_fixed(struct jit *jit);
void mol_jit_emit_vec(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_set_vr(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_saturated_out(struct emitter *e, const struct out *o);
/* An access of 16 bytes whose host address is m: of operation n, the XMM register is returned; of
 * what mol_jit_emit_vec_source() returned; and between a register and FRAME_WIDE. */
unsigned mol_jit_emit_vec_load(struct emitter *e, unsigned n, struct x86_mem m);
unsigned mol_jit_emit_vec_source(struct emitter *e, struct jit_value v);
void mol_jit_emit_vec_store(struct emitter *e, unsigned r, struct x86_mem m);
void mol_jit_emit_vec_wide(struct emitter *e, unsigned r, bool store);
void mol_jit_vec_release(struct emitter *e); /* the scratch registers, but for temps */

/* ---- emit_x86_64_xmm.c ---- */
struct x86_mem mol_jit_fpr_at(unsigned n);
struct x86_mem mol_jit_vr_at(unsigned n);
/* The block is recorded: choose the pins. What it is entered with is in e->pin and e->xmm. */
void mol_jit_pins_begin(struct emitter *e);
/* The XMM register that holds VR n: its pin, else scratch, loaded now. Not to be written. */
unsigned mol_jit_vr_source(struct emitter *e, unsigned n, unsigned scratch);
/* The new value of VR n is in this register; if it has a pin, it is moved there. */
void mol_jit_vr_written(struct emitter *e, unsigned n, unsigned xmm);
/* Everything into struct ppc_cpu, where s holds; XMM2 is overwritten, no other register, no flags. */
void mol_jit_pins_store(struct emitter *e, const struct pin_state *s);
/* The same in parts: what the FPSCR waits for; pins, but for one FPR's. */
void mol_jit_pins_store_waiting(struct emitter *e, const struct pin_state *s);
void mol_jit_pins_store_but(struct emitter *e, const struct pin_state *s, unsigned fpr);
/* And back: the valid pins, after C code may have overwritten all XMM registers. */
void mol_jit_pins_load(struct emitter *e, const struct pin_state *s);
/* In line: store all, before a way out or a call; after the call, pins hold nothing. */
void mol_jit_pins_flush(struct emitter *e);
void mol_jit_pins_forget(struct emitter *e);

/* ---- emit_x86_64_mxcsr.c ---- */
struct x86_mem mol_jit_fp_constant(const struct jit *jit, enum fp_constant which, bool single);
/* Fixed parts: constants, and the change between the host's MXCSR and the guest's. */
void mol_jit_emit_fp_fixed(struct jit *jit);
/* In fixed parts, before C code: the host's MXCSR. Overwrites the flags. */
void mol_jit_emit_fp_leave(const struct jit *jit, struct jit_code *a);
/* In line: under the guest's MXCSR; flags NE: the FPSCR asks for what only handlers do. Overwrites RAX. */
void mol_jit_emit_fp_enter(struct emitter *e);
/* The same if a call has left it, or not: a light one does not. */
void mol_jit_emit_fp_again(struct emitter *e);
/* The beginning of a block, entered with that of e->fp_live: which MXCSR it needs, and that it has it. */
void mol_jit_emit_fp_begin(struct emitter *e);

/* ---- emit_x86_64_fp.c ---- */
/* An instruction is about to begin that overwrites XMM0-XMM3 as it likes. */
void mol_jit_fp_before_vector(struct emitter *e);
void mol_jit_emit_set_fpr(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_get_fpr(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_narrow(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_fp_arith(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_fp_select(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_fp_cmp(struct emitter *e, unsigned n, const struct jit_operation *o);
/* Compare FPRs, leaving the flags as of unsigned integers; they are not NaNs. */
void mol_jit_fp_compare(struct emitter *e, struct jit_value a, struct jit_value b);
void mol_jit_emit_fp_out(struct emitter *e, struct out *o);
/* Accesses that do not go by way of general registers: is this load, or store, one? */
bool mol_jit_fp_loads(const struct emitter *e, unsigned n);
bool mol_jit_fp_stores(const struct emitter *e, unsigned n);
void mol_jit_emit_fp_load(struct emitter *e, unsigned size, struct x86_mem m);
void mol_jit_emit_fp_swap(struct emitter *e, unsigned size, unsigned to, unsigned from);
/* The FPR in the format in which it is stored; and the store. */
unsigned mol_jit_emit_fp_source(struct emitter *e, unsigned n);
void mol_jit_emit_fp_store(struct emitter *e, unsigned size, struct x86_mem m, unsigned xmm);

/* ---- emit_x86_64_mem.c ---- */
/* Is addition n for an access by the window, and nothing else? */
bool mol_jit_is_in_operand(const struct emitter *e, unsigned n);
void mol_jit_emit_probe(struct emitter *e, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_lwarx(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_stwcx(struct emitter *e, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_zero_line(struct emitter *e, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_load(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_store(struct emitter *e, unsigned n, const struct jit_operation *o, uint32_t raw);
void mol_jit_emit_access_out(struct emitter *e, const struct out *o);
void mol_jit_emit_handler_out(struct emitter *e, const struct out *o);

/* ---- emit_x86_64.c ---- */
void mol_jit_emit_head(struct emitter *e);
void mol_jit_emit_instructions(struct emitter *e);
void mol_jit_emit_elsewhere_out(struct emitter *e, const struct out *o);

/* ---- emit_x86_64_loop.c ---- */
void mol_jit_loop_begin(struct emitter *e);
/* A branch to the block's beginning. */
bool mol_jit_is_loop(const struct emitter *e, const struct jit_operation *o);
/* A branch that skips instructions of the loop. */
bool mol_jit_is_skip(const struct emitter *e, const struct jit_operation *o);
/* Before the instruction: if it may be skipped to, here that is. */
void mol_jit_loop_label(struct emitter *e);
void mol_jit_emit_skip_out(struct emitter *e, const struct out *o);
/* False: nothing is emitted, it is a branch like others. */
bool mol_jit_emit_loop_out(struct emitter *e, const struct out *o);
/* If the place that is emitted is in the loop: the homes of all other code; and, these being as in
 * memory, the loop's again. Flags and scratch registers stay. */
void mol_jit_homes_back(struct emitter *e);
void mol_jit_homes_again(struct emitter *e);

/* ---- emit_x86_64_leave.c ---- */
/* Leave for target, `left` instructions before the block's end, with what the pins hold if there can
 * be a version for it. from: a jump that leads to here, or 0. */
void mol_jit_leave_with_pins(struct emitter *e, uint32_t target, uint32_t left, uint32_t from);
/* The block is entered in this state: e->pin and e->xmm. False: it cannot be. */
bool mol_jit_begin_in(struct emitter *e, uint32_t state);
/* The code of a version that is undone, which lies before it. */
void mol_jit_emit_undo(struct emitter *e);

/* ---- emit_x86_64_flow.c ---- */
void mol_jit_emit_far_fixed(struct jit *jit);
void mol_jit_emit_far(struct jit_code *a, uint32_t ea);
uint32_t mol_jit_emit_link_stub(struct emitter *e, uint32_t where, uint32_t target);
bool mol_jit_in_page(const struct emitter *e, uint32_t target);
void mol_jit_leave_to(struct emitter *e, uint32_t target, uint32_t left);
void mol_jit_emit_branch(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_handler_if(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_elsewhere_if(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_branch_if(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_outs(struct emitter *e);
void mol_jit_leave_far(struct emitter *e, uint32_t target, uint32_t left);
/* ---- emit_x86_64_sys.c: SET_MODE, NEW_MODE, ONCE, ENTER ---- */
void mol_jit_emit_mode(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_tb(struct emitter *e, unsigned n, const struct jit_operation *o);
void mol_jit_emit_set_sr(struct emitter *e, const struct jit_operation *o);
void mol_jit_emit_tlbie(struct emitter *e, const struct jit_operation *o);

#endif
