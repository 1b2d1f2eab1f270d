/* SPDX-License-Identifier: MIT
 * test_virtio_mmio.c - registers and queues of the virtio transport, with a hostile driver.
 *
 * The device under test copies each request's readable bytes into its writable ones.
 */
#include "virtio_bench.h"

struct echo {
	struct virtio_device dev;
	struct virtio_chain chain;
	unsigned notified, served;
};

static struct virtio_bench bench;
static struct echo echo;

static void echo_notify(struct virtio_device *dev, unsigned queue)
{
	unsigned n = virtio_pending(dev, queue);
	uint8_t buf[256];

	echo.notified++;
	while (n-- && virtio_next(dev, queue, &echo.chain)) {
		size_t got = virtio_chain_read(&echo.chain, 0, buf, sizeof(buf));

		got = virtio_chain_write(&echo.chain, 0, buf, got);
		virtio_done(dev, queue, &echo.chain, (uint32_t)got);
		echo.served++;
	}
	virtio_signal(dev, queue);
}

static const struct virtio_class echo_class = { .id = 42, .queues = 1, .notify = echo_notify };

static int setup(void **state)
{
	*state = &bench;
	bench_open(&bench);
	memset(&echo, 0, sizeof(echo));
	virtio_init(&echo.dev, &echo_class, bench.vm, probe_line(&bench.irq));
	virtio_config_add(&echo.dev, 0x1122334455667788, 8);
	bench.dev = &echo.dev;
	start_driver(&bench);
	return 0;
}

static int teardown(void **state)
{
	bench_close(*state);
	return 0;
}

static void the_identity_registers_say_virtio_version_2(void **state)
{
	assert_int_equal(reg_get(*state, 0x000), 0x74726976);
	assert_int_equal(reg_get(*state, 0x004), 2);
	assert_int_equal(reg_get(*state, 0x008), 42);
	assert_int_equal(reg_get(*state, 0x0b0), 0xffffffff);
}

static void configuration_is_little_endian_bytes_and_ends_in_zeros(void **state)
{
	struct virtio_bench *b = *state;

	assert_int_equal(device_read(&virtio_mmio_ops, b->dev, 0x100, 1), 0x88);
	assert_int_equal(device_read(&virtio_mmio_ops, b->dev, 0x102, 2), 0x5566);
	assert_int_equal(device_read(&virtio_mmio_ops, b->dev, 0x104, 4), 0x11223344);
	assert_int_equal(device_read(&virtio_mmio_ops, b->dev, 0x106, 4), 0x1122);
	assert_int_equal(device_read(&virtio_mmio_ops, b->dev, 0xffc, 4), 0);
}

static void a_driver_that_wants_what_was_not_offered_is_refused(void **state)
{
	struct virtio_bench *b = *state;

	reg_put(b, 0x70, 0);
	reg_put(b, 0x24, 1);
	reg_put(b, 0x20, 1);
	reg_put(b, 0x24, 0);
	reg_put(b, 0x20, 1); /* bit 0 means nothing here */
	reg_put(b, 0x70, 11);
	assert_int_equal(reg_get(b, 0x70), 3);
}

static void a_driver_without_version_1_is_refused(void **state)
{
	struct virtio_bench *b = *state;

	reg_put(b, 0x70, 0);
	reg_put(b, 0x70, 11);
	assert_int_equal(reg_get(b, 0x70), 3);
}

static void a_request_comes_back_with_its_bytes_and_an_interrupt(void **state)
{
	struct virtio_bench *b = *state;

	assert_int_equal(molvm_mem_write(b->vm, BUFFERS, "hello", 5), 0);
	desc(b, 0, 0, BUFFERS, 5, DESC_NEXT, 1);
	desc(b, 0, 1, BUFFERS + 0x100, 64, DESC_WRITE, 0);
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), 1);
	assert_int_equal(used_len(b, 0, 0), 5);
	assert_int_equal(ram_get(b, BUFFERS + 0x100, 4), 0x6c6c6568);
	assert_true(b->irq.level);
	assert_int_equal(reg_get(b, 0x60), 1);
	reg_put(b, 0x64, 1);
	assert_false(b->irq.level);
}

