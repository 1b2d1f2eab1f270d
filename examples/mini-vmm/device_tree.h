/* SPDX-License-Identifier: MIT
 * device_tree.h - the flattened device tree that tells Linux what the machine is.
 */
#ifndef DEVICE_TREE_H
#define DEVICE_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"

struct device_tree {
	const char *cpu; /* "7400" */
	const char *bootargs;
	uint64_t ram_size;
	uint64_t initrd_start, initrd_end; /* equal: none */
	uint32_t timebase_hz;
	unsigned virtio_devices;
};

/* Writes the tree to buf. False if it does not fit, as with a very long command line. */
bool device_tree_make(const struct device_tree *tree, void *buf, size_t size,
		      struct problem *problem);
/* The length of a tree made by device_tree_make(). */
size_t device_tree_length(const void *buf);

#endif
