/* SPDX-License-Identifier: MIT
 * test_jit_fp.c - floating point on the host's against the interpreter's, block by block.
 *
 * Loops of random FP instructions, in which nearly every value is a border case of one
 * kind or another: ties of rounding, sums that cancel, results that are denormalized
 * or just not, singles and what is no single, NaNs, infinities, zeros. All rounding modes; FPRs,
 * FPSCR, CR and memory are compared after every few instructions [emit_x86_64_fp.c].
 */
#include <stdbool.h>

#include "vm_fixture.h"

#define DATA 0x8000u
#define DATA_SIZE 256u
#define PROGRAMS 700
#define MOST 24u

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1du;
}

static unsigned below(unsigned n)
{
	return (unsigned)(random64() >> 33) % n;
}

/* ---- values ---- */

static uint64_t any_double(bool single)
{
	static const uint64_t special[] = {
		0, 1, 0x000fffffffffffffu, 0x0010000000000000u, 0x7fefffffffffffffu, 0x7ff0000000000000u,
		0x7ff8000000000000u, 0x7ff4000000000000u, 0x7ff0000020000000u, 0x3ff0000000000000u,
		0x47efffffe0000000u, 0x3810000000000000u, 0x36a0000000000000u, 0x3fe0000000000000u,
		0x41dfffffffc00000u, 0x41e0000000000000u, 0xc1e0000000100000u, 0x41dfffffffe00000u,
	};
	static const uint16_t centre[] = { 0x3ff, 0x3ff, 0x3ff, 0x381, 0x47e, 0x001, 0x7fe, 0x1ff, 0x41e };
	uint64_t r = random64(), fraction = random64() >> 12, exponent;

	if (below(12) == 0)
		return special[below(sizeof(special) / sizeof(special[0]))] | (r & 1ull << 63);
	exponent = centre[below(sizeof(centre) / sizeof(centre[0]))] + below(5) - 2u;
	if (single)
		exponent = exponent < 0x381 ? 0x381 + below(30) : exponent > 0x47e ? 0x3f0 + below(30) : exponent;
	switch (below(4)) { /* few bits, so that sums and products are exact or ties */
	case 0:
		fraction &= ~0ull << (52 - below(6));
		break;
	case 1:
		fraction &= ~0ull << (29 - below(2));
		break;
	case 2:
		fraction |= 0xfffffull << 30;
		break;
	}
	if (single)
		fraction &= ~0x1fffffffull;
	return (r & 1ull << 63) | (exponent & 0x7ff) << 52 | (fraction & 0x000fffffffffffffu);
}

/* ---- programs: frN of 8, so that results are operands soon ---- */

#define A_FORM(op, d, a, b, c, xo)                                                                 \
	((uint32_t)(op) << 26 | (d) << 21 | (a) << 16 | (b) << 11 | (c) << 6 | (uint32_t)(xo) << 1)

