"""The first page and its answer: one question, and what to do in the first sentence."""

import re
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from data.territory_files import TerritoryFolder
from data.territory_hours import read_hours
from desks.ways.nearby import counters_near
from mobility.places import Place
from tests.conftest import ROOT
from webapp.words.french import capital, of_place
from webapp.words.topics import topic_of, topics

PARIS = ZoneInfo("Europe/Paris")


def text(answer):
    plain = answer.get_data(as_text=True).replace("\xa0", " ").replace("&#39;", "'").replace("&nbsp;", " ")
    return re.sub(r"\s+", " ", plain)


def seen(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(answer))).replace(" ,", ",").replace(" .", ".")


def test_it_asks_one_question_and_shows_what_is_near_without_a_click(at):
    here = at(11, 30, 10, 5)
    page = seen(here.get("/?de=Lherm"))
    assert "Vendredi 11 décembre, 14 h – 17 h 15 Les Junies, place de la mairie, à 4 min de route" in page
    assert "France services Catus Ouvert jusqu'à 12 h 30, puis 13 h 30 – 17 h" in page
    assert "05 65 20 86 40" in page
    unknown = seen(here.get("/"))
    assert "Les guichets ouverts maintenant" in unknown
    assert "Demain, 9 h 15 – 12 h 30 : Sabadel-Lauzès" in unknown


def test_a_bus_that_has_left_is_announced_no_more(at):
    told = re.compile(r"(?i)(?:aujourd'hui|mardi 1er décembre)[^.]{0,40}(?:14 h|après-midi)")
    francoules = ("/?de=Francoulès", "/aller?de=Francoulès&pour=carte grise", "/communes/46112")
    for where in ("/", *francoules, "/communes", "/comprendre"):
        before, after = (seen(at(12, 1, hour).get(where)) for hour in (13, 18))
        assert told.search(before), where
        assert not told.search(after), where


def test_when_every_counter_is_closed_the_first_to_open_is_named(at):
    page = seen(at(11, 29, 12).get("/"))
    assert "Aucun guichet n'est ouvert à cette heure. France services Catus ouvre le premier, demain à 8 h 30" in page


def test_a_need_is_answered_with_the_place_that_serves_it_and_the_hour_asked_for(at):
    page = seen(at(11, 30, 10).get("/aller?de=Arcambal&pour=courses&jour=2026-12-01"))
    assert re.search(r"Au plus près : \w.*\. Pour y être mardi 1er décembre 2026 avant 10 h\.", page)
    assert re.search(r"Le plus proche : \w", page)
    # What is said calmly of a network comes after the answer, not between the question and it.
    assert page.index("À savoir : ") > page.index("Emporter cette réponse")


@pytest.mark.parametrize("need", ["Médecin", "courses"])
def test_the_counter_near_is_told_whatever_the_need(at, need):
    asked = f"/aller?de=Lherm&pour={need}&jour=2026-12-01"
    page = seen(at(11, 30, 10, 5).get(asked))
    assert "Le guichet le plus proche France services Catus, à 9 min de route : ouvert jusqu'à 12 h 30" in page
    closed = seen(at(11, 30, 20).get(asked))
    assert "France services Catus, à 9 min de route : fermé, ouvre demain à 8 h 30, jusqu'à 12 h 30, puis " in closed
    assert "Ouvert maintenant" not in closed


def test_a_counter_that_opens_today_comes_before_a_nearer_one_that_does_not(at):
    early = seen(at(11, 30, 8, 10).get("/aller?de=Arcambal&pour=carte grise"))
    assert "Le guichet de Lalbenque ouvre aujourd'hui à 8 h 30, à 17 min de route." in early
    assert early.index("France services de Lalbenque Fermé") < early.index("France services Saint-Géry Vers Fermé")
    # On Sunday, Monday's comes first: the nearer one is closed on Mondays, and nobody is sent there that day.
    sunday = seen(at(11, 29, 12).get("/aller?de=Arcambal&pour=carte grise"))
    assert "Au plus près : France services de Lalbenque. Pour y être lundi 30 novembre 2026 avant 10 h." in sunday


