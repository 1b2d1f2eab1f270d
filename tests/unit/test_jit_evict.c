/* SPDX-License-Identifier: MIT
 * test_jit_evict.c - a code buffer that overflows: what goes, and what stays.
 *
 * Functions of 60 stores, more of them than the smallest buffer has room for, are called one by one.
 * What is translated, and what is given up, is seen by the statistics.
 */
#include "vm_fixture.h"

#include "../../src/backends/soft/jit.h"

#define FUNCTIONS 40u
#define STORES 60u
#define CALLER 0x800u
#define DATA 0x80000u
#define AT(n) (0x10000u + 0x400u * (n))
#define LOOPS 50u

#define MTCTR(s) MTSPR(9, s)
#define MTLR(s) MTSPR(8, s)
#define BLRL 0x4e800021u
#define BLR 0x4e800020u
#define FADD(d, a, b) (63u << 26 | (uint32_t)(d) << 21 | (uint32_t)(a) << 16 | (uint32_t)(b) << 11 | 21u << 1)
#define BDNZ(off) (0x42000000u | ((uint32_t)(off)&0xfffcu))

/* Function n counts the calls of it in r4, and stores that all over. It is four blocks, with branches
 * from one to the other; at one of them FPRs are in host registers. */
static void put_function(struct machine *m, unsigned n)
{
	m->at = AT(n);
	put(m, B(4));
	put(m, LFD(1, 0, 3));
	put(m, FADD(2, 1, 1));
	put(m, B(4));
	put(m, FADD(3, 2, 1));
	put(m, B(4));
	put(m, ADDI(4, 4, n + 1));
	for (unsigned k = 0; k < STORES; k++)
		put(m, STW(4, 4 * k, 3));
	put(m, BLR);
}

static int setup_with(void **state, uint64_t cache)
{
	molvm_config cfg = { .size = sizeof(cfg), .backend = "jit", .jit_cache_bytes = cache };
	struct machine *m;

	if (machine_create(state, &cfg) || molvm_option_set(((struct machine *)*state)->vm, "jit.heat", "0"))
		return -1;
	m = *state;
	molvm_vcpu_destroy(m->cpu);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->cpu), 0);
	m->page = molvm_vcpu_page(m->cpu);
	m->at = CALLER;
	put(m, MTLR(5));
	put(m, BLRL);
	put(m, BDNZ(-8));
	put(m, B(0));
	for (unsigned n = 0; n < FUNCTIONS; n++)
		put_function(m, n);
	return 0;
}

static int tiny_setup(void **state)
{
	return setup_with(state, 1);
}

static int large_setup(void **state)
{
	return setup_with(state, 0);
}

static uint64_t statistic(struct machine *m, const char *name)
{
	molvm_stat_desc d = { .size = sizeof(d) };
	uint64_t value[128] = { 0 };

	assert_true(molvm_stats_read(m->vm, m->cpu, value, 128) > 0);
	for (uint32_t n = 0; n < 128 && molvm_stats_info(m->vm, n, &d) == 0; n++)
		if (!strcmp(d.name, name))
			return value[n];
	fail_msg("no statistic \"%s\"", name);
	return 0;
}
#define TRANSLATED(m) statistic(m, "blocks translated")
#define EVICTIONS(m) statistic(m, "translated code evictions")

static void call_times(struct machine *m, unsigned n, unsigned times)
{
	set_reg(m, MOLVM_REG_PC, CALLER);
	set_reg(m, MOLVM_REG_SPR(9), times);
	set_gpr(m, 3, DATA);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP);
	set_gpr(m, 4, 0);
	set_gpr(m, 5, AT(n));
	assert_int_equal(run_for(m, times * (STORES + 11)), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_PC), CALLER + 12);
	assert_int_equal(gpr(m, 4), times * (n + 1));
	assert_int_equal(word_at(m, DATA + 4 * STORES - 4), times * (n + 1));
}

static void call(struct machine *m, unsigned n)
{
	call_times(m, n, LOOPS);
}

/* ---- the counts ---- */

/* Translations of the block at ea in this unit. */
static unsigned count_of(const struct jit *jit, uint32_t unit, uint32_t ea)
{
	unsigned count = *jit_unit_entry(&jit->table, unit, ea) != jit->table.none;

	for (uint32_t n = 0; n < jit->versions.count; n++)
		count += jit->versions.version[n].unit == unit && jit->versions.version[n].ea == ea;
	return count;
}

/* Every translation belongs to a block that is decoded. */
static void check_units(struct soft *s)
{
	const struct jit_table *t = &s->jit->table;

	for (uint32_t n = 1; n < t->units; n++) {
		const struct jit_unit *u = &t->unit[n];
		unsigned live = 0;

		for (uint32_t at = 0; at < SOFT_PAGE; at += 4) {
			const unsigned count = count_of(s->jit, n, u->ea + at);

			if (count)
				assert_non_null(mol_soft_cache_find(&s->cache, u->host + at, u->mode));
			live += count;
		}
		assert_int_equal(u->live, live);
	}
}

static void check_block(struct soft *s, const struct soft_block *b)
{
	unsigned count = 0;

	for (uint32_t n = 0; (n = mol_jit_unit_next(&s->jit->table, n, b->host, b->mode));)
		count += count_of(s->jit, n, s->jit->table.unit[n].ea | b->host % SOFT_PAGE);
	assert_int_equal(b->translations, count);
}

