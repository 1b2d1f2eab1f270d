/* SPDX-License-Identifier: MIT
 * virtio_blk.c - a virtio disk over a raw image file (Virtio 1.1, 5.2).
 *
 * Requests are done at once, on the vCPU's thread, straight between the file
 * and guest memory. What the guest may name is bounded twice: buffers by RAM
 * (virtio_queue.c), sectors by the capacity taken when the disk was opened. A request may name all
 * of RAM many times over, so its size has a bound of its own, which the driver is told: SIZE_MAX
 * times the segments of a full queue. None can keep us busy for long.
 */
#include "virtio_devices.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define DEVICE_ID 2u
#define F_SIZE_MAX (UINT64_C(1) << 1)
#define F_SEG_MAX (UINT64_C(1) << 2)
#define F_RO (UINT64_C(1) << 5)
#define F_FLUSH (UINT64_C(1) << 9)

#define TYPE_IN 0u
#define TYPE_OUT 1u
#define TYPE_FLUSH 4u
#define TYPE_GET_ID 8u

#define STATUS_OK 0u
#define STATUS_IOERR 1u
#define STATUS_UNSUPPORTED 2u

#define HEADER_SIZE 16u
#define SEGMENT_MAX 65536u
#define REQUEST_MAX (VIRTIO_QUEUE_SIZE * SEGMENT_MAX)

struct request {
	uint32_t type;
	uint64_t sector;
	uint64_t data_bytes; /* of a TYPE_IN: the room before the status byte; else behind the
				header */
};

static bool within_disk(const struct virtio_blk *blk, const struct request *r)
{
	uint64_t sectors = r->data_bytes / VIRTIO_BLK_SECTOR;

	return r->data_bytes % VIRTIO_BLK_SECTOR == 0 && r->data_bytes <= REQUEST_MAX &&
	       r->sector <= blk->sectors && sectors <= blk->sectors - r->sector;
}

/* Moves the whole of a request's data; a short transfer goes on where it stopped. */
static uint8_t transfer(struct virtio_blk *blk, const struct request *r)
{
	bool in = r->type == TYPE_IN;
	enum virtio_part part = in ? VIRTIO_WRITABLE : VIRTIO_READABLE;
	uint64_t base = in ? 0 : HEADER_SIZE;
	uint64_t at = r->sector * VIRTIO_BLK_SECTOR;
	struct iovec iov[VIRTIO_QUEUE_SIZE];

	for (uint64_t done = 0; done < r->data_bytes;) {
		int count = virtio_chain_iovec(&blk->chain, part, base + done, r->data_bytes - done,
					       iov);
		ssize_t n = in ? preadv(blk->fd, iov, count, (off_t)(at + done))
			       : pwritev(blk->fd, iov, count, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) /* an error, or the file has shrunk under us */
			return STATUS_IOERR;
		if (in)
			virtio_chain_changed(&blk->chain, done, (uint64_t)n);
		done += (uint64_t)n;
	}
	return STATUS_OK;
}

static uint8_t flush(const struct virtio_blk *blk)
{
	if (blk->read_only || fdatasync(blk->fd) == 0)
		return STATUS_OK;
	return STATUS_IOERR;
}

static uint8_t write_out(struct virtio_blk *blk, const struct request *r)
{
	uint8_t status = blk->read_only ? STATUS_IOERR : transfer(blk, r);

	/* A driver that cannot flush relies on every write being stable (5.2.6.2). */
	if (status == STATUS_OK && !virtio_has_feature(&blk->dev, F_FLUSH))
		status = flush(blk);
	return status;
}

static uint32_t identify(struct virtio_blk *blk, uint64_t room)
{
	size_t n = room < VIRTIO_BLK_SERIAL ? (size_t)room : VIRTIO_BLK_SERIAL;

	return (uint32_t)virtio_chain_write(&blk->chain, 0, blk->serial, n);
}

static uint8_t perform(struct virtio_blk *blk, const struct request *r, uint32_t *written)
{
	uint8_t status;

	*written = 0;
	switch (r->type) {
	case TYPE_IN:
		status = within_disk(blk, r) ? transfer(blk, r) : STATUS_IOERR;
		if (status == STATUS_OK)
			*written = (uint32_t)r->data_bytes;
		return status;
	case TYPE_OUT:
		return within_disk(blk, r) ? write_out(blk, r) : STATUS_IOERR;
	case TYPE_FLUSH:
		return flush(blk);
	case TYPE_GET_ID:
		*written = identify(blk, r->data_bytes);
		return STATUS_OK;
	default:
		return STATUS_UNSUPPORTED;
	}
}

/* Parses one request; false if it has no place for its header or its status. */
static bool parse(const struct virtio_chain *chain, struct request *r)
{
	uint8_t header[HEADER_SIZE];

	if (virtio_chain_read(chain, 0, header, HEADER_SIZE) < HEADER_SIZE ||
	    !chain->writable_bytes)
		return false;
	r->type = (uint32_t)virtio_load_le(header, 4);
	r->sector = virtio_load_le(header + 8, 8);
	r->data_bytes = r->type == TYPE_OUT ? chain->readable_bytes - HEADER_SIZE
					    : chain->writable_bytes - 1;
	return true;
}

static void notify(struct virtio_device *dev, unsigned queue)
{
	struct virtio_blk *blk = (struct virtio_blk *)dev;
	unsigned n = virtio_pending(dev, queue);

	if (!n)
		return;
	while (n-- && virtio_next(dev, queue, &blk->chain)) {
		struct request r;
		uint32_t written;
		uint8_t status;

		if (!parse(&blk->chain, &r)) {
			virtio_break(dev);
			return;
		}
		status = perform(blk, &r, &written);
		virtio_chain_write(&blk->chain, blk->chain.writable_bytes - 1, &status, 1);
		virtio_done(dev, queue, &blk->chain, written + 1);
	}
	virtio_signal(dev, queue);
}

static const struct virtio_class virtio_blk_class = {
	.id = DEVICE_ID,
	.queues = 1,
	.notify = notify,
};

void virtio_blk_init(struct virtio_blk *blk, molvm_vm *vm, struct irq_line irq, int fd,
		     uint64_t sectors, bool read_only, const char *serial)
{
	virtio_init(&blk->dev, &virtio_blk_class, vm, irq);
	blk->dev.features |= F_SIZE_MAX | F_SEG_MAX | F_FLUSH | (read_only ? F_RO : 0);
	virtio_config_add(&blk->dev, sectors, 8);
	virtio_config_add(&blk->dev, SEGMENT_MAX, 4);
	virtio_config_add(&blk->dev, VIRTIO_QUEUE_SIZE - 2,
			  4); /* seg_max: less header and status */
	blk->fd = fd;
	blk->sectors = sectors;
	blk->read_only = read_only;
	memset(blk->serial, 0, sizeof(blk->serial));
	memcpy(blk->serial, serial, strnlen(serial, VIRTIO_BLK_SERIAL));
}
