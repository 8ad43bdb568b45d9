"""``boursa doctor``: go through the deployment checklist and say what is wrong, and what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from boursa import __version__, settings
from boursa.cli import output, page, speaking
from boursa.cli.lazy import Speaking
from boursa.cli.speaking import say
from boursa.errors import ConfigurationError, Unavailable
from boursa.language import N_
from boursa.ops import doctor as examination
from boursa.ops.checks.finding import APART, FAILED, PASSED, WARNED, Site
from boursa.ops.doctor import Result

_WORDS = {PASSED: N_("pass"), WARNED: N_("warning"), FAILED: N_("FAIL"), APART: N_("not applicable")}
_COLOURS = {PASSED: "green", WARNED: "yellow", FAILED: "red", APART: None}
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    cls=Speaking,
    help=N_("Go through the deployment checklist: each item with its evidence and what mends it."),
    epilog=N_("Example: boursa doctor --backups /srv/backups --json"),
)
@click.option(
    "--front", metavar="HOST", help=N_("Where Nginx is, seen from here; by default the name in BASE_URL.")
)
@click.option(
    "--nginx", type=_FOLDER, default="/etc/boursa/nginx", show_default=True, help=N_("Folder of nginx.conf.")
)
@click.option("--backups", type=_FOLDER, help=N_("Folder of the backups; by default BACKUPS_DIR."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def doctor(front: str | None, nginx: Path, backups: Path | None, as_json: bool) -> int:
    """Look at everything; 0 if nothing failed, 78 if settings did, 69 if something else did."""
    config, problems = settings.look()
    site = Site(config, problems, settings.secret_files(), front, nginx, backups or config.backups_dir)
    results = examination.examine(site)
    counts = Counter(one.finding.state for one in results)
    if as_json:
        output.write_json(_described(results, counts, config.app_config))
    else:
        page.write(_lines(results))
    return _ending(results, counts)


def _described(results: Sequence[Result], counts: Counter[str], kind: str) -> dict[str, object]:
    return {
        "state": FAILED if counts[FAILED] else PASSED,
        "version": __version__,
        "kind": kind,
        "counts": {state: counts[state] for state in examination.STATES},
        "checks": [one.to_dict(speaking.language()) for one in results],
    }


def _lines(results: Sequence[Result]) -> Iterator[str]:
    width = max(len(say(word)) for word in _WORDS.values())
    for one in results:
        state, language = one.finding.state, speaking.language()
        word = click.style(say(_WORDS[state]).ljust(width), fg=_COLOURS[state])
        yield f"{word}  {say(one.item.title)} [{one.item.name}]"
        yield from page.paragraph(one.finding.said(language), indent=width + 2)
        mend = one.finding.mended(language)
        if mend:
            yield from page.paragraph(mend, indent=width + 2, mark="→ ")


def _ending(results: Sequence[Result], counts: Counter[str]) -> int:
    sentence = N_("{passed} passed, {failed} failed, {warned} with a warning, {apart} not applicable.")
    numbers = {"passed": counts[PASSED], "failed": counts[FAILED]}
    numbers |= {"warned": counts[WARNED], "apart": counts[APART]}
    click.echo(say(sentence, **numbers), err=True)
    wrong = {one.item.name for one in results if one.finding.state == FAILED}
    if not wrong:
        return 0
    of_settings = wrong & set(examination.CONFIGURATION)
    return ConfigurationError.exit_status if of_settings else Unavailable.exit_status
