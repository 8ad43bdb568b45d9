"""``python -m boursa.cli``: the command where its script is not on the path."""

from boursa.cli import main

main()
