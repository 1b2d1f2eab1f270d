/* SPDX-License-Identifier: MIT
 * guest.h - what a bench guest may use: there is no C library under it.
 *
 * A guest is one file with bench(), one unit of work: about a millisecond of the
 * host's own code, always the same work from the same state, with the same
 * checksum on every engine and in either byte order. rt.c (in the guest) or
 * native.c (on the host) repeats it for as long as the runner likes. Floating
 * point must be exact and without estimates (fres, frsqrte); a fused multiply-add
 * is written __builtin_fma(), since the compilers are told not to make any.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>
#include <stdint.h>

uint32_t bench(void);   /* one unit of work; its checksum */
void setup(void);       /* once, before the first; may be left out */
extern const uint32_t operations; /* in a unit, for figures of one operation; 1 when left out */

/*
 * Bytes of zeroed memory in pages of 4 KiB that only the guest's page table maps,
 * at physical addresses in no order. At most 32 MiB in all.
 */
void *paged(size_t size);

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);

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
	union { double d; uint64_t u; } u = { .d = v };

	return mix(mix(sum, (uint32_t)(u.u >> 32)), (uint32_t)u.u);
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

/* Zeroes the 32 bytes of a cache line. */
static inline void zero_line(void *p)
{
#ifdef __powerpc__
	__asm__ volatile("dcbz 0,%0" : : "r"(p) : "memory");
#else
	__builtin_memset(p, 0, 32);
#endif
}

/* For loops that are to stay loops: the compilers would make calls of memcpy() and memset() of them. */
#define STAYS_A_LOOP __attribute__((noinline, optimize("no-tree-loop-distribute-patterns")))

/* A loop's counter passed through this is unknown to the compiler. */
static inline uint32_t opaque32(uint32_t v)
{
	__asm__("" : "+r"(v));
	return v;
}

#endif
