/* SPDX-License-Identifier: MIT
 * device_tree.c - the machine described with libfdt.
 *
 * The board calls itself "artesyn,MVME7100", since of the boards that a Linux
 * kernel for 6xx/7xx/74xx processors knows, its set-up code asks for least: one plain MPIC,
 * children of a "simple-bus", no firmware, no real-time clock. Addresses come
 * from memory_map.h.
 */
#include "device_tree.h"

#include <libfdt.h>
#include <string.h>

#include "memory_map.h"
#include "openpic.h"
#include "syscon.h"
#include "uart16550.h"
#include "virtio_mmio.h"

#define PHANDLE_PIC 1u
#define PHANDLE_SYSCON 2u

#define SENSE_LEVEL_HIGH 2u /* the second cell of an MPIC interrupt */

/* libfdt's calls return 0 or a negative error, and a tree in the middle of an error is of no use:
 * the first error is kept and the rest is skipped. */
struct writer {
	void *fdt;
	int error;
};

#define TRY(w, call) ((w)->error = (w)->error ? (w)->error : (call))

static void begin(struct writer *w, const char *name)
{
	TRY(w, fdt_begin_node(w->fdt, name));
}

static void end(struct writer *w)
{
	TRY(w, fdt_end_node(w->fdt));
}

static void begin_at(struct writer *w, const char *name, uint32_t address)
{
	char full[48];

	snprintf(full, sizeof(full), "%s@%x", name, address);
	begin(w, full);
}

static void string(struct writer *w, const char *name, const char *value)
{
	TRY(w, fdt_property(w->fdt, name, value, (int)strlen(value) + 1));
}

static void cell(struct writer *w, const char *name, uint32_t value)
{
	TRY(w, fdt_property_u32(w->fdt, name, value));
}

static void cells(struct writer *w, const char *name, uint32_t first, uint32_t second)
{
	fdt32_t value[2] = { cpu_to_fdt32(first), cpu_to_fdt32(second) };

	TRY(w, fdt_property(w->fdt, name, value, sizeof(value)));
}

static void empty(struct writer *w, const char *name)
{
	TRY(w, fdt_property(w->fdt, name, NULL, 0));
}

static void add_chosen(struct writer *w, const struct device_tree *tree)
{
	char console[48];

	snprintf(console, sizeof(console), "/soc@%x/serial@%x", MAP_SOC, MAP_UART);
	begin(w, "chosen");
	string(w, "bootargs", tree->bootargs);
	string(w, "stdout-path", console);
	string(w, "linux,stdout-path", console); /* the name that Linux's early console looks for */
	if (tree->initrd_end > tree->initrd_start) {
		cell(w, "linux,initrd-start", (uint32_t)tree->initrd_start);
		cell(w, "linux,initrd-end", (uint32_t)tree->initrd_end);
	}
	end(w);
}

static void add_cpu(struct writer *w, const struct device_tree *tree)
{
	char name[48];

	snprintf(name, sizeof(name), "PowerPC,%s@0", tree->cpu);
	begin(w, "cpus");
	cell(w, "#address-cells", 1);
	cell(w, "#size-cells", 0);
	begin(w, name);
	string(w, "device_type", "cpu");
	cell(w, "reg", 0);
	cell(w, "timebase-frequency", tree->timebase_hz);
	/* The timebase counts once in four bus clocks; the core's clock is said, not kept. */
	cell(w, "bus-frequency", 4 * tree->timebase_hz);
	cell(w, "clock-frequency", 16 * tree->timebase_hz);
	cell(w, "d-cache-line-size", 32);
	cell(w, "i-cache-line-size", 32);
	cell(w, "d-cache-size", 32768);
	cell(w, "i-cache-size", 32768);
	end(w);
	end(w);
}

static void add_memory(struct writer *w, const struct device_tree *tree)
{
	begin(w, "memory@0");
	string(w, "device_type", "memory");
	cells(w, "reg", 0, (uint32_t)tree->ram_size);
	end(w);
}

