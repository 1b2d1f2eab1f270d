/* SPDX-License-Identifier: MIT
 * fuzz.h - what the files of the guest fuzzer share: numbers, words, the machine under attack.
 *
 * Everything follows from a seed. The engine is used through <molvm.h> alone; only words.c reads
 * the instruction table, to know which words are instructions.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>

#include <molvm.h>

#define PAGE 4096u
#define RAM_PAGES 32u
#define RAM_SIZE (RAM_PAGES * PAGE)
#define ROM_GPA 0xfff00000u
#define DEVICE_GPA 0xf0000000u

/* ---- words.c ---- */

uint32_t fuzz_any(uint64_t *state);                /* 32 random bits */
uint32_t fuzz_below(uint64_t *state, uint32_t n);  /* 0..n-1 */
/* An address where something is, or nearly: RAM, devices, holes, ends of pages and regions. */
uint32_t fuzz_address(uint64_t *state);
/* A word, mostly a valid one. calm: none that makes the translation depend on what the engine
 * remembers (segment registers, page tables, software-loaded TLBs). */
uint32_t fuzz_word(uint64_t *state, bool calm);

/* ---- machine.c ---- */

struct machine {
	uint64_t random;    /* state; every choice about this machine is drawn from it */
	bool calm;          /* nothing but the guest changes the machine */
	bool repeatable;    /* no host time, no other thread: the same seed ends in the same state */
	uint32_t clock;
	molvm_vm *vm;
	molvm_vcpu *vcpu;
	molvm_run_page *page;
	uint8_t *buffer, *ram; /* ram: inside buffer, between two guard pages */
	int fd;                /* a file to map */
	bool alone;            /* no other thread uses the vCPU: it may be replaced */
	bool stingy;           /* allocations fail now and then */
	unsigned depth;        /* > 0: in a device callback */
	uint64_t callbacks, refusals;
};

/* A guest with everything that the seed chose. Fails the process if the API refuses. */
void fuzz_machine_create(struct machine *m, uint64_t seed, bool calm);
void fuzz_machine_destroy(struct machine *m);
/* Are the bytes around the RAM that was lent to the engine as they were? */
bool fuzz_guards_intact(const struct machine *m);
/* Fresh registers, handlers and addresses for a guest that may have got stuck. */
void fuzz_machine_respawn(struct machine *m);
/* Registers and memory in one number. */
uint64_t fuzz_machine_sum(struct machine *m);
/* One random call of the API, from a callback or between runs. */
void fuzz_machine_meddle(struct machine *m);
/* Answer the exit just returned, at random (calm: by rule). */
void fuzz_machine_answer(struct machine *m, int reason);

/* Print the seed and what is wrong, and end the process. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define FUZZ_CHECK(truth)                                                                          \
	do {                                                                                           \
		if (!(truth))                                                                              \
			fuzz_fail("%s:%d: not so: %s", __FILE__, __LINE__, #truth);                             \
	} while (0)

#endif
