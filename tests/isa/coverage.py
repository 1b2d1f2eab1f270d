#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""coverage.py - what tests each row of the instruction table; a row that nothing tests fails.

  coverage.py [-v] DIFF ISA GUEST-DIRECTORY FILE.vec...

Three kinds of test count: the differential test (diff --list says which rows it
compares), vectors (isa --rows says how many instructions of each row they run), and bare
guests, whose header comments name their rows in lines "rows: sc rfi ...". -v prints a line for
each row. Called by the test suite.
"""
import glob
import os
import re
import subprocess
import sys

# Spellings of a row's words that guests name.
SPELLINGS = {'dstt': 'dst', 'dststt': 'dstst', 'dssall': 'dss'}


def table(*command):
    out = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout
    return dict(line.split('\t', 1) for line in out.splitlines() if '\t' in line)


def guest_rows(directory):
    rows = {}
    for path in sorted(glob.glob(os.path.join(directory, '*.S'))):
        with open(path) as f:
            for words in re.findall(r'^[\s/*#;]*rows:([^\n*]*)', f.read(), re.M):
                for name in words.split():
                    rows.setdefault(SPELLINGS.get(name, name), []).append(os.path.basename(path))
    return rows


def main():
    verbose = '-v' in sys.argv
    diff, isa, guests, *vectors = [a for a in sys.argv[1:] if a != '-v']
    compared = table(diff, '--list')
    run = table(isa, '--rows', *vectors)
    guest = guest_rows(guests)
    counts = {'differential test': 0, 'vectors': 0, 'bare guests': 0}
    untested = []
    for name, reason in compared.items():
        by = []
        if reason == 'compared':
            by.append('differential test')
        if name in run:
            by.append('vectors')
        if name in guest:
            by.append('bare guests')
        for kind in by:
            counts[kind] += 1
        if not by:
            untested.append(name)
            print('  %s: nothing tests it; not compared because: %s' % (name, reason))
        elif verbose:
            print('  %s: %s' % (name, ', '.join(by)))
    unknown = sorted(set(guest) - set(compared))
    for name in unknown:
        print('  %s: named by %s, but no such row' % (name, ', '.join(guest[name])))
    only = sum(1 for name, reason in compared.items() if reason != 'compared' and name not in untested)
    print('%d rows: %s; %d of them not by the differential test; %d instructions in vectors' %
          (len(compared), ', '.join('%d by %s' % (n, kind) for kind, n in counts.items()), only,
           sum(int(n) for n in run.values())))
    print('%d passed, %d failed' % (len(compared) - len(untested), len(untested) + len(unknown)))
    return 1 if untested or unknown or not compared else 0


if __name__ == '__main__':
    sys.exit(main())
