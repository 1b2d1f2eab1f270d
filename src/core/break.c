/* SPDX-License-Identifier: MIT
 * break.c - breakpoints and watchpoints of the embedder, and the guest's own IABR and DABR.
 *
 * Both are looked for in the same places: instructions by backends that see vcpu->careful, data
 * by access.c when vcpu->watch_data is set (watched pages have no fast entries). The embedder's
 * are reported before the instruction; running again passes it, by vcpu->skip_at.
 */
#include "backend.h"

#define IABR_ENABLE PPC_BIT(30)    /* [603e UM 2.1; 750 UM 2.1] */
#define IABR_TRANSLATED PPC_BIT(31) /* must equal MSR[IR]; the 603e does not have it */
#define DABR_TRANSLATED PPC_BIT(29) /* must equal MSR[DR] [PEM 2.3.15] */
#define DABR_WRITE PPC_BIT(30)
#define DABR_READ PPC_BIT(31)

static bool touches(const struct mol_break *b, uint32_t ea, uint32_t len)
{
	return ea < b->ea + b->len && b->ea < (uint64_t)ea + len;
}

void mol_access_watch_changed(struct molvm_vcpu *vcpu)
{
	uint32_t kinds = 0;

	if (!mol_ppc_peek_spr(&vcpu->cpu, PPC_SPRN_IABR, &vcpu->iabr) || !(vcpu->iabr & IABR_ENABLE))
		vcpu->iabr = 0;
	if (!mol_ppc_peek_spr(&vcpu->cpu, PPC_SPRN_DABR, &vcpu->dabr) ||
	    !(vcpu->dabr & (DABR_READ | DABR_WRITE)))
		vcpu->dabr = 0;
	for (unsigned n = 0; n < MOL_MAX_BREAKS; n++)
		kinds |= vcpu->vm->breaks[n].kind;
	vcpu->careful = vcpu->iabr || kinds & MOLVM_BREAK_EXEC;
	vcpu->watch_data = vcpu->dabr || kinds & (MOLVM_BREAK_READ | MOLVM_BREAK_WRITE);
	mol_fast_flush(vcpu);
	mol_window_close(vcpu);
}

static void changed(molvm_vm *vm)
{
	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++)
		if (vm->vcpus[n])
			mol_access_watch_changed(vm->vcpus[n]);
}

int mol_break_add(molvm_vm *vm, uint32_t kind, uint64_t ea, uint32_t len)
{
	for (unsigned n = 0; n < MOL_MAX_BREAKS; n++) {
		if (vm->breaks[n].kind)
			continue;
		vm->breaks[n] = (struct mol_break){ .kind = kind, .len = len, .ea = ea };
		changed(vm);
		return (int)n;
	}
	return mol_error(MOLVM_E_NOMEM, "break_add: all %u breakpoints are in use", MOL_MAX_BREAKS);
}

int mol_break_remove(molvm_vm *vm, int id)
{
	if (id < 0 || id >= (int)MOL_MAX_BREAKS || !vm->breaks[id].kind)
		return mol_error(MOLVM_E_NOENT, "break_remove: there is no breakpoint %d", id);
	vm->breaks[id].kind = 0;
	changed(vm);
	return 0;
}

/* Has this kind been reported for the instruction about to run? */
static bool passed(struct molvm_vcpu *vcpu, uint32_t kind)
{
	return vcpu->skip_kinds & kind && vcpu->skip_pc == vcpu->cpu.r.pc &&
	       vcpu->skip_at == mol_vcpu_insns(vcpu) + 1;
}

static bool report(struct molvm_vcpu *vcpu, uint32_t kind, uint32_t id, uint32_t ea, uint32_t len)
{
	uint64_t at = mol_vcpu_insns(vcpu) + 1;

	if (vcpu->skip_at != at || vcpu->skip_pc != vcpu->cpu.r.pc)
		vcpu->skip_kinds = 0;
	vcpu->skip_kinds |= kind;
	vcpu->skip_pc = vcpu->cpu.r.pc;
	vcpu->skip_at = at;
	mol_exit_debug(vcpu, kind, id, ea, len);
	return false;
}