static void add_pic(struct writer *w)
{
	begin_at(w, "pic", MAP_PIC);
	string(w, "device_type", "open-pic");
	string(w, "compatible", "open-pic");
	cells(w, "reg", MAP_PIC, OPENPIC_SIZE);
	empty(w, "interrupt-controller");
	cell(w, "#interrupt-cells", 2);
	cell(w, "#address-cells", 0);
	cell(w, "phandle", PHANDLE_PIC);
	end(w);
}

static void add_uart(struct writer *w)
{
	static const char compatible[] = "ns16550a\0ns16550";

	begin_at(w, "serial", MAP_UART);
	string(w, "device_type", "serial");
	TRY(w, fdt_property(w->fdt, "compatible", compatible, sizeof(compatible)));
	cells(w, "reg", MAP_UART, UART16550_SIZE);
	cells(w, "interrupts", MAP_IRQ_UART, SENSE_LEVEL_HIGH);
	cell(w, "clock-frequency", MAP_UART_CLOCK);
	cell(w, "current-speed", 115200);
	end(w);
}

static void add_virtio(struct writer *w, unsigned n)
{
	uint32_t address = MAP_VIRTIO + n * MAP_PAGE;

	begin_at(w, "virtio", address);
	string(w, "compatible", "virtio,mmio");
	cells(w, "reg", address, VIRTIO_MMIO_SIZE);
	cells(w, "interrupts", MAP_IRQ_VIRTIO + n, SENSE_LEVEL_HIGH);
	end(w);
}

static void add_syscon_user(struct writer *w, const char *name, const char *compatible,
			    uint32_t value)
{
	begin(w, name);
	string(w, "compatible", compatible);
	cell(w, "regmap", PHANDLE_SYSCON);
	cell(w, "offset", SYSCON_CONTROL);
	cell(w, "value", value);
	end(w);
}

static void add_syscon(struct writer *w)
{
	begin_at(w, "syscon", MAP_SYSCON);
	string(w, "compatible", "syscon");
	cells(w, "reg", MAP_SYSCON, MAP_PAGE);
	empty(w, "big-endian");
	cell(w, "phandle", PHANDLE_SYSCON);
	end(w);
	add_syscon_user(w, "poweroff", "syscon-poweroff", SYSCON_POWER_OFF);
	add_syscon_user(w, "reboot", "syscon-reboot", SYSCON_RESET);
}

static void add_soc(struct writer *w, const struct device_tree *tree)
{
	begin_at(w, "soc", MAP_SOC);
	string(w, "compatible", "simple-bus");
	cell(w, "#address-cells", 1);
	cell(w, "#size-cells", 1);
	empty(w, "ranges");
	add_pic(w);
	add_uart(w);
	add_syscon(w);
	for (unsigned n = 0; n < tree->virtio_devices; n++)
		add_virtio(w, n);
	end(w);
}

bool device_tree_make(const struct device_tree *tree, void *buf, size_t size,
		      struct problem *problem)
{
	struct writer w = { buf, 0 };

	TRY(&w, fdt_create(buf, (int)size));
	TRY(&w, fdt_finish_reservemap(buf));
	begin(&w, "");
	string(&w, "compatible", "artesyn,MVME7100");
	string(&w, "model", "mini-vmm");
	cell(&w, "#address-cells", 1);
	cell(&w, "#size-cells", 1);
	cell(&w, "interrupt-parent", PHANDLE_PIC);
	add_chosen(&w, tree);
	add_cpu(&w, tree);
	add_memory(&w, tree);
	add_soc(&w, tree);
	end(&w);
	TRY(&w, fdt_finish(buf));
	if (w.error == -FDT_ERR_NOSPACE)
		return problem_set(problem,
				   "the device tree does not fit into %zu bytes: shorten --append",
				   size);
	if (w.error)
		return problem_set(problem, "the device tree: %s", fdt_strerror(w.error));
	return true;
}

size_t device_tree_length(const void *buf)
{
	return fdt_totalsize(buf);
}
