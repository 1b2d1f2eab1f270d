/* SPDX-License-Identifier: MIT
 * registers.S - the registers of the operating environment keep what is written to them.
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: mtspr mfspr mtsr mtsrin mfsr mfsrin mtmsr mfmsr
 *
 * PEM 2.3, 4.4.2, 4.4.3.2. QEMU: mtmsr does not clear ME; the PEM has all of rS go to the MSR.
 */
#include "macros.inc"
	.macro	kept name, spr, pattern
	value	14, \pattern
	mtspr	\spr, 14
	isync
	show_spr "\name", \spr
	.endm
	.text
	.globl	main
main:
	mflr	20
	kept	"sprg0", 272, 0xffffffff
	kept	"sprg1", 273, 0x00ff00ff
	kept	"sprg2", 274, 0x12345678
	kept	"sprg3", 275, 0x80000001
	show_spr "sprg0 is still", 272
	kept	"srr0", 26, 0x12345678
	kept	"srr1", 27, 0x9bcdef01
	kept	"dar", 19, 0xdeadbeef
	kept	"dsisr", 18, 0x0a0b0c0d
	kept	"sdr1", 25, 0x01230000
	kept	"sdr1", 25, 0x00200000
	kept	"ibat0u", 528, 0xf0001ffc
	kept	"ibat0u", 528, 0
	kept	"dbat3l", 543, 0x1234003a
	kept	"dbat3u", 542, 0x12340003
	kept	"dbat3u", 542, 0
	kept	"ibat3l", 535, 0xabcc0012
	kept	"lr", 8, 0x12345677
	kept	"ctr", 9, 0x89abcdef
	kept	"xer", 1, 0xe000007f
	kept	"xer", 1, 0

	say	"segments"
	.irp	n, 0, 7, 15
	value	14, 0x70123450 + \n
	mtsr	\n, 14
	.endr
	value	15, 0xf0000001
	value	14, 0x60abcdef
	lis	16, 0x8000
	mtsrin	14, 16
	value	16, 0x9fffffff		/* rB[4-31] are ignored */
	addi	14, 14, 1
	mtsrin	14, 16
	.irp	n, 0, 7, 8, 9, 15
	mfsr	14, \n
	show	"sr\n", 14
	.endr
	mfsrin	14, 15
	show	"the segment of f0000001", 14

	say	"msr"
	.irp	bits, MSR_ME, MSR_ME | MSR_FP, MSR_ME | MSR_FE0 | MSR_FE1 | MSR_RI, MSR_ME | MSR_IP, 0
	value	14, \bits
	mtmsr	14
	isync
	mfmsr	15
	show	"\bits", 15
	.endr
	li	14, MSR_ME
	mtmsr	14
	mtlr	20
	blr
