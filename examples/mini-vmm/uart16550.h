/* SPDX-License-Identifier: MIT
 * uart16550.h - a 16550A serial port: eight byte-wide registers, two 16-byte FIFOs.
 *
 * The machine maps uart16550_ops with a struct uart16550 as the opaque
 * pointer, gives it an interrupt wire and the two ends of the serial line, and
 * calls uart16550_poll() when the far end has something to say.
 */
#ifndef UART16550_H
#define UART16550_H

#include <stdint.h>

#include <molvm.h>

#include "byte_line.h"
#include "irq_line.h"

#define UART16550_SIZE 8u /* bytes of registers */
#define UART16550_FIFO 16u

struct uart16550 {
	struct irq_line irq;
	struct byte_line line;
	uint8_t fifo[UART16550_FIFO]; /* what was received */
	uint8_t head, count;
	uint8_t ier, fcr, lcr, mcr, msr, scratch;
	uint8_t line_errors; /* LSR bits that reading LSR clears */
	uint8_t divisor[2];  /* kept and read back; the line has no speed */
	bool thre_interrupt; /* "transmitter empty" has not been acknowledged */
};

extern const molvm_device_ops uart16550_ops;

void uart16550_init(struct uart16550 *uart, struct irq_line irq, struct byte_line line);

/* Power-on state; the wire and the line stay. */
void uart16550_reset(struct uart16550 *uart);

/* Fetches from the line what the receiver has room for. */
void uart16550_poll(struct uart16550 *uart);

#endif
