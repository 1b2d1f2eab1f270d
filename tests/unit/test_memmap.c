/* SPDX-License-Identifier: MIT
 * test_memmap.c - the memory map through the API: kinds of region, overlaps, cuts, code, dirt.
 */
#include "vm_fixture.h"

#include <sys/mman.h>
#include <unistd.h>

static molvm_region info(struct machine *m, uint32_t index)
{
	molvm_region r = { .size = sizeof(r) };

	assert_int_equal(molvm_map_info(m->vm, index, &r), 0);
	return r;
}

static void loop_forever(struct machine *m)
{
	put(m, B(0));
}

/* ---- the set of regions ---- */

static void overlap_is_refused_and_the_message_names_both(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_map_ram(m->vm, MIB - 4096, 8192, NULL, 0), MOLVM_E_EXIST);
	assert_string_equal(molvm_errmsg(),
			    "map_ram: 0xff000..0x100fff overlaps RAM at 0x0..0xfffff");
	assert_int_equal(molvm_map_device(m->vm, 0, 4096, NULL, NULL), MOLVM_E_EXIST);
	assert_int_equal(molvm_map_ram(m->vm, MIB, 4096, NULL, 0), 0);
	assert_int_equal(molvm_map_device(m->vm, 0, 1ull << 36, NULL, NULL), MOLVM_E_EXIST);
}

static void regions_are_listed_in_order_of_address(void **state)
{
	struct machine *m = *state;
	molvm_region r = { .size = sizeof(r) };

	for (uint64_t n = 40; n > 0; n--) /* more than the array's first room */
		assert_int_equal(molvm_map_device(m->vm, n * 0x100000, 4096, NULL, NULL), 0);
	assert_int_equal(info(m, 0).kind, MOLVM_REGION_RAM);
	for (uint32_t n = 1; n <= 40; n++)
		assert_int_equal(info(m, n).gpa, n * 0x100000);
	assert_int_equal(molvm_map_info(m->vm, 41, &r), MOLVM_E_NOENT);
}

static void unmap_cuts_regions_and_keeps_their_contents(void **state)
{
	struct machine *m = *state;

	put_at(m, 0x1ffc, 1);
	put_at(m, 0x4000, 2);
	assert_int_equal(molvm_unmap(m->vm, 0x2000, 0x2000), 0);
	assert_int_equal(info(m, 0).len, 0x2000);
	assert_int_equal(info(m, 1).gpa, 0x4000);
	assert_int_equal(word_at(m, 0x1ffc), 1);
	assert_int_equal(word_at(m, 0x4000), 2);
	assert_int_equal(molvm_unmap(m->vm, 0x2000, 0x2000), MOLVM_E_NOENT);
	set_gpr(m, 5, 0x3000);
	put(m, STW(6, 0, 5));
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_MMIO);
}

static void addresses_above_4_gib_can_be_mapped_and_copied(void **state)
{
	struct machine *m = *state;
	uint64_t high = (1ull << 36) - 4096;

	assert_int_equal(molvm_map_ram(m->vm, high, 4096, NULL, 0), 0);
	put_at(m, high + 4092, 0x12345678);
	assert_int_equal(word_at(m, high + 4092), 0x12345678);
	assert_int_equal(molvm_map_ram(m->vm, high + 4096, 4096, NULL, 0), MOLVM_E_INVAL);
}

static void copy_that_leaves_memory_copies_nothing(void **state)
{
	struct machine *m = *state;
	uint8_t b[16] = { 1, 2, 3 };
	void *p;

	assert_int_equal(molvm_mem_write(m->vm, MIB - 8, b, 16), MOLVM_E_FAULT);
	assert_int_equal(word_at(m, MIB - 8), 0);
	assert_int_equal(molvm_mem_read(m->vm, MIB - 8, b, 16), MOLVM_E_FAULT);
	assert_int_equal(b[0], 1);
	assert_int_equal(molvm_mem_ptr(m->vm, MIB - 8, 16, &p), MOLVM_E_FAULT);
	assert_int_equal(molvm_mem_write(m->vm, 0, b, 0), 0);
}

