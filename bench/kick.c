/* SPDX-License-Identifier: MIT
 * kick.c - how long a kick from another thread takes to bring molvm_run() back.
 *
 * Both threads are busy all the time, so that nobody is woken; a kick during which the host took a
 * processor away from one of them does not count. Called by molbench.c for its costs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "kick.h"

enum { KICKS = 4000, NEEDED = 100, PAUSE_NS = 20000 };

struct duel {
	molvm_vcpu *vcpu;
	_Atomic int running; /* molvm_run() is about to be called for this kick, */
	_Atomic int back;    /* and has come back */
	long long back_at;   /* written before that */
	_Atomic long preempted; /* of the thread that runs it, then */
	double ns[KICKS];
	int count;
};

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static long preemptions(void)
{
	struct rusage r;

	getrusage(RUSAGE_THREAD, &r);
	return r.ru_nivcsw;
}

static void *kick_all(void *opaque)
{
	struct duel *d = opaque;

	for (int n = 1; n <= KICKS; n++) {
		long before, other;
		long long start;

		while (d->running < n)
			;
		other = d->preempted;
		before = preemptions();
		/* Kicks shall come anywhere in the loop. */
		for (start = now() + PAUSE_NS + n % 64; now() < start;)
			;
		start = now();
		molvm_vcpu_kick(d->vcpu);
		while (d->back < n)
			;
		if (preemptions() == before && d->preempted == other)
			d->ns[d->count++] = (double)(d->back_at - start);
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int measure_kicks(molvm_vcpu *vcpu, struct kick_cost *cost)
{
	struct duel *d = calloc(1, sizeof(*d));
	pthread_t other;

	if (!d)
		return -1;
	d->vcpu = vcpu;
	molvm_vcpu_page(vcpu)->insn_budget = 0;
	if (pthread_create(&other, NULL, kick_all, d)) {
		free(d);
		return -1;
	}
	for (int n = 1; n <= KICKS; n++) {
		d->preempted = preemptions();
		d->running = n;
		if (molvm_run(vcpu) != MOLVM_EXIT_KICKED)
			abort(); /* the loop has no other end */
		d->back_at = now();
		d->preempted = preemptions();
		d->back = n;
	}
	pthread_join(other, NULL);
	qsort(d->ns, (size_t)d->count, sizeof(*d->ns), compare);
	*cost = (struct kick_cost){ d->count < NEEDED ? -1 : d->ns[d->count / 2],
				    d->count < NEEDED ? -1 : d->ns[d->count * 99 / 100] };
	free(d);
	return 0;
}
