/* SPDX-License-Identifier: MIT
 * test_window.c - MOLVM_CFG_FASTMEM: what the guest must not notice.
 *
 * On hosts where the flag has no use the same must hold, but for
 * what the statistics say.
 */
#include "window_fixture.h"

#define MSR_DR 0x10u
#define LWZX(d, a, b) X_FORM(d, a, b, 23)
#define LWZU(d, off, a) D_FORM(33, d, a, off)
#define STWU(d, off, a) D_FORM(37, d, a, off)
#define XOR(a, s, b) X_FORM(s, a, b, 316)
#define BCTR 0x4e800420u
#define SPR_CTR 9
#define SPR_DBAT0U 536

/* ---- what the guest sees ---- */

static void accesses_in_real_mode_do_not_fault(void **state)
{
	struct machine *m = create(0);

	set_gpr(m, 4, DATA);
	set_gpr(m, 5, 0x12345678);
	RUN(m, STW(5, 8, 4), LWZ(6, 8, 4), LHZ(7, 10, 4), STB(5, 0, 4), LBZ(8, 0, 4), STWU(5, 16, 4),
	    LWZU(9, -8, 4), STWBRX(5, 0, 4), LWBRX(10, 0, 4));
	assert_int_equal(gpr(m, 6), 0x12345678);
	assert_int_equal(gpr(m, 7), 0x5678);
	assert_int_equal(gpr(m, 8), 0x78);
	assert_int_equal(gpr(m, 4), DATA + 8);
	assert_int_equal(gpr(m, 9), 0x12345678);
	assert_int_equal(gpr(m, 10), 0x12345678);
	assert_int_equal(word_at(m, DATA + 16), 0x12345678);
	assert_int_equal(statistic(m, "fastmem faults"), 0);
	destroy(m);
}

static void misaligned_accesses_go_across_pages(void **state)
{
	struct machine *m = create(0);

	put_at(m, DATA + 0xffc, 0x11223344);
	put_at(m, DATA + 0x1000, 0x55667788);
	set_gpr(m, 4, DATA + 0x1000);
	set_gpr(m, 5, 0xa1b2c3d4);
	RUN(m, LWZ(6, -2, 4), STW(5, -3, 4), LHZ(7, -1, 4));
	assert_int_equal(gpr(m, 6), 0x33445566);
	assert_int_equal(word_at(m, DATA + 0xffc), 0x11a1b2c3);
	assert_int_equal(word_at(m, DATA + 0x1000), 0xd4667788);
	assert_int_equal(gpr(m, 7), 0xc3d4);
	destroy(m);
}

static void an_access_that_ends_beyond_ram_is_the_devices_too(void **state)
{
	struct machine *m = create(0);

	set_gpr(m, 4, MIB);
	assert_int_equal(stop_at(m, LWZ(6, -2, 4)), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.gpa, MIB);
	destroy(m);
}

static void effective_addresses_wrap_at_both_ends(void **state)
{
	struct machine *m = create(0);

	assert_int_equal(molvm_map_ram(m->vm, 0xfffff000, 0x1000, NULL, 0), 0);
	put_at(m, 0xfffffffc, 0x01020304);
	put_at(m, 0, 0x05060708);
	set_gpr(m, 4, 0);
	set_gpr(m, 5, 0xffffffff);
	RUN(m, LWZ(6, -4, 4), LWZ(7, 1, 5), LWZ(8, -2, 4), LWZX(9, 5, 5), STB(6, 4, 5));
	assert_int_equal(gpr(m, 6), 0x01020304);
	assert_int_equal(gpr(m, 7), 0x05060708);
	assert_int_equal(gpr(m, 8), 0x03040506);
	assert_int_equal(gpr(m, 9), 0x03040506);
	assert_int_equal(word_at(m, 0), 0x05060704);
	destroy(m);
}

static int count_reads(void *opaque, molvm_access *a)
{
	a->value = ++*(unsigned *)opaque;
	return MOLVM_MMIO_OK;
}

