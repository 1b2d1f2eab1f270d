/* SPDX-License-Identifier: MIT
 * device_bench.h - what every device test needs: cmocka, accesses to registers, a wire to look at.
 */
#ifndef DEVICE_BENCH_H
#define DEVICE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <molvm.h>

#include "irq_line.h"

struct probe {
	bool level;
	unsigned rises;
};

static inline void probe_set(void *opaque, unsigned source, bool asserted)
{
	struct probe *probe = opaque;

	(void)source;
	probe->rises += asserted && !probe->level;
	probe->level = asserted;
}

static inline struct irq_line probe_line(struct probe *probe)
{
	return (struct irq_line){ probe_set, probe, 0 };
}

static inline uint64_t device_read(const molvm_device_ops *ops, void *device, uint64_t addr,
				   uint32_t len)
{
	molvm_access access = { .addr = addr, .len = len };

	assert_int_equal(ops->read(device, &access), MOLVM_MMIO_OK);
	return access.value;
}

static inline int device_write(const molvm_device_ops *ops, void *device, uint64_t addr,
			       uint32_t len, uint64_t value)
{
	molvm_access access = { .addr = addr, .len = len, .value = value };

	return ops->write(device, &access);
}

#endif
