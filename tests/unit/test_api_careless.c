/* SPDX-License-Identifier: MIT
 * test_api_careless.c - embedders that do not read the manual: extremes, scribbling callbacks,
 * threads that meet, calls from the wrong place.
 */
#include "vm_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#define REFUSES(code, text, call)                                                                  \
	do {                                                                                           \
		assert_int_equal(call, code);                                                              \
		if (!strstr(molvm_errmsg(), text))                                                         \
			fail_msg("message \"%s\" lacks \"%s\"", molvm_errmsg(), text);                          \
	} while (0)

static int (*on_access)(struct machine *m, molvm_access *a);

static int call_on_access(void *opaque, molvm_access *a)
{
	return on_access(opaque, a);
}

static void add_device(struct machine *m, int (*fn)(struct machine *m, molvm_access *a))
{
	const molvm_device_ops ops = { .size = sizeof(ops), .read = call_on_access,
				       .write = call_on_access };

	on_access = fn;
	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x20000, &ops, m), 0);
}

/* ---- callbacks ---- */

static int scribble(struct machine *m, molvm_access *a)
{
	memset(a, 0xff, sizeof(*a));
	a->value = 0x1234;
	return m->at ? MOLVM_MMIO_TO_EXIT : MOLVM_MMIO_OK;
}

static void of_what_a_callback_leaves_in_its_record_only_the_value_counts(void **state)
{
	struct machine *m = *state;

	add_device(m, scribble);
	set_gpr(m, 4, DEVICE);
	put(m, LHZ(3, 2, 4));
	put(m, LHZ(5, 6, 4));
	m->at = 0;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 0x1234);
	m->at = 1;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.gpa, DEVICE + 6);
	assert_int_equal(m->page->u.mmio.ea, DEVICE + 6);
	assert_int_equal(m->page->u.mmio.len, 2);
}

static int call_everything_forbidden(struct machine *m, molvm_access *a)
{
	const molvm_exception e = { .size = sizeof(e), .vector = 0x500 };

	(void)a;
	REFUSES(MOLVM_E_BUSY, "callback", molvm_run(m->cpu));
	REFUSES(MOLVM_E_BUSY, "callback", molvm_vcpu_reset(m->cpu));
	REFUSES(MOLVM_E_BUSY, "callback", molvm_vm_reset(m->vm, 0));
	REFUSES(MOLVM_E_BUSY, "callback", molvm_vcpu_wait(m->cpu, 0));
	REFUSES(MOLVM_E_BUSY, "callback", molvm_exception_inject(m->cpu, &e));
	REFUSES(MOLVM_E_BUSY, "PC", molvm_reg_set(m->cpu, MOLVM_REG_PC, 0));
	REFUSES(MOLVM_E_BUSY, "MSR", molvm_reg_set(m->cpu, MOLVM_REG_MSR, 0));
	molvm_vcpu_destroy(m->cpu);
	molvm_vm_destroy(m->vm);
	assert_non_null(strstr(molvm_errmsg(), "callback"));
	return MOLVM_MMIO_OK;
}

static void what_would_pull_the_floor_from_under_a_callback_is_refused(void **state)
{
	struct machine *m = *state;

	add_device(m, call_everything_forbidden);
	set_gpr(m, 4, DEVICE);
	put(m, STW(3, 0, 4));
	put(m, ADDI(6, 0, 7));
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 6), 7);
	assert_int_equal(reg(m, MOLVM_REG_PC), CODE + 8);
}

static int change_width_and_stop(struct machine *m, molvm_access *a)
{
	const molvm_device_ops ops = { .size = sizeof(ops), .read = call_on_access,
				       .max_len = a->len == 8 ? 4 : 8 };

	a->value = 0;
	assert_int_equal(molvm_unmap(m->vm, DEVICE, 0x20000), 0);
	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x20000, &ops, m), 0);
	return MOLVM_MMIO_STOP;
}

/* Each time the instruction is taken up again the device answers in other pieces. */
static void an_instruction_that_its_device_never_lets_end_still_ends_the_run(void **state)
{
	struct machine *m = *state;

	add_device(m, change_width_and_stop);
	set_gpr(m, 4, DEVICE);
	put(m, LFD(3, 0, 4));
	alarm(120);
	assert_int_equal(run_for(m, 10), MOLVM_EXIT_STOPPED);
	alarm(0);
}

#define DBAT1L 539

static int move_the_block_behind(struct machine *m, molvm_access *a)
{
	(void)a;
	set_reg(m, MOLVM_REG_SPR(DBAT1L), 0x20002);
	return MOLVM_MMIO_OK;
}

