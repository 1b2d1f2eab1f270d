/* SPDX-License-Identifier: MIT
 * jit.c - the translator's run loop, and what translated code calls.
 *
 * A block is interpreted jit_heat times, then translated for the EA it is at; if its page is mapped
 * at several, once for each. Where its code is: jit_buffer.c. What translated code calls for an
 * access or an instruction knows by the site where the run stands, and says how it goes on.
 */
#include "jit.h"
#include "../../ppc/effects.h"

#define MISSES 2u /* a site may fault so often because its context was not known */

void mol_jit_mmu_event(struct soft *s, enum ppc_mmu_event what, uint32_t arg)
{
	mol_jit_table_event(s, &s->jit->table, what, arg);
}

/* Host addresses are void; blocks have been killed. */
void mol_jit_forget_pages(struct soft *s)
{
	mol_pagetab_flush(&s->jit->table.pages);
}

/* ---- called from translated code ---- */

static struct soft *soft_of(struct ppc_cpu *cpu)
{
	return ((struct molvm_vcpu *)(void *)cpu)->backend;
}

/* Where the run stands, for retired() and for faults. */
static const struct jit_site *stand(struct ppc_cpu *cpu, uint32_t site, uint64_t left)
{
	struct soft *s = soft_of(cpu);
	const struct jit_site *p = &s->jit->site[site];

	cpu->r.pc = s->entry_pc = p->pc;
	s->left = left + p->left;
	return p;
}

/* Blocks died in an access, perhaps the one in execution; or a device's callback may have written
 * registers, which code behind believes to know, or forked. */
static bool must_leave(const struct soft *s, uint64_t dropped)
{
	return s->cache.dropped != dropped ||
	       atomic_load_explicit(&s->vcpu->attention, memory_order_relaxed) || jit_is_forked(s->jit);
}

/* Nonzero: mol_jit_stopped() is to be called; the instruction is done if cpu->stop says nothing else. */
static uint32_t call_handler(struct ppc_cpu *cpu, uint32_t raw, uint32_t site, uint64_t left,
			     ppc_handler *handler)
{
	const struct soft *s = soft_of(cpu);
	uint64_t dropped = s->cache.dropped;
	uint32_t stop;

	stand(cpu, site, left);
	stop = handler(cpu, (struct ppc_insn){ raw });
	return !stop && must_leave(s, dropped) ? SOFT_STOP_STALE : stop;
}

/* The answer of a load that has been made, given once more. */
static bool answer_again(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
			 enum ppc_mem_how how, uint64_t v[2])
{
	const struct soft *s = soft_of(cpu);

	v[0] = s->jit->answer[0];
	v[1] = s->jit->answer[1];
	return true;
}

/* A device's callback may have written registers that translated code believes to know, or its very
 * code: the instruction is done by its handler, with the value that was read, and the block is left. */
static void finish_load(struct ppc_cpu *cpu, uint32_t raw, const uint32_t gpr[32], const uint64_t v[2])
{
	const struct soft *s = soft_of(cpu);
	const struct ppc_ops *ops = cpu->ops;
	struct ppc_ops again = *ops;
	const unsigned used[] = { raw >> 16 & 31, raw >> 11 & 31 };
	const uint32_t loads = mol_ppc_effects(raw).written.gpr;
	uint32_t written[2];

	memcpy(s->jit->answer, v, sizeof(s->jit->answer));
	/* The address was made of the registers as they were before. */
	for (unsigned n = 0; n < 2; n++)
		written[n] = cpu->r.gpr[used[n]];
	for (unsigned n = 0; n < 2; n++)
		cpu->r.gpr[used[n]] = gpr[used[n]];
	again.load = answer_again;
	cpu->ops = &again;
	mol_ppc_handler(cpu->model, raw, cpu->r.msr)(cpu, (struct ppc_insn){ raw });
	cpu->ops = ops;
	for (unsigned n = 0; n < 2; n++)
		if (!(loads >> used[n] & 1))
			cpu->r.gpr[used[n]] = written[n];
}

