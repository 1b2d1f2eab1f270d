/* SPDX-License-Identifier: MIT
 * test_pagetab.c - the page tables of pointers, by themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/core/pagetab.h"

#define WORDS 4u

static struct mol_pagetab tab;

static int setup(void **state)
{
	return mol_pagetab_init(&tab, 2, WORDS, false) ? 0 : -1;
}

static int teardown(void **state)
{
	mol_pagetab_free(&tab);
	return 0;
}

static unsigned context(uint32_t id)
{
	const uint32_t key[WORDS] = { 1, id, 3, id >> 3 };

	return mol_pagetab_context(&tab, key, 0);
}

static void fill(unsigned n, uint32_t ea, uintptr_t read, uintptr_t write)
{
	mol_pagetab_fill(&tab, n, ea, mol_pagetab_class(ea), read, write);
}

static uintptr_t first(unsigned n, uint32_t ea)
{
	return mol_pagetab_table(&tab, n)[ea >> 12];
}

static uintptr_t second(unsigned n, uint32_t ea)
{
	return mol_pagetab_table(&tab, n)[MOL_PAGETAB_SECOND + (ea >> 12)];
}

/* Bytes of this process in memory. */
static size_t resident(void)
{
	unsigned long pages = 0, unused;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu %lu", &unused, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* ---- entries ---- */

static void what_is_entered_is_found(void **state)
{
	unsigned n = context(1);

	fill(n, 0x12345000, 0x1111, 0x2222);
	assert_int_equal(first(n, 0x12345678), 0x1111);
	assert_int_equal(second(n, 0x12345678), 0x2222);
	assert_int_equal(first(n, 0x12346000), 0);
	assert_int_equal(second(n, 0x12344fff), 0);
}

static void the_first_and_the_last_page_have_entries(void **state)
{
	unsigned n = context(1);

	fill(n, 0, 1, 2);
	fill(n, 0xfffff000, 3, 4);
	assert_int_equal(first(n, 0), 1);
	assert_int_equal(second(n, 0), 2);
	assert_int_equal(first(n, 0xffffffff), 3);
	assert_int_equal(second(n, 0xffffffff), 4);
}

static void entering_a_page_again_replaces_both_words(void **state)
{
	unsigned n = context(1);

	fill(n, 0x5000, 1, 2);
	fill(n, 0x5000, 3, 0);
	assert_int_equal(first(n, 0x5000), 3);
	assert_int_equal(second(n, 0x5000), 0);
	assert_int_equal(tab.slots, 1);
}

static void nothing_is_ever_found_in_the_empty_table(void **state)
{
	fill(context(1), 0x5000, 1, 2);
	for (uint32_t n = 0; n < 2 * MOL_PAGETAB_PAGES; n += 511)
		assert_int_equal(tab.empty[n], 0);
}

/* ---- contexts ---- */

static void the_same_key_has_its_entries_still(void **state)
{
	unsigned a = context(1);

	fill(a, 0x5000, 1, 2);
	assert_int_not_equal(context(2), a);
	assert_int_equal(context(1), a);
	assert_int_equal(first(a, 0x5000), 1);
}

static void contexts_share_nothing(void **state)
{
	unsigned a = context(1), b = context(2);

	fill(a, 0x5000, 1, 2);
	assert_int_equal(first(b, 0x5000), 0);
	fill(b, 0x5000, 7, 0);
	assert_int_equal(first(a, 0x5000), 1);
	assert_int_equal(second(a, 0x5000), 2);
}

static void a_new_key_takes_the_place_of_the_one_longest_unused(void **state)
{
	unsigned a = context(1), b = context(2);

	fill(b, 0x5000, 1, 2);
	for (uint32_t id = 3; id <= tab.contexts; id++)
		context(id);
	assert_int_equal(context(1), a);
	assert_int_equal(context(1000), b);
	assert_int_equal(first(b, 0x5000), 0);
	assert_int_equal(second(b, 0x5000), 0);
	assert_int_equal(context(1), a);
}

static void a_pinned_context_is_not_given_up(void **state)
{
	unsigned a = context(1);

	fill(a, 0x5000, 1, 2);
	for (uint32_t id = 2; id < 200; id++) {
		const uint32_t key[WORDS] = { 0, id };

		assert_int_not_equal(mol_pagetab_context(&tab, key, 1ull << a), a);
	}
	assert_int_equal(context(1), a);
	assert_int_equal(first(a, 0x5000), 1);
}

/* A thousand keys, found again or made anew: each always sees its own entries or none. */
static void many_keys_are_never_mistaken_for_each_other(void **state)
{
	srand(1);
	for (unsigned n = 0; n < 20000; n++) {
		uint32_t id = (uint32_t)rand() % (n & 1 ? 1000 : 20);
		unsigned c = context(id);
		uintptr_t found = first(c, 0x5000);

		assert_true(found == 0 || found == id + 1);
		fill(c, 0x5000, id + 1, 0);
	}
}

/* ---- what a tlbie takes ---- */

static void a_class_goes_in_every_context_and_nothing_else_goes(void **state)
{
	unsigned c[3] = { context(1), context(2), context(3) };

	for (unsigned n = 0; n < 3; n++)
		for (uint32_t page = 0; page < 1024; page++)
			fill(c[n], page << 12, page + 1, page + 2);
	mol_pagetab_flush_class(&tab, 0xabc05123, 64);
	for (unsigned n = 0; n < 3; n++) {
		for (uint32_t page = 0; page < 1024; page++) {
			bool gone = page % 64 == 5;

			assert_int_equal(first(c[n], page << 12), gone ? 0 : page + 1);
			assert_int_equal(second(c[n], page << 12), gone ? 0 : page + 2);
		}
	}
}

static void on_a_603_the_highest_bit_of_the_class_is_not_compared(void **state)
{
	unsigned n = context(1);

	for (uint32_t page = 0; page < 256; page++)
		fill(n, page << 12, 1, 1);
	mol_pagetab_flush_class(&tab, 0x25000, 32);
	for (uint32_t page = 0; page < 256; page++)
		assert_int_equal(first(n, page << 12), page % 32 != 5);
}

static void what_is_kept_goes_with_no_class(void **state)
{
	unsigned n = context(1);

	mol_pagetab_fill(&tab, n, 0x5000, MOL_PAGETAB_KEPT, 1, 2);
	fill(n, 0x45000, 1, 2);
	mol_pagetab_flush_class(&tab, 0x5000, 64);
	mol_pagetab_flush_classes(&tab);
	assert_int_equal(first(n, 0x45000), 0);
	assert_int_equal(second(n, 0x5000), 2);
	mol_pagetab_flush(&tab);
	assert_int_equal(first(n, 0x5000), 0);
	assert_int_equal(second(n, 0x5000), 0);
}

static bool is_odd(void *opaque, unsigned context_number, uint32_t ea, uintptr_t *entry)
{
	++*(unsigned *)opaque;
	return *entry & 1;
}

static void each_page_is_visited_once_and_goes_if_so_said(void **state)
{
	unsigned a = context(1), b = context(2), visits = 0;

	for (uint32_t page = 1; page <= 100; page++) {
		fill(a, page << 12, page, 1);
		fill(b, page << 12, page + 1, 1);
	}
	mol_pagetab_each(&tab, is_odd, &visits);
	assert_int_equal(visits, 200);
	for (uint32_t page = 1; page <= 100; page++) {
		assert_int_equal(first(a, page << 12), page & 1 ? 0 : page);
		assert_int_equal(second(a, page << 12), page & 1 ? 0 : 1);
		assert_int_equal(first(b, page << 12), page & 1 ? page + 1 : 0);
	}
	mol_pagetab_each(&tab, is_odd, &visits);
	assert_int_equal(visits, 300);
}

/* ---- bounds ---- */

static void slots_are_used_again(void **state)
{
	unsigned n = context(1);

	for (unsigned round = 0; round < 10; round++) {
		for (uint32_t page = 0; page < 1000; page++)
			fill(n, page << 12, 1, 0);
		mol_pagetab_flush_classes(&tab);
	}
	assert_in_range(tab.slots, 1000, 1000);
}

static void a_full_house_is_emptied_and_filled_again(void **state)
{
	unsigned n = context(1);

	for (uint32_t page = 0; page <= MOL_PAGETAB_SLOTS; page++)
		fill(n, page << 12, page + 1, 0);
	assert_int_equal(tab.trims, 1);
	assert_int_equal(first(n, 0), 0);
	assert_int_equal(first(n, MOL_PAGETAB_SLOTS << 12), MOL_PAGETAB_SLOTS + 1);
}

/* One page of each 2 MiB, in all contexts: the most expensive that a guest can do. */
static void memory_stays_below_the_bound_whatever_is_touched(void **state)
{
	size_t before = resident(), after;

	for (uint32_t id = 0; id < 2 * MOL_PAGETAB_CONTEXTS; id++) {
		unsigned n = context(id);

		for (uint32_t ea = 0; ea < 0xffe00000; ea += 0x200000) {
			fill(n, ea, id + 1, id + 1);
			assert_int_equal(second(n, ea), id + 1);
		}
	}
	after = resident();
	assert_true(tab.trims > 0);
	assert_true(after < before + MOL_PAGETAB_RESIDENT);
}

/* Of these bytes alone: an emulator's own tables do not count. */
static size_t resident_of(void *memory, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = size / page, sum = 0;
	unsigned char *in_core = malloc(pages);

	assert_non_null(in_core);
	assert_int_equal(mincore(memory, pages * page, in_core), 0);
	for (size_t n = 0; n < pages; n++)
		sum += in_core[n] & 1 ? page : 0;
	free(in_core);
	return sum;
}

static void what_nobody_uses_costs_next_to_nothing(void **state)
{
	struct mol_pagetab other;

	assert_true(mol_pagetab_init(&other, 2, WORDS, false));
	assert_true(resident_of(other.memory, other.memory_size) <= 32768);
	mol_pagetab_free(&other);
}

static bool forget(void *opaque, unsigned number, uint32_t ea, uintptr_t *entry)
{
	return true;
}

/* Fill what lies beside context n; how many of 16 words are 0 after the page's class, or all, was emptied? */
static unsigned zeros(unsigned n, uint32_t ea, uintptr_t entry, bool visit)
{
	uintptr_t *beside = mol_pagetab_table(&tab, n) + MOL_PAGETAB_PAGES;
	unsigned found = 0;

	for (unsigned w = 0; w < 16; w++)
		beside[w] = 1;
	if (visit)
		mol_pagetab_each(&tab, forget, NULL);
	else if (entry)
		fill(n, ea, entry, 0);
	else
		mol_pagetab_flush_class(&tab, ea, 64);
	for (unsigned w = 0; w < 16; w++)
		found += !beside[w];
	return found;
}

static void what_lies_beside_a_table_goes_with_an_entry(void **state)
{
	unsigned a, b;

	mol_pagetab_free(&tab);
	assert_true(mol_pagetab_init_beside(&tab, 1, WORDS, 16 * sizeof(uintptr_t), 8 * sizeof(uintptr_t)));
	a = context(1);
	b = context(2);
	fill(a, 0x5000, 1, 0);
	assert_int_equal(zeros(a, 0x5000, 1, false), 0);  /* the same once more */
	assert_int_equal(zeros(a, 0x6000, 3, false), 0);  /* a new one: nothing was derived from it */
	assert_int_equal(zeros(a, 0x5000, 2, false), 8);
	assert_int_equal(zeros(b, 0x5000, 0, false), 0);  /* no entry of this one */
	fill(a, 0x5000, 1, 0);
	assert_int_equal(zeros(a, 0x5000, 0, false), 8);
	assert_int_equal(zeros(a, 0x5000, 0, false), 0);
	assert_int_equal(zeros(a, 0, 0, true), 8);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(what_is_entered_is_found),
		CASE(the_first_and_the_last_page_have_entries),
		CASE(entering_a_page_again_replaces_both_words),
		CASE(nothing_is_ever_found_in_the_empty_table),
		CASE(the_same_key_has_its_entries_still),
		CASE(contexts_share_nothing),
		CASE(a_new_key_takes_the_place_of_the_one_longest_unused),
		CASE(a_pinned_context_is_not_given_up),
		CASE(many_keys_are_never_mistaken_for_each_other),
		CASE(a_class_goes_in_every_context_and_nothing_else_goes),
		CASE(on_a_603_the_highest_bit_of_the_class_is_not_compared),
		CASE(what_is_kept_goes_with_no_class),
		CASE(each_page_is_visited_once_and_goes_if_so_said),
		CASE(slots_are_used_again),
		CASE(what_lies_beside_a_table_goes_with_an_entry),
		CASE(a_full_house_is_emptied_and_filled_again),
		CASE(memory_stays_below_the_bound_whatever_is_touched),
		CASE(what_nobody_uses_costs_next_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
