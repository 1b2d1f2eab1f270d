/* SPDX-License-Identifier: MIT
 * test_soft_run.c - what decoding once and keeping must not change: the `interp` backend
 * through the public interface.
 *
 * Budgets that end inside blocks, code that is rewritten by every path, mappings
 * that move under code, breakpoints, and addresses where there is no code.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <molvm.h>

/* ---- words ---- */
#define D_FORM(op, d, a, imm) ((uint32_t)(op) << 26 | (d) << 21 | (a) << 16 | ((imm) & 0xffffu))
#define ADDI(d, a, imm) D_FORM(14u, d, a, imm)
#define LI(d, imm) ADDI(d, 0u, imm)
#define LWZ(d, imm, a) D_FORM(32u, d, a, imm)
#define STW(s, imm, a) D_FORM(36u, s, a, imm)
#define B(offset) (0x48000000u | ((uint32_t)(offset) & 0x3fffffcu))
#define BL(offset) (B(offset) | 1)
#define BDNZ(offset) (0x42000000u | ((uint32_t)(offset) & 0xfffcu))
#define BEQ(offset) (0x41820000u | ((uint32_t)(offset) & 0xfffcu))
#define CMPWI(a, imm) D_FORM(11u, 0u, a, imm)
#define MTSPR(n, s) (0x7c0003a6u | (s) << 21 | ((n) & 31u) << 16 | ((n) >> 5) << 11)
#define MTCTR(s) MTSPR(9u, s)
#define MTLR(s) MTSPR(8u, s)
#define MTSR(n, s) (0x7c0001a4u | (s) << 21 | (n) << 16)
#define TLBIE(b) (0x7c000264u | (b) << 11)
#define ICBI(a, b) (0x7c0007acu | (a) << 16 | (b) << 11)
#define MFMSR(d) (0x7c0000a6u | (d) << 21)
#define MFTB(d) (0x7c0c42e6u | (d) << 21)
#define NOP 0x60000000u
#define BLR 0x4e800020u
#define BLRL 0x4e800021u
#define ISYNC 0x4c00012cu
#define FADD 0xfc21082au

#define MSR_IR 0x20u
#define MSR_PR 0x4000u
#define RAM (1u << 20)
#define CODE 0x1000u
#define DECODED 100u /* a budget that is enough for code to be decoded and kept */

struct machine {
	molvm_vm *vm;
	molvm_vcpu *vcpu;
	molvm_run_page *page;
};

static int setup(void **state)
{
	molvm_config config = { .size = sizeof(config), .cpu = "750",
				.backend = getenv("MOLVM_TEST_BACKEND"),
				.flags = getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0 };
	struct machine *m = calloc(1, sizeof(*m));

	assert_int_equal(molvm_vm_create(&config, &m->vm), 0);
	assert_int_equal(molvm_map_ram(m->vm, 0, RAM, NULL, 0), 0);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->vcpu), 0);
	m->page = molvm_vcpu_page(m->vcpu);
	assert_int_equal(molvm_reg_set(m->vcpu, MOLVM_REG_MSR, 0), 0);
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct machine *m = *state;

	molvm_vm_destroy(m->vm);
	free(m);
	return 0;
}

