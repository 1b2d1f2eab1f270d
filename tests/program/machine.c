/* SPDX-License-Identifier: MIT
 * machine.c - one of the two machines that run a program: its memory map, devices, comparison.
 *
 * Devices answer by the address alone, and the embedder's changes follow from one sequence of
 * random choices, so that two machines in the same state stay in the same state.
 */
#include "program.h"

#include <string.h>

/* ---- the device ---- */

static void note(struct machine *m, const molvm_access *a, uint64_t kind)
{
	uint64_t words[] = { kind, a->gpa, a->ea, a->pc, a->value, a->len };

	for (unsigned n = 0; n < 6; n++)
		m->device_sum = (m->device_sum ^ words[n]) * 0x100000001b3u;
	m->device_accesses++;
}

static uint64_t device_value(uint64_t gpa)
{
	return (gpa + 0x1234) * 0x9e3779b97f4a7c15u >> 9;
}

static int device_code(uint64_t gpa)
{
	static const uint8_t codes[] = { MOLVM_MMIO_BUS_ERR, MOLVM_MMIO_TO_EXIT, MOLVM_MMIO_STOP };

	return (gpa >> 4 & 63) < 3 ? codes[gpa >> 4 & 63] : MOLVM_MMIO_OK;
}

/* A callback may do to the machine whatever the embedder may: so do some addresses. */
static void take_effect(struct machine *m, const molvm_access *a)
{
	uint32_t n = (uint32_t)(a->gpa >> 5 & 31), kind = a->gpa >> 10 & 15;
	uint64_t value = a->gpa * 0x9e3779b97f4a7c15u;
	uint8_t word[4];

	switch (kind) {
	case 0:
		molvm_reg_set(m->vcpu, MOLVM_REG_GPR(n), value >> 32);
		break;
	case 1:
		molvm_reg_set(m->vcpu, MOLVM_REG_FPR(n), value);
		break;
	case 2:
		molvm_reg_set(m->vcpu, n & 1 ? MOLVM_REG_CR : MOLVM_REG_SPR(n & 2 ? SPR_LR : SPR_CTR), value >> 32);
		break;
	case 3: /* the instruction after this one; what it was is not lost */
		program_store_be32(word, W_ADDI(n, n, 1));
		if (m->effects++ < 20)
			molvm_ea_write(m->vcpu, a->pc + 4, word, 4);
		break;
	case 4:
		molvm_mem_write(m->vm, DATA_PA + (value >> 40 & 0xfff8), &value, 8);
		break;
	case 5: /* everything decoded is forgotten */
		if (molvm_unmap(m->vm, HOLE_PA, PAGE) != 0)
			molvm_map_ram(m->vm, HOLE_PA, PAGE, NULL, 0);
		break;
	default:
		break;
	}
}

static int device_read(void *opaque, molvm_access *a)
{
	take_effect(opaque, a);
	a->value = device_value(a->gpa);
	if (a->len < 8)
		a->value &= (1ull << 8 * a->len) - 1;
	note(opaque, a, 1);
	return device_code(a->gpa);
}

static int device_write(void *opaque, molvm_access *a)
{
	take_effect(opaque, a);
	note(opaque, a, 2);
	return device_code(a->gpa);
}

/* ---- creation ---- */

/* Not by molvm_mem_ptr(), after which the pages count as present. */
static uint8_t *ram_pointer(const struct machine *m)
{
	molvm_region d = { .size = sizeof(d) };

	MUST(molvm_map_info(m->vm, 0, &d) == 0 && d.gpa == 0 && d.len == RAM_SIZE);
	return d.host;
}

static void make_map(struct machine *m, const struct program *p)
{
	molvm_device_ops ops = { .size = sizeof(ops), .read = device_read, .write = device_write };
	void *hva;

	MUST(molvm_map_ram(m->vm, 0, RAM_SIZE, NULL, p->ram_flags) == 0);
	MUST(molvm_map_ram(m->vm, HTAB_PA, HTAB_SIZE, NULL, 0) == 0);
	MUST(molvm_map_ram(m->vm, ROM_PA, 2 * PAGE, NULL, MOLVM_MEM_ROM) == 0);
	MUST(molvm_map_ram(m->vm, READONLY_PA, 2 * PAGE, NULL, MOLVM_MEM_READONLY) == 0);
	MUST(molvm_map_device(m->vm, DEVICE_PA, 2 * PAGE, &ops, m) == 0);
	MUST(molvm_map_alias(m->vm, DATA_ALIAS_PA, DATA_PAGES * PAGE, DATA_PA) == 0);
	MUST(molvm_map_alias(m->vm, CODE_ALIAS_PA, CODE_PAGES * PAGE, CODE_PA) == 0);
	m->ram = ram_pointer(m);
	MUST(molvm_mem_ptr(m->vm, HTAB_PA, HTAB_SIZE, &hva) == 0);
	m->htab = hva;
}

