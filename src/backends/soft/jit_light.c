/* SPDX-License-Identifier: MIT
 * jit_light.c - what translated code calls without storing its registers first.
 *
 * These functions look at no guest register that a translator may have elsewhere, and call nobody
 * outside who might: the homes that a C function keeps stay where they are, and so does the
 * guest's MXCSR. What cannot be done so is left to the functions of jit.c.
 * Called by the fixed parts of the code buffer.
 */
#include "jit.h"

static struct molvm_vcpu *vcpu_of(struct ppc_cpu *cpu)
{
	return (struct molvm_vcpu *)(void *)cpu;
}

static struct soft *soft_of(struct ppc_cpu *cpu)
{
	return vcpu_of(cpu)->backend;
}

/* ---- accesses ---- */

static const struct jit_site *site_of(struct ppc_cpu *cpu, uint32_t site)
{
	const struct jit_site *p = &soft_of(cpu)->jit->site[site];

	cpu->r.pc = p->pc; /* SRR0 of a fault */
	return p;
}

/* Is it one access to one page, and none that asks for more than memory? */
static bool is_plain(const struct ppc_cpu *cpu, const struct jit_site *p, uint32_t ea)
{
	if ((ea & (SOFT_PAGE - 1)) + p->size > SOFT_PAGE || p->how & ~(unsigned)PPC_MEM_WORD_ALIGNED)
		return false;
	/* (The second is a direct-store segment, of which a 604e has alignment exceptions too.) */
	return !p->how || !(ea & 3 || cpu->r.sr[ea >> 28] >> 31);
}

enum jit_light mol_jit_light_load(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t *value)
{
	const struct jit_site *p = site_of(cpu, site);
	const uint8_t *host;
	uintptr_t entry;

	if (p->landing || !is_plain(cpu, p, ea))
		return JIT_LIGHT_ASK;
	entry = cpu->page[ea >> 12];
	if (!entry)
		entry = mol_access_entry(vcpu_of(cpu), ea, PPC_READ);
	if (!entry)
		return cpu->stop ? JIT_LIGHT_STOPPED : JIT_LIGHT_ASK;
	vcpu_of(cpu)->stat[MOL_STAT_SLOW_LOADS]++;
	host = (const uint8_t *)(entry + ea);
	if (p->size == 1) {
		*value = *host;
	} else if (p->size == 2) {
		*value = mol_load_be16(host);
	} else if (p->size == 4) {
		*value = mol_load_be32(host);
	} else if (p->size == 8) {
		*value = mol_load_be64(host);
	} else {
		union ppc_vr *to = (union ppc_vr *)(uintptr_t)*value;

		to->d[PPC_VD(0)] = mol_load_be64(host);
		to->d[PPC_VD(1)] = mol_load_be64(host + 8);
	}
	return JIT_LIGHT_DONE;
}

enum jit_light mol_jit_light_store(struct ppc_cpu *cpu, uint32_t ea, uint32_t site, uint64_t value)
{
	const struct jit_site *p = site_of(cpu, site);
	uintptr_t entry;
	uint8_t *host;
	bool code;

	if (p->landing || !is_plain(cpu, p, ea))
		return JIT_LIGHT_ASK;
	entry = cpu->page[PPC_PAGE_STORE + (ea >> 12)]; /* there, if there is code on the page */
	if (!entry)
		entry = mol_access_entry(vcpu_of(cpu), ea, PPC_WRITE);
	if (!entry)
		return cpu->stop ? JIT_LIGHT_STOPPED : JIT_LIGHT_ASK;
	host = mol_fast_store_at(entry, ea, &code);
	if (code && mol_soft_cache_has_code(&soft_of(cpu)->cache, (uintptr_t)host, p->size))
		return JIT_LIGHT_ASK;
	vcpu_of(cpu)->stat[MOL_STAT_SLOW_STORES]++;
	if (p->size == 1) {
		*host = (uint8_t)value;
	} else if (p->size == 2) {
		mol_store_be16(host, (uint16_t)value);
	} else if (p->size == 4) {
		mol_store_be32(host, (uint32_t)value);
	} else if (p->size == 8) {
		mol_store_be64(host, value);
	} else {
		const union ppc_vr *from = (const union ppc_vr *)(uintptr_t)value;

		mol_store_be64(host, from->d[PPC_VD(0)]);
		mol_store_be64(host + 8, from->d[PPC_VD(1)]);
	}
	return JIT_LIGHT_DONE;
}

/* ---- system registers ---- */

void mol_jit_segments_changed(struct ppc_cpu *cpu)
{
	vcpu_of(cpu)->segments_known = 0;
	cpu->ops->mmu_event(cpu, PPC_MMU_SR, 0);
}

void mol_jit_tlbie(struct ppc_cpu *cpu, uint32_t ea)
{
	struct soft *s = soft_of(cpu);

	mol_fast_event(vcpu_of(cpu), PPC_MMU_TLBIE, ea);
	mol_pagetab_flush_class(&s->jit->table.pages, ea, MOL_PAGETAB_CLASSES);
	mol_soft_forget_class(s, ea);
}

uint32_t mol_jit_tbl(struct ppc_cpu *cpu)
{
	return (uint32_t)mol_ppc_tb(&cpu->r, cpu->ops->tick(cpu));
}
