"""A private link as a breaker tries it: it opens one side of one ride, to a person, until its day, and nothing else."""

from datetime import datetime, time, timedelta

import pytest

from data.consents import consents_of
from data.journal import journal_of
from data.outbox import messages_of
from data.ride_matches import add_link, find_match
from desks.outbox.carriers import Local
from desks.outbox.sending import send_due
from desks.rides.answers import answer_for, cancel_request
from desks.rides.people import erase
from desks.settings import Settings, default_territory
from mobility.consent import CONSENTS, CONTACT_CONSENT
from tests.conftest import NOW
from tests.fixtures_rides import People, post_of
from webapp.app import create_app
from webapp.server.protection import LIMITS

HERE = {"Origin": "http://localhost"}
GONE = {400, 404, 410}


class Site:
    """A site with a proposal, at an hour that a test sets, and the link of each side."""

    def __init__(self, settings):
        self.now = NOW
        self.app = create_app(settings, clock=lambda: self.now)
        self.desk = self.app.extensions["wired"].house().rides
        people = People(self.desk)
        self.driver = people.volunteer("Labastide-Marnhac").driver
        self.request = people.asks("Lherm", "Cahors")
        self.match = self.desk.propose_best(self.request.id, now=NOW, who="agent", rider_agrees=True)
        with self.desk.store.writing() as tx:
            self.secrets = {side: add_link(tx, self.match, side) for side in (self.driver, self.request.rider)}

    def opened(self, secret, **how):
        return self.app.test_client().get(f"/t/{secret}", follow_redirects=True, **how)

    def state(self):
        with self.desk.store.reading() as tx:
            found = find_match(tx, self.match.id)
            return found.state, [ride.answer for ride in found.rides], found.rider_answer


@pytest.fixture
def site(state):
    made = Site(Settings(territory=default_territory(), state=state))
    yield made
    made.app.extensions["wired"].jobs.close()


def test_it_opens_its_own_side_alone(site):
    for person, secret in site.secrets.items():
        client = site.app.test_client()
        page = client.get(f"/t/{secret}", follow_redirects=True)
        assert page.status_code == 200
        assert ("Pouvez-vous conduire" in page.text) == (person == site.driver)
        assert secret not in page.text
        # What is opened in one browser is not in another, nor is the other side's in this one.
        assert site.app.test_client().get(page.request.path).status_code in GONE


@pytest.mark.parametrize("side", ["driver", "rider"])
def test_its_reader_takes_back_what_they_agreed_to_and_nobody_elses(site, side):
    person, other = (site.driver, site.request.rider)[:: 1 if side == "driver" else -1]
    client = site.app.test_client()
    page = client.get(f"/t/{site.secrets[person]}", follow_redirects=True)
    assert page.text.count(">Retirer cet accord</button>") == len(CONSENTS)
    assert (
        "Vous recevez des messages, jusqu'à ce que vous retiriez cet accord : donné le lundi 30 novembre" in page.text
    )
    own, foreign = (held(site, one) for one in (person, other))
    before = site.state()
    for told in (foreign[CONTACT_CONSENT], "", "a"):
        client.post(page.request.path, data={"accord": told}, headers=HERE)
    assert (held(site, person), held(site, other)) == (own, foreign)
    for _ in range(2):
        told = {"accord": own[CONTACT_CONSENT]}
        after = client.post(page.request.path, data=told, headers=HERE, follow_redirects=True)
    assert "Votre accord est retiré" in after.text
    assert after.text.count(">Retirer cet accord</button>") == len(CONSENTS) - 1
    assert (held(site, person).keys(), held(site, other)) == (own.keys() - {CONTACT_CONSENT}, foreign)
    assert site.state() == before
    with site.desk.store.reading() as tx:
        written = [
            (line["who"], line["about"], line["why"]) for line in journal_of(tx) if line["act"] == "consent-withdrawn"
        ]
    assert written == [(person, person, CONTACT_CONSENT)]


def held(site, person):
    """What a person agrees to, with the name of each consent."""
    with site.desk.store.reading() as tx:
        return {told.what: told.id for told in consents_of(tx, person) if told.withdrawn is None}


