"""The pages of rides: what visitors may see, what only the desk may, and how a request goes from page to page."""

import io
import re
import time
from datetime import timedelta

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from data.journal import journal_of
from data.outbox import find_message
from data.people import add_person, all_persons, find_person, names_of
from data.purging import purge
from data.ride_matches import add_link, matches_of
from data.ride_records import all_nicknames, requests_on
from desks.chores import do_chores
from desks.rides.answers import answer_for
from desks.rides.example import clear_example, has_example
from mobility.errors import MobilityError
from mobility.people import DRIVER, Contact, Newcomer, Person
from tests.conftest import NOW
from tests.fixtures_rides import People
from webapp.words.rides import form_of

HERE = {"Origin": "http://localhost"}
TOMORROW = (NOW + timedelta(days=1)).date()
PUBLIC = ["/solidaire", "/solidaire/carte", "/solidaire?recue=1", "/solidaire?de=lherm&vers=cahors&retour=12:00"]
DESK = [
    "/bureau/", "/bureau/demandes", "/bureau/demandes?jour=2026-12-01", "/bureau/telephone",
    "/bureau/personnes?voir=conducteurs",
    "/bureau/messages", "/bureau/lieux", "/bureau/chiffres", "/bureau/chiffres?annee=2025",
]  # fmt: skip


@pytest.mark.parametrize("address", [*PUBLIC, *DESK])
def test_page_is_french_titled_and_calls_no_foreign_host(client, example, address):
    answer = client.get(address)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<html lang="fr"' in text
    assert text.count("<h1") == 1
    assert not re.findall(r'(?:src|href)="(https?://[^"]+)"', text)
    assert "None" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_sees_no_name_number_or_house(client, example, address):
    text = client.get(address).get_data(as_text=True)
    with example.store.reading() as tx:
        aliases = [person.alias for person in all_persons(tx)]
    assert aliases
    assert not any(alias in text for alias in aliases)
    assert "06391" not in text
    assert "@example.org" not in text


