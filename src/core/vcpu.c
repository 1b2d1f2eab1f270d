/* SPDX-License-Identifier: MIT
 * vcpu.c - a processor's life, and the run loop: what happens between stretches of instructions.
 *
 * One round: settle what the last exit left open; look around (attention, time, interrupts,
 * limits); let the backend run; deal with what stopped it. Exactness comes from the limit: the
 * backend never gets more instructions than there are to the next event whose time is known.
 */
#include <sched.h>

#include "backend.h"

static _Thread_local struct molvm_vcpu *current; /* whose molvm_run() this thread is in */
static _Thread_local const struct molvm_vcpu *claimed; /* by this thread */

/* ---- life ---- */

int mol_vcpu_create(molvm_vm *vm, uint32_t index, molvm_vcpu **out)
{
	struct molvm_vcpu *vcpu = mol_alloc(vm, sizeof(*vcpu));
	molvm_run_page *page = mol_alloc(vm, sizeof(*page));
	int err = MOLVM_E_NOMEM;

	if (!vcpu || !page) {
		mol_error(err, "vcpu_create: no memory for the vCPU");
		goto fail;
	}
	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->page = page;
	vcpu->cpu.ops = &mol_access_ops;
	vcpu->cpu.model = &vm->model;
	vcpu->cpu.owner = vcpu;
	if (sem_init(&vcpu->wake, 0, 0)) {
		mol_error(err, "vcpu_create: the host has no more semaphores");
		goto fail;
	}
	if (!mol_fast_init(vcpu)) {
		mol_error(err, "vcpu_create: no address space for the page tables of pointers");
		goto fail_sem;
	}
	err = vm->backend->vcpu_init(vcpu);
	if (err)
		goto fail_fast;
	vm->vcpus[index] = vcpu;
	mol_vcpu_reset(vcpu);
	*out = vcpu;
	return 0;
fail_fast:
	mol_fast_free(vcpu);
fail_sem:
	sem_destroy(&vcpu->wake);
fail:
	mol_free(vm, page, sizeof(*page));
	mol_free(vm, vcpu, sizeof(*vcpu));
	return err;
}

void mol_vcpu_destroy(molvm_vcpu *vcpu)
{
	molvm_vm *vm = vcpu->vm;

	mol_clock_rebase(vm, vcpu->insns);
	vm->vcpus[vcpu->index] = NULL;
	vm->backend->vcpu_fini(vcpu);
	mol_fast_free(vcpu);
	sem_destroy(&vcpu->wake);
	mol_free(vm, vcpu->page, sizeof(*vcpu->page));
	mol_free(vm, vcpu, sizeof(*vcpu));
}

void mol_vcpu_reset(molvm_vcpu *vcpu)
{
	mol_vcpu_forget_flight(vcpu);
	vcpu->stop_asked = 0;
	vcpu->fast_used = 1;
	mol_ppc_reset(&vcpu->cpu);
	vcpu->cpu.r.tb_offset = 0; /* the VM's time is what TB shows until somebody writes it */
	mol_access_watch_changed(vcpu);
	if (atomic_load(&vcpu->lines) & 1u << MOLVM_IRQ_EXT)
		vcpu->cpu.r.pending |= PPC_PEND_EXTERNAL;
}

void mol_vcpu_forget_flight(struct molvm_vcpu *vcpu)
{
	vcpu->in_flight = MOL_FLIGHT_NONE;
	vcpu->spr_asked = 0;
	mol_mmio_forget(vcpu);
}

/* ---- whose is it ---- */

bool mol_vcpu_inside(const molvm_vcpu *vcpu)
{
	return current == vcpu;
}

bool mol_vcpu_may_touch(const molvm_vcpu *vcpu)
{
	return atomic_load(&vcpu->running) != MOL_RUNNING || current == vcpu;
}

bool mol_vcpu_claim(molvm_vcpu *vcpu)
{
	uint32_t state = MOL_AT_REST;

	if (current == vcpu)
		return true;
	while (!atomic_compare_exchange_weak(&vcpu->running, &state, MOL_CLAIMED)) {
		if (state == MOL_RUNNING)
			return false;
		if (state == MOL_CLAIMED)
			sched_yield();
		state = MOL_AT_REST;
	}
	claimed = vcpu;
	return true;
}

void mol_vcpu_release(molvm_vcpu *vcpu)
{
	if (current == vcpu)
		return;
	claimed = NULL;
	atomic_store(&vcpu->running, MOL_AT_REST);
}

