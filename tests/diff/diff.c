/* SPDX-License-Identifier: MIT
 * diff.c - the differential test: every unprivileged row, by our interpreter and by qemu-ppc.
 *
 *   diff --runner FILE [--qemu FILE] [--cases N] [--seed S] [--show N] [--only MNEMONIC]
 *   diff --list
 *
 * For each row of insn.def N cases (four times as many for rows of the FPSCR's
 * arithmetic, so that each rounding mode has N) are drawn, run on both sides and
 * compared whole: registers, memory, the address the word went on to. What qemu-ppc
 * is known to do wrong is put right first [known.c]. Prints the first differences of a
 * row, how often each rule was needed, and "N passed, N failed" (rows). Called by the
 * test suite; by hand to look closer. --list prints the rows that are not compared.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"

struct options {
	const char *runner, *qemu, *only, *dir;
	unsigned cases;
	uint64_t seed;
	unsigned show;
	bool translated; /* by the translator, not by the interpreter */
};

/* ---- the record: host order here, big-endian in the file ---- */

static void swap_words(uint8_t *p, const uint32_t *v, size_t n, bool out)
{
	for (size_t k = 0; k < n; k++)
		if (out)
			mol_store_be32(p + 4 * k, v[k]);
		else
			((uint32_t *)v)[k] = mol_load_be32(p + 4 * k);
}

static void convert(uint8_t *p, struct diff_state *s, bool out)
{
	swap_words(p + DIFF_GPR, s->gpr, 32, out);
	for (int n = 0; n < 32; n++) {
		if (out)
			mol_store_be64(p + DIFF_FPR + 8 * n, s->fpr[n]);
		else
			s->fpr[n] = mol_load_be64(p + DIFF_FPR + 8 * n);
	}
	if (out) {
		memcpy(p + DIFF_VR, s->vr, sizeof(s->vr) + sizeof(s->vscr));
		mol_store_be64(p + DIFF_FPSCR, s->fpscr);
		memcpy(p + DIFF_MEM, s->mem, DIFF_MEM_SIZE);
	} else {
		memcpy(s->vr, p + DIFF_VR, sizeof(s->vr) + sizeof(s->vscr));
		s->fpscr = mol_load_be64(p + DIFF_FPSCR) & 0xffffffff;
		memcpy(s->mem, p + DIFF_MEM, DIFF_MEM_SIZE);
	}
	swap_words(p + DIFF_CR, &s->cr, 10, out);
}

/* ---- comparing ---- */

static void difference(char *text, size_t size, const char *name, int index, uint64_t ours,
		       uint64_t theirs)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, " %s%.0d ours=%llx qemu=%llx", name, index,
		 (unsigned long long)ours, (unsigned long long)theirs);
}

/* What differs, as text; empty when nothing does. */
static void compare(const struct diff_state *a, const struct diff_state *b, char *text, size_t size)
{
	text[0] = '\0';
	if (a->pad != b->pad)
		difference(text, size, "went-to", 0, a->pad, b->pad);
	for (int n = 0; n < 32; n++)
		if (a->gpr[n] != b->gpr[n])
			difference(text, size, "r", n, a->gpr[n], b->gpr[n]);
	for (int n = 0; n < 32; n++)
		if (a->fpr[n] != b->fpr[n])
			difference(text, size, "f", n, a->fpr[n], b->fpr[n]);
	for (int n = 0; n < 32; n++)
		if (memcmp(a->vr[n], b->vr[n], 16)) {
			difference(text, size, "v.hi", n, mol_load_be64(a->vr[n]),
				   mol_load_be64(b->vr[n]));
			difference(text, size, "v.lo", n, mol_load_be64(a->vr[n] + 8),
				   mol_load_be64(b->vr[n] + 8));
		}
	if (memcmp(a->vscr + 12, b->vscr + 12, 4))
		difference(text, size, "vscr", 0, mol_load_be32(a->vscr + 12),
			   mol_load_be32(b->vscr + 12));
	if (a->fpscr != b->fpscr)
		difference(text, size, "fpscr", 0, a->fpscr, b->fpscr);
	if (a->cr != b->cr)
		difference(text, size, "cr", 0, a->cr, b->cr);
	if (a->xer != b->xer)
		difference(text, size, "xer", 0, a->xer, b->xer);
	if (a->lr != b->lr)
		difference(text, size, "lr", 0, a->lr, b->lr);
	if (a->ctr != b->ctr)
		difference(text, size, "ctr", 0, a->ctr, b->ctr);
	if (memcmp(a->mem, b->mem, DIFF_MEM_SIZE))
		for (int n = 0; n < DIFF_MEM_SIZE; n++)
			if (a->mem[n] != b->mem[n])
				difference(text, size, "mem", n, a->mem[n], b->mem[n]);
}

