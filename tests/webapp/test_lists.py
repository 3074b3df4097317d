"""A list on screen: sent, looked at, matched, taken in; shut to others."""

import html
import io
import re
from collections import Counter

from data.people import all_persons, find_person
from desks.imports import desk as imports
from mobility.modules import RIDES, Modules
from tests.desks.test_lists import DRIVERS

HERE = {"Origin": "http://localhost"}


def sent(client, content, name="liste.csv", subject="drivers"):
    data = {"liste": subject, "fichier": (io.BytesIO(content), name)}
    return client.post("/bureau/listes/", data=data, headers=HERE)


def test_a_list_from_the_file_to_the_report(app, client):
    answer = sent(client, DRIVERS.encode("cp1252"))
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert "2 lignes à prendre" in page
    assert "une personne que vous avez effacée, ôtez d'abord sa ligne" in page
    # Columns that were all recognised need no look.
    assert '<details class="sure"><summary><strong>Quelle colonne' in page
    assert "<li>Ligne 7, colonne Commune de résidence : « Atlantide »" in page
    assert re.search(r'<option value="2" selected>N° de téléphone', page)
    assert answer.location.rpartition("/")[2] in client.get("/bureau/listes/").get_data(as_text=True)
    done = client.post(answer.location, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)
    assert "2 lignes prises, 5 refusées." in done
    with app.extensions["wired"].house().store.reading() as tx:
        assert len(all_persons(tx)) == 2
    again = sent(client, "\n".join(DRIVERS.splitlines()[:5]).encode())
    page = client.get(again.location).get_data(as_text=True)
    assert "Rien à prendre : tout ce que dit ce fichier est déjà connu" in page
    assert "à prendre</strong>" not in page
    assert "06 39 10 00 02" in page
    done = client.post(again.location, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)
    assert "Rien n&#39;a changé" in done
    assert client.get(again.location).status_code == 404


def test_whom_a_list_brought_is_called_after_their_commune_even_put_right(app, client):
    lines = "Nom;Commune;Destination;Début;Jours\nUne conductrice;Escamps;Cahors;08:00;mardi\n"
    client.post(sent(client, lines.encode()).location, data={"acte": "prendre"}, headers=HERE)
    store = app.extensions["wired"].house().store
    with store.reading() as tx:
        (person,) = all_persons(tx)
    called = [person.alias]
    for commune in ("46134", "46171"):
        told = {"acte": "corriger", "commune": commune}
        assert client.post(f"/bureau/personnes/{person.id}", data=told, headers=HERE).status_code == 303
        with store.reading() as tx:
            called.append(find_person(tx, person.id).alias)
    assert called == ["Conducteur d'Escamps", "Conducteur des Junies", "Conducteur de Lherm"]


def test_whatever_is_done_with_a_list_reads_it_once(client, monkeypatch):
    asked = Counter()

    def counted(what):
        real = getattr(imports, what)
        monkeypatch.setattr(imports, what, lambda *given: asked.update([what]) or real(*given))

    waiting = sent(client, DRIVERS.encode()).location
    counted("read_sheets")
    counted("entries")
    for act, of_lines in (("relire", 0), ("prendre", 1)):
        asked.clear()
        assert client.post(waiting, data={"acte": act}, headers=HERE).status_code in {200, 303}
        assert (asked["read_sheets"], asked["entries"]) == (1, of_lines)
    waiting = sent(client, DRIVERS.encode()).location
    asked.clear()
    client.post(waiting, data={"acte": "oublier"}, headers=HERE)
    assert not asked


def test_columns_are_matched_on_screen(client):
    answer = sent(client, b"Anne;Lherm;8h;12h;mardi\n")
    page = client.get(answer.location).get_data(as_text=True)
    assert "Il manque « Nom », « Commune ou lieu de départ » et « Heure de début" in page
    assert '<details class="sure" open>' in page
    chosen = {"titres": "0", "colonne-name": "0", "colonne-from": "1", "colonne-opens": "2", "colonne-closes": "3"}
    for wrong in ("99", "²", "x"):
        client.post(answer.location, data={"acte": "relire", **chosen, "colonne-weekdays": wrong}, headers=HERE)
        assert "colonne Jours" not in client.get(answer.location).get_data(as_text=True)
    client.post(answer.location, data={"acte": "relire", **chosen, "colonne-weekdays": "4"}, headers=HERE)
    assert "1 ligne à prendre" in client.get(answer.location).get_data(as_text=True)
    assert client.post(answer.location, data={"acte": "oublier"}, headers=HERE).location == "/bureau/listes/"
    assert client.post(answer.location, data={"acte": "danser"}, headers=HERE).status_code == 404


