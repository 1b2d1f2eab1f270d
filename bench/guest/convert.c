/* SPDX-License-Identifier: MIT
 * convert.c - floating point: samples between integers, singles and doubles, polynomials, compares.
 */
#include "guest.h"

#define SAMPLES 4096
static int16_t in[SAMPLES], out[SAMPLES];
static float level[SAMPLES];

static double shape(double x)
{
	double x2 = x * x, y = -1.0 / 5040;

	y = __builtin_fma(y, x2, 1.0 / 120);
	y = __builtin_fma(y, x2, -1.0 / 6);
	return x * __builtin_fma(y, x2, 1.0);
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 101;

	for (int n = 0; n < SAMPLES; n++)
		in[n] = (int16_t)random32(&seed);
	for (uint32_t n = 20; n; n--)
		for (int k = 0; k < SAMPLES; k++) {
			double v = shape((double)in[k] * (1.0 / 32768));

			level[k] = (float)(v < 0 ? -v : v) * 0.5f + level[(k + 1) % SAMPLES] * 0.25f;
			v = v * 30000 + (double)level[k] * 8000;
			out[k] = (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : (int32_t)v);
			if (level[k] > 0.6f)
				level[k] = 0.6f;
		}
	for (int n = 0; n < SAMPLES; n += 3) {
		sum = mix_double(sum, (double)level[n]);
		sum = mix(sum, (uint32_t)out[n]);
		level[n] = 0;
	}
	memset(level, 0, sizeof(level));
	return sum;
}
