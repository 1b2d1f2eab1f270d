/* SPDX-License-Identifier: MIT
 * window_fixture.h - machines with MOLVM_CFG_FASTMEM, for test_window*.c.
 *
 * Each test makes its machines itself: cmocka has signal handlers of its own around a test, and ours
 * is to be installed after them.
 */
#ifndef WINDOW_FIXTURE_H
#define WINDOW_FIXTURE_H

#include <stdbool.h>

#include "vm_fixture.h"

#define DATA 0x20000u
#define SPARE 0x200000u
#define FEW 64 /* instructions; for fewer, nothing is translated */

static inline struct machine *create(uint64_t cache)
{
	const molvm_config cfg = { .size = sizeof(cfg), .flags = MOLVM_CFG_FASTMEM,
				   .jit_cache_bytes = cache };
	void *m;

	assert_int_equal(machine_create(&m, &cfg), 0);
	assert_int_equal(molvm_option_set(((struct machine *)m)->vm, "jit.heat", "0"), 0);
	return m;
}

static inline void destroy(struct machine *m)
{
	void *state = m;

	machine_teardown(&state);
}

static inline uint64_t statistic(struct machine *m, const char *name)
{
	molvm_stat_desc d = { .size = sizeof(d) };
	uint64_t v[128];

	for (uint32_t n = 0; n < 128 && molvm_stats_info(m->vm, n, &d) == 0; n++)
		if (!strcmp(d.name, name)) {
			assert_true(molvm_stats_read(m->vm, m->cpu, v, 128) >= 0);
			return v[n];
		}
	fail_msg("there is no statistic '%s'", name);
	return 0;
}

/* Are there windows on this host? */
static inline bool has_windows(struct machine *m)
{
	return statistic(m, "fastmem windows") != 0;
}

/* These words, then a branch to itself; run to there. */
static inline void run_words(struct machine *m, const uint32_t *word, unsigned n)
{
	m->at = CODE;
	for (unsigned i = 0; i < n; i++)
		put(m, word[i]);
	put(m, B(0));
	set_reg(m, MOLVM_REG_PC, CODE);
	assert_int_equal(run_for(m, n + FEW), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_PC), CODE + 4 * n);
}

#define RUN(m, ...)                                                                                \
	do {                                                                                           \
		const uint32_t words_[] = { __VA_ARGS__ };                                                 \
		run_words(m, words_, sizeof(words_) / sizeof(words_[0]));                                  \
	} while (0)

/* One word at CODE, which does not complete: the reason. */
static inline int stop_at(struct machine *m, uint32_t word)
{
	m->at = CODE;
	put(m, word);
	put(m, B(0));
	set_reg(m, MOLVM_REG_PC, CODE);
	return run_for(m, FEW);
}

#endif