def test_a_column_that_is_only_like_a_known_one_is_confirmed_first(client):
    lines = "Nom;Téléphone du matin;Commune;Début;Fin;Jours\nUne bénévole;0639100001;Lherm;8h;12h;mardi\n".encode()
    waiting = sent(client, lines).location
    page = client.get(waiting).get_data(as_text=True)
    assert "La colonne « Téléphone du matin » est lue comme « Téléphone »." in page
    assert "1 ligne à prendre" in page
    assert "Téléphone (à confirmer)</th>" in page
    # Its lines are in sight, not under all that could be chosen.
    assert '<details class="sure"><summary><strong>Quelle colonne' in page
    assert 'value="prendre"' not in page
    refused = client.post(waiting, data={"acte": "prendre"}, headers=HERE)
    assert refused.status_code == 400
    assert "si ces colonnes sont bien lues : « Téléphone du matin »" in refused.get_data(as_text=True)
    # The button sends the columns as they stand on the screen.
    fields = dict(
        re.findall(r'<select[^>]* name="(colonne-\w+)">(?:(?!</select>).)*?value="(\d+)" selected', page, re.S)
    )
    client.post(waiting, data={"acte": "relire", "titres": "1", **fields}, headers=HERE)
    page = client.get(waiting).get_data(as_text=True)
    assert "à confirmer" not in page.lower()
    done = client.post(waiting, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)
    assert "1 ligne prise" in done
    # What was confirmed is remembered for files of this shape.
    assert 'value="prendre"' in client.get(sent(client, lines.replace(b"8h", b"9h")).location).get_data(as_text=True)


def test_a_list_waits_until_somebody_chose_among_columns_that_claim_the_same(client):
    lines = "Nom;Téléphone;Téléphone;Commune;Début;Fin;Jours\nUne bénévole;0639100001;;Lherm;8h;12h;mardi\n"
    waiting = sent(client, lines.encode()).location
    page = client.get(waiting).get_data(as_text=True)
    assert "« Téléphone » : à vous de choisir" in page
    assert 'value="prendre"' not in page
    assert client.post(waiting, data={"acte": "prendre"}, headers=HERE).status_code == 400
    chosen = {"titres": "1", "colonne-name": "0", "colonne-telephone": "1", "colonne-from": "3", "colonne-opens": "4",
              "colonne-closes": "5", "colonne-weekdays": "6"}  # fmt: skip
    client.post(waiting, data={"acte": "relire", **chosen}, headers=HERE)
    assert "1 ligne prise" in client.post(waiting, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)


def test_what_another_tab_matched_otherwise_is_shown_before_it_is_taken(app, client):
    waiting = sent(client, b"Nom;Commune;Destination;Debut;Fin;Jours\nAnne;Lherm;Cahors;8h;12h;mardi\n").location
    seen = re.search(r'name="vu" value="([^"]+)"', client.get(waiting).text)[1]
    chosen = {"titres": "1", "colonne-name": "0", "colonne-from": "2", "colonne-opens": "3", "colonne-closes": "4"}
    client.post(waiting, data={"acte": "relire", **chosen, "colonne-weekdays": "5"}, headers=HERE)
    refused = client.post(waiting, data={"acte": "prendre", "vu": seen}, headers=HERE)
    assert refused.status_code == 400
    assert "Les colonnes de cette liste ont été choisies autrement entre-temps" in refused.text
    with app.extensions["wired"].house().store.reading() as tx:
        assert all_persons(tx) == []
    shown = re.search(r'name="vu" value="([^"]+)"', refused.text)[1]
    done = client.post(waiting, data={"acte": "prendre", "vu": shown}, headers=HERE)
    assert "1 ligne prise" in done.text


def test_what_is_no_list_is_told(client):
    for content, words in ((b"%PDF-1.7", "n&#39;est pas un tableau"), (b"", "vide"), (b"PK\x03\x04", "pas lisible")):
        answer = sent(client, content)
        assert answer.status_code == 400
        assert words in answer.get_data(as_text=True)
    assert client.post("/bureau/listes/", data={"liste": "drivers"}, headers=HERE).status_code == 400
    assert sent(client, b"a", subject="dragons").status_code == 400


