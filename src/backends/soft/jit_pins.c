/* SPDX-License-Identifier: MIT
 * jit_pins.c - FPRs and VRs in host registers: the choice, and states as numbers [jit_pins.h].
 *
 * Nothing here knows the host. Called by the emitters at the beginnings and ends of blocks.
 */
#include "jit_pins.h"

bool mol_jit_pins_same(const struct pin_state *a, const struct pin_state *b)
{
	return a->fpr_valid == b->fpr_valid && a->fpr_dirty == b->fpr_dirty &&
	       a->fpr_single == b->fpr_single && a->vr_valid == b->vr_valid &&
	       a->vr_dirty == b->vr_dirty && !memcmp(&a->fp, &b->fp, sizeof(a->fp));
}

bool mol_jit_pins_single(const struct pin_state *s)
{
	return s->fpr_single || s->fp.saved_single;
}

void mol_jit_pins_drop(struct pin_state *s, unsigned n)
{
	uint32_t others = ~(1u << n % 32);

	if (n < 32) {
		s->fpr_valid &= others;
		s->fpr_dirty &= others;
		s->fpr_single &= others;
	} else {
		s->vr_valid &= others;
		s->vr_dirty &= others;
	}
}

/* ---- choosing ---- */

static bool valid(const struct pin_state *s, unsigned n)
{
	return (n < 32 ? s->fpr_valid >> n : s->vr_valid >> (n - 32)) & 1;
}

/* The host register that is free, or whose register is named less than `most` times. */
static bool find_host(const uint16_t uses[64], const uint8_t pin[64], const struct pin_state *s, unsigned most,
		      const uint8_t *registers, unsigned count, struct pin_choice *out)
{
	unsigned least = JIT_NONE;

	for (unsigned k = 0; k < count; k++) {
		const uint8_t *p = memchr(pin, registers[k], 64);

		if (!p) {
			out->host = registers[k];
			out->victim = JIT_NONE;
			return true;
		}
		if (least == JIT_NONE || uses[p - pin] < uses[least])
			least = (unsigned)(p - pin);
	}
	if (uses[least] >= most || !valid(s, least))
		return false;
	out->host = pin[least];
	out->victim = (uint8_t)least;
	return true;
}

bool mol_jit_pins_next(const uint16_t uses[64], const uint8_t pin[64], const struct pin_state *s, bool entered,
		       const uint8_t *registers, unsigned count, struct pin_choice *out)
{
	unsigned most = JIT_NONE;

	for (unsigned n = 0; n < 64; n++)
		if (pin[n] == JIT_NONE && uses[n] && (most == JIT_NONE || uses[n] > uses[most]))
			most = n;
	if (most == JIT_NONE || (!entered && uses[most] < 2))
		return false;
	out->n = (uint8_t)most;
	return find_host(uses, pin, s, uses[most], registers, count, out);
}

/* ---- states as numbers ---- */

static uint32_t hash_of(const struct pinned *p)
{
	const uint32_t word[] = { p->state.fpr_valid, p->state.fpr_dirty, p->state.fpr_single,
				  p->state.vr_valid, p->state.vr_dirty, p->state.fp.op };
	uint32_t h = 0;

	for (unsigned n = 0; n < sizeof(word) / sizeof(word[0]); n++)
		h = (h ^ word[n]) * 0x9e3779b1;
	for (unsigned n = 0; n < 64; n++)
		if (p->pin[n] != JIT_NONE)
			h = (h ^ (n << 5 | p->pin[n])) * 0x9e3779b1;
	return h >> 16;
}

static bool is_nothing(const struct pin_state *s)
{
	return !s->fpr_valid && !s->vr_valid && !s->fp.op && !s->fp.convert && !s->fp.compare;
}

static struct pinned present(const uint8_t pin[64], const struct pin_state *s, uint8_t live)
{
	struct pinned p = { .state = *s, .live = live, .used = true };
	bool saved = false;

	for (unsigned n = 0; n < 64; n++)
		p.pin[n] = valid(s, n) ? pin[n] : JIT_NONE;
	for (unsigned n = 0; n < FP_PLACES; n++)
		saved |= s->fp.at[n] == FP_AT_SAVED;
	p.state.fp.saved_single &= saved;
	p.state.fpr_single &= s->fpr_valid;
	return p;
}

uint32_t mol_jit_pins_number(struct pinned table[JIT_STATES], const uint8_t pin[64],
			     const struct pin_state *s, uint8_t live)
{
	struct pinned p = present(pin, s, live);
	uint32_t h = hash_of(&p);

	if (is_nothing(s))
		return 0;
	for (unsigned n = 0; n < 8; n++, h++) {
		struct pinned *t = &table[h % JIT_STATES];

		if (h % JIT_STATES == 0)
			continue;
		if (!t->used)
			*t = p;
		if (t->live == live && !memcmp(t->pin, p.pin, sizeof(p.pin)) &&
		    mol_jit_pins_same(&t->state, &p.state))
			return h % JIT_STATES;
	}
	return 0;
}

static bool calls_handlers(const struct jit_ir *ir)
{
	for (unsigned n = 0; n < ir->insns; n++)
		if (ir->insn[n].fallback)
			return true;
	return false;
}

enum fp_live mol_jit_pins_live(const struct jit_ir *ir, const struct pin_state *s, uint8_t entered)
{
	enum fp_live needed = mol_jit_fp_needed(ir);

	if (mol_jit_pins_single(s)) /* to be stored, and loaded, in another format */
		return FP_LIVE_SCALAR;
	if (!needed && !calls_handlers(ir)) /* kept, for the blocks behind */
		return (enum fp_live)entered;
	return needed;
}
