/* SPDX-License-Identifier: MIT
 * test_api_mmio.c - device accesses: values, lengths, byte order, exits, and never twice.
 */
#include "vm_fixture.h"

#define MAX_CALLS 300

/* A device that records: what it was asked, and answers. */
static struct call {
	uint64_t addr, value;
	uint32_t len;
	int write;
} calls[MAX_CALLS];
static unsigned call_count;
static int answer;            /* what callbacks return */
static uint64_t exit_at;      /* offset that is handed to the run loop; 0: none */
static uint8_t registers[64]; /* read back, big-endian */

static void record(const molvm_access *a, int write)
{
	if (call_count < MAX_CALLS)
		calls[call_count++] = (struct call){ a->addr, a->value, a->len, write };
}

static int device_read(void *opaque, molvm_access *a)
{
	if (exit_at && a->addr == exit_at)
		return MOLVM_MMIO_TO_EXIT;
	a->value = 0;
	for (uint32_t n = 0; n < a->len; n++)
		a->value = a->value << 8 | registers[(a->addr + n) % sizeof(registers)];
	record(a, 0);
	return answer;
}

static int device_write(void *opaque, molvm_access *a)
{
	if (exit_at && a->addr == exit_at)
		return MOLVM_MMIO_TO_EXIT;
	record(a, 1);
	return answer;
}

static void map(struct machine *m, uint32_t flags, uint32_t min_len, uint32_t max_len)
{
	molvm_device_ops ops = { sizeof(ops), flags, min_len, max_len, device_read, device_write };

	call_count = 0;
	answer = MOLVM_MMIO_OK;
	exit_at = 0;
	for (unsigned n = 0; n < sizeof(registers); n++)
		registers[n] = (uint8_t)(n + 1);
	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x2000, &ops, NULL), 0);
	set_gpr(m, 5, DEVICE);
}

static void assert_call(unsigned n, int write, uint64_t addr, uint32_t len, uint64_t value)
{
	assert_true(n < call_count);
	assert_int_equal(calls[n].write, write);
	assert_int_equal(calls[n].addr, addr);
	assert_int_equal(calls[n].len, len);
	assert_int_equal(calls[n].value, value);
}

static void run_all(struct machine *m, uint64_t n)
{
	put(m, B(0));
	assert_int_equal(run_for(m, n), MOLVM_EXIT_BUDGET);
}

/* ---- values ---- */

static void value_is_the_number_in_the_register(void **state)
{
	struct machine *m = *state;

	map(m, 0, 1, 8);
	set_gpr(m, 6, 0x11223344);
	put(m, STW(6, 8, 5));
	put(m, STWBRX(6, 0, 5));
	put(m, STH(6, 2, 5));
	put(m, LWZ(7, 0, 5));
	put(m, LWBRX(8, 0, 5));
	put(m, LHZ(9, 2, 5));
	run_all(m, 6);
	assert_call(0, 1, 8, 4, 0x11223344);
	assert_call(1, 1, 0, 4, 0x44332211);
	assert_call(2, 1, 2, 2, 0x3344);
	assert_int_equal(gpr(m, 7), 0x01020304);
	assert_int_equal(gpr(m, 8), 0x04030201);
	assert_int_equal(gpr(m, 9), 0x0304);
	assert_int_equal(call_count, 6);
}

static void little_endian_device_gets_plain_numbers_from_byte_reversed_accesses(void **state)
{
	struct machine *m = *state;

	map(m, MOLVM_MMIO_F_LITTLE_ENDIAN, 1, 8);
	set_gpr(m, 6, 0x11223344);
	put(m, STWBRX(6, 0, 5));
	put(m, LWBRX(8, 0, 5));
	put(m, LWZ(9, 0, 5));
	run_all(m, 3);
	assert_call(0, 1, 0, 4, 0x11223344);
	assert_int_equal(gpr(m, 8), 0x01020304); /* what the callback said */
	assert_int_equal(gpr(m, 9), 0x04030201);
}

static void eight_byte_access_comes_whole_or_cut_to_max_len(void **state)
{
	struct machine *m = *state;

	set_reg(m, MOLVM_REG_FPR(1), 0x1122334455667788);
	map(m, 0, 1, 8);
	put(m, STFD(1, 0, 5));
	run_all(m, 1);
	assert_call(0, 1, 0, 8, 0x1122334455667788);
	assert_int_equal(molvm_unmap(m->vm, DEVICE, 0x2000), 0);
	map(m, 0, 1, 4);
	put(m, STFD(1, 0, 5));
	put(m, LFD(2, 0, 5));
	set_reg(m, MOLVM_REG_PC, m->at - 8);
	run_all(m, 2);
	assert_call(0, 1, 0, 4, 0x11223344);
	assert_call(1, 1, 4, 4, 0x55667788);
	assert_int_equal(reg(m, MOLVM_REG_FPR(2)), 0x0102030405060708);
	assert_int_equal(call_count, 4);
}

