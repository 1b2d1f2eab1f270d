/* SPDX-License-Identifier: MIT
 * test_uart16550.c - the serial port of mini-vmm against the PC16550D data sheet.
 */
#include "device_bench.h"

#include <string.h>

#include "uart16550.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCRATCH, FCR = IIR };

struct bench {
	struct uart16550 uart;
	struct probe irq;
	uint8_t sent[64];
	size_t sent_count;
	const char *input; /* what the far end still has to say */
};

static void line_send(void *opaque, const uint8_t *buf, size_t n)
{
	struct bench *b = opaque;

	memcpy(b->sent + b->sent_count, buf, n);
	b->sent_count += n;
}

static size_t line_receive(void *opaque, uint8_t *buf, size_t n)
{
	struct bench *b = opaque;
	size_t got = strnlen(b->input, n);

	memcpy(buf, b->input, got);
	b->input += got;
	return got;
}

static uint8_t in(struct bench *b, unsigned reg)
{
	return (uint8_t)device_read(&uart16550_ops, &b->uart, reg, 1);
}

static void out(struct bench *b, unsigned reg, uint8_t value)
{
	assert_int_equal(device_write(&uart16550_ops, &b->uart, reg, 1, value), MOLVM_MMIO_OK);
}

static void type(struct bench *b, const char *text)
{
	b->input = text;
	uart16550_poll(&b->uart);
}

static int setup(void **state)
{
	static struct bench b;

	memset(&b, 0, sizeof(b));
	b.input = "";
	uart16550_init(&b.uart, probe_line(&b.irq),
		       (struct byte_line){ line_send, line_receive, &b });
	*state = &b;
	return 0;
}

static void a_byte_written_is_sent_and_the_transmitter_is_empty_again(void **state)
{
	struct bench *b = *state;

	out(b, DATA, 'H');
	out(b, DATA, 'i');
	assert_int_equal(b->sent_count, 2);
	assert_memory_equal(b->sent, "Hi", 2);
	assert_int_equal(in(b, LSR), 0x60);
}

static void without_fifo_one_byte_is_held_and_the_rest_waits_outside(void **state)
{
	struct bench *b = *state;

	type(b, "ab");
	assert_string_equal(b->input, "b");
	assert_int_equal(in(b, LSR) & 1, 1);
	assert_int_equal(in(b, DATA), 'a');
	assert_int_equal(in(b, DATA), 'b');
	assert_int_equal(in(b, LSR) & 1, 0);
}

static void with_fifo_sixteen_bytes_are_held(void **state)
{
	struct bench *b = *state;

	out(b, FCR, 0x01);
	type(b, "0123456789abcdefgh");
	assert_string_equal(b->input, "gh");
	for (const char *c = "0123456789abcdefgh"; *c; c++)
		assert_int_equal(in(b, DATA), *c);
}

static void received_data_interrupts_at_the_trigger_level_and_times_out_below_it(void **state)
{
	struct bench *b = *state;

	out(b, FCR, 0x81); /* trigger at 8 */
	out(b, IER, 0x01);
	assert_false(b->irq.level);
	type(b, "1234567");
	assert_true(b->irq.level);
	assert_int_equal(in(b, IIR), 0xcc);
	type(b, "8");
	assert_int_equal(in(b, IIR), 0xc4);
	for (int i = 0; i < 8; i++)
		in(b, DATA);
	assert_int_equal(in(b, IIR), 0xc1);
	assert_false(b->irq.level);
}

static void enabling_the_transmitter_interrupt_raises_it_and_reading_iir_clears_it(void **state)
{
	struct bench *b = *state;

	out(b, IER, 0x02);
	assert_true(b->irq.level);
	assert_int_equal(in(b, IIR), 0x02);
	assert_false(b->irq.level);
	assert_int_equal(in(b, IIR), 0x01);
	out(b, DATA, 'x');
	assert_true(b->irq.level);
}

static void a_line_error_outranks_data_outranks_the_transmitter(void **state)
{
	struct bench *b = *state;

	out(b, MCR, 0x10);
	out(b, DATA, 'a');
	out(b, DATA, 'b'); /* overrun */
	out(b, IER, 0x07);
	assert_int_equal(in(b, IIR), 0x06);
	assert_int_equal(in(b, LSR), 0x63);
	assert_int_equal(in(b, IIR), 0x04);
	assert_int_equal(in(b, DATA), 'b');
	assert_int_equal(in(b, IIR), 0x02);
}

static void reading_the_line_status_clears_its_errors(void **state)
{
	struct bench *b = *state;

	out(b, MCR, 0x10);
	out(b, DATA, 'a');
	out(b, DATA, 'b');
	assert_int_equal(in(b, LSR) & 0x02, 0x02);
	assert_int_equal(in(b, LSR) & 0x02, 0);
}

