/* SPDX-License-Identifier: MIT
 * jit_table.c - units of translated code, and the page tables that lead to them [jit_table.h].
 *
 * Called by jit.c: when it looks code up, when blocks die, and when the MSR or what is
 * under the translation of instruction addresses has changed. What decides that translation
 * is the key of a context: MSR[IR, PR] and, with IR, the segment registers, IBATs and SDR1 [PEM 7.3];
 * MSR[FP] and VEC too, as they choose between handlers.
 */
#include <sys/mman.h>

#include "../../ppc/spr.h"
#include "jit_table.h"

#define KEY_SR 0
#define KEY_IBAT 16
#define KEY_REST 32
#define KEY_WORDS 36
#define BLAMES 32 /* so many words of a unit, and no others are tried */
#define TRANSLATION_HID0                                                                           \
	(PPC_HID0_HIGH_BAT_EN | PPC_HID0_XBSEN | PPC_HID0_XAEN | PPC_HID0_STEN)
_Static_assert(KEY_WORDS <= MOL_PAGETAB_KEY, "a key is too long");
_Static_assert(PPC_SPR_IBAT3L == PPC_SPR_IBAT0U + 7 && PPC_SPR_IBAT7L == PPC_SPR_IBAT4U + 7,
	       "IBATs lie side by side");

/* The index of vcpu->code_table_of[] */
static unsigned table_index(uint32_t mode)
{
	return (mode & SOFT_MODE_IR ? 1u : 0u) | (mode & SOFT_MODE_FP ? 2u : 0u) |
	       (mode & SOFT_MODE_PR ? 4u : 0u) | (mode & SOFT_MODE_VEC ? 8u : 0u);
}

/* Which context it is has to be found out when it comes. */
static void forget_mode(struct soft *s, struct jit_table *t, uint32_t mode)
{
	t->context_of[mode] = JIT_NO_CONTEXT;
	s->vcpu->code_table_of[table_index(mode)] = t->pages.empty;
}

