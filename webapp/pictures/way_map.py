"""A way on the map: each step a line, by road where it is driven."""

from collections.abc import Sequence

from desks.ground import Ground
from desks.transport.journey_planner import JourneyPlanner
from maps.layers import MapContent, RoundLine, StopMark
from mobility.errors import MobilityError
from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, WALK, Leg
from mobility.places import Place, Point
from mobility.ways import Question, Way
from webapp.pictures.commune_map import ROAD_ATTRIBUTION, commune_map
from webapp.words.journeys import leg_words
from webapp.words.ways import name_of

BUS, COUNTER = "Bus", "G"
"""Marks of where the bus comes and of a counter."""
STYLES = {RIDE: 1, ON_DEMAND: 3, VOLUNTEER: 0, WALK: 5}
"""Line of each kind of leg: colour and dashes, both told in the legend."""


TO_BUS, TO_COUNTER = 2, 4
"""Lines of the road to the bus and to a counter."""


def way_map(
    ground: Ground, planner: JourneyPlanner, asked: Question, ways: Sequence[Way],
    reached: Sequence[tuple[Place, str]] = (),
) -> MapContent:  # fmt: skip
    """Return the map of ways, there and back, each line once; ``reached`` are places driven to, with their marks."""
    lines: dict[tuple[Point, ...], RoundLine] = {}
    ends = list(dict.fromkeys(way.destination for way in ways)) or ([] if reached else list(asked.destinations[:1]))
    marks = [StopMark(asked.origin.point, "A", asked.origin.name)]
    marks += [StopMark(place.point, chr(ord("B") + number), place.name) for number, place in enumerate(ends[:20])]
    for leg in (leg for way in ways for journey in way.journeys for leg in journey.legs):
        points = _points(ground, planner, asked, leg)
        if len(points) > 1:
            names = name_of(leg.origin, planner, asked), name_of(leg.destination, planner, asked)
            lines.setdefault(points, RoundLine(points, leg_words(leg, names, planner.service(leg)), STYLES[leg.kind]))
    for place, mark in reached:
        marks.append(StopMark(place.point, mark, place.name))
        points = _driven(ground, asked.origin, place)
        style = TO_BUS if mark == BUS else TO_COUNTER
        if len(points) > 1:
            lines.setdefault(points, RoundLine(points, f"{asked.origin.name} – {place.name}", style))
    return commune_map(
        ground, " – ".join(dict.fromkeys((asked.origin.name, *(place.name for place in ends)))),
        "Les trajets sur la carte ; les étapes écrites disent la même chose.",
        attribution=ROAD_ATTRIBUTION, lines=list(lines.values()), stops=marks,
        around=[*(point for points in lines for point in points), *(mark.point for mark in marks)],
    )  # fmt: skip


def _driven(ground: Ground, start: Place, end: Place) -> tuple[Point, ...]:
    try:
        return tuple(ground.roads.path(start, end, "car").points)
    except MobilityError:
        return (start.point, end.point)


def _points(ground: Ground, planner: JourneyPlanner, asked: Question, leg: Leg) -> tuple[Point, ...]:
    if leg.kind == RIDE:
        return planner.line_points(leg)
    ends = [_place(leg.origin, planner, asked), _place(leg.destination, planner, asked)]
    start, end = ends
    if start is None or end is None:
        return ()
    if leg.kind in {VOLUNTEER, ON_DEMAND}:
        return _driven(ground, start, end)
    return (start.point, end.point)


def _place(identifier: str, planner: JourneyPlanner, asked: Question) -> Place | None:
    own = next((place for place in (asked.origin, *asked.destinations) if place.id == identifier), None)
    if own:
        return own
    index = planner.timetable.stop_index.get(identifier)
    point = planner.timetable.points[index] if index is not None else None
    return Place(identifier, identifier, point) if point else None
