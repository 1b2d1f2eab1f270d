/* SPDX-License-Identifier: MIT
 * stats.c - counters by number: names for the embedder, values from the vCPU.
 *
 * A counter is one row of enum mol_stat, counted where the thing happens; a backend counts
 * its own. Nothing here is reset.
 */
#include <stdio.h>
#include <string.h>

#include "backend.h"

static const char *const name[MOL_STAT_EXITS] = {
	[MOL_STAT_INSNS] = "instructions",
	[MOL_STAT_RUNS] = "runs",
	[MOL_STAT_BACKEND_RUNS] = "backend runs",
	[MOL_STAT_FAST_FILLS] = "fast entry fills",
	[MOL_STAT_FAST_FLUSHES] = "fast entry flushes",
	[MOL_STAT_SLOW_LOADS] = "slow loads",
	[MOL_STAT_SLOW_STORES] = "slow stores",
	[MOL_STAT_FETCH_LOOKUPS] = "fetch page lookups",
	[MOL_STAT_MMIO_READS] = "mmio reads",
	[MOL_STAT_MMIO_WRITES] = "mmio writes",
	[MOL_STAT_CODE_WRITES] = "writes to decoded code pages",
	[MOL_STAT_BLOCKS_DECODED] = "blocks decoded",
	[MOL_STAT_BLOCKS_DROPPED] = "blocks dropped",
	[MOL_STAT_BLOCK_FLUSHES] = "block cache flushes",
	[MOL_STAT_BLOCK_LOOKUPS] = "block lookups",
	[MOL_STAT_BLOCKS_TRANSLATED] = "blocks translated",
	[MOL_STAT_CODE_EVICTIONS] = "translated code evictions",
	[MOL_STAT_WINDOWS] = "fastmem windows",
	[MOL_STAT_WINDOW_FAULTS] = "fastmem faults",
};

static const char *const exit_name[18] = {
	"unknown", "mmio", "hypercall", "idle", "debug", "irq window", "system", "budget", "deadline",
	"kicked", "mem fault", "spr", "insn", "exception", "hook", "fail entry", "internal", "stopped",
};

int mol_stats_info(uint32_t index, molvm_stat_desc *out)
{
	if (index >= MOL_STAT_COUNT)
		return mol_error(MOLVM_E_NOENT, "stats_info: index %u, there are %u", index,
				 (unsigned)MOL_STAT_COUNT);
	out->kind = 0;
	snprintf(out->unit, sizeof(out->unit), "count");
	if (index < MOL_STAT_EXITS)
		snprintf(out->name, sizeof(out->name), "%s", name[index]);
	else if (index < MOL_STAT_EXCEPTIONS)
		snprintf(out->name, sizeof(out->name), "exits: %s", exit_name[index - MOL_STAT_EXITS]);
	else
		snprintf(out->name, sizeof(out->name), "exceptions: %04x",
			 (index - MOL_STAT_EXCEPTIONS) << 8);
	return 0;
}

static uint64_t read_one(const molvm_vcpu *vcpu, uint32_t index)
{
	return index == MOL_STAT_INSNS ? vcpu->insns : vcpu->stat[index];
}

int mol_stats_read(molvm_vm *vm, molvm_vcpu *vcpu, uint64_t *values, size_t n)
{
	for (uint32_t i = 0; i < MOL_STAT_COUNT && i < n; i++) {
		values[i] = vcpu ? read_one(vcpu, i) : 0;
		for (uint32_t c = 0; c < MOL_MAX_VCPUS && !vcpu; c++)
			values[i] += vm->vcpus[c] ? read_one(vm->vcpus[c], i) : 0;
	}
	return MOL_STAT_COUNT;
}
