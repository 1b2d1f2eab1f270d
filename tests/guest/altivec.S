/* SPDX-License-Identifier: MIT
 * altivec.S - AltiVec unavailable, for loads, stores, arithmetic and VSCR; VRSAVE is always there.
 *
 * cpus: 750 7400 7455
 * rows: lvx stvx vaddubm mfvscr mtvscr lvsl
 *
 * AltiVec PEM 5.3: vector F20 unless MSR[VEC]; the 750 has none of it: illegal, as MSR[VEC] is not
 * a bit of its MSR. QEMU: privilege.S has what is to be said of its SPR that is not there.
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	value	14, PAGE_A
	li	15, 0
	.irp	insn, "lvx 1, 0, 14", "stvx 1, 0, 14", "vaddubm 1, 2, 3", "mfvscr 1", "lvsl 1, 0, 14"
	try	"\insn", MSR_ME, \insn
	try	"\insn, user", MSR_PR | MSR_FP, \insn
	try	"\insn, with VEC", MSR_ME | MSR_VEC, \insn
	.endr
	show_word "handler's msr", record + RECORD_MSR
	try	"mtspr VRSAVE without VEC", MSR_PR, mtspr 256, 15
	mtlr	31
	blr
