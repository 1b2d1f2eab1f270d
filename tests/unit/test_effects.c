/* SPDX-License-Identifier: MIT
 * test_effects.c - what effects.c says of an instruction is true of the interpreter.
 *
 * Two properties are tried on every row with random fields and random state:
 * nothing changes that is not listed as written, and nothing matters that is not
 * listed as read. They hold the upper bounds; a few sentences hold exact answers,
 * so that "everything" is not an answer either.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cpu.h"
#include "effects.h"
#include "softfp.h"

#define TRIES 200
#define ACCESSES 160

struct memory_log {
	unsigned count;
	struct {
		uint32_t ea, size;
		uint64_t v[2];
	} access[ACCESSES];
};

static struct memory_log *current_log;

static uint64_t random_state;

static uint32_t random32(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) ^ (uint32_t)random_state << 16;
}

/* ---- a memory in which every address has a value, and stores are only noted ---- */

static void note(uint32_t ea, uint32_t size, uint64_t high, uint64_t low)
{
	unsigned n = current_log->count++;

	assert_true(n < ACCESSES);
	current_log->access[n].ea = ea;
	current_log->access[n].size = size;
	current_log->access[n].v[0] = high;
	current_log->access[n].v[1] = low;
}

static bool any_load(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		     enum ppc_mem_how how, uint64_t v[2])
{
	uint64_t mixed = (ea + 1) * 0x9e3779b97f4a7c15u;

	note(ea, size, 0, 0);
	v[0] = size >= 8 ? mixed : mixed >> (64 - 8 * size);
	v[1] = ~mixed;
	if (how & PPC_MEM_RESERVE)
		cpu->r.reserve = 1;
	return true;
}

static bool any_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
		      enum ppc_mem_how how, const uint64_t v[2])
{
	note(ea, size | 0x100, v[0], size == 16 ? v[1] : 0);
	return true;
}

static bool any_probe(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned len,
		      enum ppc_access access, enum ppc_mem_how how)
{
	return true;
}

static bool any_cache(struct ppc_cpu *cpu, uint32_t raw, enum ppc_cache_op op, uint32_t ea)
{
	note(ea, 0x200 + (uint32_t)op, 0, 0);
	return true;
}

static void no_mmu_event(struct ppc_cpu *cpu, enum ppc_mmu_event what, uint32_t arg)
{
}

static uint64_t fixed_tick(struct ppc_cpu *cpu)
{
	return 123456789;
}

static void no_dec_written(struct ppc_cpu *cpu)
{
}

static bool no_hypercall(struct ppc_cpu *cpu, uint32_t raw)
{
	return false;
}

static bool no_spr_outside(struct ppc_cpu *cpu, unsigned number, bool write, uint32_t *value)
{
	return false;
}

static const struct ppc_ops ops = {
	.load = any_load,
	.store = any_store,
	.probe = any_probe,
	.cache = any_cache,
	.mmu_event = no_mmu_event,
	.tick = fixed_tick,
	.dec_written = no_dec_written,
	.hypercall = no_hypercall,
	.spr_outside = no_spr_outside,
};

/* ---- random words and states ---- */

static const struct ppc_model *model_with(enum ppc_op op)
{
	unsigned n = 0;

	while (mol_ppc_model_at(n) && !mol_ppc_has_insn(mol_ppc_model_at(n), op))
		n++;
	return mol_ppc_model_at(n);
}

static uint32_t random_word(enum ppc_op op)
{
	static const unsigned known_sprs[] = { 1, 8, 9, 18, 19, 22, 26, 27, 256, 272, 528, 1008 };
	const struct ppc_insn_info *info = &ppc_insn_table[op];
	uint32_t word;

	do {
		word = info->match | (random32() & ~info->mask);
		if ((op == PPC_OP_MFSPR || op == PPC_OP_MTSPR) && random32() % 4) {
			unsigned n = known_sprs[random32() % 12];

			word = (word & ~0x001ff800u) | (n & 31) << 16 | n >> 5 << 11;
		}
	} while (mol_ppc_decode(word) != op);
	return word;
}

static uint32_t random_value(void)
{
	static const uint32_t corners[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x3f800000 };

	return random32() % 3 ? random32() : corners[random32() % 6];
}

