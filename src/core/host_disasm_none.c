/* SPDX-License-Identifier: MIT
 * host_disasm_none.c - in place of capstone, where that is not there or not wanted.
 */
#include "host_disasm.h"

const char *mol_host_disasm_open(struct mol_host_disasm *h)
{
	*h = (struct mol_host_disasm){ 0, NULL };
	return "in bytes: the library was built without capstone";
}

void mol_host_disasm_close(struct mol_host_disasm *h)
{
}

size_t mol_host_disasm(struct mol_host_disasm *h, const uint8_t *code, size_t size, uint64_t hva,
		       char *text, size_t room)
{
	*text = '\0';
	return 0;
}
