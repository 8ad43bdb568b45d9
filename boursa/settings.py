"""The only reader of the environment.

Development needs no variable. Production refuses an unsafe or incomplete configuration and names
every problem at once. ``NAME_FILE`` reads the value of ``NAME`` from a file (mounted secrets).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from boursa.errors import ConfigurationError

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


def _aliases(*names: str) -> Any:
    return AliasChoices(*names)


class Settings(BaseSettings):
    """Every setting of an installation, read once."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    app_config: Annotated[
        Literal["development", "production", "testing"],
        Field(
            "development",
            validation_alias=_aliases("APP_CONFIG", "FLASK_ENV"),
            description="Kind of installation",
        ),
    ]
    instance: Annotated[
        Path,
        Field(
            validation_alias="BOURSA_INSTANCE",
            default_factory=lambda: default_instance(),
            description="Folder of local state",
        ),
    ]
    secret_key: Annotated[
        SecretStr | None,
        Field(None, validation_alias="SECRET_KEY", description="Signs cookies; 32 characters or more"),
    ]
    database_url: Annotated[
        SecretStr | None,
        Field(
            None,
            validation_alias=_aliases("DATABASE_URL", "SQLALCHEMY_DATABASE_URI"),
            description="PostgreSQL or MySQL in production; SQLite in the instance folder by default",
        ),
    ]
    storage_url: Annotated[
        str | None,
        Field(None, validation_alias="STORAGE_URL", description="Where uploaded bytes live: file://DIR"),
    ]
    postgres_db: Annotated[
        str | None,
        Field(None, validation_alias="POSTGRES_DB", description="Database that a PostgreSQL container makes"),
    ]
    postgres_user: Annotated[
        str | None,
        Field(None, validation_alias="POSTGRES_USER", description="Its owner, as in DATABASE_URL"),
    ]
    postgres_password: Annotated[
        SecretStr | None,
        Field(None, validation_alias="POSTGRES_PASSWORD", description="The owner's password, the same there"),
    ]
    use_https: Annotated[
        bool | None,
        Field(None, validation_alias="USE_HTTPS", description="Production always does; false is refused"),
    ]
    debug: Annotated[
        bool,
        Field(False, validation_alias="FLASK_DEBUG", description="Refused in production"),
    ]
    iex_cloud_api_key: Annotated[
        SecretStr | None,
        Field(None, validation_alias="IEX_CLOUD_API_KEY", description="Not used: IEX Cloud was discontinued"),
    ]
    sqlite_db_path: Annotated[
        Path | None,
        Field(
            None,
            validation_alias="SQLITE_DB_PATH",
            description="SQLite file that `boursa db migrate-from-sqlite` reads",
        ),
    ]
    uploads_dir: Annotated[
        Path | None,
        Field(
            None,
            validation_alias="UPLOADS_DIR",
            description="Folder of the earlier BoursA's uploaded files, which that command brings along",
        ),
    ]
    cache_redis_url: Annotated[
        SecretStr | None,
        Field(
            None, validation_alias=_aliases("CACHE_REDIS_URL", "REDIS_URL"), description="The shared cache"
        ),
    ]
    pool_size: Annotated[
        int,
        Field(
            5,
            validation_alias="DATABASE_POOL_SIZE",
            ge=1,
            le=200,
            description="Database connections kept per process",
        ),
    ]
    max_upload_mb: Annotated[
        int, Field(200, validation_alias="MAX_UPLOAD_MB", ge=1, description="Largest file that is read")
    ]
    port: Annotated[
        int, Field(5000, validation_alias="PORT", ge=1, le=65535, description="Where `boursa run` listens")
    ]
    web_threads: Annotated[
        int,
        Field(
            8,
            validation_alias="WEB_THREADS",
            ge=1,
            le=256,
            description="Requests that one process answers at once",
        ),
    ]
    trusted_proxies: Annotated[
        int,
        Field(
            0,
            validation_alias="TRUSTED_PROXIES",
            ge=0,
            le=10,
            description="How many proxies stand before the instance and may name a client's address",
        ),
    ]
    disable_public_registration: Annotated[
        bool,
        Field(
            False,
            validation_alias="DISABLE_PUBLIC_REGISTRATION",
            description="Whether only the administrator makes accounts",
        ),
    ]
    max_login_attempts: Annotated[
        int,
        Field(
            5,
            validation_alias="MAX_LOGIN_ATTEMPTS",
            ge=1,
            description="Failed sign-ins to one account from one address before a pause",
        ),
    ]
    account_lockout_minutes: Annotated[
        int,
        Field(
            15,
            validation_alias="ACCOUNT_LOCKOUT_DURATION",
            ge=1,
            description="Length of that pause, in minutes",
        ),
    ]
    sign_ups_per_hour: Annotated[
        int,
        Field(
            20,
            validation_alias="SIGN_UPS_PER_HOUR",
            ge=1,
            description="New accounts that one address may make in an hour",
        ),
    ]
    requests_per_minute: Annotated[
        int,
        Field(
            600,
            validation_alias="REQUESTS_PER_MINUTE",
            ge=1,
            description="Requests of one person, or of one address where nobody is signed in",
        ),
    ]
    session_days: Annotated[
        int,
        Field(
            14,
            validation_alias="SESSION_DAYS",
            ge=1,
            le=365,
            description="Days that a browser stays signed in",
        ),
    ]
    worker_processes: Annotated[
        int,
        Field(
            default_factory=lambda: max(1, os.cpu_count() or 1),
            validation_alias="WORKER_PROCESSES",
            ge=1,
            le=256,
            description="Jobs that one worker runs at the same time",
        ),
    ]
    job_heartbeat_s: Annotated[
        float,
        Field(
            5,
            validation_alias="JOB_HEARTBEAT_SECONDS",
            gt=0,
            description="How often a running job signs its row",
        ),
    ]
    job_stale_s: Annotated[
        float,
        Field(
            20,
            validation_alias="JOB_STALE_SECONDS",
            gt=0,
            description="Silence after which a job is queued again",
        ),
    ]
    job_time_limit_s: Annotated[
        float,
        Field(600, validation_alias="JOB_TIME_LIMIT_SECONDS", gt=0, description="Longest run of one job"),
    ]
    job_memory_limit_mb: Annotated[
        int,
        Field(4096, validation_alias="JOB_MEMORY_LIMIT_MB", ge=64, description="Memory that one job may add"),
    ]
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field("INFO", validation_alias="LOG_LEVEL", description="Least level that is logged"),
    ]

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @property
    def production(self) -> bool:
        """Whether unsafe defaults are refused."""
        return self.app_config == "production"

    @property
    def database(self) -> str:
        """The database address with its driver; SQLite in the instance folder where none is set."""
        if self.database_url is None:
            return f"sqlite:///{self.instance.absolute() / 'boursa.db'}"
        return with_driver(self.database_url.get_secret_value())

    @property
    def storage(self) -> str:
        """The blob store's address; a folder of the instance where none is set."""
        return self.storage_url or (self.instance.absolute() / "blobs").as_uri()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings passes all five by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read only what `load` hands over: one place decides what wins."""
        return (init_settings,)


def with_driver(url: str) -> str:
    """Name the driver in a database address: psycopg 3 for PostgreSQL, PyMySQL for MySQL."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    if url.startswith(("mysql://", "mariadb://")):
        return "mysql+pymysql://" + url.split("://", 1)[1]
    return url


