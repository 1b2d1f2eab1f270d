/* SPDX-License-Identifier: MIT
 * emit_x86_64_fixed.c - the fixed parts of the code buffer, and its upkeep after writing.
 *
 * Called by jit.c when a processor is made, or a block dies or is linked; the fixed parts call
 * jit.c's helpers.
 */
#include <limits.h>

#include "emit_x86_64.h"
#include "x86_sse.h"

/* ---- upkeep ---- */

void mol_jit_emit_dead(const struct jit *jit, uint32_t code, uint32_t ea, uint32_t undo)
{
	struct jit_code a = jit->a;

	a.full = false;
	a.at = code;
	a.end = jit->size;
	if (undo) {
		x86_jmp_to(&a, undo);
		return;
	}
	x86_store_imm(&a, AT(r.pc), ea);
	x86_jmp_to(&a, jit->exit_lookup);
}

void mol_jit_emit_link(struct jit *jit, uint32_t where, uint32_t code)
{
	x86_patch(&jit->a, where, code);
}

struct emitter *mol_jit_emitter_new(struct molvm_vm *vm)
{
	return mol_alloc(vm, sizeof(struct emitter));
}

void mol_jit_emitter_free(struct molvm_vm *vm, struct emitter *emitter)
{
	mol_free(vm, emitter, sizeof(*emitter));
}

/* ---- homes ---- */

static void save_homes(struct jit_code *a)
{
	for (unsigned n = 0; n < JIT_REGISTERS; n++)
		if (mol_jit_home[n] != JIT_NONE)
			x86_store(a, mol_jit_gpr_at(n), mol_jit_home[n]);
}

static void load_homes(struct jit_code *a)
{
	for (unsigned n = 0; n < JIT_REGISTERS; n++)
		if (mol_jit_home[n] != JIT_NONE)
			x86_load(a, mol_jit_home[n], mol_jit_gpr_at(n));
	x86_load64(a, RDI, AT(page));
}

/* ---- the fixed parts ---- */

/* RDX: the site, where that is wanted; R15: what is left. */
static void emit_exit_saved(struct jit_code *a, enum jit_exit what)
{
	if (what == JIT_EXIT_LINK) {
		x86_mov(a, RAX, RDX);
		x86_shift64_imm(a, SH_SHL, RAX, 8);
		x86_alu_imm_w(a, 1, ALU_OR, RAX, (uint32_t)what);
	} else {
		x86_mov_imm(a, RAX, (uint32_t)what);
	}
	x86_mov64(a, RDX, R15);
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, FRAME_SIZE);
	x86_pop(a, R15);
	x86_pop(a, R14);
	x86_pop(a, R13);
	x86_pop(a, R12);
	x86_pop(a, RBX);
	x86_pop(a, RBP);
	x86_ret(a);
}

static void emit_exit(const struct jit *jit, struct jit_code *a, enum jit_exit what)
{
	mol_jit_emit_fp_leave(jit, a);
	save_homes(a);
	emit_exit_saved(a, what);
}

/* Those homes that a C function does not keep, to memory or back. */
static void move_lost(struct jit_code *a, bool back)
{
	for (unsigned n = 0; n < JIT_REGISTERS; n++) {
		unsigned home = mol_jit_home[n];

		if (home != RSI && (home < R8 || home > R11))
			continue;
		if (back)
			x86_load(a, home, mol_jit_gpr_at(n));
		else
			x86_store(a, mol_jit_gpr_at(n), home);
	}
	if (back)
		x86_load64(a, RDI, AT(page));
}

/* RAX = a function that looks at no guest register; ECX and EDX are passed to it. Its answer is in RAX. */
static void emit_call_light(struct jit_code *a)
{
	move_lost(a, false);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_mov(a, RSI, RCX);
	x86_alu_imm_w(a, 1, ALU_SUB, RSP, 8);
	x86_call_reg(a, RAX);
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, 8);
	move_lost(a, true);
	x86_ret(a);
}

