/* SPDX-License-Identifier: MIT
 * exceptions.S - what each synchronous exception leaves behind: vector, SRR0, SRR1, the MSR.
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: sc rfi mfmsr mtmsr tw twi
 *
 * PEM 6.2, 6.4.7-6.4.10; AltiVec PEM 5.3. SRR1 has the MSR's bits 16-31 and the cause in bits
 * 11-15; the handler's MSR keeps ME and IP alone.
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	20
	map_code
	map_data
	li	14, 5

	say	"sc"
	try	"supervisor", MSR_ME, sc
	show_word "handler's msr", record + RECORD_MSR
	try	"user, translated", MSR_ME | MSR_PR | MSR_IR | MSR_DR | MSR_EE | MSR_RI, sc
	show_word "handler's msr", record + RECORD_MSR
	try	"without me", MSR_PR, sc
	show_word "handler's msr", record + RECORD_MSR
	try	"all mode bits", MSR_ME | MSR_FP | MSR_FE0 | MSR_FE1, sc
	show_word "handler's msr", record + RECORD_MSR

	say	"program"
	try	"the word 0", MSR_ME, .long 0
	try	"an undefined primary opcode", MSR_ME, .long 0x04000000 | 5 << 26
	try	"an undefined extended opcode", MSR_ME | MSR_PR, .long 0x7c0007fe
	show_word "handler's msr", record + RECORD_MSR
	try	"twi, taken", MSR_ME, twi 31, 14, 5
	try	"tweqi, taken", MSR_PR | MSR_RI, tweqi 14, 5
	try	"tweqi, not taken", MSR_ME, tweqi 14, 6
	try	"tw, taken", MSR_ME, tw 4, 14, 14
	try	"twlgt, not taken", MSR_ME, twlgt 14, 14
	try	"privileged", MSR_PR, mfmsr 15

	say	"unavailable"
	try	"lfd without fp", MSR_ME, lfd 1, 0(14)
	try	"fadd without fp, user", MSR_PR, fadd 1, 2, 3
	try	"stfs without fp, bad address", MSR_PR | MSR_DR, stfs 1, 0(14)
	try	"mffs without fp", MSR_ME, mffs 1
	try	"fadd with fp", MSR_ME | MSR_FP, fadd 1, 2, 3

	say	"rfi"
	value	16, MSR_ME | MSR_FP | MSR_RI | MSR_FE0
	set_resume 1f
	address	15, 1f
	mtsrr0	15
	mtsrr1	16
	rfi
1:	mfmsr	17
	show	"msr", 17
	address	15, 1f
	ori	15, 15, 3	/* SRR0[30-31] are ignored */
	mtsrr0	15
	li	16, MSR_ME
	mtsrr1	16
	rfi
1:	mfmsr	17
	show	"msr", 17
	say	"mtmsr"
	value	16, MSR_ME | MSR_FP | MSR_RI | MSR_BE
	rlwinm	16, 16, 0, 23, 21	/* not BE */
	mtmsr	16
	isync
	mfmsr	17
	show	"msr", 17
	li	16, MSR_ME
	mtmsr	16
	isync
	mtlr	20
	blr
