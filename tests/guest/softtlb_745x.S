/* SPDX-License-Identifier: MIT
 * softtlb_745x.S - the 745x with HID0[STEN]: misses are exceptions, tlbld and tlbli fill TLBs.
 *
 * cpus: 7450 7455
 * qemu: no, because its 745x always searches the table itself; 7450 UM 5.5.5 has HID0[STEN]
 * rows: tlbld tlbli tlbie mtspr mfspr
 */
#include "macros.inc"
#include "pages.inc"
#define SPR_TLBMISS 980
#define SPR_PTEHI 981
#define SPR_PTELO 982
	.macro	load_tlb insn, pte_low
	mfspr	15, SPR_TLBMISS
	value	16, \pte_low
	mtspr	SPR_PTELO, 16
	\insn	15
	isync
	.endm
	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	value	15, PAGE_A
	value	16, 0xaaaa0001
	stw	16, 0(15)
	map_page 0x30000000, PAGE_B, 2
	value	14, 0x30000000
	try	"hardware finds the page", MSR_DR, lwz 17, 0(14)
	show	"value", 17
	mfspr	15, 1008
	oris	15, 15, 0x0100
	sync
	mtspr	1008, 15
	isync
	li	14, 0
	li	15, 64
	mtctr	15
1:	tlbie	14
	addi	14, 14, 0x1000
	bdnz	1b
	sync
	value	14, 0x30000000
	try	"load, no translation", MSR_DR, lwz 17, 0(14)
	mfspr	15, SPR_TLBMISS
	rlwinm	15, 15, 0, 0, 30	/* without the way */
	show	"tlbmiss", 15
	show_spr "ptehi", SPR_PTEHI
	load_tlb tlbld, PAGE_A + 0x112
	try	"load", MSR_DR, lwz 17, 0(14)
	show	"value", 17
	try	"store, C is not set", MSR_DR, stw 17, 4(14)
	tlbie	14
	sync
	try	"load, after tlbie", MSR_DR, lwz 17, 0(14)
	load_tlb tlbld, PAGE_A + 0x193
	try	"load, read-only", MSR_DR, lwz 17, 0(14)
	try	"store, read-only", MSR_DR, stw 17, 0(14)
	value	15, 0x44000002
	value	16, PAGE_C
	stw	15, 0(16)
	dcbst	0, 16
	sync
	icbi	0, 16
	sync
	isync
	value	14, 0x30003000
	mtctr	14
	try	"fetch, no translation", MSR_IR, bctr
	load_tlb tlbli, PAGE_C + 0x112
	try	"fetch", MSR_IR, bctr
	tlbie	14
	sync
	mfspr	15, 1008
	rlwinm	15, 15, 0, 8, 6
	sync
	mtspr	1008, 15
	isync
	value	14, 0x30000000
	try	"hardware again", MSR_DR, lwz 17, 0(14)
	show	"value", 17
	mtlr	31
	blr
