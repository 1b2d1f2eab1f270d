/* SPDX-License-Identifier: MIT
 * molvm.h - the whole public interface of libmolvm, and its manual.
 *
 * libmolvm runs a 32-bit PowerPC (603e, 604e, 750, 7400, 7410, 7450, 7455) inside
 * your process. You supply the machine around it: memory, devices, interrupts.
 *
 *   molvm_vm_create -> molvm_map_ram, molvm_map_device -> molvm_mem_write (a program)
 *   -> molvm_vcpu_create -> molvm_reg_set (PC) -> molvm_run, until it says to stop.
 *
 * Two ways to model a device, freely mixed: callbacks (molvm_map_device), so that
 * molvm_run() returns only when something ends; or no callbacks, and a switch on
 * the exit reason (EXIT_MMIO), as with KVM.
 *
 * Rules that hold everywhere:
 *  - A function returns 0 or a count, or a negative MOLVM_E_*; molvm_errmsg() then
 *    says in words which argument was wrong and why. Nothing prints, exits or aborts.
 *  - A struct that you fill has `size` first: set it to sizeof the struct. Unknown
 *    flag bits and nonzero reserved fields are refused.
 *  - Addresses, registers and times are 64 bits wide here, whatever the guest.
 *  - Each function names its threads:
 *      T  any thread, any time
 *      O  the vCPU's owner: the thread in molvm_run() (from a callback), or, while the
 *         vCPU is not running, any one thread at a time. From another thread while
 *         it runs: MOLVM_E_BUSY. A function on the VM is O with regard to each vCPU.
 *      S  any thread, any time, also from a signal handler
 *    Destroying an object while another thread still uses it is an error of yours that
 *    the library cannot detect.
 */
#ifndef MOLVM_H
#define MOLVM_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#if defined(_WIN32) && defined(MOLVM_BUILD)
# define MOLVM_API __declspec(dllexport)
#elif defined(_WIN32) && !defined(MOLVM_STATIC)
# define MOLVM_API __declspec(dllimport)
#elif defined(__GNUC__)
# define MOLVM_API __attribute__((visibility("default")))
#else
# define MOLVM_API
#endif

#define MOLVM_VERSION_MAJOR 0
#define MOLVM_VERSION_MINOR 1
#define MOLVM_VERSION ((MOLVM_VERSION_MAJOR << 16) | MOLVM_VERSION_MINOR)

typedef struct molvm_vm molvm_vm;     /* a machine: memory, clock, vCPUs */
typedef struct molvm_vcpu molvm_vcpu; /* one processor of it */

/* ==== status codes ====
 * Never renumbered. Each function lists those beyond MOLVM_E_INVAL (an argument or the
 * order of calls is wrong) and MOLVM_E_BUSY (an O function, vCPU running elsewhere). */
#define MOLVM_OK 0
#define MOLVM_E_INVAL (-1)
#define MOLVM_E_NOMEM (-2)
#define MOLVM_E_NOTSUP (-3)   /* this backend or build lacks it: molvm_check() tells */
#define MOLVM_E_NODEV (-4)    /* the named backend cannot be used here; the message says why */
#define MOLVM_E_PERM (-5)
#define MOLVM_E_BUSY (-6)     /* the vCPU is running in another thread */
#define MOLVM_E_EXIST (-7)    /* overlaps what is there */
#define MOLVM_E_NOENT (-8)    /* no such name, number or region */
#define MOLVM_E_FAULT (-9)    /* guest address without memory, or EA without translation */
#define MOLVM_E_VERSION (-10) /* a struct newer than this library */
#define MOLVM_E_IO (-11)
#define MOLVM_E_AGAIN (-12)
#define MOLVM_E_INTERNAL (-13) /* a bug of the library, caught: the process lives */

/* ==== the library ==== */

/* The version of the library in use, as MOLVM_VERSION. T. */
MOLVM_API uint32_t molvm_version(void);

/* A short English name of a status code; never NULL. T. */
MOLVM_API const char *molvm_strerror(int code);

/* What went wrong in the last failing call of this thread; "" if none has. Valid until this
 * thread's next failing call. T. */
MOLVM_API const char *molvm_errmsg(void);

/* Capabilities for molvm_check(). */
#define MOLVM_CAP_PAGE_SIZE 1       /* granule of the memory map in bytes: 4096 */
#define MOLVM_CAP_MAX_VCPUS 2       /* per VM */
#define MOLVM_CAP_INSN_BUDGET 3     /* 1 = approximate, 2 = exact */
#define MOLVM_CAP_CLOCK_INSN 4
#define MOLVM_CAP_HOOKS 5           /* reserved: 0 in this version */
#define MOLVM_CAP_DIRTY_LOG 6
#define MOLVM_CAP_MEM_FAULT_EXIT 7  /* MOLVM_MEM_DEMAND */
#define MOLVM_CAP_BREAKPOINTS 8     /* how many */
#define MOLVM_CAP_WATCHPOINTS 9     /* how many */
#define MOLVM_CAP_SNAPSHOT 10       /* reserved: 0 */
#define MOLVM_CAP_FORK 11           /* reserved: 0 */
#define MOLVM_CAP_SYNC_REGS 12      /* the run page's registers: a mask of MOLVM_SYNC_* */
#define MOLVM_CAP_COVERAGE 13       /* reserved: 0 */
#define MOLVM_CAP_TRAP_EXCEPTIONS 14 /* the vectors that can be trapped, as in trap_exceptions,
                                     * lower 31 bits */
