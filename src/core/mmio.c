/* SPDX-License-Identifier: MIT
 * mmio.c - device accesses: cutting them as the device asks, callbacks, exits, and never twice.
 *
 * An instruction that exits in its middle (lmw over device registers, say) is run again after the
 * embedder's answer. vcpu->log holds the device accesses it has made, in order; the re-run
 * (vcpu->completing) takes them from there. An access is looked up when it is made: a callback
 * before it may have changed the map. Called by access.c, which has translated the address.
 */
#include <string.h>

#include "backend.h"

#define SRR1_TEA PPC_BIT(13) /* [750 UM 4.5.2; 603e UM 4.5.2] */

void mol_mmio_begin(struct molvm_vcpu *vcpu, uint32_t raw, bool multi)
{
	uint32_t pc = vcpu->cpu.r.pc;

	if (vcpu->completing)
		return;
	if (!multi && vcpu->log_multi && vcpu->log_pc == pc && vcpu->log_raw == raw)
		return;
	vcpu->log_n = vcpu->log_pos = 0;
	vcpu->log_multi = multi;
	vcpu->log_pc = pc;
	vcpu->log_raw = raw;
}

void mol_mmio_forget(struct molvm_vcpu *vcpu)
{
	vcpu->log_n = vcpu->log_pos = 0;
	vcpu->log_multi = 0;
}

static uint64_t swapped(uint64_t v, unsigned len)
{
	return __builtin_bswap64(v) >> (64 - 8 * len);
}

static uint64_t masked(uint64_t v, unsigned len)
{
	return len == 8 ? v : v & ((1ull << (8 * len)) - 1);
}

void mol_mmio_answer(struct molvm_vcpu *vcpu)
{
	struct mol_log_entry *e;

	vcpu->log_pos = 0;
	if (!vcpu->log_n)
		return;
	e = &vcpu->log[vcpu->log_n - 1];
	if (e->answered)
		return;
	e->answered = 1;
	e->bus_err = vcpu->page->u.mmio.status == MOLVM_MMIO_BUS_ERR;
	e->value = vcpu->page->u.mmio.value;
	if (e->swapped)
		e->value = swapped(e->value, e->len);
}

static bool machine_check(struct molvm_vcpu *vcpu)
{
	return mol_ppc_raise(&vcpu->cpu, PPC_VEC_MACHINE_CHECK, SRR1_TEA);
}

static struct mol_log_entry *append(struct molvm_vcpu *vcpu, uint64_t gpa, unsigned len, bool is_write)
{
	struct mol_log_entry *e = &vcpu->log[vcpu->log_n];

	/* MOL_MAX_LOG covers the longest instruction; a guard for the sake of memory safety. */
	if (vcpu->log_n == MOL_MAX_LOG)
		e--;
	else
		vcpu->log_n++;
	vcpu->log_pos = vcpu->log_n;
	*e = (struct mol_log_entry){ .gpa = gpa, .len = (uint8_t)len, .is_write = is_write };
	return e;
}

/* The next access of the log, if this is it. */
static const struct mol_log_entry *logged(struct molvm_vcpu *vcpu, uint64_t gpa, unsigned len,
					  bool is_write)
{
	const struct mol_log_entry *e = &vcpu->log[vcpu->log_pos];

	if (vcpu->log_pos >= vcpu->log_n)
		return NULL;
	if (e->answered && e->gpa == gpa && e->len == len && e->is_write == is_write) {
		vcpu->log_pos++;
		return e;
	}
	vcpu->log_n = vcpu->log_pos; /* the instruction went another way this time */
	return NULL;
}

/* Ask the embedder: his callback, or TO_EXIT. What is known of the region goes to *exit_flags. */
static int ask(struct molvm_vcpu *vcpu, molvm_access *a, bool is_write, bool *swap,
	       uint32_t *exit_flags)
{
	const struct mol_region *r = mol_map_look(vcpu->vm, a->gpa);
	int (*fn)(void *, molvm_access *);
	molvm_access theirs;
	void *opaque;
	int rc;

	*swap = false;
	*exit_flags = !r ? MOLVM_MMIO_X_UNMAPPED : r->backing ? MOLVM_MMIO_X_READONLY : 0;
	a->addr = r ? r->offset + (a->gpa - r->gpa) : 0;
	if (!r || r->backing)
		return MOLVM_MMIO_TO_EXIT;
	*swap = r->ops.flags & MOLVM_MMIO_F_LITTLE_ENDIAN;
	if (*swap && is_write)
		a->value = swapped(a->value, a->len);
	fn = is_write ? r->ops.write : r->ops.read;
	opaque = r->opaque;
	theirs = *a; /* of what the callback leaves in it, only the value counts */
	rc = fn ? fn(opaque, &theirs) : MOLVM_MMIO_TO_EXIT;
	a->value = masked(theirs.value, a->len);
	return rc;
}