/* The code that this site is in is made anew when it is come to again. */
static void drop_translation(struct soft *s, const struct jit_site *p)
{
	const struct jit_unit *u = &s->jit->table.unit[p->unit];
	struct soft_block *b = mol_soft_cache_find(&s->cache, u->host | p->block % SOFT_PAGE, u->mode);

	if (b)
		mol_jit_kill_in_unit(s->jit, p->unit, p->block, b);
	s->cache.dropped++; /* must_leave() */
}

/* An access by the window faulted, and has been made or refused since. Unless there was but no
 * context, or no window yet, it will go by the table from now on. */
static void fault_seen(struct soft *s, uint32_t site, uint32_t ea, bool write, bool resolved)
{
	struct jit_site *p = &s->jit->site[site];

	s->vcpu->stat[MOL_STAT_WINDOW_FAULTS]++;
	if (!resolved && p->missed < MISSES) {
		p->missed++;
		return;
	}
	if (mol_window_cures(s->vcpu, ea, p->size, write) ||
	    ((ea & (SOFT_PAGE - 1)) + p->size > SOFT_PAGE && p->missed++ < MISSES))
		return;
	if (jit_is_forked(s->jit)) /* this process has no translations of its own yet */
		return;
	/* (That is known already if several blocks have the word.) */
	if (!jit_unit_by_table(&s->jit->table, p->unit, p->pc))
		mol_jit_unit_blame(&s->jit->table, p->unit, p->pc);
	drop_translation(s, p);
}

static bool has_faulted(const struct jit_site *p, uint32_t ea)
{
	return p->landing && !(p->how & PPC_MEM_WORD_ALIGNED && ea & 3);
}

struct jit_pair mol_jit_slow_load(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t wide,
				  uint64_t left)
{
	const struct jit_site *p = stand(cpu, site, left);
	struct soft *s = soft_of(cpu);
	uint64_t v[2] = { 0, 0 }, dropped = s->cache.dropped;
	bool ok, resolved = cpu->page != s->vcpu->pages.empty;
	uint32_t gpr[32];

	memcpy(gpr, cpu->r.gpr, sizeof(gpr));
	ok = cpu->ops->load(cpu, p->raw, ea, p->size, (enum ppc_mem_how)p->how, v);
	if (has_faulted(p, ea))
		fault_seen(s, site, ea, false, resolved);
	if (ok && must_leave(s, dropped)) {
		finish_load(cpu, p->raw, gpr, v);
		return (struct jit_pair){ v[0], 2 };
	}
	if (p->size == 16) {
		union ppc_vr *to = (union ppc_vr *)(uintptr_t)wide;

		to->d[PPC_VD(0)] = v[0];
		to->d[PPC_VD(1)] = v[1];
	}
	return (struct jit_pair){ v[0], ok };
}

struct jit_pair mol_jit_slow_store(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t value,
				   uint64_t left)
{
	const struct jit_site *p = stand(cpu, site, left);
	struct soft *s = soft_of(cpu);
	uint64_t dropped = s->cache.dropped;
	bool ok, resolved = cpu->page != s->vcpu->pages.empty;
	uint64_t v[2] = { p->size < 8 ? value & ((1ull << 8 * p->size) - 1) : value, 0 };

	if (p->size == 16) {
		const union ppc_vr *from = (const union ppc_vr *)(uintptr_t)value;

		v[0] = from->d[PPC_VD(0)];
		v[1] = from->d[PPC_VD(1)];
	}
	ok = cpu->ops->store(cpu, p->raw, ea, p->size, (enum ppc_mem_how)p->how, v);
	if (has_faulted(p, ea))
		fault_seen(s, site, ea, true, resolved);
	return (struct jit_pair){ 0, !ok ? 0 : must_leave(s, dropped) ? 2 : 1 };
}

