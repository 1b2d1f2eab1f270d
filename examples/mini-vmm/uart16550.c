/* SPDX-License-Identifier: MIT
 * uart16550.c - a 16550A serial port (National Semiconductor PC16550D data sheet).
 *
 * The console of mini-vmm. Transmission takes no time: a byte written is a
 * byte sent, so the transmitter is always empty. Reception never outruns the
 * guest: bytes wait at the far end of the line until the FIFO has room, and a
 * FIFO below its trigger level reports the time-out at once, since nobody
 * knows whether more will come. OUT2 does not gate the interrupt: that gate
 * is a PC's wiring, not the chip's.
 */
#include "uart16550.h"

#include <string.h>

/* Registers by address; DLAB is LCR bit 7. */
enum { REG_DATA, REG_IER, REG_IIR_FCR, REG_LCR, REG_MCR, REG_LSR, REG_MSR, REG_SCRATCH };

#define IER_RX 0x01u
#define IER_TX 0x02u
#define IER_LINE 0x04u
#define IER_MODEM 0x08u
#define IER_MASK 0x0fu

#define IIR_NONE 0x01u
#define IIR_MODEM 0x00u
#define IIR_TX 0x02u
#define IIR_RX 0x04u
#define IIR_LINE 0x06u
#define IIR_TIMEOUT 0x0cu
#define IIR_FIFOS 0xc0u

#define FCR_ENABLE 0x01u
#define FCR_CLEAR_RX 0x02u
#define FCR_KEPT 0xc9u /* enable, DMA mode and trigger level; the clear bits are pulses */

#define LCR_BREAK 0x40u
#define LCR_DLAB 0x80u

#define MCR_DTR 0x01u
#define MCR_RTS 0x02u
#define MCR_OUT1 0x04u
#define MCR_OUT2 0x08u
#define MCR_LOOP 0x10u
#define MCR_MASK 0x1fu

#define LSR_DATA 0x01u
#define LSR_OVERRUN 0x02u
#define LSR_BREAK 0x10u
#define LSR_THRE 0x20u
#define LSR_TEMT 0x40u

#define MSR_CTS 0x10u
#define MSR_DSR 0x20u
#define MSR_RI 0x40u
#define MSR_DCD 0x80u
#define MSR_LINES 0xf0u
#define MSR_DELTAS 0x0fu

static unsigned depth(const struct uart16550 *uart)
{
	return uart->fcr & FCR_ENABLE ? UART16550_FIFO : 1;
}

static unsigned trigger(const struct uart16550 *uart)
{
	static const uint8_t level[] = { 1, 4, 8, 14 };

	return uart->fcr & FCR_ENABLE ? level[uart->fcr >> 6] : 1;
}

/* The interrupt with the highest priority that is enabled and pending. */
static uint8_t interrupt_id(const struct uart16550 *uart)
{
	if (uart->ier & IER_LINE && uart->line_errors)
		return IIR_LINE;
	if (uart->ier & IER_RX && uart->count)
		return uart->count >= trigger(uart) ? IIR_RX : IIR_TIMEOUT;
	if (uart->ier & IER_TX && uart->thre_interrupt)
		return IIR_TX;
	if (uart->ier & IER_MODEM && uart->msr & MSR_DELTAS)
		return IIR_MODEM;
	return IIR_NONE;
}

static void update_irq(struct uart16550 *uart)
{
	irq_line_set(&uart->irq, interrupt_id(uart) != IIR_NONE);
}

static void receive(struct uart16550 *uart, uint8_t byte)
{
	if (uart->count == depth(uart)) {
		uart->line_errors |= LSR_OVERRUN;
		if (uart->fcr & FCR_ENABLE)
			return; /* the shift register is overwritten, the FIFO is not */
		uart->count = 0;
	}
	uart->fifo[(uart->head + uart->count) % UART16550_FIFO] = byte;
	uart->count++;
}

void uart16550_poll(struct uart16550 *uart)
{
	uint8_t buf[UART16550_FIFO];
	size_t room = depth(uart) - uart->count;
	size_t n;

	if (!room || uart->mcr & MCR_LOOP)
		return;
	n = byte_line_receive(&uart->line, buf, room);
	for (size_t i = 0; i < n && i < room; i++)
		receive(uart, buf[i]);
	update_irq(uart);
}

static void send(struct uart16550 *uart, uint8_t byte)
{
	if (uart->mcr & MCR_LOOP)
		receive(uart, byte);
	else
		byte_line_send(&uart->line, &byte, 1);
	uart->thre_interrupt = true; /* already empty again */
}

/* What stands on the modem's input pins: its answers, or in loopback our own outputs. */
static uint8_t modem_lines(const struct uart16550 *uart)
{
	uint8_t lines = 0;

	if (!(uart->mcr & MCR_LOOP))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	lines |= uart->mcr & MCR_RTS ? MSR_CTS : 0;
	lines |= uart->mcr & MCR_DTR ? MSR_DSR : 0;
	lines |= uart->mcr & MCR_OUT1 ? MSR_RI : 0;
	lines |= uart->mcr & MCR_OUT2 ? MSR_DCD : 0;
	return lines;
}

