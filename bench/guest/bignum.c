/* SPDX-License-Identifier: MIT
 * bignum.c - integer: schoolbook multiplication and reduction of 1024-bit numbers; carry chains.
 */
#include "guest.h"

#define WORDS 32
static uint32_t base[WORDS], value[WORDS], product[2 * WORDS];

static void multiply(const uint32_t *x, const uint32_t *y)
{
	memset(product, 0, sizeof(product));
	for (int i = 0; i < WORDS; i++) {
		uint32_t carry = 0;

		for (int j = 0; j < WORDS; j++) {
			uint64_t t = (uint64_t)x[i] * y[j] + product[i + j] + carry;

			product[i + j] = (uint32_t)t;
			carry = (uint32_t)(t >> 32);
		}
		product[i + WORDS] = carry;
	}
}

/* modulo 2^1024 - 189: high * 189 + low, twice is enough but for a rare last carry */
static void reduce(uint32_t *out)
{
	uint64_t carry = 0;

	for (int i = 0; i < WORDS; i++) {
		carry += (uint64_t)product[WORDS + i] * 189 + product[i];
		out[i] = (uint32_t)carry;
		carry >>= 32;
	}
	carry *= 189;
	for (int i = 0; i < WORDS && carry; i++) {
		carry += out[i];
		out[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 9;

	for (int i = 0; i < WORDS; i++)
		value[i] = base[i] = random32(&seed);
	for (uint32_t n = 280; n; n--) {
		multiply(value, n & 1 ? value : base);
		reduce(value);
	}
	for (int i = 0; i < WORDS; i++)
		sum = mix(sum, value[i]);
	return sum;
}
