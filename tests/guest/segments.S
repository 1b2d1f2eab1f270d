/* SPDX-License-Identifier: MIT
 * segments.S - segment registers that change again and again: each access sees the one of its time.
 *
 * cpus: 604e 750 7400 7455
 * rows: mtsr mtsrin mfsr mfsrin isync
 *
 * PEM 7.5.2.1, 2.3.17 (what an mtsr wants around it). The loops are long enough for a translator. In the
 * first the code itself is not translated, so that nothing but the data asks for the segment registers.
 */
#include "macros.inc"
#include "pages.inc"

#define OTHER 0x00654321

	/* 100 rounds of: r14 is read with VSIDs r20, r21, r21 in its segment. r15 = what was read. */
	.macro	rounds text, msr
	li	15, 0
	li	16, 100
	mtctr	16
	enter	\msr
1:	mtsr	3, 20
	isync
	lwz	17, 0(14)
	rlwinm	15, 15, 1, 0, 31
	add	15, 15, 17
	mtsr	3, 21
	isync
	lwz	17, 0(14)
	xor	15, 15, 17
	mtsrin	21, 14
	isync
	lwz	17, 0(14)
	add	15, 15, 17
	bdnz	1b
	leave	"\text"
	show	"sum", 15
	mfsr	0, 3
	show	"sr3", 0
	.endm

	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	value	3, PAGE_A
	value	4, 0xaaaa0001
	stw	4, 0(3)
	value	3, PAGE_B
	value	4, 0xbbbb0002
	stw	4, 0(3)
	value	14, 0x30000000
	mfsr	20, 3
	map_page 0x30000000, PAGE_A, 2
	value	21, OTHER
	mtsr	3, 21
	isync
	map_page 0x30000000, PAGE_B, 2

	rounds	"data", MSR_DR
	rounds	"data and code", MSR_DR | MSR_IR

	/* all of them by number, in real mode; then they are as they were */
	value	16, 0x00700000
	li	18, 4
2:	li	17, 16
	mtctr	17
	li	17, 0
3:	mfsrin	19, 17
	xor	19, 19, 16
	mtsrin	19, 17
	addis	17, 17, 0x1000
	bdnz	3b
	mfsr	0, 2
	show	"sr2", 0
	mfsr	0, 15
	show	"sr15", 0
	addi	18, 18, -1
	cmpwi	18, 0
	bne	2b
	rounds	"once more", MSR_DR
	mtlr	31
	blr
