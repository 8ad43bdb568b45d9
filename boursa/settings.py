"""The only reader of the environment.

Development needs no variable. Production refuses an unsafe or incomplete configuration and names
every problem at once. ``NAME_FILE`` reads the value of ``NAME`` from a file (mounted secrets).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote, urlsplit

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
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # what prometheus_client calls it
_NAME = re.compile(r"(\*\.)?[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\]")
_UPSTREAM = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}")
_REDIS = ("redis://", "rediss://")


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
        Field(
            None,
            validation_alias="STORAGE_URL",
            description="Where uploaded bytes live: file://DIR, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME",
        ),
    ]
    s3_access_key_id: Annotated[
        SecretStr | None,
        Field(
            None,
            validation_alias=_aliases("S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"),
            description="Who opens the bucket of STORAGE_URL",
        ),
    ]
    s3_secret_access_key: Annotated[
        SecretStr | None,
        Field(
            None,
            validation_alias=_aliases("S3_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"),
            description="The secret that opens it",
        ),
    ]
    cache_type: Annotated[
        Literal["redis", "local"] | None,
        Field(
            None,
            validation_alias="CACHE_TYPE",
            description="redis (shared by all instances) or local (of one process); by what is set below",
        ),
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
            None,
            validation_alias=_aliases("CACHE_REDIS_URL", "REDIS_URL"),
            description="Redis: the shared cache and the limits, redis://:PASSWORD@HOST:6379/0",
        ),
    ]
    cache_redis_host: Annotated[
        str | None,
        Field(
            None, validation_alias="CACHE_REDIS_HOST", description="Its machine, where no address is given"
        ),
    ]
    cache_redis_port: Annotated[
        int,
        Field(6379, validation_alias="CACHE_REDIS_PORT", ge=1, le=65535, description="Its port there"),
    ]
    cache_redis_db: Annotated[
        int, Field(0, validation_alias="CACHE_REDIS_DB", ge=0, description="Its database there")
    ]
    redis_password: Annotated[
        SecretStr | None,
        Field(
            None,
            validation_alias=_aliases("REDIS_PASSWORD", "CACHE_REDIS_PASSWORD"),
            description="Its password, where the address holds none",
        ),
    ]
    jobs_broker_url: Annotated[
        SecretStr | None,
        Field(
            None,
            validation_alias="JOBS_BROKER_URL",
            description="Redis that carries the ids of new jobs to the workers; by default the same",
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
    web_processes: Annotated[
        int,
        Field(
            1,
            validation_alias="WEB_PROCESSES",
            ge=1,
            le=64,
            description="Processes that one instance answers with",
        ),
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
    metrics_port: Annotated[
        int | None,
        Field(
            None,
            validation_alias="METRICS_PORT",
            ge=1,
            le=65535,
            description="Where a job worker shows its metrics; nowhere by default",
        ),
    ]
    base_url: Annotated[
        str | None,
        Field(
            None, validation_alias="BASE_URL", description="The public address: https://boursa.example.org"
        ),
    ]
    instances: Annotated[
        str,
        Field(
            "127.0.0.1:8001,127.0.0.1:8002,127.0.0.1:8003",
            validation_alias="INSTANCES",
            description="Where Nginx finds the instances, separated by commas",
        ),
    ]
    server_names: Annotated[
        str | None,
        Field(
            None,
            validation_alias="SERVER_NAMES",
            description="Names that Nginx serves, separated by commas; by default the one in BASE_URL",
        ),
    ]
    http_port: Annotated[
        int,
        Field(
            80, validation_alias="HTTP_PORT", ge=1, le=65535, description="Where Nginx sends people to HTTPS"
        ),
    ]
    https_port: Annotated[
        int, Field(443, validation_alias="HTTPS_PORT", ge=1, le=65535, description="Where Nginx serves")
    ]
    tls_certificate: Annotated[
        Path,
        Field(
            validation_alias="TLS_CERTIFICATE",
            default_factory=lambda: default_instance().parent / "nginx" / "ssl" / "cert.pem",
            description="The certificate that Nginx shows, with its chain",
        ),
    ]
    tls_key: Annotated[
        Path,
        Field(
            validation_alias="TLS_KEY",
            default_factory=lambda: default_instance().parent / "nginx" / "ssl" / "key.pem",
            description="The key of that certificate",
        ),
    ]
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field("INFO", validation_alias="LOG_LEVEL", description="Least level that is logged"),
    ]
    log_file: Annotated[
        Path | None,
        Field(None, validation_alias="LOG_FILE", description="Where log lines go; standard error by default"),
    ]
    log_file_mb: Annotated[
        int,
        Field(
            50,
            validation_alias="LOG_FILE_MB",
            ge=1,
            description="Size at which the log file is put aside; midnight does it too",
        ),
    ]
    log_files_kept: Annotated[
        int, Field(14, validation_alias="LOG_FILES_KEPT", ge=1, description="How many of those are kept")
    ]

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("cache_type", mode="before")
    @classmethod
    def _known_cache(cls, value: Any) -> Any:
        # The names by which the earlier BoursA, and Flask-Caching, know the two.
        former = {"rediscache": "redis", "simple": "local", "simplecache": "local", "memory": "local"}
        return former.get(value.lower(), value.lower()) if isinstance(value, str) else value

    @property
    def redis(self) -> str | None:
        """The address of Redis with its password, or None where there is none or it is not to be used."""
        if self.cache_type == "local":
            return None
        if self.cache_redis_url is not None:
            return _with_password(self.cache_redis_url, self.redis_password)
        if self.cache_redis_host is None:
            return None
        place = f"redis://{self.cache_redis_host}:{self.cache_redis_port}/{self.cache_redis_db}"
        return _with_password(SecretStr(place), self.redis_password)

    @property
    def broker(self) -> str | None:
        """The address of what carries the ids of jobs, or None where workers look by themselves."""
        if self.jobs_broker_url is None:
            return self.redis
        return _with_password(self.jobs_broker_url, self.redis_password)

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

    @property
    def names(self) -> list[str]:
        """The names that this site is served under, the first one being its own."""
        own = urlsplit(self.base_url).hostname if self.base_url else None
        return _listed(self.server_names or own or "localhost,127.0.0.1")

    @property
    def upstreams(self) -> list[str]:
        """The addresses of the instances, as Nginx reaches them."""
        return _listed(self.instances)

    @property
    def metrics_folder(self) -> Path:
        """Where the processes of one instance count together; its port is its own on any machine."""
        return self.instance.absolute() / "metrics" / str(self.port)

    @property
    def storage_keys(self) -> tuple[str, str] | None:
        """The name and the secret that open the bucket, where there is one."""
        if self.s3_access_key_id is None or self.s3_secret_access_key is None:
            return None
        return self.s3_access_key_id.get_secret_value(), self.s3_secret_access_key.get_secret_value()

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


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def with_driver(url: str) -> str:
    """Name the driver in a database address: psycopg 3 for PostgreSQL, PyMySQL for MySQL."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    if url.startswith(("mysql://", "mariadb://")):
        return "mysql+pymysql://" + url.split("://", 1)[1]
    return url


