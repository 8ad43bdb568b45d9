"""What every answer carries so that a browser protects the person: headers, cookies, form tokens."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from boursa.settings import Settings

# Nothing from another host, nothing inline, nothing evaluated; Tabler's CSS draws marks as data: images.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    # One person's page must never be kept for another; an answer that may be kept says so itself.
    "Cache-Control": "no-store",
}
_YEAR_S = 31_536_000
# Fields beside the file: names and options, never more than this.
_FORM_BYTES = 1_000_000

csrf = CSRFProtect()


def register(app: Flask, config: Settings) -> None:
    """Give every answer its headers, and every form its token."""
    # `__Host-` cookies need TLS, which a laptop has not.
    prefix = "__Host-" if config.production else ""
    app.config.update(
        SESSION_COOKIE_NAME=f"{prefix}boursa-form",
        SESSION_COOKIE_SECURE=config.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=config.max_upload_mb * 1_000_000 + _FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_FORM_BYTES,
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate checks, once it knows who sends the form
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the browser's session does
        WTF_CSRF_SSL_STRICT=True,
    )
    csrf.init_app(app)
    if config.trusted_proxies:
        near: Any = app.wsgi_app
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(near, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign] # how Flask takes middleware

    @app.after_request
    def _protect(answer: Response) -> Response:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        if config.production:
            answer.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_S}")
        return answer
