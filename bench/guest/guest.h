/* SPDX-License-Identifier: MIT
 * guest.h - what a bench guest may use: there is no C library under it.
 *
 * A guest is one file with bench(); rt.c has main(), which prints the start
 * line, calls bench() and prints the checksum. Everything must be exact and
 * without estimates (fres, frsqrte), so that all engines agree to the last bit.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>
#include <stdint.h>

/* The work: about half a second on a good translator when percent is 100. Returns a checksum. */
uint32_t bench(uint32_t percent);

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* repeat count for this run: at least 1 */
static inline uint32_t times(uint32_t full, uint32_t percent)
{
	uint32_t n = full * percent / 100;

	return n ? n : 1;
}

static inline uint32_t random32(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

static inline uint32_t mix(uint32_t sum, uint32_t v)
{
	sum ^= v;
	return (sum << 5 | sum >> 27) * 0x9e3779b1u + 1;
}

static inline uint32_t mix_double(uint32_t sum, double v)
{
	union { double d; uint32_t w[2]; } u = { .d = v };

	return mix(mix(sum, u.w[0]), u.w[1]);
}

/* Square root by Newton's iteration: deterministic, about 20 operations. */
static inline double root(double v)
{
	union { double d; uint64_t u; } guess = { .d = v };

	guess.u = (guess.u >> 1) + 0x1ff8000000000000ull;
	for (int n = 0; n < 5; n++)
		guess.d = 0.5 * (guess.d + v / guess.d);
	return guess.d;
}

#endif
