/* SPDX-License-Identifier: MIT
 * window.c - MOLVM_CFG_FASTMEM: RAM mapped once more, where the guest has it.
 *
 * Behind the page tables of a data context [pagetab.h] lies a window of 4 GiB. What of the guest's
 * addresses leads to RAM for as long as the context exists, because no page table of the guest's
 * has a say in it (real addressing mode, and what data BATs translate, which go before segments
 * [PEM 7.2, 7.4.2]), is mapped there; the rest of it faults [fault.c]. So an access of translated code is
 * one instruction, and keeps the promises of an entry of fast.c: it can be read if the guest
 * may read it; it can be written if nothing need be noted of a store, which is to say that it is
 * not READONLY or ROM, that nobody logs what is dirty, and that no decoded code is on the page.
 * There are no windows while anything is watched. DEMAND memory, memory that
 * the embedder gave, and files are not mapped here.
 *
 * A page elsewhere, which fault after fault asks for, is mapped by itself if the tables have an entry
 * for it, and for as long as they have [pagetab.h]; not if such pages come and go.
 *
 * Called by fast.c, by access.c and break.c when what the promises rest on changes, and by translators.
 * A window that could not be made, or was given up, is one where everything faults.
 */
#include <sys/mman.h>

#include "backend.h"

#define RUNS 24u      /* of a window */
#define PIECES 8192u  /* of a machine: runs, and pages that differ from theirs */
/* Windows are made as often as this at once, and then once in so many instructions: a guest that
 * writes BATs all the time does without. */
#define MAKES 64u
#define MAKE_SHIFT 20
/* The same for single pages, whose end costs more. */
#define MAPS 16384u
#define MAP_SHIFT 14
#define UNMAP_COST 64u

/* Contiguous addresses with contiguous memory. */
struct run {
	uint32_t ea;
	uint64_t len;
	const uint8_t *host;
	bool write;
};

struct window {
	uint64_t context; /* born: made for it; 0: not made */
	uint32_t pieces;
	unsigned runs;
	struct run run[RUNS];
};

struct mol_windows {
	struct window window[MOL_PAGETAB_CONTEXTS];
	uint64_t open;    /* windows with runs: bit n */
	uint32_t pieces;  /* of all windows */
	uint32_t charged; /* pieces and single pages, as fault.c knows it */
	uint64_t maps;    /* of single pages, ever */
};

void mol_window_init(struct molvm_vcpu *vcpu)
{
	if (vcpu->pages.windows)
		vcpu->windows = mol_alloc(vcpu->vm, sizeof(*vcpu->windows));
}

void mol_window_free(struct molvm_vcpu *vcpu)
{
	if (vcpu->windows)
		mol_window_charge(&vcpu->windows->charged, 0);
	mol_free(vcpu->vm, vcpu->windows, sizeof(*vcpu->windows));
}

/* May there be as many more mappings of the host's? */
static bool charge(struct molvm_vcpu *vcpu, uint32_t more)
{
	struct mol_windows *all = vcpu->windows;

	return mol_window_charge(&all->charged, all->pieces + vcpu->pages.mapped_pages + more);
}

static bool new_piece(struct molvm_vcpu *vcpu, unsigned n)
{
	struct mol_windows *all = vcpu->windows;

	if (all->pieces == PIECES || !charge(vcpu, 1))
		return false;
	all->pieces++;
	all->window[n].pieces++;
	return true;
}

/* ---- closing ---- */

static void close_window(struct molvm_vcpu *vcpu, unsigned n)
{
	struct window *w = &vcpu->windows->window[n];

	for (unsigned i = 0; i < w->runs; i++)
		mol_pagetab_close(mol_pagetab_window(&vcpu->pages, n) + w->run[i].ea, w->run[i].len);
	w->runs = 0;
	w->context = 0;
	vcpu->windows->open &= ~(1ull << n);
	vcpu->windows->pieces -= w->pieces;
	w->pieces = 0;
	charge(vcpu, 0);
}

void mol_window_close(struct molvm_vcpu *vcpu)
{
	struct mol_windows *all = vcpu->windows;

	if (!all)
		return;
	for (unsigned n = 0; n < vcpu->pages.contexts; n++)
		if (all->window[n].context)
			close_window(vcpu, n);
}

void mol_window_resolved(struct molvm_vcpu *vcpu, unsigned n)
{
	const struct window *w = &vcpu->windows->window[n];

	if (w->context && w->context != vcpu->pages.context[n].born)
		close_window(vcpu, n);
}

/* ---- code ---- */

