/* SPDX-License-Identifier: MIT
 * vm_fixture.h - a small machine for tests of the public API, and words to write guests with.
 *
 * One VM with RAM at 0..1 MiB and a vCPU at CODE in supervisor real mode. Used by test_api_*.c,
 * test_memmap.c, test_clock.c and test_run.c, which include <molvm.h> and nothing else of ours.
 */
#ifndef VM_FIXTURE_H
#define VM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <molvm.h>

#define CODE 0x1000u
#define DEVICE 0xf0000000u
#define MIB (1u << 20)

struct machine {
	molvm_vm *vm;
	molvm_vcpu *cpu;
	molvm_run_page *page;
	uint32_t at; /* where put() writes next */
};

/* Words of a guest [PEM chapter 8]. */
#define D_FORM(op, d, a, imm)                                                                      \
	((uint32_t)(op) << 26 | (uint32_t)(d) << 21 | (uint32_t)(a) << 16 | ((uint32_t)(imm)&0xffffu))
#define X_FORM(d, a, b, xo)                                                                        \
	(31u << 26 | (uint32_t)(d) << 21 | (uint32_t)(a) << 16 | (uint32_t)(b) << 11 | (uint32_t)(xo) << 1)
#define SPR_FORM(d, spr, xo) X_FORM(d, (spr)&31, (spr) >> 5, xo)
#define ADDI(d, a, imm) D_FORM(14, d, a, imm)
#define LI(d, imm) ADDI(d, 0, imm)
#define LIS(d, imm) D_FORM(15, d, 0, imm)
#define ORI(a, s, imm) D_FORM(24, s, a, imm)
#define LWZ(d, off, a) D_FORM(32, d, a, off)
#define LBZ(d, off, a) D_FORM(34, d, a, off)
#define STW(d, off, a) D_FORM(36, d, a, off)
#define STB(d, off, a) D_FORM(38, d, a, off)
#define LHZ(d, off, a) D_FORM(40, d, a, off)
#define STH(d, off, a) D_FORM(44, d, a, off)
#define LMW(d, off, a) D_FORM(46, d, a, off)
#define STMW(d, off, a) D_FORM(47, d, a, off)
#define LFD(d, off, a) D_FORM(50, d, a, off)
#define STFD(d, off, a) D_FORM(54, d, a, off)
#define LWARX(d, a, b) X_FORM(d, a, b, 20)
#define STWCX(d, a, b) (X_FORM(d, a, b, 150) | 1)
#define LWBRX(d, a, b) X_FORM(d, a, b, 534)
#define STWBRX(d, a, b) X_FORM(d, a, b, 662)
#define ICBI(a, b) X_FORM(0, a, b, 982)
#define DCBZ(a, b) X_FORM(0, a, b, 1014)
#define MTMSR(s) X_FORM(s, 0, 0, 146)
#define MFSPR(d, spr) SPR_FORM(d, spr, 339)
#define MTSPR(spr, s) SPR_FORM(s, spr, 467)
#define MFTB(d) SPR_FORM(d, 268, 371)
#define B(off) (0x48000000u | ((uint32_t)(off)&0x03fffffcu))
#define SC 0x44000002u
#define SC1 0x44000022u
#define RFI 0x4c000064u
#define ISYNC 0x4c00012cu
#define NOP 0x60000000u
#define ILLEGAL 0x00000000u
#define SPR_DEC 22
#define SPR_SRR0 26
#define SPR_SRR1 27
#define MSR_EE 0x8000u
#define MSR_ME 0x1000u
#define MSR_FP 0x2000u
#define MSR_VEC 0x2000000u

static inline void put_at(struct machine *m, uint64_t gpa, uint32_t word)
{
	uint8_t b[4] = { (uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8),
			 (uint8_t)word };

	assert_int_equal(molvm_mem_write(m->vm, gpa, b, sizeof(b)), 0);
}

static inline void put(struct machine *m, uint32_t word)
{
	put_at(m, m->at, word);
	m->at += 4;
}

static inline uint32_t word_at(struct machine *m, uint64_t gpa)
{
	uint8_t b[4];

	assert_int_equal(molvm_mem_read(m->vm, gpa, b, sizeof(b)), 0);
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t reg(struct machine *m, uint32_t id)
{
	uint64_t v = 0;

	assert_int_equal(molvm_reg_get(m->cpu, id, &v), 0);
	return v;
}

static inline uint64_t gpr(struct machine *m, unsigned n)
{
	return reg(m, MOLVM_REG_GPR(n));
}

static inline void set_reg(struct machine *m, uint32_t id, uint64_t value)
{
	assert_int_equal(molvm_reg_set(m->cpu, id, value), 0);
}

static inline void set_gpr(struct machine *m, unsigned n, uint64_t value)
{
	set_reg(m, MOLVM_REG_GPR(n), value);
}

static inline void set_clock(struct machine *m, uint32_t mode, uint64_t num, uint64_t den)
{
	molvm_clock ck = { .size = sizeof(ck), .mode = mode, .num = num, .den = den };

	assert_int_equal(molvm_clock_set(m->vm, &ck), 0);
}

static inline int run_for(struct machine *m, uint64_t insns)
{
	m->page->insn_budget = insns;
	return molvm_run(m->cpu);
}

/* What the translator is to make use of [option jit.host]. */
static inline int choose_host(molvm_vm *vm)
{
	const char *host = getenv("MOLVM_TEST_HOST");

	return host ? molvm_option_set(vm, "jit.host", host) : 0;
}

static inline int machine_create(void **state, const molvm_config *cfg)
{
	struct machine *m = calloc(1, sizeof(*m));
	molvm_config config = { .size = sizeof(config) };

	*state = m;
	if (cfg)
		config = *cfg;
	if (!config.backend)
		config.backend = getenv("MOLVM_TEST_BACKEND"); /* NULL: the library's choice */
	config.flags |= getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0;
	if (!m || molvm_vm_create(&config, &m->vm) || choose_host(m->vm) ||
	    molvm_map_ram(m->vm, 0, MIB, NULL, 0) || molvm_vcpu_create(m->vm, 0, &m->cpu))
		return -1;
	m->page = molvm_vcpu_page(m->cpu);
	m->at = CODE;
	return molvm_reg_set(m->cpu, MOLVM_REG_PC, CODE) ||
	       molvm_reg_set(m->cpu, MOLVM_REG_MSR, MSR_ME | MSR_FP);
}

static inline int machine_setup(void **state)
{
	return machine_create(state, NULL);
}

static inline int machine_teardown(void **state)
{
	struct machine *m = *state;

	molvm_vm_destroy(m->vm);
	free(m);
	return 0;
}

#define MACHINE_TEST(f) cmocka_unit_test_setup_teardown(f, machine_setup, machine_teardown)

#endif
