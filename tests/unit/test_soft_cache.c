/* SPDX-License-Identifier: MIT
 * test_soft_cache.c - the software backend's store of decoded blocks, by itself.
 *
 * No VM: words are put on a page of the host and decoded there. What a handler
 * answers when called tells what became of the block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/backends/soft/soft.h"

#define NOP 0x60000000u
#define ADDI 0x38630001u /* addi r3,r3,1 */
#define BLR 0x4e800020u
#define BEQ_8 0x41820008u
#define B_SELF 0x48000000u

struct fixture {
	struct soft_cache cache;
	uint8_t *pages; /* four */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->pages = aligned_alloc(SOFT_PAGE, 4 * SOFT_PAGE);
	for (unsigned n = 0; n < 4 * SOFT_PAGE; n += 4)
		mol_store_be32(f->pages + n, NOP);
	*state = f;
	return mol_soft_cache_init(&f->cache, mol_ppc_model_find("750"), 65536) ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	mol_soft_cache_free(&f->cache);
	free(f->pages);
	free(f);
	return 0;
}

static uintptr_t put(struct fixture *f, unsigned at, uint32_t word)
{
	mol_store_be32(f->pages + at, word);
	return (uintptr_t)f->pages + at;
}

/* What op n of a block answers, run for its stop bits alone. */
static uint32_t answer(const struct soft_block *b, unsigned n)
{
	static struct ppc_cpu cpu;

	cpu.stop = 0;
	return b->op[n].fn(&cpu, (struct ppc_insn){ b->op[n].raw });
}

static void a_block_ends_with_a_branch_that_is_always_taken(void **state)
{
	struct fixture *f = *state;
	uintptr_t at = put(f, 0, ADDI);

	put(f, 4, ADDI);
	put(f, 8, BLR);
	assert_int_equal(mol_soft_cache_make(&f->cache, at, 0)->count, 3);
}

static void a_block_goes_on_after_a_conditional_branch(void **state)
{
	struct fixture *f = *state;
	uintptr_t at = put(f, 0, BEQ_8);

	put(f, 12, BLR);
	assert_int_equal(mol_soft_cache_make(&f->cache, at, 0)->count, 4);
}

static void a_block_ends_where_its_page_ends(void **state)
{
	struct fixture *f = *state;
	struct soft_block *b;

	b = mol_soft_cache_make(&f->cache, (uintptr_t)f->pages + SOFT_PAGE - 12, 0);
	assert_int_equal(b->count, 3);
	assert_int_equal(answer(b, 3), SOFT_STOP_END);
	assert_int_equal(b->op[3].link, 0);
}

static void only_a_relative_branch_within_the_page_may_be_linked(void **state)
{
	struct fixture *f = *state;
	struct soft_block *b;

	b = mol_soft_cache_make(&f->cache, put(f, 0, B_SELF), 0);
	assert_int_equal(b->op[0].link, SOFT_LINK_OPEN);
	b = mol_soft_cache_make(&f->cache, put(f, 16, B_SELF | 2), 0); /* absolute */
	assert_int_equal(b->op[0].link, 0);
	b = mol_soft_cache_make(&f->cache, put(f, 32, 0x4bfffffcu - 32), 0); /* before the page */
	assert_int_equal(b->op[0].link, 0);
	b = mol_soft_cache_make(&f->cache, put(f, 64, BLR), 0);
	assert_int_equal(b->op[0].link, 0);
}

static void a_block_is_found_by_its_address_and_its_mode(void **state)
{
	struct fixture *f = *state;
	uintptr_t at = put(f, 0, BLR);
	struct soft_block *b = mol_soft_cache_make(&f->cache, at, SOFT_MODE_PR);

	assert_ptr_equal(mol_soft_cache_find(&f->cache, at, SOFT_MODE_PR), b);
	assert_null(mol_soft_cache_find(&f->cache, at, 0));
	assert_null(mol_soft_cache_find(&f->cache, at + 4, SOFT_MODE_PR));
}

static void a_write_into_a_block_kills_it_and_all_its_ops(void **state)
{
	struct fixture *f = *state;
	uintptr_t at = put(f, 0, ADDI);
	struct soft_block *b;

	put(f, 4, B_SELF);
	b = mol_soft_cache_make(&f->cache, at, 0);
	mol_soft_cache_written(&f->cache, at + 7, 1);
	assert_null(mol_soft_cache_find(&f->cache, at, 0));
	for (unsigned n = 0; n <= 2; n++) {
		assert_int_equal(answer(b, n), SOFT_STOP_STALE);
		assert_int_equal(b->op[n].link, 0);
	}
}

static void a_write_kills_the_blocks_of_every_mode(void **state)
{
	struct fixture *f = *state;
	uintptr_t at = put(f, 0, BLR);

	for (uint32_t mode = 0; mode < 8; mode++)
		mol_soft_cache_make(&f->cache, at, mode);
	mol_soft_cache_written(&f->cache, at, 4);
	for (uint32_t mode = 0; mode < 8; mode++)
		assert_null(mol_soft_cache_find(&f->cache, at, mode));
}

