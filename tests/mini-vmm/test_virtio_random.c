/* SPDX-License-Identifier: MIT
 * test_virtio_random.c - every virtio device against drivers that do anything at all.
 *
 * The rings, descriptors and registers are drawn at random, most of them right or
 * almost so. What must hold: no crash (under the sanitizers: no stray
 * access), an end to each notification, and a device that works after a reset.
 */
#include "virtio_bench.h"

#include <stdio.h>
#include <unistd.h>

#define ROUNDS 4000u

static struct virtio_bench bench;
static struct virtio_blk blk;
static struct virtio_net net;
static struct virtio_console console;
static struct virtio_rng rng;
static uint64_t seed = 88172645463325252u;

static uint32_t draw(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16);
}

/* Mostly in RAM, sometimes at its edge or far out. */
static uint64_t draw_address(void)
{
	switch (draw() % 16) {
	case 0:
		return RAM_SIZE - draw() % 64;
	case 1:
		return (uint64_t)draw() << 32 | draw();
	case 2:
		return UINT64_MAX - draw() % 4096;
	default:
		return draw() % RAM_SIZE;
	}
}

static uint32_t draw_length(void)
{
	switch (draw() % 8) {
	case 0:
		return draw();
	case 1:
		return draw() % RAM_SIZE;
	case 2:
		return 16 * (draw() % 64);
	default:
		return draw() % 2048;
	}
}

/* Chains of four that are as a disk driver has them: header, data twice, status. */
static void plain_table(uint64_t table)
{
	for (unsigned i = 0; i < QUEUE_LEN; i += 4) {
		uint64_t at = BUFFERS + 0x1000 + 0x4000 * (i / 4);
		unsigned direction = draw() % 2 ? DESC_WRITE : 0;

		ram_put(&bench, at, draw() % 4 ? draw() % 2 : draw() % 12, 4);
		ram_put(&bench, at + 8, draw() % 18, 8);
		desc_at(&bench, table, i, at, 16, DESC_NEXT, i + 1);
		for (unsigned n = 1; n < 3; n++)
			desc_at(&bench, table, i + n, at + 0x1000 * n, 512 * (draw() % 4),
				DESC_NEXT | direction, i + n + 1);
		desc_at(&bench, table, i + 3, at + 0x3000, 1, DESC_WRITE, 0);
	}
}

/* The same with some descriptors gone wrong, or pointing to a table that has been through this. */
static void scribble_table(uint64_t table)
{
	plain_table(table);
	for (unsigned n = draw() % 4; n; n--)
		desc_at(&bench, table, draw() % QUEUE_LEN,
			draw() % 4 ? draw_address() : QUEUE_AT(draw() % 2) + draw() % 0x3000,
			draw_length(), draw() % 8, draw() % 16 ? draw() % QUEUE_LEN : draw());
	if (draw() % 4 == 0)
		desc_at(&bench, table, 4 * (draw() % 4), BUFFERS, 16 * QUEUE_LEN, DESC_INDIRECT, 0);
}

static void scribble_queue(unsigned q)
{
	scribble_table(QUEUE_AT(q));
	for (unsigned i = 0; i < QUEUE_LEN; i++)
		ram_put(&bench, QUEUE_AT(q) + 0x1004 + 2 * i,
			draw() % 16   ? 4 * (draw() % 4)
			: draw() % 32 ? draw() % QUEUE_LEN
				      : draw(),
			2);
	ram_put(&bench, QUEUE_AT(q) + 0x1002, draw() % 8 ? draw() % (QUEUE_LEN + 1) : draw(), 2);
}

static void torment(struct virtio_device *dev)
{
	bench.dev = dev;
	for (unsigned round = 0; round < ROUNDS; round++) {
		start_driver(&bench);
		scribble_table(BUFFERS);
		for (unsigned q = 0; q < dev->class->queues; q++) {
			scribble_queue(q);
			reg_put(&bench, 0x50, q);
		}
		virtio_net_receive(&net, (const uint8_t *)"frame", 5);
		virtio_console_poll(&console);
		for (unsigned i = 0; i < 8; i++)
			device_write(&virtio_mmio_ops, dev, draw() % 0x200, 4, draw() % 64);
	}
	start_driver(&bench);
	desc(&bench, 0, 0, BUFFERS, 64, DESC_WRITE, 0);
	offer(&bench, 0, 0);
	assert_int_equal(virtio_pending(dev, 0), 1);
}

static void drop(void *opaque, const uint8_t *buf, size_t n)
{
	uint8_t sum = 0;

	(void)opaque;
	for (size_t i = 0; i < n; i++) /* all of it must be there to read */
		sum ^= buf[i];
	(void)sum;
}

static size_t endless(void *opaque, uint8_t *buf, size_t n)
{
	(void)opaque;
	memset(buf, 'e', n);
	return n;
}

static void no_driver_can_upset_a_device(void **state)
{
	static const uint8_t mac[6] = { 2 };
	FILE *disk = tmpfile();

	(void)state;
	assert_non_null(disk);
	assert_int_equal(ftruncate(fileno(disk), 16 * 512), 0);
	bench_open(&bench);
	virtio_blk_init(&blk, bench.vm, probe_line(&bench.irq), fileno(disk), 16, false, "disk");
	virtio_net_init(&net, bench.vm, probe_line(&bench.irq), mac, drop, NULL);
	virtio_console_init(&console, bench.vm, probe_line(&bench.irq),
			    (struct byte_line){ drop, endless, NULL });
	virtio_rng_init(&rng, bench.vm, probe_line(&bench.irq));
	torment(&blk.dev);
	torment(&net.dev);
	torment(&console.dev);
	torment(&rng.dev);
	assert_int_equal(lseek(fileno(disk), 0, SEEK_END), 16 * 512);
	bench_close(&bench);
	fclose(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_driver_can_upset_a_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
