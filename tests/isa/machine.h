/* SPDX-License-Identifier: MIT
 * machine.h - what is below the interpreter in the vector tests: one RAM, a fixed time, a log.
 *
 * Effective addresses are RAM from 0 to ISA_RAM_SIZE and a page fault elsewhere; the
 * external device behind eciwx and ecowx is one register; every event and cache operation
 * that the engine is told of is logged. isa.c fills it in, runs words, looks at it.
 */
#ifndef ISA_MACHINE_H
#define ISA_MACHINE_H

#include "cpu.h"

#define ISA_RAM_SIZE 0x10000u
#define ISA_EVENTS 8

struct isa_event {
	char name[12]; /* "tlbie", "icbi"... */
	uint32_t arg;
};

struct isa_machine {
	struct ppc_cpu cpu; /* first: the engine's functions are given this */
	uint8_t ram[ISA_RAM_SIZE];
	uint64_t tick;
	uint32_t device; /* what eciwx reads and ecowx writes */
	struct isa_event events[ISA_EVENTS];
	unsigned event_count;
};

struct isa_words {
	uint32_t word[8];
	unsigned count;
	uint32_t end; /* the pc behind them */
	bool excepts; /* they end with an exception */
};

/* Registers that all differ, RAM of 0xee, MSR[FP, VEC], HID0[DCE], pc = 0x1000. */
void isa_machine_init(struct isa_machine *m, const struct ppc_model *model);
void isa_machine_log(struct isa_machine *m, const char *name, uint32_t arg);

/* ---- translated.c ---- */
/* The words in a VM, by the translator; after has its registers, RAM and exception. False: they were not
 * translated, which has been printed. */
bool isa_run_translated(const struct isa_words *w, const struct isa_machine *before,
			struct isa_machine *after);
/* Does a VM do with these words what this machine does? vector: of the exception, or 0. */
bool isa_is_for_translator(const struct isa_words *w, const struct isa_machine *before, uint32_t vector);

#endif
