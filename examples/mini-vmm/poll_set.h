/* SPDX-License-Identifier: MIT
 * poll_set.h - the file descriptors that the machine waits for, gathered from whoever has one.
 *
 * Each source adds its descriptors, keeps the index it gets, and looks at the
 * answer under that index after poll().
 */
#ifndef POLL_SET_H
#define POLL_SET_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define POLL_SET_FOREVER UINT32_MAX

struct poll_set {
	struct pollfd *fd; /* n of them, room for capacity */
	unsigned n, capacity;
	uint32_t timeout_ms; /* the soonest that any source asked for */
};

void poll_set_clear(struct poll_set *set);
void poll_set_free(struct poll_set *set);
/* Returns the index, or -1 without memory. */
int poll_set_add(struct poll_set *set, int fd, short events);
/* What poll() found under an index; 0 for -1. */
short poll_set_result(const struct poll_set *set, int index);
/* Asks which are ready now, without waiting. */
void poll_set_ask(struct poll_set *set);
bool poll_set_copy(struct poll_set *to, const struct poll_set *from);
/* Do both wait for the same descriptors and events? */
bool poll_set_same(const struct poll_set *a, const struct poll_set *b);

#endif
