/* SPDX-License-Identifier: MIT
 * syscall.c - system event: a system call as an operating system makes it: stack, registers, table.
 *
 * The handler in real mode takes the kernel's stack from SPRG3, saves what a C function may
 * change, and goes on with translation and interrupts by rfi; the function is called through
 * a table; all is restored and rfi leads back to the user's program.
 */
#include "guest.h"
#include "mmu.h"
#include "user.h"

const uint32_t operations = 3000;
static uint32_t stack[1024] __attribute__((aligned(16)));
static uint32_t ticks;
void system_entry(void);

static uint32_t get_one(uint32_t a, uint32_t b)
{
	return a + b;
}

static uint32_t get_two(uint32_t a, uint32_t b)
{
	return a ^ b << 3;
}

static uint32_t tick(uint32_t a, uint32_t b)
{
	return a - b + ++ticks;
}

uint32_t (*const system_table[4])(uint32_t, uint32_t) = { get_one, get_two, tick, get_one };

HANDLER(on_sc, LEAVE_USER
	"	mtsprg	0, 10\n"
	"	mtsprg	1, 11\n"
	"	mfcr	10\n"
	"	mfsprg	11, 3\n"
	"	addi	11, 11, -192\n"
	"	stw	10, 160(11)\n"
	"	stw	1, 0(11)\n"
	"	stw	1, 20(11)\n"
	"	stw	12, 64(11)\n"
	"	stw	9, 52(11)\n"
	"	mfsprg	10, 0\n"
	"	stw	10, 56(11)\n"
	"	mfsprg	12, 1\n"
	"	stw	12, 60(11)\n"
	"	mflr	10\n"
	"	stw	10, 164(11)\n"
	"	mfsrr0	12\n"
	"	mfsrr1	9\n"
	"	mr	1, 11\n"
	"	li	10, 0x2030\n"
	"	mtsrr1	10\n"
	"	lis	10, system_entry@ha\n"
	"	la	10, system_entry@l(10)\n"
	"	mtsrr0	10\n"
	"	rfi");

__asm__(".text\n"
	"system_entry:\n"
	"	stw	0, 16(1)\n"
	"	stw	2, 24(1)\n"
	"	stw	3, 28(1)\n"
	"	stw	4, 32(1)\n"
	"	stw	5, 36(1)\n"
	"	stw	6, 40(1)\n"
	"	stw	7, 44(1)\n"
	"	stw	8, 48(1)\n"
	"	stw	12, 168(1)\n"
	"	stw	9, 172(1)\n"
	"	mfctr	10\n"
	"	stw	10, 176(1)\n"
	"	mfxer	10\n"
	"	stw	10, 180(1)\n"
	"	mfmsr	10\n"
	"	ori	10, 10, 0x8000\n"
	"	mtmsr	10\n"
	"	cmplwi	0, 4\n"
	"	bge	2f\n"
	"	slwi	0, 0, 2\n"
	"	lis	10, system_table@ha\n"
	"	la	10, system_table@l(10)\n"
	"	lwzx	10, 10, 0\n"
	"	mtctr	10\n"
	"	bctrl\n"
	"	stw	3, 28(1)\n"
	"2:	mfmsr	10\n"
	"	rlwinm	10, 10, 0, 17, 15\n"
	"	mtmsr	10\n"
	"	lwz	10, 176(1)\n"
	"	mtctr	10\n"
	"	lwz	10, 180(1)\n"
	"	mtxer	10\n"
	"	lwz	10, 164(1)\n"
	"	mtlr	10\n"
	"	lwz	10, 160(1)\n"
	"	mtcrf	0xff, 10\n"
	"	lwz	0, 16(1)\n"
	"	lwz	2, 24(1)\n"
	"	lwz	3, 28(1)\n"
	"	lwz	4, 32(1)\n"
	"	lwz	5, 36(1)\n"
	"	lwz	6, 40(1)\n"
	"	lwz	7, 44(1)\n"
	"	lwz	8, 48(1)\n"
	"	lwz	9, 168(1)\n"
	"	mtsrr0	9\n"
	"	lwz	10, 172(1)\n"
	"	mtsrr1	10\n"
	"	lwz	9, 52(1)\n"
	"	lwz	10, 56(1)\n"
	"	lwz	11, 60(1)\n"
	"	lwz	12, 64(1)\n"
	"	lwz	1, 20(1)\n"
	"	rfi\n");

void setup(void)
{
	INSTALL(0xc00, on_sc);
	__asm__ volatile("mtsprg 3,%0" : : "r"(stack + 1024));
	/* the decrementer must not come while the function has interrupts on */
	__asm__ volatile("mtdec %0" : : "r"(0x7fffffff));
}

static uint32_t user(uint32_t sum)
{
	register uint32_t r3 __asm__("r3") = sum;
	register uint32_t r4 __asm__("r4");
	register uint32_t r0 __asm__("r0");

	for (uint32_t n = operations; n; n--) {
		r0 = n & 3;
		r4 = n;
		__asm__ volatile("sc" : "+r"(r3), "+r"(r0), "+r"(r4) : : "memory", "cr0");
	}
	return r3;
}

uint32_t bench(void)
{
	ticks = 0;
	return call_user(user, 1);
}
