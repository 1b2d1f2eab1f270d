/* SPDX-License-Identifier: MIT
 * highbats.S - BATs 4-7 of the 7455, in force under HID0[HIGH_BAT_EN]; larger blocks under XBSEN.
 *
 * cpus: 7455
 * qemu: no, because its BATs 4-7 need no HID0 bit; the 7450 UM's HID0 table has bit 8 for them
 * rows: mtspr mfspr lwz
 */
#include "macros.inc"
#include "pages.inc"
	.macro	hid0_bits mask
	mfspr	13, 1008
	rlwinm	13, 13, 0, 9, 7
	rlwinm	13, 13, 0, 24, 22
	value	12, \mask
	or	13, 13, 12
	sync
	mtspr	1008, 13
	isync
	.endm
	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	value	15, PAGE_A + 0x20000
	value	16, 0x600dda7a
	stw	16, 0(15)
	.irp	upper, 568, 570, 572, 574
	value	14, 0x40000000 + (\upper - 568) * 0x08000000
	set_bat	\upper, 0x40000000 + (\upper - 568) * 0x08000000, 0x320000, 0, 3, 2, 2
	hid0_bits 0
	try	"\upper, disabled", MSR_DR, lwz 17, 0(14)
	hid0_bits 0x00800000
	li	17, 0
	try	"\upper, enabled", MSR_DR, lwz 17, 0(14)
	show	"value", 17
	.endr
	value	15, 0x44000002
	value	16, 0x320000
	stw	15, 0x40(16)
	dcbst	0, 16
	sync
	icbi	0, 16
	sync
	isync
	set_bat	566, 0x70000000, 0x320000, 0, 3, 2, 2
	value	14, 0x70000040
	mtctr	14
	try	"fetch by 566", MSR_IR, bctr
	set_bat	568, 0, 0, 0, 0, 0, 0
	set_bat	540, 0x80000000, 0, 0x0fff, 3, 2, 2	/* 512 MiB, to where there is no RAM */
	value	14, 0x90320000
	hid0_bits 0x00800000
	try	"256 MiB and more, without XBSEN", MSR_ME | MSR_DR, lwz 17, 0(14)
	hid0_bits 0x00800100
	try	"256 MiB and more, with XBSEN", MSR_ME | MSR_DR, lwz 17, 0(14)
	value	14, 0x80320000
	try	"below", MSR_DR, lwz 17, 0(14)
	show	"value", 17
	mtlr	31
	blr
