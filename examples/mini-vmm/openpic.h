/* SPDX-License-Identifier: MIT
 * openpic.h - an OpenPIC (MPIC) interrupt controller for one processor.
 *
 * 256 sources, four interprocessor interrupts, registers big-endian and 32 bits
 * wide. The machine maps openpic_ops over 256 KiB with a struct openpic as
 * the opaque pointer, connects its output to the processor's external
 * interrupt, and hands openpic_source() to its devices as their wire.
 */
#ifndef OPENPIC_H
#define OPENPIC_H

#include <stdint.h>

#include <molvm.h>

#include "irq_line.h"

#define OPENPIC_SIZE 0x40000u
#define OPENPIC_SOURCES 256u
#define OPENPIC_IPIS 4u
#define OPENPIC_TIMERS 4u
#define OPENPIC_INPUTS (OPENPIC_SOURCES + OPENPIC_IPIS)
#define OPENPIC_WORDS ((OPENPIC_INPUTS + 31u) / 32u)

struct openpic {
	struct irq_line output;
	/* One of each for every source, and behind them for every IPI. */
	uint32_t vecpri[OPENPIC_INPUTS];
	uint32_t destination[OPENPIC_INPUTS];
	/* One bit for every input: its wire, its request, its being served. */
	uint32_t wire[OPENPIC_WORDS], requested[OPENPIC_WORDS], serving[OPENPIC_WORDS];
	uint32_t config, spurious, timer_frequency, task_priority;
	struct {
		uint32_t base_count, vecpri, destination;
	} timer[OPENPIC_TIMERS];
};

extern const molvm_device_ops openpic_ops;

void openpic_init(struct openpic *pic, struct irq_line output);

/* The hardware reset: everything masked. The sources' wires keep their levels. */
void openpic_reset(struct openpic *pic);

/* The level of one source's wire; fits struct irq_line with the openpic as opaque. */
void openpic_source(void *openpic, unsigned source, bool asserted);

#endif
