"""Log files under several processes: no line is lost, none is cut, and nothing secret stands in them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

import boursa
from boursa import telemetry
from boursa.runtime import Runtime
from boursa.storage.models import User

_WRITER = """
import sys
from pathlib import Path
from boursa import telemetry
telemetry.configure_logging(file=Path(sys.argv[1]), file_mb=1, kept=10_000)
structlog = __import__("structlog")
structlog.get_config()["logger_factory"]._file.most_bytes = int(sys.argv[4])
log = telemetry.logger("writer")
for number in range(int(sys.argv[3])):
    log.info("line", writer=sys.argv[2], number=number, filling="x" * (number % 200))
"""


def _write(path: Path, *, writers: int, lines: int, most_bytes: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(boursa.__file__).parent.parent)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, path, str(writer), str(lines), str(most_bytes)], env=environment
        )
        for writer in range(writers)
    ]
    assert [process.wait(120) for process in running] == [0] * writers


@pytest.mark.parametrize("lines", [1500, pytest.param(50_000, marks=pytest.mark.long)])
def test_rotation_under_four_writing_processes_loses_no_line(tmp_path: Path, lines: int) -> None:
    # Whoever puts the file aside and whoever writes take turns.
    path = tmp_path / "boursa.log"
    _write(path, writers=4, lines=lines, most_bytes=20_000)
    files = list(tmp_path.glob("boursa.log*"))
    found = Counter(
        (line["writer"], line["number"])
        for file in files
        for line in map(json.loads, file.read_text().splitlines())
    )
    print(f"{sum(found.values())} lines in {len(files)} files")
    assert len(files) > 20
    assert found == Counter((str(writer), number) for writer in range(4) for number in range(lines))


def test_midnight_puts_the_file_aside_and_old_ones_go(tmp_path: Path) -> None:
    # By size and by time, and only so many are kept.
    path = tmp_path / "boursa.log"
    file = telemetry.RotatingFile(path, 1_000_000, 2)
    for day in range(5):
        file.write(f"{day}\n")
        yesterday = time.time() - 86_400
        os.utime(path, (yesterday, yesterday))
    assert path.read_text() == "4\n"
    assert sorted(one.read_text() for one in tmp_path.glob("boursa.log.*")) == ["2\n", "3\n"]


def test_secrets_and_addresses_of_people_are_taken_out(tmp_path: Path) -> None:
    # Logs travel far: to collectors, to tickets, to colleagues.
    path = tmp_path / "boursa.log"
    telemetry.configure_logging(file=path)
    try:
        log = structlog.get_logger("secrets")
        secrets = ["hunter2hunter2", "bsa_abcDEF123", "awa@example.org", "s3cr3t-link", "tok3n"]
        log.info("a", password=secrets[0], url=f"postgresql://boursa:{secrets[0]}@db:5432/x")
        log.info(
            "b", header=f"Bearer {secrets[1]}", said={"to": secrets[2]}, path=f"/login/link/{secrets[3]}"
        )
        try:
            raise ValueError(f"{secrets[1]} of {secrets[2]}: api_key={secrets[4]}")
        except ValueError:
            log.exception("c", csrf_token=secrets[4])
        text = path.read_text()
    finally:
        structlog.reset_defaults()
    assert len(text.splitlines()) == 3
    assert "ValueError" in text
    assert "@db:5432/x" in text
    assert [one for one in secrets if one in text] == []


def test_a_log_that_cannot_be_written_takes_nobody_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A disk that is full, a folder that is gone: the line goes to standard error, and work goes on.
    file = telemetry.RotatingFile(tmp_path / "logs" / "boursa.log", 1_000_000, 2)
    file.write("first\n")
    shutil.rmtree(tmp_path / "logs")
    file.write("second\n")
    assert capsys.readouterr().err == "boursa.log: No such file or directory: second\n"
    (tmp_path / "logs").mkdir()
    file.write("third\n")
    assert file.path.read_text() == "third\n"


def test_the_wsgi_entry_point_logs_as_the_settings_say(tmp_path: Path) -> None:
    # Whoever serves `wsgi:app` with a server of their own gets the same lines, without secrets.
    path = tmp_path / "boursa.log"
    settings = {
        "BOURSA_INSTANCE": str(tmp_path),
        "BOURSA_ENV_FILE": "",
        "LOG_FILE": str(path),
    }
    code = "import wsgi; wsgi.app.test_client().get('/login/link/s3cr3t-link')"
    root = Path(boursa.__file__).parent.parent
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **settings}, cwd=root, check=True)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/login/link/***"]
    assert "s3cr3t-link" not in path.read_text()


def test_what_stood_in_a_row_stands_in_no_log(installation: Runtime, tmp_path: Path) -> None:
    # A fault of the database is logged with its statement; hashes and addresses are not part of it.
    path = tmp_path / "boursa.log"
    telemetry.configure_logging(file=path)
    try:
        for _ in range(2):
            with contextlib.suppress(IntegrityError), installation.unit_of_work() as session:
                session.add(User(username="awa", password_hash="$argon2id$h4sh"))
                try:
                    session.flush()
                except IntegrityError:
                    telemetry.logger("test").exception("refused")
                    raise
        text = path.read_text()
    finally:
        structlog.reset_defaults()
    assert "INSERT INTO users" in text
    assert "h4sh" not in text
