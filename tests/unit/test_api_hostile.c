/* SPDX-License-Identifier: MIT
 * test_api_hostile.c - guests that do their worst: any words, any MSR, tables over themselves.
 *
 * What they see is architected or an exit; the host neither crashes nor hangs, and the same guest
 * runs the same way twice. Words are random but mostly of real opcodes, so that they get far.
 */
#include <stdlib.h>
#include "vm_fixture.h"

#define RAM 0x20000u
#define ROUNDS 40

static uint64_t seed;

static uint32_t any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16);
}

/* A word whose opcode exists, more often than not. */
static uint32_t any_word(void)
{
	static const uint8_t primary[] = { 3,  4,  7,  8,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
					   20, 21, 23, 24, 28, 31, 31, 31, 31, 31, 31, 31, 31, 32,
					   34, 36, 38, 40, 44, 46, 47, 48, 50, 52, 54, 59, 63 };
	static const uint16_t system[] = { 146, 210, 467, 467, 306, 982, 1014, 86, 339, 150, 20, 978 };
	uint32_t w = any();

	switch (any() % 8) {
	case 0:
		return w;
	case 1: /* mtmsr, mtsr, mtspr, tlbie, icbi, dcbz ... */
		return 31u << 26 | (w & 0x03fff800) | (uint32_t)system[any() % 12] << 1;
	case 2:
		return any() % 4 ? RFI : SC;
	default:
		return (uint32_t)primary[any() % sizeof(primary)] << 26 | (w & 0x03ffffff);
	}
}

static void fill(struct machine *m)
{
	uint8_t *ram;

	assert_int_equal(molvm_mem_ptr(m->vm, 0, RAM, (void **)&ram), 0);
	for (uint32_t n = 0; n < RAM; n += 4) {
		uint32_t w = any_word();

		ram[n] = (uint8_t)(w >> 24);
		ram[n + 1] = (uint8_t)(w >> 16);
		ram[n + 2] = (uint8_t)(w >> 8);
		ram[n + 3] = (uint8_t)w;
	}
	assert_int_equal(molvm_mem_changed(m->vm, 0, RAM), 0);
}

/* Handlers that pass the instruction that faulted, so that guests get somewhere. */
static void put_handlers(struct machine *m)
{
	for (m->at = 0x200; m->at < 0x1800; m->at += 0xf0) {
		put(m, MFSPR(1, SPR_SRR0));
		put(m, ADDI(1, 1, 4));
		put(m, MTSPR(SPR_SRR0, 1));
		put(m, RFI);
	}
}

/* Run it for a while, answering exits; a sum of all that was seen. */
static uint64_t torment(const char *cpu, uint64_t with_seed, uint64_t cache)
{
	molvm_config cfg = { .size = sizeof(cfg), .backend = getenv("MOLVM_TEST_BACKEND"), .cpu = cpu,
			     .flags = MOLVM_CFG_EXIT_SPR |
				      (getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0),
			     .jit_cache_bytes = cache };
	struct machine m = { 0 };
	uint64_t sum = 0;

	seed = with_seed;
	assert_int_equal(molvm_vm_create(&cfg, &m.vm), 0);
	assert_int_equal(molvm_map_ram(m.vm, 0, RAM, NULL, MOLVM_MEM_DEMAND), 0);
	assert_int_equal(molvm_map_ram(m.vm, 0xfff00000, 0x10000, NULL, MOLVM_MEM_ROM), 0);
	assert_int_equal(molvm_map_device(m.vm, RAM, 0x10000, NULL, NULL), 0);
	assert_int_equal(molvm_vcpu_create(m.vm, 0, &m.cpu), 0);
	m.page = molvm_vcpu_page(m.cpu);
	set_clock(&m, MOLVM_CLOCK_INSN, 1, 3);
	fill(&m);
	if (with_seed % 4)
		put_handlers(&m);
	assert_int_equal(molvm_mem_discard(m.vm, 0x8000, 0x1000), 0);
	for (unsigned n = 0; n < 32; n++)
		set_gpr(&m, n, any() % 4 ? any() % (RAM + 0x1000) : any());
	set_reg(&m, MOLVM_REG_SPR(25), any() & 0x1ffff); /* SDR1 in the midst of it all */
	for (unsigned n = 0; n < ROUNDS; n++) {
		if (n % 4 == 0) {
			set_reg(&m, MOLVM_REG_PC, any() % RAM & ~3u);
			set_reg(&m, MOLVM_REG_MSR, any() & 0x0200ff70u);
		}
		m.page->single_step = n % 16 == 7;
		m.page->request_irq_window = n % 8 == 3;
		molvm_irq_set(m.cpu, MOLVM_IRQ_EXT, n & 1);
		assert_true(run_for(&m, 3000) > 0);
		assert_int_not_equal(m.page->exit_reason, MOLVM_EXIT_INTERNAL);
		assert_true(m.page->insns <= 3000);
		sum = sum * 31 + m.page->exit_reason + m.page->pc + m.page->insns + gpr(&m, n % 32);
		m.page->u.mmio.value = n;
		if (m.page->exit_reason == MOLVM_EXIT_SYSTEM)
			assert_int_equal(molvm_vcpu_reset(m.cpu), 0);
	}
	molvm_vm_destroy(m.vm);
	return sum;
}

static void random_guests_neither_crash_nor_hang_and_repeat_exactly(void **state)
{
	(void)state;
	for (uint32_t n = 0; molvm_cpu_name(n); n++)
		for (uint64_t s = 1; s <= 25; s++) {
			uint64_t with_seed = s * 0x9e3779b97f4a7c15u + n;

			/* with room for all code, and with hardly any */
			assert_int_equal(torment(molvm_cpu_name(n), with_seed, 0),
					 torment(molvm_cpu_name(n), with_seed, 65536));
		}
}

/* The entry that maps the page of the page table is in that page: the guest rewrites it. */
static void page_table_mapped_over_itself_is_followed(void **state)
{
	struct machine *m = *state;

	/* vsid 1, ea 30010000, page index 0x10, hash 0x11: group at 0x10440, to physical 0x10000 */
	put_at(m, 0x10440, 0x80000080);
	put_at(m, 0x10444, 0x10182);
	set_reg(m, MOLVM_REG_SPR(25), 0x10000);
	set_reg(m, MOLVM_REG_SR(3), 1);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | 0x10);
	set_gpr(m, 5, 0x30010440);
	set_gpr(m, 6, 0x20182);           /* now to physical 0x20000 */
	put(m, STW(6, 4, 5));
	put(m, X_FORM(0, 0, 5, 306));     /* tlbie r5 */
	put(m, LWZ(7, 4, 5));
	put(m, STW(0, 0, 5));
	put(m, B(0));
	put_at(m, 0x20444, 4711);
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 4711);
	assert_int_equal(word_at(m, 0x10444), 0x20182);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_guests_neither_crash_nor_hang_and_repeat_exactly),
		MACHINE_TEST(page_table_mapped_over_itself_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
