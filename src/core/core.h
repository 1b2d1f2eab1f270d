/* SPDX-License-Identifier: MIT
 * core.h - the objects behind the handles of molvm.h, and what the files of the core offer
 * each other. Each function's contract is here, under the file that defines it.
 */
#ifndef MOL_CORE_H
#define MOL_CORE_H

#include <molvm.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdatomic.h>

#include "../mmu/mmu.h"
#include "../ppc/cpu.h"
#include "host_clock.h"
#include "pagetab.h"

#define MOL_PAGE 4096u
#define MOL_PAGE_MASK 4095u
#define MOL_PA_LIMIT (1ull << 36)
#define MOL_MAX_VCPUS 1u
#define MOL_MAX_BREAKS 64u
#define MOL_MAX_LOG 264u /* device accesses of one instruction: 128 bytes, each read and written */

struct mol_backend_ops;

/* ---- guest memory ---- */

/* Flags of a 4096-byte page of backing memory. */
enum mol_page_flag {
	MOL_PAGE_CODE = 1,    /* a backend keeps decoded code of it */
	MOL_PAGE_DIRTY = 2,   /* written since the log was cleared */
	MOL_PAGE_PRESENT = 4, /* DEMAND: touched before */
	MOL_PAGE_SHUT = 16,   /* it had code once: stores through windows fault [window.c] */
	MOL_PAGE_STORES = 8,  /* since MOL_PAGE_CODE was last set it had fast entries for stores */
};

/* Host memory behind RAM regions. Several regions may share one (aliases, cut regions). */
struct mol_backing {
	uint8_t *host;
	uint64_t len;
	uint32_t refs;
	uint8_t owned;      /* munmap when the last reference goes */
	uint8_t file;       /* 1: shared, 2: private */
	uint8_t shared;     /* ours, and can be mapped once more [window.c] */
	_Atomic uint8_t *flags; /* enum mol_page_flag of each page; untouched host pages until used */
};

struct mol_region {
	uint64_t gpa, len;
	uint32_t kind, flags;        /* MOLVM_REGION_*, MOLVM_MEM_* */
	struct mol_backing *backing; /* RAM, FILE, ALIAS */
	uint64_t offset;             /* of gpa in the backing, or in the device */
	uint64_t fd_off;             /* FILE: of gpa in the file; ALIAS: the target */
	molvm_device_ops ops;        /* DEVICE; size 0: none */
	void *opaque;
};

struct mol_memmap {
	struct mol_region *r; /* sorted by gpa */
	uint32_t n, room, last; /* last: the index found last */
};

struct mol_break {
	uint32_t kind; /* 0: free */
	uint32_t len;
	uint64_t ea;
};

#define MOL_OSI_R3 0x113724fau /* with another in r4, sc is a call to the embedder */

#define MOL_JIT_HEAT 16u /* unless the option jit.heat says otherwise */
/* The option jit.host: what `jit` makes use of, of what the host has. */
enum mol_jit_host {
	MOL_JIT_HOST_NATIVE,
	MOL_JIT_HOST_SSE2,
	MOL_JIT_HOST_SSSE3,
	MOL_JIT_HOST_SSE4,
	MOL_JIT_HOST_AVX,
	MOL_JIT_HOST_AVX2,
	MOL_JIT_HOSTS
};

struct molvm_vm {
	const struct mol_backend_ops *backend;
	struct ppc_model model; /* a copy, for the sake of its pvr */
	struct molvm_vcpu *vcpus[MOL_MAX_VCPUS];
	uint32_t flags;
	uint64_t timebase_hz;
	uint64_t cache_bytes; /* for a backend's decoded or translated code; 0: its default */
	uint32_t jit_heat;    /* option jit.heat */
	enum mol_jit_host jit_host;
	bool windows;         /* there is a fault handler, and RAM is shared memory [window.c] */
	struct mol_jit_dump *jit_dump; /* options jit.dump, jit.perf; NULL: neither [jit_dump.c] */
	molvm_allocator allocator;
	molvm_log_fn log;
	void *log_opaque;
	/* The map, its page flags and the clock's fields change under this lock; the owner reads them
	 * without, being the only one to change them while a vCPU runs. */
	pthread_mutex_t lock;
	struct mol_memmap map;
	struct {
		uint32_t mode;
		uint64_t hz, num, den;
		uint64_t base_tick; /* the time at the base point: */
		uint64_t base;      /* HOST: ns of the monotonic clock; INSN: instructions */
		uint64_t advanced;  /* INSN, MANUAL: to be added, when the owner looks */
	} clock;
	struct mol_break breaks[MOL_MAX_BREAKS];
};