static void vector_access_and_dcbz_come_eight_bytes_at_a_time(void **state)
{
	struct machine *m = *state;

	map(m, 0, 1, 8);
	set_reg(m, MOLVM_REG_SPR(1008), 0x4000);        /* HID0[DCE] */
	set_reg(m, MOLVM_REG_MSR, MSR_ME | 0x02000000); /* VEC */
	put(m, X_FORM(3, 0, 5, 103));                   /* lvx v3,0,r5 */
	put(m, X_FORM(3, 0, 5, 231));                   /* stvx v3,0,r5 */
	put(m, DCBZ(0, 5));
	run_all(m, 3);
	assert_call(0, 0, 0, 8, 0x0102030405060708);
	assert_call(1, 0, 8, 8, 0x090a0b0c0d0e0f10);
	assert_call(2, 1, 0, 8, 0x0102030405060708);
	assert_call(3, 1, 8, 8, 0x090a0b0c0d0e0f10);
	for (unsigned n = 0; n < 4; n++)
		assert_call(4 + n, 1, 8 * n, 8, 0);
	assert_int_equal(call_count, 8);
}

static void longest_string_through_narrow_merges_exits_and_repeats_nothing(void **state)
{
	struct machine *m = *state;

	map(m, 0, 4, 4);
	exit_at = 124;                    /* the last unit */
	set_reg(m, MOLVM_REG_SPR(1), 127); /* XER: 127 bytes */
	put(m, X_FORM(6, 0, 5, 661));     /* stswx r6,0,r5 */
	for (unsigned n = 0; n < 6; n++) { /* bytes 124, 125, 126: each a read and a write */
		assert_int_equal(run_for(m, 1), MOLVM_EXIT_MMIO);
		assert_int_equal(m->page->u.mmio.is_write, n % 2);
		assert_int_equal(m->page->u.mmio.len, 4);
		assert_int_equal(call_count, 124 * 2);
	}
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(call_count, 124 * 2);
}

static void narrow_access_to_a_wide_device_reads_and_merges_the_unit(void **state)
{
	struct machine *m = *state;

	map(m, 0, 4, 4);
	set_gpr(m, 6, 0xaa);
	put(m, LBZ(7, 6, 5));
	put(m, STB(6, 5, 5));
	run_all(m, 2);
	assert_int_equal(gpr(m, 7), 7);
	assert_call(0, 0, 4, 4, 0x05060708);
	assert_call(1, 0, 4, 4, 0x05060708);
	assert_call(2, 1, 4, 4, 0x05aa0708);
}

static void misaligned_access_is_one_access_unless_it_crosses_a_page(void **state)
{
	struct machine *m = *state;

	map(m, 0, 1, 8);
	set_gpr(m, 6, 0x11223344);
	put(m, STW(6, 1, 5));
	put(m, STW(6, 0xffd, 5));
	run_all(m, 2);
	assert_call(0, 1, 1, 4, 0x11223344);
	assert_call(1, 1, 0xffd, 2, 0x1122);
	assert_call(2, 1, 0xfff, 1, 0x33);
	assert_call(3, 1, 0x1000, 1, 0x44);
	assert_int_equal(call_count, 4);
}

static void bus_error_is_a_machine_check(void **state)
{
	struct machine *m = *state;

	map(m, 0, 1, 8);
	answer = MOLVM_MMIO_BUS_ERR;
	put(m, LWZ(7, 0, 5));
	put_at(m, 0x200, B(0));
	set_gpr(m, 7, 99);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x200);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE);
	assert_int_equal(gpr(m, 7), 99);
}

static void stop_returns_exactly_after_the_instruction(void **state)
{
	struct machine *m = *state;

	map(m, 0, 1, 8);
	answer = MOLVM_MMIO_STOP;
	put(m, LWZ(7, 0, 5));
	put(m, LI(8, 1));
	put(m, B(0));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_STOPPED);
	assert_int_equal(m->page->pc, CODE + 4);
	assert_int_equal(m->page->insns, 1);
	assert_int_equal(gpr(m, 7), 0x01020304);
	assert_int_equal(gpr(m, 8), 0);
	assert_int_equal(call_count, 1);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_BUDGET);
}

