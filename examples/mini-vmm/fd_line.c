/* SPDX-License-Identifier: MIT
 * fd_line.c - bytes between a device and file descriptors. See fd_line.h.
 */
#include "fd_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

void fd_line_init(struct fd_line *line, int in, int out, void (*wake)(void *opaque), void *opaque)
{
	memset(line, 0, sizeof(*line));
	line->in = in;
	line->out = out;
	line->keep = -1;
	line->index = -1;
	line->wake = wake;
	line->opaque = opaque;
}

static bool open_pty(struct fd_line *line, char *name, size_t name_size, struct problem *problem)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	struct termios raw;

	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    ptsname_r(master, name, name_size)) {
		problem_set(problem, "cannot make a pseudo-terminal: %s", strerror(errno));
		if (master >= 0)
			close(master);
		return false;
	}
	/* With the other side held open by us too, nobody there is not a hang-up. */
	line->keep = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (line->keep >= 0 && tcgetattr(line->keep, &raw) == 0) {
		cfmakeraw(&raw);
		tcsetattr(line->keep, TCSANOW, &raw);
	}
	line->in = line->out = master;
	return true;
}

bool fd_line_open(struct fd_line *line, const char *path, char *name, size_t name_size,
		  struct problem *problem)
{
	struct stat st;
	bool device = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	int flags = device ? O_RDWR | O_NONBLOCK : O_WRONLY | O_CREAT | O_TRUNC;

	line->lossy = true;
	if (!strcmp(path, "pty"))
		return open_pty(line, name, name_size, problem);
	line->out = open(path, flags | O_NOCTTY | O_CLOEXEC, 0666);
	if (line->out < 0)
		return problem_set(problem, "%s: %s", path, strerror(errno));
	line->in = device ? line->out : -1;
	return true;
}

void fd_line_close(struct fd_line *line)
{
	if (line->out >= 0)
		close(line->out);
	if (line->in >= 0 && line->in != line->out)
		close(line->in);
	if (line->keep >= 0)
		close(line->keep);
	line->in = line->out = line->keep = -1;
}

void fd_line_fill(struct fd_line *line, struct poll_set *set)
{
	bool room = line->count < FD_LINE_BUFFER || line->overrun;

	line->index = line->in >= 0 && room ? poll_set_add(set, line->in, POLLIN) : -1;
}

static void append(struct fd_line *line, const uint8_t *buf, size_t n)
{
	for (size_t i = 0; i < n && line->count < FD_LINE_BUFFER; i++)
		line->buffer[(line->first + line->count++) % FD_LINE_BUFFER] = buf[i];
}

void fd_line_service(struct fd_line *line, const struct poll_set *set)
{
	uint8_t buf[FD_LINE_BUFFER];
	size_t room = line->overrun ? sizeof(buf) : FD_LINE_BUFFER - line->count;
	ssize_t n;

	if (!poll_set_result(set, line->index) || !room)
		return;
	n = read(line->in, buf, room);
	if (n > 0 && line->filter)
		append(line, buf, line->filter(line->filter_opaque, buf, (size_t)n));
	else if (n > 0)
		append(line, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		line->in = -1; /* the end of input is not the end of the guest; the owner closes */
}

static void send(void *opaque, const uint8_t *buf, size_t n)
{
	struct fd_line *line = opaque;

	while (n && line->out >= 0 && !line->failure) {
		ssize_t done = write(line->out, buf, n);

		if (done >= 0) {
			buf += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN && !line->lossy) {
			/* Whoever shares our terminal may have made it non-blocking. */
			poll(&(struct pollfd){ .fd = line->out, .events = POLLOUT }, 1, -1);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			line->failure = errno;
			line->wake(line->opaque);
		}
	}
}

static size_t receive(void *opaque, uint8_t *buf, size_t n)
{
	struct fd_line *line = opaque;
	bool was_full = line->count == FD_LINE_BUFFER;
	size_t done;

	for (done = 0; done < n && line->count; done++) {
		buf[done] = line->buffer[line->first];
		line->first = (line->first + 1) % FD_LINE_BUFFER;
		line->count--;
	}
	if (was_full && done)
		line->wake(line->opaque);
	return done;
}

struct byte_line fd_line_end(struct fd_line *line)
{
	return (struct byte_line){ send, receive, line };
}
