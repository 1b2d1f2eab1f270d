/* SPDX-License-Identifier: MIT
 * virtio_queue.c - split virtqueues over guest memory (Virtio 1.1, 2.6).
 *
 * Called by the devices on the vCPU's thread. Nothing here trusts the guest:
 * the rings and descriptors are read through molvm_mem_read(), which refuses
 * what is not RAM, each descriptor is read once, and every walk is bounded by
 * VIRTIO_QUEUE_SIZE, so that a loop of descriptors ends as a broken device.
 */
#include "virtio_mmio.h"

#include <string.h>

#define DESC_SIZE 16u
#define DESC_F_NEXT 1u
#define DESC_F_WRITE 2u
#define DESC_F_INDIRECT 4u
#define AVAIL_NO_INTERRUPT 1u
#define USED_ELEM_SIZE 8u

#define STATUS_DRIVER_OK 0x04u
#define STATUS_NEEDS_RESET 0x40u
#define INTERRUPT_USED 1u
#define INTERRUPT_CONFIG 2u

struct descriptor {
	uint64_t gpa;
	uint32_t len;
	uint16_t flags, next;
};

/* Where a chain's descriptors are: the queue's table, or an indirect one. */
struct table {
	uint64_t gpa;
	uint32_t count;
};

static bool load_le16(struct virtio_device *dev, uint64_t gpa, uint16_t *out)
{
	uint8_t raw[2];

	if (molvm_mem_read(dev->vm, gpa, raw, sizeof(raw)) < 0)
		return false;
	*out = (uint16_t)virtio_load_le(raw, 2);
	return true;
}

static void raise_interrupt(struct virtio_device *dev, uint32_t cause)
{
	dev->interrupts |= cause;
	irq_line_set(&dev->irq, true);
}

void virtio_break(struct virtio_device *dev)
{
	if (dev->status & STATUS_NEEDS_RESET)
		return;
	dev->status |= STATUS_NEEDS_RESET;
	if (dev->status & STATUS_DRIVER_OK) /* 2.1.2 */
		raise_interrupt(dev, INTERRUPT_CONFIG);
}

unsigned virtio_pending(struct virtio_device *dev, unsigned queue)
{
	struct virtio_queue *q = &dev->queue[queue];
	uint16_t avail, waiting;

	if (!q->ready ||
	    (dev->status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) != STATUS_DRIVER_OK)
		return 0;
	if (!load_le16(dev, q->avail + 2, &avail)) {
		virtio_break(dev);
		return 0;
	}
	waiting = (uint16_t)(avail - q->next_avail);
	if (waiting > q->size) {
		virtio_break(dev);
		return 0;
	}
	return waiting;
}

static bool load_descriptor(struct virtio_device *dev, const struct table *table, uint32_t index,
			    struct descriptor *out)
{
	uint8_t raw[DESC_SIZE];

	if (index >= table->count ||
	    molvm_mem_read(dev->vm, table->gpa + (uint64_t)index * DESC_SIZE, raw, sizeof(raw)) < 0)
		return false;
	out->gpa = virtio_load_le(raw, 8);
	out->len = (uint32_t)virtio_load_le(raw + 8, 4);
	out->flags = (uint16_t)virtio_load_le(raw + 12, 2);
	out->next = (uint16_t)virtio_load_le(raw + 14, 2);
	return true;
}

static bool add_segment(struct virtio_chain *chain, const struct descriptor *desc)
{
	unsigned n = chain->readable + chain->writable;
	void *hva;

	/* What the device reads comes first, always (2.6.4.2). */
	if (n == VIRTIO_QUEUE_SIZE || (!(desc->flags & DESC_F_WRITE) && chain->writable))
		return false;
	if (!desc->len)
		return true;
	if (molvm_mem_ptr(chain->vm, desc->gpa, desc->len, &hva) < 0)
		return false;
	chain->segment[n] = (struct virtio_segment){ desc->gpa, hva, desc->len };
	if (desc->flags & DESC_F_WRITE) {
		chain->writable++;
		chain->writable_bytes += desc->len;
	} else {
		chain->readable++;
		chain->readable_bytes += desc->len;
	}
	return true;
}

/* An indirect descriptor is the last of its chain and its table holds no other (2.6.5.3.1). */
static bool enter_indirect(struct virtio_device *dev, const struct descriptor *desc,
			   struct table *table)
{
	if (!virtio_has_feature(dev, VIRTIO_F_INDIRECT_DESC) || desc->flags & DESC_F_NEXT ||
	    !desc->len || desc->len % DESC_SIZE)
		return false;
	table->gpa = desc->gpa;
	table->count = desc->len / DESC_SIZE;
	return true;
}

static bool walk(struct virtio_device *dev, const struct virtio_queue *q,
		 struct virtio_chain *chain)
{
	struct table table = { q->desc, q->size };
	struct descriptor desc;
	uint32_t index = chain->head;
	bool indirect = false;

