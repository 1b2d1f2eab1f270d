/* SPDX-License-Identifier: MIT
 * jit_version.h - blocks that are entered with more in host registers than the homes.
 *
 * Any block may be entered from anywhere with all but the homes in struct ppc_cpu. A direct branch
 * whose block has FPRs and VRs in host registers, and an operation that the FPSCR waits for, would have to
 * store them all before it. So the block that it leads to is translated once more, as it is with
 * that state, for this branch and those that leave with the same: a version. States are numbers of the
 * emitter's. There are few versions of a block; who finds none stores what it has.
 */
#ifndef MOL_JIT_VERSION_H
#define MOL_JIT_VERSION_H

#include "jit_pins.h"
#include "soft.h"

#define JIT_VERSIONS 4096u
#define JIT_VERSION_BUCKETS 256u
#define JIT_VERSIONS_EACH 4u /* of one block */

struct jit_version {
	uint32_t unit, ea, state;
	uint32_t code, undo; /* the code at undo stores what the state is, and goes to the run loop */
	uint32_t next;       /* of its bucket, + 1; 0: the end */
};

struct jit_versions {
	struct jit_version *version;
	struct pinned *state; /* JIT_STATES of them */
	uint32_t count;
	uint32_t bucket[JIT_VERSION_BUCKETS];
};

/* The code of the block at ea in this unit that is entered in this state, translated now if need be;
 * 0: there is none. Not while translated code runs. */
uint32_t mol_jit_version(struct soft *s, uint32_t unit, uint32_t ea, uint32_t state);
/* Block b, at ea in this unit, is dead. True: it had versions. */
bool mol_jit_version_kill(struct jit *jit, uint32_t unit, uint32_t ea, struct soft_block *b);
/* The code from this offset on, size bytes, is gone. */
void mol_jit_version_evict(struct soft *s, uint32_t from, uint32_t size);
/* There are none. */
void mol_jit_version_clear(struct jit_versions *v);

#endif
