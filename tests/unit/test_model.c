/* SPDX-License-Identifier: MIT
 * test_model.c - the CPU models of model.def.
 */
#include "bare_cpu.h"

static const struct ppc_model *model(const char *name)
{
	const struct ppc_model *found = mol_ppc_model_find(name);

	assert_non_null(found);
	return found;
}

static void seven_models_are_known_by_name(void **state)
{
	static const char *const names[] = { "603e", "604e", "750", "7400", "7410", "7450", "7455" };

	for (unsigned n = 0; n < 7; n++) {
		assert_string_equal(model(names[n])->name, names[n]);
		assert_ptr_equal(mol_ppc_model_at(n), model(names[n]));
	}
	assert_null(mol_ppc_model_at(7));
	assert_null(mol_ppc_model_at(~0u));
}

static void an_unknown_name_finds_nothing(void **state)
{
	assert_null(mol_ppc_model_find("601"));
	assert_null(mol_ppc_model_find(""));
	assert_null(mol_ppc_model_find("75"));
	assert_null(mol_ppc_model_find("7500"));
	assert_null(mol_ppc_model_find(NULL));
}

static void the_high_half_of_pvr_is_the_version_of_the_manual(void **state)
{
	static const struct {
		const char *name;
		uint32_t version;
	} expected[] = { { "603e", 0x0006 }, { "604e", 0x0009 }, { "750", 0x0008 },
			 { "7400", 0x000c }, { "7410", 0x800c }, { "7450", 0x8000 },
			 { "7455", 0x8001 } };

	for (unsigned n = 0; n < 7; n++)
		assert_int_equal(model(expected[n].name)->pvr >> 16, expected[n].version);
}

static void altivec_models_and_no_others_have_msr_vec(void **state)
{
	for (unsigned n = 0; mol_ppc_model_at(n); n++) {
		const struct ppc_model *m = mol_ppc_model_at(n);

		assert_int_equal(!(m->features & PPC_F_ALTIVEC), !(m->msr_mask & PPC_MSR_VEC));
		assert_int_equal(!(m->features & PPC_F_PERFMON), !(m->msr_mask & PPC_MSR_PM));
		assert_int_equal(!(m->features & PPC_F_MSR_TGPR), !(m->msr_mask & PPC_MSR_TGPR));
	}
}

static void only_the_7455_has_eight_bat_pairs(void **state)
{
	for (unsigned n = 0; mol_ppc_model_at(n); n++) {
		const struct ppc_model *m = mol_ppc_model_at(n);

		assert_int_equal(m->bats, m == model("7455") ? 8 : 4);
		assert_int_equal(!(m->features & PPC_F_HIGH_BATS), m->bats == 4);
	}
}

static void software_loaded_tlbs_have_sets_that_fit(void **state)
{
	for (unsigned n = 0; mol_ppc_model_at(n); n++) {
		const struct ppc_model *m = mol_ppc_model_at(n);

		assert_int_equal(!(m->features & PPC_F_TLBLD), m->tlb_sets == 0);
		assert_true(m->tlb_sets <= PPC_SOFT_TLB_SETS);
	}
	assert_int_equal(model("603e")->tlb_sets, 32);
	assert_int_equal(model("7450")->tlb_sets, 64);
}

static void no_model_implements_tlbia(void **state)
{
	for (unsigned n = 0; mol_ppc_model_at(n); n++)
		assert_false(mol_ppc_has_insn(mol_ppc_model_at(n), PPC_OP_TLBIA));
}

static void dcba_came_with_the_7400_and_tlbld_stayed_with_the_603e_and_745x(void **state)
{
	static const struct {
		const char *name;
		bool dcba, tlbld;
	} expected[] = { { "603e", false, true }, { "604e", false, false }, { "750", false, false },
			 { "7400", true, false }, { "7410", true, false },  { "7450", true, true },
			 { "7455", true, true } };

	for (unsigned n = 0; n < 7; n++) {
		assert_int_equal(mol_ppc_has_insn(model(expected[n].name), PPC_OP_DCBA),
				 expected[n].dcba);
		assert_int_equal(mol_ppc_has_insn(model(expected[n].name), PPC_OP_TLBLD),
				 expected[n].tlbld);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seven_models_are_known_by_name),
		cmocka_unit_test(an_unknown_name_finds_nothing),
		cmocka_unit_test(the_high_half_of_pvr_is_the_version_of_the_manual),
		cmocka_unit_test(altivec_models_and_no_others_have_msr_vec),
		cmocka_unit_test(only_the_7455_has_eight_bat_pairs),
		cmocka_unit_test(software_loaded_tlbs_have_sets_that_fit),
		cmocka_unit_test(no_model_implements_tlbia),
		cmocka_unit_test(dcba_came_with_the_7400_and_tlbld_stayed_with_the_603e_and_745x),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
