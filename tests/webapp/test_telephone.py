"""The telephone desk: an agent's call from number to answer, messages that come in, the menu that speaks."""

import html
import json
import re
from datetime import timedelta
from functools import partial
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from data.calls import open_calls
from data.consents import consented
from data.journal import journal_of
from data.people import add_person, persons_with_telephone, remembered_wishes, set_wishes
from data.personal import erase_person, export_person
from data.purging import purge
from data.ride_matches import matches_of
from data.ride_records import find_request, requests_on
from data.ride_schema import persons
from desks.notices import Draft
from desks.rides.answers import answer_for, cancel_request
from desks.settings import Settings, default_territory
from desks.telephone.inbound import signature_of, take_call, take_sms
from mobility.consent import MESSAGE_CONSENT
from mobility.notices import CALM, GRAVE
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, People
from tests.fixtures_site import UNSET
from tours.ride_insertion import best_answers
from webapp.app import create_app

SECRET = "a secret of the provider"
ASKED = {"de": "Lherm", "vers": "Cahors", "jour": "2026-12-01", "heure": "10:00", "retour": "11:30", "motif": "health"}


def text(answer):
    return re.sub(r"\s+", " ", answer.text.replace("\xa0", " ").replace("&#39;", "'"))


def calls(desk):
    with desk.store.reading() as tx:
        return open_calls(tx)


# An agent's call


def test_one_answer_is_asked_at_once_and_the_others_are_folded(app, client):
    desk = app.extensions["wired"].house().rides
    for commune in ("Labastide-Marnhac", "Lherm"):
        People(desk).volunteer(commune)
    page = text(client.post("/bureau/telephone", data={"telephone": "06 39 98 76 54", **ASKED}))
    others = page.count('name="acte" value="proposer"') - 1
    assert others >= 1
    assert page.count("<summary>Demander à ce conducteur") == others
    assert page.count('name="acte" value="proposer" class="second"') == others
    # One button is filled: to ask the driver, no more to search.
    assert '<button accesskey="c" class="second">Chercher' in page


def test_no_driver_is_not_no_means(client):
    page = text(client.post("/bureau/telephone", data={"telephone": "06 39 98 76 54", **ASKED}))
    assert "Pour une démarche, le bus vient" in page
    assert "Aucun conducteur." in page
    assert "Aucun moyen connu" not in page


@pytest.mark.parametrize("typed", ["05 65 20 1", "demain"])
def test_a_wrong_number_stays_as_typed_with_its_fault_beside_it(client, typed):
    answer = client.post("/bureau/telephone", data={"telephone": typed})
    page = text(answer)
    assert (answer.status_code, "Numéro inconnu" in page) == (400, False)
    [field] = re.findall(r'<input id="telephone"[^>]*>', page)
    assert f'value="{typed}"' in field
    assert 'aria-invalid="true" aria-describedby="telephone-erreur"' in field
    assert re.search(rf'id="telephone-erreur" role="alert">[^<]*{typed}', page)


def test_a_call_from_number_to_answer(app, client):
    desk = app.extensions["wired"].house().rides
    People(desk).volunteer("Labastide-Marnhac", abilities=frozenset({"wheelchair"}))
    page = text(client.post("/bureau/telephone", data={"telephone": "06.39.10.00.02"}))
    assert "Numéro inconnu" in page
    page = text(client.post("/bureau/telephone", data={"telephone": "0639100002", **ASKED}))
    assert "vous prend vers" in page
    assert "Pour une démarche, le bus vient" in page
    with desk.store.reading() as tx:
        assert requests_on(tx, [TOMORROW]) == []
    agreed = {
        "telephone": "+33 6 39 10 00 02", "nom": "Une habitante de Lherm", "accord-memory": "on", "acte": "proposer",
        "accord-messages": "on", "besoins-dits": "1", "besoin-wheelchair": "on", "choix": "0", **ASKED,
    }  # fmt: skip
    refused = client.post("/bureau/telephone", data={**agreed, "nom": ""})
    assert refused.status_code == 400
    done = client.post("/bureau/telephone", data=agreed)
    assert done.status_code == 303
    with desk.store.reading() as tx:
        person = persons_with_telephone(tx, "0033639100002")[0]
        (request,) = requests_on(tx, [TOMORROW])
        assert remembered_wishes(tx, person.id, now=NOW, whom="*") == {"wheelchair"}
    assert request.wishes == {"wheelchair"}
    again = text(client.post("/bureau/telephone", data={"telephone": "0639100002"}))
    assert "La même chose que la dernière fois" in again
    assert "Fauteuil pliant</span>" in again
    twice = client.post("/bureau/telephone", data={**agreed, "acte": "attendre"})
    assert twice.status_code == 400
    assert "a déjà une demande" in text(twice)
    assert client.post("/bureau/telephone", data={**agreed, "acte": "attendre", "encore": "on"}).status_code == 303


