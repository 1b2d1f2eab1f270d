#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lint.py - keeps the laws of ARCHITECTURE.md over the source tree.

Usage: lint.py [TREE]. Each law is a function below; it yields one line for each
place that breaks it. Prints "ok" or the broken places law by law, then
"N passed, N failed". Run by the test suite; needs Python alone.
"""
import re
import subprocess
import sys
from pathlib import Path

TREE = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
CODE = {".c", ".h", ".inc", ".S", ".def"}
TABLES = {".def"}
LAYERS = ["ppc", "mmu", "core", "backends"]


def tracked():
    try:
        out = subprocess.run(["git", "-C", TREE, "ls-files", "-co", "--exclude-standard"],
                             capture_output=True, text=True, check=True).stdout.split("\n")
        files = [TREE / f for f in out if f]
    except (OSError, subprocess.CalledProcessError):
        made = {".git", "build", "packagecache", "cmocka-1.1.5", "dtc-1.6.1", "__pycache__"}
        files = [f for f in TREE.rglob("*") if not made & set(f.relative_to(TREE).parts)]
    return sorted(f for f in files if f.is_file())


FILES = tracked()


def rel(path):
    return path.relative_to(TREE).as_posix()


def text(path):
    return path.read_text(encoding="utf-8", errors="replace")


def code(*tops):
    for f in FILES:
        if f.suffix in CODE and (not tops or rel(f).startswith(tops)):
            yield f


def includes(path):
    for n, line in enumerate(text(path).split("\n"), 1):
        m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if m:
            yield n, m.group(1), m.group(2)


def layer_of(path):
    parts = path.relative_to(TREE).parts
    return parts[1] if len(parts) > 2 and parts[0] == "src" and parts[1] in LAYERS else None


def every_file_names_its_licence():
    for f in FILES:
        if f.suffix in CODE | {".py", ".sh", ".build", ".def", ".txt", ".map", ".config"} or \
                rel(f).startswith("tools/"):
            if "SPDX-License-Identifier: MIT" not in "\n".join(text(f).split("\n")[:5]):
                yield rel(f)


def every_file_says_what_it_is():
    """Its own name, a dash and a phrase, in the comment at its head."""
    for f in code():
        head = "\n".join(text(f).split("\n")[:6])
        if not re.search(rf"\b{re.escape(f.name)}( \([^)]*\))? - \S", head):
            yield rel(f)


def every_source_file_is_built():
    for f in code("src/"):
        if f.suffix == ".c":
            build = f.parent / "meson.build"
            if not build.exists() or f"'{f.name}'" not in text(build):
                yield f"{rel(f)}: not in {rel(build)}"
        elif f.suffix in {".inc", ".def"}:
            if not any(Path(name).name == f.name for g in code("src/") for _, _, name in includes(g)):
                yield f"{rel(f)}: included by nobody"


def nobody_includes_upwards():
    homes = {}
    for f in code("src/"):
        homes.setdefault(f.name, []).append(f)
    for f in code("src/"):
        mine = layer_of(f)
        if not mine:
            continue
        for n, kind, name in includes(f):
            if kind == "<":
                continue
            target = (f.parent / name).resolve()
            if not target.exists():
                found = homes.get(Path(name).name, [])
                target = found[0] if found else None
            if not target or not target.is_relative_to(TREE):
                continue
            theirs = layer_of(target)
            if theirs and LAYERS.index(theirs) > LAYERS.index(mine):
                yield f"{rel(f)}:{n}: {mine} includes {theirs} ({name})"
            if mine == theirs == "backends" and f.relative_to(TREE).parts[2] != \
                    target.relative_to(TREE).parts[2]:
                yield f"{rel(f)}:{n}: a backend includes another ({name})"


def includes_have_no_cycle():
    graph = {}
    by_name = {f.name: f for f in code("src/", "include/") if f.suffix == ".h"}
    for name, f in by_name.items():
        graph[name] = {Path(i).name for _, _, i in includes(f)} & set(by_name)
    state = {}

    def walk(name, path):
        state[name] = 1
        for other in graph[name]:
            if state.get(other) == 1:
                yield " -> ".join(path + [name, other])
            elif other not in state:
                yield from walk(other, path + [name])
        state[name] = 2

    for name in graph:
        if name not in state:
            yield from walk(name, [])


def the_shared_set_includes_no_system_header():
    for f in code("src/ppc/", "src/mmu/", "src/backends/direct/"):
        for n, kind, name in includes(f):
            if kind == "<" and not (f.name == "env.h" and name == "mol_platform.h"):
                yield f"{rel(f)}:{n}: <{name}>"


def the_environment_is_a_directory_not_an_ifdef():
    for f in code("src/", "include/"):
        for n, line in enumerate(text(f).split("\n"), 1):
            if re.search(r"#\s*(el)?if.*(__KERNEL__|__linux__|__APPLE__)", line):
                yield f"{rel(f)}:{n}: {line.strip()}"


def only_the_api_defines_molvm_functions():
    for f in code("src/"):
        if re.match(r"api(_\w+)?\.c$", f.name):
            continue
        for n, line in enumerate(text(f).split("\n"), 1):
            if re.match(r"[A-Za-z_][\w\s\*]*\bmolvm_\w+\([^;]*$", line) and "typedef" not in line:
                yield f"{rel(f)}:{n}: {line.strip()}"


def the_library_never_prints_exits_or_aborts():
    """fault.c alone may install a handler: that of MOLVM_CFG_FASTMEM."""
    banned = re.compile(r"\b(printf|fprintf|puts|perror|exit|_exit|abort|assert|signal|sigaction|"
                        r"pthread_create|thrd_create)\s*\(")
    for f in code("src/"):
        for n, line in enumerate(strip_comments(text(f)).split("\n"), 1):
            m = banned.search(line)
            if m and not (rel(f) == "src/core/fault.c" and m.group(1) in ("signal", "sigaction")):
                yield f"{rel(f)}:{n}: {line.strip()}"


def the_library_writes_to_no_file_but_its_listings():
    """jit_dump.c alone may: what it writes to are files that the embedder asked for by an option."""
    banned = re.compile(r"(?<![\w.>])(open|openat|creat|fopen|fdopen|freopen|p?writev?|dprintf|vf?printf|"
                        r"f?putc|fputs|putchar|fwrite|sendfile|splice|syslog)\s*\(")
    for f in code("src/"):
        for n, line in enumerate(strip_comments(text(f)).split("\n"), 1):
            if banned.search(line) and rel(f) != "src/core/jit_dump.c":
                yield f"{rel(f)}:{n}: {line.strip()}"


def bits_have_the_projects_prefix():
    for f in code("src/"):
        for n, line in enumerate(text(f).split("\n"), 1):
            m = re.match(r"\s*#\s*define\s+((MSR|SPRN|HID0|DSISR)_\w+)", line)
            if m:
                yield f"{rel(f)}:{n}: {m.group(1)}"


def files_stop_at_800_lines():
    for f in code("src/", "include/", "examples/", "tests/", "bench/"):
        lines = text(f).count("\n")
        if lines > 800 and f.suffix not in TABLES:
            yield f"{rel(f)}: {lines} lines"


def strip_comments(source):
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, source, flags=re.S)


def functions(path):
    """(name, first line, length) of each function: a line starting in column 0 up to '}' in column 0."""
    lines = strip_comments(text(path)).split("\n")
    start = None
    for n, line in enumerate(lines):
        if line.startswith("{") and start is None:
            start = n
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[max(0, start - 3):start])
            if not line.startswith("};"):
                names = re.findall(r"(\w+)\s*\(", head)
                yield (names[-1] if names else "?"), start + 1, n - start + 1
            start = None


def functions_stop_at_100_lines():
    for f in code("src/", "include/", "examples/", "tests/", "bench/"):
        if f.suffix in {".c", ".h", ".inc"}:
            for name, line, length in functions(f):
                if length > 100:
                    yield f"{rel(f)}:{line}: {name}: {length} lines"


def source_files_have_unique_names():
    seen = {}
    for f in code("src/"):
        if f.name != "mol_platform.h":
            seen.setdefault(f.name, []).append(rel(f))
    for name, places in seen.items():
        if len(places) > 1 or not re.match(r"[a-z0-9_]+\.\w+$", name):
            yield f"{name}: {', '.join(places)}"


def examples_use_the_public_header_alone():
    for f in code("examples/"):
        if rel(f).startswith("examples/guest/"):
            continue  # programs that run inside the guest
        for n, kind, name in includes(f):
            if kind == '"' and not (f.parent / name).exists():
                yield f"{rel(f)}:{n}: {name}"
            if "src/" in name or name.startswith("mol_"):
                yield f"{rel(f)}:{n}: {name}"


def code_is_indented_with_tabs():
    """Eight columns are a tab; fewer are alignment. Comments and continued macros may do as they like."""
    for f in code():
        if f.suffix in TABLES:
            continue
        raw = text(f).split("\n")
        for n, line in enumerate(strip_comments(text(f)).split("\n"), 1):
            if re.match(r"\t* {8,}\S", raw[n - 1]) and line.strip() and not line.endswith("\\"):
                yield f"{rel(f)}:{n}: {line.strip()[:60]}"


def lines_stop_at_120_columns():
    """But in assembly, where lists for run.py are one line each."""
    for f in FILES:
        if f.suffix in CODE - {".S"} | {".py", ".sh", ".build"} or rel(f).startswith("tools/"):
            for n, line in enumerate(text(f).split("\n"), 1):
                if len(line.expandtabs(8)) > 120:
                    yield f"{rel(f)}:{n}: {len(line.expandtabs(8))} columns"


def the_header_is_all_of_the_interface():
    """Its functions are the version script's and the manual page's; its names begin with molvm."""
    header = text(TREE / "include/molvm.h")
    declared = set(re.findall(r"^MOLVM_API [^(]*\b(molvm_\w+)\(", header, re.M))
    exported = set(re.findall(r"^\t(\w+);$", text(TREE / "src/core/molvm.map"), re.M))
    page = set(re.findall(r"\bmolvm_\w+", text(TREE / "docs/molvm.3")))
    for name in sorted(declared ^ exported):
        yield f"{name}: not in both of molvm.h and molvm.map"
    for name in sorted(declared - page):
        yield f"{name}: not in molvm.3"
    for name in re.findall(r"^# *define (\w+)", header, re.M):
        if not name.startswith("MOLVM_"):
            yield f"molvm.h: {name}"
    for name in re.findall(r"^(?:typedef .*?\b|\} )(\w+);", header, re.M):
        if not name.startswith("molvm_"):
            yield f"molvm.h: {name}"


def links_in_documents_lead_somewhere():
    for f in FILES:
        if f.suffix == ".md":
            for target in re.findall(r"\]\(([^)#\s]+)", text(f)):
                if "://" not in target and not (f.parent / target).exists():
                    yield f"{rel(f)}: {target}"


def lines_are_clean():
    for f in FILES:
        if f.suffix in CODE | {".py", ".md", ".build", ".txt"}:
            for n, line in enumerate(text(f).split("\n"), 1):
                if line != line.rstrip() or "\r" in line:
                    yield f"{rel(f)}:{n}: trailing white space"


def the_project_speaks_of_itself_alone():
    banned = re.compile(r"/[w]ork/|\bissue #?\d+|\bdeb\.[a-z]+\.org\b|\bTODO\b|\bFIXME\b|\bXXX\b", re.I)
    for f in FILES:
        if f.name == "lint.py" or f.suffix in {".hash", ".png"}:
            continue
        for n, line in enumerate(text(f).split("\n"), 1):
            if banned.search(line) and "mkdtemp" not in line and "XXXXXX" not in line:
                yield f"{rel(f)}:{n}: {line.strip()[:80]}"


LAWS = [every_file_names_its_licence, every_file_says_what_it_is, every_source_file_is_built,
        nobody_includes_upwards, includes_have_no_cycle,
        the_shared_set_includes_no_system_header, the_environment_is_a_directory_not_an_ifdef,
        only_the_api_defines_molvm_functions, the_library_never_prints_exits_or_aborts,
        the_library_writes_to_no_file_but_its_listings,
        bits_have_the_projects_prefix, files_stop_at_800_lines, functions_stop_at_100_lines,
        source_files_have_unique_names, examples_use_the_public_header_alone,
        code_is_indented_with_tabs, lines_stop_at_120_columns, the_header_is_all_of_the_interface,
        links_in_documents_lead_somewhere, lines_are_clean, the_project_speaks_of_itself_alone]


def main():
    failed = 0
    for law in LAWS:
        broken = list(law())
        print(f"{'FAIL' if broken else 'ok  '} {law.__name__.replace('_', ' ')}")
        for line in broken[:40]:
            print(f"       {line}")
        failed += bool(broken)
    print(f"{len(LAWS) - failed} passed, {failed} failed")
    return failed != 0


sys.exit(main())