static void a_request_may_be_scattered_over_many_buffers(void **state)
{
	struct virtio_bench *b = *state;

	assert_int_equal(molvm_mem_write(b->vm, BUFFERS, "abcdef", 6), 0);
	desc(b, 0, 3, BUFFERS, 1, DESC_NEXT, 7);
	desc(b, 0, 7, BUFFERS + 1, 5, DESC_NEXT, 2);
	desc(b, 0, 2, BUFFERS + 0x100, 2, DESC_NEXT | DESC_WRITE, 4);
	desc(b, 0, 4, BUFFERS + 0x200, 0, DESC_NEXT | DESC_WRITE, 5);
	desc(b, 0, 5, BUFFERS + 0x300, 9, DESC_WRITE, 0);
	kick(b, 0, 3);
	assert_int_equal(used_len(b, 0, 0), 6);
	assert_int_equal(ram_get(b, BUFFERS + 0x100, 2), 0x6261);
	assert_int_equal(ram_get(b, BUFFERS + 0x300, 4), 0x66656463);
}

static void an_indirect_table_is_followed(void **state)
{
	struct virtio_bench *b = *state;

	assert_int_equal(molvm_mem_write(b->vm, BUFFERS, "xyz", 3), 0);
	desc_at(b, BUFFERS + 0x1000, 0, BUFFERS, 3, DESC_NEXT, 1);
	desc_at(b, BUFFERS + 0x1000, 1, BUFFERS + 0x100, 3, DESC_WRITE, 0);
	desc(b, 0, 0, BUFFERS + 0x1000, 32, DESC_INDIRECT, 0);
	kick(b, 0, 0);
	assert_int_equal(used_len(b, 0, 0), 3);
	assert_int_equal(ram_get(b, BUFFERS + 0x100, 2), 0x7978);
}

static void the_rings_wrap_around_for_ever(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, BUFFERS, 1, 0, 0);
	for (unsigned i = 0; i < 70000; i++)
		kick(b, 0, 0);
	assert_int_equal(echo.served, 70000);
	assert_int_equal(used_count(b, 0), 70000 & 0xffff);
	assert_false(is_broken(b));
}

static void no_interrupt_is_raised_when_the_driver_asks_for_none(void **state)
{
	struct virtio_bench *b = *state;

	ram_put(b, QUEUE_AT(0) + 0x1000, 1, 2);
	desc(b, 0, 0, BUFFERS, 1, 0, 0);
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), 1);
	assert_false(b->irq.level);
}

static void nothing_is_served_before_driver_ok(void **state)
{
	struct virtio_bench *b = *state;

	start_driver(b);
	reg_put(b, 0x70, 11);
	desc(b, 0, 0, BUFFERS, 1, 0, 0);
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), 0);
}

static void a_reset_forgets_queues_features_and_interrupts(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, BUFFERS, 1, 0, 0);
	kick(b, 0, 0);
	reg_put(b, 0x70, 0);
	assert_int_equal(reg_get(b, 0x44), 0);
	assert_int_equal(reg_get(b, 0x60), 0);
	assert_int_equal(reg_get(b, 0x70), 0);
	assert_false(b->irq.level);
	reg_put(b, 0x50, 0); /* a notification to nobody */
	assert_int_equal(used_count(b, 0), 1);
}

static void a_ready_queue_does_not_move(void **state)
{
	struct virtio_bench *b = *state;

	reg_put(b, 0x38, 4);
	reg_put(b, 0x80, 0x30000);
	desc(b, 0, 0, BUFFERS, 1, 0, 0);
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), 1);
}

