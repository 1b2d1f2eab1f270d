/* SPDX-License-Identifier: MIT
 * slirp_net.h - a network of the user's own: NAT without privileges, by libslirp.
 *
 * The guest's side is 10.0.2.0/24: 10.0.2.2 is the host (its 127.0.0.1),
 * 10.0.2.3 a name server, 10.0.2.15 the address that DHCP gives. Without
 * libslirp, meson compiles slirp_none.c in the place of slirp_net.c.
 */
#ifndef SLIRP_NET_H
#define SLIRP_NET_H

#include <stddef.h>
#include <stdint.h>

#include "poll_set.h"
#include "problem.h"

struct slirp_net;

/* deliver gets the frames for the guest. NULL with a problem. */
struct slirp_net *slirp_net_open(void (*deliver)(void *opaque, const uint8_t *frame, size_t n),
				 void *opaque, struct problem *problem);
void slirp_net_close(struct slirp_net *net);
/* A frame from the guest. Afterwards the descriptors to wait for may be others. */
void slirp_net_input(struct slirp_net *net, const uint8_t *frame, size_t n);
void slirp_net_fill(struct slirp_net *net, struct poll_set *set);
/* Does what poll() made possible, and what time has brought. */
void slirp_net_service(struct slirp_net *net, const struct poll_set *set);

#endif
