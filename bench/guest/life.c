/* SPDX-License-Identifier: MIT
 * life.c - integer: Conway's game on a board of bits; shifts, logic, population counts.
 */
#include "guest.h"

#define ROWS 128
#define WORDS 4
static uint32_t board[2][ROWS + 2][WORDS + 2];

/* adds a row of bits to three planes of counters */
static inline void add(uint32_t count[3], uint32_t bits)
{
	uint32_t carry = count[0] & bits;

	count[0] ^= bits;
	bits = count[1] & carry;
	count[1] ^= carry;
	count[2] |= bits;
}

static void step(uint32_t (*from)[WORDS + 2], uint32_t (*to)[WORDS + 2])
{
	for (int y = 1; y <= ROWS; y++)
		for (int x = 1; x <= WORDS; x++) {
			uint32_t count[3] = { 0 };

			for (int r = -1; r <= 1; r++) {
				const uint32_t *row = &from[y + r][x];

				add(count, row[0] << 1 | row[1] >> 31);
				add(count, row[0] >> 1 | row[-1] << 31);
				if (r)
					add(count, row[0]);
			}
			to[y][x] = count[1] & ~count[2] & (count[0] | from[y][x]);
		}
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 97;

	memset(board, 0, sizeof(board));
	for (int y = 1; y <= ROWS; y++)
		for (int x = 1; x <= WORDS; x++)
			board[0][y][x] = random32(&seed) & random32(&seed);
	for (int n = 0; n < 60; n++)
		step(board[n & 1], board[~n & 1]);
	for (int y = 1; y <= ROWS; y++)
		for (int x = 1; x <= WORDS; x++)
			sum = mix(sum, (uint32_t)__builtin_popcount(board[0][y][x]));
	return sum;
}
