/* SPDX-License-Identifier: MIT
 * chase16.c - memory: a ring of pointers through 16 pages, 64 nodes in each.
 */
#define PAGES 16
#define NODES_OF_A_PAGE 64
#include "chase.h"
