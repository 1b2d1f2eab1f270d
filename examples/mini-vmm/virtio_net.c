/* SPDX-License-Identifier: MIT
 * virtio_net.c - a virtio network card without offloads (Virtio 1.1, 5.1).
 *
 * Frames from the guest go to the transmit function at once. Frames to the
 * guest wait in a bounded backlog until it offers a buffer: the network
 * behind (slirp_net.c) bursts, and a dropped TCP segment costs a time-out.
 */
#include "virtio_devices.h"

#include <string.h>

#define DEVICE_ID 1u
#define F_MAC (UINT64_C(1) << 5)
#define HEADER_SIZE 12u /* struct virtio_net_hdr as version 1 has it, always with num_buffers */
#define HEADER_NUM_BUFFERS 10u

enum { QUEUE_RECEIVE, QUEUE_TRANSMIT };

static void deliver(struct virtio_net *net)
{
	bool any = false;

	while (net->waiting && virtio_next(&net->dev, QUEUE_RECEIVE, &net->chain)) {
		uint8_t header[HEADER_SIZE] = { 0 };
		size_t len = net->backlog[net->first].len;
		size_t n;

		header[HEADER_NUM_BUFFERS] = 1;
		n = virtio_chain_write(&net->chain, 0, header, HEADER_SIZE);
		n += virtio_chain_write(&net->chain, n, net->backlog[net->first].data, len);
		net->first = (net->first + 1) % VIRTIO_NET_BACKLOG;
		net->waiting--;
		/* A buffer too small for any frame (5.1.6.3.1) gets what fits. */
		virtio_done(&net->dev, QUEUE_RECEIVE, &net->chain, (uint32_t)n);
		any = true;
	}
	if (any)
		virtio_signal(&net->dev, QUEUE_RECEIVE);
}

void virtio_net_receive(struct virtio_net *net, const uint8_t *frame, size_t n)
{
	unsigned last = (net->first + net->waiting) % VIRTIO_NET_BACKLOG;

	if (n > VIRTIO_NET_FRAME_MAX || net->waiting == VIRTIO_NET_BACKLOG)
		return;
	net->backlog[last].len = (uint16_t)n;
	memcpy(net->backlog[last].data, frame, n);
	net->waiting++;
	deliver(net);
}

static void transmit(struct virtio_net *net)
{
	unsigned n = virtio_pending(&net->dev, QUEUE_TRANSMIT);

	if (!n)
		return;
	while (n-- && virtio_next(&net->dev, QUEUE_TRANSMIT, &net->chain)) {
		uint8_t frame[VIRTIO_NET_FRAME_MAX];
		uint64_t total = net->chain.readable_bytes;
		size_t len = virtio_chain_read(&net->chain, HEADER_SIZE, frame, sizeof(frame));

		/* The buffer goes back first: an answer may arrive from within. */
		virtio_done(&net->dev, QUEUE_TRANSMIT, &net->chain, 0);
		if (len && total - HEADER_SIZE <= sizeof(frame))
			net->transmit(net->opaque, frame, len);
	}
	virtio_signal(&net->dev, QUEUE_TRANSMIT);
}

static void notify(struct virtio_device *dev, unsigned queue)
{
	struct virtio_net *net = (struct virtio_net *)dev;

	if (queue == QUEUE_RECEIVE)
		deliver(net);
	else
		transmit(net);
}

static void reset(struct virtio_device *dev)
{
	struct virtio_net *net = (struct virtio_net *)dev;

	net->first = net->waiting = 0;
}

static const struct virtio_class virtio_net_class = {
	.id = DEVICE_ID,
	.queues = 2,
	.notify = notify,
	.reset = reset,
};

void virtio_net_init(struct virtio_net *net, molvm_vm *vm, struct irq_line irq,
		     const uint8_t mac[6],
		     void (*transmit_frame)(void *opaque, const uint8_t *frame, size_t n),
		     void *opaque)
{
	virtio_init(&net->dev, &virtio_net_class, vm, irq);
	net->dev.features |= F_MAC;
	for (unsigned i = 0; i < 6; i++)
		virtio_config_add(&net->dev, mac[i], 1);
	net->transmit = transmit_frame;
	net->opaque = opaque;
	net->first = net->waiting = 0;
}
