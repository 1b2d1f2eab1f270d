/* SPDX-License-Identifier: MIT
 * api_vcpu.c - the doors of vCPUs: running, lines, registers, translation, breakpoints.
 *
 * The manual of every function is in molvm.h.
 */
#include <string.h>

#include "api.h"

#define MAX_EA 0xffffffffull

/* ---- life ---- */

int molvm_vcpu_create(molvm_vm *vm, uint32_t index, molvm_vcpu **out)
{
	MOL_API_NEED("vcpu_create", vm);
	MOL_API_NEED("vcpu_create", out);
	if (index >= MOL_MAX_VCPUS)
		return mol_error(MOLVM_E_INVAL, "vcpu_create: index %u: this VM has at most %u", index,
				 MOL_MAX_VCPUS);
	if (vm->vcpus[index])
		return mol_error(MOLVM_E_EXIST, "vcpu_create: vCPU %u is there already", index);
	return mol_vcpu_create(vm, index, out);
}

/* An O function that would pull the floor from under a callback. */
static int at_rest(const molvm_vcpu *c, const char *who)
{
	if (mol_vcpu_inside(c))
		return mol_error(MOLVM_E_BUSY, "%s: called from a callback of vCPU %u", who, c->index);
	return mol_vcpu_owned(c, who);
}

/* An O function that changes what T functions change too. */
static int claim(molvm_vcpu *c, const char *who)
{
	if (mol_vcpu_claim(c))
		return 0;
	return mol_error(MOLVM_E_BUSY, "%s: vCPU %u is running in another thread", who, c->index);
}

void molvm_vcpu_destroy(molvm_vcpu *c)
{
	if (c && !at_rest(c, "vcpu_destroy"))
		mol_vcpu_destroy(c);
}

int molvm_vcpu_reset(molvm_vcpu *c)
{
	int err;

	MOL_API_NEED("vcpu_reset", c);
	err = at_rest(c, "vcpu_reset");
	if (!err)
		err = claim(c, "vcpu_reset");
	if (err)
		return err;
	atomic_store(&c->lines, 0);
	atomic_store(&c->edges, 0);
	mol_vcpu_reset(c);
	mol_vcpu_release(c);
	return 0;
}

molvm_run_page *molvm_vcpu_page(molvm_vcpu *c)
{
	return c ? c->page : NULL;
}

int molvm_run(molvm_vcpu *c)
{
	MOL_API_NEED("run", c);
	return mol_vcpu_run(c);
}

int molvm_vcpu_kick(molvm_vcpu *c)
{
	if (!c)
		return MOLVM_E_INVAL; /* no message: this may be a signal handler */
	mol_vcpu_attend(c, MOL_ATT_KICK);
	return 0;
}

int molvm_vcpu_wait(molvm_vcpu *c, uint64_t timeout_ns)
{
	int err;

	MOL_API_NEED("vcpu_wait", c);
	err = at_rest(c, "vcpu_wait");
	return err ? err : mol_vcpu_wait(c, timeout_ns);
}

int molvm_irq_set(molvm_vcpu *c, uint32_t line, int level)
{
	if (!c || line > MOLVM_IRQ_HRESET)
		return MOLVM_E_INVAL; /* no message: this may be a signal handler */
	if (line == MOLVM_IRQ_SMI && !(c->cpu.model->features & PPC_F_SMI))
		return MOLVM_E_NOTSUP;
	return mol_irq_set(c, line, level);
}

static int check_exception(const molvm_exception *e)
{
	int err = mol_api_check_in("exception_inject", "exception", e, e->size, sizeof(*e));

	if (!err)
		err = mol_api_check_flags("exception_inject", e->flags,
					  MOLVM_EXC_F_DAR | MOLVM_EXC_F_DSISR);
	if (err)
		return err;
	if (e->vector < 0x100 || e->vector > 0x2f00 || e->vector & 0x1f)
		return mol_error(MOLVM_E_INVAL, "exception_inject: vector 0x%x is not a multiple of 0x20 in "
				 "0x100..0x2f00", e->vector);
	if (e->srr1_bits > UINT32_MAX || e->dar > UINT32_MAX)
		return mol_error(MOLVM_E_INVAL, "exception_inject: srr1_bits and dar have 32 bits here");
	return 0;
}

int molvm_exception_inject(molvm_vcpu *c, const molvm_exception *e)
{
	struct ppc_exception exc;
	int err;

	MOL_API_NEED("exception_inject", c);
	MOL_API_NEED("exception_inject", e);
	err = check_exception(e);
	if (!err)
		err = at_rest(c, "exception_inject");
	if (!err)
		err = claim(c, "exception_inject");
	if (err)
		return err;
	exc = (struct ppc_exception){
		.vector = e->vector,
		.srr0 = c->cpu.r.pc,
		.srr1 = (uint32_t)e->srr1_bits,
		.dar = (uint32_t)e->dar,
		.dsisr = e->dsisr,
		.sets_dar = !!(e->flags & MOLVM_EXC_F_DAR),
		.sets_dsisr = !!(e->flags & MOLVM_EXC_F_DSISR),
	};
	mol_vcpu_forget_flight(c);
	mol_vcpu_enter(c, &exc);
	mol_vcpu_release(c);
	return 0;
}

