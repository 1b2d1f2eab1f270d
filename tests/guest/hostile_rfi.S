/* SPDX-License-Identifier: MIT
 * hostile_rfi.S - returns from interrupt to the same rfi, for ever.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * machine: --budget 1000000
 * rows: rfi
 */
#include "macros.inc"
	.text
	.globl	main
main:
	say	"round and round"
	address	14, 1f
	mtsrr0	14
	mfmsr	14
	mtsrr1	14
1:	rfi
	b	power_off
