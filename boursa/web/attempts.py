"""Counting failed sign-ins: a guesser is stopped, the person whose account it is is not.

Counted are one address and one name together, and one address over all names: whoever fails at
somebody else's account from elsewhere cannot keep that person out of it.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from limits import RateLimitItem, RateLimitItemPerMinute

from boursa.errors import SignInRefused, TooOften
from boursa.language import N_
from boursa.ops.limits import limiter
from boursa.services.secret_words import fingerprint
from boursa.storage.models.users import folded
from boursa.web.gate import held

# An office behind one address fails more often than a person does.
_PEOPLE_PER_ADDRESS = 10
_IPV6_PREFIX = 64


@contextmanager
def counted(name: str) -> Iterator[None]:
    """Let the block try `name` and a password; only a refusal stays counted.

    The attempt is counted before it is made: a hundred at the same moment would otherwise all pass.

    Raises
    ------
    TooOften
        With the pause that is left, whether or not the password would have been right.
    """
    one, all_of_them = _limits()
    pair, place = (address(), fingerprint(folded(name.strip()))), (address(),)
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


def address() -> str:
    """Return where the request comes from; of IPv6 the network, since one line has 2**64 addresses."""
    said = request.remote_addr or "unknown"
    if ":" not in said:
        return said
    return str(ipaddress.ip_network((said.split("%")[0], _IPV6_PREFIX), strict=False))


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
