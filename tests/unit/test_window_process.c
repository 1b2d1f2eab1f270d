/* SPDX-License-Identifier: MIT
 * test_window_process.c - MOLVM_CFG_FASTMEM: what the process that runs machines must not notice.
 *
 * Handlers for faults, forks, threads and mappings are the process's; a machine is only one of
 * those who use them. On hosts where the flag has no use the same must hold.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "window_fixture.h"

static sigjmp_buf back;
static volatile sig_atomic_t seen;

static void on_foreign_fault(int sig, siginfo_t *info, void *context)
{
	seen++;
	siglongjmp(back, 1);
}

static void *protected_page(void)
{
	void *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

static int fault_in_callback(void *opaque, molvm_access *a)
{
	if (!sigsetjmp(back, 1))
		a->value = *(volatile uint8_t *)opaque;
	return MOLVM_MMIO_OK;
}

static void faults_of_others_go_to_the_handler_before_ours(void **state)
{
	const struct sigaction theirs = { .sa_sigaction = on_foreign_fault, .sa_flags = SA_SIGINFO };
	const molvm_device_ops ops = { .size = sizeof(ops), .read = fault_in_callback };
	struct sigaction before, now;
	void *page = protected_page();
	struct machine *m;

	assert_int_equal(sigaction(SIGSEGV, &theirs, &before), 0);
	seen = 0;
	m = create(0);
	if (!sigsetjmp(back, 1))
		*(volatile uint8_t *)page = 1;
	assert_int_equal(seen, 1);
	/* And from inside of a device, while translated code waits. */
	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x1000, &ops, page), 0);
	set_gpr(m, 4, DEVICE);
	RUN(m, LWZ(6, 0, 4), LWZ(6, 4, 4));
	assert_int_equal(seen, 3);
	set_gpr(m, 4, DATA);
	RUN(m, STW(4, 0, 4), LWZ(6, 0, 4));
	assert_int_equal(gpr(m, 6), DATA);
	destroy(m);
	assert_int_equal(sigaction(SIGSEGV, &before, &now), 0);
	assert_ptr_equal(now.sa_sigaction, on_foreign_fault);
	munmap(page, 4096);
}

static void *second_page;

/* As the host would have it: once. */
static void on_first_fault(int sig)
{
	seen++;
	mprotect(second_page, 4096, PROT_READ);
}

