/* SPDX-License-Identifier: MIT
 * jit_table.h - from an effective address to its translated code, without leaving translated code.
 *
 * A unit is what has been translated of one page of guest memory, for one EA that it is mapped at
 * and one mode (SOFT_MODE_* but IR): an entry for each of its words says where the code of the
 * block that begins there is. Entries and code lie in one reservation, entries first, so that both
 * are found from one address: an entry is the distance of the code from there. Entries of words
 * without code lead to the way out to jit.c.
 *
 * A page table [core/pagetab.h] for each code context leads from an EA's page to its unit: the
 * distance of the unit's entries from the first unit's, which has no code at all, so that a page
 * not entered leads there. Therefore an indirect branch is a handful of instructions, whatever has
 * happened to translation: tlbie takes its class out of the tables, a segment register or an
 * MSR bit chooses another table.
 */
#ifndef MOL_JIT_TABLE_H
#define MOL_JIT_TABLE_H

#include "../../core/pagetab.h"
#include "soft.h"

#define JIT_UNITS 4096u
#define JIT_UNIT_BUCKETS 1024u
#define JIT_UNIT_WORDS (SOFT_PAGE / 4)
#define JIT_ENTRIES_SIZE (JIT_UNITS * SOFT_PAGE)
#define JIT_NO_CONTEXT 0xffu
#define JIT_MODES 16u

/* Beside each context's table: where indirect branches have led to, by a hash of the EA. It is read and
 * written by translated code. An entry goes when the entry of its word does, all go when a page's does. */
#define JIT_JUMPS 128u
struct jit_jumps {
	uint64_t used; /* not 0: something has been written */
	uint32_t key[JIT_JUMPS]; /* the EA | 3, so that 0 is none */
	uintptr_t code[JIT_JUMPS];
};
#define JIT_JUMP_FACTOR 0x9e3779b1u /* the key times this, its upper 7 bits */
#define JIT_JUMP_SHIFT 25u

struct jit_unit {
	uintptr_t host; /* the page */
	uint32_t ea;    /* of the page */
	uint16_t mode;
	uint16_t live;  /* of its entries: those with code */
	uint32_t next;  /* of its bucket, or of those to use again; 0: the end */
	uint32_t blamed; /* how many of its words: */
	uint32_t by_table[JIT_UNIT_WORDS / 32]; /* their accesses are not to use a window */
};

struct jit_table {
	uint32_t *entries;  /* of all units */
	uint32_t none;      /* the entry of a word without code */
	struct jit_unit *unit;
	uint32_t units; /* used at least once; and those to use again: */
	uint32_t free;
	uint32_t bucket[JIT_UNIT_BUCKETS];
	struct mol_pagetab pages;
	uint32_t context; /* the present one: vcpu->code_table is its table */
	uint8_t context_of[JIT_MODES]; /* by SOFT_MODE_* with IR; JIT_NO_CONTEXT: not known */
};

MOL_INLINE uint32_t *jit_unit_entry(const struct jit_table *t, uint32_t unit, uint32_t ea)
{
	return &t->entries[unit * JIT_UNIT_WORDS + ea % SOFT_PAGE / 4];
}

/* The unit of ea in the present context: perhaps 0, which has no code. */
MOL_INLINE uint32_t jit_unit_at(const struct soft *s, uint32_t ea)
{
	return (uint32_t)(s->vcpu->code_table[ea / SOFT_PAGE] / SOFT_PAGE);
}

/* entries: JIT_ENTRIES_SIZE bytes, zero, the beginning of the reservation. False: no memory. */
bool mol_jit_table_init(struct soft *s, struct jit_table *t, uint32_t *entries);
void mol_jit_table_free(struct jit_table *t);
/* Translations are gone: no units, nothing entered. Words without code lead to this distance. */
void mol_jit_table_set_none(struct jit_table *t, uint32_t none);
/* The unit of this page of memory at the page of ea, 0 if there is none. It comes first from now on. */
uint32_t mol_jit_unit_find(struct jit_table *t, uintptr_t host, uint32_t ea, uint32_t mode);
/* Make it: find() did not know it. 0: there are too many with code. */
uint32_t mol_jit_unit_make(struct jit_table *t, uintptr_t host, uint32_t ea, uint32_t mode);
/* Set an entry of a unit: t->none, or other than that. */
void mol_jit_unit_set(struct jit_table *t, uint32_t unit, uint32_t ea, uint32_t entry);
/* Is the access of this word to go by the page tables, never by a window? From now on so. */
MOL_INLINE bool jit_unit_by_table(const struct jit_table *t, uint32_t unit, uint32_t ea)
{
	uint32_t word = ea % SOFT_PAGE / 4;

	return t->unit[unit].by_table[word / 32] >> word % 32 & 1;
}
void mol_jit_unit_blame(struct jit_table *t, uint32_t unit, uint32_t ea);
/* The next unit of this page and mode after unit n (0: the first); 0: no more. */
uint32_t mol_jit_unit_next(const struct jit_table *t, uint32_t n, uintptr_t host, uint32_t mode);
/* Choose the table of the context that the processor's registers and s->mode say. */
void mol_jit_table_choose(struct soft *s, struct jit_table *t);
/* From now on the page of ea leads to this unit, in the present context. */
void mol_jit_table_enter(struct soft *s, struct jit_table *t, uint32_t ea, uint32_t unit);
void mol_jit_table_event(struct soft *s, struct jit_table *t, enum ppc_mmu_event what, uint32_t arg);

#endif