#define MOLVM_CAP_TRAP_SPR 15       /* MOLVM_CFG_EXIT_SPR */
#define MOLVM_CAP_DOORBELL 16       /* reserved: 0 */
#define MOLVM_CAP_OSI 17
#define MOLVM_CAP_DETERMINISTIC 18  /* same inputs, same instruction counts, on any host */
#define MOLVM_CAP_WAIT 19           /* molvm_vcpu_wait() */

/* Is a capability there? Positive: yes (the value where the list gives it a meaning); 0: no, or
 * a number this library does not know. vm NULL: asked of the best available backend. T. */
MOLVM_API int molvm_check(molvm_vm *vm, uint32_t cap);

typedef struct molvm_backend_desc {
	uint32_t size, flags;
	int32_t available; /* 1: molvm_config.backend may name it; 0: reason says why not */
	int32_t reserved0;
	char name[16], version[32], reason[96];
} molvm_backend_desc;

/* Describe backend number index (0, 1... in order of preference). The caller sets out->size.
 * MOLVM_E_NOENT: past the end. T. */
MOLVM_API int molvm_backend_info(uint32_t index, molvm_backend_desc *out);

/* The name of CPU model number index ("603e", "750"...), NULL past the end. T. */
MOLVM_API const char *molvm_cpu_name(uint32_t index);

/* Spell an instruction word at address ea as an assembler would, without extended
 * mnemonics. Always terminates buf (n > 0);
 * returns the length of the whole text. T. */
MOLVM_API int molvm_disasm(uint64_t ea, uint32_t insn, char *buf, size_t n);

/* ==== virtual machines ==== */

/* Log levels: 1 error, 2 warning, 3 information. A message is one line without newline. */
typedef void (*molvm_log_fn)(void *opaque, uint32_t level, const char *msg);

/* Where the library's own objects come from (guest RAM is mapped by the host's mmap, or yours).
 * alloc: n bytes aligned to align (a power of two), or NULL; free gets the same n. Called only
 * from within calls that create, map or destroy, never while the guest runs. */
typedef struct molvm_allocator {
	uint32_t size, flags; /* flags: 0 */
	void *(*alloc)(void *opaque, size_t n, size_t align);
	void (*free)(void *opaque, void *p, size_t n);
	void *opaque;
} molvm_allocator;

#define MOLVM_CFG_STRICT_SANDBOX 1u /* the library opens no file, socket or thread of its own
                                     * (the software backends never do) */
#define MOLVM_CFG_NO_JIT 2u         /* never generate host code */
#define MOLVM_CFG_NO_OSI 4u         /* the Mac-on-Linux OSI call is a plain sc */
#define MOLVM_CFG_FASTMEM 8u        /* translated code may access RAM without asking: faster, at the
                                     * price of a handler for SIGSEGV and SIGBUS: see molvm(3). Where
                                     * that has no use (other backends, other hosts than Linux on
                                     * x86-64) it is ignored */
#define MOLVM_CFG_NO_SC1 16u        /* `sc 1` is a plain sc, as on the real processors */
#define MOLVM_CFG_EPAPR 32u         /* report `sc 1` as an ePAPR call: number in r11 */
#define MOLVM_CFG_EXIT_SPR 64u      /* mfspr, mtspr of an SPR that the CPU model lacks exit
                                     * (EXIT_SPR) instead of raising the exception */

typedef struct molvm_config {
	uint32_t size;            /* sizeof(molvm_config) */
	uint32_t flags;           /* MOLVM_CFG_* */
	const char *backend;      /* "interp", "jit"; NULL: the library's choice */
	const char *cpu;          /* "603e", "604e", "750", "7400", "7410", "7450", "7455"; NULL: "7400" */
	uint32_t pvr;             /* what the guest reads from PVR; 0: as the model has it */
	uint32_t reserved0;
	uint64_t timebase_hz;     /* ticks a second of TB and DEC; 0: 25 MHz; at most 10^10 */
	uint64_t jit_cache_bytes; /* for decoded or translated code, committed as used; 0: 16 MiB; at
	                           * most 1 GiB, at least 64 KiB, whatever is asked */
	const molvm_allocator *allocator; /* copied; NULL: malloc */
	molvm_log_fn log;         /* NULL: silent */
	void *log_opaque;
	uint64_t reserved[4];
} molvm_config;

/* Create a VM without memory or vCPUs; its clock is HOST. cfg NULL: every default.
 * MOLVM_E_NOMEM; MOLVM_E_NOENT: unknown cpu or backend name; MOLVM_E_NODEV: the backend is known
 * and cannot be used; MOLVM_E_VERSION: cfg->size is larger than this library knows and the
 * surplus is not zero. T. */
MOLVM_API int molvm_vm_create(const molvm_config *cfg, molvm_vm **out);

/* Destroy a VM with its vCPUs and its memory (yours, from map_ram, stays). NULL is allowed. A VM
 * with a running vCPU is left alone, with a message in molvm_errmsg(). O. */
MOLVM_API void molvm_vm_destroy(molvm_vm *vm);

