/* SPDX-License-Identifier: MIT
 * slirp_net.c - libslirp's callbacks over a poll set. See slirp_net.h.
 *
 * Everything is called on the vCPU's thread: libslirp is not thread-safe.
 */
#include "slirp_net.h"

#include <slirp/libslirp.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_MS 1000000

struct timer {
	struct timer *next;
	SlirpTimerCb fire;
	void *opaque;
	int64_t expire_ms; /* -1: not running */
};

struct slirp_net {
	Slirp *slirp;
	struct timer *timers;
	void (*deliver)(void *opaque, const uint8_t *frame, size_t n);
	void *opaque;
};

static int64_t clock_get_ns(void *opaque)
{
	struct timespec now;

	(void)opaque;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static ssize_t send_packet(const void *buf, size_t len, void *opaque)
{
	struct slirp_net *net = opaque;

	net->deliver(net->opaque, buf, len);
	return (ssize_t)len;
}

static void guest_error(const char *message, void *opaque)
{
	(void)message; /* the guest's affair: it may send what it likes */
	(void)opaque;
}

static void *timer_new(SlirpTimerCb fire, void *cb_opaque, void *opaque)
{
	struct slirp_net *net = opaque;
	struct timer *timer = malloc(sizeof(*timer));

	if (!timer)
		return NULL;
	*timer = (struct timer){ net->timers, fire, cb_opaque, -1 };
	net->timers = timer;
	return timer;
}

static void timer_free(void *timer, void *opaque)
{
	struct slirp_net *net = opaque;

	for (struct timer **at = &net->timers; *at; at = &(*at)->next) {
		if (*at == timer) {
			*at = (*at)->next;
			free(timer);
			return;
		}
	}
}

static void timer_mod(void *timer, int64_t expire_ms, void *opaque)
{
	(void)opaque;
	if (timer)
		((struct timer *)timer)->expire_ms = expire_ms;
}

static void poll_fd_unused(int fd, void *opaque)
{
	(void)fd; /* the set is made anew each time */
	(void)opaque;
}

static void notify(void *opaque)
{
	(void)opaque; /* whoever called slirp_net_input() looks at the descriptors anyway */
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = guest_error,
	.clock_get_ns = clock_get_ns,
	.timer_new = timer_new,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = poll_fd_unused,
	.unregister_poll_fd = poll_fd_unused,
	.notify = notify,
};

static struct in_addr address(const char *text)
{
	struct in_addr in;

	inet_pton(AF_INET, text, &in);
	return in;
}

struct slirp_net *slirp_net_open(void (*deliver)(void *opaque, const uint8_t *frame, size_t n),
				 void *opaque, struct problem *problem)
{
	const SlirpConfig config = {
		.version = SLIRP_CONFIG_VERSION_MIN,
		.in_enabled = true,
		.vnetwork = address("10.0.2.0"),
		.vnetmask = address("255.255.255.0"),
		.vhost = address("10.0.2.2"),
		.vnameserver = address("10.0.2.3"),
		.vdhcp_start = address("10.0.2.15"),
	};
	struct slirp_net *net = calloc(1, sizeof(*net));

	if (!net) {
		problem_set(problem, "--net user: out of memory");
		return NULL;
	}
	net->deliver = deliver;
	net->opaque = opaque;
	net->slirp = slirp_new(&config, &callbacks, net);
	if (!net->slirp) {
		problem_set(problem, "--net user: libslirp %s refuses to start",
			    slirp_version_string());
		free(net);
		return NULL;
	}
	return net;
}

void slirp_net_close(struct slirp_net *net)
{
	if (!net)
		return;
	slirp_cleanup(net->slirp);
	while (net->timers)
		timer_free(net->timers, net);
	free(net);
}

void slirp_net_input(struct slirp_net *net, const uint8_t *frame, size_t n)
{
	slirp_input(net->slirp, frame, (int)n);
}

static int add_poll(int fd, int events, void *opaque)
{
	int wanted = 0;

	wanted |= events & SLIRP_POLL_IN ? POLLIN : 0;
	wanted |= events & SLIRP_POLL_OUT ? POLLOUT : 0;
	wanted |= events & SLIRP_POLL_PRI ? POLLPRI : 0;
	return poll_set_add(opaque, fd, (short)wanted);
}

void slirp_net_fill(struct slirp_net *net, struct poll_set *set)
{
	int64_t now_ms = clock_get_ns(NULL) / NS_PER_MS;

	slirp_pollfds_fill(net->slirp, &set->timeout_ms, add_poll, set);
	for (const struct timer *t = net->timers; t; t = t->next) {
		int64_t left = t->expire_ms > now_ms ? t->expire_ms - now_ms : 0;

		if (t->expire_ms >= 0 && left < set->timeout_ms)
			set->timeout_ms = (uint32_t)left;
	}
}

static int get_revents(int index, void *opaque)
{
	short found = poll_set_result(opaque, index);
	int events = 0;

	events |= found & POLLIN ? SLIRP_POLL_IN : 0;
	events |= found & POLLOUT ? SLIRP_POLL_OUT : 0;
	events |= found & POLLPRI ? SLIRP_POLL_PRI : 0;
	events |= found & POLLERR ? SLIRP_POLL_ERR : 0;
	events |= found & POLLHUP ? SLIRP_POLL_HUP : 0;
	return events;
}

void slirp_net_service(struct slirp_net *net, const struct poll_set *set)
{
	int64_t now_ms = clock_get_ns(NULL) / NS_PER_MS;
	struct poll_set seen = *set; /* libslirp's callback takes it without const */
	struct timer *next;

	slirp_pollfds_poll(net->slirp, 0, get_revents, &seen);
	for (struct timer *t = net->timers; t; t = next) {
		next = t->next;
		if (t->expire_ms >= 0 && t->expire_ms <= now_ms) {
			t->expire_ms = -1;
			t->fire(t->opaque);
		}
	}
}
