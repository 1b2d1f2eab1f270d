/* SPDX-License-Identifier: MIT
 * jit.h - the translator's own structures: the code buffer, its fixed parts, the emitter's view.
 *
 * A translation belongs to a decoded block (soft.h) and to an EA that this is at, so that the
 * address of each instruction is a constant in it.
 */
#ifndef MOL_JIT_H
#define MOL_JIT_H

#include "jit_ir.h"
#include "soft.h"
#include "jit_code.h"
#include "jit_table.h"
#include "jit_version.h"

/* A place in a translation that may stop: what the helpers and the exits need of it. Exits by a direct
 * branch have sites too, whose retry is not 0. One whose block has something in host registers that
 * another version of the target could take over [jit_version.h] has two: where it leaves with
 * them, and where it leaves without. */
struct jit_site {
	union {
		uint32_t raw;
		uint32_t with; /* without: the number of the site that leaves with them */
	};
	union {
		uint32_t pc;
		uint32_t far;   /* without, if with is guarded: the code that leaves by the tables */
		uint32_t guard; /* with: 0, or where the number of the unit lies that the target's page has
		                 * to lead to */
	};
	union {
		uint16_t left;    /* instructions of the block from this one on */
		uint16_t state;   /* without: of the host registers; 0: there is no site with them */
	};
	uint8_t size, how;
	uint16_t unit;  /* of the block */
	bool is_block;  /* it stands for the block itself, which begins at pc */
	uint32_t retry; /* exit by a direct branch: where its displacement lies, to be linked */
	union {
		uint32_t block; /* an access: where its block begins */
		uint32_t stub;  /* the code it goes to while it is not linked */
	};
	uint32_t linked;  /* the code it is linked to, or 0 */
	uint32_t at;      /* of the code from here to the next site; and if that is an access by the window, */
	uint32_t landing; /* where it goes on when it faults, else 0 */
	uint32_t next;    /* of the links that lead to the same part of the buffer, + 1 */
	uint8_t missed;   /* faults for want of a context */
};

/* The buffer has parts, which are filled one after the other, round and round; each has sites of its
 * own. A part is emptied when its turn comes. */
#define JIT_PARTS 16u
#define JIT_PARTS_SMALL 4u /* of a buffer below JIT_SMALL */
#define JIT_SMALL (1u << 20)

struct jit_part {
	uint32_t sites; /* the end of its sites; not of the present part */
	uint32_t links; /* first of the links that lead here from parts that stay longer: site + 1 */
};

/* Why translated code came back. */
enum jit_exit {
	JIT_EXIT_LOOKUP, /* go on at cpu->r.pc */
	JIT_EXIT_LINK,   /* the same; the branch of this site may be linked */
	JIT_EXIT_SLOW,   /* budget or attention: pc begins a block that was not entered */
	JIT_EXIT_RAN,    /* mol_jit_stopped() has seen to everything: jit->ran */
	JIT_EXIT_INTERPRET, /* the same, and this block is to be interpreted */
};

struct jit_result {
	uint64_t what; /* enum jit_exit in bits 0-7, the site from bit 8 on */
	uint64_t left;
};

struct jit {
	const struct ppc_model *model;
	struct jit_code a;
	enum mol_jit_host host;
	uint8_t *reservation;           /* entries [jit_table.h] and the executable view */
	uint8_t *writable, *executable; /* two views of one buffer */
	uint32_t size, fixed_end;       /* code of blocks begins at fixed_end */
	uint32_t part;                  /* a.at and sites are in this one, a.end and end_sites are its ends */
	uint32_t parts, part_size, part_sites;
	struct jit_part of_part[JIT_PARTS];
	struct jit_table table;
	uint32_t unit;                  /* of the block that is being translated */
	bool windows;                   /* which may use them [core/window.c] */
	struct mol_catcher catcher;     /* first unused */
	struct jit_site *site;
	struct jit_versions versions;
	uint32_t sites, end_sites;
	size_t sites_size;
	/* The fixed parts. */
	uint32_t lane_masks;
	uint32_t constants_at, constants; /* vectors in the fixed part, and how many are there */
	uint32_t far; /* x86-64 */
	uint32_t enter, exit_lookup, exit_link, exit_stop, exit_slow, exit_interpret, call, load, store;
	uint32_t call_light;
	uint32_t fp_constants, fp_enter, fp_enter_vectors, fp_leave;
	struct jit_ir ir;
	uint8_t ran;        /* enum jit_ran, with JIT_EXIT_RAN */
	uint64_t answer[2]; /* of a load that is finished by its handler */
	struct emitter *emitter; /* the host's: emit_x86_64.h, emit_aarch64.h */
};

