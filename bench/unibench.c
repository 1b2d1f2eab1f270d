/* SPDX-License-Identifier: MIT
 * unibench.c - the machine of the bench guests around Unicorn 2, for comparison.
 *
 * The same lines as molbench prints, and the same machine: RAM at 0, a console at
 * 0x800003f8. Unicorn delivers no PowerPC exceptions: guests that need them end here
 * with an error, which bench.py shows as "fails". Built where libunicorn is installed.
 */
#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unicorn/unicorn.h>

#define RAM_SIZE (64u << 20)
#define PAGED_EA 0x10000000u /* guest/mmu.h */
#define PAGED_SIZE (32u << 20)
#define IO_BASE 0x80000000u
#define UART_THR 0x3f8
#define UART_LSR 0x3fd

struct console {
	char line[256];
	size_t used;
	double start, limit;
	int done, failed;
	uc_engine *uc;
};

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "unibench: %s: %s\n", what, why);
	exit(1);
}

static void check(uc_err err, const char *what)
{
	if (err != UC_ERR_OK)
		die(what, uc_strerror(err));
}

static double processor_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t io_read(uc_engine *uc, uint64_t offset, unsigned size, void *opaque)
{
	(void)uc;
	(void)size;
	(void)opaque;
	return offset == UART_LSR ? 0x60 : 0; /* transmitter empty */
}

static void end_line(struct console *console)
{
	double now = processor_seconds();

	printf("%.*s @ %.0f\n", (int)console->used, console->line, now * 1e9);
	fflush(stdout);
	if (!strncmp(console->line, "start", 5))
		console->start = now;
	console->failed = !strncmp(console->line, "exception", 9);
	console->done = console->start > 0 && now - console->start > console->limit;
	console->used = 0;
	if (console->done || console->failed)
		uc_emu_stop(console->uc);
}

static void io_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *opaque)
{
	struct console *console = opaque;

	(void)uc;
	(void)size;
	if (offset != UART_THR)
		return;
	if ((char)value == '\n')
		end_line(console);
	else if (console->used < sizeof(console->line))
		console->line[console->used++] = (char)value;
}

static uint32_t be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Loads the segments of a guest that bench.py has compiled; returns the entry. */
static uint32_t load_elf(uc_engine *uc, const char *path)
{
	static uint8_t data[4 << 20];
	FILE *f = fopen(path, "rb");
	size_t size = f ? fread(data, 1, sizeof(data), f) : 0;
	uint32_t at, count;

	if (f)
		fclose(f);
	if (size < sizeof(Elf32_Ehdr) || memcmp(data, ELFMAG, SELFMAG))
		die(path, "not an ELF file");
	at = be32(data + offsetof(Elf32_Ehdr, e_phoff));
	count = be32(data + offsetof(Elf32_Ehdr, e_phentsize)) & 0xffff;
	for (uint32_t n = 0; n < count; n++, at += sizeof(Elf32_Phdr)) {
		const uint8_t *p = data + at;
		uint32_t offset, filled;

		if (at + sizeof(Elf32_Phdr) > size)
			die(path, "truncated");
		offset = be32(p + offsetof(Elf32_Phdr, p_offset));
		filled = be32(p + offsetof(Elf32_Phdr, p_filesz));
		if (be32(p) != PT_LOAD || !filled)
			continue;
		if ((uint64_t)offset + filled > size)
			die(path, "truncated");
		check(uc_mem_write(uc, be32(p + offsetof(Elf32_Phdr, p_paddr)), data + offset, filled),
		      path);
	}
	return be32(data + offsetof(Elf32_Ehdr, e_entry));
}

int main(int argc, char **argv)
{
	struct console console = { .limit = 1 };
	uint32_t entry;
	uc_err err;

	if (argc == 4 && !strcmp(argv[1], "--seconds"))
		console.limit = strtod(argv[2], NULL);
	else if (argc != 2) {
		fputs("usage: unibench [--seconds S] GUEST.elf\n", stderr);
		return 2;
	}
	check(uc_open(UC_ARCH_PPC, UC_MODE_PPC32 | UC_MODE_BIG_ENDIAN, &console.uc), "open");
	check(uc_ctl_set_cpu_model(console.uc, UC_CPU_PPC32_7400_V2_9), "7400");
	check(uc_mem_map(console.uc, 0, RAM_SIZE, UC_PROT_ALL), "RAM");
	/* never used, but 2.0 wants the effective addresses to be mapped as well */
	check(uc_mem_map(console.uc, PAGED_EA, PAGED_SIZE, UC_PROT_ALL), "effective addresses");
	check(uc_mmio_map(console.uc, IO_BASE, 0x1000, io_read, NULL, io_write, &console), "devices");
	entry = load_elf(console.uc, argv[argc - 1]);
	err = uc_emu_start(console.uc, entry, 0xffffffff, 0, 0);
	if (err != UC_ERR_OK)
		die("run", uc_strerror(err));
	if (!console.done && !console.failed)
		die("run", "the guest stopped before its time");
	uc_close(console.uc);
	return console.failed;
}
