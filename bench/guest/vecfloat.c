/* SPDX-License-Identifier: MIT
 * vecfloat.c - AltiVec: multiply-adds over vectors of floats.
 */
#include <altivec.h>
#undef bool
#include "guest.h"

#define BLOCKS 512
typedef vector float floats;
static floats x[BLOCKS], y[BLOCKS];

uint32_t bench(uint32_t percent)
{
	uint32_t sum = 0, seed = 43;

	vec_mtvscr(vec_splat_u32(0)); /* NJ off: denormals are values */

	for (int n = 0; n < 4 * BLOCKS; n++) {
		((float *)x)[n] = (float)(int32_t)random32(&seed) * 0x1p-31f;
		((float *)y)[n] = (float)(int32_t)random32(&seed) * 0x1p-31f;
	}
	for (uint32_t n = times(2500, percent); n; n--) {
		union { float f[4]; floats v; } a = { .f = { 0.75f, -0.5f, 0.25f, 0.9f } };

		for (int k = 0; k < BLOCKS; k++) {
			y[k] = vec_madd(a.v, y[k], x[k]);
			x[k] = vec_sub(vec_max(y[k], x[k]), vec_min(x[k], a.v));
			x[k] = vec_min(x[k], a.v);
		}
	}
	for (int n = 0; n < 4 * BLOCKS; n += 7)
		sum = mix(sum, ((uint32_t *)y)[n]);
	return sum;
}
