/* SPDX-License-Identifier: MIT
 * dcba.S - the hints of the 7400: dcba and the data streams never fault.
 *
 * cpus: 750 7400 7455
 * rows: dcba dst dstst dss
 *
 * PEM 8.2, dcba; AltiVec PEM 5.3: the stream instructions do not need MSR[VEC]. The 750 has none.
 */
#include "macros.inc"
#include "pages.inc"
	.text
	.globl	main
main:
	mflr	31
	map_code
	pages_on
	value	4, 0x60123453
	mtsr	3, 4
	isync
	map_page 0x30000000, PAGE_A, 2
	mr	30, 3
	map_page 0x30001000, PAGE_B, 3
	value	14, 0x30003000
	try	"dcba, no translation", MSR_DR, dcba 0, 14
	value	14, 0x30001000
	try	"dcba, read-only", MSR_DR, dcba 0, 14
	value	14, 0x30000000
	try	"dcba", MSR_DR, dcba 0, 14
	lwz	0, 4(30)
	show	"pte", 0
	value	14, 0x30003000
	value	15, 0x01010020
	try	"dst without VEC", MSR_ME | MSR_DR, dst 14, 15, 0
	try	"dst", MSR_ME | MSR_DR | MSR_VEC, dst 14, 15, 0
	try	"dstt", MSR_ME | MSR_DR | MSR_VEC, dstt 14, 15, 1
	try	"dstst", MSR_ME | MSR_DR | MSR_VEC, dstst 14, 15, 2
	try	"dststt", MSR_ME | MSR_DR | MSR_VEC, dststt 14, 15, 3
	try	"dss", MSR_ME | MSR_VEC, dss 1
	try	"dssall", MSR_ME | MSR_VEC, dssall
	mtlr	31
	blr
