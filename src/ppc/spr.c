/* SPDX-License-Identifier: MIT
 * spr.c - mfspr and mtspr: which register, may it be moved, and what else happens.
 *
 * spr.def has the facts; this file is its reader. Called by the interpreter's
 * read_spr and write_spr words [interp_sys.h], and by the core's register access
 * (peek, poke). PEM 2.3 and 8.2; the models' user's manuals, chapter 2.
 */
#include "spr.h"

const struct ppc_spr_info ppc_spr_table[PPC_SPR_COUNT] = {
#define RW PPC_SPR_RW
#define RO PPC_SPR_RO
#define WO PPC_SPR_WO
#define SPR(spr_number, spr_name, spr_models, spr_access, spr_kept, spr_kind, spr_reset,           \
	    spr_section)                                                                           \
	[PPC_SPR_##spr_name] = {.name = #spr_name,                                                     \
				.number = spr_number,                                                  \
				.access = spr_access,                                                  \
				.kind = PPC_SPR_KIND_##spr_kind,                                       \
				.models = spr_models,                                                  \
				.kept = spr_kept,                                                      \
				.reset = spr_reset,                                                    \
				.section = spr_section},
#include "spr.def"
#undef SPR
#undef RW
#undef RO
#undef WO
};

/* Slot + 1 by number. A number has at most two registers: [0] the SPR row, [1] SPR_SHARED. */
static const uint8_t slot_of[2][1024] = {
	{
#define SPR(number, name, ...) [number] = PPC_SPR_##name + 1,
#define SPR_SHARED(...)
#include "spr.def"
#undef SPR
	},
	{
#define SPR(...)
#define SPR_SHARED(number, name, ...) [number] = PPC_SPR_##name + 1,
#include "spr.def"
#undef SPR
	},
};
_Static_assert(PPC_SPR_COUNT < 256, "slot + 1 fits a byte");

int mol_ppc_spr_slot(const struct ppc_model *model, unsigned number)
{
	for (unsigned n = 0; n < 2 && number < 1024; n++) {
		int slot = (int)slot_of[n][number] - 1;

		if (slot >= 0 && (!ppc_spr_table[slot].models ||
				  model->features & ppc_spr_table[slot].models))
			return slot;
	}
	return -1;
}

/* ---- reading ---- */

/* TBU is read around TBL [PEM 2.2.1]. It may be as old as the last reading of anything, as if no
 * time had passed since; a carry out of TBL is not missed, as TBL is always read afresh. */
static uint32_t upper_tb(struct ppc_cpu *cpu)
{
	const struct ppc_ops *ops = cpu->ops;
	uint64_t tick = ops->tick_lately ? ops->tick_lately(cpu) : ops->tick(cpu);

	return (uint32_t)(mol_ppc_tb(&cpu->r, tick) >> 32);
}

static uint32_t get(struct ppc_cpu *cpu, int slot)
{
	const struct ppc_spr_info *info = &ppc_spr_table[slot];

	switch (info->kind) {
	case PPC_SPR_KIND_XER:
		return ppc_xer(&cpu->r);
	case PPC_SPR_KIND_LR:
		return cpu->r.lr;
	case PPC_SPR_KIND_CTR:
		return cpu->r.ctr;
	case PPC_SPR_KIND_DEC:
		return mol_ppc_dec(&cpu->r, cpu->ops->tick(cpu));
	case PPC_SPR_KIND_TBL:
		return (uint32_t)mol_ppc_tb(&cpu->r, cpu->ops->tick(cpu));
	case PPC_SPR_KIND_TBU:
		return upper_tb(cpu);
	case PPC_SPR_KIND_USER_COPY:
		return get(cpu, mol_ppc_spr_slot(cpu->model, info->number + PPC_SPR_SUPERVISOR));
	default:
		return cpu->r.spr[slot];
	}
}

/* ---- writing ---- */

