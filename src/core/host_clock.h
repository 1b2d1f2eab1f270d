/* SPDX-License-Identifier: MIT
 * host_clock.h - the host's monotonic clock, and a cheaper reading of it for those who ask often.
 *
 * host_clock.c reads the clock each time. host_clock_tsc.c counts on from the last reading by the
 * processor's counter, for at most a millisecond: guests read the time base some million times a
 * second. Called by clock.c.
 */
#ifndef MOL_HOST_CLOCK_H
#define MOL_HOST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define MOL_NS_PER_SECOND 1000000000ull

struct mol_host_clock {
	uint8_t known, usable;      /* the counter: has it been asked for, may it be used */
	uint64_t count, ns;         /* the counter at the last reading of the clock, and that */
	uint64_t base_count, base_ns; /* an older one, from which the rate is measured */
	uint64_t rate;              /* ns in 2^32 counts, rather too few; 0: not known */
	uint64_t span;              /* how far the counter is trusted */
	uint64_t last;              /* the last answer */
};

static inline uint64_t mol_host_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * MOL_NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

/* The same, for one thread; perhaps some 100 ns late, never ahead while the clock's rate is steady, and
 * never less than its last answer. */
uint64_t mol_host_ns_by(struct mol_host_clock *c);

/* Somebody has been told mol_host_ns(), which the next answer shall not lie before. */
static inline void mol_host_clock_told(struct mol_host_clock *c)
{
	c->count = 0;
}

#endif
