#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py - runs the test guests, here and in QEMU, and compares what they print.

A guest is NAME.S, built with start.S by the cross compiler; what it must print is
NAME.expected. Its header says how it is to be run:

    cpus: 603e 750            the models (default 7400)
    qemu: no, because ...     QEMU cannot judge it: only ours is run
    qemu cpus: 750            QEMU on these models only (the reason is beside it)
    machine: --budget 10000   options of machine.c
    rows: sc rfi ...          the rows of the instruction table that it exercises

In NAME.expected, # begins a comment. A line "[qemu] text" or "[ours 603e] text" holds for the
runs that one of the words names, "[-603e] text" for those that none names; the words are ours,
qemu, a model, or engine/model. Prints a line for each run and closes with the sum.
Status 77: nothing to run the guests with.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
CROSS = "powerpc-linux-gnu-gcc"
CFLAGS = ("-mcpu=7450 -maltivec -Wa,-mregnames -nostdlib -static -fno-pic -no-pie "
          "-Wl,--build-id=none,-z,noexecstack,--no-warn-rwx-segments").split()
CFLAGS.append("-Wl,-T," + os.path.join(HERE, "guest.ld"))
QEMU = "qemu-system-ppc"
WRAPPER = os.environ.get("MESON_EXE_WRAPPER", "").split()  # of a cross build: runs our programs
TIMEOUT = 60


class Guest:
    def __init__(self, name):
        self.name = name
        self.source = os.path.join(HERE, name + ".S")
        with open(self.source) as f:
            header = f.read().split("*/")[0]
        self.cpus = self.words(header, "cpus") or ["7400"]
        self.qemu_cpus = self.words(header, "qemu cpus") or self.cpus
        self.qemu_no = re.search(r"^ \* qemu: no, because (.*(?:\n \*\t.*)*)", header, re.M)
        self.options = self.words(header, "machine")
        with open(os.path.join(HERE, name + ".expected")) as f:
            self.expected = f.read().splitlines()

    @staticmethod
    def words(header, key):
        match = re.search(rf"^ \* {key}: (.*)$", header, re.M)
        return match[1].split() if match else []

    def transcript(self, engine, cpu):
        tags = {engine, cpu, f"{engine}/{cpu}"}
        lines = []
        for line in self.expected:
            match = re.match(r"\[([^]]*)\] ?(.*)", line)
            if not line or line.startswith("#"):
                continue
            if not match:
                lines.append(line)
                continue
            words = match[1].split()
            unwanted = {w[1:] for w in words if w.startswith("-")}
            wanted = {w for w in words if not w.startswith("-")}
            if not tags & unwanted and (not wanted or tags & wanted):
                lines.append(match[2])
        return lines

    def build(self, directory):
        image = os.path.join(directory, self.name + ".elf")
        done = subprocess.run([CROSS, *CFLAGS, "-o", image, os.path.join(HERE, "start.S"),
                               self.source], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{self.name}: the cross compiler said:\n{done.stderr}")
        return image


def run(command):
    """The lines that the guest has printed, and what else there is to say. A run is over when its
    process is, or with the line "end": 40p resets into its firmware, not out of QEMU."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    late = threading.Timer(TIMEOUT, process.kill)
    late.start()
    lines = []
    for line in process.stdout:
        lines.append(line.decode(errors="replace").rstrip("\r\n"))
        if lines[-1] == "end" and command[0] == QEMU:
            process.kill()
            break
    errors = process.communicate()[1].decode(errors="replace").strip()
    status = process.wait()
    late.cancel()
    if "end" in lines and command[0] == QEMU:
        return lines, ""
    return lines, f"status {status}: {errors}" if status else ""


def qemu_command(image, cpu):
    """Time goes by instructions, as in machine.c: how busy the host is must not matter."""
    return [QEMU, "-M", "40p", "-cpu", cpu, "-m", "64", "-display", "none", "-vga", "none", "-nic", "none",
            "-monitor", "none", "-serial", "stdio", "-icount", "shift=0,sleep=off",
            "-device", f"loader,file={image},cpu-num=0"]


def differences(wanted, got):
    out = []
    for n in range(max(len(wanted), len(got))):
        w = wanted[n] if n < len(wanted) else "(nothing)"
        g = got[n] if n < len(got) else "(nothing)"
        if w != g:
            out.append(f"    line {n + 1}: wanted  {w}\n    line {n + 1}: printed {g}")
    return out


class Tally:
    passed = failed = skipped = 0

    def compare(self, guest, engine, cpu, command):
        got, note = run(command)
        wrong = differences(guest.transcript(engine, cpu), got)
        if note:
            wrong.append("    " + note)
        print(f"{'FAIL' if wrong else 'ok  '} {guest.name} {cpu} {engine}", flush=True)
        if wrong:
            self.failed += 1
            print("\n".join(wrong))
        else:
            self.passed += 1

    def skip(self, guest, engine, cpus, why):
        self.skipped += 1
        print(f"skip {guest.name} {' '.join(cpus)} {engine}: {why}")


def run_guest(guest, arguments, directory, tally):
    image = guest.build(directory)
    if "ours" in arguments.engines:
        for cpu in guest.cpus:
            command = [*WRAPPER, arguments.machine, "--cpu", cpu, *guest.options, image]
            if arguments.backend:
                command += ["--backend", arguments.backend]
            tally.compare(guest, "ours", cpu, command)
    if "qemu" not in arguments.engines:
        return
    if guest.qemu_no:
        tally.skip(guest, "qemu", guest.cpus, re.sub(r"\s*\n \*\s*", " ", guest.qemu_no[1]))
        return
    if not shutil.which(QEMU):
        tally.skip(guest, "qemu", guest.cpus, f"{QEMU} is not installed")
        return
    for cpu in guest.qemu_cpus:
        tally.compare(guest, "qemu", cpu, qemu_command(image, cpu))


def main():
    parser = argparse.ArgumentParser(description="Run the test guests and compare transcripts.")
    parser.add_argument("--machine", required=True, help="the program made of machine.c")
    parser.add_argument("--backend", help="backend of the library")
    parser.add_argument("--engines", default="ours,qemu", type=lambda s: s.split(","),
                        help="ours, qemu or both (default: ours,qemu)")
    parser.add_argument("guest", nargs="*", help="names (default: all)")
    arguments = parser.parse_args()
    if not shutil.which(CROSS):
        print(f"skip: {CROSS} is not installed, so the guests cannot be built")
        return 77
    if arguments.engines == ["qemu"] and not shutil.which(QEMU):
        print(f"skip: {QEMU} is not installed")
        return 77
    names = arguments.guest or sorted(f[:-2] for f in os.listdir(HERE)
                                      if f.endswith(".S") and f != "start.S")
    tally = Tally()
    with tempfile.TemporaryDirectory() as directory:
        for name in names:
            run_guest(Guest(name), arguments, directory, tally)
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
