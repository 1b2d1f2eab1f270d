/* SPDX-License-Identifier: MIT
 * test_vec.c - AltiVec instructions, one by one [AltiVec PEM].
 *
 * What a row computes is in vec_vectors.def; here are those vectors' runner and
 * the sentences that a vector cannot say: memory, the VSCR, CR6, availability.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cpu.h"

#define RAM_EA 0x1000u
#define RAM_BYTES 64u
#define CR_BEFORE 0x12345678u

struct fixture {
	struct ppc_cpu cpu;
	uint8_t ram[RAM_BYTES];
	uint32_t last_ea;
	unsigned last_size;
	bool fault; /* the next access is a DSI */
};

static bool access_ok(struct ppc_cpu *cpu, uint32_t ea, unsigned size)
{
	struct fixture *f = cpu->owner;

	f->last_ea = ea;
	f->last_size = size;
	if (f->fault)
		return mol_ppc_raise_data(cpu, PPC_VEC_DSI, ea, PPC_DSISR_NO_PTE);
	assert_in_range(ea, RAM_EA, RAM_EA + RAM_BYTES - size);
	return true;
}

static bool ram_load(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		     enum ppc_mem_how how, uint64_t v[2])
{
	struct fixture *f = cpu->owner;

	if (!access_ok(cpu, ea, size))
		return false;
	v[0] = v[1] = 0;
	for (unsigned n = 0; n < size; n++)
		v[n / 8] = v[n / 8] << 8 | f->ram[ea - RAM_EA + n];
	return true;
}

static bool ram_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		      enum ppc_mem_how how, const uint64_t v[2])
{
	struct fixture *f = cpu->owner;

	if (!access_ok(cpu, ea, size))
		return false;
	for (unsigned n = 0; n < size; n++) {
		unsigned shift = size == 16 ? 56 - 8 * (n % 8) : 8 * (size - 1 - n);

		f->ram[ea - RAM_EA + n] = (uint8_t)(v[n / 8] >> shift);
	}
	return true;
}

static const struct ppc_ops ram_ops = { .load = ram_load, .store = ram_store };

static int setup(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;

	memset(f, 0, sizeof(*f));
	f->cpu.owner = f;
	f->cpu.ops = &ram_ops;
	f->cpu.model = mol_ppc_model_find("7400");
	f->cpu.r.msr = PPC_MSR_VEC;
	ppc_set_cr(&f->cpu.r, CR_BEFORE);
	for (unsigned n = 0; n < RAM_BYTES; n++)
		f->ram[n] = (uint8_t)(0x80 + n);
	for (unsigned r = 0; r < 32; r++)
		for (unsigned n = 0; n < 16; n++)
			f->cpu.r.vr[r].b[n] = (uint8_t)(r * 16 + n);
	*state = f;
	return 0;
}

/* ---- vectors as text: octets from the left ---- */

static unsigned hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static union ppc_vr parse(const char *text)
{
	union ppc_vr v = { { 0 } };
	unsigned n = 0;

	for (; *text; text += *text == ' ' ? 1 : 2)
		if (*text != ' ')
			v.b[PPC_VB(n++)] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
	assert_true(n == 16 || n == 0);
	return v;
}

static const char *print(union ppc_vr v)
{
	static char text[36];
	char *p = text;

	for (unsigned n = 0; n < 16; n++)
		p += sprintf(p, "%02x%s", v.b[PPC_VB(n)], n % 4 == 3 && n < 15 ? " " : "");
	return text;
}

static void assert_vr(union ppc_vr actual, const char *expected)
{
	assert_string_equal(print(actual), expected);
}

static void set(struct fixture *f, unsigned vr, const char *text)
{
	f->cpu.r.vr[vr] = parse(text);
}

static uint32_t word_of(enum ppc_op op, unsigned d, unsigned a, unsigned b, unsigned c)
{
	return ppc_insn_table[op].match | d << 21 | a << 16 | b << 11 | c << 6;
}

