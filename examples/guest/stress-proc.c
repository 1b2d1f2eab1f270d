/* SPDX-License-Identifier: MIT */
/*
 * stress-proc.c - workers on processes: exec, signals, traps and pipes.
 *
 * Called by stress.c.  work_traps makes the processor take its program
 * exceptions (PEM 6.4.7: enabled floating-point, illegal, trap) and expects the
 * signal, the code and the address that Linux makes of each.
 */
#define _GNU_SOURCE /* the codes of siginfo_t */
#include "stress.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- processes: fork, exec, exit status */

int stress_child_status(unsigned n)
{
	uint32_t random = n + 1;

	for (int k = 0; k < 1000; k++)
		stress_random(&random);
	return (int)(random % 200) + 3;
}

void work_processes(unsigned id)
{
	uint32_t random = id + 1;

	while (stress_running()) {
		int pids[4];
		unsigned numbers[4];

		for (int n = 0; n < 4; n++) {
			numbers[n] = stress_random(&random) % 100000;
			pids[n] = stress_fork();
			if (pids[n] == 0) {
				char text[16];

				snprintf(text, sizeof(text), "%u", numbers[n]);
				execl("/proc/self/exe", "stress", "--child", text, (char *)NULL);
				stress_fail("exec: %s", strerror(errno));
			}
		}
		for (int n = 0; n < 4; n++)
			stress_reap(pids[n], stress_child_status(numbers[n]), "an executed child");
	}
}

/* --- signals: two processes that answer each other, an interval timer in between */

static volatile sig_atomic_t ticks;
static volatile sig_atomic_t answers;
static volatile int last_value;

static void on_tick(int signal)
{
	(void)signal;
	ticks++;
}

static void on_answer(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	last_value = info->si_value.sival_int;
	answers++;
}

static void send_value(int pid, int value)
{
	union sigval v = { .sival_int = value };

	if (sigqueue(pid, SIGUSR1, v) < 0)
		stress_fail("sigqueue: %s", strerror(errno));
}

/* Wait, with the signal blocked but here, until an answer has come. */
static void wait_for_answer(const sigset_t *open)
{
	while (answers == 0)
		sigsuspend(open);
	answers = 0;
}

#define EXCHANGES 20

static _Noreturn void echo_signals(int to, const sigset_t *open)
{
	for (int n = 0; n < EXCHANGES; n++) {
		wait_for_answer(open);
		send_value(to, last_value * 3 + 1);
	}
	_exit(7);
}

void work_signals(unsigned id)
{
	struct sigaction action = { .sa_sigaction = on_answer, .sa_flags = SA_SIGINFO };
	uint32_t random = id + 1;
	sigset_t blocked, open;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	if (sigaction(SIGUSR1, &action, NULL) < 0 || sigprocmask(SIG_BLOCK, &blocked, &open) < 0)
		stress_fail("sigaction: %s", strerror(errno));
	stress_interval(3000, on_tick);
	while (stress_running()) {
		int parent = getpid(), child = stress_fork();

		if (child == 0)
			echo_signals(parent, &open);
		for (int n = 0; n < EXCHANGES; n++) {
			int value = (int)(stress_random(&random) & 0xffffff);

			send_value(child, value);
			wait_for_answer(&open);
			if (last_value != value * 3 + 1)
				stress_fail("the answer to %d was %d", value, last_value);
		}
		stress_reap(child, 7, "the answering child");
		for (int before = ticks; ticks == before;)
			pause();
	}
	stress_interval(0, NULL);
}

/* --- traps: program exceptions that become signals */

static sigjmp_buf after_trap;
static volatile int trap_signal, trap_code;
static void *volatile trap_address;

static void on_trap(int signal, siginfo_t *info, void *context)
{
	(void)context;
	trap_signal = signal;
	trap_code = info->si_code;
	trap_address = info->si_addr;
	siglongjmp(after_trap, 1);
}

static void expect_trap(const char *what, int signal, int code, const void *address)
{
	if (trap_signal != signal || trap_code != code || trap_address != address)
		stress_fail("%s: signal %d code %d at %p, not signal %d code %d at %p", what,
			    trap_signal, trap_code, trap_address, signal, code, address);
}

/* The addresses of the three instructions that must trap. */
extern const char stress_at_trap[], stress_at_illegal[], stress_at_divide[];

