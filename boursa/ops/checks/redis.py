"""Redis: reached, and set up so that what it carries is not thrown away."""

from __future__ import annotations

import time
from typing import Any

from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from boursa.language import N_
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, warned
from boursa.storage.redis import connect

_START = N_(
    "Start it, and look whether CACHE_REDIS_URL, JOBS_BROKER_URL and this machine's firewall are right."
)


def cache(site: Site) -> Finding:
    """Look at the Redis of cache and limits."""
    url = site.settings.redis
    if url is None:
        return apart(N_("No Redis is used here: every process has a cache of its own."))
    return _look(url, carries_jobs=url == site.settings.broker)


def broker(site: Site) -> Finding:
    """Look at the Redis that carries the ids of jobs."""
    url = site.settings.broker
    if url is None:
        return apart(N_("No Redis is used here: workers look for jobs by themselves."))
    if url == site.settings.redis:
        return apart(N_("The Redis of the cache carries the jobs too."))
    return _look(url, carries_jobs=True)


def _look(url: str, *, carries_jobs: bool) -> Finding:
    client = connect(url)
    try:
        client.ping()
        started = time.perf_counter()
        client.ping()
        ms = round(1000 * (time.perf_counter() - started), 1)
        said: Any = client.info()
    except NoPermissionError:
        return warned(N_("Redis answers, but does not say how it is set up."), N_("Allow this account INFO."))
    except AuthenticationError:
        return failed(N_("Redis refuses the password."), N_("Write its password in REDIS_PASSWORD."))
    except (RedisError, OSError) as error:
        return failed(N_("Redis does not answer ({reason})."), _START, reason=type(error).__name__)
    finally:
        client.close()
    facts = {
        "version": said.get("redis_version", "?"),
        "ms": ms,
        "policy": said.get("maxmemory_policy", "?"),
        "mb": round(said.get("maxmemory", 0) / 1e6),
        "append": "yes" if said.get("aof_enabled") else "no",
    }
    return _judged(facts, carries_jobs=carries_jobs)


def _judged(facts: dict[str, Any], *, carries_jobs: bool) -> Finding:
    if carries_jobs and facts["policy"].startswith("allkeys"):
        return failed(
            N_("When memory is short, Redis ({policy}) throws away the ids of jobs."),
            "maxmemory-policy volatile-lru",
            **facts,
        )
    if carries_jobs and facts["append"] == "no":
        return warned(
            N_(
                "Redis {version} keeps no append-only file: a restart loses what it carries, and jobs are "
                "late."
            ),
            "appendonly yes",
            **facts,
        )
    if not facts["mb"]:
        return warned(
            N_("Redis {version} has no memory limit: the cache grows until the machine is full."),
            "maxmemory 256mb, maxmemory-policy volatile-lru",
            **facts,
        )
    return passed(
        N_("Redis {version} answers in {ms} ms; {policy}, {mb} MB, append-only file: {append}."), **facts
    )