#define RUN(f, id, d, a, b, c)                                                                     \
	assert_int_equal(mol_ppc_step(&(f)->cpu, word_of(PPC_OP_##id, d, a, b, c)), 0)

/* ---- results ---- */

struct vector {
	enum ppc_op op;
	uint32_t immediate;
	const char *a, *b, *c, *d;
	uint32_t sat;
	int cr6;
};

static const struct vector vectors[] = {
#define VECTOR(id, ...) { PPC_OP_##id, __VA_ARGS__ },
#include "vec_vectors.def"
#undef VECTOR
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static uint32_t vector_word(const struct vector *v, unsigned d)
{
	return word_of(v->op, d, *v->a ? 1 : 0, *v->b ? 2 : 0, *v->c ? 3 : 0) | v->immediate;
}

static void load_operands(struct fixture *f, const struct vector *v)
{
	set(f, 1, v->a);
	set(f, 2, v->b);
	set(f, 3, v->c);
}

/* Runs it with the result in vr d and checks that nothing else has changed. */
static void check_vector(struct fixture *f, const struct vector *v, unsigned d, uint32_t vscr)
{
	struct ppc_regs expected;
	uint32_t word = vector_word(v, d);

	load_operands(f, v);
	f->cpu.r.vscr = vscr;
	ppc_set_cr(&f->cpu.r, CR_BEFORE);
	expected = f->cpu.r;
	expected.pc += 4;
	expected.vr[d] = parse(v->d);
	expected.vscr = vscr | v->sat;
	if (v->cr6 >= 0)
		expected.cr[6] = (uint8_t)v->cr6;
	assert_int_equal(mol_ppc_decode(word), v->op);
	assert_int_equal(mol_ppc_step(&f->cpu, word), 0);
	if (memcmp(&f->cpu.r, &expected, sizeof(expected))) {
		print_error("%s, vector %d of the file: vD = %s, expected %s; SAT %u; CR6 %u\n",
			    ppc_insn_table[v->op].name, (int)(v - vectors) + 1,
			    print(f->cpu.r.vr[d]), v->d, f->cpu.r.vscr, f->cpu.r.cr[6]);
		fail();
	}
}

static void each_vector_gives_its_result_and_changes_nothing_else(void **state)
{
	for (size_t n = 0; n < VECTORS; n++)
		check_vector(*state, &vectors[n], 31, 0);
}

static void the_result_may_overwrite_any_source(void **state)
{
	for (size_t n = 0; n < VECTORS; n++)
		for (unsigned d = 1; d <= 3; d++)
			check_vector(*state, &vectors[n], d, 0);
}

static void nj_and_sat_stay_set_through_every_result(void **state)
{
	for (size_t n = 0; n < VECTORS; n++)
		check_vector(*state, &vectors[n], 31, PPC_VSCR_NJ | PPC_VSCR_SAT);
}

static void every_altivec_row_that_computes_has_a_vector(void **state)
{
	for (enum ppc_op op = 0; op < PPC_OP_COUNT; op++) {
		bool moves = op == PPC_OP_MFVSCR || op == PPC_OP_MTVSCR;
		size_t n = 0;

		if (ppc_insn_table[op].match >> 26 != 4 || moves)
			continue;
		while (n < VECTORS && vectors[n].op != op)
			n++;
		if (n == VECTORS)
			fail_msg("no vector for %s", ppc_insn_table[op].name);
	}
}

static void there_are_162_instructions_as_the_manual_counts_them(void **state)
{
	unsigned rows = 0;

	for (enum ppc_op op = 0; op < PPC_OP_COUNT; op++)
		rows += ppc_insn_table[op].models == PPC_F_ALTIVEC;
	assert_int_equal(rows + 3 /* dstt, dststt, dssall are forms */, 162);
}

/* ---- VSCR ---- */

static void sat_stays_set_until_mtvscr_clears_it(void **state)
{
	struct fixture *f = *state;

	set(f, 1, "ff000000 00000000 00000000 00000000");
	set(f, 2, "01000000 00000000 00000000 00000000");
	set(f, 3, "00000000 00000000 00000000 00000000");
	RUN(f, VADDUBS, 4, 1, 2, 0);
	assert_int_equal(f->cpu.r.vscr, PPC_VSCR_SAT);
	RUN(f, VADDUBS, 4, 3, 3, 0);
	assert_int_equal(f->cpu.r.vscr, PPC_VSCR_SAT);
	RUN(f, MTVSCR, 0, 0, 3, 0);
	assert_int_equal(f->cpu.r.vscr, 0);
}

static void mfvscr_puts_the_vscr_in_the_last_word_and_zeros_elsewhere(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.vscr = PPC_VSCR_NJ | PPC_VSCR_SAT;
	RUN(f, MFVSCR, 4, 0, 0, 0);
	assert_vr(f->cpu.r.vr[4], "00000000 00000000 00000000 00010001");
}

static void mtvscr_takes_nj_and_sat_from_the_last_word(void **state)
{
	struct fixture *f = *state;

	set(f, 1, "00010001 00010001 00010001 fffffffe");
	RUN(f, MTVSCR, 0, 0, 1, 0);
	assert_int_equal(f->cpu.r.vscr, PPC_VSCR_NJ);
	set(f, 1, "ffffffff ffffffff ffffffff 00000001");
	RUN(f, MTVSCR, 0, 0, 1, 0);
	assert_int_equal(f->cpu.r.vscr, PPC_VSCR_SAT);
}

static void nj_makes_denormalized_numbers_zeros_of_their_sign(void **state)
{
	struct fixture *f = *state;

	set(f, 1, "00000001 807fffff 00800000 007fffff");
	set(f, 2, "00000000 80000000 80000001 00000001");
	RUN(f, VADDFP, 4, 1, 2, 0);
	assert_vr(f->cpu.r.vr[4], "00000001 807fffff 007fffff 00800000");
	f->cpu.r.vscr = PPC_VSCR_NJ;
	RUN(f, VADDFP, 4, 1, 2, 0);
	assert_vr(f->cpu.r.vr[4], "00000000 80000000 00800000 00000000");
}

/* ---- CR6 ---- */

static void a_comparison_without_rc_leaves_the_cr_alone(void **state)
{
	struct fixture *f = *state;

	RUN(f, VCMPEQUB, 4, 1, 1, 0);
	assert_int_equal(ppc_cr(&f->cpu.r), CR_BEFORE);
}

static void a_comparison_with_rc_writes_cr6_alone(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mol_ppc_step(&f->cpu, word_of(PPC_OP_VCMPEQUB, 4, 1, 1, 0) | 0x400), 0);
	assert_int_equal(ppc_cr(&f->cpu.r), (CR_BEFORE & ~0xf0u) | 0x80);
}

/* ---- memory ---- */

static void quadword_accesses_ignore_the_low_four_address_bits(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.gpr[3] = RAM_EA + 3;
	f->cpu.r.gpr[4] = 0x1c;
	RUN(f, LVX, 5, 3, 4, 0);
	assert_vr(f->cpu.r.vr[5], "90919293 94959697 98999a9b 9c9d9e9f");
	RUN(f, STVXL, 5, 0, 3, 0); /* rA = 0 reads as zero */
	assert_int_equal(f->last_ea, RAM_EA);
	assert_memory_equal(f->ram, f->ram + 16, 16);
	RUN(f, LVXL, 6, 0, 3, 0);
	assert_memory_equal(&f->cpu.r.vr[6], &f->cpu.r.vr[5], 16);
	f->cpu.r.gpr[3] = RAM_EA + 47;
	RUN(f, STVX, 5, 0, 3, 0);
	assert_memory_equal(f->ram + 32, f->ram + 16, 16);
}

static const struct lane_row {
	enum ppc_op load, store;
	unsigned width;
} lane_rows[] = {
	{ PPC_OP_LVEBX, PPC_OP_STVEBX, 1 },
	{ PPC_OP_LVEHX, PPC_OP_STVEHX, 2 },
	{ PPC_OP_LVEWX, PPC_OP_STVEWX, 4 },
};

/* The manual leaves the other elements undefined; here they stay. */
static void an_element_load_fills_the_element_that_lvx_would_from_the_same_address(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n < 3 * 16; n++) {
		const struct lane_row *row = &lane_rows[n / 16];
		unsigned first = n % 16 & ~(row->width - 1);
		union ppc_vr expected = f->cpu.r.vr[7];

		for (unsigned b = first; b < first + row->width; b++)
			expected.b[PPC_VB(b)] = f->ram[16 + b];
		f->cpu.r.vr[8] = f->cpu.r.vr[7];
		f->cpu.r.gpr[3] = RAM_EA + 16 + n % 16;
		assert_int_equal(mol_ppc_step(&f->cpu, word_of(row->load, 8, 0, 3, 0)), 0);
		assert_memory_equal(&f->cpu.r.vr[8], &expected, 16);
		assert_int_equal(f->last_ea, RAM_EA + 16 + first);
		assert_int_equal(f->last_size, row->width);
	}
}

static void an_element_store_writes_only_the_element_at_its_address(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n < 3 * 16; n++) {
		const struct lane_row *row = &lane_rows[n / 16];
		unsigned first = n % 16 & ~(row->width - 1);
		uint8_t expected[RAM_BYTES];

		memset(f->ram, 0xee, sizeof(f->ram));
		memcpy(expected, f->ram, sizeof(expected));
		for (unsigned b = first; b < first + row->width; b++)
			expected[32 + b] = f->cpu.r.vr[9].b[PPC_VB(b)];
		f->cpu.r.gpr[3] = RAM_EA + 32 + n % 16;
		assert_int_equal(mol_ppc_step(&f->cpu, word_of(row->store, 9, 0, 3, 0)), 0);
		assert_memory_equal(f->ram, expected, sizeof(expected));
	}
}

static void a_load_that_faults_leaves_the_register_as_it_was(void **state)
{
	static const enum ppc_op loads[] = { PPC_OP_LVEBX, PPC_OP_LVEHX, PPC_OP_LVEWX, PPC_OP_LVX,
					     PPC_OP_LVXL };
	struct fixture *f = *state;
	struct ppc_regs before = f->cpu.r;

	f->fault = true;
	for (unsigned n = 0; n < sizeof(loads) / sizeof(loads[0]); n++) {
		uint32_t word = word_of(loads[n], 5, 0, 3, 0);

		assert_int_equal(mol_ppc_step(&f->cpu, word), PPC_STOP_EXC);
		assert_int_equal(f->cpu.exc.vector, PPC_VEC_DSI);
		assert_memory_equal(&f->cpu.r, &before, sizeof(before));
	}
}

static void lvsl_and_lvsr_make_the_selectors_that_shift_by_the_address(void **state)
{
	struct fixture *f = *state;

	for (unsigned sh = 0; sh < 16; sh++) {
		f->cpu.r.gpr[3] = 0xfffffff0;
		f->cpu.r.gpr[4] = 0x40 + sh;
		RUN(f, LVSL, 5, 3, 4, 0);
		RUN(f, LVSR, 6, 3, 4, 0);
		for (unsigned n = 0; n < 16; n++) {
			assert_int_equal(f->cpu.r.vr[5].b[PPC_VB(n)], sh + n);
			assert_int_equal(f->cpu.r.vr[6].b[PPC_VB(n)], 16 - sh + n);
		}
	}
}

static void two_loads_and_vperm_by_lvsl_read_an_unaligned_quadword(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.gpr[3] = RAM_EA + 5;
	f->cpu.r.gpr[4] = RAM_EA + 5 + 15;
	RUN(f, LVX, 1, 0, 3, 0);
	RUN(f, LVX, 2, 0, 4, 0);
	RUN(f, LVSL, 3, 0, 3, 0);
	RUN(f, VPERM, 4, 1, 2, 3);
	assert_vr(f->cpu.r.vr[4], "85868788 898a8b8c 8d8e8f90 91929394");
}

/* ---- when they may run ---- */

static void without_msr_vec_only_the_stream_hints_run(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.msr = 0;
	for (enum ppc_op op = 0; op < PPC_OP_COUNT; op++) {
		bool hint = op == PPC_OP_DST || op == PPC_OP_DSTST || op == PPC_OP_DSS;
		struct ppc_regs before = f->cpu.r;
		uint32_t stop;

		if (ppc_insn_table[op].models != PPC_F_ALTIVEC)
			continue;
		stop = mol_ppc_step(&f->cpu, word_of(op, 1, 2, 3, 0));
		assert_int_equal(stop, hint ? 0 : PPC_STOP_EXC);
		if (!hint)
			assert_int_equal(f->cpu.exc.vector, PPC_VEC_ALTIVEC_UNAVAILABLE);
		before.pc += hint ? 4 : 0;
		assert_memory_equal(&f->cpu.r, &before, sizeof(before));
	}
}

static void a_processor_without_altivec_calls_them_illegal(void **state)
{
	struct fixture *f = *state;

	f->cpu.model = mol_ppc_model_find("750");
	for (enum ppc_op op = 0; op < PPC_OP_COUNT; op++) {
		if (ppc_insn_table[op].models != PPC_F_ALTIVEC)
			continue;
		assert_int_equal(mol_ppc_step(&f->cpu, word_of(op, 1, 2, 3, 0)), PPC_STOP_EXC);
		assert_int_equal(f->cpu.exc.vector, PPC_VEC_PROGRAM);
		assert_int_equal(f->cpu.exc.srr1, PPC_SRR1_PROG_ILLEGAL);
	}
}

#define SENTENCE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SENTENCE(each_vector_gives_its_result_and_changes_nothing_else),
		SENTENCE(the_result_may_overwrite_any_source),
		SENTENCE(nj_and_sat_stay_set_through_every_result),
		SENTENCE(every_altivec_row_that_computes_has_a_vector),
		SENTENCE(there_are_162_instructions_as_the_manual_counts_them),
		SENTENCE(sat_stays_set_until_mtvscr_clears_it),
		SENTENCE(mfvscr_puts_the_vscr_in_the_last_word_and_zeros_elsewhere),
		SENTENCE(mtvscr_takes_nj_and_sat_from_the_last_word),
		SENTENCE(nj_makes_denormalized_numbers_zeros_of_their_sign),
		SENTENCE(a_comparison_without_rc_leaves_the_cr_alone),
		SENTENCE(a_comparison_with_rc_writes_cr6_alone),
		SENTENCE(quadword_accesses_ignore_the_low_four_address_bits),
		SENTENCE(an_element_load_fills_the_element_that_lvx_would_from_the_same_address),
		SENTENCE(an_element_store_writes_only_the_element_at_its_address),
		SENTENCE(a_load_that_faults_leaves_the_register_as_it_was),
		SENTENCE(lvsl_and_lvsr_make_the_selectors_that_shift_by_the_address),
		SENTENCE(two_loads_and_vperm_by_lvsl_read_an_unaligned_quadword),
		SENTENCE(without_msr_vec_only_the_stream_hints_run),
		SENTENCE(a_processor_without_altivec_calls_them_illegal),
	};

	return cmocka_run_group_tests_name("vec", tests, NULL, NULL);
}
