/* SPDX-License-Identifier: MIT
 * test_except.c - exceptions, interrupts, the MSR, trace and reset [PEM 6; except.c], and the
 * system instructions that use them.
 */
#include "bare_cpu.h"

#define ALL_MSR 0xffffffffu

static const uint32_t vectors[] = {
	0x100, 0x200, 0x300, 0x400, 0x500,  0x600,  0x700,  0x800,  0x900,  0xc00,
	0xd00, 0xf00, 0xf20, 0x1000, 0x1100, 0x1200, 0x1300, 0x1400, 0x1600, 0x1700,
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void enter(struct ppc_cpu *cpu, uint32_t vector, uint32_t srr1)
{
	struct ppc_exception exc = { .vector = vector, .srr0 = 0x12345678, .srr1 = srr1 };

	mol_ppc_enter(cpu, &exc);
}

/* ---- entry ---- */

static void every_exception_starts_at_its_vector_below_the_base_of_msr_ip(void **state)
{
	for (unsigned n = 0; n < VECTORS; n++) {
		struct ppc_cpu *cpu = bare("7455");

		mol_ppc_set_msr(cpu, PPC_MSR_ME);
		enter(cpu, vectors[n], 0);
		assert_int_equal(cpu->r.pc, vectors[n]);
		assert_int_equal(cpu->r.spr[PPC_SPR_SRR0], 0x12345678);
		mol_ppc_set_msr(cpu, PPC_MSR_ME | PPC_MSR_IP);
		enter(cpu, vectors[n], 0);
		assert_int_equal(cpu->r.pc, 0xfff00000u + vectors[n]);
	}
}

static void srr1_saves_msr_bits_0_5_to_9_and_16_to_31_and_the_cause(void **state)
{
	struct ppc_cpu *cpu = bare("7400");

	mol_ppc_set_msr(cpu, ALL_MSR & ~PPC_MSR_LE);
	enter(cpu, PPC_VEC_PROGRAM, PPC_SRR1_PROG_TRAP);
	assert_int_equal(cpu->r.spr[PPC_SPR_SRR1], 0x0200ff76u | PPC_SRR1_PROG_TRAP);
}

static void an_exception_keeps_only_ile_me_and_ip(void **state)
{
	for (unsigned n = 0; n < VECTORS; n++) {
		struct ppc_cpu *cpu = bare("7400");

		mol_ppc_set_msr(cpu, ALL_MSR & ~(PPC_MSR_ILE | PPC_MSR_LE));
		enter(cpu, vectors[n], 0);
		assert_int_equal(cpu->r.msr, vectors[n] == PPC_VEC_MACHINE_CHECK
						     ? PPC_MSR_IP
						     : PPC_MSR_ME | PPC_MSR_IP);
		mol_ppc_set_msr(cpu, PPC_MSR_EE | PPC_MSR_DR);
		if (vectors[n] == PPC_VEC_MACHINE_CHECK)
			continue;
		enter(cpu, vectors[n], 0);
		assert_int_equal(cpu->r.msr, 0);
	}
}

static void exceptions_set_dar_and_dsisr_only_if_they_have_them(void **state)
{
	struct ppc_cpu *cpu = bare("750");
	struct ppc_exception exc = { .vector = PPC_VEC_DSI,
				     .dar = 0xdada,
				     .dsisr = 0x42000000,
				     .sets_dar = 1,
				     .sets_dsisr = 1 };

	mol_ppc_enter(cpu, &exc);
	assert_int_equal(cpu->r.spr[PPC_SPR_DAR], 0xdada);
	assert_int_equal(cpu->r.spr[PPC_SPR_DSISR], 0x42000000);
	exc = (struct ppc_exception){ .vector = PPC_VEC_SC, .dar = 1, .dsisr = 1 };
	mol_ppc_enter(cpu, &exc);
	assert_int_equal(cpu->r.spr[PPC_SPR_DAR], 0xdada);
	assert_int_equal(cpu->r.spr[PPC_SPR_DSISR], 0x42000000);
}

static void a_machine_check_without_me_is_a_checkstop(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	mol_ppc_set_msr(cpu, PPC_MSR_EE);
	cpu->r.pc = 0x1000;
	enter(cpu, PPC_VEC_MACHINE_CHECK, 0);
	assert_true(cpu->r.checkstop);
	assert_int_equal(cpu->r.pc, 0x1000);
	cpu->r.pending = PPC_PEND_EXTERNAL | PPC_PEND_RESET;
	assert_false(mol_ppc_interrupt_pending(cpu));
	mol_ppc_reset(cpu);
	assert_false(cpu->r.checkstop);
}

static void a_603e_tlb_miss_swaps_tgprs_and_keeps_cr0(void **state)
{
	for (uint32_t vector = 0x1000; vector <= 0x1200; vector += 0x100) {
		struct ppc_cpu *cpu = bare("603e");

		for (uint32_t n = 0; n < 5; n++)
			cpu->r.gpr[n] = 100 + n;
		for (uint32_t n = 0; n < 4; n++)
			cpu->r.tgpr[n] = 200 + n;
		cpu->r.cr[0] = 0xa;
		mol_ppc_set_msr(cpu, PPC_MSR_IR | PPC_MSR_DR);
		enter(cpu, vector, PPC_BIT(12));
		assert_int_equal(cpu->r.msr, PPC_MSR_TGPR);
		assert_int_equal(cpu->r.spr[PPC_SPR_SRR1],
				 0xa0000000u | PPC_BIT(12) | PPC_MSR_IR | PPC_MSR_DR);
		assert_int_equal(cpu->r.gpr[3], 203);
		assert_int_equal(cpu->r.gpr[4], 104);
		assert_true(cpu->r.tgpr_live);
		mol_ppc_step(cpu, W_RFI);
		assert_int_equal(cpu->r.msr, PPC_MSR_IR | PPC_MSR_DR);
		assert_int_equal(cpu->r.gpr[0], 100);
		assert_int_equal(cpu->r.tgpr[0], 200);
	}
}

static void an_exception_inside_a_603e_miss_handler_restores_the_gprs(void **state)
{
	struct ppc_cpu *cpu = bare("603e");

	cpu->r.gpr[0] = 100;
	enter(cpu, PPC_VEC_DTLB_LOAD_MISS, 0);
	enter(cpu, PPC_VEC_DSI, 0);
	assert_int_equal(cpu->r.gpr[0], 100);
	assert_false(cpu->r.tgpr_live);
}

static void a_745x_tlb_miss_swaps_nothing(void **state)
{
	struct ppc_cpu *cpu = bare("7450");

	cpu->r.cr[0] = 0xf;
	cpu->r.gpr[0] = 100;
	mol_ppc_set_msr(cpu, 0);
	enter(cpu, PPC_VEC_DTLB_LOAD_MISS, 0);
	assert_int_equal(cpu->r.msr, 0);
	assert_int_equal(cpu->r.gpr[0], 100);
	assert_int_equal(cpu->r.spr[PPC_SPR_SRR1], 0);
}

/* ---- asynchronous exceptions ---- */

static void interrupts_come_in_the_order_of_the_manuals(void **state)
{
	static const uint32_t order[] = { 0x200, 0x100, 0x1400, 0x500, 0xf00, 0x900, 0x1700 };
	struct ppc_cpu *cpu = bare("7400");
	struct ppc_exception exc;

	cpu->r.msr |= PPC_MSR_EE;
	cpu->r.pc = 0x4444;
	cpu->r.pending = 0x7f;
	for (unsigned n = 0; n < 7; n++) {
		assert_true(mol_ppc_next_interrupt(cpu, &exc));
		assert_int_equal(exc.vector, order[n]);
		assert_int_equal(exc.srr0, 0x4444);
		if (exc.vector == PPC_VEC_EXTERNAL)
			cpu->r.pending &= ~(uint32_t)PPC_PEND_EXTERNAL; /* the line falls */
	}
	assert_false(mol_ppc_next_interrupt(cpu, &exc));
	assert_int_equal(cpu->r.pending, 0);
}

static void the_external_line_stays_pending_until_it_falls(void **state)
{
	struct ppc_cpu *cpu = bare("750");
	struct ppc_exception exc;

	cpu->r.msr |= PPC_MSR_EE;
	cpu->r.pending = PPC_PEND_EXTERNAL;
	assert_true(mol_ppc_next_interrupt(cpu, &exc));
	assert_true(mol_ppc_next_interrupt(cpu, &exc));
}

static void without_ee_only_reset_and_machine_check_are_taken(void **state)
{
	struct ppc_cpu *cpu = bare("750");
	struct ppc_exception exc;

	cpu->r.pending = 0x7f & ~(PPC_PEND_RESET | PPC_PEND_MACHINE_CHECK);
	assert_false(mol_ppc_interrupt_pending(cpu));
	assert_false(mol_ppc_next_interrupt(cpu, &exc));
	cpu->r.pending |= PPC_PEND_RESET;
	assert_true(mol_ppc_next_interrupt(cpu, &exc));
	assert_int_equal(exc.vector, PPC_VEC_RESET);
	cpu->r.pending |= PPC_PEND_MACHINE_CHECK;
	assert_true(mol_ppc_next_interrupt(cpu, &exc));
	assert_int_equal(exc.vector, PPC_VEC_MACHINE_CHECK);
}

/* ---- the MSR ---- */

static void each_model_keeps_only_its_msr_bits(void **state)
{
	static const struct {
		const char *model;
		uint32_t mask;
	} expected[] = { { "603e", 0x0007ff73 }, { "604e", 0x0005ff77 }, { "750", 0x0005ff77 },
			 { "7400", 0x0205ff77 }, { "7410", 0x0205ff77 }, { "7450", 0x0205ff77 },
			 { "7455", 0x0205ff77 } };

	for (unsigned n = 0; n < 7; n++) {
		struct ppc_cpu *cpu = bare(expected[n].model);

		mol_ppc_set_msr(cpu, ALL_MSR);
		assert_int_equal(cpu->r.msr, expected[n].mask);
	}
}

static void the_data_page_table_follows_pr_and_dr(void **state)
{
	struct ppc_cpu *cpu = bare("750");
	static uintptr_t table[4];

	for (unsigned n = 0; n < 4; n++)
		cpu->page_of[n] = &table[n];
	mol_ppc_set_msr(cpu, 0);
	assert_ptr_equal(cpu->page, &table[0]);
	mol_ppc_set_msr(cpu, PPC_MSR_DR);
	assert_ptr_equal(cpu->page, &table[PPC_DATA_ON]);
	mol_ppc_set_msr(cpu, PPC_MSR_PR);
	assert_ptr_equal(cpu->page, &table[PPC_DATA_USER]);
	mol_ppc_set_msr(cpu, PPC_MSR_PR | PPC_MSR_DR);
	assert_ptr_equal(cpu->page, &table[PPC_DATA_ON | PPC_DATA_USER]);
}

static void the_mmu_hears_of_ir_dr_and_pr_alone(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	mol_ppc_set_msr(cpu, PPC_MSR_EE | PPC_MSR_FP | PPC_MSR_ME);
	assert_int_equal(bare_events[PPC_MMU_MSR], 0);
	mol_ppc_set_msr(cpu, PPC_MSR_IR);
	mol_ppc_set_msr(cpu, PPC_MSR_IR | PPC_MSR_DR);
	mol_ppc_set_msr(cpu, PPC_MSR_IR | PPC_MSR_DR | PPC_MSR_PR);
	assert_int_equal(bare_events[PPC_MMU_MSR], 3);
}

static void little_endian_mode_is_said_to_be_unsupported(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	mol_ppc_set_msr(cpu, PPC_MSR_ILE);
	assert_null(cpu->unsupported);
	enter(cpu, PPC_VEC_SC, 0);
	assert_int_equal(cpu->r.msr, PPC_MSR_ILE | PPC_MSR_LE);
	assert_non_null(cpu->unsupported);
	mol_ppc_set_msr(cpu, 0);
	assert_null(cpu->unsupported);
}

static void pow_sleeps_as_hid0_says(void **state)
{
	static const struct {
		const char *model;
		uint32_t hid0;
		int asleep;
	} expected[] = {
		{ "750", 0, PPC_SLEEP_NONE },
		{ "750", PPC_HID0_DOZE, PPC_SLEEP_DOZE },
		{ "750", PPC_HID0_NAP, PPC_SLEEP_NAP },
		{ "750", PPC_HID0_SLEEP, PPC_SLEEP_SLEEP },
		{ "603e", PPC_HID0_DOZE, PPC_SLEEP_DOZE },
		{ "604e", 0, PPC_SLEEP_NAP },
		{ "7455", PPC_HID0_HIGH_BAT_EN, PPC_SLEEP_NONE },
		{ "7455", PPC_HID0_HIGH_BAT_EN | PPC_HID0_NAP, PPC_SLEEP_NAP },
		{ "7455", PPC_HID0_HIGH_BAT_EN | PPC_HID0_SLEEP, PPC_SLEEP_SLEEP },
	};

	for (unsigned n = 0; n < sizeof(expected) / sizeof(expected[0]); n++) {
		struct ppc_cpu *cpu = bare(expected[n].model);

		cpu->r.spr[PPC_SPR_HID0] = expected[n].hid0;
		mol_ppc_set_msr(cpu, PPC_MSR_EE);
		assert_int_equal(cpu->r.asleep, PPC_SLEEP_NONE);
		mol_ppc_set_msr(cpu, PPC_MSR_EE | PPC_MSR_POW);
		assert_int_equal(cpu->r.asleep, expected[n].asleep);
	}
}

static void an_interrupt_wakes_a_dozing_processor_and_clears_pow(void **state)
{
	struct ppc_cpu *cpu = bare("750");
	struct ppc_exception exc;

	cpu->r.spr[PPC_SPR_HID0] = PPC_HID0_DOZE;
	mol_ppc_set_msr(cpu, PPC_MSR_EE | PPC_MSR_POW);
	assert_false(mol_ppc_interrupt_pending(cpu));
	cpu->r.pending = PPC_PEND_DEC;
	assert_true(mol_ppc_interrupt_pending(cpu));
	assert_true(mol_ppc_next_interrupt(cpu, &exc));
	mol_ppc_enter(cpu, &exc);
	assert_int_equal(cpu->r.asleep, PPC_SLEEP_NONE);
	assert_int_equal(cpu->r.msr, 0);
	assert_int_equal(cpu->r.spr[PPC_SPR_SRR1], PPC_MSR_EE);
}

static void the_decrementer_does_not_wake_sleep_but_a_line_does(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.spr[PPC_SPR_HID0] = PPC_HID0_SLEEP;
	mol_ppc_set_msr(cpu, PPC_MSR_EE | PPC_MSR_POW);
	cpu->r.pending = PPC_PEND_DEC;
	assert_false(mol_ppc_interrupt_pending(cpu));
	cpu->r.pending |= PPC_PEND_EXTERNAL;
	assert_true(mol_ppc_interrupt_pending(cpu));
	cpu->r.spr[PPC_SPR_HID0] = PPC_HID0_NAP;
	mol_ppc_set_msr(cpu, PPC_MSR_EE | PPC_MSR_POW);
	cpu->r.pending = PPC_PEND_DEC;
	assert_true(mol_ppc_interrupt_pending(cpu));
}

/* ---- trace ---- */

static void single_step_traces_all_but_rfi_sc_and_isync(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	assert_true(mol_ppc_trace_due(cpu, PPC_MSR_SE, W_NOP));
	assert_true(mol_ppc_trace_due(cpu, PPC_MSR_SE, W_MTMSR(3)));
	assert_true(mol_ppc_trace_due(cpu, PPC_MSR_SE, W_BLR));
	assert_false(mol_ppc_trace_due(cpu, PPC_MSR_SE, W_RFI));
	assert_false(mol_ppc_trace_due(cpu, PPC_MSR_SE, W_SC));
	assert_false(mol_ppc_trace_due(cpu, PPC_MSR_SE, W_ISYNC));
	assert_false(mol_ppc_trace_due(cpu, 0, W_NOP));
	assert_false(mol_ppc_trace_due(bare("603e"), PPC_MSR_SE, W_ISYNC));
	assert_true(mol_ppc_trace_due(bare("604e"), PPC_MSR_SE, W_ISYNC));
}

static void branch_trace_traces_branches_only(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	assert_true(mol_ppc_trace_due(cpu, PPC_MSR_BE, W_B));
	assert_true(mol_ppc_trace_due(cpu, PPC_MSR_BE, W_BDNZ));
	assert_true(mol_ppc_trace_due(cpu, PPC_MSR_BE, W_BLR));
	assert_true(mol_ppc_trace_due(cpu, PPC_MSR_BE, W_BCTR));
	assert_false(mol_ppc_trace_due(cpu, PPC_MSR_BE, W_NOP));
	assert_false(mol_ppc_trace_due(cpu, PPC_MSR_BE, W_ISYNC));
	assert_false(mol_ppc_trace_due(cpu, PPC_MSR_BE, W_RFI));
}

/* ---- reset ---- */

static void reset_leaves_vscr_in_non_java_mode_where_there_is_altivec(void **state)
{
	struct ppc_cpu *with = bare("7400"), *without;

	mol_ppc_reset(with);
	assert_int_equal(with->r.vscr, PPC_VSCR_NJ);
	without = bare("750");
	mol_ppc_reset(without);
	assert_int_equal(without->r.vscr, 0);
}

static void reset_starts_at_fff00100_with_translation_off(void **state)
{
	struct ppc_cpu *cpu = bare("7455");
	static uintptr_t table[2];

	for (unsigned n = 0; n < 32; n++)
		cpu->r.gpr[n] = n + 1;
	cpu->r.pending = 0x7f;
	cpu->page_of[0] = &table[0];
	cpu->page_of[3] = &table[1];
	mol_ppc_set_msr(cpu, PPC_MSR_IR | PPC_MSR_DR | PPC_MSR_PR);
	bare_tick = 5000;
	mol_ppc_reset(cpu);
	assert_int_equal(cpu->r.pc, 0xfff00100);
	assert_int_equal(cpu->r.msr, PPC_MSR_IP);
	assert_ptr_equal(cpu->page, &table[0]);
	assert_int_equal(cpu->r.gpr[31], 0);
	assert_int_equal(cpu->r.pending, 0);
	assert_int_equal(cpu->r.spr[PPC_SPR_PVR], 0x80010303);
	assert_int_equal(mol_ppc_dec(&cpu->r, 5000), 0xffffffff);
	assert_true(mol_ppc_tb(&cpu->r, 5000) == 0);
	for (int what = PPC_MMU_MSR; what <= PPC_MMU_DEBUG; what++)
		if (what != PPC_MMU_TLBIE && what != PPC_MMU_TLBLD && what != PPC_MMU_TLBLI)
			assert_true(bare_events[what] > 0);
}

/* ---- the instructions ---- */

static void a_waiting_fp_exception_is_taken_once_mtmsr_or_rfi_enables_it(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.pc = 0x1000;
	cpu->r.fpscr = PPC_FPSCR_FX | PPC_FPSCR_FEX | PPC_FPSCR_ZX | PPC_FPSCR_ZE;
	cpu->r.gpr[3] = PPC_MSR_FP | PPC_MSR_EE;
	assert_int_equal(mol_ppc_step(cpu, W_MTMSR(3)), PPC_STOP_SYNC);
	cpu->r.gpr[3] |= PPC_MSR_FE1;
	assert_int_equal(mol_ppc_step(cpu, W_MTMSR(3)), PPC_STOP_EXC);
	mol_ppc_enter(cpu, &cpu->exc);
	assert_int_equal(cpu->r.pc, 0x700);
	assert_int_equal(cpu->r.spr[PPC_SPR_SRR0], 0x1008);
	assert_int_equal(cpu->r.spr[PPC_SPR_SRR1],
			 PPC_MSR_FP | PPC_MSR_EE | PPC_MSR_FE1 | PPC_SRR1_PROG_FP | PPC_SRR1_PROG_NEXT);
	assert_int_equal(mol_ppc_step(cpu, W_RFI), PPC_STOP_EXC);
	assert_int_equal(cpu->exc.srr0, 0x1008);
	assert_int_equal(cpu->r.pc, 0x1008);
	assert_int_equal(cpu->r.msr, cpu->r.gpr[3]);
}

static void a_waiting_fp_exception_waits_on_while_fp_is_unavailable(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.pc = 0x1000;
	cpu->r.fpscr = PPC_FPSCR_FX | PPC_FPSCR_FEX | PPC_FPSCR_ZX | PPC_FPSCR_ZE;
	cpu->r.gpr[3] = PPC_MSR_EE | PPC_MSR_FE0 | PPC_MSR_FE1;
	assert_int_equal(mol_ppc_step(cpu, W_MTMSR(3)), PPC_STOP_SYNC);
	cpu->r.gpr[3] |= PPC_MSR_FP;
	assert_int_equal(mol_ppc_step(cpu, W_MTMSR(3)), PPC_STOP_EXC);
}

static void sc_saves_the_address_after_it(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.pc = 0x1000;
	mol_ppc_set_msr(cpu, PPC_MSR_EE | PPC_MSR_PR);
	assert_int_equal(mol_ppc_step(cpu, W_SC), PPC_STOP_EXC);
	mol_ppc_enter(cpu, &cpu->exc);
	assert_int_equal(cpu->r.pc, 0xc00);
	assert_int_equal(cpu->r.spr[PPC_SPR_SRR0], 0x1004);
	assert_int_equal(cpu->r.spr[PPC_SPR_SRR1], PPC_MSR_EE | PPC_MSR_PR);
}

static void sc_may_be_a_call_to_the_embedder(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	bare_takes_hypercalls = true;
	assert_int_equal(mol_ppc_step(cpu, W_SC), PPC_STOP_OUTSIDE);
	assert_int_equal(cpu->r.pc, 0xfff00100);
}

static void rfi_returns_with_the_msr_bits_that_srr1_holds(void **state)
{
	struct ppc_cpu *cpu = bare("7400");

	mol_ppc_set_msr(cpu, PPC_MSR_ILE | PPC_MSR_ME);
	cpu->r.spr[PPC_SPR_SRR0] = 0x2003;
	cpu->r.spr[PPC_SPR_SRR1] = ALL_MSR & ~(PPC_MSR_ILE | PPC_MSR_LE | PPC_MSR_ME);
	assert_int_equal(mol_ppc_step(cpu, W_RFI), PPC_STOP_SYNC);
	assert_int_equal(cpu->r.pc, 0x2000);
	assert_int_equal(cpu->r.msr, PPC_MSR_ILE | (0x0200ff76u & ~PPC_MSR_ME));
}

static void rfi_does_not_restore_ile_from_srr1(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.spr[PPC_SPR_SRR1] = PPC_MSR_ILE | PPC_MSR_POW;
	mol_ppc_step(cpu, W_RFI);
	assert_int_equal(cpu->r.msr, 0);
}

static void rfi_of_a_user_is_privileged(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	mol_ppc_set_msr(cpu, PPC_MSR_PR);
	assert_int_equal(mol_ppc_step(cpu, W_RFI), PPC_STOP_EXC);
	assert_int_equal(cpu->exc.srr1, PPC_SRR1_PROG_PRIV);
}

static void mtmsr_and_mfmsr_move_the_msr_and_synchronize(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.gpr[3] = 0xffff7ffe & ~PPC_MSR_PR;
	assert_int_equal(mol_ppc_step(cpu, W_MTMSR(3)), PPC_STOP_SYNC);
	assert_int_equal(mol_ppc_step(cpu, W_MFMSR(4)), 0);
	assert_int_equal(cpu->r.gpr[4], 0x00053f76);
}

static void segment_registers_are_told_when_they_change(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	cpu->r.gpr[3] = 0x20000777;
	cpu->r.gpr[4] = 0xc1234567;
	assert_int_equal(mol_ppc_step(cpu, W_MTSR(5, 3)), 0);
	assert_int_equal(bare_events[PPC_MMU_SR], 1);
	assert_int_equal(bare_last_arg, 5);
	mol_ppc_step(cpu, W_MTSR(5, 3));
	assert_int_equal(bare_events[PPC_MMU_SR], 1);
	mol_ppc_step(cpu, W_MTSRIN(3, 4));
	assert_int_equal(bare_last_arg, 12);
	assert_int_equal(cpu->r.sr[12], 0x20000777);
	mol_ppc_step(cpu, W_MFSR(6, 12));
	mol_ppc_step(cpu, W_MFSRIN(7, 4));
	assert_int_equal(cpu->r.gpr[6], 0x20000777);
	assert_int_equal(cpu->r.gpr[7], 0x20000777);
}

static void isync_alone_of_the_barriers_stops_for_a_new_look(void **state)
{
	struct ppc_cpu *cpu = bare("750");

	assert_int_equal(mol_ppc_step(cpu, W_ISYNC), PPC_STOP_SYNC);
	assert_int_equal(mol_ppc_step(cpu, W_SYNC), 0);
	assert_int_equal(mol_ppc_step(cpu, W_EIEIO), 0);
	assert_int_equal(mol_ppc_step(cpu, W_TLBSYNC), 0);
	assert_int_equal(cpu->r.pc, 0xfff00110);
}

static void tlb_instructions_tell_the_mmu_their_address(void **state)
{
	struct ppc_cpu *cpu = bare("603e");

	cpu->r.gpr[9] = 0xabcd1000;
	assert_int_equal(mol_ppc_step(cpu, W_TLBIE(9)), PPC_STOP_SYNC);
	assert_int_equal(bare_last_arg, 0xabcd1000);
	mol_ppc_step(cpu, W_TLBLD(9));
	mol_ppc_step(cpu, W_TLBLI(9));
	assert_int_equal(bare_events[PPC_MMU_TLBIE], 1);
	assert_int_equal(bare_events[PPC_MMU_TLBLD], 1);
	assert_int_equal(bare_events[PPC_MMU_TLBLI], 1);
	assert_int_equal(mol_ppc_step(cpu, W_TLBIA), PPC_STOP_EXC);
	assert_int_equal(cpu->exc.srr1, PPC_SRR1_PROG_ILLEGAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_exception_starts_at_its_vector_below_the_base_of_msr_ip),
		cmocka_unit_test(srr1_saves_msr_bits_0_5_to_9_and_16_to_31_and_the_cause),
		cmocka_unit_test(an_exception_keeps_only_ile_me_and_ip),
		cmocka_unit_test(exceptions_set_dar_and_dsisr_only_if_they_have_them),
		cmocka_unit_test(a_machine_check_without_me_is_a_checkstop),
		cmocka_unit_test(a_603e_tlb_miss_swaps_tgprs_and_keeps_cr0),
		cmocka_unit_test(an_exception_inside_a_603e_miss_handler_restores_the_gprs),
		cmocka_unit_test(a_745x_tlb_miss_swaps_nothing),
		cmocka_unit_test(interrupts_come_in_the_order_of_the_manuals),
		cmocka_unit_test(the_external_line_stays_pending_until_it_falls),
		cmocka_unit_test(without_ee_only_reset_and_machine_check_are_taken),
		cmocka_unit_test(each_model_keeps_only_its_msr_bits),
		cmocka_unit_test(the_data_page_table_follows_pr_and_dr),
		cmocka_unit_test(the_mmu_hears_of_ir_dr_and_pr_alone),
		cmocka_unit_test(little_endian_mode_is_said_to_be_unsupported),
		cmocka_unit_test(pow_sleeps_as_hid0_says),
		cmocka_unit_test(an_interrupt_wakes_a_dozing_processor_and_clears_pow),
		cmocka_unit_test(the_decrementer_does_not_wake_sleep_but_a_line_does),
		cmocka_unit_test(single_step_traces_all_but_rfi_sc_and_isync),
		cmocka_unit_test(branch_trace_traces_branches_only),
		cmocka_unit_test(reset_starts_at_fff00100_with_translation_off),
		cmocka_unit_test(reset_leaves_vscr_in_non_java_mode_where_there_is_altivec),
		cmocka_unit_test(sc_saves_the_address_after_it),
		cmocka_unit_test(sc_may_be_a_call_to_the_embedder),
		cmocka_unit_test(a_waiting_fp_exception_is_taken_once_mtmsr_or_rfi_enables_it),
		cmocka_unit_test(a_waiting_fp_exception_waits_on_while_fp_is_unavailable),
		cmocka_unit_test(rfi_returns_with_the_msr_bits_that_srr1_holds),
		cmocka_unit_test(rfi_does_not_restore_ile_from_srr1),
		cmocka_unit_test(rfi_of_a_user_is_privileged),
		cmocka_unit_test(mtmsr_and_mfmsr_move_the_msr_and_synchronize),
		cmocka_unit_test(segment_registers_are_told_when_they_change),
		cmocka_unit_test(isync_alone_of_the_barriers_stops_for_a_new_look),
		cmocka_unit_test(tlb_instructions_tell_the_mmu_their_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
