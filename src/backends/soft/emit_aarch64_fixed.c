/* SPDX-License-Identifier: MIT
 * emit_aarch64_fixed.c - the fixed parts of the code buffer, and its upkeep after writing.
 *
 * Called by jit.c when a processor is made; the fixed parts call jit.c's helpers. The instruction
 * cache does not see stores, so whatever is written is made known [Arm ARM B2.2.5]. An emulator
 * of the host may still not see what was written through the other view: that is found out at the
 * beginning, and then the view's protection is changed to and fro, which emulators do see.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "emit_aarch64.h"

#define SAVED_AT FRAME_SIZE
#define WHOLE_FRAME (FRAME_SIZE + 96u)

/* ---- upkeep ---- */

void mol_jit_written(const struct jit *jit, uint32_t from, uint32_t to)
{
	uint32_t page = from & ~((uint32_t)sysconf(_SC_PAGESIZE) - 1);
	uint8_t *code = jit->executable;

	__builtin___clear_cache((char *)code + from, (char *)code + to);
	if (jit->emitter->views_differ) {
		mprotect(code + page, to - page, PROT_READ);
		mprotect(code + page, to - page, PROT_READ | PROT_EXEC);
	}
}

/* Does code that is written over once it has run do what it says now? */
static bool views_differ(struct jit *jit)
{
	typedef int number_fn(void);
	number_fn *number = (number_fn *)(uintptr_t)(jit->executable + jit->a.at);
	uint32_t start = jit->a.at;
	int last = 0;

	for (int n = 1; n < 3; n++) {
		jit->a.at = start;
		a64_mov_imm(&jit->a, X0, (uint32_t)n);
		a64_ret(&jit->a);
		mol_jit_written(jit, start, jit->a.at);
		last = number();
	}
	jit->a.at = start;
	return last != 2;
}

struct emitter *mol_jit_emitter_new(struct molvm_vm *vm)
{
	return mol_alloc(vm, sizeof(struct emitter));
}

void mol_jit_emitter_free(struct molvm_vm *vm, struct emitter *emitter)
{
	mol_free(vm, emitter, sizeof(*emitter));
}

void mol_jit_emit_dead(const struct jit *jit, uint32_t code, uint32_t ea, uint32_t undo)
{
	struct jit_code a = jit->a;

	a.full = false;
	a.at = code;
	a.end = jit->size;
	if (undo) {
		a64_b_to(&a, undo);
	} else {
		a64_mov_imm(&a, X0, ea);
		mol_jit_mem(&a, A64_STORE, 2, X0, AT(r.pc));
		a64_b_to(&a, jit->exit_lookup);
	}
	mol_jit_written(jit, code, a.at);
}

void mol_jit_emit_link(struct jit *jit, uint32_t where, uint32_t code)
{
	a64_patch(&jit->a, where, code);
	mol_jit_written(jit, where, where + 4);
}

/* ---- homes ---- */

static bool has_pair(unsigned n)
{
	return n + 1 < 32 && mol_jit_home[n] != JIT_NONE && mol_jit_home[n + 1] != JIT_NONE &&
	       mol_jit_gpr_at(n) < 256;
}

static void move_homes(struct jit_code *a, bool load)
{
	for (unsigned n = 0; n < JIT_REGISTERS; n++) {
		unsigned home = mol_jit_home[n];

		if (has_pair(n)) {
			a64_pair(a, 0, load ? A64_LDP : A64_STP, home, mol_jit_home[n + 1], CPU,
				 (int32_t)mol_jit_gpr_at(n));
			n++;
		} else if (home != JIT_NONE) {
			mol_jit_mem(a, load ? A64_LOAD : A64_STORE, 2, home, mol_jit_gpr_at(n));
		}
	}
	if (load)
		mol_jit_mem(a, A64_LOAD, 3, PAGES, AT(page));
}

static void move_saved(struct jit_code *a, enum a64_pair op)
{
	for (unsigned r = X19, at = SAVED_AT; r < X30; r += 2, at += 16)
		a64_pair(a, 1, op, r, r + 1, SP, (int32_t)at);
}

/* ---- the fixed parts ---- */

/* Homes are saved; X1 = the site, if what says so. */
static void emit_exit_saved(struct jit_code *a, enum jit_exit what)
{
	a64_mov_imm(a, X0, (uint32_t)what);
	if (what == JIT_EXIT_LINK)
		a64_op3_shifted(a, 1, A64_ORR, X0, X0, X1, A64_LSL, 8);
	a64_mov(a, 1, X1, LEFT);
	move_saved(a, A64_LDP);
	a64_add_imm(a, 1, A64_ADD, SP, SP, WHOLE_FRAME);
	a64_ret(a);
}

static void emit_exit(const struct jit *jit, struct jit_code *a, enum jit_exit what)
{
	move_homes(a, false);
	mol_jit_emit_fp_leave(jit, a);
	emit_exit_saved(a, what);
}

/* Homes are saved, and mol_jit_stopped() has answered: go on with other code, or leave. */
static void emit_next(struct jit_code *a)
{
	uint32_t leave;

	a64_mov(a, 1, LEFT, X1);
	leave = a64_cbz(a, 1, X0);
	move_homes(a, true);
	a64_br(a, X0);
	a64_patch(a, leave, a->at);
	emit_exit_saved(a, JIT_EXIT_RAN);
}

