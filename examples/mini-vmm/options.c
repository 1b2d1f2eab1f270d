/* SPDX-License-Identifier: MIT
 * options.c - the command line, checked as far as it can be without opening anything.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "memory_map.h"

#define MIB (1024u * 1024u)

const char options_help[] =
	"Usage: mini-vmm --kernel FILE [OPTION]...\n"
	"Runs a 32-bit PowerPC guest, usually Linux, with its console on this terminal.\n"
	"\n"
	"  -k, --kernel FILE    the kernel: an ELF executable\n"
	"      --raw ADDRESS    the kernel is a raw image instead: load and enter it at ADDRESS\n"
	"  -i, --initrd FILE    the initial RAM disk\n"
	"  -a, --append TEXT    the kernel command line [console=ttyS0]\n"
	"  -m, --ram SIZE       RAM in bytes, or with K, M or G [256M]\n"
	"  -d, --disk FILE      a raw disk image; up to 4 times\n"
	"      --read-only      the disks cannot be written\n"
	"  -n, --net user|none  a network card behind NAT [none]\n"
	"      --console WHERE  a second console (hvc0): a file, a device, or pty\n"
	"  -c, --cpu MODEL      the processor [7400]\n"
	"      --backend NAME   the engine [the library's choice]\n"
	"      --fastmem        guest RAM without asking, with a signal handler: see molvm(3)\n"
	"      --option KEY=VALUE  an option of the engine, see molvm(3)\n"
	"      --dump-dtb FILE  write the device tree to FILE and stop\n"
	"  -h, --help           this text\n"
	"  -V, --version        the version\n"
	"\n"
	"Ctrl-A x leaves, Ctrl-A h lists the other keys.\n"
	"Status: 0 powered off or left, 1 error, 3 the guest is stuck.\n";

enum { OPT_RAW = 256, OPT_READ_ONLY, OPT_CONSOLE, OPT_BACKEND, OPT_FASTMEM, OPT_OPTION, OPT_DUMP_DTB };

static const struct option long_options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "raw", required_argument, NULL, OPT_RAW },
	{ "initrd", required_argument, NULL, 'i' },
	{ "append", required_argument, NULL, 'a' },
	{ "ram", required_argument, NULL, 'm' },
	{ "disk", required_argument, NULL, 'd' },
	{ "read-only", no_argument, NULL, OPT_READ_ONLY },
	{ "net", required_argument, NULL, 'n' },
	{ "console", required_argument, NULL, OPT_CONSOLE },
	{ "cpu", required_argument, NULL, 'c' },
	{ "backend", required_argument, NULL, OPT_BACKEND },
	{ "fastmem", no_argument, NULL, OPT_FASTMEM },
	{ "option", required_argument, NULL, OPT_OPTION },
	{ "dump-dtb", required_argument, NULL, OPT_DUMP_DTB },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* A number with an optional K, M or G; false if it is none, or too large for 64 bits. */
static bool parse_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	unsigned shift = 0;

	if (*text < '0' || *text > '9') /* strtoull would take a sign and spaces */
		return false;
	errno = 0;
	*out = strtoull(text, &end, 0);
	if (errno)
		return false;
	if (*end) {
		unit = strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end);
		if (!unit || end[1])
			return false;
		shift = 10u * (unsigned)(unit - units + 1);
	}
	if (*out > UINT64_MAX >> shift)
		return false;
	*out <<= shift;
	return true;
}

static bool set_ram(struct options *o, const char *text, struct problem *problem)
{
	if (!parse_size(text, &o->ram))
		return problem_set(problem, "--ram %s: not a size such as 256M", text);
	if (o->ram < MAP_RAM_MIN || o->ram > MAP_RAM_MAX || o->ram % MAP_PAGE)
		return problem_set(problem, "--ram %s: must be %uM to %uM, in steps of 4K", text,
				   MAP_RAM_MIN / MIB, MAP_RAM_MAX / MIB);
	return true;
}

