/* SPDX-License-Identifier: MIT
 * test_jit_dump.c - the options jit.dump and jit.perf: what is written of translated code, and when not.
 */
#include "vm_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOP (CODE + 4) /* two instructions that go on forever */

struct scene {
	struct machine m;
	char path[40];
	char *text; /* of the file, when it was read */
	unsigned logged;
};

static void take_line(void *opaque, uint32_t level, const char *line)
{
	struct scene *s = opaque;

	assert_non_null(strstr(line, "Broken pipe"));
	assert_int_equal(molvm_option_set(s->m.vm, "jit.dump", ""), 0);
	s->logged++;
}

static int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	molvm_config cfg = { .size = sizeof(cfg), .backend = "jit", .log = take_line, .log_opaque = s };
	int fd;

	*state = s;
	strcpy(s->path, "/tmp/molvm-jit-dump-XXXXXX");
	fd = mkstemp(s->path);
	if (fd < 0 || molvm_vm_create(&cfg, &s->m.vm) || molvm_map_ram(s->m.vm, 0, MIB, NULL, 0))
		return -1;
	close(fd);
	s->m.at = CODE;
	put(&s->m, LI(3, 0));
	put(&s->m, ADDI(3, 3, 1));
	put(&s->m, B(-4));
	return molvm_option_set(s->m.vm, "jit.heat", "0");
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;

	molvm_vm_destroy(s->m.vm);
	unlink(s->path);
	free(s->text);
	free(s);
	return 0;
}

static void set(struct scene *s, const char *key, const char *value)
{
	assert_int_equal(molvm_option_set(s->m.vm, key, value), 0);
}

/* 1001 instructions, with a new vCPU: 500 rounds of the loop. */
static void run_loop(struct scene *s)
{
	if (s->m.cpu)
		molvm_vcpu_destroy(s->m.cpu);
	assert_int_equal(molvm_vcpu_create(s->m.vm, 0, &s->m.cpu), 0);
	s->m.page = molvm_vcpu_page(s->m.cpu);
	set_reg(&s->m, MOLVM_REG_PC, CODE);
	set_reg(&s->m, MOLVM_REG_MSR, MSR_ME);
	assert_int_equal(run_for(&s->m, 1001), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(&s->m, 3), 500);
}

static const char *contents(struct scene *s, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t room = 1 << 20, n;

	assert_non_null(f);
	free(s->text);
	s->text = malloc(room);
	assert_non_null(s->text);
	n = fread(s->text, 1, room - 1, f);
	s->text[n] = '\0';
	fclose(f);
	return s->text;
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text++;
	}
	return n;
}

static void each_translation_is_listed_with_its_guest_code(void **state)
{
	struct scene *s = *state;
	const char *text;

	set(s, "jit.dump", s->path);
	run_loop(s);
	text = contents(s, s->path);
	assert_int_equal(strncmp(text, "# host code ", 12), 0);
	assert_int_equal(count(text, "\nwhat all blocks share: "), 1);
	assert_int_equal(count(text, "\nblock 00001000 supervisor: "), 1);
	assert_int_equal(count(text, "\nblock 00001004 supervisor: 2 instructions, "), 1);
	text = strstr(text, "\nblock 00001004 ");
	assert_non_null(strstr(text, "\n    00001004  38630001  addi r3,r3,1\n"
				     "    00001008  4bfffffc  b 0x1004\n  "));
}

/* Every byte once, in order of address, from where the title says. */
static void the_host_code_is_whole(void **state)
{
	struct scene *s = *state;
	unsigned long long at, line_at;
	bool by_capstone;
	size_t size, seen = 0;
	const char *p, *words;
	int used;

	set(s, "jit.dump", s->path);
	run_loop(s);
	p = strstr(contents(s, s->path), "\nblock 00001004 supervisor: ");
	assert_non_null(p);
	assert_int_equal(sscanf(p, "%*[^,], %zu bytes at %llx:", &size, &at), 2);
	assert_true(size > 0);
	by_capstone = strstr(s->text, "# host code by capstone\n");
	while ((p = strchr(p + 1, '\n')) && p[1] && p[1] != '\n') {
		char bytes[64];

		if (!strncmp(p + 1, "    0", 5))
			continue; /* the guest's */
		used = 0;
		assert_int_equal(sscanf(p + 1, " %llx %63[0-9a-f]%n", &line_at, bytes, &used), 2);
		assert_true(line_at == at + seen);
		seen += strlen(bytes) / 2;
		words = p + 1 + used;
		words += strspn(words, " ");
		assert_int_equal(*words >= 'a' && *words <= 'z', by_capstone);
	}
	assert_int_equal(seen, size);
}

