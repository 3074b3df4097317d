"""Lists as services keep them: columns found, good lines kept all at once, every fault told with its place."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.event import listen

from data.people import all_persons, read_contact
from data.plan_store import PlanStore
from data.purging import purge
from data.ride_records import active_offers, nicknames_used_before, requests_of, requests_on, set_nickname
from data.sheet_text import Line
from data.spreadsheets import Sheet, write_ods, write_xlsx
from desks.calendar.season import change_season, chosen_season
from desks.imports import desk as lists
from desks.imports import rides
from desks.imports.calendar import read_calendar
from desks.imports.reading import Reader
from mobility.dates import Closure, DateRange
from mobility.errors import MobilityError
from mobility.scope import Scope
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, place, places_of
from webapp.words.rides import alias_words

DRIVERS = """Liste des bénévoles 2026;;;
;;
NOM;Prénom;N° de téléphone;Commune de résidence;Destination;De (heure);Jusqu'à;Jours;Nb places;Peut prendre;Km;RGPD
Une;Bénévole;06 39 10 00 01;Lherm;;8h;12h30;lundi mardi;3;fauteuil;60,5;oui
Un;Conducteur;639100002;luzech;Cahors;07:30;;lun-ven;2;;;non
Sans jour;;0639100003;Lherm;;08:00;12:00;;3;;;
Ailleurs;;0639100004;Atlantide;;08:00;12:00;mardi;3;;;
À l'envers;;0639100005;Lherm;;12:00;08:00;mardi;3;;;
Trop de places;;0639100006;Lherm;;08:00;12:00;mardi;30;;;
Deux numéros;;0639100007 / 0565000000;Lherm;;08:00;12:00;mardi;;;;
"""
REQUESTS = """name,telephone,from,to,day,arrive_by,back_after,wishes,errand
Une habitante,0639100011,Lherm,Cahors,mardi 1er déc.,10h,11h30,fauteuil,santé
Un habitant,0639100012,1.30,44.5,2026-12-01,10:00,,,
Un autre,0639100013,"1.3, 44.5",Cahors,01/12/26,10 h,,,
Sans heure,0639100014,Lherm,Cahors,2026-12-01,,,,
Mauvaise date,0639100015,Lherm,Cahors,demain,10:00,,,
Hier,0639100017,Lherm,Cahors,28/11/2026,10:00,,,
Motif,0639100016,Lherm,Cahors,2026-12-01,10:00,,,danse
Autre jour,0639100018,Lherm,Cahors,lundi 1/12/2026,10:00,,,
"""


def not_asked():
    raise AssertionError("only calendars are read with a problem")


@pytest.fixture
def reader(desk, tmp_path):
    return Reader(desk, places_of(desk), PlanStore(tmp_path / "plans"), NOW, "test", not_asked, alias_words)


def taken(reader, text, subject="drivers", name="liste.csv"):
    return lists.take_file(reader, subject, name, text if isinstance(text, bytes) else text.encode())


def looked_at(reader, waiting):
    return lists.look(reader, lists.find(reader, waiting))


def take(reader, waiting):
    return lists.take(reader, lists.look_at(reader, lists.find(reader, waiting)))


def test_drivers(reader):
    report = taken(reader, DRIVERS)
    assert (report.taken, report.doubles) == (2, 0)
    assert [fault.field for fault in report.faults] == [
        "liste.csv, line 6, column Jours", "liste.csv, line 7, column Commune de résidence",
        "liste.csv, line 8, column Jusqu'à", "liste.csv, line 9, column Nb places",
        "liste.csv, line 10, column N° de téléphone",
    ]  # fmt: skip
    with reader.desk.store.reading() as tx:
        second, first = sorted(active_offers(tx), key=lambda offer: offer.kind)
        reached = {read_contact(tx, person.id).name: read_contact(tx, person.id) for person in all_persons(tx)}
    assert {name: contact.telephone for name, contact in reached.items()} == {
        "Bénévole Une": "0639100001", "Conducteur Un": "0639100002",
    }  # fmt: skip
    assert (first.kind, first.reach, first.weekdays, first.abilities) == ("volunteer", 60_500, {1, 2}, {"wheelchair"})
    assert (second.kind, second.destination.name, second.seats) == ("regular", "Cahors", 2)


def test_every_fault_of_a_line_is_told_and_the_line_refused_once(reader):
    lines = "Nom;Téléphone;Commune;Début;Fin;Jours;Places;Courriel\n;12;Atlantide;25h;12h;;30;non\n"
    report = taken(reader, lines)
    assert (report.taken, report.refused) == (0, 1)
    assert [(fault.code, fault.field.rpartition("column ")[2]) for fault in report.faults] == [
        ("empty-value", "Nom"), ("bad-number-called", "Téléphone"), ("bad-mail", "Courriel"),
        ("place-elsewhere", "Commune"), ("bad-clock", "Début"), ("empty-value", "Jours"), ("bad-number", "Places"),
    ]  # fmt: skip


def test_requests(reader):
    report = taken(reader, REQUESTS, "requests")
    assert report.taken == 2
    assert [fault.field.split(", ", 1)[1] for fault in report.faults] == [
        "line 3, column from", "line 3, column to", "line 5, column arrive_by", "line 6, column day",
        "line 7, column day", "line 8, column errand", "line 9, column day",
    ]  # fmt: skip
    with reader.desk.store.reading() as tx:
        asked = requests_on(tx, [TOMORROW])
    assert {request.errand for request in asked} == {"health", "other"}


@pytest.mark.parametrize(("text", "subject"), [(DRIVERS, "drivers"), (REQUESTS, "requests")])
def test_the_same_list_twice_changes_nothing(reader, text, subject):
    first = taken(reader, text, subject)
    again = taken(reader, text, subject)
    assert (again.taken, again.doubles, len(again.faults)) == (0, first.taken, len(first.faults))
    with reader.desk.store.reading() as tx:
        persons = all_persons(tx)
        assert len(persons) == 2
        assert all(len(requests_of(tx, person.id)) <= 1 for person in persons)


def test_what_is_known_is_told_before_it_is_taken(reader):
    lines = "Nom;Téléphone;Commune;Début;Fin;Jours\nAnne;0639100001;Lherm;8h;12h;mardi\nLuc;;Bach;8h;12h;jeudi\n"
    assert looked(reader, lines + "ANNE;639100001;Lherm;8h;12h;mardi\n").known == 1
    taken(reader, lines)
    look = looked(reader, lines + "Anne;0639100001;Lherm;8h;12h;lundi\n")
    assert (len(look.good), look.known) == (3, 2)
    closed = "Du;Au;Motif\n24/12/2026;25/12/2026;Noël\n"
    assert looked(reader, closed, "closures").known == 0
    taken(reader, closed, "closures")
    assert looked(reader, closed, "closures").known == 1


def test_a_line_told_twice_counts_once_and_a_household_has_one_number(reader):
    lines = "Nom;Téléphone;Commune;Début;Fin;Jours\n"
    for name in ("Anne Martin", "Paul Martin", "MARTIN Anne", "Sans Numéro", "sans numéro"):
        lines += f"{name};{'' if 'um' in name else '0639100001'};Lherm;8h;12h;mardi\n"
    report = taken(reader, lines)
    assert (report.taken, report.doubles) == (4, 1)


def test_a_local_name_by_which_a_list_finds_a_place_was_used(reader):
    with reader.desk.store.writing() as tx:
        set_nickname(tx, "chez le docteur", place(reader.ground, "Lherm"), now=NOW - timedelta(days=90), by="desk")
    lines = "name,telephone,from,to,day,arrive_by\nUne habitante,0639100011,chez le docteur,Cahors,2026-12-01,10h\n"
    assert taken(reader, lines, "requests").taken == 1
    with reader.desk.store.reading() as tx:
        assert nicknames_used_before(tx, ["chez le docteur"], NOW - timedelta(days=1)) == []


class Compared:
    """What a line says, counting how often it is compared with another line's."""

    count = 0

    def __init__(self, told):
        self.told = told

    def __hash__(self):
        return hash(self.told)

    def __str__(self):
        return str(self.told)

    def __eq__(self, other):
        Compared.count += 1
        return self.told == other.told


