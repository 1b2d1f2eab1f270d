/* SPDX-License-Identifier: MIT
 * matmul.c - floating point: product of two matrices of doubles.
 */
#include "guest.h"

#define N 64
static double a[N][N], b[N][N], c[N][N];

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 23;

	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = (double)(int32_t)random32(&seed) * 0x1p-31;
			b[i][j] = (double)(int32_t)random32(&seed) * 0x1p-31;
		}
	for (uint32_t n = 4; n; n--) {
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++) {
				double v = 0;

				for (int k = 0; k < N; k++)
					v = __builtin_fma(a[i][k], b[k][j], v);
				c[i][j] = v;
			}
		for (int i = 0; i < N; i++)
			sum = mix_double(sum, a[i][n % N] = c[i][(n + i) % N] * 0.125);
	}
	return sum;
}
