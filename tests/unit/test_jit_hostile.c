/* SPDX-License-Identifier: MIT
 * test_jit_hostile.c - guests and embedders that do their worst to code that is kept.
 *
 * Code that dies while it runs, pages mapped at thousands of addresses, segments switched without
 * the isync that is owed, processes that fork. Each is told by what the guest sees in the end. All
 * run on every backend; on the translator everything is translated at first sight.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <stdbool.h>
#include <unistd.h>

#include "../../src/ppc/insn.h"
#include "vm_fixture.h"

#define MSR_IR 0x20u
#define MSR_DR 0x10u
#define BLR 0x4e800020u
#define BCTR 0x4e800420u
#define BL(off) (B(off) | 1)
#define BDNZ(off) (0x42000000u | ((uint32_t)(off)&0xfffcu))
#define MTCTR(s) MTSPR(9, s)
#define MTLR(s) MTSPR(8, s)
#define MFLR(d) MFSPR(d, 8)
#define ADD(d, a, b) X_FORM(d, a, b, 266)
#define MTSR(n, s) X_FORM(s, n, 0, 210)
#define TLBIE(b) X_FORM(0, 0, b, 306)
#define SPR_IBAT0U 528
#define SPR_DBAT0U 536

static int hot_setup(void **state)
{
	int err = machine_setup(state);

	return err ? err : molvm_option_set(((struct machine *)*state)->vm, "jit.heat", "0");
}

#define HOT_TEST(f) cmocka_unit_test_setup_teardown(f, hot_setup, machine_teardown)

static void run_exactly(struct machine *m, uint64_t insns)
{
	assert_int_equal(run_for(m, insns), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->insns, insns);
}

/* ---- pages ---- */

#define TABLE 0x80000u /* 128 KiB of groups: SDR1 is TABLE | 1 */

/* Map the page of ea in the segment vsid to pa, in the primary group [PEM 7.6.1]. */
static void map_page(struct machine *m, uint32_t vsid, uint32_t ea, uint32_t pa)
{
	uint32_t group = TABLE + ((vsid ^ (ea >> 12 & 0xffff)) & 0x7ff) * 64, n = 0;

	while (word_at(m, group + 8 * n) >> 31)
		n++;
	assert_true(n < 8);
	put_at(m, group + 8 * n, 0x80000000u | vsid << 7 | (ea >> 22 & 0x3f));
	put_at(m, group + 8 * n + 4, pa | 0x192); /* R, C, M, pp = 2 */
}

/* ---- segments ---- */

#define EA 0x30001000u
#define VSID_A 0x11u
#define VSID_B 0x22u
#define PAGE_A 0x10000u
#define PAGE_B 0x11000u

/* At one EA two pages, in two segments: A switches to B with no isync and goes on in a block of
 * many instructions; B has a short one there. */
static void put_two_segments(struct machine *m)
{
	set_reg(m, MOLVM_REG_SPR(25), TABLE | 1);
	map_page(m, VSID_A, EA, PAGE_A);
	map_page(m, VSID_B, EA, PAGE_B);
	m->at = PAGE_A;
	put(m, MTSR(3, 5));
	put(m, B(0x7c));
	m->at = PAGE_A + 0x80;
	for (unsigned n = 0; n < 40; n++)
		put(m, ADDI(3, 3, 1));
	put(m, B(0));
	m->at = PAGE_B + 4;
	put(m, B(0x7c));
	m->at = PAGE_B + 0x80;
	put(m, ADDI(4, 4, 1));
	put(m, B(0));
}

static void start_in(struct machine *m, uint32_t vsid, uint32_t ea)
{
	set_reg(m, MOLVM_REG_SR(3), vsid);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_IR);
	set_reg(m, MOLVM_REG_PC, ea);
	set_gpr(m, 3, 0);
	set_gpr(m, 4, 0);
}

static void a_segment_switched_without_isync_leads_no_other_context_astray(void **state)
{
	struct machine *m = *state;

	put_two_segments(m);
	for (unsigned n = 0; n < 4; n++) { /* all code is warm */
		set_gpr(m, 5, VSID_A);
		start_in(m, VSID_A, EA);
		run_exactly(m, 200);
		start_in(m, VSID_B, EA + 0x80);
		run_exactly(m, 200);
	}
	set_gpr(m, 5, VSID_B);
	for (uint64_t budget = 1; budget < 60; budget++) {
		start_in(m, VSID_A, EA);
		run_exactly(m, budget);
		start_in(m, VSID_A, EA + 0x80);
		run_exactly(m, 50);
		assert_int_equal(gpr(m, 3), 40);
		assert_int_equal(gpr(m, 4), 0);
	}
}

