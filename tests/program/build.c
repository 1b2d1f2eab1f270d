/* SPDX-License-Identifier: MIT
 * build.c - puts a program together: functions of loops, branches, calls and plain instructions.
 *
 * Functions are laid out one after the other and call earlier ones; the last one, main, calls
 * all for ever. Nothing depends on it that a function ends well: a fault skips an instruction, a
 * wild jump starts main again [system.c], and the budget ends the run.
 */
#include "program.h"

#include <string.h>

static uint32_t roll(struct program *p, uint32_t n)
{
	return below(&p->random, n);
}

static void emit(struct program *p, uint32_t word)
{
	MUST(p->at < CODE_PA + CODE_PAGES * PAGE);
	program_store_be32(p->ram + p->at, word);
	p->at += 4;
}

static bool is_full(const struct program *p)
{
	return p->at > CODE_PA + CODE_PAGES * PAGE - 3200;
}

static void plain(struct program *p, uint32_t n)
{
	while (n--)
		emit(p, program_word(p, chance(&p->random, 10) ? MIXED : p->flavour));
}

static void load_constant(struct program *p, uint32_t r, uint32_t value)
{
	if (value + 0x8000 < 0x10000) {
		emit(p, W_ADDI(r, 0, value));
	} else if (!(value & 0x8000) && r && roll(p, 2)) {
		emit(p, W_LIS(r, value >> 16));
		emit(p, W_ADDI(r, r, value));
	} else {
		emit(p, W_LIS(r, value >> 16));
		emit(p, W_ORI(r, r, value));
	}
}

/* ---- addresses ---- */

static uint32_t any_data(struct program *p)
{
	uint32_t at = roll(p, DATA_PAGES * PAGE);

	switch (roll(p, 8)) {
	case 0: /* about the end of a page */
		return DATA_PA + (at & ~(PAGE - 1)) + PAGE - 16 + roll(p, 24);
	case 1:
		return DATA_PA + at;
	default:
		return DATA_PA + (at & ~15u);
	}
}

static uint32_t any_code_place(struct program *p)
{
	return CODE_PA + (roll(p, CODE_PAGES * PAGE) & ~3u);
}

/* Where a pointer may point: mostly to data, now and then to anything else. */
static uint32_t any_pointer(struct program *p)
{
	uint32_t n = roll(p, 400), in = roll(p, 2 * PAGE) & ~3u;

	if (n < 6)
		return p->data_base + ROM_PA + in;
	if (n < 8)
		return p->data_base + READONLY_PA + in;
	if (n < 16)
		return p->data_base + DEVICE_PA + in;
	if (n < 17)
		return p->data_base + HOLE_PA + in;
	if (n < 32)
		return p->data_base + DATA_ALIAS_PA + (any_data(p) - DATA_PA);
	if (n < 36) /* the end of a page of code, free of it on odd pages */
		return p->code_base + CODE_PA + (1 + roll(p, CODE_PAGES)) * PAGE - 128;
	if (n < 37)
		return p->code_base + any_code_place(p);
	if (n < 39)
		return any(&p->random);
	if (n < 45)
		return p->data_base + 0x180000 + in; /* no translation, or a hole */
	return p->data_base + any_data(p);
}

static void load_pointer(struct program *p)
{
	load_constant(p, p->pointer[roll(p, POINTERS)], any_pointer(p));
}

static void load_index(struct program *p)
{
	uint32_t n = roll(p, 512);

	load_constant(p, p->index[roll(p, INDICES)], (roll(p, 3) ? n & ~7u : n) - 256);
}

static void load_all_roles(struct program *p)
{
	for (unsigned n = 0; n < POINTERS; n++)
		load_constant(p, p->pointer[n], any_pointer(p));
	load_index(p);
	load_constant(p, p->stack, p->data_base + STACK_PA + 0x800);
}

/* ---- items of a body ---- */

static void body(struct program *p, unsigned depth, uint32_t items);

