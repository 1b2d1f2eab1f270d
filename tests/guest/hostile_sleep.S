/* SPDX-License-Identifier: MIT
 * hostile_sleep.S - goes to sleep with nothing that could wake it.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: mtmsr
 */
#include "macros.inc"
	.text
	.globl	main
main:
	lis	14, 0x0040
	mtspr	1008, 14
	say	"good night"
	value	15, MSR_POW | MSR_ME
	sync
	mtmsr	15
	isync
	say	"this is never said"
	b	power_off
