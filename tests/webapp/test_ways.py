"""The page of journeys: what an aidant reads, and what bad input gets."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest

from data.unmet_needs import unmet_between
from desks.rides.example import load_example
from desks.transport.feeds import Feeds
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.fixtures_rides import People
from webapp.words.errors import french_error
from webapp.words.rides import example_alias


def text(answer):
    return re.sub(r"\s+", " ", answer.text.replace("\xa0", " ").replace("&#39;", "'"))


def test_there_and_back_by_train(client):
    page = text(client.get("/aller?de=Cahors&vers=Toulouse+Matabiau&jour=2026-12-01&heure=10:00&retour=16:00"))
    assert "Toulouse Matabiau, depuis Cahors" in page
    assert "Train, demain : départ à" in page
    assert "à pied 13 min, de Cahors à la gare de Cahors" in page
    assert "Horaires : SNCF Voyageurs (ODbL 1.0)." in page
    assert "TER vers Toulouse Matabiau" in page
    assert "Horaires à confirmer : SNCF Voyageurs au 3635." in page
    assert "<h4>Retour : 1" in page
    assert "La recherche n'a pas pu" not in page


def test_who_is_there_already_is_told_so(client):
    assert "le même lieu" in text(client.get("/aller?de=Bach&vers=bach"))
    # A service in one's own village: its map has some ground to show.
    assert "NaN" not in client.get("/aller/carte?de=Cahors&pour=counter&heure=10:00").text


def test_where_nothing_runs_the_page_says_whom_to_call_and_that_the_bus_comes(client):
    page = text(client.get("/aller?de=Bach&vers=Cahors&jour=2026-12-01&heure=10:00"))
    assert "Aucun horaire connu n'y mène, mais un transport vient si on l'appelle." in page
    assert "05 65 24 22 55" in page
    assert "Le bus des services publics vient près de chez vous" in page


def test_a_volunteer_takes_one_there_and_back(app, client):
    People(app.extensions["wired"].house().rides).volunteer("Labastide-Marnhac")
    page = text(client.get("/aller?de=Lherm&vers=Cahors&jour=2026-12-01&heure=10:00&retour=11:30"))
    assert "Conducteur bénévole, demain : départ à" in page
    assert "<h4>Retour" in page
    assert "Participation aux frais" in page
    assert "driver 1" not in page
    assert "Demander ce trajet" in page


def test_a_volunteer_leads_to_the_train(app, client):
    People(app.extensions["wired"].house().rides).volunteer("Bach", opens=6, closes=21)
    page = text(client.get("/aller?de=Bach&vers=Toulouse+Matabiau&jour=2026-12-01&heure=12:00"))
    assert "Conducteur bénévole et train" in page
    assert "05 65" in page


def test_who_can_be_driven_all_the_way_is_not_sent_round_by_train(app, client):
    People(app.extensions["wired"].house().rides).volunteer("Bach", opens=6, closes=21)
    page = text(client.get("/aller?de=Bach&vers=Cahors&jour=2026-12-01&heure=12:00&retour=16:00"))
    assert "Conducteur bénévole" in page
    assert "bénévole et train" not in page


@pytest.mark.prove
def test_nobody_is_driven_to_a_train_that_leads_away(app, client):
    # No driver of the example can be asked for the whole way; but not for a train out of Cahors and back either.
    load_example(app.extensions["wired"].house().rides, example_alias, now=NOW, who="service")
    page = text(client.get("/aller?de=Lherm&vers=Cahors&jour=2026-12-01&heure=10:00&sens=partir"))
    assert "bénévole et train" not in page


def test_a_booked_volunteer_is_not_promised_twice(app, client):
    desk = app.extensions["wired"].house().rides
    people = People(desk)
    people.volunteer("Labastide-Marnhac", seats=1, opens=8, closes=13.5)
    request = people.asks("Lherm", "Cahors", 10, 11.5)
    where = "/aller?de=Bach&vers=Cahors&jour=2026-12-01&heure=10:00&retour=11:30"
    assert "Conducteur bénévole" in text(client.get(where))
    desk.propose_best(request.id, now=NOW, who="desk")
    assert "Aucun horaire connu" in text(client.get(where))


@pytest.mark.parametrize(
    ("query", "words"),
    [("vers=voir+un+médecin", "Centre Hospitalier"), ("pour=counter", "France services"), ("pour=station", "Gare")],
)
def test_a_need_leads_to_the_services_near(app, client, query, words):
    People(app.extensions["wired"].house().rides).volunteer("Labastide-Marnhac", opens=7, closes=20)
    page = text(client.get(f"/aller?de=Lherm&{query}&jour=2026-12-01&heure=10:00&retour=12:00"))
    assert f"Conducteur bénévole : {words}".lower() in page.lower()


def test_one_click_notes_a_need_without_a_name(app, client):
    asked = {"de": "Bach", "vers": "Cahors", "jour": "2026-12-01", "heure": "10:00"}
    done = client.post("/aller/besoin", data=asked)
    assert done.status_code == 303
    assert "ce besoin est noté, sans votre nom" in text(client.get(done.headers["Location"]))
    here = app.extensions["wired"].house()
    with here.rides.store.reading() as tx:
        (need,) = unmet_between(tx, NOW.date(), NOW.date() + timedelta(days=7))
    assert (need.origin, need.destination, need.people, need.reason) == ("46013", "46042", 1, "nothing-found")


def test_a_need_said_again_on_the_same_page_is_one(app, client):
    asked = {"de": "Bach", "vers": "Cahors", "jour": "2026-12-01", "heure": "10:00"}
    keys = [re.search(r'name="cle" value="(\w+)"', client.get("/aller", query_string=asked).text)[1] for _ in range(2)]
    for key in keys * 3:
        assert client.post("/aller/besoin", data={**asked, "cle": key}).status_code == 303
    with app.extensions["wired"].house().rides.store.reading() as tx:
        assert len(unmet_between(tx, NOW.date(), NOW.date() + timedelta(days=7))) == 2


def test_the_printed_page_is_one_page(client):
    asked = "de=Cahors&vers=Toulouse+Matabiau&jour=2026-12-01&heure=10:00&retour=16:00"
    pdf = client.get(f"/aller/fiche.pdf?{asked}&choix=0")
    assert pdf.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(pdf.data)) as opened:
        assert len(opened.pages) == 1
        assert str(opened.Root.Lang) == "fr"
    assert client.get(f"/aller/fiche.pdf?{asked}&choix=9").status_code == 404
    assert client.get(f"/aller/carte?{asked}&choix=²").status_code == 404
    drawn = client.get(f"/aller/carte?{asked}&choix=0").get_data(as_text=True)
    assert "L.polyline" in drawn
    assert "TER vers Toulouse" in drawn


def test_a_name_is_proposed_once(client):
    page = text(client.get("/aller?de=Cahor&vers=Bach"))
    told = re.findall(r'<li><a href="/aller\?de=[^"]*vers=Bach[^"]*">([^<]*)</a></li>', page)
    assert told[0] == "Cahors"
    assert len(told) == len(set(told))


@pytest.mark.parametrize("said", ["Paris", "12 rue des Lilas"])
def test_what_resembles_no_place_is_told_to_be_elsewhere(client, said):
    page = text(client.get("/aller", query_string={"de": said, "vers": "Bach"}))
    assert f"« {said} » n'est pas un lieu connu ici, ou c'est hors du territoire." in page
    assert "Vouliez-vous dire" not in page
    assert "Commune, adresse" not in page


def test_an_address_leads_to_its_commune_and_communes_come_first(client):
    page = text(client.get("/aller?de=12+rue+des+Lilas,+Lherm&vers=Bach"))
    assert re.findall(r"<li><a[^>]*>([^<]*)</a></li>", page.partition("Vouliez-vous dire :")[2])[0] == "Lherm"
    sentence = french_error(MobilityError("no-such-place", "", value="x", suggestions=["Bach, parking", "Cras"]))
    assert sentence.endswith("Vouliez-vous dire « Bach, parking » ou « Cras » ?")


def test_one_button_is_filled_beside_an_answer(app, client):
    People(app.extensions["wired"].house().rides).volunteer("Labastide-Marnhac", opens=7, closes=20)
    page = client.get("/aller?de=Lherm&vers=Cahors&jour=2026-12-01&heure=10:00").text
    assert "Demander ce trajet</a>" in page
    main = page[page.index("<main") : page.index("</main>")]
    filled = re.findall(r'<button>|<a class="button"', main)
    assert len(filled) == 1


def test_the_map_has_room_for_its_ends_and_its_legend_names_both(client):
    asked = "de=Cahors&vers=Toulouse+Matabiau&jour=2026-12-01&heure=10:00&retour=16:00"
    assert "A : chez vous. B : Toulouse Matabiau." in text(client.get(f"/aller?{asked}"))
    drawn = re.sub(r"\s+", "", client.get(f"/aller/carte?{asked}").text)
    assert '"paddingBottomRight":[28,62],"paddingTopLeft":[62,28]' in drawn


def test_an_unknown_need_is_told_what_may_be_written(client):
    page = text(client.get("/aller?de=Lherm&pour=xyzzy"))
    assert "« xyzzy » n'est ni un lieu connu ici, ni un besoin connu." in page
    assert "ce qu'il vous faut : médecin, courses, " in page


def test_the_former_address_leads_on(client):
    answer = client.get("/trajets?de=Cahors&vers=Bach")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/aller?de=Cahors&vers=Bach")


def test_a_van_is_told_with_its_deadline(app, client, monkeypatch):
    from dataclasses import replace

    from mobility.transport import Booking, OnDemandRun, Zone

    here = app.extensions["wired"].house()
    (van,) = [s for s in here.feeds.feeds.on_demand() if s.id == "lalbenque-limogne-tad"]
    lalbenque = Zone("l", "Lalbenque", None, (here.ground.territory.find_commune("Lalbenque").point,))
    run = OnDemandRun(van.zones[0], lalbenque, frozenset({2}), 9 * 3600, 12 * 3600)
    booked = Booking(days_before=1, closes=16 * 3600, telephone="05 65 24 22 55")
    monkeypatch.setattr(Feeds, "on_demand", lambda _: [replace(van, runs=(run,), booking=booked)])
    asked = "/aller?de=Bach&vers=Lalbenque&jour=2026-12-01&sens=partir&heure=09:00"
    page = text(client.get(asked))
    assert "réserver la veille (lundi 30 novembre) avant 16 h au 05 65 24 22 55" in page.lower()
    assert "Transport à la demande du Pays de Lalbenque-Limogne, de Bach à Lalbenque" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("de=Cahor&vers=Bach", "« Cahor » n'est ni une commune du territoire, ni un arrêt connu. Vouliez-vous dire :"),
        ("de=Cahors&vers=Bach&jour=2026-13-01", "n'est pas une date"),
        ("de=Cahors&vers=Bach&jour=9999-01-01", "trop loin d'aujourd'hui"),
        ("de=Cahors&vers=Bach&heure=25:00", "n'est pas une heure"),
        ("de=Cahors&vers=Bach&retour=soon", "n'est pas une heure"),
        ("de=999,999&vers=Bach", "La position n'est pas valable"),
        ("de=Bach", "Dites où vous voulez aller"),
        ("de=Bach&vers=Cahors&heure=10:00&retour=09:00", "Le retour doit venir après"),
    ],
)
def test_bad_input_gets_a_sentence_on_the_page(client, query, words):
    answer = client.get(f"/aller?{query}")
    assert answer.status_code == 200
    assert words in text(answer)


@pytest.mark.parametrize("query", ["", "sens=moon&de=&vers=", "de=1.44,44.45&vers=1.45,44.45"])
def test_half_a_question_is_no_trouble(client, query):
    answer = client.get(f"/aller?{query}")
    assert answer.status_code == 200
    assert "La recherche n'a pas pu" not in text(answer)


def test_all_that_is_wrong_with_a_question_is_told_at_once(client):
    asked = "de=Lerm-sur-Nulle&vers=Cahor&jour=2099-01-01&heure=25:00&retour=soon"
    page = client.get(f"/aller?{asked}").text
    assert re.findall(r'id="(\w+)-erreur"', page) == ["de", "pour", "jour", "heure", "retour"]
    # What was perhaps meant stands at the place that it is about.
    meant = dict(re.findall(r'id="(de|pour)-erreur"(.*?)</div>', page, re.DOTALL))
    assert "Cahors" in meant["pour"]
    assert "Cahors" not in meant["de"]


def test_beside_a_short_walk_no_train_leads_away_and_back(at):
    page = at(12, 1, 10).get("/aller?de=Cahors&pour=médecin").text
    assert "À pied" in page
    assert "Caussade" not in page