@pytest.mark.parametrize("address", [*DESK, "/bureau/appel/46172/2/morning.pdf"])
def test_the_desk_is_shut_to_others(app, address):
    stranger = app.test_client()
    answer = stranger.get(address, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert answer.status_code == 403
    proxied = stranger.get(address, headers={"X-Forwarded-For": "203.0.113.7"})
    assert proxied.status_code == 403
    assert "Bureau</a>" not in stranger.get("/", environ_base={"REMOTE_ADDR": "203.0.113.7"}).get_data(as_text=True)


def test_a_call_becomes_a_confirmed_ride(client: FlaskClient, app: Flask):
    site = app.extensions["wired"].house()
    offer = {
        "nom": "Une bénévole", "telephone": "06 39 10 00 01", "de": "labastide marnhac", "debut": "08:00",
        "fin": "18:00", "places": "3", "rayon": "150", **{f"jour-{n}": "on" for n in range(1, 6)},
        "accord-messages": "on", "accord-contact": "on",
    }  # fmt: skip
    assert client.post("/bureau/personnes", data={**offer, "acte": "offre"}).status_code == 303
    asked = {
        "telephone": "0639100002", "nom": "Une habitante de Lherm", "de": "lherm", "vers": "cahors", "heure": "10:00",
        "jour": TOMORROW.isoformat(), "retour": "11:30", "motif": "health", "accord-messages": "on",
        "accord-contact": "on",
    }  # fmt: skip
    made = client.post("/bureau/telephone", data={**asked, "acte": "attendre"})
    page = client.get(made.headers["Location"]).get_data(as_text=True)
    assert "Bénévole de Labastide-Marnhac vous prend vers" in page
    assert "Pour le retour" in page
    client.post(made.headers["Location"], data={"acte": "proposer", "choix": "0", "accord": "on"})
    desk = site.rides
    with desk.store.writing() as tx:
        (request,) = requests_on(tx, [TOMORROW])
        (match,) = matches_of(tx, request.id)
        secret = add_link(tx, match, match.rides[0].driver)
    assert match.rider_answer == "yes"
    # Nothing carries messages here: what they say is shown, and a link is opened by an act that leaves a trace.
    do_chores(site.chores, NOW)
    page = client.get("/bureau/messages").get_data(as_text=True)
    assert "Pouvez-vous conduire" in page
    assert re.search(r"/t/(?!…)", page) is None
    message, *_ = re.findall(r'name="message" value="(\w+)"><button[^>]*value="ouvrir"', page)
    with desk.store.reading() as tx:
        told = find_message(tx, message)
        assert told.facts["secret"] not in page
    opening = client.post("/bureau/messages", data={"acte": "ouvrir", "message": message}, headers=HERE)
    assert opening.headers["Location"] == f"/t/{told.facts['secret']}"
    with desk.store.reading() as tx:
        acts = [line for line in journal_of(tx, {told.person}) if line["act"] == "link-opened"]
    assert len(acts) == 1
    driver = app.test_client()
    opened = driver.get(f"/t/{secret}")
    where = opened.headers["Location"]
    # The secret leaves the address at once, and opens nothing in another browser.
    assert secret not in where
    assert client.get(where).status_code == 404
    shown = driver.get(where).get_data(as_text=True)
    assert "Pouvez-vous conduire ?" in shown
    assert "Réponse attendue avant mardi 1er décembre à " in shown
    assert "0639100002" not in shown
    assert driver.post(where, data={"reponse": "oui"}, headers=HERE).status_code == 303
    assert "confirmé" in driver.get(where).get_data(as_text=True)
    again = client.post("/bureau/telephone", data={"telephone": "0639100002"}).get_data(as_text=True)
    assert "La même chose que la dernière fois" in again
    assert client.get("/bureau/demandes/nouvelle").headers["Location"] == "/bureau/telephone"
    assert "Je ne peux plus" in driver.get(where).get_data(as_text=True)
    driver.post(where, data={"reponse": "annuler"}, headers=HERE)
    assert "annulé" in driver.get(where).get_data(as_text=True)


def test_a_visitor_asks_without_being_told_who_is_known(client, app):
    form = {
        "nom": "Un habitant", "telephone": "0639100009", "de": "Lherm", "vers": "Cahors", "heure": "10:00",
        "jour": TOMORROW.isoformat(), "accord": "on",
    }  # fmt: skip
    told = (form, {**form, "telephone": "+33 (0)6 39 10 00 09"})
    first, second = (client.post("/solidaire/demande", data=one) for one in told)
    assert first.headers["Location"] == second.headers["Location"] == "/solidaire?recue=1"
    desk = app.extensions["wired"].house().rides
    with desk.store.reading() as tx:
        assert len(requests_on(tx, [TOMORROW])) == 1
    # What was asked is repeated, once, to whom asked it.
    shown = client.get("/solidaire?recue=1").text.replace("\xa0", " ")
    assert "<strong>Lherm → Cahors, mardi 1er décembre 2026, y être à 10 h</strong>" in shown
    assert "<p>Sans réponse de notre part avant lundi 30 novembre à 17 h, appelez le 07 62 60 96 94.</p>" in shown
    assert "Lherm → Cahors, mardi" not in client.get("/solidaire?recue=1").text


def test_a_position_is_kept_to_a_metre_however_it_is_typed(client, app):
    form = {
        "nom": "Un habitant", "telephone": "0639100009", "de": "1.2455" + "0" * 90 + ",44.5676", "vers": "Cahors",
        "heure": "10:00", "jour": TOMORROW.isoformat(), "accord": "on",
    }  # fmt: skip
    assert client.post("/solidaire/demande", data=form).status_code == 303
    assert client.post("/solidaire/demande", data={**form, "de": "1.2" + "5" * 30_000 + ",44.5676"}).status_code == 400
    desk = app.extensions["wired"].house().rides
    with desk.store.reading() as tx:
        (asked,) = requests_on(tx, [TOMORROW])
    assert (asked.origin.id, asked.origin.name) == ("1.2455,44.5676", "1.2455, 44.5676")


@pytest.mark.parametrize(
    ("name", "typed"), [("nom", " "), ("telephone", "12"), ("mail", "jean@"), ("accord", ""), ("jour", "demain")]
)
def test_a_visitors_request_is_shown_again_with_its_fault_beside_its_field(client, name, typed):
    form = {
        "nom": "Une habitante de Bach", "telephone": "06 39 10 00 78", "mail": "x@example.org", "de": "Bach",
        "vers": "Cahors", "jour": TOMORROW.isoformat(), "heure": "10:00", "accord": "on",
    }  # fmt: skip
    answer = client.post("/solidaire/demande", data={**form, name: typed})
    assert answer.status_code == 400
    assert re.findall('id="([^"]*)-erreur" role="alert">[^<]+', answer.text) == [name]
    assert re.search(f'<input id="{name}" [^>]*aria-invalid="true" aria-describedby="{name}-erreur"', answer.text)
    (asking,) = re.findall('<form [^>]*action="/solidaire/demande".*?</form>', answer.text, re.DOTALL)
    for kept in form.keys() - {name, "accord"}:
        value = form[kept]
        assert re.search(f'<input [^>]*name="{kept}"[^>]* value="{value}"', asking), kept
    assert (" checked" in asking) == (name != "accord")


def wait_for(client, address):
    for _ in range(300):
        answer = client.get(address)
        if answer.status_code == 302:
            return answer.headers["Location"]
        time.sleep(0.2)
    raise AssertionError("the work did not end")


@pytest.mark.prove
def test_the_batch_is_run_explained_and_accepted(client, example):
    started = client.post("/bureau/lot", data={"jour": TOMORROW.isoformat(), "jours": "3"})
    where = wait_for(client, started.headers["Location"])
    text = client.get(where).get_data(as_text=True)
    # The checker has two seconds: where it needs longer, the solver alone has proven it.
    assert re.search(r"(Vérifié|Prouvé par le solveur) : aucun autre plan", text)
    assert "Sans réponse, et pourquoi" in text
    with client.application.extensions["wired"].house().store.reading() as tx:
        acts = [act["act"] for act in journal_of(tx) if act["about"]]
    assert {"requests-seen", "candidates-seen"} <= {*acts}
    accepted = client.post(where)
    assert int(re.search(r"faites=(\d+)", accepted.headers["Location"])[1]) > 3
    assert "Proposée" in client.get(accepted.headers["Location"]).get_data(as_text=True)
    needs = client.get("/bureau/chiffres").get_data(as_text=True)
    assert "Aucun besoin noté" not in needs
    found = wait_for(client, client.post("/bureau/besoins").headers["Location"])
    text = client.get(found).get_data(as_text=True)
    call = re.search(r'href="(/bureau/appel/[^"]+)"', text)[1]
    assert "?" not in call
    assert client.get(call).data.startswith(b"%PDF")


def test_the_call_for_drivers_says_no_number_of_those_who_wait(client):
    """Nor whatever number an address is given: a poster of one half-day of one village would tell who they are."""
    address = "/bureau/appel/46172/2/morning.pdf"
    written = []
    for told in ("", "?personnes=6", "?personnes=50"):
        with pikepdf.open(io.BytesIO(client.get(address + told).data)) as pdf:
            written.append(b"".join(page.Contents.read_bytes() for page in pdf.pages))
    assert written[0]
    assert written == written[:1] * 3


def test_nicknames_are_found_at_once(client):
    assert client.get("/api/lieux?q=chez+le+docteur").json == []
    assert client.post("/bureau/lieux", data={"nom": "Chez le docteur", "lieu": "Luzech"}).status_code == 303
    assert client.get("/api/lieux?q=doct").json[0]["name"] == "Chez le docteur"
    assert client.post("/bureau/lieux", data={"nom": "x", "lieu": "nulle part du tout"}).status_code == 400


def test_a_name_of_a_place_is_taken_back(client, app):
    house = app.extensions["wired"].house()
    client.post("/bureau/lieux", data={"nom": "Chez la boulangère", "lieu": "Luzech"})
    page = client.get("/bureau/lieux").get_data(as_text=True)
    assert 'name="retirer" value="Chez la boulangère"' in page
    assert client.post("/bureau/lieux", data={"retirer": "Chez la boulangère"}).status_code == 303
    assert "boulangère" not in client.get("/bureau/lieux").get_data(as_text=True)
    assert client.get("/api/lieux?q=chez+la+boulang").json == []
    with house.store.reading() as tx:
        acts = [line["act"] for line in journal_of(tx)]
    assert acts.count("place-named") == acts.count("place-name-removed") == 1


def test_a_name_of_a_place_goes_when_it_is_used_no_more(client, app):
    house = app.extensions["wired"].house()
    luzech = house.places.find("Luzech", field="Lieu", now=NOW)
    later, days = NOW + timedelta(days=390), 400
    for name in ("Chez le docteur", "Chez la boulangère"):
        house.places.name(luzech, name, now=NOW, who="desk")
    with pytest.raises(MobilityError, match="chez le docteur"):
        house.places.find("chez le docteur", field="Lieu", now=later)
    assert house.desk_places.find("chez le docteur", field="Lieu", now=later) == luzech
    with house.store.writing() as tx:
        assert purge(tx, later, days=days)["nicknames"] == 0
        assert purge(tx, NOW + timedelta(days=days + 1), days=days)["nicknames"] == 1
        assert [known.name for known in all_nicknames(tx)] == ["Chez le docteur"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("labast", "Labastide-Marnhac"), ("castelno montratier", "Castelnau-Montratier"), ("limogn", "Limogne"),
        ("st cirq", "Saint-Cirq-Lapopie"), ("lerm", "Lherm"), ("pradine", "Pradines"), ("cahor", "Cahors"),
        ("vers saint gery", "Saint Géry-Vers"),
    ],
)  # fmt: skip
def test_places_are_found_as_people_type_them(client, typed, name):
    found = [place["name"] for place in client.get("/api/lieux", query_string={"q": typed}).json]
    assert any(name in place for place in found[:3]), found