def _with_password(url: SecretStr, password: SecretStr | None) -> str:
    address = url.get_secret_value()
    scheme, _, rest = address.partition("://")
    if password is None or "@" in rest:
        return address
    return f"{scheme}://:{quote(password.get_secret_value(), safe='')}@{rest}"


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
    settings, problems = look(environ, complete=complete)
    if problems:
        raise ConfigurationError(problems=problems)
    return settings


def look(environ: Mapping[str, str] | None = None, *, complete: bool = True) -> tuple[Settings, list[str]]:
    """Return the settings as far as they can be read, and every problem in them."""
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
    return settings, problems


def secret_files() -> list[Path]:
    """Return the files that this process reads settings from: the ``.env``, and mounted secrets."""
    named = [
        Path(os.environ[f"{name}_FILE"])
        for name in sorted(known_variables())
        if os.environ.get(f"{name}_FILE")
    ]
    return [path for path in (env_path(), *named) if path.is_file()]


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
    problems += _unspeakable(settings)
    if settings.storage_url and not settings.storage_url.startswith(("file://", "s3://")):
        problems.append(
            "STORAGE_URL: must start with file:// or s3://, for instance file:///srv/boursa/blobs."
        )
    if settings.storage.startswith("s3://") and settings.storage_keys is None:
        problems.append(
            "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY: both are needed where STORAGE_URL is a bucket."
        )
    for name in ("cache_redis_url", "jobs_broker_url"):
        given: SecretStr | None = getattr(settings, name)
        if given is not None and not given.get_secret_value().startswith(_REDIS):
            problems.append(f"{name.upper()}: must start with redis:// or rediss://.")
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
    if settings.cache_type == "local":
        problems.append(
            "CACHE_TYPE: is local, and several instances would each have a cache of their own; write redis."
        )
    elif settings.redis is None:
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


def count_together(folder: Path) -> None:
    """Ask processes that are started from now on to keep their counts in one folder."""
    os.environ[_COUNTS] = str(folder)


def counted_together() -> bool:
    """Whether this process keeps its counts with those of others."""
    return _COUNTS in os.environ


def counting_alone() -> dict[str, str]:
    """Return the environment for a process that keeps its counts for itself."""
    return {name: value for name, value in os.environ.items() if name != _COUNTS}
