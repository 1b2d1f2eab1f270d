/* SPDX-License-Identifier: MIT
 * fib.c - control flow: recursion; calls, returns, a stack frame each.
 */
#include "guest.h"

static __attribute__((noinline, optimize("no-optimize-sibling-calls", "no-inline"))) uint32_t
fib(uint32_t n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 4; n; n--)
		sum = mix(sum, fib(19 + (n & 3)));
	return sum;
}
