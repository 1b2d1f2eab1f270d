/* SPDX-License-Identifier: MIT
 * bare_cpu.h - a processor without an engine, for the tests of src/ppc.
 *
 * Its memory faults every access; its clock is a number; what it tells the MMU is
 * counted. Included by one test file each, so everything is static.
 */
#ifndef BARE_CPU_H
#define BARE_CPU_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpu.h"
#include "spr.h"

static uint64_t bare_tick;
static unsigned bare_events[PPC_MMU_DEBUG + 1];
static uint32_t bare_event_arg; /* of the last */
static uint32_t bare_last_arg;
static unsigned bare_dec_writes;
static bool bare_takes_hypercalls;

static MOL_UNUSED bool bare_load(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
				 enum ppc_mem_how how, uint64_t v[2])
{
	return mol_ppc_raise_data(cpu, PPC_VEC_DSI, ea, PPC_DSISR_NO_PTE);
}

static MOL_UNUSED bool bare_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
				  enum ppc_mem_how how, const uint64_t v[2])
{
	return mol_ppc_raise_data(cpu, PPC_VEC_DSI, ea, PPC_DSISR_NO_PTE | PPC_DSISR_STORE);
}

static void bare_mmu_event(struct ppc_cpu *cpu, enum ppc_mmu_event what, uint32_t arg)
{
	bare_events[what]++;
	bare_event_arg = arg;
	bare_last_arg = arg;
}

static uint64_t bare_now(struct ppc_cpu *cpu)
{
	return bare_tick;
}

static void bare_dec_written(struct ppc_cpu *cpu)
{
	bare_dec_writes++;
}

static bool bare_hypercall(struct ppc_cpu *cpu, uint32_t raw)
{
	if (bare_takes_hypercalls)
		cpu->stop = PPC_STOP_OUTSIDE;
	return bare_takes_hypercalls;
}

static struct ppc_ops bare_ops = {
	.load = bare_load,
	.store = bare_store,
	.mmu_event = bare_mmu_event,
	.tick = bare_now,
	.dec_written = bare_dec_written,
	.hypercall = bare_hypercall,
};

static struct ppc_cpu bare_cpu;

/* A fresh processor just out of reset, with nothing counted yet. */
static MOL_UNUSED struct ppc_cpu *bare(const char *model)
{
	memset(&bare_cpu, 0, sizeof(bare_cpu));
	bare_cpu.ops = &bare_ops;
	bare_cpu.model = mol_ppc_model_find(model);
	assert_non_null(bare_cpu.model);
	bare_ops.spr_outside = NULL;
	bare_takes_hypercalls = false;
	bare_tick = 1000;
	mol_ppc_reset(&bare_cpu);
	memset(bare_events, 0, sizeof(bare_events));
	bare_dec_writes = 0;
	return &bare_cpu;
}

/* Instruction words */
#define W_SPR(spr) (((spr) & 31u) << 16 | ((spr) >> 5 & 31u) << 11)
#define W_MFSPR(rd, spr) (0x7c0002a6u | (uint32_t)(rd) << 21 | W_SPR(spr))
#define W_MTSPR(spr, rs) (0x7c0003a6u | (uint32_t)(rs) << 21 | W_SPR(spr))
#define W_MFTB(rd, tbr) (0x7c0002e6u | (uint32_t)(rd) << 21 | W_SPR(tbr))
#define W_MTMSR(rs) (0x7c000124u | (uint32_t)(rs) << 21)
#define W_MFMSR(rd) (0x7c0000a6u | (uint32_t)(rd) << 21)
#define W_MTSR(sr, rs) (0x7c0001a4u | (uint32_t)(rs) << 21 | (uint32_t)(sr) << 16)
#define W_MTSRIN(rs, rb) (0x7c0001e4u | (uint32_t)(rs) << 21 | (uint32_t)(rb) << 11)
#define W_MFSR(rd, sr) (0x7c0004a6u | (uint32_t)(rd) << 21 | (uint32_t)(sr) << 16)
#define W_MFSRIN(rd, rb) (0x7c000526u | (uint32_t)(rd) << 21 | (uint32_t)(rb) << 11)
#define W_TLBIE(rb) (0x7c000264u | (uint32_t)(rb) << 11)
#define W_TLBLD(rb) (0x7c0007a4u | (uint32_t)(rb) << 11)
#define W_TLBLI(rb) (0x7c0007e4u | (uint32_t)(rb) << 11)
#define W_TLBIA 0x7c0002e4u
#define W_TLBSYNC 0x7c00046cu
#define W_SYNC 0x7c0004acu
#define W_EIEIO 0x7c0006acu
#define W_ISYNC 0x4c00012cu
#define W_RFI 0x4c000064u
#define W_SC 0x44000002u
#define W_B 0x48000000u
#define W_BDNZ 0x42000000u
#define W_BLR 0x4e800020u
#define W_BCTR 0x4e800420u
#define W_NOP 0x60000000u

#endif
