"""Measure BoursA against the obvious alternative: every file in ``benchmarks/``, or those named.

A benchmark is a module with `CONTENDERS`, the baseline first: a name and either a command or a
function without arguments. Each round runs every contender once, each in a process of its own, so
that what disturbs the machine disturbs both sides. Printed are CPU seconds (medians), peak memory, and
how many times less CPU than the baseline, as the median of the rounds' ratios [smallest-largest].
One without `CONTENDERS` is a program that measures by itself, and prints what it found.

`warm_up(name)`, where the module has it, runs before and is not measured: imports and compilation are
paid once by a worker, not once by a file.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def load(path: Path) -> ModuleType:
    """Import a benchmark by its path."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(path: Path, name: str) -> dict[str, float]:
    """Run one contender in this process and return CPU seconds, wall seconds and peak megabytes."""
    module = load(path)
    contender = module.CONTENDERS[name]
    whose = resource.RUSAGE_SELF if callable(contender) else resource.RUSAGE_CHILDREN
    if hasattr(module, "warm_up"):
        module.warm_up(name)
    before, start = resource.getrusage(whose), time.perf_counter()
    if callable(contender):
        contender()
    else:
        subprocess.run(contender, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    wall, after = time.perf_counter() - start, resource.getrusage(whose)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = after.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    return {"cpu": cpu, "wall": wall, "peak": peak}


def rounds(path: Path, names: list[str], repeats: int) -> dict[str, list[dict[str, float]]]:
    """Return the measurements of each contender, taken in turn."""
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(repeats):
        for name in names:
            words = [sys.executable, __file__, "--one", name, str(path)]
            answer = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
            taken[name].append(json.loads(answer.splitlines()[-1]))
    return taken


def report(title: str, taken: dict[str, list[dict[str, float]]]) -> None:
    """Print the table of one benchmark."""
    print(f"\n{title}\n{'':24} {'CPU s':>8} {'wall s':>8} {'peak MB':>8}   baseline / this")
    base = next(iter(taken.values()))
    for name, runs in taken.items():
        cpu, wall, peak = (median(run[key] for run in runs) for key in ("cpu", "wall", "peak"))
        ratios = [first["cpu"] / run["cpu"] for first, run in zip(base, runs, strict=True)]
        print(
            f"{name:24} {cpu:8.3f} {wall:8.3f} {peak:8.0f}"
            f"   {median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]",
            flush=True,
        )


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="default: all in benchmarks/")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--one", metavar="NAME", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.files[0], given.one)))
        return
    for path in given.files or sorted((ROOT / "benchmarks").glob("*.py")):
        module = load(path)
        title = f"{path.stem}: {(module.__doc__ or '').splitlines()[0]}"
        if hasattr(module, "CONTENDERS"):
            repeats = min(given.repeats, getattr(module, "REPEATS", given.repeats))
            report(title, rounds(path, list(module.CONTENDERS), repeats))
        else:
            print(f"\n{title}", flush=True)
            subprocess.run([sys.executable, path], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
