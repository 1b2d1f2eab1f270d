/* SPDX-License-Identifier: MIT
 * test_mmu_page.c - segments, the hashed page table, protection, history bits
 * and the causes of faults [PEM 7.5-7.7, 6.4.3, 6.4.4].
 */
#include "mmu_fixture.h"

#define VSID 0x123456u
#define RW 2u
#define RO 3u
#define PAGE (0x00400000u | PTE_R | PTE_C | RW)

static void a_page_is_found_in_each_slot_of_its_primary_group(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[5] = VSID;
	for (unsigned slot = 0; slot < 8; slot++) {
		uint32_t ea = 0x5abc0000 + slot * 0x1000;
		uint32_t pte = put_pte(f, VSID, ea, false, slot, 0x00500000 + slot * 0x1000 + RW);

		assert_translates(f, ea + 0x123, LOAD, 0x00500123 + slot * 0x1000);
		assert_int_equal(f->out.kind, MOL_XLAT_PAGE);
		assert_int_equal(f->out.block, 4096);
		assert_int_equal(f->out.vsid, VSID);
		assert_true(f->out.pte_pa == pte);
	}
}

static void a_page_is_found_in_each_slot_of_its_secondary_group(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[5] = VSID;
	for (unsigned slot = 0; slot < 8; slot++) {
		uint32_t ea = 0x5abc0000 + slot * 0x1000;
		uint32_t pte = put_pte(f, VSID, ea, true, slot, 0x00500000 + slot * 0x1000 + RW);

		assert_translates(f, ea + 0xfff, LOAD, 0x00500fff + slot * 0x1000);
		assert_true(f->out.pte_pa == pte);
	}
}

static void the_primary_group_is_searched_first_and_the_lowest_slot_first(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[5] = VSID;
	put_pte(f, VSID, 0x5abc0000, true, 0, 0x00100000 | RW);
	assert_translates(f, 0x5abc0000, LOAD, 0x00100000);
	put_pte(f, VSID, 0x5abc0000, false, 7, 0x00200000 | RW);
	assert_translates(f, 0x5abc0000, LOAD, 0x00200000);
	put_pte(f, VSID, 0x5abc0000, false, 2, 0x00300000 | RW);
	assert_translates(f, 0x5abc0000, LOAD, 0x00300000);
}

static void each_bit_of_v_vsid_h_and_api_must_match(void **state)
{
	struct fixture *f = *state;
	uint32_t pte = map_page(f, 0x5abc0000, PAGE);

	for (unsigned bit = 0; bit < 32; bit++) {
		f->ram[pte / 4] ^= 1u << bit;
		assert_dsi(f, 0x5abc0000, LOAD, 0x40000000);
		f->ram[pte / 4] ^= 1u << bit;
		assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
	}
	/* H = 0 in the secondary group is no match either. */
	memset(f->ram, 0, RAM_BYTES);
	pte = put_pte(f, VSID, 0x5abc0000, true, 0, PAGE);
	f->ram[pte / 4] ^= 0x40;
	assert_dsi(f, 0x5abc0000, LOAD, 0x40000000);
}

static void every_size_of_the_table_is_hashed_by_htabmask(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n <= 9; n++) {
		f->cpu.r.spr[PPC_SPR_SDR1] = HTAB | ((1u << n) - 1);
		for (unsigned secondary = 0; secondary < 2; secondary++) {
			uint32_t end = HTAB + (0x10000u << n);

			for (uint32_t vsid = 1; vsid < 0x1000000; vsid = vsid * 5 + 3) {
				uint32_t ea = 0x60000000 | ((vsid * 0x9e3779b1u) >> 4 & 0x0ffff000);
				uint32_t pte = put_pte(f, vsid, ea, secondary, 3, PAGE);

				assert_in_range(pte, HTAB, end - 1);
				f->cpu.r.sr[6] = vsid;
				assert_translates(f, ea, LOAD, 0x00400000);
				assert_true(f->out.pte_pa == pte);
				f->ram[pte / 4] = 0;
				assert_dsi(f, ea, LOAD, 0x40000000);
			}
		}
	}
}

