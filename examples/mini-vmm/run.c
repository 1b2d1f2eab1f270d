/* SPDX-License-Identifier: MIT
 * run.c - the run loop: enter the guest, see why it came out, serve the outside world.
 *
 * Device registers are callbacks, so that molvm_run() returns only for: a
 * kick (the watcher saw something to do), idleness (sleep until there is),
 * a device's stop (power-off, reset), an access to nothing, and the end.
 */
#include "machine.h"

#include <inttypes.h>
#include <string.h>

#define SPR_SRR0 26u
#define SPR_SRR1 27u
#define SPR_LR 8u

/* What the loop does next. */
enum next { GO_ON, LEAVE, STUCK, FAILED };

static void fill_poll_set(struct machine *m)
{
	poll_set_clear(&m->polled);
	fd_line_fill(&m->terminal.line, &m->polled);
	fd_line_fill(&m->console_line, &m->polled);
	if (m->slirp)
		slirp_net_fill(m->slirp, &m->polled);
}

/* Does what can be done without waiting, then has the watcher wait for more. */
static enum next serve(struct machine *m, struct problem *problem)
{
	fill_poll_set(m);
	poll_set_ask(&m->polled);
	fd_line_service(&m->terminal.line, &m->polled);
	fd_line_service(&m->console_line, &m->polled);
	if (m->slirp)
		slirp_net_service(m->slirp, &m->polled);

	uart16550_poll(&m->uart);
	if (m->options->console)
		virtio_console_poll(&m->console);
	if (m->terminal.quit)
		return LEAVE;
	if (m->terminal.line.failure) {
		problem_set(problem, "standard output: %s", strerror(m->terminal.line.failure));
		return FAILED;
	}
	fill_poll_set(m);
	watcher_arm(&m->watcher, &m->polled);
	return GO_ON;
}

static uint64_t reg(struct machine *m, uint32_t id)
{
	uint64_t value = 0;

	molvm_reg_get(m->vcpu, id, &value);
	return value;
}

static enum next stuck(struct machine *m, const char *why, struct problem *problem)
{
	const molvm_run_page *page = molvm_vcpu_page(m->vcpu);

	problem_set(problem,
		    "%s: pc 0x%08" PRIx64 " msr 0x%08" PRIx64 " srr0 0x%08" PRIx64
		    " srr1 0x%08" PRIx64 " lr 0x%08" PRIx64 " r1 0x%08" PRIx64,
		    why, page->pc, page->msr, reg(m, MOLVM_REG_SPR(SPR_SRR0)),
		    reg(m, MOLVM_REG_SPR(SPR_SRR1)), reg(m, MOLVM_REG_SPR(SPR_LR)),
		    reg(m, MOLVM_REG_GPR(1)));
	return STUCK;
}

static enum next reboot(struct machine *m, struct problem *problem)
{
	return machine_boot(m, problem) ? GO_ON : FAILED;
}

static enum next on_stopped(struct machine *m, struct problem *problem)
{
	switch (m->syscon.request) {
	case SYSCON_POWER_OFF:
		return LEAVE;
	case SYSCON_RESET:
		return reboot(m, problem);
	default:
		return GO_ON;
	}
}

static enum next on_system(struct machine *m, struct problem *problem)
{
	if (molvm_vcpu_page(m->vcpu)->u.system.type == MOLVM_SYS_RESET)
		return reboot(m, problem);
	return stuck(m, "the guest is in checkstop", problem);
}

static enum next on_exit(struct machine *m, int reason, struct problem *problem)
{
	char why[64];

	switch (reason) {
	case MOLVM_EXIT_KICKED:
		return serve(m, problem);
	case MOLVM_EXIT_IDLE:
		molvm_vcpu_wait(m->vcpu, UINT64_MAX);
		return GO_ON;
	case MOLVM_EXIT_STOPPED:
		return on_stopped(m, problem);
	case MOLVM_EXIT_MMIO:
		/* Nothing answers there: on the bus that is a transfer error. */
		molvm_vcpu_page(m->vcpu)->u.mmio.status = MOLVM_MMIO_BUS_ERR;
		return GO_ON;
	case MOLVM_EXIT_SYSTEM:
		return on_system(m, problem);
	case MOLVM_EXIT_INTERNAL:
		return stuck(m, "the engine found a fault of its own", problem);
	default:
		if (reason < 0)
			return stuck(m, molvm_errmsg(), problem);
		snprintf(why, sizeof(why), "exit reason %d, which this machine does not know",
			 reason);
		return stuck(m, why, problem);
	}
}

int machine_run(struct machine *m, struct problem *problem)
{
	enum next next = serve(m, problem);

	while (next == GO_ON)
		next = on_exit(m, molvm_run(m->vcpu), problem);
	return next == LEAVE ? STATUS_DONE : next == STUCK ? STATUS_STUCK : STATUS_ERROR;
}