def test_a_search_asks_drivers_once_and_leaves_one_trace(app, client, monkeypatch):
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    people.volunteer("Labastide-Marnhac")
    people.asks("Lherm", "Cahors", rider=people.person(RIDER, "Lherm"))
    asked = []
    monkeypatch.setattr(
        "desks.rides.desk.best_answers", lambda *given, **more: asked.append(given[2]) or best_answers(*given, **more)
    )
    page = text(client.post("/bureau/telephone", data={"telephone": "0600000002", **ASKED}))
    assert "vous prend vers" in page
    assert asked == ["asked"]
    with desk.store.reading() as tx:
        assert [act["act"] for act in journal_of(tx)].count("contact-seen") == 1


def test_needs_are_remembered_by_consent_only(app, client):
    desk = app.extensions["wired"].house().rides
    agreed = {"telephone": "0639100003", "nom": "Un habitant", "acte": "attendre", "besoins-dits": "1",
              "besoin-little-walking": "on", **ASKED}  # fmt: skip
    assert client.post("/bureau/telephone", data=agreed).status_code == 303
    with desk.store.reading() as tx:
        assert remembered_wishes(tx, persons_with_telephone(tx, "0639100003")[0].id, now=NOW, whom="*") == frozenset()


def test_who_has_no_internet_is_called_and_the_request_says_so(app, client):
    desk = app.extensions["wired"].house().rides
    People(desk).volunteer("Labastide-Marnhac")
    agreed = {"telephone": "0639100003", "nom": "Un habitant", "acte": "attendre", "besoins-dits": "1",
              "besoin-no-internet": "on", "accord-messages": "on", **ASKED}  # fmt: skip
    address = client.post("/bureau/telephone", data=agreed).headers["Location"]
    assert "Pas d'internet : tout par téléphone" in text(client.get(address))
    desk.propose_best(address.rpartition("/")[2], now=NOW, who="desk")
    assert "Un habitant : à dire au téléphone" in text(client.get("/bureau/"))


def test_who_hears_on_the_telephone_that_nobody_can_drive_need_not_be_called_for_it(client):
    agreed = {"telephone": "0639100003", "nom": "Un habitant", "acte": "besoin", "besoins-dits": "1", **ASKED}
    own = text(client.get(client.post("/bureau/telephone", data=agreed).headers["Location"]))
    assert "Sans réponse" in own
    assert "À dire à la personne" not in own
    assert "personne ne peut conduire" not in text(client.get("/bureau/"))


