/* SPDX-License-Identifier: MIT
 * nbody.c - floating point: five bodies under gravity; divisions, roots, fused multiply-adds.
 */
#include "guest.h"

#define BODIES 5
static struct { double p[3], v[3], m; } body[BODIES];

static void step(double dt)
{
	for (int i = 0; i < BODIES; i++)
		for (int j = i + 1; j < BODIES; j++) {
			double d[3], r2 = 1e-3, pull;

			for (int k = 0; k < 3; k++) {
				d[k] = body[i].p[k] - body[j].p[k];
				r2 = __builtin_fma(d[k], d[k], r2);
			}
			pull = dt / (r2 * root(r2));
			for (int k = 0; k < 3; k++) {
				body[i].v[k] -= d[k] * body[j].m * pull;
				body[j].v[k] += d[k] * body[i].m * pull;
			}
		}
	for (int i = 0; i < BODIES; i++)
		for (int k = 0; k < 3; k++)
			body[i].p[k] = __builtin_fma(dt, body[i].v[k], body[i].p[k]);
}

uint32_t bench(void)
{
	uint32_t sum = 0, seed = 21;

	for (int i = 0; i < BODIES; i++) {
		for (int k = 0; k < 3; k++) {
			body[i].p[k] = (double)(int32_t)random32(&seed) * 0x1p-28;
			body[i].v[k] = (double)(int32_t)random32(&seed) * 0x1p-31;
		}
		body[i].m = 1.0 + i;
	}
	for (uint32_t n = 180; n; n--)
		step(0.001);
	for (int i = 0; i < BODIES; i++)
		for (int k = 0; k < 3; k++)
			sum = mix_double(sum, body[i].p[k]);
	return sum;
}
