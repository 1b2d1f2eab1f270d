/* SPDX-License-Identifier: MIT
 * watcher.h - the one other thread: waits for file descriptors while the vCPU runs.
 *
 * Devices live on the vCPU's thread and need no locks. While that thread is
 * busy with the guest (or asleep in molvm_vcpu_wait()), the watcher polls in
 * its place; when something is ready or the time is over it rings once, and
 * is quiet until it is armed again.
 */
#ifndef WATCHER_H
#define WATCHER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "poll_set.h"

struct watcher {
	void (*ring)(void *opaque); /* called on the watcher's thread */
	void *opaque;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int wake_fd; /* an eventfd, to interrupt poll() */
	/* Under the lock: what to wait for. */
	struct poll_set set;
	uint64_t deadline_ns;
	uint64_t generation;
	bool armed, quit;
};

/* Returns 0 or an errno. */
int watcher_start(struct watcher *watcher, void (*ring)(void *opaque), void *opaque);
void watcher_arm(struct watcher *watcher, const struct poll_set *set);
void watcher_stop(struct watcher *watcher);

#endif
