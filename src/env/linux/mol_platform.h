/* SPDX-License-Identifier: MIT
 * mol_platform.h (Linux kernel) - the types of env.h from the kernel's headers.
 */
#ifndef MOL_PLATFORM_H
#define MOL_PLATFORM_H

#include <linux/bitops.h>
#include <linux/types.h>
#include <linux/stddef.h>
#include <linux/string.h>

/* Ours [regs.h] is the same bit of 32. */
#undef PPC_BIT

#endif
