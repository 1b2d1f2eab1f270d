/* SPDX-License-Identifier: MIT
 * program.h - what the files of the differential tester of backends share.
 *
 * A program is a whole guest: functions with loops, branches and calls, exception handlers, page
 * tables, registers. It follows from a seed alone. Two machines run it, one on each backend, and
 * whatever the embedder can see of them is compared after every exit. The engine is used through
 * <molvm.h>; only words.c reads the instruction table, to know which words are instructions.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <molvm.h>

/* ---- words.c: random choices ---- */

struct choice {
	uint64_t state;
};
uint32_t any(struct choice *c);                 /* 32 random bits */
uint32_t below(struct choice *c, uint32_t n);   /* 0..n-1 */
bool chance(struct choice *c, uint32_t one_in);
uint32_t any_word(struct choice *c);            /* corners of integers, or random */
uint64_t any_double(struct choice *c);          /* NaNs, infinities, denormals, ties... */
uint32_t any_float(struct choice *c);

/* ---- guest-physical memory ---- */

#define PAGE 4096u
#define RAM_SIZE (64 * PAGE)
#define HANDLERS_PA 0x2000u /* where the vectors branch to */
#define FLAT_PA 0x6000u     /* a word for each of FLAT_PAGES pages: what software loads into a TLB */
#define FLAT_PAGES 512u
#define CELLS_PA 0x7000u    /* the handlers' counters and tables */
#define CODE_PA 0x10000u
#define CODE_PAGES 12u
#define DATA_PA 0x20000u
#define DATA_PAGES 16u
#define STACK_PA 0x3e000u
#define ROM_PA 0x100000u
#define READONLY_PA 0x110000u
#define DEVICE_PA 0x120000u
#define DATA_ALIAS_PA 0x130000u
#define CODE_ALIAS_PA 0x140000u
#define HOLE_PA 0x150000u
#define HTAB_PA 0x35ab0000u /* far from what random addresses hit */
#define HTAB_SIZE 0x10000u

/* ---- build.c, system.c: a program ---- */

enum { POINTERS = 6, INDICES = 2, LOOPS = 3, FUNCTIONS = 40 };

enum flavour { MIXED, INTEGER, MEMORY, FLOATING, VECTOR, SYSTEM, FLAVOURS };

struct program {
	uint64_t seed;
	struct choice random;
	/* What kind of guest. */
	uint32_t cpu; /* molvm_cpu_name() */
	enum flavour flavour;
	bool has_vectors, is_603, translated, by_bats, wild_fp;
	uint32_t msr; /* that of ordinary code */
	uint32_t code_base, data_base, code_alias_base; /* EA = base + PA */
	/* Registers with a role; all other ones are for any value. */
	uint8_t pointer[POINTERS], index[INDICES], loop[LOOPS], stack, pool[32];
	unsigned pool_size;
	/* What is loaded into the machines. */
	uint8_t ram[RAM_SIZE], htab[HTAB_SIZE];
	uint32_t gpr[32], sr[16], bat[16], cr, xer, fpscr, hid0, dec;
	uint64_t fpr[32];
	uint8_t vr[32][16];
	uint32_t function[FUNCTIONS], functions; /* PAs of their entries; the last one is main */
	uint32_t clock_num, clock_den, config_flags, ram_flags;
	/* While it is built. */
	uint32_t at;     /* PA of the next word */
	uint32_t handler, cell;
	uint32_t data_entry[DATA_PAGES]; /* PAs of the page table entries of data's EAs */
	bool few;        /* few registers in use: results meet operands */
	bool ctr_is_taken, lr_is_taken;
};

void program_generate(struct program *p, uint64_t seed);
/* system.c: configuration, page tables, vectors and handlers; then initial values. */
void program_choose_system(struct program *p);
void program_make_system(struct program *p);
uint32_t program_load_be32(const uint8_t *at);
void program_store_be32(uint8_t *at, uint32_t word);
/* words.c: a word of any row that leaves the flow of control alone, but for exceptions. */
void program_words_init(void);
uint32_t program_word(struct program *p, enum flavour flavour);
uint32_t program_register(struct program *p);

/* ---- the words that are composed by hand ---- */

#define W_D(op, d, a, imm) \
	((uint32_t)(op) << 26 | (uint32_t)(d) << 21 | (uint32_t)(a) << 16 | ((uint32_t)(imm) & 0xffff))
