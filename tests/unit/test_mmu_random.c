/* SPDX-License-Identifier: MIT
 * test_mmu_random.c - random processors and page tables, against a second model.
 *
 * The second model goes the other way round: it never computes a hash to look
 * something up, but walks over every PTE of the table and works out from its
 * place which page it can stand for; blocks are ranges with a first and a
 * last address; rights are sentences. It was written from the PEM alone.
 */
#include "mmu_fixture.h"

#define TABLE_BYTES 0x10000u
#define GROUPS (TABLE_BYTES / 64)
#define SEGMENT_VSIDS 2u

static uint64_t seed;

static uint32_t random_word(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 32);
}

static uint32_t below(uint32_t n)
{
	return random_word() % n;
}

struct verdict {
	bool ok;
	uint64_t pa;
	unsigned wimg;
	uint32_t vector, cause; /* cause: DSISR or SRR1 */
	uint32_t pte;		/* index in ram[] of word 1, 0 = none */
	uint32_t pte_after;
};

static struct verdict denied(enum ppc_access access, uint32_t cause)
{
	struct verdict v = { 0 };

	v.vector = access == FETCH ? 0x400 : 0x300;
	v.cause = cause | (access == STORE ? 0x02000000 : 0);
	return v;
}

/* The block pairs by number, the lowest that has the address in its range. */
static bool by_block(struct fixture *f, uint32_t ea, enum ppc_access access, struct verdict *v)
{
	const uint32_t *bats = &f->cpu.r.spr[access == FETCH ? PPC_SPR_IBAT0U : PPC_SPR_DBAT0U];
	bool user = f->cpu.r.msr & PPC_MSR_PR;

	for (int n = 0; n < 4; n++) {
		uint32_t upper = bats[2 * n], lower = bats[2 * n + 1];
		uint64_t first = upper - upper % 0x20000;
		uint64_t last = first + ((uint64_t)(upper % 0x2000 / 4) + 1) * 0x20000 - 1;
		unsigned pp = lower % 4, wimg = lower / 8 % 16;
		bool valid = user ? upper % 2 : upper / 2 % 2;

		if (!valid || ea < first || ea > last)
			continue;
		if (access == FETCH && wimg % 2)
			*v = denied(access, 0x10000000);
		else if (pp == 0 || (access == STORE && pp != 2))
			*v = denied(access, 0x08000000);
		else
			*v = (struct verdict){ .ok = true,
					       .wimg = wimg,
					       .pa = lower - lower % 0x20000 + (ea - first) };
		return true;
	}
	return false;
}

/* Which page index can the PTE at this place stand for? -1: none. */
static long page_index_at(struct fixture *f, uint32_t group, uint32_t word0)
{
	uint32_t vsid = word0 / 128 % 0x1000000;
	uint32_t api = word0 % 64;
	uint32_t mask = GROUPS - 1; /* 10 bits: the table has the smallest size */
	uint32_t hash = word0 & 0x40 ? ~group & mask : group;

	(void)f;
	if (word0 < 0x80000000)
		return -1;
	return (long)(api * 1024 + ((hash ^ vsid) & mask));
}

static struct verdict by_table(struct fixture *f, uint32_t ea, enum ppc_access access)
{
	uint32_t sr = f->cpu.r.sr[ea / 0x10000000];
	bool key = f->cpu.r.msr & PPC_MSR_PR ? sr & 0x20000000 : sr & 0x40000000;
	uint32_t page = ea / 0x1000 % 0x10000;
	uint32_t best = 0, word1;
	struct verdict v = { 0 };
	unsigned pp;

