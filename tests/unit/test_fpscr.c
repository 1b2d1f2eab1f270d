/* SPDX-License-Identifier: MIT
 * test_fpscr.c - the FPSCR [fpscr.c; PEM 2.1.4, 3.3.6] and the floating-point instructions as a
 * whole [sem_fp.inc, interp_fp.h]: what they write, record in CR1, raise, load and store.
 */
#include "bare_cpu.h"
#include "softfp.h"

#define FX PPC_FPSCR_FX
#define FEX PPC_FPSCR_FEX
#define VX PPC_FPSCR_VX
#define OX PPC_FPSCR_OX
#define XX PPC_FPSCR_XX
#define ZX PPC_FPSCR_ZX
#define FR PPC_FPSCR_FR
#define FI PPC_FPSCR_FI
#define VE PPC_FPSCR_VE
#define VXSNAN PPC_FPSCR_VXSNAN
#define ONE 0x3ff0000000000000u
#define TWO 0x4000000000000000u
#define SNAN 0x7ff4000000000000u
#define INF 0x7ff0000000000000u

/* ---- fpscr.c ---- */

static uint32_t merge(uint32_t fpscr, uint32_t status, bool expect_write)
{
	bool write = !expect_write;
	uint32_t result = mol_fpscr_merge(fpscr, status, &write);

	assert_int_equal(write, expect_write);
	return result;
}

static void fx_is_set_when_an_exception_bit_goes_from_0_to_1_and_only_then(void **state)
{
	assert_int_equal(merge(0, XX | FI | 0x4000, true), FX | XX | FI | 0x4000);
	assert_int_equal(merge(XX, XX | FI | 0x4000, true), XX | FI | 0x4000);
	assert_int_equal(merge(XX, OX | XX | FI | 0x5000, true), FX | OX | XX | FI | 0x5000);
	assert_int_equal(merge(FX | XX, 0x4000, true), FX | XX | 0x4000);
}

static void fr_fi_and_fprf_belong_to_the_last_operation_and_exceptions_stay(void **state)
{
	assert_int_equal(merge(FX | XX | FR | FI | 0x8000, 0x4000, true), FX | XX | 0x4000);
}

static void an_enabled_invalid_operation_or_zero_divide_writes_nothing_but_exceptions(void **state)
{
	assert_int_equal(merge(VE | FR | FI | 0x8000, VXSNAN | 0x11000, false),
			 FX | FEX | VX | VXSNAN | VE | 0x8000);
	assert_int_equal(merge(PPC_FPSCR_ZE | 0x8000, ZX | 0x5000, false),
			 FX | FEX | ZX | PPC_FPSCR_ZE | 0x8000);
	/* also when the exception was recorded before */
	assert_int_equal(merge(VX | VXSNAN | VE | FEX, VXSNAN | 0x11000, false),
			 VX | VXSNAN | VE | FEX);
	assert_int_equal(merge(PPC_FPSCR_ZE, VXSNAN | 0x11000, true),
			 FX | VX | VXSNAN | PPC_FPSCR_ZE | 0x11000);
	/* enabled overflow, underflow and inexact do write */
	assert_int_equal(merge(PPC_FPSCR_OE, OX | 0x4000, true),
			 FX | FEX | OX | PPC_FPSCR_OE | 0x4000);
}

static void a_status_without_a_class_leaves_fprf_as_it_is(void **state)
{
	assert_int_equal(merge(0x8000, XX | FI, true), FX | XX | FI | 0x8000);
}

static void fex_is_the_or_of_the_enabled_exceptions(void **state)
{
	static const uint32_t pairs[][2] = {
		{ PPC_FPSCR_VXSOFT, VE }, { OX, PPC_FPSCR_OE }, { PPC_FPSCR_UX, PPC_FPSCR_UE },
		{ ZX, PPC_FPSCR_ZE },	  { XX, PPC_FPSCR_XE },
	};

	for (unsigned e = 0; e < 5; e++)
		for (unsigned n = 0; n < 5; n++)
			assert_int_equal(mol_fpscr_summarize(pairs[e][0] | pairs[n][1]) & FEX,
					 e == n ? FEX : 0);
	for (uint32_t bit = 1; bit; bit <<= 1)
		assert_int_equal(mol_fpscr_summarize(bit) & VX, bit & PPC_FPSCR_VX_ALL ? VX : 0);
}

