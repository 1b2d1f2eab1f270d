/* SPDX-License-Identifier: MIT
 * clock.c - a VM's time in timebase ticks: from the host's clock, the instructions, or by hand.
 *
 * The time is always computed from one base point, never summed up, so that it
 * does not drift: base_tick + (now - base) scaled. The fields change under
 * vm->lock, and by the owner alone while a vCPU runs: what other threads advance waits in
 * `advanced` until the owner looks, so that he reads without lock or 64-bit atomics.
 * Called by the run loop, by ppc_ops.tick (TB and DEC), and by the API.
 */
#include "backend.h"

/* v * num / den, rounded down or up, saturated. Exact while num * den < 2^64: with
 * v = q * den + r it is q * num + r * num / den, and r < den. */
static uint64_t scale(uint64_t v, uint64_t num, uint64_t den, bool up)
{
	uint64_t q = v / den, r = v % den, whole, part;

	part = r * num / den + (up && r * num % den);
	if (__builtin_mul_overflow(q, num, &whole) || __builtin_add_overflow(whole, part, &whole))
		return UINT64_MAX;
	return whole;
}

void mol_clock_init(molvm_vm *vm)
{
	vm->clock.mode = MOLVM_CLOCK_HOST;
	vm->clock.hz = vm->timebase_hz;
	vm->clock.num = vm->clock.den = 1;
	vm->clock.base = mol_host_ns();
}

/* scale() of nanoseconds, down, with a divisor that the compiler knows: each mftb asks. */
static uint64_t ticks_of_ns(uint64_t ns, uint64_t hz)
{
	uint64_t seconds = ns / MOL_NS_PER_SECOND, rest = ns % MOL_NS_PER_SECOND, whole, ticks;

	if (__builtin_mul_overflow(seconds, hz, &whole) ||
	    __builtin_add_overflow(whole, rest * hz / MOL_NS_PER_SECOND, &ticks))
		return UINT64_MAX;
	return ticks;
}

/* The time when this many instructions have completed (INSN), or at this time of the host (HOST). */
static uint64_t time_when(molvm_vm *vm, uint64_t insns, uint64_t ns)
{
	uint64_t t = vm->clock.base_tick;

	switch (vm->clock.mode) {
	case MOLVM_CLOCK_HOST:
		return ns > vm->clock.base ? t + ticks_of_ns(ns - vm->clock.base, vm->clock.hz) : t;
	case MOLVM_CLOCK_INSN:
		t += scale(insns - vm->clock.base, vm->clock.num, vm->clock.den, false);
		break;
	default:
		break;
	}
	return t;
}

static uint64_t time_at(molvm_vm *vm, uint64_t insns)
{
	return time_when(vm, insns, vm->clock.mode == MOLVM_CLOCK_HOST ? mol_host_ns() : 0);
}

uint64_t mol_clock_now(struct molvm_vcpu *vcpu)
{
	molvm_vm *vm = vcpu->vm;
	uint64_t now;

	if (MOL_LIKELY(atomic_load_explicit(&vcpu->running, memory_order_relaxed) == MOL_RUNNING))
		return time_when(vm, vm->clock.mode == MOLVM_CLOCK_INSN ? mol_vcpu_insns(vcpu) : 0,
				 vm->clock.mode == MOLVM_CLOCK_HOST ? mol_host_ns_by(&vcpu->host_clock) : 0);
	if (mol_vcpu_claimed(vcpu))
		return time_at(vm, vcpu->insns);
	pthread_mutex_lock(&vm->lock);
	now = time_at(vm, vcpu->insns);
	pthread_mutex_unlock(&vm->lock);
	return now;
}

uint64_t mol_clock_ppc_tick(struct ppc_cpu *cpu)
{
	struct molvm_vcpu *vcpu = cpu->owner;

	return vcpu->tick_seen = mol_clock_now(vcpu);
}

/* The run loop looks at the clock every few thousand instructions: it is never much older. */
uint64_t mol_clock_ppc_tick_lately(struct ppc_cpu *cpu)
{
	struct molvm_vcpu *vcpu = cpu->owner;

	return vcpu->tick_lasts && vcpu->in_backend ? vcpu->tick_seen : mol_clock_ppc_tick(cpu);
}

/* With the HOST clock nobody tells when time has come: look that often, some microseconds apart,
 * and sooner towards an event that is near, as if an instruction took a nanosecond. */
#define HOST_POLL_INSNS 8192
#define HOST_POLL_LEAST 64

uint64_t mol_clock_insns_until(struct molvm_vcpu *vcpu, uint64_t now, uint64_t tick)
{
	molvm_vm *vm = vcpu->vm;
	uint64_t ticks, done;

	if (vm->clock.mode == MOLVM_CLOCK_HOST) {
		ticks = tick - now;
		if (tick <= now)
			return HOST_POLL_LEAST;
		if (ticks >= HOST_POLL_INSNS)
			return HOST_POLL_INSNS;
		ticks = scale(ticks, MOL_NS_PER_SECOND, vm->clock.hz, false);
		return ticks > HOST_POLL_INSNS ? HOST_POLL_INSNS :
		       ticks < HOST_POLL_LEAST ? HOST_POLL_LEAST : ticks;
	}
	if (vm->clock.mode == MOLVM_CLOCK_MANUAL || tick == UINT64_MAX)
		return UINT64_MAX;
	if (tick <= now)
		return 1;
	/* The least n with floor(n * num / den) >= ticks since the base is ceil(ticks * den / num). */
	ticks = tick - vm->clock.base_tick;
	done = vcpu->insns - vm->clock.base;
	ticks = scale(ticks, vm->clock.den, vm->clock.num, true);
	return ticks > done ? ticks - done : 1;
}