bool mol_vcpu_claimed(const molvm_vcpu *vcpu)
{
	return claimed == vcpu;
}

int mol_vcpu_owned(const molvm_vcpu *vcpu, const char *who)
{
	if (mol_vcpu_may_touch(vcpu))
		return 0;
	return mol_error(MOLVM_E_BUSY, "%s: vCPU %u is running in another thread", who, vcpu->index);
}

int mol_vm_owned(const molvm_vm *vm, const char *who)
{
	int err = 0;

	for (uint32_t n = 0; n < MOL_MAX_VCPUS && !err; n++)
		if (vm->vcpus[n])
			err = mol_vcpu_owned(vm->vcpus[n], who);
	return err;
}

uint64_t mol_vcpu_insns(struct molvm_vcpu *vcpu)
{
	return vcpu->insns + (vcpu->in_backend ? vcpu->vm->backend->retired(vcpu) : 0);
}

void mol_vcpu_attend(struct molvm_vcpu *vcpu, uint32_t what)
{
	atomic_fetch_or(&vcpu->attention, what);
	if (atomic_load(&vcpu->waiting))
		sem_post(&vcpu->wake);
}

/* ---- exceptions ---- */

void mol_vcpu_enter(struct molvm_vcpu *vcpu, const struct ppc_exception *exc)
{
	struct ppc_cpu *cpu = &vcpu->cpu;

	vcpu->stat[MOL_STAT_EXCEPTIONS + (exc->vector >> 8 & 31)]++;
	if (exc->vector >= PPC_VEC_ITLB_MISS && exc->vector <= PPC_VEC_DTLB_STORE_MISS)
		mol_mmu_record_miss(cpu, vcpu->miss_ea, vcpu->miss_access);
	mol_ppc_enter(cpu, exc);
	/* No instruction since the last exception: let the budget see that time passes. */
	if (vcpu->exception_at == vcpu->insns + 1)
		vcpu->extra++;
	vcpu->exception_at = vcpu->insns + 1;
	vcpu->step_done = 1;
}

/* Take it, or report it if the embedder traps this vector. */
static uint32_t deliver(struct molvm_vcpu *vcpu, const struct ppc_exception *exc)
{
	mol_vcpu_forget_flight(vcpu);
	if (vcpu->page->trap_exceptions >> (exc->vector >> 8 & 63) & 1)
		return mol_exit_exception(vcpu, exc);
	mol_vcpu_enter(vcpu, exc);
	return 0;
}

/* ---- a stretch of instructions ---- */

/* The word at pc for the trace exception; 0 if it cannot be fetched (then it will not complete). */
static uint32_t word_at_pc(struct molvm_vcpu *vcpu)
{
	const struct mol_region *r;
	struct mol_xlat x;

	if (!mol_access_peek(vcpu, vcpu->cpu.r.pc, PPC_EXEC, &x))
		return 0;
	r = mol_map_look(vcpu->vm, x.pa);
	return r && r->backing ? mol_load_be32(r->backing->host + r->offset + (x.pa - r->gpa)) : 0;
}

static uint32_t trace(struct molvm_vcpu *vcpu)
{
	const struct ppc_exception exc = { .vector = PPC_VEC_TRACE, .srr0 = vcpu->cpu.r.pc };

	return deliver(vcpu, &exc);
}

enum { BACKEND_OVERRAN = 1, BACKEND_SILENT_EXIT, BACKEND_STUCK };
#define STUCK_AFTER 1000 /* run() calls in a row that did nothing for no reason */

