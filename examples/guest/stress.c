/* SPDX-License-Identifier: MIT */
/*
 * stress.c - load on everything a guest's kernel does with the processor, self-verifying.
 *
 * One process per worker, all at once on one CPU, so that registers, address
 * spaces and signal frames change hands all the time.  Every worker knows what
 * it must find and says the first thing that is different.
 *
 * Usage: stress SECONDS (0: one round of each).  Called by checks/70-stress.
 * Status 0 and one line of numbers, or 1 and a line that says what was wrong.
 */
#include "stress.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HWCAP_ALTIVEC 0x10000000ul /* AT_HWCAP, as the kernel's ABI has it */

struct worker {
	const char *name;
	void (*work)(unsigned id);
	bool needs_altivec;
};

/* Twice where two contexts of the same kind must not mix. */
static const struct worker workers[] = {
	{ "fp", work_fp, false },
	{ "fp", work_fp, false },
	{ "vec", work_vec, true },
	{ "vec", work_vec, true },
	{ "atomic", work_atomic, false },
	{ "code", work_code, false },
	{ "mappings", work_mappings, false },
	{ "copy-on-write", work_copy_on_write, false },
	{ "shared-file", work_shared_file, false },
	{ "processes", work_processes, false },
	{ "signals", work_signals, false },
	{ "traps", work_traps, false },
	{ "pipes", work_pipes, false },
};
#define WORKERS (sizeof(workers) / sizeof(workers[0]))

static const struct worker *self;
static uint32_t *rounds; /* one per worker, in memory that all share */
static uint32_t own_rounds;
static double deadline;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool stress_running(void)
{
	if (own_rounds > 0 && now() >= deadline)
		return false;
	own_rounds++;
	rounds[self - workers]++;
	return true;
}

void stress_fail(const char *format, ...)
{
	char line[400];
	int length = snprintf(line, sizeof(line), "%s: ", self->name);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + length, sizeof(line) - (size_t)length - 1, format, arguments);
	va_end(arguments);
	strcat(line, "\n");
	/* one write: lines of several processes do not mix */
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		_exit(3);
	_exit(1);
}

int stress_fork(void)
{
	int pid = fork();

	if (pid < 0)
		stress_fail("fork: %s", strerror(errno));
	return pid;
}

void stress_reap(int pid, int status, const char *what)
{
	int got;

	while (waitpid(pid, &got, 0) < 0)
		if (errno != EINTR)
			stress_fail("wait for %s: %s", what, strerror(errno));
	if (WIFSIGNALED(got))
		stress_fail("%s died of signal %d", what, WTERMSIG(got));
	if (WEXITSTATUS(got) != status)
		stress_fail("%s ended with status %d, not %d", what, WEXITSTATUS(got), status);
}

void stress_interval(long microseconds, void (*handler)(int))
{
	struct itimerval every = { { 0, microseconds }, { 0, microseconds } };
	struct sigaction action = { .sa_handler = handler ? handler : SIG_IGN,
				    .sa_flags = SA_RESTART };

	if (sigaction(SIGALRM, &action, NULL) < 0 || setitimer(ITIMER_REAL, &every, NULL) < 0)
		stress_fail("interval timer: %s", strerror(errno));
}

static int start(size_t n)
{
	int pid = fork();

	if (pid != 0)
		return pid;
	self = &workers[n];
	/* its own process group: its children end with it */
	setpgid(0, 0);
	self->work((unsigned)n);
	_exit(0);
}

/* Wait for all; the first bad end kills the rest.  Returns the number of bad ends. */
static int supervise(int *pids, int left)
{
	int bad = 0, status, pid;

	while (left > 0 && (pid = wait(&status)) > 0) {
		size_t n = 0;

		while (n < WORKERS && pids[n] != pid)
			n++;
		if (n == WORKERS)
			continue;
		left--;
		pids[n] = 0;
		if (status == 0 || bad++ > 0)
			continue;
		if (WIFSIGNALED(status))
			printf("%s: died of signal %d\n", workers[n].name, WTERMSIG(status));
		for (size_t k = 0; k < WORKERS; k++)
			if (pids[k] > 0)
				kill(-pids[k], SIGKILL);
	}
	return bad;
}

static int run(long seconds)
{
	bool altivec = getauxval(AT_HWCAP) & HWCAP_ALTIVEC;
	int pids[WORKERS] = { 0 }, started = 0;
	uint64_t total = 0;
	double begin = now();

	deadline = begin + (double)seconds;
	rounds = mmap(NULL, sizeof(*rounds) * WORKERS, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rounds == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (size_t n = 0; n < WORKERS; n++) {
		if (workers[n].needs_altivec && !altivec)
			continue;
		pids[n] = start(n);
		if (pids[n] < 0) {
			perror("fork");
			return 1;
		}
		started++;
	}
	if (supervise(pids, started) > 0)
		return 1;
	for (size_t n = 0; n < WORKERS; n++) {
		printf("%s: %u rounds\n", workers[n].name, rounds[n]);
		total += rounds[n];
	}
	printf("(%.0f s, %d workers, %llu rounds)\n", now() - begin, started,
	       (unsigned long long)total);
	return 0;
}

int main(int argc, char **argv)
{
	char *end;
	long seconds;

	if (argc == 3 && strcmp(argv[1], "--child") == 0)
		return stress_child_status((unsigned)atoi(argv[2]));
	if (argc != 2) {
		puts("usage: stress SECONDS");
		return 2;
	}
	seconds = strtol(argv[1], &end, 10);
	if (end == argv[1] || *end != '\0' || seconds < 0) {
		printf("stress: '%s' is not a number of seconds\n", argv[1]);
		return 2;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	return run(seconds);
}
