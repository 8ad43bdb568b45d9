"""Passwords: what would be guessed is refused, and what is kept gives nothing away."""

from __future__ import annotations

import itertools
import time

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from werkzeug.security import generate_password_hash

from boursa.errors import InputError
from boursa.services import passwords

GOOD = "girafe et carnet mauve"


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "neuf cara",
        "motdepasse1",
        "Motdepasse2024!",
        "P@ssw0rd123",
        "1234567890",
        "01/01/2001",
        "aaaaaaaaaaaa",
        "1q2w3e4r5t",
        "azertyuiop",
        "!!soleil2025!!",
        "x" * 1001,
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    # Also with a capital, a year and an exclamation mark: every list of guesses has those.
    with pytest.raises(InputError) as refused:
        passwords.check(password)
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", [GOOD, "dix lettre", "é" * 3 + " œuvre à part", "x7$Kq-" + "abc" * 300])
def test_other_passwords_are_taken(password: str) -> None:
    # No rule about capitals or marks: length and rarity are what counts.
    passwords.check(password)


@pytest.mark.parametrize("password", ["awa.diallo", "AWA.DIALLO", "awa.diallo1999", "Awa.Diallo@example.org"])
def test_a_name_is_no_password(password: str) -> None:
    # The first guess of whoever knows the person.
    with pytest.raises(InputError, match="own name"):
        passwords.check(password, "Awa.Diallo", "awa.diallo@example.org")


def test_what_is_kept_is_argon2id_at_the_recommended_cost() -> None:
    # 19 MiB, two passes, one lane; a salt of its own each time.
    kept = passwords.hashed(GOOD)
    found = extract_parameters(kept)
    assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 19456, 2, 1)
    assert kept != passwords.hashed(GOOD)
    assert not passwords.needs_rehash(kept)


def test_a_weaker_hash_is_to_be_made_again() -> None:
    # Raising the cost one day must reach accounts that exist.
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert passwords.verify(weak, GOOD)
    assert passwords.needs_rehash(weak)


@pytest.mark.parametrize(
    ("stored", "password", "right"),
    [
        (passwords.hashed(GOOD), GOOD, True),
        (passwords.hashed("cafe\u0301 du port"), "caf\u00e9 du port", True),  # two ways to type é
        (passwords.hashed(GOOD), GOOD.upper(), False),
        (passwords.hashed(GOOD), "", False),
        (passwords.hashed(GOOD), "\udcff" * 12, False),
        (None, GOOD, False),
        (None, "nobody has this password", False),
        ("", "nobody has this password", False),
        ("not a hash", GOOD, False),
    ],
    ids=itertools.count(),  # a hash is another one each time
)
def test_only_the_password_opens(stored: str | None, password: str, right: bool) -> None:
    # An account without password opens with none at all.
    assert passwords.verify(stored, password) is right


@pytest.mark.parametrize(
    "method", ["pbkdf2:sha256:1000", "pbkdf2:sha512:500", "pbkdf2", "scrypt", "scrypt:1024:8:1"]
)
@pytest.mark.parametrize("password", ["Dakar-2019", "été à Saint-Louis", "e\u0301te\u0301"])
def test_passwords_of_the_earlier_boursa_open_and_are_to_be_hashed_again(method: str, password: str) -> None:
    # Nobody has to choose a new password because the program changed.
    stored = generate_password_hash(password, method)
    assert passwords.verify(stored, password)
    assert not passwords.verify(stored, password + "x")
    assert passwords.needs_rehash(stored)


@pytest.mark.parametrize(
    "stored",
    ["pbkdf2:md9:10$salt$00", "scrypt:3:8:1$s$00", "pbkdf2:sha256:x$s$00", "scrypt$", "pbkdf2:sha256:1$s$"],
)
def test_a_broken_hash_of_the_earlier_boursa_opens_to_nobody(stored: str) -> None:
    # A row that was damaged long ago must not end the sign-in in an error.
    assert not passwords.verify(stored, "")
    assert not passwords.verify(stored, GOOD)


def test_saying_no_takes_as_long_without_an_account() -> None:
    # The time of an answer must not tell whether the account exists.
    kept = passwords.hashed(GOOD)

    def seconds(stored: str | None) -> float:
        started = time.perf_counter()
        passwords.verify(stored, "another one")
        return time.perf_counter() - started

    passwords.verify(None, "x")
    # In turns, so that a busy machine slows both down.
    took = [(seconds(None), seconds(kept)) for _ in range(10)]
    without, wrong = (min(column) for column in zip(*took, strict=True))
    assert 0.4 < without / wrong < 2.5