def test_who_names_no_day_is_led_to_a_counter_that_is_open_today(at):
    client = at(11, 30, 9)
    page = seen(client.get("/aller?de=Lalbenque&pour=carte grise"))
    assert "Lundi 30 novembre 2026, départ après 9 h 15. À pied : France services de Lalbenque" in page
    # The form asks the same again, and the sheet and the map show the same.
    form = text(client.get("/aller?de=Lalbenque&pour=carte grise"))
    assert 'type="date" value="2026-11-30"' in form
    assert '<option value="partir" selected>' in form
    assert 'type="time" value="09:15"' in form
    stated = seen(client.get("/aller?de=Lalbenque&pour=carte grise&jour=2026-12-01"))
    assert "Pour y être mardi 1er décembre 2026 avant 10 h." in stated


@pytest.mark.parametrize(
    ("said", "goal"),
    [
        ("médecin à Cahors demain", "Médecin à Cahors, depuis Lherm"),
        ("train pour Toulouse", "Train pour Toulouse Matabiau, depuis Lherm"),
        ("train Brive", "Train pour Brive-la-Gaillarde, depuis Lherm"),
        ("prendre le train à Cahors", "Train à Cahors, depuis Lherm"),
        ("courses aux Junies", "Courses aux Junies, depuis Lherm"),
        ("carte grise pour ma voiture", "Carte grise, depuis Lherm"),
        ("me rendre à Catus", "Catus, depuis Lherm"),
    ],
)
def test_a_place_that_is_said_with_a_need_is_where_one_goes(at, said, goal):
    page = seen(at(11, 30, 10, 5).get("/aller", query_string={"de": "Lherm", "pour": said}))
    assert goal in page
    assert "n'est pas un lieu connu ici" not in page


def test_a_need_at_a_place_is_met_there(at):
    client = at(11, 30, 10, 5)
    page = seen(client.get("/aller?de=Lherm&pour=courses à Catus"))
    assert "Au plus près : Commerces de Catus (1 supérette) et Marché de Catus (mardi)." in page
    page = seen(client.get("/aller?de=Lherm&pour=prendre le train à Cahors"))
    assert "Au plus près : Gare de Cahors." in page
    # Who wants to be received at Lalbenque is told of Lalbenque first.
    page = seen(client.get("/aller?de=Lherm&pour=carte grise à Lalbenque"))
    assert "Le plus proche : France services de Lalbenque." in page


def test_who_takes_a_train_somewhere_is_told_of_its_station_and_its_hours(at):
    client = at(11, 30, 10, 5)
    page = seen(client.get("/aller?de=Lherm&pour=prendre un train pour Toulouse"))
    told = re.search(
        r"Le train pour Toulouse Matabiau se prend à la gare de Cahors, à \d+ min de route\. (.*?)\.", page
    )
    assert re.fullmatch(r"Premiers départs mardi 1er décembre : \d+ h( \d+)?, .* et \d+ h( \d+)?", told[1])
    assert "se prend" not in seen(client.get("/aller?de=Lherm&pour=train"))
    # It is the answer itself where no timetable leads there from the door; and the question stays as it was typed.
    assert "Toulouse Matabiau, depuis Lherm Le train pour Toulouse Matabiau se prend" in page
    assert "Pour aller à la gare, demandez un transport par téléphone, plus bas." in page
    assert "Aucun horaire connu n'y mène" not in page
    assert 'value="prendre un train pour Toulouse"' in text(
        client.get("/aller?de=Lherm&pour=prendre un train pour Toulouse")
    )


def test_of_a_sentence_that_leads_nowhere_known_the_place_is_named(at):
    page = seen(at(11, 30, 10, 5).get("/aller?de=Lherm&pour=bus pour Figeac"))
    assert "« Figeac » n'est ni un lieu connu ici, ni un besoin connu." in page