/* ---- instructions ---- */

bool mol_careful_range(const struct molvm_vcpu *vcpu, uint32_t ea, uint32_t n)
{
	const struct mol_break *b = vcpu->vm->breaks;

	if (vcpu->iabr && (vcpu->iabr & ~3u) - ea < 4 * n)
		return true;
	for (unsigned i = 0; i < MOL_MAX_BREAKS; i++)
		if (b[i].kind & MOLVM_BREAK_EXEC && touches(&b[i], ea, 4 * n))
			return true;
	return false;
}

static bool iabr_matches(const struct molvm_vcpu *vcpu)
{
	const struct ppc_cpu *cpu = &vcpu->cpu;
	bool translated = cpu->r.msr & PPC_MSR_IR;

	if (!vcpu->iabr || (vcpu->iabr & ~3u) != cpu->r.pc)
		return false;
	return cpu->model->features & PPC_F_603 || !(vcpu->iabr & IABR_TRANSLATED) == !translated;
}

bool mol_careful(struct molvm_vcpu *vcpu)
{
	const struct mol_break *b = vcpu->vm->breaks;

	if (vcpu->completing)
		return true;
	for (unsigned n = 0; n < MOL_MAX_BREAKS; n++)
		if (b[n].kind & MOLVM_BREAK_EXEC && touches(&b[n], vcpu->cpu.r.pc, 4) &&
		    !passed(vcpu, MOLVM_BREAK_EXEC))
			return report(vcpu, MOLVM_BREAK_EXEC, n, vcpu->cpu.r.pc, 4);
	if (iabr_matches(vcpu))
		return mol_ppc_raise(&vcpu->cpu, PPC_VEC_IABR, 0);
	return true;
}

/* ---- data ---- */

bool mol_break_watches_page(const struct molvm_vcpu *vcpu, uint32_t ea)
{
	const uint32_t data = MOLVM_BREAK_READ | MOLVM_BREAK_WRITE;
	const struct mol_break *b = vcpu->vm->breaks;

	ea &= ~MOL_PAGE_MASK;
	if (vcpu->dabr && ((vcpu->dabr ^ ea) & ~MOL_PAGE_MASK) == 0)
		return true;
	for (unsigned n = 0; n < MOL_MAX_BREAKS; n++)
		if (b[n].kind & data && touches(&b[n], ea, MOL_PAGE))
			return true;
	return false;
}

static bool dabr_matches(const struct molvm_vcpu *vcpu, uint32_t ea, unsigned len, bool write)
{
	uint32_t dabr = vcpu->dabr;

	if (!(dabr & (write ? DABR_WRITE : DABR_READ)) ||
	    !(dabr & DABR_TRANSLATED) != !(vcpu->cpu.r.msr & PPC_MSR_DR))
		return false;
	return (dabr & ~7u) - (ea & ~7u) <= ((ea & 7) + len - 1) / 8 * 8;
}

bool mol_break_data(struct molvm_vcpu *vcpu, uint32_t ea, unsigned len, enum ppc_access access)
{
	uint32_t kind = access == PPC_WRITE ? MOLVM_BREAK_WRITE : MOLVM_BREAK_READ;
	const struct mol_break *b = vcpu->vm->breaks;

	if (vcpu->completing)
		return true;
	for (unsigned n = 0; n < MOL_MAX_BREAKS; n++)
		if (b[n].kind & kind && touches(&b[n], ea, len) && !passed(vcpu, kind))
			return report(vcpu, kind, n, ea, len);
	if (dabr_matches(vcpu, ea, len, access == PPC_WRITE))
		return mol_ppc_raise_data(&vcpu->cpu, PPC_VEC_DSI, ea, PPC_DSISR_DABR |
					  (access == PPC_WRITE ? PPC_DSISR_STORE : 0));
	return true;
}
