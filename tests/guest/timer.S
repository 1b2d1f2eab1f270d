/* SPDX-License-Identifier: MIT
 * timer.S - time base and decrementer: they count, carry, and interrupt when EE lets them.
 *
 * cpus: 603e 604e 750 7400 7455
 * rows: mftb mtspr mfspr mtmsr
 *
 * PEM 2.2, 2.3.14, 6.4.9. How fast they count is the machine's affair, so only order is shown.
 */
#include "macros.inc"
	.macro	ordered text
	li	15, 0
	ble	1f
	li	15, 1
1:	show	"\text", 15
	.endm
	.text
	.globl	main
main:
	mflr	31
	mftb	16
	mftb	17
	mftb	18
	li	19, 1000
	mtctr	19
1:	bdnz	1b
	mftb	19
	cmplw	19, 16
	ordered	"TBL grows"
	li	14, 0
	mtspr	284, 14
	value	15, 0x1234
	mtspr	285, 15
	mftbu	16
	show	"TBU", 16
	li	15, -1
	mtspr	284, 15
	li	19, 1000
	mtctr	19
1:	bdnz	1b
	mftbu	16
	show	"TBU after TBL has overflown", 16

	/* often enough for a translator */
	li	19, 2000
	mtctr	19
	li	20, 0
	mftb	16
	mr	17, 16
1:	mftb	18
	cmplw	18, 17
	bge	2f
	addi	20, 20, 1
2:	mr	17, 18
	bdnz	1b
	show	"TBL goes back, times", 20
	cmplw	17, 16
	ordered	"TBL grows in a loop"

	value	14, 0x10000000
	mtdec	14
	mfdec	15
	li	19, 1000
	mtctr	19
1:	bdnz	1b
	mfdec	16
	cmpw	15, 16
	ordered	"DEC falls"
	li	14, 10
	mtdec	14
1:	mfdec	15
	cmpwi	15, 0
	bge	1b
	say	"DEC has gone negative"
	mfmsr	14
	show	"EE off, msr", 14
	/* It waits for EE. */
	lis	14, 0x200		/* an emulator's timer may be a moment behind */
	mtctr	14
	enter	MSR_ME | MSR_EE
1:	bdnz	1b
	leave	"EE on"
	/* and was taken once. DEC goes on down. */
	enter	MSR_ME | MSR_EE
	nop
	leave	"EE on again"
	value	14, 0x7fffffff
	mtdec	14
	lis	14, 0x8000
	mtdec	14		/* software makes the bit change, too */
	value	14, 0x7fffffff
	mtdec	14
	lis	14, 0x200
	mtctr	14
	enter	MSR_ME | MSR_EE
1:	bdnz	1b
	leave	"0 to 1 by mtspr"
	li	14, 200
	mtdec	14
	enter	MSR_ME | MSR_EE | MSR_RI
1:	b	1b
	leave	"in a loop"
	value	14, 0x7fffffff
	mtdec	14
	value	16, MSR_ME | MSR_EE
	enter	MSR_ME
	lis	17, 0x8000
	mtdec	17
	mtmsr	16
	nop
	leave	"by mtmsr"
	mtlr	31
	blr
