/* SPDX-License-Identifier: MIT
 * hunt.c - runs a program on two machines, and narrows a mismatch down to an instruction.
 *
 * All follows from the program's seed, so a run is repeated by running it again. To find where
 * translated code goes wrong the last slice is made shorter and shorter: single steps would not
 * do, since an engine interprets those.
 */
#include "program.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define HANG_SECONDS 60u
#define SHOWN 50u /* instructions before the mismatch */
#define SHRINK_SECONDS 30

/* ---- playing ---- */

struct player player_new(const struct program *p)
{
	return (struct player){ .c.state = p->seed * 0xd1342543de82ef95u + 99 };
}

/* What comes before the next slice; returns its budget. */
uint64_t player_prepare(struct player *y, const struct program *p, struct machine *m, unsigned count)
{
	struct choice after = y->c;
	uint32_t most;

	if (y->slice++ == 0) {
		any(&after);
	} else if (below(&after, 3) == 0) {
		struct choice before = after;

		for (unsigned n = 0; n < count; n++) {
			after = before;
			machine_meddle(&m[n], p, &after);
		}
	}
	most = 5000u >> below(&after, 10);
	y->c = after;
	return 1 + below(&y->c, most);
}

static int run(struct machine *m, uint64_t budget)
{
	int reason;

	m->page->insn_budget = budget;
	alarm(HANG_SECONDS);
	reason = molvm_run(m->vcpu);
	alarm(0);
	if (reason <= 0 || reason == MOLVM_EXIT_INTERNAL)
		fail("molvm_run() on %s returns %d: %s", m->backend, reason, molvm_errmsg());
	return reason;
}

static bool is_over(int reason)
{
	return reason == MOLVM_EXIT_SYSTEM || reason == MOLVM_EXIT_IDLE || reason == MOLVM_EXIT_FAIL_ENTRY;
}

static void add_statistics(struct hunt *h, struct machine *m)
{
	uint64_t value[MAX_STATISTICS] = { 0 };

	molvm_stats_read(m->vm, m->vcpu, value, MAX_STATISTICS);
	for (unsigned n = 0; n < MAX_STATISTICS; n++)
		h->stat[n] += value[n];
}

bool pair_run(struct hunt *h, const struct program *p, const struct place *last, struct place *found,
	      FILE *out)
{
	struct player y = player_new(p);
	struct machine m[2];
	bool differ = false;

	machine_create(&m[0], p, h->want);
	machine_create(&m[1], p, h->got);
	for (uint32_t slice = 0; slice < h->slices; slice++) {
		uint64_t budget = player_prepare(&y, p, m, 2);
		bool is_last = last && slice == last->slice;
		int reason;

		if (is_last)
			budget = last->budget;
		*found = (struct place){ slice, budget };
		reason = run(&m[0], budget);
		run(&m[1], budget);
		h->insns += m[0].page->insns;
		h->exits++;
		differ = machines_differ(&m[0], &m[1], is_last ? out : NULL);
		if (differ || is_last || is_over(reason))
			break;
		machine_answer(&m[0]);
		machine_answer(&m[1]);
	}
	add_statistics(h, &m[1]);
	machine_destroy(&m[0]);
	machine_destroy(&m[1]);
	return !differ;
}

/* ---- where ---- */

static struct place narrow(struct hunt *h, const struct program *p, const struct place *found)
{
	struct place at = *found, unused;
	uint64_t good = 0;

	while (at.budget - good > 1) {
		uint64_t middle = good + (at.budget - good) / 2;
		struct place last = { at.slice, middle };

		if (pair_run(h, p, &last, &unused, NULL))
			good = middle;
		else
			at.budget = middle;
	}
	return at;
}

/* ---- what was executed ---- */

/* Print the next instruction; nops, left by shrink_code(), are one line together. */
static void print_instruction(struct machine *m, uint64_t n, unsigned *nops)
{
	uint32_t pc = (uint32_t)m->page->pc, word;
	molvm_xlate x = { .size = sizeof(x) };
	uint8_t bytes[4] = { 0 };
	char text[80] = "(cannot be read)";

	if (molvm_translate(m->vcpu, pc, MOLVM_ACC_EXEC, &x) == 0 &&
	    molvm_mem_read(m->vm, x.gpa, bytes, 4) == 0) {
		word = program_load_be32(bytes);
		*nops = word == W_NOP ? *nops + 1 : 0;
		if (*nops > 1) {
			if (*nops == 2)
				fprintf(stderr, "           ...\n");
			return;
		}
		molvm_disasm(pc, word, text, sizeof(text));
		fprintf(stderr, "    %5llu  %08x  %08x  %s\n", (unsigned long long)n, pc, word, text);
	} else {
		fprintf(stderr, "    %5llu  %08x  %s\n", (unsigned long long)n, pc, text);
	}
}

