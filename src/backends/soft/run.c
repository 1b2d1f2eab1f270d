/* SPDX-License-Identifier: MIT
 * run.c - the `interp` backend: runs decoded blocks, and its row of functions for the core.
 *
 * The loop is written for the common case: whole blocks, one after the other by
 * links. Whatever is out of the ordinary (a budget that ends inside the block,
 * breakpoints, attention) leaves it before a block begins, so that nothing but
 * the stop bits is looked at between two instructions.
 */
#include "jit.h"

/* With fewer instructions than this to go, nothing new is decoded: a stepper would fill the
 * arena with blocks that begin at every word. */
#define FEW 16

/* ---- one block ---- */

/* After op of block b went to ea: the block there, linked to op if that will stay true: unless it is
 * evicted before b. */
static struct soft_block *follow(struct soft *s, const struct soft_block *b, struct soft_op *op,
				 uint32_t ea)
{
	uint32_t evictions = s->cache.evictions;
	uintptr_t page = b->host / SOFT_PAGE;
	struct soft_block *next = soft_find_jump(s, ea);

	if (!next)
		next = mol_soft_lookup(s, ea, true);
	if (next && op->link == SOFT_LINK_OPEN && evictions == s->cache.evictions &&
	    next->host / SOFT_PAGE == page &&
	    soft_turn(&s->cache, soft_block_offset(&s->cache, next)) >=
		    soft_turn(&s->cache, soft_block_offset(&s->cache, b)))
		op->link = soft_block_offset(&s->cache, next);
	return next;
}

/* Run ops from op on, at most n; careful: ask before each. Returns the stop bits, 0 after n;
 * *done counts completed instructions and cpu->r.pc is the next one for 0 and BRANCH, else that
 * of the op that stopped. */
static uint32_t run_some(struct molvm_vcpu *vcpu, const struct soft_op *op, uint64_t n,
			 bool careful, uint64_t *done)
{
	struct ppc_cpu *cpu = &vcpu->cpu;

	for (*done = 0; *done < n; op++) {
		uint32_t stop;

		if (careful && !mol_careful(vcpu))
			return cpu->stop;
		stop = op->fn(cpu, (struct ppc_insn){ op->raw });
		if (stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE | SOFT_STOP_END | SOFT_STOP_STALE))
			return stop;
		++*done;
		if (stop) {
			cpu->r.pc = stop & PPC_STOP_BRANCH ? cpu->npc : cpu->r.pc + 4;
			return stop & ~(uint32_t)PPC_STOP_BRANCH;
		}
		cpu->r.pc += 4;
	}
	return 0;
}

/* ---- the loop ---- */

/* An instruction left SYNC: true if the run may go on. */
bool mol_soft_after_sync(struct soft *s)
{
	s->vcpu->cpu.stop = 0;
	soft_set_mode(s);
	return !mol_must_look(s->vcpu);
}

/* One instruction without a block. False: return from run(). */
static bool step(struct soft *s)
{
	struct ppc_cpu *cpu = &s->vcpu->cpu;
	uint32_t raw, stop;

	s->entry_pc = cpu->r.pc;
	if (s->vcpu->careful && mol_careful_range(s->vcpu, cpu->r.pc, 1) && !mol_careful(s->vcpu))
		return false;
	if (!mol_soft_fetch_word(s, cpu->r.pc, &raw))
		return false;
	stop = mol_ppc_step(cpu, raw);
	if (stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE))
		return false;
	s->entry_pc = cpu->r.pc;
	s->left--;
	cpu->stop = 0;
	return !(stop & PPC_STOP_SYNC) || mol_soft_after_sync(s);
}

/* The out of the ordinary: some of a block, or of no block. False: return from run(). */
static bool run_slowly(struct soft *s, struct soft_block *b)
{
	struct molvm_vcpu *vcpu = s->vcpu;
	struct ppc_cpu *cpu = &vcpu->cpu;
	uint64_t n, done;
	uint32_t stop;
	bool careful;

	if (!b)
		return step(s);
	n = s->left < b->count ? s->left : b->count;
	careful = vcpu->careful && mol_careful_range(vcpu, cpu->r.pc, (uint32_t)n);
	s->entry_pc = cpu->r.pc;
	stop = run_some(vcpu, b->op, n, careful, &done);
	s->left -= done;
	s->entry_pc = cpu->r.pc;
	if (stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE))
		return false;
	cpu->stop = 0;
	return !(stop & PPC_STOP_SYNC) || mol_soft_after_sync(s);
}

