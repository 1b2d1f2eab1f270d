/* SPDX-License-Identifier: MIT
 * isa.c - runs the vectors of tests/isa: instruction words with the state before and after.
 *
 *   isa FILE.vec...          run them; closes with "N passed, N failed"
 *   isa --jit FILE.vec...    by the translator, where a VM is like machine.c
 *   isa --rows FILE.vec...   a line "mnemonic<TAB>vectors" for each row that they run
 *   isa --inverse            the assembler of these vectors against the disassembler
 *
 * One vector a line:
 *
 *   addo. r3,r4,r5 : r4=7fffffff r5=1 -> r3=80000000 xer=so|ov cr0=lt|so
 *
 * Several instructions are separated by ";". Numbers of the state are hexadecimal. What is not
 * named before has the value that machine.c gives it; what is not named after must not
 * have changed, and that is all of struct ppc_regs, RAM, the device and the log. Names:
 *   rN fN vN (32 digits; "_" is ignored) cr crN xer lr ctr msr pc fpscr vscr srN, SPRs by name,
 *   tb, dec, tick, reserve, mADDR=bytes, device; model=NAME (before; 7400 unless named);
 *   after: exc=VECTOR with srr0 srr1 (cause bits) dar dsisr of the exception raised, and
 *   event=NAME/ARG, what the engine is told. pc after is 4 on, or at the word that raised exc.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "asm.h"
#include "machine.h"

struct vector {
	struct isa_machine before, after; /* after: as run */
	struct isa_machine expected;
	struct ppc_exception exc; /* expected; vector 0 = none */
	uint32_t srr0;
	bool names_srr0;
	bool names_pc;
};

static unsigned row_vectors[PPC_OP_COUNT];
static bool translate;

/* ---- names and values ---- */

static const struct flag {
	const char *name;
	uint32_t cr, xer;
} flags[] = {
	{ "lt", PPC_CR_LT, 0 }, { "gt", PPC_CR_GT, 0 },          { "eq", PPC_CR_EQ, 0 },
	{ "so", PPC_CR_SO, PPC_XER_SO }, { "ov", 0, PPC_XER_OV }, { "ca", 0, PPC_XER_CA },
};

/* A hexadecimal number, or flags joined by "|". */
static bool read_value(const char *text, bool of_cr, uint64_t *out)
{
	char *end;

	*out = strtoull(text, &end, 16);
	if (end != text && !*end)
		return true;
	*out = 0;
	for (;;) {
		size_t length = strcspn(text, "|"), n = 0;

		while (n < 6 && (length != 2 || strncmp(flags[n].name, text, length)))
			n++;
		if (n == 6)
			return false;
		*out |= of_cr ? flags[n].cr : flags[n].xer;
		text += length;
		if (!*text++)
			return true;
	}
}

static bool read_bytes(const char *text, uint8_t *p, size_t room, size_t *length)
{
	*length = 0;
	while (*text) {
		unsigned byte;

		if (*text == '_') {
			text++;
			continue;
		}
		if (*length == room || !isxdigit((unsigned char)text[1]) ||
		    sscanf(text, "%2x", &byte) != 1)
			return false;
		p[(*length)++] = (uint8_t)byte;
		text += 2;
	}
	return true;
}

/* "r12" with the prefix "r" is 12. */
static int index_after(const char *name, const char *prefix, int limit)
{
	size_t length = strlen(prefix);
	char *end;
	long n;

	if (strncmp(name, prefix, length) || !isdigit((unsigned char)name[length]))
		return -1;
	n = strtol(name + length, &end, 10);
	return *end || n >= limit ? -1 : (int)n;
}

static bool set_vector(union ppc_vr *vr, const char *value)
{
	uint8_t bytes[16];
	size_t length;

	if (!read_bytes(value, bytes, sizeof(bytes), &length) || length != 16)
		return false;
	for (int n = 0; n < 16; n++)
		vr->b[PPC_VB(n)] = bytes[n];
	return true;
}

