"""Coming in and leaving: nobody enters without a password or a link, and nobody is locked out by others."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import people
import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from browsers import PASSWORD, AsPerson, Browser, MakeBrowser
from databases import Ready
from werkzeug.test import TestResponse

from boursa import settings
from boursa.app import create_app
from boursa.runtime import Runtime
from boursa.services import accounts, links, passwords
from boursa.services.policy import OPERATOR
from boursa.storage.models import AuditEntry, IdempotencyKey, User, WebSession

MakeApp = Callable[[dict[str, str]], APIFlask]

# What browsers take for another host, or for a script.
ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
)
FORMS = (
    "/login",
    "/register",
    "/logout",
    "/preferences",
    "/login/link/x",
    "/account/profile",
    "/account/password",
    "/account/tokens",
    "/account/tokens/1/revoke",
    "/account/sessions/1/revoke",
)


# The services are proved on every database; what is proved here does not depend on it.
@pytest.fixture
def database_url(ready: Ready, tmp_path: Path) -> str:
    return ready.sqlite(tmp_path / "boursa.db")


def _signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def _opened(app: APIFlask) -> Browser:
    return Browser(app, app.response_class)


def _cookie(answer: TestResponse, name: str = "boursa") -> str:
    return next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))


@pytest.fixture
def awa(installation: Runtime) -> str:
    """The name of somebody with a password."""
    with installation.unit_of_work() as session:
        return people.register(session, "Awa", PASSWORD, email="awa@example.org").username


# Signing up.


def test_a_visitor_signs_up_and_is_in(browser: Browser, installation: Runtime) -> None:
    # Without a second form to fill in; an analyst, never more.
    answer = browser.sign_up("Awa", email="awa@example.org")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Awa" in browser.get("/account").text
    with installation.unit_of_work() as session:
        assert accounts.named(session, "awa").role == "analyst"


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"username": "AWA"}, 409, "taken"),
        ({"username": "a b"}, 422, "is no name"),
        ({"username": "binta", "password": "court"}, 422, "at least 10"),  # pragma: allowlist secret
        ({"username": "binta", "email": "nowhere"}, 422, "not an e-mail address"),
        ({"username": "<script>alert(1)</script>"}, 422, "&lt;script&gt;"),
    ],
)
def test_a_sign_up_that_cannot_be_is_said_in_the_form(
    browser: Browser, awa: str, installation: Runtime, fields: dict[str, str], status: int, said: str
) -> None:
    # One clear sentence, what was typed still there but for the password, and nothing made.
    browser.send("/preferences", {"language": "en"})
    answer = browser.send("/register", {"password": PASSWORD, "email": "", **fields}, page="/register")
    assert answer.status_code == status
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert f'value="{PASSWORD}"' not in answer.text
    with installation.unit_of_work() as session:
        assert len(accounts.recent(session)) == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"username": "AWA"}, "username"),
        ({"username": "a b"}, "username"),
        ({"email": "nowhere"}, "email"),
        ({"password": "court"}, "password"),  # pragma: allowlist secret
    ],
)
def test_an_error_stands_at_its_field(browser: Browser, awa: str, fields: dict[str, str], wrong: str) -> None:
    # There is the focus too, and a reader reads the sentence with the field's name; it stands nowhere else.
    good = {"username": "binta", "email": "", "password": PASSWORD}
    page = browser.send("/register", good | fields, page="/register").text
    assert _wrong(page) == [f"field-{wrong}"]
    assert page.count("data-problem>") == 1


def test_an_error_of_the_account_page_stands_at_its_field(browser: Browser, awa: str) -> None:
    # Which of two passwords is meant is seen at once.
    browser.sign_in("awa")
    new = "une tout autre phrase"  # pragma: allowlist secret
    for path, fields, wrong in (
        ("profile", {"email": "nowhere"}, "field-email"),
        ("password", {"current": "wrong", "password": new}, "current-password"),
        ("password", {"current": PASSWORD, "password": "court"}, "new-password"),  # pragma: allowlist secret
    ):
        page = browser.send(f"/account/{path}", fields, page="/account").text
        assert _wrong(page) == [wrong]


def _wrong(page: str) -> list[str]:
    """Return the fields that are marked as wrong, described by their error, and focused."""
    inputs = re.findall(r'<input class="form-control"[^>]*aria-invalid="true"[^>]*>', page)
    ids = [re.findall(r' id="([^"]+)"', one)[0] for one in inputs]
    for name, one in zip(ids, inputs, strict=True):
        assert f'aria-describedby="{name}-error' in one
        assert f'id="{name}-error"' in page
        assert " autofocus" in one
    return ids


def test_whose_address_it_is_is_not_told(make_browser: MakeBrowser, awa: str) -> None:
    # The answer to a visitor who gives a known address is the one to any other.
    answers = [
        make_browser().sign_up(name, email=email)
        for name, email in (("binta", "awa@example.org"), ("coumba", "new@example.org"))
    ]
    assert len({(answer.status_code, answer.location, answer.text) for answer in answers}) == 1


def test_a_closed_installation_says_who_makes_accounts(
    installation: Runtime, environment: dict[str, str], make_app: MakeApp
) -> None:
    # And makes none, whatever is posted.
    app = make_app({**environment, "DISABLE_PUBLIC_REGISTRATION": "true"})
    browser = Browser(app, app.response_class)
    assert (browser.get("/register").status_code, 'action="/register"' in browser.get("/register").text) == (
        403,
        False,
    )
    assert browser.sign_up("awa").status_code == 403
    with installation.unit_of_work() as session:
        assert accounts.recent(session) == []


def test_one_address_makes_only_so_many_accounts(
    installation: Runtime, environment: dict[str, str], make_app: MakeApp
) -> None:
    # Attempts that failed do not count as accounts: people mistype.
    app = make_app({**environment, "SIGN_UPS_PER_HOUR": "2"})
    done = [
        Browser(app, app.response_class).sign_up(name).status_code
        for name in ("a b", "awa", "awa", "binta", "coumba")
    ]
    assert done == [422, 303, 409, 303, 429]


def test_refused_sign_ups_are_counted_too(
    installation: Runtime, environment: dict[str, str], make_app: MakeApp
) -> None:
    # Each of them tells whether a name is taken; ten for every account that may be made.
    browser = _opened(make_app({**environment, "SIGN_UPS_PER_HOUR": "1"}))
    assert [browser.sign_up("a b").status_code for _ in range(11)] == [422] * 10 + [429]


def test_other_peoples_addresses_cannot_be_tried_out(
    installation: Runtime, environment: dict[str, str], make_app: MakeApp, awa: str
) -> None:
    # A person with an account sees that one is taken, but not of a whole list.
    browser = _opened(make_app({**environment, "SIGN_UPS_PER_HOUR": "1"}))
    browser.sign_in("awa")
    fields = {"language": "", "theme": "", "email": "nowhere"}
    done = [browser.send("/account/profile", fields, page="/account").status_code for _ in range(11)]
    assert done == [422] * 10 + [429]


@pytest.mark.parametrize("step", ["sign up", "taken", "sign in", "unknown", "wrong", "password"])
def test_no_transaction_is_open_while_a_password_is_computed(
    browser: Browser,
    awa: str,
    installation: Runtime,
    web: APIFlask,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    # It takes long on purpose, and on SQLite everybody else waits for an open transaction.
    held: Runtime = web.extensions["boursa"]
    if step == "password":
        browser.sign_in("awa")
    token = browser.form_token("/account")
    open_meanwhile = _watch_argon2(monkeypatch, lambda: held.engine.pool.checkedout())  # type: ignore[attr-defined] # of the pool that files have
    path, fields = {
        "sign up": ("/register", {"username": "binta", "password": PASSWORD}),
        "taken": ("/register", {"username": "AWA", "password": PASSWORD}),
        "sign in": ("/login", {"name": "awa", "password": PASSWORD}),
        "unknown": ("/login", {"name": "nobody", "password": PASSWORD}),
        "wrong": ("/login", {"name": "awa", "password": "wrong"}),  # pragma: allowlist secret
        "password": (
            "/account/password",
            {"current": PASSWORD, "password": "une tout autre phrase"},  # pragma: allowlist secret
        ),
    }[step]
    answer = browser.post(path, data={**fields, "csrf_token": token})
    refused = {"taken": 409, "unknown": 401, "wrong": 401}
    assert answer.status_code == refused.get(step, 303)
    # A name that is taken is refused before anything is computed.
    assert open_meanwhile == [0] * {"taken": 0, "password": 2}.get(step, 1)


def _watch_argon2(monkeypatch: pytest.MonkeyPatch, look: Callable[[], int]) -> list[int]:
    seen: list[int] = []
    passwords.verify(None, "")  # what it compares with where there is no account is computed once
    for name in ("hash", "verify"):
        compute = getattr(PasswordHasher, name)

        def watched(*said: object, compute: Callable[..., object] = compute) -> object:
            seen.append(look())
            return compute(*said)

        monkeypatch.setattr(PasswordHasher, name, watched)
    return seen


# Signing in.


@pytest.mark.parametrize("name", ["Awa", "awa", "awa@example.org"])
def test_name_or_address_and_password_open_the_door(browser: Browser, awa: str, name: str) -> None:
    # And lead on to where the person wanted to be.
    wanted = browser.get("/account")
    assert (wanted.status_code, wanted.location) == (303, "/login?next=/account")
    answer = browser.sign_in(name, next="/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert _signed_in(browser)


def test_a_refusal_is_the_same_for_all(make_browser: MakeBrowser, awa: str, installation: Runtime) -> None:
    # Nobody learns which accounts exist.
    with installation.unit_of_work() as session:
        people.register(session, "closed", PASSWORD)
        accounts.disable(session, OPERATOR, "closed")
    pages = set()
    for name, password in (("Awa", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD), ("Awa", "")):
        browser = make_browser()
        answer = browser.sign_in(name, password)
        assert answer.status_code == 401
        assert not _signed_in(browser)
        text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
        pages.add(text.replace(f'value="{name}"', ""))
    assert len(pages) == 1


def test_every_sign_in_has_a_line_in_the_log(browser: Browser, awa: str, installation: Runtime) -> None:
    # Also the refused one, which undoes everything else.
    browser.sign_in("Awa", "wrong")
    browser.sign_in("Awa")
    browser.send("/logout", page="/account")
    with installation.unit_of_work() as session:
        lines = session.query(AuditEntry).order_by(AuditEntry.id).all()
        told = [(line.action, line.address) for line in lines if line.action.startswith("session.")]
        assert "wrong" not in str([line.detail for line in lines])
    assert told == [("session.refuse", "127.0.0.1"), ("session.start", "127.0.0.1"), ("session.end", None)]


def test_nobody_is_sent_to_another_host(browser: Browser, awa: str) -> None:
    # After choosing a language, after signing in, and by a link to the sign-in page.
    for target in ELSEWHERE:
        assert browser.send("/preferences", {"theme": "dark", "next": target}).location == "/", target
        assert browser.sign_in("awa", next=target).location == "/", target
        assert browser.get("/login", query_string={"next": target}).location == "/", target


def test_a_page_with_a_query_is_found_again(browser: Browser, awa: str) -> None:
    # A path of our own keeps all of itself.
    target = "/history?kind=test&after=%C3%A9"
    assert browser.sign_in("awa", next=target).location == target


# Guessing.


@pytest.fixture
def patient(installation: Runtime, environment: dict[str, str], make_app: MakeApp) -> Callable[..., Browser]:
    """A function that opens browsers at an address of an installation that bears three failures."""
    app = make_app({**environment, "MAX_LOGIN_ATTEMPTS": "3", "ACCOUNT_LOCKOUT_DURATION": "7"})

    def open_at(address: str) -> Browser:
        browser = Browser(app, app.response_class)
        browser.environ_base = {**browser.environ_base, "REMOTE_ADDR": address}
        return browser

    return open_at


def test_a_guesser_is_stopped_and_the_owner_is_not(patient: Callable[..., Browser], awa: str) -> None:
    # Even the right password is refused from there, so that the stop tells nothing; elsewhere it opens.
    guesser = patient("192.0.2.66")
    assert [guesser.sign_in("awa", "wrong").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    answer = guesser.sign_in("AWA ", PASSWORD)
    assert answer.status_code == 429
    assert 60 < int(answer.headers["Retry-After"]) <= 420
    assert "7 min" in answer.text
    assert not _signed_in(guesser)
    assert patient("192.0.2.7").sign_in("awa").status_code == 303


@pytest.mark.parametrize(
    "padded",
    ["awa{}", "{}awa", "awa" + 260 * " " + "{}", "AWA" + 300 * "\u3000" + "{}"],
    ids=["after", "before", "long", "wide"],
)
def test_padding_a_name_gives_no_new_attempts(patient: Callable[..., Browser], awa: str, padded: str) -> None:
    # What is looked for is what is counted; what is too long to be a name is nobody's.
    guesser = patient("192.0.2.66")
    for number in range(3):
        assert guesser.sign_in(padded.format(number * " "), "wrong").status_code == 401
    assert guesser.sign_in(padded.format(3 * " ")).status_code == 429
    long = guesser.sign_in("awa" + 260 * " " + "7")
    assert long.status_code in (401, 429)
    assert not _signed_in(guesser)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("1.2.3.4:5678", "1.2.3.4"),
        ("[2001:db8::7]:5678", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("fe80::7%eth0", "fe80::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (":::", ":::"),
        ("<b>:1", "<b>:1"),
        ("unknown", "unknown"),
        ("[" + 200 * "x" + ":", ("[" + 200 * "x")[:45]),
    ],
)
def test_any_address_that_a_proxy_names_is_borne(
    installation: Runtime, environment: dict[str, str], make_app: MakeApp, awa: str, said: str, kept: str
) -> None:
    # With a port, as some name it, or nonsense: people can sign in and up, and fail to.
    app = make_app({**environment, "TRUSTED_PROXIES": "1"})
    named = {"headers": {"X-Forwarded-For": said}}
    for path, fields, status in (
        ("/login", {"name": "nobody", "password": PASSWORD}, 401),
        ("/login", {"name": "awa", "password": PASSWORD}, 303),
        ("/register", {"username": "binta", "password": PASSWORD}, 303),
    ):
        assert _opened(app).send(path, fields, **named).status_code == status, path
    with installation.unit_of_work() as session:
        lines = session.query(AuditEntry).where(AuditEntry.action.in_(("session.refuse", "user.create")))
        assert {line.address for line in lines if line.address} == {kept}


def test_the_port_that_a_proxy_names_is_no_new_guesser(
    installation: Runtime, environment: dict[str, str], make_app: MakeApp, awa: str
) -> None:
    # Each connection has another one.
    app = make_app({**environment, "TRUSTED_PROXIES": "1", "MAX_LOGIN_ATTEMPTS": "2"})
    fields = {"name": "awa", "password": "wrong"}  # pragma: allowlist secret
    done = [
        _opened(app).send("/login", fields, headers={"X-Forwarded-For": f"1.2.3.4:{port}"}).status_code
        for port in (1024, 1025, 1026)
    ]
    assert done == [401, 401, 429]


def test_an_unknown_name_is_stopped_alike(patient: Callable[..., Browser], awa: str) -> None:
    # Or the stop would tell which accounts exist.
    guesser = patient("192.0.2.66")
    assert [guesser.sign_in("nobody", "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_signing_in_forgets_earlier_failures(patient: Callable[..., Browser], awa: str) -> None:
    # A person who mistypes twice a day is never stopped.
    for _ in range(3):
        browser = patient("192.0.2.7")
        done = [browser.sign_in("awa", "wrong").status_code, browser.sign_in("awa", "wrong").status_code]
        assert [*done, browser.sign_in("awa").status_code] == [401, 401, 303]


def test_one_address_cannot_try_every_name(patient: Callable[..., Browser], awa: str) -> None:
    # Ten people's worth of failures; a whole IPv6 network is one address.
    done = [
        patient(f"2001:db8::{number:x}").sign_in(f"name{number}", "wrong").status_code for number in range(31)
    ]
    assert done == [401] * 30 + [429]
    assert patient("2001:db8:0:1::1").sign_in("awa").status_code == 303


def test_the_current_password_cannot_be_guessed_either(patient: Callable[..., Browser], awa: str) -> None:
    # By whoever sits down at a browser that was left open.
    browser = patient("192.0.2.7")
    browser.sign_in("awa")
    words = {"current": "wrong", "password": "une tout autre phrase"}  # pragma: allowlist secret
    done = [browser.send("/account/password", words, page="/account").status_code for _ in range(4)]
    assert done == [401, 401, 401, 429]


# Cookies and forms.


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser, awa: str) -> None:
    # In development without TLS, so without Secure.
    line = _cookie(browser.sign_in("awa"))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1209600"} <= set(line.split("; "))
    assert "Domain" not in line


def test_in_production_every_cookie_is_bound_to_tls_and_this_host(
    environment: dict[str, str], awa: str
) -> None:
    # `__Host-` makes browsers refuse it from a neighbouring host or without Secure.
    secret = "".join(map(chr, range(65, 113)))
    production = {**environment, "APP_CONFIG": "production", "SECRET_KEY": secret}
    app = create_app(settings.load(production, complete=False))
    browser = Browser(app, app.response_class)
    browser.environ_base = {
        **browser.environ_base,
        "wsgi.url_scheme": "https",
        "HTTP_REFERER": "https://localhost/login",
    }
    token = browser.form_token()
    answer = browser.post("/login", data={"csrf_token": token, "name": "awa", "password": PASSWORD})
    set_cookies = [*answer.headers.getlist("Set-Cookie"), *browser.get("/").headers.getlist("Set-Cookie")]
    app.extensions["boursa"].close()
    assert {line.split("=")[0] for line in set_cookies} == {"__Host-boursa", "__Host-boursa-form"}
    for line in set_cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; ")), line
        assert "Domain" not in line


def test_signing_in_gives_a_new_cookie(browser: Browser, awa: str, installation: Runtime) -> None:
    # A value that somebody planted before is worth nothing after, and the session before it is over.
    browser.set_cookie("boursa", "planted")
    first = _cookie(browser.sign_in("awa")).split(";")[0].removeprefix("boursa=")
    assert first != "planted"
    old_form = browser.form_token("/account")
    second = _cookie(browser.sign_in("awa")).split(";")[0].removeprefix("boursa=")
    assert second not in ("planted", first)
    assert browser.post("/logout", data={"csrf_token": old_form}).status_code == 400
    for dead in ("planted", first):
        browser.set_cookie("boursa", dead)
        assert not _signed_in(browser)


def test_signing_out_kills_the_cookie_everywhere(make_browser: MakeBrowser, awa: str) -> None:
    # A copy of it opens nothing.
    browser, thief = make_browser(), make_browser()
    cookie = _cookie(browser.sign_in("awa")).split(";")[0].removeprefix("boursa=")
    thief.set_cookie("boursa", cookie)
    assert _signed_in(thief)
    answer = browser.send("/logout", page="/account")
    assert (answer.status_code, answer.location) == (303, "/")
    assert not _signed_in(thief)
    assert not _signed_in(browser)


def test_a_form_without_its_token_does_nothing(as_person: AsPerson) -> None:
    # Another site can make a browser post, but does not know the token; its own is no good.
    browser, foreign = as_person(), as_person().form_token("/account")
    for path in FORMS:
        for data in ({}, {"csrf_token": "forged"}, {"csrf_token": foreign}):
            answer = browser.post(path, data={**data, "name": "x", "username": "x", "theme": "dark"})
            assert answer.status_code == 400, path
    assert browser.get_cookie("theme") is None
    assert _signed_in(browser)


# One-time links.


def test_a_link_signs_in_once_and_leads_to_choosing_a_password(
    make_browser: MakeBrowser, installation: Runtime
) -> None:
    # Programs that preview it open it any number of times; only the button uses it up.
    with installation.unit_of_work() as session:
        user = accounts.first_administrator(session)
        path = links.path(links.create(session, user, links.SET_UP, hours=24))
    for _ in range(3):
        assert make_browser().get(path).status_code == 200
        assert make_browser().head(path).status_code == 200
    browser = make_browser()
    answer = browser.send(path, page=path)
    assert (answer.status_code, answer.location) == (303, "/account#password")
    done = browser.send("/account/password", {"password": PASSWORD}, page="/account")
    assert (done.status_code, _signed_in(browser)) == (303, True)
    again = make_browser()
    assert again.send(path).status_code == 404
    assert again.get(path).status_code == 404
    assert not _signed_in(again)
    assert again.sign_in("admin").status_code == 303


def test_a_reset_throws_the_intruder_out(make_browser: MakeBrowser, installation: Runtime, awa: str) -> None:
    # Whose session would otherwise choose the new password, as nobody asks for the old one.
    thief, owner = make_browser(), make_browser()
    thief.sign_in("awa")
    with installation.unit_of_work() as session:
        path = links.path(links.create(session, accounts.named(session, awa), links.RESET, hours=1))
    token = thief.form_token("/account")
    assert owner.send(path, page=path).location == "/account#password"
    words = {"password": "attacker chooses this"}  # pragma: allowlist secret
    assert thief.post("/account/password", data={**words, "csrf_token": token}).location.startswith("/login")
    assert (_signed_in(thief), _signed_in(owner)) == (False, True)
    assert owner.send("/account/password", {"password": PASSWORD}, page="/account").status_code == 303
    assert thief.sign_in("awa", words["password"]).status_code == 401


def test_a_link_that_never_was_is_a_clear_page(browser: Browser) -> None:
    # With a sentence, and nothing of what was sent run as a script.
    browser.send("/preferences", {"language": "en"})
    for token in ("x", "%3Cscript%3E", "a" * 3000):
        answer = browser.get(f"/login/link/{token}")
        assert answer.status_code == 404
        assert "not known here" in answer.text


# The account page.


def test_the_account_page_is_for_who_is_signed_in(browser: Browser) -> None:
    # Everybody else is asked to sign in.
    asked = [browser.get("/account"), *(browser.send(path) for path in FORMS if path.startswith("/account"))]
    assert len(asked) == 6
    for answer in asked:
        assert (answer.status_code, (answer.location or "").split("?")[0]) == (303, "/login")


@pytest.mark.parametrize("role", ["administrator", "analyst", "viewer"])
def test_everybody_may_keep_a_profile(as_person: AsPerson, role: str, installation: Runtime) -> None:
    # Also who may only look at data.
    browser = as_person(role)
    fields = {"language": "en", "theme": "dark", "email": "me@example.org"}
    answer = browser.send("/account/profile", fields, page="/account")
    assert (answer.status_code, answer.location) == (303, "/account#profile")
    page = browser.get("/account").text
    assert '<html lang="en"' in page
    assert "me@example.org" in page
    assert "Your profile was saved." in page
    wrong = browser.send("/account/profile", {**fields, "email": "nowhere"}, page="/account")
    assert (wrong.status_code, "not an e-mail address" in wrong.text) == (422, True)


def test_a_changed_password_signs_other_browsers_out(make_browser: MakeBrowser, awa: str) -> None:
    # The one in which it was changed stays.
    here, there = make_browser(), make_browser()
    here.sign_in("awa")
    there.sign_in("awa")
    words = {"current": PASSWORD, "password": "une tout autre phrase"}  # pragma: allowlist secret
    assert here.send("/account/password", words, page="/account").status_code == 303
    assert (_signed_in(here), _signed_in(there)) == (True, False)
    assert there.sign_in("awa").status_code == 401
    assert there.sign_in("awa", "une tout autre phrase").status_code == 303


def test_a_browser_is_signed_out_from_another_one(make_browser: MakeBrowser, awa: str) -> None:
    # The list says which one is in front of the person.
    here, there = make_browser(), make_browser()
    there.environ_base = {**there.environ_base, "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}
    here.sign_in("awa")
    there.sign_in("awa")
    page = here.get("/account").text
    assert "Firefox, Linux" in page
    found = [int(number) for number in re.findall(r"/account/sessions/(\d+)/revoke", page)]
    assert len(found) == 2
    assert here.send(f"/account/sessions/{max(found)}/revoke", page="/account").status_code == 303
    assert (_signed_in(here), _signed_in(there)) == (True, False)
    assert here.send(f"/account/sessions/{min(found)}/revoke", page="/account").location == "/"
    assert not _signed_in(here)


def test_a_token_is_shown_once(as_person: AsPerson) -> None:
    # The page that follows only knows how it begins.
    browser = as_person()
    made = browser.send("/account/tokens", {"name": "<b>import</b>", "read_only": "1"}, page="/account")
    assert made.status_code == 200
    (plain,) = re.findall(r'value="(bsa_[\w-]{43})"', made.text)
    page = browser.get("/account").text
    assert plain not in page
    assert plain[:8] in page
    assert "<b>import" not in page
    (number,) = set(re.findall(r"/account/tokens/(\d+)/revoke", page))
    assert browser.send(f"/account/tokens/{number}/revoke", page="/account").status_code == 303
    assert plain[:8] not in browser.get("/account").text
    assert browser.send("/account/tokens", {"name": ""}, page="/account").status_code == 422


def test_a_form_for_a_token_that_is_sent_again_makes_no_second_one(
    as_person: AsPerson, installation: Runtime
) -> None:
    # Loading the answer again sends the form again; a refused form was not used up, and the next one is new.
    browser = as_person()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    def once() -> str:
        (value,) = re.findall(r'name="once" value="(\w+)"', browser.get("/account").text)
        return value

    sent = {"name": "import", "once": once()}
    assert browser.send("/account/tokens", {**sent, "name": ""}, page="/account").status_code == 422
    made = browser.send("/account/tokens", sent, page="/account")
    (plain,) = re.findall(r'value="(bsa_[\w-]{43})"', made.text)
    again = browser.send("/account/tokens", sent, page="/account")
    assert (again.status_code, again.location) == (303, "/account#tokens")
    page = browser.get("/account").text
    assert "it is shown only once" in page
    assert len(set(re.findall(r"/account/tokens/(\d+)/revoke", page))) == 1
    assert browser.send("/account/tokens", {**sent, "once": once()}, page="/account").status_code == 200
    with installation.unit_of_work() as session:
        assert plain not in str([row.response for row in session.query(IdempotencyKey)])
    assert plain not in "".join(made.headers.getlist("Set-Cookie"))


def test_a_new_token_is_the_first_thing_on_the_page(as_person: AsPerson) -> None:
    # It cannot be had again, so nobody should have to look for it.
    made = as_person().send("/account/tokens", {"name": "import"}, page="/account").text
    assert made.index('value="bsa_') < made.index('id="profile"')
    assert re.search(r'value="bsa_[\w-]+"[^>]* autofocus', made)


@pytest.mark.parametrize("thing", ["sessions", "tokens"])
def test_what_is_anothers_looks_absent(as_person: AsPerson, thing: str) -> None:
    # The same answer as for a number that nobody has.
    owner, other = as_person(), as_person()
    owner.send("/account/tokens", {"name": "import"}, page="/account")
    number = re.findall(rf"/account/{thing}/(\d+)/revoke", owner.get("/account").text)[0]
    answers = [
        other.send(f"/account/{thing}/{wanted}/revoke", page="/account") for wanted in (number, 999_999)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert number in re.findall(rf"/account/{thing}/(\d+)/revoke", owner.get("/account").text)


def test_a_wrong_verb_or_number_is_a_clear_page(as_person: AsPerson) -> None:
    # Signing out by a link would let any page sign people out.
    browser = as_person()
    token = {"csrf_token": browser.form_token("/account")}
    for method, path, status in (
        ("PUT", "/login", 405),
        ("GET", "/logout", 405),
        ("GET", "/preferences", 405),
        ("GET", "/account/tokens", 405),
        ("POST", "/account/tokens/x/revoke", 404),
    ):
        answer = browser.open(path, method=method, data=token)
        assert (answer.status_code, "BoursA" in answer.text) == (status, True), path
    assert _signed_in(browser)


# Language and appearance.


def test_a_visitors_choice_stays_in_the_browser(browser: Browser) -> None:
    # In a cookie, page by page, without an account.
    answer = browser.send("/preferences", {"language": "en", "next": "/login?next=/data"})
    assert (answer.status_code, answer.location) == (303, "/login?next=/data")
    browser.send("/preferences", {"theme": "dark"})
    page = browser.get("/login").text
    assert '<html lang="en"' in page
    assert 'data-bs-theme="dark"' in page
    browser.send("/preferences", {"theme": "system"})
    assert 'data-bs-theme="dark"' not in browser.get("/login").text


def test_a_persons_choice_goes_along(make_browser: MakeBrowser, awa: str) -> None:
    # To every other browser in which the person signs in.
    here, there = make_browser(), make_browser()
    here.sign_in("awa")
    here.send("/preferences", {"language": "en", "theme": "dark"}, page="/account")
    there.sign_in("awa")
    page = there.get("/account").text
    assert '<html lang="en"' in page
    assert 'data-bs-theme="dark"' in page


def test_the_switch_on_the_page_needs_no_other_page(browser: Browser) -> None:
    # A script that asks for plain text gets nothing to show.
    answer = browser.send("/preferences", {"theme": "dark"}, headers={"Accept": "text/plain"})
    assert (answer.status_code, answer.text) == (204, "")


@pytest.mark.parametrize("choice", [{"language": "de"}, {"theme": "neon"}, {"language": "<script>"}])
def test_an_unknown_choice_is_refused(
    browser: Browser, as_person: AsPerson, choice: dict[str, str], installation: Runtime
) -> None:
    # For visitors and for people, and nothing is kept of it.
    for one in (browser, as_person()):
        answer = one.send("/preferences", choice, page="/")
        assert answer.status_code == 400
        assert "<script>" not in answer.text.split("<main", 1)[1]
        assert not answer.headers.getlist("Set-Cookie")


# What the earlier BoursA let happen.


def test_no_account_is_there_before_somebody_makes_one(browser: Browser, installation: Runtime) -> None:
    # admin / admin123 opened the earlier application.
    assert browser.sign_in("admin", "admin123").status_code == 401
    with installation.unit_of_work() as session:
        accounts.first_administrator(session)
    for password in ("admin123", "admin", ""):
        assert browser.sign_in("admin", password).status_code == 401
    with installation.unit_of_work() as session:
        assert session.query(WebSession).count() == 0
        assert session.query(User).count() == 1
