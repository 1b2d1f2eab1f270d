/* SPDX-License-Identifier: MIT
 * access.c - the guest's way to memory: struct ppc_ops for every backend, and instruction fetch.
 *
 * An access that found no fast entry [fast.c] comes here: translate, find the region, move the
 * bytes or ask mmio.c, and fill the entry so that the next one does not come.
 *
 * Only the thread that runs the vCPU is here. A device callback may change the memory map, so no
 * region is remembered across a call to mmio.c.
 */
#include <string.h>

#include "../ppc/spr.h"
#include "backend.h"

#define SRR1_TEA PPC_BIT(13) /* transfer error acknowledge [750 UM 4.5.2; 603e UM 4.5.2] */

MOL_INLINE struct molvm_vcpu *vcpu_of(struct ppc_cpu *cpu)
{
	return (struct molvm_vcpu *)(void *)cpu;
}

static uint8_t *host_of(const struct mol_region *r, uint64_t pa)
{
	return r->backing->host + r->offset + (pa - r->gpa);
}

static _Atomic uint8_t *flags_of(const struct mol_region *r, uint64_t pa)
{
	return &r->backing->flags[(r->offset + (pa - r->gpa)) / MOL_PAGE];
}

static uint8_t flag_bits(const _Atomic uint8_t *flags)
{
	return atomic_load_explicit(flags, memory_order_relaxed);
}

/* ---- decoded code ---- */

void mol_code_watch(struct molvm_vcpu *vcpu, const struct mol_fetch *fetch)
{
	_Atomic uint8_t *flags = (_Atomic uint8_t *)fetch->flags;

	if (atomic_fetch_or(flags, MOL_PAGE_CODE) & MOL_PAGE_CODE)
		return;
	if (vcpu->windows)
		mol_window_code(vcpu, fetch->host, flags);
	if (!(flag_bits(flags) & MOL_PAGE_STORES))
		return;
	atomic_fetch_and(flags, (uint8_t)~MOL_PAGE_STORES);
	mol_fast_code(vcpu, fetch->host);
}

void mol_code_wrote(struct molvm_vcpu *vcpu, _Atomic uint8_t *flags, const uint8_t *host, size_t len)
{
	vcpu->stat[MOL_STAT_CODE_WRITES]++;
	if (!vcpu->vm->backend->code_written(vcpu, host, len))
		atomic_fetch_and(flags, (uint8_t)~MOL_PAGE_CODE);
}

void mol_access_map_changed(molvm_vm *vm)
{
	vm->map.last = 0;
	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++) {
		if (!vm->vcpus[n])
			continue;
		mol_fast_flush(vm->vcpus[n]);
		mol_window_close(vm->vcpus[n]);
		vm->backend->flush(vm->vcpus[n]);
	}
}

/* A store by this vCPU to RAM: what else has to know. */
static void note_store(struct molvm_vcpu *vcpu, _Atomic uint8_t *flags, const uint8_t *host,
		       size_t len)
{
	uint8_t old = flag_bits(flags);

	if (!(old & MOL_PAGE_DIRTY))
		atomic_fetch_or(flags, MOL_PAGE_DIRTY);
	if (old & MOL_PAGE_CODE)
		mol_code_wrote(vcpu, flags, host, len);
}

/* ---- translation ---- */

/* A DEMAND page that has not been touched: count it present, and exit. */
static bool absent(struct molvm_vcpu *vcpu, const struct mol_region *r, uint32_t ea, uint64_t pa,
		   enum ppc_access access)
{
	_Atomic uint8_t *flags = flags_of(r, pa);

	if (!(r->flags & MOLVM_MEM_DEMAND) || flag_bits(flags) & MOL_PAGE_PRESENT)
		return false;
	atomic_fetch_or(flags, MOL_PAGE_PRESENT);
	mol_exit_mem_fault(vcpu, ea, pa, access);
	return true;
}

static bool phys_read32(void *opaque, uint64_t pa, uint32_t *value)
{
	struct molvm_vcpu *vcpu = opaque;
	const struct mol_region *r = mol_map_look(vcpu->vm, pa);

	/* One absent page ends the search: what it goes on to read does not matter. */
	if (!r || !r->backing || vcpu->walk_exit)
		return false;
	if (absent(vcpu, r, vcpu->walk_ea, pa, PPC_READ)) {
		vcpu->walk_exit = 1;
		return false;
	}
	*value = mol_load_be32(host_of(r, pa));
	return true;
}