/* Hard reset of every vCPU: registers as at power-on, interrupt lines down, exits in flight
 * forgotten. Memory, map, clock and breakpoints stay. flags: 0. Not from a callback (BUSY). O. */
MOLVM_API int molvm_vm_reset(molvm_vm *vm, uint32_t flags);

/* molvm_vcpu_kick() for each vCPU. S. */
MOLVM_API int molvm_vm_kick(molvm_vm *vm);

/* Set a named option.
 *   jit.heat  0..255: how often `jit` interprets code before it translates it; 0: at first sight
 *   jit.host  native: use all that the host has; x86-64: no more than sse2, ssse3, sse4, avx or avx2
 *             (each with all before it; avx2 with all but AVX-512 and a fast PEXT), to find out whether
 *             a fault is in code for some hosts only. Before molvm_vcpu_create()
 *   jit.dump  a path: list each translation there, guest and host code; the file is emptied first;
 *             "": no more. Before molvm_vcpu_create(): what all translations share is listed too
 *   jit.perf  1: name each translation by its EA in /tmp/perf-PID.map, where perf report looks; lines
 *             are added to what is there, and stay behind; 0: no more
 * When a write of these fails later it ends both, with a line to cfg->log.
 * MOLVM_E_NOENT: no such key. MOLVM_E_IO: jit.dump, jit.perf: the file cannot be written.
 * MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_option_set(molvm_vm *vm, const char *key, const char *value);

/* ==== guest-physical memory ====
 * The map is a set of regions that do not overlap. Addresses and lengths are multiples of 4096
 * below 2^36. What no region covers is a hole: a data access there is EXIT_MMIO, an instruction
 * fetch a machine check. Map functions are O, and may be called from device callbacks (a PCI
 * bridge moving a BAR): they hold from the next access on. */
#define MOLVM_MEM_READONLY 0x01u  /* a guest store is EXIT_MMIO (flash models) */
#define MOLVM_MEM_ROM 0x02u       /* a guest store is dropped */
#define MOLVM_MEM_PRIVATE 0x04u   /* map_file: copy on write, the file stays as it is */
#define MOLVM_MEM_DIRTY_LOG 0x08u /* note which pages are written: molvm_mem_dirty() */
#define MOLVM_MEM_NOEXEC 0x10u    /* an instruction fetch is a machine check */
#define MOLVM_MEM_DEMAND 0x20u    /* the first touch of each 4096-byte page is EXIT_MEM_FAULT */

/* RAM. host NULL: the library maps zeroed memory, committed as it is touched. Otherwise len bytes
 * of yours, page-aligned, alive until unmapped. One buffer may be mapped at several addresses if
 * each piece lies within the first one mapped. MOLVM_E_EXIST (overlap), MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_map_ram(molvm_vm *vm, uint64_t gpa, uint64_t len, void *host, uint32_t flags);

/* A file as RAM, shared (stores reach the file) or MOLVM_MEM_PRIVATE. offset: a multiple of the
 * host's page size; the file must reach offset + len and must not shrink while mapped. fd may be
 * closed afterwards. A read-only fd needs PRIVATE, READONLY or ROM.
 * MOLVM_E_IO: the host's mmap or fstat refused; MOLVM_E_EXIST, MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_map_file(molvm_vm *vm, uint64_t gpa, uint64_t len, int fd, uint64_t offset,
			     uint32_t flags);

/* The memory at target_gpa once more at gpa: same bytes, flags as the target has them now (later
 * molvm_protect() concerns one of them). The target must lie in one region of RAM.
 * MOLVM_E_FAULT: no RAM there; MOLVM_E_EXIST, MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_map_alias(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t target_gpa);

/* One guest access, as a device sees it. */
typedef struct molvm_access {
	uint64_t addr;  /* offset into the region as it was mapped */
	uint64_t gpa;   /* guest-physical address */
	uint64_t ea;    /* effective address */
	uint64_t pc;    /* address of the instruction */
	uint64_t value; /* the number in the CPU register: write: in; read: out */
	uint32_t len;   /* 1, 2, 4 or 8 */
	uint32_t flags; /* 0 */
	molvm_vcpu *vcpu;
} molvm_access;

/* What a device callback returns. */
#define MOLVM_MMIO_OK 0
#define MOLVM_MMIO_BUS_ERR 1 /* machine check in the guest */
#define MOLVM_MMIO_TO_EXIT 2 /* not done: hand this access to the run loop as EXIT_MMIO */
#define MOLVM_MMIO_STOP 3    /* done; molvm_run() returns EXIT_STOPPED after this instruction */

#define MOLVM_MMIO_F_LITTLE_ENDIAN 1u /* registers are little-endian: value is byte-swapped, so that
                                       * lwbrx and stwbrx carry plain numbers */
#define MOLVM_MMIO_F_POSTED 2u        /* writes may be delivered late, in order (now: never late) */
#define MOLVM_MMIO_F_CONCURRENT 4u    /* callbacks may run on several vCPU threads at once */

