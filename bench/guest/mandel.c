/* SPDX-License-Identifier: MIT
 * mandel.c - floating point: iterations of z*z + c in double precision, with compares.
 */
#include "guest.h"

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t y = 63; y >= 8; y -= 8)
		for (int x = 0; x < 80; x++) {
			double cr = x * 0.035 - 2.1, ci = (y % 64) * 0.035 - 1.1;
			double r = 0, i = 0;
			uint32_t n = 0;

			while (n < 200 && r * r + i * i < 4.0) {
				double t = r * r - i * i + cr;

				i = 2 * r * i + ci;
				r = t;
				n++;
			}
			sum = mix(sum, n);
		}
	return sum;
}
