/* SPDX-License-Identifier: MIT
 * hostile_no_vector.S - an exception with no RAM at the vectors: start.S's first sc is the end.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * machine: --unmap 0,0x1000
 * rows: sc
 */
#include "macros.inc"
	.text
	.globl	main
main:
	say	"this is never said"
	blr