static void a_queue_that_is_not_there_reads_as_none(void **state)
{
	struct virtio_bench *b = *state;

	reg_put(b, 0x30, 1);
	assert_int_equal(reg_get(b, 0x34), 0);
	set_queue(b, 7, QUEUE_LEN, QUEUE_AT(1));
	assert_int_equal(reg_get(b, 0x44), 0);
	reg_put(b, 0x50, 0xffffffff);
	assert_int_equal(echo.notified, 0);
}

static void try_queue(struct virtio_bench *b, uint32_t size, uint64_t at)
{
	reg_put(b, 0x70, 0);
	set_queue(b, 0, size, at);
	assert_int_equal(reg_get(b, 0x44), 0);
	assert_true(is_broken(b));
}

static void a_queue_with_a_bad_size_or_place_does_not_become_ready(void **state)
{
	struct virtio_bench *b = *state;

	try_queue(b, 0, QUEUE_AT(0));
	try_queue(b, 3, QUEUE_AT(0));
	try_queue(b, 512, QUEUE_AT(0));
	try_queue(b, 0x80000000, QUEUE_AT(0));
	try_queue(b, QUEUE_LEN, QUEUE_AT(0) + 8);
	try_queue(b, QUEUE_LEN, RAM_SIZE);
	try_queue(b, QUEUE_LEN, RAM_SIZE - 0x2000);
	try_queue(b, QUEUE_LEN, UINT64_C(0xfffffffffffff000));
	try_queue(b, QUEUE_LEN, UINT64_C(0x100000000) + QUEUE_AT(0));
}

/* One bad chain: the device says so once, interrupts for it, and is well after a reset. */
static void expect_broken(struct virtio_bench *b, unsigned head)
{
	unsigned served = echo.served;

	kick(b, 0, head);
	assert_true(is_broken(b));
	assert_int_equal(echo.served, served);
	assert_int_equal(used_count(b, 0), 0);
	assert_int_equal(reg_get(b, 0x60) & 2, 2);
	assert_true(b->irq.level);
	desc(b, 0, 0, BUFFERS, 1, 0, 0);
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), 0);
	start_driver(b);
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), 1);
	start_driver(b);
}

static void a_loop_of_descriptors_breaks_the_device(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, BUFFERS, 1, DESC_NEXT, 1);
	desc(b, 0, 1, BUFFERS, 1, DESC_NEXT, 0);
	expect_broken(b, 0);
	desc(b, 0, 0, BUFFERS, 0, DESC_NEXT, 0); /* with nothing in it, too */
	expect_broken(b, 0);
}

static void an_index_beyond_the_queue_breaks_the_device(void **state)
{
	struct virtio_bench *b = *state;

	expect_broken(b, QUEUE_LEN);
	expect_broken(b, 0xffff);
	desc(b, 0, 0, BUFFERS, 1, DESC_NEXT, 0xffff);
	expect_broken(b, 0);
}

static void a_buffer_outside_ram_breaks_the_device(void **state)
{
	struct virtio_bench *b = *state;
	static const struct {
		uint64_t gpa;
		uint32_t len;
	} bad[] = {
		{ RAM_SIZE, 1 },
		{ RAM_SIZE - 1, 2 },
		{ 0, RAM_SIZE + 1 },
		{ 0, UINT32_MAX },
		{ UINT64_MAX, 1 },
		{ UINT64_MAX - 10, 100 },
		{ UINT64_C(0x100000000), 16 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		desc(b, 0, 0, bad[i].gpa, bad[i].len, DESC_WRITE, 0);
		expect_broken(b, 0);
		desc(b, 0, 0, bad[i].gpa, bad[i].len, 0, 0);
		expect_broken(b, 0);
	}
}

static void a_readable_buffer_behind_a_writable_one_breaks_the_device(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, BUFFERS, 1, DESC_WRITE | DESC_NEXT, 1);
	desc(b, 0, 1, BUFFERS, 1, 0, 0);
	expect_broken(b, 0);
}

