/* SPDX-License-Identifier: MIT
 * runner.c - the guest half of the differential test: a PowerPC Linux program for qemu-ppc.
 *
 *   runner CASES RESULTS
 *
 * Reads struct diff_state records (diff_offsets.h, big-endian), lets each run its
 * one instruction word from its state (runner.S) and writes the states that it
 * left. Signals become pad numbers of 100 + signal. Big-endian host code: the
 * record is used as it is.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "diff_offsets.h"

extern void run_one(int use_vec);
extern uint32_t test_slot[], after_trap[];

static uint8_t *const scratch = (uint8_t *)DIFF_SCRATCH_EA;
static uint8_t *const state = (uint8_t *)DIFF_STATE_EA;

static void on_signal(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned long *gpr = uc->uc_mcontext.uc_regs->gregs;

	(void)info;
	memcpy(state + DIFF_GPR, &gpr[0], 4);
	gpr[0] = 100 + (unsigned long)number;
	gpr[32] = (unsigned long)(uintptr_t)after_trap; /* nip */
}

static void *map_at(uint8_t *where, size_t size)
{
	return mmap(where, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void patch(const uint8_t *insn)
{
	memcpy(test_slot, insn, 4);
	__asm__ volatile("dcbst 0,%0; sync; icbi 0,%0; sync; isync" ::"r"(test_slot) : "memory");
}

int main(int argc, char **argv)
{
	static const int signals[] = { SIGILL, SIGTRAP, SIGFPE, SIGSEGV, SIGBUS };
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	static uint8_t signal_stack[65536]; /* the tested word has r1 */
	stack_t stack = { .ss_sp = signal_stack, .ss_size = sizeof(signal_stack) };
	uintptr_t page = (uintptr_t)test_slot & ~(uintptr_t)4095;
	FILE *in, *out;

	if (argc != 3 || !(in = fopen(argv[1], "rb")) || !(out = fopen(argv[2], "wb"))) {
		fprintf(stderr, "usage: runner CASES RESULTS\n");
		return 2;
	}
	if (map_at(scratch, DIFF_SCRATCH_SIZE) == MAP_FAILED || map_at(state, 4096) == MAP_FAILED ||
	    mprotect((void *)page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC)) {
		perror("runner");
		return 2;
	}
	sigaltstack(&stack, NULL);
	for (size_t n = 0; n < sizeof(signals) / sizeof(signals[0]); n++)
		sigaction(signals[n], &sa, NULL);
	while (fread(state, DIFF_SIZE, 1, in) == 1) {
		memset(scratch, 0, DIFF_SCRATCH_SIZE);
		memcpy(scratch + DIFF_MEM_AT, state + DIFF_MEM, DIFF_MEM_SIZE);
		patch(state + DIFF_INSN);
		run_one(state[DIFF_USE_VEC + 3]);
		memcpy(state + DIFF_MEM, scratch + DIFF_MEM_AT, DIFF_MEM_SIZE);
		fwrite(state, DIFF_SIZE, 1, out);
	}
	return fclose(out) ? 2 : 0;
}
