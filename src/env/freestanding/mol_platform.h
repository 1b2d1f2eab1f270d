/* SPDX-License-Identifier: MIT
 * mol_platform.h (freestanding) - the types of env.h from the compiler alone.
 *
 * For -ffreestanding -nostdinc builds: no header of any C library is read.
 */
#ifndef MOL_PLATFORM_H
#define MOL_PLATFORM_H

typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __SIZE_TYPE__ size_t;

#define bool _Bool
#define true 1
#define false 0
#define NULL ((void *)0)

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memset(void *dst, int c, size_t n);

#endif
