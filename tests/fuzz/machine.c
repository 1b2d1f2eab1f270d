/* SPDX-License-Identifier: MIT
 * machine.c - the machine under attack: its memory map, registers, devices and meddling embedder.
 *
 * RAM is lent by us with guard pages around it and mapped more than once; beside it lie regions
 * of every kind. Page tables with valid entries lie in RAM, map RAM, each other and themselves.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUARD 0xa5
#define SPR_SDR1 25

static uint32_t any(struct machine *m)
{
	return fuzz_any(&m->random);
}

static uint32_t below(struct machine *m, uint32_t n)
{
	return fuzz_below(&m->random, n);
}

static bool chance(struct machine *m, uint32_t one_in)
{
	return below(m, one_in) == 0;
}

/* ---- devices ---- */

static int answer_access(struct machine *m, molvm_access *a, bool write)
{
	static const int codes[] = { MOLVM_MMIO_OK, MOLVM_MMIO_OK, MOLVM_MMIO_OK, MOLVM_MMIO_BUS_ERR,
				     MOLVM_MMIO_TO_EXIT, MOLVM_MMIO_STOP, 17, -1 };

	m->callbacks++;
	FUZZ_CHECK(a->len == 1 || a->len == 2 || a->len == 4 || a->len == 8);
	if (m->calm) { /* a function of the address alone: how often it is asked is not promised */
		if (!write)
			a->value = a->gpa * 0x9e3779b97f4a7c15u >> 7;
		return codes[a->gpa >> 3 & 7];
	}
	if (m->depth == 0 && chance(m, 4)) {
		m->depth++;
		fuzz_machine_meddle(m);
		m->depth--;
	}
	if (!write)
		a->value = (uint64_t)any(m) << 32 | any(m);
	if (chance(m, 16)) /* a careless device uses the record as its scratch */
		memset(a, 0xff, sizeof(*a));
	return codes[below(m, 8)];
}

static int device_read(void *opaque, molvm_access *a)
{
	return answer_access(opaque, a, false);
}

static int device_write(void *opaque, molvm_access *a)
{
	return answer_access(opaque, a, true);
}

static int map_device(struct machine *m, uint64_t gpa, uint64_t len)
{
	static const uint32_t lengths[] = { 0, 1, 2, 4, 8 };
	molvm_device_ops ops = { .size = sizeof(ops), .flags = below(m, 8),
				 .min_len = lengths[below(m, 5)], .max_len = lengths[below(m, 5)] };

	if (ops.max_len && ops.min_len > ops.max_len)
		ops.min_len = 0;
	if (!chance(m, 4))
		ops.read = device_read;
	if (!chance(m, 4))
		ops.write = device_write;
	return molvm_map_device(m->vm, gpa, len, chance(m, 8) ? NULL : &ops, m);
}

/* ---- the memory map ---- */

static uint32_t ram_flags(struct machine *m)
{
	uint32_t flags = any(m) & (MOLVM_MEM_READONLY | MOLVM_MEM_ROM | MOLVM_MEM_DIRTY_LOG |
				   MOLVM_MEM_NOEXEC);

	if ((flags & MOLVM_MEM_READONLY) && (flags & MOLVM_MEM_ROM))
		flags &= ~MOLVM_MEM_ROM;
	return flags;
}

/* Something at gpa, whatever it is. */
static int map_something(struct machine *m, uint64_t gpa, uint64_t len)
{
	uint32_t demand = chance(m, 3) ? MOLVM_MEM_DEMAND : 0;
	uint64_t from;

	switch (below(m, 6)) {
	case 0:
		return molvm_map_ram(m->vm, gpa, len, NULL, ram_flags(m) | demand);
	case 3: /* a file, now and then beyond its end */
		return molvm_map_file(m->vm, gpa, len, m->fd, below(m, 8) * PAGE,
				      ram_flags(m) | demand | (any(m) & MOLVM_MEM_PRIVATE));
	case 1: /* a piece of the RAM that is mapped already */
		from = below(m, RAM_PAGES) * PAGE;
		if (len > RAM_SIZE - from)
			len = RAM_SIZE - from;
		return molvm_map_ram(m->vm, gpa, len, m->ram + from, ram_flags(m) | demand);
	case 2:
		return molvm_map_alias(m->vm, gpa, len, below(m, RAM_PAGES) * PAGE);
	default:
		return map_device(m, gpa, len);
	}
}

