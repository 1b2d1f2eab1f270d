/* SPDX-License-Identifier: MIT
 * test_api_regs.c - every register by number and name, and effective addresses.
 */
#include "vm_fixture.h"

#define SPR_SDR1 25
#define SPR_DBAT0U 536
#define SPR_DBAT0L 537
#define MSR_DR 0x10u
#define MSR_PR 0x4000u

static void every_listed_register_is_found_by_its_name_and_can_be_read(void **state)
{
	struct machine *m = *state;
	molvm_reg_desc d = { .size = sizeof(d) };
	unsigned seen = 0;

	for (uint32_t n = 0; !molvm_reg_info(m->vm, n, &d); n++, seen++) {
		molvm_value v;
		uint32_t id;

		assert_int_equal(molvm_reg_find(m->vm, d.name, &id), 0);
		assert_int_equal(id, d.id);
		assert_true(d.bits == 32 || d.bits == 64 || d.bits == 128);
		assert_int_equal(molvm_regs_get(m->cpu, &id, &v, 1), 0);
		assert_int_equal(molvm_regs_set(m->cpu, &id, &v, 1), 0);
	}
	assert_true(seen > 150);
	assert_int_equal(molvm_reg_find(m->vm, "no-such-register-at-all-in-this-processor", &seen),
			 MOLVM_E_NOENT);
}

static void names_are_found_in_either_case(void **state)
{
	struct machine *m = *state;
	static const struct {
		const char *name;
		uint32_t id;
	} known[] = {
		{ "r31", MOLVM_REG_GPR(31) }, { "f0", MOLVM_REG_FPR(0) }, { "V17", MOLVM_REG_VR(17) },
		{ "pc", MOLVM_REG_PC },       { "SRR0", MOLVM_REG_SPR(26) }, { "dec", MOLVM_REG_SPR(22) },
		{ "lr", MOLVM_REG_SPR(8) },   { "sr15", MOLVM_REG_SR(15) },  { "hid0", MOLVM_REG_SPR(1008) },
		{ "Dbat0u", MOLVM_REG_SPR(SPR_DBAT0U) },
	};
	uint32_t id;

	for (unsigned n = 0; n < sizeof(known) / sizeof(known[0]); n++) {
		assert_int_equal(molvm_reg_find(m->vm, known[n].name, &id), 0);
		assert_int_equal(id, known[n].id);
	}
}

static void what_is_written_is_read_back(void **state)
{
	struct machine *m = *state;
	static const uint32_t ids[] = {
		MOLVM_REG_GPR(7), MOLVM_REG_CR, MOLVM_REG_SR(3), MOLVM_REG_SPR(26), MOLVM_REG_SPR(8),
		MOLVM_REG_SPR(9), MOLVM_REG_SPR(272),
	};

	for (unsigned n = 0; n < sizeof(ids) / sizeof(ids[0]); n++) {
		set_reg(m, ids[n], 0x12345678);
		assert_int_equal(reg(m, ids[n]), 0x12345678);
	}
	set_reg(m, MOLVM_REG_FPR(9), 0x3ff8000000000000);
	assert_int_equal(reg(m, MOLVM_REG_FPR(9)), 0x3ff8000000000000);
	set_reg(m, MOLVM_REG_RESERVE, 0x1001);
	assert_int_equal(reg(m, MOLVM_REG_RESERVE), 0x1001);
	set_reg(m, MOLVM_REG_TB, 0x123456789abcdef0);
	assert_true(reg(m, MOLVM_REG_TB) - 0x123456789abcdef0 < 25000000);
}

static void the_summaries_in_the_fpscr_follow_from_its_other_bits(void **state)
{
	struct machine *m = *state;

	set_reg(m, MOLVM_REG_FPSCR, 0x60000003); /* FEX, VX, RN */
	assert_int_equal(reg(m, MOLVM_REG_FPSCR), 0x00000003);
	set_reg(m, MOLVM_REG_FPSCR, 0x01000080); /* VXSNAN, VE */
	assert_int_equal(reg(m, MOLVM_REG_FPSCR), 0x61000080);
}

static void vector_registers_are_bytes_as_in_memory(void **state)
{
	struct machine *m = *state;
	const uint32_t ids[2] = { MOLVM_REG_VR(5), MOLVM_REG_GPR(3) };
	molvm_value in[2] = { 0 }, out[2];
	uint64_t v;

	for (unsigned n = 0; n < 16; n++)
		in[0].b[n] = (uint8_t)(0xa0 + n);
	in[1].u64 = 0x2000;
	assert_int_equal(molvm_regs_set(m->cpu, ids, in, 2), 0);
	assert_int_equal(molvm_regs_get(m->cpu, ids, out, 2), 0);
	assert_memory_equal(out, in, sizeof(in));
	assert_int_equal(molvm_reg_get(m->cpu, ids[0], &v), MOLVM_E_INVAL);
	set_reg(m, MOLVM_REG_MSR, 0x02000000); /* VEC */
	put(m, X_FORM(5, 0, 3, 231));          /* stvx v5,0,r3 */
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(word_at(m, 0x2000), 0xa0a1a2a3);
	assert_int_equal(word_at(m, 0x200c), 0xacadaeaf);
}