static void put_words(struct machine *m, uint64_t pa, const uint32_t *word, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		uint8_t b[4] = { (uint8_t)(word[k] >> 24), (uint8_t)(word[k] >> 16),
				 (uint8_t)(word[k] >> 8), (uint8_t)word[k] };

		assert_int_equal(molvm_mem_write(m->vm, pa + 4 * k, b, 4), 0);
	}
}
#define PUT(m, pa, ...)                                                                            \
	put_words(m, pa, (const uint32_t[]){ __VA_ARGS__ },                                        \
		  sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static void set(struct machine *m, uint32_t reg, uint64_t value)
{
	assert_int_equal(molvm_reg_set(m->vcpu, reg, value), 0);
}

static uint64_t get(struct machine *m, uint32_t reg)
{
	uint64_t value = 0;

	assert_int_equal(molvm_reg_get(m->vcpu, reg, &value), 0);
	return value;
}
#define R(n) MOLVM_REG_GPR(n)

static void run_exactly(struct machine *m, uint64_t budget)
{
	m->page->insn_budget = budget;
	assert_int_equal(molvm_run(m->vcpu), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->insns, budget);
}

static void run_from(struct machine *m, uint64_t pc, uint64_t budget)
{
	set(m, MOLVM_REG_PC, pc);
	run_exactly(m, budget);
}

/* ---- budgets ---- */

/* A loop with a conditional branch in the block, a call and a return. */
static void put_loop(struct machine *m)
{
	PUT(m, CODE, ADDI(3, 3, 1), CMPWI(3, 7), BEQ(12), ADDI(4, 4, 3), ADDI(5, 5, 1), STW(4, 0x3000, 0),
	    BL(8), B(-28), ADDI(6, 6, 1), BLR);
}

static void a_budget_ends_exactly_wherever_in_a_block_it_falls(void **state)
{
	struct machine *m = *state;
	uint64_t pc = CODE, r4 = 0, r6 = 0;

	put_loop(m);
	for (uint64_t budget = 1; budget < 120; budget++) {
		for (unsigned n = 3; n <= 6; n++)
			set(m, R(n), 0);
		set(m, MOLVM_REG_PC, CODE);
		for (uint64_t n = 0; n < budget; n++)
			run_exactly(m, 1);
		pc = get(m, MOLVM_REG_PC);
		r4 = get(m, R(4));
		r6 = get(m, R(6));
		for (unsigned n = 3; n <= 6; n++)
			set(m, R(n), 0);
		run_from(m, CODE, budget);
		assert_int_equal(get(m, MOLVM_REG_PC), pc);
		assert_int_equal(get(m, R(4)), r4);
		assert_int_equal(get(m, R(6)), r6);
	}
}

static void mftb_inside_a_block_counts_the_instructions_before_it(void **state)
{
	struct machine *m = *state;
	molvm_clock clock = { .size = sizeof(clock), .mode = MOLVM_CLOCK_INSN, .num = 1, .den = 1 };

	assert_int_equal(molvm_clock_set(m->vm, &clock), 0);
	PUT(m, CODE, NOP, NOP, MFTB(3), NOP, MFTB(4), B(4), NOP, MFTB(5), B(0));
	for (uint64_t n = 0; n < 3; n++) {
		run_from(m, CODE, DECODED);
		assert_int_equal(get(m, R(3)), n * DECODED + 2);
		assert_int_equal(get(m, R(4)), n * DECODED + 4);
		assert_int_equal(get(m, R(5)), n * DECODED + 7);
	}
	run_from(m, CODE, 8); /* step by step */
	assert_int_equal(get(m, R(5)), 3 * DECODED + 7);
}

/* ---- code that changes ---- */

static void a_store_to_the_next_instruction_takes_effect_at_once(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, NOP, STW(4, CODE + 8, 0), ADDI(3, 3, 1), B(0));
	set(m, R(4), ADDI(3, 3, 100));
	run_from(m, CODE, DECODED);
	assert_int_equal(get(m, R(3)), 100);
}

static void a_store_further_on_in_the_same_block_takes_effect(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, STW(4, CODE + 12, 0), NOP, NOP, ADDI(3, 3, 1), B(0));
	set(m, R(4), ADDI(3, 3, 100));
	run_from(m, CODE, DECODED);
	assert_int_equal(get(m, R(3)), 100);
	set(m, R(4), ADDI(3, 3, 1000));
	run_from(m, CODE, DECODED);
	assert_int_equal(get(m, R(3)), 1100);
}

