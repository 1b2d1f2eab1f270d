/* SPDX-License-Identifier: MIT
 * strings.S - multiple and string accesses: the page behind the first one is missing.
 *
 * cpus: 604e 750 7400 7455
 * rows: lmw stmw lswi stswi lswx stswx
 *
 * PEM 6.4.3: DAR is the first byte in the page that faults. The access may have been made in part
 * [PEM 4.2.3.6], so what it did is looked at only when it has been repeated with the page there.
 */
#include "macros.inc"
#include "pages.inc"
	.macro	missing
	li	0, 0
	stw	0, 0(21)
	sync
	tlbie	14
	sync
	.endm
	.macro	there
	map_page 0x30001000, PAGE_B, 2
	mr	21, 3
	.endm
	.macro	both name, insn:vararg
	missing
	try	"\name, second page missing", MSR_DR, \insn
	there
	try	"\name, both there", MSR_DR, \insn
	.endm
	.text
	.globl	main
main:
	mflr	22
	map_code
	pages_on
	map_page 0x30000000, PAGE_A, 2
	there
	value	14, 0x30001000
	value	15, 0x30000ff4
	value	16, PAGE_A
	value	17, PAGE_B
	.irp	n, 0, 1, 2, 3
	value	4, 0x01020304 + \n * 0x10101010
	stw	4, 0xff0 + 4 * \n(16)
	.endr
	.irp	n, 4, 5, 6, 7
	value	4, 0x01020304 + \n * 0x10101010
	stw	4, 4 * \n - 16(17)
	.endr
	both	"lmw", lmw 24, 0(15)
	show	"r24", 24
	show	"r26", 26
	show	"r27", 27
	.irp	n, 24, 25, 26, 27, 28, 29
	addi	\n, \n, 1
	.endr
	both	"stmw", stmw 24, 0(15)
	lwz	4, 0xffc(16)
	show	"first page", 4
	lwz	4, 0(17)
	show	"second page", 4
	value	15, 0x30000ffd
	both	"lswi", lswi 24, 15, 7
	show	"r24", 24
	show	"r25", 25
	value	24, 0x11121314
	value	25, 0x15161718
	both	"stswi", stswi 24, 15, 7
	lwz	4, 0xffc(16)
	show	"first page", 4
	lwz	4, 0(17)
	show	"second page", 4
	li	4, 7
	mtxer	4
	li	18, 0
	both	"lswx", lswx 26, 15, 18
	show	"r26", 26
	show	"r27", 27
	value	26, 0x21222324
	both	"stswx", stswx 26, 15, 18
	lwz	4, 0xffc(16)
	show	"first page", 4
	missing
	li	4, 0
	mtxer	4
	value	15, 0x30001000
	try	"lswx of no bytes", MSR_DR, lswx 26, 15, 18
	try	"stswx of no bytes", MSR_DR, stswx 26, 15, 18
	try	"stmw of the page alone", MSR_DR, stmw 30, 0(15)
	mtlr	22
	blr