/* The branch word at `from` shall reach the present place. */
static void aim(struct program *p, uint32_t from)
{
	uint32_t word = program_load_be32(p->ram + from);

	program_store_be32(p->ram + from, word | ((p->at - from) & 0xfffc));
}

static uint32_t any_bo(struct program *p)
{
	static const uint8_t counting[] = { 0, 2, 8, 10, 16, 18 };

	if (!p->ctr_is_taken && chance(&p->random, 12))
		return counting[roll(p, 6)];
	return (roll(p, 2) ? 12 : 4) | (roll(p, 8) == 0);
}

static void compare(struct program *p, uint32_t crf)
{
	uint32_t a = program_register(p), b = program_register(p);

	switch (roll(p, 4)) {
	case 0:
		emit(p, W_CMPWI(crf, a, roll(p, 2) ? 0 : any_word(&p->random)));
		break;
	case 1:
		emit(p, W_D(10, crf << 2, a, any_word(&p->random))); /* cmplwi */
		break;
	default:
		emit(p, W_X(crf << 2, a, b, roll(p, 2) ? 0 : 32));
		break;
	}
}

static void skip_forward(struct program *p, unsigned depth)
{
	uint32_t crf = roll(p, 8), from, other;

	if (roll(p, 3))
		compare(p, crf);
	if (roll(p, 4) == 0)
		plain(p, 1 + roll(p, 2));
	from = p->at;
	emit(p, W_BC(any_bo(p), (crf << 2) + roll(p, 4), 0));
	body(p, depth + 1, 1 + roll(p, 2));
	if (roll(p, 3) == 0) { /* else */
		other = p->at;
		emit(p, W_B(0));
		aim(p, from);
		from = other;
		body(p, depth + 1, 1);
	}
	aim(p, from);
}

static void count_by_ctr(struct program *p, unsigned depth)
{
	uint32_t top, r = program_register(p);

	load_constant(p, r, 2 + roll(p, depth ? 6 : 40));
	emit(p, W_MTSPR(SPR_CTR, r));
	p->ctr_is_taken = true;
	top = p->at;
	body(p, depth + 1, 1 + roll(p, 3));
	p->ctr_is_taken = false;
	emit(p, W_BC(16 | (roll(p, 8) == 0), 0, top - p->at)); /* bdnz */
}

static void count_by_register(struct program *p, unsigned depth)
{
	uint32_t r = p->loop[depth], crf = roll(p, 8), top;

	load_constant(p, r, 2 + roll(p, depth ? 5 : 30));
	top = p->at;
	if (roll(p, 2))
		load_pointer(p);
	body(p, depth + 1, 1 + roll(p, 3));
	emit(p, W_RLWINM(r, r, 0, 26, 31)); /* bounded, whatever became of it */
	if (roll(p, 2)) {
		emit(p, W_D(13, r, r, -1)); /* addic. */
		emit(p, W_BC(12, 1, top - p->at));
	} else {
		emit(p, W_D(12, r, r, -1)); /* addic */
		emit(p, W_CMPWI(crf, r, 0));
		emit(p, W_BC(12, (crf << 2) + 1, top - p->at));
	}
}

/* Words that never leave translated code, on few registers. */
static void simple(struct program *p, uint32_t count)
{
	/* add, subf, and, or, xor, addc, adde, subfc, subfe, addze, mullw, slw, srw */
	static const uint16_t extended[] = { 266, 40, 28, 444, 316, 10, 138, 8, 136, 202, 235, 24, 536 };
	uint32_t n;

	while (count--) {
		uint32_t d = program_register(p), a = program_register(p), b = program_register(p);

		switch (roll(p, 6)) {
		case 0:
			emit(p, W_ADDI(d, a ? a : d, any_word(&p->random)));
			break;
		case 1:
			emit(p, W_RLWINM(d, a, roll(p, 32), roll(p, 32), roll(p, 32)) | (roll(p, 4) == 0));
			break;
		case 2: /* lbz, stb */
			emit(p, W_D(roll(p, 2) ? 34 : 38, d, p->pointer[roll(p, POINTERS)], roll(p, 64)));
			break;
		default:
			n = extended[roll(p, sizeof(extended) / sizeof(extended[0]))];
			emit(p, W_X(d, a, b, n) | (roll(p, 4) == 0));
			break;
		}
	}
}

