/* SPDX-License-Identifier: MIT
 * vecperm.c - AltiVec: table look-ups and unaligned loads by vperm, multiplies of halfwords.
 */
#include "vec.h"

#define SIZE 8192
static uint8_t text[SIZE + 32] __attribute__((aligned(16)));
static bytes table[2];

uint32_t bench(void)
{
	uint32_t seed = 41;
	union { words v; uint32_t w[4]; } total = { .w = { 1, 2, 3, 4 } };

	for (size_t n = 0; n < sizeof(text); n++)
		text[n] = (uint8_t)random32(&seed);
	for (size_t n = 0; n < sizeof(table); n++)
		((uint8_t *)table)[n] = (uint8_t)random32(&seed);
	for (uint32_t n = 200; n; n--) {
		const uint8_t *p = text + n % 15;
		bytes lo = table[0], hi = table[1];

		for (size_t k = 0; k < SIZE; k += 16) {
			bytes v = v_load(p + k), mapped = v_perm(lo, hi, v);
			halves even = v_mul_even(mapped, v), odd = v_mul_odd(mapped, v);

			total.v = v_msum(even, odd, total.v);
			total.v = v_rotate(total.v, 3);
		}
	}
	return total.w[0] ^ total.w[1] ^ total.w[2] ^ total.w[3];
}
