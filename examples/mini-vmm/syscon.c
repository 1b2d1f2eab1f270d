/* SPDX-License-Identifier: MIT
 * syscon.c - power-off and reset, by stopping the run loop.
 *
 * A vCPU cannot be reset from within its own callback, so the request is
 * noted and molvm_run() returns MOLVM_EXIT_STOPPED; machine.c does the rest.
 */
#include "syscon.h"

static int mmio_read(void *opaque, molvm_access *a)
{
	(void)opaque;
	a->value = 0;
	return MOLVM_MMIO_OK;
}

static int mmio_write(void *opaque, molvm_access *a)
{
	struct syscon *syscon = opaque;
	uint32_t value = (uint32_t)a->value;

	if (a->addr != SYSCON_CONTROL || (value != SYSCON_POWER_OFF && value != SYSCON_RESET))
		return MOLVM_MMIO_OK;
	syscon->request = value;
	return MOLVM_MMIO_STOP;
}

const molvm_device_ops syscon_ops = {
	.size = sizeof(molvm_device_ops),
	.min_len = 4,
	.max_len = 4,
	.read = mmio_read,
	.write = mmio_write,
};