/* A loop of one block, with conditions in it and perhaps more than one way back. */
static void small_loop(struct program *p, unsigned depth)
{
	uint32_t r = p->loop[depth], crf, top, from;

	load_constant(p, r, 2 + roll(p, 30));
	top = p->at;
	emit(p, W_RLWINM(r, r, 0, 26, 31)); /* bounded, whatever became of it */
	for (uint32_t parts = 1 + roll(p, 3); parts; parts--) {
		crf = roll(p, 3);
		if (roll(p, 3))
			compare(p, crf);
		simple(p, roll(p, 3));
		from = p->at;
		emit(p, W_BC(any_bo(p), (crf << 2) + roll(p, 4), 0));
		simple(p, 1 + roll(p, 3));
		if (roll(p, 4) == 0)
			compare(p, roll(p, 3));
		if (roll(p, 4) == 0) {
			emit(p, W_D(12, r, r, -1)); /* addic */
			emit(p, W_CMPWI(crf, r, 0));
			emit(p, W_BC(12, (crf << 2) + 1, top - p->at));
		}
		aim(p, from);
		simple(p, roll(p, 3));
	}
	emit(p, W_D(13, r, r, -1)); /* addic. */
	emit(p, W_BC(12, 1, top - p->at));
}

static void call(struct program *p)
{
	uint32_t to = p->function[roll(p, p->functions)], r = program_register(p);
	uint32_t base = p->code_base;

	switch (roll(p, 8)) {
	case 0: /* by CTR, or by LR, or through the other addresses of code */
		base = p->code_alias_base;
		/* fall through */
	case 1:
		load_constant(p, r, base + to);
		emit(p, W_MTSPR(SPR_CTR, r));
		emit(p, W_BCCTR(20, 0) | 1);
		break;
	case 2:
		load_constant(p, r, base + to);
		emit(p, W_MTSPR(SPR_LR, r));
		emit(p, W_BCLR(20, 0) | 1);
		break;
	case 3:
		emit(p, W_BC(any_bo(p), roll(p, 32), 0) | 1);
		if (p->at - to < 0x7ff0) /* else to itself: a call of the next instruction */
			program_store_be32(p->ram + p->at - 4,
					   program_load_be32(p->ram + p->at - 4) | ((to - (p->at - 4)) & 0xfffc));
		else
			program_store_be32(p->ram + p->at - 4, program_load_be32(p->ram + p->at - 4) | 4);
		break;
	default:
		emit(p, W_B(to - p->at) | 1);
		break;
	}
}

/* A computed jump to one of four places, as compilers make of a switch. */
static void jump_by_table(struct program *p)
{
	uint32_t r = p->pool[0], t = p->pool[1], from, place, ends[4];

	if (!r || !t)
		return;
	emit(p, W_RLWINM(r, program_register(p), 4, 26, 27)); /* 0, 16, 32, 48 */
	place = p->at;
	emit(p, W_LIS(t, 0));
	emit(p, W_ORI(t, t, 0));
	emit(p, W_X(r, r, t, 266)); /* add */
	emit(p, W_MTSPR(SPR_CTR, r));
	emit(p, W_BCCTR(20, 0));
	from = p->code_base + p->at;
	program_store_be32(p->ram + place, W_LIS(t, from >> 16));
	program_store_be32(p->ram + place + 4, W_ORI(t, t, from));
	for (unsigned n = 0; n < 4; n++) {
		plain(p, 3);
		ends[n] = p->at;
		emit(p, W_B(0));
	}
	for (unsigned n = 0; n < 4; n++)
		aim(p, ends[n]);
}

