"""The certificate that Nginx is given: readable, with its key, in time, and for the site's names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from boursa.language import N_
from boursa.ops import certificates
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, warned

_SOON_DAYS = 14
_MAKE = N_("boursa cert issue (Let's Encrypt), or boursa cert dev for one of your own")
_RENEW = N_("boursa cert renew --reload 'systemctl reload nginx', or boursa cert dev if it is your own")


def look(site: Site) -> Finding:
    """Look at certificate and key."""
    if not site.settings.production:
        return apart(N_("Development serves over plain HTTP."))
    path, key = site.settings.tls_certificate.absolute(), site.settings.tls_key.absolute()
    facts: dict[str, str | int] = {"path": str(path), "key": str(key)}
    try:
        found = certificates.read(path)
        key.read_bytes()
    except FileNotFoundError as error:
        return failed(N_("There is no {file}."), _MAKE, **facts, file=error.filename)
    except PermissionError as error:
        return warned(N_("This account may not read {file}."), N_("Run it as root."), file=error.filename)
    except ValueError:
        return failed(N_("{path} is no certificate."), _MAKE, **facts)
    facts |= {"until": found.not_valid_after_utc.isoformat(timespec="seconds"), "days": _days(found)}
    return _refused(site, found, key, facts) or _judged(found, facts)


def _refused(site: Site, found: x509.Certificate, key: Path, facts: dict[str, str | int]) -> Finding | None:
    now = datetime.now(UTC)
    if found.not_valid_after_utc <= now:
        return failed(N_("{path} has expired: {until}."), _RENEW, **facts)
    if found.not_valid_before_utc > now:
        return failed(
            N_("{path} is not valid before {since}."),
            N_("Look at this machine's clock."),
            **facts,
            since=found.not_valid_before_utc.isoformat(timespec="seconds"),
        )
    if not certificates.fits(found, key):
        return failed(
            N_("{key} is not the key of {path}."), N_("Put the pair there that belongs together."), **facts
        )
    missing = certificates.not_named(found, {site.host, *site.settings.names})
    if missing:
        return failed(N_("{path} is not for {names}."), _MAKE, **facts, names=", ".join(sorted(missing)))
    return None


def _judged(found: x509.Certificate, facts: dict[str, str | int]) -> Finding:
    if _days(found) < _SOON_DAYS:
        return warned(N_("{path} expires in {days} days: {until}."), _RENEW, **facts)
    return passed(
        N_("For {names}; {days} days left (until {until}); the key fits."),
        **facts,
        names=", ".join(certificates.names_of(found)),
    )


def _days(found: x509.Certificate) -> int:
    return (found.not_valid_after_utc - datetime.now(UTC)).days
