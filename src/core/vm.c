/* SPDX-License-Identifier: MIT
 * vm.c - a machine's life: its allocator, its creation and destruction, its capabilities.
 *
 * Called by api_vm.c with checked arguments. A VM is cheap: one object, no table that grows
 * with anything but the regions mapped.
 */
#include <stdlib.h>
#include <string.h>

#include "backend.h"

#define MAX_CACHE (1u << 30)

static void *default_alloc(void *opaque, size_t n, size_t align)
{
	return aligned_alloc(align, (n + align - 1) / align * align);
}

static void default_free(void *opaque, void *p, size_t n)
{
	free(p);
}

static const molvm_allocator default_allocator = {
	.size = sizeof(molvm_allocator), .alloc = default_alloc, .free = default_free
};

void *mol_alloc(struct molvm_vm *vm, size_t n)
{
	void *p = vm->allocator.alloc(vm->allocator.opaque, n, 64);

	if (p)
		memset(p, 0, n);
	return p;
}

void mol_free(struct molvm_vm *vm, void *p, size_t n)
{
	if (p)
		vm->allocator.free(vm->allocator.opaque, p, n);
}

int mol_vm_create(const molvm_config *cfg, const struct ppc_model *model,
		  const struct mol_backend_ops *backend, molvm_vm **out)
{
	const molvm_allocator *a = cfg->allocator ? cfg->allocator : &default_allocator;
	molvm_vm *vm = a->alloc(a->opaque, sizeof(*vm), 64);
	int err;

	if (!vm)
		return mol_error(MOLVM_E_NOMEM, "vm_create: no memory for the VM");
	memset(vm, 0, sizeof(*vm));
	vm->allocator = *a;
	vm->backend = backend;
	vm->model = *model;
	if (cfg->pvr)
		vm->model.pvr = cfg->pvr;
	vm->flags = cfg->flags;
	vm->timebase_hz = cfg->timebase_hz ? cfg->timebase_hz : 25000000;
	vm->cache_bytes = cfg->jit_cache_bytes < MAX_CACHE ? cfg->jit_cache_bytes : MAX_CACHE;
	vm->jit_heat = MOL_JIT_HEAT;
	vm->log = cfg->log;
	vm->log_opaque = cfg->log_opaque;
	err = mol_map_init(vm);
	if (err)
		goto no_map;
	if (pthread_mutex_init(&vm->lock, NULL)) {
		err = mol_error(MOLVM_E_NOMEM, "vm_create: the host has no more mutexes");
		goto no_lock;
	}
	mol_clock_init(vm);
	vm->windows = vm->flags & MOLVM_CFG_FASTMEM && backend->flags & MOL_BACKEND_WINDOWS &&
		      mol_window_begin();
	*out = vm;
	return 0;
no_lock:
	mol_map_fini(vm);
no_map:
	a->free(a->opaque, vm, sizeof(*vm));
	return err;
}

void mol_vm_destroy(molvm_vm *vm)
{
	molvm_allocator a = vm->allocator;

	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++)
		if (vm->vcpus[n])
			mol_vcpu_destroy(vm->vcpus[n]);
	mol_jit_dump_end(vm);
	mol_map_fini(vm);
	if (vm->windows)
		mol_window_end();
	pthread_mutex_destroy(&vm->lock);
	a.free(a.opaque, vm, sizeof(*vm));
}

static int trappable_vectors(void)
{
	/* Vectors 0100 to 1700, bits 1 to 23. */
	return 0x00fffffe;
}

int mol_check_cap(const molvm_vm *vm, uint32_t cap)
{
	switch (cap) {
	case MOLVM_CAP_PAGE_SIZE:
		return MOL_PAGE;
	case MOLVM_CAP_MAX_VCPUS:
		return MOL_MAX_VCPUS;
	case MOLVM_CAP_INSN_BUDGET:
		return 2;
	case MOLVM_CAP_BREAKPOINTS:
	case MOLVM_CAP_WATCHPOINTS:
		return MOL_MAX_BREAKS;
	case MOLVM_CAP_SYNC_REGS:
		return MOLVM_SYNC_GPRS | MOLVM_SYNC_SPECIAL;
	case MOLVM_CAP_TRAP_EXCEPTIONS:
		return trappable_vectors();
	case MOLVM_CAP_CLOCK_INSN:
	case MOLVM_CAP_DIRTY_LOG:
	case MOLVM_CAP_MEM_FAULT_EXIT:
	case MOLVM_CAP_DETERMINISTIC:
	case MOLVM_CAP_WAIT:
		return 1;
	case MOLVM_CAP_OSI:
		return !vm || !(vm->flags & MOLVM_CFG_NO_OSI);
	case MOLVM_CAP_TRAP_SPR:
		return 1;
	default:
		return 0;
	}
}
