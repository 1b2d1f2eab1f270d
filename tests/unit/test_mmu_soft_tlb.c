/* SPDX-License-Identifier: MIT
 * test_mmu_soft_tlb.c - the TLB that software loads [603e UM 2.1.2, 5.5; 7450 UM 5.5.5].
 */
#include "mmu_fixture.h"

#define VSID 0xabcdefu
#define RW 2u
#define RO 3u
#define EA 0x5abc4000u
#define KEY 0x00080000u
#define FETCH_MISS 0x00040000u
#define WAY 0x00020000u
#define STORE_MISS 0x00010000u

static int setup_603(void **state)
{
	struct fixture *f;

	if (setup(state))
		return -1;
	f = *state;
	use_model(f, "603e");
	f->cpu.r.sr[5] = VSID;
	return 0;
}

static int setup_745x(void **state)
{
	struct fixture *f;

	if (setup(state))
		return -1;
	f = *state;
	use_model(f, "7450");
	f->cpu.r.spr[PPC_SPR_HID0] = HID0_STEN;
	f->cpu.r.sr[5] = VSID;
	return 0;
}

static uint32_t compare_word(uint32_t ea)
{
	return 0x80000000u | VSID << 7 | (ea >> 22 & 0x3f);
}

/* What a 603e miss handler does once it has found the PTE. */
static void load_603(struct fixture *f, uint32_t ea, bool fetch, bool way, uint32_t word1)
{
	f->cpu.r.spr[PPC_SPR_SRR1] = way ? WAY : 0;
	f->cpu.r.spr[fetch ? PPC_SPR_ICMP : PPC_SPR_DCMP] = compare_word(ea);
	f->cpu.r.spr[PPC_SPR_RPA] = word1;
	mol_mmu_tlb_load(&f->cpu, ea, fetch);
}

static void load_745x(struct fixture *f, uint32_t ea, bool fetch, bool way, uint32_t word1)
{
	f->cpu.r.spr[PPC_SPR_PTEHI] = compare_word(ea);
	f->cpu.r.spr[PPC_SPR_PTELO] = word1;
	mol_mmu_tlb_load(&f->cpu, (ea & ~1u) | way, fetch);
}

static void assert_miss(struct fixture *f, uint32_t ea, enum ppc_access access, uint32_t vector,
			uint32_t srr1)
{
	assert_false(translate(f, ea, access));
	assert_int_equal(f->out.fault.vector, vector);
	assert_int_equal(f->out.fault.srr1, srr1);
	assert_int_equal(f->out.fault.srr0, access == FETCH ? ea : f->cpu.r.pc);
	assert_false(f->out.fault.sets_dar || f->out.fault.sets_dsisr);
	assert_int_equal(f->out.miss, ea);
}

static void a_miss_has_its_vector_and_srr1_bits(void **state)
{
	struct fixture *f = *state;

	assert_miss(f, EA, FETCH, 0x1000, FETCH_MISS);
	assert_miss(f, EA, LOAD, 0x1100, 0);
	assert_miss(f, EA, STORE, 0x1200, STORE_MISS);
	assert_int_equal(f->reads, 0);
}

static void key_is_ks_in_supervisor_and_kp_in_user_state(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 0; n < 8; n++) {
		unsigned ks = n & 1, kp = n >> 1 & 1, user = n >> 2;

		set_user(f, user);
		f->cpu.r.sr[5] = ks << 30 | kp << 29 | VSID;
		assert_miss(f, EA, LOAD, 0x1100, (user ? kp : ks) ? KEY : 0);
		assert_miss(f, EA, FETCH, 0x1000, ((user ? kp : ks) ? KEY : 0) | FETCH_MISS);
	}
}

static void a_miss_records_dmiss_dcmp_and_both_hashes(void **state)
{
	struct fixture *f = *state;
	uint32_t *spr = f->cpu.r.spr;

	for (unsigned n = 0; n <= 9; n++) {
		spr[PPC_SPR_SDR1] = HTAB | ((1u << n) - 1);
		spr[PPC_SPR_IMISS] = spr[PPC_SPR_ICMP] = 0x77;
		mol_mmu_record_miss(&f->cpu, EA + 8, STORE);
		assert_int_equal(spr[PPC_SPR_DMISS], EA + 8);
		assert_int_equal(spr[PPC_SPR_DCMP], compare_word(EA));
		assert_int_equal(spr[PPC_SPR_HASH1],
				 group_address(spr[PPC_SPR_SDR1], VSID, EA, false));
		assert_int_equal(spr[PPC_SPR_HASH2],
				 group_address(spr[PPC_SPR_SDR1], VSID, EA, true));
		assert_int_equal(spr[PPC_SPR_IMISS], 0x77);
		assert_int_equal(spr[PPC_SPR_ICMP], 0x77);
	}
}