/* Everything that an effect names, at random, but for what `keep` lists. */
static void randomize(struct ppc_regs *r, const struct ppc_access_set *keep)
{
	static const uint32_t msr_free = PPC_MSR_FE0 | PPC_MSR_FE1 | PPC_MSR_EE | PPC_MSR_RI;
	uint32_t other = keep->other;
	struct ppc_regs old = *r;

	for (unsigned n = 0; n < 32; n++) {
		if (!(keep->gpr >> n & 1))
			r->gpr[n] = random_value();
		if (!(keep->fpr >> n & 1))
			r->fpr[n] = (uint64_t)random_value() << 32 | random_value();
		for (unsigned w = 0; w < 4 && !(keep->vr >> n & 1); w++)
			r->vr[n].w[w] = random_value();
	}
	for (unsigned n = 0; n < 8; n++)
		if (!(keep->crf >> n & 1))
			r->cr[n] = random32() & 15;
	ppc_set_xer(r, random32());
	r->ca = other & PPC_EFF_CA ? old.ca : r->ca;
	r->ov = other & PPC_EFF_OV ? old.ov : r->ov;
	r->so = other & PPC_EFF_SO ? old.so : r->so;
	if (other & PPC_EFF_XER_COUNT) {
		r->xer_byte = old.xer_byte;
		r->xer_count = old.xer_count;
	}
	r->lr = other & PPC_EFF_LR ? old.lr : random_value();
	r->ctr = other & PPC_EFF_CTR ? old.ctr : random_value();
	r->fpscr = other & PPC_EFF_FPSCR ? old.fpscr : mol_fpscr_summarize(random32() & 0xfffff7ff);
	r->vscr = other & PPC_EFF_VSCR ? old.vscr : random32() & (PPC_VSCR_NJ | PPC_VSCR_SAT);
	if (!(other & PPC_EFF_MSR))
		r->msr = (r->msr & ~msr_free) | (random32() & msr_free);
}

struct outcome {
	struct ppc_cpu cpu;
	struct memory_log log;
	uint32_t stop;
};

static void run(struct outcome *o, uint32_t word, const struct ppc_model *model,
		const struct ppc_regs *regs)
{
	memset(o, 0, sizeof(*o));
	o->cpu.r = *regs;
	o->cpu.ops = &ops;
	o->cpu.model = model;
	current_log = &o->log;
	o->stop = mol_ppc_step(&o->cpu, word);
}

/* ---- comparing ---- */

/* What differs between two states, in the terms of effects.h. */
static struct ppc_access_set difference(const struct ppc_regs *a, const struct ppc_regs *b)
{
	struct ppc_access_set d = { 0 };
	struct ppc_regs rest = *a;

	for (unsigned n = 0; n < 32; n++) {
		d.gpr |= (uint32_t)(a->gpr[n] != b->gpr[n]) << n;
		d.fpr |= (uint32_t)(a->fpr[n] != b->fpr[n]) << n;
		d.vr |= (uint32_t)(memcmp(&a->vr[n], &b->vr[n], 16) != 0) << n;
	}
	for (unsigned n = 0; n < 8; n++)
		d.crf |= (uint32_t)(a->cr[n] != b->cr[n]) << n;
	d.other |= a->ca != b->ca ? PPC_EFF_CA : 0;
	d.other |= a->ov != b->ov ? PPC_EFF_OV : 0;
	d.other |= a->so != b->so ? PPC_EFF_SO : 0;
	d.other |= a->xer_count != b->xer_count || a->xer_byte != b->xer_byte ? PPC_EFF_XER_COUNT : 0;
	d.other |= a->lr != b->lr ? PPC_EFF_LR : 0;
	d.other |= a->ctr != b->ctr ? PPC_EFF_CTR : 0;
	d.other |= a->fpscr != b->fpscr ? PPC_EFF_FPSCR : 0;
	d.other |= a->vscr != b->vscr ? PPC_EFF_VSCR : 0;
	d.other |= a->msr != b->msr ? PPC_EFF_MSR : 0;
	d.other |= a->reserve != b->reserve ? PPC_EFF_MEMORY : 0;
	d.other |= a->pc != b->pc ? PPC_EFF_PC : 0;
	/* What is left is "other". */
	memcpy(rest.gpr, b->gpr, sizeof(rest.gpr));
	memcpy(rest.fpr, b->fpr, sizeof(rest.fpr));
	memcpy(rest.vr, b->vr, sizeof(rest.vr));
	memcpy(rest.cr, b->cr, sizeof(rest.cr));
	ppc_set_xer(&rest, ppc_xer(b));
	rest.lr = b->lr;
	rest.ctr = b->ctr;
	rest.fpscr = b->fpscr;
	rest.vscr = b->vscr;
	rest.msr = b->msr;
	rest.reserve = b->reserve;
	rest.reserve_pa = b->reserve_pa;
	rest.pc = b->pc;
	d.other |= memcmp(&rest, b, sizeof(rest)) ? PPC_EFF_OTHER : 0;
	return d;
}

