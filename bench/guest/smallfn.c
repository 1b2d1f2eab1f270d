/* SPDX-License-Identifier: MIT
 * smallfn.c - control flow: functions of a few instructions, called directly, some with a frame.
 */
#include "guest.h"

#define SMALL __attribute__((noinline, noclone))
struct counter { uint32_t value, limit; };
static struct counter counter[16];

static SMALL uint32_t get(const struct counter *c)
{
	return c->value;
}

static SMALL void set(struct counter *c, uint32_t v)
{
	c->value = v;
}

static SMALL int full(const struct counter *c)
{
	return get(c) >= c->limit;
}

static SMALL uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static SMALL void count(struct counter *c, uint32_t by)
{
	set(c, smaller(get(c) + by, c->limit));
	if (full(c))
		set(c, 0);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 16; n++)
		counter[n] = (struct counter){ 0, 1000 + n * 77 };
	for (uint32_t n = 0; n < 60000; n++)
		count(&counter[n & 15], n & 63);
	for (uint32_t n = 0; n < 16; n++)
		sum = mix(sum, get(&counter[n]));
	return sum;
}