/* ---- exits ---- */

static void access_to_nothing_is_an_exit_that_is_completed_by_running_again(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, DEVICE);
	set_gpr(m, 6, 0x11223344);
	put(m, STW(6, 4, 5));
	put(m, LHZ(7, 2, 5));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.gpa, DEVICE + 4);
	assert_int_equal(m->page->u.mmio.ea, DEVICE + 4);
	assert_int_equal(m->page->u.mmio.value, 0x11223344);
	assert_int_equal(m->page->u.mmio.len, 4);
	assert_int_equal(m->page->u.mmio.is_write, 1);
	assert_int_equal(m->page->u.mmio.insn, STW(6, 4, 5));
	assert_int_equal(m->page->u.mmio.flags, MOLVM_MMIO_X_UNMAPPED);
	assert_int_equal(m->page->pc, CODE);
	assert_int_equal(m->page->insns, 0);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.is_write, 0);
	assert_int_equal(m->page->u.mmio.len, 2);
	assert_int_equal(m->page->insns, 1);
	m->page->u.mmio.value = 0xffff8765; /* what does not fit is dropped */
	m->page->immediate_exit = 1;
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_KICKED);
	assert_int_equal(m->page->insns, 1);
	assert_int_equal(gpr(m, 7), 0x8765);
	assert_int_equal(m->page->pc, CODE + 8);
}

static void interrupt_waits_for_the_instruction_in_flight(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, DEVICE);
	set_reg(m, MOLVM_REG_MSR, MSR_ME | MSR_EE);
	put(m, LWZ(7, 0, 5));
	put_at(m, 0x500, B(0));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	m->page->u.mmio.value = 77;
	molvm_irq_set(m->cpu, MOLVM_IRQ_EXT, 1);
	molvm_vcpu_kick(m->cpu);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_KICKED);
	assert_int_equal(gpr(m, 7), 77);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(reg(m, MOLVM_REG_SPR(SPR_SRR0)), CODE + 4);
}

static void changed_pc_forgets_the_instruction_in_flight(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, DEVICE);
	put(m, LWZ(7, 0, 5));
	put(m, B(0));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	m->page->u.mmio.value = 77;
	set_reg(m, MOLVM_REG_PC, CODE + 4);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 0);
}

static void changed_pc_in_the_run_page_forgets_it_too(void **state)
{
	struct machine *m = *state;

	put(m, SC1);
	put(m, LI(7, 1));
	put(m, B(0));
	m->page->regs_valid = MOLVM_SYNC_SPECIAL;
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_HYPERCALL);
	m->page->s.regs.pc = CODE + 4;
	m->page->regs_dirty = MOLVM_SYNC_SPECIAL;
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, CODE + 8);
	assert_int_equal(gpr(m, 7), 1);
}

static void bus_error_by_exit_is_a_machine_check(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, DEVICE);
	put(m, STW(7, 0, 5));
	put_at(m, 0x200, B(0));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	m->page->u.mmio.status = MOLVM_MMIO_BUS_ERR;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x200);
}

static void multiple_with_an_exit_in_its_middle_repeats_no_access(void **state)
{
	struct machine *m = *state;

	map(m, 0, 1, 8);
	exit_at = 8;
	put(m, LMW(28, 0, 5)); /* r28..r31 from +0, +4, +8, +12 */
	put(m, STMW(28, 0, 5));
	put(m, B(-8));
	for (int round = 0; round < 3; round++) {
		call_count = 0;
		assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
		assert_int_equal(m->page->u.mmio.gpa, DEVICE + 8);
		assert_int_equal(call_count, 2);
		m->page->u.mmio.value = 0xcafe;
		assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
		assert_int_equal(m->page->u.mmio.is_write, 1);
		assert_int_equal(m->page->u.mmio.value, 0xcafe);
		assert_int_equal(call_count, 5);
		assert_call(0, 0, 0, 4, 0x01020304);
		assert_call(1, 0, 4, 4, 0x05060708);
		assert_call(2, 0, 12, 4, 0x0d0e0f10);
		assert_call(3, 1, 0, 4, 0x01020304);
		assert_call(4, 1, 4, 4, 0x05060708);
		assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
		assert_int_equal(call_count, 6);
		assert_int_equal(m->page->insns, 1);
		run_for(m, 1);
	}
}