static void set(struct machine *m, uint32_t id, uint64_t value)
{
	MUST(molvm_reg_set(m->vcpu, id, value) == 0);
}

static void load_registers(struct machine *m, const struct program *p)
{
	molvm_value v;

	for (uint32_t n = 0; n < 32; n++) {
		uint32_t id = MOLVM_REG_VR(n);

		set(m, MOLVM_REG_GPR(n), p->gpr[n]);
		set(m, MOLVM_REG_FPR(n), p->fpr[n]);
		memcpy(v.b, p->vr[n], 16);
		if (p->has_vectors)
			MUST(molvm_regs_set(m->vcpu, &id, &v, 1) == 0);
	}
	for (uint32_t n = 0; n < 16; n++) {
		set(m, MOLVM_REG_SR(n), p->sr[n]);
		set(m, MOLVM_REG_SPR(528 + n), p->bat[n]);
	}
	set(m, MOLVM_REG_SPR(SPR_SDR1), HTAB_PA);
	set(m, MOLVM_REG_SPR(SPR_HID0), p->hid0);
	set(m, MOLVM_REG_SPR(SPR_DEC), p->dec);
	set(m, MOLVM_REG_SPR(1), p->xer);
	set(m, MOLVM_REG_CR, p->cr);
	set(m, MOLVM_REG_FPSCR, p->fpscr);
	set(m, MOLVM_REG_MSR, p->has_vectors ? p->msr : p->msr & ~0x02000000u);
	set(m, MOLVM_REG_PC, p->code_base + p->function[p->functions - 1]);
}

static void list_registers(struct machine *m)
{
	molvm_reg_desc d = { .size = sizeof(d) };

	for (m->ids = 0; molvm_reg_info(m->vm, m->ids, &d) == 0; m->ids++) {
		MUST(m->ids < MAX_REGISTERS);
		m->id[m->ids] = d.id;
	}
}

void machine_create(struct machine *m, const struct program *p, const struct setup *s)
{
	molvm_config cfg = { .size = sizeof(cfg), .backend = s->backend, .cpu = molvm_cpu_name(p->cpu),
			     .jit_cache_bytes = s->cache_bytes,
			     .flags = p->config_flags | (s->fastmem ? MOLVM_CFG_FASTMEM : 0) };
	molvm_clock ck = { .size = sizeof(ck), .mode = MOLVM_CLOCK_INSN, .num = p->clock_num,
			   .den = p->clock_den };

	memset(m, 0, sizeof(*m));
	m->backend = s->backend;
	m->has_soft_tlb = p->is_603;
	MUST(molvm_vm_create(&cfg, &m->vm) == 0);
	if (s->heat)
		MUST(molvm_option_set(m->vm, "jit.heat", s->heat) == 0);
	if (s->host)
		MUST(molvm_option_set(m->vm, "jit.host", s->host) == 0);
	make_map(m, p);
	MUST(molvm_vcpu_create(m->vm, 0, &m->vcpu) == 0);
	m->page = molvm_vcpu_page(m->vcpu);
	MUST(molvm_clock_set(m->vm, &ck) == 0);
	memcpy(m->ram, p->ram, RAM_SIZE);
	MUST(molvm_mem_write(m->vm, HTAB_PA, p->htab, HTAB_SIZE) == 0);
	MUST(molvm_mem_write(m->vm, ROM_PA, p->ram + DATA_PA, 2 * PAGE) == 0);
	MUST(molvm_mem_write(m->vm, READONLY_PA, p->ram + CODE_PA, 2 * PAGE) == 0);
	load_registers(m, p);
	list_registers(m);
}

void machine_destroy(struct machine *m)
{
	molvm_vm_destroy(m->vm);
	m->vm = NULL;
}

/* ---- comparison ---- */