/* A value is a number, not bytes: `stw` of 0x11223344 arrives as 0x11223344, `stwbrx` of it as
 * 0x44332211. A NULL callback stands for MOLVM_MMIO_TO_EXIT. A longer access than max_len comes as
 * several, lowest address first; of a shorter one than min_len the whole aligned unit is read, and
 * for a write merged and written back. 0 for either: 1 and 8. A misaligned access is one access
 * as long as it stays in the page. An instruction that must be restarted (page fault, EXIT_MMIO
 * in its middle) does not repeat device accesses already made before an exit. */
typedef struct molvm_device_ops {
	uint32_t size;
	uint32_t flags;            /* MOLVM_MMIO_F_* */
	uint32_t min_len, max_len; /* 0, 1, 2, 4 or 8 */
	int (*read)(void *opaque, molvm_access *a);
	int (*write)(void *opaque, molvm_access *a);
} molvm_device_ops;

/* A device. ops is copied; NULL: every access is EXIT_MMIO. Callbacks run in the thread that is
 * in molvm_run() and may call any O function on this VM but molvm_run, reset, wait,
 * exception_inject and destroy, and set any register but PC and MSR. MOLVM_E_EXIST,
 * MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_map_device(molvm_vm *vm, uint64_t gpa, uint64_t len, const molvm_device_ops *ops,
			       void *opaque);

/* Remove whatever is mapped in the range; regions that reach beyond are cut.
 * MOLVM_E_NOENT: nothing there; MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_unmap(molvm_vm *vm, uint64_t gpa, uint64_t len);

/* Change READONLY, ROM, DIRTY_LOG and NOEXEC of a range of RAM, all of it mapped; regions are cut
 * as needed. MOLVM_E_FAULT: not all RAM; MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_protect(molvm_vm *vm, uint64_t gpa, uint64_t len, uint32_t flags);

#define MOLVM_REGION_RAM 1
#define MOLVM_REGION_FILE 2
#define MOLVM_REGION_ALIAS 3
#define MOLVM_REGION_DEVICE 4
#define MOLVM_REGION_DOORBELL 5 /* reserved */
typedef struct molvm_region {
	uint32_t size, kind, flags, reserved;
	uint64_t gpa, len, fd_off; /* fd_off: FILE: offset; ALIAS: target address */
	void *host;                /* RAM, FILE, ALIAS: the bytes */
} molvm_region;

/* Describe region number index, in order of address. The caller sets out->size.
 * MOLVM_E_NOENT: past the end. T. */
MOLVM_API int molvm_map_info(molvm_vm *vm, uint32_t index, molvm_region *out);

/* Copy from or to guest memory, as bytes; all of the range must be RAM or ROM (never a device).
 * Writes go through READONLY and ROM, mark pages dirty and present, and reach code already
 * decoded: at once when called by the owner, else at the vCPU's next look around.
 * MOLVM_E_FAULT: not all memory; nothing was copied. T. */
MOLVM_API int molvm_mem_read(molvm_vm *vm, uint64_t gpa, void *buf, size_t len);
MOLVM_API int molvm_mem_write(molvm_vm *vm, uint64_t gpa, const void *buf, size_t len);

/* The host address of len bytes at gpa, all in one region of RAM; valid until unmapped. Pages of a
 * DEMAND region count as present from then on. After writing through it tell molvm_mem_changed().
 * MOLVM_E_FAULT. T. */
MOLVM_API int molvm_mem_ptr(molvm_vm *vm, uint64_t gpa, uint64_t len, void **out);

/* You wrote to these bytes through a pointer: decoded code there is stale, pages are dirty.
 * MOLVM_E_FAULT. T. */
MOLVM_API int molvm_mem_changed(molvm_vm *vm, uint64_t gpa, uint64_t len);

/* Give pages back to the host: RAM reads as zero afterwards, a PRIVATE file as the file, and DEMAND
 * pages are absent again. MOLVM_E_FAULT; MOLVM_E_NOTSUP: a shared file. O. */
MOLVM_API int molvm_mem_discard(molvm_vm *vm, uint64_t gpa, uint64_t len);

#define MOLVM_DIRTY_CLEAR 1u /* forget what is reported */
/* Which 4096-byte pages of a DIRTY_LOG region were written (by the guest, mem_write, mem_changed)
 * since logging began or they were last cleared? Bit n % 64 of bitmap[n / 64] is page n of the
 * range; unused bits of the last word are 0; bitmap NULL: only count. Returns how many.
 * MOLVM_E_FAULT: not all in RAM with DIRTY_LOG. O. */
MOLVM_API int64_t molvm_mem_dirty(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t *bitmap,
				  uint32_t flags);

/* ==== vCPUs and running ==== */

#define MOLVM_EXIT_UNKNOWN 0
#define MOLVM_EXIT_MMIO 1       /* u.mmio: a data access that nothing handled: answer and run again */
#define MOLVM_EXIT_HYPERCALL 2  /* u.hypercall: answer and run again */
#define MOLVM_EXIT_IDLE 3       /* u.idle: asleep until an interrupt. HOST clock:
				 * molvm_vcpu_wait(). INSN, MANUAL: time stands still meanwhile;
				 * molvm_clock_advance() by wake_timebase - timebase. Run again */
