"""The front: what a person's browser meets at the public address."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import time
from datetime import UTC, datetime

from cryptography import x509

from boursa.language import N_
from boursa.ops import certificates
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, warned

_WAIT_S = 4.0
_NGINX = N_("Start Nginx and read its error log; --front HOST says where it is, seen from here.")
_RELOAD = N_("Let Nginx read it: systemctl reload nginx, or docker compose exec nginx nginx -s reload")
_RENDER = N_("Write its configuration anew (boursa nginx render) and reload Nginx.")


def open_port(site: Site) -> Finding:
    """Knock at the public address."""
    if not site.settings.production:
        return apart(N_("Development has no web server in front."))
    facts = {"host": site.reached, "port": site.https_port}
    started = time.perf_counter()
    try:
        socket.create_connection((site.reached, site.https_port), _WAIT_S).close()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return failed(N_("Nothing listens at {host}:{port} ({reason})."), _NGINX, **facts, reason=reason)
    ms = round(1000 * (time.perf_counter() - started), 1)
    return passed(N_("{host}:{port} accepts a connection in {ms} ms."), **facts, ms=ms)


def https(site: Site) -> Finding:
    """Shake hands as a browser does, which believes nobody."""
    own = _own(site)
    trust = ssl.create_default_context()
    if own is not None and own.issuer == own.subject:
        trust.load_verify_locations(site.settings.tls_certificate)  # it vouches for itself, here only
    try:
        with (
            socket.create_connection((site.reached, site.https_port), _WAIT_S) as plain,
            trust.wrap_socket(plain, server_hostname=site.host) as line,
        ):
            version, content = line.version(), line.getpeercert(binary_form=True) or b""
    except ssl.SSLCertVerificationError as error:
        return failed(
            N_("A browser refuses the certificate that is shown for {host}: {reason}."),
            N_("boursa cert issue or renew, then reload Nginx"),
            host=site.host,
            reason=error.verify_message,
        )
    except OSError as error:
        reason = getattr(error, "reason", None) or error.strerror or type(error).__name__
        return failed(N_("No TLS with {host}: {reason}."), _RENDER, host=site.host, reason=reason)
    return _shown(site, own, x509.load_der_x509_certificate(content), version)


def _shown(site: Site, own: x509.Certificate | None, shown: x509.Certificate, version: str | None) -> Finding:
    days = (shown.not_valid_after_utc - datetime.now(UTC)).days
    facts = {"host": site.host, "version": version, "days": days}
    if own is not None and own != shown:
        return warned(N_("{host} shows another certificate than the one in the file."), _RELOAD, **facts)
    if shown.issuer == shown.subject and not _local(site.host):
        return warned(
            N_("{host} shows a certificate that signed itself: browsers warn of it."),
            "boursa cert issue",
            **facts,
        )
    return passed(
        N_("{version}, a certificate for {host} that a browser accepts, {days} days left."), **facts
    )


def _own(site: Site) -> x509.Certificate | None:
    try:
        return certificates.read(site.settings.tls_certificate)
    except (OSError, ValueError):
        return None  # what is wrong with it is said elsewhere


def _local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def redirect(site: Site) -> Finding:
    """Ask over plain HTTP."""
    if not site.settings.production:
        return apart(N_("Development serves over plain HTTP."))
    port = site.settings.http_port
    facts = {"host": site.host, "port": port}
    try:
        line = http.client.HTTPConnection(site.reached, port, timeout=_WAIT_S)
        status, target, _ = _get(line, site, "/")
        alive = _get(http.client.HTTPConnection(site.reached, port, timeout=_WAIT_S), site, "/health")[0]
    except (OSError, http.client.HTTPException) as error:
        return failed(
            N_("Port {port} does not answer ({reason})."), _NGINX, **facts, reason=type(error).__name__
        )
    if status not in (301, 308) or not target.startswith(f"https://{site.host}"):
        return failed(
            N_("Port {port} answers {status} instead of sending people to HTTPS."),
            _RENDER,
            **facts,
            status=status,
        )
    if alive not in (200, 503):
        return failed(N_("Port {port} answers {status} to /health."), _RENDER, **facts, status=alive)
    return passed(
        N_("Port {port} answers {status} to {target}, and /health itself."),
        **facts,
        status=status,
        target=target,
    )


def health(site: Site) -> Finding:
    """Ask for /health through the front."""
    started = time.perf_counter()
    try:
        status, _, content = _get(_line(site), site, "/health")
        said = json.loads(content)
        state, parts = said["status"], {name: one for name, one in said.items() if name != "status"}
    except (OSError, http.client.HTTPException) as error:
        return failed(N_("/health does not answer ({reason})."), _NGINX, reason=type(error).__name__)
    except (ValueError, KeyError, TypeError, AttributeError):
        return failed(N_("/health answers {status}, and not BoursA's words."), _RENDER, status=status)
    facts = {"status": status, "state": state, "parts": ", ".join(f"{k} {v}" for k, v in parts.items())}
    facts["ms"] = round(1000 * (time.perf_counter() - started))
    if status != 200:
        return failed(
            N_("/health answers {status} {state}: {parts}."), N_("Mend the part that it names."), **facts
        )
    if state != "ok":
        return warned(
            N_("/health answers {status} {state}: {parts}."), N_("Mend the part that it names."), **facts
        )
    return passed(N_("/health answers {status} {state} in {ms} ms: {parts}."), **facts)


def metrics(site: Site) -> Finding:
    """Ask for what the public must not see."""
    try:
        status, _, _ = _get(_line(site), site, "/metrics")
    except (OSError, http.client.HTTPException) as error:
        return failed(N_("/metrics does not answer ({reason})."), _NGINX, reason=type(error).__name__)
    if status in (401, 403, 404):
        return passed(N_("/metrics answers {status} to the public."), status=status)
    return failed(N_("/metrics answers {status} to the public."), _RENDER, status=status)


def _line(site: Site) -> http.client.HTTPConnection:
    # Whether the certificate is good is `https`'s question; these two want an answer all the same.
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection(site.reached, site.https_port, timeout=_WAIT_S)
    line.sock = trust.wrap_socket(
        socket.create_connection((site.reached, site.https_port), _WAIT_S), server_hostname=site.host
    )
    return line


def _get(line: http.client.HTTPConnection, site: Site, path: str) -> tuple[int, str, bytes]:
    try:
        line.request("GET", path, headers={"Host": site.host})
        answer = line.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read(65536)
    finally:
        line.close()