static void a_store_to_code_through_an_alias_takes_effect(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_map_alias(m->vm, 0x200000, RAM, 0), 0);
	PUT(m, CODE, STW(4, 0, 5), ADDI(3, 3, 1), B(-8));
	set(m, R(5), 0x200000 + 0x3000); /* elsewhere first */
	run_from(m, CODE, 30);
	assert_int_equal(get(m, R(3)), 10);
	set(m, R(4), ADDI(3, 3, 100));
	set(m, R(5), 0x200000 + CODE + 4);
	run_from(m, CODE, 3);
	assert_int_equal(get(m, R(3)), 110);
}

static void data_stored_beside_code_on_its_page_leaves_the_code_right(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, ADDI(3, 3, 1), STW(3, CODE + 20, 0), STW(3, CODE + 0x800, 0), LWZ(4, CODE + 20, 0),
	    B(-16));
	run_from(m, CODE, 5000);
	assert_int_equal(get(m, R(3)), 1000);
	assert_int_equal(get(m, R(4)), 1000);
}

static void code_written_by_the_embedder_is_run(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, ADDI(3, 3, 1), B(-4));
	run_from(m, CODE, 20);
	PUT(m, CODE, ADDI(3, 3, 100));
	run_from(m, CODE, 20);
	assert_int_equal(get(m, R(3)), 10 + 1000);
}

static void icbi_reaches_code_written_through_a_raw_pointer(void **state)
{
	struct machine *m = *state;
	static const uint8_t addi_100[4] = { 0x38, 0x63, 0x00, 0x64 };
	void *host;

	PUT(m, CODE, ADDI(3, 3, 1), B(-4));
	PUT(m, 0x2000, ICBI(0, 4), ISYNC, B(-8));
	run_from(m, CODE, 20);
	assert_int_equal(molvm_mem_ptr(m->vm, CODE, 4, &host), 0);
	memcpy(host, addi_100, 4);
	set(m, R(4), CODE + 28);
	run_from(m, 0x2000, 2);
	run_from(m, CODE, 20);
	assert_int_equal(get(m, R(3)), 10 + 1000);
}

static void code_that_rewrites_itself_at_every_turn_stays_right(void **state)
{
	struct machine *m = *state;

	/* each turn stores one of two words into the subroutine and calls it */
	PUT(m, CODE, STW(4, 0x2000, 0), BL(0x2000 - CODE - 4), STW(5, 0x2000, 0),
	    BL(0x2000 - CODE - 12), BDNZ(-16), B(0));
	PUT(m, 0x2000, NOP, BLR);
	set(m, R(4), ADDI(3, 3, 1));
	set(m, R(5), ADDI(6, 6, 1));
	set(m, MOLVM_REG_SPR(9), 50000);
	run_from(m, CODE, 50000 * 9 + 1);
	assert_int_equal(get(m, R(3)), 50000);
	assert_int_equal(get(m, R(6)), 50000);
	assert_int_equal(get(m, MOLVM_REG_PC), CODE + 20);
}

/* ---- the memory map changes ---- */

static uint8_t spare[4096] __attribute__((aligned(4096)));

static void fill_spare(uint32_t at, uint32_t word)
{
	for (unsigned n = 0; n < 4; n++)
		spare[at + n] = (uint8_t)(word >> (24 - 8 * n));
}

static void put_spare_at(struct machine *m, uint64_t gpa)
{
	assert_int_equal(molvm_unmap(m->vm, gpa, 4096), 0);
	assert_int_equal(molvm_map_ram(m->vm, gpa, 4096, spare, 0), 0);
}

static void other_memory_mapped_over_code_is_run(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, ADDI(3, 3, 1), B(-4));
	run_from(m, CODE, 20);
	fill_spare(0, ADDI(3, 3, 100));
	fill_spare(4, B(-4));
	put_spare_at(m, CODE);
	run_from(m, CODE, 20);
	assert_int_equal(get(m, R(3)), 10 + 1000);
}

static int remap_on_write(void *opaque, molvm_access *a)
{
	(void)a;
	put_spare_at(opaque, CODE);
	return MOLVM_MMIO_OK;
}