#define W_X(d, a, b, xo) W_D(31, d, a, (uint32_t)(b) << 11 | (uint32_t)(xo) << 1)
#define W_ADDI(d, a, imm) W_D(14, d, a, imm)
#define W_LIS(d, imm) W_D(15, d, 0, imm)
#define W_ORI(a, s, imm) W_D(24, s, a, imm)
#define W_LWZ(d, a, imm) W_D(32, d, a, imm)
#define W_STW(s, a, imm) W_D(36, s, a, imm)
#define W_STWU(s, a, imm) W_D(37, s, a, imm)
#define W_RLWINM(a, s, sh, mb, me) \
	W_D(21, s, a, (uint32_t)(sh) << 11 | (uint32_t)(mb) << 6 | (uint32_t)(me) << 1)
#define W_MFSPR(d, spr) W_X(d, (spr) & 31, (spr) >> 5, 339)
#define W_MTSPR(spr, s) W_X(s, (spr) & 31, (spr) >> 5, 467)
#define W_MTMSR(s) W_X(s, 0, 0, 146)
#define W_MTSR(n, s) W_X(s, n, 0, 210)
#define W_TLBIE(b) W_X(0, 0, b, 306)
#define W_BC(bo, bi, disp) W_D(16, bo, bi, (disp) & 0xfffc)
#define W_B(disp) (18u << 26 | ((uint32_t)(disp) & 0x03fffffc))
#define W_BCLR(bo, bi) W_D(19, bo, bi, 32)
#define W_BCCTR(bo, bi) W_D(19, bo, bi, 1056)
#define W_CMPWI(crf, a, imm) W_D(11, (crf) << 2, a, imm)
#define W_NOP 0x60000000u
#define W_RFI 0x4c000064u
#define W_ISYNC 0x4c00012cu
#define W_SYNC 0x7c0004acu
#define W_SC 0x44000002u
#define SPR_LR 8
#define SPR_CTR 9
#define SPR_DEC 22
#define SPR_SDR1 25
#define SPR_SRR0 26
#define SPR_SRR1 27
#define SPR_SPRG0 272
#define SPR_HID0 1008

/* ---- machine.c: one of the two ---- */

struct setup {
	const char *backend;
	uint64_t cache_bytes;
	const char *heat; /* the option jit.heat, NULL: as it is */
	const char *host; /* jit.host, the same */
	bool fastmem;
};

#define MAX_REGISTERS 320
#define MAX_STATISTICS 128

struct machine {
	const char *backend;
	molvm_vm *vm;
	molvm_vcpu *vcpu;
	molvm_run_page *page;
	uint8_t *ram, *htab;
	uint64_t device_sum; /* of all accesses to the device */
	uint64_t device_accesses;
	uint32_t effects;
	bool has_soft_tlb;
	uint32_t id[MAX_REGISTERS], ids;
	molvm_value value[MAX_REGISTERS];
};

void machine_create(struct machine *m, const struct program *p, const struct setup *s);
void machine_destroy(struct machine *m);
void machine_read_registers(struct machine *m);
/* Is there a difference after an exit? Says so line by line on `out` unless it is NULL. */
bool machines_differ(struct machine *want, struct machine *got, FILE *out);
/* Answer the exit, as a function of the exit alone. */
void machine_answer(struct machine *m);
/* One change from outside, drawn from c: the same on every machine in the same state. */
void machine_meddle(struct machine *m, const struct program *p, struct choice *c);

/* ---- coverage.c ---- */

/* Step through a program on the reference, and count what it executes, row by row. */
void coverage_add(const struct program *p, const struct setup *s, uint32_t slices);
/* Say what was executed less often than `least`; how many rows that are. */
unsigned coverage_print(uint64_t least);

/* ---- hunt.c: from a mismatch to an instruction ---- */

struct hunt {
	const struct setup *want, *got;
	uint32_t slices;       /* that a program runs for */
	uint64_t insns, exits; /* counted by pair_run(), as are the statistics of the one on trial */
	uint64_t stat[MAX_STATISTICS];
};

/* Where two machines first differ; slice == slices: nowhere. */
struct place {
	uint32_t slice;
	uint64_t budget;
};

/* The slices of a program: what comes before each, and its budget. */
struct player {
	struct choice c;
	uint32_t slice;
};
struct player player_new(const struct program *p);
uint64_t player_prepare(struct player *y, const struct program *p, struct machine *m, unsigned count);

/* Run a program until a difference, or until `last` is done. */
bool pair_run(struct hunt *h, const struct program *p, const struct place *last, struct place *found,
	      FILE *out);
/* Narrow it down, show it on stderr. */
void hunt_report(struct hunt *h, struct program *p, const struct place *found, bool shrink);

_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define MUST(truth) \
	do { \
		if (!(truth)) \
			fail("%s:%d: not so: %s (%s)", __FILE__, __LINE__, #truth, molvm_errmsg()); \
	} while (0)

#endif
