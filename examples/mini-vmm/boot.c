/* SPDX-License-Identifier: MIT
 * boot.c - power-on and reset: RAM filled, devices reset, the vCPU at the kernel's entry.
 *
 * The layout of RAM is the kernel where its segments say, from the next MiB on the
 * device tree, and behind that the initial RAM disk. Linux wants on entry: r3 = address of
 * the device tree, r5 = 0 (no Open Firmware), r1 = a stack, translation off, and itself at
 * address 0.
 */
#include "machine.h"

#include <string.h>

#include "device_tree.h"

#define MIB 0x100000u
#define MSR_ME 0x1000u /* a machine check reaches the guest's handler instead of stopping it */

static uint64_t align_up(uint64_t address, uint64_t step)
{
	return (address + step - 1) / step * step;
}

static bool load_kernel(struct machine *m, struct loaded *kernel, struct problem *problem)
{
	const struct options *o = m->options;

	if (!o->raw)
		return loader_elf(&m->ram, o->kernel, kernel, problem);
	return loader_raw(&m->ram, o->kernel, o->raw_address, m->ram.size, kernel, problem);
}

static bool load_initrd(struct machine *m, struct loaded *initrd, struct problem *problem)
{
	uint64_t address = m->tree + MAP_TREE_SIZE + MAP_STACK_SIZE;

	*initrd = (struct loaded){ 0 };
	if (!m->options->initrd)
		return true;
	return loader_raw(&m->ram, m->options->initrd, address, MAP_INITRD_END, initrd, problem);
}

static bool make_tree(struct machine *m, const struct loaded *initrd, struct problem *problem)
{
	const struct device_tree tree = {
		.cpu = m->options->cpu,
		.bootargs = m->options->append,
		.ram_size = m->ram.size,
		.initrd_start = initrd->entry,
		.initrd_end = initrd->end,
		.timebase_hz = MAP_TIMEBASE_HZ,
		.virtio_devices = m->virtio_devices,
	};

	return device_tree_make(&tree, m->ram.bytes + m->tree, MAP_TREE_SIZE, problem);
}

static bool fill_ram(struct machine *m, struct loaded *kernel, struct problem *problem)
{
	struct loaded initrd;
	uint64_t tree_end;

	if (molvm_mem_discard(m->vm, 0, m->ram.size) < 0)
		return problem_set(problem, "%s", molvm_errmsg());
	if (!load_kernel(m, kernel, problem))
		return false;
	m->tree = align_up(kernel->end, MIB);
	tree_end = m->tree + MAP_TREE_SIZE + MAP_STACK_SIZE;
	if (tree_end > m->ram.size || tree_end > MAP_TREE_END)
		return problem_set(problem, "%s: leaves no room for the device tree at 0x%llx",
				   m->options->kernel, (unsigned long long)m->tree);
	if (!load_initrd(m, &initrd, problem) || !make_tree(m, &initrd, problem))
		return false;
	if (molvm_mem_changed(m->vm, 0, m->ram.size) < 0)
		return problem_set(problem, "%s", molvm_errmsg());
	return true;
}

static void reset_devices(struct machine *m)
{
	m->syscon.request = 0;
	uart16550_reset(&m->uart);
	for (unsigned i = 0; i < m->virtio_devices; i++)
		virtio_reset(m->virtio[i]);
	openpic_reset(&m->pic); /* last: it drives the processor's pin */
}

bool machine_boot(struct machine *m, struct problem *problem)
{
	struct loaded kernel;

	if (!fill_ram(m, &kernel, problem))
		return false;
	if (molvm_vm_reset(m->vm, 0) < 0)
		return problem_set(problem, "%s", molvm_errmsg());
	reset_devices(m);
	for (uint32_t n = 0; n < 32; n++)
		molvm_reg_set(m->vcpu, MOLVM_REG_GPR(n), 0);
	molvm_reg_set(m->vcpu, MOLVM_REG_GPR(1), m->tree + MAP_TREE_SIZE + MAP_STACK_SIZE - 16);
	molvm_reg_set(m->vcpu, MOLVM_REG_GPR(3), m->tree);
	if (molvm_reg_set(m->vcpu, MOLVM_REG_MSR, MSR_ME) < 0 ||
	    molvm_reg_set(m->vcpu, MOLVM_REG_PC, kernel.entry) < 0)
		return problem_set(problem, "%s", molvm_errmsg());
	return true;
}
