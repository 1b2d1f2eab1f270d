/* SPDX-License-Identifier: MIT
 * vmloop.c - control flow: an interpreter of a small stack machine; one indirect jump an operation.
 */
#include "guest.h"

enum { PUSH, ADD, SUB, DUP, SWAP, LOAD, STORE, JNZ, XOR, SHR, END };

/* x = 1; for (n = count; n; n--) x = (x >> 3 ^ x + n) */
static const int16_t program[] = {
	PUSH, 1, STORE, 0,                                          /* 0 */
	LOAD, 0, DUP, PUSH, 3, SHR, SWAP, LOAD, 1, ADD, XOR, STORE, 0, /* 4 */
	LOAD, 1, PUSH, 1, SUB, DUP, STORE, 1, JNZ, 4,               /* 17 */
	END,
};

static __attribute__((noinline)) uint32_t run(uint32_t count)
{
	uint32_t stack[16], *sp = stack, var[2] = { 0, count }, t;
	const int16_t *pc = program;

	for (;;) {
		switch (*pc++) {
		case PUSH:
			*sp++ = (uint32_t)(int32_t)*pc++;
			break;
		case ADD:
			sp--;
			sp[-1] += sp[0];
			break;
		case SUB:
			sp--;
			sp[-1] -= sp[0];
			break;
		case DUP:
			sp[0] = sp[-1];
			sp++;
			break;
		case SWAP:
			t = sp[-1];
			sp[-1] = sp[-2];
			sp[-2] = t;
			break;
		case LOAD:
			*sp++ = var[*pc++];
			break;
		case STORE:
			var[*pc++] = *--sp;
			break;
		case JNZ:
			pc = *--sp ? program + *pc : pc + 1;
			break;
		case XOR:
			sp--;
			sp[-1] ^= sp[0];
			break;
		case SHR:
			sp--;
			sp[-1] >>= sp[0] & 31;
			break;
		default:
			return var[0];
		}
	}
}

uint32_t bench(void)
{
	return run(10000);
}
