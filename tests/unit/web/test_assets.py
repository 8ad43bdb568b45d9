"""The front end's files: what pages name exists, nothing is inline or from elsewhere, all of it is small."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boursa.errors import ConfigurationError
from boursa.web import assets

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "boursa" / "web"
SOURCES = WEB / "assets"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PAGE = ("app.css", "app.js", "theme.js", "icons.svg", "logo.svg")


def packed(name: str) -> int:
    path = assets.STATIC / assets.asset(name).removeprefix(assets.ADDRESS)
    smaller = path.with_name(path.name + ".gz")
    return smaller.stat().st_size


def written(pattern: str) -> Iterator[tuple[str, str]]:
    """What matches in the templates, with the template's name."""
    for path in TEMPLATES:
        for found in re.finditer(pattern, path.read_text(encoding="utf-8")):
            yield path.relative_to(WEB / "templates").as_posix(), found[1] if found.groups() else found[0]


def test_an_asset_is_found_by_its_name() -> None:
    """The address carries a hash of the content, so that a browser may keep the file for good."""
    assert re.fullmatch(r"/static/app-[0-9A-Z]{8}\.css", assets.asset("app.css"))
    assert (assets.STATIC / assets.asset("icons.svg").removeprefix("/static/")).read_text().startswith("<svg")


def test_assets_that_are_not_built_are_said_with_the_way_out(tmp_path: Path) -> None:
    """Whoever starts from a bare checkout is told the command."""
    with pytest.raises(ConfigurationError) as refused:
        assets.manifest(tmp_path)
    assert "make setup" in str(refused.value)


def test_what_templates_name_is_built() -> None:
    """A page never asks for a file that does not exist."""
    named = {name for _, name in written(r"asset\(['\"]([^'\"]+)['\"]\)")}
    assert named
    assert named <= set(assets.manifest(assets.STATIC))


def test_every_icon_is_in_the_sprite() -> None:
    """An icon that is missing is an empty square that no test of pages would see."""
    sprite = (assets.STATIC / assets.asset("icons.svg").removeprefix("/static/")).read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    listed = set((SOURCES / "icons.txt").read_text().split())
    assert there == listed
    assert not re.search(r"<symbol[^>]*></symbol>", sprite)
    named = {(where, name) for where, name in written(r"icon(?:_name)?(?:\(|=)['\"]([a-z][a-z0-9-]*)['\"]")}
    named |= {
        (where, name) for where, name in written(r"(?:empty|menu)\([^)]*?['\"]([a-z]+-[a-z0-9-]+)['\"]")
    }
    assert {(where, name) for where, name in named if name not in listed} == set()


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a style attribute", r"<[^>{]*\sstyle=[^>]*>"),
        ("a handler", r"<[^>{]*\son[a-z]+=[^>]*>"),
        ("a script without a file", r"<script(?![^>]*(?:src=|application/json))[^>]*>"),
        ("a style sheet in the page", r"<style[^>]*>"),
        ("another host", r"(?:src|href|action)=['\"](?:https?:)?//[^>]*>"),
    ],
)
def test_templates_hold_nothing_that_the_policy_forbids(what: str, pattern: str) -> None:
    """The Content-Security-Policy would silently drop it."""
    assert list(written(pattern)) == [], what


def test_style_sheets_fetch_nothing_from_elsewhere() -> None:
    """Pages work without any other host: marks are data: images, fonts are the system's."""
    for name in ("app.css", "docs.css"):
        text = (assets.STATIC / assets.asset(name).removeprefix("/static/")).read_text(encoding="utf-8")
        assert re.findall(r"url\((?!['\"]?data:)[^)]*\)", text) == []
        assert "@import" not in text


def test_a_first_visit_is_small() -> None:
    """Slow links: what every page loads stays under 60 kB compressed, with figures under 300."""
    every_page = sum(packed(name) for name in PAGE)
    assert every_page < 60_000
    assert every_page + packed("charts.js") < 300_000


def test_the_lock_file_has_checksums_and_no_addresses() -> None:
    """What is installed is what was reviewed, from whatever registry the machine uses."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [
        name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")
    ] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\s*;", block))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(theme: str) -> None:
    """WCAG AA: 4.5 to 1 for text, 3 to 1 for the lines around controls and in drawings."""
    text = (SOURCES / "css" / "theme.css").read_text(encoding="utf-8")
    light, dark = text.split('[data-bs-theme="dark"] {')[:2]
    now = colours(light) | (colours(dark) if theme == "dark" else {})
    grounds = ("page", "panel", "sunken")
    pairs = [(ink, ground) for ink in ("ink", "ink-soft", "ink-muted", "accent", "bad") for ground in grounds]
    pairs += [(mood, f"{mood}-tint") for mood in ("good", "warn", "bad", "note", "accent")]
    pairs += [("on-accent", "accent-fill"), ("good", "panel"), ("warn", "panel"), ("chart-ink", "panel")]
    assert {
        pair: contrast(now[pair[0]], now[pair[1]]) for pair in pairs if contrast(*map(now.get, pair)) < 4.5
    } == {}  # type: ignore[arg-type] # a colour that is missing has to fail
    drawn = [("control-line", "panel"), *((f"series-{number}", "panel") for number in (1, 2, 3))]
    assert {pair for pair in drawn if contrast(now[pair[0]], now[pair[1]]) < 3} == set()


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[str]]:
    """Put a build of the named files in place; return what is there then, beside the manifest."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import assets as tool  # a developer tool, no part of the package

    def build(*names: str) -> set[str]:
        made = tmp_path / "made"
        made.mkdir()
        for name in names:
            (made / name).write_text(name)
        (made / "manifest.json").write_text(json.dumps({"app.css": names[0]}))
        tool._hand_over(made, tmp_path / "static")
        shutil.rmtree(made)
        return {path.name for path in (tmp_path / "static").iterdir()} - {"manifest.json"}

    return build


def later(static: Path, days: float) -> None:
    """Let time pass: all that is there is so much older."""
    for path in static.iterdir():
        moment = path.stat().st_mtime_ns - int(days * 86_400 * 10**9)
        os.utime(path, ns=(moment, moment))


def test_a_build_replaces_the_former_one(tmp_path: Path, build: Callable[..., set[str]]) -> None:
    """New names are in place before the manifest speaks of them."""
    build("app-OLD.css")
    build("app-NEW.css")
    assert assets.manifest(tmp_path / "static") == {"app.css": "app-NEW.css"}


def test_what_the_former_one_named_stays_for_a_week(tmp_path: Path, build: Callable[..., set[str]]) -> None:
    """Instances that run on and pages that stand open name it; the week begins when it is replaced."""
    static = tmp_path / "static"
    build("app-1.css", "logo.svg")
    later(static, 100)
    assert build("app-2.css", "logo.svg") == {"app-1.css", "app-2.css", "logo.svg"}
    later(static, 6)
    assert build("app-3.css", "logo.svg") == {"app-1.css", "app-2.css", "app-3.css", "logo.svg"}
    later(static, 2)
    assert build("app-4.css", "logo.svg") == {"app-2.css", "app-3.css", "app-4.css", "logo.svg"}
    later(static, 8)
    assert build("app-4.css", "logo.svg") == {"app-4.css", "logo.svg"}
