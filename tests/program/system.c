/* SPDX-License-Identifier: MIT
 * system.c - the privileged half of a program: its mode, page tables, vectors and handlers.
 *
 * Handlers run with translation off and see to it that the guest gets on: they step over what
 * faulted, start main again, or change a mapping and try once more. `sc` calls services that
 * change page table entries, segment registers and BATs, each followed by what the architecture
 * asks for, so that nothing depends on what an engine remembers [PEM 7.4.3, 7.6.3].
 */
#include "program.h"

#include <string.h>

static uint32_t roll(struct program *p, uint32_t n)
{
	return below(&p->random, n);
}

uint32_t program_load_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void program_store_be32(uint8_t *at, uint32_t word)
{
	for (unsigned n = 0; n < 4; n++)
		at[n] = (uint8_t)(word >> (24 - 8 * n));
}

/* ---- what kind of guest ---- */

void program_choose_system(struct program *p)
{
	static const uint32_t models = 7;
	struct choice *c = &p->random;

	p->cpu = roll(p, models);
	p->has_vectors = strncmp(molvm_cpu_name(p->cpu), "74", 2) == 0;
	p->is_603 = strncmp(molvm_cpu_name(p->cpu), "603", 3) == 0;
	p->flavour = (enum flavour)roll(p, FLAVOURS);
	if (p->flavour == VECTOR && !p->has_vectors)
		p->flavour = MIXED;
	p->wild_fp = chance(c, 10);
	p->translated = !chance(c, 4);
	p->by_bats = chance(c, 3);
	p->msr = 0x1000 | (chance(c, 8) ? 0 : 0x2000) | (chance(c, 12) ? 0 : 0x02000000) |
		 (chance(c, 3) ? 0x8000 : 0) | (p->wild_fp && roll(p, 2) ? 0x0900 : 0);
	if (p->translated) {
		p->msr |= 0x30;
		if (!chance(c, 3)) {
			p->code_base = 0x10000000u * (1 + roll(p, 3));
			p->data_base = 0x10000000u * (4 + roll(p, 4));
		}
		p->code_alias_base = 0x10000000u * (8 + roll(p, 3));
		if (chance(c, 8))
			p->msr |= 0x4000; /* a user: what is privileged faults */
	}
	p->hid0 = 0;
	p->config_flags = any(c) & (MOLVM_CFG_EXIT_SPR | MOLVM_CFG_NO_OSI | MOLVM_CFG_NO_SC1 | MOLVM_CFG_EPAPR);
	p->ram_flags = (chance(c, 4) ? MOLVM_MEM_DIRTY_LOG : 0) | (chance(c, 12) ? MOLVM_MEM_DEMAND : 0);
	p->clock_num = 1 + roll(p, 4);
	p->clock_den = 1 + roll(p, 8);
	for (unsigned n = 0; n < 16; n++)
		p->sr[n] = (any(c) & 0x00ffffff) | (chance(c, 12) ? 0x40000000 : 0) |
			   (chance(c, 2) ? 0x20000000 : 0);
	p->sr[15] |= chance(c, 4) ? 0x80000000 : 0; /* direct-store: faults */
}

/* ---- page tables ---- */

/* A free entry of the EA's group [PEM 7.6.1]; 0: both groups are full. */
static uint32_t free_entry(const struct program *p, uint32_t ea, bool *secondary)
{
	uint32_t hash = (p->sr[ea >> 28] & 0x7ffff) ^ (ea >> 12 & 0xffff);

	for (unsigned turn = 0; turn < 2; turn++) {
		uint32_t group = ((*secondary ? ~hash : hash) & 0x3ff) << 6;

		for (uint32_t at = group; at < group + 64; at += 8)
			if (!program_load_be32(p->htab + at))
				return HTAB_PA + at;
		*secondary = !*secondary;
	}
	return 0;
}