static void a_fetch_miss_records_imiss_icmp_and_both_hashes(void **state)
{
	struct fixture *f = *state;
	uint32_t *spr = f->cpu.r.spr;

	spr[PPC_SPR_DMISS] = spr[PPC_SPR_DCMP] = 0x77;
	mol_mmu_record_miss(&f->cpu, EA + 8, FETCH);
	assert_int_equal(spr[PPC_SPR_IMISS], EA + 8);
	assert_int_equal(spr[PPC_SPR_ICMP], compare_word(EA));
	assert_int_equal(spr[PPC_SPR_HASH1], group_address(HTAB, VSID, EA, false));
	assert_int_equal(spr[PPC_SPR_HASH2], group_address(HTAB, VSID, EA, true));
	assert_int_equal(spr[PPC_SPR_DMISS], 0x77);
	assert_int_equal(spr[PPC_SPR_DCMP], 0x77);
}

static void translating_alone_records_no_miss(void **state)
{
	struct fixture *f = *state;
	struct ppc_regs before = f->cpu.r;

	assert_miss(f, EA, LOAD, 0x1100, 0);
	assert_memory_equal(&before, &f->cpu.r, sizeof(before));
}

static void the_cycle_of_miss_search_and_load_ends_in_a_hit(void **state)
{
	struct fixture *f = *state;
	uint32_t *spr = f->cpu.r.spr;
	uint32_t group;

	put_pte(f, VSID, EA, false, 5, 0x00400000 | PTE_R | RW);
	assert_miss(f, EA + 4, LOAD, 0x1100, 0);
	spr[PPC_SPR_SRR1] = f->out.fault.srr1;
	mol_mmu_record_miss(&f->cpu, f->out.miss, LOAD);
	group = spr[PPC_SPR_HASH1];
	for (unsigned slot = 0; slot < 8; slot++)
		if (f->ram[group / 4 + slot * 2] == spr[PPC_SPR_DCMP])
			spr[PPC_SPR_RPA] = f->ram[group / 4 + slot * 2 + 1];
	mol_mmu_tlb_load(&f->cpu, spr[PPC_SPR_DMISS], false);
	assert_translates(f, EA + 4, LOAD, 0x00400004);
	assert_int_equal(f->out.kind, MOL_XLAT_SOFT_TLB);
	assert_int_equal(f->out.vsid, VSID);
	assert_int_equal(f->out.changed, 0);
	assert_int_equal(f->writes, 0);
	/* The other TLB has not got it. */
	assert_miss(f, EA + 4, FETCH, 0x1000, FETCH_MISS);
}

static void tlbli_loads_the_instruction_tlb_from_icmp(void **state)
{
	struct fixture *f = *state;

	load_603(f, EA, true, false, 0x00400000 | RW);
	assert_translates(f, EA + 8, FETCH, 0x00400008);
	assert_miss(f, EA + 8, LOAD, 0x1100, 0);
}

static void srr1_way_chooses_the_way_and_both_ways_are_looked_at(void **state)
{
	struct fixture *f = *state;
	uint32_t other = EA + (32u << 12); /* the same set of 32 */

	load_603(f, EA, false, false, 0x00400000 | RW);
	load_603(f, other, false, true, 0x00500000 | RW);
	assert_translates(f, EA, LOAD, 0x00400000);
	assert_translates(f, other, LOAD, 0x00500000);
	load_603(f, EA + (64u << 12), false, true, 0x00600000 | RW);
	assert_translates(f, EA, LOAD, 0x00400000);
	assert_miss(f, other, LOAD, 0x1100, WAY);
}

static void the_603e_set_is_ea_15_19(void **state)
{
	struct fixture *f = *state;

	for (uint32_t n = 0; n < 32; n++)
		load_603(f, 0x50000000 + (n << 12), false, false, (n << 20) | RW);
	for (uint32_t n = 0; n < 32; n++)
		assert_translates(f, 0x50000000 + (n << 12), LOAD, n << 20);
}

