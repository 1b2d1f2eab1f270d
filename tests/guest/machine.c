/* SPDX-License-Identifier: MIT
 * machine.c - the machine that test guests run on when the engine is ours.
 *
 * An embedder like any other: <molvm.h> alone. It is as much of QEMU's 40p as the
 * guests use: a 16550 at 0x800003f8 whose transmitter interrupt (IER bit 1) is
 * wired to the processor, stand-ins for the 8259s in between, the reset register
 * at 0x80000092. At 0x80000e00 is what no such machine has: a register that
 * pulls the other lines, and one that answers with a bus error. The clock counts
 * instructions, so that every run is the same. What ends a run other than the guest's own
 * wish is printed as a line "exit: ...". Run by run.py.
 */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <molvm.h>

#define RAM_SIZE (16u << 20)
#define IO_BASE 0x80000000u
#define IO_SIZE 0x1000u
#define UART_THR 0x3f8
#define UART_IER 0x3f9
#define UART_LSR 0x3fd
#define PORT_92 0x92
#define PORT_LINES 0xe00 /* write a MOLVM_IRQ_*: raise and lower it */
#define PORT_BUS_ERROR 0xe04
#define INTACK_PAGE 0xbffff000u
#define HIGH_ROM 0xfff00000u
#define HIGH_ROM_SIZE 0x100000u

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "machine: %s: %s\n", what, why);
	exit(2);
}

static void check(int status, const char *what)
{
	if (status < 0)
		die(what, molvm_errmsg());
}

static int io_read(void *opaque, molvm_access *a)
{
	(void)opaque;
	a->value = a->addr == UART_LSR ? 0x60 : 0; /* transmitter empty */
	return a->addr == PORT_BUS_ERROR ? MOLVM_MMIO_BUS_ERR : MOLVM_MMIO_OK;
}

static int io_write(void *opaque, molvm_access *a)
{
	(void)opaque;
	switch (a->addr) {
	case UART_THR:
		putchar((int)(a->value & 0xff));
		return MOLVM_MMIO_OK;
	case UART_IER:
		check(molvm_irq_set(a->vcpu, MOLVM_IRQ_EXT, (a->value & 2) != 0), "irq_set");
		return MOLVM_MMIO_OK;
	case PORT_LINES:
		check(molvm_irq_set(a->vcpu, (uint32_t)a->value, 1), "irq_set");
		check(molvm_irq_set(a->vcpu, (uint32_t)a->value, 0), "irq_set");
		return MOLVM_MMIO_OK;
	case PORT_BUS_ERROR:
		return MOLVM_MMIO_BUS_ERR;
	default:
		return a->addr == PORT_92 ? MOLVM_MMIO_STOP : MOLVM_MMIO_OK;
	}
}

/* ---- loading ---- */

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

static void load_segment(molvm_vm *vm, const char *path, const uint8_t *data, size_t size,
			 const Elf32_Phdr *p)
{
	uint32_t pa = be32(p->p_paddr), length = be32(p->p_filesz);

	if (be32(p->p_type) != PT_LOAD || !length)
		return;
	if ((uint64_t)be32(p->p_offset) + length > size)
		die(path, "truncated");
	if (pa == HIGH_ROM)
		check(molvm_map_ram(vm, pa, HIGH_ROM_SIZE, NULL, MOLVM_MEM_ROM), "map_ram");
	check(molvm_mem_write(vm, pa, data + be32(p->p_offset), length), path);
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
		load_segment(vm, path, data, size, &p);
	}
	entry = be32(header.e_entry);
	free(data);
	return entry;
}

/* ---- running ---- */

