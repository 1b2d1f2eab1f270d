/* SPDX-License-Identifier: MIT
 * pagetable.S - segments and the hashed page table: search, faults, protection, history bits.
 *
 * cpus: 604e 750 7400 7455
 * rows: lwz stw tlbie tlbsync mtsr mtsrin mtspr sync isync
 *
 * PEM 7.5, 7.6. On a protection violation the architecture leaves R open, so it is not shown then.
 * QEMU fetches from guarded pages, where PEM 6.4.4 has an ISI with SRR1[3], and from pages without
 * access (key 1, PP 0), where it has one with SRR1[4].
 */
#include "macros.inc"
#include "pages.inc"

	/* the second word of the PTE at r30, through mask */
	.macro	show_pte text, mask=0xffffffff
	lwz	0, 4(30)
	value	3, \mask
	and	0, 0, 3
	show	"\text", 0
	.endm
	/* remove the PTE at r30, which translates r14 */
	.macro	unmap
	li	0, 0
	stw	0, 0(30)
	sync
	tlbie	14
	sync
	tlbsync
	sync
	.endm
	.macro	map ea, pa, low, secondary=0, slot=0
	map_page \ea, \pa, \low, \secondary, \slot
	mr	30, 3
	value	14, \ea
	.endm
	/* one access: "." or the vector and the DSISR's cause */
	.macro	brief msr, insn:vararg
	enter	\msr
	\insn
	sc
