/* SPDX-License-Identifier: MIT
 * fft.c - floating point: radix-2 transforms of 1024 complex numbers, there and back.
 */
#include "guest.h"

#define N 1024
static double re[N], im[N], wr[N / 2], wi[N / 2];

void setup(void)
{
	/* (cos, sin) of 2 pi / N by their series, then powers of it */
	double x = 6.283185307179586 / N, x2 = x * x;
	double c = 1 - x2 / 2 * (1 - x2 / 12 * (1 - x2 / 30)), s = x * (1 - x2 / 6 * (1 - x2 / 20));

	wr[0] = 1;
	wi[0] = 0;
	for (int n = 1; n < N / 2; n++) {
		wr[n] = wr[n - 1] * c - wi[n - 1] * s;
		wi[n] = wr[n - 1] * s + wi[n - 1] * c;
	}
}

static void transform(double sign)
{
	for (unsigned n = 0, r = 0; n < N; n++) {
		if (n < r) {
			double t = re[n];

			re[n] = re[r];
			re[r] = t;
			t = im[n];
			im[n] = im[r];
			im[r] = t;
		}
		for (unsigned bit = N / 2; (r ^= bit) < bit && bit; bit >>= 1)
			;
	}
	for (int half = 1; half < N; half *= 2)
		for (int at = 0; at < N; at += 2 * half)
			for (int k = 0; k < half; k++) {
				double cr = wr[k * (N / 2 / half)], ci = sign * wi[k * (N / 2 / half)];
				double *pr = &re[at + k], *pi = &im[at + k];
				double tr = __builtin_fma(pr[half], cr, -(pi[half] * ci));
				double ti = __builtin_fma(pr[half], ci, pi[half] * cr);

				pr[half] = *pr - tr;
				pi[half] = *pi - ti;
				*pr += tr;
				*pi += ti;
			}
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 29;

	for (int n = 0; n < N; n++) {
		re[n] = (double)(int32_t)random32(&seed) * 0x1p-31;
		im[n] = 0;
	}
	for (uint32_t n = 10; n; n--) {
		transform(1);
		sum = mix_double(sum, re[n % N]);
		transform(-1);
		for (int k = 0; k < N; k++) {
			re[k] *= 1.0 / N;
			im[k] *= 1.0 / N;
		}
		sum = mix_double(sum, im[n % N]);
	}
	return sum;
}
