/* SPDX-License-Identifier: MIT
 * error.c - the words behind a status code, one message a thread; and the embedder's log.
 *
 * Nothing here allocates, so that a failure of allocation can be reported too. Called by
 * every file of the core and by backends.
 */
#include <stdio.h>

#include "core.h"

static _Thread_local char message[256];

int mol_error(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return code;
}

const char *mol_error_message(void)
{
	return message;
}

void mol_log(struct molvm_vm *vm, uint32_t level, const char *format, ...)
{
	char line[256];
	va_list args;

	if (!vm->log)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	vm->log(vm->log_opaque, level, line);
}
