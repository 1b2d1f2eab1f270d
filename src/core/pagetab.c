/* SPDX-License-Identifier: MIT
 * pagetab.c - page tables of pointers: contexts by key, and entries that go exactly.
 *
 * Each entry that is filled has a slot in the list of its context and class; a class, a context
 * or everything is emptied by walking lists, so that it costs what was filled and never a sweep
 * over tables. The tables' memory stays committed for the next use, up to a bound.
 *
 * Called by access.c for data [PEM 5.4.3, 8.2 tlbie: what a TLB may keep and what it must drop].
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pagetab.h"

_Static_assert(MOL_PAGETAB_TOUCHED + MOL_PAGETAB_SLOTS * sizeof(struct mol_pagetab_slot) +
			       64 * sizeof(struct mol_pagetab_context) + MOL_PAGETAB_PAGES / 4 * 32 <
		       MOL_PAGETAB_RESIDENT,
	       "the bound does not hold");

/* ---- memory ---- */

static size_t table_bytes(unsigned width)
{
	return (size_t)width * MOL_PAGETAB_PAGES * sizeof(uintptr_t);
}

/* From one context's tables to the next one's. */
static size_t span_bytes(unsigned width, bool windows)
{
	uint64_t window = windows ? 2 * (uint64_t)MOL_PAGETAB_GUARD + (1ull << 32) : 0; /* on 64-bit hosts */

	return table_bytes(width) + (size_t)window;
}

/* All but the windows and their guards. */
static bool open_tables(uint8_t *p, size_t span, unsigned n, size_t size)
{
	const int prot = PROT_READ | PROT_WRITE;

	for (unsigned i = 0; i < n; i++)
		if (mprotect(p + i * span, table_bytes(2), prot))
			return false;
	return !mprotect(p + n * span, size - n * span, prot);
}

static size_t mapped_bytes(const struct mol_pagetab *t, unsigned contexts)
{
	return t->windows ? (size_t)contexts * MOL_PAGETAB_PAGES / 4 : 0;
}

