/* SPDX-License-Identifier: MIT
 * test_spr.c - mfspr, mtspr, mftb and what SPRs do [PEM 2.3, 8.2; spr.def].
 */
#include "bare_cpu.h"

static const char *const all_models[] = { "603e", "604e", "750", "7400", "7410", "7450", "7455" };

static uint32_t read_ok(struct ppc_cpu *cpu, unsigned number)
{
	uint32_t value = 0xdeadbeef;

	cpu->stop = 0;
	assert_true(mol_ppc_read_spr(cpu, number, &value));
	assert_int_equal(cpu->stop, 0);
	return value;
}

static uint32_t write_ok(struct ppc_cpu *cpu, unsigned number, uint32_t value)
{
	cpu->stop = 0;
	assert_true(mol_ppc_write_spr(cpu, number, value));
	assert_int_equal(cpu->stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE), 0);
	return cpu->stop;
}

static void assert_program(struct ppc_cpu *cpu, uint32_t cause)
{
	assert_int_equal(cpu->stop, PPC_STOP_EXC);
	assert_int_equal(cpu->exc.vector, PPC_VEC_PROGRAM);
	assert_int_equal(cpu->exc.srr1, cause);
}

static void assert_refused(struct ppc_cpu *cpu, unsigned number, uint32_t read, uint32_t write)
{
	uint32_t value = 0x1234;

	cpu->stop = 0;
	if (read) {
		assert_false(mol_ppc_read_spr(cpu, number, &value));
		assert_int_equal(value, 0x1234);
		assert_program(cpu, read);
	}
	cpu->stop = 0;
	if (write) {
		assert_false(mol_ppc_write_spr(cpu, number, 0));
		assert_program(cpu, write);
	}
}

/* ---- the table ---- */

static void bats_are_contiguous_and_upper_before_lower(void **state)
{
	assert_int_equal(PPC_SPR_IBAT0L, PPC_SPR_IBAT0U + 1);
	assert_int_equal(PPC_SPR_IBAT7L, PPC_SPR_IBAT0U + 15);
	assert_int_equal(PPC_SPR_DBAT0U, PPC_SPR_IBAT0U + 16);
	assert_int_equal(PPC_SPR_DBAT7L, PPC_SPR_DBAT0U + 15);
	for (int n = 0; n < 16; n++) {
		int pair = n / 2, low = n & 1;
		int base = pair < 4 ? 528 + 2 * pair : 560 + 2 * (pair - 4);

		assert_int_equal(ppc_spr_table[PPC_SPR_IBAT0U + n].number, base + low);
		assert_int_equal(ppc_spr_table[PPC_SPR_DBAT0U + n].number, base + low + 8);
	}
}

static void every_number_finds_at_most_its_own_row(void **state)
{
	for (unsigned m = 0; m < 7; m++)
		for (unsigned number = 0; number < 1024; number++) {
			const struct ppc_model *model = mol_ppc_model_find(all_models[m]);
			int slot = mol_ppc_spr_slot(model, number), owner = -1;

			for (int n = 0; n < PPC_SPR_COUNT; n++)
				if (ppc_spr_table[n].number == number &&
				    (!ppc_spr_table[n].models ||
				     ppc_spr_table[n].models & model->features)) {
					assert_int_equal(owner, -1);
					owner = n;
				}
			assert_int_equal(slot, owner);
		}
}

static void numbers_past_1023_are_no_spr(void **state)
{
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("750"), 1024), -1);
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("750"), ~0u), -1);
}

