/* SPDX-License-Identifier: MIT
 * hostile_storm.S - an illegal instruction at the vector of illegal instructions.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * machine: --budget 1000000
 * rows: stw
 */
#include "macros.inc"
	.text
	.globl	main
main:
	say	"a storm"
	li	14, 0
	stw	14, 0x700(14)
	dcbst	0, 14
	sync
	icbi	0, 14
	isync
	.long	0
	b	power_off