static uint64_t region_address(struct machine *m)
{
	static const uint64_t base[] = { 0,        RAM_SIZE,           0x00400000, 0x00500000, 0x00800000,
					 DEVICE_GPA, DEVICE_GPA + 0x10000, ROM_GPA,    0xfffe0000, 1ull << 32,
					 (1ull << 36) - 0x8000 };

	return base[below(m, 11)] + below(m, 8) * PAGE;
}

static void make_map(struct machine *m)
{
	FUZZ_CHECK(molvm_map_ram(m->vm, 0, RAM_SIZE, m->ram, chance(m, 4) ? MOLVM_MEM_DEMAND : 0) == 0);
	FUZZ_CHECK(molvm_map_ram(m->vm, ROM_GPA, 0x10000, NULL, MOLVM_MEM_ROM) == 0);
	FUZZ_CHECK(map_device(m, DEVICE_GPA + below(m, 8) * PAGE, (1 + below(m, 16)) * PAGE) == 0);
	if (chance(m, 2))
		FUZZ_CHECK(map_device(m, RAM_SIZE, (1 + below(m, 16)) * PAGE) == 0);
	for (unsigned n = 0; n < 10; n++) /* where it is free: an overlap is refused */
		map_something(m, region_address(m), (1 + below(m, 16)) * PAGE);
}

/* ---- page tables ---- */

static void store(struct machine *m, uint32_t at, uint32_t word)
{
	for (unsigned n = 0; n < 4; n++)
		m->ram[(at + n) & (RAM_SIZE - 1)] = (uint8_t)(word >> (24 - 8 * n));
}

/* Entries for pages of one segment, where the search will find them [PEM 7.6.1]. */
static void fill_page_table(struct machine *m, uint32_t sdr1)
{
	uint32_t base = sdr1 & 0xffff0000u, mask = ((sdr1 & 0x1ff) << 10 | 0x3ff) << 6;

	for (unsigned n = 0; n < 200; n++) {
		uint32_t vsid = below(m, 4), index = below(m, 48), hash = vsid ^ index;
		uint32_t secondary = chance(m, 6), frame;

		if (secondary)
			hash = ~hash;
		frame = chance(m, 3) ? base >> 12 : chance(m, 4) ? fuzz_address(&m->random) >> 12 :
								   below(m, RAM_PAGES);
		store(m, base | ((hash << 6) & mask) | below(m, 8) << 3,
		      0x80000000u | vsid << 7 | secondary << 6 | index >> 10);
		store(m, (base | ((hash << 6) & mask) | below(m, 8) << 3) + 4,
		      frame << 12 | (any(m) & 0x1fb));
	}
}

/* ---- what the guest begins with ---- */

static uint32_t put_words(struct machine *m, uint32_t at, const uint32_t *word, unsigned n)
{
	for (; n--; at += 4)
		store(m, at, *word++);
	return at;
}

/* A handler that steps over what faulted, or goes on at some address, another each time, with the
 * decrementer set: so that the guest gets around. real: with translation off. */
static void put_handler(struct machine *m, uint32_t at, bool step, bool real)
{
	static const uint32_t off[] = {
		0x7c3b02a6, /* mfsrr1 r1 */
		0x54210732, /* rlwinm r1,r1,0,28,25: MSR[IR, DR] */
		0x7c3b03a6, /* mtsrr1 r1 */
	};
	static const uint32_t over[] = {
		0x7c3a02a6, /* mfsrr0 r1 */
		0x38210004, /* addi r1,r1,4 */
		0x7c3a03a6, /* mtsrr0 r1 */
		0x4c000064, /* rfi */
	};
	static const uint32_t elsewhere[] = {
		0x38200190, /* li r1,400 */
		0x7c3603a6, /* mtdec r1 */
		0x80200040, /* lwz r1,64(0) */
		0x1c216b51, /* mulli r1,r1,27473 */
		0x38213039, /* addi r1,r1,12345 */
		0x90200040, /* stw r1,64(0) */
		0x542193fa, /* rlwinm r1,r1,18,15,29 */
		0x7c3a03a6, /* mtsrr0 r1 */
		0x4c000064, /* rfi */
	};

	if (real)
		at = put_words(m, at, off, sizeof(off) / 4);
	if (step)
		put_words(m, at, over, sizeof(over) / 4);
	else
		put_words(m, at, elsewhere, sizeof(elsewhere) / 4);
}

