/* SPDX-License-Identifier: MIT */
/*
 * stress-mem.c - workers on address spaces: mappings that come, change and go.
 *
 * Each page holds a pattern that its position and a seed determine, so that a
 * stale translation, a lost protection or a page of another process shows.
 * Called by stress.c.
 */
#define _GNU_SOURCE /* mremap, MADV_DONTNEED */
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096u
#define WORDS (PAGE / 4)

static uint32_t pattern(uint32_t seed, size_t page, size_t word)
{
	return seed ^ (uint32_t)(page * 2654435761u) ^ (uint32_t)(word * 40503u);
}

static void fill(uint32_t *memory, size_t pages, uint32_t seed)
{
	for (size_t p = 0; p < pages; p++)
		for (size_t w = 0; w < WORDS; w++)
			memory[p * WORDS + w] = pattern(seed, p, w);
}

/* Pages first..last-1 of a mapping whose page 0 would be at memory. */
static void verify(const uint32_t *memory, size_t first, size_t last, uint32_t seed,
		   const char *what)
{
	for (size_t p = first; p < last; p++)
		for (size_t w = 0; w < WORDS; w++)
			if (memory[p * WORDS + w] != pattern(seed, p, w))
				stress_fail("%s: word %zu of page %zu at %p is %08x, not %08x",
					    what, w, p, (const void *)&memory[p * WORDS + w],
					    memory[p * WORDS + w], pattern(seed, p, w));
}

static void *map(size_t pages, int flags)
{
	void *memory =
		mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		stress_fail("mmap of %zu pages: %s", pages, strerror(errno));
	return memory;
}

/* --- faults that must come, with the right address */

static sigjmp_buf after_fault;
static void *volatile fault_address;
static volatile int fault_code;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	fault_address = info->si_addr;
	fault_code = info->si_code;
	siglongjmp(after_fault, 1);
}

static void catch_faults(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	if (sigaction(SIGSEGV, &action, NULL) < 0)
		stress_fail("sigaction: %s", strerror(errno));
}

/* The access must fault at exactly this address for this reason. */
static void must_fault(volatile uint32_t *at, bool write, int code, const char *what)
{
	fault_address = NULL;
	if (sigsetjmp(after_fault, 1) == 0) {
		if (write)
			*at = 0xbadbad;
		else
			(void)*at;
		stress_fail("%s at %p did not fault", what, (void *)(uintptr_t)at);
	}
	if (fault_address != (void *)(uintptr_t)at || fault_code != code)
		stress_fail("%s at %p: fault at %p code %d, not code %d", what,
			    (void *)(uintptr_t)at, fault_address, fault_code, code);
}

static void check_protection(uint32_t *memory, size_t pages, uint32_t seed, uint32_t *random)
{
	size_t page = stress_random(random) % pages, word = stress_random(random) % WORDS;
	uint32_t *at = memory + page * WORDS + word;

	if (mprotect(memory, pages * PAGE, PROT_READ) < 0)
		stress_fail("mprotect: %s", strerror(errno));
	must_fault(at, true, SEGV_ACCERR, "write to a read-only page");
	verify(memory, page, page + 1, seed, "read-only page");
	if (mprotect(memory + page * WORDS, PAGE, PROT_NONE) < 0)
		stress_fail("mprotect: %s", strerror(errno));
	must_fault(at, false, SEGV_ACCERR, "read of a forbidden page");
	if (mprotect(memory, pages * PAGE, PROT_READ | PROT_WRITE) < 0)
		stress_fail("mprotect: %s", strerror(errno));
	*at = 1;
	if (*at != 1)
		stress_fail("a page made writable again lost a write");
	*at = pattern(seed, page, word);
}

