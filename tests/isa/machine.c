/* SPDX-License-Identifier: MIT
 * machine.c - the simplest engine below the interpreter: see machine.h.
 */
#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "spr.h"

static struct isa_machine *machine_of(struct ppc_cpu *cpu)
{
	return (struct isa_machine *)cpu;
}

void isa_machine_log(struct isa_machine *m, const char *name, uint32_t arg)
{
	struct isa_event *e = &m->events[m->event_count < ISA_EVENTS ? m->event_count++ : 0];

	snprintf(e->name, sizeof(e->name), "%s", name);
	e->arg = arg;
}

static bool reaches(struct ppc_cpu *cpu, uint32_t ea, unsigned size, bool write)
{
	if (ea <= ISA_RAM_SIZE - size)
		return true;
	return mol_ppc_raise_data(cpu, PPC_VEC_DSI, ea,
				  PPC_DSISR_NO_PTE | (write ? PPC_DSISR_STORE : 0));
}

static bool checks(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		   enum ppc_mem_how how, bool write)
{
	if (how & PPC_MEM_WORD_ALIGNED && ea & 3)
		return mol_ppc_raise_alignment(cpu, raw, ea);
	return reaches(cpu, ea, size, write);
}

static bool ram_load(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		     enum ppc_mem_how how, uint64_t v[2])
{
	struct isa_machine *m = machine_of(cpu);

	if (!checks(cpu, raw, ea, size, how, false))
		return false;
	if (how & PPC_MEM_RESERVE) {
		cpu->r.reserve = 1;
		cpu->r.reserve_pa = ea & ~31u;
	}
	v[0] = v[1] = 0;
	for (unsigned n = 0; n < size; n++)
		v[n / 8] = v[n / 8] << 8 | m->ram[ea + n];
	if (how & PPC_MEM_EXTERNAL)
		v[0] = m->device;
	return true;
}

static bool ram_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		      enum ppc_mem_how how, const uint64_t v[2])
{
	struct isa_machine *m = machine_of(cpu);
	unsigned part = size > 8 ? 8 : size;

	if (!checks(cpu, raw, ea, size, how, true))
		return false;
	if (how & PPC_MEM_RESERVE && cpu->r.reserve_pa != (ea & ~31u)) {
		cpu->r.reserve = 0;
		return true;
	}
	if (how & PPC_MEM_EXTERNAL) {
		m->device = (uint32_t)v[0];
		return true;
	}
	for (unsigned n = 0; n < size; n++)
		m->ram[ea + n] = (uint8_t)(v[n / 8] >> 8 * (part - 1 - n % 8));
	return true;
}

static bool ram_probe(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned len,
		      enum ppc_access access, enum ppc_mem_how how)
{
	return checks(cpu, raw, ea, len, how, access == PPC_WRITE);
}

static bool cache(struct ppc_cpu *cpu, uint32_t raw, enum ppc_cache_op op, uint32_t ea)
{
	static const char *const names[] = {
		[PPC_DCBZ] = "dcbz",   [PPC_DCBA] = "dcba", [PPC_DCBI] = "dcbi",
		[PPC_DCBST] = "dcbst", [PPC_DCBF] = "dcbf", [PPC_ICBI] = "icbi",
	};
	struct isa_machine *m = machine_of(cpu);

	if (!reaches(cpu, ea & ~31u, 32, op == PPC_DCBZ || op == PPC_DCBI))
		return false;
	if (op == PPC_DCBZ)
		memset(m->ram + (ea & ~31u), 0, 32);
	isa_machine_log(m, names[op], ea);
	return true;
}

static void mmu_event(struct ppc_cpu *cpu, enum ppc_mmu_event what, uint32_t arg)
{
	static const char *const names[] = {
		[PPC_MMU_MSR] = "msr",     [PPC_MMU_SR] = "sr",       [PPC_MMU_BAT] = "bat",
		[PPC_MMU_SDR1] = "sdr1",   [PPC_MMU_TLBIE] = "tlbie", [PPC_MMU_TLBIA] = "tlbia",
		[PPC_MMU_TLBLD] = "tlbld", [PPC_MMU_TLBLI] = "tlbli", [PPC_MMU_DEBUG] = "debug",
		[PPC_MMU_ICACHE_FLUSH] = "icflush",
	};

	isa_machine_log(machine_of(cpu), names[what], arg);
}

static uint64_t fixed_tick(struct ppc_cpu *cpu)
{
	return machine_of(cpu)->tick;
}

static const struct ppc_ops ops = {
	.load = ram_load,
	.store = ram_store,
	.probe = ram_probe,
	.cache = cache,
	.mmu_event = mmu_event,
	.tick = fixed_tick,
};

void isa_machine_init(struct isa_machine *m, const struct ppc_model *model)
{
	struct ppc_regs *r = &m->cpu.r;

	memset(m, 0, sizeof(*m));
	memset(m->ram, 0xee, sizeof(m->ram));
	m->cpu.ops = &ops;
	m->cpu.model = model;
	mol_ppc_reset(&m->cpu);
	for (uint32_t n = 0; n < 32; n++) {
		r->gpr[n] = 0xc0de0000u + 0x101 * n;
		r->fpr[n] = 0x4024000000000000u + n;
		for (unsigned lane = 0; lane < 4; lane++)
			r->vr[n].w[lane] = 0xdead0000u + 0x100 * n + lane;
	}
	for (uint32_t n = 0; n < 16; n++)
		r->sr[n] = 0x1000 + n;
	r->lr = 0x12340000;
	r->ctr = 0x43210000;
	r->pc = 0x1000;
	r->vscr = 0;
	r->spr[PPC_SPR_HID0] = PPC_HID0_DCE; /* for dcbz */
	mol_ppc_set_msr(&m->cpu, PPC_MSR_FP | PPC_MSR_VEC);
	m->event_count = 0;
}
