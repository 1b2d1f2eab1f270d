#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_cli.py - mini-vmm as its user meets it: exit status, messages, terminal, idleness.

Usage: test_cli.py MINI_VMM.  The guests are a few PowerPC instructions each,
loaded as raw images; no kernel is needed.
"""

import fcntl
import os
import pty
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

MINI_VMM = sys.argv.pop(1) if len(sys.argv) > 1 else "mini-vmm"

# lis r4,0xf010; ori r4,r4,0x1000; li r3,VALUE; stw r3,0(r4); b .
SYSCON = "3c80f010 60841000 3860{:04x} 90640000 48000000"
POWER_OFF = SYSCON.format(0x5045)
RESET = SYSCON.format(0x5245)
# li r3,0; mtmsr r3; lis r4,0xe000; mtctr r4; bctr: a machine check with MSR[ME] off
CHECKSTOP = "38600000 7c600124 3c80e000 7c8903a6 4e800420"
# echo: lis r4,0xf010; 1: lbz r5,5(r4); andi. r5,r5,1; beq 1b; lbz r5,0(r4); stb r5,0(r4); b 1b
ECHO = "3c80f010 88a40005 70a50001 4182fff8 88a40000 98a40000 4bffffec"
# the same, but asleep between: DEC far away, HID0[DOZE], MSR[EE,POW]
SLEEP = ("3c607fff 7c7603a6 3c600080 7c70fba6 3c600004 60638000 7c0004ac 7c600124 4c00012c "
         "4bfffff8")
SPIN = "48000000"


def take_terminal():
    """In the child: standard input is the controlling terminal, and we are in its foreground."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Guest(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)

    def file(self, name, content):
        path = os.path.join(self.dir.name, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def guest(self, code):
        path = self.file("guest.bin", bytes.fromhex(code))
        return [MINI_VMM, "--kernel", path, "--raw", "0x1000", "--ram", "16M"]

    def read(self, file, length):
        """Up to length bytes, fewer only at the end of the file."""
        got = b""
        while len(got) < length:
            piece = file.read(length - len(got))
            if not piece:
                break
            got += piece
        return got

    def run_vmm(self, *args, code=POWER_OFF, stdin=b""):
        return subprocess.run(self.guest(code) + list(args), input=stdin, capture_output=True,
                              timeout=60)


class Status(Guest):
    def test_power_off_is_status_0_without_a_word(self):
        done = self.run_vmm()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_checkstop_is_status_3_and_one_line_with_the_pc(self):
        done = self.run_vmm(code=CHECKSTOP)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertIn(b"checkstop: pc 0xe0000000", done.stderr)

    def test_ctrl_a_x_is_status_0_even_while_the_guest_spins(self):
        self.assertEqual(self.run_vmm(code=SPIN, stdin=b"\x01x").returncode, 0)

    def test_ctrl_a_x_leaves_a_guest_that_resets_for_ever(self):
        self.assertEqual(self.run_vmm(code=RESET, stdin=b"\x01x").returncode, 0)

    def test_help_and_version_go_to_standard_output(self):
        for option in "--help", "--version":
            done = subprocess.run([MINI_VMM, option], capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(b"mini-vmm", done.stdout)

    def test_the_end_of_standard_input_does_not_end_the_guest(self):
        with subprocess.Popen(self.guest(SPIN), stdin=subprocess.DEVNULL) as process:
            with self.assertRaises(subprocess.TimeoutExpired):
                process.wait(0.5)
            process.kill()

    def test_a_reader_that_goes_away_is_an_error(self):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(self.guest(ECHO), input=b"x", stdout=write, stderr=subprocess.PIPE,
                              timeout=60)
        os.close(write)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, b"mini-vmm: standard output: Broken pipe\n")

    def test_more_input_than_fits_anywhere_arrives_whole(self):
        text = bytes(range(32, 127)) * 1000
        with subprocess.Popen(self.guest(ECHO), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, bufsize=0) as process:
            writer = threading.Thread(target=process.stdin.write, args=(text + b"\x01\x01",))
            writer.start()
            self.assertEqual(self.read(process.stdout, len(text) + 1), text + b"\x01")
            writer.join()
            process.stdin.write(b"\x01x")
            process.stdin.flush()
            self.assertEqual(process.wait(20), 0)

    def test_dump_dtb_writes_a_tree_and_runs_nothing(self):
        path = os.path.join(self.dir.name, "tree.dtb")
        self.assertEqual(self.run_vmm("--dump-dtb", path, code=SPIN).returncode, 0)
        with open(path, "rb") as file:
            tree = file.read()
        self.assertEqual(struct.unpack(">II", tree[:8]), (0xD00DFEED, len(tree)))

    def test_an_option_of_the_engine_holds_from_the_first_instruction(self):
        path = os.path.join(self.dir.name, "listing")
        done = self.run_vmm("--option", "jit.dump=" + path, "--option", "jit.heat=0")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        with open(path, encoding="ascii") as file:
            self.assertTrue(file.read().startswith("# host code "))


class Mistakes(Guest):
    def wrong(self, words, *args, **kwargs):
        done = self.run_vmm(*args, **kwargs)
        self.assertEqual(done.returncode, 1, args)
        self.assertTrue(done.stderr.startswith(b"mini-vmm: "), done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
        self.assertIn(words, done.stderr.decode())

    def test_an_unknown_cpu_lists_those_there_are(self):
        self.wrong("603e 604e 750 7400 7410 7450 7455", "--cpu", "601")

    def test_an_unknown_backend_lists_those_there_are(self):
        self.wrong("interp", "--backend", "turbo")

    def test_an_unknown_option_of_the_engine_is_named(self):
        self.wrong("there is no option \"jit.hate\"", "--option", "jit.hate=0")

    def test_a_missing_disk_is_named(self):
        self.wrong("/nonexistent.img: No such file", "--disk", "/nonexistent.img")

    def test_a_directory_is_no_disk(self):
        self.wrong(self.dir.name, "--disk", self.dir.name)

    def test_a_pipe_is_no_disk_and_not_waited_for(self):
        path = os.path.join(self.dir.name, "pipe")
        os.mkfifo(path)
        self.wrong("not a file or block device", "--read-only", "--disk", path)

    def test_a_disk_of_odd_size_or_empty_is_refused(self):
        self.wrong("512-byte sectors", "--disk", self.file("odd", b"x" * 513))
        self.wrong("512-byte sectors", "--disk", self.file("empty", b""))

    def test_an_initrd_that_does_not_fit_is_refused(self):
        self.wrong("does not fit", "--initrd", self.file("initrd", bytes(16 << 20)))

    def test_a_kernel_larger_than_ram_is_refused(self):
        self.wrong("does not fit", "--kernel", self.file("big", bytes(17 << 20)))

    def test_a_raw_image_without_raw_is_no_elf(self):
        path = self.file("raw", b"not an elf file")
        done = subprocess.run([MINI_VMM, "--kernel", path], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"not an ELF file", done.stderr)


class Terminal(Guest):
    def start(self, code):
        """The guest on a pseudo-terminal, once it is raw."""
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(self.guest(code), stdin=self.slave, stdout=self.slave,
                                        stderr=subprocess.PIPE, start_new_session=True,
                                        preexec_fn=take_terminal, bufsize=0)
        self.addCleanup(self.process.stderr.close)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        self.wait_until(lambda: self.echo() == 0)

    def echo(self):
        return termios.tcgetattr(self.slave)[3] & (termios.ECHO | termios.ICANON | termios.ISIG)

    def wait_until(self, condition):
        for _ in range(1000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("this never happened")

    def type(self, keys, expected):
        os.write(self.master, keys)
        got = b""
        while len(got) < len(expected) and select.select([self.master], [], [], 20)[0]:
            got += os.read(self.master, 1024)
        self.assertEqual(got, expected)

    def test_keys_reach_the_guest_and_ctrl_a_x_restores_the_terminal(self):
        self.start(ECHO)
        self.type(b"hi\x03\x1a\x01\x01", b"hi\x03\x1a\x01")
        os.write(self.master, b"\x01x")
        self.assertEqual(self.process.wait(20), 0)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_a_fatal_signal_restores_the_terminal_and_still_kills(self):
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGSEGV:
            self.start(SPIN)
            self.process.send_signal(number)
            self.assertEqual(self.process.wait(20), -number)
            self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_the_terminal_is_restored_while_stopped_and_raw_again_after(self):
        self.start(ECHO)
        self.process.send_signal(signal.SIGTSTP)
        self.wait_until(lambda: termios.tcgetattr(self.slave) == self.before)
        self.process.send_signal(signal.SIGCONT)
        self.wait_until(lambda: self.echo() == 0)
        self.type(b"go on", b"go on")

    def test_an_end_with_status_3_restores_the_terminal(self):
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        before = termios.tcgetattr(self.slave)
        done = subprocess.run(self.guest(CHECKSTOP), stdin=self.slave, stderr=subprocess.PIPE,
                              timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(termios.tcgetattr(self.slave), before)


class Idle(Guest):
    def test_an_idle_guest_costs_next_to_nothing_and_still_hears_the_keyboard(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with subprocess.Popen(self.guest(SLEEP), stdin=subprocess.PIPE) as process:
            time.sleep(2)
            process.stdin.write(b"\x01x")
            process.stdin.flush()
            self.assertEqual(process.wait(20), 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.assertLess(used, 0.5)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