static __attribute__((noinline)) void execute_trap(void)
{
	__asm__ volatile(".globl stress_at_trap\nstress_at_trap: twi 31,1,0");
}

static __attribute__((noinline)) void execute_illegal(void)
{
	__asm__ volatile(".globl stress_at_illegal\nstress_at_illegal: .long 0");
}

/* Not with <fenv.h>: its mffsl sets bits that are reserved here, and QEMU 7.2 minds them. */
static __attribute__((noinline)) void execute_divide(volatile double *one, volatile double *zero)
{
	double quotient;

	__asm__ volatile("mtfsb0 5; mtfsb1 27\n\t" /* FPSCR: ZX off, ZE on */
			 ".globl stress_at_divide\nstress_at_divide: fdiv %0,%1,%2"
			 : "=&f"(quotient)
			 : "f"(*one), "f"(*zero));
	*one = quotient;
}

void work_traps(unsigned id)
{
	static const int signals[] = { SIGTRAP, SIGILL, SIGFPE };
	struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };

	(void)id;
	if (prctl(PR_SET_FPEXC, PR_FP_EXC_PRECISE) < 0) /* MSR[FE0] and MSR[FE1] */
		stress_fail("prctl: %s", strerror(errno));
	for (int n = 0; n < 3; n++)
		if (sigaction(signals[n], &action, NULL) < 0)
			stress_fail("sigaction: %s", strerror(errno));
	while (stress_running()) {
		volatile double one = 1.0, zero = 0.0;

		if (sigsetjmp(after_trap, 1) == 0) {
			execute_trap();
			stress_fail("twi 31 did not trap");
		}
		expect_trap("twi 31", SIGTRAP, TRAP_BRKPT, stress_at_trap);
		if (sigsetjmp(after_trap, 1) == 0) {
			execute_illegal();
			stress_fail("an illegal instruction did not trap");
		}
		expect_trap("an illegal instruction", SIGILL, ILL_ILLOPC, stress_at_illegal);
		if (sigsetjmp(after_trap, 1) == 0) {
			execute_divide(&one, &zero);
			stress_fail("an enabled division by zero did not trap");
		}
		expect_trap("division by zero", SIGFPE, FPE_FLTDIV, stress_at_divide);
		__asm__ volatile("mtfsb0 27");
		if (one != 1.0)
			stress_fail("the trapping division changed its target");
	}
}

/* --- pipes: a chain of bytes through a child and back */

#define CHUNK 3000

static void send_all(int fd, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n <= 0)
			stress_fail("write: %s", strerror(errno));
		data += n;
		size -= (size_t)n;
	}
}

static size_t receive(int fd, uint8_t *data, size_t size)
{
	size_t got = 0;
	ssize_t n;

	while (got < size && (n = read(fd, data + got, size - got)) > 0)
		got += (size_t)n;
	return got;
}

static _Noreturn void invert_pipe(int from, int to)
{
	uint8_t data[CHUNK];
	size_t size;

	while ((size = receive(from, data, CHUNK)) > 0) {
		for (size_t n = 0; n < size; n++)
			data[n] = (uint8_t)~data[n];
		send_all(to, data, size);
	}
	_exit(9);
}

void work_pipes(unsigned id)
{
	uint32_t random = id + 1;

	while (stress_running()) {
		int there[2], back[2], child;
		uint8_t data[CHUNK], got[CHUNK];

		if (pipe(there) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, back) < 0)
			stress_fail("pipe: %s", strerror(errno));
		child = stress_fork();
		if (child == 0) {
			close(there[1]);
			close(back[0]);
			invert_pipe(there[0], back[1]);
		}
		close(there[0]);
		close(back[1]);
		for (int round = 0; round < 20; round++) {
			for (size_t n = 0; n < CHUNK; n++)
				data[n] = (uint8_t)stress_random(&random);
			send_all(there[1], data, CHUNK);
			if (receive(back[0], got, CHUNK) != CHUNK)
				stress_fail("the pipe ended early");
			for (size_t n = 0; n < CHUNK; n++)
				if ((got[n] ^ data[n]) != 0xff)
					stress_fail("byte %zu came back as %02x, not the "
						    "complement of %02x",
						    n, got[n], data[n]);
		}
		close(there[1]);
		stress_reap(child, 9, "the inverting child");
		close(back[0]);
	}
}
