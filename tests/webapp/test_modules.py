"""What a territory leaves out is absent: no page, no link, no call, no dataset, no command."""

import html
import json
import re
import shutil
from functools import partial

import pytest
from click.testing import CliRunner
from werkzeug.exceptions import HTTPException

from cli.main import mobility
from data.outbox import messages_of
from data.people import add_person, persons_with_telephone
from data.territory_files import TERRITORIES, TerritoryFolder
from data.territory_modules import read_modules
from desks.access.gaps import study_gaps
from desks.ground import open_ground
from desks.settings import Settings
from mobility.access import WALKING
from mobility.clock import ZONE
from mobility.consent import CONTACT_CONSENT
from mobility.errors import MobilityError
from mobility.modules import ACCESS, MODULES, RIDES, TRANSPORT, Modules
from mobility.people import RIDER, Contact, Newcomer, Person
from tests.fixtures_rides import People
from webapp.pages.spoken_menu import first_step, next_step
from webapp.server.policy import module_of
from webapp.words.handed_over import Around, told_sections
from webapp.words.journal import ACTS, ACTS_OF_RIDES
from webapp.words.people import CONSENTS

OUTSIDE = {"REMOTE_ADDR": "203.0.113.9"}
ASKED = ["/communes/46044", "/communes/46095", "/aller?de=Lherm&vers=Cahors", "/aller?de=Bach&pour=counter"]
"""Pages with arguments that links may stand on."""


def without(path, *modules):
    """A copy of the territory that leaves modules out."""
    folder = path / "cahors"
    shutil.copytree(TERRITORIES / "cahors", folder)
    told = "".join(f"{name} = false\n" for name in modules)
    with (folder / "territory.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[modules]\n{told}")
    return folder


def module_at(app, address):
    """The module of the page or call at an address of the site."""
    here = app.url_map.bind("")
    path = re.split(r"[?#]", re.sub(r"{\w+}", "1", re.sub(r"https?://[^/]+", "", address)))[0]
    for method in ("GET", "POST"):
        try:
            return module_of(here.match(path, method=method)[0])
        except HTTPException:
            continue
    return ""


def plain_pages(app):
    return [
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.rule.startswith(("/api", "/covoiturage"))
    ]  # fmt: skip


LINKS = re.compile(r'(?:href|src|action|formaction|data-places)="(/[^"]*)"|<loc>https?://[^/<]*(/[^<]*)</loc>')
ROLES_OF_RIDES = r"conducteur|bénévole|covoitur|passager|trajets? solidaire"
LOOKED_FOR = ("Lherm", "0600000001", "Nom", "Cahors")
"""Words for the search of every page: a place, a number, persons."""


def answers(page):
    """Tell whether a page says what it was asked for, and no trouble."""
    return page.status_code == 200 and 'role="alert"' not in page.get_data(as_text=True)


def leave_out(house, *modules):
    """Leave modules out as `territory.toml` would say it; the plan that was prepared goes on being today's."""
    vars(house.ground)["modules"] = Modules(frozenset(modules))
    for desk in ("day", "search", "feeds", "transport", "ways", "post"):
        vars(house).pop(desk, None)


def persons_of(house):
    """The files of a driver and of a rider, with what was offered, asked and agreed before the module was left out."""
    people = People(house.rides)
    offer, asked = people.volunteer("Lherm"), people.asks("Lherm", "Cahors", 10)
    house.rides.propose_best(asked.id, now=house.clock(), who="test", rider_agrees=True)
    own = [f"/bureau/personnes/{person}" for person in (offer.driver, asked.rider)]
    return [*own, *(f"{address}/{more}" for address in own for more in ("effacer", f"reunir?avec={asked.rider}"))]


def links_in(page):
    return [first or second for first, second in LINKS.findall(page)]


