/* SPDX-License-Identifier: MIT
 * tree.c - integer: a treap: keys inserted and removed with rotations, and looked up.
 */
#include "guest.h"

#define NODES 2048
struct tree { struct tree *left, *right; uint32_t key, weight; };
static struct tree node[NODES];

static struct tree *insert(struct tree *t, struct tree *n)
{
	struct tree *child;

	if (!t)
		return n;
	if (n->key < t->key) {
		child = t->left = insert(t->left, n);
		if (child->weight <= t->weight)
			return t;
		t->left = child->right;
		child->right = t;
	} else {
		child = t->right = insert(t->right, n);
		if (child->weight <= t->weight)
			return t;
		t->right = child->left;
		child->left = t;
	}
	return child;
}

static struct tree *join(struct tree *a, struct tree *b)
{
	if (!a || !b)
		return a ? a : b;
	if (a->weight > b->weight) {
		a->right = join(a->right, b);
		return a;
	}
	b->left = join(a, b->left);
	return b;
}

static uint32_t find(const struct tree *t, uint32_t key)
{
	uint32_t depth = 0;

	for (; t && t->key != key; depth++)
		t = key < t->key ? t->left : t->right;
	return t ? depth : depth << 16;
}

uint32_t bench(void)
{
	struct tree *top = NULL;
	uint32_t sum = 0, seed = 79;

	for (int n = 0; n < NODES; n++) {
		node[n] = (struct tree){ .key = random32(&seed) & 0xffff, .weight = random32(&seed) };
		top = insert(top, &node[n]);
	}
	for (uint32_t n = 0; n < 4 * NODES; n++)
		sum = mix(sum, find(top, n & 1 ? node[n % NODES].key : random32(&seed) & 0xffff));
	for (int n = 0; n < NODES / 2; n++) {
		struct tree **at = &top;

		while (*at && *at != &node[n])
			at = node[n].key < (*at)->key ? &(*at)->left : &(*at)->right;
		if (*at)
			*at = join((*at)->left, (*at)->right);
		sum += find(top, node[n].key);
	}
	return sum;
}
