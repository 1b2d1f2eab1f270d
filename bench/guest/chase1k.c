/* SPDX-License-Identifier: MIT
 * chase1k.c - memory: a ring of pointers through 1,024 pages, one node in each.
 */
#define PAGES 1024
#define NODES_OF_A_PAGE 1
#include "chase.h"
