"""Prove the image and compose.yaml with podman: ``make container-test`` (root; some twenty minutes).

A copy of this checkout is built and started on stand-ins from Debian, reached through its Nginx over
HTTPS, scaled to five instances, and updated under load. Nothing of it is left. ``ARGS="--folder DIR"``
keeps the images in that folder for the next time.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "containers")]

import proof  # noqa: E402 - found through the path above
import stand_ins  # noqa: E402 - the same


def main(words: list[str]) -> None:
    """Prove it, in a folder that is gone afterwards unless it is named."""
    parser = argparse.ArgumentParser(
        prog="make container-test", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--folder", type=Path, help="keep the images here for the next time")
    kept = parser.parse_args(words).folder
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = kept.resolve() if kept else Path(tempfile.mkdtemp(prefix="boursa-containers-"))
    podman = stand_ins.Podman(folder)
    try:
        with tempfile.TemporaryDirectory(prefix="boursa-installation-") as place:
            proof.prove(podman, Path(place))
    finally:
        if not kept:
            podman.clear()
    print("All is well.", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
