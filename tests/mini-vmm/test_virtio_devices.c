/* SPDX-License-Identifier: MIT
 * test_virtio_devices.c - disk, network, console and entropy behind the virtio transport.
 */
#include "virtio_bench.h"

#include <errno.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#define HEADER BUFFERS
#define DATA (BUFFERS + 0x1000)
#define STATUS (BUFFERS + 0x8000)
#define TABLE (BUFFERS + 0xa0000)
#define DISK_SECTORS 16u

enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8 };
enum { OK = 0, IOERR = 1, UNSUPPORTED = 2 };

static struct virtio_bench bench;
static struct virtio_blk blk;
static struct virtio_net net;
static struct virtio_console console;
static struct virtio_rng rng;
static FILE *disk_file;

/* ---- disk ---- */

static void open_disk(bool read_only)
{
	virtio_blk_init(&blk, bench.vm, probe_line(&bench.irq), fileno(disk_file), DISK_SECTORS,
			read_only, "a-serial-number-longer-than-20");
	bench.dev = &blk.dev;
	start_driver(&bench);
}

static int setup_disk(void **state)
{
	*state = &bench;
	bench_open(&bench);
	disk_file = tmpfile();
	assert_non_null(disk_file);
	for (unsigned i = 0; i < DISK_SECTORS * 512; i++)
		putc((int)(i / 512), disk_file);
	fflush(disk_file);
	open_disk(false);
	return 0;
}

static int teardown_disk(void **state)
{
	fclose(disk_file);
	bench_close(*state);
	return 0;
}

/* One request with one data buffer; returns its status byte. */
static unsigned disk_request(uint32_t type, uint64_t sector, uint32_t len)
{
	unsigned before = used_count(&bench, 0);
	unsigned direction = type == OUT ? 0 : DESC_WRITE;

	ram_put(&bench, HEADER, type, 4);
	ram_put(&bench, HEADER + 8, sector, 8);
	ram_put(&bench, STATUS, 0xee, 1);
	desc(&bench, 0, 0, HEADER, 16, DESC_NEXT, 1);
	desc(&bench, 0, 1, DATA, len, DESC_NEXT | direction, 2);
	desc(&bench, 0, 2, STATUS, 1, DESC_WRITE, 0);
	kick(&bench, 0, 0);
	assert_int_equal(used_count(&bench, 0), before + 1);
	return (unsigned)ram_get(&bench, STATUS, 1);
}

static unsigned disk_byte(unsigned sector)
{
	uint8_t byte;

	assert_int_equal(pread(fileno(disk_file), &byte, 1, sector * 512), 1);
	return byte;
}

static void the_configuration_has_the_capacity_in_sectors(void **state)
{
	assert_int_equal(reg_get(*state, 0x100), DISK_SECTORS);
	assert_int_equal(reg_get(*state, 0x104), 0);
}

static void a_read_brings_the_sectors_asked_for(void **state)
{
	assert_int_equal(disk_request(IN, 3, 1024), OK);
	assert_int_equal(ram_get(*state, DATA, 1), 3);
	assert_int_equal(ram_get(*state, DATA + 1023, 1), 4);
	assert_int_equal(used_len(*state, 0, 0), 1025);
}

static void a_write_reaches_the_file_and_nothing_beside(void **state)
{
	ram_put(*state, DATA, 0x77, 1);
	assert_int_equal(disk_request(OUT, 5, 512), OK);
	assert_int_equal(disk_byte(4), 4);
	assert_int_equal(disk_byte(5), 0x77);
	assert_int_equal(disk_byte(6), 6);
}