def test_a_promise_to_call_back_is_kept_until_it_is_done(app, client):
    desk = app.extensions["wired"].house().rides
    client.post("/bureau/telephone", data={"telephone": "06 39 10 00 04", "acte": "rappeler", "pourquoi": "Retour ?"})
    (call,) = calls(desk)
    # Monday ten o'clock, two working days on.
    assert call.due == NOW + timedelta(days=2)
    page = text(client.get("/bureau/"))
    assert "06 39 10 00 04 : rappel promis" in page
    assert "Retour ?" in page
    assert "en retard" not in page
    # Neither the list nor the screen it leads to puts the number into an address.
    assert "telephone=" not in page
    assert 'value="0639100004"' in client.get(f"/bureau/telephone?appel={call.id}").text
    assert client.get("/bureau/telephone?appel=unknown").status_code == 404
    done = client.post("/bureau/fait", data={"appel": call.id}, follow_redirects=True)
    assert calls(desk) == []
    assert "06 39 10 00 04" not in text(done)
    assert "Non, remettre dans la liste" in text(done)
    assert client.post("/bureau/fait", data={"appel": call.id, "acte": "remettre"}).status_code == 303
    assert [again.id for again in calls(desk)] == [call.id]
    assert client.post("/bureau/fait", data={"appel": "none"}).status_code == 404
    assert client.post("/bureau/fait", data={"appel": "none", "acte": "remettre"}).status_code == 404
    assert client.post("/bureau/telephone", data={"telephone": "", "acte": "rappeler"}).status_code == 400


def test_a_way_is_sent_to_who_agreed(app, client):
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    people.person(RIDER, "Lherm")
    sent = {"telephone": "0600000001", "acte": "envoyer", "texte": "Votre train part à 9 h."}
    assert "Le message part" in text(client.post("/bureau/telephone", data=sent))
    assert "Votre train part" in client.get("/bureau/messages").get_data(as_text=True)
    people.person(RIDER, "Bach", consents=())
    assert client.post("/bureau/telephone", data={**sent, "telephone": "0600000002"}).status_code == 400


def test_a_weekly_request_is_kept_whole_or_not_at_all(app, client):
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    rider = people.person(RIDER, "Lherm")
    later = TOMORROW + timedelta(weeks=1)
    people.asks("Lherm", "Cahors", rider=rider, day=later)
    weekly = {
        "telephone": "0600000001",
        "acte": "attendre",
        **ASKED,
        "jusqua": (TOMORROW + timedelta(weeks=2)).isoformat(),
    }
    refused = client.post("/bureau/telephone", data=weekly)
    assert refused.status_code == 400
    assert "a déjà une demande" in text(refused)
    days = [TOMORROW + timedelta(weeks=week) for week in range(3)]
    with desk.store.reading() as tx:
        assert [request.day for request in requests_on(tx, days)] == [later]
    assert client.post("/bureau/telephone", data={**weekly, "encore": "on"}).status_code == 303
    with desk.store.reading() as tx:
        made = [request for request in requests_on(tx, days) if request.series]
    assert [request.day for request in made] == days
    assert len({request.series for request in made}) == 1


def test_a_request_comes_back_every_week(app, client):
    desk = app.extensions["wired"].house().rides
    weekly = {"telephone": "0639100005", "nom": "Un habitant", "acte": "attendre", "jusqua": "2026-12-17", **ASKED}
    assert client.post("/bureau/telephone", data=weekly).status_code == 303
    days = [TOMORROW + timedelta(weeks=week) for week in range(5)]
    with desk.store.reading() as tx:
        assert [request.day for request in requests_on(tx, days)] == days[:3]


def test_a_wrong_last_week_keeps_nothing(app, client):
    desk = app.extensions["wired"].house().rides
    weekly = {"telephone": "0639100006", "nom": "Un habitant", "acte": "attendre", "jusqua": "demain", **ASKED}
    assert client.post("/bureau/telephone", data=weekly).status_code == 400
    with desk.store.reading() as tx:
        assert requests_on(tx, [TOMORROW]) == []


# What comes in


@pytest.fixture
def proposed(desk, people):
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors", 10, 11.5)
    return desk.propose_best(request.id, now=NOW, who="desk")


def test_a_plain_yes_answers_the_one_proposal(desk, proposed):
    rider, driver = "0600000002", "0600000001"
    assert take_sms(desk, "m1", driver, "Oui, merci !", now=NOW) == "yes"
    assert take_sms(desk, "m2", "+33600000002", "ok", now=NOW) == "yes"
    with desk.store.reading() as tx:
        assert find_request(tx, proposed.request).state == "confirmed"
    # Thanks afterwards, or the same message told twice, open nothing.
    assert take_sms(desk, "m3", rider, "Merci", now=NOW) == "thanks"
    assert take_sms(desk, "m2", rider, "ok", now=NOW) == "known"
    assert calls(desk) == []
    with desk.store.reading() as tx:
        assert len(requests_on(tx, [TOMORROW])) == 1