/* ---- instructions ---- */

static uint8_t memory[64]; /* at 0x1000 */

static bool memory_load(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
			enum ppc_mem_how how, uint64_t v[2])
{
	if (ea < 0x1000 || ea + size > 0x1000 + sizeof(memory))
		return bare_load(cpu, raw, ea, size, how, v);
	if (how & PPC_MEM_WORD_ALIGNED && ea & 3)
		return mol_ppc_raise_alignment(cpu, raw, ea);
	v[0] = size == 8 ? mol_load_be64(memory + ea - 0x1000)
			 : mol_load_be32(memory + ea - 0x1000);
	return true;
}

static bool memory_store(struct ppc_cpu *cpu, uint32_t raw, uint32_t ea, unsigned size,
			 enum ppc_mem_how how, const uint64_t v[2])
{
	if (ea < 0x1000 || ea + size > 0x1000 + sizeof(memory))
		return bare_store(cpu, raw, ea, size, how, v);
	if (how & PPC_MEM_WORD_ALIGNED && ea & 3)
		return mol_ppc_raise_alignment(cpu, raw, ea);
	if (size == 8)
		mol_store_be64(memory + ea - 0x1000, v[0]);
	else
		mol_store_be32(memory + ea - 0x1000, (uint32_t)v[0]);
	return true;
}

static struct ppc_cpu *fpu(uint32_t fpscr, uint64_t a, uint64_t b, uint64_t m)
{
	struct ppc_cpu *cpu = bare("750");

	bare_ops.load = memory_load;
	bare_ops.store = memory_store;
	mol_ppc_set_msr(cpu, PPC_MSR_FP | PPC_MSR_ME);
	cpu->r.pc = 0x100;
	cpu->r.fpscr = mol_fpscr_summarize(fpscr);
	cpu->r.fpr[0] = 0x1234567812345678u;
	cpu->r.fpr[1] = a;
	cpu->r.fpr[2] = b;
	cpu->r.fpr[3] = m;
	ppc_set_cr(&cpu->r, 0x55555555);
	return cpu;
}

/* frD 0, frA 1, frB 2, frC 3 */
#define W_A(primary, xo)                                                                           \
	((uint32_t)(primary) << 26 | 1u << 16 | 2u << 11 | 3u << 6 | (uint32_t)(xo) << 1)
#define W_AB(primary, xo) ((uint32_t)(primary) << 26 | 1u << 16 | 2u << 11 | (uint32_t)(xo) << 1)
#define W_AC(primary, xo) ((uint32_t)(primary) << 26 | 1u << 16 | 3u << 6 | (uint32_t)(xo) << 1)
#define W_FADD W_AB(63, 21)
#define W_FCMPU(crf) (W_AB(63, 0) | (uint32_t)(crf) << 23)
#define W_FCMPO(crf) (W_AB(63, 32) | (uint32_t)(crf) << 23)
#define W_MTFSF(fm) (0xfc00058eu | (uint32_t)(fm) << 17 | 2u << 11)
#define W_MTFSFI(crf, imm) (0xfc00010cu | (uint32_t)(crf) << 23 | (uint32_t)(imm) << 12)
#define W_MTFSB0(bit) (0xfc00008cu | (uint32_t)(bit) << 21)
#define W_MTFSB1(bit) (0xfc00004cu | (uint32_t)(bit) << 21)
#define W_MCRFS(d, s) (0xfc000080u | (uint32_t)(d) << 23 | (uint32_t)(s) << 18)
#define W_MFFS 0xfc00048eu
#define RC 1u

