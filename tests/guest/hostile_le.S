/* SPDX-License-Identifier: MIT
 * hostile_le.S - turns little-endian, which is not implemented.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: mtmsr
 */
#include "macros.inc"
	.text
	.globl	main
main:
	say	"little-endian"
	mfmsr	14
	ori	14, 14, 1
	mtmsr	14
	isync
	b	power_off
