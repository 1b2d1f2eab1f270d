/* SPDX-License-Identifier: MIT
 * host_disasm_capstone.c - host code in words, by the library capstone.
 *
 * MOL_CAPSTONE_HOST, capstone's names for this host, comes from meson.build.
 */
#include <capstone.h>
#include <stdio.h>

#include "host_disasm.h"

const char *mol_host_disasm_open(struct mol_host_disasm *h)
{
	*h = (struct mol_host_disasm){ 0, NULL };
	if (cs_open(MOL_CAPSTONE_HOST, &h->handle) != CS_ERR_OK) {
		h->handle = 0;
		return "in bytes: capstone cannot be used";
	}
	h->insn = cs_malloc(h->handle);
	if (h->insn)
		return "by capstone";
	mol_host_disasm_close(h);
	return "in bytes: no memory for capstone";
}

void mol_host_disasm_close(struct mol_host_disasm *h)
{
	if (h->insn)
		cs_free(h->insn, 1);
	if (h->handle)
		cs_close(&h->handle);
	*h = (struct mol_host_disasm){ 0, NULL };
}

size_t mol_host_disasm(struct mol_host_disasm *h, const uint8_t *code, size_t size, uint64_t hva,
		       char *text, size_t room)
{
	cs_insn *insn = h->insn;

	*text = '\0';
	if (!insn || !cs_disasm_iter(h->handle, &code, &size, &hva, insn))
		return 0;
	snprintf(text, room, "%s %s", insn->mnemonic, insn->op_str);
	return insn->size;
}