/* Arguments but for the first are in place. Homes are saved before it. */
static void emit_c_call(const struct jit *jit, struct jit_code *a, uintptr_t function)
{
	move_homes(a, false);
	mol_jit_emit_fp_leave(jit, a);
	a64_mov(a, 1, X0, CPU);
	a64_mov_imm64(a, X16, function);
	a64_blr(a, X16);
}

/* W1 = the site: deal with what stopped there. */
static void emit_stopped(const struct jit *jit, struct jit_code *a)
{
	a64_mov(a, 1, X2, LEFT);
	emit_c_call(jit, a, (uintptr_t)mol_jit_stopped);
	emit_next(a);
}

/* A handler: W1 = the word, W2 = the site, X4 = the handler. */
static void emit_call_handler(const struct jit *jit, struct jit_code *a)
{
	uint32_t leave;

	a64_mem(a, A64_STORE, 3, TMP, SP, FRAME_RETURN);
	a64_mov(a, 1, X3, LEFT);
	emit_c_call(jit, a, (uintptr_t)mol_jit_handle);
	a64_add_imm(a, 1, A64_SUBS, XZR, X0, (uint32_t)(uintptr_t)JIT_SAME_BLOCK);
	leave = a64_bcc(a, A64_NE);
	move_homes(a, true);
	a64_mem(a, A64_LOAD, 3, TMP, SP, FRAME_RETURN);
	a64_ret(a);
	a64_patch(a, leave, a->at);
	emit_next(a);
}

static struct jit_pair load(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t wide, uint64_t left)
{
	struct jit_pair done = { wide, mol_jit_light_load(cpu, ea, site, &done.value) };

	return done.ok == JIT_LIGHT_ASK ? mol_jit_slow_load(cpu, ea, site, wide, left) : done;
}

static struct jit_pair store(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t value, uint64_t left)
{
	struct jit_pair done = { 0, mol_jit_light_store(cpu, ea, site, value) };

	return done.ok == JIT_LIGHT_ASK ? mol_jit_slow_store(cpu, ea, site, value, left) : done;
}

/* Called with the frame filled; keeps every register, leaves a load's value in the frame. */
static void emit_access(struct jit *jit, bool write)
{
	struct jit_code *a = &jit->a;
	uint32_t stopped;

	a64_mem(a, A64_STORE, 3, TMP, SP, FRAME_RETURN);
	a64_pair(a, 1, A64_STP, X0, X1, SP, FRAME_SCRATCH);
	a64_pair(a, 1, A64_STP, X2, X3, SP, FRAME_SCRATCH + 16);
	a64_mem(a, A64_STORE, 3, X4, SP, FRAME_SCRATCH + 32);
	a64_mem(a, A64_LOAD, 2, X1, SP, FRAME_EA);
	a64_mem(a, A64_LOAD, 2, X2, SP, FRAME_SITE);
	a64_mem(a, A64_LOAD, 3, X3, SP, FRAME_VALUE);
	a64_mov(a, 1, X4, LEFT);
	emit_c_call(jit, a, write ? (uintptr_t)store : (uintptr_t)load);
	move_homes(a, true);
	/* What a store says is looked at behind it. */
	a64_mem(a, A64_STORE, 3, write ? X1 : X0, SP, write ? FRAME_DONE : FRAME_VALUE);
	if (write) {
		stopped = a64_cbz(a, 1, X1);
	} else {
		a64_add_imm(a, 1, A64_SUBS, XZR, X1, 1);
		stopped = a64_bcc(a, A64_NE);
	}
	a64_pair(a, 1, A64_LDP, X0, X1, SP, FRAME_SCRATCH);
	a64_pair(a, 1, A64_LDP, X2, X3, SP, FRAME_SCRATCH + 16);
	a64_mem(a, A64_LOAD, 3, X4, SP, FRAME_SCRATCH + 32);
	a64_mem(a, A64_LOAD, 3, TMP, SP, FRAME_RETURN);
	a64_ret(a);
	a64_patch(a, stopped, a->at);
	a64_mem(a, A64_LOAD, 2, X1, SP, FRAME_SITE);
	a64_b_to(a, jit->exit_stop);
}

void mol_jit_emit_fixed(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	uint32_t start = a->at;

	jit->ir.whole = true;
	jit->emitter->views_differ = views_differ(jit);
	mol_jit_emit_vec_fixed(jit);
	mol_jit_emit_fp_fixed(jit);
	/* struct jit_result enter(cpu, code, left) */
	jit->enter = a->at;
	a64_add_imm(a, 1, A64_SUB, SP, SP, WHOLE_FRAME);
	move_saved(a, A64_STP);
	a64_mov(a, 1, CPU, X0);
	a64_mov(a, 1, LEFT, X2);
	move_homes(a, true);
	a64_br(a, X1);

	jit->exit_lookup = a->at;
	emit_exit(jit, a, JIT_EXIT_LOOKUP);
	jit->exit_link = a->at;
	emit_exit(jit, a, JIT_EXIT_LINK);
	jit->exit_stop = a->at;
	emit_stopped(jit, a);
	jit->exit_slow = a->at;
	emit_exit(jit, a, JIT_EXIT_SLOW);
	jit->exit_interpret = a->at;
	emit_exit(jit, a, JIT_EXIT_INTERPRET);

	jit->call = a->at;
	emit_call_handler(jit, a);
	jit->load = a->at;
	emit_access(jit, false);
	jit->store = a->at;
	emit_access(jit, true);
	mol_jit_written(jit, start, a->at);
}
