/* SPDX-License-Identifier: MIT
 * chase.c - memory: a ring of pointers through 4 MiB in random order, a node a cache line.
 */
#define PAGES 1024
#define NODES_OF_A_PAGE 64
#include "chase.h"