static void a_device_is_asked_each_time(void **state)
{
	unsigned reads = 0;
	const molvm_device_ops ops = { .size = sizeof(ops), .read = count_reads, .write = count_reads };
	struct machine *m = create(0);

	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x1000, &ops, &reads), 0);
	set_gpr(m, 4, DEVICE);
	for (unsigned n = 1; n < 20; n++) {
		RUN(m, LWZ(6, 4, 4));
		assert_int_equal(gpr(m, 6), n);
	}
	destroy(m);
}

/* A loop with an access that faults is translated again, and goes on where it was. */
static void a_site_faults_once(void **state)
{
	unsigned reads = 0;
	const molvm_device_ops ops = { .size = sizeof(ops), .read = count_reads, .write = count_reads };
	struct machine *m = create(0);

	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x1000, &ops, &reads), 0);
	set_gpr(m, 4, DEVICE);
	set_gpr(m, 3, 0);
	put(m, ADDI(3, 3, 1));
	put(m, LWZ(6, 4, 4));
	put(m, STW(6, DATA, 0));
	put(m, B(-12));
	assert_int_equal(run_for(m, 4000), MOLVM_EXIT_BUDGET);
	assert_int_equal(reads, 1000);
	assert_int_equal(gpr(m, 3), 1000);
	assert_int_equal(gpr(m, 6), 1000);
	if (has_windows(m))
		assert_int_equal(statistic(m, "fastmem faults"), 1);
	destroy(m);
}

/* The word is in two blocks, one of which begins in the other; they take turns. */
static void a_site_faults_once_in_each_block(void **state)
{
	unsigned reads = 0;
	const molvm_device_ops ops = { .size = sizeof(ops), .read = count_reads, .write = count_reads };
	struct machine *m = create(0);

	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x1000, &ops, &reads), 0);
	put(m, NOP);
	put(m, LWZ(6, 4, 4));
	put(m, XOR(7, 7, 8));
	put(m, MTSPR(SPR_CTR, 7));
	put(m, BCTR);
	set_gpr(m, 7, CODE);
	set_gpr(m, 8, 4);
	set_gpr(m, 4, DATA);
	assert_int_equal(run_for(m, 900), MOLVM_EXIT_BUDGET);
	set_gpr(m, 4, DEVICE);
	assert_int_equal(run_for(m, 900), MOLVM_EXIT_BUDGET);
	assert_int_equal(reads, 200);
	if (has_windows(m))
		assert_int_equal(statistic(m, "fastmem faults"), 2);
	destroy(m);
}

static void a_store_to_code_changes_what_is_executed(void **state)
{
	struct machine *m = create(0);

	/* Each turn adds r5's low half to the immediate of the addi that it has just executed. */
	put(m, ADDI(3, 3, 1));
	put(m, LWZ(6, 0, 4));
	put(m, ADDI(6, 6, 1));
	put(m, STW(6, 0, 4));
	put(m, B(-16));
	set_gpr(m, 3, 0);
	set_gpr(m, 4, CODE);
	assert_int_equal(run_for(m, 5 * 100), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 100 * 101 / 2);
	destroy(m);
}

/* The page was data, with a window that it could be written through, before it was code. */
static void data_that_becomes_code_is_watched(void **state)
{
	struct machine *m = create(0);

	set_gpr(m, 4, DATA);
	set_gpr(m, 5, LI(3, 1));
	set_gpr(m, 6, B(0));
	RUN(m, STW(5, 0, 4), STW(6, 4, 4));
	for (uint32_t n = 1; n < 10; n++) {
		set_gpr(m, 5, LI(3, n));
		RUN(m, STW(5, 0, 4));
		set_reg(m, MOLVM_REG_PC, DATA);
		assert_int_equal(run_for(m, FEW), MOLVM_EXIT_BUDGET);
		assert_int_equal(gpr(m, 3), n);
	}
	destroy(m);
}