static const uint8_t *phys_group(void *opaque, uint64_t pa)
{
	struct molvm_vcpu *vcpu = opaque;
	const struct mol_region *r = mol_map_look(vcpu->vm, pa);

	if (!r || !r->backing || vcpu->walk_exit ||
	    (r->flags & MOLVM_MEM_DEMAND && !(flag_bits(flags_of(r, pa)) & MOL_PAGE_PRESENT)))
		return NULL;
	return host_of(r, pa);
}

static bool phys_write32(void *opaque, uint64_t pa, uint32_t value)
{
	struct molvm_vcpu *vcpu = opaque;
	const struct mol_region *r = mol_map_look(vcpu->vm, pa);

	if (!r || !r->backing || r->flags & (MOLVM_MEM_READONLY | MOLVM_MEM_ROM))
		return false;
	mol_store_be32(host_of(r, pa), value);
	note_store(vcpu, flags_of(r, pa), host_of(r, pa), 4);
	return true;
}

static bool phys_peek32(void *opaque, uint64_t pa, uint32_t *value)
{
	struct molvm_vcpu *vcpu = opaque;
	const struct mol_region *r = mol_map_find(vcpu->vm, pa);

	if (!r || !r->backing)
		return false;
	*value = mol_load_be32(host_of(r, pa));
	return true;
}

static bool phys_ignore_write32(void *opaque, uint64_t pa, uint32_t value)
{
	return false;
}

bool mol_access_peek(struct molvm_vcpu *vcpu, uint32_t ea, enum ppc_access access,
		     struct mol_xlat *out)
{
	const struct mol_phys phys = {
		.read32 = phys_peek32,
		.write32 = phys_ignore_write32,
		.opaque = vcpu,
	};

	return mol_mmu_translate(&vcpu->cpu, &phys, ea, access, MOL_MMU_PEEK, out);
}

static bool not_translated(struct molvm_vcpu *vcpu, enum ppc_access access, const struct mol_xlat *x)
{
	vcpu->cpu.exc = x->fault;
	vcpu->cpu.stop |= PPC_STOP_EXC;
	vcpu->miss_ea = x->miss;
	vcpu->miss_access = access;
	return false;
}

/* For the guest. False: cpu->stop says why. */
static bool translate(struct molvm_vcpu *vcpu, uint32_t ea, enum ppc_access access,
		      enum ppc_mem_how how, struct mol_xlat *x)
{
	const struct mol_phys phys = { phys_read32, phys_write32, vcpu, phys_group };
	unsigned flags = (how & PPC_MEM_RESERVE ? MOL_MMU_RESERVE : 0u) |
			 (how & PPC_MEM_EXTERNAL ? MOL_MMU_EXTERNAL : 0u);
	bool ok;

	vcpu->walk_exit = 0;
	vcpu->walk_ea = ea;
	ok = mol_mmu_translate(&vcpu->cpu, &phys, ea, access, flags, x);
	if (vcpu->walk_exit)
		return false;
	return ok || not_translated(vcpu, access, x);
}

/* ---- entries, for a translator ---- */

/* The table search of one who can ask again: what somebody outside would notice is put off, by walk_exit.
 * phys_group() has said what can be read. */
static bool light_read32(void *opaque, uint64_t pa, uint32_t *value)
{
	struct molvm_vcpu *vcpu = opaque;

	vcpu->walk_exit = 1;
	return false;
}

static bool light_write32(void *opaque, uint64_t pa, uint32_t value)
{
	struct molvm_vcpu *vcpu = opaque;
	const struct mol_region *r = mol_map_look(vcpu->vm, pa);

	if (r && r->backing && !(flag_bits(flags_of(r, pa)) & MOL_PAGE_CODE))
		return phys_write32(opaque, pa, value);
	vcpu->walk_exit = 1;
	return false;
}

static bool light_translate(struct molvm_vcpu *vcpu, uint32_t ea, enum ppc_access access,
			    struct mol_xlat *x)
{
	const struct mol_phys phys = { light_read32, light_write32, vcpu, phys_group };
	bool ok;

