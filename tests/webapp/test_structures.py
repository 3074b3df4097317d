"""Structures beside each other: an agent meets nothing of another structure's, and changes nothing of it."""

import re
import time
from datetime import date, timedelta

import pytest
from alembic import command
from sqlalchemy import select, text

from data.accounts import account_with_mail
from data.calls import SMS, add_call, open_calls
from data.consents import consents_of
from data.jobs import add_job, find_job
from data.outbox import messages_of, queue_message
from data.people import add_person, all_persons, find_person, person_called, read_contact
from data.ride_matches import find_match, matches_of, release
from data.ride_records import find_request, requests_of, requests_on, set_request_state
from data.ride_schema import contacts, metadata, requests
from data.ride_scope import rules_of
from data.store import migrate, migration_config
from data.unmet_needs import record_unmet
from desks.outbox.following import call_instead
from desks.rides.answers import answer_for
from desks.rides.batch import propose_batch, run_batch
from desks.settings import Settings, default_territory
from desks.telephone.inbound import take_call, take_sms
from mobility.accounts import AGENT
from mobility.errors import MobilityError
from mobility.people import RIDER, Contact, Newcomer, Person
from mobility.rides import UnmetNeed
from mobility.scope import COORDINATION, Scope
from tests.conftest import NOW
from tests.fixtures_rides import People
from tests.webapp.test_accounts import HERE, account, signed_in
from webapp.app import create_app

OTHER = "Maison de Vaylats"
DAY = date(2026, 12, 9)
NUMBERS = ("0639155501", "0639155502", "0639155503")
NAMES = tuple(f"Personne confidentielle {number[-1]}" for number in NUMBERS)
PLACES = ("Vaylats", "Lalbenque", "Orniac")
TEXT = "Un mot confidentiel"
SHOWN = ("/bureau/", "/bureau/demandes", f"/bureau/demandes?jour={DAY}", "/bureau/demandes?jour=2026-12-16",
         "/bureau/messages", "/bureau/rappels", "/bureau/?voir=rappels",
         "/bureau/besoins", "/bureau/chiffres?annee=2026", "/bureau/rapport", "/bureau/lieux",
         "/bureau/personnes?voir=conducteurs", "/bureau/telephone")  # fmt: skip
"""Pages that a structure of its own opens, with nothing in the address that is another's."""


@pytest.fixture
def app(state, database):
    made = create_app(Settings(territory=default_territory(), state=state, database=database), clock=lambda: NOW)
    made.testing = False
    yield made
    made.extensions["wired"].jobs.close()
    made.extensions["wired"].house().rides.store.close()


def ask(client, number, name, act="attendre", **values):
    agreed = {f"accord-{consent}": "on" for consent in ("contact", "messages", "memory")}
    asked = {
        "telephone": number,
        "nom": name,
        "jour": DAY.isoformat(),
        "heure": "10:00",
        "acte": act,
        **agreed,
        **values,
    }
    answered = client.post("/bureau/telephone", data=asked, headers=HERE)
    assert answered.status_code == 303, answered.text
    return answered.headers["Location"].rpartition("/")[2]


def finished(client, answered):
    """The identifier of the work that an answer leads to, once it is done."""
    job = answered.headers["Location"].rpartition("/")[2]
    for _ in range(600):
        if client.get(f"/travaux/{job}.json").json["state"] not in {"waiting", "running"}:
            return job
        time.sleep(0.1)
    raise AssertionError("the work does not end")


