/* SPDX-License-Identifier: MIT */
/*
 * check-vec.c - AltiVec self-check: each instruction against a model in plain C.
 *
 * The models say what the AltiVec PEM chapter 6 says, element by element, with
 * 64-bit integers or the scalar floating-point unit; the SAT bit of the VSCR is
 * compared as well.  Operands are corner values and pseudo-random ones.
 *
 * Called by checks/50-vec on a CPU with AltiVec; status 0 is ok, 1 prints the
 * first instruction that differs.
 */
#include <altivec.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 400

union vec {
	__vector unsigned char v;
	uint8_t b[16];
	uint16_t h[8];
	uint32_t w[4];
	int32_t sw[4];
	float f[4];
};

typedef void run_fn(union vec *d, const union vec *a, const union vec *b, const union vec *c);

/* --- instructions whose elements do not meet: one row each */

/* A lane's model: exact integers in, exact integer out; the row says how the result is cut. */
typedef int64_t lane_fn(int64_t a, int64_t b, int64_t c);

static int64_t rotate(int64_t a, int64_t count, int bits)
{
	return (int64_t)((uint64_t)a << count | (uint64_t)a >> (bits - count));
}

/* clang-format off */
static int64_t m_add(int64_t a, int64_t b, int64_t c) { (void)c; return a + b; }
static int64_t m_sub(int64_t a, int64_t b, int64_t c) { (void)c; return a - b; }
static int64_t m_avg(int64_t a, int64_t b, int64_t c) { (void)c; return (a + b + 1) >> 1; }
static int64_t m_max(int64_t a, int64_t b, int64_t c) { (void)c; return a > b ? a : b; }
static int64_t m_min(int64_t a, int64_t b, int64_t c) { (void)c; return a < b ? a : b; }
static int64_t m_gt(int64_t a, int64_t b, int64_t c) { (void)c; return a > b ? -1 : 0; }
static int64_t m_eq(int64_t a, int64_t b, int64_t c) { (void)c; return a == b ? -1 : 0; }
static int64_t m_carry(int64_t a, int64_t b, int64_t c) { (void)c; return (a + b) >> 32; }
static int64_t m_no_borrow(int64_t a, int64_t b, int64_t c) { (void)c; return a >= b; }
static int64_t m_and(int64_t a, int64_t b, int64_t c) { (void)c; return a & b; }
static int64_t m_andc(int64_t a, int64_t b, int64_t c) { (void)c; return a & ~b; }
static int64_t m_or(int64_t a, int64_t b, int64_t c) { (void)c; return a | b; }
static int64_t m_nor(int64_t a, int64_t b, int64_t c) { (void)c; return ~(a | b); }
static int64_t m_xor(int64_t a, int64_t b, int64_t c) { (void)c; return a ^ b; }
static int64_t m_sel(int64_t a, int64_t b, int64_t c) { return (a & ~c) | (b & c); }
static int64_t m_mhadd(int64_t a, int64_t b, int64_t c) { return ((a * b) >> 15) + c; }
static int64_t m_mhradd(int64_t a, int64_t b, int64_t c) { return ((a * b + 0x4000) >> 15) + c; }
static int64_t m_mladd(int64_t a, int64_t b, int64_t c) { return a * b + c; }
static int64_t m_shl8(int64_t a, int64_t b, int64_t c) { (void)c; return a << (b & 7); }
static int64_t m_shl16(int64_t a, int64_t b, int64_t c) { (void)c; return a << (b & 15); }
static int64_t m_shl32(int64_t a, int64_t b, int64_t c) { (void)c; return a << (b & 31); }
static int64_t m_shr8(int64_t a, int64_t b, int64_t c) { (void)c; return a >> (b & 7); }
static int64_t m_shr16(int64_t a, int64_t b, int64_t c) { (void)c; return a >> (b & 15); }
static int64_t m_shr32(int64_t a, int64_t b, int64_t c) { (void)c; return a >> (b & 31); }
static int64_t m_rot8(int64_t a, int64_t b, int64_t c) { (void)c; return rotate(a, b & 7, 8); }
static int64_t m_rot16(int64_t a, int64_t b, int64_t c) { (void)c; return rotate(a, b & 15, 16); }
static int64_t m_rot32(int64_t a, int64_t b, int64_t c) { (void)c; return rotate(a, b & 31, 32); }