	vcpu->walk_exit = 0;
	ok = mol_mmu_translate(&vcpu->cpu, &phys, ea, access, 0, x);
	if (ok || vcpu->walk_exit)
		return ok && !vcpu->walk_exit;
	mol_mmio_forget(vcpu);
	return not_translated(vcpu, access, x);
}

uintptr_t mol_access_entry(struct molvm_vcpu *vcpu, uint32_t ea, enum ppc_access access)
{
	uint32_t n = (access == PPC_WRITE ? PPC_PAGE_STORE : 0) + (ea >> 12), no = MOLVM_MEM_DEMAND;
	struct ppc_cpu *cpu = &vcpu->cpu;
	const struct mol_region *r;
	struct mol_xlat x;

	if (cpu->page == vcpu->pages.empty)
		mol_fast_resolve(vcpu);
	if (cpu->page[n])
		return cpu->page[n];
	if (vcpu->watch_data || vcpu->completing || !light_translate(vcpu, ea, access, &x))
		return 0;
	r = mol_map_look(vcpu->vm, x.pa);
	if (access == PPC_WRITE)
		no |= MOLVM_MEM_READONLY | MOLVM_MEM_ROM;
	if (!r || !r->backing || r->flags & no)
		return 0;
	if (access == PPC_WRITE && !(flag_bits(flags_of(r, x.pa)) & MOL_PAGE_DIRTY))
		atomic_fetch_or(flags_of(r, x.pa), MOL_PAGE_DIRTY);
	mol_fast_fill(vcpu, ea, &x, r, host_of(r, x.pa), flags_of(r, x.pa));
	return cpu->page[n];
}

/* ---- data ---- */

/* Part of an access within one page. late: a callback of the part before it may have changed the
 * translation since, so that it is good for this access and not to be remembered. */
struct place {
	uint32_t ea;
	unsigned len;
	bool late;
	struct mol_xlat x;
};

/* Split [ea, ea + size) by pages and translate each: how many, 0 for a fault. */
static unsigned locate(struct molvm_vcpu *vcpu, uint32_t ea, unsigned size, enum ppc_access access,
		       enum ppc_mem_how how, struct place p[2])
{
	unsigned first = MOL_PAGE - (ea & MOL_PAGE_MASK);

	p[0].ea = ea;
	p[0].len = size < first ? size : first;
	p[0].late = false;
	if (!translate(vcpu, ea, access, how, &p[0].x))
		return 0;
	if (size <= first)
		return 1;
	p[1].ea = ea + first;
	p[1].len = size - first;
	p[1].late = true;
	return translate(vcpu, p[1].ea, access, how, &p[1].x) ? 2 : 0;
}

static bool read_place(struct molvm_vcpu *vcpu, uint32_t raw, const struct place *p, uint8_t *bytes)
{
	struct mol_region *r = mol_map_look(vcpu->vm, p->x.pa);

	if (!r || !r->backing)
		return mol_mmio_read(vcpu, raw, p->ea, p->x.pa, bytes, p->len);
	if (absent(vcpu, r, p->ea, p->x.pa, PPC_READ))
		return false;
	memcpy(bytes, host_of(r, p->x.pa), p->len);
	if (!p->late)
		mol_fast_fill(vcpu, p->ea, &p->x, r, host_of(r, p->x.pa), flags_of(r, p->x.pa));
	return true;
}

static bool write_place(struct molvm_vcpu *vcpu, uint32_t raw, const struct place *p,
			const uint8_t *bytes)
{
	struct mol_region *r = mol_map_look(vcpu->vm, p->x.pa);
	_Atomic uint8_t *flags;

	if (!r || !r->backing || r->flags & MOLVM_MEM_READONLY)
		return mol_mmio_write(vcpu, raw, p->ea, p->x.pa, bytes, p->len);
	if (absent(vcpu, r, p->ea, p->x.pa, PPC_WRITE))
		return false;
	if (r->flags & MOLVM_MEM_ROM)
		return true;
	memcpy(host_of(r, p->x.pa), bytes, p->len);
	flags = flags_of(r, p->x.pa);
	note_store(vcpu, flags, host_of(r, p->x.pa), p->len);
	if (!p->late)
		mol_fast_fill(vcpu, p->ea, &p->x, r, host_of(r, p->x.pa), flags);
	return true;
}