void machine_read_registers(struct machine *m)
{
	MUST(molvm_regs_get(m->vcpu, m->id, m->value, m->ids) == 0);
	/* The way that a TLB miss proposes: see put_tlb_miss(). */
	for (uint32_t n = 0; m->has_soft_tlb && n < m->ids; n++)
		if (m->id[n] == MOLVM_REG_SPR(SPR_SRR1))
			m->value[n].u64 &= ~0x00020000ull;
}

#define SAY(...) \
	do { \
		if (out) \
			fprintf(out, __VA_ARGS__); \
	} while (0)

static void say_register(FILE *out, uint32_t n, const struct machine *want, const struct machine *got)
{
	molvm_reg_desc d = { .size = sizeof(d) };

	if (!out || molvm_reg_info(want->vm, n, &d) != 0)
		return;
	fprintf(out, "    %-8s expected ", d.name);
	for (unsigned k = 0; d.bits == 128 && k < 16; k++)
		fprintf(out, "%s%02x", k % 4 || !k ? "" : "_", want->value[n].b[k]);
	if (d.bits != 128)
		fprintf(out, "%0*llx", (int)d.bits / 4, (unsigned long long)want->value[n].u64);
	fprintf(out, "\n             got      ");
	for (unsigned k = 0; d.bits == 128 && k < 16; k++)
		fprintf(out, "%s%02x", k % 4 || !k ? "" : "_", got->value[n].b[k]);
	if (d.bits != 128)
		fprintf(out, "%0*llx", (int)d.bits / 4, (unsigned long long)got->value[n].u64);
	fputc('\n', out);
}

static bool number_differs(FILE *out, const char *what, uint64_t want, uint64_t got)
{
	if (want != got)
		SAY("    %-8s expected %llx\n             got      %llx\n", what,
		    (unsigned long long)want, (unsigned long long)got);
	return want != got;
}

/* The record of the exit reason; how long it is. */
static size_t record_size(uint32_t reason, const molvm_run_page *page)
{
	switch (reason) {
	case MOLVM_EXIT_MMIO:
		return sizeof(page->u.mmio);
	case MOLVM_EXIT_HYPERCALL:
		return sizeof(page->u.hypercall);
	case MOLVM_EXIT_DEBUG:
		return sizeof(page->u.debug);
	case MOLVM_EXIT_SYSTEM:
		return sizeof(page->u.system);
	case MOLVM_EXIT_EXCEPTION:
		return sizeof(page->u.exception);
	case MOLVM_EXIT_IDLE:
		return sizeof(page->u.idle);
	case MOLVM_EXIT_SPR:
		return sizeof(page->u.spr);
	case MOLVM_EXIT_MEM_FAULT:
		return sizeof(page->u.mem_fault);
	default:
		return 0;
	}
}

static bool memory_differs(FILE *out, const char *what, const uint8_t *want, const uint8_t *got, uint32_t n,
			   uint32_t base)
{
	unsigned shown = 0;

	if (!memcmp(want, got, n))
		return false;
	for (uint32_t at = 0; at < n; at += 4)
		if (memcmp(want + at, got + at, 4) && shown++ < 8)
			SAY("    %s %08x expected %08x got %08x\n", what, base + at,
			    program_load_be32(want + at), program_load_be32(got + at));
	return true;
}

/* The pages that were written, one bit each; or that nobody keeps the log. */
static bool pages_written_differ(const struct machine *want, const struct machine *got, FILE *out)
{
	uint64_t a = 0, b = 0;
	int64_t n = molvm_mem_dirty(want->vm, 0, RAM_SIZE, &a, 0), k = molvm_mem_dirty(got->vm, 0, RAM_SIZE, &b, 0);
	bool differs = number_differs(out, "pages", (uint64_t)n, (uint64_t)k);

	return number_differs(out, "dirty", a, b) || differs;
}

