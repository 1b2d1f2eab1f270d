/* SPDX-License-Identifier: MIT
 * test_lines.c - the terminal's keys, lines over file descriptors, and the watcher thread.
 */
#include "device_bench.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "terminal.h"
#include "watcher.h"

static struct terminal terminal;
static atomic_uint woken;
static int keyboard[2], screen[2];

static void wake(void *opaque)
{
	(void)opaque;
	atomic_fetch_add(&woken, 1);
}

static int setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	woken = 0;
	terminal_init(&terminal, wake, NULL);
	if (pipe(keyboard) || pipe(screen))
		return -1;
	terminal.line.in = keyboard[0];
	terminal.line.out = screen[1];
	terminal.line.overrun = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(keyboard[0]);
	close(keyboard[1]);
	close(screen[0]);
	close(screen[1]);
	return 0;
}

static void type(const char *text, size_t n)
{
	assert_int_equal(write(keyboard[1], text, n), (ssize_t)n);
}

/* One round of the run loop's service; returns how many descriptors were waited for. */
static unsigned serve(void)
{
	struct poll_set set = { 0 };
	unsigned n;

	poll_set_clear(&set);
	fd_line_fill(&terminal.line, &set);
	n = set.n;
	poll_set_ask(&set);
	fd_line_service(&terminal.line, &set);
	poll_set_free(&set);
	return n;
}

static void guest_gets(const char *expected, size_t n)
{
	struct byte_line line = fd_line_end(&terminal.line);
	uint8_t buf[64];

	serve();
	assert_int_equal(byte_line_receive(&line, buf, sizeof(buf)), n);
	assert_memory_equal(buf, expected, n);
}

static void plain_keys_reach_the_guest(void **state)
{
	(void)state;
	type("ls\r\x03\x1a", 5);
	guest_gets("ls\r\x03\x1a", 5);
}

static void ctrl_a_x_leaves(void **state)
{
	(void)state;
	type("a\x01", 2);
	guest_gets("a", 1);
	assert_false(terminal.quit);
	type("x", 1);
	guest_gets("", 0);
	assert_true(terminal.quit);
}

static void ctrl_a_twice_is_one_for_the_guest(void **state)
{
	(void)state;
	type("\x01\x01x\x01zy", 6);
	guest_gets("\x01xy", 3);
	assert_false(terminal.quit);
}

static void the_end_of_input_is_not_the_end_of_the_line(void **state)
{
	struct byte_line line = fd_line_end(&terminal.line);
	uint8_t byte;

	(void)state;
	type("z", 1);
	close(keyboard[1]);
	guest_gets("z", 1);
	assert_int_equal(serve(), 1);
	assert_int_equal(serve(), 0);
	byte_line_send(&line, (const uint8_t *)"!", 1);
	assert_int_equal(read(screen[0], &byte, 1), 1);
	assert_int_equal(byte, '!');
	assert_int_equal(terminal.line.failure, 0);
}

static void a_full_buffer_leaves_input_in_the_pipe_until_there_is_room(void **state)
{
	struct byte_line line = fd_line_end(&terminal.line);
	static char much[FD_LINE_BUFFER + 10];
	uint8_t buf[16];

	(void)state;
	memset(much, 'm', sizeof(much));
	type(much, sizeof(much));
	assert_int_equal(serve(), 1);
	assert_int_equal(serve(), 0);
	assert_int_equal(woken, 0);
	assert_int_equal(byte_line_receive(&line, buf, sizeof(buf)), sizeof(buf));
	assert_int_equal(woken, 1);
	assert_int_equal(serve(), 1);
}

static void a_keyboard_is_heard_even_when_the_guest_does_not_read(void **state)
{
	static char much[FD_LINE_BUFFER];

	(void)state;
	terminal.line.overrun = true;
	memset(much, 'm', sizeof(much));
	type(much, sizeof(much));
	serve();
	type("\x01x", 2);
	assert_int_equal(serve(), 1);
	assert_true(terminal.quit);
}

static void a_reader_that_goes_away_is_noticed(void **state)
{
	struct byte_line line = fd_line_end(&terminal.line);

	(void)state;
	close(screen[0]);
	byte_line_send(&line, (const uint8_t *)"!", 1);
	assert_int_not_equal(terminal.line.failure, 0);
	assert_int_equal(woken, 1);
}

static void a_pseudo_terminal_carries_bytes_both_ways(void **state)
{
	struct fd_line pty;
	struct problem problem;
	struct poll_set set = { 0 };
	struct byte_line line;
	char name[64];
	uint8_t buf[16];
	int user;

	(void)state;
	fd_line_init(&pty, -1, -1, wake, NULL);
	assert_true(fd_line_open(&pty, "pty", name, sizeof(name), &problem));
	line = fd_line_end(&pty);
	fd_line_fill(&pty, &set);
	poll_set_ask(&set);
	assert_int_equal(poll_set_result(&set, pty.index), 0); /* nobody there: no hang-up either */
	user = open(name, O_RDWR | O_NOCTTY);
	assert_true(user >= 0);
	assert_int_equal(write(user, "in", 2), 2);
	poll_set_ask(&set);
	fd_line_service(&pty, &set);
	assert_int_equal(byte_line_receive(&line, buf, sizeof(buf)), 2);
	byte_line_send(&line, (const uint8_t *)"out\n", 4);
	assert_int_equal(read(user, buf, sizeof(buf)), 4);
	close(user);
	fd_line_close(&pty);
	poll_set_free(&set);
}

static bool rings_within(unsigned count, unsigned ms)
{
	for (unsigned i = 0; i < ms && woken < count; i++)
		poll(NULL, 0, 1);
	return woken >= count;
}

static void the_watcher_rings_once_for_each_arming(void **state)
{
	struct watcher watcher;
	struct poll_set set = { 0 };

	(void)state;
	assert_int_equal(watcher_start(&watcher, wake, NULL), 0);
	poll_set_clear(&set);
	poll_set_add(&set, keyboard[0], POLLIN);
	watcher_arm(&watcher, &set);
	watcher_arm(&watcher, &set);
	assert_false(rings_within(1, 50));
	type("x", 1);
	assert_true(rings_within(1, 5000));
	assert_false(rings_within(2, 50)); /* still readable, but nobody armed it */
	watcher_arm(&watcher, &set);
	assert_true(rings_within(2, 5000));
	watcher_stop(&watcher);
	poll_set_free(&set);
}

static void the_watcher_rings_when_the_time_is_over(void **state)
{
	struct watcher watcher;
	struct poll_set set = { 0 };

	(void)state;
	assert_int_equal(watcher_start(&watcher, wake, NULL), 0);
	poll_set_clear(&set);
	watcher_arm(&watcher, &set); /* for ever... */
	set.timeout_ms = 20;
	watcher_arm(&watcher, &set); /* ... and now sooner */
	assert_true(rings_within(1, 5000));
	watcher_stop(&watcher);
	poll_set_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(plain_keys_reach_the_guest),
		T(ctrl_a_x_leaves),
		T(ctrl_a_twice_is_one_for_the_guest),
		T(the_end_of_input_is_not_the_end_of_the_line),
		T(a_full_buffer_leaves_input_in_the_pipe_until_there_is_room),
		T(a_keyboard_is_heard_even_when_the_guest_does_not_read),
		T(a_reader_that_goes_away_is_noticed),
		T(a_pseudo_terminal_carries_bytes_both_ways),
		T(the_watcher_rings_once_for_each_arming),
		T(the_watcher_rings_when_the_time_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