static void put_handlers(struct machine *m)
{
	for (uint32_t at = 0x100; at < 0x1800; at += 0x100)
		if (at != 0xf00)
			put_handler(m, at, at != 0x200 && at != 0x400 && chance(m, 2), at == 0x400);
	put_words(m, 0xf00, (const uint32_t[]){ 0x4c000064 }, 1); /* rfi */
	put_handler(m, 0xf20, false, false);
}

static void fill_ram(struct machine *m)
{
	for (uint32_t at = 0; at < RAM_SIZE; at += 4)
		store(m, at, fuzz_word(&m->random, m->calm));
	if (!chance(m, 8))
		put_handlers(m);
	if (!m->calm)
		fill_page_table(m, (uint32_t)below(m, RAM_SIZE) & 0xffff0000u);
	molvm_mem_changed(m->vm, 0, RAM_SIZE);
	molvm_mem_write(m->vm, ROM_GPA, m->ram, 0x10000);
}

static void set(struct machine *m, uint32_t id, uint64_t value)
{
	m->refusals += molvm_reg_set(m->vcpu, id, value) != 0;
}

static uint32_t random_msr(struct machine *m)
{
	static const uint32_t common[] = { 0x9000, 0x200b000, 0xb030, 0xb032, 0x200f000, 0x200b010 };

	return chance(m, 3) ? any(m) & (chance(m, 16) ? ~0u : ~1u) : common[below(m, 6)];
}

static void set_bats(struct machine *m)
{
	for (uint32_t n = 528; n < 544; n += 2) {
		uint32_t at = fuzz_address(&m->random) & 0xfffe0000u;
		uint32_t to = chance(m, 3) ? fuzz_address(&m->random) & 0xfffe0000u : at;

		if (chance(m, 4))
			continue;
		if (n % 8 == 0) /* the first of each kind leaves low RAM where it is */
			at = to = 0;
		else if (n == 538 && !chance(m, 4))
			at = to = DEVICE_GPA;
		set(m, MOLVM_REG_SPR(n), at | (chance(m, 4) ? any(m) & 0x1fff : 3));
		set(m, MOLVM_REG_SPR(n + 1), to | (chance(m, 3) ? any(m) & 0x7b : 2));
	}
}

void fuzz_machine_respawn(struct machine *m)
{
	for (unsigned n = 0; n < 32; n++)
		set(m, MOLVM_REG_GPR(n), n < 16 && chance(m, 8) ? any(m) : fuzz_address(&m->random));
	for (unsigned n = 24; n < 28; n++)
		set(m, MOLVM_REG_GPR(n), DEVICE_GPA + below(m, 0x18000));
	set(m, MOLVM_REG_SPR(8), fuzz_address(&m->random));
	set(m, MOLVM_REG_SPR(9), chance(m, 2) ? below(m, 64) : fuzz_address(&m->random));
	set(m, MOLVM_REG_MSR, random_msr(m));
	set(m, MOLVM_REG_PC, fuzz_address(&m->random) & (chance(m, 8) ? ~3u : (RAM_SIZE - 4)));
	set(m, MOLVM_REG_PENDING, 0);
	m->page->tb_deadline = 0;
	m->page->trap_exceptions = chance(m, 6) ? any(m) : 0;
	m->page->single_step = m->page->immediate_exit = m->page->request_irq_window = 0;
	put_handlers(m);
	molvm_mem_changed(m->vm, 0, 0x2000);
}