class Other:
    """What another structure has: a ride agreed, one proposed, days of a series, a need, calls, messages, work."""

    def __init__(self, app, client):
        desk = app.extensions["wired"].house().rides
        agreed = ask(client, NUMBERS[0], NAMES[0], "proposer", de="Vaylats", vers="Lalbenque")
        proposed = ask(client, NUMBERS[1], NAMES[1], "proposer", de="Lalbenque", vers="Vaylats", heure="15:00")
        ask(client, NUMBERS[2], NAMES[2], de="Vaylats", vers="Lalbenque", jusqua="2026-12-17", heure="11:00")
        ask(client, NUMBERS[2], NAMES[2], "besoin", de="Orniac", vers="Vaylats", heure="22:00")
        sent = {"telephone": NUMBERS[0], "acte": "envoyer", "texte": TEXT}
        assert "Le message part" in client.post("/bureau/telephone", data=sent, headers=HERE).text
        client.post(
            "/bureau/telephone", data={"telephone": NUMBERS[0], "acte": "rappeler", "pourquoi": TEXT}, headers=HERE
        )
        take_sms(desk, "sms-1", NUMBERS[1], TEXT, now=NOW)
        take_call(desk, "call-1", NUMBERS[2], now=NOW)
        self.batch = finished(client, client.post("/bureau/lot", data={"jour": DAY.isoformat()}, headers=HERE))
        self.search = finished(client, client.post("/bureau/besoins", headers=HERE))
        coming = [DAY + timedelta(days=n) for n in range(23)]
        with desk.store.writing() as tx:
            asked = {"days": [DAY.isoformat()], "structures": [OTHER]}
            self.waiting = add_job(tx, "rides", asked, worker="elsewhere", now=NOW)
            matches = [match for request in (agreed, proposed) for match in matches_of(tx, request)]
            own = requests_on(tx, coming)
            self.requests = [request.id for request in own if request.structure == OTHER]
            self.riders = sorted({request.rider for request in own if request.structure == OTHER})
            self.calls = [call.id for call in open_calls(tx)]
        assert len(self.requests) == 5
        assert len(self.riders) == len(self.calls) == 3
        first, self.match = matches
        for person in dict.fromkeys([*self.riders, first.rides[0].driver]):
            if person == first.rides[0].driver or matches_rider(desk, first) == person:
                answer_for(desk, first.id, person, yes=True, now=NOW, who="test")
        self.matches = [first.id, self.match.id]
        self.sides = [*self.riders, self.match.rides[0].driver]
        with desk.store.reading() as tx:
            self.messages = [m.id for m in messages_of(tx) if m.match in self.matches or m.person in self.riders]
        assert len(self.messages) > 4
        call_instead(desk.store, self.messages[0], now=NOW, who="test")
        self.identifiers = [
            *self.requests, *self.riders, *self.matches, *self.calls, *self.messages, self.batch, self.search,
            self.waiting,
        ]  # fmt: skip


def matches_rider(desk, match):
    with desk.store.reading() as tx:
        return tx.execute(select(requests.c.rider).where(requests.c.id == match.request)).scalar()