def test_a_no_frees_the_seat(desk, proposed):
    assert take_sms(desk, "m1", "0600000001", "non", now=NOW) == "no"
    with desk.store.reading() as tx:
        assert find_request(tx, proposed.request).state == "unmet"


@pytest.mark.parametrize("said", ["oui mais plus tard", "Je voudrais aller à Cahors", "qui êtes-vous ?"])
def test_everything_else_is_read_by_a_person(desk, proposed, said):
    assert take_sms(desk, "m1", "0600000001", said, now=NOW) == "other"
    (call,) = calls(desk)
    assert call.text == said
    with desk.store.reading() as tx:
        assert find_request(tx, proposed.request).state == "proposed"
        assert len(requests_on(tx, [TOMORROW])) == 1


def test_a_yes_to_several_asks_which(desk, people, proposed):
    other = people.asks("Lherm", "Cahors", 15, 16.5)
    desk.propose_best(other.id, now=NOW, who="desk")
    assert take_sms(desk, "m1", "0600000001", "oui", now=NOW) == "several"
    assert len(calls(desk)) == 1
    with desk.store.reading() as tx:
        assert {find_request(tx, r).state for r in (other.id, proposed.request)} == {"proposed"}


def test_a_yes_from_a_stranger_waits_for_an_agent(desk, proposed):
    assert take_sms(desk, "m1", "0699999999", "oui", now=NOW) == "other"
    assert len(calls(desk)) == 1
    assert take_sms(desk, "m2", "0699999999", "merci", now=NOW) == "thanks"


def test_stop_ends_the_messages(desk, proposed):
    assert take_sms(desk, "m1", "0600000002", "STOP", now=NOW) == "stop"
    with desk.store.reading() as tx:
        person = persons_with_telephone(tx, "0600000002")[0]
        assert not consented(tx, person.id, MESSAGE_CONSENT, now=NOW)


def test_calls_are_exported_erased_and_purged(desk, people):
    rider = people.person(RIDER, "Lherm")
    take_call(desk, "c1", "0600000001", now=NOW)
    take_sms(desk, "m1", "0600000001", "où êtes-vous ?", now=NOW)
    with desk.store.writing() as tx:
        told = export_person(tx, rider, partial(desk.messages.text, now=NOW))["calls"]
        assert [call["kind"] for call in told] == ["call", "sms"]
        erase_person(tx, rider)
    assert calls(desk) == []
    take_call(desk, "c2", "0600000009", now=NOW)
    with desk.store.writing() as tx:
        purge(tx, NOW + timedelta(days=500), days=400)
    assert calls(desk) == []


@pytest.fixture
def line(state):
    """The site with a provider set, and what posts to it as the provider does."""
    app = create_app(
        Settings(territory=default_territory(), state=state, inbound_secret=SECRET), clock=lambda: NOW
    )  # fmt: skip
    client = app.test_client()

    def post(document, *, secret=SECRET, at=None, raw=None):
        body = raw if raw is not None else json.dumps(document).encode()
        stamp = str(int((at or NOW).timestamp()))
        headers = {"X-Timestamp": stamp, "X-Signature": signature_of(secret, stamp, body)}
        return client.post("/api/telephone/entrants", data=body, headers=headers)

    return app, client, post


def test_only_a_signed_fresh_message_is_taken(line):
    app, client, post = line
    call = {"id": "c1", "kind": "call", "from": "0639100009"}
    assert post(call, secret="another").status_code == 401
    assert post(call, at=NOW - timedelta(hours=1)).status_code == 401
    assert client.post("/api/telephone/entrants", json=call).status_code == 401
    assert calls(app.extensions["wired"].house().rides) == []
    assert post(call).json == {"became": "listed"}
    assert post(call).status_code == 200
    assert len(calls(app.extensions["wired"].house().rides)) == 1
    assert client.post("/bureau/simulateur").status_code == 404