/* empty table, contexts' tables, slots, contexts, which pages are mapped */
static bool reserve(struct mol_pagetab *t, unsigned contexts)
{
	size_t tables = span_bytes(t->width, t->windows) + t->beside;
	size_t slots = MOL_PAGETAB_SLOTS * sizeof(struct mol_pagetab_slot);
	uint8_t *p;

	t->memory_size = tables * (contexts + 1) + slots + contexts * sizeof(*t->context) +
			 mapped_bytes(t, contexts);
	p = mmap(NULL, t->memory_size, t->windows ? PROT_NONE : PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return false;
	if (t->windows && !open_tables(p, tables, contexts + 1, t->memory_size)) {
		munmap(p, t->memory_size);
		return false;
	}
	t->contexts = contexts;
	t->memory = p;
	t->empty = (uintptr_t *)(void *)p;
	t->tables = (uintptr_t *)(void *)(p + tables);
	p += tables * (contexts + 1);
	t->slot = (struct mol_pagetab_slot *)(void *)p;
	t->context = (struct mol_pagetab_context *)(void *)(p + slots);
	t->mapped = (uint64_t *)(void *)(t->context + contexts);
	return true;
}

static bool init(struct mol_pagetab *t, bool windows)
{
	unsigned contexts = (unsigned)MOL_PAGETAB_CONTEXTS;

	t->windows = windows && sizeof(uintptr_t) > 4 && t->host_page <= 4096;
	if (t->windows && !reserve(t, contexts))
		t->windows = false;
	while (!t->memory && !reserve(t, contexts)) {
		contexts /= 2;
		if (contexts < MOL_PAGETAB_CONTEXTS_LEAST)
			return false;
	}
	t->span = (span_bytes(t->width, t->windows) + t->beside) / sizeof(uintptr_t);
	/* Two advices, nothing depends on them: a huge page would commit 2 MiB for one entry, and
	 * a stray write to the empty table is better caught. */
	madvise(t->memory, t->memory_size, MADV_NOHUGEPAGE);
	mprotect(t->empty, table_bytes(t->width) + t->beside, PROT_READ);
	return true;
}

bool mol_pagetab_init(struct mol_pagetab *t, unsigned width, unsigned key_words, bool windows)
{
	*t = (struct mol_pagetab){ .width = width, .key_words = key_words };
	t->host_page = (uint32_t)sysconf(_SC_PAGESIZE);
	return init(t, windows);
}

bool mol_pagetab_init_beside(struct mol_pagetab *t, unsigned width, unsigned key_words, size_t beside,
			     size_t zeroed)
{
	*t = (struct mol_pagetab){ .width = width, .key_words = key_words, .zeroed = zeroed };
	t->host_page = (uint32_t)sysconf(_SC_PAGESIZE);
	t->beside = (beside + t->host_page - 1) / t->host_page * t->host_page;
	return init(t, false);
}

void mol_pagetab_free(struct mol_pagetab *t)
{
	if (t->memory)
		munmap(t->memory, t->memory_size);
	t->memory = NULL;
}

/* ---- windows ---- */

bool mol_pagetab_map(struct mol_pagetab *t, unsigned context, uint32_t ea, bool write)
{
	uint8_t *at = mol_pagetab_window(t, context) + (ea & ~4095u);
	uintptr_t host = mol_pagetab_table(t, context)[ea >> 12] + (ea & ~4095u);

	if (t->mapped_pages >= MOL_PAGETAB_MAPPED)
		return false;
	/* From size 0: a second mapping of shared memory. */
	if (mremap((void *)host, 0, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, at) == MAP_FAILED) {
		mol_pagetab_close(at, 4096); /* there may be a hole now, for others to map */
		return false;
	}
	if (!mol_pagetab_is_mapped(t, context, ea))
		t->mapped_pages++;
	*mol_pagetab_mapped_word(t, context, ea) |= (write ? 3ull : 1ull) << (ea >> 11 & 62);
	if (write || !mprotect(at, 4096, PROT_READ))
		return true;
	mol_pagetab_unmap(t, context, ea);
	return false;
}

void mol_pagetab_unmap(struct mol_pagetab *t, unsigned context, uint32_t ea)
{
	mol_pagetab_close(mol_pagetab_window(t, context) + (ea & ~4095u), 4096);
	*mol_pagetab_mapped_word(t, context, ea) &= ~(3ull << (ea >> 11 & 62));
	t->mapped_pages--;
	t->unmaps++;
}

/* If the host could not do even that, its answer is to be the end of the access, not of the promise. */
void mol_pagetab_close(uint8_t *at, uint64_t len)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;

	if (mmap(at, (size_t)len, PROT_NONE, flags, -1, 0) == MAP_FAILED)
		mprotect(at, (size_t)len, PROT_NONE);
}

/* ---- emptying ---- */

static void forget_beside(struct mol_pagetab *t, unsigned n)
{
	uintptr_t *first = mol_pagetab_table(t, n) + t->width * MOL_PAGETAB_PAGES;

	if (t->zeroed && *first)
		memset(first, 0, t->zeroed);
}

static void flush_list(struct mol_pagetab *t, unsigned n, unsigned class)
{
	struct mol_pagetab_context *c = &t->context[n];
	uintptr_t *table = mol_pagetab_table(t, n);
	uint32_t first = c->list[class], at = first;
	struct mol_pagetab_slot *slot = NULL;

	forget_beside(t, n);
	while (at) {
		slot = &t->slot[at - 1];
		if (mol_pagetab_is_mapped(t, n, slot->page << 12))
			mol_pagetab_unmap(t, n, slot->page << 12);
		table[slot->page] = 0;
		if (t->width == 2 && table[MOL_PAGETAB_SECOND + slot->page])
			table[MOL_PAGETAB_SECOND + slot->page] = 0;
		at = slot->next;
	}
	if (slot) {
		slot->next = t->free;
		t->free = first;
	}
	c->list[class] = 0;
	t->busy[class] &= ~(1ull << n);
}