static void an_empty_path_ends_the_listing(void **state)
{
	struct scene *s = *state;

	set(s, "jit.dump", s->path);
	set(s, "jit.dump", "");
	run_loop(s);
	assert_int_equal(count(contents(s, s->path), "block"), 0);
	set(s, "jit.dump", "");
	set(s, "jit.perf", "0");
}

static void a_file_that_is_named_later_begins_with_the_next_translation(void **state)
{
	struct scene *s = *state;

	run_loop(s);
	set(s, "jit.dump", s->path);
	s->m.at = CODE + 4;
	put(&s->m, ADDI(3, 3, 2));
	assert_int_equal(run_for(&s->m, 1000), MOLVM_EXIT_BUDGET);
	assert_int_equal(gpr(&s->m, 3), 1500);
	assert_int_equal(count(contents(s, s->path), "block 00001000"), 0);
	assert_int_equal(count(s->text, "addi r3,r3,2\n"), 1);
}

static void a_file_that_cannot_be_opened_is_an_error_and_keeps_the_one_before(void **state)
{
	struct scene *s = *state;

	set(s, "jit.dump", s->path);
	assert_int_equal(molvm_option_set(s->m.vm, "jit.dump", "/nonexistent/list"), MOLVM_E_IO);
	assert_non_null(strstr(molvm_errmsg(), "\"/nonexistent/list\": No such file"));
	assert_int_equal(molvm_option_set(s->m.vm, "jit.dump", "/"), MOLVM_E_IO);
	run_loop(s);
	assert_int_equal(count(contents(s, s->path), "\nblock 00001004"), 1);
}

static void a_full_disk_is_an_error(void **state)
{
	struct scene *s = *state;

	if (access("/dev/full", W_OK))
		skip();
	assert_int_equal(molvm_option_set(s->m.vm, "jit.dump", "/dev/full"), MOLVM_E_IO);
	assert_non_null(strstr(molvm_errmsg(), "No space left"));
	run_loop(s);
	assert_int_equal(s->logged, 0);
}

static void a_reader_who_goes_away_is_a_line_in_the_log(void **state)
{
	struct scene *s = *state;
	int reader;

	signal(SIGPIPE, SIG_IGN);
	unlink(s->path);
	assert_int_equal(mkfifo(s->path, 0600), 0);
	reader = open(s->path, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	set(s, "jit.dump", s->path);
	close(reader);
	run_loop(s);
	run_loop(s);
	assert_int_equal(s->logged, 1);
}

static void perf_finds_names_of_translations(void **state)
{
	struct scene *s = *state;
	char map[40];

	snprintf(map, sizeof(map), "/tmp/perf-%d.map", (int)getpid());
	unlink(map);
	assert_int_equal(molvm_option_set(s->m.vm, "jit.perf", "yes"), MOLVM_E_INVAL);
	assert_non_null(strstr(molvm_errmsg(), "\"yes\""));
	set(s, "jit.perf", "1");
	set(s, "jit.dump", s->path);
	run_loop(s);
	set(s, "jit.perf", "0");
	run_loop(s);
	assert_int_equal(count(contents(s, map), " ppc_00001004\n"), 1);
	assert_int_equal(count(s->text, " molvm_jit_shared\n"), 1);
	unlink(map);
}

/* The map lies where anybody may have put a link before. */
static void the_map_is_not_written_through_a_link(void **state)
{
	struct scene *s = *state;
	char map[40];

	snprintf(map, sizeof(map), "/tmp/perf-%d.map", (int)getpid());
	unlink(map);
	assert_int_equal(symlink(s->path, map), 0);
	assert_int_equal(molvm_option_set(s->m.vm, "jit.perf", "1"), MOLVM_E_IO);
	unlink(map);
	assert_int_equal(link(s->path, map), 0);
	assert_int_equal(molvm_option_set(s->m.vm, "jit.perf", "1"), MOLVM_E_IO);
	unlink(map);
	run_loop(s);
	assert_string_equal(contents(s, s->path), "");
}

#define SCENE_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(each_translation_is_listed_with_its_guest_code),
		SCENE_TEST(the_host_code_is_whole),
		SCENE_TEST(an_empty_path_ends_the_listing),
		SCENE_TEST(a_file_that_is_named_later_begins_with_the_next_translation),
		SCENE_TEST(a_file_that_cannot_be_opened_is_an_error_and_keeps_the_one_before),
		SCENE_TEST(a_full_disk_is_an_error),
		SCENE_TEST(a_reader_who_goes_away_is_a_line_in_the_log),
		SCENE_TEST(perf_finds_names_of_translations),
		SCENE_TEST(the_map_is_not_written_through_a_link),
	};
	molvm_config cfg = { .size = sizeof(cfg), .backend = "jit" };
	molvm_vm *vm = NULL;

	if (molvm_vm_create(&cfg, &vm) == MOLVM_E_NODEV)
		return 77; /* skipped: no translator here */
	molvm_vm_destroy(vm);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
