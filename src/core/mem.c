/* SPDX-License-Identifier: MIT
 * mem.c - the embedder's way to guest memory: copying, pointers, the dirty log, discarding.
 *
 * Any thread may copy while a vCPU runs (a device's own thread doing DMA), hence vm->lock,
 * which keeps the map still. What is written marks its pages; decoded code on them is told of
 * at once when this thread may touch the vCPU, else by attention. Called by api_mem.c.
 */
#include <string.h>

#include "backend.h"

/* The memory at gpa, and how much of len is contiguous there; NULL if it is no memory. */
static struct mol_region *piece(molvm_vm *vm, uint64_t gpa, uint64_t *len)
{
	struct mol_region *r = mol_map_find(vm, gpa);

	if (!r || !r->backing)
		return NULL;
	if (*len > r->gpa + r->len - gpa)
		*len = r->gpa + r->len - gpa;
	return r;
}

static uint8_t *host_of(const struct mol_region *r, uint64_t gpa)
{
	return r->backing->host + r->offset + (gpa - r->gpa);
}

static _Atomic uint8_t *flags_of(const struct mol_region *r, uint64_t gpa)
{
	return &r->backing->flags[(r->offset + (gpa - r->gpa)) / MOL_PAGE];
}

bool mol_mem_covered(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	for (uint64_t n; len; gpa += n, len -= n) {
		n = len;
		if (!piece(vm, gpa, &n))
			return false;
	}
	return true;
}

static int not_memory(const char *who, uint64_t gpa, uint64_t len)
{
	return mol_error(MOLVM_E_FAULT, "%s: 0x%llx..0x%llx is not all RAM or ROM", who,
			 (unsigned long long)gpa, (unsigned long long)(gpa + len - 1));
}

/* Bytes of one page were written: every vCPU forgets code and the reservation there. */
static void page_written(molvm_vm *vm, const struct mol_region *r, uint64_t gpa, uint64_t len)
{
	_Atomic uint8_t *flags = flags_of(r, gpa);
	uint8_t old = atomic_fetch_or(flags, MOL_PAGE_DIRTY | MOL_PAGE_PRESENT);

	for (uint32_t n = 0; n < MOL_MAX_VCPUS; n++) {
		struct molvm_vcpu *vcpu = vm->vcpus[n];

		if (!vcpu)
			continue;
		if (!mol_vcpu_claim(vcpu)) {
			if (old & MOL_PAGE_CODE)
				mol_vcpu_attend(vcpu, MOL_ATT_CODE);
			if (vcpu->cpu.r.reserve)
				mol_vcpu_attend(vcpu, MOL_ATT_RESERVE);
			continue;
		}
		if (old & MOL_PAGE_CODE)
			mol_code_wrote(vcpu, flags, host_of(r, gpa), (size_t)len);
		if (vcpu->cpu.r.reserve && (gpa ^ vcpu->cpu.r.reserve_pa) < MOL_PAGE)
			vcpu->cpu.r.reserve = 0;
		mol_vcpu_release(vcpu);
	}
}

static void written(molvm_vm *vm, const struct mol_region *r, uint64_t gpa, uint64_t len)
{
	for (uint64_t n; len; gpa += n, len -= n) {
		n = MOL_PAGE - (gpa & MOL_PAGE_MASK);
		if (n > len)
			n = len;
		page_written(vm, r, gpa, n);
	}
}