/* ---- registers ---- */

static int check_narrow(const char *who, uint32_t id)
{
	if (mol_reg_bits(id) > 64)
		return mol_error(MOLVM_E_INVAL, "%s: register 0x%x has 128 bits: use molvm_regs_%s", who, id,
				 who + sizeof("reg_") - 1);
	return 0;
}

int molvm_reg_get(molvm_vcpu *c, uint32_t id, uint64_t *out)
{
	molvm_value v;
	int err;

	MOL_API_NEED("reg_get", c);
	MOL_API_NEED("reg_get", out);
	err = mol_vcpu_owned(c, "reg_get");
	if (!err)
		err = check_narrow("reg_get", id);
	if (!err)
		err = mol_reg_get(c, id, &v);
	if (!err)
		*out = v.u64;
	return err;
}

int molvm_reg_set(molvm_vcpu *c, uint32_t id, uint64_t value)
{
	molvm_value v = { .u64 = value };
	int err;

	MOL_API_NEED("reg_set", c);
	err = check_narrow("reg_set", id);
	if (!err)
		err = claim(c, "reg_set");
	if (err)
		return err;
	err = mol_reg_set(c, id, &v);
	mol_vcpu_release(c);
	return err;
}

int molvm_regs_get(molvm_vcpu *c, const uint32_t *ids, molvm_value *out, size_t n)
{
	int err;

	MOL_API_NEED("regs_get", c);
	MOL_API_NEED("regs_get", ids);
	MOL_API_NEED("regs_get", out);
	err = mol_vcpu_owned(c, "regs_get");
	for (size_t i = 0; i < n && !err; i++)
		err = mol_reg_get(c, ids[i], &out[i]);
	return err;
}

int molvm_regs_set(molvm_vcpu *c, const uint32_t *ids, const molvm_value *in, size_t n)
{
	int err;

	MOL_API_NEED("regs_set", c);
	MOL_API_NEED("regs_set", ids);
	MOL_API_NEED("regs_set", in);
	err = claim(c, "regs_set");
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++)
		err = mol_reg_set(c, ids[i], &in[i]);
	mol_vcpu_release(c);
	return err;
}

int molvm_reg_info(molvm_vm *vm, uint32_t index, molvm_reg_desc *out)
{
	int err;

	MOL_API_NEED("reg_info", vm);
	MOL_API_NEED("reg_info", out);
	err = mol_api_check_out("reg_info", "out", out->size, sizeof(*out));
	return err ? err : mol_reg_info(vm, index, out);
}

int molvm_reg_find(molvm_vm *vm, const char *name, uint32_t *id)
{
	MOL_API_NEED("reg_find", vm);
	MOL_API_NEED("reg_find", name);
	MOL_API_NEED("reg_find", id);
	return mol_reg_find(vm, name, id);
}

/* ---- effective addresses ---- */

static int access_kind(uint32_t access, enum ppc_access *out)
{
	if (access != MOLVM_ACC_READ && access != MOLVM_ACC_WRITE && access != MOLVM_ACC_EXEC)
		return mol_error(MOLVM_E_INVAL, "translate: access 0x%x is not one MOLVM_ACC_*", access);
	*out = access == MOLVM_ACC_READ ? PPC_READ : access == MOLVM_ACC_WRITE ? PPC_WRITE : PPC_EXEC;
	return 0;
}

static int translate(molvm_vcpu *c, uint32_t ea, enum ppc_access access, molvm_xlate *out)
{
	uint32_t size = out->size;
	struct mol_xlat x;

	memset(out, 0, sizeof(*out));
	out->size = size;
	if (!mol_access_peek(c, ea, access, &x)) {
		out->fault = access == PPC_EXEC ? x.fault.srr1 : x.fault.dsisr;
		return mol_error(MOLVM_E_FAULT, "translate: 0x%x: exception %04x", ea, x.fault.vector);
	}
	out->kind = x.kind + 1u; /* MOLVM_XLATE_* are enum mol_xlat_kind from 1 on */
	out->gpa = x.pa;
	out->page_size = x.block;
	out->prot = (x.can_read ? MOLVM_ACC_READ : 0) | (x.can_write ? MOLVM_ACC_WRITE : 0);
	out->wimg = x.wimg;
	out->vsid = x.kind >= MOL_XLAT_PAGE ? x.vsid : 0;
	out->pte_gpa = x.kind == MOL_XLAT_PAGE ? x.pte_pa : 0;
	return 0;
}

