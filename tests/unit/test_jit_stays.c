/* SPDX-License-Identifier: MIT
 * test_jit_stays.c - what the translator's lookahead believes of operations, against what is emitted.
 *
 * mol_jit_stays() says of an operation that the block is not left in it. A block of one instruction, all of
 * whose operations stay, must have no way out but the one at its head and those that come
 * back. Nothing is executed.
 */
#include "vm_fixture.h"

#include "../../src/backends/soft/emit_x86_64.h"

#define WORDS 200u /* of each row */

static bool comes_back(enum out_kind kind)
{
	return kind == OUT_SATURATED || kind == OUT_FP_SNAN;
}

/* The head of a block, and of one with floating point. */
static bool is_at_head(enum out_kind kind)
{
	return kind == OUT_SLOW || kind == OUT_FP_ENTER;
}

static bool all_stay(const struct jit_ir *ir)
{
	for (unsigned n = 0; n < ir->count; n++)
		if (!mol_jit_stays(&ir->op[n]))
			return false;
	return true;
}

/* Does the block of this word alone keep what its operations promise? */
static void check_word(struct soft *s, uint8_t *page, uint32_t word, unsigned *checked)
{
	const uintptr_t at = (uintptr_t)page + SOFT_PAGE - 4;
	const struct jit_code a = s->jit->a;
	const uint32_t sites = s->jit->sites;
	const struct emitter *e = s->jit->emitter;
	const struct soft_block *b;

	mol_store_be32(page + SOFT_PAGE - 4, word);
	b = mol_soft_cache_make(&s->cache, at, SOFT_MODE_FP | SOFT_MODE_VEC);
	assert_int_equal(b->count, 1);
	assert_true(mol_jit_emit_block(s, b, SOFT_PAGE - 4, 0) > 0);
	if (!s->jit->ir.insn[0].fallback && all_stay(&s->jit->ir)) {
		++*checked;
		for (unsigned n = 0; n < e->outs; n++)
			if (!is_at_head(e->out[n].kind) && !comes_back(e->out[n].kind))
				fail_msg("%08x: all operations stay, but there is a way out of kind %d", word,
					 (int)e->out[n].kind);
	}
	s->jit->a = a;
	s->jit->sites = sites;
	mol_soft_cache_written(&s->cache, at, 4);
}

static void an_operation_that_stays_has_no_way_out_of_its_block(void **state)
{
	struct machine *m = *state;
	struct soft *s = ((struct molvm_vcpu *)m->cpu)->backend;
	uint8_t *page = aligned_alloc(SOFT_PAGE, SOFT_PAGE);
	unsigned checked = 0;
	uint32_t random = 1;

	s->jit->ir.msr = PPC_MSR_FP | PPC_MSR_VEC;
	for (unsigned row = 0; row < PPC_OP_COUNT; row++)
		for (unsigned n = 0; n < WORDS; n++) {
			random = random * 1664525 + 1013904223;
			check_word(s, page,
				   ppc_insn_table[row].match |
					   ((random >> 8) * 0x10001u & ~ppc_insn_table[row].mask),
				   &checked);
		}
	assert_true(checked > 100 * WORDS);
	free(page);
}

static int jit_setup(void **state)
{
	const molvm_config cfg = { .size = sizeof(cfg), .backend = "jit", .cpu = "7400" };

	return machine_create(state, &cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_operation_that_stays_has_no_way_out_of_its_block, jit_setup,
						machine_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
