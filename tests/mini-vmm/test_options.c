/* SPDX-License-Identifier: MIT
 * test_options.c - the command line of mini-vmm, and one line for each mistake in it.
 */
#include "device_bench.h"

#include <string.h>

#include "options.h"

static struct options options;
static struct problem problem;

/* Parses the words up to a NULL. */
static enum options_result parse(const char *first, ...)
{
	char *argv[32] = { (char *)"mini-vmm" };
	int argc = 1;
	va_list words;

	va_start(words, first);
	for (const char *word = first; word; word = va_arg(words, const char *))
		argv[argc++] = (char *)word;
	va_end(words);
	problem.text[0] = 0;
	return options_parse(argc, argv, &options, &problem);
}

static void a_kernel_is_enough_and_the_rest_has_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse("--kernel", "vmlinux", NULL), OPTIONS_RUN);
	assert_string_equal(options.kernel, "vmlinux");
	assert_string_equal(options.cpu, "7400");
	assert_string_equal(options.append, "console=ttyS0");
	assert_int_equal(options.ram, 256u << 20);
	assert_null(options.backend);
	assert_false(options.net);
	assert_false(options.fastmem);
}

static void every_option_lands_where_it_belongs(void **state)
{
	(void)state;
	assert_int_equal(parse("--kernel", "k", "--initrd", "i", "--append", "a b", "--ram", "64M",
			       "--disk", "d1", "--disk", "d2", "--net", "user", "--cpu", "750",
			       "--backend", "interp", "--read-only", "--console", "pty",
			       "--dump-dtb", "t", "--raw", "0x1000", "--option", "jit.heat=0",
			       "--option", "a=", "--fastmem", NULL),
			 OPTIONS_RUN);
	assert_string_equal(options.initrd, "i");
	assert_string_equal(options.append, "a b");
	assert_int_equal(options.ram, 64u << 20);
	assert_int_equal(options.disks, 2);
	assert_string_equal(options.disk[1], "d2");
	assert_true(options.net && options.read_only && options.raw && options.fastmem);
	assert_string_equal(options.cpu, "750");
	assert_string_equal(options.backend, "interp");
	assert_string_equal(options.console, "pty");
	assert_string_equal(options.dump_dtb, "t");
	assert_int_equal(options.settings, 2);
	assert_string_equal(options.setting[1], "a=");
	assert_int_equal(options.raw_address, 0x1000);
}

static void sizes_have_units_and_limits(void **state)
{
	static const char *const bad[] = { "",
					   "x",
					   "-1",
					   " 64M",
					   "64X",
					   "64MB",
					   "1023K",
					   "4G",
					   "3073M",
					   "1048577",
					   "99999999999999999999",
					   "17179869184G" };

	(void)state;
	assert_int_equal(parse("-k", "k", "-m", "3G", NULL), OPTIONS_RUN);
	assert_int_equal(options.ram, 3221225472u);
	assert_int_equal(parse("-k", "k", "-m", "2048k", NULL), OPTIONS_RUN);
	assert_int_equal(options.ram, 2u << 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse("-k", "k", "-m", bad[i], NULL), OPTIONS_WRONG);
		assert_non_null(strstr(problem.text, "--ram"));
	}
}

static void mistakes_are_named(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "--kernel FILE"));
	assert_int_equal(parse("--kernel", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "--kernel needs a value"));
	assert_int_equal(parse("-k", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "-k needs a value"));
	assert_int_equal(parse("--kernle", "k", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "--kernle"));
	assert_int_equal(parse("-k", "k", "-z", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "-z"));
	assert_int_equal(parse("-k", "k", "stray", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "stray"));
	assert_int_equal(parse("-k", "k", "--net", "tap", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "tap"));
	assert_int_equal(parse("-k", "k", "--raw", "3", NULL), OPTIONS_WRONG);
	assert_int_equal(parse("-k", "k", "--option", "jit.heat", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "jit.heat: not KEY=VALUE"));
	assert_int_equal(parse("-k", "k", "--option", "=1", NULL), OPTIONS_WRONG);
	assert_int_equal(parse("-k", "k", "--raw", "top", NULL), OPTIONS_WRONG);
	assert_int_equal(parse("-k", "k", "-d1", "-d2", "-d3", "-d4", "-d5", NULL), OPTIONS_WRONG);
	assert_non_null(strstr(problem.text, "--disk 5"));
}

static void help_and_version_need_no_kernel(void **state)
{
	(void)state;
	assert_int_equal(parse("--help", NULL), OPTIONS_HELP);
	assert_int_equal(parse("-V", NULL), OPTIONS_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_is_enough_and_the_rest_has_defaults),
		cmocka_unit_test(every_option_lands_where_it_belongs),
		cmocka_unit_test(sizes_have_units_and_limits),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(help_and_version_need_no_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
