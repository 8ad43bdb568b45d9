"""What a page costs to load, with nothing in the browser's cache and with what the first page left there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import papers
import pytest
from walks import ENDS_MS, Look, MakePerson, Person

FIRST_KB, FIRST_WITH_CHARTS_KB, NEXT_KB = 200, 500, 20


class Scales:
    """Weighs what arrives over the network, headers included, as it was sent: compressed."""

    def __init__(self, person: Person) -> None:
        self.person, self.bytes = person, 0
        self.session = person.page.context.new_cdp_session(person.page)
        self.session.on("Network.loadingFinished", self._add)
        self.session.send("Network.enable")

    def _add(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def load(self, path: str) -> float:
        """Return the kilobytes that a page takes, and say them."""
        self.bytes = 0
        self.person.go(path)
        self.person.page.wait_for_load_state("networkidle")
        print(f"{path}: {self.bytes / 1000:.1f} kB")
        return self.bytes / 1000


Weigh = Callable[[Person], Scales]


def test_the_first_page_is_light(make_visitor: MakePerson, desk: Look) -> None:
    # A visitor loads everything that pages without charts need.
    assert 0 < Scales(make_visitor(desk)).load("/") < FIRST_KB


@pytest.mark.parametrize("path", ["/data", "/guide", "/history", "/account"])
def test_the_second_page_is_its_text(make_person: MakePerson, desk: Look, path: str) -> None:
    # Styles, scripts and signs are kept by the browser: only the page itself travels.
    scales = Scales(make_person(desk))
    assert scales.load("/") < FIRST_KB
    assert 0 < scales.load(path) < NEXT_KB


def test_a_bilan_with_its_charts(make_person: MakePerson, desk: Look) -> None:
    # The heaviest page, in a browser that was never here.
    owner = make_person(desk)
    owner.bring("cours.csv", papers.prices(1500))
    owner.page.wait_for_selector("#next", timeout=ENDS_MS)
    newcomer = make_person(desk, owner.username)
    assert 0 < Scales(newcomer).load(owner.path) < FIRST_WITH_CHARTS_KB
    assert newcomer.page.locator("[data-chart] canvas").count() >= 3
