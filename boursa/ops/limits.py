"""How often anybody may ask, and how much they may send: limits that pages and API share."""

from __future__ import annotations

from flask import Response, current_app, g, request
from flask_limiter import HeaderNames, Limiter

from boursa.ops import clients
from boursa.settings import Settings

# The limiter would put Retry-After on every answer, over what the answer itself says.
_WAIT = "X-RateLimit-Wait"
_AWAY_S = 5
# Whoever sends this much more than is allowed is not a person with a large file.
_MOST_DRAINED = 300_000_000


def asker() -> str:
    """Return who is counted: the signed-in person, else the address."""
    person_id = getattr(g, "asker_id", None)
    return f"person:{person_id}" if person_id is not None else f"address:{clients.network()}"


def per_minute() -> str:
    """Return the general limit, as the settings say it."""
    return f"{_settings().requests_per_minute} per minute"


def sign_ups() -> str:
    """Return how many accounts one address may make."""
    return f"{_settings().sign_ups_per_hour} per hour"


def say_when(answer: Response) -> Response:
    """Tell whoever asked too often, or while a part is away, when to come back, and nobody else."""
    wait = answer.headers.pop(_WAIT, None)
    if answer.status_code == 503:
        answer.headers.setdefault("Retry-After", str(_AWAY_S))
    if answer.status_code == 429 and wait is not None:
        answer.headers.setdefault("Retry-After", str(max(1, int(wait))))
    return answer


def drain() -> None:
    """Read what is still being sent to the end: cut off, a client would see no answer at all."""
    if request.environ.get("SERVER_SOFTWARE", "").startswith("Werkzeug"):
        return  # its stream is the bare socket, which waits for more than there is
    allowed = current_app.config["MAX_CONTENT_LENGTH"] or 0
    left = min(request.content_length or 0, allowed + _MOST_DRAINED)
    stream = request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(left, 1 << 20))):
        left -= len(piece)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["boursa"].settings
    return settings


# Where it counts is `boursa.ops.counts`, or `shared_counts`, which does without Redis by itself.
limiter = Limiter(
    key_func=asker,
    default_limits=[per_minute],
    strategy="fixed-window",
    headers_enabled=True,
    header_name_mapping={HeaderNames.RETRY_AFTER: _WAIT},
    swallow_errors=True,
)
