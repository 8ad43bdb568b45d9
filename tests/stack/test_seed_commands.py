"""Every shell block of the list of deployment problems works: as written, or by its listed replacement.

The blocks below are those of the document. Lines that only set variables or need a machine with a domain
are data here; `REPLACED` says what stands for a command that is written differently today.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import old_database
import pytest
from sqlalchemy import create_engine

ROOT = Path(__file__).parent.parent.parent

# A line of the document, and what is run for it.
AS_WRITTEN = [
    "python scripts/init_db.py",
    "python scripts/check_env.py",
    "python scripts/migrate_to_postgresql.py",
]
REPLACED = {
    'python -c "from app import create_app; app = create_app(); from app.extensions import db; '
    "print('✅ Connexion OK' if db.session.execute(db.text('SELECT 1')).scalar() == 1 else '❌ Erreur')\"": (
        "boursa db ping"
    ),
    "curl http://localhost/health": "GET /health",
    "openssl req -x509 -nodes -days 365 -newkey rsa:2048 -keyout nginx/ssl/key.pem -out nginx/ssl/cert.pem": (
        "boursa cert dev"
    ),
    "docker-compose logs -f": "docker compose logs -f",
}
# With the password left out: no check for secrets can tell a document's from a real one.
ADDRESSES = {
    "postgresql://username:{}@host:5432/database_name": "postgresql+psycopg",
    "mysql+pymysql://username:{}@host:3306/database_name": "mysql+pymysql",
    "postgresql://boursa_user:{}@localhost:5432/boursa_db": "postgresql+psycopg",
    "postgresql://boursa_user:{}@db.example.com:5432/boursa_db?sslmode=require": ("postgresql+psycopg"),
}
# The file .env of the document, with its placeholders.
ENV = """
DATABASE_URL=postgresql://votre_user:{password}@votre_host:5432/votre_database
SQLALCHEMY_DATABASE_URI=postgresql://votre_user:{password}@votre_host:5432/votre_database
FLASK_ENV=production
APP_CONFIG=production
SECRET_KEY=votre-cle-secrete-generee-ici
CACHE_TYPE=Redis
CACHE_REDIS_URL=redis://:votre_mot_de_passe_redis@redis:6379/0
POSTGRES_DB=boursa
POSTGRES_USER=boursa_user
POSTGRES_PASSWORD=votre_mot_de_passe_postgres
REDIS_PASSWORD=votre_mot_de_passe_redis
""".format(password="votre_password")  # pragma: allowlist secret

on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def _run(line: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, *line.split()[1:]]
    known = {**os.environ, **environment, "LANG": "C"}
    return subprocess.run(words, cwd=ROOT, env=known, capture_output=True, text=True, check=False)


@on_postgresql
def test_the_commands_of_the_document_work_as_written(environment: dict[str, str], tmp_path: Path) -> None:
    # An empty database becomes a working one, twice, and the rows of the old file arrive in it.
    for _ in range(2):
        done = _run(AS_WRITTEN[0], environment)
        assert done.returncode == 0, done.stderr
        for table in ("users", "data_files", "test_history", "user_locations"):
            assert table in done.stdout
        assert "/login/link/" in done.stdout
    old = create_engine(f"sqlite:///{tmp_path / 'user_locations.db'}")
    old_database.fill(old, positions=10)
    old.dispose()
    done = _run(AS_WRITTEN[2], {**environment, "SQLITE_DB_PATH": str(tmp_path / "user_locations.db")})
    assert done.returncode == 0, done.stderr
    assert re.search(r"user_locations\s+10\s+10", done.stdout)
    done = _run(AS_WRITTEN[1], environment)
    assert done.returncode == 0, done.stderr


@on_postgresql
def test_the_one_line_connection_check_is_a_command(environment: dict[str, str]) -> None:
    # The document's line is replaced; the other one that stands for it works as well.
    (ping,) = (new for old, new in REPLACED.items() if old.startswith("python -c"))
    assert _run(f"python -m boursa.cli {ping.removeprefix('boursa ')}", environment).returncode == 0
    words = [sys.executable, "-c", "from boursa.app import create_app; app = create_app(); print(app.name)"]
    known = {**os.environ, **environment}
    done = subprocess.run(words, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_documents_env_file_is_refused_with_every_placeholder_named(tmp_path: Path) -> None:
    # Production once started with the placeholders of its own example.
    path = tmp_path / "env"
    path.write_text(ENV)
    kept = {name: value for name, value in os.environ.items() if name not in ENV}
    known = {**kept, "BOURSA_ENV_FILE": str(path), "LANG": "C"}
    words = [sys.executable, *AS_WRITTEN[1].split()[1:]]
    done = subprocess.run(words, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 78
    named = set(re.findall(r"- ([A-Z_]+):", done.stderr))
    print(f"{len(named)} variables named: {', '.join(sorted(named))}")
    wanted = {"SECRET_KEY", "DATABASE_URL", "CACHE_REDIS_URL", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert wanted <= named
    assert "votre" not in done.stderr


@pytest.mark.parametrize(("address", "driver"), ADDRESSES.items())
def test_the_documents_addresses_are_understood(address: str, driver: str) -> None:
    # Each form of the document selects the driver that is installed.
    address = address.format("mot_de_passe")
    words = [
        sys.executable,
        "-c",
        "from boursa import settings; print(settings.load(complete=False).database)",
    ]
    known = {**os.environ, "DATABASE_URL": address, "BOURSA_ENV_FILE": ""}
    done = subprocess.run(words, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f"{driver}://"), done.stderr


def test_a_script_without_environment_names_the_command_that_makes_one(tmp_path: Path) -> None:
    # A bare python3 on a fresh checkout: one line, no traceback.
    copy = tmp_path / "copy" / "scripts"
    copy.mkdir(parents=True)
    for path in (ROOT / "scripts").glob("*.py"):
        (copy / path.name).write_bytes(path.read_bytes())
    # Isolated: none of the packages of this interpreter are seen.
    words = [sys.executable, "-S", str(copy / "init_db.py")]
    bare = {"PATH": os.environ["PATH"]}
    done = subprocess.run(words, cwd=tmp_path, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_env_writes_strong_secrets_once(tmp_path: Path) -> None:
    # What it writes passes the check; a file that is there is never changed.
    path = tmp_path / "env"
    known = {"PATH": os.environ["PATH"], "BOURSA_ENV_FILE": str(path), "LANG": "C"}
    command = [sys.executable, "-m", "boursa.cli"]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *words], cwd=ROOT, env=known, capture_output=True, text=True, check=False
        )

    assert run("init-env").returncode == 0
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("init-env").returncode == 73
    assert path.read_bytes() == before
    assert run("check-env").returncode == 0, run("check-env").stderr
    # It stands behind one proxy; the public address is the operator's to say.
    assert {"TRUSTED_PROXIES=1", "# BASE_URL=https://boursa.example.org"} <= set(path.read_text().split("\n"))
    path.unlink()
    for wrong in ("http://boursa.sn", "boursa.sn", "https://", "https://boursa.sn/x", "https://a.sn\nX=1"):
        assert run("init-env", "--url", wrong).returncode == 65, wrong
        assert not path.exists()
    assert run("init-env", "--url", "https://boursa.sn/").returncode == 0
    assert run("check-env").returncode == 0, run("check-env").stderr
    assert {"TRUSTED_PROXIES=1", "BASE_URL=https://boursa.sn"} <= set(path.read_text().split("\n"))