	if (sr & 0x80000000)
		return denied(access, access == FETCH ? 0x10000000 : 0x04000000);
	if (access == FETCH && (sr & 0x10000000))
		return denied(access, 0x10000000);
	/* Backwards, so that the lowest wins; secondary first, so that the primary wins. */
	for (uint32_t h = 0x40;; h = 0) {
		for (int at = TABLE_BYTES / 8 - 1; at >= 0; at--) {
			uint32_t place = HTAB / 4 + (uint32_t)at * 2, word0 = f->ram[place];

			if ((word0 & 0x40) == h && word0 / 128 % 0x1000000 == sr % 0x1000000 &&
			    page_index_at(f, (uint32_t)at / 8, word0) == (long)page)
				best = place + 1;
		}
		if (!h)
			break;
	}
	if (!best)
		return denied(access, 0x40000000);
	word1 = f->ram[best];
	pp = word1 % 4;
	if (access == FETCH && (word1 & 8))
		return denied(access, 0x10000000);
	if (key && pp == 0)
		return denied(access, 0x08000000);
	if (access == STORE && (pp == 3 || (key && pp == 1)))
		return denied(access, 0x08000000);
	v.ok = true;
	v.pa = word1 - word1 % 0x1000 + ea % 0x1000;
	v.wimg = word1 / 8 % 16;
	v.pte = best;
	v.pte_after = word1 | 0x100 | (access == STORE ? 0x80 : 0);
	return v;
}

static struct verdict expected(struct fixture *f, uint32_t ea, enum ppc_access access)
{
	struct verdict v = { 0 };

	if (!(f->cpu.r.msr & (access == FETCH ? PPC_MSR_IR : PPC_MSR_DR)))
		return (struct verdict){ .ok = true, .pa = ea, .wimg = access == FETCH ? 1 : 3 };
	if (by_block(f, ea, access, &v))
		return v;
	return by_table(f, ea, access);
}

static void random_processor(struct fixture *f)
{
	use_model(f, "750");
	f->cpu.r.msr = below(8) ? PPC_MSR_IR | PPC_MSR_DR : below(4) * PPC_MSR_DR;
	set_user(f, below(2));
	for (unsigned n = 0; n < 16; n++)
		f->cpu.r.sr[n] = (below(8) ? 0 : 0x80000000) | below(8) << 28 |
				 (0x00a5a5a0 + below(SEGMENT_VSIDS));
	for (unsigned n = 0; n < 8; n++) {
		uint32_t ones = (1u << below(12)) - 1;
		uint32_t base = random_word() & ~(ones << 17 | 0x1ffff);

		set_bat(f, n & 1, n / 2, base | ones << 2 | below(4),
			(random_word() & ~(ones << 17 | 0x1ffff)) | below(16) << 3 | below(4));
	}
}

static void random_table(struct fixture *f)
{
	for (uint32_t n = 0; n < TABLE_BYTES / 4; n += 2) {
		uint32_t vsid = 0x00a5a5a0 + below(SEGMENT_VSIDS);
		bool here = below(4);

		f->ram[HTAB / 4 + n] =
			here ? (below(16) ? 0x80000000 : 0) | vsid << 7 | below(2) << 6 | below(4)
			     : random_word();
		f->ram[HTAB / 4 + n + 1] = random_word();
	}
}

/* Mostly addresses of pages that some PTE may hold, or at the edge of a block. */
static uint32_t random_ea(const struct fixture *f)
{
	uint32_t ea = random_word();
	uint32_t upper = f->cpu.r.spr[PPC_SPR_IBAT0U + below(2) * 16 + below(4) * 2];
	uint32_t base = upper & 0xfffe0000, size = ((upper >> 2 & 0x7ff) + 1) << 17;

	switch (below(8)) {
	case 0:
		return ea;
	case 1:
		return base + (ea & (size - 1));
	case 2:
		return below(2) ? base - 1 : base + size;
	default:
		return ea & 0xf0ffffff;
	}
}

