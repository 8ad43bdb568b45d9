"""Which browser a session is in, in two words instead of the line that browsers send."""

from __future__ import annotations

# The first that occurs counts: Edge and Opera also say Chrome, and Chrome also says Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def described(agent: str | None) -> str:
    """Return ``Firefox, Linux``; what is not known is left as it came, or empty."""
    said = agent or ""
    known = [next((name for mark, name in marks if mark in said), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, known)) or said[:60]
