"""The line that a browser sends becomes two words that its person knows."""

from __future__ import annotations

import pytest

from boursa.web.agents import described


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile", "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", "curl"),
        ("something-else/1.0", "something-else/1.0"),
        (None, ""),
    ],
)
def test_a_browser_is_named(agent: str | None, words: str) -> None:
    # Edge also says Chrome, Chrome also says Safari, an iPhone also says Mac.
    assert described(agent) == words