static void set_tb_half(struct ppc_cpu *cpu, bool upper, uint32_t value)
{
	uint64_t tick = cpu->ops->tick(cpu), tb = mol_ppc_tb(&cpu->r, tick);

	tb = upper ? (uint64_t)value << 32 | (uint32_t)tb : (tb >> 32) << 32 | value;
	mol_ppc_set_tb(&cpu->r, tick, tb);
}

/* The flash invalidates act at once. Everywhere but on the 603e, whose software clears them
 * itself [603e UM 2.1], they read back as 0, as does BHTCLR. HID0[TBEN] of the 745x is
 * storage: TB and DEC always count. */
static void write_hid0(struct ppc_cpu *cpu, uint32_t value)
{
	uint32_t features = cpu->model->features, old = cpu->r.spr[PPC_SPR_HID0], changed;
	uint32_t now = value;

	if (!(features & PPC_F_603))
		now &= ~(PPC_HID0_ICFI | PPC_HID0_DCFI);
	if (features & PPC_F_745X)
		now &= ~PPC_HID0_BHTCLR;
	if (features & PPC_F_745X && !(features & PPC_F_HIGH_BATS))
		now &= ~PPC_HID0_HIGH_BAT_EN;
	cpu->r.spr[PPC_SPR_HID0] = now;
	if (value & PPC_HID0_ICFI)
		cpu->ops->mmu_event(cpu, PPC_MMU_ICACHE_FLUSH, 0);
	changed = features & PPC_F_745X ? old ^ now : 0;
	if (changed & (PPC_HID0_HIGH_BAT_EN | PPC_HID0_XBSEN | PPC_HID0_XAEN))
		cpu->ops->mmu_event(cpu, PPC_MMU_BAT, PPC_BATS_ALL);
	if (changed & (PPC_HID0_STEN | PPC_HID0_XAEN))
		cpu->ops->mmu_event(cpu, PPC_MMU_SDR1, 0);
	cpu->stop |= PPC_STOP_SYNC;
}

/* Cache commands are over before the next instruction. L2I and L2HWF of the 745x, and L3I and
 * L3HWF, are cleared by the processor; L2I before the 745x is cleared by software, which waits
 * for L2IP to read 0 [750GX UM 9.5; 7450 UM 3.7]. */
static uint32_t l2cr_kept(const struct ppc_model *model)
{
	const uint32_t ip = PPC_BIT(31), hwf = PPC_BIT(20), invalidate = PPC_BIT(10);

	return model->features & PPC_F_745X ? ~(invalidate | hwf) :
	       model->features & PPC_F_7400 ? ~(ip | hwf) : ~ip;
}

#define L3CR_COMMANDS (PPC_BIT(20) | PPC_BIT(21)) /* L3HWF, L3I */
#define MSSCR0_DL1HWF PPC_BIT(8)                  /* 7400: flush the L1 data cache */

/* The junction is always 32 degrees: a valid threshold reads its comparison at once, and
 * interrupts if asked to [750 UM 10]. */
#define THRM_TIN PPC_BIT(0)  /* the threshold is crossed */
#define THRM_TIV PPC_BIT(1)  /* TIN is valid */
#define THRM_TID PPC_BIT(29) /* 0: TIN when above, 1: when below */
#define THRM_TIE PPC_BIT(30)
#define THRM_V PPC_BIT(31)
#define THRM3_E PPC_BIT(31)
#define JUNCTION_DEGREES 32u

static void write_thermal(struct ppc_cpu *cpu, int slot, uint32_t value)
{
	uint32_t *spr = cpu->r.spr;

	spr[slot] = value;
	for (int n = PPC_SPR_THRM1; n <= PPC_SPR_THRM2; n++) {
		uint32_t threshold = spr[n] >> 23 & 0x7f;
		bool crossed = spr[n] & THRM_TID ? JUNCTION_DEGREES < threshold
						 : JUNCTION_DEGREES > threshold;

		spr[n] &= ~(THRM_TIN | THRM_TIV);
		if (!(spr[n] & THRM_V) || !(spr[PPC_SPR_THRM3] & THRM3_E))
			continue;
		spr[n] |= THRM_TIV | (crossed ? THRM_TIN : 0);
		if (crossed && spr[n] & THRM_TIE) {
			cpu->r.pending |= PPC_PEND_THERMAL;
			cpu->stop |= PPC_STOP_SYNC;
		}
	}
}

