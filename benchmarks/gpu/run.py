#!/usr/bin/env python3
"""The trainer's programs on a GPU, beside PyTorch, without Java: run.py FOLDER [--device cuda|cpu] [--small]

FOLDER is what `benchmarks/run gpu export` wrote where there is Java. Needs torch (2.3 or later); torchvision for peers.
Each part runs in a process of its own until its limit; what it has found by then counts. Tables go to standard output,
everything to --json. --dry-run prints the parts and their limits, and starts nothing.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

TOTAL = 480  # seconds

# The most important first: (name, seconds at most, title)
PARTS = (
    ("machine", 25, "The machine"),
    ("agreement", 70, "Loss, gradients and logits, against FP32 on the CPU"),
    ("speed", 75, "A step, beside PyTorch"),
    ("rules", 25, "Update rules, against the CPU"),
    ("repeatability", 45, "The same steps twice"),
    ("not_finite", 15, "A loss that is not finite"),
    ("micro_batch", 40, "The largest micro-batch that fits"),
    ("accepted", 35, "What this torch takes of TorchScript"),
    ("compiled", 90, "Graphs and torch.compile"),
    ("other_networks", 30, "The other networks, against FP32 on the CPU"),
    ("other_speeds", 30, "The other networks' steps"),
)
RATIO_TO = "PyTorch, eager"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--small", action="store_true", help="small pictures and batches: seconds on a CPU")
    parser.add_argument("--only", default="", help="networks whose name has this regular expression")
    parser.add_argument("--parts", default=",".join(name for name, *_ in PARTS), help="some of them, by commas")
    parser.add_argument("--seconds", type=int, default=TOTAL, help="the whole, at most")
    parser.add_argument("--limits", type=float, default=1, metavar="TIMES", help="longer limits, for slow machines")
    parser.add_argument("--json", type=pathlib.Path, help="all figures")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    wanted = options.parts.split(",")
    unknown = set(wanted) - {name for name, *_ in PARTS}
    if unknown:
        parser.error(f"--parts: there is no {', '.join(sorted(unknown))}; there are {', '.join(name for name, *_ in PARTS)}")
    if not (options.folder / "manifest.json").is_file():
        parser.error(f"{options.folder} has no manifest.json; benchmarks/run gpu export writes it, where there is Java")
    if options.part:
        return child(options)
    if options.dry_run:
        return budget(options, wanted)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return together(options, wanted)


def budget(options, wanted):
    chosen = [part for part in PARTS if part[0] in wanted]
    for name, limit, title in chosen:
        print(f"{limit:4} s  {name:15} {title}")
    print(f"{sum(limit for _, limit, _ in chosen):4} s  at most, and {options.seconds} s for the whole")
    own = pathlib.Path(__file__).parent
    carried = sum(f.stat().st_size for folder in (own, options.folder) for f in folder.iterdir() if f.is_file())
    print(f"{carried / 2**20:.1f} MiB are carried: {own.name}/ and {options.folder}")


def child(options):
    """One part: a line of JSON for each row as soon as it is known."""
    import torch

    import parts
    from programs import Carried

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    context = parts.Context(Carried(options.folder), options.device, options.small, re.compile(options.only))
    for row in getattr(parts, options.part)(context):
        print("ROW " + json.dumps(row), flush=True)


def together(options, wanted):
    start = time.monotonic()
    result = {"device": options.device, "small": options.small, "parts": {}}
    eager = {}
    for name, limit, title in PARTS:
        if name not in wanted:
            continue
        left = options.seconds - (time.monotonic() - start)
        part = one(options, name, min(limit * options.limits, left)) if left > 5 else {"rows": [], "ended": "left out: the time was up"}
        result["parts"][name] = part
        print(f"## {title}\n\n{table(shown(part['rows'], eager))}\n", flush=True)
        if part["ended"] != "done":
            print(f"{part['ended']}\n", flush=True)
    result["seconds"] = round(time.monotonic() - start, 1)
    print(f"{result['seconds']} s in all")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    return 0 if any(part["rows"] for part in result["parts"].values()) else 1


def one(options, name, limit):
    """A part in a process of its own; with whatever it had found when its time was up."""
    command = [sys.executable, __file__, str(options.folder), "--part", name, "--device", options.device, "--only", options.only]
    start, rows, said = time.monotonic(), [], []
    process = subprocess.Popen(
        command + ["--small"] * options.small,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},  # others may use the processor, too
    )

    def read():
        for line in process.stdout:
            if line.startswith("ROW "):
                rows.append(json.loads(line[4:]))
            else:
                said.append(line.rstrip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        code = process.wait(limit)
        reader.join(5)  # so that its last words are there
        ended = "done" if code == 0 else f"ended with {code}: {' / '.join(said[-3:])}"
    except subprocess.TimeoutExpired:
        ended = f"stopped after {limit:.0f} s, with what it had by then"
    finally:  # of an end from outside, too
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with a compiler's own processes
    process.wait()
    reader.join(5)
    return {"rows": rows, "ended": ended, "seconds": round(time.monotonic() - start, 1), "said": said[-20:]}


def shown(rows, eager):
    """With the ratio to PyTorch in eager mode, of this part or an earlier one."""
    for row in rows:
        if row.get("who") == RATIO_TO and "images/s" in row:
            eager[row["network"], row["precision"]] = row["images/s"]
        base = eager.get((row.get("network"), row.get("precision")))
        if base and "images/s" in row:
            row["ratio"] = row["images/s"] / base
    return rows


def table(rows):
    if not rows:
        return "no rows"
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(text(column, row.get(column)) for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def text(column, value):
    if value is None:
        return "–"
    if isinstance(value, float):
        if column in ("idle", "share"):
            return f"{100 * value:.0f} %"
        if column in ("loss", "gradients", "logits", "change"):
            return f"{value:.1e}"
        return f"{value:.3g}" if value < 100 else f"{value:.0f}"
    return str(value).replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
