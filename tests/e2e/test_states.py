"""Every page in the states that its forms bring it to: mistakes, answers, work under way, what is over."""

import pytest

from data.people import add_person, all_persons, read_contact
from data.ride_matches import add_link, matches_on
from data.ride_records import requests_on
from desks.accounts.first_word import new_first_word
from mobility.people import DRIVER, RIDER, Newcomer, Person
from tests.e2e.chromium import axe_finds_nothing, fits_a_telephone, needs_chromium, opened, sent
from tests.fixtures_rides import TOMORROW
from tests.fixtures_site import UNSET

pytestmark = [needs_chromium, pytest.mark.prove]
DAY = TOMORROW.isoformat()
TRIP = {"de": "Bach", "vers": "Cahors", "jour": DAY, "heure": "10:00"}
CALL = {"telephone": "0639100001", **TRIP}

ADDRESSES = [
    "/aller?de=Nulle+part&vers=Cahors", "/aller?de=Bach&vers=Cahors&jour=2026-13-01", "/aller?de=Bach&vers=Bach",
    f"/aller?de=Bach&vers=Cahors&jour={DAY}&souhait-wheelchair=on&souhait-no-internet=on",
    "/aller?de=Bach&vers=Cahors&besoin=note", "/solidaire?de=xx&vers=yy", "/solidaire?de=Bach&vers=Toulouse+Matabiau",
    "/solidaire?recue=1", "/scenarios/comparer?s=actuel", "/bureau/demandes?jour=abc",
    "/bureau/demandes?etat=confirmees", "/bureau/?voir=bus",
    "/manques?besoin=nothing",
    "/communes?q=ca", "/communes/99999", "/travaux/unknown", "/t/unknown", "/mot-de-passe/unknown",
    "/dates?annule=2026-12-08", "/bureau/demandes/unknown", "/preparer?scenario=unknown", "/bureau/messages",
    "/bureau/lieux", "/bureau/chiffres?annee=2019",
]  # fmt: skip
FORMS = {
    "a caller who is known": ("/bureau/telephone", {"telephone": "0639100001"}),
    "a caller who is not": ("/bureau/telephone", {"telephone": "0639999999"}),
    "answers to read aloud": ("/bureau/telephone", CALL),
    "a new person without a name": ("/bureau/telephone", {**CALL, "telephone": "", "acte": "attendre"}),
    "no number to call back": ("/bureau/telephone", {"acte": "rappeler"}),
    "a call-back that is promised": (
        "/bureau/telephone", {"telephone": "0639100001", "acte": "rappeler", "pourquoi": "x"}
    ),
    "a request that is taken": (
        "/bureau/telephone", {**CALL, "telephone": "0639100077", "nom": "Une habitante de Bach", "acte": "attendre"}
    ),
    "a driver without a name": ("/bureau/personnes", {"acte": "offre", "de": "Bach", "debut": "08:00", "fin": "12:00"}),
    "a place without a name": ("/bureau/lieux", {"nom": "", "lieu": "Cahors"}),
    "a number that is none": ("/bureau/simulateur", {"numero": "x"}),
    "a message that came in": ("/bureau/simulateur", {"numero": "0639100001", "texte": "Rappelez-moi"}),
    "a search": ("/bureau/chercher", {"q": "06 39 10 00 01"}),
    "a search for a number of nobody": ("/bureau/chercher", {"q": "06 39 99 99 99"}),
    "a search in vain": ("/bureau/chercher", {"q": "zzzzzz"}),
    "a visitor without a name": ("/solidaire/demande", {**TRIP, "nom": ""}),
    "an unmet need": ("/aller/besoin", TRIP),
    "a problem that cannot be": ("/preparer", {"buses": "0"}),
    "a problem with many rules": (
        "/preparer", {"buses": "0", **{f"lock-stop-{row}": "46095" for row in range(5)}, "ban-stop-3": "46320"}
    ),
    "a calendar that breaks rules": (
        "/verifier", {f"visite|{week}|2|{part}|bus-1": "46095" for week in (1, 2) for part in ("morning", "afternoon")}
    ),
    "no road file": ("/routes", {}),
    "a season that ends before it begins": (
        "/dates", {**UNSET, "policy": "iso-parity", "first": "2026-12-01", "last": "2026-01-01"}
    ),
    "a closure that is kept": (
        "/dates", {**UNSET, "policy": "iso-parity", "closure-first": "2026-12-24", "closure-name": "Veille de Noël"}
    ),
    "a password that is wrong": ("/connexion", {"mail": "nobody@example.org", "mot-de-passe": "wrong"}),
    "a password that is forgotten": ("/mot-de-passe/oublie", {"mail": "nobody@example.org"}),
    "an account before the first one": ("/comptes/", {"mail": "x", "nom": ""}),
    "a first account without its word": ("/premier-compte", {"mot": "x", "mail": "x", "nom": ""}),
    "a scenario without a name": ("/scenarios/unknown", {"acte": "renommer", "nom": ""}),
    "a form of another site's making": ("/me-faire-aider", {"x": "y"}),
}  # fmt: skip


def is_fit(page):
    axe_finds_nothing(page)
    fits_a_telephone(page)


@pytest.mark.parametrize("where", ADDRESSES)
def test_an_address_in_its_states(page, where):
    opened(page, where)
    is_fit(page)


@pytest.mark.parametrize("name", FORMS)
def test_the_answer_to_a_form(page, name):
    sent(page, *FORMS[name])
    is_fit(page)