/* ---- kinds ---- */

static void store_to_rom_is_dropped_and_the_api_writes_through(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_map_ram(m->vm, MIB, 4096, NULL, MOLVM_MEM_ROM), 0);
	put_at(m, MIB, 0x600d);
	set_gpr(m, 5, MIB);
	put(m, LWZ(7, 0, 5));
	put(m, STW(6, 0, 5));
	put(m, LWZ(8, 0, 5));
	loop_forever(m);
	assert_int_equal(run_for(m, 4), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 7), 0x600d);
	assert_int_equal(gpr(m, 8), 0x600d);
}

static void store_to_readonly_exits_and_its_loads_do_not(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_map_ram(m->vm, MIB, 4096, NULL, MOLVM_MEM_READONLY), 0);
	put_at(m, MIB, 0x600d);
	set_gpr(m, 5, MIB);
	put(m, LWZ(7, 0, 5));
	put(m, STW(5, 0, 5));
	put(m, LWZ(8, 0, 5));
	loop_forever(m);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MMIO);
	assert_int_equal(m->page->u.mmio.flags, MOLVM_MMIO_X_READONLY);
	assert_int_equal(m->page->u.mmio.value, MIB);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 8), 0x600d);
}

static void protect_takes_effect_on_pages_in_use(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, 0x2000);
	put(m, STW(5, 0, 5));
	put(m, B(-4));
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_BUDGET);
	assert_int_equal(molvm_protect(m->vm, 0x2000, 0x1000, MOLVM_MEM_READONLY), 0);
	assert_int_equal(info(m, 1).flags, MOLVM_MEM_READONLY);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_MMIO);
	assert_int_equal(molvm_protect(m->vm, 0x2000, 0x1000, 0), 0);
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_BUDGET);
	assert_int_equal(molvm_protect(m->vm, MIB - 4096, 8192, 0), MOLVM_E_FAULT);
}

static void noexec_page_is_a_machine_check_to_fetch(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_protect(m->vm, CODE, 0x1000, MOLVM_MEM_NOEXEC), 0);
	put_at(m, 0x200, B(0));
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(m->page->pc, 0x200);
}

static void demand_page_exits_once_for_each_kind_of_first_touch(void **state)
{
	struct machine *m = *state;
	uint8_t b[4] = { 0x38, 0x60, 0, 9 }; /* li r3,9 */

	assert_int_equal(molvm_map_ram(m->vm, MIB, 0x4000, NULL, MOLVM_MEM_DEMAND), 0);
	set_gpr(m, 5, MIB);
	put(m, LWZ(7, 4, 5));
	put(m, STW(5, 8, 5));
	put(m, STW(5, 0x1000, 5));
	put(m, B(MIB + 0x2000 - CODE - 12));
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MEM_FAULT);
	assert_int_equal(m->page->u.mem_fault.gpa, MIB);
	assert_int_equal(m->page->u.mem_fault.ea, MIB + 4);
	assert_int_equal(m->page->u.mem_fault.len, 4096);
	assert_int_equal(m->page->u.mem_fault.access, MOLVM_ACC_READ);
	put_at(m, MIB + 4, 77);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MEM_FAULT);
	assert_int_equal(gpr(m, 7), 77);
	assert_int_equal(m->page->u.mem_fault.gpa, MIB + 0x1000);
	assert_int_equal(m->page->u.mem_fault.access, MOLVM_ACC_WRITE);
	assert_int_equal(run_for(m, 9), MOLVM_EXIT_MEM_FAULT);
	assert_int_equal(m->page->u.mem_fault.access, MOLVM_ACC_EXEC);
	assert_int_equal(molvm_mem_write(m->vm, MIB + 0x2000, b, 4), 0);
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 9);
}