#define MOLVM_EXIT_DEBUG 4      /* u.debug: breakpoint, watchpoint or single step */
#define MOLVM_EXIT_IRQ_WINDOW 5 /* an external interrupt would be taken now */
#define MOLVM_EXIT_SYSTEM 6     /* u.system: checkstop, reset */
#define MOLVM_EXIT_BUDGET 7     /* insn_budget used up */
#define MOLVM_EXIT_DEADLINE 8   /* tb_deadline reached */
#define MOLVM_EXIT_KICKED 9     /* molvm_vcpu_kick(), or immediate_exit */
#define MOLVM_EXIT_MEM_FAULT 10 /* u.mem_fault: a DEMAND page is touched for the first time */
#define MOLVM_EXIT_SPR 11       /* u.spr: see MOLVM_CFG_EXIT_SPR */
#define MOLVM_EXIT_INSN 12      /* reserved */
#define MOLVM_EXIT_EXCEPTION 13 /* u.exception: trapped before its delivery */
#define MOLVM_EXIT_HOOK 14      /* reserved */
#define MOLVM_EXIT_FAIL_ENTRY 15 /* u.fail_entry: a state that this library cannot run */
#define MOLVM_EXIT_INTERNAL 16  /* u.internal: a bug of the library; the process lives */
#define MOLVM_EXIT_STOPPED 17   /* a device callback returned MOLVM_MMIO_STOP */

/* Registers that molvm_run() copies to and from the run page when asked to. */
#define MOLVM_SYNC_GPRS 1u    /* gpr[] */
#define MOLVM_SYNC_SPECIAL 2u /* pc msr lr ctr srr0 srr1 cr xer dsisr dar */
typedef struct molvm_sync_regs {
	uint64_t gpr[32];
	uint64_t pc, msr, lr, ctr, srr0, srr1;
	uint32_t cr, xer, dsisr, reserved0;
	uint64_t dar, reserved[7];
} molvm_sync_regs;

/* The page shared with the vCPU: you write the inputs before molvm_run(), and read the rest after
 * it. The inputs are looked at on entry and whenever the loop looks around; to end a run from
 * elsewhere use molvm_vcpu_kick(). The library changes no input but regs_dirty. "In" members of
 * a record are yours to fill before the next molvm_run(). */
typedef struct molvm_run_page {
	/* 0x000: in */
	uint8_t immediate_exit;     /* finish the instruction of the last exit, then EXIT_KICKED */
	uint8_t request_irq_window; /* EXIT_IRQ_WINDOW when MSR[EE] lets an external interrupt in */
	uint8_t single_step;        /* EXIT_DEBUG after one instruction (or interrupt entry) */
	uint8_t pad0[5];
	uint64_t insn_budget;       /* EXIT_BUDGET after that many instructions, exactly; 0: none. An
	                             * exception right after another, with no instruction completed
	                             * between them, counts as one, so that a guest whose handlers
	                             * fault for ever ends too. */
	uint64_t tb_deadline;       /* EXIT_DEADLINE at that time (see Time); 0: none */
	uint64_t trap_exceptions;   /* bit v: EXIT_EXCEPTION before vectors 0x100*v..0x100*v+0xff */
	uint64_t in_reserved[4];
	/* 0x040: out */
	uint32_t exit_reason;       /* MOLVM_EXIT_*, also what molvm_run() returned */
	uint32_t exit_flags;        /* 0 */
	uint64_t insns;             /* completed by this call */
	uint64_t insns_total;       /* completed since the vCPU was created */
	uint64_t timebase;          /* the VM's time now */
	uint64_t pc, msr;
	uint64_t out_reserved[2];
	/* 0x080: the record of the exit reason */
	union {
		/* The instruction at pc is not done. To go on: write: take value; read: set value (the
		 * number that the register gets); run again. status: MOLVM_MMIO_OK (preset) or
		 * MOLVM_MMIO_BUS_ERR (machine check). */
		struct {
			uint64_t gpa, ea, value; /* value: in for reads */
			uint32_t len;            /* 1, 2, 4, 8 */
			uint8_t is_write;
			uint8_t status;          /* in */
			uint8_t pad[2];
			uint32_t insn;           /* the instruction word */
			uint32_t flags;          /* MOLVM_MMIO_X_* */
		} mmio;
		/* pc is at the sc. args: r3..r10. Set ret[0..nret-1], at most 4, for r3..; nret is preset
		 * to 0: no register changes. flags MOLVM_HCALL_F_PLAIN: not for me: raise the system call
		 * exception in the guest. msr in the page tells user mode. */
		struct {
			uint32_t kind, nr;
			uint64_t args[8];
			uint64_t ret[4];         /* in */
			uint32_t nret, flags;    /* in */
		} hypercall;
		/* wake_timebase: when the decrementer will wake it; UINT64_MAX: never */
		struct {
			uint32_t mode, pad;      /* MOLVM_IDLE_* */
			uint64_t wake_timebase;
		} idle;
		/* kind: MOLVM_BREAK_* or MOLVM_DEBUG_STEP. Breakpoints and watchpoints are reported before
		 * the instruction; running again passes it. */
		struct {
			uint32_t kind, id;
			uint64_t ea, gpa;
			uint32_t len, pad;
		} debug;
		struct {
			uint32_t type, code;     /* MOLVM_SYS_* */
			uint64_t data[8];        /* CHECKSTOP: SRR0, SRR1 as the last exception
						 * taken left them; pc is where it ended */
		} system;
		/* Bring gpa..gpa+len-1 in (molvm_mem_write, or through a pointer), run again. The page
		 * counts as present from this exit on. */
		struct {
			uint64_t gpa, ea, len;
			uint32_t access, flags;  /* MOLVM_ACC_* */
		} mem_fault;
		/* As mmio; status 0 (preset): done; 1: no such register, raise the exception. */
		struct {
			uint64_t value;
			uint32_t spr;
			uint8_t is_write, status, pad[2];
		} spr;
		struct { uint64_t ea; uint32_t insn; uint8_t action, pad[3]; } insn; /* reserved */
		/* srr0, srr1, dar, dsisr as the guest would see them. action: MOLVM_EXC_*. */
		struct {
			uint64_t srr0, srr1, dar;
			uint32_t vector, dsisr;
			uint8_t action, pad[7];  /* in */
		} exception;
		struct { uint32_t id, pad; uint64_t ea; } hook;     /* reserved */
		struct { uint64_t hw_reason; } fail_entry;          /* MOLVM_FAIL_* */
		struct {
			uint32_t suberror, recoverable, ndata, pad;
			uint64_t data[16];
		} internal;
		uint8_t padding[256];
	} u;
	/* 0x180: in: regs_valid: the MOLVM_SYNC_* groups to store into s.regs at each exit;
	 * regs_dirty: those to load from it on entry (cleared then). */
	uint64_t regs_valid, regs_dirty;
	union {
		molvm_sync_regs regs;
		uint8_t padding[2048];
	} s;
} molvm_run_page;

