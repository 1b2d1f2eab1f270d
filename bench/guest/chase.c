/* SPDX-License-Identifier: MIT
 * chase.c - memory: a ring of pointers through 4 MiB in random order; many pages.
 */
#include "guest.h"

#define NODES 65536
static struct node { struct node *next; uint32_t value, pad[14]; } node[NODES];
static uint32_t order[NODES];

uint32_t bench(uint32_t percent)
{
	uint32_t sum = 0, seed = 47;
	struct node *at = node;

	for (uint32_t n = 0; n < NODES; n++)
		order[n] = n;
	for (uint32_t n = NODES - 1; n; n--) {
		uint32_t k = random32(&seed) % (n + 1), t = order[n];

		order[n] = order[k];
		order[k] = t;
	}
	for (uint32_t n = 0; n < NODES; n++) {
		node[order[n]].next = &node[order[(n + 1) % NODES]];
		node[order[n]].value = n;
	}
	for (uint32_t n = times(6000000, percent); n; n--) {
		sum += at->value;
		at = at->next;
	}
	return sum;
}
