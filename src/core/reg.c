/* SPDX-License-Identifier: MIT
 * reg.c - every register by number and by name, as the embedder sees it.
 *
 * SPRs are read off src/ppc's table by way of mol_ppc_peek_spr() and mol_ppc_poke_spr(); what is
 * kept in parts (CR, TB...) is put together here. Called by api_vcpu.c.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../ppc/softfp.h"
#include "../ppc/spr.h"
#include "backend.h"

enum { GPR = 1, FPR, VR, SPR, SR, SPECIAL };
enum { PC, MSR, CR, FPSCR, VSCR, TB, RESERVE, PENDING, SPECIALS };

#define CLASS(id) ((id) >> 16)
#define INDEX(id) ((id) & 0xffff)

static const struct {
	const char *name;
	uint32_t bits;
} special[SPECIALS] = {
	[PC] = { "pc", 32 },         [MSR] = { "msr", 32 },
	[CR] = { "cr", 32 },         [FPSCR] = { "fpscr", 32 },
	[VSCR] = { "vscr", 32 },     [TB] = { "tb", 64 },
	[RESERVE] = { "reserve", 32 }, [PENDING] = { "pending", 32 },
};

/* The classes that are arrays: how many, how wide, what they are called. */
static const struct {
	uint32_t count, bits;
	const char *prefix, *group;
} array[] = {
	[GPR] = { 32, 32, "r", "gpr" },
	[FPR] = { 32, 64, "f", "fpr" },
	[VR] = { 32, 128, "v", "vector" },
	[SPR] = { 1024, 32, NULL, "spr" },
	[SR] = { 16, 32, "sr", "segment" },
	[SPECIAL] = { SPECIALS, 32, NULL, "special" },
};

uint32_t mol_reg_bits(uint32_t id)
{
	uint32_t cls = CLASS(id);

	if (cls < GPR || cls > SPECIAL || INDEX(id) >= array[cls].count)
		return 0;
	return cls == SPECIAL ? special[INDEX(id)].bits : array[cls].bits;
}

static bool exists(const struct ppc_model *model, uint32_t id)
{
	bool vector = CLASS(id) == VR || id == MOLVM_REG_VSCR;

	if (!mol_reg_bits(id) || (vector && !(model->features & PPC_F_ALTIVEC)))
		return false;
	return CLASS(id) != SPR || mol_ppc_spr_slot(model, INDEX(id)) >= 0;
}

static int no_such(const char *who, const molvm_vcpu *vcpu, uint32_t id)
{
	return mol_error(MOLVM_E_NOENT, "%s: id 0x%x is no register of a %s", who, id,
			 vcpu->vm->model.name);
}

/* ---- one register ---- */

static uint64_t get_special(molvm_vcpu *vcpu, uint32_t index)
{
	const struct ppc_regs *r = &vcpu->cpu.r;

	switch (index) {
	case PC:
		return r->pc;
	case MSR:
		return r->msr;
	case CR:
		return ppc_cr(r);
	case FPSCR:
		return ppc_fpscr(&vcpu->cpu);
	case VSCR:
		return r->vscr;
	case TB:
		return mol_ppc_tb(r, mol_clock_now(vcpu));
	case RESERVE:
		return r->reserve_pa | r->reserve;
	default:
		return r->pending;
	}
}

int mol_reg_get(molvm_vcpu *vcpu, uint32_t id, molvm_value *out)
{
	const struct ppc_regs *r = &vcpu->cpu.r;
	uint32_t n = INDEX(id), spr = 0;

	if (!exists(&vcpu->vm->model, id))
		return no_such("reg_get", vcpu, id);
	memset(out, 0, sizeof(*out));
	switch (CLASS(id)) {
	case GPR:
		out->u64 = r->gpr[n];
		break;
	case FPR:
		out->u64 = r->fpr[n];
		break;
	case VR:
		for (unsigned i = 0; i < 16; i++)
			out->b[i] = r->vr[n].b[PPC_VB(i)];
		break;
	case SPR:
		mol_ppc_peek_spr(&vcpu->cpu, n, &spr);
		out->u64 = spr;
		break;
	case SR:
		out->u64 = r->sr[n];
		break;
	default:
		out->u64 = get_special(vcpu, n);
		break;
	}
	return 0;
}