static void htaborg_bits_under_the_mask_are_ored(void **state)
{
	struct fixture *f = *state;
	uint32_t pte;

	f->cpu.r.spr[PPC_SPR_SDR1] = (HTAB | 0x00050000) | 0x003;
	f->cpu.r.sr[5] = VSID;
	pte = put_pte(f, VSID, 0x5abc0000, false, 0, PAGE);
	assert_int_equal(pte & 0x00050000, 0x00050000);
	assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
}

static void the_segment_register_of_ea_0_3_is_used(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n < 16; n++) {
		f->cpu.r.sr[n] = 0x1000 + n;
		put_pte(f, 0x1000 + n, n << 28 | 0x00777000, false, 0, n << 20 | RW);
	}
	for (unsigned n = 0; n < 16; n++)
		assert_translates(f, n << 28 | 0x00777abc, LOAD, n << 20 | 0xabc);
}

/* ---- protection ---- */

/* [PEM 7.5.4] in words: with key 0 pp 3 is read-only and the others read/write;
 * with key 1 pp 0 is no access, pp 2 read/write, pp 1 and 3 read-only. */
static bool may_read(unsigned key, unsigned pp)
{
	return !(key == 1 && pp == 0);
}

static bool may_write(unsigned key, unsigned pp)
{
	return key ? pp == 2 : pp != 3;
}

static void page_rights_are_the_manuals_table(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n < 64; n++) {
		unsigned pp = n & 3, user = n >> 2 & 1, ks = n >> 3 & 1, kp = n >> 4 & 1;
		unsigned key = user ? kp : ks;
		uint32_t ea = 0x5abc0000;

		set_user(f, user);
		f->cpu.r.sr[5] = ks << 30 | kp << 29;
		map_page(f, ea, 0x00400000 | PTE_R | PTE_C | pp);
		if (may_read(key, pp)) {
			assert_translates(f, ea, LOAD, 0x00400000);
			assert_int_equal(f->out.can_read, 1);
			assert_int_equal(f->out.can_write, may_write(key, pp));
			assert_translates(f, ea, FETCH, 0x00400000);
		} else {
			assert_dsi(f, ea, LOAD, 0x08000000);
			assert_isi(f, ea, 0x08000000);
		}
		if (may_write(key, pp))
			assert_translates(f, ea, STORE, 0x00400000);
		else
			assert_dsi(f, ea, STORE, 0x0a000000);
	}
}

static void a_missing_page_is_dsisr_1_or_srr1_1(void **state)
{
	struct fixture *f = *state;

	assert_dsi(f, 0x12345678, LOAD, 0x40000000);
	assert_dsi(f, 0x12345678, STORE, 0x42000000);
	assert_isi(f, 0x12345678, 0x40000000);
}

static void a_fetch_from_a_no_execute_segment_is_srr1_3(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[5] = 0x10000000;
	map_page(f, 0x5abc0000, PAGE);
	assert_isi(f, 0x5abc0000, 0x10000000);
	assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
	assert_translates(f, 0x5abc0000, STORE, 0x00400000);
	/* Even where there is no page: the table is not asked. */
	f->reads = 0;
	assert_isi(f, 0x5abc1000, 0x10000000);
	assert_int_equal(f->reads, 0);
}

static void a_fetch_from_a_guarded_page_is_srr1_3(void **state)
{
	struct fixture *f = *state;
	uint32_t pte = map_page(f, 0x5abc0000, 0x00400000 | 1u << 3 | RW);

	assert_isi(f, 0x5abc0000, 0x10000000);
	assert_int_equal(f->ram[pte / 4 + 1] & PTE_R, 0);
	assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
	f->cpu.r.msr = 0;
	assert_translates(f, 0x5abc0000, FETCH, 0x5abc0000);
}

static void wimg_of_a_page_is_handed_out(void **state)
{
	struct fixture *f = *state;

	for (unsigned wimg = 0; wimg < 16; wimg++) {
		map_page(f, 0x5abc0000, PAGE | wimg << 3);
		assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
		assert_int_equal(f->out.wimg, wimg);
	}
}

/* ---- history bits ---- */