static void check(struct fixture *f, uint32_t ea, enum ppc_access access)
{
	struct verdict want = expected(f, ea, access);
	bool ok = translate(f, ea, access);

	assert_int_equal(ok, want.ok);
	if (!ok) {
		assert_int_equal(f->out.fault.vector, want.vector);
		assert_int_equal(access == FETCH ? f->out.fault.srr1 : f->out.fault.dsisr,
				 want.cause);
		assert_int_equal(f->writes, 0);
		return;
	}
	assert_true(f->out.pa == want.pa);
	assert_int_equal(f->out.wimg, want.wimg);
	if (want.pte) {
		assert_true(f->out.pte_pa == want.pte * 4 - 4);
		assert_int_equal(f->ram[want.pte], want.pte_after);
	}
	assert_true(f->writes <= 1);
	f->writes = 0;
}

static void every_translation_agrees_with_the_inverse_model(void **state)
{
	struct fixture *f = *state;
	unsigned pages = 0, blocks = 0, faults = 0;

	for (unsigned table = 0; table < 60; table++) {
		seed = table; /* a failure can be repeated by this number alone */
		random_table(f);
		for (unsigned n = 0; n < 2000; n++) {
			random_processor(f);
			check(f, random_ea(f), below(3));
			faults += f->out.fault.vector != 0;
			pages += !f->out.fault.vector && f->out.kind == MOL_XLAT_PAGE;
			blocks += !f->out.fault.vector && f->out.kind == MOL_XLAT_BAT;
		}
	}
	/* The comparison is worth something only if all kinds of answers were seen. */
	assert_true(pages > 15000 && blocks > 2000 && faults > 15000);
}

/* What a miss handler does: look for the compare word in the groups, load what is there.
 * False: there is no such page. The page's protection is left to the second try. */
static bool handle_miss(struct fixture *f, enum ppc_access access)
{
	uint32_t *spr = f->cpu.r.spr;
	bool is_603 = f->cpu.model->features & PPC_F_603_TLB;
	uint32_t ea, word0;

	spr[PPC_SPR_SRR1] = f->out.fault.srr1;
	mol_mmu_record_miss(&f->cpu, f->out.miss, access);
	ea = spr[!is_603 ? PPC_SPR_TLBMISS : access == FETCH ? PPC_SPR_IMISS : PPC_SPR_DMISS];
	word0 = spr[!is_603 ? PPC_SPR_PTEHI : access == FETCH ? PPC_SPR_ICMP : PPC_SPR_DCMP];
	for (unsigned secondary = 0; secondary < 2; secondary++) {
		uint32_t group =
			group_address(spr[PPC_SPR_SDR1], word0 >> 7 & 0xffffff, ea, secondary);

		if (is_603)
			assert_int_equal(group, spr[secondary ? PPC_SPR_HASH2 : PPC_SPR_HASH1]);
		for (uint32_t slot = group / 4; slot < group / 4 + 16; slot += 2) {
			if (f->ram[slot] != (word0 | secondary << 6))
				continue;
			spr[is_603 ? PPC_SPR_RPA : PPC_SPR_PTELO] =
				f->ram[slot + 1] | 0x100 | (access == STORE ? 0x80 : 0);
			/* A 745x's store handler inverts the way, as the manual's example does. */
			mol_mmu_tlb_load(&f->cpu, ea ^ (!is_603 && access == STORE),
					 access == FETCH);
			return true;
		}
	}
	return false;
}

/* The same question to the hardware search, to be compared. */
static bool by_hardware(struct fixture *f, uint32_t ea, enum ppc_access access,
			struct mol_xlat *out)
{
	struct ppc_cpu cpu = f->cpu;

	cpu.model = mol_ppc_model_find("750");
	return mol_mmu_translate(&cpu, &f->phys, ea, access, MOL_MMU_PEEK, out);
}

