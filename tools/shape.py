"""Print how large modules and functions are, floor by floor: a feel for the code, not a gate."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
LONG_MODULE = 250


def functions(path: Path) -> list[tuple[int, str]]:
    """Return (lines, place) of each function, docstring not counted: it is prose, not code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            prose = node.body[0] if ast.get_docstring(node) else None
            lines = (node.end_lineno or 0) - node.lineno + 1
            lines -= (prose.end_lineno or 0) - prose.lineno + 1 if prose else 0
            found.append((lines, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"))
    return found


def floor_of(path: Path) -> str:
    """Return the floor that a module stands on; single modules above the ground share one line."""
    parts = path.relative_to(ROOT / "boursa").parts
    return f"{parts[0]}/" if len(parts) > 1 else "(modules)"


def main() -> None:
    """Print the table, the longest functions and the long modules."""
    modules = defaultdict(list)
    for path in sorted((ROOT / "boursa").rglob("*.py")):
        if "versions" in path.parts:
            continue  # a migration is a list of what was done, as long as the list is
        modules[floor_of(path)].append(path)
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for floor in modules.values()
        for path in floor
    }
    sizes = {path: functions(path) for path in lengths}
    print(f"{'':12} {'modules':^32}   {'functions':^32}")
    head = f"{'count':>8} {'median':>7} {'longest':>8}"
    print(f"{'floor':12} {'lines':>7} {head}   {head} {'90 %':>5}")
    for floor, paths in [*sorted(modules.items()), ("all", list(lengths))]:
        _row(floor, [lengths[path] for path in paths], [size for path in paths for size, _ in sizes[path]])
    print("\nLongest functions")
    for size, place in sorted((one for found in sizes.values() for one in found), reverse=True)[:10]:
        print(f"{size:6}  {place}")
    print(f"\nModules over {LONG_MODULE} lines")
    for length, path in sorted(((n, path) for path, n in lengths.items() if n > LONG_MODULE), reverse=True):
        print(f"{length:6}  {path.relative_to(ROOT)}")


def _row(floor: str, modules: list[int], functions: list[int]) -> None:
    tenth = quantiles(functions, n=10)[-1] if len(functions) > 1 else sum(functions)
    middle, most = (median(functions), max(functions)) if functions else (0, 0)
    print(
        f"{floor:12} {sum(modules):7} {len(modules):8} {median(modules):7.0f} {max(modules):8}"
        f"   {len(functions):8} {middle:7.0f} {most:8} {tenth:5.0f}"
    )


if __name__ == "__main__":
    main()