/* What decides how the next instruction is fetched stands still while one is being executed. */
static int refuse_inside(const molvm_vcpu *vcpu, const char *name)
{
	return mol_error(MOLVM_E_BUSY, "reg_set: %s: called from a callback of vCPU %u, whose instruction "
			 "is not done", name, vcpu->index);
}

static int set_msr(molvm_vcpu *vcpu, uint32_t value)
{
	if (vcpu->in_backend)
		return refuse_inside(vcpu, "MSR");
	if (value & PPC_MSR_LE)
		return mol_error(MOLVM_E_NOTSUP, "reg_set: MSR[LE]: little-endian mode is not implemented");
	mol_ppc_set_msr(&vcpu->cpu, value);
	return 0;
}

static int set_pc(molvm_vcpu *vcpu, uint32_t value)
{
	if (value & 3)
		return mol_error(MOLVM_E_INVAL, "reg_set: PC 0x%x is not a multiple of 4", value);
	if (vcpu->in_backend)
		return refuse_inside(vcpu, "PC");
	vcpu->cpu.r.pc = value;
	if (vcpu->in_flight != MOL_FLIGHT_EXCEPTION)
		mol_vcpu_forget_flight(vcpu);
	return 0;
}

static void set_pending(molvm_vcpu *vcpu, uint32_t value)
{
	/* The external interrupt is a line: it stays as set until molvm_irq_set(). */
	vcpu->cpu.r.pending = value & 0x7f;
	if (value & PPC_PEND_EXTERNAL)
		atomic_fetch_or(&vcpu->lines, 1u << MOLVM_IRQ_EXT);
	else
		atomic_fetch_and(&vcpu->lines, ~(1u << MOLVM_IRQ_EXT));
}

static int set_special(molvm_vcpu *vcpu, uint32_t index, uint64_t value)
{
	struct ppc_regs *r = &vcpu->cpu.r;
	uint32_t low = (uint32_t)value;

	switch (index) {
	case PC:
		return set_pc(vcpu, low);
	case MSR:
		return set_msr(vcpu, low);
	case CR:
		ppc_set_cr(r, low);
		break;
	case FPSCR:
		vcpu->cpu.fp.any = 0;
		r->fpscr = mol_fpscr_summarize(low & ~PPC_BIT(20)); /* reserved [PEM 2.1.4] */
		break;
	case VSCR:
		r->vscr = low & (PPC_VSCR_NJ | PPC_VSCR_SAT);
		break;
	case TB:
		mol_ppc_set_tb(r, mol_clock_now(vcpu), value);
		break;
	case RESERVE:
		r->reserve = value & 1;
		r->reserve_pa = low & ~31u;
		break;
	default:
		set_pending(vcpu, low);
		break;
	}
	return 0;
}

static void set_sr(molvm_vcpu *vcpu, uint32_t n, uint32_t value)
{
	vcpu->cpu.r.sr[n] = value;
	vcpu->cpu.ops->mmu_event(&vcpu->cpu, PPC_MMU_SR, n);
}