/* ---- vCPU ---- */

enum mol_attention {
	MOL_ATT_KICK = 1,  /* stays until a run returns KICKED */
	MOL_ATT_LINES = 2, /* vcpu->lines changed */
	MOL_ATT_CLOCK = 4, /* the time moved */
	MOL_ATT_CODE = 8,  /* another thread wrote to a page with decoded code */
	MOL_ATT_LOOK = 16, /* DEC was written, the map changed... : look around again */
	MOL_ATT_RESERVE = 32, /* another thread wrote memory while a reservation was held */
};

enum mol_look {
	MOL_LOOK_WINDOW = 1, /* the embedder waits for MSR[EE] */
	MOL_LOOK_TIME = 2,   /* DEC was written: the next event may come sooner */
};

enum mol_stat {
	MOL_STAT_INSNS, /* computed when read */
	MOL_STAT_RUNS,
	MOL_STAT_BACKEND_RUNS,
	MOL_STAT_FAST_FILLS,
	MOL_STAT_FAST_FLUSHES,
	MOL_STAT_SLOW_LOADS,
	MOL_STAT_SLOW_STORES,
	MOL_STAT_FETCH_LOOKUPS,
	MOL_STAT_MMIO_READS,
	MOL_STAT_MMIO_WRITES,
	MOL_STAT_CODE_WRITES,
	MOL_STAT_BLOCKS_DECODED, /* these six are the backend's */
	MOL_STAT_BLOCKS_DROPPED,
	MOL_STAT_BLOCK_FLUSHES,
	MOL_STAT_BLOCK_LOOKUPS,
	MOL_STAT_BLOCKS_TRANSLATED,
	MOL_STAT_CODE_EVICTIONS,
	MOL_STAT_WINDOWS,        /* windows made [window.c], and faults in them */
	MOL_STAT_WINDOW_FAULTS,
	MOL_STAT_EXITS,                           /* + exit reason, 18 */
	MOL_STAT_EXCEPTIONS = MOL_STAT_EXITS + 18, /* + vector / 256, 32 */
	MOL_STAT_COUNT = MOL_STAT_EXCEPTIONS + 32
};

/* A device access already made by the instruction in flight [access.c]. */
struct mol_log_entry {
	uint64_t gpa, value;
	uint8_t len, is_write, bus_err, answered, swapped;
};

struct molvm_vcpu {
	struct ppc_cpu cpu; /* first: handlers get &vcpu->cpu, cpu->owner is the vcpu too */

	/* What backends look at. */
	/* Both as one number of 64 bits, which translated code compares its budget with, are 0 or, on a
	 * little-endian host, more than SOFT_RUN_MOST. */
	uint32_t attention_low;     /* always 0 */
	_Atomic uint32_t attention; /* enum mol_attention; nonzero: leave run() at the next block end */
	uint32_t careful;           /* breakpoints on instructions, or IABR: mol_careful_range() */
	uint32_t look;              /* mol_must_look(): enum mol_look */
	void *backend;
	/* The backend's own: where its code looks for more of it, and whether that is to be looked at
	 * again before the next instruction that synchronizes the context. */
	const uintptr_t *code_table;
	uint32_t code_stale;
	/* The same for every MSR: by its bits IR, FP, PR, VEC, the first being the lowest. */
	const uintptr_t *code_table_of[16];
	/* Since it was last 0 a context has been chosen by the segment registers: when one is written,
	 * there is something to forget. */
	uint8_t segments_known;
	uint32_t must_return;       /* run() may not deal with exceptions: mol_go_on() */
	/* What was left of run()'s limit at the last exception that it dealt with by itself; or, when it
	 * began, its limit, if there had just been one. */
	uint64_t exception_left;
	struct molvm_vm *vm;
	uint64_t stat[MOL_STAT_COUNT];

