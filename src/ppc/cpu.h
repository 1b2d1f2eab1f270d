/* SPDX-License-Identifier: MIT
 * cpu.h - a processor in execution: its registers, and what one step leaves behind.
 *
 * Everything in src/ppc works on struct ppc_cpu. What the instructions need
 * from outside (memory, translation, time) is asked through struct ppc_ops,
 * which the engine above fills in: the software backend, a kernel module's
 * emulator, or a test. One thread at a time may use a ppc_cpu.
 *
 * How an instruction ends: its handler returns 0 (go on with the next word) or
 * PPC_STOP_* bits, which it has also left in cpu->stop. The caller clears cpu->stop
 * before the next one.
 */
#ifndef PPC_CPU_H
#define PPC_CPU_H

#include "env.h"
#include "insn.h"
#include "model.h"
#include "regs.h"

enum ppc_stop {
	PPC_STOP_BRANCH = 1 << 0, /* done; go on at cpu->npc */
	/* Over with an exception: cpu->exc says which, pc is at the instruction. Registers are as
	 * before it, but for a floating-point enabled exception: what the manual has the
	 * instruction write (FPSCR, CR, frD unless suppressed) is written [PEM 3.3.6]; and if mtmsr
	 * or rfi let it in, they are done and pc is at the instruction after. */
	PPC_STOP_EXC = 1 << 1,
	/* Done; the context changed: fetch, translation and interrupts are to be looked at again
	 * before the next word (which is at cpu->npc if BRANCH). */
	PPC_STOP_SYNC = 1 << 2,
	/* Not done: the engine above wants control (an exit); registers are as before, and the same
	 * instruction will be run again. */
	PPC_STOP_OUTSIDE = 1 << 3,
};

/* Exception vectors [PEM 6.1, table 6-1; the model's user's manual from 1000 on] */
enum ppc_vector {
	PPC_VEC_RESET = 0x0100,
	PPC_VEC_MACHINE_CHECK = 0x0200,
	PPC_VEC_DSI = 0x0300,
	PPC_VEC_ISI = 0x0400,
	PPC_VEC_EXTERNAL = 0x0500,
	PPC_VEC_ALIGNMENT = 0x0600,
	PPC_VEC_PROGRAM = 0x0700,
	PPC_VEC_FP_UNAVAILABLE = 0x0800,
	PPC_VEC_DECREMENTER = 0x0900,
	PPC_VEC_SC = 0x0c00,
	PPC_VEC_TRACE = 0x0d00,
	PPC_VEC_PERFMON = 0x0f00,
	PPC_VEC_ALTIVEC_UNAVAILABLE = 0x0f20,
	PPC_VEC_ITLB_MISS = 0x1000,
	PPC_VEC_DTLB_LOAD_MISS = 0x1100,
	PPC_VEC_DTLB_STORE_MISS = 0x1200,
	PPC_VEC_IABR = 0x1300,
	PPC_VEC_SMI = 0x1400,
	PPC_VEC_ALTIVEC_ASSIST = 0x1600,
	PPC_VEC_THERMAL = 0x1700,
};

/* The MSR bits that SRR1 saves and rfi restores [PEM 6.2; 604 UM 4.3, 7400 UM 4.3.2]: 0, 5-9,
 * 16-31. The others, 1-4 and 10-15, tell the cause. */
