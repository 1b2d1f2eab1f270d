/* SPDX-License-Identifier: MIT
 * softfp_est.c - estimates: reciprocal, reciprocal square root, 2^x, log2, from tables.
 *
 * Each function is a table of 64 chords: for a fraction in [0, 1) the error is below
 * 2^-13 of the result, where the manuals ask for 2^-8 (fres), 2^-5 (frsqrte) [PEM
 * chapter 8] and 2^-12 (vrefp, vrsqrtefp), 2^-4 (vexptefp), an absolute 2^-5 (vlogefp)
 * [AltiVec PEM 6.2]. Implementations differ within these bounds; ours is exact where
 * the argument is a power of two (reciprocals, log2) or an integer (2^x). The same
 * tables start the division of softfp_div.c. Users: softfp.c, vfp.c.
 */
#include "softfp_core.h"

/* 2^31 / (1 + n/64) */
static const uint32_t recip_table[65] = {
	0x80000000, 0x7e07e07e, 0x7c1f07c2, 0x7a44c6b0, 0x78787878, 0x76b981db, 0x75075075,
	0x73615a24, 0x71c71c72, 0x70381c0e, 0x6eb3e453, 0x6d3a06d4, 0x6bca1af3, 0x6a63bd82,
	0x69069069, 0x67b23a54, 0x66666666, 0x6522c3f3, 0x63e7063e, 0x62b2e43e, 0x61861862,
	0x60606060, 0x5f417d06, 0x5e293206, 0x5d1745d1, 0x5c0b8170, 0x5b05b05b, 0x5a05a05a,
	0x590b2164, 0x58160581, 0x572620ae, 0x563b48c2, 0x55555555, 0x54741fac, 0x5397829d,
	0x52bf5a81, 0x51eb851f, 0x511be196, 0x50505050, 0x4f88b2f4, 0x4ec4ec4f, 0x4e04e04e,
	0x4d4873ed, 0x4c8f8d29, 0x4bda12f7, 0x4b27ed36, 0x4a7904a8, 0x49cd42e2, 0x49249249,
	0x487ede05, 0x47dc11f7, 0x473c1ab7, 0x469ee584, 0x46046046, 0x456c797e, 0x44d72045,
	0x44444444, 0x43b3d5b0, 0x4325c53f, 0x429a042a, 0x42108421, 0x4189374c, 0x41041041,
	0x40810204, 0x40000000,
};

/* 2^31 / sqrt(1 + n/64) */
static const uint32_t rsqrt_table[65] = {
	0x80000000, 0x7f02f623, 0x7e0bb221, 0x7d19fca0, 0x7c2da123, 0x7b466dd8, 0x7a64336b,
	0x7986c4e4, 0x78adf778, 0x77d9a26e, 0x77099efb, 0x763dc824, 0x7575faa4, 0x74b214d4,
	0x73f1f68d, 0x73358118, 0x727c9717, 0x71c71c72, 0x7114f644, 0x70660acc, 0x6fba415c,
	0x6f11824c, 0x6e6bb6e9, 0x6dc8c96e, 0x6d28a4f0, 0x6c8b355b, 0x6bf06762, 0x6b582874,
	0x6ac266ba, 0x6a2f1107, 0x699e16d0, 0x690f682b, 0x6882f5c0, 0x67f8b0c5, 0x67708af9,
	0x66ea769b, 0x66666666, 0x65e44d8c, 0x65641fae, 0x64e5d0da, 0x64695585, 0x63eea287,
	0x6375ad16, 0x62fe6ac2, 0x6288d173, 0x6214d764, 0x61a27320, 0x61319b7c, 0x60c2479b,
	0x60546ee2, 0x5fe808fc, 0x5f7d0dd6, 0x5f137599, 0x5eab38ac, 0x5e444faf, 0x5ddeb37a,
	0x5d7a5d1b, 0x5d1745d1, 0x5cb56711, 0x5c54ba7d, 0x5bf539e5, 0x5b96df46, 0x5b39a4c7,
	0x5add84bb, 0x5a82799a,
};

