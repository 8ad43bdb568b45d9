"""Passwords: which ones are accepted, and how they are kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from functools import cache
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from boursa.errors import InputError
from boursa.language import N_
from boursa.services.common_passwords import WALKS, WORDS
from boursa.storage.models.users import folded

# What is kept of a password; a type of its own, so that nobody keeps the password itself.
Hash = NewType("Hash", str)

SHORTEST, LONGEST = 10, 1000
_FEWEST_UNLIKE = 5

# Argon2id as OWASP sets it for servers that also have other things to do: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# What the earlier BoursA kept, and the costs that its library took where none is written down.
_EARLIER = re.compile(r"(scrypt|pbkdf2)(:[\w.-]+)*\$")
_SCRYPT_COST, _PBKDF2_ROUNDS = ("32768", "8", "1"), 260_000

_ORNAMENT = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET = str.maketrans("@4013$5+", "aaoiesst")


def check(password: str, *names: str | None) -> None:
    """Refuse a password that would be guessed: too short, too well known, or one of the person's `names`.

    Raises
    ------
    InputError
        With the rule that it breaks; the password itself is never repeated.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise InputError(
            N_("The password has {n} characters; it needs at least {least}."), n=len(plain), least=SHORTEST
        )
    if len(plain) > LONGEST:
        raise InputError(
            N_("The password has {n} characters; at most {most} are kept."), n=len(plain), most=LONGEST
        )
    if _personal(plain, names):
        raise InputError(N_("The password is your own name or address, which would be tried first."))
    if _common(plain):
        raise InputError(N_("This password is among the first that are tried; choose a longer, rarer one."))


def accepted(password: str, *names: str | None) -> Hash:
    """Return what is kept of a password that passes `check`; to be called while no transaction is open."""
    check(password, *names)
    return hashed(password)


def hashed(password: str) -> Hash:
    """Return what is kept of a password: Argon2id with a salt of its own."""
    return Hash(_HASHER.hash(_bytes(password)))


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is the one of which `stored` was kept.

    With nothing stored it takes the same time to say no: how long the answer took must not tell
    whether there is an account.
    """
    decoy = _decoy()
    if stored and _EARLIER.match(stored):
        return _verify_earlier(stored, password)
    try:
        right = _HASHER.verify(stored or decoy, _bytes(password))
    except (InvalidHashError, VerificationError):
        return False
    return right and bool(stored)


def needs_rehash(stored: str) -> bool:
    """Whether `stored` was made with weaker settings than today's."""
    return bool(_EARLIER.match(stored)) or _HASHER.check_needs_rehash(stored)


def _verify_earlier(stored: str, password: str) -> bool:
    """Check a hash as the earlier BoursA kept them: ``method$salt$hexadecimal``, in Werkzeug's spelling."""
    method, _, rest = stored.partition("$")
    salt, _, expected = rest.partition("$")
    # It hashed what was typed; a person may type the same letters on another system today.
    said = dict.fromkeys((password.encode("utf-8", "surrogatepass"), _bytes(password)))
    try:
        found = [_derived(method.split(":"), one, salt.encode()).hex() for one in said]
    except (ValueError, OverflowError, MemoryError):
        return False  # a method or cost that this system does not know
    # All are compared, each in constant time.
    return bool(expected) and any([hmac.compare_digest(one, expected) for one in found])  # noqa: C419 - see above


def _derived(method: list[str], password: bytes, salt: bytes) -> bytes:
    match method:
        case ["scrypt", *cost]:
            n, r, p = (int(word) for word in cost or _SCRYPT_COST)
            return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=132 * n * r * p)
        case ["pbkdf2", name, rounds]:
            return hashlib.pbkdf2_hmac(name, password, salt, int(rounds))
        case ["pbkdf2", *name]:
            return hashlib.pbkdf2_hmac(name[0] if name else "sha256", password, salt, _PBKDF2_ROUNDS)
    raise ValueError(method)


@cache
def _decoy() -> str:
    return _HASHER.hash(b"nobody has this password")


def _normal(password: str) -> str:
    # The same letters typed on two systems can be two sequences of code points.
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    # A terminal hands over bytes that are no UTF-8 as lone surrogates; they are as good as any.
    return _normal(password).encode("utf-8", "surrogatepass")


def _personal(plain: str, names: tuple[str | None, ...]) -> bool:
    word = folded(plain)
    own = {folded(name) for name in names if name}
    own |= {name.split("@")[0] for name in own}
    return word in own or _core(word) in {_core(name) for name in own if _core(name)}


def _common(plain: str) -> bool:
    word = folded(plain)
    if len(set(word)) < _FEWEST_UNLIKE or word in WALKS:
        return True
    core = _core(word)
    if not core:  # digits and marks alone: a date, a telephone number, 1234567890
        return len(word) < 2 * SHORTEST
    return core in WORDS or core.translate(_LEET) in WORDS


def _core(word: str) -> str:
    return _ORNAMENT.sub("", word)