/* ---- many addresses ---- */

#define MANY 5000u

/* One page of code at 5000 addresses; each call from its own. */
static void a_page_mapped_at_thousands_of_addresses_runs_at_each(void **state)
{
	struct machine *m = *state;

	set_reg(m, MOLVM_REG_SPR(25), TABLE | 1);
	for (uint32_t n = 0; n < MANY; n++)
		map_page(m, VSID_A, 0x30000000u + n * 0x1000, PAGE_A);
	m->at = PAGE_A;
	put(m, BL(4));
	put(m, MFLR(3));
	put(m, B(0));
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t n = 0; n < MANY; n++) {
			start_in(m, VSID_A, 0x30000000u + n * 0x1000);
			run_exactly(m, 20);
			assert_int_equal(gpr(m, 3), 0x30000004u + n * 0x1000);
		}
}

/* ---- forks ---- */

/* Code at CODE + 0x100 * n that adds n + 1, called in turns. */
static void put_functions(struct machine *m, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		m->at = CODE + 0x1000 + 0x100 * i;
		put(m, ADDI(3, 3, i + 1));
		put(m, B(0));
	}
}

static void call_functions(struct machine *m, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		set_gpr(m, 3, 0);
		set_reg(m, MOLVM_REG_PC, CODE + 0x1000 + 0x100 * i);
		run_exactly(m, 100);
		assert_int_equal(gpr(m, 3), i + 1);
	}
}

/* An emulator of Linux may promise what it does not keep. */
static bool host_wipes_on_fork(void)
{
	int status = -1;
	char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	assert_true(p != MAP_FAILED);
	*p = 1;
	if (madvise(p, 65536, MADV_WIPEONFORK))
		return false;
	child = fork();
	if (!child)
		_exit(*p);
	waitpid(child, &status, 0);
	munmap(p, 65536);
	return !status;
}

static void after_a_fork_parent_and_child_go_on_by_themselves(void **state)
{
	struct machine *m = *state;
	int status = -1;
	pid_t child;

	if (!host_wipes_on_fork())
		skip();
	put_functions(m, 4);
	call_functions(m, 4);
	child = fork();
	assert_true(child >= 0);
	if (!child) { /* other code at the same place, and more of it */
		uint32_t word[] = { 1, 2, 3 };

		molvm_mem_write(m->vm, CODE + 0x1000, word, sizeof(word));
		put_functions(m, 64);
		call_functions(m, 64);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	call_functions(m, 4);
	put_functions(m, 200);
	call_functions(m, 200);
}

/* ---- twins: the same guest on the interpreter and here ---- */

static uint64_t seed;

static uint32_t any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16);
}

#define DATA 0x8000u
#define USED 0x20000u /* bytes of memory that are compared */
#define SPR_XER 1

struct twin {
	struct machine m;
	uint64_t seen; /* a sum of all that the callbacks saw */
	uint32_t host_fp;
	int (*act)(struct twin *t, molvm_access *a);
};

/* The host's floating-point control and status. */
static uint32_t get_host_fp(void)
{
	uint32_t v = 0;
#if defined(__x86_64__)
	__asm__ volatile("stmxcsr %0" : "=m"(v));
#elif defined(__aarch64__)
	uint64_t control, status;

	__asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(control), "=r"(status));
	v = (uint32_t)(control | status); /* no bit is in use in both */
#endif
	return v;
}

static void set_host_fp(uint32_t v)
{
#if defined(__x86_64__)
	__asm__ volatile("ldmxcsr %0" : : "m"(v));
#elif defined(__aarch64__)
	uint64_t status = v & 0x080000ff, control = v & ~0x080000ffu;

	__asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1" : : "r"(control), "r"(status));
#else
	(void)v;
#endif
}

static uint64_t sum_registers(struct machine *m, uint64_t sum)
{
	molvm_reg_desc d = { .size = sizeof(d) };

	for (uint32_t n = 0; !molvm_reg_info(m->vm, n, &d); n++) {
		molvm_value v = { .u64 = 0 };

		if (!strcmp(d.name, "tb") || !strcmp(d.name, "dec"))
			continue;
		assert_int_equal(molvm_regs_get(m->cpu, &d.id, &v, 1), 0);
		for (unsigned i = 0; i < d.bits / 8; i++)
			sum = sum * 31 + v.b[i];
	}
	return sum;
}