/* One access as the device sees it, len 1, 2, 4 or 8; *value in guest byte order as a number. */
static bool once(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea, uint64_t pa, unsigned len,
		 bool is_write, uint64_t *value)
{
	molvm_access a = { .gpa = pa, .ea = ea, .pc = vcpu->cpu.r.pc, .len = len, .vcpu = vcpu,
			   .value = is_write ? *value : 0 };
	const struct mol_log_entry *done = logged(vcpu, pa, len, is_write);
	struct mol_log_entry *e;
	uint32_t exit_flags;
	bool swap;
	int rc;

	if (done) {
		*value = is_write ? *value : done->value;
		return done->bus_err ? machine_check(vcpu) : true;
	}
	vcpu->stat[is_write ? MOL_STAT_MMIO_WRITES : MOL_STAT_MMIO_READS]++;
	rc = ask(vcpu, &a, is_write, &swap, &exit_flags);
	if (rc == MOLVM_MMIO_BUS_ERR)
		return machine_check(vcpu);
	e = append(vcpu, pa, len, is_write);
	e->swapped = swap;
	if (rc == MOLVM_MMIO_TO_EXIT) {
		mol_exit_mmio(vcpu, raw, &a, is_write, exit_flags);
		return false;
	}
	if (rc != MOLVM_MMIO_OK && rc != MOLVM_MMIO_STOP) {
		mol_log(vcpu->vm, 1, "a device callback at 0x%llx returned %d, which is no MOLVM_MMIO_*: "
				     "taken for a bus error", (unsigned long long)pa, rc);
		return machine_check(vcpu);
	}
	e->answered = 1;
	e->value = swap ? swapped(a.value, len) : a.value;
	if (!is_write)
		*value = e->value;
	if (rc == MOLVM_MMIO_OK)
		return true;
	/* The run loop completes the instruction from the log and returns exactly after it. */
	vcpu->stop_asked = 1;
	vcpu->exit_reason = MOLVM_EXIT_STOPPED;
	vcpu->cpu.stop |= PPC_STOP_OUTSIDE;
	return false;
}

static void number_to_bytes(uint64_t v, uint8_t *bytes, unsigned len)
{
	for (unsigned n = 0; n < len; n++)
		bytes[n] = (uint8_t)(v >> 8 * (len - 1 - n));
}

static uint64_t bytes_to_number(const uint8_t *bytes, unsigned len)
{
	uint64_t v = 0;

	for (unsigned n = 0; n < len; n++)
		v = v << 8 | bytes[n];
	return v;
}

struct unit {
	unsigned min, max; /* lengths that the device takes */
	bool readable;
};

static struct unit unit_at(struct molvm_vcpu *vcpu, uint64_t pa)
{
	const struct mol_region *r = mol_map_look(vcpu->vm, pa);

	if (!r || r->backing || !r->ops.size)
		return (struct unit){ 1, 8, true };
	return (struct unit){ r->ops.min_len, r->ops.max_len, r->ops.read != NULL };
}

/* How much of len bytes at pa goes in one access: all of 1, 2, 4, 8 if the device takes it, else
 * the largest power of two; below min_len what lies within one aligned unit. */
static unsigned cut_length(const struct unit *u, uint64_t pa, unsigned len)
{
	unsigned n = u->max;

	while (n > len)
		n /= 2;
	while (n < u->min && (pa & (u->min - 1)) + n > u->min)
		n /= 2;
	return n;
}

/* A read shorter than the device takes: the aligned unit, and of it what was asked. */
static bool read_narrow(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea, uint64_t pa, uint8_t *bytes,
			unsigned len, unsigned min)
{
	unsigned skip = (unsigned)pa & (min - 1);
	uint64_t v;

	if (!once(vcpu, raw, ea - skip, pa - skip, min, false, &v))
		return false;
	number_to_bytes(v >> 8 * (min - skip - len), bytes, len);
	return true;
}

static bool write_narrow(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea, uint64_t pa,
			 const uint8_t *bytes, unsigned len, const struct unit *u)
{
	unsigned skip = (unsigned)pa & (u->min - 1), shift = 8 * (u->min - skip - len);
	uint64_t v = 0, mask = ((1ull << 8 * len) - 1) << shift; /* len < min, so less than 8 */

	if (u->readable && !once(vcpu, raw, ea - skip, pa - skip, u->min, false, &v))
		return false;
	v = (v & ~mask) | bytes_to_number(bytes, len) << shift;
	return once(vcpu, raw, ea - skip, pa - skip, u->min, true, &v);
}

bool mol_mmio_read(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea, uint64_t pa, uint8_t *bytes,
		   unsigned len)
{
	for (unsigned n; len; ea += n, pa += n, bytes += n, len -= n) {
		struct unit u = unit_at(vcpu, pa);
		uint64_t v = 0;

		n = cut_length(&u, pa, len);
		if (n < u.min) {
			if (!read_narrow(vcpu, raw, ea, pa, bytes, n, u.min))
				return false;
			continue;
		}
		if (!once(vcpu, raw, ea, pa, n, false, &v))
			return false;
		number_to_bytes(v, bytes, n);
	}
	return true;
}

bool mol_mmio_write(struct molvm_vcpu *vcpu, uint32_t raw, uint32_t ea, uint64_t pa,
		    const uint8_t *bytes, unsigned len)
{
	for (unsigned n; len; ea += n, pa += n, bytes += n, len -= n) {
		struct unit u = unit_at(vcpu, pa);
		uint64_t v;

		n = cut_length(&u, pa, len);
		v = bytes_to_number(bytes, n);
		if (n < u.min) {
			if (!write_narrow(vcpu, raw, ea, pa, bytes, n, &u))
				return false;
			continue;
		}
		if (!once(vcpu, raw, ea, pa, n, true, &v))
			return false;
	}
	return true;
}
