#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run-check.py - the host's side of the guest's self-checks.

Makes a disk image, serves the TCP exchange, starts the machine with a kernel
command line that asks for the checks, reads its console, and verifies
afterwards what the guest wrote to the disk.  The machine is any command:

    run-check.py [options] -- COMMAND...

in which {append} becomes the kernel command line and {disk} the image's path.
Called by tools/demo and tools/test.  Prints the guest's verdicts as they come
and `demo: ok`, status 0; or what failed with the last console lines, status 1.
"""

import argparse
import collections
import hashlib
import os
import re
import secrets
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time

BLOCK = 64 * 1024
HOST_BLOCKS = 32
GUARD_BLOCKS = 2
PAYLOAD = 256 * 1024
REPLY_XOR = 0x5A

# What must have been said, in this order; vec may be skipped on a CPU without AltiVec.
CHECKS = ["cpuinfo", "disk", "net", "fp", "vec", "entropy", "stress"]
WITHOUT_ALTIVEC = {"603e", "604e", "750"}

# A console line that means nothing good can follow.
DEAD = re.compile(r"Kernel panic|Oops:|BUG: |Machine check in kernel|Attempted to kill init")


class Disk:
    """The image of checks/20-disk: random blocks of ours, blocks for the guest, guard blocks."""

    def __init__(self, path):
        self.path = path
        self.ours = secrets.token_bytes(HOST_BLOCKS * BLOCK)
        self.guard = secrets.token_bytes(GUARD_BLOCKS * BLOCK)
        with open(path, "wb") as file:
            file.write(self.ours + bytes(HOST_BLOCKS * BLOCK) + self.guard)

    def digest(self):
        return hashlib.sha256(self.ours).hexdigest()

    def problem(self):
        """What is wrong with the image after the run, or None."""
        with open(self.path, "rb") as file:
            data = file.read()
        half = HOST_BLOCKS * BLOCK
        if len(data) != 2 * half + GUARD_BLOCKS * BLOCK:
            return f"the disk image has {len(data)} bytes now"
        if data[:half] != self.ours:
            return "the guest changed the blocks that it only reads"
        if data[2 * half:] != self.guard:
            return "the guest changed the last blocks, which nobody writes"
        for n in range(HOST_BLOCKS):
            wrote = data[half + n * BLOCK:half + (n + 1) * BLOCK]
            source = HOST_BLOCKS - 1 - n
            if wrote != self.ours[source * BLOCK:(source + 1) * BLOCK]:
                return f"block {HOST_BLOCKS + n} is not what the guest was to write there"
        return None


class Exchange:
    """The TCP server that check-net talks to, in a thread of its own."""

    def __init__(self):
        self.nonce = secrets.token_hex(12)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.result = "the guest never connected"
        threading.Thread(target=self.serve, daemon=True).start()

    def payload(self):
        state = 0
        for byte in self.nonce.encode():
            state = (state * 31 + byte) & 0xFFFFFFFF
        out = bytearray()
        for _ in range(PAYLOAD):
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
            out.append(state >> 24)
        return bytes(out)

    def serve(self):
        connection, _ = self.listener.accept()
        try:
            with connection, connection.makefile("rb") as stream:
                connection.settimeout(120)
                self.result = self.talk(connection, stream)
        except OSError as error:
            self.result = f"the connection broke: {error}"

    def talk(self, connection, stream):
        line = stream.readline(200)
        if line != self.nonce.encode() + b"\n":
            return f"the guest sent {line!r}, not the nonce"
        connection.sendall(self.nonce[::-1].encode() + b"\n")
        data = stream.read()
        if data != self.payload():
            return f"the guest's {len(data)} bytes are not the nonce's sequence"
        connection.sendall(bytes(byte ^ REPLY_XOR for byte in data))
        return None


class Console:
    """The machine's output: kept for the report, split into lines, verdicts collected."""

    def __init__(self, log):
        self.log = log
        self.tail = collections.deque(maxlen=25)
        self.partial = b""
        self.verdicts = {}
        self.all_ok = False
        self.failure = None

    def feed(self, data):
        self.log.write(data)
        self.log.flush()
        *lines, self.partial = (self.partial + data).split(b"\n")
        for line in lines:
            self.line(line.decode("utf-8", "replace").rstrip("\r"))

    def line(self, text):
        self.tail.append(text)
        if DEAD.search(text):
            self.failure = self.failure or text.strip()
        match = re.match(r"check: (?:FAILED )?([a-z]+)", text)
        if not match:
            return
        print(text, flush=True)
        if text.startswith("check: FAILED"):
            self.failure = self.failure or text
        elif text == "check: all ok":
            self.all_ok = True
        else:
            self.verdicts[match.group(1)] = text.split()[2].rstrip(":")


def watch(process, console, deadline):
    """Feed the console until the machine ends, dies or is late.  Returns a failure or None."""
    selector = selectors.DefaultSelector()
    selector.register(process.stdout, selectors.EVENT_READ)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return "not done in time"
        if selector.select(min(left, 1.0)):
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                break
            console.feed(data)
        if console.failure and DEAD.search(console.failure):
            return console.failure
    try:
        process.wait(max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return "the machine closed its console but does not end"
    return None


def verdict(options, console, status, disk, exchange):
    """The first thing that is wrong, or None."""
    if console.failure:
        return console.failure
    for name in CHECKS:
        said = console.verdicts.get(name)
        may_skip = name == "vec" and options.cpu in WITHOUT_ALTIVEC
        if said is None:
            return f"the guest said nothing about {name} (machine's status {status})"
        if said != "ok" and not (may_skip and said == "skipped"):
            return f"{name}: {said}"
    if not console.all_ok:
        return "the guest did not say 'check: all ok'"
    if status != 0:
        return f"the machine ended with status {status}"
    return exchange.result or disk.problem()


def run(options, command, scratch):
    disk, exchange = Disk(os.path.join(scratch, "disk.img")), Exchange()
    append = (f"{options.append} molvm.check molvm.cpu={options.cpu} molvm.port={exchange.port} "
              f"molvm.nonce={exchange.nonce} molvm.disk={disk.digest()} molvm.stress={options.stress}")
    command = [word.replace("{append}", append).replace("{disk}", disk.path) for word in command]
    started = time.monotonic()
    with open(options.log, "wb") as log:
        console = Console(log)
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT)
        except OSError as error:
            return f"cannot start {command[0]}: {error.strerror}", console, 0.0
        with process:
            problem = watch(process, console, started + options.timeout)
            if problem:
                process.kill()
    problem = problem or verdict(options, console, process.returncode, disk, exchange)
    return problem, console, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(prog="run-check.py")
    parser.add_argument("--append", default="", help="kernel command line before the checks' words")
    parser.add_argument("--cpu", default="7400")
    parser.add_argument("--stress", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--log", required=True, help="file for the whole console")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="molvm-check-") as scratch:
        problem, console, seconds = run(options, options.command, scratch)
    if problem:
        print("demo: the last console lines:")
        for line in [*console.tail, console.partial.decode("utf-8", "replace")]:
            print(f"    {line}")
        print(f"demo: FAILED after {seconds:.0f} s: {problem} (console: {options.log})")
        return 1
    print(f"demo: the machine ran for {seconds:.1f} s")
    print("demo: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
