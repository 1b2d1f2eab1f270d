/* SPDX-License-Identifier: MIT
 * crc32.c - integer: table-driven CRC-32 of a buffer, one byte at a time.
 */
#include "guest.h"

static uint32_t table[256];
static uint8_t buffer[65536];

void setup(void)
{
	uint32_t seed = 1;

	for (uint32_t n = 0; n < 256; n++) {
		uint32_t v = n;

		for (int k = 0; k < 8; k++)
			v = v & 1 ? v >> 1 ^ 0xedb88320u : v >> 1;
		table[n] = v;
	}
	for (size_t n = 0; n < sizeof(buffer); n++)
		buffer[n] = (uint8_t)random32(&seed);
}

uint32_t bench(void)
{
	uint32_t crc = ~0u;

	for (uint32_t n = 10; n; n--)
		for (size_t k = 0; k < sizeof(buffer); k++)
			crc = table[(crc ^ buffer[k]) & 255] ^ crc >> 8;
	return ~crc;
}
