/* SPDX-License-Identifier: MIT
 * soft.h - the software backend's own structures: decoded blocks, and the ways to find them.
 *
 * A block is a run of instructions decoded once: a handler and the word for
 * each. Blocks are kept by the host address of their first word and by the MSR
 * bits that choose handlers, so that they survive every change of mapping, and
 * two guest-physical addresses of one page of RAM share them. A block never
 * leaves its page of 4 KiB. Three ways lead to a block, cheapest first:
 *   link    from a direct branch to a target on the same page;
 *   jump    a direct-mapped cache by EA, segment register and mode [fetch.c];
 *   lookup  translate the EA, find by host address [fetch.c], or decode [cache.c].
 *
 * A block dies by having all its handlers replaced by one that says "stale" and
 * its count set to 0: links and jump entries to it need not be found, and when it
 * is the very block in execution, its next instruction is fetched afresh.
 */
#ifndef MOL_SOFT_H
#define MOL_SOFT_H

#include "../../core/backend.h"

/* What a handler of ours returns besides enum ppc_stop; the op was no instruction. */
enum soft_stop {
	SOFT_STOP_END = 1 << 16,   /* the block is over: go on at this pc */
	SOFT_STOP_STALE = 1 << 17, /* the block is dead: look up this pc afresh */
};

/* One decoded instruction. link: 0 = look the target up; LINK_OPEN = the target is on this page
 * and may be linked; else the offset of the target's block in the arena. */
struct soft_op {
	ppc_handler *fn;
	uint32_t raw;
	uint32_t link;
};
#define SOFT_LINK_OPEN 1u

struct soft_block {
	uintptr_t host;     /* of its first word */
	uint32_t hash_next; /* offsets in the arena, 0 = end */
	uint32_t page_next;
	uint32_t cold;      /* how often it is to be interpreted yet before it is translated */
	uint16_t translations; /* the translator's: how many there are */
	uint8_t count;      /* instructions; 0: the block is dead */
	uint8_t mode;       /* SOFT_MODE_* */
	struct soft_op op[];
};

/* The MSR bits that choose a handler. */
#define SOFT_MODE_PR 1u
#define SOFT_MODE_FP 2u
#define SOFT_MODE_VEC 4u
#define SOFT_MODE_IR 8u /* in jump entries only */

MOL_INLINE uint32_t soft_mode(uint32_t msr)
{
	return (msr & PPC_MSR_PR ? SOFT_MODE_PR : 0) | (msr & PPC_MSR_FP ? SOFT_MODE_FP : 0) |
	       (msr & PPC_MSR_VEC ? SOFT_MODE_VEC : 0);
}

#define SOFT_PAGE 4096u
#define SOFT_BLOCK_MAX 64      /* instructions of a block */
#define SOFT_RUN_MOST 0x7fffffffu /* of one run(): it returns early */
#define SOFT_LINE_SHIFT 6      /* a page's 64 lines of 64 bytes */
#define SOFT_HASH_SIZE 65536u
#define SOFT_PARTS 16u         /* of the arena */
#define SOFT_PAGES 4096u
#define SOFT_PAGE_HASH_SIZE 4096u
#define SOFT_ARENA_DEFAULT (16u << 20)

/* A page of RAM with decoded code on it. */
struct soft_page {
	uintptr_t host;
	uint64_t lines;  /* bit n: line n has decoded code; or had some that has been evicted */
	uint32_t hash_next; /* index + 1 */
	uint16_t kills;  /* of translated blocks, up to SOFT_KILLS */
	uint16_t parts;  /* of the arena that its blocks lie in: bit n */
	uint32_t blocks[SOFT_PARTS]; /* chains by page_next */
};
#define SOFT_KILLS 7u

struct soft_cache {
	const struct ppc_model *model;
	uint8_t *memory;   /* one reservation, committed by use: arena, hash, pages, page hash */
	size_t memory_size;
	uint8_t *arena;
	uint32_t arena_size, arena_used;
	uint32_t part_size, part_end; /* the end of the one that is being filled */
	uint32_t parts_used; /* at least once */
	uint32_t *hash;
	struct soft_page *page;
	uint32_t page_count;
	uint32_t *page_hash;
	uint32_t evictions; /* offsets held from before one are void */
	/* A new block's runs in the interpreter before it is translated; doubled as often as such
	 * blocks died on its page. */
	uint32_t cold;
	uint64_t dropped;  /* blocks killed, since the beginning */
	/* The translator's, or NULL: this block goes. True: it had been translated. */
	bool (*killed)(struct soft_cache *cache, struct soft_block *b);
};

MOL_INLINE struct soft_block *soft_block_at(const struct soft_cache *cache, uint32_t offset)
{
	return (struct soft_block *)(void *)(cache->arena + offset);
}

MOL_INLINE uint32_t soft_block_offset(const struct soft_cache *cache, const struct soft_block *b)
{
	return (uint32_t)((const uint8_t *)b - cache->arena);
}

MOL_INLINE uint32_t soft_part(const struct soft_cache *cache, uint32_t offset)
{
	return offset / cache->part_size;
}

/* How many parts are emptied before the one that this offset lies in. */
MOL_INLINE uint32_t soft_turn(const struct soft_cache *cache, uint32_t offset)
{
	return (offset + cache->arena_size - cache->part_end) % cache->arena_size / cache->part_size;
}