static void a_write_beside_a_block_leaves_it_alone(void **state)
{
	struct fixture *f = *state;
	uintptr_t at = put(f, 64, BLR);

	mol_soft_cache_make(&f->cache, at, 0);
	mol_soft_cache_written(&f->cache, at + 4, 60);
	mol_soft_cache_written(&f->cache, at - 64, 64);
	mol_soft_cache_written(&f->cache, at + SOFT_PAGE, 4);
	assert_non_null(mol_soft_cache_find(&f->cache, at, 0));
}

static void a_page_has_code_until_its_last_block_is_killed(void **state)
{
	struct fixture *f = *state;
	uintptr_t a = put(f, 0, BLR), b = put(f, 512, BLR);

	assert_false(mol_soft_cache_page_has_code(&f->cache, a));
	mol_soft_cache_make(&f->cache, a, 0);
	mol_soft_cache_make(&f->cache, b, 0);
	mol_soft_cache_written(&f->cache, a, 4);
	assert_true(mol_soft_cache_page_has_code(&f->cache, a));
	mol_soft_cache_written(&f->cache, b, 4);
	assert_false(mol_soft_cache_page_has_code(&f->cache, a));
}

static void one_write_over_several_pages_kills_the_blocks_of_all(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n < 4; n++)
		mol_soft_cache_make(&f->cache, put(f, n * SOFT_PAGE + 8, BLR), 0);
	mol_soft_cache_written(&f->cache, (uintptr_t)f->pages + SOFT_PAGE, 2 * SOFT_PAGE);
	assert_non_null(mol_soft_cache_find(&f->cache, (uintptr_t)f->pages + 8, 0));
	assert_null(mol_soft_cache_find(&f->cache, (uintptr_t)f->pages + SOFT_PAGE + 8, 0));
	assert_null(mol_soft_cache_find(&f->cache, (uintptr_t)f->pages + 2 * SOFT_PAGE + 8, 0));
	assert_non_null(mol_soft_cache_find(&f->cache, (uintptr_t)f->pages + 3 * SOFT_PAGE + 8, 0));
}

static void rewriting_code_for_ever_stays_within_the_arena(void **state)
{
	struct fixture *f = *state;
	uintptr_t at = put(f, 0, ADDI);

	for (unsigned n = 0; n < 100000; n++) {
		struct soft_block *b = mol_soft_cache_make(&f->cache, at, 0);

		assert_true((uint8_t *)&b->op[b->count + 1] <= f->cache.arena + f->cache.arena_size);
		mol_soft_cache_written(&f->cache, at, 4);
	}
	assert_true(f->cache.evictions > 0);
}

static void the_newest_blocks_stay_when_the_arena_is_full(void **state)
{
	struct fixture *f = *state;
	const uintptr_t first = put(f, 0, NOP);
	uint32_t offset = 0;

	mol_soft_cache_make(&f->cache, first, 0);
	while (!f->cache.evictions)
		mol_soft_cache_make(&f->cache, first + 4 * ++offset, 0);
	assert_null(mol_soft_cache_find(&f->cache, first, 0));
	assert_non_null(mol_soft_cache_find(&f->cache, first + 4 * offset, 0));
	assert_non_null(mol_soft_cache_find(&f->cache, first + 4 * (offset - 1), 0));
	assert_true(mol_soft_cache_page_has_code(&f->cache, first + 4 * offset));
}

static void killing_all_leaves_no_page_with_code(void **state)
{
	struct fixture *f = *state;
	struct soft_block *b = NULL;

	for (unsigned n = 0; n < 4; n++)
		b = mol_soft_cache_make(&f->cache, put(f, n * SOFT_PAGE, BLR), 0);
	mol_soft_cache_kill_all(&f->cache);
	for (unsigned n = 0; n < 4; n++)
		assert_false(mol_soft_cache_page_has_code(&f->cache,
							  (uintptr_t)f->pages + n * SOFT_PAGE));
	assert_int_equal(answer(b, 0), SOFT_STOP_STALE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_block_ends_with_a_branch_that_is_always_taken),
		T(a_block_goes_on_after_a_conditional_branch),
		T(a_block_ends_where_its_page_ends),
		T(only_a_relative_branch_within_the_page_may_be_linked),
		T(a_block_is_found_by_its_address_and_its_mode),
		T(a_write_into_a_block_kills_it_and_all_its_ops),
		T(a_write_kills_the_blocks_of_every_mode),
		T(a_write_beside_a_block_leaves_it_alone),
		T(a_page_has_code_until_its_last_block_is_killed),
		T(one_write_over_several_pages_kills_the_blocks_of_all),
		T(rewriting_code_for_ever_stays_within_the_arena),
		T(the_newest_blocks_stay_when_the_arena_is_full),
		T(killing_all_leaves_no_page_with_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
