/* SPDX-License-Identifier: MIT
 * debug.S - the breakpoint registers: IABR before an instruction, DABR before an access.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu: no, because its IABR and DABR of these models are storage; PEM 2.3.15 (DABR), 603e UM 2.1
 *	and 750 UM 4.5 (IABR) have them cause exceptions 300 with DSISR[9] and 1300
 * rows: mtspr lwz stw stb
 */
#include "macros.inc"
	.macro	iabr at, low
	address	11, \at
	ori	11, 11, \low
	mtspr	1010, 11
	isync
	.endm
	.text
	.globl	main
main:
	mflr	31
	map_code
	map_data
	say	"IABR"
	li	14, 1
	iabr	1f, 2			/* enabled, not translated */
	enter	MSR_ME
	addi	14, 14, 1
1:	addi	14, 14, 1
	leave	"breakpoint"
	show	"instructions before it", 14
	iabr	1f, 0
	enter	MSR_ME
	nop
1:	nop
	leave	"disabled"
	li	11, 0
	mtspr	1010, 11
	isync

	say	"DABR"
	value	14, PAGE_A
	addi	15, 14, 8
	li	16, 7
	stw	16, 8(14)
	addi	17, 15, 2		/* writes; BT = 0, translation off */
	mtspr	1013, 17
	isync
	try	"store watched", MSR_ME, stw 14, 8(14)
	lwz	17, 8(14)
	show	"memory", 17
	try	"a byte of the doubleword", MSR_ME, stb 14, 15(14)
	try	"the next doubleword", MSR_ME, stw 14, 16(14)
	try	"load not watched", MSR_ME, lwz 17, 8(14)
	try	"other translation", MSR_DR, stw 16, 8(14)
	addi	17, 15, 1 + 4		/* reads, translated */
	mtspr	1013, 17
	isync
	try	"load watched, untranslated", MSR_ME, lwz 17, 8(14)
	try	"load watched, translated", MSR_DR | MSR_PR, lwz 17, 8(14)
	try	"store", MSR_DR, stw 17, 8(14)
	li	17, 0
	mtspr	1013, 17
	isync
	try	"off", MSR_DR, lwz 17, 8(14)
	mtlr	31
	blr
