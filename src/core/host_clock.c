/* SPDX-License-Identifier: MIT
 * host_clock.c - mol_host_ns_by() where there is no counter to go by [host_clock.h].
 */
#include "host_clock.h"

uint64_t mol_host_ns_by(struct mol_host_clock *c)
{
	return c->last = mol_host_ns();
}