@pytest.mark.parametrize(
    "document",
    [{}, [], 3, {"id": "x", "kind": "call"}, {"id": "x", "kind": "fax", "from": "0600000001"},
     {"id": 4, "kind": "call", "from": "0600000001"}, {"id": "x", "kind": "sms", "from": "0600000001"},
     {"id": "x", "kind": "call", "from": "anonymous"}, {"id": "x" * 99, "kind": "call", "from": "0600000001"}],
)  # fmt: skip
def test_a_malformed_message_is_refused_with_its_reason(line, document):
    _, _, post = line
    answer = post(document)
    assert answer.status_code == 400
    assert answer.json["error"]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    document=st.dictionaries(
        st.sampled_from(["id", "kind", "from", "text", "x"]),
        st.one_of(
            st.none(), st.integers(), st.text(max_size=30), st.sampled_from(["call", "sms", "0600000001", "oui"])
        ),
    )
)
def test_whatever_a_provider_signs_breaks_nothing(line, document):
    _, _, post = line
    assert post(document).status_code in {200, 400}


def test_broken_bodies_are_refused(line):
    _, client, post = line
    assert post(None, raw=b"{").status_code == 400
    assert post(None, raw=b"\xff\xfe").status_code == 400
    assert post(None, raw=b"x" * 30_000).status_code == 413
    assert client.post("/api/telephone/entrants").status_code == 401


def test_without_a_provider_nothing_is_taken(client):
    assert client.post("/api/telephone/entrants", json={}).status_code == 503


def test_the_simulator_plays_a_message(app, client):
    assert client.post("/bureau/simulateur", data={"numero": "0639100009", "texte": "merci"}).status_code == 200
    client.post("/bureau/simulateur", data={"numero": "0639100009", "texte": "Rappelez-moi"})
    client.post("/bureau/simulateur", data={"numero": "0639100009", "texte": ""})
    assert [call.kind for call in calls(app.extensions["wired"].house().rides)] == ["sms", "call"]
    assert client.post("/bureau/simulateur", data={"numero": "x"}).status_code == 400


# The menu that speaks

VXML = "{http://www.w3.org/2001/vxml}"


class Telephone:
    """Plays the documents of the menu as a telephone platform does."""

    def __init__(self, client, number):
        self.client, self.number = client, number
        self.play(client.get("/api/telephone/menu", auth=("provider", SECRET)))

    def play(self, answer):
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert answer.mimetype == "application/voicexml+xml"
        self.root = ET.fromstring(answer.data)
        assert self.root.tag == f"{VXML}vxml"
        assert self.root.get("version") == "2.1"
        self.said = " ".join(prompt.text for prompt in self.root.iter(f"{VXML}prompt")).replace("\xa0", " ")

    def press(self, keys):
        submit = next(self.root.iter(f"{VXML}submit"))
        known = {"numero": f"tel:{self.number}", "touches": keys}
        for var in self.root.iter(f"{VXML}var"):
            known.setdefault(var.get("name"), var.get("expr").strip("'"))
        asked = {name: known[name] for name in submit.get("namelist").split()}
        assert submit.get("next").endswith("/api/telephone/menu")
        self.play(self.client.post("/api/telephone/menu", data=asked, auth=("provider", SECRET)))
        return self.said

    @property
    def is_over(self):
        return next(self.root.iter(f"{VXML}disconnect"), None) is not None


def test_the_menu_tells_the_next_bus(line):
    app, client, _ = line
    caller = Telephone(client, "+33639100009")
    assert "tapez 1" in caller.said
    assert "quatre premières lettres" in caller.press("1")
    # C-A-I-L is 2-2-4-5.
    said = caller.press("2245")
    assert "Le bus vient à Caillac" in said
    assert "vendredi 11 décembre" in said
    assert caller.is_over
    desk = app.extensions["wired"].house().rides
    with desk.store.writing() as tx:
        person = Newcomer(Person("", RIDER, "Passagère", "46044"), Contact("Nom", "06 39 10 00 09"))
        add_person(tx, person, now=NOW, by="test")
    assert "Le bus vient à Caillac" in Telephone(client, "0639100009").press("1")