def walk(other, own):
    """Every address of the desk and of its work, with what an agent of one structure may try on another's."""
    yield from (("GET", address, {}) for address in SHOWN)
    yield "GET", "/bureau/simulateur", {}
    yield "GET", "/bureau/demandes/nouvelle", {}
    yield "GET", "/bureau/appel/46322/2/morning.pdf", {}
    for request in other.requests:
        yield "GET", f"/bureau/demandes/{request}", {}
        for act in ("proposer", "besoin"):
            yield "POST", f"/bureau/demandes/{request}", {"acte": act}
    for request in (own, *other.requests):
        for match in other.matches:
            for side in other.sides:
                answered = {"proposition": match, "personne": side}
                yield "POST", f"/bureau/demandes/{request}", {"acte": "oui", **answered}
                yield "POST", f"/bureau/demandes/{request}", {"acte": "non", **answered}
    for job in (other.batch, other.search, other.waiting):
        yield "GET", f"/travaux/{job}", {}
        yield "GET", f"/travaux/{job}.json", {}
        yield "GET", f"/bureau/lot/{job}", {}
        yield "GET", f"/bureau/besoins?recherche={job}", {}
        yield "GET", f"/bureau/chiffres?recherche={job}", {}
        yield "POST", f"/bureau/lot/{job}", {}
        yield "POST", f"/travaux/{job}/annuler", {}
        yield "POST", f"/travaux/{job}/recommencer", {}
    for call in other.calls:
        yield "GET", f"/bureau/telephone?appel={call}", {}
        yield "GET", f"/bureau/?fait={call}", {}
        yield "POST", "/bureau/fait", {"appel": call}
        yield "POST", "/bureau/fait", {"appel": call, "acte": "remettre"}
        yield "POST", "/bureau/telephone", {"appel": call, "telephone": "0639155509", "acte": "rappeler"}
    yield "GET", "/bureau/chercher", {}
    for words in (*NUMBERS, *NAMES, *PLACES, *other.requests, *(request[:8] for request in other.requests)):
        yield "POST", "/bureau/chercher", {"q": words}
    for number in NUMBERS:
        yield "POST", "/bureau/telephone", {"telephone": number}
        yield "POST", "/bureau/telephone", {"telephone": number, "acte": "envoyer", "texte": "Payez ici"}
        yield "POST", "/bureau/telephone", {"telephone": number, "acte": "rappeler"}
        for said in ("oui", "non", "stop", "Bonjour"):
            yield "POST", "/bureau/simulateur", {"numero": number, "texte": said}
        yield "POST", "/bureau/simulateur", {"numero": number}
        yield "POST", "/bureau/personnes", {
            "acte": "offre",
            "nom": "Un conducteur", "telephone": number,
            "de": "Lherm", "debut": "08:00", "fin": "12:00", "jour-1": "on",
        }  # fmt: skip
    yield from walk_people(other)
    acts = ("dit", "pas-joint", "reessayer", "appeler")
    yield from (("POST", "/bureau/messages", {"acte": act, "message": one}) for one in other.messages for act in acts)
    yield "POST", "/bureau/lieux", {"nom": "Chez nous", "lieu": "Lherm"}
    yield "POST", "/bureau/exemple", {"acte": "charger"}
    yield "POST", "/bureau/exemple", {"acte": "retirer"}
    for request in other.requests:
        yield "POST", f"/bureau/demandes/{request}", {"acte": "annuler"}


def walk_people(other):
    """Every address of the files of people."""
    for words in (*NUMBERS, *NAMES):
        yield "POST", "/bureau/chercher", {"q": words}
    for person in other.riders:
        yield "GET", f"/bureau/personnes/{person}", {}
        yield "GET", f"/bureau/personnes/{person}/effacer", {}
        yield "GET", f"/bureau/personnes/{person}/reunir?avec={other.riders[0]}", {}
        yield "POST", f"/bureau/personnes/{person}", {"acte": "reunir", "autre": other.riders[0]}
        yield "POST", f"/bureau/personnes/{person}/copie", {}
        yield "POST", f"/bureau/personnes/{person}", {"acte": "corriger", "nom": "Autre", "telephone": "0639155509"}
        yield "POST", f"/bureau/personnes/{person}", {"acte": "accord", "quoi": "messages", "comment": "telephone"}
        yield "POST", f"/bureau/personnes/{person}", {"acte": "offre", "de": "Lherm", "debut": "08:00", "jour-1": "on"}
        yield "POST", f"/bureau/personnes/{person}", {"acte": "effacer"}
    yield "GET", "/bureau/personnes", {}


def rows_of(app, other):
    """Every row of the store that is the other structure's, or names a record of it."""
    marks = {*other.identifiers, OTHER}
    found = set()
    with app.extensions["wired"].house().rides.store.reading() as tx:
        for table in metadata.sorted_tables:
            if table.name in {"accounts", "grants", "sessions", "attempts"}:
                continue
            for row in tx.execute(select(table)):
                told = (table.name, *(str(value) for value in row))
                if any(mark in value for value in told for mark in marks):
                    found.add(told)
    return found


def plain(page):
    return re.sub(r"nonce[=-]\S+", "", page)


@pytest.fixture
def both(app):
    """An agent of one structure, one of the other, one of all, and a request of the first; drivers are there."""
    people = People(app.extensions["wired"].house().rides)
    people.volunteer("Labastide-Marnhac")
    people.volunteer("Concots")
    one = signed_in(app, account(app, AGENT, mail="un@example.org", structure="Maison de Lherm"))
    two = signed_in(app, account(app, AGENT, mail="deux@example.org", structure=OTHER))
    everyone = signed_in(app, account(app, AGENT, mail="tout@example.org"))
    own = ask(one, "0639155508", "Une habitante de Lherm", de="Lherm", vers="Cahors")
    return one, two, everyone, own


