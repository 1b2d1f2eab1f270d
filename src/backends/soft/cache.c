/* SPDX-License-Identifier: MIT
 * cache.c - decoded blocks: made, found by host address, and killed exactly.
 *
 * All memory is one reservation made when the processor is created and
 * committed by use, so running allocates nothing and an idle processor costs
 * next to nothing. The arena has parts, filled in turn; a part is emptied when its turn comes.
 * Called by fetch.c (find, make) and by the notices of writes that run.c gets.
 */
#include <sys/mman.h>

#include "soft.h"

#define ARENA_FIRST 64u /* offsets 0 and LINK_OPEN mean something else */
#define BLOCK_MOST (sizeof(struct soft_block) + (SOFT_BLOCK_MAX + 1) * sizeof(struct soft_op))

static uint32_t hash_of(uintptr_t host, uint32_t mode)
{
	uint32_t h = (uint32_t)(host >> 2);

	return (h ^ h >> 12 ^ mode << 10) & (SOFT_HASH_SIZE - 1);
}

static uint32_t page_hash_of(uintptr_t host)
{
	return (uint32_t)(host >> 12 ^ host >> 24) & (SOFT_PAGE_HASH_SIZE - 1);
}

/* ---- the handlers that are no instruction ---- */

static uint32_t op_end(struct ppc_cpu *cpu, struct ppc_insn insn)
{
	return SOFT_STOP_END;
}

static uint32_t op_stale(struct ppc_cpu *cpu, struct ppc_insn insn)
{
	return SOFT_STOP_STALE;
}

/* ---- memory ---- */

