#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fetch-source.py PACKAGE DIRECTORY - download a Debian source package, verified by apt.

A fresh Debian has only `deb` lines.  This makes a private apt configuration out
of them (the same entries, mirrors and keys, but for sources) in a directory of
its own, so nothing of the system changes and root is not needed.  Called by
build-guest.
"""

import glob
import os
import re
import shutil
import subprocess
import sys


def one_line_sources(text):
    """`deb [options] uri suite component...` lines, as deb-src, architecture options dropped."""
    out = []
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(\[[^]]*\]\s+)?(\S.*)", line)
        if match:
            options = re.sub(r"\b(arch|target)s?[-+]?=\S*?(?=[\s\]])", "", match.group(1) or "")
            out.append(f"deb-src {'' if options.strip() in ('', '[ ]', '[]') else options}{match.group(2)}")
    return out


def deb822_sources(text):
    """Stanzas of the deb822 format that have `Types: deb`, as `Types: deb-src`."""
    out = []
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        body = "\n".join(lines)
        if re.search(r"^Enabled:\s*(no|false|0)\b", body, re.I | re.M):
            continue
        if re.search(r"^Types:.*\bdeb\b", body, re.I | re.M):
            body = re.sub(r"^Types:.*$", "Types: deb-src", body, flags=re.I | re.M)
            body = re.sub(r"^Architectures[^:]*:.*\n?", "", body, flags=re.I | re.M)
            out.append(body.strip())
    return out


def offers(entry, uris):
    """Does this entry name one of the mirrors?  With no mirrors known, every entry may help."""
    return not uris or any(uri in entry for uri in uris)


def mirrors_of(package):
    """Where apt would take the binary package from: third-party archives are left alone."""
    policy = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=False)
    return {m.rstrip("/") for m in re.findall(r"^\s+\d+ (\S+:\S+) \S+/\S+ ", policy.stdout, re.M)}


def write_config(directory, package):
    """The private apt tree: etc/sources.list[.d], state, cache.  Returns apt's options."""
    uris = mirrors_of(package)
    parts = os.path.join(directory, "parts")
    for sub in (parts, f"{directory}/state/lists/partial", f"{directory}/cache/archives/partial"):
        os.makedirs(sub)
    entries = 0
    for path in ["/etc/apt/sources.list"] + sorted(glob.glob("/etc/apt/sources.list.d/*")):
        suffix = os.path.splitext(path)[1]
        if suffix not in (".list", ".sources") or not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        found = one_line_sources(text) if suffix == ".list" else deb822_sources(text)
        found = [entry for entry in found if offers(entry, uris)]
        if found:
            separator = "\n" if suffix == ".list" else "\n\n"
            with open(f"{parts}/{entries:03}{suffix}", "w", encoding="utf-8") as file:
                file.write(separator.join(found) + "\n")
            entries += len(found)
    if not entries:
        raise SystemExit("fetch-source: no `deb` entry under /etc/apt that could have sources")
    return [
        "-o", "Dir::Etc::sourcelist=/dev/null",
        "-o", f"Dir::Etc::sourceparts={parts}",
        "-o", f"Dir::State={directory}/state",
        "-o", f"Dir::Cache={directory}/cache",
        "-o", "APT::Sandbox::User=",
    ]


def main():
    if len(sys.argv) != 3:
        raise SystemExit("usage: fetch-source.py PACKAGE DIRECTORY")
    package, directory = sys.argv[1], os.path.abspath(sys.argv[2])
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    options = write_config(os.path.join(directory, "apt"), package)
    # One unreachable mirror among several is only a warning; the download below decides.
    subprocess.run(["apt-get", "-q", *options, "update"], check=False)
    result = subprocess.run(
        ["apt-get", "-q", *options, "source", "--download-only", package], cwd=directory, check=False)
    if result.returncode != 0 or not glob.glob(f"{directory}/{package}_*.dsc"):
        raise SystemExit(f"fetch-source: apt could not download the source of {package}")


if __name__ == "__main__":
    main()
