#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py - runs the bench guests on every engine, side by side, and compares.

Each guest is one source file (guest/*.c): as one freestanding ELF image the same
for all engines, and compiled for the host, which is what the figures are divided
by. Engines take turns, guest by guest and round by round; the best round counts.
A checksum that is not the same everywhere is an error. Called by tools/bench,
which builds first.
"""
import argparse
import json
import os
import shutil
import sys
import time

from engines import (CLASSES, CROSS, HERE, Failure, Native, Program, Qemu, all_guests,
                     run_guest)
import costs
import report

ROOT = os.path.dirname(HERE)
SKIPPED = 77        # to meson, a test that could not be run
SECONDS = 0.2      # of work in one run of a guest, at least


def parse_arguments(guests):
    names = [g.name for g in guests]
    p = argparse.ArgumentParser(prog="tools/bench", description="Run the bench guests on our "
                                "engines, on QEMU, on Unicorn and natively, side by side.")
    p.add_argument("--quick", action="store_true", help="one round, a quarter of the work each")
    p.add_argument("--only", metavar="NAME", action="append", default=[],
                   help="only this guest (may be repeated): " + " ".join(names))
    p.add_argument("--class", metavar="CLASS", action="append", default=[], dest="classes",
                   choices=list(CLASSES.values()), help="only this class (may be repeated): "
                   + " ".join(CLASSES.values()))
    p.add_argument("--verify", action="store_true", help="nothing is measured: two units of each "
                   "guest on our engines, QEMU and natively, and their checksums compared")
    p.add_argument("--rounds", type=int, default=0, metavar="N", help="runs of each guest (2)")
    p.add_argument("--backend", action="append", default=[], metavar="NAME",
                   choices=["jit", "jit+fastmem", "interp"],
                   help="which of our engines (all; jit+fastmem is with MOLVM_CFG_FASTMEM; "
                   "may be repeated)")
    p.add_argument("--no-qemu", action="store_true", help="without QEMU")
    p.add_argument("--no-unicorn", action="store_true", help="without Unicorn")
    p.add_argument("--no-native", action="store_true", help="without the host's own code")
    p.add_argument("--no-costs", action="store_true",
                   help="do not measure creation, slices and memory of a VM")
    p.add_argument("--linux", metavar="DIR", default=os.path.join(ROOT, "build", "guest"),
                   help="where tools/demo has made vmlinux and rootfs.cpio.gz (build/guest); "
                   "booted where they exist")
    p.add_argument("--no-linux", action="store_true", help="do not boot Linux")
    p.add_argument("--markdown", action="store_true", help="print the tables as Markdown at the end")
    p.add_argument("--readme", action="store_true",
                   help="put the tables into README.md and bench/README.md")
    p.add_argument("--check", action="store_true", help="status 1 unless the promises are kept")
    p.add_argument("--json", metavar="FILE", help="where to write the results (build/bench.json)")
    p.add_argument("--build", metavar="DIR", default=os.path.join(ROOT, "build"),
                   help="the build directory (tools/bench: build/bench-build)")
    arguments = p.parse_args()
    if arguments.rounds < 0:
        p.error("--rounds wants a number from 1 on")
    for name in arguments.only:
        if name not in names:
            p.error(f"no guest is called {name}: there are {' '.join(names)}")
    return arguments


def choose_engines(arguments):
    def program(name):
        return os.path.join(arguments.build, "bench", name)

    wanted = []
    for name in arguments.backend or ["jit", "jit+fastmem", "interp"]:
        backend, plus, _ = name.partition("+fastmem")
        options = ["--backend", backend] + (["--fastmem"] if plus else [])
        wanted.append(Program(name, program("molbench"), options, f"libmolvm, backend {name}"))
    if not arguments.no_native:
        wanted += [Native(variant) for variant in Native.VARIANTS]
    if not arguments.no_qemu:
        wanted.append(Qemu())
    if not arguments.no_unicorn:
        wanted.append(Program("unicorn", program("unibench"), [], "Unicorn 2, libunicorn"))
    engines = []
    for engine in wanted:
        reason = engine.unavailable()
        if reason:
            print(f"{engine.name}: skipped: {reason}")
        else:
            print(f"{engine.name}: {engine.version()}")
            engines.append(engine)
    return engines


def measure(guest, engines, rounds, seconds):
    """One row: the best round of every engine, in nanoseconds of one operation."""
    row = {"name": guest.name, "class": guest.kind, "ns": {}, "rounds": {}, "checksum": {},
           "insns": None, "errors": {}}
    cold = guest.kind == "cold"
    for _ in range(rounds * (3 if cold and rounds > 1 else 1)):
        for engine in engines:
            if engine.name in row["errors"] or not engine.can_run(guest):
                continue
            try:
                run = run_guest(engine, guest, 0 if cold else seconds)
            except Failure as failure:
                row["errors"][engine.name] = str(failure)
                continue
            ns = run.first_ns() / report.COLD_INSNS if cold else run.unit_ns() / run.operations
            row["rounds"].setdefault(engine.name, []).append(ns)
            row["ns"][engine.name] = min(row["rounds"][engine.name])
            if row["checksum"].setdefault(engine.name, run.checksum) != run.checksum:
                row["errors"][engine.name] = "its checksum changes from run to run"
            if run.end_insns:
                row["insns"] = run.unit_insns() / run.operations
    if len(set(row["checksum"].values())) > 1:
        row["errors"]["checksum"] = "differs: " + ", ".join(
            f"{engine} {value}" for engine, value in row["checksum"].items())
    return row


def fatal(row):
    """A row is an error when an engine fails; of Unicorn it is expected."""
    return sorted(set(row["errors"]) - {"unicorn"})


def print_row(row, engines, shown):
    if not shown:
        print(f"{'guest':10} {'class':5} {'base ns':>16} " +
              " ".join(f"{e:>8}" for e in report.COLUMNS if e in engines) + "  jit ns/insn")
    line = report.guest_line(row, [e for e in report.COLUMNS if e in engines])
    print(f"{line[0]:10} {line[1]:5} {line[2]:>16} " +
          " ".join(f"{text:>8}" for text in line[3:-1]) + f"  {line[-1]:>11}", flush=True)
    for who in fatal(row):
        print(f"{'':10} {who}: {row['errors'][who]}", flush=True)


def verify(guests, engines):
    """Every guest's checksum on every engine; the number of guests that differ or fail."""
    bad = 0
    for guest in guests:
        row = measure(guest, engines, 1, 1e-9)
        if fatal(row):
            print(f"{guest.name}: " + "; ".join(f"{w}: {row['errors'][w]}" for w in fatal(row)))
            bad += 1
    print(f"{len(guests) - bad} passed, {bad} failed")
    return bad


def progress(n, guests):
    if sys.stderr.isatty():
        print(f"\r[{n + 1}/{len(guests)}] {guests[n].name}\033[K\r", end="", file=sys.stderr,
              flush=True)


def measure_guests(guests, engines, arguments):
    rows = []
    rounds = arguments.rounds or (1 if arguments.quick else 2)
    names = [e.name for e in engines]
    for n, guest in enumerate(guests):
        progress(n, guests)
        rows.append(measure(guest, engines, rounds, SECONDS / 4 if arguments.quick else SECONDS))
        print_row(rows[-1], names, n)
    return rows


def build_guests(guests, engines, arguments):
    directory = os.path.join(arguments.build, "bench-guests")
    os.makedirs(directory, exist_ok=True)
    names = {e.name for e in engines}
    for guest in guests:
        guest.build(directory, {name: flags for name, flags in Native.VARIANTS.items()
                                if name in names and guest.has_native()})


def print_result(rows, engines, found, kept, markdown):
    draw = report.markdown if markdown else report.plain
    names = [e.name for e in engines]
    if markdown:
        print("\n" + draw(report.guest_table(rows, names)))
    print("\n" + draw(report.class_table(rows, names)) + "\n")
    for engine, cost in found.items():
        costs.print_costs(engine, cost)
    for text, good in kept:
        print(("kept:   " if good else "missed: ") + text)


def main():
    guests = all_guests()
    arguments = parse_arguments(guests)
    if arguments.only or arguments.classes:
        guests = [g for g in guests if g.name in arguments.only or g.kind in arguments.classes]
    if not shutil.which(CROSS):
        print(f"{CROSS} is not installed: the guests cannot be built")
        return SKIPPED if arguments.verify else 2
    engines = choose_engines(arguments)
    if arguments.verify:
        engines = [e for e in engines if e.name not in ("v3", "unicorn")]
    if not engines:
        raise Failure("there is nothing to run the guests on")
    build_guests(guests, engines, arguments)
    if arguments.verify:
        return 1 if verify(guests, engines) else 0
    begin = time.monotonic()
    rows = measure_guests(guests, engines, arguments)
    ours = [e for e in engines if isinstance(e, Program) and e.name != "unicorn"]
    found = {} if arguments.no_costs else {e.name: costs.measure_costs(e) for e in ours}
    boot = {} if arguments.no_linux or arguments.no_qemu else costs.measure_linux(
        arguments.linux, arguments.build, [e.name for e in ours if "+" not in e.name], 1 if arguments.quick else 2)
    kept = report.promises(rows, [e.name for e in engines], found, boot)
    print_result(rows, engines, found, kept, arguments.markdown)
    if boot:
        print("Linux, to the start of init: " +
              ", ".join(f"{name} {seconds:.2f} s" for name, seconds in boot.items()))
    if arguments.readme:
        names = [e.name for e in engines]
        report.replace_table(os.path.join(ROOT, "README.md"), "speed", report.class_table(rows, names))
        report.replace_table(os.path.join(HERE, "README.md"), "guests", report.guest_table(rows, names))
    print(f"measured in {time.monotonic() - begin:.0f} s")

    path = arguments.json or os.path.join(arguments.build, "bench.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"engines": {e.name: e.version() for e in engines}, "guests": rows,
                   "costs": found, "linux": boot, "promises": [{"promise": t, "kept": g} for t, g in kept]},
                  f, indent=1)
        f.write("\n")
    print(f"results: {path}")
    bad = any(fatal(row) for row in rows)
    return 1 if bad or (arguments.check and not all(g for _, g in kept)) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
