/* SPDX-License-Identifier: MIT
 * machine.h - the whole machine: the VM and every device around it.
 *
 * machine.c builds it from the options, boot.c fills its RAM and sets it at
 * its starting line, run.c runs it until it ends. One thread does all of it
 * (the watcher thread only rings), so nothing here has a lock.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <molvm.h>

#include "loader.h"
#include "memory_map.h"
#include "openpic.h"
#include "options.h"
#include "problem.h"
#include "slirp_net.h"
#include "syscon.h"
#include "terminal.h"
#include "uart16550.h"
#include "virtio_devices.h"
#include "watcher.h"

struct machine {
	const struct options *options;
	molvm_vm *vm;
	molvm_vcpu *vcpu;
	struct guest_ram ram;

	struct openpic pic;
	struct uart16550 uart;
	struct syscon syscon;
	struct virtio_blk disk[OPTIONS_DISKS_MAX];
	struct virtio_net net;
	struct virtio_console console;
	struct virtio_rng rng;
	struct virtio_device
		*virtio[MAP_VIRTIO_MAX]; /* those that are there, in order of address */
	unsigned virtio_devices;

	struct terminal terminal;
	struct fd_line console_line;
	struct slirp_net *slirp; /* NULL: no network */
	struct poll_set polled;
	struct watcher watcher;

	uint64_t tree; /* where boot.c put the device tree */
};

/* Exit statuses of mini-vmm. */
enum { STATUS_DONE = 0, STATUS_ERROR = 1, STATUS_STUCK = 3 };

struct machine *machine_create(const struct options *options, struct problem *problem);
void machine_destroy(struct machine *machine);
/* Have run.c look at terminal and network soon. Any thread; opaque is the machine. */
void machine_wake(void *opaque);

/* Reset: everything as after power-on, kernel loaded, vCPU at its entry. */
bool machine_boot(struct machine *machine, struct problem *problem);

/* Runs a booted machine to its end; returns a STATUS_*, unless DONE with a problem. */
int machine_run(struct machine *machine, struct problem *problem);

#endif