static void set_registers(struct machine *m)
{
	for (unsigned n = 0; n < 32; n++) {
		uint32_t corner = chance(m, 2) ? 0x7ff00000u : any(m);
		molvm_value v = { .b = { (uint8_t)any(m), (uint8_t)any(m), 0, 0, 0x7f, 0x80 } };
		uint32_t id = MOLVM_REG_VR(n);

		set(m, MOLVM_REG_FPR(n), (uint64_t)corner << 32 | any(m));
		m->refusals += molvm_regs_set(m->vcpu, &id, &v, 1) != 0;
	}
	set(m, MOLVM_REG_SPR(1), any(m));
	set(m, MOLVM_REG_SPR(22), below(m, 4000));
	set(m, MOLVM_REG_FPSCR, any(m));
	set(m, MOLVM_REG_SPR(1008), chance(m, 2) ? 0 : any(m));
	set_bats(m);
	for (unsigned n = 0; n < 16; n++)
		set(m, MOLVM_REG_SR(n), chance(m, 8) ? any(m) : below(m, 4) | (any(m) & 0x60000000));
	if (!m->calm)
		set(m, MOLVM_REG_SPR(SPR_SDR1), below(m, RAM_SIZE) & (chance(m, 4) ? ~0u : 0xffff0000u));
	else /* a page table where there is no memory: every search fails the same way */
		set(m, MOLVM_REG_SPR(SPR_SDR1), 0x40000000);
	fuzz_machine_respawn(m);
}

static void set_clock(struct machine *m)
{
	molvm_clock ck = { .size = sizeof(ck), .mode = m->clock, .num = 1 + below(m, 5),
			   .den = 1 + below(m, 9), .timebase = chance(m, 8) ? ~0ull - 2000 : any(m) };

	FUZZ_CHECK(molvm_clock_set(m->vm, &ck) == 0);
}

static void *stingy_alloc(void *opaque, size_t n, size_t align)
{
	struct machine *m = opaque;

	return m->stingy && chance(m, 4) ? NULL : aligned_alloc(align, (n + align - 1) / align * align);
}

static void stingy_free(void *opaque, void *p, size_t n)
{
	(void)opaque;
	(void)n;
	free(p);
}

static void create_vcpu(struct machine *m)
{
	int err;

	do
		err = molvm_vcpu_create(m->vm, 0, &m->vcpu);
	while (m->stingy && err == MOLVM_E_NOMEM);
	FUZZ_CHECK(err == 0);
	m->page = molvm_vcpu_page(m->vcpu);
}

void fuzz_machine_create(struct machine *m, uint64_t seed, bool calm)
{
	const molvm_allocator allocator = { sizeof(allocator), 0, stingy_alloc, stingy_free, m };
	molvm_config cfg = { .size = sizeof(cfg), .allocator = &allocator,
			     .backend = getenv("MOLVM_TEST_BACKEND") };

	*m = (struct machine){ .random = seed * 0x9e3779b97f4a7c15u + 1, .calm = calm };
	cfg.cpu = molvm_cpu_name(below(m, 7));
	cfg.flags = any(m) & (MOLVM_CFG_NO_OSI | MOLVM_CFG_NO_SC1 | MOLVM_CFG_EPAPR | MOLVM_CFG_EXIT_SPR);
	cfg.flags |= getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0;
	cfg.jit_cache_bytes = chance(m, 2) ? 1 : 0; /* the smallest there is: it overflows often */
	m->clock = calm || !chance(m, 3) ? MOLVM_CLOCK_INSN : MOLVM_CLOCK_HOST + below(m, 3);
	m->repeatable = m->clock != MOLVM_CLOCK_HOST;
	m->buffer = aligned_alloc(PAGE, RAM_SIZE + 2 * PAGE);
	FUZZ_CHECK(m->buffer != NULL);
	memset(m->buffer, GUARD, RAM_SIZE + 2 * PAGE);
	m->ram = m->buffer + PAGE;
	FUZZ_CHECK(molvm_vm_create(&cfg, &m->vm) == 0);
	if (getenv("MOLVM_TEST_HOST"))
		FUZZ_CHECK(molvm_option_set(m->vm, "jit.host", getenv("MOLVM_TEST_HOST")) == 0);
	m->fd = memfd_create("fuzz", 0);
	FUZZ_CHECK(m->fd >= 0 && ftruncate(m->fd, 16 * PAGE) == 0);
	create_vcpu(m);
	make_map(m);
	set_clock(m);
	fill_ram(m);
	set_registers(m);
	m->stingy = !calm && chance(m, 4);
	if (chance(m, 4))
		molvm_break_add(m->vm, 1 + below(m, 6), fuzz_address(&m->random) & ~3u, below(m, 64));
}