static void check_unmapping(uint32_t *memory, size_t pages, uint32_t seed, uint32_t *random)
{
	size_t hole = 1 + stress_random(random) % (pages - 2);

	if (munmap(memory + hole * WORDS, PAGE) < 0)
		stress_fail("munmap: %s", strerror(errno));
	must_fault(memory + hole * WORDS + 5, false, SEGV_MAPERR, "read of an unmapped page");
	verify(memory, 0, hole, seed, "before the hole");
	verify(memory, hole + 1, pages, seed, "after the hole");
	if (mmap(memory + hole * WORDS, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		stress_fail("mmap into the hole: %s", strerror(errno));
	for (size_t w = 0; w < WORDS; w++)
		if (memory[hole * WORDS + w] != 0)
			stress_fail("a new page is not zero: word %zu is %08x", w,
				    memory[hole * WORDS + w]);
}

void work_mappings(unsigned id)
{
	uint32_t random = id + 1;

	catch_faults();
	while (stress_running()) {
		size_t pages = 3 + stress_random(&random) % 60;
		uint32_t seed = stress_random(&random), *memory = map(pages, MAP_PRIVATE);

		fill(memory, pages, seed);
		check_protection(memory, pages, seed, &random);
		verify(memory, 0, pages, seed, "after mprotect");
		memory = mremap(memory, pages * PAGE, (pages + 16) * PAGE, MREMAP_MAYMOVE);
		if (memory == MAP_FAILED)
			stress_fail("mremap: %s", strerror(errno));
		verify(memory, 0, pages, seed, "after mremap");
		check_unmapping(memory, pages, seed, &random);
		if (madvise(memory, PAGE, MADV_DONTNEED) < 0)
			stress_fail("madvise: %s", strerror(errno));
		if (memory[7] != 0)
			stress_fail("a page given back is not zero but %08x", memory[7]);
		munmap(memory, (pages + 16) * PAGE);
	}
}

/* --- copy on write: both sides of a fork write, neither sees the other */

#define COW_PAGES 48

void work_copy_on_write(unsigned id)
{
	uint32_t random = id + 1;

	while (stress_running()) {
		uint32_t seed = stress_random(&random), *memory = map(COW_PAGES, MAP_PRIVATE);
		uint32_t *common = map(1, MAP_SHARED);
		int child;

		fill(memory, COW_PAGES, seed);
		child = stress_fork();
		if (child == 0) {
			verify(memory, 0, COW_PAGES, seed, "what the child inherits");
			fill(memory, COW_PAGES / 2, ~seed);
			common[0] = seed;
			verify(memory, 0, COW_PAGES / 2, ~seed, "what the child wrote");
			verify(memory, COW_PAGES / 2, COW_PAGES, seed, "what the child left");
			_exit(42);
		}
		for (size_t p = 0; p < COW_PAGES; p += 3)
			memory[p * WORDS] = ~pattern(seed, p, 0);
		stress_reap(child, 42, "the copying child");
		for (size_t p = 0; p < COW_PAGES; p += 3) {
			if (memory[p * WORDS] != ~pattern(seed, p, 0))
				stress_fail("the parent's write to page %zu is lost", p);
			memory[p * WORDS] = pattern(seed, p, 0);
		}
		verify(memory, 0, COW_PAGES, seed, "what the parent kept");
		if (common[0] != seed)
			stress_fail("the child's write to shared memory is %08x, not %08x",
				    common[0], seed);
		munmap(memory, COW_PAGES * PAGE);
		munmap(common, PAGE);
	}
}

/* --- one file, seen by read, write and two mappings */

#define FILE_PAGES 24

void work_shared_file(unsigned id)
{
	char path[64];
	uint32_t random = id + 1, page[WORDS];
	int fd;

	snprintf(path, sizeof(path), "/tmp/stress-%d", (int)getpid());
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || unlink(path) < 0 || ftruncate(fd, FILE_PAGES * PAGE) < 0)
		stress_fail("%s: %s", path, strerror(errno));
	while (stress_running()) {
		uint32_t seed = stress_random(&random), *shared, *private;
		size_t p = stress_random(&random) % FILE_PAGES;

		shared = mmap(NULL, FILE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		private = mmap(NULL, FILE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
		if (shared == MAP_FAILED || private == MAP_FAILED)
			stress_fail("mmap of a file: %s", strerror(errno));
		fill(shared, FILE_PAGES, seed);
		verify(private, 0, FILE_PAGES, seed, "the private view");
		if (pread(fd, page, PAGE, (off_t)(p * PAGE)) != PAGE)
			stress_fail("pread: %s", strerror(errno));
		if (memcmp(page, shared + p * WORDS, PAGE) != 0)
			stress_fail("page %zu read from the file is not the mapped one", p);
		private[p * WORDS] = ~0u;
		verify(shared, 0, FILE_PAGES, seed, "the shared view");
		memset(page, 0x77, PAGE);
		if (pwrite(fd, page, PAGE, (off_t)(p * PAGE)) != PAGE)
			stress_fail("pwrite: %s", strerror(errno));
		if (shared[p * WORDS + 9] != 0x77777777 || private[p * WORDS] != ~0u)
			stress_fail(
				"a written page: the shared view has %08x, the private copy %08x",
				shared[p * WORDS + 9], private[p * WORDS]);
		munmap(shared, FILE_PAGES * PAGE);
		munmap(private, FILE_PAGES * PAGE);
	}
	close(fd);
}