@pytest.mark.parametrize(
    "query",
    [
        "de=x&vers=y", "de=Lherm&vers=Lherm", "de=Lherm&vers=Cahors&jour=hier", "de=Lherm&vers=Cahors&heure=26:00",
        "de=Lherm&vers=Cahors&retour=09:00", "de=Lherm&vers=Cahors&accompagnants=²",
        "de=Lherm&vers=Cahors&jour=9999-12-31",
        "de=Lherm&vers=Cahors&jour=2020-01-01", "de=x%00&vers=%F0%9F%9A%97",
    ],
)  # fmt: skip
def test_a_wrong_search_gets_a_sentence(client, query):
    answer = client.get(f"/solidaire?{query}")
    assert answer.status_code == 200
    beside = re.search('id="(de|vers|jour|heure|retour|accompagnants)-erreur" role="alert">[^<]+', answer.text)
    assert beside or "La recherche n'a pas pu se faire" in answer.text


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/bureau/personnes", {"acte": "offre", "de": "Lherm", "debut": "08:00"}),
        (
            "/bureau/personnes",
            {"acte": "offre", "nom": "a", "de": "Lherm", "debut": "12:00", "fin": "08:00", "jour-1": "on"},
        ),
        ("/bureau/personnes", {"acte": "offre", "nom": "a", "de": "Lherm", "debut": "08:00", "fin": "12:00"}),
        ("/bureau/personnes", {"acte": "offre", "nom": "a", "de": "Lherm", "debut": "x", "places": "99"}),
        ("/bureau/telephone", {"de": "Lherm", "vers": "Cahors", "acte": "attendre"}),
        ("/bureau/telephone", {"acte": "attendre"}),
        ("/bureau/demandes/inconnue", {"acte": "proposer"}),
        ("/bureau/demandes/inconnue", {"acte": "danser"}),
        ("/proposition/inconnu", {"reponse": "oui"}),
        ("/bureau/lieux", {"nom": "", "lieu": "Cahors"}),
        ("/bureau/lot", {"jour": "9999-12-31", "jours": "14"}),
        ("/bureau/lot", {"jour": "0001-01-01"}),
        (
            "/bureau/personnes",
            {"acte": "offre", "nom": "a", "de": "Lherm", "debut": "08:00", "fin": "12:00", "jour": "31/12/2026"},
        ),
        (
            "/bureau/personnes",
            {"acte": "offre", "nom": "a", "de": "Lherm", "vers": "Cahors", "debut": "08:00", "jour": "0001-01-01"},
        ),
    ],
)
def test_wrong_forms_get_a_sentence(client, address, form):
    answer = client.post(address, data=form)
    assert answer.status_code in {400, 404}
    told = re.search(r'role="alert">(.*?)</(?:div|p|span)>', answer.text, re.DOTALL)
    assert told
    sentence = re.sub("<strong>.*?</strong>", "", told[1]).strip()
    assert re.fullmatch(r"[A-ZÀ-Ý«].*\.", sentence, re.DOTALL), "French alone, without a name of ours in front"
    assert "<h1" in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/solidaire", "/aller"])