static void check_counts(struct machine *m)
{
	struct soft *s = ((struct molvm_vcpu *)m->cpu)->backend;

	check_units(s);
	for (uint32_t n = 0; n < s->cache.page_count; n++)
		for (unsigned part = 0; part < SOFT_PARTS; part++)
			for (uint32_t b = s->cache.page[n].blocks[part]; b;
			     b = soft_block_at(&s->cache, b)->page_next)
				check_block(s, soft_block_at(&s->cache, b));
}

/* ---- what goes, and what stays ---- */

/* Functions from `first` on, until the buffer has lost something once more. */
static unsigned call_until_eviction(struct machine *m, unsigned first)
{
	uint64_t evictions = EVICTIONS(m);

	for (unsigned n = first; n < FUNCTIONS; n++) {
		call(m, n);
		if (EVICTIONS(m) > evictions)
			return n + 1;
	}
	fail_msg("%u functions of %u stores fit in the buffer", FUNCTIONS, STORES);
	return 0;
}

static void code_that_was_just_translated_survives_when_the_buffer_is_full(void **state)
{
	struct machine *m = *state;
	uint64_t translated;
	unsigned next = call_until_eviction(m, 1);

	call(m, 0);
	next = call_until_eviction(m, next);
	translated = TRANSLATED(m);
	call(m, 0);
	assert_int_equal(TRANSLATED(m), translated);
}

static void decoded_blocks_survive_the_translations_that_go(void **state)
{
	struct machine *m = *state;
	unsigned next = call_until_eviction(m, 1);
	uint64_t decoded = statistic(m, "blocks decoded"), translated = TRANSLATED(m);

	for (unsigned n = 1; n < next; n++)
		call(m, n);
	assert_true(TRANSLATED(m) > translated);
	assert_int_equal(statistic(m, "blocks decoded"), decoded);
}

static void code_that_has_gone_is_interpreted_until_it_is_warm_again(void **state)
{
	struct machine *m = *state;
	uint64_t translated;

	assert_int_equal(molvm_option_set(m->vm, "jit.heat", "20"), 0);
	call(m, 0);
	call_until_eviction(m, 1);
	translated = TRANSLATED(m);
	call_times(m, 0, 10);
	assert_int_equal(TRANSLATED(m), translated);
	call(m, 0);
	assert_true(TRANSLATED(m) > translated);
}

static void a_branch_to_code_that_has_gone_finds_what_is_there_now(void **state)
{
	struct machine *m = *state;

	/* A few more than there is room for, so that what calls is often older or newer than what it calls. */
	for (unsigned n = 0, random = 1; n < 2000; n++) {
		random = random * 69069 + 1;
		call(m, (random >> 16) % (FUNCTIONS / 2));
		if (n % 8 == 0) /* what there was dies */
			put_function(m, (random >> 20) % FUNCTIONS);
		if (n % 128 == 0)
			check_counts(m);
	}
	assert_true(EVICTIONS(m) > 20);
}

/* A chain of branches, each on a page of its own, that ends where it began. */
static void code_may_be_on_more_pages_than_can_be_remembered(void **state)
{
	struct machine *m = *state;
	const uint32_t pages = 5000, first = 16 * MIB;

	assert_int_equal(molvm_map_ram(m->vm, first, pages * 4096ull, NULL, 0), 0);
	for (uint32_t n = 0; n < pages; n++) {
		put_at(m, first + n * 4096, ADDI(3, 3, 1));
		put_at(m, first + n * 4096 + 4, B((n == pages - 1 ? -4096 * (int)n : 4096) - 4));
	}
	set_reg(m, MOLVM_REG_PC, first);
	set_gpr(m, 3, 0);
	assert_int_equal(run_for(m, 6ull * pages), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 3 * pages);
	assert_int_equal(reg(m, MOLVM_REG_PC), first);
	assert_true(TRANSLATED(m) > pages);
	check_counts(m);
}

/* The same page of code at more addresses than can be remembered. */
static void code_may_be_at_more_addresses_than_can_be_remembered(void **state)
{
	struct machine *m = *state;
	const uint32_t pages = 5000, first = 16 * MIB;

	for (uint32_t n = 0; n < pages; n++)
		assert_int_equal(molvm_map_alias(m->vm, first + n * 4096, 4096, 4096), 0);
	put_at(m, 4096, ADDI(3, 3, 1));
	put_at(m, 4100, B(4092));
	assert_int_equal(molvm_map_ram(m->vm, first + pages * 4096, 4096, NULL, 0), 0);
	put_at(m, first + pages * 4096, B(-4096 * (int)pages));
	set_reg(m, MOLVM_REG_PC, first);
	set_gpr(m, 3, 0);
	assert_int_equal(run_for(m, 3 * (2ull * pages + 1)), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 3 * pages);
	check_counts(m);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tiny_setup, machine_teardown)
#define LARGE_TEST(f)                                                                              \
	{ #f " (large)", f, large_setup, machine_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(code_that_was_just_translated_survives_when_the_buffer_is_full),
		TEST(decoded_blocks_survive_the_translations_that_go),
		TEST(code_that_has_gone_is_interpreted_until_it_is_warm_again),
		TEST(a_branch_to_code_that_has_gone_finds_what_is_there_now),
		TEST(code_may_be_on_more_pages_than_can_be_remembered),
		TEST(code_may_be_at_more_addresses_than_can_be_remembered),
		LARGE_TEST(code_may_be_on_more_pages_than_can_be_remembered),
		LARGE_TEST(code_may_be_at_more_addresses_than_can_be_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
