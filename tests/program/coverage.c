/* SPDX-License-Identifier: MIT
 * coverage.c - do the generated programs execute every row of the instruction table?
 *
 * A generator that is broken finds nothing and looks well. So some programs are stepped through
 * on the reference, and each row that it has must have been completed, not just met.
 */
#include "program.h"

#include <string.h>

#include "insn.h"
#include "model.h"

static uint64_t completed[PPC_OP_COUNT];

static bool read_word(const struct machine *m, uint32_t pc, uint32_t *word)
{
	molvm_xlate x = { .size = sizeof(x) };
	uint8_t bytes[4];

	if (molvm_translate(m->vcpu, pc, MOLVM_ACC_EXEC, &x) != 0 ||
	    molvm_mem_read(m->vm, x.gpa, bytes, 4) != 0)
		return false;
	*word = program_load_be32(bytes);
	return true;
}

void coverage_add(const struct program *p, const struct setup *s, uint32_t slices)
{
	struct player y = player_new(p);
	struct machine m;
	int reason = 0;

	machine_create(&m, p, s);
	while (slices-- && reason != MOLVM_EXIT_SYSTEM && reason != MOLVM_EXIT_IDLE) {
		uint64_t budget = player_prepare(&y, p, &m, 1), pc;

		while (budget--) {
			uint32_t word;
			bool known;

			MUST(molvm_reg_get(m.vcpu, MOLVM_REG_PC, &pc) == 0);
			known = read_word(&m, (uint32_t)pc, &word);
			m.page->insn_budget = 1;
			reason = molvm_run(m.vcpu);
			MUST(reason > 0);
			if (known && m.page->insns == 1 && mol_ppc_decode(word) < PPC_OP_COUNT)
				completed[mol_ppc_decode(word)]++;
			if (reason != MOLVM_EXIT_BUDGET)
				break;
		}
		machine_answer(&m);
	}
	machine_destroy(&m);
}

/* tlbia is on no model. */
static bool exists(const struct ppc_insn_info *row)
{
	bool found = !row->models;

	for (unsigned n = 0; mol_ppc_model_at(n); n++)
		found |= (mol_ppc_model_at(n)->features & row->models) != 0;
	return found;
}

unsigned coverage_print(uint64_t least)
{
	unsigned rare = 0;

	for (uint32_t op = 0; op < PPC_OP_COUNT; op++)
		if (completed[op] < least && exists(&ppc_insn_table[op])) {
			printf("%s: executed %llu times\n", ppc_insn_table[op].name,
			       (unsigned long long)completed[op]);
			rare++;
		}
	printf("%u of %u rows executed less than %llu times\n", rare, (unsigned)PPC_OP_COUNT,
	       (unsigned long long)least);
	return rare;
}
