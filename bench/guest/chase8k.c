/* SPDX-License-Identifier: MIT
 * chase8k.c - memory: a ring of pointers through 8,000 pages, one node in each.
 */
#define PAGES 8000
#define NODES_OF_A_PAGE 1
#include "chase.h"