static bool set_memory(struct isa_machine *m, const char *address, const char *value)
{
	uint32_t ea = (uint32_t)strtoul(address, NULL, 16);
	size_t length;

	return ea < ISA_RAM_SIZE && read_bytes(value, m->ram + ea, ISA_RAM_SIZE - ea, &length);
}

static bool set_numbered(struct isa_machine *m, const char *name, const char *value)
{
	struct ppc_regs *r = &m->cpu.r;
	uint64_t v;
	int n;

	if ((n = index_after(name, "v", 32)) >= 0)
		return set_vector(&r->vr[n], value);
	if (!read_value(value, true, &v))
		return false;
	if ((n = index_after(name, "r", 32)) >= 0)
		r->gpr[n] = (uint32_t)v;
	else if ((n = index_after(name, "f", 32)) >= 0)
		r->fpr[n] = v;
	else if ((n = index_after(name, "cr", 8)) >= 0)
		r->cr[n] = (uint8_t)v;
	else if ((n = index_after(name, "sr", 16)) >= 0)
		r->sr[n] = (uint32_t)v;
	else
		return false;
	return true;
}

/* A register that has no number. */
static bool set_named(struct isa_machine *m, const char *name, const char *value)
{
	struct ppc_regs *r = &m->cpu.r;
	uint64_t v;
	int slot;

	if (!read_value(value, false, &v))
		return false;
	if (!strcmp(name, "cr"))
		ppc_set_cr(r, (uint32_t)v);
	else if (!strcmp(name, "xer"))
		ppc_set_xer(r, (uint32_t)v);
	else if (!strcmp(name, "lr"))
		r->lr = (uint32_t)v;
	else if (!strcmp(name, "ctr"))
		r->ctr = (uint32_t)v;
	else if (!strcmp(name, "msr"))
		mol_ppc_set_msr(&m->cpu, (uint32_t)v);
	else if (!strcmp(name, "pc"))
		r->pc = (uint32_t)v;
	else if (!strcmp(name, "fpscr"))
		r->fpscr = (uint32_t)v;
	else if (!strcmp(name, "vscr"))
		r->vscr = (uint32_t)v;
	else if (!strcmp(name, "tick"))
		m->tick = r->dec_tick = v;
	else if (!strcmp(name, "tb"))
		mol_ppc_set_tb(r, m->tick, v);
	else if (!strcmp(name, "dec"))
		r->dec_value = (uint32_t)v;
	else if (!strcmp(name, "pending"))
		r->pending = (uint32_t)v;
	else if (!strcmp(name, "reserve")) {
		r->reserve = !(v & 1); /* an odd address: held no more */
		r->reserve_pa = (uint32_t)v & ~31u;
	} else if (!strcmp(name, "device"))
		m->device = (uint32_t)v;
	else if (isa_spr_number(name, strlen(name), &slot) >= 0)
		r->spr[slot] = (uint32_t)v;
	else
		return false;
	return true;
}

static bool set_state(struct isa_machine *m, const char *name, const char *value)
{
	if (name[0] == 'm' && isxdigit((unsigned char)name[1]))
		return set_memory(m, name + 1, value);
	return set_numbered(m, name, value) || set_named(m, name, value);
}

/* ---- one line ---- */

static bool expect_event(struct isa_machine *m, const char *value)
{
	char name[12];
	size_t length = strcspn(value, "/");

	if (length >= sizeof(name))
		return false;
	memcpy(name, value, length);
	name[length] = '\0';
	isa_machine_log(m, name, value[length] ? (uint32_t)strtoul(value + length + 1, NULL, 16) : 0);
	return true;
}

