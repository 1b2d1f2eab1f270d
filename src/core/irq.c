/* SPDX-License-Identifier: MIT
 * irq.c - interrupt lines from any thread, and sleeping in the host until one is raised.
 *
 * A line is a bit that anybody may set; the run loop moves it into the registers between
 * instructions. Everything here but mol_irq_absorb() and mol_vcpu_wait() is async-signal safe:
 * atomic operations and sem_post().
 */
#include <errno.h>
#include <time.h>

#include "backend.h"

int mol_irq_set(molvm_vcpu *vcpu, uint32_t line, int level)
{
	uint32_t bit = 1u << line, old;

	if (level)
		old = atomic_fetch_or(&vcpu->lines, bit);
	else
		old = atomic_fetch_and(&vcpu->lines, ~bit);
	if (!(old & bit) == !level)
		return 0;
	if (level && line != MOLVM_IRQ_EXT)
		atomic_fetch_or(&vcpu->edges, bit);
	if (level || line == MOLVM_IRQ_EXT)
		mol_vcpu_attend(vcpu, MOL_ATT_LINES);
	return 0;
}

bool mol_irq_absorb(struct molvm_vcpu *vcpu)
{
	uint32_t edges = atomic_exchange(&vcpu->edges, 0);
	struct ppc_regs *r = &vcpu->cpu.r;

	r->pending &= ~(uint32_t)PPC_PEND_EXTERNAL;
	if (atomic_load(&vcpu->lines) & 1u << MOLVM_IRQ_EXT)
		r->pending |= PPC_PEND_EXTERNAL;
	if (edges & 1u << MOLVM_IRQ_SMI)
		r->pending |= PPC_PEND_SMI;
	if (edges & 1u << MOLVM_IRQ_MCP)
		r->pending |= PPC_PEND_MACHINE_CHECK;
	if (edges & 1u << MOLVM_IRQ_SRESET)
		r->pending |= PPC_PEND_RESET;
	return edges & 1u << MOLVM_IRQ_HRESET;
}

/* ---- waiting ---- */

static bool has_work(struct molvm_vcpu *vcpu)
{
	return atomic_load(&vcpu->attention) || !vcpu->cpu.r.asleep || vcpu->cpu.r.checkstop ||
	       mol_ppc_interrupt_pending(&vcpu->cpu);
}

/* Host nanoseconds until the decrementer wakes it. */
static uint64_t wake_after(struct molvm_vcpu *vcpu)
{
	const struct ppc_regs *r = &vcpu->cpu.r;

	if (r->asleep == PPC_SLEEP_SLEEP || !(r->msr & PPC_MSR_EE))
		return UINT64_MAX;
	return mol_clock_ns_until(vcpu, mol_ppc_dec_deadline(r));
}

/* Until a post, or ns from now. */
static void sleep_for(struct molvm_vcpu *vcpu, uint64_t ns)
{
	const uint64_t second = 1000000000;
	struct timespec until;

	if (ns > 1000000 * second) { /* some days: as good as for ever, and time_t holds it */
		while (sem_wait(&vcpu->wake) && errno == EINTR && !atomic_load(&vcpu->attention))
			;
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	ns += (uint64_t)until.tv_nsec;
	until.tv_sec += (time_t)(ns / second);
	until.tv_nsec = (long)(ns % second);
	while (sem_clockwait(&vcpu->wake, CLOCK_MONOTONIC, &until) && errno == EINTR &&
	       !atomic_load(&vcpu->attention))
		;
}

int mol_vcpu_wait(molvm_vcpu *vcpu, uint64_t timeout_ns)
{
	uint64_t wake = wake_after(vcpu);
	uint64_t ns = wake < timeout_ns ? wake : timeout_ns;
	int work;

	/* Announce first, look second; who gives work does it the other way round. */
	atomic_store(&vcpu->waiting, 1);
	if (!has_work(vcpu) && ns)
		sleep_for(vcpu, ns);
	atomic_store(&vcpu->waiting, 0);
	while (!sem_trywait(&vcpu->wake))
		;
	mol_ppc_dec_poll(&vcpu->cpu.r, mol_clock_now(vcpu));
	work = has_work(vcpu);
	return work || (wake < timeout_ns && !wake_after(vcpu));
}