def test_a_line_is_not_compared_with_all_lines_above(reader, monkeypatch):
    lines = "Nom;Commune;Début;Fin;Jours\n" + "".join(f"Une habitante;Lherm;8h{n:02};12h;mardi\n" for n in range(60))
    essence = rides._essence
    monkeypatch.setattr(rides, "_essence", lambda thing: Compared(essence(thing)))
    assert looked(reader, lines + lines.partition("\n")[2]).known == 60
    assert Compared.count < 120


@pytest.mark.parametrize("subject", ["drivers", "requests"])
def test_a_long_list_keeps_others_from_writing_no_longer_than_a_short_one(reader, subject):
    title = "Nom;Téléphone;Commune;Début;Fin;Jours\n"
    line = "Une habitante {n};06391{n:05};Lherm;8h;12h;mardi\n"
    if subject == "requests":
        title, line = "Nom;Téléphone;De;Vers;Jour;Heure d'arrivée\n", "Un {n};06391{n:05};Lherm;Cahors;2026-12-01;10h\n"
    asked = []
    listen(reader.desk.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for first, last in ((0, 2), (2, 62), (0, 62)):
        shown = looked(reader, title + "".join(line.format(n=n) for n in range(first, last)), subject)
        asked.clear()
        counts.append((lists.take(reader, shown).taken, len(asked)))
    assert [taken for taken, _ in counts] == [2, 60, 0]
    assert counts[2][1] <= counts[1][1] <= counts[0][1] + 2


def sheet_of(*rows, name="Feuille"):
    return Sheet(name, tuple(Line(i, tuple(row)) for i, row in enumerate(rows, 1)))


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_the_sheet_that_names_most_columns_is_read(reader, write):
    content = write([
        sheet_of(["À lire avant"], ["Contact", "mairie"], name="Notice"),
        sheet_of(
            ["Année", 2026.0], ["Nom", "Commune", "Destination", "Date", "Heure RDV", "Mobile"],
            ["Anne", "Lherm", "Cahors", date(2026, 12, 1), "10h", 639100001.0],
            ["Paul", "Lherm", "Cahors", "mardi", "10h", ""], name="Demandes",
        ),
    ])  # fmt: skip
    report = taken(reader, content, "requests", "demandes.xlsx")
    assert report.taken == 1
    assert [fault.field for fault in report.faults] == ["demandes.xlsx, sheet Demandes, line 4, column Date"]


def test_titles_under_a_title_are_told_apart(reader):
    lines = "Nom;Commune;Horaires;Horaires;Jours\n;;de;à;\nAnne;Lherm;8h;12h;mardi\n"
    assert taken(reader, lines).taken == 1


@pytest.mark.parametrize(
    ("titles", "cells"),
    [
        ("Heure début;Heure fin", "8h;12h"), ("Heure fin;Heure début", "12h;8h"), ("Début heure;Fin heure", "8h;12h"),
        ("Heure départ;Heure retour", "8h;12h"), ("Heure d'arrivée;Heure départ", "12h;8h"),
        ("Horaire de début;Horaire de fin", "8h;12h"),
    ],
)  # fmt: skip
def test_two_hours_are_told_apart_by_their_words(reader, titles, cells):
    assert taken(reader, f"Nom;Commune;{titles};Jours\nAnne;Lherm;{cells};mardi\n").taken == 1
    with reader.desk.store.reading() as tx:
        [offer] = active_offers(tx)
    assert (offer.opens, offer.closes) == (8 * 3600, 12 * 3600)


def test_a_date_of_departure_is_no_place_and_an_end_no_beginning(reader):
    lines = "Nom;Commune;Destination;Date de départ;Heure départ;Heure retour\nAnne;Lherm;Cahors;1/12/2026;9h;11h\n"
    assert taken(reader, lines, "requests").taken == 1
    with reader.desk.store.reading() as tx:
        [asked] = requests_on(tx, [TOMORROW])
    assert (asked.depart_after, asked.back_after, asked.arrive_by) == (9 * 3600, 11 * 3600, None)
    look = looked(reader, "Date fin;Date début;Motif\n24/12/2026;21/12/2026;Noël\n", "closures")
    assert look.matching.columns == {"last": 0, "first": 1, "reason": 2}


def looked(reader, text, subject="drivers"):
    return looked_at(reader, lists.receive(reader, subject, "liste.csv", text.encode()))


def test_two_columns_that_claim_the_same_are_left_to_choose(reader):
    text = "Nom;Commune;Début;Jours;Téléphone;Téléphone;Âge\nAnne;Lherm;8h;mardi;0639100001;0639100002;80\n"
    look = looked(reader, text)
    assert dict(look.matching.rivals) == {"telephone": ("Téléphone", "Téléphone")}
    assert ("telephone" in look.matching.columns, look.unread) == (False, ["Téléphone", "Téléphone", "Âge"])
    with pytest.raises(MobilityError) as caught:
        taken(reader, text)
    assert caught.value.code == "twin-columns"


def test_a_column_of_days_is_what_its_cells_are(reader):
    lines = "Nom;Commune;Destination;Jour;Début\nAnne;Lherm;Cahors;03/12/2026;8h\nPaul;Bach;Cahors;13/31/2026;8h\n"
    report = taken(reader, lines)
    assert (report.taken, [(fault.code, fault.field) for fault in report.faults]) == (
        1, [("no-such-day", "liste.csv, line 3, column Jour")],
    )  # fmt: skip
    with reader.desk.store.reading() as tx:
        assert [(offer.kind, offer.day) for offer in active_offers(tx)] == [("once", date(2026, 12, 3))]
    assert taken(reader, "Nom;Commune;Date;Début;Fin\nLuc;Lherm;mardi;8h;9h\n").taken == 1
    mixed = taken(reader, "Nom;Commune;Jour;Début;Fin\nEve;Lherm;mardi;8h;9h\nMax;Lherm;3/12/2026;8h;9h\n")
    assert [fault.code for fault in mixed.faults] == ["date-for-weekday"]


def test_a_list_without_titles_is_matched_by_position_and_remembered(reader):
    content = b"Anne;Lherm;8h;12h;mardi\nPaul;Bach;9h;11h;jeudi\n"
    waiting = lists.receive(reader, "drivers", "liste.csv", content)
    look = looked_at(reader, waiting)
    assert look.missing == ("name", "from", "opens")
    assert look.choices == ["A", "B", "C", "D", "E"]
    with pytest.raises(MobilityError) as caught:
        take(reader, waiting)
    assert caught.value.code == "unmatched-columns"
    chosen = {"name": 0, "from": 1, "opens": 2, "closes": 3, "weekdays": 4, "nonsense": 1}
    lists.match(reader, waiting, "", 0, chosen)
    assert take(reader, waiting).taken == 2
    again = looked_at(reader, lists.receive(reader, "drivers", "autre.csv", content))
    assert (again.missing, len(again.good), again.lines[0].entry.where("weekdays")) == (
        (), 2, "autre.csv, line 1, column E",
    )  # fmt: skip


def test_a_choice_against_the_titles_is_remembered_for_files_of_this_shape(reader):
    content = "Nom;Domicile;Rendez-vous à;Début;Jours\nAnne;Lherm;Cahors;8h;mardi\n".encode()
    waiting = lists.receive(reader, "drivers", "liste.csv", content)
    lists.match(reader, waiting, "", 1, {"name": 0, "from": 1, "to": 2, "opens": 3, "weekdays": 4})
    assert take(reader, waiting).taken == 1
    longer = content + b"Paul;Bach;Cahors;8h;mardi\n"
    look = looked_at(reader, lists.receive(reader, "drivers", "décembre.csv", longer))
    assert look.matching.columns["to"] == 2
    assert lists.take_file(reader, "drivers", "x.csv", longer).doubles == 1


def test_what_one_structure_chose_is_no_other_structures(reader):
    content = b"Anne;Lherm;8h;12h;mardi\n"
    for structure in ("A", "B"):
        own = replace(reader, desk=reader.desk.within(Scope.of([structure])))
        waiting = lists.receive(own, "drivers", "liste.csv", content)
        assert looked_at(own, waiting).matching.columns == {}
        lists.match(own, waiting, "", 0, {"name": 0, "from": 1, "opens": 2, "closes": 3, "weekdays": 4})
        take(own, waiting)
    # The days without a bus are everyone's, and so is how their columns are matched.
    planner, other = (replace(reader, desk=reader.desk.within(Scope.of([name]))) for name in ("A", "B"))
    waiting = lists.receive(planner, "closures", "jours.csv", b"24/12/2026;fermeture\n")
    lists.match(planner, waiting, "", 0, {"first": 0, "reason": 1})
    take(planner, waiting)
    again = looked_at(other, lists.receive(other, "closures", "jours.csv", b"25/12/2026;foire\n"))
    assert again.matching.columns == {"first": 0, "reason": 1}


def test_a_file_waits_for_who_sent_it_a_day_at_most(reader):
    waiting = lists.receive(reader, "drivers", "liste.csv", DRIVERS.encode())
    assert [file.id for file in lists.waiting(reader)] == [waiting]
    other = replace(reader, who="someone else")
    late = replace(reader, now=NOW + timedelta(days=1, minutes=1))
    for stranger in (other, late):
        assert lists.waiting(stranger) == []
        with pytest.raises(MobilityError) as caught:
            looked_at(stranger, waiting)
        assert caught.value.code == "no-such-file"
    with reader.desk.store.writing() as tx:
        assert purge(tx, late.now, days=400)["import_files"] == 1


def test_what_is_taken_or_forgotten_waits_no_more(reader):
    for act in (take, lists.forget):
        waiting = lists.receive(reader, "drivers", "liste.csv", DRIVERS.encode())
        act(reader, waiting)
        assert lists.waiting(reader) == []


def test_what_is_matched_otherwise_while_its_lines_are_read_is_not_taken(reader):
    waiting = lists.receive(reader, "drivers", "liste.csv", DRIVERS.encode())
    shown = looked_at(reader, waiting)
    lists.match(reader, waiting, "", shown.matching.titled, {**shown.matching.columns, "seats": 0})
    with pytest.raises(MobilityError) as error:
        lists.take(reader, shown)
    assert error.value.code == "list-changed"
    assert looked_at(reader, waiting).stamp != shown.stamp


def test_all_or_nothing(reader, monkeypatch):
    waiting = lists.receive(reader, "drivers", "liste.csv", DRIVERS.encode())

    def refuse(*_args, **_options):
        raise OSError("full")

    monkeypatch.setattr(lists, "note", refuse)
    with pytest.raises(OSError, match="full"):
        take(reader, waiting)
    with reader.desk.store.reading() as tx:
        assert all_persons(tx) == []
    assert len(lists.waiting(reader)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty-sheet"), (b"nom\nx", "unmatched-columns"), (b"PK\x03\x04cut", "broken-sheet"),
        (b"Nom;Commune;D\xe9but\n" + b"x;y;z\n" * 5001, "too-many-lines")],
)  # fmt: skip
def test_a_list_that_is_none_is_refused_whole(reader, content, code):
    with pytest.raises(MobilityError) as caught:
        taken(reader, content)
    assert (caught.value.code, caught.value.field) == (code, "liste.csv")
    with pytest.raises(MobilityError, match="no lists"):
        taken(reader, DRIVERS, "dragons")


