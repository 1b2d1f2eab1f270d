/* SPDX-License-Identifier: MIT
 * emit_x86_64_vec_fp.c - single precision in XMM registers.
 */
#include "emit_x86_64_vec.h"

void mol_jit_vec_emit_fp(struct emitter *e, unsigned n, const struct jit_operation *o)
{
	(void)n;
	(void)o;
	e->failed = true;
}
