/* SPDX-License-Identifier: MIT
 * interrupt.S - the external interrupt: a level, masked by EE, before the decrementer.
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: mtmsr rfi
 *
 * PEM 6.4.5, 6.1.5. The line is raised by the UART's empty transmitter (IER bit 1), on a
 * 40p through its two 8259s, and let go by the UART and the acknowledge cycle.
 */
#include "macros.inc"
	.macro	out port, byte
	lis	3, 0x8000
	li	4, \byte
	stb	4, \port(3)
	eieio
	.endm
	.macro	raise
	out	0x3f9, 2
	sync
	li	4, 2000			/* the line has time to come through */
	mtctr	4
1:	bdnz	1b
	.endm
	.macro	acknowledge
	out	0x3f9, 0
	lis	3, 0xbfff
	ori	3, 3, 0xfff0
	lbz	4, 0(3)
	out	0x20, 0x20		/* end of interrupt */
	sync
	.endm
	.text
	.globl	main
main:
	mflr	31
	/* 8259s: cascade, vectors 0 and 8, no line masked but all but 4 of the first */
	out	0x20, 0x11
	out	0x21, 0
	out	0x21, 4
	out	0x21, 1
	out	0xa0, 0x11
	out	0xa1, 8
	out	0xa1, 2
	out	0xa1, 1
	out	0x21, 0xef
	out	0xa1, 0xff
	raise
	mfmsr	14
	show	"masked, msr", 14
	enter	MSR_ME | MSR_EE
	nop
	leave	"EE on"
	enter	MSR_ME | MSR_EE
	nop
	leave	"a level: again"
	value	14, 0x7fffffff
	mtdec	14
	lis	14, 0x8000
	mtdec	14
	value	14, 0x7fffffff
	mtdec	14
	enter	MSR_ME | MSR_EE | MSR_PR
	nop
	leave	"before the decrementer, from user state"
	acknowledge
	enter	MSR_ME | MSR_EE
	nop
	leave	"then the decrementer"
	enter	MSR_ME | MSR_EE
	nop
	leave	"then nothing"
	mtlr	31
	blr