/* The table by another road: for each model the numbers it has, as ranges. */
static void each_model_has_the_sprs_of_its_manual(void **state)
{
	static const uint16_t common[] = { 1,	8,   9,	  18,  19,  22,	 25,  26,  27, 268, 269, 272, 273,
					   274, 275, 282, 284, 285, 287, 528, 529, 530, 531, 532, 533,
					   534, 535, 536, 537, 538, 539, 540, 541, 542, 543, 1008, 1009,
					   1010, 0 };
	static const uint16_t m603[] = { 976, 977, 978, 979, 980, 981, 982, 0 };
	static const uint16_t m604[] = { 952, 953, 954, 955, 956, 957, 958, 959, 1013, 1023, 0 };
	static const uint16_t m750[] = { 936, 937,  938,  939,	940,  941,  942,  943,	952, 953,
					 954, 955,  956,  957,	958,  959,  1013, 1017, 1019, 1020,
					 1021, 1022, 0 };
	static const uint16_t m7400[] = { 256, 928, 935, 936,  937,  938,  939,	 940,  941,  942,
					  944, 951, 952, 953,  954,  955,  956,	 957,  958,  1013,
					  1014, 1015, 1017, 1019, 1020, 1021, 1022, 1023, 0 };
	static const uint16_t m7410[] = { 1012, 1016, 0 };
	static const uint16_t m745x[] = { 256,	928,  929,  930,  936,	937,  938,  939,  940,	941,
					  942,	944,  945,  946,  951,	952,  953,  954,  955,	956,
					  957,	958,  980,  981,  982,	983,  984,  1011, 1012, 1013,
					  1014, 1015, 1016, 1017, 1018, 1019, 1023, 0 };
	static const uint16_t m7455[] = { 260, 261, 262, 263, 276, 277, 278, 279, 560,
					  561, 562, 563, 564, 565, 566, 567, 568, 569,
					  570, 571, 572, 573, 574, 575, 0 };
	static const struct {
		const char *name;
		const uint16_t *own, *more;
	} models[] = { { "603e", m603, NULL },	 { "604e", m604, NULL },  { "750", m750, NULL },
		       { "7400", m7400, NULL },	 { "7410", m7400, m7410 }, { "7450", m745x, NULL },
		       { "7455", m745x, m7455 } };

	for (unsigned m = 0; m < 7; m++) {
		bool has[1024] = { false };
		const uint16_t *lists[] = { common, models[m].own, models[m].more };

		for (unsigned l = 0; l < 3; l++)
			for (const uint16_t *p = lists[l]; p && *p; p++)
				has[*p] = true;
		for (unsigned number = 0; number < 1024; number++)
			if (has[number] !=
			    (mol_ppc_spr_slot(mol_ppc_model_find(models[m].name), number) >= 0))
				fail_msg("%s: SPR %u", models[m].name, number);
	}
}

static void one_number_is_another_register_on_another_model(void **state)
{
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("603e"), 980), PPC_SPR_IMISS);
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("7450"), 980), PPC_SPR_TLBMISS);
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("7400"), 1015), PPC_SPR_MSSCR1);
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("7455"), 1015), PPC_SPR_MSSSR0);
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("7410"), 1016), PPC_SPR_L2PMCR);
	assert_int_equal(mol_ppc_spr_slot(mol_ppc_model_find("7455"), 1016), PPC_SPR_LDSTCR);
}

/* ---- privilege and existence ---- */

static void a_user_is_privileged_out_of_every_supervisor_number(void **state)
{
	struct ppc_cpu *cpu = bare("7455");

	cpu->r.msr |= PPC_MSR_PR;
	for (unsigned number = 0; number < 1024; number++)
		if (number & 0x10)
			assert_refused(cpu, number, PPC_SRR1_PROG_PRIV, PPC_SRR1_PROG_PRIV);
}

static void a_missing_spr_of_user_number_is_illegal(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	assert_refused(cpu, 256, PPC_SRR1_PROG_ILLEGAL, PPC_SRR1_PROG_ILLEGAL);
	cpu->r.msr |= PPC_MSR_PR;
	assert_refused(cpu, 256, PPC_SRR1_PROG_ILLEGAL, PPC_SRR1_PROG_ILLEGAL);
}

static void a_missing_spr_is_illegal_to_the_supervisor(void **state)
{
	assert_refused(bare("750"), 1018, PPC_SRR1_PROG_ILLEGAL, PPC_SRR1_PROG_ILLEGAL);
}

