/* SPDX-License-Identifier: MIT
 * fuzz_guest.c - hostile guests under a careless embedder: the host must not notice.
 *
 *   fuzz_guest                   the fixed seeds of the test suite
 *   fuzz_guest --seed N          one seed
 *   fuzz_guest --seeds N         the first N
 *   fuzz_guest --seconds N [--from SEED]   on and on
 *
 * Three attacks on each seed. storm: anything goes, from the guest, the devices and the embedder;
 * bounds hold, memory outside RAM stays as it is, and the same seed ends in the same state. crowd:
 * the same with a second thread at the functions that any thread may call. agree: a guest alone
 * ends in the same state whether it runs in slices of any size or one instruction at a time. Built
 * with sanitizers it finds most; without, it still finds hangs and differences.
 */
#include "fuzz.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SUITE_SEEDS 1000u
#define STORM_RUNS 60u
#define STORM_BUDGET 3000u
#define AGREE_INSNS 6000u
#define HANG_SECONDS 60u

static uint64_t seed;
static uint64_t insns, runs, callbacks, agreed, quiet;

_Noreturn void fuzz_fail(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "fuzz_guest: seed %llu: ", (unsigned long long)seed);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

static void on_alarm(int signal)
{
	static const char text[] = "fuzz_guest: molvm_run() does not come back\n";

	(void)signal;
	if (write(2, text, sizeof(text) - 1) < 0)
		_exit(2);
	abort(); /* the core shows where */
}

/* ---- storm ---- */

/* Exceptions taken so far: those without an instruction between them count for the budget. */
static uint64_t exceptions(struct machine *m)
{
	molvm_stat_desc d = { .size = sizeof(d) };
	uint64_t value[256] = { 0 }, sum = 0;
	int n = molvm_stats_read(m->vm, m->vcpu, value, 256);

	for (int i = 0; i < n && molvm_stats_info(m->vm, (uint32_t)i, &d) == 0; i++)
		if (!strncmp(d.name, "exceptions", 10))
			sum += value[i];
	return sum;
}

static int run_once(struct machine *m)
{
	static const uint32_t budgets[] = { 1, 1, 2, 3, 5, 15, 16, 17, 63, 64, 65, 255, 1000 };
	uint64_t before = exceptions(m);
	uint64_t budget = fuzz_below(&m->random, 2) ? budgets[fuzz_below(&m->random, 13)] :
						      1 + fuzz_below(&m->random, STORM_BUDGET);
	int reason;

	m->page->insn_budget = budget;
	alarm(HANG_SECONDS);
	reason = molvm_run(m->vcpu);
	alarm(0);
	runs++;
	insns += m->page->insns;
	FUZZ_CHECK(reason > 0 && (uint32_t)reason == m->page->exit_reason);
	FUZZ_CHECK(reason <= MOLVM_EXIT_STOPPED && reason != MOLVM_EXIT_INTERNAL);
	/* An instruction of the last exit is completed whatever the budget. */
	FUZZ_CHECK(m->page->insns <= budget);
	if (reason == MOLVM_EXIT_BUDGET)
		FUZZ_CHECK(m->page->insns + (exceptions(m) - before) >= budget);
	FUZZ_CHECK(fuzz_guards_intact(m));
	if (reason == MOLVM_EXIT_SYSTEM && fuzz_below(&m->random, 4))
		FUZZ_CHECK(molvm_vcpu_reset(m->vcpu) == 0);
	fuzz_machine_answer(m, reason);
	return reason;
}

static uint64_t storm(bool *repeatable)
{
	struct machine m;
	uint64_t sum;

	fuzz_machine_create(&m, seed, false);
	m.alone = true;
	for (unsigned n = 0; n < STORM_RUNS; n++) {
		int reason = run_once(&m);

		if (fuzz_below(&m.random, 3) == 0)
			fuzz_machine_meddle(&m);
		if (reason == MOLVM_EXIT_FAIL_ENTRY || reason == MOLVM_EXIT_SYSTEM ||
		    reason == MOLVM_EXIT_IDLE || fuzz_below(&m.random, 3) == 0)
			fuzz_machine_respawn(&m);
	}
	sum = fuzz_machine_sum(&m);
	*repeatable = m.repeatable;
	callbacks += m.callbacks;
	fuzz_machine_destroy(&m);
	return sum;
}

