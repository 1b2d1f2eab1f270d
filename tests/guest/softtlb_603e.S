/* SPDX-License-Identifier: MIT
 * softtlb_603e.S - the 603e's TLBs, which software loads: misses, tlbld, tlbli.
 *
 * cpus: 603e
 * rows: tlbld tlbli tlbie mtspr mfspr rfi
 *
 * 603e UM 2.1.2, 5.5.2, table 4-17. The handlers search the primary group as the UM's examples
 * do, with TGPR0-3 alone; what they do not find goes to `caught`. Bit 14 of SRR1 is the way to
 * load, which depends on what was used before, and is not shown. QEMU: a store to a page without
 * C sets C in its TLB instead of missing [603e UM 5.5.2], and its data accesses use what a fetch
 * has loaded.
 */
#include "macros.inc"
#include "pages.inc"
#define SPR_DMISS 976
#define SPR_DCMP 977
#define SPR_HASH1 978
#define SPR_HASH2 979
#define SPR_IMISS 980
#define SPR_ICMP 981
#define SPR_RPA 982

	/* bits: R, and C for a store */
	.macro	search miss, cmp, bits, load, vector, counter
	mfctr	0
	mfspr	2, SPR_HASH1
	mfspr	3, \cmp
	addi	2, 2, -8
	li	1, 8
	mtctr	1
1:	lwzu	1, 8(2)
	cmpw	1, 3
	bdnzf	2, 1b
	mtctr	0
	bne	2f
	lwz	1, 4(2)
	ori	1, 1, \bits
	mtspr	SPR_RPA, 1
	stw	1, 4(2)
	lis	2, \counter@ha
	lwz	1, \counter@l(2)
	addi	1, 1, 1
	stw	1, \counter@l(2)
	mfspr	0, \miss
	mfsrr1	3
	mtcrf	0x80, 3
	\load	0
	rfi
2:	mfmsr	0			/* GPR0-3 again */
	xoris	0, 0, 2
	mtmsr	0
	isync
	li	11, \vector
	b	caught
	.endm

	.macro	show_masked text, spr
	mfspr	15, \spr
	show	"\text", 15
	.endm
	.macro	show_srr1
	lis	3, (record + RECORD_SRR1)@ha
	lwz	15, (record + RECORD_SRR1)@l(3)
	rlwinm	15, 15, 0, 15, 13	/* without the way */
	show	"srr1", 15
	lis	3, record@ha
	lwz	15, record@l(3)
	show	"vector", 15
	.endm
	.macro	show_counts
	show_word "fetch misses", misses
	show_word "load misses", misses + 4
	show_word "store misses", misses + 8
	.endm
	/* as try, without the report */
	.macro	missing msr, insn:vararg
	enter	\msr
	\insn
	sc
99:	show_srr1
	.endm

	.text
	.globl	main, on_0x1000, on_0x1100, on_0x1200
on_0x1000:
	search	SPR_IMISS, SPR_ICMP, 0x100, tlbli, 0x1000, misses
on_0x1100:
	search	SPR_DMISS, SPR_DCMP, 0x100, tlbld, 0x1100, misses + 4
on_0x1200:
	search	SPR_DMISS, SPR_DCMP, 0x180, tlbld, 0x1200, misses + 8

main:
	mflr	31
	map_code
	pages_on
	li	14, 0
	li	15, 64			/* all sets, both ways */
	mtctr	15
1:	tlbie	14
	addi	14, 14, 0x1000
	bdnz	1b
	sync
	value	15, PAGE_A
	value	16, 0xaaaa0001
	stw	16, 0(15)
	value	15, PAGE_B
	value	16, 0xbbbb0002
	stw	16, 0(15)

	say	"nothing found"
	value	14, 0x30000010
	missing	MSR_DR, lwz 17, 0(14)
	show_masked "dmiss", SPR_DMISS
	show_masked "dcmp", SPR_DCMP
	show_masked "hash1", SPR_HASH1
	show_masked "hash2", SPR_HASH2
	value	14, 0x3fff7ffc
	missing	MSR_DR | MSR_PR, stw 17, 0(14)
	show_masked "dmiss", SPR_DMISS
	show_masked "dcmp", SPR_DCMP
	show_masked "hash1", SPR_HASH1
	show_masked "hash2", SPR_HASH2
	value	14, 0x30001000
	mtctr	14
	missing	MSR_IR, bctr
	show_masked "imiss", SPR_IMISS
	show_masked "icmp", SPR_ICMP
	value	4, 0x40123453
	mtsr	3, 4
	isync
	missing	MSR_DR, lwz 17, 0(14)
	value	4, 0x00123453
	mtsr	3, 4
	isync

	say	"found"
	map_page 0x30000000, PAGE_A, 2
	mr	30, 3
	value	14, 0x30000000
	value	20, 0x20202020
	mr	0, 20
	mr	2, 20
	lis	4, 0x5555
	mtcrf	0x80, 4
	enter	MSR_DR
	lwz	17, 0(14)
	mfcr	18
	sc
99:	show	"value", 17
	rlwinm	18, 18, 4, 28, 31
	show	"cr0 is as before", 18
	show	"r0 is as before", 0
	show	"r2 is as before", 2
	lwz	0, 4(30)
	show	"pte", 0
	try	"again, without a miss", MSR_DR, lwz 17, 4(14)
	show_counts
	try	"a store must set C", MSR_DR, stw 17, 8(14)
	lwz	0, 4(30)
	show	"pte", 0
	try	"again, without a miss", MSR_DR, stw 17, 12(14)
	show_counts

	say	"the TLB is not the table"
	li	0, 0
	stw	0, 0(30)
	sync
	try	"still there", MSR_DR, lwz 17, 0(14)
	tlbie	14
	sync
	missing	MSR_DR, lwz 17, 0(14)
	show_counts

	say	"fetch"
	value	15, 0x44000002
	value	16, PAGE_C
	stw	15, 0(16)
	dcbst	0, 16
	sync
	icbi	0, 16
	sync
	isync
	map_page 0x30003000, PAGE_C, 2
	value	14, 0x30003000
	mtctr	14
	try	"sc", MSR_IR, bctr
	try	"again", MSR_IR, bctr
	try	"the data TLB has not got it", MSR_DR, lwz 17, 0(14)
	show	"value", 17
	show_counts
	tlbie	14
	sync
	isync
	try	"tlbie is for both", MSR_IR, bctr
	show_counts

	say	"protection"
	map_page 0x30004000, PAGE_A, 3
	value	14, 0x30004000
	try	"load", MSR_DR, lwz 17, 0(14)
	try	"store, read-only", MSR_DR, stw 17, 0(14)
	value	4, 0x10123453
	mtsr	3, 4
	isync
	try	"N", MSR_IR, bctr
	mtlr	31
	blr
	.data
misses:	.long	0, 0, 0
