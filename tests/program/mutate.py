#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutate.py - plants faults in the translator, one at a time, and sees whether the tests notice.

A fault is a small change of one line: an operator, a constant, a condition code or a register for
another, a condition negated, a statement left out. The tree is copied, built, changed, built again
and judged by the generated programs of tests/program. A mutant that survives is either equivalent
(nothing that a guest can see has changed) or tells of a test that is missing.
"""
import argparse
import ast
import configparser
import filecmp
import glob
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = ["src/backends/soft/jit*.[ch]", "src/backends/soft/emit_*.[ch]", "src/backends/soft/x86_*.h"]

# Sorts of names: one may stand for another.
FAMILIES = [
    ["CC_O", "CC_B", "CC_AE", "CC_E", "CC_NE", "CC_BE", "CC_A", "CC_S", "CC_NS", "CC_L", "CC_GE",
     "CC_LE", "CC_G"],
    ["ALU_ADD", "ALU_OR", "ALU_ADC", "ALU_SBB", "ALU_AND", "ALU_SUB", "ALU_XOR", "ALU_CMP"],
    ["SH_ROL", "SH_ROR", "SH_SHL", "SH_SHR", "SH_SAR"],
    ["RAX", "RCX", "RDX"],
    ["A64_EQ", "A64_NE", "A64_HS", "A64_LO", "A64_VS", "A64_HI", "A64_LS", "A64_GE", "A64_LT", "A64_GT",
     "A64_LE"],
    ["X0", "X1", "X2", "X3", "X4"],
    ["A64_LOAD", "A64_STORE"],
    ["RBX", "RSI", "R8", "R9", "R10", "R11", "R12", "R13", "R14"],
    ["XMM0", "XMM1", "XMM2", "XMM3"],
    ["JIT_EQ", "JIT_NE", "JIT_LTU", "JIT_GEU", "JIT_GTU", "JIT_LEU", "JIT_LTS", "JIT_GES", "JIT_GTS",
     "JIT_LES"],
    ["JIT_SHL", "JIT_SHR", "JIT_SAR", "JIT_ROTL"],
    ["JIT_ADD", "JIT_SUB", "JIT_AND", "JIT_OR", "JIT_XOR"],
    ["F_A", "F_B", "F_D"],
    ["true", "false"],
]
OPERATORS = [("==", "!="), ("<=", "<"), (">=", ">"), ("&&", "||"), ("<<", ">>"), ("+", "-"), ("&", "|"),
             ("^", "|")]
TOKEN = re.compile(r"0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|[A-Za-z_]\w*|"
                   r"->|\+\+|--|<<=|>>=|[-+&|^]=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/&|^<>!~?:=]")


class Mutant:
    def __init__(self, path, line, column, old, new):
        self.path, self.line, self.column, self.old, self.new = path, line, column, old, new

    def apply(self, lines):
        text = lines[self.line]
        assert text[self.column:self.column + len(self.old)] == self.old
        lines[self.line] = text[:self.column] + self.new + text[self.column + len(self.old):]

    def __str__(self):
        return f"{self.path}:{self.line + 1}: {self.old.strip() or ' '} -> {self.new.strip() or '(nothing)'}"


def without_comments(source):
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, source, flags=re.S)


def constant(token):
    m = re.match(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)$", token)
    value = int(m.group(1), 0)
    for other in [value + 1] + ([value - 1] if value else []):
        yield (hex(other) if m.group(1).lower().startswith("0x") else str(other)) + m.group(2)


def binary(text, at, token):
    """Is this an operator between two operands, rather than a sign, an address or a pointer?"""
    before, after = text[:at], text[at + len(token):]
    return before.endswith(" ") and after.startswith(" ") and re.search(r"[\w)\]]\s*$", before)


def mutants_of_line(path, n, text):
    stripped = text.strip()
    if not stripped or stripped.startswith("#include") or "_Static_assert" in text:
        return
    for m in TOKEN.finditer(text):
        token = m.group(0)
        if token[0].isdigit():
            for new in constant(token):
                yield Mutant(path, n, m.start(), token, new)
        for family in FAMILIES:
            if token in family:
                for new in family:
                    if new != token:
                        yield Mutant(path, n, m.start(), token, new)
        for a, b in OPERATORS:
            if token in (a, b) and binary(text, m.start(), token):
                yield Mutant(path, n, m.start(), token, b if token == a else a)
    m = re.match(r"(\s*(?:\} else )?(?:if|while) \()(.*)(\)( \{)?)$", text)
    if m and m.group(2).count("(") == m.group(2).count(")"):
        yield Mutant(path, n, len(m.group(1)), m.group(2), f"!({m.group(2)})")
    if re.match(r"\t+[\w>.\[\]*()-]+(\(.*\)| [-+|&^]?= [^={]*);$", text) and \
            not re.match(r"\s*(return|goto|break)\b", text) and text.count("(") == text.count(")"):
        yield Mutant(path, n, text.index(stripped), stripped, ";")


def all_mutants(tree, patterns):
    for pattern in patterns:
        for name in sorted(glob.glob(str(tree / pattern))):
            path = Path(name).relative_to(tree).as_posix()
            if path.endswith("jit_none.c"):
                continue
            for n, text in enumerate(without_comments(Path(name).read_text()).split("\n")):
                yield from mutants_of_line(path, n, text)


def draw(rng, mutants, count):
    """Lines evenly, then one of the line's mutants: long lines are not worth more than short ones."""
    lines = {}
    for m in mutants:
        lines.setdefault((m.path, m.line), []).append(m)
    keys = sorted(lines)
    rng.shuffle(keys)
    while len(keys) < count and lines:
        keys += keys
    return [rng.choice(lines[k]) for k in keys]


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(command, timeout, log):
    try:
        return subprocess.run(command, stdout=log, stderr=log, timeout=timeout, preexec_fn=limit).returncode
    except subprocess.TimeoutExpired:
        return "time"