MOL_INLINE bool must_leave(struct molvm_vcpu *vcpu)
{
	return MOL_UNLIKELY(atomic_load_explicit(&vcpu->attention, memory_order_relaxed) != 0);
}

/* Whole blocks from b on, as long as nothing is out of the ordinary. False: return from run(). */
bool mol_soft_run_blocks(struct soft *s, struct soft_block *b, uint64_t n)
{
	struct molvm_vcpu *vcpu = s->vcpu;
	struct ppc_cpu *cpu = &vcpu->cpu;
	uint32_t pc = cpu->r.pc, stop = 0;
	uint64_t left = s->left;
	struct soft_op *op;

	while (b && n-- && left >= b->count && !must_leave(vcpu)) {
		s->left = left;
		s->entry_pc = pc;
		op = b->op;
		do {
			cpu->r.pc = pc;
			stop = op->fn(cpu, (struct ppc_insn){ op->raw });
			op++;
			pc += 4;
		} while (MOL_LIKELY(!stop));
		op--;
		left -= (uint64_t)(op - b->op);
		if (MOL_LIKELY(stop == PPC_STOP_BRANCH)) {
			left--;
			pc = cpu->npc;
		} else if (stop & (SOFT_STOP_END | SOFT_STOP_STALE)) {
			pc -= 4;
		} else {
			break;
		}
		cpu->stop = stop = 0;
		if (op->link > SOFT_LINK_OPEN) {
			b = soft_block_at(&s->cache, op->link);
			continue;
		}
		cpu->r.pc = s->entry_pc = pc;
		s->left = left;
		/* With nothing left to run, nothing more is fetched: a fault there is the next run's. */
		b = left && !must_leave(vcpu) ? follow(s, b, op, pc) : NULL;
	}
	s->left = left;
	if (!stop) {
		cpu->r.pc = s->entry_pc = pc;
		return b != NULL;
	}
	if (stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE)) {
		s->entry_pc = cpu->r.pc;
		return false;
	}
	s->left--;
	cpu->r.pc = s->entry_pc = stop & PPC_STOP_BRANCH ? cpu->npc : pc;
	return mol_soft_after_sync(s);
}

static void begin(struct soft *s, uint64_t limit)
{
	if (limit > SOFT_RUN_MOST)
		limit = SOFT_RUN_MOST;
	s->limit = s->left = limit;
	s->entry_pc = s->vcpu->cpu.r.pc;
	s->vcpu->cpu.stop = 0;
	s->vcpu->exception_left = mol_just_excepted(s->vcpu) ? limit : UINT64_MAX;
	soft_set_mode(s);
}

/* The core is about to know how much has been done; of exceptions too. */
static void end(struct soft *s)
{
	if (s->left == s->vcpu->exception_left)
		mol_excepted(s->vcpu, s->limit - s->left);
}

/* Something returned false: an exception or interrupt, which the core may take while we stay. */
bool mol_soft_go_on(struct soft *s)
{
	uint64_t limit;

	end(s);
	if (!mol_go_on(s->vcpu, s->limit - s->left, &limit))
		return false;
	begin(s, limit);
	return true;
}

/* From pc on by the fastest way there is. False: return from run(), or ask mol_soft_go_on(). */
static bool advance(struct soft *s)
{
	struct molvm_vcpu *vcpu = s->vcpu;
	enum jit_ran ran = JIT_RAN_COLD;
	struct soft_block *b;

	if (s->jit && !vcpu->careful) {
		ran = mol_jit_run(s);
		if (ran < JIT_RAN_INTERPRET)
			return ran == JIT_RAN_ON;
	}
	b = soft_find_jump(s, vcpu->cpu.r.pc);
	if (!b) {
		b = mol_soft_lookup(s, vcpu->cpu.r.pc, s->left >= FEW);
		if (!b && vcpu->cpu.stop)
			return false;
	}
	if (MOL_UNLIKELY(!b || s->left < b->count || vcpu->careful))
		return run_slowly(s, b);
	if (s->jit && ran == JIT_RAN_COLD)
		return mol_jit_warm(s, b);
	return mol_soft_run_blocks(s, b, s->jit ? 1 : UINT64_MAX);
}

static uint64_t run(struct molvm_vcpu *vcpu, uint64_t limit)
{
	struct soft *s = vcpu->backend;
	bool go_on = true;

	begin(s, limit);
	while (go_on && s->left && !must_leave(vcpu))
		go_on = advance(s) || mol_soft_go_on(s);
	end(s);
	return s->limit - s->left;
}

