/* SPDX-License-Identifier: MIT
 * directstore.S - segments with T = 1, where nothing answers; and pages that refuse a reservation.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu: no, because it lets loads and stores through a direct-store segment as if it were memory;
 *	PEM 6.4.3 and the models' tables have a DSI
 * rows: lwz stw lwarx stwcx. lfd dcbz dcbst dcbt icbi eciwx ecowx
 *
 * 603e UM 4.5.3, 7400 UM table 5-4: DSISR[5] for every access; 604 UM table 1-2: DSISR[0] for
 * ordinary ones, DSISR[5] for lwarx, stwcx., and an alignment exception for floating-point ones.
 * Cache instructions there do nothing [PEM 7.7.4]. A BAT goes before the segment [PEM 7.4.2].
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	map_code
	lis	4, 0x8000
	mtsr	3, 4
	isync
	value	14, 0x30000010
	try	"load", MSR_DR, lwz 15, 0(14)
	try	"store", MSR_DR | MSR_PR, stw 15, 0(14)
	try	"lwarx", MSR_DR, lwarx 15, 0, 14
	value	16, PAGE_A
	lwarx	15, 0, 16
	try	"stwcx.", MSR_DR, stwcx. 15, 0, 14
	try	"lfd", MSR_DR | MSR_FP, lfd 1, 0(14)
	try	"stfs", MSR_DR | MSR_FP, stfs 1, 4(14)
	.irp	insn, "dcbz 0, 14", "dcbst 0, 14", "dcbf 0, 14", "dcbt 0, 14", "icbi 0, 14"
	try	"\insn", MSR_DR, \insn
	.endr
	mtctr	14
	try	"fetch", MSR_IR, bctr
	set_bat	540, 0x30000000, 0x300000, 0, 3, 2, 2
	try	"load, by a BAT", MSR_DR, lwz 15, 0(14)
	say	"write-through"
	set_bat	540, 0x30000000, 0x300000, 0, 3, 8 | 2, 2
	try	"lwarx", MSR_DR, lwarx 15, 0, 14
	try	"lwz", MSR_DR, lwz 15, 0(14)
	lis	4, 0x8000
	mtspr	282, 4
	try	"eciwx", MSR_DR, eciwx 15, 0, 14
	try	"ecowx", MSR_DR, ecowx 15, 0, 14
	mtlr	31
	blr
