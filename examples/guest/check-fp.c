/* SPDX-License-Identifier: MIT */
/*
 * check-fp.c - floating-point self-check: every vector of fp-vectors.py, bit for bit.
 *
 * Each vector runs one instruction in one rounding mode from a clear FPSCR and
 * compares the result, the exception bits and FPRF (PEM 2.1.4, 3.3).  FR and FI
 * are left to the project's own tests: not every reference machine has them
 * right.  Then the estimates against the bounds that the PEM promises.
 *
 * Called by checks/40-fp; status 0 is ok, 1 prints the first vector that differs.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The optional instructions, which all these CPUs have and the assembler may leave out. */
#define OPTIONAL(insn) ".machine push; .machine ppc; " insn "; .machine pop"

/* Operation, and its instruction in terms of result %0, A %2, B %3, C %4. */
/* clang-format off */
#define ARITHMETIC(X) \
	X(FADD, "fadd %0,%2,%3") X(FADDS, "fadds %0,%2,%3") \
	X(FSUB, "fsub %0,%2,%3") X(FSUBS, "fsubs %0,%2,%3") \
	X(FMUL, "fmul %0,%2,%4") X(FMULS, "fmuls %0,%2,%4") \
	X(FDIV, "fdiv %0,%2,%3") X(FDIVS, "fdivs %0,%2,%3") \
	X(FMADD, "fmadd %0,%2,%4,%3") X(FMADDS, "fmadds %0,%2,%4,%3") \
	X(FMSUB, "fmsub %0,%2,%4,%3") X(FMSUBS, "fmsubs %0,%2,%4,%3") \
	X(FNMADD, "fnmadd %0,%2,%4,%3") X(FNMADDS, "fnmadds %0,%2,%4,%3") \
	X(FNMSUB, "fnmsub %0,%2,%4,%3") X(FNMSUBS, "fnmsubs %0,%2,%4,%3") \
	X(FRSP, "frsp %0,%3") X(FCTIW, "fctiw %0,%3") X(FCTIWZ, "fctiwz %0,%3") \
	X(FSEL, OPTIONAL("fsel %0,%2,%4,%3")) \
	X(FNEG, "fneg %0,%3") X(FABS, "fabs %0,%3") X(FNABS, "fnabs %0,%3")

#define OP_NAME(name, insn) OP_##name,
enum op { ARITHMETIC(OP_NAME) OP_FCMPU, OP_FCMPO, OP_LFS, OP_STFS };

#define OP_TEXT(name, insn) [OP_##name] = #name,
static const char *const op_names[] = {
	ARITHMETIC(OP_TEXT) [OP_FCMPU] = "FCMPU", [OP_FCMPO] = "FCMPO",
	[OP_LFS] = "LFS", [OP_STFS] = "STFS",
};
/* clang-format on */

struct vector {
	uint8_t op, mode;
	uint64_t a, b, c, result;
	uint32_t fpscr;
};

static const struct vector vectors[] = {
#include "fp-vectors.h"
};

/* FPSCR: the exception bits and FPRF; FX, FEX and VX are summaries, checked apart. */
#define FPSCR_FX 0x80000000u
#define FPSCR_VX 0x20000000u
#define FPSCR_VX_ALL 0x01f80700u
#define FPSCR_EXCEPTIONS (0x1e000000u | FPSCR_VX_ALL)
#define FPSCR_FPRF 0x0001f000u
#define FPSCR_FPRF_C 0x00010000u

