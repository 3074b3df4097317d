"""The lines of a feed as people know them: one name is one line, told with the communes where it stops."""

from gtfs.feed_tables import read_feed_tables
from gtfs.served_lines import served_lines
from mobility.transport import Line
from tests.gtfs.small_feed import write_feed

COMMUNES = {"north": "46001", "middle": "46002", "square": "46002", "village": "46003", "south": "", "hill": ""}


def lines(folder, communes=COMMUNES, **changes):
    return served_lines("valley", read_feed_tables(write_feed(folder, **changes)), communes)


def test_each_line_has_the_communes_where_it_stops(tmp_path):
    found = {served.line.name: served for served in lines(tmp_path)}
    assert found["T1"].line == Line("valley", "train", "T1")
    assert (found["T1"].operator, found["T1"].title) == ("Valley", "")
    assert {name: set(served.communes) for name, served in found.items()} == {
        "T1": {"46001", "46002"}, "B1": {"46002", "46003"}, "S1": {"46003"}, "N1": {"46001"},
    }  # fmt: skip


def test_a_line_that_stops_in_no_commune_is_none_of_the_territory(tmp_path):
    assert [served.line.name for served in lines(tmp_path, {"village": "46003"})] == ["B1", "S1"]


def test_the_parts_of_a_name_of_one_operator_are_one_line(tmp_path):
    routes = (
        "route_id,agency_id,route_short_name,route_long_name,route_type\n"
        "train,a,874,North -  South,2\nbus,a,874,South - North,3\nshuttle,b,874,,3\nnight,b,,Night bus,3\n"
    )
    agencies = (
        "agency_id,agency_name,agency_url,agency_timezone\n"
        "a,Valley,http://a.example,Europe/Paris\nb,Hill,http://b.example,Europe/Paris\n"
    )
    joined, shuttle, night = lines(tmp_path, routes_txt=routes, agency_txt=agencies)
    assert (joined.line.id, joined.title, joined.ids) == ("train", "North - South", {"train", "bus"})
    assert joined.communes == {"46001", "46002", "46003"}
    assert (shuttle.line.name, shuttle.operator, shuttle.ids) == ("874", "Hill", {"shuttle"})
    assert (night.line.name, night.title) == ("Night bus", "")


def test_a_line_without_a_name_is_told_by_its_identifier(tmp_path):
    found = lines(tmp_path, routes_txt="route_id,route_type\ntrain,2\nbus,3\nshuttle,3\nnight,3\n")
    assert [served.line.name for served in found] == ["train", "bus", "shuttle", "night"]
