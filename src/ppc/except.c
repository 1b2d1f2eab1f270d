/* SPDX-License-Identifier: MIT
 * except.c - exceptions: what is due, and how the processor enters the handler.
 *
 * Called by the run loop of every backend, between instructions. Pure functions
 * of struct ppc_cpu but for ops->mmu_event, which hears of a changed MSR[IR, DR, PR],
 * and in a reset the clock. PEM chapter 6; 603e UM, 750 UM, 7400 UM and 7450 UM chapter 4.
 */
#include "spr.h"

#define SRR1_MACHINE_CHECK_PIN PPC_BIT(12) /* MCP was asserted [750 UM 4.5.2, table 4-9] */
#define RESET_VECTOR_BASE 0xfff00000u      /* MSR[IP] [PEM 2.3.1] */

/* ---- the MSR ---- */

/* MSR[POW] with a mode chosen in HID0 [603e UM 9; 7400 UM table 10-1]; should a guest choose more
 * than one, the lightest. The 604e has one mode and no choice [604e UM 7]. */
static uint8_t sleep_mode(const struct ppc_cpu *cpu, uint32_t msr)
{
	uint32_t hid0 = cpu->r.spr[PPC_SPR_HID0], features = cpu->model->features;

	if (!(msr & PPC_MSR_POW))
		return PPC_SLEEP_NONE;
	if (features & PPC_F_604)
		return PPC_SLEEP_NAP;
	if (features & PPC_F_POW_DOZE && hid0 & PPC_HID0_DOZE)
		return PPC_SLEEP_DOZE;
	if (features & PPC_F_POW_NAP && hid0 & PPC_HID0_NAP)
		return PPC_SLEEP_NAP;
	if (features & PPC_F_POW_SLEEP && hid0 & PPC_HID0_SLEEP)
		return PPC_SLEEP_SLEEP;
	return PPC_SLEEP_NONE;
}

/* GPR0-3 and TGPR0-3 change places [603e UM 2.1.2]; the mask lets TGPR be set on a 603e only. */
static void swap_tgprs(struct ppc_regs *r)
{
	for (int n = 0; n < 4; n++) {
		uint32_t v = r->gpr[n];

		r->gpr[n] = r->tgpr[n];
		r->tgpr[n] = v;
	}
	r->tgpr_live = !r->tgpr_live;
}

void mol_ppc_set_msr(struct ppc_cpu *cpu, uint32_t msr)
{
	uint32_t old = cpu->r.msr;

	msr &= cpu->model->msr_mask;
	cpu->r.msr = msr;
	if (!(msr & PPC_MSR_TGPR) != !cpu->r.tgpr_live)
		swap_tgprs(&cpu->r);
	cpu->page = cpu->page_of[ppc_data_mode(msr)];
	cpu->r.asleep = sleep_mode(cpu, msr);
	cpu->unsupported = msr & PPC_MSR_LE ? "the guest entered little-endian mode (MSR[LE])" : NULL;
	if ((old ^ msr) & (PPC_MSR_IR | PPC_MSR_DR | PPC_MSR_PR))
		cpu->ops->mmu_event(cpu, PPC_MMU_MSR, 0);
}

/* ---- entering ---- */

static bool is_tlb_miss(uint32_t vector)
{
	return vector == PPC_VEC_ITLB_MISS || vector == PPC_VEC_DTLB_LOAD_MISS ||
	       vector == PPC_VEC_DTLB_STORE_MISS;
}

/* The MSR of the handler [603e UM table 4-7; 750 UM table 4-9]: ILE and IP stay, LE
 * is ILE, ME stays but for a machine check; everything else is off. */
static uint32_t handler_msr(const struct ppc_cpu *cpu, uint32_t vector)
{
	uint32_t msr = cpu->r.msr & (PPC_MSR_ILE | PPC_MSR_ME | PPC_MSR_IP);

	if (vector == PPC_VEC_MACHINE_CHECK)
		msr &= ~PPC_MSR_ME;
	if (msr & PPC_MSR_ILE)
		msr |= PPC_MSR_LE;
	if (is_tlb_miss(vector) && cpu->model->features & PPC_F_MSR_TGPR)
		msr |= PPC_MSR_TGPR;
	return msr;
}

void mol_ppc_enter(struct ppc_cpu *cpu, const struct ppc_exception *exc)
{
	struct ppc_regs *r = &cpu->r;
	uint32_t cause = exc->srr1;

	if (exc->vector == PPC_VEC_MACHINE_CHECK && !(r->msr & PPC_MSR_ME)) {
		r->checkstop = 1; /* [PEM 6.4.2.2] */
		return;
	}
	/* The table search keeps the interrupted CR0 in SRR1[0-3] [603e UM 5.5]. */
	if (is_tlb_miss(exc->vector) && cpu->model->features & PPC_F_603_TLB)
		cause |= (uint32_t)r->cr[0] << 28;
	r->spr[PPC_SPR_SRR0] = exc->srr0;
	r->spr[PPC_SPR_SRR1] = (r->msr & PPC_SRR1_MSR) | cause;
	if (exc->sets_dar)
		r->spr[PPC_SPR_DAR] = exc->dar;
	if (exc->sets_dsisr)
		r->spr[PPC_SPR_DSISR] = exc->dsisr;
	r->pc = (r->msr & PPC_MSR_IP ? RESET_VECTOR_BASE : 0) + exc->vector;
	mol_ppc_set_msr(cpu, handler_msr(cpu, exc->vector));
}

/* ---- asynchronous exceptions ---- */

