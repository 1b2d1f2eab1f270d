// SPDX-License-Identifier: MIT
/*
 * shared_module.c - a kernel module around the kernel-shared set, for the build test.
 *
 * Proves that src/ppc and src/mmu compile and link as kernel code unchanged; the
 * entry runs one instruction, so that the linker keeps what a step needs.
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "cpu.h"
#include "mmu.h"

static int __init shared_init(void)
{
	struct ppc_cpu *cpu = vzalloc(sizeof(*cpu));
	int result;

	if (!cpu)
		return -ENOMEM;
	cpu->model = mol_ppc_model_find("7400");
	cpu->r.gpr[4] = 2;
	cpu->r.gpr[5] = 3;
	mol_ppc_step(cpu, 0x7c642a14); /* add r3,r4,r5 */
	result = cpu->r.gpr[3] == 5 ? 0 : -EINVAL;
	vfree(cpu);
	return result;
}

static void __exit shared_exit(void)
{
}

module_init(shared_init);
module_exit(shared_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("The kernel-shared set of libmolvm, for its build test");