static void check_software(struct fixture *f, uint32_t ea, enum ppc_access access)
{
	struct mol_xlat hard;
	bool hard_ok = by_hardware(f, ea, access, &hard);
	bool ok = translate(f, ea, access);

	if (!ok && f->out.fault.vector >= 0x1000) {
		if (!handle_miss(f, access)) {
			assert_false(hard_ok);
			assert_int_equal(access == FETCH ? hard.fault.srr1 : hard.fault.dsisr,
					 access == STORE ? 0x42000000 : 0x40000000);
			return;
		}
		ok = translate(f, ea, access);
	}
	assert_int_equal(ok, hard_ok);
	assert_memory_equal(&f->out.fault, &hard.fault, sizeof(hard.fault));
	assert_true(f->out.pa == hard.pa);
	assert_int_equal(f->out.wimg, hard.wimg);
	assert_int_equal(f->out.can_write, hard.can_write);
}

/* In the end, a handler that follows the manual sees to the same translations; the TLB is
 * kept over changes of every register, for entries belong to a VSID alone. */
static void software_search_comes_to_what_hardware_search_finds(void **state)
{
	struct fixture *f = *state;
	static const char *const models[] = { "603e", "7450" };

	for (unsigned n = 0; n < 200000; n++) {
		if (n % 20000 == 0) {
			seed = n;
			random_table(f);
			use_model(f, models[n / 20000 % 2]);
		}
		if (n % 16 == 0) {
			const struct ppc_model *model = f->cpu.model;
			struct ppc_soft_tlb itlb = f->cpu.r.itlb, dtlb = f->cpu.r.dtlb;

			random_processor(f);
			f->cpu.model = model;
			f->cpu.r.itlb = itlb;
			f->cpu.r.dtlb = dtlb;
			f->cpu.r.spr[PPC_SPR_HID0] = HID0_STEN;
		}
		check_software(f, random_ea(f) & (below(2) ? 0xffffffff : 0xf007f000), below(3));
	}
	assert_int_equal(f->writes, 0);
}

/* Whatever the registers hold: an answer, a bounded search, no access outside of the table. */
static void random_registers_never_break_the_search(void **state)
{
	struct fixture *f = *state;
	static const char *const models[] = {
		"603e", "604e", "750", "7400", "7410", "7450", "7455"
	};

	seed = 42;
	for (uint32_t n = 0; n < RAM_BYTES / 4; n += 1 + below(64))
		f->ram[n] = random_word();
	for (unsigned n = 0; n < 200000; n++) {
		uint32_t ea = random_word();
		enum ppc_access access = below(3);

		if (n % 64 == 0) {
			use_model(f, models[below(7)]);
			for (unsigned r = 0; r < PPC_SPR_COUNT; r++)
				f->cpu.r.spr[r] = random_word();
			for (unsigned r = 0; r < 16; r++)
				f->cpu.r.sr[r] = random_word();
			for (unsigned r = 0; r < 16; r += below(3))
				f->cpu.r.sr[r++] &= 0x7fffffff;
			f->cpu.r.spr[PPC_SPR_SDR1] &= below(2) ? 0x03ff01ff : 0xffffffff;
			f->cpu.r.msr |= random_word();
		}
		f->reads = f->writes = 0;
		if (!translate_how(f, ea, access, below(8))) {
			assert_true(f->out.fault.vector != 0);
			mol_mmu_record_miss(&f->cpu, ea, access);
			if (f->out.fault.vector >= 0x1000 && below(2))
				mol_mmu_tlb_load(&f->cpu, ea, access == FETCH);
		} else {
			assert_true(f->out.pa <= 0xfffffffff);
			assert_int_equal(f->out.pa & 0xfff, ea & 0xfff);
		}
		assert_true(f->reads <= 17 && f->writes <= 1);
		if (below(100) == 0)
			mol_mmu_tlbie(&f->cpu, random_word());
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_translation_agrees_with_the_inverse_model,
						setup, teardown),
		cmocka_unit_test_setup_teardown(software_search_comes_to_what_hardware_search_finds,
						setup, teardown),
		cmocka_unit_test_setup_teardown(random_registers_never_break_the_search, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
