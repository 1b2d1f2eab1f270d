/* SPDX-License-Identifier: MIT
 * hostile_void.S - jumps to where nothing is, with nothing at the vector either.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: bcctr tw
 */
#include "macros.inc"
	.text
	.globl	main
main:
	lis	14, 0x7000
	mtctr	14
	try	"a jump into the void, supervisor", MSR_ME, bctr
	try	"a jump into the void, user", MSR_ME | MSR_PR, bctr
	lis	14, 0x8000
	mtctr	14
	try	"a jump into a device", MSR_ME, bctr
	/* An exception whose vector is void is a machine check, whose vector is void, without ME. */
	enter	MSR_ME | MSR_IP
	trap
	leave	"this is never said"
	b	power_off