/* A register under the translation: tell of a change only, so that restoring a context that
 * is the same costs nothing. */
static void write_watched(struct ppc_cpu *cpu, int slot, uint32_t value, enum ppc_mmu_event what,
			  uint32_t arg)
{
	if (cpu->r.spr[slot] == value)
		return;
	cpu->r.spr[slot] = value;
	cpu->ops->mmu_event(cpu, what, arg);
	cpu->stop |= PPC_STOP_SYNC;
}

static void write_dec(struct ppc_cpu *cpu, uint32_t value)
{
	mol_ppc_set_dec(&cpu->r, cpu->ops->tick(cpu), value);
	if (cpu->ops->dec_written)
		cpu->ops->dec_written(cpu);
	cpu->stop |= PPC_STOP_SYNC; /* the deadline moved, or has passed */
}

static void set(struct ppc_cpu *cpu, int slot, uint32_t value)
{
	uint32_t *spr = &cpu->r.spr[slot];

	switch (ppc_spr_table[slot].kind) {
	case PPC_SPR_KIND_XER:
		ppc_set_xer(&cpu->r, value);
		break;
	case PPC_SPR_KIND_LR:
		cpu->r.lr = value;
		break;
	case PPC_SPR_KIND_CTR:
		cpu->r.ctr = value;
		break;
	case PPC_SPR_KIND_DEC:
		write_dec(cpu, value);
		break;
	case PPC_SPR_KIND_TBL:
	case PPC_SPR_KIND_TBU:
		set_tb_half(cpu, ppc_spr_table[slot].kind == PPC_SPR_KIND_TBU, value);
		break;
	case PPC_SPR_KIND_BAT:
		write_watched(cpu, slot, value, PPC_MMU_BAT,
			      slot >= PPC_SPR_DBAT0U && slot <= PPC_SPR_DBAT7L ? PPC_BATS_DATA :
										 PPC_BATS_INSTRUCTION);
		break;
	case PPC_SPR_KIND_SDR1:
		write_watched(cpu, slot, value, PPC_MMU_SDR1, 0);
		break;
	case PPC_SPR_KIND_DEBUG:
		write_watched(cpu, slot, value, PPC_MMU_DEBUG, 0);
		break;
	case PPC_SPR_KIND_HID0:
		write_hid0(cpu, value);
		break;
	case PPC_SPR_KIND_HID1:
		if (cpu->model->features & PPC_F_745X)
			*spr = value;
		break;
	case PPC_SPR_KIND_MSSCR0:
		*spr = cpu->model->features & PPC_F_7400 ? value & ~MSSCR0_DL1HWF : value;
		break;
	case PPC_SPR_KIND_L2CR:
		*spr = value & l2cr_kept(cpu->model);
		break;
	case PPC_SPR_KIND_L3CR:
		*spr = value & ~L3CR_COMMANDS;
		break;
	case PPC_SPR_KIND_THERMAL:
		write_thermal(cpu, slot, value);
		break;
	default:
		*spr = (*spr & ~ppc_spr_table[slot].kept) | (value & ppc_spr_table[slot].kept);
		break;
	}
}

/* ---- the guest's moves ---- */

static bool user_may_not(const struct ppc_cpu *cpu, unsigned number)
{
	return number & PPC_SPR_SUPERVISOR && cpu->r.msr & PPC_MSR_PR;
}

/* A user's access to a supervisor's number is privileged whether or not the register exists;
 * all else that cannot be done is illegal [PEM 8.2, mfspr; 750GX UM 2.3.1: "invalid SPR"]. */
