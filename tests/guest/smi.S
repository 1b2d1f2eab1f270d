/* SPDX-License-Identifier: MIT
 * smi.S - the system management interrupt, masked by EE.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu: no, because the machine does not wire the line; 603e UM 4.5, 750 UM 4.5: vector 1400
 * rows: rfi mtmsr
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	lis	14, 0x8000
	li	15, 1
	enter	MSR_ME
	stb	15, 0xe00(14)
	nop
	nop
	leave	"masked"
	enter	MSR_ME | MSR_EE
	nop
	leave	"EE on"
	enter	MSR_ME | MSR_EE
	nop
	leave	"once"
	mtlr	31
	blr
