/* SPDX-License-Identifier: MIT
 * options.h - the command line of mini-vmm.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include "problem.h"

#define OPTIONS_DISKS_MAX 4u
#define OPTIONS_SETTINGS_MAX 8u

struct options {
	const char *kernel, *initrd, *append, *cpu, *backend, *console, *dump_dtb;
	const char *disk[OPTIONS_DISKS_MAX];
	const char *setting[OPTIONS_SETTINGS_MAX]; /* KEY=VALUE */
	unsigned disks, settings;
	bool read_only, net, raw, fastmem;
	uint64_t ram, raw_address;
};

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION, OPTIONS_WRONG };

enum options_result options_parse(int argc, char **argv, struct options *out,
				  struct problem *problem);
extern const char options_help[];

#endif
