/* SPDX-License-Identifier: MIT
 * test_storage.c - storage instructions that end before memory is asked: alignment exceptions
 * with their DAR and DSISR, dcbz without a data cache, eciwx and ecowx without EAR[E]
 * [interp_words.h; PEM 6.4.3, 6.4.6; the models' manuals where they differ].
 */
#include "bare_cpu.h"

#define W_X(xo, rd, ra, rb)                                                                        \
	(31u << 26 | (uint32_t)(rd) << 21 | (uint32_t)(ra) << 16 | (uint32_t)(rb) << 11 |          \
	 (uint32_t)(xo) << 1)
#define W_ECIWX(rd, ra, rb) W_X(310, rd, ra, rb)
#define W_ECOWX(rs, ra, rb) W_X(438, rs, ra, rb)
#define W_LWARX(rd, ra, rb) W_X(20, rd, ra, rb)
#define W_DCBZ(ra, rb) W_X(1014, 0, ra, rb)
#define W_LMW(rd, ra) (46u << 26 | (uint32_t)(rd) << 21 | (uint32_t)(ra) << 16)
#define W_STMW(rs, ra) (47u << 26 | (uint32_t)(rs) << 21 | (uint32_t)(ra) << 16)

static unsigned cache_ops;

static bool note_cache_op(struct ppc_cpu *cpu, uint32_t raw, enum ppc_cache_op op, uint32_t ea)
{
	cache_ops++;
	return true;
}

static bool check_alignment(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
			    enum ppc_mem_how how, uint64_t v[2])
{
	if (how & PPC_MEM_WORD_ALIGNED && ea & 3)
		return mol_ppc_raise_alignment(cpu, raw, ea);
	v[0] = 0x55;
	return true;
}

static struct ppc_cpu *cpu_at(const char *model, uint32_t r4)
{
	struct ppc_cpu *cpu = bare(model);

	bare_ops.cache = note_cache_op;
	bare_ops.load = check_alignment;
	cache_ops = 0;
	cpu->r.gpr[4] = r4;
	return cpu;
}

static void assert_fault(struct ppc_cpu *cpu, uint32_t word, uint32_t vector, uint32_t dar,
			 uint32_t dsisr)
{
	assert_int_equal(mol_ppc_step(cpu, word), PPC_STOP_EXC);
	assert_int_equal(cpu->exc.vector, vector);
	assert_true(cpu->exc.sets_dar && cpu->exc.sets_dsisr);
	assert_int_equal(cpu->exc.dar, dar);
	assert_int_equal(cpu->exc.dsisr, dsisr);
}

/* ---- alignment ---- */

static void dsisr_of_a_misaligned_access_tells_the_instruction(void **state)
{
	/* lmw: opcode 46 = 101110; lwarx: extended opcode 20 = 0000010100 */
	assert_fault(cpu_at("750", 0x1002), W_LMW(30, 4), PPC_VEC_ALIGNMENT, 0x1002,
		     7u << 10 | 30u << 5 | 4);
	assert_fault(cpu_at("750", 0x1001), W_LWARX(3, 0, 4), PPC_VEC_ALIGNMENT, 0x1001,
		     3u << 5);
}

static void a_misaligned_multiple_has_its_address_in_dar_and_on_a_603e_four_more(void **state)
{
	assert_fault(cpu_at("604e", 0x1002), W_STMW(30, 4), PPC_VEC_ALIGNMENT, 0x1002, 0x5fc4);
	assert_fault(cpu_at("603e", 0x1002), W_STMW(30, 4), PPC_VEC_ALIGNMENT, 0x1006, 0x5fc4);
	assert_fault(cpu_at("603e", 0x1002), W_LMW(30, 4), PPC_VEC_ALIGNMENT, 0x1006, 0x1fc4);
	assert_fault(cpu_at("603e", 0x1001), W_LWARX(3, 0, 4), PPC_VEC_ALIGNMENT, 0x1001, 3u << 5);
}

/* ---- dcbz ---- */