#define PPC_SRR1_MSR 0x87c0ffffu
/* SRR1 causes of a program exception [PEM 6.4.7] and of an ISI [PEM 6.4.4] */
#define PPC_SRR1_PROG_FP PPC_BIT(11)
#define PPC_SRR1_PROG_ILLEGAL PPC_BIT(12)
#define PPC_SRR1_PROG_PRIV PPC_BIT(13)
#define PPC_SRR1_PROG_TRAP PPC_BIT(14)
#define PPC_SRR1_PROG_NEXT PPC_BIT(15) /* FP: SRR0 is not at the excepting instruction but later */
#define PPC_SRR1_ISI_NO_PTE PPC_BIT(1)
#define PPC_SRR1_ISI_NOEXEC PPC_BIT(3)  /* direct-store segment, N bit or guarded page */
#define PPC_SRR1_ISI_PROTECT PPC_BIT(4)
/* DSISR causes of a DSI [PEM 6.4.3] */
#define PPC_DSISR_DIRECT_STORE PPC_BIT(0)
#define PPC_DSISR_NO_PTE PPC_BIT(1)
#define PPC_DSISR_PROTECT PPC_BIT(4)
#define PPC_DSISR_BAD_RESERVE PPC_BIT(5) /* lwarx, stwcx., eciwx, ecowx to direct-store (or W) */
#define PPC_DSISR_STORE PPC_BIT(6)
#define PPC_DSISR_DABR PPC_BIT(9)
#define PPC_DSISR_EAR PPC_BIT(11)

/* An exception that was recognised and not yet taken. except.c takes it. */
struct ppc_exception {
	uint32_t vector;   /* enum ppc_vector */
	uint32_t srr0;
	uint32_t srr1;     /* cause bits, to be merged with the MSR's */
	uint32_t dar, dsisr;
	uint8_t sets_dar, sets_dsisr;
};

/* Pages whose data accesses need no translation: the front of the MMU. For a load,
 * cpu->page[ea >> 12] is the host's address of ea's page less the page's own EA, so that
 * host = entry + ea; for a store the entry is PPC_PAGE_STORE further; 0: ask ops. The engine above
 * fills entries (for stores only when the page's C bit is set and nothing watches stores to it)
 * and empties them. */
/* On 64-bit hosts an entry for stores counts only if it is positive. One that is not is for ops: it
 * may be good (the host's memory lies low), or there is code on the page [core/fast.c]. */
#define PPC_PAGES (1u << 20)
#define PPC_PAGE_STORE PPC_PAGES
/* The modes that have tables of their own: ppc_data_mode() of an MSR. */
#define PPC_DATA_ON 1u   /* MSR[DR] */
#define PPC_DATA_USER 2u /* MSR[PR] */

enum ppc_access { PPC_READ, PPC_WRITE, PPC_EXEC };

/* What a memory word asks for besides the address. */
enum ppc_mem_how {
	PPC_MEM_PLAIN = 0,
	PPC_MEM_WORD_ALIGNED = 1, /* alignment exception unless EA[30:31] is 0 */
	PPC_MEM_RESERVE = 2,      /* lwarx, stwcx. */
	PPC_MEM_EXTERNAL = 4,     /* eciwx, ecowx */
};

/* How v_pack narrows a lane [sem_vec.h]. */
enum ppc_v_pack {
	PPC_V_MODULO,
	PPC_V_SS, /* signed lanes saturated to signed */
	PPC_V_SU, /* signed to unsigned */
	PPC_V_UU, /* unsigned to unsigned */
};

enum ppc_cache_op { PPC_DCBZ, PPC_DCBA, PPC_DCBI, PPC_DCBST, PPC_DCBF, PPC_ICBI };

/* What has changed under the translation. */
enum ppc_mmu_event {
	PPC_MMU_MSR,    /* MSR[IR, DR, PR] may have changed */
	PPC_MMU_SR,     /* arg: segment number */
	PPC_MMU_BAT,    /* a BAT register, or HID0[HIGH_BAT_EN]; arg: enum ppc_bats */
	PPC_MMU_SDR1,
	PPC_MMU_TLBIE,  /* arg: ea */
	PPC_MMU_TLBIA,
	PPC_MMU_TLBLD,  /* arg: ea; load the software-loaded data TLB */
	PPC_MMU_TLBLI,
	PPC_MMU_ICACHE_FLUSH, /* HID0[ICFI] */
	PPC_MMU_DEBUG,  /* DABR or IABR */
};

enum ppc_bats { PPC_BATS_ALL, PPC_BATS_INSTRUCTION, PPC_BATS_DATA };

struct ppc_cpu;