#define MOLVM_MMIO_X_UNMAPPED 1u /* u.mmio.flags: no region there */
#define MOLVM_MMIO_X_READONLY 2u /* u.mmio.flags: a store to a READONLY region */
#define MOLVM_HCALL_OSI 1   /* sc with r3 = 0x113724fa, r4 = 0x77810f9b; nr is r5 */
#define MOLVM_HCALL_SC1 2   /* sc 1; nr is r3 */
#define MOLVM_HCALL_EPAPR 3 /* sc 1 under MOLVM_CFG_EPAPR; nr is r11 */
#define MOLVM_HCALL_F_PLAIN 1u
#define MOLVM_IDLE_DOZE 1
#define MOLVM_IDLE_NAP 2
#define MOLVM_IDLE_SLEEP 3  /* the decrementer does not wake it */
#define MOLVM_SYS_SHUTDOWN 1 /* reserved */
#define MOLVM_SYS_RESET 2     /* MOLVM_IRQ_HRESET was raised: the vCPU is reset; yours may follow */
#define MOLVM_SYS_CHECKSTOP 3 /* machine check with MSR[ME] off: stopped until a reset */
#define MOLVM_EXC_DELIVER 0
#define MOLVM_EXC_IGNORE 1    /* as if it had not happened; set the PC first */
#define MOLVM_DEBUG_STEP 8u
#define MOLVM_FAIL_LITTLE_ENDIAN 1 /* MSR[LE] was set: little-endian mode is not implemented */

/* Create vCPU number index (0 .. MOLVM_CAP_MAX_VCPUS - 1), reset as at power-on: PC 0xfff00100,
 * MSR 0x40 (IP: vectors at 0xfff00000; clear it for vectors at 0).
 * MOLVM_E_EXIST, MOLVM_E_NOMEM. O. */
MOLVM_API int molvm_vcpu_create(molvm_vm *vm, uint32_t index, molvm_vcpu **out);

/* Destroy a vCPU. NULL is allowed. A running one is left alone, with a message. O. */
MOLVM_API void molvm_vcpu_destroy(molvm_vcpu *c);

/* Hard reset: see molvm_vm_reset(). Not from a callback (MOLVM_E_BUSY). O. */
MOLVM_API int molvm_vcpu_reset(molvm_vcpu *c);

/* The run page: the same address for the vCPU's whole life; NULL if c is NULL. T. */
MOLVM_API molvm_run_page *molvm_vcpu_page(molvm_vcpu *c);

/* Run until something has to be told. Returns the exit reason (> 0) or a negative code; the page
 * has the details. The instruction of an MMIO, HYPERCALL, SPR or MEM_FAULT exit is completed by the
 * next call before anything else happens (interrupts, kicks, budgets included), unless the PC was
 * changed: then it is forgotten. When several reasons hold at once the order is: what the last
 * instruction caused (a step included), SYSTEM, KICKED, BUDGET, DEADLINE, IRQ_WINDOW, IDLE; an
 * interrupt is taken after DEADLINE and before IRQ_WINDOW. MOLVM_E_BUSY: it is running, or this is
 * a callback of it. O. */
MOLVM_API int molvm_run(molvm_vcpu *c);

/* Make molvm_run() return EXIT_KICKED soon, or at once when next called: a kick is never lost, and
 * several are one until a run has returned KICKED. Ends molvm_vcpu_wait() too. S. */
MOLVM_API int molvm_vcpu_kick(molvm_vcpu *c);

/* After EXIT_IDLE: sleep in the host until the vCPU has something to do: a kick, an interrupt line,
 * the decrementer (HOST clock), or timeout_ns nanoseconds of host time (UINT64_MAX: no limit).
 * Under the INSN and MANUAL clocks no time passes here: only a kick or a line ends it.
 * Returns 1: something may have happened; 0: the time is over. A vCPU that is not idle: 1. O. */
