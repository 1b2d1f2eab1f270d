/* SPDX-License-Identifier: MIT
 * test_soft_random.c - blocks against single steps: random code must end in the same state.
 *
 * Two VMs get the same random words, real addressing and exact time. One runs
 * in slices of random length, the other one instruction at a time, which never
 * decodes a block. The code is hostile by nature: it jumps anywhere, overwrites
 * itself, takes exceptions into vectors that are random words too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <molvm.h>

#define RAM 0x10000u
#define SEEDS 1500
#define INSNS 4000u

static uint32_t random_state;

static uint32_t random32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* Words that keep the code alive: short branches, arithmetic, accesses at small addresses. */
static uint32_t random_word(void)
{
	uint32_t r = random32(), fields = r & 0x03ffffffu;

	switch (random32() % 16) {
	case 0: /* bc, near */
		return 0x40000000u | (fields & 0x03ff0000u) | (r & 0x7cu) | (r & 0x8000u ? 0xff80u : 0);
	case 1: /* b and bl, near */
		return 0x48000000u | (r & 0xfcu) | (r & 0x8000u ? 0x03ffff00u : 0) | (r >> 16 & 1);
	case 2: /* bclr */
		return 0x4c000020u | (fields & 0x03ff0001u);
	case 3:
	case 4: /* stw, stb, sth: absolute, into the first 32 KiB */
		return (0x90000000u | (r & 0x08000000u) | (fields & 0x03e07fffu)) & ~0x001f0003u;
	case 5: /* stwx by registers: rarely mapped */
		return 0x7c00012eu | (fields & 0x03fff800u);
	case 6: /* lwz, absolute */
		return 0x80000000u | (fields & 0x03e07ffcu);
	case 7: /* icbi 0,rB; isync; sc; mfspr, mtspr SRR0 */
		return r & 0x40 ? 0x4c00012cu : r & 0x80 ? 0x44000002u
						: 0x7c0007acu | (fields & 0xf800u);
	case 8: /* mtctr, mtlr, mfctr */
		return (r & 0x40 ? 0x7c0903a6u : r & 0x80 ? 0x7c0803a6u : 0x7c0902a6u) |
		       (fields & 0x03e00000u);
	case 9:
		return random32(); /* anything at all */
	case 10: /* li small */
		return 0x38000000u | (fields & 0x03e07fffu);
	case 11: /* compares */
		return 0x2c000000u | (fields & 0x039fffffu);
	default: /* addi, addis, ori, rlwinm., add. and so on by the low bits */
		return (r & 1 ? 0x38000000u : r & 2 ? 0x54000000u : 0x60000000u) | fields;
	}
}

struct machine {
	molvm_vm *vm;
	molvm_vcpu *vcpu;
	molvm_run_page *page;
	uint8_t *ram;
};

static void create(struct machine *m)
{
	molvm_config config = { .size = sizeof(config), .cpu = "7400",
				.backend = getenv("MOLVM_TEST_BACKEND"),
				.flags = getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0 };
	molvm_clock clock = { .size = sizeof(clock), .mode = MOLVM_CLOCK_INSN, .num = 1, .den = 3 };
	void *ram;

	assert_int_equal(molvm_vm_create(&config, &m->vm), 0);
	assert_int_equal(molvm_map_ram(m->vm, 0, RAM, NULL, 0), 0);
	assert_int_equal(molvm_clock_set(m->vm, &clock), 0);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->vcpu), 0);
	assert_int_equal(molvm_mem_ptr(m->vm, 0, RAM, &ram), 0);
	m->ram = ram;
	m->page = molvm_vcpu_page(m->vcpu);
}

