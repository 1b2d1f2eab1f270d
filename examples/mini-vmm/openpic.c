/* SPDX-License-Identifier: MIT
 * openpic.c - an OpenPIC interrupt controller (Open PIC Register Interface Specification 1.2).
 *
 * The interrupt controller of mini-vmm, laid out as on the MPC86xx boards that
 * Linux's MPIC driver knows: global registers at 0x1000, timers at 0x1100,
 * sources at 0x10000 in steps of 0x20, processor 0 at 0x20000 and again at 0.
 *
 * A source is in one of four states: idle, requested, being served, or being
 * served and requested again. Acknowledge takes the request with the highest
 * priority if it is above both the task priority and everything being served;
 * end-of-interrupt ends the highest served. Wires say "asserted", whatever the
 * polarity bit: there is no voltage here. The timers keep what is written and
 * never count: no guest of this machine starts them, each CPU has its own
 * decrementer.
 */
#include "openpic.h"

#include <string.h>

#define VECPRI_MASK 0x80000000u
#define VECPRI_ACTIVE 0x40000000u   /* read-only: requested or being served */
#define VECPRI_LEVEL 0x00400000u    /* sense: level, else edge */
#define VECPRI_WRITABLE 0x80cf00ffu /* mask, polarity, sense, priority, vector */
#define VECPRI_IPI 0x800f00ffu	    /* an IPI has no wire and thus no sense */
#define VECTOR_MASK 0xffu
#define PRIORITY(vecpri) ((vecpri) >> 16 & 0xfu)

#define CONFIG_RESET 0x80000000u
#define CONFIG_MODE 0x20000000u /* "mixed mode": kept, there is no 8259 to pass through */

#define CPU0 1u /* its bit in a destination register */
#define TASK_PRIORITY_MAX 15u

/* FRR: sources - 1 in 26-16, processors - 1 in 12-8, version (2: OpenPIC 1.2) in 7-0. */
#define FEATURES ((OPENPIC_SOURCES - 1u) << 16 | 0u << 8 | 2u)

/* Blocks of registers and, within a processor's block, its registers. */
#define BLOCK_GLOBAL 0x01000u
#define BLOCK_TIMERS 0x01100u
#define BLOCK_TIMERS_END 0x01200u
#define BLOCK_SOURCES 0x10000u
#define BLOCK_SOURCES_END (BLOCK_SOURCES + OPENPIC_SOURCES * 0x20u)
#define BLOCK_CPU0 0x20000u
#define BLOCK_CPU_SIZE 0x01000u
enum {
	CPU_IPI = 0x40,
	CPU_TASK_PRIORITY = 0x80,
	CPU_WHOAMI = 0x90,
	CPU_ACK = 0xa0,
	CPU_EOI = 0xb0
};
enum {
	GLOBAL_FEATURES = 0x00,
	GLOBAL_CONFIG = 0x20,
	GLOBAL_VENDOR = 0x80,
	GLOBAL_PROC_INIT = 0x90,
	GLOBAL_IPI = 0xa0,
	GLOBAL_SPURIOUS = 0xe0,
	GLOBAL_TIMER_HZ = 0xf0
};

static bool bit_get(const uint32_t *bits, unsigned n)
{
	return bits[n / 32] >> n % 32 & 1;
}

static void bit_put(uint32_t *bits, unsigned n, bool value)
{
	uint32_t bit = 1u << n % 32;

	bits[n / 32] = value ? bits[n / 32] | bit : bits[n / 32] & ~bit;
}

static bool is_level(const struct openpic *pic, unsigned n)
{
	return n < OPENPIC_SOURCES && pic->vecpri[n] & VECPRI_LEVEL;
}

/* The input of a set with the highest priority, or -1; the lowest number among equals. */
static int highest(const struct openpic *pic, const uint32_t *bits, bool deliverable_only)
{
	int best = -1;

	for (unsigned w = 0; w < OPENPIC_WORDS; w++) {
		for (uint32_t rest = bits[w]; rest; rest &= rest - 1) {
			unsigned n = w * 32 + (unsigned)__builtin_ctz(rest);

			if (deliverable_only &&
			    (pic->vecpri[n] & VECPRI_MASK || !(pic->destination[n] & CPU0)))
				continue;
			if (best < 0 || PRIORITY(pic->vecpri[n]) > PRIORITY(pic->vecpri[best]))
				best = (int)n;
		}
	}
	return best;
}

/* The input that the processor is to be told of, or -1. */
static int deliverable(const struct openpic *pic)
{
	int request = highest(pic, pic->requested, true);
	int served = highest(pic, pic->serving, false);
	uint32_t floor = pic->task_priority;

	if (served >= 0 && PRIORITY(pic->vecpri[served]) > floor)
		floor = PRIORITY(pic->vecpri[served]);
	/* Priority 0 is never above a floor: it disables the source. */
	return request >= 0 && PRIORITY(pic->vecpri[request]) > floor ? request : -1;
}

