/* SPDX-License-Identifier: MIT
 * fir.c - floating point: a 32-tap filter in single precision.
 */
#include "guest.h"

#define TAPS 32
#define SAMPLES 2048
static float tap[TAPS], in[SAMPLES + TAPS], out[SAMPLES];

uint32_t bench(uint32_t percent)
{
	uint32_t sum = 0, seed = 31;

	for (int n = 0; n < TAPS; n++)
		tap[n] = (float)(int32_t)random32(&seed) * 0x1p-34f;
	for (int n = 0; n < SAMPLES + TAPS; n++)
		in[n] = (float)(int32_t)random32(&seed) * 0x1p-31f;
	for (uint32_t n = times(120, percent); n; n--) {
		for (int k = 0; k < SAMPLES; k++) {
			float v = 0;

			for (int t = 0; t < TAPS; t++)
				v += tap[t] * in[k + t];
			out[k] = v;
		}
		in[n % SAMPLES] = out[(n * 31) % SAMPLES];
		sum = mix_double(sum, (double)out[n % SAMPLES]);
	}
	return sum;
}