static int on_twin_access(void *opaque, molvm_access *a)
{
	struct twin *t = opaque;
	uint32_t now = get_host_fp();

	t->seen = t->seen * 31 + a->gpa + a->value + a->pc;
	if (t->host_fp != now)
		fail_msg("the host's modes were %x, a callback finds %x", t->host_fp, now);
	return t->act ? t->act(t, a) : MOLVM_MMIO_OK;
}

static void twin_create(struct twin *t, const char *backend, uint64_t cache)
{
	molvm_config cfg = { .size = sizeof(cfg), .backend = backend, .jit_cache_bytes = cache,
			     .flags = getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0 };
	const molvm_device_ops ops = { .size = sizeof(ops), .read = on_twin_access,
				       .write = on_twin_access };
	struct machine *m = &t->m;

	memset(t, 0, sizeof(*t));
	t->host_fp = get_host_fp();
	assert_int_equal(molvm_vm_create(&cfg, &m->vm), 0);
	assert_int_equal(molvm_map_ram(m->vm, 0, MIB, NULL, 0), 0);
	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x10000, &ops, t), 0);
	assert_int_equal(molvm_option_set(m->vm, "jit.heat", "0"), 0);
	set_clock(m, MOLVM_CLOCK_INSN, 1, 1);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->cpu), 0);
	m->page = molvm_vcpu_page(m->cpu);
	m->at = CODE;
	set_reg(m, MOLVM_REG_PC, CODE);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_VEC);
}

static void assert_twins(struct twin *a, struct twin *b)
{
	molvm_reg_desc d = { .size = sizeof(d) };
	static uint8_t ram[2][USED];

	for (uint32_t n = 0; !molvm_reg_info(a->m.vm, n, &d); n++) {
		molvm_value v[2] = { { .u64 = 0 }, { .u64 = 0 } };

		assert_int_equal(molvm_regs_get(a->m.cpu, &d.id, &v[0], 1), 0);
		assert_int_equal(molvm_regs_get(b->m.cpu, &d.id, &v[1], 1), 0);
		if (memcmp(v[0].b, v[1].b, d.bits / 8))
			fail_msg("%s is %llx, not %llx", d.name, (unsigned long long)v[1].u64,
				 (unsigned long long)v[0].u64);
	}
	assert_int_equal(a->seen, b->seen);
	assert_int_equal(molvm_mem_read(a->m.vm, 0, ram[0], USED), 0);
	assert_int_equal(molvm_mem_read(b->m.vm, 0, ram[1], USED), 0);
	assert_memory_equal(ram[0], ram[1], USED);
}

/* ---- floating point ---- */

/* Of vectors alone, if so: the modes of vector arithmetic are not those of scalars. */
static uint32_t any_fp_word(bool vectors)
{
	static const uint8_t both[] = { 18, 20, 21, 25, 28, 29, 30, 31 };
	static const uint16_t x[] = { 0, 32, 12, 14, 15, 583, 40, 72, 264, 12 };
	static const uint16_t vx[] = { 10, 74, 266, 842, 970, 710, 1034, 330 };
	uint32_t f = any() & 0x00e738c0u; /* few registers */

	switch (vectors ? 5 + any() % 2 : any() % 12) {
	case 0:
		return 63u << 26 | f | (uint32_t)x[any() % 10] << 1 | ((x[any() % 10] & 0) != 0);
	case 1:
		return LFD((any() & 7), (any() & 0x78), 8);
	case 2:
		return D_FORM(48, any() & 7, 8, any() & 0x7c); /* lfs */
	case 3:
		return D_FORM(52, any() & 7, 8, any() & 0x7c); /* stfs */
	case 4:
		return STFD(any() & 7, any() & 0x78, 8);
	case 5:
		return any() % 2 ? STW(3, 0, 9) : LWZ(3, 4, 9);
	case 6:
		return 4u << 26 | (f & ~0x7c0u) | vx[any() % 8];
	case 7:
		return 63u << 26 | f | 23u << 1; /* fsel */
	default:
		return (any() % 2 ? 63u : 59u) << 26 | f | (uint32_t)both[any() % 8] << 1;
	}
}

