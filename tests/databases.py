"""Which databases a test runs on, where not on every one."""

from __future__ import annotations

import pytest

# The services are proved on every database; how a page shows what they say does not depend on it.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