static void a_device_may_change_the_map_under_the_running_code(void **state)
{
	struct machine *m = *state;
	molvm_device_ops ops = { .size = sizeof(ops), .write = remap_on_write };

	assert_int_equal(molvm_map_device(m->vm, 0x200000, 4096, &ops, m), 0);
	PUT(m, CODE, STW(4, 0, 5), ADDI(3, 3, 1), B(0));
	fill_spare(0, NOP);
	fill_spare(4, ADDI(3, 3, 100));
	fill_spare(8, B(0));
	set(m, R(5), 0x200000);
	run_from(m, CODE, DECODED);
	assert_int_equal(get(m, R(3)), 100);
}

/* ---- where there is no code ---- */

static void assert_checkstop(struct machine *m, uint64_t pc)
{
	set(m, MOLVM_REG_PC, pc);
	m->page->insn_budget = 1000;
	assert_int_equal(molvm_run(m->vcpu), MOLVM_EXIT_SYSTEM);
	assert_int_equal(m->page->u.system.type, MOLVM_SYS_CHECKSTOP);
}

static void running_off_the_end_of_memory_is_a_machine_check(void **state)
{
	struct machine *m = *state;

	PUT(m, RAM - 8, NOP, NOP);
	assert_checkstop(m, RAM - 8);
	assert_int_equal(m->page->insns, 2);
}

static void fetching_from_a_device_is_a_machine_check(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_map_device(m->vm, 0x200000, 4096, NULL, NULL), 0);
	assert_checkstop(m, 0x200000);
	assert_int_equal(m->page->insns, 0);
}

static void code_goes_on_from_one_page_to_the_next(void **state)
{
	struct machine *m = *state;

	for (uint32_t at = CODE; at < CODE + 3 * 4096; at += 4)
		PUT(m, at, ADDI(3, 3, 1));
	PUT(m, CODE + 3 * 4096, B(-3 * 4096));
	run_from(m, CODE, 5 * (3 * 1024 + 1));
	assert_int_equal(get(m, R(3)), 5 * 3 * 1024);
	assert_int_equal(get(m, MOLVM_REG_PC), CODE);
}

static void the_low_bits_of_a_branch_target_are_ignored(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, BLR);
	PUT(m, 0x2000, ADDI(3, 3, 1));
	set(m, MOLVM_REG_SPR(8), 0x2003);
	run_from(m, CODE, 2);
	assert_int_equal(get(m, R(3)), 1);
}

/* ---- leaving ---- */

static void *kick_soon(void *opaque)
{
	struct machine *m = opaque;

	usleep(20000);
	molvm_vcpu_kick(m->vcpu);
	return NULL;
}

static void an_endless_loop_is_left_on_a_kick(void **state)
{
	struct machine *m = *state;
	pthread_t thread;

	PUT(m, CODE, B(0));
	set(m, MOLVM_REG_PC, CODE);
	m->page->insn_budget = 0;
	assert_int_equal(pthread_create(&thread, NULL, kick_soon, m), 0);
	assert_int_equal(molvm_run(m->vcpu), MOLVM_EXIT_KICKED);
	pthread_join(thread, NULL);
	assert_true(m->page->insns > 1000);
	assert_int_equal(m->page->pc, CODE);
}

static void a_breakpoint_inside_a_decoded_block_stops_before_its_instruction(void **state)
{
	struct machine *m = *state;
	int id;

	PUT(m, CODE, ADDI(3, 3, 1), ADDI(4, 4, 1), ADDI(5, 5, 1), B(-12));
	run_from(m, CODE, 40);
	id = molvm_break_add(m->vm, MOLVM_BREAK_EXEC, CODE + 8, 4);
	assert_true(id >= 0);
	m->page->insn_budget = 0;
	for (unsigned n = 1; n < 5; n++) {
		assert_int_equal(molvm_run(m->vcpu), MOLVM_EXIT_DEBUG);
		assert_int_equal(m->page->pc, CODE + 8);
		assert_int_equal(get(m, R(4)), 10 + n);
		assert_int_equal(get(m, R(5)), 10 + n - 1);
	}
	assert_int_equal(molvm_break_remove(m->vm, id), 0);
	run_exactly(m, 40);
}

