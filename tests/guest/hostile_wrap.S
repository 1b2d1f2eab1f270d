/* SPDX-License-Identifier: MIT
 * hostile_wrap.S - lets the program counter run over the end of memory.
 *
 * cpus: 7400 603e 7455
 * qemu: no, because it is not QEMU that must survive this; the end is one of our exits
 * rows: addi b bcctr lwz stmw
 */
#include "macros.inc"
	.section .high, "ax"
	.org	0xffff0
	nop
	nop
	nop
	addi	14, 14, 1		/* at fffffffc; the word 0 is what stands at 0 */
	.text
	.globl	main
main:
	mflr	31
	li	14, 1
	value	15, 0xfffffff8
	mtctr	15
	try	"at fffffffc, real", MSR_ME, bctr
	show	"r14", 14
	map_code
	set_bat	530, 0xf0000000, 0xf0000000, 0x7ff, 3, 2, 2
	value	15, 0xfffffffc
	mtctr	15
	try	"translated", MSR_ME | MSR_IR, bctr
	show	"r14", 14
	value	15, 0xfffffffe		/* data, over the end of RAM and back to 0 */
	try	"a load across the end", MSR_ME, lwz 17, 0(15)
	show	"value", 17
	li	15, -4
	try	"stmw across the end", MSR_ME, stmw 30, 0(15)
	mtlr	31
	blr