static void update_output(struct openpic *pic)
{
	irq_line_set(&pic->output, deliverable(pic) >= 0);
}

/* A level source is requested while its wire is asserted; during its service that has no effect,
 * since its own priority is not above itself. */
static void update_level(struct openpic *pic, unsigned n)
{
	if (is_level(pic, n))
		bit_put(pic->requested, n, bit_get(pic->wire, n));
}

void openpic_source(void *openpic, unsigned source, bool asserted)
{
	struct openpic *pic = openpic;

	if (source >= OPENPIC_SOURCES || bit_get(pic->wire, source) == asserted)
		return;
	bit_put(pic->wire, source, asserted);
	if (is_level(pic, source))
		update_level(pic, source);
	else if (asserted)
		bit_put(pic->requested, source, true);
	update_output(pic);
}

static uint32_t acknowledge(struct openpic *pic)
{
	int n = deliverable(pic);

	if (n < 0)
		return pic->spurious;
	bit_put(pic->requested, (unsigned)n, false);
	bit_put(pic->serving, (unsigned)n, true);
	update_output(pic);
	return pic->vecpri[n] & VECTOR_MASK;
}

static void end_of_interrupt(struct openpic *pic)
{
	int n = highest(pic, pic->serving, false);

	if (n < 0)
		return;
	bit_put(pic->serving, (unsigned)n, false);
	update_level(pic, (unsigned)n);
	update_output(pic);
}

static uint32_t read_vecpri(const struct openpic *pic, unsigned n)
{
	bool active = bit_get(pic->requested, n) || bit_get(pic->serving, n);

	return pic->vecpri[n] | (active ? VECPRI_ACTIVE : 0);
}

static void write_vecpri(struct openpic *pic, unsigned n, uint32_t value)
{
	uint32_t sense_was = pic->vecpri[n] & VECPRI_LEVEL;

	/* While a source is being served its vector and priority hold still, or
	 * end-of-interrupt would end another. */
	if (bit_get(pic->serving, n))
		value = (value & ~(0xfu << 16 | VECTOR_MASK)) |
			(pic->vecpri[n] & (0xfu << 16 | VECTOR_MASK));
	pic->vecpri[n] = value & (n < OPENPIC_SOURCES ? VECPRI_WRITABLE : VECPRI_IPI);
	if (sense_was && !is_level(pic, n))
		bit_put(pic->requested, n, false); /* a level leaves no edge behind */
	update_level(pic, n);
	update_output(pic);
}

static uint32_t read_source(const struct openpic *pic, uint32_t offset)
{
	unsigned n = offset / 0x20;

	return offset & 0x10 ? pic->destination[n] : read_vecpri(pic, n);
}

static void write_source(struct openpic *pic, uint32_t offset, uint32_t value)
{
	unsigned n = offset / 0x20;

	if (!(offset & 0x10)) {
		write_vecpri(pic, n, value);
		return;
	}
	pic->destination[n] = value & CPU0;
	update_output(pic);
}

static uint32_t read_global(const struct openpic *pic, uint32_t offset)
{
	switch (offset) {
	case GLOBAL_FEATURES:
		return FEATURES;
	case GLOBAL_CONFIG:
		return pic->config;
	case GLOBAL_IPI:
	case GLOBAL_IPI + 0x10:
	case GLOBAL_IPI + 0x20:
	case GLOBAL_IPI + 0x30:
		return read_vecpri(pic, OPENPIC_SOURCES + (offset - GLOBAL_IPI) / 0x10);
	case GLOBAL_SPURIOUS:
		return pic->spurious;
	case GLOBAL_TIMER_HZ:
		return pic->timer_frequency;
	default:
		return 0; /* GLOBAL_VENDOR and GLOBAL_PROC_INIT among them */
	}
}

static void write_global(struct openpic *pic, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case GLOBAL_CONFIG:
		if (value & CONFIG_RESET)
			openpic_reset(pic); /* and the bit reads 0: the reset is over */
		pic->config = value & CONFIG_MODE;
		break;
	case GLOBAL_IPI:
	case GLOBAL_IPI + 0x10:
	case GLOBAL_IPI + 0x20:
	case GLOBAL_IPI + 0x30:
		write_vecpri(pic, OPENPIC_SOURCES + (offset - GLOBAL_IPI) / 0x10, value);
		break;
	case GLOBAL_SPURIOUS:
		pic->spurious = value & VECTOR_MASK;
		break;
	case GLOBAL_TIMER_HZ:
		pic->timer_frequency = value;
		break;
	default:
		break;
	}
}

static uint32_t read_timer(const struct openpic *pic, uint32_t offset)
{
	unsigned n = offset / 0x40;

	switch (offset & 0x30) {
	case 0x10:
		return pic->timer[n].base_count;
	case 0x20:
		return pic->timer[n].vecpri;
	case 0x30:
		return pic->timer[n].destination;
	default:
		return 0; /* the current count */
	}
}