/* ---- the loop ---- */

typedef struct jit_result enter_fn(struct ppc_cpu *cpu, const uint8_t *code, uint64_t left);

uint32_t mol_jit_translate(struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t unit,
			   uint32_t state)
{
	struct jit *jit = s->jit;
	uint32_t sites = jit->sites, start = jit->a.at, code;

	jit->unit = unit;
	jit->ir.msr = (b->mode & SOFT_MODE_PR ? PPC_MSR_PR : 0) |
		      (b->mode & SOFT_MODE_FP ? PPC_MSR_FP : 0) |
		      (b->mode & SOFT_MODE_VEC ? PPC_MSR_VEC : 0);
	jit->windows = jit->catcher.code && mol_window_ready(s->vcpu);
	if (!state)
		mol_jit_add_site(jit, (struct jit_site){ .pc = ea, .is_block = true });
	code = mol_jit_emit_block(s, b, ea, state);
	if (code) {
		mol_jit_show(s, b, ea, start);
	} else {
		jit->sites = sites;
		jit->a.full = false;
	}
	return code;
}

/* The branch of this site is linked to this code, which may make room before it does. */
static void note_link(struct jit *jit, uint32_t site, uint32_t code)
{
	uint32_t part = (code - jit->fixed_end) / jit->part_size;

	jit->site[site].linked = code;
	if (mol_jit_turn(jit, part) >= mol_jit_turn(jit, site / jit->part_sites))
		return;
	jit->site[site].next = jit->of_part[part].links;
	jit->of_part[part].links = site + 1;
}

/* Let the branch of this site leave with what is in host registers, for the version of the code at pc
 * that begins so. False: there is none. */
static bool link_with_state(struct soft *s, const struct jit_site *without, uint32_t unit)
{
	struct jit *jit = s->jit;
	const struct jit_site *with = &jit->site[without->with];
	uint32_t code;

	if (with->linked || (!with->guard && without->unit != unit))
		return false;
	code = mol_jit_version(s, unit, s->vcpu->cpu.r.pc, without->state);
	if (!code)
		return false;
	note_link(jit, without->with, code);
	mol_jit_emit_link_with(jit, with, unit, code);
	return true;
}

/* Let the branch of this site go to the entry's code from now on, if both belong to one unit: the
 * same page at the same address. */
static void link_site(struct soft *s, uint32_t n, uint32_t unit, uint32_t entry)
{
	const struct jit_site *site = &s->jit->site[n];
	uint32_t code = entry - JIT_ENTRIES_SIZE;

	if (!site->retry || (site->state && link_with_state(s, site, unit)))
		return;
	if (site->state && site->far)
		code = site->far;
	else if (site->unit != unit)
		return;
	note_link(s->jit, n, code);
	mol_jit_emit_link(s->jit, site->retry, code);
}

/* An instruction stopped, or is done and the block is not to go on. False: return from run(). */
static bool stopped(struct soft *s, uint32_t site_n, uint64_t left)
{
	struct ppc_cpu *cpu = &s->vcpu->cpu;
	const struct jit_site *site = &s->jit->site[site_n];
	uint32_t stop = cpu->stop;

	s->left = left + site->left;
	if (stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE)) {
		s->entry_pc = cpu->r.pc;
		return false;
	}
	s->left--;
	cpu->r.pc = s->entry_pc = stop & PPC_STOP_BRANCH ? cpu->npc : site->pc + 4;
	cpu->stop = 0;
	return !(stop & PPC_STOP_SYNC) || mol_soft_after_sync(s);
}

/* Accesses by a window are about to come, and would fault if the context were not known. */
static void expect_accesses(struct soft *s)
{
	if (s->jit->catcher.code && s->vcpu->cpu.page == s->vcpu->pages.empty)
		mol_fast_resolve(s->vcpu);
}

