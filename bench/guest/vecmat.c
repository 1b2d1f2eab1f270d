/* SPDX-License-Identifier: MIT
 * vecmat.c - AltiVec: points transformed by 4x4 matrices of floats; splats and chains of vmaddfp.
 */
#include "vec.h"

#define POINTS 1024
static floats point[POINTS], moved[POINTS];

uint32_t bench(void)
{
	floats column[4];
	uint32_t sum = 0, seed = 71;

	v_start();
	for (int n = 0; n < 4 * POINTS; n++)
		((float *)point)[n] = (float)(int32_t)random32(&seed) * 0x1p-31f;
	for (int n = 0; n < 16; n++)
		((float *)column)[n] = (float)(int32_t)random32(&seed) * 0x1p-33f;
	for (uint32_t n = 100; n; n--) {
		for (int k = 0; k < POINTS; k++) {
			floats p = point[k], q = { -0.0f, -0.0f, -0.0f, -0.0f };

			q = v_madd(column[0], v_splat_float(p, 0), q);
			q = v_madd(column[1], v_splat_float(p, 1), q);
			q = v_madd(column[2], v_splat_float(p, 2), q);
			moved[k] = v_madd(column[3], v_splat_float(p, 3), q);
		}
		point[n] = moved[n] + point[n + 1];
	}
	for (int n = 0; n < 4 * POINTS; n += 3)
		sum = mix(sum, ((uint32_t *)moved)[n]);
	return sum;
}