static void what_lies_beyond_the_disk_is_an_error_and_not_a_larger_file(void **state)
{
	static const struct {
		uint64_t sector;
		uint32_t len;
	} bad[] = { { DISK_SECTORS, 512 },
		    { DISK_SECTORS - 1, 1024 },
		    { UINT64_MAX, 512 },
		    { UINT64_MAX / 512 + 1, 512 },
		    { 0, 511 },
		    { 0, 1000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(disk_request(OUT, bad[i].sector, bad[i].len), IOERR);
		assert_int_equal(disk_request(IN, bad[i].sector, bad[i].len), IOERR);
	}
	assert_int_equal(lseek(fileno(disk_file), 0, SEEK_END), DISK_SECTORS * 512);
}

/* A request of n MiB: the same 512 KiB of RAM over and over, by way of an indirect table. */
static unsigned disk_request_of_mebibytes(unsigned n)
{
	desc_at(&bench, TABLE, 0, HEADER, 16, DESC_NEXT, 1);
	for (unsigned i = 1; i <= 2 * n; i++)
		desc_at(&bench, TABLE, i, DATA, 0x80000, DESC_NEXT | DESC_WRITE, i + 1);
	desc_at(&bench, TABLE, 2 * n + 1, STATUS, 1, DESC_WRITE, 0);
	ram_put(&bench, HEADER, IN, 4);
	ram_put(&bench, HEADER + 8, 0, 8);
	ram_put(&bench, STATUS, 0xee, 1);
	desc(&bench, 0, 0, TABLE, 16 * (2 * n + 2), DESC_INDIRECT, 0);
	kick(&bench, 0, 0);
	return (unsigned)ram_get(&bench, STATUS, 1);
}

static void a_request_larger_than_the_driver_was_told_is_an_error(void **state)
{
	assert_int_equal(ftruncate(fileno(disk_file), 64 << 20), 0);
	virtio_blk_init(&blk, bench.vm, probe_line(&bench.irq), fileno(disk_file), 131072, false, "");
	start_driver(&bench);
	assert_int_equal(reg_get(*state, 0x108), 65536); /* size_max, of 254 segments */
	assert_int_equal(disk_request_of_mebibytes(16), OK);
	assert_int_equal(disk_request_of_mebibytes(17), IOERR);
}

static void a_read_only_disk_says_so_and_refuses_writes(void **state)
{
	struct virtio_bench *b = *state;

	open_disk(true);
	reg_put(b, 0x14, 0);
	assert_int_equal(reg_get(b, 0x10) & 0x20, 0x20);
	assert_int_equal(disk_request(OUT, 1, 512), IOERR);
	assert_int_equal(disk_byte(1), 1);
	assert_int_equal(disk_request(IN, 1, 512), OK);
	assert_int_equal(disk_request(FLUSH, 0, 0), OK);
}

static void a_file_that_shrank_is_an_error_not_a_hang(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(fileno(disk_file), 512), 0);
	assert_int_equal(disk_request(IN, 0, 512), OK);
	assert_int_equal(disk_request(IN, 0, 1024), IOERR);
}

static void flush_succeeds_and_identification_is_twenty_bytes(void **state)
{
	char id[21] = "";

	assert_int_equal(disk_request(FLUSH, 0, 0), OK);
	assert_int_equal(disk_request(GET_ID, 0, 20), OK);
	assert_int_equal(molvm_mem_read(((struct virtio_bench *)*state)->vm, DATA, id, 20), 0);
	assert_string_equal(id, "a-serial-number-long");
}

static void an_unknown_request_is_unsupported(void **state)
{
	(void)state;
	assert_int_equal(disk_request(11, 0, 512), UNSUPPORTED);
	assert_int_equal(disk_request(0xffffffff, 0, 512), UNSUPPORTED);
}

static void a_request_without_room_for_header_or_status_breaks_the_disk(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, HEADER, 15, DESC_NEXT, 1);
	desc(b, 0, 1, STATUS, 1, DESC_WRITE, 0);
	kick(b, 0, 0);
	assert_true(is_broken(b));
	start_driver(b);
	desc(b, 0, 0, HEADER, 16, 0, 0);
	kick(b, 0, 0);
	assert_true(is_broken(b));
}

static void header_data_and_status_may_share_or_split_buffers(void **state)
{
	struct virtio_bench *b = *state;

	ram_put(b, HEADER, IN, 4);
	ram_put(b, HEADER + 8, 2, 8);
	desc(b, 0, 0, HEADER, 7, DESC_NEXT, 1);
	desc(b, 0, 1, HEADER + 7, 9, DESC_NEXT, 2);
	desc(b, 0, 2, DATA, 513, DESC_WRITE, 0);
	ram_put(b, DATA + 512, 0xee, 1);
	kick(b, 0, 0);
	assert_int_equal(ram_get(b, DATA + 511, 1), 2);
	assert_int_equal(ram_get(b, DATA + 512, 1), OK);
}

/* ---- network ---- */

static unsigned frames;
static uint8_t last_frame[VIRTIO_NET_FRAME_MAX];
static size_t last_length;

static void catch_frame(void *opaque, const uint8_t *frame, size_t n)
{
	(void)opaque;
	frames++;
	memcpy(last_frame, frame, n);
	last_length = n;
}