MOLVM_API int molvm_vcpu_wait(molvm_vcpu *c, uint64_t timeout_ns);

/* Interrupt lines. EXT is a level; the others act when raised from 0 to 1. */
#define MOLVM_IRQ_EXT 0
#define MOLVM_IRQ_SMI 1    /* models without SMI: MOLVM_E_NOTSUP */
#define MOLVM_IRQ_MCP 2    /* machine check pin */
#define MOLVM_IRQ_SRESET 3
#define MOLVM_IRQ_HRESET 4 /* resets the vCPU and exits with MOLVM_SYS_RESET */
/* Drive a line to 0 or 1. Seen at the latest when the present block of instructions ends, and
 * exactly at the next instruction when the vCPU is not running. S. */
MOLVM_API int molvm_irq_set(molvm_vcpu *c, uint32_t line, int level);

#define MOLVM_EXC_F_DAR 1u   /* set DAR */
#define MOLVM_EXC_F_DSISR 2u /* set DSISR */
typedef struct molvm_exception {
	uint32_t size;
	uint32_t vector;    /* 0x100..0x2f00, a multiple of 0x20 */
	uint64_t srr1_bits; /* cause bits for SRR1, beside those from the MSR */
	uint64_t dar;
	uint32_t dsisr, flags;
} molvm_exception;
/* Make the vCPU enter an exception now, with SRR0 = PC, whatever MSR[EE] says; an instruction in
 * flight is forgotten. Not from a callback (MOLVM_E_BUSY). O. */
MOLVM_API int molvm_exception_inject(molvm_vcpu *c, const molvm_exception *e);

/* ==== registers ====
 * A register number has a class in bits 31..16 and an index in 15..0. */
#define MOLVM_REG(cls, n) (((uint32_t)(cls) << 16) | (uint32_t)(n))
#define MOLVM_REG_GPR(n) MOLVM_REG(1, n)
#define MOLVM_REG_FPR(n) MOLVM_REG(2, n) /* the 64 bits of a double */
#define MOLVM_REG_VR(n) MOLVM_REG(3, n)  /* 128 bits: regs_get and regs_set only */
#define MOLVM_REG_SPR(n) MOLVM_REG(4, n) /* any SPR by its architected number: LR is 8, DEC 22 */
#define MOLVM_REG_SR(n) MOLVM_REG(5, n)
#define MOLVM_REG_PC MOLVM_REG(6, 0)
#define MOLVM_REG_MSR MOLVM_REG(6, 1)
#define MOLVM_REG_CR MOLVM_REG(6, 2)
#define MOLVM_REG_FPSCR MOLVM_REG(6, 3) /* FEX and VX follow from the other bits */
#define MOLVM_REG_VSCR MOLVM_REG(6, 4)
#define MOLVM_REG_TB MOLVM_REG(6, 5)      /* what the guest reads with mftb, 64 bits */
#define MOLVM_REG_RESERVE MOLVM_REG(6, 6) /* lwarx reservation: block address | 1 if held */
#define MOLVM_REG_PENDING MOLVM_REG(6, 7) /* pending conditions: MOLVM_PEND_*; lines and latches */
#define MOLVM_PEND_EXTERNAL 1u
#define MOLVM_PEND_DECREMENTER 2u
#define MOLVM_PEND_SMI 4u
#define MOLVM_PEND_MACHINE_CHECK 8u
#define MOLVM_PEND_RESET 16u
#define MOLVM_PEND_PERFMON 32u
#define MOLVM_PEND_THERMAL 64u
typedef union molvm_value {
	uint64_t u64;
	double f64;    /* FPR */
	uint8_t b[16]; /* VR, as in guest memory: b[0] is the most significant */
	uint32_t w[4]; /* unused by the library */
} molvm_value;

/* Read or write one register, whatever the guest's privilege. A narrower register gives zeros above
 * and takes a value that fits (MOLVM_E_INVAL otherwise). Writing PC (a multiple of 4) forgets an
 * instruction in flight; bits of the MSR that the model lacks are dropped, LE is MOLVM_E_NOTSUP.
 * MOLVM_E_NOENT: no such register on this model. O. */
MOLVM_API int molvm_reg_get(molvm_vcpu *c, uint32_t id, uint64_t *out);
MOLVM_API int molvm_reg_set(molvm_vcpu *c, uint32_t id, uint64_t value);

/* The same for n registers, vector registers included. Stops at the first error: the registers
 * before it have been done. O. */
MOLVM_API int molvm_regs_get(molvm_vcpu *c, const uint32_t *ids, molvm_value *out, size_t n);
MOLVM_API int molvm_regs_set(molvm_vcpu *c, const uint32_t *ids, const molvm_value *in, size_t n);

typedef struct molvm_reg_desc {
	uint32_t size, id, bits, flags; /* bits: 32, 64 or 128 */
	char name[16], group[16];       /* "r3", "gpr" */
} molvm_reg_desc;
/* Describe register number index (0, 1...) of the VM's CPU model. MOLVM_E_NOENT: past the end. T. */
MOLVM_API int molvm_reg_info(molvm_vm *vm, uint32_t index, molvm_reg_desc *out);
/* The number of a register by name, upper or lower case. MOLVM_E_NOENT. T. */
MOLVM_API int molvm_reg_find(molvm_vm *vm, const char *name, uint32_t *id);

