/* SPDX-License-Identifier: MIT
 * qsort.c - integer: quicksort with insertion sort below, unpredictable branches.
 */
#include "guest.h"

#define COUNT 32768
static uint32_t item[COUNT];

static void insertion(uint32_t *a, int n)
{
	for (int i = 1; i < n; i++) {
		uint32_t v = a[i];
		int j = i;

		for (; j > 0 && a[j - 1] > v; j--)
			a[j] = a[j - 1];
		a[j] = v;
	}
}

static void sort(uint32_t *a, int n)
{
	while (n > 12) {
		uint32_t pivot = a[n / 2];
		int i = 0, j = n - 1;

		while (i <= j) {
			while (a[i] < pivot)
				i++;
			while (a[j] > pivot)
				j--;
			if (i <= j) {
				uint32_t v = a[i];

				a[i++] = a[j];
				a[j--] = v;
			}
		}
		sort(a, j + 1);
		a += i;
		n -= i;
	}
	insertion(a, n);
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 7;

	for (uint32_t n = 1; n; n--) {
		for (int k = 0; k < COUNT; k++)
			item[k] = random32(&seed);
		sort(item, COUNT);
		for (int k = 0; k < COUNT; k += 97)
			sum = mix(sum, item[k]);
	}
	return sum;
}