/* What the machine does about an exit; false: the run is over. */
static bool go_on(molvm_vm *vm, molvm_run_page *page, int reason)
{
	switch (reason) {
	case MOLVM_EXIT_STOPPED:
		return false;
	case MOLVM_EXIT_MMIO: /* nothing there */
		page->u.mmio.status = MOLVM_MMIO_BUS_ERR;
		return true;
	case MOLVM_EXIT_IDLE:
		if (page->u.idle.wake_timebase == UINT64_MAX) {
			puts("exit: asleep for ever");
			return false;
		}
		if (page->u.idle.wake_timebase > page->timebase)
			check(molvm_clock_advance(vm, page->u.idle.wake_timebase - page->timebase),
			      "clock_advance");
		return true;
	case MOLVM_EXIT_BUDGET:
		puts("exit: budget");
		return false;
	case MOLVM_EXIT_SYSTEM:
		if (page->u.system.type == MOLVM_SYS_CHECKSTOP)
			puts("exit: checkstop");
		else
			printf("exit: reset pc=%08llx\n", (unsigned long long)page->pc);
		return false;
	case MOLVM_EXIT_FAIL_ENTRY:
		printf("exit: cannot run, %llu\n", (unsigned long long)page->u.fail_entry.hw_reason);
		return false;
	default:
		printf("exit: reason %d at %08llx\n", reason, (unsigned long long)page->pc);
		return false;
	}
}

struct options {
	const char *guest;
	uint64_t budget;
	uint64_t unmap, unmap_size;
};

static int run_guest(const molvm_config *config, const struct options *o)
{
	static const molvm_device_ops io = {
		.size = sizeof(io), .min_len = 1, .max_len = 8, .read = io_read, .write = io_write,
	};
	const molvm_clock clock = { .size = sizeof(clock), .mode = MOLVM_CLOCK_INSN };
	molvm_vcpu *vcpu;
	molvm_vm *vm;
	int reason;

	check(molvm_vm_create(config, &vm), "vm_create");
	check(molvm_clock_set(vm, &clock), "clock_set");
	check(molvm_map_ram(vm, 0, RAM_SIZE, NULL, 0), "map_ram");
	check(molvm_map_device(vm, IO_BASE, IO_SIZE, &io, NULL), "map_device");
	check(molvm_map_device(vm, INTACK_PAGE, IO_SIZE, &io, NULL), "map_device");
	if (getenv("MOLVM_TEST_HOST"))
		check(molvm_option_set(vm, "jit.host", getenv("MOLVM_TEST_HOST")), "option_set");
	check(molvm_vcpu_create(vm, 0, &vcpu), "vcpu_create");
	check(molvm_reg_set(vcpu, MOLVM_REG_PC, load_elf(vm, o->guest)), "reg_set");
	if (o->unmap_size)
		check(molvm_unmap(vm, o->unmap, o->unmap_size), "unmap");
	molvm_vcpu_page(vcpu)->insn_budget = o->budget;
	do {
		reason = molvm_run(vcpu);
		check(reason, "run");
	} while (go_on(vm, molvm_vcpu_page(vcpu), reason));
	molvm_vm_destroy(vm);
	return 0;
}

int main(int argc, char **argv)
{
	molvm_config config = { .size = sizeof(config), .backend = getenv("MOLVM_TEST_BACKEND"),
				.flags = getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0 };
	struct options o = { .budget = 100000000 };

	for (int n = 1; n < argc; n++) {
		const char *value = n + 1 < argc ? argv[n + 1] : NULL;
		char *end;

		if (!strcmp(argv[n], "--cpu") && value) {
			config.cpu = argv[++n];
		} else if (!strcmp(argv[n], "--backend") && value) {
			config.backend = argv[++n];
		} else if (!strcmp(argv[n], "--budget") && value) {
			o.budget = strtoull(argv[++n], NULL, 0);
		} else if (!strcmp(argv[n], "--unmap") && value) {
			o.unmap = strtoull(argv[++n], &end, 0);
			o.unmap_size = *end ? strtoull(end + 1, NULL, 0) : 0;
		} else if (argv[n][0] != '-' && !o.guest) {
			o.guest = argv[n];
		} else {
			o.guest = NULL;
			break;
		}
	}
	if (!o.guest) {
		fputs("usage: machine [--cpu NAME] [--backend NAME] [--budget N] "
		      "[--unmap ADDRESS,LENGTH] GUEST.elf\n", stderr);
		return 2;
	}
	return run_guest(&config, &o);
}
