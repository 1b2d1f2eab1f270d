/* SPDX-License-Identifier: MIT
 * test_jit_version.c - branches that leave with what is in host registers, and where they lead.
 *
 * Loops of two blocks, so hot that the branch from one to the other is linked to a block that is
 * entered with FPRs in host registers. Then the second block changes: it is another page's, dies, or is
 * to be interpreted. All run on every backend; on the translator everything is translated at first sight.
 */
#include "vm_fixture.h"

#define MSR_IR 0x20u
#define BDNZ(off) (0x42000000u | ((uint32_t)(off)&0xfffcu))
#define CTR MOLVM_REG_SPR(9)
#define FADD(d, a, b) (63u << 26 | (uint32_t)(d) << 21 | (uint32_t)(a) << 16 | (uint32_t)(b) << 11 | 21u << 1)
#define FSUB(d, a, b) (FADD(d, a, b) ^ 1u << 1)
#define FMR(d, b) (63u << 26 | (uint32_t)(d) << 21 | (uint32_t)(b) << 11 | 72u << 1)
#define FADDS(d, a, b) (FADD(d, a, b) ^ 4u << 26) /* primary opcode 59 */
#define LFS(d, off, a) D_FORM(48, d, a, off)
#define MFFS(d) (63u << 26 | (uint32_t)(d) << 21 | 583u << 1)
#define VADDUWM(d, a, b) (4u << 26 | (uint32_t)(d) << 21 | (uint32_t)(a) << 16 | (uint32_t)(b) << 11 | 128u)
#define FPSCR_VE 0x80u
#define FPSCR_FPRF 0x1f000u
#define FPRF_ZERO 0x2000u /* with a positive sign [PEM table 2-4] */

static int hot_setup(void **state)
{
	int err = machine_setup(state);

	return err ? err : molvm_option_set(((struct machine *)*state)->vm, "jit.heat", "0");
}

static int vector_setup(void **state)
{
	molvm_config cfg = { .size = sizeof(cfg), .cpu = "7400" };
	int err = machine_create(state, &cfg);

	return err ? err : molvm_option_set(((struct machine *)*state)->vm, "jit.heat", "0");
}

static void set_fpr(struct machine *m, unsigned n, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	set_reg(m, MOLVM_REG_FPR(n), bits);
}

static double fpr(struct machine *m, unsigned n)
{
	uint64_t bits = reg(m, MOLVM_REG_FPR(n));
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* From pc on, `times` rounds of so many instructions: f1 counts them, f3 adds them up. */
static void count(struct machine *m, uint32_t pc, unsigned times, unsigned insns)
{
	set_reg(m, MOLVM_REG_PC, pc);
	set_reg(m, CTR, times);
	set_fpr(m, 1, 0);
	set_fpr(m, 2, 1);
	set_fpr(m, 3, 0);
	assert_int_equal(run_for(m, times * insns), MOLVM_EXIT_BUDGET);
	assert_true(fpr(m, 1) == times);
}

#define SUM(times) ((double)(times) * ((times) + 1) / 2)

/* ---- another page ---- */

#define TABLE 0x80000u /* 128 KiB of groups: SDR1 is TABLE | 1 */
#define EA 0x30000000u
#define VSID_A 0x11u
#define VSID_B 0x22u
#define SHARED 0x10000u
#define PAGE_A 0x12000u
#define PAGE_B 0x13000u
#define LOOP 0xff8u /* on the shared page, to its end */

/* Map the page of ea in the segment vsid to pa, in the primary group [PEM 7.6.1]. */
static void map_page(struct machine *m, uint32_t vsid, uint32_t ea, uint32_t pa)
{
	uint32_t group = TABLE + ((vsid ^ (ea >> 12 & 0xffff)) & 0x7ff) * 64;

	put_at(m, group, 0x80000000u | vsid << 7 | (ea >> 22 & 0x3f));
	put_at(m, group + 4, pa | 0x192); /* R, C, M, pp = 2 */
}

static void put_second(struct machine *m, uint32_t page, uint32_t word)
{
	map_page(m, page == PAGE_A ? VSID_A : VSID_B, EA, SHARED);
	map_page(m, page == PAGE_A ? VSID_A : VSID_B, EA + 0x1000, page);
	m->at = page;
	put(m, word);
	put(m, BDNZ(LOOP - 0x1004));
	put(m, B(0));
}

static void a_branch_to_a_page_that_is_another_one_in_this_segment_finds_its_code(void **state)
{
	struct machine *m = *state;

	set_reg(m, MOLVM_REG_SPR(25), TABLE | 1);
	m->at = SHARED + LOOP;
	put(m, FADD(1, 1, 2));
	put(m, B(4));
	put_second(m, PAGE_A, FADD(3, 3, 1));
	put_second(m, PAGE_B, FSUB(3, 3, 1));
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_IR | MSR_FP);
	for (unsigned n = 0; n < 6; n++) {
		set_reg(m, MOLVM_REG_SR(3), n % 2 ? VSID_B : VSID_A);
		count(m, EA + LOOP, 50 + n, 4);
		assert_true(fpr(m, 3) == (n % 2 ? -SUM(50 + n) : SUM(50 + n)));
	}
}