/* The entry that serves lwarx and stwcx.: an entry for stores, as it says that the page is not
 * write-through; and not while the data cache is locked, which a 74xx minds [mmu/protect.c]. */
static uintptr_t reserve_entry(const struct ppc_cpu *cpu, uint32_t ea)
{
	uintptr_t entry = cpu->page[PPC_PAGE_STORE + (ea >> 12)];

	if (cpu->model->features & (PPC_F_7400 | PPC_F_745X) &&
	    cpu->r.spr[PPC_SPR_HID0] & PPC_HID0_DLOCK)
		return 0;
	return ppc_page_may_store(entry) ? entry : 0;
}

/* lwarx moreover needs the physical address: that of the page of the last one is known [cpu.h]. */
static bool reserve_again(struct ppc_cpu *cpu, uint32_t ea)
{
	if (cpu->page != cpu->reserve_table || (ea ^ cpu->reserve_page) & ~MOL_PAGE_MASK)
		return false;
	cpu->r.reserve = 1;
	cpu->r.reserve_pa = cpu->reserve_page_pa | (ea & MOL_PAGE_MASK & ~(PPC_CACHE_LINE - 1));
	return true;
}

/* The entry for this access, if it serves after all: the access was misaligned, or the first in
 * this context since its key was written. 0: none. */
static uintptr_t entry_of(struct molvm_vcpu *vcpu, uint32_t ea, unsigned size, uint32_t table,
			  enum ppc_mem_how how)
{
	struct ppc_cpu *cpu = &vcpu->cpu;
	uintptr_t entry;

	if (how & PPC_MEM_EXTERNAL || (ea & MOL_PAGE_MASK) + size > MOL_PAGE)
		return 0;
	if (cpu->page == vcpu->pages.empty)
		mol_fast_resolve(vcpu);
	if (!(how & PPC_MEM_RESERVE))
		return cpu->page[table + (ea >> 12)];
	entry = reserve_entry(cpu, ea);
	return entry && (table || reserve_again(cpu, ea)) ? entry : 0;
}

static void from_bytes(const uint8_t *b, unsigned size, uint64_t v[2])
{
	v[1] = 0;
	switch (size) {
	case 1:
		v[0] = b[0];
		break;
	case 2:
		v[0] = mol_load_be16(b);
		break;
	case 4:
		v[0] = mol_load_be32(b);
		break;
	case 16:
		v[1] = mol_load_be64(b + 8); /* fall through */
	default:
		v[0] = mol_load_be64(b);
		break;
	}
}

static void to_bytes(uint8_t *b, unsigned size, const uint64_t v[2])
{
	switch (size) {
	case 1:
		b[0] = (uint8_t)v[0];
		break;
	case 2:
		mol_store_be16(b, (uint16_t)v[0]);
		break;
	case 4:
		mol_store_be32(b, (uint32_t)v[0]);
		break;
	case 16:
		mol_store_be64(b + 8, v[1]); /* fall through */
	default:
		mol_store_be64(b, v[0]);
		break;
	}
}

/* False: the page's last code is gone by this store; it is to be made once more, and that noted. */
static bool store_hit(struct molvm_vcpu *vcpu, uintptr_t entry, uint32_t ea, unsigned size,
		      const uint64_t v[2])
{
	bool code;
	uint8_t *host = mol_fast_store_at(entry, ea, &code);

	to_bytes(host, size, v);
	if (!code)
		return true;
	vcpu->stat[MOL_STAT_CODE_WRITES]++;
	return vcpu->vm->backend->code_written(vcpu, host, size);
}

/* Floating-point accesses may not go to the 604e's direct-store interface [PEM 6.4.6]. The other
 * models have no such interface: they raise a DSI [segment.c]. */
static bool is_fp_direct_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea)
{
	return cpu->model->features & PPC_F_604 &&
	       ppc_insn_table[mol_ppc_decode(raw)].flags & I_FPU && mol_mmu_is_direct_store(cpu, ea);
}

static bool access_load(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
			enum ppc_mem_how how, uint64_t v[2])
{
	struct molvm_vcpu *vcpu = vcpu_of(cpu);
	uint8_t bytes[16];
	struct place p[2];
	uintptr_t entry;
	unsigned n;

