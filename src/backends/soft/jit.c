/* SPDX-License-Identifier: MIT
 * jit.c - the translator's run loop, its code buffer, and what translated code calls.
 *
 * A block is interpreted jit_heat times, then translated for the EA it is at; if its page is mapped
 * at several, once for each. Translations go with their blocks: a block that dies has the
 * beginning of its code overwritten, so that branches linked to it come back
 * here. A code buffer that is full loses its oldest part: entries of units and links from the other
 * parts are all that leads to it.
 * The buffer is mapped twice, writable and executable, never both at one address. To be mapped twice
 * it is shared memory, so a process that forks shares it with its child: the child sees by its
 * entries, which the host wipes then, that it has to make a buffer of its own.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "jit.h"
#include "../../ppc/effects.h"

#define CODE_DEFAULT (32u << 20)
#define CODE_MOST (128u << 20) /* what branches of aarch64 reach */
#define PART_ALIGN 16u
#define SITE_BYTES 24u /* of code for each site that the table has room for */

#define MISSES 2u      /* a site may fault so often because its context was not known */

#define NO_EXECUTABLE "the host gives this process no executable memory"

/* ---- the buffer ---- */

/* Is this the child of the process that the buffer belongs to? An entry is never 0. */
static bool is_forked(const struct jit *jit)
{
	return !jit->table.entries[0];
}

/* All translations of block b at ea, in this unit. False: there were none. */
static bool kill_in_unit(struct jit *jit, uint32_t unit, uint32_t ea, struct soft_block *b)
{
	uint32_t entry = *jit_unit_entry(&jit->table, unit, ea);
	bool had_code = mol_jit_version_kill(jit, unit, ea, b);

	if (entry == jit->table.none)
		return had_code;
	mol_jit_emit_dead(jit, entry - JIT_ENTRIES_SIZE, ea, 0);
	mol_jit_unit_set(&jit->table, unit, ea, jit->table.none);
	b->translations--;
	return true;
}

static bool kill_code(struct soft_cache *cache, struct soft_block *b)
{
	struct soft *s = (struct soft *)(void *)cache; /* its first member */
	struct jit_table *t = &s->jit->table;
	bool had_code = false;
	uint32_t n = 0;

	if (is_forked(s->jit))
		return false;
	while (b->translations && (n = mol_jit_unit_next(t, n, b->host, b->mode))) {
		uint32_t ea = t->unit[n].ea | b->host % SOFT_PAGE;

		had_code |= kill_in_unit(s->jit, n, ea, b);
	}
	return had_code;
}