class Bench:
    def __init__(self, options):
        self.options = options
        self.tree, self.build = options.dir / "tree", options.dir / "build"
        self.log = None

    def prepare(self):
        self.options.dir.mkdir(parents=True, exist_ok=True)
        self.log = open(self.options.dir / "log", "w")
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], check=True,
                                capture_output=True, text=True).stdout.split()
        for path in [p for p in self.tree.rglob("*") if p.is_file()]:
            if path.relative_to(self.tree).as_posix() not in listed:
                path.unlink()
        for name in listed: # what is the same keeps its time, and what was built of it
            to = self.tree / name
            if (ROOT / name).is_file() and not (to.is_file() and filecmp.cmp(ROOT / name, to, shallow=False)):
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, to)
        if not (self.build / "build.ninja").exists():
            cross = ["--cross-file", self.options.cross.resolve()] if self.options.cross else []
            subprocess.run(["meson", "setup", self.build, self.tree, "-Dbuildtype=plain", "-Doptimization=1",
                            "-Dtests=true", "-Dbench=false", "--wrap-mode=nodownload", *cross], check=True,
                           stdout=self.log)
        if self.make() != 0:
            sys.exit("mutate: the tree does not build; see " + str(self.options.dir / "log"))
        if self.judge() != "survived":
            sys.exit("mutate: the tests fail without a fault; see " + str(self.options.dir / "log"))

    def make(self):
        return run(["ninja", "-C", str(self.build), "-j2", "tests/program/program"], 600, self.log)

    def wrapper(self):
        """What runs a program of the other host, by the cross file."""
        if not self.options.cross:
            return []
        cross = configparser.ConfigParser()
        cross.read(self.options.cross)
        return ast.literal_eval(cross["binaries"]["exe_wrapper"])

    def judge(self):
        """The verdict of the programs: some in each configuration, from other seeds each."""
        program = [*self.wrapper(), str(self.build / "tests/program/program")]
        share = str(self.options.insns // 4)
        less = [] if self.options.cross else ["--host", "sse2"]
        has_windows = not self.options.cross and os.uname()[0::4] == ("Linux", "x86_64")
        windows = ["--fastmem"] if has_windows else []
        for arguments in (["--heat", "0"], ["--heat", "1", "--cache", "1", "--seed", "200001"],
                          [*windows, "--seed", "300001"], ["--heat", "0", *less, "--seed", "400001"]):
            self.log.flush()
            status = run([*program, "--no-shrink", "--insns", share] + arguments, self.options.timeout, self.log)
            if status == 77:
                sys.exit("mutate: this host cannot run the translator")
            if status == "time":
                return "killed (hangs)"
            if status != 0:
                return "killed" if status == 1 else "killed (crashes)"
        for suite in self.options.then:
            self.log.flush()
            if run(["meson", "test", "-C", str(self.build), "--suite", suite], 1800, self.log) != 0:
                return f"killed (by {suite})"
        return "survived"

    def try_one(self, mutant):
        path = self.tree / mutant.path
        original = path.read_text()
        lines = original.split("\n")
        mutant.apply(lines)
        path.write_text("\n".join(lines))
        self.log.write(f"\n==== {mutant}\n")
        self.log.flush()
        try:
            return "not built" if self.make() != 0 else self.judge()
        finally:
            path.write_text(original)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="how many faults (default 20)")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--files", nargs="+", default=FILES, help="patterns, from the tree's root")
    parser.add_argument("--insns", type=int, default=12000000, help="instructions per mutant (default 12000000)")
    parser.add_argument("--timeout", type=int, default=60, help="seconds for each third of them")
    parser.add_argument("--then", nargs="*", default=[], metavar="SUITE", help="for survivors: suites of meson")
    parser.add_argument("--cross", type=Path, metavar="FILE", help="for the host of this file of tests/cross, "
                        "with its --files and a --dir of its own")
    parser.add_argument("--dir", type=Path, default=ROOT / "build/mutate", help="where to work")
    parser.add_argument("--list", action="store_true", help="only show the faults")
    options = parser.parse_args()
    options.dir = options.dir.resolve()
    rng = random.Random(options.seed)
    tree = ROOT
    if options.list:
        for mutant in draw(rng, all_mutants(tree, options.files), options.count)[:options.count]:
            print(mutant)
        return 0
    bench = Bench(options)
    bench.prepare()
    verdicts, survivors, start = {}, [], time.time()
    for mutant in draw(rng, all_mutants(bench.tree, options.files), options.count):
        verdict = bench.try_one(mutant)
        if verdict == "not built":
            continue
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
        print(f"{verdict:18} {mutant}", flush=True)
        if verdict == "survived":
            survivors.append(mutant)
        if sum(verdicts.values()) == options.count:
            break
    total = sum(verdicts.values())
    print(f"{total} faults: " + ", ".join(f"{n} {v}" for v, n in sorted(verdicts.items())) +
          f"; {time.time() - start:.0f} s")
    for mutant in survivors:
        source = (bench.tree / mutant.path).read_text().split("\n")[mutant.line].strip()
        print(f"survived  {mutant}\n          {source}")
    return 0


os.environ.setdefault("NINJA_STATUS", "")
sys.exit(main())
