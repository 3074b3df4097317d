"""Needs of which it is not known where they are met: said so, with a number; led to the commune that is named."""

import re

import pytest

from mobility.errors import MobilityError
from tests.fixtures_rides import People
from webapp.words.answers import call_words
from webapp.words.errors import french_error

NUMBER = "Ou appelez le 07 62 60 96 94."


def said(answer):
    plain = re.sub(r"<[^>]+>", "", answer.text).replace("&#39;", "'").replace("\xa0", " ").replace("&nbsp;", " ")
    return re.sub(r"\s+", " ", plain)


def ask(at, need):
    return said(at(11, 30, 10, 5).get("/aller", query_string={"de": "Lherm", "pour": need}))


@pytest.mark.parametrize(
    ("need", "title"),
    [
        ("pharmacie", "Pharmacie"),
        ("voir le dentiste", "Dentiste"),
        ("kiné", "Kiné"),
        ("boulangerie", "Boulangerie"),
    ],
)
def test_what_is_known_but_not_where_is_said_with_what_to_write_and_a_number(at, need, title):
    page = ask(at, need)
    assert f"Ajoutez la commune où vous allez : « {title} à Cahors ». {NUMBER}" in page
    assert "ni un besoin connu" not in page


def test_with_its_commune_one_is_led_there(at):
    page = ask(at, "pharmacie à Catus")
    assert "Pharmacie à Catus, depuis Lherm" in page
    assert "Nous ne connaissons pas de lieu pour cela à Catus : la réponse mène seulement jusque-là." in page


def test_a_ride_to_it_is_for_what_it_serves(app, client):
    People(app.extensions["wired"].house().rides).volunteer("Labastide-Marnhac", opens=7, closes=20)
    page = client.get("/aller?de=Lherm&pour=kiné à Cahors&jour=2026-12-01&heure=10:00").text
    assert re.search(r'motif=health[^"]*">Demander ce trajet', page)


@pytest.mark.parametrize(("need", "unknown"), [("xyzzy", "xyzzy"), ("pharmacie à Grenoble", "Grenoble")])
def test_what_is_not_known_at_all_is_said_with_a_number(at, need, unknown):
    page = ask(at, need)
    assert f"« {unknown} » n'est ni un lieu connu ici, ni un besoin connu." in page
    assert NUMBER in page


def test_who_named_the_commune_is_not_told_to_write_it(at):
    hint, hospitals = "Écrivez la commune du cabinet", "les hôpitaux sont proposés"
    page = ask(at, "médecin")
    assert hint in page
    assert hospitals in page
    page = ask(at, "médecin à Cahors")
    assert hint not in page
    assert hospitals in page
    page = ask(at, "médecin à Catus")
    assert hint not in page
    assert hospitals not in page
    assert "Nous ne connaissons pas de lieu pour cela à Catus" in page


def test_a_residence_permit_is_a_procedure(at):
    page = ask(at, "titre de séjour")
    assert "Titre de séjour, depuis Lherm" in page
    assert "titre de séjour actuel" in page


def test_without_a_number_the_counter_is_asked():
    error = MobilityError("need-unplaced", "", value="Kiné", call=call_words(""))
    assert french_error(error).endswith("Ou demandez au guichet le plus proche.")


@pytest.mark.parametrize("address", ["/", "/aller"])
def test_what_cannot_be_answered_alone_is_not_proposed(at, address):
    page = at(11, 30, 10).get(address).text
    assert '<option value="Médecin">' in page
    assert '<option value="Pharmacie">' not in page
