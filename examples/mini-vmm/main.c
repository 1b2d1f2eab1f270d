/* SPDX-License-Identifier: MIT
 * main.c - mini-vmm: a small PowerPC machine that boots Linux, over <molvm.h> alone.
 *
 * An example of an embedder that is large enough to be real. The devices,
 * each in its own file, are there to be copied into other machines.
 */
#include "machine.h"

#include <errno.h>
#include <string.h>

#include "device_tree.h"

static int fail(int status, const struct problem *problem)
{
	fprintf(stderr, "mini-vmm: %s\n", problem->text);
	return status;
}

static bool dump_tree(const struct machine *m, const char *path, struct problem *problem)
{
	const uint8_t *tree = m->ram.bytes + m->tree;
	FILE *file = fopen(path, "wb");
	bool ok = file && fwrite(tree, device_tree_length(tree), 1, file) == 1;

	if (file && fclose(file))
		ok = false;
	return ok || problem_set(problem, "%s: %s", path, strerror(errno));
}

static int run(struct machine *m, struct problem *problem)
{
	int status;

	if (!machine_boot(m, problem))
		return STATUS_ERROR;
	if (m->options->dump_dtb)
		return dump_tree(m, m->options->dump_dtb, problem) ? STATUS_DONE : STATUS_ERROR;
	terminal_enter_raw();
	status = machine_run(m, problem);
	terminal_restore();
	return status;
}

int main(int argc, char **argv)
{
	struct problem problem = { "" };
	struct options options;
	struct machine *m;
	int status;

	switch (options_parse(argc, argv, &options, &problem)) {
	case OPTIONS_HELP:
		return fputs(options_help, stdout) < 0 || fflush(stdout);
	case OPTIONS_VERSION:
		printf("mini-vmm with libmolvm %u.%u\n", molvm_version() >> 16,
		       molvm_version() & 0xffff);
		return fflush(stdout) != 0;
	case OPTIONS_WRONG:
		return fail(STATUS_ERROR, &problem);
	default:
		break;
	}
	m = machine_create(&options, &problem);
	if (!m)
		return fail(STATUS_ERROR, &problem);
	status = run(m, &problem);
	machine_destroy(m);
	return status ? fail(status, &problem) : status;
}
