/* SPDX-License-Identifier: MIT
 * byte_line.h - the far end of a serial line or console: a terminal, a file, a test.
 *
 * A device sends when it likes and asks for input when it has room; it never
 * waits. Either function may be NULL: everything is lost, nothing ever comes.
 */
#ifndef BYTE_LINE_H
#define BYTE_LINE_H

#include <stddef.h>
#include <stdint.h>

struct byte_line {
	void (*send)(void *opaque, const uint8_t *buf, size_t n);
	/* Takes up to n waiting bytes into buf; returns how many. */
	size_t (*receive)(void *opaque, uint8_t *buf, size_t n);
	void *opaque;
};

static inline void byte_line_send(const struct byte_line *line, const uint8_t *buf, size_t n)
{
	if (line->send)
		line->send(line->opaque, buf, n);
}

static inline size_t byte_line_receive(const struct byte_line *line, uint8_t *buf, size_t n)
{
	return line->receive ? line->receive(line->opaque, buf, n) : 0;
}

#endif
