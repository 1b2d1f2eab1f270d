#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py - runs the bench guests on every engine, side by side, and compares.

Each guest is one freestanding ELF image (guest/*.c), the same for all engines.
QEMU runs it as a 40p machine: the image is loaded into RAM and the processor
starts at its entry, no firmware. Ours is molbench.c, which has the same
console and the same power-off. A guest prints "start", works, and prints "checksum X";
what counts is the host's wall time between the arrival of these two lines, the
same way for every engine, so neither process start nor loading is in it.
Engines take turns, guest by guest and round by round; the best round counts.
Called by tools/bench, which builds first.
"""
import argparse
import json
import math
import os
import re
import select
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
GUESTS = os.path.join(HERE, "guest")
CROSS = "powerpc-linux-gnu-gcc"
CFLAGS = ("-mcpu=7400 -O2 -Wall -Wextra -ffreestanding -fno-pic -no-pie -fno-stack-protector "
          "-fno-asynchronous-unwind-tables -nostdlib -static "
          "-Wl,--build-id=none,-z,noexecstack,--no-warn-rwx-segments").split()
TIMEOUT = 120
CLASSES = {"integer": "int", "floating point": "fp", "AltiVec": "vec",
           "memory": "mem", "control flow": "ctl"}


class Failure(Exception):
    pass


class Qemu:
    name = "qemu"

    def unavailable(self):
        return None if shutil.which("qemu-system-ppc") else "qemu-system-ppc is not installed"

    def version(self):
        out = subprocess.run(["qemu-system-ppc", "--version"], capture_output=True, text=True)
        return out.stdout.splitlines()[0]

    def command(self, image, percent):
        return ["qemu-system-ppc", "-M", "40p", "-cpu", "7400", "-m", "64", "-display", "none",
                "-vga", "none", "-nic", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot",
                "-device", f"loader,file={image},cpu-num=0",
                "-device", f"loader,file={self.percent_file(image, percent)},addr=0x8000,"
                           "force-raw=on"]

    @staticmethod
    def percent_file(image, percent):
        """scale_word of guest.ld, as a file to be loaded there"""
        path = os.path.join(os.path.dirname(image), f"percent-{percent}.bin")
        with open(path, "wb") as f:
            f.write(percent.to_bytes(4, "big"))
        return path


class Ours:
    def __init__(self, backend, program):
        self.name, self.program = backend, program

    def unavailable(self):
        return None if os.access(self.program, os.X_OK) else f"{self.program} is not built"

    def version(self):
        return f"libmolvm, backend {self.name}"

    def command(self, image, percent):
        return [self.program, "--backend", self.name, "--scale", str(percent), "--verbose", image]


def guest_class(source):
    with open(source) as f:
        match = re.search(r"^ \* \S+ - ([^:]+):", f.read(400), re.M)
    if not match or match[1] not in CLASSES:
        raise Failure(f"{source}: its header names no class")
    return CLASSES[match[1]]


def all_guests():
    names = sorted(f[:-2] for f in os.listdir(GUESTS) if f.endswith(".c") and f != "rt.c")
    found = [(name, guest_class(os.path.join(GUESTS, name + ".c"))) for name in names]
    return sorted(found, key=lambda g: (list(CLASSES.values()).index(g[1]), g[0]))


def build_guest(name, kind, directory):
    image = os.path.join(directory, name + ".elf")
    source = [os.path.join(GUESTS, f) for f in ("start.S", "rt.c", name + ".c")]
    needs = source + [os.path.join(GUESTS, f) for f in ("guest.h", "guest.ld")] + [__file__]
    if os.path.exists(image) and all(os.path.getmtime(f) < os.path.getmtime(image) for f in needs):
        return image
    vector = ["-maltivec", "-mabi=altivec"] if kind == "vec" else ["-mno-altivec"]
    command = [CROSS, *CFLAGS, *vector, "-Wl,-T," + os.path.join(GUESTS, "guest.ld"),
               "-o", image, *source, "-lgcc"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"{name}: the cross compiler said:\n{done.stderr}")
    return image


def read_line(stream, buffer, deadline):
    """The next line and its time of arrival; None at the end."""
    while b"\n" not in buffer:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            raise Failure(f"nothing more after {TIMEOUT} s")
        data = os.read(stream.fileno(), 4096)
        if not data:
            return None, None
        buffer += data
    arrived = time.monotonic()
    line, _, rest = bytes(buffer).partition(b"\n")
    buffer[:] = rest
    return line.decode(errors="replace").strip(), arrived


def processor_time(pid):
    """Seconds that the threads of a process have run; None where the kernel does not say."""
    try:
        total = 0
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat") as f:
                total += int(f.read().split()[0])
        return total * 1e-9
    except (OSError, ValueError, IndexError):
        return None


def run_guest(engine, image, percent):
    """(processor seconds, wall seconds, checksum, instructions or None)"""
    process = subprocess.Popen(engine.command(image, percent), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + TIMEOUT
    buffer, start, used, insns = bytearray(), None, None, None
    try:
        while True:
            line, arrived = read_line(process.stdout, buffer, deadline)
            if line is None:
                raise Failure(process.stderr.read().decode(errors="replace").strip()
                              or "ended without a checksum")
            now = processor_time(process.pid)
            if line == "start":
                start, used = arrived, now
            elif line.startswith("checksum ") and start is not None:
                break
            elif line.startswith("exception "):
                raise Failure("guest: " + line)
        if isinstance(engine, Ours):  # ends by itself, and says how much it did
            match = re.search(rb"insns (\d+)", process.communicate(timeout=10)[1])
            insns = int(match[1]) if match else None
        wall = arrived - start
        return (wall if used is None or now is None else now - used, wall,
                line.split()[1], insns)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def measure(name, kind, image, engines, rounds, percent):
    row = {"name": name, "class": kind, "seconds": {}, "wall": {}, "checksum": {},
           "insns": None, "errors": {}}
    for _ in range(rounds):
        for engine in engines:
            if engine.name in row["errors"]:
                continue
            try:
                seconds, wall, checksum, insns = run_guest(engine, image, percent)
            except Failure as failure:
                row["errors"][engine.name] = str(failure)
                continue
            row["seconds"].setdefault(engine.name, []).append(round(seconds, 6))
            row["wall"].setdefault(engine.name, []).append(round(wall, 6))
            if row["checksum"].setdefault(engine.name, checksum) != checksum:
                row["errors"][engine.name] = "its checksum changes from run to run"
            row["insns"] = insns or row["insns"]
    if len(set(row["checksum"].values())) > 1:
        row["errors"]["checksum"] = "differs: " + ", ".join(
            f"{engine} {value}" for engine, value in row["checksum"].items())
    row["ratio"] = {}
    for engine in engines:
        if engine.name != "qemu" and {engine.name, "qemu"} <= row["seconds"].keys():
            row["ratio"][engine.name] = round(
                min(row["seconds"][engine.name]) / min(row["seconds"]["qemu"]), 3)
    return row


def print_header(engines):
    cells = [f"{'guest':10} {'class':5}"] + [f"{e.name + ' s':>9}" for e in engines]
    for e in engines:
        if e.name != "qemu":
            cells += [f"{'ns/insn':>8}", f"{e.name + '/qemu':>11}"]
    print(" ".join(cells), flush=True)


def print_row(row, engines):
    cells = [f"{row['name']:10} {row['class']:5}"]
    for e in engines:
        times = row["seconds"].get(e.name)
        cells.append(f"{min(times):9.3f}" if times else f"{'-':>9}")
    for e in engines:
        if e.name == "qemu":
            continue
        times, ratio = row["seconds"].get(e.name), row["ratio"].get(e.name)
        cells.append(f"{min(times) * 1e9 / row['insns']:8.2f}" if times and row["insns"]
                     else f"{'-':>8}")
        cells.append(f"{ratio:10.2f}x" if ratio else f"{'-':>11}")
    print(" ".join(cells), flush=True)
    for who, what in row["errors"].items():
        print(f"{'':10} {who}: {what}", flush=True)


def summarize(rows, engines):
    means = {}
    for e in engines:
        if e.name == "qemu":
            continue
        mean = means[e.name] = {}
        for kind in [*CLASSES.values(), "all"]:
            ratios = [r["ratio"][e.name] for r in rows
                      if e.name in r["ratio"] and kind in (r["class"], "all")]
            if ratios:
                mean[kind] = round(geomean(ratios), 3)
                print(f"geometric mean, {kind:4} ({len(ratios):2} guests): "
                      f"{e.name} takes {mean[kind]:.2f} times QEMU's time")
    return means


def measure_costs(engine):
    out = subprocess.run([engine.program, "--backend", engine.name, "--costs"],
                         capture_output=True, text=True, timeout=TIMEOUT)
    if out.returncode:
        raise Failure(out.stderr.strip())
    return json.loads(out.stdout)


def print_costs(name, costs):
    print(f"{name}: a VM of 1 MiB: create, run 1000 instructions, destroy "
          f"{costs['create_run_destroy_us']:.0f} us; resident {costs['resident_kib']:.0f} KiB")
    print(f"{name}: molvm_run: {costs['run_immediate_ns']:.0f} ns in and out, "
          f"{costs['run_1_insn_ns']:.0f} ns with one instruction, "
          f"{costs['run_100_insns_ns']:.0f} ns with 100")


def goals(means, rows, costs):
    """What the interpreter promises; (text, kept) each."""
    found = []
    mean, cost = means.get("interp", {}), costs.get("interp")
    if "int" in mean:
        found.append((f"integer within 8 times QEMU: {mean['int']:.2f}", mean["int"] <= 8))
    if "fp" in mean:
        found.append((f"floating point within 2 times QEMU: {mean['fp']:.2f}", mean["fp"] <= 2))
    ratios = [(r["ratio"]["interp"], r["name"]) for r in rows if "interp" in r["ratio"]]
    if ratios:
        worst = max(ratios)
        found.append((f"no guest above 16 times: {worst[1]} {worst[0]:.2f}", worst[0] <= 16))
    if cost:
        found += [
            (f"a VM of 1 MiB under 1024 KiB: {cost['resident_kib']:.0f}",
             cost["resident_kib"] < 1024),
            (f"created and destroyed within 1000 us: {cost['create_run_destroy_us']:.0f}",
             cost["create_run_destroy_us"] < 1000),
            (f"in and out of molvm_run under 200 ns: {cost['run_immediate_ns']:.0f}",
             cost["run_immediate_ns"] < 200),
        ]
    return found


def parse_arguments(names):
    p = argparse.ArgumentParser(prog="tools/bench", description="Run the bench guests on our "
                                "engine and on QEMU, side by side, and compare their times.")
    p.add_argument("--quick", action="store_true", help="one round of a fifth of the work")
    p.add_argument("--only", metavar="NAME", action="append", default=[],
                   help="only this guest (may be repeated): " + " ".join(names))
    p.add_argument("--rounds", type=int, default=0, metavar="N", help="runs of each guest (3)")
    p.add_argument("--backend", action="append", default=[], metavar="NAME",
                   help="which of our engines (interp; also jit; may be repeated)")
    p.add_argument("--no-qemu", action="store_true", help="our engines alone")
    p.add_argument("--no-costs", action="store_true", help="do not measure creation and entry")
    p.add_argument("--check", action="store_true", help="status 1 unless the goals are kept")
    p.add_argument("--json", metavar="FILE", help="where to write the results (build/bench.json)")
    p.add_argument("--build", metavar="DIR", default=os.path.join(os.path.dirname(HERE), "build"),
                   help="the build directory (tools/bench: build/bench-build)")
    arguments = p.parse_args()
    if arguments.rounds < 0:
        p.error("--rounds wants a number from 1 on")
    for name in arguments.only:
        if name not in names:
            p.error(f"no guest is called {name}: there are {' '.join(names)}")
    return arguments


def choose_engines(arguments):
    program = os.path.join(arguments.build, "bench", "molbench")
    wanted = [Ours(b, program) for b in arguments.backend or ["interp"]]
    if not arguments.no_qemu:
        wanted.append(Qemu())
    engines = []
    for engine in wanted:
        reason = engine.unavailable()
        if reason:
            print(f"{engine.name}: skipped: {reason}")
        else:
            print(f"{engine.name}: {engine.version()}")
            engines.append(engine)
    return engines


def main():
    guests = all_guests()
    arguments = parse_arguments([name for name, _ in guests])
    if arguments.only:
        guests = [g for g in guests if g[0] in arguments.only]
    percent = 20 if arguments.quick else 100
    rounds = arguments.rounds or (1 if arguments.quick else 3)
    if not shutil.which(CROSS):
        sys.exit(f"bench: {CROSS} is not installed: the guests cannot be built")
    directory = os.path.join(arguments.build, "bench-guests")
    os.makedirs(directory, exist_ok=True)
    images = {name: build_guest(name, kind, directory) for name, kind in guests}
    engines = choose_engines(arguments)

    rows, costs, means = [], {}, {}
    print_header(engines)
    for name, kind in guests:
        rows.append(measure(name, kind, images[name], engines, rounds, percent))
        print_row(rows[-1], engines)
    means = summarize(rows, engines)
    for engine in engines:
        if isinstance(engine, Ours) and not arguments.no_costs:
            costs[engine.name] = measure_costs(engine)
            print_costs(engine.name, costs[engine.name])
    kept = goals(means, rows, costs)
    for text, good in kept:
        print(("goal kept:   " if good else "goal missed: ") + text)

    path = arguments.json or os.path.join(arguments.build, "bench.json")
    with open(path, "w") as f:
        json.dump({"engines": {e.name: e.version() for e in engines}, "percent": percent,
                   "rounds": rounds, "guests": rows, "geomean": means, "costs": costs,
                   "goals": [{"goal": t, "kept": g} for t, g in kept]}, f, indent=1)
        f.write("\n")
    print(f"results: {path}")
    bad = any(row["errors"] for row in rows) or not engines
    return 1 if bad or (arguments.check and not all(g for _, g in kept)) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