bool machines_differ(struct machine *want, struct machine *got, FILE *out)
{
	const molvm_run_page *a = want->page, *b = got->page;
	bool differ = false;

	differ |= number_differs(out, "reason", a->exit_reason, b->exit_reason);
	differ |= number_differs(out, "insns", a->insns, b->insns);
	differ |= number_differs(out, "total", a->insns_total, b->insns_total);
	differ |= number_differs(out, "time", a->timebase, b->timebase);
	differ |= number_differs(out, "devices", want->device_accesses, got->device_accesses);
	differ |= number_differs(out, "device's", want->device_sum, got->device_sum);
	if (!differ && memcmp(&a->u, &b->u, record_size(a->exit_reason, a))) {
		SAY("    the record of exit %u\n", a->exit_reason);
		differ = true;
	}
	machine_read_registers(want);
	machine_read_registers(got);
	for (uint32_t n = 0; n < want->ids; n++)
		if (memcmp(&want->value[n], &got->value[n], sizeof(molvm_value))) {
			say_register(out, n, want, got);
			differ = true;
		}
	differ |= pages_written_differ(want, got, out);
	differ |= memory_differs(out, "memory at", want->ram, got->ram, RAM_SIZE, 0);
	differ |= memory_differs(out, "page table at", want->htab, got->htab, HTAB_SIZE, HTAB_PA);
	return differ;
}

/* ---- the embedder ---- */

void machine_answer(struct machine *m)
{
	molvm_run_page *page = m->page;

	switch (page->exit_reason) {
	case MOLVM_EXIT_MMIO:
		page->u.mmio.value = device_value(page->u.mmio.gpa);
		if (page->u.mmio.len < 8)
			page->u.mmio.value &= (1ull << 8 * page->u.mmio.len) - 1;
		page->u.mmio.status = page->u.mmio.gpa >> 3 & 7 ? MOLVM_MMIO_OK : MOLVM_MMIO_BUS_ERR;
		break;
	case MOLVM_EXIT_HYPERCALL:
		page->u.hypercall.nret = 1;
		page->u.hypercall.ret[0] = 5;
		break;
	case MOLVM_EXIT_EXCEPTION:
		page->u.exception.action = MOLVM_EXC_DELIVER;
		break;
	case MOLVM_EXIT_SPR:
		page->u.spr.value = page->u.spr.spr;
		page->u.spr.status = page->u.spr.spr & 1;
		break;
	case MOLVM_EXIT_MEM_FAULT:
		break;
	default:
		break;
	}
}

static void meddle_with_registers(struct machine *m, const struct program *p, struct choice *c)
{
	uint32_t n = below(c, 32), id = MOLVM_REG_VR(n);
	uint64_t wide = any_double(c);
	uint32_t word = any_word(c), function = p->function[below(c, p->functions)];
	molvm_value v;

	memcpy(v.b, &wide, 8);
	memcpy(v.b + 8, &word, 4);
	memcpy(v.b + 12, &n, 4);
	switch (below(c, 10)) {
	case 0:
	case 1:
		set(m, MOLVM_REG_GPR(p->pool[n % p->pool_size]), word);
		break;
	case 2:
	case 3:
		set(m, MOLVM_REG_FPR(n), wide);
		break;
	case 4:
		if (p->has_vectors)
			MUST(molvm_regs_set(m->vcpu, &id, &v, 1) == 0);
		break;
	case 5:
		set(m, MOLVM_REG_CR, word);
		set(m, MOLVM_REG_SPR(1), word & 0xe000ff7f);
		break;
	case 6:
		set(m, MOLVM_REG_FPSCR, p->wild_fp ? word : word & ~0xfcu);
		break;
	case 7:
		set(m, MOLVM_REG_SPR(n & 1 ? SPR_LR : SPR_CTR), word);
		break;
	case 8:
		set(m, MOLVM_REG_SPR(SPR_DEC), word & 0xfff);
		break;
	default:
		set(m, MOLVM_REG_PC, p->code_base + function);
		break;
	}
}

static void meddle_with_memory(struct machine *m, const struct program *p, struct choice *c)
{
	uint32_t at = (below(c, CODE_PAGES * PAGE)) & ~3u, from = (below(c, CODE_PAGES * PAGE)) & ~3u;
	uint32_t page = DATA_PA + below(c, DATA_PAGES) * PAGE, kind = below(c, 8);
	uint8_t bytes[8];

	program_store_be32(bytes, any_float(c));
	program_store_be32(bytes + 4, any_word(c));
	switch (kind) {
	case 0: /* an instruction from elsewhere */
	case 1:
		MUST(molvm_mem_write(m->vm, CODE_PA + at, p->ram + CODE_PA + from, 4) == 0);
		break;
	case 2: /* as it was */
		MUST(molvm_mem_write(m->vm, CODE_PA, p->ram + CODE_PA, CODE_PAGES * PAGE) == 0);
		break;
	case 3:
		memcpy(m->ram + DATA_PA + at, bytes, 8);
		MUST(molvm_mem_changed(m->vm, DATA_PA + at, 8) == 0);
		break;
	case 4:
		MUST(molvm_protect(m->vm, page, PAGE, below(c, 2) ? MOLVM_MEM_ROM : 0) == 0);
		break;
	case 5:
		MUST(molvm_protect(m->vm, DATA_PA, DATA_PAGES * PAGE, 0) == 0);
		break;
	case 6: /* the other way to data's pages ends, or is there again */
		if (molvm_unmap(m->vm, DATA_ALIAS_PA, DATA_PAGES * PAGE) != 0)
			molvm_map_alias(m->vm, DATA_ALIAS_PA, DATA_PAGES * PAGE, DATA_PA); /* not if cut */
		break;
	default:
		MUST(molvm_mem_write(m->vm, page + (at & 0xff8), bytes, 8) == 0);
		break;
	}
}

