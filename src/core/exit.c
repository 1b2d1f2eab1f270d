/* SPDX-License-Identifier: MIT
 * exit.c - what the embedder is told: each exit reason's record in the run page, and the taking of
 * his answers.
 *
 * The functions that are called from inside an instruction leave PPC_STOP_OUTSIDE in cpu->stop
 * and the reason in vcpu->exit_reason; the run loop (vcpu.c) returns with it. The others return
 * the reason. Registers r3.. of a hypercall and their kinds: molvm.h.
 */
#include <string.h>

#include "backend.h"

#define OSI_R4 0x77810f9bu
#define SC_LEV_1 (1u << 5) /* the word of `sc 1` [Power ISA 3.3.1; reserved bits on these models] */

static void leave(struct molvm_vcpu *vcpu, uint32_t reason, enum mol_flight flight)
{
	vcpu->exit_reason = reason;
	vcpu->in_flight = (uint8_t)flight;
	vcpu->cpu.stop |= PPC_STOP_OUTSIDE;
}

void mol_exit_mmio(struct molvm_vcpu *vcpu, uint32_t raw, const molvm_access *a, bool is_write,
		   uint32_t flags)
{
	molvm_run_page *page = vcpu->page;

	memset(&page->u.mmio, 0, sizeof(page->u.mmio));
	page->u.mmio.gpa = a->gpa;
	page->u.mmio.ea = a->ea;
	page->u.mmio.value = a->value;
	page->u.mmio.len = a->len;
	page->u.mmio.is_write = is_write;
	page->u.mmio.status = MOLVM_MMIO_OK;
	page->u.mmio.insn = raw;
	page->u.mmio.flags = flags;
	leave(vcpu, MOLVM_EXIT_MMIO, MOL_FLIGHT_RERUN);
}

static uint32_t public_access(enum ppc_access access)
{
	return access == PPC_READ ? MOLVM_ACC_READ : access == PPC_WRITE ? MOLVM_ACC_WRITE :
									   MOLVM_ACC_EXEC;
}

void mol_exit_mem_fault(struct molvm_vcpu *vcpu, uint32_t ea, uint64_t pa, enum ppc_access access)
{
	molvm_run_page *page = vcpu->page;

	memset(&page->u.mem_fault, 0, sizeof(page->u.mem_fault));
	page->u.mem_fault.gpa = pa & ~(uint64_t)MOL_PAGE_MASK;
	page->u.mem_fault.ea = ea;
	page->u.mem_fault.len = MOL_PAGE;
	page->u.mem_fault.access = public_access(access);
	leave(vcpu, MOLVM_EXIT_MEM_FAULT, MOL_FLIGHT_RERUN);
}

void mol_exit_debug(struct molvm_vcpu *vcpu, uint32_t kind, uint32_t id, uint32_t ea, uint32_t len)
{
	molvm_run_page *page = vcpu->page;
	struct mol_xlat x;
	bool ok = mol_access_peek(vcpu, ea, kind == MOLVM_BREAK_EXEC ? PPC_EXEC : PPC_READ, &x);

	memset(&page->u.debug, 0, sizeof(page->u.debug));
	page->u.debug.kind = kind;
	page->u.debug.id = id;
	page->u.debug.ea = ea;
	page->u.debug.gpa = ok ? x.pa : UINT64_MAX;
	page->u.debug.len = len;
	leave(vcpu, MOLVM_EXIT_DEBUG, MOL_FLIGHT_NONE);
}

/* ---- hypercalls ---- */

static uint32_t hypercall_kind(const struct molvm_vcpu *vcpu, uint32_t raw)
{
	const uint32_t *gpr = vcpu->cpu.r.gpr;
	uint32_t flags = vcpu->vm->flags;

	if (!(flags & MOLVM_CFG_NO_OSI) && gpr[3] == MOL_OSI_R3 && gpr[4] == OSI_R4)
		return MOLVM_HCALL_OSI;
	if (!(flags & MOLVM_CFG_NO_SC1) && raw & SC_LEV_1)
		return flags & MOLVM_CFG_EPAPR ? MOLVM_HCALL_EPAPR : MOLVM_HCALL_SC1;
	return 0;
}