def test_a_proposal_from_question_to_taken_back(visit, running):
    app, address = running()
    page = visit(address)
    desk = app.extensions["wired"].house().rides
    now = app.extensions["wired"].house().clock()
    with desk.store.reading() as tx:
        waiting = [request.id for request in requests_on(tx, [TOMORROW], ("waiting",))]
    proposed = next(match for asked in waiting if (match := desk.propose_best(asked, now=now, who="test")))
    with desk.store.writing() as tx:
        driver = add_link(tx, proposed, proposed.rides[0].driver)
        request = next(match.request for match in matches_on(tx, [TOMORROW]) if match.id == proposed.id)
    opened(page, f"/bureau/demandes/{request}")
    is_fit(page)
    opened(page, "/bureau/messages")
    is_fit(page)
    # The driver's own clicks: the secret of the message is out of the address, and the answer is taken.
    opened(page, f"/t/{driver}")
    assert driver not in page.url
    is_fit(page)
    page.get_by_role("button", name="Oui, je peux").click()
    page.get_by_text("Vous avez dit oui").wait_for()
    is_fit(page)
    page.get_by_role("button", name="Non, je ne peux pas").click()
    page.get_by_text("Cette proposition est terminée").wait_for()
    is_fit(page)


def test_a_persons_file_from_the_list_of_drivers_to_one_file_and_two(visit, running):
    app, address = running()
    page = visit(address)
    store = app.extensions["wired"].house().store
    with store.writing() as tx:
        driving = (person for person in all_persons(tx) if person.kind == DRIVER)
        driver = next(person for person in driving if read_contact(tx, person.id).telephone)
        told = Newcomer(Person("", RIDER, "Un double"), read_contact(tx, driver.id))
        double = add_person(tx, told, now=app.extensions["wired"].house().clock(), by="test", example=True)
    opened(page, "/bureau/personnes?voir=conducteurs")
    is_fit(page)
    for where in (driver.id, double.id, f"{driver.id}/effacer"):
        opened(page, f"/bureau/personnes/{where}")
        is_fit(page)
    sent(page, f"/bureau/personnes/{driver.id}", {"acte": "offre", "de": "Bach", "debut": "x"})
    page.get_by_role("alert").first.wait_for()
    is_fit(page)
    opened(page, f"/bureau/personnes/{driver.id}")
    page.locator(f'a[href$="avec={double.id}"]').click()
    page.get_by_role("heading", name="Est-ce la même personne ?").wait_for()
    is_fit(page)
    page.get_by_role("button", name="Oui, réunir les deux fiches").click()
    page.get_by_role("button", name="Défaire").wait_for()
    is_fit(page)
    page.get_by_role("button", name="Défaire").click()
    page.locator(f'a[href$="avec={double.id}"]').wait_for()


def test_work_under_way_and_its_results(page):
    sent(page, "/bureau/lot", {"jour": DAY, "jours": "2"})
    page.get_by_role("button", name="Accepter et préparer les propositions").wait_for(timeout=120_000)
    is_fit(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    sent(page, "/preparer", {"nom": "Trois bus", "buses": "3"})
    page.get_by_role("button", name="Arrêter le calcul").wait_for()
    axe_finds_nothing(page)
    page.get_by_role("button", name="Arrêter le calcul").click()
    page.get_by_text("Il a été arrêté").wait_for()
    is_fit(page)
    sent(page, "/preparer", {"nom": "Espère", "lock-stop-0": "46095"})
    page.get_by_text("Optimal, prouvé").wait_for(timeout=120_000)
    is_fit(page)
    opened(page, "/scenarios")
    is_fit(page)
    page.get_by_label("Comparer Espère", exact=True).check()
    page.get_by_role("button", name="Comparer les calendriers choisis").click()
    page.get_by_text("Coût par an").wait_for()
    is_fit(page)


def test_an_account_from_the_printed_word_to_an_invitation(visit, running):
    app, address = running()
    page = visit(address)
    word = new_first_word(app.extensions["wired"].house().settings)
    opened(page, "/premier-compte")
    page.get_by_label("Mot affiché au démarrage").fill(word)
    page.get_by_label("Adresse de courriel").fill("chef@example.org")
    page.get_by_label("Nom montré dans le journal").fill("La cheffe")
    page.get_by_role("button", name="Ouvrir ce compte").click()
    page.get_by_label("Nouveau mot de passe").wait_for()
    is_fit(page)
    chosen = "une phrase dont je me souviens"
    page.get_by_label("Nouveau mot de passe").fill(chosen)
    page.get_by_label("Encore une fois").fill(chosen + " mal")
    page.get_by_role("button", name="Garder ce mot de passe").click()
    page.get_by_role("alert").wait_for()
    is_fit(page)
    page.get_by_label("Nouveau mot de passe").fill(chosen)
    page.get_by_label("Encore une fois").fill(chosen)
    page.get_by_role("button", name="Garder ce mot de passe").click()
    page.get_by_text("Votre mot de passe est gardé").wait_for()
    is_fit(page)
    page.get_by_label("Adresse de courriel").fill("chef@example.org")
    page.get_by_label("Mot de passe").fill(chosen)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_text("rien à faire").wait_for()
    sent(page, "/comptes/", {"mail": "x", "nom": ""})
    is_fit(page)
    sent(page, "/comptes/", {"mail": "agent@example.org", "nom": "Accueil", "role-agent": "on"})
    page.get_by_text("Donnez ce lien").wait_for()
    is_fit(page)
    # An administrator alone: the calendar's preparation is not theirs.
    opened(page, "/preparer")
    page.get_by_role("alert").wait_for()
    is_fit(page)
    opened(page, "/reglages")
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("link", name="Agents : se connecter").first.wait_for()
