/* SPDX-License-Identifier: MIT
 * virtio_mmio.c - the registers of a virtio device over MMIO (Virtio 1.1, 4.2.2, version 2).
 *
 * Registers are little-endian and 32 bits wide; the configuration space
 * behind them is bytes. The machine maps virtio_mmio_ops, one page for each
 * device, with the struct virtio_device as opaque.
 */
#include "virtio_mmio.h"

#include <string.h>

enum {
	REG_MAGIC = 0x000,
	REG_VERSION = 0x004,
	REG_DEVICE_ID = 0x008,
	REG_VENDOR_ID = 0x00c,
	REG_FEATURES = 0x010,
	REG_FEATURES_SEL = 0x014,
	REG_DRIVER_FEATURES = 0x020,
	REG_DRIVER_FEATURES_SEL = 0x024,
	REG_QUEUE_SEL = 0x030,
	REG_QUEUE_NUM_MAX = 0x034,
	REG_QUEUE_NUM = 0x038,
	REG_QUEUE_READY = 0x044,
	REG_QUEUE_NOTIFY = 0x050,
	REG_INTERRUPT_STATUS = 0x060,
	REG_INTERRUPT_ACK = 0x064,
	REG_STATUS = 0x070,
	REG_QUEUE_DESC = 0x080, /* each address is two words, the low one first */
	REG_QUEUE_AVAIL = 0x090,
	REG_QUEUE_USED = 0x0a0,
	REG_SHM_LEN = 0x0b0, /* and the base at 0xb8: all ones, there is no shared memory */
	REG_SHM_END = 0x0c0,
	REG_CONFIG_GENERATION = 0x0fc,
	REG_CONFIG = 0x100,
};

#define MAGIC 0x74726976u     /* "virt" */
#define VENDOR_ID 0x4d4c4f4du /* "MOLM" */

#define STATUS_FEATURES_OK 0x08u
#define STATUS_NEEDS_RESET 0x40u
#define STATUS_MASK 0xffu

bool virtio_has_feature(const struct virtio_device *dev, uint64_t feature)
{
	return dev->status & STATUS_FEATURES_OK && dev->driver_features & feature;
}

void virtio_config_add(struct virtio_device *dev, uint64_t value, unsigned n)
{
	if (n > VIRTIO_CONFIG_MAX - dev->config_size)
		return;
	virtio_store_le(dev->config + dev->config_size, value, n);
	dev->config_size += n;
}

void virtio_reset(struct virtio_device *dev)
{
	dev->driver_features = 0;
	dev->features_sel = dev->driver_features_sel = dev->queue_sel = 0;
	dev->status = dev->interrupts = 0;
	memset(dev->queue, 0, sizeof(dev->queue));
	if (dev->class->reset)
		dev->class->reset(dev);
	irq_line_set(&dev->irq, false);
}

void virtio_init(struct virtio_device *dev, const struct virtio_class *class, molvm_vm *vm,
		 struct irq_line irq)
{
	memset(dev, 0, sizeof(*dev));
	dev->class = class;
	dev->vm = vm;
	dev->irq = irq;
	dev->features = VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC;
}

/* The selected queue, or NULL: the driver may select what is not there. */
static struct virtio_queue *selected(struct virtio_device *dev)
{
	return dev->queue_sel < dev->class->queues ? &dev->queue[dev->queue_sel] : NULL;
}

static bool in_ram(struct virtio_device *dev, uint64_t gpa, uint64_t len, uint64_t align)
{
	void *hva;

	return gpa % align == 0 && molvm_mem_ptr(dev->vm, gpa, len, &hva) == 0;
}

/* A queue becomes ready only if its size is a power of two and its three parts are RAM. */
static void write_queue_ready(struct virtio_device *dev, struct virtio_queue *q, uint32_t value)
{
	if (!(value & 1)) {
		q->ready = false;
		q->next_avail = q->next_used = 0;
		return;
	}
	if (q->ready)
		return;
	if (!q->size || q->size > VIRTIO_QUEUE_SIZE || q->size & (q->size - 1) ||
	    !in_ram(dev, q->desc, 16u * q->size, 16) ||
	    !in_ram(dev, q->avail, 6 + 2u * q->size, 2) ||
	    !in_ram(dev, q->used, 6 + 8u * q->size, 4)) {
		virtio_break(dev);
		return;
	}
	q->next_avail = q->next_used = 0;
	q->ready = true;
}

static void write_queue_address(struct virtio_queue *q, uint32_t reg, uint32_t value)
{
	uint64_t *address = reg < REG_QUEUE_AVAIL  ? &q->desc
			    : reg < REG_QUEUE_USED ? &q->avail
						   : &q->used;

	if (reg & 4)
		*address = (uint64_t)value << 32 | (uint32_t)*address;
	else
		*address = (*address >> 32 << 32) | value;
}

