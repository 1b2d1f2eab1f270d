# SPDX-License-Identifier: MIT
"""costs.py - what bench.py measures besides the guests: the library's calls, and booting Linux."""
import json
import os
import re
import shutil
import subprocess
import time

from engines import TIMEOUT, Failure, processor_ns, read_line


# the kernel's first line, or the last of the firmware, where the kernel has no early console
HANDED_OVER = "^Linux version|switching to new context"


def measure_costs(engine):
    out = subprocess.run([engine.program, *engine.options, "--costs"], capture_output=True,
                         text=True, timeout=TIMEOUT)
    if out.returncode:
        raise Failure(out.stderr.strip())
    return json.loads(out.stdout)


def print_costs(name, costs):
    print(f"{name}: a VM of 1 MiB: create, run 1000 instructions, destroy "
          f"{costs['create_run_destroy_us']:.0f} us; resident {costs['resident_kib']:.0f} KiB")
    print(f"{name}: molvm_run: {costs['run_immediate_ns']:.0f} ns in and out, "
          f"{costs['run_1_insn_ns']:.0f} ns with one instruction, "
          f"{costs['run_100_insns_ns']:.0f} ns with 100; a slice of 1000 costs "
          f"{costs['slice_ns']:.0f} ns over running on")
    print(f"{name}: from a kick by another thread to the end of molvm_run: "
          f"{costs['kick_ns']:.0f} ns, 99 of 100 within {costs['kick_99_ns']:.0f} ns")


def linux_commands(directory, build, backends):
    """The same kernel and root file system, no disk and no network: our machine, QEMU's."""
    vmlinux, initrd = (os.path.join(directory, f) for f in ("vmlinux", "rootfs.cpio.gz"))
    machine = os.path.join(build, "examples", "mini-vmm", "mini-vmm")
    if not os.path.exists(vmlinux) or not os.access(machine, os.X_OK):
        return {}
    found = {b: [machine, "--backend", b, "--kernel", vmlinux, "--initrd", initrd, "--ram", "256M",
                 "--cpu", "7400", "--append", "console=ttyS0"] for b in backends}
    if shutil.which("qemu-system-ppc"):
        found["qemu"] = ["qemu-system-ppc", "-M", "mac99,via=pmu", "-cpu", "7400", "-m", "256",
                         "-no-reboot", "-display", "none", "-vga", "none", "-device", "VGA,romfile=",
                         "-nic", "none", "-monitor", "none", "-serial", "stdio", "-kernel", vmlinux,
                         "-initrd", initrd, "-append", "console=ttyPZ0"]
    return found


def boot_linux(command):
    """Processor seconds from the start of the kernel to the start of init."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    deadline, buffer, first = time.monotonic() + TIMEOUT, bytearray(), None
    try:
        while True:
            line = read_line(process, buffer, deadline)
            if line is None:
                raise Failure("Linux: the machine ended before init started")
            if not first and re.search(HANDED_OVER, line):
                first = processor_ns(process.pid)
            if "Run /init" in line and first:
                return (processor_ns(process.pid) - first) * 1e-9
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def measure_linux(directory, build, backends, rounds):
    """{engine: seconds}; empty where there is no guest or no machine."""
    seconds = {}
    commands = linux_commands(directory, build, backends)
    for _ in range(rounds):
        for name, command in commands.items():
            seconds[name] = min(boot_linux(command), seconds.get(name, TIMEOUT))
    return seconds
