/* SPDX-License-Identifier: MIT
 * interp.c - the interpreter: one handler for each row, made of the row's meaning.
 *
 * The reference for every other way of running the guest. Called by the software
 * backend, which keeps handlers in decoded blocks, and by every kernel's
 * emulator through mol_ppc_step(). Stateless but for struct ppc_cpu.
 */
#include "spr.h"

typedef uint32_t V;
typedef uint64_t F;
typedef union ppc_vr VV;
typedef struct ppc_cpu DOM;

#include "sem.h"
#include "sem_vec.h"
#include "interp_words.h"
#include "interp_sys.h"
#include "interp_fp.h"
#include "interp_vec.h"

#include "sem_int.inc"
#include "sem_branch.inc"
#include "sem_mem.inc"
#include "sem_sys.inc"
#include "sem_fp.inc"
#include "sem_vec.inc"

/* On entry cpu->stop is 0. A row that cannot stop says so to the compiler. */
#define INSN(id, name, operands, encoding, flags, models, section)                                 \
	static uint32_t op_##id(struct ppc_cpu *cpu, struct ppc_insn insn)                         \
	{                                                                                          \
		sem_##id(cpu, insn);                                                               \
		return (flags) & PPC_INSN_MAY_STOP ? cpu->stop : 0;                                \
	}
#include "insn.def"
#undef INSN

static ppc_handler *const handlers[PPC_OP_COUNT] = {
#define INSN(id, ...) [PPC_OP_##id] = op_##id,
#include "insn.def"
#undef INSN
};

/* ---- words that may not run [PEM 6.4.7, 6.4.8; AltiVec PEM 5.3] ---- */

static uint32_t op_illegal(struct ppc_cpu *cpu, struct ppc_insn insn)
{
	mol_ppc_raise(cpu, PPC_VEC_PROGRAM, PPC_SRR1_PROG_ILLEGAL);
	return cpu->stop;
}

static uint32_t op_privileged(struct ppc_cpu *cpu, struct ppc_insn insn)
{
	mol_ppc_raise(cpu, PPC_VEC_PROGRAM, PPC_SRR1_PROG_PRIV);
	return cpu->stop;
}

static uint32_t op_fp_unavailable(struct ppc_cpu *cpu, struct ppc_insn insn)
{
	mol_ppc_raise(cpu, PPC_VEC_FP_UNAVAILABLE, 0);
	return cpu->stop;
}

static uint32_t op_altivec_unavailable(struct ppc_cpu *cpu, struct ppc_insn insn)
{
	mol_ppc_raise(cpu, PPC_VEC_ALTIVEC_UNAVAILABLE, 0);
	return cpu->stop;
}

ppc_handler *mol_ppc_handler(const struct ppc_model *model, uint32_t raw, uint32_t msr)
{
	return mol_ppc_op_handler(model, mol_ppc_decode(raw), msr);
}

ppc_handler *mol_ppc_op_handler(const struct ppc_model *model, enum ppc_op op, uint32_t msr)
{
	uint32_t flags;

	if (!mol_ppc_has_insn(model, op))
		return op_illegal;
	flags = ppc_insn_table[op].flags;
	if (flags & I_PRIV && msr & PPC_MSR_PR)
		return op_privileged;
	if (flags & I_FPU && !(msr & PPC_MSR_FP))
		return op_fp_unavailable;
	if (flags & I_VEC && !(msr & PPC_MSR_VEC))
		return op_altivec_unavailable;
	return handlers[op];
}

uint32_t mol_ppc_step(struct ppc_cpu *cpu, uint32_t raw)
{
	ppc_handler *handler = mol_ppc_handler(cpu->model, raw, cpu->r.msr);
	uint32_t stop;

	cpu->stop = 0;
	stop = handler(cpu, (struct ppc_insn){ raw });
	if (stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE))
		return stop;
	cpu->r.pc = stop & PPC_STOP_BRANCH ? cpu->npc : cpu->r.pc + 4;
	return stop & ~(uint32_t)PPC_STOP_BRANCH;
}

/* ---- raising ---- */

bool mol_ppc_raise(struct ppc_cpu *cpu, uint32_t vector, uint32_t srr1)
{
	cpu->exc = (struct ppc_exception){ .vector = vector, .srr0 = cpu->r.pc, .srr1 = srr1 };
	cpu->stop = PPC_STOP_EXC;
	return false;
}

bool mol_ppc_raise_data(struct ppc_cpu *cpu, uint32_t vector, uint32_t dar, uint32_t dsisr)
{
	mol_ppc_raise(cpu, vector, 0);
	cpu->exc.dar = dar;
	cpu->exc.dsisr = dsisr;
	cpu->exc.sets_dar = cpu->exc.sets_dsisr = 1;
	return false;
}

/* DSISR of an alignment exception tells the handler which instruction it was [PEM 6.4.6.1,
 * table 6-14]. X-form: 15-16 = word bits 29-30, 17 = bit 25, 18-21 = bits 21-24. D-form:
 * 17 = bit 5, 18-21 = bits 1-4. Both: 22-26 = rD or rS, 27-31 = rA. DAR is ea, but ea + 4 for
 * lmw and stmw on a 603e [603e UM 4.5.6.2]. */
bool mol_ppc_raise_alignment(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea)
{
	enum ppc_op op = mol_ppc_decode(raw);
	uint32_t dsisr = ppc_field(raw, 6, 10);

	if (cpu->model->features & PPC_F_603 && (op == PPC_OP_LMW || op == PPC_OP_STMW))
		ea += 4;
	if (raw >> 26 == 31)
		dsisr |= ppc_field(raw, 29, 2) << 15 | ppc_field(raw, 25, 1) << 14 |
			 ppc_field(raw, 21, 4) << 10;
	else
		dsisr |= ppc_field(raw, 5, 1) << 14 | ppc_field(raw, 1, 4) << 10;
	return mol_ppc_raise_data(cpu, PPC_VEC_ALIGNMENT, ea, dsisr);
}
