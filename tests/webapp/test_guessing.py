"""Guessing a password is slow from anywhere, and keeps nobody out of the computer where they sign in every day."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from argon2 import PasswordHasher

from data.accounts import add_account, add_account_link
from data.outbox import messages_of
from data.store import Store
from desks.accounts import passwords
from desks.accounts.guessing import MOST_A_DAY, MOST_AT_ONCE, Browser
from desks.accounts.passwords import choose_password, sign_in
from desks.hosts import counted_address
from mobility.accounts import AGENT, Grant
from mobility.errors import MobilityError
from tests.conftest import NOW
from webapp.app import create_app
from webapp.server.protection import LIMITS

HERE = {"Origin": "http://localhost"}
MAIL, PASSWORD, OTHER = "accueil@example.org", "un bus jaune passe mardi", "la halle ouvre à huit heures"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A hash that costs little: how many tries are let through is counted here, not how long each takes."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    # By the machine's own clock, which no test moves.
    monkeypatch.setitem(LIMITS, "sign_in.check", "10000/minute")
    yield
    passwords._nobodys.cache_clear()


class Site:
    """A site with one account, at an hour that a test sets."""

    def __init__(self, settings):
        self.now = NOW
        self.app = create_app(settings, clock=lambda: self.now)
        self.store = self.app.extensions["wired"].house().store
        with self.store.writing() as tx:
            self.account = add_account(tx, MAIL, "Un accueil", [Grant(AGENT)], now=NOW)
        choose_password(self.store, self.account, PASSWORD)

    def tries(self, client, password, address="203.0.113.7", mail=MAIL, **headers):
        form = {"mail": mail, "mot-de-passe": password}
        base = {"REMOTE_ADDR": address}
        return client.post("/connexion", data=form, headers=HERE | headers, environ_base=base).status_code

    def browser(self, password=PASSWORD, address="198.51.100.4"):
        """A browser in which the owner signed in and out once."""
        client = self.app.test_client()
        assert self.tries(client, password, address) == 303
        client.post("/deconnexion", headers=HERE, environ_base={"REMOTE_ADDR": address})
        return client

    def attacked(self, addresses, each=1):
        """What strangers are answered who guess from some addresses."""
        return [self.tries(self.app.test_client(), f"faux {n}", address) for address in addresses for n in range(each)]

    def told(self):
        with self.store.reading() as tx:
            return [message for message in messages_of(tx) if message.purpose == "guessed"]


@pytest.fixture
def site(settings):
    return Site(replace(settings, public_address="http://localhost"))


MANY = [f"203.0.113.{n}" for n in range(27)]


def test_a_stranger_locks_nobody_out_of_their_own_computer(site):
    mine = site.browser()
    # From the next table too, by the same connection, and as long as they like.
    assert site.attacked(["198.51.100.4"], each=12) == [403] * 5 + [429] * 7
    assert site.tries(mine, PASSWORD, "198.51.100.4") == 303
    site.attacked(MANY)
    assert site.tries(mine, PASSWORD, "198.51.100.4") == 303
    # Known by its cookie, wherever it is.
    assert site.tries(mine, PASSWORD, MANY[0]) == 303
    # Another stranger's wrong tries at one address keep nobody out elsewhere.
    site.now += timedelta(days=1, minutes=1)
    assert site.attacked(["203.0.113.9"], each=6)[-1] == 429
    assert site.tries(site.app.test_client(), PASSWORD, "198.51.100.77") == 303


@pytest.mark.prove
def test_the_computers_of_a_town_guess_no_faster_than_one(site):
    answers = site.attacked(MANY)
    assert answers == [403] * MOST_A_DAY + [429] * (len(MANY) - MOST_A_DAY)
    # Nor is the right word found among the others then; a day later tries are let through again.
    assert site.tries(site.app.test_client(), PASSWORD, "198.51.100.9") == 429
    # Whoever gets the account's mail is its owner, and is known from there on.
    with site.store.writing() as tx:
        secret = add_account_link(tx, site.account.id, expires=site.now + timedelta(hours=1))
    owner = site.app.test_client()
    owner.get(f"/mot-de-passe/{secret}")
    chosen = {"mot-de-passe": OTHER, "encore": OTHER}
    assert owner.post("/mot-de-passe", data=chosen, headers=HERE).status_code == 303
    assert site.tries(owner, OTHER, "198.51.100.9") == 303
    site.now += timedelta(days=1, minutes=1)
    assert site.tries(site.app.test_client(), OTHER, "198.51.100.9") == 303


@pytest.mark.prove
def test_a_known_browser_guesses_no_faster_and_knows_one_account_alone(site):
    mine = site.browser()
    assert [site.tries(mine, "faux") for _ in range(7)] == [403] * 5 + [429] * 2
    days = 0
    for _ in range(9):
        site.now += timedelta(minutes=16)
        days += [site.tries(mine, "faux") for _ in range(5)].count(403)
    assert days == MOST_A_DAY - MOST_AT_ONCE
    # Of other accounts it knows nothing: there it is a stranger among strangers.
    other = "planification@example.org"
    assert [site.tries(mine, "faux", mail=other) for _ in range(6)] == [403] * 5 + [429]


@pytest.mark.prove
def test_a_new_password_forgets_the_browsers_that_were_known(site):
    mine = site.browser()
    choose_password(site.store, site.account, OTHER)
    site.attacked(MANY)
    assert site.tries(mine, OTHER) == 429


@pytest.mark.prove
def test_the_cookie_is_the_browsers_own_and_opens_nothing(settings):
    site = Site(replace(settings, public_address="https://localhost"))
    client = site.app.test_client()
    form = {"mail": MAIL, "mot-de-passe": PASSWORD}
    own = {"Origin": "https://localhost"}
    answer = client.post("/connexion", data=form, headers=own, base_url="https://localhost")
    (cookie,) = [text for text in answer.headers.getlist("Set-Cookie") if text.startswith("__Host-browser=")]
    for word in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/", f"Max-Age={180 * 86_400}"):
        assert word in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    for told in (MAIL, site.account.id, "accueil"):
        assert told not in cookie
    # Neither as a session, nor changed, nor made up does it let anybody in or through.
    thief = site.app.test_client()
    thief.set_cookie("__Host-session", value)
    assert thief.get("/bureau/", base_url="https://localhost").status_code in {302, 403}
    site.attacked(MANY)
    for false in (value[:-2] + "xx", "x", ""):
        thief.set_cookie("__Host-browser", false)
        tried = thief.post("/connexion", data=form, headers=own, base_url="https://localhost")
        assert tried.status_code == 429


@pytest.mark.prove
def test_the_owner_is_told_once_a_day(site):
    mine = site.app.test_client()
    assert [site.tries(mine, "faux") for _ in range(4)] == [403] * 4
    assert site.told() == []
    site.attacked(MANY[:1], each=6)
    assert len(site.told()) == 1
    assert site.told()[0].account == site.account.id
    # From another address tries are let through again, and the last of them is told of on the next day alone.
    site.now += timedelta(hours=23)
    assert site.attacked(MANY[1:2], each=6)[-1] == 429
    assert len(site.told()) == 1
    site.now += timedelta(hours=1, minutes=1)
    site.attacked(MANY[2:3], each=6)
    assert len(site.told()) == 2
    # Of an account that is none, nobody is told, and the answers are the same.
    asked = [site.tries(site.app.test_client(), "faux", mail="inconnu@example.org") for _ in range(6)]
    assert asked == [403] * 5 + [429]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"), ("203.0.113.7:4431", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::9]:443", "2001:db8:1:2::/64"), ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("unix:", "unix:"),
    ],
)  # fmt: skip
def test_addresses_are_counted_by_who_holds_them(text, counted):
    assert counted_address(text) == counted


@pytest.mark.prove
def test_one_connection_has_one_count_whatever_its_ipv6_address(site):
    assert site.attacked([f"2001:db8:1:2::{n:x}" for n in range(1, 9)]) == [403] * 5 + [429] * 3


@pytest.mark.prove
def test_the_address_is_the_one_that_a_believed_proxy_tells(settings):
    behind = Site(replace(settings, public_address="http://localhost", proxies=1))
    # What the visitor wrote in front of what the proxy added counts for nothing.
    answers = [
        behind.tries(behind.app.test_client(), "faux", "127.0.0.1", **{"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.7"})
        for n in range(7)
    ]
    assert answers == [403] * 5 + [429] * 2
    other = {"X-Forwarded-For": "203.0.113.8"}
    assert behind.tries(behind.app.test_client(), PASSWORD, "127.0.0.1", **other) == 303


@pytest.mark.prove
def test_tries_at_once_are_no_more_than_one_after_the_other(database, monkeypatch):
    store, looked = Store(database), []
    with store.writing() as tx:
        account = add_account(tx, MAIL, "Un accueil", [Grant(AGENT)], now=NOW)
    choose_password(store, account, PASSWORD)
    matches = passwords._matches
    monkeypatch.setattr(passwords, "_matches", lambda *given: looked.append(1) or matches(*given))
    turn, codes = threading.Barrier(8), []

    def guess(number):
        turn.wait()
        for again in range(5):
            try:
                sign_in(store, MAIL, f"faux {number} {again}", browser=Browser("203.0.113.7"), key=b"k" * 32, now=NOW)
            except MobilityError as error:
                codes.append(error.code)

    guessing = [threading.Thread(target=partial(guess, number)) for number in range(8)]
    for one in guessing:
        one.start()
    for one in guessing:
        one.join()
    assert len(codes) == 40
    assert set(codes) <= {"wrong-password", "too-many-tries"}
    assert 1 <= len(looked) <= MOST_AT_ONCE
    store.close()