def test_a_place_that_is_not_known_is_told_beside_the_need_that_is(at):
    page = seen(at(11, 30, 10, 5).get("/aller?de=Lherm&pour=médecin à Grenoble"))
    assert "« Grenoble » n'est pas un lieu connu ici : voici la réponse pour « Médecin »." in page


def test_where_nothing_leads_to_a_counter_today_it_is_said(at):
    page = seen(at(11, 30, 10, 5).get("/aller?de=Arcambal&pour=carte grise"))
    assert "Aujourd'hui, aucun moyen connu ne mène à un guichet ouvert." in page
    # Half an hour before it closes is too late to be received.
    late = seen(at(11, 30, 16, 45).get("/aller?de=Lalbenque&pour=carte grise"))
    assert "Aujourd'hui, aucun moyen connu ne mène à un guichet ouvert. Pour y être mardi 1er" in late


def test_a_commune_tells_who_can_be_seen_and_called_and_folds_its_need(at):
    page = text(at(11, 30, 10, 5).get("/communes/46171"))
    shown, _, folded = page.partition("<main")[2].partition("<details")
    told = re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", "", shown))
    assert "France services Catus, à 9 min de route : ouvert jusqu'à 12 h 30, puis 13 h 30" in told
    assert "Vous préférez parler à quelqu'un ? Appelez le 07 62 60 96 94 (répond aux heures de bureau)." in told
    assert "/aller?de=Lherm" in shown
    assert "Ce qui compte dans le besoin" not in shown
    assert "Ce qui compte dans le besoin" in folded


def ground_of(ground, **changed):
    kept = {name: getattr(ground, name) for name in ("territory", "everyday", "kept_roads", "hours")}
    return SimpleNamespace(**kept | changed)


def test_a_counter_keeps_the_closures_of_the_territory_or_its_own(ground, tmp_path):
    lherm = Place("lherm", "Lherm", ground.territory.by_insee["46171"].point)
    table = """[hours]
works_on = ["Lundi de Pentecôte"]
[[hours.closed]]
first = 2025-08-03
last = 2025-08-07
yearly = true
[hours."France services Catus"]
closed = []
"""
    (tmp_path / "territory.toml").write_text(table, encoding="utf-8")
    hours = read_hours(TerritoryFolder(tmp_path), PARIS, ground.territory.holidays)
    changed = ground_of(ground, hours=hours)

    def opened(month, day):
        found = counters_near(changed, lherm, datetime(2026, month, day, 10, 5, tzinfo=PARIS))
        return {near.service.place.name for near in found if near.opening.is_open}

    assert opened(8, 10) > {"France services Catus"}
    assert opened(8, 3) == {"France services Catus"}, "closed every year, but where a counter says otherwise"
    assert opened(5, 25) == {"France services Catus"}, "Whit Monday is each one's own choice"


def test_where_the_nearest_counters_are_closed_the_nearest_open_one_is_told(ground):
    now = datetime(2026, 11, 30, 10, 5, tzinfo=PARIS)
    lherm = Place("lherm", "Lherm", ground.territory.by_insee["46171"].point)
    nearest = {one.service.place.id for one in counters_near(ground, lherm, now)}
    shut = [replace(one, hours={7: ((0, 60),)}) if one.place.id in nearest else one for one in ground.everyday]
    changed = ground_of(ground, everyday=shut)
    told = counters_near(changed, lherm, now)
    assert [one.opening.is_open for one in told] == [False, False, True]
    assert {one.service.place.id for one in told[:2]} == nearest
    assert len(counters_near(changed, lherm, now.replace(hour=22))) == 2


def test_an_unknown_place_proposes_others_below_its_field(at):
    page = text(at(11, 30, 10).get("/?de=Cahor"))
    assert '<a href="/?de=Cahors">Cahors</a>' in page


