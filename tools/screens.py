"""Photograph the Bilan of a sample in the browser, for the README: ``python tools/screens.py``.

Needs Chromium (``CHROMIUM`` names it, /usr/bin/chromium by default) and a free port.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile

from environment import BOURSA, ROOT
from playwright.sync_api import Page, sync_playwright

PORT = 5099
SIZE = {"width": 1200, "height": 1000}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def main() -> None:
    """Serve a fresh installation and photograph it in both languages."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "BOURSA_INSTANCE": folder, "BOURSA_ENV_FILE": ""}
        words = [BOURSA, "--lang", "en", "run", "--port", str(PORT)]
        with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as server:
            try:
                photograph(link(server))
            finally:
                server.terminate()


def link(server: subprocess.Popen[str]) -> str:
    """Return the one-time link that a starting server prints."""
    assert server.stdout is not None  # noqa: S101 - PIPE was asked for
    for line in server.stdout:
        found = re.search(r"http://\S+/login/link/\S+", line)
        if found:
            return found.group()
    raise SystemExit("the server printed no link")


def photograph(address: str) -> None:
    """Write docs/images/bilan.{en,fr}.png."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport=SIZE, locale="en-GB")
        page.goto(address)
        page.click("main button[type=submit]")
        for language in ("en", "fr"):
            speak(page, language)
            while not page.locator("text=usdxof.csv").count():  # the worker is still reading it
                page.goto(f"http://127.0.0.1:{PORT}/data")
            page.click("text=usdxof.csv")
            page.wait_for_selector("#next")
            page.wait_for_timeout(1000)  # the charts are drawn after the page
            page.screenshot(path=ROOT / "docs" / "images" / f"bilan.{language}.png")
        browser.close()


def speak(page: Page, language: str) -> None:
    """Choose the language on the account page, as a person does."""
    page.goto(f"http://127.0.0.1:{PORT}/account")
    page.select_option("select[name=language]", language)
    page.click("form:has(select[name=language]) button[type=submit]")


if __name__ == "__main__":
    main()