static const uint32_t fp_words[] = { 0, 0x80000000, 1, 0x807fffff, 0x00800000, 0x3f800000, 0x3f800001,
				     0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001,
				     0x3ff00000, 0x00100000, 0x7fefffff, 0x36a00000, 0x380fffff };

static void put_fp_program(struct machine *m, bool vectors)
{
	m->at = DATA;
	for (unsigned n = 0; n < 32; n++)
		put(m, any() % 3 ? fp_words[any() % 17] : any());
	m->at = CODE;
	for (unsigned n = 0; n < 40; n++)
		put(m, any_fp_word(vectors));
	put(m, B(-160));
	for (unsigned n = 0; n < 32; n++)
		set_reg(m, MOLVM_REG_FPR(n), (uint64_t)fp_words[any() % 17] << 32 | any());
	set_reg(m, MOLVM_REG_FPSCR, any() % 4);
	set_gpr(m, 8, DATA);
	set_gpr(m, 9, DEVICE);
	set_reg(m, MOLVM_REG_PC, CODE);
}

static int look_at_everything(struct twin *t, molvm_access *a)
{
	a->value = 7;
	t->seen = sum_registers(&t->m, t->seen);
	return MOLVM_MMIO_OK;
}

static void run_fp_programs(uint32_t host_fp, unsigned programs)
{
	uint32_t before = get_host_fp();
	struct twin t[2];

	twin_create(&t[0], "interp", 0);
	twin_create(&t[1], getenv("MOLVM_TEST_BACKEND"), 0);
	for (unsigned n = 0; n < programs; n++) {
		for (unsigned i = 0; i < 2; i++) {
			seed = n * 0x9e3779b97f4a7c15u + 1;
			t[i].act = look_at_everything;
			put_fp_program(&t[i].m, n % 4 == 0);
			t[i].m.page->insn_budget = 500;
			if (i)
				set_host_fp(host_fp);
			t[i].host_fp = get_host_fp(); /* 0 on a host whose modes are not tried */
			(void)molvm_run(t[i].m.cpu);
			if (get_host_fp() != t[i].host_fp)
				fail_msg("the host's modes were %x, are %x", t[i].host_fp, get_host_fp());
			set_host_fp(before);
		}
		assert_twins(&t[0], &t[1]);
	}
	molvm_vm_destroy(t[0].m.vm);
	molvm_vm_destroy(t[1].m.vm);
}

/* Rounding, flushing to zero, sticky bits, exceptions unmasked: all the embedder's own affair. */
static void the_hosts_floating_point_modes_are_neither_seen_nor_touched(void **state)
{
#if defined(__aarch64__)
	static const uint32_t modes[] = { 0, 1u << 24, 3u << 22, 1u << 22, 2u << 22 | 0x1f, 1u << 25, 0x0800009f };
#else
	static const uint32_t modes[] = { 0x1f80, 0x9fc0, 0x7f80, 0x3f80, 0x5fbf, 0, 0x3f };
#endif

	(void)state;
	for (unsigned n = 0; n < sizeof(modes) / sizeof(modes[0]); n++)
		run_fp_programs(modes[n], 16);
}

/* ---- registers written by a device ---- */

static int set_f1(struct twin *t, molvm_access *a)
{
	(void)a;
	set_reg(&t->m, MOLVM_REG_FPR(1), 0x36000000deadbeef); /* far from a single's value */
	return MOLVM_MMIO_OK;
}

static void a_register_that_a_device_writes_raises_no_floating_point_exception(void **state)
{
	struct twin t;

	(void)state;
	twin_create(&t, getenv("MOLVM_TEST_BACKEND"), 0);
	t.act = set_f1;
	set_reg(&t.m, MOLVM_REG_FPR(1), 0x3ff0000000000000);
	set_gpr(&t.m, 9, DEVICE);
	put(&t.m, 0xec21082au); /* fadds f1,f1,f1 */
	put(&t.m, STW(3, 0, 9));
	put(&t.m, B(0));
	run_exactly(&t.m, 100);
	assert_int_equal(reg(&t.m, MOLVM_REG_FPSCR), 0x4000);
	molvm_vm_destroy(t.m.vm);
}

/* ---- full buffers ---- */