static void the_way_of_a_miss_is_the_least_recently_used(void **state)
{
	struct fixture *f = *state;
	uint32_t second = EA + (32u << 12), third = EA + (64u << 12);

	load_603(f, EA, false, false, 0x00400000 | RW);
	load_603(f, second, false, true, 0x00500000 | RW);
	assert_translates(f, EA, LOAD, 0x00400000);
	assert_miss(f, third, LOAD, 0x1100, WAY);
	assert_translates(f, second, LOAD, 0x00500000);
	assert_miss(f, third, LOAD, 0x1100, 0);
}

static void an_entry_matches_vsid_and_the_whole_page_index(void **state)
{
	struct fixture *f = *state;

	load_603(f, EA, false, false, 0x00400000 | RW);
	for (unsigned bit = 12; bit < 28; bit++)
		assert_miss(f, EA ^ 1u << bit, LOAD, 0x1100,
			    EA >> 12 << 27 == (EA ^ 1u << bit) >> 12 << 27 ? WAY : 0);
	for (unsigned bit = 0; bit < 24; bit++) {
		f->cpu.r.sr[5] = VSID ^ 1u << bit;
		assert_miss(f, EA, LOAD, 0x1100, WAY);
	}
	/* EA[0:3] is in the VSID alone: another segment of the same VSID shares the entry. */
	f->cpu.r.sr[9] = VSID;
	assert_translates(f, EA + 0x40000000, LOAD, 0x00400000);
}

static void a_load_without_the_valid_bit_empties_the_entry(void **state)
{
	struct fixture *f = *state;

	load_603(f, EA, false, false, 0x00400000 | RW);
	f->cpu.r.spr[PPC_SPR_DCMP] &= 0x7fffffff;
	mol_mmu_tlb_load(&f->cpu, EA, false);
	assert_miss(f, EA, LOAD, 0x1100, WAY);
}

static void a_store_to_an_unchanged_page_is_a_store_miss_of_the_same_way(void **state)
{
	struct fixture *f = *state;

	for (unsigned way = 0; way < 2; way++) {
		mol_mmu_tlbia(&f->cpu);
		load_603(f, EA, false, way, 0x00400000 | RW);
		assert_translates(f, EA, LOAD, 0x00400000);
		assert_miss(f, EA, STORE, 0x1200, STORE_MISS | (way ? WAY : 0));
		load_603(f, EA, false, way, 0x00400000 | PTE_C | RW);
		assert_translates(f, EA, STORE, 0x00400000);
		assert_int_equal(f->out.changed, 1);
	}
}

static void a_violation_on_a_hit_is_a_dsi_or_isi_even_with_c_clear(void **state)
{
	struct fixture *f = *state;

	load_603(f, EA, false, false, 0x00400000 | RO);
	assert_dsi(f, EA, STORE, 0x0a000000);
	f->cpu.r.sr[5] |= 0x40000000;
	load_603(f, EA, false, false, 0x00400000);
	load_603(f, EA, true, false, 0x00400000);
	assert_dsi(f, EA, LOAD, 0x08000000);
	assert_isi(f, EA, 0x08000000);
	f->cpu.r.sr[5] |= 0x10000000;
	assert_isi(f, EA, 0x10000000);
}

static void a_fetch_hit_on_a_guarded_page_is_an_isi(void **state)
{
	struct fixture *f = *state;

	load_603(f, EA, true, false, 0x00400000 | 1u << 3 | RW);
	assert_isi(f, EA, 0x10000000);
}

static void bats_go_before_the_tlb(void **state)
{
	struct fixture *f = *state;

	set_bat(f, false, 0, 0x5abc0000 | 2, 0x00800000 | RW);
	assert_translates(f, EA, STORE, 0x00804000);
}

static void tlbie_empties_both_ways_of_the_set_in_both_tlbs(void **state)
{
	struct fixture *f = *state;
	uint32_t other = EA + (32u << 12), next = EA + 0x1000;

	for (unsigned fetch = 0; fetch < 2; fetch++) {
		load_603(f, EA, fetch, false, 0x00400000 | RW);
		load_603(f, other, fetch, true, 0x00500000 | RW);
		load_603(f, next, fetch, false, 0x00600000 | RW);
	}
	mol_mmu_tlbie(&f->cpu, 0xf0000000 | (EA & 0x0001f000)); /* EA[15:19] is all it looks at */
	assert_false(translate(f, EA, LOAD));
	assert_false(translate(f, EA, FETCH));
	assert_false(translate(f, other, LOAD));
	assert_false(translate(f, other, FETCH));
	assert_translates(f, next, LOAD, 0x00600000);
	assert_translates(f, next, FETCH, 0x00600000);
}

