/* SPDX-License-Identifier: MIT
 * api_vm.c - the doors of the library and of VMs: arguments checked, one call behind each.
 *
 * The manual of every function is in molvm.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

#define CONFIG_FLAGS                                                                               \
	(MOLVM_CFG_STRICT_SANDBOX | MOLVM_CFG_NO_JIT | MOLVM_CFG_NO_OSI | MOLVM_CFG_FASTMEM |          \
	 MOLVM_CFG_NO_SC1 | MOLVM_CFG_EPAPR | MOLVM_CFG_EXIT_SPR)
#define MAX_HZ 10000000000ull /* clock.c: hz * 10^9 stays below 2^64 */

/* The layout is the ABI: what the manual and other languages' bindings rely on. */
_Static_assert(offsetof(molvm_run_page, insn_budget) == 0x008, "run page");
_Static_assert(offsetof(molvm_run_page, exit_reason) == 0x040, "run page");
_Static_assert(offsetof(molvm_run_page, pc) == 0x060, "run page");
_Static_assert(offsetof(molvm_run_page, u) == 0x080, "run page");
_Static_assert(offsetof(molvm_run_page, regs_valid) == 0x180, "run page");
_Static_assert(offsetof(molvm_run_page, s) == 0x190, "run page");
_Static_assert(sizeof(molvm_run_page) == 0x990, "run page");
_Static_assert(sizeof(molvm_value) == 16, "value");

/* ---- checks ---- */

int mol_api_check_in(const char *who, const char *what, const void *p, uint32_t size, size_t known)
{
	const uint8_t *bytes = p;

	if (!size)
		return mol_error(MOLVM_E_INVAL, "%s: %s.size is 0: set it to sizeof the struct", who, what);
	if (size < known)
		return mol_error(MOLVM_E_INVAL, "%s: %s.size is %u, it has %zu bytes", who, what, size,
				 known);
	if (size > 65536)
		return mol_error(MOLVM_E_INVAL, "%s: %s.size is %u: not initialised?", who, what, size);
	for (size_t n = known; n < size; n++)
		if (bytes[n])
			return mol_error(MOLVM_E_VERSION, "%s: %s uses fields newer than this library "
					 "(size %u, known %zu)", who, what, size, known);
	return 0;
}

int mol_api_check_out(const char *who, const char *what, uint32_t size, size_t known)
{
	if (!size)
		return mol_error(MOLVM_E_INVAL, "%s: %s->size is 0: set it to sizeof the struct", who, what);
	if (size < known)
		return mol_error(MOLVM_E_INVAL, "%s: %s->size is %u, it has %zu bytes", who, what, size,
				 known);
	return 0;
}

int mol_api_check_flags(const char *who, uint32_t flags, uint32_t allowed)
{
	if (flags & ~allowed)
		return mol_error(MOLVM_E_INVAL, "%s: flags 0x%x: unknown or unfit bits 0x%x", who, flags,
				 flags & ~allowed);
	return 0;
}

int mol_api_check_range(const char *who, uint64_t gpa, uint64_t len, bool aligned)
{
	if (!len)
		return mol_error(MOLVM_E_INVAL, "%s: len is 0", who);
	if (gpa >= MOL_PA_LIMIT || len > MOL_PA_LIMIT - gpa)
		return mol_error(MOLVM_E_INVAL, "%s: gpa 0x%llx, len 0x%llx: ends beyond 2^36", who,
				 (unsigned long long)gpa, (unsigned long long)len);
	if (aligned && (gpa & MOL_PAGE_MASK || len & MOL_PAGE_MASK))
		return mol_error(MOLVM_E_INVAL, "%s: %s 0x%llx is not a multiple of %u", who,
				 gpa & MOL_PAGE_MASK ? "gpa" : "len",
				 (unsigned long long)(gpa & MOL_PAGE_MASK ? gpa : len), MOL_PAGE);
	return 0;
}

/* ---- library ---- */

uint32_t molvm_version(void)
{
	return MOLVM_VERSION;
}

const char *molvm_strerror(int code)
{
	static const char *const text[] = {
		"success", "invalid argument", "out of memory", "not supported", "backend not usable",
		"not permitted", "vCPU is running", "already exists", "no such thing",
		"no memory at a guest address", "newer than this library", "input/output error",
		"try again", "internal error",
	};

	if (code > 0)
		return "success";
	return code >= MOLVM_E_INTERNAL ? text[-code] : "unknown status code";
}

const char *molvm_errmsg(void)
{
	return mol_error_message();
}

int molvm_check(molvm_vm *vm, uint32_t cap)
{
	return mol_check_cap(vm, cap);
}

