/* SPDX-License-Identifier: MIT
 * diff_offsets.h - where the members of struct diff_state lie; read by C and by assembler.
 */
#ifndef DIFF_OFFSETS_H
#define DIFF_OFFSETS_H

#define DIFF_GPR 0
#define DIFF_FPR 128
#define DIFF_VR 384
#define DIFF_VSCR 896
#define DIFF_FPSCR 912
#define DIFF_CR 920
#define DIFF_XER 924
#define DIFF_LR 928
#define DIFF_CTR 932
#define DIFF_INSN 936
#define DIFF_PAD 940
#define DIFF_USE_VEC 944
#define DIFF_SAVED_SP 948
#define DIFF_ZERO 952 /* 8 bytes that are always 0 */
#define DIFF_MEM 960
#define DIFF_MEM_SIZE 128
#define DIFF_SIZE (DIFF_MEM + DIFF_MEM_SIZE)

/* The scratch pages that memory words access, at the same EA in qemu-ppc and in ours. Both they and
 * the record lie below 0x8000, where a displacement reaches without a base register. */
#define DIFF_SCRATCH_EA 0x6000
#define DIFF_SCRATCH_SIZE 0x2000
#define DIFF_MEM_AT 0xfc0 /* the record's bytes lie across the border of two pages */
#define DIFF_STATE_EA 0x4000 /* the record of the case in hand, in qemu-ppc */
#define DIFF_SLOT_EA 0x11000020 /* where the tested word lies */
/* Addresses of the pads relative to the tested word, 16 bytes each. */
#define DIFF_PAD1 (-32)
#define DIFF_PAD2 (-16)
#define DIFF_PAD3 16

#endif