/* A store into code, which is or is not announced by icbi. */
static void modify_code(struct program *p)
{
	uint32_t a = p->pointer[roll(p, POINTERS)], r = program_register(p), slot;
	uint32_t here = p->at + 4 * (4 + roll(p, 16));
	struct choice *c = &p->random;
	bool ahead = chance(c, 3);

	/* ahead: an instruction of the same block, soon to be reached; its present word is a nop. */
	slot = ahead ? here : p->function[roll(p, p->functions)] + (roll(p, 24) << 2);
	load_constant(p, a, (chance(c, 4) ? p->data_base + CODE_ALIAS_PA - CODE_PA : p->code_base) + slot);
	load_constant(p, r, chance(c, 4) ? W_NOP : program_word(p, INTEGER));
	emit(p, W_STW(r, a, 0));
	if (chance(c, 2)) {
		emit(p, W_X(0, 0, a, 54)); /* dcbst */
		emit(p, W_SYNC);
		emit(p, W_X(0, 0, a, 982)); /* icbi */
		emit(p, W_ISYNC);
	}
	while (ahead && p->at <= slot)
		emit(p, p->at == slot || roll(p, 2) ? W_NOP : program_word(p, INTEGER));
}

/* Another MSR for a while. */
static void change_mode(struct program *p)
{
	static const uint32_t bits[] = { 0x2000, 0x2000, 0x02000000, 0x02000000, 0x0800, 0x0100, 0x0900,
					 0x8000, 0x4000, 0x4000, 0x0010, 0x0030, 0x1000, 0x0400, 0x0200 };
	uint32_t r = program_register(p), bit = bits[roll(p, sizeof(bits) / sizeof(bits[0]))];
	bool identity = !p->code_base && !p->data_base;

	if ((bit & 0x30) && !identity && !chance(&p->random, 8))
		bit = 0x2000;
	load_constant(p, r, p->msr ^ bit);
	emit(p, W_MTMSR(r));
	if (chance(&p->random, 2))
		emit(p, W_ISYNC);
	plain(p, 1 + roll(p, 6));
	if (bit == 0x4000) { /* a user's way back */
		emit(p, W_SC);
		return;
	}
	load_constant(p, r, p->msr);
	emit(p, W_MTMSR(r));
}

static void go_by_rfi(struct program *p)
{
	uint32_t r = program_register(p), place = p->at, end;

	emit(p, W_LIS(r, 0));
	emit(p, W_ORI(r, r, 0));
	emit(p, W_MTSPR(SPR_SRR0, r));
	load_constant(p, r, p->msr);
	emit(p, W_MTSPR(SPR_SRR1, r));
	emit(p, W_RFI);
	end = p->at;
	plain(p, roll(p, 3));
	end = p->code_base + (roll(p, 2) ? end : p->at);
	program_store_be32(p->ram + place, W_LIS(r, end >> 16));
	program_store_be32(p->ram + place + 4, W_ORI(r, r, end));
}

static void system_item(struct program *p)
{
	uint32_t r = program_register(p), other;

	switch (roll(p, 8)) {
	case 0:
	case 1:
		emit(p, W_SC);
		break;
	case 2:
		go_by_rfi(p);
		break;
	case 3: /* some segment that nobody uses, and one that is in use, to what it was */
		load_constant(p, r, any(&p->random) & 0x6fffffff);
		emit(p, W_MTSR(13, r));
		load_constant(p, r, p->sr[p->data_base >> 28]);
		other = program_register(p);
		if (other != r && chance(&p->random, 2)) {
			load_constant(p, other, p->data_base);
			emit(p, W_X(r, 0, other, 242)); /* mtsrin */
		} else {
			emit(p, W_MTSR(p->data_base >> 28, r));
		}
		emit(p, W_ISYNC);
		break;
	case 4:
		load_constant(p, r, p->data_base + any_data(p));
		emit(p, W_TLBIE(r));
		emit(p, W_SYNC);
		break;
	case 5:
		load_constant(p, r, 10 + roll(p, 3000));
		emit(p, W_MTSPR(SPR_DEC, r));
		break;
	default:
		change_mode(p);
		break;
	}
}

