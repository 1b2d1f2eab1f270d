/* SPDX-License-Identifier: MIT
 * lz.c - integer: an LZ77 compressor with a hash of three bytes, and its decompressor.
 */
#include "guest.h"

#define SIZE 32768
static uint8_t plain[SIZE], packed[SIZE * 2], unpacked[SIZE];
static uint16_t last[4096];

/* A token is: 0 n, n literal bytes; or length (3..255), distance high, distance low. */
static size_t pack(void)
{
	size_t in = 0, out = 0, literals = 0, length_at = 0;

	memset(last, 0, sizeof(last));
	while (in + 3 < SIZE) {
		uint32_t h = (plain[in] << 16 | plain[in + 1] << 8 | plain[in + 2]) * 2654435761u >> 20;
		size_t from = last[h], n = 0;

		last[h] = (uint16_t)in;
		if (from < in)
			while (n < 255 && in + n < SIZE && plain[from + n] == plain[in + n])
				n++;
		if (n >= 4) {
			packed[out++] = (uint8_t)n;
			packed[out++] = (uint8_t)((in - from) >> 8);
			packed[out++] = (uint8_t)(in - from);
			in += n;
			literals = 0;
			continue;
		}
		if (!literals || literals == 255) {
			packed[out++] = 0;
			length_at = out++;
			literals = 0;
		}
		packed[out++] = plain[in++];
		packed[length_at] = (uint8_t)++literals;
	}
	return out;
}

static size_t unpack(size_t size)
{
	size_t in = 0, out = 0;

	while (in < size) {
		size_t n = packed[in++];

		if (n) {
			size_t distance = (size_t)(packed[in] << 8 | packed[in + 1]);

			in += 2;
			while (n--) {
				unpacked[out] = unpacked[out - distance];
				out++;
			}
			continue;
		}
		n = packed[in++];
		while (n--)
			unpacked[out++] = packed[in++];
	}
	return out;
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 13;

	for (uint32_t n = 1; n; n--) {
		size_t size, length;

		for (size_t k = 0; k < SIZE;) {
			uint32_t r = random32(&seed);
			size_t from = k > 64 ? (r >> 8) % (k - 32) : 0;

			if (k > 64 && (r & 3))
				for (r = r >> 4 & 31; r && k < SIZE; r--)
					plain[k++] = plain[from++];
			else
				plain[k++] = (uint8_t)('a' + (r >> 8) % 23);
		}
		size = pack();
		length = unpack(size);
		sum = mix(sum, (uint32_t)size);
		sum = mix(sum, (uint32_t)memcmp(plain, unpacked, length));
	}
	return sum;
}