int molvm_backend_info(uint32_t index, molvm_backend_desc *out)
{
	const struct mol_backend_known *known = mol_backend_at(index);
	const char *reason;
	int err;

	MOL_API_NEED("backend_info", out);
	err = mol_api_check_out("backend_info", "out", out->size, sizeof(*out));
	if (err)
		return err;
	if (!known)
		return mol_error(MOLVM_E_NOENT, "backend_info: index %u is past the last backend", index);
	reason = mol_backend_why_not(known);
	out->flags = 0;
	out->available = !reason;
	out->reserved0 = 0;
	snprintf(out->name, sizeof(out->name), "%s", known->name);
	snprintf(out->version, sizeof(out->version), "%s", known->ops ? known->ops->version : "");
	snprintf(out->reason, sizeof(out->reason), "%s", reason ? reason : "");
	return 0;
}

const char *molvm_cpu_name(uint32_t index)
{
	const struct ppc_model *model = mol_ppc_model_at(index);

	return model ? model->name : NULL;
}

int molvm_disasm(uint64_t ea, uint32_t insn, char *buf, size_t n)
{
	MOL_API_NEED("disasm", buf);
	if (!n)
		return mol_error(MOLVM_E_INVAL, "disasm: n is 0");
	return (int)mol_ppc_disasm(insn, (uint32_t)ea, buf, n);
}

/* ---- VM ---- */

static int check_allocator(const molvm_allocator *a)
{
	int err = mol_api_check_in("vm_create", "allocator", a, a->size, sizeof(*a));

	if (err)
		return err;
	MOL_API_NEED("vm_create", a->alloc);
	MOL_API_NEED("vm_create", a->free);
	return mol_api_check_flags("vm_create: allocator", a->flags, 0);
}

static int check_config(const molvm_config *cfg)
{
	int err = mol_api_check_in("vm_create", "config", cfg, cfg->size, sizeof(*cfg));

	if (err)
		return err;
	err = mol_api_check_flags("vm_create", cfg->flags, CONFIG_FLAGS);
	if (err)
		return err;
	if (cfg->reserved0 || cfg->reserved[0] || cfg->reserved[1] || cfg->reserved[2] ||
	    cfg->reserved[3])
		return mol_error(MOLVM_E_INVAL, "vm_create: config.reserved must be 0");
	if (cfg->timebase_hz > MAX_HZ)
		return mol_error(MOLVM_E_INVAL, "vm_create: timebase_hz %llu is above 10^10",
				 (unsigned long long)cfg->timebase_hz);
	return cfg->allocator ? check_allocator(cfg->allocator) : 0;
}

int molvm_vm_create(const molvm_config *cfg, molvm_vm **out)
{
	static const molvm_config defaults = { .size = sizeof(defaults) };
	const struct mol_backend_ops *backend;
	const struct ppc_model *model;
	int err;

	MOL_API_NEED("vm_create", out);
	if (!cfg)
		cfg = &defaults;
	err = check_config(cfg);
	if (err)
		return err;
	model = mol_ppc_model_find(cfg->cpu ? cfg->cpu : "7400");
	if (!model)
		return mol_error(MOLVM_E_NOENT, "vm_create: no CPU model is called \"%.40s\"", cfg->cpu);
	err = mol_backend_choose(cfg->backend, cfg->flags, &backend);
	return err ? err : mol_vm_create(cfg, model, backend, out);
}

/* As mol_vm_owned(), but not from a callback either. */
static int at_rest(const molvm_vm *vm, const char *who)
{
	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++)
		if (vm->vcpus[n] && mol_vcpu_inside(vm->vcpus[n]))
			return mol_error(MOLVM_E_BUSY, "%s: called from a callback of vCPU %u", who, n);
	return mol_vm_owned(vm, who);
}

void molvm_vm_destroy(molvm_vm *vm)
{
	if (vm && !at_rest(vm, "vm_destroy"))
		mol_vm_destroy(vm);
}

int molvm_vm_reset(molvm_vm *vm, uint32_t flags)
{
	int err;

	MOL_API_NEED("vm_reset", vm);
	err = mol_api_check_flags("vm_reset", flags, 0);
	if (!err)
		err = at_rest(vm, "vm_reset");
	for (uint32_t n = 0; n < MOL_MAX_VCPUS && !err; n++)
		if (vm->vcpus[n])
			err = molvm_vcpu_reset(vm->vcpus[n]);
	return err;
}

int molvm_vm_kick(molvm_vm *vm)
{
	if (!vm)
		return MOLVM_E_INVAL; /* no message: this may be a signal handler */
	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++)
		if (vm->vcpus[n])
			mol_vcpu_attend(vm->vcpus[n], MOL_ATT_KICK);
	return 0;
}