/* Run up to limit instructions and deal with what stopped them: 0 to go on, or an exit reason. */
static uint32_t advance(struct molvm_vcpu *vcpu, uint64_t limit)
{
	struct ppc_cpu *cpu = &vcpu->cpu;
	uint32_t msr = cpu->r.msr, raw = 0;
	uint64_t done;

	if (MOL_UNLIKELY(msr & (PPC_MSR_SE | PPC_MSR_BE)))
		raw = word_at_pc(vcpu);
	cpu->stop = 0;
	vcpu->exit_reason = 0;
	vcpu->look = vcpu->page->request_irq_window ? MOL_LOOK_WINDOW : 0;
	vcpu->tick_lasts = vcpu->vm->clock.mode == MOLVM_CLOCK_HOST;
	vcpu->granted = limit;
	vcpu->must_return = limit <= 1 || vcpu->look || vcpu->page->trap_exceptions ||
			    vcpu->page->single_step;
	vcpu->stat[MOL_STAT_BACKEND_RUNS]++;
	vcpu->in_backend = 1;
	done = vcpu->vm->backend->run(vcpu, limit);
	vcpu->in_backend = 0;
	vcpu->insns += done;
	if (done)
		vcpu->step_done = 1;
	if (done > vcpu->granted)
		return mol_exit_internal(vcpu, BACKEND_OVERRAN, done, vcpu->granted);
	if (cpu->stop & PPC_STOP_OUTSIDE)
		return vcpu->exit_reason ? vcpu->exit_reason :
					   mol_exit_internal(vcpu, BACKEND_SILENT_EXIT, cpu->stop, 0);
	if (cpu->stop & PPC_STOP_EXC) {
		struct ppc_exception exc = cpu->exc;

		return deliver(vcpu, &exc);
	}
	if (done == 1 && mol_ppc_trace_due(cpu, msr, raw))
		return trace(vcpu);
	if (done || atomic_load(&vcpu->attention))
		vcpu->fruitless = 0;
	else if (++vcpu->fruitless == STUCK_AFTER) {
		vcpu->fruitless = 0;
		return mol_exit_internal(vcpu, BACKEND_STUCK, cpu->r.pc, limit);
	}
	return 0;
}

/* Run the instruction in flight to its end. Nothing may come between: attention is put aside. */
static uint32_t complete(struct molvm_vcpu *vcpu)
{
	uint32_t aside = 0, why, stops = 0;

	vcpu->in_flight = MOL_FLIGHT_NONE;
	vcpu->step_done = 0;
	vcpu->completing = 1;
	do {
		aside |= atomic_exchange(&vcpu->attention, 0);
		vcpu->log_pos = 0;
		why = advance(vcpu, 1);
		/* Each stop is one more access in the log, unless callbacks change their own device so
		 * that the accesses differ each time: then this ends here and the instruction later. */
		stops += why == MOLVM_EXIT_STOPPED;
	} while ((why == MOLVM_EXIT_STOPPED && stops <= MOL_MAX_LOG) || (!why && !vcpu->step_done));
	vcpu->completing = 0;
	atomic_fetch_or(&vcpu->attention, aside);
	if (!vcpu->in_flight)
		mol_vcpu_forget_flight(vcpu);
	if (vcpu->stop_asked && (!why || why == MOLVM_EXIT_STOPPED)) {
		vcpu->stop_asked = 0;
		return MOLVM_EXIT_STOPPED;
	}
	return why;
}

/* Take the embedder's answer to the last exit. */
static uint32_t settle(struct molvm_vcpu *vcpu)
{
	struct ppc_exception exc = vcpu->trapped;
	uint8_t flight = vcpu->in_flight;

	if (flight == MOL_FLIGHT_NONE)
		return 0;
	if (flight == MOL_FLIGHT_RERUN) {
		mol_mmio_answer(vcpu);
		return complete(vcpu);
	}
	vcpu->in_flight = MOL_FLIGHT_NONE;
	if (flight == MOL_FLIGHT_EXCEPTION) {
		if (vcpu->page->u.exception.action == MOLVM_EXC_DELIVER)
			mol_vcpu_enter(vcpu, &exc);
		return 0;
	}
	if (vcpu->page->u.hypercall.flags & MOLVM_HCALL_F_PLAIN) {
		exc = (struct ppc_exception){ .vector = PPC_VEC_SC, .srr0 = vcpu->cpu.r.pc + 4 };
		return deliver(vcpu, &exc);
	}
	mol_exit_hypercall_answer(vcpu);
	vcpu->step_done = 1;
	return 0;
}

/* ---- between stretches ---- */

static uint32_t attend(struct molvm_vcpu *vcpu)
{
	uint32_t what = atomic_fetch_and(&vcpu->attention, MOL_ATT_KICK);

	if (what & MOL_ATT_CODE) {
		mol_fast_flush(vcpu);
		vcpu->vm->backend->flush(vcpu);
	}
	if (what & MOL_ATT_CLOCK)
		mol_clock_absorb(vcpu->vm);
	if (what & MOL_ATT_RESERVE)
		vcpu->cpu.r.reserve = 0;
	if (what & MOL_ATT_LINES && mol_irq_absorb(vcpu)) {
		mol_vcpu_reset(vcpu);
		return mol_exit_system(vcpu, MOLVM_SYS_RESET);
	}
	return 0;
}

