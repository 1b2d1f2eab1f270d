/* SPDX-License-Identifier: MIT
 * test_api_args.c - bad input at every door: a negative code, and a message that says which and why.
 */
#include "vm_fixture.h"

/* The call fails with this code and its message has this text. */
#define REFUSES(code, text, call)                                                                  \
	do {                                                                                           \
		assert_int_equal(call, code);                                                              \
		if (!strstr(molvm_errmsg(), text))                                                         \
			fail_msg("message \"%s\" lacks \"%s\"", molvm_errmsg(), text);                          \
	} while (0)

/* ---- creation ---- */

static int create(const molvm_config *cfg)
{
	molvm_vm *vm = NULL;
	int err = molvm_vm_create(cfg, &vm);

	if (!err)
		molvm_vm_destroy(vm);
	return err;
}

static void config_is_checked_field_by_field(void **state)
{
	molvm_config good = { .size = sizeof(good) }, c;

	(void)state;
	REFUSES(MOLVM_E_INVAL, "out is NULL", molvm_vm_create(NULL, NULL));
	assert_int_equal(create(&good), 0);
	c = good, c.size = 0;
	REFUSES(MOLVM_E_INVAL, "config.size is 0", create(&c));
	c = good, c.size = 8;
	REFUSES(MOLVM_E_INVAL, "config.size is 8", create(&c));
	c = good, c.size = 0xdeadbeef;
	REFUSES(MOLVM_E_INVAL, "not initialised", create(&c));
	c = good, c.flags = 0x80000000;
	REFUSES(MOLVM_E_INVAL, "0x80000000", create(&c));
	c = good, c.cpu = "68040";
	REFUSES(MOLVM_E_NOENT, "\"68040\"", create(&c));
	c = good, c.backend = "magic";
	REFUSES(MOLVM_E_NOENT, "\"magic\"", create(&c));
	c = good, c.backend = "linux";
	REFUSES(MOLVM_E_NODEV, "not built in", create(&c));
	c = good, c.reserved0 = 1;
	REFUSES(MOLVM_E_INVAL, "reserved", create(&c));
	c = good, c.reserved[3] = 1;
	REFUSES(MOLVM_E_INVAL, "reserved", create(&c));
	c = good, c.timebase_hz = UINT64_MAX;
	REFUSES(MOLVM_E_INVAL, "timebase_hz", create(&c));
}

static void newer_config_is_accepted_when_its_new_fields_are_zero(void **state)
{
	struct {
		molvm_config cfg;
		uint64_t future;
	} c = { .cfg = { .size = sizeof(c) } };

	(void)state;
	assert_int_equal(create(&c.cfg), 0);
	c.future = 1;
	REFUSES(MOLVM_E_VERSION, "newer than this library", create(&c.cfg));
}

static void every_cpu_name_creates_its_model_and_pvr_can_be_replaced(void **state)
{
	uint64_t pvr;

	(void)state;
	for (uint32_t n = 0; molvm_cpu_name(n); n++) {
		molvm_config cfg = { .size = sizeof(cfg), .cpu = molvm_cpu_name(n), .backend = "interp" };
		molvm_vcpu *cpu;
		molvm_vm *vm;

		cfg.pvr = n ? 0x12345678 : 0;
		assert_int_equal(molvm_vm_create(&cfg, &vm), 0);
		assert_int_equal(molvm_vcpu_create(vm, 0, &cpu), 0);
		assert_int_equal(molvm_reg_get(cpu, MOLVM_REG_SPR(287), &pvr), 0);
		assert_true(n ? pvr == 0x12345678 : pvr >> 16 != 0);
		molvm_vm_destroy(vm);
	}
	assert_null(molvm_cpu_name(1000));
}

static long allocated;
static int allow;

static void *counting_alloc(void *opaque, size_t n, size_t align)
{
	(void)opaque;
	if (!allow)
		return NULL;
	allow--;
	allocated += (long)n;
	return aligned_alloc(align, (n + align - 1) / align * align);
}

