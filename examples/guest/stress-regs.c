/* SPDX-License-Identifier: MIT */
/*
 * stress-regs.c - workers whose state lives in registers: FPRs and FPSCR, reservations, code.
 *
 * A context switch and a signal must bring back all 32 floating-point registers
 * and the FPSCR; lwarx/stwcx. must lose its reservation to another thread;
 * instructions written as data must be seen after dcbst, sync, icbi, isync
 * (PEM 5.1.5.2).  Called by stress.c.
 */
#include "stress.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format off */
#define EACH(X) \
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) \
	X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) \
	X(30) X(31)
#define CLOBBERED_FPRS \
	"fr0", "fr1", "fr2", "fr3", "fr4", "fr5", "fr6", "fr7", "fr8", "fr9", "fr10", \
	"fr11", "fr12", "fr13", "fr14", "fr15", "fr16", "fr17", "fr18", "fr19", "fr20", \
	"fr21", "fr22", "fr23", "fr24", "fr25", "fr26", "fr27", "fr28", "fr29", "fr30", \
	"fr31"
#define CLOBBERED_BY_SYSCALL \
	"r0", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "xer", "cr0", \
	"cr1", "cr5", "cr6", "cr7", "memory"

#define LOAD_FPR(n) "lfd " #n "," #n "*8(%[regs])\n\t"
#define STORE_FPR(n) "stfd " #n "," #n "*8(%[regs])\n\t"
/* clang-format on */

/* Load everything, give the CPU away a few times and burn a time slice, store everything. */
static void hold_fp(uint64_t regs[32], uint64_t *fpscr, unsigned yields)
{
	static const uint64_t zero;

	__asm__ volatile("lfd 0,0(%[fpscr])\n\tmtfsf 255,0\n\t" EACH(
				 LOAD_FPR) "1: li 0,%[yield]\n\tsc\n\t"
					   "li 0,3000\n\tmtctr 0\n"
					   "2: bdnz 2b\n\t"
					   "addi %[n],%[n],-1\n\tcmpwi %[n],0\n\tbne 1b\n\t" EACH(
						   STORE_FPR) "mffs 0\n\tstfd 0,0(%[fpscr])\n\tlfd "
							      "0,0(%[zero])\n\tmtfsf 255,0"
			 : [n] "+r"(yields)
			 : [regs] "b"(regs), [fpscr] "b"(fpscr), [zero] "b"(&zero),
			   [yield] "i"(SYS_sched_yield)
			 : CLOBBERED_BY_SYSCALL, CLOBBERED_FPRS);
}

/* A signal handler that leaves nothing of the interrupted code's FP registers. */
static void ruin_fp(int signal)
{
	static uint64_t regs[32], fpscr;

	(void)signal;
	for (unsigned n = 0; n < 32; n++)
		regs[n] = 0xdeaddeaddeaddeadull ^ n;
	fpscr = 3;
	__asm__ volatile("lfd 0,0(%[fpscr])\n\tmtfsf 255,0\n\t" EACH(LOAD_FPR)
			 :
			 : [regs] "b"(regs), [fpscr] "b"(&fpscr)
			 : CLOBBERED_FPRS, "memory");
}

void work_fp(unsigned id)
{
	uint32_t random = 0x9e3779b9u * (id + 1);

	stress_interval(7000, ruin_fp);
	while (stress_running()) {
		uint64_t regs[32], held[32], fpscr, held_fpscr;

		for (unsigned n = 0; n < 32; n++)
			regs[n] = (uint64_t)stress_random(&random) << 32 | stress_random(&random);
		/* the rounding mode, NI and sticky FX and XX: all of it is state */
		fpscr = (stress_random(&random) & 7) | 0x82000000u;
		memcpy(held, regs, sizeof(held));
		held_fpscr = fpscr;
		hold_fp(held, &held_fpscr, 4);
		for (unsigned n = 0; n < 32; n++)
			if (held[n] != regs[n])
				stress_fail("f%u was %016" PRIx64 " and came back as %016" PRIx64,
					    n, regs[n], held[n]);
		if ((uint32_t)held_fpscr != (uint32_t)fpscr)
			stress_fail("FPSCR was %08" PRIx32 " and came back as %08" PRIx32,
				    (uint32_t)fpscr, (uint32_t)held_fpscr);
	}
	stress_interval(0, NULL);
}

