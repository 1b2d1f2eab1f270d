/* SPDX-License-Identifier: MIT
 * jit_dump.c - translated code for people to look at: the options jit.dump and jit.perf.
 *
 * The library prints nothing; this is the one file of it that writes to files, and only to those
 * that the embedder asked for by these options: a listing of every translation at the path he
 * named, and the map in which Linux's perf looks for names of generated code. Options by api_vm.c,
 * translations by a backend. A file that takes no more ends it; the embedder's log is told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend.h"
#include "host_disasm.h"

#define LINE 256u        /* longest line of the listing */
#define BYTES_A_LINE 16u /* of host code that has no words; x86-64 instructions have up to 15 */

struct mol_jit_dump {
	int listing, perf; /* files; -1: not asked for */
	int error;         /* errno of a write: nothing is written after that */
	struct mol_host_disasm disasm;
	size_t used;
	char text[16 * LINE]; /* of the listing, on its way */
};

/* ---- the options ---- */

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* With nothing to be written there is no object. */
static void settle(molvm_vm *vm)
{
	struct mol_jit_dump *d = vm->jit_dump;

	if (d->listing < 0)
		mol_host_disasm_close(&d->disasm);
	if (d->listing >= 0 || d->perf >= 0)
		return;
	vm->jit_dump = NULL;
	mol_free(vm, d, sizeof(*d));
}

static bool have_object(molvm_vm *vm)
{
	if (vm->jit_dump)
		return true;
	vm->jit_dump = mol_alloc(vm, sizeof(*vm->jit_dump));
	if (!vm->jit_dump)
		return false;
	vm->jit_dump->listing = vm->jit_dump->perf = -1;
	return true;
}

void mol_jit_dump_end(molvm_vm *vm)
{
	if (!vm->jit_dump)
		return;
	close_file(&vm->jit_dump->listing);
	close_file(&vm->jit_dump->perf);
	settle(vm);
}

static void write_all(struct mol_jit_dump *d, int fd, const char *text, size_t n)
{
	while (n && !d->error) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno != EINTR)
			d->error = errno;
		if (done <= 0)
			continue;
		text += done;
		n -= (size_t)done;
	}
}

static void flush(struct mol_jit_dump *d)
{
	write_all(d, d->listing, d->text, d->used);
	d->used = 0;
}

__attribute__((format(printf, 2, 3)))
static void put(struct mol_jit_dump *d, const char *format, ...)
{
	va_list args;
	int n;

	if (sizeof(d->text) - d->used < LINE)
		flush(d);
	va_start(args, format);
	n = vsnprintf(d->text + d->used, LINE, format, args);
	va_end(args);
	d->used += n < 0 ? 0 : (size_t)n < LINE ? (size_t)n : LINE - 1;
}

/* A write failed: the embedder may call us from his log, so it comes last. */
static void give_up(molvm_vm *vm)
{
	int error = vm->jit_dump->error;

	mol_jit_dump_end(vm);
	mol_log(vm, 1, "jit.dump, jit.perf: %s; no more is written", strerror(error));
}

int mol_jit_dump_list(molvm_vm *vm, const char *path)
{
	struct mol_jit_dump *d;
	int fd = -1;

	if (*path) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
		if (fd < 0)
			return mol_error(MOLVM_E_IO, "option_set: jit.dump \"%.80s\": %s", path,
					 strerror(errno));
	}
	if (!have_object(vm)) {
		close_file(&fd);
		return mol_error(MOLVM_E_NOMEM, "option_set: no memory for jit.dump");
	}
	d = vm->jit_dump;
	close_file(&d->listing);
	mol_host_disasm_close(&d->disasm);
	d->listing = fd;
	if (fd >= 0) {
		put(d, "# host code %s\n", mol_host_disasm_open(&d->disasm));
		flush(d);
	}
	if (d->error) {
		mol_error(MOLVM_E_IO, "option_set: jit.dump \"%.80s\": %s", path, strerror(d->error));
		close_file(&d->listing);
		d->error = 0;
		fd = -1;
	}
	settle(vm);
	return fd < 0 && *path ? MOLVM_E_IO : 0;
}

/* In a directory where others may have put something under this name. */
static int open_map(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1)
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

int mol_jit_dump_perf(molvm_vm *vm, bool on)
{
	char path[32];
	int fd = -1;

	if (on) {
		snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
		fd = open_map(path);
		if (fd < 0)
			return mol_error(MOLVM_E_IO, "option_set: jit.perf: %s: %s", path,
					 strerror(errno));
	}
	if (!have_object(vm)) {
		close_file(&fd);
		return mol_error(MOLVM_E_NOMEM, "option_set: no memory for jit.perf");
	}
	close_file(&vm->jit_dump->perf);
	vm->jit_dump->perf = fd;
	settle(vm);
	return 0;
}

/* ---- a translation ---- */

static void list_guest(struct mol_jit_dump *d, const struct mol_translation *t)
{
	char text[96];

	put(d, "\nblock %08x %s%s%s: %u instructions, %zu bytes at %p\n", t->ea,
	    t->msr & PPC_MSR_PR ? "user" : "supervisor", t->msr & PPC_MSR_FP ? " fp" : "",
	    t->msr & PPC_MSR_VEC ? " vec" : "", t->words, t->size, (const void *)t->code);
	for (uint32_t n = 0; n < t->words; n++) {
		mol_ppc_disasm(t->word[n], t->ea + 4 * n, text, sizeof(text));
		put(d, "    %08x  %08x  %s\n", t->ea + 4 * n, t->word[n], text);
	}
}

static void list_host(struct mol_jit_dump *d, const struct mol_translation *t)
{
	char text[192], bytes[2 * BYTES_A_LINE + 1];
	size_t n;

	for (size_t at = 0; at < t->size; at += n) {
		n = mol_host_disasm(&d->disasm, t->code + at, t->size - at, (uintptr_t)t->code + at,
				    text, sizeof(text));
		if (!n || n > BYTES_A_LINE) {
			/* None, or what is no instruction: on as small a step as there is. */
			n = !d->disasm.handle ? BYTES_A_LINE : (uintptr_t)(t->code + at) & 3 ? 1 : 4;
			if (n > t->size - at)
				n = t->size - at;
		}
		for (size_t i = 0; i < n; i++)
			snprintf(bytes + 2 * i, 3, "%02x", t->code[at + i]);
		put(d, "  %12llx  %-*s%s\n", (unsigned long long)((uintptr_t)t->code + at),
		    *text ? 2 * (int)BYTES_A_LINE : 0, bytes, text);
	}
}

static void name_for_perf(struct mol_jit_dump *d, const struct mol_translation *t)
{
	char line[80], name[24] = "molvm_jit_shared";
	int n;

	if (t->words)
		snprintf(name, sizeof(name), "ppc_%08x", t->ea);
	n = snprintf(line, sizeof(line), "%llx %zx %s\n", (unsigned long long)(uintptr_t)t->code,
		     t->size, name);
	write_all(d, d->perf, line, (size_t)n); /* one write: VMs of a process share this file */
}

void mol_jit_dump(molvm_vm *vm, const struct mol_translation *t)
{
	struct mol_jit_dump *d = vm->jit_dump;

	if (d->listing >= 0) {
		if (t->words)
			list_guest(d, t);
		else
			put(d, "\nwhat all blocks share: %zu bytes at %p, constants among them\n",
			    t->size, (const void *)t->code);
		list_host(d, t);
		flush(d);
	}
	if (d->perf >= 0)
		name_for_perf(d, t);
	if (d->error)
		give_up(vm);
}
