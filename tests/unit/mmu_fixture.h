/* SPDX-License-Identifier: MIT
 * mmu_fixture.h - a processor and 64 MiB of memory for the test_mmu_*.c programs.
 *
 * The memory is an array of words as the table search sees them. Every write
 * is counted, so that a test can say what must not be touched.
 */
#ifndef MMU_FIXTURE_H
#define MMU_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mmu.h"

#define RAM_BYTES (64u << 20)
#define HTAB 0x02000000u /* where tests put the page table: aligned for the largest */

#define LOAD PPC_READ
#define STORE PPC_WRITE
#define FETCH PPC_EXEC

#define HID0_STEN 0x01000000u
#define HID0_HIGH_BAT_EN 0x00800000u
#define HID0_XAEN 0x00020000u
#define HID0_XBSEN 0x00000100u
#define HID0_DLOCK 0x00001000u

enum { PTE_R = 0x100, PTE_C = 0x80 };

struct fixture {
	struct ppc_cpu cpu;
	struct mol_phys phys;
	uint32_t *ram;
	unsigned reads, writes;
	bool rom; /* writes fail */
	struct mol_xlat out;
};

static bool fixture_read(void *opaque, uint64_t pa, uint32_t *value)
{
	struct fixture *f = opaque;

	f->reads++;
	assert_int_equal(pa & 3, 0);
	if (pa >= RAM_BYTES)
		return false;
	*value = f->ram[pa / 4];
	return true;
}

static bool fixture_write(void *opaque, uint64_t pa, uint32_t value)
{
	struct fixture *f = opaque;

	assert_int_equal(pa & 3, 0);
	if (f->rom || pa >= RAM_BYTES)
		return false;
	f->writes++;
	f->ram[pa / 4] = value;
	return true;
}

/* Everything zero, translation on, supervisor: the test sets what it is about. */
static MOL_UNUSED void use_model(struct fixture *f, const char *model)
{
	memset(&f->cpu, 0, sizeof(f->cpu));
	f->cpu.model = mol_ppc_model_find(model);
	assert_non_null(f->cpu.model);
	f->cpu.r.msr = PPC_MSR_IR | PPC_MSR_DR;
	f->cpu.r.pc = 0x00012344;
	f->cpu.r.spr[PPC_SPR_SDR1] = HTAB;
}

static MOL_UNUSED int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->ram = calloc(1, RAM_BYTES);
	f->phys = (struct mol_phys){ .read32 = fixture_read, .write32 = fixture_write, .opaque = f };
	use_model(f, "750");
	*state = f;
	return f->ram ? 0 : -1;
}

static MOL_UNUSED int teardown(void **state)
{
	struct fixture *f = *state;

	free(f->ram);
	free(f);
	return 0;
}

static MOL_UNUSED bool translate_how(struct fixture *f, uint32_t ea, enum ppc_access access,
				     unsigned flags)
{
	/* An answer must not depend on what *out held before. */
	memset(&f->out, 0xa5, sizeof(f->out));
	return mol_mmu_translate(&f->cpu, &f->phys, ea, access, flags, &f->out);
}

static MOL_UNUSED bool translate(struct fixture *f, uint32_t ea, enum ppc_access access)
{
	return translate_how(f, ea, access, 0);
}

static MOL_UNUSED void assert_translates(struct fixture *f, uint32_t ea, enum ppc_access access,
					 uint64_t pa)
{
	assert_true(translate(f, ea, access));
	assert_true(f->out.pa == pa);
	assert_true(f->out.block >= 4096 && !(f->out.block & (f->out.block - 1)));
	assert_int_equal(f->out.pa & (f->out.block - 1), ea & (f->out.block - 1));
}

/* A DSI with exactly this DSISR, for this EA, of the instruction at pc. */
static MOL_UNUSED void assert_dsi(struct fixture *f, uint32_t ea, enum ppc_access access,
				  uint32_t dsisr)
{
	assert_false(translate(f, ea, access));
	assert_int_equal(f->out.fault.vector, 0x300);
	assert_int_equal(f->out.fault.dsisr, dsisr);
	assert_int_equal(f->out.fault.dar, ea);
	assert_int_equal(f->out.fault.srr0, f->cpu.r.pc);
	assert_int_equal(f->out.fault.srr1, 0);
	assert_true(f->out.fault.sets_dar && f->out.fault.sets_dsisr);
}

/* An ISI with exactly these SRR1 bits; DAR and DSISR stay. */
static MOL_UNUSED void assert_isi(struct fixture *f, uint32_t ea, uint32_t srr1)
{
	assert_false(translate(f, ea, FETCH));
	assert_int_equal(f->out.fault.vector, 0x400);
	assert_int_equal(f->out.fault.srr1, srr1);
	assert_int_equal(f->out.fault.srr0, ea);
	assert_false(f->out.fault.sets_dar || f->out.fault.sets_dsisr);
}

static MOL_UNUSED void set_user(struct fixture *f, bool user)
{
	f->cpu.r.msr = user ? f->cpu.r.msr | PPC_MSR_PR : f->cpu.r.msr & ~PPC_MSR_PR;
}

static MOL_UNUSED void set_bat(struct fixture *f, bool instruction, unsigned n, uint32_t upper,
			       uint32_t lower)
{
	unsigned slot = (instruction ? PPC_SPR_IBAT0U : PPC_SPR_DBAT0U) + 2 * n;

	f->cpu.r.spr[slot] = upper;
	f->cpu.r.spr[slot + 1] = lower;
}

/* Where the manual's figure puts a PTE, from the SDR1 fields one by one [PEM 7.6.1.4]. */
static MOL_UNUSED uint32_t group_address(uint32_t sdr1, uint32_t vsid, uint32_t ea, bool secondary)
{
	uint32_t hash = (vsid % 0x80000) ^ ((ea % 0x10000000) / 0x1000);
	uint32_t high, low;

	if (secondary)
		hash = 0x7ffff - hash;
	high = hash / 0x400;
	low = hash % 0x400;
	return (sdr1 / 0x10000 | (high & (sdr1 % 0x200))) * 0x10000 + low * 64;
}

/* Put a PTE for (vsid, ea) into a slot of its group; returns its address. */
static MOL_UNUSED uint32_t put_pte(struct fixture *f, uint32_t vsid, uint32_t ea, bool secondary,
				   unsigned slot, uint32_t word1)
{
	uint32_t pa = group_address(f->cpu.r.spr[PPC_SPR_SDR1], vsid, ea, secondary) + slot * 8;

	assert_true(pa < RAM_BYTES);
	f->ram[pa / 4] = 0x80000000u | vsid << 7 | (secondary ? 0x40u : 0) | (ea >> 22 & 0x3f);
	f->ram[pa / 4 + 1] = word1;
	return pa;
}

/* Segment sr of ea: VSID 0x123456, no keys; its page at ea to word1. */
static MOL_UNUSED uint32_t map_page(struct fixture *f, uint32_t ea, uint32_t word1)
{
	f->cpu.r.sr[ea >> 28] = (f->cpu.r.sr[ea >> 28] & 0xff000000u) | 0x123456;
	return put_pte(f, 0x123456, ea, false, 0, word1);
}

#endif
