"""Errors as ``application/problem+json`` (RFC 9457): the only place where the API translates errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from apiflask import HTTPError
from flask import Response, json, request
from werkzeug.exceptions import HTTPException

from boursa import telemetry
from boursa.api import faults
from boursa.errors import BoursaError, NameUnknown, OptionUnknown, TokenRefused
from boursa.language import DEFAULT_LANGUAGE, LANGUAGES, N_, translate
from boursa.ops import refusals

_log = telemetry.logger(__name__)
# Seconds; who asks too often is told by the limiter.
_RETRY_S = {409: 1}

_SENTENCES = {
    **refusals.SENTENCES,
    400: N_("The request cannot be understood."),
    404: N_("There is no such address, or it is not yours."),
    415: N_("The body has another content type than this address reads."),
    422: N_("The request has values that cannot be used; `errors` names each of them."),
}
_CODES = {
    400: "usage",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    429: "too-often",
}


def answer(error: Exception) -> Response:
    """Return the problem document of any error."""
    if isinstance(error, BoursaError):
        return _of_ours(error)
    if isinstance(error, HTTPError):
        return _problem(error.status_code, errors=list(faults.of(error, language())))
    if isinstance(error, HTTPException):
        found = _problem(error.code or 500)
        kept = ("Allow", "Retry-After", "WWW-Authenticate")
        found.headers.update({name: value for name, value in error.get_headers() if name in kept})
        return found
    _log.exception("unexpected", path=request.path, exc_info=error)
    return _problem(500)


def of_job(error: Mapping[str, Any]) -> Response:
    """Return the problem document of a failed or cancelled job."""
    extra = {name: value for name, value in error.items() if name not in ("code", "fr", "en")}
    return write(_STATUSES.get(error["code"], 500), error["code"], error[language()], **extra)


def write(status: int, code: str, detail: str, **extra: Any) -> Response:
    """Return a problem document."""
    document = {
        "type": f"/api/v1/docs#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }
    response = Response(json.dumps(document), status, content_type="application/problem+json")
    response.headers["Content-Language"] = language()
    response.vary.add("Accept-Language")
    return response


def language() -> str:
    """Return the language of this request's sentences: as its headers wish, else French."""
    # In the order of the person's wishes; `best_match` would take plain "en" before "fr-CA".
    heads = (tag.partition("-")[0].lower() for tag, _ in request.accept_languages)
    return next((head for head in heads if head in LANGUAGES), DEFAULT_LANGUAGE)


def _of_ours(error: BoursaError) -> Response:
    found = write(_status(type(error)), error.code, error.sentence(language()))
    if error.retryable:
        found.headers["Retry-After"] = str(_RETRY_S.get(error.http_status, 5))
    if isinstance(error, TokenRefused):
        refused = ', error="invalid_token"' if "Authorization" in request.headers else ""
        found.headers["WWW-Authenticate"] = f'Bearer realm="BoursA"{refused}'
    return found


def _problem(status: int, **extra: Any) -> Response:
    sentence = _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500])
    detail = translate(sentence, language()).format(most=refusals.most_mb())
    return write(status, _CODES.get(status, "error"), detail, **extra)


def _all(kind: type[BoursaError]) -> Iterator[type[BoursaError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _all(one)


def _status(kind: type[BoursaError]) -> int:
    # The addresses of the API hold numbers: a name or an option stands in a body, where it is one more
    # value that cannot be used.
    return 422 if issubclass(kind, NameUnknown | OptionUnknown) else kind.http_status


_STATUSES = {kind.code: _status(kind) for kind in _all(BoursaError)}
