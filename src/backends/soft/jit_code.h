/* SPDX-License-Identifier: MIT
 * jit_code.h - a buffer of host code while it is written.
 *
 * The assemblers (x86_asm.h, a64_asm.h) append to it and know nothing else of the translator; jit.c
 * says where it begins and ends. Offsets are the same in the writable and the executable view.
 */
#ifndef MOL_JIT_CODE_H
#define MOL_JIT_CODE_H

#include "../../ppc/env.h"

struct jit_code {
	uint8_t *base;    /* writable view */
	uint32_t at, end; /* offsets */
	bool full;        /* the end was met: what is there is not whole */
	unsigned features; /* of the host: enum x86_feature [x86_sse.h] */
};

#endif
