/* SPDX-License-Identifier: MIT
 * vecfloat.c - AltiVec: multiply-adds over vectors of floats.
 */
#include "vec.h"

#define BLOCKS 512
static floats x[BLOCKS], y[BLOCKS];

uint32_t bench(void)
{
	const floats a = { 0.75f, -0.5f, 0.25f, 0.9f };
	uint32_t sum = 0, seed = 43;

	v_start();
	for (int n = 0; n < 4 * BLOCKS; n++) {
		((float *)x)[n] = (float)(int32_t)random32(&seed) * 0x1p-31f;
		((float *)y)[n] = (float)(int32_t)random32(&seed) * 0x1p-31f;
	}
	for (uint32_t n = 200; n; n--)
		for (int k = 0; k < BLOCKS; k++) {
			y[k] = v_madd(a, y[k], x[k]);
			x[k] = v_max_floats(y[k], x[k]) - v_min_floats(x[k], a);
			x[k] = v_min_floats(x[k], a);
		}
	for (int n = 0; n < 4 * BLOCKS; n += 7)
		sum = mix(sum, ((uint32_t *)y)[n]);
	return sum;
}
