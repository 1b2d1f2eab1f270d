/* SPDX-License-Identifier: MIT */
/*
 * stress-vec.c - the worker whose state lives in vector registers, VSCR and VRSAVE.
 *
 * Built with AltiVec, so it is a file of its own: the rest of stress runs on
 * every CPU.  Called by stress.c where the kernel says that AltiVec is there.
 */
#include "stress.h"

#include <inttypes.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format off */
#define EACH(X) \
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) \
	X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) \
	X(30) X(31)
#define CLOBBERED_VRS \
	"v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", \
	"v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", \
	"v25", "v26", "v27", "v28", "v29", "v30", "v31"
#define CLOBBERED_BY_SYSCALL \
	"r0", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "xer", "cr0", \
	"cr1", "cr5", "cr6", "cr7", "memory"

#define LOAD_VR(n) "li 0," #n "*16\n\tlvx " #n ",%[regs],0\n\t"
#define STORE_VR(n) "li 0," #n "*16\n\tstvx " #n ",%[regs],0\n\t"
/* clang-format on */

struct vec_state {
	uint32_t vr[32][4];
	uint32_t vscr[4];
	uint32_t vrsave;
} __attribute__((aligned(16)));

/* Load everything, give the CPU away a few times and burn a time slice, store everything. */
static void hold_vec(struct vec_state *state, unsigned yields)
{
	__asm__ volatile(
		"lvx 0,0,%[vscr]\n\tmtvscr 0\n\tmtspr 256,%[vrsave]\n\t" EACH(
			LOAD_VR) "1: li 0,%[yield]\n\tsc\n\t"
				 "li 0,3000\n\tmtctr 0\n"
				 "2: bdnz 2b\n\t"
				 "addi %[n],%[n],-1\n\tcmpwi %[n],0\n\tbne 1b\n\t"
				 "mfspr %[vrsave],256\n\t" EACH(
					 STORE_VR) "mfvscr 0\n\tstvx 0,0,%[vscr]\n\tli "
						   "0,-1\n\tmtspr 256,0"
		: [n] "+r"(yields), [vrsave] "+r"(state->vrsave)
		: [regs] "b"(state->vr), [vscr] "b"(state->vscr), [yield] "i"(SYS_sched_yield)
		: CLOBBERED_BY_SYSCALL, CLOBBERED_VRS);
}

/* A signal handler that leaves nothing of the interrupted code's vector registers. */
static void ruin_vec(int signal)
{
	static struct vec_state ruin;

	(void)signal;
	memset(&ruin, 0xad, sizeof(ruin));
	memset(ruin.vscr, 0, sizeof(ruin.vscr));
	__asm__ volatile("lvx 0,0,%[vscr]\n\tmtvscr 0\n\t" EACH(LOAD_VR)
			 :
			 : [regs] "b"(ruin.vr), [vscr] "b"(ruin.vscr)
			 : CLOBBERED_VRS, "r0", "memory");
}

void work_vec(unsigned id)
{
	static struct vec_state given, held;
	uint32_t random = 0x85ebca6bu * (id + 1);

	stress_interval(9000, ruin_vec);
	while (stress_running()) {
		for (unsigned n = 0; n < 32; n++)
			for (unsigned k = 0; k < 4; k++)
				given.vr[n][k] = stress_random(&random);
		given.vscr[3] = stress_random(&random) & 0x00010001; /* NJ and SAT */
		/* not 0: a kernel may take that for "no vector register is live" */
		given.vrsave = stress_random(&random) | 1;
		held = given;
		hold_vec(&held, 4);
		for (unsigned n = 0; n < 32; n++)
			for (unsigned k = 0; k < 4; k++)
				if (held.vr[n][k] != given.vr[n][k])
					stress_fail("word %u of v%u was %08" PRIx32
						    " and came back as %08" PRIx32,
						    k, n, given.vr[n][k], held.vr[n][k]);
		if (held.vscr[3] != given.vscr[3])
			stress_fail("VSCR was %08" PRIx32 " and came back as %08" PRIx32,
				    given.vscr[3], held.vscr[3]);
		if (held.vrsave != given.vrsave)
			stress_fail("VRSAVE was %08" PRIx32 " and came back as %08" PRIx32,
				    given.vrsave, held.vrsave);
	}
	stress_interval(0, NULL);
}