CLOSURES = """Du;Au;Arrêt;Motif
24/12/26;2/1/27;;congés
vendredi 14 mai 2027;;boissieres;foire
1/6/2027;20/5/2027;;à l'envers
1/6/2026;2/6/2026;;passé
14/5/2027;;Atlantide;foire
"""


def test_days_without_visits(reader):
    report = taken(reader, CLOSURES, "closures")
    assert [fault.field for fault in report.faults] == [
        "liste.csv, line 4, column Au", "liste.csv, line 5, column Au", "liste.csv, line 6, column Arrêt",
    ]  # fmt: skip
    again = taken(reader, CLOSURES, "closures")
    assert (report.taken, again.taken, again.doubles) == (2, 0, 2)
    leave, fair = chosen_season(reader.plans).closures
    assert (leave.days.first, leave.days.last, leave.stop) == (date(2026, 12, 24), date(2027, 1, 2), None)
    assert (fair.days.first, fair.days.last, fair.days.name) == (date(2027, 5, 14), date(2027, 5, 14), "foire")
    assert reader.desk.ground.names()[fair.stop] == "Boissières"


def test_the_same_list_of_closures_brings_back_none_that_was_taken_away_or_put_right(reader):
    assert taken(reader, CLOSURES, "closures").taken == 2
    shorter = Closure(DateRange("congés", date(2026, 12, 24), date(2026, 12, 31)))
    for closures in ((), (shorter,)):
        change_season(reader.plans, lambda known, left=closures: replace(known, closures=left))
        assert looked(reader, CLOSURES, "closures").known == 2
        assert taken(reader, CLOSURES, "closures").taken == 0
        assert chosen_season(reader.plans).closures == closures
    more = CLOSURES + "15/5/2027;;;pont\n"
    assert taken(reader, more, "closures").taken == 1
    # It is remembered for no longer than a list may tell it.
    later = replace(reader, now=NOW.replace(year=2027, month=5, day=15))
    assert [closure.days.name for closure in chosen_season(reader.plans).taken] == ["congés", "foire", "pont"]
    taken(later, "Du;Motif\n1/6/2027;travaux\n", "closures")
    assert [closure.days.name for closure in chosen_season(reader.plans).taken] == ["pont", "travaux"]


