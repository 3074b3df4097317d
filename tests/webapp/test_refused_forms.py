"""A form that is refused tells all that is wrong with it at once, and keeps all that was typed, chosen and ticked."""

import re

import pytest

from data.accounts import all_accounts
from mobility.accounts import ADMINISTRATOR, AGENT, ROLES
from tests.fixtures_rides import People
from tests.webapp.sent_forms import Forms
from tests.webapp.test_accounts import account, signed_in

HERE = {"Origin": "http://localhost"}
TRIP = {"de": "Lherm", "vers": "Cahors"}
BAD = {
    "post /premier-compte": {"mail": "personne"},
    "get /aller": {**TRIP, "pour": "Cahors", "heure": "25:00"},
    "get /communes": {"nom": "Atlantide"},
    "get /solidaire": {**TRIP, "jour": "demain"},
    "post /solidaire/demande": {"telephone": "12"},
    "get /dates": {"annule": "demain"},
    "post /dates": {"first": "demain"},
    "post /a-savoir/ecrire voir": {"au": "demain"},
    "post /preparer": {"area_floor": "x", "lon": "1.44", "lat": "44.45", "near": "10", "far": "30"},
    "post /bureau/telephone": {**TRIP, "jour": "demain"},
    "post /bureau/telephone attendre": {"mail": "personne"},
    "post /bureau/telephone proposer": {"mail": "personne"},
    "post /bureau/telephone rappeler": {},
    "post /bureau/simulateur": {"numero": "12"},
    "get /bureau/demandes": {"jour": "demain"},
    "post /bureau/demandes/REQUEST modifier": {**TRIP, "heure": "25:00"},
    "post /bureau/personnes offre": {**TRIP, "places": "99"},
    "post /bureau/personnes/PERSON corriger": {"mail": "personne"},
    "post /bureau/personnes/PERSON accord": {"jusqua": "demain"},
    "post /bureau/personnes/PERSON offre": {"de": "Lherm", "vers": "", "fin": ""},
    "post /bureau/lieux": {"lieu": "Atlantide"},
    "post /comptes/": {"mail": "personne"},
    "post /comptes/ACCOUNT roles": {"role-administrator": None},
    "post /comptes/ACCOUNT courriel": {"mail": "personne"},
    "post /comptes/structures *": {"telephone": "12"},
    "get /comptes/journal/": {"du": "demain"},
    "post /connexion": {"mail": "personne@example.org"},
    "post /scenarios/SCENARIO renommer": {"nom": " "},
}  # fmt: skip
"""What is written into each form that can be refused, one value of it wrong (None: a box that is not ticked)."""
NEVER_REFUSED = {
    "post /bureau/chercher", "post /bureau/lot", "post /bureau/demandes/REQUEST annuler",
    "post /bureau/demandes/REQUEST proposer",
    "post /comptes/ACCOUNT effacer", "post /mot-de-passe/oublie", "get /bureau/chiffres", "get /manques",
    "get /scenarios/comparer", "post /verifier", "post /bureau/imports/",
}  # fmt: skip
"""Where whatever is written is taken, or nothing is typed but a file or a last yes."""
PAGES = [
    "/aller?de=Lherm&vers=Cahors", "/", "/communes", "/comprendre", "/solidaire", "/solidaire?de=Lherm&vers=Cahors",
    "/dates", "/a-savoir/ecrire", "/preparer", "/verifier", "/scenarios", "/manques", "/routes", "/arrets",
    "/bureau/telephone", "/bureau/demandes", "/bureau/demandes/REQUEST", "/bureau/personnes?voir=conducteurs",
    "/bureau/personnes/PERSON", "/bureau/lieux", "/bureau/messages", "/bureau/chiffres", "/bureau/", "/reglages",
    "/comptes/", "/comptes/journal/",
]  # fmt: skip


def lost(client, address, page, named, done):
    """Refuse each form of a page that was not refused before; return those that do not hold then what was sent."""
    wrong = {}
    for form in Forms(page, address).all:
        name = form.name
        for identifier, called in named.items():
            name = name.replace(identifier, called)
        if not form.typed or name in done or name in NEVER_REFUSED:
            continue
        done.add(name)
        form.fill(BAD.get(name, {}))
        send, where = (client.get, "query_string") if form.method == "get" else (client.post, "data")
        answer = send(form.action.partition("?")[0], headers=HERE, **{where: form.sent()})
        again = {one.name: one for one in Forms(answer.text, form.action).all}.get(form.name)
        if answer.status_code not in {200, 400, 403, 404} or 'role="alert"' not in answer.text or again is None:
            wrong[name] = answer.status_code
        elif (holds := again.holds(form)) != form.holds(form):
            wrong[name] = set(holds) ^ set(form.holds(form))
    return wrong


