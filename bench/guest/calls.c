/* SPDX-License-Identifier: MIT
 * calls.c - control flow: calls through a table of function pointers, small functions.
 */
#include "guest.h"

#define F(name, body)                                                                              \
	static __attribute__((noinline)) uint32_t name(uint32_t v, uint32_t w)                         \
	{                                                                                              \
		return body;                                                                               \
	}
F(f0, v + w)
F(f1, v ^ w << 3)
F(f2, v * 17 - w)
F(f3, (v >> 5) + (w ^ 0x55))
F(f4, f0(v, f1(w, v)))
F(f5, v > w ? v - w : w - v)
F(f6, f2(v, w) + f3(w, v))
F(f7, ~v + w)
static uint32_t (*const table[8])(uint32_t, uint32_t) = { f0, f1, f2, f3, f4, f5, f6, f7 };

uint32_t bench(void)
{
	uint32_t sum = 1, other = 2, seed = 59;

	for (uint32_t n = 48000; n; n--) {
		uint32_t t = table[random32(&seed) >> 7 & 7](sum, other);

		other = sum;
		sum = t;
	}
	return mix(sum, other);
}
