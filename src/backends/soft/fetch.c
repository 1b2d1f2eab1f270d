/* SPDX-License-Identifier: MIT
 * fetch.c - from an effective address to its decoded block.
 *
 * The fetch side of translation: answers of the MMU are kept a page each
 * (struct soft_fetch), blocks found through them by EA (struct soft_jump).
 * Both are dropped exactly: see struct soft_jump. A guest that changes a
 * translation owes the processor a tlbie and an isync [PEM 7.6.3]; a block in
 * execution runs on to its end, as words already fetched do.
 */
#include <sys/mman.h>

#include "soft.h"

bool mol_soft_fetch_init(struct soft *s)
{
	size_t jump = SOFT_JUMPS * sizeof(struct soft_jump);
	uint8_t *p;

	s->tables_size = jump + SOFT_FETCHES * sizeof(struct soft_fetch);
	p = mmap(NULL, s->tables_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return false;
	s->jump = (struct soft_jump *)(void *)p;
	s->fetch = (struct soft_fetch *)(void *)(p + jump);
	for (unsigned n = 0; n <= SOFT_REAL; n++)
		s->generation[n] = SOFT_GENERATION;
	return true;
}

void mol_soft_fetch_free(struct soft *s)
{
	if (s->jump)
		munmap(s->jump, s->tables_size);
	s->jump = NULL;
}

static void forget_jumps(struct soft *s)
{
	memset(s->jump, 0, SOFT_JUMPS * sizeof(*s->jump));
	s->evictions = s->cache.evictions;
}

void mol_soft_forget_pages(struct soft *s)
{
	forget_jumps(s);
	memset(s->fetch, 0, SOFT_FETCHES * sizeof(*s->fetch));
}

/* A generation that has come round could meet an old entry: then all entries go. */
static void next_generation(struct soft *s, unsigned n)
{
	s->generation[n] += SOFT_GENERATION;
	if (!s->generation[n]) {
		s->generation[n] = SOFT_GENERATION;
		mol_soft_forget_pages(s);
	}
}

void mol_soft_forget_class(struct soft *s, uint32_t ea)
{
	unsigned n = ea >> 12 & (SOFT_CLASSES - 1);

	next_generation(s, n);
	if (s->vcpu->cpu.model->tlb_sets == SOFT_CLASSES / 2) /* 603: EA[15:19] */
		next_generation(s, n ^ SOFT_CLASSES / 2);
}

void mol_soft_forget_translations(struct soft *s)
{
	for (unsigned n = 0; n < SOFT_CLASSES; n++)
		next_generation(s, n);
}

/* The page that holds ea; NULL: cpu->stop says why not. */
static const struct mol_fetch *fetch_page(struct soft *s, uint32_t ea)
{
	uint32_t page = ea & ~(SOFT_PAGE - 1), sr = soft_sr(s, ea), key = soft_page_key(s, ea);
	struct soft_fetch *f = &s->fetch[ea >> 12 & (SOFT_FETCHES - 1)];

	if (f->ea == page && f->sr == sr && f->key == key)
		return &f->page;
	f->key = 0;
	if (!mol_fetch_page(s->vcpu, ea, &f->page))
		return NULL;
	f->ea = page;
	f->sr = sr;
	f->key = key;
	return &f->page;
}

bool mol_soft_fetch_word(struct soft *s, uint32_t ea, uint32_t *word)
{
	const struct mol_fetch *page = fetch_page(s, ea);

	if (page)
		*word = mol_load_be32(page->host + (ea & (SOFT_PAGE - 1)));
	return page != NULL;
}

struct soft_block *mol_soft_lookup(struct soft *s, uint32_t ea, bool make)
{
	const struct mol_fetch *page = fetch_page(s, ea);
	uint32_t mode = s->mode & ~SOFT_MODE_IR;
	struct soft_block *b;
	uintptr_t host;

	if (!page)
		return NULL;
	s->vcpu->stat[MOL_STAT_BLOCK_LOOKUPS]++;
	host = (uintptr_t)page->host + (ea & (SOFT_PAGE - 1));
	b = mol_soft_cache_find(&s->cache, host, mode);
	if (!b) {
		if (!make)
			return NULL;
		if (!mol_soft_cache_page_has_code(&s->cache, host))
			mol_code_watch(s->vcpu, page);
		s->cache.cold = s->vcpu->vm->jit_heat;
		b = mol_soft_cache_make(&s->cache, host, mode);
		s->vcpu->stat[MOL_STAT_BLOCKS_DECODED]++;
		if (s->evictions != s->cache.evictions) {
			forget_jumps(s);
			s->vcpu->stat[MOL_STAT_BLOCK_FLUSHES]++;
		}
	}
	*soft_jump_entry(s, ea) = (struct soft_jump){
		.ea = ea,
		.sr = soft_sr(s, ea),
		.key = soft_key(s, ea),
		.block = soft_block_offset(&s->cache, b),
	};
	return b;
}
