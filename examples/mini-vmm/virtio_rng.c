/* SPDX-License-Identifier: MIT
 * virtio_rng.c - a virtio entropy device over the host's getrandom() (Virtio 1.1, 5.4).
 *
 * A request gets at most PIECE bytes, whatever room it has: the driver takes
 * what it is given, and a hostile one cannot make us busy for long.
 */
#include "virtio_devices.h"

#include <sys/random.h>

#include <errno.h>

#define DEVICE_ID 4u
#define PIECE 1024u

static size_t random_bytes(uint8_t *buf, size_t n)
{
	ssize_t got;

	do
		got = getrandom(buf, n, 0);
	while (got < 0 && errno == EINTR);
	return got < 0 ? 0 : (size_t)got;
}

static void notify(struct virtio_device *dev, unsigned queue)
{
	struct virtio_rng *rng = (struct virtio_rng *)dev;
	unsigned n = virtio_pending(dev, queue);

	if (!n)
		return;
	while (n-- && virtio_next(dev, queue, &rng->chain)) {
		uint64_t room = rng->chain.writable_bytes;
		uint8_t buf[PIECE];
		size_t got = random_bytes(buf, room < PIECE ? (size_t)room : PIECE);

		virtio_chain_write(&rng->chain, 0, buf, got);
		virtio_done(dev, queue, &rng->chain, (uint32_t)got);
	}
	virtio_signal(dev, queue);
}

static const struct virtio_class virtio_rng_class = {
	.id = DEVICE_ID,
	.queues = 1,
	.notify = notify,
};

void virtio_rng_init(struct virtio_rng *rng, molvm_vm *vm, struct irq_line irq)
{
	virtio_init(&rng->dev, &virtio_rng_class, vm, irq);
}
