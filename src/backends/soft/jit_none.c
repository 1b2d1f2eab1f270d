/* SPDX-License-Identifier: MIT
 * jit_none.c - in place of the translator, on hosts that it generates no code for.
 */
#include "jit.h"

const char *mol_jit_unavailable(void)
{
	return "no code generator for this host's processor";
}

int mol_jit_init(struct soft *s, uint64_t bytes)
{
	return mol_error(MOLVM_E_NODEV, "jit: %s", mol_jit_unavailable());
}

void mol_jit_fini(struct soft *s)
{
}

enum jit_ran mol_jit_run(struct soft *s)
{
	return JIT_RAN_COLD;
}

bool mol_jit_warm(struct soft *s, struct soft_block *b)
{
	return mol_soft_run_blocks(s, b, UINT64_MAX);
}

void mol_jit_mmu_event(struct soft *s, enum ppc_mmu_event what, uint32_t arg)
{
}

void mol_jit_forget_pages(struct soft *s)
{
}
