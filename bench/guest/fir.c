/* SPDX-License-Identifier: MIT
 * fir.c - floating point: a 32-tap filter in single precision, sample by sample through a delay line.
 */
#include "guest.h"

#define TAPS 32
#define SAMPLES 2048
static float tap[TAPS], delay[TAPS];

static __attribute__((noinline)) float filter(float sample)
{
	float sum = 0;

	for (int t = TAPS - 1; t; t--) {
		delay[t] = delay[t - 1];
		sum = __builtin_fmaf(tap[t], delay[t], sum);
	}
	delay[0] = sample;
	return __builtin_fmaf(tap[0], sample, sum);
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 31;

	memset(delay, 0, sizeof(delay));
	for (int n = 0; n < TAPS; n++)
		tap[n] = (float)(int32_t)random32(&seed) * 0x1p-34f;
	for (int n = 0; n < SAMPLES; n++) {
		float v = filter((float)(int32_t)random32(&seed) * 0x1p-31f);

		if (!(n & 15))
			sum = mix_double(sum, (double)v);
	}
	return sum;
}