bool mol_jit_table_init(struct soft *s, struct jit_table *t, uint32_t *entries)
{
	void *p = mmap(NULL, JIT_UNITS * sizeof(struct jit_unit), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	t->unit = p;
	t->entries = entries;
	if (!mol_pagetab_init_beside(&t->pages, 1, KEY_WORDS, sizeof(struct jit_jumps),
				     offsetof(struct jit_jumps, code)))
		return false;
	s->vcpu->code_table = t->pages.empty;
	s->vcpu->code_stale = 1;
	for (unsigned mode = 0; mode < JIT_MODES; mode++)
		forget_mode(s, t, mode);
	return true;
}

void mol_jit_table_free(struct jit_table *t)
{
	if (t->unit)
		munmap(t->unit, JIT_UNITS * sizeof(struct jit_unit));
	t->unit = NULL;
	mol_pagetab_free(&t->pages);
}

/* ---- units ---- */

static void empty_unit(struct jit_table *t, uint32_t unit)
{
	uint32_t *entry = jit_unit_entry(t, unit, 0);

	for (unsigned n = 0; n < JIT_UNIT_WORDS; n++)
		entry[n] = t->none;
}

void mol_jit_table_set_none(struct jit_table *t, uint32_t none)
{
	t->none = none;
	mol_pagetab_flush(&t->pages);
	memset(t->bucket, 0, sizeof(t->bucket));
	t->units = 1;
	t->free = 0;
	empty_unit(t, 0);
}

static size_t bucket_of(uintptr_t host)
{
	uintptr_t page = host / SOFT_PAGE;

	return (page ^ page / JIT_UNIT_BUCKETS) % JIT_UNIT_BUCKETS;
}

/* First comes what was asked for last: of many units of one page, those that a kill has to find. */
uint32_t mol_jit_unit_find(struct jit_table *t, uintptr_t host, uint32_t ea, uint32_t mode)
{
	uint32_t *bucket = &t->bucket[bucket_of(host)], *link = bucket, n;
	const struct jit_unit *u;

	host &= ~(uintptr_t)(SOFT_PAGE - 1);
	ea &= ~(SOFT_PAGE - 1);
	for (n = *link; n; n = *link) {
		u = &t->unit[n];
		if (u->host == host && u->mode == mode && u->ea == ea)
			break;
		link = &t->unit[n].next;
	}
	if (n) {
		*link = u->next;
		t->unit[n].next = *bucket;
		*bucket = n;
	}
	return n;
}

/* Units without code are to be used again. Tables may lead to them still, so these are emptied. */
static void free_units(struct jit_table *t)
{
	mol_pagetab_flush(&t->pages);
	for (unsigned b = 0; b < JIT_UNIT_BUCKETS; b++)
		for (uint32_t *link = &t->bucket[b], n = *link; n; n = *link) {
			struct jit_unit *u = &t->unit[n];

			if (u->live) {
				link = &u->next;
				continue;
			}
			*link = u->next;
			u->next = t->free;
			t->free = n;
		}
}

uint32_t mol_jit_unit_make(struct jit_table *t, uintptr_t host, uint32_t ea, uint32_t mode)
{
	uint32_t *bucket = &t->bucket[bucket_of(host)], n = t->units;

	if (n < JIT_UNITS) {
		t->units++;
		empty_unit(t, n);
	} else {
		if (!t->free)
			free_units(t);
		n = t->free;
		if (!n)
			return 0;
		t->free = t->unit[n].next;
	}
	t->unit[n] = (struct jit_unit){ .host = host & ~(uintptr_t)(SOFT_PAGE - 1),
					.ea = ea & ~(SOFT_PAGE - 1), .mode = (uint16_t)mode,
					.next = *bucket };
	*bucket = n;
	return n;
}

/* Jumps that have led to ea in any context are to look again. */
static void forget_jumps(struct jit_table *t, uint32_t ea)
{
	for (unsigned n = 0; n < t->pages.contexts; n++) {
		struct jit_jumps *j = (void *)(mol_pagetab_table(&t->pages, n) + MOL_PAGETAB_PAGES);

		if (t->pages.context[n].used && j->used)
			j->key[((ea | 3) * JIT_JUMP_FACTOR) >> JIT_JUMP_SHIFT] = 0;
	}
}

void mol_jit_unit_set(struct jit_table *t, uint32_t unit, uint32_t ea, uint32_t entry)
{
	uint32_t *to = jit_unit_entry(t, unit, ea);

	t->unit[unit].live = (uint16_t)(t->unit[unit].live + (entry != t->none) - (*to != t->none));
	if (*to != t->none)
		forget_jumps(t, ea);
	*to = entry;
}

void mol_jit_unit_blame(struct jit_table *t, uint32_t unit, uint32_t ea)
{
	struct jit_unit *u = &t->unit[unit];
	uint32_t word = ea % SOFT_PAGE / 4;

	u->by_table[word / 32] |= 1u << word % 32;
	if (++u->blamed == BLAMES)
		memset(u->by_table, 0xff, sizeof(u->by_table));
}

uint32_t mol_jit_unit_next(const struct jit_table *t, uint32_t n, uintptr_t host, uint32_t mode)
{
	host &= ~(uintptr_t)(SOFT_PAGE - 1);
	n = n ? t->unit[n].next : t->bucket[bucket_of(host)];
	while (n && (t->unit[n].host != host || t->unit[n].mode != mode))
		n = t->unit[n].next;
	return n;
}

/* ---- contexts ---- */

static void make_key(const struct soft *s, uint32_t *key)
{
	const struct ppc_regs *r = &s->vcpu->cpu.r;

	memset(key, 0, KEY_WORDS * sizeof(*key));
	key[KEY_REST] = s->mode;
	if (!(s->mode & SOFT_MODE_IR))
		return;
	memcpy(key + KEY_SR, r->sr, sizeof(r->sr));
	memcpy(key + KEY_IBAT, &r->spr[PPC_SPR_IBAT0U], 8 * sizeof(*key));
	memcpy(key + KEY_IBAT + 8, &r->spr[PPC_SPR_IBAT4U], 8 * sizeof(*key));
	key[KEY_REST + 1] = r->spr[PPC_SPR_SDR1];
	if (s->vcpu->cpu.model->features & PPC_F_745X)
		key[KEY_REST + 2] = r->spr[PPC_SPR_HID0] & TRANSLATION_HID0;
}

void mol_jit_table_choose(struct soft *s, struct jit_table *t)
{
	uint32_t key[KEY_WORDS], n = t->context_of[s->mode];

	s->vcpu->code_stale = 0;
	if (n == JIT_NO_CONTEXT) {
		make_key(s, key);
		n = mol_pagetab_context(&t->pages, key, 0);
		for (unsigned mode = 0; mode < JIT_MODES; mode++)
			if (t->context_of[mode] == n)
				forget_mode(s, t, mode); /* it has been given up */
		t->context_of[s->mode] = (uint8_t)n;
		s->vcpu->segments_known |= (s->mode & SOFT_MODE_IR) != 0;
	}
	t->context = n;
	s->vcpu->code_table = mol_pagetab_table(&t->pages, n);
	s->vcpu->code_table_of[table_index(s->mode)] = s->vcpu->code_table;
}

void mol_jit_table_enter(struct soft *s, struct jit_table *t, uint32_t ea, uint32_t unit)
{
	unsigned class = s->mode & SOFT_MODE_IR ? mol_pagetab_class(ea) : MOL_PAGETAB_KEPT;

	mol_pagetab_fill(&t->pages, t->context, ea, class, (uintptr_t)unit * SOFT_PAGE, 0);
}

/* Until the next synchronization the code in execution goes on, as words already fetched would. */
void mol_jit_table_event(struct soft *s, struct jit_table *t, enum ppc_mmu_event what, uint32_t arg)
{
	if (what == PPC_MMU_BAT && arg == PPC_BATS_DATA)
		return;
	s->vcpu->code_stale = 1;
	switch (what) {
	case PPC_MMU_TLBIE:
	case PPC_MMU_TLBLI:
		mol_pagetab_flush_class(&t->pages, arg,
					s->vcpu->cpu.model->features & PPC_F_603_TLB ? 32 : 64);
		break;
	case PPC_MMU_TLBIA:
		mol_pagetab_flush_classes(&t->pages);
		break;
	case PPC_MMU_SR:
	case PPC_MMU_BAT:
	case PPC_MMU_SDR1:
		for (unsigned mode = SOFT_MODE_IR; mode < JIT_MODES; mode++)
			forget_mode(s, t, mode);
		break;
	case PPC_MMU_MSR: /* SYNC follows */
	case PPC_MMU_TLBLD:
	case PPC_MMU_ICACHE_FLUSH:
	case PPC_MMU_DEBUG:
		break;
	}
}
