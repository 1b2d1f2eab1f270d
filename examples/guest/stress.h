/* SPDX-License-Identifier: MIT */
/*
 * stress.h - what the parts of stress share: a worker, its clock, and how it says a mismatch.
 *
 * A worker is a function in a process of its own that repeats one verified
 * round while stress_running() says so, and returns.  The first mismatch
 * prints one line and ends the process with status 1; stress.c ends the others.
 */
#ifndef GUEST_STRESS_H
#define GUEST_STRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is there time for another round?  Always true for the first; counts the rounds. */
bool stress_running(void);

/* One line on standard output, then the end of this process with status 1. */
_Noreturn void stress_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* fork() that fails loudly; the child's standard output is flushed and empty. */
int stress_fork(void);

/* Wait for a child that must end with this status. */
void stress_reap(int pid, int status, const char *what);

/* A SIGALRM every so many microseconds, with this handler (0: stop). */
void stress_interval(long microseconds, void (*handler)(int));

/* A 32-bit xorshift step; state must not be 0. */
static inline uint32_t stress_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* stress-regs.c: what a context switch or a signal must bring back */
void work_fp(unsigned id);
void work_atomic(unsigned id);
void work_code(unsigned id);
/* stress-vec.c, built with AltiVec; called on a CPU that has it only */
void work_vec(unsigned id);
/* stress-mem.c */
void work_mappings(unsigned id);
void work_copy_on_write(unsigned id);
void work_shared_file(unsigned id);
/* stress-proc.c */
void work_processes(unsigned id);
void work_signals(unsigned id);
void work_traps(unsigned id);
void work_pipes(unsigned id);

/* What `stress --child N` answers: the exit status that work_processes expects. */
int stress_child_status(unsigned n);

#endif