/* ---- crowd ---- */

struct crowd {
	struct machine *m;
	atomic_bool over;
	uint64_t random;
};

static void *bystander(void *opaque)
{
	struct crowd *c = opaque;
	struct machine *m = c->m;
	molvm_region region = { .size = sizeof(region) };
	molvm_clock ck = { .size = sizeof(ck) };
	uint64_t value[8];
	uint32_t word;

	while (!atomic_load(&c->over)) {
		switch (fuzz_below(&c->random, 8)) {
		case 0:
			molvm_vm_kick(m->vm);
			break;
		case 1:
			molvm_irq_set(m->vcpu, fuzz_below(&c->random, 4), (int)fuzz_below(&c->random, 2));
			break;
		case 2:
			molvm_clock_advance(m->vm, fuzz_below(&c->random, 100));
			break;
		case 3:
			molvm_clock_get(m->vm, &ck);
			molvm_stats_read(m->vm, m->vcpu, value, 8);
			break;
		case 4:
			molvm_map_info(m->vm, fuzz_below(&c->random, 8), &region);
			break;
		case 5:
			molvm_mem_read(m->vm, fuzz_address(&c->random), &word, 4);
			break;
		default:
			word = fuzz_any(&c->random);
			molvm_mem_write(m->vm, fuzz_address(&c->random), &word, 4);
			break;
		}
	}
	return NULL;
}

static void crowd(void)
{
	struct machine m;
	struct crowd c = { .m = &m, .random = seed };
	pthread_t thread;

	fuzz_machine_create(&m, seed, false);
	FUZZ_CHECK(pthread_create(&thread, NULL, bystander, &c) == 0);
	for (unsigned n = 0; n < STORM_RUNS; n++) {
		run_once(&m);
		if (fuzz_below(&m.random, 3) == 0)
			fuzz_machine_meddle(&m);
	}
	atomic_store(&c.over, true);
	alarm(HANG_SECONDS);
	pthread_join(thread, NULL);
	alarm(0);
	fuzz_machine_destroy(&m);
}

/* ---- agree ---- */

/* Run to AGREE_INSNS instructions, in slices of at most `most`; 0: the page's single step. False:
 * the guest sleeps, is stopped, or takes exceptions without end. */
static bool advance(struct machine *m, uint32_t most, uint64_t *slices)
{
	uint64_t done = 0;
	unsigned idle = 0;

	while (done < AGREE_INSNS && idle < 64) {
		uint64_t left = AGREE_INSNS - done, n = most ? 1 + fuzz_below(slices, most) : left;
		int reason;

		m->page->insn_budget = n < left ? n : left;
		m->page->single_step = !most;
		alarm(HANG_SECONDS);
		reason = molvm_run(m->vcpu);
		alarm(0);
		FUZZ_CHECK(reason > 0 && reason != MOLVM_EXIT_INTERNAL && m->page->insns <= left);
		if (reason == MOLVM_EXIT_SYSTEM || reason == MOLVM_EXIT_IDLE ||
		    reason == MOLVM_EXIT_FAIL_ENTRY)
			return false;
		done += m->page->insns;
		insns += m->page->insns;
		idle = m->page->insns ? 0 : idle + 1;
		fuzz_machine_answer(m, reason);
	}
	return idle < 64;
}