static void a_load_sets_r_alone_and_a_store_r_and_c(void **state)
{
	struct fixture *f = *state;
	uint32_t pte = map_page(f, 0x5abc0000, 0x00400000 | RW) / 4 + 1;

	assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
	assert_int_equal(f->ram[pte], 0x00400000 | PTE_R | RW);
	assert_int_equal(f->out.changed, 0);
	f->ram[pte] = 0x00400000 | RW;
	assert_translates(f, 0x5abc0000, FETCH, 0x00400000);
	assert_int_equal(f->ram[pte], 0x00400000 | PTE_R | RW);
	f->ram[pte] = 0x00400000 | RW;
	assert_translates(f, 0x5abc0000, STORE, 0x00400000);
	assert_int_equal(f->ram[pte], 0x00400000 | PTE_R | PTE_C | RW);
	assert_int_equal(f->out.changed, 1);
	assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
	assert_int_equal(f->out.changed, 1);
}

static void history_bits_that_are_set_are_not_written_again(void **state)
{
	struct fixture *f = *state;

	map_page(f, 0x5abc0000, PAGE);
	assert_translates(f, 0x5abc0000, LOAD, 0x00400000);
	assert_translates(f, 0x5abc0000, STORE, 0x00400000);
	assert_int_equal(f->writes, 0);
}

static void an_update_changes_no_other_bit_and_no_other_word(void **state)
{
	struct fixture *f = *state;
	uint32_t pte = map_page(f, 0x5abc0000, 0xfffff000u | 0xe00u | 0x78u | 4u | RW);
	uint32_t before = f->ram[pte / 4];

	f->ram[pte / 4 - 1] = f->ram[pte / 4 + 2] = 0x55aa55aa;
	assert_translates(f, 0x5abc0000, STORE, 0xfffff000);
	assert_int_equal(f->ram[pte / 4], before);
	assert_int_equal(f->ram[pte / 4 + 1],
			 (0xfffff000u | 0xe00u | 0x78u | 4u | RW) | PTE_R | PTE_C);
	assert_int_equal(f->ram[pte / 4 - 1], 0x55aa55aa);
	assert_int_equal(f->ram[pte / 4 + 2], 0x55aa55aa);
	assert_int_equal(f->writes, 1);
}

static void a_denied_access_records_nothing(void **state)
{
	struct fixture *f = *state;

	map_page(f, 0x5abc0000, 0x00400000 | RO);
	assert_dsi(f, 0x5abc0000, STORE, 0x0a000000);
	assert_int_equal(f->writes, 0);
	f->cpu.r.sr[5] |= 0x40000000; /* Ks */
	map_page(f, 0x5abc0000, 0x00400000);
	assert_dsi(f, 0x5abc0000, LOAD, 0x08000000);
	assert_isi(f, 0x5abc0000, 0x08000000);
	assert_int_equal(f->writes, 0);
}

static void a_peek_records_nothing(void **state)
{
	struct fixture *f = *state;
	struct ppc_regs before;

	map_page(f, 0x5abc0000, 0x00400000 | RW);
	before = f->cpu.r;
	assert_true(mol_mmu_translate(&f->cpu, &f->phys, 0x5abc0000, STORE, MOL_MMU_PEEK, &f->out));
	assert_true(f->out.pa == 0x00400000);
	assert_int_equal(f->out.can_write, 1);
	assert_int_equal(f->out.changed, 0);
	assert_int_equal(f->writes, 0);
	assert_memory_equal(&before, &f->cpu.r, sizeof(before));
}

/* ---- direct-store segments ---- */

static void a_direct_store_segment_is_srr1_3_to_a_fetch(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[5] = 0x80000000;
	assert_isi(f, 0x5abc0000, 0x10000000);
	assert_int_equal(f->reads, 0);
}

static void a_direct_store_segment_is_dsisr_5_where_there_is_no_such_interface(void **state)
{
	struct fixture *f = *state;
	static const char *const models[] = { "603e", "750", "7400", "7410", "7450", "7455" };

	for (unsigned n = 0; n < 6; n++) {
		use_model(f, models[n]);
		f->cpu.r.sr[5] = 0x80000000 | VSID;
		assert_dsi(f, 0x5abc0000, LOAD, 0x04000000);
		assert_dsi(f, 0x5abc0000, STORE, 0x06000000);
	}
}

