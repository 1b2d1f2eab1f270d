/* SPDX-License-Identifier: MIT
 * deep.c - control flow: recursion hundreds of calls deep: Ackermann's function, a walk of a list.
 */
#include "guest.h"

#define DEEP __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls", "no-inline")))
struct item { struct item *next; uint32_t value; };
static struct item list[500];

static DEEP uint32_t ackermann(uint32_t m, uint32_t n)
{
	if (!m)
		return n + 1;
	return ackermann(m - 1, n ? ackermann(m, n - 1) : 1);
}

static DEEP uint32_t backwards(const struct item *i)
{
	return i ? mix(backwards(i->next), i->value) : 0;
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 0; n < 500; n++)
		list[n] = (struct item){ n + 1 < 500 ? &list[n + 1] : NULL, n * n };
	sum = ackermann(3, 5);
	for (uint32_t n = 0; n < 300; n++) {
		list[n].value += n;
		sum = mix(sum, backwards(&list[n & 15]));
	}
	return sum;
}