/* ==== effective addresses ==== */
#define MOLVM_ACC_READ 1u
#define MOLVM_ACC_WRITE 2u
#define MOLVM_ACC_EXEC 4u
#define MOLVM_XLATE_REAL 1     /* MSR[IR] or MSR[DR] is off */
#define MOLVM_XLATE_BAT 2
#define MOLVM_XLATE_PAGE 3     /* segment and hashed page table */
#define MOLVM_XLATE_SOFT_TLB 4 /* an entry of the software-loaded TLB */
typedef struct molvm_xlate {
	uint32_t size, kind;     /* MOLVM_XLATE_* */
	uint64_t gpa, page_size; /* page_size: bytes around ea that this answer covers */
	uint32_t prot;           /* MOLVM_ACC_READ, MOLVM_ACC_WRITE: allowed to the asked access's mode */
	uint32_t wimg;           /* W 8, I 4, M 2, G 1 */
	uint32_t vsid;           /* PAGE, SOFT_TLB */
	uint32_t fault;          /* with MOLVM_E_FAULT: the DSISR (EXEC: SRR1) bits of the exception */
	uint64_t pte_gpa;        /* PAGE */
} molvm_xlate;
/* Translate ea for one MOLVM_ACC_* under the present MSR, changing nothing (no R or C bit). The
 * caller sets out->size. MOLVM_E_FAULT: does not translate; out->fault is valid. O. */
MOLVM_API int molvm_translate(molvm_vcpu *c, uint64_t ea, uint32_t access, molvm_xlate *out);

/* Copy from or to effective addresses, translated as data accesses under the present MSR; protection
 * against writing is not asked (debuggers). MOLVM_E_FAULT: some byte does not translate or has no
 * memory; nothing was copied. O. */
MOLVM_API int molvm_ea_read(molvm_vcpu *c, uint64_t ea, void *buf, size_t len);
MOLVM_API int molvm_ea_write(molvm_vcpu *c, uint64_t ea, const void *buf, size_t len);

/* ==== time ====
 * A VM has one time, a count of timebase ticks, which never goes backward of itself; tb_deadline,
 * wake_timebase and timebase in the run page are of it. What the guest reads with mftb is this time
 * plus an offset, which is 0 until somebody writes TB. */
#define MOLVM_CLOCK_HOST 1   /* follows the host's monotonic clock at hz */
#define MOLVM_CLOCK_INSN 2   /* completed instructions x num / den: deterministic */
#define MOLVM_CLOCK_MANUAL 3 /* moves by molvm_clock_advance() alone */
typedef struct molvm_clock {
	uint32_t size, mode;
	uint64_t hz;       /* HOST: ticks a second, 0: timebase_hz; at most 10^10 */
	uint64_t timebase; /* set: the time from now on */
	uint64_t num, den; /* INSN: each 1..2^32-1, 0 stands for 1 */
	uint64_t reserved[2];
} molvm_clock;
/* Choose the clock and set the time. The decrementer keeps its value; TB moves with the time. O. */
MOLVM_API int molvm_clock_set(molvm_vm *vm, const molvm_clock *ck);
/* The present clock and time. The caller sets out->size. T. */
MOLVM_API int molvm_clock_get(molvm_vm *vm, molvm_clock *out);
/* Move the time of an INSN or MANUAL clock ticks forward. A running vCPU sees it when its present
 * block of instructions ends. HOST: MOLVM_E_INVAL. T. */
MOLVM_API int molvm_clock_advance(molvm_vm *vm, uint64_t ticks);

/* ==== debugging ==== */
#define MOLVM_BREAK_EXEC 1u
#define MOLVM_BREAK_READ 2u
#define MOLVM_BREAK_WRITE 4u
/* EXIT_DEBUG before an instruction in [ea, ea + len) is executed (EXEC; ea a multiple of 4, len 0
 * stands for 4), or before a data access touches [ea, ea + len) (READ and WRITE, may be combined;
 * len 0 stands for 1). Returns an id, 0 or more. MOLVM_E_NOMEM: MOLVM_CAP_BREAKPOINTS are set. O. */
MOLVM_API int molvm_break_add(molvm_vm *vm, uint32_t kind, uint64_t ea, uint32_t len);
/* MOLVM_E_NOENT: no such id. O. */
MOLVM_API int molvm_break_remove(molvm_vm *vm, int id);

/* ==== statistics ==== */
typedef struct molvm_stat_desc {
	uint32_t size, kind; /* kind: 0, a counter */
	char name[48], unit[16];
} molvm_stat_desc;
/* Describe statistic number index. The caller sets out->size. MOLVM_E_NOENT: past the end. T. */
MOLVM_API int molvm_stats_info(molvm_vm *vm, uint32_t index, molvm_stat_desc *out);
/* Read the first n statistics of a vCPU (c NULL: the sum over the VM's); returns how many there
 * are. Of a running vCPU the numbers are approximate. T. */
MOLVM_API int molvm_stats_read(molvm_vm *vm, molvm_vcpu *c, uint64_t *values, size_t n);

#ifdef __cplusplus
}
#endif
#endif
