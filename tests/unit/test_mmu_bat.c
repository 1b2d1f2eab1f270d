/* SPDX-License-Identifier: MIT
 * test_mmu_bat.c - real addressing mode and block address translation
 * [PEM 7.3, 7.4; 7450 UM chapter 5].
 */
#include "mmu_fixture.h"

#define BL_128K 0u
#define BL_256M 0x1ffcu /* the BL field, in place */
#define VS 2u
#define VP 1u
#define RW 2u
#define RO 1u

static void ea_is_pa_when_translation_is_off(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.msr = 0;
	set_bat(f, false, 0, 0xfff00000 | BL_256M | VS, 0x10000000 | RW);
	assert_translates(f, 0xfff00100, LOAD, 0xfff00100);
	assert_int_equal(f->out.kind, MOL_XLAT_REAL);
	assert_true(f->out.can_read && f->out.can_write && f->out.changed);
	assert_translates(f, 0xfff00100, STORE, 0xfff00100);
	assert_translates(f, 0xfff00100, FETCH, 0xfff00100);
	assert_int_equal(f->reads + f->writes, 0);
}

static void real_mode_data_are_coherent_and_guarded(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.msr = 0;
	assert_translates(f, 0x1000, LOAD, 0x1000);
	assert_int_equal(f->out.wimg, MOL_WIMG_M | MOL_WIMG_G);
	assert_translates(f, 0x1000, FETCH, 0x1000);
	assert_int_equal(f->out.wimg, MOL_WIMG_G);
}

static void ir_and_dr_are_independent(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.msr = PPC_MSR_DR;
	assert_translates(f, 0x5000, FETCH, 0x5000);
	assert_dsi(f, 0x5000, LOAD, 0x40000000);
	f->cpu.r.msr = PPC_MSR_IR;
	assert_translates(f, 0x5000, LOAD, 0x5000);
	assert_isi(f, 0x5000, 0x40000000);
}

static void a_fetch_uses_the_ibats_and_a_load_the_dbats(void **state)
{
	struct fixture *f = *state;

	set_bat(f, true, 1, 0x40000000 | BL_128K | VS, 0x00100000 | RW);
	set_bat(f, false, 2, 0x40000000 | BL_128K | VS, 0x00200000 | RW);
	assert_translates(f, 0x40001234, FETCH, 0x00101234);
	assert_translates(f, 0x40001234, LOAD, 0x00201234);
	assert_int_equal(f->out.kind, MOL_XLAT_BAT);
	assert_int_equal(f->out.block, 0x20000);
}

static void a_block_has_the_size_that_bl_says(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n <= 11; n++) {
		uint32_t size = 0x20000u << n;
		uint32_t base = 0x70000000; /* not the end of memory: both neighbours exist */

		set_bat(f, false, 0, base | ((1u << n) - 1) << 2 | VS, 0x30000000 | RW);
		assert_translates(f, base, LOAD, 0x30000000);
		assert_int_equal(f->out.block, size);
		assert_translates(f, base + size - 1, LOAD, 0x30000000 + size - 1);
		assert_dsi(f, base - 1, LOAD, 0x40000000);
		assert_dsi(f, base + size, LOAD, 0x40000000);
	}
}

static void vs_is_for_supervisor_and_vp_for_user(void **state)
{
	struct fixture *f = *state;

	for (unsigned valid = 0; valid < 4; valid++) {
		for (unsigned user = 0; user < 2; user++) {
			set_user(f, user);
			set_bat(f, false, 0, 0x10000000 | valid, RW);
			assert_int_equal(translate(f, 0x10000000, LOAD),
					 user ? valid & 1 : valid >> 1);
			set_bat(f, true, 0, 0x10000000 | valid, RW);
			assert_int_equal(translate(f, 0x10000000, FETCH),
					 user ? valid & 1 : valid >> 1);
		}
	}
}

static void pp_of_a_block_is_none_read_write_read(void **state)
{
	struct fixture *f = *state;
	static const bool reads[4] = { false, true, true, true };
	static const bool writes[4] = { false, false, true, false };

	for (unsigned pp = 0; pp < 4; pp++) {
		set_bat(f, false, 0, 0x10000000 | VS, pp);
		set_bat(f, true, 0, 0x10000000 | VS, pp);
		if (reads[pp]) {
			assert_translates(f, 0x10000010, LOAD, 0x10);
			assert_int_equal(f->out.can_read, 1);
			assert_int_equal(f->out.can_write, writes[pp]);
			assert_translates(f, 0x10000010, FETCH, 0x10);
		} else {
			assert_dsi(f, 0x10000010, LOAD, 0x08000000);
			assert_isi(f, 0x10000010, 0x08000000);
		}
		if (writes[pp])
			assert_translates(f, 0x10000010, STORE, 0x10);
		else
			assert_dsi(f, 0x10000010, STORE, 0x0a000000);
	}
}