/* What an instruction changed, but for what changes all the time. */
static void print_changes(struct machine *m)
{
	static molvm_value before[MAX_REGISTERS];
	molvm_reg_desc d = { .size = sizeof(d) };

	memcpy(before, m->value, sizeof(before));
	machine_read_registers(m);
	for (uint32_t n = 0; n < m->ids; n++) {
		const uint8_t *b = m->value[n].b;

		if (!memcmp(&before[n], &m->value[n], sizeof(before[n])) || molvm_reg_info(m->vm, n, &d) != 0 ||
		    !strcmp(d.name, "pc") || !strcmp(d.name, "dec") || !strncmp(d.name, "tb", 2))
			continue;
		fprintf(stderr, "                               %s = ", d.name);
		if (d.bits == 128)
			fprintf(stderr, "%08x_%08x_%08x_%08x\n", program_load_be32(b), program_load_be32(b + 4),
				program_load_be32(b + 8), program_load_be32(b + 12));
		else
			fprintf(stderr, "%0*llx\n", (int)d.bits / 4, (unsigned long long)m->value[n].u64);
	}
}

/* The reference alone, before the slice of the place. */
static void play_to(struct hunt *h, const struct program *p, const struct place *at, struct machine *m)
{
	struct player y = player_new(p);

	machine_create(m, p, h->want);
	for (uint32_t slice = 0; slice < at->slice; slice++) {
		run(m, player_prepare(&y, p, m, 1));
		machine_answer(m);
	}
	player_prepare(&y, p, m, 1);
}

/* To shortly before the end of the slice, then instruction by instruction. */
static void print_path(struct hunt *h, const struct program *p, const struct place *at)
{
	uint64_t end, first;
	struct machine m;
	unsigned nops = 0;
	int reason;

	play_to(h, p, at, &m);
	reason = run(&m, at->budget);
	end = m.page->insns;
	first = end > SHOWN ? end - SHOWN : 0;
	fprintf(stderr, "  what %s executes, by the number in the slice, before exit %d:\n", h->want->backend, reason);
	machine_destroy(&m);
	play_to(h, p, at, &m);
	if (first)
		run(&m, first);
	else
		MUST(molvm_reg_get(m.vcpu, MOLVM_REG_PC, &m.page->pc) == 0);
	machine_read_registers(&m);
	for (uint64_t n = first; n <= end; n++) {
		print_instruction(&m, n + 1, &nops);
		if (n == end || run(&m, 1) != MOLVM_EXIT_BUDGET)
			break;
		print_changes(&m);
	}
	machine_destroy(&m);
}

/* ---- smaller ---- */

/* Nops instead of what does not matter. */
static void shrink_code(struct hunt *h, struct program *p, struct place *found)
{
	time_t end = time(NULL) + SHRINK_SECONDS;
	static uint8_t keep[CODE_PAGES * PAGE];

	for (uint32_t size = 2048; size >= 4; size /= 2)
		for (uint32_t at = 0; at < CODE_PAGES * PAGE && time(NULL) < end; at += size) {
			uint8_t *code = p->ram + CODE_PA + at;
			struct place where, last = *found;
			bool nops = true;

			memcpy(keep, code, size);
			for (uint32_t n = 0; n < size; n += 4) {
				nops &= program_load_be32(code + n) == W_NOP;
				program_store_be32(code + n, W_NOP);
			}
			if (nops)
				continue;
			if (pair_run(h, p, &last, &where, NULL))
				memcpy(code, keep, size);
			else
				*found = where;
		}
}

void hunt_report(struct hunt *h, struct program *p, const struct place *found, bool shrink)
{
	struct place at = *found, unused;

	fprintf(stderr, "\nseed %llu: %s differs from %s after slice %u of %llu instructions\n"
		"  cpu %s, flavour %d, translation %s%s, msr %08x, code at %08x, data at %08x\n",
		(unsigned long long)p->seed, h->got->backend, h->want->backend, at.slice,
		(unsigned long long)at.budget, molvm_cpu_name(p->cpu), (int)p->flavour,
		p->translated ? "on" : "off", p->by_bats ? " (BATs)" : "", p->msr, p->code_base, p->data_base);
	if (shrink)
		shrink_code(h, p, &at);
	at = narrow(h, p, &at);
	if (shrink)
		fprintf(stderr, "  made smaller (nops), then ");
	fprintf(stderr, "  first seen after %llu instructions of slice %u:\n", (unsigned long long)at.budget,
		at.slice);
	if (pair_run(h, p, &at, &unused, stderr))
		fprintf(stderr, "    (and it is gone when the slice ends there)\n");
	print_path(h, p, &at);
}
