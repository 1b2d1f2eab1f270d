/* SPDX-License-Identifier: MIT
 * fpenabled.S - enabled floating-point exceptions, in each mode of MSR[FE0,FE1].
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: fdiv fadd mtfsf mtfsb1 mtfsfi mtmsr rfi mffs
 *
 * PEM 3.3.6, 6.4.7. All modes but 00 are as precise as 11 here, which the imprecise ones allow. An
 * exception that was not enabled in the MSR when it happened is taken when mtmsr or rfi enables
 * it: SRR0 is the next instruction, and SRR1[15] says so. QEMU: not then. Its FPRF changes with an
 * enabled zero divide, which PEM 3.3.6.1 leaves as it was, and its mtfsb1 sets no FX [PEM 2.1.4].
 */
#include "macros.inc"
	.macro	fpscr_clear bits=0
	li	4, MSR_ME | MSR_FP
	mtmsr	4
	isync
	address	3, number + 24
	value	4, \bits
	stw	4, 4(3)
	lfd	0, 0(3)
	mtfsf	0xff, 0
	.endm
	.macro	show_fpscr text
	li	4, MSR_ME | MSR_FP
	mtmsr	4
	isync
	mffs	1
	address	3, number + 24
	stfd	1, 0(3)
	lwz	4, 4(3)
	show	"\text", 4
	.endm
	.text
	.globl	main
main:
	mflr	31
	li	4, MSR_ME | MSR_FP
	mtmsr	4
	isync
	address	14, number
	lfd	2, 0(14)		/* 1.0 */
	lfd	3, 8(14)		/* 0.0 */
	lfd	4, 16(14)		/* 3.0 */
	.irp	fe, 0, MSR_FE1, MSR_FE0, MSR_FE0 | MSR_FE1
	fpscr_clear 0x10		/* ZE */
	try	"1/0, ZE, fe=\fe", MSR_ME | MSR_FP | \fe, fdiv 5, 2, 3
	show_fpscr "fpscr"
	.endr
	fpscr_clear
	try	"1/0, not enabled", MSR_ME | MSR_FP | MSR_FE0 | MSR_FE1, fdiv 5, 2, 3
	show_fpscr "fpscr"
	fpscr_clear 0x80		/* VE */
	fmr	5, 4
	try	"0/0, VE", MSR_ME | MSR_FP | MSR_FE0 | MSR_PR, fdiv 5, 3, 3
	show_fpscr "fpscr"
	stfd	5, 24(14)
	lwz	15, 24(14)
	show	"frD is not written", 15
	fpscr_clear 0x08		/* XE */
	fmr	5, 2
	try	"1/3, XE", MSR_ME | MSR_FP | MSR_FE0 | MSR_FE1, fdiv 5, 2, 4
	show_fpscr "fpscr"
	stfd	5, 24(14)
	lwz	15, 24(14)
	show	"frD is written", 15
	fpscr_clear 0x10
	try	"mtfsb1 ZX", MSR_ME | MSR_FP | MSR_FE0 | MSR_FE1, mtfsb1 5
	fpscr_clear
	try	"mtfsb1 ZX, ZE off", MSR_ME | MSR_FP | MSR_FE0 | MSR_FE1, mtfsb1 5
	try	"mtfsb1 ZE", MSR_ME | MSR_FP | MSR_FE0 | MSR_FE1, mtfsb1 27
	show_fpscr "fpscr"
	try	"rfi with FEX on", MSR_ME | MSR_FP | MSR_FE0 | MSR_FE1, nop

	say	"enabled later"
	value	15, MSR_ME | MSR_FP | MSR_FE0
	fpscr_clear 0x10
	fdiv	5, 2, 3
	enter	MSR_ME | MSR_FP
	mtmsr	15
	nop
	leave	"by mtmsr"
	fpscr_clear 0x10
	fdiv	5, 2, 3
	try	"by rfi", MSR_ME | MSR_FP | MSR_FE1, nop
	fpscr_clear 0x10
	fdiv	5, 2, 3
	enter	MSR_ME | MSR_FP
	fadd	5, 2, 4
	nop
	leave	"not enabled"
	value	16, MSR_ME | MSR_FP
	fpscr_clear
	fdiv	5, 2, 3
	enter	MSR_ME | MSR_FP
	mtmsr	15
	nop
	leave	"mtmsr, without FEX"
	fpscr_clear
	enter	MSR_ME | MSR_FP | MSR_FE1
	fadd	5, 2, 4
	mtmsr	16
	mtfsb1	5
	mtfsb1	27
	nop
	leave	"disabled in time"
	fpscr_clear
	mtlr	31
	blr
	.data
	.balign	8
number:	.double	1, 0, 3, 0
