"""A line's alert: told to whoever takes it and where it stops, gone once it is ended."""

import html
import io
import json
import re
from dataclasses import replace
from urllib.parse import unquote

import pikepdf
import pytest
from click.testing import CliRunner

from cli.main import mobility
from desks.transport.feeds import Feeds, keep_feed
from mobility.modules import TRANSPORT, Modules
from mobility.transport import Booking, OnDemandRun
from tests.gtfs.on_request_feed import write_line
from webapp.pages.spoken_menu import next_step
from webapp.words.french import continued
from webapp.words.journeys import line_words

BACH, LALBENQUE, CAHORS = "46013", "46148", "46042"
ASKED = "de=Bach&vers=Lalbenque&jour=2026-12-01&sens=partir&heure=07:30"
ALERT = {
    "titre": "L'arrêt de la mairie est déplacé", "texte": "Montez devant l'église.", "gravite": "grave",
    "ou": "ligne", "ligne": "navette/line", "du": "2026-11-30", "au": "2026-12-11", "acte": "publier",
}  # fmt: skip
TOLD = "Ligne 7 : l'arrêt de la mairie est déplacé"


def text(answer):
    return re.sub(r"\s+", " ", html.unescape(answer.text.replace("\xa0", " ")))


@pytest.fixture
def here(app, tmp_path):
    """The desks of the site, with a bus of the line "Ligne 7" from Bach to Lalbenque."""
    here = app.extensions["wired"].house()
    bach, lalbenque = (here.ground.territory.find_commune(name).point for name in ("Bach", "Lalbenque"))
    points = {"P": ("Bach", bach.lat, bach.lon), "M": ("Moulin", 0, 0), "Q": ("Place", lalbenque.lat, lalbenque.lon)}
    keep_feed(write_line(tmp_path / "line", points=points), here.feeds.feeds.folder("navette"))
    return here


@pytest.fixture
def write(client, here):
    def written(**changes):
        return client.post("/a-savoir/ecrire", data={**ALERT, **changes})

    return written


def test_it_is_told_where_it_concerns_someone_until_it_is_ended(client, write):
    assert write().status_code == 303
    shown = {
        where: TOLD in text(client.get(where))
        for where in (
            f"/aller?{ASKED}", "/", "/a-savoir", "/a-savoir.atom", f"/communes/{BACH}", f"/communes/{LALBENQUE}",
            f"/communes/{BACH}/a-savoir.atom", f"/communes/{CAHORS}",
            "/aller?de=Bach&vers=Cahors&jour=2026-12-01&heure=10:00",
            f"/aller?{ASKED.replace('2026-12-01', '2026-12-14')}",
        )
    }  # fmt: skip
    # Who lives there, takes another way or goes on another day has nothing to know of the line.
    assert list(shown.values()) == [True] * 7 + [False] * 3, shown
    (kept,) = [notice for notice in client.get("/a-savoir.json").json["notices"] if notice["line"]]
    assert kept["line"] == {"feed": "navette", "id": "line", "name": "Ligne 7"}
    assert (kept["communes"], kept["title"]) == ([BACH, LALBENQUE], TOLD)
    client.post(f"/a-savoir/{kept['id']}/terminer")
    for where in (f"/aller?{ASKED}", "/a-savoir", f"/communes/{BACH}"):
        assert TOLD not in text(client.get(where)), where


def test_the_answer_says_it_once_and_each_way_that_takes_the_line_leads_to_it(client, write):
    write()
    page = text(client.get(f"/aller?{ASKED}"))
    assert page.partition("Emporter cette réponse")[0].count(TOLD) == 1
    sent = unquote(re.search(r"sms:\?&amp;body=([^\"]*)", client.get(f"/aller?{ASKED}").text)[1])
    assert sent.count(TOLD) == 1
    assert page.count("Montez devant l'église.") == 1
    assert page.index("Montez devant l'église.") < page.index("Y aller sans voiture")
    (card,) = re.findall(r"<h3>Car.*?</h3>.*?</div>", page)
    assert "Important</span>" in card
    (anchor,) = re.findall(r'href="#([\w-]+)">À lire avant de partir</a>', card)
    assert f'id="{anchor}"' in page


def test_the_first_sentence_promises_nothing_against_an_important_one(client, write):
    lead = re.compile(r'<p class="lead">(.*?)</p>')
    usual = lead.search(text(client.get(f"/aller?{ASKED}")))[1]
    assert "départ à" in usual.partition("</strong>")[0]
    write()
    warned = lead.search(text(client.get(f"/aller?{ASKED}")))[1]
    assert warned.startswith(
        "<strong>Avant de partir, lisez l'information importante qui suit.</strong> Horaire habituel : "
    )


