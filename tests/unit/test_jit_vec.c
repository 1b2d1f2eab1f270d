/* SPDX-License-Identifier: MIT
 * test_jit_vec.c - every AltiVec row, translated, against the interpreter.
 *
 * Two VMs, one on each backend, get the same loop of six instructions, most of them of one row,
 * with random fields, translated at first sight. Both begin again and again
 * with the same random registers, made of the values where lanes have their corners; all
 * registers and the memory must be the same afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <molvm.h>

#include "../../src/core/core.h"

#define RAM 0x80000u
#define CODE 0x10000u /* stores of the programs go below */
#define WORDS 6u
#define SIZE (4 * (WORDS + 1))
#define PROGRAMS 12 /* of each row */
#define ROUNDS 40
_Static_assert(CODE + PPC_OP_COUNT * PROGRAMS * SIZE <= RAM, "the programs fit");
#define LOOPS 3 /* so many instructions that they are run translated, not one by one */

struct machine {
	molvm_vm *vm;
	molvm_vcpu *vcpu;
	uint8_t *ram;
};

static uint32_t random_state;

static uint32_t random32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* A word whose octets, halfwords and whole are limits of lanes more often than chance has it. */
static uint32_t corner(void)
{
	static const uint32_t words[] = {
		0, 0xffffffff, 0x80000000, 0x7fffffff, 0x00000001, 0x80008000, 0x7fff7fff, 0x80808080,
		0x7f7f7f7f, 0x00ff00ff, 0xff00ff00, 0x0001ffff, 0x01fe017f, 0x3f800000, 0xbf800000,
		0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001, 0xff812345, 0x00800000,
		0x80800000, 0x00000123, 0x807fffff, 0x7f7fffff, 0xff7fffff, 0x4f000000, 0xcf000000,
		0x4f800000, 0x3effffff, 0x3f000000, 0xbf000000, 0x3fc00000, 0x00800001, 0x34000000,
	};
	uint32_t r = random32();

	switch (r >> 8 & 3) {
	case 0:
		return words[(r >> 16) % (sizeof(words) / sizeof(words[0]))];
	case 1:
		return 0x3f000000 + (random32() & 0x80ffffff) + (r >> 24 << 20 & 0x3f00000);
	case 2:
		return random32() & 0x1f1f1f1f;
	default:
		return random32();
	}
}

static void create(struct machine *m, const char *backend, const char *host)
{
	molvm_config config = { .size = sizeof(config), .cpu = "7400", .backend = backend,
				.flags = getenv("MOLVM_TEST_FASTMEM") ? MOLVM_CFG_FASTMEM : 0 };
	void *ram;

	assert_int_equal(molvm_vm_create(&config, &m->vm), 0);
	assert_int_equal(molvm_option_set(m->vm, "jit.heat", "0"), 0);
	assert_int_equal(molvm_option_set(m->vm, "jit.host", host), 0);
	assert_int_equal(molvm_map_ram(m->vm, 0, RAM, NULL, 0), 0);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->vcpu), 0);
	assert_int_equal(molvm_mem_ptr(m->vm, 0, RAM, &ram), 0);
	m->ram = ram;
	m->vcpu->cpu.r.msr |= PPC_MSR_VEC;
}

/* Most often few registers, so that values go from one instruction to the next. */
static uint32_t word_of(const struct ppc_insn_info *row)
{
	uint32_t fields = random32();

	if (random32() % 4)
		fields &= 0xfc631fffu | (fields & 0x7c0); /* vD, vA, vB of the first few */
	return (fields & ~row->mask) | row->match;
}

static const struct ppc_insn_info *other_row(void)
{
	const struct ppc_insn_info *row;

	do
		row = &ppc_insn_table[random32() % PPC_OP_COUNT];
	while (!(row->flags & I_VEC));
	return row;
}