static void counting_free(void *opaque, void *p, size_t n)
{
	(void)opaque;
	allocated -= (long)n;
	free(p);
}

/* A whole life, with an allocator that fails at the first, the second... allocation. */
static void failing_allocator_is_an_error_and_leaks_nothing(void **state)
{
	molvm_allocator a = { sizeof(a), 0, counting_alloc, counting_free, NULL };
	molvm_config cfg = { .size = sizeof(cfg), .allocator = &a };
	int err = -1;

	(void)state;
	for (int n = 0; err && n < 100; n++) {
		molvm_vcpu *cpu;
		molvm_vm *vm;

		allow = n;
		err = molvm_vm_create(&cfg, &vm);
		if (!err) {
			err = molvm_map_ram(vm, 0, MIB, NULL, 0);
			if (!err)
				err = molvm_vcpu_create(vm, 0, &cpu);
			molvm_vm_destroy(vm);
		}
		assert_true(err == 0 || err == MOLVM_E_NOMEM);
		assert_int_equal(allocated, 0);
	}
	assert_int_equal(err, 0);
	a.free = NULL;
	REFUSES(MOLVM_E_INVAL, "a->free is NULL", create(&cfg));
}

static void vcpus_are_numbered_and_unique(void **state)
{
	struct machine *m = *state;
	molvm_vcpu *cpu;

	REFUSES(MOLVM_E_EXIST, "vCPU 0 is there", molvm_vcpu_create(m->vm, 0, &cpu));
	REFUSES(MOLVM_E_INVAL, "at most 1", molvm_vcpu_create(m->vm, 1, &cpu));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_vcpu_create(NULL, 0, &cpu));
	molvm_vcpu_destroy(m->cpu);
	assert_int_equal(molvm_vcpu_create(m->vm, 0, &m->cpu), 0);
}

/* ---- null, everywhere ---- */

static void null_is_refused_everywhere(void **state)
{
	struct machine *m = *state;
	uint64_t v;
	uint32_t id = 0;
	molvm_value value = { 0 };

	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_map_ram(NULL, 0, 4096, NULL, 0));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_map_file(NULL, 0, 4096, 0, 0, 0));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_map_alias(NULL, 0, 4096, 0));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_map_device(NULL, 0, 4096, NULL, NULL));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_unmap(NULL, 0, 4096));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_protect(NULL, 0, 4096, 0));
	REFUSES(MOLVM_E_INVAL, "out is NULL", molvm_map_info(m->vm, 0, NULL));
	REFUSES(MOLVM_E_INVAL, "buf is NULL", molvm_mem_read(m->vm, 0, NULL, 4));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_mem_write(NULL, 0, &v, 4));
	REFUSES(MOLVM_E_INVAL, "out is NULL", molvm_mem_ptr(m->vm, 0, 4, NULL));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_mem_changed(NULL, 0, 4));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_mem_discard(NULL, 0, 4096));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", (int)molvm_mem_dirty(NULL, 0, 4096, NULL, 0));
	REFUSES(MOLVM_E_INVAL, "c is NULL", molvm_run(NULL));
	REFUSES(MOLVM_E_INVAL, "c is NULL", molvm_vcpu_reset(NULL));
	REFUSES(MOLVM_E_INVAL, "c is NULL", molvm_vcpu_wait(NULL, 0));
	REFUSES(MOLVM_E_INVAL, "c is NULL", molvm_reg_get(NULL, 0, &v));
	REFUSES(MOLVM_E_INVAL, "out is NULL", molvm_reg_get(m->cpu, MOLVM_REG_PC, NULL));
	REFUSES(MOLVM_E_INVAL, "c is NULL", molvm_reg_set(NULL, 0, 0));
	REFUSES(MOLVM_E_INVAL, "ids is NULL", molvm_regs_get(m->cpu, NULL, &value, 1));
	REFUSES(MOLVM_E_INVAL, "in is NULL", molvm_regs_set(m->cpu, &id, NULL, 1));
	REFUSES(MOLVM_E_INVAL, "name is NULL", molvm_reg_find(m->vm, NULL, &id));
	REFUSES(MOLVM_E_INVAL, "e is NULL", molvm_exception_inject(m->cpu, NULL));
	REFUSES(MOLVM_E_INVAL, "out is NULL", molvm_translate(m->cpu, 0, MOLVM_ACC_READ, NULL));
	REFUSES(MOLVM_E_INVAL, "c is NULL", molvm_ea_read(NULL, 0, &v, 4));
	REFUSES(MOLVM_E_INVAL, "buf is NULL", molvm_ea_write(m->cpu, 0, NULL, 4));
	REFUSES(MOLVM_E_INVAL, "ck is NULL", molvm_clock_set(m->vm, NULL));
	REFUSES(MOLVM_E_INVAL, "out is NULL", molvm_clock_get(m->vm, NULL));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_clock_advance(NULL, 1));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_break_add(NULL, 1, 0, 0));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_break_remove(NULL, 0));
	REFUSES(MOLVM_E_INVAL, "values is NULL", molvm_stats_read(m->vm, NULL, NULL, 1));
	REFUSES(MOLVM_E_INVAL, "out is NULL", molvm_backend_info(0, NULL));
	REFUSES(MOLVM_E_INVAL, "buf is NULL", molvm_disasm(0, 0, NULL, 4));
	REFUSES(MOLVM_E_INVAL, "key is NULL", molvm_option_set(m->vm, NULL, ""));
	REFUSES(MOLVM_E_INVAL, "vm is NULL", molvm_vm_reset(NULL, 0));
	assert_int_equal(molvm_vcpu_kick(NULL), MOLVM_E_INVAL);
	assert_int_equal(molvm_vm_kick(NULL), MOLVM_E_INVAL);
	assert_null(molvm_vcpu_page(NULL));
	molvm_vm_destroy(NULL);
	molvm_vcpu_destroy(NULL);
}