def test_a_closure_that_was_there_before_its_list_is_remembered_with_it(reader):
    fair = Closure(DateRange("foire", date(2027, 5, 14), date(2027, 5, 14)))
    change_season(reader.plans, lambda known: replace(known, closures=(fair,)))
    text = "Du;Motif\n14/5/2027;foire\n"
    assert taken(reader, text, "closures").taken == 0
    change_season(reader.plans, lambda known: replace(known, closures=()))
    assert taken(reader, text, "closures").taken == 0
    assert chosen_season(reader.plans).closures == ()


def test_a_bus_calendar(installation):
    problem = installation.planning.problem()
    names = [stop.place.name for stop in problem.stops[:2]]
    lines = (
        f"Calendrier 2027\nSemaine;Jour;Demi-journée;Arrêt\nsemaine paire;mardi;matin;{names[0]}\n"
        f"impaire;Jeudi;Après-midi;{names[1]}\npaire;mardi;matin;Atlantide\nparfois;mardi;matin;{names[0]}\n"
    )
    for content in (lines.encode("cp1252"), write_xlsx([sheet_of(*(line.split(";") for line in lines.splitlines()))])):
        calendar, faults = read_calendar(installation.ground, content, "bus", problem)
        assert [(v.week, v.weekday, v.session, v.stop) for v in calendar.visits] == [
            (1, 4, "afternoon", problem.stops[1].id), (2, 2, "morning", problem.stops[0].id),
        ]  # fmt: skip
        assert [fault.field.rpartition("line ")[2] for fault in faults] == ["5, column Arrêt", "6, column Semaine"]
    with pytest.raises(MobilityError) as caught:
        read_calendar(installation.ground, b"a;b\n1;2\n", "bus.csv", problem)
    assert caught.value.code == "missing-column"