static void a_604e_gets_a_direct_store_error_and_dsisr_5_for_reservations(void **state)
{
	struct fixture *f = *state;

	use_model(f, "604e");
	f->cpu.r.sr[5] = 0x80000000 | VSID;
	assert_dsi(f, 0x5abc0000, LOAD, 0x80000000);
	assert_dsi(f, 0x5abc0000, STORE, 0x82000000);
	assert_false(translate_how(f, 0x5abc0000, STORE, MOL_MMU_RESERVE));
	assert_int_equal(f->out.fault.dsisr, 0x06000000);
	assert_false(translate_how(f, 0x5abc0000, LOAD, MOL_MMU_EXTERNAL));
	assert_int_equal(f->out.fault.dsisr, 0x04000000);
}

/* ---- write-through pages ---- */

static void write_through_is_dsisr_5_to_eciwx_and_on_a_74xx_to_lwarx(void **state)
{
	struct fixture *f = *state;
	static const char *const models[] = { "604e", "750", "7400", "7410", "7450", "7455" };

	for (unsigned n = 0; n < 6; n++) {
		use_model(f, models[n]);
		map_page(f, 0x5abc0000, 0x00400000 | 8u << 3 | RW);
		f->writes = 0;
		assert_false(translate_how(f, 0x5abc0000, LOAD, MOL_MMU_EXTERNAL));
		assert_int_equal(f->out.fault.dsisr, 0x04000000);
		assert_false(translate_how(f, 0x5abc0000, STORE, MOL_MMU_EXTERNAL));
		assert_int_equal(f->out.fault.dsisr, 0x06000000);
		assert_int_equal(f->writes, 0);
		assert_int_equal(translate_how(f, 0x5abc0000, LOAD, MOL_MMU_RESERVE), n < 2);
		assert_int_equal(translate_how(f, 0x5abc0000, STORE, MOL_MMU_RESERVE), n < 2);
		assert_translates(f, 0x5abc0000, STORE, 0x00400000);
		map_page(f, 0x5abc0000, 0x00400000 | 7u << 3 | RW);
		assert_true(
			translate_how(f, 0x5abc0000, STORE, MOL_MMU_RESERVE | MOL_MMU_EXTERNAL));
	}
}

static void a_locked_data_cache_is_not_for_reservations_of_cacheable_memory(void **state)
{
	struct fixture *f = *state;

	use_model(f, "7400");
	f->cpu.r.spr[PPC_SPR_HID0] = HID0_DLOCK;
	map_page(f, 0x5abc0000, 0x00400000 | RW);
	assert_false(translate_how(f, 0x5abc0000, STORE, MOL_MMU_RESERVE));
	assert_int_equal(f->out.fault.dsisr, 0x06000000);
	assert_translates(f, 0x5abc0000, STORE, 0x00400000);
	map_page(f, 0x5abc0000, 0x00400000 | 4u << 3 | RW);
	assert_true(translate_how(f, 0x5abc0000, STORE, MOL_MMU_RESERVE));
}

static void protection_and_write_through_are_both_in_dsisr(void **state)
{
	struct fixture *f = *state;

	use_model(f, "7400");
	map_page(f, 0x5abc0000, 0x00400000 | 8u << 3 | RO);
	assert_false(translate_how(f, 0x5abc0000, STORE, MOL_MMU_RESERVE));
	assert_int_equal(f->out.fault.dsisr, 0x0e000000);
}

/* ---- 36-bit addresses ---- */

static void xaen_gives_a_page_four_more_address_bits(void **state)
{
	struct fixture *f = *state;

	use_model(f, "7455");
	map_page(f, 0x5abc0000, PAGE | 0xa00 | 4);
	assert_translates(f, 0x5abc0123, LOAD, 0x00400123);
	f->cpu.r.spr[PPC_SPR_HID0] = HID0_XAEN;
	assert_translates(f, 0x5abc0123, LOAD, 0xb00400123);
	map_page(f, 0x5abc0000, PAGE | 0x200);
	assert_translates(f, 0x5abc0000, LOAD, 0x200400000);
}

/* ---- hostile tables ---- */