static bool set_raw(struct options *o, const char *text, struct problem *problem)
{
	o->raw = true;
	if (!parse_size(text, &o->raw_address))
		return problem_set(problem, "--raw %s: not an address", text);
	if (o->raw_address % 4)
		return problem_set(problem, "--raw %s: must be a multiple of 4", text);
	return true;
}

static bool set_net(struct options *o, const char *text, struct problem *problem)
{
	o->net = !strcmp(text, "user");
	if (!o->net && strcmp(text, "none") != 0)
		return problem_set(problem, "--net %s: there are user and none", text);
	return true;
}

static bool add_disk(struct options *o, const char *text, struct problem *problem)
{
	if (o->disks == OPTIONS_DISKS_MAX)
		return problem_set(problem, "--disk %s: there are %u already", text, o->disks);
	o->disk[o->disks++] = text;
	return true;
}

static bool add_setting(struct options *o, const char *text, struct problem *problem)
{
	if (!strchr(text, '=') || strchr(text, '=') == text)
		return problem_set(problem, "--option %s: not KEY=VALUE", text);
	if (o->settings == OPTIONS_SETTINGS_MAX)
		return problem_set(problem, "--option %s: there are %u already", text, o->settings);
	o->setting[o->settings++] = text;
	return true;
}

static bool set(struct options *o, int option, const char *text, struct problem *problem)
{
	switch (option) {
	case 'k':
		o->kernel = text;
		return true;
	case 'i':
		o->initrd = text;
		return true;
	case 'a':
		o->append = text;
		return true;
	case 'c':
		o->cpu = text;
		return true;
	case OPT_BACKEND:
		o->backend = text;
		return true;
	case OPT_FASTMEM:
		o->fastmem = true;
		return true;
	case OPT_OPTION:
		return add_setting(o, text, problem);
	case OPT_CONSOLE:
		o->console = text;
		return true;
	case OPT_DUMP_DTB:
		o->dump_dtb = text;
		return true;
	case OPT_READ_ONLY:
		o->read_only = true;
		return true;
	case OPT_RAW:
		return set_raw(o, text, problem);
	case 'm':
		return set_ram(o, text, problem);
	case 'n':
		return set_net(o, text, problem);
	case 'd':
		return add_disk(o, text, problem);
	default:
		return problem_set(problem, "option without a meaning");
	}
}

/* getopt's own words, so that they come out like all others: in one line behind our name. */
static bool complain(int option, char **argv, struct problem *problem)
{
	const char *what = argv[optind - 1];

	if (option == ':')
		return problem_set(problem, "%s needs a value; try --help", what);
	if (optopt && optopt < 256 && what[0] == '-' && what[1] != '-')
		return problem_set(problem, "unknown option -%c; try --help", optopt);
	return problem_set(problem, "unknown or ambiguous option %s; try --help", what);
}

enum options_result options_parse(int argc, char **argv, struct options *out,
				  struct problem *problem)
{
	int option;

	*out = (struct options){ .append = "console=ttyS0", .cpu = "7400", .ram = 256 * MIB };
	optind = 0; /* from the start, also when called again */
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":k:i:a:m:d:n:c:hV", long_options, NULL)) != -1) {
		if (option == 'h')
			return OPTIONS_HELP;
		if (option == 'V')
			return OPTIONS_VERSION;
		if (option == '?' || option == ':') {
			complain(option, argv, problem);
			return OPTIONS_WRONG;
		}
		if (!set(out, option, optarg, problem))
			return OPTIONS_WRONG;
	}
	if (optind < argc)
		problem_set(problem, "%s: what for? Every file needs its option; try --help",
			    argv[optind]);
	else if (!out->kernel)
		problem_set(problem, "which kernel? --kernel FILE; try --help");
	else
		return OPTIONS_RUN;
	return OPTIONS_WRONG;
}
