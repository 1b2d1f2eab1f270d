/* SPDX-License-Identifier: MIT
 * diff.h - the differential test against qemu-ppc: its record and its three parts.
 *
 *   gen.c    draws cases for a row of insn.def (operands, state, memory)
 *   ours.c   runs a case with the interpreter
 *   translated.c  the same with the translator
 *   known.c  what qemu-ppc does wrong, with the manual's word, and what it cannot judge
 *   diff.c   writes cases, runs qemu-ppc on runner.c, compares, counts
 */
#ifndef DIFF_H
#define DIFF_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "cpu.h"
#include "diff_offsets.h"

/* One case, in host order; the file holds the same members big-endian (diff.c converts). */
struct diff_state {
	uint32_t gpr[32];
	uint64_t fpr[32];
	uint8_t vr[32][16]; /* bytes in the manual's order */
	uint8_t vscr[16];
	uint64_t fpscr; /* as stfd after mffs leaves it: low word */
	uint32_t cr, xer, lr, ctr;
	uint32_t insn, pad, use_vec, saved_sp;
	uint32_t unused[2];
	uint8_t mem[DIFF_MEM_SIZE];
};

struct diff_random {
	uint64_t s;
};
uint32_t diff_random32(struct diff_random *r);

/* Can this row be compared in user mode? NULL: yes. Else the reason why not. */
const char *diff_row_excluded(enum ppc_op op);
void diff_generate(enum ppc_op op, struct diff_random *r, struct diff_state *s);
void diff_run_ours(const struct diff_state *in, struct diff_state *out);
void diff_run_translated(const struct diff_state *in, struct diff_state *out);

/* qemu-ppc is asked DIFF_QUESTIONS times about a case: as it is, and (rows that round) with the
 * rounding mode "toward zero", which tells whether the first answer was rounded up. The word asked
 * may be another one, whose answer the manual turns into this one's: see known.c. */
#define DIFF_QUESTIONS 2
unsigned diff_questions(enum ppc_op op);
void diff_question(enum ppc_op op, const struct diff_state *in, unsigned number,
		   struct diff_state *asked);
/* What the manual makes of the answers: theirs[0] with every known error of qemu-ppc put right.
 * Our outcome is consulted only where the manual leaves a choice. Returns the rules that changed
 * something, bit 1 << n for diff_rule(n). */
uint32_t diff_correct(enum ppc_op op, const struct diff_state *in,
		      const struct diff_state theirs[DIFF_QUESTIONS], const struct diff_state *ours,
		      struct diff_state *expected);
/* The manual's word on rule n; NULL past the last. */
const char *diff_rule(unsigned n);

#endif