/* ---- translation and mode ---- */

#define HTAB 0x80000u
#define EA 0x10000000u

/* EA's page, under a VSID whose PTEG has room: one entry of the primary group [PEM 7.6.1]. */
static void put_pte(struct machine *m, uint32_t vsid, uint32_t pa)
{
	PUT(m, HTAB + (vsid & 0x3ff) * 64, 0x80000000u | vsid << 7, pa | 0x192);
}

/* Instructions below 256 MiB through BAT 0, EA through segment 1 and the table. */
static void translate(struct machine *m)
{
	set(m, MOLVM_REG_SPR(528), 0x1fff);
	set(m, MOLVM_REG_SPR(529), 2);
	set(m, MOLVM_REG_SPR(25), HTAB);
	set(m, MOLVM_REG_MSR, MSR_IR);
	PUT(m, 0x20000, ADDI(3, 3, 1), BLR);
	PUT(m, 0x21000, ADDI(4, 4, 1), BLR);
	set(m, R(9), EA);
}

static void switching_a_segment_switches_the_code(void **state)
{
	struct machine *m = *state;

	translate(m);
	put_pte(m, 5, 0x20000);
	put_pte(m, 6, 0x21000);
	PUT(m, CODE, MTLR(9), MTSR(1, 10), ISYNC, BLRL, MTLR(9), MTSR(1, 11), ISYNC, BLRL, B(-32));
	set(m, R(10), 5);
	set(m, R(11), 6);
	run_from(m, CODE, 100 * 13);
	assert_int_equal(get(m, R(3)), 100);
	assert_int_equal(get(m, R(4)), 100);
}

static void tlbie_makes_a_changed_table_entry_seen(void **state)
{
	struct machine *m = *state;

	translate(m);
	put_pte(m, 5, 0x20000);
	PUT(m, CODE, MTLR(9), TLBIE(9), ISYNC, BLRL, B(-16));
	set(m, MOLVM_REG_SR(1), 5);
	run_from(m, CODE, 10 * 7);
	put_pte(m, 5, 0x21000);
	run_from(m, CODE, 10 * 7);
	assert_int_equal(get(m, R(3)), 10);
	assert_int_equal(get(m, R(4)), 10);
}

static void a_link_made_while_a_mapping_changed_does_not_outlive_it(void **state)
{
	struct machine *m = *state;

	translate(m);
	PUT(m, 0x20000, TLBIE(9), B(8), NOP, ADDI(3, 3, 1), BLR);
	PUT(m, 0x21000, NOP, NOP, NOP, ADDI(4, 4, 1), BLR);
	PUT(m, CODE, MTLR(9), TLBIE(9), ISYNC, BLRL, B(0));
	PUT(m, CODE + 64, MTLR(9), BLRL, B(0)); /* without tlbie: the old page until the new one's */
	set(m, MOLVM_REG_SR(1), 5);
	put_pte(m, 5, 0x20000);
	run_from(m, CODE, 5); /* up to EA + 4 */
	put_pte(m, 5, 0x21000);
	run_from(m, CODE + 64, DECODED);
	put_pte(m, 5, 0x20000);
	set(m, R(3), 0);
	run_from(m, CODE, DECODED);
	assert_int_equal(get(m, R(3)), 1);
}

static void moving_a_bat_moves_the_code(void **state)
{
	struct machine *m = *state;

	translate(m);
	PUT(m, 0x40000, ADDI(4, 4, 1), BLR);
	set(m, MOLVM_REG_SPR(530), EA | 3); /* 128 KiB, valid for both */
	PUT(m, CODE, MTLR(9), MTSPR(531, 10), ISYNC, BLRL, MTLR(9), MTSPR(531, 11), ISYNC, BLRL, B(-32));
	set(m, R(10), 0x20002);
	set(m, R(11), 0x40002);
	run_from(m, CODE, 100 * 13);
	assert_int_equal(get(m, R(3)), 100);
	assert_int_equal(get(m, R(4)), 100);
}

