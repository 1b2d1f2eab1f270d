/* SPDX-License-Identifier: MIT
 * api_mem.c - the doors of guest-physical memory: arguments checked, one call behind each.
 *
 * The manual of every function is in molvm.h. Changes of the map happen under vm->lock, which
 * keeps copying threads (mem.c) out.
 */
#include <unistd.h>

#include "api.h"

#define RAM_FLAGS                                                                                  \
	(MOLVM_MEM_READONLY | MOLVM_MEM_ROM | MOLVM_MEM_DIRTY_LOG | MOLVM_MEM_NOEXEC | MOLVM_MEM_DEMAND)
#define PROTECT_FLAGS                                                                              \
	(MOLVM_MEM_READONLY | MOLVM_MEM_ROM | MOLVM_MEM_DIRTY_LOG | MOLVM_MEM_NOEXEC)
#define DEVICE_FLAGS                                                                               \
	(MOLVM_MMIO_F_LITTLE_ENDIAN | MOLVM_MMIO_F_POSTED | MOLVM_MMIO_F_CONCURRENT)

/* What every change of the map begins with. */
static int check_change(molvm_vm *vm, const char *who, uint64_t gpa, uint64_t len)
{
	int err;

	if (!vm)
		return mol_error(MOLVM_E_INVAL, "%s: vm is NULL", who);
	err = mol_api_check_range(who, gpa, len, true);
	return err ? err : mol_vm_owned(vm, who);
}

static int check_mem_flags(const char *who, uint32_t flags, uint32_t allowed)
{
	if ((flags & MOLVM_MEM_READONLY) && (flags & MOLVM_MEM_ROM))
		return mol_error(MOLVM_E_INVAL, "%s: flags: READONLY (a store exits) and ROM (a store is "
				 "dropped) exclude each other", who);
	return mol_api_check_flags(who, flags, allowed);
}