/* A ready queue's size and place stand still (4.2.2.2). */
static void write_queue(struct virtio_device *dev, uint32_t reg, uint32_t value)
{
	struct virtio_queue *q = selected(dev);

	if (!q)
		return;
	if (reg == REG_QUEUE_READY)
		write_queue_ready(dev, q, value);
	else if (q->ready)
		return;
	else if (reg == REG_QUEUE_NUM)
		q->size = value;
	else
		write_queue_address(q, reg, value);
}

static void write_driver_features(struct virtio_device *dev, uint32_t value)
{
	if (dev->status & STATUS_FEATURES_OK)
		return;
	if (dev->driver_features_sel == 0)
		dev->driver_features = (dev->driver_features >> 32 << 32) | value;
	else if (dev->driver_features_sel == 1)
		dev->driver_features = (uint64_t)value << 32 | (uint32_t)dev->driver_features;
}

static void write_status(struct virtio_device *dev, uint32_t value)
{
	value &= STATUS_MASK;
	if (!value) {
		virtio_reset(dev);
		return;
	}
	/* We speak version 1 alone, and only what we offered (2.2.2, 6.1). */
	if (dev->driver_features & ~dev->features || !(dev->driver_features & VIRTIO_F_VERSION_1))
		value &= ~STATUS_FEATURES_OK;
	dev->status = value | (dev->status & STATUS_NEEDS_RESET);
}

static void acknowledge(struct virtio_device *dev, uint32_t value)
{
	dev->interrupts &= ~value;
	irq_line_set(&dev->irq, dev->interrupts != 0);
}

static uint32_t read_features(const struct virtio_device *dev)
{
	return dev->features_sel > 1 ? 0 : (uint32_t)(dev->features >> 32 * dev->features_sel);
}

static uint32_t read_register(struct virtio_device *dev, uint32_t reg)
{
	const struct virtio_queue *q = selected(dev);

	switch (reg) {
	case REG_MAGIC:
		return MAGIC;
	case REG_VERSION:
		return 2;
	case REG_DEVICE_ID:
		return dev->class->id;
	case REG_VENDOR_ID:
		return VENDOR_ID;
	case REG_FEATURES:
		return read_features(dev);
	case REG_QUEUE_NUM_MAX:
		return q ? VIRTIO_QUEUE_SIZE : 0;
	case REG_QUEUE_READY:
		return q && q->ready;
	case REG_INTERRUPT_STATUS:
		return dev->interrupts;
	case REG_STATUS:
		return dev->status;
	default:
		/* The generation stays 0, since the configuration never changes. */
		return reg >= REG_SHM_LEN && reg < REG_SHM_END ? UINT32_MAX : 0;
	}
}

static void write_register(struct virtio_device *dev, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case REG_FEATURES_SEL:
		dev->features_sel = value;
		break;
	case REG_DRIVER_FEATURES:
		write_driver_features(dev, value);
		break;
	case REG_DRIVER_FEATURES_SEL:
		dev->driver_features_sel = value;
		break;
	case REG_QUEUE_SEL:
		dev->queue_sel = value;
		break;
	case REG_QUEUE_NUM:
	case REG_QUEUE_READY:
	case REG_QUEUE_DESC:
	case REG_QUEUE_DESC + 4:
	case REG_QUEUE_AVAIL:
	case REG_QUEUE_AVAIL + 4:
	case REG_QUEUE_USED:
	case REG_QUEUE_USED + 4:
		write_queue(dev, reg, value);
		break;
	case REG_QUEUE_NOTIFY:
		if (value < dev->class->queues)
			dev->class->notify(dev, value);
		break;
	case REG_INTERRUPT_ACK:
		acknowledge(dev, value);
		break;
	case REG_STATUS:
		write_status(dev, value);
		break;
	default:
		break;
	}
}

static uint64_t read_config(const struct virtio_device *dev, uint64_t offset, uint32_t len)
{
	uint8_t bytes[8] = { 0 };

	for (uint32_t i = 0; i < len && i < sizeof(bytes) && offset + i < dev->config_size; i++)
		bytes[i] = dev->config[offset + i];
	return virtio_load_le(bytes, sizeof(bytes));
}

static int mmio_read(void *opaque, molvm_access *a)
{
	struct virtio_device *dev = opaque;

	if (a->addr >= REG_CONFIG)
		a->value = read_config(dev, a->addr - REG_CONFIG, a->len);
	else
		a->value = a->len == 4 ? read_register(dev, (uint32_t)a->addr) : 0;
	return MOLVM_MMIO_OK;
}

/* No device here has a configuration that the driver may write. */
static int mmio_write(void *opaque, molvm_access *a)
{
	if (a->addr < REG_CONFIG && a->len == 4)
		write_register(opaque, (uint32_t)a->addr, (uint32_t)a->value);
	return MOLVM_MMIO_OK;
}

const molvm_device_ops virtio_mmio_ops = {
	.size = sizeof(molvm_device_ops),
	.flags = MOLVM_MMIO_F_LITTLE_ENDIAN,
	.min_len = 1,
	.max_len = 4,
	.read = mmio_read,
	.write = mmio_write,
};