/* Highest first. One order serves all models: each manual's table is this one without what the
 * model does not have [603e UM 4.1.2; 7400 and 750GX UM tables 4-3; PEM 6.1]. */
static const struct {
	uint32_t pending, vector, srr1;
	bool maskable; /* by MSR[EE] */
	bool asleep;   /* wakes sleep mode, in which DEC stands still [7400 UM table 10-1] */
} interrupts[] = {
	{ PPC_PEND_MACHINE_CHECK, PPC_VEC_MACHINE_CHECK, SRR1_MACHINE_CHECK_PIN, false, true },
	{ PPC_PEND_RESET, PPC_VEC_RESET, 0, false, true },
	{ PPC_PEND_SMI, PPC_VEC_SMI, 0, true, true },
	{ PPC_PEND_EXTERNAL, PPC_VEC_EXTERNAL, 0, true, true },
	{ PPC_PEND_PERFMON, PPC_VEC_PERFMON, 0, true, true },
	{ PPC_PEND_DEC, PPC_VEC_DECREMENTER, 0, true, false },
	{ PPC_PEND_THERMAL, PPC_VEC_THERMAL, 0, true, true },
};
#define INTERRUPTS (sizeof(interrupts) / sizeof(interrupts[0]))

/* The row of interrupts[] to take now, or INTERRUPTS. */
static size_t due(const struct ppc_cpu *cpu)
{
	size_t n;

	for (n = 0; n < INTERRUPTS; n++) {
		if (!(cpu->r.pending & interrupts[n].pending))
			continue;
		if (interrupts[n].maskable && !(cpu->r.msr & PPC_MSR_EE))
			continue;
		if (!interrupts[n].asleep && cpu->r.asleep == PPC_SLEEP_SLEEP)
			continue;
		break;
	}
	return cpu->r.checkstop ? INTERRUPTS : n;
}

bool mol_ppc_interrupt_pending(const struct ppc_cpu *cpu)
{
	return due(cpu) < INTERRUPTS;
}

bool mol_ppc_next_interrupt(struct ppc_cpu *cpu, struct ppc_exception *out)
{
	size_t n = due(cpu);

	if (n == INTERRUPTS)
		return false;
	if (interrupts[n].pending != PPC_PEND_EXTERNAL)
		cpu->r.pending &= ~interrupts[n].pending;
	*out = (struct ppc_exception){ .vector = interrupts[n].vector,
				       .srr0 = cpu->r.pc,
				       .srr1 = interrupts[n].srr1 };
	return true;
}

/* ---- trace ---- */

/* SE: every instruction that completes, but rfi; BE: every branch, taken or not [PEM 6.4.11].
 * sc and a taken trap do not complete. Only the 604e traces isync as the PEM has it: the others
 * leave it out [603e UM 4.5.11, 750GX UM 4.5.11, 7400 UM 4.6.11]. */
bool mol_ppc_trace_due(const struct ppc_cpu *cpu, uint32_t msr, uint32_t raw)
{
	enum ppc_op op;

	if (!(msr & (PPC_MSR_SE | PPC_MSR_BE)))
		return false;
	op = mol_ppc_decode(raw);
	if (op == PPC_OP_RFI || op == PPC_OP_SC)
		return false;
	if (msr & PPC_MSR_BE &&
	    (op == PPC_OP_B || op == PPC_OP_BC || op == PPC_OP_BCLR || op == PPC_OP_BCCTR))
		return true;
	if (op == PPC_OP_ISYNC && !(cpu->model->features & PPC_F_604))
		return false;
	return msr & PPC_MSR_SE;
}

/* ---- reset ---- */

/* Power-on [PEM 6.4.1]: MSR[IP] is on and the rest off; what the manuals leave undefined is 0,
 * but DEC, which starts at its longest. */
void mol_ppc_reset(struct ppc_cpu *cpu)
{
	uint64_t tick = cpu->ops->tick(cpu);

	memset(&cpu->r, 0, sizeof(cpu->r));
	cpu->fp.any = 0;
	for (int n = 0; n < PPC_SPR_COUNT; n++)
		cpu->r.spr[n] = ppc_spr_table[n].reset;
	cpu->r.spr[PPC_SPR_PVR] = cpu->model->pvr;
	if (cpu->model->features & PPC_F_ALTIVEC)
		cpu->r.vscr = PPC_VSCR_NJ; /* as qemu-system-ppc's 74xx; no manual page seen */
	cpu->r.dec_value = 0xffffffffu;
	cpu->r.dec_tick = tick;
	mol_ppc_set_tb(&cpu->r, tick, 0);
	cpu->r.pc = RESET_VECTOR_BASE + PPC_VEC_RESET;
	cpu->stop = 0;
	mol_ppc_set_msr(cpu, PPC_MSR_IP);
	cpu->ops->mmu_event(cpu, PPC_MMU_MSR, 0);
	cpu->ops->mmu_event(cpu, PPC_MMU_BAT, PPC_BATS_ALL);
	cpu->ops->mmu_event(cpu, PPC_MMU_SDR1, 0);
	for (uint32_t n = 0; n < 16; n++)
		cpu->ops->mmu_event(cpu, PPC_MMU_SR, n);
	cpu->ops->mmu_event(cpu, PPC_MMU_TLBIA, 0);
	cpu->ops->mmu_event(cpu, PPC_MMU_DEBUG, 0);
	cpu->ops->mmu_event(cpu, PPC_MMU_ICACHE_FLUSH, 0);
	if (cpu->ops->dec_written)
		cpu->ops->dec_written(cpu);
}
