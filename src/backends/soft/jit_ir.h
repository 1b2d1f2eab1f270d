/* SPDX-License-Identifier: MIT
 * jit_ir.h - what a block means to the translator: for each instruction a short list of operations.
 *
 * jit_record.c runs the instructions' meanings (src/ppc/sem_*.inc) in a domain
 * where a V names a value to come; each word appends an operation, constants are
 * folded. The whole block is recorded before the first byte of host code is
 * written, so that the emitter can look ahead: what is overwritten unread, which
 * registers are used most. Temps live within one instruction; guest registers
 * carry everything from one to the next. Nothing here knows the host.
 */
#ifndef MOL_JIT_IR_H
#define MOL_JIT_IR_H

#include "../../ppc/cpu.h"

enum jit_kind {
	JIT_K,    /* the constant k */
	JIT_GPR,  /* guest register n, as it is when the operation runs: 0-31, JIT_CTR, JIT_LR */
	JIT_TEMP, /* the result t of an operation of this instruction */
	JIT_CRB,  /* CR bit n; only as the first operand of a condition, against 0 */
	JIT_COND, /* the truth of "a cc b": jit_ir.cond[t]; only as a branch condition */
	JIT_VR,   /* guest vector register n */
	JIT_VK,   /* the vector jit_ir.vk[n] */
	JIT_FPR,  /* guest FPR n, as it is when the operation runs; its sign changed as t says, enum jit_sign */
	JIT_FP_SINGLE, /* temp t, 32 bits, as a single */
	JIT_FP_RESULT, /* only while recording: the result of the operation in place t */
};

#define JIT_CTR 32
#define JIT_LR 33
#define JIT_REGISTERS 34

enum jit_sign { JIT_SIGN_SAME, JIT_SIGN_FLIP, JIT_SIGN_CLEAR, JIT_SIGN_SET };

/* Relations; the opposite of each is cc ^ 1. */
enum jit_cc {
	JIT_EQ, JIT_NE, JIT_LTU, JIT_GEU, JIT_GTU, JIT_LEU, JIT_LTS, JIT_GES, JIT_GTS, JIT_LES,
};

struct jit_value {
	uint8_t kind, n;
	uint16_t t;
	uint32_t k;
};

