/* SPDX-License-Identifier: MIT
 * sem_vec.h - the vector words of the vocabulary; sem.h says how words work.
 *
 * A VV is the 128 bits of one vector register. Lanes are numbered from the left,
 * as the manual numbers elements; `w` is a lane's width in octets, 1, 2 or 4 (8
 * where a word says so). Widths, signedness, modes and lane numbers given as C
 * types are constants of the row, so that a reader may choose its code by them.
 * Lanewise words work on each lane alone. Only the words that say so touch the
 * VSCR. Read by: interp.c (interp_vec.h), effects.c, a JIT. [AltiVec PEM 6.2]
 */
#ifndef PPC_SEM_VEC_H
#define PPC_SEM_VEC_H

#include "sem.h"

/* ---- registers ---- */
WORD VV vr(DOM *c, unsigned n);
WORD void set_vr(DOM *c, unsigned n, VV v);
WORD V vscr(DOM *c);
WORD void set_vscr(DOM *c, V v); /* NJ and SAT; the reserved bits stay 0 */

/* ---- between a guest value and lanes; a lane number below 16 / w, as a guest value ---- */
WORD VV v_fill(DOM *c, unsigned w, V v);                  /* the low w octets of v in every lane */
WORD VV v_iota(DOM *c);                                   /* the octets 0, 1, ... 15 */
WORD V v_extract(DOM *c, unsigned w, VV a, V lane);       /* zero-extended */
WORD VV v_insert(DOM *c, unsigned w, VV a, V lane, V v);  /* a, but for one lane */
WORD VV v_splat(DOM *c, unsigned w, VV a, unsigned lane); /* one lane in all */

/* ---- bits ---- */
WORD VV v_and(DOM *c, VV a, VV b);
WORD VV v_andc(DOM *c, VV a, VV b); /* a & ~b */
WORD VV v_or(DOM *c, VV a, VV b);
WORD VV v_xor(DOM *c, VV a, VV b);
WORD VV v_not(DOM *c, VV a);
WORD VV v_sel(DOM *c, VV mask, VV a, VV b); /* each bit: mask ? a : b */

/* ---- lanewise integers ---- */
WORD VV v_add(DOM *c, unsigned w, VV a, VV b); /* modulo; w may be 8 */
WORD VV v_sub(DOM *c, unsigned w, VV a, VV b);
WORD VV v_adds(DOM *c, unsigned w, bool is_signed, VV a, VV b); /* saturates, may set VSCR[SAT] */
WORD VV v_subs(DOM *c, unsigned w, bool is_signed, VV a, VV b); /* the same */
WORD VV v_min(DOM *c, unsigned w, bool is_signed, VV a, VV b);
WORD VV v_max(DOM *c, unsigned w, bool is_signed, VV a, VV b);
WORD VV v_avg(DOM *c, unsigned w, bool is_signed, VV a, VV b); /* (a + b + 1) >> 1, no overflow */
WORD VV v_mul_low(DOM *c, VV a, VV b); /* halfwords, the low half of each product */
/* Lane n of 2w octets is the product of lanes 2n (odd: 2n + 1) of a and b; w is 1 or 2. */
WORD VV v_mul(DOM *c, unsigned w, bool is_signed, bool odd, VV a, VV b);
/* Lane n of 2w octets is the sum of lanes 2n and 2n + 1; cannot overflow. */
WORD VV v_sum_pairs(DOM *c, unsigned w, bool is_signed, VV a);

/* ---- lanewise shifts; the counts are b's lanes modulo a lane's bits ---- */
WORD VV v_rotl(DOM *c, unsigned w, VV a, VV b);
WORD VV v_shl(DOM *c, unsigned w, VV a, VV b);
WORD VV v_shr(DOM *c, unsigned w, VV a, VV b);
WORD VV v_sar(DOM *c, unsigned w, VV a, VV b);

/* ---- comparisons: a lane of ones where true, of zeros where false ---- */
WORD VV v_cmpeq(DOM *c, unsigned w, VV a, VV b);
WORD VV v_cmpgt(DOM *c, unsigned w, bool is_signed, VV a, VV b);
WORD V v_all_ones(DOM *c, VV a); /* truth values: all 128 bits are 1, are 0 */
WORD V v_all_zeros(DOM *c, VV a);

/* ---- octets and lanes moved ---- */
WORD VV v_shl_bits(DOM *c, VV a, V n); /* the register as one number, n: 0..7 */
WORD VV v_shr_bits(DOM *c, VV a, V n);
WORD VV v_align(DOM *c, VV a, VV b, V n);        /* octets n..n+15 of a followed by b, n: 0..16 */
WORD VV v_perm(DOM *c, VV a, VV b, VV selector); /* each octet: that of a, b by selector mod 32 */
/* Lanes of the high (left) or low half of a and b, in turn. */
WORD VV v_merge(DOM *c, unsigned w, bool high, VV a, VV b);
/* Lanes of w octets of a, then of b, each made w/2 octets wide. Saturation may set VSCR[SAT].
 * w is 2 or 4, for PPC_V_SS also 8. */
WORD VV v_pack(DOM *c, unsigned w, enum ppc_v_pack mode, VV a, VV b);
/* The lanes of w octets (4 too) of the high or low half of a, sign-extended to 2w. */
WORD VV v_unpack(DOM *c, unsigned w, bool high, VV a);

/* ---- lanewise single precision [AltiVec PEM 3.2]: read VSCR[NJ] ---- */
WORD VV v_fp(DOM *c, unsigned op, VV a, VV b, VV m); /* enum ppc_vfp_op; unused operands ignored */
WORD VV v_fp_unary(DOM *c, unsigned op, VV b);       /* enum ppc_vfp_unary */
WORD VV v_fp_cmp(DOM *c, unsigned relations, VV a, VV b); /* a : b is one of PPC_VFP_LT | ... */
WORD VV v_fp_from_int(DOM *c, bool is_signed, unsigned scale, VV b); /* b / 2^scale */
/* b * 2^scale toward zero, saturated; may set VSCR[SAT]. */
WORD VV v_fp_to_int(DOM *c, bool is_signed, unsigned scale, VV b);

#endif
