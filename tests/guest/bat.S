/* SPDX-License-Identifier: MIT
 * bat.S - block address translation: sizes, privilege, protection, fetch against data.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu cpus: 604e 750 7400 7455
 * rows: mtspr mfspr lwz stw
 *
 * PEM 7.4. Behind the BATs there is an empty page table, so a block that ends shows. The
 * 603e looks there by software: vectors 1000, 1100 and 1200.
 * QEMU: not the 603e, where it takes a protection violation for a TLB miss, and the way in SRR1
 * depends on what was missed before. And it lets a fetch through that only a DBAT translates, when
 * the same page has been read ("a DBAT is not for fetches"); PEM 7.4: fetches look at IBATs alone.
 */
#include "macros.inc"
#include "pages.inc"
	/* r14 + offset: does it translate? */
	.macro	size bl, bytes
	set_bat	540, 0x40000000, 0, \bl, 3, 2, 2
	value	14, 0x40000000 + \bytes - 4
	enter	MSR_DR
	lwz	15, 0(14)
	leave	"block of \bytes, last word"
	value	14, 0x40000000 + \bytes
	enter	MSR_DR
	lwz	15, 0(14)
	leave	"block of \bytes, beyond"
	.endm
	.text
	.globl	main
main:
	mflr	20
	map_code
	pages_on
	size	0, 0x20000
	size	1, 0x40000
	size	3, 0x80000
	size	7, 0x100000
	size	0xf, 0x200000
	size	0x1f, 0x400000
	size	0x3f, 0x800000
	size	0x7f, 0x1000000

	say	"where it leads"
	value	14, PAGE_A + 0x20000
	value	15, 0x600dda7a
	stw	15, 0x10(14)
	set_bat	540, 0x50000000, 0x320000, 0, 3, 2, 2
	value	16, 0x50000010
	try	"lwz", MSR_DR, lwz 17, 0(16)
	show	"value", 17
	value	16, 0x50000014
	value	17, 0x12345678
	try	"stw", MSR_DR, stw 17, 0(16)
	lwz	17, 0x14(14)
	show	"in memory", 17
	lwz	17, 0x10(14)

	say	"Vs and Vp"
	.irp	valid, 0, 1, 2, 3
	set_bat	540, 0x50000000, 0x320000, 0, \valid, 2, 2
	try	"valid=\valid, supervisor", MSR_DR, lwz 17, 0(16)
	try	"valid=\valid, user", MSR_DR | MSR_PR, lwz 17, 0(16)
	.endr

	say	"PP"
	.irp	pp, 0, 1, 2, 3
	set_bat	540, 0x50000000, 0x320000, 0, 3, 2, \pp
	try	"pp=\pp load", MSR_DR, lwz 17, 0(16)
	try	"pp=\pp store", MSR_DR | MSR_PR, stw 17, 0(16)
	.endr

	say	"fetch"
	value	15, 0x44000002		/* sc */
	stw	15, 0x20(14)
	dcbst	0, 14
	sync
	icbi	0, 14
	sync
	isync
	value	16, 0x50000020
	mtctr	16
	try	"a DBAT is not for fetches", MSR_IR | MSR_DR, bctr
	set_bat	532, 0x50000000, 0x320000, 0, 3, 2, 2
	try	"an IBAT is", MSR_IR, bctr
	set_bat	532, 0x50000000, 0x320000, 0, 2, 2, 2
	try	"Vs only, user", MSR_IR | MSR_PR, bctr
	set_bat	532, 0x50000000, 0x320000, 0, 3, 2, 0
	try	"PP = 0", MSR_IR, bctr
	set_bat	532, 0x50000000, 0x320000, 0, 3, 2, 1
	try	"PP = 1", MSR_IR, bctr
	set_bat	540, 0, 0, 0, 0, 0, 0
	set_bat	532, 0x50000000, 0x320000, 0, 3, 2, 2
	try	"an IBAT is not for data", MSR_DR, lwz 17, 0(16)

	say	"several"
	set_bat	542, 0x60000000, 0x320000, 0, 3, 2, 2
	set_bat	538, 0x60020000, 0x340000, 0, 3, 2, 3
	value	16, 0x60000010
	try	"DBAT3", MSR_DR, lwz 17, 0(16)
	show	"value", 17
	value	16, 0x60020010
	try	"DBAT1, read-only", MSR_DR, stw 17, 0(16)
	mtlr	20
	blr
