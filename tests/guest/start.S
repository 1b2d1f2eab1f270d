/* SPDX-License-Identifier: MIT
 * start.S - what every test guest stands on: vectors, the record of an exception, the console.
 *
 * Entered in real mode by any machine that loads the ELF into RAM at 0 and sets
 * the pc to _start. Every vector leads to `caught`, which writes down what the
 * processor left (struct record below) and goes on at the address in `resume`, in
 * the handler's own MSR: a test is straight-line code that falls into an
 * exception and finds itself behind it. An exception takes r11 and r12 and
 * SRR0-1; printing takes r0 and r3-r10. The rest belongs to the test.
 *
 * The machine is QEMU's 40p and tests/guest/machine.c: a 16550 at 0x800003f8, and
 * 0x80000092, whose bit 0 ends the run; QEMU is ended by run.py when it sees the line "end".
 */
#include "macros.inc"

	.macro	vector at
	.org	\at
	li	11, \at
	b	caught
	.endm
	/* One that a test may have for itself. */
	.macro	open_vector at
	.org	\at
	b	on_\at
	.pushsection .text
	.weak	on_\at
on_\at:
	li	11, \at
	b	caught
	.popsection
	.endm

	.section .vectors, "ax"
	.irp	at, 0x100, 0x200, 0x300, 0x400, 0x500, 0x600, 0x700, 0x800, 0x900, 0xa00, 0xb00
	vector	\at
	.endr
	.irp	at, 0xc00, 0xd00, 0xe00, 0xf00, 0xf20
	vector	\at
	.endr
	open_vector 0x1000
	open_vector 0x1100
	open_vector 0x1200
	.irp	at, 0x1300, 0x1400, 0x1500, 0x1600, 0x1700, 0x2000
	vector	\at
	.endr
	.org	0x3000

	.text
	.globl	_start, caught, report, put_char, put_string, put_hex, put_digits, put_line, power_off
_start:
	li	0, 0
	mtmsr	0
	isync
	.irp	bat, 528, 530, 532, 534, 536, 538, 540, 542
	mtspr	\bat, 0
	.endr
	isync
	mfspr	3, 1008
	ori	3, 3, 0xc000	/* caches on: without one dcbz is an alignment exception */
	sync
	isync
	mtspr	1008, 3
	isync
	address	1, stack_top
	stwu	0, -16(1)
	/* The 40p's timer ticks from power-on: mask both 8259s. */
	lis	3, 0x8000
	li	4, -1
	stb	4, 0x21(3)
	stb	4, 0xa1(3)
	eieio
	/* A decrementer interrupt may be waiting since power-on: let it in, and out. By rfi, since
	 * QEMU's mtmsr leaves ME alone. */
	lis	3, 0x7fff
	mtdec	3
	enter	MSR_EE | MSR_ME
	nop
	nop
	sc
99:
	set_resume unexpected
	bl	main
power_off:
	say	"end"
	lis	3, 0x8000
	li	4, 1
1:	stb	4, 0x92(3)
	eieio
	b	1b

unexpected:
	print	"unexpected exception"
	bl	report
	b	power_off

caught:
	address	12, record
	stw	11, RECORD_VECTOR(12)
	mfsrr0	11
	stw	11, RECORD_SRR0(12)
	mfsrr1	11
	stw	11, RECORD_SRR1(12)
	mfdar	11
	stw	11, RECORD_DAR(12)
	mfdsisr	11
	stw	11, RECORD_DSISR(12)
	mfmsr	11
	stw	11, RECORD_MSR(12)
	rlwinm	11, 11, 0, 15, 13	/* 603e: not TGPR */
	mtsrr1	11
	lwz	11, RECORD_RESUME(12)
	mtsrr0	11
	rfi

/* After `print`: ": ", the vector, where SRR0 is from the tried instruction, SRR1 and, where the
 * exception sets them, DAR and DSISR. "ok" for the sc that closes a try. */
report:
	mflr	0
	stwu	1, -16(1)
	stw	0, 20(1)
	stw	31, 12(1)
	address	31, record
	literal	": "
	lwz	3, RECORD_VECTOR(31)
	cmpwi	3, 0xc00
	bne	1f
	lwz	4, RECORD_SRR0(31)
	lwz	5, RECORD_RESUME(31)
	cmpw	4, 5
	bne	1f
	literal	"ok"
	b	4f
1:	li	9, 16
	bl	put_digits
	literal	" at "
	lwz	3, RECORD_SRR0(31)
	lwz	4, RECORD_BASE(31)
	subf	4, 4, 3
	addi	5, 4, 64		/* near the tried instruction? */
	cmplwi	5, 128
	bge	2f
	li	3, '+'
	cmpwi	4, 0
	bge	5f
	li	3, '-'
	neg	4, 4
5:	mr	8, 4
	bl	put_char
	mr	3, 8
	li	9, 8
	bl	put_digits
	b	3f
2:	bl	put_hex
3:	literal	" srr1="
	lwz	3, RECORD_SRR1(31)
	bl	put_hex
	lwz	3, RECORD_VECTOR(31)
	cmpwi	3, 0x300
	beq	6f
	cmpwi	3, 0x600
	bne	4f
6:	literal	" dar="
	lwz	3, RECORD_DAR(31)
	bl	put_hex
	literal	" dsisr="
	lwz	3, RECORD_DSISR(31)
	bl	put_hex
4:	bl	put_line
	address	3, unexpected
	stw	3, RECORD_RESUME(31)
	lwz	31, 12(1)
	lwz	0, 20(1)
	addi	1, 1, 16
	mtlr	0
	blr

put_line:
	li	3, '\n'
put_char:
	lis	5, 0x8000
6:	lbz	6, 0x3fd(5)
	andi.	6, 6, 0x20
	beq	6b
	stb	3, 0x3f8(5)
	eieio
	blr

put_string:
	mflr	10
	mr	7, 3
7:	lbz	3, 0(7)
	addi	7, 7, 1
	cmpwi	3, 0
	beq	8f
	bl	put_char
	b	7b
8:	mtlr	10
	blr

put_hex:
	li	9, 32
put_digits:	/* the low r9 bits of r3 */
	mflr	10
	mr	7, 3
9:	addi	9, 9, -4
	srw	3, 7, 9
	rlwinm	3, 3, 0, 28, 31
	cmpwi	3, 10
	blt	8f
	addi	3, 3, 'a' - '0' - 10
8:	addi	3, 3, '0'
	bl	put_char
	cmpwi	9, 0
	bne	9b
	mtlr	10
	blr

	.data
	.balign	32
	.globl	record
record:	.space	RECORD_SIZE
	.section .note.GNU-stack, "", @progbits
