"""The settings: nothing is needed to begin, and nothing unsafe gets into production."""

from __future__ import annotations

import os
import stat
import string
import subprocess
import sys
from pathlib import Path

import pytest

from boursa import settings
from boursa.errors import ConfigurationError

# Long and varied enough to be accepted, and plainly nobody's.
SECRET = string.ascii_letters
WORD = string.ascii_lowercase[:16]
LOGIN = f"boursa:{WORD}"
SHORT, VOTRE = "hunter2", "votre-hunter2"
SAFE = {
    "APP_CONFIG": "production",
    "SECRET_KEY": SECRET,
    "DATABASE_URL": f"postgresql://{LOGIN}@db.example.org:5432/boursa",
    "CACHE_REDIS_URL": f"redis://:{WORD}@redis.example.org:6379/0",
}


def _problems(values: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        settings.load(values)
    return refused.value.problems


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A process environment in which no setting is set; its .env, empty at first, is in `tmp_path`."""
    for name in [*settings.known_variables(), "BOURSA_ENV_FILE"]:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    (tmp_path / ".env").touch()
    monkeypatch.setenv("BOURSA_ENV_FILE", str(tmp_path / ".env"))
    return monkeypatch


def test_development_needs_no_variable(process: pytest.MonkeyPatch) -> None:
    # The first start must not begin with a page of configuration.
    config = settings.load()
    assert (config.app_config, config.production) == ("development", False)
    assert config.database.startswith("sqlite:///")
    assert config.storage.startswith("file:///")


def test_state_lives_in_the_instance_folder(tmp_path: Path) -> None:
    # One folder to keep, to copy, to throw away.
    config = settings.load({"BOURSA_INSTANCE": str(tmp_path / "here")})
    assert config.database == f"sqlite:///{tmp_path / 'here' / 'boursa.db'}"
    assert config.storage == (tmp_path / "here" / "blobs").as_uri()


def test_a_safe_production_is_accepted() -> None:
    # The refusals below are for their own sake.
    config = settings.load(SAFE)
    assert config.production
    assert config.database == f"postgresql+psycopg://{LOGIN}@db.example.org:5432/boursa"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SECRET_KEY", "", "is missing"),
        ("SECRET_KEY", "hunter2-Rk9LdVb4", "is too weak"),
        ("SECRET_KEY", "ab" * 40, "is too weak"),
        ("SECRET_KEY", f"changeme-{SECRET}", "is a placeholder"),
        ("SECRET_KEY", f"Votre-cle-secrete-{SECRET}", "is a placeholder"),
        ("DATABASE_URL", "", "is missing"),
        ("DATABASE_URL", "sqlite:////srv/hunter2.db", "names SQLite"),
        ("DATABASE_URL", "oracle://db/hunter2", "PostgreSQL or MySQL"),
        ("CACHE_REDIS_URL", "", "is missing"),
        ("STORAGE_URL", "ftp://hunter2@host/x", "file://"),
        ("STORAGE_URL", "file://hunter2/x", "file:///srv"),
        ("DATABASE_URL", f"postgresql://u:{SHORT}@h/x", "its password is too weak"),
        ("DATABASE_URL", f"mysql://u:{SHORT}@localhost/x", "its password is too weak"),
        ("DATABASE_URL", "postgresql://u@hunter2/x", "holds no password"),
        ("DATABASE_URL", "mysql://u@hunter2/x", "holds no password"),
        ("DATABASE_URL", "postgresql:///x?host=127.0.0.1:1&host=hunter2:1", "holds no password"),
        ("DATABASE_URL", f"postgresql://u:{WORD}@h/x?hunter2=1", "option"),
        ("DATABASE_URL", f"postgresql://u:{WORD}@h:hunter2/x", "not an address"),
        ("CACHE_REDIS_URL", f"redis://:{SHORT}@h:6379/0", "its password is too weak"),
        ("CACHE_REDIS_URL", "redis://hunter2:6379/0", "holds no password"),
        ("CACHE_REDIS_URL", f"redis://:{WORD}@h:hunter2/0", "not an address"),
        ("CACHE_REDIS_URL", f"redis://:{WORD}@h:6379/hunter2", "number of a database"),
        ("JOBS_BROKER_URL", "redis://hunter2:6379/1", "holds no password"),
        ("BASE_URL", "hunter2", "https://boursa.example.org"),
        ("BASE_URL", "https://[hunter2", "https://boursa.example.org"),
        ("BASE_URL", "http://hunter2.example.org", "https://"),
        ("LOG_LEVEL", "hunter2", "should be"),
        ("MAX_UPLOAD_MB", "hunter2", "integer"),
        ("MAX_UPLOAD_MB", "0", "greater than or equal to 1"),
    ],
)
def test_production_refuses_what_is_unsafe(variable: str, value: str, said: str) -> None:
    # One sentence that begins with the variable, tells what is wrong, and repeats no value.
    (problem,) = _problems({**SAFE, variable: value})
    assert problem.startswith(f"{variable}: ")
    assert said in problem
    assert value == "" or len(value) < 4 or value not in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("given", "variable", "said"),
    [
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG", "is on"),
        ({"USE_HTTPS": "false"}, "USE_HTTPS", "is false"),
        ({"REDIS_PASSWORD": SHORT, "CACHE_REDIS_URL": "redis://h/0"}, "REDIS_PASSWORD", "too weak"),
        ({"REDIS_PASSWORD": VOTRE, "CACHE_REDIS_URL": "redis://h/0"}, "REDIS_PASSWORD", "placeholder"),
        ({"POSTGRES_PASSWORD": f"changeme-{SHORT}-{SHORT}"}, "POSTGRES_PASSWORD", "placeholder"),
        (
            {"CACHE_REDIS_PASSWORD": SHORT, "CACHE_REDIS_URL": "redis://h/0"},
            "CACHE_REDIS_PASSWORD",
            "too weak",
        ),
        ({"CACHE_REDIS_URL": "", "CACHE_REDIS_HOST": "hunter2"}, "REDIS_PASSWORD", "is missing"),
        ({"HTTP_PORT": "443"}, "HTTP_PORT", "the same as HTTPS_PORT"),
        ({"SECRET_KEY_FILE": "/nonexistent/hunter2"}, "SECRET_KEY_FILE", "cannot be read"),
        ({"FLASK_ENV": "development"}, "FLASK_ENV", "something else than APP_CONFIG"),
        ({"SQLALCHEMY_DATABASE_URI": "mysql://hunter2/b"}, "SQLALCHEMY_DATABASE_URI", "something else"),
        ({"DATABASE_URL": f"postgresql://u:{VOTRE}@h/b"}, "DATABASE_URL", "placeholder"),
    ],
)
def test_secrets_of_the_servers_and_contradictions_are_found(
    given: dict[str, str], variable: str, said: str
) -> None:
    # Each of these once went into production, or made a container that nobody could sign in to.
    (problem,) = _problems({**SAFE, **given})
    assert problem.startswith(f"{variable}: ")
    assert said in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # On this machine the server itself decides whom it lets in, and nobody else gets there.
        ("DATABASE_URL", "postgresql://u@127.0.0.1/x"),
        ("DATABASE_URL", "postgresql://u@localhost:5432/x"),
        ("DATABASE_URL", "postgresql:///x?host=/run/postgresql"),
        ("DATABASE_URL", "mysql://u@h/x?unix_socket=/run/mysqld/mysqld.sock"),
        ("CACHE_REDIS_URL", "redis://[::1]:6379/0"),
        # A certificate, or a file of the driver's own, in place of a password.
        ("DATABASE_URL", "postgresql://u@h/x?sslmode=verify-full&sslcert=/etc/u.crt&sslkey=/etc/u.key"),
        ("DATABASE_URL", "postgresql://u@h/x?passfile=/etc/boursa/pgpass"),
        # What the drivers understand is none of our business.
        ("DATABASE_URL", f"postgresql://u:{WORD}@h/x?sslmode=require&connect_timeout=3"),
        ("DATABASE_URL", f"mysql://u:{WORD}@h/x?charset=utf8mb4&ssl_check_hostname=true"),
        ("DATABASE_URL", f"postgresql://u:a#b{WORD}@h/x"),
        ("BASE_URL", "https://boursa.example.org:8443/"),
        ("BASE_URL", "https://[2001:db8::1]"),
    ],
)
def test_what_is_only_unusual_is_accepted(name: str, value: str) -> None:
    # A check that refuses what works keeps an installation from starting after an update.
    assert settings.load({**SAFE, name: value}).production


def test_an_address_of_redis_takes_the_password_beside_it() -> None:
    # As the compose files of the earlier BoursA wrote it.
    assert settings.load({**SAFE, "CACHE_REDIS_URL": "redis://h/0", "REDIS_PASSWORD": WORD}).production


def test_two_passwords_for_one_account_are_a_contradiction() -> None:
    # PostgreSQL would be made with one and asked with the other.
    given = {"POSTGRES_USER": "u", "POSTGRES_PASSWORD": "tq8Wn2-hunter2-Zp5"}  # pragma: allowlist secret
    (problem,) = _problems({**SAFE, **given, "DATABASE_URL": f"postgresql://u:{WORD}@h/b"})
    assert problem.startswith("POSTGRES_PASSWORD: is not the password in DATABASE_URL")


def test_every_problem_is_named_at_once() -> None:
    # A value of the wrong kind must not hide that the secret is missing: who repairs one at a time
    # starts the program five times.
    problems = _problems(
        {
            "FLASK_ENV": "production",
            "LOG_LEVEL": "loud",
            "MAX_UPLOAD_MB": "many",
            "STORAGE_URL": "ftp://x",
            "JOB_STALE_SECONDS": "1",
            "CACHE_REDIS_URL_FILE": "/nowhere/at/all",
        }
    )
    named = {problem.split(":")[0] for problem in problems}
    assert named == {
        "LOG_LEVEL",
        "MAX_UPLOAD_MB",
        "STORAGE_URL",
        "JOB_STALE_SECONDS",
        "CACHE_REDIS_URL_FILE",
        "CACHE_REDIS_URL",
        "SECRET_KEY",
        "DATABASE_URL",
    }


@pytest.mark.parametrize("kind", ["development", "testing"])
def test_only_production_asks_for_servers(kind: str) -> None:
    # A laptop has none.
    assert not settings.load({"APP_CONFIG": kind}).production


def test_a_misspelt_kind_of_installation_is_refused() -> None:
    # "prod" taken for development would be an open door.
    (problem,) = _problems({"APP_CONFIG": "prod"})
    assert problem.startswith("APP_CONFIG: ")


@pytest.mark.parametrize(
    ("alias", "value", "field"),
    [
        ("FLASK_ENV", "testing", "app_config"),
        ("SQLALCHEMY_DATABASE_URI", "sqlite:///old.db", "database_url"),
        ("REDIS_URL", "redis://old:6379/0", "cache_redis_url"),
    ],
)
def test_older_spellings_are_read(alias: str, value: str, field: str) -> None:
    # The file of an existing installation keeps working.
    held = getattr(settings.load({alias: value}), field)
    assert (held if isinstance(held, str) else held.get_secret_value()) == value


def test_the_newer_spelling_wins_over_the_older() -> None:
    # Both may stand there while somebody moves over.
    config = settings.load({"APP_CONFIG": "testing", "FLASK_ENV": "development"})
    assert config.app_config == "testing"


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("mysql://u:p@h/d", "mysql+pymysql://u:p@h/d"),
        ("mariadb://u:p@h/d", "mysql+pymysql://u:p@h/d"),
        ("mysql+pymysql://u:p@h/d?x=://", "mysql+pymysql://u:p@h/d?x=://"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_addresses_get_the_driver_that_is_installed(given: str, driver: str) -> None:
    # Hosts hand out postgres:// and mysql://, which name no driver or one that is not here.
    assert settings.with_driver(given) == driver


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    # Mounted secrets; the newline that an editor adds is not part of them.
    (tmp_path / "key").write_text(SECRET + "\n")
    config = settings.load({"SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings.secret_key(config) == SECRET


def test_a_variable_wins_over_the_file_that_is_named(tmp_path: Path) -> None:
    # What is set in plain sight counts.
    (tmp_path / "level").write_text("ERROR")
    given = {"LOG_LEVEL": "DEBUG", "LOG_LEVEL_FILE": str(tmp_path / "level")}
    assert settings.load(given).log_level == "DEBUG"


def test_an_empty_variable_does_not_hide_the_file(tmp_path: Path) -> None:
    # "SECRET_KEY=" is what the example leaves behind: the mounted secret must still be read.
    (tmp_path / "key").write_text(SECRET)
    given = {**SAFE, "SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "key")}
    assert settings.secret_key(settings.load(given)) == SECRET
    assert settings.load({"SECRET_KEY_FILE": ""}).secret_key is None


def test_a_secret_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    # Never a start without the secret that was meant.
    (problem,) = _problems({"SECRET_KEY_FILE": str(tmp_path / "absent")})
    assert problem.startswith("SECRET_KEY_FILE: the file cannot be read")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (problem,) = _problems({"SECRET_KEY_FILE": str(tmp_path / "bytes")})
    assert problem.startswith("SECRET_KEY_FILE: the file cannot be read")
    (tmp_path / "empty").write_text("\n")
    assert _problems({"SECRET_KEY_FILE": str(tmp_path / "empty")}) == ["SECRET_KEY_FILE: the file is empty."]


def test_a_file_variable_of_somebody_else_is_left_alone() -> None:
    # SSL_CERT_FILE and its like belong to others.
    assert settings.load({"SSL_CERT_FILE": "/nowhere/at/all"}).app_config == "development"


def test_the_env_file_is_read_and_the_environment_wins(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A file for the habits, the environment for the exception.
    (tmp_path / ".env").write_text("# mine\nLOG_LEVEL=debug\nexport MAX_UPLOAD_MB='7'\nSECRET_KEY=\n")
    assert (settings.load().log_level, settings.load().max_upload_mb) == ("DEBUG", 7)
    process.setenv("LOG_LEVEL", "error")
    assert (settings.load().log_level, settings.load().max_upload_mb) == ("ERROR", 7)
    process.setenv("LOG_LEVEL", "")
    assert settings.load().log_level == "DEBUG"


def test_the_environment_wins_in_whatever_spelling(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # An old name or a mounted file in the environment still overrides the new name in the file.
    (tmp_path / ".env").write_text("DATABASE_URL=sqlite:///file.db\nSECRET_KEY=from-the-file\n")
    (tmp_path / "key").write_text(SECRET)
    process.setenv("SQLALCHEMY_DATABASE_URI", "sqlite:///environment.db")
    process.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    config = settings.load()
    assert config.database == "sqlite:///environment.db"
    assert settings.secret_key(config) == SECRET


def test_another_env_file_can_be_named(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Several installations side by side.
    (tmp_path / "other.env").write_text("LOG_LEVEL=WARNING\n")
    process.setenv("BOURSA_ENV_FILE", str(tmp_path / "other.env"))
    assert settings.load().log_level == "WARNING"


def test_a_named_env_file_has_to_be_there(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A mistyped name once made a development installation on SQLite of a server.
    process.setenv("BOURSA_ENV_FILE", str(tmp_path / "evn"))
    _, problems = settings.look()
    assert problems == [f"BOURSA_ENV_FILE: there is no file {tmp_path / 'evn'}; boursa init-env makes one."]
    process.setenv("BOURSA_ENV_FILE", os.devnull)
    assert settings.look()[1] == []


def test_no_env_file_is_read_where_none_is_named(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Set to nothing, the variable keeps a process undisturbed by what stands beside the code.
    process.setattr(settings.reading, "default_env_file", lambda: tmp_path / ".env")
    (tmp_path / ".env").write_text("LOG_LEVEL=DEBUG\n")
    process.delenv("BOURSA_ENV_FILE")
    assert settings.load().log_level == "DEBUG"
    assert settings.secret_files() == [tmp_path / ".env"]
    process.setenv("BOURSA_ENV_FILE", "")
    assert settings.load().log_level == "INFO"
    assert settings.secret_files() == []


def test_a_mapping_that_is_handed_over_is_all_there_is(process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Tests and scripts must not depend on the machine that they run on.
    (tmp_path / ".env").write_text("LOG_LEVEL=DEBUG\n")
    process.setenv("MAX_UPLOAD_MB", "3")
    config = settings.load({})
    assert (config.log_level, config.max_upload_mb) == ("INFO", 200)


def test_live_jobs_are_not_thought_dead() -> None:
    # A limit of silence below two heartbeats would run every job twice.
    (problem,) = _problems({"JOB_HEARTBEAT_SECONDS": "5", "JOB_STALE_SECONDS": "9.9"})
    assert problem.startswith("JOB_STALE_SECONDS: ")
    assert settings.load({"JOB_HEARTBEAT_SECONDS": "5", "JOB_STALE_SECONDS": "10"}).job_stale_s == 10


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    # The settings end in logs and traces some day.
    shown = repr(settings.load(SAFE))
    assert SECRET not in shown
    assert WORD not in shown


def test_development_makes_its_secret_once(tmp_path: Path) -> None:
    # Sessions outlive a restart, and nobody else on the machine can read the key.
    config = settings.load({"BOURSA_INSTANCE": str(tmp_path / "instance")})
    first = settings.secret_key(config)
    assert len(first) >= 32
    assert settings.secret_key(config) == first
    assert [path.name for path in (tmp_path / "instance").iterdir()] == ["secret_key"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "instance" / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    # Otherwise one instance would refuse the cookies of the other.
    code = "from boursa import settings; print(settings.secret_key(settings.load()))"
    environment = {**os.environ, "BOURSA_INSTANCE": str(tmp_path / "instance")}
    command = [sys.executable, "-c", code]
    started = [
        subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    secrets = {process.communicate(timeout=60)[0].strip() for process in started}
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 32