/* Homes are saved, and mol_jit_stopped() has answered: go on with other code, or leave. */
static void emit_next(struct jit_code *a)
{
	uint32_t leave;

	x86_mov64(a, R15, RDX);
	x86_rr(a, 1, 0x85, RAX, RAX);
	leave = x86_jcc(a, CC_E);
	load_homes(a);
	x86_jmp_reg(a, RAX);
	x86_patch(a, leave, a->at);
	emit_exit_saved(a, JIT_EXIT_RAN);
}

/* EDX = the site: deal with what stopped there. */
static void emit_stopped(struct jit_code *a)
{
	save_homes(a);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_mov(a, RSI, RDX);
	x86_mov64(a, RDX, R15);
	x86_mov_imm64(a, RAX, (uintptr_t)mol_jit_stopped);
	x86_call_reg(a, RAX);
	emit_next(a);
}

/* A handler: RAX = it, ECX = the word, EDX = the site. */
static void emit_call_handler(const struct jit *jit, struct jit_code *a)
{
	uint32_t leave;

	save_homes(a);
	mol_jit_emit_fp_leave(jit, a);
	x86_mov(a, RSI, RCX);
	x86_mov64(a, R8, RAX);
	x86_mov64(a, RCX, R15);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_alu_imm_w(a, 1, ALU_SUB, RSP, 8);
	x86_mov_imm64(a, RAX, (uintptr_t)mol_jit_handle);
	x86_call_reg(a, RAX);
	x86_alu_imm_w(a, 1, ALU_CMP, RAX, (uint32_t)(uintptr_t)JIT_SAME_BLOCK);
	leave = x86_jcc(a, CC_NE);
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, 8);
	load_homes(a);
	x86_ret(a);
	x86_patch(a, leave, a->at);
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, 16);
	emit_next(a);
}

/* The light function for an access whose frame lies `up` bytes higher: its answer is in EAX, and homes
 * are in their registers again. */
static void emit_light_access(struct jit_code *a, bool write, int32_t up)
{
	move_lost(a, false);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_load(a, RSI, mem_at(RSP, up));
	x86_load(a, RDX, mem_at(RSP, up + FRAME_SITE.disp));
	if (write)
		x86_load64(a, RCX, mem_at(RSP, up + FRAME_VALUE.disp));
	else
		x86_lea(a, 1, RCX, mem_at(RSP, up + FRAME_VALUE.disp));
	x86_mov_imm64(a, RAX, write ? (uintptr_t)mol_jit_light_store : (uintptr_t)mol_jit_light_load);
	x86_call_reg(a, RAX);
	move_lost(a, true);
}

static void pop_scratch(struct jit_code *a)
{
	for (unsigned n = SCRATCHES; n-- > 0;)
		x86_pop(a, mol_jit_scratch[n]);
}

