/* SPDX-License-Identifier: MIT
 * virtio_mmio.h - the virtio transport over memory-mapped registers, for one device.
 *
 * Virtio 1.1, chapter 4.2 (register layout version 2) and 2.6 (split queues).
 * A kind of device (disk, network...) embeds a struct virtio_device as its
 * first member, describes itself with a struct virtio_class, and takes its
 * requests off the queues with virtio_next(), virtio_chain_read(), virtio_chain_write() and
 * virtio_done(). All of it runs on the vCPU's thread.
 *
 * The guest is hostile: every address it names is checked against RAM, every
 * count against the queue. A guest that breaks the rules finds
 * DEVICE_NEEDS_RESET in the status register and no service until it resets.
 */
#ifndef VIRTIO_MMIO_H
#define VIRTIO_MMIO_H

#include <sys/uio.h>

#include <stdbool.h>
#include <stdint.h>

#include <molvm.h>

#include "irq_line.h"

#define VIRTIO_MMIO_SIZE 0x200u
#define VIRTIO_QUEUES_MAX 2u
#define VIRTIO_QUEUE_SIZE 256u /* the largest queue, and the longest chain of buffers */
#define VIRTIO_CONFIG_MAX 64u

#define VIRTIO_F_INDIRECT_DESC (UINT64_C(1) << 28)
#define VIRTIO_F_VERSION_1 (UINT64_C(1) << 32)

struct virtio_device;

struct virtio_class {
	uint32_t id;
	unsigned queues;
	/* The driver put something on a queue. */
	void (*notify)(struct virtio_device *dev, unsigned queue);
	/* The driver, or the machine, reset the device. May be NULL. */
	void (*reset)(struct virtio_device *dev);
};

struct virtio_queue {
	bool ready;
	uint32_t size;
	uint64_t desc, avail, used; /* physical addresses of its three parts */
	uint16_t next_avail, next_used;
};

struct virtio_device {
	const struct virtio_class *class;
	molvm_vm *vm;
	struct irq_line irq;
	uint64_t features; /* what we offer */
	uint8_t config[VIRTIO_CONFIG_MAX];
	uint32_t config_size;

	uint64_t driver_features;
	uint32_t features_sel, driver_features_sel, queue_sel;
	uint32_t status, interrupts;
	struct virtio_queue queue[VIRTIO_QUEUES_MAX];
};

/* One request: what the device may read, and behind that what it may write. */
struct virtio_chain {
	molvm_vm *vm;
	uint16_t head;
	unsigned readable, writable; /* segments */
	uint64_t readable_bytes, writable_bytes;
	struct virtio_segment {
		uint64_t gpa;
		uint8_t *hva;
		uint32_t len;
	} segment[VIRTIO_QUEUE_SIZE];
};

enum virtio_part { VIRTIO_READABLE, VIRTIO_WRITABLE };

extern const molvm_device_ops virtio_mmio_ops; /* opaque: the struct virtio_device */

/* The caller then adds features and fills config; both stay as they are through resets. */
void virtio_init(struct virtio_device *dev, const struct virtio_class *class, molvm_vm *vm,
		 struct irq_line irq);
void virtio_reset(struct virtio_device *dev);
/* Appends n bytes of the value to the configuration space, little-endian. */
void virtio_config_add(struct virtio_device *dev, uint64_t value, unsigned n);
bool virtio_has_feature(const struct virtio_device *dev, uint64_t feature);

/* How many requests wait: 0 too when the queue or the driver is not ready. */
unsigned virtio_pending(struct virtio_device *dev, unsigned queue);
/* Takes the next request; false if there is none, or if it is malformed. */
bool virtio_next(struct virtio_device *dev, unsigned queue, struct virtio_chain *chain);
/* Undoes the last virtio_next(): the same request comes again. */
void virtio_put_back(struct virtio_device *dev, unsigned queue);
/* Gives a request back with the number of bytes written into it. */
void virtio_done(struct virtio_device *dev, unsigned queue, const struct virtio_chain *chain,
		 uint32_t written);
/* Interrupts the driver, unless it asked not to be. Once after a batch of virtio_done(). */
void virtio_signal(struct virtio_device *dev, unsigned queue);
/* The driver broke the rules: no service until it resets the device. */
void virtio_break(struct virtio_device *dev);

/* Copy from or to a part of the request, beginning at an offset; return how much was there. */
size_t virtio_chain_read(const struct virtio_chain *chain, uint64_t offset, void *buf, size_t n);
size_t virtio_chain_write(const struct virtio_chain *chain, uint64_t offset, const void *buf,
			  size_t n);
/* The same places as an iovec of at most VIRTIO_QUEUE_SIZE; returns its length. Whoever stores
 * through it calls virtio_chain_changed() afterwards. */
int virtio_chain_iovec(const struct virtio_chain *chain, enum virtio_part part, uint64_t offset,
		       uint64_t n, struct iovec *iov);
void virtio_chain_changed(const struct virtio_chain *chain, uint64_t offset, uint64_t n);

static inline uint64_t virtio_load_le(const uint8_t *from, unsigned n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | from[n];
	return value;
}

static inline void virtio_store_le(uint8_t *to, uint64_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++, value >>= 8)
		to[i] = (uint8_t)value;
}

#endif