static void each_arithmetic_row_computes_its_own_operation(void **state)
{
	static const struct {
		uint32_t word;
		uint64_t expected;
	} v[] = {
		/* a = 3, b = 2, m = 5 */
		{ W_AB(63, 21), 0x4014000000000000u }, /* fadd 5 */
		{ W_AB(63, 20), ONE },		       /* fsub 1 */
		{ W_AC(63, 25), 0x402e000000000000u }, /* fmul 15 */
		{ W_AB(63, 18), 0x3ff8000000000000u }, /* fdiv 1.5 */
		{ W_A(63, 29), 0x4031000000000000u },  /* fmadd 17 */
		{ W_A(63, 28), 0x402a000000000000u },  /* fmsub 13 */
		{ W_A(63, 31), 0xc031000000000000u },  /* fnmadd -17 */
		{ W_A(63, 30), 0xc02a000000000000u },  /* fnmsub -13 */
		{ W_AB(59, 21), 0x4014000000000000u },
		{ W_AB(59, 20), ONE },
		{ W_AC(59, 25), 0x402e000000000000u },
		{ W_AB(59, 18), 0x3ff8000000000000u },
		{ W_A(59, 29), 0x4031000000000000u },
		{ W_A(59, 28), 0x402a000000000000u },
		{ W_A(59, 31), 0xc031000000000000u },
		{ W_A(59, 30), 0xc02a000000000000u },
		{ W_AB(63, 12), TWO },		       /* frsp */
		{ W_AB(63, 14), 0xfff8000000000002u }, /* fctiw */
		{ W_AB(63, 15), 0xfff8000000000002u }, /* fctiwz */
		{ W_AB(59, 24), 0x3fe0000000000000u }, /* fres */
		{ W_A(63, 23), 0x4014000000000000u },  /* fsel: a >= 0, m */
		{ W_AB(63, 40), TWO | 1ull << 63 },    /* fneg */
		{ W_AB(63, 72), TWO },		       /* fmr */
		{ W_AB(63, 136), TWO | 1ull << 63 },   /* fnabs */
		{ W_AB(63, 264), TWO },		       /* fabs */
	};

	for (unsigned n = 0; n < sizeof(v) / sizeof(v[0]); n++) {
		struct ppc_cpu *cpu = fpu(0, 0x4008000000000000u, TWO, 0x4014000000000000u);

		assert_int_equal(mol_ppc_step(cpu, v[n].word), 0);
		assert_int_equal(cpu->r.fpr[0], v[n].expected);
		assert_int_equal(ppc_cr(&cpu->r), 0x55555555);
	}
}

static void moves_take_nans_as_bits_and_fsel_takes_minus_zero_for_zero(void **state)
{
	struct ppc_cpu *cpu = fpu(0, 1ull << 63, SNAN, ONE);

	mol_ppc_step(cpu, W_AB(63, 40));
	assert_int_equal(cpu->r.fpr[0], SNAN | 1ull << 63);
	mol_ppc_step(cpu, W_A(63, 23));
	assert_int_equal(cpu->r.fpr[0], ONE);
	cpu->r.fpr[1] = SNAN;
	mol_ppc_step(cpu, W_A(63, 23));
	assert_int_equal(cpu->r.fpr[0], SNAN);
	cpu->r.fpr[1] = 1ull << 63 | 1;
	mol_ppc_step(cpu, W_A(63, 23));
	assert_int_equal(cpu->r.fpr[0], SNAN);
	assert_int_equal(cpu->r.fpscr, 0);
}

static void rc_copies_fpscr_0_to_3_into_cr1(void **state)
{
	static const uint32_t words[] = { W_FADD,	  W_A(63, 29), W_AB(63, 12), W_AB(63, 72),
					  W_AB(63, 40),	  W_A(63, 23), W_MFFS,	     W_MTFSB1(30),
					  W_MTFSFI(7, 0), W_MTFSF(1),  W_MTFSB0(30), W_AB(63, 15) };

	for (unsigned n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
		struct ppc_cpu *cpu = fpu(FX | OX | VXSNAN, ONE, ONE, ONE);

		mol_ppc_step(cpu, words[n] | RC);
		assert_int_equal(ppc_cr(&cpu->r), 0x5b555555);
	}
}