def test_an_agent_meets_and_changes_nothing_of_another_structure(app, both):
    one, two, everyone, own = both
    before = {address: plain(one.get(address).text) for address in SHOWN}
    other = Other(app, two)
    assert {address: plain(one.get(address).text) for address in SHOWN} == before
    kept = rows_of(app, other)
    tried = set()
    secrets = [*NAMES, *PLACES, TEXT, *other.identifiers]
    for method, address, form in walk(other, own):
        tried.add((app.url_map.bind("localhost").match(address.partition("?")[0], method)[0], method))
        answered = one.open(address, method=method, data=form, headers=HERE)
        assert answered.status_code < 500, (method, address)
        told = answered.text if answered.mimetype != "application/pdf" else ""
        typed = form.get("telephone", "") or form.get("numero", "") or form.get("q", "")
        # What one types oneself comes back; an identifier in the address does in its forms.
        met = [secret for secret in (*secrets, *NUMBERS) if secret in told and secret not in typed + address]
        assert not met, (method, address, form, met)
        changed = rows_of(app, other) ^ kept
        assert not changed, (method, address, form, changed)
    wanted = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if rule.endpoint.startswith("desk.")
        or rule.endpoint in {"planner.job", "planner.job_state", "planner.cancel", "planner.start_again"}
    }
    # Searches are started in the test of the batch.
    assert wanted - tried == {("desk.batch", "POST"), ("desk.look_for_drivers", "POST")}
    assert_all_is_shown(everyone, other)
    assert_all_is_shown(two, other)


def assert_all_is_shown(client, other):
    """What was looked for is what there is to see."""
    addresses = [*SHOWN, *(f"/bureau/demandes/{request}" for request in other.requests)]
    told = "".join(client.get(address).text for address in addresses)
    for secret in (*NAMES, *NUMBERS, *PLACES, TEXT, *other.requests, other.match.id, *other.calls):
        assert secret in told
    assert "réponse" in client.get(f"/bureau/lot/{other.batch}").text


def test_a_batch_plans_ones_own_beside_what_drivers_promised_to_others(app, both):
    one, two, everyone, own = both
    other = Other(app, two)
    kept = rows_of(app, other)
    started = one.post("/bureau/lot", data={"jour": DAY.isoformat(), "jours": "14"}, headers=HERE)
    job = finished(one, started)
    page = one.get(f"/bureau/lot/{job}").text
    assert own in page
    assert "<h1>1 demande sur 1 a une réponse" in page
    assert ", 1 tournées" in page.replace("\xa0", " ")
    assert everyone.get(f"/bureau/lot/{job}").status_code == 200
    assert one.post(f"/bureau/lot/{job}", headers=HERE).status_code == 303
    search = finished(one, one.post("/bureau/besoins", headers=HERE))
    needs = one.get(f"/bureau/chiffres?recherche={search}").text
    assert not [secret for secret in (*NAMES, *NUMBERS, *PLACES, *other.identifiers) if secret in page + needs]
    assert rows_of(app, other) == kept
    with app.extensions["wired"].house().rides.store.reading() as tx:
        assert [match.state for match in matches_of(tx, own)] == ["proposed"]
        assert find_job(tx, job).request["structures"] == ["Maison de Lherm"]
    assert two.get(f"/travaux/{job}.json").status_code == 404


def test_a_message_is_sent_to_ones_own_only_and_written_down(app, both):
    one, two, _, _ = both
    Other(app, two)
    desk = app.extensions["wired"].house().rides
    sent = {"telephone": "0639155508", "acte": "envoyer", "texte": "Votre train part à 9 h."}
    assert "Le message part" in one.post("/bureau/telephone", data=sent, headers=HERE).text
    assert one.post("/bureau/telephone", data={**sent, "telephone": NUMBERS[0]}, headers=HERE).status_code == 400
    assert "Votre train part" in one.get("/bureau/messages").text
    assert "Votre train part" not in two.get("/bureau/messages").text
    with desk.store.reading() as tx:
        person = tx.execute(select(contacts.c.person).where(contacts.c.telephone == "0639155508")).scalar()
        journal = metadata.tables["journal"]
        acts = tx.execute(select(journal).where(journal.c.act == "message-sent", journal.c.about == person)).all()
        account = account_with_mail(tx, "un@example.org")
    assert [act.who for act in acts] == [account.id]