static void reserve(struct program *p)
{
	uint32_t a = p->pointer[roll(p, POINTERS)], r = program_register(p);

	load_constant(p, a, p->data_base + (any_data(p) & ~3u));
	emit(p, W_X(r, 0, a, 20)); /* lwarx */
	plain(p, roll(p, 3));
	emit(p, W_X(r, 0, a, 150) | 1); /* stwcx. */
	emit(p, roll(p, 2) ? W_BC(4, 2, 8) : W_NOP);
	plain(p, 1);
}

/* Status bits are sticky: without this they would soon say no more. Read after a while. */
static void look_at_fpscr(struct program *p)
{
	for (uint32_t n = 0; n < 5; n++)
		if (roll(p, 3))
			emit(p, 0xfc00010cu | n << 23); /* mtfsfi n,0 */
	plain(p, 1 + roll(p, 8));
	if (roll(p, 2))
		emit(p, 0xfc00048eu | roll(p, 32) << 21 | (roll(p, 8) == 0)); /* mffs */
	else
		emit(p, 0xfc000080u | roll(p, 8) << 23 | roll(p, 8) << 18); /* mcrfs */
}

/* So is VSCR[SAT]. NJ is 0 or 1 afterwards. */
static void look_at_vscr(struct program *p)
{
	uint32_t z = roll(p, 31), h = z + 1;

	emit(p, 0x100004c4u | z << 21 | z << 16 | z << 11); /* vxor z,z,z */
	emit(p, 0x1000034cu | h << 21 | 1u << 16);          /* vspltish h,1 */
	if (roll(p, 3) == 0)
		emit(p, 0x1000014cu | z << 21 | h << 16 | z << 11); /* vmrglh: NJ alone */
	emit(p, 0x10000644u | z << 11);                     /* mtvscr */
	plain(p, 1 + roll(p, 6));
	emit(p, 0x10000604u | roll(p, 32) << 21); /* mfvscr */
}

static void item(struct program *p, unsigned depth)
{
	uint32_t system = p->flavour == SYSTEM ? 24 : 5, n = roll(p, 100);

	if (p->at % PAGE > PAGE - 700 && (p->at / PAGE & 1) && !is_full(p)) { /* leave the end of odd pages to data */
		emit(p, W_B(((p->at | (PAGE - 1)) + 1) - p->at));
		p->at = (p->at | (PAGE - 1)) + 1;
	}
	if (!is_full(p) && n == 0)
		plain(p, 30 + roll(p, 100)); /* more than a block holds */
	else if (is_full(p) || n < 45)
		plain(p, 1 + roll(p, 8));
	else if (n < 45 + system && !p->ctr_is_taken)
		system_item(p);
	else if (n < 72)
		load_pointer(p);
	else if (n < 74 || (n < 75 && p->flavour != FLOATING && p->flavour != VECTOR))
		load_index(p);
	else if (n < 76 && (p->flavour == FLOATING || p->flavour == MIXED))
		look_at_fpscr(p);
	else if (n < 76 && p->flavour == VECTOR)
		look_at_vscr(p);
	else if (n < 77)
		modify_code(p);
	else if (n < 78)
		reserve(p);
	else if (depth >= LOOPS || n < 80)
		plain(p, 2);
	else if (n < 88)
		skip_forward(p, depth);
	else if (n < 91 && !p->ctr_is_taken && p->functions && p->lr_is_taken)
		call(p);
	else if (n < 93 && !p->ctr_is_taken)
		jump_by_table(p);
	else if (n < 97 && !p->ctr_is_taken)
		count_by_ctr(p, depth);
	else if (n < 98)
		small_loop(p, depth);
	else
		count_by_register(p, depth);
}

static void body(struct program *p, unsigned depth, uint32_t items)
{
	bool few = p->few;

	if (chance(&p->random, 4))
		p->few = !p->few;
	while (items--)
		item(p, depth);
	p->few = few;
}

