/* SPDX-License-Identifier: MIT
 * trace.S - single step and branch trace.
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: rfi sc isync b bc bclr bcctr mtmsr
 *
 * PEM 6.4.11: SE traces every instruction that completes but rfi, BE every branch; SRR0 is the next
 * instruction. sc and an instruction with another exception are not traced.
 * isync is by the 604e alone (7400 UM table 4-2 leaves it out); QEMU traces it everywhere.
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	map_code
	map_data
	li	14, 5
	say	"SE"
	try	"addi", MSR_ME | MSR_SE, addi 14, 14, 1
	show	"it was executed", 14
	try	"user, translated", MSR_ME | MSR_SE | MSR_PR | MSR_IR | MSR_DR, addi 14, 14, 1
	value	15, PAGE_A
	try	"stw", MSR_ME | MSR_SE, stw 14, 0(15)
	try	"branch taken", MSR_ME | MSR_SE, b . + 8
	try	"branch not taken", MSR_ME | MSR_SE, bdz . + 8
	try	"sc", MSR_ME | MSR_SE, sc
	try	"isync", MSR_ME | MSR_SE, isync
	try	"illegal", MSR_ME | MSR_SE, .long 0
	try	"trap not taken", MSR_ME | MSR_SE, tweqi 14, 99
	try	"trap taken", MSR_ME | MSR_SE, twi 31, 14, 0
	li	16, 1
	address	15, 1f
	mtsrr0	15
	enter	MSR_ME
	mtsrr0	15
	value	15, MSR_ME | MSR_SE
	mtsrr1	15
	rfi				/* not traced itself */
1:	addi	16, 16, 1
	addi	16, 16, 1
	leave	"rfi into a trace"
	show	"one instruction after it", 16
	value	15, MSR_ME | MSR_SE
	enter	MSR_ME
	mtmsr	15			/* began without SE */
	nop
	nop
	leave	"mtmsr that sets SE"
	li	15, MSR_ME
	try	"mtmsr that clears SE", MSR_ME | MSR_SE, mtmsr 15
	say	"BE"
	try	"b", MSR_ME | MSR_BE, b . + 4
	enter	MSR_ME | MSR_BE
	addi	14, 14, 1
	addi	14, 14, 1
	b	. + 4
	nop
	leave	"the first branch"
	try	"not taken", MSR_ME | MSR_BE, bdz . + 8
	address	15, 1f
	mtlr	15
	mtctr	15
	enter	MSR_ME | MSR_BE
	blr
1:	nop
	leave	"blr"
	address	15, 1f
	mtctr	15
	enter	MSR_ME | MSR_BE
	bctr
1:	nop
	leave	"bctr"
	mtlr	31
	blr