/* Name, bits of an element, signed elements, saturating result, model. */
#define LANES(X) \
	X(vaddubm, 8, 0, 0, m_add) X(vadduhm, 16, 0, 0, m_add) X(vadduwm, 32, 0, 0, m_add) \
	X(vaddubs, 8, 0, 1, m_add) X(vadduhs, 16, 0, 1, m_add) X(vadduws, 32, 0, 1, m_add) \
	X(vaddsbs, 8, 1, 1, m_add) X(vaddshs, 16, 1, 1, m_add) X(vaddsws, 32, 1, 1, m_add) \
	X(vsububm, 8, 0, 0, m_sub) X(vsubuhm, 16, 0, 0, m_sub) X(vsubuwm, 32, 0, 0, m_sub) \
	X(vsububs, 8, 0, 1, m_sub) X(vsubuhs, 16, 0, 1, m_sub) X(vsubuws, 32, 0, 1, m_sub) \
	X(vsubsbs, 8, 1, 1, m_sub) X(vsubshs, 16, 1, 1, m_sub) X(vsubsws, 32, 1, 1, m_sub) \
	X(vaddcuw, 32, 0, 0, m_carry) X(vsubcuw, 32, 0, 0, m_no_borrow) \
	X(vavgub, 8, 0, 0, m_avg) X(vavguh, 16, 0, 0, m_avg) X(vavguw, 32, 0, 0, m_avg) \
	X(vavgsb, 8, 1, 0, m_avg) X(vavgsh, 16, 1, 0, m_avg) X(vavgsw, 32, 1, 0, m_avg) \
	X(vmaxub, 8, 0, 0, m_max) X(vmaxuh, 16, 0, 0, m_max) X(vmaxuw, 32, 0, 0, m_max) \
	X(vmaxsb, 8, 1, 0, m_max) X(vmaxsh, 16, 1, 0, m_max) X(vmaxsw, 32, 1, 0, m_max) \
	X(vminub, 8, 0, 0, m_min) X(vminuh, 16, 0, 0, m_min) X(vminuw, 32, 0, 0, m_min) \
	X(vminsb, 8, 1, 0, m_min) X(vminsh, 16, 1, 0, m_min) X(vminsw, 32, 1, 0, m_min) \
	X(vcmpgtub, 8, 0, 0, m_gt) X(vcmpgtuh, 16, 0, 0, m_gt) X(vcmpgtuw, 32, 0, 0, m_gt) \
	X(vcmpgtsb, 8, 1, 0, m_gt) X(vcmpgtsh, 16, 1, 0, m_gt) X(vcmpgtsw, 32, 1, 0, m_gt) \
	X(vcmpequb, 8, 0, 0, m_eq) X(vcmpequh, 16, 0, 0, m_eq) X(vcmpequw, 32, 0, 0, m_eq) \
	X(vslb, 8, 0, 0, m_shl8) X(vslh, 16, 0, 0, m_shl16) X(vslw, 32, 0, 0, m_shl32) \
	X(vsrb, 8, 0, 0, m_shr8) X(vsrh, 16, 0, 0, m_shr16) X(vsrw, 32, 0, 0, m_shr32) \
	X(vsrab, 8, 1, 0, m_shr8) X(vsrah, 16, 1, 0, m_shr16) X(vsraw, 32, 1, 0, m_shr32) \
	X(vrlb, 8, 0, 0, m_rot8) X(vrlh, 16, 0, 0, m_rot16) X(vrlw, 32, 0, 0, m_rot32) \
	X(vand, 32, 0, 0, m_and) X(vandc, 32, 0, 0, m_andc) X(vor, 32, 0, 0, m_or) \
	X(vnor, 32, 0, 0, m_nor) X(vxor, 32, 0, 0, m_xor)

