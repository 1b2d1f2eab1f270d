/* SPDX-License-Identifier: MIT
 * poll_set.c - a growing array for poll(). See poll_set.h.
 */
#include "poll_set.h"

#include <stdlib.h>
#include <string.h>

void poll_set_clear(struct poll_set *set)
{
	set->n = 0;
	set->timeout_ms = POLL_SET_FOREVER;
}

void poll_set_free(struct poll_set *set)
{
	free(set->fd);
	*set = (struct poll_set){ 0 };
}

static bool reserve(struct poll_set *set, unsigned n)
{
	unsigned capacity = set->capacity ? set->capacity : 16;
	struct pollfd *fd;

	if (n <= set->capacity)
		return true;
	while (capacity < n)
		capacity *= 2;
	fd = realloc(set->fd, capacity * sizeof(*fd));
	if (!fd)
		return false;
	set->fd = fd;
	set->capacity = capacity;
	return true;
}

int poll_set_add(struct poll_set *set, int fd, short events)
{
	if (!reserve(set, set->n + 1))
		return -1;
	set->fd[set->n] = (struct pollfd){ .fd = fd, .events = events };
	return (int)set->n++;
}

short poll_set_result(const struct poll_set *set, int index)
{
	return index < 0 || (unsigned)index >= set->n ? 0 : set->fd[index].revents;
}

void poll_set_ask(struct poll_set *set)
{
	if (poll(set->fd, set->n, 0) > 0)
		return;
	/* Nothing, or a signal: either way nothing is known to be ready. */
	for (unsigned i = 0; i < set->n; i++)
		set->fd[i].revents = 0;
}

bool poll_set_copy(struct poll_set *to, const struct poll_set *from)
{
	if (!reserve(to, from->n))
		return false;
	if (from->n)
		memcpy(to->fd, from->fd, from->n * sizeof(*from->fd));
	to->n = from->n;
	to->timeout_ms = from->timeout_ms;
	return true;
}

bool poll_set_same(const struct poll_set *a, const struct poll_set *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (a->fd[i].fd != b->fd[i].fd || a->fd[i].events != b->fd[i].events)
			return false;
	return true;
}