def default_instance() -> Path:
    """Return the folder of local state: beside the checkout, else in the person's data folder."""
    checkout = Path(__file__).parent.parent
    if (checkout / "pyproject.toml").exists():
        return checkout / "instance"
    return Path.home() / ".local" / "share" / "boursa"


def default_env_file() -> Path:
    """Return the ``.env`` that is read: beside the default instance folder, never wherever a person stands.

    A file of that name in the current folder may belong to another program.
    """
    return default_instance().parent / ".env"


def env_path() -> Path:
    """Return the ``.env`` that this process reads: the one that is named, or the default one."""
    return _env_path(os.environ)


def load(environ: Mapping[str, str] | None = None, *, complete: bool = True) -> Settings:
    """Return the settings from `environ` (the process environment) and the file ``.env``.

    `complete` asks for all that a production installation needs; commands that only work on a file
    do without.

    Raises
    ------
    ConfigurationError
        With every problem found, not only the first.
    """
    problems: list[str] = []
    values = _given(dict(os.environ if environ is None else environ), problems)
    if environ is None:
        file = _given(_env_file(_env_path(values)), problems)
        values = _without(file, values) | values
    settings = _validated(values, problems)
    problems += _contradictions(settings)
    if settings.production and complete:
        problems += _unsafe(settings)
        problems += _unsafe_words(values)
    if problems:
        raise ConfigurationError(problems=problems)
    return settings