def test_a_household_of_two_communes_spells_the_one_it_means(line):
    app, client, _ = line
    people = People(app.extensions["wired"].house().rides)
    people.person(RIDER, "Lherm", telephone="0565000000")
    people.person(RIDER, "Lherm", telephone="0565000000")
    assert "Le bus" in Telephone(client, "0565000000").press("1")
    people.person(RIDER, "Caillac", telephone="0565000000")
    assert "quatre premières lettres" in Telephone(client, "0565000000").press("1")


def test_the_menu_begins_with_what_is_grave_for_the_caller(line):
    app, client, _ = line
    here = app.extensions["wired"].house()
    with here.store.writing() as tx:
        person = Newcomer(Person("", RIDER, "Passagère", "46044"), Contact("Nom", "06 39 10 00 09"))
        add_person(tx, person, now=NOW, by="test")
    for title, communes in (("Le standard ferme à midi", []), ("La mairie est fermée", ["46044"])):
        here.notices.write(Draft(title, "Appelez demain", GRAVE, communes, NOW.date()), now=NOW, who="test")
    here.notices.write(Draft("Une fête", "Venez", CALM, [], NOW.date()), now=NOW, who="test")
    said = Telephone(client, "0639100009").said
    assert said.index("Bonjour") < said.index("Le standard ferme à midi. Appelez demain.") < said.index("tapez 1")
    assert "mairie" not in said
    assert "fête" not in said
    known = client.get("/api/telephone/menu?numero=tel:%2B33639100009", auth=("provider", SECRET)).text
    assert "La mairie est ferm" in known
    day = here.calendar.dated().next_at(["46044"], here.today(), 1)[0].day.isoformat()
    client.post("/dates", data={
        **UNSET, "policy": "iso-parity", "closure-name": "neige", "closure-first": day, "closure-stop": "46044",
    })  # fmt: skip
    caller = Telephone(client, "0639100009")
    said = caller.press("1")
    assert said.index("La mairie est fermée") < said.index("le bus ne vient pas à Caillac") < said.index("Le bus vient")
    assert "standard" not in said
    other = Telephone(client, "0639100010")
    other.press("1")
    assert "mairie" not in other.press("2224")


def test_several_communes_are_told_apart_by_a_key(line):
    app, client, _ = line
    communes = app.extensions["wired"].house().ground.territory.communes
    caller = Telephone(client, "0639100009")
    caller.press("1")
    # S-A-I-N is 7-2-4-6: as many as there are keys.
    said = caller.press("7246")
    assert said.count("tapez") == min(9, sum(commune.name.startswith("Saint") for commune in communes))
    assert "bus" in caller.press("1")
    other = Telephone(client, "0639100009")
    other.press("1")
    assert "Aucune commune" in other.press("9999")


def test_the_menu_tells_tomorrows_ride_and_cancels_it(line):
    app, client, _ = line
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors", 10, 11.5)
    assert "Aucun trajet" in Telephone(client, "0600000002").press("2")
    desk.propose_best(request.id, now=NOW, who="desk")
    for number, name in (("0600000001", "m1"), ("0600000002", "m2")):
        take_sms(desk, name, number, "oui", now=NOW)
    said = Telephone(client, "0600000002").press("2")
    assert re.search(r"Votre trajet de demain : départ vers [89] h", said)
    assert "Lherm" not in said
    assert "Nom" not in said
    caller = Telephone(client, "0600000002")
    assert "Pour annuler, tapez 1" in caller.press("3")
    assert "Rien n'est annulé" in caller.press("2")
    again = Telephone(client, "0600000002")
    again.press("3")
    assert "C'est annulé" in again.press("1")
    with desk.store.reading() as tx:
        assert find_request(tx, request.id).state == "cancelled"
        assert [match.state for match in matches_of(tx, request.id)] == ["cancelled"]