static void bats_lead_where_they_are_set_to(void **state)
{
	struct machine *m = create(0);

	put_at(m, 0x20000, 0x22222222);
	put_at(m, 0x40000, 0x44444444);
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U), 0x30000002); /* 128 KiB, supervisor */
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_DR);
	set_gpr(m, 4, 0x30000000);
	set_gpr(m, 7, 0x00020002); /* to 0x20000, read and write */
	set_gpr(m, 8, 0x00040002);
	set_gpr(m, 9, 0x00040001); /* read */
	for (unsigned n = 0; n < 200; n++) {
		RUN(m, MTSPR(SPR_DBAT0U + 1, 7), ISYNC, LWZ(5, 0, 4), MTSPR(SPR_DBAT0U + 1, 8), ISYNC,
		    LWZ(6, 0, 4), STW(5, 4, 4));
		assert_int_equal(gpr(m, 5), 0x22222222);
		assert_int_equal(gpr(m, 6), 0x44444444);
		assert_int_equal(word_at(m, 0x40004), 0x22222222);
	}
	RUN(m, MTSPR(SPR_DBAT0U + 1, 9), ISYNC, LWZ(6, 0, 4));
	assert_int_equal(gpr(m, 6), 0x44444444);
	m->at = CODE;
	put(m, STW(5, 8, 4));
	put_at(m, 0x300, B(0));
	set_reg(m, MOLVM_REG_PC, CODE);
	assert_int_equal(run_for(m, FEW), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_PC), 0x300); /* DSI */
	assert_int_equal(word_at(m, 0x40008), 0);
	destroy(m);
}

/* The lower BAT's block lies within the higher one's, and has other memory [bat.c]. */
static void the_lower_of_two_bats_wins(void **state)
{
	struct machine *m = create(0);

	put_at(m, 0x40000, 0x44444444);
	put_at(m, 0x80000, 0x88888888);
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U), 0x30020002);     /* 128 KiB in the middle of */
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U + 1), 0x00080002);
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U + 2), 0x3000001e); /* 1 MiB */
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U + 3), 0x00000002);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_DR);
	set_gpr(m, 4, 0x30020000);
	set_gpr(m, 5, 0x30040000);
	RUN(m, LWZ(6, 0, 4), LWZ(7, 0, 5));
	assert_int_equal(gpr(m, 6), 0x88888888);
	assert_int_equal(gpr(m, 7), 0x44444444);
	destroy(m);
}

/* More contexts than are kept, each with memory of its own behind the same addresses. */
static void contexts_take_each_others_place(void **state)
{
	struct machine *m = create(0);

	for (uint32_t n = 1; n < 8; n++)
		put_at(m, n * 0x20000, n);
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U), 0x30000002);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_DR);
	set_gpr(m, 4, 0x30000000);
	for (uint32_t n = 0; n < 200; n++) {
		set_reg(m, MOLVM_REG_SR(5), n);
		set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U + 1), (1 + n % 7) * 0x20000 | 2);
		RUN(m, LWZ(6, 0, 4));
		assert_int_equal(gpr(m, 6), 1 + n % 7);
	}
	destroy(m);
}

/* ---- pages ---- */

#define TABLE 0x80000u /* 128 KiB of groups: SDR1 is TABLE | 1 */
#define VSID 0x123u
#define PAGED 0x30000000u
#define TLBIE(b) X_FORM(0, 0, b, 306)

/* The n-th page from PAGED on: to pa, in the primary group's first place [PEM 7.6.1]; R, and what bits
 * says. */
static void map_paged(struct machine *m, uint32_t n, uint32_t pa, uint32_t bits)
{
	uint32_t group = TABLE + ((VSID ^ n) & 0x7ff) * 64;

	put_at(m, group, 0x80000000u | VSID << 7 | (PAGED >> 22 & 0x3f));
	put_at(m, group + 4, pa | 0x110 | bits);
}

static struct machine *create_paged(void)
{
	struct machine *m = create(0);

	set_reg(m, MOLVM_REG_SPR(25), TABLE | 1);
	set_reg(m, MOLVM_REG_SR(PAGED >> 28), VSID);
	/* A BAT, so that there is a window, in which these pages lie. */
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U), 0x0000001e); /* 1 MiB, supervisor */
	set_reg(m, MOLVM_REG_SPR(SPR_DBAT0U + 1), 0x00000002);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_DR);
	set_gpr(m, 4, PAGED);
	return m;
}

#define PTE_RW 0x82u /* C, and PP 10 */
#define PTE_READ 0x83u