/* ---- the host's emitter: emit_x86_64*.c, emit_aarch64*.c ---- */
struct emitter *mol_jit_emitter_new(struct molvm_vm *vm); /* NULL: no memory */
void mol_jit_emitter_free(struct molvm_vm *vm, struct emitter *emitter);
void mol_jit_emit_fixed(struct jit *jit);
/* Translate block b as run at ea, to be entered with host registers in this state; 0: as all blocks
 * may be. Returns the offset of its code, 0 when the part is full, or it cannot be entered so. With a
 * state, what it returns lies behind the code that undoes the state and goes back to the run loop. */
uint32_t mol_jit_emit_block(struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t state);
/* The code at this offset is dead: whoever jumps to it shall go back to the run loop, at ea; by way of
 * the code at undo, if that is not 0. */
void mol_jit_emit_dead(const struct jit *jit, uint32_t code, uint32_t ea, uint32_t undo);
/* Let the branch whose displacement lies at where go to this code. */
void mol_jit_emit_link(struct jit *jit, uint32_t where, uint32_t code);
/* Let the branch of this site, which leaves with a state, go to this version of a block in unit. */
void mol_jit_emit_link_with(struct jit *jit, const struct jit_site *with, uint32_t unit, uint32_t code);

/* ---- jit_block.c: for the emitters ---- */
/* Into s->jit->ir: block b as run at ea, or what of it there is room for. */
void mol_jit_record_block(struct soft *s, const struct soft_block *b, uint32_t ea);
/* The number of a new site, which belongs to the present unit. */
uint32_t mol_jit_add_site(struct jit *jit, struct jit_site site);
/* The next code is what the direct branch of this site does until it is linked. */
void mol_jit_site_stub(struct jit *jit, uint32_t site, uint32_t where);
/* Is it sure that the block is not left in this operation, whatever the guest does, and that no handler
 * looks at the guest's registers? */
bool mol_jit_stays(const struct jit_operation *o);
/* How often each temp is an operand in this instruction. */
void mol_jit_count_uses(const struct jit_ir *ir, const struct jit_insn *insn, uint8_t uses[JIT_TEMPS]);
/* Operation o of the insn-th instruction, which may be the block's last, is about to be emitted, and
 * the compare of CR field f waits: it is operation JIT_WAITING(waiting[f]); 0: none. Bit f of the answer:
 * set that field now, if it waits, or keep the operands that o overwrites, and say so in waiting[].
 * Fields that nobody can look at any more are taken out of it. */
#define JIT_KEPT_A 0x4000u
#define JIT_KEPT_B 0x8000u
#define JIT_WAITING(w) (((w) & (JIT_KEPT_A - 1)) - 1)
unsigned mol_jit_cr_due(const struct jit_ir *ir, unsigned insn, const struct jit_operation *o, bool last,
			uint16_t waiting[8]);

/* ---- jit.c: called from translated code ---- */
struct jit_pair {
	uint64_t value, ok; /* ok: 1 done, 0 stopped, 2 done and leave the block */
};
/* Of 16 bytes: wide and value are the address of a union ppc_vr. */
struct jit_pair mol_jit_slow_load(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t wide,
				  uint64_t left);
struct jit_pair mol_jit_slow_store(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t value,
				   uint64_t left);

/* The instruction of this site stopped, or is done and its block is to be left: cpu->stop says why.
 * The code to go on with, or NULL: return with JIT_EXIT_RAN. In either case with this new `left`. */