/* 62 times the same row, and back, first on a condition. */
static void put_row(struct machine *m, const struct ppc_insn_info *row)
{
	m->at = CODE;
	for (unsigned n = 0; n < 62; n++)
		put(m, row->match | (any() & ~row->mask));
	put(m, 0x41820000u | (-248 & 0xfffc)); /* beq */
	put(m, B(-252));
	for (unsigned r = 0; r < 32; r++)
		set_gpr(m, r, DATA);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_VEC);
	set_reg(m, MOLVM_REG_CR, 0x20000000);
	set_reg(m, MOLVM_REG_PC, CODE);
}

static void run_rows(uint64_t cache)
{
	struct twin t[2];

	twin_create(&t[0], "interp", 0);
	twin_create(&t[1], getenv("MOLVM_TEST_BACKEND"), cache);
	for (unsigned n = 0; n < PPC_OP_COUNT; n++) {
		for (unsigned i = 0; i < 2; i++) {
			seed = n + 1;
			put_row(&t[i].m, &ppc_insn_table[n]);
			assert_true(run_for(&t[i].m, 300) > 0);
		}
		assert_twins(&t[0], &t[1]);
	}
	molvm_vm_destroy(t[0].m.vm);
	molvm_vm_destroy(t[1].m.vm);
}

static void a_block_of_the_longest_code_there_is_runs_in_the_smallest_buffer(void **state)
{
	(void)state;
	run_rows(1);
	run_rows(0);
}

/* ---- callbacks ---- */

#define GUEST 0x4000u  /* its code: two pages, and stores reach into both */
#define GUEST_WORDS 60u
#define SPARE USED      /* a page that is mapped, unmapped and protected */
#define FIRST_BASE 20u

/* Words to be stored over code. */
static const uint32_t new_code[] = { NOP, ADDI(3, 3, 1), ADDI(4, 3, 5), B(8), LWZ(5, 4, 20), ADD(6, 3, 4),
				     STW(3, 8, 20) };

/* A register, and what can be done to it at any time. */
static void set_any_register(struct machine *m)
{
	static const uint32_t ids[] = { MOLVM_REG_CR, MOLVM_REG_SPR(8), MOLVM_REG_SPR(9),
					MOLVM_REG_FPR(1), MOLVM_REG_FPR(2), MOLVM_REG_GPR(1),
					MOLVM_REG_GPR(3), MOLVM_REG_GPR(6), MOLVM_REG_GPR(8),
					MOLVM_REG_GPR(11), MOLVM_REG_GPR(31) };
	uint32_t id = ids[any() % 11];

	if (any() % 8 == 0)
		set_reg(m, MOLVM_REG_FPSCR, any() & (any() % 2 ? 3 : 0xff));
	else if (any() % 8 == 0)
		set_reg(m, MOLVM_REG_SPR(SPR_XER), any() & 0xe000007f);
	else
		set_reg(m, id, any());
}

/* What a device does here depends on how often it was called, so that twins do the same. */
static int make_mischief(struct twin *t, molvm_access *a)
{
	uint64_t kept = seed;
	struct machine *m = &t->m;
	uint32_t word;
	int rc = MOLVM_MMIO_OK;

	seed = t->seen * 0x9e3779b97f4a7c15u | 1;
	any();
	a->value = any();
	switch (any() % 16) {
	case 0:
		t->seen = sum_registers(m, t->seen);
		break;
	case 1:
		set_any_register(m);
		break;
	case 2: /* code ahead, or behind */
		word = new_code[any() % 7];
		put_at(m, GUEST + any() % GUEST_WORDS * 4, word);
		break;
	case 3:
		molvm_unmap(m->vm, SPARE, 0x1000);
		break;
	case 4:
		molvm_map_alias(m->vm, SPARE, 0x1000, any() % 2 ? GUEST : DATA);
		break;
	case 5:
		molvm_map_ram(m->vm, SPARE, 0x1000, NULL, any() % 2 ? MOLVM_MEM_READONLY : 0);
		break;
	case 6:
		molvm_protect(m->vm, DATA, 0x1000, any() % 2 ? MOLVM_MEM_READONLY : MOLVM_MEM_DIRTY_LOG);
		break;
	case 7:
		t->seen = t->seen * 31 + (uint64_t)molvm_mem_dirty(m->vm, DATA, 0x1000, NULL, MOLVM_DIRTY_CLEAR);
		break;
	case 8:
		rc = MOLVM_MMIO_STOP;
		break;
	case 9:
		rc = MOLVM_MMIO_TO_EXIT;
		break;
	case 10:
		rc = MOLVM_MMIO_BUS_ERR;
		break;
	case 11:
		molvm_vcpu_kick(m->cpu);
		break;
	case 12:
		molvm_mem_changed(m->vm, 0, MIB);
		break;
	case 13: /* the very code, as other memory with the same in it */
		molvm_protect(m->vm, GUEST, 0x2000, any() % 2 ? MOLVM_MEM_DIRTY_LOG : 0);
		break;
	default:
		break;
	}
	seed = kept;
	return rc;
}