def test_lists_are_shut_to_others(app):
    stranger = app.test_client()
    assert stranger.get("/bureau/listes/", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 403


def test_a_territory_without_rides_has_no_lists_of_them(app, client):
    waiting = sent(client, DRIVERS.encode()).location
    vars(app.extensions["wired"].house().ground)["modules"] = Modules(frozenset({RIDES}))
    page = client.get("/bureau/listes/").get_data(as_text=True)
    assert "Jours sans passage du bus" in page
    assert "Conducteurs et bénévoles" not in page
    assert sent(client, DRIVERS.encode()).status_code == 403
    assert client.get(waiting).status_code == 403


def test_days_without_visits_come_into_the_season(client):
    answer = sent(client, "Date;Motif\n24/12/2026;congés de Noël\n".encode("cp1252"), subject="closures")
    assert "1 ligne à prendre" in client.get(answer.location).get_data(as_text=True)
    client.post(answer.location, data={"acte": "prendre"}, headers=HERE)
    assert "congés de Noël, du jeudi 24 décembre" in client.get("/dates").get_data(as_text=True)


def test_the_preview_tells_days_and_hours_as_they_are_understood(client):
    lines = "Nom;Commune;Destination;Date;Heure\nAnne;lherm;cahors;3/12/26;9h\nPaul;Lherm;Cahors;12/3/27;9:00\n"
    page = client.get(sent(client, lines.encode(), subject="requests").location).get_data(as_text=True)
    for words in (
        "jeudi 3 décembre 2026",
        "vendredi 12 mars 2027",
        "<td>9 h</td>",
        "<td>Lherm</td>",
        "<td>Cahors</td>",
    ):
        assert words in page
    assert "3/12/26" not in page


VISITS = "{}\nsemaine paire;mardi;matin;Boissières\nB;Mar.;Matinée;Atlantide\n"


def took_visits(client, head):
    data = {"fichier": (io.BytesIO(VISITS.format(head).encode("cp1252")), "bus.csv")}
    answer = client.post("/verifier", data=data, headers=HERE)
    assert answer.status_code == 303
    return answer.location


def test_a_calendar_sent_as_a_spreadsheet_is_looked_at_then_judged_and_its_faults_named(client):
    waiting = took_visits(client, "Semaine;Jour;Demi-journée;Arrêt")
    page = client.get(waiting).get_data(as_text=True)
    assert "1 ligne à prendre" in page
    assert "<td>semaine B</td><td>mardi</td><td>matin</td><td>Boissières</td>" in page
    page = client.post(waiting, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)
    assert "bus.csv, ligne 3, colonne Arrêt" in page
    assert '<option value="46032" selected>' in page
    assert client.get(waiting).status_code == 404


def test_the_columns_of_a_calendar_are_matched_on_screen_and_remembered(client):
    head = "Q;Le;Quand;Où"
    waiting = took_visits(client, head)
    assert "Il manque « Semaine », « Jour », « Demi-journée » et « Arrêt »" in client.get(waiting).get_data(
        as_text=True
    )
    chosen = {"titres": "1", "colonne-week": "0", "colonne-weekday": "1", "colonne-session": "2", "colonne-stop": "3"}
    client.post(waiting, data={"acte": "relire", **chosen}, headers=HERE)
    client.post(waiting, data={"acte": "prendre"}, headers=HERE)
    assert "1 ligne à prendre" in client.get(took_visits(client, head)).get_data(as_text=True)


def test_a_calendar_sent_for_a_scenario_is_judged_as_its_own(app, client):
    here = app.extensions["wired"].house()
    kept = here.scenarios.add("Un essai", {}, "", here.calendar.plan()).id
    data = {"fichier": (io.BytesIO(VISITS.format("Semaine;Jour;Moment;Arrêt").encode()), "bus.csv"), "scenario": kept}
    waiting = client.post("/verifier", data=data, headers=HERE).location
    client.post(waiting, data={"acte": "relire", "titres": "1"}, headers=HERE)
    page = client.post(waiting, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)
    assert "Modifier « Un essai »" in page


def test_a_list_without_hours_is_told_them_once_or_left(app, client):
    lines = "Nom;Commune;Jours\nUne bénévole;Lherm;lundi\n"
    where = sent(client, lines.encode()).location
    page = client.get(where).get_data(as_text=True)
    assert "Toute la journée (8 h – 18 h)" in page
    assert "Abandonner" in page
    told = {"acte": "relire", "titres": "1", "colonne-name": "0", "colonne-from": "1", "colonne-weekdays": "2"}
    wrong = client.post(where, data={**told, "de": "12 h", "a": "neuf"}, headers=HERE)
    assert wrong.status_code == 400
    assert "« neuf » n'est pas une heure" in html.unescape(wrong.get_data(as_text=True))
    page = client.get(client.post(where, data={**told, "de": "9 h"}, headers=HERE).location).get_data(as_text=True)
    assert "<li>Ligne 2 : il manque « Heure de fin »." in page
    page = client.get(client.post(where, data={**told, "acte": "journee"}, headers=HERE).location)
    assert "1 ligne à prendre" in page.get_data(as_text=True)
    assert "1 ligne prise" in client.post(where, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)
    left = sent(client, lines.replace("bénévole", "autre").encode()).location
    assert client.post(left, data={"acte": "oublier"}, headers=HERE).status_code == 303
    assert client.get(left).status_code == 404


def test_hours_for_all_lines_must_be_told(client):
    waiting = sent(client, b"Nom;Commune;Jours\nUne habitante;Lherm;lundi\n").location
    answer = client.post(waiting, data={"acte": "heures", "de": "", "a": ""}, headers=HERE)
    assert answer.status_code == 400
    assert "Donnez l'heure de début." in html.unescape(answer.get_data(as_text=True))