static void pages_lead_where_their_entries_say_after_tlbie(void **state)
{
	struct machine *m = create_paged();

	put_at(m, 0x20000, 0);
	put_at(m, 0x40000, 0);
	for (uint32_t n = 1; n < 60; n++) {
		map_paged(m, 0, n & 1 ? 0x20000 : 0x40000, PTE_RW);
		RUN(m, TLBIE(4), LWZ(5, 0, 4), ADDI(5, 5, 1), STW(5, 0, 4), LWZ(6, 0, 4));
		assert_int_equal(gpr(m, 6), (n + 1) / 2);
	}
	assert_int_equal(word_at(m, 0x20000), 30);
	assert_int_equal(word_at(m, 0x40000), 29);
	destroy(m);
}

static void a_page_faults_once_for_loads_and_stores(void **state)
{
	struct machine *m = create_paged();
	uint64_t faults;

	map_paged(m, 0, 0x20000, PTE_RW);
	map_paged(m, 1, 0x60000, PTE_RW);
	put(m, LWZ(5, 0, 4));
	put(m, ADDI(5, 5, 1));
	put(m, STW(5, 0, 4));
	put(m, LWZ(6, 0xffe, 4)); /* of both */
	put(m, B(-16));
	assert_int_equal(run_for(m, 5000), MOLVM_EXIT_BUDGET);
	faults = statistic(m, "fastmem faults");
	assert_true(faults <= 6);
	assert_int_equal(run_for(m, 50000), MOLVM_EXIT_BUDGET);
	assert_int_equal(statistic(m, "fastmem faults"), faults);
	assert_int_equal(word_at(m, 0x20000), 11000);
	destroy(m);
}

static void a_page_that_may_only_be_read_is_not_written(void **state)
{
	struct machine *m = create_paged();

	map_paged(m, 0, 0x20000, PTE_READ);
	put_at(m, 0x20000, 0x1234);
	put_at(m, 0x300, B(0));
	RUN(m, LWZ(6, 0, 4), LWZ(6, 0, 4));
	assert_int_equal(gpr(m, 6), 0x1234);
	m->at = CODE;
	put(m, LWZ(6, 0, 4));
	put(m, STW(4, 0, 4));
	set_reg(m, MOLVM_REG_PC, CODE);
	assert_int_equal(run_for(m, FEW), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_PC), 0x300); /* DSI */
	assert_int_equal(word_at(m, 0x20000), 0x1234);
	destroy(m);
}

static void the_first_store_to_a_page_sets_its_changed_bit(void **state)
{
	struct machine *m = create_paged();
	uint32_t pte1 = TABLE + (VSID & 0x7ff) * 64 + 4;

	map_paged(m, 0, 0x20000, 2); /* C is clear */
	RUN(m, LWZ(6, 0, 4), LWZ(6, 4, 4));
	assert_int_equal(word_at(m, pte1) & 0x80, 0);
	RUN(m, LWZ(6, 0, 4), STW(4, 0, 4), STW(4, 4, 4));
	assert_int_equal(word_at(m, pte1) & 0x80, 0x80);
	assert_int_equal(word_at(m, 0x20004), PAGED);
	destroy(m);
}

/* Through the page: code elsewhere in EA, of the same memory. */
static void code_is_watched_behind_pages_too(void **state)
{
	struct machine *m = create_paged();

	map_paged(m, 0, 0x20000, PTE_RW);
	set_gpr(m, 7, B(0));
	RUN(m, STW(7, 4, 4), STW(7, 4, 4), STW(7, 4, 4));
	for (uint32_t n = 1; n < 10; n++) {
		set_gpr(m, 5, LI(3, n));
		RUN(m, STW(5, 0, 4));
		set_reg(m, MOLVM_REG_PC, 0x20000);
		assert_int_equal(run_for(m, FEW), MOLVM_EXIT_BUDGET);
		assert_int_equal(gpr(m, 3), n);
	}
	destroy(m);
}

