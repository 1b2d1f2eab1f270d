/* SPDX-License-Identifier: MIT
 * watcher.c - a thread that polls and rings. See watcher.h.
 */
#include "watcher.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS 1000000u

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int remaining_ms(uint64_t deadline_ns)
{
	uint64_t now = now_ns();

	if (deadline_ns == UINT64_MAX)
		return -1;
	if (deadline_ns <= now)
		return 0;
	/* Rounded up, or the last millisecond would be spent in a busy loop. */
	return (int)((deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

/* Waits for a copy of the set, not holding the lock; true if that is a reason to ring. */
static bool wait_for_set(struct watcher *w, struct poll_set *copy)
{
	int timeout = remaining_ms(w->deadline_ns);
	int wake = -1;
	int ready, woken = 0;
	uint64_t count;

	if (poll_set_copy(copy, &w->set))
		wake = poll_set_add(copy, w->wake_fd, POLLIN);
	pthread_mutex_unlock(&w->lock);
	if (wake < 0) { /* no memory: ring now and then instead */
		ready = poll(NULL, 0, 10);
	} else {
		ready = poll(copy->fd, copy->n, timeout);
		woken = ready > 0 && poll_set_result(copy, wake);
	}
	if (woken)
		(void)!read(w->wake_fd, &count, sizeof(count));
	pthread_mutex_lock(&w->lock);
	return ready == 0 || ready > woken;
}

static void *watch(void *opaque)
{
	struct watcher *w = opaque;
	struct poll_set copy = { 0 };

	pthread_mutex_lock(&w->lock);
	while (!w->quit) {
		uint64_t generation = w->generation;

		if (!w->armed) {
			pthread_cond_wait(&w->changed, &w->lock);
			continue;
		}
		/* Armed anew meanwhile: wait for that. */
		if (!wait_for_set(w, &copy) || generation != w->generation || w->quit)
			continue;
		w->armed = false;
		w->ring(w->opaque);
	}
	pthread_mutex_unlock(&w->lock);
	poll_set_free(&copy);
	return NULL;
}

static void wake(struct watcher *w)
{
	uint64_t one = 1;

	pthread_cond_signal(&w->changed);
	(void)!write(w->wake_fd, &one, sizeof(one)); /* fails only when it is set already */
}

void watcher_arm(struct watcher *w, const struct poll_set *set)
{
	uint64_t deadline = UINT64_MAX;

	if (set->timeout_ms != POLL_SET_FOREVER)
		deadline = now_ns() + (uint64_t)set->timeout_ms * NS_PER_MS;
	pthread_mutex_lock(&w->lock);
	/* Waiting for the same already, and ringing early does no harm. */
	if (w->armed && w->deadline_ns <= deadline && poll_set_same(&w->set, set)) {
		pthread_mutex_unlock(&w->lock);
		return;
	}
	if (!poll_set_copy(&w->set, set))
		w->set.n = 0, deadline = 0; /* no memory: ring at once, and be armed again */
	w->deadline_ns = deadline;
	w->generation++;
	w->armed = true;
	wake(w);
	pthread_mutex_unlock(&w->lock);
}

int watcher_start(struct watcher *w, void (*ring)(void *opaque), void *opaque)
{
	sigset_t all, old;
	int err;

	*w = (struct watcher){ .ring = ring, .opaque = opaque, .deadline_ns = UINT64_MAX };
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->wake_fd < 0)
		return errno;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&w->thread, NULL, watch, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err)
		close(w->wake_fd);
	return err;
}

void watcher_stop(struct watcher *w)
{
	pthread_mutex_lock(&w->lock);
	w->quit = true;
	wake(w);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	close(w->wake_fd);
	poll_set_free(&w->set);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
}
