"""One installation with people and an object of every kind, for the tests that walk all addresses."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from apiflask import APIFlask
from browsers import PASSWORD
from programs import prices
from sqlalchemy.orm import Session
from working import work_off

from boursa import settings
from boursa.app import create_app
from boursa.ingest.options import ParseOptions
from boursa.ops import migrations
from boursa.runtime import Runtime
from boursa.services import (
    accounts,
    analyses,
    datasets,
    history,
    links,
    passwords,
    policy,
    positions,
    readings,
    sessions,
    tokens,
)
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import Group, Membership

# Who they are. The group is the viewer's, the mate's and the owner's; only the viewer may not write to it.
PEOPLE = {
    "viewer": "viewer",
    "mate": "analyst",
    "owner": "analyst",
    "other": "analyst",
    "administrator": "administrator",
}
_IN_THE_GROUP = {"viewer": False, "mate": True, "owner": True}
_ASKED = {
    "bilan": ("analysis", {"column": "Alpha"}),
    "test": ("test", {"test": "spearman", "columns": ["Alpha", "Beta"]}),
    "forecast": ("forecast", {"column": "Alpha", "horizon": 3, "model": "naive"}),
    "backtest": ("backtest", {"column": "Alpha", "horizon": 3, "model": "naive"}),
}


@dataclass(frozen=True)
class Scene:
    """What everybody shows (cookie or token), and the numbers of what the owner has.

    `objects` are ``shared``, which the group sees, and ``private``, which it does not: each with
    ``dataset`` and ``deleted`` (datasets), ``read``, ``queued``, ``failed``, ``done``, ``computed`` (jobs),
    ``bilan``, ``test``, ``forecast``, ``backtest`` (entries); beside them ``link``, ``session``, ``token``.
    """

    cookies: dict[str, str]
    tokens: dict[str, str]
    objects: dict[str, object]


# The application, what is in it, and the file of its database.
Installed = tuple[APIFlask, Scene, Path]


@contextmanager
def installed(folder: Path) -> Iterator[Installed]:
    """Install BoursA in `folder`, with everything in it; nobody asks too often there."""
    variables = {
        "BOURSA_INSTANCE": str(folder),
        "BOURSA_ENV_FILE": "",
        "DATABASE_URL": f"sqlite:///{folder / 'boursa.db'}",
        "REQUESTS_PER_MINUTE": "1000000",
        "SIGN_UPS_PER_HOUR": "1000000",
        "MAX_LOGIN_ATTEMPTS": "1000",
    }
    app = create_app(settings.load(variables))
    try:
        migrations.upgrade(app)
        yield app, build(app.extensions["boursa"]), folder / "boursa.db"
    finally:
        app.extensions["boursa"].close()


def build(held: Runtime) -> Scene:
    """Make the people, and what the owner has."""
    with held.unit_of_work() as session:
        actors, group_id = _people(session)
        cookies = {name: _cookie(session, actor) for name, actor in actors.items()}
        shown = {name: tokens.create(session, actor, "program")[1] for name, actor in actors.items()}
        objects = _own(session, actors["owner"])
    places = {"shared": group_id, "private": None}
    done = {name: _things(held, actors["owner"], name, group) for name, group in places.items()}
    waiting = {name: _queued(held, actors["owner"], done[name]["dataset"]) for name in places}
    for name in places:
        objects[name] = SimpleNamespace(**done[name], queued=waiting[name])
    return Scene(cookies, shown, objects)


def _people(session: Session) -> tuple[dict[str, Actor], int]:
    users = {
        name: accounts.create(session, OPERATOR, f"the-{name}", role=role) for name, role in PEOPLE.items()
    }
    accounts.set_password(session, OPERATOR, users["owner"], passwords.hashed(PASSWORD))
    for user in users.values():
        user.password_hash = users["owner"].password_hash  # making one takes a while, as it should
    group = Group(name="the group")
    session.add(group)
    session.flush()
    for name, writer in _IN_THE_GROUP.items():
        session.add(Membership(group_id=group.id, user_id=users[name].id, writer=writer))
    session.flush()
    return {name: policy.actor_of(session, user) for name, user in users.items()}, group.id


def _cookie(session: Session, actor: Actor) -> str:
    return sessions.start(session, accounts.get(session, actor), days=1)


def _own(session: Session, owner: Actor) -> dict[str, object]:
    user = accounts.get(session, owner)
    positions.put(session, owner, 14.7, -17.4, published=True)
    sessions.start(session, user, days=1)  # another browser of the same person
    return {
        "link": links.create(session, user, links.SIGN_IN, hours=1),
        "session": max(one.id for one in sessions.of(session, owner)),
        "token": tokens.of(session, owner)[0].id,
        "password": PASSWORD,
    }


def _things(held: Runtime, owner: Actor, place: str, group_id: int | None) -> dict[str, int]:
    numbers = {
        "read": _read(held, owner, f"{place}-read.csv", group_id),
        "failed": _read(
            held, owner, f"{place}-image.csv", group_id, content=b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
        ),
        "dataset": _dataset(held, owner, f"{place}.csv", group_id),
        "deleted": _dataset(held, owner, f"{place}-deleted.csv", group_id),
    }
    with held.unit_of_work() as session:
        datasets.delete(session, owner, numbers["deleted"])
    asked = {name: _ask(held, owner, numbers["dataset"], *what) for name, what in _ASKED.items()}
    work_off(held)
    with held.unit_of_work() as session:
        entries = {name: history.of_job(session, job_id) or 0 for name, job_id in asked.items()}
    return {**numbers, **entries, "done": asked["test"], "computed": asked["bilan"]}


def _queued(held: Runtime, owner: Actor, dataset_id: int) -> int:
    return _ask(held, owner, dataset_id, *_ASKED["test"])


def _ask(held: Runtime, owner: Actor, dataset_id: int, kind: str, parameters: dict[str, object]) -> int:
    with held.unit_of_work() as session:
        version = datasets.version(session, owner, dataset_id)
        return analyses.request(session, owner, kind, version, parameters).id


def _read(
    held: Runtime, owner: Actor, filename: str, group_id: int | None, content: bytes | None = None
) -> int:
    name, size = held.blobs.put_file(io.BytesIO(content or prices(60)))
    with held.unit_of_work() as session:
        job = readings.request(
            session,
            owner,
            content_sha256=name,
            size_bytes=size,
            filename=filename,
            options=ParseOptions(),
            keep=False,
        )
        job.group_id = group_id
    work_off(held)
    return job.id


def _dataset(held: Runtime, owner: Actor, filename: str, group_id: int | None) -> int:
    job_id = _read(held, owner, filename, group_id)
    with held.unit_of_work() as session:
        return readings.confirm(session, owner, job_id).data_file_id