static void translation_changed_by_a_callback_holds_from_the_next_access_on(void **state)
{
	struct machine *m = *state;

	add_device(m, move_the_block_behind);
	set_reg(m, MOLVM_REG_SPR(536), 0x30000003); /* 128 KiB of device, and behind it RAM at 0 */
	set_reg(m, MOLVM_REG_SPR(537), DEVICE | 2);
	set_reg(m, MOLVM_REG_SPR(538), 0x30020003);
	set_reg(m, MOLVM_REG_SPR(DBAT1L), 2);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | 0x10);
	put_at(m, 0, 1);
	put_at(m, 0x20000, 2);
	set_gpr(m, 4, 0x3001fffe);
	put(m, LWZ(3, 0, 4)); /* across the boundary: half device, half RAM */
	put(m, LWZ(5, 2, 4));
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 5), 2);
}

/* ---- between runs ---- */

static void copy_across_regions_stays_within_each(void **state)
{
	struct machine *m = *state;
	uint8_t *two = mmap(NULL, 0x2000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t got[8];

	assert_true(two != MAP_FAILED);
	assert_int_equal(mprotect(two + 0x1000, 0x1000, PROT_NONE), 0);
	assert_int_equal(molvm_map_ram(m->vm, MIB, 0x1000, two, 0), 0);
	assert_int_equal(molvm_map_ram(m->vm, MIB + 0x1000, 0x1000, NULL, 0), 0);
	assert_int_equal(molvm_mem_write(m->vm, MIB + 0xffc, "abcdefgh", 8), 0);
	assert_int_equal(molvm_mem_read(m->vm, MIB + 0xffc, got, 8), 0);
	assert_memory_equal(got, "abcdefgh", 8);
	assert_int_equal(molvm_unmap(m->vm, MIB, 0x1000), 0);
	munmap(two, 0x2000);
}

static void time_goes_on_when_a_vcpu_is_replaced(void **state)
{
	struct machine *m = *state;
	molvm_clock ck = { .size = sizeof(ck) };

	set_clock(m, MOLVM_CLOCK_INSN, 2, 1);
	put(m, B(0));
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_BUDGET);
	set_clock(m, MOLVM_CLOCK_INSN, 2, 1);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_BUDGET);
	molvm_vcpu_destroy(m->cpu);
	assert_int_equal(molvm_clock_get(m->vm, &ck), 0);
	assert_int_equal(ck.timebase, 200);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->cpu), 0);
	m->page = molvm_vcpu_page(m->cpu);
	set_reg(m, MOLVM_REG_PC, CODE);
	assert_int_equal(run_for(m, 10), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->timebase, 220);
}

static void passing_one_breakpoint_does_not_pass_another(void **state)
{
	struct machine *m = *state;

	put(m, NOP);
	put_at(m, 0x500, RFI);
	assert_true(molvm_break_add(m->vm, MOLVM_BREAK_EXEC, CODE, 4) >= 0);
	assert_true(molvm_break_add(m->vm, MOLVM_BREAK_EXEC, 0x500, 4) >= 0);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_EE);
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_DEBUG);
	assert_int_equal(m->page->pc, CODE);
	molvm_irq_set(m->cpu, MOLVM_IRQ_EXT, 1);
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_DEBUG);
	assert_int_equal(m->page->insns, 0);
	assert_int_equal(m->page->pc, 0x500);
	molvm_irq_set(m->cpu, MOLVM_IRQ_EXT, 0);
	assert_int_equal(run_for(m, 5), MOLVM_EXIT_DEBUG);
	assert_int_equal(m->page->pc, CODE);
}

static void fault_behind_the_last_instruction_of_a_budget_waits_for_the_next_run(void **state)
{
	struct machine *m = *state;
	uint32_t hole = 2 * MIB;

	for (unsigned n = 0; n < 31; n++)
		put(m, NOP);
	put(m, B(hole - m->at));
	for (unsigned n = 0; n < 3; n++) { /* decoded the first time, run as a block then */
		set_reg(m, MOLVM_REG_PC, CODE);
		assert_int_equal(run_for(m, 32), MOLVM_EXIT_BUDGET);
		assert_int_equal(reg(m, MOLVM_REG_PC), hole);
	}
	put_at(m, 0x200, B(0));
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), hole);
}

/* ---- threads ---- */

struct meeting {
	struct machine *m;
	atomic_bool over;
};

