#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tally.py TESTLOG.JSON - counts the sentences in what `meson test` has run.

A meson test is an executable of many sentences: cmocka prints one pair of lines for
each, Python's unittest a total, our own runners "N passed, N failed[, N skipped]" as
the last line. What says nothing counts as one. Prints what failed and was skipped,
then the sum in that same form; called by tools/test.
"""
import json
import re
import sys
from collections import Counter

CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)


def cmocka(out):
    """Each sentence ends in a line [ OK ], [ FAILED ] or [ SKIPPED ]; a crash leaves one open."""
    def names(mark):
        return Counter(re.findall(rf"^\[ +{mark} +\] (.+)$", out, re.M))

    ok, skipped = names("OK"), names("SKIPPED")
    failed = Counter(re.findall(r"^\[ RUN +\] (.+)$", out, re.M)) - ok - skipped
    return ok.total(), list(failed.elements()), list(skipped.elements())


def unittest(out):
    ran = int(re.search(r"^Ran (\d+) test", out, re.M).group(1))
    bad = re.findall(r"^(?:FAIL|ERROR): (\S+)", out, re.M)
    skipped = re.findall(r"^(\S+) .*\.\.\. skipped", out, re.M)
    return ran - len(bad) - len(skipped), bad, skipped


def count(test):
    """(passed, [failed], [skipped]) of one record of the log."""
    out = test.get("stdout", "") + "\n" + test.get("stderr", "")
    name, result = test["name"], test["result"]
    closing = CLOSING.findall(out)
    if result == "SKIP":
        return 0, [], [name]
    if "[ RUN " in out:
        passed, failed, skipped = cmocka(out)
    elif re.search(r"^Ran \d+ test", out, re.M):
        passed, failed, skipped = unittest(out)
    elif closing:
        numbers = [int(n or 0) for n in closing[-1]]
        failed = re.findall(r"^FAIL:? +(.+)$", out, re.M)
        failed += ["(unnamed)"] * (numbers[1] - len(failed))
        skipped = re.findall(r"^skip:? +(.+)$", out, re.M)[:numbers[2]]
        skipped += ["(unnamed)"] * (numbers[2] - len(skipped))
        passed, failed = numbers[0], failed[:numbers[1]]
    else:
        passed, failed, skipped = (1, [], []) if result == "OK" else (0, [result], [])
    if result not in ("OK", "EXPECTEDFAIL") and not failed:
        failed = [f"ended with {result}"]
    return passed, [f"{name}: {f}" for f in failed], [f"{name}: {s}" for s in skipped]


def show(what, names):
    for name, times in Counter(names).items():
        print(what, name + (f" ({times} of them)" if times > 1 else ""))


def main():
    passed, failed, skipped = 0, [], []
    with open(sys.argv[1], encoding="utf-8") as log:
        tests = [json.loads(line) for line in log]
    for test in tests:
        p, f, s = count(test)
        show("FAIL", f)
        if f:  # what it said: cmocka's reasons come on standard error
            said = (test.get("stderr") or test.get("stdout", "")).rstrip().split("\n")
            print("\n".join("       " + line for line in said[-20:]))
        passed, failed, skipped = passed + p, failed + f, skipped + s
    show("skip", skipped)
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return bool(failed) or not passed


if __name__ == "__main__":
    sys.exit(main())
