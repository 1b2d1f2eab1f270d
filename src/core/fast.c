/* SPDX-License-Identifier: MIT
 * fast.c - the page tables that the guest's loads and stores go through without asking.
 *
 * cpu->page is the table of the present data context [cpu.h, pagetab.h]. Real addressing mode has
 * one context for good; under MSR[DR] what decides is the segment registers, the data BATs, the
 * bits of HID0 that say how these are read, and MSR[PR]. After a write to one of them cpu->page
 * is a table that is always empty, and the next slow access finds the context of the new key:
 * sixteen mtsr cost one search.
 *
 * An entry for stores promises that a store needs nothing noted: the C bit is set, the page is
 * dirty already, no decoded code is on it, nothing watches it, and it is cacheable RAM. If all is
 * true but that there is code, the entry has bit 0 set and is negative: whoever finds it asks
 * whether there is code at the very place [mol_fast_store_at()]. A 32-bit host has no bit to spare
 * for that, and no entry then.
 *
 * Called by access.c, and by whoever changes what the promises rest on.
 */
#include "../ppc/spr.h"
#include "backend.h"

#define REAL 0u /* the context of real addressing mode */

/* The key: segment registers, data BATs, HID0's modes, privilege. */
#define KEY_WORDS 36u /* some are always 0 */
#define KEY_HID0 (PPC_HID0_HIGH_BAT_EN | PPC_HID0_XBSEN | PPC_HID0_XAEN)

_Static_assert(KEY_WORDS <= MOL_PAGETAB_KEY && KEY_WORDS % 4 == 0, "the key");
_Static_assert(PPC_PAGE_STORE == MOL_PAGETAB_SECOND, "the table for stores");

bool mol_fast_init(struct molvm_vcpu *vcpu)
{
	static const uint32_t real[KEY_WORDS] = { 0, [KEY_WORDS - 1] = UINT32_MAX };
	struct ppc_cpu *cpu = &vcpu->cpu;

	if (!mol_pagetab_init(&vcpu->pages, 2, KEY_WORDS, vcpu->vm->windows))
		return false;
	mol_window_init(vcpu);
	for (unsigned mode = 0; mode < 4; mode++)
		cpu->page_of[mode] = vcpu->pages.empty;
	mol_pagetab_context(&vcpu->pages, real, 0);
	cpu->page_of[0] = cpu->page_of[PPC_DATA_USER] = mol_pagetab_table(&vcpu->pages, REAL);
	cpu->page = cpu->page_of[ppc_data_mode(cpu->r.msr)];
	return true;
}

void mol_fast_free(struct molvm_vcpu *vcpu)
{
	mol_window_free(vcpu);
	mol_pagetab_free(&vcpu->pages);
}

/* ---- contexts ---- */

static void key_changed(struct molvm_vcpu *vcpu)
{
	struct ppc_cpu *cpu = &vcpu->cpu;

	cpu->page_of[PPC_DATA_ON] = vcpu->pages.empty;
	cpu->page_of[PPC_DATA_ON | PPC_DATA_USER] = vcpu->pages.empty;
	cpu->page = cpu->page_of[ppc_data_mode(cpu->r.msr)];
}

void mol_fast_resolve(struct molvm_vcpu *vcpu)
{
	struct ppc_cpu *cpu = &vcpu->cpu;
	unsigned mode = ppc_data_mode(cpu->r.msr), other = mode ^ PPC_DATA_USER, n;
	uint64_t pinned = 1ull << REAL;
	uint32_t key[KEY_WORDS];

	memcpy(key, cpu->r.sr, sizeof(cpu->r.sr));
	memcpy(key + 16, &cpu->r.spr[PPC_SPR_DBAT0U], 16 * sizeof(*key));
	key[32] = cpu->r.spr[PPC_SPR_HID0] & KEY_HID0;
	key[33] = mode;
	key[34] = key[35] = 0;
	if (cpu->page_of[other] != vcpu->pages.empty)
		pinned |= 1ull << vcpu->page_context[other];
	n = mol_pagetab_context(&vcpu->pages, key, pinned);
	vcpu->segments_known = 1;
	vcpu->page_context[mode] = (uint8_t)n;
	if (vcpu->windows)
		mol_window_resolved(vcpu, n);
	cpu->page = cpu->page_of[mode] = mol_pagetab_table(&vcpu->pages, n);
	cpu->reserve_table = NULL;
}

/* ---- filling ---- */