static void *write_memory(void *opaque)
{
	struct meeting *meeting = opaque;
	uint32_t word = 0x60; /* nop, in any byte order of the host */

	while (!atomic_load(&meeting->over))
		molvm_mem_write(meeting->m->vm, CODE + 0x100, &word, 4);
	return NULL;
}

static void meet(struct machine *m, void (*meanwhile)(struct machine *m))
{
	struct meeting meeting = { .m = m };
	pthread_t thread;

	alarm(120); /* threads that wait for each other end the test */
	assert_int_equal(pthread_create(&thread, NULL, write_memory, &meeting), 0);
	for (unsigned n = 0; n < 30000; n++)
		meanwhile(m);
	atomic_store(&meeting.over, true);
	pthread_join(thread, NULL);
	alarm(0);
}

static void advance_the_clock(struct machine *m)
{
	molvm_clock_advance(m->vm, 1);
}

static void clock_may_be_advanced_while_another_thread_writes_memory(void **state)
{
	struct machine *m = *state;

	set_clock(m, MOLVM_CLOCK_MANUAL, 1, 1);
	meet(m, advance_the_clock);
}

static void run_and_forget_code(struct machine *m)
{
	set_reg(m, MOLVM_REG_PC, CODE + 0x100);
	run_for(m, 40);
	set_reg(m, MOLVM_REG_SPR(1008), 0x0800); /* HID0[ICFI] */
}

static void owner_may_set_registers_while_another_thread_writes_code(void **state)
{
	struct machine *m = *state;

	for (m->at = CODE + 0x100; m->at < CODE + 0x200;)
		put(m, NOP);
	meet(m, run_and_forget_code);
}

/* ---- extremes ---- */

static const uint64_t extreme[] = { 0, 1, 4095, 4096, 0x100000, 0xffffffff, 1ull << 32,
				    (1ull << 36) - 4096, (1ull << 36) - 1, 1ull << 36, 1ull << 63,
				    ~0ull - 4095, ~0ull };
#define EXTREMES (sizeof(extreme) / sizeof(extreme[0]))

/* Beyond the address space is refused; what is accepted can be taken back. */
static void try_range(struct machine *m, uint64_t gpa, uint64_t len)
{
	bool sane = len && !(gpa % 4096) && !(len % 4096) && gpa < 1ull << 36 &&
		    len <= (1ull << 36) - gpa;
	int err = molvm_map_ram(m->vm, gpa, len, NULL, 0);

	assert_true(err <= 0 && (sane || err == MOLVM_E_INVAL));
	assert_true(err != 0 || molvm_unmap(m->vm, gpa, len) == 0);
	err = molvm_map_device(m->vm, gpa, len, NULL, NULL);
	assert_true(err <= 0 && (sane || err == MOLVM_E_INVAL));
	assert_true(err != 0 || molvm_unmap(m->vm, gpa, len) == 0);
	err = molvm_map_alias(m->vm, gpa, len, 0);
	assert_true(err <= 0 && (sane || err == MOLVM_E_INVAL));
	assert_true(err != 0 || molvm_unmap(m->vm, gpa, len) == 0);
	err = molvm_protect(m->vm, gpa, len, 0);
	assert_true(err <= 0 && (sane || err == MOLVM_E_INVAL));
	err = molvm_mem_discard(m->vm, gpa, len);
	assert_true(err <= 0 && (sane || err == MOLVM_E_INVAL));
	assert_true(molvm_mem_dirty(m->vm, gpa, len, NULL, 0) < 0);
}

static void try_bytes(struct machine *m, uint64_t at, uint64_t len)
{
	static uint8_t some[MIB + 4096];
	bool fits = at < MIB && len <= MIB - at;
	void *p;

	if (fits || (len > MIB && (size_t)len == len)) { /* refused before it looks at the buffer */
		assert_int_equal(molvm_mem_read(m->vm, at, some, (size_t)len) == 0, fits || !len);
		assert_int_equal(molvm_mem_write(m->vm, at, some, (size_t)len) == 0, fits || !len);
		if (len)
			assert_int_equal(molvm_ea_read(m->cpu, at, some, (size_t)len) == 0, fits);
	}
	assert_int_equal(molvm_mem_ptr(m->vm, at, len, &p) == 0, fits && len);
	assert_int_equal(molvm_mem_changed(m->vm, at, len) == 0, fits || !len);
}

static void ranges_at_the_limits_are_taken_exactly_or_refused(void **state)
{
	struct machine *m = *state;

	for (size_t a = 0; a < EXTREMES; a++)
		for (size_t b = 0; b < EXTREMES; b++)
			try_bytes(m, extreme[a], extreme[b]);
	for (size_t a = 0; a < EXTREMES; a++)
		for (size_t b = 0; b < EXTREMES; b++)
			try_range(m, extreme[a], extreme[b]);
}