static void show_case(const struct diff_state *in, const char *what)
{
	char text[80];
	uint32_t w = in->insn;

	mol_ppc_disasm(w, DIFF_SLOT_EA, text, sizeof(text));
	printf("  %08x %s:%.600s\n", w, text, what);
	printf("    before: rA=%08x rB=%08x frA=%016llx frB=%016llx frC=%016llx fpscr=%08llx cr=%08x "
	       "xer=%08x\n", in->gpr[w >> 16 & 31], in->gpr[w >> 11 & 31],
	       (unsigned long long)in->fpr[w >> 16 & 31], (unsigned long long)in->fpr[w >> 11 & 31],
	       (unsigned long long)in->fpr[w >> 6 & 31], (unsigned long long)in->fpscr, in->cr,
	       in->xer);
}

/* ---- one row ---- */

static int run_qemu(const struct options *o, const char *cases, const char *results)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		alarm(300);
		/* A guest base: the runner maps pages that the host may not let it have at 0. */
		execlp(o->qemu, o->qemu, "-B", "0x20000000", "-cpu", "7400", o->runner, cases,
		       results, (char *)NULL);
		fprintf(stderr, "diff: cannot run %s: %s\n", o->qemu, strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static unsigned rule_cases[32], rule_rows[32];

static void count_rules(uint32_t changed, uint32_t *row)
{
	for (unsigned n = 0; n < 32; n++)
		rule_cases[n] += changed >> n & 1;
	*row |= changed;
}

/* The answers to one case; false when there are no more. */
static bool read_answers(FILE *results, struct diff_state *theirs, unsigned questions)
{
	for (unsigned q = 0; q < questions; q++) {
		uint8_t record[DIFF_SIZE];

		if (fread(record, sizeof(record), 1, results) != 1)
			return false;
		convert(record, &theirs[q], false);
	}
	return true;
}

static bool compare_row(const struct options *o, enum ppc_op op, const struct diff_state *cases,
			unsigned count, FILE *results)
{
	static struct diff_state theirs[DIFF_QUESTIONS], ours, expected;
	static char what[4096];
	uint32_t rules = 0;
	unsigned wrong = 0;

	memset(theirs, 0, sizeof(theirs));
	for (unsigned n = 0; n < count; n++) {
		if (!read_answers(results, theirs, diff_questions(op))) {
			printf("  %s: qemu-ppc stopped at case %u\n", ppc_insn_table[op].name, n);
			return false;
		}
		(o->translated ? diff_run_translated : diff_run_ours)(&cases[n], &ours);
		count_rules(diff_correct(op, &cases[n], theirs, &ours, &expected), &rules);
		compare(&ours, &expected, what, sizeof(what));
		if (what[0] && wrong++ < o->show)
			show_case(&cases[n], what);
	}
	for (unsigned n = 0; n < 32; n++)
		rule_rows[n] += rules >> n & 1;
	if (wrong)
		printf("  %s: %u of %u cases differ\n", ppc_insn_table[op].name, wrong, count);
	return wrong == 0;
}

static bool draw_cases(enum ppc_op op, struct diff_random *random, struct diff_state *cases,
		       unsigned count, bool arithmetic, const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		return false;
	for (unsigned n = 0; n < count; n++) {
		diff_generate(op, random, &cases[n]);
		if (arithmetic)
			cases[n].fpscr = (cases[n].fpscr & ~3ull) | n % 4;
		for (unsigned q = 0; q < diff_questions(op); q++) {
			uint8_t record[DIFF_SIZE] = { 0 };
			static struct diff_state asked;

			diff_question(op, &cases[n], q, &asked);
			convert(record, &asked, true);
			fwrite(record, sizeof(record), 1, f);
		}
	}
	return fclose(f) == 0;
}

static bool run_row(const struct options *o, enum ppc_op op, unsigned *total)
{
	bool arithmetic = (ppc_insn_table[op].flags & (I_FPU | I_STOP)) == (I_FPU | I_STOP);
	unsigned count = arithmetic ? 4 * o->cases : o->cases;
	struct diff_state *cases = calloc(count, sizeof(*cases));
	struct diff_random random = { o->seed * 1000003 + op };
	char in[512], out[512];
	FILE *f;
	bool ok;

	snprintf(in, sizeof(in), "%s/cases", o->dir);
	snprintf(out, sizeof(out), "%s/results", o->dir);
	if (!cases || !draw_cases(op, &random, cases, count, arithmetic, in)) {
		perror("diff");
		exit(2);
	}
	if (run_qemu(o, in, out) != 0 || !(f = fopen(out, "rb"))) {
		printf("  %s: qemu-ppc failed\n", ppc_insn_table[op].name);
		free(cases);
		return false;
	}
	ok = compare_row(o, op, cases, count, f);
	fclose(f);
	free(cases);
	*total += count;
	return ok;
}

static void print_rules(void)
{
	for (unsigned n = 0; diff_rule(n); n++)
		if (rule_cases[n])
			printf("  %u cases of %u rows: %s\n", rule_cases[n], rule_rows[n],
			       diff_rule(n));
}

static int run_all(const struct options *o)
{
	unsigned passed = 0, failed = 0, excluded = 0, total = 0;

	for (int op = 0; op < PPC_OP_COUNT; op++) {
		const char *reason = diff_row_excluded((enum ppc_op)op);

		if (!reason && o->translated && ppc_insn_table[op].flags & I_BRANCH)
			reason = "not for the translator: see translated.c";
		if (o->only && strcmp(o->only, ppc_insn_table[op].name))
			continue;
		if (reason) {
			printf("  %s: not compared: %s\n", ppc_insn_table[op].name, reason);
			excluded++;
			continue;
		}
		if (run_row(o, (enum ppc_op)op, &total))
			passed++;
		else
			failed++;
		fflush(stdout);
	}
	printf("qemu-ppc was corrected by the manual in:\n");
	print_rules();
	printf("%u cases of %u rows compared with qemu-ppc, %u rows left to other tests\n", total,
	       passed + failed, excluded);
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}

/* For the accounting of what tests each row [tests/isa/coverage.py]. */
static int list_rows(void)
{
	for (int op = 0; op < PPC_OP_COUNT; op++) {
		const char *reason = diff_row_excluded((enum ppc_op)op);

		printf("%s\t%s\n", ppc_insn_table[op].name, reason ? reason : "compared");
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { NULL, "qemu-ppc", NULL, NULL, 1000, 1, 3, false };
	char directory[] = "/tmp/molvm-diff-XXXXXX";
	int result;

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list_rows();
	for (int n = 1; n + 1 < argc; n += 2) {
		const char *value = argv[n + 1];

		if (!strcmp(argv[n], "--runner"))
			o.runner = value;
		else if (!strcmp(argv[n], "--qemu"))
			o.qemu = value;
		else if (!strcmp(argv[n], "--only"))
			o.only = value;
		else if (!strcmp(argv[n], "--cases"))
			o.cases = (unsigned)strtoul(value, NULL, 0);
		else if (!strcmp(argv[n], "--seed"))
			o.seed = strtoull(value, NULL, 0);
		else if (!strcmp(argv[n], "--backend"))
			o.translated = !strcmp(value, "jit");
		else if (!strcmp(argv[n], "--show"))
			o.show = (unsigned)strtoul(value, NULL, 0);
		else
			o.runner = NULL, n = argc;
	}
	if (!o.runner || !o.cases) {
		fprintf(stderr, "usage: diff --runner FILE [--qemu FILE] [--cases N] [--seed S] "
				"[--show N] [--only MNEMONIC] [--backend jit] | diff --list\n");
		return 2;
	}
	o.dir = mkdtemp(directory);
	if (!o.dir) {
		perror("diff");
		return 2;
	}
	result = run_all(&o);
	if (chdir(o.dir) == 0) {
		unlink("cases");
		unlink("results");
		rmdir(o.dir);
	}
	return result;
}
