/* SPDX-License-Identifier: MIT
 * irq_line.h - a wire from a device to whatever listens: an interrupt controller, a CPU, a test.
 *
 * Devices know this and nothing of the controller, so that each can be taken
 * into another machine. The wire carries a level; a controller that wants
 * edges finds them itself.
 */
#ifndef IRQ_LINE_H
#define IRQ_LINE_H

#include <stdbool.h>

struct irq_line {
	void (*set)(void *opaque, unsigned source, bool asserted);
	void *opaque;
	unsigned source;
};

static inline void irq_line_set(const struct irq_line *line, bool asserted)
{
	if (line->set)
		line->set(line->opaque, line->source, asserted);
}

#endif