static void a_comparison_sets_the_cr_field_and_fpcc_but_not_the_class(void **state)
{
	struct ppc_cpu *cpu = fpu(FR | FI | PPC_FPSCR_C | 0x2000, ONE, TWO, 0);

	mol_ppc_step(cpu, W_FCMPU(3));
	assert_int_equal(ppc_cr(&cpu->r), 0x55585555);
	assert_int_equal(cpu->r.fpscr, FR | FI | PPC_FPSCR_C | 0x8000);
	cpu->r.fpr[1] = SNAN;
	mol_ppc_step(cpu, W_FCMPO(7));
	assert_int_equal(ppc_cr(&cpu->r), 0x55585551);
	assert_int_equal(cpu->r.fpscr,
			 FX | VX | VXSNAN | PPC_FPSCR_VXVC | FR | FI | PPC_FPSCR_C | 0x1000);
	cpu->r.fpscr &= ~FX; /* nothing new the second time */
	mol_ppc_step(cpu, W_FCMPO(7));
	assert_int_equal(cpu->r.fpscr & FX, 0);
}

static void an_enabled_exception_raises_a_program_exception_at_the_instruction(void **state)
{
	static const uint32_t modes[] = { PPC_MSR_FE0, PPC_MSR_FE1, PPC_MSR_FE0 | PPC_MSR_FE1 };

	for (unsigned n = 0; n < 3; n++) {
		struct ppc_cpu *cpu = fpu(VE, SNAN, ONE, 0);

		cpu->r.msr |= modes[n];
		assert_int_equal(mol_ppc_step(cpu, W_FADD | RC), PPC_STOP_EXC);
		assert_int_equal(cpu->exc.vector, PPC_VEC_PROGRAM);
		assert_int_equal(cpu->exc.srr0, 0x100);
		assert_int_equal(cpu->exc.srr1, PPC_SRR1_PROG_FP);
		assert_int_equal(cpu->r.fpr[0], 0x1234567812345678u);
		assert_int_equal(cpu->r.fpscr, FX | FEX | VX | VXSNAN | VE);
		assert_int_equal(ppc_cr(&cpu->r), 0x5e555555);
	}
}

static void without_fe0_and_fe1_nothing_is_raised_and_the_result_is_the_same(void **state)
{
	struct ppc_cpu *cpu = fpu(VE, SNAN, ONE, 0);

	assert_int_equal(mol_ppc_step(cpu, W_FADD), 0);
	assert_int_equal(cpu->r.fpr[0], 0x1234567812345678u);
	assert_int_equal(cpu->r.fpscr, FX | FEX | VX | VXSNAN | VE);
}

static void an_enabled_overflow_writes_the_scaled_result_and_then_raises(void **state)
{
	struct ppc_cpu *cpu = fpu(PPC_FPSCR_OE, 0x7fe0000000000000u, 0, TWO);

	cpu->r.msr |= PPC_MSR_FE0;
	assert_int_equal(mol_ppc_step(cpu, W_AC(63, 25)), PPC_STOP_EXC);
	assert_int_equal(cpu->r.fpr[0], 0x1ff0000000000000u);
}

static void mtfsf_writes_whole_fields_and_neither_fex_nor_vx_nor_bit_20(void **state)
{
	struct ppc_cpu *cpu = fpu(0, 0, 0xffffffff60000000u, 0);

	mol_ppc_step(cpu, W_MTFSF(0xff));
	assert_int_equal(cpu->r.fpscr, 0);
	cpu->r.fpr[2] = 0x9fffffff; /* all but FEX and VX; FX explicitly */
	mol_ppc_step(cpu, W_MTFSF(0xff));
	assert_int_equal(cpu->r.fpscr, 0xfffff7ffu);
	cpu->r.fpr[2] = 0;
	mol_ppc_step(cpu, W_MTFSF(0x80));
	assert_int_equal(cpu->r.fpscr, 0x6ffff7ffu);
	mol_ppc_step(cpu, W_MTFSF(0x7d)); /* all exceptions gone, so FEX and VX */
	assert_int_equal(cpu->r.fpscr, 0x000000f0u);
}

