/* SPDX-License-Identifier: MIT
 * pagetab.h - page tables of pointers: for each translation context one word (or two) for each
 * of the 2^20 pages of effective addresses, found by a shift and a load.
 *
 * What decides a translation, but for the page table itself, is the context's key: segment
 * registers, BATs, mode bits. A context that comes back under the same key has its entries still,
 * so that a guest's switch between address spaces is a change of one pointer. A processor's TLB
 * holds on to translations in the same way, by VSID; what a tlbie would take from it is taken
 * from here, exactly: the entries of one congruence class, in every context.
 *
 * access.c keeps its data pages in one (an entry is the host address of the page less its EA,
 * twice: for reading and for writing). Whatever the entries mean, 0 is "none".
 *
 * Behind a context's tables there may be a window: 4 GiB and a guard on either side, where nothing is
 * mapped until somebody does it [window.c]. A single page of it can be mapped as its entry says; it
 * goes when its entry goes.
 *
 * Or there is memory of the caller's, for what he has derived from the entries: when one of these goes, so
 * does what lies there.
 *
 * All address space is reserved by mol_pagetab_init() and committed by use. What is committed
 * stays below MOL_PAGETAB_RESIDENT whatever the guest does: when it has touched more than that,
 * all entries go. One thread at a time.
 */
#ifndef MOL_PAGETAB_H
#define MOL_PAGETAB_H

#include "../ppc/env.h"

#define MOL_PAGETAB_PAGES (1u << 20)
/* The second table lies this many entries behind the first. */
#define MOL_PAGETAB_SECOND MOL_PAGETAB_PAGES

/* From a context's first table (of two) to its window. */
#define MOL_PAGETAB_GUARD (64u << 10)
#define MOL_PAGETAB_WINDOW (2u * MOL_PAGETAB_PAGES * (uint32_t)sizeof(uintptr_t) + MOL_PAGETAB_GUARD)

#define MOL_PAGETAB_CLASSES 64u          /* EA[14:19], what a tlbie compares [PEM 8.2] */
#define MOL_PAGETAB_KEPT MOL_PAGETAB_CLASSES /* a class of its own: no tlbie touches these entries */
#define MOL_PAGETAB_KEY 36u              /* most words of a key */

/* As many contexts as a 32-bit host has room for, or more. At least 4 are there. */
#define MOL_PAGETAB_CONTEXTS (sizeof(void *) > 4 ? 32u : 6u)
#define MOL_PAGETAB_CONTEXTS_LEAST 4u

#define MOL_PAGETAB_SLOTS (1u << 18)     /* entries in all: 1 GiB of pages */
#define MOL_PAGETAB_TOUCHED (24u << 20)  /* bytes of tables that are committed at most */
#define MOL_PAGETAB_RESIDENT (40u << 20)

/* An entry that is filled, in the list of its context and class. */
struct mol_pagetab_slot {
	uint32_t page, next; /* next: index + 1 */
};

struct mol_pagetab_context {
	uint32_t key[MOL_PAGETAB_KEY];
	uint64_t hash;
	uint64_t used;       /* for the choice of the one to give up; 0: free */
	uint64_t born;       /* no other context of this place has had this number */
	uint8_t hash_next;   /* index + 1 */
	uint32_t list[MOL_PAGETAB_CLASSES + 1];
	uint64_t touched[2][32]; /* the host's pages of the tables that are committed */
};

struct mol_pagetab {
	uint8_t *memory;
	size_t memory_size;
	uintptr_t *empty;    /* a table that is always empty; cannot be written */
	uintptr_t *tables;   /* of context 0; the others follow */
	struct mol_pagetab_context *context;
	struct mol_pagetab_slot *slot;
	size_t span;         /* entries from one context's table to the next one's */
	bool windows;
	size_t beside, zeroed; /* bytes behind a context's tables that are the caller's; the first of them */
	/* Windows: two bits for each page of each context: it is mapped as its first entry says, and so that
	 * it can be written. */
	uint64_t *mapped;
	uint32_t mapped_pages;
	uint64_t unmaps;     /* of such pages, ever */
	unsigned contexts, width, key_words;
	uint32_t slots;      /* used at least once */
	uint32_t free;       /* slots to use again: index + 1 */
	uint32_t touched;    /* bytes of the tables that are committed, by host pages: */
	uint32_t host_page;
	uint64_t clock;
	uint64_t busy[MOL_PAGETAB_CLASSES + 1]; /* contexts with entries of the class: bit n */
	uint8_t bucket[64];  /* by hash: context + 1 */
	uint64_t trims;      /* flushes for want of room */
};