static void code_unmapped_from_the_table_is_an_isi_after_tlbie(void **state)
{
	struct machine *m = *state;

	translate(m);
	put_pte(m, 5, 0x20000);
	PUT(m, CODE, MTLR(9), TLBIE(9), ISYNC, BLRL, B(-16));
	set(m, MOLVM_REG_SR(1), 5);
	run_from(m, CODE, 10 * 7);
	PUT(m, HTAB + 5 * 64, 0);
	m->page->trap_exceptions = 1u << 4;
	set(m, MOLVM_REG_PC, CODE);
	m->page->insn_budget = 1000;
	assert_int_equal(molvm_run(m->vcpu), MOLVM_EXIT_EXCEPTION);
	assert_int_equal(m->page->u.exception.vector, 0x400);
	assert_int_equal(m->page->u.exception.srr0, EA);
	assert_int_equal(m->page->insns, 4);
}

static void assert_program_exception(struct machine *m, uint32_t vector)
{
	m->page->trap_exceptions = ~0ull;
	set(m, MOLVM_REG_PC, CODE);
	m->page->insn_budget = 1000;
	assert_int_equal(molvm_run(m->vcpu), MOLVM_EXIT_EXCEPTION);
	assert_int_equal(m->page->u.exception.vector, vector);
	assert_int_equal(m->page->u.exception.srr0, CODE + 4);
}

static void code_decoded_for_the_supervisor_is_still_privileged_for_a_user(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, NOP, MFMSR(3), B(-8));
	run_from(m, CODE, 30);
	set(m, MOLVM_REG_MSR, MSR_PR);
	assert_program_exception(m, 0x700);
}

static void code_decoded_with_fp_on_is_unavailable_with_fp_off(void **state)
{
	struct machine *m = *state;

	PUT(m, CODE, NOP, FADD, B(-8));
	set(m, MOLVM_REG_MSR, 0x2000);
	run_from(m, CODE, 30);
	set(m, MOLVM_REG_MSR, 0);
	assert_program_exception(m, 0x800);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_budget_ends_exactly_wherever_in_a_block_it_falls),
		T(mftb_inside_a_block_counts_the_instructions_before_it),
		T(a_store_to_the_next_instruction_takes_effect_at_once),
		T(a_store_further_on_in_the_same_block_takes_effect),
		T(a_store_to_code_through_an_alias_takes_effect),
		T(data_stored_beside_code_on_its_page_leaves_the_code_right),
		T(code_written_by_the_embedder_is_run),
		T(icbi_reaches_code_written_through_a_raw_pointer),
		T(code_that_rewrites_itself_at_every_turn_stays_right),
		T(other_memory_mapped_over_code_is_run),
		T(a_device_may_change_the_map_under_the_running_code),
		T(running_off_the_end_of_memory_is_a_machine_check),
		T(fetching_from_a_device_is_a_machine_check),
		T(code_goes_on_from_one_page_to_the_next),
		T(the_low_bits_of_a_branch_target_are_ignored),
		T(an_endless_loop_is_left_on_a_kick),
		T(a_breakpoint_inside_a_decoded_block_stops_before_its_instruction),
		T(switching_a_segment_switches_the_code),
		T(tlbie_makes_a_changed_table_entry_seen),
		T(a_link_made_while_a_mapping_changed_does_not_outlive_it),
		T(moving_a_bat_moves_the_code),
		T(code_unmapped_from_the_table_is_an_isi_after_tlbie),
		T(code_decoded_for_the_supervisor_is_still_privileged_for_a_user),
		T(code_decoded_with_fp_on_is_unavailable_with_fp_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
