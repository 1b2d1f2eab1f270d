/* SPDX-License-Identifier: MIT
 * x86_vec.h - the opcodes of the vector part of the translator, for x86_sse.h's encoders.
 *
 * Named as the processor's manual names them, without the V of the three-operand forms. What a
 * host lacks of them is made of others [emit_x86_64_vec_made.c].
 */
#ifndef MOL_X86_VEC_H
#define MOL_X86_VEC_H

#include "x86_sse.h"

/* A host that has these lacks none. */
#define VEC_FEATURES (X86_SSSE3 | X86_SSE41 | X86_AVX | X86_AVX2 | X86_FMA)

#define SSE_TWO (1u << 24) /* of the instruction's operands one is read: the encoding's second is unused */
#define SSE_OP2(prefix, map, opcode) (SSE_TWO | SSE_OP(prefix, map, opcode))

#define SSE_MOVDQU SSE_OP2(F3, 0F, 0x6f)
#define SSE_MOVQ SSE_OP2(F3, 0F, 0x7e)
#define SSE_PMOVMSKB SSE_OP2(66, 0F, 0xd7) /* reg is general */
#define SSE_MOVMSKPS SSE_OP2(NP, 0F, 0x50) /* reg is general */
#define SSE_PAND SSE_OP(66, 0F, 0xdb)
#define SSE_PANDN SSE_OP(66, 0F, 0xdf) /* ~second & rm */
#define SSE_POR SSE_OP(66, 0F, 0xeb)
#define SSE_PXOR SSE_OP(66, 0F, 0xef)
#define SSE_PTEST SSE_OP2(66, 0F38, 0x17)
#define SSE_PADDB SSE_OP(66, 0F, 0xfc)
#define SSE_PADDW SSE_OP(66, 0F, 0xfd)
#define SSE_PADDD SSE_OP(66, 0F, 0xfe)
#define SSE_PADDQ SSE_OP(66, 0F, 0xd4)
#define SSE_PSUBB SSE_OP(66, 0F, 0xf8)
#define SSE_PSUBW SSE_OP(66, 0F, 0xf9)
#define SSE_PSUBD SSE_OP(66, 0F, 0xfa)
#define SSE_PADDUSB SSE_OP(66, 0F, 0xdc)
#define SSE_PADDUSW SSE_OP(66, 0F, 0xdd)
#define SSE_PADDSB SSE_OP(66, 0F, 0xec)
#define SSE_PADDSW SSE_OP(66, 0F, 0xed)
#define SSE_PSUBUSB SSE_OP(66, 0F, 0xd8)
#define SSE_PSUBUSW SSE_OP(66, 0F, 0xd9)
#define SSE_PSUBSB SSE_OP(66, 0F, 0xe8)
#define SSE_PSUBSW SSE_OP(66, 0F, 0xe9)
#define SSE_PMINUB SSE_OP(66, 0F, 0xda)
#define SSE_PMINUW SSE_OP(66, 0F38, 0x3a)
#define SSE_PMINUD SSE_OP(66, 0F38, 0x3b)
#define SSE_PMINSB SSE_OP(66, 0F38, 0x38)
#define SSE_PMINSW SSE_OP(66, 0F, 0xea)
#define SSE_PMINSD SSE_OP(66, 0F38, 0x39)
#define SSE_PMAXUB SSE_OP(66, 0F, 0xde)
#define SSE_PMAXUW SSE_OP(66, 0F38, 0x3e)
#define SSE_PMAXUD SSE_OP(66, 0F38, 0x3f)
#define SSE_PMAXSB SSE_OP(66, 0F38, 0x3c)
#define SSE_PMAXSW SSE_OP(66, 0F, 0xee)
#define SSE_PMAXSD SSE_OP(66, 0F38, 0x3d)
#define SSE_PAVGB SSE_OP(66, 0F, 0xe0)
#define SSE_PAVGW SSE_OP(66, 0F, 0xe3)
#define SSE_PMULLW SSE_OP(66, 0F, 0xd5)
#define SSE_PMULHUW SSE_OP(66, 0F, 0xe4)
#define SSE_PMADDWD SSE_OP(66, 0F, 0xf5)
#define SSE_PMADDUBSW SSE_OP(66, 0F38, 0x04) /* second unsigned, rm signed */
#define SSE_PCMPEQB SSE_OP(66, 0F, 0x74)
#define SSE_PCMPEQW SSE_OP(66, 0F, 0x75)
#define SSE_PCMPEQD SSE_OP(66, 0F, 0x76)
#define SSE_PCMPGTB SSE_OP(66, 0F, 0x64)
#define SSE_PCMPGTW SSE_OP(66, 0F, 0x65)
#define SSE_PCMPGTD SSE_OP(66, 0F, 0x66)
#define SSE_PUNPCKLBW SSE_OP(66, 0F, 0x60)
#define SSE_PUNPCKLWD SSE_OP(66, 0F, 0x61)
#define SSE_PUNPCKLDQ SSE_OP(66, 0F, 0x62)
#define SSE_PUNPCKHQDQ SSE_OP(66, 0F, 0x6d)
#define SSE_PUNPCKLQDQ SSE_OP(66, 0F, 0x6c)
#define SSE_PUNPCKHBW SSE_OP(66, 0F, 0x68)
#define SSE_PUNPCKHWD SSE_OP(66, 0F, 0x69)
#define SSE_PUNPCKHDQ SSE_OP(66, 0F, 0x6a)
#define SSE_PACKSSWB SSE_OP(66, 0F, 0x63) /* second becomes the low half */
#define SSE_PACKSSDW SSE_OP(66, 0F, 0x6b)
#define SSE_PACKUSWB SSE_OP(66, 0F, 0x67)
#define SSE_PACKUSDW SSE_OP(66, 0F38, 0x2b)
#define SSE_PMOVSXBW SSE_OP2(66, 0F38, 0x20)
#define SSE_PMOVSXWD SSE_OP2(66, 0F38, 0x23)
#define SSE_PMOVSXDQ SSE_OP2(66, 0F38, 0x25)
#define SSE_PBROADCASTB SSE_OP2(66, 0F38, 0x78)
#define SSE_PBROADCASTW SSE_OP2(66, 0F38, 0x79)
#define SSE_PBROADCASTD SSE_OP2(66, 0F38, 0x58)
#define SSE_PSHUFB SSE_OP(66, 0F38, 0x00)
#define SSE_PSHUFD SSE_OP2(66, 0F, 0x70)
#define SSE_PSHUFLW SSE_OP2(F2, 0F, 0x70)
#define SSE_PSHUFHW SSE_OP2(F3, 0F, 0x70)
#define SSE_SHUFPS SSE_OP(NP, 0F, 0xc6)
#define SSE_PALIGNR SSE_OP(66, 0F3A, 0x0f)
#define SSE_PBLENDW SSE_OP(66, 0F3A, 0x0e)
#define SSE_PBLENDVB SSE_OP(66, 0F3A, 0x4c) /* rm where the mask, imm / 16, is set, else second */
#define SSE_BLENDVPS SSE_OP(66, 0F3A, 0x4a)
#define SSE_PEXTRB SSE_OP2(66, 0F3A, 0x14) /* rm is general */
#define SSE_PEXTRW SSE_OP2(66, 0F, 0xc5)   /* reg is general */
#define SSE_PEXTRD SSE_OP2(66, 0F3A, 0x16) /* rm is general */
#define SSE_PINSRB SSE_OP(66, 0F3A, 0x20) /* rm is general */
#define SSE_PINSRW SSE_OP(66, 0F, 0xc4)
#define SSE_PINSRD SSE_OP(66, 0F3A, 0x22)
#define SSE_PSLLQ SSE_OP(66, 0F, 0xf3) /* the count is rm's low quadword */
#define SSE_PSRLQ SSE_OP(66, 0F, 0xd3)
#define SSE_PSLLD SSE_OP(66, 0F, 0xf2)
#define SSE_PSRLD SSE_OP(66, 0F, 0xd2)
#define SSE_PSRAD SSE_OP(66, 0F, 0xe2)
#define SSE_PSLLVD SSE_OP(66, 0F38, 0x47) /* each lane by its own count, 0 or the sign from 32 on */
#define SSE_PSRLVD SSE_OP(66, 0F38, 0x45)
#define SSE_PSRAVD SSE_OP(66, 0F38, 0x46)
#define SSE_SHIFT_W SSE_OP(66, 0F, 0x71) /* see sse_shift() */
#define SSE_SHIFT_D SSE_OP(66, 0F, 0x72)
#define SSE_SHIFT_Q SSE_OP(66, 0F, 0x73)
#define SSE_ADDPS SSE_OP(NP, 0F, 0x58)
#define SSE_SUBPS SSE_OP(NP, 0F, 0x5c)
#define SSE_MULPS SSE_OP(NP, 0F, 0x59)
#define SSE_ADDPD SSE_OP(66, 0F, 0x58)
#define SSE_SUBPD SSE_OP(66, 0F, 0x5c)
#define SSE_MULPD SSE_OP(66, 0F, 0x59)
#define SSE_CVTPS2PD SSE_OP2(NP, 0F, 0x5a)
#define SSE_CVTPD2PS SSE_OP2(66, 0F, 0x5a)
#define SSE_CMPPD SSE_OP(66, 0F, 0xc2)
#define SSE_CMPPS SSE_OP(NP, 0F, 0xc2)
#define SSE_MAXPS SSE_OP(NP, 0F, 0x5f)
#define SSE_MINPS SSE_OP(NP, 0F, 0x5d)
#define SSE_FMADD213PS SSE_OP(66, 0F38, 0xa8) /* reg * second + rm */
#define SSE_FMSUB213PS SSE_OP(66, 0F38, 0xaa)
#define SSE_CVTDQ2PS SSE_OP2(NP, 0F, 0x5b)
#define SSE_CVTTPS2DQ SSE_OP2(F3, 0F, 0x5b)
#define SSE_ROUNDPS SSE_OP2(66, 0F3A, 0x08)

