/* SPDX-License-Identifier: MIT
 * hostile_own_code.S - stores over the code that runs, with and without telling the caches.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: stw icbi isync
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	/* What is executed without icbi is open [PEM 5.1.5.2]; that it goes on is not. */
	address	14, 1f
	value	15, 0x60000000
	li	16, 1000
	mtctr	16
1:	nop
	stw	15, 0(14)
	stw	15, 4(14)		/* over itself: a nop from now on */
	bdnz	1b
	say	"survived"
	address	14, 1f
	value	15, 0x38630001		/* addi 3, 3, 1 */
	li	3, 0
	stw	15, 0(14)
	dcbst	0, 14
	sync
	icbi	0, 14
	isync
1:	li	3, 77
	show	"r3", 3
	/* the page that runs, wiped word by word ahead of the pc */
	address	14, 2f
	li	15, 0
	li	16, 8
	mtctr	16
1:	stw	15, 0(14)
	addi	14, 14, 4
	bdnz	1b
	address	14, 2f
	dcbst	0, 14
	sync
	icbi	0, 14
	isync
	enter	MSR_ME
	b	2f
	leave	"wiped code"
	mtlr	31
	blr
	.balign	32
2:	.space	32, 0x60
