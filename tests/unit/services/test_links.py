"""One-time links: each signs its person in once, within its time, and says what is the matter otherwise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.runtime import Runtime
from boursa.services import accounts, links
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
    user = accounts.register(session, "binta", "girafe et carnet mauve")
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