static void numbers_and_names_without_meaning_are_refused(void **state)
{
	static const char *const names[] = { "", " ", "r32", "r-1", "R", "r3 ", "%s%n", "spr", "\xff\x80",
					     "a name that is longer than any register's ever was" };
	struct machine *m = *state;
	uint32_t id = 7;
	uint64_t v;

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		REFUSES(MOLVM_E_NOENT, "no register", molvm_reg_find(m->vm, names[n], &id));
	assert_int_equal(id, 7);
	for (uint32_t cls = 0; cls < 0x10000; cls += cls < 8 ? 1 : 1021)
		for (uint32_t n = 32; n < 0x10000; n += 97) {
			id = MOLVM_REG(cls, n);
			if (cls != 4) {
				assert_true(molvm_reg_get(m->cpu, id, &v) < 0);
				assert_true(molvm_reg_set(m->cpu, id, ~0ull) < 0);
			}
		}
	for (uint32_t n = UINT32_MAX; n >= 100; n /= 7) {
		molvm_xlate x = { .size = sizeof(x) };

		assert_int_equal(molvm_check(m->vm, n), 0);
		assert_true(molvm_irq_set(m->cpu, n, 1) < 0);
		assert_int_equal(molvm_translate(m->cpu, 0, n, &x), MOLVM_E_INVAL);
		assert_int_equal(molvm_break_remove(m->vm, (int)n), MOLVM_E_NOENT);
		assert_int_equal(molvm_vcpu_create(m->vm, n, &m->cpu), MOLVM_E_INVAL);
	}
}

static void structs_that_are_too_small_are_refused(void **state)
{
	struct machine *m = *state;
	molvm_region region = { .size = sizeof(region) - 1 };
	molvm_reg_desc reg_desc = { .size = sizeof(reg_desc) - 1 };
	molvm_stat_desc stat = { .size = sizeof(stat) - 1 };
	molvm_clock ck = { .size = sizeof(ck) - 1, .mode = MOLVM_CLOCK_INSN };
	molvm_xlate x = { .size = sizeof(x) - 1 };
	molvm_backend_desc backend = { .size = sizeof(backend) - 1 };
	molvm_exception e = { .size = sizeof(e) - 1, .vector = 0x300 };
	molvm_device_ops ops = { .size = sizeof(ops) - 1 };

	REFUSES(MOLVM_E_INVAL, "size is", molvm_map_info(m->vm, 0, &region));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_reg_info(m->vm, 0, &reg_desc));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_stats_info(m->vm, 0, &stat));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_clock_get(m->vm, &ck));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_clock_set(m->vm, &ck));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_translate(m->cpu, 0, MOLVM_ACC_READ, &x));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_backend_info(0, &backend));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_exception_inject(m->cpu, &e));
	REFUSES(MOLVM_E_INVAL, "size is", molvm_map_device(m->vm, DEVICE, 4096, &ops, NULL));
	assert_int_equal(molvm_map_info(m->vm, UINT32_MAX, &(molvm_region){ .size = sizeof(region) }),
			 MOLVM_E_NOENT);
	assert_int_equal(molvm_stats_info(m->vm, UINT32_MAX, &(molvm_stat_desc){ .size = sizeof(stat) }),
			 MOLVM_E_NOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(of_what_a_callback_leaves_in_its_record_only_the_value_counts),
		MACHINE_TEST(what_would_pull_the_floor_from_under_a_callback_is_refused),
		MACHINE_TEST(an_instruction_that_its_device_never_lets_end_still_ends_the_run),
		MACHINE_TEST(translation_changed_by_a_callback_holds_from_the_next_access_on),
		MACHINE_TEST(copy_across_regions_stays_within_each),
		MACHINE_TEST(time_goes_on_when_a_vcpu_is_replaced),
		MACHINE_TEST(passing_one_breakpoint_does_not_pass_another),
		MACHINE_TEST(fault_behind_the_last_instruction_of_a_budget_waits_for_the_next_run),
		MACHINE_TEST(clock_may_be_advanced_while_another_thread_writes_memory),
		MACHINE_TEST(owner_may_set_registers_while_another_thread_writes_code),
		MACHINE_TEST(ranges_at_the_limits_are_taken_exactly_or_refused),
		MACHINE_TEST(numbers_and_names_without_meaning_are_refused),
		MACHINE_TEST(structs_that_are_too_small_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
