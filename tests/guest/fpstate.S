/* SPDX-License-Identifier: MIT
 * fpstate.S - floating-point and vector registers across exceptions and while they are unavailable.
 *
 * cpus: 7400 7455
 * rows: lfd stfd mffs mtfsf lvx stvx mfvscr mtvscr
 *
 * PEM 6.2; AltiVec PEM 2.3: MSR[FP] and MSR[VEC] deny access and change nothing else. QEMU: mtfsb1
 * sets no FX [PEM 2.1.4, FPSCR[0]].
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	value	14, PAGE_A
	value	15, 0x01020304
	.irp	n, 0, 4, 8, 12, 16, 20, 24, 28
	stw	15, \n(14)
	addi	15, 15, 0x111
	.endr
	value	4, MSR_ME | MSR_FP | MSR_VEC
	mtmsr	4
	isync
	lfd	1, 0(14)
	lfd	31, 8(14)
	lvx	1, 0, 14
	li	15, 16
	lvx	31, 14, 15
	mtfsb1	4		/* UX, a sticky bit */
	vspltisw 2, 1
	mtvscr	2		/* SAT */
	vspltisw 2, -1
	try	"sc", MSR_ME, sc
	try	"lfd, unavailable", MSR_ME, lfd 1, 8(14)
	try	"stfd, unavailable", MSR_ME, stfd 1, 8(14)
	try	"lvx, unavailable", MSR_ME | MSR_FP, lvx 1, 14, 15
	try	"sc, everything on", MSR_ME | MSR_FP | MSR_VEC | MSR_PR, sc
	try	"lfd with a bad address", MSR_ME | MSR_FP | MSR_DR, lfd 1, 0x100(14)
	value	4, MSR_ME | MSR_FP | MSR_VEC
	mtmsr	4
	isync
	stfd	1, 0x40(14)
	stfd	31, 0x48(14)
	addi	16, 14, 0x50
	stvx	1, 0, 16
	stvx	31, 15, 16
	mffs	1
	stfd	1, 0x70(14)
	mfvscr	1
	addi	16, 14, 0x80
	stvx	1, 0, 16
	li	4, MSR_ME
	mtmsr	4
	isync
	.irp	n, 0x40, 0x44, 0x48, 0x4c, 0x50, 0x5c, 0x60, 0x6c, 0x74, 0x8c
	lwz	15, \n(14)
	show	"\n", 15
	.endr
	mtlr	31
	blr
