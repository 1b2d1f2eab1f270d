/* SPDX-License-Identifier: MIT
 * user.h - going to user mode and back, for the guests about system events.
 */
#ifndef USER_H
#define USER_H

#include "mmu.h"

/*
 * The first instructions of a handler at 0xc00: a system call with r0 = -1 goes back to
 * supervisor mode behind the sc, for which call_user() waits. Changes CR0.
 */
#define LEAVE_USER                                                                                 \
	"	cmpwi	0, -1\n"                                                                         \
	"	bne	1f\n"                                                                              \
	"	mfsrr1	0\n"                                                                            \
	"	rlwinm	0, 0, 0, 18, 16\n"                                                              \
	"	mtsrr1	0\n"                                                                            \
	"	rfi\n"                                                                                   \
	"1:\n"

/* function(argument) in user mode, with the same stack. */
static inline uint32_t call_user(uint32_t (*function)(uint32_t), uint32_t argument)
{
	register uint32_t r3 __asm__("r3") = argument;
	uint32_t msr = read_msr() | MSR_PR;

	__asm__ volatile("lis 9,1f@ha\n"
			 "	la 9,1f@l(9)\n"
			 "	mtsrr0 9\n"
			 "	mtsrr1 %1\n"
			 "	mtctr %2\n"
			 "	rfi\n"
			 "1:	bctrl\n"
			 "	li 0,-1\n"
			 "	sc"
			 : "+r"(r3)
			 : "r"(msr), "r"(function)
			 : "r0", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "lr", "cr0",
			   "cr1", "cr5", "cr6", "cr7", "xer", "memory");
	return r3;
}

#endif