/* Before translated code is looked for: is it that of the present context? */
static void look(struct soft *s)
{
	struct jit *jit = s->jit;

	if (s->mode_set || s->vcpu->code_stale)
		mol_jit_table_choose(s, &jit->table);
	s->mode_set = false;
}

bool mol_jit_warm(struct soft *s, struct soft_block *b)
{
	struct jit *jit = s->jit;
	uint32_t ea = s->vcpu->cpu.r.pc, unit, *entry, code;

	if (b->cold) {
		b->cold--;
		return mol_soft_run_blocks(s, b, 1);
	}
	look(s); /* the code that led here may have switched segments */
	unit = mol_jit_unit_find(&jit->table, b->host, ea, b->mode);
	entry = jit_unit_entry(&jit->table, unit, ea);
	if (*entry == jit->table.none) {
		if (!unit)
			unit = mol_jit_unit_make(&jit->table, b->host, ea, b->mode);
		code = unit ? mol_jit_translate(s, b, ea, unit, 0) : 0;
		if (!code && unit && jit->a.at == jit_part_start(jit)) { /* too long for any part */
			b->cold = UINT32_MAX;
			return true;
		}
		if (!code) {
			mol_jit_next_part(s);
			return true;
		}
		s->vcpu->stat[MOL_STAT_BLOCKS_TRANSLATED]++;
		mol_jit_unit_set(&jit->table, unit, ea, JIT_ENTRIES_SIZE + code);
		b->translations++;
	}
	if (jit_unit_at(s, ea) != unit)
		mol_jit_table_enter(s, &jit->table, ea, unit);
	return true;
}

/* Enter an exception as mol_go_on() would, if there is nothing else that it would do. */
static bool enter_at_once(struct soft *s, uint32_t site, uint64_t left)
{
	struct molvm_vcpu *vcpu = s->vcpu;
	struct ppc_cpu *cpu = &vcpu->cpu;

	left += s->jit->site[site].left;
	if (cpu->stop != PPC_STOP_EXC || vcpu->must_return || cpu->r.pending || vcpu->look ||
	    vcpu->stop_asked || atomic_load_explicit(&vcpu->attention, memory_order_relaxed) ||
	    cpu->exc.vector == PPC_VEC_MACHINE_CHECK || cpu->exc.vector >= PPC_VEC_ITLB_MISS ||
	    cpu->r.msr & (PPC_MSR_ILE | PPC_MSR_SE | PPC_MSR_BE) || left == vcpu->exception_left)
		return false;
	s->left = vcpu->exception_left = left;
	cpu->stop = 0;
	vcpu->stat[MOL_STAT_EXCEPTIONS + (cpu->exc.vector >> 8 & 31)]++;
	mol_vcpu_forget_flight(vcpu);
	mol_ppc_enter(cpu, &cpu->exc);
	s->entry_pc = cpu->r.pc;
	soft_set_mode(s);
	return true;
}

struct jit_next mol_jit_stopped(struct ppc_cpu *cpu, uint32_t site, uint64_t left)
{
	struct soft *s = soft_of(cpu);
	struct jit *jit = s->jit;
	uint32_t entry;

	jit->ran = JIT_RAN_LEAVE;
	if (!enter_at_once(s, site, left) && !stopped(s, site, left) && !mol_soft_go_on(s))
		return (struct jit_next){ NULL, s->left };
	jit->ran = JIT_RAN_ON;
	if (!s->left || s->vcpu->careful || jit_is_forked(jit))
		return (struct jit_next){ NULL, s->left };
	look(s);
	expect_accesses(s);
	entry = *jit_unit_entry(&jit->table, jit_unit_at(s, cpu->r.pc), cpu->r.pc);
	return (struct jit_next){ entry == jit->table.none ? NULL : jit->reservation + entry, s->left };
}

/* An instruction synchronized the context: would a look lead to what follows it in its block? So it
 * is with a tlbie of another page, or mtsr and isync for another segment. */