int molvm_translate(molvm_vcpu *c, uint64_t ea, uint32_t access, molvm_xlate *out)
{
	enum ppc_access kind = PPC_READ;
	int err;

	MOL_API_NEED("translate", c);
	MOL_API_NEED("translate", out);
	err = mol_api_check_out("translate", "out", out->size, sizeof(*out));
	if (!err)
		err = access_kind(access, &kind);
	if (!err && ea > MAX_EA)
		err = mol_error(MOLVM_E_INVAL, "translate: ea 0x%llx has more than 32 bits",
				(unsigned long long)ea);
	if (!err)
		err = mol_vcpu_owned(c, "translate");
	return err ? err : translate(c, (uint32_t)ea, kind, out);
}

static int check_ea(molvm_vcpu *c, const char *who, uint64_t ea, const void *buf, size_t len)
{
	if (!c)
		return mol_error(MOLVM_E_INVAL, "%s: c is NULL", who);
	if (!buf && len)
		return mol_error(MOLVM_E_INVAL, "%s: buf is NULL", who);
	if (ea > MAX_EA || len > MAX_EA + 1 - ea)
		return mol_error(MOLVM_E_INVAL, "%s: ea 0x%llx, len 0x%zx: ends beyond 2^32", who,
				 (unsigned long long)ea, len);
	return mol_vcpu_owned(c, who);
}

/* The first page's part of [ea, ea + len): its address and length. */
static int ea_piece(molvm_vcpu *c, const char *who, uint64_t ea, size_t len, uint64_t *gpa, size_t *n)
{
	struct mol_xlat x;

	*gpa = 0;
	*n = MOL_PAGE - (ea & MOL_PAGE_MASK);
	if (*n > len)
		*n = len;
	if (!mol_access_peek(c, (uint32_t)ea, PPC_READ, &x))
		return mol_error(MOLVM_E_FAULT, "%s: 0x%llx does not translate (exception %04x)", who,
				 (unsigned long long)ea, x.fault.vector);
	*gpa = x.pa;
	return 0;
}

/* Every page translates to memory? So that a failure copies nothing. */
static int ea_covered(molvm_vcpu *c, const char *who, uint64_t ea, size_t len)
{
	uint64_t gpa;
	int err = 0;

	for (size_t n; len && !err; ea += n, len -= n) {
		err = ea_piece(c, who, ea, len, &gpa, &n);
		if (!err && !mol_mem_covered(c->vm, gpa, n))
			err = mol_error(MOLVM_E_FAULT, "%s: no memory at 0x%llx, physical 0x%llx", who,
					(unsigned long long)ea, (unsigned long long)gpa);
	}
	return err;
}

int molvm_ea_read(molvm_vcpu *c, uint64_t ea, void *buf, size_t len)
{
	int err = check_ea(c, "ea_read", ea, buf, len);
	uint8_t *to = buf;
	uint64_t gpa;

	if (!err)
		err = ea_covered(c, "ea_read", ea, len);
	for (size_t n; len && !err; ea += n, to += n, len -= n) {
		err = ea_piece(c, "ea_read", ea, len, &gpa, &n);
		if (!err)
			err = mol_mem_read(c->vm, gpa, to, n);
	}
	return err;
}

int molvm_ea_write(molvm_vcpu *c, uint64_t ea, const void *buf, size_t len)
{
	int err = check_ea(c, "ea_write", ea, buf, len);
	const uint8_t *from = buf;
	uint64_t gpa;

	if (!err)
		err = ea_covered(c, "ea_write", ea, len);
	for (size_t n; len && !err; ea += n, from += n, len -= n) {
		err = ea_piece(c, "ea_write", ea, len, &gpa, &n);
		if (!err)
			err = mol_mem_write(c->vm, gpa, from, n);
	}
	return err;
}

/* ---- breakpoints ---- */

int molvm_break_add(molvm_vm *vm, uint32_t kind, uint64_t ea, uint32_t len)
{
	const uint32_t data = MOLVM_BREAK_READ | MOLVM_BREAK_WRITE;
	int err;

	MOL_API_NEED("break_add", vm);
	if (kind != MOLVM_BREAK_EXEC && (!kind || kind & ~data))
		return mol_error(MOLVM_E_INVAL, "break_add: kind 0x%x is neither EXEC nor of READ, WRITE",
				 kind);
	if (kind == MOLVM_BREAK_EXEC && ea & 3)
		return mol_error(MOLVM_E_INVAL, "break_add: ea 0x%llx is not a multiple of 4",
				 (unsigned long long)ea);
	if (!len)
		len = kind == MOLVM_BREAK_EXEC ? 4 : 1;
	if (ea > MAX_EA || len > MAX_EA + 1 - ea)
		return mol_error(MOLVM_E_INVAL, "break_add: ea 0x%llx, len 0x%x: ends beyond 2^32",
				 (unsigned long long)ea, len);
	err = mol_vm_owned(vm, "break_add");
	return err ? err : mol_break_add(vm, kind, ea, len);
}

int molvm_break_remove(molvm_vm *vm, int id)
{
	int err;

	MOL_API_NEED("break_remove", vm);
	err = mol_vm_owned(vm, "break_remove");
	return err ? err : mol_break_remove(vm, id);
}