def test_a_good_day_is_never_called_no_date(client, address):
    page = client.get(address, query_string={"de": "Lherm", "vers": "Cahors", "jour": "2028-06-01"}).text
    assert "trop loin d" in page
    assert "pas une date" not in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
@pytest.mark.parametrize("address", ["/bureau/demandes", "/aller", "/solidaire", "/dates"])
def test_a_day_out_of_all_plans_gets_a_sentence(client, address, day):
    field = "annule" if address == "/dates" else "jour"
    answer = client.get(address, query_string={"de": "Lherm", "vers": "Cahors", "heure": "10:00", field: day})
    assert answer.status_code in {200, 400}
    said = f"« {day} » n'est pas une date" if day == "2026-02-30" else "Ce jour est trop loin d'aujourd'hui"
    assert said in answer.text.replace("\xa0", " ").replace("&#39;", "'")


def test_the_example_comes_and_goes(app, example):
    assert has_example(example)
    assert clear_example(example, now=NOW, who="test") == 100
    assert not has_example(example)


def test_everyone_on_a_request_has_the_name_of_their_file(client, app):
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Lherm", "Cahors")
    desk.propose_best(asked.id, now=NOW, who="agent:1")
    page = client.get(f"/bureau/demandes/{asked.id}").text
    with desk.store.reading() as tx:
        (match,) = matches_of(tx, asked.id)
        everyone = [find_person(tx, code) for code in (asked.rider, match.rides[0].driver)]
        known = names_of(tx, [person.id for person in everyone])
    names = [known[person.id] for person in everyone]
    for person, name in zip(everyone, names, strict=True):
        assert name != person.alias
        assert f'aria-label="{name} a dit oui"' in page
        assert person.alias not in page
    # Who said yes is not asked for it again; they may still say no.
    answer_for(desk, match.id, asked.rider, yes=True, now=NOW, who="test")
    page = client.get(f"/bureau/demandes/{asked.id}").text
    assert f'aria-label="{names[0]} a dit oui"' not in page
    assert f'aria-label="{names[0]} a dit non"' in page


