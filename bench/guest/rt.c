/* SPDX-License-Identifier: MIT
 * rt.c - the run time under a bench guest: console, page table, main.
 *
 * The machine is what QEMU's 40p, bench/molbench.c and bench/unibench.c have in
 * common: 64 MiB of RAM and a 16550 at 0x800003f8. The guest prints "begin OPERATIONS", does
 * one unit of work and prints "start CHECKSUM"; then one more, two more, four
 * more... and after each lot "done UNITS CHECKSUM", the units since the start in
 * hexadecimal. It goes on until the runner ends the engine.
 */
#include "guest.h"
#include "mmu.h"

#define UART ((volatile uint8_t *)0x800003f8)
#define INTERRUPT_MASKS ((volatile uint8_t *)0x80000021) /* the 40p's 8259s; nothing elsewhere */
#define LSR_THR_EMPTY 0x20

int main(void);
void exception(uint32_t vector, uint32_t pc);

static void put_char(char c)
{
	while (!(UART[5] & LSR_THR_EMPTY))
		;
	UART[0] = (uint8_t)c;
	__asm__ volatile("eieio" ::: "memory");
}

static void put_string(const char *s)
{
	while (*s)
		put_char(*s++);
}

static void put_hex(uint32_t v)
{
	for (int n = 28; n >= 0; n -= 4)
		put_char("0123456789abcdef"[v >> n & 15]);
}

void exception(uint32_t vector, uint32_t pc)
{
	put_string("exception ");
	put_hex(vector);
	put_string(" at ");
	put_hex(pc);
	put_char('\n');
	for (;;)
		;
}

__attribute__((weak)) const uint32_t operations = 1;

__attribute__((weak)) void setup(void)
{
}

int main(void)
{
	const uint32_t *each = &operations;
	uint32_t first, total = 0;

	__asm__("" : "+r"(each)); /* the guest's may replace the weak one */
	INTERRUPT_MASKS[0] = 0xff;
	INTERRUPT_MASKS[0x80] = 0xff;
	setup();
	put_string("begin ");
	put_hex(*each);
	put_char('\n');
	first = bench();
	put_string("start ");
	put_hex(first);
	put_char('\n');
	for (uint32_t lot = 1;; lot *= 2) {
		for (uint32_t n = 0; n < lot; n++)
			if (bench() != first)
				exception(0xbad, total + n);
		total += lot;
		put_string("done ");
		put_hex(total);
		put_char(' ');
		put_hex(first);
		put_char('\n');
	}
}

/* ---- memory behind the page table ---- */

void *paged(size_t size)
{
	static uint32_t used;
	uint32_t at = PAGED_EA + used;

	/* an odd factor makes a permutation of the frames; the pages of a call stay apart */
	for (uint32_t end = used + (uint32_t)(size + 4095) / 4096 * 4096; used < end; used += 4096)
		map_page(PAGED_EA + used, PAGED_PA + (used / 4096 * 2741 % PAGED_FRAMES) * 4096, PTE_RW);
	memset((void *)at, 0, size);
	return (void *)at;
}

void *memcpy(void *to, const void *from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (!(((uintptr_t)t | (uintptr_t)f) & 3))
		for (; n >= 4; n -= 4, t += 4, f += 4)
			*(uint32_t *)t = *(const uint32_t *)f;
	while (n--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t <= f)
		return memcpy(to, from, n);
	while (n--)
		t[n] = f[n];
	return to;
}

void *memset(void *to, int c, size_t n)
{
	uint8_t *t = to;

	for (; n && (uintptr_t)t & 3; n--)
		*t++ = (uint8_t)c;
	for (; n >= 4; n -= 4, t += 4)
		*(uint32_t *)t = (uint8_t)c * 0x01010101u;
	while (n--)
		*t++ = (uint8_t)c;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n--; x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
