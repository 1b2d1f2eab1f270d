/* SPDX-License-Identifier: MIT
 * thermal.S - the thermal interrupt: a junction above the threshold.
 *
 * cpus: 750 7400
 * qemu: no, because its THRM registers never interrupt; 750 UM 10 and 4.5.17 have vector 1700
 * rows: mtspr mfspr
 *
 * The performance monitor's interrupt (0f00) cannot happen here: its counters stand still. Nor
 * can AltiVec assist (1600): denormals are handled without it.
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	li	14, 1
	mtspr	1022, 14		/* THRM3[E] */
	value	14, 100 << 23 | 3	/* 100 degrees, TIE, V */
	mtspr	1020, 14
	enter	MSR_ME | MSR_EE
	nop
	leave	"below 100 degrees"
	show_spr "thrm1", 1020
	value	14, 20 << 23 | 3
	mtspr	1020, 14
	enter	MSR_ME
	nop
	leave	"above 20 degrees, masked"
	enter	MSR_ME | MSR_EE
	nop
	leave	"EE on"
	show_spr "thrm1", 1020
	value	14, 20 << 23 | 1
	mtspr	1020, 14
	enter	MSR_ME | MSR_EE
	nop
	leave	"not TIE"
	mtlr	31
	blr