/* ---- cache.c ---- */
bool mol_soft_cache_init(struct soft_cache *cache, const struct ppc_model *model, size_t arena);
void mol_soft_cache_free(struct soft_cache *cache);
/* The block that begins at this host address, or NULL: nothing is decoded. */
struct soft_block *mol_soft_cache_find(struct soft_cache *cache, uintptr_t host, uint32_t mode);
/* Decode the block that begins at this host address: find() did not know it. Never NULL. May
 * evict others (see evictions), so only to be called between blocks. */
struct soft_block *mol_soft_cache_make(struct soft_cache *cache, uintptr_t host, uint32_t mode);
/* These may be called at any time, also from inside an instruction of a block. */
void mol_soft_cache_written(struct soft_cache *cache, uintptr_t host, size_t len);
void mol_soft_cache_kill_all(struct soft_cache *cache);
/* Is there decoded code in the lines that [host, host + len) touches, all on one page? */
bool mol_soft_cache_has_code(const struct soft_cache *cache, uintptr_t host, size_t len);
bool mol_soft_cache_page_has_code(const struct soft_cache *cache, uintptr_t host);

/* ---- fetch.c: from an effective address to its block ---- */

/* A jump entry answers for an EA under one segment register, mode and generation. The generation
 * of an EA's TLB congruence class moves with tlbie, that of all classes with what changes more;
 * one more stands for real addressing, which nothing changes. So mtsr and mtmsr drop nothing. */
struct soft_jump {
	uint32_t ea, sr, key; /* key: generation | mode */
	uint32_t block;
};
#define SOFT_JUMPS 4096u
struct soft_fetch {
	uint32_t ea, sr, key;
	struct mol_fetch page;
};
#define SOFT_FETCHES 256u
#define SOFT_CLASSES 64u /* EA[14:19] */
#define SOFT_REAL SOFT_CLASSES
#define SOFT_GENERATION 256u /* step; modes are below */

struct soft {
	struct soft_cache cache;
	struct molvm_vcpu *vcpu;
	struct jit *jit; /* NULL: this is the interpreter */
	struct soft_jump *jump;
	struct soft_fetch *fetch;
	size_t tables_size; /* of the mapping of jump and fetch */
	uint32_t mode;      /* SOFT_MODE_* with IR, of the present MSR */
	bool mode_set;      /* since the translator last looked */
	uint32_t evictions; /* of the cache, when jump was last emptied */
	uint32_t generation[SOFT_CLASSES + 1];
	/* Where the block in execution was entered: for retired(). */
	uint32_t entry_pc;
	uint64_t limit, left;
};

bool mol_soft_fetch_init(struct soft *s);
void mol_soft_fetch_free(struct soft *s);
/* The block at ea. NULL: cpu->stop says why; or, with make false, nothing is decoded there. */
struct soft_block *mol_soft_lookup(struct soft *s, uint32_t ea, bool make);
/* The word at ea, without keeping anything decoded. False: cpu->stop says why. */
bool mol_soft_fetch_word(struct soft *s, uint32_t ea, uint32_t *word);
/* Forget the translations of instruction addresses: of ea's congruence class, or all. */
void mol_soft_forget_class(struct soft *s, uint32_t ea);
void mol_soft_forget_translations(struct soft *s);
/* Forget every host address. */
void mol_soft_forget_pages(struct soft *s);

MOL_INLINE void soft_set_mode(struct soft *s)
{
	uint32_t msr = s->vcpu->cpu.r.msr;

	s->mode = soft_mode(msr) | (msr & PPC_MSR_IR ? SOFT_MODE_IR : 0);
	s->mode_set = true;
}

MOL_INLINE uint32_t soft_sr(const struct soft *s, uint32_t ea)
{
	return s->mode & SOFT_MODE_IR ? s->vcpu->cpu.r.sr[ea >> 28] : 0;
}

MOL_INLINE uint32_t soft_key(const struct soft *s, uint32_t ea)
{
	uint32_t n = s->mode & SOFT_MODE_IR ? ea >> 12 & (SOFT_CLASSES - 1) : SOFT_REAL;

	return s->generation[n] | s->mode;
}

/* Of the page: FP and VEC have nothing to do with its translation. */
MOL_INLINE uint32_t soft_page_key(const struct soft *s, uint32_t ea)
{
	return soft_key(s, ea) & ~(SOFT_MODE_FP | SOFT_MODE_VEC);
}

MOL_INLINE struct soft_jump *soft_jump_entry(const struct soft *s, uint32_t ea)
{
	return &s->jump[(ea >> 2 ^ ea >> 14 ^ s->mode << 7) & (SOFT_JUMPS - 1)];
}

/* ---- run.c ---- */
/* Whole blocks by the interpreter from b on, at most n of them. False: return from run(). */
bool mol_soft_run_blocks(struct soft *s, struct soft_block *b, uint64_t n);
bool mol_soft_after_sync(struct soft *s);
bool mol_soft_go_on(struct soft *s);

MOL_INLINE struct soft_block *soft_find_jump(struct soft *s, uint32_t ea)
{
	const struct soft_jump *j = soft_jump_entry(s, ea);
	struct soft_block *b;

	if (MOL_UNLIKELY(j->ea != ea || j->sr != soft_sr(s, ea) || j->key != soft_key(s, ea)))
		return NULL;
	b = soft_block_at(&s->cache, j->block);
	return MOL_LIKELY(b->count) ? b : NULL;
}

#endif
