/* SPDX-License-Identifier: MIT
 * test_loader.c - files into guest RAM: the good ones, and a sentence for each bad one.
 */
#include "device_bench.h"

#include <elf.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader.h"

#define RAM_SIZE 0x10000u

static uint8_t bytes[RAM_SIZE + 16];
static const struct guest_ram ram = { bytes, RAM_SIZE };
static char path[] = "/tmp/mini-vmm-loader-XXXXXX";
static struct loaded loaded;
static struct problem problem;

/* An ELF file with one segment of "code" and 8 bytes of BSS, at 0xc0001000 virtual and
 * 0x1000 physical. */
static struct file {
	Elf32_Ehdr header;
	Elf32_Phdr segment;
	char code[4];
} file;

static int setup(void **state)
{
	(void)state;
	memset(bytes, 0xee, sizeof(bytes));
	problem.text[0] = 0;
	memset(&file, 0, sizeof(file));
	memcpy(file.header.e_ident, ELFMAG, SELFMAG);
	file.header.e_ident[EI_CLASS] = ELFCLASS32;
	file.header.e_ident[EI_DATA] = ELFDATA2MSB;
	file.header.e_type = htobe16(ET_EXEC);
	file.header.e_machine = htobe16(EM_PPC);
	file.header.e_entry = htobe32(0xc0001004);
	file.header.e_phoff = htobe32(offsetof(struct file, segment));
	file.header.e_phentsize = htobe16(sizeof(Elf32_Phdr));
	file.header.e_phnum = htobe16(1);
	file.segment.p_type = htobe32(PT_LOAD);
	file.segment.p_offset = htobe32(offsetof(struct file, code));
	file.segment.p_vaddr = htobe32(0xc0001000);
	file.segment.p_paddr = htobe32(0x1000);
	file.segment.p_filesz = htobe32(4);
	file.segment.p_memsz = htobe32(12);
	memcpy(file.code, "code", 4);
	return 0;
}