/* Both views anew, of a file without a name. */
static bool map_file_views(uint8_t *writable, uint8_t *executable, size_t bytes)
{
	const int fixed = MAP_SHARED | MAP_FIXED;
	int fd = memfd_create("jit", MFD_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = ftruncate(fd, (off_t)bytes) == 0 &&
	     mmap(writable, bytes, PROT_READ | PROT_WRITE, fixed, fd, 0) != MAP_FAILED &&
	     mmap(executable, bytes, PROT_READ | PROT_EXEC, fixed, fd, 0) != MAP_FAILED;
	close(fd);
	return ok;
}

/* Two views of the same pages, and no file: mremap() of a shared mapping from size 0 makes another;
 * emulators of Linux may not know that. They replace what is at these addresses. */
static bool map_views(uint8_t *writable, uint8_t *executable, size_t bytes)
{
	void *view = mmap(writable, bytes, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	if (view == MAP_FAILED)
		return false;
	view = mremap(writable, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, executable);
	if (view == MAP_FAILED)
		return map_file_views(writable, executable, bytes);
	return mprotect(view, bytes, PROT_READ | PROT_EXEC) == 0;
}

/* Room for them. The executable one lies at the end of a reservation, before bytes of which, zero in
 * the child of a fork, it leaves free. */
static bool reserve_views(uint8_t **writable, uint8_t **reservation, size_t before, size_t bytes)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (room == MAP_FAILED)
		return false;
	*writable = room;
	room = mmap(NULL, before + bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (room == MAP_FAILED)
		return false;
	*reservation = room;
	return !before || !madvise(room, before, MADV_WIPEONFORK);
}

static void unmap_views(uint8_t *writable, uint8_t *reservation, size_t before, size_t bytes)
{
	if (writable)
		munmap(writable, bytes);
	if (reservation)
		munmap(reservation, before + bytes);
}

void mol_jit_fini(struct soft *s)
{
	struct jit *jit = s->jit;

	if (!jit)
		return;
	unmap_views(jit->writable, jit->reservation, JIT_ENTRIES_SIZE, jit->size);
	mol_jit_table_free(&jit->table);
	if (jit->site)
		munmap(jit->versions.version, jit->sites_size);
	if (jit->emitter)
		mol_jit_emitter_free(s->vcpu->vm, jit->emitter);
	mol_free(s->vcpu->vm, jit, sizeof(*jit));
	s->jit = NULL;
}

/* For the options jit.dump and jit.perf: what was emitted from this offset on, of block b, or NULL. */
static void show(const struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t code)
{
	const struct jit *jit = s->jit;
	uint32_t word[SOFT_BLOCK_MAX];
	struct mol_translation t = {
		.ea = ea, .word = word, .words = b ? jit->ir.insns : 0,
		.code = jit->executable + code, .size = jit->a.at - code,
	};

	if (MOL_LIKELY(!s->vcpu->vm->jit_dump))
		return;
	for (uint32_t n = 0; n < t.words; n++)
		word[n] = b->op[n].raw;
	if (b)
		t.msr = (b->mode & SOFT_MODE_PR ? PPC_MSR_PR : 0) |
			(b->mode & SOFT_MODE_FP ? PPC_MSR_FP : 0) |
			(b->mode & SOFT_MODE_VEC ? PPC_MSR_VEC : 0);
	mol_jit_dump(s->vcpu->vm, &t);
}

static uint32_t part_start(const struct jit *jit)
{
	return jit->fixed_end + jit->part * jit->part_size;
}

/* Nothing leads to its code, if there is any. */
static void begin_part(struct jit *jit, uint32_t part)
{
	jit->part = part;
	jit->a.at = part_start(jit);
	jit->a.end = jit->a.at + jit->part_size;
	jit->a.full = false;
	jit->sites = part * jit->part_sites;
	jit->end_sites = jit->sites + jit->part_sites;
}

/* How many parts are emptied before this one. */
static uint32_t turn(const struct jit *jit, uint32_t part)
{
	return (part + jit->parts - jit->part - 1) % jit->parts;
}

/* A block without code shows anew that it is warm. */
void mol_jit_evicted(struct soft *s, uint32_t unit, uint32_t ea)
{
	const struct jit_unit *u = &s->jit->table.unit[unit];
	struct soft_block *b = mol_soft_cache_find(&s->cache, u->host | ea % SOFT_PAGE, u->mode);

	if (!--b->translations)
		b->cold = s->vcpu->vm->jit_heat;
}

/* The code of the block of this site, in the present part, is no more. */
static void evict_block(struct soft *s, const struct jit_site *site)
{
	struct jit_table *t = &s->jit->table;
	const uint32_t entry = *jit_unit_entry(t, site->unit, site->pc);

	/* Perhaps the block has died, and the entry is another's. */
	if (entry - JIT_ENTRIES_SIZE - part_start(s->jit) >= s->jit->part_size)
		return;
	mol_jit_unit_set(t, site->unit, site->pc, t->none);
	mol_jit_evicted(s, site->unit, site->pc);
}

/* The present part is full: the oldest one makes room. Decoded blocks stay. Not while translated code
 * runs. */
static void next_part(struct soft *s)
{
	struct jit *jit = s->jit;
	struct jit_part *part = &jit->of_part[jit->part];
	uint32_t end;

	part->sites = jit->sites;
	begin_part(jit, (jit->part + 1) % jit->parts);
	part = &jit->of_part[jit->part];
	end = part->sites;
	if (end > jit->sites)
		s->vcpu->stat[MOL_STAT_CODE_EVICTIONS]++;
	for (uint32_t n = jit->sites; n < end; n++)
		if (jit->site[n].is_block)
			evict_block(s, &jit->site[n]);
	mol_jit_version_evict(s, jit->a.at, jit->part_size);
	for (uint32_t n = part->links; n; n = jit->site[n - 1].next) {
		mol_jit_emit_link(jit, jit->site[n - 1].retry, jit->site[n - 1].stub);
		jit->site[n - 1].linked = 0;
	}
	part->links = 0;
}

/* A buffer of this process's own, with nothing in it but the fixed parts. */
static bool begin_buffer(struct jit *jit)
{
	if (!map_views(jit->writable, jit->executable, jit->size))
		return false;
	jit->a = (struct jit_code){ .base = jit->writable, .end = jit->size, .at = 16 };
	mol_jit_emit_fixed(jit);
	jit->fixed_end = (jit->a.at + PART_ALIGN - 1) & ~(PART_ALIGN - 1);
	jit->part_size = (jit->size - jit->fixed_end) / jit->parts / PART_ALIGN * PART_ALIGN;
	mol_jit_table_set_none(&jit->table, JIT_ENTRIES_SIZE + jit->exit_lookup);
	memset(jit->of_part, 0, sizeof(jit->of_part));
	mol_jit_version_clear(&jit->versions);
	begin_part(jit, 0);
	return true;
}

/* Called by a signal handler: an access of the window, at pc, faulted. */
static const uint8_t *landing(const struct mol_catcher *catcher, const uint8_t *pc)
{
	const struct jit *jit =
		(const struct jit *)(const void *)((const uint8_t *)catcher - offsetof(struct jit, catcher));
	uint32_t at = (uint32_t)(pc - jit->executable), part = (at - jit->fixed_end) / jit->part_size;
	uint32_t low, high;

	if (at < jit->fixed_end || part >= jit->parts)
		return NULL;
	low = part * jit->part_sites;
	high = part == jit->part ? jit->sites : jit->of_part[part].sites;
	if (low >= high)
		return NULL;
	while (high - low > 1) { /* the last site that begins there or before */
		uint32_t mid = (low + high) / 2;

		if (jit->site[mid].at <= at)
			low = mid;
		else
			high = mid;
	}
	return jit->site[low].landing ? jit->executable + jit->site[low].landing : NULL;
}

int mol_jit_init(struct soft *s, uint64_t bytes)
{
	struct jit *jit = mol_alloc(s->vcpu->vm, sizeof(*jit));
	void *sites;

	if (!jit)
		goto no_memory;
	s->jit = jit;
	jit->model = s->vcpu->cpu.model;
	jit->host = s->vcpu->vm->jit_host;
	jit->emitter = mol_jit_emitter_new(s->vcpu->vm);
	if (!jit->emitter)
		goto no_memory;
	if (!bytes)
		bytes = CODE_DEFAULT;
	if (bytes < 64u << 10)
		bytes = 64u << 10;
	if (bytes > CODE_MOST)
		bytes = CODE_MOST;
	bytes &= ~(uint64_t)4095;
	jit->parts = bytes < JIT_SMALL ? JIT_PARTS_SMALL : JIT_PARTS;
	jit->part_sites = (uint32_t)(bytes / SITE_BYTES / jit->parts);
	jit->sites_size = jit->parts * jit->part_sites * sizeof(struct jit_site) +
			  JIT_VERSIONS * sizeof(struct jit_version) + JIT_STATES * sizeof(struct pinned);
	sites = mmap(NULL, jit->sites_size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (sites == MAP_FAILED)
		goto no_memory;
	jit->versions.version = sites;
	jit->versions.state = (struct pinned *)(jit->versions.version + JIT_VERSIONS);
	jit->site = (struct jit_site *)(jit->versions.state + JIT_STATES);
	jit->size = (uint32_t)bytes;
	if (!reserve_views(&jit->writable, &jit->reservation, JIT_ENTRIES_SIZE, bytes))
		goto no_memory;
	jit->executable = jit->reservation + JIT_ENTRIES_SIZE;
	if (!mol_jit_table_init(s, &jit->table, (uint32_t *)(void *)jit->reservation))
		goto no_memory;
	if (!begin_buffer(jit)) {
		mol_jit_fini(s);
		return mol_error(MOLVM_E_NODEV, "jit: " NO_EXECUTABLE);
	}
	show(s, NULL, 0, 16);
	jit->ir.model = s->cache.model;
	if (s->vcpu->windows) {
		jit->catcher = (struct mol_catcher){ .code = jit->executable, .code_size = jit->size,
						     .landing = landing };
		mol_window_catches(s->vcpu, &jit->catcher);
	}
	s->cache.killed = kill_code;
	return 0;
no_memory:
	mol_jit_fini(s);
	return mol_error(MOLVM_E_NOMEM, "jit: no memory for a vCPU");
}

const char *mol_jit_unavailable(void)
{
	uint8_t *writable = NULL, *reservation = NULL;
	bool ok = reserve_views(&writable, &reservation, 0, SOFT_PAGE) &&
		  map_views(writable, reservation, SOFT_PAGE);

	unmap_views(writable, reservation, 0, SOFT_PAGE);
	return ok ? NULL : NO_EXECUTABLE;
}

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
	       atomic_load_explicit(&s->vcpu->attention, memory_order_relaxed) || is_forked(s->jit);
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
		kill_in_unit(s->jit, p->unit, p->block, b);
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
	if (is_forked(s->jit)) /* this process has no translations of its own yet */
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
		show(s, b, ea, start);
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
	if (turn(jit, part) >= turn(jit, site / jit->part_sites))
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
		if (!code && unit && jit->a.at == part_start(jit)) { /* too long for any part */
			b->cold = UINT32_MAX;
			return true;
		}
		if (!code) {
			next_part(s);
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
	if (!s->left || s->vcpu->careful || is_forked(jit))
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

	if (mol_must_look(s->vcpu) || s->vcpu->careful || is_forked(s->jit))
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
	if (MOL_UNLIKELY(is_forked(jit)) && !begin_buffer(jit))
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
