"""Podman with a store of its own, and stand-ins from Debian for the images that compose.yaml names.

They are made of what this machine is itself installed from: its mirror, its certificates, its settings of pip
and npm. Everything lies in one folder, so that no image of a real name is replaced by a stand-in.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

WHERE = Path(__file__).resolve().parent
ROOT = WHERE.parents[1]
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_NEEDED = {
    "podman": "as root: apt-get install podman buildah runc netavark aardvark-dns fuse-overlayfs",
    "iptables": "as root: apt-get install iptables",  # netavark calls it
    "podman-compose": "pip install podman-compose",
    "debootstrap": "as root: apt-get install debootstrap",
}
# What leads pip and npm to where this machine has its packages from, and who vouches for it.
_PASSED_ON = re.compile(r"(PIP_INDEX_URL|PIP_CERT|NODE_EXTRA_CA_CERTS|NPM_CONFIG_REGISTRY)", re.IGNORECASE)
_SETTINGS_OF_PIP = re.compile(r"^global\.(index-url|cert)='(.+)'$", re.MULTILINE)
_CONFIGURATION = {
    "containers.conf": """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
# Podman's name server is away for a moment whenever a container comes or goes: ask again soon.
dns_options = ["timeout:1", "attempts:10"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
[network]
network_config_dir = "{folder}/networks"
""",
    "storage.conf": """\
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{folder}/run"
""",
    # Standard input stays with this program; builds ask nobody for an image.
    "compose": """\
#!/bin/sh
exec podman-compose --podman-build-args '--network host --pull=never --format docker' "$@"
""",
}


def say(line: str) -> None:
    """Print one line at once: this takes minutes, and somebody watches."""
    print(line, flush=True)


class Podman:
    """Podman and podman-compose on a store in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Write their configuration; end with a line that says what is missing."""
        missing = [f"{name} ({how})" for name, how in _NEEDED.items() if shutil.which(name) is None]
        if os.geteuid():
            missing.insert(0, "root")
        if missing:
            sys.exit(f"Not to be had here: {'; '.join(missing)}.")
        self.folder = folder
        (folder / "networks").mkdir(parents=True, exist_ok=True)
        for name, text in _CONFIGURATION.items():
            (folder / name).write_text(text.format(folder=folder), encoding="utf-8")
        (folder / "compose").chmod(0o755)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")},
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            # Where systemd does not run, nobody but this program asks the containers how they are.
            "DISABLE_HC_SYSTEMD": "true",
        }

    def __call__(self, *words: str, ends: int | None = 0) -> str:
        """Run podman, and return what it printed; `ends` is the exit status, None if any will do."""
        return self.run("podman", *words, ends=ends)

    def run(self, *words: str | Path, ends: int | None = 0, place: Path = ROOT) -> str:
        """Run a program that finds podman as it is here."""
        done = subprocess.run(
            words, env=self.environment, cwd=place, capture_output=True, text=True, check=False
        )
        if ends is not None and done.returncode != ends:
            said = (done.stdout + done.stderr)[-4000:]
            raise AssertionError(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{said}")
        return done.stdout

    def inspect(self, container: str) -> dict[str, Any]:
        """Return what podman knows of a container."""
        found: dict[str, Any] = json.loads(self("inspect", container))[0]
        return found

    def said(self, container: str) -> str:
        """Return what a container has written, to either stream."""
        return self.run("sh", "-c", 'podman logs "$1" 2>&1', "-", container, ends=None)

    def clear(self) -> None:
        """Remove containers, images, volumes and networks, and the store with them."""
        self("system", "reset", "--force")
        shutil.rmtree(self.folder)


def make(podman: Podman, images: set[str], bases: set[str]) -> set[str]:
    """Make a stand-in for each of `images` and `bases`; return those that there is none for."""
    if podman("images", "--quiet", "localhost/stand-in") == "":
        say("  a bare Debian")
        _bare(podman)
    for name in bases:
        podman("tag", "localhost/stand-in", name)
    known = re.findall(
        r"^FROM .* AS (\w+)", (WHERE / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    missing = set()
    for image in sorted(images):
        target = image.rpartition("/")[2].partition(":")[0]
        if target not in known:
            missing.add(image)
            continue
        say(f"  {image}")
        podman("build", "--network", "host", "--pull=never", "--format", "docker", "--target", target,
               "--tag", image, str(WHERE))  # fmt: skip
    return missing


def _bare(podman: Podman) -> None:
    release, mirror = _installed_from(podman)
    root = podman.folder / "debian"
    wanted = "python3,python3-venv,ca-certificates"
    podman.run("debootstrap", "--variant=minbase", f"--include={wanted}", release, root, mirror)
    if _CERTIFICATES.exists():
        shutil.copyfile(_CERTIFICATES, root / _CERTIFICATES.relative_to("/"))
    # Whatever this machine's own apt must be told to get at the mirror, this one must be told as well.
    told = [line for line in podman.run("apt-config", "dump").splitlines() if line.startswith("Acquire::")]
    (root / "etc/apt/apt.conf.d/99machine").write_text("\n".join(told) + "\n", encoding="utf-8")
    changes = [f"ENV {name}={value}" for name, value in {"PATH": _PATH, **_registries(podman)}.items()]
    archive = podman.folder / "debian.tar"
    podman.run("tar", "-C", root, "-cf", archive, ".")
    podman(
        "import", *(word for one in changes for word in ("--change", one)), str(archive), "localhost/stand-in"
    )
    archive.unlink()
    shutil.rmtree(root)


_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _registries(podman: Podman) -> dict[str, str]:
    said = podman.run(sys.executable, "-m", "pip", "config", "list")
    found = {f"PIP_{name.upper().replace('-', '_')}": value for name, value in _SETTINGS_OF_PIP.findall(said)}
    return found | {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}


def _installed_from(podman: Podman) -> tuple[str, str]:
    """Return the name of this machine's Debian, and the mirror that its packages come from."""
    described = Path("/etc/os-release").read_text(encoding="utf-8")
    release = re.search(r"^VERSION_CODENAME=(\w+)", described, re.MULTILINE)
    listed = podman.run("apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)")
    for line in listed.splitlines():
        codename, component, mirror = line.split()
        if release and (codename, component) == (release.group(1), "main"):
            return codename, mirror
    sys.exit("apt names no mirror of this machine's own Debian.")
