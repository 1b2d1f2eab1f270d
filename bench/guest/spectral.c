/* SPDX-License-Identifier: MIT
 * spectral.c - floating point: power iteration on a matrix given by a formula.
 */
#include "guest.h"

#define N 100
static double u[N], v[N], t[N];

static double element(int i, int j)
{
	return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void multiply(const double *x, double *y, int transposed)
{
	for (int i = 0; i < N; i++) {
		double s = 0;

		for (int j = 0; j < N; j++)
			s += (transposed ? element(j, i) : element(i, j)) * x[j];
		y[i] = s;
	}
}

uint32_t bench(void)
{
	uint32_t sum = 0;
	double uv = 0, vv = 0;

	for (int i = 0; i < N; i++)
		u[i] = 1;
	for (uint32_t n = 1; n; n--) {
		multiply(u, t, 0);
		multiply(t, v, 1);
		multiply(v, t, 0);
		multiply(t, u, 1);
	}
	for (int i = 0; i < N; i++) {
		uv += u[i] * v[i];
		vv += v[i] * v[i];
		sum = mix_double(sum, u[i]);
	}
	return mix_double(sum, root(uv / vv));
}
