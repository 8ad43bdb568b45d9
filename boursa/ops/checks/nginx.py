"""Nginx: its configuration is what the settings say today, and it accepts it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from boursa.language import N_
from boursa.ops import nginx
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, warned

_WAIT_S = 4


def configuration(site: Site) -> Finding:
    """Write the configuration anew in memory and compare; let the Nginx that it is for try it."""
    if not site.settings.production:
        return apart(N_("Development has no web server in front."))
    path = (site.nginx or Path()) / "nginx.conf"
    if site.nginx is None or not path.is_file():
        return apart(
            N_("There is no {path} on this machine."),
            N_("Where Nginx runs here, name the folder: boursa doctor --nginx DIR"),
            path=str(path),
        )
    text = path.read_text(encoding="utf-8")
    facts = {"path": str(path), "folder": str(path.parent)}
    written = nginx.read_back(text)
    if written is None:
        return warned(
            N_("{path} was not written by boursa nginx render."),
            N_("Write it with: boursa nginx render --to {folder}"),
            **facts,
        )
    server, place = written
    if nginx.render(site.settings, server, place) != text:
        return failed(
            N_("{path} is not what the settings say now."),
            N_("boursa nginx render --to {folder}, with the options of last time, then reload Nginx"),
            **facts,
        )
    return _tried(path, server, facts)


def _tried(path: Path, server: nginx.Nginx, facts: dict[str, str]) -> Finding:
    facts["version"] = ".".join(map(str, server.version))
    program = next((one for one in nginx.programs() if nginx.ask(one).version == server.version), None)
    if program is None:
        return passed(
            N_("{path} is what the settings say, for Nginx {version}, which is not on this machine."), **facts
        )
    words: list[str | Path] = [program, "-t", "-q", "-p", path.parent, "-c", path]
    done = subprocess.run(  # noqa: S603 - the machine's own Nginx
        words, capture_output=True, text=True, errors="replace", timeout=_WAIT_S, check=False
    )
    if done.returncode == 0:
        return passed(N_("{path} is what the settings say, and Nginx {version} accepts it."), **facts)
    said = next((line for line in done.stderr.splitlines() if "[emerg]" in line), done.stderr.strip())
    if "Permission denied" in said:
        return warned(
            N_("This account may not try {path}: {said}"), N_("Run it as root."), **facts, said=said
        )
    return failed(N_("Nginx {version} refuses {path}: {said}"), "nginx -t -c {path}", **facts, said=said)
