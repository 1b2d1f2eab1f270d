/* SPDX-License-Identifier: MIT
 * stride.c - memory: columns of a matrix behind the page table: each access on another page.
 */
#include "guest.h"

#define ROWS 256
#define COLUMNS 1040 /* words: a row is a page and a line */
static uint32_t (*matrix)[COLUMNS];

void setup(void)
{
	matrix = paged(sizeof(uint32_t[ROWS][COLUMNS]));
	for (int y = 0; y < ROWS; y++)
		for (int x = 0; x < COLUMNS; x++)
			matrix[y][x] = (uint32_t)(y * x);
}

uint32_t bench(void)
{
	uint32_t sum = 0;

	for (int x = 0; x < COLUMNS; x++) {
		uint32_t down = 0;

		for (int y = 0; y < ROWS; y++)
			down += matrix[y][x];
		sum = mix(sum, down);
	}
	return sum;
}