/* More address spaces than there are windows: one of them gets the window of the first. */
static void an_address_space_never_sees_the_pages_of_another(void **state)
{
	struct machine *m = create_paged();

	map_paged(m, 0, 0x20000, PTE_RW);
	put_at(m, 0x20000, 0x22222222);
	put_at(m, 0x300, B(0));
	RUN(m, LWZ(6, 0, 4), LWZ(6, 0, 4), LWZ(6, 0, 4));
	assert_int_equal(gpr(m, 6), 0x22222222);
	for (uint32_t n = 1; n < 80; n++) {
		set_reg(m, MOLVM_REG_SR(PAGED >> 28), VSID + n);
		assert_int_equal(stop_at(m, LWZ(6, 0, 4)), MOLVM_EXIT_BUDGET);
		assert_int_equal(reg(m, MOLVM_REG_PC), 0x300); /* DSI */
		set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_DR);
	}
	destroy(m);
}

static void a_log_has_every_mapped_page_that_is_written(void **state)
{
	struct machine *m = create_paged();
	uint64_t bits = 0;

	map_paged(m, 0, 0x20000, PTE_RW);
	assert_int_equal(molvm_protect(m->vm, 0x20000, 0x1000, MOLVM_MEM_DIRTY_LOG), 0);
	for (unsigned n = 0; n < 4; n++) {
		RUN(m, STW(4, 4, 4), STW(4, 4, 4), STW(4, 4, 4));
		assert_int_equal(molvm_mem_dirty(m->vm, 0x20000, 0x1000, &bits, MOLVM_DIRTY_CLEAR), 1);
		assert_int_equal(molvm_mem_dirty(m->vm, 0x20000, 0x1000, &bits, MOLVM_DIRTY_CLEAR), 0);
	}
	destroy(m);
}

/* ---- what the embedder sees ---- */

static void read_only_memory_is_not_written(void **state)
{
	struct machine *m = create(0);

	set_gpr(m, 4, DATA);
	set_gpr(m, 5, 7);
	RUN(m, STW(5, 0, 4));
	assert_int_equal(molvm_protect(m->vm, DATA, 0x1000, MOLVM_MEM_ROM), 0);
	set_gpr(m, 5, 8);
	RUN(m, STW(5, 0, 4), LWZ(6, 0, 4));
	assert_int_equal(gpr(m, 6), 7);
	assert_int_equal(molvm_protect(m->vm, DATA, 0x1000, MOLVM_MEM_READONLY), 0);
	assert_int_equal(stop_at(m, STW(5, 0, 4)), MOLVM_EXIT_MMIO);
	assert_int_equal(molvm_protect(m->vm, DATA, 0x1000, 0), 0);
	RUN(m, STW(5, 4, 4));
	assert_int_equal(word_at(m, DATA + 4), 8);
	destroy(m);
}

static void a_log_has_every_page_that_is_written(void **state)
{
	struct machine *m = create(0);
	uint64_t bits = 0;

	set_gpr(m, 4, DATA);
	RUN(m, STW(4, 0, 4), STW(4, 0x1000, 4));
	assert_int_equal(molvm_protect(m->vm, DATA, 0x4000, MOLVM_MEM_DIRTY_LOG), 0);
	for (unsigned n = 0; n < 3; n++) {
		RUN(m, STW(4, 0, 4), STW(4, 0x2000, 4));
		assert_int_equal(molvm_mem_dirty(m->vm, DATA, 0x4000, &bits, MOLVM_DIRTY_CLEAR), 2);
		assert_int_equal(bits, 5);
	}
	/* By another way to the same memory, which does not log. */
	assert_int_equal(molvm_map_alias(m->vm, SPARE, 0x4000, DATA), 0);
	assert_int_equal(molvm_protect(m->vm, SPARE, 0x4000, 0), 0);
	set_gpr(m, 4, SPARE);
	RUN(m, STW(4, 0x3000, 4));
	assert_int_equal(molvm_mem_dirty(m->vm, DATA, 0x4000, &bits, MOLVM_DIRTY_CLEAR), 1);
	assert_int_equal(bits, 8);
	destroy(m);
}

static void discarded_memory_is_zero(void **state)
{
	struct machine *m = create(0);

	set_gpr(m, 4, DATA);
	RUN(m, STW(4, 0, 4), LWZ(6, 0, 4));
	assert_int_equal(gpr(m, 6), DATA);
	assert_int_equal(molvm_mem_discard(m->vm, DATA, 0x1000), 0);
	assert_int_equal(word_at(m, DATA), 0);
	RUN(m, LWZ(6, 0, 4), STW(4, 4, 4));
	assert_int_equal(gpr(m, 6), 0);
	assert_int_equal(word_at(m, DATA + 4), DATA);
	destroy(m);
}

