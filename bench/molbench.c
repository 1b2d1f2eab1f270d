/* SPDX-License-Identifier: MIT
 * molbench.c - the machine that bench guests run on, and what the library's own calls cost.
 *
 * An embedder like any other: <molvm.h> alone. `molbench GUEST.elf` is the part of
 * QEMU's 40p that guest/rt.c needs, RAM and a console; `molbench --costs` measures
 * creation, memory, the way in and out of molvm_run() and kicks [kick.c], as JSON. Run by bench.py.
 */
#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <molvm.h>

#include "kick.h"

#define RAM_SIZE (64u << 20)
#define IO_BASE 0x80000000u
#define UART_THR 0x3f8
#define UART_LSR 0x3fd

static void check(int status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "molbench: %s: %s\n", what, molvm_errmsg());
	exit(1);
}

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "molbench: %s: %s\n", what, why);
	exit(1);
}

/* Processor time, which other processes of a busy host do not change. */
static double processor_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- the machine ---- */

struct console {
	char line[256];
	size_t used;
};

static int io_read(void *opaque, molvm_access *a)
{
	(void)opaque;
	a->value = a->addr == UART_LSR ? 0x60 : 0; /* transmitter empty */
	return MOLVM_MMIO_OK;
}

/* The processor stops at the end of a line: run_guest() says when that was, and writes it. */
static int io_write(void *opaque, molvm_access *a)
{
	struct console *console = opaque;

	if (a->addr != UART_THR)
		return MOLVM_MMIO_OK;
	if (a->value == '\n')
		return MOLVM_MMIO_STOP;
	if (console->used < sizeof(console->line))
		console->line[console->used++] = (char)a->value;
	return MOLVM_MMIO_OK;
}

static uint32_t be32(uint32_t v)
{
	const uint8_t *b = (const uint8_t *)&v;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long n = 0;

	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		die(path, "cannot be read");
	*size = (size_t)n;
	data = malloc(*size + 1);
	if (!data || fread(data, 1, *size, f) != *size)
		die(path, "cannot be read");
	fclose(f);
	return data;
}

/* Load the segments at their physical addresses; returns the entry. */
static uint32_t load_elf(molvm_vm *vm, const char *path)
{
	size_t size;
	uint8_t *data = read_file(path, &size);
	Elf32_Ehdr header;
	uint32_t entry, count;

	if (size < sizeof(header))
		die(path, "not an ELF file");
	memcpy(&header, data, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS32 ||
	    header.e_ident[EI_DATA] != ELFDATA2MSB)
		die(path, "not a 32-bit big-endian ELF file");
	count = (uint32_t)data[offsetof(Elf32_Ehdr, e_phnum)] << 8 |
		data[offsetof(Elf32_Ehdr, e_phnum) + 1];
	for (uint32_t n = 0; n < count; n++) {
		size_t at = be32(header.e_phoff) + n * sizeof(Elf32_Phdr);
		Elf32_Phdr p;

		if (at + sizeof(p) > size)
			die(path, "truncated");
		memcpy(&p, data + at, sizeof(p));
		if (be32(p.p_type) != PT_LOAD || !p.p_filesz)
			continue;
		if ((uint64_t)be32(p.p_offset) + be32(p.p_filesz) > size)
			die(path, "truncated");
		check(molvm_mem_write(vm, be32(p.p_paddr), data + be32(p.p_offset), be32(p.p_filesz)),
		      path);
	}
	entry = be32(header.e_entry);
	free(data);
	return entry;
}

