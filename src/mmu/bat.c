/* SPDX-License-Identifier: MIT
 * bat.c - block address translation, the first step of mol_mmu_translate().
 *
 * One BAT pair maps 128 KiB..256 MiB (a 7455 with HID0[XBSEN]: 4 GiB) and wins
 * over the segment register, even a direct-store one [PEM 7.4, 7.4.2]. Two
 * pairs that both match are a programming error; the lowest number is taken.
 *
 * The 7450 UM's own pages on HIGH_BAT_EN, XBSEN and XPN were not at hand: the
 * positions are those of public headers (Linux, NetBSD, U-Boot), which agree.
 */
#include "mmu_steps.h"

/* Upper word: BEPI 0-14, BL 19-29 (XBL 15-18 before it), Vs 30, Vp 31 [PEM 7.4.3] */
#define BAT_VS 2u
#define BAT_VP 1u
#define BL_BITS 0x07ffu
#define XBL_BITS 0x7fffu

/* Pair n is at regs.spr[first + 2n] (upper) and the slot after it (lower) [spr.def]. */
_Static_assert(PPC_SPR_IBAT7L == PPC_SPR_IBAT0U + 15 && PPC_SPR_IBAT1U == PPC_SPR_IBAT0U + 2 &&
	       PPC_SPR_DBAT7L == PPC_SPR_DBAT0U + 15 && PPC_SPR_DBAT1U == PPC_SPR_DBAT0U + 2,
	       "the BATs are not in order");

/* The EA bits that are the offset in the block. A BL that is not ones from the right names a
 * block with holes: a programming error that needs no case of its own here. */
static uint32_t offset_mask(uint32_t upper, uint32_t bl_bits)
{
	return (upper >> 2 & bl_bits) << 17 | 0x1ffffu;
}

/* How much around ea goes to the memory around pa: up to the first EA bit that is compared,
 * or is ORed into a BRPN bit that is set already. */
static uint32_t linear_size(uint32_t mask, uint32_t brpn)
{
	uint32_t barrier = ~mask | brpn;

	return barrier ? barrier & -barrier : 0x80000000u;
}

static enum mol_mmu_answer hit(const struct mol_mmu_query *q, uint32_t mask, uint32_t lower,
			       struct mol_xlat *out)
{
	uint32_t brpn = lower & 0xfffe0000u;

	if (!mol_mmu_permit_block(q, lower, out))
		return MOL_MMU_FAULT;
	out->pa = mol_mmu_high_pa(q, lower) | brpn | (q->ea & mask);
	out->block = linear_size(mask, brpn);
	out->kind = MOL_XLAT_BAT;
	out->wimg = PPC_PTE1_WIMG(lower);
	out->changed = 1;
	return MOL_MMU_TRANSLATED;
}

/* The XBL bits came with the upper BATs: the 7455 has both, the 7450 neither. */
static uint32_t bl_bits_of(const struct ppc_cpu *cpu)
{
	return mol_mmu_hid0(cpu, PPC_F_HIGH_BATS, PPC_HID0_XBSEN) ? XBL_BITS : BL_BITS;
}

static const uint32_t *end_of(const struct ppc_cpu *cpu, const uint32_t *bat)
{
	return bat + (mol_mmu_hid0(cpu, PPC_F_HIGH_BATS, PPC_HID0_HIGH_BAT_EN) ? 16 : 8);
}

bool mol_mmu_dbat_covers(const struct ppc_cpu *cpu, uint32_t ea, uint64_t *end)
{
	const uint32_t *bat = &cpu->r.spr[PPC_SPR_DBAT0U], *last = end_of(cpu, bat);
	uint32_t valid = cpu->r.msr & PPC_MSR_PR ? BAT_VP : BAT_VS;
	bool covered = false;

	*end = 1ull << 32;
	for (; bat < last; bat += 2) {
		uint32_t mask = offset_mask(bat[0], bl_bits_of(cpu)), from = bat[0] & 0xfffe0000u;
		uint64_t to = (uint64_t)from + mask + 1;

		if (!(bat[0] & valid))
			continue;
		if (mask & (mask + 1) || (bat[1] & 0xfffe0000u & mask)) {
			*end = 1ull << 32;
			return false;
		}
		if (from & mask || ea >= to)
			continue;
		covered |= ea >= from;
		if (ea < from)
			to = from;
		if (to < *end)
			*end = to;
	}
	return covered;
}

enum mol_mmu_answer mol_mmu_bat(const struct mol_mmu_query *q, struct mol_xlat *out)
{
	const struct ppc_cpu *cpu = q->cpu;
	const uint32_t *bat = &cpu->r.spr[q->access == PPC_EXEC ? PPC_SPR_IBAT0U : PPC_SPR_DBAT0U];
	const uint32_t *end = end_of(cpu, bat);
	uint32_t bl_bits = bl_bits_of(cpu), valid = q->user ? BAT_VP : BAT_VS;

	for (; bat < end; bat += 2) {
		uint32_t mask;

		if (!(bat[0] & valid))
			continue;
		mask = offset_mask(bat[0], bl_bits);
		if ((q->ea & ~mask) == (bat[0] & 0xfffe0000u))
			return hit(q, mask, bat[1], out);
	}
	return MOL_MMU_NOT_MINE;
}