static uint64_t retired(struct molvm_vcpu *vcpu)
{
	const struct soft *s = vcpu->backend;

	return s->limit - s->left + (vcpu->cpu.r.pc - s->entry_pc) / 4;
}

/* ---- notices from the core ---- */

static void icbi(struct molvm_vcpu *vcpu, const uint8_t *host, size_t len)
{
	struct soft *s = vcpu->backend;

	mol_soft_cache_written(&s->cache, (uintptr_t)host, len);
	vcpu->stat[MOL_STAT_BLOCKS_DROPPED] = s->cache.dropped;
}

static bool code_written(struct molvm_vcpu *vcpu, const uint8_t *host, size_t len)
{
	const struct soft *s = vcpu->backend;

	icbi(vcpu, host, len);
	return mol_soft_cache_page_has_code(&s->cache, (uintptr_t)host);
}

static void flush(struct molvm_vcpu *vcpu)
{
	struct soft *s = vcpu->backend;

	mol_soft_cache_kill_all(&s->cache);
	mol_soft_forget_pages(s);
	if (s->jit)
		mol_jit_forget_pages(s);
	vcpu->stat[MOL_STAT_BLOCK_FLUSHES]++;
}

static void mmu_event(struct molvm_vcpu *vcpu, enum ppc_mmu_event what, uint32_t arg)
{
	struct soft *s = vcpu->backend;

	if (s->jit)
		mol_jit_mmu_event(s, what, arg);
	switch (what) {
	case PPC_MMU_TLBIE:
	case PPC_MMU_TLBLI:
		mol_soft_forget_class(s, arg);
		break;
	case PPC_MMU_BAT:
		if (arg != PPC_BATS_DATA)
			mol_soft_forget_translations(s);
		break;
	case PPC_MMU_SDR1:
	case PPC_MMU_TLBIA:
		mol_soft_forget_translations(s);
		break;
	case PPC_MMU_ICACHE_FLUSH:
		mol_soft_cache_kill_all(&s->cache);
		break;
	case PPC_MMU_MSR: /* mode and segment registers are part of each entry */
	case PPC_MMU_SR:
	case PPC_MMU_TLBLD:
	case PPC_MMU_DEBUG:
		break;
	}
}

/* ---- life ---- */

static void vcpu_fini(struct molvm_vcpu *vcpu)
{
	struct soft *s = vcpu->backend;

	if (!s)
		return;
	mol_jit_fini(s);
	mol_soft_fetch_free(s);
	mol_soft_cache_free(&s->cache);
	mol_free(vcpu->vm, s, sizeof(*s));
	vcpu->backend = NULL;
}

static int vcpu_init(struct molvm_vcpu *vcpu)
{
	struct soft *s = mol_alloc(vcpu->vm, sizeof(*s));

	if (!s)
		return mol_error(MOLVM_E_NOMEM, "interp: no memory for a vCPU");
	vcpu->backend = s;
	s->vcpu = vcpu;
	if (mol_soft_cache_init(&s->cache, vcpu->cpu.model,
				(size_t)vcpu->vm->cache_bytes) &&
	    mol_soft_fetch_init(s))
		return 0;
	vcpu_fini(vcpu);
	return mol_error(MOLVM_E_NOMEM, "interp: no address space for decoded code");
}

/* What interp and jit have in common: all but the name and the beginning. */
#define SOFT_ENGINE                                                                                \
	.size = sizeof(struct mol_backend_ops), .abi = MOL_BACKEND_ABI, .vcpu_fini = vcpu_fini,        \
	.run = run, .retired = retired, .code_written = code_written, .icbi = icbi, .flush = flush,    \
	.mmu_event = mmu_event

const struct mol_backend_ops mol_backend_interp = {
	.name = "interp",
	.version = "1",
	.vcpu_init = vcpu_init,
	SOFT_ENGINE,
};

/* ---- the same with translation ---- */

static int vcpu_init_jit(struct molvm_vcpu *vcpu)
{
	int err = vcpu_init(vcpu);

	if (!err)
		err = mol_jit_init(vcpu->backend, vcpu->vm->cache_bytes);
	if (err)
		vcpu_fini(vcpu);
	return err;
}

const struct mol_backend_ops mol_backend_jit = {
	.name = "jit",
	.version = "0",
	.flags = MOL_BACKEND_JIT | MOL_BACKEND_WINDOWS,
	.unavailable = mol_jit_unavailable,
	.vcpu_init = vcpu_init_jit,
	SOFT_ENGINE,
};