/* Map one page; the PA of its entry. low: R, C, WIMG and PP. */
static uint32_t map_page(struct program *p, uint32_t ea, uint32_t pa, uint32_t low)
{
	bool secondary = chance(&p->random, 6);
	uint32_t entry = free_entry(p, ea, &secondary);

	if (!entry)
		return 0;
	program_store_be32(p->htab + entry - HTAB_PA,
			   0x80000000u | (p->sr[ea >> 28] & 0xffffff) << 7 | (uint32_t)secondary << 6 |
				   (ea >> 22 & 0x3f));
	program_store_be32(p->htab + entry - HTAB_PA + 4, pa | low);
	if ((ea & 0x0fffffff) < FLAT_PAGES * PAGE)
		program_store_be32(p->ram + FLAT_PA + (ea >> 12 & (FLAT_PAGES - 1)) * 4, pa | low | 0x180);
	return entry;
}

static uint32_t any_low(struct program *p)
{
	static const uint32_t pp[] = { 0x182, 0x182, 0x182, 2, 2, 0x102, 3, 1, 0 };

	return pp[roll(p, 9)];
}

static void map_pages(struct program *p)
{
	struct choice *c = &p->random;
	uint32_t one_in = chance(c, 3) ? 4 : 40;
	bool shuffled = !chance(c, 3);

	for (uint32_t pa = CODE_PA; pa < CODE_PA + CODE_PAGES * PAGE; pa += PAGE) {
		map_page(p, p->code_base + pa, pa, chance(c, 4) ? 2 : 0x182);
		map_page(p, p->code_alias_base + pa, pa, 2);
	}
	/* Neighbours by EA are none by PA, mostly. */
	for (uint32_t n = 0; n < DATA_PAGES; n++)
		p->data_entry[n] = map_page(p, p->data_base + DATA_PA + n * PAGE,
					    DATA_PA + (shuffled ? (n * 5 + 3) % DATA_PAGES : n) * PAGE,
					    chance(c, one_in) ? any_low(p) : 2);
	for (uint32_t pa = STACK_PA; pa < RAM_SIZE; pa += PAGE)
		map_page(p, p->data_base + pa, pa, 0x182);
	for (uint32_t at = ROM_PA; at < HOLE_PA + 0x2000; at += 0x10000)
		for (uint32_t n = 0; n < 8; n++)
			map_page(p, p->data_base + at + n * PAGE, at + n * PAGE, 2 | (chance(c, 4) ? 0x38 : 0));
}

static void set_bats(struct program *p)
{
	/* Upper: BEPI, BL of 2 MiB, Vs and Vp; lower: BRPN, PP. */
	uint32_t high = 0x3f, low = 2;

	p->bat[0] = p->code_base | high;
	p->bat[1] = low;
	if (chance(&p->random, 2)) {
		p->bat[2] = p->code_alias_base | high;
		p->bat[3] = low;
	}
	if (chance(&p->random, 2)) {
		p->bat[8] = p->data_base | high;
		p->bat[9] = low;
	}
	if (p->code_base && chance(&p->random, 2)) {
		p->bat[10] = p->code_base | high;
		p->bat[11] = chance(&p->random, 3) ? 1 : low;
	}
}

/* ---- handlers ---- */

static void put(struct program *p, uint32_t word)
{
	MUST(p->handler < FLAT_PA);
	program_store_be32(p->ram + p->handler, word);
	p->handler += 4;
}

static void put_constant(struct program *p, uint32_t r, uint32_t value)
{
	put(p, W_LIS(r, value >> 16));
	put(p, W_ORI(r, r, value));
}

/* A word of memory for handlers, below 32 KiB: reached from register 0. */
static uint32_t new_cells(struct program *p, uint32_t n)
{
	uint32_t at = p->cell;

	p->cell += 4 * n;
	MUST(p->cell <= CELLS_PA + PAGE);
	return at;
}

static void save(struct program *p)
{
	for (uint32_t n = 0; n < 3; n++)
		put(p, W_MTSPR(SPR_SPRG0 + n, 29 + n));
}

static void restore_and_return(struct program *p)
{
	for (uint32_t n = 0; n < 3; n++)
		put(p, W_MFSPR(29 + n, SPR_SPRG0 + n));
	put(p, W_RFI);
}

static void put_skip(struct program *p)
{
	put(p, W_MFSPR(31, SPR_SRR0));
	put(p, W_ADDI(31, 31, 4));
	put(p, W_MTSPR(SPR_SRR0, 31));
}