/* 2^31 / sqrt(2 + n/32) */
static const uint32_t rsqrt_odd_table[65] = {
	0x5a82799a, 0x59cf8cbc, 0x5920b4df, 0x5875cade, 0x57cea99d, 0x572b2de0, 0x568b3632,
	0x55eea2c4, 0x55555555, 0x54bf311a, 0x542c1aa4, 0x539bf7cd, 0x530eafa5, 0x52842a5f,
	0x51fc5140, 0x51770e8f, 0x50f44d89, 0x5073fa50, 0x4ff601e0, 0x4f7a5202, 0x4f00d944,
	0x4e8986ea, 0x4e144ae9, 0x4da115da, 0x4d2fd8f4, 0x4cc08605, 0x4c530f65, 0x4be767f5,
	0x4b7d8317, 0x4b1554a6, 0x4aaed0f0, 0x4a49ecb3, 0x49e69d16, 0x4984d7a4, 0x49249249,
	0x48c5c34b, 0x48686148, 0x480c6332, 0x47b1c049, 0x4758701c, 0x47006a81, 0x46a9a794,
	0x46541fb4, 0x45ffcb80, 0x45aca3d5, 0x455aa1cb, 0x4509beb0, 0x44b9f40b, 0x446b3b96,
	0x441d8f3b, 0x43d0e917, 0x43854374, 0x433a98c6, 0x42f0e3ae, 0x42a81ef6, 0x4260458e,
	0x4219528b, 0x41d3412a, 0x418e0cc8, 0x4149b0e5, 0x41062920, 0x40c3713b, 0x40818512,
	0x404060a1, 0x40000000,
};

/* 2^30 * 2^(n/64) */
static const uint32_t exp2_table[65] = {
	0x40000000, 0x40b268fa, 0x4166c34c, 0x421d1462, 0x42d561b4, 0x438fb0cb, 0x444c0740,
	0x450a6abb, 0x45cae0f2, 0x468d6fae, 0x47521cc6, 0x4818ee22, 0x48e1e9ba, 0x49ad1598,
	0x4a7a77d4, 0x4b4a169c, 0x4c1bf829, 0x4cf022ca, 0x4dc69cdd, 0x4e9f6cd4, 0x4f7a9930,
	0x50582888, 0x51382182, 0x521a8ad7, 0x52ff6b55, 0x53e6c9da, 0x54d0ad5a, 0x55bd1cdb,
	0x56ac1f75, 0x579dbc57, 0x5891fac1, 0x5988e209, 0x5a82799a, 0x5b7ec8f2, 0x5c7dd7a4,
	0x5d7fad59, 0x5e8451d0, 0x5f8bccdb, 0x60962665, 0x61a3666d, 0x62b39509, 0x63c6ba64,
	0x64dcdec3, 0x65f60a7f, 0x6712460b, 0x683199ed, 0x69540ec9, 0x6a79ad56, 0x6ba27e65,
	0x6cce8ae1, 0x6dfddbcc, 0x6f307a41, 0x70666f76, 0x719fc4b9, 0x72dc8374, 0x741cb528,
	0x75606374, 0x76a7980f, 0x77f25cce, 0x7940bb9e, 0x7a92be8b, 0x7be86fba, 0x7d41d96e,
	0x7e9f0606, 0x80000000,
};

/* 2^31 * log2(1 + n/64) */
static const uint32_t log2_table[65] = {
	0x00000000, 0x02dcf2d1, 0x05aeb4dd, 0x08759c50, 0x0b31fb7d, 0x0de42120, 0x108c588d,
	0x132ae9e2, 0x15c01a3a, 0x184c2bd0, 0x1acf5e2e, 0x1d49ee4c, 0x1fbc16b9, 0x22260fb6,
	0x24880f56, 0x26e2499d, 0x2934f098, 0x2b803474, 0x2dc4439b, 0x30014ac6, 0x32377512,
	0x3466ec15, 0x368fd7ee, 0x38b25f5a, 0x3acea7c0, 0x3ce4d544, 0x3ef50ad2, 0x40ff6a2e,
	0x43041403, 0x450327eb, 0x46fcc47a, 0x48f10751, 0x4ae00d1d, 0x4cc9f1ab, 0x4eaecfeb,
	0x508ec1fa, 0x5269e12f, 0x5440461c, 0x5612089a, 0x57df3fd0, 0x59a80239, 0x5b6c65aa,
	0x5d2c7f59, 0x5ee863e5, 0x60a02757, 0x6253dd2c, 0x64039858, 0x65af6b4b, 0x675767f5,
	0x68fb9fce, 0x6a9c23d6, 0x6c39049b, 0x6dd2523d, 0x6f681c73, 0x70fa728c, 0x72896373,
	0x7414fdb5, 0x759d4f81, 0x772266ad, 0x78a450b8, 0x7a231ace, 0x7b9ed1c7, 0x7d17822f,
	0x7e8d3846, 0x80000000,
};

