"""Reading the settings: the environment, the file ``.env``, and mounted files; the first one wins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, ValidationError
from pydantic_settings import DotEnvSettingsSource

from boursa.errors import ConfigurationError
from boursa.settings import problems as found
from boursa.settings.fields import Settings, default_instance

# Names the file of settings; set to nothing, none is read: whoever wants to be undisturbed says so.
_FILE = "BOURSA_ENV_FILE"


def default_env_file() -> Path:
    """Return the ``.env`` that is read: beside the default instance folder, never wherever a person stands.

    A file of that name in the current folder may belong to another program.
    """
    return default_instance().parent / ".env"


def env_path() -> Path:
    """Return the ``.env`` of this process: the one that is named, or the default one."""
    return _named(os.environ) or default_env_file()


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
    if environ is None and not _undisturbed(os.environ):
        file = _given(_env_file(_named(os.environ), problems), problems)
        values = _without(file, values) | values
    settings = _validated(values, problems)
    problems += found.contradictions(settings)
    if complete:
        problems += found.unreachable(settings)
    if settings.production and complete:
        problems += found.unsafe(settings, values)
    return settings, problems


def secret_files() -> list[Path]:
    """Return the files that this process reads settings from: the ``.env``, and mounted secrets."""
    named = [
        Path(os.environ[f"{name}_FILE"])
        for name in sorted(known_variables())
        if os.environ.get(f"{name}_FILE")
    ]
    own = [] if _undisturbed(os.environ) else [env_path()]
    return [path for path in (*own, *named) if path.is_file()]


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


def _named(given: Mapping[str, str]) -> Path | None:
    return Path(given[_FILE]) if given.get(_FILE) else None


def _undisturbed(given: Mapping[str, str]) -> bool:
    """Whether no file is to be read: the variable is there and says nothing."""
    return given.get(_FILE) == ""


def _env_file(named: Path | None, problems: list[str]) -> dict[str, str]:
    path = named or default_env_file()
    try:
        if not path.exists():
            if named:  # a mistyped name must not make a development installation of a server
                problems.append(f"{_FILE}: there is no file {path}; boursa init-env makes one.")
            return {}
        if path.is_dir():
            problems.append(f"{_FILE}: {path} is a folder.")
            return {}
        source = DotEnvSettingsSource(Settings, env_file=path, case_sensitive=True)
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{_FILE}: {path} cannot be read ({_reason(error)}).")
        return {}
    return {name.upper(): value for name, value in source.env_vars.items() if value is not None}


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "?") if isinstance(error, OSError) else "it is not UTF-8 text"


def _read_files(values: dict[str, str], problems: list[str]) -> dict[str, str]:
    for variable in [name for name in values if name.endswith("_FILE") and name != _FILE]:
        name = variable.removesuffix("_FILE")
        if name not in known_variables():
            continue
        try:
            content = Path(values[variable]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            # Also where the variable itself is set: one of the two is not what was meant.
            problems.append(f"{variable}: the file cannot be read ({_reason(error)}).")
            continue
        if content:
            values.setdefault(name, content)
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
