/* SPDX-License-Identifier: MIT
 * virtio_devices.h - the four virtio devices of mini-vmm: disk, network, console, entropy.
 *
 * Each begins with its struct virtio_device, which the machine maps with
 * virtio_mmio_ops; each has its own .c file and needs none of the others.
 */
#ifndef VIRTIO_DEVICES_H
#define VIRTIO_DEVICES_H

#include "byte_line.h"
#include "virtio_mmio.h"

#define VIRTIO_BLK_SECTOR 512u
#define VIRTIO_BLK_SERIAL 20u
#define VIRTIO_NET_FRAME_MAX 1514u
#define VIRTIO_NET_BACKLOG 128u

/* A disk in a file (Virtio 1.1, 5.2). The file descriptor stays the caller's. */
struct virtio_blk {
	struct virtio_device dev;
	int fd;
	bool read_only;
	uint64_t sectors;
	char serial[VIRTIO_BLK_SERIAL];
	struct virtio_chain chain;
};

void virtio_blk_init(struct virtio_blk *blk, molvm_vm *vm, struct irq_line irq, int fd,
		     uint64_t sectors, bool read_only, const char *serial);

/* A network card (5.1): hands the guest's Ethernet frames to transmit. */
struct virtio_net {
	struct virtio_device dev;
	void (*transmit)(void *opaque, const uint8_t *frame, size_t n);
	void *opaque;
	/* Frames that came while the guest had no buffer ready; the oldest at first. */
	struct {
		uint16_t len;
		uint8_t data[VIRTIO_NET_FRAME_MAX];
	} backlog[VIRTIO_NET_BACKLOG];
	unsigned first, waiting;
	struct virtio_chain chain;
};

void virtio_net_init(struct virtio_net *net, molvm_vm *vm, struct irq_line irq,
		     const uint8_t mac[6],
		     void (*transmit)(void *opaque, const uint8_t *frame, size_t n), void *opaque);
/* A frame for the guest; dropped when the backlog is full or the frame too long. */
void virtio_net_receive(struct virtio_net *net, const uint8_t *frame, size_t n);

/* A console (5.3) with one port. */
struct virtio_console {
	struct virtio_device dev;
	struct byte_line line;
	struct virtio_chain chain;
};

void virtio_console_init(struct virtio_console *console, molvm_vm *vm, struct irq_line irq,
			 struct byte_line line);
/* The line has something to say. */
void virtio_console_poll(struct virtio_console *console);

/* The host's random numbers (5.4). */
struct virtio_rng {
	struct virtio_device dev;
	struct virtio_chain chain;
};

void virtio_rng_init(struct virtio_rng *rng, molvm_vm *vm, struct irq_line irq);

#endif