static bool expect_exception(struct vector *t, const char *name, const char *value)
{
	uint32_t v = (uint32_t)strtoul(value, NULL, 16);

	if (!strcmp(name, "exc"))
		t->exc.vector = v;
	else if (!t->exc.vector)
		return false;
	else if (!strcmp(name, "srr1"))
		t->exc.srr1 = v;
	else if (!strcmp(name, "srr0"))
		t->srr0 = v, t->names_srr0 = true;
	else if (!strcmp(name, "dar"))
		t->exc.dar = v, t->exc.sets_dar = 1;
	else if (!strcmp(name, "dsisr"))
		t->exc.dsisr = v, t->exc.sets_dsisr = 1;
	else
		return false;
	return true;
}

static bool expect(struct vector *t, const char *name, const char *value)
{
	unsigned events = t->expected.event_count;

	if (!strcmp(name, "event"))
		return expect_event(&t->expected, value);
	if (expect_exception(t, name, value))
		return true;
	t->names_pc |= !strcmp(name, "pc");
	if (!set_state(&t->expected, name, value))
		return false;
	t->expected.event_count = events; /* a change of MSR is named as an event */
	return true;
}

/* The assignments of one half of a line. */
static bool read_half(struct vector *t, char *text, bool after)
{
	char *save = NULL;

	for (char *word = strtok_r(text, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		char *value = strchr(word, '=');

		if (!value)
			return false;
		*value++ = '\0';
		if (!strcmp(word, "model"))
			continue;
		if (after ? !expect(t, word, value) : !set_state(&t->before, word, value)) {
			printf("  bad assignment: %s=%s\n", word, value);
			return false;
		}
	}
	return true;
}

static const struct ppc_model *model_of(const char *before)
{
	const char *p = strstr(before, "model=");
	char name[16] = "7400";

	if (p)
		sscanf(p, "model=%15s", name);
	return mol_ppc_model_find(name);
}

static void copy_machine(struct isa_machine *to, const struct isa_machine *from)
{
	memcpy(to, from, sizeof(*to)); /* padding too: states are compared as bytes */
}

/* Runs the words from t->before; pc follows them, also in what is expected. */
static bool run_words(struct vector *t, char *text, struct isa_words *words)
{
	uint32_t stop = 0, raw;
	const char *error;
	char *save = NULL;

	copy_machine(&t->after, &t->before);
	t->after.cpu.exc = (struct ppc_exception){ 0 };
	for (char *w = strtok_r(text, ";", &save); w; w = strtok_r(NULL, ";", &save)) {
		size_t length;

		w += strspn(w, " \t");
		length = strlen(w);
		while (length && isspace((unsigned char)w[length - 1]))
			w[--length] = '\0';
		if (!isa_assemble(w, t->after.cpu.r.pc, &raw, &error)) {
			printf("  %s: %s\n", w, error);
			return false;
		}
		if (mol_ppc_decode(raw) != PPC_OP_INVALID)
			row_vectors[mol_ppc_decode(raw)]++;
		if (stop & PPC_STOP_EXC || words->count == sizeof(words->word) / 4)
			return false; /* the line goes on after an exception, or is too long */
		words->word[words->count++] = raw;
		stop = mol_ppc_step(&t->after.cpu, raw);
		if (!(stop & PPC_STOP_EXC) && !t->names_pc)
			t->expected.cpu.r.pc += 4;
	}
	words->end = t->expected.cpu.r.pc;
	words->excepts = stop & PPC_STOP_EXC;
	return true;
}

/* The same once more, by the translator. What the engine is told then is not seen. */
static bool translate_words(struct vector *t, const struct isa_words *words)
{
	if (!isa_is_for_translator(words, &t->before, t->exc.vector))
		return true; /* t->after is what the interpreter made of it */
	copy_machine(&t->after, &t->before);
	t->expected.event_count = 0;
	return isa_run_translated(words, &t->before, &t->after);
}

/* ---- comparing ---- */

static bool check(bool same, const char *what, uint64_t expected, uint64_t got)
{
	if (!same)
		printf("  %s: expected %llx, got %llx\n", what, (unsigned long long)expected,
		       (unsigned long long)got);
	return same;
}

static bool same_exception(const struct vector *t)
{
	const struct ppc_exception *e = &t->exc, *g = &t->after.cpu.exc;
	bool same = check(e->vector == g->vector, "exc", e->vector, g->vector);
	uint32_t srr0 = t->names_srr0 ? t->srr0 : t->after.cpu.r.pc;

	if (!e->vector || !same)
		return same;
	same &= check(e->srr1 == g->srr1, "srr1", e->srr1, g->srr1);
	same &= check(srr0 == g->srr0, "srr0", srr0, g->srr0);
	same &= check(e->sets_dar == g->sets_dar && e->dar == g->dar, "dar", e->dar, g->dar);
	same &= check(e->sets_dsisr == g->sets_dsisr && e->dsisr == g->dsisr, "dsisr", e->dsisr,
		      g->dsisr);
	return same;
}

static bool same_log(const struct isa_machine *e, const struct isa_machine *g)
{
	bool same = check(e->event_count == g->event_count, "events", e->event_count, g->event_count);

	for (unsigned n = 0; n < e->event_count && n < g->event_count; n++)
		same &= check(!strcmp(e->events[n].name, g->events[n].name) &&
			      e->events[n].arg == g->events[n].arg,
			      g->events[n].name, e->events[n].arg, g->events[n].arg);
	for (unsigned n = e->event_count; n < g->event_count; n++)
		printf("  event=%s/%x\n", g->events[n].name, g->events[n].arg);
	return same;
}

static void explain_registers(const struct ppc_regs *e, const struct ppc_regs *g)
{
	char name[16];

	for (int n = 0; n < 32; n++) {
		snprintf(name, sizeof(name), "r%d", n);
		check(e->gpr[n] == g->gpr[n], name, e->gpr[n], g->gpr[n]);
		name[0] = 'f';
		check(e->fpr[n] == g->fpr[n], name, e->fpr[n], g->fpr[n]);
		name[0] = 'v';
		for (int half = 0; half < 2; half++)
			check(e->vr[n].d[PPC_VD(half)] == g->vr[n].d[PPC_VD(half)], name,
			      e->vr[n].d[PPC_VD(half)], g->vr[n].d[PPC_VD(half)]);
	}
	for (int n = 0; n < 16; n++)
		check(e->sr[n] == g->sr[n], "sr", e->sr[n], g->sr[n]);
	for (int n = 0; n < PPC_SPR_COUNT; n++)
		if (e->spr[n] != g->spr[n])
			printf("  SPR slot %d: expected %x, got %x\n", n, e->spr[n], g->spr[n]);
	check(ppc_cr(e) == ppc_cr(g), "cr", ppc_cr(e), ppc_cr(g));
	check(ppc_xer(e) == ppc_xer(g), "xer", ppc_xer(e), ppc_xer(g));
	check(e->lr == g->lr, "lr", e->lr, g->lr);
	check(e->ctr == g->ctr, "ctr", e->ctr, g->ctr);
	check(e->pc == g->pc, "pc", e->pc, g->pc);
	check(e->msr == g->msr, "msr", e->msr, g->msr);
	check(e->fpscr == g->fpscr, "fpscr", e->fpscr, g->fpscr);
	check(e->vscr == g->vscr, "vscr", e->vscr, g->vscr);
	check(e->reserve == g->reserve, "reserve", e->reserve, g->reserve);
	check(e->dec_value == g->dec_value, "dec", e->dec_value, g->dec_value);
	check(e->tb_offset == g->tb_offset, "tb offset", e->tb_offset, g->tb_offset);
	check(e->pending == g->pending, "pending", e->pending, g->pending);
}

static bool same_state(const struct isa_machine *e, const struct isa_machine *g)
{
	bool same = same_log(e, g);

	same &= check(e->device == g->device, "device", e->device, g->device);
	for (uint32_t ea = 0; ea < ISA_RAM_SIZE; ea++) {
		if (e->ram[ea] == g->ram[ea])
			continue;
		printf("  memory at %x: expected %02x, got %02x\n", ea, e->ram[ea], g->ram[ea]);
		same = false;
	}
	if (memcmp(&e->cpu.r, &g->cpu.r, sizeof(e->cpu.r))) {
		printf("  registers differ\n");
		explain_registers(&e->cpu.r, &g->cpu.r);
		same = false;
	}
	return same;
}

/* ---- files ---- */

static bool run_line(char *line)
{
	static struct vector t;
	char *before = strstr(line, " : "), *after = before ? strstr(before, "->") : NULL;
	struct isa_words words = { .count = 0 };
	const struct ppc_model *model;
	bool same;

	if (!after)
		return false;
	*before = '\0';
	before += 3;
	*after = '\0';
	after += 2;
	memset(&t, 0, sizeof(t));
	model = model_of(before);
	if (!model)
		return false;
	isa_machine_init(&t.before, model);
	if (!read_half(&t, before, false))
		return false;
	t.before.event_count = 0;
	copy_machine(&t.expected, &t.before);
	if (!read_half(&t, after, true) || !run_words(&t, line, &words))
		return false;
	if (translate && !translate_words(&t, &words))
		return false;
	same = same_exception(&t);
	return same_state(&t.expected, &t.after) && same; /* both explain themselves */
}

static bool run_file(const char *path, unsigned *passed, unsigned *failed)
{
	FILE *f = fopen(path, "r");
	char line[1024], copy[1024];
	unsigned number = 0;

	if (!f) {
		perror(path);
		return false;
	}
	while (fgets(line, sizeof(line), f)) {
		number++;
		line[strcspn(line, "#\n")] = '\0';
		if (!line[strspn(line, " \t")])
			continue;
		memcpy(copy, line, sizeof(copy));
		if (run_line(line)) {
			++*passed;
		} else {
			++*failed;
			printf("%s:%u: %s\n", path, number, copy);
		}
	}
	fclose(f);
	return true;
}

/* What the disassembler writes, the assembler reads. */
static int check_inverse(void)
{
	unsigned passed = 0, failed = 0;
	uint32_t random = 1;

	for (int op = 0; op < PPC_OP_COUNT; op++) {
		unsigned wrong = 0;

		for (int n = 0; n < 200; n++) {
			const struct ppc_insn_info *row = &ppc_insn_table[op];
			uint32_t word, again = 0;
			char text[80], second[80];
			const char *error;

			random = random * 1664525 + 1013904223;
			word = row->match | (((random >> 8) * 0x10001) & ~row->mask);
			mol_ppc_disasm(word, 0x100000, text, sizeof(text));
			if (isa_assemble(text, 0x100000, &again, &error))
				mol_ppc_disasm(again, 0x100000, second, sizeof(second));
			if (!again || strcmp(text, second)) {
				if (!wrong++)
					printf("  %08x %s: became %08x\n", word, text, again);
			}
		}
		wrong ? failed++ : passed++;
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed != 0;
}

int main(int argc, char **argv)
{
	bool rows = argc > 1 && !strcmp(argv[1], "--rows");
	unsigned passed = 0, failed = 0;

	translate = argc > 1 && !strcmp(argv[1], "--jit");
	if (argc == 2 && !strcmp(argv[1], "--inverse"))
		return check_inverse();
	if (argc < 2 + (rows || translate)) {
		fprintf(stderr, "usage: isa [--rows | --jit] FILE.vec... | isa --inverse\n");
		return 2;
	}
	for (int n = 1 + (rows || translate); n < argc; n++)
		if (!run_file(argv[n], &passed, &failed))
			return 2;
	for (int op = 0; rows && op < PPC_OP_COUNT; op++)
		if (row_vectors[op])
			printf("%s\t%u\n", ppc_insn_table[op].name, row_vectors[op]);
	if (!rows)
		printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
