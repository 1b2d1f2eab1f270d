/* SPDX-License-Identifier: MIT
 * vecperm.c - AltiVec: table look-ups and unaligned loads by vperm, multiplies of halfwords.
 */
#include <altivec.h>
#undef bool
#include "guest.h"

typedef vector unsigned char bytes;
typedef vector unsigned short halves;
typedef vector unsigned int words;
#define SIZE 8192
static uint8_t text[SIZE + 16] __attribute__((aligned(16)));
static uint8_t table[32] __attribute__((aligned(16)));

uint32_t bench(uint32_t percent)
{
	uint32_t seed = 41;
	union { words v; uint32_t w[4]; } total = { .w = { 1, 2, 3, 4 } };

	for (size_t n = 0; n < sizeof(text); n++)
		text[n] = (uint8_t)random32(&seed);
	for (size_t n = 0; n < sizeof(table); n++)
		table[n] = (uint8_t)random32(&seed);
	for (uint32_t n = times(5000, percent); n; n--) {
		const uint8_t *p = text + n % 15;
		bytes lo = vec_ld(0, table), hi = vec_ld(16, table), shift = vec_lvsl(0, p);

		for (size_t k = 0; k < SIZE; k += 16) {
			bytes v = vec_perm(vec_ld((int)k, p), vec_ld((int)k + 15, p), shift);
			bytes mapped = vec_perm(lo, hi, v);
			halves even = vec_mule(mapped, v), odd = vec_mulo(mapped, v);

			total.v = vec_msum(even, odd, total.v);
			total.v = vec_rl(total.v, vec_splat_u32(3));
		}
	}
	return total.w[0] ^ total.w[1] ^ total.w[2] ^ total.w[3];
}