	vcpu->stat[MOL_STAT_SLOW_LOADS]++;
	if (how & PPC_MEM_WORD_ALIGNED && (ea & 3 || is_fp_direct_store(cpu, raw, ea)))
		return mol_ppc_raise_alignment(cpu, raw, ea);
	entry = entry_of(vcpu, ea, size, 0, how);
	if (entry) {
		from_bytes((const uint8_t *)(entry + ea), size, v);
		return true;
	}
	if (vcpu->watch_data && !mol_break_data(vcpu, ea, size, PPC_READ))
		return false;
	mol_mmio_begin(vcpu, raw, false);
	n = locate(vcpu, ea, size, PPC_READ, how, p);
	for (unsigned i = 0; i < n; i++)
		if (!read_place(vcpu, raw, &p[i], bytes + (i ? p[0].len : 0)))
			return false;
	if (!n)
		return false;
	from_bytes(bytes, size, v);
	if (how & PPC_MEM_RESERVE) {
		cpu->r.reserve = 1;
		cpu->r.reserve_pa = (uint32_t)p[0].x.pa & ~(PPC_CACHE_LINE - 1);
		cpu->reserve_table = cpu->page;
		cpu->reserve_page = ea & ~MOL_PAGE_MASK;
		cpu->reserve_page_pa = (uint32_t)p[0].x.pa & ~MOL_PAGE_MASK;
	}
	return true;
}

static bool access_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
			 enum ppc_mem_how how, const uint64_t v[2])
{
	struct molvm_vcpu *vcpu = vcpu_of(cpu);
	uint8_t bytes[16];
	struct place p[2];
	uintptr_t entry;
	unsigned n;

	vcpu->stat[MOL_STAT_SLOW_STORES]++;
	if (how & PPC_MEM_WORD_ALIGNED && (ea & 3 || is_fp_direct_store(cpu, raw, ea)))
		return mol_ppc_raise_alignment(cpu, raw, ea);
	entry = entry_of(vcpu, ea, size, PPC_PAGE_STORE, how);
	if (entry && store_hit(vcpu, entry, ea, size, v))
		return true;
	if (vcpu->watch_data && !mol_break_data(vcpu, ea, size, PPC_WRITE))
		return false;
	mol_mmio_begin(vcpu, raw, false);
	n = locate(vcpu, ea, size, PPC_WRITE, how, p);
	if (!n)
		return false;
	to_bytes(bytes, size, v);
	for (unsigned i = 0; i < n; i++)
		if (!write_place(vcpu, raw, &p[i], bytes + (i ? p[0].len : 0)))
			return false;
	return true;
}

/* Several accesses by one instruction follow: should devices be among them, mmio.c knows that they
 * belong together. */
static bool access_probe(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned len,
			 enum ppc_access access, enum ppc_mem_how how)
{
	struct molvm_vcpu *vcpu = vcpu_of(cpu);
	struct place p[2];
	unsigned n;

	if (how & PPC_MEM_WORD_ALIGNED && ea & 3)
		return mol_ppc_raise_alignment(cpu, raw, ea);
	if (vcpu->watch_data && !mol_break_data(vcpu, ea, len, access))
		return false;
	mol_mmio_begin(vcpu, raw, true);
	n = locate(vcpu, ea, len, access, how, p);
	for (unsigned i = 0; i < n; i++) {
		const struct mol_region *r = mol_map_look(vcpu->vm, p[i].x.pa);

		if (r && r->backing && absent(vcpu, r, p[i].ea, p[i].x.pa, access))
			return false;
	}
	return n != 0;
}

/* ---- cache instructions ---- */

/* dcbz to write-through or caching-inhibited memory: alignment exception [PEM 6.4.6]. */
static bool zero_line(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea)
{
	static const uint8_t zeros[PPC_CACHE_LINE];
	struct place p = { .ea = ea & ~(PPC_CACHE_LINE - 1), .len = PPC_CACHE_LINE };

	if (vcpu->watch_data && !mol_break_data(vcpu, p.ea, PPC_CACHE_LINE, PPC_WRITE))
		return false;
	mol_mmio_begin(vcpu, raw, false);
	if (!translate(vcpu, ea, PPC_WRITE, PPC_MEM_PLAIN, &p.x))
		return false;
	if (p.x.wimg & (MOL_WIMG_W | MOL_WIMG_I))
		return mol_ppc_raise_alignment(&vcpu->cpu, raw, ea);
	p.x.pa &= ~(uint64_t)(PPC_CACHE_LINE - 1);
	return write_place(vcpu, raw, &p, zeros);
}