/* Registers of the very load in execution are written while it is: GPR4, which has the address, GPR5, GPR6
 * and FPR1. What is read may be what GPR4 held before. */
static int write_registers_of_the_load(struct twin *t, molvm_access *a)
{
	const unsigned how = (unsigned)gpr(&t->m, 7);

	a->value = how & 1 ? DEVICE : 0x12345678;
	for (unsigned n = 0; n < 3; n++)
		if (how >> (n + 1) & 1)
			set_gpr(&t->m, 4 + n, how & 16 ? 0x40 + n : gpr(&t->m, 4 + n) + 8);
	if (how & 32)
		set_reg(&t->m, MOLVM_REG_FPR(1), how);
	return MOLVM_MMIO_OK;
}

static void a_device_may_write_the_registers_of_the_load_that_asks_it(void **state)
{
	static const uint32_t loads[] = {
		LWZ(4, 0, 4), LWZ(5, 0, 4), D_FORM(33, 5, 4, 0), D_FORM(33, 5, 4, 8), LBZ(4, 3, 4),
		D_FORM(43, 6, 4, 2), X_FORM(4, 4, 6, 23), X_FORM(5, 4, 6, 23), X_FORM(6, 4, 6, 23),
		X_FORM(5, 4, 6, 55), X_FORM(6, 4, 6, 55), X_FORM(5, 6, 4, 55), X_FORM(6, 6, 4, 119),
		LWBRX(6, 4, 6), LFD(1, 0, 4), D_FORM(51, 1, 4, 8), X_FORM(1, 4, 6, 631), X_FORM(1, 4, 6, 535),
		LMW(31, 0, 4), LWARX(4, 4, 6), LWARX(6, 4, 6), X_FORM(1, 4, 6, 103), X_FORM(1, 4, 6, 39),
	};
	struct twin t[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		twin_create(&t[i], i ? getenv("MOLVM_TEST_BACKEND") : "interp", 0);
		t[i].act = write_registers_of_the_load;
	}
	for (unsigned n = 0; n < 64 * sizeof(loads) / 4; n++) {
		for (unsigned i = 0; i < 2; i++) {
			struct machine *m = &t[i].m;

			m->at = CODE;
			put(m, loads[n / 64]);
			put(m, ADDI(8, 4, 1));
			put(m, ADD(9, 5, 6));
			put(m, B(0));
			set_gpr(m, 4, DEVICE);
			set_gpr(m, 5, 0x50);
			set_gpr(m, 6, 0x10);
			set_gpr(m, 7, n % 64);
			set_reg(m, MOLVM_REG_PC, CODE);
			assert_int_equal(run_for(m, 40), MOLVM_EXIT_BUDGET);
		}
		assert_twins(&t[0], &t[1]);
	}
	molvm_vm_destroy(t[0].m.vm);
	molvm_vm_destroy(t[1].m.vm);
}

static uint32_t any_access(void)
{
	static const uint8_t d_forms[] = { 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45,
					   46, 47, 48, 49, 50, 51, 52, 53, 54, 55 };
	static const uint16_t x_forms[] = { 23, 55, 20, 150, 87, 151, 183, 215, 279, 343, 407, 439, 534,
					    662, 597, 725, 599, 727, 103, 231, 7, 39, 71, 199, 1014, 982,
					    86, 533, 661 };
	uint32_t base = FIRST_BASE + any() % 8, d = any() % 4 ? 3 + any() % 8 : 11 + any() % 5;
	uint32_t xo = x_forms[any() % 29];

	if (any() % 2)
		return D_FORM(d_forms[any() % 24], d, base, any() % 2 ? 0 : any() & 0x3c);
	return X_FORM(d, base, 0, xo) | (xo == 150) | 28u << 11;
}