/* ---- ranges and flags ---- */

static void unaligned_empty_and_oversized_ranges_are_refused(void **state)
{
	struct machine *m = *state;
	uint8_t unaligned[2];

	REFUSES(MOLVM_E_INVAL, "gpa 0x100800", molvm_map_ram(m->vm, MIB + 2048, 4096, NULL, 0));
	REFUSES(MOLVM_E_INVAL, "len 0x64", molvm_map_ram(m->vm, MIB, 100, NULL, 0));
	REFUSES(MOLVM_E_INVAL, "len is 0", molvm_map_ram(m->vm, MIB, 0, NULL, 0));
	REFUSES(MOLVM_E_INVAL, "beyond 2^36", molvm_map_ram(m->vm, MIB, 1ull << 36, NULL, 0));
	REFUSES(MOLVM_E_INVAL, "beyond 2^36", molvm_map_ram(m->vm, ~0ull << 12, 8192, NULL, 0));
	REFUSES(MOLVM_E_INVAL, "not aligned", molvm_map_ram(m->vm, MIB, 4096, unaligned + 1, 0));
	REFUSES(MOLVM_E_INVAL, "beyond 2^36", molvm_mem_write(m->vm, ~0ull, unaligned, 2));
	REFUSES(MOLVM_E_INVAL, "beyond 2^32", molvm_ea_read(m->cpu, 0xffffffff, unaligned, 2));
	REFUSES(MOLVM_E_INVAL, "offset", molvm_map_file(m->vm, MIB, 4096, 0, 7, 0));
	REFUSES(MOLVM_E_INVAL, "fd is -1", molvm_map_file(m->vm, MIB, 4096, -1, 0, 0));
	REFUSES(MOLVM_E_INVAL, "target_gpa", molvm_map_alias(m->vm, MIB, 4096, 5));
}