def test_one_that_is_over_or_guessed_opens_nothing(site):
    over = datetime.combine(site.match.day + timedelta(days=2), time(2), NOW.tzinfo)
    secret, client = site.secrets[site.driver], site.app.test_client()
    page = client.get(f"/t/{secret}", follow_redirects=True)
    # Good to the end of the day after the ride.
    site.now = over - timedelta(hours=2, minutes=1)
    assert client.get(page.request.path).status_code == 200
    site.now = over
    assert client.get(page.request.path).status_code in GONE
    assert client.post(page.request.path, data={"reponse": "oui"}, headers=HERE).status_code in GONE
    consents = held(site, site.driver)
    told = {"accord": consents[CONTACT_CONSENT]}
    assert client.post(page.request.path, data=told, headers=HERE).status_code in GONE
    assert held(site, site.driver) == consents
    refused = {site.opened(word).status_code for word in (secret, secret[:-1], secret + "a", secret.swapcase(), "a")}
    assert refused <= GONE
    texts = {site.opened(word).text.replace(word, "") for word in (secret, "b" * len(secret))}
    assert len({text.partition("<main")[2] for text in texts}) == 1, "one that was is told as one that never was"


@pytest.mark.parametrize("side", ["driver", "rider"])
def test_one_of_somebody_erased_opens_nothing_and_the_other_side_is_told(site, side):
    person = site.driver if side == "driver" else site.request.rider
    answer_for(site.desk, site.match.id, site.driver, yes=True, now=NOW, who=site.driver)
    erase(site.desk, person, now=NOW, who="agent")
    for secret in site.secrets.values():
        page = site.opened(secret)
        assert page.status_code in GONE or "annulé" in page.text
    assert site.opened(site.secrets[person]).status_code in GONE


def test_one_of_a_cancelled_ride_says_so_and_takes_no_answer(site):
    answer_for(site.desk, site.match.id, site.driver, yes=True, now=NOW, who=site.driver)
    cancel_request(site.desk, site.request.id, now=NOW, who="agent")
    client = site.app.test_client()
    page = client.get(f"/t/{site.secrets[site.driver]}", follow_redirects=True)
    assert "Ce trajet est annulé" in page.text
    before = site.state()
    for word in ("oui", "non", "annuler", ""):
        client.post(page.request.path, data={"reponse": word}, headers=HERE)
    assert site.state() == before


@pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS"])
def test_a_robot_that_looks_ahead_answers_nothing(site, method):
    client, before = site.app.test_client(), site.state()
    secret = site.secrets[site.driver]
    for address in (f"/t/{secret}", f"/t/{secret}?reponse=oui", f"/proposition/{secret[:12]}?reponse=oui"):
        client.open(address, method=method, follow_redirects=method != "OPTIONS")
    assert site.state() == before
    # Its reader opens it all the same.
    assert site.opened(secret).status_code == 200


def test_it_leaves_no_trace_in_caches_referrers_or_search_engines(site):
    client, secret = site.app.test_client(), site.secrets[site.driver]
    for answer in (client.get(f"/t/{secret}"), client.get(f"/t/{secret}", follow_redirects=True), client.get("/t/bad")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert "noindex" in answer.headers.get("X-Robots-Tag", "")
    cookie = next(line for line in client.get(f"/t/{secret}").headers.getlist("Set-Cookie") if "session" in line)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_answer_by_another_site_in_its_readers_name_is_refused(site):
    client = site.app.test_client()
    page = client.get(f"/t/{site.secrets[site.driver]}", follow_redirects=True)
    for told in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(page.request.path, data={"reponse": "oui"}, headers=told).status_code == 403
    assert site.state()[1] == [""]


def test_an_agent_opens_one_by_an_act_that_is_written_down(site):
    send_due(site.desk.store, post_of(site.desk, Local()), now=NOW)
    with site.desk.store.reading() as tx:
        message = next(message.id for message in messages_of(tx) if message.purpose == "proposal")
    client = site.app.test_client()
    page = client.get("/bureau/messages").text
    with site.desk.store.reading() as tx:
        assert all(str(told.facts.get("secret")) not in page for told in messages_of(tx))
    opened = client.post("/bureau/messages", data={"message": message, "acte": "ouvrir"}, headers=HERE)
    assert opened.status_code == 303
    with site.desk.store.reading() as tx:
        assert [line["act"] for line in journal_of(tx)][:1] == ["link-opened"]


def test_guesses_are_slowed_down(state, monkeypatch):
    monkeypatch.setitem(LIMITS, "rides.open_link", "5/minute")
    app = create_app(
        Settings(territory=default_territory(), state=state, public_address="https://mobilite.example"),
        clock=lambda: NOW,
    )
    client = app.test_client()
    asked = {"base_url": "https://mobilite.example", "environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    codes = [client.get(f"/t/guess-{number}", **asked).status_code for number in range(8)]
    app.extensions["wired"].jobs.close()
    assert codes[-3:] == [429] * 3
    assert set(codes[:5]) <= GONE
