/* SPDX-License-Identifier: MIT
 * translated.c - the words of one vector, run by the translator in a VM of their own.
 *
 * The words are followed by a branch to itself, and so is wherever they branch to: with a budget
 * for more than they are they become blocks, which are translated at first sight. Called by isa.c.
 */
#include <stdio.h>
#include <string.h>

#include <molvm.h>

#include "machine.h"
#include "spr.h"
#include "../../src/core/core.h"

#define BRANCH_TO_ITSELF 0x48000000u
#define ENOUGH 64 /* instructions: for a few nothing would be translated */

static bool put(molvm_vm *vm, uint32_t ea, uint32_t word)
{
	uint8_t bytes[4];

	mol_store_be32(bytes, word);
	return ea > ISA_RAM_SIZE - 4 || !molvm_mem_write(vm, ea, bytes, 4);
}

static bool fill(molvm_vm *vm, const struct isa_words *w, const struct isa_machine *before)
{
	const uint32_t pc = before->cpu.r.pc, end = pc + 4 * w->count;
	bool ok = !molvm_mem_write(vm, 0, before->ram, ISA_RAM_SIZE) && put(vm, end, BRANCH_TO_ITSELF);

	for (unsigned n = 0; n < w->count; n++)
		ok &= put(vm, pc + 4 * n, w->word[n]);
	if (w->end < pc || w->end > end)
		ok &= put(vm, w->end & ~3u, BRANCH_TO_ITSELF);
	return ok;
}

/* The words were no part of the vector's memory. */
static void take_out(struct isa_machine *after, const struct isa_words *w,
		     const struct isa_machine *before)
{
	const uint32_t pc = before->cpu.r.pc, size = 4 * (w->count + 1);

	memcpy(after->ram + pc, before->ram + pc, size);
	if ((w->end < pc || w->end >= pc + size) && w->end <= ISA_RAM_SIZE - 4)
		memcpy(after->ram + (w->end & ~3u), before->ram + (w->end & ~3u), 4);
}

static bool create(const struct ppc_model *model, uint64_t tick, molvm_vm **vm, molvm_vcpu **vcpu)
{
	const molvm_config cfg = { .size = sizeof(cfg), .cpu = model->name, .backend = "jit" };
	const molvm_clock clock = { .size = sizeof(clock), .mode = MOLVM_CLOCK_MANUAL, .num = 1, .den = 1 };

	*vm = NULL;
	return !molvm_vm_create(&cfg, vm) && !molvm_option_set(*vm, "jit.heat", "0") &&
	       !molvm_map_ram(*vm, 0, ISA_RAM_SIZE, NULL, 0) && !molvm_clock_set(*vm, &clock) &&
	       !molvm_clock_advance(*vm, tick) && !molvm_vcpu_create(*vm, 0, vcpu);
}

static void run(molvm_vcpu *vcpu, const struct isa_words *w, const struct isa_machine *before,
		struct isa_machine *after)
{
	struct ppc_cpu *cpu = &vcpu->cpu;
	int why;

	cpu->r = before->cpu.r;
	mol_ppc_set_msr(cpu, before->cpu.r.msr);
	molvm_vcpu_page(vcpu)->insn_budget = ENOUGH;
	molvm_vcpu_page(vcpu)->trap_exceptions = UINT64_MAX;
	why = molvm_run(vcpu);
	after->cpu.r = cpu->r;
	after->cpu.r.fpscr = ppc_fpscr(cpu);
	/* What comes behind the words is nothing of theirs: an interrupt, no memory there. */
	after->cpu.exc = (struct ppc_exception){ 0 };
	if (why == MOLVM_EXIT_EXCEPTION && (cpu->r.pc != w->end || w->excepts))
		after->cpu.exc = cpu->exc;
}

bool isa_run_translated(const struct isa_words *w, const struct isa_machine *before,
			struct isa_machine *after)
{
	molvm_vcpu *vcpu;
	molvm_vm *vm;
	bool ok;

	ok = create(before->cpu.model, before->tick, &vm, &vcpu) && fill(vm, w, before);
	if (ok) {
		run(vcpu, w, before, after);
		ok = !molvm_mem_read(vm, 0, after->ram, ISA_RAM_SIZE) &&
		     vcpu->stat[MOL_STAT_BLOCKS_TRANSLATED];
		take_out(after, w, before);
	}
	if (!ok)
		printf("  not translated: %s\n", molvm_errmsg());
	molvm_vm_destroy(vm);
	return ok;
}

bool isa_is_for_translator(const struct isa_words *w, const struct isa_machine *before, uint32_t vector)
{
	const enum ppc_op op = mol_ppc_decode(w->word[0]);

	/* There all of the address space is RAM or a page fault, translated or not, and a TLB that
	 * software loads is not there. */
	return op != PPC_OP_TLBLD && op != PPC_OP_TLBLI &&
	       !(before->cpu.r.msr & (PPC_MSR_IR | PPC_MSR_DR)) && vector != PPC_VEC_DSI &&
	       !before->cpu.r.spr[PPC_SPR_EAR];
}