static struct ppc_access_set without(struct ppc_access_set a, const struct ppc_access_set *b)
{
	a.gpr &= ~b->gpr;
	a.fpr &= ~b->fpr;
	a.vr &= ~b->vr;
	a.crf &= ~b->crf;
	a.other &= ~b->other;
	return a;
}

static struct ppc_access_set only(struct ppc_access_set a, const struct ppc_access_set *b)
{
	struct ppc_access_set outside = without(a, b);

	return without(a, &outside);
}

static struct ppc_access_set both(struct ppc_access_set a, const struct ppc_access_set *b)
{
	a.gpr |= b->gpr;
	a.fpr |= b->fpr;
	a.vr |= b->vr;
	a.crf |= b->crf;
	a.other |= b->other;
	return a;
}

static void assert_none(struct ppc_access_set d, uint32_t word, const char *what)
{
	char text[80];

	if (!(d.gpr | d.fpr | d.vr | d.crf | d.other))
		return;
	mol_ppc_disasm(word, 0x1000, text, sizeof(text));
	fail_msg("%s (%08x): %s: gpr %08x fpr %08x vr %08x crf %02x other %04x", text, word, what,
		 d.gpr, d.fpr, d.vr, d.crf, d.other);
}

static bool stores(const struct memory_log *log)
{
	bool any = false;

	for (unsigned n = 0; n < log->count; n++)
		any = any || log->access[n].size >= 0x100;
	return any;
}

/* ---- the two properties ---- */

static struct ppc_regs first_state(void)
{
	static const struct ppc_access_set nothing;
	struct ppc_regs r;

	memset(&r, 0, sizeof(r));
	r.pc = 0x1000;
	r.msr = PPC_MSR_FP | PPC_MSR_VEC | PPC_MSR_ME;
	r.reserve = random32() & 1;
	randomize(&r, &nothing);
	return r;
}

static void try_writes(uint32_t word, const struct ppc_model *model)
{
	static struct outcome o;
	struct ppc_effects e = mol_ppc_effects(word);
	struct ppc_regs before = first_state();
	struct ppc_access_set changed;

	run(&o, word, model, &before);
	if (o.cpu.r.pc == before.pc + 4)
		o.cpu.r.pc = before.pc;
	changed = difference(&o.cpu.r, &before);
	changed.other |= stores(&o.log) ? PPC_EFF_MEMORY : 0;
	changed.other |= o.stop ? PPC_EFF_STOP : 0;
	assert_none(without(changed, &e.written), word, "changed, but not listed");
}

static void try_reads(uint32_t word, const struct ppc_model *model)
{
	static struct outcome one, two;
	struct ppc_effects e = mol_ppc_effects(word);
	struct ppc_regs before = first_state(), other = before;
	struct ppc_access_set keep = e.read;

	/* A result that may be left out shows the old value: keep that too. */
	if (e.written.other & PPC_EFF_MAYBE)
		keep = both(keep, &e.written);
	randomize(&other, &keep);
	run(&one, word, model, &before);
	run(&two, word, model, &other);
	if (one.stop != two.stop || memcmp(&one.cpu.exc, &two.cpu.exc, sizeof(one.cpu.exc)) ||
	    memcmp(&one.log, &two.log, sizeof(one.log)))
		assert_none((struct ppc_access_set){ .other = PPC_EFF_STOP | PPC_EFF_MEMORY }, word,
			    "ended otherwise, for a reason that is not listed");
	/* After an exception nothing need have been written. */
	if (!(one.stop & (PPC_STOP_EXC | PPC_STOP_OUTSIDE)))
		assert_none(only(difference(&one.cpu.r, &two.cpu.r), &e.written), word,
			    "came out otherwise, for a reason that is not listed");
}

