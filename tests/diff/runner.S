/* SPDX-License-Identifier: MIT
 * runner.S - loads a whole register state, runs one instruction word, stores the state.
 *
 * Part of the guest program that qemu-ppc executes; called by runner.c. r30 holds
 * the address of struct diff_state (diff.h: the offsets below) throughout, so the
 * tested word may use every register but r30. The word sits at test_slot; a word
 * that branches lands on one of the pads, each of which leaves its number.
 */
#include "diff_offsets.h"

	.text
	.globl run_one
run_one:			/* r3 = state, r4 = 1 if AltiVec is to be used */
	mflr	r0
	stw	r0, 4(r1)
	stwu	r1, -448(r1)
	stmw	r13, 16(r1)
	stw	r2, 12(r1)	/* the thread pointer */
	mfcr	r0
	stw	r0, 8(r1)
	.set	n, 14
	.rept	18
	stfd	n, (112 + 8 * (n - 14))(r1)
	.set	n, n + 1
	.endr
	mr	r30, r3
	stw	r1, DIFF_SAVED_SP(r30)
	stw	r4, DIFF_USE_VEC(r30)
	cmpwi	r4, 0
	beq	1f
	addi	r5, r30, DIFF_VR
	.set	n, 0
	.rept	32
	lvx	n, 0, r5
	addi	r5, r5, 16
	.set	n, n + 1
	.endr
	/* VSCR through a vector register: v0 is loaded again after it */
	addi	r5, r30, DIFF_VSCR
	lvx	0, 0, r5
	mtvscr	0
	addi	r5, r30, DIFF_VR
	lvx	0, 0, r5
1:	lfd	0, DIFF_FPSCR(r30)
	mtfsf	255, 0
	.set	n, 0
	.rept	32
	lfd	n, (DIFF_FPR + 8 * n)(r30)
	.set	n, n + 1
	.endr
	lwz	r0, DIFF_CR(r30)
	mtcr	r0
	lwz	r0, DIFF_XER(r30)
	mtxer	r0
	lwz	r0, DIFF_LR(r30)
	mtlr	r0
	lwz	r0, DIFF_CTR(r30)
	mtctr	r0
	.set	n, 0
	.rept	30
	lwz	n, (DIFF_GPR + 4 * n)(r30)
	.set	n, n + 1
	.endr
	lwz	r31, (DIFF_GPR + 124)(r30)
	b	test_slot

	/* A section of its own, linked at DIFF_SLOT_EA - 32. Pads, 16 bytes each: 1 and 2
	 * before the slot, then the slot (fall through: 0), 3 after. */
	.section .slot, "ax", @progbits
	.macro	pad number
	stw	r0, DIFF_GPR(r30)
	li	r0, \number
	b	store_rest
	nop
	.endm
	.globl test_slot, pad1, pad2, pad3
pad1:	pad	1
pad2:	pad	2
test_slot:
	nop
	stw	r0, DIFF_GPR(r30)
	li	r0, 0
	b	store_rest
pad3:	pad	3

	.text
	.globl after_trap
after_trap:			/* the signal handler resumes here: r0 = 4 already */
store_rest:
	stw	r0, DIFF_PAD(r30)
	.set	n, 1
	.rept	29
	stw	n, (DIFF_GPR + 4 * n)(r30)
	.set	n, n + 1
	.endr
	stw	r31, (DIFF_GPR + 124)(r30)
	mfcr	r0
	stw	r0, DIFF_CR(r30)
	mfxer	r0
	stw	r0, DIFF_XER(r30)
	mflr	r0
	stw	r0, DIFF_LR(r30)
	mfctr	r0
	stw	r0, DIFF_CTR(r30)
	.set	n, 0
	.rept	32
	stfd	n, (DIFF_FPR + 8 * n)(r30)
	.set	n, n + 1
	.endr
	mffs	0
	stfd	0, DIFF_FPSCR(r30)
	lwz	r4, DIFF_USE_VEC(r30)
	cmpwi	r4, 0
	beq	1f
	addi	r5, r30, DIFF_VR
	.set	n, 0
	.rept	32
	stvx	n, 0, r5
	addi	r5, r5, 16
	.set	n, n + 1
	.endr
	mfvscr	0
	addi	r5, r30, DIFF_VSCR
	stvx	0, 0, r5
1:	lfd	0, DIFF_ZERO(r30)	/* leave no exception enabled for the C code */
	mtfsf	255, 0
	lwz	r1, DIFF_SAVED_SP(r30)
	.set	n, 14
	.rept	18
	lfd	n, (112 + 8 * (n - 14))(r1)
	.set	n, n + 1
	.endr
	lwz	r0, 8(r1)
	mtcr	r0
	lwz	r2, 12(r1)
	lmw	r13, 16(r1)
	addi	r1, r1, 448
	lwz	r0, 4(r1)
	mtlr	r0
	blr
	.section .note.GNU-stack, "", @progbits
