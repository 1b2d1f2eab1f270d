/* SPDX-License-Identifier: MIT
 * translated.c - one case of the differential test, run by the translator.
 *
 * The word is followed by a branch to itself, so that the two are one block, which is translated at
 * first sight and run whole. Each case lies at an address of its own: code that is written
 * again and again would be interpreted. So words that branch are left to ours.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <molvm.h>

#include "diff.h"
#include "spr.h"
#include "../../src/core/core.h"

#define CODE DIFF_SLOT_EA
#define CODE_SIZE (4u << 20)
#define CASE_SIZE 64
#define BRANCH_TO_ITSELF 0x48000000u
#define ENOUGH 64 /* instructions: for a few nothing would be translated */

static molvm_vm *vm;
static molvm_vcpu *vcpu;
static uint32_t at = CODE_SIZE;

static void check(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "diff: %s: %s\n", what, molvm_errmsg());
	exit(2);
}

static void new_machine(void)
{
	const molvm_config cfg = { .size = sizeof(cfg), .cpu = "7400", .backend = "jit" };

	if (vcpu && vcpu->stat[MOL_STAT_BLOCKS_TRANSLATED] < CODE_SIZE / CASE_SIZE / 2) {
		fprintf(stderr, "diff: most cases were not translated\n");
		exit(2);
	}
	molvm_vm_destroy(vm);
	check(molvm_vm_create(&cfg, &vm), "vm_create");
	check(molvm_option_set(vm, "jit.heat", "0"), "option_set");
	if (getenv("MOLVM_TEST_HOST"))
		check(molvm_option_set(vm, "jit.host", getenv("MOLVM_TEST_HOST")), "option_set");
	check(molvm_map_ram(vm, DIFF_SCRATCH_EA, DIFF_SCRATCH_SIZE, NULL, 0), "map_ram");
	check(molvm_map_ram(vm, CODE & ~4095u, CODE_SIZE + 4096, NULL, 0), "map_ram");
	check(molvm_vcpu_create(vm, 0, &vcpu), "vcpu_create");
	at = 0;
}

static void enter_state(const struct diff_state *s, uint32_t pc)
{
	struct ppc_cpu *cpu = &vcpu->cpu;
	struct ppc_regs *r = &cpu->r;

	mol_ppc_set_msr(cpu, PPC_MSR_PR | PPC_MSR_FP | PPC_MSR_VEC | PPC_MSR_FE0 | PPC_MSR_FE1);
	cpu->fp.any = 0;
	r->pc = pc;
	r->spr[PPC_SPR_HID0] = PPC_HID0_DCE; /* dcbz needs a cache */
	memcpy(r->gpr, s->gpr, sizeof(s->gpr));
	memcpy(r->fpr, s->fpr, sizeof(s->fpr));
	for (int v = 0; v < 32; v++)
		for (int n = 0; n < 16; n++)
			r->vr[v].b[PPC_VB(n)] = s->vr[v][n];
	r->vscr = mol_load_be32(s->vscr + 12);
	r->fpscr = (uint32_t)s->fpscr;
	ppc_set_cr(r, s->cr);
	ppc_set_xer(r, s->xer);
	r->lr = s->lr;
	r->ctr = s->ctr;
	r->reserve = 0;
}

static uint32_t pad_of(int why, uint32_t pc)
{
	molvm_run_page *page = molvm_vcpu_page(vcpu);

	if (why == MOLVM_EXIT_BUDGET)
		return vcpu->cpu.r.pc == pc + 4 ? 0 : 99;
	if (why != MOLVM_EXIT_EXCEPTION)
		return 98;
	page->u.exception.action = MOLVM_EXC_IGNORE;
	if (page->u.exception.vector != PPC_VEC_PROGRAM)
		return 100 + 11; /* SIGSEGV */
	return page->u.exception.srr1 & PPC_SRR1_PROG_TRAP ? 100 + 5 :
	       page->u.exception.srr1 & PPC_SRR1_PROG_FP   ? 100 + 8 : 100 + 4;
}

static void leave_state(struct diff_state *s)
{
	const struct ppc_regs *r = &vcpu->cpu.r;

	s->fpscr = ppc_fpscr(&vcpu->cpu);
	memcpy(s->gpr, r->gpr, sizeof(s->gpr));
	memcpy(s->fpr, r->fpr, sizeof(s->fpr));
	for (int v = 0; v < 32; v++)
		for (int n = 0; n < 16; n++)
			s->vr[v][n] = r->vr[v].b[PPC_VB(n)];
	mol_store_be32(s->vscr + 12, r->vscr);
	s->cr = ppc_cr(r);
	s->xer = ppc_xer(r);
	s->lr = r->lr;
	s->ctr = r->ctr;
}

void diff_run_translated(const struct diff_state *in, struct diff_state *out)
{
	static uint8_t scratch[DIFF_SCRATCH_SIZE];
	uint8_t words[8];
	uint32_t pc;

	if (at + CASE_SIZE > CODE_SIZE)
		new_machine();
	pc = CODE + at;
	at += CASE_SIZE;
	mol_store_be32(words, in->insn);
	mol_store_be32(words + 4, BRANCH_TO_ITSELF);
	memset(scratch, 0, sizeof(scratch));
	memcpy(scratch + DIFF_MEM_AT, in->mem, DIFF_MEM_SIZE);
	check(molvm_mem_write(vm, pc, words, sizeof(words)), "mem_write");
	check(molvm_mem_write(vm, DIFF_SCRATCH_EA, scratch, sizeof(scratch)), "mem_write");
	*out = *in;
	enter_state(in, pc);
	molvm_vcpu_page(vcpu)->insn_budget = ENOUGH;
	molvm_vcpu_page(vcpu)->trap_exceptions = UINT64_MAX;
	out->pad = pad_of(molvm_run(vcpu), pc);
	leave_state(out);
	check(molvm_mem_read(vm, DIFF_SCRATCH_EA + DIFF_MEM_AT, out->mem, DIFF_MEM_SIZE), "mem_read");
}
