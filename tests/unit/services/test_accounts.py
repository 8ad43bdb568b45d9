"""Accounts: one name, one person; a refusal tells nothing; there is one first administrator, always."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import people
import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from boursa.errors import BoursaError, Conflict, InputError, NotFound, OptionUnknown, SignInRefused
from boursa.runtime import Runtime
from boursa.services import accounts, credentials, passwords, sessions
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import AuditEntry, User

PASSWORD = "girafe et carnet mauve"  # pragma: allowlist secret
T = TypeVar("T")


def _at_once(held: Runtime, times: int, act: Callable[[Session, int], T]) -> list[T | BoursaError]:
    def one(number: int) -> T | BoursaError:
        try:
            with held.unit_of_work() as session:
                return act(session, number)
        except BoursaError as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_sign_up_makes_an_analyst(session: Session) -> None:
    # Never an administrator, not even the very first; the name keeps its capitals.
    user = people.register(session, " Awa ", PASSWORD, email="Awa@Example.ORG", language="fr")
    assert (user.username, user.email, user.role, user.language) == (
        "Awa",
        "awa@example.org",
        "analyst",
        "fr",
    )
    assert user.password_hash is not None
    assert PASSWORD not in user.password_hash


@pytest.mark.parametrize("name", ["awa", "AWA", "ａｗａ", "admin", "Administrator", "boursa-admin"])
def test_a_taken_name_is_said_to_be_taken(session: Session, name: str) -> None:
    # Capitals and full-width letters make no second person; the house's names are taken from the start.
    people.register(session, "Awa", PASSWORD)
    with pytest.raises(Conflict, match="is taken"):
        people.register(session, name, PASSWORD)
    assert session.scalar(select(func.count(User.id))) == 1


@pytest.mark.parametrize("name", ["", "ab", "a" * 81, "a b c", "awa@x", "<b>awa", "аwа", "a/b/c", "awa\n\nx"])
def test_what_is_no_name_is_refused(session: Session, name: str) -> None:
    # Also letters of another script that look like ours.
    with pytest.raises(InputError, match="is no name"):
        people.register(session, name, PASSWORD)


@pytest.mark.parametrize(
    "email", ["awa", "awa@", "@x.org", "a b@x.org", "awa@x", "awa@x..org", "a\x00@x.org", f"{'a' * 65}@x.org"]
)
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    # Before anything is written.
    with pytest.raises(InputError, match="not an e-mail address"):
        people.register(session, "awa", PASSWORD, email=email)
    assert session.scalar(select(func.count(User.id))) == 0


def test_whose_address_it_is_is_not_told(session: Session) -> None:
    # The second account is made all the same, without it: the answer to a visitor does not differ.
    people.register(session, "awa", PASSWORD, email="awa@example.org")
    other = people.register(session, "binta", PASSWORD, email="AWA@example.org")
    assert other.email is None  # as the new person's own page shows
    assert people.authenticate(session, "awa@example.org", PASSWORD).username == "awa"


def test_one_name_at_the_same_moment_is_one_account(installation: Runtime) -> None:
    # The database decides, not a look before the leap; the others get the sentence.
    def act(session: Session, number: int) -> str:
        return people.register(session, "Awa" if number % 2 else "aWA", PASSWORD).username

    done = _at_once(installation, 8, act)
    assert sum(isinstance(one, str) for one in done) == 1
    assert sum(isinstance(one, Conflict) for one in done) == 7
    with installation.unit_of_work() as session:
        assert session.scalar(select(func.count(User.id))) == 1


def test_there_is_one_first_administrator_however_many_ask(installation: Runtime) -> None:
    # Twenty instances of one installation start at the same moment.
    done = _at_once(installation, 20, lambda session, _: accounts.first_administrator(session).id)
    assert len(set(done)) == 1, done
    with installation.unit_of_work() as session:
        assert session.scalar(select(func.count(User.id))) == 1
        assert session.scalar(select(func.count(AuditEntry.id))) == 1
        user = accounts.first_administrator(session)
        assert (user.username, user.role, user.password_hash) == ("admin", "administrator", None)


def test_a_stranger_called_admin_is_not_promoted(session: Session) -> None:
    # A database of the earlier BoursA may hold an ordinary person of that name.
    session.add(User(username="Admin", role="viewer"))
    session.flush()
    assert accounts.first_administrator(session).username == "administrator"


def test_a_closed_administrator_is_not_the_first(session: Session) -> None:
    # `boursa run` would print a link that opens nothing.
    session.add(User(username="admin", role="administrator", is_active=False))
    session.flush()
    first = accounts.first_administrator(session)
    assert (first.username, first.is_active) == ("administrator", True)
    assert accounts.first_administrator(session) is first


@pytest.mark.parametrize("name", ["awa", "AWA", " Awa ", "awa@example.org", "AWA@EXAMPLE.ORG"])
def test_name_or_address_and_password_sign_in(session: Session, name: str) -> None:
    # However it is capitalised.
    made = people.register(session, "Awa", PASSWORD, email="awa@example.org")
    assert people.authenticate(session, name, PASSWORD) is made


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("awa", "une autre phrase"),
        ("awa", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("closed", PASSWORD),
        ("empty", ""),
        ("empty", PASSWORD),
        ("awa\x00", PASSWORD),
        ("awa\x00@example.org", PASSWORD),
        ("\udcff", PASSWORD),
        ("x" * 100_000, PASSWORD),
        ("awa" + 260 * " " + "7", PASSWORD),
        (260 * " " + "7" + "awa", PASSWORD),
    ],
)
def test_a_refusal_never_says_why(session: Session, name: str, password: str) -> None:
    # Unknown, disabled, without password, wrong password: the same sentence.
    people.register(session, "awa", PASSWORD)
    people.register(session, "closed", PASSWORD)
    accounts.create(session, OPERATOR, "empty")
    accounts.disable(session, OPERATOR, "closed")
    with pytest.raises(SignInRefused) as refused:
        people.authenticate(session, name, password)
    assert str(refused.value) == "This name and this password do not go together."


def test_a_weak_hash_is_made_anew_at_the_next_sign_in(session: Session) -> None:
    # The one moment when the password is at hand.
    user = people.register(session, "awa", PASSWORD)
    user.password_hash = weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    people.authenticate(session, "awa", PASSWORD)
    assert user.password_hash != weak
    people.authenticate(session, "awa", PASSWORD)


def test_the_exact_name_comes_first(session: Session) -> None:
    # An older database may hold both; each of them signs in as themselves.
    older = User(username="awa", username_key="awa")
    newer = User(username="Awa", username_key="awa 2")
    session.add_all([older, newer])
    session.flush()
    assert [accounts.named(session, name) for name in ("awa", "Awa", "AWA")] == [older, newer, older]


def test_a_new_password_needs_the_current_one_and_ends_other_sessions(session: Session) -> None:
    # Whoever sits down at an open browser cannot lock its person out; a thief is signed out.
    user = people.register(session, "awa", PASSWORD)
    here, there = (sessions.find(session, sessions.start(session, user, days=1)) for _ in range(2))
    assert here is not None
    assert there is not None
    with pytest.raises(SignInRefused, match="current password"):
        people.change_password(session, here.actor, "une tout autre phrase", current="wrong")
    people.change_password(
        session, here.actor, "une tout autre phrase", current=PASSWORD, keep=here.session_id
    )
    assert [one.id for one in sessions.of(session, here.actor)] == [here.session_id]
    with pytest.raises(SignInRefused):
        people.authenticate(session, "awa", PASSWORD)
    people.authenticate(session, "awa", "une tout autre phrase")


def test_a_refused_password_changes_nothing(session: Session) -> None:
    # Neither the password nor the sessions.
    user = people.register(session, "awa", PASSWORD)
    token = sessions.start(session, user, days=1)
    with pytest.raises(InputError):
        people.change_password(session, Actor(user.id, "analyst"), "court", current=PASSWORD)
    people.authenticate(session, "awa", PASSWORD)
    assert sessions.find(session, token) is not None


def test_a_first_password_needs_no_other(session: Session) -> None:
    # Somebody who came by a set-up link has none to give.
    user = accounts.create(session, OPERATOR, "awa")
    people.change_password(session, Actor(user.id, user.role), PASSWORD)
    assert people.authenticate(session, "awa", PASSWORD) is user


def test_choices_are_kept_and_taken_back(session: Session) -> None:
    # Empty means: let the browser and the system decide.
    user = people.register(session, "awa", PASSWORD)
    actor = Actor(user.id, user.role)
    accounts.change_profile(session, actor, language="en", theme="dark", email="awa@example.org")
    assert (user.language, user.theme, user.email) == ("en", "dark", "awa@example.org")
    accounts.prefer(session, actor, theme="light")
    assert (user.language, user.theme) == ("en", "light")
    accounts.change_profile(session, actor, language="", theme="system", email="")
    assert (user.language, user.theme, user.email) == (None, None, None)


@pytest.mark.parametrize("choice", [{"language": "de"}, {"theme": "<script>"}])
def test_an_unknown_choice_is_refused(session: Session, choice: dict[str, str]) -> None:
    # With the value, and what there is to choose from.
    user = people.register(session, "awa", PASSWORD)
    with pytest.raises(OptionUnknown, match=next(iter(choice.values()))):
        accounts.prefer(session, Actor(user.id, user.role), **choice)


def test_anothers_address_is_refused_without_saying_whose_it_is(session: Session) -> None:
    # And the rest of the session's work stands.
    people.register(session, "awa", PASSWORD, email="awa@example.org")
    user = people.register(session, "binta", PASSWORD, email="binta@example.org")
    actor = Actor(user.id, user.role)
    with pytest.raises(InputError, match=r"awa@example.org cannot be kept"):
        accounts.change_profile(session, actor, language=None, theme=None, email="awa@example.org")
    session.refresh(user)
    assert user.email == "binta@example.org"


def test_the_last_administrator_stays(session: Session) -> None:
    # Or nobody could ever make another one.
    accounts.create(session, OPERATOR, "awa", role="administrator")
    for act in (
        lambda: accounts.disable(session, OPERATOR, "awa"),
        lambda: accounts.set_role(session, OPERATOR, "awa", "viewer"),
    ):
        with pytest.raises(Conflict, match="only administrator"):
            act()
    accounts.create(session, OPERATOR, "binta")
    accounts.set_role(session, OPERATOR, "binta", "administrator")
    assert accounts.set_role(session, OPERATOR, "awa", "viewer").role == "viewer"


def test_two_administrators_cannot_remove_each_other_at_the_same_moment(installation: Runtime) -> None:
    # One of the two acts comes second, and is refused.
    with installation.unit_of_work() as session:
        for name in ("awa", "binta"):
            accounts.create(session, OPERATOR, name, role="administrator")
    done = _at_once(
        installation, 2, lambda session, number: accounts.disable(session, OPERATOR, ("awa", "binta")[number])
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "User"]


def test_a_closed_account_opens_again_with_its_password(session: Session) -> None:
    # But not with its old sessions.
    user = people.register(session, "awa", PASSWORD)
    token = sessions.start(session, user, days=1)
    accounts.disable(session, OPERATOR, "AWA")
    accounts.enable(session, OPERATOR, "awa")
    session.flush()
    assert sessions.find(session, token) is None
    assert people.authenticate(session, "awa", PASSWORD) is user


def test_unknown_names_and_roles_are_refused(session: Session) -> None:
    # With the value and the choices.
    with pytest.raises(NotFound, match="nobody"):
        accounts.named(session, "nobody")
    with pytest.raises(OptionUnknown, match=r"chief.*administrator, analyst, viewer"):
        accounts.create(session, OPERATOR, "awa", role="chief")
    accounts.create(session, OPERATOR, "awa", email="awa@example.org")
    with pytest.raises(Conflict, match="e-mail address"):
        accounts.create(session, OPERATOR, "binta", email="awa@example.org")
    assert [user.username for user in accounts.recent(session)] == ["awa"]


def test_the_log_holds_no_password(session: Session) -> None:
    # Names are cut: people type their password into the wrong field, and worse.
    people.register(session, "awa", PASSWORD, address="192.0.2.7")
    accounts.note_refusal(session, "x" * 500, "192.0.2.8")
    session.flush()
    lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(line.action, line.address) for line in lines] == [
        ("user.create", "192.0.2.7"),
        ("session.refuse", "192.0.2.8"),
    ]
    assert lines[1].detail == {"name": "x" * 80}
    assert PASSWORD not in str([line.detail for line in lines])


@pytest.mark.parametrize("change", ["closed", "password"])
def test_what_changed_while_a_password_was_compared_counts(session: Session, change: str) -> None:
    # Between the two transactions of a sign-in, the account may have been made safe.
    user = people.register(session, "awa", PASSWORD)
    proof = credentials.proved(credentials.claimed(session, "awa"), PASSWORD)
    if change == "closed":
        accounts.disable(session, OPERATOR, "awa")
    else:
        accounts.set_password(session, OPERATOR, user, passwords.hashed("une tout autre phrase"))
    session.flush()
    with pytest.raises(SignInRefused):
        credentials.admitted(session, proof)


def test_a_name_with_an_at_sign_is_still_a_name(session: Session) -> None:
    # The earlier BoursA let people be called so.
    older = User(username="awa@home", role="analyst")
    session.add(older)
    session.flush()
    assert accounts.named(session, "awa@home") is older
