/* SPDX-License-Identifier: MIT
 * syscon.h - the register through which a guest powers the machine off or resets it.
 *
 * Linux's syscon-poweroff and syscon-reboot write SYSCON_POWER_OFF or
 * SYSCON_RESET to offset 0. The register always reads 0, since the driver
 * skips a write that would change nothing.
 */
#ifndef SYSCON_H
#define SYSCON_H

#include <stdint.h>

#include <molvm.h>

#define SYSCON_CONTROL 0x0u /* the one register; big-endian, 32 bits */
#define SYSCON_POWER_OFF 0x5045u
#define SYSCON_RESET 0x5245u

struct syscon {
	uint32_t
		request; /* SYSCON_POWER_OFF, SYSCON_RESET or 0: whoever runs the vCPU acts on it */
};

extern const molvm_device_ops syscon_ops; /* opaque: the struct syscon */

#endif