def test_the_first_sentence_says_what_to_do(at):
    asked = "/aller?de=Lherm&pour=Carte+grise"
    lead = re.compile(r'<p class="lead">(.*?)</p>')
    morning = text(at(11, 30, 10, 5).get(asked))
    assert "<strong>Le guichet de Catus est ouvert maintenant, jusqu'à 12 h 30, à 9 min de route.</strong>" in morning
    assert (
        "Sinon le bus vient aux Junies, à 4 min de chez vous, vendredi 11 décembre après-midi."
        in lead.search(morning)[1]
    )
    evening = text(at(11, 30, 20).get(asked))
    assert "Le guichet de Catus ouvre demain à 8 h 30, à 9 min de route." in lead.search(evening)[1]
    # The day of the bus, before Catus opens.
    bus = text(at(12, 11, 7).get(asked))
    assert "Le bus vient aux Junies, à 4 min de chez vous, cet après-midi." in lead.search(bus)[1]


@pytest.mark.parametrize("home", ["Le+Montat", "Trespoux-Rassiels", "Lherm"])
def test_the_ways_of_a_procedure_lead_to_the_counters_that_are_told(at, home):
    page = text(at(11, 30, 10, 5).get(f"/aller?de={home}&pour=retraite"))
    told = re.search(r"Au plus près : (.*?)\. Pour y être", re.sub(r"<[^>]+>", "", page))
    assert told
    for name in re.split(r", | et (?=France)", told[1]):
        assert page.count(name) > 1, name
    assert "Préfecture" not in page


def test_a_holiday_is_closed(at):
    page = seen(at(12, 25, 10).get("/?de=Lherm"))
    assert "Ouvert" not in page
    assert "Fermé, ouvre lundi 28 décembre à 8 h 30" in page


def test_the_answer_tells_papers_and_what_is_done_online(at):
    page = text(at(11, 30, 10).get("/aller?de=Lherm&pour=carte+grise"))
    assert "Carte grise, depuis Lherm" in page
    assert "certificat de cession" in page
    assert 'href="https://immatriculation.ants.gouv.fr/"' in page
    assert "/communes/46134/calendrier.ics" in page
    assert page.count('class="way"') >= 4


def test_every_way_is_on_the_map(client):
    asked = "de=Cahors&vers=Toulouse+Matabiau&jour=2026-12-01&heure=10:00&retour=16:00"
    whole = client.get(f"/aller/carte?{asked}").get_data(as_text=True)
    alone = client.get(f"/aller/carte?{asked}&choix=0").get_data(as_text=True)
    assert whole.count("L.polyline") >= alone.count("L.polyline") > 0
    procedure = client.get("/aller/carte?de=Lherm&pour=Carte+grise").get_data(as_text=True)
    assert procedure.count("L.polyline") >= 3


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Carte grise", "vehicle-registration"), ("refaire ma carte grise", "vehicle-registration"),
        ("voir un médecin", "doctor"), ("health", "doctor"), ("counter", "procedure"), ("pôle emploi", "employment"),
        ("carte d'identité", "identity"), ("Cahors", None), ("", None), ("mon titre de séjour", "residence-permit"),
        ("pharmacie de garde", "pharmacy"), ("le kiné", "physiotherapist"), ("boulangerie", "bakery"),
    ],
)  # fmt: skip
def test_a_need_is_known_by_the_words_people_use(said, found):
    topic = topic_of(said)
    assert (topic.id if topic else None) == found


def test_each_topic_is_known_by_its_title_and_names_its_source():
    for topic in topics().values():
        assert topic_of(topic.title) == topic
        assert topic.source or not topic.papers
        assert all(word == word.lower() for word in topic.words)


def test_a_place_named_after_a_need_is_a_place(client):
    assert "Gare de Cahors, depuis Lherm" in text(client.get("/aller?de=Lherm&vers=Gare+de+Cahors"))


def test_names_keep_their_letters():
    assert [of_place(name) for name in ("Escamps", "Le Montat", "Les Junies", "Lherm", "La Capelle", "Espère")] == [
        "d'Escamps", "du Montat", "des Junies", "de Lherm", "de La Capelle", "d'Espère"
    ]  # fmt: skip
    assert capital("à Arcambal") == "À Arcambal"


