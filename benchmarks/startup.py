"""What `boursa --help` costs beyond starting Python."""

import sys

CONTENDERS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "boursa --help": [
        sys.executable,
        "-c",
        "import sys; sys.argv = ['boursa', '--help']; from boursa.cli import main; main()",
    ],
}
