/* SPDX-License-Identifier: MIT
 * known.c - where qemu-ppc differs from the manual, and rows that it cannot judge.
 *
 * Each entry names what differs and the manual's word for our answer. A row that
 * is excluded here must be tested elsewhere: the reason says where.
 */
#include <string.h>

#include "diff.h"

const char *diff_row_excluded(enum ppc_op op)
{
	if (ppc_insn_table[op].flags & I_PRIV)
		return "privileged: bare guests";
	switch (op) {
	case PPC_OP_SC:
		return "a system call of the host: bare guests";
	case PPC_OP_MFTB:
		return "reads the host's time: bare guests, unit tests of the timebase";
	case PPC_OP_ECIWX:
	case PPC_OP_ECOWX:
		return "needs an external device behind EAR: unit tests of the core";
	default:
		return NULL;
	}
}

const char *diff_known(enum ppc_op op, const struct diff_state *in, const struct diff_state *ours,
		       const struct diff_state *theirs)
{
	return NULL;
}