static void a_bad_indirect_table_breaks_the_device(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, BUFFERS, 0, DESC_INDIRECT, 0);
	expect_broken(b, 0);
	desc(b, 0, 0, BUFFERS, 17, DESC_INDIRECT, 0);
	expect_broken(b, 0);
	desc(b, 0, 0, RAM_SIZE, 16, DESC_INDIRECT, 0);
	expect_broken(b, 0);
	desc(b, 0, 0, BUFFERS, 16, DESC_INDIRECT | DESC_NEXT, 1);
	expect_broken(b, 0);
	desc_at(b, BUFFERS, 0, BUFFERS + 0x1000, 16, DESC_INDIRECT, 0); /* a table in a table */
	desc_at(b, BUFFERS + 0x1000, 0, BUFFERS, 1, 0, 0);
	desc(b, 0, 0, BUFFERS, 16, DESC_INDIRECT, 0);
	expect_broken(b, 0);
	desc_at(b, BUFFERS, 0, BUFFERS, 1, DESC_NEXT, 1); /* beyond the table */
	desc(b, 0, 0, BUFFERS, 16, DESC_INDIRECT, 0);
	expect_broken(b, 0);
	desc_at(b, BUFFERS, 0, BUFFERS, 1, DESC_NEXT, 0); /* a huge table that loops */
	desc(b, 0, 0, BUFFERS, 0xfffffff0, DESC_INDIRECT, 0);
	expect_broken(b, 0);
}

static void an_available_index_too_far_ahead_breaks_the_device(void **state)
{
	struct virtio_bench *b = *state;

	b->avail[0] = QUEUE_LEN;
	kick(b, 0, 0);
	assert_true(is_broken(b));
	assert_int_equal(echo.served, 0);
}

static void a_request_that_rewrites_its_own_queue_does_no_harm(void **state)
{
	struct virtio_bench *b = *state;

	/* Writes 0xff over the available ring while it is being served. */
	for (unsigned i = 0; i < 64; i++)
		ram_put(b, BUFFERS + i, 0xff, 1);
	desc(b, 0, 0, BUFFERS, 64, DESC_NEXT, 1);
	desc(b, 0, 1, QUEUE_AT(0) + 0x1000, 64, DESC_WRITE, 0);
	offer(b, 0, 0);
	kick(b, 0, 0);
	assert_true(is_broken(b));
	assert_int_equal(echo.served, 1);
}

static void every_register_can_be_read_and_written_in_every_size(void **state)
{
	struct virtio_bench *b = *state;

	for (uint32_t at = 0; at < 0x200; at++) {
		for (uint32_t len = 1; len <= 4; len *= 2) {
			device_read(&virtio_mmio_ops, b->dev, at, len);
			device_write(&virtio_mmio_ops, b->dev, at, len, 0xffffffff);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(the_identity_registers_say_virtio_version_2),
		T(configuration_is_little_endian_bytes_and_ends_in_zeros),
		T(a_driver_that_wants_what_was_not_offered_is_refused),
		T(a_driver_without_version_1_is_refused),
		T(a_request_comes_back_with_its_bytes_and_an_interrupt),
		T(a_request_may_be_scattered_over_many_buffers),
		T(an_indirect_table_is_followed),
		T(the_rings_wrap_around_for_ever),
		T(no_interrupt_is_raised_when_the_driver_asks_for_none),
		T(nothing_is_served_before_driver_ok),
		T(a_reset_forgets_queues_features_and_interrupts),
		T(a_ready_queue_does_not_move),
		T(a_queue_that_is_not_there_reads_as_none),
		T(a_queue_with_a_bad_size_or_place_does_not_become_ready),
		T(a_loop_of_descriptors_breaks_the_device),
		T(an_index_beyond_the_queue_breaks_the_device),
		T(a_buffer_outside_ram_breaks_the_device),
		T(a_readable_buffer_behind_a_writable_one_breaks_the_device),
		T(a_bad_indirect_table_breaks_the_device),
		T(an_available_index_too_far_ahead_breaks_the_device),
		T(a_request_that_rewrites_its_own_queue_does_no_harm),
		T(every_register_can_be_read_and_written_in_every_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
