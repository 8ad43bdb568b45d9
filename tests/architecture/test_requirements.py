"""The locked requirements: complete, hashed, without addresses, and in step with pyproject.toml."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

GROUPS = ("runtime", "dev", "servers")


def pins(root: Path, group: str) -> list[Requirement]:
    text = (root / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    return [Requirement(entry.split("--hash")[0].strip()) for entry in entries(text)]


def entries(text: str) -> list[str]:
    return [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]


def wanted(root: Path, group: str) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = project["project"]["dependencies"] if group == "runtime" else project["dependency-groups"][group]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("group", GROUPS)
def test_every_requirement_is_pinned_and_hashed(root: Path, group: str) -> None:
    """What is installed is what was locked, to the byte."""
    text = (root / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    loose = [
        entry
        for entry in entries(text)
        if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)
    ]
    assert entries(text)
    assert loose == []


@pytest.mark.parametrize("group", GROUPS)
def test_no_requirement_names_an_address(root: Path, group: str) -> None:
    """Where packages come from is the business of the machine that installs them."""
    text = (root / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("python", ["3.11.2", "3.12.1", "3.13.0"])
def test_the_lock_satisfies_the_project(root: Path, group: str, python: str) -> None:
    """Each dependency has exactly one version for each Python, within what the project asks for."""
    here = {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    locked = [pin for pin in pins(root, group) if pin.marker is None or pin.marker.evaluate(here)]
    for need in wanted(root, group):
        found = [pin for pin in locked if canonicalize_name(pin.name) == canonicalize_name(need.name)]
        assert len(found) == 1, need
        version = str(found[0].specifier).removeprefix("==")
        assert need.specifier.contains(version), f"{need} is locked to {version}: run `make lock`"


def asked_with_extras(pin: Requirement) -> Iterator[Requirement]:
    for extra in ("", *pin.extras):
        for need in map(Requirement, metadata.requires(pin.name) or ()):
            if need.extras and (need.marker is None or need.marker.evaluate({"extra": extra})):
                yield need


@pytest.mark.parametrize("group", GROUPS)
def test_a_pin_names_the_extras_that_others_ask_it_for(root: Path, group: str) -> None:
    """pip refuses ``pydantic[email]`` beside ``pydantic==2.14.3`` from the day that 2.14.4 comes out."""
    here = [pin for pin in pins(root, group) if pin.marker is None or pin.marker.evaluate()]
    needs = [*wanted(root, group), *(need for pin in here for need in asked_with_extras(pin))]
    known = {canonicalize_name(pin.name): pin.extras for g in GROUPS for pin in pins(root, g) if pin.extras}
    assert needs
    without = [
        str(need) for need in needs if not need.extras <= known.get(canonicalize_name(need.name), set())
    ]
    assert without == []


def test_groups_agree_with_each_other(root: Path) -> None:
    """Any group can be installed after any other: what they share has the same version."""
    seen: dict[tuple[str, str], str] = {}
    for group in GROUPS:
        for pin in pins(root, group):
            key = (canonicalize_name(pin.name), str(pin.marker))
            assert seen.setdefault(key, str(pin.specifier)) == str(pin.specifier), f"{pin.name} in {group}"


def test_no_heavy_model_library_is_required(root: Path) -> None:
    """Neural networks are extras: set-up stays within what a slow link can carry."""
    names = {canonicalize_name(pin.name) for group in GROUPS for pin in pins(root, group)}
    assert names.isdisjoint(
        {"torch", "tensorflow", "jax", "prophet", "pystan", "cmdstanpy", "bokeh-sampledata"}
    )


def test_the_notice_names_every_library_that_is_installed(root: Path) -> None:
    """Whoever passes BoursA on passes these on too, and owes their authors the mention."""
    notice = (root / "NOTICE").read_text(encoding="utf-8")
    names = {canonicalize_name(pin.name) for pin in pins(root, "runtime")}
    assert {name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", notice)} == set()