/* ---- on one page ---- */

#define FIRST 0x1000u
#define SECOND 0x1100u

static void put_loop(struct machine *m, uint32_t word)
{
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP);
	m->at = FIRST;
	put(m, FADD(1, 1, 2));
	put(m, B(SECOND - FIRST - 4));
	m->at = SECOND;
	put(m, word);
	put(m, BDNZ(FIRST - SECOND - 4));
	put(m, B(0));
}

static void a_branch_to_code_that_has_changed_finds_what_is_there_now(void **state)
{
	struct machine *m = *state;

	put_loop(m, FADD(3, 3, 1));
	for (unsigned n = 0; n < 6; n++) {
		put_at(m, SECOND, n % 2 ? FSUB(3, 3, 1) : FADD(3, 3, 1));
		count(m, FIRST, 50 + n, 4);
		assert_true(fpr(m, 3) == (n % 2 ? -SUM(50 + n) : SUM(50 + n)));
	}
}

static void a_budget_ends_between_the_blocks_of_a_loop_with_all_registers_right(void **state)
{
	struct machine *m = *state;

	put_loop(m, FADD(3, 3, 1));
	count(m, FIRST, 50, 4);
	for (unsigned insns = 16; insns < 32; insns++) {
		set_reg(m, MOLVM_REG_PC, FIRST);
		set_reg(m, CTR, 50);
		set_fpr(m, 1, 0);
		set_fpr(m, 3, 0);
		assert_int_equal(run_for(m, insns), MOLVM_EXIT_BUDGET);
		assert_true(fpr(m, 1) == (insns + 3) / 4);
		assert_true(fpr(m, 3) == SUM((insns + 1) / 4));
	}
}

/* The first block has no arithmetic, and names f1 often enough; it is one all the time. */
static void what_enables_exceptions_behind_a_branch_is_interpreted_with_all_registers_right(void **state)
{
	struct machine *m = *state;

	put_loop(m, FADD(3, 3, 1));
	m->at = FIRST;
	put(m, LFD(1, 0, 4));
	put(m, FMR(4, 1));
	put(m, B(SECOND - FIRST - 8));
	set_gpr(m, 4, 0x2000);
	put_at(m, 0x2000, 0x3ff00000); /* 1.0 */
	for (unsigned n = 0; n < 4; n++) {
		set_reg(m, MOLVM_REG_FPSCR, n % 2 ? FPSCR_VE : 0);
		set_reg(m, MOLVM_REG_PC, FIRST);
		set_reg(m, CTR, 50);
		set_fpr(m, 1, 8);
		set_fpr(m, 3, 0);
		assert_int_equal(run_for(m, 250), MOLVM_EXIT_BUDGET);
		assert_true(fpr(m, 3) == 50);
	}
}

/* ---- what a block is entered with and has no room for ---- */

#define MANY 15u /* more than there are host registers for */

/* f[first] and those behind it have f31 added to them, every other one in single precision. */
static void put_additions(struct machine *m, unsigned first)
{
	for (unsigned n = first; n < first + MANY; n++)
		put(m, n % 2 ? FADDS(n, n, 31) : FADD(n, n, 31));
}