static void dcbz_without_a_data_cache_is_an_alignment_exception(void **state)
{
	static const char *const models[] = { "750", "7400", "7410", "7450", "7455" };

	for (unsigned n = 0; n < sizeof(models) / sizeof(models[0]); n++) {
		struct ppc_cpu *cpu = cpu_at(models[n], 0x1234);

		assert_fault(cpu, W_DCBZ(0, 4), PPC_VEC_ALIGNMENT, 0x1234,
			     2u << 15 | 1u << 14 | 15u << 10);
		cpu->r.spr[PPC_SPR_HID0] = PPC_HID0_DCE;
		assert_int_equal(mol_ppc_step(cpu, W_DCBZ(0, 4)), 0);
		assert_int_equal(cache_ops, 1);
	}
}

static void dcbz_needs_no_data_cache_on_a_603e_or_604e(void **state)
{
	assert_int_equal(mol_ppc_step(cpu_at("603e", 0x1234), W_DCBZ(0, 4)), 0);
	assert_int_equal(mol_ppc_step(cpu_at("604e", 0x1234), W_DCBZ(0, 4)), 0);
	assert_int_equal(cache_ops, 1);
}

static void dcbz_with_the_data_cache_locked_is_an_alignment_exception_on_a_74xx(void **state)
{
	const uint32_t locked = PPC_HID0_DCE | PPC_HID0_DLOCK;
	struct ppc_cpu *cpu = cpu_at("7400", 0x1234);

	cpu->r.spr[PPC_SPR_HID0] = locked;
	assert_int_equal(mol_ppc_step(cpu, W_DCBZ(0, 4)), PPC_STOP_EXC);
	assert_int_equal(cpu->exc.vector, PPC_VEC_ALIGNMENT);
	cpu = cpu_at("750", 0x1234);
	cpu->r.spr[PPC_SPR_HID0] = locked;
	assert_int_equal(mol_ppc_step(cpu, W_DCBZ(0, 4)), 0);
}

/* ---- external control ---- */

static void eciwx_and_ecowx_without_ear_e_are_a_dsi(void **state)
{
	struct ppc_cpu *cpu = cpu_at("750", 0x1000);

	assert_fault(cpu, W_ECIWX(3, 0, 4), PPC_VEC_DSI, 0x1000, PPC_DSISR_EAR);
	assert_fault(cpu, W_ECOWX(3, 0, 4), PPC_VEC_DSI, 0x1000, PPC_DSISR_EAR | PPC_DSISR_STORE);
	cpu->r.spr[PPC_SPR_EAR] = PPC_EAR_E;
	assert_int_equal(mol_ppc_step(cpu, W_ECIWX(3, 0, 4)), 0);
	assert_int_equal(cpu->r.gpr[3], 0x55);
}

static void misaligned_eciwx_without_ear_e_is_a_dsi_but_on_a_603e(void **state)
{
	assert_fault(cpu_at("7400", 0x1002), W_ECIWX(3, 0, 4), PPC_VEC_DSI, 0x1002, PPC_DSISR_EAR);
	assert_fault(cpu_at("603e", 0x1002), W_ECIWX(3, 0, 4), PPC_VEC_ALIGNMENT, 0x1002,
		     2u << 15 | 1u << 14 | 4u << 10 | 3u << 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dsisr_of_a_misaligned_access_tells_the_instruction),
		cmocka_unit_test(a_misaligned_multiple_has_its_address_in_dar_and_on_a_603e_four_more),
		cmocka_unit_test(dcbz_without_a_data_cache_is_an_alignment_exception),
		cmocka_unit_test(dcbz_needs_no_data_cache_on_a_603e_or_604e),
		cmocka_unit_test(dcbz_with_the_data_cache_locked_is_an_alignment_exception_on_a_74xx),
		cmocka_unit_test(eciwx_and_ecowx_without_ear_e_are_a_dsi),
		cmocka_unit_test(misaligned_eciwx_without_ear_e_is_a_dsi_but_on_a_603e),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
