/* SPDX-License-Identifier: MIT
 * strings.c - integer: length, compare, search, case folding and numbers as text, byte by byte.
 */
#include "guest.h"

static char text[4096], folded[4096];

static __attribute__((noinline)) size_t length(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

static __attribute__((noinline)) const char *find(const char *s, const char *what)
{
	for (; *s; s++) {
		size_t n = 0;

		while (what[n] && s[n] == what[n])
			n++;
		if (!what[n])
			return s;
	}
	return NULL;
}

static __attribute__((noinline)) char *number(char *to, uint32_t v)
{
	char digits[12];
	int n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10));
	while (n)
		*to++ = digits[--n];
	*to = 0;
	return to;
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 5;

	for (uint32_t n = 24; n; n--) {
		char *p = text;
		const char *hit;
		char what[12];

		while (p < text + sizeof(text) - 24) {
			p = number(p, random32(&seed) >> (n & 15));
			*p = "xYzW"[p[-1] & 3];
			p++;
		}
		*p = 0;
		for (size_t k = 0; (folded[k] = text[k]); k++)
			if (folded[k] >= 'A' && folded[k] <= 'Z')
				folded[k] = (char)(folded[k] + 32);
		number(what, seed % 1000);
		hit = find(folded, what);
		sum = mix(sum, (uint32_t)length(text) + (hit ? (uint32_t)(hit - folded) : 0));
	}
	return sum;
}
