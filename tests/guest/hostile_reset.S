/* SPDX-License-Identifier: MIT
 * hostile_reset.S - pulls its own reset line.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: stb
 */
#include "macros.inc"
	.text
	.globl	main
main:
	say	"hard reset"
	lis	14, 0x8000
	li	15, 4
	stb	15, 0xe00(14)
	isync
	say	"this is never said"
	b	power_off