static void tlbia_empties_everything(void **state)
{
	struct fixture *f = *state;

	for (uint32_t n = 0; n < 128; n++)
		load_603(f, 0x50000000 + (n << 12), n & 1, n >> 5 & 1, RW);
	mol_mmu_tlbia(&f->cpu);
	for (uint32_t n = 0; n < 128; n++)
		assert_false(translate(f, 0x50000000 + (n << 12), n & 1 ? FETCH : LOAD));
}

static void a_peek_leaves_the_lru_alone(void **state)
{
	struct fixture *f = *state;
	struct ppc_regs before;

	load_603(f, EA, false, false, 0x00400000 | PTE_C | RW);
	load_603(f, EA + (32u << 12), false, true, 0x00500000 | RW);
	before = f->cpu.r;
	assert_true(mol_mmu_translate(&f->cpu, &f->phys, EA, STORE, MOL_MMU_PEEK, &f->out));
	assert_memory_equal(&before, &f->cpu.r, sizeof(before));
}

/* ---- 745x ---- */

static void without_sten_the_hardware_searches(void **state)
{
	struct fixture *f = *state;

	put_pte(f, VSID, EA, false, 0, 0x00400000 | RW);
	assert_miss(f, EA, LOAD, 0x1100, 0);
	f->cpu.r.spr[PPC_SPR_HID0] = 0;
	assert_translates(f, EA, LOAD, 0x00400000);
	assert_int_equal(f->out.kind, MOL_XLAT_PAGE);
	assert_dsi(f, EA + 0x1000, LOAD, 0x40000000);
}

static void sten_means_nothing_to_other_models(void **state)
{
	struct fixture *f = *state;

	use_model(f, "7400");
	f->cpu.r.spr[PPC_SPR_HID0] = HID0_STEN;
	assert_dsi(f, EA, LOAD, 0x40000000);
}

static void srr1_of_a_745x_miss_has_key_and_store(void **state)
{
	struct fixture *f = *state;

	f->cpu.r.sr[5] |= 0x40000000; /* Ks */
	assert_miss(f, EA, LOAD, 0x1100, KEY);
	assert_miss(f, EA, STORE, 0x1200, KEY | STORE_MISS);
	assert_miss(f, EA, FETCH, 0x1000, KEY);
	set_user(f, true);
	assert_miss(f, EA, LOAD, 0x1100, 0);
	assert_miss(f, EA, STORE, 0x1200, STORE_MISS);
}

static void a_745x_miss_records_tlbmiss_with_the_lru_way_and_ptehi(void **state)
{
	struct fixture *f = *state;
	uint32_t *spr = f->cpu.r.spr;

	assert_miss(f, EA + 7, FETCH, 0x1000, 0);
	mol_mmu_record_miss(&f->cpu, EA + 7, FETCH);
	assert_int_equal(spr[PPC_SPR_TLBMISS], EA + 6);
	assert_int_equal(spr[PPC_SPR_PTEHI], compare_word(EA));
	load_745x(f, EA, true, false, 0x00400000 | RW);
	mol_mmu_record_miss(&f->cpu, EA + (64u << 12), FETCH);
	assert_int_equal(spr[PPC_SPR_TLBMISS], EA + (64u << 12) + 1);
}

static void a_745x_load_takes_ptehi_ptelo_and_the_way_of_rb_31(void **state)
{
	struct fixture *f = *state;
	uint32_t other = EA + (64u << 12);

	load_745x(f, EA, false, false, 0x00400000 | RW);
	load_745x(f, other, false, true, 0x00500000 | RW);
	assert_translates(f, EA, LOAD, 0x00400000);
	assert_translates(f, other, LOAD, 0x00500000);
	load_745x(f, EA, true, true, 0x00600000 | RW);
	assert_translates(f, EA, FETCH, 0x00600000);
}

static void the_745x_set_is_ea_14_19(void **state)
{
	struct fixture *f = *state;

	for (uint32_t n = 0; n < 64; n++)
		load_745x(f, 0x50000000 + (n << 12), false, false, (n << 20) | RW);
	for (uint32_t n = 0; n < 64; n++)
		assert_translates(f, 0x50000000 + (n << 12), LOAD, n << 20);
	mol_mmu_tlbie(&f->cpu, 32u << 12);
	assert_translates(f, 0x50000000, LOAD, 0);
	assert_false(translate(f, 0x50020000, LOAD));
}

