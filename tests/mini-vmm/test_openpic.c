/* SPDX-License-Identifier: MIT
 * test_openpic.c - the interrupt controller of mini-vmm against the OpenPIC 1.2 specification.
 */
#include "device_bench.h"

#include <string.h>

#include "openpic.h"

#define SOURCE(n) (0x10000u + 0x20u * (n))
#define DESTINATION(n) (SOURCE(n) + 0x10u)
#define CONFIG 0x1020u
#define IPI_VECPRI(n) (0x10a0u + 0x10u * (n))
#define SPURIOUS 0x10e0u
#define TIMER(n) (0x1100u + 0x40u * (n))
#define IPI_SEND(n) (0x20040u + 0x10u * (n))
#define TASK_PRIORITY 0x20080u
#define ACK 0x200a0u
#define EOI 0x200b0u

#define MASKED 0x80000000u
#define ACTIVE 0x40000000u
#define LEVEL 0x00400000u

struct bench {
	struct openpic pic;
	struct probe cpu;
};

static uint32_t get(struct bench *b, uint32_t at)
{
	return (uint32_t)device_read(&openpic_ops, &b->pic, at, 4);
}

static void put(struct bench *b, uint32_t at, uint32_t value)
{
	assert_int_equal(device_write(&openpic_ops, &b->pic, at, 4, value), MOLVM_MMIO_OK);
}

static void wire(struct bench *b, unsigned source, bool asserted)
{
	openpic_source(&b->pic, source, asserted);
}

static void configure(struct bench *b, unsigned source, uint32_t sense, unsigned priority)
{
	put(b, SOURCE(source), sense | (uint32_t)priority << 16 | source);
}

/* Task priority 0; sources 1, 2, 3 are level with priority 4, 8, 8; source 9 is edge with 6. */
static int setup(void **state)
{
	static struct bench b;

	memset(&b, 0, sizeof(b));
	openpic_init(&b.pic, probe_line(&b.cpu));
	put(&b, TASK_PRIORITY, 0);
	configure(&b, 1, LEVEL, 4);
	configure(&b, 2, LEVEL, 8);
	configure(&b, 3, LEVEL, 8);
	configure(&b, 9, 0, 6);
	*state = &b;
	return 0;
}

static void it_says_how_many_sources_and_processors_there_are(void **state)
{
	assert_int_equal(get(*state, 0x1000), 255u << 16 | 0u << 8 | 2);
}

static void an_asserted_source_reaches_the_processor_until_acknowledged(void **state)
{
	struct bench *b = *state;

	wire(b, 1, true);
	assert_true(b->cpu.level);
	assert_int_equal(get(b, ACK), 1);
	assert_false(b->cpu.level);
}

static void acknowledge_with_nothing_pending_gives_the_spurious_vector(void **state)
{
	struct bench *b = *state;

	assert_int_equal(get(b, ACK), 0xff);
	put(b, SPURIOUS, 0x77);
	assert_int_equal(get(b, ACK), 0x77);
}

static void a_level_source_comes_again_after_its_end_while_asserted(void **state)
{
	struct bench *b = *state;

	wire(b, 1, true);
	get(b, ACK);
	put(b, EOI, 0);
	assert_true(b->cpu.level);
	assert_int_equal(get(b, ACK), 1);
	wire(b, 1, false);
	put(b, EOI, 0);
	assert_false(b->cpu.level);
}

static void a_level_source_that_falls_before_acknowledge_is_spurious(void **state)
{
	struct bench *b = *state;

	wire(b, 1, true);
	wire(b, 1, false);
	assert_false(b->cpu.level);
	assert_int_equal(get(b, ACK), 0xff);
}

static void an_edge_is_remembered_after_the_wire_has_fallen(void **state)
{
	struct bench *b = *state;

	wire(b, 9, true);
	wire(b, 9, false);
	assert_int_equal(get(b, ACK), 9);
	put(b, EOI, 0);
	assert_false(b->cpu.level);
}

static void an_edge_during_service_is_served_once_more(void **state)
{
	struct bench *b = *state;

	wire(b, 9, true);
	get(b, ACK);
	wire(b, 9, false);
	wire(b, 9, true);
	assert_false(b->cpu.level);
	put(b, EOI, 0);
	assert_true(b->cpu.level);
	assert_int_equal(get(b, ACK), 9);
}

static void the_highest_priority_is_acknowledged_first_and_ties_by_number(void **state)
{
	struct bench *b = *state;

	wire(b, 1, true);
	wire(b, 3, true);
	wire(b, 2, true);
	assert_int_equal(get(b, ACK), 2);
	wire(b, 2, false);
	put(b, EOI, 0);
	assert_int_equal(get(b, ACK), 3);
}

static void only_a_higher_priority_interrupts_a_service(void **state)
{
	struct bench *b = *state;

	wire(b, 9, true); /* 6 */
	assert_int_equal(get(b, ACK), 9);
	wire(b, 1, true); /* 4 */
	assert_false(b->cpu.level);
	wire(b, 2, true); /* 8 */
	assert_true(b->cpu.level);
	assert_int_equal(get(b, ACK), 2);
	wire(b, 2, false);
	put(b, EOI, 0); /* ends 2, the highest served */
	assert_false(b->cpu.level);
	put(b, EOI, 0); /* ends 9 */
	assert_int_equal(get(b, ACK), 1);
}

