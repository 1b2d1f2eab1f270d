/* SPDX-License-Identifier: MIT
 * virtio_bench.h - a driver for virtio tests: a VM with 1 MiB of RAM, and queues in it.
 *
 * Queue q has its descriptors at QUEUE_AT(q), its available ring at + 0x1000
 * and its used ring at + 0x2000. Buffers are the tests' affair, from BUFFERS.
 */
#ifndef VIRTIO_BENCH_H
#define VIRTIO_BENCH_H

#include "device_bench.h"

#include <string.h>

#include "virtio_devices.h"

#define RAM_SIZE 0x100000u
#define QUEUE_AT(q) (0x10000u + 0x4000u * (q))
#define BUFFERS 0x40000u
#define QUEUE_LEN 16u

#define DESC_NEXT 1u
#define DESC_WRITE 2u
#define DESC_INDIRECT 4u

struct virtio_bench {
	molvm_vm *vm;
	struct virtio_device *dev;
	struct probe irq;
	uint16_t avail[VIRTIO_QUEUES_MAX];
};

static inline uint32_t reg_get(struct virtio_bench *b, uint32_t reg)
{
	return (uint32_t)device_read(&virtio_mmio_ops, b->dev, reg, 4);
}

static inline void reg_put(struct virtio_bench *b, uint32_t reg, uint32_t value)
{
	assert_int_equal(device_write(&virtio_mmio_ops, b->dev, reg, 4, value), MOLVM_MMIO_OK);
}

static inline void ram_put(struct virtio_bench *b, uint64_t gpa, uint64_t value, unsigned n)
{
	uint8_t raw[8];

	virtio_store_le(raw, value, n);
	assert_int_equal(molvm_mem_write(b->vm, gpa, raw, n), 0);
}

static inline uint64_t ram_get(struct virtio_bench *b, uint64_t gpa, unsigned n)
{
	uint8_t raw[8];

	assert_int_equal(molvm_mem_read(b->vm, gpa, raw, n), 0);
	return virtio_load_le(raw, n);
}

static inline void desc_at(struct virtio_bench *b, uint64_t table, unsigned i, uint64_t gpa,
			   uint32_t len, unsigned flags, unsigned next)
{
	ram_put(b, table + 16 * i, gpa, 8);
	ram_put(b, table + 16 * i + 8, len, 4);
	ram_put(b, table + 16 * i + 12, flags, 2);
	ram_put(b, table + 16 * i + 14, next, 2);
}

static inline void desc(struct virtio_bench *b, unsigned q, unsigned i, uint64_t gpa, uint32_t len,
			unsigned flags, unsigned next)
{
	desc_at(b, QUEUE_AT(q), i, gpa, len, flags, next);
}

/* Makes the chain that begins at descriptor head available, without telling the device. */
static inline void offer(struct virtio_bench *b, unsigned q, unsigned head)
{
	ram_put(b, QUEUE_AT(q) + 0x1004 + 2u * (b->avail[q] % QUEUE_LEN), head, 2);
	ram_put(b, QUEUE_AT(q) + 0x1002, ++b->avail[q], 2);
}

static inline void kick(struct virtio_bench *b, unsigned q, unsigned head)
{
	offer(b, q, head);
	reg_put(b, 0x50, q);
}

static inline unsigned used_count(struct virtio_bench *b, unsigned q)
{
	return (unsigned)ram_get(b, QUEUE_AT(q) + 0x2002, 2);
}

/* The length written by the n-th request that came back. */
static inline uint32_t used_len(struct virtio_bench *b, unsigned q, unsigned n)
{
	return (uint32_t)ram_get(b, QUEUE_AT(q) + 0x2004 + 8 * (n % QUEUE_LEN) + 4, 4);
}

static inline bool is_broken(struct virtio_bench *b)
{
	return reg_get(b, 0x70) & 0x40;
}

static inline void set_queue(struct virtio_bench *b, unsigned q, uint32_t size, uint64_t at)
{
	reg_put(b, 0x30, q);
	reg_put(b, 0x38, size);
	for (unsigned part = 0; part < 3; part++) {
		reg_put(b, 0x80 + 0x10 * part, (uint32_t)(at + 0x1000 * part));
		reg_put(b, 0x84 + 0x10 * part, (uint32_t)((at + 0x1000 * part) >> 32));
	}
	reg_put(b, 0x44, 1);
}

/* Acknowledge, driver, features (all that is offered), queues, driver OK. */
static inline void start_driver(struct virtio_bench *b)
{
	reg_put(b, 0x70, 0);
	reg_put(b, 0x70, 3);
	for (uint32_t half = 0; half < 2; half++) {
		reg_put(b, 0x14, half);
		reg_put(b, 0x24, half);
		reg_put(b, 0x20, reg_get(b, 0x10));
	}
	reg_put(b, 0x70, 11);
	assert_int_equal(reg_get(b, 0x70), 11);
	for (unsigned q = 0; q < b->dev->class->queues; q++) {
		ram_put(b, QUEUE_AT(q) + 0x1000, 0, 4);
		ram_put(b, QUEUE_AT(q) + 0x2000, 0, 4);
		b->avail[q] = 0;
		set_queue(b, q, QUEUE_LEN, QUEUE_AT(q));
		assert_int_equal(reg_get(b, 0x44), 1);
	}
	reg_put(b, 0x70, 15);
}

static inline void bench_open(struct virtio_bench *b)
{
	memset(b, 0, sizeof(*b));
	assert_int_equal(molvm_vm_create(NULL, &b->vm), 0);
	assert_int_equal(molvm_map_ram(b->vm, 0, RAM_SIZE, NULL, 0), 0);
}

static inline void bench_close(struct virtio_bench *b)
{
	molvm_vm_destroy(b->vm);
}

#endif