int mol_reg_set(molvm_vcpu *vcpu, uint32_t id, const molvm_value *in)
{
	struct ppc_regs *r = &vcpu->cpu.r;
	uint32_t n = INDEX(id);

	if (!exists(&vcpu->vm->model, id))
		return no_such("reg_set", vcpu, id);
	if (vcpu->in_backend) /* pending conditions, DEC... : looked at when the block ends */
		mol_vcpu_attend(vcpu, MOL_ATT_LOOK);
	if (mol_reg_bits(id) == 32 && in->u64 > UINT32_MAX)
		return mol_error(MOLVM_E_INVAL, "reg_set: 0x%llx does not fit the 32 bits of register 0x%x",
				 (unsigned long long)in->u64, id);
	switch (CLASS(id)) {
	case GPR:
		r->gpr[n] = (uint32_t)in->u64;
		break;
	case FPR:
		r->fpr[n] = in->u64;
		break;
	case VR:
		for (unsigned i = 0; i < 16; i++)
			r->vr[n].b[PPC_VB(i)] = in->b[i];
		break;
	case SPR:
		mol_ppc_poke_spr(&vcpu->cpu, n, (uint32_t)in->u64);
		break;
	case SR:
		set_sr(vcpu, n, (uint32_t)in->u64);
		break;
	default:
		return set_special(vcpu, n, in->u64);
	}
	return 0;
}

/* ---- names ---- */

static void describe(uint32_t id, molvm_reg_desc *out)
{
	uint32_t cls = CLASS(id), n = INDEX(id);

	out->id = id;
	out->bits = mol_reg_bits(id);
	out->flags = 0;
	snprintf(out->group, sizeof(out->group), "%s", array[cls].group);
	if (cls == SPECIAL)
		snprintf(out->name, sizeof(out->name), "%s", special[n].name);
	else
		snprintf(out->name, sizeof(out->name), "%s%u", array[cls].prefix, n);
}

static void describe_spr(int slot, molvm_reg_desc *out)
{
	const struct ppc_spr_info *info = &ppc_spr_table[slot];
	size_t n;

	describe(MOLVM_REG(SR, 0), out);
	out->id = MOLVM_REG_SPR(info->number);
	snprintf(out->group, sizeof(out->group), "%s", array[SPR].group);
	for (n = 0; n + 1 < sizeof(out->name) && info->name[n]; n++)
		out->name[n] = (char)tolower((unsigned char)info->name[n]);
	out->name[n] = '\0';
}

/* Call fn for each register of the model, until it returns true: then true. */
static bool each(const struct ppc_model *model, bool (*fn)(void *, const molvm_reg_desc *),
		 void *opaque, molvm_reg_desc *d)
{
	static const uint8_t order[] = { GPR, SPECIAL, FPR, VR, SR };

	for (unsigned i = 0; i < sizeof(order); i++)
		for (uint32_t n = 0; n < array[order[i]].count; n++) {
			if (!exists(model, MOLVM_REG(order[i], n)))
				continue;
			describe(MOLVM_REG(order[i], n), d);
			if (fn(opaque, d))
				return true;
		}
	for (int slot = 0; slot < PPC_SPR_COUNT; slot++) {
		if (mol_ppc_spr_slot(model, ppc_spr_table[slot].number) != slot)
			continue;
		describe_spr(slot, d);
		if (fn(opaque, d))
			return true;
	}
	return false;
}

static bool count_down(void *opaque, const molvm_reg_desc *d)
{
	uint32_t *left = opaque;

	return (*left)-- == 0;
}

int mol_reg_info(molvm_vm *vm, uint32_t index, molvm_reg_desc *out)
{
	uint32_t left = index;

	if (each(&vm->model, count_down, &left, out))
		return 0;
	return mol_error(MOLVM_E_NOENT, "reg_info: index %u is past the last register", index);
}

static bool same_name(void *opaque, const molvm_reg_desc *d)
{
	const char *name = opaque;
	size_t n;

	for (n = 0; name[n] && d->name[n]; n++)
		if (tolower((unsigned char)name[n]) != d->name[n])
			return false;
	return name[n] == d->name[n];
}

int mol_reg_find(molvm_vm *vm, const char *name, uint32_t *id)
{
	molvm_reg_desc d = { .size = sizeof(d) };
	char copy[32];

	snprintf(copy, sizeof(copy), "%s", name);
	if (!each(&vm->model, same_name, copy, &d))
		return mol_error(MOLVM_E_NOENT, "reg_find: a %s has no register \"%.31s\"",
				 vm->model.name, name);
	*id = d.id;
	return 0;
}
