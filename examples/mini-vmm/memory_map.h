/* SPDX-License-Identifier: MIT
 * memory_map.h - where everything is, and which interrupt it has.
 *
 * Read by device_tree.c, which tells the guest, and by machine.c, which makes
 * it so. RAM begins at 0. Devices are a page each, so that nothing shares one.
 */
#ifndef MEMORY_MAP_H
#define MEMORY_MAP_H

#define MAP_RAM_MIN 0x00100000u
#define MAP_RAM_MAX 0xc0000000u
#define MAP_SOC 0xf0000000u /* below it nothing but RAM */
#define MAP_PIC 0xf0000000u
#define MAP_UART 0xf0100000u
#define MAP_SYSCON 0xf0101000u
#define MAP_VIRTIO 0xf0200000u /* the first; the others follow page by page */
#define MAP_PAGE 0x00001000u

#define MAP_IRQ_UART 16u
#define MAP_IRQ_VIRTIO 32u /* the first; the others follow */

#define MAP_VIRTIO_MAX 8u

#define MAP_UART_CLOCK 1843200u
#define MAP_TIMEBASE_HZ 25000000u

/* Linux reads the device tree through its first mapping, which ends here, and keeps the initial
 * RAM disk where it can address it directly. */
#define MAP_TREE_END 0x10000000u
#define MAP_INITRD_END 0x30000000u
#define MAP_TREE_SIZE 0x00010000u

/* Behind the tree: a stack, which Linux expects of its boot loader until it has one of its own. */
#define MAP_STACK_SIZE 0x00001000u

#endif
