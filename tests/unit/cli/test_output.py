"""Results written to a file or to standard output: whole, or not at all."""

from __future__ import annotations

import csv
import json
import os
import stat
from pathlib import Path

import pytest

from boursa.cli.output import write_csv, write_json, write_whole
from boursa.errors import InputError


def test_a_file_appears_with_all_of_its_content(tmp_path: Path) -> None:
    # And nothing beside it.
    write_whole(tmp_path / "out.csv", b"all")
    assert (tmp_path / "out.csv").read_bytes() == b"all"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_file_of_that_name_is_replaced(tmp_path: Path) -> None:
    # The old content to the last byte.
    (tmp_path / "out.csv").write_bytes(b"a much longer content")
    write_whole(tmp_path / "out.csv", b"new")
    assert (tmp_path / "out.csv").read_bytes() == b"new"


def test_a_relative_path_is_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As every other program takes it.
    monkeypatch.chdir(tmp_path)
    write_whole(Path("out.csv"), b"x")
    assert (tmp_path / "out.csv").read_bytes() == b"x"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_file_is_as_readable_as_any_other_of_that_person(tmp_path: Path, mask: int) -> None:
    # A temporary file is private, a result is not, unless the person wants it so.
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "out.csv", b"x")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o666 & ~mask


def test_a_link_is_followed(tmp_path: Path) -> None:
    # Who links a result elsewhere wants it there.
    (tmp_path / "there").mkdir()
    (tmp_path / "out.csv").symlink_to(tmp_path / "there" / "real.csv")
    write_whole(tmp_path / "out.csv", b"x")
    assert (tmp_path / "out.csv").is_symlink()
    assert (tmp_path / "there" / "real.csv").read_bytes() == b"x"


@pytest.mark.skipif(os.name == "nt", reason="named pipes of POSIX")
def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    # `--out /dev/stdout`, run as root, must not put a file in the place of the device.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"x")
        assert os.read(reader, 10) == b"x"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_path_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    # With the reason of the system, in one sentence; no temporary file stays behind.
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    for path in (tmp_path / "folder", tmp_path / "absent" / "out.csv"):
        with pytest.raises(InputError, match="cannot be written") as refused:
            write_whole(path, b"x")
        assert str(path) in str(refused.value)
        assert "None" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_writing_that_is_interrupted_keeps_the_old_file(tmp_path: Path) -> None:
    # Content that is no bytes stands in for a full disk: it fails in the midst of writing.
    (tmp_path / "out.csv").write_bytes(b"old")
    with pytest.raises(TypeError):
        write_whole(tmp_path / "out.csv", "text")  # type: ignore[arg-type]
    assert (tmp_path / "out.csv").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_csv_is_written_in_the_dialect_of_programs(tmp_path: Path) -> None:
    # Commas, points, UTF-8; columns in the order of first appearance, what a row lacks is empty.
    rows = [{"ds": "2025-01-06", "naïf": 0.1}, {"ds": 'a,"b"\nc', "theta": 1e-9}]
    write_csv(tmp_path / "out.csv", rows)
    content = (tmp_path / "out.csv").read_bytes()
    assert content.startswith("ds,naïf,theta\n2025-01-06,0.1,\n".encode())
    assert b"\r" not in content
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        again = list(csv.DictReader(file))
    assert again[1] == {"ds": 'a,"b"\nc', "naïf": "", "theta": "1e-09"}


def test_numbers_of_a_csv_are_read_back_to_the_digit(tmp_path: Path) -> None:
    # A file of results is data again.
    values = [0.1 + 0.2, 1 / 3, 1e-300, 123456789.123456789]
    write_csv(tmp_path / "out.csv", [{"x": value} for value in values])
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [float(row["x"]) for row in csv.DictReader(file)] == values


def test_json_is_what_every_program_reads(capsys: pytest.CaptureFixture[str]) -> None:
    # Accents as they are, and never NaN, which is no JSON.
    write_json({"nom": "Clôture", "p": None, "x": 0.1})
    out = capsys.readouterr().out
    assert "Clôture" in out
    assert json.loads(out) == {"nom": "Clôture", "p": None, "x": 0.1}
    with pytest.raises(ValueError, match="JSON"):
        write_json({"x": float("nan")})
    assert capsys.readouterr().out == ""