static void put_restart(struct program *p, uint32_t main_pa)
{
	put_constant(p, 31, p->code_base + main_pa);
	put(p, W_MTSPR(SPR_SRR0, 31));
	put_constant(p, 31, p->msr);
	put(p, W_MTSPR(SPR_SRR1, 31));
}

/* r31 = 4 * (number of calls & 3), by a counter of its own. */
static void put_turn(struct program *p, uint32_t first_bit)
{
	uint32_t counter = new_cells(p, 1);

	put(p, W_LWZ(31, 0, counter));
	put(p, W_ADDI(31, 31, 1));
	put(p, W_STW(31, 0, counter));
	put(p, W_RLWINM(31, 31, 2, first_bit, 29));
}

/* r31 = one of four values, in turns. */
static void put_one_of(struct program *p, const uint32_t value[4])
{
	uint32_t table = new_cells(p, 4);

	for (unsigned n = 0; n < 4; n++)
		program_store_be32(p->ram + table + 4 * n, value[n]);
	put_turn(p, 28);
	put(p, W_LWZ(31, 31, table));
}

/* Another second word for the entry of a data page: rights, history, or another frame. */
static void put_remap(struct program *p)
{
	uint32_t n = roll(p, DATA_PAGES), pa = DATA_PA + n * PAGE;
	uint32_t other = DATA_PA + roll(p, DATA_PAGES) * PAGE;
	uint32_t ea = p->data_base + pa, entry = p->data_entry[n], value[4];

	if (chance(&p->random, 3)) {
		pa = CODE_PA + roll(p, CODE_PAGES) * PAGE;
		ea = (chance(&p->random, 2) ? p->code_base : p->code_alias_base) + pa;
		other = chance(&p->random, 2) ? pa : CODE_PA + roll(p, CODE_PAGES) * PAGE;
		entry = 0;
	}
	value[0] = pa | 2;
	value[1] = (chance(&p->random, 2) ? pa : other) | any_low(p);
	value[2] = chance(&p->random, 4) ? HOLE_PA | 2 : pa | any_low(p);
	value[3] = other | 2;
	for (uint32_t at = 0; !entry && at < HTAB_SIZE; at += 8)
		if (program_load_be32(p->htab + at) >> 7 == (0x01000000u | (p->sr[ea >> 28] & 0xffffff)) &&
		    (program_load_be32(p->htab + at + 4) & ~0xfffu) == pa)
			entry = HTAB_PA + at;
	/* The second word; of a 603e its handlers' table, as when there is no entry. */
	if (p->is_603 || !entry)
		entry = FLAT_PA + (ea >> 12 & (FLAT_PAGES - 1)) * 4;
	else
		entry += 4;
	put_one_of(p, value);
	put_constant(p, 30, entry);
	put(p, W_STW(31, 30, 0));
	put(p, W_SYNC);
	put_constant(p, 30, ea);
	put(p, W_TLBIE(30));
	put(p, W_SYNC);
}

static void put_segment(struct program *p)
{
	uint32_t n = chance(&p->random, 2) ? p->data_base >> 28 : roll(p, 16);
	uint32_t sr = p->sr[n];
	const uint32_t value[4] = { sr, sr ^ 0x20000000, sr, chance(&p->random, 2) ? sr ^ 1 : sr ^ 0x40000000 };

	put_one_of(p, value);
	put(p, W_MTSR(n, 31));
	put(p, W_ISYNC);
}

static void put_bat(struct program *p)
{
	uint32_t n = 1 + 2 * roll(p, 8), is = p->bat[n], upper = p->bat[n - 1];
	const uint32_t lower[4] = { is, is ^ 3, is, is };
	const uint32_t value[4] = { upper, upper ^ 1, upper, n == 1 ? upper : upper ^ 3 };
	bool low = n != 1 && chance(&p->random, 2);

	put_one_of(p, low ? lower : value);
	put(p, W_MTSPR(528 + n - !low, 31));
	put(p, W_ISYNC);
}

static void put_service(struct program *p)
{
	switch (roll(p, 8)) {
	case 0:
	case 1:
		put_segment(p);
		break;
	case 2:
	case 3:
		put_bat(p);
		break;
	case 4: /* HID0[ICFI] */
		put_constant(p, 31, p->hid0 | 0x800);
		put(p, W_MTSPR(SPR_HID0, 31));
		put(p, W_ISYNC);
		break;
	default:
		put_remap(p);
		break;
	}
}

