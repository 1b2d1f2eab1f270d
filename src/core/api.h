/* SPDX-License-Identifier: MIT
 * api.h - what the doors (api_*.c) share: looking at arguments.
 *
 * A door checks every argument, saying which is wrong and why, and calls one function behind it.
 */
#ifndef MOL_API_H
#define MOL_API_H

#include "backend.h"

/* The message for a pointer that must not be NULL. */
#define MOL_API_NEED(who, pointer)                                                                 \
	do {                                                                                           \
		if (!(pointer))                                                                            \
			return mol_error(MOLVM_E_INVAL, "%s: %s is NULL", who, #pointer);                      \
	} while (0)

/* A caller's struct of *size bytes, of which this library knows `known`. 0, INVAL or VERSION. */
int mol_api_check_in(const char *who, const char *what, const void *p, uint32_t size, size_t known);
/* A struct to fill: at least `known` bytes. */
int mol_api_check_out(const char *who, const char *what, uint32_t size, size_t known);
int mol_api_check_flags(const char *who, uint32_t flags, uint32_t allowed);
/* [gpa, gpa + len): not empty, below 2^36; aligned: multiples of the page. */
int mol_api_check_range(const char *who, uint64_t gpa, uint64_t len, bool aligned);

#endif