static void discarded_page_is_zero_and_absent_again(void **state)
{
	struct machine *m = *state;

	assert_int_equal(molvm_map_ram(m->vm, MIB, 0x2000, NULL, MOLVM_MEM_DEMAND), 0);
	put_at(m, MIB, 1);
	set_gpr(m, 5, MIB);
	put(m, LWZ(7, 0, 5));
	put(m, B(-4));
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(molvm_mem_discard(m->vm, MIB, 0x1000), 0);
	assert_int_equal(word_at(m, MIB), 0);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_MEM_FAULT);
}

static void alias_shows_the_same_bytes_and_survives_its_target(void **state)
{
	struct machine *m = *state;

	put_at(m, 0x3004, 5);
	assert_int_equal(molvm_map_alias(m->vm, MIB, 0x2000, 0x3000), 0);
	assert_int_equal(word_at(m, MIB + 4), 5);
	put_at(m, MIB + 4, 6);
	assert_int_equal(word_at(m, 0x3004), 6);
	assert_int_equal(molvm_map_alias(m->vm, 2 * MIB, 0x2000, MIB - 0x1000), MOLVM_E_FAULT);
	assert_int_equal(molvm_unmap(m->vm, 0, MIB), 0);
	assert_int_equal(word_at(m, MIB + 4), 6);
}

static void callers_buffer_is_used_in_place_and_may_be_mapped_twice(void **state)
{
	struct machine *m = *state;
	uint8_t *p = aligned_alloc(4096, 0x4000);
	void *q;

	memset(p, 0, 0x4000);
	assert_int_equal(molvm_map_ram(m->vm, MIB, 0x3000, p, 0), 0);
	assert_int_equal(molvm_map_ram(m->vm, 2 * MIB, 0x1000, p + 0x1000, 0), 0);
	assert_int_equal(molvm_map_ram(m->vm, 3 * MIB, 0x2000, p + 0x2000, 0), MOLVM_E_EXIST);
	put_at(m, 2 * MIB, 0x01020304);
	assert_int_equal(p[0x1003], 4);
	assert_int_equal(word_at(m, MIB + 0x1000), 0x01020304);
	assert_int_equal(molvm_mem_ptr(m->vm, 2 * MIB + 8, 8, &q), 0);
	assert_ptr_equal(q, p + 0x1008);
	assert_int_equal(molvm_unmap(m->vm, MIB, 0x3000), 0);
	assert_int_equal(word_at(m, 2 * MIB), 0x01020304);
	assert_int_equal(molvm_unmap(m->vm, 2 * MIB, 0x1000), 0);
	assert_int_equal(p[0x1003], 4);
	free(p);
}

static void file_is_shared_or_private(void **state)
{
	struct machine *m = *state;
	char name[] = "/tmp/molvm-test-XXXXXX";
	int fd = mkstemp(name);
	uint32_t v = 0;

	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(ftruncate(fd, 0x3000), 0);
	assert_int_equal(molvm_map_file(m->vm, MIB, 0x2000, fd, 0x1000, 0), 0);
	assert_int_equal(molvm_map_file(m->vm, 2 * MIB, 0x1000, fd, 0x1000, MOLVM_MEM_PRIVATE), 0);
	put_at(m, MIB + 4, 0x41424344);
	assert_int_equal(pread(fd, &v, 4, 0x1004), 4);
	assert_memory_equal(&v, "ABCD", 4);
	put_at(m, 2 * MIB + 4, 0);
	assert_int_equal(pread(fd, &v, 4, 0x1004), 4);
	assert_memory_equal(&v, "ABCD", 4);
	assert_int_equal(molvm_mem_discard(m->vm, 2 * MIB, 0x1000), 0);
	assert_int_equal(word_at(m, 2 * MIB + 4), 0x41424344);
	assert_int_equal(molvm_mem_discard(m->vm, MIB, 0x1000), MOLVM_E_NOTSUP);
	assert_int_equal(molvm_map_file(m->vm, 3 * MIB, 0x2000, fd, 0x2000, 0), MOLVM_E_INVAL);
	assert_int_equal(molvm_map_file(m->vm, 3 * MIB, 0x1000, 9999, 0, 0), MOLVM_E_IO);
	close(fd);
}