enum { SERVICES = 8 };

/* sc: one of the services, in turns; then back, in ordinary mode. */
static uint32_t put_system_call(struct program *p)
{
	uint32_t table = new_cells(p, SERVICES), ctr = new_cells(p, 1), entry, end;

	end = p->handler;
	put(p, W_LWZ(31, 0, ctr));
	put(p, W_MTSPR(SPR_CTR, 31));
	restore_and_return(p);
	for (uint32_t n = 0; n < SERVICES; n++) {
		program_store_be32(p->ram + table + 4 * n, p->handler);
		put_service(p);
		put(p, W_B(end - p->handler));
	}
	entry = p->handler;
	save(p);
	put(p, W_MFSPR(31, SPR_CTR));
	put(p, W_STW(31, 0, ctr));
	put_constant(p, 31, p->msr);
	put(p, W_MTSPR(SPR_SRR1, 31));
	put_turn(p, 27);
	put(p, W_LWZ(31, 31, table));
	put(p, W_MTSPR(SPR_CTR, 31));
	put(p, W_BCCTR(20, 0));
	return entry;
}

static uint32_t put_skipper(struct program *p, bool ordinary_msr)
{
	uint32_t entry = p->handler;

	save(p);
	put_skip(p);
	if (ordinary_msr) {
		put_constant(p, 31, p->msr);
		put(p, W_MTSPR(SPR_SRR1, 31));
	}
	restore_and_return(p);
	return entry;
}

static uint32_t put_restarter(struct program *p, uint32_t main_pa)
{
	uint32_t entry = p->handler;

	save(p);
	put_restart(p, main_pa);
	restore_and_return(p);
	return entry;
}

/* Return with bits of the MSR set or cleared, to the same instruction. */
static uint32_t put_retrier(struct program *p, uint32_t set, uint32_t clear)
{
	uint32_t entry = p->handler;

	save(p);
	put(p, W_MFSPR(31, SPR_SRR1));
	put_constant(p, 30, set);
	put(p, W_X(31, 31, 30, 444)); /* or */
	put_constant(p, 30, clear);
	put(p, W_X(31, 31, 30, 60)); /* andc */
	put(p, W_MTSPR(SPR_SRR1, 31));
	restore_and_return(p);
	return entry;
}

/* A data fault: change a mapping and try again, but not for ever. */
static uint32_t put_fixer(struct program *p)
{
	uint32_t entry = p->handler, skip;

	save(p);
	put_turn(p, 28);
	put(p, W_X(31, 30, 31, 444)); /* mr 30,31 */
	put(p, W_X(31, 30, 0, 26));   /* cntlzw 31,30: 32 when it is 0 */
	put(p, W_RLWINM(31, 31, 29, 29, 29)); /* 4 then, else 0: what to add to SRR0 */
	put(p, W_MFSPR(30, SPR_SRR0));
	put(p, W_X(30, 30, 31, 266));
	put(p, W_MTSPR(SPR_SRR0, 30));
	skip = roll(p, 2);
	if (skip)
		put_remap(p);
	else
		put_service(p);
	restore_and_return(p);
	return entry;
}

static uint32_t put_decrementer(struct program *p)
{
	static const uint32_t periods[] = { 30, 100, 500, 3000, 20000 };
	uint32_t entry = p->handler;

	save(p);
	put_constant(p, 31, periods[roll(p, 5)] + roll(p, 30));
	put(p, W_MTSPR(SPR_DEC, 31));
	restore_and_return(p);
	return entry;
}

/* The table search of a 603e, of a table with one word for each page [603e UM 5.5.2]. Which way is
 * the least recently used depends on the accesses that an engine looks up, so the EA chooses the
 * way, and MSR is the ordinary one: what SRR1 says is never looked at. */
