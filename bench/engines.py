# SPDX-License-Identifier: MIT
"""engines.py - the bench guests, compiled, and the engines that run them.

Every engine prints the lines of guest/rt.c: "begin OPERATIONS", "start CHECKSUM",
"done UNITS CHECKSUM"... Those that are ours to build end each line with
"@ NANOSECONDS [INSTRUCTIONS]", the processor time they have used; of QEMU the
same clock is read from outside when a line arrives. So neither process start nor
loading nor the other load of the host is in the figures. Used by bench.py.
"""
import os
import re
import select
import shutil
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
GUESTS = os.path.join(HERE, "guest")
RUNTIME = ("start.S", "rt.c", "mmu.c")
CROSS = "powerpc-linux-gnu-gcc"
NATIVE = "gcc"
WARN = ["-Wall", "-Wextra", "-ffp-contract=off"]
CFLAGS = ("-mcpu=7400 -O2 -ffreestanding -fno-pic -no-pie -fno-stack-protector "
          "-fno-asynchronous-unwind-tables -nostdlib -static "
          "-Wl,--build-id=none,-z,noexecstack,--no-warn-rwx-segments").split()
VECTOR = {True: ["-maltivec", "-mabi=altivec"], False: ["-mno-altivec"]}
CLASSES = {"integer": "int", "floating point": "fp", "AltiVec": "vec", "memory": "mem",
           "control flow": "ctl", "cold code": "cold", "system event": "sys"}
TIMEOUT = 60


class Failure(Exception):
    pass


class Guest:
    """One source file: its class, and what has been compiled of it."""

    def __init__(self, name):
        self.name = name
        self.source = os.path.join(GUESTS, name + ".c")
        with open(self.source, encoding="utf-8") as f:
            match = re.search(r"^ \* \S+ - ([^:]+):", f.read(400), re.M)
        if not match or match[1] not in CLASSES:
            raise Failure(f"{self.source}: its header names no class")
        self.kind = CLASSES[match[1]]
        self.image = None
        self.native = {}

    def has_native(self):
        return self.kind not in ("sys", "cold")

    def build(self, directory, variants):
        """The image for the guests' machine, and the same C for the host."""
        path = os.path.join(directory, self.name)
        cross = [CROSS, *WARN, *CFLAGS, *VECTOR[self.kind == "vec"]]
        prefix = "vec-" if self.kind == "vec" else "rt-"
        runtime = [compiled(os.path.join(directory, prefix + f + ".o"), [*cross, "-c"],
                            [os.path.join(GUESTS, f)]) for f in RUNTIME]
        self.image = compiled(path + ".elf", [*cross, "-Wl,-T," + os.path.join(GUESTS, "guest.ld")],
                              [*runtime, self.source], ["-lgcc"])
        for variant, flags in variants.items():
            native = compiled(os.path.join(directory, f"native-{variant}.o"),
                              [NATIVE, *WARN, *flags, "-c"], [os.path.join(HERE, "native.c")])
            self.native[variant] = compiled(f"{path}-{variant}", [NATIVE, *WARN, *flags],
                                            [native, self.source], ["-lm"])


def compiled(output, command, sources, libraries=()):
    """The output, made again when a source, a header or this file is newer."""
    needs = [os.path.join(GUESTS, f) for f in os.listdir(GUESTS) if f.endswith((".h", ".ld"))]
    needs += [*sources, os.path.abspath(__file__)]
    if os.path.exists(output) and all(
            os.path.getmtime(f) < os.path.getmtime(output) for f in needs):
        return output
    done = subprocess.run([*command, *sources, *libraries, "-o", output], capture_output=True,
                          text=True)
    if done.returncode or done.stderr:
        if os.path.exists(output):
            os.unlink(output)
        raise Failure(f"{os.path.basename(output)}: the compiler said:\n{done.stderr}")
    return output


def all_guests():
    names = sorted(f[:-2] for f in os.listdir(GUESTS)
                   if f.endswith(".c") and f not in RUNTIME)
    return sorted(map(Guest, names), key=lambda g: (list(CLASSES.values()).index(g.kind), g.name))


class Engine:
    name = ""
    clock_is_ours = False      # the processor time is read from outside

    def can_run(self, guest):
        return True