def test_who_a_list_brings_is_called_after_their_commune_in_good_french(reader):
    """Others are told so, and hear it on the telephone."""
    drivers = "Nom;Téléphone;Commune;Destination;Début;Fin;Jours\n" + "".join(
        f"Une personne;06391000{number};{home};{to};08:00;12:00;mardi\n"
        for number, (home, to) in enumerate((("Escamps", ""), ("Les Junies", "Cahors"), ("Lherm", "")), 11)
    )
    assert taken(reader, drivers).taken == 3
    asked = "name,telephone,from,to,day,arrive_by\nUne,0639100021,Le Montat,Cahors,2026-12-01,10:00\n"
    assert taken(reader, asked, "requests").taken == 1
    with reader.desk.store.reading() as tx:
        called = {person.alias for person in all_persons(tx)}
    assert called == {"Bénévole d'Escamps", "Conducteur des Junies", "Bénévole de Lherm", "Passager du Montat"}


def test_files_with_the_former_titles_are_read(reader):
    former = REQUESTS.replace("wishes,errand", "needs,purpose")
    report = taken(reader, former, "requests")
    assert (report.taken, [fault.code for fault in report.faults if "purpose" in fault.field]) == (
        2,
        ["unknown-errand"],
    )
    with reader.desk.store.reading() as tx:
        assert {"wheelchair"} in [request.wishes for request in requests_on(tx, [TOMORROW])]
