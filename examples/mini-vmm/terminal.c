/* SPDX-License-Identifier: MIT
 * terminal.c - raw mode that always ends, and the Ctrl-A commands. See terminal.h.
 *
 * A signal handler has to find the saved settings, so they are this file's
 * globals: a process has one terminal. tcsetattr() is async-signal-safe.
 */
#include "terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define ESCAPE 0x01u /* Ctrl-A */

static struct termios saved_settings, raw_settings;
static volatile sig_atomic_t is_raw;

static const char help_text[] = "\r\n"
				"Ctrl-A x       leave mini-vmm\r\n"
				"Ctrl-A Ctrl-A  send Ctrl-A to the guest\r\n"
				"Ctrl-A h       this help\r\n";

static void say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

/* One byte after Ctrl-A; true if it is for the guest. */
static bool command(struct terminal *t, uint8_t byte)
{
	switch (byte) {
	case ESCAPE:
		return true;
	case 'x':
	case 'X':
		t->quit = true;
		return false;
	case 'h':
	case 'H':
	case '?':
		say(help_text);
		return false;
	default:
		return false;
	}
}

static size_t filter(void *opaque, uint8_t *buf, size_t n)
{
	struct terminal *t = opaque;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		bool pass = t->escape ? command(t, buf[i]) : buf[i] != ESCAPE;

		t->escape = !t->escape && buf[i] == ESCAPE;
		if (pass)
			buf[kept++] = buf[i];
	}
	return kept;
}

void terminal_restore(void)
{
	if (!is_raw)
		return;
	is_raw = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &saved_settings);
}

/* The handler was installed with SA_RESETHAND: the second time the signal does what it always did.
 */
static void on_fatal_signal(int number)
{
	terminal_restore();
	raise(number);
}

static void on_stop(int number)
{
	int saved_errno = errno;

	(void)number;
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved_settings);
	kill(getpid(), SIGSTOP);
	errno = saved_errno;
}

static void on_continue(int number)
{
	int saved_errno = errno;

	(void)number;
	/* In the background this would stop us again; the shell continues us there too. */
	if (is_raw && tcgetpgrp(STDIN_FILENO) == getpgrp())
		tcsetattr(STDIN_FILENO, TCSANOW, &raw_settings);
	errno = saved_errno;
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

void terminal_enter_raw(void)
{
	static const int fatal[] = { SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGABRT,
				     SIGSEGV, SIGBUS,  SIGFPE, SIGILL };

	/* A reader of our output that goes away is seen as a failed write. */
	handle(SIGPIPE, SIG_IGN, 0);
	if (tcgetattr(STDIN_FILENO, &saved_settings))
		return;
	raw_settings = saved_settings;
	cfmakeraw(&raw_settings);
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		handle(fatal[i], on_fatal_signal, (int)SA_RESETHAND);
	handle(SIGTSTP, on_stop, SA_RESTART);
	handle(SIGCONT, on_continue, SA_RESTART);
	atexit(terminal_restore);
	is_raw = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw_settings);
}

void terminal_init(struct terminal *t, void (*wake)(void *opaque), void *opaque)
{
	memset(t, 0, sizeof(*t));
	fd_line_init(&t->line, STDIN_FILENO, STDOUT_FILENO, wake, opaque);
	t->line.filter = filter;
	t->line.filter_opaque = t;
	/* From a keyboard Ctrl-A must get through even to a guest that reads nothing. */
	t->line.overrun = isatty(STDIN_FILENO);
}
