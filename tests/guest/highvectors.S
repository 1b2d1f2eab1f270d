/* SPDX-License-Identifier: MIT
 * highvectors.S - MSR[IP] = 1: exceptions go to 0xfff00000 plus the vector.
 *
 * cpus: 604e 750 7400 7455
 * rows: sc rfi tw mtmsr
 *
 * PEM 2.3.1, 6.2. IP stays on in the handler; QEMU clears it there.
 */
#include "macros.inc"
	.section .high, "ax"
	.macro	high at
	.org	\at
	lis	12, record@ha
	addi	12, 12, record@l
	li	11, \at
	oris	11, 11, 0xfff0		/* so that it shows */
	stw	11, RECORD_VECTOR(12)
	mfsrr0	11
	stw	11, RECORD_SRR0(12)
	mfsrr1	11
	stw	11, RECORD_SRR1(12)
	mfmsr	11
	stw	11, RECORD_MSR(12)
	lis	11, MSR_ME@h
	ori	11, 11, MSR_ME
	mtsrr1	11
	lwz	11, RECORD_RESUME(12)
	mtsrr0	11
	rfi
	.endm
	.irp	at, 0x300, 0x700, 0x800, 0x900, 0xc00
	high	\at
	.endr

	.text
	.globl	main
main:
	mflr	31
	try	"sc, low", MSR_ME, sc
	enter	MSR_ME | MSR_IP
	sc
	leave	"sc, high"
	show_word "vector", record + RECORD_VECTOR
	show_word "handler's msr", record + RECORD_MSR
	enter	MSR_PR | MSR_IP
	trap
	leave	"trap, high, user"
	show_word "vector", record + RECORD_VECTOR
	show_word "handler's msr", record + RECORD_MSR
	try	"fp unavailable, high", MSR_ME | MSR_IP, fadd 1, 1, 1
	lis	14, 0x8000
	value	15, 0x7fffffff
	mtdec	15
	mtdec	14
	lis	14, 0x200
	mtctr	14
	enter	MSR_ME | MSR_IP | MSR_EE
1:	bdnz	1b
	leave	"decrementer, high"
	try	"sc, low again", MSR_ME, sc
	mtlr	31
	blr