	/* The core's own. */
	uint32_t index;
	molvm_run_page *page;
	_Atomic uint32_t running;       /* enum mol_running */
	_Atomic uint32_t lines, edges;  /* levels, and raised edges not yet seen; 1 << MOLVM_IRQ_* */
	uint64_t insns;                 /* completed in all, without the run() that is active */
	uint64_t granted, end;          /* of that run(): its limit, and insns at the budget's end */
	uint8_t in_backend;             /* run() is active: ask retired() */
	uint8_t completing;             /* this run() finishes the instruction of the last exit */
	uint8_t fast_used;              /* there are fast entries */
	uint8_t page_context[4];        /* the context of cpu.page_of[], where that is not empty */
	struct mol_pagetab pages;
	struct mol_windows *windows;    /* NULL: none [window.c] */
	uint8_t in_flight;              /* an exit waits for its answer: enum mol_flight */
	uint8_t watch_data;             /* data breakpoints, or DABR */
	uint8_t step_done;              /* single_step: an instruction or interrupt entry is behind us */
	uint8_t walk_exit;              /* the table search met an absent page: exit recorded */
	uint8_t stop_asked;             /* a callback returned MOLVM_MMIO_STOP */
	uint32_t dabr, iabr;            /* 0: off */
	uint32_t miss_ea, miss_access;  /* of the last translation fault */
	uint32_t walk_ea;               /* being translated */
	uint8_t spr_asked;              /* in flight: an EXIT_SPR */
	uint32_t fruitless;             /* run() calls in a row that did nothing */
	uint32_t exit_reason;           /* recorded from inside an instruction, 0: none */
	uint64_t skip_at;               /* insns + 1 at a reported breakpoint: pass it once */
	uint32_t skip_pc, skip_kinds;   /* where, and what was reported there: MOLVM_BREAK_* */
	struct mol_host_clock host_clock; /* HOST clock, while it runs */
	uint64_t tick_seen;             /* HOST clock: the latest time that anybody was told */
	uint32_t tick_lasts;            /* while run() is active: it will do for mol_clock_ppc_tick_lately() */
	uint64_t extra;                 /* exceptions that count for the budget [vcpu.c] */
	uint64_t exception_at;          /* insns + 1 at the last exception */
	struct ppc_exception trapped;   /* in_flight EXCEPTION */
	struct mol_log_entry log[MOL_MAX_LOG];
	uint32_t log_n, log_pos, log_pc, log_raw;
	uint8_t log_multi;
	_Atomic uint32_t waiting;
	sem_t wake;
};

enum mol_running {
	MOL_AT_REST,
	MOL_RUNNING,
	MOL_CLAIMED, /* another thread is touching it, for a moment */
};

enum mol_flight {
	MOL_FLIGHT_NONE,
	MOL_FLIGHT_RERUN,     /* MMIO, MEM_FAULT, SPR: run the instruction again */
	MOL_FLIGHT_HYPERCALL,
	MOL_FLIGHT_EXCEPTION,
};

