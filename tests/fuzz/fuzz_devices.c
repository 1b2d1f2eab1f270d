/* SPDX-License-Identifier: MIT
 * fuzz_devices.c - the registers of mini-vmm's simple devices, accessed at random.
 *
 * Serial port, interrupt controller and system controller are asked everything a guest can ask:
 * any offset of their regions, any length that the engine may cut, in any order, with input and
 * output on the lines meanwhile. What must hold: no stray access (under the sanitizers), an answer
 * at once, and after a reset a device like new. The virtio devices have test_virtio_random.c.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "openpic.h"
#include "syscon.h"
#include "uart16550.h"

#define ROUNDS 200u
#define ACCESSES 5000u

static uint64_t state = 88172645463325252u;
static uint64_t wire, sent;

static uint32_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static void check(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "fuzz_devices: %s\n", what);
	abort();
}

static void set_wire(void *opaque, unsigned source, bool asserted)
{
	(void)opaque;
	wire = (wire & ~(1ull << source)) | (uint64_t)asserted << source;
}

static void take(void *opaque, const uint8_t *buf, size_t n)
{
	(void)opaque;
	for (size_t i = 0; i < n; i++)
		sent += buf[i];
}

static size_t give(void *opaque, uint8_t *buf, size_t n)
{
	size_t some = n ? any() % (n + 1) : 0;

	(void)opaque;
	memset(buf, (int)any() & 0xff, some);
	return some;
}

/* One access as the engine would cut it. */
static void access_any(const molvm_device_ops *ops, void *device, uint32_t size)
{
	uint32_t len = ops->min_len ? ops->min_len : 1u << any() % 4;
	molvm_access a = { .len = len, .value = (uint64_t)any() << 32 | any() };
	int rc;

	/* Mostly where registers are, else anywhere in the region. */
	a.addr = any() % 4 ? any() % (size < 0x400 ? size : 0x400) : any() % size;
	if (size > 0x20000 && any() % 2)
		a.addr = 0x10000u * (1 + any() % 2) + any() % 0x2000;
	a.addr &= ~(uint64_t)(len - 1);
	if (any() % 8)
		a.addr &= ~15ull; /* the interrupt controller's registers are 16 bytes apart */
	if (a.addr + len > size)
		a.addr = 0;
	rc = any() % 2 ? ops->read(device, &a) : ops->write(device, &a);
	check(rc == MOLVM_MMIO_OK || rc == MOLVM_MMIO_STOP || rc == MOLVM_MMIO_BUS_ERR,
	      "a device answers with no MOLVM_MMIO_*");
}

int main(void)
{
	static struct openpic pic, fresh_pic;
	static struct uart16550 uart, fresh_uart;
	static struct syscon syscon;
	const struct byte_line line = { take, give, NULL };

	alarm(300);
	for (unsigned round = 0; round < ROUNDS; round++) {
		openpic_init(&pic, (struct irq_line){ set_wire, NULL, 0 });
		uart16550_init(&uart, (struct irq_line){ openpic_source, &pic, 16 }, line);
		for (unsigned n = 0; n < ACCESSES; n++) {
			access_any(&openpic_ops, &pic, OPENPIC_SIZE);
			access_any(&uart16550_ops, &uart, any() % 2 ? UART16550_SIZE : 4096);
			access_any(&syscon_ops, &syscon, 4096);
			openpic_source(&pic, any() % 4 ? any() % 64 : any(), any() % 2);
			uart16550_poll(&uart);
			check(uart.count <= UART16550_FIFO && uart.head < UART16550_FIFO,
			      "the serial port's FIFO holds more than it can");
		}
		for (unsigned n = 0; n < OPENPIC_SOURCES; n++)
			openpic_source(&pic, n, false);
		uart16550_reset(&uart);
		openpic_reset(&pic);
		fresh_uart = (struct uart16550){ 0 };
		uart16550_init(&fresh_uart, uart.irq, line);
		openpic_init(&fresh_pic, pic.output);
		check(!memcmp(&uart, &fresh_uart, sizeof(uart)), "a reset serial port is not as new");
		check(!memcmp(&pic, &fresh_pic, sizeof(pic)), "a reset interrupt controller is not as new");
		check(!wire, "the interrupt line is up after a reset");
	}
	printf("%u accesses, checksum of the output %llu\n", 3 * ROUNDS * ACCESSES,
	       (unsigned long long)sent);
	return 0;
}
