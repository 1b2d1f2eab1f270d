/* SPDX-License-Identifier: MIT
 * machine.c - the VM, its memory map and its devices, wired together. See machine.h.
 */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t mac_address[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

void machine_wake(void *opaque)
{
	struct machine *m = opaque;

	molvm_vcpu_kick(m->vcpu);
}

/* The interrupt controller's output is the processor's external interrupt pin. */
static void drive_processor(void *opaque, unsigned source, bool asserted)
{
	struct machine *m = opaque;

	(void)source;
	molvm_irq_set(m->vcpu, MOLVM_IRQ_EXT, asserted);
}

static struct irq_line interrupt(struct machine *m, unsigned source)
{
	return (struct irq_line){ openpic_source, &m->pic, source };
}

static bool check_cpu(const char *name, struct problem *problem)
{
	char names[128] = "";

	for (uint32_t i = 0; molvm_cpu_name(i); i++) {
		if (!strcmp(molvm_cpu_name(i), name))
			return true;
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s",
			 molvm_cpu_name(i));
	}
	return problem_set(problem, "--cpu %s: no such model; there are%s", name, names);
}

static bool check_backend(const char *name, struct problem *problem)
{
	molvm_backend_desc desc = { .size = sizeof(desc) };
	char names[128] = "";

	for (uint32_t i = 0; name && molvm_backend_info(i, &desc) == 0; i++) {
		if (!strcmp(desc.name, name) && desc.available)
			return true;
		if (!strcmp(desc.name, name))
			return problem_set(problem, "--backend %s: %s", name, desc.reason);
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s", desc.name);
	}
	return !name ||
	       problem_set(problem, "--backend %s: no such backend; there are%s", name, names);
}

static bool set_options(struct machine *m, struct problem *problem)
{
	const struct options *o = m->options;
	char key[64];

	for (unsigned n = 0; n < o->settings; n++) {
		const char *value = strchr(o->setting[n], '=') + 1;

		snprintf(key, sizeof(key), "%.*s", (int)(value - o->setting[n]) - 1, o->setting[n]);
		if (molvm_option_set(m->vm, key, value) < 0)
			return problem_set(problem, "--option %s: %s", o->setting[n], molvm_errmsg());
	}
	return true;
}

static bool create_vm(struct machine *m, struct problem *problem)
{
	const struct options *o = m->options;
	const molvm_config config = {
		.size = sizeof(config),
		/* No firmware here: a system call is the guest kernel's, whatever its registers
		   say. */
		.flags = MOLVM_CFG_NO_OSI | MOLVM_CFG_NO_SC1 | (o->fastmem ? MOLVM_CFG_FASTMEM : 0),
		.backend = o->backend,
		.cpu = o->cpu,
		.timebase_hz = MAP_TIMEBASE_HZ,
	};
	void *bytes;

	if (!check_cpu(o->cpu, problem) || !check_backend(o->backend, problem))
		return false;
	if (molvm_vm_create(&config, &m->vm) < 0)
		return problem_set(problem, "%s", molvm_errmsg());
	if (!set_options(m, problem))
		return false;
	if (molvm_map_ram(m->vm, 0, o->ram, NULL, 0) < 0 ||
	    molvm_mem_ptr(m->vm, 0, o->ram, &bytes) < 0 ||
	    molvm_vcpu_create(m->vm, 0, &m->vcpu) < 0)
		return problem_set(problem, "%s", molvm_errmsg());
	m->ram = (struct guest_ram){ bytes, o->ram };
	return true;
}

static bool map(struct machine *m, uint32_t address, uint32_t size, const molvm_device_ops *ops,
		void *device, struct problem *problem)
{
	if (molvm_map_device(m->vm, address, size, ops, device) < 0)
		return problem_set(problem, "%s", molvm_errmsg());
	return true;
}

static bool add_basics(struct machine *m, struct problem *problem)
{
	openpic_init(&m->pic, (struct irq_line){ drive_processor, m, 0 });
	uart16550_init(&m->uart, interrupt(m, MAP_IRQ_UART), fd_line_end(&m->terminal.line));
	return map(m, MAP_PIC, OPENPIC_SIZE, &openpic_ops, &m->pic, problem) &&
	       map(m, MAP_UART, MAP_PAGE, &uart16550_ops, &m->uart, problem) &&
	       map(m, MAP_SYSCON, MAP_PAGE, &syscon_ops, &m->syscon, problem);
}

/* The wire of the next virtio device, to be plugged in with plug(). */
static struct irq_line next_interrupt(struct machine *m)
{
	return interrupt(m, MAP_IRQ_VIRTIO + m->virtio_devices);
}

