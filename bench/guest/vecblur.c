/* SPDX-License-Identifier: MIT
 * vecblur.c - AltiVec: a filter over rows of bytes in halfwords, packed with saturation.
 */
#include "vec.h"

#define WIDTH 256
#define HEIGHT 64
static uint8_t in[HEIGHT][WIDTH + 32] __attribute__((aligned(16)));
static uint8_t out[HEIGHT][WIDTH] __attribute__((aligned(16)));

static inline shalves filter(shalves left, shalves middle, shalves right)
{
	const shalves five = (shalves){ 0 } + 5, minus = (shalves){ 0 } - 3, round = (shalves){ 0 } + 8;
	shalves sum = v_muladd_halves(left, minus, round);

	sum = v_muladd_halves(right, minus + 2, sum);
	sum = v_muladd_halves(middle, five + five + five + five, sum);
	return v_shift_right(sum, 4);
}

uint32_t bench(void)
{
	uint32_t seed = 67, sum = 0;

	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH + 32; x++)
			in[y][x] = (uint8_t)random32(&seed);
	for (uint32_t n = 60; n; n--) {
		for (int y = 0; y < HEIGHT; y++)
			for (int x = 0; x < WIDTH; x += 16) {
				bytes l = v_load(&in[y][x]), m = v_load(&in[y][x + 1]);
				bytes r = v_load(&in[y][x + 2]);
				shalves high = filter(v_high_bytes(l), v_high_bytes(m), v_high_bytes(r));
				shalves low = filter(v_low_bytes(l), v_low_bytes(m), v_low_bytes(r));

				*(bytes *)&out[y][x] = v_pack_saturated(high, low);
			}
		for (int y = 0; y < HEIGHT; y++)
			memcpy(&in[y][n & 15], out[(y + 1) % HEIGHT], WIDTH);
	}
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x += 5)
			sum = mix(sum, out[y][x]);
	return sum;
}