static void values_that_do_not_fit_and_unknown_numbers_are_refused(void **state)
{
	struct machine *m = *state;
	uint64_t v;

	assert_int_equal(molvm_reg_set(m->cpu, MOLVM_REG_GPR(3), 1ull << 32), MOLVM_E_INVAL);
	assert_int_equal(molvm_reg_set(m->cpu, MOLVM_REG_PC, 2), MOLVM_E_INVAL);
	assert_int_equal(molvm_reg_get(m->cpu, MOLVM_REG_GPR(32), &v), MOLVM_E_NOENT);
	assert_int_equal(molvm_reg_get(m->cpu, MOLVM_REG_SPR(1023 + 5), &v), MOLVM_E_NOENT);
	assert_int_equal(molvm_reg_get(m->cpu, MOLVM_REG_SPR(914), &v), MOLVM_E_NOENT);
	assert_non_null(strstr(molvm_errmsg(), "7400"));
	assert_int_equal(molvm_reg_get(m->cpu, 0, &v), MOLVM_E_NOENT);
	assert_int_equal(molvm_reg_get(m->cpu, 0xffffffff, &v), MOLVM_E_NOENT);
}

static int setup_750(void **state)
{
	molvm_config cfg = { .size = sizeof(cfg), .cpu = "750" };

	return machine_create(state, &cfg);
}

static void model_without_altivec_has_no_vector_registers(void **state)
{
	struct machine *m = *state;
	const uint32_t id = MOLVM_REG_VR(0);
	molvm_value v;

	assert_int_equal(molvm_regs_get(m->cpu, &id, &v, 1), MOLVM_E_NOENT);
}

/* ---- effective addresses ---- */

/* DBAT0: 0x80000000 for 128 KiB at 0x20000, supervisor and user, read and write. */
static void map_bat(struct machine *m)
{
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U), 0x80000003);
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0L), 0x00020002);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_DR);
}

static void translation_tells_kind_address_and_rights(void **state)
{
	struct machine *m = *state;
	molvm_xlate x = { .size = sizeof(x) };

	assert_int_equal(molvm_translate(m->cpu, 0x1234, MOLVM_ACC_READ, &x), 0);
	assert_int_equal(x.kind, MOLVM_XLATE_REAL);
	assert_int_equal(x.gpa, 0x1234);
	map_bat(m);
	assert_int_equal(molvm_translate(m->cpu, 0x80001234, MOLVM_ACC_WRITE, &x), 0);
	assert_int_equal(x.kind, MOLVM_XLATE_BAT);
	assert_int_equal(x.gpa, 0x21234);
	assert_int_equal(x.page_size, 0x20000);
	assert_int_equal(x.prot, MOLVM_ACC_READ | MOLVM_ACC_WRITE);
	assert_int_equal(molvm_translate(m->cpu, 0x90000000, MOLVM_ACC_WRITE, &x), MOLVM_E_FAULT);
	assert_int_equal(x.fault, 0x42000000); /* no PTE, store */
	assert_int_equal(molvm_translate(m->cpu, 0, 3, &x), MOLVM_E_INVAL);
	assert_int_equal(molvm_translate(m->cpu, 1ull << 32, 1, &x), MOLVM_E_INVAL);
}

static void effective_copies_translate_page_by_page(void **state)
{
	struct machine *m = *state;
	uint8_t b[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, c[8];

	map_bat(m);
	assert_int_equal(molvm_ea_write(m->cpu, 0x80000ffc, b, 8), 0);
	assert_int_equal(word_at(m, 0x20ffc), 0x01020304);
	assert_int_equal(word_at(m, 0x21000), 0x05060708);
	assert_int_equal(molvm_ea_read(m->cpu, 0x80000ffc, c, 8), 0);
	assert_memory_equal(b, c, 8);
	assert_int_equal(molvm_ea_write(m->cpu, 0x8001fffc, b, 8), MOLVM_E_FAULT);
	assert_int_equal(word_at(m, 0x3fffc), 0);
}

static void guest_sees_a_bat_written_by_the_embedder_at_once(void **state)
{
	struct machine *m = *state;

	map_bat(m);
	put_at(m, 0x20000, 1);
	put_at(m, 0x40000, 2);
	set_gpr(m, 5, 0x80000000);
	put(m, LWZ(7, 0, 5));
	put(m, B(-4));
	assert_int_equal(run_for(m, 20), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 1);
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0L), 0x00040002);
	assert_int_equal(run_for(m, 20), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 2);
}

