"""What can be set: each setting with its variable, its default and one sentence about it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

_ADDRESS = re.compile(r"https?://([A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/\S*)?")


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
    statement_timeout_s: Annotated[
        int,
        Field(
            30,
            validation_alias="DATABASE_STATEMENT_TIMEOUT_SECONDS",
            ge=1,
            description="Longest statement on a database server; migrations and backups take their time",
        ),
    ]
    lock_timeout_s: Annotated[
        int,
        Field(
            10,
            validation_alias="DATABASE_LOCK_TIMEOUT_SECONDS",
            ge=1,
            description="Longest wait for a lock on a database server",
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
    metrics_host: Annotated[
        str,
        Field(
            "127.0.0.1",
            validation_alias="METRICS_HOST",
            description="The address it shows them on; 0.0.0.0 where Prometheus is on another machine",
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
    backups_dir: Annotated[
        Path | None,
        Field(
            None,
            validation_alias="BACKUPS_DIR",
            description="Where `boursa backup` writes, and where `boursa doctor` looks for a fresh one",
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

    @field_validator("base_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        # Found here, since other settings are taken from it.
        if value is not None and not _ADDRESS.fullmatch(value):
            raise PydanticCustomError(
                "address", "must be the public address, for instance https://boursa.example.org"
            )
        return value

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
        own = f"[{own}]" if own and ":" in own else own
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
    checkout = Path(__file__).parent.parent.parent
    if (checkout / "pyproject.toml").exists():
        return checkout / "instance"
    return Path.home() / ".local" / "share" / "boursa"
