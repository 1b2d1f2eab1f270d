/* SPDX-License-Identifier: MIT
 * test_jit_access.c - accesses of translated code to more than one page, or to what was just stored.
 *
 * Two areas that are neighbours by their effective addresses and not by their physical ones. The page
 * on either side has been accessed, so that nothing is missing; the bytes still are of two pages. The pages'
 * numbers differ in all of their low bits. On every backend; all is translated at first sight.
 */
#include "vm_fixture.h"

#define MSR_DR 0x10u
#define DBAT(n, lower) MOLVM_REG_SPR(536 + 2 * (n) + (lower))
#define BORDER 0x10000000u
#define BEFORE 0x40000u /* 128 KiB of the areas, physically */
#define BEHIND 0x80000u

static int hot_setup(void **state)
{
	int err = machine_setup(state);

	return err ? err : molvm_option_set(((struct machine *)*state)->vm, "jit.heat", "0");
}

/* 128 KiB below and above the border, for supervisor and user, to be written [PEM 7.4.2]. */
static void map_areas(struct machine *m)
{
	set_reg(m, DBAT(0, 0), (BORDER - 0x20000) | 3);
	set_reg(m, DBAT(0, 1), BEFORE | 2);
	set_reg(m, DBAT(1, 0), BORDER | 3);
	set_reg(m, DBAT(1, 1), BEHIND | 2);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_DR | MSR_FP);
	put_at(m, BEFORE + 0x1fff8, 0x00010203);
	put_at(m, BEFORE + 0x1fffc, 0x04050607);
	put_at(m, BEFORE + 0x20000, 0xdeadbeef); /* behind the first area, seen by nobody */
	put_at(m, BEHIND, 0x08090a0b);
	put_at(m, BEHIND + 4, 0x0c0d0e0f);
}

static void a_misaligned_load_takes_its_bytes_from_both_pages(void **state)
{
	struct machine *m = *state;

	map_areas(m);
	put(m, LWZ(5, -8, 4));
	put(m, LWZ(6, 0, 4));
	put(m, LWZ(7, -2, 4));
	put(m, LHZ(8, -1, 4));
	put(m, LFD(1, -4, 4));
	put(m, B(-20));
	set_gpr(m, 4, BORDER);
	assert_int_equal(run_for(m, 60), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 5), 0x00010203);
	assert_int_equal(gpr(m, 6), 0x08090a0b);
	assert_int_equal(gpr(m, 7), 0x06070809);
	assert_int_equal(gpr(m, 8), 0x0708);
	assert_int_equal(reg(m, MOLVM_REG_FPR(1)), 0x0405060708090a0b);
}

static void a_misaligned_store_puts_its_bytes_into_both_pages(void **state)
{
	struct machine *m = *state;

	map_areas(m);
	put(m, STW(5, -8, 4));
	put(m, STW(5, 4, 4));
	put(m, STFD(1, -4, 4));
	put(m, STW(6, -2, 4));
	put(m, B(-16));
	set_gpr(m, 4, BORDER);
	set_gpr(m, 5, 0x10111213);
	set_gpr(m, 6, 0x20212223);
	set_reg(m, MOLVM_REG_FPR(1), 0x3031323334353637);
	assert_int_equal(run_for(m, 50), MOLVM_EXIT_BUDGET);
	assert_int_equal(word_at(m, BEFORE + 0x1fff8), 0x10111213);
	assert_int_equal(word_at(m, BEFORE + 0x1fffc), 0x30312021);
	assert_int_equal(word_at(m, BEFORE + 0x20000), 0xdeadbeef);
	assert_int_equal(word_at(m, BEHIND), 0x22233637);
	assert_int_equal(word_at(m, BEHIND + 4), 0x10111213);
}

/* As a guest makes a number of floating point of an integer. */
static void a_doubleword_just_stored_as_words_is_loaded_with_both(void **state)
{
	struct machine *m = *state;

	map_areas(m);
	put(m, ADDI(5, 5, 1));
	put(m, STW(5, 0x100, 4));
	put(m, STW(6, 0x104, 4));
	put(m, LFD(1, 0x100, 4));
	put(m, STW(5, 0x10c, 4));
	put(m, LFD(2, 0x108, 4));
	put(m, B(-24));
	put_at(m, BEHIND + 0x108, 0x51525354);
	set_gpr(m, 4, BORDER);
	set_gpr(m, 5, 0x43300000);
	set_gpr(m, 6, 0x81020304);
	assert_int_equal(run_for(m, 70), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_FPR(1)), 0x4330000a81020304);
	assert_int_equal(reg(m, MOLVM_REG_FPR(2)), 0x515253544330000a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, hot_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_misaligned_load_takes_its_bytes_from_both_pages),
		TEST(a_misaligned_store_puts_its_bytes_into_both_pages),
		TEST(a_doubleword_just_stored_as_words_is_loaded_with_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