/* All are to be there, but those that say so; and src/ppc calls only tick and mmu_event for a
 * processor that runs nothing (mol_ppc_reset, mol_ppc_enter). */
struct ppc_ops {
	/* A data access of 1, 2, 4, 8 or 16 bytes, at any alignment, that missed the fast
	 * entries. The value is a number: v[0] (16 bytes: v[0] the high half). False: cpu->stop
	 * and, for PPC_STOP_EXC, cpu->exc are set, and memory is unchanged. */
	bool (*load)(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		     enum ppc_mem_how how, uint64_t v[2]);
	bool (*store)(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		      enum ppc_mem_how how, const uint64_t v[2]);
	/* May all of [ea, ea+len) be accessed? Faults like the access itself; len <= 128. */
	bool (*probe)(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned len,
		      enum ppc_access access, enum ppc_mem_how how);
	bool (*cache)(struct ppc_cpu *cpu, uint32_t raw, enum ppc_cache_op op, uint32_t ea);
	void (*mmu_event)(struct ppc_cpu *cpu, enum ppc_mmu_event what, uint32_t arg);
	/* The tick that TB and DEC are computed from [timebase.c]. */
	uint64_t (*tick)(struct ppc_cpu *cpu);
	/* What tick() may have been a moment ago, but not before its last answer: for the upper half
	 * of TB. May be NULL: tick() is asked. */
	uint64_t (*tick_lately)(struct ppc_cpu *cpu);
	/* DEC was written: the engine may have a deadline to move. May be NULL. */
	void (*dec_written)(struct ppc_cpu *cpu);
	/* sc: true if it was a call to the embedder (cpu->stop is set), false: a plain sc. NULL:
	 * every sc is a plain one. */
	bool (*hypercall)(struct ppc_cpu *cpu, uint32_t raw);
	/* SPRs without a row that the embedder may want; see spr.c. False, or NULL: no such SPR. */
	bool (*spr_outside)(struct ppc_cpu *cpu, unsigned number, bool write, uint32_t *value);
};

/* Floating-point instructions whose effect on r.fpscr is still to be worked out. A translator that
 * computes with the host's floating point leaves here what the FPSCR depends on: FPRF, FR and FI
 * on the last operations of each kind alone, so that only their operands are kept; the sticky
 * bits on all of them. Only while r.fpscr enables no exception and NI is 0. The members in
 * the word "any" say what is there; 0 is nothing [fpscr.c: mol_fpscr_settle]. */
struct ppc_fp_pending {
	union {
		struct {
			uint8_t op;      /* 1 + PPC_FP_*, the last arithmetic operation: a, b, m */
			uint8_t convert; /* 1 + PPC_FP_CTIW or CTIWZ, if after it: converted */
			uint8_t compare; /* 1: a comparison, if after it: left, right, not NaNs */
			uint8_t zero;
			uint32_t raised; /* causes that all operations have raised */
		};
		uint64_t any;
	};
	uint64_t a, b, m, converted, left, right;
};

struct ppc_cpu {
	struct ppc_regs r;
	struct ppc_fp_pending fp; /* r.fpscr is to be read through ppc_fpscr() */
	/* A translator's own: control words of the host's floating point. */
	struct {
		uint32_t live; /* "ours" is in the host; "theirs" is the embedder's */
		uint32_t ours, theirs;
		uint32_t their_status; /* on hosts that have it apart */
	} fp_host;
	uint32_t npc;       /* with PPC_STOP_BRANCH */
	uint32_t stop;      /* PPC_STOP_* of the instruction in execution */
	struct ppc_exception exc;
	const struct ppc_ops *ops;
	const struct ppc_model *model;
	void *owner;        /* the engine's own object */
	/* NULL, or why this processor cannot go on: the guest entered little-endian mode, which
	 * is not implemented. Set by mol_ppc_set_msr() with PPC_STOP_SYNC; the run loop looks
	 * at it after every SYNC and exception, and gives it to the embedder. */
	const char *unsupported;
	/* NULL without an engine that fills tables: then every access asks ops. */
	uintptr_t *page;       /* of the present mode: page_of[ppc_data_mode(r.msr)] */
	uintptr_t *page_of[4];
	/* The page of the last lwarx: while page is still reserve_table, another to reserve_page, with an
	 * entry for stores, has its block at reserve_page_pa. The engine's; NULL: unknown. */
	const uintptr_t *reserve_table;
	uint32_t reserve_page, reserve_page_pa;
};

