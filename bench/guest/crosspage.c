/* SPDX-License-Identifier: MIT
 * crosspage.c - control flow: functions that each lie on a page of their own and call each other.
 */
#include "guest.h"

#define OWN_PAGE __attribute__((noinline, noclone, aligned(4096)))

static OWN_PAGE uint32_t leaf0(uint32_t v)
{
	return v * 5 + 1;
}

static OWN_PAGE uint32_t leaf1(uint32_t v)
{
	return v ^ v >> 3;
}

static OWN_PAGE uint32_t leaf2(uint32_t v)
{
	return (v << 7 | v >> 25) + 9;
}

static OWN_PAGE uint32_t middle0(uint32_t v)
{
	return leaf0(v) + leaf1(v + 1);
}

static OWN_PAGE uint32_t middle1(uint32_t v)
{
	return v & 1 ? leaf1(v) - leaf2(v) : leaf2(v ^ 1) * 3;
}

static OWN_PAGE uint32_t outer(uint32_t v)
{
	return middle0(v) ^ middle1(v + 3) ^ leaf0(v);
}

OWN_PAGE uint32_t bench(void)
{
	uint32_t sum = 1;

	for (uint32_t n = 60000; n; n--)
		sum = outer(sum) + n;
	return sum;
}