int molvm_map_ram(molvm_vm *vm, uint64_t gpa, uint64_t len, void *host, uint32_t flags)
{
	int err = check_change(vm, "map_ram", gpa, len);

	if (!err)
		err = check_mem_flags("map_ram", flags, RAM_FLAGS);
	if (err)
		return err;
	if ((uintptr_t)host & MOL_PAGE_MASK)
		return mol_error(MOLVM_E_INVAL, "map_ram: host %p is not aligned to %u", host, MOL_PAGE);
	if (len > SIZE_MAX - (uintptr_t)host)
		return mol_error(MOLVM_E_INVAL, "map_ram: len 0x%llx is more than the host can address",
				 (unsigned long long)len);
	pthread_mutex_lock(&vm->lock);
	err = mol_map_add_ram(vm, gpa, len, host, flags);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int molvm_map_file(molvm_vm *vm, uint64_t gpa, uint64_t len, int fd, uint64_t offset,
		   uint32_t flags)
{
	uint64_t host_page = (uint64_t)sysconf(_SC_PAGESIZE);
	int err = check_change(vm, "map_file", gpa, len);

	if (!err)
		err = check_mem_flags("map_file", flags, RAM_FLAGS | MOLVM_MEM_PRIVATE);
	if (err)
		return err;
	if (fd < 0)
		return mol_error(MOLVM_E_INVAL, "map_file: fd is %d", fd);
	if (offset & (host_page - 1) || offset > INT64_MAX - len)
		return mol_error(MOLVM_E_INVAL, "map_file: offset 0x%llx is not a multiple of %llu, or is "
				 "too large", (unsigned long long)offset, (unsigned long long)host_page);
	pthread_mutex_lock(&vm->lock);
	err = mol_map_add_file(vm, gpa, len, fd, offset, flags);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int molvm_map_alias(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t target_gpa)
{
	int err = check_change(vm, "map_alias", gpa, len);

	if (!err)
		err = mol_api_check_range("map_alias: target_gpa", target_gpa, len, true);
	if (err)
		return err;
	pthread_mutex_lock(&vm->lock);
	err = mol_map_add_alias(vm, gpa, len, target_gpa);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

static bool is_length(uint32_t n)
{
	return n == 0 || n == 1 || n == 2 || n == 4 || n == 8;
}

static int check_device_ops(const molvm_device_ops *ops)
{
	int err = mol_api_check_in("map_device", "ops", ops, ops->size, sizeof(*ops));

	if (!err)
		err = mol_api_check_flags("map_device: ops", ops->flags, DEVICE_FLAGS);
	if (err)
		return err;
	if (!is_length(ops->min_len) || !is_length(ops->max_len) ||
	    (ops->max_len && ops->min_len > ops->max_len))
		return mol_error(MOLVM_E_INVAL, "map_device: min_len %u, max_len %u: each must be 0, 1, 2, "
				 "4 or 8, and min_len not above max_len", ops->min_len, ops->max_len);
	return 0;
}

int molvm_map_device(molvm_vm *vm, uint64_t gpa, uint64_t len, const molvm_device_ops *ops,
		     void *opaque)
{
	int err = check_change(vm, "map_device", gpa, len);

	if (!err && ops)
		err = check_device_ops(ops);
	if (err)
		return err;
	pthread_mutex_lock(&vm->lock);
	err = mol_map_add_device(vm, gpa, len, ops, opaque);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int molvm_unmap(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	int err = check_change(vm, "unmap", gpa, len);

	if (err)
		return err;
	pthread_mutex_lock(&vm->lock);
	err = mol_map_remove(vm, gpa, len);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int molvm_protect(molvm_vm *vm, uint64_t gpa, uint64_t len, uint32_t flags)
{
	int err = check_change(vm, "protect", gpa, len);

	if (!err)
		err = check_mem_flags("protect", flags, PROTECT_FLAGS);
	if (err)
		return err;
	pthread_mutex_lock(&vm->lock);
	err = mol_map_protect(vm, gpa, len, flags);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int molvm_map_info(molvm_vm *vm, uint32_t index, molvm_region *out)
{
	int err;

	MOL_API_NEED("map_info", vm);
	MOL_API_NEED("map_info", out);
	err = mol_api_check_out("map_info", "out", out->size, sizeof(*out));
	if (err)
		return err;
	pthread_mutex_lock(&vm->lock);
	err = mol_map_info(vm, index, out);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

/* ---- contents: a length of 0 is allowed and does nothing ---- */

static int check_copy(molvm_vm *vm, const char *who, uint64_t gpa, const void *buf, uint64_t len)
{
	if (!vm)
		return mol_error(MOLVM_E_INVAL, "%s: vm is NULL", who);
	if (!buf && len)
		return mol_error(MOLVM_E_INVAL, "%s: buf is NULL", who);
	return len ? mol_api_check_range(who, gpa, len, false) : 0;
}

int molvm_mem_read(molvm_vm *vm, uint64_t gpa, void *buf, size_t len)
{
	int err = check_copy(vm, "mem_read", gpa, buf, len);

	return err || !len ? err : mol_mem_read(vm, gpa, buf, len);
}

int molvm_mem_write(molvm_vm *vm, uint64_t gpa, const void *buf, size_t len)
{
	int err = check_copy(vm, "mem_write", gpa, buf, len);

	return err || !len ? err : mol_mem_write(vm, gpa, buf, len);
}

int molvm_mem_ptr(molvm_vm *vm, uint64_t gpa, uint64_t len, void **out)
{
	int err;

	MOL_API_NEED("mem_ptr", vm);
	MOL_API_NEED("mem_ptr", out);
	err = mol_api_check_range("mem_ptr", gpa, len, false);
	return err ? err : mol_mem_ptr(vm, gpa, len, out);
}

int molvm_mem_changed(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	int err = check_copy(vm, "mem_changed", gpa, "", len);

	return err || !len ? err : mol_mem_changed(vm, gpa, len);
}

int molvm_mem_discard(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	int err = check_change(vm, "mem_discard", gpa, len);

	return err ? err : mol_mem_discard(vm, gpa, len);
}

int64_t molvm_mem_dirty(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t *bitmap, uint32_t flags)
{
	int err = check_change(vm, "mem_dirty", gpa, len);

	if (!err)
		err = mol_api_check_flags("mem_dirty", flags, MOLVM_DIRTY_CLEAR);
	return err ? err : mol_mem_dirty(vm, gpa, len, bitmap, flags);
}