/* --- atomic: two threads, one counter */

#define INCREMENTS 20000

static volatile uint32_t counter;

/* Now and then give the CPU away between lwarx and stwcx.: the store must fail. */
static void *increment(void *unused)
{
	uint32_t value;

	(void)unused;
	for (int n = 0; n < INCREMENTS; n++) {
		if (n % 256 == 0)
			__asm__ volatile(
				"lwarx %0,0,%1\n\tli 0,%2\n\tsc\n\t"
				"addi %0,%0,1\n\tstwcx. %0,0,%1\n\tbeq+ 2f\n"
				"1: lwarx %0,0,%1\n\taddi %0,%0,1\n\tstwcx. %0,0,%1\n\tbne- 1b\n"
				"2:"
				: "=&b"(value)
				: "r"(&counter), "i"(SYS_sched_yield)
				: CLOBBERED_BY_SYSCALL);
		else
			__asm__ volatile(
				"1: lwarx %0,0,%1\n\taddi %0,%0,1\n\tstwcx. %0,0,%1\n\tbne- 1b"
				: "=&b"(value)
				: "r"(&counter)
				: "cr0", "memory");
	}
	return NULL;
}

void work_atomic(unsigned id)
{
	(void)id;
	while (stress_running()) {
		pthread_t threads[2];

		counter = 0;
		for (int n = 0; n < 2; n++)
			if (pthread_create(&threads[n], NULL, increment, NULL) != 0)
				stress_fail("pthread_create: %s", strerror(errno));
		for (int n = 0; n < 2; n++)
			pthread_join(threads[n], NULL);
		if (counter != 2 * INCREMENTS)
			stress_fail("two threads counted to %" PRIu32 ", not %d", counter,
				    2 * INCREMENTS);
	}
}

/* --- code: functions written as data, changed and called again */

static void publish_code(const uint32_t *code, size_t words)
{
	for (size_t n = 0; n < words; n++)
		__asm__ volatile("dcbst 0,%0" : : "r"(code + n) : "memory");
	__asm__ volatile("sync" : : : "memory");
	for (size_t n = 0; n < words; n++)
		__asm__ volatile("icbi 0,%0" : : "r"(code + n) : "memory");
	__asm__ volatile("sync; isync" : : : "memory");
}

/* r3 = r3 * 1 + two immediates; each call goes through instructions made a moment ago. */
void work_code(unsigned id)
{
	size_t bytes = 3 * 4096;
	uint32_t random = id + 1;
	uint8_t *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE | PROT_EXEC,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		stress_fail("mmap of code: %s", strerror(errno));
	while (stress_running()) {
		/* near a page's end as well: the last instruction is on the next page */
		size_t offset = stress_random(&random) & 1 ? 4096 - 8
							   : (stress_random(&random) & 0x1ff) * 4;
		uint32_t *code = (uint32_t *)(page + offset);
		uint32_t (*function)(uint32_t) = (uint32_t(*)(uint32_t))(uintptr_t)code;

		for (int n = 0; n < 50; n++) {
			uint32_t low = stress_random(&random) & 0x7fff,
				 high = stress_random(&random) & 0x7fff;
			uint32_t argument = stress_random(&random), got;

			code[0] = 0x38630000 | low;  /* addi r3,r3,low */
			code[1] = 0x3c630000 | high; /* addis r3,r3,high */
			code[2] = 0x4e800020;	     /* blr */
			publish_code(code, 3);
			got = function(argument);
			if (got != argument + low + (high << 16))
				stress_fail("new code at %p gave %08" PRIx32 ", not %08" PRIx32,
					    (void *)code, got, argument + low + (high << 16));
		}
	}
	munmap(page, bytes);
}