def confirmed_of(desk, number, *rides):
    """The requests of people of one number, each with a person, an hour and a place to, of whom each has a driver."""
    people, made = People(desk), []
    people.volunteer("Labastide-Marnhac")
    for hour, destination in rides:
        rider = people.person(RIDER, "Lherm", telephone=number)
        request = people.asks("Lherm", destination, hour, rider=rider)
        match = desk.propose_best(request.id, now=NOW, who="desk", rider_agrees=True)
        for driver in {ride.driver for ride in match.rides}:
            answer_for(desk, match.id, driver, yes=True, now=NOW, who="desk")
        made.append(request.id)
    return made


def states(desk, requests):
    with desk.store.reading() as tx:
        return [find_request(tx, request).state for request in requests]


def test_one_of_a_household_cancels_their_own_ride_alone(line):
    app, client, _ = line
    desk = app.extensions["wired"].house().rides
    requests = confirmed_of(desk, "0565000000", (10, "Cahors"), (16, "Pradines"))
    caller = Telephone(client, "0565000000")
    said = caller.press("3")
    assert said.index("tapez 1") < said.index("tapez 2")
    assert not [told for told in ("Cahors", "Pradines", "Lherm", "Nom") if told in said], "the hours are enough"
    assert "annulé" in caller.press("2")
    assert states(desk, requests) == ["confirmed", "cancelled"]
    with desk.store.reading() as tx:
        (line_,) = [act for act in journal_of(tx) if act["act"] == "cancelled"]
    assert (line_["who"], line_["about"], line_["why"]) == ("call", requests[1], "menu")


def test_a_key_means_only_the_rides_that_were_heard(line):
    app, client, _ = line
    desk = app.extensions["wired"].house().rides
    requests = confirmed_of(desk, "0565000000", (10, "Cahors"), (16, "Pradines"))
    caller = Telephone(client, "0565000000")
    caller.press("3")
    cancel_request(desk, requests[0], now=NOW, who="desk")
    assert "Votre trajet de demain" in caller.press("1")
    assert states(desk, requests) == ["cancelled", "confirmed"]


def test_who_of_a_household_drives_the_other_is_told_apart_by_someone(line):
    app, client, _ = line
    desk = app.extensions["wired"].house().rides
    people, number = People(desk), "0565000000"
    people.volunteer("Labastide-Marnhac", person=people.person(DRIVER, "Labastide-Marnhac", telephone=number))
    request = people.asks("Lherm", "Cahors", rider=people.person(RIDER, "Lherm", telephone=number))
    match = desk.propose_best(request.id, now=NOW, who="desk", rider_agrees=True)
    answer_for(desk, match.id, match.rides[0].driver, yes=True, now=NOW, who="desk")
    assert "tapez" not in Telephone(client, number).press("3")
    assert states(desk, [request.id]) == ["confirmed"]


def test_who_cannot_be_passed_on_is_called_back_and_listed_once(line, monkeypatch):
    app, client, _ = line
    here = app.extensions["wired"].house()
    monkeypatch.setitem(vars(here.ground), "telephone", "")
    for _ in range(2):
        assert "on vous rappelle" in Telephone(client, "0639100009").press("0")
    (call,) = calls(here.rides)
    assert (call.kind, call.telephone, call.due) == ("call", "0639100009", NOW + timedelta(days=2))
    assert "rappelle" not in Telephone(client, "anonymous").press("0")
    assert len(calls(here.rides)) == 1


def test_the_menu_asks_for_its_password_and_speaks_json_too(line):
    _, client, _ = line
    assert client.get("/api/telephone/menu").status_code == 401
    assert client.get("/api/telephone/menu", auth=("provider", "faux")).status_code == 401
    assert client.post("/api/telephone/entrants", json={}, auth=("provider", SECRET)).status_code == 401
    told = client.get("/api/telephone/menu", auth=("p", SECRET), headers={"Accept": "application/json"}).json
    assert told["gather"]["digits"] == 1
    assert told["gather"]["post_to"].endswith("/api/telephone/menu")


