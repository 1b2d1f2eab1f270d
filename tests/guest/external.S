/* SPDX-License-Identifier: MIT
 * external.S - eciwx and ecowx: only where EAR[E] allows.
 *
 * cpus: 603e 604e 750 7400 7455
 * qemu: no, because its eciwx and ecowx never look at EAR; PEM 6.4.3 has a DSI with DSISR[11]
 * rows: eciwx ecowx
 *
 * The EAR is looked at before anything else about the address. With EAR[E] the access goes to
 * memory here: there is no device that would answer otherwise.
 */
#include "macros.inc"
	.text
	.globl	main
main:
	mflr	31
	li	14, 0
	mtspr	282, 14
	value	15, PAGE_A
	value	16, 0x11223344
	stw	16, 0(15)
	try	"eciwx, EAR off", MSR_ME, eciwx 17, 0, 15
	try	"ecowx, EAR off", MSR_PR, ecowx 16, 0, 15
	lis	14, 0x8000
	mtspr	282, 14
	try	"eciwx", MSR_ME, eciwx 17, 0, 15
	addi	15, 15, 2
	try	"eciwx, misaligned", MSR_ME, eciwx 17, 0, 15
	try	"ecowx, misaligned", MSR_ME, ecowx 17, 0, 15
	mtlr	31
	blr