static int set_heat(molvm_vm *vm, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end || n > 255)
		return mol_error(MOLVM_E_INVAL, "option_set: jit.heat is \"%.40s\", not 0..255", value);
	vm->jit_heat = (uint32_t)n;
	return 0;
}

static int set_host(molvm_vm *vm, const char *value)
{
	static const char *const names[MOL_JIT_HOSTS] = { "native", "sse2", "ssse3", "sse4", "avx", "avx2" };

	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++)
		if (vm->vcpus[n])
			return mol_error(MOLVM_E_INVAL, "option_set: jit.host after vcpu_create");
	for (unsigned n = 0; n < MOL_JIT_HOSTS; n++)
		if (!strcmp(value, names[n])) {
			vm->jit_host = (enum mol_jit_host)n;
			return 0;
		}
	return mol_error(MOLVM_E_INVAL, "option_set: jit.host is \"%.40s\", not native, sse2, ssse3, sse4, "
			 "avx or avx2", value);
}

static int set_perf(molvm_vm *vm, const char *value)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return mol_error(MOLVM_E_INVAL, "option_set: jit.perf is \"%.40s\", not 0 or 1", value);
	return mol_jit_dump_perf(vm, *value == '1');
}

int molvm_option_set(molvm_vm *vm, const char *key, const char *value)
{
	int err;

	MOL_API_NEED("option_set", vm);
	MOL_API_NEED("option_set", key);
	MOL_API_NEED("option_set", value);
	err = mol_vm_owned(vm, "option_set");
	if (err)
		return err;
	if (!strcmp(key, "jit.heat"))
		return set_heat(vm, value);
	if (!strcmp(key, "jit.host"))
		return set_host(vm, value);
	if (!strcmp(key, "jit.dump"))
		return mol_jit_dump_list(vm, value);
	if (!strcmp(key, "jit.perf"))
		return set_perf(vm, value);
	return mol_error(MOLVM_E_NOENT, "option_set: there is no option \"%.40s\"", key);
}

/* ---- clock ---- */

static int check_clock(const molvm_clock *ck)
{
	int err = mol_api_check_in("clock_set", "clock", ck, ck->size, sizeof(*ck));

	if (err)
		return err;
	if (ck->mode < MOLVM_CLOCK_HOST || ck->mode > MOLVM_CLOCK_MANUAL)
		return mol_error(MOLVM_E_INVAL, "clock_set: mode %u is no MOLVM_CLOCK_*", ck->mode);
	if (ck->reserved[0] || ck->reserved[1])
		return mol_error(MOLVM_E_INVAL, "clock_set: reserved must be 0");
	if (ck->hz > MAX_HZ)
		return mol_error(MOLVM_E_INVAL, "clock_set: hz %llu is above 10^10",
				 (unsigned long long)ck->hz);
	if (ck->num > UINT32_MAX || ck->den > UINT32_MAX)
		return mol_error(MOLVM_E_INVAL, "clock_set: num and den must be below 2^32");
	return 0;
}

int molvm_clock_set(molvm_vm *vm, const molvm_clock *ck)
{
	int err;

	MOL_API_NEED("clock_set", vm);
	MOL_API_NEED("clock_set", ck);
	err = check_clock(ck);
	if (!err)
		err = mol_vm_owned(vm, "clock_set");
	return err ? err : mol_clock_set(vm, ck);
}

int molvm_clock_get(molvm_vm *vm, molvm_clock *out)
{
	int err;

	MOL_API_NEED("clock_get", vm);
	MOL_API_NEED("clock_get", out);
	err = mol_api_check_out("clock_get", "out", out->size, sizeof(*out));
	if (err)
		return err;
	out->reserved[0] = out->reserved[1] = 0;
	mol_clock_get(vm, out);
	return 0;
}

int molvm_clock_advance(molvm_vm *vm, uint64_t ticks)
{
	MOL_API_NEED("clock_advance", vm);
	return mol_clock_advance(vm, ticks);
}

/* ---- statistics ---- */

int molvm_stats_info(molvm_vm *vm, uint32_t index, molvm_stat_desc *out)
{
	int err;

	MOL_API_NEED("stats_info", vm);
	MOL_API_NEED("stats_info", out);
	err = mol_api_check_out("stats_info", "out", out->size, sizeof(*out));
	return err ? err : mol_stats_info(index, out);
}

int molvm_stats_read(molvm_vm *vm, molvm_vcpu *c, uint64_t *values, size_t n)
{
	MOL_API_NEED("stats_read", vm);
	if (n)
		MOL_API_NEED("stats_read", values);
	if (c && c->vm != vm)
		return mol_error(MOLVM_E_INVAL, "stats_read: c is a vCPU of another VM");
	return mol_stats_read(vm, c, values, n);
}