static void each_row(void (*attempt)(uint32_t word, const struct ppc_model *model))
{
	random_state = 1;
	for (enum ppc_op op = 0; op < PPC_OP_COUNT; op++)
		for (unsigned n = 0; n < TRIES && model_with(op); n++)
			attempt(random_word(op), model_with(op));
}

static void what_an_instruction_changes_is_listed_as_written(void **state)
{
	each_row(try_writes);
}

static void what_is_not_listed_as_read_makes_no_difference(void **state)
{
	each_row(try_reads);
}

/* The table's flags are promises about the meanings: the dispatcher believes them. */
static void the_flags_of_a_row_admit_all_that_its_meaning_does(void **state)
{
	random_state = 2;
	for (enum ppc_op op = 0; op < PPC_OP_COUNT; op++) {
		for (unsigned n = 0; n < TRIES; n++) {
			struct ppc_effects e = mol_ppc_effects(random_word(op));
			uint32_t flags = ppc_insn_table[op].flags;
			uint32_t any = e.read.other | e.written.other;
			uint32_t ends = e.written.other & (PPC_EFF_STOP | PPC_EFF_PC);
			const char *wrong = NULL;

			if (ends && !(flags & PPC_INSN_MAY_STOP))
				wrong = "may stop";
			if (ends & PPC_EFF_PC && !(flags & (I_BRANCH | I_END)))
				wrong = "may branch";
			if ((e.read.fpr | e.written.fpr || (any & PPC_EFF_FPSCR && !(any & PPC_EFF_MSR))) &&
			    !(flags & I_FPU)) /* mtmsr and rfi look at FPSCR[FEX] without it */
				wrong = "needs the FPU";
			if ((e.read.vr | e.written.vr || any & PPC_EFF_VSCR) && !(flags & I_VEC))
				wrong = "needs the vector unit";
			if (any & PPC_EFF_MEMORY && !(flags & (I_LOAD | I_STORE)))
				wrong = "touches memory";
			if (wrong)
				fail_msg("%s %s, and its flags do not say so",
					 ppc_insn_table[op].name, wrong);
		}
	}
}

/* ---- exact answers ---- */

#define R(n) (1u << (n))
#define WORD_OF(id, d, a, b, rest) PPC_OP_##id, (d) << 21 | (a) << 16 | (b) << 11 | (rest)

