/* SPDX-License-Identifier: MIT
 * mol_platform.h (user space) - the C library's share of env.h.
 *
 * The build chooses one directory under src/env; src/ppc/env.h includes this
 * name and nothing else, so the kernel-shared sources carry no #ifdef.
 */
#ifndef MOL_PLATFORM_H
#define MOL_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#endif