def _given(values: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    # An empty variable is what a template leaves behind: it counts as not set.
    return _read_files({name: value for name, value in values.items() if value != ""}, problems)


def _without(file: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    # The environment wins over the file, also where the two spell a setting differently.
    said = {name for names in _spellings() if any(name in environ for name in names) for name in names}
    return {name: value for name, value in file.items() if name not in said}


def _validated(values: Mapping[str, str], problems: list[str]) -> Settings:
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = error.errors()
    # The rest is read without the faulty ones, so that what else is wrong is said too.
    problems += map(_sentence, faults)
    faulty = {fault["loc"][0] for fault in faults}
    return Settings(**{name: value for name, value in values.items() if name not in faulty})  # type: ignore[arg-type]


def _env_path(given: Mapping[str, str]) -> Path:
    return Path(given["BOURSA_ENV_FILE"]) if given.get("BOURSA_ENV_FILE") else default_env_file()


def _env_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    source = DotEnvSettingsSource(Settings, env_file=path, case_sensitive=True)
    return {name.upper(): value for name, value in source.env_vars.items() if value is not None}


def _read_files(values: dict[str, str], problems: list[str]) -> dict[str, str]:
    for variable in [name for name in values if name.endswith("_FILE") and name != "BOURSA_ENV_FILE"]:
        name = variable.removesuffix("_FILE")
        if name not in known_variables() or name in values:
            continue
        try:
            content = Path(values[variable]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            problems.append(f"{variable}: the file cannot be read ({reason}).")
            continue
        if content:
            values[name] = content
        else:
            problems.append(f"{variable}: the file is empty.")
    return values


def known_variables() -> set[str]:
    """Return every environment variable that BoursA reads."""
    return {name for names in _spellings() for name in names}


def _spellings() -> list[list[str]]:
    """Return the variables of each setting, the name that BoursA writes first."""
    aliases = [field.validation_alias for field in Settings.model_fields.values()]
    return [list(map(str, one.choices)) if isinstance(one, AliasChoices) else [str(one)] for one in aliases]


def _sentence(fault: Any) -> str:
    # The value is left out: it may be a secret.
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}."


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    if settings.job_stale_s < 2 * settings.job_heartbeat_s:
        problems.append(
            "JOB_STALE_SECONDS: must be at least twice JOB_HEARTBEAT_SECONDS, or live jobs are thought dead."
        )
    if settings.storage_url and not settings.storage_url.startswith("file://"):
        problems.append("STORAGE_URL: must start with file://, for instance file:///srv/boursa/blobs.")
    return problems


def _unsafe(settings: Settings) -> list[str]:
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
    if settings.cache_redis_url is None:
        problems.append(
            "CACHE_REDIS_URL: is missing; instances share their cache through Redis, "
            "for instance CACHE_REDIS_URL=redis://:PASSWORD@redis.example.org:6379/0."
        )
    return problems


def _unsafe_words(values: Mapping[str, str]) -> list[str]:
    """Return what is wrong between variables, and with secrets that only the servers beside BoursA read."""
    problems = _two_spellings(values)
    for name in ("REDIS_PASSWORD", "POSTGRES_PASSWORD"):
        if name in values and (fault := _weakness(values[name], _PASSWORD_MIN)):
            problems.append(f"{name}: {fault}; {_ADVICE}.")
    for name in ("DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "CACHE_REDIS_URL", "REDIS_URL"):
        password = _password_in(values.get(name, ""))
        if password and any(word in password.lower() for word in _PLACEHOLDERS):
            problems.append(f"{name}: its password is a placeholder; {_ADVICE}.")
    login = _login_in(values.get("DATABASE_URL", ""))
    said = (values.get("POSTGRES_USER"), values.get("POSTGRES_PASSWORD"))
    if login and login[0] == said[0] and said[1] and login[1] != said[1]:
        problems.append("POSTGRES_PASSWORD: is not the password in DATABASE_URL; write the same in both.")
    redis = _password_in(values.get("CACHE_REDIS_URL", ""))
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


def _login_in(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
        return unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        return None  # that it cannot be read is said elsewhere


def _password_in(address: str) -> str:
    login = _login_in(address)
    return login[1] if login else ""


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


def secret_key(settings: Settings) -> str:
    """Return the secret that signs cookies; development makes one of its own, once, and keeps it."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.instance / "secret_key"
    try:
        _make_secret(path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        problem = f"BOURSA_INSTANCE: the folder cannot be written ({error.strerror})."
        raise ConfigurationError(problems=[problem]) from error


def _make_secret(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
    try:
        os.link(fresh, path)  # fails if another process was first: then its secret counts
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def one_thread_each() -> None:
    """Ask numerical libraries loaded from now on, here and in child processes, for one thread.

    Workers run one process a core; a thread pool in each would only make them fight.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