/* The entry for stores to a page with code: the top bit of a bias is but a copy of its sign. */
static uintptr_t with_code(uintptr_t bias)
{
	return sizeof(bias) > 4 ? bias | 1 | (uintptr_t)1 << (8 * sizeof(bias) - 1) : 0;
}

void mol_fast_fill(struct molvm_vcpu *vcpu, uint32_t ea, const struct mol_xlat *x,
		   const struct mol_region *r, const uint8_t *host, _Atomic uint8_t *flags)
{
	uint8_t old = atomic_load_explicit(flags, memory_order_relaxed);
	bool paged = x->kind == MOL_XLAT_PAGE || x->kind == MOL_XLAT_SOFT_TLB;
	uintptr_t bias = (uintptr_t)host - ea, store = 0;

	if (!x->can_read || (vcpu->watch_data && mol_break_watches_page(vcpu, ea)))
		return;
	if (vcpu->cpu.page == vcpu->pages.empty)
		mol_fast_resolve(vcpu);
	if (x->can_write && x->changed && !(x->wimg & (MOL_WIMG_W | MOL_WIMG_I)) &&
	    !(r->flags & (MOLVM_MEM_READONLY | MOLVM_MEM_ROM)) && old & MOL_PAGE_DIRTY) {
		store = old & MOL_PAGE_CODE ? with_code(bias) : bias;
		if (!(old & (MOL_PAGE_STORES | MOL_PAGE_CODE)))
			atomic_fetch_or(flags, MOL_PAGE_STORES);
	}
	vcpu->fast_used = 1;
	vcpu->stat[MOL_STAT_FAST_FILLS]++;
	mol_pagetab_fill(&vcpu->pages, vcpu->page_context[ppc_data_mode(vcpu->cpu.r.msr)], ea,
			 paged ? mol_pagetab_class(ea) : MOL_PAGETAB_KEPT, bias, store);
}

/* ---- emptying ---- */

void mol_fast_flush(struct molvm_vcpu *vcpu)
{
	vcpu->cpu.reserve_table = NULL;
	if (!vcpu->fast_used)
		return;
	vcpu->fast_used = 0;
	vcpu->stat[MOL_STAT_FAST_FLUSHES]++;
	mol_pagetab_flush(&vcpu->pages);
}

struct new_code {
	struct mol_pagetab *pages;
	uintptr_t host;
};

static bool mark_code(void *opaque, unsigned context, uint32_t ea, uintptr_t *load)
{
	const struct new_code *code = opaque;

	if (*load + ea != code->host || !load[PPC_PAGE_STORE])
		return false;
	load[PPC_PAGE_STORE] = with_code(*load);
	if (mol_pagetab_is_mapped(code->pages, context, ea))
		mol_pagetab_unmap(code->pages, context, ea);
	return false;
}

void mol_fast_code(struct molvm_vcpu *vcpu, const uint8_t *host)
{
	struct new_code code = { &vcpu->pages, (uintptr_t)host };

	mol_pagetab_each(&vcpu->pages, mark_code, &code);
}

/* tlbie names EA[14:19] alone, on the 603e EA[15:19]: every page with those bits goes
 * [PEM 8.2, tlbie; 603e UM 5.4.3.2]. What a BAT translates, or nothing, is in no TLB. */
static void flush_class(struct molvm_vcpu *vcpu, uint32_t ea)
{
	mol_pagetab_flush_class(&vcpu->pages, ea, vcpu->cpu.model->features & PPC_F_603_TLB ? 32 : 64);
}

void mol_fast_event(struct molvm_vcpu *vcpu, enum ppc_mmu_event what, uint32_t arg)
{
	vcpu->cpu.reserve_table = NULL;
	switch (what) {
	case PPC_MMU_BAT:
		if (arg == PPC_BATS_INSTRUCTION)
			break;
		key_changed(vcpu);
		break;
	case PPC_MMU_SR:
		key_changed(vcpu);
		break;
	case PPC_MMU_SDR1:
	case PPC_MMU_TLBIA:
		mol_pagetab_flush_classes(&vcpu->pages);
		break;
	case PPC_MMU_TLBIE:
	case PPC_MMU_TLBLD:
	case PPC_MMU_TLBLI:
		flush_class(vcpu, arg);
		break;
	case PPC_MMU_DEBUG: /* mol_access_watch_changed() */
	case PPC_MMU_MSR:   /* mol_ppc_set_msr() chooses among cpu->page_of[] */
	case PPC_MMU_ICACHE_FLUSH:
		break;
	}
}