static void update_modem(struct uart16550 *uart)
{
	uint8_t lines = modem_lines(uart);
	uint8_t changed = (uart->msr ^ lines) & MSR_LINES;

	if (lines & MSR_RI) /* the ring delta is set by the trailing edge alone */
		changed &= (uint8_t)~MSR_RI;
	uart->msr = (uint8_t)(lines | (uart->msr & MSR_DELTAS) | changed >> 4);
}

static uint8_t read_data(struct uart16550 *uart)
{
	uint8_t byte = uart->fifo[uart->head];

	if (!uart->count)
		return 0;
	uart->head = (uart->head + 1) % UART16550_FIFO;
	uart->count--;
	uart16550_poll(uart);
	return byte;
}

static uint8_t read_iir(struct uart16550 *uart)
{
	uint8_t id = interrupt_id(uart);

	if (id == IIR_TX)
		uart->thre_interrupt = false;
	return (uint8_t)(id | (uart->fcr & FCR_ENABLE ? IIR_FIFOS : 0));
}

static uint8_t read_lsr(struct uart16550 *uart)
{
	uint8_t lsr = LSR_THRE | LSR_TEMT | uart->line_errors;

	uart->line_errors = 0;
	return (uint8_t)(lsr | (uart->count ? LSR_DATA : 0));
}

static uint8_t read_msr(struct uart16550 *uart)
{
	uint8_t msr = uart->msr;

	uart->msr &= MSR_LINES;
	return msr;
}

static uint8_t read_register(struct uart16550 *uart, unsigned reg)
{
	bool dlab = uart->lcr & LCR_DLAB;

	switch (reg) {
	case REG_DATA:
		return dlab ? uart->divisor[0] : read_data(uart);
	case REG_IER:
		return dlab ? uart->divisor[1] : uart->ier;
	case REG_IIR_FCR:
		return read_iir(uart);
	case REG_LCR:
		return uart->lcr;
	case REG_MCR:
		return uart->mcr;
	case REG_LSR:
		return read_lsr(uart);
	case REG_MSR:
		return read_msr(uart);
	default:
		return uart->scratch;
	}
}

static void write_ier(struct uart16550 *uart, uint8_t value)
{
	/* Enabling the transmitter interrupt while the transmitter is empty raises it. */
	if (value & ~uart->ier & IER_TX)
		uart->thre_interrupt = true;
	uart->ier = value & IER_MASK;
}

static void write_fcr(struct uart16550 *uart, uint8_t value)
{
	bool switched = (value ^ uart->fcr) & FCR_ENABLE;

	if (switched || value & FCR_CLEAR_RX)
		uart->head = uart->count = 0;
	/* The other bits are taken only while bit 0 is being written as 1. */
	uart->fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
}

static void write_lcr(struct uart16550 *uart, uint8_t value)
{
	bool break_began = value & ~uart->lcr & LCR_BREAK;

	uart->lcr = value;
	if (break_began && uart->mcr & MCR_LOOP) {
		receive(uart, 0);
		uart->line_errors |= LSR_BREAK;
	}
}

static void write_data(struct uart16550 *uart, uint8_t value)
{
	uart->thre_interrupt = false;
	send(uart, value);
}

static void write_register(struct uart16550 *uart, unsigned reg, uint8_t value)
{
	bool dlab = uart->lcr & LCR_DLAB;

	switch (reg) {
	case REG_DATA:
		if (dlab)
			uart->divisor[0] = value;
		else
			write_data(uart, value);
		break;
	case REG_IER:
		if (dlab)
			uart->divisor[1] = value;
		else
			write_ier(uart, value);
		break;
	case REG_IIR_FCR:
		write_fcr(uart, value);
		break;
	case REG_LCR:
		write_lcr(uart, value);
		break;
	case REG_MCR:
		uart->mcr = value & MCR_MASK;
		update_modem(uart);
		break;
	case REG_SCRATCH:
		uart->scratch = value;
		break;
	default:
		break; /* LSR and MSR are the receiver's and the modem's to write */
	}
}

static int mmio_read(void *opaque, molvm_access *a)
{
	struct uart16550 *uart = opaque;

	/* A machine may map a whole page: beyond the registers there is nothing. */
	a->value = a->addr < UART16550_SIZE ? read_register(uart, (unsigned)a->addr) : 0;
	update_irq(uart);
	return MOLVM_MMIO_OK;
}

static int mmio_write(void *opaque, molvm_access *a)
{
	struct uart16550 *uart = opaque;

	if (a->addr < UART16550_SIZE)
		write_register(uart, (unsigned)a->addr, (uint8_t)a->value);
	uart16550_poll(uart); /* leaving loopback or enabling the FIFO may have made room */
	update_irq(uart);
	return MOLVM_MMIO_OK;
}

const molvm_device_ops uart16550_ops = {
	.size = sizeof(molvm_device_ops),
	.min_len = 1,
	.max_len = 1,
	.read = mmio_read,
	.write = mmio_write,
};

void uart16550_reset(struct uart16550 *uart)
{
	struct irq_line irq = uart->irq;
	struct byte_line line = uart->line;

	memset(uart, 0, sizeof(*uart));
	uart->irq = irq;
	uart->line = line;
	uart->msr = modem_lines(uart);
	update_irq(uart);
}

void uart16550_init(struct uart16550 *uart, struct irq_line irq, struct byte_line line)
{
	uart->irq = irq;
	uart->line = line;
	uart16550_reset(uart);
}
