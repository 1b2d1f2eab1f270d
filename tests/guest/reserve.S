/* SPDX-License-Identifier: MIT
 * reserve.S - lwarx and stwcx.: when the store is made, and what CR0 says of it.
 *
 * cpus: 604e 750 7400 7455
 * rows: lwarx stwcx. rfi
 *
 * PEM 4.2.6, 8.2 (stwcx.); It leaves a stwcx. to another address than the reservation's open,
 * so none is made here. An exception does not take the reservation away
 * [PEM 4.2.6]; QEMU's does. It also compares a stwcx.'s address before it looks whether that can be
 * stored to, and its DSISR of an alignment exception lacks the opcode [PEM table 6-14].
 */
#include "macros.inc"
#include "pages.inc"
	.macro	stored text
	mfcr	17
	rlwinm	17, 17, 4, 28, 31
	lwz	18, 0(15)
	show	"\text: cr0", 17
	show	"\text: memory", 18
	.endm
	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	value	15, PAGE_A
	li	16, 0
	stw	16, 0(15)
	li	16, 1
	lwarx	17, 0, 15
	stwcx.	16, 0, 15
	stored	"with a reservation"
	li	16, 2
	stwcx.	16, 0, 15
	stored	"it is gone"
	lwarx	17, 0, 15
	stw	16, 0x1000(15)		/* elsewhere */
	li	16, 3
	stwcx.	16, 0, 15
	stored	"after another store of its own"
	lis	4, 0x8000
	mtxer	4
	lwarx	17, 0, 15
	li	16, 4
	stwcx.	16, 0, 15
	stored	"SO is copied"
	stwcx.	16, 0, 15
	stored	"SO is copied"
	li	4, 0
	mtxer	4
	lwarx	17, 0, 15
	try	"an exception between", MSR_ME, sc
	li	16, 5
	stwcx.	16, 0, 15
	stored	"the reservation holds"

	say	"faults"
	map_page 0x30000000, PAGE_A, 2
	mr	30, 3
	map_page 0x30001000, PAGE_B, 3
	value	14, 0x30000000
	enter	MSR_DR
	lwarx	17, 0, 14
	li	16, 6
	stwcx.	16, 0, 14
	leave	"in a page"
	stored	"translated"
	lwz	0, 4(30)
	show	"pte", 0
	value	14, 0x30002000
	try	"lwarx, no translation", MSR_DR, lwarx 17, 0, 14
	lwarx	17, 0, 15
	try	"stwcx., no translation", MSR_DR, stwcx. 16, 0, 14
	value	14, 0x30001000
	enter	MSR_DR
	lwarx	17, 0, 14
	stwcx.	16, 0, 14
	leave	"stwcx., read-only"
	addi	14, 15, 2
	try	"lwarx, misaligned", MSR_ME, lwarx 17, 0, 14
	lwarx	17, 0, 15
	try	"stwcx., misaligned", MSR_ME, stwcx. 16, 0, 14
	mtlr	31
	blr
