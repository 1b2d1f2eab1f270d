/* SPDX-License-Identifier: MIT
 * jit_buffer.c - the translator's code buffer: made, filled in turns, and what leads to code that goes.
 *
 * Translations go with their blocks: a block that dies has the beginning of its code overwritten, so
 * that branches linked to it come back to jit.c. A code buffer that is full loses its oldest part:
 * entries of units and links from the other parts are all that leads to it.
 * The buffer is mapped twice, writable and executable, never both at one address. To be mapped twice
 * it is shared memory, so a process that forks shares it with its child: the child sees by its
 * entries, which the host wipes then, that it has to make a buffer of its own.
 * Called by jit.c and run.c; by cache.c when a block dies; by fault.c, in a signal handler, for landings.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "jit.h"

#define CODE_DEFAULT (32u << 20)
#define CODE_MOST (128u << 20) /* what branches of aarch64 reach */
#define PART_ALIGN 16u
#define SITE_BYTES 24u /* of code for each site that the table has room for */

#define NO_EXECUTABLE "the host gives this process no executable memory"

bool mol_jit_kill_in_unit(struct jit *jit, uint32_t unit, uint32_t ea, struct soft_block *b)
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

	if (jit_is_forked(s->jit))
		return false;
	while (b->translations && (n = mol_jit_unit_next(t, n, b->host, b->mode))) {
		uint32_t ea = t->unit[n].ea | b->host % SOFT_PAGE;

		had_code |= mol_jit_kill_in_unit(s->jit, n, ea, b);
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

void mol_jit_show(const struct soft *s, const struct soft_block *b, uint32_t ea, uint32_t code)
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

/* Nothing leads to its code, if there is any. */
static void begin_part(struct jit *jit, uint32_t part)
{
	jit->part = part;
	jit->a.at = jit_part_start(jit);
	jit->a.end = jit->a.at + jit->part_size;
	jit->a.full = false;
	jit->sites = part * jit->part_sites;
	jit->end_sites = jit->sites + jit->part_sites;
}

uint32_t mol_jit_turn(const struct jit *jit, uint32_t part)
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
	if (entry - JIT_ENTRIES_SIZE - jit_part_start(s->jit) >= s->jit->part_size)
		return;
	mol_jit_unit_set(t, site->unit, site->pc, t->none);
	mol_jit_evicted(s, site->unit, site->pc);
}

void mol_jit_next_part(struct soft *s)
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

bool mol_jit_begin_buffer(struct jit *jit)
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
	if (!mol_jit_begin_buffer(jit)) {
		mol_jit_fini(s);
		return mol_error(MOLVM_E_NODEV, "jit: " NO_EXECUTABLE);
	}
	mol_jit_show(s, NULL, 0, 16);
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
