/* SPDX-License-Identifier: MIT
 * ours.c - one case of the differential test, run by the interpreter.
 *
 * The engine below the interpreter is the simplest there can be: the scratch
 * pages of diff_offsets.h, nothing else.
 */
#include <string.h>

#include "diff.h"
#include "spr.h"
#include "spr.h"

static uint8_t scratch[DIFF_SCRATCH_SIZE];

static bool reaches(struct ppc_cpu *cpu, uint32_t ea, unsigned size)
{
	if (ea - DIFF_SCRATCH_EA <= DIFF_SCRATCH_SIZE - size)
		return true;
	return mol_ppc_raise_data(cpu, PPC_VEC_DSI, ea, PPC_DSISR_NO_PTE);
}

static bool flat_load(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		      enum ppc_mem_how how, uint64_t v[2])
{
	if (!reaches(cpu, ea, size))
		return false;
	if (how & PPC_MEM_RESERVE)
		cpu->r.reserve = 1;
	v[0] = v[1] = 0;
	for (unsigned n = 0; n < size; n++)
		v[n / 8] = v[n / 8] << 8 | scratch[ea - DIFF_SCRATCH_EA + n];
	return true;
}

static bool flat_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		       enum ppc_mem_how how, const uint64_t v[2])
{
	unsigned part = size > 8 ? 8 : size;

	if (!reaches(cpu, ea, size))
		return false;
	for (unsigned n = 0; n < size; n++)
		scratch[ea - DIFF_SCRATCH_EA + n] = (uint8_t)(v[n / 8] >> 8 * (part - 1 - n % 8));
	return true;
}

static bool flat_probe(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned len,
		       enum ppc_access access, enum ppc_mem_how how)
{
	return reaches(cpu, ea, len);
}

static bool flat_cache(struct ppc_cpu *cpu, uint32_t raw, enum ppc_cache_op op, uint32_t ea)
{
	if (op == PPC_DCBZ && reaches(cpu, ea & ~31u, 32))
		memset(scratch + ((ea & ~31u) - DIFF_SCRATCH_EA), 0, 32);
	return true;
}

static void no_mmu_event(struct ppc_cpu *cpu, enum ppc_mmu_event what, uint32_t arg)
{
}

static uint64_t no_tick(struct ppc_cpu *cpu)
{
	return 0;
}

static const struct ppc_ops flat_ops = {
	.load = flat_load,
	.store = flat_store,
	.probe = flat_probe,
	.cache = flat_cache,
	.mmu_event = no_mmu_event,
	.tick = no_tick,
};

static void enter_state(struct ppc_cpu *cpu, const struct diff_state *s)
{
	memset(cpu, 0, sizeof(*cpu));
	cpu->ops = &flat_ops;
	cpu->model = mol_ppc_model_find("7400");
	cpu->r.msr = PPC_MSR_PR | PPC_MSR_FP | PPC_MSR_VEC | PPC_MSR_FE0 | PPC_MSR_FE1;
	cpu->r.pc = DIFF_SLOT_EA;
	cpu->r.spr[PPC_SPR_HID0] = PPC_HID0_DCE; /* for dcbz */
	cpu->r.spr[PPC_SPR_HID0] = PPC_HID0_DCE; /* dcbz needs a cache */
	memcpy(cpu->r.gpr, s->gpr, sizeof(s->gpr));
	memcpy(cpu->r.fpr, s->fpr, sizeof(s->fpr));
	for (int r = 0; r < 32; r++)
		for (int n = 0; n < 16; n++)
			cpu->r.vr[r].b[PPC_VB(n)] = s->vr[r][n];
	cpu->r.vscr = mol_load_be32(s->vscr + 12);
	cpu->r.fpscr = (uint32_t)s->fpscr;
	ppc_set_cr(&cpu->r, s->cr);
	ppc_set_xer(&cpu->r, s->xer);
	cpu->r.lr = s->lr;
	cpu->r.ctr = s->ctr;
}

static uint32_t pad_of(const struct ppc_cpu *cpu, uint32_t stop)
{
	if (stop & PPC_STOP_EXC) {
		if (cpu->exc.vector != PPC_VEC_PROGRAM)
			return 100 + 11; /* SIGSEGV */
		return cpu->exc.srr1 & PPC_SRR1_PROG_TRAP ? 100 + 5 :
		       cpu->exc.srr1 & PPC_SRR1_PROG_FP   ? 100 + 8 : 100 + 4;
	}
	switch (cpu->r.pc - DIFF_SLOT_EA) {
	case 4:
		return 0;
	case (uint32_t)DIFF_PAD1:
		return 1;
	case (uint32_t)DIFF_PAD2:
		return 2;
	case DIFF_PAD3:
		return 3;
	}
	return 99;
}

void diff_run_ours(const struct diff_state *in, struct diff_state *out)
{
	static struct ppc_cpu cpu;
	uint32_t stop;

	*out = *in;
	enter_state(&cpu, in);
	memset(scratch, 0, sizeof(scratch));
	memcpy(scratch + DIFF_MEM_AT, in->mem, DIFF_MEM_SIZE);
	stop = mol_ppc_step(&cpu, in->insn);
	out->pad = pad_of(&cpu, stop);
	memcpy(out->gpr, cpu.r.gpr, sizeof(out->gpr));
	memcpy(out->fpr, cpu.r.fpr, sizeof(out->fpr));
	for (int r = 0; r < 32; r++)
		for (int n = 0; n < 16; n++)
			out->vr[r][n] = cpu.r.vr[r].b[PPC_VB(n)];
	mol_store_be32(out->vscr + 12, cpu.r.vscr);
	out->fpscr = cpu.r.fpscr;
	out->cr = ppc_cr(&cpu.r);
	out->xer = ppc_xer(&cpu.r);
	out->lr = cpu.r.lr;
	out->ctr = cpu.r.ctr;
	memcpy(out->mem, scratch + DIFF_MEM_AT, DIFF_MEM_SIZE);
}