def test_an_agent_reads_names_and_reads_aloud_what_others_are_called(client, app):
    """Nobody said yes yet: the caller hears the name shown to others, the agent sees whose file it is."""
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    driver = people.volunteer("Labastide-Marnhac").driver
    with desk.store.reading() as tx:
        alias, name = find_person(tx, driver).alias, names_of(tx, [driver])[driver]
    listed = client.get("/bureau/personnes?voir=conducteurs").text
    assert name in listed
    assert alias not in listed
    asked = people.asks("Lherm", "Cahors")
    question = {"de": "Lherm", "vers": "Cahors", "jour": asked.day.isoformat(), "heure": "10:00", "retour": "11:30"}
    told = client.post("/bureau/telephone", data={"telephone": "0639100001", **question}).text
    for page in (client.get(f"/bureau/demandes/{asked.id}").text, told):
        sentence = page.partition("«")[2].partition("»")[0]
        assert alias.capitalize() in sentence
        assert name not in sentence
        assert f'Pour vous seul : <a href="/bureau/personnes/{driver}">{name}</a>' in page


def test_who_is_called_by_their_name_in_the_answer_is_named_once(client, app):
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    with desk.store.writing() as tx:
        person = Person("", DRIVER, "Conductrice", "46137")
        driver = add_person(tx, Newcomer(person, Contact("Conductrice", "0600000077")), now=NOW, by="test").id
    people.volunteer("Labastide-Marnhac", person=driver)
    page = client.get(f"/bureau/demandes/{people.asks('Lherm', 'Cahors').id}").text
    assert f'Pour vous seul : <a href="/bureau/personnes/{driver}">sa fiche' in page