@pytest.mark.parametrize("module", [RIDES, TRANSPORT, ACCESS])
def test_nothing_leads_to_what_is_left_out(app, module):
    house = app.extensions["wired"].house()
    persons = persons_of(house)
    leave_out(house, module)
    client, links = app.test_client(), {}
    for words in LOOKED_FOR:
        answer = client.post("/bureau/chercher", data={"q": words})
        assert answer.status_code == 200
        links |= dict.fromkeys(links_in(answer.get_data(as_text=True)), f"search for {words}")
    for address in [*plain_pages(app), *ASKED, *persons]:
        for visitor in ({}, {"environ_base": OUTSIDE}):
            answer = client.get(address, **visitor)
            if module_at(app, address) == module:
                assert answer.status_code == 404, address
            assert answer.status_code < 500, address
            assert address not in ASKED or module_at(app, address) == module or answers(answer), address
            links |= dict.fromkeys(links_in(answer.get_data(as_text=True)), address)
    assert len(links) > 60
    assert not {link: page for link, page in links.items() if module_at(app, link) == module}
    paths = json.loads(client.get("/openapi.json").get_data(as_text=True))["paths"]
    catalogue = client.get("/donnees/catalogue.ttl").get_data(as_text=True)
    assert len(paths) > 10
    assert not [
        told for told in [*paths, *re.findall(r'https?://[^\s"<>]+', catalogue)] if module_at(app, told) == module
    ]


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (RIDES, ROLES_OF_RIDES + "|besoins sans réponse"),
        (TRANSPORT, r"\bcars?\b|transport à la demande|\blignes? :|offres? de transport"),
        (ACCESS, "« sans voiture »"),
    ],
)
def test_no_word_tells_of_what_is_left_out(app, module, words):
    vars(app.extensions["wired"].house().ground)["modules"] = Modules(frozenset({module}))
    client, told = app.test_client(), {}
    for address in (
        "/", "/aller", "/me-faire-aider", "/visite", "/reglages", "/plan", "/bureau/", "/methode", "/manques/methode",
        "/bureau/messages", "/arrets", "/bureau/chiffres",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == (404 if module_at(app, address) == module else 200), address
        page = answer.get_data(as_text=True)
        shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
        assert len(shown) > 500, address
        told[address] = re.findall(words, shown, re.IGNORECASE)
    assert not {address: found for address, found in told.items() if found}


def test_without_lines_every_other_way_answers(app):
    house = app.extensions["wired"].house()
    People(house.rides).volunteer("Lherm")
    leave_out(house, TRANSPORT)
    client = app.test_client()
    near = {"/aller?de=Bach&pour=counter": "Être reçu", "/aller?de=Bach&pour=health": "vient près de chez vous"}
    for address, told in near.items():
        found = client.get(address)
        assert answers(found), address
        assert told in found.get_data(as_text=True), address
    driven = client.get("/aller?de=Lherm&vers=Cahors")
    assert answers(driven)
    assert "conducteur" in driven.get_data(as_text=True)
    walked = client.get("/aller?de=1.4410,44.4475&vers=Cahors").get_data(as_text=True)
    assert "à pied" in walked
    called = client.post("/bureau/telephone", data={"telephone": "0565000000", "de": "Lherm", "vers": "Cahors"})
    assert answers(called)
    assert "À lire à la personne" in called.get_data(as_text=True)


def test_without_rides_no_telephone_speaks_of_them(app):
    house = app.extensions["wired"].house()
    assert "tapez 3" in first_step(house, "/x").say[-1]
    vars(house.ground)["modules"] = Modules(frozenset({RIDES}))
    for step in (
        first_step(house, "/x"), next_step(house, "/x", "", "2", {}), next_step(house, "/x", "", "3", {}),
        next_step(house, "/x", "", "1", {"question": "annuler"}), next_step(house, "/x", "", "9", {}),
    ):  # fmt: skip
        assert step.digits == 1
        assert "trajet" not in " ".join(step.say)
    client = app.test_client()
    question = {"telephone": "0565000000", "de": "Lherm", "vers": "Cahors", "nom": "Jeanne Roux"}
    found = client.post("/bureau/telephone", data=question)
    assert found.status_code == 200
    assert "Garder la demande" not in found.get_data(as_text=True)
    for outcome in ("proposer", "besoin", "attendre"):
        assert client.post("/bureau/telephone", data={**question, "acte": outcome}).status_code == 404
    with house.store.reading() as tx:
        assert not persons_with_telephone(tx, "0565000000")


def test_what_is_left_out_is_told_of_by_no_form_source_or_catalogue(app):
    client, house = app.test_client(), app.extensions["wired"].house()
    pages = {
        "/bureau/telephone": "Situation|Justificatif vu|Chaque semaine|P proposer|noter le besoin",
        "/premier-compte": "trajets solidaires",
        "/methode": r"\(GTFS\)|offres? de transport", "/donnees/catalogue.ttl": "à la demande|sans voiture",
    }  # fmt: skip
    for address, words in pages.items():
        assert re.search(words, client.get(address).get_data(as_text=True)), address
    leave_out(house, RIDES, TRANSPORT, ACCESS)
    for address, words in pages.items():
        page = client.get(address)
        assert page.status_code == 200
        assert not re.findall(words, page.get_data(as_text=True).partition("<footer")[0]), address


def test_without_rides_nobody_drives_or_is_driven(app):
    house = app.extensions["wired"].house()
    persons = [*persons_of(house), "/bureau/chercher"]
    leave_out(house, RIDES)
    client = app.test_client()
    for address in persons:
        asks = client.get if address != "/bureau/chercher" else partial(client.post, data={"q": "Nom"})
        page = asks(address).get_data(as_text=True)
        assert re.search(r"\bhabitant\b", page, re.IGNORECASE) or address.endswith("/effacer"), address
        assert not re.findall(ROLES_OF_RIDES, re.sub(r"<[^>]+>", " ", page), re.IGNORECASE), address
    document = {"persons": [{"kind": "driver"}], "grants": [{"role": "agent"}]}
    around = Around({}, {}, ZONE, house.ground.modules)
    told = str(told_sections(document, around))
    assert "accueil et téléphone" in told
    assert not re.findall(ROLES_OF_RIDES, told, re.IGNORECASE)


def test_without_rides_their_messages_are_neither_shown_nor_acted_on(app):
    house = app.extensions["wired"].house()
    persons_of(house)
    client = app.test_client()
    with house.store.reading() as tx:
        told = messages_of(tx)
    assert {message.purpose for message in told} == {"proposal"}
    assert "Proposition" in client.get("/bureau/messages").get_data(as_text=True)
    leave_out(house, RIDES)
    page = client.get("/bureau/messages").get_data(as_text=True)
    assert "Rien n'attend." in html.unescape(page)
    assert not re.findall(ROLES_OF_RIDES + "|Proposition", page, re.IGNORECASE)
    for act in ("oui", "appeler", "dit"):
        assert client.post("/bureau/messages", data={"acte": act, "message": told[0].id}).status_code == 404
    with house.store.reading() as tx:
        assert messages_of(tx) == told


def test_without_rides_no_list_to_choose_from_names_what_they_do(app):
    house = app.extensions["wired"].house()
    person = persons_of(house)[1]
    client, told = app.test_client(), {}
    for off in ((), (RIDES,)):
        leave_out(house, *off)
        for address in ("/comptes/journal/", person, "/bureau/telephone", "/comptes/", "/listes", "/a-savoir/ecrire"):
            page = html.unescape(client.get(address).get_data(as_text=True))
            chosen = re.findall(r"<option[^>]*>([^<]*)|<label class=.choice.>(?:<[^>]*>)*([^<]*)", page)
            told[off, address] = {first or second for first, second in chosen}
    journal, agreed = (told[(), address] - told[(RIDES,), address] for address in ("/comptes/journal/", person))
    assert {ACTS[act] for act in ACTS_OF_RIDES} == journal
    assert CONSENTS[CONTACT_CONSENT] in agreed
    words = re.compile(ROLES_OF_RIDES + "|trajet|offre", re.IGNORECASE)
    named = {where: [one for one in said if words.search(one)] for (off, where), said in told.items() if off}
    assert not {where: said for where, said in named.items() if said}


@pytest.mark.prove
def test_without_lines_no_layer_is_theirs(app):
    house = app.extensions["wired"].house()
    assert study_gaps(house.ground, (), (), house.today()).layers == (WALKING,)


def test_without_rides_the_search_still_finds_persons(app):
    house = app.extensions["wired"].house()
    vars(house.ground)["modules"] = Modules(frozenset({RIDES}))
    with house.store.writing() as tx:
        told = Newcomer(Person("", RIDER, "Une habitante", "46171"), Contact("Jeanne Roux", "0565000000"))
        person = add_person(tx, told, now=house.clock(), by="test").id
    page = app.test_client().post("/bureau/chercher", data={"q": "Jeanne Roux"}).get_data(as_text=True)
    assert f"/bureau/personnes/{person}" in page


def test_the_walk_leaves_out_every_module_that_has_pages(app):
    used = {module_of(rule.endpoint) for rule in app.url_map.iter_rules()} - {""}
    assert used == {RIDES, TRANSPORT, ACCESS}
    assert used <= set(MODULES)


def test_every_subject_is_there_unless_left_out(client):
    for address in ("/solidaire", "/manques", "/donnees/a-la-demande.json", "/bureau/demandes"):
        assert client.get(address).status_code == 200


def test_an_unknown_module_is_an_error_at_the_start(tmp_path):
    folder = without(tmp_path, "ride")
    with pytest.raises(MobilityError, match="'ride' is not one of") as raised:
        open_ground(Settings(territory=str(folder), state=tmp_path / "state"))
    assert raised.value.field == "territory.toml, modules.ride"


def test_the_table_of_modules_is_read(tmp_path):
    assert not read_modules(TerritoryFolder(TERRITORIES / "cahors")).off
    assert read_modules(TerritoryFolder(without(tmp_path, *MODULES))).off == set(MODULES)
    (tmp_path / "cahors" / "territory.toml").write_text("[modules]\nrides = 'non'\n", encoding="utf-8")
    with pytest.raises(MobilityError, match="not one of true, false"):
        read_modules(TerritoryFolder(tmp_path / "cahors"))


def test_a_command_of_what_is_left_out_is_refused(tmp_path):
    done = CliRunner().invoke(mobility, ["rides", "report", "--territory", str(without(tmp_path, RIDES))])
    assert done.exit_code == 3
    assert "leaves 'rides' out" in done.output


def test_the_chores_and_the_rights_of_people_are_commands_without_rides(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    where = ["--territory", str(without(tmp_path, RIDES))]
    done = CliRunner().invoke(mobility, ["tick", "--json", *where])
    assert done.exit_code == 0, done.output
    assert "messages sent" in json.loads(done.stdout)
    assert CliRunner().invoke(mobility, ["people", "purge", *where]).exit_code == 0
