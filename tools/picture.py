"""Draw what the command prints, as the pictures of the README: ``python tools/picture.py``.

The text is real output of this checkout; between the opening and the forecast, what does not fit
is replaced by an ellipsis.
"""

from __future__ import annotations

import os
import subprocess
from html import escape

from environment import BOURSA, ROOT

SAMPLE = "usdxof"
HEAD = 22  # lines shown from the beginning; the end starts with the forecast
LINE, CHAR, MARGIN = 19, 8.4, 24

STYLE = (
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}"
    ".p{fill:#e6e6e6}.b{fill:#fff;font-weight:700}.d{fill:#8fb3ff}"
)


def output(language: str) -> list[str]:
    """Return what the Bilan of the sample prints."""
    words = [BOURSA, "demo", SAMPLE, "--no-history", "--lang", language]
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
    lines = done.stdout.rstrip().splitlines()
    table = next(place for place, line in enumerate(lines) if "MASE" in line)
    return [f"$ boursa demo {SAMPLE} --lang {language}", *lines[:HEAD], "  […]", "", *lines[table - 1 :]]


def drawing(lines: list[str]) -> str:
    """Return the lines as an SVG that looks like a terminal."""
    width = round(max(map(len, lines)) * CHAR) + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    rows = [_row(line, place) for place, line in enumerate(lines) if line]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">',
            f"<style>{STYLE}</style>",
            f'<rect width="{width}" height="{height}" rx="10" fill="#1b1f2a"/>',
            *rows,
            "</svg>\n",
        ]
    )


def _row(line: str, place: int) -> str:
    indent = len(line) - len(line.lstrip(" "))
    x, y = MARGIN + indent * CHAR, MARGIN + (place + 1) * LINE - 5
    return f'<text class="{_class(line)}" x="{x:.1f}" y="{y}">{_unbroken(line[indent:])}</text>'


def _unbroken(line: str) -> str:
    # Renderers fold ordinary spaces whatever the style sheet says.
    return escape(line).replace(" ", "\u00a0")


def _class(line: str) -> str:
    if line.startswith("$"):
        return "d"
    return "p" if line.startswith((" ", "═")) else "b"


if __name__ == "__main__":
    for chosen in ("en", "fr"):
        path = ROOT / "docs" / "images" / f"bilan.{chosen}.svg"
        path.write_text(drawing(output(chosen)), encoding="utf-8")
        print(path.relative_to(ROOT))