static uint32_t kicked(struct molvm_vcpu *vcpu)
{
	if (!__atomic_load_n(&vcpu->page->immediate_exit, __ATOMIC_RELAXED) &&
	    !(atomic_load_explicit(&vcpu->attention, memory_order_relaxed) & MOL_ATT_KICK))
		return 0;
	atomic_fetch_and(&vcpu->attention, ~(uint32_t)MOL_ATT_KICK);
	return MOLVM_EXIT_KICKED;
}

static uint32_t unsupported(struct molvm_vcpu *vcpu)
{
	vcpu->page->u.fail_entry.hw_reason = MOLVM_FAIL_LITTLE_ENDIAN;
	mol_log(vcpu->vm, 2, "%s", vcpu->cpu.unsupported);
	return MOLVM_EXIT_FAIL_ENTRY;
}

/* Interrupts, sleep, and the window that the embedder waits for. */
static uint32_t interrupts(struct molvm_vcpu *vcpu, uint64_t now, bool *taken)
{
	struct ppc_exception exc;

	*taken = vcpu->cpu.r.pending && mol_ppc_next_interrupt(&vcpu->cpu, &exc);
	if (*taken)
		return deliver(vcpu, &exc);
	if (vcpu->page->request_irq_window && vcpu->cpu.r.msr & PPC_MSR_EE)
		return MOLVM_EXIT_IRQ_WINDOW;
	return vcpu->cpu.r.asleep ? mol_exit_idle(vcpu, now) : 0;
}

/* How many instructions there are to the end of the budget and the next event. */
static uint64_t allowance(struct molvm_vcpu *vcpu, uint64_t now)
{
	uint64_t event = mol_ppc_dec_deadline(&vcpu->cpu.r), deadline = vcpu->page->tb_deadline;
	uint64_t left = vcpu->end - vcpu->insns - vcpu->extra, limit;

	if (deadline && deadline < event)
		event = deadline;
	limit = mol_clock_insns_until(vcpu, now, event);
	return limit < left ? limit : left;
}

/* What must happen before the next instruction, and how many may then be executed (0: look
 * around again). */
static uint32_t look_around(struct molvm_vcpu *vcpu, uint64_t *limit)
{
	const molvm_run_page *page = vcpu->page;
	struct ppc_regs *r = &vcpu->cpu.r;
	uint64_t now;
	uint32_t why = 0;
	bool taken;

	*limit = 0;
	if (atomic_load_explicit(&vcpu->attention, memory_order_acquire))
		why = attend(vcpu);
	if (why)
		return why;
	if (vcpu->stop_asked) {
		vcpu->stop_asked = 0;
		return MOLVM_EXIT_STOPPED;
	}
	if (r->checkstop)
		return mol_exit_system(vcpu, MOLVM_SYS_CHECKSTOP);
	why = kicked(vcpu);
	if (why)
		return why;
	if (vcpu->insns + vcpu->extra >= vcpu->end)
		return MOLVM_EXIT_BUDGET;
	now = mol_clock_ppc_tick(&vcpu->cpu);
	if (page->tb_deadline && now >= page->tb_deadline)
		return MOLVM_EXIT_DEADLINE;
	mol_ppc_dec_poll(r, now);
	why = interrupts(vcpu, now, &taken);
	if (why || taken)
		return why;
	if (vcpu->cpu.unsupported)
		return unsupported(vcpu);
	*limit = allowance(vcpu, now);
	if (page->single_step || r->msr & (PPC_MSR_SE | PPC_MSR_BE))
		*limit = 1;
	return 0;
}

/* ---- the same from inside the backend's run ---- */

/* Is there nothing that only the run loop can deal with? A limit of 1 is one of these: it may be a
 * step, or an instruction in flight. */
static bool undisturbed(const struct molvm_vcpu *vcpu, uint64_t done)
{
	const struct ppc_cpu *cpu = &vcpu->cpu;

	return !vcpu->must_return && done < vcpu->granted && !(cpu->stop & PPC_STOP_OUTSIDE) &&
	       !atomic_load_explicit(&vcpu->attention, memory_order_relaxed) && !vcpu->stop_asked &&
	       !(cpu->r.msr & (PPC_MSR_SE | PPC_MSR_BE)) && !cpu->r.asleep && !cpu->r.checkstop &&
	       !cpu->unsupported && !__atomic_load_n(&vcpu->page->immediate_exit, __ATOMIC_RELAXED);
}

