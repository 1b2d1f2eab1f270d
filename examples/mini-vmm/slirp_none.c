/* SPDX-License-Identifier: MIT
 * slirp_none.c - in the place of slirp_net.c where libslirp is not installed: no network.
 */
#include "slirp_net.h"

struct slirp_net *slirp_net_open(void (*deliver)(void *opaque, const uint8_t *frame, size_t n),
				 void *opaque, struct problem *problem)
{
	(void)deliver;
	(void)opaque;
	problem_set(problem, "--net user: this mini-vmm was built without libslirp");
	return NULL;
}

void slirp_net_close(struct slirp_net *net)
{
	(void)net;
}

void slirp_net_input(struct slirp_net *net, const uint8_t *frame, size_t n)
{
	(void)net;
	(void)frame;
	(void)n;
}

void slirp_net_fill(struct slirp_net *net, struct poll_set *set)
{
	(void)net;
	(void)set;
}

void slirp_net_service(struct slirp_net *net, const struct poll_set *set)
{
	(void)net;
	(void)set;
}