/* Called with the frame filled; keeps every register, leaves a load's value in the frame. */
static void emit_access(struct jit *jit, bool write)
{
	struct jit_code *a = &jit->a;
	uint32_t stopped[2], ask;
	/* After the pushes and the return address the frame lies higher. */
	const int32_t up = 8 * SCRATCHES + 8;

	for (unsigned n = 0; n < SCRATCHES; n++)
		x86_push(a, mol_jit_scratch[n]);
	emit_light_access(a, write, up);
	x86_alu_imm(a, ALU_CMP, RAX, JIT_LIGHT_DONE);
	ask = x86_jcc(a, CC_A);
	stopped[0] = x86_jcc(a, CC_B);
	if (write)
		x86_store(a, mem_at(RSP, up + FRAME_DONE.disp), RAX);
	pop_scratch(a);
	x86_ret(a);
	x86_patch(a, ask, a->at);
	save_homes(a);
	mol_jit_emit_fp_leave(jit, a);
	x86_lea(a, 1, RDI, mem_at(RBP, -JIT_BIAS));
	x86_load(a, RSI, mem_at(RSP, up));
	x86_load(a, RDX, mem_at(RSP, up + 16));
	x86_load64(a, RCX, mem_at(RSP, up + 8));
	x86_mov64(a, R8, R15);
	x86_mov_imm64(a, RAX, write ? (uintptr_t)mol_jit_slow_store : (uintptr_t)mol_jit_slow_load);
	x86_call_reg(a, RAX);
	if (write)
		x86_test(a, RDX, RDX);
	else
		x86_alu_imm(a, ALU_CMP, RDX, 1);
	stopped[1] = x86_jcc(a, write ? CC_E : CC_NE);
	if (write)
		x86_store(a, mem_at(RSP, up + 24), RDX);
	else
		x86_store64(a, mem_at(RSP, up + 8), RAX);
	load_homes(a);
	pop_scratch(a);
	x86_ret(a);
	x86_patch(a, stopped[1], a->at);
	load_homes(a);
	x86_patch(a, stopped[0], a->at);
	x86_load(a, RDX, mem_at(RSP, up + 16));
	x86_alu_imm_w(a, 1, ALU_ADD, RSP, up);
	x86_jmp_to(a, jit->exit_stop);
}

/* MOVBE and BMI2 came with AVX2. */
#define WITH_SSE4 (X86_SSSE3 | X86_SSE41)
#define WITH_AVX2 (WITH_SSE4 | X86_AVX | X86_AVX2 | X86_FMA | X86_BMI2 | X86_MOVBE)
static const unsigned levels[MOL_JIT_HOSTS] = {
	[MOL_JIT_HOST_NATIVE] = UINT_MAX,
	[MOL_JIT_HOST_SSE2] = 0,
	[MOL_JIT_HOST_SSSE3] = X86_SSSE3,
	[MOL_JIT_HOST_SSE4] = WITH_SSE4,
	[MOL_JIT_HOST_AVX] = WITH_SSE4 | X86_AVX,
	[MOL_JIT_HOST_AVX2] = WITH_AVX2,
};

void mol_jit_emit_fixed(struct jit *jit)
{
	struct jit_code *a = &jit->a;
	static const uint8_t saved[] = { RBP, RBX, R12, R13, R14, R15 };

	a->features = x86_features() & levels[jit->host];
	jit->ir.whole = jit->ir.modes = a->features & X86_PEXT;
	mol_jit_emit_vec_fixed(jit);
	mol_jit_emit_fp_fixed(jit);
	/* struct jit_result enter(cpu, code, left) */
	jit->enter = a->at;
	for (unsigned n = 0; n < sizeof(saved); n++)
		x86_push(a, saved[n]);
	x86_alu_imm_w(a, 1, ALU_SUB, RSP, FRAME_SIZE);
	x86_store_imm(a, FRAME_GT, 4);
	x86_store_imm(a, FRAME_LT, 8);
	x86_lea(a, 1, RBP, mem_at(RDI, JIT_BIAS));
	x86_mov64(a, R15, RDX);
	x86_mov64(a, RAX, RSI);
	load_homes(a);
	x86_jmp_reg(a, RAX);

	jit->exit_lookup = a->at;
	emit_exit(jit, a, JIT_EXIT_LOOKUP);
	mol_jit_emit_far_fixed(jit);
	jit->exit_link = a->at;
	emit_exit(jit, a, JIT_EXIT_LINK);
	jit->exit_stop = a->at;
	mol_jit_emit_fp_leave(jit, a);
	emit_stopped(a);
	jit->exit_slow = a->at;
	emit_exit(jit, a, JIT_EXIT_SLOW);
	jit->exit_interpret = a->at;
	emit_exit(jit, a, JIT_EXIT_INTERPRET);

	jit->call = a->at;
	emit_call_handler(jit, a);
	jit->call_light = a->at;
	emit_call_light(a);
	jit->load = a->at;
	emit_access(jit, false);
	jit->store = a->at;
	emit_access(jit, true);
}
