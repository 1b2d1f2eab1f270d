/* SPDX-License-Identifier: MIT
 * switches.c - control flow: a scanner: a state machine of nested switches on random text.
 */
#include "guest.h"

#define SIZE 16384
static uint8_t text[SIZE];

void setup(void)
{
	uint32_t seed = 103;

	for (int n = 0; n < SIZE; n++)
		text[n] = (uint8_t)"abc 12\n\"+-*/ x=;(9)z\\{}.<>&|#  "[random32(&seed) >> 9 & 31];
}

static uint32_t scan(void)
{
	enum { SPACE, WORD, NUMBER, STRING, ESCAPE, COMMENT } state = SPACE;
	uint32_t count[8] = { 0 }, sum = 0;

	for (int n = 0; n < SIZE; n++) {
		uint32_t c = text[n];

		switch (state) {
		case STRING:
			state = c == '\\' ? ESCAPE : c == '"' ? SPACE : STRING;
			continue;
		case ESCAPE:
			state = STRING;
			continue;
		case COMMENT:
			if (c == '\n')
				state = SPACE;
			continue;
		default:
			break;
		}
		switch (c) {
		case ' ': count[0]++; state = SPACE; break;
		case '\n': count[1]++; state = SPACE; break;
		case '"': count[2]++; state = STRING; break;
		case '#': state = COMMENT; break;
		case '+': sum += 3; break;
		case '-': sum -= n; break;
		case '*': sum *= 3; break;
		case '/': sum ^= sum >> 7; break;
		case '=': sum = ~sum; break;
		case ';': sum += count[3]; break;
		case '(': count[4]++; break;
		case ')': count[4]--; break;
		case '{': count[5] += count[4]; break;
		case '}': count[5] ^= 5; break;
		case '<': sum <<= 1; break;
		case '>': sum >>= 1; break;
		case '&': sum &= ~count[0]; break;
		case '|': sum |= count[1]; break;
		case '.': sum += 11; break;
		default: count[c >= 'a' ? 6 : 7] += state; state = c >= 'a' ? WORD : NUMBER; break;
		}
	}
	for (int n = 0; n < 8; n++)
		sum = mix(sum, count[n]);
	return sum;
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (uint32_t n = 10; n; n--) {
		text[n * 50] ^= 1;
		sum = mix(sum, scan());
		text[n * 50] ^= 1;
	}
	return sum;
}