static void mtfsf_and_mtfsfi_do_not_set_fx_but_mtfsb1_does(void **state)
{
	struct ppc_cpu *cpu = fpu(0, 0, OX, 0);

	mol_ppc_step(cpu, W_MTFSF(0x80));
	assert_int_equal(cpu->r.fpscr, OX);
	mol_ppc_step(cpu, W_MTFSFI(1, 2));
	assert_int_equal(cpu->r.fpscr, OX | XX);
	mol_ppc_step(cpu, W_MTFSB1(3)); /* was 1 already */
	assert_int_equal(cpu->r.fpscr, OX | XX);
	mol_ppc_step(cpu, W_MTFSB1(31));
	assert_int_equal(cpu->r.fpscr, OX | XX | 1);
	mol_ppc_step(cpu, W_MTFSB1(7));
	assert_int_equal(cpu->r.fpscr, FX | VX | OX | XX | VXSNAN | 1);
	mol_ppc_step(cpu, W_MTFSB1(1)); /* FEX and VX are out of reach */
	mol_ppc_step(cpu, W_MTFSB0(2));
	assert_int_equal(cpu->r.fpscr, FX | VX | OX | XX | VXSNAN | 1);
	mol_ppc_step(cpu, W_MTFSB0(7));
	assert_int_equal(cpu->r.fpscr, FX | OX | XX | 1);
}

static void mcrfs_copies_a_field_and_clears_its_exception_bits(void **state)
{
	for (unsigned n = 0; n < 8; n++) {
		struct ppc_cpu *cpu = fpu(0xfffff7ffu, 0, 0, 0);
		uint32_t cleared[8] = { 0x90000000, 0x0f000000, 0x00f00000,
					0x00080000, 0,		0x00000700 };

		mol_ppc_step(cpu, W_MCRFS(2, n));
		assert_int_equal(ppc_cr(&cpu->r) >> 20 & 15, n == 5 ? 7 : 15);
		assert_int_equal(cpu->r.fpscr, 0xfffff7ffu & ~cleared[n]);
	}
}

static void mffs_shows_the_fpscr_in_the_low_word(void **state)
{
	struct ppc_cpu *cpu = fpu(FX | XX | 3, 0, 0, 0);

	mol_ppc_step(cpu, W_MFFS);
	assert_int_equal(cpu->r.fpr[0], 0xfff8000000000000u | FX | XX | 3);
}

static void enabling_an_exception_already_recorded_raises_it(void **state)
{
	struct ppc_cpu *cpu = fpu(XX, 0, 0, 0);

	cpu->r.msr |= PPC_MSR_FE1;
	assert_int_equal(mol_ppc_step(cpu, W_MTFSB1(28)), PPC_STOP_EXC);
	assert_int_equal(cpu->r.fpscr, XX | FEX | PPC_FPSCR_XE);
	assert_int_equal(cpu->exc.srr1, PPC_SRR1_PROG_FP);
}

static void without_msr_fp_every_row_of_the_fpu_is_unavailable(void **state)
{
	for (unsigned op = 0; op < PPC_OP_COUNT; op++) {
		struct ppc_cpu *cpu = fpu(0, 0, 0, 0);

		if (!(ppc_insn_table[op].flags & I_FPU))
			continue;
		cpu->r.msr &= ~PPC_MSR_FP;
		assert_int_equal(mol_ppc_step(cpu, ppc_insn_table[op].match), PPC_STOP_EXC);
		assert_int_equal(cpu->exc.vector, PPC_VEC_FP_UNAVAILABLE);
	}
}

/* ---- loads and stores: frD 0, rA 4 = 0x1000, rB 5 = 8 or d = 8 ---- */

#define W_D(primary) ((uint32_t)(primary) << 26 | 4u << 16 | 8u)
#define W_X(xo) (31u << 26 | 4u << 16 | 5u << 11 | (uint32_t)(xo) << 1)

static const struct access_row {
	uint32_t word;
	bool wide, update;
} load_rows[] = {
	{ W_D(48), false, false }, { W_D(49), false, true }, { W_D(50), true, false },
	{ W_D(51), true, true },   { W_X(535), false, false }, { W_X(567), false, true },
	{ W_X(599), true, false }, { W_X(631), true, true },
}, store_rows[] = {
	{ W_D(52), false, false }, { W_D(53), false, true }, { W_D(54), true, false },
	{ W_D(55), true, true },   { W_X(663), false, false }, { W_X(695), false, true },
	{ W_X(727), true, false }, { W_X(759), true, true },
};

static struct ppc_cpu *at_1008(uint32_t base)
{
	struct ppc_cpu *cpu = fpu(0, 0, 0, 0);

	memset(memory, 0, sizeof(memory));
	cpu->r.gpr[4] = base;
	cpu->r.gpr[5] = 8;
	return cpu;
}

