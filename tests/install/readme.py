#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""readme.py README.md PROGRAM.c EXPECTED - takes the first program out of the README.

Writes the first ```c block and the first ```text block after it, which is what the
program prints. install.sh compiles and runs them, so the README cannot lie.
"""
import re
import sys


def main():
    readme, program, expected = sys.argv[1:]
    with open(readme, encoding="utf-8") as f:
        blocks = re.search(r"^```c\n(.*?)^```$.*?^```text\n(.*?)^```$", f.read(), re.M | re.S)
    if not blocks:
        sys.exit("readme.py: no ```c block followed by a ```text block")
    for path, text in zip((program, expected), blocks.groups()):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


main()
