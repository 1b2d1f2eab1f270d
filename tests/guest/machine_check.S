/* SPDX-License-Identifier: MIT
 * machine_check.S - a bus error, a hole, and two lines that a 40p does not wire: MCP, soft reset.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu: no, because its bus never answers with an error (the 60x bus has TEA: PEM 6.4.2), and the
 *	machine has none of these lines
 * rows: lwz stw rfi
 *
 * SRR1 of a machine check: 750 UM 4.5.2 (bit 12 MCP, bit 13 TEA); PEM 6.4.1 for the reset.
 */
#include "macros.inc"
	.macro	line number
	lis	14, 0x8000
	li	15, \number
	stb	15, 0xe00(14)
	isync
	nop
	.endm
	.text
	.globl	main
main:
	mflr	31
	map_code
	lis	14, 0x8000
	try	"load, bus error", MSR_ME, lwz 15, 0xe04(14)
	show_word "handler's msr", record + RECORD_MSR
	try	"store, bus error, user", MSR_ME | MSR_PR | MSR_EE, stw 15, 0xe04(14)
	lis	14, 0x7000
	try	"load from a hole", MSR_ME, lwz 15, 0(14)
	try	"store to a hole", MSR_ME | MSR_RI, stw 15, 0(14)
	mtctr	14
	try	"fetch from a hole", MSR_ME, bctr
	enter	MSR_ME
	line	2
	leave	"MCP"
	enter	MSR_ME
	line	3
	leave	"soft reset"
	show_word "handler's msr", record + RECORD_MSR
	mtlr	31
	blr
