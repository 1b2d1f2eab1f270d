/* SPDX-License-Identifier: MIT
 * window_none.c - in place of window.c and fault.c, on hosts where translated code does not use them.
 *
 * MOLVM_CFG_FASTMEM is ignored there. Same callers as window.c.
 */
#include "backend.h"

bool mol_window_begin(void)
{
	return false;
}

void mol_window_end(void)
{
}

void mol_window_init(struct molvm_vcpu *vcpu)
{
}

void mol_window_free(struct molvm_vcpu *vcpu)
{
}

void mol_window_resolved(struct molvm_vcpu *vcpu, unsigned n)
{
}

void mol_window_code(struct molvm_vcpu *vcpu, const uint8_t *host, _Atomic uint8_t *flags)
{
}

void mol_window_close(struct molvm_vcpu *vcpu)
{
}

bool mol_window_ready(struct molvm_vcpu *vcpu)
{
	return false;
}

bool mol_window_cures(struct molvm_vcpu *vcpu, uint32_t ea, unsigned size, bool write)
{
	return false;
}

void mol_window_catches(const struct molvm_vcpu *vcpu, struct mol_catcher *catcher)
{
}

const struct mol_catcher *mol_window_catch(const struct mol_catcher *catcher)
{
	return NULL;
}