static void a_603e_ignores_a_supervisors_access_to_a_missing_spr(void **state)
{
	struct ppc_cpu *cpu = bare("603e");

	cpu->r.gpr[3] = 0x1234;
	assert_int_equal(mol_ppc_step(cpu, W_MTSPR(1013, 3)), 0);
	assert_int_equal(mol_ppc_step(cpu, W_MFSPR(3, 1013)), 0);
	assert_int_equal(cpu->r.gpr[3], 0x1234); /* a no-op: rD too stays as it is */
	cpu->r.msr |= PPC_MSR_PR;
	assert_refused(cpu, 1013, PPC_SRR1_PROG_PRIV, PPC_SRR1_PROG_PRIV);
}

static void xer_keeps_its_flags_byte_and_count(void **state)
{
	struct ppc_cpu *cpu = bare("7400");

	cpu->r.gpr[3] = 0xffffffff;
	assert_int_equal(mol_ppc_step(cpu, W_MTSPR(1, 3)), 0);
	assert_int_equal(mol_ppc_step(cpu, W_MFSPR(4, 1)), 0);
	assert_int_equal(cpu->r.gpr[4], 0xe000ff7f);
	assert_int_equal(mol_ppc_step(cpu, 0x7c000400), 0); /* mcrxr cr0 */
	assert_int_equal(ppc_xer(&cpu->r), 0x0000ff7f);
}

static void user_copies_can_be_read_by_users_and_written_by_nobody(void **state)
{
	struct ppc_cpu *cpu = bare("7455");
	static const unsigned copies[] = { 928, 929, 930, 936, 937, 938,
					   939, 940, 941, 942, 260, 263 };

	for (unsigned n = 0; n < 12; n++) {
		cpu->r.msr &= ~PPC_MSR_PR;
		write_ok(cpu, copies[n] + 16, 0x1000 + n);
		cpu->r.msr |= PPC_MSR_PR;
		assert_int_equal(read_ok(cpu, copies[n]), 0x1000 + n);
		assert_refused(cpu, copies[n], 0, PPC_SRR1_PROG_ILLEGAL);
	}
}

static void vrsave_belongs_to_the_user(void **state)
{
	struct ppc_cpu *cpu = bare("7400");

	cpu->r.msr |= PPC_MSR_PR;
	write_ok(cpu, 256, 0xcafe0001);
	assert_int_equal(read_ok(cpu, 256), 0xcafe0001);
}

static bool spr_286(struct ppc_cpu *cpu, unsigned number, bool write, uint32_t *value)
{
	if (number == 286 && !write)
		*value = 0x70000000;
	return number == 286;
}

static void the_embedder_may_supply_a_missing_spr(void **state)
{
	struct ppc_cpu *cpu = bare("7450");

	bare_ops.spr_outside = spr_286;
	assert_int_equal(read_ok(cpu, 286), 0x70000000);
	write_ok(cpu, 286, 1);
	assert_refused(cpu, 288, PPC_SRR1_PROG_ILLEGAL, PPC_SRR1_PROG_ILLEGAL);
	cpu->r.msr |= PPC_MSR_PR;
	assert_refused(cpu, 286, PPC_SRR1_PROG_PRIV, PPC_SRR1_PROG_PRIV);
}

/* ---- what registers do ---- */

static void writing_pvr_does_nothing(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 287, 0);
	assert_int_equal(read_ok(cpu, 287), cpu->model->pvr);
}

static void the_embedder_may_choose_the_pvr(void **state)
{
	struct ppc_cpu *cpu = bare("750");
	struct ppc_model mine = *cpu->model;

	assert_true(mol_ppc_poke_spr(cpu, 287, 0x00088303));
	assert_int_equal(read_ok(cpu, 287), 0x00088303);
	mine.pvr = 0x00088302;
	cpu->model = &mine;
	mol_ppc_reset(cpu);
	assert_int_equal(read_ok(cpu, 287), 0x00088302);
}

