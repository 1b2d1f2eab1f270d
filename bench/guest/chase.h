/* SPDX-License-Identifier: MIT
 * chase.h - the body of the pointer chases: a ring in random order through PAGES pages.
 *
 * Included by chase*.c, which say how many pages, and how many nodes lie in one
 * (64 is one in each cache line).
 */
#include "guest.h"

#define NODES (PAGES * NODES_OF_A_PAGE)
struct node { struct node *next; uint32_t value; };
static struct node *ring;
static uint32_t order[NODES];

/* A single node has its line of the page by its number, so that they do not all share a cache set. */
static struct node *place(uint8_t *base, uint32_t n)
{
	uint32_t page = n / NODES_OF_A_PAGE, line = NODES_OF_A_PAGE > 1 ? n : n * 7;

	return (struct node *)(base + page * 4096 + line % 64 * 64);
}

void setup(void)
{
	uint32_t seed = 47;
	uint8_t *base = paged(PAGES * 4096);

	for (uint32_t n = 0; n < NODES; n++)
		order[n] = n;
	for (uint32_t n = NODES - 1; n; n--) {
		uint32_t k = random32(&seed) % (n + 1), t = order[n];

		order[n] = order[k];
		order[k] = t;
	}
	for (uint32_t n = 0; n < NODES; n++) {
		struct node *node = place(base, order[n]);

		node->next = place(base, order[(n + 1) % NODES]);
		node->value = n;
	}
	ring = place(base, 0);
}

uint32_t bench(void)
{
	const struct node *at = ring;
	uint32_t sum = 0;

	for (uint32_t n = NODES < 100000 ? 100000 / NODES * NODES : NODES; n; n--) {
		sum += at->value;
		at = at->next;
	}
	return sum;
}