uint64_t mol_clock_ns_until(struct molvm_vcpu *vcpu, uint64_t tick)
{
	molvm_vm *vm = vcpu->vm;
	uint64_t now = mol_clock_now(vcpu);

	if (vm->clock.mode != MOLVM_CLOCK_HOST || tick == UINT64_MAX)
		return UINT64_MAX;
	return tick <= now ? 0 : scale(tick - now, MOL_NS_PER_SECOND, vm->clock.hz, true);
}

/* The decrementers keep their values, which are of this moment, across a jump of the time. */
static void move_decrementers(molvm_vm *vm, uint64_t now)
{
	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++) {
		if (!vm->vcpus[n])
			continue;
		vm->vcpus[n]->cpu.r.dec_tick = now;
		vm->vcpus[n]->tick_seen = now;
		vm->vcpus[n]->tick_lasts = vm->clock.mode == MOLVM_CLOCK_HOST;
		mol_vcpu_attend(vm->vcpus[n], MOL_ATT_CLOCK);
	}
}

int mol_clock_set(molvm_vm *vm, const molvm_clock *ck)
{
	uint64_t insns = 0;

	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++) {
		struct molvm_vcpu *vcpu = vm->vcpus[n];

		if (!vcpu)
			continue;
		mol_ppc_dec_poll(&vcpu->cpu.r, mol_clock_now(vcpu));
		insns = mol_vcpu_insns(vcpu);
	}
	pthread_mutex_lock(&vm->lock);
	vm->clock.mode = ck->mode;
	vm->clock.hz = ck->hz ? ck->hz : vm->timebase_hz;
	vm->clock.num = ck->num ? ck->num : 1;
	vm->clock.den = ck->den ? ck->den : 1;
	vm->clock.base_tick = ck->timebase;
	vm->clock.base = ck->mode == MOLVM_CLOCK_HOST ? mol_host_ns() : insns;
	vm->clock.advanced = 0;
	pthread_mutex_unlock(&vm->lock);
	move_decrementers(vm, ck->timebase);
	return 0;
}

void mol_clock_get(molvm_vm *vm, molvm_clock *out)
{
	struct molvm_vcpu *vcpu = vm->vcpus[0];
	uint64_t insns = 0;

	if (vcpu)
		insns = mol_vcpu_may_touch(vcpu) ? mol_vcpu_insns(vcpu) : vcpu->insns;
	pthread_mutex_lock(&vm->lock);
	out->mode = vm->clock.mode;
	out->hz = vm->clock.hz;
	out->num = vm->clock.num;
	out->den = vm->clock.den;
	out->timebase = time_at(vm, insns) + vm->clock.advanced;
	pthread_mutex_unlock(&vm->lock);
	if (vcpu && mol_vcpu_inside(vcpu))
		mol_host_clock_told(&vcpu->host_clock);
}

static void absorb(molvm_vm *vm)
{
	vm->clock.base_tick += vm->clock.advanced;
	vm->clock.advanced = 0;
}

void mol_clock_absorb(molvm_vm *vm)
{
	pthread_mutex_lock(&vm->lock);
	absorb(vm);
	pthread_mutex_unlock(&vm->lock);
}

void mol_clock_rebase(molvm_vm *vm, uint64_t insns)
{
	if (vm->clock.mode != MOLVM_CLOCK_INSN)
		return;
	pthread_mutex_lock(&vm->lock);
	vm->clock.base_tick = time_at(vm, insns);
	vm->clock.base = 0;
	pthread_mutex_unlock(&vm->lock);
}

int mol_clock_advance(molvm_vm *vm, uint64_t ticks)
{
	int err = 0;

	pthread_mutex_lock(&vm->lock);
	if (vm->clock.mode == MOLVM_CLOCK_HOST)
		err = mol_error(MOLVM_E_INVAL, "clock_advance: the HOST clock moves by itself; "
					       "choose INSN or MANUAL with molvm_clock_set()");
	else
		vm->clock.advanced += ticks;
	/* The lock first, then the claim, as in mem.c. */
	for (uint32_t n = 0; n < MOL_MAX_VCPUS && !err; n++) {
		struct molvm_vcpu *vcpu = vm->vcpus[n];

		if (!vcpu || mol_vcpu_claim(vcpu)) {
			absorb(vm);
			if (vcpu)
				mol_vcpu_release(vcpu);
		}
		if (vcpu)
			mol_vcpu_attend(vcpu, MOL_ATT_CLOCK);
	}
	pthread_mutex_unlock(&vm->lock);
	return err;
}
