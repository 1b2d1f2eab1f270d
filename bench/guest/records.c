/* SPDX-License-Identifier: MIT
 * records.c - integer: what application code does: records, small calls, branches, strings.
 */
#include "guest.h"

struct record {
	struct record *next;
	int kind, count;
	char name[24];
};

static struct record pool[64];
static struct record *head;
static int32_t grid[16][16];

static __attribute__((noinline)) int classify(const struct record *r)
{
	switch (r->kind) {
	case 0:
		return r->count + 10;
	case 1:
		return r->count * 3;
	case 2:
		return r->name[1] == 'B' ? 7 : r->count - 1;
	case 3:
		return r->count / 5;
	default:
		return -r->count;
	}
}

static __attribute__((noinline)) int same_name(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static __attribute__((noinline)) void update(struct record *r, int value)
{
	int row = value & 15, column = value >> 4 & 15;

	grid[row][column] += r->count;
	grid[column][row] -= value;
	r->kind = (r->kind + 1) % 5;
	r->count = (r->count * 5 + value) & 0x3ff;
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	head = NULL;
	memset(grid, 0, sizeof(grid));
	for (int n = 0; n < 64; n++) {
		struct record *r = &pool[n];

		for (int k = 0; k < 20; k++)
			r->name[k] = (char)('A' + (n * 3 + k) % 26);
		r->name[20 + n % 3] = 0;
		r->kind = n % 5;
		r->count = n;
		r->next = head;
		head = r;
	}
	for (uint32_t n = 600; n; n--) {
		int matches = 0;

		for (struct record *r = head; r; r = r->next) {
			int value = classify(r);

			if (r->next && same_name(r->name, r->next->name))
				matches++;
			update(r, value);
		}
		if (same_name(pool[n & 63].name, pool[(n + 26) & 63].name))
			matches++;
		sum = mix(sum, (uint32_t)(matches + grid[n & 15][n >> 4 & 15]));
	}
	return sum;
}