static void a_handler_for_one_fault_is_called_once(void **state)
{
	const struct sigaction theirs = { .sa_handler = on_first_fault, .sa_flags = (int)SA_RESETHAND };
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (!child) {
		volatile char *page = protected_page();
		struct machine *m;

		second_page = protected_page();
		sigaction(SIGSEGV, &theirs, NULL);
		m = create(0);
		alarm(20);
		seen = 0;
		(void)*(volatile char *)second_page;
		/* The machine's own faults are still its own. */
		set_gpr(m, 4, MIB);
		stop_at(m, LWZ(6, -2, 4));
		if (seen == 1)
			(void)*page;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

/* The access that the device is asked for has just faulted. */
static int fork_in_callback(void *opaque, molvm_access *a)
{
	pid_t *child = opaque;

	if (*child < 0)
		*child = fork();
	return MOLVM_MMIO_OK;
}

static void a_device_forks_in_an_access_that_faulted(void **state)
{
	pid_t child = -1;
	const molvm_device_ops ops = { .size = sizeof(ops), .read = fork_in_callback };
	struct machine *m = create(0);
	int status = -1;

	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x1000, &ops, &child), 0);
	put(m, ADDI(3, 3, 1));
	put(m, LWZ(6, 0, 4));
	put(m, B(-8));
	for (unsigned n = 0; n < 2; n++) {
		set_gpr(m, 3, 0);
		set_gpr(m, 4, n ? DEVICE : DATA);
		assert_int_equal(run_for(m, 300), MOLVM_EXIT_BUDGET);
		assert_int_equal(gpr(m, 3), 100);
	}
	if (!child)
		_exit(0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	destroy(m);
}

static void who_replaces_our_handler_gets_machines_without_windows(void **state)
{
	const struct sigaction theirs = { .sa_sigaction = on_foreign_fault, .sa_flags = SA_SIGINFO };
	struct machine *first = create(0), *second;
	struct sigaction ours;

	assert_int_equal(sigaction(SIGSEGV, &theirs, &ours), 0);
	second = create(0);
	set_gpr(second, 4, DATA);
	RUN(second, STW(4, 0, 4), LWZ(6, 0, 4));
	assert_int_equal(gpr(second, 6), DATA);
	assert_int_equal(statistic(second, "fastmem windows"), 0);
	destroy(second);
	assert_int_equal(sigaction(SIGSEGV, &ours, NULL), 0);
	destroy(first);
}

static void *run_thread(void *opaque)
{
	struct machine *m = opaque;

	m->page->insn_budget = 2000000;
	return (void *)(intptr_t)molvm_run(m->cpu);
}

static void machines_on_two_threads_have_their_own_windows(void **state)
{
	struct machine *m[2];
	pthread_t thread[2];

	for (unsigned n = 0; n < 2; n++) {
		m[n] = create(1);
		assert_int_equal(molvm_map_ram(m[n]->vm, SPARE, 0x10000, NULL, MOLVM_MEM_DIRTY_LOG), 0);
		put(m[n], LWZ(6, 0, 4));
		put(m[n], ADDI(6, 6, n + 1));
		put(m[n], STW(6, 0, 4));
		put(m[n], STW(6, 0, 5)); /* faults */
		put(m[n], B(-16));
		set_gpr(m[n], 4, DATA);
		set_gpr(m[n], 5, SPARE);
		set_reg(m[n], MOLVM_REG_PC, CODE);
		assert_int_equal(pthread_create(&thread[n], NULL, run_thread, m[n]), 0);
	}
	for (unsigned n = 0; n < 2; n++) {
		void *why;

		pthread_join(thread[n], &why);
		assert_int_equal((intptr_t)why, MOLVM_EXIT_BUDGET);
		assert_int_equal(word_at(m[n], DATA), 400000 * (n + 1));
		assert_int_equal(word_at(m[n], SPARE), 400000 * (n + 1));
		destroy(m[n]);
	}
}

/* Code on every second page splits a window. */
static void split_a_window(struct machine *m)
{
	const uint32_t pages = 8000;

	assert_int_equal(molvm_map_ram(m->vm, SPARE, 64 * MIB, NULL, 0), 0);
	for (uint32_t n = 0; n < pages; n++)
		put_at(m, SPARE + n * 0x2000, n + 1 < pages ? B(0x2000) : B(0));
	set_gpr(m, 4, DATA);
	RUN(m, LWZ(6, 0, 4));
	set_reg(m, MOLVM_REG_PC, SPARE);
	assert_int_equal(run_for(m, pages), MOLVM_EXIT_BUDGET);
}

static unsigned count_mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned n = 0;

	for (int c = f ? getc(f) : EOF; c != EOF; c = getc(f))
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static void many_machines_leave_the_process_room_for_mappings(void **state)
{
	struct machine *m[5];

	for (unsigned n = 0; n < 5; n++) {
		m[n] = create(0);
		split_a_window(m[n]);
	}
	assert_in_range(count_mappings(), 0, 45000);
	/* What they had is free again. */
	for (unsigned n = 0; n < 5; n++)
		destroy(m[n]);
	m[0] = create(0);
	split_a_window(m[0]);
	if (has_windows(m[0]))
		assert_in_range(count_mappings(), 15000, 45000);
	destroy(m[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_of_others_go_to_the_handler_before_ours),
		cmocka_unit_test(a_handler_for_one_fault_is_called_once),
		cmocka_unit_test(a_device_forks_in_an_access_that_faulted),
		cmocka_unit_test(who_replaces_our_handler_gets_machines_without_windows),
		cmocka_unit_test(machines_on_two_threads_have_their_own_windows),
		cmocka_unit_test(many_machines_leave_the_process_room_for_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