ACCOUNT = {"mail": "personne", "nom": " "}
OFFER = {"acte": "offre", "nom": "", "telephone": "12", "mail": "x", "de": "zzz", "vers": "", "debut": "x", "fin": "",
         "places": "99", "rayon": "0"}  # fmt: skip
TOLD = {
    "/solidaire/demande": (
        {"de": "zzz", "vers": "", "jour": "demain", "heure": "25:00", "retour": "x", "accompagnants": "99", "nom": "",
         "telephone": "0" * 300, "mail": "x"},
        "de vers jour heure retour accompagnants nom telephone mail accord",
    ),
    "/bureau/personnes": (OFFER, "nom telephone mail de debut fin places rayon semaine"),
    "/bureau/personnes/PERSON": (OFFER, "de debut fin places rayon semaine"),
    "/bureau/personnes/PERSON?": (
        {"acte": "corriger", "telephone": "06 39 10 00 1", "mail": "x", "commune": "zzz"}, "telephone mail commune",
    ),
    "/bureau/personnes/PERSON??": (
        {"acte": "corriger", "nom": "x" * 300, "adresse": "x" * 500}, "nom adresse",
    ),
    "/bureau/demandes/REQUEST": (
        {"acte": "modifier", "de": "zzz", "vers": "Cahors", "jour": "2020-01-01", "heure": "x"}, "de jour heure",
    ),
    "/bureau/telephone": (
        {"acte": "attendre", "telephone": "0639100009", "de": "Lherm", "vers": "Cahors", "jour": "demain",
         "heure": "x", "jusqua": "demain"},
        "jour heure jusqua",
    ),
    "/dates": (
        {"first_week": "x", "first": "demain", "last": "demain", "closure-first": "x", "closure-last": "x"},
        "first_week first last closure-first closure-last closure-name",
    ),
    "/a-savoir/ecrire": (
        {"titre": "", "texte": "x" * 700, "ou": "communes", "du": "x", "au": "x"}, "titre texte communes du au",
    ),
    "/preparer": (
        {"near": "99", "far": "0", "vulnerability": "x", "transit": "101", "buses": "0", "crew_start": "x",
         "crew_end": "25:00", "lon": "x", "lat": "44", "max_visits": "0", "area_floor": "x", "max_changes": "999",
         "lock-stop-0": "46095", "lock-weekday-0": "9"},
        "near far vulnerability transit buses crew_start crew_end lon max_visits area_floor max_changes locks",
    ),
    "/premier-compte": ({"mot": "x", **ACCOUNT}, "mot mail nom"),
}  # fmt: skip
"""What is wrong in a form, and beside which of its inputs it is told."""


@pytest.mark.parametrize("address", TOLD)
def test_all_that_is_wrong_is_told_at_once_each_beside_its_field(client, example, address):
    form, names = TOLD[address]
    asked = People(example).asks("Lherm", "Cahors")
    where = address.replace("PERSON", asked.rider).replace("REQUEST", asked.id).rstrip("?")
    answer = client.post(where, data=form, headers=HERE)
    assert answer.status_code in {400, 403}
    beside = re.findall(r'id="([\w-]+)-erreur" role="alert">[A-ZÀ-Ý«][^<]+[.?]', answer.text)
    assert sorted(beside) == sorted(names.split())
    assert answer.text.count('role="alert"') == len(beside), "none above the form"
    assert len(re.findall(r"\sautofocus[\s>]", answer.text)) == 1


def test_accounts_and_structures_are_told_all_that_is_wrong_with_them(app):
    client = signed_in(app, account(app, ADMINISTRATOR, mail="chef@example.org"))
    told = client.post("/comptes/", data=ACCOUNT, headers=HERE).text
    assert re.findall(r'id="([\w-]+)-erreur"', told) == ["mail", "nom", "roles"]
    wrong = {"structure": "*", "courriel": "x", "telephone": "12"}
    told = client.post("/comptes/structures", data=wrong, headers=HERE).text
    assert re.findall(r'id="([\w-]+)-erreur"', told) == ["structure-1-mail", "structure-1-telephone"]


