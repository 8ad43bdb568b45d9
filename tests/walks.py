"""A person before a real browser: what the tests of the journeys do, and what they watch meanwhile."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from boursa.language import translate
from boursa.services.policy import Actor

HEIGHT = 900
ENDS_MS = 60_000  # how long a computation may take on a machine that is busy with other tests
_STATUS = re.compile(r"Failed to load resource: .* status of (\d{3})")
# Runs before the page's own scripts; `_told` is the function below.
_LISTEN = """document.addEventListener("securitypolicyviolation", (event) => window._told(
  `${event.violatedDirective} refused ${event.blockedURI || "inline"} in ${event.sourceFile}`))"""
# What a file manager does when a person lets go of a file over the page.
_DROP = """({name, text, type}) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type}));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(
      new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    lang: str
    theme: str
    width: int

    def __str__(self) -> str:
        return f"{self.lang}-{self.theme}-{self.width}"

    @property
    def phone(self) -> bool:
        """Whether the navigation is behind a button."""
        return self.width < 1000


LOOKS = tuple(Look(*words) for words in itertools.product(("fr", "en"), ("light", "dark"), (360, 1400)))
CORNERS = (Look("fr", "dark", 360), Look("en", "light", 1400))  # all there is, in two looks


@dataclass
class Watch:
    """What no page may do: complain in the console, break the policy, ask another host."""

    address: str
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)  # answers that the test asks for
    expected_texts: list[str] = field(default_factory=list)  # the same, where there is no answer

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a browser."""
        context.expose_function("_told", lambda what: self.faults.append(f"policy: {what}"))
        context.add_init_script(_LISTEN)
        context.on("console", lambda line: self._heard(line.type, line.text))
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", lambda request: self._asked(request.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not self._meant(text):
            self.faults.append(f"console: {text}")

    def _meant(self, text: str) -> bool:
        status = _STATUS.match(text)
        return (status is not None and int(status[1]) in self.expected) or any(
            one in text for one in self.expected_texts
        )

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address + "/", "data:", "blob:")):
            self.faults.append(f"another host: {url}")


@dataclass
class Person:
    """Somebody with one tab open; `actor` is who they are, if they are signed in."""

    look: Look
    page: Page
    watch: Watch
    username: str = ""
    actor: Actor | None = None

    def go(self, path: str, *, status: int = 200) -> None:
        """Type an address."""
        self.watch.expected.add(status)
        answer = self.page.goto(self.watch.address + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"

    @property
    def path(self) -> str:
        """Where this person is, without the host."""
        return self.page.url.removeprefix(self.watch.address)

    def say(self, message: str, **params: Any) -> str:
        """Return an interface sentence in this person's language."""
        return translate(message, self.look.lang).format(**params)

    def send(self, action: str) -> None:
        """Press the button of the form whose address ends so, and wait for the next page."""
        with self.page.expect_navigation():
            self.form(action).locator("button[type=submit]").first.click()

    def form(self, action: str) -> Locator:
        """Return the form in the content whose address ends so."""
        return self.page.locator(f"main form[action$='{action}']").first

    def drop(self, name: str, text: str, kind: str = "text/csv") -> None:
        """Let go of a file over the page."""
        self.page.evaluate(_DROP, {"name": name, "text": text, "type": kind})

    def upload(self, file: Path) -> None:
        """Choose a file in the form on the data page and send it."""
        self.go("/data")
        self.page.set_input_files("#upload-file", file)
        self.form("/data/upload").locator("button[type=submit]").first.click()

    def bring(self, name: str, text: str) -> None:
        """Drop a file, agree with what was understood, and arrive at its Bilan."""
        self.go("/data")
        self.drop(name, text)
        self.page.wait_for_selector("#confirm", timeout=ENDS_MS)
        self.send("/confirm")

    def open_menu(self) -> Locator:
        """Open what holds account, language and appearance; return it."""
        if self.look.phone:
            self.page.locator(".drawer > summary").click()
        place = self.page.locator(".drawer" if self.look.phone else ".side")
        place.locator("details.account > summary").click()
        return place

    def sentence(self) -> str:
        """Return the one sentence that says what is wrong, once it is there; more than one is a fault."""
        problem = self.page.locator(
            "[data-problem]:visible, [data-upload-problem]:visible, .toast-line p:visible"
        )
        problem.first.wait_for(timeout=ENDS_MS)
        texts = {text.strip() for text in problem.all_inner_texts()}
        assert len(texts) == 1, texts
        return texts.pop()


def open_tab(browser: Browser, address: str, look: Look, **more: Any) -> Person:
    """Open a browser without cookies, for the site at `address`, that shows it as `look` says."""
    context = browser.new_context(
        locale={"fr": "fr-FR", "en": "en-GB"}[look.lang],
        color_scheme=look.theme,  # type: ignore[arg-type] # one of two words
        viewport={"width": look.width, "height": HEIGHT},
        reduced_motion="reduce",  # what fades in has faded in when it is looked at
        **more,
    )
    watch = Watch(address)
    watch.over(context)
    return Person(look, context.new_page(), watch)


MakePerson = Callable[..., Person]
