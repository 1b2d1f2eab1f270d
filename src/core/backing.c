/* SPDX-License-Identifier: MIT
 * backing.c - host memory behind regions of RAM: mapped by us, given by the embedder, or a file.
 *
 * A backing has one byte of flags for each 4096-byte page, so that every way to the same memory
 * (aliases, a buffer mapped twice) sees the same dirty, present and code marks. Memory is
 * never touched here: it costs what the guest uses. Called by memmap.c under vm->lock.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend.h"

static size_t flag_bytes(uint64_t len)
{
	return (size_t)(len / MOL_PAGE);
}

static void *map_anonymous(uint64_t len, bool shared)
{
	void *p = mmap(NULL, (size_t)len, PROT_READ | PROT_WRITE,
		       (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* A backing for len bytes, its host memory still to come; flags untouched, hence uncommitted. */
static struct mol_backing *create(molvm_vm *vm, uint64_t len, int *err)
{
	struct mol_backing *b = NULL;

	if (len == (size_t)len)
		b = mol_alloc(vm, sizeof(*b));
	if (b) {
		b->len = len;
		b->refs = 1;
		b->flags = map_anonymous(flag_bytes(len), false);
		if (b->flags)
			return b;
		mol_free(vm, b, sizeof(*b));
	}
	*err = mol_error(MOLVM_E_NOMEM, "no memory to keep track of 0x%llx bytes of RAM",
			 (unsigned long long)len);
	return NULL;
}

void mol_backing_put(molvm_vm *vm, struct mol_backing *b)
{
	if (!b || --b->refs)
		return;
	if (b->owned)
		munmap(b->host, (size_t)b->len);
	munmap((void *)b->flags, flag_bytes(b->len));
	mol_free(vm, b, sizeof(*b));
}

struct mol_backing *mol_backing_anon(molvm_vm *vm, uint64_t len, int *err)
{
	struct mol_backing *b = create(vm, len, err);

	if (!b)
		return NULL;
	b->host = map_anonymous(len, vm->windows);
	b->owned = 1;
	b->shared = vm->windows;
	if (b->host)
		return b;
	b->owned = 0;
	mol_backing_put(vm, b);
	*err = mol_error(MOLVM_E_NOMEM, "map_ram: the host has no 0x%llx bytes of address space: %s",
			 (unsigned long long)len, strerror(errno));
	return NULL;
}

/* The backing whose host memory overlaps [host, host + len), or NULL. */
static struct mol_backing *overlapping(molvm_vm *vm, const uint8_t *host, uint64_t len)
{
	for (uint32_t n = 0; n < vm->map.n; n++) {
		struct mol_backing *b = vm->map.r[n].backing;

		if (b && host < b->host + b->len && b->host < host + len)
			return b;
	}
	return NULL;
}

struct mol_backing *mol_backing_host(molvm_vm *vm, void *host, uint64_t len, int *err)
{
	uint8_t *p = host;
	struct mol_backing *b = overlapping(vm, p, len);

	if (b && p >= b->host && len <= b->len && (uint64_t)(p - b->host) <= b->len - len) {
		b->refs++;
		return b;
	}
	if (b) {
		*err = mol_error(MOLVM_E_EXIST, "map_ram: host memory %p..+0x%llx overlaps a buffer mapped "
				 "before (%p..+0x%llx) and reaches beyond it", host,
				 (unsigned long long)len, (void *)b->host, (unsigned long long)b->len);
		return NULL;
	}
	b = create(vm, len, err);
	if (b)
		b->host = host;
	return b;
}

/* The file must be there as far as it is mapped: beyond its end the host would raise SIGBUS. */
static int check_file(int fd, uint64_t offset, uint64_t len)
{
	struct stat st;

	if (fstat(fd, &st))
		return mol_error(MOLVM_E_IO, "map_file: fd %d: %s", fd, strerror(errno));
	if (S_ISREG(st.st_mode) &&
	    ((uint64_t)st.st_size < offset || (uint64_t)st.st_size - offset < len))
		return mol_error(MOLVM_E_INVAL, "map_file: the file has 0x%llx bytes, 0x%llx are to be "
				 "mapped from offset 0x%llx", (unsigned long long)st.st_size,
				 (unsigned long long)len, (unsigned long long)offset);
	return 0;
}

struct mol_backing *mol_backing_file(molvm_vm *vm, int fd, uint64_t offset, uint64_t len,
				     uint32_t flags, int *err)
{
	bool private = flags & MOLVM_MEM_PRIVATE;
	int prot = PROT_READ | PROT_WRITE;
	struct mol_backing *b;
	void *p;

	*err = check_file(fd, offset, len);
	b = *err ? NULL : create(vm, len, err);
	if (!b)
		return NULL;
	p = mmap(NULL, (size_t)len, prot, private ? MAP_PRIVATE : MAP_SHARED, fd, (off_t)offset);
	/* A ROM image may be opened for reading only: molvm_mem_write() then changes our copy. */
	if (p == MAP_FAILED && errno == EACCES && flags & (MOLVM_MEM_ROM | MOLVM_MEM_READONLY)) {
		private = true;
		p = mmap(NULL, (size_t)len, prot, MAP_PRIVATE, fd, (off_t)offset);
	}
	if (p == MAP_FAILED) {
		*err = mol_error(MOLVM_E_IO, "map_file: fd %d, 0x%llx bytes at offset 0x%llx: %s", fd,
				 (unsigned long long)len, (unsigned long long)offset, strerror(errno));
		mol_backing_put(vm, b);
		return NULL;
	}
	b->host = p;
	b->owned = 1;
	b->file = private ? 2 : 1;
	return b;
}

int mol_backing_discard(struct mol_backing *b, uint64_t offset, uint64_t len)
{
	uint64_t host_page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (b->file == 1)
		return mol_error(MOLVM_E_NOTSUP, "mem_discard: the region is a shared file");
	for (uint64_t page = offset / MOL_PAGE; page < (offset + len) / MOL_PAGE; page++)
		atomic_fetch_and(&b->flags[page], (uint8_t)~(MOL_PAGE_PRESENT | MOL_PAGE_DIRTY));
	if (b->owned && !((offset | len) & (host_page - 1)) &&
	    !madvise(b->host + offset, (size_t)len, b->shared ? MADV_REMOVE : MADV_DONTNEED))
		return 0;
	if (b->file)
		return mol_error(MOLVM_E_NOTSUP, "mem_discard: the host gives back a file's pages only "
				 "in units of 0x%llx bytes", (unsigned long long)host_page);
	memset(b->host + offset, 0, (size_t)len);
	return 0;
}