/* Runs until the guest has worked for this long since its line "start", or says that it cannot. */
static int run_lines(molvm_vcpu *vcpu, struct console *console, double limit)
{
	molvm_run_page *page = molvm_vcpu_page(vcpu);
	double start = 0, now;

	for (;;) {
		int reason = molvm_run(vcpu);

		now = processor_seconds();
		check(reason, "run");
		if (reason != MOLVM_EXIT_STOPPED) {
			fprintf(stderr, "molbench: exit %d at pc %08llx\n", reason,
				(unsigned long long)page->pc);
			return 1;
		}
		printf("%.*s @ %.0f %llu\n", (int)console->used, console->line, now * 1e9,
		       (unsigned long long)page->insns_total);
		fflush(stdout);
		if (!strncmp(console->line, "exception", 9))
			return 1;
		if (!strncmp(console->line, "start", 5))
			start = now;
		if (start > 0 && now - start > limit)
			return 0;
		console->used = 0;
	}
}

/* An option of the library's, KEY=VALUE. */
static void set_option(molvm_vm *vm, char *option)
{
	char *equals = strchr(option, '=');

	if (!equals)
		die(option, "not KEY=VALUE");
	*equals = '\0';
	check(molvm_option_set(vm, option, equals + 1), option);
}

static int run_guest(const char *path, const molvm_config *config, char *option, double limit)
{
	static const molvm_device_ops io = {
		.size = sizeof(io), .min_len = 1, .max_len = 8, .read = io_read, .write = io_write,
	};
	struct console console = { .used = 0 };
	molvm_vcpu *vcpu;
	molvm_vm *vm;
	int failed;

	check(molvm_vm_create(config, &vm), "vm_create");
	if (option)
		set_option(vm, option);
	check(molvm_map_ram(vm, 0, RAM_SIZE, NULL, 0), "map_ram");
	check(molvm_map_device(vm, IO_BASE, 0x1000, &io, &console), "map_device");
	check(molvm_vcpu_create(vm, 0, &vcpu), "vcpu_create");
	check(molvm_reg_set(vcpu, MOLVM_REG_PC, load_elf(vm, path)), "reg_set");
	failed = run_lines(vcpu, &console, limit);
	molvm_vm_destroy(vm);
	return failed;
}

/* ---- costs ---- */

#define SMALL_RAM (1u << 20)
#define MANY 64

static long resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long total, resident;

	if (!f || fscanf(f, "%ld %ld", &total, &resident) != 2)
		resident = -1;
	if (f)
		fclose(f);
	return resident < 0 ? -1 : resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A VM of 1 MiB that has run a thousand instructions of a loop. */
static void small_vm(const molvm_config *config, molvm_vm **vm, molvm_vcpu **vcpu)
{
	static const uint8_t code[] = {
		0x38, 0x63, 0x00, 0x01, /* 1: addi 3,3,1 */
		0x90, 0x60, 0x20, 0x00, /*    stw 3,0x2000(0) */
		0x4b, 0xff, 0xff, 0xf8, /*    b 1b */
	};

	check(molvm_vm_create(config, vm), "vm_create");
	check(molvm_map_ram(*vm, 0, SMALL_RAM, NULL, 0), "map_ram");
	check(molvm_vcpu_create(*vm, 0, vcpu), "vcpu_create");
	check(molvm_mem_write(*vm, 0x1000, code, sizeof(code)), "mem_write");
	check(molvm_reg_set(*vcpu, MOLVM_REG_PC, 0x1000), "reg_set");
	molvm_vcpu_page(*vcpu)->insn_budget = 1000;
	check(molvm_run(*vcpu), "run");
}

/* Nanoseconds of one molvm_run() with this budget (0: it returns before the first instruction). */
static double run_cost(molvm_vcpu *vcpu, uint64_t budget)
{
	molvm_run_page *page = molvm_vcpu_page(vcpu);
	double best = 1e9;

	page->insn_budget = budget;
	page->immediate_exit = !budget;
	for (int round = 0; round < 7; round++) {
		double start = processor_seconds(), t;
		int count = 100000;

		for (int n = 0; n < count; n++) {
			check(molvm_run(vcpu), "run");
			if (page->insns != budget)
				die("run", "the budget was not kept");
		}
		t = (processor_seconds() - start) / count * 1e9;
		if (t < best)
			best = t;
	}
	page->immediate_exit = 0;
	return best;
}