static void write_timer(struct openpic *pic, uint32_t offset, uint32_t value)
{
	unsigned n = offset / 0x40;

	switch (offset & 0x30) {
	case 0x10:
		pic->timer[n].base_count = value;
		break;
	case 0x20:
		pic->timer[n].vecpri = value & VECPRI_IPI;
		break;
	case 0x30:
		pic->timer[n].destination = value & CPU0;
		break;
	default:
		break;
	}
}

static uint32_t read_cpu(struct openpic *pic, uint32_t offset)
{
	switch (offset) {
	case CPU_TASK_PRIORITY:
		return pic->task_priority;
	case CPU_ACK:
		return acknowledge(pic);
	default:
		return 0; /* CPU_WHOAMI among them: processor 0 */
	}
}

static void write_cpu(struct openpic *pic, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case CPU_IPI:
	case CPU_IPI + 0x10:
	case CPU_IPI + 0x20:
	case CPU_IPI + 0x30:
		if (value & CPU0)
			bit_put(pic->requested, OPENPIC_SOURCES + (offset - CPU_IPI) / 0x10, true);
		update_output(pic);
		break;
	case CPU_TASK_PRIORITY:
		pic->task_priority = value & TASK_PRIORITY_MAX;
		update_output(pic);
		break;
	case CPU_EOI:
		end_of_interrupt(pic);
		break;
	default:
		break;
	}
}

/* Registers are 16 bytes apart, four of them used; the rest reads 0. */
static int mmio_read(void *opaque, molvm_access *a)
{
	struct openpic *pic = opaque;
	uint32_t at = (uint32_t)a->addr;

	if (at & 0xf)
		a->value = 0;
	else if (at < BLOCK_CPU_SIZE)
		a->value = read_cpu(pic, at);
	else if (at < BLOCK_TIMERS)
		a->value = read_global(pic, at - BLOCK_GLOBAL);
	else if (at < BLOCK_TIMERS_END)
		a->value = read_timer(pic, at - BLOCK_TIMERS);
	else if (at >= BLOCK_SOURCES && at < BLOCK_SOURCES_END)
		a->value = read_source(pic, at - BLOCK_SOURCES);
	else if (at >= BLOCK_CPU0 && at < BLOCK_CPU0 + BLOCK_CPU_SIZE)
		a->value = read_cpu(pic, at - BLOCK_CPU0);
	else
		a->value = 0;
	return MOLVM_MMIO_OK;
}

static int mmio_write(void *opaque, molvm_access *a)
{
	struct openpic *pic = opaque;
	uint32_t at = (uint32_t)a->addr;
	uint32_t value = (uint32_t)a->value;

	if (at & 0xf)
		return MOLVM_MMIO_OK;
	if (at < BLOCK_CPU_SIZE)
		write_cpu(pic, at, value);
	else if (at < BLOCK_TIMERS)
		write_global(pic, at - BLOCK_GLOBAL, value);
	else if (at < BLOCK_TIMERS_END)
		write_timer(pic, at - BLOCK_TIMERS, value);
	else if (at >= BLOCK_SOURCES && at < BLOCK_SOURCES_END)
		write_source(pic, at - BLOCK_SOURCES, value);
	else if (at >= BLOCK_CPU0 && at < BLOCK_CPU0 + BLOCK_CPU_SIZE)
		write_cpu(pic, at - BLOCK_CPU0, value);
	return MOLVM_MMIO_OK;
}

const molvm_device_ops openpic_ops = {
	.size = sizeof(molvm_device_ops),
	.min_len = 4,
	.max_len = 4,
	.read = mmio_read,
	.write = mmio_write,
};

void openpic_reset(struct openpic *pic)
{
	memset(pic->requested, 0, sizeof(pic->requested));
	memset(pic->serving, 0, sizeof(pic->serving));
	memset(pic->timer, 0, sizeof(pic->timer));
	for (unsigned n = 0; n < OPENPIC_INPUTS; n++) {
		pic->vecpri[n] = VECPRI_MASK;
		pic->destination[n] = CPU0;
	}
	for (unsigned n = 0; n < OPENPIC_TIMERS; n++) {
		pic->timer[n].base_count = 0x80000000u; /* counting inhibited */
		pic->timer[n].vecpri = VECPRI_MASK;
	}
	pic->config = 0;
	pic->spurious = VECTOR_MASK;
	pic->timer_frequency = 0;
	pic->task_priority = TASK_PRIORITY_MAX;
	update_output(pic);
}

void openpic_init(struct openpic *pic, struct irq_line output)
{
	memset(pic->wire, 0, sizeof(pic->wire));
	pic->output = output;
	openpic_reset(pic);
}