/* Is the translation still one that needs no isync or tlbie to be exact? */
static bool still_calm(struct machine *m, const struct machine *fresh)
{
	for (unsigned n = 0; n < 17; n++) {
		uint32_t id = n < 16 ? MOLVM_REG_SR(n) : MOLVM_REG_SPR(25);
		uint64_t is = 0, was = 1;

		molvm_reg_get(m->vcpu, id, &is);
		molvm_reg_get(fresh->vcpu, id, &was);
		if (is != was)
			return false;
	}
	return true;
}

static void compare(struct machine *a, struct machine *b)
{
	molvm_reg_desc d = { .size = sizeof(d) };

	for (uint32_t n = 0; molvm_reg_info(a->vm, n, &d) == 0; n++) {
		molvm_value x = { 0 }, y = { 0 };

		molvm_regs_get(a->vcpu, &d.id, &x, 1);
		molvm_regs_get(b->vcpu, &d.id, &y, 1);
		if (memcmp(&x, &y, sizeof(x)))
			fuzz_fail("in slices %s is %llx, in steps %llx", d.name,
				  (unsigned long long)x.u64, (unsigned long long)y.u64);
	}
	for (uint32_t n = 0; n < RAM_SIZE; n++)
		if (a->ram[n] != b->ram[n])
			fuzz_fail("in slices the byte at %x is %02x, in steps %02x", n, a->ram[n], b->ram[n]);
}

static void agree(void)
{
	static const uint32_t most[] = { 20, 300, AGREE_INSNS };
	struct machine slices, steps, fresh;
	uint64_t random = seed;
	bool ended[2];

	fuzz_machine_create(&slices, seed, true);
	fuzz_machine_create(&steps, seed, true);
	fuzz_machine_create(&fresh, seed, true);
	ended[0] = advance(&slices, most[seed % 3], &random);
	ended[1] = advance(&steps, seed & 8, &random) || !ended[0];
	quiet += !ended[0];
	if (ended[0] && still_calm(&slices, &fresh) && still_calm(&steps, &fresh)) {
		FUZZ_CHECK(ended[1]);
		compare(&slices, &steps);
		agreed++;
	}
	FUZZ_CHECK(fuzz_guards_intact(&slices) && fuzz_guards_intact(&steps));
	fuzz_machine_destroy(&slices);
	fuzz_machine_destroy(&steps);
	fuzz_machine_destroy(&fresh);
}

/* ---- driving ---- */

static void attack(void)
{
	bool repeatable;
	uint64_t sum = storm(&repeatable);

	if (repeatable && storm(&repeatable) != sum)
		fuzz_fail("the same guest ended in another state");
	if (seed % 4 == 0)
		crowd();
	agree();
}

static void report(uint64_t seeds)
{
	printf("%llu seeds: %llu runs, %llu instructions, %llu device callbacks; slices and steps agree "
	       "on %llu guests\n",
	       (unsigned long long)seeds, (unsigned long long)runs, (unsigned long long)insns,
	       (unsigned long long)callbacks, (unsigned long long)agreed);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	uint64_t first = 1, count = SUITE_SEEDS, done = 0;
	time_t end = 0;

	signal(SIGALRM, on_alarm);
	for (int n = 1; n + 1 < argc; n += 2) {
		if (!strcmp(argv[n], "--seed"))
			first = strtoull(argv[n + 1], NULL, 0), count = 1;
		else if (!strcmp(argv[n], "--seeds"))
			count = strtoull(argv[n + 1], NULL, 0);
		else if (!strcmp(argv[n], "--seconds"))
			end = time(NULL) + atoi(argv[n + 1]), count = UINT64_MAX;
		else if (!strcmp(argv[n], "--from"))
			first = strtoull(argv[n + 1], NULL, 0);
	}
	for (; done < count && (!end || time(NULL) < end); done++) {
		seed = first + done;
		attack();
		if (done % 1000 == 999)
			report(done + 1);
	}
	report(done);
	/* Guests that die at once would test nothing. */
	if (count == SUITE_SEEDS && (agreed < count / 4 || callbacks < count * 5))
		fuzz_fail("the guests are too tame");
	return 0;
}