static uint32_t any_word(bool single)
{
	static const uint8_t arith[] = { 21, 20, 25, 18, 29, 28, 31, 30 };
	static const uint16_t moves[] = { 40, 72, 136, 264 };
	unsigned d = below(8), a = below(8), b = below(8), c = below(8), kind = below(32);
	uint32_t op = single ? below(12) ? 59 : 63 : below(12) ? 63 : 59;

	if (kind < 16) {
		unsigned xo = arith[below(8)];

		return A_FORM(op, d, a, xo == 25 ? 0 : b, xo < 25 && xo != 25 ? 0 : c, xo);
	}
	switch (kind) {
	case 16:
		return A_FORM(63, d, 0u, b, 0u, 12);			    /* frsp */
	case 17:
		return A_FORM(63, d, 0u, b, 0u, 14 + below(2));		    /* fctiw, fctiwz */
	case 18:
		return A_FORM(63, below(8) << 2, a, b, 0u, below(2) * 32);  /* fcmpu, fcmpo */
	case 19:
		return A_FORM(63, d, a, b, c, 23);			    /* fsel */
	case 20:
	case 21:
		return A_FORM(63, d, 0u, b, 0u, moves[below(4)]);
	case 22:
		return A_FORM(63, d, 0u, 0u, 0u, 583);			    /* mffs */
	case 23:
		return A_FORM(59, d, 0u, b, 0u, 24);			    /* fres */
	case 24:
		return D_FORM(48 + (below(8) ? 0 : 1), d, 3, 4 * below(8)); /* lfs, lfsu */
	case 25:
		return D_FORM(52, d, 3, 64 + 4 * below(8));		    /* stfs */
	case 26:
		return D_FORM(50, d, 3, 8 * below(8));			    /* lfd */
	case 27:
		return D_FORM(54, d, 3, 64 + 8 * below(8));		    /* stfd */
	case 28:
		return X_FORM(d, 3, 4, 983);				    /* stfiwx */
	case 29:
		return below(4) ? NOP : 0xfc00010cu | 7u << 23 | below(4) << 12; /* mtfsfi RN */
	case 30:
		return below(4) ? NOP : 0xfc00008cu | (3 + below(4)) << 21; /* mtfsb0: OX UX ZX XX */
	default:
		return A_FORM(op, d, a, b, 0u, 21) | (below(4) ? 0 : 1);    /* fadd. sometimes */
	}
}

/* ---- running ---- */

static void create(struct machine *m, const char *backend)
{
	molvm_config config = { .size = sizeof(config), .backend = backend,
				.flags = getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0 };

	assert_int_equal(molvm_vm_create(&config, &m->vm), 0);
	assert_int_equal(molvm_map_ram(m->vm, 0, MIB, NULL, 0), 0);
	molvm_option_set(m->vm, "jit.heat", "0");
	assert_int_equal(choose_host(m->vm), 0);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->cpu), 0);
	m->page = molvm_vcpu_page(m->cpu);
}

static void start(struct machine m[2], unsigned words, bool single, uint32_t fpscr)
{
	for (unsigned n = 0; n < 8; n++) {
		uint64_t v = any_double(single);

		set_reg(&m[0], MOLVM_REG_FPR(n), v);
		set_reg(&m[1], MOLVM_REG_FPR(n), v);
	}
	for (unsigned n = 0; n < 64; n += 4) {
		uint32_t w = single || n & 32 ? (uint32_t)(any_double(true) >> 29 & 0x3fffffff) |
							(uint32_t)(any_double(true) >> 32 & 0xc0000000u)
					      : (uint32_t)(any_double(false) >> 32);

		put_at(&m[0], DATA + n, w);
		put_at(&m[1], DATA + n, w);
	}
	for (unsigned k = 0; k < 2; k++) {
		set_gpr(&m[k], 3, DATA);
		set_gpr(&m[k], 4, 128);
		set_reg(&m[k], MOLVM_REG_SPR(9), 1000);
		set_reg(&m[k], MOLVM_REG_FPSCR, fpscr);
		set_reg(&m[k], MOLVM_REG_CR, 0);
		set_reg(&m[k], MOLVM_REG_PC, CODE);
		set_reg(&m[k], MOLVM_REG_MSR, MSR_ME | MSR_FP);
	}
	assert_in_range(words, 1, MOST);
}

static void compare(struct machine m[2], unsigned program, const uint32_t *word, unsigned words)
{
	static const uint32_t ids[] = { MOLVM_REG_FPSCR, MOLVM_REG_CR, MOLVM_REG_PC, MOLVM_REG_GPR(3) };
	uint8_t data[2][DATA_SIZE];
	bool same = true;

	for (unsigned n = 0; n < 12; n++) {
		uint32_t id = n < 8 ? MOLVM_REG_FPR(n) : ids[n - 8];
		uint64_t want = reg(&m[0], id), got = reg(&m[1], id);

		if (want != got)
			fprintf(stderr, "program %u, register %u: expected %016llx got %016llx\n", program, n,
				(unsigned long long)want, (unsigned long long)got);
		same &= want == got;
	}
	for (unsigned k = 0; k < 2; k++)
		assert_int_equal(molvm_mem_read(m[k].vm, DATA, data[k], DATA_SIZE), 0);
	same &= !memcmp(data[0], data[1], DATA_SIZE);
	for (unsigned n = 0; n < words && !same; n++)
		fprintf(stderr, "  %08x\n", word[n]);
	assert_true(same);
}