99:	bl	put_brief
	.endm

	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	value	3, PAGE_A
	value	4, 0xaaaa0001
	stw	4, 0(3)
	value	3, PAGE_B
	value	4, 0xbbbb0002
	stw	4, 0(3)
	value	14, 0x30000000
	mtctr	14

	say	"no pte"
	try	"load", MSR_DR, lwz 15, 0(14)
	try	"store, user", MSR_DR | MSR_PR, stw 15, 4(14)
	try	"fetch", MSR_IR | MSR_DR, bctr

	say	"primary group, slot 0"
	map	0x30000000, PAGE_A, 2
	show	"pte at", 30
	lwz	15, 0(30)
	show	"pte", 15
	show_pte "pte"
	try	"load", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	show_pte "pte"
	try	"store", MSR_DR, stw 15, 4(14)
	show_pte "pte"
	unmap
	try	"load, unmapped", MSR_DR, lwz 15, 0(14)

	say	"store first"
	map	0x30000000, PAGE_A, 2
	try	"store", MSR_DR, stw 15, 4(14)
	show_pte "pte"
	unmap

	say	"primary group, slot 7"
	map	0x30001000, PAGE_B, 2, 0, 7
	show	"pte at", 30
	try	"load", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	unmap

	say	"secondary group, slot 3"
	map	0x30001000, PAGE_A, 2, 1, 3
	show	"pte at", 30
	lwz	15, 0(30)
	show	"pte", 15
	try	"load", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	show_pte "pte"
	lwz	15, 0(30)
	rlwinm	15, 15, 0, 26, 24	/* without H it is of the other group */
	stw	15, 0(30)
	sync
	tlbie	14
	sync
	try	"not marked secondary", MSR_DR, lwz 15, 0(14)
	unmap

	say	"primary before secondary"
	map	0x30001000, PAGE_A, 2, 1, 0
	mr	29, 30
	map	0x30001000, PAGE_B, 2, 0, 5
	try	"load", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	unmap
	try	"load", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	mr	30, 29
	unmap

	say	"the words that must match"
	map	0x30002000, PAGE_A, 2
	lwz	15, 0(30)
	xori	16, 15, 1		/* API */
	stw	16, 0(30)
	try	"another page index", MSR_DR, lwz 17, 0(14)
	xori	16, 15, 0x80		/* VSID */
	stw	16, 0(30)
	try	"another vsid", MSR_DR, lwz 17, 0(14)
	rlwinm	16, 15, 0, 1, 31	/* V */
	stw	16, 0(30)
	try	"invalid", MSR_DR, lwz 17, 0(14)
	stw	15, 0(30)
	try	"all match", MSR_DR, lwz 17, 0(14)
	unmap

	say	"fetch"
	map	0x30003000, PAGE_C, 2
	value	3, PAGE_C
	value	4, 0x44000002
	stw	4, 0(3)
	dcbst	0, 3
	sync
	icbi	0, 3
	sync
	isync
	mtctr	14
	try	"sc in a page", MSR_IR, bctr
	show_pte "pte"
	value	4, 0x10123453		/* N */
	mtsr	3, 4
	isync
	try	"N", MSR_IR, bctr
	try	"N does not stop loads", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	value	4, 0x40123453		/* Ks */
	mtsr	3, 4
	isync
	unmap
	map	0x30003000, PAGE_C, 0
	try	"Ks, pp=0", MSR_IR, bctr
	try	"Kp off, pp=0, user", MSR_IR | MSR_PR, bctr
	unmap
	map	0x30003000, PAGE_C, 8 | 2
	try	"guarded", MSR_IR, bctr
	unmap

	say	"protection: supervisor load, store; user load, store"
	.irp	keys, 0x00123453, 0x20123453, 0x40123453, 0x60123453
	.irp	pp, 0, 1, 2, 3
	value	4, \keys
	mtsr	3, 4
	isync
	map	0x30004000, PAGE_D, 0x80 | \pp
	print	"sr=\keys pp=\pp:"
	brief	MSR_DR, lwz 15, 0(14)
	brief	MSR_DR, stw 15, 0(14)
	brief	MSR_DR | MSR_PR, lwz 15, 0(14)
	brief	MSR_DR | MSR_PR, stw 15, 0(14)
	bl	put_line
	unmap
	.endr
	.endr
	value	4, 0x00123453
	mtsr	3, 4
	isync

	say	"no C for a store that is refused"
	map	0x30004000, PAGE_D, 3
	try	"store", MSR_DR, stw 15, 0(14)
	show_pte "pte, C", 0x80
	unmap

	say	"tlbie"
	map	0x30005000, PAGE_A, 2
	try	"load", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	unmap
	map	0x30005000, PAGE_B, 2
	try	"load", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	lwz	4, 4(30)		/* R and C are found cleared again */
	rlwinm	4, 4, 0, 25, 22
	stw	4, 4(30)
	sync
	tlbie	14
	sync
	show_pte "pte"
	try	"load", MSR_DR, lwz 15, 0(14)
	show_pte "pte"
	lwz	4, 4(30)		/* and a page turned read-only */
	ori	4, 4, 1
	stw	4, 4(30)
	sync
	tlbie	14
	sync
	try	"store", MSR_DR, stw 15, 0(14)
	unmap

	say	"a segment moves"
	value	4, 0x00777777
	mtsr	3, 4
	isync
	map	0x30005000, PAGE_A, 2
	mr	29, 30
	value	4, 0x00123453
	mtsr	3, 4
	isync
	map	0x30005000, PAGE_B, 2
	try	"vsid 123453", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	value	4, 0x00777777
	mtsr	3, 4
	isync
	try	"vsid 777777", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	value	4, 0x00123453
	mtsrin	4, 14
	isync
	try	"and back", MSR_DR, lwz 15, 0(14)
	show	"value", 15
	li	0, 0
	stw	0, 0(29)
	unmap

	say	"a load across pages"
	map	0x30006000, PAGE_A, 2
	value	16, 0x30006ffe
	try	"second page missing", MSR_DR, lwz 15, 0(16)
	try	"store, second page missing", MSR_DR, stw 15, 0(16)
	value	16, 0x30005ffe
	try	"first page missing", MSR_DR, lwz 15, 0(16)
	mr	29, 30
	map	0x30007000, PAGE_B, 2
	value	3, PAGE_A
	value	4, 0x1234
	sth	4, 0xffe(3)
	value	16, 0x30006ffe
	try	"both there", MSR_DR, lwz 15, 0(16)
	show	"value", 15
	mtlr	31
	blr

put_brief:
	mflr	28
	lis	27, record@ha
	addi	27, 27, record@l
	lwz	3, RECORD_VECTOR(27)
	cmpwi	3, 0xc00
	bne	1f
	print	" ok"
	mtlr	28
	blr
1:	print	" "
	lwz	3, RECORD_VECTOR(27)
	li	9, 16
	bl	put_digits
	print	"/"
	lwz	3, RECORD_DSISR(27)
	bl	put_hex
	mtlr	28
	blr