def test_no_template_lower_cases_the_rest_of_a_name():
    found = [
        path.name for path in (ROOT / "webapp" / "templates").glob("*.html") if "|capitalize" in path.read_text("utf-8")
    ]
    assert not found


def test_a_place_that_is_unknown_is_named_by_what_was_asked(client):
    page = client.get("/aller?de=zzz&pour=Carte+grise").get_data(as_text=True).replace("\xa0", " ")
    assert 'id="de-erreur" role="alert">« zzz »' in page
    assert "De :" not in page


@pytest.mark.parametrize(
    ("asked", "name", "said"),
    [
        ("/?de=zzz", "de", "« zzz »"),
        ("/aller?de=Lherm&pour=zzz", "pour", "« zzz »"),
        ("/aller?de=Toulouse&pour=health", "de", "« Toulouse Matabiau » est hors du territoire"),
        ("/aller?de=Lherm&vers=Lherm", "pour", "Le départ"),
        ("/aller?de=Lherm&vers=Cahors&jour=demain", "jour", "« demain »"),
        ("/aller?de=Lherm&vers=Cahors&heure=25:00", "heure", "« 25:00 »"),
        ("/aller?de=Lherm&vers=Cahors&heure=10:00&retour=09:00", "retour", "Le retour"),
    ],
)
def test_each_fault_of_the_question_stands_beside_its_field(client, asked, name, said):
    page = client.get(asked).get_data(as_text=True).replace("\xa0", " ")
    assert re.search(f'id="{name}-erreur" role="alert">{re.escape(said)}', page)
    assert re.search(f'<input id="{name}" [^>]*aria-invalid="true" aria-describedby="{name}-erreur"', page)
    assert page.count('role="alert"') == 1
    assert name in {"de", "pour"} or re.search("<details[^>]* open", page)


@pytest.mark.parametrize(
    ("where", "hour", "counter"),
    [("Pern-Lhospitalet", 14, "Castelnau-Montratier"), ("Le Montat", 18, "Lalbenque")],
)
def test_nobody_is_led_to_a_counter_before_it_opens(at, where, hour, counter):
    """Each of the counters near has its own hours; the earliest are not those of all."""
    page = seen(at(12, 2, hour, 30).get("/aller", query_string={"de": where, "pour": "retraite"}))
    ways = page.partition("Y aller sans voiture")[2].partition("Emporter")[0]
    assert "Au plus près" in ways or "Pour y être" in ways
    assert f"France services de {counter}" not in ways


@pytest.mark.parametrize(
    ("where", "said", "goal"),
    [
        ("Lherm", "carte grise de mon fils à Lalbenque", "Carte grise à Lalbenque, depuis Lherm"),
        ("Lherm", "médecin à Labastide-du-Vert", "Médecin à Labastide-du-Vert, depuis Lherm"),
        ("Les Junies", "retraite aux Junies", "Retraite, depuis Les Junies"),
        ("Lherm", "médecin à Lherm", "Médecin, depuis Lherm"),
    ],
)
def test_a_place_may_stand_after_other_words_or_be_ones_own(at, where, said, goal):
    page = seen(at(11, 30, 10, 5).get("/aller", query_string={"de": where, "pour": said}))
    assert goal in page
    assert "n'est pas un lieu connu ici" not in page


def test_a_bus_of_today_comes_this_morning_or_this_afternoon(at):
    client = at(12, 1, 8)
    assert "chez vous, ce matin" in seen(client.get("/aller?de=Sabadel-Lauzès&pour=CAF"))
    assert "chez vous, cet après-midi" in seen(client.get("/aller?de=Francoulès&pour=CAF"))


@pytest.mark.parametrize("said", ["médecin en ville", "pharmacie de garde", "dentiste en urgence"])
def test_everyday_words_after_a_need_are_no_place(at, said):
    page = seen(at(11, 30, 10, 5).get("/aller", query_string={"de": "Lherm", "pour": said}))
    assert "Villefranche-du-Périgord, depuis" not in page
    assert "ni un besoin connu" not in page
