/* SPDX-License-Identifier: MIT
 * checkstop.S - a machine check with MSR[ME] off stops the processor.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu: no, because its bus never answers with an error; PEM 6.4.2.2
 * rows: lwz
 */
#include "macros.inc"
	.text
	.globl	main
main:
	lis	14, 0x8000
	try	"a bus error without ME", 0, lwz 15, 0xe04(14)
	say	"this is never said"
	b	power_off