/*
 * Nanoseconds that molvm_run() costs for each slice of 1000 instructions, over running
 * on: so many slices, less the same instructions in one.
 */
static double slice_cost(molvm_vcpu *vcpu)
{
	enum { SLICE = 1000, SLICES = 20000 };
	molvm_run_page *page = molvm_vcpu_page(vcpu);
	double whole = 1e9, sliced = run_cost(vcpu, SLICE);

	for (int round = 0; round < 5; round++) {
		double start = processor_seconds(), t;

		page->insn_budget = (uint64_t)SLICE * SLICES;
		check(molvm_run(vcpu), "run");
		t = (processor_seconds() - start) / SLICES * 1e9;
		if (t < whole)
			whole = t;
	}
	return sliced - whole;
}

static int measure_costs(const molvm_config *config)
{
	molvm_vm *vm[MANY];
	molvm_vcpu *vcpu;
	double start, create;
	long before, after;
	struct kick_cost kick;

	small_vm(config, &vm[0], &vcpu);
	printf("{ \"run_immediate_ns\": %.1f, ", run_cost(vcpu, 0));
	printf("\"run_1_insn_ns\": %.1f, ", run_cost(vcpu, 1));
	printf("\"run_100_insns_ns\": %.1f, ", run_cost(vcpu, 100));
	printf("\"slice_ns\": %.1f, ", slice_cost(vcpu));
	if (measure_kicks(vcpu, &kick))
		die("kick", "no second thread");
	printf("\"kick_ns\": %.1f, \"kick_99_ns\": %.1f, ", kick.median, kick.most);
	molvm_vm_destroy(vm[0]);

	start = processor_seconds();
	for (int n = 0; n < 200; n++) {
		small_vm(config, &vm[0], &vcpu);
		molvm_vm_destroy(vm[0]);
	}
	create = (processor_seconds() - start) / 200;
	before = resident_kib();
	for (int n = 0; n < MANY; n++)
		small_vm(config, &vm[n], &vcpu);
	after = resident_kib();
	for (int n = 0; n < MANY; n++)
		molvm_vm_destroy(vm[n]);
	printf("\"create_run_destroy_us\": %.1f, \"resident_kib\": %.1f }\n", create * 1e6,
	       (double)(after - before) / MANY);
	return 0;
}

static void usage(FILE *to)
{
	fputs("usage: molbench [--backend NAME] [--fastmem] [--cpu NAME] [--option KEY=VALUE]\n"
	      "                [--seconds S] GUEST.elf\n"
	      "       molbench [--backend NAME] [--fastmem] [--cpu NAME] --costs\n", to);
}

int main(int argc, char **argv)
{
	molvm_config config = {
		.size = sizeof(config), .cpu = "7400", .timebase_hz = 100000000, /* the 40p's */
	};
	double limit = 1;
	int costs = 0;
	const char *guest = NULL;
	char *option = NULL;

	for (int n = 1; n < argc; n++) {
		const char *value = n + 1 < argc ? argv[n + 1] : NULL;

		if (!strcmp(argv[n], "--help")) {
			usage(stdout);
			return 0;
		}
		if (!strcmp(argv[n], "--fastmem")) {
			config.flags |= MOLVM_CFG_FASTMEM;
		} else if (!strcmp(argv[n], "--costs")) {
			costs = 1;
		} else if (!strcmp(argv[n], "--backend") && value) {
			config.backend = value;
			n++;
		} else if (!strcmp(argv[n], "--cpu") && value) {
			config.cpu = value;
			n++;
		} else if (!strcmp(argv[n], "--option") && value) {
			option = argv[++n];
		} else if (!strcmp(argv[n], "--seconds") && value) {
			limit = strtod(value, NULL);
			n++;
		} else if (argv[n][0] != '-' && !guest) {
			guest = argv[n];
		} else {
			usage(stderr);
			return 2;
		}
	}
	if (costs)
		return measure_costs(&config);
	if (!guest) {
		usage(stderr);
		return 2;
	}
	return run_guest(guest, &config, option, limit);
}