static const struct sample {
	enum ppc_op op;
	uint32_t fields;
	struct ppc_access_set read, written;
} samples[] = {
	{ WORD_OF(ADD, 3, 4, 5, 0), { .gpr = R(4) | R(5) }, { .gpr = R(3) } },
	{ WORD_OF(ADD, 3, 4, 5, 0x401), /* addo. */
	  { .gpr = R(4) | R(5), .other = PPC_EFF_SO },
	  { .gpr = R(3), .crf = R(0), .other = PPC_EFF_OV | PPC_EFF_SO } },
	{ WORD_OF(ADDE, 3, 4, 5, 0),
	  { .gpr = R(4) | R(5), .other = PPC_EFF_CA },
	  { .gpr = R(3), .other = PPC_EFF_CA } },
	{ WORD_OF(ADDI, 3, 0, 0, 5), { .gpr = 0 }, { .gpr = R(3) } }, /* li: r0 is not read */
	{ WORD_OF(CMPI, 7 << 2, 3, 0, 0), { .gpr = R(3), .other = PPC_EFF_SO }, { .crf = R(7) } },
	{ WORD_OF(LWZU, 3, 4, 0, 8),
	  { .gpr = R(4), .other = PPC_EFF_MEMORY },
	  { .gpr = R(3) | R(4), .other = PPC_EFF_STOP } },
	{ WORD_OF(STW, 3, 4, 0, 8),
	  { .gpr = R(3) | R(4) },
	  { .other = PPC_EFF_MEMORY | PPC_EFF_STOP } },
	{ WORD_OF(CROR, 4, 8, 12, 0), { .crf = R(1) | R(2) | R(3) }, { .crf = R(1) } },
	{ WORD_OF(BC, 16, 0, 0, 16), /* bdnz */
	  { .other = PPC_EFF_CTR },
	  { .other = PPC_EFF_CTR | PPC_EFF_PC } },
	{ WORD_OF(BCLR, 20, 0, 0, 0), { .other = PPC_EFF_LR }, { .other = PPC_EFF_PC } },
	{ WORD_OF(B, 0, 0, 0, 16 | 1), { .other = 0 }, { .other = PPC_EFF_LR | PPC_EFF_PC } },
	{ WORD_OF(FMR, 1, 0, 2, 0), { .fpr = R(2) }, { .fpr = R(1) } },
	{ WORD_OF(FMADD, 1, 2, 3, 4 << 6),
	  { .fpr = R(2) | R(3) | R(4), .other = PPC_EFF_FPSCR | PPC_EFF_MSR },
	  { .fpr = R(1), .other = PPC_EFF_FPSCR | PPC_EFF_STOP | PPC_EFF_MAYBE } },
	{ WORD_OF(VADDUBM, 1, 2, 3, 0), { .vr = R(2) | R(3) }, { .vr = R(1) } },
	{ WORD_OF(VADDUBS, 1, 2, 3, 0),
	  { .vr = R(2) | R(3), .other = PPC_EFF_VSCR },
	  { .vr = R(1), .other = PPC_EFF_VSCR } },
	{ WORD_OF(VADDFP, 1, 2, 3, 0),
	  { .vr = R(2) | R(3), .other = PPC_EFF_VSCR },
	  { .vr = R(1) } },
	{ WORD_OF(VCMPGTSH, 1, 2, 3, 0), { .vr = R(2) | R(3) }, { .vr = R(1) } },
	{ WORD_OF(VCMPGTSH, 1, 2, 3, 0x400), { .vr = R(2) | R(3) }, { .vr = R(1), .crf = R(6) } },
	{ WORD_OF(VSPLTW, 1, 2, 3, 0), { .vr = R(3) }, { .vr = R(1) } },
	{ WORD_OF(LVX, 1, 0, 4, 0),
	  { .gpr = R(4), .other = PPC_EFF_MEMORY },
	  { .vr = R(1), .other = PPC_EFF_STOP } },
	{ WORD_OF(LVEWX, 1, 3, 4, 0), /* the other elements stay */
	  { .gpr = R(3) | R(4), .vr = R(1), .other = PPC_EFF_MEMORY },
	  { .vr = R(1), .other = PPC_EFF_STOP } },
	{ WORD_OF(DST, 0, 3, 4, 0), { .gpr = 0 }, { .gpr = 0 } },
};

static void a_sample_of_each_kind_has_exactly_its_effects(void **state)
{
	for (unsigned n = 0; n < sizeof(samples) / sizeof(samples[0]); n++) {
		const struct sample *s = &samples[n];
		uint32_t word = ppc_insn_table[s->op].match | s->fields;
		struct ppc_effects e = mol_ppc_effects(word);

		assert_int_equal(mol_ppc_decode(word), s->op);
		assert_none(without(e.read, &s->read), word, "read, but should not be");
		assert_none(without(s->read, &e.read), word, "not read, but should be");
		assert_none(without(e.written, &s->written), word, "written, but should not be");
		assert_none(without(s->written, &e.written), word, "not written, but should be");
	}
}

static void a_word_without_a_row_only_stops(void **state)
{
	struct ppc_effects e = mol_ppc_effects(0), only_stop = { { 0 }, { .other = PPC_EFF_STOP } };

	assert_memory_equal(&e, &only_stop, sizeof(e));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_instruction_changes_is_listed_as_written),
		cmocka_unit_test(what_is_not_listed_as_read_makes_no_difference),
		cmocka_unit_test(the_flags_of_a_row_admit_all_that_its_meaning_does),
		cmocka_unit_test(a_sample_of_each_kind_has_exactly_its_effects),
		cmocka_unit_test(a_word_without_a_row_only_stops),
	};

	return cmocka_run_group_tests_name("effects", tests, NULL, NULL);
}
