/* SPDX-License-Identifier: MIT
 * alignment.S - which misaligned accesses are exceptions, and what DSISR tells of the instruction.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu: no, because it makes most of these accesses, and where it does not DSISR lacks the opcode;
 *	PEM table 6-14 has it
 * rows: lwarx stwcx. lmw stmw lfs lfd stfs stfd lfdu lfdux stfiwx lwz sth lwbrx lswi stswi dcbz
 *
 * PEM 6.4.6; the models' UM 4.5.6: not word-aligned floating-point, multiple and reservation
 * accesses, and dcbz of a page that is write-through or caching-inhibited.
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	22
	value	14, PAGE_A
	li	15, 2
	lwarx	16, 0, 14
	try	"lwarx", MSR_ME, lwarx 16, 14, 15
	try	"stwcx.", MSR_ME, stwcx. 16, 14, 15
	try	"lmw", MSR_ME, lmw 30, 2(14)
	try	"stmw", MSR_ME, stmw 30, 1(14)
	.irp	insn, "lfs 1, 2(14)", "lfsu 2, 2(14)", "lfd 3, 6(14)", "lfdu 4, 1(14)", "stfs 5, 3(14)"
	try	"\insn", MSR_ME | MSR_FP, \insn
	.endr
	.irp	insn, "stfsu 6, 2(14)", "stfd 7, 2(14)", "stfdu 31, 2(14)", "lfsx 8, 14, 15"
	try	"\insn", MSR_ME | MSR_FP, \insn
	.endr
	.irp	insn, "lfsux 8, 14, 15", "lfdx 9, 14, 15", "lfdux 9, 14, 15", "stfsx 10, 14, 15"
	try	"\insn", MSR_ME | MSR_FP, \insn
	.endr
	.irp	insn, "stfsux 10, 14, 15", "stfdx 11, 14, 15", "stfdux 11, 14, 15", "stfiwx 1, 14, 15"
	try	"\insn", MSR_ME | MSR_FP, \insn
	.endr
	show	"r14 is as before", 14
	say	"word-aligned is enough"
	try	"lfd 1, 4(14)", MSR_ME | MSR_FP, lfd 1, 4(14)
	try	"stfd 1, 4(14)", MSR_ME | MSR_FP, stfd 1, 4(14)
	say	"no exception"
	.irp	insn, "lwz 16, 1(14)", "lhz 16, 1(14)", "lha 16, 3(14)", "stw 16, 3(14)", "sth 16, 3(14)"
	try	"\insn", MSR_ME, \insn
	.endr
	.irp	insn, "lwbrx 16, 14, 15", "sthbrx 16, 14, 15", "lswi 16, 14, 5", "stswi 16, 14, 5"
	try	"\insn", MSR_ME, \insn
	.endr
	say	"dcbz"
	set_bat	540, 0x50000000, 0x300000, 0, 3, 8, 2
	value	14, 0x50000044
	try	"write-through", MSR_DR, dcbz 0, 14
	set_bat	540, 0x50000000, 0x300000, 0, 3, 4, 2
	try	"caching-inhibited", MSR_DR, dcbz 0, 14
	set_bat	540, 0x50000000, 0x300000, 0, 3, 2, 2
	try	"cacheable", MSR_DR, dcbz 0, 14
	mfspr	15, 1008
	rlwinm	16, 15, 0, 18, 16	/* not DCE */
	sync
	isync
	mtspr	1008, 16
	isync
	try	"cache disabled", MSR_DR, dcbz 0, 14
	mtspr	1008, 15
	isync
	mtlr	22
	blr
