/* SPDX-License-Identifier: MIT
 * test_jit_host.c - the option jit.host: what is taken from an x86-64 host is not in its code.
 *
 * A loop for which the translator has something better on each newer host, listed by jit.dump: the
 * opcodes of its instructions tell what they need [Intel SDM volume 2, 2.1-2.7]. Nothing is said
 * of what a better host gets: the one that runs this may be none.
 */
#include "vm_fixture.h"

#include <stdbool.h>
#include <unistd.h>

#define ROTATED(d, s, n) (0x5400003eu | (s) << 21 | (d) << 16 | (n) << 11) /* rlwinm */
#define V_FORM(d, a, b, xo) (0x10000000u | (d) << 21 | (a) << 16 | (b) << 11 | (xo))
#define VADDUWM(d, a, b) V_FORM(d, a, b, 0x80)
#define VMINUW(d, a, b) V_FORM(d, a, b, 0x282)
#define VRLW(d, a, b) V_FORM(d, a, b, 0x84)
#define VPERM(d, a, b, c) (V_FORM(d, a, b, 43) | (c) << 6)
#define VMADDFP(d, a, c, b) (V_FORM(d, a, b, 46) | (c) << 6)

static const uint32_t loop[] = {
	LWZ(4, 0, 5), ROTATED(6, 4, 5), VADDUWM(0, 0, 1), VMINUW(2, 0, 1), VRLW(3, 2, 0),
	VPERM(4, 2, 1, 0), VMADDFP(7, 7, 7, 7), B(-28),
};

struct scene {
	molvm_vm *vm;
	char path[40];
	char text[1 << 20];
};

/* The listing of that loop for this host, or NULL: it is not by instructions. */
static const char *listing(struct scene *s, const char *host)
{
	molvm_config cfg = { .size = sizeof(cfg), .backend = "jit" };
	molvm_vcpu *cpu;
	size_t n;
	FILE *f;

	assert_int_equal(molvm_vm_create(&cfg, &s->vm), 0);
	assert_int_equal(molvm_map_ram(s->vm, 0, MIB, NULL, 0), 0);
	assert_int_equal(molvm_option_set(s->vm, "jit.heat", "0"), 0);
	assert_int_equal(molvm_option_set(s->vm, "jit.host", host), 0);
	assert_int_equal(molvm_vcpu_create(s->vm, 0, &cpu), 0);
	assert_int_equal(molvm_option_set(s->vm, "jit.dump", s->path), 0);
	for (uint32_t at = 0; at < sizeof(loop) / 4; at++) {
		const uint8_t word[] = { (uint8_t)(loop[at] >> 24), (uint8_t)(loop[at] >> 16),
					 (uint8_t)(loop[at] >> 8), (uint8_t)loop[at] };

		assert_int_equal(molvm_mem_write(s->vm, CODE + 4 * at, word, 4), 0);
	}
	molvm_reg_set(cpu, MOLVM_REG_PC, CODE);
	molvm_reg_set(cpu, MOLVM_REG_MSR, MSR_ME | MSR_VEC);
	molvm_vcpu_page(cpu)->insn_budget = 1000;
	assert_int_equal(molvm_run(cpu), MOLVM_EXIT_BUDGET);
	molvm_vm_destroy(s->vm);
	f = fopen(s->path, "r");
	assert_non_null(f);
	n = fread(s->text, 1, sizeof(s->text) - 1, f);
	s->text[n] = '\0';
	fclose(f);
	return strstr(s->text, "# host code by capstone\n") ? strstr(s->text, "\nblock 00001000 ") : NULL;
}

/* Prefix and opcode without the registers' bits: "vex", its map and the opcode; "evex"; the bytes. */
static void opcode_of(char *out, const char *bytes)
{
	if (!strncmp(bytes, "c4", 2)) {
		const char map[] = { bytes[3], '\0' }; /* the low digit: bit 4 is 0 */

		sprintf(out, "vex%s%.2s", map, bytes + 6);
	} else if (!strncmp(bytes, "c5", 2)) {
		sprintf(out, "vex1%.2s", bytes + 4);
	} else if (!strncmp(bytes, "62", 2)) {
		strcpy(out, "evex");
	} else {
		if (!strncmp(bytes, "66", 2)) {
			out += sprintf(out, "66");
			bytes += 2;
		}
		strcpy(out, bytes + (bytes[0] == '4' ? 2 : 0)); /* REX */
	}
}

/* Is there an instruction whose opcode begins so? */
static bool has(const char *text, const char *opcode)
{
	unsigned long long at;
	char bytes[64], found[70];

	for (const char *p = text; p && p[1]; p = strchr(p + 1, '\n'))
		if (sscanf(p + 1, "  %llx %63[0-9a-f]", &at, bytes) == 2) {
			opcode_of(found, bytes);
			if (!strncmp(found, opcode, strlen(opcode)))
				return true;
		}
	return false;
}

static void what_the_host_is_said_to_lack_is_not_used(void **state)
{
	static const char *const sse2[] = { "vex", "evex", "0f38f0", "660f38", "660f3a", NULL };
	static const char *const ssse3[] = { "vex", "evex", "0f38f0", "660f383", "660f3a", NULL };
	static const char *const sse4[] = { "vex", "evex", "0f38f0", NULL };
	/* vfmadd213ps, vpsllvd, rorx */
	static const char *const avx[] = { "evex", "0f38f0", "vex2a8", "vex247", "vex3f0", NULL };
	static const char *const avx2[] = { "evex", NULL };
	static const struct {
		const char *host;
		const char *const *lacks;
	} hosts[] = { { "sse2", sse2 }, { "ssse3", ssse3 }, { "sse4", sse4 }, { "avx", avx },
		      { "avx2", avx2 } };
	static struct scene s;

	(void)state;
	strcpy(s.path, "/tmp/molvm-jit-host-XXXXXX");
	close(mkstemp(s.path));
	for (unsigned n = 0; n < sizeof(hosts) / sizeof(hosts[0]); n++) {
		const char *text = listing(&s, hosts[n].host);

		if (!text) {
			unlink(s.path);
			skip();
		}
		for (const char *const *p = hosts[n].lacks; *p; p++)
			if (has(text, *p))
				fail_msg("%s: there is an instruction %s", hosts[n].host, *p);
		/* ... and it was not the interpreter's instead */
		if (!strcmp(hosts[n].host, "sse2"))
			assert_true(has(text, "660ffe")); /* paddd */
	}
	unlink(s.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_host_is_said_to_lack_is_not_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
