/* SPDX-License-Identifier: MIT
 * vecint.c - AltiVec: sums of absolute differences and saturated blends over bytes.
 */
#include <altivec.h>
#undef bool
#include "guest.h"

#define BLOCKS 1024
typedef vector unsigned char bytes;
typedef vector unsigned int words;
static bytes one[BLOCKS], two[BLOCKS], out[BLOCKS];

uint32_t bench(uint32_t percent)
{
	uint32_t seed = 37;
	union { words v; uint32_t w[4]; } total = { .w = { 0 } };

	for (size_t n = 0; n < sizeof(one); n++) {
		((uint8_t *)one)[n] = (uint8_t)random32(&seed);
		((uint8_t *)two)[n] = (uint8_t)random32(&seed);
	}
	for (uint32_t n = times(6000, percent); n; n--)
		for (int k = 0; k < BLOCKS; k++) {
			bytes a = one[k], b = two[k];
			bytes d = vec_sub(vec_max(a, b), vec_min(a, b));
			bytes blend = vec_adds(vec_avg(a, b), vec_and(d, vec_splat_u8(15)));

			total.v = vec_sum4s(d, total.v);
			out[k] = vec_sel(blend, a, vec_cmpgt(a, b));
			one[k] = vec_sld(blend, b, 5);
		}
	for (size_t n = 0; n < sizeof(out); n += 61)
		total.w[0] = mix(total.w[0], ((uint8_t *)out)[n]);
	return total.w[0] ^ total.w[1] ^ total.w[2] ^ total.w[3];
}