static void run(struct machine *m, uint32_t pc, uint64_t insns)
{
	molvm_run_page *page = molvm_vcpu_page(m->vcpu);

	m->vcpu->cpu.r.pc = pc;
	page->insn_budget = insns;
	assert_int_equal(molvm_run(m->vcpu), MOLVM_EXIT_BUDGET);
	assert_int_equal(page->insns, insns);
}

static void random_registers(struct ppc_regs *r)
{
	for (unsigned n = 0; n < 32; n++) {
		r->gpr[n] = random32() & 0x3fff;
		for (unsigned k = 0; k < 4; k++)
			r->vr[n].w[k] = corner();
	}
	r->vscr = random32() & (PPC_VSCR_NJ | PPC_VSCR_SAT);
	for (unsigned n = 0; n < 8; n++)
		r->cr[n] = (uint8_t)(random32() & 15);
}

static void complain(const struct ppc_regs *a, const struct ppc_regs *b, const struct ppc_regs *before,
		     const uint8_t *code)
{
	char text[80];

	for (unsigned n = 0; n < WORDS; n++) {
		mol_ppc_disasm(mol_load_be32(code + 4 * n), 4 * n, text, sizeof(text));
		print_error("%08x  %s\n", mol_load_be32(code + 4 * n), text);
	}
	for (unsigned n = 0; n < 32; n++)
		if (memcmp(&a->vr[n], &b->vr[n], 16))
			print_error("v%u: was %016llx%016llx, is %016llx%016llx, not %016llx%016llx\n", n,
				    (unsigned long long)before->vr[n].d[1],
				    (unsigned long long)before->vr[n].d[0],
				    (unsigned long long)b->vr[n].d[1], (unsigned long long)b->vr[n].d[0],
				    (unsigned long long)a->vr[n].d[1], (unsigned long long)a->vr[n].d[0]);
	for (unsigned n = 0; n < 8; n++)
		print_error("v%u was %016llx%016llx\n", n, (unsigned long long)before->vr[n].d[1],
			    (unsigned long long)before->vr[n].d[0]);
	print_error("vscr: was %x, is %x, not %x; cr6 is %x, not %x\n", before->vscr, b->vscr, a->vscr,
		    b->cr[6], a->cr[6]);
}

static void make_program(uint8_t *code, const struct ppc_insn_info *row)
{
	for (unsigned n = 0; n < WORDS; n++)
		mol_store_be32(code + 4 * n, word_of(n % 3 == 1 ? other_row() : row));
	mol_store_be32(code + 4 * WORDS, 0x48000000 | (-(4 * WORDS) & 0x03fffffc));
}

static void try_program(struct machine *interp, struct machine *jit, uint32_t pc,
			const struct ppc_insn_info *row)
{
	struct ppc_regs *a = &interp->vcpu->cpu.r, *b = &jit->vcpu->cpu.r, before;

	for (unsigned round = 0; round < ROUNDS; round++) {
		random_registers(a);
		memcpy(b->gpr, a->gpr, sizeof(a->gpr));
		memcpy(b->vr, a->vr, sizeof(a->vr));
		memcpy(b->cr, a->cr, sizeof(a->cr));
		b->vscr = a->vscr;
		before = *a;
		run(interp, pc, (WORDS + 1) * LOOPS);
		run(jit, pc, (WORDS + 1) * LOOPS);
		if (memcmp(a->vr, b->vr, sizeof(a->vr)) || memcmp(a->gpr, b->gpr, sizeof(a->gpr)) ||
		    memcmp(a->cr, b->cr, sizeof(a->cr)) || a->vscr != b->vscr || a->pc != b->pc) {
			complain(a, b, &before, interp->ram + pc);
			fail_msg("%s: other registers than the interpreter's", row->name);
		}
		if (memcmp(interp->ram, jit->ram, CODE))
			fail_msg("%s: other memory than the interpreter's", row->name);
	}
}