static void the_map_may_change(void **state)
{
	struct machine *m = create(0);

	set_gpr(m, 4, SPARE);
	set_gpr(m, 5, 5);
	for (unsigned n = 0; n < 5; n++) {
		assert_int_equal(stop_at(m, LWZ(6, 0, 4)), MOLVM_EXIT_MMIO);
		assert_int_equal(molvm_map_ram(m->vm, SPARE, 0x10000, NULL, 0), 0);
		RUN(m, LWZ(6, 0, 4), STW(5, 0, 4));
		assert_int_equal(gpr(m, 6), 0);
		assert_int_equal(word_at(m, SPARE), 5);
		assert_int_equal(molvm_unmap(m->vm, SPARE, 0x10000), 0);
	}
	destroy(m);
}

static void watchpoints_see_what_went_unseen_before(void **state)
{
	struct machine *m = create(0);
	int id;

	set_gpr(m, 4, DATA);
	RUN(m, STW(4, 0, 4), LWZ(6, 0, 4));
	id = molvm_break_add(m->vm, MOLVM_BREAK_WRITE, DATA + 4, 4);
	assert_true(id >= 0);
	assert_int_equal(stop_at(m, STW(4, 4, 4)), MOLVM_EXIT_DEBUG);
	assert_int_equal(word_at(m, DATA + 4), 0);
	assert_int_equal(molvm_break_remove(m->vm, id), 0);
	RUN(m, STW(4, 4, 4));
	assert_int_equal(word_at(m, DATA + 4), DATA);
	destroy(m);
}

static void demanded_pages_are_reported(void **state)
{
	struct machine *m = create(0);

	assert_int_equal(molvm_map_ram(m->vm, SPARE, 0x10000, NULL, MOLVM_MEM_DEMAND), 0);
	set_gpr(m, 4, SPARE);
	assert_int_equal(stop_at(m, LWZ(6, 0, 4)), MOLVM_EXIT_MEM_FAULT);
	RUN(m, LWZ(6, 0, 4));
	assert_int_equal(stop_at(m, STW(6, 0x1000, 4)), MOLVM_EXIT_MEM_FAULT);
	destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accesses_in_real_mode_do_not_fault),
		cmocka_unit_test(misaligned_accesses_go_across_pages),
		cmocka_unit_test(an_access_that_ends_beyond_ram_is_the_devices_too),
		cmocka_unit_test(effective_addresses_wrap_at_both_ends),
		cmocka_unit_test(a_device_is_asked_each_time),
		cmocka_unit_test(a_site_faults_once),
		cmocka_unit_test(a_site_faults_once_in_each_block),
		cmocka_unit_test(a_store_to_code_changes_what_is_executed),
		cmocka_unit_test(data_that_becomes_code_is_watched),
		cmocka_unit_test(bats_lead_where_they_are_set_to),
		cmocka_unit_test(the_lower_of_two_bats_wins),
		cmocka_unit_test(contexts_take_each_others_place),
		cmocka_unit_test(pages_lead_where_their_entries_say_after_tlbie),
		cmocka_unit_test(a_page_faults_once_for_loads_and_stores),
		cmocka_unit_test(a_page_that_may_only_be_read_is_not_written),
		cmocka_unit_test(the_first_store_to_a_page_sets_its_changed_bit),
		cmocka_unit_test(code_is_watched_behind_pages_too),
		cmocka_unit_test(an_address_space_never_sees_the_pages_of_another),
		cmocka_unit_test(a_log_has_every_mapped_page_that_is_written),
		cmocka_unit_test(read_only_memory_is_not_written),
		cmocka_unit_test(a_log_has_every_page_that_is_written),
		cmocka_unit_test(discarded_memory_is_zero),
		cmocka_unit_test(the_map_may_change),
		cmocka_unit_test(watchpoints_see_what_went_unseen_before),
		cmocka_unit_test(demanded_pages_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
