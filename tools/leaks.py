"""Look for secrets in every file that is, or would be, in the repository.

The baseline ``.secrets.baseline`` holds the scanner's settings and the findings that a person has
looked at; a new finding fails. Left out there: locked requirements, which are made of hashes, and
the word PASSWORD in example addresses.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from detect_secrets.pre_commit_hook import main as scan

ROOT = Path(__file__).resolve().parent.parent


def files() -> list[str]:
    """Return the tracked files and the new ones that nothing ignores."""
    # Another user's checkout is refused by git unless it is declared safe; reading it is.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def main() -> int:
    """Scan and say how much was looked at."""
    names = files()
    status = scan(["--baseline", ".secrets.baseline", *names])
    print(f"{len(names)} files: {'secrets found' if status else 'no secret'}")
    return status


if __name__ == "__main__":
    sys.exit(main())
