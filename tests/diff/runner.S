/* SPDX-License-Identifier: MIT
 * runner.S - loads a whole register state, runs one instruction word, stores the state.
 *
 * Part of the guest program that qemu-ppc executes; called by runner.c. The record
 * (diff_offsets.h) lies where a displacement reaches without a base register, so that
 * the tested word may use every register. The word sits at test_slot; a word that
 * branches lands on one of the pads, each of which leaves its number.
 */
#include "diff_offsets.h"

#define AT(member) (DIFF_STATE_EA + (member))(0)
#define ELEMENT(member, size) (DIFF_STATE_EA + (member) + (size) * n)(0)

	.text
	.globl run_one
run_one:			/* r3 = 1 if AltiVec is to be used */
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
	stw	r1, AT(DIFF_SAVED_SP)
	stw	r3, AT(DIFF_USE_VEC)
	cmpwi	r3, 0
	beq	1f
	li	r5, DIFF_STATE_EA + DIFF_VR
	.set	n, 0
	.rept	32
	lvx	n, 0, r5
	addi	r5, r5, 16
	.set	n, n + 1
	.endr
	/* VSCR through a vector register: v0 is loaded again after it */
	li	r5, DIFF_STATE_EA + DIFF_VSCR
	lvx	0, 0, r5
	mtvscr	0
	li	r5, DIFF_STATE_EA + DIFF_VR
	lvx	0, 0, r5
1:	lfd	0, AT(DIFF_FPSCR)
	mtfsf	255, 0
	.set	n, 0
	.rept	32
	lfd	n, ELEMENT(DIFF_FPR, 8)
	.set	n, n + 1
	.endr
	lwz	r0, AT(DIFF_CR)
	mtcr	r0
	lwz	r0, AT(DIFF_XER)
	mtxer	r0
	lwz	r0, AT(DIFF_LR)
	mtlr	r0
	lwz	r0, AT(DIFF_CTR)
	mtctr	r0
	.set	n, 0
	.rept	32
	lwz	n, ELEMENT(DIFF_GPR, 4)
	.set	n, n + 1
	.endr
	b	test_slot

	/* A section of its own, linked at DIFF_SLOT_EA - 32. Pads, 16 bytes each: 1 and 2
	 * before the slot, then the slot (fall through: 0), 3 after. */
	.section .slot, "ax", @progbits
	.macro	pad number
	stw	r0, AT(DIFF_GPR)
	li	r0, \number
	b	store_rest
	nop
	.endm
	.globl test_slot, pad1, pad2, pad3
pad1:	pad	1
pad2:	pad	2
test_slot:
	nop
	stw	r0, AT(DIFF_GPR)
	li	r0, 0
	b	store_rest
pad3:	pad	3

	.text
	.globl after_trap
after_trap:			/* the signal handler resumes here, r0 = 100 + signal */
store_rest:
	stw	r0, AT(DIFF_PAD)
	.set	n, 1
	.rept	31
	stw	n, ELEMENT(DIFF_GPR, 4)
	.set	n, n + 1
	.endr
	mfcr	r0
	stw	r0, AT(DIFF_CR)
	mfxer	r0
	stw	r0, AT(DIFF_XER)
	mflr	r0
	stw	r0, AT(DIFF_LR)
	mfctr	r0
	stw	r0, AT(DIFF_CTR)
	.set	n, 0
	.rept	32
	stfd	n, ELEMENT(DIFF_FPR, 8)
	.set	n, n + 1
	.endr
	mffs	0
	stfd	0, AT(DIFF_FPSCR)
	lwz	r4, AT(DIFF_USE_VEC)
	cmpwi	r4, 0
	beq	1f
	li	r5, DIFF_STATE_EA + DIFF_VR
	.set	n, 0
	.rept	32
	stvx	n, 0, r5
	addi	r5, r5, 16
	.set	n, n + 1
	.endr
	mfvscr	0
	li	r5, DIFF_STATE_EA + DIFF_VSCR
	stvx	0, 0, r5
1:	lfd	0, AT(DIFF_ZERO)	/* leave no exception enabled for the C code */
	mtfsf	255, 0
	lwz	r1, AT(DIFF_SAVED_SP)
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