/* lr_is_taken: it calls, and keeps the return address on the stack. */
static void function(struct program *p)
{
	uint32_t r = p->pool[2], start = p->at;

	p->lr_is_taken = roll(p, 2);
	if (p->lr_is_taken) {
		emit(p, W_MFSPR(r, SPR_LR));
		emit(p, W_STWU(p->stack, p->stack, -16));
		emit(p, W_STW(r, p->stack, 20));
	}
	body(p, 0, 2 + roll(p, 8));
	if (p->lr_is_taken) {
		emit(p, W_LWZ(r, p->stack, 20));
		emit(p, W_MTSPR(SPR_LR, r));
		emit(p, W_ADDI(p->stack, p->stack, 16));
	} else if (roll(p, 2)) { /* a conditional return before the end */
		emit(p, W_BCLR(any_bo(p), roll(p, 32)));
		plain(p, 1 + roll(p, 3));
	}
	emit(p, W_BCLR(20, 0));
	p->function[p->functions++] = start;
}

static void main_function(struct program *p)
{
	uint32_t start = p->at;

	p->lr_is_taken = true;
	load_all_roles(p);
	emit(p, 0xff00010cu | (p->wild_fp ? roll(p, 16) << 12 : 0)); /* mtfsfi 6,enables; 7,RN */
	emit(p, 0xff80010cu | roll(p, 4) << 12);
	for (uint32_t n = 0; n < p->functions; n++) {
		if (roll(p, 3) == 0)
			load_pointer(p);
		emit(p, W_B(p->function[n] - p->at) | 1);
		plain(p, roll(p, 2));
	}
	emit(p, W_B(start - p->at));
	p->function[p->functions++] = start;
}

/* ---- the whole ---- */

/* Each role gets a register: any, but that r0 as a base means zero. */
static void give_roles(struct program *p)
{
	uint8_t order[32];
	unsigned n = 0;

	for (uint32_t r = 0; r < 32; r++)
		order[r] = (uint8_t)r;
	for (uint32_t r = 31; r > 1; r--) {
		uint32_t other = 1 + roll(p, r);
		uint8_t t = order[r];

		order[r] = order[other];
		order[other] = t;
	}
	for (unsigned k = 0; k < POINTERS; k++)
		p->pointer[k] = order[++n];
	for (unsigned k = 0; k < INDICES; k++)
		p->index[k] = order[++n];
	for (unsigned k = 0; k < LOOPS; k++)
		p->loop[k] = order[++n];
	p->stack = order[++n];
	while (n < 31)
		p->pool[p->pool_size++] = order[++n];
	if (roll(p, 4) == 0)
		p->pool[roll(p, 6)] = 0;
	else
		p->pool[p->pool_size++] = 0;
}

static void fill_data(struct program *p)
{
	for (uint32_t at = DATA_PA; at < DATA_PA + DATA_PAGES * PAGE; at += 8) {
		uint32_t kind = at / 512 % 8;
		uint64_t d = any_double(&p->random);

		if (kind == 0 || kind == 3) {
			program_store_be32(p->ram + at, any_word(&p->random));
			program_store_be32(p->ram + at + 4, any_word(&p->random));
		} else if (kind == 1 || kind == 4) {
			program_store_be32(p->ram + at, any_float(&p->random));
			program_store_be32(p->ram + at + 4, any_float(&p->random));
		} else {
			program_store_be32(p->ram + at, (uint32_t)(d >> 32));
			program_store_be32(p->ram + at + 4, (uint32_t)d);
		}
	}
}

void program_generate(struct program *p, uint64_t seed)
{
	uint32_t most;

	memset(p, 0, sizeof(*p));
	p->seed = seed;
	p->random.state = seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
	any(&p->random);
	give_roles(p);
	program_choose_system(p);
	fill_data(p);
	p->at = CODE_PA;
	most = 3 + roll(p, FUNCTIONS - 8);
	while (p->functions < most && !is_full(p)) {
		p->few = roll(p, 2);
		if (roll(p, 4) == 0) /* the next one may begin on a page of its own */
			p->at += 4 * roll(p, 200);
		if (!is_full(p))
			function(p);
	}
	main_function(p);
	program_make_system(p);
}
