/* SPDX-License-Identifier: MIT
 * test_jit_denied.c - a host that gives no executable memory: the interpreter takes over.
 *
 * The denial is Linux's own, PR_SET_MDWE: memory that is not executable cannot become so any more.
 * It holds for the rest of the process, so this test is one of its own.
 */
#include "vm_fixture.h"

#include <sys/prctl.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

static const molvm_backend_desc *describe(const char *name, molvm_backend_desc *d)
{
	for (uint32_t n = 0;; n++) {
		*d = (molvm_backend_desc){ .size = sizeof(*d) };
		if (molvm_backend_info(n, d))
			return NULL;
		if (!strcmp(d->name, name))
			return d;
	}
}

static void the_translator_says_why_it_is_not_there(void **state)
{
	molvm_config cfg = { .size = sizeof(cfg), .cpu = "750", .backend = "jit" };
	molvm_backend_desc d;
	molvm_vm *vm = NULL;

	assert_non_null(describe("jit", &d));
	assert_false(d.available);
	assert_string_equal(d.reason, "the host gives this process no executable memory");
	assert_int_equal(molvm_vm_create(&cfg, &vm), MOLVM_E_NODEV);
	assert_non_null(strstr(molvm_errmsg(), "no executable memory"));
}

static void the_library_chooses_the_interpreter_then(void **state)
{
	molvm_config cfg = { .size = sizeof(cfg), .cpu = "750" };
	molvm_vcpu *cpu = NULL;
	molvm_vm *vm = NULL;

	assert_int_equal(molvm_vm_create(&cfg, &vm), 0);
	assert_int_equal(molvm_vcpu_create(vm, 0, &cpu), 0);
	molvm_vm_destroy(vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_translator_says_why_it_is_not_there),
		cmocka_unit_test(the_library_chooses_the_interpreter_then),
	};
	molvm_backend_desc d;

	if (!describe("jit", &d) || !d.available || prctl(PR_SET_MDWE, 1, 0, 0, 0))
		return 77; /* skipped: no translator here, or no such denial */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