/* ---- decoded code ---- */

static void code_is_forgotten_when_written(void **state, void (*write)(struct machine *))
{
	struct machine *m = *state;

	put(m, LI(3, 1));
	put(m, B(-4));
	assert_int_equal(run_for(m, 100), MOLVM_EXIT_BUDGET);
	write(m);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 2);
}

static void by_mem_write(struct machine *m)
{
	put_at(m, CODE, LI(3, 2));
}

static void by_pointer(struct machine *m)
{
	uint8_t b[] = { 0x38, 0x60, 0, 2 };
	void *p;

	assert_int_equal(molvm_mem_ptr(m->vm, CODE, 4, &p), 0);
	memcpy(p, b, 4);
	assert_int_equal(molvm_mem_changed(m->vm, CODE, 4), 0);
}

static void by_alias(struct machine *m)
{
	assert_int_equal(molvm_map_alias(m->vm, 4 * MIB, 0x1000, CODE), 0);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	put_at(m, 4 * MIB, LI(3, 2));
}

static void by_remapping(struct machine *m)
{
	assert_int_equal(molvm_unmap(m->vm, CODE, 0x1000), 0);
	assert_int_equal(molvm_map_ram(m->vm, CODE, 0x1000, NULL, 0), 0);
	put_at(m, CODE, LI(3, 2));
	put_at(m, CODE + 4, B(-4));
}

static void by_a_guest_store(struct machine *m)
{
	set_gpr(m, 5, CODE);
	set_gpr(m, 6, LI(3, 2));
	put_at(m, 0x3000, STW(6, 0, 5));
	put_at(m, 0x3004, B(CODE - 0x3004));
	set_reg(m, MOLVM_REG_PC, 0x3000);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
}

static void by_a_guest_dcbz(struct machine *m)
{
	set_reg(m, MOLVM_REG_SPR(1008), 0x4000); /* HID0[DCE] */
	set_gpr(m, 5, CODE);
	put_at(m, 0x3000, DCBZ(0, 5));
	put_at(m, 0x3004, B(CODE - 0x3004));
	put_at(m, 0x700, LI(3, 2)); /* zero is illegal */
	set_reg(m, MOLVM_REG_PC, 0x3000);
	assert_int_equal(run_for(m, 2), MOLVM_EXIT_BUDGET);
	put_at(m, 0x704, NOP);
}

#define FORGOTTEN(how)                                                                             \
	static void code_is_forgotten_when_written_##how(void **state)                                 \
	{                                                                                              \
		code_is_forgotten_when_written(state, how);                                                \
	}
FORGOTTEN(by_mem_write)
FORGOTTEN(by_pointer)
FORGOTTEN(by_alias)
FORGOTTEN(by_remapping)
FORGOTTEN(by_a_guest_store)
FORGOTTEN(by_a_guest_dcbz)

static void data_beside_code_does_not_hide_a_later_store_to_the_code(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, CODE);
	set_gpr(m, 6, LI(3, 2));
	put(m, LI(3, 1));
	put(m, B(0x3000 - CODE - 4));
	put_at(m, 0x3000, STW(6, 0x800, 5)); /* data on the page of the code */
	put_at(m, 0x3004, STW(6, 0x804, 5));
	put_at(m, 0x3008, B(CODE - 0x3008));
	assert_int_equal(run_for(m, 1000), MOLVM_EXIT_BUDGET);
	put_at(m, 0x3004, STW(6, 0, 5));
	assert_int_equal(run_for(m, 1000), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 2);
}

static void code_on_a_page_written_before_is_watched(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, 0x4000);
	set_gpr(m, 6, LI(3, 1));
	set_gpr(m, 7, LI(3, 2));
	put(m, STW(6, 0, 5));               /* 4000: li r3,1 */
	put(m, STW(6, 0, 5));               /* by now the page has a fast entry for stores */
	put(m, B(0x4000 - CODE - 8));       /* run it, which decodes it */
	put_at(m, 0x4004, B(0x3000 - 0x4004));
	put_at(m, 0x3000, STW(7, 0, 5));    /* 4000: li r3,2 */
	put_at(m, 0x3004, B(0x4000 - 0x3004));
	assert_int_equal(run_for(m, 1000), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 2);
}