struct jit_next {
	const uint8_t *code;
	uint64_t left;
};
struct jit_next mol_jit_stopped(struct ppc_cpu *cpu, uint32_t site, uint64_t left);
/* The handler does the instruction of this site; code: JIT_SAME_BLOCK to go on behind it. */
#define JIT_SAME_BLOCK ((const uint8_t *)1)
struct jit_next mol_jit_handle(struct ppc_cpu *cpu, uint32_t raw, uint32_t site, uint64_t left,
			       ppc_handler *handler);

/* ---- jit_light.c: called from translated code with its registers where they are ---- */
enum jit_light {
	JIT_LIGHT_STOPPED, /* cpu->stop says why */
	JIT_LIGHT_DONE,
	JIT_LIGHT_ASK,     /* nothing has been done: ask the function of jit.c */
};
/* Of 16 bytes: *value, or value, is the address of a union ppc_vr. */
enum jit_light mol_jit_light_load(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t *value);
enum jit_light mol_jit_light_store(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t value);
/* A segment register was written: what was known of contexts is void. */
void mol_jit_segments_changed(struct ppc_cpu *cpu);
/* tlbie on a model whose TLBs are not to be seen, of another page than the one in execution. */
void mol_jit_tlbie(struct ppc_cpu *cpu, uint32_t ea);
/* TBL now, under the host's clock. */
uint32_t mol_jit_tbl(struct ppc_cpu *cpu);

/* ---- jit_buffer.c: for jit.c ---- */
/* Is this the child of the process that the buffer belongs to? An entry is never 0. */
MOL_INLINE bool jit_is_forked(const struct jit *jit)
{
	return !jit->table.entries[0];
}
/* Where the present part begins. */
MOL_INLINE uint32_t jit_part_start(const struct jit *jit)
{
	return jit->fixed_end + jit->part * jit->part_size;
}
/* How many parts are emptied before this one. */
uint32_t mol_jit_turn(const struct jit *jit, uint32_t part);
/* The present part is full: the oldest one makes room. Decoded blocks stay. Not while translated code
 * runs. */
void mol_jit_next_part(struct soft *s);
/* A buffer of this process's own, with nothing in it but the fixed parts. */
bool mol_jit_begin_buffer(struct jit *jit);
/* All translations of block b at ea, in this unit, die. False: there were none. */
bool mol_jit_kill_in_unit(struct jit *jit, uint32_t unit, uint32_t ea, struct soft_block *b);
/* For the options jit.dump and jit.perf: what was emitted from this offset on, of block b, or NULL. */
void mol_jit_show(const struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t code);

/* ---- jit.c, jit_buffer.c; jit_none.c where there is no emitter for the host ---- */
const char *mol_jit_unavailable(void);
int mol_jit_init(struct soft *s, uint64_t bytes); /* 0, or MOLVM_E_* with its message */
void mol_jit_fini(struct soft *s);
/* Translate block b as run at ea, in this unit. As mol_jit_emit_block(). */
uint32_t mol_jit_translate(struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t unit,
			   uint32_t state);
/* A translation of the block at ea in this unit has made room for others. */
void mol_jit_evicted(struct soft *s, uint32_t unit, uint32_t ea);
enum jit_ran {
	JIT_RAN_LEAVE, /* return from run(), as with run_blocks() of run.c */
	JIT_RAN_ON,    /* go on */
	JIT_RAN_INTERPRET, /* the block at pc is to be interpreted */
	JIT_RAN_COLD,  /* there is no code at pc, or too little of the budget left for it */
};
/* Run translated code from cpu->r.pc on. */
enum jit_ran mol_jit_run(struct soft *s);
/* Block b, at pc, has no code there: interpret it, or, if it is warm, translate it. False: return
 * from run(). */
bool mol_jit_warm(struct soft *s, struct soft_block *b);
/* The MSR, or what is under the translation of EAs, changed. */
void mol_jit_mmu_event(struct soft *s, enum ppc_mmu_event what, uint32_t arg);
void mol_jit_forget_pages(struct soft *s);

#endif
