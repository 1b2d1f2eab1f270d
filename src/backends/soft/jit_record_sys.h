/* SPDX-License-Identifier: MIT
 * jit_record_sys.h - the translator's words for system registers, exceptions and the MMU.
 *
 * Included once, by jit_record.c.
 */
WORD V msr(DOM *c)
{
	return get_field(c, JIT_GET32, FIELD(msr));
}

WORD V sr(DOM *c, V n)
{
	return n.kind == JIT_K ? get_field(c, JIT_GET32, FIELD(sr) + 4 * (n.k & 15)) : unsupported(c);
}

NOT_TRANSLATED(void, (void)0, trap_if, V truth)
NOT_TRANSLATED(void, (void)0, system_call, struct ppc_insn i)
WORD void return_from_interrupt(DOM *c)
{
	unsupported(c);
}

WORD void synchronize(DOM *c)
{
	unsupported(c);
}

NOT_TRANSLATED(void, (void)0, set_msr, V v)
NOT_TRANSLATED(void, (void)0, set_sr, V n, V v)
NOT_TRANSLATED(bool, false, read_spr, unsigned number, V *out)
NOT_TRANSLATED(bool, false, write_spr, unsigned number, V v)
NOT_TRANSLATED(bool, false, read_tb, unsigned number, V *out)
NOT_TRANSLATED(void, (void)0, tlb_invalidate, V ea)
WORD void tlb_invalidate_all(DOM *c)
{
	unsupported(c);
}
NOT_TRANSLATED(void, (void)0, tlb_load, bool instruction, V ea)
