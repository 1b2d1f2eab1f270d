/* SPDX-License-Identifier: MIT
 * jit_pins.h - FPRs and VRs in host registers, for as long as a block, as far as all hosts do alike.
 *
 * Which guest registers are worth a host register, what such pins hold at a place in a block, and the
 * numbers of such states, for branches that lead to a block that begins in the same [jit_version.h].
 * Used by the emitters, which know the host's registers by numbers of their own.
 */
#ifndef MOL_JIT_PINS_H
#define MOL_JIT_PINS_H

#include "jit_fp.h"

#define JIT_NONE 0xff /* no host register */

/* What holds at a place in a block; bit n is register n. */
struct pin_state {
	uint32_t fpr_valid, fpr_dirty; /* its pin holds it; memory does not */
	uint32_t fpr_single;           /* its pin holds it in single format; not a signaling NaN */
	uint32_t vr_valid, vr_dirty;
	struct fp_waiting fp;
};

bool mol_jit_pins_same(const struct pin_state *a, const struct pin_state *b);
bool mol_jit_pins_single(const struct pin_state *s); /* does anything wait in single format? */
/* FPR n, or VR n - 32, is not in its pin any more. */
void mol_jit_pins_drop(struct pin_state *s, unsigned n);

/* ---- choosing ---- */

/* FPR n, or VR n - 32, is to have this host register; victim's, which is stored first, or JIT_NONE. */
struct pin_choice {
	uint8_t n, host, victim;
};
/* The next pin for a block that names registers so often [mol_jit_count_named], from `count` host
 * registers. It has been entered with some, or by itself: then what is named once gets none. False:
 * no more. */
bool mol_jit_pins_next(const uint16_t uses[64], const uint8_t pin[64], const struct pin_state *s, bool entered,
		       const uint8_t *registers, unsigned count, struct pin_choice *out);

/* ---- states as numbers ---- */

/* With what a version of a block is entered: its pins, and which of them hold what. */
struct pinned {
	uint8_t pin[64];      /* JIT_NONE if not valid */
	struct pin_state state;
	uint8_t live;         /* whose control word is in the host: enum fp_live */
	bool used;
};
#define JIT_STATES 8192u /* which are committed by use, and stay */

/* The number of this state in the table, equal numbers for equal states; 0: there is nothing to be
 * kept, or no room for more. */
uint32_t mol_jit_pins_number(struct pinned table[JIT_STATES], const uint8_t pin[64],
			     const struct pin_state *s, uint8_t live);

/* Whose control word the block computes under, entered with this state and that of `entered`. */
enum fp_live mol_jit_pins_live(const struct jit_ir *ir, const struct pin_state *s, uint8_t entered);

#endif
