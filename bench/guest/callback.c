/* SPDX-License-Identifier: MIT
 * callback.c - control flow: heap sort and walks over lists that call a function they are given.
 */
#include "guest.h"

#define COUNT 2000
static uint32_t item[COUNT];

static int by_value(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int by_low_bits(uint32_t a, uint32_t b)
{
	return (int)(a & 0xfff) - (int)(b & 0xfff);
}

static __attribute__((noinline)) void sift(uint32_t at, uint32_t n,
					   int (*compare)(uint32_t, uint32_t))
{
	for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
		uint32_t t = item[at];

		if (child + 1 < n && compare(item[child], item[child + 1]) < 0)
			child++;
		if (compare(t, item[child]) >= 0)
			return;
		item[at] = item[child];
		item[child] = t;
	}
}

static __attribute__((noinline)) void sort(int (*compare)(uint32_t, uint32_t))
{
	for (uint32_t n = COUNT / 2; n--;)
		sift(n, COUNT, compare);
	for (uint32_t n = COUNT; --n;) {
		uint32_t t = item[n];

		item[n] = item[0];
		item[0] = t;
		sift(0, n, compare);
	}
}

static __attribute__((noinline)) uint32_t fold(uint32_t (*function)(uint32_t, uint32_t), uint32_t sum)
{
	for (uint32_t n = 0; n < COUNT; n++)
		sum = function(sum, item[n]);
	return sum;
}

static uint32_t plus(uint32_t a, uint32_t b)
{
	return a + b;
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 107;

	for (uint32_t n = 3; n; n--) {
		for (int k = 0; k < COUNT; k++)
			item[k] = random32(&seed);
		sort(n & 1 ? by_value : by_low_bits);
		for (int k = 0; k < 10; k++)
			sum = fold(k & 1 ? plus : mix, sum);
	}
	return sum;
}