/* The host's address less the guest's is then negative, as is an entry for stores that is to be asked
 * about. */
static void host_memory_below_the_guest_address_is_memory_like_any_other(void **state)
{
	struct machine *m = *state;
	const uint32_t high = 0x70000000;
	void *host = mmap((void *)0x20000000, MIB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (host == MAP_FAILED)
		skip();
	assert_int_equal(molvm_map_ram(m->vm, high, MIB, host, 0), 0);
	set_gpr(m, 5, high);
	set_gpr(m, 6, LI(4, 1));
	set_gpr(m, 7, LI(4, 2));
	set_reg(m, MOLVM_REG_PC, high + 0x1000);
	put_at(m, high + 0x1000, ADDI(3, 3, 1));
	put_at(m, high + 0x1004, STW(3, 0, 5));      /* data on another page */
	put_at(m, high + 0x1008, STW(3, 0x1802, 5)); /* on this one, misaligned */
	put_at(m, high + 0x100c, LWZ(8, 0x1802, 5));
	put_at(m, high + 0x1010, STW(6, 0x1018, 5)); /* code */
	put_at(m, high + 0x1014, STW(7, 0x101c, 5));
	put_at(m, high + 0x1020, B(-0x20));
	assert_int_equal(run_for(m, 9 * 200), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(m, 3), 200);
	assert_int_equal(gpr(m, 8), 200);
	assert_int_equal(gpr(m, 4), 2);
	assert_int_equal(word_at(m, high), 200);
	assert_int_equal(word_at(m, high + 0x1018), LI(4, 1));
	assert_int_equal(molvm_unmap(m->vm, high, MIB), 0);
	munmap(host, MIB);
}

static void guest_may_rewrite_the_instruction_behind_its_store(void **state)
{
	struct machine *m = *state;

	set_gpr(m, 5, CODE);
	set_gpr(m, 6, LI(3, 2));
	for (uint32_t round = 0; round < 20; round++) {
		put_at(m, CODE, STW(6, 12, 5));
		put_at(m, CODE + 4, ICBI(0, 5));
		put_at(m, CODE + 8, ISYNC);
		put_at(m, CODE + 12, LI(3, 1));
		put_at(m, CODE + 16, B(0));
		set_reg(m, MOLVM_REG_PC, CODE);
		assert_int_equal(run_for(m, 5), MOLVM_EXIT_BUDGET);
		assert_int_equal(gpr(m, 3), 2);
	}
}

/* ---- the dirty log ---- */

static void dirty_log_tells_pages_written_by_guest_and_api(void **state)
{
	struct machine *m = *state;
	uint64_t bits[2] = { ~0ull, ~0ull };

	assert_int_equal(molvm_map_ram(m->vm, MIB, 70 * 4096, NULL, MOLVM_MEM_DIRTY_LOG), 0);
	assert_int_equal(molvm_mem_dirty(m->vm, MIB, 70 * 4096, bits, 0), 0);
	assert_int_equal(bits[0] | bits[1], 0);
	set_gpr(m, 5, MIB + 2 * 4096);
	put(m, LWZ(6, 0, 5)); /* a load marks nothing, and must not hide the store behind it */
	put(m, STW(6, 0, 5));
	put(m, B(-8));
	assert_int_equal(run_for(m, 1), MOLVM_EXIT_BUDGET);
	assert_int_equal(molvm_mem_dirty(m->vm, MIB, 70 * 4096, bits, 0), 0);
	assert_int_equal(run_for(m, 20), MOLVM_EXIT_BUDGET);
	put_at(m, MIB + 66 * 4096 - 4, 1);
	assert_int_equal(molvm_mem_dirty(m->vm, MIB, 70 * 4096, bits, MOLVM_DIRTY_CLEAR), 2);
	assert_int_equal(bits[0], 4);
	assert_int_equal(bits[1], 2);
	assert_int_equal(molvm_mem_dirty(m->vm, MIB, 70 * 4096, NULL, 0), 0);
	assert_int_equal(run_for(m, 20), MOLVM_EXIT_BUDGET);
	assert_int_equal(molvm_mem_dirty(m->vm, MIB, 70 * 4096, NULL, 0), 1);
	assert_int_equal(molvm_mem_dirty(m->vm, 0, 4096, NULL, 0), MOLVM_E_FAULT);
}

/* ---- cost ---- */

static long resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size = 0, resident = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &size, &resident), 2);
	fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void vm_with_a_mebibyte_of_ram_costs_less_than_a_mebibyte(void **state)
{
	enum { VMS = 64 };
	molvm_vm *vm[VMS];
	molvm_vcpu *cpu;
	long before = resident_kib();

	if (getenv("MESON_EXE_WRAPPER")) /* an emulator's tables would be counted */
		skip();
	for (int n = 0; n < VMS; n++) {
		assert_int_equal(molvm_vm_create(NULL, &vm[n]), 0);
		assert_int_equal(molvm_map_ram(vm[n], 0, MIB, NULL, 0), 0);
		assert_int_equal(molvm_vcpu_create(vm[n], 0, &cpu), 0);
		assert_int_equal(molvm_mem_write(vm[n], CODE, "\x48\0\0", 4), 0);
		molvm_reg_set(cpu, MOLVM_REG_PC, CODE);
		molvm_vcpu_page(cpu)->insn_budget = 100;
		assert_int_equal(molvm_run(cpu), MOLVM_EXIT_BUDGET);
	}
	assert_true((resident_kib() - before) / VMS < 1024);
	for (int n = 0; n < VMS; n++)
		molvm_vm_destroy(vm[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(overlap_is_refused_and_the_message_names_both),
		MACHINE_TEST(regions_are_listed_in_order_of_address),
		MACHINE_TEST(unmap_cuts_regions_and_keeps_their_contents),
		MACHINE_TEST(addresses_above_4_gib_can_be_mapped_and_copied),
		MACHINE_TEST(copy_that_leaves_memory_copies_nothing),
		MACHINE_TEST(store_to_rom_is_dropped_and_the_api_writes_through),
		MACHINE_TEST(store_to_readonly_exits_and_its_loads_do_not),
		MACHINE_TEST(protect_takes_effect_on_pages_in_use),
		MACHINE_TEST(noexec_page_is_a_machine_check_to_fetch),
		MACHINE_TEST(demand_page_exits_once_for_each_kind_of_first_touch),
		MACHINE_TEST(discarded_page_is_zero_and_absent_again),
		MACHINE_TEST(alias_shows_the_same_bytes_and_survives_its_target),
		MACHINE_TEST(callers_buffer_is_used_in_place_and_may_be_mapped_twice),
		MACHINE_TEST(file_is_shared_or_private),
		MACHINE_TEST(code_is_forgotten_when_written_by_mem_write),
		MACHINE_TEST(code_is_forgotten_when_written_by_pointer),
		MACHINE_TEST(code_is_forgotten_when_written_by_alias),
		MACHINE_TEST(code_is_forgotten_when_written_by_remapping),
		MACHINE_TEST(code_is_forgotten_when_written_by_a_guest_store),
		MACHINE_TEST(code_is_forgotten_when_written_by_a_guest_dcbz),
		MACHINE_TEST(data_beside_code_does_not_hide_a_later_store_to_the_code),
		MACHINE_TEST(code_on_a_page_written_before_is_watched),
		MACHINE_TEST(host_memory_below_the_guest_address_is_memory_like_any_other),
		MACHINE_TEST(guest_may_rewrite_the_instruction_behind_its_store),
		MACHINE_TEST(dirty_log_tells_pages_written_by_guest_and_api),
		cmocka_unit_test(vm_with_a_mebibyte_of_ram_costs_less_than_a_mebibyte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
