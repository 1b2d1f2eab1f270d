/* SPDX-License-Identifier: MIT
 * env.h - the only door from the kernel-shared sources to a C library or kernel.
 *
 * src/ppc and src/mmu include this and no system header. The build points the
 * include path at one directory of src/env, whose mol_platform.h provides:
 *   the fixed-width types, uintptr_t, size_t, bool, true, false, NULL;
 *   memcpy() and memset(), which are also all that the linker may find
 *   undefined in these objects (tests/lint checks it): no libgcc, no 64-bit
 *   division, no floating point, no allocation, no printing.
 */
#ifndef PPC_ENV_H
#define PPC_ENV_H

#include <mol_platform.h>

#define MOL_LIKELY(x) __builtin_expect(!!(x), 1)
#define MOL_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define MOL_INLINE static inline __attribute__((always_inline))
#define MOL_UNUSED __attribute__((unused))

/* Guest memory is big-endian; the value is what a register would hold. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define MOL_HOST_BIG_ENDIAN 1
#else
#define MOL_HOST_BIG_ENDIAN 0
#endif

MOL_INLINE uint16_t mol_be16(uint16_t v)
{
	return MOL_HOST_BIG_ENDIAN ? v : __builtin_bswap16(v);
}

MOL_INLINE uint32_t mol_be32(uint32_t v)
{
	return MOL_HOST_BIG_ENDIAN ? v : __builtin_bswap32(v);
}

MOL_INLINE uint64_t mol_be64(uint64_t v)
{
	return MOL_HOST_BIG_ENDIAN ? v : __builtin_bswap64(v);
}

MOL_INLINE uint16_t mol_load_be16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return mol_be16(v);
}

MOL_INLINE uint32_t mol_load_be32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return mol_be32(v);
}

MOL_INLINE uint64_t mol_load_be64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return mol_be64(v);
}

MOL_INLINE void mol_store_be16(void *p, uint16_t v)
{
	v = mol_be16(v);
	memcpy(p, &v, sizeof(v));
}

MOL_INLINE void mol_store_be32(void *p, uint32_t v)
{
	v = mol_be32(v);
	memcpy(p, &v, sizeof(v));
}

MOL_INLINE void mol_store_be64(void *p, uint64_t v)
{
	v = mol_be64(v);
	memcpy(p, &v, sizeof(v));
}

#endif