static void put_file(const void *content, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(content, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static bool load_elf(size_t n)
{
	put_file(&file, n);
	return loader_elf(&ram, path, &loaded, &problem);
}

/* The file is refused, with these words, and RAM behind its end is untouched. */
static void refused(size_t n, const char *words)
{
	assert_false(load_elf(n));
	assert_non_null(strstr(problem.text, words));
	assert_non_null(strstr(problem.text, path));
	assert_int_equal(bytes[RAM_SIZE], 0xee);
}

static void a_segment_goes_to_its_physical_address_with_zeros_behind(void **state)
{
	(void)state;
	assert_true(load_elf(sizeof(file)));
	assert_memory_equal(bytes + 0x1000, "code\0\0\0\0\0\0\0\0\xee", 13);
	assert_int_equal(loaded.end, 0x100c);
}

static void the_entry_is_translated_to_a_physical_address(void **state)
{
	(void)state;
	assert_true(load_elf(sizeof(file)));
	assert_int_equal(loaded.entry, 0x1004);
}

static void an_entry_in_no_segment_is_refused(void **state)
{
	(void)state;
	file.header.e_entry = htobe32(0x1004);
	refused(sizeof(file), "entry 0x1004 is in no segment");
}

static void a_file_that_is_not_elf_is_refused(void **state)
{
	(void)state;
	file.header.e_ident[1] = 'e';
	refused(sizeof(file), "not an ELF file");
	refused(0, "not an ELF file");
	refused(3, "not an ELF file");
}

static void a_file_for_another_machine_is_refused(void **state)
{
	(void)state;
	file.header.e_machine = htobe16(EM_SPARC);
	refused(sizeof(file), "for machine 2, not PowerPC");
	file.header.e_ident[EI_DATA] = ELFDATA2LSB;
	refused(sizeof(file), "not a big-endian");
	file.header.e_ident[EI_CLASS] = ELFCLASS64;
	refused(sizeof(file), "not a 32-bit");
}

static void an_object_file_is_refused(void **state)
{
	(void)state;
	file.header.e_type = htobe16(ET_REL);
	refused(sizeof(file), "not an executable");
}

static void a_file_cut_short_anywhere_is_refused(void **state)
{
	(void)state;
	for (size_t n = SELFMAG; n < sizeof(file); n++)
		refused(n, "truncated");
	file.header.e_phoff = htobe32(0xffffffff);
	refused(sizeof(file), "truncated");
}

static void a_segment_that_does_not_fit_into_ram_is_refused(void **state)
{
	(void)state;
	file.segment.p_memsz = htobe32(RAM_SIZE);
	refused(sizeof(file), "does not fit into RAM");
	file.segment.p_memsz = htobe32(0xffffffff);
	refused(sizeof(file), "does not fit into RAM");
	file.segment.p_memsz = htobe32(12);
	file.segment.p_paddr = htobe32(0xfffffffc);
	refused(sizeof(file), "does not fit into RAM");
}

static void a_segment_larger_in_the_file_than_in_memory_is_refused(void **state)
{
	(void)state;
	file.segment.p_filesz = htobe32(13);
	refused(sizeof(file), "exceeds that in memory");
}

static void malformed_program_headers_are_refused(void **state)
{
	(void)state;
	file.header.e_phnum = htobe16(0xffff);
	refused(sizeof(file), "malformed");
	file.header.e_phnum = htobe16(1);
	file.header.e_phentsize = htobe16(56);
	refused(sizeof(file), "malformed");
}

static void a_missing_file_and_a_directory_are_named_in_the_message(void **state)
{
	(void)state;
	assert_false(loader_elf(&ram, "/nonexistent/vmlinux", &loaded, &problem));
	assert_string_equal(problem.text, "/nonexistent/vmlinux: No such file or directory");
	assert_false(loader_elf(&ram, "/", &loaded, &problem));
	assert_string_equal(problem.text, "/: not a regular file");
}

static void a_pipe_is_refused_at_once_and_not_waited_for(void **state)
{
	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(60);
	assert_false(loader_elf(&ram, path, &loaded, &problem));
	assert_non_null(strstr(problem.text, "not a regular file"));
	alarm(0);
	assert_int_equal(unlink(path), 0);
	put_file("", 0);
}

static void a_raw_image_goes_where_it_is_told(void **state)
{
	(void)state;
	put_file("raw!", 4);
	assert_true(loader_raw(&ram, path, 0x2000, UINT64_MAX, &loaded, &problem));
	assert_memory_equal(bytes + 0x2000, "raw!\xee", 5);
	assert_int_equal(loaded.entry, 0x2000);
	assert_int_equal(loaded.end, 0x2004);
}

static void a_raw_image_that_does_not_fit_is_refused(void **state)
{
	(void)state;
	put_file("raw!", 4);
	assert_false(loader_raw(&ram, path, RAM_SIZE - 3, UINT64_MAX, &loaded, &problem));
	assert_non_null(strstr(problem.text, "does not fit"));
	assert_false(loader_raw(&ram, path, UINT64_MAX - 3, UINT64_MAX, &loaded, &problem));
	assert_false(loader_raw(&ram, path, 0, 3, &loaded, &problem));
	assert_true(loader_raw(&ram, path, RAM_SIZE - 4, UINT64_MAX, &loaded, &problem));
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, setup)
		T(a_segment_goes_to_its_physical_address_with_zeros_behind),
		T(the_entry_is_translated_to_a_physical_address),
		T(an_entry_in_no_segment_is_refused),
		T(a_file_that_is_not_elf_is_refused),
		T(a_file_for_another_machine_is_refused),
		T(an_object_file_is_refused),
		T(a_file_cut_short_anywhere_is_refused),
		T(a_segment_that_does_not_fit_into_ram_is_refused),
		T(a_segment_larger_in_the_file_than_in_memory_is_refused),
		T(malformed_program_headers_are_refused),
		T(a_missing_file_and_a_directory_are_named_in_the_message),
		T(a_pipe_is_refused_at_once_and_not_waited_for),
		T(a_raw_image_goes_where_it_is_told),
		T(a_raw_image_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
