/* SPDX-License-Identifier: MIT
 * timebase.c - TB and DEC as arithmetic on a tick.
 *
 * The tick is a 64-bit count at the time base's rate that only grows (modulo
 * 2^64); the engine takes it from a host clock or from an instruction count.
 * Nothing counts by itself: TB is tick + offset; DEC is the value it held at one
 * tick, less the ticks since. PEM 2.2 (TB), 2.3 (DEC). Both count in every
 * power-saving mode; in sleep, which stops them on the chip [7400 UM 10.2],
 * DEC does not wake the processor [except.c], and TB has gone on when something else does.
 */
#include "cpu.h"

uint64_t mol_ppc_tb(const struct ppc_regs *r, uint64_t tick)
{
	return tick + r->tb_offset;
}

void mol_ppc_set_tb(struct ppc_regs *r, uint64_t tick, uint64_t tb)
{
	r->tb_offset = tb - tick;
}

/* Ticks since dec_tick. A tick before it (another CPU's clock a moment behind) is no time. */
static uint64_t elapsed(const struct ppc_regs *r, uint64_t tick)
{
	uint64_t ticks = tick - r->dec_tick;

	return ticks >> 63 ? 0 : ticks;
}

uint32_t mol_ppc_dec(const struct ppc_regs *r, uint64_t tick)
{
	return r->dec_value - (uint32_t)elapsed(r, tick);
}

/* From any value v, bit 0 next turns from 0 to 1 when 0 becomes 0xffffffff: v + 1 ticks on. */
uint64_t mol_ppc_dec_deadline(const struct ppc_regs *r)
{
	return r->dec_tick + r->dec_value + 1;
}

/* Each call starts a new count at its own tick, so that one passing is latched once. */
void mol_ppc_dec_poll(struct ppc_regs *r, uint64_t tick)
{
	uint64_t ticks = elapsed(r, tick);

	if (ticks > r->dec_value)
		r->pending |= PPC_PEND_DEC;
	r->dec_value -= (uint32_t)ticks;
	r->dec_tick += ticks;
}

void mol_ppc_set_dec(struct ppc_regs *r, uint64_t tick, uint32_t value)
{
	mol_ppc_dec_poll(r, tick);
	if (value & PPC_BIT(0) && !(r->dec_value & PPC_BIT(0)))
		r->pending |= PPC_PEND_DEC;
	r->dec_tick = tick;
	r->dec_value = value;
}