static uint32_t put_tlb_miss(struct program *p, bool fetch, uint32_t main_pa)
{
	uint32_t entry = p->handler, to_bad;

	put(p, W_MFSPR(1, fetch ? 980 : 976));
	put_constant(p, 2, p->msr);
	put(p, W_RLWINM(3, 1, 0, 14, 14));
	put(p, W_X(2, 2, 3, 444)); /* or 2,2,3 */
	put(p, W_MTSPR(SPR_SRR1, 2));
	put(p, W_RLWINM(2, 1, 22, 21, 29));
	put(p, W_LWZ(3, 2, FLAT_PA));
	put(p, W_CMPWI(0, 3, 0));
	to_bad = p->handler;
	put(p, W_BC(12, 2, 0));
	put(p, W_ORI(3, 3, 0x180)); /* R and C */
	put(p, W_MTSPR(982, 3)); /* RPA */
	put(p, W_X(0, 0, 1, fetch ? 1010 : 978));
	put(p, W_RFI);
	program_store_be32(p->ram + to_bad, W_BC(12, 2, p->handler - to_bad));
	if (fetch) {
		put_constant(p, 1, p->code_base + main_pa);
	} else {
		put(p, W_MFSPR(1, SPR_SRR0));
		put(p, W_ADDI(1, 1, 4));
	}
	put(p, W_MTSPR(SPR_SRR0, 1));
	put(p, W_RFI);
	return entry;
}

static void vector(struct program *p, uint32_t at, uint32_t handler)
{
	program_store_be32(p->ram + at, W_B(handler - at));
}

static void make_vectors(struct program *p)
{
	uint32_t main_pa = p->function[p->functions - 1];
	uint32_t skip = put_skipper(p, false), skip_calmly = put_skipper(p, true);
	uint32_t restart = put_restarter(p, main_pa), retry = put_retrier(p, 0, 0x8600);

	for (uint32_t at = 0x100; at < 0x2000; at += 0x100)
		vector(p, at, skip);
	vector(p, 0x100, restart);
	vector(p, 0x200, restart);
	vector(p, 0x300, roll(p, 3) ? put_fixer(p) : skip);
	vector(p, 0x400, restart);
	vector(p, 0x500, put_retrier(p, 0, 0x8000));
	vector(p, 0x600, roll(p, 2) ? skip : skip_calmly);
	vector(p, 0x700, roll(p, 2) ? skip : skip_calmly);
	vector(p, 0x800, roll(p, 3) ? put_retrier(p, 0x2000, 0) : skip);
	vector(p, 0x900, put_decrementer(p));
	vector(p, 0xc00, put_system_call(p));
	vector(p, 0xd00, retry);
	vector(p, 0xf00, retry);
	vector(p, 0xf20, roll(p, 3) && p->has_vectors ? put_retrier(p, 0x02000000, 0) : skip);
	vector(p, 0x1400, retry);
	vector(p, 0x1700, retry);
	if (p->is_603) {
		vector(p, 0x1000, put_tlb_miss(p, true, main_pa));
		vector(p, 0x1100, put_tlb_miss(p, false, main_pa));
		vector(p, 0x1200, put_tlb_miss(p, false, main_pa));
	}
}

/* ---- initial values ---- */

static void set_registers(struct program *p)
{
	struct choice *c = &p->random;

	for (unsigned n = 0; n < 32; n++) {
		p->gpr[n] = any_word(c);
		p->fpr[n] = any_double(c);
		for (unsigned k = 0; k < 16; k += 4)
			program_store_be32(p->vr[n] + k, chance(c, 2) ? any_float(c) : any_word(c));
	}
	p->gpr[p->stack] = p->data_base + STACK_PA + 0x800;
	for (unsigned n = 0; n < POINTERS; n++)
		p->gpr[p->pointer[n]] = p->data_base + DATA_PA + roll(p, DATA_PAGES * PAGE);
	for (unsigned n = 0; n < INDICES; n++)
		p->gpr[p->index[n]] = 8 * roll(p, 32);
	p->cr = any(c);
	p->xer = any(c) & 0xe000ff7f;
	p->fpscr = roll(p, 4) | (p->wild_fp ? any(c) & 0xfc : 0);
	p->dec = chance(c, 2) ? roll(p, 5000) : 0x7fffffff;
}

void program_make_system(struct program *p)
{
	p->handler = HANDLERS_PA;
	p->cell = CELLS_PA;
	if (p->translated)
		map_pages(p);
	if (p->translated && p->by_bats)
		set_bats(p);
	make_vectors(p);
	set_registers(p);
}