class Qemu(Engine):
    name = "qemu"
    clock_is_ours = True

    def unavailable(self):
        return None if shutil.which("qemu-system-ppc") else "qemu-system-ppc is not installed"

    def version(self):
        out = subprocess.run(["qemu-system-ppc", "--version"], capture_output=True, text=True)
        return out.stdout.splitlines()[0]

    def command(self, guest, seconds):
        return ["qemu-system-ppc", "-M", "40p", "-cpu", "7400", "-m", "64", "-display", "none",
                "-vga", "none", "-nic", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot",
                "-device", f"loader,file={guest.image},cpu-num=0"]


class Program(Engine):
    """molbench, or unibench: one of our programs around an engine."""

    def __init__(self, name, program, options, version):
        self.name, self.program, self.options = name, program, options
        self.described = version

    def unavailable(self):
        return None if os.access(self.program, os.X_OK) else f"{self.program} is not built"

    def version(self):
        return self.described

    def command(self, guest, seconds):
        return [self.program, *self.options, "--seconds", str(seconds), guest.image]


class Native(Engine):
    VARIANTS = {"O2": ["-O2"], "v3": ["-O2", "-march=x86-64-v3"]}

    def __init__(self, variant):
        self.name = variant

    def can_run(self, guest):
        return guest.has_native()

    def unavailable(self):
        if self.name == "v3":
            with open("/proc/cpuinfo", encoding="utf-8") as f:
                flags = re.search(r"^flags\s*:(.*)", f.read(), re.M)
            if not flags or not {"avx2", "bmi2", "fma", "movbe"} <= set(flags[1].split()):
                return "this processor has not all of x86-64-v3"
        return None if shutil.which(NATIVE) else f"{NATIVE} is not installed"

    def version(self):
        out = subprocess.run([NATIVE, "--version"], capture_output=True, text=True)
        return "native, " + out.stdout.splitlines()[0] + " " + " ".join(self.VARIANTS[self.name])

    def command(self, guest, seconds):
        return [guest.native[self.name], str(seconds)]


class Run:
    """What one run of a guest said."""

    def __init__(self):
        self.operations = 1          # in a unit of work
        self.checksum = None
        self.units = 0               # between start and end
        self.begin = self.start = self.end = None
        self.start_insns = self.end_insns = None

    def unit_ns(self):
        return (self.end - self.start) / self.units

    def first_ns(self):
        """The very first unit, with everything that the engine had to do for it."""
        return self.start - self.begin

    def unit_insns(self):
        if self.end_insns is None:
            return None
        return (self.end_insns - self.start_insns) / self.units

    def hear(self, line, now):
        """One line, and the clock when it was complete."""
        text, at, stamp = line.partition(" @ ")
        word = text.split()
        insns = None
        if at:
            numbers = stamp.split()
            now = int(numbers[0])
            insns = int(numbers[1]) if len(numbers) > 1 else None
        if word[0] == "begin":
            self.begin, self.operations = now, int(word[1], 16) if len(word) > 1 else 1
        elif word[0] == "start":
            self.start, self.checksum, self.start_insns = now, word[1], insns
        elif word[0] == "done":
            if word[2] != self.checksum:
                raise Failure("its checksum changes from unit to unit")
            self.units, self.end, self.end_insns = int(word[1], 16), now, insns
        elif word[0] == "exception":
            raise Failure("guest: " + text)


def processor_ns(pid):
    """The processor time of all threads of another process, to the nanosecond [clock_getcpuclockid]."""
    return time.clock_gettime_ns(~pid << 3 | 2)


def read_line(process, buffer, deadline):
    while b"\n" not in buffer:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise Failure(f"not done after {TIMEOUT} s")
        data = os.read(process.stdout.fileno(), 4096)
        if not data:
            return None
        buffer += data
    line, _, rest = bytes(buffer).partition(b"\n")
    buffer[:] = rest
    return line.decode(errors="replace").strip()


def run_guest(engine, guest, seconds):
    """Runs it until it has worked for so long (0: one unit, the first); a Run."""
    process = subprocess.Popen(engine.command(guest, seconds), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline, buffer, run = time.monotonic() + TIMEOUT, bytearray(), Run()
    try:
        while True:
            line = read_line(process, buffer, deadline)
            if line is None:
                raise Failure(process.stderr.read().decode(errors="replace").strip()
                              or "ended too early")
            if line:
                run.hear(line, processor_ns(process.pid) if engine.clock_is_ours else None)
            if run.start and not seconds:
                return run
            if run.end and run.end - run.start >= seconds * 1e9:
                return run
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