/* The same start in both: code everywhere, registers with small numbers. */
static void start(struct machine *m, const uint8_t *ram, uint32_t seed)
{
	assert_int_equal(molvm_vm_reset(m->vm, 0), 0);
	assert_int_equal(molvm_mem_write(m->vm, 0, ram, RAM), 0);
	random_state = seed;
	for (unsigned n = 0; n < 32; n++)
		assert_int_equal(molvm_reg_set(m->vcpu, MOLVM_REG_GPR(n), random32() & 0xfffc), 0);
	for (unsigned n = 0; n < 32; n++)
		assert_int_equal(molvm_reg_set(m->vcpu, MOLVM_REG_FPR(n), random32()), 0);
	assert_int_equal(molvm_reg_set(m->vcpu, MOLVM_REG_SPR(8), random32() & 0xfffc), 0);
	assert_int_equal(molvm_reg_set(m->vcpu, MOLVM_REG_SPR(9), random32() & 0xff), 0);
	/* FP and VEC on half of the time, vectors at 0, machine checks taken */
	assert_int_equal(molvm_reg_set(m->vcpu, MOLVM_REG_MSR, seed & 1 ? 0x02003000 : 0x1000), 0);
	assert_int_equal(molvm_reg_set(m->vcpu, MOLVM_REG_PC, random32() & 0xfffc), 0);
}

/* Run to count instructions in slices; exits on the way are passed over alike. *storm: the guest
 * takes exceptions without an end and completes no instruction any more. */
static uint64_t advance(struct machine *m, uint64_t count, uint32_t slice, bool *storm)
{
	uint64_t done = 0, idle = 0;

	while (done < count && idle < 64) {
		uint64_t left = count - done, n = slice ? 1 + random32() % slice : 1;
		int reason;

		m->page->insn_budget = n < left ? n : left;
		reason = molvm_run(m->vcpu);
		assert_true(reason > 0);
		done += m->page->insns;
		idle = m->page->insns ? 0 : idle + 1;
		if (reason == MOLVM_EXIT_SYSTEM || reason == MOLVM_EXIT_IDLE)
			break;
	}
	*storm = idle == 64;
	return done;
}

static void assert_same(struct machine *a, struct machine *b)
{
	static const uint32_t special[] = { MOLVM_REG_PC, MOLVM_REG_MSR, MOLVM_REG_CR, MOLVM_REG_FPSCR,
					    MOLVM_REG_VSCR, MOLVM_REG_SPR(1), MOLVM_REG_SPR(8),
					    MOLVM_REG_SPR(9), MOLVM_REG_SPR(26), MOLVM_REG_SPR(27),
					    MOLVM_REG_SPR(18), MOLVM_REG_SPR(19), MOLVM_REG_SPR(22),
					    MOLVM_REG_TB, MOLVM_REG_RESERVE };
	uint64_t x, y;

	for (unsigned n = 0; n < 64; n++) {
		uint32_t reg = n < 32 ? MOLVM_REG_GPR(n) : MOLVM_REG_FPR(n - 32);

		molvm_reg_get(a->vcpu, reg, &x);
		molvm_reg_get(b->vcpu, reg, &y);
		assert_int_equal(x, y);
	}
	for (unsigned n = 0; n < sizeof(special) / sizeof(special[0]); n++) {
		molvm_reg_get(a->vcpu, special[n], &x);
		molvm_reg_get(b->vcpu, special[n], &y);
		assert_int_equal(x, y);
	}
	assert_memory_equal(a->ram, b->ram, RAM);
}

static void slices_of_random_code_end_as_single_steps_do(void **state)
{
	static uint8_t ram[RAM];
	struct machine slices, steps;
	unsigned storms = 0;

	(void)state;
	create(&slices);
	create(&steps);
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		bool storm, storm_too;
		uint64_t done;

		random_state = seed * 0x9e3779b1u | 1;
		for (unsigned n = 0; n < RAM; n += 4) {
			uint32_t word = random_word();

			for (unsigned k = 0; k < 4; k++)
				ram[n + k] = (uint8_t)(word >> (24 - 8 * k));
		}
		start(&slices, ram, seed);
		start(&steps, ram, seed);
		done = advance(&slices, INSNS, seed % 3 ? 300 : 5000, &storm);
		assert_int_equal(advance(&steps, INSNS, 0, &storm_too), done);
		assert_int_equal(storm, storm_too);
		if (!storm) /* else the number of exceptions taken is no part of the promise */
			assert_same(&slices, &steps);
		storms += storm;
	}
	assert_true(storms < SEEDS / 10);
	molvm_vm_destroy(slices.vm);
	molvm_vm_destroy(steps.vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_of_random_code_end_as_single_steps_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
