"""What one takes away of an answer: read an hour or a day later, on another screen, it still is true."""

import re
from urllib.parse import unquote

import pytest

RELATIVE = re.compile(r"\b(aujourd'hui|demain|maintenant|ce jour-là|plus bas)\b")


def sent(answer, kind="sms"):
    """Return the body of the message that a page offers to send."""
    body = re.search(rf'href="{kind}:[^"]*body=([^"]*)"', answer.get_data(as_text=True))[1]
    return re.sub(r"\s+", " ", unquote(body).replace("\xa0", " "))


def ask(client, need, **more):
    return client.get("/aller", query_string={"de": "Lherm", "pour": need, **more})


@pytest.mark.parametrize("kind", ["sms", "mailto"])
def test_an_open_counter_is_told_with_its_day_its_number_and_the_first_way(at, kind):
    answer = ask(at(12, 1, 10, 5), "carte grise")
    told = sent(answer, kind)
    assert told.startswith("Carte grise, depuis Lherm. Le guichet de Catus est ouvert mardi 1er décembre, jusqu'à ")
    assert "Téléphone du guichet : 05 65 20 86 40." in told
    assert "À apporter : pièce d'identité" in told
    near = sent(ask(at(11, 30, 9), "carte grise", de="Lalbenque"), kind)
    assert near.startswith(
        "Carte grise, depuis Lalbenque. Le guichet de Lalbenque est ouvert lundi 30 novembre, jusqu'"
    )
    assert "Lalbenque - France services de Lalbenque, lundi 30 novembre. Aller : " in near
    assert near.endswith("Une question ? 07 62 60 96 94.")


@pytest.mark.parametrize("hour", [10, 20])
@pytest.mark.parametrize("need", ["carte grise", "médecin", "courses", "Cahors", "train pour Toulouse"])
def test_nothing_is_told_by_the_hour_at_which_it_was_asked(at, need, hour):
    told = sent(ask(at(12, 10, hour, 5), need))
    assert not RELATIVE.search(told), told
    assert re.search(r"(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) \d", told)


def test_where_no_way_is_known_what_was_asked_and_whom_to_call_are_told(at):
    told = sent(ask(at(11, 30, 10, 5), "Cahors", jour="2026-12-06"))
    assert told.startswith("Cahors, depuis Lherm. Aucun horaire connu n'y mène. Pour y être dimanche 6 décembre 2026")
    assert "Appelez le 07 62 60 96 94" in told