static void run(struct machine m[2], bool single)
{
	uint32_t word[MOST + 1];

	for (unsigned program = 0; program < PROGRAMS; program++) {
		unsigned words = 4 + below(MOST - 4);

		for (unsigned n = 0; n < words; n++)
			word[n] = any_word(single);
		word[words] = 0x42000000u | ((0u - 4 * words) & 0xfffcu); /* bdnz to the beginning */
		for (unsigned k = 0; k < 2; k++)
			for (unsigned n = 0; n <= words; n++)
				put_at(&m[k], CODE + 4 * n, word[n]);
		for (unsigned go = 0; go < 40; go++) {
			start(m, words, single, (uint32_t)(random64() & 0x9ff9f000u & ~(go & 1 ? 0x9e000000u : 0)) |
							go % 4 | (below(20) ? 0 : 1u << (2 + below(6))));
			for (unsigned slice = 0; slice < 3; slice++) {
				uint32_t n = (words + 1) * below(4) + below(words + 1) + 1;

				run_for(&m[0], n);
				run_for(&m[1], n);
				compare(m, program, word, words);
			}
		}
	}
}

static void both(bool single)
{
	struct machine m[2] = { 0 };

	create(&m[0], "interp");
	create(&m[1], getenv("MOLVM_TEST_BACKEND"));
	run(m, single);
	molvm_vm_destroy(m[0].vm);
	molvm_vm_destroy(m[1].vm);
}

static void double_precision_is_that_of_the_interpreter_to_the_bit(void **state)
{
	both(false);
}

static void single_precision_is_that_of_the_interpreter_to_the_bit(void **state)
{
	both(true);
}

/* fnmsub f3,f2,f3,f0; stvx v1,0,r5; fadd f4,f4,f4; b .: the product's operand was overwritten, and the next
 * result would replace what the FPSCR waits for. */
static void a_vector_store_that_exits_leaves_the_FPSCR_of_the_result_before_it(void **state)
{
	static const uint32_t word[] = { A_FORM(63, 3, 2, 0, 3, 30), X_FORM(1, 0, 5, 231),
					 A_FORM(63, 4, 4, 4, 0, 21), 0x48000000 };
	struct machine m[2] = { 0 };

	create(&m[0], "interp");
	create(&m[1], getenv("MOLVM_TEST_BACKEND"));
	start(m, 4, false, 0);
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned n = 0; n < 4; n++)
			put_at(&m[k], CODE + 4 * n, word[n]);
		set_reg(&m[k], MOLVM_REG_FPR(0), 0x3ff0000000000000u);
		set_reg(&m[k], MOLVM_REG_FPR(2), 0x3fd5555555555555u);
		set_reg(&m[k], MOLVM_REG_FPR(3), 0x4008000000000001u);
		set_reg(&m[k], MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_VEC);
		set_gpr(&m[k], 5, 0xf0000000u);
		assert_int_equal(run_for(&m[k], 100), MOLVM_EXIT_MMIO);
	}
	compare(m, 0, word, 4);
	molvm_vm_destroy(m[0].vm);
	molvm_vm_destroy(m[1].vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(double_precision_is_that_of_the_interpreter_to_the_bit),
		cmocka_unit_test(single_precision_is_that_of_the_interpreter_to_the_bit),
		cmocka_unit_test(a_vector_store_that_exits_leaves_the_FPSCR_of_the_result_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