static void flush_everywhere(struct mol_pagetab *t, unsigned class)
{
	while (t->busy[class])
		flush_list(t, (unsigned)__builtin_ctzll(t->busy[class]), class);
}

void mol_pagetab_flush_class(struct mol_pagetab *t, uint32_t ea, unsigned sets)
{
	unsigned class = mol_pagetab_class(ea);

	flush_everywhere(t, class);
	if (sets < MOL_PAGETAB_CLASSES)
		flush_everywhere(t, class ^ MOL_PAGETAB_CLASSES / 2);
}

void mol_pagetab_flush_classes(struct mol_pagetab *t)
{
	for (unsigned class = 0; class < MOL_PAGETAB_CLASSES; class++)
		flush_everywhere(t, class);
}

void mol_pagetab_flush(struct mol_pagetab *t)
{
	mol_pagetab_flush_classes(t);
	flush_everywhere(t, MOL_PAGETAB_KEPT);
	t->slots = t->free = 0;
}

/* No room: everything goes, and if it is the tables' own pages that are too many, these too. */
static void trim(struct mol_pagetab *t)
{
	t->trims++;
	mol_pagetab_flush(t);
	if (t->touched < MOL_PAGETAB_TOUCHED)
		return;
	t->touched = 0;
	for (unsigned n = 0; n < t->contexts; n++) {
		if (!t->context[n].used)
			continue;
		madvise(mol_pagetab_table(t, n), table_bytes(t->width), MADV_DONTNEED);
		memset(t->context[n].touched, 0, sizeof(t->context[n].touched));
	}
}

void mol_pagetab_each(struct mol_pagetab *t, mol_pagetab_visit *visit, void *opaque)
{
	for (unsigned class = 0; class <= MOL_PAGETAB_KEPT; class++) {
		for (uint64_t busy = t->busy[class]; busy; busy &= busy - 1) {
			unsigned n = (unsigned)__builtin_ctzll(busy);
			uint32_t *link = &t->context[n].list[class];

			while (*link) {
				uint32_t at = *link;
				struct mol_pagetab_slot *slot = &t->slot[at - 1];
				uintptr_t *first = mol_pagetab_table(t, n) + slot->page;

				if (!visit(opaque, n, slot->page << 12, first)) {
					link = &slot->next;
					continue;
				}
				if (mol_pagetab_is_mapped(t, n, slot->page << 12))
					mol_pagetab_unmap(t, n, slot->page << 12);
				*first = 0;
				forget_beside(t, n);
				if (t->width == 2)
					first[MOL_PAGETAB_SECOND] = 0;
				*link = slot->next;
				slot->next = t->free;
				t->free = at;
			}
		}
	}
}

/* ---- contexts ---- */

typedef uint32_t lanes __attribute__((vector_size(16)));

/* Four words at a time: sums, and sums of sums, in which their places count. */
static uint64_t hash_of(const uint32_t *key, unsigned words)
{
	lanes sum = { 0 }, sums = { 0 }, k;
	uint64_t h = 0;

	for (unsigned n = 0; n < words; n += 4) {
		memcpy(&k, key + n, sizeof(k));
		sum += k;
		sums += sum;
	}
	for (unsigned n = 0; n < 4; n++)
		h += ((uint64_t)sum[n] << 32 | sums[n]) * (0x9e3779b97f4a7c15u + 2 * n * 0xd1b54a32d192ed03u);
	return h ^ h >> 32;
}

static void forget_context(struct mol_pagetab *t, unsigned n)
{
	struct mol_pagetab_context *c = &t->context[n];
	uint8_t *link = &t->bucket[c->hash & 63];

	for (unsigned class = 0; class <= MOL_PAGETAB_KEPT; class++)
		if (c->list[class])
			flush_list(t, n, class);
	while (*link != n + 1)
		link = &t->context[*link - 1].hash_next;
	*link = c->hash_next;
	c->used = 0;
}

