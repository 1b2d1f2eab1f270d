/* SPDX-License-Identifier: MIT
 * vecint.c - AltiVec: sums of absolute differences and saturated blends over bytes.
 */
#include "vec.h"

#define BLOCKS 1024
static bytes one[BLOCKS], two[BLOCKS], out[BLOCKS];

uint32_t bench(void)
{
	uint32_t seed = 37;
	union { words v; uint32_t w[4]; } total = { .w = { 0 } };
	const bytes fifteen = (bytes){ 0 } + 15;

	for (size_t n = 0; n < sizeof(one); n++) {
		((uint8_t *)one)[n] = (uint8_t)random32(&seed);
		((uint8_t *)two)[n] = (uint8_t)random32(&seed);
	}
	for (uint32_t n = 200; n; n--)
		for (int k = 0; k < BLOCKS; k++) {
			bytes a = one[k], b = two[k];
			bytes d = v_max_bytes(a, b) - v_min_bytes(a, b);
			bytes blend = v_adds_bytes(v_avg_bytes(a, b), d & fifteen);

			total.v = v_sum4(d, total.v);
			out[k] = v_select(blend, a, v_greater_bytes(a, b));
			one[k] = v_shift_in(blend, b, 5);
		}
	for (size_t n = 0; n < sizeof(out); n += 61)
		total.w[0] = mix(total.w[0], ((uint8_t *)out)[n]);
	return total.w[0] ^ total.w[1] ^ total.w[2] ^ total.w[3];
}