	for (unsigned n = 0; n <= VIRTIO_QUEUE_SIZE; n++) {
		if (!load_descriptor(dev, &table, index, &desc))
			return false;
		if (desc.flags & DESC_F_INDIRECT) {
			if (indirect || !enter_indirect(dev, &desc, &table))
				return false;
			indirect = true;
			index = 0;
			continue;
		}
		if (!add_segment(chain, &desc))
			return false;
		if (!(desc.flags & DESC_F_NEXT))
			return true;
		index = desc.next;
	}
	return false; /* a loop */
}

bool virtio_next(struct virtio_device *dev, unsigned queue, struct virtio_chain *chain)
{
	struct virtio_queue *q = &dev->queue[queue];

	if (!virtio_pending(dev, queue))
		return false;
	chain->vm = dev->vm;
	chain->readable = chain->writable = 0;
	chain->readable_bytes = chain->writable_bytes = 0;
	if (!load_le16(dev, q->avail + 4 + 2u * (q->next_avail % q->size), &chain->head) ||
	    !walk(dev, q, chain)) {
		virtio_break(dev);
		return false;
	}
	q->next_avail++;
	return true;
}

void virtio_put_back(struct virtio_device *dev, unsigned queue)
{
	dev->queue[queue].next_avail--;
}

void virtio_done(struct virtio_device *dev, unsigned queue, const struct virtio_chain *chain,
		 uint32_t written)
{
	struct virtio_queue *q = &dev->queue[queue];
	uint8_t elem[USED_ELEM_SIZE], index[2];

	if (!q->ready) /* the driver took the queue away meanwhile */
		return;
	virtio_store_le(elem, chain->head, 4);
	virtio_store_le(elem + 4, written, 4);
	virtio_store_le(index, (uint16_t)(q->next_used + 1), 2);
	if (molvm_mem_write(dev->vm,
			    q->used + 4 + (uint64_t)USED_ELEM_SIZE * (q->next_used % q->size), elem,
			    sizeof(elem)) < 0 ||
	    molvm_mem_write(dev->vm, q->used + 2, index, sizeof(index)) < 0) {
		virtio_break(dev);
		return;
	}
	q->next_used++;
}

void virtio_signal(struct virtio_device *dev, unsigned queue)
{
	struct virtio_queue *q = &dev->queue[queue];
	uint16_t flags = 0;

	if (!q->ready || (load_le16(dev, q->avail, &flags) && flags & AVAIL_NO_INTERRUPT))
		return;
	raise_interrupt(dev, INTERRUPT_USED);
}

int virtio_chain_iovec(const struct virtio_chain *chain, enum virtio_part part, uint64_t offset,
		       uint64_t n, struct iovec *iov)
{
	unsigned first = part == VIRTIO_READABLE ? 0 : chain->readable;
	unsigned end = part == VIRTIO_READABLE ? chain->readable : first + chain->writable;
	int count = 0;

	for (unsigned i = first; i < end && n; i++) {
		const struct virtio_segment *s = &chain->segment[i];
		uint64_t here;

		if (offset >= s->len) {
			offset -= s->len;
			continue;
		}
		here = s->len - offset < n ? s->len - offset : n;
		iov[count++] = (struct iovec){ s->hva + offset, (size_t)here };
		offset = 0;
		n -= here;
	}
	return count;
}

size_t virtio_chain_read(const struct virtio_chain *chain, uint64_t offset, void *buf, size_t n)
{
	struct iovec iov[VIRTIO_QUEUE_SIZE];
	int count = virtio_chain_iovec(chain, VIRTIO_READABLE, offset, n, iov);
	size_t done = 0;

	for (int i = 0; i < count; done += iov[i++].iov_len)
		memcpy((uint8_t *)buf + done, iov[i].iov_base, iov[i].iov_len);
	return done;
}

size_t virtio_chain_write(const struct virtio_chain *chain, uint64_t offset, const void *buf,
			  size_t n)
{
	struct iovec iov[VIRTIO_QUEUE_SIZE];
	int count = virtio_chain_iovec(chain, VIRTIO_WRITABLE, offset, n, iov);
	size_t done = 0;

	for (int i = 0; i < count; done += iov[i++].iov_len)
		memcpy(iov[i].iov_base, (const uint8_t *)buf + done, iov[i].iov_len);
	virtio_chain_changed(chain, offset, done);
	return done;
}

void virtio_chain_changed(const struct virtio_chain *chain, uint64_t offset, uint64_t n)
{
	for (unsigned i = 0; i < chain->writable && n; i++) {
		const struct virtio_segment *s = &chain->segment[chain->readable + i];
		uint64_t here;

		if (offset >= s->len) {
			offset -= s->len;
			continue;
		}
		here = s->len - offset < n ? s->len - offset : n;
		molvm_mem_changed(chain->vm, s->gpa + offset, here);
		offset = 0;
		n -= here;
	}
}
