/* SPDX-License-Identifier: MIT
 * mmu.h - the page table of a bench guest, where things lie, exception handlers.
 *
 * RAM: the image at 0, frames for paged() at 30 MiB, the page table in the last
 * MiB. Effective addresses: BATs map RAM one to one at 0 and the devices at
 * 0x80000000 (start.S); from 0x10000000 on the segment registers and the page
 * table decide, with SR n holding VSID 0x100 + n at the start. Used by rt.c and
 * by the guests about system events; never native.
 */
#ifndef MMU_H
#define MMU_H

#include <stddef.h>
#include <stdint.h>

#define PAGED_EA 0x10000000u
#define PAGED_PA 0x01e00000u
#define PAGED_FRAMES 8192u     /* a power of two */
#define HTAB_PA 0x03f00000u
#define HTAB_SIZE 0x100000u

#define PTE_V 0x80000000u      /* word 0 [PEM 7.6.1.2] */
#define PTE_R 0x100u           /* word 1 */
#define PTE_C 0x80u
#define PTE_M 0x10u
#define PTE_RW 2u              /* PP */
#define PTE_RO 3u

void mmu_start(void);          /* the empty table, SDR1, the segment registers; called by start.S */
/* A valid entry for the page at ea in the present address space; returns its two words. */
volatile uint32_t *map_page(uint32_t ea, uint32_t pa, uint32_t pp);
volatile uint32_t *map_vsid_page(uint32_t vsid, uint32_t ea, uint32_t pa, uint32_t pp);

/*
 * Exception handlers: HANDLER(name, assembly) is placed among the code; INSTALL copies it to
 * its vector. It runs there in real mode, so it may not branch out of itself by a relative
 * branch; SPRG0 to SPRG3 are for it.
 */
#define HANDLER(name, ...)                                                                         \
	extern const uint32_t name[], name##_end[];                                                    \
	__asm__(".text\n" #name ":\n" __VA_ARGS__ "\n" #name "_end:\n")
#define INSTALL(vector, name) install(vector, name, name##_end)
void install(uint32_t vector, const uint32_t *from, const uint32_t *to);
/* dcbst, sync, icbi, isync over a range [PEM 5.1.5.2] */
void code_written(const void *from, size_t size);

static inline uint32_t read_sr(uint32_t ea)
{
	uint32_t v;

	__asm__ volatile("mfsrin %0,%1" : "=r"(v) : "r"(ea));
	return v;
}

/* What the processor is in while guests work: supervisor, FP, translation on. */
static inline uint32_t read_msr(void)
{
	uint32_t v;

	__asm__ volatile("mfmsr %0" : "=r"(v));
	return v;
}

static inline void write_msr(uint32_t v)
{
	__asm__ volatile("mtmsr %0; isync" : : "r"(v) : "memory");
}

#define MSR_EE 0x8000u
#define MSR_PR 0x4000u
#define MSR_FP 0x2000u
#define MSR_DR 0x10u

static inline void tlbie(uint32_t ea)
{
	__asm__ volatile("tlbie %0" : : "r"(ea) : "memory");
}

static inline void sync(void)
{
	__asm__ volatile("sync" ::: "memory");
}

static inline void isync(void)
{
	__asm__ volatile("isync" ::: "memory");
}

#endif