/* ---- error.c ---- */
/* Set this thread's message and return code. */
int mol_error(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *mol_error_message(void);
void mol_log(struct molvm_vm *vm, uint32_t level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- backend.c ---- */
struct mol_backend_known {
	const char *name;
	const struct mol_backend_ops *ops; /* NULL: not built in */
	const char *reason;
};
const struct mol_backend_known *mol_backend_at(uint32_t index);
/* NULL or why it cannot be used. */
const char *mol_backend_why_not(const struct mol_backend_known *known);
/* The named one, or (NULL) the best; cfg_flags: MOLVM_CFG_*. 0 or NOENT, NODEV. */
int mol_backend_choose(const char *name, uint32_t cfg_flags, const struct mol_backend_ops **out);

/* ---- vm.c ---- */
/* cfg is checked, whole and of this version. */
int mol_vm_create(const molvm_config *cfg, const struct ppc_model *model,
		  const struct mol_backend_ops *backend, molvm_vm **out);
void mol_vm_destroy(molvm_vm *vm);
int mol_check_cap(const molvm_vm *vm, uint32_t cap);

/* ---- memmap.c: the set of regions; callers hold vm->lock unless they are the owner reading ---- */
int mol_map_init(molvm_vm *vm);
void mol_map_fini(molvm_vm *vm);
/* The region that covers pa, or NULL. mol_map_find() is for any thread under the lock;
 * mol_map_look() remembers where it was: owner only. */
struct mol_region *mol_map_find(molvm_vm *vm, uint64_t pa);
MOL_INLINE struct mol_region *mol_map_look(molvm_vm *vm, uint64_t pa)
{
	struct mol_memmap *m = &vm->map;

	if (MOL_LIKELY(m->last < m->n) && pa - m->r[m->last].gpa < m->r[m->last].len)
		return &m->r[m->last];
	struct mol_region *r = mol_map_find(vm, pa);

	if (r)
		m->last = (uint32_t)(r - m->r);
	return r;
}
/* Add regions. The range is aligned and in bounds, flags are checked. EXIST, NOMEM, IO, FAULT. */
int mol_map_add_ram(molvm_vm *vm, uint64_t gpa, uint64_t len, void *host, uint32_t flags);
int mol_map_add_file(molvm_vm *vm, uint64_t gpa, uint64_t len, int fd, uint64_t offset,
		     uint32_t flags);
int mol_map_add_alias(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t target);
int mol_map_add_device(molvm_vm *vm, uint64_t gpa, uint64_t len, const molvm_device_ops *ops,
		       void *opaque);
int mol_map_remove(molvm_vm *vm, uint64_t gpa, uint64_t len);
int mol_map_protect(molvm_vm *vm, uint64_t gpa, uint64_t len, uint32_t flags);
int mol_map_info(molvm_vm *vm, uint32_t index, molvm_region *out);

/* ---- backing.c: host memory behind regions ---- */
/* Each returns a backing with one reference, or NULL and a message with the code in *err. */
struct mol_backing *mol_backing_anon(molvm_vm *vm, uint64_t len, int *err); /* shared: vm->windows */
struct mol_backing *mol_backing_host(molvm_vm *vm, void *host, uint64_t len, int *err);
struct mol_backing *mol_backing_file(molvm_vm *vm, int fd, uint64_t offset, uint64_t len,
				     uint32_t flags, int *err);
void mol_backing_put(molvm_vm *vm, struct mol_backing *b);
/* Zero (or the file's) contents again, pages absent. NOTSUP for a shared file. */
int mol_backing_discard(struct mol_backing *b, uint64_t offset, uint64_t len);

/* ---- mem.c: the API's way to guest memory; takes vm->lock itself ---- */
int mol_mem_read(molvm_vm *vm, uint64_t gpa, void *buf, uint64_t len);
int mol_mem_write(molvm_vm *vm, uint64_t gpa, const void *buf, uint64_t len);
int mol_mem_ptr(molvm_vm *vm, uint64_t gpa, uint64_t len, void **out);
int mol_mem_changed(molvm_vm *vm, uint64_t gpa, uint64_t len);
int mol_mem_discard(molvm_vm *vm, uint64_t gpa, uint64_t len);
int64_t mol_mem_dirty(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t *bitmap, uint32_t flags);
bool mol_mem_covered(molvm_vm *vm, uint64_t gpa, uint64_t len); /* all of it RAM or ROM? */

/* ---- access.c: the guest's way to memory ---- */
extern const struct ppc_ops mol_access_ops;
/* Bytes [host, host + len) of one page, which has decoded code, were written by the owner. */
void mol_code_wrote(struct molvm_vcpu *vcpu, _Atomic uint8_t *flags, const uint8_t *host, size_t len);
/* Translate for the embedder, changing nothing. */
bool mol_access_peek(struct molvm_vcpu *vcpu, uint32_t ea, enum ppc_access access,
		     struct mol_xlat *out);
/* The address space changed: forget fast entries and decoded code. */
void mol_access_map_changed(molvm_vm *vm);
/* DABR, IABR or the breakpoints changed. */
void mol_access_watch_changed(struct molvm_vcpu *vcpu);

/* ---- fast.c: the page tables for accesses that need not ask [cpu.h] ---- */
bool mol_fast_init(struct molvm_vcpu *vcpu); /* false: no address space */
void mol_fast_free(struct molvm_vcpu *vcpu);
/* Find the table of the present context: cpu->page is empty. */
void mol_fast_resolve(struct molvm_vcpu *vcpu);
/* An access to ea, translated so, has found RAM: host is ea's byte, flags its page's. */
void mol_fast_fill(struct molvm_vcpu *vcpu, uint32_t ea, const struct mol_xlat *x,
		   const struct mol_region *r, const uint8_t *host, _Atomic uint8_t *flags);
void mol_fast_flush(struct molvm_vcpu *vcpu);
/* The page at this host address has code now. */
void mol_fast_code(struct molvm_vcpu *vcpu, const uint8_t *host);

/* The address that an entry for stores leads to; *code: there is code on the page. */
MOL_INLINE uint8_t *mol_fast_store_at(uintptr_t entry, uint32_t ea, bool *code)
{
	*code = entry & 1;
	if (*code)
		entry = (uintptr_t)((intptr_t)((entry ^ 1) << 1) >> 1);
	return (uint8_t *)(entry + ea);
}
void mol_fast_event(struct molvm_vcpu *vcpu, enum ppc_mmu_event what, uint32_t arg);

/* ---- window.c: RAM mapped where the guest's addresses are; window_none.c on other hosts ---- */
/* The VM may have windows: there is a handler for faults. To be given back if true. */
bool mol_window_begin(void);
void mol_window_end(void);
void mol_window_init(struct molvm_vcpu *vcpu);
void mol_window_free(struct molvm_vcpu *vcpu);
/* Context n is the present one, perhaps another than when it was last. */
void mol_window_resolved(struct molvm_vcpu *vcpu, unsigned n);
/* The page at this host address has code now: stores to it must not go unseen. */
void mol_window_code(struct molvm_vcpu *vcpu, const uint8_t *host, _Atomic uint8_t *flags);
/* This one has so many mappings now (mine: had), each of which may be two to the host. False: with all
 * other machines' these are more than a process can spare. */
bool mol_window_charge(uint32_t *mine, uint32_t now);
/* The memory map, or what is watched, has changed. */
void mol_window_close(struct molvm_vcpu *vcpu);

/* ---- mmio.c: device accesses ---- */
/* The word at cpu->r.pc begins an access that may meet devices; multi: several will follow. */
void mol_mmio_begin(struct molvm_vcpu *vcpu, uint32_t raw, bool multi);
/* An access of len (1..32) bytes at pa that is not RAM for it; bytes in guest order. False:
 * cpu->stop is set. */
bool mol_mmio_read(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea, uint64_t pa, uint8_t *bytes,
		   unsigned len);
bool mol_mmio_write(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea, uint64_t pa,
		    const uint8_t *bytes, unsigned len);
/* The embedder has answered the EXIT_MMIO in flight: note it for the re-run. */
void mol_mmio_answer(struct molvm_vcpu *vcpu);
void mol_mmio_forget(struct molvm_vcpu *vcpu);

/* ---- exit.c: filling the run page; each leaves cpu->stop OUTSIDE when inside an instruction ---- */
void mol_exit_mmio(struct molvm_vcpu *vcpu, uint32_t raw, const molvm_access *a, bool is_write,
		   uint32_t flags);
void mol_exit_mem_fault(struct molvm_vcpu *vcpu, uint32_t ea, uint64_t pa, enum ppc_access access);
void mol_exit_debug(struct molvm_vcpu *vcpu, uint32_t kind, uint32_t id, uint32_t ea, uint32_t len);
bool mol_exit_hypercall(struct ppc_cpu *cpu, uint32_t raw);
void mol_exit_hypercall_answer(struct molvm_vcpu *vcpu);
bool mol_exit_spr(struct ppc_cpu *cpu, unsigned number, bool write, uint32_t *value);
uint32_t mol_exit_exception(struct molvm_vcpu *vcpu, const struct ppc_exception *exc);
uint32_t mol_exit_idle(struct molvm_vcpu *vcpu, uint64_t now);
uint32_t mol_exit_system(struct molvm_vcpu *vcpu, uint32_t type);
uint32_t mol_exit_internal(struct molvm_vcpu *vcpu, uint32_t suberror, uint64_t a, uint64_t b);
void mol_exit_sync_in(struct molvm_vcpu *vcpu);
void mol_exit_sync_out(struct molvm_vcpu *vcpu);

/* ---- vcpu.c ---- */
int mol_vcpu_create(molvm_vm *vm, uint32_t index, molvm_vcpu **out);
void mol_vcpu_destroy(molvm_vcpu *vcpu);
void mol_vcpu_reset(molvm_vcpu *vcpu);
int mol_vcpu_run(molvm_vcpu *vcpu);
/* May this thread use an O function on it: 0 or BUSY. In a callback of this vCPU? */
int mol_vcpu_owned(const molvm_vcpu *vcpu, const char *who);
int mol_vm_owned(const molvm_vm *vm, const char *who);
bool mol_vcpu_inside(const molvm_vcpu *vcpu); /* this thread is in its molvm_run() */
bool mol_vcpu_may_touch(const molvm_vcpu *vcpu); /* it does not run, or this thread runs it */
/* For T functions, which may meet each other and the owner, and for O functions that change what
 * T functions do (decoded code): keep the vCPU from starting to run until released. False: it runs
 * elsewhere. vm->lock, if needed, is taken first. */
bool mol_vcpu_claim(molvm_vcpu *vcpu);
void mol_vcpu_release(molvm_vcpu *vcpu);
bool mol_vcpu_claimed(const molvm_vcpu *vcpu); /* by this thread */
/* Completed instructions, exact also inside one. Owner only. */
uint64_t mol_vcpu_insns(struct molvm_vcpu *vcpu);
/* Make run() come back at its next block end; signal safe. */
void mol_vcpu_attend(struct molvm_vcpu *vcpu, uint32_t what);
/* Take exc now (vcpu->cpu.r becomes the handler's). */
void mol_vcpu_enter(struct molvm_vcpu *vcpu, const struct ppc_exception *exc);
void mol_vcpu_forget_flight(struct molvm_vcpu *vcpu);

/* ---- irq.c ---- */
int mol_irq_set(molvm_vcpu *vcpu, uint32_t line, int level);
/* Move line states into cpu->r.pending. True: HRESET was raised. */
bool mol_irq_absorb(struct molvm_vcpu *vcpu);
int mol_vcpu_wait(molvm_vcpu *vcpu, uint64_t timeout_ns);

/* ---- clock.c ---- */
void mol_clock_init(molvm_vm *vm);
uint64_t mol_clock_now(struct molvm_vcpu *vcpu);
uint64_t mol_clock_ppc_tick(struct ppc_cpu *cpu); /* struct ppc_ops tick, tick_lately */
uint64_t mol_clock_ppc_tick_lately(struct ppc_cpu *cpu);
/* At most how many instructions before time `tick` may be there? (At least 1.) */
uint64_t mol_clock_insns_until(struct molvm_vcpu *vcpu, uint64_t now, uint64_t tick);
/* Nanoseconds of host time until then; UINT64_MAX if host time does not bring it about. */
uint64_t mol_clock_ns_until(struct molvm_vcpu *vcpu, uint64_t tick);
int mol_clock_set(molvm_vm *vm, const molvm_clock *ck);
void mol_clock_get(molvm_vm *vm, molvm_clock *out);
int mol_clock_advance(molvm_vm *vm, uint64_t ticks);
/* The owner takes over what other threads have advanced. */
void mol_clock_absorb(molvm_vm *vm);
/* The vCPU with this many instructions goes; the next one counts from 0, and time goes on. */
void mol_clock_rebase(molvm_vm *vm, uint64_t insns);

/* ---- reg.c ---- */
int mol_reg_get(molvm_vcpu *vcpu, uint32_t id, molvm_value *out);
int mol_reg_set(molvm_vcpu *vcpu, uint32_t id, const molvm_value *in);
int mol_reg_info(molvm_vm *vm, uint32_t index, molvm_reg_desc *out);
int mol_reg_find(molvm_vm *vm, const char *name, uint32_t *id);
uint32_t mol_reg_bits(uint32_t id); /* 0: no such class or index */

/* ---- break.c ---- */
int mol_break_add(molvm_vm *vm, uint32_t kind, uint64_t ea, uint32_t len);
int mol_break_remove(molvm_vm *vm, int id);
/* Does a data access touch a watchpoint or DABR? False: cpu->stop is set. */
bool mol_break_data(struct molvm_vcpu *vcpu, uint32_t ea, unsigned len, enum ppc_access access);
/* Does anything watch data in this page? */
bool mol_break_watches_page(const struct molvm_vcpu *vcpu, uint32_t ea);

/* ---- jit_dump.c; what backends call is in backend.h ---- */
/* Write a listing of each translation to this file, emptied first; "": no more. */
int mol_jit_dump_list(molvm_vm *vm, const char *path);
/* Name each translation in the map that Linux's perf reads. */
int mol_jit_dump_perf(molvm_vm *vm, bool on);
void mol_jit_dump_end(molvm_vm *vm);

/* ---- stats.c ---- */
int mol_stats_info(uint32_t index, molvm_stat_desc *out);
int mol_stats_read(molvm_vm *vm, molvm_vcpu *vcpu, uint64_t *values, size_t n);

#endif