@pytest.mark.parametrize(("debut", "fin", "said"), [
    ("08:00", "", "Donnez l&#39;heure de fin."), ("08:00", "07:00", "Une demi-journée doit finir après son début."),
])  # fmt: skip
def test_a_volunteer_says_until_when_they_drive(client, debut, fin, said):
    offer = {"acte": "offre", "nom": "Une conductrice", "de": "Lherm", "debut": debut, "fin": fin, "jour-1": "on"}
    told = client.post("/bureau/personnes", data=offer, headers=HERE).text
    assert re.findall(r'role="alert">([^<]+)<', told) == [said]
    assert re.search(rf'id="fin" [^>]*value="{fin}"', told), "what was written stays, even where that is nothing"


def test_who_corrects_an_older_account_sees_their_ticks_on_what_it_is_now(app):
    client = signed_in(app, account(app, ADMINISTRATOR, mail="chef@example.org"))
    account(app, AGENT, mail="agent@example.org", structure="CCAS")
    page = client.get("/comptes/").text
    form = next(one for one in Forms(page, "/comptes/").all if ("structure", "CCAS") in one.sent().items(multi=True))
    address, seen = form.action, {"acte": "roles", "vu": form.sent()["vu"], "structure": "CCAS", "role-agent": "on"}
    assert client.post(address, data={**seen, "role-planner": "on"}, headers=HERE).status_code == 303
    late = client.post(address, data={**seen, "role-administrator": "on"}, headers=HERE)
    assert late.status_code == 400
    shown = next(one for one in Forms(late.text, "/comptes/").all if one.name == form.name)
    assert {one.name for one in shown.typed if one.ticked} == {"role-agent", "role-planner", "role-administrator"}


def test_a_request_changed_meanwhile_keeps_what_was_written_on_it(client, example):
    asked = People(example).asks("Lherm", "Cahors")
    address = f"/bureau/demandes/{asked.id}"
    form = next(one for one in Forms(client.get(address).text, address).all if one.act == "modifier")
    seen = dict(form.sent())
    assert client.post(address, data={**seen, "heure": "14:00"}, headers=HERE).status_code == 303
    late = client.post(address, data={**seen, "accompagnants": "2"}, headers=HERE)
    assert late.status_code == 400
    shown = dict(next(one for one in Forms(late.text, address).all if one.act == "modifier").sent())
    assert (shown["heure"], shown["accompagnants"]) == ("14:00", "2")
    assert client.post(address, data=shown, headers=HERE).status_code == 303


@pytest.mark.parametrize("number", ["06 39 10 00 1", "0" * 300, ""])
def test_a_call_is_played_from_a_whole_number_alone(client, number):
    told = client.post("/bureau/simulateur", data={"numero": number, "texte": "Bonjour"}, headers=HERE)
    assert told.status_code == 400
    assert re.search(r'id="numero-erreur" role="alert">[^<]+', told.text)


@pytest.mark.prove
def test_what_was_typed_is_kept_in_every_form_of_the_site(app, example):
    done, wrong, stranger = set(), {}, app.test_client()
    for address in ("/connexion", "/premier-compte"):
        wrong |= lost(stranger, address, stranger.get(address).text, {}, done)
    people = People(example)
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Lherm", "Cahors")
    client = signed_in(app, account(app, *ROLES, mail="tout@example.org"))
    scenario = app.extensions["wired"].house().scenarios.add("Un essai", {}, "tout")
    with example.store.reading() as tx:
        (known,) = all_accounts(tx)
    named = {asked.id: "REQUEST", asked.rider: "PERSON", scenario.id: "SCENARIO", known.id: "ACCOUNT"}
    for page in PAGES:
        address = page.replace("REQUEST", asked.id).replace("PERSON", asked.rider)
        wrong |= lost(client, address, client.get(address).text, named, done)
    # A conversation with somebody new, for a trip that has an answer.
    found = client.post("/bureau/telephone", data={**TRIP, "telephone": "0639109999"}, headers=HERE)
    wrong |= lost(client, "/bureau/telephone", found.text, named, done)
    assert wrong == {}
    assert done == set(BAD)
