/* SPDX-License-Identifier: MIT
 * program.c - differential test of backends: generated programs, compared after every exit.
 *
 *   program                            the programs of the test suite
 *   program --seed S --programs 1      one of them again
 *   program --seconds N [--seed S]     on and on from a seed, with progress
 *
 *   program --coverage N               have N programs executed every instruction there is?
 *
 * Other options: --insns N (stop after so many), --backend NAME and --against NAME (jit, interp),
 * --heat N (how often code is met before it is translated), --host NAME (what of the host is used:
 * the option jit.host), --cache BYTES, --fastmem (with MOLVM_CFG_FASTMEM), --slices N, --no-shrink,
 * --statistics (what the guests did).
 * Status 0: no difference; 1: a difference, which has been reported; 77: the host cannot run the
 * backend.
 */
#include "program.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t present_seed;

_Noreturn void fail(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "program: seed %llu: ", (unsigned long long)present_seed);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void on_trouble(int signal)
{
	char text[] = "program: seed 00000000000000000000: a signal, or molvm_run() does not come back\n";
	char *digit = strchr(text, ':') + 27;

	for (uint64_t n = present_seed; n; n /= 10)
		*--digit = (char)('0' + n % 10);
	if (write(2, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(signal == SIGALRM ? 1 : 2);
}

struct options {
	uint64_t seed, programs, insns;
	unsigned seconds, coverage;
	uint32_t slices;
	struct setup want, got;
	bool shrink, statistics;
};

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 0);

	if (*end || end == text)
		fail("not a number: %s", text);
	return n;
}

static void parse(struct options *o, int argc, char **argv)
{
	for (int n = 1; n < argc; n++) {
		const char *name = argv[n], *value = n + 1 < argc ? argv[n + 1] : "";

		if (!strcmp(name, "--no-shrink")) {
			o->shrink = false;
			continue;
		}
		if (!strcmp(name, "--fastmem")) {
			o->got.fastmem = true;
			continue;
		}
		if (!strcmp(name, "--statistics")) {
			o->statistics = true;
			continue;
		}
		n++;
		if (!strcmp(name, "--seed"))
			o->seed = number(value);
		else if (!strcmp(name, "--programs"))
			o->programs = number(value);
		else if (!strcmp(name, "--insns"))
			o->insns = number(value);
		else if (!strcmp(name, "--seconds"))
			o->seconds = (unsigned)number(value);
		else if (!strcmp(name, "--coverage"))
			o->coverage = (unsigned)number(value);
		else if (!strcmp(name, "--slices"))
			o->slices = (uint32_t)number(value);
		else if (!strcmp(name, "--backend"))
			o->got.backend = value;
		else if (!strcmp(name, "--against"))
			o->want.backend = value;
		else if (!strcmp(name, "--heat"))
			o->got.heat = value;
		else if (!strcmp(name, "--host"))
			o->got.host = value;
		else if (!strcmp(name, "--cache"))
			o->got.cache_bytes = number(value);
		else
			fail("unknown option %s", name);
	}
}

static bool is_available(const char *backend)
{
	molvm_backend_desc d = { .size = sizeof(d) };

	for (uint32_t n = 0; molvm_backend_info(n, &d) == 0; n++)
		if (!strcmp(d.name, backend)) {
			if (!d.available)
				printf("%s: %s\n", backend, d.reason);
			return d.available;
		}
	fail("no backend is called %s", backend);
}

static bool go_on(const struct options *o, const struct hunt *h, uint64_t done, time_t start)
{
	if (o->seconds)
		return time(NULL) - start < (time_t)o->seconds;
	return o->programs ? done < o->programs : h->insns < o->insns;
}

/* Did the translator translate at all? The statistics are known by name. */
static bool has_translated(const struct hunt *h, const struct setup *s)
{
	molvm_config cfg = { .size = sizeof(cfg), .backend = s->backend };
	molvm_stat_desc d = { .size = sizeof(d) };
	bool found = false;
	molvm_vm *vm;

	MUST(molvm_vm_create(&cfg, &vm) == 0);
	for (uint32_t n = 0; n < MAX_STATISTICS && molvm_stats_info(vm, n, &d) == 0; n++)
		if (!strcmp(d.name, "blocks translated"))
			found = h->stat[n] * 20000 > h->insns;
	molvm_vm_destroy(vm);
	return found;
}

/* What the engine on trial counted, in all programs. */
static void print_statistics(const struct hunt *h, const struct setup *s)
{
	molvm_config cfg = { .size = sizeof(cfg), .backend = s->backend };
	molvm_stat_desc d = { .size = sizeof(d) };
	molvm_vm *vm;

	MUST(molvm_vm_create(&cfg, &vm) == 0);
	for (uint32_t n = 0; n < MAX_STATISTICS && molvm_stats_info(vm, n, &d) == 0; n++)
		if (h->stat[n])
			printf("%12llu %s\n", (unsigned long long)h->stat[n], d.name);
	molvm_vm_destroy(vm);
}

int main(int argc, char **argv)
{
	struct options o = { .seed = 1, .insns = 2000000, .slices = 48, .want = { .backend = "interp" },
			     .got = { .backend = "jit" }, .shrink = true };
	struct hunt h = { .want = &o.want, .got = &o.got };
	static struct program p;
	time_t start = time(NULL), told = start;
	uint64_t done = 0;
	struct place found;

	parse(&o, argc, argv);
	h.slices = o.slices;
	if (!is_available(o.want.backend) || !is_available(o.got.backend))
		return 77;
	signal(SIGALRM, on_trouble);
	signal(SIGSEGV, on_trouble);
	signal(SIGILL, on_trouble);
	signal(SIGBUS, on_trouble);
	signal(SIGFPE, on_trouble);
	program_words_init();
	for (; done < o.coverage; done++) {
		program_generate(&p, o.seed + done);
		coverage_add(&p, &o.want, o.slices);
	}
	if (o.coverage)
		return coverage_print(20) != 0;
	for (; go_on(&o, &h, done, start); done++) {
		present_seed = o.seed + done;
		program_generate(&p, present_seed);
		if (!pair_run(&h, &p, NULL, &found, NULL)) {
			hunt_report(&h, &p, &found, o.shrink);
			return 1;
		}
		if (o.seconds && time(NULL) != told) {
			told = time(NULL);
			fprintf(stderr, "\r%llu programs, %.1f million instructions, %llu exits ",
				(unsigned long long)done + 1, (double)h.insns / 1e6, (unsigned long long)h.exits);
		}
	}
	printf("%s%llu programs, %llu instructions, %llu exits: no difference\n", o.seconds ? "\n" : "",
	       (unsigned long long)done, (unsigned long long)h.insns, (unsigned long long)h.exits);
	if (o.statistics)
		print_statistics(&h, &o.got);
	if (!strcmp(o.got.backend, "jit") && !has_translated(&h, &o.got))
		fail("hardly a block has been translated");
	return 0;
}
