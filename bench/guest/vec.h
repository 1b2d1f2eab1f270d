/* SPDX-License-Identifier: MIT
 * vec.h - the vector operations of the AltiVec guests, by one name on both sides.
 *
 * In the guest they are the AltiVec instructions; on the host the same arithmetic
 * in GCC's vector extensions, 128 bits wide. Elements count in memory order.
 */
#ifndef VEC_H
#define VEC_H

#include "guest.h"

#ifdef __ALTIVEC__

#include <altivec.h>
#undef bool
#undef vector
#undef pixel

typedef __vector unsigned char bytes;
typedef __vector unsigned short halves;
typedef __vector short shalves;
typedef __vector unsigned int words;
typedef __vector float floats;

#define v_start() vec_mtvscr(vec_splat_u32(0)) /* NJ off: denormals are values */
#define v_max_bytes vec_max
#define v_min_bytes vec_min
#define v_avg_bytes vec_avg
#define v_adds_bytes vec_adds
#define v_greater_bytes(a, b) ((bytes)vec_cmpgt(a, b))
#define v_select vec_sel
#define v_sum4 vec_sum4s
#define v_shift_in vec_sld
#define v_perm vec_perm
#define v_mul_even vec_mule
#define v_mul_odd vec_mulo
#define v_msum vec_msum
#define v_rotate(a, n) vec_rl(a, vec_splat_u32(n))
#define v_madd vec_madd
#define v_max_floats vec_max
#define v_min_floats vec_min
#define v_splat_float(v, n) vec_splat(v, n)
#define v_muladd_halves vec_mladd
#define v_shift_right(a, n) vec_sra(a, vec_splat_u16(n))
#define v_pack_saturated vec_packsu
#define v_high_bytes(a) ((shalves)vec_mergeh(vec_splat_u8(0), a))
#define v_low_bytes(a) ((shalves)vec_mergel(vec_splat_u8(0), a))

/* Sixteen bytes from any address: two aligned loads and a permutation. */
static inline bytes v_load(const uint8_t *p)
{
	return vec_perm(vec_ld(0, p), vec_ld(15, p), vec_lvsl(0, p));
}

#else

typedef uint8_t bytes __attribute__((vector_size(16)));
typedef uint16_t halves __attribute__((vector_size(16)));
typedef int16_t shalves __attribute__((vector_size(16)));
typedef int32_t swords __attribute__((vector_size(16)));
typedef uint32_t words __attribute__((vector_size(16)));
typedef float floats __attribute__((vector_size(16)));

#define v_start() ((void)0)
#define v_greater_bytes(a, b) ((bytes)((a) > (b)))
#define v_splat_float(v, n) ((floats){ (v)[n], (v)[n], (v)[n], (v)[n] })
#define v_muladd_halves(a, b, c) ((a) * (b) + (c))
#define v_shift_right(a, n) ((a) >> (n))
#define v_rotate(a, n) ((a) << (n) | (a) >> (32 - (n)))
#define v_perm(a, b, index) __builtin_shuffle(a, b, index)

static inline bytes v_select(bytes a, bytes b, bytes mask)
{
	return (a & ~mask) | (b & mask);
}

static inline bytes v_max_bytes(bytes a, bytes b)
{
	return v_select(b, a, (bytes)(a > b));
}

static inline bytes v_min_bytes(bytes a, bytes b)
{
	return v_select(a, b, (bytes)(a > b));
}

static inline bytes v_avg_bytes(bytes a, bytes b)
{
	return (a | b) - ((a ^ b) >> 1);
}

static inline bytes v_adds_bytes(bytes a, bytes b)
{
	bytes sum = a + b;

	return sum | (bytes)(sum < a);
}

static inline words v_sum4(bytes a, words b)
{
	words w = (words)a, pairs = (w & 0xff00ff) + (w >> 8 & 0xff00ff);

	return b + (pairs & 0xffff) + (pairs >> 16);
}

static inline bytes v_shift_in(bytes a, bytes b, int n)
{
	const bytes from = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

	return __builtin_shuffle(a, b, from + (uint8_t)n);
}

/* the even bytes are the low halves in the host's byte order */
static inline halves v_mul_even(bytes a, bytes b)
{
	return ((halves)a & 0xff) * ((halves)b & 0xff);
}

static inline halves v_mul_odd(bytes a, bytes b)
{
	return ((halves)a >> 8) * ((halves)b >> 8);
}

static inline words v_msum(halves a, halves b, words c)
{
	return ((words)a & 0xffff) * ((words)b & 0xffff) + ((words)a >> 16) * ((words)b >> 16) + c;
}

static inline floats v_madd(floats a, floats b, floats c)
{
	return (floats){ __builtin_fmaf(a[0], b[0], c[0]), __builtin_fmaf(a[1], b[1], c[1]),
			 __builtin_fmaf(a[2], b[2], c[2]), __builtin_fmaf(a[3], b[3], c[3]) };
}

static inline floats v_max_floats(floats a, floats b)
{
	return (floats)v_select((bytes)b, (bytes)a, (bytes)(a > b));
}

static inline floats v_min_floats(floats a, floats b)
{
	return (floats)v_select((bytes)a, (bytes)b, (bytes)(a > b));
}

/* the first and the last eight bytes as halfwords */
static inline shalves v_high_bytes(bytes a)
{
	const bytes high = { 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23 };

	return (shalves)__builtin_shuffle(a, (bytes){ 0 }, high);
}

static inline shalves v_low_bytes(bytes a)
{
	const bytes low = { 8, 16, 9, 17, 10, 18, 11, 19, 12, 20, 13, 21, 14, 22, 15, 23 };

	return (shalves)__builtin_shuffle(a, (bytes){ 0 }, low);
}

/* signed halfwords to unsigned bytes, 0 below and 255 above */
static inline bytes v_pack_saturated(shalves a, shalves b)
{
	const bytes even = { 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30 };

	a &= (shalves)(a > 0);
	b &= (shalves)(b > 0);
	a |= (shalves)(a > 255);
	b |= (shalves)(b > 255);
	return __builtin_shuffle((bytes)a, (bytes)b, even);
}

static inline bytes v_load(const uint8_t *p)
{
	bytes v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

#endif
#endif
