# SPDX-License-Identifier: MIT
"""report.py - the tables of bench.py: every guest, the classes, the goals; plain or Markdown.

A class's figure is the geometric mean of time over native; system events have no
native and are compared with QEMU, cold code is nanoseconds per distinct instruction.
"""
import math

COLD_INSNS = 50000
TITLES = {"int": "integer", "fp": "floating point", "vec": "AltiVec", "mem": "memory",
          "ctl": "control flow", "cold": "cold code, ns per distinct instruction",
          "sys": "system events, QEMU = 1"}
# what the translator promises: at least, and the goal
PROMISES = {"int": (3.1, 1.8), "fp": (4.8, 2.6), "vec": (8, 3), "mem": (2.0, 1.2),
            "ctl": (2.5, 1.8), "cold": (150, 80), "sys": (0.1, 0.04)}
WORST_SYS = 0.25


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def number(value):
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def base_of(row):
    """What the others are divided by: (name, nanoseconds of one operation)."""
    ns = row["ns"]
    if row["class"] == "cold":
        return "ns", 1.0
    if row["class"] == "sys":
        return "qemu", ns.get("qemu")
    native = [ns[name] for name in ("O2", "v3") if name in ns]
    return "native", min(native) if native else None


def ratio(row, engine):
    _, base = base_of(row)
    return row["ns"][engine] / base if engine in row["ns"] and base else None


def cell(row, engine):
    if engine in row["errors"]:
        return "fails" if engine == "unicorn" else "ERROR"
    return number(ratio(row, engine))


COLUMNS = ("jit", "jit+fastmem", "interp", "qemu", "unicorn")


def guest_table(rows, engines):
    """A list of rows of text, the first the header."""
    shown = [e for e in COLUMNS if e in engines]
    table = [["guest", "class", "base ns"] + shown + ["jit ns/insn"]]
    for row in rows:
        table.append(guest_line(row, shown))
    return table


def guest_line(row, shown):
    name, base = base_of(row)
    insns, jit = row.get("insns"), row["ns"].get("jit")
    return ([row["name"], row["class"], "-" if row["class"] == "cold" else
             f"{name} {number(base)}"] + [cell(row, e) for e in shown] +
            [f"{jit / insns:.2f}" if jit and insns and row["class"] != "cold" else "-"])


def class_means(rows, engines):
    """{class: {engine: (figure, how many guests)}}"""
    means = {}
    for kind in TITLES:
        for engine in engines:
            found = [ratio(row, engine) for row in rows if row["class"] == kind]
            found = [r for r in found if r]
            if found and engine in COLUMNS:
                means.setdefault(kind, {})[engine] = (geomean(found), len(found))
    return means


def class_table(rows, engines):
    shown = [e for e in COLUMNS if e in engines]
    means = class_means(rows, engines)
    table = [["class", "guests"] + shown + ["at least", "goal"]]
    for kind, mean in means.items():
        count = sum(row["class"] == kind for row in rows)
        cells = []
        for engine in shown:
            figure, n = mean.get(engine, (None, 0))
            cells.append("fails" if engine == "unicorn" and not n else number(figure) +
                         (f" ({n})" if n and n != count else ""))
        low, goal = PROMISES[kind]
        table.append([TITLES[kind], str(count)] + cells + [number(low), number(goal)])
    return table


def promises(rows, engines, costs, boot):
    """What the translator promises at least; (text, kept) each."""
    kept = []
    for kind, mean in class_means(rows, engines).items():
        if "jit" in mean:
            value, (low, goal) = mean["jit"][0], PROMISES[kind]
            kept.append((f"{TITLES[kind]}: {number(value)}, at least {number(low)}, "
                         f"goal {number(goal)}{' kept' if value <= goal else ''}", value <= low))
    for row in rows:
        ns = row["ns"]
        if "jit" in ns and "qemu" in ns:
            factor = ns["jit"] / ns["qemu"]
            if factor > 1:
                kept.append((f"{row['name']}: {number(factor)} times QEMU's time", False))
            elif row["class"] == "sys" and factor > WORST_SYS:
                kept.append((f"{row['name']}: {number(factor)} of QEMU's time, "
                             f"a system event at most {WORST_SYS}", False))
    kept += promises_of_interp(rows)
    for engine, cost in costs.items():
        kept += promises_of_costs(engine, cost)
    if "jit" in boot and "qemu" in boot:
        factor = boot["jit"] / boot["qemu"]
        kept.append((f"Linux boots to init in at most half of QEMU's time: {number(factor)}",
                     factor <= 0.5))
    return kept


def promises_of_interp(rows):
    """The interpreter is for exactness, but no slower beside QEMU than this."""
    factors = {row["name"]: row["ns"]["interp"] / row["ns"]["qemu"] for row in rows
               if {"interp", "qemu"} <= row["ns"].keys()}
    kept = []
    for kind, limit in (("int", 8), ("fp", 2)):
        mean = geomean([factors[row["name"]] for row in rows
                        if row["class"] == kind and row["name"] in factors])
        if mean:
            kept.append((f"interp: {TITLES[kind]} within {limit} times QEMU's time: {number(mean)}",
                         mean <= limit))
    if factors:
        worst = max(factors, key=factors.get)
        kept.append((f"interp: no guest above 16 times QEMU's time: {worst} {number(factors[worst])}",
                     factors[worst] <= 16))
    return kept


def promises_of_costs(engine, cost):
    limit = 1024 if engine == "interp" else 4096
    kept = [
        (f"{engine}: a VM of 1 MiB under {limit} KiB resident: {cost['resident_kib']:.0f}",
         cost["resident_kib"] < limit),
        (f"{engine}: created and destroyed within 1000 us: {cost['create_run_destroy_us']:.0f}",
         cost["create_run_destroy_us"] < 1000),
        (f"{engine}: in and out of molvm_run under 200 ns: {cost['run_immediate_ns']:.0f}",
         cost["run_immediate_ns"] < 200),
    ]
    if engine != "interp":
        kept.append((f"{engine}: a slice of 1000 instructions costs under 1000 ns: "
                     f"{cost['slice_ns']:.0f}", cost["slice_ns"] < 1000))
        kept.append((f"{engine}: a kick is seen within 1000 ns: {cost['kick_ns']:.0f}",
                     cost["kick_ns"] < 1000))
    return kept


def plain(table):
    widths = [max(len(line[n]) for line in table) for n in range(len(table[0]))]
    return "\n".join("  ".join(text.ljust(width) if n < 2 else text.rjust(width)
                               for n, (text, width) in enumerate(zip(line, widths)))
                     for line in table)


def replace_table(path, name, table):
    """Puts a table between the lines "<!-- NAME -->" and "<!-- end -->" of a document."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    begin = text.index(f"<!-- {name} -->\n") + len(f"<!-- {name} -->\n")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text[:begin] + "\n" + markdown(table) + "\n\n" + text[text.index("<!-- end -->", begin):])


def markdown(table):
    lines = ["| " + " | ".join(line) + " |" for line in table]
    return "\n".join([lines[0], "|" + "---|" * len(table[0])] + lines[1:])
