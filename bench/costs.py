# SPDX-License-Identifier: MIT
"""costs.py - what bench.py measures besides the guests: the library's calls, and booting Linux."""
import json
import subprocess

from engines import TIMEOUT, Failure


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


def compare_linux(directory, ours, arguments):
    raise Failure("not yet")