static unsigned oldest(const struct mol_pagetab *t, uint64_t pinned)
{
	unsigned found = t->contexts;

	for (unsigned n = 0; n < t->contexts; n++) {
		if (!t->context[n].used)
			return n;
		if (!(pinned >> n & 1) &&
		    (found == t->contexts || t->context[n].used < t->context[found].used))
			found = n;
	}
	return found;
}

unsigned mol_pagetab_context(struct mol_pagetab *t, const uint32_t *key, uint64_t pinned)
{
	uint64_t hash = hash_of(key, t->key_words);
	struct mol_pagetab_context *c;
	unsigned n;

	for (unsigned next = t->bucket[hash & 63]; next; next = c->hash_next) {
		c = &t->context[next - 1];
		if (c->hash == hash && !memcmp(c->key, key, t->key_words * sizeof(*key))) {
			c->used = ++t->clock;
			return next - 1;
		}
	}
	n = oldest(t, pinned);
	c = &t->context[n];
	if (c->used)
		forget_context(t, n);
	memcpy(c->key, key, t->key_words * sizeof(*key));
	c->hash = hash;
	c->used = c->born = ++t->clock;
	c->hash_next = t->bucket[hash & 63];
	t->bucket[hash & 63] = (uint8_t)(n + 1);
	return n;
}

/* ---- filling ---- */

/* Count the host's page that the entry is on. False: one too many. */
static bool touch(struct mol_pagetab *t, struct mol_pagetab_context *c, unsigned table,
		  uint32_t page)
{
	uint32_t n = page * (uint32_t)sizeof(uintptr_t) >> __builtin_ctz(t->host_page);
	uint64_t bit = 1ull << (n & 63);

	if (c->touched[table][n >> 6] & bit)
		return true;
	if (t->touched >= MOL_PAGETAB_TOUCHED)
		return false;
	c->touched[table][n >> 6] |= bit;
	t->touched += t->host_page;
	return true;
}

static uint32_t new_slot(struct mol_pagetab *t)
{
	uint32_t at = t->free;

	if (at) {
		t->free = t->slot[at - 1].next;
		return at;
	}
	return t->slots < MOL_PAGETAB_SLOTS ? ++t->slots : 0;
}

/* False: no room. */
static bool enter(struct mol_pagetab *t, unsigned n, uint32_t page, unsigned class)
{
	struct mol_pagetab_context *c = &t->context[n];
	uint32_t at;

	if (!touch(t, c, 0, page))
		return false;
	at = new_slot(t);
	if (!at)
		return false;
	t->slot[at - 1] = (struct mol_pagetab_slot){ .page = page, .next = c->list[class] };
	c->list[class] = at;
	t->busy[class] |= 1ull << n;
	return true;
}

/* False: no room. */
static bool prepare(struct mol_pagetab *t, unsigned n, uint32_t page, unsigned class, bool second)
{
	if (second && !touch(t, &t->context[n], 1, page))
		return false;
	return mol_pagetab_table(t, n)[page] || enter(t, n, page, class);
}

void mol_pagetab_fill(struct mol_pagetab *t, unsigned context, uint32_t ea, unsigned class,
		      uintptr_t first, uintptr_t second)
{
	uintptr_t *table = mol_pagetab_table(t, context);
	uint32_t page = ea >> 12;
	unsigned mapped;

	if (!first)
		return;
	if (!prepare(t, context, page, class, second != 0)) {
		trim(t);
		prepare(t, context, page, class, second != 0);
	}
	if (table[page] && table[page] != first)
		forget_beside(t, context);
	mapped = mol_pagetab_is_mapped(t, context, ea);
	if (mapped && (table[page] != first || (mapped & 2 && second != table[MOL_PAGETAB_SECOND + page])))
		mol_pagetab_unmap(t, context, ea);
	table[page] = first;
	if (second || (t->width == 2 && table[MOL_PAGETAB_SECOND + page]))
		table[MOL_PAGETAB_SECOND + page] = second;
}
