/* SPDX-License-Identifier: MIT
 * start.S - the first instructions of a bench guest: from reset to main with translation on.
 *
 * Entered in real mode with nothing set up, by any machine that loads the ELF
 * into RAM at 0 and sets the pc to _start. BAT 0 maps 256 MiB of RAM one to
 * one, BAT 1 the input/output space at 0x80000000 [PEM 7.4.3]; then the caches,
 * without which dcbz is an exception, FP and, where the processor has it, AltiVec
 * are switched on.
 */
	.section .text.start, "ax"
	.globl	_start
_start:
	li	0, 0
	mtmsr	0
	isync
	/* All other BATs off: their content at power-on is not defined. */
	mtspr	532, 0		/* IBAT2U */
	mtspr	534, 0
	mtspr	540, 0		/* DBAT2U */
	mtspr	542, 0
	mtspr	530, 0		/* IBAT1U */
	li	3, 0x1fff	/* 256 MiB at 0, valid for both privileges */
	mtspr	528, 3		/* IBAT0U */
	mtspr	536, 3		/* DBAT0U */
	li	4, 0x0012	/* memory coherent, read and write */
	mtspr	529, 4
	mtspr	537, 4
	lis	3, 0x8000	/* 256 MiB at 0x80000000, valid for both */
	ori	3, 3, 0x1fff
	mtspr	538, 3		/* DBAT1U */
	lis	4, 0x8000
	ori	4, 4, 0x002a	/* caching inhibited, guarded, read and write */
	mtspr	539, 4
	isync
	mfspr	3, 1008		/* HID0: ICE, DCE, and flash invalidate once */
	ori	3, 3, 0xc000
	ori	4, 3, 0x0c00
	sync
	isync
	mtspr	1008, 4
	mtspr	1008, 3
	isync
	lis	1, stack_top@ha
	addi	1, 1, stack_top@l
	stwu	0, -16(1)
	li	31, 0x2030	/* MSR: FP, IR, DR */
	mfpvr	4
	srwi	4, 4, 16
	cmplwi	4, 0x000c	/* 7400 */
	beq	1f
	andi.	5, 4, 0x8000	/* 7410 and 745x have versions 800x */
	beq	2f
1:	oris	31, 31, 0x0200	/* VEC */
2:	andi.	0, 31, 0x2000	/* both units, but no translation, while the page table is made */
	rlwinm	3, 31, 0, 0, 15
	or	3, 3, 0
	mtmsr	3
	isync
	bl	mmu_start
	lis	4, main@ha
	addi	4, 4, main@l
	mtsrr0	4
	mtsrr1	31
	rfi

	/* Exceptions are mistakes in these guests: say which one and stop. */
	.macro	vector at
	.org	\at
	li	3, \at
	b	fatal
	.endm
	.section .vectors, "ax"
	vector	0x200
	vector	0x300
	vector	0x400
	vector	0x500
	vector	0x600
	vector	0x700
	vector	0x800
	vector	0x900
	vector	0xc00
	vector	0xf20
	.org	0x1000

	.section .text.fatal, "ax"
fatal:
	mfmsr	4
	ori	4, 4, 0x2010	/* FP, DR: the report writes to the console */
	mtmsr	4
	isync
	mfsrr0	4
	b	exception

	.section .note.GNU-stack, "", @progbits