static int setup_net(void **state)
{
	static const uint8_t mac[6] = { 2, 3, 4, 5, 6, 7 };

	*state = &bench;
	bench_open(&bench);
	frames = 0;
	virtio_net_init(&net, bench.vm, probe_line(&bench.irq), mac, catch_frame, NULL);
	bench.dev = &net.dev;
	start_driver(&bench);
	return 0;
}

static int teardown(void **state)
{
	bench_close(*state);
	return 0;
}

static void the_configuration_has_the_mac_address(void **state)
{
	assert_int_equal(reg_get(*state, 0x100), 0x05040302);
}

static void a_transmitted_frame_loses_its_header(void **state)
{
	struct virtio_bench *b = *state;

	ram_put(b, DATA + 12, 0x1234, 2);
	desc(b, 1, 0, DATA, 12 + 60, 0, 0);
	kick(b, 1, 0);
	assert_int_equal(frames, 1);
	assert_int_equal(last_length, 60);
	assert_int_equal(last_frame[0], 0x34);
	assert_int_equal(used_count(b, 1), 1);
}

static void frames_too_short_or_too_long_are_dropped_and_their_buffers_returned(void **state)
{
	struct virtio_bench *b = *state;
	static const uint32_t lengths[] = { 1, 11, 12, 12 + 1515, 0x10000 };

	for (unsigned i = 0; i < 5; i++) {
		desc(b, 1, 0, DATA, lengths[i], 0, 0);
		kick(b, 1, 0);
		assert_int_equal(used_count(b, 1), i + 1);
	}
	assert_int_equal(frames, 0);
}

static void a_received_frame_gets_a_header_with_one_buffer(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, DATA, 2048, DESC_WRITE, 0);
	kick(b, 0, 0);
	virtio_net_receive(&net, (const uint8_t *)"frame", 5);
	assert_int_equal(used_len(b, 0, 0), 17);
	assert_int_equal(ram_get(b, DATA + 10, 2), 1);
	assert_int_equal(ram_get(b, DATA + 12, 1), 'f');
	assert_true(b->irq.level);
}

static void frames_wait_for_buffers_in_order_and_the_surplus_is_dropped(void **state)
{
	struct virtio_bench *b = *state;

	for (unsigned i = 0; i < VIRTIO_NET_BACKLOG + 9; i++)
		virtio_net_receive(&net, &(uint8_t){ (uint8_t)i }, 1);
	desc(b, 0, 0, DATA, 64, DESC_WRITE, 0);
	for (unsigned i = 0; i < VIRTIO_NET_BACKLOG; i++) {
		kick(b, 0, 0);
		assert_int_equal(ram_get(b, DATA + 12, 1), i);
	}
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), VIRTIO_NET_BACKLOG);
}

static void a_buffer_too_small_for_a_frame_gets_what_fits(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, DATA, 5, DESC_WRITE, 0);
	kick(b, 0, 0);
	virtio_net_receive(&net, last_frame, 1000);
	assert_int_equal(used_len(b, 0, 0), 5);
	assert_false(is_broken(b));
}

/* ---- console ---- */

static uint8_t console_out[10000];
static size_t console_out_count;
static const char *console_in;

static void console_send(void *opaque, const uint8_t *buf, size_t n)
{
	(void)opaque;
	if (console_out_count + n <= sizeof(console_out))
		memcpy(console_out + console_out_count, buf, n);
	console_out_count += n;
}

static size_t console_receive(void *opaque, uint8_t *buf, size_t n)
{
	size_t got = strnlen(console_in, n);

	(void)opaque;
	memcpy(buf, console_in, got);
	console_in += got;
	return got;
}

static int setup_console(void **state)
{
	*state = &bench;
	bench_open(&bench);
	console_out_count = 0;
	console_in = "";
	virtio_console_init(&console, bench.vm, probe_line(&bench.irq),
			    (struct byte_line){ console_send, console_receive, NULL });
	bench.dev = &console.dev;
	start_driver(&bench);
	return 0;
}

static void console_output_of_any_length_arrives_whole(void **state)
{
	struct virtio_bench *b = *state;

	ram_put(b, DATA + 8999, 0x5a, 1);
	desc(b, 1, 0, DATA, 9000, 0, 0);
	kick(b, 1, 0);
	assert_int_equal(console_out_count, 9000);
	assert_int_equal(console_out[8999], 0x5a);
}