static void meddle_with_translation(struct machine *m, const struct program *p, struct choice *c)
{
	uint32_t n = below(c, 16), at = below(c, HTAB_SIZE) & ~7u, msr = p->msr ^ 1u << (4 + below(c, 12));

	if (!p->has_vectors)
		msr &= ~0x02000000u;
	switch (below(c, 5)) {
	case 0:
		set(m, MOLVM_REG_SR(n), p->sr[n] ^ (below(c, 2) ? 0x20000000 : 0));
		break;
	case 1:
		set(m, MOLVM_REG_SPR(528 + n), p->bat[n]);
		break;
	case 2: /* an entry as it was; writing SDR1 makes an engine forget */
		MUST(molvm_mem_write(m->vm, HTAB_PA + at, p->htab + at, 256 > HTAB_SIZE - at ? 8 : 256) == 0);
		set(m, MOLVM_REG_SPR(SPR_SDR1), HTAB_PA);
		break;
	case 3:
		set(m, MOLVM_REG_MSR, msr & 0x0200fb70 & ~0x40u);
		break;
	default:
		set(m, MOLVM_REG_MSR, p->has_vectors ? p->msr : p->msr & ~0x02000000u);
		break;
	}
}

static void meddle_with_running(struct machine *m, const struct program *p, struct choice *c)
{
	uint32_t n = below(c, 4096), kind = below(c, 9);
	uint64_t code = p->code_base + p->function[n % p->functions] + (n & 60);
	uint64_t data = p->data_base + DATA_PA + 16 * n % (DATA_PAGES * PAGE);
	molvm_exception e = { .size = sizeof(e), .vector = 0x500 };

	switch (kind) {
	case 0: /* one at most, soon gone */
		molvm_break_remove(m->vm, 0);
		if (n & 1)
			molvm_break_add(m->vm, MOLVM_BREAK_EXEC, code, 4);
		else if (n & 2)
			molvm_break_add(m->vm, n & 4 ? MOLVM_BREAK_WRITE : MOLVM_BREAK_READ, data, 8);
		break;
	case 1:
		molvm_break_remove(m->vm, 0);
		m->page->single_step = 0;
		break;
	case 2:
		m->page->single_step = n % 8 == 0;
		break;
	case 3:
		m->page->tb_deadline = n & 1 ? m->page->timebase + n / 2 : 0;
		break;
	case 4:
		m->page->request_irq_window = n & 1;
		m->page->trap_exceptions = n & 0xe ? 0 : 1ull << (n >> 4 & 31);
		break;
	case 5:
		molvm_clock_advance(m->vm, n);
		break;
	case 6: /* the log begins anew, where there is one */
		molvm_mem_dirty(m->vm, 0, RAM_SIZE, NULL, MOLVM_DIRTY_CLEAR);
		break;
	case 7:
		molvm_vcpu_kick(m->vcpu);
		break;
	default:
		MUST(molvm_exception_inject(m->vcpu, &e) == 0);
		break;
	}
}

void machine_meddle(struct machine *m, const struct program *p, struct choice *c)
{
	switch (below(c, 8)) {
	case 0:
	case 1:
		molvm_irq_set(m->vcpu, below(c, 12) ? MOLVM_IRQ_EXT : 1 + below(c, 3), (int)below(c, 2));
		break;
	case 2:
	case 3:
		meddle_with_registers(m, p, c);
		break;
	case 4:
		meddle_with_memory(m, p, c);
		break;
	case 5:
		meddle_with_translation(m, p, c);
		break;
	default:
		meddle_with_running(m, p, c);
		break;
	}
}
