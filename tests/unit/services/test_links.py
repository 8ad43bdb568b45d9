"""One-time links: each signs its person in once, within its time, and says what is the matter otherwise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import people
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.runtime import Runtime
from boursa.services import accounts, links, passwords, sessions
from boursa.services.policy import OPERATOR
from boursa.storage.models import AuditEntry, SignInLink, User
from boursa.storage.models.base import now


@pytest.fixture
def awa(session: Session) -> User:
    return accounts.create(session, OPERATOR, "awa")


def test_a_link_works_once(session: Session, awa: User) -> None:
    # Looking at it does not use it up, since programs that preview links look at everything.
    token = links.create(session, awa, links.SET_UP, hours=24)
    for _ in range(3):
        link, user = links.peek(session, token)
        assert (link.purpose, user) == ("set-up", awa)
    assert links.redeem(session, token) is awa
    session.expire_all()
    for act in (links.peek, links.redeem):
        with pytest.raises(NotFound, match="used already"):
            act(session, token)


def test_of_many_who_try_at_once_one_gets_in(installation: Runtime) -> None:
    # A link that leaked is no second way in.
    with installation.unit_of_work() as session:
        token = links.create(session, accounts.create(session, OPERATOR, "awa"), links.SIGN_IN, hours=1)

    def one(_: int) -> bool:
        try:
            with installation.unit_of_work() as session:
                return links.redeem(session, token).username == "awa"
        except NotFound:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 1


def test_an_expired_link_says_so(session: Session, awa: User) -> None:
    # And what to do about it.
    token = links.create(session, awa, links.SIGN_IN, hours=1)
    session.scalars(select(SignInLink)).one().expires_at = now() - timedelta(seconds=1)
    session.flush()
    with pytest.raises(NotFound, match=r"has expired\. Ask"):
        links.redeem(session, token)


def test_an_unknown_link_and_one_of_a_disabled_person_look_alike(session: Session, awa: User) -> None:
    # The sentence tells nobody which accounts there are.
    token = links.create(session, awa, links.SIGN_IN, hours=1)
    awa.is_active = False
    session.flush()
    said = []
    for wrong in (token, token[:-1], "", "é\x00"):
        with pytest.raises(NotFound, match="not known here") as refused:
            links.redeem(session, wrong)
        said.append(str(refused.value))
    assert len(set(said)) == 1


def test_a_reset_takes_the_lost_password_away(session: Session) -> None:
    # So that a new one can be chosen without it; other links leave the password alone.
    user = people.register(session, "binta", "girafe et carnet mauve")
    links.redeem(session, links.create(session, user, links.SIGN_IN, hours=1))
    assert user.password_hash is not None
    links.redeem(session, links.create(session, user, links.RESET, hours=1))
    assert user.password_hash is None


def test_the_secret_is_kept_nowhere(session: Session, awa: User) -> None:
    # Neither in the table nor in the log, which both say that there was one.
    token = links.create(session, awa, links.SIGN_IN, hours=1)
    links.redeem(session, token, address="192.0.2.7")
    session.flush()
    row = session.scalars(select(SignInLink)).one()
    lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(line.action, line.actor_id) for line in lines][1:] == [
        ("link.create", None),
        ("link.use", awa.id),
    ]
    assert token not in str([vars(row), *(vars(line) for line in lines)])


@pytest.mark.parametrize(
    ("purpose", "stays"), [(links.RESET, False), (links.SET_UP, False), (links.SIGN_IN, True)]
)
def test_choosing_a_password_anew_closes_every_other_way_in(
    session: Session, awa: User, purpose: links.Purpose, stays: bool
) -> None:
    # Whoever has taken an account over would otherwise stay, and could choose the password first.
    thief = sessions.start(session, awa, days=1)
    other = links.create(session, awa, links.SIGN_IN if purpose != links.SIGN_IN else links.SET_UP, hours=1)
    links.redeem(session, links.create(session, awa, purpose, hours=1))
    session.expire_all()
    assert (sessions.find(session, thief) is not None) is stays
    assert _works(session, other) is stays


@pytest.mark.parametrize("act", ["password", "disable", "same purpose"])
def test_an_open_link_does_not_outlive_what_it_was_made_for(session: Session, awa: User, act: str) -> None:
    # Found in an old message, it would open an account that was made safe since.
    accounts.create(session, OPERATOR, "binta", role="administrator")
    token = links.create(session, awa, links.SIGN_IN, hours=24)
    match act:
        case "password":
            accounts.set_password(session, OPERATOR, awa, passwords.hashed("girafe et carnet mauve"))
        case "disable":
            accounts.disable(session, OPERATOR, "awa")
            accounts.enable(session, OPERATOR, "awa")
        case _:
            links.create(session, awa, links.SIGN_IN, hours=24)
    session.flush()
    session.expire_all()
    with pytest.raises(NotFound, match="has expired"):
        links.redeem(session, token)


def test_a_link_for_something_else_or_somebody_else_stays(session: Session, awa: User) -> None:
    # One person's new link is nobody else's affair.
    binta = accounts.create(session, OPERATOR, "binta")
    kept = [
        links.create(session, awa, links.SIGN_IN, hours=1),
        links.create(session, binta, links.RESET, hours=1),
    ]
    links.create(session, awa, links.RESET, hours=1)
    assert [_works(session, token) for token in kept] == [True, True]


def test_expired_links_are_cleared_away(session: Session, awa: User) -> None:
    # `boursa run` makes one at every start.
    for _ in range(5):
        links.create(session, awa, links.SET_UP, hours=1)
    session.flush()
    assert len(session.scalars(select(SignInLink)).all()) <= 2


def _works(session: Session, token: str) -> bool:
    try:
        links.peek(session, token)
    except NotFound:
        return False
    return True