bool mol_exit_hypercall(struct ppc_cpu *cpu, uint32_t raw)
{
	struct molvm_vcpu *vcpu = cpu->owner;
	molvm_run_page *page = vcpu->page;
	uint32_t kind = hypercall_kind(vcpu, raw);

	if (!kind)
		return false;
	memset(&page->u.hypercall, 0, sizeof(page->u.hypercall));
	page->u.hypercall.kind = kind;
	page->u.hypercall.nr = cpu->r.gpr[kind == MOLVM_HCALL_OSI ? 5 : kind == MOLVM_HCALL_SC1 ? 3 : 11];
	for (unsigned n = 0; n < 8; n++)
		page->u.hypercall.args[n] = cpu->r.gpr[3 + n];
	leave(vcpu, MOLVM_EXIT_HYPERCALL, MOL_FLIGHT_HYPERCALL);
	return true;
}

void mol_exit_hypercall_answer(struct molvm_vcpu *vcpu)
{
	const molvm_run_page *page = vcpu->page;
	struct ppc_regs *r = &vcpu->cpu.r;
	uint32_t nret = page->u.hypercall.nret;

	for (unsigned n = 0; n < nret && n < 4; n++)
		r->gpr[3 + n] = (uint32_t)page->u.hypercall.ret[n];
	r->pc += 4;
	vcpu->insns++;
}

/* ---- SPRs that the model lacks ---- */

bool mol_exit_spr(struct ppc_cpu *cpu, unsigned number, bool write, uint32_t *value)
{
	struct molvm_vcpu *vcpu = cpu->owner;
	molvm_run_page *page = vcpu->page;

	if (!(vcpu->vm->flags & MOLVM_CFG_EXIT_SPR))
		return false;
	if (vcpu->completing && vcpu->spr_asked) {
		vcpu->spr_asked = 0;
		if (page->u.spr.status)
			return false;
		if (!write)
			*value = (uint32_t)page->u.spr.value;
		return true;
	}
	memset(&page->u.spr, 0, sizeof(page->u.spr));
	mol_mmio_forget(vcpu);
	page->u.spr.value = write ? *value : 0;
	page->u.spr.spr = number;
	page->u.spr.is_write = write;
	vcpu->spr_asked = 1;
	leave(vcpu, MOLVM_EXIT_SPR, MOL_FLIGHT_RERUN);
	return true;
}

/* ---- between instructions ---- */

uint32_t mol_exit_exception(struct molvm_vcpu *vcpu, const struct ppc_exception *exc)
{
	molvm_run_page *page = vcpu->page;
	const struct ppc_regs *r = &vcpu->cpu.r;

	memset(&page->u.exception, 0, sizeof(page->u.exception));
	page->u.exception.vector = exc->vector;
	page->u.exception.srr0 = exc->srr0;
	page->u.exception.srr1 = (r->msr & PPC_SRR1_MSR) | exc->srr1;
	page->u.exception.dar = exc->sets_dar ? exc->dar : r->spr[PPC_SPR_DAR];
	page->u.exception.dsisr = exc->sets_dsisr ? exc->dsisr : r->spr[PPC_SPR_DSISR];
	page->u.exception.action = MOLVM_EXC_DELIVER;
	vcpu->trapped = *exc;
	leave(vcpu, MOLVM_EXIT_EXCEPTION, MOL_FLIGHT_EXCEPTION);
	return MOLVM_EXIT_EXCEPTION;
}

uint32_t mol_exit_idle(struct molvm_vcpu *vcpu, uint64_t now)
{
	molvm_run_page *page = vcpu->page;
	const struct ppc_regs *r = &vcpu->cpu.r;
	bool dec_wakes = r->asleep != PPC_SLEEP_SLEEP && r->msr & PPC_MSR_EE;

	memset(&page->u.idle, 0, sizeof(page->u.idle));
	page->u.idle.mode = r->asleep; /* MOLVM_IDLE_* are PPC_SLEEP_* */
	page->u.idle.wake_timebase = dec_wakes ? mol_ppc_dec_deadline(r) : UINT64_MAX;
	return MOLVM_EXIT_IDLE;
}

