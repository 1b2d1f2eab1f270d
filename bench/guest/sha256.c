/* SPDX-License-Identifier: MIT
 * sha256.c - integer: the SHA-256 compression function [FIPS 180-4]; rotates and adds.
 *
 * The round constants are computed as the standard defines them, from the cube
 * roots of the primes, in integer arithmetic.
 */
#include "guest.h"

static uint32_t constant[64], state[8], data[16];

static uint32_t rotr(uint32_t v, unsigned n)
{
	return v >> n | v << (32 - n);
}

/* floor(2^32 * frac(p^(1/3))): the largest x of 35 bits with x^3 <= p * 2^96 */
static uint32_t cube_root_fraction(uint32_t p)
{
	uint64_t x = 0;

	for (int bit = 35; bit >= 0; bit--) {
		uint64_t t = x | 1ull << bit, hi, lo, mid;

		/* t < 2^36: t * t < 2^72 as hi:lo in base 2^32 digits */
		uint64_t t0 = t & 0xffffffffu, t1 = t >> 32;
		uint64_t s0 = t0 * t0, s1 = 2 * t0 * t1, s2 = t1 * t1;

		mid = (s0 >> 32) + s1;
		lo = s0 & 0xffffffffu;
		hi = s2 + (mid >> 32);
		mid &= 0xffffffffu;
		/* the cube in digits c3..c0; compare with p * 2^96 */
		uint64_t c0 = lo * t0, c1 = lo * t1 + (c0 >> 32), c2, c3;

		c2 = (c1 >> 32);
		c1 = (c1 & 0xffffffffu) + mid * t0 % 0x100000000ull;
		c2 += (mid * t0 >> 32) + (c1 >> 32) + mid * t1;
		c3 = c2 >> 32;
		c2 = (c2 & 0xffffffffu) + hi * t0 % 0x100000000ull;
		c3 += (hi * t0 >> 32) + (c2 >> 32) + hi * t1;
		if (c3 < p || (c3 == p && !(uint32_t)c2 && !(uint32_t)c1 && !(uint32_t)c0))
			x = t;
	}
	return (uint32_t)x;
}

static void compress(void)
{
	uint32_t w[64], v[8];

	for (int t = 0; t < 16; t++)
		w[t] = data[t];
	for (int t = 16; t < 64; t++) {
		uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
	for (int k = 0; k < 8; k++)
		v[k] = state[k];
	for (int t = 0; t < 64; t++) {
		uint32_t s1 = rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + s1 + choice + constant[t] + w[t];
		uint32_t s0 = rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

		v[7] = v[6];
		v[6] = v[5];
		v[5] = v[4];
		v[4] = v[3] + t1;
		v[3] = v[2];
		v[2] = v[1];
		v[1] = v[0];
		v[0] = t1 + s0 + majority;
	}
	for (int k = 0; k < 8; k++)
		state[k] += v[k];
}

void setup(void)
{
	uint32_t p = 2;

	for (int k = 0; k < 64; p++) {
		uint32_t d = 2;

		while (d * d <= p && p % d)
			d++;
		if (d * d > p)
			constant[k++] = cube_root_fraction(p);
	}
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 11;

	memset(data, 0, sizeof(data));
	for (int k = 0; k < 8; k++)
		state[k] = constant[k];
	for (uint32_t n = 1600; n; n--) {
		data[n & 15] = random32(&seed);
		compress();
	}
	for (int k = 0; k < 8; k++)
		sum = mix(sum, state[k]);
	return sum;
}