static void loads_convert_singles_and_update_the_base(void **state)
{
	for (unsigned n = 0; n < 8; n++) {
		const struct access_row *row = &load_rows[n];
		struct ppc_cpu *cpu = at_1008(0x1000);

		mol_store_be64(memory + 8, row->wide ? 0x7ff123456789abcdu : 0x7f80000112345678u);
		assert_int_equal(mol_ppc_step(cpu, row->word), 0);
		assert_int_equal(cpu->r.fpr[0],
				 row->wide ? 0x7ff123456789abcdu : 0x7ff0000020000000u);
		assert_int_equal(cpu->r.gpr[4], row->update ? 0x1008 : 0x1000);
		assert_int_equal(cpu->r.fpscr, 0);
	}
}

static void stores_convert_to_single_and_update_the_base(void **state)
{
	for (unsigned n = 0; n < 8; n++) {
		const struct access_row *row = &store_rows[n];
		struct ppc_cpu *cpu = at_1008(0x1000);

		cpu->r.fpr[0] = 0xc00921fb54442d18u;
		assert_int_equal(mol_ppc_step(cpu, row->word), 0);
		assert_int_equal(mol_load_be64(memory + 8),
				 row->wide ? 0xc00921fb54442d18u : 0xc0490fda00000000u);
		assert_int_equal(cpu->r.gpr[4], row->update ? 0x1008 : 0x1000);
	}
}

static void stfiwx_stores_the_low_word_as_it_is(void **state)
{
	struct ppc_cpu *cpu = at_1008(0x1000);

	assert_int_equal(mol_ppc_step(cpu, W_X(983)), 0);
	assert_int_equal(mol_load_be64(memory + 8), 0x1234567800000000u);
}

static void a_faulting_or_unaligned_access_changes_no_register(void **state)
{
	for (unsigned n = 0; n < 16; n++) {
		const struct access_row *row = n < 8 ? &load_rows[n] : &store_rows[n - 8];
		struct ppc_cpu *cpu = at_1008(0x2000);

		assert_int_equal(mol_ppc_step(cpu, row->word), PPC_STOP_EXC);
		assert_int_equal(cpu->exc.vector, PPC_VEC_DSI);
		assert_int_equal(cpu->r.fpr[0], 0x1234567812345678u);
		assert_int_equal(cpu->r.gpr[4], 0x2000);
		cpu = at_1008(0x1002);
		assert_int_equal(mol_ppc_step(cpu, row->word), PPC_STOP_EXC);
		assert_int_equal(cpu->exc.vector, PPC_VEC_ALIGNMENT);
		assert_int_equal(cpu->r.fpr[0], 0x1234567812345678u);
		assert_int_equal(cpu->r.gpr[4], 0x1002);
	}
}

/* ---- what was put off [fpscr.c: mol_fpscr_settle] ---- */