/* ---- interp.c ---- */
typedef uint32_t ppc_handler(struct ppc_cpu *cpu, struct ppc_insn insn);

/* The handler of a word in the present mode: checks of privilege, FP and VEC
 * availability and the model are folded into the choice (mode = the MSR's PR,
 * FP and VEC bits). Never NULL: an illegal word has a handler that says so. */
ppc_handler *mol_ppc_handler(const struct ppc_model *model, uint32_t raw, uint32_t msr);
/* The same for a word that has been decoded. */
ppc_handler *mol_ppc_op_handler(const struct ppc_model *model, enum ppc_op op, uint32_t msr);

/* Run one word at cpu->r.pc; on return 0 pc is advanced; see enum ppc_stop for the rest
 * (BRANCH has been folded into pc; what remains may be SYNC, EXC, OUTSIDE). */
uint32_t mol_ppc_step(struct ppc_cpu *cpu, uint32_t raw);

/* Record an exception of the instruction in execution; returns false for the
 * convenience of memory words. */
bool mol_ppc_raise(struct ppc_cpu *cpu, uint32_t vector, uint32_t srr1);
bool mol_ppc_raise_data(struct ppc_cpu *cpu, uint32_t vector, uint32_t dar, uint32_t dsisr);
/* Alignment exception: DSISR is read off the instruction word [PEM 6.4.6.1]. */
bool mol_ppc_raise_alignment(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea);

/* ---- except.c ---- */
enum ppc_pending { /* struct ppc_regs pending */
	PPC_PEND_EXTERNAL = 1 << 0, /* level: follows the line */
	PPC_PEND_DEC = 1 << 1,      /* latched until taken */
	PPC_PEND_SMI = 1 << 2,
	PPC_PEND_MACHINE_CHECK = 1 << 3,
	PPC_PEND_RESET = 1 << 4,    /* soft reset, nonmaskable */
	PPC_PEND_PERFMON = 1 << 5,
	PPC_PEND_THERMAL = 1 << 6,
};

/* Enter the exception: SRR0, SRR1, DAR, DSISR, MSR and pc as the manual says; or
 * checkstop (machine check with MSR[ME] clear). Tells ops->mmu_event. */
void mol_ppc_enter(struct ppc_cpu *cpu, const struct ppc_exception *exc);
/* The asynchronous exception to take now, by priority [PEM 6.1.5]; false if none is
 * pending and enabled. Clears the latch of the one returned. */
bool mol_ppc_next_interrupt(struct ppc_cpu *cpu, struct ppc_exception *out);
/* Would any pending condition wake a dozing processor / be taken now? */
bool mol_ppc_interrupt_pending(const struct ppc_cpu *cpu);
/* Hard reset: registers as the model powers on, pc = 0xfff00100. */
void mol_ppc_reset(struct ppc_cpu *cpu);
/* Replace the MSR: masks it, swaps TGPRs, sets page, tells ops->mmu_event, notes POW. */
void mol_ppc_set_msr(struct ppc_cpu *cpu, uint32_t msr);
/* Is a trace exception due after the instruction raw has completed under this MSR, the one that
 * was there when it began? The run loop enters it (vector PPC_VEC_TRACE, srr0 = the next
 * instruction, no cause bits) before it looks at interrupts. */
bool mol_ppc_trace_due(const struct ppc_cpu *cpu, uint32_t msr, uint32_t raw);

/* ---- fpscr.c ---- */
/* Work out what is pending. */
void mol_fpscr_settle(struct ppc_cpu *cpu);

