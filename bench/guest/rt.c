/* SPDX-License-Identifier: MIT
 * rt.c - the run time under a bench guest: console, power-off, main.
 *
 * The machine is what QEMU's 40p and bench/molbench.c have in common: a 16550
 * at 0x800003f8, and the register at 0x80000092 whose bit 0 resets (which ends
 * the run: QEMU is told not to reboot). The runner times the interval between
 * the line "start" and the line "checksum".
 */
#include "guest.h"

#define UART ((volatile uint8_t *)0x800003f8)
#define PORT_92 ((volatile uint8_t *)0x80000092)
#define LSR_THR_EMPTY 0x20

extern volatile uint32_t scale_word;
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

static void power_off(void)
{
	for (;;)
		*PORT_92 = 1;
}

void exception(uint32_t vector, uint32_t pc)
{
	put_string("exception ");
	put_hex(vector);
	put_string(" at ");
	put_hex(pc);
	put_char('\n');
	power_off();
}

int main(void)
{
	uint32_t percent = scale_word ? scale_word : 100;
	uint32_t sum;

	put_string("start\n");
	sum = bench(percent);
	put_string("checksum ");
	put_hex(sum);
	put_char('\n');
	power_off();
	return 0;
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