static void lr_ctr_and_xer_are_the_registers_of_branches_and_carries(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 8, 0x1111);
	write_ok(cpu, 9, 0x2222);
	write_ok(cpu, 1, 0xffffffff);
	assert_int_equal(cpu->r.lr, 0x1111);
	assert_int_equal(cpu->r.ctr, 0x2222);
	assert_int_equal(cpu->r.so + cpu->r.ov + cpu->r.ca, 3);
	assert_int_equal(read_ok(cpu, 1), 0xe000ff7f);
	cpu->r.lr = 0x3333;
	cpu->r.ctr = 0x4444;
	assert_int_equal(read_ok(cpu, 8), 0x3333);
	assert_int_equal(read_ok(cpu, 9), 0x4444);
}

static void writing_a_bat_is_told_once_it_changes(void **state)
{
	struct ppc_cpu *cpu = bare("7455");
	static const unsigned bats[] = { 528, 535, 536, 543, 560, 567, 568, 575 };

	for (unsigned n = 0; n < 8; n++) {
		assert_int_equal(write_ok(cpu, bats[n], 0xfff01ffe), PPC_STOP_SYNC);
		assert_int_equal(bare_events[PPC_MMU_BAT], n + 1);
		assert_int_equal(bare_event_arg, n / 2 % 2 ? PPC_BATS_DATA : PPC_BATS_INSTRUCTION);
		assert_int_equal(write_ok(cpu, bats[n], 0xfff01ffe), 0);
		assert_int_equal(bare_events[PPC_MMU_BAT], n + 1);
	}
	assert_int_equal(cpu->r.spr[PPC_SPR_DBAT7L], 0xfff01ffe);
}

static void writing_sdr1_and_breakpoints_is_told(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 25, 0x00ff0000);
	assert_int_equal(bare_events[PPC_MMU_SDR1], 1);
	write_ok(cpu, 1013, 0x1007);
	write_ok(cpu, 1010, 0x2002);
	assert_int_equal(bare_events[PPC_MMU_DEBUG], 2);
}

static void flash_invalidates_read_back_done_but_on_the_603e(void **state)
{
	for (unsigned m = 0; m < 7; m++) {
		struct ppc_cpu *cpu = bare(all_models[m]);

		write_ok(cpu, 1008, 0x0000cc00);
		assert_int_equal(bare_events[PPC_MMU_ICACHE_FLUSH], 1);
		assert_int_equal(read_ok(cpu, 1008), m == 0 ? 0x0000cc00 : 0x0000c000);
		write_ok(cpu, 1008, 0x0000c000);
		assert_int_equal(bare_events[PPC_MMU_ICACHE_FLUSH], 1);
	}
}

static void the_745x_clears_its_branch_history_at_once(void **state)
{
	struct ppc_cpu *cpu = bare("7450");

	write_ok(cpu, 1008, PPC_HID0_BHTCLR | PPC_HID0_NAP);
	assert_int_equal(read_ok(cpu, 1008), PPC_HID0_NAP);
}

static void hid0_modes_of_translation_are_told_on_the_745x(void **state)
{
	struct ppc_cpu *cpu = bare("7455");

	write_ok(cpu, 1008, PPC_HID0_HIGH_BAT_EN);
	assert_int_equal(bare_events[PPC_MMU_BAT], 1);
	assert_int_equal(bare_events[PPC_MMU_SDR1], 0);
	write_ok(cpu, 1008, PPC_HID0_HIGH_BAT_EN | PPC_HID0_STEN);
	assert_int_equal(bare_events[PPC_MMU_SDR1], 1);
	write_ok(cpu, 1008, PPC_HID0_HIGH_BAT_EN | PPC_HID0_STEN | PPC_HID0_XAEN);
	assert_int_equal(bare_events[PPC_MMU_BAT], 2);
	assert_int_equal(bare_events[PPC_MMU_SDR1], 2);
	assert_int_equal(read_ok(cpu, 1008),
			 PPC_HID0_HIGH_BAT_EN | PPC_HID0_STEN | PPC_HID0_XAEN);
	write_ok(cpu, 1008, PPC_HID0_XBSEN);
	assert_int_equal(bare_events[PPC_MMU_BAT], 3);
}

