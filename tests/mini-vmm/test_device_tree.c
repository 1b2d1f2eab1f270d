/* SPDX-License-Identifier: MIT
 * test_device_tree.c - what the guest is told about the machine, read back with libfdt.
 */
#include "device_bench.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "device_tree.h"
#include "memory_map.h"

static uint8_t blob[MAP_TREE_SIZE];
static struct problem problem;
static struct device_tree tree;

static int setup(void **state)
{
	(void)state;
	tree = (struct device_tree){
		.cpu = "750",
		.bootargs = "console=ttyS0 quiet",
		.ram_size = 0x10000000,
		.initrd_start = 0x800000,
		.initrd_end = 0x900123,
		.timebase_hz = MAP_TIMEBASE_HZ,
		.virtio_devices = 3,
	};
	return 0;
}

static void make(void)
{
	assert_true(device_tree_make(&tree, blob, sizeof(blob), &problem));
}

static const char *text(const char *path, const char *name)
{
	const char *value = fdt_getprop(blob, fdt_path_offset(blob, path), name, NULL);

	assert_non_null(value);
	return value;
}

static uint32_t number(const char *path, const char *name, unsigned index)
{
	int length = 0;
	const fdt32_t *value = fdt_getprop(blob, fdt_path_offset(blob, path), name, &length);

	assert_non_null(value);
	assert_true((unsigned)length >= 4 * (index + 1));
	return fdt32_to_cpu(value[index]);
}

static void the_tree_is_well_formed_and_knows_its_length(void **state)
{
	(void)state;
	make();
	assert_int_equal(fdt_check_full(blob, device_tree_length(blob)), 0);
}

static void the_board_is_one_that_linux_knows(void **state)
{
	(void)state;
	make();
	assert_string_equal(text("/", "compatible"), "artesyn,MVME7100");
	assert_int_equal(number("/", "interrupt-parent", 0),
			 fdt_get_phandle(blob, fdt_path_offset(blob, "/soc/pic")));
}

static void the_cpu_has_its_name_and_the_timebase_its_frequency(void **state)
{
	(void)state;
	make();
	assert_string_equal(text("/cpus/PowerPC,750@0", "device_type"), "cpu");
	assert_int_equal(number("/cpus/PowerPC,750@0", "timebase-frequency", 0), 25000000);
	assert_int_equal(fdt_boot_cpuid_phys(blob), 0);
}

static void memory_command_line_and_initrd_are_as_given(void **state)
{
	(void)state;
	make();
	assert_int_equal(number("/memory@0", "reg", 0), 0);
	assert_int_equal(number("/memory@0", "reg", 1), 0x10000000);
	assert_string_equal(text("/chosen", "bootargs"), "console=ttyS0 quiet");
	assert_int_equal(number("/chosen", "linux,initrd-start", 0), 0x800000);
	assert_int_equal(number("/chosen", "linux,initrd-end", 0), 0x900123);
}

static void without_an_initrd_none_is_mentioned(void **state)
{
	(void)state;
	tree.initrd_end = tree.initrd_start;
	make();
	assert_null(
		fdt_getprop(blob, fdt_path_offset(blob, "/chosen"), "linux,initrd-start", NULL));
}

static void the_console_is_a_serial_port_of_the_tree(void **state)
{
	const char *console;

	(void)state;
	make();
	console = text("/chosen", "linux,stdout-path");
	assert_string_equal(text(console, "device_type"), "serial");
	assert_int_equal(number(console, "reg", 0), MAP_UART);
	assert_int_equal(number(console, "interrupts", 0), MAP_IRQ_UART);
	assert_int_equal(number(console, "interrupts", 1), 2);
}

static void there_are_as_many_virtio_devices_as_asked_for(void **state)
{
	int node = -1;
	unsigned count = 0;

	(void)state;
	make();
	while ((node = fdt_node_offset_by_compatible(blob, node, "virtio,mmio")) >= 0) {
		const fdt32_t *reg = fdt_getprop(blob, node, "reg", NULL);

		assert_int_equal(fdt32_to_cpu(reg[0]), MAP_VIRTIO + count * MAP_PAGE);
		count++;
	}
	assert_int_equal(count, 3);
}

static void a_command_line_that_does_not_fit_is_refused(void **state)
{
	char *longest = malloc(MAP_TREE_SIZE + 1);

	(void)state;
	assert_non_null(longest);
	memset(longest, 'x', MAP_TREE_SIZE);
	longest[MAP_TREE_SIZE] = 0;
	tree.bootargs = longest;
	assert_false(device_tree_make(&tree, blob, sizeof(blob), &problem));
	assert_non_null(strstr(problem.text, "shorten --append"));
	free(longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, setup)
		T(the_tree_is_well_formed_and_knows_its_length),
		T(the_board_is_one_that_linux_knows),
		T(the_cpu_has_its_name_and_the_timebase_its_frequency),
		T(memory_command_line_and_initrd_are_as_given),
		T(without_an_initrd_none_is_mentioned),
		T(the_console_is_a_serial_port_of_the_tree),
		T(there_are_as_many_virtio_devices_as_asked_for),
		T(a_command_line_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
