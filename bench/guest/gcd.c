/* SPDX-License-Identifier: MIT
 * gcd.c - integer: divisions and remainders: common divisors, powers modulo a prime, decimals.
 */
#include "guest.h"

static uint32_t gcd(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t t = a % b;

		a = b;
		b = t;
	}
	return a;
}

static uint32_t power(uint32_t base, uint32_t exponent, uint32_t modulus)
{
	uint32_t result = 1;

	for (; exponent; exponent >>= 1) {
		if (exponent & 1)
			result = result * base % modulus;
		base = base * base % modulus;
	}
	return result;
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 89;

	for (int n = 0; n < 2500; n++) {
		uint32_t a = random32(&seed), b = random32(&seed) >> 8;
		int32_t decimal = (int32_t)a;

		sum = mix(sum, gcd(a, b) + power(a & 0xffff, b & 0xffff, 65521));
		for (; decimal; decimal /= 10)
			sum += (uint32_t)(decimal % 10);
	}
	return sum;
}