static void try_every_row(const char *host)
{
	struct machine interp, jit;

	create(&interp, "interp", host);
	create(&jit, "jit", host);
	/* All code is there from the beginning: what is written too often is not translated. */
	for (unsigned n = 0; n < PPC_OP_COUNT * PROGRAMS; n++)
		if (ppc_insn_table[n / PROGRAMS].flags & I_VEC)
			make_program(interp.ram + CODE + n * SIZE, &ppc_insn_table[n / PROGRAMS]);
	memcpy(jit.ram + CODE, interp.ram + CODE, RAM - CODE);
	for (unsigned n = 0; n < PPC_OP_COUNT * PROGRAMS; n++)
		if (ppc_insn_table[n / PROGRAMS].flags & I_VEC)
			try_program(&interp, &jit, CODE + n * SIZE, &ppc_insn_table[n / PROGRAMS]);
	molvm_vm_destroy(interp.vm);
	molvm_vm_destroy(jit.vm);
}

/* Where hosts differ in nothing, these are so many other random numbers. */
static const char *const hosts[] = { "native", "avx2", "avx", "sse4", "ssse3", "sse2" };
#define HOSTS (sizeof(hosts) / sizeof(hosts[0]))

static void every_vector_row_computes_what_the_interpreter_does_on_every_host(void **state)
{
	(void)state;
	random_state = 0x9e3779b9u;
	for (unsigned n = 0; n < HOSTS; n++)
		try_every_row(hosts[n]);
}

/* 1.5 * (1 + 2^-23) lies in the middle between two singles: what is added decides. */
static void a_multiply_add_rounds_once_on_every_host(void **state)
{
	static const struct {
		uint32_t a, c, b, sum, difference; /* a * c + b; -(a * c - b) */
	} cases[] = {
		{ 0x3fc00000, 0x3f800001, 0, 0x3fc00002, 0xbfc00002 },
		{ 0x3fc00000, 0x3f800001, 0x21800000, 0x3fc00002, 0xbfc00001 },
		{ 0x3fc00000, 0x3f800001, 0xa1800000, 0x3fc00001, 0xbfc00002 },
		{ 0xbfc00000, 0x3f800001, 0xa1800000, 0xbfc00002, 0x3fc00001 },
		{ 0x3fc00000, 0x3f800003, 0x21800000, 0x3fc00005, 0xbfc00004 },
		{ 0x3fc00000, 0x3f800003, 0, 0x3fc00004, 0xbfc00004 },
	};

	(void)state;
	for (unsigned n = 0; n < HOSTS * 4; n++) { /* the case in lane n % 4, others beside it */
		struct machine m;
		struct ppc_regs *r;

		create(&m, "jit", hosts[n / 4]);
		r = &m.vcpu->cpu.r;
		mol_store_be32(m.ram + CODE, 0x100110ee);     /* vmaddfp v0,v1,v3,v2 */
		mol_store_be32(m.ram + CODE + 4, 0x108110ef); /* vnmsubfp v4,v1,v3,v2 */
		mol_store_be32(m.ram + CODE + 8, 0x4bfffff8);
		for (unsigned k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
			for (unsigned lane = 0; lane < 4; lane++) {
				r->vr[1].w[lane] = lane == n % 4 ? cases[k].a : 0x40000000;
				r->vr[2].w[lane] = lane == n % 4 ? cases[k].b : 0x3f800000;
				r->vr[3].w[lane] = lane == n % 4 ? cases[k].c : 0x3f800000;
			}
			run(&m, CODE, 30);
			for (unsigned lane = 0; lane < 4; lane++) {
				assert_int_equal(r->vr[0].w[lane],
						 lane == n % 4 ? cases[k].sum : 0x40400000);
				assert_int_equal(r->vr[4].w[lane],
						 lane == n % 4 ? cases[k].difference : 0xbf800000);
			}
		}
		molvm_vm_destroy(m.vm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_row_computes_what_the_interpreter_does_on_every_host),
		cmocka_unit_test(a_multiply_add_rounds_once_on_every_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