static void high_bats_cannot_be_enabled_on_the_7450(void **state)
{
	struct ppc_cpu *cpu = bare("7450");

	write_ok(cpu, 1008, PPC_HID0_HIGH_BAT_EN);
	assert_int_equal(read_ok(cpu, 1008), 0);
	assert_int_equal(bare_events[PPC_MMU_BAT], 0);
}

static void hid0_of_a_750_tells_the_mmu_nothing(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 1008, PPC_HID0_DOZE | PPC_HID0_STEN | PPC_HID0_XAEN);
	assert_int_equal(bare_events[PPC_MMU_BAT] + bare_events[PPC_MMU_SDR1], 0);
}

static void an_l2_invalidate_is_over_at_once(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 1017, 0x80200001); /* L2E, L2I; L2IP is not the software's */
	assert_int_equal(read_ok(cpu, 1017), 0x80200000);
	cpu = bare("7400");
	write_ok(cpu, 1017, 0x80200801);
	assert_int_equal(read_ok(cpu, 1017), 0x80200000);
	cpu = bare("7455");
	write_ok(cpu, 1017, 0x80200800); /* L2I and L2HWF clear themselves */
	assert_int_equal(read_ok(cpu, 1017), 0x80000000);
}

static void l3_and_l1_commands_are_over_at_once(void **state)
{
	struct ppc_cpu *cpu = bare("7455");

	write_ok(cpu, 1018, 0x80000c00);
	assert_int_equal(read_ok(cpu, 1018), 0x80000000);
	cpu = bare("7400");
	write_ok(cpu, 1014, 0x00800003);
	assert_int_equal(read_ok(cpu, 1014), 3);
}

static void a_thermal_threshold_compares_at_once(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 1022, 1);
	write_ok(cpu, 1020, 20u << 23 | 1);
	assert_int_equal(read_ok(cpu, 1020), 0xc0000000u | 20u << 23 | 1);
	write_ok(cpu, 1021, 60u << 23 | 1);
	assert_int_equal(read_ok(cpu, 1021), 0x40000000u | 60u << 23 | 1);
	assert_int_equal(cpu->r.pending, 0);
	write_ok(cpu, 1021, 60u << 23 | 7); /* below 60, with an interrupt */
	assert_int_equal(cpu->r.pending, PPC_PEND_THERMAL);
}

static void a_threshold_is_not_valid_until_thermal_sensing_is_enabled(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 1020, 0xc0000000u | 20u << 23 | 1);
	assert_int_equal(read_ok(cpu, 1020), 20u << 23 | 1);
}

static void dec_is_computed_from_the_tick(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	assert_int_equal(write_ok(cpu, 22, 100), PPC_STOP_SYNC);
	assert_int_equal(bare_dec_writes, 1);
	bare_tick += 30;
	assert_int_equal(read_ok(cpu, 22), 70);
	write_ok(cpu, 22, 0x80000000);
	assert_int_equal(cpu->r.pending, PPC_PEND_DEC);
}

static void tb_is_read_by_268_and_269_and_written_by_284_and_285(void **state)
{
	struct ppc_cpu *cpu = bare("7400");

	write_ok(cpu, 284, 0xfffffff0);
	write_ok(cpu, 285, 0x12);
	write_ok(cpu, 284, 0xfffffff0);
	write_ok(cpu, 285, 0x12); /* neither half disturbs the other */
	bare_tick += 0x20;
	cpu->r.msr |= PPC_MSR_PR;
	assert_int_equal(read_ok(cpu, 268), 0x10);
	assert_int_equal(read_ok(cpu, 269), 0x13);
	assert_refused(cpu, 268, 0, PPC_SRR1_PROG_ILLEGAL);
	cpu->r.msr &= ~PPC_MSR_PR;
	assert_refused(cpu, 284, PPC_SRR1_PROG_ILLEGAL, 0);
}