/* The FPSCR as it is: the one way to read it. To write it, settle first; r.fpscr is then free. */
MOL_INLINE uint32_t ppc_fpscr(struct ppc_cpu *cpu)
{
	if (MOL_UNLIKELY(cpu->fp.any))
		mol_fpscr_settle(cpu);
	return cpu->r.fpscr;
}

/* ---- timebase.c: pure arithmetic on a tick ---- */
uint64_t mol_ppc_tb(const struct ppc_regs *r, uint64_t tick);
void mol_ppc_set_tb(struct ppc_regs *r, uint64_t tick, uint64_t tb);
uint32_t mol_ppc_dec(const struct ppc_regs *r, uint64_t tick);
/* Sets PPC_PEND_DEC if the write turns bit 0 from 0 to 1 [PEM 2.3.14.2]. */
void mol_ppc_set_dec(struct ppc_regs *r, uint64_t tick, uint32_t value);
/* Latch PPC_PEND_DEC if DEC has passed through 0 by this tick. */
void mol_ppc_dec_poll(struct ppc_regs *r, uint64_t tick);
/* The tick at which DEC next turns negative. */
uint64_t mol_ppc_dec_deadline(const struct ppc_regs *r);

/* ---- spr.c ---- */
/* mfspr and mtspr, with privilege and existence checked: false when the instruction is over,
 * with an exception, by the engine's wish, or, on a 603e without such a register, with nothing
 * done. Writing sets cpu->stop to SYNC where the context changes. */
bool mol_ppc_read_spr(struct ppc_cpu *cpu, unsigned number, uint32_t *value);
bool mol_ppc_write_spr(struct ppc_cpu *cpu, unsigned number, uint32_t value);
/* Raise the exception of a move from or to a register that is not there for this guest. */
bool mol_ppc_refuse_spr(struct ppc_cpu *cpu, unsigned number);
/* The register access of the embedder: no privilege, no exception, any slot. False: no
 * such SPR on this model. */
bool mol_ppc_peek_spr(struct ppc_cpu *cpu, unsigned number, uint32_t *value);
bool mol_ppc_poke_spr(struct ppc_cpu *cpu, unsigned number, uint32_t value);

MOL_INLINE bool ppc_page_may_store(uintptr_t entry)
{
	return sizeof(entry) > 4 ? (__INTPTR_TYPE__)entry > 0 : entry != 0;
}

MOL_INLINE unsigned ppc_data_mode(uint32_t msr)
{
	return (msr & PPC_MSR_DR ? PPC_DATA_ON : 0) | (msr & PPC_MSR_PR ? PPC_DATA_USER : 0);
}

/* ---- whole registers that are kept in parts ---- */
MOL_INLINE uint32_t ppc_cr(const struct ppc_regs *r)
{
	uint32_t cr = 0;

	for (int n = 0; n < 8; n++)
		cr = cr << 4 | r->cr[n];
	return cr;
}

MOL_INLINE void ppc_set_cr(struct ppc_regs *r, uint32_t cr)
{
	for (int n = 0; n < 8; n++)
		r->cr[n] = (uint8_t)(cr >> (28 - 4 * n) & 15);
}

MOL_INLINE uint32_t ppc_xer(const struct ppc_regs *r)
{
	return (uint32_t)r->so << 31 | (uint32_t)r->ov << 30 | (uint32_t)r->ca << 29 |
	       (uint32_t)r->xer_byte << 8 | r->xer_count;
}

MOL_INLINE void ppc_set_xer(struct ppc_regs *r, uint32_t xer)
{
	r->so = (uint8_t)(xer >> 31);
	r->ov = (uint8_t)(xer >> 30 & 1);
	r->ca = (uint8_t)(xer >> 29 & 1);
	r->xer_byte = (uint8_t)((xer & PPC_XER_BYTE) >> 8);
	r->xer_count = (uint8_t)(xer & PPC_XER_COUNT);
}

#endif
