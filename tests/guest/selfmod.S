/* SPDX-License-Identifier: MIT
 * selfmod.S - code that was changed is executed as changed, after dcbst, sync, icbi, sync, isync.
 *
 * cpus: 604e 750 7400 7455
 * rows: dcbst icbi sync isync dcbz
 *
 * PEM 5.1.5.2, 4.3.3.2. Through the address itself, through another of the same memory, with
 * translation, by dcbz, and within the loop that does it.
 */
#include "macros.inc"
#include "pages.inc"
	.macro	publish ea
	dcbst	0, \ea
	sync
	icbi	0, \ea
	sync
	isync
	.endm
	.text
	.globl	main
main:
	mflr	31
	value	14, PAGE_A
	value	15, 0x3a200000		/* li 17, 0 */
	value	16, 0x4e800020		/* blr */
	stw	16, 4(14)
	li	18, 4
	li	19, 0
1:	stw	15, 0(14)
	publish	14
	mtlr	14
	blrl
	add	19, 19, 17
	addi	15, 15, 7
	addi	18, 18, -1
	cmpwi	18, 0
	bne	1b
	show	"0 + 7 + 14 + 21", 19

	say	"in place"
	address	20, 2f
	li	18, 3
	li	19, 0
	value	15, 0x3a200001		/* li 17, 1 */
1:	stw	15, 0(20)
	publish	20
2:	li	17, 100
	add	19, 19, 17
	addi	15, 15, 1
	addi	18, 18, -1
	cmpwi	18, 0
	bne	1b
	show	"1 + 2 + 3", 19

	say	"by another address"
	map_code
	pages_on
	map_page 0x30000000, PAGE_A, 2
	map_page 0x40000000, PAGE_A, 2
	value	21, 0x40000000
	value	15, 0x3a200055
	stw	15, 0(14)
	value	15, 0x44000002		/* sc */
	stw	15, 4(14)
	publish	14
	value	20, 0x30000000
	mtctr	20
	try	"first", MSR_IR | MSR_DR, bctr
	show	"r17", 17
	value	15, 0x3a200066
	enter	MSR_IR | MSR_DR
	stw	15, 0(21)
	publish	21
	bctr
	leave	"changed at 40000000, executed at 30000000"
	show	"r17", 17

	say	"another page at the same address"
	value	14, PAGE_B
	value	15, 0x3a200077
	stw	15, 0(14)
	value	15, 0x44000002
	stw	15, 4(14)
	publish	14
	map_page 0x30000000, PAGE_B, 2
	tlbie	20
	sync
	isync
	try	"executed", MSR_IR | MSR_DR, bctr
	show	"r17", 17
	say	"dcbz"
	dcbz	0, 14
	publish	14
	try	"a line of zeros", MSR_IR | MSR_DR, bctr
	mtlr	31
	blr
