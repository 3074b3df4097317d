"""Ways on foot and blank times, by hand."""

from datetime import date

import numpy as np
import pytest

from gtfs.feed_tables import read_feed_tables
from gtfs.footpaths import NEVER
from gtfs.timetable import build_timetable
from gtfs.validation import validate_feed
from mobility.travel import WALK_SPEED
from tests.fakes import CrowFlyRoads
from tests.gtfs.small_feed import FILES, write_feed

TUESDAY = date(2026, 6, 2)


def timetable(tmp_path, roads=None, **changes):
    return build_timetable(read_feed_tables(write_feed(tmp_path / "feed", **changes)), TUESDAY, roads=roads)


def walk(table, origin, destination):
    one, other = table.stop_index[origin], table.stop_index[destination]
    span = slice(table.first_foot[one], table.first_foot[one + 1])
    found = table.foot_seconds[span][table.foot_stops[span] == other]
    return int(found[0]) if len(found) else None


class FootRoads(CrowFlyRoads):
    """Straight roads walked at 1 m/s, that come near no stop east of 1.5."""

    def travel_times(self, origins, destinations, profile, *, limit=float("inf")):
        assert profile == "foot"
        return super().travel_times(origins, destinations, profile)

    def covers(self, places):
        return [place.point.lon < 1.5 for place in places]


def test_walks_follow_the_roads_where_they_are_known(tmp_path):
    straight = walk(timetable(tmp_path, transfers_txt=None), "middle", "square")
    by_road = walk(timetable(tmp_path, FootRoads(), transfers_txt=None), "middle", "square")
    metres = 0.002 * 111_195
    assert straight == pytest.approx(metres * 1.3 / WALK_SPEED, abs=2)
    assert by_road == max(60, int(np.ceil(metres / (60 / 3.6))))


def test_pathways_lead_through_entrances(tmp_path):
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "station,Gare,44.5,1.4,1,\np1,Quai 1,44.5,1.4,0,station\np2,Quai 2,44.5001,1.4,0,station\n"
        "hall,Hall,44.5,1.4,3,station\nnorth,North,44.60,1.40,,\n"
    )
    pathways = (
        "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time,length\n"
        "a,p1,hall,1,1,100,\nb,hall,p2,2,0,,110\n"
    )
    times = FILES["stop_times.txt"].splitlines()[0] + "\n"
    folder = write_feed(tmp_path / "feed", stops_txt=stops, stop_times_txt=times, transfers_txt=None)
    (folder / "pathways.txt").write_text(pathways)
    table = build_timetable(read_feed_tables(folder), TUESDAY)
    assert walk(table, "p1", "p2") == 200
    assert walk(table, "p2", "p1") == 60, "no pathway leads back: the walk between two platforms stays"
    assert walk(table, "p1", "hall") == 60


def test_a_rule_for_a_station_holds_for_its_platforms(tmp_path):
    stops = FILES["stops.txt"].replace("stop_lon\n", "stop_lon,location_type,parent_station\n")
    stops = "\n".join(
        f"{line},0,{'st' if line.startswith(('middle', 'square')) else ''}" if n and line else line
        for n, line in enumerate(stops.split("\n"))
    )
    stops += "st,Station,44.501,1.4,1,\n"
    table = timetable(
        tmp_path, stops_txt=stops,
        transfers_txt="from_stop_id,to_stop_id,transfer_type,min_transfer_time\nst,st,2,420\n",
    )  # fmt: skip
    assert walk(table, "middle", "square") == 420


def test_rules_for_one_line_only_do_not_change_the_walk(tmp_path):
    table = timetable(
        tmp_path,
        transfers_txt="from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id\nmiddle,square,2,900,bus\n",
    )
    assert walk(table, "middle", "square") < 900


def times_of(table, trip):
    for pattern in range(len(table.first_stop) - 1):
        for number in range(table.first_trip[pattern], table.first_trip[pattern + 1]):
            if table.trip_ids[number] == trip:
                length = table.first_stop[pattern + 1] - table.first_stop[pattern]
                base = table.first_time[pattern] + (number - table.first_trip[pattern]) * length
                return table.arrivals[base : base + length].tolist()
    raise AssertionError(trip)


def test_blank_times_follow_the_distance(tmp_path):
    stops = FILES["stops.txt"].replace("middle,Middle,44.50", "middle,Middle,44.45")
    # Three quarters of the way from north (44.60) to south (44.40), of forty minutes.
    assert times_of(timetable(tmp_path, stops_txt=stops), "t2")[1] == 10 * 3600 + 30 * 60


def test_told_distances_come_before_straight_ones(tmp_path):
    lines = FILES["stop_times.txt"].splitlines()
    told = {"t2,10:00": "0", "t2,,": "1", "t2,10:40": "4"}
    content = "\n".join(
        f"{line},{'shape_dist_traveled' if n == 0 else next((v for k, v in told.items() if line.startswith(k)), '')}"
        for n, line in enumerate(lines)
    )
    assert times_of(timetable(tmp_path, stop_times_txt=content + "\n"), "t2")[1] == 10 * 3600 + 10 * 60


@pytest.mark.parametrize("told", ["²", "9" * 5000, "-5", "1e400", "nan", "٣"])
def test_a_time_that_is_none_is_an_issue_and_stops_nothing(tmp_path, told):
    transfers = f"from_stop_id,to_stop_id,transfer_type,min_transfer_time\nmiddle,square,2,{told}\n"
    folder = write_feed(tmp_path / "feed", transfers_txt=transfers)
    timetable(tmp_path, transfers_txt=transfers)
    found = [
        (issue.file, issue.line) for group in validate_feed(folder, TUESDAY) for issue in group.samples
        if issue.field == "min_transfer_time"
    ]  # fmt: skip
    assert found == [("transfers.txt", 2)]


def test_a_time_beyond_all_counting_is_never(tmp_path):
    transfers = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nmiddle,square,2,9999999999\n"
    assert walk(timetable(tmp_path, transfers_txt=transfers), "middle", "square") == NEVER