def test_a_person_of_two_structures_is_a_person_in_each(app, both):
    one, two, everyone, _ = both
    ask(two, NUMBERS[0], NAMES[0], "proposer", de="Vaylats", vers="Lalbenque")
    assert "Numéro inconnu" in one.post("/bureau/telephone", data={"telephone": NUMBERS[0]}, headers=HERE).text
    # The same trip on the same day would be a double request, were it the same person's.
    ask(one, NUMBERS[0], "Le nom dit ici", "proposer", de="Vaylats", vers="Lalbenque", heure="15:00")
    for client, name in ((one, "Le nom dit ici"), (two, NAMES[0])):
        page = client.post("/bureau/telephone", data={"telephone": NUMBERS[0]}, headers=HERE).text
        assert [name in page for name in ("Le nom dit ici", NAMES[0])] == [name == "Le nom dit ici", name == NAMES[0]]
    desk = app.extensions["wired"].house().rides
    take_sms(desk, "sms-1", NUMBERS[0], "STOP", now=NOW)
    with desk.store.reading() as tx:
        persons = tx.execute(select(contacts.c.person).where(contacts.c.telephone == NUMBERS[0])).scalars().all()
        consents = [sorted(c.what for c in consents_of(tx, person) if c.withdrawn is None) for person in persons]
    assert consents == [["contact", "memory"]] * 2
    # A request that the person makes on the public page goes to those who know them, not to all.
    asked = {
        "nom": "Autre nom", "telephone": NUMBERS[2], "de": "Vaylats", "vers": "Cahors", "accord": "on",
        "jour": DAY.isoformat(), "heure": "10:00",
    }  # fmt: skip
    ask(two, NUMBERS[2], NAMES[2], de="Vaylats", vers="Lalbenque")
    assert app.test_client().post("/solidaire/demande", data=asked, headers=HERE).status_code == 303
    # The first structure has one of its own.
    day = f"/bureau/demandes?jour={DAY}"
    assert [client.get(day).text.count("– Cahors</td>") for client in (one, two, everyone)] == [1, 1, 2]
    # Who works for all takes down what a known person asks for the structure that knows them.
    with desk.store.reading() as tx:
        known = person_called(tx, NUMBERS[2], NAMES[2]).id
    ask(everyone, NUMBERS[2], "", de="Vaylats", vers="Cabrerets", personne=known)
    assert [client.get(day).text.count("– Cabrerets</td>") for client in (one, two)] == [0, 1]


def test_a_driver_who_asks_for_a_ride_is_a_rider_of_the_structure_besides(app, both):
    one, two, _, _ = both
    desk = app.extensions["wired"].house().rides
    with desk.store.reading() as tx:
        (driver,) = [person for person in all_persons(tx) if person.alias == "driver 1"]
        number = read_contact(tx, driver.id).telephone
    told = {"besoins-dits": "1", "besoin-wheelchair": "on"}
    ask(two, number, "", de="Vaylats", vers="Lalbenque", **told)
    page = one.post("/bureau/telephone", data={"telephone": number}, headers=HERE).text
    assert "Nom 1" in page
    assert 'name="besoin-wheelchair" checked' not in page
    assert (
        'name="besoin-wheelchair" checked'
        in two.post("/bureau/telephone", data={"telephone": number}, headers=HERE).text
    )