int mol_mem_read(molvm_vm *vm, uint64_t gpa, void *buf, uint64_t len)
{
	uint8_t *to = buf;
	int err = 0;

	pthread_mutex_lock(&vm->lock);
	if (!mol_mem_covered(vm, gpa, len))
		err = not_memory("mem_read", gpa, len);
	for (uint64_t n; len && !err; gpa += n, to += n, len -= n) {
		const struct mol_region *r;

		n = len;
		r = piece(vm, gpa, &n);
		memcpy(to, host_of(r, gpa), (size_t)n);
	}
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int mol_mem_write(molvm_vm *vm, uint64_t gpa, const void *buf, uint64_t len)
{
	const uint8_t *from = buf;
	int err = 0;

	pthread_mutex_lock(&vm->lock);
	if (!mol_mem_covered(vm, gpa, len))
		err = not_memory("mem_write", gpa, len);
	for (uint64_t n; len && !err; gpa += n, from += n, len -= n) {
		struct mol_region *r;

		n = len;
		r = piece(vm, gpa, &n);
		memcpy(host_of(r, gpa), from, (size_t)n);
		written(vm, r, gpa, n);
	}
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int mol_mem_ptr(molvm_vm *vm, uint64_t gpa, uint64_t len, void **out)
{
	struct mol_region *r;
	uint64_t n = len;
	int err = 0;

	pthread_mutex_lock(&vm->lock);
	r = piece(vm, gpa, &n);
	if (!r || n < len)
		err = mol_error(MOLVM_E_FAULT, "mem_ptr: 0x%llx..0x%llx is not in one region of RAM",
				(unsigned long long)gpa, (unsigned long long)(gpa + len - 1));
	else
		*out = host_of(r, gpa);
	for (uint64_t at = gpa & ~(uint64_t)MOL_PAGE_MASK; !err && r->flags & MOLVM_MEM_DEMAND &&
	     at < gpa + len; at += MOL_PAGE)
		atomic_fetch_or(flags_of(r, at), MOL_PAGE_PRESENT);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int mol_mem_changed(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	int err = 0;

	pthread_mutex_lock(&vm->lock);
	if (!mol_mem_covered(vm, gpa, len))
		err = not_memory("mem_changed", gpa, len);
	for (uint64_t n; len && !err; gpa += n, len -= n) {
		struct mol_region *r;

		n = len;
		r = piece(vm, gpa, &n);
		written(vm, r, gpa, n);
	}
	pthread_mutex_unlock(&vm->lock);
	return err;
}

int mol_mem_discard(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	int err = 0;

	pthread_mutex_lock(&vm->lock);
	if (!mol_mem_covered(vm, gpa, len))
		err = not_memory("mem_discard", gpa, len);
	for (uint64_t n; len && !err; gpa += n, len -= n) {
		struct mol_region *r;

		n = len;
		r = piece(vm, gpa, &n);
		err = mol_backing_discard(r->backing, r->offset + (gpa - r->gpa), n);
	}
	if (!err)
		mol_access_map_changed(vm);
	pthread_mutex_unlock(&vm->lock);
	return err;
}

/* All in regions that log? */
static bool all_logged(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	for (uint64_t n; len; gpa += n, len -= n) {
		const struct mol_region *r;

		n = len;
		r = piece(vm, gpa, &n);
		if (!r || !(r->flags & MOLVM_MEM_DIRTY_LOG))
			return false;
	}
	return true;
}

int64_t mol_mem_dirty(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t *bitmap, uint32_t flags)
{
	int64_t count = 0;
	uint64_t pages = len / MOL_PAGE;

	pthread_mutex_lock(&vm->lock);
	if (!all_logged(vm, gpa, len)) {
		count = mol_error(MOLVM_E_FAULT, "mem_dirty: 0x%llx..0x%llx is not all RAM with DIRTY_LOG",
				  (unsigned long long)gpa, (unsigned long long)(gpa + len - 1));
		pages = 0;
	} else if (bitmap) {
		memset(bitmap, 0, (size_t)((pages + 63) / 64 * 8));
	}
	for (uint64_t page = 0; page < pages; page++) {
		uint64_t at = gpa + page * MOL_PAGE;
		_Atomic uint8_t *f = flags_of(mol_map_find(vm, at), at);

		if (!(atomic_load_explicit(f, memory_order_relaxed) & MOL_PAGE_DIRTY))
			continue;
		count++;
		if (bitmap)
			bitmap[page / 64] |= 1ull << (page % 64);
		if (flags & MOLVM_DIRTY_CLEAR)
			atomic_fetch_and(f, (uint8_t)~MOL_PAGE_DIRTY);
	}
	/* Fast entries for stores exist only for pages already dirty. */
	for (uint32_t n = 0; n < MOL_MAX_VCPUS && count > 0 && flags & MOLVM_DIRTY_CLEAR; n++)
		if (vm->vcpus[n])
			mol_fast_flush(vm->vcpus[n]);
	pthread_mutex_unlock(&vm->lock);
	return count;
}