static bool plug(struct machine *m, struct virtio_device *dev, struct problem *problem)
{
	uint32_t address = MAP_VIRTIO + m->virtio_devices * MAP_PAGE;

	if (!map(m, address, MAP_PAGE, &virtio_mmio_ops, dev, problem))
		return false;
	m->virtio[m->virtio_devices++] = dev;
	return true;
}

static bool open_disk(const char *path, bool read_only, int *fd, uint64_t *sectors,
		      struct problem *problem)
{
	struct stat st;
	off_t size;

	/* A pipe without a writer is to be refused, not waited for. */
	*fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &st))
		return problem_set(problem, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return problem_set(problem, "%s: not a file or block device", path);
	size = lseek(*fd, 0, SEEK_END);
	if (size < 0)
		return problem_set(problem, "%s: %s", path, strerror(errno));
	if (!size || size % VIRTIO_BLK_SECTOR)
		return problem_set(problem, "%s: its size is not a number of %u-byte sectors", path,
				   VIRTIO_BLK_SECTOR);
	*sectors = (uint64_t)size / VIRTIO_BLK_SECTOR;
	return true;
}

static bool add_disks(struct machine *m, struct problem *problem)
{
	for (unsigned i = 0; i < m->options->disks; i++) {
		struct virtio_blk *disk = &m->disk[i];
		bool read_only = m->options->read_only;
		uint64_t sectors = 0;
		char serial[VIRTIO_BLK_SERIAL];
		int fd;

		if (!open_disk(m->options->disk[i], read_only, &fd, &sectors, problem)) {
			if (fd >= 0)
				close(fd);
			return false;
		}
		snprintf(serial, sizeof(serial), "disk%u", i);
		virtio_blk_init(disk, m->vm, next_interrupt(m), fd, sectors, read_only, serial);
		if (!plug(m, &disk->dev, problem))
			return false;
	}
	return true;
}

static void to_network(void *opaque, const uint8_t *frame, size_t n)
{
	struct machine *m = opaque;

	slirp_net_input(m->slirp, frame, n);
	machine_wake(m); /* there may be new sockets to wait for */
}

static void to_guest(void *opaque, const uint8_t *frame, size_t n)
{
	struct machine *m = opaque;

	virtio_net_receive(&m->net, frame, n);
}

static bool add_network(struct machine *m, struct problem *problem)
{
	if (!m->options->net)
		return true;
	m->slirp = slirp_net_open(to_guest, m, problem);
	if (!m->slirp)
		return false;
	virtio_net_init(&m->net, m->vm, next_interrupt(m), mac_address, to_network, m);
	return plug(m, &m->net.dev, problem);
}

static bool add_console(struct machine *m, struct problem *problem)
{
	const char *path = m->options->console;
	char name[64] = "";

	if (!path)
		return true;
	if (!fd_line_open(&m->console_line, path, name, sizeof(name), problem))
		return false;
	if (name[0])
		fprintf(stderr, "mini-vmm: the second console is %s\n", name);
	virtio_console_init(&m->console, m->vm, next_interrupt(m), fd_line_end(&m->console_line));
	return plug(m, &m->console.dev, problem);
}

static bool add_entropy(struct machine *m, struct problem *problem)
{
	virtio_rng_init(&m->rng, m->vm, next_interrupt(m));
	return plug(m, &m->rng.dev, problem);
}

struct machine *machine_create(const struct options *options, struct problem *problem)
{
	struct machine *m = calloc(1, sizeof(*m));
	int err;

	if (!m) {
		problem_set(problem, "out of memory");
		return NULL;
	}
	m->options = options;
	for (unsigned i = 0; i < OPTIONS_DISKS_MAX; i++)
		m->disk[i].fd = -1;
	terminal_init(&m->terminal, machine_wake, m);
	fd_line_init(&m->console_line, -1, -1, machine_wake, m);
	err = watcher_start(&m->watcher, machine_wake, m);
	if (err) {
		problem_set(problem, "cannot start a thread: %s", strerror(err));
		free(m);
		return NULL;
	}
	if (create_vm(m, problem) && add_basics(m, problem) && add_disks(m, problem) &&
	    add_network(m, problem) && add_console(m, problem) && add_entropy(m, problem))
		return m;
	machine_destroy(m);
	return NULL;
}

void machine_destroy(struct machine *m)
{
	if (!m)
		return;
	watcher_stop(&m->watcher); /* before the vCPU that it rings */
	molvm_vm_destroy(m->vm);
	slirp_net_close(m->slirp);
	fd_line_close(&m->console_line);
	for (unsigned i = 0; i < OPTIONS_DISKS_MAX; i++)
		if (m->disk[i].fd >= 0)
			close(m->disk[i].fd);
	poll_set_free(&m->polled);
	free(m);
}