void fuzz_machine_destroy(struct machine *m)
{
	molvm_vm_destroy(m->vm);
	close(m->fd);
	free(m->buffer);
}

bool fuzz_guards_intact(const struct machine *m)
{
	for (unsigned n = 0; n < PAGE; n++)
		if (m->buffer[n] != GUARD || m->ram[RAM_SIZE + n] != GUARD)
			return false;
	return true;
}

uint64_t fuzz_machine_sum(struct machine *m)
{
	molvm_reg_desc d = { .size = sizeof(d) };
	uint64_t sum = 0;

	for (uint32_t n = 0; molvm_reg_info(m->vm, n, &d) == 0; n++) {
		molvm_value v = { 0 };

		FUZZ_CHECK(molvm_regs_get(m->vcpu, &d.id, &v, 1) == 0);
		for (unsigned k = 0; k < 16; k++)
			sum = sum * 31 + v.b[k];
	}
	for (uint32_t n = 0; n < RAM_SIZE; n++)
		sum = sum * 31 + m->ram[n];
	return sum;
}

/* ---- the embedder's calls ---- */

static void meddle_with_memory(struct machine *m)
{
	uint64_t at = region_address(m), len = (1 + below(m, 12)) * PAGE;
	uint32_t ea = fuzz_address(&m->random);
	uint64_t bitmap[4];
	uint8_t some[64];
	void *hva;

	for (unsigned n = 0; n < sizeof(some); n++)
		some[n] = (uint8_t)any(m);
	switch (below(m, 10)) {
	case 0:
		molvm_unmap(m->vm, at, len);
		break;
	case 1:
	case 2:
		map_something(m, at, len);
		break;
	case 3:
		molvm_protect(m->vm, at, len, ram_flags(m));
		break;
	case 4:
		molvm_mem_discard(m->vm, at, len);
		break;
	case 5:
		molvm_mem_dirty(m->vm, at, len, bitmap, below(m, 2));
		break;
	case 6:
		if (molvm_mem_ptr(m->vm, ea, 4, &hva) == 0) {
			memcpy(hva, some, 4);
			molvm_mem_changed(m->vm, ea, 4);
		}
		break;
	case 7:
		molvm_ea_write(m->vcpu, ea, some, 1 + below(m, sizeof(some)));
		molvm_ea_read(m->vcpu, ea, some, sizeof(some));
		break;
	default:
		molvm_mem_write(m->vm, ea, some, 1 + below(m, sizeof(some)));
		break;
	}
}

static void meddle_with_time(struct machine *m)
{
	molvm_clock ck = { .size = sizeof(ck) };

	if (chance(m, 4))
		set_clock(m);
	else if (molvm_clock_get(m->vm, &ck) == 0 && ck.mode != MOLVM_CLOCK_HOST)
		molvm_clock_advance(m->vm, chance(m, 8) ? any(m) : below(m, 1000));
	m->page->tb_deadline = chance(m, 2) ? 0 : ck.timebase + below(m, 2000);
}

static void meddle_with_registers(struct machine *m)
{
	uint32_t spr = MOLVM_REG_SPR(below(m, 1024));
	molvm_reg_desc d = { .size = sizeof(d) };

	switch (below(m, 6)) {
	case 0:
		set(m, MOLVM_REG_PC, fuzz_address(&m->random) & ~3u);
		break;
	case 1:
		set(m, MOLVM_REG_MSR, random_msr(m));
		break;
	case 2:
		set(m, MOLVM_REG(6, 2 + below(m, 6)), any(m));
		break;
	case 3:
		set(m, MOLVM_REG_SR(below(m, 16)), any(m));
		break;
	case 4:
		if (molvm_reg_info(m->vm, below(m, 200), &d) == 0)
			set(m, d.id, any(m));
		break;
	default:
		set(m, spr, any(m));
		break;
	}
}