/* A page of a hashed page table of 64 KiB at 0x10000, entry 0 of its group [PEM 7.6]. */
static void map_page(struct machine *m, uint32_t vsid, uint32_t ea, uint32_t pa)
{
	uint32_t hash = vsid ^ (ea >> 12 & 0xffff), pte = 0x10000 + (hash & 0x3ff) * 64;

	put_at(m, pte, 0x80000000 | vsid << 7 | (ea >> 22 & 0x3f));
	put_at(m, pte + 4, pa | 0x182); /* R, C, read and write */
}

static void guest_sees_a_segment_register_written_by_the_embedder_at_once(void **state)
{
	struct machine *m = *state;

	map_page(m, 1, 0x30004000, 0x20000);
	map_page(m, 2, 0x30004000, 0x21000);
	put_at(m, 0x20000, 111);
	put_at(m, 0x21000, 222);
	set_reg(m, MOLVM_REG_SPR(SPR_SDR1), 0x10000);
	set_reg(m, MOLVM_REG_SR(3), 1);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_DR);
	set_gpr(m, 5, 0x30004000);
	put(m, LWZ(7, 0, 5));
	put(m, B(-4));
	assert_int_equal(run_for(m, 20), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 111);
	set_reg(m, MOLVM_REG_SR(3), 2);
	assert_int_equal(run_for(m, 20), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 222);
}

static void page_table_in_demand_memory_is_brought_in(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_map_ram(m->vm, MIB, 0x10000, NULL, MOLVM_MEM_DEMAND), 0);
	set_reg(m, MOLVM_REG_SPR(SPR_SDR1), MIB);
	set_reg(m, MOLVM_REG_SR(3), 1);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_DR);
	set_gpr(m, 5, 0x30004000);
	put(m, LWZ(7, 0, 5));
	put_at(m, 0x20000, 111);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_MEM_FAULT);
	assert_int_equal(m->page->u.mem_fault.gpa, MIB);
	put_at(m, MIB + 5 * 64, 0x80000000 | 1 << 7);
	put_at(m, MIB + 5 * 64 + 4, 0x20182);
	/* Had it not been there, the secondary group would have been looked for. */
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 111);
}

static void stwcx_stores_by_any_reservation_and_ends_it(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, 0x2000);
	set_gpr(m, 6, 0x2020);
	put(m, LWARX(7, 0, 5));
	put(m, STWCX(5, 0, 6));
	put(m, STWCX(6, 0, 5));
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(word_at(m, 0x2020), 0x2000);
	assert_int_equal(reg(m, MOLVM_REG_CR) >> 28, 2);
	assert_int_equal(reg(m, MOLVM_REG_RESERVE) & 1, 0);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(word_at(m, 0x2000), 0);
	assert_int_equal(reg(m, MOLVM_REG_CR) >> 28, 0);
}

static void reservation_is_lost_to_a_write_by_the_embedder(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, 0x2000);
	put(m, LWARX(6, 0, 5));
	put(m, STWCX(5, 0, 5));
	put(m, B(-8));
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(word_at(m, 0x2000), 0x2000);
	run_for(m, 1);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_RESERVE), 0x2001);
	put_at(m, 0x2004, 9);
	assert_int_equal(reg(m, MOLVM_REG_RESERVE) & 1, 0);
	put_at(m, 0x2000, 7);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(word_at(m, 0x2000), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(every_listed_register_is_found_by_its_name_and_can_be_read),
		MACHINE_TEST(names_are_found_in_either_case),
		MACHINE_TEST(what_is_written_is_read_back),
		MACHINE_TEST(the_summaries_in_the_fpscr_follow_from_its_other_bits),
		MACHINE_TEST(vector_registers_are_bytes_as_in_memory),
		MACHINE_TEST(values_that_do_not_fit_and_unknown_numbers_are_refused),
		cmocka_unit_test_setup_teardown(model_without_altivec_has_no_vector_registers, setup_750,
						machine_teardown),
		MACHINE_TEST(translation_tells_kind_address_and_rights),
		MACHINE_TEST(effective_copies_translate_page_by_page),
		MACHINE_TEST(guest_sees_a_bat_written_by_the_embedder_at_once),
		MACHINE_TEST(guest_sees_a_segment_register_written_by_the_embedder_at_once),
		MACHINE_TEST(page_table_in_demand_memory_is_brought_in),
		MACHINE_TEST(stwcx_stores_by_any_reservation_and_ends_it),
		MACHINE_TEST(reservation_is_lost_to_a_write_by_the_embedder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