def test_seats_promised_to_another_structure_stay_promised(desk, people):
    offer = people.volunteer("Labastide-Marnhac", 8, 11, seats=1)
    theirs = people.asks("Lherm", "Cahors", 10, structure="B")
    match = desk.propose_best(theirs.id, now=NOW, who="test")
    mine = people.asks("Lherm", "Cahors", 10, structure="A")
    own = desk.within(Scope.of(["A"]))
    assert own.options(mine.id, now=NOW)[0] == []
    result = run_batch(own, [theirs.day], now=NOW)
    assert (result.options, [why.request for why in result.unserved], result.routes) == ((), [mine.id], ())
    assert (result.asked, result.most) == (1, 0)
    assert propose_batch(own, result, now=NOW, who="test") == ([], [])
    with desk.store.reading() as tx:
        assert find_match(tx, match.id) == match
        assert match.rides[0].offer == offer.id
    with own.store.writing() as tx:
        with pytest.raises(MobilityError, match="no match"):
            release(tx, match.id, "cancelled")
        set_request_state(tx, theirs.id, "cancelled")
    with desk.store.reading() as tx:
        assert find_request(tx, theirs.id).state == "proposed"


def test_what_cannot_be_limited_is_refused(desk):
    with desk.within(Scope.of(["A"])).store.reading() as tx, pytest.raises(TypeError, match="cannot be limited"):
        tx.execute(text("SELECT * FROM requests"))
    with desk.store.reading() as tx:
        assert tx.execute(text("SELECT * FROM requests")).all() == []


def test_every_table_of_somebodys_is_under_the_rule():
    shared = {"offers", "driver_days", "nicknames", "jobs", "scenarios", "calendars", "sms_days",
              "journal_chains", "events",
              "notices", "import_files"}  # fmt: skip
    accounts = {"accounts", "structures", "grants", "sessions", "account_links", "attempts"}
    assert {table.name for table in rules_of(Scope.of(["A"]))} == set(metadata.tables) - shared - accounts


def test_records_made_before_get_their_structure(desk, people):
    asked = people.asks("Lherm", "Cahors", 10, structure="A")
    people.asks("Lherm", "Pradines", 15, rider=asked.rider)
    nobodys = people.asks("Bach", "Cahors", 10)
    with desk.store.writing() as tx:
        queue_message(tx, asked.rider, "way", {"text": TEXT}, now=NOW)
        for request in (asked.id, nobodys.id, "forgotten", "anonymous-1"):
            record_unmet(tx, UnmetNeed("", request, asked.day, "", "", "other", "no-driver"), now=NOW)
    with desk.store.engine.connect() as connection:
        command.downgrade(migration_config(connection), "0002")
        connection.commit()
    migrate(desk.store.engine)
    with desk.store.reading() as tx:
        assert {request.structure for request in requests_of(tx, asked.rider)} == {"A"}
        assert [find_person(tx, request.rider).structure for request in (asked, nobodys)] == ["A", ""]
        outbox, unmet = metadata.tables["outbox"], metadata.tables["unmet"]
        assert tx.execute(select(outbox.c.structure)).scalars().all() == ["A"]
        assert dict(tx.execute(select(unmet.c.request, unmet.c.structure)).all()) == {
            asked.id: "A", nobodys.id: "", "forgotten": "unknown", "anonymous-1": "",
        }  # fmt: skip


def test_what_a_coordinator_takes_down_is_the_coordinators():
    assert Scope.of([""]).structure == COORDINATION
    assert Scope.of(["A"]).structure == "A"
    assert not Scope.of(["A"]).covers(Scope.of([COORDINATION]))


def test_typing_a_number_in_does_not_open_what_another_structure_was_told(desk):
    told = Contact("Une habitante", "0639100077")
    with desk.store.writing() as tx:
        theirs = add_person(tx, Newcomer(Person("", RIDER, "Une habitante", "46171", "B"), told), now=NOW, by="test")
        add_call(tx, SMS, told.telephone, now=NOW, person=theirs.id, text="Je serai en retard")
        add_person(tx, Newcomer(Person("", RIDER, "Une habitante", "46171", "A"), told), now=NOW, by="test")
    seen = {}
    for structure in ("A", "B"):
        with desk.within(Scope.of([structure])).store.reading() as tx:
            seen[structure] = len(open_calls(tx))
    assert seen == {"A": 0, "B": 1}
