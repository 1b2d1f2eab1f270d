/* SPDX-License-Identifier: MIT
 * hostile_device.S - does to a device, and across the end of RAM, what is meant for memory.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: dcbz lwarx stwcx. stmw lmw lswi stswi lfd stfd lwz stw
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	29
	lis	14, 0x8000
	ori	14, 14, 0x800
	li	15, 0
	.irp	insn, "dcbz 0, 14", "lwarx 16, 0, 14", "stwcx. 16, 0, 14", "stmw 16, 0(14)", "lmw 30, 0(14)"
	try	"\insn", MSR_ME, \insn
	.endr
	.irp	insn, "lswi 16, 14, 31", "stswi 16, 14, 31", "lfd 1, 0(14)", "stfd 1, 0(14)", "lwz 16, 1(14)"
	try	"\insn", MSR_ME | MSR_FP, \insn
	.endr
	ori	14, 14, 0x7fe		/* across its end */
	.irp	insn, "lwz 16, 0(14)", "stw 16, 0(14)", "dcbz 0, 14", "lswi 16, 14, 31", "stswi 16, 14, 31"
	try	"\insn at the end", MSR_ME, \insn
	.endr
	value	14, 0x00fffffe
	.irp	insn, "lwz 16, 0(14)", "stw 16, 0(14)", "lhz 16, 1(14)", "lswi 16, 14, 31", "stswi 16, 14, 31"
	try	"\insn at the end of RAM", MSR_ME, \insn
	.endr
	addi	14, 14, -2
	.irp	insn, "lmw 30, 0(14)", "stmw 30, 0(14)", "lfd 1, 0(14)", "stfd 1, 0(14)"
	try	"\insn at the end of RAM", MSR_ME | MSR_FP, \insn
	.endr
	addi	14, 14, 4
	try	"dcbz beyond the end of RAM", MSR_ME, dcbz 0, 14
	try	"icbi beyond the end of RAM", MSR_ME, icbi 0, 14
	try	"stwcx. beyond the end of RAM", MSR_ME, stwcx. 16, 0, 14
	mtlr	29
	blr
