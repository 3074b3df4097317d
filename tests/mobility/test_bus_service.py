"""From a territory and its bus to the problem: who is a candidate, and what is refused."""

from dataclasses import replace

import pytest

from mobility.bus_service import BusService, state_problem
from mobility.errors import MobilityError
from mobility.need import NeedSettings, assess_need
from mobility.places import Place, Point
from mobility.problem import Bus, CalendarRules, Position, Session, Stop
from mobility.territory import Area, Commune, FixedService, Settlement, Territory
from tests.fakes import CrowFlyRoads, session, village

PLACES = [village(n, 12 + n, 3 * n) for n in range(4)]
TERRITORY = Territory(
    id="t", title="T", communes=tuple(Commune(p.id, p.name, "a", p.point, 100) for p in PLACES),
    areas=(Area("a", "A"),), settlements=tuple(Settlement(p, p.id, 100) for p in PLACES),
    services=(FixedService(Place("c", "Counter", Point(1.44, 44.45)), "counter", "v0"),), former_names={},
    poles=frozenset({"v3"}), school_zone="C",
)  # fmt: skip
STOPS = tuple(Stop(p, p.id, "a", "square") for p in PLACES)
SERVICE = BusService(
    buses=(Bus("bus-1", Place("depot", "Depot", Point(1.44, 44.45))),),
    sessions=(session(2, "morning"), session(2, "afternoon")),
)


def stated(stops=STOPS, service=SERVICE):
    roads = CrowFlyRoads()
    return state_problem(TERRITORY, stops, service, assess_need(TERRITORY, roads, NeedSettings()), roads)


def test_poles_and_places_where_a_bus_cannot_stand_are_no_candidates():
    stops = (
        STOPS[0], replace(STOPS[1], room_to_turn=False), replace(STOPS[2], room_to_turn=True, level=None), STOPS[3],
    )  # fmt: skip
    assert [stop.id for stop in stated(stops).stops] == ["v0", "v2"]
    assert not replace(STOPS[0], level=False).suits_a_bus


def test_groups_cover_all_settlements_poles_included():
    problem = stated()
    assert [group.id for group in problem.groups] == ["v0", "v1", "v2", "v3"]
    assert problem.groups[3].need == 0
    assert problem.access.seconds.shape == (4, 3)
    assert problem.drive.seconds.shape == (4, 4)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"buses": ()}, "nothing-to-plan"),
        ({"sessions": ()}, "nothing-to-plan"),
        ({"buses": SERVICE.buses * 2}, "stated-twice"),
        ({"sessions": SERVICE.sessions * 2}, "stated-twice"),
        ({"sessions": (*SERVICE.sessions, Session(2, "noon", 44_000, 51_000))}, "sessions-overlap"),
        ({"rules": CalendarRules(locks=(Position("v9"),))}, "not-a-candidate"),
        ({"rules": CalendarRules(bans=(Position("v3"),))}, "not-a-candidate"),
        ({"rules": CalendarRules(locks=(Position("v0", None, 5),))}, "no-such-session"),
    ],
)
def test_a_service_that_cannot_be(change, code):
    with pytest.raises(MobilityError) as caught:
        stated(service=replace(SERVICE, **change))
    assert caught.value.code == code