/* Stores to [host, host + len), inside of run r, shall fault. False: the host refuses. */
static bool shut(struct molvm_vcpu *vcpu, unsigned n, const struct run *r, const uint8_t *host,
		 size_t len)
{
	uint8_t *at = mol_pagetab_window(&vcpu->pages, n) + r->ea + (host - r->host);

	return new_piece(vcpu, n) && !mprotect(at, len, PROT_READ);
}

/* Pages that have had code are likely to have code again: they stay shut, as long as there are windows. */
void mol_window_code(struct molvm_vcpu *vcpu, const uint8_t *host, _Atomic uint8_t *page)
{
	if (!vcpu->windows->open || atomic_fetch_or(page, MOL_PAGE_SHUT) & MOL_PAGE_SHUT)
		return;
	for (uint64_t open = vcpu->windows->open; open; open &= open - 1) {
		unsigned n = (unsigned)__builtin_ctzll(open);
		const struct window *w = &vcpu->windows->window[n];

		for (unsigned i = 0; i < w->runs; i++) {
			const struct run *r = &w->run[i];

			if (r->write && (uintptr_t)host - (uintptr_t)r->host < r->len &&
			    !shut(vcpu, n, r, host, MOL_PAGE)) {
				mol_window_close(vcpu);
				return;
			}
		}
	}
}

/* Is this page of a new run to be shut? */
static bool has_code(_Atomic uint8_t *page, bool first)
{
	uint8_t was = atomic_load_explicit(page, memory_order_relaxed);

	if (!(was & (MOL_PAGE_CODE | MOL_PAGE_SHUT)))
		return false;
	if (was & MOL_PAGE_CODE)
		atomic_fetch_or(page, MOL_PAGE_SHUT);
	else if (first)
		atomic_fetch_and(page, (uint8_t)~MOL_PAGE_SHUT);
	return was & MOL_PAGE_CODE || !first;
}

/* first: there are no windows yet in which pages could be shut. */
static bool shut_code(struct molvm_vcpu *vcpu, unsigned n, const struct run *r, bool first,
		      _Atomic uint8_t *flags)
{
	uint64_t pages = r->len / MOL_PAGE, from;

	for (uint64_t at = 0; at < pages; at++) {
		for (from = at; at < pages && has_code(&flags[at], first);)
			at++;
		if (at > from && !shut(vcpu, n, r, r->host + from * MOL_PAGE,
				       (size_t)((at - from) * MOL_PAGE)))
			return false;
	}
	return true;
}

/* ---- making ---- */

/* Does anybody log what is dirty in this memory? */
static bool is_logged(const molvm_vm *vm, const struct mol_backing *b)
{
	for (uint32_t n = 0; n < vm->map.n; n++)
		if (vm->map.r[n].backing == b && vm->map.r[n].flags & MOLVM_MEM_DIRTY_LOG)
			return true;
	return false;
}

/* False: no more. */
static bool map_run(struct molvm_vcpu *vcpu, unsigned n, const struct run *run,
		    _Atomic uint8_t *flags)
{
	bool first = !(vcpu->windows->open & ~(1ull << n));
	struct window *w = &vcpu->windows->window[n];
	uint8_t *at = mol_pagetab_window(&vcpu->pages, n) + run->ea;

	if (w->runs == RUNS || !new_piece(vcpu, n))
		return false;
	/* From size 0: a second mapping of shared memory. */
	if (mremap((void *)(uintptr_t)run->host, 0, (size_t)run->len, MREMAP_MAYMOVE | MREMAP_FIXED, at) ==
	    MAP_FAILED) {
		mol_pagetab_close(at, run->len); /* there may be a hole now, for others to map */
		return false;
	}
	w->run[w->runs++] = *run;
	vcpu->windows->open |= 1ull << n;
	if (!run->write)
		return !mprotect(at, (size_t)run->len, PROT_READ);
	return shut_code(vcpu, n, run, first, flags);
}

/* What of these addresses is RAM. False: no more. */
static bool map_piece(struct molvm_vcpu *vcpu, unsigned n, uint32_t ea, uint64_t len,
		      const struct mol_xlat *x)
{
	const struct mol_memmap *map = &vcpu->vm->map;
	uint64_t end = x->pa + len;

	for (uint32_t i = 0; i < map->n && map->r[i].gpa < end; i++) {
		const struct mol_region *r = &map->r[i];
		uint64_t from = r->gpa > x->pa ? r->gpa : x->pa;
		uint64_t to = r->gpa + r->len < end ? r->gpa + r->len : end;
		struct run run;

		if (from >= to || !r->backing || !r->backing->shared || r->flags & MOLVM_MEM_DEMAND)
			continue;
		run.ea = ea + (uint32_t)(from - x->pa);
		run.len = to - from;
		run.host = r->backing->host + r->offset + (from - r->gpa);
		run.write = x->can_write && !(r->flags & (MOLVM_MEM_READONLY | MOLVM_MEM_ROM)) &&
			    !is_logged(vcpu->vm, r->backing);
		if (!map_run(vcpu, n, &run, r->backing->flags + (run.host - r->backing->host) / MOL_PAGE))
			return false;
	}
	return true;
}

