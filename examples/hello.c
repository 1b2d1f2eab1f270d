/* SPDX-License-Identifier: MIT
 * hello.c - the smallest machine: RAM, a console of one register, nine instructions of a guest.
 *
 * Level 1 of the API: the device has a callback, so molvm_run() returns when the guest is done.
 */
#include <molvm.h>
#include <stdio.h>

static int console_write(void *opaque, molvm_access *a)
{
	(void)opaque;
	if (a->addr == 4) /* the power switch */
		return MOLVM_MMIO_STOP;
	putchar((int)a->value);
	return MOLVM_MMIO_OK;
}

static const molvm_device_ops console = { sizeof(console), 0, 1, 4, NULL, console_write };

static const uint32_t code[] = {
	0x3c60f000, /*    lis   r3,0xf000      the console         */
	0x38801024, /*    li    r4,0x1024      the text, behind    */
	0x88a40000, /* 1: lbz   r5,0(r4)                           */
	0x2c050000, /*    cmpwi r5,0                               */
	0x41820010, /*    beq   2f                                 */
	0x98a30000, /*    stb   r5,0(r3)                           */
	0x38840001, /*    addi  r4,r4,1                            */
	0x4bffffec, /*    b     1b                                 */
	0x98a30004, /* 2: stb   r5,4(r3)       power off           */
};
static const char text[] = "Hello from a PowerPC\n";

int main(void)
{
	unsigned char image[sizeof(code)];
	molvm_vcpu *cpu;
	molvm_vm *vm;
	int why;

	for (size_t n = 0; n < sizeof(code); n++) /* guests are big-endian */
		image[n] = (unsigned char)(code[n / 4] >> (24 - 8 * (n % 4)));
	if (molvm_vm_create(NULL, &vm) < 0 || molvm_map_ram(vm, 0, 1 << 20, NULL, 0) < 0 ||
	    molvm_mem_write(vm, 0x1000, image, sizeof(image)) < 0 ||
	    molvm_mem_write(vm, 0x1024, text, sizeof(text)) < 0 ||
	    molvm_map_device(vm, 0xf0000000, 0x1000, &console, NULL) < 0 ||
	    molvm_vcpu_create(vm, 0, &cpu) < 0 || molvm_reg_set(cpu, MOLVM_REG_PC, 0x1000) < 0) {
		fprintf(stderr, "hello: %s\n", molvm_errmsg());
		return 1;
	}
	why = molvm_run(cpu);
	molvm_vm_destroy(vm);
	return why == MOLVM_EXIT_STOPPED ? 0 : 1;
}
