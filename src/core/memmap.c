/* SPDX-License-Identifier: MIT
 * memmap.c - the guest-physical memory map: a sorted array of regions that do not overlap.
 *
 * Called by api_mem.c with checked arguments and vm->lock held, and by access.c to look
 * addresses up. A change is rare: it moves array elements and makes every vCPU forget what
 * it remembers of addresses (mol_access_map_changed).
 */
#include <string.h>

#include "backend.h"

#define FIRST_ROOM 16u

int mol_map_init(molvm_vm *vm)
{
	vm->map.room = FIRST_ROOM;
	vm->map.r = mol_alloc(vm, FIRST_ROOM * sizeof(struct mol_region));
	return vm->map.r ? 0 : mol_error(MOLVM_E_NOMEM, "vm_create: no memory for the memory map");
}

void mol_map_fini(molvm_vm *vm)
{
	for (uint32_t n = 0; n < vm->map.n; n++)
		mol_backing_put(vm, vm->map.r[n].backing);
	mol_free(vm, vm->map.r, vm->map.room * sizeof(struct mol_region));
}

/* The index of the first region that ends beyond pa. */
static uint32_t first_beyond(const struct mol_memmap *m, uint64_t pa)
{
	uint32_t low = 0, high = m->n;

	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (m->r[mid].gpa + m->r[mid].len <= pa)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct mol_region *mol_map_find(molvm_vm *vm, uint64_t pa)
{
	uint32_t n = first_beyond(&vm->map, pa);

	return n < vm->map.n && vm->map.r[n].gpa <= pa ? &vm->map.r[n] : NULL;
}

/* Make room for `more` regions. */
static int reserve(molvm_vm *vm, uint32_t more)
{
	struct mol_memmap *m = &vm->map;
	uint32_t room = m->room;
	struct mol_region *r;

	if (m->n + more <= room)
		return 0;
	while (room < m->n + more)
		room *= 2;
	r = mol_alloc(vm, room * sizeof(*r));
	if (!r)
		return mol_error(MOLVM_E_NOMEM, "no memory for a map of %u regions", room);
	memcpy(r, m->r, m->n * sizeof(*r));
	mol_free(vm, m->r, m->room * sizeof(*r));
	m->r = r;
	m->room = room;
	return 0;
}

static const char *kind_name(uint32_t kind)
{
	static const char *const name[] = { "?", "RAM", "a file", "an alias", "a device" };

	return kind < sizeof(name) / sizeof(name[0]) ? name[kind] : "?";
}

/* Is [gpa, gpa + len) free, and is there room for one more? */
static int check_free(molvm_vm *vm, uint64_t gpa, uint64_t len, const char *who)
{
	uint32_t n = first_beyond(&vm->map, gpa);
	const struct mol_region *r = &vm->map.r[n];

	if (n < vm->map.n && r->gpa < gpa + len)
		return mol_error(MOLVM_E_EXIST, "%s: 0x%llx..0x%llx overlaps %s at 0x%llx..0x%llx", who,
				 (unsigned long long)gpa, (unsigned long long)(gpa + len - 1),
				 kind_name(r->kind), (unsigned long long)r->gpa,
				 (unsigned long long)(r->gpa + r->len - 1));
	return reserve(vm, 1);
}

static void insert(molvm_vm *vm, const struct mol_region *region)
{
	struct mol_memmap *m = &vm->map;
	uint32_t n = first_beyond(m, region->gpa);

	memmove(&m->r[n + 1], &m->r[n], (m->n - n) * sizeof(m->r[0]));
	m->r[n] = *region;
	m->n++;
	mol_access_map_changed(vm);
}

int mol_map_add_ram(molvm_vm *vm, uint64_t gpa, uint64_t len, void *host, uint32_t flags)
{
	struct mol_region r = { .gpa = gpa, .len = len, .kind = MOLVM_REGION_RAM, .flags = flags };
	int err = check_free(vm, gpa, len, "map_ram");

	if (err)
		return err;
	r.backing = host ? mol_backing_host(vm, host, len, &err) : mol_backing_anon(vm, len, &err);
	if (!r.backing)
		return err;
	if (host)
		r.offset = (uint64_t)((uint8_t *)host - r.backing->host);
	insert(vm, &r);
	return 0;
}

int mol_map_add_file(molvm_vm *vm, uint64_t gpa, uint64_t len, int fd, uint64_t offset,
		     uint32_t flags)
{
	struct mol_region r = { .gpa = gpa, .len = len, .kind = MOLVM_REGION_FILE, .flags = flags,
				.fd_off = offset };
	int err = check_free(vm, gpa, len, "map_file");

	if (err)
		return err;
	r.backing = mol_backing_file(vm, fd, offset, len, flags, &err);
	if (!r.backing)
		return err;
	insert(vm, &r);
	return 0;
}

int mol_map_add_alias(molvm_vm *vm, uint64_t gpa, uint64_t len, uint64_t target)
{
	const struct mol_region *t = mol_map_find(vm, target);
	struct mol_region r;
	int err;

	if (!t || !t->backing || target + len > t->gpa + t->len)
		return mol_error(MOLVM_E_FAULT, "map_alias: 0x%llx..0x%llx is not in one region of RAM",
				 (unsigned long long)target, (unsigned long long)(target + len - 1));
	r = *t;
	r.offset += target - t->gpa;
	r.gpa = gpa;
	r.len = len;
	r.kind = MOLVM_REGION_ALIAS;
	r.fd_off = target;
	err = check_free(vm, gpa, len, "map_alias");
	if (err)
		return err;
	r.backing->refs++;
	insert(vm, &r);
	return 0;
}

int mol_map_add_device(molvm_vm *vm, uint64_t gpa, uint64_t len, const molvm_device_ops *ops,
		       void *opaque)
{
	struct mol_region r = { .gpa = gpa, .len = len, .kind = MOLVM_REGION_DEVICE, .opaque = opaque };
	int err = check_free(vm, gpa, len, "map_device");

	if (err)
		return err;
	if (ops) {
		r.ops = *ops;
		if (!r.ops.min_len)
			r.ops.min_len = 1;
		if (!r.ops.max_len)
			r.ops.max_len = 8;
	}
	insert(vm, &r);
	return 0;
}

/* Cut the region that has `at` in its inside in two. There is room. */
static void cut(molvm_vm *vm, uint64_t at)
{
	struct mol_memmap *m = &vm->map;
	uint32_t n = first_beyond(m, at);
	uint64_t head;

	if (n == m->n || m->r[n].gpa >= at)
		return;
	memmove(&m->r[n + 1], &m->r[n], (m->n - n) * sizeof(m->r[0]));
	m->n++;
	head = at - m->r[n].gpa;
	m->r[n].len = head;
	m->r[n + 1].gpa = at;
	m->r[n + 1].len -= head;
	m->r[n + 1].offset += head;
	if (m->r[n].kind == MOLVM_REGION_FILE || m->r[n].kind == MOLVM_REGION_ALIAS)
		m->r[n + 1].fd_off += head;
	if (m->r[n].backing)
		m->r[n].backing->refs++;
}

int mol_map_remove(molvm_vm *vm, uint64_t gpa, uint64_t len)
{
	struct mol_memmap *m = &vm->map;
	uint32_t from = first_beyond(m, gpa), to;
	int err;

	if (from == m->n || m->r[from].gpa >= gpa + len)
		return mol_error(MOLVM_E_NOENT, "unmap: nothing is mapped in 0x%llx..0x%llx",
				 (unsigned long long)gpa, (unsigned long long)(gpa + len - 1));
	err = reserve(vm, 2);
	if (err)
		return err;
	cut(vm, gpa);
	cut(vm, gpa + len);
	/* Forget first: decoded code and fast entries point into the memory that goes now. */
	mol_access_map_changed(vm);
	from = first_beyond(m, gpa);
	for (to = from; to < m->n && m->r[to].gpa < gpa + len; to++)
		mol_backing_put(vm, m->r[to].backing);
	memmove(&m->r[from], &m->r[to], (m->n - to) * sizeof(m->r[0]));
	m->n -= to - from;
	return 0;
}

/* A log begins empty. */
static void clear_dirty(const struct mol_region *r)
{
	uint64_t first = r->offset / MOL_PAGE;

	for (uint64_t n = first; n < first + r->len / MOL_PAGE; n++)
		atomic_fetch_and(&r->backing->flags[n], (uint8_t)~MOL_PAGE_DIRTY);
}

int mol_map_protect(molvm_vm *vm, uint64_t gpa, uint64_t len, uint32_t flags)
{
	const uint32_t changes = MOLVM_MEM_READONLY | MOLVM_MEM_ROM | MOLVM_MEM_DIRTY_LOG |
				 MOLVM_MEM_NOEXEC;
	struct mol_memmap *m = &vm->map;
	int err;

	if (!mol_mem_covered(vm, gpa, len))
		return mol_error(MOLVM_E_FAULT, "protect: 0x%llx..0x%llx is not all RAM",
				 (unsigned long long)gpa, (unsigned long long)(gpa + len - 1));
	err = reserve(vm, 2);
	if (err)
		return err;
	cut(vm, gpa);
	cut(vm, gpa + len);
	for (uint32_t n = first_beyond(m, gpa); n < m->n && m->r[n].gpa < gpa + len; n++) {
		if (flags & ~m->r[n].flags & MOLVM_MEM_DIRTY_LOG)
			clear_dirty(&m->r[n]);
		m->r[n].flags = (m->r[n].flags & ~changes) | flags;
	}
	mol_access_map_changed(vm);
	return 0;
}

int mol_map_info(molvm_vm *vm, uint32_t index, molvm_region *out)
{
	const struct mol_region *r;

	if (index >= vm->map.n)
		return mol_error(MOLVM_E_NOENT, "map_info: index %u, the map has %u regions", index,
				 vm->map.n);
	r = &vm->map.r[index];
	out->kind = r->kind;
	out->flags = r->flags;
	out->reserved = 0;
	out->gpa = r->gpa;
	out->len = r->len;
	out->fd_off = r->fd_off;
	out->host = r->backing ? r->backing->host + r->offset : NULL;
	return 0;
}