static void a_table_in_the_void_holds_no_pte(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.spr[PPC_SPR_SDR1] = 0xffff01ff;
	assert_dsi(f, 0x12345678, LOAD, 0x40000000);
	assert_dsi(f, 0xffffffff, STORE, 0x42000000);
	assert_isi(f, 0x12345678, 0x40000000);
	assert_in_range(f->reads, 1, 3 * 16);
}

/* The group that ends with the last byte of the address space is searched whole. */
static bool last_group_read(void *opaque, uint64_t pa, uint32_t *value)
{
	assert_true(pa >= 0xffffffc0 && pa <= 0xffffffff);
	*value = pa == 0xfffffff8 ? 0x80000000u | 0x3ffu << 7 : 0x00400000u | PTE_R | RW;
	(*(unsigned *)opaque)++;
	return true;
}

static void the_last_group_of_the_address_space_is_searched(void **state)
{
	struct fixture *f = *state;
	unsigned reads = 0;
	const struct mol_phys phys = {
		.read32 = last_group_read,
		.write32 = fixture_write,
		.opaque = &reads,
	};

	f->cpu.r.spr[PPC_SPR_SDR1] = 0xffff0000;
	f->cpu.r.sr[0] = 0x3ff;
	assert_true(mol_mmu_translate(&f->cpu, &phys, 0, LOAD, 0, &f->out));
	assert_true(f->out.pa == 0x00400000);
	assert_int_equal(reads, 9);
}

static void a_table_in_rom_translates_and_the_update_is_lost(void **state)
{
	struct fixture *f = *state;
	uint32_t pte = map_page(f, 0x5abc0000, 0x00400000 | RW);

	f->rom = true;
	assert_translates(f, 0x5abc0000, STORE, 0x00400000);
	assert_int_equal(f->out.changed, 1);
	assert_int_equal(f->ram[pte / 4 + 1], 0x00400000 | RW);
}

static void a_table_that_maps_itself_stays_a_table(void **state)
{
	struct fixture *f = *state;
	uint32_t pte = map_page(f, 0x5abc0000, 0);

	f->ram[pte / 4 + 1] = (pte & 0xfffff000) | RW;
	assert_translates(f, 0x5abc0000 | (pte & 0xfff), STORE, pte);
	assert_int_equal(f->ram[pte / 4 + 1], (pte & 0xfffff000) | PTE_R | PTE_C | RW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_page_is_found_in_each_slot_of_its_primary_group),
		TEST(a_page_is_found_in_each_slot_of_its_secondary_group),
		TEST(the_primary_group_is_searched_first_and_the_lowest_slot_first),
		TEST(each_bit_of_v_vsid_h_and_api_must_match),
		TEST(every_size_of_the_table_is_hashed_by_htabmask),
		TEST(htaborg_bits_under_the_mask_are_ored),
		TEST(the_segment_register_of_ea_0_3_is_used),
		TEST(page_rights_are_the_manuals_table),
		TEST(a_missing_page_is_dsisr_1_or_srr1_1),
		TEST(a_fetch_from_a_no_execute_segment_is_srr1_3),
		TEST(a_fetch_from_a_guarded_page_is_srr1_3),
		TEST(wimg_of_a_page_is_handed_out),
		TEST(a_load_sets_r_alone_and_a_store_r_and_c),
		TEST(history_bits_that_are_set_are_not_written_again),
		TEST(an_update_changes_no_other_bit_and_no_other_word),
		TEST(a_denied_access_records_nothing),
		TEST(a_peek_records_nothing),
		TEST(a_direct_store_segment_is_srr1_3_to_a_fetch),
		TEST(a_direct_store_segment_is_dsisr_5_where_there_is_no_such_interface),
		TEST(a_604e_gets_a_direct_store_error_and_dsisr_5_for_reservations),
		TEST(write_through_is_dsisr_5_to_eciwx_and_on_a_74xx_to_lwarx),
		TEST(a_locked_data_cache_is_not_for_reservations_of_cacheable_memory),
		TEST(protection_and_write_through_are_both_in_dsisr),
		TEST(xaen_gives_a_page_four_more_address_bits),
		TEST(a_table_in_the_void_holds_no_pte),
		TEST(the_last_group_of_the_address_space_is_searched),
		TEST(a_table_in_rom_translates_and_the_update_is_lost),
		TEST(a_table_that_maps_itself_stays_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