def test_what_is_carried_away_says_it(client, write, monkeypatch):
    write()
    sent = unquote(re.search(r"sms:\?&amp;body=([^\"]*)", client.get(f"/aller?{ASKED}").text)[1])
    assert f"{TOLD}. Montez devant l'église." in sent
    with pikepdf.open(io.BytesIO(client.get(f"/aller/fiche.pdf?{ASKED}&choix=0").data)) as opened:
        assert len(opened.pages) == 1
    printed = {}
    monkeypatch.setattr("webapp.exports.way_sheet.typeset", lambda _, values, __: printed.update(values) or b"")
    client.get(f"/aller/fiche.pdf?{ASKED}&choix=0")
    assert printed["notices"] == [{"title": f"Important. {TOLD}", "text": "Montez devant l'église."}]


def test_the_telephone_says_it(client, write):
    write()
    asked = dict(part.split("=") for part in ASKED.split("&"))
    page = text(client.post("/bureau/telephone", data={**asked, "telephone": "0639100009", "acte": "chercher"}))
    assert f"« {TOLD}. Montez devant l'église. À 8 h," in page


def test_the_menu_says_it_before_the_next_bus_where_the_line_stops(here, write):
    write()
    assert next_step(here, "/x", "", "2224", {"question": "commune"}).say[0].startswith(TOLD)
    assert TOLD not in " ".join(next_step(here, "/x", "", "2288", {"question": "commune"}).say)


def test_a_long_one_is_sent_by_its_title(client, write):
    write(texte="Montez devant l'église. " * 20)
    sent = unquote(re.search(r"sms:\?&amp;body=([^\"]*)", client.get(f"/aller?{ASKED}").text)[1])
    assert f"{TOLD}. Aller" in sent


def test_programs_and_the_terminal_are_told(state, write):
    write(du="2027-06-01", au="")

    def search(day, *words):
        asked = ["--from", "Bach", "--to", "Lalbenque", "--depart", "07:30", "--date", day, *words]
        answer = CliRunner().invoke(mobility, ["journeys", "search", *asked], env={"MOBILITY_STATE": str(state)})
        assert answer.exit_code == 0, answer.output
        return answer.output

    (journey,) = json.loads(search("2027-06-01", "--json"))["journeys"]
    (notice,) = journey["notices"]
    assert (notice["gravity"], notice["title"]) == ("grave", TOLD)
    assert f"{TOLD}. Montez devant l'église." in search("2027-06-01")
    assert [journey["notices"] for journey in json.loads(search("2027-05-31", "--json"))["journeys"]] == [[]]


def test_it_is_seen_before_it_is_shown(client, write):
    page = text(write(acte="voir"))
    assert f"{TOLD}." in page
    assert "Pages des communes qu'elle dessert : Bach et Lalbenque." in page
    assert re.search('<option value="navette/line" selected>Ligne 7</option>', page)
    assert '<optgroup label="La Navette">' in page
    assert TOLD not in text(client.get("/a-savoir"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Choisissez une ligne dans la liste."),
        ("navette/874", "Cette ligne n'est pas dans les horaires connus ici."),
        ("partie/874", "(offre « partie ») ne sont plus connus ici."),
    ],
)
def test_a_line_that_is_not_there_is_said_beside_its_field_and_nothing_is_lost(write, line, words):
    answer = write(ligne=line)
    assert answer.status_code == 400
    page = text(answer)
    (field,) = re.findall('<label [^>]*for="ligne">.*?</label>', page)
    assert words in field
    assert 'aria-describedby="ligne-erreur"' in field
    for typed in (ALERT["titre"], ALERT["texte"], ALERT["au"], 'value="ligne" checked'):
        assert typed in page


CALLED = {
    "ligne": "no-feed/lalbenque-limogne-tad",
    "titre": "Pas de véhicule cette semaine",
    "texte": "Prenez le bus.",
}
CALLED_TOLD = "Transport à la demande du Pays de Lalbenque-Limogne : pas de véhicule cette semaine"
CALLED_ASKED = ASKED.replace("de=Bach", "de=Aujols")