uint32_t mol_exit_system(struct molvm_vcpu *vcpu, uint32_t type)
{
	molvm_run_page *page = vcpu->page;
	const struct ppc_regs *r = &vcpu->cpu.r;

	memset(&page->u.system, 0, sizeof(page->u.system));
	page->u.system.type = type;
	if (type == MOLVM_SYS_CHECKSTOP) {
		page->u.system.data[0] = r->spr[PPC_SPR_SRR0];
		page->u.system.data[1] = r->spr[PPC_SPR_SRR1];
	}
	return MOLVM_EXIT_SYSTEM;
}

uint32_t mol_exit_internal(struct molvm_vcpu *vcpu, uint32_t suberror, uint64_t a, uint64_t b)
{
	molvm_run_page *page = vcpu->page;

	memset(&page->u.internal, 0, sizeof(page->u.internal));
	page->u.internal.suberror = suberror;
	page->u.internal.recoverable = 1;
	page->u.internal.ndata = 2;
	page->u.internal.data[0] = a;
	page->u.internal.data[1] = b;
	mol_log(vcpu->vm, 1, "internal error %u at pc 0x%x (0x%llx, 0x%llx)", suberror, vcpu->cpu.r.pc,
		(unsigned long long)a, (unsigned long long)b);
	return MOLVM_EXIT_INTERNAL;
}

/* ---- the registers in the run page ---- */

void mol_exit_sync_in(struct molvm_vcpu *vcpu)
{
	molvm_run_page *page = vcpu->page;
	const molvm_sync_regs *s = &page->s.regs;
	struct ppc_regs *r = &vcpu->cpu.r;
	uint64_t dirty = page->regs_dirty;

	page->regs_dirty = 0;
	if (dirty & MOLVM_SYNC_GPRS)
		for (unsigned n = 0; n < 32; n++)
			r->gpr[n] = (uint32_t)s->gpr[n];
	if (!(dirty & MOLVM_SYNC_SPECIAL))
		return;
	if (r->pc != ((uint32_t)s->pc & ~3u))
		mol_vcpu_forget_flight(vcpu);
	r->pc = (uint32_t)s->pc & ~3u;
	r->lr = (uint32_t)s->lr;
	r->ctr = (uint32_t)s->ctr;
	r->spr[PPC_SPR_SRR0] = (uint32_t)s->srr0;
	r->spr[PPC_SPR_SRR1] = (uint32_t)s->srr1;
	r->spr[PPC_SPR_DAR] = (uint32_t)s->dar;
	r->spr[PPC_SPR_DSISR] = s->dsisr;
	ppc_set_cr(r, s->cr);
	ppc_set_xer(r, s->xer);
	if (r->msr != (uint32_t)s->msr)
		mol_ppc_set_msr(&vcpu->cpu, (uint32_t)s->msr);
}

void mol_exit_sync_out(struct molvm_vcpu *vcpu)
{
	molvm_run_page *page = vcpu->page;
	molvm_sync_regs *s = &page->s.regs;
	const struct ppc_regs *r = &vcpu->cpu.r;

	if (page->regs_valid & MOLVM_SYNC_GPRS)
		for (unsigned n = 0; n < 32; n++)
			s->gpr[n] = r->gpr[n];
	if (!(page->regs_valid & MOLVM_SYNC_SPECIAL))
		return;
	s->pc = r->pc;
	s->msr = r->msr;
	s->lr = r->lr;
	s->ctr = r->ctr;
	s->srr0 = r->spr[PPC_SPR_SRR0];
	s->srr1 = r->spr[PPC_SPR_SRR1];
	s->dar = r->spr[PPC_SPR_DAR];
	s->dsisr = r->spr[PPC_SPR_DSISR];
	s->cr = ppc_cr(r);
	s->xer = ppc_xer(r);
}
