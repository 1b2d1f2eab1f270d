/* SPDX-License-Identifier: MIT
 * terminal.h - the user's terminal as the guest's serial console.
 *
 * Standard input and output, in raw mode if input is a terminal, with Ctrl-A
 * as the way to speak to mini-vmm instead of the guest.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include "fd_line.h"

struct terminal {
	struct fd_line line;
	bool escape; /* the last byte was Ctrl-A */
	bool quit;   /* Ctrl-A x */
};

/* wake: as in struct fd_line, called with opaque. */
void terminal_init(struct terminal *terminal, void (*wake)(void *opaque), void *opaque);
/* Raw mode, until exit, a fatal signal or terminal_restore(), and not while stopped. Only if
 * standard input is a terminal. */
void terminal_enter_raw(void);
void terminal_restore(void);

#endif
