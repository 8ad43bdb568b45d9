"""What is wrong with settings that can be read: one sentence each, and never a value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import SecretStr

from boursa.settings import addresses
from boursa.settings.fields import Settings

_PLACEHOLDERS = (
    "changeme",
    "change-me",
    "change_me",
    "votre",
    "your-",
    "your_",
    "secret-key",
    "placeholder",
    "example",
    "xxx",
)
_SECRET_MIN, _PASSWORD_MIN = 32, 12
_ADVICE = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
_NAME = re.compile(r"(\*\.)?[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\]")
_UPSTREAM = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}")


def contradictions(settings: Settings) -> list[str]:
    """Return what no installation can work with."""
    problems = []
    if settings.job_stale_s < 2 * settings.job_heartbeat_s:
        problems.append(
            "JOB_STALE_SECONDS: must be at least twice JOB_HEARTBEAT_SECONDS, or live jobs are thought dead."
        )
    problems += _unspeakable(settings)
    if settings.http_port == settings.https_port:
        problems.append("HTTP_PORT: is the same as HTTPS_PORT; Nginx needs two, such as 80 and 443.")
    # What stands between the second and the third slash would be a machine, and be dropped in silence.
    if settings.storage_url and not settings.storage_url.startswith(("file:///", "s3://")):
        problems.append(
            "STORAGE_URL: must start with file:/// or s3://, for instance file:///srv/boursa/blobs."
        )
    if settings.storage.startswith("s3://") and settings.storage_keys is None:
        problems.append(
            "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY: both are needed where STORAGE_URL is a bucket."
        )
    for name in ("cache_redis_url", "jobs_broker_url"):
        given: SecretStr | None = getattr(settings, name)
        if given is not None and (fault := addresses.of_redis(given.get_secret_value())):
            problems.append(f"{name.upper()}: {fault}.")
    if settings.cache_type == "redis" and settings.redis is None:
        problems.append("CACHE_TYPE: is redis, but neither CACHE_REDIS_URL nor CACHE_REDIS_HOST says where.")
    return problems


def _unspeakable(settings: Settings) -> list[str]:
    # These are written into the configuration of Nginx, where a stray character would be a command.
    problems = []
    if not settings.names or not all(map(_NAME.fullmatch, settings.names)):
        problems.append(
            "SERVER_NAMES: must be host names separated by commas, for instance boursa.example.org."
        )
    if not settings.upstreams or not all(map(_UPSTREAM.fullmatch, settings.upstreams)):
        problems.append("INSTANCES: must be HOST:PORT separated by commas, for instance 127.0.0.1:8001.")
    return problems


def unreachable(settings: Settings) -> list[str]:
    """Return why no database can be asked for, wherever that may be."""
    fault = addresses.of_database(settings.database) if settings.database_url else None
    return [f"DATABASE_URL: {fault}."] if fault else []


def unsafe(settings: Settings, values: Mapping[str, str]) -> list[str]:
    """Return what production refuses; `values` are the variables as they were read."""
    problems = []
    example = "for instance DATABASE_URL=postgresql://boursa:PASSWORD@db.example.org:5432/boursa"
    if settings.database_url is None:
        problems.append(f"DATABASE_URL: is missing, and production keeps nothing in SQLite; {example}.")
    elif settings.database.startswith("sqlite"):
        problems.append(f"DATABASE_URL: names SQLite, which several instances cannot share; {example}.")
    elif not settings.database.startswith(("postgresql+psycopg://", "mysql+pymysql://")):
        problems.append(f"DATABASE_URL: must name PostgreSQL or MySQL; {example}.")
    problems += _weak_secret(settings.secret_key)
    if settings.debug:
        problems.append("FLASK_DEBUG: is on, and shows code and secrets with every error; remove it.")
    if settings.use_https is False:
        problems.append("USE_HTTPS: is false, and cookies only travel over HTTPS in production; remove it.")
    if settings.cache_type == "local":
        problems.append(
            "CACHE_TYPE: is local, and several instances would each have a cache of their own; write redis."
        )
    elif settings.redis is None:
        problems.append(
            "CACHE_REDIS_URL: is missing; instances share their cache through Redis, "
            "for instance CACHE_REDIS_URL=redis://:PASSWORD@redis.example.org:6379/0."
        )
    if settings.base_url and not settings.base_url.startswith("https://"):
        problems.append("BASE_URL: must start with https://, and cookies only travel over HTTPS.")
    return problems + _weak_logins(settings) + _unsafe_words(values)


def _weak_logins(settings: Settings) -> list[str]:
    """Return which servers let in whoever reaches them, or guesses a word.

    On this very machine a server may do without a password: whoever reaches it there is let in by it
    or not by the account that asks. A password that is given is to be a good one everywhere.
    """
    logins = {
        "DATABASE_URL": addresses.database_login(settings.database) if settings.database_url else None,
        "CACHE_REDIS_URL": addresses.redis_login(settings.cache_redis_url),
        "JOBS_BROKER_URL": addresses.redis_login(settings.jobs_broker_url),
    }
    beside = settings.redis_password is not None  # said where that is looked at
    problems = []
    for name, login in logins.items():
        if login and login.password and (fault := _weakness(login.password, _PASSWORD_MIN)):
            problems.append(f"{name}: its password {fault}; {_ADVICE}.")
        if login and login.lacking and not (beside and name != "DATABASE_URL"):
            problems.append(f"{name}: holds no password, and names another machine; {_ADVICE}.")
    host = settings.cache_redis_host if settings.cache_redis_url is None else None
    if host and not beside and not addresses.local(host):
        problems.append(f"REDIS_PASSWORD: is missing, and Redis is on another machine; {_ADVICE}.")
    return problems


def _unsafe_words(values: Mapping[str, str]) -> list[str]:
    """Return what is wrong between variables, and with secrets that only the servers beside BoursA read."""
    problems = _two_spellings(values)
    for name in ("REDIS_PASSWORD", "CACHE_REDIS_PASSWORD", "POSTGRES_PASSWORD"):
        if name in values and (fault := _weakness(values[name], _PASSWORD_MIN)):
            problems.append(f"{name}: {fault}; {_ADVICE}.")
    login = addresses.login_in(values.get("DATABASE_URL", ""))
    said = (values.get("POSTGRES_USER"), values.get("POSTGRES_PASSWORD"))
    if login and login[0] == said[0] and said[1] and login[1] != said[1]:
        problems.append("POSTGRES_PASSWORD: is not the password in DATABASE_URL; write the same in both.")
    redis = addresses.password_in(values.get("CACHE_REDIS_URL", ""))
    if redis and values.get("REDIS_PASSWORD", redis) != redis:
        problems.append("REDIS_PASSWORD: is not the password in CACHE_REDIS_URL; write the same in both.")
    return problems


def _two_spellings(values: Mapping[str, str]) -> list[str]:
    pairs = (("APP_CONFIG", "FLASK_ENV"), ("DATABASE_URL", "SQLALCHEMY_DATABASE_URI"))
    return [
        f"{older}: says something else than {newer}; remove {older}."
        for newer, older in pairs
        if newer in values and older in values and values[newer] != values[older]
    ]


def _weakness(value: str, least: int) -> str | None:
    if any(word in value.lower() for word in _PLACEHOLDERS):
        return "is a placeholder"
    if len(value) < least or len(set(value)) < min(10, least - 2):
        return f"is too weak ({least} characters or more are needed)"
    return None


def _weak_secret(secret: SecretStr | None) -> list[str]:
    if secret is None:
        return [f"SECRET_KEY: is missing; {_ADVICE}."]
    fault = _weakness(secret.get_secret_value(), _SECRET_MIN)
    return [f"SECRET_KEY: {fault}; {_ADVICE}."] if fault else []
