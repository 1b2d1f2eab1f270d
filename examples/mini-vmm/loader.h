/* SPDX-License-Identifier: MIT
 * loader.h - files into guest RAM: PowerPC ELF executables and raw images.
 *
 * The RAM is a host buffer that stands for physical address 0 up; after
 * loading, the caller tells the library with molvm_mem_changed().
 */
#ifndef LOADER_H
#define LOADER_H

#include <stdint.h>

#include "problem.h"

struct guest_ram {
	uint8_t *bytes;
	uint64_t size;
};

struct loaded {
	uint64_t entry; /* physical */
	uint64_t end;	/* the first byte behind everything loaded, BSS included */
};

/* Each segment at its physical address, the rest of it zero. */
bool loader_elf(const struct guest_ram *ram, const char *path, struct loaded *out,
		struct problem *problem);
/* The whole file at an address, entered there; its end must not lie above limit. */
bool loader_raw(const struct guest_ram *ram, const char *path, uint64_t address, uint64_t limit,
		struct loaded *out, struct problem *problem);

#endif