/* The table's function at a fraction of 0.32 bits. */
static uint32_t interpolate(const uint32_t *table, uint32_t fraction)
{
	const uint32_t *p = table + (fraction >> 26);
	int64_t step = (int64_t)p[1] - (int64_t)p[0];

	return (uint32_t)((int64_t)p[0] + (step * (int64_t)(fraction & 0x3ffffff) >> 26));
}

uint32_t mol_softfp_recip_estimate(uint32_t m)
{
	return interpolate(recip_table, m << 1);
}

uint32_t mol_softfp_rsqrt_estimate(uint32_t m, bool odd)
{
	return interpolate(odd ? rsqrt_odd_table : rsqrt_table, m << 1);
}

uint32_t mol_softfp_exp2_estimate(uint32_t fraction)
{
	return interpolate(exp2_table, fraction);
}

uint32_t mol_softfp_log2_estimate(uint32_t m)
{
	return interpolate(log2_table, m << 1);
}

/* y / 2^31 in (1/2, 1], times 2^scale, as a number. */
static struct fp_num estimate(uint32_t sign, uint32_t y, int32_t scale)
{
	int shift = __builtin_clz(y);
	struct fp_num n = { .sig = (uint64_t)y << 32 << shift,
			    .exp = FP_BIAS + scale - shift,
			    .sign = sign };

	return n;
}

struct fp_num mol_softfp_recip(uint64_t b)
{
	struct fp_num n = fp_unpack(b);

	return estimate(n.sign, mol_softfp_recip_estimate((uint32_t)(n.sig >> 32)),
			FP_BIAS - n.exp);
}

struct fp_num mol_softfp_rsqrt(uint64_t b)
{
	struct fp_num n = fp_unpack(b);
	int32_t exp = n.exp - FP_BIAS, odd = exp & 1;

	return estimate(0, mol_softfp_rsqrt_estimate((uint32_t)(n.sig >> 32), odd),
			-(exp - odd) / 2);
}

/* [PEM 8.2, fres]: FR and FI, undefined there, are 0; XX is not affected. */
struct ppc_fp_result mol_softfp_res(uint32_t control, uint64_t b)
{
	struct ppc_fp_result r;
	struct fp_num n;

	if (fp_is_nan(b))
		return mol_softfp_propagate_nan(0, b, 0, true);
	if (fp_is_inf(b))
		return fp_zero(fp_sign(b));
	if (fp_is_zero(b)) {
		r = fp_infinity(fp_sign(b));
		r.status |= PPC_FPSCR_ZX;
		return r;
	}
	n = mol_softfp_recip(b);
	r = fp_round(n.sign, n.exp, n.sig, control, true);
	r.status &= ~(PPC_FPSCR_XX | PPC_FPSCR_FI | PPC_FPSCR_FR);
	return r;
}

/* [PEM 8.2, frsqrte]: FR and FI as above; the result is always in range. */
struct ppc_fp_result mol_softfp_rsqrte(uint32_t control, uint64_t b)
{
	struct ppc_fp_result r;
	struct fp_num n;

	if (fp_is_nan(b))
		return mol_softfp_propagate_nan(0, b, 0, false);
	if (fp_is_zero(b)) {
		r = fp_infinity(fp_sign(b));
		r.status |= PPC_FPSCR_ZX;
		return r;
	}
	if (fp_sign(b))
		return fp_invalid(PPC_FPSCR_VXSQRT);
	if (fp_is_inf(b))
		return fp_zero(0);
	n = mol_softfp_rsqrt(b);
	return fp_round(n.sign, n.exp, n.sig, control, false);
}