static double to_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t to_bits(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/* Set the FPSCR, run, read the FPSCR: one asm, so that the compiler moves nothing in between. */
static uint64_t run_arithmetic(const struct vector *v, uint32_t *fpscr)
{
	double a = to_double(v->a), b = to_double(v->b), c = to_double(v->c);
	double mode = to_double(v->mode), result = 0, after = 0;

	switch (v->op) {
#define OP_RUN(name, insn)                                                                         \
	case OP_##name:                                                                            \
		__asm__ volatile("mtfsf 255,%5; " insn "; mffs %1; mtfsf 255,%6"                   \
				 : "=&f"(result), "=&f"(after)                                     \
				 : "f"(a), "f"(b), "f"(c), "f"(mode), "f"(0.0));                   \
		break;
		ARITHMETIC(OP_RUN)
	}
	*fpscr = (uint32_t)to_bits(after);
	return to_bits(result);
}

static uint64_t run_compare(const struct vector *v, uint32_t *fpscr)
{
	double a = to_double(v->a), b = to_double(v->b), after;
	uint32_t cr;

	if (v->op == OP_FCMPU)
		__asm__ volatile("mtfsf 255,%4; fcmpu 6,%2,%3; mfcr %0; mffs %1"
				 : "=&r"(cr), "=&f"(after)
				 : "f"(a), "f"(b), "f"(0.0)
				 : "cr6");
	else
		__asm__ volatile("mtfsf 255,%4; fcmpo 6,%2,%3; mfcr %0; mffs %1"
				 : "=&r"(cr), "=&f"(after)
				 : "f"(a), "f"(b), "f"(0.0)
				 : "cr6");
	*fpscr = (uint32_t)to_bits(after);
	return cr >> 4 & 0xf;
}

static uint64_t run_memory(const struct vector *v)
{
	uint32_t word = (uint32_t)v->a;
	double value = to_double(v->a);

	if (v->op == OP_LFS) {
		__asm__ volatile("lfs%U1%X1 %0,%1" : "=f"(value) : "m"(word));
		return to_bits(value);
	}
	__asm__ volatile("stfs%U0%X0 %1,%0" : "=m"(word) : "f"(value));
	return word;
}

/*
 * FPRF's C tells denormalized from normalized.  Two cases are left to our own
 * tests, since QEMU 7.2 has them wrong: a denormalized single (it looks at the
 * double that holds it) and an unordered fcmpo (C is not the compare's to set).
 */
static int c_is_unsure(const struct vector *v)
{
	uint32_t exponent = v->result >> 52 & 0x7ff;

	return v->op == OP_FCMPO || (exponent > 0 && exponent <= 0x380);
}

static int check(const struct vector *v)
{
	uint32_t fpscr = 0, want = v->fpscr, mask = FPSCR_EXCEPTIONS | FPSCR_FPRF;
	uint64_t result, keep = ~0ull;

	if (v->op == OP_LFS || v->op == OP_STFS)
		result = run_memory(v);
	else if (v->op == OP_FCMPU || v->op == OP_FCMPO)
		result = run_compare(v, &fpscr);
	else
		result = run_arithmetic(v, &fpscr);

	if (v->op == OP_FCTIW || v->op == OP_FCTIWZ) {
		keep = 0xffffffff; /* the upper word and FPRF are undefined (PEM, fctiwx) */
		mask &= ~FPSCR_FPRF;
	}
	if (c_is_unsure(v))
		mask &= ~FPSCR_FPRF_C;
	if (want & FPSCR_EXCEPTIONS)
		want |= FPSCR_FX;
	if (want & FPSCR_VX_ALL)
		want |= FPSCR_VX;
	mask |= FPSCR_FX | FPSCR_VX;
	if (((result ^ v->result) & keep) == 0 && ((fpscr ^ want) & mask) == 0)
		return 0;
	printf("%s mode %d A %016" PRIx64 " B %016" PRIx64 " C %016" PRIx64 ": result %016" PRIx64
	       " FPSCR %08" PRIx32 ", exact is %016" PRIx64 " FPSCR %08" PRIx32 "\n",
	       op_names[v->op], v->mode, v->a, v->b, v->c, result, fpscr & mask, v->result, want);
	return 1;
}

/* fres is within 1/256 of the reciprocal, frsqrte within 1/32 of the reciprocal root (PEM). */
static int check_estimates(void)
{
	uint32_t state = 1;

	for (int n = 0; n < 1000; n++) {
		double x, fres, frsqrte, error;

		state = state * 1664525 + 1013904223;
		x = (double)(float)(1.0 + state / 4294967296.0 * 3.0);
		__asm__(OPTIONAL("fres %0,%1") : "=f"(fres) : "f"(x));
		__asm__(OPTIONAL("frsqrte %0,%1") : "=f"(frsqrte) : "f"(x));
		error = fres * x - 1.0;
		if (!(error <= 1.0 / 256 && error >= -1.0 / 256)) {
			printf("fres of %a is %a: off by more than 1/256\n", x, fres);
			return 1;
		}
		/* (1+e)^2 - 1 for |e| <= 1/32 lies in [-2/32 + 1/1024, 2/32 + 1/1024] */
		error = frsqrte * frsqrte * x - 1.0;
		if (!(error <= 2.0 / 32 + 1.0 / 1024 && error >= -2.0 / 32 + 1.0 / 1024)) {
			printf("frsqrte of %a is %a: off by more than 1/32\n", x, frsqrte);
			return 1;
		}
	}
	return 0;
}

int main(void)
{
	size_t count = sizeof(vectors) / sizeof(vectors[0]);

	for (size_t n = 0; n < count; n++)
		if (check(&vectors[n]))
			return 1;
	if (check_estimates())
		return 1;
	printf("%zu vectors\n", count);
	return 0;
}