def test_a_service_that_is_called_is_chosen_as_a_line_is(client, state, write):
    form = text(write(**CALLED, acte="voir"))
    assert re.search('<option value="no-feed/lalbenque-limogne-tad" selected>', form)
    assert write(**CALLED).status_code == 303
    page = text(client.get(f"/aller?{CALLED_ASKED}"))
    (card,) = re.findall(r"<h3>Transport à la demande.*?</h3>.*?</div>", page)
    assert re.search(r'Important</span> <a href="#[\w-]+">À lire avant d\'appeler</a>', card)
    (lead,) = re.findall(r'<p class="lead">(.*?)</p>', page)
    assert "un transport vient" not in lead
    assert "lisez l'information importante qui suit" in lead
    carried = unquote(re.search(r"sms:\?&body=([^\"]*)", page)[1])
    assert (page.partition("Emporter cette réponse")[0].count(CALLED_TOLD), carried.count(CALLED_TOLD)) == (1, 1)
    asked = dict(part.split("=") for part in CALLED_ASKED.split("&"))
    assert f"« {CALLED_TOLD}. Prenez le bus. Un transport vient" in text(client.post("/bureau/telephone", data=asked))
    assert CALLED_TOLD in text(client.get(f"/communes/{BACH}"))
    assert CALLED_TOLD not in text(client.get(f"/communes/{CAHORS}"))
    words = ["journeys", "search", "--from", "Aujols", "--to", "Lalbenque", "--depart", "07:30", "--date", "2026-12-01"]
    told = CliRunner().invoke(mobility, [*words, "--json"], env={"MOBILITY_STATE": str(state)})
    assert [notice["title"] for service in json.loads(told.output)["to_ask"] for notice in service["notices"]]


def test_a_way_by_a_service_that_is_called_says_it(client, here, write, monkeypatch):
    (van,) = [service for service in here.feeds.on_demand() if service.id == "lalbenque-limogne-tad"]
    run = OnDemandRun(van.zones[0], van.zones[0], frozenset({2}), 7 * 3600, 12 * 3600)
    booked = Booking(days_before=1, closes=16 * 3600, telephone="05 65 24 22 55")
    monkeypatch.setattr(Feeds, "on_demand", lambda *_, **__: [replace(van, runs=(run,), booking=booked)])
    write(**CALLED)
    page = text(client.get(f"/aller?{CALLED_ASKED}"))
    (card,) = re.findall(r"<h3>Transport à la demande.*?</h3>.*?</div>", page)
    assert "À lire avant d'appeler</a>" in card


def test_a_line_that_is_no_more_leaves_it_to_the_communes(client, here, write):
    write()
    here.feeds.feeds.folder("navette").path.joinpath("versions.json").unlink()
    assert TOLD in text(client.get(f"/communes/{BACH}"))
    assert "Cette ligne n'est plus dans les horaires connus ici" in text(client.get("/a-savoir/ecrire"))


def test_where_published_lines_are_left_out_nothing_tells_of_them(client, here, write):
    write()
    vars(here.ground)["modules"] = Modules(frozenset({TRANSPORT}))
    for where in ("/", "/a-savoir", "/a-savoir/ecrire", f"/communes/{BACH}"):
        page = text(client.get(where))
        assert TOLD not in page
        assert "Une ligne de transport" not in page
    vars(here).pop("feeds")
    vars(here).pop("notices")
    answer = write()
    assert answer.status_code == 400
    assert "ne sont plus connus ici" in text(answer)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("874", "Ligne 874"),
        ("Ligne 7", "Ligne 7"),
        ("TER", "TER"),
        ("navette du marché", "Navette du marché"),
        ("Lignes à la demande", "Lignes à la demande"),
    ],
)
def test_a_line_has_its_name(name, words):
    assert line_words(name) == words


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("L'arrêt Gambetta est fermé", "l'arrêt Gambetta est fermé"),
        ("La route est barrée", "la route est barrée"),
        ("Le Montat n'est plus desservi", "Le Montat n'est plus desservi"),
        ("L'Hospitalet n'est plus desservi", "L'Hospitalet n'est plus desservi"),
        ("À Bach, montez à l'église", "à Bach, montez à l'église"),
        ("Travaux à Lherm", "travaux à Lherm"),
        ("Lherm n'est plus desservie", "Lherm n'est plus desservie"),
        ("Plus-Haut", "Plus-Haut"),
        ("", ""),
    ],
)
def test_what_follows_a_colon_begins_small_unless_it_is_a_name(title, words):
    assert continued(title) == words


def test_who_names_the_line_reads_its_name_once(client, write):
    write(titre="La ligne 7 ne circule pas")
    assert json.loads(client.get("/a-savoir.json").text)["notices"][0]["title"] == "La ligne 7 ne circule pas"
