/* SPDX-License-Identifier: MIT
 * model.c - the CPU models, read off model.def.
 *
 * The core asks by name when a VM is made; everything else follows the pointer.
 */
#include "model.h"
#include "regs.h"

static const struct ppc_model models[] = {
#define MODEL(model_name, model_pvr, model_bats, mask, sets, has)                                  \
	{.name = model_name,                                                                           \
	 .pvr = model_pvr,                                                                             \
	 .features = has,                                                                              \
	 .bats = model_bats,                                                                           \
	 .msr_mask = mask,                                                                             \
	 .tlb_sets = sets},
#include "model.def"
#undef MODEL
};

const struct ppc_model *mol_ppc_model_at(unsigned index)
{
	return index < sizeof(models) / sizeof(models[0]) ? &models[index] : NULL;
}

static bool same_name(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

const struct ppc_model *mol_ppc_model_find(const char *name)
{
	const struct ppc_model *model;

	for (unsigned n = 0; name && (model = mol_ppc_model_at(n)); n++)
		if (same_name(model->name, name))
			return model;
	return NULL;
}