static void the_inverted_tlbmiss_way_of_a_c_miss_is_the_entrys_own(void **state)
{
	struct fixture *f = *state;
	uint32_t *spr = f->cpu.r.spr;

	for (unsigned way = 0; way < 2; way++) {
		mol_mmu_tlbia(&f->cpu);
		load_745x(f, EA, false, way, 0x00400000 | RW);
		load_745x(f, EA + (64u << 12), false, !way, 0x00500000 | RW);
		assert_miss(f, EA, STORE, 0x1200, STORE_MISS);
		mol_mmu_record_miss(&f->cpu, f->out.miss, STORE);
		spr[PPC_SPR_PTELO] = 0x00400000 | PTE_C | RW;
		mol_mmu_tlb_load(&f->cpu, spr[PPC_SPR_TLBMISS] ^ 1, false);
		assert_translates(f, EA, STORE, 0x00400000);
		assert_translates(f, EA + (64u << 12), LOAD, 0x00500000);
	}
}

static void an_entry_loaded_under_xaen_has_36_bits(void **state)
{
	struct fixture *f = *state;

	load_745x(f, EA, false, false, 0x00400000 | 0xa00 | 4 | RW);
	assert_translates(f, EA, LOAD, 0x00400000);
	f->cpu.r.spr[PPC_SPR_HID0] |= HID0_XAEN;
	load_745x(f, EA, false, false, 0x00400000 | 0xa00 | 4 | RW);
	assert_translates(f, EA, LOAD, 0xb00400000);
}

static void tlb_instructions_do_nothing_where_hardware_searches(void **state)
{
	struct fixture *f = *state;
	struct ppc_regs before;

	use_model(f, "750");
	memset(&f->cpu.r.dtlb, 0xff, sizeof(f->cpu.r.dtlb));
	before = f->cpu.r;
	mol_mmu_tlbie(&f->cpu, EA);
	mol_mmu_tlbia(&f->cpu);
	mol_mmu_tlb_load(&f->cpu, EA, false);
	mol_mmu_record_miss(&f->cpu, EA, LOAD);
	assert_memory_equal(&before, &f->cpu.r, sizeof(before));
}

#define T603(name) cmocka_unit_test_setup_teardown(name, setup_603, teardown)
#define T745X(name) cmocka_unit_test_setup_teardown(name, setup_745x, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T603(a_miss_has_its_vector_and_srr1_bits),
		T603(key_is_ks_in_supervisor_and_kp_in_user_state),
		T603(a_miss_records_dmiss_dcmp_and_both_hashes),
		T603(a_fetch_miss_records_imiss_icmp_and_both_hashes),
		T603(translating_alone_records_no_miss),
		T603(the_cycle_of_miss_search_and_load_ends_in_a_hit),
		T603(tlbli_loads_the_instruction_tlb_from_icmp),
		T603(srr1_way_chooses_the_way_and_both_ways_are_looked_at),
		T603(the_603e_set_is_ea_15_19),
		T603(the_way_of_a_miss_is_the_least_recently_used),
		T603(an_entry_matches_vsid_and_the_whole_page_index),
		T603(a_load_without_the_valid_bit_empties_the_entry),
		T603(a_store_to_an_unchanged_page_is_a_store_miss_of_the_same_way),
		T603(a_violation_on_a_hit_is_a_dsi_or_isi_even_with_c_clear),
		T603(a_fetch_hit_on_a_guarded_page_is_an_isi),
		T603(bats_go_before_the_tlb),
		T603(tlbie_empties_both_ways_of_the_set_in_both_tlbs),
		T603(tlbia_empties_everything),
		T603(a_peek_leaves_the_lru_alone),
		T745X(without_sten_the_hardware_searches),
		T745X(sten_means_nothing_to_other_models),
		T745X(srr1_of_a_745x_miss_has_key_and_store),
		T745X(a_745x_miss_records_tlbmiss_with_the_lru_way_and_ptehi),
		T745X(a_745x_load_takes_ptehi_ptelo_and_the_way_of_rb_31),
		T745X(the_745x_set_is_ea_14_19),
		T745X(the_inverted_tlbmiss_way_of_a_c_miss_is_the_entrys_own),
		T745X(an_entry_loaded_under_xaen_has_36_bits),
		T745X(tlb_instructions_do_nothing_where_hardware_searches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