static void a_full_fifo_keeps_its_bytes_when_overrun(void **state)
{
	struct bench *b = *state;

	out(b, FCR, 0x01);
	out(b, MCR, 0x10);
	for (uint8_t i = 0; i < 17; i++)
		out(b, DATA, i);
	assert_int_equal(in(b, LSR) & 0x02, 0x02);
	for (uint8_t i = 0; i < 16; i++)
		assert_int_equal(in(b, DATA), i);
	assert_int_equal(in(b, LSR) & 0x01, 0);
}

static void loopback_turns_outputs_into_inputs_and_keeps_bytes_inside(void **state)
{
	struct bench *b = *state;

	assert_int_equal(in(b, MSR) & 0xf0, 0xb0);
	out(b, MCR, 0x1a); /* loop, OUT2, RTS: what the driver's probe writes */
	assert_int_equal(in(b, MSR) & 0xf0, 0x90);
	out(b, DATA, 'x');
	assert_int_equal(b->sent_count, 0);
	assert_int_equal(in(b, DATA), 'x');
}

static void modem_changes_set_deltas_that_reading_clears(void **state)
{
	struct bench *b = *state;

	out(b, IER, 0x08);
	out(b, MCR, 0x10); /* CTS, DSR and DCD fall */
	assert_true(b->irq.level);
	assert_int_equal(in(b, IIR), 0x00);
	assert_int_equal(in(b, MSR), 0x0b);
	assert_int_equal(in(b, MSR), 0x00);
	assert_false(b->irq.level);
}

static void only_the_trailing_edge_of_ring_is_a_change(void **state)
{
	struct bench *b = *state;

	out(b, MCR, 0x10);
	in(b, MSR);
	out(b, MCR, 0x14);
	assert_int_equal(in(b, MSR), 0x40);
	out(b, MCR, 0x10);
	assert_int_equal(in(b, MSR), 0x04);
}

static void nothing_enters_from_outside_in_loopback(void **state)
{
	struct bench *b = *state;

	out(b, MCR, 0x10);
	type(b, "z");
	assert_int_equal(in(b, LSR) & 1, 0);
	out(b, MCR, 0x00);
	assert_int_equal(in(b, DATA), 'z');
}

static void the_divisor_is_behind_dlab_and_reads_back(void **state)
{
	struct bench *b = *state;

	out(b, LCR, 0x83);
	out(b, DATA, 0x0c);
	out(b, IER, 0x01);
	assert_int_equal(in(b, DATA), 0x0c);
	assert_int_equal(in(b, IER), 0x01);
	out(b, LCR, 0x03);
	assert_int_equal(in(b, IER), 0x00);
	assert_int_equal(b->sent_count, 0);
}

static void scratch_and_the_four_interrupt_enables_read_back(void **state)
{
	struct bench *b = *state;

	out(b, SCRATCH, 0xa5);
	out(b, IER, 0xff);
	assert_int_equal(in(b, SCRATCH), 0xa5);
	assert_int_equal(in(b, IER), 0x0f);
}

static void clearing_the_fifo_forgets_what_was_received(void **state)
{
	struct bench *b = *state;

	out(b, FCR, 0x01);
	type(b, "abc");
	out(b, FCR, 0x03);
	assert_int_equal(in(b, LSR) & 1, 0);
}

static void beyond_the_registers_there_is_nothing(void **state)
{
	struct bench *b = *state;

	out(b, 0x100, 'x');
	assert_int_equal(device_read(&uart16550_ops, &b->uart, 0xfff, 1), 0);
	assert_int_equal(b->sent_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, setup)
		T(a_byte_written_is_sent_and_the_transmitter_is_empty_again),
		T(without_fifo_one_byte_is_held_and_the_rest_waits_outside),
		T(with_fifo_sixteen_bytes_are_held),
		T(received_data_interrupts_at_the_trigger_level_and_times_out_below_it),
		T(enabling_the_transmitter_interrupt_raises_it_and_reading_iir_clears_it),
		T(a_line_error_outranks_data_outranks_the_transmitter),
		T(reading_the_line_status_clears_its_errors),
		T(a_full_fifo_keeps_its_bytes_when_overrun),
		T(loopback_turns_outputs_into_inputs_and_keeps_bytes_inside),
		T(modem_changes_set_deltas_that_reading_clears),
		T(only_the_trailing_edge_of_ring_is_a_change),
		T(nothing_enters_from_outside_in_loopback),
		T(the_divisor_is_behind_dlab_and_reads_back),
		T(scratch_and_the_four_interrupt_enables_read_back),
		T(clearing_the_fifo_forgets_what_was_received),
		T(beyond_the_registers_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