static void every_access_of_a_multiple_may_be_an_exit(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, DEVICE);
	put(m, LMW(6, 0, 5));
	put(m, B(0));
	for (uint64_t n = 6; n < 32; n++) {
		assert_int_equal(run_for(m, 1), MOLVM_EXIT_MMIO);
		assert_int_equal(m->page->u.mmio.gpa, DEVICE + 4 * (n - 6));
		assert_int_equal(m->page->insns, 0);
		m->page->u.mmio.value = n * 3;
	}
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	for (unsigned n = 6; n < 32; n++)
		assert_int_equal(gpr(m, n), n * 3);
}

static void page_crossing_access_is_answered_piece_by_piece(void **state)
{
	struct machine *m = *state;

	put(m, LWZ(7, 2, 5)); /* the last two bytes of RAM, then nothing */
	set_gpr(m, 5, MIB - 4);
	put_at(m, MIB - 4, 0x0000aabb);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.gpa, MIB);
	assert_int_equal(m->page->u.mmio.len, 2);
	m->page->u.mmio.value = 0xccdd;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 0xaabbccdd);
}

static void little_endian_exit_has_the_same_value_as_the_callback(void **state)
{
	struct machine *m = *state;

	map(m, MOLVM_MMIO_F_LITTLE_ENDIAN, 1, 8);
	answer = MOLVM_MMIO_TO_EXIT;
	set_gpr(m, 6, 0x11223344);
	put(m, STWBRX(6, 0, 5));
	put(m, LWBRX(7, 0, 5));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.value, 0x11223344);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	m->page->u.mmio.value = 0x55667788;
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 0x55667788);
}

/* ---- callbacks that use the API ---- */

static struct machine *busy;

static int remap(void *opaque, molvm_access *a)
{
	uint64_t pc = 0;

	assert_int_equal(molvm_reg_get(a->vcpu, MOLVM_REG_PC, &pc), 0);
	assert_int_equal(pc, a->pc);
	assert_int_equal(molvm_run(a->vcpu), MOLVM_E_BUSY);
	assert_int_equal(molvm_vcpu_reset(a->vcpu), MOLVM_E_BUSY);
	assert_int_equal(molvm_unmap(busy->vm, 0x40000, 0x1000), 0);
	assert_int_equal(molvm_unmap(busy->vm, DEVICE, 0x1000), 0);
	put_at(busy, CODE + 4, LI(9, 2)); /* the next instruction */
	return MOLVM_MMIO_OK;
}

static void callback_may_change_map_and_code(void **state)
{
	struct machine *m = *state;
	molvm_device_ops ops = { sizeof(ops), 0, 0, 0, NULL, remap };

	busy = m;
	assert_int_equal(molvm_map_device(m->vm, DEVICE, 0x1000, &ops, NULL), 0);
	set_gpr(m, 5, DEVICE);
	set_gpr(m, 4, 0x40000);
	put(m, STW(6, 0, 5));
	put(m, LI(9, 1));
	put(m, LWZ(7, 0, 4));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.gpa, 0x40000);
	assert_int_equal(gpr(m, 9), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(value_is_the_number_in_the_register),
		MACHINE_TEST(little_endian_device_gets_plain_numbers_from_byte_reversed_accesses),
		MACHINE_TEST(eight_byte_access_comes_whole_or_cut_to_max_len),
		MACHINE_TEST(vector_access_and_dcbz_come_eight_bytes_at_a_time),
		MACHINE_TEST(longest_string_through_narrow_merges_exits_and_repeats_nothing),
		MACHINE_TEST(narrow_access_to_a_wide_device_reads_and_merges_the_unit),
		MACHINE_TEST(misaligned_access_is_one_access_unless_it_crosses_a_page),
		MACHINE_TEST(bus_error_is_a_machine_check),
		MACHINE_TEST(stop_returns_exactly_after_the_instruction),
		MACHINE_TEST(access_to_nothing_is_an_exit_that_is_completed_by_running_again),
		MACHINE_TEST(interrupt_waits_for_the_instruction_in_flight),
		MACHINE_TEST(changed_pc_forgets_the_instruction_in_flight),
		MACHINE_TEST(changed_pc_in_the_run_page_forgets_it_too),
		MACHINE_TEST(bus_error_by_exit_is_a_machine_check),
		MACHINE_TEST(multiple_with_an_exit_in_its_middle_repeats_no_access),
		MACHINE_TEST(every_access_of_a_multiple_may_be_an_exit),
		MACHINE_TEST(page_crossing_access_is_answered_piece_by_piece),
		MACHINE_TEST(little_endian_exit_has_the_same_value_as_the_callback),
		MACHINE_TEST(callback_may_change_map_and_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
