/* SPDX-License-Identifier: MIT
 * host_clock_tsc.c - mol_host_ns_by() by the time stamp counter of x86 [host_clock.h].
 *
 * Used only if it counts at one rate in all states [Intel SDM volume 3, 18.17.1]. Each reading of
 * the clock lies before that of the counter which belongs to it, and the rate is taken a little too
 * low, so that the sum lags behind the clock and the next reading never lies before it.
 */
#include <cpuid.h>
#include <x86intrin.h>

#include "host_clock.h"

#define TRUSTED_NS 1000000u          /* of counting on from one reading */
#define MEASURED_NS 16000000u        /* at least, between two readings that give the rate */
#define MEASURED_NS_MOST 1000000000u
#define TOO_LOW 13                   /* the rate less its 2^-13: 122 ns in a trusted span */
#define UNDISTURBED 8192u            /* counts that a reading may take */

static bool is_invariant(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & 1u << 8;
}

static void begin(struct mol_host_clock *c, uint64_t count, uint64_t ns)
{
	c->base_count = count;
	c->base_ns = ns;
}

static void measure(struct mol_host_clock *c, uint64_t count, uint64_t ns)
{
	uint64_t passed = ns - c->base_ns, counted = count - c->base_count;

	if (passed < MEASURED_NS && c->base_count)
		return;
	begin(c, count, ns);
	c->rate = 0;
	/* Outside of this it is no counter of 16 MHz to 16 GHz. */
	if (passed > MEASURED_NS_MOST || counted < passed / 64 || counted > passed * 16)
		return;
	c->rate = (passed << 32) / counted;
	c->rate -= c->rate >> TOO_LOW;
	c->span = ((uint64_t)TRUSTED_NS << 32) / c->rate;
}

static uint64_t read_clock(struct mol_host_clock *c)
{
	uint64_t before = __rdtsc(), ns = mol_host_ns(), count = __rdtsc();

	if (!c->known) {
		c->known = 1;
		c->usable = is_invariant();
	}
	if (c->usable && count - before < UNDISTURBED) {
		c->count = count;
		c->ns = ns;
		measure(c, count, ns);
	}
	return ns;
}

uint64_t mol_host_ns_by(struct mol_host_clock *c)
{
	uint64_t counted = __rdtsc() - c->count, ns;

	if (c->rate && counted < c->span)
		ns = c->ns + (counted * c->rate >> 32);
	else
		ns = read_clock(c);
	if (ns > c->last)
		c->last = ns;
	return c->last;
}
