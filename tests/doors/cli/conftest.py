"""The command, run in this process on an installation of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from boursa.cli import main
from boursa.providers import registry


@dataclass(frozen=True)
class Answer:
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Answer]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with no installation in sight."""
    for name in ("DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "APP_CONFIG", "FLASK_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOURSA_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def boursa(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run ``boursa WORDS...``."""

    def run(*words: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        captured = capsys.readouterr()
        return Answer(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def installed(boursa: Command) -> Command:
    """The same with a database."""
    assert boursa("db", "upgrade").status == 0
    return boursa


@pytest.fixture(scope="session")
def french_prices() -> bytes:
    """Real prices as French Excel saves them: ``;``, decimal comma, dd/mm/yyyy, latin-1."""
    return registry.get("samples").fetch("vix").as_french_csv()


@pytest.fixture
def prices(folder: Path, french_prices: bytes) -> str:
    """The same as a file."""
    (folder / "cours.csv").write_bytes(french_prices)
    return "cours.csv"
