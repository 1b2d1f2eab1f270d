/* SPDX-License-Identifier: MIT
 * hostile_table.S - a page table over itself, over code, over a device, and where nothing is.
 *
 * cpus: 7400 604e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: lwz stw mtspr tlbie
 */
#include "macros.inc"
#include "pages.inc"
	.macro	sdr1 number
	value	4, \number
	mtsdr1	4
	tlbie	14
	sync
	isync
	.endm
	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	/* The table's page that holds the PTE is what the PTE maps, and a store wipes it. */
	map_page 0x30000000, HTAB + 0x1000, 2
	mr	30, 3
	value	14, 0x30000000
	rlwinm	15, 30, 0, 20, 31
	or	14, 14, 15
	try	"load of the PTE by itself", MSR_DR, lwz 17, 4(14)
	show	"value", 17
	li	16, 0
	try	"store to the PTE by itself", MSR_DR, stw 16, 0(14)
	tlbie	14
	sync
	try	"it has gone", MSR_DR, lwz 17, 4(14)
	say	"R is set in the word that is stored to"
	map_page 0x30000000, HTAB + 0x1000, 2
	li	16, -1
	try	"store to the second word", MSR_DR, stw 16, 4(14)
	lwz	17, 4(30)
	show	"value", 17
	say	"nowhere"
	sdr1	0x70000000
	try	"load", MSR_DR, lwz 17, 0(14)
	try	"store", MSR_DR | MSR_PR, stw 17, 0(14)
	mtctr	14
	try	"fetch", MSR_IR | MSR_PR, bctr
	sdr1	0x80000000
	try	"in a device", MSR_DR, lwz 17, 0(14)
	sdr1	0xffff01ff
	try	"at the end, 32 MiB", MSR_DR, lwz 17, 0(14)
	sdr1	0x00000000
	try	"over the vectors and this code", MSR_DR, lwz 17, 0(14)
	sdr1	0x0000ffff
	try	"with a mask of holes", MSR_DR, lwz 17, 0(14)
	mtlr	31
	blr