static void the_segment_key_does_not_matter_to_a_block(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[1] = 0x70000000; /* Ks, Kp, N */
	set_bat(f, false, 0, 0x10000000 | VS | VP, RW);
	set_bat(f, true, 0, 0x10000000 | VS | VP, RW);
	for (unsigned user = 0; user < 2; user++) {
		set_user(f, user);
		assert_translates(f, 0x10000000, STORE, 0);
		assert_translates(f, 0x10000000, FETCH, 0);
	}
}

static void bat_wins_when_segment_also_matches(void **state)
{
	struct fixture *f = *state;

	map_page(f, 0x30001000, 0x00400000 | PTE_R | PTE_C | RW);
	assert_translates(f, 0x30001000, LOAD, 0x00400000);
	set_bat(f, false, 0, 0x30000000 | VS, 0x00800000 | RW);
	assert_translates(f, 0x30001000, LOAD, 0x00801000);
}

static void bat_wins_over_the_page_even_to_deny(void **state)
{
	struct fixture *f = *state;

	map_page(f, 0x30001000, 0x00400000 | PTE_R | PTE_C | RW);
	set_bat(f, false, 0, 0x30000000 | VS, 0x00800000);
	assert_dsi(f, 0x30001000, LOAD, 0x08000000);
}

static void bat_wins_over_a_direct_store_segment(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[3] = 0x80000000;
	assert_true(mol_mmu_is_direct_store(&f->cpu, 0x30001000));
	set_bat(f, false, 0, 0x30000000 | VS, 0x00800000 | RW);
	assert_translates(f, 0x30001000, LOAD, 0x00801000);
	assert_false(mol_mmu_is_direct_store(&f->cpu, 0x30001000));
	assert_true(mol_mmu_is_direct_store(&f->cpu, 0x30021000));
	f->cpu.r.msr = 0;
	assert_false(mol_mmu_is_direct_store(&f->cpu, 0x30021000));
}

static void the_lowest_of_overlapping_bats_is_taken(void **state)
{
	struct fixture *f = *state;

	set_bat(f, false, 3, 0x30000000 | BL_256M | VS, 0x50000000 | RW);
	set_bat(f, false, 1, 0x30000000 | VS, 0x00800000 | RW);
	assert_translates(f, 0x30001000, LOAD, 0x00801000);
	assert_translates(f, 0x30021000, LOAD, 0x50021000);
}

static void wimg_of_a_block_is_handed_out(void **state)
{
	struct fixture *f = *state;

	for (unsigned wimg = 0; wimg < 16; wimg++) {
		set_bat(f, false, 0, 0x30000000 | VS, wimg << 3 | RW);
		assert_translates(f, 0x30000000, LOAD, 0);
		assert_int_equal(f->out.wimg, wimg);
		assert_int_equal(f->out.changed, 1);
	}
}

static void a_fetch_from_a_guarded_block_is_an_isi(void **state)
{
	struct fixture *f = *state;

	set_bat(f, true, 0, 0x30000000 | VS, 1u << 3 | RW);
	assert_isi(f, 0x30000000, 0x10000000);
}

static void a_malformed_block_translates_without_reaching_out_of_it(void **state)
{
	struct fixture *f = *state;
	uint32_t seed = 1;

	/* BL with holes, BRPN and BEPI bits below BL: undefined, but block must stay true. */
	for (unsigned n = 0; n < 20000; n++) {
		uint32_t upper, lower, ea, block;
		uint64_t pa;

		seed = seed * 1664525 + 1013904223;
		upper = (seed & 0xffffe000) | (seed >> 11 & 0x1ffc) | VS;
		seed = seed * 1664525 + 1013904223;
		lower = (seed & 0xfffe0000) | RW;
		set_bat(f, false, 0, upper, lower);
		ea = (upper & 0xfffe0000) & ~((upper & 0x1ffc) << 15);
		ea |= seed & 0x1ffff;
		if (!translate(f, ea, LOAD))
			continue;
		pa = f->out.pa;
		block = f->out.block;
		assert_true(block >= 0x20000 && block <= 0x10000000);
		assert_translates(f, ea & ~(block - 1), LOAD, pa & ~(uint64_t)(block - 1));
		assert_translates(f, ea | (block - 1), LOAD, pa | (block - 1));
	}
}

static void upper_bats_need_high_bat_en(void **state)
{
	struct fixture *f = *state;

	use_model(f, "7455");
	set_bat(f, false, 7, 0x30000000 | VS, 0x00800000 | RW);
	set_bat(f, true, 4, 0x30000000 | VS, 0x00900000 | RW);
	assert_dsi(f, 0x30000000, LOAD, 0x40000000);
	assert_isi(f, 0x30000000, 0x40000000);
	f->cpu.r.spr[PPC_SPR_HID0] = HID0_HIGH_BAT_EN;
	assert_translates(f, 0x30000000, LOAD, 0x00800000);
	assert_translates(f, 0x30000000, FETCH, 0x00900000);
}