static uint32_t any_mischief_word(void)
{
	uint32_t d = 3 + any() % 8, a = 3 + any() % 8, b = 3 + any() % 8;

	switch (any() % 12) {
	case 0:
		return X_FORM(d, a, b, 266) | (any() & 0x401); /* addo. */
	case 1:
		return X_FORM(d, a, b, 138); /* adde */
	case 2:
		return D_FORM(11, (any() & 7) << 2, a, any() % 4); /* cmpwi */
	case 3:
		return 0x40800000u | (any() & 0x011f0000) | 8; /* bc over one */
	case 4:
		return X_FORM(d, 0, 0, 19); /* mfcr */
	case 5:
		return any() % 2 ? MFSPR(d, 9) : MTSPR(9, d);
	case 6:
		return any_fp_word(false);
	default:
		return any_access();
	}
}

static void put_mischief(struct twin *t)
{
	static const uint32_t bases[] = { DATA, DATA + 0xffd, GUEST + 0x80, GUEST + 0xffe, DEVICE,
					  DEVICE + 0xfffe, SPARE, SPARE + 0xffe };
	struct machine *m = &t->m;

	for (m->at = 0x200; m->at < 0x1800; m->at += 0xf0) {
		put(m, MFSPR(30, SPR_SRR0));
		put(m, ADDI(30, 30, 4));
		put(m, MTSPR(SPR_SRR0, 30));
		put(m, RFI);
	}
	m->at = GUEST;
	for (unsigned n = 0; n < GUEST_WORDS; n++)
		put(m, any_mischief_word());
	put(m, B(-(int)(4 * GUEST_WORDS)));
	for (m->at = GUEST + 0x1000; m->at < GUEST + 0x1100;)
		put(m, new_code[any() % 7]);
	for (unsigned n = 0; n < 16; n++)
		set_gpr(m, n, n < 11 ? any() : new_code[n % 7]);
	for (unsigned n = 0; n < 8; n++)
		set_gpr(m, FIRST_BASE + n, bases[n]);
	set_gpr(m, 28, any() & 0x3c);
	set_gpr(m, 8, DATA);
	set_gpr(m, 9, DEVICE);
	set_reg(m, MOLVM_REG_FPSCR, 0);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_FP | MSR_VEC);
	set_reg(m, MOLVM_REG_PC, GUEST);
}

/* Whatever makes it come out, the twins have done the same after as many instructions. */
static void run_out(struct twin *t, uint64_t insns)
{
	struct machine *m = &t->m;
	uint64_t end = m->page->insns_total + insns;

	for (unsigned n = 0; n < 4 * insns && m->page->insns_total < end; n++) {
		int why = run_for(m, end - m->page->insns_total);

		assert_true(why > 0 && why != MOLVM_EXIT_INTERNAL);
		if (why == MOLVM_EXIT_MMIO)
			m->page->u.mmio.value = m->page->insns_total * 17;
		if (why == MOLVM_EXIT_SYSTEM)
			return;
	}
}

static void run_mischief(unsigned programs, uint64_t cache, uint64_t first)
{
	for (unsigned n = 0; n < programs; n++) {
		struct twin t[2];

		for (unsigned i = 0; i < 2; i++) {
			twin_create(&t[i], i ? getenv("MOLVM_TEST_BACKEND") : "interp", cache);
			seed = (first + n) * 0x9e3779b97f4a7c15u + 1;
			t[i].act = make_mischief;
			put_mischief(&t[i]);
			run_out(&t[i], 1500);
		}
		assert_twins(&t[0], &t[1]);
		molvm_vm_destroy(t[0].m.vm);
		molvm_vm_destroy(t[1].m.vm);
	}
}

static void devices_may_do_everything_that_is_allowed_to_running_code(void **state)
{
	(void)state;
	run_mischief(80, 0, 1300);
	run_mischief(30, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOT_TEST(a_segment_switched_without_isync_leads_no_other_context_astray),
		HOT_TEST(a_page_mapped_at_thousands_of_addresses_runs_at_each),
		HOT_TEST(after_a_fork_parent_and_child_go_on_by_themselves),
		cmocka_unit_test(a_block_of_the_longest_code_there_is_runs_in_the_smallest_buffer),
		cmocka_unit_test(a_device_may_write_the_registers_of_the_load_that_asks_it),
		cmocka_unit_test(devices_may_do_everything_that_is_allowed_to_running_code),
		cmocka_unit_test(a_register_that_a_device_writes_raises_no_floating_point_exception),
		cmocka_unit_test(the_hosts_floating_point_modes_are_neither_seen_nor_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
