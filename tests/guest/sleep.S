/* SPDX-License-Identifier: MIT
 * sleep.S - doze and nap: the decrementer wakes, SRR0 is behind the mtmsr.
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: mtmsr mtspr
 *
 * 603e UM 9, 7400 UM 10.2; the 604e needs no HID0 bit for its nap, the 745x has no doze.
 * MSR[POW] is off in the handler, and not in SRR1.
 */
#include "macros.inc"
	.macro	sleep_in mode, text
	mfspr	14, 1008
	rlwinm	14, 14, 0, 12, 7	/* neither doze, nap nor sleep (nor a 745x's bit 11) */
	oris	14, 14, \mode
	sync
	mtspr	1008, 14
	isync
	li	14, 3000
	value	15, MSR_POW | MSR_EE | MSR_ME
	mtdec	14
	enter	MSR_ME
	sync
	mtmsr	15
	isync
1:	b	1b
	leave	"\text"
	show_word "handler's msr", record + RECORD_MSR
	.endm
	.text
	.globl	main
main:
	mflr	31
	mfspr	16, 287
	rlwinm	16, 16, 16, 16, 31
	cmplwi	16, 0x8000
	bge	7f
	sleep_in 0x0080, "doze"
	b	8f
7:	say	"no doze"
8:	sleep_in 0x0040, "nap"
	mtlr	31
	blr