static void the_task_priority_holds_back_what_is_not_above_it(void **state)
{
	struct bench *b = *state;

	put(b, TASK_PRIORITY, 4);
	wire(b, 1, true);
	assert_false(b->cpu.level);
	put(b, TASK_PRIORITY, 3);
	assert_true(b->cpu.level);
	put(b, TASK_PRIORITY, 0xffffffff);
	assert_int_equal(get(b, TASK_PRIORITY), 15);
	assert_false(b->cpu.level);
}

static void priority_zero_never_interrupts(void **state)
{
	struct bench *b = *state;

	configure(b, 5, LEVEL, 0);
	wire(b, 5, true);
	assert_false(b->cpu.level);
}

static void a_masked_source_waits_for_its_unmasking(void **state)
{
	struct bench *b = *state;

	put(b, SOURCE(9), MASKED | 6u << 16 | 9);
	wire(b, 9, true);
	wire(b, 9, false);
	assert_false(b->cpu.level);
	put(b, SOURCE(9), 6u << 16 | 9);
	assert_int_equal(get(b, ACK), 9);
}

static void a_source_for_another_processor_is_not_ours(void **state)
{
	struct bench *b = *state;

	put(b, DESTINATION(1), 0);
	wire(b, 1, true);
	assert_false(b->cpu.level);
	put(b, DESTINATION(1), 0xffffffff);
	assert_int_equal(get(b, DESTINATION(1)), 1);
	assert_true(b->cpu.level);
}

static void activity_shows_while_requested_or_served(void **state)
{
	struct bench *b = *state;

	assert_int_equal(get(b, SOURCE(1)) & ACTIVE, 0);
	wire(b, 1, true);
	assert_int_equal(get(b, SOURCE(1)) & ACTIVE, ACTIVE);
	get(b, ACK);
	wire(b, 1, false);
	assert_int_equal(get(b, SOURCE(1)) & ACTIVE, ACTIVE);
	put(b, EOI, 0);
	assert_int_equal(get(b, SOURCE(1)) & ACTIVE, 0);
}

static void priority_and_vector_hold_still_during_service(void **state)
{
	struct bench *b = *state;

	wire(b, 1, true);
	get(b, ACK);
	put(b, SOURCE(1), LEVEL | 15u << 16 | 0x55);
	assert_int_equal(get(b, SOURCE(1)) & 0xf00ff, 4u << 16 | 1);
}

static void the_reset_bit_masks_everything_and_clears_itself(void **state)
{
	struct bench *b = *state;

	wire(b, 1, true);
	get(b, ACK);
	put(b, CONFIG, 0x80000000);
	assert_int_equal(get(b, CONFIG), 0);
	assert_int_equal(get(b, SOURCE(1)), MASKED);
	assert_int_equal(get(b, TASK_PRIORITY), 15);
	assert_false(b->cpu.level);
	put(b, CONFIG, 0x20000000);
	assert_int_equal(get(b, CONFIG), 0x20000000);
}

static void an_ipi_interrupts_its_own_processor(void **state)
{
	struct bench *b = *state;

	put(b, IPI_VECPRI(2), 10u << 16 | 0xfd);
	assert_int_equal(get(b, IPI_VECPRI(2)), 10u << 16 | 0xfd);
	put(b, IPI_SEND(2), 1);
	assert_true(b->cpu.level);
	assert_int_equal(get(b, ACK), 0xfd);
	put(b, EOI, 0);
	assert_false(b->cpu.level);
}

static void the_timers_keep_what_is_written(void **state)
{
	struct bench *b = *state;

	put(b, TIMER(3) + 0x10, 0x1234);
	put(b, TIMER(3) + 0x20, MASKED | 0xf7);
	assert_int_equal(get(b, TIMER(3)), 0);
	assert_int_equal(get(b, TIMER(3) + 0x10), 0x1234);
	assert_int_equal(get(b, TIMER(3) + 0x20), MASKED | 0xf7);
}

static void the_last_source_works_like_the_first(void **state)
{
	struct bench *b = *state;

	configure(b, 255, LEVEL, 15);
	wire(b, 255, true);
	assert_int_equal(get(b, ACK), 255);
	wire(b, 256, true); /* there is none: nothing happens */
}

static void every_word_of_its_window_can_be_read_and_written(void **state)
{
	struct bench *b = *state;

	for (uint32_t at = 0; at < OPENPIC_SIZE; at += 4) {
		get(b, at);
		put(b, at, 0xffffffff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, setup)
		T(it_says_how_many_sources_and_processors_there_are),
		T(an_asserted_source_reaches_the_processor_until_acknowledged),
		T(acknowledge_with_nothing_pending_gives_the_spurious_vector),
		T(a_level_source_comes_again_after_its_end_while_asserted),
		T(a_level_source_that_falls_before_acknowledge_is_spurious),
		T(an_edge_is_remembered_after_the_wire_has_fallen),
		T(an_edge_during_service_is_served_once_more),
		T(the_highest_priority_is_acknowledged_first_and_ties_by_number),
		T(only_a_higher_priority_interrupts_a_service),
		T(the_task_priority_holds_back_what_is_not_above_it),
		T(priority_zero_never_interrupts),
		T(a_masked_source_waits_for_its_unmasking),
		T(a_source_for_another_processor_is_not_ours),
		T(activity_shows_while_requested_or_served),
		T(priority_and_vector_hold_still_during_service),
		T(the_reset_bit_masks_everything_and_clears_itself),
		T(an_ipi_interrupts_its_own_processor),
		T(the_timers_keep_what_is_written),
		T(the_last_source_works_like_the_first),
		T(every_word_of_its_window_can_be_read_and_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