def test_a_request_is_put_right_on_its_own_page(client, app):
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Lherm", "Cahors", companions=1)
    address = f"/bureau/demandes/{asked.id}"

    def form():
        page = client.get(address).text
        stamp = re.search(r'name="vu" value="(\w+)"', page)[1]
        assert re.search(r'id="heure"[^>]* value="10:00"', page)
        return {"acte": "modifier", "vu": stamp, **form_of(asked)}

    told = form()
    desk.propose_best(asked.id, now=NOW, who="test", rider_agrees=True)
    with desk.store.reading() as tx:
        (match,) = matches_of(tx, asked.id)
    answer_for(desk, match.id, match.rides[0].driver, yes=True, now=NOW, who="test")
    unsure = client.post(address, data={**told, "heure": "14:00"})
    assert unsure.status_code == 400
    assert 'name="sur" required' in unsure.text
    assert re.search(r'id="heure"[^>]* value="14:00"', unsure.text)
    assert client.post(address, data={**told, "heure": "25:00"}).status_code == 400
    lost = client.post(address, data={**told, "vers": "Atlantide"}).text
    assert re.search(r'id="vers"[^>]* value="Atlantide"[^>]* aria-describedby="vers-erreur" autofocus>', lost)
    assert re.search(r'id="vers-erreur" role="alert">[^<]*Atlantide', lost)
    # The browser takes nobody to a field where the address names a part of the page.
    assert 'action="#modifier"' not in lost
    assert client.post(address, data={**told, "heure": "14:00", "sur": "on"}).status_code == 303
    page = client.get(address).text.replace("\xa0", " ").replace("&#39;", "'")
    assert "C'est changé : heures ; le trajet promis est annulé, le conducteur est prévenu." in page
    assert "y être à 14 h" in page.lower()
    assert "a modifié la demande : heures" in page
    late = client.post(address, data={**told, "heure": "15:00"})
    assert late.status_code == 400
    assert "vient de changer cette demande" in late.text
    assert re.search(r'id="heure"[^>]* value="15:00"', late.text), "what was typed is kept"


OFFER = {"acte": "offre", "nom": "Une conductrice", "de": "Lherm", "vers": "Cahors", "debut": "08:00", "jour-1": "on"}


@pytest.mark.parametrize(
    ("address", "form", "name"),
    [
        ("/solidaire?de=zzz&vers=Cahors", None, "de"), ("/solidaire?de=Lherm&vers=Cahors&jour=demain", None, "jour"),
        ("/bureau/personnes", {**OFFER, "de": "zzz"}, "de"), ("/bureau/personnes", {**OFFER, "debut": "x"}, "debut"),
        ("/bureau/personnes", {**OFFER, "places": "99"}, "places"), ("/bureau/personnes", {**OFFER, "nom": ""}, "nom"),
        ("/bureau/personnes", {**OFFER, "mail": "x"}, "mail"),
        ("/bureau/demandes?jour=demain", None, "jour"),
        ("/bureau/lieux", {"nom": " ", "lieu": "Lherm"}, "nom"), ("/bureau/lieux", {"nom": "x", "lieu": "zzz"}, "lieu"),
    ],
)  # fmt: skip
def test_each_fault_of_a_form_stands_beside_its_field(client, address, form, name):
    answer = client.post(address, data=form, headers={"Origin": "http://localhost"}) if form else client.get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == (400 if form else 200)
    assert re.search(f'<input id="{name}" [^>]*aria-invalid="true" aria-describedby="{name}-erreur"', page)
    assert re.search(f'id="{name}-erreur" role="alert">[^<]+', page)
    assert page.count('role="alert"') == 1
