/* SPDX-License-Identifier: MIT
 * backend.h - the contract between the core and what executes guest instructions.
 *
 * The core owns the VM, the memory map, devices, exits, clocks, interrupts, the registers'
 * outside view, breakpoints, and struct ppc_ops: every slow memory access comes to access.c,
 * and fast.c fills cpu->page. A backend owns running instructions, whatever it decoded or
 * translated for that, and forgetting it in time. It calls down into src/ppc and src/mmu, and up
 * into the functions at the end of this file; nothing else of the core, but that translators use
 * its page tables [pagetab.h, fast.c], windows [window.c] and listings [jit_dump.c] too.
 *
 * One thread at a time is in a vCPU: run() and everything that the core calls while run() is
 * active comes from that thread, from inside an instruction (a device callback may change the
 * memory map). Only vcpu->attention is set from elsewhere.
 */
#ifndef MOL_BACKEND_H
#define MOL_BACKEND_H

#include "core.h"

#define MOL_BACKEND_ABI 1

enum mol_backend_flags {
	MOL_BACKEND_JIT = 1 << 0, /* generates host code: not chosen under MOLVM_CFG_NO_JIT */
	MOL_BACKEND_WINDOWS = 1 << 1, /* has a use for them [window.c] */
};

struct mol_backend_ops {
	uint32_t size; /* sizeof(struct mol_backend_ops) */
	uint32_t abi;  /* MOL_BACKEND_ABI */
	const char *name, *version;
	uint32_t flags; /* MOL_BACKEND_* */

	/* Optional: NULL, or a sentence (static storage) why this backend cannot be used here. */
	const char *(*unavailable)(void);

	/* Allocate what one vCPU needs: vcpu->backend is the backend's own pointer. vcpu->cpu has its
	 * model and ops and is reset afterwards. Allocate with mol_alloc(vcpu->vm, ...). 0 or
	 * MOLVM_E_*, with mol_error(). No allocation happens later. */
	int (*vcpu_init)(struct molvm_vcpu *vcpu);
	void (*vcpu_fini)(struct molvm_vcpu *vcpu);

	/* Execute at most limit (>= 1) instructions from cpu->r.pc and return how many completed. It
	 * returns when
	 *  - limit instructions have completed: exactly, never one more;
	 *  - vcpu->attention is nonzero (look at each block end, and before the first block: the
	 *    core calls with attention clear but another thread may have set it since; 0 done is fine);
	 *  - an instruction left PPC_STOP_EXC or PPC_STOP_OUTSIDE: it is not counted;
	 *  - an instruction that left PPC_STOP_SYNC is done (and counted) and mol_must_look(vcpu)
	 *    is true: an interrupt may be due, or the processor sleeps.
	 * On return cpu->r.pc is the next instruction (EXC, OUTSIDE: that instruction), and cpu->stop
	 * holds PPC_STOP_EXC (with cpu->exc), PPC_STOP_OUTSIDE, or neither. The core delivers
	 * exceptions; run() may ask mol_go_on() before it returns, and calls mol_ppc_enter() only as
	 * mol_excepted() allows.
	 * If limit is 1 this is single stepping, or the completion of an instruction that exited:
	 * nothing but that one instruction may be executed.
	 * cpu->r.pc must be exact whenever a handler runs.
	 * If vcpu->careful is nonzero, see mol_careful_range(). */
	uint64_t (*run)(struct molvm_vcpu *vcpu, uint64_t limit);

	/* Asked from inside an instruction (by mftb under the INSN clock, ...): how many instructions
	 * has this run() completed so far? Not counting the present one. */
	uint64_t (*retired)(struct molvm_vcpu *vcpu);

	/* Bytes [host, host + len) of guest memory have been written, by a store of the guest or by the
	 * API, in one 4096-byte page for which mol_code_watch() was called. Forget what was decoded
	 * from them; an active run() has to notice (leave the block after the present instruction).
	 * Return true if decoded code is still kept for that page: go on watching; false: the page
	 * has none left, stores to it are fast again. */
	bool (*code_written)(struct molvm_vcpu *vcpu, const uint8_t *host, size_t len);

	/* The guest said icbi for the cache block at [host, host + len): as code_written(), but that the
	 * answer does not matter. Called only for RAM; the page may be unwatched. */
	void (*icbi)(struct molvm_vcpu *vcpu, const uint8_t *host, size_t len);

	/* Forget everything decoded, and every answer of mol_fetch_page(): the memory map changed, host
	 * memory may be unmapped as soon as this returns. An active run() has to notice, and must not
	 * look at an instruction word again but through mol_fetch_page(). The core may call
	 * code_written() once more for a page watched before: the answer is false unless watched anew. */
	void (*flush)(struct molvm_vcpu *vcpu);

	/* The translation of instruction addresses may have changed, not by the MSR (the core has already
	 * dealt with cpu->page and the software-loaded TLBs). Called from ppc_ops.mmu_event, on reset, and when
	 * the embedder writes such a register. What is decoded stays valid (it is keyed by host
	 * address); what maps ea to it does not. */
	void (*mmu_event)(struct molvm_vcpu *vcpu, enum ppc_mmu_event what, uint32_t arg);
};

/* Every backend known, in order of preference; backend.c. */
extern const struct mol_backend_ops mol_backend_interp, mol_backend_jit; /* backends/soft */

/* ---- what the core offers to backends ---- */

