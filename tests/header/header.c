/* SPDX-License-Identifier: MIT
 * header.c - the public header compiles alone as C99, C11 and C++11, with the same layouts in each.
 *
 * Built once as each language by tests/header/meson.build, without warnings, as an embedder's
 * strictest compiler would. The offsets are the ABI.
 */
#include <molvm.h>

#define SAME(name, condition) typedef char name[(condition) ? 1 : -1]

SAME(run_page_budget, offsetof(molvm_run_page, insn_budget) == 0x008);
SAME(run_page_reason, offsetof(molvm_run_page, exit_reason) == 0x040);
SAME(run_page_insns, offsetof(molvm_run_page, insns) == 0x048);
SAME(run_page_pc, offsetof(molvm_run_page, pc) == 0x060);
SAME(run_page_record, offsetof(molvm_run_page, u) == 0x080);
SAME(run_page_valid, offsetof(molvm_run_page, regs_valid) == 0x180);
SAME(run_page_regs, offsetof(molvm_run_page, s) == 0x190);
SAME(run_page_size, sizeof(molvm_run_page) == 0x990);
SAME(mmio_len, offsetof(molvm_run_page, u.mmio.len) == 0x098);
SAME(mmio_insn, offsetof(molvm_run_page, u.mmio.insn) == 0x0a0);
SAME(hypercall_ret, offsetof(molvm_run_page, u.hypercall.ret) == 0x0c8);
SAME(exception_vector, offsetof(molvm_run_page, u.exception.vector) == 0x098);
SAME(sync_regs, sizeof(molvm_sync_regs) == 384);
SAME(value, sizeof(molvm_value) == 16);
SAME(clock_size, sizeof(molvm_clock) == 56);
SAME(xlate_size, sizeof(molvm_xlate) == 48);
SAME(exception_size, sizeof(molvm_exception) == 32);
SAME(reg_desc_size, sizeof(molvm_reg_desc) == 48);

int main(void)
{
	molvm_config cfg = {
		sizeof(molvm_config), 0, 0, "750", 0, 0, 0, 0, 0, 0, 0, { 0, 0, 0, 0 }
	};
	molvm_vm *vm;

	if (molvm_vm_create(&cfg, &vm) != MOLVM_OK)
		return 1;
	molvm_vm_destroy(vm);
	return 0;
}