static uint64_t random64(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15u;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

/* Numbers of all kinds, often such that a sum or product of two is special or a tie. */
static uint64_t random_operand(void)
{
	static const uint64_t special[] = { 0, 1, SNAN, INF, ONE, TWO, 0x7ff8000000000001u,
					    0x0010000000000000u, 0x7fefffffffffffffu,
					    0x3810000000000000u, 0x47efffffe0000000u };
	uint64_t r = random64(), v = random64();

	if (r % 4 == 0)
		v = special[v % (sizeof(special) / sizeof(special[0]))];
	else if (r % 4 == 1) /* a single of few bits near 1 */
		v = (v & 0x003fffffe0000000u & ~0u << (r >> 8 & 31)) + 0x3fe0000000000000u;
	else if (r % 4 == 2)
		v = (v & 0x00ffffffffffffffu) + 0x3f80000000000000u;
	return v | (r >> 16 & 1) << 63;
}

static const struct {
	uint32_t word;
	uint8_t op;
} put_off[] = {
	{ W_AB(63, 21), PPC_FP_ADD },	{ W_AB(63, 20), PPC_FP_SUB },
	{ W_AC(63, 25), PPC_FP_MUL },	{ W_AB(63, 18), PPC_FP_DIV },
	{ W_A(63, 29), PPC_FP_MADD },	{ W_A(63, 28), PPC_FP_MSUB },
	{ W_A(63, 31), PPC_FP_NMADD },	{ W_A(63, 30), PPC_FP_NMSUB },
	{ W_AB(59, 21), PPC_FP_ADD | PPC_FP_SINGLE },
	{ W_AB(59, 20), PPC_FP_SUB | PPC_FP_SINGLE },
	{ W_AC(59, 25), PPC_FP_MUL | PPC_FP_SINGLE },
	{ W_AB(59, 18), PPC_FP_DIV | PPC_FP_SINGLE },
	{ W_A(59, 29), PPC_FP_MADD | PPC_FP_SINGLE },
	{ W_A(59, 28), PPC_FP_MSUB | PPC_FP_SINGLE },
	{ W_A(59, 31), PPC_FP_NMADD | PPC_FP_SINGLE },
	{ W_A(59, 30), PPC_FP_NMSUB | PPC_FP_SINGLE },
	{ W_AB(63, 12), PPC_FP_RSP },	{ W_AB(59, 24), PPC_FP_RES },
	{ W_AB(63, 26), PPC_FP_RSQRTE },
};
#define PUT_OFF (sizeof(put_off) / sizeof(put_off[0]))

/* Operations here read frB from f2 whatever the form, so one operand alone is frB. */
static void put_off_arithmetic(struct ppc_cpu *cpu, unsigned n)
{
	cpu->fp.op = (uint8_t)(put_off[n].op + 1);
	cpu->fp.a = cpu->r.fpr[1];
	cpu->fp.b = cpu->r.fpr[2];
	cpu->fp.m = cpu->r.fpr[3];
	cpu->fp.raised = mol_softfp_arith(put_off[n].op, cpu->r.fpscr, cpu->fp.a, cpu->fp.b, cpu->fp.m)
				 .status & ~(PPC_FPSCR_FPRF | FR | FI);
}

static void an_operation_put_off_gives_the_fpscr_that_it_gives_at_once(void **state)
{
	for (unsigned n = 0; n < 400 * PUT_OFF; n++) {
		uint32_t old = (uint32_t)random64() & ~0xfcu & ~PPC_BIT(20);
		uint64_t a = random_operand(), b = random_operand(), m = random_operand();
		struct ppc_cpu *cpu = fpu(old, a, b, m);
		uint32_t at_once;

		mol_ppc_step(cpu, put_off[n % PUT_OFF].word);
		at_once = cpu->r.fpscr;
		cpu = fpu(old, a, b, m);
		put_off_arithmetic(cpu, n % PUT_OFF);
		assert_int_equal(ppc_fpscr(cpu), at_once);
		assert_int_equal(cpu->fp.any, 0);
	}
}

/* Neither a conversion nor a comparison replaces all that an arithmetic operation leaves. */
static void what_is_put_off_is_settled_in_its_order(void **state)
{
	for (unsigned n = 0; n < 400 * PUT_OFF; n++) {
		uint32_t old = (uint32_t)random64() & ~0xfcu & ~PPC_BIT(20), at_once;
		uint64_t a = random_operand(), b = random_operand(), m = random_operand();
		bool zero = n & 32;
		struct ppc_cpu *cpu = fpu(old, a, b, m);

		mol_ppc_step(cpu, put_off[n % PUT_OFF].word);
		mol_ppc_step(cpu, W_AB(63, zero ? 15 : 14));
		cpu->r.fpr[1] = ONE;
		cpu->r.fpr[2] = a << 1 > INF << 1 ? TWO : a;
		mol_ppc_step(cpu, W_FCMPU(3));
		at_once = mol_fpscr_raise(cpu->r.fpscr, XX | ZX);
		cpu = fpu(old, a, b, m);
		put_off_arithmetic(cpu, n % PUT_OFF);
		cpu->fp.convert = zero ? 1 + PPC_FP_CTIWZ : 1 + PPC_FP_CTIW;
		cpu->fp.converted = b;
		cpu->fp.compare = 1;
		cpu->fp.left = ONE;
		cpu->fp.right = a << 1 > INF << 1 ? TWO : a;
		cpu->fp.raised |= XX | ZX | (mol_softfp_arith(PPC_FP_CTIW, cpu->r.fpscr, b, b, b).status &
					     PPC_FPSCR_VX_ALL);
		assert_int_equal(ppc_fpscr(cpu), at_once);
	}
}

/* Each word that reads or replaces the FPSCR sees what was put off. */
static void whoever_looks_at_the_fpscr_settles_it_first(void **state)
{
	static const uint32_t words[] = { W_MFFS, W_FCMPU(3), W_FCMPO(3), W_MTFSF(0x01), W_MTFSB0(6),
					  W_MTFSB1(6), W_MCRFS(2, 4), W_MTFSFI(7, 1),
					  W_AB(63, 14), W_FADD | RC, W_AB(63, 72) | RC };

	for (unsigned n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
		struct ppc_cpu *cpu = fpu(XX, ONE, 0x3ca0000000000000u, TWO);
		uint32_t at_once;
		uint64_t result;

		mol_ppc_step(cpu, W_AB(63, 18));
		mol_ppc_step(cpu, words[n]);
		at_once = ppc_fpscr(cpu);
		result = cpu->r.fpr[0];
		cpu = fpu(XX, ONE, 0x3ca0000000000000u, TWO);
		mol_ppc_step(cpu, W_AB(63, 18));
		cpu->r.fpscr = XX;
		put_off_arithmetic(cpu, 3);
		mol_ppc_step(cpu, words[n]);
		assert_int_equal(ppc_fpscr(cpu), at_once);
		assert_int_equal(cpu->r.fpr[0], result);
		assert_int_equal(cpu->fp.any, 0);
	}
}

static void a_reset_forgets_what_was_put_off(void **state)
{
	struct ppc_cpu *cpu = fpu(0, ONE, TWO, TWO);

	put_off_arithmetic(cpu, 0);
	mol_ppc_reset(cpu);
	assert_int_equal(ppc_fpscr(cpu), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fx_is_set_when_an_exception_bit_goes_from_0_to_1_and_only_then),
		cmocka_unit_test(fr_fi_and_fprf_belong_to_the_last_operation_and_exceptions_stay),
		cmocka_unit_test(
			an_enabled_invalid_operation_or_zero_divide_writes_nothing_but_exceptions),
		cmocka_unit_test(a_status_without_a_class_leaves_fprf_as_it_is),
		cmocka_unit_test(fex_is_the_or_of_the_enabled_exceptions),
		cmocka_unit_test(each_arithmetic_row_computes_its_own_operation),
		cmocka_unit_test(moves_take_nans_as_bits_and_fsel_takes_minus_zero_for_zero),
		cmocka_unit_test(rc_copies_fpscr_0_to_3_into_cr1),
		cmocka_unit_test(a_comparison_sets_the_cr_field_and_fpcc_but_not_the_class),
		cmocka_unit_test(
			an_enabled_exception_raises_a_program_exception_at_the_instruction),
		cmocka_unit_test(without_fe0_and_fe1_nothing_is_raised_and_the_result_is_the_same),
		cmocka_unit_test(an_enabled_overflow_writes_the_scaled_result_and_then_raises),
		cmocka_unit_test(mtfsf_writes_whole_fields_and_neither_fex_nor_vx_nor_bit_20),
		cmocka_unit_test(mtfsf_and_mtfsfi_do_not_set_fx_but_mtfsb1_does),
		cmocka_unit_test(mcrfs_copies_a_field_and_clears_its_exception_bits),
		cmocka_unit_test(mffs_shows_the_fpscr_in_the_low_word),
		cmocka_unit_test(enabling_an_exception_already_recorded_raises_it),
		cmocka_unit_test(without_msr_fp_every_row_of_the_fpu_is_unavailable),
		cmocka_unit_test(loads_convert_singles_and_update_the_base),
		cmocka_unit_test(stores_convert_to_single_and_update_the_base),
		cmocka_unit_test(stfiwx_stores_the_low_word_as_it_is),
		cmocka_unit_test(a_faulting_or_unaligned_access_changes_no_register),
		cmocka_unit_test(an_operation_put_off_gives_the_fpscr_that_it_gives_at_once),
		cmocka_unit_test(what_is_put_off_is_settled_in_its_order),
		cmocka_unit_test(whoever_looks_at_the_fpscr_settles_it_first),
		cmocka_unit_test(a_reset_forgets_what_was_put_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
