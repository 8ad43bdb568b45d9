"""Counting failed sign-ins: a guesser is stopped, the person whose account it is is not.

Counted are one address and one name together, and one address over all names: whoever fails at
somebody else's account from elsewhere cannot keep that person out of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response
from limits import RateLimitItem, RateLimitItemPerMinute

from boursa.errors import Conflict, InputError, SignInRefused, TooOften
from boursa.language import N_
from boursa.ops import clients
from boursa.ops.limits import limiter
from boursa.services import names
from boursa.services.secret_words import fingerprint
from boursa.storage.models.users import folded
from boursa.web.gate import held

# An office behind one address fails more often than a person does.
_PEOPLE_PER_ADDRESS = 10
# People mistype; yet every refused sign-up is work, and each tells whether a name or an address is taken.
_REFUSALS_PER_SIGN_UP = 10


@contextmanager
def counted(name: str) -> Iterator[None]:
    """Let the block try `name` and a password; of one name, only refusals in a row stay counted.

    For the name, the attempt is counted before it is made: a hundred at the same moment would otherwise
    all pass. For the address, a refusal is counted after it: those that are under way pass a little over.

    Raises
    ------
    TooOften
        With the pause that is left, whether or not the password would have been right.
    """
    one, all_of_them = _limits()
    place = (clients.network(),)
    pair = (*place, fingerprint(folded(names.asked_for(name))))
    count = limiter.limiter
    if not count.test(all_of_them, *place):
        raise _too_often(all_of_them, place)
    if not count.hit(one, *pair):
        raise _too_often(one, pair)
    try:
        yield
    except SignInRefused:
        count.hit(all_of_them, *place)
        raise
    except BaseException:
        count.clear(one, *pair)
        raise
    count.clear(one, *pair)


def refusals() -> str:
    """Return how often anybody may ask for a name or an e-mail address that cannot be had."""
    return f"{_REFUSALS_PER_SIGN_UP * held().settings.sign_ups_per_hour} per hour"


def refused(answer: Response) -> bool:
    """Whether an answer says no to what was filled in."""
    return answer.status_code in (Conflict.http_status, InputError.http_status)


def pause_s(error: TooOften) -> int:
    """Return the seconds after which it may be tried again, as ``Retry-After`` has them."""
    seconds: int = error.params["seconds"]
    return seconds


def _limits() -> tuple[RateLimitItem, RateLimitItem]:
    most, minutes = held().settings.max_login_attempts, held().settings.account_lockout_minutes
    return (
        RateLimitItemPerMinute(most, minutes, namespace="sign-in"),
        RateLimitItemPerMinute(most * _PEOPLE_PER_ADDRESS, minutes, namespace="sign-in-address"),
    )


def _too_often(limit: RateLimitItem, key: tuple[str, ...]) -> TooOften:
    seconds = max(1, math.ceil(limiter.limiter.get_window_stats(limit, *key).reset_time - time.time()))
    sentence = N_("Too many attempts from here. Try again in {minutes} min.")
    return TooOften(sentence, minutes=math.ceil(seconds / 60), seconds=seconds)