static void the_miss_registers_of_the_603e_are_read_only(void **state)
{
	struct ppc_cpu *cpu = bare("603e");
	static const unsigned numbers[] = { 976, 978, 979, 980 };

	for (unsigned n = 0; n < 4; n++) {
		write_ok(cpu, numbers[n], 0x5555);
		assert_int_equal(read_ok(cpu, numbers[n]), 0);
		assert_true(mol_ppc_poke_spr(cpu, numbers[n], 0x5555));
		assert_int_equal(read_ok(cpu, numbers[n]), 0x5555);
	}
	write_ok(cpu, 982, 0x5555);
	assert_int_equal(read_ok(cpu, 982), 0x5555);
}

static void ear_keeps_its_enable_and_resource_bits(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	write_ok(cpu, 282, 0xffffffff);
	assert_int_equal(read_ok(cpu, 282), 0x8000003f);
}

/* ---- peek and poke ---- */

static void peek_and_poke_know_no_privilege_and_raise_nothing(void **state)
{
	struct ppc_cpu *cpu = bare("7400");
	uint32_t value;

	cpu->r.msr |= PPC_MSR_PR;
	assert_true(mol_ppc_poke_spr(cpu, 22, 0x80000005));
	assert_true(mol_ppc_poke_spr(cpu, 953, 77));
	assert_true(mol_ppc_peek_spr(cpu, 22, &value));
	assert_int_equal(value, 0x80000005);
	assert_true(mol_ppc_peek_spr(cpu, 937, &value));
	assert_int_equal(value, 77);
	assert_true(mol_ppc_poke_spr(cpu, 269, 9));
	assert_true(mol_ppc_peek_spr(cpu, 285, &value));
	assert_int_equal(value, 9);
	assert_true(mol_ppc_poke_spr(cpu, 528, 0x1234));
	assert_int_equal(bare_events[PPC_MMU_BAT], 1);
	assert_int_equal(cpu->stop, 0);
	assert_int_equal(cpu->r.pending, 0);
	assert_false(mol_ppc_peek_spr(cpu, 1018, &value));
	assert_false(mol_ppc_poke_spr(cpu, 1018, 0));
}

static void every_spr_but_xer_and_hid0_gives_back_what_was_poked(void **state)
{
	for (unsigned m = 0; m < 7; m++)
		for (unsigned number = 0; number < 1024; number++) {
			struct ppc_cpu *cpu = bare(all_models[m]);
			int slot = mol_ppc_spr_slot(cpu->model, number);
			uint32_t value = 0;

			if (slot < 0)
				continue;
			assert_true(mol_ppc_poke_spr(cpu, number, 0xa5a50000));
			assert_true(mol_ppc_peek_spr(cpu, number, &value));
			if (slot != PPC_SPR_XER && slot != PPC_SPR_HID0)
				assert_int_equal(value, 0xa5a50000);
		}
}

/* ---- the instructions ---- */

static void mtspr_and_mfspr_move_between_gprs_and_sprs(void **state)
{
	struct ppc_cpu *cpu = bare("750");
	static const unsigned numbers[] = { 1, 8, 9, 272, 26, 952 };

	for (unsigned n = 0; n < 6; n++) {
		cpu->r.gpr[3] = 0xa0000055;
		assert_int_equal(mol_ppc_step(cpu, W_MTSPR(numbers[n], 3)), 0);
		assert_int_equal(mol_ppc_step(cpu, W_MFSPR(31, numbers[n])), 0);
		assert_int_equal(cpu->r.gpr[31], 0xa0000055);
		cpu->r.gpr[31] = 0;
	}
	assert_int_equal(cpu->r.pc, 0xfff00100 + 12 * 4);
}

static void a_refused_mfspr_leaves_rd_and_pc(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.gpr[3] = 7;
	cpu->r.msr |= PPC_MSR_PR;
	assert_int_equal(mol_ppc_step(cpu, W_MFSPR(3, 26)), PPC_STOP_EXC);
	assert_int_equal(cpu->exc.srr1, PPC_SRR1_PROG_PRIV);
	assert_int_equal(cpu->exc.srr0, 0xfff00100);
	assert_int_equal(cpu->r.gpr[3], 7);
	assert_int_equal(cpu->r.pc, 0xfff00100);
}