bool mol_ppc_refuse_spr(struct ppc_cpu *cpu, unsigned number)
{
	return mol_ppc_raise(cpu, PPC_VEC_PROGRAM, user_may_not(cpu, number) ?
			     PPC_SRR1_PROG_PRIV : PPC_SRR1_PROG_ILLEGAL);
}

/* The manuals let a supervisor's access to a missing register be illegal or boundedly undefined.
 * The 603e "either takes an exception or treats the instruction as a no-op" [603e UM 2.1]; it must
 * do the latter: Linux writes DABR, which it lacks, on every 6xx processor. */
static bool ignores_missing(const struct ppc_cpu *cpu, unsigned number)
{
	return cpu->model->features & PPC_F_603 && number & PPC_SPR_SUPERVISOR;
}

/* A number without a row: the embedder may have it; he may have set cpu->stop. */
static bool outside(struct ppc_cpu *cpu, unsigned number, bool write, uint32_t *value)
{
	if (!cpu->ops->spr_outside || !cpu->ops->spr_outside(cpu, number, write, value))
		return ignores_missing(cpu, number) ? false : mol_ppc_refuse_spr(cpu, number);
	return !(cpu->stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE));
}

bool mol_ppc_read_spr(struct ppc_cpu *cpu, unsigned number, uint32_t *value)
{
	int slot = mol_ppc_spr_slot(cpu->model, number);

	if (user_may_not(cpu, number))
		return mol_ppc_refuse_spr(cpu, number);
	if (slot < 0)
		return outside(cpu, number, false, value);
	if (ppc_spr_table[slot].access == PPC_SPR_WO)
		return mol_ppc_refuse_spr(cpu, number);
	*value = get(cpu, slot);
	return true;
}

bool mol_ppc_write_spr(struct ppc_cpu *cpu, unsigned number, uint32_t value)
{
	int slot = mol_ppc_spr_slot(cpu->model, number);

	if (user_may_not(cpu, number))
		return mol_ppc_refuse_spr(cpu, number);
	if (slot < 0)
		return outside(cpu, number, true, &value);
	if (ppc_spr_table[slot].access == PPC_SPR_RO)
		return mol_ppc_refuse_spr(cpu, number);
	set(cpu, slot, value);
	return true;
}

/* ---- the embedder's access ---- */

bool mol_ppc_peek_spr(struct ppc_cpu *cpu, unsigned number, uint32_t *value)
{
	int slot = mol_ppc_spr_slot(cpu->model, number);

	if (slot < 0)
		return false;
	*value = get(cpu, slot);
	return true;
}

/* A read-only register takes any value, and a command bit is stored without its command;
 * computed registers, TB (by either number) and DEC too, are set without an interrupt. */
bool mol_ppc_poke_spr(struct ppc_cpu *cpu, unsigned number, uint32_t value)
{
	int slot = mol_ppc_spr_slot(cpu->model, number);
	uint32_t stop = cpu->stop;

	if (slot < 0)
		return false;
	switch (ppc_spr_table[slot].kind) {
	case PPC_SPR_KIND_PLAIN:
	case PPC_SPR_KIND_HID1:
	case PPC_SPR_KIND_MSSCR0:
	case PPC_SPR_KIND_L2CR:
	case PPC_SPR_KIND_L3CR:
	case PPC_SPR_KIND_THERMAL:
		cpu->r.spr[slot] = value;
		break;
	case PPC_SPR_KIND_USER_COPY:
		return mol_ppc_poke_spr(cpu, number + PPC_SPR_SUPERVISOR, value);
	case PPC_SPR_KIND_DEC:
		cpu->r.dec_tick = cpu->ops->tick(cpu);
		cpu->r.dec_value = value;
		if (cpu->ops->dec_written)
			cpu->ops->dec_written(cpu);
		break;
	default:
		set(cpu, slot, value);
		break;
	}
	cpu->stop = stop;
	return true;
}