enum jit_op {
	JIT_ADD, JIT_OR, JIT_AND, JIT_SUB, JIT_XOR,
	JIT_SHL, JIT_SHR, JIT_SAR, JIT_ROTL,
	JIT_SHL6, JIT_SHR6, JIT_SAR6, /* by b modulo 64 */
	JIT_MUL, JIT_MULHU, JIT_MULHS, JIT_DIVU, JIT_DIVS,
	JIT_NOT, JIT_CLZ, JIT_BSWAP, JIT_EXT8, JIT_EXT16,
	JIT_TRUTH,    /* d = a cc b, cc in n */
	JIT_SELECT,   /* d = a ? b : c */
	JIT_ADC,      /* d = a + b + c, d + 1 = carry out */
	JIT_SET_GPR,  /* gpr n = a */
	JIT_CMP,      /* CR field n = a : b; signed if size */
	JIT_GET32,    /* d = the 32-bit field of struct ppc_cpu at k */
	JIT_SET32,    /* that field = a */
	JIT_GET8,     /* the same, one byte */
	JIT_SET8,
	JIT_GET_CRB,  /* d = CR bit n */
	JIT_SET_CRB,  /* CR bit n = a */
	JIT_SET_OV,   /* OV = a, SO |= a */
	JIT_GET_CR,   /* d = the CR; this and the next three only if jit_ir.whole */
	JIT_SET_CR,   /* the CR = a */
	JIT_GET_XER,  /* d = the XER */
	JIT_SET_XER,
	/* Up to here a block is never left in them, and they are of integers alone: the order counts
	 * [mol_jit_stays(), emit_x86_64_loop.c]. */
	JIT_LOAD,     /* d = size bytes at a; how in n; of 16 bytes a vector */
	JIT_STORE,    /* size bytes at a = b */
	/* Are the k bytes at a accessible (for a store if size), and within one page? If not, the
	 * handler does the instruction; nothing of it has been done. The accesses that follow are
	 * JIT_LOAD and JIT_STORE with is_probed: at a + c.k, sure to succeed; their own a is unused. */
	JIT_PROBE,
	JIT_LWARX,    /* d = the word at a, reserved; or the handler does it */
	JIT_STWCX,    /* the same: the word at a = b if reserved, and CR0 */
	JIT_ZERO_LINE, /* dcbz at a; or the handler does it */
	JIT_GET64,    /* d = the 64-bit field at k */
	JIT_SET64,
	JIT_SET_FPR,  /* FPR n = a: a JIT_FPR, a temp of 64 bits, or a JIT_FP_SINGLE */
	JIT_GET_FPR,  /* d = the bits of the FPR a; if size is 4, the low word */
	JIT_NARROW,   /* d = the FPR a as stfs stores it */
	JIT_FP_ARITH, /* FPR n = the operation size, PPC_FP_*, of a, b and c (m); and the FPSCR */
	JIT_FP_SELECT, /* FPR n = a >= 0 ? b : c */
	JIT_FP_CMP,   /* CR field n = a : b, FPRs; ordered if size; and the FPSCR */
	JIT_BRANCH,   /* to a */
	JIT_BRANCH_IF, /* to b if a */
	JIT_VEC,      /* d = the vector operation n, enum jit_vec_op, of lanes of size bytes */
	JIT_SET_VR,   /* vr n = a */
	JIT_HANDLER_IF, /* if a: the interpreter's handler does the instruction, of which nothing has been
	                 * done yet, and the block is left */
	JIT_ELSEWHERE_IF, /* if a: the instruction's operations behind this one, which leave the block; if
	                   * not, it is done. They share no temps with those before. Only if jit_ir.modes */
	/* Only if jit_ir.modes: */
	JIT_SET_MODE, /* the MSR is a now: choose its page tables, of data and of code */
	JIT_NEW_MODE, /* the same unless b is 0, and go on here only if the code table leads here */
	JIT_ONCE,     /* the handler does it unless an instruction completed since the last exception */
	JIT_ENTER,    /* behind it: the vector k, what is to be there is set, goes on there */
	JIT_GET_TBU,  /* d = the upper half of TB at vcpu->tick_seen */
	JIT_GET_TBL,  /* d = the lower half of TB now */
	JIT_SET_SR,   /* segment register a, below 16, = b */
	JIT_TLBIE,    /* of address a, which is not in the congruence class of this page */
	JIT_OP_COUNT,
};

/* The vector words [sem_vec.h], by their names; m is the third operand. They stand in the order of the
 * emitters' files (int, move, fp), which take what they do not know for another of theirs. */
enum jit_vec_op {
	JIT_V_AND, JIT_V_ANDC, JIT_V_OR, JIT_V_XOR, JIT_V_NOT, JIT_V_SEL,
	JIT_V_ADD, JIT_V_SUB, JIT_V_ADDS, JIT_V_SUBS, JIT_V_MIN, JIT_V_MAX, JIT_V_AVG,
	JIT_V_MUL_LOW, JIT_V_MUL, JIT_V_SUM_PAIRS,
	JIT_V_DOT, /* lanes of 4 bytes: sums of two products; size 1: of the even, or odd, bytes */
	JIT_V_SHL, JIT_V_SHR, JIT_V_SAR, JIT_V_ROTL, /* by lanes of b, or by the constant b = k */
	JIT_V_CMPEQ, JIT_V_CMPGT,
	/* moves; b is a lane, n, or the like */
	JIT_V_FILL, JIT_V_EXTRACT, JIT_V_INSERT,
	JIT_V_SPLAT, /* lane k */
	JIT_V_ALL_ONES, JIT_V_ALL_ZEROS,
	JIT_V_SHL_BITS, JIT_V_SHR_BITS, JIT_V_ALIGN, JIT_V_PERM, JIT_V_MERGE,
	JIT_V_PACK, /* k: enum ppc_v_pack */
	JIT_V_UNPACK,
	/* single precision */
	JIT_V_FP,       /* k: enum ppc_vfp_op */
	JIT_V_FP_ROUND, /* k: enum ppc_vfp_unary */
	JIT_V_FP_CMP,   /* k: relations */
	JIT_V_FP_FROM_INT, JIT_V_FP_TO_INT, /* a, times b, which is a power of two */
	JIT_V_COUNT
};
/* The k of the others. */
enum { JIT_V_SIGNED = 1, JIT_V_HIGH = 1, JIT_V_ODD = 2 };