#define LANES3(X) \
	X(vsel, 32, 0, 0, m_sel) X(vmhaddshs, 16, 1, 1, m_mhadd) \
	X(vmhraddshs, 16, 1, 1, m_mhradd) X(vmladduhm, 16, 0, 0, m_mladd)

#define OPERANDS union vec *d, const union vec *a, const union vec *b, const union vec *c

#define RUN2(name, ...) \
	static void run_##name(OPERANDS) \
	{ \
		(void)c; \
		__asm__ volatile(#name " %0,%1,%2" : "=v"(d->v) : "v"(a->v), "v"(b->v)); \
	}
#define RUN3(name, ...) \
	static void run_##name(OPERANDS) \
	{ \
		__asm__ volatile(#name " %0,%1,%2,%3" \
				 : "=v"(d->v) : "v"(a->v), "v"(b->v), "v"(c->v)); \
	}
#define RUN1(name, ...) \
	static void run_##name(OPERANDS) \
	{ \
		(void)b; \
		(void)c; \
		__asm__ volatile(#name " %0,%1" : "=v"(d->v) : "v"(a->v)); \
	}

LANES(RUN2)
LANES3(RUN3)
/* clang-format on */

struct lane_row {
	const char *name;
	run_fn *run;
	int bits, is_signed, saturates;
	lane_fn *model;
};

/* clang-format off */
#define LANE_ROW(name, bits, is_signed, saturates, model) \
	{ #name, run_##name, bits, is_signed, saturates, model },
static const struct lane_row lane_rows[] = { LANES(LANE_ROW) LANES3(LANE_ROW) };
/* clang-format on */

static int64_t get(const union vec *v, int bits, int n, int is_signed)
{
	uint32_t raw = bits == 8 ? v->b[n] : bits == 16 ? v->h[n] : v->w[n];

	return is_signed ? (int64_t)(int32_t)(raw << (32 - bits)) >> (32 - bits) : (int64_t)raw;
}

static void put(union vec *v, int bits, int n, int64_t value)
{
	if (bits == 8)
		v->b[n] = (uint8_t)value;
	else if (bits == 16)
		v->h[n] = (uint16_t)value;
	else
		v->w[n] = (uint32_t)value;
}

static int64_t saturate(int64_t x, int bits, int is_signed, int *sat)
{
	int64_t low = is_signed ? -(1ll << (bits - 1)) : 0;
	int64_t high = is_signed ? (1ll << (bits - 1)) - 1 : (1ll << bits) - 1;

	if (x >= low && x <= high)
		return x;
	*sat = 1;
	return x < low ? low : high;
}

/* --- instructions across elements: a model each */

typedef int whole_fn(union vec *d, const union vec *a, const union vec *b, const union vec *c);

static int w_vperm(union vec *d, const union vec *a, const union vec *b, const union vec *c)
{
	for (int n = 0; n < 16; n++)
		d->b[n] = c->b[n] & 16 ? b->b[c->b[n] & 15] : a->b[c->b[n] & 15];
	return 0;
}

static int merge(union vec *d, const union vec *a, const union vec *b, int bits, int from)
{
	for (int n = 0; n < 64 / bits; n++) {
		put(d, bits, 2 * n, get(a, bits, from / bits + n, 0));
		put(d, bits, 2 * n + 1, get(b, bits, from / bits + n, 0));
	}
	return 0;
}

static int pack(union vec *d, const union vec *a, const union vec *b, int bits, int from_signed,
		int to_signed, int saturating)
{
	int half = 128 / bits, sat = 0;

	for (int n = 0; n < 2 * half; n++) {
		int64_t x = get(n < half ? a : b, bits, n % half, from_signed);

		put(d, bits / 2, n, saturating ? saturate(x, bits / 2, to_signed, &sat) : x);
	}
	return sat;
}

static int unpack(union vec *d, const union vec *a, int bits, int from)
{
	for (int n = 0; n < 64 / bits; n++)
		put(d, bits * 2, n, get(a, bits, from / bits + n, 1));
	return 0;
}

static int multiply(union vec *d, const union vec *a, const union vec *b, int bits, int is_signed,
		    int odd)
{
	for (int n = 0; n < 64 / bits; n++)
		put(d, bits * 2, n,
		    get(a, bits, 2 * n + odd, is_signed) * get(b, bits, 2 * n + odd, is_signed));
	return 0;
}

/* vmsum: the products of each word's elements and the word of c. */
static int multiply_sum(union vec *d, const union vec *a, const union vec *b, const union vec *c,
			int bits, int a_signed, int b_signed, int saturating)
{
	int sat = 0, per_word = 32 / bits;

	for (int n = 0; n < 4; n++) {
		int64_t sum = get(c, 32, n, a_signed);

		for (int k = 0; k < per_word; k++)
			sum += get(a, bits, n * per_word + k, a_signed) *
			       get(b, bits, n * per_word + k, b_signed);
		put(d, 32, n, saturating ? saturate(sum, 32, a_signed, &sat) : sum);
	}
	return sat;
}

/* vsum: groups of a's elements added to the word of b that ends the group; other words are zero. */
static int sum_across(union vec *d, const union vec *a, const union vec *b, int bits, int group,
		      int is_signed)
{
	int sat = 0;

	memset(d, 0, sizeof(*d));
	for (int end = group - 1; end < 4; end += group) {
		int64_t sum = get(b, 32, end, is_signed);
		int first = (end + 1 - group) * 32 / bits, last = (end + 1) * 32 / bits;

		for (int k = first; k < last; k++)
			sum += get(a, bits, k, is_signed);
		put(d, 32, end, saturate(sum, 32, is_signed, &sat));
	}
	return sat;
}

static int shift_octets(union vec *d, const union vec *a, const union vec *b, int left)
{
	int octets = b->b[15] >> 3 & 15;
	union vec out = { .w = { 0, 0, 0, 0 } };

	for (int n = 0; n < 16; n++) {
		int from = left ? n + octets : n - octets;

		if (from >= 0 && from < 16)
			out.b[n] = a->b[from];
	}
	*d = out;
	return 0;
}

/* vsl and vsr: defined when every byte of b holds the same count; the caller sees to that. */
static int shift_bits(union vec *d, const union vec *a, const union vec *b, int left)
{
	int count = b->b[15] & 7;
	union vec out;

	for (int n = 0; n < 16; n++) {
		int beside = left ? (n < 15 ? a->b[n + 1] : 0) : (n > 0 ? a->b[n - 1] : 0);

		out.b[n] = left ? (uint8_t)(a->b[n] << count | beside >> (8 - count))
				: (uint8_t)(a->b[n] >> count | beside << (8 - count));
	}
	*d = out;
	return 0;
}

/* clang-format off */
#define WHOLE1(X) \
	X(vupkhsb, unpack(d, a, 8, 0)) X(vupklsb, unpack(d, a, 8, 64)) \
	X(vupkhsh, unpack(d, a, 16, 0)) X(vupklsh, unpack(d, a, 16, 64))

#define WHOLE2(X) \
	X(vmrghb, merge(d, a, b, 8, 0)) X(vmrglb, merge(d, a, b, 8, 64)) \
	X(vmrghh, merge(d, a, b, 16, 0)) X(vmrglh, merge(d, a, b, 16, 64)) \
	X(vmrghw, merge(d, a, b, 32, 0)) X(vmrglw, merge(d, a, b, 32, 64)) \
	X(vpkuhum, pack(d, a, b, 16, 0, 0, 0)) X(vpkuwum, pack(d, a, b, 32, 0, 0, 0)) \
	X(vpkuhus, pack(d, a, b, 16, 0, 0, 1)) X(vpkuwus, pack(d, a, b, 32, 0, 0, 1)) \
	X(vpkshus, pack(d, a, b, 16, 1, 0, 1)) X(vpkswus, pack(d, a, b, 32, 1, 0, 1)) \
	X(vpkshss, pack(d, a, b, 16, 1, 1, 1)) X(vpkswss, pack(d, a, b, 32, 1, 1, 1)) \
	X(vmuleub, multiply(d, a, b, 8, 0, 0)) X(vmuloub, multiply(d, a, b, 8, 0, 1)) \
	X(vmulesb, multiply(d, a, b, 8, 1, 0)) X(vmulosb, multiply(d, a, b, 8, 1, 1)) \
	X(vmuleuh, multiply(d, a, b, 16, 0, 0)) X(vmulouh, multiply(d, a, b, 16, 0, 1)) \
	X(vmulesh, multiply(d, a, b, 16, 1, 0)) X(vmulosh, multiply(d, a, b, 16, 1, 1)) \
	X(vsum4ubs, sum_across(d, a, b, 8, 1, 0)) X(vsum4sbs, sum_across(d, a, b, 8, 1, 1)) \
	X(vsum4shs, sum_across(d, a, b, 16, 1, 1)) X(vsum2sws, sum_across(d, a, b, 32, 2, 1)) \
	X(vsumsws, sum_across(d, a, b, 32, 4, 1)) \
	X(vslo, shift_octets(d, a, b, 1)) X(vsro, shift_octets(d, a, b, 0)) \
	X(vsl, shift_bits(d, a, b, 1)) X(vsr, shift_bits(d, a, b, 0))

#define WHOLE3(X) \
	X(vperm, w_vperm(d, a, b, c)) \
	X(vmsumubm, multiply_sum(d, a, b, c, 8, 0, 0, 0)) \
	X(vmsummbm, multiply_sum(d, a, b, c, 8, 1, 0, 0)) \
	X(vmsumuhm, multiply_sum(d, a, b, c, 16, 0, 0, 0)) \
	X(vmsumshm, multiply_sum(d, a, b, c, 16, 1, 1, 0)) \
	X(vmsumuhs, multiply_sum(d, a, b, c, 16, 0, 0, 1)) \
	X(vmsumshs, multiply_sum(d, a, b, c, 16, 1, 1, 1))

#define WHOLE_MODEL(name, expression) \
	static int model_##name(OPERANDS) \
	{ \
		(void)b; \
		(void)c; \
		return expression; \
	}

WHOLE1(RUN1)
WHOLE2(RUN2)
WHOLE3(RUN3)
WHOLE1(WHOLE_MODEL)
WHOLE2(WHOLE_MODEL)
WHOLE3(WHOLE_MODEL)
/* clang-format on */

struct whole_row {
	const char *name;
	run_fn *run;
	whole_fn *model;
	bool same_counts; /* b's bytes must agree */
};

/* clang-format off */
#define WHOLE_ROW(name, expression) { #name, run_##name, model_##name, #name[3] == '\0' },
static const struct whole_row whole_rows[] = {
	WHOLE1(WHOLE_ROW) WHOLE2(WHOLE_ROW) WHOLE3(WHOLE_ROW)
};
/* clang-format on */

/* --- floating point: the model is the scalar unit, in single precision */

/* clang-format off */
static float f_nmsub(float a, float c, float b) { return -fmaf(a, c, -b); }
static float f_round(float a) { return rintf(a); }
/* +0 is above -0 (AltiVec PEM, vmaxfp). */
static float f_max(float a, float b) { return a > b || (a == b && !signbit(a)) ? a : b; }

#define FLOATS(X) \
	X(vaddfp, "%0,%1,%2", a->f[n] + b->f[n]) X(vsubfp, "%0,%1,%2", a->f[n] - b->f[n]) \
	X(vmaxfp, "%0,%1,%2", f_max(a->f[n], b->f[n])) \
	X(vminfp, "%0,%1,%2", f_max(-a->f[n], -b->f[n]) * -1.0f) \
	X(vmaddfp, "%0,%1,%3,%2", fmaf(a->f[n], c->f[n], b->f[n])) \
	X(vnmsubfp, "%0,%1,%3,%2", f_nmsub(a->f[n], c->f[n], b->f[n])) \
	X(vrfin, "%0,%1", f_round(a->f[n])) X(vrfiz, "%0,%1", truncf(a->f[n])) \
	X(vrfip, "%0,%1", ceilf(a->f[n])) X(vrfim, "%0,%1", floorf(a->f[n]))

#define FLOAT_RUN(name, operands, expression) \
	static void run_##name(OPERANDS) \
	{ \
		__asm__ volatile(#name " " operands \
				 : "=v"(d->v) : "v"(a->v), "v"(b->v), "v"(c->v)); \
	} \
	static int model_##name(OPERANDS) \
	{ \
		(void)b; \
		(void)c; \
		for (int n = 0; n < 4; n++) \
			d->f[n] = expression; \
		return 0; \
	}
FLOATS(FLOAT_RUN)

#define FLOAT_ROW(name, operands, expression) { #name, run_##name, model_##name, false },
static const struct whole_row float_rows[] = { FLOATS(FLOAT_ROW) };
/* clang-format on */

/* --- harness */

static uint32_t random_state = 7400;

static uint32_t random_word(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state ^ random_state >> 15;
}

static void random_vector(union vec *v)
{
	static const uint32_t corners[] = { 0,		~0u,	    0x80000000, 0x7fffffff,
					    0x80007fff, 0x7fff8000, 0x7f80807f, 1,
					    0x00010001, 0x01010101, 0x80808080, 0xff00ff00 };

	for (int n = 0; n < 4; n++)
		v->w[n] =
			random_word() >> 8 & 1 ? random_word() : corners[(random_word() >> 8) % 12];
}

/* Finite floats from tiny to 2^20, some of them equal, halves and denormals among them. */
static void random_floats(union vec *v)
{
	static const uint32_t corners[] = { 0,		0x80000000, 0x3f800000, 0x3f000000,
					    0xbfc00000, 0x40200000, 0x00000001, 0x807fffff,
					    0x00800000, 0x4b000001, 0x3f800001, 0xc9742408 };

	for (int n = 0; n < 4; n++) {
		uint32_t word = random_word();

		v->w[n] = word >> 8 & 3 ? (word & 0x807fffff) |
						  (107 + (word >> 23 & 31) + (word >> 28 & 7)) << 23
					: corners[(word >> 12) % 12];
	}
}

#define VSCR_NJ 0x00010000u
#define VSCR_SAT 1u

/* Java mode (NJ clear): denormals as IEEE has them.  Linux starts a process with NJ set. */
static void clear_vscr(void)
{
	union vec zero = { .w = { 0, 0, 0, 0 } };

	__asm__ volatile("mtvscr %0" : : "v"(zero.v));
}

static uint32_t read_vscr(void)
{
	union vec v;

	__asm__ volatile("mfvscr %0" : "=v"(v.v));
	return v.w[3];
}

static int differs(const char *name, const union vec *in, const union vec *got,
		   const union vec *want, int sat)
{
	uint32_t vscr = read_vscr();

	if (memcmp(got, want, sizeof(*got)) == 0 && (vscr & VSCR_SAT) == (uint32_t)sat)
		return 0;
	printf("%s", name);
	for (int n = 0; n < 3; n++)
		printf(" %c %08x.%08x.%08x.%08x", 'A' + n, in[n].w[0], in[n].w[1], in[n].w[2],
		       in[n].w[3]);
	printf(": %08x.%08x.%08x.%08x SAT %u, must be %08x.%08x.%08x.%08x SAT %d\n", got->w[0],
	       got->w[1], got->w[2], got->w[3], vscr & VSCR_SAT, want->w[0], want->w[1], want->w[2],
	       want->w[3], sat);
	return 1;
}

static int check_lane_row(const struct lane_row *row)
{
	union vec in[3], got, want;
	int sat = 0;

	for (int n = 0; n < 3; n++)
		random_vector(&in[n]);
	for (int n = 0; n < 128 / row->bits; n++) {
		int64_t x = row->model(get(&in[0], row->bits, n, row->is_signed),
				       get(&in[1], row->bits, n, row->is_signed),
				       get(&in[2], row->bits, n, row->is_signed));

		put(&want, row->bits, n,
		    row->saturates ? saturate(x, row->bits, row->is_signed, &sat) : x);
	}
	clear_vscr();
	row->run(&got, &in[0], &in[1], &in[2]);
	return differs(row->name, in, &got, &want, sat);
}

static int check_whole_row(const struct whole_row *row, void (*operands)(union vec *v))
{
	union vec in[3], got, want;
	int sat;

	for (int n = 0; n < 3; n++)
		operands(&in[n]);
	if (row->same_counts)
		memset(&in[1], in[1].b[15], sizeof(in[1]));
	sat = row->model(&want, &in[0], &in[1], &in[2]);
	clear_vscr();
	row->run(&got, &in[0], &in[1], &in[2]);
	return differs(row->name, in, &got, &want, sat);
}

/* CR6 after a record compare: bit 0 all true, bit 2 none true (AltiVec PEM, vcmpgtub.). */
static int check_record(void)
{
	union vec a, b, d;
	uint32_t cr, all = 1, none = 1;

	random_vector(&a);
	random_vector(&b);
	if (random_word() & 1)
		b = a;
	__asm__ volatile("vcmpequw. %0,%2,%3; mfcr %1"
			 : "=v"(d.v), "=r"(cr)
			 : "v"(a.v), "v"(b.v)
			 : "cr6");
	for (int n = 0; n < 4; n++) {
		all &= a.w[n] == b.w[n];
		none &= a.w[n] != b.w[n];
	}
	if ((cr >> 4 & 0xf) == (all << 3 | none << 1))
		return 0;
	printf("vcmpequw. left CR6 %x, must be %x\n", cr >> 4 & 0xf, all << 3 | none << 1);
	return 1;
}

/* lvx and stvx drop the low address bits, lvsl with vperm makes up for it; stvebx moves a byte. */
static int check_memory(void)
{
	static uint8_t bytes[48] __attribute__((aligned(16)));
	static uint8_t out[32] __attribute__((aligned(16)));
	uint32_t shift = random_word() >> 9 & 15;
	union vec low, high, control, whole;

	for (int n = 0; n < 48; n++)
		bytes[n] = (uint8_t)(random_word() >> 11);
	__asm__ volatile("lvx %0,0,%1" : "=v"(low.v) : "b"(bytes + shift) : "memory");
	__asm__ volatile("lvx %0,%1,%2" : "=v"(high.v) : "b"(15), "r"(bytes + shift) : "memory");
	__asm__ volatile("lvsl %0,0,%1" : "=v"(control.v) : "b"(bytes + shift));
	run_vperm(&whole, &low, &high, &control);
	if (memcmp(&whole, bytes + shift, 16) != 0) {
		printf("lvx, lvsl and vperm at offset %u do not make an unaligned load\n", shift);
		return 1;
	}
	memset(out, 0xee, sizeof(out));
	__asm__ volatile("stvx %0,0,%1" : : "v"(whole.v), "b"(out + shift) : "memory");
	if (memcmp(out, &whole, 16) != 0 || out[16] != 0xee) {
		puts("stvx did not store at the aligned address below");
		return 1;
	}
	memset(out, 0xee, sizeof(out));
	__asm__ volatile("stvebx %0,0,%1" : : "v"(whole.v), "b"(out + shift) : "memory");
	for (uint32_t n = 0; n < 32; n++) {
		if (out[n] != (n == shift ? whole.b[shift] : 0xee)) {
			printf("stvebx at offset %u: byte %u is %02x\n", shift, n, out[n]);
			return 1;
		}
	}
	return 0;
}

/* Conversions with a scale, saturating; values kept where the scaling is exact. */
static int check_conversions(void)
{
	union vec a, in[3], got, want;
	int sat = 0;

	memset(in, 0, sizeof(in));
	random_floats(&a);
	in[0] = a;
	for (int n = 0; n < 4; n++)
		want.sw[n] = (int32_t)saturate((int64_t)((double)a.f[n] * 4096), 32, 1, &sat);
	clear_vscr();
	__asm__ volatile("vctsxs %0,%1,12" : "=v"(got.v) : "v"(a.v));
	if (differs("vctsxs ,12", in, &got, &want, sat))
		return 1;
	sat = 0;
	for (int n = 0; n < 4; n++) {
		/* what truncates to zero from below is no saturation only when it is zero itself */
		int64_t x = (int64_t)((double)a.f[n] * 4096);

		if (a.f[n] < 0 && x == 0)
			return 0;
		want.w[n] = (uint32_t)saturate(x, 32, 0, &sat);
	}
	clear_vscr();
	__asm__ volatile("vctuxs %0,%1,12" : "=v"(got.v) : "v"(a.v));
	if (differs("vctuxs ,12", in, &got, &want, sat))
		return 1;
	for (int n = 0; n < 4; n++)
		want.f[n] = (float)((double)a.sw[n] / 4096);
	clear_vscr();
	__asm__ volatile("vcfsx %0,%1,12" : "=v"(got.v) : "v"(a.v));
	return differs("vcfsx ,12", in, &got, &want, 0);
}

/* vrefp and vrsqrtefp: one part in 4096 (AltiVec PEM, both pages). */
static int check_estimates(void)
{
	union vec a, re, rsqrte;

	for (int n = 0; n < 4; n++)
		a.f[n] = 1.0f + (float)(random_word() >> 8) / 16777216.0f * 3.0f;
	__asm__ volatile("vrefp %0,%1" : "=v"(re.v) : "v"(a.v));
	__asm__ volatile("vrsqrtefp %0,%1" : "=v"(rsqrte.v) : "v"(a.v));
	for (int n = 0; n < 4; n++) {
		double x = a.f[n], e1 = re.f[n] * x - 1.0, e2 = rsqrte.f[n] * sqrt(x) - 1.0;

		if (!(fabs(e1) <= 1.0 / 4096) || !(fabs(e2) <= 1.0 / 4096)) {
			printf("estimates of %a: vrefp %a, vrsqrtefp %a\n", x, (double)re.f[n],
			       (double)rsqrte.f[n]);
			return 1;
		}
	}
	return 0;
}

/* SAT is sticky: a later instruction that does not saturate leaves it set. */
static int check_sticky(void)
{
	union vec ones = { .w = { ~0u, ~0u, ~0u, ~0u } }, zero = { .w = { 0, 0, 0, 0 } }, d;

	clear_vscr();
	run_vaddubs(&d, &ones, &ones, &zero);
	run_vaddubs(&d, &zero, &zero, &zero);
	if (read_vscr() != VSCR_SAT) {
		printf("VSCR is %08x after a saturation and a plain sum, must be %08x\n",
		       read_vscr(), VSCR_SAT);
		return 1;
	}
	return 0;
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

int main(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t n = 0; n < COUNT(lane_rows); n++)
			if (check_lane_row(&lane_rows[n]))
				return 1;
		for (size_t n = 0; n < COUNT(whole_rows); n++)
			if (check_whole_row(&whole_rows[n], random_vector))
				return 1;
		for (size_t n = 0; n < COUNT(float_rows); n++)
			if (check_whole_row(&float_rows[n], random_floats))
				return 1;
		if (check_record() || check_memory() || check_conversions() || check_estimates() ||
		    check_sticky())
			return 1;
	}
	printf("%zu instructions, %d rounds\n",
	       COUNT(lane_rows) + COUNT(whole_rows) + COUNT(float_rows) + 12, ROUNDS);
	return 0;
}