/* Where the instruction at ea (its whole 4096-byte page) is to be read. */
struct mol_fetch {
	const uint8_t *host; /* the page's first byte; guest byte order */
	uint64_t pa;         /* the page's guest-physical address */
	uint8_t *flags;      /* for mol_code_watch() */
};
/* Translate ea for fetching under the present MSR, and find the memory behind it. False: cpu->stop
 * is EXC (ISI, TLB miss, machine check: cpu->exc) or OUTSIDE (a DEMAND page; the exit is
 * recorded): return from run() as for an instruction at cpu->r.pc, which must be ea. */
bool mol_fetch_page(struct molvm_vcpu *vcpu, uint32_t ea, struct mol_fetch *out);

/* The entry of ea's page in cpu->page, for loads or for stores, found or made anew. 0: if cpu->stop is 0
 * now, cpu->ops has to be asked; else the access has ended with an exception. No guest register is
 * looked at but what translates, and nobody outside is called. */
uintptr_t mol_access_entry(struct molvm_vcpu *vcpu, uint32_t ea, enum ppc_access access);

/* Decoded code is kept from this page: from now on stores to it call code_written(). Call it before
 * reading the words. Until code_written() returns false for the page, or flush(). */
void mol_code_watch(struct molvm_vcpu *vcpu, const struct mol_fetch *fetch);

/* After an instruction that left PPC_STOP_SYNC: has the core to look at interrupts, sleep, tracing
 * or other state before the next one? */
MOL_INLINE bool mol_must_look(const struct molvm_vcpu *vcpu)
{
	const struct ppc_regs *r = &vcpu->cpu.r;

	return r->pending || r->asleep || r->checkstop || (r->msr & (PPC_MSR_SE | PPC_MSR_BE)) ||
	       vcpu->look || vcpu->cpu.unsupported;
}

/* When run() is about to return because of an exception, or because mol_must_look(): the same
 * without leaving it. True: the exception or interrupt was taken, or there was none; what has been
 * done is on the core's account (run() and retired() count from 0 again); *limit is the new limit,
 * perhaps 0; the MSR may be another. False: nothing has happened, return. done: as run() would
 * return it, and cpu->stop and pc as it would leave them. */
bool mol_go_on(struct molvm_vcpu *vcpu, uint64_t done, uint64_t *limit);

/* A backend may deal with an exception all by itself if mol_go_on() would do nothing but
 * mol_vcpu_enter(), and an instruction has completed since the last one. How much of its limit it
 * has done at its last exception it says when it returns, or calls mol_go_on(); and whether there
 * has been one right before it begins it may ask. */
MOL_INLINE void mol_excepted(struct molvm_vcpu *vcpu, uint64_t done)
{
	vcpu->exception_at = vcpu->insns + done + 1;
}

MOL_INLINE bool mol_just_excepted(const struct molvm_vcpu *vcpu)
{
	return vcpu->exception_at == vcpu->insns + 1;
}

/* While vcpu->careful is nonzero (breakpoints on instructions, IABR): before a block of words at
 * [ea, ea + 4 * n) ask mol_careful_range(); if true, execute it one at a time and before each
 * instruction call mol_careful(), with cpu->r.pc at it. When that returns false, cpu->stop is set:
 * return from run(). */
bool mol_careful_range(const struct molvm_vcpu *vcpu, uint32_t ea, uint32_t n);
bool mol_careful(struct molvm_vcpu *vcpu);

/* Windows [window.c]: translated code may access the guest's memory at ea by
 * mol_pagetab_window(context) + ea, that is at MOL_PAGETAB_WINDOW + ea behind cpu->page, if it
 * can do with a fault. What does fault goes on at the landing that the catcher names for it. */
struct mol_catcher {
	const uint8_t *code; /* faults of this code, */
	size_t code_size;
	const uint8_t *data; /* at addresses here: mol_window_catches() */
	size_t data_size;
	/* Where to go on. Called by a signal handler. NULL: this fault is none of ours. */
	const uint8_t *(*landing)(const struct mol_catcher *catcher, const uint8_t *code);
};
/* Is there, or can there be made, a window for the present context, with anything in it? Between
 * instructions. */
bool mol_window_ready(struct molvm_vcpu *vcpu);
/* An access to ea has faulted, and has been made since. True: it need not fault again. */
bool mol_window_cures(struct molvm_vcpu *vcpu, uint32_t ea, unsigned size, bool write);
void mol_window_catches(const struct molvm_vcpu *vcpu, struct mol_catcher *catcher);
/* From now on this catcher (or NULL) is asked on this thread; returns the one before. */
const struct mol_catcher *mol_window_catch(const struct mol_catcher *catcher);

/* Memory for a backend's own objects: zeroed, aligned to 64; NULL when there is none. */
void *mol_alloc(struct molvm_vm *vm, size_t n);
void mol_free(struct molvm_vm *vm, void *p, size_t n);

/* While vm->jit_dump is not NULL: host code was made, and is to be shown [jit_dump.c]. */
struct mol_translation {
	uint32_t ea, msr;     /* msr: PR, FP and VEC, under which it runs */
	const uint32_t *word; /* the guest's; words 0: code that belongs to no guest code */
	uint32_t words;
	const uint8_t *code;  /* where it will run */
	size_t size;
};
void mol_jit_dump(struct molvm_vm *vm, const struct mol_translation *t);

/* Counters a backend keeps: vcpu->stat[MOL_STAT_BLOCKS_DECODED]++... (enum mol_stat in core.h). */

#endif