static void make(struct molvm_vcpu *vcpu, unsigned n)
{
	struct window *w = &vcpu->windows->window[n];
	bool ok = true;

	vcpu->stat[MOL_STAT_WINDOWS]++;
	w->context = vcpu->pages.context[n].born;
	for (uint64_t ea = 0, end; ok && ea < 1ull << 32; ea = end) {
		bool covered = true;
		struct mol_xlat x;

		end = 1ull << 32;
		if (vcpu->cpu.r.msr & PPC_MSR_DR)
			covered = mol_mmu_dbat_covers(&vcpu->cpu, (uint32_t)ea, &end);
		if (covered && mol_access_peek(vcpu, (uint32_t)ea, PPC_READ, &x) && x.can_read)
			ok = map_piece(vcpu, n, (uint32_t)ea, end - ea, &x);
	}
	if (!ok) {
		close_window(vcpu, n);
		w->context = vcpu->pages.context[n].born;
	}
}

/* The present context's; made, if it can be. */
static const struct window *present(struct molvm_vcpu *vcpu, bool *made)
{
	unsigned n = vcpu->page_context[ppc_data_mode(vcpu->cpu.r.msr)];
	struct mol_windows *all = vcpu->windows;

	*made = !all->window[n].context && !vcpu->watch_data &&
		vcpu->stat[MOL_STAT_WINDOWS] < MAKES + (mol_vcpu_insns(vcpu) >> MAKE_SHIFT);
	if (*made)
		make(vcpu, n);
	return &all->window[n];
}

bool mol_window_ready(struct molvm_vcpu *vcpu)
{
	bool made;

	if (!vcpu->windows)
		return false;
	if (vcpu->cpu.page == vcpu->pages.empty)
		mol_fast_resolve(vcpu);
	return present(vcpu, &made)->runs;
}

/* ---- single pages ---- */

static const struct run *run_at(const struct window *w, uint32_t ea)
{
	for (unsigned i = 0; i < w->runs; i++)
		if (ea - w->run[i].ea < w->run[i].len)
			return &w->run[i];
	return NULL;
}

static bool is_shared(const molvm_vm *vm, uintptr_t host)
{
	for (uint32_t n = 0; n < vm->map.n; n++) {
		const struct mol_backing *b = vm->map.r[n].backing;

		if (b && b->shared && host - (uintptr_t)b->host < b->len)
			return true;
	}
	return false;
}

/* Map the page of ea as its entry says, if there is one that allows it. False: nothing has changed. */
static bool map_page(struct molvm_vcpu *vcpu, unsigned n, uint32_t ea, bool write)
{
	struct mol_pagetab *pages = &vcpu->pages;
	uintptr_t entry = vcpu->cpu.page[ea >> 12];
	bool writable = ppc_page_may_store(vcpu->cpu.page[PPC_PAGE_STORE + (ea >> 12)]);
	unsigned mapped = mol_pagetab_is_mapped(pages, n, ea);

	if (!entry || (write && !writable) || mapped & 2 || (mapped && !write) ||
	    run_at(&vcpu->windows->window[n], ea) || !is_shared(vcpu->vm, entry + ea) ||
	    vcpu->windows->maps + UNMAP_COST * pages->unmaps >=
		    MAPS + (mol_vcpu_insns(vcpu) >> MAP_SHIFT) ||
	    !charge(vcpu, !mapped))
		return false;
	vcpu->windows->maps++;
	return mol_pagetab_map(pages, n, ea, writable);
}

bool mol_window_cures(struct molvm_vcpu *vcpu, uint32_t ea, unsigned size, bool write)
{
	unsigned n = vcpu->page_context[ppc_data_mode(vcpu->cpu.r.msr)];
	uint32_t last = ea + size - 1;
	const struct window *w;
	const struct run *r;
	bool made, cured;

	if (vcpu->cpu.page == vcpu->pages.empty)
		return false;
	w = present(vcpu, &made);
	r = made ? run_at(w, ea) : NULL;
	cured = r && (!write || r->write);
	cured |= map_page(vcpu, n, ea, write);
	if ((ea ^ last) & ~MOL_PAGE_MASK)
		cured |= map_page(vcpu, n, last, write);
	return cured;
}

void mol_window_catches(const struct molvm_vcpu *vcpu, struct mol_catcher *catcher)
{
	catcher->data = vcpu->pages.memory;
	catcher->data_size = vcpu->pages.memory_size;
}
