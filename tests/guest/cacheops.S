/* SPDX-License-Identifier: MIT
 * cacheops.S - cache instructions: what they do to memory, and what their addresses must satisfy.
 *
 * cpus: 604e 750 7400 7455
 * rows: dcbz dcbi dcbst dcbf dcbt dcbtst icbi
 *
 * PEM 4.2.6, 4.3.3, 4.4.3.1 and 8.2 under each: dcbz and dcbi are stores, dcbst, dcbf and icbi
 * loads; dcbt and dcbtst never fault. QEMU's dcbi faults as a load; PEM 8.2, dcbi: as a store.
 */
#include "macros.inc"
#include "pages.inc"
	.macro	each msr, insns:vararg
	.irp	insn, \insns
	try	"\insn", \msr, \insn
	.endr
	.endm
	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	value	20, PAGE_A
	li	4, -1
	li	5, 64
	mtctr	5
	addi	6, 20, -4
1:	stwu	4, 4(6)
	bdnz	1b
	addi	14, 20, 0x47
	try	"dcbz in real mode", MSR_ME, dcbz 0, 14
	.irp	offset, 0x3c, 0x40, 0x5c, 0x60
	lwz	15, \offset(20)
	show	"word \offset", 15
	.endr
	map_page 0x30000000, PAGE_A, 2
	mr	30, 3
	map_page 0x30001000, PAGE_B, 3
	map_page 0x30002000, PAGE_C, 0		/* no access: Ks and Kp are on */
	value	4, 0x60123453
	mtsr	3, 4
	isync
	li	16, 0x20
	value	14, 0x30000000
	each	MSR_DR, "dcbst 14, 16", "dcbf 14, 16", "icbi 14, 16"
	lwz	0, 4(30)
	show	"pte", 0
	each	MSR_DR, "dcbz 14, 16"
	lwz	0, 4(30)
	show	"pte", 0
	lwz	0, 0x3c(20)
	show	"word 0x3c", 0
	lwz	0, 0x1c(20)
	show	"word 0x1c", 0
	each	MSR_DR, "dcbi 14, 16"

	say	"no translation"
	value	14, 0x30003000
	each	MSR_DR, "dcbz 14, 16", "dcbi 14, 16", "dcbst 14, 16", "dcbf 14, 16", "icbi 14, 16"
	each	MSR_DR | MSR_PR, "dcbz 14, 16", "dcbst 14, 16", "dcbf 14, 16", "icbi 14, 16"
	each	MSR_DR, "dcbt 14, 16", "dcbtst 14, 16"
	say	"read-only"
	value	14, 0x30001000
	each	MSR_DR, "dcbz 14, 16", "dcbi 14, 16", "dcbst 14, 16", "dcbf 14, 16", "icbi 14, 16"
	say	"no access"
	value	14, 0x30002000
	each	MSR_DR, "dcbz 14, 16", "dcbi 14, 16", "dcbst 14, 16", "dcbf 14, 16", "icbi 14, 16"
	each	MSR_DR, "dcbt 14, 16", "dcbtst 14, 16"
	mtlr	31
	blr
