/* SPDX-License-Identifier: MIT
 * words.c - random numbers, addresses and instruction words for the guest fuzzer.
 *
 * Words are drawn from the table of instructions with random operands, so that each row is met;
 * some are made of nothing but noise.
 */
#include "fuzz.h"
#include "insn.h"

uint32_t fuzz_any(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33 ^ *state >> 20);
}

uint32_t fuzz_below(uint64_t *state, uint32_t n)
{
	return fuzz_any(state) % n;
}

uint32_t fuzz_address(uint64_t *state)
{
	static const uint32_t base[] = { 0,          0,          0x1000,     RAM_SIZE,   0x00400000,
					 0x00500000, 0x00800000, DEVICE_GPA, DEVICE_GPA, DEVICE_GPA,
					 DEVICE_GPA + 0x10000,   ROM_GPA,    0xfffff000 };
	uint32_t at = base[fuzz_below(state, sizeof(base) / sizeof(base[0]))];

	switch (fuzz_below(state, 8)) {
	case 0: /* about the end of a page */
		return at + fuzz_below(state, 8) * PAGE - fuzz_below(state, 24);
	case 1:
		return fuzz_any(state);
	case 2:
		return at + fuzz_below(state, RAM_SIZE);
	default:
		return (at + fuzz_below(state, RAM_SIZE)) & ~7u;
	}
}

static uint32_t mtspr(uint64_t *state, bool calm)
{
	/* DSISR DAR DEC SDR1 SRR0 SRR1, BATs, HID0 HID1 IABR DABR, 603e and 745x TLB registers,
	 * MMCR0 PMC1 THRM1-3 L2CR ICTC EAR */
	static const uint16_t interesting[] = { 18,  19,  22,  25,   26,   27,   27,   528,  529,  530,
						536, 537, 538, 539,  560,  568,  1008, 1008, 1009, 1010,
						1013, 976, 977, 980, 981,  982,  952,  953,  1020, 1021,
						1022, 1017, 1019, 282, 272, 1, 8, 9, 256 };
	uint32_t n = interesting[fuzz_below(state, sizeof(interesting) / sizeof(interesting[0]))];
	uint32_t op = fuzz_below(state, 3) ? 467 : 339;

	if (calm && n == 25)
		n = 22;
	return 31u << 26 | fuzz_below(state, 32) << 21 | (n & 31) << 16 | n >> 5 << 11 | op << 1;
}

static uint32_t branch(uint64_t *state)
{
	uint32_t r = fuzz_any(state);

	switch (r >> 28 & 3) {
	case 0: /* b, bl: near */
		return 0x48000000u | (r & 0xfc) | ((r & 0x700) == 0 ? 0x03ffff00u : 0) | (r >> 11 & 1);
	case 1: /* bclr, bcctr */
		return (r & 0x400 ? 0x4c000020u : 0x4c000420u) | (r & 0x03ff0001u);
	default:
		return 0x40000000u | (r & 0x03ff007du) | ((r & 0x700) == 0 ? 0xff80u : 0);
	}
}

static bool upsets_calm(uint32_t word)
{
	uint32_t op = word >> 26, xo = word >> 1 & 0x3ff;

	return op == 31 && (xo == 210 || xo == 242 || xo == 978 || xo == 1010 ||
			    (xo == 467 && (word >> 11 & 0x3ff) == (25 & 31) << 5));
}

/* r16 to r31 begin with addresses where something is, r24 to r27 of devices: accesses go by them, and most other
 * instructions leave them alone. */
static uint32_t keep_addresses(uint64_t *state, const struct ppc_insn_info *row, uint32_t word)
{
	const uint32_t high_d = 1u << 25, high_a = 1u << 20, high_b = 1u << 15;
	uint32_t op = word >> 26;

	if (fuzz_below(state, 4) == 0)
		return word;
	if (row->flags & (I_LOAD | I_STORE)) {
		if (op >= 32) /* D-form: a near displacement */
			return (word & ~0x7e00u) | high_a;
		return (word & ~(0x1fu << 16)) | high_b | (fuzz_below(state, 4) ? 0 : high_a);
	}
	if (op < 16 || op == 31)
		return word & ~high_d & ~(op == 31 ? high_a : 0);
	return op >= 20 && op <= 29 ? word & ~high_a : word;
}

static uint32_t draw(uint64_t *state, bool calm)
{
	uint32_t row, word;

	switch (fuzz_below(state, 16)) {
	case 0:
		return fuzz_any(state);
	case 1:
		return mtspr(state, calm);
	case 2:
	case 3:
		return branch(state);
	case 4: /* addi rX,rX,n: registers stay near where they are */
		row = fuzz_below(state, 32);
		return 14u << 26 | row << 21 | row << 16 | (fuzz_any(state) & 0xff);
	case 5: /* an access to a device, by r24 to r27 */
		word = fuzz_any(state);
		return (32 + (word >> 26) % 24) << 26 | (word & 0x01e0001f) | (24 + (word >> 5 & 3)) << 16;
	default:
		row = fuzz_below(state, PPC_OP_COUNT);
		word = fuzz_any(state) & ~ppc_insn_table[row].mask;
		word = keep_addresses(state, &ppc_insn_table[row], word | ppc_insn_table[row].match);
		return (word & ~ppc_insn_table[row].mask) | ppc_insn_table[row].match;
	}
}

uint32_t fuzz_word(uint64_t *state, bool calm)
{
	uint32_t word;

	do
		word = draw(state, calm);
	while (calm && upsets_calm(word));
	return word;
}
