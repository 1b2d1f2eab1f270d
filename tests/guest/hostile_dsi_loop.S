/* SPDX-License-Identifier: MIT
 * hostile_dsi_loop.S - has a DSI handler that takes a DSI.
 *
 * cpus: 7400 604e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * machine: --budget 1000000
 * rows: lwz mtmsr
 */
#include "macros.inc"
#include "pages.inc"
	.text
	.globl	main
main:
	map_code
	pages_on
	say	"a loop"
	value	15, 0x38c00010		/* li 6, MSR_DR */
	stw	15, 0x300(0)
	value	15, 0x7cc00124		/* mtmsr 6 */
	stw	15, 0x304(0)
	value	15, 0x80ee0000		/* lwz 7, 0(14) */
	stw	15, 0x308(0)
	li	4, 0x300
	dcbst	0, 4
	sync
	icbi	0, 4
	isync
	value	14, 0x30000000
	enter	MSR_DR
	lwz	7, 0(14)
	leave	"this is never said"
	b	power_off
