"""Certificates: one of our own for development, and those of Let's Encrypt through certbot."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from boursa.errors import Conflict, InputError, NotFound, Unavailable
from boursa.language import N_

_DAYS = 365
_LINEAGE = "boursa"
# As certificates spell names: what has accents is written xn--...
_NAME = re.compile(r"(\*\.)?[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*\.?")
_LONGEST = 253


@dataclass(frozen=True)
class Pair:
    """A certificate with its key, as Nginx reads them."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """Whom certbot asks, and where it keeps what it was given."""

    folder: Path
    webroot: Path
    server: str | None = None


def make(pair: Pair, names: Sequence[str]) -> bool:
    """Make a certificate that signs itself for `names`; return False if a good one is there already.

    Raises
    ------
    Conflict
        If there is one that is good, but not for these names, or that somebody else has signed.
    """
    _alternatives(names)  # before anything is looked at, so that the answer does not depend on what is there
    there = _there(pair)
    if there is not None and not _replaceable(there, pair, names):
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    install(pair, _signed(key, names).public_bytes(serialization.Encoding.PEM), private)
    return True


def issue(authority: Authority, names: Sequence[str], email: str | None) -> Pair:
    """Obtain a certificate for `names`: certbot proves through the webroot that they are ours."""
    who = ["--email", email] if email else ["--register-unsafely-without-email"]
    domains = [word for name in names for word in ("--domain", name)]
    authority.webroot.mkdir(parents=True, exist_ok=True)
    _certbot(
        authority,
        [
            *("certonly", "--webroot", "--webroot-path", str(authority.webroot), "--agree-tos", *who),
            *("--cert-name", _LINEAGE, "--keep-until-expiring", "--expand", *domains),
        ],
    )
    return _obtained(authority)


def renew(authority: Authority, *, force: bool = False) -> Pair:
    """Renew the certificate if it is time to; certbot knows when."""
    _obtained(authority)  # without one, certbot's own words would help nobody
    # Left to itself it waits up to eight minutes; whoever starts it daily spreads that better.
    words = ["renew", "--cert-name", _LINEAGE, "--no-random-sleep-on-renew"]
    _certbot(authority, [*words, *(["--force-renewal"] if force else [])])
    return _obtained(authority)


def take(source: Pair, target: Pair) -> bool:
    """Put a certificate where Nginx reads it; return False if it stands there already."""
    certificate, key = source.certificate.read_bytes(), source.key.read_bytes()
    if target.certificate.exists() and target.certificate.read_bytes() == certificate:
        return False
    install(target, certificate, key)
    return True


def install(pair: Pair, certificate: bytes, key: bytes) -> None:
    """Write both files, each in one step; nobody but the owner reads the key."""
    try:
        _write(pair.key, key, 0o600)
        _write(pair.certificate, certificate, 0o644)
    except OSError as error:
        raise InputError(
            N_("{path} cannot be written: {reason}."), path=pair.certificate.parent, reason=error.strerror
        ) from error


def reload(command: Sequence[str]) -> None:
    """Let the web server read its certificate again; connections that are at work stay."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the operator's own command
    if done.returncode:
        raise Unavailable(
            N_("The new certificate is in place, but the web server did not reload: {reason}"),
            reason=_last_line(done.stderr),
        )


def _there(pair: Pair) -> x509.Certificate | None:
    if not pair.certificate.exists():
        return None
    try:
        return x509.load_pem_x509_certificate(pair.certificate.read_bytes())
    except ValueError:
        raise Conflict(N_("{path} is no certificate; move it away first."), path=pair.certificate) from None


def _replaceable(there: x509.Certificate, pair: Pair, names: Sequence[str]) -> bool:
    good = there.not_valid_after_utc > datetime.now(UTC) and fits(there, pair.key)
    if good and set(_alternatives(names)) <= set(_named(there)):
        return False
    if good or there.issuer != there.subject:
        raise Conflict(
            N_("{path} holds another certificate, which is not overwritten; move it away first."),
            path=pair.certificate,
        )
    return True


def read(path: Path) -> x509.Certificate:
    """Return the first certificate in the file; an `OSError` or a `ValueError` says that there is none."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def names_of(certificate: x509.Certificate) -> list[str]:
    """Return the names and addresses that a certificate is for."""
    return [str(one.value) for one in _named(certificate)]


def not_named(certificate: x509.Certificate, names: Iterable[str]) -> list[str]:
    """Return those of `names` that the certificate is not for; ``*.`` stands for one word."""
    there = {name.lower() for name in names_of(certificate)}

    def covered(name: str) -> bool:
        plain = name.strip("[]").lower()
        return bool({plain, f"*.{plain.partition('.')[2]}"} & there)

    return [name for name in names if not covered(name)]


def fits(certificate: x509.Certificate, key: Path) -> bool:
    """Whether the private key in that file is the certificate's."""
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return False
    return private.public_key() == certificate.public_key()


def _named(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _alternatives(names: Sequence[str]) -> list[x509.GeneralName]:
    return [_alternative(name) for name in names]


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        if len(name) > _LONGEST or not _NAME.fullmatch(name):
            raise InputError(
                N_("{name} is no name of a machine, such as boursa.example.org, and no address either."),
                name=name,
            ) from None
        return x509.DNSName(name)


def _signed(key: ec.EllipticCurvePrivateKey, names: Sequence[str]) -> x509.Certificate:
    ours = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "BoursA development")])
    public, now = key.public_key(), datetime.now(UTC)
    identity = x509.SubjectKeyIdentifier.from_public_key(public)
    builder = (
        x509.CertificateBuilder()
        .subject_name(ours)
        .issuer_name(ours)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
    )
    for extension, critical in (
        (x509.SubjectAlternativeName(_alternatives(names)), False),
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (_usage(), True),
        (identity, False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identity), False),
    ):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256())


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,  # it signs itself, which strict clients look for
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _certbot(authority: Authority, words: Sequence[str]) -> None:
    program = shutil.which("certbot")
    if program is None:
        raise NotFound(N_("certbot is not installed (as root: apt-get install certbot)."))
    folder = authority.folder
    places = [f"--{name}-dir={folder / name}" for name in ("config", "work", "logs")]
    server = ["--server", authority.server] if authority.server else []
    done = subprocess.run(  # noqa: S603 - the program that was found, with our words
        [program, *words, "--non-interactive", *places, *server], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unavailable(
            N_("No certificate was obtained: {reason} (more in {folder})"),
            reason=_last_line(done.stdout + done.stderr),
            folder=folder / "logs",
        )


def _obtained(authority: Authority) -> Pair:
    live = authority.folder / "config" / "live" / _LINEAGE
    pair = Pair(live / "fullchain.pem", live / "privkey.pem")
    if not pair.certificate.exists():
        raise NotFound(N_("There is no certificate to renew yet; boursa cert issue obtains one."))
    return pair


def _write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _last_line(text: str) -> str:
    # certbot says what went wrong in a line that begins so, and then where its log is.
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    details = [line for line in lines if line.startswith("Detail:") or "error" in line.lower()]
    return (details or lines or ["?"])[-1]
