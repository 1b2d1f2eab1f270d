/* SPDX-License-Identifier: MIT
 * fd_line.h - file descriptors as the far end of a serial line or console.
 *
 * Used twice: by terminal.c for standard input and output, and by machine.c
 * for --console. Input is read when poll() says so and waits in a buffer for
 * the device; output is written at once.
 */
#ifndef FD_LINE_H
#define FD_LINE_H

#include "byte_line.h"
#include "poll_set.h"
#include "problem.h"

#define FD_LINE_BUFFER 4096u

struct fd_line {
	int in, out;  /* -1: none (any more) */
	int keep;     /* held open for the line's sake, see fd_line_open(); -1: none */
	bool lossy;   /* drop output rather than wait for a reader */
	bool overrun; /* drop input rather than leave it with the sender */
	int failure;  /* errno of a failed write: there is nobody to talk to */
	uint8_t buffer[FD_LINE_BUFFER];
	size_t first, count;
	int index; /* in the poll set */
	/* Looks at what has been read, may change and shorten it. May be NULL. */
	size_t (*filter)(void *opaque, uint8_t *buf, size_t n);
	void *filter_opaque;
	/* The line wants to be looked at: poll it anew, or see its failure. */
	void (*wake)(void *opaque);
	void *opaque;
};

void fd_line_init(struct fd_line *line, int in, int out, void (*wake)(void *opaque), void *opaque);
/* "pty": a new pseudo-terminal, whose name goes to name; else a file to be written, or a
 * terminal, FIFO or other character device to talk to. */
bool fd_line_open(struct fd_line *line, const char *path, char *name, size_t name_size,
		  struct problem *problem);
void fd_line_close(struct fd_line *line);

void fd_line_fill(struct fd_line *line, struct poll_set *set);
/* Reads what poll() found. */
void fd_line_service(struct fd_line *line, const struct poll_set *set);
/* The line as devices know it. */
struct byte_line fd_line_end(struct fd_line *line);

#endif