static bool invalidate_code(struct molvm_vcpu *vcpu, uint32_t ea, uint64_t pa)
{
	const struct mol_region *r = mol_map_look(vcpu->vm, pa);

	pa &= ~(uint64_t)(PPC_CACHE_LINE - 1);
	if (r && r->backing && vcpu->vm->backend->icbi)
		vcpu->vm->backend->icbi(vcpu, host_of(r, pa), PPC_CACHE_LINE);
	return true;
}

/* There is no cache to be seen: what is left is the translation, with its faults. dcbi counts as a
 * store, the others as loads; dcba never faults and may do nothing [PEM 8.2]. */
static bool access_cache(struct ppc_cpu *cpu, uint32_t raw, enum ppc_cache_op op, uint32_t ea)
{
	struct molvm_vcpu *vcpu = vcpu_of(cpu);
	struct mol_xlat x;

	mol_mmio_begin(vcpu, raw, false);
	if (op == PPC_DCBA || mol_mmu_is_direct_store(cpu, ea))
		return true;
	if (op == PPC_DCBZ)
		return zero_line(vcpu, raw, ea);
	if (!translate(vcpu, ea, op == PPC_DCBI ? PPC_WRITE : PPC_READ, PPC_MEM_PLAIN, &x))
		return false;
	return op == PPC_ICBI ? invalidate_code(vcpu, ea, x.pa) : true;
}

/* ---- fetch ---- */

bool mol_fetch_page(struct molvm_vcpu *vcpu, uint32_t ea, struct mol_fetch *out)
{
	const struct mol_region *r;
	struct mol_xlat x;

	vcpu->stat[MOL_STAT_FETCH_LOOKUPS]++;
	if (!vcpu->completing)
		mol_mmio_forget(vcpu);
	if (!translate(vcpu, ea, PPC_EXEC, PPC_MEM_PLAIN, &x))
		return false;
	r = mol_map_look(vcpu->vm, x.pa);
	if (!r || !r->backing || r->flags & MOLVM_MEM_NOEXEC)
		return mol_ppc_raise(&vcpu->cpu, PPC_VEC_MACHINE_CHECK, SRR1_TEA);
	if (absent(vcpu, r, ea, x.pa, PPC_EXEC))
		return false;
	out->pa = x.pa & ~(uint64_t)MOL_PAGE_MASK;
	out->host = host_of(r, out->pa);
	out->flags = (uint8_t *)flags_of(r, out->pa);
	return true;
}

/* ---- events ---- */

static void access_mmu_event(struct ppc_cpu *cpu, enum ppc_mmu_event what, uint32_t arg)
{
	struct molvm_vcpu *vcpu = vcpu_of(cpu);

	switch (what) {
	case PPC_MMU_MSR: /* mol_ppc_set_msr() has chosen the page table; backends see SYNC */
		return;
	case PPC_MMU_TLBIE:
		mol_mmu_tlbie(cpu, arg);
		break;
	case PPC_MMU_TLBIA:
		mol_mmu_tlbia(cpu);
		break;
	case PPC_MMU_TLBLD:
	case PPC_MMU_TLBLI:
		mol_mmu_tlb_load(cpu, arg, what == PPC_MMU_TLBLI);
		break;
	case PPC_MMU_DEBUG:
		mol_access_watch_changed(vcpu);
		break;
	default:
		break;
	}
	mol_fast_event(vcpu, what, arg);
	if (vcpu->backend)
		vcpu->vm->backend->mmu_event(vcpu, what, arg);
}

static void access_dec_written(struct ppc_cpu *cpu)
{
	vcpu_of(cpu)->look |= MOL_LOOK_TIME;
}

const struct ppc_ops mol_access_ops = {
	.load = access_load,
	.store = access_store,
	.probe = access_probe,
	.cache = access_cache,
	.mmu_event = access_mmu_event,
	.tick = mol_clock_ppc_tick,
	.tick_lately = mol_clock_ppc_tick_lately,
	.dec_written = access_dec_written,
	.hypercall = mol_exit_hypercall,
	.spr_outside = mol_exit_spr,
};