static bool leads_on(struct ppc_cpu *cpu, uint32_t site)
{
	struct soft *s = soft_of(cpu);
	const struct jit_site *p = &s->jit->site[site];

	if (mol_must_look(s->vcpu) || s->vcpu->careful || jit_is_forked(s->jit))
		return false;
	soft_set_mode(s);
	look(s);
	if (p->raw >> 26 == 19) /* isync: what it waited for is complete */
		expect_accesses(s);
	return jit_unit_at(s, p->pc + 4) == p->unit;
}

struct jit_next mol_jit_handle(struct ppc_cpu *cpu, uint32_t raw, uint32_t site, uint64_t left,
			       ppc_handler *handler)
{
	const struct soft *s = soft_of(cpu);
	uint64_t dropped = s->cache.dropped;
	uint8_t tgpr_live = cpu->r.tgpr_live;
	uint32_t stop = call_handler(cpu, raw, site, left, handler);

	if (MOL_LIKELY(!stop))
		return (struct jit_next){ JIT_SAME_BLOCK, left };
	/* (The code behind may believe to know what was in GPR0-3 before they were exchanged.) */
	if (stop == PPC_STOP_SYNC && dropped == s->cache.dropped && tgpr_live == cpu->r.tgpr_live &&
	    leads_on(cpu, site)) {
		cpu->stop = 0;
		return (struct jit_next){ JIT_SAME_BLOCK, left };
	}
	return mol_jit_stopped(cpu, site, left);
}

/* Translated code has come back: it may have changed the mode by itself. */
static void arrive(struct soft *s)
{
	uint32_t mode = s->mode;
	bool set = s->mode_set;

	soft_set_mode(s);
	s->mode_set = set || s->mode != mode;
}

static enum jit_ran run_code(struct soft *s)
{
	struct ppc_cpu *cpu = &s->vcpu->cpu;
	struct jit *jit = s->jit;
	enter_fn *enter = (enter_fn *)(uintptr_t)(jit->executable + jit->enter);
	const uint8_t *base = jit->reservation;
	uint32_t unit, entry;
	struct jit_result r;

	r.what = JIT_EXIT_LOOKUP;
	if (MOL_UNLIKELY(jit_is_forked(jit)) && !mol_jit_begin_buffer(jit))
		return JIT_RAN_INTERPRET;
	for (;;) {
		look(s);
		expect_accesses(s);
		unit = jit_unit_at(s, cpu->r.pc);
		entry = *jit_unit_entry(&jit->table, unit, cpu->r.pc);
		if (entry == jit->table.none)
			return JIT_RAN_COLD;
		if ((r.what & 0xff) == JIT_EXIT_LINK)
			link_site(s, (uint32_t)(r.what >> 8), unit, entry);
		r = enter(cpu, base + entry, s->left);
		s->left = r.left;
		arrive(s);
		switch ((enum jit_exit)(r.what & 0xff)) {
		case JIT_EXIT_RAN:
			return (enum jit_ran)jit->ran;
		case JIT_EXIT_SLOW:
			s->entry_pc = cpu->r.pc;
			return s->left ? JIT_RAN_COLD : JIT_RAN_ON;
		case JIT_EXIT_INTERPRET:
			s->entry_pc = cpu->r.pc;
			return JIT_RAN_INTERPRET;
		case JIT_EXIT_LINK:
		case JIT_EXIT_LOOKUP:
			s->entry_pc = cpu->r.pc;
			if (!s->left)
				return JIT_RAN_ON;
			break;
		}
	}
}

enum jit_ran mol_jit_run(struct soft *s)
{
	const struct mol_catcher *outer;
	enum jit_ran ran;

	if (!s->jit->catcher.code)
		return run_code(s);
	outer = mol_window_catch(&s->jit->catcher);
	ran = run_code(s);
	mol_window_catch(outer);
	return ran;
}