static void registers_that_give_way_to_those_of_the_next_block_keep_their_values(void **state)
{
	struct machine *m = *state;

	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP);
	m->at = FIRST;
	put_additions(m, 1);
	put(m, B(SECOND - m->at));
	m->at = SECOND;
	put_additions(m, 1 + MANY);
	put(m, BDNZ(FIRST - m->at));
	put(m, B(0));
	for (unsigned n = 1; n < 31; n++)
		set_fpr(m, n, n);
	set_fpr(m, 31, 1);
	set_reg(m, MOLVM_REG_PC, FIRST);
	set_reg(m, CTR, 50);
	assert_int_equal(run_for(m, 50 * (2 * MANY + 2)), MOLVM_EXIT_BUDGET);
	for (unsigned n = 1; n < 31; n++)
		assert_true(fpr(m, n) == 50 + n);
}

static void put_vector_additions(struct machine *m, unsigned first)
{
	for (unsigned n = first; n < first + MANY; n++)
		put(m, VADDUWM(n, n, 31));
}

static void vector_registers_that_give_way_keep_their_values(void **state)
{
	struct machine *m = *state;
	molvm_value v[32];
	uint32_t id[32];

	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_VEC);
	m->at = FIRST;
	put_vector_additions(m, 0);
	put(m, B(SECOND - m->at));
	m->at = SECOND;
	put_vector_additions(m, MANY);
	put(m, BDNZ(FIRST - m->at));
	put(m, B(0));
	for (unsigned n = 0; n < 32; n++) {
		id[n] = MOLVM_REG_VR(n);
		memset(&v[n], n == 31 ? 1 : (int)n, sizeof(v[n]));
	}
	assert_int_equal(molvm_regs_set(m->cpu, id, v, 32), 0);
	set_reg(m, MOLVM_REG_PC, FIRST);
	set_reg(m, CTR, 50);
	assert_int_equal(run_for(m, 50 * (2 * MANY + 2)), MOLVM_EXIT_BUDGET);
	assert_int_equal(molvm_regs_get(m->cpu, id, v, 32), 0);
	for (unsigned n = 0; n < 2 * MANY; n++) {
		molvm_value sum;

		memset(&sum, (int)(n + 50), sizeof(sum));
		assert_memory_equal(&v[n], &sum, sizeof(sum));
	}
}

/* The FPSCR waits for an operation whose result took the place of an operand in single format. */
static void the_fpscr_is_of_the_operation_before_the_branch_whose_operand_is_overwritten(void **state)
{
	struct machine *m = *state;

	put_loop(m, MFFS(5));
	m->at = FIRST;
	put(m, LFS(1, 0, 4));
	put(m, FADDS(1, 1, 2));
	put(m, B(SECOND - FIRST - 8));
	set_gpr(m, 4, 0x2000);
	put_at(m, 0x2000, 0xbf800000); /* -1.0 */
	set_fpr(m, 2, 1);
	for (unsigned rounds = 1; rounds < 20; rounds++) {
		set_reg(m, MOLVM_REG_FPR(5), 0);
		set_reg(m, MOLVM_REG_PC, FIRST);
		set_reg(m, CTR, rounds);
		assert_int_equal(run_for(m, rounds * 5), MOLVM_EXIT_BUDGET);
		assert_true(fpr(m, 1) == 0);
		assert_int_equal(reg(m, MOLVM_REG_FPR(5)) & FPSCR_FPRF, FPRF_ZERO);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, hot_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_branch_to_a_page_that_is_another_one_in_this_segment_finds_its_code),
		TEST(a_branch_to_code_that_has_changed_finds_what_is_there_now),
		TEST(a_budget_ends_between_the_blocks_of_a_loop_with_all_registers_right),
		TEST(what_enables_exceptions_behind_a_branch_is_interpreted_with_all_registers_right),
		TEST(registers_that_give_way_to_those_of_the_next_block_keep_their_values),
		cmocka_unit_test_setup_teardown(vector_registers_that_give_way_keep_their_values, vector_setup,
						machine_teardown),
		TEST(the_fpscr_is_of_the_operation_before_the_branch_whose_operand_is_overwritten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