@pytest.mark.parametrize(
    "data",
    [
        {}, {"touches": "²"}, {"touches": "9", "question": "x"}, {"question": "laquelle"},
        {"numero": "sip:+33639@x", "touches": "2"}, {"question": "commune", "touches": "'\"<"},
    ],
)  # fmt: skip
def test_odd_keys_are_no_trouble(line, data):
    _, client, _ = line
    answer = client.post("/api/telephone/menu", data=data, auth=("p", SECRET))
    assert answer.status_code == 200
    ET.fromstring(answer.data)


def test_needs_without_memory_are_not_kept(desk):
    with desk.store.writing() as tx:
        made = add_person(tx, Newcomer(Person("", RIDER, "x"), Contact()), now=NOW, by="test")
        set_wishes(tx, made.id, {"wheelchair"}, now=NOW)
        assert tx.execute(select(persons.c.wishes).where(persons.c.id == made.id)).scalar() == []


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"de": "Nulle part du tout"}, "de", "Nulle part du tout"), ({"vers": "Nulle part"}, "vers", "Nulle part"),
        ({"vers": "Lherm"}, "vers", "le même"), ({"jour": "2026-02-30"}, "jour", "2026-02-30"),
        ({"heure": "25:61"}, "heure", "25:61"), ({"retour": "08:00"}, "retour", "retour"),
        ({"acte": "attendre", "jusqua": "bientôt"}, "jusqua", "bientôt"),
        ({"acte": "attendre", "jusqua": "2026-11-02"}, "jusqua", "vient avant le début"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_conversation_stands_beside_its_field(client, typed, field, said):
    asked = {"telephone": "06 39 10 00 09", "de": "Lherm", "vers": "Cahors", "jour": "2026-12-01", "nom": "Habitante"}
    page = client.post("/bureau/telephone", data=asked | typed).get_data(as_text=True)
    (told,) = re.findall(r'<span class="fault" id="([^"]*)-erreur"[^>]*>([^<]*)<', page)
    assert told[0] == field
    assert said in told[1].replace("&#39;", "'")
    assert f'aria-describedby="{field}-erreur"' in page
    assert 'value="Lherm"' in page or field == "de"


def form_of(page):
    """What the one form of a conversation would send, as a browser fills it."""
    return {
        name: html.unescape(value) for name, value in re.findall(
            r'<input id="(?:telephone|de|vers|jour|heure|retour)" name="([^"]*)"[^>]* value="([^"]*)"', page
        )
    } | {"connu": re.search(r'name="connu" value="([^"]*)"', page)[1]}  # fmt: skip


def test_the_number_and_the_question_survive_each_other(app, client):
    desk = app.extensions["wired"].house().rides
    with desk.store.writing() as tx:
        person = Person("", RIDER, "Une habitante", "46171")
        add_person(tx, Newcomer(person, Contact("Une habitante", "0639100004")), now=NOW, by="test")
    typed = {"telephone": "06 39 10 00 04", "connu": "", "de": "Lherm", "vers": "Cahors", "besoins-dits": "1"}
    page = client.post("/bureau/telephone", data=typed).get_data(as_text=True)
    assert "Une habitante" in page
    assert "À lire à la personne" in page
    kept = form_of(page)
    assert (re.sub(r"\s", " ", kept["telephone"]), kept["de"], kept["vers"]) == ("06 39 10 00 04", "Lherm", "Cahors")
    # One form holds both, and the button beside the number asks for nothing else.
    assert re.search(r'name="telephone"[^>]* form="conversation"', page)
    assert re.search(r'<button[^>]* form="conversation" formnovalidate>Retrouver', page)


def test_no_call_is_promised_to_what_is_no_number(client):
    page = client.post("/bureau/telephone", data={"telephone": "12"}).get_data(as_text=True)
    assert "ce sera une nouvelle personne" not in page
    page = client.post("/bureau/telephone", data={"telephone": "12", "acte": "rappeler"}).get_data(as_text=True)
    assert "« 12 » n'est pas un numéro de téléphone" in page.replace("\u202f", " ").replace("\xa0", " ").replace(
        "&#39;", "'"
    )