static void mftb_reads_the_two_halves_and_nothing_else(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	mol_ppc_set_tb(&cpu->r, bare_tick, 0x0000000700000009ull);
	cpu->r.msr |= PPC_MSR_PR;
	assert_int_equal(mol_ppc_step(cpu, W_MFTB(3, 268)), 0);
	assert_int_equal(mol_ppc_step(cpu, W_MFTB(4, 269)), 0);
	assert_int_equal(cpu->r.gpr[3], 9);
	assert_int_equal(cpu->r.gpr[4], 7);
	assert_int_equal(mol_ppc_step(cpu, W_MFTB(3, 8)), PPC_STOP_EXC);
	assert_program(cpu, PPC_SRR1_PROG_ILLEGAL);
	assert_int_equal(mol_ppc_step(cpu, W_MFTB(3, 22)), PPC_STOP_EXC);
	assert_program(cpu, PPC_SRR1_PROG_PRIV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bats_are_contiguous_and_upper_before_lower),
		cmocka_unit_test(every_number_finds_at_most_its_own_row),
		cmocka_unit_test(numbers_past_1023_are_no_spr),
		cmocka_unit_test(each_model_has_the_sprs_of_its_manual),
		cmocka_unit_test(one_number_is_another_register_on_another_model),
		cmocka_unit_test(a_user_is_privileged_out_of_every_supervisor_number),
		cmocka_unit_test(a_missing_spr_of_user_number_is_illegal),
		cmocka_unit_test(a_missing_spr_is_illegal_to_the_supervisor),
		cmocka_unit_test(a_603e_ignores_a_supervisors_access_to_a_missing_spr),
		cmocka_unit_test(xer_keeps_its_flags_byte_and_count),
		cmocka_unit_test(user_copies_can_be_read_by_users_and_written_by_nobody),
		cmocka_unit_test(vrsave_belongs_to_the_user),
		cmocka_unit_test(the_embedder_may_supply_a_missing_spr),
		cmocka_unit_test(writing_pvr_does_nothing),
		cmocka_unit_test(the_embedder_may_choose_the_pvr),
		cmocka_unit_test(lr_ctr_and_xer_are_the_registers_of_branches_and_carries),
		cmocka_unit_test(writing_a_bat_is_told_once_it_changes),
		cmocka_unit_test(writing_sdr1_and_breakpoints_is_told),
		cmocka_unit_test(flash_invalidates_read_back_done_but_on_the_603e),
		cmocka_unit_test(the_745x_clears_its_branch_history_at_once),
		cmocka_unit_test(hid0_modes_of_translation_are_told_on_the_745x),
		cmocka_unit_test(high_bats_cannot_be_enabled_on_the_7450),
		cmocka_unit_test(hid0_of_a_750_tells_the_mmu_nothing),
		cmocka_unit_test(an_l2_invalidate_is_over_at_once),
		cmocka_unit_test(l3_and_l1_commands_are_over_at_once),
		cmocka_unit_test(a_thermal_threshold_compares_at_once),
		cmocka_unit_test(a_threshold_is_not_valid_until_thermal_sensing_is_enabled),
		cmocka_unit_test(dec_is_computed_from_the_tick),
		cmocka_unit_test(tb_is_read_by_268_and_269_and_written_by_284_and_285),
		cmocka_unit_test(the_miss_registers_of_the_603e_are_read_only),
		cmocka_unit_test(ear_keeps_its_enable_and_resource_bits),
		cmocka_unit_test(peek_and_poke_know_no_privilege_and_raise_nothing),
		cmocka_unit_test(every_spr_but_xer_and_hid0_gives_back_what_was_poked),
		cmocka_unit_test(mtspr_and_mfspr_move_between_gprs_and_sprs),
		cmocka_unit_test(a_refused_mfspr_leaves_rd_and_pc),
		cmocka_unit_test(mftb_reads_the_two_halves_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
