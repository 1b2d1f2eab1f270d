/* SPDX-License-Identifier: MIT
 * native.c - a bench guest's C compiled for the host: the same lines as guest/rt.c prints.
 *
 * Each line ends with the nanoseconds of processor time that the process has used.
 * native SECONDS: how long to go on after "start". Compiled and run by bench.py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "guest/guest.h"

static uint64_t processor_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

__attribute__((weak)) const uint32_t operations = 1;

__attribute__((weak)) void setup(void)
{
}

void *paged(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(1);
	madvise(at, size, MADV_NOHUGEPAGE);
	memset(at, 0, size);
	return at;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
	uint64_t start, end;
	uint32_t first, total = 0;

	setup();
	printf("begin %08x @ %llu\n", operations, (unsigned long long)processor_ns());
	first = bench();
	start = processor_ns();
	printf("start %08x @ %llu\n", first, (unsigned long long)start);
	for (uint32_t lot = 1;; lot *= 2) {
		for (uint32_t n = 0; n < lot; n++)
			if (bench() != first) {
				printf("exception %08x at %08x\n", 0xbad, total + n);
				return 1;
			}
		total += lot;
		end = processor_ns();
		printf("done %08x %08x @ %llu\n", total, first, (unsigned long long)end);
		if ((double)(end - start) > seconds * 1e9)
			return 0;
	}
}
