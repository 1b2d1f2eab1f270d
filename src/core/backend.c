/* SPDX-License-Identifier: MIT
 * backend.c - the backends known by name, in order of preference, and the choice among them.
 *
 * A name may be known and not built in, so that asking for it gets a reason, not "unknown".
 */
#include <string.h>

#include "backend.h"

static const struct mol_backend_known known[] = {
	{ "linux", NULL, "not built in: needs a 32-bit PowerPC Linux host" },
	{ "darwin", NULL, "not built in: needs a PowerPC Mac OS X host" },
	{ "jit", &mol_backend_jit, NULL },
	{ "interp", &mol_backend_interp, NULL },
};

const struct mol_backend_known *mol_backend_at(uint32_t index)
{
	return index < sizeof(known) / sizeof(known[0]) ? &known[index] : NULL;
}

const char *mol_backend_why_not(const struct mol_backend_known *k)
{
	if (!k->ops)
		return k->reason;
	if (k->ops->size != sizeof(*k->ops) || k->ops->abi != MOL_BACKEND_ABI)
		return "built for another version of the core";
	return k->ops->unavailable ? k->ops->unavailable() : NULL;
}

static const char *refuses(const struct mol_backend_known *k, uint32_t cfg_flags)
{
	const char *reason = mol_backend_why_not(k);

	if (!reason && (cfg_flags & MOLVM_CFG_NO_JIT) && (k->ops->flags & MOL_BACKEND_JIT))
		return "generates host code, which MOLVM_CFG_NO_JIT forbids";
	return reason;
}

int mol_backend_choose(const char *name, uint32_t cfg_flags, const struct mol_backend_ops **out)
{
	const char *reason;

	for (uint32_t n = 0; n < sizeof(known) / sizeof(known[0]); n++) {
		if (name && strcmp(name, known[n].name))
			continue;
		reason = refuses(&known[n], cfg_flags);
		if (!reason) {
			*out = known[n].ops;
			return 0;
		}
		if (name)
			return mol_error(MOLVM_E_NODEV, "vm_create: backend \"%s\": %s", name, reason);
	}
	if (name)
		return mol_error(MOLVM_E_NOENT, "vm_create: no backend is called \"%.40s\"", name);
	return mol_error(MOLVM_E_NODEV, "vm_create: no backend can be used here");
}