static void of_a_huge_console_request_one_mebibyte_is_sent(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 1, 0, 0, RAM_SIZE, DESC_NEXT, 1);
	desc(b, 1, 1, 0, RAM_SIZE, 0, 0);
	kick(b, 1, 0);
	assert_int_equal(console_out_count, 1u << 20);
	assert_int_equal(used_count(b, 1), 1);
}

static void console_input_fills_the_buffers_offered_and_the_rest_waits(void **state)
{
	struct virtio_bench *b = *state;

	console_in = "abcdef";
	virtio_console_poll(&console);
	assert_string_equal(console_in, "abcdef");
	desc(b, 0, 0, DATA, 4, DESC_WRITE, 0);
	kick(b, 0, 0);
	assert_int_equal(used_len(b, 0, 0), 4);
	assert_int_equal(ram_get(b, DATA, 4), 0x64636261);
	assert_string_equal(console_in, "ef");
}

static void a_buffer_without_input_is_kept_for_later(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, DATA, 4, DESC_WRITE, 0);
	kick(b, 0, 0);
	assert_int_equal(used_count(b, 0), 0);
	console_in = "x";
	virtio_console_poll(&console);
	assert_int_equal(used_count(b, 0), 1);
	assert_int_equal(ram_get(b, DATA, 1), 'x');
}

/* ---- entropy ---- */

static int setup_rng(void **state)
{
	*state = &bench;
	bench_open(&bench);
	virtio_rng_init(&rng, bench.vm, probe_line(&bench.irq));
	bench.dev = &rng.dev;
	start_driver(&bench);
	return 0;
}

static void random_bytes_fill_the_buffer_and_differ(void **state)
{
	struct virtio_bench *b = *state;
	uint64_t first;

	desc(b, 0, 0, DATA, 8, DESC_WRITE, 0);
	kick(b, 0, 0);
	assert_int_equal(used_len(b, 0, 0), 8);
	first = ram_get(b, DATA, 8);
	kick(b, 0, 0);
	assert_true(first != ram_get(b, DATA, 8));
	assert_int_equal(ram_get(b, DATA + 8, 8), 0);
}

static void a_huge_request_gets_a_piece(void **state)
{
	struct virtio_bench *b = *state;

	desc(b, 0, 0, BUFFERS, RAM_SIZE - BUFFERS, DESC_WRITE, 0);
	kick(b, 0, 0);
	assert_int_equal(used_len(b, 0, 0), 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define DISK(name) cmocka_unit_test_setup_teardown(name, setup_disk, teardown_disk)
#define NET(name) cmocka_unit_test_setup_teardown(name, setup_net, teardown)
#define CONSOLE(name) cmocka_unit_test_setup_teardown(name, setup_console, teardown)
#define RNG(name) cmocka_unit_test_setup_teardown(name, setup_rng, teardown)
		DISK(the_configuration_has_the_capacity_in_sectors),
		DISK(a_read_brings_the_sectors_asked_for),
		DISK(a_write_reaches_the_file_and_nothing_beside),
		DISK(what_lies_beyond_the_disk_is_an_error_and_not_a_larger_file),
		DISK(a_request_larger_than_the_driver_was_told_is_an_error),
		DISK(a_read_only_disk_says_so_and_refuses_writes),
		DISK(a_file_that_shrank_is_an_error_not_a_hang),
		DISK(flush_succeeds_and_identification_is_twenty_bytes),
		DISK(an_unknown_request_is_unsupported),
		DISK(a_request_without_room_for_header_or_status_breaks_the_disk),
		DISK(header_data_and_status_may_share_or_split_buffers),
		NET(the_configuration_has_the_mac_address),
		NET(a_transmitted_frame_loses_its_header),
		NET(frames_too_short_or_too_long_are_dropped_and_their_buffers_returned),
		NET(a_received_frame_gets_a_header_with_one_buffer),
		NET(frames_wait_for_buffers_in_order_and_the_surplus_is_dropped),
		NET(a_buffer_too_small_for_a_frame_gets_what_fits),
		CONSOLE(console_output_of_any_length_arrives_whole),
		CONSOLE(of_a_huge_console_request_one_mebibyte_is_sent),
		CONSOLE(console_input_fills_the_buffers_offered_and_the_rest_waits),
		CONSOLE(a_buffer_without_input_is_kept_for_later),
		RNG(random_bytes_fill_the_buffer_and_differ),
		RNG(a_huge_request_gets_a_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
