/* SPDX-License-Identifier: MIT
 * hostile_interrupts.S - never lets go of its interrupt: the handler returns, the line is still up.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * machine: --budget 1000000
 * rows: rfi stb
 */
#include "macros.inc"
	.text
	.globl	main
main:
	say	"a line that stays up"
	value	15, 0x4c000064		/* rfi */
	stw	15, 0x500(0)
	li	4, 0x500
	dcbst	0, 4
	sync
	icbi	0, 4
	isync
	lis	3, 0x8000
	li	4, 2
	stb	4, 0x3f9(3)
	enter	MSR_ME | MSR_EE
	nop
	leave	"this is never said"
	b	power_off
