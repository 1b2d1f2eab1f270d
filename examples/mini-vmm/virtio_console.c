/* SPDX-License-Identifier: MIT
 * virtio_console.c - a virtio console with one port (Virtio 1.1, 5.3).
 *
 * A second console beside the serial port, faster by far: hvc0 in Linux. A
 * request may name all of RAM many times over; of each, SEND_MAX bytes are
 * sent, so that no driver keeps us busy for long.
 */
#include "virtio_devices.h"

#define DEVICE_ID 3u
#define PIECE 4096u
#define SEND_MAX (1024u * 1024u)

enum { QUEUE_RECEIVE, QUEUE_TRANSMIT };

static size_t min_size(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

void virtio_console_poll(struct virtio_console *console)
{
	struct virtio_device *dev = &console->dev;
	bool any = false;

	/* Input is taken off the line only when a buffer is there for it. */
	for (unsigned n = virtio_pending(dev, QUEUE_RECEIVE); n; n--) {
		uint8_t buf[PIECE];
		size_t got;

		if (!virtio_next(dev, QUEUE_RECEIVE, &console->chain))
			break;
		got = byte_line_receive(&console->line, buf,
					min_size(console->chain.writable_bytes, PIECE));
		if (!got) {
			virtio_put_back(dev, QUEUE_RECEIVE);
			break;
		}
		virtio_chain_write(&console->chain, 0, buf, got);
		virtio_done(dev, QUEUE_RECEIVE, &console->chain, (uint32_t)got);
		any = true;
	}
	if (any)
		virtio_signal(dev, QUEUE_RECEIVE);
}

static void send(struct virtio_console *console)
{
	const struct virtio_chain *chain = &console->chain;
	uint8_t buf[PIECE];

	for (uint64_t done = 0; done < chain->readable_bytes && done < SEND_MAX;) {
		size_t n = virtio_chain_read(chain, done, buf, PIECE);

		byte_line_send(&console->line, buf, n);
		done += n;
	}
}

static void notify(struct virtio_device *dev, unsigned queue)
{
	struct virtio_console *console = (struct virtio_console *)dev;
	unsigned n;

	if (queue == QUEUE_RECEIVE) {
		virtio_console_poll(console);
		return;
	}
	n = virtio_pending(dev, queue);
	if (!n)
		return;
	while (n-- && virtio_next(dev, queue, &console->chain)) {
		send(console);
		virtio_done(dev, queue, &console->chain, 0);
	}
	virtio_signal(dev, queue);
}

static const struct virtio_class virtio_console_class = {
	.id = DEVICE_ID,
	.queues = 2,
	.notify = notify,
};

void virtio_console_init(struct virtio_console *console, molvm_vm *vm, struct irq_line irq,
			 struct byte_line line)
{
	virtio_init(&console->dev, &virtio_console_class, vm, irq);
	console->line = line;
}
