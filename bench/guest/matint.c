/* SPDX-License-Identifier: MIT
 * matint.c - integer: product of two matrices of words; multiplies and strided loads.
 */
#include "guest.h"

#define N 96
static int32_t a[N][N], b[N][N], c[N][N];

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 3;

	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = (int32_t)random32(&seed);
			b[i][j] = (int32_t)random32(&seed);
		}
	for (uint32_t n = 1; n; n--) {
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++) {
				uint32_t v = 0;

				for (int k = 0; k < N; k++)
					v += (uint32_t)a[i][k] * (uint32_t)b[k][j];
				c[i][j] = (int32_t)v;
			}
		sum = mix(sum, (uint32_t)c[n % N][(n * 7) % N]);
		a[n % N][0] = (int32_t)sum;
	}
	return sum;
}