/* AVX-512, evex_rrr() */
#define EVEX_PERMI2B SSE_OP(66, 0F38, 0x75) /* reg: from second or, bit 4, rm */
#define EVEX_PERMT2B SSE_OP(66, 0F38, 0x7d) /* second: from reg or rm */
#define EVEX_PSRLVW SSE_OP(66, 0F38, 0x10)  /* W: by each lane's own count, 0 from 16 on */
#define EVEX_PSRAVW SSE_OP(66, 0F38, 0x11)
#define EVEX_PSLLVW SSE_OP(66, 0F38, 0x12)
#define EVEX_PROLVD SSE_OP(66, 0F38, 0x15)  /* count modulo 32 */
#define EVEX_PROLD SSE_OP(66, 0F, 0x72)     /* second = rm by imm; reg is 1 */
#define EVEX_PBROADCASTB SSE_OP(66, 0F38, 0x7a) /* rm is general */
#define EVEX_PBROADCASTW SSE_OP(66, 0F38, 0x7b)
#define EVEX_PBROADCASTD SSE_OP(66, 0F38, 0x7c)
#define EVEX_PTERNLOGD SSE_OP(66, 0F3A, 0x25) /* bit reg << 2 | second << 1 | rm of imm */

enum sse_shift { XS_SRL = 2, XS_SRL_OCTETS, XS_SRA, XS_SLL = 6, XS_SLL_OCTETS };

/* Of cmpps, quiet where there is a choice; those above 7 came with AVX. */
enum { SSE_CMP_EQ, SSE_CMP_UNORDERED = 3, SSE_CMP_NOT_EQ, SSE_CMP_EQ_OR_UNORDERED = 8, SSE_CMP_LE = 0x12,
       SSE_CMP_GE = 0x1d, SSE_CMP_GT = 0x1e };

/* dst = src shifted by n, op being SSE_SHIFT_*: the operation is where others have a register. */
static inline void sse_shift(struct jit_code *a, uint32_t op, enum sse_shift how, unsigned dst,
			     unsigned src, unsigned n)
{
	if (a->features & X86_AVX) {
		vex_rrr(a, op, 0, (unsigned)how, dst, src, (int)n);
	} else {
		sse_mov(a, dst, src);
		sse_rr(a, op, 0, (unsigned)how, dst, (int)n);
	}
}

#endif