static void unknown_and_contradicting_flags_are_refused(void **state)
{
	struct machine *m = *state;
	molvm_device_ops ops = { .size = sizeof(ops), .flags = 8 };

	REFUSES(MOLVM_E_INVAL, "0x100", molvm_map_ram(m->vm, MIB, 4096, NULL, 0x100));
	REFUSES(MOLVM_E_INVAL, "0x4", molvm_map_ram(m->vm, MIB, 4096, NULL, MOLVM_MEM_PRIVATE));
	REFUSES(MOLVM_E_INVAL, "exclude", molvm_map_ram(m->vm, MIB, 4096, NULL, 3));
	REFUSES(MOLVM_E_INVAL, "0x20", molvm_protect(m->vm, 0, 4096, MOLVM_MEM_DEMAND));
	REFUSES(MOLVM_E_INVAL, "0x8", molvm_map_device(m->vm, MIB, 4096, &ops, NULL));
	ops.flags = 0;
	ops.max_len = 3;
	REFUSES(MOLVM_E_INVAL, "max_len 3", molvm_map_device(m->vm, MIB, 4096, &ops, NULL));
	ops.max_len = 2;
	ops.min_len = 4;
	REFUSES(MOLVM_E_INVAL, "min_len 4", molvm_map_device(m->vm, MIB, 4096, &ops, NULL));
	ops.size = 0;
	REFUSES(MOLVM_E_INVAL, "ops.size is 0", molvm_map_device(m->vm, MIB, 4096, &ops, NULL));
	REFUSES(MOLVM_E_INVAL, "flags", molvm_vm_reset(m->vm, 1));
	REFUSES(MOLVM_E_INVAL, "flags", (int)molvm_mem_dirty(m->vm, 0, 4096, NULL, 2));
	REFUSES(MOLVM_E_NOENT, "\"speed\"", molvm_option_set(m->vm, "speed", "1"));
	REFUSES(MOLVM_E_INVAL, "\"256\"", molvm_option_set(m->vm, "jit.heat", "256"));
	REFUSES(MOLVM_E_INVAL, "\"\"", molvm_option_set(m->vm, "jit.heat", ""));
	REFUSES(MOLVM_E_INVAL, "\"1x\"", molvm_option_set(m->vm, "jit.heat", "1x"));
	assert_int_equal(molvm_option_set(m->vm, "jit.heat", "0"), 0);
}

static void the_host_to_translate_for_is_known_and_named_before_the_vcpu(void **state)
{
	struct machine *m = *state;
	molvm_vm *vm;

	assert_int_equal(molvm_vm_create(NULL, &vm), 0);
	REFUSES(MOLVM_E_INVAL, "\"i486\"", molvm_option_set(vm, "jit.host", "i486"));
	assert_int_equal(molvm_option_set(vm, "jit.host", "sse2"), 0);
	molvm_vm_destroy(vm);
	REFUSES(MOLVM_E_INVAL, "after vcpu_create", molvm_option_set(m->vm, "jit.host", "native"));
}

static void exceptions_and_breakpoints_are_checked(void **state)
{
	struct machine *m = *state;
	molvm_exception e = { .size = sizeof(e), .vector = 0x301 };

	REFUSES(MOLVM_E_INVAL, "vector 0x301", molvm_exception_inject(m->cpu, &e));
	e.vector = 0;
	REFUSES(MOLVM_E_INVAL, "vector", molvm_exception_inject(m->cpu, &e));
	e.vector = 0x300, e.flags = 4;
	REFUSES(MOLVM_E_INVAL, "flags", molvm_exception_inject(m->cpu, &e));
	e.size = 0;
	REFUSES(MOLVM_E_INVAL, "exception.size is 0", molvm_exception_inject(m->cpu, &e));
	REFUSES(MOLVM_E_INVAL, "kind", molvm_break_add(m->vm, 0, 0, 0));
	REFUSES(MOLVM_E_INVAL, "kind", molvm_break_add(m->vm, 3, 0, 0));
	REFUSES(MOLVM_E_INVAL, "multiple of 4", molvm_break_add(m->vm, MOLVM_BREAK_EXEC, 2, 0));
	REFUSES(MOLVM_E_INVAL, "2^32", molvm_break_add(m->vm, MOLVM_BREAK_READ, 0xffffffff, 2));
	REFUSES(MOLVM_E_NOENT, "no breakpoint 5", molvm_break_remove(m->vm, 5));
	for (int n = 0; n < molvm_check(m->vm, MOLVM_CAP_BREAKPOINTS); n++)
		assert_true(molvm_break_add(m->vm, MOLVM_BREAK_EXEC, 0, 0) >= 0);
	REFUSES(MOLVM_E_NOMEM, "in use", molvm_break_add(m->vm, MOLVM_BREAK_EXEC, 0, 0));
}