struct jit_operation {
	uint8_t op, n, size;
	bool is_probed; /* LOAD, STORE: behind a JIT_PROBE */
	uint16_t d;
	uint32_t k;
	struct jit_value a, b, c;
};

#define JIT_BLOCK_OPERATIONS 1024 /* of a block: what does not fit is the next block's */
#define JIT_OPERATIONS 64         /* of one instruction */
#define JIT_TEMPS (2 * JIT_OPERATIONS)
#define JIT_CONDS 128
#define JIT_NO_RESULT (JIT_TEMPS - 1) /* a temp that no operation has */
#define JIT_INSNS 64
#define JIT_VKS 128

/* What the CR field was last set from, while that still holds. */
struct jit_compared {
	bool known, is_signed;
	struct jit_value a, b;
};

/* The field of struct ppc_cpu at k was last set from this GPR, and both are as they were. */
struct jit_held {
	uint32_t k; /* 0: nothing */
	uint8_t gpr;
};
#define JIT_HELD 4

struct jit_cond {
	uint8_t cc; /* enum jit_cc */
	struct jit_value a, b;
};

struct jit_insn {
	uint32_t raw;
	uint16_t first, end; /* its operations */
	bool fallback;       /* not translated: the handler is called */
};

struct jit_ir {
	struct jit_operation op[JIT_BLOCK_OPERATIONS];
	unsigned count;
	struct jit_insn insn[JIT_INSNS];
	unsigned insns;
	unsigned loop_last; /* the last instruction that branches to the block's beginning, or JIT_INSNS */
	uint64_t targets;   /* those that an earlier branch of this loop may skip to */
	struct jit_cond cond[JIT_CONDS];
	unsigned conds;
	union ppc_vr vk[JIT_VKS]; /* constants */
	unsigned vks;
	/* Of the instruction that is being recorded: */
	unsigned temps;
	uint8_t alias[JIT_TEMPS];        /* of a temp: the guest register that holds it + 1, or 0 */
	uint32_t pc;
	const struct ppc_model *model;
	uint32_t msr;                    /* PR, FP and VEC of the mode that the block is for */
	bool whole;                      /* the emitter moves CR and XER as wholes, and */
	bool modes;                      /* it has the operations that change the mode: it says so */
	bool fallback;                   /* it has a word that is not translated */
	/* After a JIT_PROBE, addresses are offsets from the probed one: of a temp, + 1, or 0. */
	struct jit_value probed;
	bool is_probed;
	uint8_t offset[JIT_TEMPS];
	/* These live from one instruction to the next. */
	struct jit_compared compared[8];
	struct jit_held held[JIT_HELD]; /* SPRs, and the XER by its first field */
	unsigned next_held;             /* the next to be overwritten */
	uint8_t cr_held, cr_holder;     /* the CR's fields, as mtcrf's mask, that a GPR has; which */
};

/* Begin a block. */
void mol_jit_record_begin(struct jit_ir *ir);
/* Record the meaning of the word at pc; or, with translated false, that its handler is called. False:
 * the block is full, the word is not in it. */
bool mol_jit_record(struct jit_ir *ir, uint32_t raw, uint32_t pc, bool translated);

#endif
