/* SPDX-License-Identifier: MIT
 * spr.h - a row of spr.def as data, for spr.c, the disassembler and tests.
 */
#ifndef PPC_SPR_H
#define PPC_SPR_H

#include "cpu.h"

enum ppc_spr_access { PPC_SPR_RW, PPC_SPR_RO, PPC_SPR_WO };

/* What mfspr and mtspr do besides moving the slot. */
enum ppc_spr_kind {
	PPC_SPR_KIND_PLAIN,
	PPC_SPR_KIND_XER,       /* kept in parts in struct ppc_regs, as are LR and CTR */
	PPC_SPR_KIND_LR,
	PPC_SPR_KIND_CTR,
	PPC_SPR_KIND_DEC,       /* computed from the tick */
	PPC_SPR_KIND_TBL,
	PPC_SPR_KIND_TBU,
	PPC_SPR_KIND_BAT,       /* translation changes */
	PPC_SPR_KIND_SDR1,
	PPC_SPR_KIND_HID0,      /* cache flushes, translation modes */
	PPC_SPR_KIND_HID1,      /* PLL pins: read-only before the 745x */
	PPC_SPR_KIND_DEBUG,     /* breakpoints change */
	PPC_SPR_KIND_USER_COPY, /* reads the supervisor's register of number + 16 */
	PPC_SPR_KIND_MSSCR0,    /* commands that read back as done */
	PPC_SPR_KIND_L2CR,
	PPC_SPR_KIND_L3CR,
	PPC_SPR_KIND_THERMAL,
};

#define PPC_SPR_SUPERVISOR 0x10u /* this bit of the number: privileged [PEM 8.2, mfspr] */

struct ppc_spr_info {
	const char *name;
	uint16_t number;
	uint8_t access; /* enum ppc_spr_access */
	uint8_t kind;   /* enum ppc_spr_kind */
	uint32_t models;
	uint32_t kept;
	uint32_t reset;
	const char *section;
};
extern const struct ppc_spr_info ppc_spr_table[PPC_SPR_COUNT]; /* by slot */

/* The slot of a register number on a model, or -1. Constant time. */
int mol_ppc_spr_slot(const struct ppc_model *model, unsigned number);

/* HID0 bits that have an effect here [the models' UM 2.1] */
#define PPC_HID0_STEN PPC_BIT(7)        /* 745x: software table search */
#define PPC_HID0_DOZE PPC_BIT(8)        /* before the 745x */
#define PPC_HID0_HIGH_BAT_EN PPC_BIT(8) /* 7455: BATs 4-7 */
#define PPC_HID0_NAP PPC_BIT(9)
#define PPC_HID0_SLEEP PPC_BIT(10)
#define PPC_HID0_BHTCLR PPC_BIT(13)     /* 745x: clear the branch history */
#define PPC_HID0_XAEN PPC_BIT(14)       /* 745x: 36-bit physical addresses */
#define PPC_HID0_DCE PPC_BIT(17)        /* data cache enabled */
#define PPC_HID0_DLOCK PPC_BIT(19)      /* data cache locked */
#define PPC_HID0_ICFI PPC_BIT(20)       /* instruction cache flash invalidate */
#define PPC_HID0_DCFI PPC_BIT(21)
#define PPC_HID0_XBSEN PPC_BIT(23)      /* 7455: BAT blocks beyond 256 MiB */

/* dcbz finds a cache to work in if, of these bits of HID0, DCE alone is set: where the data cache is
 * off it is an alignment exception, on the 7400 also where it is locked [750GX UM 4.5.6; 7400 UM
 * 3.5.3.3 and table 4-2, whose word is taken for the 745x too]; not on the 603e and 604e, whose lists
 * lack it [603e UM 4.5.6.2, 604 UM 4.5.6]. */
MOL_INLINE uint32_t ppc_dcbz_hid0(uint32_t features)
{
	if (features & (PPC_F_603 | PPC_F_604))
		return 0;
	return PPC_HID0_DCE | (features & (PPC_F_7400 | PPC_F_745X) ? PPC_HID0_DLOCK : 0);
}

#endif