/* ---- what can be asked ---- */

static void capabilities_backends_and_errors_have_answers(void **state)
{
	struct machine *m = *state;
	molvm_backend_desc d = { .size = sizeof(d) };
	uint32_t n;

	assert_int_equal(molvm_version(), MOLVM_VERSION);
	assert_int_equal(molvm_check(m->vm, MOLVM_CAP_INSN_BUDGET), 2);
	assert_int_equal(molvm_check(NULL, MOLVM_CAP_PAGE_SIZE), 4096);
	assert_int_equal(molvm_check(m->vm, MOLVM_CAP_HOOKS), 0);
	assert_int_equal(molvm_check(m->vm, 4711), 0);
	for (n = 0; !molvm_backend_info(n, &d); n++)
		if (!strcmp(d.name, "interp"))
			assert_int_equal(d.available, 1);
		else
			assert_true(d.available || d.reason[0]);
	assert_true(n >= 4);
	d.size = 0;
	REFUSES(MOLVM_E_INVAL, "out->size is 0", molvm_backend_info(0, &d));
	assert_string_equal(molvm_strerror(MOLVM_E_BUSY), "vCPU is running");
	for (int code = -20; code < 3; code++)
		assert_true(molvm_strerror(code)[0]);
}

static void disassembler_and_statistics_answer(void **state)
{
	struct machine *m = *state;
	molvm_stat_desc s = { .size = sizeof(s) };
	uint64_t values[3];
	char text[64];
	int n;

	n = molvm_disasm(0, ADDI(3, 4, 5), text, sizeof(text));
	assert_int_equal(n, (int)strlen(text));
	assert_non_null(strstr(text, "addi"));
	assert_true(molvm_disasm(0, ADDI(3, 4, 5), text, 3) >= 0);
	assert_int_equal(text[2], 0);
	put(m, B(0));
	run_for(m, 100);
	n = molvm_stats_read(m->vm, m->cpu, values, 3);
	assert_int_equal(values[0], 100);
	assert_int_equal(molvm_stats_read(m->vm, NULL, values, 3), n);
	assert_int_equal(values[0], 100);
	assert_int_equal(molvm_stats_info(m->vm, (uint32_t)n - 1, &s), 0);
	assert_int_equal(molvm_stats_info(m->vm, (uint32_t)n, &s), MOLVM_E_NOENT);
	assert_int_equal(molvm_stats_info(m->vm, 0, &s), 0);
	assert_string_equal(s.name, "instructions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_is_checked_field_by_field),
		cmocka_unit_test(newer_config_is_accepted_when_its_new_fields_are_zero),
		cmocka_unit_test(every_cpu_name_creates_its_model_and_pvr_can_be_replaced),
		cmocka_unit_test(failing_allocator_is_an_error_and_leaks_nothing),
		MACHINE_TEST(vcpus_are_numbered_and_unique),
		MACHINE_TEST(null_is_refused_everywhere),
		MACHINE_TEST(unaligned_empty_and_oversized_ranges_are_refused),
		MACHINE_TEST(unknown_and_contradicting_flags_are_refused),
		MACHINE_TEST(the_host_to_translate_for_is_known_and_named_before_the_vcpu),
		MACHINE_TEST(exceptions_and_breakpoints_are_checked),
		MACHINE_TEST(capabilities_backends_and_errors_have_answers),
		MACHINE_TEST(disassembler_and_statistics_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