/* width: tables of a context, 1 or 2. key_words: a multiple of 4, at most MOL_PAGETAB_KEY. windows: if
 * the host has room for them; for width 2. False: the host has no address space. */
bool mol_pagetab_init(struct mol_pagetab *t, unsigned width, unsigned key_words, bool windows);
/* The same without windows, with so many bytes behind a context's tables. When an entry of the context is
 * emptied or changed, and the first word there is not 0, the first bytes become 0, so many. */
bool mol_pagetab_init_beside(struct mol_pagetab *t, unsigned width, unsigned key_words, size_t beside,
			     size_t zeroed);
void mol_pagetab_free(struct mol_pagetab *t);

/* The context of this key, with whatever entries it has still. A new one may take the place of
 * the one not asked for the longest, but for those in the mask pinned (at most 3 of them). */
unsigned mol_pagetab_context(struct mol_pagetab *t, const uint32_t *key, uint64_t pinned);

/* A context's first table, the second behind it; the address is for good. */
MOL_INLINE uintptr_t *mol_pagetab_table(const struct mol_pagetab *t, unsigned context)
{
	return t->tables + context * t->span;
}

/* Where EA 0 is in a context's window. */
MOL_INLINE uint8_t *mol_pagetab_window(const struct mol_pagetab *t, unsigned context)
{
	return (uint8_t *)mol_pagetab_table(t, context) + MOL_PAGETAB_WINDOW;
}

MOL_INLINE unsigned mol_pagetab_class(uint32_t ea)
{
	return ea >> 12 & (MOL_PAGETAB_CLASSES - 1);
}

/* Set the entry of ea's page; class: mol_pagetab_class(ea), or MOL_PAGETAB_KEPT (for one page of a
 * context always the same). second is for width 2; first 0 is not entered. May empty everything
 * else. Each entry may be overwritten and second set to 0 in place; first is set to 0 only here. */
void mol_pagetab_fill(struct mol_pagetab *t, unsigned context, uint32_t ea, unsigned class,
		      uintptr_t first, uintptr_t second);

/* Windows: the page of ea, whose entry is first, is mapped from now on. At most MOL_PAGETAB_MAPPED are.
 * False: there are, or the host refuses. */
#define MOL_PAGETAB_MAPPED 8192u
bool mol_pagetab_map(struct mol_pagetab *t, unsigned context, uint32_t ea, bool write);
/* Not any more; its entry stays. */
void mol_pagetab_unmap(struct mol_pagetab *t, unsigned context, uint32_t ea);
/* Let nothing be mapped there, in a window. */
void mol_pagetab_close(uint8_t *at, uint64_t len);
MOL_INLINE uint64_t *mol_pagetab_mapped_word(const struct mol_pagetab *t, unsigned context, uint32_t ea)
{
	return &t->mapped[(size_t)context * (MOL_PAGETAB_PAGES / 32) + (ea >> 17)];
}
/* 0: no; bit 1: for stores too */
MOL_INLINE unsigned mol_pagetab_is_mapped(const struct mol_pagetab *t, unsigned context, uint32_t ea)
{
	if (!t->mapped_pages)
		return 0;
	return (unsigned)(*mol_pagetab_mapped_word(t, context, ea) >> (ea >> 11 & 62)) & 3;
}

/* Empty ea's class in all contexts; sets: 64, or the 32 of a 603, which compares EA[15:19]. */
void mol_pagetab_flush_class(struct mol_pagetab *t, uint32_t ea, unsigned sets);
/* Empty all classes (tlbia) but not MOL_PAGETAB_KEPT. */
void mol_pagetab_flush_classes(struct mol_pagetab *t);
/* Empty everything. Contexts stay what they are. */
void mol_pagetab_flush(struct mol_pagetab *t);
typedef bool mol_pagetab_visit(void *opaque, unsigned context, uint32_t ea, uintptr_t *first);
/* Call visit for every page that is entered (first: its entry; the second is at
 * first[MOL_PAGETAB_SECOND]); true: forget the page. */
void mol_pagetab_each(struct mol_pagetab *t, mol_pagetab_visit *visit, void *opaque);

#endif
