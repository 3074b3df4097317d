"""Lines are chosen by their names, and found again in what their feed becomes."""

from dataclasses import replace

import pytest

from desks.transport.feeds import keep_feed
from desks.transport.lines import Lines
from mobility.errors import MobilityError
from mobility.transport import OF_NO_FEED, Line, OnDemandService, Operator
from tests.gtfs.on_request_feed import ORDINARY, write_line

KEPT = Line("navette", "line", "Ligne 7")


@pytest.fixture
def keep(opened, tmp_path):
    """Keep a feed whose lines run from Bach to Lalbenque."""
    bach, lalbenque = (opened.ground.territory.find_commune(name).point for name in ("Bach", "Lalbenque"))
    stops = {"P": ("Bach", bach.lat, bach.lon), "M": ("Moulin", 0, 0), "Q": ("Place", lalbenque.lat, lalbenque.lon)}

    def made(**names):
        """Each line by its identifier: the first has a trip, and the last one."""
        folder, first = write_line(tmp_path / "line", points=stops, more=ORDINARY), next(iter(names))
        routes = [f"{identifier},a,{name},3" for identifier, name in names.items()]
        rows = {
            "routes.txt": ["route_id,agency_id,route_short_name,route_type", *routes],
            "trips.txt": ["route_id,service_id,trip_id", f"{first},week,called", f"{[*names][-1]},week,daily"],
        }  # fmt: skip
        for file, lines in rows.items():
            (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        keep_feed(folder, opened.feeds.feeds.folder("navette"))
        return Lines(opened.feeds, opened.ground.communes.at)

    return made


def names(lines):
    """The lines by timetable, in order."""
    return [served.line.name for served in lines.all() if served.line.feed != OF_NO_FEED]


def test_a_service_that_is_called_is_a_line_of_where_it_comes(keep):
    lines = keep(line="Ligne 7")
    served = lines.find(OF_NO_FEED, "lalbenque-limogne-tad")
    assert {"46013", "46148"} < served.communes
    assert "46042" not in served.communes
    assert lines.again(served.line, served.communes) == served
    van = OnDemandService("navette:line", "Navette", Operator("a", "La Navette"), source="navette")
    assert (van.line, replace(van, source="").line) == (("navette", "line"), (OF_NO_FEED, "navette:line"))


def test_a_line_is_told_with_its_communes(keep):
    served = keep(line="Ligne 7").find("navette", "line")
    assert (served.line, served.communes) == (KEPT, {"46013", "46148"})
    assert names(keep(line="Ligne 7")) == ["Ligne 7", "TER"]


def test_another_identifier_of_the_same_name_in_the_same_communes_is_the_line(keep):
    lines = keep(other="Ligne 7")
    assert lines.again(KEPT, {"46013"}).ids == {"other"}
    assert lines.again(KEPT, {"46042"}) is None, "a namesake elsewhere is another line"


def test_what_is_no_more_is_told(keep):
    lines = keep(other="Ligne 8")
    assert lines.again(KEPT, {"46013"}) is None
    with pytest.raises(MobilityError) as raised:
        lines.find("navette", "line")
    assert (raised.value.code, raised.value.field) == ("no-such-line", "line")


def test_an_identifier_that_went_to_another_line_leads_nowhere(keep):
    assert keep(line="Ligne 8", other="Ligne 7").again(KEPT, {"46013"}).ids == {"other"}
    assert keep(line="Ligne 8").again(KEPT, {"46013"}) is None


def test_numbers_come_in_their_order(keep):
    assert names(keep(ten="10", nine="9")) == ["9", "10", "TER"]
    assert names(keep(ten="B10", nine="B9")) == ["B9", "B10", "TER"]