static void upper_bats_are_the_7455s_alone(void **state)
{
	struct fixture *f = *state;
	static const char *const others[] = { "604e", "750", "7400", "7410", "7450" };

	for (unsigned n = 0; n < 5; n++) {
		use_model(f, others[n]);
		f->cpu.r.spr[PPC_SPR_HID0] = HID0_HIGH_BAT_EN | HID0_XBSEN;
		set_bat(f, false, 4, 0x30000000 | VS, 0x00800000 | RW);
		set_bat(f, false, 0, 0x40000000 | 0x3ffc | VS, 0);
		assert_dsi(f, 0x30000000, LOAD, 0x40000000);
		assert_dsi(f, 0x50000000, LOAD, 0x40000000); /* XBL is BEPI or reserved there */
	}
}

static void xbsen_extends_blocks_up_to_4_gib(void **state)
{
	struct fixture *f = *state;

	use_model(f, "7455");
	for (unsigned n = 11; n <= 15; n++) {
		uint64_t size = (uint64_t)0x20000 << n;
		uint32_t last = (uint32_t)(size - 1);

		set_bat(f, false, 0, ((1u << n) - 1) << 2 | VS, RW);
		f->cpu.r.spr[PPC_SPR_HID0] = HID0_XBSEN;
		assert_translates(f, last, LOAD, last);
		assert_int_equal(f->out.block, size > 0x80000000 ? 0x80000000 : size);
		if (n < 15)
			assert_dsi(f, last + 1, LOAD, 0x40000000);
		if (n > 11) {
			f->cpu.r.spr[PPC_SPR_HID0] = 0;
			assert_dsi(f, last, LOAD, 0x40000000);
		}
	}
}

static void xaen_gives_a_block_four_more_address_bits(void **state)
{
	struct fixture *f = *state;

	use_model(f, "7450");
	set_bat(f, false, 0, 0x30000000 | VS, 0x00800000 | 0xa00 | 4 | RW);
	assert_translates(f, 0x30000004, LOAD, 0x00800004);
	f->cpu.r.spr[PPC_SPR_HID0] = HID0_XAEN;
	assert_translates(f, 0x30000004, LOAD, 0xb00800004);
	use_model(f, "7400");
	f->cpu.r.spr[PPC_SPR_HID0] = HID0_XAEN;
	set_bat(f, false, 0, 0x30000000 | VS, 0x00800000 | 0xa00 | 4 | RW);
	assert_translates(f, 0x30000004, LOAD, 0x00800004);
}

/* One stretch of addresses after the other, in which the answer is the same. */
static void what_data_bats_cover_is_told_by_stretches(void **state)
{
	static const struct {
		uint64_t end;
		bool covered;
	} want[] = {
		{ 0x30000000, false }, { 0x30020000, true },  { 0x30040000, true },
		{ 0x30100000, true },  { 0xfffe0000, false }, { 1ull << 32, true },
	};
	struct fixture *f = *state;
	uint64_t ea = 0, end;

	set_bat(f, false, 0, 0x30020000 | BL_128K | VS, 0x00080000 | RW);
	set_bat(f, false, 1, 0x30000000 | 7u << 2 | VS, 0x00000000 | RW); /* 1 MiB */
	set_bat(f, false, 2, 0xfffe0000 | BL_128K | VS, 0x00000000 | RW);
	set_bat(f, false, 3, 0x50000000 | BL_128K | VP, 0x00000000 | RW); /* not the supervisor's */
	for (size_t n = 0; n < sizeof(want) / sizeof(want[0]); n++, ea = end) {
		assert_int_equal(mol_mmu_dbat_covers(&f->cpu, (uint32_t)ea, &end), want[n].covered);
		assert_int_equal(end, want[n].end);
	}
	/* A mask with a hole: nothing is said of such BATs. */
	set_bat(f, false, 2, 0xfffe0000 | 5u << 2 | VS, 0x00000000 | RW);
	assert_false(mol_mmu_dbat_covers(&f->cpu, 0x30000000, &end));
	assert_int_equal(end, 1ull << 32);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(ea_is_pa_when_translation_is_off),
		TEST(real_mode_data_are_coherent_and_guarded),
		TEST(ir_and_dr_are_independent),
		TEST(a_fetch_uses_the_ibats_and_a_load_the_dbats),
		TEST(a_block_has_the_size_that_bl_says),
		TEST(vs_is_for_supervisor_and_vp_for_user),
		TEST(pp_of_a_block_is_none_read_write_read),
		TEST(the_segment_key_does_not_matter_to_a_block),
		TEST(bat_wins_when_segment_also_matches),
		TEST(bat_wins_over_the_page_even_to_deny),
		TEST(bat_wins_over_a_direct_store_segment),
		TEST(what_data_bats_cover_is_told_by_stretches),
		TEST(the_lowest_of_overlapping_bats_is_taken),
		TEST(wimg_of_a_block_is_handed_out),
		TEST(a_fetch_from_a_guarded_block_is_an_isi),
		TEST(a_malformed_block_translates_without_reaching_out_of_it),
		TEST(upper_bats_need_high_bat_en),
		TEST(upper_bats_are_the_7455s_alone),
		TEST(xbsen_extends_blocks_up_to_4_gib),
		TEST(xaen_gives_a_block_four_more_address_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
