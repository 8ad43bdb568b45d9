"""The example environment file names only settings that exist, and no value that would be accepted."""

import re
from pathlib import Path

import pytest

from boursa import settings
from boursa.errors import ConfigurationError

LINE = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)


def test_the_example_names_only_settings_that_exist(root: Path) -> None:
    """A variable that nobody reads is advice that does nothing."""
    names = {name for name, _ in LINE.findall((root / ".env.example").read_text(encoding="utf-8"))}
    assert names
    assert names <= settings.known_variables()


def test_the_example_as_it_stands_is_refused(root: Path) -> None:
    """Copied and not filled in, it must not start anything: production once ran with a placeholder secret."""
    values = dict(LINE.findall((root / ".env.example").read_text(encoding="utf-8")))
    with pytest.raises(ConfigurationError) as refused:
        settings.load(values)
    for name in ("SECRET_KEY", "DATABASE_URL", "CACHE_REDIS_URL"):
        assert any(problem.startswith(name) for problem in refused.value.problems)
