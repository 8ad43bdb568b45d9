"""Where a form may send the browser next: to a page of ours, never to somebody else's."""

from __future__ import annotations


def local(target: str | None) -> str:
    r"""Return `target` if it is a path on this host, else the first page.

    Browsers read a backslash as a slash and skip tabs and newlines, so that ``/\evil.example`` and
    ``/<tab>/evil.example`` lead away just as ``//evil.example`` does.
    """
    said = target or ""
    ours = said.startswith("/") and not said.startswith("//") and "\\" not in said and said.isprintable()
    return said if ours else "/"