bool mol_soft_cache_init(struct soft_cache *cache, const struct ppc_model *model, size_t arena)
{
	size_t hash = SOFT_HASH_SIZE * sizeof(uint32_t);
	size_t page = SOFT_PAGES * sizeof(struct soft_page);
	size_t page_hash = SOFT_PAGE_HASH_SIZE * sizeof(uint32_t);
	uint8_t *p;

	if (!arena)
		arena = SOFT_ARENA_DEFAULT;
	if (arena < 65536)
		arena = 65536;
	_Static_assert(65536 / SOFT_PARTS - ARENA_FIRST > BLOCK_MOST, "a part has room for any block");
	if (arena > 1u << 30)
		arena = 1u << 30;
	arena &= ~(size_t)(SOFT_PARTS * SOFT_PAGE - 1);
	*cache = (struct soft_cache){ .model = model, .memory_size = arena + hash + page + page_hash };
	p = mmap(NULL, cache->memory_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return false;
	cache->memory = cache->arena = p;
	cache->arena_size = (uint32_t)arena;
	cache->arena_used = ARENA_FIRST;
	cache->part_size = cache->part_end = cache->arena_size / SOFT_PARTS;
	cache->parts_used = 1;
	p += arena;
	cache->hash = (uint32_t *)(void *)p;
	p += hash;
	cache->page = (struct soft_page *)(void *)p;
	p += page;
	cache->page_hash = (uint32_t *)(void *)p;
	return true;
}

void mol_soft_cache_free(struct soft_cache *cache)
{
	if (cache->memory)
		munmap(cache->memory, cache->memory_size);
	cache->memory = NULL;
}

/* ---- pages ---- */

static struct soft_page *find_page(const struct soft_cache *cache, uintptr_t host)
{
	uintptr_t base = host & ~(uintptr_t)(SOFT_PAGE - 1);
	uint32_t n = cache->page_hash[page_hash_of(base)];

	while (n) {
		struct soft_page *page = &cache->page[n - 1];

		if (page->host == base)
			return page;
		n = page->hash_next;
	}
	return NULL;
}

/* There is room for one: make() has seen to it. */
static struct soft_page *make_page(struct soft_cache *cache, uintptr_t host)
{
	uintptr_t base = host & ~(uintptr_t)(SOFT_PAGE - 1);
	uint32_t *bucket = &cache->page_hash[page_hash_of(base)];
	struct soft_page *page = &cache->page[cache->page_count++];

	*page = (struct soft_page){ .host = base, .hash_next = *bucket };
	*bucket = cache->page_count;
	return page;
}

static uint64_t lines_of(const struct soft_block *b)
{
	unsigned in_page = (unsigned)(b->host & (SOFT_PAGE - 1));
	unsigned first = in_page >> SOFT_LINE_SHIFT;
	unsigned last = (in_page + 4u * b->count - 1) >> SOFT_LINE_SHIFT;

	return ~0ull >> (63 - (last - first)) << first;
}

/* Pages without blocks make room for others. */
static void drop_empty_pages(struct soft_cache *cache)
{
	uint32_t count = cache->page_count;

	memset(cache->page_hash, 0, SOFT_PAGE_HASH_SIZE * sizeof(*cache->page_hash));
	cache->page_count = 0;
	for (uint32_t n = 0; n < count; n++) {
		const struct soft_page page = cache->page[n];

		if (page.parts) {
			struct soft_page *to = make_page(cache, page.host);
			uint32_t hash_next = to->hash_next;

			*to = page;
			to->hash_next = hash_next;
		}
	}
}

bool mol_soft_cache_page_has_code(const struct soft_cache *cache, uintptr_t host)
{
	const struct soft_page *page = find_page(cache, host);

	return page && page->lines;
}

/* ---- making room ---- */

static void unhash(struct soft_cache *cache, const struct soft_block *b)
{
	uint32_t offset = soft_block_offset(cache, b);
	uint32_t *link = &cache->hash[hash_of(b->host, b->mode)];

	while (*link != offset)
		link = &soft_block_at(cache, *link)->hash_next;
	*link = b->hash_next;
}

/* The blocks of this page that lie in this part go. */
static void evict_from_page(struct soft_cache *cache, struct soft_page *page, uint32_t part)
{
	for (uint32_t n = page->blocks[part]; n; n = soft_block_at(cache, n)->page_next) {
		if (cache->killed)
			cache->killed(cache, soft_block_at(cache, n));
		unhash(cache, soft_block_at(cache, n));
	}
	page->blocks[part] = 0;
	page->parts &= (uint16_t)~(1u << part);
	if (!page->parts)
		page->lines = 0;
}

/* The oldest part makes room. */
static void next_part(struct soft_cache *cache)
{
	uint32_t part = cache->part_end == cache->arena_size ? 0 : soft_part(cache, cache->part_end);

	if (part < cache->parts_used)
		cache->evictions++;
	else
		cache->parts_used = part + 1;
	for (uint32_t n = 0; n < cache->page_count; n++)
		if (cache->page[n].parts >> part & 1)
			evict_from_page(cache, &cache->page[n], part);
	drop_empty_pages(cache);
	cache->arena_used = part ? cache->part_end : ARENA_FIRST;
	cache->part_end = (part + 1) * cache->part_size;
}

/* ---- making ---- */

/* Does the branch at this word go to the page it lies on, whatever EA that has? */
static bool links_in_page(uint32_t raw, unsigned in_page)
{
	uint32_t target;

	if (raw & 2) /* AA */
		return false;
	if (raw >> 26 == 18)
		target = in_page + F_LI((struct ppc_insn){ raw });
	else if (raw >> 26 == 16)
		target = in_page + F_BD((struct ppc_insn){ raw });
	else
		return false;
	return target < SOFT_PAGE;
}

/* The row's flags, and more that this word's fields say. */
static uint32_t flags_of(enum ppc_op id, uint32_t raw)
{
	uint32_t flags = id < PPC_OP_COUNT ? ppc_insn_table[id].flags : I_END;

	/* BO 1x1xx: branch always [PEM 4.2.4.2]; of the conditional branches' encodings */
	if (flags & I_BRANCH && raw >> 26 != 18 && (raw >> 21 & 0x14) == 0x14)
		flags |= I_END;
	return flags;
}

static uint32_t msr_of(uint32_t mode)
{
	return (mode & SOFT_MODE_PR ? PPC_MSR_PR : 0) | (mode & SOFT_MODE_FP ? PPC_MSR_FP : 0) |
	       (mode & SOFT_MODE_VEC ? PPC_MSR_VEC : 0);
}

/* Decode from host to the first word that never falls through, at most to the page's end. */
static void decode(struct soft_cache *cache, struct soft_block *b)
{
	unsigned in_page = (unsigned)(b->host & (SOFT_PAGE - 1));
	const uint8_t *word = (const uint8_t *)b->host;
	uint32_t flags = 0, msr = msr_of(b->mode);
	struct soft_op *op = b->op;

	for (; op < b->op + SOFT_BLOCK_MAX && in_page < SOFT_PAGE && !(flags & I_END); op++) {
		uint32_t raw = mol_load_be32(word);

		enum ppc_op id = mol_ppc_decode(raw);

		flags = flags_of(id, raw);
		op->fn = mol_ppc_op_handler(cache->model, id, msr);
		op->raw = raw;
		op->link = flags & I_BRANCH && links_in_page(raw, in_page) ? SOFT_LINK_OPEN : 0;
		word += 4;
		in_page += 4;
	}
	b->count = (uint8_t)(op - b->op);
	op->fn = op_end;
	op->raw = 0;
	op->link = in_page < SOFT_PAGE ? SOFT_LINK_OPEN : 0;
}

struct soft_block *mol_soft_cache_find(struct soft_cache *cache, uintptr_t host, uint32_t mode)
{
	uint32_t n = cache->hash[hash_of(host, mode)];

	while (n) {
		struct soft_block *b = soft_block_at(cache, n);

		if (b->host == host && b->mode == mode)
			return b;
		n = b->hash_next;
	}
	return NULL;
}

struct soft_block *mol_soft_cache_make(struct soft_cache *cache, uintptr_t host, uint32_t mode)
{
	uint32_t offset, part, *bucket;
	struct soft_block *b;
	struct soft_page *page;

	while (cache->part_end - cache->arena_used < BLOCK_MOST || cache->page_count == SOFT_PAGES)
		next_part(cache);
	offset = cache->arena_used;
	b = soft_block_at(cache, offset);
	*b = (struct soft_block){ .host = host, .mode = (uint8_t)mode };
	decode(cache, b);
	cache->arena_used += (uint32_t)((uint8_t *)&b->op[b->count + 1] - (uint8_t *)b);

	bucket = &cache->hash[hash_of(host, mode)];
	b->hash_next = *bucket;
	*bucket = offset;
	page = find_page(cache, host);
	if (!page)
		page = make_page(cache, host);
	b->cold = cache->cold << page->kills;
	part = soft_part(cache, offset);
	b->page_next = page->blocks[part];
	page->blocks[part] = offset;
	page->parts |= (uint16_t)(1u << part);
	page->lines |= lines_of(b);
	return b;
}

/* ---- killing ---- */

static void kill_block(struct soft_cache *cache, struct soft_page *page, struct soft_block *b)
{
	if (cache->killed && cache->killed(cache, b) && page->kills < SOFT_KILLS)
		page->kills++;
	unhash(cache, b);
	for (unsigned n = 0; n <= b->count; n++) {
		b->op[n].fn = op_stale;
		b->op[n].link = 0;
	}
	b->count = 0;
	cache->dropped++;
}

static void written_page(struct soft_cache *cache, struct soft_page *page, uintptr_t from,
			 uintptr_t to)
{
	page->lines = 0;
	for (unsigned part = 0; part < SOFT_PARTS; part++)
		for (uint32_t *link = &page->blocks[part]; *link;) {
			struct soft_block *b = soft_block_at(cache, *link);

			if (b->host < to && from < b->host + 4u * b->count) {
				*link = b->page_next;
				kill_block(cache, page, b);
			} else {
				page->lines |= lines_of(b);
				link = &b->page_next;
			}
		}
}

/* Lines of a page that [from, to) touches. */
static uint64_t lines_between(uintptr_t page, uintptr_t from, uintptr_t to)
{
	unsigned first = from <= page ? 0 : (unsigned)(from - page) >> SOFT_LINE_SHIFT;
	unsigned last = to >= page + SOFT_PAGE ? 63 : (unsigned)(to - page - 1) >> SOFT_LINE_SHIFT;

	return ~0ull >> (63 - (last - first)) << first;
}

bool mol_soft_cache_has_code(const struct soft_cache *cache, uintptr_t host, size_t len)
{
	const struct soft_page *page = find_page(cache, host);

	return page && page->lines & lines_between(page->host, host, host + len);
}

void mol_soft_cache_written(struct soft_cache *cache, uintptr_t host, size_t len)
{
	uintptr_t end = host + len;

	if (!len)
		return;
	if (len > 64 * SOFT_PAGE) { /* more pages than worth looking up one by one */
		for (uint32_t n = 0; n < cache->page_count; n++) {
			struct soft_page *page = &cache->page[n];

			if (page->host < end && host < page->host + SOFT_PAGE)
				written_page(cache, page, host, end);
		}
		return;
	}
	for (uintptr_t at = host & ~(uintptr_t)(SOFT_PAGE - 1); at < end; at += SOFT_PAGE) {
		struct soft_page *page = find_page(cache, at);

		if (page && page->lines & lines_between(at, host, end))
			written_page(cache, page, host, end);
	}
}

void mol_soft_cache_kill_all(struct soft_cache *cache)
{
	for (uint32_t n = 0; n < cache->page_count; n++)
		written_page(cache, &cache->page[n], cache->page[n].host,
			     cache->page[n].host + SOFT_PAGE);
}
