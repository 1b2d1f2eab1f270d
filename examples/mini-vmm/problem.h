/* SPDX-License-Identifier: MIT
 * problem.h - why something could not be done, in one line for the user.
 *
 * Functions that can fail on what the user gave return false and fill one of
 * these; main.c prints it behind the program's name.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>

struct problem {
	char text[320];
};

__attribute__((format(printf, 2, 3))) static inline bool problem_set(struct problem *problem,
								     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(problem->text, sizeof(problem->text), format, args);
	va_end(args);
	return false;
}

#endif
