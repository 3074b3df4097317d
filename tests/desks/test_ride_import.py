"""Lists as services keep them: good lines are kept, every other is reported with its line and column."""

import pytest

from data.people import all_persons
from data.ride_records import active_offers, requests_on
from desks.rides.importing import import_list
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW

DRIVERS = """name;telephone;from;to;opens;closes;weekdays;seats;abilities;reach_km;consent
Une bénévole;06 39 10 00 01;Lherm;;08:00;12:30;lundi mardi;3;fauteuil;60,5;oui
Un conducteur;0639100002;luzech;Cahors;07:30;;12345;2;;;non
Sans jour;0639100003;Lherm;;08:00;12:00;;3;;;
Ailleurs;0639100004;Atlantide;;08:00;12:00;mardi;3;;;
À l'envers;0639100005;Lherm;;12:00;08:00;mardi;3;;;
Trop de places;0639100006;Lherm;;08:00;12:00;mardi;30;;;
"""
REQUESTS = """name,telephone,from,to,day,arrive_by,back_after,needs,purpose
Une habitante,0639100011,Lherm,Cahors,2026-12-01,10:00,11:30,fauteuil,health
Un habitant,0639100012,1.30,44.5,2026-12-01,10:00,,,
Un autre,0639100013,"1.3, 44.5",Cahors,01/12/2026,10:00,,,
Sans heure,0639100014,Lherm,Cahors,2026-12-01,,,,
Mauvaise date,0639100015,Lherm,Cahors,demain,10:00,,,
An premier,0639100017,Lherm,Cahors,01/01/0001,10:00,,,
Motif,0639100016,Lherm,Cahors,2026-12-01,10:00,,,danse
"""


def written(tmp_path, text):
    path = tmp_path / "liste.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_drivers(desk, tmp_path):
    report = import_list(desk, written(tmp_path, DRIVERS), "drivers", now=NOW, who="test")
    assert report.taken == 2
    assert [trouble.field for trouble in report.troubles] == [
        "liste.csv, line 4, column weekdays", "liste.csv, line 5, column from", "liste.csv, line 6, column closes",
        "liste.csv, line 7, column seats",
    ]  # fmt: skip
    with desk.store.reading() as tx:
        second, first = sorted(active_offers(tx), key=lambda offer: offer.kind)
        assert len(all_persons(tx)) == 2
    assert (first.kind, first.reach, first.weekdays, first.abilities) == (
        "volunteer", 60_500, {1, 2}, {"wheelchair"},
    )  # fmt: skip
    assert (second.kind, second.destination.name, second.seats) == ("regular", "Cahors", 2)


def test_requests(desk, tmp_path):
    report = import_list(desk, written(tmp_path, REQUESTS), "requests", now=NOW, who="test")
    assert report.taken == 2
    assert [trouble.field.split(", ", 1)[1] for trouble in report.troubles] == [
        "line 3, column from", "line 5, column arrive_by", "line 6, column day", "line 7, column day",
        "line 8, column purpose",
    ]  # fmt: skip
    with desk.store.reading() as tx:
        asked = requests_on(tx, [TOMORROW])
    assert {request.errand for request in asked} == {"health", "other"}


@pytest.mark.parametrize("text", ["", "name\nx", DRIVERS.replace(";", "\t", 3)])
def test_a_list_that_is_none_is_refused_whole(desk, tmp_path, text):
    with pytest.raises(MobilityError) as error:
        import_list(desk, written(tmp_path, text), "drivers", now=NOW, who="test")
    assert "liste.csv" in str(error.value)
    with desk.store.reading() as tx:
        assert all_persons(tx) == []