static void meddle_with_debugging(struct machine *m)
{
	molvm_xlate x = { .size = sizeof(x) };
	uint32_t kind = 1 + below(m, 6);

	molvm_break_remove(m->vm, (int)below(m, 8));
	if (chance(m, 2))
		molvm_break_add(m->vm, kind, fuzz_address(&m->random) & ~3u, below(m, 5000));
	m->page->single_step = chance(m, 4);
	m->page->request_irq_window = chance(m, 4);
	m->page->immediate_exit = chance(m, 16);
	m->page->regs_valid = any(m) & 3;
	molvm_translate(m->vcpu, fuzz_address(&m->random), 1u << below(m, 3), &x);
}

static void replace_vcpu(struct machine *m)
{
	molvm_vcpu_destroy(m->vcpu);
	create_vcpu(m);
	set_registers(m);
}

/* What must be refused from a callback, and may be done between runs. */
static void meddle_with_life(struct machine *m)
{
	molvm_exception e = { .size = sizeof(e), .vector = 0x100 * (1 + below(m, 0x2e)),
			      .dar = any(m), .flags = below(m, 4) };
	int reason;

	if (m->depth) {
		FUZZ_CHECK(molvm_run(m->vcpu) == MOLVM_E_BUSY);
		FUZZ_CHECK(molvm_vm_reset(m->vm, 0) == MOLVM_E_BUSY);
		FUZZ_CHECK(molvm_vcpu_reset(m->vcpu) == MOLVM_E_BUSY);
		FUZZ_CHECK(molvm_vcpu_wait(m->vcpu, 0) == MOLVM_E_BUSY);
		FUZZ_CHECK(molvm_exception_inject(m->vcpu, &e) == MOLVM_E_BUSY);
		molvm_vcpu_destroy(m->vcpu);
		molvm_vm_destroy(m->vm);
		return;
	}
	reason = (int)below(m, 8);
	if (reason == 0)
		FUZZ_CHECK(molvm_vm_reset(m->vm, 0) == 0);
	else if (reason == 1 && m->alone)
		replace_vcpu(m);
	else if (reason < 4)
		FUZZ_CHECK(molvm_exception_inject(m->vcpu, &e) == 0);
	else
		molvm_vcpu_wait(m->vcpu, 1000);
}

void fuzz_machine_meddle(struct machine *m)
{
	switch (below(m, 8)) {
	case 0:
		molvm_irq_set(m->vcpu, below(m, chance(m, 16) ? 5 : 3), (int)below(m, 2));
		break;
	case 1:
		molvm_vcpu_kick(m->vcpu);
		break;
	case 2:
		meddle_with_time(m);
		break;
	case 3:
		meddle_with_registers(m);
		break;
	case 4:
		meddle_with_debugging(m);
		break;
	case 5:
		meddle_with_life(m);
		break;
	default:
		meddle_with_memory(m);
		break;
	}
}

void fuzz_machine_answer(struct machine *m, int reason)
{
	molvm_run_page *page = m->page;

	switch (reason) {
	case MOLVM_EXIT_MMIO:
		FUZZ_CHECK(page->u.mmio.len == 1 || page->u.mmio.len == 2 || page->u.mmio.len == 4 ||
			   page->u.mmio.len == 8);
		page->u.mmio.value = m->calm ? page->u.mmio.gpa * 77 : (uint64_t)any(m) << 31;
		page->u.mmio.status = m->calm ? page->u.mmio.gpa >> 4 & 1 : (uint8_t)below(m, 3);
		break;
	case MOLVM_EXIT_HYPERCALL:
		page->u.hypercall.nret = m->calm ? 2 : any(m);
		page->u.hypercall.ret[0] = page->u.hypercall.ret[1] = m->calm ? 5 : any(m);
		page->u.hypercall.flags = m->calm ? 0 : any(m);
		break;
	case MOLVM_EXIT_SPR:
		page->u.spr.value = m->calm ? page->u.spr.spr : any(m);
		page->u.spr.status = m->calm ? page->u.spr.spr & 1 : (uint8_t)any(m);
		break;
	case MOLVM_EXIT_EXCEPTION:
		page->u.exception.action = m->calm ? MOLVM_EXC_DELIVER : (uint8_t)below(m, 3);
		break;
	default:
		break;
	}
}
