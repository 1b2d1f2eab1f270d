/* SPDX-License-Identifier: MIT
 * privilege.S - what user state may not do, and SPR numbers that nobody may use.
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: mfmsr mtmsr rfi mtsr mtsrin mfsr mfsrin dcbi mfspr mtspr mftb
 * rows: tlbie tlbia tlbsync tlbld tlbli
 *
 * PEM 4.4, 8.2 (mfspr, mtspr): an SPR number with spr[0] = 1 is privileged, whether or not the
 * register exists; any other number that the processor lacks is illegal (750GX UM 2.3.1:
 * "invalid SPR"), as is writing a register that can only be read. QEMU calls such numbers
 * privileged in user state and passes over them in supervisor state, and lets the user read TBL
 * by the number that writes it; the PEM's table has 284 for mtspr only, supervisor. Its 7400 has
 * a tlbia [none has one: 7400 UM 5.1.8], and its 745x no tlbld. On our 603e a supervisor's
 * access to a missing register does nothing, the PEM's other choice: Linux writes DABR there.
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	20
	li	14, 0
	say	"user"
	.irp	insn, "mfmsr 15", "mtmsr 14", "rfi", "mtsr 3, 14", "mtsrin 14, 14", "mfsr 15, 3"
	try	"\insn", MSR_PR, \insn
	.endr
	.irp	insn, "mfsrin 15, 14", "tlbie 14", "tlbsync", "dcbi 0, 14"
	try	"\insn", MSR_PR, \insn
	.endr
	.irp	spr, 18, 19, 22, 25, 26, 27, 272, 273, 274, 275, 284, 287, 528, 536, 1008
	try	"mfspr \spr", MSR_PR, mfspr 15, \spr
	try	"mtspr \spr", MSR_PR, mtspr \spr, 14
	.endr
	try	"mfspr 1023, which some lack", MSR_PR, mfspr 15, 1023
	try	"mfspr 16, which all lack", MSR_PR, mfspr 15, 16
	.irp	spr, 1, 8, 9
	try	"mfspr \spr", MSR_PR, mfspr 15, \spr
	try	"mtspr \spr", MSR_PR, mtspr \spr, 14
	.endr
	try	"mfspr 2, which all lack", MSR_PR, mfspr 15, 2
	try	"mtspr 2, which all lack", MSR_PR, mtspr 2, 14
	try	"mtspr 268, TBL read-only", MSR_PR, mtspr 268, 14
	.irp	tbr, 268, 269
	try	"mftb \tbr", MSR_PR, .long 0x7de002e6 | (\tbr & 31) << 16 | \tbr >> 5 << 11
	.endr
	.irp	insn, "tlbia", "tlbld 14", "tlbli 14"
	try	"\insn", MSR_PR, \insn
	.endr
	say	"supervisor"
	try	"tlbia", MSR_ME, tlbia
	try	"tlbld", MSR_ME, tlbld 14
	try	"tlbli", MSR_ME, tlbli 14
	.irp	spr, 2, 16, 1007
	try	"mfspr \spr", MSR_ME, mfspr 15, \spr
	try	"mtspr \spr", MSR_ME, mtspr \spr, 14
	.endr
	try	"mfspr 287, PVR", MSR_ME, mfspr 15, 287
	mtlr	20
	blr