/* DEC was written: what the run may still do has to be reckoned afresh. */
static uint64_t new_allowance(struct molvm_vcpu *vcpu)
{
	uint64_t now = mol_clock_now(vcpu);

	vcpu->look = 0;
	mol_ppc_dec_poll(&vcpu->cpu.r, now);
	if (vcpu->page->tb_deadline && now >= vcpu->page->tb_deadline)
		return 0;
	return allowance(vcpu, now);
}

bool mol_go_on(struct molvm_vcpu *vcpu, uint64_t done, uint64_t *limit)
{
	struct ppc_cpu *cpu = &vcpu->cpu;
	uint64_t extra = vcpu->extra;
	const struct ppc_exception *exc = &cpu->exc;
	struct ppc_exception interrupt;
	bool taken = cpu->stop & PPC_STOP_EXC;

	if (!undisturbed(vcpu, done))
		return false;
	vcpu->in_backend = 0;
	vcpu->insns += done;
	vcpu->granted -= done;
	vcpu->fruitless = 0;
	vcpu->step_done = 1;
	cpu->stop = 0;
	if (vcpu->look)
		vcpu->granted = new_allowance(vcpu);
	if (!taken && cpu->r.pending) {
		taken = mol_ppc_next_interrupt(cpu, &interrupt);
		exc = &interrupt;
	}
	if (taken) {
		mol_vcpu_forget_flight(vcpu);
		mol_vcpu_enter(vcpu, exc);
		vcpu->granted -= vcpu->granted ? vcpu->extra - extra : 0;
	}
	/* What is left for the run loop: another interrupt at once, checkstop, little-endian mode. */
	if (cpu->r.checkstop || cpu->unsupported || cpu->r.asleep ||
	    (cpu->r.pending && mol_ppc_interrupt_pending(cpu)))
		vcpu->granted = 0;
	vcpu->in_backend = 1;
	*limit = vcpu->granted;
	return true;
}

static uint32_t single_stepped(struct molvm_vcpu *vcpu)
{
	mol_exit_debug(vcpu, MOLVM_DEBUG_STEP, 0, vcpu->cpu.r.pc, 4);
	return MOLVM_EXIT_DEBUG;
}

static uint32_t run_loop(struct molvm_vcpu *vcpu)
{
	const molvm_run_page *page = vcpu->page;
	uint64_t budget = page->insn_budget, limit;
	uint32_t why;

	vcpu->end = vcpu->insns + vcpu->extra + budget;
	if (!budget || vcpu->end < budget)
		vcpu->end = UINT64_MAX;
	vcpu->step_done = 0;
	why = settle(vcpu);
	while (!why) {
		if (page->single_step && vcpu->step_done)
			return single_stepped(vcpu);
		why = look_around(vcpu, &limit);
		if (why || !limit)
			continue;
		why = advance(vcpu, limit);
		if (why == MOLVM_EXIT_STOPPED)
			why = complete(vcpu);
	}
	return why;
}

int mol_vcpu_run(molvm_vcpu *vcpu)
{
	struct molvm_vcpu *outer = current;
	molvm_run_page *page = vcpu->page;
	uint64_t start;
	uint32_t state = MOL_AT_REST, why;

	while (!atomic_compare_exchange_weak(&vcpu->running, &state, MOL_RUNNING)) {
		if (state == MOL_RUNNING)
			return mol_error(MOLVM_E_BUSY, current == vcpu ?
					 "run: called from a callback of the same vCPU" :
					 "run: the vCPU is running in another thread");
		sched_yield();
		state = MOL_AT_REST;
	}
	current = vcpu;
	start = vcpu->insns;
	mol_host_clock_told(&vcpu->host_clock); /* the embedder may have asked meanwhile */
	vcpu->stat[MOL_STAT_RUNS]++;
	if (page->regs_dirty)
		mol_exit_sync_in(vcpu);
	why = run_loop(vcpu);
	vcpu->stat[MOL_STAT_EXITS + (why < 18 ? why : 0)]++;
	page->exit_reason = why;
	page->exit_flags = 0;
	page->insns = vcpu->insns - start;
	page->insns_total = vcpu->insns;
	page->timebase = mol_clock_now(vcpu);
	page->pc = vcpu->cpu.r.pc;
	page->msr = vcpu->cpu.r.msr;
	if (page->regs_valid)
		mol_exit_sync_out(vcpu);
	current = outer;
	atomic_store(&vcpu->running, MOL_AT_REST);
	return (int)why;
}
